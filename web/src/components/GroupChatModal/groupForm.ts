import { ApiError } from "../../services/apiError";

export const NAME_CHARACTERS = 255;

/** Keys of sentences, one for each field that is not right. */
export interface GroupFormErrors {
  name?: "group.name.missing" | "group.name.long";
  participants?: "group.participants.missing";
}

/** What can be said without asking the server. */
export function checkGroup(name: string, participants: ReadonlySet<number>): GroupFormErrors {
  const errors: GroupFormErrors = {};
  const characters = [...name.trim()].length;
  if (characters === 0) errors.name = "group.name.missing";
  else if (characters > NAME_CHARACTERS) errors.name = "group.name.long";
  if (participants.size === 0) errors.participants = "group.participants.missing";
  return errors;
}

/** Where the server's refusal belongs: to a field, or to the form as a whole. `say`: in the interface's language. */
export function refusalOf(
  error: unknown,
  say: (sentence: string) => string,
): { name?: string; participants?: string } {
  if (!(error instanceof ApiError)) return {};
  const sayAll = (sentences: readonly string[] = []) => [...new Set(sentences.map(say))].join(" ");
  const name = sayAll(error.fields.name);
  const participants = sayAll(error.fields.participants);
  return { ...(name ? { name } : {}), ...(participants ? { participants } : {}) };
}
