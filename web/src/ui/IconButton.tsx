import { type ButtonHTMLAttributes, forwardRef, type ReactNode } from "react";
import { classes } from "./classes";
import styles from "./IconButton.module.css";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label"> {
  /** The button's name, also shown when the pointer rests on it. */
  label: string;
  icon: ReactNode;
  size?: "small" | "medium" | undefined;
  tone?: "plain" | "accent" | "filled" | undefined;
  /** The keys that do the same: shown with the label. */
  shortcut?: string | undefined;
  hasTooltip?: boolean | undefined;
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, icon, size = "medium", tone = "plain", shortcut, hasTooltip = true, className, ...rest },
  ref,
) {
  return (
    <button
      type="button"
      {...rest}
      ref={ref}
      aria-label={label}
      data-sc-tip={hasTooltip ? (shortcut ?? "") : undefined}
      className={classes(styles.button, styles[size], styles[tone], className)}
    >
      {icon}
    </button>
  );
});
