import { type JSX, useEffect, useSyncExternalStore } from "react";
import { useErrorText } from "../../hooks/useErrorText";
import { networkError } from "../../services/apiError";
import type { ChatWindowProps } from "./ChatWindow";
import styles from "./ChatWindow.module.css";
import { chatWindow } from "./lateView";
import { TimelineError, TimelineSkeleton } from "./TimelineStates";

interface LazyChatWindowProps extends ChatWindowProps {
  /** Where the code comes from. */
  late?: typeof chatWindow;
}

/** `ChatWindow`, whose code comes when it is first wanted. Once it is there it is drawn at once, like any other. */
export function LazyChatWindow({ late = chatWindow, ...props }: LazyChatWindowProps): JSX.Element {
  const { view: Window, hasFailed } = useSyncExternalStore(late.subscribe, late.get);
  const errorText = useErrorText();
  useEffect(() => void late.load(), [late]);
  if (Window) return <Window {...props} />;
  return (
    <section className={styles.window}>
      {hasFailed ? (
        <TimelineError error={errorText(networkError())} onRetry={() => void late.load()} />
      ) : (
        <TimelineSkeleton />
      )}
    </section>
  );
}

/** Fetch it as soon as what is on screen now has been painted, so that it is there when somebody clicks. */
export function useChatWindowSoon(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => void chatWindow.load());
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);
}
