import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { ApiError, networkError } from "../../services/apiError";
import { createFakeClient, type FakeOptions, makeMe, TestProvider } from "../../testing";
import { ChatNotifications } from "../ChatNotifications/ChatNotifications";
import { SettingsDialog, type SettingsDialogProps } from "./SettingsDialog";
import { SettingsMenu } from "./SettingsMenu";
import { SignOutQuestion } from "./SignOutQuestion";

function show(options: FakeOptions = {}, props: Partial<SettingsDialogProps> = {}) {
  const client = createFakeClient(options);
  render(
    <TestProvider client={client}>
      <SettingsDialog isOpen onClose={() => undefined} {...props} />
    </TestProvider>,
  );
  return {
    client,
    user: userEvent.setup(),
    changes: () => client.callsOf("conversations.updateSettings").flat(),
  };
}

const toggle = (name: string) => screen.getByRole("switch", { name });

test("the sound is switched off and on", async () => {
  const { user, changes } = show();
  expect(toggle("Звук нового сообщения")).toBeChecked();
  await user.click(toggle("Звук нового сообщения"));
  expect(changes()).toEqual([{ sound: false }]);
  await waitFor(() => expect(toggle("Звук нового сообщения")).not.toBeChecked());
});

test("the browser is asked for desktop notifications on a click, never before", async () => {
  const { client, user, changes } = show();
  expect(client.callsOf("notifications.requestDesktop")).toEqual([]);
  await user.click(toggle("Уведомления на рабочем столе"));
  await waitFor(() => expect(changes()).toEqual([{ desktop: true }]));
  expect(client.callsOf("notifications.requestDesktop")).toHaveLength(1);
});

test("a refusal of the browser changes nothing", async () => {
  const { client, user, changes } = show({
    actions: { "notifications.requestDesktop": async () => "denied" },
  });
  await user.click(toggle("Уведомления на рабочем столе"));
  await waitFor(() => expect(client.callsOf("notifications.requestDesktop")).toHaveLength(1));
  expect(changes()).toEqual([]);
});

test("where the browser has forbidden them, it says so instead of a dead switch", () => {
  show({ desktopPermission: "denied" });
  expect(toggle("Уведомления на рабочем столе")).toBeDisabled();
  expect(toggle("Уведомления на рабочем столе")).toHaveAccessibleDescription(/Запрещены в браузере/);
});

test("quiet hours begin with the night and can be set", async () => {
  const { user, changes } = show();
  await user.click(toggle("Тихие часы"));
  expect(changes()).toEqual([{ quiet_hours: { from: "22:00", to: "07:00" } }]);
  const from = await screen.findByLabelText("с");
  fireEvent.change(from, { target: { value: "21:30" } });
  fireEvent.blur(from);
  expect(changes().at(-1)).toEqual({ quiet_hours: { from: "21:30", to: "07:00" } });
  await user.click(toggle("Тихие часы"));
  expect(changes().at(-1)).toEqual({ quiet_hours: null });
});

function Closing() {
  const [isOpen, setOpen] = useState(true);
  return (
    <>
      {isOpen && <SettingsDialog isOpen onClose={() => setOpen(false)} />}
      <ChatNotifications />
    </>
  );
}

const withQuietHours = () => {
  const me = makeMe();
  return { ...me, settings: { ...me.settings, quiet_hours: { from: "22:00", to: "07:00" } } };
};

test("a time that was typed is kept when Esc closes the dialog", async () => {
  const client = createFakeClient({ me: withQuietHours() });
  render(
    <TestProvider client={client}>
      <Closing />
    </TestProvider>,
  );
  const to = await screen.findByLabelText("до");
  to.focus();
  fireEvent.change(to, { target: { value: "06:15" } });
  expect(client.callsOf("conversations.updateSettings")).toEqual([]);
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(client.callsOf("conversations.updateSettings")).toEqual([
    [{ quiet_hours: { from: "22:00", to: "06:15" } }],
  ]);
});

test("what could not be saved when the dialog was closed is said after it", async () => {
  const refuse = async () => {
    throw networkError();
  };
  const actions = { "conversations.updateSettings": refuse };
  render(
    <TestProvider client={createFakeClient({ me: withQuietHours(), actions })}>
      <Closing />
    </TestProvider>,
  );
  const to = await screen.findByLabelText("до");
  fireEvent.change(to, { target: { value: "06:15" } });
  await userEvent.keyboard("{Escape}");
  expect(await screen.findByText("Нет связи с сервером.")).toBeInTheDocument();
});

test("language and theme are offered where the page does not decide them", async () => {
  const onLanguage = vi.fn();
  const onTheme = vi.fn();
  const { user, changes } = show({}, { onLanguage, onTheme, theme: "auto" });
  await user.click(screen.getByRole("radio", { name: "English" }));
  expect(onLanguage).toHaveBeenCalledWith("en");
  expect(changes()).toEqual([{ language: "en" }]);
  await user.click(screen.getByRole("radio", { name: "Тёмная" }));
  expect(onTheme).toHaveBeenCalledWith("dark");
});

test("the language that is ticked is the one that is read, whatever another device has chosen", () => {
  const me = makeMe();
  show({ me: { ...me, settings: { ...me.settings, language: "en" } } }, { onLanguage: vi.fn() });
  expect(screen.getByRole("radio", { name: "Русский" })).toBeChecked();
});

test("in the school's page, which decides them, they are not shown", () => {
  show();
  expect(screen.queryByRole("radio")).toBeNull();
});

test("what could not be saved is said", async () => {
  const refuse = async () => {
    throw new ApiError(0, "network", "");
  };
  const { user } = show({ me: makeMe(), actions: { "conversations.updateSettings": refuse } });
  await user.click(toggle("Звук нового сообщения"));
  expect(await screen.findByRole("alert")).toHaveTextContent("Нет связи с сервером.");
});

test("the menu does what it says, after the focus is back on its button", async () => {
  const user = userEvent.setup();
  const onSettings = vi.fn(() => expect(screen.getByRole("button", { name: "Меню" })).toHaveFocus());
  const nothing = () => undefined;
  render(
    <TestProvider>
      <SettingsMenu onSettings={onSettings} onShortcuts={nothing} onSwitcher={nothing} />
    </TestProvider>,
  );
  await user.click(screen.getByRole("button", { name: "Меню" }));
  expect(screen.queryByRole("menuitem", { name: "Создать группу" })).toBeNull();
  expect(screen.queryByRole("menuitem", { name: "Выйти" })).toBeNull();
  await user.click(screen.getByRole("menuitem", { name: "Настройки" }));
  await waitFor(() => expect(onSettings).toHaveBeenCalledTimes(1));
});

test("signing out asks first, ends the session, and wipes what is kept here", async () => {
  const user = userEvent.setup();
  const client = createFakeClient();
  const order: string[] = [];
  const onSignOut = async (forget: () => Promise<void>) => {
    order.push("session");
    await forget();
    order.push("wiped");
  };
  render(
    <TestProvider client={client}>
      <SignOutQuestion isOpen onClose={() => undefined} onSignOut={onSignOut} />
    </TestProvider>,
  );
  expect(screen.getByRole("button", { name: "Отмена" })).toHaveFocus();
  await user.click(screen.getByRole("button", { name: "Выйти" }));
  await waitFor(() => expect(order).toEqual(["session", "wiped"]));
  expect(client.callsOf("signOut")).toHaveLength(1);
});

test("without a connection one stays signed in, and is told", async () => {
  const user = userEvent.setup();
  const client = createFakeClient();
  const onSignOut = async () => {
    throw new ApiError(0, "network", "");
  };
  render(
    <TestProvider client={client}>
      <SignOutQuestion isOpen onClose={() => undefined} onSignOut={onSignOut} />
    </TestProvider>,
  );
  await user.click(screen.getByRole("button", { name: "Выйти" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Нет связи с сервером.");
  expect(client.callsOf("signOut")).toEqual([]);
});
