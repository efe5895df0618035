import type { Story } from "@ladle/react";
import { ConnectionBannerView } from "./ConnectionBannerView";

export default { title: "ConnectionBanner" };

const nothing = () => undefined;

export const Offline: Story = () => <ConnectionBannerView state="offline" retryInS={8} retryNow={nothing} />;
export const OfflineWithoutAPlan: Story = () => (
  <ConnectionBannerView state="offline" retryInS={null} retryNow={nothing} />
);
export const Connecting: Story = () => (
  <ConnectionBannerView state="connecting" retryInS={null} retryNow={nothing} />
);
export const CatchingUp: Story = () => (
  <ConnectionBannerView state="catching_up" retryInS={null} retryNow={nothing} />
);
export const SessionOver: Story = () => (
  <ConnectionBannerView state="signed_out" retryInS={null} retryNow={nothing} />
);
