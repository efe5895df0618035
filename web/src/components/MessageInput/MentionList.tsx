import type { JSX } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Participant } from "../../model/types";
import { Avatar, RoleBadge } from "../../ui";
import styles from "./MentionList.module.css";

interface MentionListProps {
  id: string;
  people: readonly Participant[];
  /** Of these the name alone does not say who is meant. */
  namesakes: ReadonlySet<number>;
  activeIndex: number;
  onChoose: (person: Participant) => void;
}

/** The people that an `@` can mean. The focus stays in the field, which names the active one. */
export function MentionList({ id, people, namesakes, activeIndex, onChoose }: MentionListProps): JSX.Element {
  const intl = useIntl();
  return (
    <div
      id={id}
      className={styles.list}
      role="listbox"
      aria-label={intl.formatMessage({ id: "composer.mentions" })}
    >
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which has the focus
        // biome-ignore lint/a11y/useFocusableInteractive: it is the field's active descendant
        <div
          key={person.id}
          id={optionId(id, index)}
          className={styles.option}
          role="option"
          aria-selected={index === activeIndex}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(person)}
        >
          <Avatar name={person.name} color={person.avatar_color} id={person.id} size="small" />
          <span className={styles.name}>{person.name}</span>
          {namesakes.has(person.id) && (
            <span className={styles.number}>
              <FormattedMessage id="composer.namesake" values={{ id: String(person.id) }} />
            </span>
          )}
          {(person.role !== "student" || namesakes.has(person.id)) && <RoleBadge schoolRole={person.role} />}
        </div>
      ))}
    </div>
  );
}

export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}
