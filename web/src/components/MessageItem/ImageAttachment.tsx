import { type JSX, type SyntheticEvent, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ChatFile } from "../../model/types";
import { ImageIcon } from "../../ui";
import { type Upload, UploadState } from "../FileUpload/UploadState";
import styles from "./ImageAttachment.module.css";
import { pictureSize } from "./pictureSize";

interface ImageAttachmentProps {
  file: ChatFile;
  onOpen: () => void;
  /** While it is on its way. */
  upload: Upload | null;
}

/** A picture in its message: the preview, with its room kept free; a click shows it in full size. */
export function ImageAttachment({ file, onOpen, upload }: ImageAttachmentProps): JSX.Element {
  const [isBroken, setIsBroken] = useState(false);
  // Of a picture that is still on its way, only the browser knows the size.
  const [natural, setNatural] = useState({ width: null as number | null, height: null as number | null });
  const intl = useIntl();
  const { width, height } = pictureSize(file.width ?? natural.width, file.height ?? natural.height);
  const onLoad = ({ currentTarget }: SyntheticEvent<HTMLImageElement>) => {
    if (file.width === null)
      setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight });
  };
  return (
    <span className={styles.frame} style={{ width, aspectRatio: `${width} / ${height}` }}>
      <button
        type="button"
        className={styles.image}
        aria-label={
          isBroken ? undefined : intl.formatMessage({ id: "message.openImage" }, { name: file.file_name })
        }
        onClick={onOpen}
      >
        {isBroken ? (
          <span className={styles.broken}>
            <ImageIcon />
            <FormattedMessage id="message.imageUnavailable" />
          </span>
        ) : (
          <img
            src={file.thumbnail_url ?? file.file_url}
            alt={file.file_name}
            width={width}
            height={height}
            loading="lazy"
            decoding="async"
            draggable={false}
            onLoad={onLoad}
            onError={() => setIsBroken(true)}
          />
        )}
      </button>
      {upload && <UploadState className={styles.upload} upload={upload} name={file.file_name} />}
    </span>
  );
}
