import { beforeEach, expect, test, vi } from "vitest";
import { makeFile } from "../testing";
import { Tokens } from "./tokens";
import { createUploader } from "./uploadService";

/** The browser's part, as a test steers it. */
class FakeRequest extends EventTarget {
  static all: FakeRequest[] = [];
  readonly upload = new EventTarget();
  readonly headers: Record<string, string> = {};
  status = 0;
  responseText = "";
  address = "";
  form: FormData | null = null;

  constructor() {
    super();
    FakeRequest.all.push(this);
  }
  open(_method: string, address: string) {
    this.address = address;
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader() {
    return null;
  }
  send(form: FormData) {
    this.form = form;
  }
  abort() {
    this.end("abort");
  }
  answer(status: number, body: unknown) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.end("load");
  }
  end(type: string) {
    this.dispatchEvent(new Event(type));
    this.dispatchEvent(new Event("loadend"));
  }
}

const last = () => FakeRequest.all.at(-1)!;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
let abort: AbortController;
const parts: number[] = [];

beforeEach(() => {
  FakeRequest.all = [];
  parts.length = 0;
  abort = new AbortController();
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});

test("A file goes as a form with its name; its progress is told; the answer is its shape", async () => {
  const upload = createUploader("", new Tokens(() => "t"));
  const result = upload(new Blob(["abc"]), "Работа.txt", (part) => parts.push(part), abort.signal);
  await settled();
  expect(last().address).toBe("/api/chat/upload/");
  expect(last().headers.Authorization).toBe("Bearer t");
  expect((last().form!.get("file") as File).name).toBe("Работа.txt");
  for (const loaded of [1, 2, 3]) {
    last().upload.dispatchEvent(new ProgressEvent("progress", { lengthComputable: true, loaded, total: 4 }));
  }
  last().answer(201, makeFile({ file_id: "f9" }));
  expect(await result).toMatchObject({ file_id: "f9" });
  expect(parts).toEqual([0.25, 0.5, 0.75]);
});

test("A refused token is renewed, and the file sent again", async () => {
  const upload = createUploader("", new Tokens((isRenewal) => (isRenewal ? "new" : "old")));
  const result = upload(new Blob(["abc"]), "a.txt", () => {}, abort.signal);
  await settled();
  last().answer(401, { detail: "x", code: "token_not_valid" });
  await settled();
  expect(FakeRequest.all.map((request) => request.headers.Authorization)).toEqual([
    "Bearer old",
    "Bearer new",
  ]);
  last().answer(201, makeFile());
  await expect(result).resolves.toMatchObject({ file_id: "abc123" });
});

test("A refused file says why", async () => {
  const upload = createUploader("", new Tokens(() => "t"));
  const result = upload(new Blob(["abc"]), "a.exe", () => {}, abort.signal);
  await settled();
  last().answer(415, { detail: "Not this type.", code: "type_refused" });
  await expect(result).rejects.toMatchObject({ status: 415, code: "type_refused" });
});

test("A lost connection is an error that a repeat may mend", async () => {
  const upload = createUploader("", new Tokens(() => "t"));
  const result = upload(new Blob(["abc"]), "a.txt", () => {}, abort.signal);
  await settled();
  last().end("error");
  await expect(result).rejects.toMatchObject({ code: "network", isTemporary: true });
});

test("Taken back, the request is cut off; before it began, it never begins", async () => {
  const upload = createUploader("", new Tokens(() => "t"));
  const result = upload(new Blob(["abc"]), "a.txt", () => {}, abort.signal);
  await settled();
  abort.abort();
  await expect(result).rejects.toMatchObject({ name: "AbortError" });
  const count = FakeRequest.all.length;
  await expect(upload(new Blob(["abc"]), "b.txt", () => {}, abort.signal)).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(FakeRequest.all[count]?.form ?? null).toBeNull();
});

test("A connection on which nothing moves is given up", async () => {
  vi.useFakeTimers();
  const upload = createUploader("", new Tokens(() => "t"));
  const result = upload(new Blob(["abc"]), "a.txt", () => {}, abort.signal);
  const failure = expect(result).rejects.toMatchObject({ code: "network" });
  await vi.advanceTimersByTimeAsync(61_000);
  await failure;
  vi.useRealTimers();
});
