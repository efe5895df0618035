import { ReadOnlyNotice } from "./ReadOnlyNotice";

export default { title: "ReadOnlyNotice" };

const REASONS = [
  "no_shared_group",
  "blocked",
  "archived",
  "person_inactive",
  "announcements_only_staff",
  null,
];

export const EachReason = () => (
  <>
    {REASONS.map((reason) => (
      <ReadOnlyNotice key={reason} reason={reason} />
    ))}
  </>
);
