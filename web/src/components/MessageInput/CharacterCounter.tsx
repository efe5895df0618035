import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import styles from "./CharacterCounter.module.css";

/** The API's limit, in code points. */
export const MOST_CHARACTERS = 10_000;
const NEAR = 500;

/** How many more fit: shown when it becomes tight. */
export function CharacterCounter({ length }: { length: number }): JSX.Element | null {
  const left = MOST_CHARACTERS - length;
  if (left > NEAR) return null;
  return (
    <p className={styles.counter} data-over={left < 0} role="status">
      <FormattedMessage
        id={left < 0 ? "composer.charactersOver" : "composer.charactersLeft"}
        values={{ count: Math.abs(left) }}
      />
    </p>
  );
}

/** Code points; the longer way only where it can matter. */
export function lengthOf(text: string): number {
  return text.length < MOST_CHARACTERS - NEAR ? text.length : [...text].length;
}
