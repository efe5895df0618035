import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { ThemeRoot } from "../../ui";
import { Lightbox } from "./Lightbox";

const images = [1, 2].map((id) => ({
  id,
  url: `/files/${id}.jpg`,
  name: `фото-${id}.jpg`,
  width: 800,
  height: 600,
}));

function Shown({ openId, onClose = () => {} }: { openId: number | null; onClose?: () => void }) {
  return (
    <TestProvider>
      <ThemeRoot>
        <Lightbox images={images} openId={openId} onClose={onClose} />
      </ThemeRoot>
    </TestProvider>
  );
}

function show(openId: number | null) {
  const onClose = vi.fn();
  render(<Shown openId={openId} onClose={onClose} />);
  return onClose;
}

test("closed, it is nothing", () => {
  show(null);
  expect(document.body.querySelector("[role=dialog]")).toBeNull();
});

test("open, it shows the picture that was asked for, in words of the interface", async () => {
  show(2);
  expect(await screen.findByRole("button", { name: "Закрыть" })).toBeInTheDocument();
  expect(screen.getByAltText("фото-2.jpg")).toHaveAttribute("src", "/files/2.jpg");
  for (const name of ["Предыдущее", "Скачать", "Увеличить"])
    expect(screen.getByRole("button", { name })).toBeVisible();
});

test("at its end the focus is where it was", async () => {
  const before = document.createElement("button");
  document.body.append(before);
  before.focus();
  const { rerender } = render(<Shown openId={1} />);
  await screen.findByRole("button", { name: "Закрыть" });
  expect(before).not.toHaveFocus();
  rerender(<Shown openId={null} />);
  expect(before).toHaveFocus();
  before.remove();
});

test("Esc closes it alone from the first moment, also before it is drawn", async () => {
  const underneath = vi.fn();
  document.addEventListener("keydown", underneath);
  const onClose = show(1);
  await userEvent.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(underneath).not.toHaveBeenCalled();
  document.removeEventListener("keydown", underneath);
});

test("Esc closes it", async () => {
  const onClose = show(1);
  await screen.findByRole("button", { name: "Закрыть" });
  await userEvent.keyboard("{Escape}");
  await vi.waitFor(() => expect(onClose).toHaveBeenCalled());
});
