import { Dialog as Primitive } from "radix-ui";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import {
  Avatar,
  CountBadge,
  classes,
  RoleBadge,
  SearchIcon,
  useFocusReturn,
  usePortalContainer,
} from "../../ui";
import type { Candidate } from "./candidates";
import styles from "./QuickSwitcher.module.css";

export interface QuickSwitcherViewProps {
  isOpen: boolean;
  onClose: () => void;
  search: string;
  onSearch: (search: string) => void;
  candidates: readonly Candidate[];
  error: string | null;
  onChoose: (candidate: Candidate) => void;
  /** See `Dialog`. */
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
}

/** A field with a list below it: the focus stays in the field, arrows move the choice. */
export function QuickSwitcherView(props: QuickSwitcherViewProps) {
  const container = usePortalContainer();
  const focus = useFocusReturn(props.onCloseAutoFocus ? { onCloseAutoFocus: props.onCloseAutoFocus } : {});
  return (
    <Primitive.Root open={props.isOpen} onOpenChange={(open) => !open && props.onClose()}>
      <Primitive.Portal container={container}>
        <Primitive.Overlay className={styles.overlay} />
        <Primitive.Content className={styles.switcher} aria-describedby={undefined} {...focus}>
          <Primitive.Title className="sc-visually-hidden">
            <FormattedMessage id="switcher.title" />
          </Primitive.Title>
          <Combobox {...props} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function Combobox({ search, onSearch, candidates, error, onChoose }: QuickSwitcherViewProps) {
  const intl = useIntl();
  const id = useId();
  const choice = useChoice(candidates.length, search);
  const chosen = candidates[choice.at];
  const onKeyDown = (event: KeyboardEvent) => {
    // Letters of an input method: its keys end and choose the word, not the conversation.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && chosen) {
      event.preventDefault();
      onChoose(chosen);
    } else choice.onKeyDown(event);
  };
  return (
    <>
      <div className={styles.field}>
        <SearchIcon />
        <input
          className={styles.input}
          role="combobox"
          aria-label={intl.formatMessage({ id: "switcher.search" })}
          aria-expanded={candidates.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `${id}-${chosen.key}` : undefined}
          placeholder={intl.formatMessage({ id: "switcher.search" })}
          autoComplete="off"
          spellCheck={false}
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <p className="sc-visually-hidden" role="status">
        <FormattedMessage id="switcher.found" values={{ count: candidates.length }} />
      </p>
      {candidates.length === 0 && (
        <p className={styles.nothing}>
          <FormattedMessage id="switcher.nothing" />
        </p>
      )}
      <div
        id={`${id}-list`}
        className={styles.list}
        role="listbox"
        aria-label={intl.formatMessage({ id: "switcher.title" })}
      >
        {candidates.map((candidate, index) => (
          <Option
            key={candidate.key}
            id={`${id}-${candidate.key}`}
            candidate={candidate}
            isChosen={index === choice.at}
            onPoint={() => choice.set(index)}
            onChoose={() => onChoose(candidate)}
          />
        ))}
      </div>
    </>
  );
}

function useChoice(count: number, search: string) {
  const [at, set] = useState(0);
  // Another search: the best is the first again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => set(0), [search]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || count === 0) return;
    event.preventDefault();
    set((before) => (before + step + count) % count);
  };
  return { at: Math.min(at, Math.max(0, count - 1)), set, onKeyDown };
}

interface OptionProps {
  id: string;
  candidate: Candidate;
  isChosen: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function Option({ id, candidate, isChosen, onPoint, onChoose }: OptionProps) {
  const person = candidate.kind === "contact" ? candidate.person : candidate.conversation.participant;
  const name = candidate.kind === "contact" ? candidate.person.name : candidate.conversation.name;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, as of every combobox.
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field.
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      className={classes(styles.option, isChosen && styles.chosen)}
      ref={(element) => {
        if (isChosen) element?.scrollIntoView({ block: "nearest" });
      }}
      onPointerMove={onPoint}
      onClick={onChoose}
    >
      <Avatar
        name={name}
        color={person?.avatar_color}
        id={candidate.id}
        size="small"
        isOnline={person?.is_online}
      />
      <span className={styles.name}>{name}</span>
      {person ? <RoleBadge schoolRole={person.role} isShort /> : null}
      <OptionNote candidate={candidate} />
    </div>
  );
}

function OptionNote({ candidate }: { candidate: Candidate }) {
  const intl = useIntl();
  if (candidate.kind === "contact") {
    return (
      <span className={styles.note}>
        <FormattedMessage id="switcher.begin" />
      </span>
    );
  }
  const { unread_count: count, is_group: isGroup, participants_count: people } = candidate.conversation;
  const isArchived = candidate.conversation.is_archived;
  return (
    <>
      {(isGroup || isArchived) && (
        <span className={styles.note}>
          <FormattedMessage
            id={isArchived ? "switcher.archived" : "switcher.people"}
            values={{ count: people }}
          />
        </span>
      )}
      <span className={styles.badge}>
        <CountBadge count={count} label={intl.formatMessage({ id: "list.unreadCount" }, { count })} />
      </span>
    </>
  );
}
