const PAUSE_MS = 25;

/** Ask again and again until the answer is good; there is no fixed wait anywhere in these tests. */
export async function until<T>(
  ask: () => Promise<T> | T,
  { limitMs = 40_000, what = "the expected" }: { limitMs?: number; what?: string } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + limitMs;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer) return answer as NonNullable<Exclude<T, false>>;
      last = answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  } while (Date.now() < end);
  const seen = last instanceof Error ? `; last: ${last.message}` : "";
  throw new Error(`${what} did not come about in ${limitMs} ms${seen}`, { cause: last });
}
