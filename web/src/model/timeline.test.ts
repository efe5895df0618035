import { expect, test } from "vitest";
import { makeEntry, makeMe, makeMessage, minutesBefore, NOW, STUDENT, TEACHER } from "../testing";
import { buildTimeline, createTimelineBuilder, type TimelineInput } from "./timeline";
import type { Message, TimelineEntry } from "./types";

const input = (messages: Message[], part: Partial<TimelineInput> = {}): TimelineInput => ({
  messages,
  outbox: [],
  progress: {},
  me: makeMe(),
  firstUnreadId: null,
  ...part,
});

const sketch = (entries: TimelineEntry[]) =>
  entries.map((entry) => {
    if (entry.kind !== "message") return entry.kind === "date" ? entry.day : "—";
    const corners = `${entry.isFirstOfGroup ? "[" : ""}${entry.message.text}${entry.isLastOfGroup ? "]" : ""}`;
    return `${entry.isMine ? "→" : ""}${corners}`;
  });

const at = (minutes: number, text: string, part: Partial<Message> = {}) =>
  makeMessage({ text, created_at: minutesBefore(minutes), ...part });

test("Days stand above their messages; one author within five minutes is one group", () => {
  const messages = [
    at(26 * 60, "вчера"),
    at(60, "а"),
    at(57, "б"),
    at(51, "позже"),
    at(50, "моё", { sender: TEACHER }),
    at(49, "в"),
  ];
  expect(sketch(buildTimeline(input(messages)))).toEqual([
    "2025-11-13",
    "[вчера]",
    "2025-11-14",
    "[а",
    "б]",
    "[позже]",
    "→[моё]",
    "[в]",
  ]);
});

test("The divider stands before the first unread message and divides its group", () => {
  const messages = [at(3, "а", { id: 10 }), at(2, "б", { id: 11 }), at(1, "в", { id: 12 })];
  expect(sketch(buildTimeline(input(messages, { firstUnreadId: 11 })))).toEqual([
    "2025-11-14",
    "[а]",
    "—",
    "[б",
    "в]",
  ]);
});

test("Messages of the system belong to no group", () => {
  const system = { sender: null, message_type: "SYSTEM" as const };
  expect(sketch(buildTimeline(input([at(2, "а", system), at(1, "б", system)])))).toEqual([
    "2025-11-14",
    "[а]",
    "[б]",
  ]);
});

const entry = makeEntry({ seq: 7, text: "в пути" });

test("What is on its way stands at the end, and keeps its key when it arrives", () => {
  const build = createTimelineBuilder();
  const messages = [at(2, "а")];
  const waiting = build(input(messages, { outbox: [entry] })).at(-1)!;
  expect(waiting).toMatchObject({ isMine: true, message: { localId: "c1", status: "pending", id: -7 } });
  const arrived = at(0, "в пути", { sender: TEACHER, client_id: "c1" });
  const after = build(input([...messages, arrived], { outbox: [entry] }));
  expect(after.filter((one) => one.kind === "message")).toHaveLength(2); // shown once
  expect(after.at(-1)!.key).toBe(waiting.key);
});

test("A refused message says why; an upload tells how far it is", () => {
  const blob = new Blob(["x"], { type: "image/png" });
  const file = { name: "a.png", size: 1, mimeType: "image/png", blob, fileId: null };
  const failed = { ...entry, status: "failed" as const, error: { code: "blocked", detail: "…" } };
  const [one, two] = buildTimeline(
    input([], { outbox: [failed, { ...entry, clientId: "c2", file }], progress: { c2: 0.5 } }),
  ).slice(1);
  expect(one).toMatchObject({ message: { status: "failed", error: "blocked" } });
  expect(two).toMatchObject({ message: { message_type: "IMAGE", uploadProgress: 0.5 } });
});

const many = (count: number): Message[] =>
  Array.from({ length: count }, (_, index) =>
    makeMessage({
      id: index + 1,
      text: String(index),
      sender: index % 3 ? STUDENT : TEACHER,
      created_at: new Date(Date.parse(NOW) - (count - index) * 200_000).toISOString(),
    }),
  );

test("Whatever is changed, the builder gives what building from nothing gives", () => {
  const build = createTimelineBuilder();
  let messages = many(60);
  const same = (part: Partial<TimelineInput> = {}) =>
    expect(build(input(messages, part))).toEqual(buildTimeline(input(messages, part)));
  same();
  messages = [...messages, makeMessage({ id: 1000, created_at: NOW })];
  same();
  messages = [
    ...many(20).map((m) => ({ ...m, id: m.id - 100, created_at: minutesBefore(60 * 24 * 9) })),
    ...messages,
  ];
  same();
  messages = messages.map((m, index) => (index === 33 ? { ...m, text: "правка" } : m));
  same();
  messages = messages.filter((_, index) => index !== 40 && index !== 0);
  same();
  same({ firstUnreadId: messages[10]!.id });
  same({ firstUnreadId: messages[10]!.id, outbox: [entry] });
  messages = [];
  same();
  messages = many(3);
  same();
});

test("With 50,000 messages one more costs little, and the entries of all others are the same objects", () => {
  const build = createTimelineBuilder();
  const messages = many(50_000);
  const before = build(input(messages));
  const more = [...messages, makeMessage({ id: 60_000, created_at: NOW })];
  const began = performance.now();
  const after = build(input(more));
  const tookMs = performance.now() - began;
  expect(after.length).toBeGreaterThan(before.length);
  const changed = after.filter((one, index) => one !== before[index]);
  expect(changed.length).toBeLessThan(4);
  expect(tookMs).toBeLessThan(100); // about 5 ms; building from nothing takes twenty times as long
});
