"""Where the check of an answer is shown in its text."""

from __future__ import annotations

from fieldkit.chat.answer_markdown import parser
from fieldkit.chat.marking import Marking, Style, marking, remarks_of
from fieldkit.chat.widgets.placing import origins
from fieldkit.chat.widgets.typeset import Typeset
from fieldkit.core.claims import Checked, Claim, Kind, Remark


def claim(text: str, words: str, *remarks: Remark, passage: int = 1) -> Claim:
    """The claim ``words`` of ``text``."""
    start = text.index(words)
    return Claim(start=start, end=start + len(words), text=words, passage=passage, remarks=remarks)


def wrong(text: str, words: str) -> Remark:
    """``words`` of ``text`` are wrong."""
    start = text.index(words)
    return Remark(kind=Kind.VALUE, start=start, end=start + len(words), said=words, manual="7 bar")


def set_in(text: str, *claims: Claim, width: int = 60, marks: tuple[tuple[int, int], ...] = ()):
    typeset = Typeset(parser())
    typeset.update(text)
    typeset.mark(marking(Checked(text=text, claims=claims, marks=marks), text))
    return typeset.rows(width)


def styled(rows, style: str) -> list[str]:
    return [
        row.content.plain[span.start : span.end]
        for row in rows
        for span in row.content.spans
        if span.style == style
    ]


def plain(rows) -> list[str]:
    return [row.content.plain.rstrip() for row in rows if row.content.plain.strip()]


def test_words_within_emphasis_lists_and_tables_are_found() -> None:
    text = (
        "Open at **5 bar** now.\n\n1. 1 bolt, then `5 bar`.\n2. Wait.\n\n"
        "| a | b |\n|---|---|\n| 15 bar | 5 bar |\n"
    )
    first = claim(text, "Open at **5 bar** now.", wrong(text, "5 bar"))
    at = text.index("`5 bar`") + 1
    second = claim(
        text,
        "1 bolt, then `5 bar`.",
        Remark(kind=Kind.VALUE, start=at, end=at + 5, said="5 bar", manual="7 bar"),
    )
    at = text.rindex("5 bar")
    third = claim(
        text,
        "| 15 bar | 5 bar |",
        Remark(kind=Kind.VALUE, start=at, end=at + 5, said="5 bar", manual="7 bar"),
    )
    rows = set_in(text, first, second, third)
    assert styled(rows, ".answer--wrong") == ["5 bar", "5 bar", "5 bar"]
    shown = plain(rows)
    note = "! The manual gives 7 bar, not 5 bar."
    assert shown[1] == note
    assert shown[3].strip() == note, "below its item"
    assert shown[4].endswith("2. Wait."), "before the next one"
    assert shown[-1] == note, "below the table"


def test_a_mark_is_before_the_point_and_only_where_there_is_none() -> None:
    text = "One thing. Another thing [2]. A third (in brackets)"
    at = text.index("[2]")
    rows = set_in(
        text,
        claim(text, "One thing."),
        claim(text, "Another thing [2].", passage=2),
        claim(text, "A third (in brackets)", passage=3),
        marks=((at, at + 3),),
    )
    assert plain(rows) == ["One thing [1]. Another thing [2]. A third (in brackets) [3]"]


def test_the_number_of_an_item_gets_no_label() -> None:
    text = "Wait.\n\n2. "
    rows = set_in(text, claim(text, "Wait."), claim(text, "2."))
    assert plain(rows)[0] == "Wait [1]."
    assert "[1]" not in plain(rows)[1]


def test_a_claim_without_support_is_labelled_and_not_cited() -> None:
    text = "Paint it green. Wait."
    rows = set_in(
        text,
        claim(text, "Paint it green.", Remark(kind=Kind.NO_SUPPORT), passage=0),
        claim(text, "Wait."),
    )
    assert plain(rows) == ["Paint it green (not from the manuals). Wait [1]."]
    assert styled(rows, ".answer--wrong") == []


def test_a_whole_claim_is_underlined_with_its_reason() -> None:
    text = "Open the valve."
    remark = Remark(kind=Kind.NEGATION, manual="Never open the valve.")
    rows = set_in(text, claim(text, text, remark))
    assert plain(rows) == [text, "! The manual says the opposite: Never open the valve."]
    assert styled(rows, ".answer--unsure") == ["Open the valve"]


def test_a_conversion_is_a_note() -> None:
    text = "Use 236 lb-ft."
    remark = Remark(kind=Kind.CONVERTED, start=4, end=13, said="236 lb-ft", manual="320 Nm")
    rows = set_in(text, claim(text, text, remark))
    assert plain(rows) == ["Use 236 lb-ft [1].", "= 320 Nm = 236 lb-ft, converted."]
    assert styled(rows, ".answer--wrong") == []


def test_text_that_grows_keeps_its_marks() -> None:
    text = "Open at 5 bar.\n\nWait an hour.\n\nClose it."
    claims = (claim(text, "Open at 5 bar.", wrong(text, "5 bar")), claim(text, "Wait an hour."))
    typeset = Typeset(parser())
    typeset.mark(marking(Checked(text=text, claims=claims), text))
    for line in text.splitlines(keepends=True):
        typeset.append(line)
        typeset.rows(60)
    assert styled(typeset.rows(60), ".answer--wrong") == ["5 bar"]
    assert "Wait an hour [1]." in plain(typeset.rows(60))
    typeset.mark(Marking())
    assert styled(typeset.rows(60), ".answer--wrong") == []


def test_places_follow_what_the_sanitizer_and_dangling_marks_take_away() -> None:
    said = "\x1b  Open\x07 at [9] 5 bar."
    shown = "Open at 5 bar."
    at = said.index("5 bar")
    remark = Remark(kind=Kind.VALUE, start=at, end=at + 5, said="5 bar", manual="7 bar")
    one = Claim(start=3, end=len(said), text=said, remarks=(remark,))
    found = marking(Checked(text=said.replace(" [9]", ""), claims=()), shown)
    assert not found.any
    found = marking(Checked(text=said, claims=(one,)), shown)
    assert [shown[start:end] for start, end, _style in found.words] == ["5 bar"]


def test_a_check_of_another_text_marks_no_word_and_loses_no_reason() -> None:
    text = "Open at 5 bar."
    found = marking(
        Checked(text=text, claims=(claim(text, text, wrong(text, "5 bar")),)),
        "Something that is not at all like it.",
    )
    assert found.words == ()
    assert [note for _at, note in found.notes] == ["! The manual gives 7 bar, not 5 bar."]


def test_remarks_in_odd_places_raise_nothing() -> None:
    text = "Open | at * 5 bar.\n- x\n```\ncode 5 bar\n```"
    remarks = [
        Remark(kind=kind, start=start, end=end, said="x")
        for kind in Kind
        for start in (-5, 0, 3, 400)
        for end in (-1, 2, 900)
    ]
    claims = (Claim(start=0, end=999, text=text, passage=1, remarks=tuple(remarks)),)
    for width in (1, 2, 8, 80):
        assert set_in(text, *claims, width=width)
    assert remarks_of(Checked(text=text, claims=claims))
    assert remarks_of(None) == ()


def test_characters_of_the_shown_text_are_found_in_their_order() -> None:
    assert origins("a b", "**a**\n_b_") == [2, 5, 7]
    assert origins("a\nb", "a b") == [0, 1, 2]
    assert origins("x", "abc") == [0]


def test_the_styles_are_those_of_the_widget() -> None:
    from fieldkit.chat.widgets.markdown import AnswerMarkdown

    assert set(Style) <= AnswerMarkdown.COMPONENT_CLASSES
