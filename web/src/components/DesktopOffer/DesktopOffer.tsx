import { useState } from "react";
import { useErrorText, useMe, useNotifications } from "../../hooks";
import { deviceStorage } from "../../services/deviceStorage";
import { DesktopOfferView } from "./DesktopOfferView";

const ANSWERED = "classbridge.desktop-offer";

/**
 * At the first visit: whether the browser may show notifications. It is asked only in answer to the click here, for a
 * browser that is asked by itself is refused for good; and on this device never again.
 */
export function DesktopOffer() {
  const { me, updateSettings } = useMe();
  const { desktopPermission, requestDesktop } = useNotifications();
  const errorText = useErrorText();
  const [isAnswered, setAnswered] = useState(() => deviceStorage.get(ANSWERED) !== null);
  const [error, setError] = useState<string | null>(null);
  if (!me || isAnswered || desktopPermission !== "default") return null;
  const answer = () => {
    deviceStorage.set(ANSWERED, "1");
    setAnswered(true);
  };
  const accept = async () => {
    try {
      if ((await requestDesktop()) === "granted") await updateSettings({ desktop: true });
      answer();
    } catch (thrown) {
      setError(errorText(thrown));
    }
  };
  return <DesktopOfferView error={error} onAccept={accept} onDecline={answer} />;
}
