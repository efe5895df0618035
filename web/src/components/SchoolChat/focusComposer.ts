const FRAMES = 60;

/**
 * Put the cursor into the composer of the conversation that was just opened, as soon as it is there. Not at once: the
 * field of the last one still is. A read-only conversation has none.
 */
export function focusComposer(root: HTMLElement | null, framesLeft = FRAMES): void {
  requestAnimationFrame(() => {
    const field = root?.querySelector<HTMLTextAreaElement>("[data-sc-composer] textarea");
    if (field) field.focus();
    else if (framesLeft > 0) focusComposer(root, framesLeft - 1);
  });
}
