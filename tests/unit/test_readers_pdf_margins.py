"""PDF: headers and footers are left out, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fieldkit.library.documents import Document, read
from tests.pdf_drawing import Sheet, save

TEXTS = ("pump", "motor", "valve", "gearbox", "filter")


def manual(path: Path, header: Callable[[Sheet, int], None]) -> Document:
    sheets = []
    for number, text in enumerate(TEXTS, 1):
        sheet = Sheet()
        header(sheet, number)
        sheet.lines(72, 600, [f"Drain the {text} before you open it, and let it", "cool down."])
        sheets.append(sheet)
    return read(save(path, sheets))


def body(number: int) -> str:
    return f"Drain the {TEXTS[number - 1]} before you open it, and let it\ncool down."


def test_headers_that_count_pages(tmp_path: Path) -> None:
    def counted(sheet: Sheet, number: int) -> None:
        sheet.text(72, 800, "PX-204 Field manual", 8)
        sheet.text(72, 30, f"Page {number + 12} of 80", 8)

    document = manual(tmp_path / "a.pdf", counted)
    first, *others = (page.text for page in document.pages)
    assert first == f"PX-204 Field manual\n\n{body(1)}"
    assert others == [body(n) for n in range(2, 6)]


def test_headers_without_a_figure_are_left_out(tmp_path: Path) -> None:
    document = manual(tmp_path / "a.pdf", lambda sheet, _: sheet.text(72, 800, "Field manual", 8))
    assert [page.text for page in document.pages] == [body(n) for n in range(1, 6)]


def test_figures_at_one_place_that_do_not_count_pages_stay(tmp_path: Path) -> None:
    def values(sheet: Sheet, number: int) -> None:
        sheet.text(72, 800, f"Pressure {number * 40} bar", 8)

    document = manual(tmp_path / "a.pdf", values)
    assert document.pages[2].text == f"Pressure 120 bar\n\n{body(3)}"


def test_codes_at_one_place_in_no_order_stay(tmp_path: Path) -> None:
    def codes(sheet: Sheet, number: int) -> None:
        sheet.text(72, 800, f"Fault E {(17, 3, 99, 41, 8)[number - 1]}", 8)

    document = manual(tmp_path / "a.pdf", codes)
    assert document.pages[3].text.startswith("Fault E 41")


def test_headings_that_vary_stay(tmp_path: Path) -> None:
    def heading(sheet: Sheet, number: int) -> None:
        sheet.text(72, 800, f"{number} {TEXTS[number - 1].capitalize()}", 14)

    document = manual(tmp_path / "a.pdf", heading)
    assert document.pages[1].text == f"# 2 Motor\n{body(2)}"


def test_names_of_columns_at_the_top_of_each_page_stay(tmp_path: Path) -> None:
    def table(sheet: Sheet, number: int) -> None:
        sheet.row((72, 172, 300), 800, ("Code", "Cause", "Remedy"), bold=True)
        sheet.row((72, 172, 300), 786, (f"E {number * 7}", "Low oil", "Refill"))
        sheet.row((72, 172, 300), 772, (f"E {number * 7 + 1}", "Hot", "Let it cool"))

    document = manual(tmp_path / "a.pdf", table)
    assert document.pages[1].text.splitlines()[:3] == [
        "| Code | Cause | Remedy |",
        "|---|---|---|",
        "| E 14 | Low oil | Refill |",
    ]


def test_a_header_in_a_frame_tells_the_revision_and_is_left_out(tmp_path: Path) -> None:
    def frame(sheet: Sheet, number: int) -> None:
        if number == 1:
            return
        sheet.grid((72, 272, 400, 520), (820, 790))
        sheet.row((76, 276, 404), 802, ("PX-204 manual", "Revision D", f"Page {number} of 5"))

    document = manual(tmp_path / "a.pdf", frame)
    assert document.revision == "D"
    assert [page.text for page in document.pages] == [body(n) for n in range(1, 6)]
