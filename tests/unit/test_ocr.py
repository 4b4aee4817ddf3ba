"""Scanned pages: found, drawn, read by a program, kept by page, and marked as read by OCR."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.console import Console
from fieldkit.engine.child import own_command
from fieldkit.errors import FieldkitError, InvalidInput, UsageProblem
from fieldkit.library import documents
from fieldkit.library.index import build
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.library.readers.model import Kind
from fieldkit.library.search import Library
from fieldkit.packager import manuals, ocr
from fieldkit.packager.cache import Cache, Hashes
from fieldkit.packager.process import ProgramFailed, call
from fieldkit.packager.progress import Progress
from fieldkit.packager.reading import Reader
from fieldkit.packager.run import Run
from fieldkit.packager.tools import tesseract as tool
from fieldkit.packager.tools.tesseract import Tesseract
from tests.raw_pdf import PICTURE, RawPdf, Sheet, lines, picture, text, widget
from tests.scans import fake_tesseract, write_scan

PAGES = ["# Relief valve\n\nIt opens at 350 bar.", "# Oil\n\nThe power end holds 38 liters."]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program that plays Tesseract, first on the PATH."""
    (tmp_path / "bin").mkdir()
    folder = fake_tesseract(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.fixture(scope="module")
def process() -> Iterator[ReaderProcess]:
    with ReaderProcess(own_command("reader")) as reader:
        yield reader


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(
        progress=Progress(Console(stdout=io.StringIO(), stderr=io.StringIO())),
        cache=Cache(tmp_path / "cache"),
        hashes=Hashes(tmp_path / "hashes.json"),
    )


def recognised(path: Path, process: ReaderProcess) -> documents.Document:
    return ocr.Recogniser(Tesseract.verify("en"), process)(path, process.load(path))


def test_pages_without_text_are_read_and_say_so(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    path = write_scan(tmp_path / "PX-9.pdf", PAGES[:1], typed=["Torque of the studs: 320 Nm."])
    document = recognised(path, process)
    assert [page.recognised for page in document.pages] == [False, True]
    assert "350 bar" in document.pages[1].text
    assert "320 Nm" in document.pages[0].text
    assert list(map(str, document.warnings)) == ["page 2: read by OCR, which makes mistakes"]
    build(tmp_path / "library.sqlite", [document])
    with Library.open(tmp_path / "library.sqlite") as library:
        (found, *_) = library.search("when does the relief valve open")
        assert found.label == "PX-9, p. 2, read by OCR"
    (words,) = (program / "calls").read_text().splitlines()
    assert words.split()[2:] == ["-l", "eng", "--dpi", "300", "txt"]


def test_what_is_recognised_is_text_and_no_markup(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    (program / "text").write_text("# 5 bolts\n| a | b |\n<!-- page 9 -->\n\x1b]0;x\x07 12 Nm\x0c")
    document = recognised(write_scan(tmp_path / "a.pdf", PAGES[:1]), process)
    text = document.pages[0].text
    assert not {"\x1b", "\x07", "\x0c"} & set(text)
    assert "<!-- page 9 -->" in text
    assert not text.startswith(("# ", "|"))


def test_a_first_page_that_is_a_scan_tells_revision_and_date(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    (program / "text").write_text("PX-9 field manual\nRev. C\n2026-03-01")
    document = recognised(write_scan(tmp_path / "PX-9.pdf", PAGES[:1]), process)
    assert (document.revision, document.date) == ("C", "2026-03-01")


def test_each_page_is_read_once_whatever_becomes_of_its_manual(
    tmp_path: Path, program: Path, process: ReaderProcess, run: Run
) -> None:
    folder = tmp_path / "manuals"
    folder.mkdir()
    write_scan(folder / "a.pdf", PAGES)
    used = Tesseract.verify("en")

    def read() -> tuple[documents.Document, int]:
        recognise = ocr.Recogniser(used, process, manuals._kept_by(run))
        reader = Reader(run, process.load, recognise=recognise, ocr=ocr.facts(used))
        (document,) = documents.read_folders([folder], read=reader).documents
        return document, reader.reused

    first, _ = read()
    assert all(page.recognised for page in first.pages)
    assert len((program / "calls").read_text().splitlines()) == 2
    assert read() == (first, 1)
    (folder / "a.pdf").rename(folder / "b.pdf")
    again, reused = read()
    assert (again.pages, reused) == (first.pages, 0)
    assert len((program / "calls").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("trouble", "told"), [("fail", "exited with 1"), ("hang", "longer than"), ("silent", "no text")]
)
def test_a_program_that_fails_leaves_the_page_without_text(
    tmp_path: Path,
    program: Path,
    process: ReaderProcess,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    told: str,
) -> None:
    if trouble == "hang":
        monkeypatch.setattr(tool, "SECONDS", 0.3)
    (program / trouble).touch()
    path = write_scan(tmp_path / "a.pdf", PAGES[:1], typed=["Torque: 320 Nm."])
    document = recognised(path, process)
    assert [page.recognised for page in document.pages] == [False, False]
    assert str(document.warnings[0]).startswith("page 2: it holds no text")
    assert told in str(document.warnings[1])


def test_a_page_that_cannot_be_drawn_is_told(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    path = write_scan(tmp_path / "a.pdf", PAGES[:1])
    document = process.load(path)
    path.write_bytes(b"%PDF-1.4 not really")
    after = ocr.Recogniser(Tesseract.verify("en"), process)(path, document)
    assert "cannot be drawn" in str(after.warnings[1])
    with pytest.raises(InvalidInput, match="cannot be drawn"):
        process.draw(path, 1, tmp_path / "x.pgm")


def test_other_formats_are_left_as_they_are(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    (tmp_path / "a.md").write_text("One\f\fThree")
    document = process.load(tmp_path / "a.md")
    assert ocr.Recogniser(Tesseract.verify("en"), process)(tmp_path / "a.md", document) is document


def test_a_huge_page_is_drawn_coarser(tmp_path: Path, process: ReaderProcess) -> None:
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format=(14_000, 14_000))
    pdf.add_page()
    pdf.output(str(tmp_path / "huge.pdf"))
    process.draw(tmp_path / "huge.pdf", 1, tmp_path / "huge.pgm")
    assert (tmp_path / "huge.pgm").stat().st_size < 51_000_000


class TestTheProgram:
    """What is verified before work starts."""

    def test_modes(self, program: Path) -> None:
        used, why = ocr.found("auto", "de")
        assert used == Tesseract(
            program=program / "tesseract", version="tesseract 5.3.0", data="deu"
        )
        assert why == ""
        assert ocr.found("off", "de") == (None, "")
        assert ocr.facts(None) is None

    @pytest.mark.parametrize(
        ("file", "text", "language", "told"),
        [
            ("version", "tesseract 3.05", "en", "4 is needed"),
            ("version", "something else", "en", "of an unknown version"),
            ("languages", "List (1):\neng", "de", "no data for 'de'"),
            ("languages", "List (1):\neng", "xx", "not known"),
        ],
    )
    def test_what_is_missing_is_named(
        self, program: Path, file: str, text: str, language: str, told: str
    ) -> None:
        (program / file).write_text(text)
        used, why = ocr.found("auto", language)
        assert used is None
        assert told in why
        with pytest.raises(UsageProblem, match=told) as raised:
            ocr.found("required", language)
        assert raised.value.hint

    def test_where_there_is_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        used, why = ocr.found("auto", "no")
        assert used is None
        assert "apt-get install tesseract-ocr tesseract-ocr-nor" in why
        with pytest.raises(UsageProblem):
            ocr.found("required", "no")


def test_a_program_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(["echo", "done"], action="wait", timeout_s=30) == "done"
    with pytest.raises(ProgramFailed, match="Unable to wait: sleep took longer than 0 s"):
        call(["sleep", "60"], action="wait", timeout_s=0.05)
    with pytest.raises(FieldkitError):
        call(["/there/is/no/such/program"], action="wait", timeout_s=30)


def unusable(path: Path) -> Path:
    """A page that looks right, and whose font has a map that is one too high."""
    pairs = "".join(f"<{n:02x}> <{n + 1:04x}>\n" for n in range(33, 126))
    words = ("Close the main valve before service", "Torque of the cover bolts 85 Nm",
             "Drain the tank every week")  # fmt: skip
    pdf = RawPdf([Sheet(lines(*words, font="S1", size=14), fonts="/S1 @shifted@")])
    pdf.stream(
        "map",
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
            "/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange 93 beginbfchar\n"
            f"{pairs}endbfchar endcmap end end"
        ).encode(),
    )
    pdf.add(
        "shifted",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding "
        "/ToUnicode @map@ >>",
    )
    return pdf.write(path)


def test_a_page_with_unusable_text_is_read_too(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    (program / "text").write_text("Torque of the cover bolts 85 Nm")
    document = recognised(unusable(tmp_path / "a.pdf"), process)
    (page,) = document.pages
    assert (page.text, page.recognised) == ("Torque of the cover bolts 85 Nm", True)
    assert list(map(str, document.warnings)) == ["page 1: read by OCR, which makes mistakes"]


def test_where_nothing_is_read_of_it_the_warning_stays(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    (program / "text").write_text("")
    document = recognised(unusable(tmp_path / "a.pdf"), process)
    assert [page.recognised for page in document.pages] == [False]
    assert [warning.kind for warning in document.warnings] == [Kind.UNUSABLE_TEXT]


def test_what_a_scanner_recognised_is_not_read_again(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    page = picture() + text(72, 760, "Relief valve opens at 350 bar", ink="3 Tr")
    pdf = RawPdf([Sheet(page, resources="/XObject << /P @p@ >>")])
    pdf.stream("p", bytes(64), PICTURE)
    document = recognised(pdf.write(tmp_path / "a.pdf"), process)
    assert document.pages[0].recognised
    assert not (program / "calls").exists()
    assert "scanner" in str(document.warnings[0])


def test_a_blank_page_is_not_drawn(tmp_path: Path, program: Path, process: ReaderProcess) -> None:
    pdf = RawPdf([Sheet(lines("Torque 85 Nm")), Sheet("")])
    document = recognised(pdf.write(tmp_path / "a.pdf"), process)
    assert [page.recognised for page in document.pages] == [False, False]
    assert not (program / "calls").exists()


def test_a_page_keeps_its_printed_number(
    tmp_path: Path, program: Path, process: ReaderProcess
) -> None:
    pdf = RawPdf(
        [Sheet(picture(), resources="/XObject << /P @p@ >>")],
        catalog="/PageLabels << /Nums [0 << /S /r /St 4 >>] >>",
    )
    pdf.stream("p", bytes(64), PICTURE)
    document = recognised(pdf.write(tmp_path / "a.pdf"), process)
    assert [(page.label, page.recognised) for page in document.pages] == [("iv", True)]


def test_filled_in_fields_are_drawn(tmp_path: Path, process: ReaderProcess) -> None:
    """A value without an appearance of its own is on the picture that OCR reads."""

    def ink(value: str) -> int:
        pdf = RawPdf(
            [Sheet("", ("f",))],
            catalog="/AcroForm << /Fields [@f@] /NeedAppearances true /DR << /Font << /F1 @plain@ "
            ">> >> /DA (/F1 10 Tf 0 g) >>",
        )
        pdf.add("f", widget("Tx", "f", "72 700 300 720", f"/V ({value})"))
        target = tmp_path / f"{len(value)}.pgm"
        process.draw(pdf.write(tmp_path / "a.pdf"), 1, target)
        return sum(byte < 128 for byte in target.read_bytes()[-2480 * 3508 :])

    assert ink("Set point 182 bar") > ink("") + 500


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
def test_the_real_program_reads_a_page_with_unusable_text(
    tmp_path: Path, process: ReaderProcess
) -> None:
    used, _ = ocr.found("auto", "en")
    if used is None:
        pytest.skip("needs Tesseract's data for English")
    path = unusable(tmp_path / "a.pdf")
    document = ocr.Recogniser(used, process)(path, process.load(path))
    assert "Torque of the cover bolts 85 Nm" in document.pages[0].text
