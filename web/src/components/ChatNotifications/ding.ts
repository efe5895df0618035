let sound: Promise<HTMLAudioElement> | undefined;

/**
 * Play the short sound of a new message; it is fetched when it is first wanted.
 *
 * A browser that has seen no click or key yet refuses to play; that is its right and no fault, so `false` is given.
 */
export async function ding(): Promise<boolean> {
  sound ??= import("./ding.wav").then(({ default: address }) => new Audio(address));
  const audio = await sound;
  audio.currentTime = 0;
  try {
    await audio.play();
    return true;
  } catch (error) {
    const isRefusal = error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);
    if (isRefusal) return false;
    throw error;
  }
}
