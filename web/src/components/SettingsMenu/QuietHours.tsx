import { useEffect, useId, useRef } from "react";
import { FormattedMessage } from "react-intl";
import type { QuietHours as Hours } from "../../model/types";
import { Switch } from "../../ui";
import styles from "./SettingsDialog.module.css";

export interface QuietHoursProps {
  value: Hours | null;
  onChange: (value: Hours | null) => void;
}

const NIGHT: Hours = { from: "22:00", to: "07:00" };

/** When nothing rings or pops up; messages come all the same. */
export function QuietHours({ value, onChange }: QuietHoursProps) {
  return (
    <>
      <Switch
        label={<FormattedMessage id="settings.quiet" />}
        hint={<FormattedMessage id="settings.quiet.hint" />}
        isChecked={value !== null}
        onChange={(isOn) => onChange(isOn ? NIGHT : null)}
      />
      {value && (
        <div className={styles.hours}>
          <TimeField
            id="settings.quiet.from"
            value={value.from}
            onChange={(from) => onChange({ ...value, from })}
          />
          <TimeField id="settings.quiet.to" value={value.to} onChange={(to) => onChange({ ...value, to })} />
        </div>
      )}
    </>
  );
}

interface TimeFieldProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
}

/** Saved when one goes on from it, or when the dialog is closed, by Esc too: never at each digit. */
function TimeField({ id, value, onChange }: TimeFieldProps) {
  const fieldId = useId();
  const typed = useRef(value);
  const save = () => {
    // While a part is missing the value is empty.
    if (typed.current && typed.current !== value) onChange(typed.current);
  };
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    typed.current = value;
  }, [value]);
  useEffect(() => () => latest.current(), []);
  return (
    <div className={styles.time}>
      <label htmlFor={fieldId}>
        <FormattedMessage id={id} />
      </label>
      <input
        id={fieldId}
        className={styles.timeInput}
        type="time"
        required
        defaultValue={value}
        key={value}
        onChange={(event) => {
          typed.current = event.target.value;
        }}
        onBlur={save}
      />
    </div>
  );
}
