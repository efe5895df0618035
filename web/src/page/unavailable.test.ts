import { screen } from "@testing-library/dom";
import { expect, test } from "vitest";
import { showUnavailable } from "./unavailable";

test("without the chat's own code the page says so, in both languages, and offers another attempt", () => {
  document.body.innerHTML = '<div id="root"><p>half a chat</p></div>';
  showUnavailable();
  expect(screen.getByRole("alert")).toHaveTextContent("Чат не загрузился");
  expect(screen.getByText(/could not be loaded/)).toHaveAttribute("lang", "en");
  expect(screen.getByRole("button", { name: /Повторить/ })).toBeInTheDocument();
  expect(screen.queryByText("half a chat")).toBeNull();
});
