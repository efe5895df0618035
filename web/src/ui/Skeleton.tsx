import type { CSSProperties } from "react";
import { classes } from "./classes";
import styles from "./Skeleton.module.css";

export interface SkeletonProps {
  width?: string | undefined;
  height?: string | undefined;
  isCircle?: boolean | undefined;
  className?: string | undefined;
}

/** The shape of what is still coming, as large as it will be. */
export function Skeleton({
  width = "100%",
  height = "0.875rem",
  isCircle = false,
  className,
}: SkeletonProps) {
  const size: CSSProperties = { width, height: isCircle ? width : height };
  return (
    <span
      className={classes(styles.skeleton, isCircle && styles.circle, className)}
      style={size}
      aria-hidden="true"
    />
  );
}
