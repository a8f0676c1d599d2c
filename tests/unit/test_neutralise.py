"""What a student writes is shown to instructor and student as text: it reads the same and can do nothing."""

import re
import time
from urllib.parse import urlsplit

import mistune
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from itband_course.grading.feedback import safe_html
from itband_course.grading.rebuild import NOTE_CAP, neutralise

# What Markdown itself may make of a note. Anything else was smuggled in.
MARKDOWN_TAGS = {"p", "br", "hr", "strong", "em", "del", "code", "pre", "span", "div", "blockquote", "a", "input"}
MARKDOWN_TAGS |= {"ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"}
MARKDOWN_TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6"}
LOADING = {"src", "srcset", "srcdoc", "formaction", "action", "data", "background", "poster"}
LINK_SCHEMES = {"http", "https", "mailto", "blocked", ""}


def formgrader_html(note: str) -> str:
    """Return a note as formgrader shows it."""
    return markdown2html(note)


def plain_html(note: str) -> str:
    """Return a note as plain mistune shows it, raw HTML let through."""
    return str(mistune.create_markdown(escape=False, plugins=["table", "url", "strikethrough"])(note))


RENDERERS = {"formgrader": formgrader_html, "mistune": plain_html}


def dangers(html: str) -> list[str]:
    """Return everything in HTML that could run, load or lead somewhere else than a link may."""
    found = []
    soup = BeautifulSoup(html, "html.parser")
    found += [f"comment {item}" for item in soup.find_all(string=lambda text: type(text).__name__ != "NavigableString")]
    for tag in soup.find_all(True):
        if tag.name not in MARKDOWN_TAGS:
            found.append(f"<{tag.name}>")
        for name, value in tag.attrs.items():
            if name.startswith("on") or name in LOADING:
                found.append(f"{tag.name} {name}={value}")
            if name == "style" and not re.fullmatch(r"text-align: ?(left|right|center);?", value):
                found.append(f"{tag.name} style={value}")
            # Browsers drop tabs and line ends inside an address and blanks before it.
            if name == "href" and urlsplit(re.sub(r"[\x00-\x20]", "", value)).scheme.lower() not in LINK_SCHEMES:
                found.append(f"link to {value}")
    return found


EVIL = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<SCRIPT>alert(1)</SCRIPT>",
    "a script in a script": "<<script>script>alert(1)<</script>/script>",
    "a script around a null byte": "<\x00script>alert(1)</script>",
    "a handler": "<img src=x onerror=alert(1)>",
    "a handler over lines": "<img\nsrc=x\nonerror=alert(1)\n>",
    "a handler without an end": "<img src=x onerror=alert(1) ",
    "a handler without blanks": "<svg/onload=alert(1)>",
    "a frame": '<iframe src="http://x.example"></iframe>',
    "a style": "<style>body{display:none}</style>",
    "a form": '<form action="http://x.example"><button>Full credit</button></form>',
    "a closing tag": "</div></div><h1>Full marks</h1>",
    "a comment": "<!-- x --> <!--> <script>alert(1)</script> -->",
    "a declaration": "<!DOCTYPE html><?php x ?><![CDATA[<script>alert(1)</script>]]>",
    "HTML in a table": "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "HTML in a heading": "# <img src=x onerror=alert(1)>",
    "HTML in a list": "- <script>alert(1)</script>",
    "HTML in code": "`<script>alert(1)</script>`",
    "HTML in a fence": "```\n<script>alert(1)</script>\n```",
    "HTML in a diagram": "```mermaid\n</pre><img src=x onerror=alert(1)>\n```",
    "HTML as a language": '```"><script>alert(1)</script>\nx\n```',
    "HTML in a formula": "$<script>alert(1)</script>$ and\n\n$$\n<img src=x onerror=alert(1)>\n$$",
    "HTML in an environment": "\\begin{a}<img src=x onerror=alert(1)>\\end{a}",
    "a link to a script": "[x](javascript:alert(1))",
    "a link in capitals": "[x](JaVaScRiPt:alert(1))",
    "a link with a tab": "[x](java\tscript:alert(1))",
    "a link after a blank": "[x](  javascript:alert(1))",
    "a link on the next line": "[x](\njavascript:alert(1))",
    "a link after a control sign": "[x](\x01javascript:alert(1))",
    "a link after a hard blank": "[x](\u00a0javascript:alert(1))",
    "a link with a numbered sign": "[x](&#106;avascript:alert(1))",
    "a link with a named sign": "[x](javascript&colon;alert(1))",
    "a link with a named line end": "[x](java&NewLine;script:alert(1))",
    "a link in angle brackets": "[x](<javascript:alert(1)>)",
    "a link with a title": '[x](javascript:alert(1) "http://ok.example")',
    "a link around a null byte": "[x]\x00(javascript:alert(1))",
    "a link that seems to be of the web": "[x](javascript://http://ok.example/%0aalert(1))",
    "a link in a link": "[[x](javascript:alert(1))](http://ok.example)",
    "a link in a heading": "# [x](javascript:alert(1))",
    "a link in a table": "| a |\n|---|\n| [x](javascript:alert(1)) |",
    "a link in a quotation": "> [x](javascript:alert(1))",
    "a link to data": "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "a link to a file": "[x](file:///etc/passwd)",
    "a link to Visual Basic": "[x](vbscript:msgbox(1))",
    "an address that breaks out": '[x](http://a.example/"onmouseover="alert(1))',
    "a title that breaks out": "[x](http://a.example 'a\" onmouseover=\"alert(1)')",
    "an automatic link": "<javascript:alert(1)>",
    "a reference": "[x][1]\n\n[1]: javascript:alert(1)",
    "a short reference": "[x]\n\n[x]: javascript:alert(1)",
    "a reference indented": "[x][1]\n\n   [1]: javascript:alert(1)",
    "a reference on the next line": "[x][1]\n\n[1]:\n   javascript:alert(1)",
    "a reference in angle brackets": "[x][1]\n\n[1]: <javascript:alert(1)>",
    "a reference after a good one": "[x][2]\n\n[1]: http://ok.example\n[2]: javascript:alert(1)",
    "a reference in a quotation": "> [1]: javascript:alert(1)\n\n[x][1]",
    "a reference in two quotations": "> > [1]: data:text/html;base64,PHNjcmlwdD4=\n\n[x][1]",
    "a reference in a list": "- [1]: javascript:alert(1)\n\n[x][1]",
    "a reference in a numbered list": "1. [1]: javascript:alert(1)\n\n[x][1]",
    "a reference with a bracket in its name": "[x][a\\]b]\n\n[a\\]b]: javascript:alert(1)",
    "a reference that is a bracket": "[x][\\]]\n\n[\\]]: javascript:alert(1)",
    "a reference after an old line end": "x\r\r[1]: javascript:alert(1)\r\r[x][1]",
    "an image": "![x](http://x.example/pixel.png)",
    "an image by reference": "![x][1]\n\n[1]: http://x.example/pixel.png",
    "an image after a backslash": "\\![x](http://x.example/pixel.png)",
    "an image after two backslashes": "\\\\![x](http://x.example/pixel.png)",
    "an image after three backslashes": "\\\\\\![x](http://x.example/pixel.png)",
    "an image after a call": "!![x](http://x.example/pixel.png)",
    "an image around a null byte": "!\x00[x](http://x.example/pixel.png)",
    "an image of data": "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "an image that is attached": "![x](attachment:none.png)",
    "an image in a link": "[![x](http://x.example/pixel.png)](http://ok.example)",
}


@pytest.mark.parametrize("show", RENDERERS.values(), ids=RENDERERS)
@pytest.mark.parametrize("note", EVIL.values(), ids=EVIL)
def test_nothing_in_a_note_runs_or_loads_where_the_instructor_reads_it(note: str, show) -> None:
    assert dangers(show(neutralise(note))) == []


@pytest.mark.parametrize("note", EVIL.values(), ids=EVIL)
def test_nothing_in_a_note_runs_loads_or_leads_anywhere_in_feedback(note: str) -> None:
    for written in (neutralise(note), note):
        html = safe_html(written)
        assert dangers(html) == []
        assert BeautifulSoup(html, "html.parser").find_all(["a", "img"]) == []


def test_the_search_for_dangers_finds_each_sort_of_them() -> None:
    for html in (
        "<script>1</script>",
        "<img src=x>",
        "<p onclick=x>",
        '<a href="JAVA\tscript:x">',
        '<a href="data:x">',
        "<p style='position:fixed'>",
        "<!-- x -->",
    ):
        assert dangers(html), html
    assert dangers('<p><a href="https://ok.example/a:b">x</a> <td style="text-align:left"></p>') == []


PIECES = [*"<>[]()!:\\`&;|*#$\"'-", "\x00", "\r", "\t", "\n", "\n\n", " ", "> ", "- ", "1. ", "```\n"]
PIECES += ["[x]", "[x][x]", "[x]:", "javascript:", "data:", "http://a.example", "&lt;", "&#106;", "![", "]("]
PIECES += ["onerror=", "<img src=x onerror=y>", "<script>", "</script>", "<!--", "-->"]
raw_pieces = st.sampled_from(PIECES)


@given(pieces=st.lists(raw_pieces, max_size=14))
def test_no_mixture_of_pieces_becomes_active(pieces: list[str]) -> None:
    note = "".join(pieces)
    assert dangers(formgrader_html(neutralise(note))) == []
    assert dangers(safe_html(note)) == []


@given(text=st.text(max_size=60))
def test_any_text_at_all_can_be_neutralised_shown_and_stored(text: str) -> None:
    safe = neutralise(text)
    safe.encode("utf-8")
    assert "\x00" not in safe
    assert dangers(formgrader_html(safe)) == []


def test_half_a_character_is_replaced_so_that_the_note_can_be_stored() -> None:
    assert neutralise("a\ud800b") == "a?b"


# --- what must survive

KEPT = [
    "pain < 3 & > 1",
    "pain <3, range >90°, 5<6",
    "Objective data: 6°",
    "R 6° / L 21° – difference 15°",
    "she said: “not on Sunday!” [client's words] (twice)",
    "Plan: (1) hip; (2) thigh",
    "cost: $20 or so",
    "**S** Maya, 27\n\n**O** *tender* 6/10",
    "- one\n- two\n  - three\n\n1. first\n2. second",
    "| Test | R | L |\n|---|---|---|\n| Ober | 6° | 21° |",
    "## Plan\n\n> her words\n\n---\n\n`code`",
    "a line  \nand the next",
    "Fredericson [2005] and Reese (2003)!",
    "äöü ß é 中文 🦵",
]


@pytest.mark.parametrize("note", KEPT)
def test_ordinary_clinical_text_reads_as_it_was_written(note: str) -> None:
    as_written = formgrader_html(note.replace("<", "&lt;"))
    assert words(formgrader_html(neutralise(note))) == words(as_written)


@pytest.mark.parametrize(
    ("note", "tags"),
    [
        ("**bold** and *thin*", ["p", "strong", "em"]),
        ("- one\n- two", ["ul", "li", "li"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]),
        ("### Plan\n\n> words", ["h3", "blockquote", "p"]),
        ("1. one\n\n```\ncode\n```", ["ol", "li", "pre", "code"]),
    ],
)
def test_feedback_keeps_the_structure_of_a_note(note: str, tags: list[str]) -> None:
    soup = BeautifulSoup(safe_html(neutralise(note)), "html.parser")
    assert [tag.name for tag in soup.find_all(True)] == tags


def words(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


@pytest.mark.parametrize(
    "note",
    [
        "pain < 3 & > 1",
        "Objective data: 6°",
        "if a<b then <b>x</b>",
        "<Maya> said &amp; &lt;3",
        "<!-- never closed",
        "</div never closed",
        "<? never closed",
        "<script never closed",
    ],
)
def test_signs_that_html_would_swallow_can_be_read_by_instructor_and_student(note: str) -> None:
    expected = words(note.replace("&amp;", "&").replace("&lt;", "<").replace("<", "&lt;"))
    for html in (formgrader_html(neutralise(note)), safe_html(neutralise(note))):
        assert words(html) == expected


def test_a_tag_is_shown_as_the_student_typed_it() -> None:
    assert "<b onclick='x'>knee</b>" in words(formgrader_html(neutralise("<b onclick='x'>knee</b>")))
    assert "<b onclick='x'>knee</b>" in words(safe_html(neutralise("<b onclick='x'>knee</b>")))


@pytest.mark.parametrize("address", ["https://doi.org/10.1186/x", "http://a.example/b?c=d", "mailto:maya@a.example"])
def test_a_link_is_shown_as_text_with_its_address(address: str) -> None:
    html = formgrader_html(neutralise(f"see [this]({address}) there"))
    assert words(html) == f"see [this]({address}) there"
    # nbconvert turns a bare address into a link, which then says where it leads.
    assert all(link["href"] == link.text for link in BeautifulSoup(html, "html.parser").find_all("a"))


def test_a_link_that_reached_feedback_all_the_same_reads_as_its_words() -> None:
    assert words(safe_html("see [this](https://a.example) there")) == "see this there"


def test_neutralising_twice_changes_nothing_more() -> None:
    for note in (*EVIL.values(), *KEPT):
        assert neutralise(neutralise(note)) == neutralise(note)


def test_neutralising_twice_opens_nothing_that_was_closed() -> None:
    for note in EVIL.values():
        assert dangers(formgrader_html(neutralise(neutralise(note)))) == []


LONG = {
    "empty lines": "\n" * (NOTE_CAP - 1) + "x",
    "blanks": " " * (NOTE_CAP - 1) + "x",
    "blanks in a link": "[x](" + " " * NOTE_CAP + "https://a.example)",
    "open brackets": "[\n" * (NOTE_CAP // 2),
    "open tags": "<a" * (NOTE_CAP // 2),
    "less-than signs": "<" * NOTE_CAP,
    "many links": "[x](" * (NOTE_CAP // 4),
    "many definitions": "[x]:\n" * (NOTE_CAP // 5),
}


@pytest.mark.parametrize("note", LONG.values(), ids=LONG)
def test_a_note_made_to_keep_the_grader_busy_takes_no_time(note: str) -> None:
    # Half of the longest note: work that grows with its square takes a second or more, one walk takes milliseconds.
    half = note[: NOTE_CAP // 4] + note[-NOTE_CAP // 4 :]
    started = time.process_time()
    neutralise(half)
    assert time.process_time() - started < 0.4
