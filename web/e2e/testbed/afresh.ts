import { afterEach, beforeEach } from "vitest";
import type { Person } from "./person";
import { until } from "./until";

/**
 * What a failed test has left open or half written must not bring down the next one: the people that all tests of a
 * file share load their page anew. Before the next test: after the failed one comes the picture of what they had in sight.
 */
export function beginAfreshAfterAFailure(people: () => Person[]): void {
  let hasFailed = false;
  afterEach(({ task }) => {
    hasFailed = task.result?.state === "fail";
  });
  beforeEach(async () => {
    if (hasFailed) await Promise.all(people().map(beginAfresh));
  });
}

async function beginAfresh(person: Person): Promise<void> {
  await person.page.reload();
  await person.listIsShown();
  if (!/#\/c\//.test(person.page.url())) return;
  const field = await person.composer();
  await field.focus();
  await field.evaluate((one) => (one as HTMLTextAreaElement).select());
  await person.page.keyboard.press("Backspace");
  await until(() => field.evaluate((one) => (one as HTMLTextAreaElement).value === ""));
}
