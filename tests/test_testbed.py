"""The testbed itself: its servers are real, come back after a kill, and never stay behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest
from nio import RoomMessagesResponse
from redis.asyncio import Redis
from sqlalchemy import text
from testbed import programs
from testbed.homeserver import TestedSynapse
from testbed.nursery import Nursery
from testbed.ports import free_port
from testbed.postgres import PostgresServer
from testbed.redis import RedisServer
from testbed.waiting import until

from bridge.db.engine import Database
from bridge.demo.processes import Command, ServerProcess
from bridge.demo.synapse import SynapseProcess, write_homeserver_config
from bridge.errors import ConfigError


async def test_synapse_comes_back_after_kill_with_its_data(synapse: TestedSynapse, sign_in):
    teacher = await sign_in(900_001)
    room = await teacher.room_create(name="staff room")
    sent = await teacher.room_send(room.room_id, "m.room.message", {"msgtype": "m.text", "body": "still here?"})
    killed = synapse.pid

    await synapse.kill()
    assert not psutil.pid_exists(killed)
    await synapse.start()

    history = await teacher.room_messages(room.room_id, limit=50)
    assert isinstance(history, RoomMessagesResponse)
    assert sent.event_id in [event.event_id for event in history.chunk]


async def test_a_ghost_of_the_exclusive_namespace_signs_in_by_password(sign_in):
    first, again = await sign_in(900_002), await sign_in(900_002)

    assert first.user_id == again.user_id == "@school_900002:school.test"
    whoami = await first.whoami()
    assert whoami.user_id == first.user_id  # the second sign-in signed nobody out


async def test_a_second_start_keeps_the_secrets(tmp_path: Path):
    def write(port: int):
        return write_homeserver_config(tmp_path, server_name="s.test", port=port, registration_path=None)

    first, key = write(1), (tmp_path / "signing.key").read_text()
    second = write(2)

    assert first.registration_shared_secret == second.registration_shared_secret
    assert (tmp_path / "signing.key").read_text() == key
    assert (tmp_path / "homeserver.yaml").stat().st_mode & 0o077 == 0


async def test_a_taken_port_is_one_sentence_that_says_what_to_do(synapse: TestedSynapse):
    with pytest.raises(ConfigError) as caught:
        await SynapseProcess(synapse.config).start()

    why = f"port {synapse.config.port} for the homeserver is taken; stop what listens there or choose another"
    assert caught.value.detail == f"{why} with --homeserver-port"
    assert await synapse._answers()


async def test_a_homeserver_that_ends_at_its_start_says_why(tmp_path: Path):
    config = write_homeserver_config(tmp_path, server_name="s.test", port=free_port(), registration_path=None)
    config.path.write_text("server_name: 1")

    with pytest.raises(ConfigError, match=r"(?s)Synapse ended at its start; .*homeserver.log ends with:\n.+"):
        await SynapseProcess(config).start()


async def test_each_database_is_fresh_and_its_own(database: Database, databases):
    async with databases.fresh() as url, database.writing() as conn:
        assert url != database.config.url
        for table in ("people", "conversations", "messages"):
            assert (await conn.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
        await conn.execute(text("CREATE TABLE mine (id integer)"))


async def test_nothing_of_another_test_is_in_a_database(database: Database):
    async with database.writing() as conn:
        await conn.execute(text("CREATE TABLE mine (id integer)"))


async def test_postgres_keeps_what_was_committed_before_a_kill(postgres: PostgresServer, postgres_databases):
    async with postgres_databases.fresh() as url:
        conn = await asyncpg.connect(url)
        await conn.execute("CREATE TABLE kept (id integer)")
        conn.terminate()
        await postgres.kill()
        await postgres.start()
        conn = await asyncpg.connect(url)
        assert await conn.fetchval("SELECT count(*) FROM kept") == 0
        await conn.close()


async def test_redis_is_empty_for_each_test(redis_server: RedisServer, redis_url: str):
    async with Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "over")
    await redis_server.flush()


async def test_a_missing_program_is_one_sentence_with_the_package():
    with pytest.raises(ConfigError, match=r"no-such-server is missing; .*`apt-get install some-package`$"):
        programs.require_program("no-such-server", "some-package")


async def test_stop_forces_a_server_that_will_not_go(tmp_path: Path):
    server = _stubborn(tmp_path)
    await server.start()

    await server.stop(limit_s=0.1)

    assert not server.is_running
    assert not psutil.pid_exists(server.pid)


async def test_a_server_that_never_answers_is_ended_and_reported(tmp_path: Path):
    async def never() -> bool:
        return False

    server = _stubborn(tmp_path, is_ready=never)

    with pytest.raises(ConfigError, match=r"(?s)Stubborn does not answer after 0.2 s; .*ends with:"):
        await server.start()
    assert not server.is_running


async def test_no_server_outlives_its_parent(tmp_path: Path):
    """Not even one that was killed and could stop nothing."""
    program = f"""
import asyncio, os, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from test_testbed import _stubborn
server = _stubborn(Path({str(tmp_path)!r}), ignores="")
asyncio.run(server.start())
print(server.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    pid = int((await parent.communicate())[0])

    assert parent.returncode == -9
    await until(lambda: not psutil.pid_exists(pid))


async def test_what_a_nursery_has_started_says_how_it_ended(tmp_path: Path):
    nursery, log = Nursery("testbed.sleeper"), tmp_path / "sleeper.log"
    try:
        killed, done = [await nursery.fork(log, {"status": status}) for status in (None, 3)]
        assert await done.wait() == 3
        await until(lambda: log.read_text() == "here\nhere\n")
        assert killed.returncode is None
        killed.kill()
        assert await killed.wait() == -9
        assert not psutil.pid_exists(killed.pid)
    finally:
        nursery.stop()


async def test_nothing_of_a_nursery_outlives_its_parent(tmp_path: Path):
    program = f"""
import asyncio, os, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from testbed.nursery import Nursery
nursery = Nursery("testbed.sleeper")
print(asyncio.run(nursery.fork(Path({str(tmp_path)!r}) / "sleeper.log", {{"status": None}})).pid, flush=True)
os.kill(os.getpid(), 9)
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    pid = int((await parent.communicate())[0].splitlines()[0])

    await until(lambda: not psutil.pid_exists(pid))


def _stubborn(folder: Path, *, is_ready=None, ignores: str = "signal.signal(15, signal.SIG_IGN);") -> ServerProcess:
    """A server that is ready when it says so, and does not end when asked."""
    log_path = folder / "stubborn.log"

    async def says_ready() -> bool:
        return "ready" in log_path.read_text()

    program = f"import signal; {ignores} print('ready', flush=True); signal.pause()"
    command = Command("Stubborn", [sys.executable, "-c", program], cwd=folder, log_path=log_path)
    return ServerProcess(command, is_ready=is_ready or says_ready, start_limit_s=0.2 if is_ready else 10)
