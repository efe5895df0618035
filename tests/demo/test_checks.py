"""What is missing or taken is found before anything starts, and told in one sentence."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from testbed.ports import free_port
from testbed.postgres import PostgresServer

from bridge.demo.checks import require_database, require_free_ports, require_redis
from bridge.errors import ConfigError


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_the_way_out(taken_port: int):
    with pytest.raises(ConfigError, match=rf"port {taken_port} for the bridge is taken; .*--port"):
        require_free_ports(taken_port, free_port())
    with pytest.raises(ConfigError, match=rf"port {taken_port} for the homeserver is taken; .*--homeserver-port"):
        require_free_ports(free_port(), taken_port)


def test_both_ports_must_differ():
    with pytest.raises(ConfigError, match="both 9000"):
        require_free_ports(9000, 9000)


async def test_a_database_that_answers_is_good(database_url: str):
    await require_database(database_url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://me:hidden@127.0.0.1:1/school", r"postgresql://me:\*\*\*@127.0.0.1:1/school does not answer"),
        ("postgresql://nowhere.invalid/school", "nowhere.invalid/school does not answer"),
        ("sqlite:////nowhere/school.db", "does not answer: .*unable to open database file"),
        ("mysql://localhost/school", r"the bridge knows postgresql:// and sqlite:///"),
        ("rubbish", "is no address"),
    ],
)
async def test_a_database_that_does_not_answer_is_named_without_its_password(url: str, sentence: str):
    with pytest.raises(ConfigError, match=sentence) as caught:
        await require_database(url)
    assert "hidden" not in caught.value.detail
    assert "\n" not in caught.value.detail


async def test_a_database_that_does_not_exist_is_told(postgres: PostgresServer):
    with pytest.raises(ConfigError, match='database "nope" does not exist'):
        await require_database(postgres.url("nope"))


async def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    (tmp_path / "x.db").write_text("this is no database, however long one looks at it")
    with pytest.raises(ConfigError, match="file is not a database"):
        await require_database(f"sqlite:///{tmp_path / 'x.db'}")


async def test_redis_is_asked_only_when_there_is_one(redis_url: str):
    await require_redis(None)
    await require_redis(redis_url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("redis://:hidden@127.0.0.1:1/0", r"Redis at 127.0.0.1:1/0 does not answer"),
        ("http://127.0.0.1", "--redis: "),
    ],
)
async def test_a_redis_that_does_not_answer_is_named_without_its_password(url: str, sentence: str):
    with pytest.raises(ConfigError, match=sentence) as caught:
        await require_redis(url)
    assert "hidden" not in caught.value.detail
