"""The panel's lists are read whole or not at all; nothing that goes wrong on the way looks like an empty school."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from testbed.panel import TOKEN, Panel, Twist, open_panel, pull_config, rows_of

from bridge.config import PanelConfig
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.roster.panel_pages import PanelUnreadable
from bridge.roster.panel_source import PanelSource
from bridge.roster.reads import Removals
from bridge.roster.roster import Roster

PEOPLE = (
    Person(1, "ivanova", "Анна", "Иванова", Role.TEACHER),
    *(Person(10 + n, f"student{n}", "Пётр", f"Ученик-{n}", Role.STUDENT) for n in range(8)),
    Person(2, "zavuch", "Ольга", "", Role.ADMIN),
    Person(3, "gone", "Лев", "Ушёл", Role.STUDENT, is_active=False),
)
GROUPS = (Group(70, "7Б Математика", "2026/27", "Алгебра"), Group(71, "8А"))
ENROLMENTS = (
    Enrolment(70, 1, Role.TEACHER),
    *(Enrolment(70, 10 + n, Role.STUDENT) for n in range(6)),
    Enrolment(71, 16, Role.STUDENT),
)
ROSTER = Roster(PEOPLE, GROUPS, ENROLMENTS)
SCHOOL = School.of(PEOPLE, GROUPS, ENROLMENTS, 1)


class Clock:
    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def panel() -> AsyncIterator[Panel]:
    async with open_panel(rows_of(ROSTER)) as panel:
        yield panel


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source_of(panel: Panel, clock: Clock) -> Callable[..., PanelSource]:
    def make(**changes: Any) -> PanelSource:
        changes.setdefault("group_fields", {"year": "year", "course": "course"})
        return PanelSource(PanelConfig.model_validate(pull_config(panel, **changes)), clock)

    return make


async def test_three_lists_of_pages_become_the_whole_school(panel: Panel, source_of: Callable[..., PanelSource]):
    pulled = await source_of().read(School())
    assert (pulled.read.source, pulled.read.is_complete, pulled.is_unchanged) == ("panel-pull", True, False)
    assert pulled.read.roster == ROSTER
    assert not pulled.read.removals
    assert len(panel.asked) == 4 + 1 + 3


async def test_lists_without_pages_are_taken_too(panel: Panel, source_of: Callable[..., PanelSource]):
    panel.twist = lambda request, _: web.json_response(panel.rows[request.match_info["name"]])
    assert (await source_of().read(School())).read.roster == ROSTER


async def test_pages_that_have_not_changed_are_not_sent_again(panel: Panel, source_of: Callable[..., PanelSource]):
    source = source_of()
    first = await source.read(School())
    panel.asked.clear()
    again = await source.read(SCHOOL)
    assert {status for _, status in panel.asked} == {304}
    assert (again.is_unchanged, again.read.roster) == (True, first.read.roster)

    panel.rows["users"][5]["first_name"] = "Фёдор"
    panel.asked.clear()
    third = await source.read(SCHOOL)
    assert [status for _, status in panel.asked].count(200) == 1
    assert not third.is_unchanged
    assert third.read.roster.people[5].first_name == "Фёдор"


async def test_after_a_read_that_could_not_be_taken_in_everything_is_read_again(
    panel: Panel, source_of: Callable[..., PanelSource]
):
    source = source_of()
    await source.read(School())
    source.forget()
    assert not (await source.read(School())).is_unchanged


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def _on(name: str, page: str, answer: Callable[[web.Request, web.Response], web.StreamResponse]) -> Twist:
    """*answer* for that page of that list, the panel's own for all others."""

    def twist(request: web.Request, response: web.Response) -> web.StreamResponse:
        is_it = request.match_info["name"] == name and request.query.get("page", "1") == page
        return answer(request, response) if is_it else response

    return twist


def _with(**changes: Any) -> Callable[[web.Request, web.Response], web.Response]:
    def change(_request: web.Request, response: web.Response) -> web.Response:
        return web.json_response(json.loads(response.text or "") | changes)

    return change


def _short(_request: web.Request, response: web.Response) -> web.Response:
    page = json.loads(response.text or "")
    return web.json_response(page | {"results": page["results"][:-1]})


def _torn(_request: web.Request, response: web.Response) -> web.Response:
    return web.Response(text=(response.text or "")[:-20], content_type="application/json")


WRONG: dict[str, tuple[Twist, str]] = {
    "an error on a later page": (_on("users", "3", lambda *_: web.Response(status=500)), "answered 500"),
    "a token that is not taken": (_on("users", "1", lambda *_: web.Response(status=403)), "check panel.pull.token"),
    "a page that leads elsewhere": (
        _on("groups", "1", lambda *_: web.Response(status=302, headers={"Location": "/login/"})),
        "redirects are not followed",
    ),
    "a page of HTML": (_on("users", "2", lambda *_: web.Response(text="<p>", content_type="text/html")), "text/html"),
    "half a page": (_on("users", "2", _torn), "JSON is broken"),
    "a row too few": (_on("users", "2", _short), "11 rows were promised, 10 came"),
    "a total that changes meanwhile": (_on("users", "3", _with(count=10)), "changed while it was read (11 rows"),
    "pages in a circle": (
        _on("users", "2", lambda q, _: _with(next=str(q.url.with_query({})))(q, _)),
        "lead in a circle",
    ),
    "empty pages without end": (
        _on("users", "2", lambda q, _: _with(next=str(q.url.update_query(page=9)), results=[])(q, _)),
        "do not end",
    ),
    "another server": (_on("users", "1", _with(next="http://127.0.0.2:9/api/users/?page=2")), "another server"),
    "an object that is no page": (_on("groups", "1", lambda *_: web.json_response({"ok": True})), "no DRF page"),
    "a number for the rows": (_on("groups", "1", _with(results=7)), "no DRF page"),
    "a page larger than allowed": (
        _on("users", "1", _with(padding="x" * 40_000)),
        "more than 20000 bytes",
    ),
    "unchanged where nothing was known": (_on("users", "1", lambda *_: web.Response(status=304)), "answered 304"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_half_a_read_is_none(panel: Panel, source_of: Callable[..., PanelSource], name: str):
    source = source_of(page_bytes=20_000)
    panel.twist, reason = WRONG[name]
    with pytest.raises(PanelUnreadable) as caught:
        await source.read(SCHOOL)
    assert reason in caught.value.detail
    assert TOKEN not in caught.value.detail
    panel.twist = None
    assert (await source.read(SCHOOL)).read.roster == ROSTER


async def test_a_panel_that_is_away_or_too_slow_is_no_read(panel: Panel, source_of: Callable[..., PanelSource]):
    source = source_of()
    panel.url = "http://127.0.0.1:1"
    away = source_of()
    with pytest.raises(PanelUnreadable, match="does not answer"):
        await away.read(SCHOOL)
    panel.twist = lambda *_: web.StreamResponse()  # never ends what it has begun
    slow = PanelSource(PanelConfig.model_validate(pull_config(panel, timeout_s=0.2)), Clock())
    with pytest.raises(PanelUnreadable):
        await slow.read(SCHOOL)
    panel.twist = None
    assert (await source.read(SCHOOL)).read.is_complete


async def test_the_token_of_another_panel_reads_nothing(source_of: Callable[..., PanelSource]):
    with pytest.raises(PanelUnreadable, match=r"answered 401; check panel\.pull\.token"):
        await source_of(token="0123456789abcdef").read(SCHOOL)
    with pytest.raises(PanelUnreadable, match="answered 401"):
        await source_of(authorization="Token").read(SCHOOL)


# -- rows --------------------------------------------------------------------------------------------------------------


async def test_all_faulty_rows_are_told_at_once_so_that_they_are_found(
    panel: Panel, source_of: Callable[..., PanelSource]
):
    panel.rows["users"][0]["role"] = "curator"
    panel.rows["users"][4]["username"] = ""
    del panel.rows["users"][5]["last_name"]
    del panel.rows["users"][6]["is_active"]
    panel.rows["groups"].append("8Б")
    panel.rows["enrolments"][0]["user_id"] = "seventeen"
    with pytest.raises(PanelUnreadable) as caught:
        await source_of().read(SCHOOL)
    lines = caught.value.detail.splitlines()
    assert lines[0] == "the panel's lists have 6 faults:"
    assert [line.strip() for line in lines[1:]] == [
        "users, id 1: role: must be 'student', 'teacher' or 'admin'; name the panel's own word in panel.pull.roles",
        "users, id 13: username: This field may not be blank.",
        "users, id 14: last_name: the panel has no such field; see panel.pull in the config",
        "users, id 15: is_active: must be true or false",
        "groups, row 3: is no object",
        "enrolments, group_id 70, user_id seventeen: user_id: must be a whole number",
    ]


async def test_lists_that_do_not_fit_together_are_no_read(panel: Panel, source_of: Callable[..., PanelSource]):
    panel.rows["enrolments"].append({"group_id": 99, "user_id": 98, "role": "student"})
    panel.rows["users"].append(panel.rows["users"][1] | {"id": 50})
    with pytest.raises(PanelUnreadable) as caught:
        await source_of().read(SCHOOL)
    assert [line.strip() for line in caught.value.detail.splitlines()[1:]] == [
        "users, id 50: username: This is also said by users.1.",
        "enrolments, group_id 99, user_id 98: user_id: Nobody in users has the id 98.",
        "enrolments, group_id 99, user_id 98: group_id: No group has the id 99.",
    ]


async def test_the_panels_own_words_are_translated(panel: Panel, source_of: Callable[..., PanelSource]):
    panel.rows = {
        "users": [
            {"pk": "1", "login": "ivanova", "given": " Анна ", "family": "Иванова", "profile": {"kind": "CURATOR"}},
            {"pk": 11, "login": "petrov", "given": "Пётр", "family": None, "profile": {"kind": "student"}},
            {"pk": 12, "login": "mother", "given": "Мать", "family": "", "profile": {"kind": "PARENT"}},
        ],
        "groups": [{"id": 70, "title": "7Б", "term": {"name": "2026/27"}}],
        "enrolments": [{"group": 70, "member": {"pk": pk}} for pk in (1, 11, 12)],
    }
    source = source_of(
        user_fields={
            "id": "pk",
            "username": "login",
            "first_name": "given",
            "last_name": "family",
            "role": "profile.kind",
            "is_active": None,
        },
        group_fields={"name": "title", "year": "term.name"},
        enrolment_fields={"group_id": "group", "user_id": "member.pk", "role": None},
        roles={"CURATOR": "teacher", "PARENT": ""},
    )
    assert (await source.read(School())).read.roster == Roster(
        (Person(1, "ivanova", "Анна", "Иванова", Role.TEACHER), Person(11, "petrov", "Пётр", "", Role.STUDENT)),
        (Group(70, "7Б", "2026/27"),),
        (Enrolment(70, 1, Role.TEACHER), Enrolment(70, 11, Role.STUDENT)),
    )


async def test_groups_may_say_themselves_who_is_in_them(panel: Panel, source_of: Callable[..., PanelSource]):
    panel.rows["groups"] = [
        {"id": 70, "name": "7Б", "teacher": {"id": 1}, "students": [10, 11]},
        {"id": 71, "name": "8А", "teacher": None, "students": []},
    ]
    source = source_of(enrolments=None, group_fields={"teachers": "teacher", "students": "students"})
    assert (await source.read(School())).read.roster.enrolments == (
        Enrolment(70, 1, Role.TEACHER),
        Enrolment(70, 10, Role.STUDENT),
        Enrolment(70, 11, Role.STUDENT),
    )


# -- only what has changed ---------------------------------------------------------------------------------------------


async def test_between_complete_reads_only_changes_are_asked_for(
    panel: Panel, source_of: Callable[..., PanelSource], clock: Clock
):
    panel.changed = {"users": [panel.rows["users"][1] | {"last_name": "Новая"}]}
    source = source_of(modified_since="modified_since", complete_every_s=3600)
    assert (await source.read(School())).read.is_complete
    panel.asked.clear()
    clock.now += 300
    change = (await source.read(SCHOOL)).read
    assert not change.is_complete
    assert [person.last_name for person in change.roster.people] == ["Новая"]
    assert all("modified_since=20" in path for path, _ in panel.asked)
    clock.now += 3600
    assert (await source.read(SCHOOL)).read.is_complete


async def test_a_changed_group_says_who_is_not_in_it_any_more(panel: Panel, source_of: Callable[..., PanelSource]):
    panel.rows["groups"] = [{"id": 70, "name": "7Б", "teachers": [1], "students": [10, 11]}, {"id": 71, "name": "8А"}]
    for group in panel.rows["groups"]:
        group.setdefault("teachers", [])
        group.setdefault("students", [])
    panel.changed = {"groups": [panel.rows["groups"][0] | {"students": [10, 17]}]}
    source = source_of(
        modified_since="modified_since",
        enrolments=None,
        group_fields={"teachers": "teachers", "students": "students"},
    )
    whole = (await source.read(School())).read.roster
    now = School.of(whole.people, whole.groups, whole.enrolments, 1)
    change = (await source.read(now)).read
    assert change.roster.enrolments == (
        Enrolment(70, 1, Role.TEACHER),
        Enrolment(70, 10, Role.STUDENT),
        Enrolment(70, 17, Role.STUDENT),
    )
    assert change.removals == Removals(enrolments=frozenset({(70, 11)}))


async def test_who_gets_a_role_that_is_left_out_is_gone(panel: Panel, source_of: Callable[..., PanelSource]):
    panel.rows["users"][1]["role"] = "parent"
    panel.rows["enrolments"] = [row for row in panel.rows["enrolments"] if row["user_id"] != 10]
    read = (await source_of(roles={"parent": ""}).read(SCHOOL)).read
    assert read.removals == Removals(people=frozenset({10}))
