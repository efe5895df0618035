"""What is wrong with a package: every fault with its file, line, column and reason, told at once."""

from __future__ import annotations

from typing import NamedTuple

from bridge.errors import ConfigError

SHOWN_CHARACTERS = 40


class Fault(NamedTuple):
    """``line`` counts from 1, the header's; None: the whole file. ``column``: the header's word, or None."""

    file: str
    line: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.column, self.reason) if part)


class SourceFaults(ConfigError):
    """
    The package cannot be taken, so nothing of it is.

    Attributes:
        faults: The first of them, as many as ``Limits.faults``, in the order of the files.
        total: How many there are.
    """

    code = "source_faults"

    def __init__(self, name: str, faults: tuple[Fault, ...], total: int) -> None:
        self.faults, self.total = faults, total
        lines = [f"  {fault}" for fault in faults]
        if total > len(faults):
            lines.append(f"  and {total - len(faults)} more")
        count = "1 fault" if total == 1 else f"{total} faults"
        super().__init__("\n".join([f"{name} has {count}, so nothing of it was taken:", *lines]))


class FaultList:
    """Collects faults, keeps the first ones and counts the rest: a broken file may have a million."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.kept: list[Fault] = []
        self.total = 0

    def add(self, file: str, line: int | None, column: str | None, reason: str) -> None:
        self.total += 1
        if len(self.kept) < self._limit:
            self.kept.append(Fault(file, line, column, reason))

    def raise_any(self, name: str) -> None:
        """
        End the reading of the package *name*, if there was any fault.

        Raises:
            SourceFaults: There was.
        """
        if self.total:
            raise SourceFaults(name, tuple(self.kept), self.total)


def quote(text: str) -> str:
    """*text* as a fault shows it: short, in one line, nothing in it that a terminal obeys."""
    shown = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + '"'
