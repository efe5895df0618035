import { useEffect, useRef } from "react";
import { useChatClient } from "../context/ChatContext";
import type { Frame } from "../model/frames";
import { type ConnectionView, useConnection } from "./useConnection";

/** How the one socket of the chat is, and, with `onFrame`, what the server tells over it as it happens. */
export function useWebSocket(onFrame?: (frame: Frame) => void): ConnectionView {
  const { connection } = useChatClient();
  const listener = useRef(onFrame);
  useEffect(() => {
    listener.current = onFrame;
  }, [onFrame]);
  useEffect(() => connection.subscribe((frame) => listener.current?.(frame)), [connection]);
  return useConnection();
}
