import type { JSX } from "react";
import type { User } from "../../model/types";
import { RoleBadge } from "../../ui";
import styles from "./SenderName.module.css";

/** Above a message in a group: who says it. A teacher's first word in a row carries the badge. */
export function SenderName({ sender, isFirst }: { sender: User; isFirst: boolean }): JSX.Element {
  return (
    <p className={styles.sender}>
      <span className={styles.name}>{sender.name}</span>
      {isFirst && sender.role !== "student" && <RoleBadge schoolRole={sender.role} />}
    </p>
  );
}
