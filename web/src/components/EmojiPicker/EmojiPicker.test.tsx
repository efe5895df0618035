import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { ThemeRoot } from "../../ui";
import { EmojiButton } from "./EmojiButton";

test("comes when it is asked for, searches in Russian, and asks no other host", async () => {
  const request = vi.spyOn(globalThis, "fetch");
  render(
    <TestProvider>
      <ThemeRoot>
        <EmojiButton onEmoji={vi.fn()} onClosed={vi.fn()} />
      </ThemeRoot>
    </TestProvider>,
  );
  expect(screen.queryByRole("searchbox")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Эмодзи" }));
  const search = await screen.findByRole("searchbox", { name: "Поиск эмодзи" }, { timeout: 5000 });
  expect(search).toHaveFocus();
  expect(request).not.toHaveBeenCalled();
});

test("at its end the field has the focus again", async () => {
  const onClosed = vi.fn();
  render(
    <TestProvider>
      <ThemeRoot>
        <EmojiButton onEmoji={vi.fn()} onClosed={onClosed} />
      </ThemeRoot>
    </TestProvider>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Эмодзи" }));
  await screen.findByRole("searchbox", {}, { timeout: 5000 });
  await userEvent.keyboard("{Escape}");
  await vi.waitFor(() => expect(onClosed).toHaveBeenCalled());
});
