import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { ThemeRoot } from "../../ui";
import { LateView } from "./lateView";
import { PartMissing, PartMissingDialog } from "./PartMissing";
import { useLate } from "./useLate";

const MISSED = new TypeError("Failed to fetch dynamically imported module");
const Picker = () => <p>picker</p>;

const reported = vi.fn();
beforeEach(() => {
  reported.mockReset();
  vi.stubGlobal("reportError", reported);
});
afterEach(() => vi.useRealTimers());

function Part({ late, isWanted = true }: { late: LateView<typeof Picker>; isWanted?: boolean }) {
  const { part: View, hasFailed } = useLate(late, isWanted);
  if (View) return <View />;
  return hasFailed ? <PartMissing late={late} /> : <p>waiting</p>;
}

function show(fetch: () => Promise<typeof Picker>, isWanted = true) {
  const late = new LateView(fetch);
  const view = (wanted: boolean) => (
    <TestProvider>
      <ThemeRoot>
        <Part late={late} isWanted={wanted} />
      </ThemeRoot>
    </TestProvider>
  );
  const { rerender, unmount } = render(view(isWanted));
  return { late, want: () => rerender(view(true)), leave: unmount };
}

const retry = () => screen.findByRole("button", { name: "Повторить" });

test("a part is fetched when it is wanted, and once", async () => {
  const fetch = vi.fn(async () => Picker);
  const { want, late } = show(fetch, false);
  expect(fetch).not.toHaveBeenCalled();
  want();
  expect(await screen.findByText("picker")).toBeInTheDocument();
  await late.load();
  expect(fetch).toHaveBeenCalledOnce();
});

test("what cannot be fetched is said in words, told to the console, and may be tried again", async () => {
  const fetch = vi.fn(async () => Picker).mockRejectedValueOnce(MISSED);
  show(fetch);
  expect(await screen.findByRole("alert")).toHaveTextContent("Не удалось загрузить эту часть чата");
  expect(fetch).toHaveBeenCalledOnce(); // saying so asks for nothing
  expect(reported).toHaveBeenCalledWith(MISSED);
  await userEvent.click(await retry());
  expect(await screen.findByText("picker")).toBeInTheDocument();
});

test("while it is tried again the words stay, and the button says that it works on it", async () => {
  let come: (part: typeof Picker) => void = () => undefined;
  const fetch = vi.fn(() => new Promise<typeof Picker>((resolve) => (come = resolve)));
  fetch.mockRejectedValueOnce(MISSED);
  show(fetch);
  await userEvent.click(await retry());
  expect(await retry()).toHaveAttribute("aria-busy", "true");
  await act(async () => come(Picker));
  expect(screen.getByText("picker")).toBeInTheDocument();
});

test("when the network is back it comes by itself", async () => {
  show(vi.fn(async () => Picker).mockRejectedValueOnce(MISSED));
  await retry();
  act(() => void window.dispatchEvent(new Event("online")));
  expect(await screen.findByText("picker")).toBeInTheDocument();
});

test("the first request after the network's return may fail too: it is tried again, and no new page is asked for", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  show(
    vi
      .fn(async () => Picker)
      .mockRejectedValueOnce(MISSED)
      .mockRejectedValueOnce(MISSED),
  );
  await retry();
  await act(async () => void window.dispatchEvent(new Event("online")));
  expect(screen.getByRole("button", { name: "Повторить" })).not.toHaveAttribute("aria-busy");
  await act(() => vi.advanceTimersByTimeAsync(6000));
  expect(screen.getByText("picker")).toBeInTheDocument();
});

test("without a network, or when nobody waits for it any more, it is not tried again and again", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const onLine = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const fetch = vi.fn(() => Promise.reject(MISSED));
  const { leave } = show(fetch);
  await retry();
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(fetch).toHaveBeenCalledOnce();
  onLine.mockReturnValue(true);
  leave();
  await act(async () => void window.dispatchEvent(new Event("online")));
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(fetch).toHaveBeenCalledOnce();
});

test("a browser that never asks twice for a script is helped by a new page alone", async () => {
  show(() => Promise.reject(MISSED));
  await userEvent.click(await retry());
  expect(await screen.findByRole("button", { name: "Обновить страницу" })).toBeInTheDocument();
});

test("without a network a new page is not offered: it would not come", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const fetch = vi.fn(() => Promise.reject(MISSED));
  show(fetch);
  await userEvent.click(await retry());
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(2));
  expect(await retry()).not.toHaveAttribute("aria-busy");
  expect(screen.queryByRole("button", { name: "Обновить страницу" })).toBeNull();
});

test("what was fetched in vain before anybody wanted it is no failure for whoever wants it later", async () => {
  const { late, want } = show(vi.fn(async () => Picker).mockRejectedValueOnce(MISSED), false);
  await late.load();
  want();
  expect(screen.queryByRole("alert")).toBeNull();
  expect(await screen.findByText("picker")).toBeInTheDocument();
});

test("a window that could not be fetched is a window too, and can be closed", async () => {
  const late = new LateView(() => Promise.reject(MISSED));
  await late.load();
  const onClose = vi.fn();
  render(
    <TestProvider>
      <ThemeRoot>
        <PartMissingDialog late={late} onClose={onClose} />
      </ThemeRoot>
    </TestProvider>,
  );
  expect(screen.getByRole("dialog", { name: "Не удалось загрузить эту часть чата" })).toBeInTheDocument();
  expect(await retry()).toBeInTheDocument();
  await userEvent.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledOnce();
});
