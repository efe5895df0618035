"""The command line: each command does its work, each fault is one sentence and a status."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import aiohttp
import pytest
import yaml
from testbed.command import run, write_config
from testbed.homeserver import TestedSynapse
from testbed.waiting import until

SCHOOL = """\
people:
  - {id: 900001, username: petrova, first_name: Анна, last_name: Петрова, role: teacher}
  - {id: 900011, username: orlov, first_name: Пётр, last_name: Орлов, role: student}
  - {id: 900012, username: belova, first_name: Вера, last_name: Белова, role: student}
groups:
  - {id: 900070, name: 7Б Математика, teachers: [petrova], students: [orlov, belova]}
"""


def run_as_operators_do(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("CLASSBRIDGE_")}
    return subprocess.run(
        [sys.executable, "-m", "bridge", *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path, synapse: TestedSynapse) -> Path:
    """A folder with a config for the tests' homeserver, and a school file."""
    write_config(tmp_path, synapse, roster={"file": "school.yaml"})
    (tmp_path / "school.yaml").write_text(SCHOOL)
    return tmp_path


def test_the_version_is_that_of_the_package(tmp_path: Path):
    assert run("version", cwd=tmp_path).stdout.strip() == version("classbridge")


def test_a_good_config_and_school_are_said_to_be_good(folder: Path):
    done = run_as_operators_do("check-config", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 people, 1 groups" in done.stdout
    assert "config.yaml is good" in done.stdout


def test_a_bad_config_is_a_sentence_and_status_2(folder: Path):
    (folder / "config.yaml").write_text("colour: red")
    done = run_as_operators_do("check-config", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("classbridge: config.yaml is not valid:")
    assert "colour: unknown key" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_school_file_is_told_with_its_lines(folder: Path):
    (folder / "school.yaml").write_text(SCHOOL.replace("role: teacher", "role: head"))
    told = run("check-config", cwd=folder, status=2).stderr
    assert "school.yaml:2: people[0].role: must be student, teacher or admin" in told


def test_the_registration_is_written_for_its_owner_only(folder: Path):
    run("registration", "--output", "out.yaml", cwd=folder)
    written = yaml.safe_load((folder / "out.yaml").read_text())
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert written["hs_token"] == config["appservice"]["hs_token"]
    assert (folder / "out.yaml").stat().st_mode & 0o077 == 0
    run("registration", "--output", "no/out.yaml", cwd=folder, status=2)


def test_the_database_is_brought_up_to_date_twice(folder: Path):
    for _ in range(2):
        assert run("migrate", cwd=folder).stdout == "The database is up to date.\n"


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_database_that_does_not_answer_is_a_sentence(folder: Path, command: str):
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["database"]["url"] = "sqlite:////nowhere/bridge.db"
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    told = run(command, cwd=folder, status=1).stderr
    assert told.startswith("classbridge: ")
    assert "Traceback" not in told


async def test_serve_stores_the_school_file_and_ends_cleanly(folder: Path, synapse: TestedSynapse):
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["server"] = {"port": synapse.bridge_port, "public_url": f"http://127.0.0.1:{synapse.bridge_port}"}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bridge", "serve", cwd=folder, stdout=DEVNULL, stderr=PIPE
    )

    async def is_ready() -> bool:
        try:
            async with aiohttp.request("GET", f"http://127.0.0.1:{synapse.bridge_port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    try:
        await until(lambda: is_ready() if process.returncode is None else True, limit_s=30)
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, errors.decode()
    with closing(sqlite3.connect(folder / "bridge.db")) as conn:
        assert conn.execute("SELECT username FROM people ORDER BY id").fetchall()[0] == ("petrova",)
