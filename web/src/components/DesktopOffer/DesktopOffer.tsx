import { useState } from "react";
import { useErrorText, useMe, useNotifications } from "../../hooks";
import { deviceStorage } from "../../services/deviceStorage";
import { useAfterPaint } from "../../ui";
import { DesktopOfferView } from "./DesktopOfferView";

const ANSWERED = "classbridge.desktop-offer";

/**
 * At the first visit: whether the browser may show notifications. It is asked only in answer to the click here, for a
 * browser that is asked by itself is refused for good; and on this device never again.
 */
export function DesktopOffer() {
  const [isAnswered, setAnswered] = useState(() => deviceStorage.get(ANSWERED) !== null);
  const isPainted = useAfterPaint(); // the list comes first
  if (isAnswered || !isPainted) return null;
  const answer = () => {
    deviceStorage.set(ANSWERED, "1");
    setAnswered(true);
  };
  return <Offer onAnswer={answer} />;
}

function Offer({ onAnswer }: { onAnswer: () => void }) {
  const { me, updateSettings } = useMe();
  const { desktopPermission, requestDesktop } = useNotifications();
  const errorText = useErrorText();
  const [error, setError] = useState<string | null>(null);
  if (!me || desktopPermission !== "default") return null;
  const accept = async () => {
    try {
      if ((await requestDesktop()) === "granted") await updateSettings({ desktop: true });
      onAnswer();
    } catch (thrown) {
      setError(errorText(thrown));
    }
  };
  return <DesktopOfferView error={error} onAccept={accept} onDecline={onAnswer} />;
}
