import { FormattedMessage } from "react-intl";
import { ArchiveIcon, ChevronDownIcon, ChevronRightIcon } from "../../ui";
import type { RowFocus } from "../VirtualList/VirtualList";
import styles from "./ChatList.module.css";

interface ArchiveRowProps {
  count: number;
  isOpen: boolean;
  focus: RowFocus;
  onToggle: () => void;
}

/** The line at the end of the list that opens and closes the archive. */
export function ArchiveRow({ count, isOpen, focus, onToggle }: ArchiveRowProps) {
  const Chevron = isOpen ? ChevronDownIcon : ChevronRightIcon;
  return (
    <button type="button" {...focus} className={styles.archive} aria-expanded={isOpen} onClick={onToggle}>
      <ArchiveIcon size={1.125} />
      <span className={styles.archiveLabel}>
        <FormattedMessage id="list.archive" values={{ count }} />
      </span>
      <Chevron size={1.125} />
    </button>
  );
}
