// What a test says to a client, a JSON object a line, and what the client answers, likewise.
import { createInterface } from "node:readline";

/** Answer each command with `{ok: …}` or `{error: …}`, one after the other. */
export async function serve(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...given } = JSON.parse(line);
    let answer;
    try {
      answer = { ok: (await commands[command](given)) ?? null };
    } catch (error) {
      const body = error.data ?? error.body ?? {};
      answer = { error: { status: error.httpStatus ?? error.statusCode ?? null, message: error.message, ...body } };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}

/** Poll until `found()` gives something; the limit is the test's patience. */
export async function until(found, limitMs = 30_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await found();
    if (value) return value;
    if (Date.now() > end) throw new Error("nothing came in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const text = (body) => ({ msgtype: "m.text", body });

export const edited = (eventId, body) => ({
  msgtype: "m.text",
  body: `* ${body}`,
  "m.new_content": text(body),
  "m.relates_to": { rel_type: "m.replace", event_id: eventId },
});

export const replied = (eventId, body) => ({ ...text(body), "m.relates_to": { "m.in_reply_to": { event_id: eventId } } });
