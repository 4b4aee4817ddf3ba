"""What IT is shown of the manuals: JSON with everything, lines of a console, the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from fieldkit.library.documents import Document, LeftOut, Manuals, Page
from fieldkit.library.index import IndexSummary
from fieldkit.library.readers.model import Kind, ReadingWarning
from fieldkit.packager import manuals_report

SUMMARY = IndexSummary(documents=2, pages=12, passages=40, size=2048)
NO_TEXT = "it holds no text (a scan needs text recognition first)"


def warning(kind: Kind, message: str, page: int = 0) -> ReadingWarning:
    return ReadingWarning(kind=kind, message=message, page=page)


def manual(
    name: str = "PX-204",
    *,
    revision: str = "",
    pages: int = 10,
    warnings: Sequence[ReadingWarning] = (),
    file: str = "",
) -> Document:
    return Document(
        document=name,
        title=f"{name} pump",
        revision=revision,
        date="2026-03-01",
        pages=tuple(Page(number=number, text="Text.") for number in range(1, pages + 1)),
        warnings=tuple(warnings),
        file=file or f"pumps/{name}.pdf",
        sha256="0" * 64,
    )


def report(
    *documents: Document, left_out: Sequence[str] = (), ignored: Sequence[str] = ()
) -> dict[str, Any]:
    manuals = Manuals(
        documents=documents,
        left_out=tuple(LeftOut(file=file, reason="it is damaged") for file in left_out),
        ignored=tuple(LeftOut(file=file, reason="no format of manuals") for file in ignored),
    )
    return manuals_report.report(manuals, SUMMARY)


def lines(*warnings: ReadingWarning) -> list[str]:
    return manuals_report.lines(report(manual(warnings=warnings)))


def test_the_report_has_the_fields_that_scripts_rely_on() -> None:
    found = report(
        manual(revision="B", warnings=[warning(Kind.NO_TEXT, NO_TEXT, 3)]),
        manual(revision="C", file="PX-204_rev-C.pdf"),
        left_out=["broken.pdf"],
        ignored=["photo.jpg"],
    )
    assert found["documents"][0] == {
        "document": "PX-204",
        "title": "PX-204 pump",
        "revision": "B",
        "date": "2026-03-01",
        "superseded_by": "rev C",
        "file": "pumps/PX-204.pdf",
        "sha256": "0" * 64,
        "pages": 10,
        "unread_pages": [3],
        "warnings": [{"page": 3, "kind": "no_text", "message": NO_TEXT}],
    }
    assert found["documents"][1]["superseded_by"] == ""
    assert found["left_out"] == [{"file": "broken.pdf", "reason": "it is damaged"}]
    assert found["ignored"] == [{"file": "photo.jpg", "reason": "no format of manuals"}]
    assert (found["pages"], found["passages"], found["size"]) == (12, 40, 2048)


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([3], "page 3"),
        ([3, 7, 8, 9], "pages 3, 7-9"),
        ([2, 1], "pages 1-2"),
        (range(1, 301), "pages 1-300"),
        (range(2, 41, 2), "pages 2, 4, 6, 8, 10, 12, 14, 16 and 12 more"),
    ],
)
def test_pages_with_one_message_are_one_line(pages: Sequence[int], said: str) -> None:
    found = lines(*(warning(Kind.NO_TEXT, NO_TEXT, page) for page in pages))
    assert found == [f"pumps/PX-204.pdf: {said}: {NO_TEXT}"]


def test_what_could_not_be_read_comes_first_and_lines_are_bounded() -> None:
    found = lines(
        *(warning(Kind.DETAIL, f"detail {number}") for number in range(10)),
        warning(Kind.RECOGNISED, "read by OCR", 1),
        warning(Kind.LEFT_OUT, "two hidden sheets"),
        warning(Kind.UNUSABLE_TEXT, "its font has no map", 4),
    )
    assert found == [
        "pumps/PX-204.pdf: page 4: its font has no map",
        "pumps/PX-204.pdf: two hidden sheets",
        "pumps/PX-204.pdf: detail 0",
        "pumps/PX-204.pdf: detail 1",
        "pumps/PX-204.pdf: detail 2",
        "pumps/PX-204.pdf: and 8 more",
    ]


def test_what_many_files_have_alike_is_one_line() -> None:
    weight = warning(Kind.DETAIL, "front matter 'weight' is not used")
    many = [manual(f"M-{number}", warnings=[weight]) for number in range(17)]
    odd = manual("ODD", warnings=[warning(Kind.DETAIL, "odd"), weight])
    assert manuals_report.lines(report(*many, odd)) == [
        "pumps/ODD.pdf: odd",
        f"{weight.message}: 18 files, pumps/M-0.pdf, pumps/M-1.pdf, pumps/M-2.pdf and 15 more",
    ]
    assert len(manuals_report.lines(report(*many[:2]))) == 2


def test_warnings_that_differ_in_what_they_quote_are_one_line() -> None:
    struck = [warning(Kind.LEFT_OUT, f'hidden text is left out: "{n} Nm"', n) for n in range(1, 18)]
    assert lines(*struck) == [
        'pumps/PX-204.pdf: pages 1-17: hidden text is left out: "1 Nm" and 16 more'
    ]
    assert len(report(manual(warnings=struck))["documents"][0]["warnings"]) == 17


def test_thousands_of_manuals_do_not_flood_a_console() -> None:
    many = [
        manual(f"M-{number}", warnings=[warning(Kind.NO_TEXT, NO_TEXT, 1)])
        for number in range(3000)
    ]
    found = manuals_report.lines(report(*many, ignored=[f"{n}.jpg" for n in range(3000)]))
    assert len(found) == 102
    assert found[100] == "and 2900 more lines; --json has them all"
    assert found[101] == (
        "3000 files of other formats, not indexed: "
        "0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg, 5.jpg, 6.jpg, 7.jpg, 8.jpg, 9.jpg and 2990 more"
    )


def test_what_was_left_out_is_said_before_anything_else() -> None:
    found = report(manual(warnings=[warning(Kind.DETAIL, "odd")]), left_out=["a.pdf", "b.pdf"])
    assert manuals_report.lines(found) == [
        "a.pdf: left out: it is damaged",
        "b.pdf: left out: it is damaged",
        "pumps/PX-204.pdf: odd",
    ]
    assert manuals_report.counts(found) == "1 document, 12 pages, 40 passages, 2 left out"


@pytest.mark.parametrize(
    ("warnings", "left_out", "count"),
    [
        ([], [], 0),
        ([warning(Kind.NO_TEXT, NO_TEXT, 3), warning(Kind.DAMAGED, "bad", 3)], [], 1),
        ([warning(Kind.UNUSABLE_TEXT, "font", n) for n in range(1, 6)], ["x.pdf"], 6),
        ([warning(Kind.DAMAGED, "a sheet cannot be read")], [], 1),
        ([warning(Kind.RECOGNISED, "read by OCR", 2), warning(Kind.LEFT_OUT, "hidden", 2)], [], 0),
        ([], ["x.pdf", "y.docx"], 2),
    ],
)
def test_unread_pages_are_counted_and_a_document_counts_as_one(
    warnings: Sequence[ReadingWarning], left_out: Sequence[str], count: int
) -> None:
    found = report(manual(warnings=warnings), left_out=left_out)
    assert manuals_report.unread_count(found) == count


def test_unread_pages_are_named() -> None:
    warnings = [warning(Kind.NO_TEXT, NO_TEXT, page) for page in (2, 3, 9)]
    part = manual("KX-9", warnings=[warning(Kind.DAMAGED, "a sheet cannot be read")])
    found = report(manual(warnings=warnings), part, manual("OK-1"), left_out=["x.pdf"])
    assert manuals_report.unread_places(found) == [
        "pumps/PX-204.pdf: pages 2-3, 9",
        "pumps/KX-9.pdf: a part of it",
        "x.pdf: left out: it is damaged",
    ]


def test_the_record_lists_every_document_and_all_that_is_to_be_known() -> None:
    numbered = [warning(Kind.NO_TEXT, NO_TEXT, page) for page in range(2, 21, 2)]
    details = [warning(Kind.DETAIL, f"detail {number}") for number in range(6)]
    unclear = warning(Kind.DETAIL, "its revision is not clear: 'B' and 'C' are printed")
    found = report(
        manual(revision="C", pages=20, warnings=[*numbered, *details, unclear]),
        manual("KX_9 *new*", file="a|b.pdf"),
        left_out=["broken.pdf"],
        ignored=["photo.jpg"],
    )
    words = "\n".join(
        manuals_report.markdown({**found, "originals": {"files": 2, "size": 4_500_000}})
    )
    pages = "pages 2, 4, 6, 8, 10, 12, 14, 16, 18, 20"
    assert (
        "2 documents, 12 pages (10 not read), 40 passages, 1 left out. "
        "The manuals' own files: 2 files, 4.5 MB." in words
    )
    assert f"| PX-204 | C | 2026-03-01 | 20 | {pages} |  | pumps/PX-204.pdf |" in words
    assert r"| KX\_9 \*new\* |  | 2026-03-01 | 10 |  |  | a\|b.pdf |" in words
    assert "### Left out\n\n- broken.pdf: it is damaged" in words
    assert "### Questions for IT\n\n- pumps/PX-204.pdf: its revision is not clear" in words
    assert f"- pumps/PX-204.pdf: {pages}: it holds no text" in words
    assert "- pumps/PX-204.pdf: detail 5" in words
    assert words.count("revision is not clear") == 1
    assert "### Files of other formats\n\n- photo.jpg" in words


def test_the_record_says_where_originals_do_not_travel() -> None:
    assert "own files: do not travel." in manuals_report.markdown(report(manual()))[2]
