/** Every story is drawn as Ladle would draw it; React, and whoever else writes to the console, must have nothing to say. */
import type { Story } from "@ladle/react";
import { act, cleanup, render } from "@testing-library/react";
import type { ComponentType } from "react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { TestProvider } from "../testing";
import { ThemeRoot } from "../ui";

type Page = Record<string, Story | { title: string }>;

const pages = import.meta.glob<Page>("../**/*.stories.tsx");

afterEach(() => {
  vi.useRealTimers();
});

describe.each(Object.entries(pages))("%s", (path, load) => {
  test("draws each of its stories without a word from React", async () => {
    const said = ["error", "warn"].map((name) =>
      vi.spyOn(console, name as "error" | "warn").mockImplementation(() => {}),
    );
    const stories = Object.entries(await load()).filter(([name]) => name !== "default");
    expect(stories.length, path).toBeGreaterThan(0);
    for (const [name, story] of stories) {
      const View = story as ComponentType;
      const view = render(
        <TestProvider>
          <ThemeRoot theme="light" language="ru">
            <View />
          </ThemeRoot>
        </TestProvider>,
      );
      await act(async () => {
        await new Promise((resolve) => setTimeout(resolve, 0)); // what comes late in a story comes now
      });
      expect(view.container.querySelector(".sc-root"), name).not.toBeNull();
      cleanup();
      for (const one of said) expect(one.mock.calls, name).toEqual([]);
    }
  });
});
