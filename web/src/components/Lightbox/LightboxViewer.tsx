import { type JSX, useEffect, useState } from "react";
import { useIntl } from "react-intl";
import Viewer, { type Slide } from "yet-another-react-lightbox";
import Download from "yet-another-react-lightbox/plugins/download";
import Zoom from "yet-another-react-lightbox/plugins/zoom";
import { usePortalContainer } from "../../ui";
import "yet-another-react-lightbox/styles.css";
import type { LightboxProps } from "./Lightbox";

const PLUGINS = [Zoom, Download];
/** White signs are seen on a bright picture too; on the black around it this is nothing. */
const STYLES = {
  root: { "--yarl__button_background_color": "rgb(0 0 0 / 45%)", "--yarl__button_filter": "none" },
  button: { borderRadius: "0.625rem" },
};

export default function LightboxViewer({ images, openId, onClose }: LightboxProps): JSX.Element {
  const intl = useIntl();
  const container = usePortalContainer();
  useFocusReturn();
  const word = (name: string) => intl.formatMessage({ id: `lightbox.${name}` });
  const slides: Slide[] = images.map(({ url, name, width, height }) => ({
    src: url,
    alt: name,
    download: { url, filename: name },
    ...(width && height ? { width, height } : {}),
  }));
  return (
    <Viewer
      open
      close={onClose}
      slides={slides}
      index={Math.max(
        0,
        images.findIndex((image) => image.id === openId),
      )}
      plugins={PLUGINS}
      styles={STYLES}
      carousel={{ finite: true, preload: 1 }}
      controller={{ closeOnBackdropClick: true, closeOnPullDown: true }}
      zoom={{ maxZoomPixelRatio: 3, scrollToZoom: true }}
      render={images.length > 1 ? {} : { buttonPrev: () => null, buttonNext: () => null }}
      portal={{ root: container }}
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
