"""Many small jobs for one homeserver, some of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def in_parallel(
    items: Iterable[Item], work: Callable[[Item], Awaitable[Result]], *, at_once: int
) -> list[Result]:
    """
    Do *work* for each item, *at_once* at a time.

    Returns:
        The results in the order of *items*. The first error stops the rest and is raised as it is.
    """
    waiting = iter(list(enumerate(items)))
    results: dict[int, Result] = {}

    async def worker() -> None:
        for index, item in waiting:
            results[index] = await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(worker())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [results[index] for index in sorted(results)]
