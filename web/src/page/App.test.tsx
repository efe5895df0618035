import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EarlyCache } from "../cache/earlyCache";
import { openCache } from "../cache/openCache";
import { Session } from "../services/session";
import { makeConversation, makeMe, makeUser } from "../testing";
import { FakeSocket } from "../testing/fakeSocket";
import { App } from "./App";
import { rememberPerson } from "./lastPerson";
import { PageSession } from "./pageSession";

/** Of this page's own server. */
const SERVER = "";
const pyotr = makeUser({ id: 11, first_name: "Пётр", last_name: "Орлов" });
const sessions: PageSession[] = [];

beforeEach(() => {
  localStorage.clear();
  FakeSocket.install();
});

afterEach(() => {
  for (const one of sessions.splice(0)) one.close();
  vi.unstubAllGlobals();
});

function page(refresh: () => Promise<Response>): PageSession {
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  const session = new PageSession(new Session("", refresh as typeof fetch));
  sessions.push(session);
  return session;
}

async function keepList(personId: number): Promise<void> {
  const cache = await openCache(SERVER, personId);
  await cache.write({
    me: makeMe({ id: personId }),
    rev: 5,
    conversations: [makeConversation({ id: 3, participant: pyotr })],
  });
  cache.close();
}

test("the list that is kept is on the page with the first drawing, whatever the server does", async () => {
  rememberPerson(1);
  await keepList(1);
  const early = new EarlyCache("", 1);
  await early.isRead;
  render(<App session={page(() => new Promise(() => {}))} early={early} nonce={undefined} />);
  expect(screen.getByRole("button", { name: /Пётр Орлов/ })).toBeInTheDocument();
});

test("when the session is over, the sign-in comes in the place of what was kept", async () => {
  rememberPerson(1);
  await keepList(1);
  const early = new EarlyCache("", 1);
  await early.isRead;
  const over = async () => Response.json({ detail: "x", code: "token_not_valid" }, { status: 401 });
  render(<App session={page(over)} early={early} nonce={undefined} />);
  expect(await screen.findByRole("button", { name: "Войти" })).toBeInTheDocument();
  expect(screen.queryByText("Пётр Орлов")).toBeNull();
});

test("where nobody is known, the server is asked first; without an answer one may try again", async () => {
  let answer = async () => Response.json({ detail: "x", code: "unavailable" }, { status: 503 });
  render(<App session={page(() => answer())} early={null} nonce={undefined} />);
  expect(screen.getByRole("status", { name: "Открываем чат…" })).toBeInTheDocument();
  const again = await screen.findByRole("button", { name: "Повторить" });
  answer = async () => new Response(null, { status: 204 });
  await userEvent.click(again);
  expect(await screen.findByRole("button", { name: "Войти" })).toBeInTheDocument();
});

test("the page says which language it is in, also after another one was chosen", async () => {
  render(
    <App session={page(async () => new Response(null, { status: 204 }))} early={null} nonce={undefined} />,
  );
  expect(document.documentElement.lang).toBe("ru");
  await userEvent.click(await screen.findByRole("radio", { name: "English" }));
  expect(document.documentElement.lang).toBe("en");
});

test("where the browser forbids the page to keep anything, there is the sign-in all the same", async () => {
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  render(
    <App session={page(async () => new Response(null, { status: 204 }))} early={null} nonce={undefined} />,
  );
  expect(await screen.findByRole("button", { name: "Войти" })).toBeInTheDocument();
});
