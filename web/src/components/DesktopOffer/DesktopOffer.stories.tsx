import type { Story } from "@ladle/react";
import { DesktopOfferView } from "./DesktopOfferView";

export default { title: "DesktopOffer" };

const nothing = () => undefined;

export const Offer: Story = () => <DesktopOfferView error={null} onAccept={nothing} onDecline={nothing} />;
export const NotSaved: Story = () => (
  <DesktopOfferView error="Нет связи с сервером." onAccept={nothing} onDecline={nothing} />
);
