import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { ApiError } from "../../services/apiError";
import { createFakeClient, type FakeOptions, TestProvider } from "../../testing";
import { DesktopOffer } from "./DesktopOffer";

beforeEach(() => localStorage.clear());

function show(options: FakeOptions = {}) {
  const client = createFakeClient(options);
  const offer = () =>
    render(
      <TestProvider client={client}>
        <DesktopOffer />
      </TestProvider>,
    );
  const view = offer();
  return { client, view, offer, user: userEvent.setup() };
}

const yes = () => screen.findByRole("button", { name: "Включить" });

test("the browser is asked on the click, and the setting follows its answer", async () => {
  const { client, user } = show();
  expect(client.callsOf("notifications.requestDesktop")).toEqual([]);
  await user.click(await yes());
  await waitFor(() => expect(client.callsOf("conversations.updateSettings")).toEqual([[{ desktop: true }]]));
  await waitFor(() => expect(screen.queryByRole("region")).toBeNull());
});

test("a refusal of the browser is an answer too", async () => {
  const { client, user } = show({ actions: { "notifications.requestDesktop": async () => "denied" } });
  await user.click(await yes());
  await waitFor(() => expect(screen.queryByRole("region")).toBeNull());
  expect(client.callsOf("conversations.updateSettings")).toEqual([]);
});

test("«Не сейчас» is for good on this device", async () => {
  const { view, offer, user } = show();
  await user.click(await screen.findByRole("button", { name: "Не сейчас" }));
  expect(screen.queryByRole("region")).toBeNull();
  view.unmount();
  offer();
  expect(screen.queryByRole("region")).toBeNull();
});

test.each(["granted", "denied", "unsupported"] as const)(
  "with %s there is nothing to ask",
  (desktopPermission) => {
    show({ desktopPermission });
    expect(screen.queryByRole("region")).toBeNull();
  },
);

test("what could not be saved is said", async () => {
  const refuse = async () => {
    throw new ApiError(0, "network", "");
  };
  const { user } = show({ actions: { "conversations.updateSettings": refuse } });
  await user.click(await yes());
  expect(await screen.findByRole("alert")).toHaveTextContent("Нет связи с сервером.");
});
