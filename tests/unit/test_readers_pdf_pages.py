"""Printed page numbers, unusable and hidden text, scans and damaged pages of PDFs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import load, read
from fieldkit.library.readers import pages_read, pdf, pdf_quality
from fieldkit.library.readers.model import Document, Kind
from tests.manual_files import write_pdf
from tests.raw_pdf import PICTURE, RawPdf, Sheet, lines, note, picture, text

ENGLISH = (
    "Close the main valve before service and drain the tank every week.",
    "Tighten the cover bolts crosswise to 85 Nm in two steps.",
    "Renew the gasket whenever the cover was open.",
)


def loaded(document: RawPdf, folder: Path) -> Document:
    return load(document.write(folder / "a.pdf"))


def kinds(document: Document) -> list[tuple[Kind, int]]:
    return [(warning.kind, warning.page) for warning in document.warnings]


def numbered(
    folder: Path, footers: Sequence[str], *, y: float = 30, catalog: str = ""
) -> list[str]:
    """The labels of pages with these footers."""
    words = ("pump", "valve", "motor", "gasket", "filter", "cooler", "tank", "sensor")
    sheets = [
        Sheet(lines(f"Service of the {words[i % 8]} as in step {i * i + 7}") + text(280, y, footer))
        for i, footer in enumerate(footers)
    ]
    document = loaded(RawPdf(sheets, catalog=catalog), folder)
    return [page.label for page in document.pages]


class TestLabels:
    """The page number that is printed."""

    def test_page_labels_of_the_file(self, tmp_path: Path) -> None:
        said = "/PageLabels << /Nums [0 << /P (Cover) >> 1 << /S /r >> 3 << /S /D >>] >>"
        labels = numbered(tmp_path, ["", "i", "ii", "1", "2", "3", "4"], catalog=said)
        assert labels == ["Cover", "i", "ii", "1", "2", "3", "4"]

    def test_the_number_of_the_page_itself_is_no_label(self, tmp_path: Path) -> None:
        said = "/PageLabels << /Nums [0 << /S /D >>] >>"
        assert numbered(tmp_path, ["", "", "", ""], catalog=said) == ["", "", "", ""]

    def test_labels_by_chapter(self, tmp_path: Path) -> None:
        said = "/PageLabels << /Nums [0 << /S /D /P (1-) >> 2 << /S /D /P (2-) >>] >>"
        assert numbered(tmp_path, [""] * 4, catalog=said) == ["1-1", "1-2", "2-1", "2-2"]

    def test_labels_that_name_several_pages_are_none(self, tmp_path: Path) -> None:
        said = "/PageLabels << /Nums [0 << /P (Draft) >> 3 << /S /D /St 9 >>] >>"
        assert numbered(tmp_path, [""] * 5, catalog=said) == ["", "", "", "9", "10"]

    def test_labels_that_are_all_empty_leave_the_printed_numbers(self, tmp_path: Path) -> None:
        said = "/PageLabels << /Nums [0 << >>] >>"
        footers = ["", "- 1 -", "- 2 -", "- 3 -", "- 4 -"]
        assert numbered(tmp_path, footers, catalog=said) == ["", "1", "2", "3", "4"]

    @pytest.mark.parametrize(
        "pattern",
        ["{}", "- {} -", "Page {}", "Page {} of 20", "Seite {} von 20", "{}/20", "S. {}",
         "{} | Acme", "Acme | {}", "P\u00e1gina {} de 20", "PX-204 manual, page {}", "[{}]"],
    )  # fmt: skip
    def test_printed_numbers(self, tmp_path: Path, pattern: str) -> None:
        footers = ["", "", *(pattern.format(number) for number in range(1, 7))]
        assert numbered(tmp_path, footers) == ["", "", "1", "2", "3", "4", "5", "6"]
        assert numbered(tmp_path, footers, y=820) == ["", "", "1", "2", "3", "4", "5", "6"]

    def test_a_preface_in_roman_numbers(self, tmp_path: Path) -> None:
        footers = ["", "ii", "iii", "iv", "1", "2", "3", "4", "5"]
        assert numbered(tmp_path, footers) == ["", "ii", "iii", "iv", "1", "2", "3", "4", "5"]

    def test_numbers_by_chapter(self, tmp_path: Path) -> None:
        footers = ["", "1-1", "1-2", "2-1", "2-2", "2-3", "A-1", "A-2"]
        assert numbered(tmp_path, footers) == footers

    def test_a_page_without_a_number_within_the_count(self, tmp_path: Path) -> None:
        footers = ["", "1", "2", "", "4", "5", "6"]
        assert numbered(tmp_path, footers) == ["", "1", "2", "3", "4", "5", "6"]

    @pytest.mark.parametrize(
        "footers",
        [
            ["1", "2", "3", "4", "5"],  # the pages' own
            ["7", "12", "19", "22", "40"],  # no count
            ["2024", "2024", "2024", "2024", "2024"],
            ["Step 4", "Step 5", "Step 6", "Step 7", "Step 8"],
            ["E-17", "E-18", "E-19", "E-20", "E-21"],
            ["", "", "", "9", "10"],  # too few pages
            ["Rev. 3", "Rev. 4", "Rev. 5", "Rev. 6", "Rev. 7"],
            ["85 Nm", "86 Nm", "87 Nm", "88 Nm", "89 Nm"],
            ["mm", "cm", "dm", "xl", "ml"],
        ],
    )
    def test_what_only_looks_like_page_numbers(self, tmp_path: Path, footers: list[str]) -> None:
        assert numbered(tmp_path, footers) == ["", "", "", "", ""]

    def test_numbers_in_the_middle_of_a_page_are_none(self, tmp_path: Path) -> None:
        footers = [str(number) for number in range(11, 17)]
        assert numbered(tmp_path, footers, y=400) == [""] * 6

    def test_a_printed_number_is_no_text_of_the_page(self, tmp_path: Path) -> None:
        sheets = [
            Sheet(lines(f"Part {name} is described here") + text(280, 30, footer))
            for name, footer in zip("abcdef", ["i", "ii", "iii", "1", "2", "3"], strict=True)
        ]
        pages = loaded(RawPdf(sheets), tmp_path).pages
        assert [page.text for page in pages] == [
            f"Part {name} is described here" for name in "abcdef"
        ]


def mapped(document: RawPdf, name: str, code: Callable[[int], int]) -> str:
    """A font that is drawn right and whose map to characters is ``code``; its resource entry."""
    pairs = "".join(f"<{n:02x}> <{code(n):04x}>\n" for n in range(32, 126))
    document.stream(
        f"{name}map",
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
            "/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange 94 beginbfchar\n"
            f"{pairs}endbfchar endcmap end end"
        ).encode(),
    )
    document.add(
        name,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding "
        f"/ToUnicode @{name}map@ >>",
    )
    return f"/{name} @{name}@"


def shuffled(code: int) -> int:
    """Letters in another order, as fonts of a few letters number them."""
    if chr(code).isalpha():
        first = ord("a") if code >= ord("a") else ord("A")
        return first + ((code - first) * 7 + 3) % 26
    return code


MAPS: dict[str, Callable[[int], int]] = {
    "shifted by one": lambda code: code + 1 if code > 32 else code,
    "shifted by 29": lambda code: code - 29 if code > 61 else 32,
    "in another order": shuffled,
    "private characters": lambda code: 0xE000 + code if code > 32 else code,
    "lost characters": lambda code: 0xFFFD if code > 32 else code,
    "control characters": lambda code: code % 27 + 1 if code > 32 else code,
    "accented letters": lambda code: 0xC0 + code % 60 if code > 64 else code,
}


class TestUnusableText:
    """A page whose text is not what it shows is not indexed as gibberish."""

    @pytest.mark.parametrize("name", MAPS)
    def test_a_wrong_map(self, tmp_path: Path, name: str) -> None:
        document = RawPdf([])
        font = mapped(document, "S1", MAPS[name])
        document.sheets = [Sheet(lines(*ENGLISH, font="S1"), fonts=font), Sheet(lines("Good."))]
        result = loaded(document, tmp_path)
        assert [page.text for page in result.pages] == ["", "Good."]
        assert kinds(result) == [(Kind.UNUSABLE_TEXT, 1)]
        assert result.unread == (1,)

    def test_the_text_of_other_fonts_is_kept(self, tmp_path: Path) -> None:
        document = RawPdf([])
        font = mapped(document, "S1", MAPS["shifted by one"])
        page = text(72, 800, "Oil of the pump: ISO VG 46") + lines(*ENGLISH, font="S1")
        document.sheets = [Sheet(page, fonts=font)]
        result = loaded(document, tmp_path)
        assert result.pages[0].text == "Oil of the pump: ISO VG 46"
        assert kinds(result) == [(Kind.UNUSABLE_TEXT, 1)]
        assert "a part of its text" in result.warnings[0].message

    def test_a_bad_part_of_a_good_page(self, tmp_path: Path) -> None:
        document = RawPdf([])
        font = mapped(document, "S1", MAPS["shifted by one"])
        parts = ("housing", "coupling", "bearing", "impeller", "strainer", "discharge")
        good = [f"Check the {part} for leaks and wear." for part in parts]
        page = lines(*good) + lines(*ENGLISH, font="S1", y=400)
        document.sheets = [Sheet(page, fonts=font)]
        result = loaded(document, tmp_path)
        assert result.pages[0].text.replace("\n", " ") == " ".join(good)
        assert kinds(result) == [(Kind.UNUSABLE_TEXT, 1)]

    @pytest.mark.parametrize("words", ["TORQUE OF THE COVER BOLTS", "Torque of cover 85 Nm"])
    def test_glyphs_without_names(self, tmp_path: Path, words: str) -> None:
        """A Type 3 font of a few letters, numbered as they came."""
        letters = sorted({letter for letter in words if letter != " "})
        codes = {letter: 65 + index for index, letter in enumerate(letters)}
        said = "".join(chr(codes[letter]) if letter != " " else " " for letter in words)
        document = RawPdf([Sheet(lines(said, font="T3"), fonts="/T3 @t3@")])
        document.stream("box", b"500 0 0 0 450 700 d1 50 0 400 650 re f")
        document.stream("gap", b"250 0 0 0 0 0 d1")
        names = " ".join(f"/g{index}" for index in range(len(letters)))
        glyphs = " ".join(f"/g{index} @box@" for index in range(len(letters)))
        widths = " ".join(["250"] + ["0"] * 32 + ["500"] * len(letters))
        document.add(
            "t3",
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [.001 0 0 .001 0 0]"
            f" /CharProcs << /space @gap@ {glyphs} >> /FirstChar 32 /LastChar {64 + len(letters)}"
            f" /Encoding << /Differences [32 /space 65 {names}] >> /Widths [{widths}] >>",
        )
        result = loaded(document, tmp_path)
        assert result.pages[0].text == ""
        assert kinds(result) == [(Kind.UNUSABLE_TEXT, 1)]

    def test_a_document_without_any_usable_text_says_why(self, tmp_path: Path) -> None:
        document = RawPdf([])
        font = mapped(document, "S1", MAPS["in another order"])
        document.sheets = [Sheet(lines(*ENGLISH, font="S1"), fonts=font)]
        with pytest.raises(InvalidInput, match="its text is not what the page shows"):
            read(document.write(tmp_path / "a.pdf"))

    @pytest.mark.parametrize(
        "good",
        [
            (
                "Schlie\u00dfen Sie vor der Wartung das Hauptventil. \u00d6l bis zur Ma"
                "rkierung nachf\u00fcllen."
            ),
            (
                "Fermez la vanne principale avant l'entretien et v\u00e9rifiez l'\u00e9"
                "tanch\u00e9it\u00e9 du couvercle."
            ),
            (
                "Cierre la v\u00e1lvula principal antes del mantenimiento y compru"
                "ebe la presi\u00f3n del aceite."
            ),
            (
                "Feche a v\u00e1lvula principal antes da manuten\u00e7\u00e3o e verifique a "
                "press\u00e3o do \u00f3leo."
            ),
            (
                "Steng hovedventilen f\u00f8r vedlikehold og kontroller oljetrykke"
                "t hver uke. Bytt pakningen."
            ),
            (
                "Sulje p\u00e4\u00e4venttiili ennen huoltoa ja tyhjenn\u00e4 s\u00e4i"
                "li\u00f6 joka viikko. Kirist\u00e4 kannen pultit."
            ),
            (
                "Bak\u0131mdan \u00f6nce ana vanay\u0131 kapat\u0131n ve haznenin i\u00e7i"
                "ndeki ya\u011f\u0131 bo\u015falt\u0131n."
            ),
            (
                "P\u0159ed \u00fadr\u017ebou zav\u0159ete hlavn\u00ed ventil a"
                " ka\u017ed\u00fd t\u00fdden vypus\u0165te n\u00e1dr\u017e."
            ),
            (
                "\u0110\u00f3ng van ch\u00ednh tr\u01b0\u1edbc khi b\u1ea3o d\u01b0\u1ee1ng v"
                "\u00e0 x\u1ea3 b\u00ecnh ch\u1ee9a m\u1ed7i tu\u1ea7n."
            ),
            (
                "\u0417\u0430\u043a\u0440\u043e\u0439\u0442\u0435 \u0433\u043b\u0430"
                "\u0432\u043d\u044b\u0439 \u043a\u043b\u0430\u043f\u0430\u043d "
                "\u043f\u0435\u0440\u0435\u0434 \u043e\u0431\u0441\u043b\u0443\u0436"
                "\u0438\u0432\u0430\u043d\u0438\u0435\u043c."
            ),
            (
                "\u039a\u03bb\u03b5\u03af\u03c3\u03c4\u03b5 \u03c4\u03b7\u03bd "
                "\u03ba\u03cd\u03c1\u03b9\u03b1 \u03b2\u03b1\u03bb\u03b2\u03af\u03b4"
                "\u03b1 \u03c0\u03c1\u03b9\u03bd \u03b1\u03c0\u03cc \u03c4"
                "\u03b7 \u03c3\u03c5\u03bd\u03c4\u03ae\u03c1\u03b7\u03c3\u03b7."
            ),
            (
                "\u7ef4\u4fee\u524d\u5173\u95ed\u4e3b\u9600\uff0c\u6bcf\u5468\u6392\u7a7a"
                "\u6c34\u7bb1\u3002\u5747\u8861\u7535\u6d41 2A\u3002"
            ),
            (
                "\u6574\u5099\u306e\u524d\u306b\u4e3b\u5f01\u3092\u9589\u3081\u3001\u6bce"
                "\u9031\u30bf\u30f3\u30af\u3092\u7a7a\u306b\u3057\u3066\u304f\u3060\u3055"
                "\u3044\u3002"
            ),
            (
                "\u0e1b\u0e34\u0e14\u0e27\u0e32\u0e25\u0e4c\u0e27\u0e2b\u0e25\u0e31\u0e01"
                "\u0e01\u0e48\u0e2d\u0e19\u0e01\u0e32\u0e23\u0e1a\u0e33\u0e23\u0e38\u0e07"
                "\u0e23\u0e31\u0e01\u0e29\u0e32"
            ),
            (
                "GPIO UART MOSI MISO SCLK VBUS XTAL MPPT SPDT HMAC DTMF BLDC PWM TXD RXD "
                "CTRL GNDA AVDD"
            ),
            (
                "0x0001 SysCtrlReg RW 0x0002 PwmDutyHi RO 0x0003 TxBufLen 0x0004 RxFifoTh"
                "r MbHoldRegBase"
            ),
            "4711-B M8x25 DIN912 A2-70 10.9 SKF6205-2RS 1 pc 4712 O-ring NBR70 FKM75 Sprengring",
            'P-204 V-17 +24 V -40 \u00b0C \u00b1 0.25 mm 85 Nm 12 H7/g6 1/2" 3/8" \u00b5F \u2265 5',
            (
                "E01 E02 E03 F1 F2 ---- **** #### 12.5 % ........ 45 _____ [ ] { } < > &&"
                " || != == 0xFF"
            ),
        ],
    )
    def test_good_text_of_other_languages_and_kinds(self, good: str) -> None:
        assert pdf_quality.usable(good)
        assert not pdf_quality.suspicious(good.split(), mapped=True)

    def test_bullets_and_icons_of_a_private_font_are_no_gibberish(self, tmp_path: Path) -> None:
        document = RawPdf([])
        font = mapped(document, "S1", MAPS["private characters"])
        page = "".join(
            text(60, 760 - 16 * i, "n", font="S1") + text(72, 760 - 16 * i, words)
            for i, words in enumerate(ENGLISH)
        )
        document.sheets = [Sheet(page, fonts=font)]
        assert kinds(loaded(document, tmp_path)) == []

    def test_judging_takes_time_in_proportion(self) -> None:
        def seconds(count: int) -> float:
            words = [f"{'ab' * (i % 15)}{i}qzx\ue000" for i in range(count)]
            start = time.perf_counter()
            pdf_quality.suspicious(words, mapped=True)
            return time.perf_counter() - start

        seconds(1_000)
        assert seconds(40_000) < 100 * max(seconds(4_000), 0.001)


class TestHiddenText:
    """What nobody sees on the page is not the page's text."""

    @pytest.mark.parametrize(
        ("hidden", "said"),
        [
            (text(72, 740, "Torque 95 Nm", ink="3 Tr"), "nobody can see"),
            (text(72, 740, "Torque 95 Nm", ink="1 g"), "nobody can see"),
            (text(72, 740, "Torque 95 Nm", ink="1 1 1 rg"), "nobody can see"),
            (text(72, 740, "Torque 95 Nm", ink="/G0 gs"), "nobody can see"),
            (text(72, 740, "Torque 95 Nm", 0.4), "too small"),
            (text(72, -40, "Torque 95 Nm"), "outside the page"),
            (text(700, 740, "Torque 95 Nm"), "outside the page"),
        ],
    )
    def test_it_is_left_out_and_reported(self, tmp_path: Path, hidden: str, said: str) -> None:
        states = "/ExtGState << /G0 << /ca 0 >> >>"
        page = Sheet(lines("Torque 72 Nm") + hidden, resources=states)
        result = loaded(RawPdf([page]), tmp_path)
        assert result.pages[0].text == "Torque 72 Nm"
        assert kinds(result) == [(Kind.LEFT_OUT, 1)]
        assert said in result.warnings[0].message

    def test_text_outside_the_part_that_is_shown(self, tmp_path: Path) -> None:
        page = Sheet(
            lines("Torque 72 Nm") + text(72, 100, "Torque 95 Nm"),
            entries="/CropBox [0 400 595 842]",
        )
        result = loaded(RawPdf([page]), tmp_path)
        assert result.pages[0].text == "Torque 72 Nm"
        assert kinds(result) == [(Kind.LEFT_OUT, 1)]

    @pytest.mark.parametrize(
        "behind",
        [
            "0 0 0.5 rg 60 730 200 25 re f\n",
            "q 200 0 0 25 60 730 cm /P Do Q\n",
            "q 1 0 0 1 10 10 cm /X Do Q\n",
        ],
    )
    def test_white_text_on_a_dark_area_is_read(self, tmp_path: Path, behind: str) -> None:
        page = behind + text(72, 740, "WARNING: hot surface", ink="1 g")
        document = RawPdf([Sheet(page, resources="/XObject << /P @p@ /X @x@ >>")])
        document.stream("p", bytes(64), PICTURE)
        document.stream("x", b"0.5 g 50 720 200 25 re f", "/Subtype /Form /BBox [0 0 595 842]")
        result = loaded(document, tmp_path)
        assert result.pages[0].text == "WARNING: hot surface"
        assert result.warnings == ()

    def test_small_text_whose_font_is_large_is_read(self, tmp_path: Path) -> None:
        """A Type 3 font may draw its letters in any units."""
        page = Sheet("BT /T3 0.5 Tf 72 740 Td (72) Tj ET\n", fonts="/T3 @t3@")
        document = RawPdf([page])
        document.stream("box", b"12 0 0 0 10 14 d1 0 0 10 14 re f", "")
        document.stream(
            "map",
            b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
            b"2 beginbfchar <32> <0032> <37> <0037> endbfchar endcmap",
        )
        document.add(
            "t3",
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 12 14] /FontMatrix [1 0 0 1 0 0]"
            " /CharProcs << /seven @box@ /two @box@ >> /FirstChar 50 /LastChar 55"
            " /Encoding << /Type /Encoding /Differences [50 /two 55 /seven] >>"
            " /Widths [12 0 0 0 0 12] /ToUnicode @map@ >>",
        )
        result = loaded(document, tmp_path)
        assert result.pages[0].text == "72"
        assert result.warnings == ()

    @pytest.mark.parametrize("y", [740, 760])
    @pytest.mark.parametrize(("state", "shown"), [("/OFF", "Torque 72 Nm"), ("/ON", None)])
    def test_a_layer_that_is_switched_off(
        self, tmp_path: Path, y: int, state: str, shown: str | None
    ) -> None:
        layer = f"/OC /L BDC\n{text(72, y, 'Drehmoment 95 Nm')}EMC\n"
        page = Sheet(lines("Torque 72 Nm") + layer, resources="/Properties << /L @layer@ >>")
        document = RawPdf(
            [page], catalog=f"/OCProperties << /OCGs [@layer@] /D << {state} [@layer@] >> >>"
        )
        document.add("layer", "<< /Type /OCG /Name (German) >>")
        result = loaded(document, tmp_path)
        if shown:
            assert result.pages[0].text == shown
            assert kinds(result) == [(Kind.LEFT_OUT, 1)]
        else:
            assert "95" in result.pages[0].text
            assert result.warnings == ()

    def test_spaces_are_no_hidden_text(self, tmp_path: Path) -> None:
        page = (
            lines("Torque 72 Nm") + text(72, 700, "   ", ink="1 g") + text(72, 690, " ", ink="3 Tr")
        )
        assert loaded(RawPdf([Sheet(page)]), tmp_path).warnings == ()


class TestScans:
    """Pages that are pictures."""

    def scanned(self, *contents: str) -> RawPdf:
        sheets = [Sheet(c, resources="/XObject << /P @p@ >>") for c in contents]
        document = RawPdf(sheets)
        document.stream("p", bytes(range(0, 256, 4)), PICTURE)
        return document

    def test_a_picture_alone_has_no_text(self, tmp_path: Path) -> None:
        result = loaded(self.scanned(picture(), lines("Good")), tmp_path)
        assert kinds(result) == [(Kind.NO_TEXT, 1)]

    @pytest.mark.parametrize(
        "content",
        [
            picture() + lines("Relief valve opens at 350 bar"),
            lines("Relief valve opens at 350 bar") + picture(),
            picture(height=421) + picture(y=421, height=421),
        ],
    )
    def test_the_text_of_a_scanner_counts_as_recognised(self, tmp_path: Path, content: str) -> None:
        page = content.replace("BT ", "BT 3 Tr ")
        if "BT" not in page:
            page += text(72, 760, "Relief valve opens at 350 bar", ink="3 Tr")
        result = loaded(self.scanned(page), tmp_path)
        assert result.pages[0].text == "Relief valve opens at 350 bar"
        assert result.pages[0].recognised
        assert kinds(result) == [(Kind.RECOGNISED, 1)]

    def test_text_that_a_picture_covers_is_a_scanners(self, tmp_path: Path) -> None:
        result = loaded(self.scanned(lines("Relief valve 350 bar") + picture()), tmp_path)
        assert result.pages[0].recognised

    def test_a_page_that_is_mostly_a_picture_is_reported(self, tmp_path: Path) -> None:
        page = picture(y=0, height=760) + text(72, 800, "Received 3 May")
        result = loaded(self.scanned(page), tmp_path)
        assert result.pages[0].text == "Received 3 May"
        assert kinds(result) == [(Kind.LEFT_OUT, 1)]
        assert "most of the page is a picture" in result.warnings[0].message

    def test_a_scan_with_a_header_of_all_pages_has_no_text(self, tmp_path: Path) -> None:
        head = text(72, 820, "PX-204 Field manual")
        pages = [head + lines(*ENGLISH)] * 4 + [head + picture(height=760)]
        assert kinds(loaded(self.scanned(*pages), tmp_path)) == [(Kind.NO_TEXT, 5)]

    def test_text_beside_a_large_picture_is_no_scan(self, tmp_path: Path) -> None:
        page = picture(height=520) + lines(*ENGLISH, *ENGLISH)
        assert loaded(self.scanned(page), tmp_path).warnings == ()

    def test_a_blank_page_is_no_scan(self, tmp_path: Path) -> None:
        result = loaded(RawPdf([Sheet(lines("Good")), Sheet("")]), tmp_path)
        assert kinds(result) == [(Kind.DETAIL, 2)]
        assert str(result.warnings[0]) == "page 2: it looks blank"
        assert result.unread == ()


class TestFiles:
    """Files that cannot be read, or not as a whole."""

    def test_a_password_is_named_with_what_to_do(self, tmp_path: Path) -> None:
        path = write_pdf(tmp_path / "a.pdf", ["Text"], password="secret")
        with pytest.raises(InvalidInput, match="open it with the password and save it without"):
            load(path)

    def test_a_file_without_pages(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match=r"no pages|not a sound PDF"):
            load(RawPdf([]).write(tmp_path / "a.pdf"))

    def test_more_pages_than_a_manual_has(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pdf, "PAGES", 3)
        with pytest.raises(InvalidInput, match="more than 3 pages; split it"):
            load(write_pdf(tmp_path / "a.pdf", ["One", "Two", "Three", "Four"]))

    def test_a_damaged_page_costs_that_page(self, tmp_path: Path) -> None:
        document = RawPdf([Sheet(lines("One")), Sheet(lines("Two")), Sheet(lines("Three"))])
        path = document.write(tmp_path / "a.pdf")
        data = path.read_bytes()
        broken = data.split(b" 0 obj\n<< /Type /Page /Parent")[1].rpartition(b"\n")[2]
        path.write_bytes(
            data.replace(b"/Type /Page /Parent", b"/Type /Pane /Parent", 2).replace(
                b"/Type /Pane /Parent", b"/Type /Page /Parent", 1
            )
        )
        assert broken
        result = load(path)
        assert [page.text for page in result.pages] == ["One", "", "Three"]
        assert kinds(result) == [(Kind.DAMAGED, 2)]

    def test_a_page_with_too_many_characters_costs_that_page(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("fieldkit.library.readers.pdf_words._CHARACTERS", 100)
        path = write_pdf(tmp_path / "a.pdf", ["One", "x" * 60 + " " + "y" * 60, "Three"])
        result = load(path)
        assert [page.text for page in result.pages] == ["One", "", "Three"]
        assert kinds(result) == [(Kind.DAMAGED, 2)]

    def test_pages_to_skip_and_what_is_begun(self, tmp_path: Path) -> None:
        path = write_pdf(tmp_path / "a.pdf", ["One", "Two", "Three"])
        begun: list[int] = []
        with pages_read.watched([2], begun.append):
            result = load(path)
        assert [page.text for page in result.pages] == ["One", "", "Three"]
        assert begun == [1, 3, 0]
        assert kinds(result) == [(Kind.DAMAGED, 2)]
        assert load(path).warnings == ()

    def test_pages_that_differ_in_a_number_alone_keep_their_text(self, tmp_path: Path) -> None:
        """What counts like a header is the page's text where there is no other."""
        sheets = [Sheet(lines(f"Alarm {number}: oil too hot")) for number in range(17, 23)]
        pages = loaded(RawPdf(sheets), tmp_path).pages
        assert [page.text for page in pages] == [f"Alarm {n}: oil too hot" for n in range(17, 23)]

    def test_two_notes_on_many_pages(self, tmp_path: Path) -> None:
        """A few hundred pages with annotations are read one by one."""
        document = RawPdf([Sheet(lines(f"Page of part {i}"), ("n",)) for i in range(300)])
        document.add("n", note("FreeText", "260 600 400 616", "See the leaflet"))
        result = loaded(document, tmp_path)
        assert len(result.pages) == 300
        assert all("See the leaflet" in page.text for page in result.pages)
