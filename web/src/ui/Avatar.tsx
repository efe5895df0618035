import { useMemo } from "react";
import { initials } from "../model/avatar";
import styles from "./Avatar.module.css";
import { avatarColors } from "./avatarColors";
import { classes } from "./classes";
import { OnlineDot } from "./OnlineDot";

export interface AvatarProps {
  name: string;
  /** The person's own colour; a group has none and gets one by its id. */
  color?: string | null | undefined;
  id?: number | undefined;
  size?: "tiny" | "small" | "medium" | "large" | undefined;
  /** The green dot; undefined where being online has no meaning. */
  isOnline?: boolean | undefined;
  className?: string | undefined;
}

/** A coloured circle with initials. Decoration: the name stands beside it. */
export function Avatar({ name, color, id = 0, size = "medium", isOnline, className }: AvatarProps) {
  const colors = useMemo(() => avatarColors(color, id), [color, id]);
  return (
    <span className={classes(styles.avatar, styles[size], className)}>
      <span className={styles.circle} style={colors} aria-hidden="true">
        {initials(name) || "?"}
      </span>
      {isOnline && <OnlineDot className={styles.dot} />}
    </span>
  );
}
