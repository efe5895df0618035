/** 128 random bits. `crypto.randomUUID` would need https, which a school's own network may not have. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The person that an access token is for; null: it is not a JWT that says so. Read only to find the right cache. */
export function personOf(token: string): number | null {
  const payload = token.split(".")[1];
  if (payload === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const id = Number((claims as { user_id?: unknown } | null)?.user_id);
    return Number.isSafeInteger(id) && id > 0 ? id : null;
  } catch {
    return null; // not base64, not JSON: an opaque token
  }
}
