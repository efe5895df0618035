import { useIntl } from "react-intl";
import { CloseIcon, IconButton } from "../../ui";

/** The cross of a toast. */
export function ToastClose({ onClose, className }: { onClose: () => void; className?: string | undefined }) {
  const intl = useIntl();
  return (
    <IconButton
      className={className}
      label={intl.formatMessage({ id: "ui.close" })}
      icon={<CloseIcon size={1} />}
      size="small"
      hasTooltip={false}
      onClick={onClose}
    />
  );
}
