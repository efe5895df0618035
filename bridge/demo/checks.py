"""What must be so before the demo starts anything: free ports, a database and a Redis that answer."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from bridge.demo.processes import require_free_port
from bridge.errors import ConfigError, Unavailable

ANSWER_LIMIT_S = 5
DATABASES = ("sqlite", "postgresql")


def require_free_ports(port: int, homeserver_port: int) -> None:
    """
    Raises:
        ConfigError: One of the two is taken, or they are the same.
    """
    if port == homeserver_port:
        raise ConfigError(f"--port and --homeserver-port are both {port}; choose two different ports")
    require_free_port(port, server="the bridge", option="--port")
    require_free_port(homeserver_port, server="the homeserver", option="--homeserver-port")


async def require_database(url: str) -> None:
    """
    Open the database once.

    Raises:
        ConfigError: The address is none, or nobody answers there, or lets us in.
    """
    shown = _without_password(url)
    db = Database(DatabaseConfig(url=url, timeout_s=ANSWER_LIMIT_S))
    try:
        async with db.reading() as conn:
            await conn.execute(text("SELECT 1"))
    except (SQLAlchemyError, Unavailable) as error:
        reason = getattr(error, "orig", None) or error.__cause__ or error
        raise ConfigError(f"the database {shown} does not answer: {_first_line(reason)}") from error
    finally:
        await db.close()


def _without_password(url: str) -> str:
    """The address as it may be shown; only the two kinds of database that the bridge knows."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(f"--database {url} is no address; write postgresql://user@host/name") from error
    if parsed.drivername not in DATABASES:
        raise ConfigError(f"--database {parsed.drivername}: the bridge knows postgresql:// and sqlite:///")
    return parsed.render_as_string(hide_password=True)


async def require_redis(url: str | None) -> None:
    """
    Ask Redis once; None: there is none to ask.

    Raises:
        ConfigError: The address is none, or nobody answers there.
    """
    if url is None:
        return
    try:
        async with Redis.from_url(url, socket_connect_timeout=ANSWER_LIMIT_S, socket_timeout=ANSWER_LIMIT_S) as client:
            await client.ping()
    except ValueError as error:
        raise ConfigError(f"--redis: {_first_line(error)}") from error
    except (RedisError, OSError) as error:
        place = url.rpartition("@")[2]
        raise ConfigError(f"Redis at {place} does not answer: {_first_line(error)}") from error


def _first_line(reason: BaseException) -> str:
    return (str(reason) or type(reason).__name__).splitlines()[0]
