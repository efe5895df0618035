import { useState } from "react";
import { useConversation, useErrorText, useMe, useParticipants } from "../../hooks";
import { matches } from "../../model/text";
import type { Participant } from "../../model/types";
import { AddParticipants } from "./AddParticipants";
import { ParticipantsListView } from "./ParticipantsListView";

export interface ParticipantsListProps {
  conversationId: number;
  isOpen: boolean;
  onClose: () => void;
}

/** The window «Участники» of a group: who is in it; its managers add and remove. */
export function ParticipantsList(props: ParticipantsListProps) {
  return props.isOpen ? <OpenParticipantsList {...props} /> : null;
}

function OpenParticipantsList({ conversationId, onClose }: ParticipantsListProps) {
  const conversation = useConversation(conversationId);
  const participants = useParticipants(conversationId);
  const { me } = useMe();
  const [search, setSearch] = useState("");
  const [isAdding, setAdding] = useState(false);
  const removal = useRemoval(participants.remove);
  if (isAdding) {
    return (
      <AddParticipants
        present={new Set(participants.items.map((one) => one.id))}
        add={participants.add}
        onDone={() => setAdding(false)}
      />
    );
  }
  return (
    <ParticipantsListView
      isOpen
      onClose={onClose}
      name={conversation?.name ?? ""}
      items={participants.items.filter((one) => matches(one.name, search))}
      total={participants.items.length}
      isLoading={participants.isLoading}
      error={participants.error}
      search={search}
      onSearch={setSearch}
      meId={me?.id}
      canManage={conversation?.can_manage ?? false}
      isManaged={conversation?.is_managed ?? false}
      onAdd={() => setAdding(true)}
      removal={removal}
    />
  );
}

export interface Removal {
  /** Who would be removed: being asked about. */
  asked: Participant | null;
  isBusy: boolean;
  error: string | null;
  ask: (person: Participant) => void;
  cancel: () => void;
  confirm: () => void;
}

function useRemoval(remove: (id: number) => Promise<void>): Removal {
  const errorText = useErrorText();
  const [asked, setAsked] = useState<Participant | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const ask = (person: Participant | null) => {
    setError(null);
    setAsked(person);
  };
  const confirm = async () => {
    if (!asked) return;
    setBusy(true);
    try {
      await remove(asked.id);
      ask(null);
    } catch (thrown) {
      setError(errorText(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { asked, isBusy, error, ask, cancel: () => ask(null), confirm };
}
