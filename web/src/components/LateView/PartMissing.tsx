import type { JSX } from "react";
import { FormattedMessage } from "react-intl";
import { AlertIcon, Button, Dialog, EmptyState } from "../../ui";
import type { LateView } from "./lateView";
import { useLateState } from "./useLate";

export interface PartMissingProps {
  late: LateView<unknown>;
}

/** In place of a part that could not be fetched: what has happened, and the way on. */
export function PartMissing({ late }: PartMissingProps): JSX.Element {
  return (
    <EmptyState
      isAlert
      icon={<AlertIcon size={2} />}
      title={<FormattedMessage id="part.missing" />}
      text={<Advice late={late} />}
      action={<WayOn late={late} />}
    />
  );
}

/** The same, for a part that is a window over the chat. */
export function PartMissingDialog({
  late,
  onClose,
}: PartMissingProps & { onClose: () => void }): JSX.Element {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={<FormattedMessage id="part.missing" />}
      description={<Advice late={late} />}
      footer={<WayOn late={late} />}
    >
      {null}
    </Dialog>
  );
}

function Advice({ late }: PartMissingProps): JSX.Element {
  const { needsReload } = useLateState(late);
  return <FormattedMessage id={needsReload ? "part.missing.reload" : "part.missing.retry"} />;
}

function WayOn({ late }: PartMissingProps): JSX.Element {
  const { needsReload, isLoading } = useLateState(late);
  return needsReload ? (
    <Button variant="primary" onClick={() => location.reload()}>
      <FormattedMessage id="ui.reload" />
    </Button>
  ) : (
    <Button variant="primary" isBusy={isLoading} onClick={late.load}>
      <FormattedMessage id="ui.retry" />
    </Button>
  );
}
