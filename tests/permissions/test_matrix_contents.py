"""What an event may say and a file may be, written out; whoever sends it."""

from __future__ import annotations

import codecs
from typing import Any

import pytest

from bridge.permissions import file_heads
from bridge.permissions.matrix_events import refuse_content
from bridge.permissions.policy import Reason
from bridge.permissions.snapshot import FileRules

TEXT = {"msgtype": "m.text", "body": "Здравствуйте"}
OK = None
LIKE: dict[str, Any] = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$a", "key": "👍"}}
CONTENTS = [
    ("m.room.message", TEXT, OK),
    ("m.room.message", {"msgtype": "m.emote", "body": "x"}, OK),
    ("m.room.message", {"msgtype": "m.location", "body": "x", "geo_uri": "geo:1,2"}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a.png", "url": "mxc://a/b", "info": {"size": 5 << 20}}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": {"size": (5 << 20) + 1}}, Reason.FILE_SIZE),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": {"mimetype": "image/svg+xml"}}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "a.PDF", "url": "mxc://a/b"}, OK),
    ("m.room.message", {"msgtype": "m.file", "body": "a.exe"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "a.pdf", "filename": "a.exe"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "without"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": 5}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.audio", "body": "a", "info": {"mimetype": "audio/ogg; codecs=opus"}}, OK),
    ("m.room.message", {"msgtype": "m.video", "body": "a.mp4", "info": {"mimetype": "video/mp4"}}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": "none"}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "file": {"url": "mxc://a/b"}}, Reason.NO_ENCRYPTION),
    ("m.room.message", {"msgtype": "m.key.verification.request", "body": "x"}, Reason.NOT_OFFERED),
    ("m.room.message", {"body": "x"}, Reason.NOT_OFFERED),
    ("m.room.message", {"msgtype": ["m.text"], "body": "x"}, Reason.NOT_OFFERED),
    ("m.room.message", {**TEXT, "m.new_content": {"msgtype": "m.file", "body": "a.exe"}}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "filename": "a.exe"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "url": "https://evil.example/a.png"}, Reason.NOT_OFFERED),
    (
        "m.room.message",
        {"msgtype": "m.image", "body": "a", "info": {"thumbnail_url": "http://a/b"}},
        Reason.NOT_OFFERED,
    ),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": {"thumbnail_file": {}}}, Reason.NO_ENCRYPTION),
    ("m.room.message", {"msgtype": "m.file", "body": "a.pdf", "info": {"mimetype": "text/html"}}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "a.txt", "info": {"mimetype": "text/plain; charset=utf-8"}}, OK),
    ("m.room.message", {"msgtype": "m.file", "body": "a.doc", "info": {"mimetype": ""}}, OK),
    ("m.sticker", {"body": "x"}, OK),
    ("m.sticker", {"body": "x", "url": "mxc://a/b", "info": {"mimetype": "text/html"}}, Reason.FILE_TYPE),
    ("m.sticker", {"body": "x", "file": {"url": "mxc://a/b"}}, Reason.NO_ENCRYPTION),
    ("m.sticker", {"body": "x", "m.new_content": {"body": "x", "url": "https://a/b"}}, Reason.NOT_OFFERED),
    ("m.reaction", LIKE, OK),
    ("m.reaction", {"m.relates_to": {**LIKE["m.relates_to"], "key": "записка " * 9}}, Reason.NOT_OFFERED),
    ("m.reaction", {"m.relates_to": {**LIKE["m.relates_to"], "key": " "}}, Reason.NOT_OFFERED),
    ("m.reaction", {"m.relates_to": "👍"}, Reason.NOT_OFFERED),
    ("org.matrix.msc3381.poll.start", {}, OK),
    ("m.poll.response", {}, OK),
    ("m.room.encrypted", {}, Reason.NO_ENCRYPTION),
    ("m.call.invite", {}, Reason.NOT_OFFERED),
    ("org.example.secret_note", {}, Reason.NOT_OFFERED),
]


@pytest.mark.parametrize(("event_type", "content", "reason"), CONTENTS, ids=str)
def test_what_may_be_sent(event_type: str, content: dict[str, Any], reason: Reason | None):
    assert refuse_content(FileRules(), event_type, content) == reason


@pytest.mark.parametrize(
    ("head", "is_taken"),
    [
        (b"\xff\xd8\xff\xe0", True),
        (b"\x89PNG\r\n\x1a\n....", True),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", True),
        (b"RIFF\x00\x00\x00\x00AVI ....", False),
        (b"%PDF-1.7", True),
        (b"PK\x03\x04...", True),
        (b"OggS", True),
        (b"\x00\x00\x00\x18ftypmp42", True),
        (b"\x1aE\xdf\xa3", True),
        ("Домашнее задание".encode(), True),
        ("Домашнее задание".encode()[:-1], True),  # cut inside a character
        (b"", True),
        (b"MZ\x90\x00", False),
        (b"\x7fELF\x02", False),
        (b"#!/bin/sh\n", False),
        (b"  <!DOCTYPE html>", False),
        (b"\xef\xbb\xbf<html>", False),
        (b"<svg xmlns=", False),
        (b"\x00\x01\x02\x03", False),
        ("Привет".encode("cp1251"), True),  # as the web does
        ("Привет".encode("utf-16"), True),
        (codecs.BOM_UTF16_BE + "Привет".encode("utf-16-be")[:-1], True),
        (codecs.BOM_UTF16_LE + b"<\x00s\x00c\x00r\x00i\x00p\x00t\x00>\x00", False),
        ("Привет\x00".encode("cp1251"), False),
        (b"<!-- a picture --><html>", False),
        (b"Homework: <script>alert(1)</script>", False),
        (b"<?php system($_GET[0]);", False),
        (b"{\\rtf1", False),
        (b"2 < 3 and <p or q>", True),
    ],
    ids=repr,
)
def test_a_file_is_known_by_its_beginning(head: bytes, is_taken: bool):
    assert file_heads.is_taken(head) is is_taken
