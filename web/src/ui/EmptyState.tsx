import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: ReactNode;
  /** What to do now. */
  text?: ReactNode;
  action?: ReactNode;
  /** Said at once when it appears. */
  isAlert?: boolean | undefined;
}

/** In place of what is not there: why, and what to do. */
export function EmptyState({ icon, title, text, action, isAlert }: EmptyStateProps) {
  return (
    <div className={styles.empty} role={isAlert ? "alert" : undefined}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <p className={styles.title}>{title}</p>
      {text && <p className={styles.text}>{text}</p>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
