"""From the school's list to a school that talks: roster, ghosts, rooms, history, passwords. Again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from bridge.app import Bridge
from bridge.chat import conversations, seed
from bridge.demo.directs import ensure_directs, list_pairs
from bridge.demo.history import make_history
from bridge.demo.school import DemoSchool
from bridge.errors import BridgeError, ConfigError
from bridge.permissions.school import Role, School
from bridge.provisioning.layout import layout_of
from bridge.provisioning.parts import Parts
from bridge.provisioning.provision import is_applied, make_plan, provision
from bridge.roster.passwords import hash_password
from bridge.roster.roster import Roster
from bridge.roster.store import save_roster
from bridge.roster.synthetic import LONG_HISTORY, SyntheticSchool

CONVERSATIONS_A_COMMIT = 50


@dataclass(frozen=True)
class Stage:
    """
    What preparing works with.

    Attributes:
        done_file: Holds the fingerprint of the school that was prepared to its end.
    """

    bridge: Bridge
    progress: Progress
    done_file: Path

    @property
    def parts(self) -> Parts:
        services = self.bridge.services
        return Parts(self.bridge.db, self.bridge.homeserver, services.live.publish, services.clock, services.rules)

    def counting(self, what: str, total: int) -> Callable[..., None]:
        """Show a bar; each call of the result is one more."""
        bar = self.progress.add_task(what, total=total)
        return lambda *_: self.progress.advance(bar)


async def prepare(stage: Stage, school: DemoSchool) -> None:
    """
    Make everything that is missing; a second start finds out that nothing is.

    Raises:
        ConfigError: The database belongs to another homeserver.
        BridgeError: The homeserver refused something.
    """
    await _require_same_homeserver(stage.bridge)
    fingerprint = _fingerprint(school)
    was_done = stage.done_file.exists() and stage.done_file.read_text("utf-8") == fingerprint
    if was_done and await is_applied(stage.bridge.db, stage.bridge.school.current):
        return
    await _save(stage.bridge, school.roster)
    await _provision(stage, stage.bridge.school.current)
    if school.synthetic:
        await _talk(stage, stage.bridge.school.current, school.synthetic)
    stage.done_file.write_text(fingerprint, "utf-8")


async def _require_same_homeserver(bridge: Bridge) -> None:
    """A database of another data folder knows rooms that this homeserver has never seen."""
    async with bridge.db.reading() as conn:
        known = await conversations.list_room_ids(conn)
    if known and not known <= set(await bridge.homeserver.joined_rooms()):
        raise ConfigError(
            "the database knows rooms that this homeserver does not have; take the data folder that it was used "
            "with, or an empty database"
        )


def _fingerprint(school: DemoSchool) -> str:
    roster = school.roster
    everything = (roster.people, roster.groups, roster.enrolments, roster.passwords, school.synthetic)
    return hashlib.sha256(repr(everything).encode()).hexdigest()


async def _save(bridge: Bridge, roster: Roster) -> None:
    # Who has the same password gets the same hash: hashing is slow on purpose, and these passwords are printed.
    hashes = {password: await hash_password(password) for password in set(roster.passwords.values())}
    by_person = {person_id: hashes[password] for person_id, password in roster.passwords.items()}
    async with bridge.db.writing() as conn:
        await save_roster(conn, roster, by_person)
    await bridge.school.refresh()


async def _provision(stage: Stage, school: School) -> None:
    plan = await make_plan(stage.parts, school, layout_of(stage.bridge.config.roster.rooms))
    on_step = stage.counting("People and groups", len(plan.steps))
    report = await provision(stage.parts, school, plan, on_step)
    if not report.is_complete:
        first = report.failures[0]
        raise BridgeError(
            f"the homeserver refused {len(report.failures)} of {len(plan.steps)} steps; "
            f"the first, {type(first.step).__name__}: {first.reason}"
        )


async def _talk(stage: Stage, school: School, synthetic: SyntheticSchool) -> None:
    on_room = stage.counting("Direct conversations", len(list_pairs(school)))
    await ensure_directs(stage.parts, school, on_room)
    db = stage.bridge.db
    async with db.reading() as conn:
        groups = [each for each in await conversations.list_roster_conversations(conn) if each.group_id is not None]
        directs = await seed.list_direct_conversations(conn)
        silent = await seed.list_silent(conn)
    members = {each.id: _teachers_first(school, each.participants) for each in groups}
    members |= {each.id: _teachers_first(school, each.people) for each in directs}
    long_id = min(each.id for each in groups if each.group_id == min(school.groups))
    waiting = sorted(silent & members.keys())
    on_history = stage.counting("History", len(waiting))
    for start in range(0, len(waiting), CONVERSATIONS_A_COMMIT):
        async with db.writing() as conn:
            for conversation_id in waiting[start : start + CONVERSATIONS_A_COMMIT]:
                count = LONG_HISTORY if conversation_id == long_id else synthetic.messages_each
                staff, people = members[conversation_id]
                history = make_history(people, staff, count, stage.bridge.services.clock())
                await seed.write_history(conn, conversation_id, history)
                on_history()
    if waiting:
        async with db.writing() as conn:
            await seed.analyze(conn)


def _teachers_first(school: School, people: Iterable[int]) -> tuple[int, list[int]]:
    """How many of *people* are staff, and everybody, staff first."""
    staff = sorted(p for p in people if school.people[p].role != Role.STUDENT)
    students = sorted(p for p in people if school.people[p].role == Role.STUDENT)
    return len(staff), staff + students
