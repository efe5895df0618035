import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { SegmentedControl } from "./SegmentedControl";

function Filter() {
  const [value, setValue] = useState<"all" | "unread">("all");
  const segments = [
    { value: "all" as const, label: "Все" },
    { value: "unread" as const, label: "Непрочитанные" },
  ];
  return <SegmentedControl label="Какие чаты" segments={segments} value={value} onChange={setValue} />;
}

const radio = (name: string) => screen.getByRole("radio", { name });

test("one of a few, with a name for all", async () => {
  render(<Filter />);
  expect(screen.getByRole("radiogroup", { name: "Какие чаты" })).toBeInTheDocument();
  expect(radio("Все")).toBeChecked();
  await userEvent.click(screen.getByText("Непрочитанные"));
  expect(radio("Непрочитанные")).toBeChecked();
  expect(radio("Все")).not.toBeChecked();
});

test("one stop of the Tab key, and arrows choose", async () => {
  render(<Filter />);
  await userEvent.tab();
  expect(radio("Все")).toHaveFocus();
  await userEvent.keyboard("{ArrowRight}");
  expect(radio("Непрочитанные")).toBeChecked();
  await userEvent.tab();
  expect(document.body).toHaveFocus();
});

test("two groups on one page do not disturb each other", async () => {
  render(
    <>
      <Filter />
      <Filter />
    </>,
  );
  await userEvent.click(screen.getAllByRole("radio", { name: "Непрочитанные" })[0]!);
  expect(screen.getAllByRole("radio", { name: "Все" })[1]).toBeChecked();
});
