import { useEffect, useState } from "react";
import { useChatClient } from "../context/ChatContext";
import type { ConnectionState } from "../model/types";
import { useChatState } from "./useChatState";

export interface ConnectionView {
  state: ConnectionState;
  /** Whole seconds until the next attempt. */
  retryInS: number | null;
  retryNow(): void;
}

export function useConnection(): ConnectionView {
  const client = useChatClient();
  const { state, retryAt } = useChatState((all) => all.connection);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (retryAt === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [retryAt]);
  const retryInS = retryAt === null ? null : Math.max(0, Math.ceil((retryAt - now) / 1000));
  return { state, retryInS, retryNow: client.connection.retryNow };
}
