import { useId, useRef } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { User } from "../../model/types";
import { Avatar, CheckMark, CloseIcon } from "../../ui";
import { PeopleList } from "../PeopleList/PeopleList";
import { PeopleSearch } from "../PeopleList/PeopleSearch";
import { PersonRow } from "../PersonRow/PersonRow";
import type { VirtualListHandle } from "../VirtualList/VirtualList";
import styles from "./PeoplePicker.module.css";
import type { Chosen } from "./useChosen";

export interface PeoplePickerProps {
  label: string;
  chosen: Chosen;
  search: string;
  onSearch: (search: string) => void;
  people: readonly User[];
  isLoading: boolean;
  loadError: string | null;
  onLoadMore?: (() => void) | undefined;
  /** Why the choice cannot be so. */
  error?: string | null | undefined;
}

/** Tick people in a list that can be searched; who is ticked stands above it. */
export function PeoplePicker(props: PeoplePickerProps) {
  const { label, chosen, error } = props;
  const id = useId();
  const list = useRef<VirtualListHandle>(null);
  return (
    <fieldset className={styles.picker} aria-describedby={error ? `${id}-error` : undefined}>
      <legend className={styles.legend}>
        {label}
        <span className={styles.count} aria-live="polite">
          <FormattedMessage id="group.chosen" values={{ count: chosen.people.length }} />
        </span>
      </legend>
      {error && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
      <ChosenPeople chosen={chosen} />
      <PeopleSearch className={styles.search} value={props.search} onChange={props.onSearch} list={list} />
      <PeopleList
        listRef={list}
        label={label}
        items={props.people}
        isLoading={props.isLoading}
        error={props.loadError}
        search={props.search}
        onLoadMore={props.onLoadMore}
        renderRow={(person, focus) => (
          <label className={styles.row}>
            <input
              type="checkbox"
              {...focus}
              className="sc-visually-hidden"
              checked={chosen.ids.has(person.id)}
              onChange={() => chosen.toggle(person)}
            />
            <PersonRow person={person} start={<CheckMark isChecked={chosen.ids.has(person.id)} />} />
          </label>
        )}
      />
    </fieldset>
  );
}

function ChosenPeople({ chosen }: { chosen: Chosen }) {
  const intl = useIntl();
  if (chosen.people.length === 0) return null;
  return (
    <ul className={styles.chips}>
      {chosen.people.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            className={styles.chip}
            aria-label={intl.formatMessage({ id: "group.unchoose" }, { name: person.name })}
            onClick={() => chosen.toggle(person)}
          >
            <Avatar name={person.name} color={person.avatar_color} id={person.id} size="tiny" />
            <span className={styles.chipName}>{person.name}</span>
            <CloseIcon size={0.875} />
          </button>
        </li>
      ))}
    </ul>
  );
}
