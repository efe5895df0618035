import { readdirSync, readFileSync, statSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { HTTPRequest, Page } from "puppeteer-core";
import { afterAll, expect, test } from "vitest";
import type { Conversation, Message } from "../../src/model/types";
import { makeConversation, makeMessage, makeUser } from "../../src/testing/fixtures";
import { SchoolClass } from "../testbed/people";
import type { Person } from "../testbed/person";
import { until } from "../testbed/until";

const ASSETS = fileURLToPath(new URL("../../../bridge/api/page/assets", import.meta.url));
const MESSAGES = 50_000;
const CHATS = 2_000;
const SCROLL_MS = 3_000;
const school = new SchoolClass("list");
const lines: string[] = [];

afterAll(() => console.log(`\n${lines.join("\n")}\n`));

function tell(what: string, value: string): void {
  lines.push(`${what.padEnd(58)}${value}`);
}

test("sizes of what is loaded", () => {
  for (const name of readdirSync(ASSETS)
    .filter((one) => /\.(js|css)$/.test(one))
    .sort()) {
    const bytes = readFileSync(join(ASSETS, name));
    if (bytes.length < 4_000) continue;
    const [gzip, brotli] = [gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
    tell(name, `${kb(statSync(join(ASSETS, name)).size)}  gzip ${kb(gzip)}  br ${kb(brotli)}`);
  }
});

test("first paint of the cached list, and time to the first message, at the next visit", async () => {
  const orlov = school.api("orlov");
  const talk = await orlov.direct(school.user("petrova"));
  await orlov.say(talk.id, "Первое сообщение");
  const teacher = await school.person("petrova");
  await teacher.open("Пётр Орлов");
  await teacher.message("Первое сообщение");
  await teacher.page.evaluateOnNewDocument(watchPaints);
  for (const chats of [30, CHATS]) {
    await keepChats(teacher, chats);
    const list = await visits(teacher, "#/", "list");
    tell(`cached list of ${chats} painted, after the script began`, ms(list));
  }
  const message = await visits(teacher, `#/c/${talk.id}`, "message");
  tell("first message painted, after the script began", ms(message));
  await teacher.leave();
});

const VISITS = 9;

/** When the first of these was on screen, counted from the first line of the first script; of some visits. */
async function visits(person: Person, hash: string, what: keyof Paints): Promise<number[]> {
  const times: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    await person.page.goto("about:blank"); // another hash alone would load nothing anew
    await person.page.goto(`${person.where.base}/${hash}`);
    times.push(
      await until(() => person.page.evaluate(paintedAfterStart, what), { what: `the ${what} painted` }),
    );
  }
  return times.sort((a, b) => a - b);
}

function ms(times: readonly number[]): string {
  const [best, median, worst] = [times[0]!, times[times.length >> 1]!, times.at(-1)!].map(Math.round);
  return `${median} ms (${best} to ${worst}; load ${loadavg()[0]!.toFixed(1)})`;
}

/** As if this person had so many chats: they are written into the cache beside the real ones. */
async function keepChats(person: Person, count: number): Promise<void> {
  const made = numbers(0, count).map(chat);
  await person.page.evaluate(async (kept) => {
    const name = (await indexedDB.databases()).find((one) => one.name?.startsWith("classbridge-chat"))!.name!;
    await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = reject;
      opening.onsuccess = () => {
        const writing = opening.result.transaction("conversations", "readwrite");
        for (const one of kept) writing.objectStore("conversations").put(one);
        writing.onerror = reject;
        writing.oncomplete = () => resolve(opening.result.close());
      };
    });
  }, made);
}

test(`frames while ${CHATS} chats are scrolled`, async () => {
  const teacher = await school.person("petrova");
  await answer(teacher, /\/conversations\/\?/, (url) => {
    const [page, size] = [
      Number(url.searchParams.get("page") ?? 1),
      Number(url.searchParams.get("page_size") ?? 50),
    ];
    const results = numbers((page - 1) * size, Math.min(page * size, CHATS)).map(chat);
    return {
      count: CHATS,
      next: page * size < CHATS ? `${url.origin}${url.pathname}?page=${page + 1}&page_size=${size}` : null,
      previous: null,
      results,
    };
  });
  await teacher.page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name!);
  });
  await teacher.page.reload();
  await teacher.row("Чат 1");
  await until(
    async () => {
      await teacher.page.$eval("ul[aria-label='Чаты']", (list) =>
        list.parentElement!.scrollTo(0, list.scrollHeight),
      );
      return (await teacher.rowNames()).some((name) => name === `Чат ${CHATS}`);
    },
    { limitMs: 60_000, what: "all chats" },
  );
  const frames = await scroll(teacher.page, "ul[aria-label='Чаты']", true);
  tell(`scrolling ${CHATS} chats`, frames.text);
  expect(frames.count).toBeGreaterThan(60);
  await teacher.leave();
});

test(`frames while ${MESSAGES} messages are scrolled`, async () => {
  const teacher = await school.person("petrova");
  const real = (await teacher.api.conversations()).find((one) => one.name === school.math)!;
  await teacher.api.say(real.id, "Здравствуйте!"); // without a last message the app takes the conversation for cleared
  await until(async () => (await teacher.rowText(school.math)).includes("Здравствуйте!"), {
    what: "its row",
  });
  await answer(teacher, new RegExp(`/messages/\\?.*conversation_id=${real.id}`), (url) => {
    const limit = Number(url.searchParams.get("limit") ?? url.searchParams.get("page_size") ?? 50);
    const before = Number(url.searchParams.get("before") ?? MESSAGES + 1);
    const from = Math.max(1, before - limit);
    const results = numbers(from - 1, before - 1).map((index) => message(index + 1, real, teacher.user.id));
    const next =
      from > 1
        ? `${url.origin}${url.pathname}?conversation_id=${real.id}&before=${from}&limit=${limit}`
        : null;
    return { count: MESSAGES, next, previous: null, results };
  });
  await teacher.open(school.math);
  await teacher.message(`Сообщение ${MESSAGES}`);
  const frames = await scroll(teacher.page, "[role=log]", false);
  const loaded = teacher.traffic.requests.filter(({ url }) => url.includes("before=")).length;
  tell(`scrolling back in ${MESSAGES} messages (${loaded} pages came meanwhile)`, frames.text);
  expect(frames.count).toBeGreaterThan(60);
  await teacher.leave();
});

/** Instead of the bridge: as many as no test school has. */
async function answer(person: Person, path: RegExp, make: (url: URL) => unknown): Promise<void> {
  await person.page.setRequestInterception(true);
  person.page.on("request", (request: HTTPRequest) => {
    if (request.method() !== "GET" || !path.test(request.url())) return void request.continue();
    void request.respond({
      status: 200,
      contentType: "application/json",
      body: JSON.stringify(make(new URL(request.url()))),
    });
  });
}

interface Frames {
  text: string;
  count: number;
}

/** Scroll steadily for some seconds and look at the time between frames. */
async function scroll(page: Page, selector: string, isParent: boolean): Promise<Frames> {
  const gaps = await page.$eval(
    selector,
    (found, parent, ms) =>
      new Promise<number[]>((resolve) => {
        const scroller = parent ? found.parentElement! : found;
        const began = performance.now();
        const times: number[] = [];
        const step = (now: number) => {
          times.push(now);
          scroller.scrollBy(0, -40);
          if (now - began < ms) requestAnimationFrame(step);
          else resolve(times.slice(1).map((time, index) => time - times[index]!));
        };
        requestAnimationFrame(step);
      }),
    isParent,
    SCROLL_MS,
  );
  const sorted = [...gaps].sort((a, b) => a - b);
  const mean = gaps.reduce((all, one) => all + one, 0) / gaps.length;
  const late = gaps.filter((gap) => gap > 20).length;
  const slowest = sorted.at(-1)!;
  return {
    count: gaps.length,
    text: `${(1000 / mean).toFixed(1)} frames a second; ${late} of ${gaps.length} late, the longest ${slowest.toFixed(0)} ms`,
  };
}

interface Paints {
  list: number;
  message: number;
}

/**
 * Runs before the page's own scripts. The browser tells when an element that bears `elementtiming` was shown for the
 * first time (Element Timing): the first row and the first message get the mark before they are drawn.
 */
function watchPaints(): void {
  const paints: Partial<Paints> = {};
  Object.assign(window, { paints });
  const wanted: Record<keyof Paints, string> = { list: "[data-conversation]", message: "[data-message-id]" };
  const names = Object.keys(wanted) as (keyof Paints)[];
  new PerformanceObserver((seen) => {
    for (const entry of seen.getEntries() as (PerformanceEntry & {
      identifier: string;
      renderTime: number;
    })[]) {
      paints[entry.identifier as keyof Paints] ??= entry.renderTime;
    }
  }).observe({ type: "element", buffered: true });
  new MutationObserver((_, observer) => {
    for (const name of names) {
      const found = document.querySelector(wanted[name]);
      if (!found) continue;
      for (const part of found.querySelectorAll("*")) {
        if (part.children.length === 0 && part.textContent) part.setAttribute("elementtiming", name);
      }
      names.splice(names.indexOf(name), 1);
    }
    if (names.length === 0) observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

function paintedAfterStart(what: keyof Paints): number | null {
  const painted = (window as unknown as { paints?: Partial<Paints> }).paints?.[what];
  const start = performance.getEntriesByName("classbridge:start")[0];
  return painted === undefined || !start ? null : painted - start.startTime;
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function chat(index: number): Conversation {
  const id = 1_000_000 + index;
  const timestamp = new Date(Date.UTC(2026, 0, 1) - index * 60_000).toISOString();
  const participant = makeUser({
    id,
    first_name: "Чат",
    last_name: String(index + 1),
    is_online: index % 3 === 0,
    last_seen: null,
  });
  const made = makeConversation({
    id,
    participant,
    unread_count: index % 7,
    updated_at: timestamp,
    room_id: null,
  });
  const last_message = {
    ...made.last_message!,
    id: index + 1,
    sender_id: id,
    sender_name: made.name,
    timestamp,
  };
  return { ...made, last_message };
}

function message(id: number, conversation: Conversation, meId: number): Message {
  const isMine = id % 3 === 0;
  const sender = isMine
    ? makeUser({ id: meId, first_name: "Анна", last_name: "Петрова", role: "teacher" })
    : makeUser({ id: meId + 2 + (id % 2), first_name: "Пётр", last_name: "Орлов" });
  return makeMessage({
    id,
    conversation_id: conversation.id,
    sender,
    text: `Сообщение ${id}${id % 5 === 0 ? `\n\n**важное** и \`код\`: ${"слово ".repeat(id % 40)}` : ""}`,
    created_at: new Date(Date.UTC(2026, 0, 1) - (MESSAGES - id) * 60_000).toISOString(),
    is_read: true,
    read_count: 1,
    status: "read",
    event_id: null,
    rev: 1,
  });
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(1).padStart(7)} KB`;
}
