import { beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("addresses");
const petrova = school.api("petrova");
const zaitsev = school.api("zaitsev");
const NOT_FOUND = /status of 404/;

/** One more than a page of the list has room for: see `pagesOfTwenty`. */
const CLUBS = 21;
/** So low that the list does not ask for its second page at once. */
const HEIGHT = 500;

let first: Conversation;

beforeAll(async () => {
  first = await petrova.createGroup("Кружок 1", [school.user("kozlova")]);
  await petrova.say(first.id, "Самое первое слово");
  await petrova.settled(first.id);
  await school.api("kozlova").readAll(first.id); // what is unread is fetched, wherever it stands in the list
  for (let number = 2; number <= CLUBS; number += 1)
    await petrova.createGroup(`Кружок ${number}`, [school.user("kozlova")]);
}, 180_000);

/** As a bookmark or a link does it: the page is loaded at that address. */
async function goTo(person: Person, conversationId: number): Promise<void> {
  await person.page.goto("about:blank");
  await person.page.goto(`${person.where.base}/#/c/${conversationId}`);
}

/** The app asks for fifty at once; each of them here is a room that the homeserver has to make. */
function pagesOfTwenty(): void {
  const original = window.fetch;
  window.fetch = (input, init) => original(String(input).replace("page_size=50", "page_size=20"), init);
}

/** As in a school that was not made a moment ago: of what is far down in the list, `sync` tells nothing. */
function nothingHasChanged(): void {
  const original = window.fetch;
  window.fetch = async (...request) => {
    const response = await original(...request);
    if (!response.url.includes("/sync/")) return response;
    const answer = { ...(await response.json()), conversations: [], messages: [] };
    return new Response(JSON.stringify(answer), { status: response.status, headers: response.headers });
  };
}

describe("The address of a conversation", () => {
  test("opens one that is far down in the list", async () => {
    const pupil = await school.person("kozlova", {
      height: HEIGHT,
      before: [pagesOfTwenty, nothingHasChanged],
    });
    expect(await pupil.findRow("Кружок 1")).toBeNull();
    await goTo(pupil, first.id);
    await pupil.find("heading", "Кружок 1");
    await pupil.message("Самое первое слово");
    await pupil.composer();
    await pupil.leave();
  });

  test("that leads nowhere, or to a conversation of others, says so and leads back to the list", async () => {
    const others = await zaitsev.direct(school.user("petrova"));
    const pupil = await school.person("kozlova");
    pupil.watch.allow(NOT_FOUND);
    for (const id of [others.id, 999_999_999]) {
      await goTo(pupil, id);
      await pupil.seesText(say("window.noSuchChat"));
      await pupil.seesText(say("window.noSuchChat.text"));
      await pupil.click("button", say("window.back"));
      await pupil.seesText(say("window.nothingOpen"));
      expect(new URL(pupil.page.url()).hash).toBe("#/");
    }
    await pupil.leave();
  });
});

async function takeOffTheList(person: Person, name: string): Promise<void> {
  await person.click("button", say("window.menu"));
  await person.click("menuitem", say("window.command.leave"));
  await person.click("button", say("window.leave.confirm"));
  await until(async () => (await person.findRow(name)) === null, { what: "the row to go" });
}

describe("A conversation that was taken off the list", () => {
  test("is open at its address, and in the list again when somebody writes", async () => {
    const belova = school.api("belova");
    const talk = await belova.direct(school.user("petrova"));
    await belova.say(talk.id, "До свидания");
    const teacher = await school.person("petrova");
    await teacher.open("Вера Белова");
    await takeOffTheList(teacher, "Вера Белова");
    await goTo(teacher, talk.id);
    await teacher.message("До свидания");
    await teacher.find("heading", "Вера Белова");
    await teacher.row(`Кружок ${CLUBS}`); // the list is there
    await until(async () => (await teacher.findRow("Вера Белова")) === null, { what: "no row" });
    await Promise.all([
      teacher.page.waitForResponse((response) => response.url().includes("/sync/?since=")),
      teacher.page.reload(), // with what was kept in this browser
    ]);
    await teacher.message("До свидания");
    await teacher.row(`Кружок ${CLUBS}`);
    await until(async () => (await teacher.findRow("Вера Белова")) === null, { what: "no row" });
    expect((await petrova.conversations()).map(({ id }) => id)).not.toContain(talk.id); // as on any other device
    await belova.say(talk.id, "И снова здравствуйте");
    await teacher.row("Вера Белова");
    expect(await teacher.has("heading", "Вера Белова")).toBe(true);
    await teacher.leave();
  });

  test("is back with all that was in it when the same person is chosen among the contacts", async () => {
    const talk = await zaitsev.direct(school.user("petrova"));
    await zaitsev.say(talk.id, "Это было раньше"); // its room is made after those of all the clubs: not waited for
    const teacher = await school.person("petrova");
    await teacher.open("Миша Зайцев");
    await teacher.message("Это было раньше");
    await takeOffTheList(teacher, "Миша Зайцев");

    await teacher.click("button", say("contacts.title"));
    await (await teacher.find("searchbox", say("contacts.search"))).type("Зайцев");
    const contact = await until(async () => {
      const found = await teacher.page.$$("[role=dialog] li button");
      return found.length === 1 && found[0];
    });
    await contact.click();
    await teacher.message("Это было раньше");
    await teacher.row("Миша Зайцев");
    await teacher.send("И снова здравствуйте");
    await until(async () =>
      (await petrova.messages(talk.id)).some(({ text }) => text === "И снова здравствуйте"),
    );
    await teacher.leave();
  });
});
