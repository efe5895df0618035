import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { stubAnswers } from "./src/testing/answers";
import { stubSizes } from "./src/testing/sizes";

process.env.TZ = "Europe/Moscow";
stubSizes();
stubAnswers();
configure({ asyncUtilTimeout: 10_000 }); // a busy machine must not fail a law
afterEach(cleanup);
