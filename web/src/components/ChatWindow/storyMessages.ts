import { buildTimeline } from "../../model/timeline";
import type { Message, TimelineEntry, User } from "../../model/types";
import {
  CLASSMATE,
  makeFile,
  makeMe,
  makeMessage,
  makeUser,
  minutesBefore,
  STUDENT,
  TEACHER,
} from "../../testing";

/** For stories and tests: one message of each kind, in a group of a teacher (the reader) and three students. */

const DAY = 24 * 60;
const now = new Date().toISOString();
const ago = (minutes: number) => minutesBefore(minutes, now);

export const BORIS = makeUser({ id: 7, first_name: "Борис", last_name: "Кузнецов", avatar_color: "#7e22ce" });

/** A picture without a server. */
export function drawnImage(width: number, height: number, hue: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="hsl(${hue} 60% 70%)"/><circle cx="50%" cy="50%" r="${Math.min(width, height) / 4}" fill="hsl(${hue} 60% 45%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function picture(width: number, height: number, hue: number) {
  const url = drawnImage(width, height, hue);
  return makeFile({ file_name: `доска-${hue}.jpg`, file_url: url, thumbnail_url: url, width, height });
}

const report = makeFile({
  file_name: "Контрольная работа, вариант 2 (исправленный).pdf",
  mime_type: "application/pdf",
  file_size: 1_845_789,
  thumbnail_url: null,
  width: null,
  height: null,
});

const voice = makeFile({
  file_name: "voice.ogg",
  mime_type: "audio/ogg",
  duration_ms: 65_000,
  thumbnail_url: null,
});

let id = 100;
const said = (part: Partial<Message>) => {
  id += 1;
  return makeMessage({ id, conversation_id: 1, created_at: ago(10), ...part });
};

export const ALL_KINDS: Message[] = [
  said({
    text: "Преподаватель начал урок",
    message_type: "SYSTEM",
    sender: null,
    created_at: "2025-10-21T08:00:00Z",
  }),
  said({ text: "Доброе утро! Кто не сделал задание?", sender: TEACHER, created_at: "2025-10-21T08:01:00Z" }),
  said({ text: "Я сделала", sender: CLASSMATE, created_at: "2025-10-21T08:02:00Z" }),
  said({
    text: "Вот фото доски",
    file: picture(800, 600, 210),
    message_type: "IMAGE",
    created_at: ago(DAY + 50),
  }),
  said({
    text: "",
    file: picture(400, 900, 30),
    message_type: "IMAGE",
    sender: TEACHER,
    status: "read",
    created_at: ago(DAY + 40),
  }),
  said({
    text: "",
    file: report,
    message_type: "FILE",
    sender: TEACHER,
    status: "read",
    created_at: ago(DAY + 30),
  }),
  said({
    text: "",
    file: { ...report, file_name: "оценки.xlsx", file_size: 24_000 },
    message_type: "FILE",
    sender: BORIS,
    created_at: ago(DAY + 20),
  }),
  said({ text: "", file: voice, message_type: "VOICE", sender: BORIS, created_at: ago(DAY + 19) }),
  said({
    text: "Решаем **вместе**:\n\n1. раскрыть скобки\n2. *привести* подобные\n\n```\n2(x + 3) = 10\nx = 2\n```\nПодробно: https://school.test/урок и `x = 2`, ~~не 3~~",
    sender: TEACHER,
    created_at: ago(60),
    edited_at: ago(55),
    read_count: 3,
    status: "read",
  }),
  said({ text: "<b>Это не жирный</b>, а текст: 2 < 3 & 4 > 1", sender: BORIS, created_at: ago(50) }),
  said({ text: "🎉👍", sender: CLASSMATE, created_at: ago(49) }),
  said({
    text: "Можно пересдать в пятницу?\nЯ болел на прошлой неделе",
    sender: STUDENT,
    created_at: ago(40),
  }),
  said({
    text: "@Анна Петрова, и мне, пожалуйста. Спросите ещё у @Борис Кузнецов.",
    sender: CLASSMATE,
    mentions: [TEACHER.id, BORIS.id],
    created_at: ago(39),
  }),
  said({
    text: "Да, в 15:00, кабинет 204",
    sender: TEACHER,
    reply_to: { id: 112, sender_name: STUDENT.name, text: "Можно пересдать в пятницу? Я болел на прошлой…" },
    created_at: ago(30),
    status: "read",
    read_count: 2,
  }),
  said({ text: "", is_deleted: true, sender: BORIS, created_at: ago(25) }),
  said({
    text: "Расписание на завтра без изменений.",
    forwarded_from: { conversation_id: 9, sender_name: "Олег Волков" },
    sender: TEACHER,
    created_at: ago(20),
    status: "sent",
  }),
  said({ text: "Спасибо!", sender: STUDENT, created_at: ago(5) }),
];

/** Still on their way, or refused. */
export const ON_THEIR_WAY: Message[] = [
  said({ text: "Отправляется", sender: TEACHER, status: "pending", created_at: ago(1) }),
  said({
    text: "Не дошло",
    sender: TEACHER,
    status: "failed",
    error: "network",
    client_id: "c1",
    created_at: ago(1),
  }),
];

export function entriesOf(
  messages: readonly Message[],
  firstUnreadId: number | null = null,
): TimelineEntry[] {
  return buildTimeline({ messages, outbox: [], progress: {}, me: makeMe(), firstUnreadId });
}

const WORDS =
  "урок задача ответ пример домашняя работа страница учебник завтра контрольная вопрос почему потому что формула".split(
    " ",
  );

/** Numbered messages of many lengths, one every two minutes, ending at `end`. */
export function manyMessages(count: number, firstId: number, end = now): Message[] {
  const people: User[] = [STUDENT, TEACHER, CLASSMATE, BORIS];
  return Array.from({ length: count }, (_, index) => {
    const number = firstId + index;
    const length = 1 + ((number * 7919) % 37);
    const words = Array.from({ length }, (_unused, word) => WORDS[(number * 31 + word * 17) % WORDS.length]);
    return makeMessage({
      id: number,
      sender: people[Math.floor(number / 3) % people.length]!,
      text: `${number}. ${words.join(" ")}${number % 11 === 0 ? " **важно**" : ""}`,
      created_at: minutesBefore((count - index) * 2, end),
      ...(number % 40 === 0 ? { file: picture(640, 480, number % 360), message_type: "IMAGE" as const } : {}),
    });
  });
}
