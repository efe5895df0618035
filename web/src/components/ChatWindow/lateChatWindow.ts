import type { ComponentType } from "react";
import { LateView } from "../LateView/lateView";
import type { ChatWindowProps } from "./ChatWindow";

/** The conversation with all that belongs to it: the list is on screen before it, and does not wait for it. */
export const chatWindow = new LateView<ComponentType<ChatWindowProps>>(
  async () => (await import("./ChatWindow")).ChatWindow,
);
