"""Everything that a run measures with, set up as far as its sections need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bench.marks import new_stream
from bench.matrix import MatrixClient, MatrixUsers, make_room
from bench.options import Options
from bench.rooms import AT_ONCE, make_rooms
from bench.school import SHORT, Conversations, Pair, write_school
from bench.servers import Servers, running
from bench.web import WebPerson
from bridge.db.engine import Database
from bridge.demo.synapse import SynapseAdmin
from bridge.matrix.homeserver import Homeserver
from bridge.provisioning.parallel import in_parallel

Say = Callable[[str], None]

PAIRS_OF_DELIVERY = 2  # web to web, web and Matrix
MESSAGES_EACH = 2  # in each room of the list: enough for a preview


@dataclass
class Direct:
    """The side without the bridge: Matrix users and their rooms, in which Synapse is alone."""

    reader: MatrixClient
    writers: list[MatrixClient]
    rooms: list[str]  # room n is of the reader and writer n, modulo the number of writers
    history_room: str | None = None

    def writer(self, place: int) -> MatrixClient:
        return self.writers[place % len(self.writers)]


@dataclass
class Stage:
    """What the sections find."""

    options: Options
    servers: Servers
    session: aiohttp.ClientSession
    db: Database
    homeserver: Homeserver
    users: MatrixUsers
    admin: SynapseAdmin
    written: Conversations
    room_of: dict[int, str] = field(default_factory=dict)
    direct: Direct | None = None
    _people: dict[int, WebPerson] = field(default_factory=dict)

    def person(self, person_id: int) -> WebPerson:
        if person_id not in self._people:
            self._people[person_id] = WebPerson(self.session, self.servers.config, person_id)
        return self._people[person_id]

    @property
    def delivery_pairs(self) -> list[Pair]:
        return self.written.pairs[:PAIRS_OF_DELIVERY]

    @property
    def throughput_pairs(self) -> list[Pair]:
        return self.written.pairs[PAIRS_OF_DELIVERY:]


@asynccontextmanager
async def set_up(options: Options, say: Say) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        say("Starting Synapse and its like")
        servers = await stack.enter_async_context(running(options))
        db = Database(servers.config.database)
        stack.push_async_callback(db.close)
        say("Writing the school and its histories")
        pairs = PAIRS_OF_DELIVERY + (max(options.senders) if options.wants("throughput") else 0)
        written = await write_school(db, options, pairs if options.wants("delivery", "throughput") else 0)
        await servers.bridge.start()
        homeserver = Homeserver(servers.config.homeserver, servers.config.appservice)
        await homeserver.start()
        stack.push_async_callback(homeserver.close)
        session = await stack.enter_async_context(_session())
        admin = await stack.enter_async_context(SynapseAdmin(servers.synapse.config))
        users = MatrixUsers(session, servers.synapse.config)
        stage = Stage(options, servers, session, db, homeserver, users, admin, written)
        if written.pairs:
            say(f"Making {len(written.pairs)} rooms of the bridge")
            stage.room_of = await make_rooms(db, homeserver, written.pairs)
        stage.direct = await _set_up_direct(stage, say)
        yield stage


def _session() -> aiohttp.ClientSession:
    """One for all: as many connections as there are requests at once, kept open."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=90))


async def _set_up_direct(stage: Stage, say: Say) -> Direct | None:
    options = stage.options
    if not options.wants("list", "history", "throughput"):
        return None
    senders = max(options.senders) if options.wants("throughput") else 4
    count = max(senders if options.wants("throughput") else 0, options.rooms if options.wants("list") else 0)
    say(f"Making {count} rooms without the bridge")
    names = ["reader", *(f"writer{place}" for place in range(senders))]
    reader, *writers = await in_parallel(names, lambda name: stage.users.sign_in(stage.admin, name), at_once=AT_ONCE)
    direct = Direct(reader, writers, [])

    async def make(place: int) -> str:
        room_id = await make_room(reader, direct.writer(place))
        if options.wants("list"):
            await write(direct.writer(place), room_id, MESSAGES_EACH)
        return room_id

    direct.rooms = await in_parallel(range(count), make, at_once=AT_ONCE)
    if options.wants("history"):
        direct.history_room = await make_room(reader, writers[0])
        await write(writers[0], direct.history_room, SHORT)
    return direct


async def write(client: MatrixClient, room_id: str, count: int) -> None:
    stream = new_stream()
    for number in range(count):
        await client.send(room_id, (stream, number))
