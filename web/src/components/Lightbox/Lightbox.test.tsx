import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { ThemeRoot } from "../../ui";
import { Lightbox, type LightboxImage } from "./Lightbox";

const picture = (id: number) => ({
  key: `m${id}`,
  url: `/files/${id}.jpg`,
  name: `фото-${id}.jpg`,
  width: 800,
  height: 600,
});

interface ShownProps {
  openKey: string | null;
  images?: LightboxImage[];
  onClose?: () => void;
}

function Shown({ openKey, images = [picture(1), picture(2)], onClose = () => {} }: ShownProps) {
  return (
    <TestProvider>
      <ThemeRoot>
        <Lightbox images={images} openKey={openKey} onClose={onClose} />
      </ThemeRoot>
    </TestProvider>
  );
}

function show(openKey: string | null) {
  const onClose = vi.fn();
  render(<Shown openKey={openKey} onClose={onClose} />);
  return onClose;
}

test("closed, it is nothing", () => {
  show(null);
  expect(document.body.querySelector("[role=dialog]")).toBeNull();
});

test("open, it shows the picture that was asked for, in words of the interface", async () => {
  show("m2");
  expect(await screen.findByRole("button", { name: "Закрыть" })).toBeInTheDocument();
  expect(screen.getByAltText("фото-2.jpg")).toHaveAttribute("src", "/files/2.jpg");
  for (const name of ["Предыдущее", "Скачать", "Увеличить"])
    expect(screen.getByRole("button", { name })).toBeVisible();
});

test("at its end the focus is where it was", async () => {
  const before = document.createElement("button");
  document.body.append(before);
  before.focus();
  const { rerender } = render(<Shown openKey="m1" />);
  await screen.findByRole("button", { name: "Закрыть" });
  expect(before).not.toHaveFocus();
  rerender(<Shown openKey={null} />);
  expect(before).toHaveFocus();
  before.remove();
});

test("Esc closes it alone from the first moment, also before it is drawn", async () => {
  const underneath = vi.fn();
  document.addEventListener("keydown", underneath);
  const onClose = show("m1");
  await userEvent.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(underneath).not.toHaveBeenCalled();
  document.removeEventListener("keydown", underneath);
});

test("Esc closes it", async () => {
  const onClose = show("m1");
  await screen.findByRole("button", { name: "Закрыть" });
  await userEvent.keyboard("{Escape}");
  await vi.waitFor(() => expect(onClose).toHaveBeenCalled());
});

describe("while it is open", () => {
  /** The one in sight: its neighbours are drawn beside it, out of reach. */
  const inSight = () =>
    document.querySelector(".yarl__slide_current img, .yarl__slide:not([inert]) img")?.getAttribute("alt");

  async function atTheSecond() {
    const onClose = vi.fn();
    const { rerender } = render(<Shown openKey="m1" onClose={onClose} />);
    await userEvent.click(await screen.findByRole("button", { name: "Следующее" }));
    await vi.waitFor(() => expect(inSight()).toBe("фото-2.jpg"));
    const now = (...images: LightboxImage[]) =>
      rerender(<Shown openKey="m1" images={images} onClose={onClose} />);
    return { onClose, now };
  }

  test("the picture that one has gone to stays when the conversation is drawn anew", async () => {
    const { now } = await atTheSecond();
    now(picture(1), picture(2));
    expect(inSight()).toBe("фото-2.jpg");
  });

  test("it stays when others come before and after it", async () => {
    const { now } = await atTheSecond();
    now(picture(0), picture(1), picture(2), picture(3));
    await vi.waitFor(() => expect(inSight()).toBe("фото-2.jpg"));
    await userEvent.click(screen.getByRole("button", { name: "Следующее" }));
    await vi.waitFor(() => expect(inSight()).toBe("фото-3.jpg"));
  });

  test("it stays when it gets another address: on its arrival, or a fresh one", async () => {
    const { now } = await atTheSecond();
    now(picture(1), { ...picture(2), url: "/files/2.jpg?fresh" });
    await vi.waitFor(() =>
      expect(screen.getByAltText("фото-2.jpg")).toHaveAttribute("src", "/files/2.jpg?fresh"),
    );
    expect(inSight()).toBe("фото-2.jpg");
  });

  test("in the place of one that was deleted is its neighbour; without any it closes", async () => {
    const { now, onClose } = await atTheSecond();
    now(picture(1));
    await vi.waitFor(() => expect(inSight()).toBe("фото-1.jpg"));
    expect(onClose).not.toHaveBeenCalled();
    now();
    expect(onClose).toHaveBeenCalledOnce();
  });
});
