"""Markdown, plain text and HTML: nothing is lost on the way, and nothing dangerous gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.matrix import text as text_module
from bridge.matrix.formatted import html_to_markdown
from bridge.matrix.text import (
    has_raw_markup,
    markdown_to_html,
    plain_preview,
    plain_to_markdown,
    sanitize_text,
    strip_reply_fallback,
)

# Pieces that mean something in one of the three, between any text at all, lone surrogates and NUL too.
PIECES = [
    *"*_`~<>[]()#+-=|\\&!:.\"'\n\t \0\r",
    *("**", "```", "~~~", "---", "1. ", "- ", "> ", "    ", "| - |", "](http://a.b)", "![x](http://a.b)"),
    *("<script>", "</script>", "<script", "<b>", "</b>", "<br>", "<p>", "</p>", "<code>", "</code>", "<pre>"),
    *("</pre>", "<ul><li>", "</ul>", "<ol start='3'><li>", "<img alt='a' src='b'>", "<a href='http://a.b/(c'>"),
    *("<a href='https://matrix.to/#/@x:y'>", "</a>", "<table><tr><td>", "</table>", "<mx-reply>", "</mx-reply>"),
    *("&lt;script&gt;", "&amp;", "&#60;", "&copy;", "javascript:alert(1)", "<!--", "-->", "<![CDATA[", "<?x"),
    *("\ud83d", "\ude00", "😀", "ё", "\N{NO-BREAK SPACE}", "a_b_c", "2*3*4", "https://a.b/c_d?e=f&g=h"),
]
any_text = st.lists(st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=()), max_size=5)).map("".join)


def is_clean(text: str) -> bool:
    text.encode("utf-8")  # raises for a lone surrogate
    return "\0" not in text and "\r" not in text


@given(any_text)
def test_sanitising_twice_is_sanitising_once(text: str) -> None:
    once = sanitize_text(text)
    assert is_clean(once)
    assert sanitize_text(once) == once


def test_two_halves_of_a_character_become_one() -> None:
    assert sanitize_text("\ud83d\ude00 a\0b\r\nc\rd\ud83d") == "😀 ab\nc\nd�"


@given(any_text)
def test_html_for_matrix_never_holds_a_tag_of_the_sender(text: str) -> None:
    html = markdown_to_html(text)
    if html is not None:
        assert is_clean(html)
        assert "<script" not in html.lower()
        assert "<img" not in html
        assert 'href="javascript' not in html.lower()


@given(any_text)
def test_markdown_from_html_holds_neither_html_nor_images(html: str) -> None:
    markdown = html_to_markdown(html)
    assert is_clean(markdown)
    assert not has_raw_markup(markdown)


@given(any_text)
def test_plain_text_shows_as_it_came(body: str) -> None:
    markdown = plain_to_markdown(body)
    assert is_clean(markdown)
    assert not has_raw_markup(markdown)
    shown = plain_preview(markdown, limit=10**6)
    assert shown.split() == sanitize_text(body).split()


@given(any_text)
def test_what_needs_no_html_comes_back_unchanged(text: str) -> None:
    text = sanitize_text(text).strip()
    if markdown_to_html(text) is None and not has_raw_markup(text) and "](" not in text:
        assert plain_to_markdown(text) == text


@given(any_text | st.from_regex(text_module._OBVIOUSLY_PLAIN, fullmatch=True))
def test_the_short_way_for_plain_lines_gives_what_the_parser_gives(text: str) -> None:
    if text_module._OBVIOUSLY_PLAIN.fullmatch(sanitize_text(text)):
        tokens = text_module._markdown.parse(sanitize_text(text))
        assert text_module._is_plain(sanitize_text(text), tokens)
        assert " ".join(" ".join(text_module._shown(tokens)).split()) == " ".join(sanitize_text(text).split())


@given(any_text, st.integers(min_value=1, max_value=60))
def test_a_preview_is_one_short_line(text: str, limit: int) -> None:
    preview = plain_preview(text, limit)
    assert is_clean(preview)
    assert "\n" not in preview
    assert len(preview.removesuffix("…")) <= limit


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello, how are you?", None),
        ("two\nlines\n\nand more", None),
        ("a_b_c 5 < 6 https://a.b/c_d", None),
        ("**bold** and *slanted*", "<p><strong>bold</strong> and <em>slanted</em></p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("a `b`\nc", "<p>a <code>b</code><br />\nc</p>"),
        ("[x](https://a.b)", '<p><a href="https://a.b">x</a></p>'),
        ("**x** <script>", "<p><strong>x</strong> &lt;script&gt;</p>"),
        (r"\*", "<p>*</p>"),
    ],
)
def test_markdown_becomes_html_where_it_says_more(text: str, html: str | None) -> None:
    assert markdown_to_html(text) == html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<b>hi</b> there", "**hi** there"),
        ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="3"><li>x</li><li>y</li></ol>', "3. x\n4. y"),
        ("<mx-reply><blockquote>old</blockquote></mx-reply>new", "new"),
        ('<a href="https://matrix.to/#/@school_5:x">Anna</a>: hi', "@Anna: hi"),
        ('<a href="https://matrix.to/#/%40school_5%3Ax">@Anna</a>', "@Anna"),
        ('<a href="matrix:u/school_5:x">Anna</a>', "@Anna"),
        ('<a href="https://a.b/c_d">https://a.b/c_d</a>', "https://a.b/c_d"),
        ('<a href="https://a.b/(c)">d</a>', "[d](https://a.b/%28c%29)"),
        ('<a href="javascript:alert(1)">d</a>', "d"),
        ('<img src="mxc://a/b" alt=":smile:" onerror="x">', ":smile:"),
        ("<script>alert(1)</script>rest", "rest"),
        ("2*3*4 &lt;script&gt;", r"2\*3\*4 \<script>"),
        ("&lt;<b></b>script&gt;", r"\<script>"),
        ('<pre><code class="language-py">a\n```\nb</code></pre>', "````py\na\n```\nb\n````"),
        ("<code>&lt;b&gt;</code>", "`<b>`"),
        ("<blockquote><p>q</p></blockquote>a", "> q\n\na"),
        ("one\ntwo", "one two"),
        ("<h2>Title</h2>text", "## Title\n\ntext"),
        ("<table><tr><th>a</th></tr><tr><td>1|2</td></tr></table>", "| a |\n| --- |\n| 1\\|2 |"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert html_to_markdown(html) == markdown


@pytest.mark.parametrize("html", ["<b>" * 900 + "deep", "<b>x</b>" * 5000, "<ol>" + "<li>x" * 9000])
def test_a_page_that_is_no_message_keeps_its_text(html: str) -> None:
    assert html_to_markdown(html).split()[0].startswith(("deep", "x"))


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        ("2*3*4", r"2\*3\*4"),
        ("a_b_c", "a_b_c"),
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("1. first", r"1\. first"),
        ("- 5 degrees", r"\- 5 degrees"),
        ("-5 degrees", "-5 degrees"),
        ("see https://a.b/c_d?e=f&g=h", "see https://a.b/c_d?e=f&g=h"),
        ("a\n\nb  c", "a\n\nb  c"),
        ("x:\n    a = *b*", "x:\n\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}a = \\*b\\*"),
    ],
)
def test_plain_text_is_escaped_only_where_markdown_would_change_it(body: str, markdown: str) -> None:
    assert plain_to_markdown(body) == markdown


@pytest.mark.parametrize(
    ("body", "stripped"),
    [
        ("> <@a:b> old\n> more\n\nnew\n> quoted by hand", "new\n> quoted by hand"),
        ("> * <@a:b> waves\n\nnew", "new"),
        ("> a quote by hand\n\nnew", "> a quote by hand\n\nnew"),
        ("new", "new"),
        ("> <@a:b> old", ""),
    ],
)
def test_the_fallback_of_a_reply_is_removed_and_nothing_else(body: str, stripped: str) -> None:
    assert strip_reply_fallback(body) == stripped


def test_a_preview_shows_fifty_characters_without_markup() -> None:
    assert plain_preview("**a**\n\n- `b`") == "a b"
    assert plain_preview("x" * 50) == "x" * 50
    assert plain_preview("x" * 51) == "x" * 50 + "…"
    assert plain_preview("[link](https://a.b) " * 30) == ("link " * 10).rstrip() + "…"
