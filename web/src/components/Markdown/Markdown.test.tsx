import { render, screen, within } from "@testing-library/react";
import { beforeAll, describe, expect, test } from "vitest";
import { isPlain, loadMarkdown, Markdown } from "./Markdown";

beforeAll(loadMarkdown);

const ANNA = { id: 1, name: "Анна Петрова" };
const PLAIN_ANNA = { id: 2, name: "Анна" };

function show(text: string, mentions = [ANNA], readerId?: number) {
  const { container } = render(<Markdown text={text} mentions={mentions} readerId={readerId} />);
  return container;
}

describe("what is formatted", () => {
  test.each([
    ["**жирный**", "strong"],
    ["*наклонный*", "em"],
    ["~~зачёркнуто~~", "del"],
    ["`код`", "code"],
    ["> цитата", "blockquote"],
    ["- пункт", "li"],
    ["1. пункт", "li"],
    ["| а | б |\n|---|---|\n| 1 | 2 |", "table"],
  ])("%s is shown as %s", (text, element) => {
    expect(show(text).querySelector(element)).not.toBeNull();
  });

  test("a block of code keeps its lines and is read by nobody as markup", () => {
    const code = show("```\nx = *2*\n  y\n```").querySelector("pre code");
    expect(code).toHaveTextContent("x = *2* y");
    expect(code?.querySelector("em")).toBeNull();
  });

  test("a line break is a line break, with and without markup around it", () => {
    expect(show("раз\nдва").querySelectorAll("br")).toHaveLength(1);
    expect(show("**раз**\nдва").querySelectorAll("br")).toHaveLength(1);
  });

  test("a heading is a strong line and no heading of the page", () => {
    const container = show("# Тема");
    expect(within(container).queryByRole("heading")).toBeNull();
    expect(container).toHaveTextContent(/^Тема$/);
  });

  test("one tilde strikes nothing through: it means 'about'", () => {
    expect(show("~5 минут~").querySelector("del")).toBeNull();
  });

  test("a list of tasks is shown and cannot be ticked", () => {
    const container = show("- [x] решить\n- [ ] проверить");
    expect(container.querySelector("input")).toBeNull();
    expect(container).toHaveTextContent("☑ решить ☐ проверить");
  });
});

describe("what stays the text that it is", () => {
  test.each([
    "<b>не жирный</b>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<div>\n**x**",
    "2*3*4 <3 &amp",
    "[^1] сноска",
  ])("%s", (text) => {
    const container = show(text);
    for (const element of ["b", "script", "img", "sup"]) expect(container.querySelector(element)).toBeNull();
    const shown = container.textContent?.replaceAll("*", "");
    expect(shown).toBe(text.replaceAll("*", "").replace("\n", shown?.includes("\n") ? "\n" : ""));
  });

  test("a picture from elsewhere is not loaded; its address is at most a link", () => {
    const container = show("![кот](https://evil.test/cat.png)");
    expect(container.querySelector("img")).toBeNull();
    expect(container).toHaveTextContent("кот");
  });
});

describe("links", () => {
  test("open elsewhere and give nothing away", () => {
    show("https://school.test/урок");
    const link = screen.getByRole("link");
    expect(link).toHaveAttribute("target", "_blank");
    expect(link.getAttribute("rel")).toContain("noopener");
    expect(link.getAttribute("rel")).toContain("nofollow");
  });

  test("show where they really go", () => {
    show("[школа](https://evil.test/)");
    expect(screen.getByRole("link")).toHaveAttribute("title", "https://evil.test/");
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "/api/chat/me/", "file:///etc/passwd"])(
    "%s is no link",
    (url) => {
      show(`[нажми](${url})`);
      expect(screen.queryByRole("link")).toBeNull();
      expect(screen.getByText(/нажми/)).toBeInTheDocument();
    },
  );
});

describe("mentions", () => {
  test("are highlighted, in plain texts and in formatted ones", () => {
    for (const text of ["@Анна Петрова, привет", "**@Анна Петрова**, привет"]) {
      expect(show(text).querySelector("mark")).toHaveTextContent("@Анна Петрова");
    }
  });

  test("only of those who were mentioned, only whole names, longer names first", () => {
    expect(show("@Борис, привет").querySelector("mark")).toBeNull();
    expect(show("@Аннабель", [PLAIN_ANNA]).querySelector("mark")).toBeNull();
    expect(show("@Анна Петрова", [PLAIN_ANNA, ANNA]).querySelector("mark")).toHaveTextContent(
      "@Анна Петрова",
    );
  });

  test("of the reader stand out more", () => {
    const other = show("@Анна Петрова", [ANNA], 9).querySelector("mark")?.className;
    const own = show("@Анна Петрова", [ANNA], 1).querySelector("mark")?.className;
    expect(own).not.toBe(other);
  });

  test("in code are code", () => {
    expect(show("`@Анна Петрова`").querySelector("mark")).toBeNull();
  });
});

test("the parser is spared what is surely plain, and nothing else", () => {
  for (const text of ["Спасибо!", "Да, в 15:00 (каб. 204)", "@Анна Петрова, привет", "раз\nдва\n\nтри"])
    expect(isPlain(text)).toBe(true);
  for (const text of [
    "**x**",
    "a_b_",
    "www.school.test",
    "x@y.z",
    "1. раз",
    "- раз",
    "    код",
    "раз\n===",
    "&lt;",
  ])
    expect(isPlain(text)).toBe(false);
});
