import { type JSX, type SyntheticEvent, useCallback, useEffect, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ChatFile } from "../../model/types";
import { ImageIcon, RefreshIcon } from "../../ui";
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
  const src = file.thumbnail_url ?? file.file_url;
  const { isBroken, onError, retry } = useBroken(src);
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
        onClick={isBroken ? retry : onOpen}
      >
        {isBroken ? (
          <span className={styles.broken}>
            <ImageIcon />
            <span className={styles.words}>
              <FormattedMessage id="message.imageUnavailable" />
            </span>
            <span className={styles.retry}>
              <RefreshIcon size={1} />
              <span className={styles.words}>
                <FormattedMessage id="message.imageRetry" />
              </span>
            </span>
          </span>
        ) : (
          <img
            src={src}
            alt={file.file_name}
            width={width}
            height={height}
            loading="lazy"
            decoding="async"
            draggable={false}
            onLoad={onLoad}
            onError={onError}
          />
        )}
      </button>
      {upload && <UploadState className={styles.upload} upload={upload} name={file.file_name} />}
    </span>
  );
}

/** Whether what stands at this address could not be loaded. It is tried again on demand, and when the network is back. */
function useBroken(src: string) {
  const [brokenSrc, setBrokenSrc] = useState<string | null>(null);
  const isBroken = brokenSrc === src;
  const retry = useCallback(() => setBrokenSrc(null), []);
  useEffect(() => {
    if (!isBroken) return;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [isBroken, retry]);
  return { isBroken, onError: () => setBrokenSrc(src), retry };
}
