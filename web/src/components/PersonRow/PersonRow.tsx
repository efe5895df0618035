import type { ReactNode } from "react";
import type { User } from "../../model/types";
import { Avatar, RoleBadge } from "../../ui";
import styles from "./PersonRow.module.css";

export interface PersonRowProps {
  person: Pick<User, "id" | "name" | "role" | "avatar_color" | "is_online">;
  /** Below the name; else nothing. */
  note?: ReactNode;
  start?: ReactNode;
  end?: ReactNode;
}

/** A person on one line: avatar with the green dot, name, role. What it does is the business of who is around it. */
export function PersonRow({ person, note, start, end }: PersonRowProps) {
  return (
    <span className={styles.person}>
      {start}
      <Avatar name={person.name} color={person.avatar_color} id={person.id} isOnline={person.is_online} />
      <span className={styles.words}>
        <span className={styles.first}>
          <span className={styles.name}>{person.name}</span>
          <RoleBadge schoolRole={person.role} />
        </span>
        {note && <span className={styles.note}>{note}</span>}
      </span>
      {end}
    </span>
  );
}
