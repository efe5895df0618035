import { deviceStorage } from "../services/deviceStorage";

const HINT = "classbridge.signed-in";

/** Who was signed in here when the page was last open, probably still is. The number alone is kept, no token. */
export function lastPersonId(): number | null {
  return Number(deviceStorage.get(HINT)) || null;
}

export function rememberPerson(personId: number): void {
  deviceStorage.set(HINT, String(personId));
}

export function forgetPerson(): void {
  deviceStorage.remove(HINT);
}
