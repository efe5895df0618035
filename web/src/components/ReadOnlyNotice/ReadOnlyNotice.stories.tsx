import ru from "../../i18n/ru.json";
import { ReadOnlyNotice } from "./ReadOnlyNotice";

export default { title: "ReadOnlyNotice" };

const REASONS = Object.keys(ru).flatMap((key) => /^readOnly\.(\w+)$/.exec(key)?.[1] ?? []);

export const EachReason = () => (
  <>
    {REASONS.map((reason) => (
      <ReadOnlyNotice key={reason} reason={reason} />
    ))}
  </>
);
