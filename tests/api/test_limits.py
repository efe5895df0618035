"""Nobody may call too often, and nobody pays for another's haste."""

from __future__ import annotations

import pytest
from api_school import STUDENT, TEACHER
from conftest import MakeCaller

from bridge.api import limits as limits_module
from bridge.api.limits import Limits
from bridge.config import LimitsConfig
from bridge.errors import TooMany


class Steady:
    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def _taken(limits: Limits, kind: limits_module.Kind, key: object, attempts: int) -> int:
    """How many of *attempts* were allowed."""
    allowed = 0
    for _ in range(attempts):
        try:
            limits.take(kind, key)
            allowed += 1
        except TooMany:
            pass
    return allowed


def test_a_burst_is_allowed_and_then_the_rate():
    clock = Steady()
    limits = Limits(LimitsConfig(), clock)
    assert _taken(limits, "send", 1, 100) == 30
    clock.now += 1
    assert _taken(limits, "send", 1, 100) == 5
    clock.now += 3600
    assert _taken(limits, "send", 1, 100) == 30


def test_the_told_wait_is_true():
    clock = Steady()
    limits = Limits(LimitsConfig(), clock)
    _taken(limits, "upload", 1, 100)
    with pytest.raises(TooMany) as refused:
        limits.take("upload", 1)
    wait_s = refused.value.retry_after_s
    assert wait_s is not None
    clock.now += wait_s - 0.01
    assert _taken(limits, "upload", 1, 1) == 0
    clock.now += 0.02
    assert _taken(limits, "upload", 1, 1) == 1


def test_refused_calls_cost_nothing():
    clock = Steady()
    limits = Limits(LimitsConfig(), clock)
    _taken(limits, "send", 1, 10_000)
    clock.now += 6
    assert _taken(limits, "send", 1, 100) == 30


def test_people_and_kinds_are_counted_apart():
    limits = Limits(LimitsConfig(), Steady())
    assert _taken(limits, "send", 1, 100) == 30
    assert _taken(limits, "send", 2, 100) == 30
    assert _taken(limits, "other", 1, 1000) == 300


def test_limits_can_be_lifted():
    assert _taken(Limits(LimitsConfig(enabled=False), Steady()), "send", 1, 1000) == 1000


def test_idle_buckets_are_dropped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits_module, "SWEEP_FROM", 100)
    clock = Steady()
    limits = Limits(LimitsConfig(), clock)
    for person_id in range(5000):
        clock.now += 0.1
        limits.take("sign_in", person_id)
    buckets = limits._buckets["sign_in"].full_at
    assert len(buckets) <= 300
    assert _taken(limits, "sign_in", 4999, 10) == 4  # the sweep forgave nobody who called lately


async def test_a_hundred_sends_of_one_are_429_with_retry_after_and_others_go_on(make_caller: MakeCaller):
    """What is sent here is empty, so it is 400 until there is too much of it. The rate is slower than any machine."""
    slow = {"send": {"per_second": 0.001, "burst": 30}, "upload": {"per_second": 0.001, "burst": 10}}
    call = await make_caller(limits=slow)
    send, upload = "/api/chat/messages/", "/api/chat/upload/"
    answers = [await call("POST", send, STUDENT) for _ in range(100)]
    assert {answer.status for answer in answers} == {400, 429}
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) == 70
    for answer in refused:
        assert int(answer.headers["Retry-After"]) >= 1
        assert (await answer.json())["code"] == "too_many_requests"
    assert (await call("POST", send, TEACHER)).status == 400
    assert (await call("GET", "/api/chat/me/", STUDENT)).status == 200
    assert (await call("POST", send.rstrip("/"), STUDENT)).status == 429  # the other spelling is the same
    uploads = {(await call("POST", upload, STUDENT)).status for _ in range(20)}
    assert 429 in uploads
    assert len(uploads) == 2


async def test_what_is_public_is_not_counted(make_caller: MakeCaller):
    call = await make_caller(limits={"other": {"per_second": 0.01, "burst": 1}})
    assert [(await call("GET", "/api/chat/schema/", None)).status for _ in range(5)] == [200] * 5
    assert [(await call("GET", "/api/chat/me/")).status for _ in range(2)] == [200, 429]


async def test_a_stranger_empties_nobodys_bucket(make_caller: MakeCaller):
    call = await make_caller(limits={"other": {"per_second": 0.01, "burst": 1}})
    for _ in range(5):
        headers = {"Authorization": "Bearer forged"}
        assert (await call("GET", "/api/chat/me/", None, headers=headers)).status == 401
    assert (await call("GET", "/api/chat/me/")).status == 200
