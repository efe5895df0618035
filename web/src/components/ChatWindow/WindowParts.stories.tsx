import type { Story } from "@ladle/react";
import type { CSSProperties } from "react";
import { type Late, LateView } from "../LateView/lateView";
import type { ChatWindow } from "./ChatWindow";
import { JumpToLatest } from "./JumpToLatest";
import { LazyChatWindow } from "./LazyChatWindow";

export default { title: "ChatWindow parts" };

const PLACE: CSSProperties = { position: "relative", height: "12rem" };

const Jump = ({ unread }: { unread: number }) => (
  <div style={PLACE}>
    <JumpToLatest unread={unread} onClick={() => undefined} />
  </div>
);
export const JumpWithNothingNew: Story = () => <Jump unread={0} />;
export const JumpToAFew: Story = () => <Jump unread={3} />;
export const JumpToMany: Story = () => <Jump unread={1240} />;

/** The window's code, as far as it has come. */
class Told extends LateView<typeof ChatWindow> {
  constructor(told: Partial<Late<typeof ChatWindow>>) {
    super(() => new Promise(() => {}));
    const state = { part: null, hasFailed: false, isLoading: true, needsReload: false, ...told };
    this.get = () => state;
  }
}
const coming = new Told({});
const missing = new Told({ hasFailed: true, isLoading: false });

export const BeingLoaded: Story = () => <LazyChatWindow conversationId={1} late={coming} />;
export const NotLoaded: Story = () => <LazyChatWindow conversationId={1} late={missing} />;
