import type { Look, SchoolClass } from "./people";
import type { Person } from "./person";
import { pdf, png } from "./samples";
import type { say } from "./words";

/** Enough of a conversation for every look of a message, and a group with something unread. */
export async function furnish(school: SchoolClass): Promise<void> {
  await furnishOddities(school); // first, so that they are not on top of the list
  const [petrova, orlov, belova] = [school.api("petrova"), school.api("orlov"), school.api("belova")];
  const talk = await orlov.direct(petrova.user);
  await orlov.say(talk.id, "Анна Сергеевна, здравствуйте! Можно сдать работу **в пятницу**?");
  const first = await petrova.say(talk.id, "Здравствуй, Пётр. Да, до 15:00.");
  await orlov.sendFile(talk.id, "Домашняя работа.pdf", pdf(245_000));
  await orlov.sendFile(talk.id, "чертёж.png", png(800, 500));
  await petrova.say(
    talk.id,
    "Вижу. Посмотри `x² + 2x`:\n\n1. раскрой скобки\n2. приведи подобные\n\n> и проверь знак",
  );
  await orlov.say(talk.id, "Понял, исправлю", { reply_to: first.id });
  await orlov.say(talk.id, "👍");
  await petrova.say(talk.id, "Отлично!");
  const group = school.group(school.math).conversation_id;
  await petrova.say(group, "Завтра контрольная: §§ 12–14.");
  await belova.say(group, "@Анна Петрова а формулы можно?", { mentions: [petrova.user.id] });
  await petrova.say(group, "@Вера Белова можно на одном листе.", { mentions: [belova.user.id] });
  await belova.say(group, "Спасибо!");
  await belova.say((await belova.direct(petrova.user)).id, "Я заболела, что задали?");
  await petrova.createGroup("Кружок", [school.user("zaitsev"), school.user("kozlova")]);
  await Promise.all([petrova.settled(talk.id), petrova.settled(group)]);
  await orlov.readAll(talk.id);
  await petrova.readAll(talk.id);
}

const TABLE =
  "| Дата | Тема | Задание |\n|---|---|---|\n| 14.09 | Уравнения с параметром | № 421, 430, 433, 440 |";
const LONG_LINK = `https://school.test/${"ochen-dlinnyj-adres/".repeat(5)}?klass=7`;

/** What does not fit, is gone, or is not allowed. */
async function furnishOddities(school: SchoolClass): Promise<void> {
  const [petrova, zaitsev] = [school.api("petrova"), school.api("zaitsev")];
  const { id } = await zaitsev.direct(petrova.user);
  await zaitsev.say(id, `Посмотрите: ${LONG_LINK}`);
  await petrova.say(id, "Достопримечательность".repeat(5));
  const gone = await zaitsev.say(id, "Это исчезнет");
  await petrova.say(id, "А ответ останется", { reply_to: gone.id });
  await zaitsev.call("DELETE", `messages/${gone.id}/`);
  const edited = await petrova.say(id, "Контрольная в среду");
  await petrova.call("PATCH", `messages/${edited.id}/`, { text: "Контрольная в четверг" });
  await zaitsev.sendFile(id, `${"Домашняя_работа_".repeat(6)}окончательная.pdf`, pdf(90_000));
  await petrova.say(id, `### План\n\n${TABLE}\n\n\`\`\`\n${"x = y + z; ".repeat(12)}\n\`\`\``);
  await petrova.settled(id);
  const blocked = await petrova.direct(school.user("kozlova"));
  await petrova.say(blocked.id, "Даша, не пиши, пожалуйста, ночью.");
  await petrova.call("POST", `conversations/${blocked.id}/block/`, {});
  const archived = await petrova.createGroup("Прошлый год", [school.user("zaitsev")]);
  await petrova.say(archived.id, "Всем спасибо за год!");
  await petrova.call("DELETE", `conversations/${archived.id}/`);
}

export interface Scene {
  name: string;
  /** From the chat as it opens to what is to be looked at. */
  set(person: Person, school: SchoolClass): Promise<void>;
  signedOut?: boolean;
}

const menu = async (person: Person, item: Parameters<typeof say>[0]) => {
  await person.click("button", person.say("settings.menu"));
  await person.click("menuitem", person.say(item));
  await person.page.waitForSelector("[role=dialog]");
};

const pressWithControl = async (person: Person, key: "k" | "/") => {
  await person.page.keyboard.down("Control");
  await person.page.keyboard.press(key);
  await person.page.keyboard.up("Control");
  await person.page.waitForSelector("[role=dialog]");
};

/** A document, one that is refused, and one that is empty, as from the clipboard. */
const pasteFiles = async (person: Person) => {
  const field = await person.composer();
  await field.evaluate((one) => {
    const given = new DataTransfer();
    for (const [name, size] of [
      ["Домашняя работа.pdf", 245_000],
      ["программа.exe", 10],
      ["пустой.txt", 0],
    ] as const) {
      given.items.add(new File([new Uint8Array(size)], name));
    }
    one.dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true }));
  });
  await person.find("list", person.say("upload.chosen"));
};

/** The main states of the app. */
export const SCENES: Scene[] = [
  {
    name: "sign-in",
    signedOut: true,
    set: async (person) => void (await person.page.waitForSelector("li button")),
  },
  { name: "list", set: async (person, school) => void (await person.row(school.math)) },
  {
    name: "conversation",
    set: async (person) => {
      await person.open("Пётр Орлов");
      await person.message("Отлично!");
      await person.sees(
        "the picture",
        () => [...document.querySelectorAll("img")].every((one) => one.complete),
        null,
      );
    },
  },
  {
    name: "group",
    set: async (person, school) => {
      await person.open(school.math);
      await person.message("Спасибо!");
    },
  },
  {
    name: "participants",
    set: async (person) => {
      await person.open("Кружок");
      await person.click("button", person.say("window.participants"));
      await person.sees("people", () => document.querySelector("[role=dialog] [data-role]") !== null, null);
    },
  },
  {
    name: "new-group",
    set: async (person) => {
      await menu(person, "group.create");
      await person.sees("people", () => document.querySelector("[role=dialog] li label") !== null, null);
    },
  },
  {
    name: "new-chat",
    set: async (person) => {
      await person.click("button", person.say("contacts.title"));
      await person.sees("people", () => document.querySelector("[role=dialog] li button") !== null, null);
    },
  },
  { name: "settings", set: (person) => menu(person, "settings.title") },
  {
    name: "conversation-menu",
    set: async (person) => {
      await person.open("Пётр Орлов");
      await person.click("button", person.say("window.menu"));
      await person.page.waitForSelector("[role=menu]");
    },
  },
  {
    name: "attach",
    set: async (person, school) => {
      await person.open(school.math);
      await person.click("button", person.say("composer.attach"));
      await person.find("button", person.say("upload.choose"));
    },
  },
  {
    name: "emoji",
    set: async (person, school) => {
      await person.open(school.math);
      await person.click("button", person.say("composer.emoji"));
      await person.sees(
        "emoji",
        () => [...document.querySelectorAll("button")].some((one) => one.textContent === "😀"),
        null,
      );
    },
  },
  {
    name: "lightbox",
    set: async (person) => {
      await person.open("Пётр Орлов");
      await person.click("button", person.say("message.openImage", { name: "чертёж.png" }));
      await person.find("button", person.say("lightbox.close"));
      await person.sees(
        "the picture",
        () => [...document.querySelectorAll("img")].some((one) => one.naturalWidth === 800),
        null,
      );
    },
  },
  {
    name: "oddities",
    set: async (person) => {
      await person.open("Миша Зайцев");
      await person.message("План");
      await person.sees("the table", () => document.querySelector("article table") !== null, null);
    },
  },
  {
    name: "chosen-files",
    set: async (person) => {
      await person.open("Пётр Орлов");
      await pasteFiles(person);
    },
  },
  {
    name: "blocked",
    set: async (person) => {
      await person.open("Даша Козлова");
      await person.seesText(person.say("window.blocked"));
    },
  },
  {
    name: "archived",
    set: async (person) => {
      await person.click("button", person.say("list.archive", { count: 1 }));
      await (await person.row("Прошлый год")).click();
      await person.seesText(person.say("readOnly.archived"));
    },
  },
  {
    name: "switcher",
    set: async (person) => {
      await pressWithControl(person, "k");
      await person.page.keyboard.type("ма");
      await person.sees("somebody", () => document.querySelector("[role=option]") !== null, null);
    },
  },
  { name: "shortcuts", set: (person) => pressWithControl(person, "/") },
  {
    name: "nobody-found",
    set: async (person) => {
      await person.click("button", person.say("contacts.title"));
      await person.find("searchbox", person.say("contacts.search"));
      await person.page.keyboard.type("Щукин");
      await person.seesText(person.say("contacts.nobodyFound", { search: "Щукин" }));
    },
  },
  {
    name: "mentions",
    set: async (person, school) => {
      await person.open(school.math);
      await person.write("@");
      await person.find("listbox", person.say("composer.mentions"));
    },
  },
];

/** Somebody with that look, in that scene. */
export async function stage(school: SchoolClass, scene: Scene, look: Look): Promise<Person> {
  const person = await school.person("petrova", {
    ...look,
    signedOut: scene.signedOut ?? false,
  });
  await scene.set(person, school);
  return person;
}
