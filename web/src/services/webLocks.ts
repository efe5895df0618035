/** Null: this browser has none; they need https. */
export function webLocks(): LockManager | null {
  return (navigator.locks as LockManager | undefined) ?? null;
}

/** A browser that lets a page keep nothing, in a frame of another site for example, refuses it the locks as well. */
export function isDenied(error: unknown): boolean {
  return error instanceof DOMException && error.name === "SecurityError";
}
