import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { makeMessage, TestProvider } from "../testing";
import { useTimeline } from "./useTimeline";

function Texts() {
  const { entries } = useTimeline(1);
  return (
    <p>{entries.map((entry) => (entry.kind === "message" ? entry.message.text : entry.kind)).join(" | ")}</p>
  );
}

test("A view without a server shows the messages that it was given", () => {
  const messages = [makeMessage({ text: "Раз" }), makeMessage({ text: "Два" })];
  render(
    <TestProvider messages={{ 1: messages }}>
      <Texts />
    </TestProvider>,
  );
  expect(screen.getByText("date | Раз | Два")).toBeInTheDocument();
});
