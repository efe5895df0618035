export { createFakeClient, type FakeClient, type FakeOptions } from "./fakeClient";
export * from "./fixtures";
export { TestProvider } from "./TestProvider";
