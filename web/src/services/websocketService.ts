import ReconnectingWebSocket from "partysocket/ws";
import type { ClientFrame, Frame } from "../model/frames";
import { serverBase } from "./addresses";
import { ApiError } from "./apiError";
import { Backoff, Pause } from "./backoff";

/** The server's own close codes, and the standard's for a restart. */
export const CLOSE = {
  NOT_SIGNED_IN: 4401,
  NOT_A_PARTICIPANT: 4403,
  SLOW_READER: 4408,
  RESTART: 1001,
} as const;

const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 8_000;
/** A connection must hold so long before its failures are forgotten. */
const STABLE_MS = 5_000;
const RESTART_SPREAD_MS = 1_500;

export interface SocketHandlers {
  onFrame(frame: Frame): void;
  /** The socket is open: time to ask what was missed. */
  onOpen(): void;
  onConnecting(): void;
  /** `retryAt`: when the next attempt begins (ms). */
  onDown(retryAt: number | null): void;
  /** The server did not take our ticket: the token behind it may be worth nothing. */
  onRefused(): void;
  /** Not even a new token is taken. */
  onSignedOut(): void;
}

export interface SocketOptions {
  apiBase: string;
  getTicket(): Promise<{ ticket: string }>;
  handlers: SocketHandlers;
  random?: () => number;
}

/** The one socket of a window. It comes back by itself, faster when the network or the reader does. */
export class ChatSocket {
  private socket: ReconnectingWebSocket | null = null;
  private readonly backoff: Backoff;
  private readonly pause = new Pause();
  private readonly random: () => number;
  private nextWait = 0;
  private isOpen = false;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private pongTimer: ReturnType<typeof setTimeout> | undefined;
  private stableTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: SocketOptions) {
    this.random = options.random ?? Math.random;
    this.backoff = new Backoff({ firstMs: 1_000, longestMs: 30_000, random: this.random });
  }

  start(): void {
    if (this.socket) return;
    this.nextWait = 0;
    this.socket = new ReconnectingWebSocket(() => this.address(), undefined, {
      // The waiting is ours (`address`): partysocket's own cannot be cut short.
      minReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      connectionTimeout: 10_000,
      maxEnqueuedMessages: 0,
    });
    this.socket.addEventListener("open", this.opened);
    this.socket.addEventListener("close", this.closed);
    this.socket.addEventListener("error", this.failed);
    this.socket.addEventListener("message", this.received);
    window.addEventListener("online", this.wake);
    window.addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.look);
  }

  stop(): void {
    const { socket } = this;
    if (!socket) return;
    this.socket = null;
    window.removeEventListener("online", this.wake);
    window.removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.look);
    socket.removeEventListener("open", this.opened);
    socket.removeEventListener("close", this.closed);
    socket.removeEventListener("error", this.failed);
    socket.removeEventListener("message", this.received);
    this.clearTimers();
    this.isOpen = false;
    socket.close();
    this.pause.end();
  }

  /** False: not connected; the frame is lost (none is worth keeping). */
  send(frame: ClientFrame): boolean {
    return this.isOpen && this.socket?.send(JSON.stringify(frame)) === true;
  }

  /** Do not wait any longer; or, where a connection seems to be there, see whether it is. */
  wake = (): void => {
    if (this.isOpen) this.ping(PONG_WITHIN_MS / 2);
    else this.pause.end();
  };

  private look = (): void => {
    if (document.visibilityState === "visible") this.wake();
  };

  private lost = (): void => {
    if (this.isOpen) this.socket?.reconnect(4000, "offline");
  };

  private async address(): Promise<string> {
    const wait = this.nextWait;
    if (wait > 0) {
      this.options.handlers.onDown(Date.now() + wait);
      await this.pause.wait(wait);
    }
    if (!this.socket && wait > 0) throw new Error("stopped");
    this.options.handlers.onConnecting();
    this.nextWait = this.backoff.next();
    try {
      const { ticket } = await this.options.getTicket();
      return `${socketBase(this.options.apiBase)}/ws/chat/?ticket=${encodeURIComponent(ticket)}`;
    } catch (error) {
      if (error instanceof ApiError) {
        if (error.status === 401) this.options.handlers.onSignedOut();
        if (error.retryAfterS) this.nextWait = Math.max(this.nextWait, error.retryAfterS * 1000);
      }
      throw error;
    }
  }

  private opened = (): void => {
    this.isOpen = true;
    this.stableTimer = setTimeout(() => {
      this.backoff.reset();
      this.nextWait = this.random() * 1_000;
    }, STABLE_MS);
    this.pingTimer = setInterval(() => this.ping(PONG_WITHIN_MS), PING_EVERY_MS);
    this.options.handlers.onOpen();
  };

  private closed = (event: { code: number }): void => {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.clearTimers();
    if (event.code === CLOSE.NOT_SIGNED_IN) this.options.handlers.onRefused();
    // A restart or a slow moment of ours is no failure: come back soon, but not all at once.
    if (wasOpen && (event.code === CLOSE.RESTART || event.code === CLOSE.SLOW_READER)) {
      this.nextWait = this.random() * RESTART_SPREAD_MS;
    }
    this.options.handlers.onDown(null);
  };

  private failed = (): void => {
    this.isOpen = false;
    this.clearTimers();
  };

  private received = (event: MessageEvent): void => {
    clearTimeout(this.pongTimer);
    this.pongTimer = undefined;
    const frame = parseFrame(event.data);
    if (frame) this.options.handlers.onFrame(frame);
  };

  private ping(withinMs: number): void {
    if (!this.send({ type: "ping" }) || this.pongTimer !== undefined) return;
    this.pongTimer = setTimeout(() => {
      this.pongTimer = undefined;
      this.socket?.reconnect(4000, "silent");
    }, withinMs);
  }

  private clearTimers(): void {
    clearInterval(this.pingTimer);
    clearTimeout(this.pongTimer);
    clearTimeout(this.stableTimer);
    this.pongTimer = undefined;
  }
}

/** `wss://…` of the bridge, or of the page's own address. */
export function socketBase(apiBase: string): string {
  const url = new URL(serverBase(apiBase) || "/", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
}

/** A frame of a newer server may be of a type that we do not know; what is not even JSON is not a frame. */
function parseFrame(data: unknown): Frame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as Frame) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
