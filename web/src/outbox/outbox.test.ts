import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cache } from "../cache/cache";
import { IdbCache } from "../cache/idbCache";
import type { Message, OutgoingDraft, PreparedFile } from "../model/types";
import { ApiError, networkError } from "../services/apiError";
import type { DownloadFile, NewMessage, UploadFile } from "../services/chatService";
import type { Lock } from "../services/lock";
import { EMPTY_TIMELINE } from "../store/state";
import { type ChatStore, createChatStore } from "../store/store";
import { makeConversation, makeFile, makeMe, makeMessage, TEACHER } from "../testing";
import { createStubApi, offline, type StubApi, until } from "../testing/api";
import { Outbox } from "./outbox";

let cache: Cache;
let name: string;
let api: StubApi;
let upload: ReturnType<typeof vi.fn<UploadFile>>;
let download: ReturnType<typeof vi.fn<DownloadFile>>;
let windows: Window[];
let locks: Map<string, Promise<void>>;
/** What the server has, by `client_id`: as the bridge does, a repeat gives the first result. */
let received: Map<string, Message>;

interface Window {
  store: ChatStore;
  outbox: Outbox;
}

beforeEach(async () => {
  name = `outbox-${Math.random()}`;
  cache = await IdbCache.open(name, () => {});
  received = new Map();
  locks = new Map();
  windows = [];
  let id = 500;
  api = createStubApi({
    sendMessage: async (sent: NewMessage) => {
      const known = received.get(sent.client_id);
      if (known) return known;
      id += 1;
      const message = makeMessage({
        id,
        sender: TEACHER,
        text: sent.text,
        client_id: sent.client_id,
        rev: id,
      });
      received.set(sent.client_id, message);
      return message;
    },
    deleteMessage: async () => {},
  });
  upload = vi.fn<UploadFile>(async () => makeFile({ file_id: "f1" }));
  download = vi.fn<DownloadFile>(async () => new Blob(["bytes"], { type: "image/png" }));
});

afterEach(async () => {
  for (const { outbox } of windows) outbox.stop();
  await Promise.all(windows.map(({ outbox }) => outbox.settled()));
  cache.close();
});

/** One window's part, of somebody who surely is here; all windows share the database, the locks and the server. */
function openWindow(): Window {
  const window = openUnconfirmed();
  void window.outbox.begin();
  return window;
}

/** The cache is open, but there is no token yet. */
function openUnconfirmed(): Window {
  const store = createChatStore({
    me: makeMe(),
    conversations: { 1: makeConversation({ id: 1 }), 2: makeConversation({ id: 2 }) },
    timelines: { 1: { ...EMPTY_TIMELINE, status: "ready" } },
  });
  const lock: Lock = async (lockName, run) => {
    const before = locks.get(lockName) ?? Promise.resolve();
    const mine = before.then(run);
    locks.set(lockName, mine);
    await mine;
  };
  const tell = (conversationId: number) => {
    for (const other of windows) if (other.store !== store) void other.outbox.reload(conversationId);
  };
  const parts = { personId: TEACHER.id, store, api, upload, download, cache, lock, tell };
  const outbox = new Outbox({ ...parts, random: noWait });
  const window = { store, outbox };
  windows.push(window);
  return window;
}

/** A thousandth of every wait. */
const noWait = () => -0.499;

const draft = (text: string, files: PreparedFile[] = []): OutgoingDraft => ({
  text,
  mentions: [],
  replyTo: null,
  files,
});

const file = (fileName = "a.txt"): PreparedFile => ({
  id: fileName,
  name: fileName,
  size: 3,
  kind: "document",
  previewUrl: null,
  error: null,
  file: new Blob(["abc"], { type: "text/plain" }),
  isCompressing: false,
});

const sentTexts = () => [...received.values()].map((message) => message.text);
const waiting = ({ store }: Window, id = 1) => store.getState().outbox[id] ?? [];

describe("Sending", () => {
  test("a message is shown at once, is sent, and is then the server's own", async () => {
    const window = openWindow();
    window.outbox.send(1, draft(" Привет "));
    expect(waiting(window)).toMatchObject([{ text: "Привет", status: "waiting" }]);
    await until(() => expect(waiting(window)).toEqual([]));
    const { messages } = window.store.getState().timelines[1]!;
    expect(messages).toMatchObject([{ text: "Привет", id: 501 }]);
    await until(async () => expect(await cache.listOutbox()).toEqual([]));
    expect(window.store.getState().conversations[1]!.last_message).toMatchObject({ id: 501, text: "Привет" });
  });

  test("many messages keep their order, one at a time", async () => {
    const window = openWindow();
    const texts = Array.from({ length: 12 }, (_, index) => `${index}`);
    for (const text of texts) window.outbox.send(1, draft(text));
    await until(() => expect(received.size).toBe(12));
    expect(sentTexts()).toEqual(texts);
  });

  test("one conversation does not wait for another", async () => {
    const window = openWindow();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    api.on({
      sendMessage: async (m: NewMessage) => {
        if (m.conversation_id === 1) await held;
        return makeMessage({ conversation_id: m.conversation_id, client_id: m.client_id, sender: TEACHER });
      },
    });
    window.outbox.send(1, draft("первый"));
    window.outbox.send(2, draft("второй"));
    await until(() => expect(waiting(window, 2)).toEqual([]));
    expect(waiting(window)).toHaveLength(1);
    release();
  });
});

describe("When it does not go at once", () => {
  test("without a network it waits, and goes when the network is back, in order", async () => {
    const window = openWindow();
    const send = vi.fn(offline);
    const works = createWorking();
    api.on({ sendMessage: send });
    window.outbox.send(1, draft("а"));
    window.outbox.send(1, draft("б"));
    await until(() => expect(send).toHaveBeenCalled());
    expect(waiting(window).map((entry) => entry.status)).toEqual(["waiting", "waiting"]);
    api.on({ sendMessage: works });
    globalThis.window.dispatchEvent(new Event("online"));
    await until(() => expect(waiting(window)).toEqual([]));
    expect(sentTexts()).toEqual(["а", "б"]);
  });

  test.each([
    ["too often", new ApiError(429, "too_many_requests", "", 0)],
    ["the server is ill", new ApiError(503, "unavailable", "", 0)],
    ["a fault", new ApiError(500, "internal", "")],
    ["the token has run out", new ApiError(401, "not_authenticated", "")],
  ])("%s: again, by itself", async (_, error) => {
    const window = openWindow();
    const works = createWorking();
    let isFirst = true;
    api.on({
      sendMessage: async (message: NewMessage) => {
        if (!isFirst) return works(message);
        isFirst = false;
        throw error;
      },
    });
    window.outbox.send(1, draft("а"));
    await until(() => expect(waiting(window)).toEqual([]));
    expect(api.calls.sendMessage).toHaveLength(2);
  });

  test("the answer was lost: the repeat has the same client_id and doubles nothing", async () => {
    const window = openWindow();
    const works = createWorking();
    let isFirst = true;
    api.on({
      sendMessage: async (message: NewMessage) => {
        const answer = await works(message);
        if (!isFirst) return answer;
        isFirst = false;
        throw networkError();
      },
    });
    window.outbox.send(1, draft("а"));
    await until(() => expect(waiting(window)).toEqual([]));
    expect(received.size).toBe(1);
    expect(window.store.getState().timelines[1]!.messages).toHaveLength(1);
  });

  test("refused: it stays, says why, and holds up nothing behind it", async () => {
    const window = openWindow();
    const works = createWorking();
    api.on({
      sendMessage: async (message: NewMessage) => {
        if (message.text === "а") throw new ApiError(403, "blocked", "No.");
        return works(message);
      },
    });
    window.outbox.send(1, draft("а"));
    window.outbox.send(1, draft("б"));
    await until(() => expect(sentTexts()).toEqual(["б"]));
    expect(waiting(window)).toMatchObject([{ text: "а", status: "failed", error: { code: "blocked" } }]);
  });

  test("refused, then tried again", async () => {
    const window = openWindow();
    const works = createWorking();
    api.on({ sendMessage: () => Promise.reject(new ApiError(403, "blocked", "No.")) });
    window.outbox.send(1, draft("а"));
    await until(() => expect(waiting(window)[0]!.status).toBe("failed"));
    api.on({ sendMessage: works });
    window.outbox.retry(waiting(window)[0]!.clientId);
    await until(() => expect(sentTexts()).toEqual(["а"]));
    expect(waiting(window)).toEqual([]);
  });

  test("taken back it is not sent, today or tomorrow", async () => {
    const window = openWindow();
    api.on({ sendMessage: offline });
    window.outbox.send(1, draft("а"));
    await until(async () => expect(await cache.listOutbox()).toHaveLength(1));
    window.outbox.discard(waiting(window)[0]!.clientId);
    expect(waiting(window)).toEqual([]);
    await until(async () => expect(await cache.listOutbox()).toEqual([]));
  });
});

describe("Files", () => {
  test("each is a message of its own; the text goes with the first", async () => {
    const window = openWindow();
    window.outbox.send(1, draft("Смотри", [file("a.txt"), file("b.txt")]));
    await until(() => expect(received.size).toBe(2));
    expect(api.calls.sendMessage.map(([m]) => [m.text, m.file_id])).toEqual([
      ["Смотри", "f1"],
      ["", "f1"],
    ]);
  });

  test("an uploaded file is not uploaded again when its message must be", async () => {
    const window = openWindow();
    const works = createWorking();
    let isFirst = true;
    api.on({
      sendMessage: async (message: NewMessage) => {
        if (!isFirst) return works(message);
        isFirst = false;
        throw networkError();
      },
    });
    window.outbox.send(1, draft("", [file()]));
    await until(() => expect(received.size).toBe(1));
    expect(upload).toHaveBeenCalledTimes(1);
  });

  test("a file that the server has forgotten is uploaded anew", async () => {
    const window = openWindow();
    const works = createWorking();
    let isFirst = true;
    api.on({
      sendMessage: async (message: NewMessage) => {
        if (!isFirst) return works(message);
        isFirst = false;
        throw new ApiError(400, "invalid", "Unknown file.", null, { file_id: ["Unknown file."] });
      },
    });
    await cache.putOutbox([
      {
        clientId: "c1",
        seq: 1,
        personId: TEACHER.id,
        conversationId: 1,
        text: "",
        mentions: [],
        replyTo: null,
        createdAt: new Date().toISOString(),
        status: "waiting",
        error: null,
        file: { name: "a.txt", size: 3, mimeType: "text/plain", blob: new Blob(["abc"]), fileId: "old" },
      },
    ]);
    await window.outbox.begin();
    await until(() => expect(received.size).toBe(1));
    expect(upload).toHaveBeenCalledTimes(1);
  });

  test("progress is shown and ends; a taken back upload is cut off", async () => {
    const window = openWindow();
    let signal: AbortSignal | undefined;
    upload.mockImplementation((_file, _name, onProgress, given) => {
      signal = given;
      onProgress(0.4);
      return new Promise((_, reject) => given.addEventListener("abort", () => reject(given.reason)));
    });
    window.outbox.send(1, draft("", [file()]));
    await until(() => expect(Object.values(window.store.getState().progress)).toEqual([0.4]));
    window.outbox.discard(waiting(window)[0]!.clientId);
    expect(signal!.aborted).toBe(true);
    await until(() => expect(window.store.getState().progress).toEqual({}));
    expect(received.size).toBe(0);
  });

  test("a file of a refused type fails with the reason, and is not sent", async () => {
    const window = openWindow();
    upload.mockRejectedValue(new ApiError(415, "type_refused", "Not this type."));
    window.outbox.send(1, draft("", [file()]));
    await until(() =>
      expect(waiting(window)).toMatchObject([{ status: "failed", error: { code: "type_refused" } }]),
    );
    expect(api.calls.sendMessage).toHaveLength(0);
  });
});

describe("Windows come and go", () => {
  test("closed in the middle of sending, the next visit sends the rest, doubles nothing", async () => {
    const first = openWindow();
    const works = createWorking();
    api.on({
      sendMessage: async (message: NewMessage) => {
        await works(message); // the server has it, the answer never arrives
        throw networkError();
      },
    });
    first.outbox.send(1, draft("а"));
    first.outbox.send(1, draft("б"));
    await until(() => expect(received.size).toBe(1));
    first.outbox.stop();
    await first.outbox.settled();
    api.on({ sendMessage: works });
    const second = openWindow();
    await second.outbox.show();
    expect(waiting(second).map((entry) => entry.text)).toEqual(["а", "б"]);
    await until(() => expect(waiting(second)).toEqual([]));
    expect(sentTexts()).toEqual(["а", "б"]);
  });

  test("what was just sent is not shown as waiting again by a list that was read before", async () => {
    const { store, outbox } = openWindow();
    const list = cache.listOutbox.bind(cache);
    let release = () => {};
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    outbox.send(1, draft("Раз"));
    cache.listOutbox = async (id) => {
      cache.listOutbox = list;
      const read = await list(id);
      await isReleased;
      return read;
    };
    const reloaded = outbox.reload(1);
    await until(() => expect(received.size).toBe(1));
    await outbox.settled();
    release();
    await reloaded;
    expect(store.getState().outbox[1] ?? []).toEqual([]);
  });

  test("two windows show the same, and send each message once", async () => {
    const [one, two] = [openWindow(), openWindow()];
    api.on({ sendMessage: offline });
    one.outbox.send(1, draft("а"));
    two.outbox.send(1, draft("б"));
    await until(() => expect(waiting(one)).toHaveLength(2));
    await until(() => expect(waiting(two)).toHaveLength(2));
    const send = vi.fn(createWorking());
    api.on({ sendMessage: send });
    globalThis.window.dispatchEvent(new Event("online"));
    await until(() => expect([...waiting(one), ...waiting(two)]).toEqual([]));
    expect(send).toHaveBeenCalledTimes(2);
  });
});

describe("Before it is sure who is here", () => {
  test("what is sent waits, kept and shown; once it is sure it goes, once and in order", async () => {
    const window = openUnconfirmed();
    window.outbox.send(1, draft("Раз"));
    window.outbox.send(1, draft("Два", [file()]));
    expect(waiting(window)).toMatchObject([{ status: "waiting" }, { status: "waiting" }]);
    await until(async () => expect(await cache.listOutbox()).toHaveLength(2));
    window.outbox.retryNow();
    await window.outbox.settled();
    expect(api.calls.sendMessage).toEqual([]);
    expect(upload).not.toHaveBeenCalled();
    await window.outbox.begin();
    await until(() => expect(waiting(window)).toEqual([]));
    expect(sentTexts()).toEqual(["Раз", "Два"]);
    expect(await cache.listOutbox()).toEqual([]);
  });

  test("what an earlier visit has left is shown, and not sent", async () => {
    const before = openUnconfirmed();
    before.outbox.send(1, draft("С прошлого раза"));
    await until(async () => expect(await cache.listOutbox()).toHaveLength(1));
    before.outbox.stop();
    const window = openUnconfirmed();
    await window.outbox.show();
    expect(waiting(window)).toMatchObject([{ text: "С прошлого раза", status: "waiting" }]);
    expect(api.calls.sendMessage).toEqual([]);
  });

  test("what is taken back before goes nowhere", async () => {
    const window = openUnconfirmed();
    window.outbox.send(1, draft("Лишнее"));
    await window.outbox.discard(waiting(window)[0]!.clientId);
    await window.outbox.begin();
    await window.outbox.settled();
    expect(api.calls.sendMessage).toEqual([]);
  });

  test("another window in which it is sure sends what is written here, once", async () => {
    const sure = openWindow();
    const window = openUnconfirmed();
    window.outbox.send(1, draft("Привет"));
    await until(() => expect(sentTexts()).toEqual(["Привет"]));
    await until(() => expect([...waiting(window), ...waiting(sure)]).toEqual([]));
    await window.outbox.begin();
    await window.outbox.settled();
    expect(api.calls.sendMessage).toHaveLength(1);
  });

  test("it was somebody else: theirs is kept, and sent only when the owner says so; the owner's own goes by itself", async () => {
    const owner = openUnconfirmed();
    owner.outbox.send(1, draft("Моё"));
    await until(async () => expect(await cache.listOutbox()).toHaveLength(1));
    owner.outbox.stop();
    const stranger = openUnconfirmed();
    await stranger.outbox.show();
    stranger.outbox.send(1, draft("Чужое"));
    stranger.outbox.stop();
    await stranger.outbox.disown();
    const back = openWindow();
    await until(() => expect(sentTexts()).toEqual(["Моё"]));
    expect(waiting(back)).toMatchObject([
      { text: "Чужое", status: "failed", error: { code: "unconfirmed" } },
    ]);
    await back.outbox.retry(waiting(back)[0]!.clientId);
    await until(() => expect(sentTexts()).toEqual(["Моё", "Чужое"]));
  });
});

describe("A message that the homeserver refused", () => {
  const refusedMessage = (part: Partial<Message> = {}) =>
    makeMessage({ id: 90, sender: TEACHER, status: "failed", client_id: "old", text: "Привет", ...part });

  function openWith(failed: Message): Window {
    const window = openWindow();
    window.store.setState({ timelines: { 1: { ...EMPTY_TIMELINE, status: "ready", messages: [failed] } } });
    return window;
  }

  test("is sent anew as its text, and the failed one goes", async () => {
    const window = openWith(refusedMessage());
    await window.outbox.retry("old");
    await until(() => expect(sentTexts()).toEqual(["Привет"]));
    expect(api.calls.deleteMessage).toEqual([[90]]);
    expect(received.has("old")).toBe(false);
  });

  test.each(["Смотри", ""])("is sent anew with its file; its words: “%s”", async (text) => {
    const picture = makeFile({ file_id: "old", file_url: "/files/old", file_name: "a.png" });
    const window = openWith(refusedMessage({ text, file: picture, message_type: "IMAGE" }));
    const sizes = new Set<number | undefined>();
    window.store.subscribe(() => {
      for (const { file } of waiting(window)) sizes.add(file?.size);
    });
    await window.outbox.retry("old");
    await until(() => expect(received.size).toBe(1));
    expect(download).toHaveBeenCalledExactlyOnceWith("/files/old");
    expect([...sizes]).toEqual([5]);
    expect(upload.mock.calls.map(([, name]) => name)).toEqual(["a.png"]);
    expect(api.calls.sendMessage).toMatchObject([[{ text, file_id: "f1" }]]);
    expect(api.calls.deleteMessage).toEqual([[90]]);
  });

  test("stays as it is while its file is not to be had, and says so; then it goes, once for two clicks", async () => {
    const window = openWith(refusedMessage({ file: makeFile(), message_type: "IMAGE" }));
    download.mockRejectedValueOnce(networkError());
    await expect(window.outbox.retry("old")).rejects.toMatchObject({ code: "network" });
    expect(waiting(window)).toEqual([]);
    expect(api.calls.deleteMessage).toEqual([]);
    await Promise.all([window.outbox.retry("old"), window.outbox.retry("old")]);
    await until(() => expect(received.size).toBe(1));
    expect(api.calls.sendMessage).toHaveLength(1);
  });

  test("is not silently kept where the server does not delete it", async () => {
    const window = openWith(refusedMessage());
    api.on({ deleteMessage: offline });
    await expect(window.outbox.discard("old")).rejects.toMatchObject({ code: "network" });
  });
});

function createWorking() {
  let id = 700;
  return async (sent: NewMessage): Promise<Message> => {
    const known = received.get(sent.client_id);
    if (known) return known;
    id += 1;
    const message = makeMessage({
      id,
      conversation_id: sent.conversation_id,
      sender: TEACHER,
      text: sent.text,
      client_id: sent.client_id,
    });
    received.set(sent.client_id, message);
    return message;
  };
}
