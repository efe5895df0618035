import type { JSX } from "react";
import { useIntl } from "react-intl";
import { CloseIcon, classes } from "../../ui";
import { ProgressRing } from "./ProgressRing";
import styles from "./UploadState.module.css";

/** A file on its way: how much of it is on the server, and how to stop it. */
export interface Upload {
  /** 0 to 1. */
  progress: number;
  cancel: () => void;
}

interface UploadStateProps {
  upload: Upload;
  name: string;
  className?: string | undefined;
}

export function UploadState({ upload, name, className }: UploadStateProps): JSX.Element {
  const label = useIntl().formatMessage({ id: "message.cancelUpload" }, { name });
  return (
    <span className={classes(styles.upload, className)}>
      <ProgressRing value={upload.progress} />
      <button
        type="button"
        className={styles.cancel}
        aria-label={label}
        title={label}
        onClick={upload.cancel}
      >
        <CloseIcon size={1.125} />
      </button>
    </span>
  );
}
