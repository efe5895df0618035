"""
The rows of one CSV file, one at a time: decoded, split, put under their header's names.

RFC 4180 with a byte order mark, CRLF or LF, and line breaks inside quotes. Neither the file nor the columns that
nobody asked for are kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from bridge.roster.oneroster.columns import EXTENSION, Columns
from bridge.roster.oneroster.encodings import UTF8_MARK, UTF16, UTF16_MARKS, guess_encoding, not_utf8
from bridge.roster.oneroster.faults import FaultList, quote
from bridge.roster.oneroster.package import Damaged, Lines


@dataclass(frozen=True, slots=True)
class Line:
    """A row: the line of the file it begins in, and the values of the columns that are read, white space cut off."""

    number: int
    values: dict[str, str]


class Unreadable(Exception):
    """The rest of the file makes no sense; the fault has been noted."""


class CsvFile:
    """
    One file being read.

    Attributes:
        name: ``users.csv``.
        is_sound: Whether every row of it can be told; what refers to it can be checked only then.
    """

    def __init__(self, name: str, stream: Lines, faults: FaultList, line_bytes: int) -> None:
        self.name = name
        self.is_sound = True
        self._stream = stream
        self._faults = faults
        self._line_bytes = line_bytes

    def fault(self, line: int | None, column: str | None, reason: str) -> None:
        self._faults.add(self.name, line, column, reason)

    def rows(self, columns: Columns, *, also_required: frozenset[str] = frozenset()) -> Iterator[Line]:
        """Give the rows; ends early, with a fault noted, where the file stops being CSV."""
        try:
            yield from self._rows(columns, columns.required | also_required)
        except Unreadable:
            self.is_sound = False

    def _rows(self, columns: Columns, required: frozenset[str]) -> Iterator[Line]:
        reader = csv.reader(self._lines(), strict=True)
        header = self._next(reader, 1)
        if header is None:
            self._stop(None, None, "is empty; its first line must name the columns")
        places = self._places(header, columns, required)
        while True:
            number = reader.line_num + 1
            cells = self._next(reader, number)
            if cells is None:
                return
            if not cells:
                continue
            if len(cells) == len(header):
                yield Line(number, {name: cells[index].strip() for name, index in places})
            else:
                self.is_sound = False
                self.fault(number, None, f"has {len(cells)} values, the header has {len(header)} columns")

    def _next(self, reader: Iterator[list[str]], number: int) -> list[str] | None:
        try:
            return next(reader, None)
        except csv.Error as error:
            self._stop(number, None, _csv_reason(str(error)))

    def _lines(self) -> Iterator[str]:
        number = 0
        while raw := self._read_line():
            number += 1
            if number == 1:
                if raw.startswith(UTF16_MARKS):
                    self._stop(None, None, not_utf8(raw))
                raw = raw.removeprefix(UTF8_MARK)
            if len(raw) > self._line_bytes:
                self._stop(number, None, f"is a line of more than {self._line_bytes} bytes")
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                self._stop(number, None, not_utf8(raw))
            if "\0" in text:
                is_wide = guess_encoding(raw) == UTF16  # without its mark
                self._stop(number, None, not_utf8(raw) if is_wide else "holds a NUL byte; this is no text file")
            yield text

    def _read_line(self) -> bytes:
        try:
            return self._stream.readline(self._line_bytes + 1)
        except Damaged as error:
            self._stop(None, None, f"is damaged in the zip: {quote(str(error))}")

    def _places(self, header: list[str], columns: Columns, required: frozenset[str]) -> list[tuple[str, int]]:
        """Check the header. Gives which of the columns to read, and where they are."""
        before = self._faults.total
        known = {name.lower(): name for name in columns.order}
        for index, name in enumerate(header):
            if reason := _refuse_column(name, header[:index], columns, known):
                self.fault(1, quote(name) if name else f"column {index + 1}", reason)
        for name in columns.order:
            if name in required and name.lower() not in {cell.strip().lower() for cell in header}:
                self.fault(1, name, "is missing from the header")
        present = [name for name in header if name in columns.order]
        ordered = [name for name in columns.order if name in header]
        if before == self._faults.total and present != ordered:
            first = next(o for p, o in zip(present, ordered, strict=True) if p != o)
            self.fault(1, first, f"stands in another place than in OneRoster; the order is {', '.join(ordered)}")
        if before == self._faults.total and header[: len(present)] != present:
            self.fault(1, None, f"extensions ({EXTENSION}…) must stand behind OneRoster's own columns")
        if before != self._faults.total:
            raise Unreadable
        return [(name, index) for index, name in enumerate(header) if name in columns.taken]

    def _stop(self, line: int | None, column: str | None, reason: str) -> NoReturn:
        self.fault(line, column, reason)
        raise Unreadable


def _refuse_column(name: str, before: list[str], columns: Columns, known: dict[str, str]) -> str | None:
    if name in before:
        return "stands twice in the header"
    if name in columns.order or (name.startswith(EXTENSION) and len(name) > len(EXTENSION)):
        return None
    if not name:
        return "has no name in the header"
    if name.strip().lower() in known:
        return f"must be written {known[name.strip().lower()]}"
    return f"is no column of OneRoster here; an extension's name begins with {EXTENSION}"


def _csv_reason(error: str) -> str:
    if "field larger" in error:
        return "holds a value of more than 131072 characters, or a quote that is never closed"
    if "unexpected end" in error:
        return "opens a quote that is never closed"
    if "new-line character" in error:
        return "has line ends of an old Macintosh (CR alone); save it with CRLF or LF"
    return f"is not CSV: {error}"
