"""Who and what the rows of the table mean; by role and target, or by role, action and target."""

from __future__ import annotations

from testbed.world import ADMIN, ANNA, BORIS, DASHA, GLEB, TEACHER, TEACHER_2, TEACHER_3, VERA

from rules.table import Row
from rules.table_school import ADMIN_2, EGOR, EX_STUDENT, EX_TEACHER, FEDYA, NOBODY, ZOYA, Case

ACTORS = {"student": ANNA, "teacher": TEACHER, "admin": ADMIN, "left": EX_STUDENT}

OTHERS = {
    ("student", "own teacher"): Case(ANNA, people=(TEACHER,)),
    ("student", "other teacher"): Case(ANNA, people=(TEACHER_3,)),
    ("student", "teacher of before"): Case(VERA, people=(TEACHER,)),
    ("student", "groupmate"): Case(ANNA, people=(BORIS,)),
    ("student", "other student"): Case(ANNA, people=(DASHA,)),
    ("student", "admin"): Case(ANNA, people=(ADMIN,)),
    ("student", "admin who has begun"): Case(GLEB, people=(ADMIN,)),
    ("student", "who has left"): Case(ANNA, people=(EX_TEACHER,)),
    ("teacher", "own student"): Case(TEACHER, people=(BORIS,)),
    ("teacher", "other student"): Case(TEACHER, people=(DASHA,)),
    ("teacher", "student of before"): Case(TEACHER, people=(VERA,)),
    ("teacher", "colleague"): Case(TEACHER, people=(TEACHER_2,)),
    ("teacher", "other colleague"): Case(TEACHER, people=(TEACHER_3,)),
    ("teacher", "admin"): Case(TEACHER, people=(ADMIN_2,)),
    ("teacher", "who has left"): Case(TEACHER, people=(EX_STUDENT,)),
    ("admin", "student"): Case(ADMIN, people=(BORIS,)),
    ("admin", "teacher"): Case(ADMIN, people=(TEACHER_2,)),
    ("admin", "other admin"): Case(ADMIN, people=(ADMIN_2,)),
    ("admin", "who has left"): Case(ADMIN, people=(EX_TEACHER,)),
    **{(role, "oneself"): Case(person_id, people=(person_id,)) for role, person_id in ACTORS.items()},
    **{(role, "nobody"): Case(person_id, people=(NOBODY,)) for role, person_id in ACTORS.items()},
}

PLACES = {
    ("student", "direct with own teacher"): Case(ANNA, "own"),
    ("student", "direct, relation ended"): Case(VERA, "ended"),
    ("student", "direct, admin has begun"): Case(GLEB, "with admin"),
    ("student", "direct, other has left"): Case(ANNA, "teacher left"),
    ("student", "direct, other has blocked"): Case(BORIS, "blocked by teacher"),
    ("student", "group, was removed"): Case(GLEB, "left"),
    ("teacher", "direct with own student"): Case(TEACHER, "own"),
    ("teacher", "direct, relation ended"): Case(TEACHER, "ended"),
    ("teacher", "direct with colleague"): Case(TEACHER, "colleagues"),
    ("teacher", "direct, other has left"): Case(TEACHER, "student left"),
    ("teacher", "direct, other has blocked"): Case(TEACHER, "blocked by admin"),
    ("teacher", "direct, has blocked"): Case(TEACHER_2, "blocked by teacher"),
    ("teacher", "group, manager"): Case(TEACHER, "to archive"),
    ("teacher", "group, not manager"): Case(TEACHER_2, "group"),
    ("admin", "direct with student"): Case(ADMIN, "with admin"),
    ("admin", "direct, other has left"): Case(ADMIN, "left and admin"),
    ("admin", "direct, other has blocked"): Case(ADMIN, "admins"),
    ("admin", "direct, has blocked"): Case(ADMIN, "blocked by admin"),
    ("admin", "any group"): Case(ADMIN, "8a"),
    ("admin", "group not looked into"): Case(ADMIN, "other"),
    ("admin", "group of a teacher"): Case(ADMIN, "to archive by admin"),
    ("left", "direct with own teacher"): Case(EX_STUDENT, "student left"),
    **{
        (role, target): Case(person_id, place)
        for role, person_id in ACTORS.items()
        for target, place in {
            "direct of others": "others",
            "own group": "group",
            "another's group": "group",
            "own roster group": "7b",
            "other group": "other",
            "other roster group": "8a",
            "archived group": "archived",
            "announcements": "announcements",
            "staff room": "staff room",
            "nothing": "nothing",
            "of one's own": "",
        }.items()
    },
}

# By their action: the same words would mean others elsewhere, or what is done stays done.
SPECIAL = {
    ("teacher", "block", "direct with own student"): Case(TEACHER_2, "to block"),
    ("admin", "block", "direct with student"): Case(ADMIN_2, "to block by admin"),
    ("admin", "unblock", "direct, other has blocked"): Case(ADMIN_2, "to unblock"),
}

NEW_GROUPS = {
    ("student", "of own people"): Case(ANNA, people=(BORIS, TEACHER)),
    ("student", "with a stranger"): Case(ANNA, people=(DASHA, TEACHER)),
    ("teacher", "of own people"): Case(TEACHER, people=(ANNA, BORIS)),
    ("teacher", "with a colleague"): Case(TEACHER, people=(ANNA, TEACHER_3)),
    ("teacher", "with a stranger"): Case(TEACHER, people=(ANNA, DASHA)),
    ("teacher", "with who has left"): Case(TEACHER, people=(ANNA, EX_STUDENT)),
    ("teacher", "with nobody"): Case(TEACHER, people=(ANNA, NOBODY)),
    ("admin", "of anybody"): Case(ADMIN, people=(DASHA, TEACHER)),
    ("admin", "with who has left"): Case(ADMIN, people=(DASHA, EX_STUDENT)),
    ("admin", "with nobody"): Case(ADMIN, people=(DASHA, NOBODY)),
}

MEMBERS = {
    ("student", "somebody to own group"): Case(ANNA, "group", (TEACHER_3,)),
    ("student", "somebody to other group"): Case(ANNA, "other", (TEACHER,)),
    ("student", "groupmate to direct"): Case(ANNA, "own", (BORIS,)),
    ("teacher", "own student where manager"): Case(TEACHER, "group", (GLEB,)),
    ("teacher", "other colleague where manager"): Case(TEACHER, "group", (TEACHER_3,)),
    ("teacher", "stranger where manager"): Case(TEACHER, "group", (DASHA,)),
    ("teacher", "who has left where manager"): Case(TEACHER, "group", (EX_STUDENT,)),
    ("teacher", "nobody where manager"): Case(TEACHER, "group", (NOBODY,)),
    ("teacher", "own student where not manager"): Case(TEACHER_2, "group", (EGOR,)),
    ("teacher", "own student to other group"): Case(TEACHER, "other", (EGOR,)),
    ("teacher", "own student to direct"): Case(TEACHER, "own", (EGOR,)),
    ("admin", "student to another's group"): Case(ADMIN, "group", (EGOR,)),
    ("admin", "student to direct"): Case(ADMIN, "with admin", (EGOR,)),
    ("student", "groupmate from own group"): Case(ANNA, "group", (BORIS,)),
    ("student", "teacher from direct"): Case(ANNA, "own", (TEACHER,)),
    ("student", "member of other group"): Case(ANNA, "other", (DASHA,)),
    ("teacher", "student where manager"): Case(TEACHER, "group", (FEDYA,)),
    ("teacher", "student where not manager"): Case(TEACHER_2, "group", (BORIS,)),
    ("teacher", "member of other group"): Case(TEACHER, "other", (DASHA,)),
    ("teacher", "student from direct"): Case(TEACHER, "own", (ANNA,)),
    ("teacher", "member of the roster"): Case(TEACHER, "7b", (EGOR,)),
    ("admin", "student from direct"): Case(ADMIN, "with admin", (GLEB,)),
}
SPECIAL[("admin", "remove", "student from another's group")] = Case(ADMIN, "group", (ZOYA,))

SAID = {
    ("student", "own in time"): Case(ANNA, "group", sender=ANNA),
    ("student", "own later"): Case(ANNA, "group", sender=ANNA),
    ("student", "own, group archived"): Case(ANNA, "archived", sender=ANNA),
    ("student", "own, relation ended"): Case(VERA, "ended", sender=VERA),
    ("student", "another's in own group"): Case(ANNA, "group", sender=BORIS),
    ("student", "another's in direct"): Case(ANNA, "own", sender=TEACHER),
    ("student", "another's in other group"): Case(ANNA, "other", sender=DASHA),
    ("teacher", "own in time"): Case(TEACHER, "group", sender=TEACHER),
    ("teacher", "own later"): Case(TEACHER, "group", sender=TEACHER),
    ("teacher", "own, group archived"): Case(TEACHER, "archived", sender=TEACHER),
    ("teacher", "another's in own group"): Case(TEACHER, "group", sender=ANNA),
    ("teacher", "another's, not manager"): Case(TEACHER_2, "group", sender=ANNA),
    ("teacher", "another's in direct"): Case(TEACHER, "own", sender=ANNA),
    ("teacher", "another's in other group"): Case(TEACHER, "other", sender=DASHA),
    ("admin", "own in time"): Case(ADMIN, "group", sender=ADMIN),
    ("admin", "own later"): Case(ADMIN, "group", sender=ADMIN),
    ("admin", "another's in own group"): Case(ADMIN, "group", sender=ANNA),
}

BY_TARGET = {**OTHERS, **PLACES, **NEW_GROUPS, **MEMBERS, **SAID}


def case_of(row: Row) -> Case:
    """Who and what the row means."""
    return SPECIAL.get((row.role, row.action, row.target)) or BY_TARGET[row.role, row.target]
