import { beforeEach, expect, test, vi } from "vitest";
import { Session } from "./session";

const jwt = (user_id: number, n = 0) => `h.${btoa(JSON.stringify({ user_id, n }))}.s`;

let requests: { path: string; body: unknown; headers: Headers }[];
let answers: Record<string, () => Response>;
let session: Session;

beforeEach(() => {
  requests = [];
  answers = {};
  const fetcher = (async (url: string, init: RequestInit = {}) => {
    const path = url.replace("/api/auth/", "");
    const body = init.body ? JSON.parse(String(init.body)) : null;
    requests.push({ path, body, headers: new Headers(init.headers) });
    return answers[path]?.() ?? new Response(null, { status: 404 });
  }) as typeof fetch;
  session = new Session("", fetcher);
});

const json =
  (body: unknown, status = 200) =>
  () =>
    new Response(JSON.stringify(body), { status });

test("Signing in asks for a cookie and keeps the token in memory alone", async () => {
  answers["token/"] = json({ access: jwt(7), refresh: null });
  await session.signIn("anna", "secret");
  expect(requests[0]).toMatchObject({ path: "token/", body: { username: "anna", password: "secret" } });
  expect(requests[0]!.headers.get("X-Session")).toBe("cookie");
  expect(await session.getToken(false)).toBe(jwt(7));
  expect(session.personId).toBe(7);
  expect(Object.keys(localStorage)).toEqual([]);
  expect(Object.keys(sessionStorage)).toEqual([]);
  expect(document.cookie).toBe("");
});

test("A wrong password says so", async () => {
  answers["token/"] = json({ detail: "No active account.", code: "no_active_account" }, 401);
  await expect(session.signIn("anna", "x")).rejects.toMatchObject({ code: "no_active_account" });
});

test("An earlier visit is resumed by the cookie; without one nobody is in, and that is no error", async () => {
  answers["token/refresh/"] = () => new Response(null, { status: 204 });
  expect(await session.resume()).toBe(false);
  answers["token/refresh/"] = json({ access: jwt(7) });
  expect(await session.resume()).toBe(true);
  expect(requests[1]).toMatchObject({ body: null });
});

test("A refused token is renewed by the cookie", async () => {
  answers["token/"] = json({ access: jwt(7), refresh: null });
  answers["token/refresh/"] = json({ access: jwt(7, 2) });
  await session.signIn("anna", "secret");
  expect(await session.getToken(true)).toBe(jwt(7, 2));
});

test.each([
  ["the session is over", () => new Response('{"detail":"x","code":"token_not_valid"}', { status: 401 })],
  ["somebody else has signed in in another window", json({ access: jwt(8) })],
  ["somebody has signed out in another window", () => new Response(null, { status: 204 })],
])("%s: nobody is signed in here", async (_, answer) => {
  answers["token/"] = json({ access: jwt(7), refresh: null });
  answers["token/refresh/"] = answer;
  await session.signIn("anna", "secret");
  await expect(session.getToken(true)).rejects.toMatchObject({ status: 401 });
});

test("Without a network the session is not over", async () => {
  const fetcher = vi.fn(() => Promise.reject(new TypeError("Failed to fetch"))) as unknown as typeof fetch;
  await expect(new Session("", fetcher).getToken(true)).rejects.toMatchObject({ code: "network", status: 0 });
});

test("Signing out tells the server and forgets the token", async () => {
  answers["token/"] = json({ access: jwt(7), refresh: null });
  answers["sign-out/"] = () => new Response(null, { status: 204 });
  await session.signIn("anna", "secret");
  await session.signOut();
  expect(session.personId).toBeNull();
  expect(requests.at(-1)!.path).toBe("sign-out/");
});

test("The demo names its people; elsewhere there are none", async () => {
  const one = { username: "anna", password: "demo", role: "teacher", name: "Анна" };
  answers["demo-sign-ins/"] = json({ count: 1, results: [one] });
  expect(await session.demoSignIns()).toEqual([one]);
  answers["demo-sign-ins/"] = () => new Response("{}", { status: 404 });
  expect(await session.demoSignIns()).toEqual([]);
});
