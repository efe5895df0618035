"""What a running bridge does by itself, and when."""

from __future__ import annotations

from pathlib import Path

from testbed.ports import free_port
from testbed.waiting import until

from bridge.app import running
from bridge.config import Config

NEVER_S = 3_600


async def test_who_follows_the_roster_is_woken_by_a_new_one_and_does_not_wait_for_the_next_turn(tmp_path: Path):
    turns: list[str] = []

    async def follow() -> None:
        turns.append("roster")

    async def other() -> None:
        turns.append("other")

    async with running(_config(tmp_path)) as bridge:
        await bridge.upkeep.stop()
        bridge.upkeep.add(follow, NEVER_S, is_of_roster=True)
        bridge.upkeep.add(other, NEVER_S)
        await bridge.upkeep.start()
        await until(lambda: sorted(turns) == ["other", "roster"])
        bridge.services.kick_roster()
        await until(lambda: sorted(turns) == ["other", "roster", "roster"])


def _config(folder: Path) -> Config:
    """A bridge without a homeserver."""
    return Config.model_validate(
        {
            "homeserver": {"url": f"http://127.0.0.1:{free_port()}", "server_name": "school.test"},
            "appservice": {"as_token": "a" * 32, "hs_token": "h" * 32},
            "database": {"url": f"sqlite:///{folder}/bridge.db"},
            "auth": {"secret": "s" * 32},
            "files": {"secret": "f" * 32},
        }
    )
