import type { Ref, RefObject } from "react";
import { useIntl } from "react-intl";
import { SearchField } from "../../ui";
import type { VirtualListHandle } from "../VirtualList/VirtualList";

export interface PeopleSearchProps {
  value: string;
  onChange: (value: string) => void;
  /** The people below it: Down leads to them. */
  list: RefObject<VirtualListHandle | null>;
  fieldRef?: Ref<HTMLInputElement> | undefined;
  className?: string | undefined;
}

/** The field above a `PeopleList`. */
export function PeopleSearch({ value, onChange, list, fieldRef, className }: PeopleSearchProps) {
  const intl = useIntl();
  return (
    <SearchField
      ref={fieldRef}
      className={className}
      label={intl.formatMessage({ id: "contacts.search" })}
      value={value}
      onChange={onChange}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        list.current?.focus();
      }}
    />
  );
}
