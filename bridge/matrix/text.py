"""
Text between the web, which speaks Markdown, and Matrix, which speaks plain text and HTML. Pure.

The read model holds Markdown. What came as plain text is escaped where Markdown would read it differently, so
that ``2*3*4`` and ``<script>`` stay what they are; text that Markdown leaves alone is stored as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

PREVIEW_CHARACTERS = 50

_PLAIN_BLOCKS = frozenset({"paragraph_open", "inline", "paragraph_close"})
_PLAIN_INLINES = frozenset({"text", "softbreak", "hardbreak"})
_RAW = frozenset({"html_block", "html_inline", "image"})

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_REPLY_FALLBACK = re.compile(r"> (?:\* )?<@[^>\n]+>")


# One line that begins with a letter and has no character that could be markup: most of what people write.
_OBVIOUSLY_PLAIN = re.compile(r"[^\W\d_][^\n\\`*_\[\]<>#~|&]*")


def _safe_link(url: str) -> bool:
    return _SAFE_LINK.match(url) is not None


def _any_link(url: str) -> bool:  # noqa: ARG001 - markdown-it's signature
    return True


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    markdown.enable(["strikethrough", "table"]).disable("image")
    markdown.validateLink = _safe_link  # type: ignore[method-assign]
    return markdown


def _suspicious_parser() -> MarkdownIt:
    """Sees as markup all that any reader of Markdown might."""
    markdown = MarkdownIt("commonmark", {"html": True, "linkify": False, "breaks": True})
    markdown.enable(["strikethrough", "table"])
    markdown.validateLink = _any_link  # type: ignore[method-assign]
    return markdown


_markdown = _parser()
_suspicious = _suspicious_parser()


def sanitize_text(text: str) -> str:
    """
    Drop what no database and no screen takes: NUL and other controls, lone surrogates (they become U+FFFD).

    Line ends become a line feed; line feeds and tabs stay.
    """
    text = _CONTROLS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def markdown_to_html(text: str) -> str | None:
    """HTML for ``formatted_body``; None when the text says the same without it."""
    text = sanitize_text(text)
    if _OBVIOUSLY_PLAIN.fullmatch(text):
        return None
    tokens = _markdown.parse(text)
    if _is_plain(text, tokens):
        return None
    return str(_markdown.renderer.render(tokens, _markdown.options, {})).strip()


def plain_to_markdown(body: str) -> str:
    """Markdown that shows exactly *body*: unchanged where it can be."""
    body = sanitize_text(body).strip()
    if _is_plain(body, _suspicious.parse(body)):
        return body
    # An indent would be code, and a space that does not break looks the same.
    return _INDENT.sub(lambda m: "\N{NO-BREAK SPACE}" * len(m[0].expandtabs(4)), escape_markdown(body))


def has_raw_markup(markdown: str) -> bool:
    """Whether a reader of *markdown* could find HTML or an image in it."""
    return any(
        token.type in _RAW or any(child.type in _RAW for child in token.children or ())
        for token in _suspicious.parse(markdown)
    )


def plain_preview(markdown: str, limit: int = PREVIEW_CHARACTERS) -> str:
    """One line without markup, at most *limit* characters, then ``…``."""
    # Markup is seldom most of a text: what the first characters do not show, a preview need not.
    return _preview(sanitize_text(markdown[: limit * 8]), limit)


@lru_cache(maxsize=4096)
def _preview(markdown: str, limit: int) -> str:
    shown = [markdown] if _OBVIOUSLY_PLAIN.fullmatch(markdown) else _shown(_markdown.parse(markdown))
    line = " ".join(" ".join(shown).split())
    return line if len(line) <= limit else f"{line[:limit].rstrip()}…"


def strip_reply_fallback(body: str) -> str:
    """Remove the quoted lines that older clients put in front of a reply ("Rich replies", fallback)."""
    if not _REPLY_FALLBACK.match(body):
        return body
    lines = body.split("\n")
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).lstrip("\n")


def _is_plain(text: str, tokens: list[Token]) -> bool:
    """Whether *text*, parsed as *tokens*, shows as it is; white space apart."""
    return (
        all(token.type in _PLAIN_BLOCKS for token in tokens)
        and all(child.type in _PLAIN_INLINES for token in tokens for child in token.children or ())
        and " ".join(_shown(tokens)).split() == text.split()  # escapes, entities, definitions of links
    )


def _shown(tokens: list[Token]) -> Iterator[str]:
    """The text of each block, as a reader sees it."""
    for token in tokens:
        if token.type == "inline":
            yield "".join(
                "\n" if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()
            )
        elif token.type in ("fence", "code_block"):
            yield token.content


# Where Markdown would see markup: these characters anywhere ...
_ESCAPE_ANYWHERE = re.compile(
    r"""
    [\\`*\[\]|~]                    # escapes, code, emphasis, links, tables, strikethrough
    | (?<!\w)_ | _(?!\w)            # emphasis; inside a word it is none
    | <(?=[a-zA-Z/!?]|$)            # HTML, autolinks
    | &(?=\#?\w+;)                  # entities
    """,
    re.VERBOSE,
)
# ... and these at the start of a line.
_ESCAPE_AT_START = re.compile(
    r"""
    ^([ \t]*)
    (?: (\d{1,9})(?=[.)](?:\s|$))   # numbered list: the backslash goes before the dot
    | (?= > | \#{1,6}(?:\s|$)       # quote, heading
        | [+-](?:\s|$) | -[-|:]     # list, rule, table
        | :- | =[=\s]*$ )           # table, underline of a heading
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """Put a backslash where Markdown would read markup, so that it shows as text."""
    text = _ESCAPE_ANYWHERE.sub(r"\\\g<0>", text)
    return _ESCAPE_AT_START.sub(lambda m: f"{m[1]}{m[2] or ''}\\", text)
