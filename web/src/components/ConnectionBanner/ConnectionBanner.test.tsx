import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { ConnectionState } from "../../model/types";
import { createFakeClient, TestProvider } from "../../testing";
import { ConnectionBanner } from "./ConnectionBanner";

afterEach(() => {
  vi.useRealTimers();
});

function show(state: ConnectionState, retryAt: number | null = null) {
  const client = createFakeClient({ state: { connection: { state, retryAt } } });
  render(
    <TestProvider client={client}>
      <ConnectionBanner />
    </TestProvider>,
  );
  return client;
}

test("without a connection it says when the next attempt is, counting down", () => {
  vi.useFakeTimers();
  show("offline", Date.now() + 8000);
  expect(screen.getByRole("status")).toHaveTextContent("Нет связи.");
  expect(screen.getByText(/Повтор через 8/)).toBeInTheDocument();
  act(() => vi.advanceTimersByTime(3000));
  expect(screen.getByText(/Повтор через 5/)).toBeInTheDocument();
});

test("the seconds are not announced one by one", () => {
  show("offline", Date.now() + 8000);
  expect(screen.getByRole("status")).not.toHaveTextContent("Повтор");
});

test("«Повторить» tries at once", async () => {
  const client = show("offline", Date.now() + 8000);
  await userEvent.click(screen.getByRole("button", { name: "Повторить" }));
  expect(client.callsOf("connection.retryNow")).toHaveLength(1);
});

test("a short wait is nobody's business, a long one is said", () => {
  vi.useFakeTimers();
  show("catching_up");
  expect(screen.queryByRole("status")).toBeNull();
  act(() => vi.advanceTimersByTime(1600));
  expect(screen.getByRole("status")).toHaveTextContent("Обновление…");
});

test("with a connection there is nothing, and it goes as soon as there is one", () => {
  const client = show("offline");
  expect(screen.getByRole("status")).toBeInTheDocument();
  act(() => client.store.setState({ connection: { state: "online", retryAt: null } }));
  expect(screen.queryByRole("status")).toBeNull();
});

test("a session that is over is said at once, and «Повторить» asks anew", async () => {
  const client = show("signed_out");
  expect(screen.getByRole("status")).toHaveTextContent("Сеанс закончился.");
  await userEvent.click(screen.getByRole("button", { name: "Повторить" }));
  expect(client.callsOf("connection.retryNow")).toHaveLength(1);
});
