import styles from "./CheckMark.module.css";
import { CheckIcon } from "./icons";

/** The look of a checkbox, for a row that is itself the control (`role="checkbox"` or `option`). */
export function CheckMark({ isChecked }: { isChecked: boolean }) {
  return (
    <span className={styles.box} data-checked={isChecked} aria-hidden="true">
      {isChecked && <CheckIcon size={0.875} strokeWidth={3.5} />}
    </span>
  );
}
