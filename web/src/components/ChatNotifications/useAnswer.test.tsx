import { act, render, renderHook, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { toast } from "react-hot-toast/headless";
import { afterEach, expect, test, vi } from "vitest";
import { ApiError, networkError } from "../../services/apiError";
import { TestProvider } from "../../testing";
import { ChatNotifications } from "./ChatNotifications";
import { TOASTER } from "./Toaster";
import { type Answer, useAnswer } from "./useAnswer";

afterEach(() => {
  act(() => toast.removeAll(TOASTER));
  vi.unstubAllGlobals();
});

function show(): Answer {
  render(
    <TestProvider>
      <ChatNotifications />
    </TestProvider>,
  );
  return renderHook(useAnswer, { wrapper: TestProvider }).result.current;
}

const toasts = () => within(screen.getByRole("region", { name: "Уведомления" }));

test("what is refused is said in words, and can be sent away", async () => {
  const { attempt } = show();
  attempt(() => Promise.reject(networkError()));
  expect(await toasts().findByText("Нет связи с сервером.")).toBeInTheDocument();
  await userEvent.click(toasts().getByRole("button", { name: "Закрыть" }));
  await waitFor(() => expect(toasts().queryByText("Нет связи с сервером.")).toBeNull());
});

test("the second refusal takes the place of the first: a row of them tells no more", async () => {
  const { attempt } = show();
  attempt(() => Promise.reject(networkError()));
  await toasts().findByText("Нет связи с сервером.");
  attempt(() => Promise.reject(new ApiError(403, "role_may_not", "")));
  expect(await toasts().findByText("Ваша роль этого не позволяет.")).toBeInTheDocument();
  expect(toasts().queryByText("Нет связи с сервером.")).toBeNull();
});

test("a command is begun at once: a browser copies only in answer to a click", () => {
  const { attempt } = show();
  const begun = vi.fn();
  attempt(begun);
  expect(begun).toHaveBeenCalledTimes(1);
});

test("a fault of ours is said, too, and reported to whoever looks for faults", async () => {
  const report = vi.fn();
  vi.stubGlobal("reportError", report);
  const { attempt } = show();
  const fault = new TypeError("x is not a function");
  attempt(() => {
    throw fault;
  });
  expect(await toasts().findByText("Что-то пошло не так.")).toBeInTheDocument();
  expect(report).toHaveBeenCalledWith(fault);
});

test("what is done and not to be seen is said", async () => {
  const { tell } = show();
  act(() => tell("message.copied"));
  expect(toasts().getByText("Скопировано")).toBeInTheDocument();
});
