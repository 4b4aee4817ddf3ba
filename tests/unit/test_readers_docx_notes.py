"""Footnotes, endnotes and comments of Word documents are read beside their sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.word_files import cell, field, p, passages, r, row, table, text, up, warnings, write


def note(identity: int, *paragraphs: str, kind: str = "footnote") -> str:
    inner = "".join(part if part.startswith("<") else p(part) for part in paragraphs)
    return f'<w:{kind} w:id="{identity}">{inner}</w:{kind}>'


def ref(identity: int, kind: str = "footnote") -> str:
    return r(f'<w:{kind}Reference w:id="{identity}"/>', '<w:vertAlign w:val="superscript"/>')


SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationNotice" w:id="1"><w:p><w:r><w:t>Over</w:t></w:r></w:p>'
    "</w:footnote>"
)
NOTES = (
    SEPARATORS
    + note(2, p(r("<w:footnoteRef/>"), r(" Only below 3 bar; scalding steam above.")))
    + note(3, "Dry threads.", "With oil 72 Nm.")
    + note(4, p("At 10", up("-3"), " bar, ", r("not 5", "<w:strike/>"), " 4 l."))
)


def written(path: Path, *body: str) -> Path:
    return write(path, *body, parts={"footnotes": NOTES})


def test_a_note_is_read_with_its_sentence(tmp_path: Path) -> None:
    path = written(tmp_path / "a.docx", p("Open the valve fully", ref(2), " for ten seconds."))
    [(_, found)] = passages(path)
    assert found == (
        "Open the valve fully ¹⁾ for ten seconds. (Note 1: Only below 3 bar; scalding steam above.)"
    )


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["85", ref(2), " Nm"], "85 Nm ¹⁾ (Note 1: Only below 3 bar; scalding steam above.)"),
        (["85 Nm", ref(2)], "85 Nm ¹⁾ (Note 1: Only below 3 bar; scalding steam above.)"),
        (["5 m", ref(2)], "5 m ¹⁾ (Note 1: Only below 3 bar; scalding steam above.)"),
        (["5 m", up("2"), ref(2)], "5 m² ¹⁾ (Note 1: Only below 3 bar; scalding steam above.)"),
        (["10", ref(3), " l"], "10 l ¹⁾ (Note 1: Dry threads. With oil 72 Nm.)"),
        (["E-17", ref(4), "."], "E-17 ¹⁾. (Note 1: At 10⁻³ bar, 4 l.)"),
    ],
)
def test_the_mark_of_a_note_joins_neither_figure_nor_unit(
    tmp_path: Path, runs: list[str], expected: str
) -> None:
    assert text(written(tmp_path / "a.docx", p(*runs))) == expected


def test_notes_are_numbered_as_the_text_refers_to_them(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.docx",
        p("Use oil", ref(3), " below 3 bar", ref(2), "."),
        p("As in", r(field("NOTEREF _Ref1", up("1"))), " above."),
    )
    assert text(path) == (
        "Use oil ¹⁾ below 3 bar ²⁾. (Note 1: Dry threads. With oil 72 Nm.) "
        "(Note 2: Only below 3 bar; scalding steam above.)\n\nAs in ¹⁾ above."
    )


def test_notes_in_cells_lists_and_headings(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx",
        p("Torques", ref(3), style="h"),
        table(row("Bolt", "Nm"), row("M8", cell(p("25", ref(2))))),
        parts={
            "footnotes": NOTES,
            "styles": '<w:style w:styleId="h"><w:name w:val="heading 1"/></w:style>',
        },
    )
    assert text(path) == (
        "# Torques ¹⁾\n\n(Note 1: Dry threads. With oil 72 Nm.)\n\n| Bolt | Nm |\n|---|---|\n"
        "| M8 | 25 ²⁾ (Note 2: Only below 3 bar; scalding steam above.) |"
    )


def test_endnotes_have_numbers_of_their_own(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx",
        p("One", ref(2), " and two", ref(2, "endnote"), "."),
        parts={"footnotes": NOTES, "endnotes": note(2, "Not for steam.", kind="endnote")},
    )
    assert text(path) == (
        "One ¹⁾ and two ⁽¹⁾. (Note 1: Only below 3 bar; scalding steam above.) "
        "(Endnote 1: Not for steam.)"
    )


def test_a_note_with_a_mark_of_its_own(tmp_path: Path) -> None:
    mark = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="3"/><w:t>*</w:t></w:r>'
    path = written(tmp_path / "a.docx", p("25 Nm", mark, " for M8"), p("Next", ref(2)))
    assert text(path) == (
        "25 Nm* for M8 (Note *: Dry threads. With oil 72 Nm.)\n\n"
        "Next ¹⁾ (Note 1: Only below 3 bar; scalding steam above.)"
    )


def test_a_note_that_refers_to_itself_ends(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx", p("See", ref(2)), parts={"footnotes": note(2, p("Here", ref(2), "."))}
    )
    assert text(path) == "See ¹⁾ (Note 1: Here.)"


def test_notes_of_deleted_and_hidden_text_are_left_out(tmp_path: Path) -> None:
    hidden = ref(2).replace("<w:rPr>", "<w:rPr><w:vanish/>")
    path = written(tmp_path / "a.docx", p("Use oil", f"<w:del>{ref(3)}</w:del>", hidden, "."))
    assert text(path) == "Use oil."


def test_comments_are_reported(tmp_path: Path) -> None:
    comments = "".join(
        f'<w:comment w:id="{n}">{p(words)}</w:comment>'
        for n, words in enumerate(("Is 85 right?", "Ask the maker"))
    )
    path = write(
        tmp_path / "a.docx",
        p("85 Nm", r('<w:commentReference w:id="0"/>')),
        p("4 l", r('<w:commentReference w:id="1"/>')),
        parts={"comments": comments},
    )
    assert text(path) == "85 Nm\n\n4 l"
    assert warnings(path) == [
        ("left_out", 0, 'comments are left out: "Is 85 right?", "Ask the maker"')
    ]
