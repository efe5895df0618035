let sound: HTMLAudioElement | undefined;

const fetchSound = () => import("./ding.wav");

/**
 * Play the short sound of a new message; it is fetched when it is first wanted.
 *
 * `false`: it could not be heard. A browser that has seen no click or key yet refuses to play; that is its right and no
 * fault. Nor is it one that the network was gone: the message itself is shown, and the next one asks for the sound again.
 */
export async function ding(fetch: () => Promise<{ default: string }> = fetchSound): Promise<boolean> {
  try {
    sound ??= new Audio((await fetch()).default);
    sound.currentTime = 0;
    await sound.play();
    return true;
  } catch (error) {
    sound = undefined;
    // A part of the page that cannot be fetched is a TypeError, all that `play` may say a DOMException.
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}
