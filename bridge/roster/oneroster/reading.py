"""One package being read: its files' rows, which ids they hold, what refers to what, what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from bridge.roster.oneroster.cells import Cells
from bridge.roster.oneroster.columns import Mode
from bridge.roster.oneroster.faults import FaultList, quote
from bridge.roster.oneroster.known import Ids
from bridge.roster.oneroster.limits import Limits
from bridge.roster.oneroster.manifest import Manifest
from bridge.roster.oneroster.package import Package
from bridge.roster.oneroster.rows import CsvFile

DELTA_COLUMNS = frozenset({"status", "dateLastModified"})


@dataclass
class Reading:
    """
    What the readers of the single files share.

    Attributes:
        ids: File to the ``sourcedId`` of each of its rows.
        left_out: Why something was passed over, and how often: for people to read, no fault.
    """

    package: Package
    manifest: Manifest
    faults: FaultList
    limits: Limits
    today: date
    own_ids: Ids
    ids: dict[str, set[str]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    _sound: set[str] = field(default_factory=set)

    def rows(self, name: str) -> Iterator[Cells]:
        """The rows of the file *name*, none if it is absent; each ``sourcedId`` stands once."""
        seen = self.ids[name] = set()
        mode = self.manifest.modes.get(name, Mode.ABSENT)
        if mode == Mode.ABSENT or f"{name}.csv" not in self.package.names:
            return
        columns = self.manifest.columns(name)
        with self.package.open(f"{name}.csv") as stream:
            file = CsvFile(f"{name}.csv", stream, self.faults, self.limits.line_bytes)
            for line in file.rows(columns, also_required=DELTA_COLUMNS if mode == Mode.DELTA else frozenset()):
                cells = Cells(file, line, columns)
                if not cells.sourced_id:
                    file.is_sound = False
                elif cells.sourced_id in seen:
                    cells.fault("sourcedId", f"{quote(cells.sourced_id)} stands in an earlier row too")
                seen.add(cells.sourced_id)
                yield cells
            if file.is_sound and not seen and mode == Mode.BULK:
                file.fault(None, None, "holds no rows; a whole school has some")
            elif file.is_sound:
                self._sound.add(name)

    def is_gone(self, name: str, cells: Cells) -> bool:
        return cells.is_gone(self.manifest.modes[name])

    def is_whole(self, name: str) -> bool:
        """Whether everything that others may refer to stands in this file, and every row of it could be read."""
        return name in self._sound and self.manifest.modes[name] == Mode.BULK

    def is_readable(self, name: str) -> bool:
        """Whether the file is absent on purpose, or every row of it could be read."""
        return name in self._sound or self.manifest.modes[name] == Mode.ABSENT

    def refer(self, cells: Cells, column: str, name: str, *targets: str) -> None:
        """Each of *targets*, of this row's *column*, must be a row of the file *name*, if that is whole."""
        if self.is_whole(name):
            cells.refer(column, targets, self.ids[name], f"{name}.csv")

    def fault(self, name: str, line: int | None, column: str | None, reason: str) -> None:
        self.faults.add(f"{name}.csv", line, column, reason)
