"""
The permission tables that people read, made by asking the policy: ``python -m bridge.permissions.document``.

It prints the generated part of ``docs/permissions.md``; a test holds the file to it. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bridge.permissions import matrix
from bridge.permissions.matrix import EventFacts, RoomFacts, Wish
from bridge.permissions.policy import (
    SENTENCES,
    ConversationFacts,
    Reason,
    Rules,
    refuse_add,
    refuse_begin,
    refuse_block,
    refuse_create_group,
    refuse_delete,
    refuse_edit,
    refuse_manage,
    refuse_send,
)
from bridge.permissions.roster_rooms import ANNOUNCEMENTS
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.permissions.snapshot import Identity, Snapshot

BEGIN = "<!-- made by `python -m bridge.permissions.document`: begin -->"
END = "<!-- end -->"
CHOICES = ("nobody", "groupmates", "everybody")
IDENTITY = Identity("school.example", "school_", "@school_bot:school.example")
ROOM = "!room"

# One school in which every relation exists: two groups, and a student in neither.
TEACHER, OTHER_TEACHER = (Person(1, "t1", "Own", "", Role.TEACHER), Person(2, "t2", "Other", "", Role.TEACHER))
STUDENT, MATE, STRANGER = (Person(i, f"s{i}", f"S{i}", "", Role.STUDENT) for i in (3, 4, 5))
ADMIN, LEAVER = (Person(6, "a", "A", "", Role.ADMIN), Person(7, "l", "L", "", Role.TEACHER, is_active=False))
SCHOOL = School.of(
    (TEACHER, OTHER_TEACHER, STUDENT, MATE, STRANGER, ADMIN, LEAVER),
    (Group(70, "7Б"), Group(80, "8А")),
    (
        Enrolment(70, TEACHER.id, Role.TEACHER),
        Enrolment(70, STUDENT.id, Role.STUDENT),
        Enrolment(70, MATE.id, Role.STUDENT),
        Enrolment(80, OTHER_TEACHER.id, Role.TEACHER),
        Enrolment(80, STRANGER.id, Role.STUDENT),
    ),
)
ACTORS = {Role.STUDENT: STUDENT, Role.TEACHER: TEACHER, Role.ADMIN: ADMIN}

Cell = Callable[[Person, Rules], Reason | None]


def document() -> str:
    """The generated part, between its two marks."""
    parts = [BEGIN, *_direct(), *_conversations(), *_matrix(), *_reasons(), END]
    return "\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _word(reason: Reason | None) -> str:
    return "yes" if reason is None else f"no: `{reason.value}`"


def _by_choice(ask: Cell, actor: Person) -> str:
    """One word, or one for each choice of the school where they differ."""
    words = {choice: _word(ask(actor, Rules(choice))) for choice in CHOICES}
    if len(set(words.values())) == 1:
        return words["nobody"]
    return "; ".join(f"{word} (`{choice}`)" for choice, word in words.items())


def _direct() -> list[str]:
    relations = {
        "own teacher or own student": {Role.STUDENT: TEACHER, Role.TEACHER: STUDENT},
        "another teacher or student": {Role.STUDENT: OTHER_TEACHER, Role.TEACHER: STRANGER},
        "of the same role, in a common group": {Role.STUDENT: MATE, Role.TEACHER: OTHER_TEACHER},
        "of the same role, without one": {Role.STUDENT: STRANGER, Role.TEACHER: OTHER_TEACHER},
        "an admin": {Role.STUDENT: ADMIN, Role.TEACHER: ADMIN},
        "who has left": dict.fromkeys(Role, LEAVER),
        "oneself": ACTORS,
    }
    anybody = {Role.ADMIN: STUDENT}
    rows = [
        (f"with: {name}", *(_by_choice(_asks_direct((anybody | others)[role]), ACTORS[role]) for role in Role))
        for name, others in relations.items()
    ]
    return ["### Beginning a direct conversation, by relation", "", *_table(("", *(role.value for role in Role)), rows)]


def _asks_direct(other: Person) -> Cell:
    return lambda actor, rules: refuse_begin(SCHOOL, rules, actor, other)


def _conversations() -> list[str]:
    group, managed = ConversationFacts(is_direct=False), ConversationFacts(is_direct=False, is_manager=True)
    roster = ConversationFacts(is_direct=False, is_manager=True, roster_key="group:70")
    asks: dict[str, Cell] = {
        "write in a group": lambda a, r: refuse_send(SCHOOL, r, a, group),
        "write in announcements": lambda a, r: refuse_send(
            SCHOOL, r, a, ConversationFacts(is_direct=False, roster_key=ANNOUNCEMENTS)
        ),
        "write in an archived group": lambda a, r: refuse_send(
            SCHOOL, r, a, ConversationFacts(is_direct=False, is_archived=True)
        ),
        "write where another has blocked": lambda a, r: refuse_send(
            SCHOOL, r, a, ConversationFacts(is_direct=True, other_id=OTHER_TEACHER.id, blocked_by=OTHER_TEACHER.id)
        ),
        "create a group of own people": lambda a, r: refuse_create_group(SCHOOL, r, a, [STUDENT, MATE]),
        "create a group with a stranger": lambda a, r: refuse_create_group(SCHOOL, r, a, [STRANGER]),
        "rename, remove, archive where manager": lambda a, _: refuse_manage(a, managed),
        "rename, remove, archive elsewhere": lambda a, _: refuse_manage(a, group),
        "the same in a group of the roster": lambda a, _: refuse_manage(a, roster),
        "add own people where manager": lambda a, r: refuse_add(SCHOOL, r, a, managed, [STUDENT]),
        "add a stranger where manager": lambda a, r: refuse_add(SCHOOL, r, a, managed, [STRANGER]),
        "block in a direct conversation": lambda a, _: refuse_block(a, ConversationFacts(is_direct=True)),
        "edit an own message in time": lambda a, r: refuse_edit(r, a, a.id, r.edit_window_s),
        "edit an own message later": lambda a, r: refuse_edit(r, a, a.id, r.edit_window_s + 1),
        "edit another's message": lambda a, r: refuse_edit(r, a, LEAVER.id, 0),
        "delete an own message": lambda a, _: refuse_delete(a, group, a.id),
        "delete another's where manager": lambda a, _: refuse_delete(a, managed, LEAVER.id),
        "delete another's elsewhere": lambda a, _: refuse_delete(a, group, LEAVER.id),
    }
    rows = [(name, *(_by_choice(ask, ACTORS[role]) for role in Role)) for name, ask in asks.items()]
    return ["### In conversations, as a participant", "", *_table(("", *(role.value for role in Role)), rows)]


def _matrix() -> list[str]:
    group, direct = RoomFacts(is_direct=False, roster_key="group:70"), RoomFacts(is_direct=True, people=(1, 3))
    own, said, state = RoomFacts(is_direct=False), EventFacts(LEAVER.id, 0), EventFacts(None, 0, is_state=True)
    text = {"msgtype": "m.text", "body": "."}
    asks: dict[str, Callable[[Snapshot, Person], Reason | None]] = {
        "begin a direct chat with an own student or teacher": lambda s, a: _begin(s, a, is_direct=True),
        "create a room of one's own": lambda s, a: _begin(s, a, is_direct=False),
        "create a space": lambda s, _: _as_reason(matrix.read_wish(s, {"creation_content": {"type": "m.space"}})),
        "invite an own person into a group": lambda s, a: matrix.refuse_invite(s, a, group, _ghost(MATE)),
        "invite a stranger into a group": lambda s, a: matrix.refuse_invite(s, a, group, _ghost(STRANGER)),
        "invite into a direct chat": lambda s, a: matrix.refuse_invite(s, a, direct, _ghost(MATE)),
        "join an open room of an own group": lambda s, a: matrix.refuse_join(s, a, group, is_invited=False),
        "join another's direct chat": lambda s, _: matrix.refuse_join(s, MATE, direct, is_invited=True),
        "remove or ban a member of a group of the roster, as a manager": lambda s, a: _remove(s, a, MATE),
        "remove or ban somebody else from a group, as a manager": lambda s, a: _remove(s, a, STRANGER),
        "leave a group of the roster, as its member": lambda s, a: _leave(s, a, RoomFacts(False, ANNOUNCEMENTS)),
        "leave another group": lambda s, a: _leave(s, a, own),
        "leave a direct chat": lambda s, a: _leave(s, a, direct),
        "change a group's name or topic": lambda _, a: _state(a, group, "m.room.name"),
        "change levels, join rule, encryption": lambda _, a: _state(a, group, "m.room.power_levels"),
        "have another name in one room": lambda _, a: _state(a, group, "m.room.member"),
        "send text": lambda s, a: matrix.refuse_event(s, a, ROOM, group, "m.room.message", text),
        "send what is encrypted": lambda s, a: matrix.refuse_event(s, a, ROOM, group, "m.room.encrypted", {}),
        "delete another's message in a group": lambda _, a: matrix.refuse_redaction(a, group, said),
        "delete what the room itself is": lambda _, a: matrix.refuse_redaction(a, group, state),
        "send events of unknown types": lambda s, a: matrix.refuse_event(s, a, ROOM, group, "org.example.note", {}),
    }
    snapshot = Snapshot(IDENTITY, SCHOOL, Rules())
    rows = [(name, *(_word(ask(snapshot, ACTORS[role])) for role in Role)) for name, ask in asks.items()]
    return ["### Besides, in Matrix clients", "", *_table(("", *(role.value for role in Role)), rows)]


def _begin(snapshot: Snapshot, actor: Person, *, is_direct: bool) -> Reason | None:
    other = TEACHER if actor.role == Role.STUDENT else STUDENT
    return matrix.refuse_create(snapshot, actor, Wish((other.id,) if is_direct else (), "", is_direct))


def _as_reason(found: Wish | Reason) -> Reason | None:
    return found if isinstance(found, Reason) else None


def _remove(snapshot: Snapshot, actor: Person, member: Person) -> Reason | None:
    room, manages = RoomFacts(is_direct=False, roster_key="group:70"), actor.role != Role.STUDENT
    return matrix.refuse_removal(snapshot, actor, room, member.id, is_manager=manages)


def _leave(snapshot: Snapshot, actor: Person, room: RoomFacts) -> Reason | None:
    return matrix.refuse_removal(snapshot, actor, room, actor.id, is_manager=actor.role != Role.STUDENT)


def _state(actor: Person, room: RoomFacts, event_type: str) -> Reason | None:
    own = _ghost(actor)
    return matrix.refuse_state(actor, room, event_type, own if event_type == matrix.MEMBER else "", own_mxid=own)


def _ghost(person: Person) -> str:
    return IDENTITY.ghost(person.id)


def _reasons() -> list[str]:
    rows = [(f"`{reason.value}`", SENTENCES[reason]) for reason in Reason]
    return ["### Every reason", "", *_table(("code", "sentence"), rows)]


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201 - it is a command
