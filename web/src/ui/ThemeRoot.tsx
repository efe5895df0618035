import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import "./base.css";
import { classes } from "./classes";
import "./tokens.css";
import styles from "./ThemeRoot.module.css";
import { Tooltips } from "./Tooltips";

export type Theme = "light" | "dark" | "auto";

const PortalContainer = createContext<HTMLElement | null>(null);

/** Where dialogs, menus and tooltips are put: inside our root, so that its colours reach them and the school's page has nothing of ours. */
export function usePortalContainer(): HTMLElement | null {
  return useContext(PortalContainer);
}

export interface ThemeRootProps {
  theme?: Theme | undefined;
  /** The language of the words inside, for `lang`. */
  language?: string | undefined;
  className?: string | undefined;
  /** Of the whole page: then what floats is in the page's landmark too. */
  isMain?: boolean | undefined;
  children: ReactNode;
}

/** The element that everything of ours is in: colours, type, and the place for what floats. */
export function ThemeRoot(props: ThemeRootProps) {
  const { theme = "auto", language, className, isMain = false, children } = props;
  const [container] = useState(portalContainer);
  const hold = useCallback(
    (place: HTMLElement | null) => {
      place?.append(container);
    },
    [container],
  );
  const resolved = useResolvedTheme(theme);
  const root = useRef<HTMLDivElement>(null);
  const Root = isMain ? "main" : "div";
  return (
    <Root ref={root} className={classes("sc-root", className)} data-sc-theme={resolved} lang={language}>
      <PortalContainer.Provider value={container}>{children}</PortalContainer.Provider>
      <div ref={hold} className={styles.floating} />
      <Tooltips root={root} container={container} />
    </Root>
  );
}

/** Made before the first drawing: what floats need not be drawn anew once its place is there. */
function portalContainer(): HTMLElement {
  const container = document.createElement("div");
  container.dataset.scPortal = "";
  return container;
}

const DARK = "(prefers-color-scheme: dark)";

/** `auto` follows the system, also when it changes while the page is open. */
export function useResolvedTheme(theme: Theme): "light" | "dark" {
  const prefersDark = useSyncExternalStore(subscribe, isDark, () => false);
  if (theme !== "auto") return theme;
  return prefersDark ? "dark" : "light";
}

function subscribe(onChange: () => void): () => void {
  const query = window.matchMedia?.(DARK);
  query?.addEventListener("change", onChange);
  return () => query?.removeEventListener("change", onChange);
}

function isDark(): boolean {
  return window.matchMedia?.(DARK).matches ?? false;
}
