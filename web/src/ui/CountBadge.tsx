import styles from "./CountBadge.module.css";
import { classes } from "./classes";

export interface CountBadgeProps {
  count: number;
  /** Said instead of the bare number: «3 непрочитанных сообщения». */
  label: string;
  /** Grey for a muted conversation; orange otherwise. */
  tone?: "accent" | "muted" | undefined;
  className?: string | undefined;
}

/** A number in an orange pill; nothing at all for zero. */
export function CountBadge({ count, label, tone = "accent", className }: CountBadgeProps) {
  if (count <= 0) return null;
  return (
    <span className={classes(styles.badge, styles[tone], className)} data-tone={tone}>
      <span aria-hidden="true">{count > 999 ? "999+" : count}</span>
      <span className="sc-visually-hidden">{label}</span>
    </span>
  );
}
