"""
The roster as the panel's own REST API has it: people, groups and enrolments, pulled.

Three lists are read whole and must fit together; whatever is missing or does not fit makes no ``Read``, so that a
panel in trouble never looks like a school that everybody has left. Where the panel can say what has changed since a
time, that is asked between two complete reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aiohttp import ClientSession, ClientTimeout
from pydantic_core import ErrorDetails
from yarl import URL

from bridge.config import PanelConfig
from bridge.permissions.school import School
from bridge.roster.panel_entries import (
    Entries,
    Fault,
    PanelEnrolment,
    PanelGroup,
    PulledUser,
    check_rows,
    list_contradictions,
)
from bridge.roster.panel_fields import Mapped, map_rows
from bridge.roster.panel_pages import Listing, Pages, PanelUnreadable
from bridge.roster.reads import Read, Removals

OVERLAP = timedelta(seconds=60)  # clocks and transactions of the panel: rather twice than never
SHOWN_FAULTS = 50


@dataclass(frozen=True)
class Pulled:
    """A read. ``is_unchanged``: the panel says that every page is the same as last time."""

    read: Read
    is_unchanged: bool


@dataclass(frozen=True)
class _Lists:
    users: Listing
    groups: Listing
    enrolments: Listing | None

    @property
    def is_unchanged(self) -> bool:
        lists = (self.users, self.groups, self.enrolments)
        return all(found.is_unchanged for found in lists if found is not None)


class PanelSource:
    """One for each process: it remembers ETags, the last read and when that was."""

    def __init__(self, config: PanelConfig, now_s: Callable[[], float]) -> None:
        self._config, self._pull, self._now_s = config, config.pull, now_s
        self._base = URL((config.url or "").rstrip("/") + "/")
        self._pages = Pages(config.pull)
        self._last: Read | None = None  # the last complete one
        self._since: datetime | None = None
        self._complete_at_s = 0.0

    async def read(self, school: School) -> Pulled:
        """
        Read the panel: what has changed since the last time where it can say so, else everything.

        Args:
            school: The roster as it stands, against which a change is understood.

        Raises:
            PanelUnreadable: Half a read is none; with all that is wrong in its rows.
        """
        since, began_ms = self._since if self._is_partly() else None, round(self._now_s() * 1000)
        lists = await self._fetch(since)
        if since is None and lists.is_unchanged and self._last is not None:
            pulled = Pulled(replace(self._last, began_ms=began_ms), is_unchanged=True)
        else:
            entries, removals = await self._check(lists, school, is_complete=since is None)
            roster, is_complete = entries.as_roster(), since is None
            read = Read("panel-pull", roster, is_complete=is_complete, removals=removals, began_ms=began_ms)
            pulled = Pulled(read, is_unchanged=False)
        self._since = _panel_time(lists.users.asked_at, self._now_s())
        if since is None:
            self._pages.keep()
            self._last, self._complete_at_s = pulled.read, self._now_s()
        return pulled

    def forget(self) -> None:
        """What was read could not be taken in: the next read is complete again."""
        self._pages.forget()
        self._last, self._since = None, None

    def _is_partly(self) -> bool:
        is_due = self._now_s() - self._complete_at_s >= self._pull.complete_every_s
        return self._pull.modified_since is not None and self._since is not None and not is_due

    async def _fetch(self, since: datetime | None) -> _Lists:
        pull = self._pull
        headers = {"Accept": "application/json", "User-Agent": "classbridge"}
        if pull.token:
            headers["Authorization"] = f"{pull.authorization} {pull.token}"
        pages = self._pages if since is None else Pages(pull)
        pages.begin()
        async with ClientSession(timeout=ClientTimeout(total=pull.timeout_s), headers=headers) as session:
            users = await pages.read_list(session, self._address(pull.users, since))
            groups = await pages.read_list(session, self._address(pull.groups, since))
            enrolments = None
            if pull.enrolments:
                enrolments = await pages.read_list(session, self._address(pull.enrolments, since))
        return _Lists(users, groups, enrolments)

    def _address(self, path: str | None, since: datetime | None) -> URL:
        url = self._base.join(URL((path or "").lstrip("/")))
        if since is not None and self._pull.modified_since:
            url = url.update_query({self._pull.modified_since: since.strftime("%Y-%m-%dT%H:%M:%SZ")})
        return url

    async def _check(self, lists: _Lists, school: School, *, is_complete: bool) -> tuple[Entries, Removals]:
        """Name the panel's fields as ours, then check rows and lists as a push is checked."""
        told = lists.enrolments.rows if lists.enrolments else None
        rows = map_rows(self._pull, lists.users.rows, lists.groups.rows, told, school)
        await asyncio.sleep(0)
        users, wrong_users = await check_rows(PulledUser, rows.users, "users", _sentence)
        groups, wrong_groups = await check_rows(PanelGroup, rows.groups, "groups", _sentence)
        enrolments, wrong_enrolments = await check_rows(PanelEnrolment, rows.enrolments, "enrolments", _sentence)
        entries = Entries([*users], groups, enrolments)
        faults = [*wrong_users, *wrong_groups, *wrong_enrolments]
        faults = faults or list(list_contradictions(entries, is_complete=is_complete))
        if faults:
            raise PanelUnreadable(_told(faults, rows))
        return entries, self._removals(rows, entries, school, is_complete=is_complete)

    def _removals(self, rows: Mapped, entries: Entries, school: School, *, is_complete: bool) -> Removals:
        """Who has a role now that is left out; in a change, who is not in the list of a group any more."""
        people = frozenset(person_id for person_id in rows.left_out if school.find_active(person_id))
        if is_complete or self._pull.enrolments:
            return Removals(people=people)
        now = {(enrolment.group_id, enrolment.user_id) for enrolment in entries.enrolments}
        before = {(group.id, person_id) for group in entries.groups for person_id in school.members_of(group.id)}
        return Removals(people=people, enrolments=frozenset(before - now))


def _panel_time(date: str, now_s: float) -> datetime:
    """A little before the first page, by the panel's clock, or by ours where it does not tell."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        at = datetime.fromtimestamp(now_s, UTC)
    return at.astimezone(UTC) - OVERLAP


def _told(faults: list[Fault], rows: Mapped) -> str:
    lines = [f"  {rows.name_row(fault.place)}: {fault.sentence}" for fault in faults[:SHOWN_FAULTS]]
    if len(faults) > SHOWN_FAULTS:
        lines.append(f"  and {len(faults) - SHOWN_FAULTS} more")
    return f"the panel's lists have {len(faults)} fault{'s' * (len(faults) > 1)}:\n" + "\n".join(lines)


SENTENCES = {
    "missing": "the panel has no such field; see panel.pull in the config",
    "model_type": "is no object",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "literal_error": "must be {expected}; name the panel's own word in panel.pull.roles",
}


def _sentence(fault: ErrorDetails) -> str:
    known = SENTENCES.get(fault["type"])
    return known.format_map(fault.get("ctx", {})) if known else fault["msg"].removeprefix("Value error, ")
