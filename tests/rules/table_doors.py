"""What each action is at each door, and the answer in the table's words."""

from __future__ import annotations

from itertools import count
from typing import Any
from urllib.parse import quote

from testbed.waiting import until
from testbed.world import Socket

from rules.client import REASON, Answer
from rules.table import Row
from rules.table_cases import case_of
from rules.table_school import Case, Place, Said, TableSchool

OK = "ok"
_numbers = count(1)
LATER_S = 2 * 86_400  # an edit is refused after one day
TEXT = {"msgtype": "m.text", "body": "Сказано"}
MATRIX_EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "send encrypted": ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}),
    "send unknown type": ("org.example.note", {"body": "x"}),
    "send program": ("m.room.message", {"msgtype": "m.file", "body": "virus.exe", "url": "mxc://school.test/x"}),
    "send large file": (
        "m.room.message",
        {"msgtype": "m.file", "body": "a.pdf", "info": {"size": 11 << 20}, "url": "mxc://school.test/x"},
    ),
}
MATRIX_STATE: dict[str, tuple[str, dict[str, Any]]] = {
    "set levels": ("m.room.power_levels", {"users_default": 100}),
    "set encryption": ("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
    "set join rule": ("m.room.join_rules", {"join_rule": "public"}),
    "set topic": ("m.room.topic", {"topic": "О чём здесь"}),
}


def of_web(status: int, body: Any) -> str:
    """The word for an answer of the web API."""
    if status < 300:
        return OK
    if status in (400, 404):
        return "invalid" if status == 400 else "404"
    assert body.get("detail"), body
    return str(body["code"])


def of_matrix(answer: Answer) -> str:
    """The word for an answer of Synapse; whatever it is, it is an answer and no fault."""
    status, body = answer
    if status == 200:
        return OK
    assert body.get("error"), answer
    if (status, body["errcode"]) == (401, "M_UNKNOWN_TOKEN"):
        return "signed out"
    assert (status, body["errcode"]) == (403, "M_FORBIDDEN"), answer
    return str(body.get(REASON, "homeserver"))


class Doors:
    """Does what a row says at one of the doors."""

    def __init__(self, school: TableSchool) -> None:
        self._school = school

    async def try_at(self, door: str, row: Row) -> str:
        do = {"rest": self._rest, "socket": self._socket, "matrix": self._matrix}[door]
        return await do(row.action, row.target, case_of(row))

    # -- REST ----------------------------------------------------------------------------------------------------------

    async def _rest(self, action: str, target: str, case: Case) -> str:
        conversation_id = self._school.place(case.place, "rest").conversation_id if case.place else 0
        path = f"conversations/{conversation_id}/"
        if action == "read":
            api = await self._school.api(case.actor)
            return of_web(*await api.call("GET", "messages/", params={"conversation_id": conversation_id}))
        if action == "archive":
            return await self._rest_archive(case, path)
        if action in ("edit", "delete"):
            path = f"messages/{(await self._said(case, target, action, 'rest')).message_id}/"
        people = list(case.people)
        method, below, body = {
            "begin": ("POST", "conversations/", {"participant": people[0] if people else None}),
            "write": ("POST", "messages/", {"conversation_id": conversation_id, "text": "Сказано"}),
            "create group": ("POST", "conversations/group/", {"name": "Новая", "participants": people}),
            "add": ("POST", f"{path}add_participant/", {"user_ids": people}),
            "remove": ("POST", f"{path}remove_participant/", {"user_id": people[0] if people else None}),
            "leave": ("POST", f"{path}remove_participant/", {"user_id": case.actor}),
            "rename": ("PATCH", path, {"name": "Переименована"}),
            "edit": ("PATCH", path, {"text": "Иначе"}),
            "delete": ("DELETE", path, {}),
            "block": ("POST", f"{path}block/", {}),
            "unblock": ("DELETE", f"{path}block/", {}),
        }[action]
        return await self._call(case, method, below, body)

    async def _call(self, case: Case, method: str, path: str, body: Any = None) -> str:
        api = await self._school.api(case.actor)
        return of_web(*await api.call(method, path, json=body))

    async def _rest_archive(self, case: Case, path: str) -> str:
        word = await self._call(case, "DELETE", path)
        if word != OK:
            return word
        api = await self._school.api(case.actor)
        return OK if (await api.get(path))["is_archived"] else "only hidden"

    # -- socket --------------------------------------------------------------------------------------------------------

    async def _socket(self, action: str, _target: str, case: Case) -> str:
        place = self._school.place(case.place, "socket")
        api = await self._school.api(case.actor)
        socket = await api.socket(place.conversation_id if action == "read" else None)
        try:
            return await self._answer_of(socket, place, action)
        finally:
            await socket.close()

    async def _answer_of(self, socket: Socket, place: Place, action: str) -> str:
        """``read`` is to be let in: a ping is answered."""
        asked: dict[str, Any] = {"type": "ping"}
        if action == "write":
            asked = {"type": "message.send", "conversation_id": place.conversation_id, "text": "Сказано"}
            asked["client_id"] = f"table-{next(_numbers)}"
        if not socket.ws.closed:
            await socket.send(asked)

        def answer() -> str | None:
            for frame in socket.frames:
                if frame["type"] in ("ack", "pong"):
                    return OK
                if frame["type"] == "error":
                    assert frame["client_id"] == asked["client_id"], frame
                    return str(frame["code"])
            return str(socket.ws.close_code) if socket.task.done() else None

        return str(await until(answer))

    # -- Matrix --------------------------------------------------------------------------------------------------------

    async def _matrix(self, action: str, target: str, case: Case) -> str:
        client = await self._school.client(case.actor)
        place = self._school.place(case.place, "matrix") if case.place else Place(0, "")
        if action in ("edit", "delete", "react"):
            return of_matrix(await self._about(action, target, case, place))
        if action in MATRIX_STATE:
            return of_matrix(await client.set_state(place.room_id, *MATRIX_STATE[action]))
        if action in MATRIX_EVENTS:
            event_type, content = MATRIX_EVENTS[action]
            return of_matrix(await client.send(place.room_id, content, event_type))
        if action == "set own name":
            false = {"membership": "join", "displayname": "Мария Петрова"}
            return of_matrix(await client.set_state(place.room_id, "m.room.member", false, client.mxid))
        ghosts = [self._school.world.synapse.ghost(person_id) for person_id in case.people]
        path = f"rooms/{quote(place.room_id)}"
        method, below, body = {
            "begin": ("POST", "createRoom", {"is_direct": True, "invite": ghosts}),
            "create group": ("POST", "createRoom", {"name": "Новая", "invite": ghosts}),
            "create room": ("POST", "createRoom", {"name": "Моя"}),
            "create space": ("POST", "createRoom", {"name": "Моё", "creation_content": {"type": "m.space"}}),
            "write": ("PUT", f"{path}/send/m.room.message/table-{next(_numbers)}", TEXT),
            "read": ("GET", f"{path}/messages?dir=b&limit=1", None),
            "add": ("POST", f"{path}/invite", {"user_id": "".join(ghosts)}),
            "remove": ("POST", f"{path}/kick", {"user_id": "".join(ghosts)}),
            "leave": ("POST", f"{path}/leave", {}),
            "join": ("POST", f"{path}/join", {}),
            "rename": ("PUT", f"{path}/state/m.room.name/", {"name": "Переименована"}),
        }[action]
        return of_matrix(await client.call(method, below, body))

    async def _about(self, action: str, target: str, case: Case, place: Place) -> Answer:
        """An event about another event."""
        client = await self._school.client(case.actor)
        if action == "react":
            said = self._school.said_before[case.place, 0, "react", "matrix"]
            relation = {"rel_type": "m.annotation", "event_id": said.event_id, "key": "👍"}
            return await client.send(place.room_id, {"m.relates_to": relation}, "m.reaction")
        event_id = (await self._said(case, target, action, "matrix")).event_id
        if action == "delete":
            path = f"rooms/{quote(place.room_id)}/redact/{quote(event_id)}/table-{next(_numbers)}"
            return await client.call("PUT", path)
        new = {"msgtype": "m.text", "body": "Иначе"}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        return await client.send(place.room_id, {**new, "m.new_content": new, "m.relates_to": relation})

    # -- what was said before ------------------------------------------------------------------------------------------

    async def _said(self, case: Case, target: str, action: str, door: str) -> Said:
        """A message of the case's sender: a new one, an old one, or where nobody writes any more one from before."""
        before = self._school.said_before.get((case.place, case.sender, action, door))
        if before is not None:
            return before
        age_s = LATER_S if target == "own later" else 0
        return await self._school.say(case.sender, self._school.place(case.place, door), age_s=age_s)
