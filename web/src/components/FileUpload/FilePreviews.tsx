import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { fileFaultText } from "../../i18n/faults";
import { formatSize } from "../../model/time";
import type { PreparedFile } from "../../model/types";
import { CloseIcon, IconButton, Spinner } from "../../ui";
import styles from "./FilePreviews.module.css";
import { FileTypeIcon } from "./FileTypeIcon";

interface FilePreviewsProps {
  files: readonly PreparedFile[];
  onRemove: (id: string) => void;
}

/** What will be sent with the message: each with its picture or icon, name, size, state, and a cross. */
export function FilePreviews({ files, onRemove }: FilePreviewsProps): JSX.Element | null {
  const intl = useIntl();
  if (files.length === 0) return null;
  return (
    <ul className={styles.files} aria-label={intl.formatMessage({ id: "upload.chosen" })}>
      {files.map((file) => (
        <li key={file.id} className={styles.file} data-error={file.error !== null}>
          <Picture file={file} />
          <div className={styles.words}>
            <span className={styles.name} title={file.name}>
              {file.name}
            </span>
            <State file={file} />
          </div>
          <IconButton
            size="small"
            label={intl.formatMessage({ id: "upload.remove" }, { name: file.name })}
            icon={<CloseIcon size={1} />}
            hasTooltip={false}
            onClick={() => onRemove(file.id)}
          />
        </li>
      ))}
    </ul>
  );
}

function Picture({ file }: { file: PreparedFile }): JSX.Element {
  if (file.previewUrl === null) return <FileTypeIcon name={file.name} />;
  return <img className={styles.picture} src={file.previewUrl} alt="" draggable={false} />;
}

function State({ file }: { file: PreparedFile }): JSX.Element {
  const intl = useIntl();
  if (file.error !== null) {
    return (
      <span className={styles.error} role="alert">
        {fileFaultText(intl, file.error)}
      </span>
    );
  }
  if (file.isCompressing) {
    return (
      <span className={styles.state}>
        <Spinner size={0.875} /> <FormattedMessage id="upload.compressing" />
      </span>
    );
  }
  return <span className={styles.state}>{formatSize(file.size, intl.locale)}</span>;
}
