// matrix-bot-sdk: other code than matrix-js-sdk from the first line to the last.
import { LogLevel, LogService, MatrixAuth, MatrixClient } from "matrix-bot-sdk";
import { edited, replied, serve, text, until } from "./commands.mjs";

LogService.setLevel(LogLevel.ERROR);
LogService.setLogger({ trace() {}, debug() {}, info() {}, warn() {}, error() {} });

let client;
let mxid;
const events = new Map(); // room id → events, as they came
const state = new Map(); // room id → "type" → content
const accountData = new Map();
const readers = new Map();
const typing = new Map();
const joined = new Set();

/** matrix-bot-sdk tells of messages one by one; the rest is taken from its raw sync. */
function take(sync) {
  for (const event of sync.account_data?.events ?? []) accountData.set(event.type, event.content);
  for (const [roomId, room] of Object.entries(sync.rooms?.join ?? {})) {
    joined.add(roomId);
    const all = [...(room.state?.events ?? []), ...(room.timeline?.events ?? [])];
    for (const event of all) {
      if (event.state_key === undefined) continue;
      if (!state.has(roomId)) state.set(roomId, new Map());
      state.get(roomId).set(event.type, event.content);
    }
    events.set(roomId, [...(events.get(roomId) ?? []), ...(room.timeline?.events ?? [])]);
    for (const event of room.ephemeral?.events ?? []) {
      if (event.type === "m.typing") typing.set(roomId, new Set(event.content.user_ids));
      if (event.type !== "m.receipt") continue;
      for (const [eventId, kinds] of Object.entries(event.content)) {
        const who = readers.get(eventId) ?? new Set();
        for (const kind of Object.values(kinds)) for (const reader of Object.keys(kind)) who.add(reader);
        readers.set(eventId, who);
      }
    }
  }
}

/** The timeline as a client draws it: edits replace, redactions remove. */
function drawn(roomId) {
  const shown = new Map();
  for (const event of events.get(roomId) ?? []) {
    const relation = event.content?.["m.relates_to"];
    if (event.type === "m.room.redaction") {
      const target = shown.get(event.content.redacts ?? event.redacts);
      if (target) target.isRedacted = true;
    } else if (event.type === "m.room.message" && relation?.rel_type === "m.replace") {
      const target = shown.get(relation.event_id);
      if (target) target.body = event.content["m.new_content"].body;
    } else if (event.type === "m.room.message" && event.content.body !== undefined) {
      const { event_id: eventId, sender, content } = event;
      shown.set(eventId, { eventId, sender, content, body: content.body, isRedacted: false });
    }
  }
  return [...shown.values()];
}

await serve({
  async login({ url, username, password }) {
    client = await new MatrixAuth(url).passwordLogin(username, password);
    mxid = await client.getUserId();
    const process = client.processSync.bind(client);
    client.processSync = async (sync, ...more) => {
      take(sync);
      return process(sync, ...more);
    };
    await client.start({ room: { timeline: { limit: 50 } } });
    await until(() => joined.size > 0);
    return { mxid };
  },
  async rooms() {
    return [...joined].map((roomId) => ({
      roomId,
      name: state.get(roomId)?.get("m.room.name")?.name ?? "",
      isSpace: state.get(roomId)?.get("m.room.create")?.type === "m.space",
    }));
  },
  begin: ({ mxid: other }) =>
    client.createRoom({ invite: [other], is_direct: true, preset: "trusted_private_chat" }),
  has: ({ roomId }) => until(() => joined.has(roomId)),
  isDirect: ({ roomId, mxid: other }) => until(() => (accountData.get("m.direct")?.[other] ?? []).includes(roomId)),
  send: ({ roomId, body }) => client.sendMessage(roomId, text(body)),
  raw: ({ roomId, type, content }) => client.sendEvent(roomId, type, content),
  edit: ({ roomId, eventId, body }) => client.sendMessage(roomId, edited(eventId, body)),
  reply: ({ roomId, eventId, body }) => client.sendMessage(roomId, replied(eventId, body)),
  redact: ({ roomId, eventId }) => client.redactEvent(roomId, eventId),
  see: ({ roomId, body }) => until(() => drawn(roomId).find((event) => event.body === body && !event.isRedacted)),
  gone: ({ roomId, eventId }) => until(() => drawn(roomId).some((e) => e.eventId === eventId && e.isRedacted)),
  order: async ({ roomId }) => drawn(roomId).filter((event) => !event.isRedacted).map((event) => event.body),
  read: ({ roomId, eventId }) => client.sendReadReceipt(roomId, eventId),
  isRead: ({ eventId, mxid: reader }) => until(() => readers.get(eventId)?.has(reader)),
  type: ({ roomId, isTyping }) => client.setTyping(roomId, isTyping, 10_000),
  isTyping: ({ roomId, mxid: other }) => until(() => typing.get(roomId)?.has(other)),
  async upload({ roomId, name, type, base64 }) {
    const data = Buffer.from(base64, "base64");
    const url = await client.uploadContent(data, type, name);
    return client.sendMessage(roomId, { msgtype: "m.file", body: name, url, info: { mimetype: type, size: data.length } });
  },
  nameOf: ({ roomId, name }) => until(() => state.get(roomId)?.get("m.room.name")?.name === name),
});
