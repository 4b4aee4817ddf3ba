"""Every sign of an answer is shown: on the screen, in exports, and while it is being written."""

from __future__ import annotations

import html
import itertools
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fieldkit.chat.answer_markdown import parser
from fieldkit.chat.quoting import inert
from fieldkit.chat.tablerows import ruled
from fieldkit.chat.widgets.turn import _BOLD
from fieldkit.chat.widgets.typeset import Typeset

AS_WRITTEN = (
    "Use bolts M12*1.75*30 and a plate of 200*100*5 mm [1].",
    "2**3 = 8, 2*3*4 and 5 * 6 * 7",
    "(a)*(b)*(c), note (*) and (*)",
    "*.cfg and *.log",
    "- 40 °C to + 85 °C [1]",
    "> 5 bar opens the valve [1].",
    "+ 24 V at pin 3 [1]",
    "± 0.25 mm, ≥ 3 and ≤ 4",
    "# 8 screws hold the lid [1].",
    "# of turns: 12",
    "#8 screw",
    "1986. The pump was built then [1].",
    "1) x",
    "007. Agent",
    "- - 40",
    "- + 24 V",
    "- > 5 bar",
    "1. - 5",
    "___",
    "---",
    "***",
    "* 5 at 20 °C",
    "-",
    r"C:\_old\*.cfg",
    r"a\*b and \\server\share\[x]",
    "ends with a backslash\\",
    "10<sup>-3</sup>, H<sub>2</sub>O and <br>",
    "&lt; 5 &amp; &#176;C",
    "a ~~b~~ c ~5~",
    "~~~",
    "see [2] and [2](x) and ![3](y) and <http://z>",
    "| E 14 | 5 bar |",
    "5` to 6`",
    "snake_case_name and 5_000_000",
    "__init__.py is not bold",
    "1/2 % of 3:4",
)


def shown(text: str, width: int = 200) -> list[str]:
    typeset = Typeset(parser())
    typeset.update(text)
    return [row.content.plain.strip() for row in typeset.rows(width)][:-1]


def viewed(text: str) -> str:
    """What a viewer of Markdown shows of an exported answer."""
    viewer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    rendered = viewer.render("\n".join(f"> {line}" for line in inert(text)))
    assert "<a " not in rendered
    assert "<img" not in rendered
    return html.unescape(re.sub(r"</?[a-z][^>]*+>", "", rendered)).strip()


@pytest.mark.parametrize("answer", AS_WRITTEN)
def test_a_sign_that_is_text_is_shown(answer: str) -> None:
    assert shown(answer) == [answer]


@pytest.mark.parametrize("answer", AS_WRITTEN)
def test_a_viewer_of_an_export_shows_it_too(answer: str) -> None:
    if answer.startswith("1"):  # a viewer writes the number of a first item itself
        assert f"1{answer[1]} {viewed(answer)}" == answer or viewed(answer) == answer
    else:
        assert viewed(answer) == answer


def test_lines_of_values_stay_lines_with_their_signs() -> None:
    text = "- 40 °C\n+ 85 °C\n> 5 bar\n# 8 screws\n- 3"
    assert [line for line in shown(text) if line] == text.split("\n")
    assert viewed(text) == text


def test_numbers_of_a_list_are_those_that_were_written() -> None:
    assert shown("3. x\n7. y\n7. z") == ["3. x", "7. y", "7. z"]
    assert viewed("3. x\n7. y\n7. z") == "3. x\n7. y\n7. z"
    assert list(inert("1. x\n2. y\n4. z")) == ["1. x  ", "2. y  ", "4\\. z"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("**E 17:** *low* oil", ["E 17: low oil"]),
        ('***Never*** (**stop**), "*so*"', ['Never (stop), "so"']),
        ("请**注意**阀门", ["请注意阀门"]),
        ("Set `P_204` to `2**3`", ["Set P_204 to 2**3"]),
        ("## 3. Close the valve", ["3. Close the valve"]),
        ("# Torque", ["Torque"]),
        ("* Open\n* Close", ["• Open", "• Close"]),
        ("```\n# 5 * 6\n```", ["# 5 * 6"]),
        ("```sh\nls *.cfg\n```", ["sh", "ls *.cfg"]),
    ],
)
def test_formatting_in_words_is_formatting(answer: str, expected: list[str]) -> None:
    assert shown(answer) == expected


def test_a_table_keeps_cells_without_a_name() -> None:
    text = "| Code | Torque |\n|---|---:|\n| E 17 | 85 | * note |\n| E 18 |\nBelow: 5 bar"
    assert shown(text) == [
        "Code │ Torque │",
        "──────┼────────┼────────",
        "E 17 │     85 │ * note",
        "E 18 │        │",
        "",
        "Below: 5 bar",
    ]
    narrow = [line for line in shown(text, 14) if line]
    assert narrow == ["Code: E 17", "Torque: 85", "* note", "Code: E 18", "Torque:", "Below: 5 bar"]
    assert "* note" in viewed(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("**Stop** at 2**3", "Stop at 2**3"),
        ("is 2**3 and 4**5", "is 2**3 and 4**5"),
        ("**E 17", "**E 17"),
        ("a ** b ** c", "a ** b ** c"),
    ],
)
def test_a_line_that_grows_hides_only_signs_around_bold_text(line: str, expected: str) -> None:
    assert _BOLD.sub(r"\1", line) == expected


ALWAYS = re.compile(r"[^\W_]|[-+±<>=≤≥°%/.,:;()\[\]~&\\|]")
TEXTS = st.text(alphabet="*_`#-+>|~.:,/<=±≥°%()[]\\&; \n019aZé", max_size=60)


def always(text: str) -> list[str]:
    """The characters that no formatting takes away."""
    return ALWAYS.findall(text)


@settings(max_examples=600, deadline=None)
@given(TEXTS, st.sampled_from((9, 30, 120)))
def test_whatever_is_written_no_letter_digit_or_sign_is_lost(text: str, width: int) -> None:
    lines = [line.lstrip("-+*0123456789.) \t") for line in text.split("\n")]
    raw = text.split("\n")
    assume(not any(ruled(a, b) for a, b in itertools.product(lines + raw, lines + raw)))
    typeset = Typeset(parser())
    for line in text.splitlines(keepends=True):
        typeset.append(line)
        typeset.rows(width)
    assert always("".join(row.content.plain for row in typeset.rows(width))) == always(text)


@settings(max_examples=600, deadline=None)
@given(st.text(alphabet="*_ -+>=.:,/()\\019aZ\n", max_size=40))
def test_an_export_loses_none_either(text: str) -> None:
    # A viewer writes the signs of a list itself, which are counted by `test_a_sign_...`.
    listed = any(re.match(r"\s*([-+*]|\d+[.)])(\s|$)", line) for line in text.split("\n"))
    assume(not listed)
    assert always(viewed(text)) == always(text)


@pytest.mark.parametrize("sign", ["*", "_", "`", "**a", "|", "- ", "# ", "> ", "\\", "[", "a*"])
def test_long_runs_of_signs_take_linear_work(sign: str) -> None:
    typeset = Typeset(parser())
    typeset.update(sign * 4000)
    assert always("".join(row.content.plain for row in typeset.rows(80))) == always(sign * 4000)
