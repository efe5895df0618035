import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { TestProvider } from "../../testing";
import { DateSeparator } from "./DateSeparator";

afterEach(() => {
  vi.useRealTimers();
});

test("after a night in which the machine slept, and no clock ran, today is yesterday", () => {
  vi.useFakeTimers({ now: new Date(2030, 10, 14, 22, 0) });
  render(
    <TestProvider>
      <DateSeparator day="2030-11-14" />
    </TestProvider>,
  );
  expect(screen.getByText("Сегодня")).toBeInTheDocument();
  vi.setSystemTime(new Date(2030, 10, 15, 8, 0));
  act(() => vi.advanceTimersByTime(15_000));
  expect(screen.getByText("Вчера")).toBeInTheDocument();
});
