import { useIntl } from "react-intl";
import { AlertIcon, CheckIcon, CloseIcon, IconButton } from "../../ui";
import styles from "./AnswerToast.module.css";

export interface AnswerToastProps {
  text: string;
  isFault: boolean;
  onClose: () => void;
}

/** One sentence: that something is done, or why it is not. */
export function AnswerToast({ text, isFault, onClose }: AnswerToastProps) {
  const intl = useIntl();
  const Icon = isFault ? AlertIcon : CheckIcon;
  return (
    <div className={styles.toast}>
      <span className={styles.icon} data-fault={isFault}>
        <Icon size={1.25} />
      </span>
      <p className={styles.text}>{text}</p>
      <IconButton
        label={intl.formatMessage({ id: "ui.close" })}
        icon={<CloseIcon size={1} />}
        size="small"
        hasTooltip={false}
        onClick={onClose}
      />
    </div>
  );
}
