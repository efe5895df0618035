import type { IntlShape } from "react-intl";
import { formatSize } from "../model/time";
import type { FileFault } from "../model/types";
import { ApiError, codeOf } from "../services/apiError";
import { ALLOWED_NAMES } from "../services/fileRules";
import type { MessageKey } from "./messages";

/** What the bridge says of a field, in DRF's English words; the key of the same for whoever reads the interface. */
const KNOWN: readonly (readonly [RegExp, MessageKey])[] = [
  [/^(This field is required|This field may not be blank)\.$/, "error.field.required"],
  [/^Ensure this field has no more than (?<count>\d+) characters\.$/, "error.field.long"],
  [/^Ensure this field has no more than (?<count>\d+) elements\.$/, "error.field.many"],
  [/^At most (?<count>\d+) files can be sent at once\.$/, "error.field.many"],
  [/^Invalid pk ".*" - object does not exist\.$/, "error.field.nobody"],
  [/^Null characters are not allowed\.$/, "error.field.characters"],
  [/^There is no such message in this conversation\.$/, "error.field.noMessage"],
  [/^A message that was deleted or not delivered cannot be edited\.$/, "error.field.notEditable"],
  [/^This time is over already\.$/, "error.field.past"],
  [/^The submitted file is empty\.$/, "error.field.emptyFile"],
  [/^(There is no such file among your uploads\.|This file was sent already;)/, "error.field.noFile"],
];

/** What is wrong with a field, in the interface's language; in general words where the bridge's are not known. */
export function fieldText(intl: IntlShape, sentence: string): string {
  const words = sentence.replace(/^[\w.]+: (?=[A-Z])/, ""); // "0: A valid integer is required.": of a list
  for (const [pattern, id] of KNOWN) {
    const found = pattern.exec(words);
    if (found) return intl.formatMessage({ id }, { count: Number(found.groups?.count) });
  }
  return intl.locale === "en" && sentence ? sentence : intl.formatMessage({ id: "error.invalid" });
}

/** A sentence in the interface's language of anything that was thrown. The bridge's own sentences are English. */
export function errorText(intl: IntlShape, error: unknown): string {
  if (!(error instanceof ApiError)) return intl.formatMessage({ id: "error.unknown" });
  if (error.code === "invalid") return fieldText(intl, error.detail);
  const own = sentenceOf(intl, error.code);
  if (own) return own;
  if (intl.locale === "en" && error.detail) return error.detail;
  return sentenceOf(intl, codeOf(error.status)) ?? intl.formatMessage({ id: "error.unknown" });
}

/** That a message did not go out, and why where that is known (`error`: its code). */
export function notSentText(intl: IntlShape, error: string | null): string {
  const why = error ? ` ${errorText(intl, new ApiError(0, error, ""))}` : "";
  return intl.formatMessage({ id: "message.notSent" }) + why;
}

/** Why a chosen file cannot be sent. */
export function fileFaultText(intl: IntlShape, fault: FileFault): string {
  const limit = "limit" in fault ? formatSize(fault.limit, intl.locale) : "";
  return intl.formatMessage(
    { id: `error.${fault.code}` },
    { name: fault.name, limit, allowed: ALLOWED_NAMES },
  );
}

/** Why one may not write somewhere is said in the same words where one tries to, unless an error has its own. */
function sentenceOf(intl: IntlShape, code: string): string | null {
  const id = [`error.${code}`, `readOnly.${code}`].find((key) => isPlain(intl.messages[key]));
  return id ? intl.formatMessage({ id }) : null;
}

/** Whether there is such a sentence, and it needs no values. Texts are strings, or parsed already (`scripts/icu.ts`). */
function isPlain(text: string | readonly { type: number }[] | undefined): boolean {
  if (typeof text === "string") return !text.includes("{");
  return text?.every((element) => element.type === LITERAL) ?? false;
}

const LITERAL = 0;
