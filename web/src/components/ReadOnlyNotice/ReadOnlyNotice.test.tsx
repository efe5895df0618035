import { readFileSync } from "node:fs";
import { render } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { TestProvider } from "../../testing";
import { ReadOnlyNotice } from "./ReadOnlyNotice";

/** The words of the bridge: `NAME = "word"` in its enumeration of reasons. */
const policy = readFileSync("../bridge/permissions/policy.py", "utf8");
const enumeration = /class Reason\(StrEnum\):([\s\S]*?)\n\n\n/.exec(policy)?.[1] ?? "";
const REASONS = [...enumeration.matchAll(/= "(\w+)"/g)].map((match) => match[1]!);

function sentence(reason: string | null, locale: "ru" | "en") {
  const { container } = render(
    <TestProvider locale={locale}>
      <ReadOnlyNotice reason={reason} />
    </TestProvider>,
  );
  return container.textContent;
}

describe.each(["ru", "en"] as const)("in %s", (locale) => {
  test("each reason of the bridge has a sentence of its own", () => {
    expect(REASONS.length).toBeGreaterThan(8);
    const sentences = REASONS.map((reason) => sentence(reason, locale));
    expect(sentences).not.toContain(sentence("other", locale));
    expect(new Set(sentences).size).toBe(REASONS.length);
  });

  test("a word that is not known yet is no empty line", () => {
    expect(sentence("a_new_word", locale)).toBe(sentence(null, locale));
    expect(sentence(null, locale)).not.toBe("");
  });
});
