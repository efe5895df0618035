"""The Matrix ids of a school: who a ghost is, and which mxid a person has. No id carries a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Ghosts and bot send through one fixed device: with it a transaction id outlives a restart of Synapse.
DEVICE_ID = "CLASSBRIDGE"

# Conversations' aliases begin so; people cannot take them.
ALIAS_PREFIX = "school_"

_PERSON_ID = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ids:
    """Names of users and aliases on one homeserver."""

    server_name: str
    user_prefix: str = "school_"
    bot_localpart: str = "school_bot"

    @property
    def bot(self) -> str:
        return f"@{self.bot_localpart}:{self.server_name}"

    def ghost_localpart(self, person_id: int) -> str:
        return f"{self.user_prefix}{person_id}"

    def ghost(self, person_id: int) -> str:
        return f"@{self.ghost_localpart(person_id)}:{self.server_name}"

    def mxid(self, as_user: int | None) -> str:
        """The ghost of a person, or the bot for None."""
        return self.bot if as_user is None else self.ghost(as_user)

    def person_id(self, mxid: str) -> int | None:
        """The person behind *mxid*; None for the bot, another server's user or anybody else."""
        localpart, _, server_name = mxid.partition(":")
        start = f"@{self.user_prefix}"
        if server_name != self.server_name or not localpart.startswith(start):
            return None
        digits = localpart.removeprefix(start)
        return int(digits) if _PERSON_ID.fullmatch(digits) else None

    def alias(self, localpart: str) -> str:
        return f"#{localpart}:{self.server_name}"
