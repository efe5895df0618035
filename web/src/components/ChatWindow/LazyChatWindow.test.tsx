import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { LateView } from "../LateView/lateView";
import type { ChatWindowProps } from "./ChatWindow";
import { LazyChatWindow } from "./LazyChatWindow";

function Window({ conversationId }: ChatWindowProps) {
  return <p>window {conversationId}</p>;
}

function show(fetch: () => Promise<typeof Window>) {
  const late = new LateView(fetch);
  const view = (id: number) => (
    <TestProvider>
      <LazyChatWindow key={id} conversationId={id} late={late} />
    </TestProvider>
  );
  const { rerender } = render(view(1));
  return { next: (id: number) => rerender(view(id)) };
}

test("until its code has come there are the shapes of messages; the next conversation is there at once", async () => {
  const fetch = vi.fn(async () => Window);
  const { next } = show(fetch);
  expect(screen.getByRole("status")).toBeInTheDocument();
  expect(await screen.findByText("window 1")).toBeInTheDocument();
  next(2);
  expect(screen.getByText("window 2")).toBeInTheDocument();
  expect(fetch).toHaveBeenCalledOnce();
});

test("when it cannot be fetched that is said, and one may try again", async () => {
  vi.stubGlobal("reportError", vi.fn());
  const fetch = vi.fn(async () => Window).mockRejectedValueOnce(new TypeError("Failed to fetch"));
  show(fetch);
  await userEvent.click(await screen.findByRole("button", { name: "Повторить" }));
  expect(await screen.findByText("window 1")).toBeInTheDocument();
});
