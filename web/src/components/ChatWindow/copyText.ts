import { ApiError } from "../../services/apiError";

/** Puts a text on the clipboard, or throws why not. */
export async function copyText(text: string): Promise<void> {
  if ((await copyByClipboard(text)) || copyBySelection(text)) return;
  throw new ApiError(0, "copy_refused", "This browser does not let the page copy.");
}

/** Not there on pages without https; and a browser may refuse it. */
async function copyByClipboard(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (!clipboard) return false;
  try {
    await clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** The older way. */
function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}
