import type { QueryClient } from "@tanstack/react-query";
import type { ConversationActions } from "../context/client";
import type { Conversation, Settings } from "../model/types";
import { changeConversation, putConversations, putListed, removeConversations } from "../store/conversations";
import { updateMessage } from "../store/messages";
import { EMPTY_TIMELINE } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { changeTimeline } from "../store/timelines";
import type { ChatService } from "./chatService";
import { participantsKey } from "./participants";
import { SettingsService } from "./settingsService";

/** What can be done with conversations and their messages. The answers go into the state; errors go to the caller. */
export class ConversationService implements ConversationActions {
  private readonly settings: SettingsService;

  constructor(
    private readonly store: ChatStore,
    private readonly api: ChatService,
    private readonly queries: QueryClient,
    private readonly refresh: (conversationId: number) => Promise<void>,
  ) {
    this.settings = new SettingsService(store, api);
  }

  updateSettings = (patch: Partial<Settings>): Promise<void> => this.settings.update(patch);

  edit = async (messageId: number, text: string): Promise<void> => {
    const message = await this.api.editMessage(messageId, text);
    apply(this.store, (state) =>
      changeTimeline(state, message.conversation_id, (timeline) => ({
        ...timeline,
        messages: updateMessage(timeline.messages, message),
      })),
    );
  };

  remove = async (messageId: number): Promise<void> => {
    await this.api.deleteMessage(messageId);
    // The frame that tells everybody tells us, too; who is not connected sees it now.
    const { timelines } = this.store.getState();
    for (const [id, timeline] of Object.entries(timelines)) {
      const message = timeline.messages.find((one) => one.id === messageId);
      if (!message) continue;
      const gone = { ...message, is_deleted: true, text: "", file: null };
      apply(this.store, (state) =>
        changeTimeline(state, Number(id), (one) => ({ ...one, messages: updateMessage(one.messages, gone) })),
      );
      await this.refresh(Number(id));
    }
  };

  rename = async (id: number, name: string): Promise<void> => this.put(await this.api.rename(id, name));

  setMuted = async (id: number, isMuted: boolean): Promise<void> => {
    apply(this.store, (state) => changeConversation(state, id, (one) => ({ ...one, is_muted: isMuted })));
    try {
      this.put(await this.api.setMuted(id, isMuted));
    } catch (error) {
      apply(this.store, (state) => changeConversation(state, id, (one) => ({ ...one, is_muted: !isMuted })));
      throw error;
    }
  };

  clear = async (id: number): Promise<void> => {
    await this.api.clear(id);
    apply(this.store, (state) => changeTimeline(state, id, () => ({ ...EMPTY_TIMELINE, status: "ready" })));
    await this.refresh(id);
  };

  block = async (id: number, until: string | null): Promise<void> =>
    this.put(await this.api.block(id, until));

  unblock = async (id: number): Promise<void> => this.put(await this.api.unblock(id));

  leaveOrArchive = async (id: number): Promise<void> => {
    await this.api.leaveOrArchive(id);
    const isArchived = this.store.getState().conversations[id]?.can_manage ?? false;
    if (isArchived) await this.refresh(id);
    else apply(this.store, (state) => removeConversations(state, [id]));
  };

  createDirect = async (userId: number): Promise<number> => {
    const conversation = await this.api.createDirect(userId);
    apply(this.store, (state) => putListed(state, [conversation])); // it is back, if it was taken off the list
    void this.queries.invalidateQueries({ queryKey: ["contacts"] });
    return conversation.id;
  };

  createGroup = async (name: string, userIds: number[]): Promise<number> => {
    const conversation = await this.api.createGroup(name, userIds);
    this.put(conversation);
    return conversation.id;
  };

  addParticipants = async (id: number, userIds: number[]): Promise<void> => {
    this.put(await this.api.addParticipants(id, userIds));
    await this.queries.invalidateQueries({ queryKey: participantsKey(id) });
  };

  removeParticipant = async (id: number, userId: number): Promise<void> => {
    this.put(await this.api.removeParticipant(id, userId));
    await this.queries.invalidateQueries({ queryKey: participantsKey(id) });
  };

  private put(conversation: Conversation): void {
    apply(this.store, (state) => putConversations(state, [conversation]));
  }
}
