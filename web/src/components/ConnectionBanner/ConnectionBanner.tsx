import { useConnection } from "../../hooks";
import { ConnectionBannerView } from "./ConnectionBannerView";
import { useLasting } from "./useLasting";

/** Shorter troubles are nobody's business. */
const PATIENCE_MS = 1500;

/** Says that there is no connection or that the session is over, when the next attempt is, and lets one try at once. */
export function ConnectionBanner() {
  const connection = useConnection();
  // No connection at all is said at once; that one is being made, only when it takes long.
  const isLasting = useLasting(connection.state !== "online", PATIENCE_MS);
  const isTrouble = isLasting || connection.state === "offline" || connection.state === "signed_out";
  return isTrouble ? <ConnectionBannerView {...connection} /> : null;
}
