"""Why somebody may or may not do something: the answer of the policy, the rule behind it, and the facts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge.permissions.policy import (
    SENTENCES,
    ConversationFacts,
    Reason,
    Rules,
    refuse_begin,
    refuse_block,
    refuse_create_group,
    refuse_delete,
    refuse_edit,
    refuse_manage,
    refuse_send,
)
from bridge.permissions.roster_rooms import belongs_into
from bridge.permissions.school import Person, Role, School


@dataclass(frozen=True)
class Explanation:
    """
    The answer to one question.

    Attributes:
        rule: Which rule decided, in one sentence.
        facts: What it looked at, in the order in which it did.
    """

    reason: Reason | None
    rule: str
    facts: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        return self.reason is None

    @property
    def answer(self) -> str:
        return "Yes." if self.reason is None else f"No ({self.reason.value}). {SENTENCES[self.reason]}"


@dataclass(frozen=True)
class Target:
    """
    What the question is about: a person, a conversation with what the rules know of it, or a message in one.

    Attributes:
        participants: Of the conversation.
        sender_id: Of the message; its age counts for editing.
    """

    person: Person | None = None
    facts: ConversationFacts | None = None
    name: str = ""
    participants: frozenset[int] = frozenset()
    sender_id: int | None = None
    age_s: float = 0


Question = Callable[[School, Rules, Person, Target], Explanation]


def explain(school: School, rules: Rules, actor: Person, action: str, target: Target) -> Explanation:
    """
    Answer whether *actor* may do *action* with *target*.

    Raises:
        KeyError: There is no such action; ``ACTIONS`` has them.
        ValueError: The action needs another kind of target; the message says which.
    """
    if not actor.is_active:
        return Explanation(Reason.PERSON_INACTIVE, "Who has left the school does nothing.", (_who(actor),))
    return ACTIONS[action](school, rules, actor, target)


def _write(school: School, rules: Rules, actor: Person, target: Target) -> Explanation:
    if target.facts is not None:
        return _send(school, rules, actor, target)
    other = _person(target, "write")
    rule = "Teachers and their students write to each other, teachers among themselves, admins to everybody."
    if {actor.role, other.role} == {Role.STUDENT}:
        rule = f"permissions.students_may_message_students is {rules.students_may_message_students}."
    return Explanation(refuse_begin(school, rules, actor, other), rule, _pair(school, actor, other))


def _send(school: School, rules: Rules, actor: Person, target: Target) -> Explanation:
    facts = _conversation(target, "write")
    seen = _see(school, rules, actor, target)
    if seen.reason is not None:
        return seen
    other = school.find(facts.other_id)
    told = (*seen.facts, *_states(school, facts), *(_pair(school, actor, other) if facts.is_direct and other else ()))
    rule = "A participant writes while the conversation is open and, in a direct one, while the relation holds."
    return Explanation(refuse_send(school, rules, actor, facts), rule, told)


def _see(school: School, _rules: Rules, actor: Person, target: Target) -> Explanation:
    facts = _conversation(target, "see")
    is_in = actor.id in target.participants
    told = [_who(actor), f"{actor.name} is {'a' if is_in else 'no'} participant of {target.name}."]
    if facts.roster_key is not None:
        belongs = belongs_into(school, facts.roster_key, actor)
        told.append(f"The roster has {actor.name} {'in' if belongs else 'not in'} this room ({facts.roster_key}).")
    may = is_in or (actor.role == Role.ADMIN and not facts.is_direct)
    rule = "Participants see a conversation; an admin may look into any group and becomes a participant, visibly."
    return Explanation(None if may else Reason.NOT_A_PARTICIPANT, rule, tuple(told))


def _create_group(school: School, rules: Rules, actor: Person, target: Target) -> Explanation:
    people = [target.person] if target.person else []
    told = _pair(school, actor, target.person) if target.person else (_who(actor),)
    rule = "Teachers and admins create group chats, of people whom they may write to."
    return Explanation(refuse_create_group(school, rules, actor, people), rule, told)


def _manage(school: School, rules: Rules, actor: Person, target: Target) -> Explanation:
    facts = _conversation(target, "manage")
    word = "manages" if facts.is_manager else "does not manage"
    told = (_who(actor), f"{actor.name} {word} {target.name}.", *_states(school, facts))
    del rules
    rule = "Managers of a group add, remove and rename: who created it, the teachers of a roster group, and admins."
    return Explanation(refuse_manage(actor, facts), rule, told)


def _block(_school: School, _rules: Rules, actor: Person, target: Target) -> Explanation:
    facts = _conversation(target, "block")
    rule = "Teachers and admins stop the other of a direct conversation from writing."
    return Explanation(refuse_block(actor, facts), rule, (_who(actor),))


def _edit(_school: School, rules: Rules, actor: Person, target: Target) -> Explanation:
    told = (_who(actor), f"The message is {target.age_s:.0f} s old; it can be edited for {rules.edit_window_s} s.")
    return Explanation(refuse_edit(rules, actor, target.sender_id, target.age_s), "The sender edits, for a time.", told)


def _delete(school: School, _rules: Rules, actor: Person, target: Target) -> Explanation:
    facts = _conversation(target, "delete")
    sender = school.find(target.sender_id)
    told = (_who(actor), f"The message is by {sender.name if sender else 'nobody of the roster'}.")
    rule = "The sender deletes; in a group its managers; an admin anywhere."
    return Explanation(refuse_delete(actor, facts, target.sender_id), rule, told)


ACTIONS: Mapping[str, Question] = {
    "write": _write,
    "see": _see,
    "create-group": _create_group,
    "manage": _manage,
    "block": _block,
    "edit": _edit,
    "delete": _delete,
}


def _person(target: Target, action: str) -> Person:
    if target.person is None:
        raise ValueError(f"{action} needs a person: a username or an id")
    return target.person


def _conversation(target: Target, action: str) -> ConversationFacts:
    if target.facts is None:
        raise ValueError(f"{action} needs a conversation: conversation:ID, group:ID, message:ID, or a person")
    return target.facts


def _who(person: Person) -> str:
    return f"{person.name} ({person.username}) is {_article(person.role)}{'' if person.is_active else ', not active'}."


def _article(role: Role) -> str:
    return f"an {role.value}" if role == Role.ADMIN else f"a {role.value}"


def _pair(school: School, one: Person, other: Person) -> tuple[str, ...]:
    shared = school.groups_of.get(one.id, frozenset()) & school.groups_of.get(other.id, frozenset())
    told = [_who(one), _who(other)]
    for group_id in sorted(shared):
        group = school.groups[group_id]
        sides = (_side(school, group_id, person) for person in (one, other))
        told.append(f"Both are in {group.name} (group {group_id}): {', '.join(sides)}.")
    return (*told, *(() if shared else ("They share no group.",)))


def _side(school: School, group_id: int, person: Person) -> str:
    teaches = person.id in school.teachers_of.get(group_id, frozenset())
    return f"{person.name} {'teaches' if teaches else 'learns'} there"


def _states(school: School, facts: ConversationFacts) -> tuple[str, ...]:
    told = []
    if facts.is_archived:
        told.append("The conversation is archived.")
    if facts.blocked_by is not None:
        by = school.find(facts.blocked_by)
        told.append(f"{by.name if by else facts.blocked_by} has blocked writing in it.")
    if facts.roster_key is not None:
        told.append(f"Its room follows the roster ({facts.roster_key}).")
    return tuple(told)
