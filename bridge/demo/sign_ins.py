"""The table that the demo prints: where to go, and who can sign in."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bridge.api.services import DemoSignIn
from bridge.config import Config
from bridge.matrix.ids import Ids
from bridge.permissions.school import Person, Role
from bridge.roster.roster import Roster

MOST = 24  # of a large school some of each role are shown
SOME = {Role.ADMIN: 2, Role.TEACHER: 4, Role.STUDENT: 6}


def list_sign_ins(roster: Roster, ids: Ids) -> tuple[DemoSignIn, ...]:
    """Everybody who can sign in; of a large school the first of each role."""
    people = [person for person in roster.people if person.is_active and person.id in roster.passwords]
    if len(people) > MOST:
        people = [person for role, some in SOME.items() for person in _first(people, role, some)]
    return tuple(
        DemoSignIn(person.username, roster.passwords[person.id], person.role, person.name, ids.ghost(person.id))
        for person in people
    )


def _first(people: list[Person], role: Role, some: int) -> list[Person]:
    return [person for person in people if person.role == role][:some]


def print_sign_ins(console: Console, config: Config, sign_ins: tuple[DemoSignIn, ...], roster: Roster) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))  # 80 columns are enough
    for heading in ("Name", "Role", "Username", "Password", "Matrix id"):
        table.add_column(heading, overflow="fold")
    for each in sign_ins:
        table.add_row(each.name, each.role, each.username, each.password, each.mxid)
    console.print()
    console.print(table)
    console.print()
    more = len(roster.passwords) - len(sign_ins)
    if more > 0:
        console.print(f"… and {more} more, with the next numbers.\n")
    addresses = Table.grid(padding=(0, 2))
    addresses.add_row("Open in a browser", config.server.public_url)
    addresses.add_row("Homeserver", config.homeserver.public_url)
    addresses.add_row("What else there is", f"{config.server.public_url}/about")
    console.print(addresses)
    console.print(
        "\nUsername and password open the web app, and with the homeserver's address any Matrix client.\n"
        "Ctrl-C stops both; the next start goes on where this one ended."
    )
