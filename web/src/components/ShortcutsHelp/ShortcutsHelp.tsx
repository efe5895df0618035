import { FormattedMessage } from "react-intl";
import { Dialog } from "../../ui";
import { isMac } from "./keys";
import styles from "./ShortcutsHelp.module.css";

/** Keys by what they do; «Mod» is Ctrl, on a Mac ⌘. */
const GROUPS = [
  {
    id: "shortcuts.anywhere",
    keys: [
      ["shortcuts.switcher", "Mod+K"],
      ["shortcuts.help", "Mod+/"],
      ["shortcuts.back", "Esc"],
      ["shortcuts.nextUnread", "Alt+Shift+↓"],
    ],
  },
  {
    id: "shortcuts.list",
    keys: [
      ["shortcuts.move", "↑ ↓"],
      ["shortcuts.ends", "Home End"],
      ["shortcuts.open", "Enter"],
    ],
  },
  {
    id: "shortcuts.composer",
    keys: [
      ["shortcuts.send", "Enter"],
      ["shortcuts.newLine", "Shift+Enter"],
      ["shortcuts.editLast", "↑"],
      ["shortcuts.mention", "@"],
    ],
  },
] as const;

/** All keys that do something. */
export function ShortcutsHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={<FormattedMessage id="shortcuts.title" />}>
      {GROUPS.map((group) => (
        <section key={group.id} className={styles.group}>
          <h3 className={styles.heading}>
            <FormattedMessage id={group.id} />
          </h3>
          <dl className={styles.keys}>
            {group.keys.map(([id, keys]) => (
              <div key={id} className={styles.row}>
                <dt>
                  <FormattedMessage id={id} />
                </dt>
                <dd>
                  <Keys keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }) {
  const names = keys.replace("Mod", isMac() ? "⌘" : "Ctrl").split(/[+ ]/u);
  return (
    <>
      {names.map((name) => (
        <kbd key={name} className={styles.key}>
          {name}
        </kbd>
      ))}
    </>
  );
}
