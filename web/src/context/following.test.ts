import { expect, test } from "vitest";
import { following } from "./following";

class Counter {
  private count = 0;
  constructor(readonly name: string) {}
  add(by: number): string {
    this.count += by;
    return `${this.name} ${this.count}`;
  }
}

test("Each call goes to what is current, by a function that stays the same", () => {
  let current = new Counter("first");
  const counter = following(() => current);
  const { add } = counter;
  expect(add(2)).toBe("first 2");
  current = new Counter("second");
  expect(add(1)).toBe("second 1");
  expect(counter.add).toBe(add);
  expect(counter.name).toBe("second");
});
