import { type JSX, useRef } from "react";
import { useDropzone } from "react-dropzone";
import { FormattedMessage } from "react-intl";
import { Button } from "../../ui";
import { ACCEPTED } from "./acceptedFiles";
import { DropZone } from "./DropZone";
import styles from "./FileUpload.module.css";

/** Choose files or drop them here: several at once, the checks come with the previews. */
export function FileUpload({ onFiles }: { onFiles: (files: readonly File[]) => void }): JSX.Element {
  const chooser = useRef<HTMLInputElement>(null);
  const { getRootProps, isDragActive } = useDropzone({
    noClick: true,
    noKeyboard: true,
    onDrop: (accepted) => accepted.length > 0 && onFiles(accepted),
  });
  return (
    <div {...getRootProps()} className={styles.upload}>
      <DropZone isActive={isDragActive}>
        <span className={styles.or}>
          <FormattedMessage id="upload.or" />
        </span>
        <Button variant="primary" onClick={() => chooser.current?.click()}>
          <FormattedMessage id="upload.choose" />
        </Button>
        <span className={styles.limits}>
          <FormattedMessage id="upload.limits" />
        </span>
      </DropZone>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        data-file-chooser=""
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = ""; // the same file can be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
}
