"""Whose mark it is, and when somebody types: the homeserver says who is marked, never by whom."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from bridge.live.typer import LATE_MS, MARK_MS, Typer

SECOND = 1000
LASTS_MS, KEPT_MS = 5 * SECOND, 6 * SECOND  # in a browser, at the homeserver


def _stopped_in_browser(*, is_marked: bool) -> Typer:
    """At the moment 0."""
    typer = Typer()
    typer.starts_in_browser(LASTS_MS)
    if is_marked:
        typer.is_marked(0)
    typer.stops_in_browser(KEPT_MS)
    return typer


def test_a_mark_that_nobody_here_has_set_is_a_clients():
    typer = Typer()
    typer.is_marked(0)
    assert typer.is_typing
    typer.is_not_marked()
    assert not typer.is_typing
    assert typer.next_ms is None


def test_the_echo_of_neither_word_makes_one_type():
    typer = Typer()
    typer.starts_in_browser(LASTS_MS)
    typer.is_marked(0)
    typer.stops_in_browser(KEPT_MS)
    assert not typer.is_typing
    typer.is_marked(0)  # somebody else has begun: the whole list comes again
    assert not typer.is_typing
    typer.is_not_marked()
    assert not typer.is_typing
    assert typer.next_ms is None


def test_a_late_echo_is_one_too():
    typer = _stopped_in_browser(is_marked=False)
    typer.is_marked(3 * SECOND)
    assert not typer.is_typing
    typer.is_not_marked()
    assert not typer.is_typing
    assert typer.next_ms is None


def test_who_goes_on_in_a_client_types_as_soon_as_our_own_mark_has_gone():
    typer = _stopped_in_browser(is_marked=True)
    typer.is_not_marked()
    typer.is_marked(1)
    assert typer.is_typing


def test_a_mark_that_outlasts_ours_is_a_clients():
    """The client set it so soon that ours was never seen to go."""
    typer = _stopped_in_browser(is_marked=True)
    typer.is_marked(100)
    typer.end_what_is_over(KEPT_MS + LATE_MS - 1)
    assert not typer.is_typing
    assert typer.next_ms == KEPT_MS + LATE_MS
    typer.end_what_is_over(KEPT_MS + LATE_MS)
    assert typer.is_typing
    typer.is_not_marked()
    assert not typer.is_typing
    assert typer.next_ms is None


def test_a_mark_that_goes_before_is_never_shown():
    typer = _stopped_in_browser(is_marked=True)
    typer.is_marked(100)
    typer.is_not_marked()
    typer.end_what_is_over(KEPT_MS + LATE_MS)
    assert not typer.is_typing
    assert typer.next_ms is None


def test_what_is_told_of_others_before_our_word_has_arrived_tells_nothing():
    typer = _stopped_in_browser(is_marked=False)
    typer.is_not_marked()
    typer.is_marked(1)
    assert not typer.is_typing


def test_who_stops_begins_and_stops_before_an_echo_came_waits_for_both():
    typer = _stopped_in_browser(is_marked=True)
    typer.starts_in_browser(LASTS_MS)
    typer.stops_in_browser(KEPT_MS)
    typer.is_not_marked()
    typer.is_marked(1)
    assert not typer.is_typing
    typer.is_not_marked()
    typer.is_marked(2)
    assert typer.is_typing


def test_who_types_in_a_client_types_on_when_they_stop_in_the_browser():
    typer = Typer()
    typer.is_marked(0)
    typer.starts_in_browser(LASTS_MS)
    typer.stops_in_browser(KEPT_MS)
    assert typer.is_typing
    typer.is_not_marked()
    assert not typer.is_typing
    assert typer.next_ms is None


def test_who_types_in_the_browser_types_on_when_they_stop_in_a_client():
    typer = Typer()
    typer.is_marked(0)
    typer.starts_in_browser(LASTS_MS)
    typer.is_not_marked()
    assert typer.is_typing
    typer.stops_in_browser(KEPT_MS)
    assert not typer.is_typing


def test_a_stop_that_was_never_told_ends_by_itself():
    typer = Typer()
    typer.is_marked(0)
    assert typer.next_ms == MARK_MS
    typer.end_what_is_over(MARK_MS)
    assert not typer.is_typing
    assert typer.next_ms is None


class World:
    """
    A person's browser and Matrix client, and a homeserver that keeps one mark of both.

    What goes to it and what comes from it takes its time and keeps its order; a waiting word of the browser gives way
    to its next one.
    """

    def __init__(self) -> None:
        self.typer, self.now_ms = Typer(), 0
        self.is_in_browser = self.is_in_client = self.is_marked = False
        self._word: bool | None = None
        self._lists: deque[bool] = deque()

    def do(self, act: str) -> None:
        self.now_ms += 10
        getattr(self, act)()

    def browser(self) -> None:
        """Begins, or stops."""
        self.is_in_browser = not self.is_in_browser
        if self.is_in_browser:
            self.typer.starts_in_browser(self.now_ms + LASTS_MS)
        else:
            self.typer.stops_in_browser(self.now_ms + KEPT_MS)
        if not self.typer.is_in_client:
            self._word = self.is_in_browser

    def client(self) -> None:
        self.is_in_client = not self.is_in_client
        self._mark(self.is_in_client)

    def word_arrives(self) -> None:
        if self._word is not None:
            self._mark(self._word)
            self._word = None

    def other_person(self) -> None:
        """Begins or stops: the homeserver tells the whole list."""
        self._lists.append(self.is_marked)

    def list_arrives(self) -> None:
        if self._lists:
            if self._lists.popleft():
                self.typer.is_marked(self.now_ms)
            else:
                self.typer.is_not_marked()

    def lists_are_made(self) -> None:
        """The homeserver makes a list of those who are marked when it sends it, perhaps later than the change."""
        self._lists = deque(self.is_marked for _ in self._lists)

    def _mark(self, is_marked: bool) -> None:
        if is_marked != self.is_marked:
            self.is_marked = is_marked
            self._lists.append(is_marked)

    def settle(self) -> None:
        """Everything arrives, and our mark would have run out."""
        if self.is_in_browser:
            self.browser()
        self.word_arrives()
        while self._lists:
            self.list_arrives()
        self.typer.end_what_is_over(self.now_ms + KEPT_MS + LATE_MS)


BROWSER_ONLY = ("browser", "word_arrives", "other_person", "list_arrives", "lists_are_made")
ANYTHING = (*BROWSER_ONLY, "client")


def _some(acts: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(acts), max_size=40)


@given(_some(BROWSER_ONLY))
def test_who_has_no_client_never_types_but_in_the_browser(acts: list[str]):
    world = World()
    for act in acts:
        world.do(act)
        assert world.typer.is_typing == world.is_in_browser


@given(_some(ANYTHING))
def test_in_the_end_the_homeserver_is_believed(acts: list[str]):
    world = World()
    for act in acts:
        world.do(act)
        assert world.typer.is_typing or not world.is_in_browser
    world.settle()
    assert world.typer.is_typing == world.is_marked


@given(_some(ANYTHING))
def test_nothing_is_left_of_anybody(acts: list[str]):
    world = World()
    for act in acts:
        world.do(act)
        assert world.typer.next_ms is not None or not world.typer.is_typing
    world.settle()
    world.typer.end_what_is_over(world.now_ms + MARK_MS)
    assert world.typer.next_ms is None
    assert not world.typer.is_typing
