"""
Whether one person types in one conversation, as far as can be known: pure, times are given.

Matrix keeps one mark for each person and room. Every client of the person sets and clears it, and so do we for their
browser; the homeserver tells all who are marked whenever somebody's mark changes, and not who changed it. So a mark may
be our own, coming back (an echo). It is taken for a Matrix client's when we have set none, or when each mark that we
cleared has been seen to go; where that was missed, when ours has run out at the homeserver.
"""

from __future__ import annotations

from dataclasses import dataclass

# A client repeats itself after half a minute, and the homeserver does not pass that on, for nothing changes. Yet a lost
# "stopped" must not leave somebody typing for ever.
MARK_MS = 60_000
LATE_MS = 5_000  # by so much the homeserver may clear a mark later than it was told to: it looks every five seconds


@dataclass(slots=True)
class Typer:
    """Each time is when that ends, None where it is not so. Nothing is left when all three are None."""

    web_until_ms: int | None = None  # typing in a browser
    marked_until_ms: int | None = None  # the homeserver says so
    echo_until_ms: int | None = None  # a mark may be ours that we have cleared
    to_clear: int = 0  # marks that we have cleared and not yet seen to go
    is_in_client: bool = False  # the mark is a Matrix client's

    @property
    def is_typing(self) -> bool:
        return self.web_until_ms is not None or self.is_in_client

    @property
    def next_ms(self) -> int | None:
        """When something ends; None: nothing is left."""
        times = (self.web_until_ms, self.marked_until_ms, self.echo_until_ms)
        return min((time for time in times if time is not None), default=None)

    def starts_in_browser(self, until_ms: int) -> None:
        """Also: types on."""
        self.web_until_ms = until_ms

    def stops_in_browser(self, mark_ends_ms: int) -> None:
        """*mark_ends_ms*: until when the homeserver was told to keep our mark, should it not hear from us again."""
        if self.web_until_ms is None:
            return
        self.web_until_ms = None
        if not self.is_in_client:  # else the mark was never ours to clear
            self.to_clear += 1
            self.echo_until_ms = mark_ends_ms + LATE_MS

    def is_marked(self, now_ms: int) -> None:
        """The homeserver names the person among those who type."""
        self.marked_until_ms = now_ms + MARK_MS
        self._claim()

    def is_not_marked(self) -> None:
        """The homeserver does not name the person. Where it had not done so, our word may still be under way."""
        if self.marked_until_ms is None:
            return
        self.marked_until_ms, self.is_in_client = None, False
        self.to_clear = max(0, self.to_clear - 1)
        if not self.to_clear:
            self.echo_until_ms = None

    def end_what_is_over(self, now_ms: int) -> None:
        if self.echo_until_ms is not None and self.echo_until_ms <= now_ms:
            self.echo_until_ms, self.to_clear = None, 0
            if self.marked_until_ms is not None:
                self._claim()
        if self.marked_until_ms is not None and self.marked_until_ms <= now_ms:
            self.marked_until_ms, self.is_in_client = None, False

    def _claim(self) -> None:
        """A mark that cannot be ours is a Matrix client's."""
        if self.web_until_ms is None and not self.to_clear:
            self.is_in_client = True
