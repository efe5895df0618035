import { type JSX, useRef, useState } from "react";
import { useIntl } from "react-intl";
import { IconButton, PaperclipIcon, Popover } from "../../ui";
import { FileUpload } from "./FileUpload";

interface AttachButtonProps {
  isDisabled: boolean;
  onFiles: (files: readonly File[]) => void;
  /** Files were chosen and the panel is gone: the focus may go to the field. */
  onClosed: () => void;
}

/** The paper clip of the composer, with the panel for files. */
export function AttachButton({ isDisabled, onFiles, onClosed }: AttachButtonProps): JSX.Element {
  const intl = useIntl();
  const [isOpen, setOpen] = useState(false);
  const hasChosen = useRef(false);
  return (
    <Popover
      label={intl.formatMessage({ id: "upload.title" })}
      side="top"
      align="start"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <IconButton
          label={intl.formatMessage({ id: "composer.attach" })}
          icon={<PaperclipIcon />}
          disabled={isDisabled}
        />
      }
      onCloseAutoFocus={(event) => {
        if (!hasChosen.current) return;
        hasChosen.current = false;
        event.preventDefault();
        onClosed();
      }}
    >
      <FileUpload
        onFiles={(files) => {
          hasChosen.current = true;
          setOpen(false);
          onFiles(files);
        }}
      />
    </Popover>
  );
}
