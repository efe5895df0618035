import type { JSX } from "react";
import styles from "./DropOverlay.module.css";
import { DropZone } from "./DropZone";

/** Over the whole conversation while files are dragged across it. */
export function DropOverlay(): JSX.Element {
  return (
    <div className={styles.overlay}>
      <DropZone isActive />
    </div>
  );
}
