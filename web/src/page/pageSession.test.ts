import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../services/apiError";
import { Session } from "../services/session";
import { PageSession } from "./pageSession";

const token = (id: number) => `h.${btoa(JSON.stringify({ user_id: id }))}.s`;
const open: PageSession[] = [];

/** A server that answers in turn; `null` is 204. */
function serverWith(...answers: (number | { status: number } | null)[]) {
  const calls: string[] = [];
  const fetcher = vi.fn(async (address: RequestInfo | URL) => {
    calls.push(String(address));
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`Nobody expected a call of ${address}.`);
    if (answer === null) return new Response(null, { status: 204 });
    if (typeof answer === "number") return Response.json({ access: token(answer) });
    return Response.json({ detail: "no", code: "token_not_valid" }, { status: answer.status });
  });
  return { calls, fetcher: fetcher as typeof fetch };
}

function page(server: { fetcher: typeof fetch }) {
  const events = { onSignedOut: vi.fn(), onOtherPerson: vi.fn() };
  const session = new PageSession(new Session("", server.fetcher));
  session.listen(events);
  open.push(session);
  return { session, events };
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

test("nobody is signed in at the first visit, and that is no error", async () => {
  const { session, events } = page(serverWith(null));
  expect(session.likelyPersonId).toBeNull();
  expect(await session.resume()).toBe(false);
  expect(events.onSignedOut).not.toHaveBeenCalled();
});

test("who has signed in is remembered by number alone, no token", async () => {
  const { session } = page(serverWith(7));
  await session.signIn("orlov", "robin");
  expect(session.likelyPersonId).toBe(7);
  expect(JSON.stringify({ ...localStorage })).not.toContain("h.");
});

test("a token that is over is renewed; when the session is over too, the page is told", async () => {
  const { session, events } = page(serverWith(7, 7, { status: 401 }));
  await session.signIn("orlov", "robin");
  expect(await session.getToken(true)).toBe(token(7));
  await expect(session.getToken(true)).rejects.toBeInstanceOf(ApiError);
  expect(events.onSignedOut).toHaveBeenCalledExactlyOnceWith("over");
  expect(session.likelyPersonId).toBeNull();
});

test("somebody else's cookie is another person, not the end", async () => {
  const { session, events } = page(serverWith(7, 8));
  await session.signIn("orlov", "robin");
  await expect(session.getToken(true)).rejects.toBeInstanceOf(ApiError);
  expect(events.onOtherPerson).toHaveBeenCalledOnce();
  expect(events.onSignedOut).not.toHaveBeenCalled();
});

test("a server that does not answer ends no session", async () => {
  const { session, events } = page(serverWith(7, { status: 503 }));
  await session.signIn("orlov", "robin");
  await expect(session.getToken(true)).rejects.toMatchObject({ status: 503 });
  expect(events.onSignedOut).not.toHaveBeenCalled();
  expect(session.likelyPersonId).toBe(7);
});

test("signing out in one tab signs out the others", async () => {
  const first = page(serverWith(7, null));
  const second = page(serverWith(7));
  await first.session.signIn("orlov", "robin");
  await second.session.resume();
  await first.session.signOut();
  await vi.waitFor(() => expect(second.events.onSignedOut).toHaveBeenCalledWith("left"));
});

test("signing in as somebody else in one tab tells the others", async () => {
  const first = page(serverWith(7));
  const second = page(serverWith(8));
  await first.session.resume();
  await second.session.signIn("belova", "raven");
  await vi.waitFor(() => expect(first.events.onOtherPerson).toHaveBeenCalled());
});

test("without a connection one is not signed out, for the cookie would stay", async () => {
  const { session } = page(serverWith(7, { status: 502 }));
  await session.signIn("orlov", "robin");
  await expect(session.signOut()).rejects.toBeInstanceOf(ApiError);
});
