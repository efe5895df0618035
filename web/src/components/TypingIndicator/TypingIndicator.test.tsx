import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { makeUser, TestProvider } from "../../testing";
import { TypingIndicator } from "./TypingIndicator";

const NAMES = [
  "Аня",
  "Боря",
  "Вика",
  "Глеб",
  "Даша",
  ...Array.from({ length: 16 }, (_, index) => `Имя${index}`),
];
const people = NAMES.map((first_name) => makeUser({ first_name }));

test.each([
  [0, ""],
  [1, "Аня печатает…"],
  [2, "Аня и Боря печатают…"],
  [3, "Аня, Боря и Вика печатают…"],
  [5, "Аня, Боря и ещё 3 печатают…"],
  [21, "Аня, Боря и ещё 19 печатают…"],
])("%i who type: «%s»", (count, words) => {
  render(
    <TestProvider>
      <TypingIndicator people={people.slice(0, count)} />
    </TestProvider>,
  );
  expect(screen.getByRole("status")).toHaveTextContent(words === "" ? /^$/ : words);
});
