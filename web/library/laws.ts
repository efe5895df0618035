import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { screen, waitFor, within } from "@testing-library/dom";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { foreignHosts, textsIn } from "../scripts/foreignHosts.mjs";
import { makeConversation, makeMessage, STUDENT } from "../src/testing";
import { startBridge, tokenOf } from "../src/testing/bridge";
import { FakeSocket } from "../src/testing/fakeSocket";
import { buildSchool, checkTypes, foundSchool, type School } from "./school";

const BRIDGE = "https://chat.school.example";

/** The package in a school's app with the React of this folder. */
export function lawsWith(reactFolder: string): void {
  let school: School;
  beforeAll(() => {
    school = foundSchool(reactFolder);
  });
  afterEach(() => vi.unstubAllGlobals());

  test("nothing is installed with it but React, which the school has", () => {
    expect(school.package).not.toHaveProperty("dependencies");
    expect(Object.keys(school.package.peerDependencies as object)).toEqual(["react", "react-dom"]);
  });

  test("no foreign host stands anywhere in it", () => {
    const files = textsIn(school.packageFolder).filter(({ name }) => name.startsWith("dist/"));
    expect(files.length).toBeGreaterThan(10);
    expect(foreignHosts(files)).toEqual([]);
  });

  test("what it exports has the types that the app expects", () => {
    checkTypes(school);
  });

  test("in the app there are one style sheet, the sound as a file, and nothing that a browser lacks", () => {
    const assets = buildSchool(school);
    const names = readdirSync(assets);
    const scripts = names.filter((name) => name.endsWith(".js"));
    const text = scripts.map((name) => readFileSync(join(assets, name), "utf8")).join("\n");
    expect(names.filter((name) => name.endsWith(".css"))).toHaveLength(1);
    expect(names).toContainEqual(expect.stringMatching(/^ding.*\.wav$/));
    expect(text).not.toContain("data:audio");
    expect(text).not.toMatch(/Calling `require` for/);
    expect(text.match(/react\.development\.js/g)).not.toBeNull(); // the one that speaks up
  });

  test("the bar counts, a conversation is opened and read, the session ends; the console stays empty", async () => {
    const said = ["error", "warn"].map((name) => vi.spyOn(console, name as "error" | "warn"));
    const bridge = startBridge({
      address: BRIDGE,
      conversations: [makeConversation({ id: 1, rev: 10, unread_count: 3 })],
      messages: [makeMessage({ id: 90, rev: 10, text: "Можно пересдать **в пятницу**?" })],
    });
    const answer = fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) =>
      url === "/panel/chat-token" ? Response.json({ access: bridge.token }) : answer(url, init),
    );
    document.body.innerHTML = '<div id="school"></div>';
    await import(/* @vite-ignore */ mainScript(school));
    const bar = within(await screen.findByRole("navigation"));
    const row = await screen.findByRole("button", { name: new RegExp(STUDENT.name) });
    await waitFor(() => expect(FakeSocket.all).toHaveLength(1)); // one client for the bar and the chat, in StrictMode, too
    FakeSocket.last.open();
    await waitFor(() => expect(bar.getByRole("button")).toHaveTextContent("Сообщения: 3"));

    await userEvent.click(row);
    const log = await screen.findByRole("log");
    expect(await within(log).findByText("в пятницу")).toHaveProperty("tagName", "STRONG");
    expect(await screen.findByRole("textbox", { name: /сообщение/i })).toBeInTheDocument();

    await userEvent.click(bar.getByRole("button")); // the school's other page, with a view made of hooks
    await waitFor(() => expect(screen.getByRole("complementary")).toHaveTextContent(`${STUDENT.name}, `));
    expect(screen.getByRole("complementary")).toHaveTextContent("online");
    await userEvent.click(bar.getByRole("button"));

    bridge.token = null;
    FakeSocket.last.drop(4401);
    expect(await screen.findByText("Сеанс закончился.")).toBeInTheDocument();
    expect(await screen.findByText("Войдите снова")).toBeInTheDocument();
    bridge.token = tokenOf(bridge.me.id, 2);
    await userEvent.click(screen.getByRole("button", { name: "Повторить" }));
    await waitFor(() => expect(FakeSocket.all).toHaveLength(2));
    FakeSocket.last.open();
    await waitFor(() => expect(screen.queryByText("Сеанс закончился.")).toBeNull());

    dispatchEvent(new Event("school:close"));
    await waitFor(() => expect(document.querySelector("nav")).toBeNull());
    expect(FakeSocket.all.filter((one) => one.readyState !== FakeSocket.CLOSED)).toEqual([]);
    expect(said.flatMap((one) => one.mock.calls)).toEqual([]);
  });
}

function mainScript({ folder }: School): string {
  const html = readFileSync(join(folder, "dist/index.html"), "utf8");
  const name = html.match(/<script type="module"[^>]* src="\/([^"]+)"/)?.[1];
  if (!name) throw new Error(`The app's page names no script: ${html}`);
  return join(folder, "dist", name);
}
