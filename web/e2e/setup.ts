import { afterAll, afterEach, expect } from "vitest";
import { closeEverybody, pictureEverybody } from "./testbed/people";
import { takeAllProblems } from "./testbed/watch";

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await pictureEverybody(task.name);
  expect(takeAllProblems()).toEqual({});
});

afterAll(closeEverybody);
