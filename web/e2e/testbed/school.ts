/**
 * The school of these tests, as `classbridge demo --school` reads it: for each test file a class of its own, with the
 * same people in it. No class knows another, so files can run side by side.
 */
export const CLASSES = [
  "list",
  "window",
  "input",
  "upload",
  "notices",
  "groups",
  "outbox",
  "states",
  "accessible",
  "pictures",
  "firefox",
  "looks",
  "addresses",
  "parts",
  "details",
] as const;
export type ClassName = (typeof CLASSES)[number];

const PEOPLE = [
  { name: "petrova", first: "Анна", last: "Петрова", role: "teacher" },
  { name: "volkov", first: "Олег", last: "Волков", role: "teacher" },
  { name: "orlov", first: "Пётр", last: "Орлов", role: "student" },
  { name: "belova", first: "Вера", last: "Белова", role: "student" },
  { name: "zaitsev", first: "Миша", last: "Зайцев", role: "student" },
  { name: "kozlova", first: "Даша", last: "Козлова", role: "student" },
] as const;
export type Who = (typeof PEOPLE)[number]["name"];
export type Username = `${Who}.${ClassName}`;

/** Anna teaches all four mathematics; Oleg teaches Pyotr alone. Each class has a letter, as in a school. */
const LETTERS = "АБВГДЕЖЗИКЛМНОП";
const GROUPS = [
  { subject: "math", teachers: ["petrova"], students: ["orlov", "belova", "zaitsev", "kozlova"] },
  { subject: "physics", teachers: ["volkov"], students: ["orlov"] },
] as const;

export function groupNames(name: ClassName): { math: string; physics: string } {
  const letter = LETTERS[CLASSES.indexOf(name)];
  return { math: `7${letter} Математика`, physics: `9${letter} Физика` };
}

export function schoolFile(classes: readonly ClassName[] = CLASSES): string {
  const people = classes.flatMap((name, index) =>
    PEOPLE.map((one, place) => ({
      id: (index + 1) * 100 + place + 1,
      username: `${one.name}.${name}`,
      first_name: one.first,
      last_name: one.last,
      role: one.role,
      password: "panda",
    })),
  );
  const groups = classes.flatMap((name, index) =>
    GROUPS.map((group, place) => ({
      id: (index + 1) * 100 + place + 1,
      name: groupNames(name)[group.subject],
      teachers: group.teachers.map((who) => `${who}.${name}`),
      students: group.students.map((who) => `${who}.${name}`),
    })),
  );
  return JSON.stringify({ people, groups }); // JSON is YAML
}
