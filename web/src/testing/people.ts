import type { Contact, Participant } from "../model/types";
import { makeParticipant, makeUser } from "./fixtures";

const NAMES = [
  ["Анна", "Петрова", "teacher", "#15803d"],
  ["Олег", "Волков", "teacher", "#b45309"],
  ["Ольга", "Соколова", "admin", "#1d4ed8"],
  ["Пётр", "Орлов", "student", "#7e22ce"],
  ["Вера", "Белова", "student", "#be123c"],
  ["Миша", "Зайцев", "student", "#0f766e"],
  ["Даша", "Козлова", "student", "#4338ca"],
  ["Лёва", "Семёнов", "student", "#a21caf"],
  ["Соня", "Гусева", "student", "#1d4ed8"],
  ["Артём", "Никитин", "student", "#15803d"],
  ["Алиса", "Фёдорова", "student", "#b45309"],
] as const;

/** A small school, the same each time: staff first. Ids from 101 on; every other one is online. */
export function somePeople(count: number = NAMES.length): Contact[] {
  return NAMES.slice(0, count).map(([first_name, last_name, role, avatar_color], index) => ({
    ...makeUser({ id: 101 + index, first_name, last_name, role, avatar_color, is_online: index % 2 === 0 }),
    conversation_id: null,
  }));
}

/** The same people as members of a group; teachers are its managers. */
export function someParticipants(count: number = NAMES.length): Participant[] {
  return somePeople(count).map(({ conversation_id: _, ...person }) =>
    makeParticipant({ ...person, is_manager: person.role === "teacher" }),
  );
}
