import { beforeAll, describe, expect, test } from "vitest";
import { SchoolClass } from "./testbed/people";
import type { Person } from "./testbed/person";
import { until } from "./testbed/until";
import { say } from "./testbed/words";

const school = new SchoolClass("states");
let visitor: Person;

beforeAll(async () => {
  visitor = await school.person("petrova", { signedOut: true });
});

describe("Sign-in", () => {
  test("a wrong password is told in words", async () => {
    visitor.watch.allow(/status of 401/);
    await (await visitor.find("textbox", say("signIn.username"))).type("petrova.states");
    const password = await visitor.page.waitForSelector("input[type=password]");
    await password!.type("не тот");
    await visitor.page.keyboard.press("Enter");
    await visitor.seesText(say("error.no_active_account"));
  });

  test("the right one opens the chat; a reload keeps it; nothing of the token can be read by scripts", async () => {
    const password = (await visitor.page.$("input[type=password]"))!;
    await password.evaluate((input) => input.select());
    await password.type("panda");
    await visitor.click("button", say("signIn.submit"));
    await visitor.listIsShown();
    await visitor.page.reload();
    await visitor.listIsShown();
    const readable = await visitor.page.evaluate(() =>
      [
        document.cookie,
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        location.href,
      ].join(),
    );
    expect(readable).not.toContain("eyJ");
    expect(readable).not.toContain("classbridge_session");
    const addresses = visitor.traffic.requests.map(({ url }) => url);
    expect(addresses.filter((url) => /token=|eyJ/.test(url))).toEqual([]);
  });

  test("a click on somebody of the demo signs in", async () => {
    await visitor.signOut();
    await (await visitor.find("searchbox", say("signIn.demo.search"))).type("Орлов");
    await until(async () => (await visitor.page.$$("li button")).length > 0);
    await (await visitor.page.waitForSelector("li button"))!.click();
    await visitor.listIsShown();
  });

  test("no other host is asked for anything", async () => {
    const hosts = new Set(
      visitor.traffic.requests
        .map(({ url }) => new URL(url))
        .filter((url) => /^(http|ws)/.test(url.protocol))
        .map((url) => url.host),
    );
    expect([...hosts]).toEqual([new URL(visitor.where.base).host]);
  });
});

describe("The page's policy", () => {
  test("stops scripts, styles and connections that are not the page's own", async () => {
    const person = await school.person("kozlova");
    person.watch.allow(/Content Security Policy|policy violation|Refused/);
    const ran = await person.page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.body.append(style);
      const sent = await fetch("https://evil.example/").then(
        () => true,
        () => false,
      );
      return { script: "ran" in window, style: getComputedStyle(document.body).display === "none", sent };
    });
    expect(ran).toEqual({ script: false, style: false, sent: false });
    await person.leave();
  });
});
