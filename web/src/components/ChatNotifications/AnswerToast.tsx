import { AlertIcon, CheckIcon } from "../../ui";
import styles from "./AnswerToast.module.css";
import { ToastClose } from "./ToastClose";

export interface AnswerToastProps {
  text: string;
  isFault: boolean;
  onClose: () => void;
}

/** One sentence: that something is done, or why it is not. */
export function AnswerToast({ text, isFault, onClose }: AnswerToastProps) {
  const Icon = isFault ? AlertIcon : CheckIcon;
  return (
    <div className={styles.toast}>
      <span className={styles.icon} data-fault={isFault}>
        <Icon size={1.25} />
      </span>
      <p className={styles.text}>{text}</p>
      <ToastClose onClose={onClose} />
    </div>
  );
}
