import { render, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import {
  CLASSMATE,
  createFakeClient,
  makeMessage,
  makeParticipant,
  STUDENT,
  TEACHER,
  TestProvider,
} from "../../testing";
import { ThemeRoot } from "../../ui";
import { ReadersDialog } from "./ReadersDialog";

const message = makeMessage({ id: 50, sender: TEACHER });

function show(readUpTo: Record<number, number>) {
  const participants = [TEACHER, STUDENT, CLASSMATE].map((user) =>
    makeParticipant({ ...user, last_read_message_id: readUpTo[user.id] ?? null }),
  );
  render(
    <TestProvider client={createFakeClient({ participants: { 1: participants } })}>
      <ThemeRoot>
        <ReadersDialog message={message} onClose={vi.fn()} />
      </ThemeRoot>
    </TestProvider>,
  );
}

const part = async (title: RegExp) => (await screen.findByRole("heading", { name: title })).parentElement!;

test("who has read up to the message or beyond stands apart from who has not; the sender in neither", async () => {
  show({ [STUDENT.id]: 50, [CLASSMATE.id]: 49, [TEACHER.id]: 99 });
  expect(within(await part(/^Прочитали: 1/)).getByText("Иван Иванов")).toBeInTheDocument();
  expect(within(await part(/^Ещё не прочитали: 1/)).getByText("Алёна Ёлкина")).toBeInTheDocument();
  expect(screen.queryByText("Анна Петрова")).toBeNull();
});

test("nobody yet is said in words", async () => {
  show({});
  expect(within(await part(/^Прочитали: 0/)).getByText("Пока никто")).toBeInTheDocument();
});
