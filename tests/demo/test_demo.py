"""`classbridge demo` as a newcomer meets it: one process, a target file, both sign-ins, clean ends, quick again."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from nio import AsyncClient, LoginResponse, RoomMessageText, SyncResponse
from testbed.command import run
from testbed.ports import free_port
from testbed.waiting import until

STUDENTS, GROUP_SIZE, MESSAGES = 6, 3, 5
SYNTHETIC = f"synthetic:2,{STUDENTS},{GROUP_SIZE},{MESSAGES}"


async def start(folder: Path, *arguments: str | int | Path) -> Process:
    command = [sys.executable, "-m", "bridge", "demo", "--data-dir", folder / "data", *arguments]
    return await asyncio.create_subprocess_exec(
        *map(str, command), cwd=folder, stdout=PIPE, stderr=PIPE, start_new_session=True
    )


class Demo:
    """One data folder and its ports; started as often as a test likes."""

    def __init__(self, folder: Path, school: str) -> None:
        self.folder, self.target_file = folder, folder / "target.json"
        ports = ["--port", free_port(), "--homeserver-port", free_port()]
        self.arguments = [*ports, "--school", school, "--target-file", self.target_file]

    @asynccontextmanager
    async def running(self, end: signal.Signals = signal.SIGINT) -> AsyncIterator[dict[str, Any]]:
        """Give the target file; in the end the process must end with status 0, and nothing be left of it."""
        self.target_file.unlink(missing_ok=True)
        process = await start(self.folder, *self.arguments)
        try:
            await until(lambda: self.target_file.exists() or process.returncode is not None, limit_s=150)
            if process.returncode is not None:
                raise AssertionError((await process.communicate())[1].decode())
            yield json.loads(self.target_file.read_text())
            process.send_signal(end)
            output, errors = await asyncio.wait_for(process.communicate(), 20)
            assert process.returncode == 0, errors.decode()
            assert "Traceback" not in errors.decode(), errors.decode()
            self.output = output.decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The tests of this file are one story, told in order: they share the folder."""
    return Demo(tmp_path_factory.mktemp("demo"), SYNTHETIC)


async def get(target: dict[str, Any], user: dict[str, Any], path: str) -> Any:
    headers = {"Authorization": target["auth_header"].format(token=user["token"])}
    async with aiohttp.ClientSession(target["base"], headers=headers) as session, session.get(path) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
async def test_a_start_that_is_interrupted_leaves_no_process_behind(demo: Demo, end: signal.Signals):
    """Stopped as soon as the homeserver runs, killed while rooms are made; the next tests go on with that."""
    process = await start(demo.folder, *demo.arguments)
    root = psutil.Process(process.pid)
    database = demo.folder / "data" / "classbridge.db"
    await until(lambda: root.children() and (end == signal.SIGINT or count_ghosts(database) > 0), limit_s=60)
    servers = root.children(recursive=True)
    process.send_signal(end)
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == (0 if end == signal.SIGINT else -end), errors.decode()
    await until(lambda: not any(server.is_running() for server in servers), limit_s=20)
    assert not demo.target_file.exists()


def count_ghosts(database: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
            return conn.execute("SELECT count(*) FROM provisioned_ghosts").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


async def test_the_first_start_makes_the_school_that_was_asked_for(demo: Demo):
    async with demo.running() as target:
        assert target["pids"]
        roles = [user["role"] for user in target["users"]]
        assert roles == ["teacher"] * 2 + ["student"] * STUDENTS
        first, second = target["groups"]
        assert first["members"][0] == 1
        assert second["members"][:2] == [1, 2]
        assert len(target["directs"]) == 3 + 6
        assert all(direct["members"][0] in (1, 2) for direct in target["directs"])
        assert all(each["room_id"] for each in target["groups"] + target["directs"])

        teacher = target["users"][0]
        page = await get(target, teacher, "/api/chat/conversations/?page_size=200")
        assert page["count"] == 2 + 6
        for conversation in page["results"]:
            assert conversation["unread_count"] in (1, 2, 3)
        messages = f"/api/chat/messages/?conversation_id={first['conversation_id']}"
        assert (await get(target, teacher, messages))["count"] == 1200
        direct = target["directs"][-1]
        student = next(user for user in target["users"] if user["id"] == direct["members"][1])
        messages = f"/api/chat/messages/?conversation_id={direct['conversation_id']}"
        assert (await get(target, student, messages))["count"] == MESSAGES
    assert "@school_1:" in demo.output
    assert target["base"] in demo.output
    assert target["homeserver"] in demo.output


async def test_the_second_start_is_quick_and_has_kept_everything(demo: Demo):
    before = json.loads(demo.target_file.read_text())
    began = time.monotonic()
    async with demo.running() as target:
        # 5 s on a quiet machine, where it takes 3; a test run is not quiet.
        assert time.monotonic() - began < 15
        assert target["groups"] == before["groups"]
        assert target["directs"] == before["directs"]


async def test_the_same_password_opens_both_doors_and_they_lead_into_one_room(demo: Demo):
    async with demo.running(end=signal.SIGTERM) as target:
        direct = target["directs"][0]
        teacher, student = (
            next(user for user in target["users"] if user["id"] == person_id) for person_id in direct["members"]
        )
        matrix = AsyncClient(target["homeserver"], student["mxid"])
        assert isinstance(await matrix.login(student["password"]), LoginResponse)
        assert isinstance(await matrix.sync(timeout=0), SyncResponse)
        async with aiohttp.ClientSession(target["base"]) as session:
            body = {"username": teacher["username"], "password": teacher["password"]}
            async with session.post("/api/auth/token/", json=body) as answer:
                token = (await answer.json())["access"]
            body = {"conversation_id": direct["conversation_id"], "text": "Здравствуйте!"}
            headers = {"Authorization": f"Bearer {token}"}
            async with session.post("/api/chat/messages/", json=body, headers=headers) as answer:
                assert answer.status == 201

        async def arrived() -> bool:
            answer = await matrix.sync(timeout=1000)
            room = answer.rooms.join.get(direct["room_id"]) if isinstance(answer, SyncResponse) else None
            events = room.timeline.events if room else []
            return any(isinstance(e, RoomMessageText) and e.body == "Здравствуйте!" for e in events)

        await until(arrived, limit_s=20)
        await matrix.close()


async def test_a_homeserver_that_ends_by_itself_ends_the_demo_with_a_sentence(demo: Demo):
    process = await start(demo.folder, *demo.arguments)
    demo.target_file.unlink()
    await until(demo.target_file.exists, limit_s=60)
    (server,) = psutil.Process(process.pid).children()
    server.kill()
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert "Synapse ended by itself" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_another_school_in_the_same_folder_replaces_the_first(demo: Demo):
    school = demo.folder / "school.yaml"
    school.write_text(
        "people:\n"
        "  - {id: 1, username: petrova, first_name: Анна, role: teacher, password: panda}\n"
        "  - {id: 3, username: orlov, first_name: Пётр, role: student, password: robin}\n"
        "groups:\n"
        "  - {id: 1, name: 7Б, teachers: [petrova], students: [orlov]}\n"
    )
    demo.arguments[demo.arguments.index(SYNTHETIC)] = str(school)
    async with demo.running() as target:
        assert [user["username"] for user in target["users"]] == ["petrova", "orlov"]
        (group,) = target["groups"]
        assert group["members"] == [1, 3]
        assert group["name"] == "7Б"


@pytest.mark.parametrize("option", ["--port", "--homeserver-port"])
def test_a_taken_port_is_one_sentence_and_nothing_is_started(tmp_path: Path, option: str):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = run("demo", option, str(port), cwd=tmp_path, status=2)
    assert f"port {port} for" in told.stderr
    assert told.stderr.count("\n") == 1
    assert told.stdout == ""
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--school", "nowhere.yaml"], "cannot read the school file nowhere.yaml"),
        (["--school", "synthetic:1,2"], "synthetic:TEACHERS,STUDENTS,GROUP_SIZE,MESSAGES_EACH"),
        (["--database", "postgresql://me@127.0.0.1:1/x"], "does not answer"),
        (["--redis", "redis://127.0.0.1:1"], "does not answer"),
    ],
)
def test_what_is_wrong_or_does_not_answer_is_one_sentence(tmp_path: Path, arguments: list[str], sentence: str):
    ports = ("--port", str(free_port()), "--homeserver-port", str(free_port()))
    told = run("demo", *ports, *arguments, cwd=tmp_path, status=2)
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr
