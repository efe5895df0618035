import { useCallback } from "react";
import { useIntl } from "react-intl";
import { ApiError } from "../services/apiError";

/** Makes a sentence in the interface's language of anything that was thrown. */
export function useErrorText(): (error: unknown) => string {
  const intl = useIntl();
  return useCallback(
    (error) => {
      if (!(error instanceof ApiError)) return intl.formatMessage({ id: "error.unknown" });
      if (error.code === "invalid" && error.detail) return error.detail;
      // Why one may not write somewhere is said in the same words where one tries to.
      const keys = [`error.${error.code}`, `readOnly.${error.code}`];
      const id = keys.find((key) => isPlain(intl.messages[key]));
      if (id) return intl.formatMessage({ id });
      return error.detail || intl.formatMessage({ id: "error.unknown" });
    },
    [intl],
  );
}

/** Whether there is such a sentence, and it needs no values. Texts are strings, or parsed already (`scripts/icu.ts`). */
function isPlain(text: string | readonly { type: number }[] | undefined): boolean {
  if (typeof text === "string") return !text.includes("{");
  return text?.every((element) => element.type === LITERAL) ?? false;
}

const LITERAL = 0;
