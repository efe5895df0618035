import { type JSX, type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useDropzone } from "react-dropzone";
import {
  useActiveConversation,
  useConversation,
  useConversationActions,
  useDraft,
  useMe,
  useParticipants,
  usePresence,
  useTimeline,
  useTyping,
  useUploads,
} from "../../hooks";
import type { Conversation, Me, Participant, TimelineEntry } from "../../model/types";
import { useNow } from "../../ui";
import { useAnswer } from "../ChatNotifications/useAnswer";
import { DropOverlay } from "../FileUpload/DropOverlay";
import { Lightbox, type LightboxImage } from "../Lightbox/Lightbox";
import { loadMarkdown } from "../Markdown/Markdown";
import type { ComposerHandle } from "../MessageInput/Composer";
import { MessageInput } from "../MessageInput/MessageInput";
import { ParticipantsList } from "../ParticipantsList/ParticipantsList";
import { ReadersDialog } from "../ReadersDialog/ReadersDialog";
import { ReadOnlyNotice } from "../ReadOnlyNotice/ReadOnlyNotice";
import { TypingIndicator } from "../TypingIndicator/TypingIndicator";
import { BlockedNotice } from "./BlockedNotice";
import { BareHeader, ChatHeader } from "./ChatHeader";
import styles from "./ChatWindow.module.css";
import { ConversationDialogs } from "./ConversationDialogs";
import { ConversationMenu } from "./ConversationMenu";
import { type Command, commandsFor, findAddress } from "./conversationCommands";
import { NewMessageAnnouncer } from "./NewMessageAnnouncer";
import { RemoveDialog } from "./RemoveDialog";
import { Timeline } from "./Timeline";
import { EmptyTimeline, NoSuchChat, TimelineError, TimelineSkeleton } from "./TimelineStates";
import { useMessageActions } from "./useMessageActions";

export interface ChatWindowProps {
  conversationId: number;
  /** Shows an arrow that leads back to the list: where only one of the two has room. */
  onBack?: (() => void) | undefined;
}

/** One conversation: header, messages, field. */
export function ChatWindow({ conversationId, onBack }: ChatWindowProps): JSX.Element {
  const conversation = useConversation(conversationId);
  if (!conversation) return <UnknownChat conversationId={conversationId} onBack={onBack} />;
  return <OpenChat key={conversationId} conversation={conversation} onBack={onBack} />;
}

/** Not among those that are loaded: it is asked for, and may not be there at all. */
function UnknownChat({ conversationId, onBack }: ChatWindowProps): JSX.Element {
  const { status, error, isGone, retry } = useTimeline(conversationId);
  const { open } = useActiveConversation();
  if (status === "error" && isGone) {
    return (
      <section className={styles.window}>
        <NoSuchChat onBack={onBack ?? (() => open(null))} />
      </section>
    );
  }
  return (
    <section className={styles.window}>
      {onBack && <BareHeader onBack={onBack} />}
      <div className={styles.middle}>
        {status === "error" ? <TimelineError error={error} onRetry={retry} /> : <TimelineSkeleton />}
      </div>
    </section>
  );
}

// Beside the conversation, so that it is there when the messages are.
void loadMarkdown();

function OpenChat({
  conversation,
  onBack,
}: {
  conversation: Conversation;
  onBack: (() => void) | undefined;
}) {
  const { id, is_group: isGroup, can_write: canWrite } = conversation;
  const { me } = useMe();
  const timeline = useTimeline(id);
  const draft = useDraft(id);
  const uploads = useUploads(id);
  const participants = useParticipants(id).items;
  const { typing } = useTyping(id);
  const people = useNames(participants, conversation, me);
  const composer = useRef<ComposerHandle>(null);
  const focusComposer = useCallback(() => {
    // Later: a menu that closes gives the focus back to its button first.
    requestAnimationFrame(() => composer.current?.focus());
  }, []);
  useFocusAtOpening(focusComposer);
  useEffect(() => void loadMarkdown(), []);
  const messages = useMessageActions({ conversation, me, timeline, draft, focusComposer });
  const images = useImages(timeline.entries);
  const { getRootProps, isDragActive } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noPaste: true, // the field takes what is pasted; here it would come a second time
    disabled: !canWrite || draft.editing !== null,
    onDrop: (files) => {
      uploads.add(files);
      focusComposer();
    },
  });

  const editLast = () => {
    const last = timeline.entries.findLast(
      (entry) => entry.kind === "message" && messages.findActions(entry.message).includes("edit"),
    );
    if (last?.kind === "message") messages.actions.run("edit", last.message);
  };

  return (
    <section {...getRootProps({ role: "region" })} className={styles.window} aria-label={conversation.name}>
      <Head conversation={conversation} me={me} onBack={onBack} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: letters typed on a message go to the field */}
      <div className={styles.middle} onKeyDown={(event) => goToField(event, focusComposer)}>
        {timeline.entries.length > 0 ? (
          <Timeline
            conversationId={id}
            timeline={timeline}
            isGroup={isGroup}
            readerId={me?.id}
            people={people}
            actions={messages.actions}
            findActions={messages.findActions}
          />
        ) : timeline.status === "error" ? (
          <TimelineError error={timeline.error} onRetry={timeline.retry} />
        ) : timeline.status === "loading" ? (
          <TimelineSkeleton />
        ) : (
          <EmptyTimeline canWrite={canWrite} />
        )}
        <TypingIndicator people={typing} />
        <NewMessageAnnouncer
          entries={timeline.entries}
          isReady={timeline.status === "ready"}
          hasNewer={timeline.hasNewer}
        />
      </div>
      {canWrite ? (
        <MessageInput
          ref={composer}
          conversationId={id}
          people={participants}
          meId={me?.id}
          uploads={uploads}
          onEditLast={editLast}
          onSent={() => timeline.hasNewer && timeline.jumpToLatest()}
        />
      ) : (
        <ReadOnlyNotice reason={conversation.cannot_write_reason} />
      )}
      {isDragActive && <DropOverlay />}
      <RemoveDialog message={messages.removing} onDone={() => messages.setRemoving(null)} />
      <ReadersDialog message={messages.readersOf} onClose={() => messages.setReadersOf(null)} />
      <Lightbox images={images} openKey={messages.shownImage} onClose={() => messages.setShownImage(null)} />
    </section>
  );
}

/** They open no dialog. */
const AT_ONCE: ReadonlySet<Command> = new Set(["mute", "unmute", "openElsewhere"]);

interface HeadProps {
  conversation: Conversation;
  me: Me | undefined;
  onBack: (() => void) | undefined;
}

/** The header with its menu and what that opens. */
function Head({ conversation, me, onBack }: HeadProps): JSX.Element {
  const presence = usePresence(conversation.participant?.id);
  const now = useNow();
  const { setMuted } = useConversationActions(conversation.id);
  const { attempt } = useAnswer();
  const [command, setCommand] = useState<Command | null>(null);
  const opensDialog = useRef(false);

  const choose = (chosen: Command) => {
    opensDialog.current = !AT_ONCE.has(chosen);
    if (opensDialog.current) setCommand(chosen);
    else if (chosen === "openElsewhere")
      window.open(findAddress(conversation, me) ?? "", "_blank", "noopener,noreferrer");
    else attempt(() => setMuted(chosen === "mute"));
  };

  const commands = commandsFor(conversation, me);
  return (
    <>
      <ChatHeader
        conversation={conversation}
        presence={presence}
        now={now}
        onBack={onBack}
        onOpenParticipants={() => setCommand("participants")}
        menu={<ConversationMenu commands={commands} onCommand={choose} />}
      />
      {commands.includes("unblock") && <BlockedNotice onUnblock={() => setCommand("unblock")} />}
      <ConversationDialogs conversation={conversation} command={command} onDone={() => setCommand(null)} />
      <ParticipantsList
        conversationId={conversation.id}
        isOpen={command === "participants"}
        onClose={() => setCommand(null)}
      />
    </>
  );
}

/** Names by id, of those whose mentions are shown here. */
function useNames(participants: readonly Participant[], { participant }: Conversation, me: Me | undefined) {
  return useMemo(() => {
    const known = [...participants, ...(participant ? [participant] : []), ...(me ? [me] : [])];
    return new Map(known.map((person) => [person.id, person.name]));
  }, [participants, participant, me]);
}

/** With a keyboard one writes at once; on a phone the keyboard would cover what one came to read. */
function useFocusAtOpening(focus: () => void): void {
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) focus();
  }, [focus]);
}

function useImages(entries: readonly TimelineEntry[]): LightboxImage[] {
  return useMemo(
    () =>
      entries.flatMap((entry) => {
        if (entry.kind !== "message" || entry.message.message_type !== "IMAGE") return [];
        const { file, is_deleted: isDeleted } = entry.message;
        if (!file || isDeleted) return [];
        return [
          {
            key: entry.key,
            url: file.file_url,
            name: file.file_name,
            width: file.width,
            height: file.height,
          },
        ];
      }),
    [entries],
  );
}

/** On a message: a letter goes on in the field, Esc goes back to it. */
function goToField(event: KeyboardEvent, focus: () => void): void {
  if ((event.target as HTMLElement).tagName !== "ARTICLE") return;
  const isLetter =
    event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Escape") {
    event.stopPropagation();
    focus();
  } else if (isLetter) {
    focus();
  }
}
