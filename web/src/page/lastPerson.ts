const HINT = "classbridge.signed-in";

/** Who was signed in here when the page was last open, probably still is. The number alone is kept, no token. */
export function lastPersonId(): number | null {
  return Number(localStorage.getItem(HINT)) || null;
}

export function rememberPerson(personId: number): void {
  localStorage.setItem(HINT, String(personId));
}

export function forgetPerson(): void {
  localStorage.removeItem(HINT);
}
