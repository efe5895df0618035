"""The bridge's ``/api/panel/`` as a small real HTTP server that remembers what it was told."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-panel-for-the-bridge"
Key = tuple[str, int, int]


@dataclass
class BridgeDoor:
    """
    Takes events as the bridge does: once each, older versions of a thing ignored, blank usernames refused.

    Attributes:
        requests: Method, path and body of all that came with the right token.
        things: What it knows: kind, group id and user id to the row.
        fails: Statuses that the next requests are answered with instead.
        loses: How many of the next requests are taken without an answer that arrives.
        contradicts: Usernames whose events it refuses one by one, the others of the request being taken.
    """

    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    things: dict[Key, dict[str, Any]] = field(default_factory=dict)
    versions: dict[Key, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    fails: list[int] = field(default_factory=list)
    loses: int = 0
    contradicts: set[str] = field(default_factory=set)
    answer: dict[str, Any] = field(default_factory=dict)
    hold: threading.Event | None = None
    url: str = ""

    def start(self) -> str:
        """Gives the address."""
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_POST(self) -> None:
                door._handle(self)

            do_PUT = do_POST

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self.url

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[dict[str, Any]]:
        """All events that came, in their order."""
        return [event for _, path, body in self.requests if path == "/api/panel/events/" for event in body["events"]]

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events()]

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        if self.hold is not None:
            self.hold.wait(10)
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(request, 401, {"detail": "Given token not valid.", "code": "token_not_valid"})
        elif self.fails:
            self._answer(request, self.fails.pop(0), {"detail": "Not now."})
        else:
            self.requests.append((request.command, request.path, body))
            status, answer = self._take(request.path, body)
            if self.loses:
                self.loses -= 1
                request.connection.close()
            else:
                self._answer(request, status, answer)

    def _answer(self, request: BaseHTTPRequestHandler, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        request.send_response(status)
        if status == 302:
            request.send_header("Location", "http://127.0.0.1/elsewhere")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _take(self, path: str, body: Any) -> tuple[int, Any]:
        if path.startswith("/api/panel/roster/"):
            if "dry_run" not in path:
                self._take_roster(body)
            return 202, {"run_id": 1, "state": "stored", "sentence": "1 person added", "confirm": None, **self.answer}
        wrong = [
            f"{number}.data.username: This field may not be blank."
            for number, event in enumerate(body["events"])
            if event["data"].get("username") == ""
        ]
        if wrong:
            return 400, {"events": wrong}
        results = [self._result(event) for event in body["events"]]
        return 202, {"results": results, "run_id": 1, "state": "stored"}

    def _result(self, event: dict[str, Any]) -> dict[str, Any]:
        """One that contradicts the roster is refused by itself; the others of its request are taken."""
        if event["data"].get("username") in self.contradicts:
            detail = "A person enrolled as a student cannot become a teacher."
            return {"event_id": event["event_id"], "outcome": "refused", "run_id": None, "detail": detail}
        self._take_event(event)
        return {"event_id": event["event_id"], "outcome": "taken", "run_id": 1}

    def _take_event(self, event: dict[str, Any]) -> None:
        kind, _, what = event["kind"].partition(".")
        key = key_of(kind, event["data"])
        if event["event_id"] in self.seen or event["version"] < self.versions.get(key, 0):
            return
        self.seen.add(event["event_id"])
        self.versions[key] = event["version"]
        if what == "saved":
            self.things[key] = event["data"]
            return
        self.things.pop(key, None)
        if kind != "enrolment":  # its enrolments end with it
            place = 1 if kind == "group" else 2
            self.things = {k: v for k, v in self.things.items() if k[0] != "enrolment" or k[place] != key[place]}

    def _take_roster(self, body: dict[str, Any]) -> None:
        """What is missing in a list is kept: it takes a second list, or an event, to remove it."""
        for kind in ("user", "group", "enrolment"):
            self.things |= {key_of(kind, row): row for row in body[f"{kind}s"]}


def key_of(kind: str, data: dict[str, Any]) -> Key:
    if kind == "enrolment":
        return kind, data["group_id"], data["user_id"]
    return (kind, data["id"], 0) if kind == "group" else (kind, 0, data["id"])
