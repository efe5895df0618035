import { useMemo, useState } from "react";
import type { Participant } from "../../model/types";
import { findMentionQuery, type MentionQuery, namesakesIn, offerMentions } from "./mentions";

interface Options {
  text: string;
  caret: number;
  people: readonly Participant[];
  meId: number | undefined;
  onChoose: (person: Participant, query: MentionQuery) => void;
}

/** The list that opens after an `@`: what it offers, which one the arrows are on, and the keys that belong to it. */
export function useMentions({ text, caret, people, meId, onChoose }: Options) {
  const [dismissed, setDismissed] = useState<number | null>(null);
  // Of that `@` only: another one at the same place, in the next message, asks anew.
  if (dismissed !== null && text[dismissed] !== "@") setDismissed(null);
  const [active, setActive] = useState({ for: "", index: 0 });
  const query = useMemo(() => findMentionQuery(text, caret), [text, caret]);
  const offered = useMemo(
    () => (query && query.start !== dismissed ? offerMentions(people, query.text, meId) : []),
    [query, dismissed, people, meId],
  );
  const namesakes = useMemo(() => namesakesIn(people.filter(({ id }) => id !== meId)), [people, meId]);
  const asked = query?.text ?? "";
  const activeIndex = active.for === asked ? Math.min(active.index, offered.length - 1) : 0;
  const isOpen = query !== null && offered.length > 0;
  const move = (step: number) =>
    setActive({ for: asked, index: (activeIndex + step + offered.length) % offered.length });
  const choose = (person: Participant | undefined) => {
    if (person && query) onChoose(person, query);
  };

  /** Whether the key was for the list. */
  const takesKey = (key: string): boolean => {
    if (!isOpen) return false;
    switch (key) {
      case "ArrowDown":
        move(1);
        return true;
      case "ArrowUp":
        move(-1);
        return true;
      case "Enter":
      case "Tab":
        choose(offered[activeIndex]);
        return true;
      case "Escape":
        setDismissed(query.start);
        return true;
      default:
        return false;
    }
  };

  return { isOpen, offered, namesakes, activeIndex, takesKey, choose };
}
