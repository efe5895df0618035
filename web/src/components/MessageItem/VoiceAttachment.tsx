import type { JSX } from "react";
import { useIntl } from "react-intl";
import { formatDuration } from "../../model/time";
import type { ChatFile } from "../../model/types";
import styles from "./VoiceAttachment.module.css";

/** A voice message, with the browser's own player: nothing is loaded before it is played. */
export function VoiceAttachment({ file }: { file: ChatFile }): JSX.Element {
  const intl = useIntl();
  const length = file.duration_ms === null ? "" : formatDuration(file.duration_ms);
  return (
    <span className={styles.voice}>
      {/* biome-ignore lint/a11y/useMediaCaption: what people say in a voice message has no captions */}
      <audio
        controls
        preload="none"
        src={file.file_url}
        aria-label={intl.formatMessage({ id: "message.voice" }, { duration: length })}
      />
      {length !== "" && <span className={styles.length}>{length}</span>}
    </span>
  );
}
