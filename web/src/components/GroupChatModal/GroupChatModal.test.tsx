import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ApiError } from "../../services/apiError";
import { createFakeClient, type FakeOptions, TestProvider } from "../../testing";
import { somePeople } from "../../testing/people";
import { GroupChatModal } from "./GroupChatModal";

function show(options: FakeOptions = {}) {
  const client = createFakeClient({ contacts: somePeople(), ...options });
  const onClose = vi.fn();
  render(
    <TestProvider client={client}>
      <GroupChatModal isOpen onClose={onClose} />
    </TestProvider>,
  );
  return { client, onClose, user: userEvent.setup() };
}

const person = (name: string) => screen.findByRole("checkbox", { name: new RegExp(name) });
const create = () => screen.getByRole("button", { name: "Создать" });
const nameField = () => screen.getByRole("textbox", { name: "Название группы" });

test("a name and ticked people make a group, which is opened", async () => {
  const { client, onClose, user } = show({ actions: { "conversations.createGroup": async () => 50 } });
  expect(nameField()).toHaveFocus();
  await user.type(nameField(), "  Математика 9 класс ");
  await user.click(await person("Пётр Орлов"));
  await user.click(await person("Вера Белова"));
  expect(screen.getByText("выбрано 2")).toBeInTheDocument();
  await user.click(create());
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(client.callsOf("conversations.createGroup")).toEqual([["Математика 9 класс", [104, 105]]]);
  expect(client.callsOf("timelines.open")).toEqual([[50]]);
});

test("what is missing is said at its field, before the server is asked", async () => {
  const { client, user } = show();
  await user.click(create());
  expect(nameField()).toHaveAccessibleDescription("Введите название группы.");
  expect(nameField()).toBeInvalid();
  expect(screen.getByRole("group", { name: /Участники/ })).toHaveAccessibleDescription(
    "Выберите хотя бы одного участника.",
  );
  expect(client.callsOf("conversations.createGroup")).toEqual([]);
});

test("a complaint goes as soon as it is no longer true", async () => {
  const { user } = show();
  await user.click(create());
  await user.type(nameField(), "7");
  await user.click(await person("Пётр Орлов"));
  expect(screen.queryAllByRole("alert")).toEqual([]);
});

test("what the server refuses stands at the field that it means, in the reader's language", async () => {
  const refuse = async () => {
    const name = ["Ensure this field has no more than 100 characters."];
    throw new ApiError(400, "invalid", "x", null, { name });
  };
  const { onClose, user } = show({ actions: { "conversations.createGroup": refuse } });
  await user.type(nameField(), "7Б");
  await user.click(await person("Пётр Орлов"));
  await user.click(create());
  await waitFor(() => expect(nameField()).toHaveAccessibleDescription("Не больше 100 символов."));
  expect(onClose).not.toHaveBeenCalled();
  expect(nameField()).toHaveValue("7Б");
});

test("any other refusal stands above the form", async () => {
  const refuse = async () => {
    throw new ApiError(0, "network", "");
  };
  const { user } = show({ actions: { "conversations.createGroup": refuse } });
  await user.type(nameField(), "7Б");
  await user.click(await person("Пётр Орлов"));
  await user.click(create());
  expect(await screen.findByRole("alert")).toHaveTextContent("Нет связи с сервером.");
});

test("who is ticked stays so while others are searched for, and can be taken off above the list", async () => {
  const { user } = show();
  await user.click(await person("Пётр Орлов"));
  await user.type(screen.getByRole("searchbox"), "Белова");
  await waitFor(() => expect(screen.queryByRole("checkbox", { name: /Пётр/ })).toBeNull());
  await user.click(screen.getByRole("button", { name: "Убрать: Пётр Орлов" }));
  expect(screen.getByText("никто не выбран")).toBeInTheDocument();
});

test("two clicks make one group", async () => {
  let finish: (id: number) => void = () => undefined;
  const slow = () => new Promise<number>((resolve) => (finish = resolve));
  const { client, onClose, user } = show({ actions: { "conversations.createGroup": slow } });
  await user.type(nameField(), "7Б");
  await user.click(await person("Пётр Орлов"));
  await user.click(create());
  await user.click(create());
  await user.type(nameField(), "{Enter}");
  expect(client.callsOf("conversations.createGroup")).toHaveLength(1);
  finish(5);
  await waitFor(() => expect(onClose).toHaveBeenCalled());
});
