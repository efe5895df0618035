/** Files as the clipboard and the desktop give them. */
import type { Person } from "./person";

export type Content = string | Uint8Array<ArrayBuffer>;
type Files = Record<string, Content>;

/** Into the field, several at once. */
export async function paste(person: Person, files: Files): Promise<void> {
  await give(person, "[data-sc-composer] textarea", "paste", files);
}

/** Over the conversation, then perhaps the drop. */
export async function drag(person: Person, kind: "dragenter" | "drop", files: Files): Promise<void> {
  await give(person, "[role=log]", kind, files);
}

async function give(person: Person, place: string, kind: string, files: Files): Promise<void> {
  const packed = Object.entries(files).map(
    ([name, content]) => [name, Buffer.from(content as string).toString("base64")] as const,
  );
  await person.page.evaluate(
    (selector, type, given) => {
      const transfer = new DataTransfer();
      for (const [name, base64] of given) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      const common = { bubbles: true, cancelable: true, composed: true };
      document
        .querySelector(selector)!
        .dispatchEvent(
          type === "paste"
            ? new ClipboardEvent(type, { ...common, clipboardData: transfer })
            : new DragEvent(type, { ...common, dataTransfer: transfer }),
        );
    },
    place,
    kind,
    packed,
  );
}
