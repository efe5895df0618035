import { type JSX, lazy, Suspense, useEffect } from "react";

/** A picture in full size. */
export interface LightboxImage {
  id: number;
  url: string;
  name: string;
  width: number | null;
  height: number | null;
}

export interface LightboxProps {
  images: readonly LightboxImage[];
  /** Which one is shown; null: closed. */
  openId: number | null;
  onClose: () => void;
}

const LightboxViewer = lazy(() => import("./LightboxViewer"));

/** The pictures of a conversation over everything else: arrows, zoom, download. Comes with the first opening. */
export function Lightbox(props: LightboxProps): JSX.Element | null {
  useEscape(props.openId !== null, props.onClose);
  if (props.openId === null) return null;
  return (
    <Suspense fallback={null}>
      <LightboxViewer {...props} />
    </Suspense>
  );
}

/** From the first moment, also while the viewer is still on its way: else Esc would close what is under it. */
function useEscape(isOpen: boolean, onClose: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    };
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => document.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [isOpen, onClose]);
}
