import { type DragEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useActiveConversation, useConversations, useMe, usePageBadge } from "../../hooks";
import type { Me } from "../../model/types";
import {
  Button,
  ChatIcon,
  classes,
  EmptyState,
  IconButton,
  isFocusNowhere,
  isTouched,
  NewChatIcon,
  type Theme,
  toolIn,
  useFocusKept,
  useNarrow,
} from "../../ui";
import { ChatList } from "../ChatList/ChatList";
import { ChatNotifications } from "../ChatNotifications/ChatNotifications";
import { LazyChatWindow } from "../ChatWindow/LazyChatWindow";
import { ConnectionBanner } from "../ConnectionBanner/ConnectionBanner";
import { DesktopOffer } from "../DesktopOffer/DesktopOffer";
import { SettingsMenu } from "../SettingsMenu/SettingsMenu";
import type { VirtualListHandle } from "../VirtualList/VirtualList";
import { focusComposer } from "./focusComposer";
import { type Overlay, Overlays } from "./Overlays";
import type { SchoolChatProps } from "./SchoolChat";
import styles from "./SchoolChat.module.css";
import { usePartsSoon } from "./usePartsSoon";
import { useShortcuts } from "./useShortcuts";

/** Narrower than this there is room for the list or for a conversation, not for both: a phone on its side, 200 % zoom. */
const NARROW_PX = 720;

export interface ChatShellProps
  extends Pick<
    SchoolChatProps,
    "onTheme" | "onLanguage" | "onSignOut" | "openId" | "onOpen" | "onMe" | "pageTitle"
  > {
  theme: Theme;
}

/** Two panes side by side, or one above the other where there is no room; and all that opens over them. */
export function ChatShell(props: ChatShellProps) {
  const { theme, onTheme, onLanguage, onSignOut, openId, onOpen, onMe, pageTitle } = props;
  const shell = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualListHandle>(null);
  const isNarrow = useNarrow(shell, NARROW_PX);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const { activeId, openChat, openFromList, back } = useMoves(shell, list);
  useAddressed(openId, onOpen);
  useIntroduction(onMe);
  usePartsSoon();
  useFocusKept(shell);
  const nextUnread = useNextUnread(openChat);
  useShortcuts(shell, {
    onSwitcher: () => setOverlay("switcher"),
    onHelp: () => setOverlay("shortcuts"),
    onBack: back,
    onNextUnread: nextUnread,
  });
  const isCovered = isNarrow && activeId !== null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only refuses what nobody else takes
    <div
      ref={shell}
      className={styles.shell}
      data-narrow={isNarrow}
      onDragOver={refuseFiles}
      onDrop={refuseFiles}
    >
      <ConnectionBanner />
      <div className={styles.panes}>
        <div className={classes(styles.listPane, isCovered && styles.covered)} data-sc-list="">
          <ChatList
            listRef={list}
            onOpen={openFromList}
            notice={<DesktopOffer />}
            actions={<ListActions onOverlay={setOverlay} canSignOut={onSignOut !== undefined} />}
          />
        </div>
        {(activeId !== null || !isNarrow) && (
          <div className={styles.windowPane} data-sc-window="" tabIndex={-1}>
            {activeId === null ? (
              <NothingOpen onNewChat={() => setOverlay("contacts")} />
            ) : (
              <LazyChatWindow
                key={activeId}
                conversationId={activeId}
                {...(isNarrow ? { onBack: back } : {})}
              />
            )}
          </div>
        )}
      </div>
      <Overlays
        overlay={overlay}
        onOverlay={setOverlay}
        onOpened={() => focusComposer(shell.current)}
        theme={theme}
        onTheme={onTheme}
        onLanguage={onLanguage}
        onSignOut={onSignOut}
      />
      <ChatNotifications onReply={openChat} />
      {pageTitle && <PageBadge title={pageTitle} />}
    </div>
  );
}

/** A file that is dropped where nobody takes it would be opened by the browser in the place of the chat. */
function refuseFiles(event: DragEvent): void {
  if (event.defaultPrevented || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

/** Opening a conversation puts the cursor into its composer; leaving it, the focus onto its line in the list. */
function useMoves(shell: { current: HTMLElement | null }, list: { current: VirtualListHandle | null }) {
  const { activeId, open } = useActiveConversation();
  // What nobody looks at any more is not open: with a provider of the school's own, the chat goes on without this view.
  useEffect(() => () => open(null), [open]);
  const openChat = useCallback(
    (id: number) => {
      open(id);
      focusComposer(shell.current);
    },
    [open, shell],
  );
  const openFromList = useCallback(
    (id: number) => {
      open(id);
      // On a screen that is touched, the cursor in a field would bring up the keyboard over what is to be read.
      if (!isTouched()) focusComposer(shell.current);
      else
        requestAnimationFrame(() => shell.current?.querySelector<HTMLElement>("[data-sc-window]")?.focus());
    },
    [open, shell],
  );
  const back = useCallback(() => {
    if (activeId === null) return;
    open(null);
    requestAnimationFrame(() => focusList(shell.current, list.current, activeId));
  }, [activeId, open, shell, list]);
  useFocusAfterwards(shell, list, activeId);
  return { activeId, openChat, openFromList, back };
}

/** However a conversation was left, by the browser's «back», too: the focus that was in it, or nowhere, is in the list. */
function useFocusAfterwards(
  shell: { current: HTMLElement | null },
  list: { current: VirtualListHandle | null },
  activeId: number | null,
): void {
  const last = useRef(activeId);
  // Before `useFocusKept` has seen that what had the focus is gone: it does not know which conversation it was.
  useLayoutEffect(() => {
    const left = last.current;
    last.current = activeId;
    if (activeId !== null || left === null || !isFocusNowhere()) return;
    requestAnimationFrame(() => focusList(shell.current, list.current, left));
  }, [shell, list, activeId]);
}

/** A conversation's line; where there are no lines, what has left none. */
function focusList(shell: HTMLElement | null, list: VirtualListHandle | null, id: number): void {
  if (list) list.focus(id);
  else if (shell) toolIn(shell)?.focus();
}

/** Open what the address says, and say what was opened here. */
function useAddressed(
  openId: number | null | undefined,
  onOpen: ((id: number | null) => void) | undefined,
): void {
  const { activeId, open } = useActiveConversation();
  const addressed = useRef<number | null>(null);
  const last = useRef(activeId);
  useEffect(() => {
    if (openId === undefined) return;
    addressed.current = openId;
    open(openId);
  }, [openId, open]);
  useEffect(() => {
    if (activeId === last.current) return;
    last.current = activeId;
    if (activeId === addressed.current) return;
    addressed.current = activeId;
    onOpen?.(activeId);
  }, [activeId, onOpen]);
}

function PageBadge({ title }: { title: string }) {
  usePageBadge(title);
  return null;
}

function useIntroduction(onMe: ((me: Me) => void) | undefined): void {
  const { me } = useMe();
  useEffect(() => {
    if (me) onMe?.(me);
  }, [me, onMe]);
}

function useNextUnread(onOpen: (id: number) => void): () => void {
  const { items } = useConversations("unread", "");
  const { activeId } = useActiveConversation();
  return () => {
    const next = items.find((one) => one.id !== activeId && !one.is_archived);
    if (next) onOpen(next.id);
  };
}

interface ListActionsProps {
  onOverlay: (overlay: Overlay) => void;
  canSignOut: boolean;
}

function ListActions({ onOverlay, canSignOut }: ListActionsProps) {
  const intl = useIntl();
  const { me } = useMe();
  const canGroup = me?.permissions.can_create_groups ?? false;
  return (
    <>
      <IconButton
        label={intl.formatMessage({ id: "contacts.title" })}
        icon={<NewChatIcon />}
        onClick={() => onOverlay("contacts")}
      />
      <SettingsMenu
        onSettings={() => onOverlay("settings")}
        onShortcuts={() => onOverlay("shortcuts")}
        onSwitcher={() => onOverlay("switcher")}
        onNewGroup={canGroup ? () => onOverlay("group") : undefined}
        onSignOut={canSignOut ? () => onOverlay("signOut") : undefined}
      />
    </>
  );
}

function NothingOpen({ onNewChat }: { onNewChat: () => void }) {
  return (
    <div className={styles.nothing}>
      <EmptyState
        icon={<ChatIcon size={1.75} />}
        title={<FormattedMessage id="window.nothingOpen" />}
        text={<FormattedMessage id="window.nothingOpen.text" />}
        action={
          <Button variant="primary" onClick={onNewChat}>
            <FormattedMessage id="contacts.title" />
          </Button>
        }
      />
    </div>
  );
}
