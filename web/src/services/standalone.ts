import type { Frame } from "../model/frames";
import type { ConnectionState } from "../model/types";
import { type ChatService, createChatService } from "./chatService";
import { Http } from "./http";
import { type GetToken, Tokens } from "./tokens";
import { ChatSocket } from "./websocketService";

/** Both services by themselves, for code of the school that is no React view: a script, a worker, a button of another app. */
export interface ServiceOptions {
  /** The bridge's address; empty: the page's own. */
  apiBase?: string;
  getToken: GetToken;
}

/** The REST API, one method for each call; an answer that is none throws an `ApiError`. */
export function chatService({ apiBase = "", getToken }: ServiceOptions): ChatService {
  return createChatService(new Http(apiBase, new Tokens(getToken)));
}

export interface WebSocketOptions extends ServiceOptions {
  onFrame(frame: Frame): void;
  /** `online`: ask `chatService().sync()` for what was missed. `signed_out`: it has stopped. */
  onState?(state: Exclude<ConnectionState, "catching_up">): void;
}

/** The socket: comes back by itself until it is stopped, or nobody is signed in any more. It is open for whoever made it. */
export function websocketService(options: WebSocketOptions): Pick<ChatSocket, "send" | "start" | "stop"> {
  const { apiBase = "", getToken, onFrame, onState } = options;
  const tokens = new Tokens(getToken);
  const api = createChatService(new Http(apiBase, tokens));
  const socket = new ChatSocket({
    apiBase,
    getTicket: () => api.getTicket(),
    handlers: {
      onFrame,
      onOpen: () => onState?.("online"),
      onConnecting: () => onState?.("connecting"),
      onDown: () => onState?.("offline"),
      onRefused: () => tokens.distrust(),
      onSignedOut: () => {
        socket.stop();
        onState?.("signed_out");
      },
    },
  });
  return socket;
}
