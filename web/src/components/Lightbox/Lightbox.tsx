import { type JSX, lazy, Suspense } from "react";

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
  if (props.openId === null) return null;
  return (
    <Suspense fallback={null}>
      <LightboxViewer {...props} />
    </Suspense>
  );
}
