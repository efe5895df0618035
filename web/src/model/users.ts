import type { User } from "./types";

/** Somebody of whom only the name is known. */
export function unknownUser(id: number, name: string): User {
  const [first_name = "", ...rest] = name.split(" ");
  return {
    id,
    name,
    first_name,
    last_name: rest.join(" "),
    role: "student",
    avatar_color: "#4338ca",
    is_online: true,
    last_seen: null,
  };
}
