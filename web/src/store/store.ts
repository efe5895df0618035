import { createStore, type StoreApi } from "zustand/vanilla";
import { type ChatState, EMPTY_STATE } from "./state";

export type ChatStore = StoreApi<ChatState>;
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
