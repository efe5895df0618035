"""The name that people see and save under is harmless, and looks like what was sent."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.chat.file_names import NAME_CHARACTERS, clean_name, extension_of

NAMES = {
    "Сочинение 7Б (2).docx": "Сочинение 7Б (2).docx",
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\evil.txt": "evil.txt",
    "C:\\fakepath\\photo.jpg": "photo.jpg",
    "/etc/": "file",
    "..": "file",
    "": "file",
    " . ": "file",
    ".htaccess": "htaccess",
    "...hidden.txt": "hidden.txt",
    "photo\u202egpj.exe": "photogpj.exe",
    "a\u2066b\u2069\u200b\ufeffc.txt": "abc.txt",
    "line\r\nbreak\0\x1b[31m.txt": "linebreak[31m.txt",
    'a<b>c:d"e|f?g*h.txt': "a_b_c_d_e_f_g_h.txt",
    "report.pdf. . ": "report.pdf",
    "a.txt::$DATA": "a.txt__$DATA",
    "CON.txt": "_CON.txt",
    "nul": "_nul",
    "conference.txt": "conference.txt",
    "  two\u00a0 \u2003 spaces.txt ": "two spaces.txt",
    "e\u0301te\u0301.txt": "été.txt",
    "%2e%2e%2fpasswd": "%2e%2e%2fpasswd",
    "lone\ud800.txt": "lone.txt",
    "ы" * 300 + ".DOCX": "ы" * 115 + ".DOCX",
    "x" * 300: "x" * 120,
    "a." + "b" * 300: "a." + "b" * 118,
}


@pytest.mark.parametrize(("raw", "clean"), NAMES.items())
def test_a_name_is_cleaned(raw: str, clean: str):
    assert clean_name(raw) == clean


@given(st.text())
def test_a_clean_name_is_harmless_and_stays_as_it_is(raw: str):
    name = clean_name(raw)
    assert clean_name(name) == name
    assert 0 < len(name) <= NAME_CHARACTERS
    assert not set(name) & set('<>:"/\\|?*')
    assert name[0] != "."
    assert name[-1] not in ". "
    assert unicodedata.is_normalized("NFC", name)
    assert all(unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in name)
    name.encode()


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=400))
def test_a_cut_name_keeps_its_extension(stem: str):
    assert extension_of(clean_name(f"{stem}.xlsx")) == "xlsx"


@pytest.mark.parametrize(
    ("name", "extension"), [("a.JPG", "jpg"), ("a.tar.gz", "gz"), ("a", ""), (".jpg", ""), ("a.", "")]
)
def test_the_extension_is_what_follows_the_last_dot(name: str, extension: str):
    assert extension_of(name) == extension
