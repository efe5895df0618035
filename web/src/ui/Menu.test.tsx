import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { IconButton } from "./IconButton";
import { Menu, MenuItem } from "./Menu";
import { ThemeRoot } from "./ThemeRoot";

interface PlaceProps {
  onSelect: () => void;
  /** Held outside, beginning so. */
  isOpen?: boolean;
}

function Place({ onSelect, isOpen: isOpenFirst }: PlaceProps) {
  const [isOpen, onOpenChange] = useState(isOpenFirst);
  const control = isOpenFirst === undefined ? {} : { isOpen, onOpenChange };
  return (
    <Menu trigger={<IconButton label="Меню" icon={<i />} />} {...control}>
      <MenuItem isDisabled onSelect={onSelect}>
        Нельзя
      </MenuItem>
      <MenuItem onSelect={onSelect}>Первое</MenuItem>
      <MenuItem onSelect={onSelect}>Второе</MenuItem>
    </Menu>
  );
}

function show(held: Pick<PlaceProps, "isOpen"> = {}) {
  const onSelect = vi.fn();
  render(
    <ThemeRoot>
      <Place onSelect={onSelect} {...held} />
    </ThemeRoot>,
  );
  return { user: userEvent.setup(), onSelect };
}

const trigger = () => screen.getByRole("button", { name: "Меню" });
const item = (name: string) => screen.getByRole("menuitem", { name });

test("the button says that it has a menu, and that it is closed", () => {
  show();
  expect(trigger()).toHaveAttribute("aria-haspopup", "menu");
  expect(trigger()).toHaveAttribute("aria-expanded", "false");
});

test("a click opens it, again too", async () => {
  const { user, onSelect } = show();
  for (const times of [1, 2]) {
    await user.click(trigger());
    await user.click(item("Первое"));
    expect(onSelect).toHaveBeenCalledTimes(times);
    expect(screen.queryByRole("menu")).toBeNull();
    expect(trigger()).toHaveFocus();
  }
});

test.each([["{Enter}"], [" "], ["{ArrowDown}"]])(
  "%s opens it with the first command that can be given, the first time and the next",
  async (key) => {
    const { user } = show();
    trigger().focus();
    for (const _ of [1, 2]) {
      await user.keyboard(key);
      await vi.waitFor(() => expect(item("Первое")).toHaveFocus());
      await user.keyboard("{ArrowDown}");
      expect(item("Второе")).toHaveFocus();
      await user.keyboard("{Escape}");
      expect(trigger()).toHaveFocus();
    }
  },
);

test("a click without a pointer, of a program that reads the screen, opens it", async () => {
  show();
  trigger().click();
  expect(await screen.findByRole("menu")).toBeInTheDocument();
});

test("another button of the mouse does not", async () => {
  const { user } = show();
  await user.pointer({ keys: "[MouseRight]", target: trigger() });
  expect(screen.queryByRole("menu")).toBeNull();
});

test("whoever holds it opens and closes it", async () => {
  const { user } = show({ isOpen: false });
  await user.click(trigger());
  expect(screen.getByRole("menu")).toBeInTheDocument();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("menu")).toBeNull();
});

test("it may be open from the beginning", () => {
  show({ isOpen: true });
  expect(screen.getByRole("menu")).toBeInTheDocument();
});
