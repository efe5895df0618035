"""What comes in, checked: bodies against their models, queries, ids in paths. Faults become ``Invalid``."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bridge.api.bodies import MAX_ID
from bridge.api.services import SERVICES
from bridge.config import LimitsConfig
from bridge.errors import Invalid, NotFound, TooLarge, TypeRefused

FAULTS_A_FIELD = 5

Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: web.Request, model: type[Model]) -> Model:
    """
    Read the JSON body and check it; no body counts as ``{}``.

    Raises:
        Invalid: Not JSON, not an object, not packed as it says, or *model* refuses it.
        TooLarge: Over ``limits.body_bytes``, counted after decompression.
        TypeRefused: A body that is not ``application/json``.
    """
    limits = request.app[SERVICES].config.limits
    body = await read_bytes(request, limits.body_bytes)
    if not body:
        return check(model, {}, limits)
    if request.content_type != "application/json" and "Content-Type" in request.headers:
        raise TypeRefused("Send the body as application/json.", code="unsupported_media_type")
    return check(model, load_json(body), limits)


async def read_bytes(request: web.Request, limit: int) -> bytes:
    """Read the whole body, counted after decompression."""
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body is too large; at most {limit} bytes are taken.")
    first, body = b"", bytearray()
    try:
        while chunk := await request.content.readany():
            if len(body) + len(first) + len(chunk) > limit:
                raise TooLarge(f"The body is too large; at most {limit} bytes are taken.")
            if not first:
                first = chunk  # most bodies are one piece
            else:
                body += chunk
    except web.RequestPayloadError as error:
        raise Invalid("The body cannot be unpacked as Content-Encoding or Transfer-Encoding say.") from error
    return first + body if body else first


def load_json(body: bytes | str) -> Any:
    """Parse JSON without NUL characters and lone surrogates; also for the frames of sockets."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"This is not valid JSON in UTF-8: {error}.") from error
    escaped = "\\u0000" if isinstance(body, str) else b"\\u0000"
    if escaped in body:  # type: ignore[operator]
        _refuse_nul(data)
    return data


def _refuse_nul(data: Any) -> None:
    """Name the key whose text holds NUL: PostgreSQL cannot store it, Matrix clients cut the text there."""
    places = data.items() if isinstance(data, dict) else [("non_field_errors", data)]
    faults = {str(key): ["Null characters are not allowed."] for key, value in places if _has_nul(key, value)}
    if faults:
        raise Invalid({name.replace("\0", ""): why for name, why in faults.items()})


def _has_nul(*values: Any) -> bool:
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False


def check(model: type[Model], data: Any, limits: LimitsConfig) -> Model:
    """
    Check *data* against *model*; also for the frames of sockets.

    Raises:
        Invalid: All faults, in DRF's words.
    """
    if not isinstance(data, dict):
        raise Invalid("Send a JSON object.")
    try:
        return model.model_validate(data, context=limits)
    except ValidationError as error:
        raise Invalid(_faults(error)) from error


def _faults(error: ValidationError) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False, include_input=False):
        name, sentence = _place_and_sentence(fault)
        sentences = fields.setdefault(name, [])
        if len(sentences) < FAULTS_A_FIELD:
            sentences.append(sentence)
    return fields


def _place_and_sentence(fault: ErrorDetails) -> tuple[str, str]:
    place = [str(step) for step in fault["loc"]]
    sentence = sentence_of(fault)
    if not place:
        return "non_field_errors", sentence
    return place[0], f"{'.'.join(place[1:])}: {sentence}" if place[1:] else sentence


SENTENCES = {
    "missing": "This field is required.",
    "string_type": "Not a valid string.",
    "string_too_long": "Ensure this field has no more than {max_length} characters.",
    "string_too_short": "This field may not be blank.",
    "string_pattern_mismatch": "This value does not match the required pattern.",
    "int_type": "A valid integer is required.",
    "int_parsing": "A valid integer is required.",
    "int_from_float": "A valid integer is required.",
    "greater_than_equal": "Ensure this value is greater than or equal to {ge}.",
    "less_than_equal": "Ensure this value is less than or equal to {le}.",
    "bool_type": "Must be a valid boolean.",
    "bool_parsing": "Must be a valid boolean.",
    "list_type": "Expected a list of items.",
    "too_long": "Ensure this field has no more than {max_length} elements.",
    "too_short": "Ensure this field has at least {min_length} elements.",
    "model_type": "Expected an object.",
    "dict_type": "Expected an object.",
    "datetime_type": "Expected an ISO 8601 time, such as 2025-11-14T10:30:00Z.",
    "datetime_parsing": "Expected an ISO 8601 time, such as 2025-11-14T10:30:00Z.",
    "datetime_from_date_parsing": "Expected an ISO 8601 time, such as 2025-11-14T10:30:00Z.",
    "literal_error": "Expected one of: {expected}.",
    "union_tag_not_found": "This field is required.",
    "union_tag_invalid": "Expected one of: {expected_tags}.",
}


def sentence_of(fault: ErrorDetails) -> str:
    """Say a fault in DRF's words."""
    sentence = SENTENCES.get(fault["type"])
    if sentence is None:
        return fault["msg"].removeprefix("Value error, ")
    return sentence.format_map(fault.get("ctx", {}))


def path_id(request: web.Request, name: str = "id") -> int:
    """Take an id from the path; what cannot be an id is not found."""
    found = _find_id(request.match_info[name])
    if found is None:
        raise NotFound
    return found


def _find_id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    number = int(text)
    return number if 1 <= number <= MAX_ID else None


def query_id(request: web.Request, name: str, *, required: bool = False) -> int | None:
    """Take an id from the query; None where it is not given."""
    text = request.query.get(name, "")
    if not text:
        if required:
            raise Invalid({name: ["This field is required."]})
        return None
    found = _find_id(text)
    if found is None:
        raise Invalid({name: ["A valid integer is required."]})
    return found


def query_int(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """Take a whole number from the query: *default* where it is not given, else between *low* and *high*."""
    text = request.query.get(name, "")
    if not text:
        return default
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise Invalid({name: ["A valid integer is required."]})
    if not low <= (number := int(text)) <= high:
        raise Invalid({name: [f"Ensure this value is between {low} and {high}."]})
    return number


def query_flag(request: web.Request, name: str, *, default: bool = False) -> bool:
    text = request.query.get(name, "").lower()
    if not text:
        return default
    if text in {"1", "true", "yes"}:
        return True
    if text in {"0", "false", "no"}:
        return False
    raise Invalid({name: ["Must be a valid boolean."]})


def query_choice(request: web.Request, name: str, choices: tuple[str, ...], default: str) -> str:
    text = request.query.get(name, "") or default
    if text != default and text not in choices:
        raise Invalid({name: [f"Expected one of: {', '.join(choices)}."]})
    return text


def query_text(request: web.Request, name: str, *, longest: int = 200) -> str:
    """Take text from the query, white space at its ends removed; empty where it is not given."""
    text = request.query.get(name, "").strip()
    if len(text) > longest:
        raise Invalid({name: [f"Ensure this field has no more than {longest} characters."]})
    if "\0" in text:
        raise Invalid({name: ["Null characters are not allowed."]})
    return text
