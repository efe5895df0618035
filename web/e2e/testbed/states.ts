/** States of a moment: something is under way, has failed, asks, or is not there. */

import { type Content, drag, paste } from "./given";
import type { SchoolClass } from "./people";
import type { Person } from "./person";
import { pdf } from "./samples";
import type { Scene } from "./scenes";
import type { say } from "./words";

const STUDENT = "Пётр Орлов";
const OFFLINE = /ERR_INTERNET_DISCONNECTED|Failed to (load|fetch)|WebSocket/;

const inTalk = (set: (person: Person) => Promise<unknown>) => async (person: Person) => {
  await person.open(STUDENT);
  await person.message("Отлично!");
  await set(person);
};

const sendFile = async (person: Person, name: string, content: Content) => {
  await paste(person, { [name]: content });
  await (await person.composer()).focus();
  await person.page.keyboard.press("Enter");
};

const command =
  (name: Parameters<typeof say>[0], title: Parameters<typeof say>[0]) => async (person: Person) => {
    await person.click("button", person.say("window.menu"));
    await person.click("menuitem", person.say(name));
    await person.seesText(person.say(title, { name: STUDENT }));
  };

const isShown = (selector: string) => (person: Person) =>
  person.sees(selector, (wanted) => document.querySelector(wanted) !== null, selector);

export const STATES: Scene[] = [
  {
    name: "failed message",
    set: inTalk(async (person) => {
      person.watch.allow(/status of 415/);
      await sendFile(person, "не картинка.png", "просто слова");
      await person.message("не картинка.png", ({ status }) => status === "failed");
      await person.find("button", person.say("message.retry"));
    }),
  },
  {
    name: "upload under way",
    set: inTalk(async (person) => {
      const session = await person.page.createCDPSession();
      const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 10_000 };
      await session.send("Network.emulateNetworkConditions", line);
      await sendFile(person, "запись.pdf", pdf(300_000));
      await isShown("[role=progressbar]")(person);
    }),
  },
  {
    name: "edit bar",
    set: inTalk(async (person) => {
      await (await person.composer()).focus();
      await person.page.keyboard.press("ArrowUp");
      await isShown("[data-composer-context=edit]")(person);
    }),
  },
  {
    name: "reply bar",
    set: inTalk(async (person) => {
      await (await person.element("Понял, исправлю")).focus();
      await person.click("button", person.say("message.action.reply"));
      await isShown("[data-composer-context=reply]")(person);
    }),
  },
  {
    name: "rename",
    set: async (person) => {
      await person.open("Кружок");
      await command("window.command.rename", "window.rename.title")(person);
    },
  },
  { name: "block", set: inTalk(command("window.command.block", "window.block.title")) },
  { name: "clear", set: inTalk(command("window.command.clear", "window.clear.title")) },
  {
    name: "drop overlay",
    set: inTalk(async (person) => {
      await drag(person, "dragenter", { "упражнение.txt": "2 + 2" });
      await person.seesText(person.say("upload.drop"));
    }),
  },
  {
    name: "messages that wait for the network",
    set: inTalk(async (person) => {
      person.watch.allow(OFFLINE);
      await person.page.setOfflineMode(true);
      for (const text of ["Завтра контрольная переносится на среду.", "Приходите в 8:30."]) {
        await person.write(text);
        await person.page.keyboard.press("Enter");
        await person.message(text, ({ status }) => status === "pending");
      }
      await person.seesText(person.say("connection.offline"));
    }),
  },
  {
    name: "part that could not be fetched",
    set: inTalk(async (person) => {
      person.watch.allow(OFFLINE);
      await person.page.setOfflineMode(true);
      await person.click("button", person.say("composer.emoji"));
      await person.seesText(person.say("part.missing"));
    }),
  },
  {
    name: "conversation that does not load",
    set: async (person, school: SchoolClass) => {
      person.watch.allow(OFFLINE);
      await person.row(school.math);
      await person.page.setOfflineMode(true);
      await (await person.row(school.math)).evaluate((row) => row.click());
      await person.seesText(person.say("error.network"));
      await isShown("[data-sc-window] [role=alert]")(person);
    },
  },
  {
    name: "nothing found in the list",
    set: async (person) => {
      await (await person.find("searchbox", person.say("list.search"))).type("Щукин");
      await person.seesText(person.say("list.nothingFound", { search: "Щукин" }));
    },
  },
  {
    name: "list without anything unread",
    set: async (person) => {
      for (const { id } of await person.api.conversations()) await person.api.readAll(id);
      await person.click("radio", person.say("list.filter.unread"));
      await person.seesText(person.say("list.empty.unread"));
    },
  },
  {
    name: "refused sign-in",
    signedOut: true,
    set: async (person) => {
      person.watch.allow(/status of 401/);
      await (await person.find("textbox", person.say("signIn.username"))).type(person.user.username);
      await (await person.find("textbox", person.say("signIn.password"))).type("не тот");
      await person.click("button", person.say("signIn.submit"));
      await isShown("[role=alert]")(person);
    },
  },
];
