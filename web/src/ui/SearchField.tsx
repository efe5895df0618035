import { forwardRef, type InputHTMLAttributes, useId, useImperativeHandle, useRef } from "react";
import { useIntl } from "react-intl";
import { classes } from "./classes";
import { IconButton } from "./IconButton";
import { CloseIcon, SearchIcon } from "./icons";
import styles from "./SearchField.module.css";

export interface SearchFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Esc empties it; in an empty one Esc goes on to whoever is around. */
export const SearchField = forwardRef<HTMLInputElement, SearchFieldProps>(function SearchField(
  { label, value, onChange, className, onKeyDown, ...rest },
  ref,
) {
  const id = useId();
  const intl = useIntl();
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => input.current as HTMLInputElement);
  const clear = () => {
    onChange("");
    input.current?.focus();
  };
  return (
    <div className={classes(styles.field, className)}>
      <SearchIcon className={styles.icon} size={1.125} />
      <label htmlFor={id} className="sc-visually-hidden">
        {label}
      </label>
      <input
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        {...rest}
        ref={input}
        id={id}
        type="search"
        className={styles.input}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value) {
            event.preventDefault();
            event.stopPropagation();
            clear();
            return;
          }
          onKeyDown?.(event);
        }}
      />
      {value && (
        <IconButton
          label={intl.formatMessage({ id: "ui.clearSearch" })}
          icon={<CloseIcon size={1} />}
          size="small"
          hasTooltip={false}
          onClick={clear}
        />
      )}
    </div>
  );
});
