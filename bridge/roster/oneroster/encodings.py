"""Which encoding a text that is not UTF-8 looks like: so that a fault can say how to save it right."""

from __future__ import annotations

import re

UTF8_MARK = b"\xef\xbb\xbf"
UTF16 = "UTF-16"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
CYRILLIC = {"cp1251": "Windows-1251", "koi8-r": "KOI8-R", "cp866": "CP866 (DOS)"}
# A word as people write it. In a wrong Cyrillic encoding small letters become capitals, or no letters at all.
WORD = re.compile(r"\b(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]{2,})\b")


def guess_encoding(raw: bytes) -> str | None:
    """The name, as programs show it, of the encoding that *raw* looks like, or None."""
    if raw.startswith(UTF16_MARKS) or raw.count(0) > len(raw) // 4:
        return UTF16
    scores = {name: _score(raw, codec) for codec, name in CYRILLIC.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else None


def _score(raw: bytes, codec: str) -> int:
    """Letters in words, those of small letters counting twice: names are hardly ever all capitals."""
    text = raw.decode(codec, "replace")
    return sum(len(word) * (1 if word.isupper() else 2) for word in WORD.findall(text))


def not_utf8(raw: bytes, save_as: str = "save or export it as “CSV UTF-8”") -> str:
    """The reason of the fault, for a person who exports from a school's program."""
    guess = guess_encoding(raw)
    looks = f"; it looks like {guess}" if guess else ""
    return f"is not UTF-8{looks}; {save_as}"
