"""The values of one row, read as what they should be; each that is not becomes a fault of its column."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from datetime import date, datetime

from bridge.roster.oneroster.columns import EXTENSION_TOKEN, STATUSES, Columns, Mode
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.rows import CsvFile, Line

ID_CHARACTERS = 255
# Control characters, half characters, and what breaks or turns a line: PostgreSQL or a reader cannot hold them.
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Cells:
    """
    One row. A method gives the value, or the empty value of its kind after noting a fault.

    Attributes:
        sourced_id: The row's own id; "" after a fault.
        is_sound: Whether no fault was found in this row so far.
    """

    def __init__(self, file: CsvFile, line: Line, columns: Columns) -> None:
        self._file, self._line, self._columns = file, line, columns
        self.is_sound = True
        self.sourced_id = self.id("sourcedId") if "sourcedId" in columns.required else ""

    @property
    def number(self) -> int:
        return self._line.number

    def fault(self, column: str, reason: str) -> None:
        self.is_sound = False
        self._file.fault(self._line.number, column, reason)

    def raw(self, column: str) -> str:
        """The value, "" where the column is left out or its required value is missing (a fault)."""
        value = self._line.values.get(column, "")
        if not value and column in self._columns.required:
            self.fault(column, "is empty")
        return value

    def text(self, column: str, *, characters: int) -> str:
        value = self.raw(column)
        if len(value) > characters:
            self.fault(column, f"is longer than {characters} characters")
            return ""
        if FORBIDDEN.search(value):
            self.fault(column, "holds a line break or another control character")
            return ""
        return value

    def id(self, column: str) -> str:
        return self.text(column, characters=ID_CHARACTERS)

    def ids(self, column: str) -> tuple[str, ...]:
        """A list: comma-separated in one value, an item with a comma in quotes of its own."""
        value = self.text(column, characters=100 * ID_CHARACTERS)
        try:
            items = next(csv.reader([value], strict=True, skipinitialspace=True), [])
        except csv.Error as error:
            self.fault(column, f"is no list: {error}")
            return ()
        if "" in (found := tuple(item.strip() for item in items)):
            self.fault(column, "holds an empty item")
        return found

    def token(self, column: str, vocabulary: Collection[str], *, may_extend: bool = False) -> str:
        """A word of *vocabulary*; *may_extend*: or one that a vendor has added (``ext:…``)."""
        value = self.raw(column)
        if not value or value in vocabulary or (may_extend and value.startswith(EXTENSION_TOKEN)):
            return value
        self.fault(column, f"{quote(value)} is none of {', '.join(vocabulary)}")
        return ""

    def flag(self, column: str) -> bool | None:
        """``true`` or ``false``, in any case: spreadsheets write TRUE. None: empty, or a fault."""
        value = self.raw(column)
        if value and value.lower() not in {"true", "false"}:
            self.fault(column, f"{quote(value)} is neither true nor false")
            return None
        return value.lower() == "true" if value else None

    def day(self, column: str) -> date | None:
        value = self.raw(column)
        if not value:
            return None
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            self.fault(column, f"{quote(value)} is no day like 2026-09-01")
            return None

    def year(self, column: str) -> int | None:
        value = self.raw(column)
        if value and not (len(value) == 4 and value.isascii() and value.isdigit() and value > "1900"):
            self.fault(column, f"{quote(value)} is no year like 2027, the year in which the school year ends")
            return None
        return int(value) if value else None

    def is_gone(self, mode: Mode) -> bool:
        """Read ``status`` and ``dateLastModified``: whether the row says that the thing is there no more."""
        status = self.token("status", STATUSES)
        modified = self.raw("dateLastModified")
        if mode == Mode.DELTA:
            for column, value in (("status", self._line.values.get("status")), ("dateLastModified", modified)):
                if not value:
                    self.fault(column, "is empty; in a delta each row needs it")
        if modified and not _is_moment(modified):
            self.fault("dateLastModified", f"{quote(modified)} is no moment like 2026-09-01T08:00:00Z")
        return status in {"tobedeleted", "inactive"}

    def refer(self, column: str, targets: Iterable[str], known: Collection[str], file: str) -> None:
        """Each of *targets*, ids in this row's *column*, must be a row of *file*, whose ids are *known*."""
        for target in targets:
            if target and target not in known:
                self.fault(column, f"{quote(target)} is no row of {file}")


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
