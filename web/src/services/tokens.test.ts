import { expect, test, vi } from "vitest";
import { ApiError } from "./apiError";
import { Tokens } from "./tokens";

const expired = () => new ApiError(401, "token_not_valid", "");

test("A token is looked at before anybody has it, once for all who wait", async () => {
  const seen: string[] = [];
  let pass = () => {};
  const isPassed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  const tokens = new Tokens(
    () => "a",
    async (token) => {
      seen.push(`looked at ${token}`);
      await isPassed;
    },
  );
  const both = Promise.all([tokens.get(), tokens.get()]).then((given) => seen.push(`given ${given}`));
  await new Promise((resolve) => setTimeout(resolve));
  expect(seen).toEqual(["looked at a"]);
  pass();
  await both;
  await tokens.get();
  expect(seen).toEqual(["looked at a", "given a,a"]);
});

test("One that does not pass is not given, and not remembered", async () => {
  const given = ["bad", "good"];
  const tokens = new Tokens(
    () => given.shift()!,
    (token) => {
      if (token === "bad") throw new ApiError(503, "unavailable", "");
    },
  );
  await expect(tokens.get()).rejects.toMatchObject({ status: 503 });
  expect(await tokens.get()).toBe("good");
});

test("One that turns out to have run out is renewed at once; a renewed one is not asked for again", async () => {
  const getToken = vi.fn((isRenewal: boolean) => (isRenewal ? "new" : "old"));
  const check = vi.fn((token: string) => {
    if (token === "old") throw expired();
  });
  expect(await new Tokens(getToken, check).get()).toBe("new");
  expect(getToken.mock.calls).toEqual([[false], [true]]);
  const always = vi.fn(() => "old");
  await expect(new Tokens(always, check).get()).rejects.toMatchObject({ status: 401 });
  expect(always).toHaveBeenCalledTimes(2);
});

test("One that is there from the beginning is used until it is refused", async () => {
  const getToken = vi.fn(() => "next");
  const tokens = new Tokens(getToken, undefined, "first");
  expect(await tokens.get()).toBe("first");
  expect(getToken).not.toHaveBeenCalled();
  expect(await tokens.renew("first")).toBe("next");
});

test("When somebody else is here there are none: not kept, not asked for, nor what was just asked for", async () => {
  let give = (_: string) => {};
  const getToken = vi.fn(
    () =>
      new Promise<string>((resolve) => {
        give = resolve;
      }),
  );
  const tokens = new Tokens(getToken, undefined, "first");
  const renewed = tokens.renew("first");
  tokens.close();
  give("second");
  await expect(renewed).rejects.toMatchObject({ status: 401, code: "another_person" });
  await expect(tokens.get()).rejects.toMatchObject({ code: "another_person" });
  await expect(tokens.renew("first")).rejects.toMatchObject({ code: "another_person" });
  expect(getToken).toHaveBeenCalledTimes(1);
});
