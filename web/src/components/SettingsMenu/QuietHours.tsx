import { useId } from "react";
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

function TimeField({
  id,
  value,
  onChange,
}: {
  id: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const fieldId = useId();
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
        // While a part is missing the value is empty.
        onBlur={(event) => event.target.value && event.target.value !== value && onChange(event.target.value)}
      />
    </div>
  );
}
