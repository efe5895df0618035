"""The error family. Raised where the fault is found, turned into an answer in one place (``api.answers``)."""

from __future__ import annotations

WHOLE = "non_field_errors"  # DRF's word for what no single field is to blame for


class BridgeError(Exception):
    """
    Something that a caller is told about.

    Attributes:
        code: Stable word for machines; the same in REST answers, error frames and logs.
        status: HTTP status of the answer.
        detail: One sentence that says what to do; safe to show to anybody.
        retry_after_s: Seconds after which a repeat makes sense, or None.
    """

    code = "error"
    status = 500

    def __init__(self, detail: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.retry_after_s = retry_after_s


class ConfigError(BridgeError):
    """The config or the roster file is wrong. Shown on the command line; the process ends with status 2."""

    code = "config"


class Invalid(BridgeError):
    """
    The request's content is wrong; a repeat cannot help. DRF's shape.

    Attributes:
        fields: What is wrong with each field, ``{"text": ["why"]}``; ``non_field_errors`` for the whole.
    """

    code = "invalid"
    status = 400

    def __init__(self, fields: dict[str, list[str]] | str) -> None:
        self.fields = fields if isinstance(fields, dict) else {WHOLE: [fields]}
        told = (why[0] if name == WHOLE else f"{name}: {why[0]}" for name, why in self.fields.items())
        super().__init__("; ".join(told))


class NotSignedIn(BridgeError):
    """No token, or one that does not hold: wrong, expired, of a person the roster does not know."""

    code = "not_authenticated"
    status = 401


class Forbidden(BridgeError):
    """A rule refuses. ``code`` names the rule: the same word as in Matrix and in the log."""

    code = "forbidden"
    status = 403


class NotFound(BridgeError):
    """It does not exist, or the caller may not know that it does; the two look the same on purpose."""

    code = "not_found"
    status = 404

    def __init__(self, detail: str = "Not found.", *, code: str | None = None) -> None:
        super().__init__(detail, code=code)


class Conflict(BridgeError):
    """The state of things forbids it now (a roster member cannot be removed by hand, for example)."""

    code = "conflict"
    status = 409


class TooLarge(BridgeError):
    """A body or a file over its limit."""

    code = "too_large"
    status = 413


class TypeRefused(BridgeError):
    """A file of a type that the school does not allow, or whose name and content disagree."""

    code = "type_refused"
    status = 415


class TooMany(BridgeError):
    """A person's rate limit. Always carries ``retry_after_s``."""

    code = "too_many_requests"
    status = 429


class Unavailable(BridgeError):
    """The database or the homeserver does not answer now; a repeat after ``retry_after_s`` may succeed."""

    code = "unavailable"
    status = 503

    def __init__(self, detail: str, *, code: str | None = None, retry_after_s: float | None = 5) -> None:
        super().__init__(detail, code=code, retry_after_s=retry_after_s)


class HomeserverUnavailable(Unavailable):
    """No answer, a time-out, 429 or 5xx from the homeserver: try again, keep the order."""

    code = "homeserver_unavailable"


class HomeserverRefused(BridgeError):
    """The homeserver answered 4xx: a repeat cannot help. ``errcode`` is Matrix's own (``M_FORBIDDEN``)."""

    code = "homeserver_refused"
    status = 502

    def __init__(self, detail: str, *, errcode: str, http_status: int) -> None:
        super().__init__(detail)
        self.errcode = errcode
        self.http_status = http_status
