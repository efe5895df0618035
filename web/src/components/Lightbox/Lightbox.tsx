import { type JSX, useEffect } from "react";
import { PartMissingDialog } from "../LateView/PartMissing";
import { useLate } from "../LateView/useLate";
import { viewer } from "./lateViewer";

/** A picture in full size. */
export interface LightboxImage {
  /** Stays the same when a picture on its way arrives. */
  key: string;
  url: string;
  name: string;
  width: number | null;
  height: number | null;
}

export interface LightboxProps {
  images: readonly LightboxImage[];
  /** Which one is shown; null: closed. */
  openKey: string | null;
  onClose: () => void;
}

export interface OpenLightboxProps extends LightboxProps {
  openKey: string;
}

/** The pictures of a conversation over everything else: arrows, zoom, download. Comes with the first opening. */
export function Lightbox({ openKey, ...props }: LightboxProps): JSX.Element | null {
  useEscape(openKey !== null, props.onClose);
  const { part: LightboxViewer, hasFailed } = useLate(viewer, openKey !== null);
  if (openKey === null) return null;
  if (LightboxViewer) return <LightboxViewer {...props} openKey={openKey} />;
  return hasFailed ? <PartMissingDialog late={viewer} onClose={props.onClose} /> : null;
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
