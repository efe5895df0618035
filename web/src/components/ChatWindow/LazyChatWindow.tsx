import type { JSX } from "react";
import { PartMissing } from "../LateView/PartMissing";
import { useLate } from "../LateView/useLate";
import type { ChatWindowProps } from "./ChatWindow";
import styles from "./ChatWindow.module.css";
import { chatWindow } from "./lateChatWindow";
import { TimelineSkeleton } from "./TimelineStates";

interface LazyChatWindowProps extends ChatWindowProps {
  /** Where the code comes from. */
  late?: typeof chatWindow;
}

/** `ChatWindow`, whose code comes when it is first wanted. Once it is there it is drawn at once, like any other. */
export function LazyChatWindow({ late = chatWindow, ...props }: LazyChatWindowProps): JSX.Element {
  const { part: Window, hasFailed } = useLate(late);
  if (Window) return <Window {...props} />;
  return (
    <section className={styles.window}>
      {hasFailed ? <PartMissing late={late} /> : <TimelineSkeleton />}
    </section>
  );
}
