import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser } from "puppeteer-core";
import { inject } from "vitest";
import { Api } from "./api";
import type { DemoUser, Target } from "./demo";
import { MatrixClient } from "./matrix";
import { Person } from "./person";
import { type ClassName, groupNames, type Who } from "./school";
import { Traffic } from "./traffic";
import { register, Watch } from "./watch";

export interface Look {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
  /** Run before the page's own scripts. */
  before?: (() => void)[];
  language?: "ru" | "en";
  /** Stay at the sign-in screen. */
  signedOut?: boolean;
  browser?: Browser;
}

const FAILURES = fileURLToPath(new URL("../pictures/failures", import.meta.url));

type Group = Target["groups"][number];

let chromium: Promise<Browser> | null = null;
const open: Person[] = [];

/** One class of the school: who is in it, and how each of them comes in. */
export class SchoolClass {
  /** The names of its two groups. */
  readonly math: string;
  readonly physics: string;

  constructor(
    readonly name: ClassName,
    readonly where: Target = inject("target"),
  ) {
    ({ math: this.math, physics: this.physics } = groupNames(name));
  }

  user(who: Who): DemoUser {
    const found = this.where.users.find((user) => user.username === `${who}.${this.name}`);
    if (!found) throw new Error(`there is no ${who} in ${this.name}`);
    return found;
  }

  api(who: Who): Api {
    return new Api(this.where.base, this.user(who));
  }

  matrix(who: Who): Promise<MatrixClient> {
    return MatrixClient.signIn(this.where.homeserver, this.user(who));
  }

  /** The bridge's own account, which says what nobody says: system messages. */
  bot(): MatrixClient {
    return new MatrixClient(this.where.homeserver, this.where.asToken, "@school_bot:school.localhost");
  }

  group(name: string): Group {
    const found = this.where.groups.find((group) => group.name === name);
    if (!found) throw new Error(`there is no group ${name} in ${this.name}`);
    return found;
  }

  /** Somebody with a browser of their own (a context): signed in, the list in sight. */
  async person(who: Who, look: Look = {}): Promise<Person> {
    const context = await (look.browser ?? (await theChromium())).createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: look.width ?? 1100, height: look.height ?? 800 });
    const watch = await Watch.over(page);
    const traffic = await Traffic.of(page);
    const user = this.user(who);
    const language = look.language ?? "ru";
    const forget = register(user.username, watch);
    const found = new Person(user, this.where, context, page, watch, traffic, forget, language);
    open.push(found);
    if (look.scheme) await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look.scheme }]);
    for (const script of look.before ?? []) await page.evaluateOnNewDocument(script);
    await page.evaluateOnNewDocument((chosen) => {
      if (location.protocol.startsWith("http")) localStorage.setItem("classbridge.language", chosen);
    }, language);
    if (!look.signedOut) await context.setCookie(await sessionCookie(user, this.where));
    await page.goto(this.where.base);
    if (!look.signedOut) await found.listIsShown();
    return found;
  }
}

function theChromium(): Promise<Browser> {
  chromium ??= puppeteer.connect({ browserWSEndpoint: inject("chromium"), defaultViewport: null });
  return chromium;
}

/** What the sign-in screen would have got: a session without clicking through it each time. */
async function sessionCookie({ username, password }: DemoUser, where: Target) {
  const response = await fetch(`${where.base}/api/auth/token/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Session": "cookie" },
    body: JSON.stringify({ username, password }),
  });
  const [cookie] = response.headers.getSetCookie();
  const [name, value] = (cookie ?? "").split(";")[0]!.split("=") as [string, string];
  const domain = new URL(where.base).hostname;
  return { name, value, domain, path: "/api/auth/", httpOnly: true, sameSite: "Strict" as const };
}

/** For whoever reads about a failure: what everybody had in sight. */
export async function pictureEverybody(name: string): Promise<void> {
  mkdirSync(FAILURES, { recursive: true });
  const safe = name.replace(/[^\p{L}\d]+/gu, "-").slice(0, 60);
  for (const one of open) {
    if (one.page.isClosed()) continue;
    await one.page.screenshot({ path: `${FAILURES}/${safe}-${one.user.username}.png` });
  }
}

export async function closeEverybody(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.leave()));
  if (chromium) await (await chromium).disconnect();
  chromium = null;
}
