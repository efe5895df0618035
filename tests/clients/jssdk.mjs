// matrix-js-sdk, which Element is made of.
import { createClient, KnownMembership, MsgType, ReceiptType } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { edited, replied, serve, text, until } from "./commands.mjs";

logger.setLevel?.("silent");
for (const name of ["log", "info", "debug", "warn", "trace"]) console[name] = () => {};

let client;
const readers = new Map(); // event id → Set of mxids
const typing = new Map(); // room id → Set of mxids

// Edits are in the timeline too; a client draws them in the place of what they replace.
const isDrawn = (event) => event.getType() === "m.room.message" && !event.isRelation("m.replace");
const timeline = (roomId) => (client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []).filter(isDrawn);
const bodyOf = (event) => (event.isRedacted() ? null : (event.getContent().body ?? null));
const shown = (event) => ({
  eventId: event.getId(),
  sender: event.getSender(),
  body: bodyOf(event),
  content: event.getContent(),
  isRedacted: event.isRedacted(),
});

await serve({
  async login({ url, username, password }) {
    const anonymous = createClient({ baseUrl: url });
    const identifier = { type: "m.id.user", user: username };
    const found = await anonymous.loginRequest({ type: "m.login.password", identifier, password });
    client = createClient({ baseUrl: url, accessToken: found.access_token, userId: found.user_id });
    client.on("RoomMember.typing", (_event, member) => {
      const who = typing.get(member.roomId) ?? new Set();
      if (member.typing) who.add(member.userId);
      typing.set(member.roomId, who);
    });
    client.on("Room.receipt", (event) => {
      for (const [eventId, kinds] of Object.entries(event.getContent())) {
        const who = readers.get(eventId) ?? new Set();
        for (const kind of Object.values(kinds)) for (const mxid of Object.keys(kind)) who.add(mxid);
        readers.set(eventId, who);
      }
    });
    await client.startClient({ initialSyncLimit: 50, disablePresence: true });
    await until(() => client.isInitialSyncComplete());
    return { mxid: found.user_id };
  },
  async rooms() {
    const joined = client.getRooms().filter((room) => room.getMyMembership() === KnownMembership.Join);
    return joined.map((room) => ({ roomId: room.roomId, name: room.name, isSpace: room.isSpaceRoom() }));
  },
  async begin({ mxid }) {
    return (await client.createRoom({ invite: [mxid], is_direct: true, preset: "trusted_private_chat" })).room_id;
  },
  async has({ roomId }) {
    await until(() => client.getRoom(roomId)?.getMyMembership() === KnownMembership.Join);
  },
  async isDirect({ roomId, mxid }) {
    await until(() => (client.getAccountData("m.direct")?.getContent()[mxid] ?? []).includes(roomId));
  },
  send: async ({ roomId, body }) => (await client.sendMessage(roomId, text(body))).event_id,
  raw: async ({ roomId, type, content }) => (await client.sendEvent(roomId, type, content)).event_id,
  edit: async ({ roomId, eventId, body }) => (await client.sendMessage(roomId, edited(eventId, body))).event_id,
  reply: async ({ roomId, eventId, body }) => (await client.sendMessage(roomId, replied(eventId, body))).event_id,
  redact: async ({ roomId, eventId }) => (await client.redactEvent(roomId, eventId)).event_id,
  see: ({ roomId, body }) => until(() => timeline(roomId).filter((e) => bodyOf(e) === body).map(shown)[0]),
  gone: ({ roomId, eventId }) =>
    until(() => timeline(roomId).some((e) => e.getId() === eventId && e.isRedacted())),
  order: async ({ roomId }) => timeline(roomId).map(bodyOf).filter((body) => body !== null),
  async read({ roomId, eventId }) {
    const event = timeline(roomId).find((each) => each.getId() === eventId);
    await client.sendReadReceipt(event, ReceiptType.Read);
  },
  isRead: ({ eventId, mxid }) => until(() => readers.get(eventId)?.has(mxid)),
  type: async ({ roomId, isTyping }) => void (await client.sendTyping(roomId, isTyping, 10_000)),
  isTyping: ({ roomId, mxid }) => until(() => typing.get(roomId)?.has(mxid)),
  async upload({ roomId, name, type, base64 }) {
    const { content_uri: url } = await client.uploadContent(Buffer.from(base64, "base64"), { name, type });
    const info = { mimetype: type, size: Buffer.from(base64, "base64").length };
    return (await client.sendMessage(roomId, { msgtype: MsgType.File, body: name, url, info })).event_id;
  },
  nameOf: ({ roomId, name }) => until(() => client.getRoom(roomId)?.name === name),
});
