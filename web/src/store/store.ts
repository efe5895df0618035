import { createStore } from "zustand/vanilla";
import { type ChatState, EMPTY_STATE } from "./state";

/** What zustand makes, in words that need no zustand. */
export interface ChatStore {
  getState(): ChatState;
  getInitialState(): ChatState;
  setState(part: Partial<ChatState> | ((state: ChatState) => Partial<ChatState>), isWhole?: false): void;
  setState(whole: ChatState | Reducer, isWhole: true): void;
  /** Gives what ends the telling. */
  subscribe(listener: (state: ChatState, before: ChatState) => void): () => void;
}
export type Reducer = (state: ChatState) => ChatState;

export function createChatStore(initial: Partial<ChatState> = {}): ChatStore {
  return createStore<ChatState>(() => ({ ...EMPTY_STATE, ...initial }));
}

/** Change the state by a pure function. A reducer that changes nothing gives the same object: nobody is told. */
export function apply(store: ChatStore, reducer: Reducer): void {
  const before = store.getState();
  const after = reducer(before);
  if (after !== before) store.setState(after, true);
}

/** The same state for somebody whose time may end: what they write after that goes nowhere. */
export function lendStore(store: ChatStore): { store: ChatStore; end(): void } {
  let isOver = false;
  const setState = ((...change: Parameters<ChatStore["setState"]>) => {
    if (!isOver) store.setState(...change);
  }) as ChatStore["setState"];
  return {
    store: { ...store, setState },
    end: () => {
      isOver = true;
    },
  };
}
