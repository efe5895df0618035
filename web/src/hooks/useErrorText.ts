import { useCallback } from "react";
import { useIntl } from "react-intl";
import { errorText } from "../i18n/faults";

/** Makes a sentence in the interface's language of anything that was thrown. */
export function useErrorText(): (error: unknown) => string {
  const intl = useIntl();
  return useCallback((error) => errorText(intl, error), [intl]);
}
