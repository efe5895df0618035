import type { JSX, ReactNode } from "react";
import { FormattedMessage } from "react-intl";
import { PaperclipIcon } from "../../ui";
import styles from "./DropZone.module.css";

/** The dashed frame; lit while files are held over it. */
export function DropZone({ isActive, children }: { isActive: boolean; children?: ReactNode }): JSX.Element {
  return (
    <div className={styles.zone} data-active={isActive}>
      <PaperclipIcon size={2} />
      <span className={styles.words}>
        <FormattedMessage id="upload.drop" />
      </span>
      {children}
    </div>
  );
}
