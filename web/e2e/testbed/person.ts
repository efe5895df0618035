import type { BrowserContext, ElementHandle, Page } from "puppeteer-core";
import { Api } from "./api";
import type { DemoUser, Target } from "./demo";
import { Traffic } from "./traffic";
import { until } from "./until";
import { register, Watch } from "./watch";
import { say } from "./words";

export interface SeenMessage {
  id: number;
  text: string;
  isMine: boolean;
  status: string | null;
  label: string;
}

/** Somebody at a browser: what they see and do, in the words of the interface. */
export class Person {
  readonly api: Api;
  private hasLeft = false;

  constructor(
    readonly user: DemoUser,
    readonly where: Target,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly watch: Watch,
    readonly traffic: Traffic,
    private readonly forget: () => void,
    private readonly language: "ru" | "en" = "ru",
  ) {
    this.api = new Api(where.base, user);
  }

  async leave(): Promise<void> {
    if (this.hasLeft) return;
    this.hasLeft = true;
    await this.context.close();
    this.forget();
  }

  /** A second tab of the same browser: the same session, the same databases. */
  async anotherTab(): Promise<Person> {
    // A window of its own: what is in the background of another is not drawn.
    const page = await this.context.newPage({ type: "window" });
    await page.setViewport(this.page.viewport());
    const watch = await Watch.over(page);
    const forget = register(`${this.user.username}, second tab`, watch);
    const tab = new Person(this.user, this.where, this.context, page, watch, await Traffic.of(page), forget);
    await page.goto(this.where.base);
    await tab.listIsShown();
    return tab;
  }

  /** Close this tab only. */
  async close(): Promise<void> {
    await this.page.close();
    this.forget();
  }

  async signOut(): Promise<void> {
    await this.click("button", say("settings.menu"));
    await this.click("menuitem", say("settings.signOut"));
    await this.click("button", say("settings.signOut"));
    await this.find("textbox", say("signIn.username"));
  }

  /** A text of the interface in the language that this person has chosen. */
  say(id: Parameters<typeof say>[0], values: Record<string, string | number> = {}): string {
    return say(id, values, this.language);
  }

  // -- finding ---------------------------------------------------------------------------------------------------------

  /** By role and accessible name, as a screen reader finds it; what nothing covers comes first. */
  async find(role: string, name: string, limitMs = 40_000): Promise<ElementHandle<HTMLElement>> {
    return until(() => this.findShown(role, name), {
      what: `${role} “${name}” for ${this.user.username}`,
      limitMs,
    });
  }

  private async findShown(role: string, name: string): Promise<ElementHandle<HTMLElement> | null> {
    const shown: ElementHandle<HTMLElement>[] = [];
    for (const element of await this.page.$$(`::-p-aria([name="${name}"][role="${role}"])`)) {
      if (await element.isVisible()) shown.push(element as ElementHandle<HTMLElement>);
    }
    if (shown.length < 2) return shown[0] ?? null;
    for (const element of shown) {
      const isOnTop = await element.evaluate((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
      });
      if (isOnTop) return element;
    }
    return shown[0] ?? null;
  }

  async has(role: string, name: string): Promise<boolean> {
    return (await this.findShown(role, name)) !== null;
  }

  async click(role: string, name: string): Promise<void> {
    await (await this.find(role, name)).click();
  }

  /** Wait for this to be true in the page. */
  async sees<Argument>(
    what: string,
    ask: (argument: Argument) => unknown,
    argument: Argument,
  ): Promise<void> {
    await until(() => this.page.evaluate(ask as (argument: unknown) => unknown, argument), {
      what: `${this.user.username} sees ${what}`,
    });
  }

  async seesText(text: string): Promise<void> {
    await this.sees(`“${text}”`, (wanted) => document.body.innerText.includes(wanted), text);
  }

  // -- the list --------------------------------------------------------------------------------------------------------

  async listIsShown(): Promise<void> {
    await this.find("heading", this.say("list.title"), 20_000);
    await this.sees("the list", () => document.querySelector("[data-conversation]") !== null, null);
  }

  async row(name: string): Promise<ElementHandle<HTMLElement>> {
    return until(() => this.findRow(name), { what: `the row of ${name} for ${this.user.username}` });
  }

  async findRow(name: string): Promise<ElementHandle<HTMLElement> | null> {
    const handle = await this.page.evaluateHandle((wanted) => {
      const rows = [...document.querySelectorAll<HTMLElement>("button[data-conversation]")];
      return (
        rows.find((row) => [...row.querySelectorAll("span")].some((span) => span.textContent === wanted)) ??
        null
      );
    }, name);
    return handle.asElement() as ElementHandle<HTMLElement> | null;
  }

  async rowText(name: string): Promise<string> {
    return (await this.row(name)).evaluate((row) => row.innerText);
  }

  /** The names in the list, in its order; before each stand its initials and perhaps that somebody is online. */
  rowNames(): Promise<string[]> {
    return this.page.$$eval("button[data-conversation]", (rows) =>
      rows.map((row) => {
        const lines = (row as HTMLElement).innerText.split("\n");
        return lines.find((line, index) => index > 0 && line.length > 3 && line !== "в сети") ?? "";
      }),
    );
  }

  /** On the element, not at its place: rows move when somebody writes, and the mouse would meet another. */
  async open(name: string): Promise<void> {
    await (await this.row(name)).evaluate((row) => row.click());
    await this.composer();
  }

  // -- the window ------------------------------------------------------------------------------------------------------

  composer(): Promise<ElementHandle<HTMLElement>> {
    return this.find("textbox", this.say("composer.label"));
  }

  async write(text: string): Promise<void> {
    const composer = await this.composer();
    await composer.focus();
    await this.page.keyboard.type(text);
  }

  async send(text: string): Promise<void> {
    await this.write(text);
    await this.page.keyboard.press("Enter");
    await this.message(text);
  }

  messages(): Promise<SeenMessage[]> {
    return this.page.$$eval("[data-message-id]", (all) =>
      all.map((one) => ({
        id: Number((one as HTMLElement).dataset.messageId),
        text: (one as HTMLElement).innerText,
        isMine: (one as HTMLElement).dataset.mine === "true",
        status: one.querySelector("[data-status]")?.getAttribute("data-status") ?? null,
        label: one.getAttribute("aria-label") ?? "",
      })),
    );
  }

  /** The message that says this, when it is in sight. */
  async message(text: string, is: (message: SeenMessage) => boolean = () => true): Promise<SeenMessage> {
    return until(async () => (await this.messages()).find((one) => one.label.includes(text) && is(one)), {
      what: `the message “${text}” for ${this.user.username}`,
    });
  }

  async element(text: string): Promise<ElementHandle<HTMLElement>> {
    const { id } = await this.message(text);
    return (await this.page.$(`[data-message-id="${id}"]`)) as ElementHandle<HTMLElement>;
  }

  // -- files -----------------------------------------------------------------------------------------------------------

  /** Through the composer's panel, as with the mouse; the browser's own dialog is answered with these paths. */
  async attach(...paths: string[]): Promise<void> {
    await this.click("button", this.say("composer.attach"));
    const button = await this.find("button", this.say("upload.choose"));
    const [chooser] = await Promise.all([this.page.waitForFileChooser(), button.click()]);
    await chooser.accept(paths);
  }
}
