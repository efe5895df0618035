import { type JSX, useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { Button, Dialog } from "../../ui";
import styles from "./BlockDialog.module.css";
import type { Step } from "./ConversationDialogs";

const HOUR_MS = 3_600_000;

/** For how long; null: until it is lifted. */
const SPANS = [
  { name: "hour", ms: HOUR_MS },
  { name: "day", ms: 24 * HOUR_MS },
  { name: "week", ms: 7 * 24 * HOUR_MS },
  { name: "forever", ms: null },
] as const;

interface BlockDialogProps extends Step {
  name: string;
  /** `until`: ISO 8601; undefined: until it is lifted. */
  onBlock: (until: string | undefined) => void;
}

/** The other reads on but cannot write: for how long? */
export function BlockDialog({ name, isBusy, error, cancel, onBlock }: BlockDialogProps): JSX.Element {
  const intl = useIntl();
  const group = useId();
  const [chosen, setChosen] = useState<(typeof SPANS)[number]>(SPANS[3]);
  return (
    <Dialog
      isOpen
      size="small"
      onClose={cancel}
      title={<FormattedMessage id="window.block.title" values={{ name }} />}
      description={<FormattedMessage id="window.block.description" />}
      footer={
        <>
          <Button onClick={cancel}>
            <FormattedMessage id="ui.cancel" />
          </Button>
          <Button
            variant="danger"
            isBusy={isBusy}
            onClick={() =>
              onBlock(chosen.ms === null ? undefined : new Date(Date.now() + chosen.ms).toISOString())
            }
          >
            <FormattedMessage id="window.block.confirm" />
          </Button>
        </>
      }
    >
      <fieldset className={styles.spans}>
        <legend className="sc-visually-hidden">{intl.formatMessage({ id: "window.block.span" })}</legend>
        {SPANS.map((span) => (
          <label key={span.name} className={styles.span}>
            <input
              type="radio"
              name={group}
              checked={span === chosen}
              onChange={() => setChosen(span)}
              className={styles.radio}
            />
            <FormattedMessage id={`window.block.${span.name}`} />
          </label>
        ))}
      </fieldset>
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </Dialog>
  );
}
