/** What a search asks the server: not each letter, but what was meant. */
import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listKey } from "../store/state";
import { CLASSMATE, createFakeClient, makeConversation, STUDENT, TestProvider } from "../testing";
import { useContacts, useConversations } from "./index";
import { SEARCH_PAUSE_MS } from "./useSettled";

const contacts = [STUDENT, CLASSMATE].map((user) => ({ ...user, conversation_id: null }));
const direct = makeConversation({ id: 1, participant: CLASSMATE });

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

function typing<Answer>(use: (search: string) => Answer) {
  const client = createFakeClient({ conversations: [direct], contacts });
  const getContacts = vi.spyOn(client.api, "getContacts");
  const { result, rerender } = renderHook(({ search }) => use(search), {
    initialProps: { search: "" },
    wrapper: ({ children }) => <TestProvider client={client}>{children}</TestProvider>,
  });
  return {
    result,
    asked: () => client.callsOf("lists.load").map(([key]) => key),
    askedFor: () => getContacts.mock.calls.map(([{ search }]) => search),
    search: (text: string) => rerender({ search: text }),
    wait: (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms)),
  };
}

test("a conversation that is here is found with each letter; the server is asked when the typing pauses", async () => {
  const { result, asked, search, wait } = typing((text) => useConversations("all", text));
  for (const text of ["а", "ал", "але"]) {
    search(text);
    expect(result.current.items.map(({ id }) => id)).toEqual([1]);
    await wait(SEARCH_PAUSE_MS / 5);
  }
  expect(asked()).toEqual([listKey("all", "")]);
  await wait(SEARCH_PAUSE_MS);
  expect(asked()).toEqual([listKey("all", ""), listKey("all", "але")]);
});

test("another filter is asked for at once, and so is the list without a search", async () => {
  const { asked, search, wait } = typing((text) => useConversations(text === "!" ? "groups" : "all", ""));
  search("!");
  await wait(0);
  expect(asked()).toEqual([listKey("all", ""), listKey("groups", "")]);
});

test("people are asked for when the typing pauses, and until then nobody is said to be missing", async () => {
  const { result, askedFor, search, wait } = typing((text) => useContacts(text));
  await waitFor(() => expect(result.current.items).toHaveLength(2));
  search("щ");
  await wait(SEARCH_PAUSE_MS);
  await waitFor(() => expect(result.current).toMatchObject({ items: [], isLoading: false }));
  for (const text of ["а", "ал", "алё"]) {
    search(text);
    expect(result.current.isLoading).toBe(true);
    await wait(SEARCH_PAUSE_MS / 5);
  }
  await wait(SEARCH_PAUSE_MS);
  await waitFor(() => expect(result.current.items.map(({ id }) => id)).toEqual([CLASSMATE.id]));
  expect(askedFor()).toEqual(["", "щ", "алё"]);
});
