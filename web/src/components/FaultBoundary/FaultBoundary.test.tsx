import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { createFakeClient, makeConversation } from "../../testing";
import { SchoolChat } from "../SchoolChat/SchoolChat";
import { ChatFaults } from "./ChatFaults";
import { FaultBoundary } from "./FaultBoundary";

const FAULT = new TypeError("nothing to draw");
let isBroken = true;

function Fragile({ text = "all is well" }: { text?: string }) {
  if (isBroken) throw FAULT;
  return <p>{text}</p>;
}

let reported: ReturnType<typeof vi.fn>;
beforeEach(() => {
  isBroken = true;
  reported = vi.spyOn(console, "error").mockImplementation(() => undefined) as ReturnType<typeof vi.fn>;
});

test("a fault is said with its reason and told to the console; what is around it lives on", async () => {
  render(
    <>
      <h1>Страница школы</h1>
      <ChatFaults>
        <Fragile />
      </ChatFaults>
    </>,
  );
  expect(screen.getByRole("heading", { name: "Страница школы" })).toBeInTheDocument();
  expect(screen.getByRole("alert")).toHaveTextContent("Чат сломался");
  expect(screen.getByRole("alert")).toHaveTextContent("TypeError: nothing to draw");
  expect(screen.getByRole("button", { name: "Обновить страницу" })).toBeInTheDocument();
  expect(reported.mock.calls.flat()).toContain(FAULT);
});

test("«Повторить» draws it once more", async () => {
  render(
    <ChatFaults locale="en">
      <Fragile />
    </ChatFaults>,
  );
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.getByText("all is well")).toBeInTheDocument();
});

test("what has changed is drawn again by itself", () => {
  const view = (text: string) => (
    <FaultBoundary of={text} fallback={() => <p>broken</p>}>
      <Fragile text={text} />
    </FaultBoundary>
  );
  const { rerender } = render(view("one"));
  rerender(view("one"));
  expect(screen.getByText("broken")).toBeInTheDocument();
  rerender(view("two"));
  expect(screen.getByText("broken")).toBeInTheDocument();
  isBroken = false;
  rerender(view("three"));
  expect(screen.getByText("three")).toBeInTheDocument();
});

test("a chat that breaks down does not take the school's page with it", () => {
  const client = createFakeClient({ conversations: [makeConversation({ id: 1 })] });
  const view = (
    <>
      <h1>Страница школы</h1>
      <SchoolChat client={client} />
    </>
  );
  const { rerender } = render(view);
  expect(screen.queryByRole("alert")).toBeNull();
  client.store.getState = () => {
    throw FAULT;
  };
  client.store.setState({ activeId: 1 });
  rerender(view);
  expect(screen.getByRole("heading", { name: "Страница школы" })).toBeInTheDocument();
  expect(screen.getByRole("alert")).toHaveTextContent("Чат сломался");
});
