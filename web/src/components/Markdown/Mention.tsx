import type { JSX, ReactNode } from "react";
import { classes } from "../../ui";
import styles from "./Markdown.module.css";

interface MentionProps {
  id: number;
  /** Who reads: being mentioned oneself stands out more. */
  readerId: number | undefined;
  children: ReactNode;
}

export function Mention({ id, readerId, children }: MentionProps): JSX.Element {
  return <mark className={classes(styles.mention, id === readerId && styles.ofReader)}>{children}</mark>;
}
