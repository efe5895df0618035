import { useCallback, useMemo, useState } from "react";
import type { User } from "../../model/types";

export interface Chosen {
  /** In the order in which they were chosen. */
  people: readonly User[];
  ids: ReadonlySet<number>;
  toggle: (person: User) => void;
}

/** People who are ticked. They stay so when a search no longer shows them. */
export function useChosen(onChange?: () => void): Chosen {
  const [people, setPeople] = useState<readonly User[]>([]);
  const ids = useMemo(() => new Set(people.map((person) => person.id)), [people]);
  const toggle = useCallback(
    (person: User) => {
      setPeople((before) =>
        before.some((one) => one.id === person.id)
          ? before.filter((one) => one.id !== person.id)
          : [...before, person],
      );
      onChange?.();
    },
    [onChange],
  );
  return { people, ids, toggle };
}
