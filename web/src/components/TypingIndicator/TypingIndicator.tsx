import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { User } from "../../model/types";
import styles from "./TypingIndicator.module.css";

/** More names than this become a number. */
const MOST_NAMED = 3;

/** «Аня и Боря печатают…» with moving dots. It takes no room of its own, so that nothing moves when somebody begins. */
export function TypingIndicator({ people }: { people: readonly User[] }): JSX.Element {
  return (
    <div className={styles.line} role="status" data-typing={people.length > 0}>
      {people.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <span className={styles.dot} />
            <span className={styles.dot} />
            <span className={styles.dot} />
          </span>
          <span className={styles.words}>
            <Words people={people} />
          </span>
        </>
      )}
    </div>
  );
}

function Words({ people }: { people: readonly User[] }): JSX.Element {
  const intl = useIntl();
  const names = people.map((person) => person.first_name || person.name);
  const others = names.length - (MOST_NAMED - 1);
  const shown =
    names.length <= MOST_NAMED
      ? names
      : [
          ...names.slice(0, MOST_NAMED - 1),
          intl.formatMessage({ id: "window.typingOthers" }, { count: others }),
        ];
  return (
    <FormattedMessage
      id="window.typing"
      values={{
        count: people.length,
        // Long names are cut, and not what they do.
        names: (
          <span key="names" className={styles.names}>
            {intl.formatList(shown, { type: "conjunction" })}
          </span>
        ),
      }}
    />
  );
}
