"""``formatted_body`` becomes safe Markdown: sanitised by nh3, converted by markdownify, checked. Pure."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

import nh3
from markdownify import MarkdownConverter

from bridge.matrix.text import escape_markdown, has_raw_markup, plain_to_markdown, sanitize_text

# Converting takes time by tags, in lists by their square; a message that people read has fewer.
MAX_TAGS = 1000

_TAGS = {"a", "b", "code", "del", "em", "i", "img", "s", "strong"}
_TAGS |= {
    "blockquote",
    "br",
    "caption",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
}
_TAGS |= {"table", "tbody", "td", "th", "thead", "tr"}
_GONE = {"script", "style", "mx-reply", "title", "template", "iframe", "noscript", "textarea"}
_ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "img": {"alt"}, "ol": {"start"}}
_LINKS = {"http", "https", "mailto", "tel", "matrix"}

_PERSON = re.compile(r"https?://matrix\.to/#/@|matrix:u/", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:.*\s)?language-([\w+#-]{1,30})(?:\s.*)?", re.ASCII)
_BLOCK_END = re.compile(r"<br\b[^>]*>|</(?:p|div|li|tr|h[1-6]|pre|blockquote|table|ul|ol)>", re.IGNORECASE)
_TOO_MANY_LINES = re.compile(r"\n{3,}")
_BACKTICKS = re.compile(r"`+")
_NOT_IN_ADDRESS = re.compile(r"[\s()<>\\]")


def html_to_markdown(formatted: str) -> str:
    """
    Markdown of a formatted body: no raw HTML, no images, no quoted reply; mentions as ``@Name``.

    What cannot be converted safely comes as its plain text.
    """
    clean = nh3.clean(
        sanitize_text(formatted),
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes=_LINKS,
        link_rel=None,
        url_relative="deny",
    )
    if "<" not in clean:
        return plain_to_markdown(" ".join(html.unescape(clean).split()))
    markdown = _convert(clean) if clean.count("<") <= MAX_TAGS else None
    if markdown is None or has_raw_markup(markdown):
        return plain_to_markdown(_text_of(clean))
    return markdown


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "start":
        return value if re.fullmatch(r"\d{1,9}", value, re.ASCII) else None
    return value


def _convert(clean: str) -> str | None:
    """None for a nesting that is too deep to walk."""
    try:
        markdown = _Converter(wrap=True, wrap_width=None, heading_style="atx", bullets="-").convert(clean)
    except RecursionError:
        return None
    return _TOO_MANY_LINES.sub("\n\n", sanitize_text(markdown)).strip()


def _text_of(clean: str) -> str:
    with_lines = _BLOCK_END.sub("\n", clean)
    return html.unescape(nh3.clean(with_lines, tags=set()))


class _Converter(MarkdownConverter):
    """markdownify, where its answer would not be ours."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return escape_markdown(text)

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        href = el.get("href") or ""
        if not text.strip() or not href or "_noformat" in parent_tags:
            return text
        if _PERSON.match(unquote(href)):
            return f"@{text.strip().removeprefix('@')}"
        if text in (href, escape_markdown(href)):
            return text
        address = _NOT_IN_ADDRESS.sub(lambda m: f"%{ord(m[0]):02X}", href)
        return f"[{text}]({address})"

    def convert_br(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """A line feed is a line break in this school's Markdown."""
        return " " if {"_inline", "code"} & parent_tags and "pre" not in parent_tags else "\n"

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """A custom emoji's name; other pictures come as messages of their own."""
        return escape_markdown(" ".join((el.get("alt") or "").split()))

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if not text:
            return ""
        code = el.find("code")
        language = _LANGUAGE.fullmatch(" ".join(code.get("class") or [])) if code else None
        longest = max((len(ticks) for ticks in _BACKTICKS.findall(text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"\n\n{fence}{language[1] if language else ''}\n{text.strip(chr(10))}\n{fence}\n\n"
