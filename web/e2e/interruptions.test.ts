import type { HTTPRequest } from "puppeteer-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../src/model/types";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { png } from "./testbed/samples";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("parts");
const STUDENT = "Пётр Орлов";
const MISSED = [
  /ERR_FAILED|ERR_INTERNET_DISCONNECTED|WebSocket connection|Failed to fetch dynamically imported/,
];
const orlov = school.api("orlov");
const petrova = school.api("petrova");

let talk: Conversation;
let teacher: Person;

beforeAll(async () => {
  talk = await orlov.direct(petrova.user);
  await orlov.sendFile(talk.id, "один.png", png(640, 480));
  await orlov.sendFile(talk.id, "два.png", png(500, 400));
  await orlov.settled(talk.id);
  await petrova.readAll(talk.id);
});

afterEach(() => teacher.leave());

/** Somebody who has opened the chat for the first time, so that the browser keeps nothing of it. */
async function arrive(): Promise<Person> {
  teacher = await school.person("petrova");
  await teacher.open(STUDENT);
  await teacher.message("два.png");
  teacher.watch.allow(...MISSED);
  return teacher;
}

/** A part of the page's own code is there. */
async function hasCome(person: Person, part: string): Promise<void> {
  await person.sees(
    `the code of ${part}`,
    (name) =>
      performance
        .getEntriesByType("resource")
        .some(
          (one) => one.name.includes(`/assets/${name}-`) && (one as PerformanceResourceTiming).duration > 0,
        ),
    part,
  );
}

async function refuse(person: Person, what: RegExp): Promise<{ end(): Promise<void> }> {
  const answer = (request: HTTPRequest) =>
    void (what.test(request.url()) ? request.abort() : request.continue());
  person.page.on("request", answer);
  await person.page.setRequestInterception(true);
  return {
    end: async () => {
      person.page.off("request", answer);
      await person.page.setRequestInterception(false);
    },
  };
}

async function openSettings(person: Person): Promise<void> {
  await person.click("button", say("settings.menu"));
  await person.click("menuitem", say("settings.title"));
}

describe("A part of the chat that is opened for the first time", () => {
  test("without a network: says so, the chat and the text stay, and it comes with the network", async () => {
    await arrive();
    await teacher.write("Недописанное");
    await teacher.page.setOfflineMode(true);
    await teacher.click("button", say("composer.emoji"));
    await teacher.seesText(say("part.missing"));
    expect(teacher.page.url()).toContain(`#/c/${talk.id}`);
    const field = await teacher.composer();
    expect(await field.evaluate((element) => (element as HTMLTextAreaElement).value)).toBe("Недописанное");
    await teacher.page.setOfflineMode(false);
    await teacher.find("searchbox", say("emoji.search"));
  });

  test("without a network: the windows are there all the same, for they came while nothing else was to do", async () => {
    await arrive();
    await hasCome(teacher, "dialogs");
    await teacher.page.setOfflineMode(true);
    await openSettings(teacher);
    await teacher.find("dialog", say("settings.title"));
  });

  test("that the server does not give: the list, the conversation and the page's address stay, twice too", async () => {
    teacher = await school.person("petrova", { signedOut: true });
    teacher.watch.allow(...MISSED);
    const refused = await refuse(teacher, /assets\/dialogs/);
    await (await teacher.find("textbox", say("signIn.username"))).type(teacher.user.username);
    await (await teacher.find("textbox", say("signIn.password"))).type(teacher.user.password);
    await teacher.page.keyboard.press("Enter");
    await teacher.open(STUDENT);
    await openSettings(teacher);
    await teacher.find("dialog", say("part.missing"));
    await teacher.click("button", say("ui.retry"));
    const reload = await teacher.find("button", say("ui.reload"));
    expect(teacher.page.url()).toContain(`#/c/${talk.id}`);
    expect(await teacher.findRow(STUDENT)).not.toBeNull();
    expect(await teacher.messages()).not.toEqual([]);
    await refused.end();
    await reload.click();
    await teacher.message("два.png");
    await openSettings(teacher);
    await teacher.find("dialog", say("settings.title"));
  });
});

describe("The viewer of pictures", () => {
  const shown = () =>
    teacher.page.evaluate(() => {
      const slides = [...document.querySelectorAll<HTMLElement>(".yarl__slide:not([inert])")];
      return slides.flatMap((slide) => slide.querySelector("img")?.alt ?? []);
    });

  test("stays at the picture that one has gone to while messages and pictures come", async () => {
    await arrive();
    await teacher.click("button", say("message.openImage", { name: "один.png" }));
    await until(async () => (await shown()).join() === "один.png");
    await teacher.page.keyboard.press("ArrowRight");
    await until(async () => (await shown()).join() === "два.png");
    await orlov.say(talk.id, "Пишу, пока она смотрит");
    await teacher.message("Пишу, пока она смотрит");
    expect(await shown()).toEqual(["два.png"]);
    await orlov.sendFile(talk.id, "три.png", png(300, 200));
    await teacher.message("три.png");
    expect(await shown()).toEqual(["два.png"]);
  });
});

describe("A picture that could not be loaded", () => {
  test("is there again with the network", async () => {
    teacher = await school.person("petrova");
    teacher.watch.allow(...MISSED);
    const refused = await refuse(teacher, /\/files\/|thumbnail/);
    await teacher.open(STUDENT);
    await teacher.seesText(say("message.imageUnavailable"));
    await refused.end();
    await teacher.page.setOfflineMode(true);
    await teacher.page.setOfflineMode(false);
    await teacher.sees(
      "the pictures",
      () =>
        [...document.querySelectorAll("article img")].some(
          (one) => (one as HTMLImageElement).naturalWidth > 0,
        ),
      null,
    );
    await teacher.sees(
      "nothing that is not available",
      (words) => !document.body.innerText.includes(words),
      say("message.imageUnavailable"),
    );
  });
});
