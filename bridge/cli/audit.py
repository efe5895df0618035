"""``classbridge audit``: who or what changed which person, group, room or permission."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bridge.audit.log import Listed, list_entries
from bridge.cli.plan_tables import audit_table
from bridge.cli.running import CONFIG, AsJson, ConfigPath, console, run
from bridge.config import Config, load_config
from bridge.db.migrate import opened
from bridge.logs import set_up_logs

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
SPAN = re.compile(r"(\d{1,5})([mhdw])")
A_PAGE = 1000


def audit(
    config: ConfigPath = CONFIG,
    *,
    since: Annotated[
        str | None, typer.Option(help="A time (2026-09-01, 2026-09-01T08:00, UTC) or a span: 90m, 24h, 7d, 4w.")
    ] = None,
    person: Annotated[int | None, typer.Option(help="Only of the person with this id.")] = None,
    group: Annotated[int | None, typer.Option(help="Only of the group with this id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, newest first.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Show who or what changed which room, person or permission, from which source and run; newest first."""
    loaded = load_config(config)
    set_up_logs(loaded.log)
    since_ms = _moment_ms(since, datetime.now(UTC)) if since else None
    found = run(_list(loaded, since_ms, person, group, limit))
    if as_json:
        for listed in found:  # a line each: a log is read by lines
            typer.echo(json.dumps({"id": listed.id, **asdict(listed.entry)}, ensure_ascii=False))
    else:
        console().print(audit_table(found))
        if len(found) == limit:
            typer.echo(f"These are the newest {limit}; there may be older ones: --limit {10 * limit}", err=True)


def _moment_ms(text: str, now: datetime) -> int:
    """
    Milliseconds since 1970 of a time, or of the beginning of a span that ends now.

    Raises:
        typer.BadParameter: It is neither.
    """
    if span := SPAN.fullmatch(text):
        return round((now - int(span[1]) * UNITS[span[2]]).timestamp() * 1000)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is neither a time nor a span", param_hint="--since") from None
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


async def _list(
    config: Config, since_ms: int | None, person_id: int | None, group_id: int | None, limit: int
) -> list[Listed]:
    """As many as are asked for, a page at a time."""
    found: list[Listed] = []
    async with opened(config.database) as db, db.reading() as conn:
        while len(found) < limit:
            page = await list_entries(
                conn,
                since_ms=since_ms,
                person_id=person_id,
                group_id=group_id,
                before_id=found[-1].id if found else None,
                limit=min(A_PAGE, limit - len(found)),
            )
            found += page
            if not page:
                break
    return found
