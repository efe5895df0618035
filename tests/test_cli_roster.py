"""``classbridge roster`` and ``audit``: plan, apply, brake, interruption, and what is told of it all."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from testbed.command import SECRET, run, tell, write_config
from testbed.homeserver import TestedSynapse
from testbed.oneroster import whole_school, write_package
from testbed.panel import open_panel, pull_config, rows_of
from testbed.school_in_matrix import read_rooms
from testbed.waiting import until
from testbed.years import in_this_year

from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.provisioning import run as provisioning_run
from bridge.roster.intake import take
from bridge.roster.reads import Read
from bridge.roster.synthetic import SyntheticSchool, synthetic_roster
from bridge.roster.yaml_source import parse_roster

PEOPLE = """\
people:
  - {id: 910001, username: petrova, first_name: Анна, last_name: Петрова, role: teacher}
  - {id: 910011, username: orlov, first_name: Пётр, last_name: Орлов, role: student}
  - {id: 910012, username: belova, first_name: Вера, last_name: Белова, role: student}
"""
SCHOOL = PEOPLE + "groups:\n  - {id: 910070, name: 7Б Математика, teachers: [petrova], students: [orlov, belova]}\n"
WITHOUT_BELOVA = SCHOOL.replace("students: [orlov, belova]", "students: [orlov]")


@pytest.fixture(scope="module")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestedSynapse]:
    """A homeserver of this file's own: on the shared one other tests have rooms with the same keys."""
    server = TestedSynapse(tmp_path_factory.mktemp("homeserver"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def folder(tmp_path: Path, synapse: TestedSynapse) -> Path:
    """A folder with a config for the tests' homeserver, and a school file."""
    write_config(tmp_path, synapse, roster={"file": "school.yaml"})
    (tmp_path / "school.yaml").write_text(SCHOOL)
    return tmp_path


def test_a_plan_is_a_table_and_a_sentence_and_changes_nothing(folder: Path):
    for _ in range(2):
        planned = run("roster", "plan", cwd=folder).stdout.splitlines()
        assert any("group:910070 7Б Математика" in line and "new, with 3 people" in line for line in planned)
        assert any("(people)" in line and "3 Matrix users made" in line for line in planned)
        assert planned[-1] == "1 room created, 3 people added, 0 removed, 0 renamed; nobody loses a direct conversation"
    document = tell("roster", "plan", cwd=folder)
    assert [step["step"] for step in document["steps"]][:3] == ["EnsureGhost"] * 3
    assert document["summary"]["rooms_created"] == 1
    assert (document["source"], document["brake"], document["is_known"]) == ("yaml", None, False)
    assert tell("roster", "runs", cwd=folder) == []


def test_applied_twice_is_applied_once_and_the_run_and_the_audit_tell_of_it(folder: Path):
    applied = run("roster", "apply", cwd=folder)
    assert "The list: people: 3 added; groups: 1 added; enrolments: 3 added." in applied.stdout
    assert " 0 refused by the homeserver." in applied.stdout
    assert "Nothing to do" in run("roster", "plan", cwd=folder).stdout
    again = tell("roster", "apply", cwd=folder)
    assert (again["run"], again["done"], again["failures"]) == (None, 0, [])

    (first,) = tell("roster", "runs", cwd=folder)
    assert (first["state"], first["source"], first["actor"].split(":")[0]) == ("done", "yaml", "cli")
    assert "done" in run("roster", "runs", cwd=folder).stdout

    entries = [
        json.loads(line) for line in run("audit", "--person", "910012", "--json", cwd=folder).stdout.splitlines()
    ]
    assert {"person.added", "enrolment.added", "member.joined"} <= {entry["action"] for entry in entries}
    assert {entry["run_id"] for entry in entries} == {first["id"]}
    table = run("audit", "--group", "910070", "--since", "1h", cwd=folder).stdout
    assert "room.created" in table
    assert "910070" in table
    assert run("audit", "--since", "2001-01-01", "--limit", "1", "--json", cwd=folder).stdout.count("\n") == 1
    assert "These are the newest 1; there may be older ones" in run("audit", "--limit", "1", cwd=folder).stderr
    assert run("audit", cwd=folder).stderr == ""
    assert run("audit", "--since", "2999-01-01T10:00", "--json", cwd=folder).stdout == ""
    assert "neither a time nor a span" in run("audit", "--since", "yesterday", cwd=folder, status=2).stderr


def test_who_is_not_named_goes_with_the_next_list_or_with_confirm(folder: Path):
    run("roster", "apply", cwd=folder)
    (folder / "school.yaml").write_text(WITHOUT_BELOVA)
    planned = run("roster", "plan", cwd=folder).stdout
    assert "The list does not name 1 enrolment: kept until the next list lacks them too" in planned
    assert "Nothing to do" in planned
    run("roster", "apply", cwd=folder)
    assert tell("roster", "apply", cwd=folder)["done"] == 0  # the very same file is no second list
    assert "This very list was taken in before" in run("roster", "plan", cwd=folder).stdout
    confirmed = tell("roster", "apply", "--confirm", cwd=folder)
    assert confirmed["run"]["counts"]["enrolments"]["removed"] == 1
    assert [entry["step"] for entry in confirmed["failures"]] == []
    assert confirmed["done"] >= 1


def test_a_list_that_removes_much_waits_with_a_status_of_its_own(folder: Path):
    run("roster", "apply", cwd=folder)
    gone = SCHOOL.replace("role: student}", "role: student, is_active: false}")
    (folder / "school.yaml").write_text(gone)
    planned = run("roster", "plan", cwd=folder, status=3)
    assert "It waits: It would remove 2 of 3 people" in planned.stdout
    applied = run("roster", "apply", cwd=folder, status=3)
    assert "It waits and nothing of it is stored" in applied.stdout
    assert tell("roster", "runs", cwd=folder)[0]["state"] == "waiting"
    # It goes on waiting, and whoever looks at it sees what it would do, however often.
    for _ in range(2):
        planned = run("roster", "plan", cwd=folder, status=3).stdout
        assert "It waits: It would remove 2 of 3 people" in planned
        assert "2 people leave the school" in planned
        assert "what is stored counts" not in planned
        again = tell("roster", "apply", cwd=folder, status=3)
        assert (again["run"]["id"], again["run"]["state"], again["done"]) == (2, "waiting", 0)
    assert tell("roster", "apply", "--confirm", cwd=folder)["run"]["state"] == "stored"
    assert tell("roster", "runs", cwd=folder)[0]["state"] == "done"


async def test_what_the_panel_pushed_and_the_brake_stopped_is_shown_and_confirmed(
    tmp_path: Path, synapse: TestedSynapse
):
    write_config(tmp_path, synapse, panel={"token": SECRET})
    gone = SCHOOL.replace("role: student}", "role: student, is_active: false}")
    await asyncio.to_thread(run, "roster", "plan", cwd=tmp_path)  # makes the tables
    for text in (SCHOOL, gone):
        await push(tmp_path, text)
    planned = await asyncio.to_thread(run, "roster", "plan", cwd=tmp_path, status=3)
    assert "It waits: It would remove 2 of 3 people" in planned.stdout
    assert "1 room created, 1 person added" in planned.stdout  # without the two
    applied = await asyncio.to_thread(run, "roster", "apply", cwd=tmp_path, status=3)
    assert "It waits and nothing of it is stored. It would remove 2 of 3 people" in applied.stdout
    planned = await asyncio.to_thread(run, "roster", "plan", "--confirm", cwd=tmp_path)
    assert "2 people leave the school" in planned.stdout
    assert (await asyncio.to_thread(tell, "roster", "apply", "--confirm", cwd=tmp_path))["run"]["id"] == 2
    assert "Nothing to do" in (await asyncio.to_thread(run, "roster", "plan", cwd=tmp_path)).stdout


async def push(folder: Path, school: str) -> None:
    """As the door of the panel does."""
    database = Database(DatabaseConfig(url=f"sqlite:///{folder / 'bridge.db'}"))
    read = Read("panel-push", parse_roster(school, name="pushed"), is_complete=True)
    async with database.writing() as conn:
        await take(conn, read, actor="panel", now_ms=1_790_000_000_000)
    await database.close()


def test_whom_the_last_list_lacked_is_told_as_long_as_they_are_kept(folder: Path):
    run("roster", "apply", cwd=folder)
    (folder / "school.yaml").write_text(WITHOUT_BELOVA)
    run("roster", "apply", cwd=folder)
    planned = run("roster", "plan", cwd=folder).stdout
    assert "The list does not name 1 enrolment: kept until the next list lacks them too" in planned
    assert "This very list was taken in before" in planned


def test_a_full_look_puts_right_what_no_record_tells_of(folder: Path, synapse: TestedSynapse):
    run("roster", "apply", cwd=folder)

    async def rename(name: str) -> str:
        room = (await read_rooms(synapse))["group:910070"]
        await synapse.as_bridge("PUT", f"rooms/{room.room_id}/state/m.room.name", {"name": name})
        return room.name

    assert asyncio.run(rename("Не наша")) == "7Б Математика"
    assert tell("roster", "plan", cwd=folder)["steps"] == []
    assert [step["step"] for step in tell("roster", "plan", "--look", cwd=folder)["steps"]] == ["Rename"]
    assert tell("roster", "apply", "--look", cwd=folder)["done"] == 1
    assert asyncio.run(rename("7Б Математика")) == "7Б Математика"


def test_a_broken_list_changes_nothing_and_its_faults_are_told(folder: Path, synapse: TestedSynapse):
    (folder / "school.yaml").write_text("people: []\n")
    run("roster", "apply", cwd=folder)
    (folder / "school.yaml").write_text(SCHOOL)
    run("roster", "apply", cwd=folder)
    (folder / "school.yaml").write_text("people: []\n")
    assert "classbridge: The list names nobody at all" in run("roster", "apply", cwd=folder, status=2).stderr
    (folder / "school.yaml").write_text(SCHOOL.replace("role: teacher", "role: head"))
    for command in ("plan", "apply"):
        assert "school.yaml:2: people[0].role" in run("roster", command, cwd=folder, status=2).stderr
    path = write_package(folder / "school.zip", {"manifest.csv": "propertyName,value\r\n"})
    write_config(folder, synapse, roster={"oneroster": {"path": path.name}})
    assert "manifest.csv" in run("roster", "apply", cwd=folder, status=2).stderr
    assert run("check-config", cwd=folder).stdout.splitlines()[-1] == "config.yaml is good."
    path.unlink()
    assert "cannot read" in run("check-config", cwd=folder, status=2).stderr


def test_while_the_homeserver_is_away_the_list_is_kept_and_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(provisioning_run, "FIRST_WAIT_S", 0)
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setenv("CLASSBRIDGE_HOMESERVER__URL", nowhere)
    away = run("roster", "apply", cwd=folder, status=1)
    assert f"{nowhere}: The homeserver does not answer. What was taken in is kept; run it again" in away.stderr
    monkeypatch.delenv("CLASSBRIDGE_HOMESERVER__URL")
    assert tell("roster", "apply", cwd=folder)["run"] is None
    assert tell("roster", "runs", cwd=folder)[0]["state"] == "done"


def test_without_a_source_there_is_nothing_to_plan(folder: Path, synapse: TestedSynapse):
    write_config(folder, synapse)
    assert "the config names no source of the roster" in run("roster", "plan", cwd=folder, status=2).stderr
    write_config(folder, synapse, panel={"token": SECRET})
    assert "Nothing to do" in run("roster", "plan", cwd=folder).stdout  # what the panel has pushed so far: nothing


async def test_the_panel_is_read_once_by_the_command(tmp_path: Path, synapse: TestedSynapse):
    school = synthetic_roster(SyntheticSchool(2, 8, 4, 0))
    async with open_panel(rows_of(school)) as panel:
        write_config(tmp_path, synapse, panel=pull_config(panel))
        planned = await asyncio.to_thread(tell, "roster", "plan", cwd=tmp_path)
        assert planned["counts"]["people"]["added"] == 10
        panel.rows["users"].pop()
        told = await asyncio.to_thread(run, "roster", "plan", cwd=tmp_path, status=2)
        assert "the panel's lists have" in told.stderr
        panel.url = panel.url.rpartition(":")[0] + ":1"
        write_config(tmp_path, synapse, panel=pull_config(panel))
        told = await asyncio.to_thread(run, "roster", "plan", cwd=tmp_path, status=2)
        assert "does not answer" in told.stderr


@pytest.mark.slow
async def test_interrupted_at_any_point_the_next_run_finishes_the_rest(tmp_path: Path):
    """Once by Ctrl-C, then by ``kill -9``; no room is made twice."""
    synapse = TestedSynapse(tmp_path)
    await synapse.start()
    try:
        school = in_this_year(synthetic_roster(SyntheticSchool(ROOMS, 5 * ROOMS, 5, 0)))
        write_package(tmp_path / "school.zip", whole_school(school))
        write_config(tmp_path, synapse, roster={"oneroster": {"path": "school.zip"}})
        for kind, rooms in ((signal.SIGINT, 1), (signal.SIGKILL, ROOMS // 2)):
            await _interrupt(tmp_path, synapse, kind, rooms)
        finished = await asyncio.to_thread(tell, "roster", "apply", cwd=tmp_path)
        assert finished["failures"] == []
        assert finished["done"] > 0
        found = await read_rooms(synapse)
        assert len(found) == ROOMS
        assert {len(room.joined) for room in found.values()} == {6, 7}  # teacher 1 is in the first four groups
        assert (await asyncio.to_thread(tell, "roster", "plan", "--look", cwd=tmp_path))["steps"] == []
    finally:
        await synapse.stop()


ROOMS = 14


def _hear_ctrl_c() -> None:
    """Also where these tests themselves were started in the background: a shell makes such processes deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def _interrupt(folder: Path, synapse: TestedSynapse, kind: signal.Signals, rooms: int) -> None:
    """Apply in a process of its own, and end it when so many rooms are there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bridge", "roster", "apply", cwd=folder, stderr=PIPE, stdout=PIPE, preexec_fn=_hear_ctrl_c
    )

    async def are_there() -> bool:
        return len((await synapse.as_bridge("GET", "joined_rooms"))["joined_rooms"]) >= rooms

    await until(are_there, limit_s=60)
    process.send_signal(kind)
    _, errors = await asyncio.wait_for(process.communicate(), 90)
    if kind == signal.SIGINT:
        assert process.returncode == 130, errors.decode()
        assert "interrupted; run it again" in errors.decode()
    else:
        assert process.returncode == -signal.SIGKILL, errors.decode()
