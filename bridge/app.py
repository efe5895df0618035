"""The one place that wires: makes the parts, starts them in order, stops them in reverse."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bridge.api.application import build_api
from bridge.api.files.signatures import FileAddresses
from bridge.api.limits import Limits
from bridge.api.runner import Runner
from bridge.api.services import DemoSignIn, Services
from bridge.api.tokens.check import TokenCheck
from bridge.chat import views
from bridge.chat.shapes import Viewing
from bridge.clock import now_ms
from bridge.config import Config
from bridge.db.engine import Database
from bridge.db.migrate import opened
from bridge.errors import ConfigError, NotFound, Unavailable
from bridge.inbox.ephemeral import EphemeralTaker
from bridge.inbox.events import EventTaker
from bridge.inbox.intake import Intake
from bridge.inbox.resync import Resync
from bridge.inbox.transactions import TransactionDoor
from bridge.live.live import Live
from bridge.matrix.homeserver import Homeserver
from bridge.outbox.execute import Executor
from bridge.outbox.sender import Sender
from bridge.provisioning.follow import Follower
from bridge.provisioning.layout import layout_of
from bridge.provisioning.parts import Parts
from bridge.roster.choices import rules_of
from bridge.roster.store import SchoolCache
from bridge.roster.turns import FileTurn, PullTurn
from bridge.upkeep import ROSTER_S, Upkeep

log = structlog.get_logger(__name__)


@dataclass
class Bridge:
    """The running parts. ``services`` is what the doors see; ``app`` answers requests."""

    config: Config
    services: Services
    app: web.Application
    sender: Sender
    upkeep: Upkeep
    homeserver: Homeserver
    db: Database
    school: SchoolCache


@asynccontextmanager
async def running(
    config: Config, *, demo_sign_ins: tuple[DemoSignIn, ...] = (), clock: Callable[[], int] = now_ms
) -> AsyncIterator[Bridge]:
    """
    Start the bridge without listening; stop it when the block ends.

    Raises:
        ConfigError: The database does not answer.
    """
    async with AsyncExitStack() as stack:
        try:
            db = await stack.enter_async_context(opened(config.database))
        except Unavailable as error:
            raise ConfigError(
                f"the database does not answer ({config.database.url.split('://')[0]}); "
                "check database.url and that the server runs"
            ) from error
        bridge = _wire(config, db, demo_sign_ins, clock)
        await bridge.school.refresh()
        stack.push_async_callback(bridge.services.tokens.close)
        for start, stop in (
            (bridge.homeserver.start, bridge.homeserver.close),
            (bridge.services.live.start, bridge.services.live.stop),
            (bridge.sender.start, bridge.sender.stop),
            (bridge.upkeep.start, bridge.upkeep.stop),
        ):
            await start()
            stack.push_async_callback(stop)
        yield bridge


def _wire(config: Config, db: Database, demo_sign_ins: tuple[DemoSignIn, ...], clock: Callable[[], int]) -> Bridge:
    school, homeserver = SchoolCache(db), Homeserver(config.homeserver, config.appservice)
    rules = rules_of(config.permissions)
    signer = FileAddresses(config)

    def viewing() -> Viewing:
        return Viewing(school.current, rules, live.presence.of, signer)

    async def load(people: list[int], conversation_id: int) -> dict[int, dict[str, Any]]:
        return await _conversation_of_each(db, viewing(), people, conversation_id, clock())

    live = Live(db, school, homeserver, config.live, config.redis.url, clock, viewing, load)
    executor = Executor(db, homeserver, school, clock)
    sender = Sender(db, executor, viewing, live.publish, clock, config.outbox, is_alone=not live.bus.is_on)
    services = Services(
        config=config,
        db=db,
        school=school,
        homeserver=homeserver,
        live=live,
        presence=live.presence.of,
        file_address=signer,
        sender=sender,
        limits=Limits(config.limits),
        tokens=TokenCheck(config.auth),
        clock=clock,
        redis_is_up=live.bus.is_there if live.bus.is_on else None,
        demo_sign_ins=demo_sign_ins,
    )
    ephemeral = EphemeralTaker(db, homeserver, live.presence, live.typing, live.publish, clock)
    notes_drift = config.roster.follow and config.roster.drift.repairs_per_hour > 0
    taker = EventTaker(homeserver.ids, viewing, notes_drift=notes_drift)
    intake = Intake(db, taker, clock, sender.wake)
    resync = Resync(db, homeserver, intake, ephemeral, live.publish)
    door = TransactionDoor(config.appservice.hs_token, intake, resync, ephemeral, live.publish)
    upkeep = Upkeep(db, homeserver, school, rules, live, sender, resync, clock)
    services.kick_roster = upkeep.kick_roster
    if config.roster.follow:
        parts = Parts(db, homeserver, live.publish, clock, rules)
        repairs_per_hour = config.roster.drift.repairs_per_hour
        follower = Follower(parts, school, layout_of(config.roster.rooms), repairs_per_hour=repairs_per_hour)
        upkeep.add(follower.turn, ROSTER_S, is_of_roster=True)
    _read_roster(upkeep, services)
    app = build_api(services)
    app.add_routes(door.routes())
    return Bridge(config, services, app, sender, upkeep, homeserver, db, school)


def _read_roster(upkeep: Upkeep, services: Services) -> None:
    """The source of the whole roster, where the config names one that is read again and again."""
    config, db, clock, kick = services.config, services.db, services.clock, services.kick_roster
    if config.roster.oneroster.path:
        upkeep.add(FileTurn(config, db, clock, kick).turn, config.roster.oneroster.every_s)
    if config.panel.pull.users:
        upkeep.add(PullTurn(config, db, services.school, clock, kick).turn, config.panel.pull.every_s)


async def _conversation_of_each(
    db: Database, viewing: Viewing, people: list[int], conversation_id: int, at_ms: int
) -> dict[int, dict[str, Any]]:
    """The conversation as each of *people* sees it; who has left meanwhile is left out."""
    shapes = {}
    async with db.reading() as conn:
        for person_id in people:
            person = viewing.school.find_active(person_id)
            if person is None:
                continue
            try:
                shapes[person_id] = await views.get_conversation(conn, viewing, person, conversation_id, at_ms)
            except NotFound:
                continue
    return shapes


@asynccontextmanager
async def listening(bridge: Bridge) -> AsyncIterator[int]:
    """Answer on the configured address; gives the port (another than configured where that is 0)."""
    runner = Runner(bridge.app, access_log=None, shutdown_timeout=5, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, bridge.config.server.host, bridge.config.server.port, backlog=1024)
    try:
        try:
            await site.start()
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {bridge.config.server.host}:{bridge.config.server.port} ({error.strerror}); "
                "stop what uses it, or choose another server.port"
            ) from error
        gc.collect()
        gc.freeze()  # what is loaded stays: full collections need not look at it
        yield runner.addresses[0][1]
    finally:
        # Nobody new, then the sockets: their handlers end by it, so that the runner need not wait for them.
        await site.stop()
        bridge.services.live.hub.shut(1001, "the server restarts; reconnect")
        await runner.cleanup()


async def serve(config: Config) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with running(config) as bridge, listening(bridge) as port:
        log.info("serving", port=port, people=len(bridge.school.current.people))
        await stop.wait()
        log.info("stopping")
