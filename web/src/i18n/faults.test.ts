import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createIntl } from "react-intl";
import { describe, expect, test } from "vitest";
import { ApiError } from "../services/apiError";
import { errorText, fieldText } from "./faults";
import { MESSAGES } from "./messages";

/** The bridge's own source is the list: what is added there without words here fails here. */
const BRIDGE = "../bridge";

/** No page asks there: the panel, the homeserver, the command line. */
const NOT_FOR_PAGES = /^(api\/(panel|homeserver|openapi)|roster|provisioning|cli|demo|config|inbox|db)\//;
/** No answer to a page: of the command line, and the base class that nobody raises. */
const NO_ANSWERS = new Set(["config", "error"]);

const sources = readdirSync(BRIDGE, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".py") && !NOT_FOR_PAGES.test(path))
  .map((path) => readFileSync(join(BRIDGE, path), "utf8"));

const found = (pattern: RegExp) =>
  new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1]!)));

/** Of errors that are raised, of their classes, and of what the HTTP server refuses by itself. */
const codes = [...found(/\bcode="(\w+)"/g), ...found(/^ {4}code = "(\w+)"/gm), ...found(/\d: "(\w+)"/g)]
  .filter((code) => !NO_ANSWERS.has(code))
  .concat(reasons());

function reasons(): string[] {
  const policy = readFileSync(join(BRIDGE, "permissions/policy.py"), "utf8");
  const enumeration = /class Reason\(StrEnum\):([\s\S]*?)\n\n\n/.exec(policy)?.[1] ?? "";
  return [...enumeration.matchAll(/= "(\w+)"/g)].map((match) => match[1]!);
}

const intlOf = (locale: "ru" | "en") =>
  createIntl({ locale, messages: MESSAGES[locale], onError: (error) => expect.fail(error.message) });
const RU = intlOf("ru");
const EN = intlOf("en");
const ENGLISH = "A sentence of the bridge.";

describe("the word of a refusal", () => {
  test("all kinds of them were found in the bridge", () => {
    expect(codes).toEqual(
      expect.arrayContaining(["blocked", "roster_managed", "too_many_requests", "no_room"]),
    );
    expect(codes).toEqual(expect.arrayContaining(["method_not_allowed", "file_type_refused"]));
  });

  test.each(codes)("%s has a sentence of its own in both languages", (code) => {
    const error = new ApiError(418, code, code === "invalid" ? "" : ENGLISH);
    expect(errorText(RU, error)).not.toBe(RU.formatMessage({ id: "error.unknown" }));
    expect(errorText(RU, error)).toMatch(/^[А-ЯЁ«].*\.$/);
    expect(errorText(EN, error)).not.toBe(ENGLISH);
    expect(errorText(EN, error)).toMatch(/^[A-Z].*\.$/);
  });
});

/** What only a program of its own can get wrong; the page's forms cannot. */
const NOT_OF_FORMS = [
  /^Send /,
  /^Expected /,
  /^Not a valid string/,
  /^Must be a valid/,
  /^A valid integer/,
  /^This value does not match/,
  /^Ensure this value is /,
  /^Ensure this field has at least/,
  /^This socket carries another/,
  /^Unknown type/,
  /^This is not valid JSON/,
  /^The body cannot be unpacked/,
  /^This address does not take/,
  /^This request cannot be read/,
  /^No file was submitted/,
  /^The submitted data was not a file/,
  /^Only UTF-8/,
];

/** Sentences in `Invalid(…)`, `ValueError(…)`, a table of sentences or a constant, with a number where one is filled in. */
const raised = [
  ...found(/(?:Invalid|ValueError)\([^"\n]*f?"((?:[^"\\]|\\.)+)"/g),
  ...found(/f'(Invalid pk "\{person_id\}" - object does not exist\.)'/g),
  ...found(/^ {4}"[a-z_]+": "([A-Z][^"]+\.)",$/gm),
  ...found(/^[A-Z_]+ = "([A-Z][^"]* (?:file|uploads|again)[^"]*\.)"$/gm),
].map((sentence) => sentence.replace(/\{\w+\}/g, "7"));
/** What is said to a person begins with a capital and ends with a dot; the rest is for the log. */
const ofForms = raised
  .filter((one) => /^[A-Z].* .*\.$/.test(one))
  .filter((one) => !NOT_OF_FORMS.some((pattern) => pattern.test(one)));

describe("what is wrong with a field", () => {
  test("the bridge's sentences were found", () => {
    expect(ofForms).toEqual(
      expect.arrayContaining([
        "This field is required.",
        "This field may not be blank.",
        "Ensure this field has no more than 7 characters.",
        "There is no such file among your uploads.",
        'Invalid pk "7" - object does not exist.',
      ]),
    );
  });

  test.each(ofForms)("“%s” is said in both languages", (sentence) => {
    const general = RU.formatMessage({ id: "error.invalid" });
    expect(fieldText(RU, sentence)).not.toBe(general);
    expect(fieldText(RU, sentence)).toMatch(/^[А-ЯЁ].*\.$/);
    expect(fieldText(EN, sentence)).not.toMatch(/NaN/);
  });

  test.each([
    ["Ensure this field has no more than 1 characters.", "Не больше 1 символа."],
    ["Ensure this field has no more than 255 characters.", "Не больше 255 символов."],
    ["0: This field is required.", "Это нужно заполнить."],
    ["Something that nobody has thought of.", "Проверьте, что вы ввели."],
  ])("“%s” is «%s»", (sentence, words) => {
    expect(fieldText(RU, sentence)).toBe(words);
  });

  test("who reads English reads the bridge's own words where we have none", () => {
    expect(fieldText(EN, "Something that nobody has thought of.")).toBe(
      "Something that nobody has thought of.",
    );
  });
});
