"""One person of each kind that the rules tell apart, by what they are to the student."""

from __future__ import annotations

from bridge.permissions.school import Person, Role

PEOPLE = {
    "teacher": Person(1, "t", "Иван", "Иванов", Role.TEACHER),
    "colleague": Person(2, "c", "Мария", "Петрова", Role.TEACHER),
    "admin": Person(3, "a", "Ольга", "Директор", Role.ADMIN),
    "student": Person(11, "s", "Анна", "Ученик", Role.STUDENT),
    "classmate": Person(12, "m", "Борис", "Ученик", Role.STUDENT),
    "outsider": Person(13, "o", "Глеб", "Ученик", Role.STUDENT),
    "leaver": Person(14, "l", "Вера", "Ученик", Role.STUDENT, is_active=False),
}
