"""
Cut first: whoever loses a room or the school loses it on the web before anything is done in Matrix.

So access ends at that moment even while the homeserver is away. What is cut here is found again by the next plan until
Matrix has followed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bridge.chat import members
from bridge.provisioning import record
from bridge.provisioning.record import LEAVING, Ghost
from bridge.provisioning.run import Run
from bridge.provisioning.spec import Dismiss, Retire, Step


async def cut(run: Run, steps: Sequence[Step]) -> None:
    """Take everybody whom *steps* remove out of the read model, a conversation at a time, and tell them."""
    removals: dict[int, set[int]] = {}
    for step in steps:
        if isinstance(step, Dismiss) and (conversation_id := run.rooms[step.key].conversation_id) is not None:
            removals.setdefault(conversation_id, set()).add(step.person_id)
    leavers = [step.person_id for step in steps if isinstance(step, Retire)]
    if leavers:
        for conversation_id, people in (await _begin_leaving(run, leavers)).items():
            removals.setdefault(conversation_id, set()).update(people)
    works = {work.conversation_id: work for work in run.rooms.values()}
    for conversation_id, people in sorted(removals.items()):
        # One transaction each: who locks several conversations meets the inbox, which does so in its own order.
        async with run.parts.db.writing() as conn:
            changes = await members.remove_many(conn, conversation_id, people, run.parts.clock())
            work = works.get(conversation_id)
            if changes and work is not None:
                await run.audit(conn, "member.removed", work, sorted(people))
        await run.tell(changes)


async def _begin_leaving(run: Run, leavers: Sequence[int]) -> dict[int, set[int]]:
    """
    Note who is leaving, and that no room has them any more; the group chats that they are in now.

    From here on it does not matter when we die: they are not of the rooms that a plan finds them in, and come back
    into all of them should the roster name them again.
    """
    async with run.parts.db.writing() as conn:
        places = await members.list_group_places(conn, leavers)
        for person_id in leavers:
            await record.save_ghost(conn, _leaving(run.found.ghosts[person_id], places))
        for key, work in run.rooms.items():
            if not work.seen.memberships.keys().isdisjoint(leavers):
                work.seen = work.seen.without_joined(leavers)
                await record.save_seen(conn, key, work.seen)
    return {conversation_id: people for conversation_id, (_, people) in places.items()}


def _leaving(ghost: Ghost, places: Mapping[int, tuple[str | None, Collection[int]]]) -> Ghost:
    own = {
        conversation_id
        for conversation_id, (roster_key, people) in places.items()
        if roster_key is None and ghost.person_id in people
    }
    return replace(ghost, state=LEAVING, left_ids=tuple(sorted({*ghost.left_ids, *own})))
