import { afterEach, expect, test, vi } from "vitest";
import { chatBase } from "./addresses";
import { ApiError } from "./apiError";
import { Http } from "./http";
import { Tokens } from "./tokens";

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

function server(...answers: (Answer | "offline")[]) {
  const requests: { url: string; init: RequestInit; token: string }[] = [];
  const fetcher = vi.fn(async (url: string, init: RequestInit) => {
    const token = String(new Headers(init.headers).get("Authorization"));
    requests.push({ url, init, token });
    const answer = answers[Math.min(requests.length, answers.length) - 1]!;
    if (answer === "offline") throw new TypeError("Failed to fetch");
    const body = answer.body === undefined ? null : JSON.stringify(answer.body);
    return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
  });
  return { requests, fetcher: fetcher as unknown as typeof fetch };
}

const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
};

afterEach(() => {
  vi.useRealTimers();
});

test("A refused token is renewed once, and the call repeated", async () => {
  const { requests, fetcher } = server(
    { status: 401, body: { detail: "x", code: "token_not_valid" } },
    { status: 200, body: { id: 1 } },
  );
  const getToken = vi.fn((isRenewal: boolean) => (isRenewal ? "new" : "old"));
  const http = new Http("", new Tokens(getToken), fetcher);
  expect(await http.request("GET", "me/")).toEqual({ id: 1 });
  expect(requests.map((request) => request.token)).toEqual(["Bearer old", "Bearer new"]);
  expect(getToken.mock.calls).toEqual([[false], [true]]);
});

test("A second 401 is the answer: nobody is signed in", async () => {
  const { requests, fetcher } = server({ status: 401, body: { detail: "x", code: "user_inactive" } });
  const error = await failure(new Http("", new Tokens(() => "t"), fetcher).request("GET", "me/"));
  expect(error).toMatchObject({ status: 401, code: "user_inactive", isTemporary: false });
  expect(requests).toHaveLength(2);
});

test("Many calls with one old token renew it once", async () => {
  const getToken = vi.fn(async (isRenewal: boolean) => (isRenewal ? "new" : "old"));
  const fetcher = (async (_: string, init: RequestInit) => {
    const isNew = new Headers(init.headers).get("Authorization") === "Bearer new";
    return new Response("{}", { status: isNew ? 200 : 401 });
  }) as unknown as typeof fetch;
  const http = new Http("", new Tokens(getToken), fetcher);
  await Promise.all(Array.from({ length: 10 }, () => http.request("GET", "me/")));
  expect(getToken.mock.calls).toEqual([[false], [true]]);
});

test("DRF's errors become one shape", async () => {
  const refuse = (answer: Answer) =>
    failure(new Http("", new Tokens(() => "t"), server(answer).fetcher).request("POST", "messages/"));
  expect(await refuse({ status: 403, body: { detail: "No.", code: "blocked" } })).toMatchObject({
    code: "blocked",
    detail: "No.",
  });
  expect(await refuse({ status: 400, body: { text: ["Too long."] } })).toMatchObject({
    code: "invalid",
    detail: "Too long.",
    fields: { text: ["Too long."] },
  });
  expect(await refuse({ status: 500, body: "<html>" })).toMatchObject({
    code: "internal",
    isTemporary: true,
  });
  expect(await refuse({ status: 404 })).toMatchObject({ code: "not_found", isTemporary: false });
});

test("No answer is an error that a repeat may mend", async () => {
  const error = await failure(
    new Http("", new Tokens(() => "t"), server("offline").fetcher).request("GET", "me/"),
  );
  expect(error).toMatchObject({ status: 0, code: "network", isTemporary: true });
});

test("A proxy's page is not an answer", async () => {
  const fetcher = (async () =>
    new Response("<html>Sign in</html>", { status: 200 })) as unknown as typeof fetch;
  const error = await failure(new Http("", new Tokens(() => "t"), fetcher).request("GET", "me/"));
  expect(error.code).toBe("network");
});

test("A read waits as long as Retry-After says; a write is the caller's matter", async () => {
  vi.useFakeTimers();
  const busy: Answer = {
    status: 429,
    body: { detail: "x", code: "too_many_requests" },
    headers: { "Retry-After": "2" },
  };
  const { requests, fetcher } = server(busy, { status: 200, body: {} });
  const http = new Http("", new Tokens(() => "t"), fetcher);
  const reading = http.request("GET", "me/");
  await vi.advanceTimersByTimeAsync(1_900);
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  await reading;
  expect(requests).toHaveLength(2);
  const write = new Http("", new Tokens(() => "t"), server(busy).fetcher);
  expect(await failure(write.request("POST", "messages/"))).toMatchObject({ retryAfterS: 2 });
});

test("Addresses hold what was given, and no token", () => {
  const http = new Http("https://chat.school.test/", new Tokens(() => "secret"));
  expect(http.address("messages/", { conversation_id: 1, before: undefined, search: "", page: 2 })).toBe(
    "https://chat.school.test/api/chat/messages/?conversation_id=1&page=2",
  );
  expect(chatBase("")).toBe("/api/chat/");
  expect(chatBase("https://school.test/api/chat/")).toBe("https://school.test/api/chat/");
});

test("What the school's app throws while getting a token is taken for a failed connection", async () => {
  const tokens = new Tokens(() => Promise.reject(new TypeError("Failed to fetch")));
  expect(await failure(tokens.get())).toMatchObject({ code: "network" });
});
