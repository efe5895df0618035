"""An address holds as long as the config says, stays the same for hours, and cannot be made by anybody else."""

from __future__ import annotations

import pytest
from api_school import config_with
from hypothesis import given
from hypothesis import strategies as st

from bridge.api.files.ranges import RangeNotSatisfiable, find_range
from bridge.api.files.signatures import FileAddresses, require_signature, round_expiry, sign
from bridge.errors import NotFound

CONFIG = config_with("sqlite:///x.db")
FILES = CONFIG.files
NOW = 1_763_116_200


@given(now=st.integers(0, 2**35), lifetime=st.integers(60, 10**6))
def test_an_address_holds_for_its_lifetime_at_least_and_half_as_long_again_at_most(now: int, lifetime: int):
    left = round_expiry(lifetime, now) - now
    assert lifetime < left <= lifetime * 1.5


def test_the_same_address_is_given_for_hours():
    def addresses(now: int) -> str:
        return FileAddresses(CONFIG, lambda: now)("a" * 32, "x.txt")

    begin = NOW - NOW % (FILES.address_lifetime_s // 2)
    assert addresses(begin) == addresses(begin + FILES.address_lifetime_s // 2 - 1)
    assert addresses(begin) != addresses(begin + FILES.address_lifetime_s // 2)


def test_an_address_is_whole_and_spells_any_name():
    address = FileAddresses(CONFIG, lambda: NOW)("a" * 32, "ё/?#&%.txt", 320)
    expiry = round_expiry(FILES.address_lifetime_s, NOW)
    path = f"https://chat.school.test/api/chat/files/{'a' * 32}/%D1%91%2F%3F%23%26%25.txt"
    assert address == f"{path}?e={expiry}&s={sign(FILES.secret, 'a' * 32, expiry)}&thumbnail=320"


def test_a_signature_is_of_this_file_this_expiry_and_this_secret():
    good = sign(FILES.secret, "f", NOW + 10)
    assert require_signature(FILES, "f", str(NOW + 10), good, NOW) == NOW + 10
    bad = [
        ("g", NOW + 10, good, NOW),
        ("f", NOW + 11, good, NOW),
        ("f", NOW + 10, sign("another secret", "f", NOW + 10), NOW),
        ("f", NOW + 10, "", NOW),
        ("f", NOW + 10, "\udcff", NOW),
        ("f", NOW + 10, good, NOW + 10),
    ]
    for file_id, expiry, signature, now in bad:
        with pytest.raises(NotFound):
            require_signature(FILES, file_id, str(expiry), signature, now)


@given(size=st.integers(0, 50), first=st.none() | st.integers(0, 60), last=st.none() | st.integers(0, 60))
def test_a_range_is_what_a_slice_is(size: int, first: int | None, last: int | None):
    asked = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    data = bytes(range(size))
    if first is None and last is not None:
        expected = data[max(0, size - last) :]
    else:
        expected = data[first or 0 :] if last is None else data[first : last + 1]
    try:
        found = find_range({"Range": asked}, size, '"e"')
    except RangeNotSatisfiable:
        assert expected == b""
        return
    is_nonsense = (first is None and last is None) or (None not in (first, last) and last < first)
    assert (found is None) == is_nonsense
    if found is not None:
        assert data[found.start : found.stop] == expected != b""
