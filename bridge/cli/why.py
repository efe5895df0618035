"""``classbridge why PERSON may ACTION TARGET``: the answer, the rule and the facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import typer

from bridge.chat.questions import KINDS, find_person, find_target
from bridge.cli.running import CONFIG, AsJson, ConfigPath, run
from bridge.clock import now_ms
from bridge.config import Config, load_config
from bridge.db.migrate import opened
from bridge.logs import set_up_logs
from bridge.permissions.explain import ACTIONS, Explanation, Target, explain
from bridge.roster.choices import rules_of
from bridge.roster.store import load_school

NO = 1  # the exit status when it is not allowed


@dataclass(frozen=True)
class Question:
    """``orlov may write petrova``."""

    person: str
    action: str
    target: str | None


def why(
    person: Annotated[str, typer.Argument(help="Who: a username or a panel id.")],
    may: Annotated[str, typer.Argument(metavar="may", help="The word itself.")],
    action: Annotated[str, typer.Argument(help=f"What: {', '.join(ACTIONS)}.")],
    target: Annotated[str | None, typer.Argument(help=f"Whom or where: {KINDS}.")] = None,
    config: ConfigPath = CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether somebody may do something now, by which rule, and from which facts. Status 1: no."""
    if may != "may":
        raise typer.BadParameter(f"write: classbridge why {person} may ACTION TARGET", param_hint="may")
    if action not in ACTIONS:
        raise typer.BadParameter(f"{action} is none of: {', '.join(ACTIONS)}", param_hint="ACTION")
    loaded = load_config(config)
    set_up_logs(loaded.log)
    try:
        found = run(_answer(loaded, Question(person, action, target)))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="TARGET") from error
    typer.echo(_as_json(found) if as_json else _as_text(found))
    if not found.is_allowed:
        raise typer.Exit(NO)


async def _answer(config: Config, question: Question) -> Explanation:
    async with opened(config.database) as db, db.reading() as conn:
        school = await load_school(conn)
        actor, target = find_person(school, question.person), Target()
        if question.target is not None:
            target = await find_target(conn, school, actor, question.target, now_ms())
    return explain(school, rules_of(config.permissions), actor, question.action, target)


def _as_text(found: Explanation) -> str:
    return "\n".join((found.answer, f"Rule: {found.rule}", *(f"  {fact}" for fact in found.facts)))


def _as_json(found: Explanation) -> str:
    reason = found.reason.value if found.reason else None
    document = {"allowed": found.is_allowed, "code": reason, "rule": found.rule, "facts": found.facts}
    return json.dumps(document, ensure_ascii=False)
