import { act, renderHook, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { useAddress } from "./address";

beforeEach(() => history.replaceState(null, "", "/"));

test("the address of a conversation opens it", () => {
  history.replaceState(null, "", "/#/c/12");
  expect(renderHook(() => useAddress()).result.current.openId).toBe(12);
});

test.each(["", "#/", "#/c/", "#/c/x", "#/c/1/2", "#/c/-1"])("«%s» is nobody's address", (hash) => {
  history.replaceState(null, "", `/${hash}`);
  expect(renderHook(() => useAddress()).result.current.openId).toBeNull();
});

test("«back» of the browser leads from a conversation to the list, through however many it went", async () => {
  const { result } = renderHook(() => useAddress());
  const before = history.length;
  act(() => result.current.setOpenId(1));
  act(() => result.current.setOpenId(2));
  expect(location.hash).toBe("#/c/2");
  expect(history.length).toBe(before + 1);
  act(() => history.back());
  await waitFor(() => expect(result.current.openId).toBeNull());
});

test("closing a conversation that a link has opened stays on the page", () => {
  history.replaceState(null, "", "/#/c/5");
  const { result } = renderHook(() => useAddress());
  act(() => result.current.setOpenId(null));
  expect(location.hash).toBe("#/");
  expect(result.current.openId).toBeNull();
});
