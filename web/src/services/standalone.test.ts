import { afterEach, expect, test, vi } from "vitest";
import { until } from "../testing/api";
import { startBridge } from "../testing/bridge";
import { FakeSocket } from "../testing/fakeSocket";
import { chatService, websocketService } from "./standalone";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("The REST calls need an address and a token, nothing else", async () => {
  const bridge = startBridge();
  const service = chatService({ apiBase: bridge.address, getToken: async () => bridge.token });
  expect(await service.getMe()).toEqual(bridge.me);
  await expect(chatService({ apiBase: bridge.address, getToken: () => null }).getMe()).rejects.toMatchObject({
    status: 401,
  });
});

test("The socket tells its frames and how it is, until nobody is signed in any more", async () => {
  const bridge = startBridge();
  const onFrame = vi.fn();
  const onState = vi.fn();
  const socket = websocketService({
    apiBase: bridge.address,
    getToken: () => bridge.token,
    onFrame,
    onState,
  });
  socket.start();
  await until(() => expect(FakeSocket.all).toHaveLength(1));
  FakeSocket.last.open();
  expect(onState.mock.calls).toEqual([["connecting"], ["online"]]);
  FakeSocket.last.receive({ type: "pong", conversation_id: null, rev: null });
  expect(onFrame).toHaveBeenCalledExactlyOnceWith({ type: "pong", conversation_id: null, rev: null });
  expect(socket.send({ type: "ping" })).toBe(true);
  bridge.token = null;
  FakeSocket.last.drop(4401);
  await until(() => expect(onState).toHaveBeenLastCalledWith("signed_out"));
  expect(FakeSocket.all).toHaveLength(1);
});
