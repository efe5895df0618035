"""``orgs.csv``: which of the organisations in the package are our school."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.roster.oneroster.columns import ORG_TYPES
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.reading import Reading

SETTING = "roster.oneroster.school"
SHOWN_SCHOOLS = 20
NAME_CHARACTERS = 255


@dataclass
class Orgs:
    """
    Our school and what is below it. ``ours`` None: a delta that does not say, so everything in it is ours.

    ``named``: what the rows name, to see whether "everything" is one school (``check_one``).
    """

    ours: frozenset[str] | None
    named: set[str] = field(default_factory=set)

    def is_ours(self, *org_ids: str) -> bool:
        self.named.update(org_ids)
        return self.ours is None or not self.ours.isdisjoint(org_ids)

    def check_one(self, reading: Reading) -> None:
        """A delta need not hold ``orgs.csv``: where no school is configured, its rows must be of one org."""
        if self.ours is None and not reading.manifest.is_complete and len(self.named) > 1:
            listed = ", ".join(quote(org) for org in sorted(self.named)[:SHOWN_SCHOOLS])
            reason = f"does not say which school is ours, and the rows name several orgs ({listed}); set {SETTING}"
            reading.fault("orgs", None, None, reason)


@dataclass(frozen=True)
class Org:
    id: str
    name: str
    type: str
    parent: str


def read_orgs(reading: Reading, school: str | None) -> Orgs:
    """Read the file; *school* is the ``sourcedId`` that the config names."""
    found: dict[str, Org] = {}
    parents: list[tuple[int, str]] = []
    for cells in reading.rows("orgs"):
        is_gone = reading.is_gone("orgs", cells)
        org = Org(
            cells.sourced_id,
            cells.text("name", characters=NAME_CHARACTERS),
            cells.token("type", ORG_TYPES, may_extend=True),
            cells.id("parentSourcedId"),
        )
        if not is_gone:
            found[org.id] = org
            parents.append((cells.number, org.parent))
    _check_parents(reading, parents)
    root = _choose(reading, found, school) if reading.manifest.is_complete else school
    return Orgs(None if root is None else _below(root, found))


def _check_parents(reading: Reading, parents: list[tuple[int, str]]) -> None:
    if reading.is_whole("orgs"):
        for line, parent in parents:
            if parent and parent not in reading.ids["orgs"]:
                reading.fault("orgs", line, "parentSourcedId", f"{quote(parent)} is no row of orgs.csv")


def _choose(reading: Reading, found: dict[str, Org], school: str | None) -> str | None:
    """Our school in a whole package: the one that the config names, else the only one."""
    schools = [org for org in found.values() if org.type == "school"]
    if school is not None and school not in found:
        reading.fault("orgs", None, None, f"has no {quote(school)}, which {SETTING} names; {_listed(schools)}")
    elif school is None and len(schools) != 1 and len(found) != 1 and reading.is_whole("orgs"):
        reading.fault("orgs", None, None, f"does not say which school is ours; set {SETTING}; {_listed(schools)}")
    if school is not None:
        return school
    candidates = schools or list(found.values())
    return candidates[0].id if len(candidates) == 1 else None


def _listed(schools: list[Org]) -> str:
    if not schools:
        return "there is no org of the type school"
    listed = ", ".join(f"{quote(org.id)} ({org.name})" for org in schools[:SHOWN_SCHOOLS])
    more = f" and {len(schools) - SHOWN_SCHOOLS} more" if len(schools) > SHOWN_SCHOOLS else ""
    return f"there is {listed}{more}"


def _below(root: str, found: dict[str, Org]) -> frozenset[str]:
    """*root* and all that lies below it: departments of a school, schools of a district."""
    children: dict[str, list[str]] = {}
    for org in found.values():
        children.setdefault(org.parent, []).append(org.id)
    ours, waiting = {root}, [root]
    while waiting:
        new = [child for child in children.get(waiting.pop(), ()) if child not in ours]
        ours.update(new)
        waiting += new
    return frozenset(ours)
