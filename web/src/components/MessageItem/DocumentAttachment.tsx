import type { JSX } from "react";
import { useIntl } from "react-intl";
import { formatSize } from "../../model/time";
import type { ChatFile } from "../../model/types";
import { DownloadIcon } from "../../ui/icons";
import { FileTypeIcon } from "../FileUpload/FileTypeIcon";
import { type Upload, UploadState } from "../FileUpload/UploadState";
import styles from "./DocumentAttachment.module.css";

interface DocumentAttachmentProps {
  file: ChatFile;
  /** While it is on its way. */
  upload: Upload | null;
}

/** A document in its message: icon, name, size and the button that downloads it. */
export function DocumentAttachment({ file, upload }: DocumentAttachmentProps): JSX.Element {
  const intl = useIntl();
  return (
    <div className={styles.document}>
      <FileTypeIcon name={file.file_name} />
      <span className={styles.words}>
        <span className={styles.name} title={file.file_name}>
          {file.file_name}
        </span>
        {file.file_size !== null && (
          <span className={styles.size}>{formatSize(file.file_size, intl.locale)}</span>
        )}
      </span>
      {upload === null ? (
        <a
          className={styles.download}
          href={file.file_url}
          download={file.file_name}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={intl.formatMessage({ id: "message.download" }, { name: file.file_name })}
          title={intl.formatMessage({ id: "message.downloadShort" })}
        >
          <DownloadIcon />
        </a>
      ) : (
        <UploadState upload={upload} name={file.file_name} />
      )}
    </div>
  );
}
