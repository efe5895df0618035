import { type JSX, useEffect, useMemo, useState } from "react";
import { useIntl } from "react-intl";
import Viewer, { type Slide } from "yet-another-react-lightbox";
import Download from "yet-another-react-lightbox/plugins/download";
import Zoom from "yet-another-react-lightbox/plugins/zoom";
import { usePortalContainer } from "../../ui";
import "yet-another-react-lightbox/styles.css";
import type { LightboxImage, OpenLightboxProps } from "./Lightbox";

const PLUGINS = [Zoom, Download];
/** White signs are seen on a bright picture too; on the black around it this is nothing. */
const STYLES = {
  root: { "--yarl__button_background_color": "rgb(0 0 0 / 45%)", "--yarl__button_filter": "none" },
  button: { borderRadius: "0.625rem" },
};

export function LightboxViewer({ images, openKey, onClose }: OpenLightboxProps): JSX.Element {
  const intl = useIntl();
  const container = usePortalContainer();
  useFocusReturn();
  const { slides, index, onView } = useShown(images, openKey, onClose);
  const word = (name: string) => intl.formatMessage({ id: `lightbox.${name}` });
  return (
    <Viewer
      open
      close={onClose}
      slides={slides}
      index={index}
      on={{ view: onView }}
      plugins={PLUGINS}
      styles={STYLES}
      carousel={{ finite: true, preload: 1 }}
      controller={{ closeOnBackdropClick: true, closeOnPullDown: true }}
      zoom={{ maxZoomPixelRatio: 3, scrollToZoom: true }}
      render={images.length > 1 ? {} : { buttonPrev: () => null, buttonNext: () => null }}
      portal={{ root: container, container: { className: "sc-viewer" } }} // toasts give way to it
      labels={{
        Close: word("close"),
        Previous: word("previous"),
        Next: word("next"),
        Download: word("download"),
        "Zoom in": word("zoomIn"),
        "Zoom out": word("zoomOut"),
        Lightbox: word("title"),
        "Photo gallery": word("title"),
        Carousel: word("title"),
        Slide: word("slide"),
        // The library fills it in.
        "{index} of {total}": intl.formatMessage(
          { id: "lightbox.position" },
          { index: "{index}", total: "{total}" },
        ),
      }}
    />
  );
}

/** The picture in sight stays there, whatever comes or goes before and after it. */
function useShown(images: readonly LightboxImage[], openKey: string, onClose: () => void) {
  const [shown, setShown] = useState({ key: openKey, index: 0 });
  const same = useSamePictures(images);
  const slides = useMemo(() => same.map(slideOf), [same]);
  const found = images.findIndex(({ key }) => key === shown.key);
  const isEmpty = images.length === 0;
  useEffect(() => {
    if (isEmpty) onClose();
  }, [isEmpty, onClose]);
  return {
    slides,
    // In the place of one that is gone there is now its neighbour.
    index: found >= 0 ? found : Math.max(0, Math.min(shown.index, images.length - 1)),
    onView: ({ index }: { index: number }) => setShown({ key: images[index]?.key ?? shown.key, index }),
  };
}

/** The same array for the same pictures: with each other one the library begins anew, zoom and all. */
function useSamePictures(images: readonly LightboxImage[]): readonly LightboxImage[] {
  const [kept, keep] = useState(images);
  if (isSame(images, kept)) return kept;
  keep(images);
  return images;
}

function isSame(some: readonly LightboxImage[], others: readonly LightboxImage[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

function slideOf({ url, name, width, height }: LightboxImage): Slide {
  return {
    src: url,
    alt: name,
    download: { url, filename: name },
    ...(width && height ? { width, height } : {}),
  };
}

/** The viewer takes the focus and does not give it back. */
function useFocusReturn(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) before.focus();
    },
    [before],
  );
}
