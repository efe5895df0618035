import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";
import { configure } from "@testing-library/dom";
import { stubSizes } from "../src/testing/sizes";

stubSizes();
configure({ asyncUtilTimeout: 10_000 }); // a busy machine must not fail a law
