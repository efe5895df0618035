import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeSocket } from "../testing/fakeSocket";
import { ApiError, networkError } from "./apiError";
import { ChatSocket, type SocketHandlers, socketBase } from "./websocketService";

let socket: ChatSocket;
let getTicket: ReturnType<typeof vi.fn<() => Promise<{ ticket: string }>>>;
let handlers: { [Name in keyof SocketHandlers]: ReturnType<typeof vi.fn<SocketHandlers[Name]>> };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  FakeSocket.install();
  let number = 0;
  getTicket = vi.fn(async () => {
    number += 1;
    return { ticket: `t${number}` };
  });
  handlers = {
    onFrame: vi.fn(),
    onOpen: vi.fn(),
    onConnecting: vi.fn(),
    onDown: vi.fn(),
    onRefused: vi.fn(),
    onSignedOut: vi.fn(),
  };
  socket = new ChatSocket({ apiBase: "", getTicket, handlers, random: () => 0.5 });
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function connect(): Promise<FakeSocket> {
  socket.start();
  await pass(0);
  FakeSocket.last.open();
  return FakeSocket.last;
}

test("The socket is opened with a ticket, never with a token", async () => {
  await connect();
  expect(FakeSocket.last.url).toBe("ws://school.test/ws/chat/?ticket=t1");
  expect(handlers.onOpen).toHaveBeenCalledTimes(1);
});

test("Frames are handed on; what is not a frame is not", async () => {
  const { receive, receiveText } = bind(await connect());
  receive({ type: "pong", conversation_id: null, rev: null });
  receiveText("not JSON");
  receiveText('"text"');
  expect(handlers.onFrame.mock.calls).toEqual([[{ type: "pong", conversation_id: null, rev: null }]]);
});

test("A lost connection comes back with a new ticket, later each time", async () => {
  await connect();
  FakeSocket.last.drop(1006);
  await pass(0);
  expect(handlers.onDown).toHaveBeenLastCalledWith(Date.now() + 1_000);
  expect(FakeSocket.all).toHaveLength(1);
  await pass(1_000);
  expect(FakeSocket.last.url).toContain("ticket=t2");
  FakeSocket.last.drop(1006);
  await pass(0);
  expect(handlers.onDown).toHaveBeenLastCalledWith(Date.now() + 2_000);
});

test("A connection that held is not punished for earlier failures", async () => {
  await connect();
  await pass(6_000);
  FakeSocket.last.drop(1006);
  await pass(0);
  expect(handlers.onDown).toHaveBeenLastCalledWith(Date.now() + 500);
});

test("`wake` ends the waiting", async () => {
  await connect();
  FakeSocket.last.drop(1006);
  await pass(1);
  socket.wake();
  await pass(1);
  expect(FakeSocket.all).toHaveLength(2);
});

test("The network's return ends the waiting, its going is noticed at once", async () => {
  await connect();
  window.dispatchEvent(new Event("offline"));
  await pass(1);
  expect(handlers.onDown).toHaveBeenCalled();
  expect(FakeSocket.all).toHaveLength(1);
  window.dispatchEvent(new Event("online"));
  await pass(1);
  expect(FakeSocket.all).toHaveLength(2);
});

test("A restart of the server brings everybody back soon, but not at once", async () => {
  await connect();
  FakeSocket.last.drop(1001);
  await pass(0);
  expect(handlers.onDown).toHaveBeenLastCalledWith(Date.now() + 750);
});

test("A slow reader comes back soon", async () => {
  await connect();
  FakeSocket.last.drop(4408);
  await pass(800);
  expect(FakeSocket.all).toHaveLength(2);
});

test("A refused ticket makes the token suspicious", async () => {
  await connect();
  FakeSocket.last.drop(4401);
  expect(handlers.onRefused).toHaveBeenCalledTimes(1);
});

test("No ticket for nobody: signed out", async () => {
  getTicket.mockRejectedValue(new ApiError(401, "user_inactive", ""));
  socket.start();
  await pass(0);
  expect(handlers.onSignedOut).toHaveBeenCalled();
});

test("Retry-After of the ticket is respected", async () => {
  getTicket.mockRejectedValueOnce(new ApiError(503, "unavailable", "", 7));
  const began = Date.now();
  socket.start();
  await pass(2);
  expect((handlers.onDown.mock.lastCall?.[0] ?? 0) - began).toBeGreaterThanOrEqual(7_000);
  await pass(6_900);
  expect(getTicket).toHaveBeenCalledTimes(1);
  await pass(200);
  expect(getTicket).toHaveBeenCalledTimes(2);
});

test("Without the server it tries for ever, at most every 45 seconds", async () => {
  getTicket.mockRejectedValue(networkError());
  socket.start();
  await pass(10 * 60_000);
  const calls = getTicket.mock.calls.length;
  expect(calls).toBeGreaterThan(18);
  await pass(46_000);
  expect(getTicket.mock.calls.length).toBeGreaterThan(calls);
});

test("A silent connection is given up", async () => {
  const first = await connect();
  await pass(25_000);
  expect(first.sent).toEqual([{ type: "ping" }]);
  first.receive({ type: "pong", conversation_id: null, rev: null });
  await pass(25_000);
  expect(first.sent).toHaveLength(2);
  await pass(8_000 + 1_500);
  expect(FakeSocket.all).toHaveLength(2);
});

test("Frames are sent only while connected, and not kept for later", async () => {
  expect(socket.send({ type: "ping" })).toBe(false);
  const first = await connect();
  expect(socket.send({ type: "typing.start", conversation_id: 1 })).toBe(true);
  expect(first.sent).toEqual([{ type: "typing.start", conversation_id: 1 }]);
  first.drop(1006);
  expect(socket.send({ type: "ping" })).toBe(false);
  await pass(1_500);
  FakeSocket.last.open();
  expect(FakeSocket.last.sent).toEqual([]);
});

test("Stopped it stays closed", async () => {
  await connect();
  socket.stop();
  await pass(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(FakeSocket.last.readyState).toBe(FakeSocket.CLOSED);
});

test("The address follows the school's", () => {
  expect(socketBase("https://chat.school.test/x/")).toBe("wss://chat.school.test/x");
  expect(socketBase("/bridge")).toBe("ws://school.test/bridge");
});

function bind(one: FakeSocket) {
  return { receive: one.receive.bind(one), receiveText: one.receiveText.bind(one) };
}
