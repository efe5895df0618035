import { expect, test } from "vitest";

test("an answer that is no JSON fails with a SyntaxError of the window, as in a browser", async () => {
  await expect(new Response("<html>").json()).rejects.toBeInstanceOf(SyntaxError);
  await expect(new Response('{"results": [1]}').json()).resolves.toEqual({ results: [1] });
});
