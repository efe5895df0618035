/**
 * What runs first, and small enough to run before the rest has come: whoever was here last finds their list read when
 * the first view is drawn.
 */
import { EarlyCache } from "../cache/earlyCache";
import { lastPersonId } from "./lastPerson";
import { showUnavailable } from "./unavailable";
import { reloadAfterUpgrade } from "./upgrade";

performance.mark("classbridge:start");
reloadAfterUpgrade();
const personId = lastPersonId();
const early = personId === null ? null : new EarlyCache("", personId);
import("./start")
  .then(({ start }) => start(early))
  .catch((error: unknown) => {
    reportError(error);
    showUnavailable();
  });
