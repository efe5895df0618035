import type { HTTPRequest } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation, Message } from "../src/model/types";
import { Demo } from "./testbed/demo";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { Samples, text } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("outbox");
const TEACHER = "Анна Петрова";
const OFFLINE = [
  /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_NETWORK|ERR_FAILED|WebSocket connection|status of 50\d|Failed to load/,
];

let talk: Conversation;
let student: Person;
const orlov = school.api("orlov");
const petrova = school.api("petrova");

beforeAll(async () => {
  talk = await orlov.direct(petrova.user);
  await petrova.say(talk.id, "Начало");
  student = await school.person("orlov");
  await student.open(TEACHER);
  await student.message("Начало");
});

async function texts(): Promise<string[]> {
  return (await petrova.messages(talk.id)).map((message: Message) => message.text);
}

async function goOffline(person: Person): Promise<void> {
  person.watch.allow(...OFFLINE);
  await person.page.setOfflineMode(true);
}

describe("Without a network", () => {
  test("what is written waits with a clock, goes out when the network is back, in order and once", async () => {
    await goOffline(student);
    for (const text of ["Первое без сети", "Второе без сети"]) {
      await student.write(text);
      await student.page.keyboard.press("Enter");
      await student.message(text, ({ status }) => status === "pending");
    }
    await student.seesText(say("connection.offline").replace(".", ""));
    expect((await texts()).filter((text) => text.includes("без сети"))).toEqual([]);
    await student.page.setOfflineMode(false);
    for (const text of ["Первое без сети", "Второе без сети"]) {
      await student.message(text, ({ status }) => status === "sent" || status === "read");
    }
    expect((await texts()).filter((text) => text.includes("без сети"))).toEqual([
      "Первое без сети",
      "Второе без сети",
    ]);
  });

  test("what was said meanwhile is there afterwards, by one sync and without a storm of toasts", async () => {
    await goOffline(student);
    await student.seesText(say("connection.offline").replace(".", ""));
    const group = school.group(school.math).conversation_id;
    for (let number = 1; number <= 12; number += 1) await petrova.say(group, `Пока тебя не было ${number}`);
    await petrova.say(talk.id, "И здесь тоже");
    const syncs = () => student.traffic.requests.filter(({ url }) => /\/sync\/\?since=/.test(url)).length;
    const before = syncs();
    await student.page.setOfflineMode(false);
    await student.message("И здесь тоже");
    await until(async () => (await student.rowText(school.math)).includes("Пока тебя не было 12"));
    expect(syncs()).toBe(before + 1);
    const toasts = await student.page.$$(`section[aria-label="${say("notifications.label")}"] article`);
    expect(toasts.length).toBeLessThanOrEqual(1);
  });
});

describe("A reload", () => {
  test("in the middle of sending loses nothing and doubles nothing", async () => {
    let held = 0;
    const holdTheFirst = (request: HTTPRequest) => {
      const isSend = request.method() === "POST" && request.url().endsWith("/api/chat/messages/");
      if (isSend && held++ < 1) return; // this one never gets an answer
      // The reload ends requests of the old page; there is nothing left to go on with then.
      request
        .continue()
        .catch((error: Error) =>
          expect(error.message).toMatch(/closed|not enabled|handled|Invalid InterceptionId/),
        );
    };
    student.page.on("request", holdTheFirst);
    await student.page.setRequestInterception(true);
    await student.write("Прерванное на полпути");
    await student.page.keyboard.press("Enter");
    await student.message("Прерванное на полпути", ({ status }) => status === "pending");
    await until(() => held > 0);
    await student.page.reload();
    await student.page.setRequestInterception(false);
    student.page.off("request", holdTheFirst);
    await student.listIsShown();
    await student.message("Прерванное на полпути", ({ status }) => status === "sent" || status === "read");
    expect((await texts()).filter((text) => text === "Прерванное на полпути")).toHaveLength(1);
  });

  test("keeps the draft of each chat", async () => {
    await student.write("Недописанное");
    await student.open(school.math);
    await until(async () => (await student.rowText(TEACHER)).includes("Черновик: Недописанное"));
    await student.page.reload();
    await student.listIsShown();
    await student.open(TEACHER);
    const field = await student.composer();
    await until(() => field.evaluate((element) => (element as HTMLTextAreaElement).value === "Недописанное"));
    await field.focus();
    await student.page.keyboard.press("Enter");
    await student.message("Недописанное");
  });
});

const REFRESH = "/api/auth/token/refresh/";

/** From its next loading on, the page gets no token before `end`. Without `status` it gets no answer at all. */
async function withoutTokens(
  person: Person,
  status?: number,
): Promise<{ asked(): number; end(): Promise<void> }> {
  person.watch.allow(...OFFLINE);
  const held: HTTPRequest[] = [];
  let asked = 0;
  const answer = (request: HTTPRequest) => {
    if (!request.url().endsWith(REFRESH)) return void request.continue();
    asked += 1;
    if (status === undefined) held.push(request);
    else void request.respond({ status, contentType: "application/json", body: '{"detail": "Not now."}' });
  };
  person.page.on("request", answer);
  await person.page.setRequestInterception(true);
  return {
    asked: () => asked,
    end: async () => {
      person.page.off("request", answer);
      await Promise.all(held.map((request) => request.continue()));
      await person.page.setRequestInterception(false);
    },
  };
}

describe("Before there is a token", () => {
  const samples = new Samples();
  afterAll(() => samples.remove());

  test.each([
    ["before the token has come", "в ожидании", undefined],
    ["while the refresh answers 503", "при отказе", 503],
  ])(
    "what is sent %s, words and file, has a clock, and goes out afterwards, once",
    async (_, mark, status) => {
      await student.open(TEACHER);
      await student.message("Начало");
      const tokens = await withoutTokens(student, status);
      await student.page.reload();
      await student.listIsShown();
      await student.open(TEACHER);
      await until(() => tokens.asked() > 0);
      const [words, file] = [`Слова ${mark}`, `файл ${mark}.txt`];
      await student.write(words);
      await student.page.keyboard.press("Enter");
      await student.message(words, (message) => message.status === "pending");
      await student.attach(samples.write(file, text("пять")));
      await student.seesText(file);
      await (await student.composer()).focus();
      await student.page.keyboard.press("Enter");
      await student.message(file, (message) => message.status === "pending");
      const field = await student.composer();
      expect(await field.evaluate((element) => (element as HTMLTextAreaElement).value)).toBe("");
      const arrived = async () =>
        (await petrova.messages(talk.id)).flatMap((message: Message) => {
          const said = message.file?.file_name ?? message.text;
          return said.includes(mark) ? [said] : [];
        });
      expect(await arrived()).toEqual([]);
      await tokens.end();
      await retryUnlessItIsThere(student);
      for (const one of [words, file]) {
        await student.message(one, (message) => message.status === "sent" || message.status === "read");
      }
      expect(await arrived()).toEqual([words, file]);
    },
  );
});

describe("Two tabs of one person", () => {
  test("show the same and never send twice", async () => {
    const second = await student.anotherTab();
    for (const tab of [student, second]) await tab.open(TEACHER);
    await goOffline(student);
    await goOffline(second);
    await student.write("Из первой вкладки");
    await student.page.keyboard.press("Enter");
    await second.write("Из второй вкладки");
    await second.page.keyboard.press("Enter");
    await student.message("Из второй вкладки");
    await second.message("Из первой вкладки");
    await Promise.all([student.page.setOfflineMode(false), second.page.setOfflineMode(false)]);
    for (const tab of [student, second]) {
      for (const text of ["Из первой вкладки", "Из второй вкладки"]) {
        await tab.message(text, ({ status }) => status === "sent" || status === "read");
        expect((await tab.messages()).filter((message) => message.label.includes(text))).toHaveLength(1);
      }
    }
    const sent = (await texts()).filter((text) => text.endsWith("вкладки"));
    expect(sent.sort()).toEqual(["Из второй вкладки", "Из первой вкладки"]);
    await second.close();
  });

  test("sign out together, and nothing of the person is left in the browser", async () => {
    const second = await student.anotherTab();
    await student.signOut();
    for (const tab of [student, second]) await tab.find("textbox", say("signIn.username"));
    const left = await student.page.evaluate(async () => {
      const names = (await indexedDB.databases()).map((database) => database.name!);
      const counts = await Promise.all(names.map(async (name) => countAll(name)));
      return { entries: counts.reduce((all, one) => all + one, 0), local: { ...localStorage } };
      function countAll(name: string): Promise<number> {
        return new Promise((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const stores = [...opening.result.objectStoreNames];
            if (stores.length === 0) return resolve(0);
            const reading = opening.result.transaction(stores);
            let total = 0;
            for (const store of stores) {
              const counting = reading.objectStore(store).count();
              counting.onsuccess = () => {
                total += counting.result;
              };
            }
            reading.oncomplete = () => {
              opening.result.close();
              resolve(total);
            };
          };
        });
      }
    });
    expect(left.entries).toBe(0);
    expect(JSON.stringify(left.local)).not.toMatch(/eyJ|Петрова|Прерванное/);
    await second.close();
  });
});

/** The page tries again by itself, too; who is quicker does not matter. */
async function retryUnlessItIsThere(person: Person): Promise<void> {
  await person.page.$$eval(
    "button",
    (buttons, name) => buttons.find((button) => button.textContent === name)?.click(),
    say("connection.retryNow"),
  );
}

describe("The server restarts", () => {
  const demo = new Demo(["outbox"]);
  afterAll(() => demo.remove());

  test("in the middle of typing: the text stays, the state is told, and it goes out afterwards", async () => {
    const own = new SchoolClass("outbox", await demo.start());
    const [teacher, pupil] = [await own.person("petrova"), await own.person("orlov")];
    await teacher.open(own.math);
    await pupil.open(own.math);
    for (const person of [teacher, pupil]) person.watch.allow(...OFFLINE);
    await pupil.write("Начало фразы");
    await demo.stop();
    await pupil.write(" и её конец");
    await pupil.page.keyboard.press("Enter");
    await pupil.message("Начало фразы и её конец", ({ status }) => status === "pending");
    await until(
      async () => /Нет связи|Соединение/.test(await pupil.page.evaluate(() => document.body.innerText)),
      {
        what: "the state of the connection",
      },
    );
    await demo.start();
    for (const person of [teacher, pupil]) await retryUnlessItIsThere(person);
    await pupil.message("Начало фразы и её конец", ({ status }) => status === "sent" || status === "read");
    await teacher.message("Начало фразы и её конец");
    const group = own.group(own.math).conversation_id;
    const all = (await own.api("petrova").messages(group)).map((message) => message.text);
    expect(all.filter((text) => text.startsWith("Начало фразы"))).toHaveLength(1);
    await Promise.all([teacher.leave(), pupil.leave()]);
  }, 180_000);
});
