"""
Messages that can be told apart: each text carries ``cb-RUN-STREAM-NUMBER.``, wherever it turns up.

A stream is one sender's messages in one conversation, numbered from 0 in the order in which they were accepted.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

PATTERN = re.compile(r"cb-([0-9a-f]{8})-(\d+)-(\d+)\.")
SENTENCE = "Добрый день! Не получается задача 4 из домашней работы, посмотрите, пожалуйста."
RUN = secrets.token_hex(4)
_streams = count(1)

Mark = tuple[int, int]  # stream, number


def new_stream() -> int:
    return next(_streams)


def text_of(mark: Mark) -> str:
    return f"cb-{RUN}-{mark[0]}-{mark[1]}. {SENTENCE}"


def find_mark(text: str) -> Mark | None:
    found = PATTERN.search(text)
    return (int(found[2]), int(found[3])) if found and found[1] == RUN else None


class Arrivals:
    """What came through one socket or one client's ``/sync``, in order, and who waits for it."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._waiting: dict[tuple[str, Mark], asyncio.Future[float]] = {}

    def expect(self, mark: Mark, kind: str = "new") -> asyncio.Future[float]:
        """When (``perf_counter``) it came; ask before it can come."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[kind, mark] = future
        return future

    def came(self, mark: Mark, kind: str = "new") -> None:
        if kind == "new":
            self.marks.append(mark)
        future = self._waiting.pop((kind, mark), None)
        if future and not future.done():
            future.set_result(time.perf_counter())


@dataclass(frozen=True)
class Faults:
    """How what arrived differs from what was accepted."""

    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0

    def __add__(self, other: Faults) -> Faults:
        return Faults(self.lost + other.lost, self.doubled + other.doubled, self.out_of_order + other.out_of_order)


def compare(accepted: Iterable[int], arrived: Sequence[int]) -> Faults:
    """Compare the numbers of one stream; what arrived without having been accepted (a lost answer) is no fault."""
    seen = set(arrived)
    return Faults(
        lost=len(set(accepted) - seen),
        doubled=len(arrived) - len(seen),
        out_of_order=sum(later < earlier for earlier, later in pairwise(arrived)),
    )
