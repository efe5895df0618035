import type { TestProject } from "vitest/node";
import { launchChromium } from "./testbed/browsers";
import { Demo, type Target } from "./testbed/demo";

declare module "vitest" {
  export interface ProvidedContext {
    target: Target;
    chromium: string;
  }
}

const FAULT = /Traceback|\berror\b.*request_failed|socket_frame_fault/;
const LINES_OF_A_FAULT = 30;

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const demo = new Demo();
  const launching = launchChromium();
  const [target, browser] = await Promise.all([demo.start(), launching]).catch(async (error) => {
    await Promise.allSettled([demo.remove(), launching.then((launched) => launched.close())]);
    throw error;
  });
  project.provide("target", target);
  project.provide("chromium", browser.wsEndpoint());
  return async () => {
    await browser.close();
    await demo.stop();
    const lines = demo.log().split("\n");
    const faults = lines.flatMap((line, index) =>
      FAULT.test(line) ? lines.slice(Math.max(0, index - 1), index + LINES_OF_A_FAULT) : [],
    );
    await demo.remove();
    if (faults.length > 0) throw new Error(`the bridge's log has faults:\n${faults.join("\n")}`);
  };
}
