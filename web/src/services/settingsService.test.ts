import { beforeEach, expect, test } from "vitest";
import type { Me, Settings } from "../model/types";
import { type ChatStore, createChatStore } from "../store/store";
import { makeMe } from "../testing";
import { createStubApi, type StubApi, until } from "../testing/api";
import { networkError } from "./apiError";
import { SettingsService } from "./settingsService";

let store: ChatStore;
let api: StubApi;
let settings: SettingsService;
/** Of the calls that wait for the server's answer, in their order. */
let asked: { patch: Partial<Settings>; answer: () => void; refuse: () => void }[];
let onServer: Me;

beforeEach(() => {
  onServer = makeMe();
  store = createChatStore({ me: onServer });
  asked = [];
  api = createStubApi({
    patchSettings: (patch) =>
      new Promise((resolve, reject) => {
        const answer = () => {
          onServer = { ...onServer, settings: { ...onServer.settings, ...patch } };
          resolve(onServer);
        };
        asked.push({ patch, answer, refuse: () => reject(networkError()) });
      }),
  });
  settings = new SettingsService(store, api);
});

const shown = () => store.getState().me!.settings;
const answerOf = async (index: number, kind: "answer" | "refuse" = "answer") => {
  await until(() => expect(asked.length).toBeGreaterThan(index));
  asked[index]![kind]();
};

test("two chosen one after the other both hold, whatever the first answer says of the second", async () => {
  const first = settings.update({ sound: false });
  const second = settings.update({ desktop: true });
  expect(shown()).toMatchObject({ sound: false, desktop: true });
  await answerOf(0);
  await first;
  expect(shown()).toMatchObject({ sound: false, desktop: true });
  await answerOf(1);
  await second;
  expect(shown()).toEqual(onServer.settings);
  expect(onServer.settings).toMatchObject({ sound: false, desktop: true });
});

test("on and off again comes to the server in that order", async () => {
  const changes = [settings.update({ sound: false }), settings.update({ sound: true })];
  await answerOf(0);
  await answerOf(1);
  await Promise.all(changes);
  expect(asked.map(({ patch }) => patch.sound)).toEqual([false, true]);
  expect(shown().sound).toBe(true);
});

test("a refusal takes back its own change only", async () => {
  const first = settings.update({ sound: false });
  const second = settings.update({ desktop: true });
  await answerOf(0, "refuse");
  await expect(first).rejects.toMatchObject({ code: "network" });
  expect(shown()).toMatchObject({ sound: true, desktop: true });
  await answerOf(1);
  await second;
  expect(shown()).toMatchObject({ sound: true, desktop: true });
});

test("an answer that comes when somebody else is here changes nothing of theirs", async () => {
  const change = settings.update({ sound: false });
  const other = makeMe({ id: 99 });
  store.setState({ me: other });
  await answerOf(0);
  await change;
  expect(store.getState().me).toBe(other);
});
