"""Form fields, notes and strike-outs of a PDF are read where a person reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import load
from fieldkit.library.readers.model import Document, Kind
from tests.raw_pdf import RawPdf, Sheet, lines, note, quads, text, widget

BUTTON = "/AP << /N << /{} @on@ /Off @off@ >> >>"
BOX = "/Type /XObject /Subtype /Form /BBox [0 0 10 10]"


def form(content: str, **fields: str) -> RawPdf:
    """A page with form fields."""
    names = " ".join(f"@{name}@" for name in fields)
    fonts = "/DR << /Font << /F1 @plain@ >> >>"
    pdf = RawPdf(
        [Sheet(content, tuple(fields))],
        catalog=f"/AcroForm << /Fields [{names}] /DA (/F1 10 Tf 0 g) {fonts} >>",
    )
    pdf.stream("on", b"1 1 8 8 re f", BOX)
    pdf.stream("off", b"", BOX)
    for name, value in fields.items():
        pdf.add(name, value)
    return pdf


def noted(content: str, **notes: str) -> RawPdf:
    """A page with annotations."""
    pdf = RawPdf([Sheet(content, tuple(notes))])
    for name, value in notes.items():
        pdf.add(name, value)
    return pdf


def loaded(pdf: RawPdf, folder: Path) -> Document:
    return load(pdf.write(folder / "a.pdf"))


def read(pdf: RawPdf, folder: Path) -> str:
    return loaded(pdf, folder).pages[0].text


def reported(pdf: RawPdf, folder: Path) -> list[tuple[Kind, str]]:
    return [(warning.kind, str(warning)) for warning in loaded(pdf, folder).warnings]


class TestFields:
    """What is filled into a form."""

    def test_a_value_is_beside_its_label(self, tmp_path: Path) -> None:
        page = lines("Set point of the relief valve:", "Serial number:")
        pdf = form(
            page,
            setpoint=widget("Tx", "setpoint", "260 756 380 772", "/V (182 bar)"),
            serial=widget("Tx", "serial", "150 740 260 756", "/V (SN-4711-B)"),
        )
        assert read(pdf, tmp_path) == (
            "Set point of the relief valve: 182 bar\nSerial number: SN-4711-B"
        )
        assert loaded(pdf, tmp_path).warnings == ()

    @pytest.mark.parametrize(
        ("kind", "facts", "shown"),
        [
            ("Tx", "", "12,212.00 Nm"),  # a script wrote it, nothing is stored
            ("Sig", "", "Signed by A. Berg 2026-03-01"),
            ("Btn", "/Ff 65536", "Reset 7"),
        ],
    )
    def test_what_is_drawn_in_a_field_without_a_value_is_read(
        self, tmp_path: Path, kind: str, facts: str, shown: str
    ) -> None:
        field = widget(kind, "f", "150 756 380 772", f"{facts} /AP << /N @drawn@ >>")
        pdf = form(lines("Flange:"), f=field)
        fonts = "/Resources << /Font << /F1 @plain@ >> >>"
        drawn = f"BT /F1 10 Tf 2 4 Td ({shown}) Tj ET".encode()
        pdf.stream("drawn", drawn, f"/Type /XObject /Subtype /Form /BBox [0 0 230 16] {fonts}")
        assert read(pdf, tmp_path) == f"Flange: {shown}"

    def test_what_a_stamp_draws_is_read(self, tmp_path: Path) -> None:
        stamp = (
            "<< /Type /Annot /Subtype /Stamp /Rect [150 756 380 772] /F 4 /AP << /N @drawn@ >> >>"
        )
        pdf = noted(lines("Flange:"), s=stamp)
        fonts = "/Resources << /Font << /F1 @plain@ >> >>"
        drawn = b"BT /F1 10 Tf 2 4 Td (E-SIGNED 2023-03-07) Tj ET"
        pdf.stream("drawn", drawn, f"/Type /XObject /Subtype /Form /BBox [0 0 230 16] {fonts}")
        assert "E-SIGNED 2023-03-07" in read(pdf, tmp_path)

    def test_a_value_without_an_appearance_and_in_unicode(self, tmp_path: Path) -> None:
        value = "<FEFF003400B00043002003A9>"  # 4°C Ω
        pdf = form(lines("Oil:"), oil=widget("Tx", "oil", "100 756 200 772", f"/V {value}"))
        assert read(pdf, tmp_path) == "Oil: 4\u00b0C \u03a9"

    def test_the_lines_of_a_long_value(self, tmp_path: Path) -> None:
        several = widget("Tx", "r", "72 700 300 740", "/Ff 4096 /V (Seal renewed\\r12 bar held)")
        assert read(form(lines("Remarks"), r=several), tmp_path).split("\n")[-1] == "12 bar held"

    def test_a_value_that_is_drawn_on_the_page_too_is_read_once(self, tmp_path: Path) -> None:
        field = widget("Tx", "p", "150 756 300 772", "/V (182 bar)")
        pdf = form(text(72, 760, "Pressure:") + text(152, 760, "182 bar"), p=field)
        assert read(pdf, tmp_path).count("182") == 1

    @pytest.mark.parametrize(
        ("state", "shown"), [("/V /Yes /AS /Yes", "[x]"), ("/V /Off /AS /Off", "[ ]")]
    )
    def test_a_check_box_shows_its_state(self, tmp_path: Path, state: str, shown: str) -> None:
        box = widget("Btn", "oil_changed", "130 758 140 768", f"{state} {BUTTON.format('Yes')}")
        assert read(form(lines("Oil changed:"), box=box), tmp_path) == f"Oil changed: {shown}"

    def test_a_check_box_without_a_printed_label_has_its_name(self, tmp_path: Path) -> None:
        box = widget("Btn", "pump.primed", "72 658 82 668", f"/V /A /AS /A {BUTTON.format('A')}")
        unnamed = widget("Btn", "Check Box 7", "72 558 82 568", BUTTON.format("Yes"))
        page = read(form(lines("Before the start"), box=box, other=unnamed), tmp_path)
        assert page.split("\n\n") == ["Before the start", "[x] primed", "[ ]"]

    def test_radio_buttons(self, tmp_path: Path) -> None:
        """The one that is chosen, and the ones that are not."""
        chosen = widget(
            "Btn", "m", "100 758 110 768", f"/Ff 49152 /AS /auto {BUTTON.format('auto')}"
        )
        other = widget(
            "Btn", "n", "160 758 170 768", f"/Ff 49152 /AS /Off {BUTTON.format('manual')}"
        )
        page = text(72, 760, "Mode:") + text(114, 760, "auto") + text(174, 760, "manual")
        words = read(form(page, m=chosen, n=other), tmp_path).replace("|", " ").split()
        assert words[:6] == ["Mode:", "(x)", "auto", "(", ")", "manual"]

    @pytest.mark.parametrize(
        ("entries", "shown"),
        [
            ("/Ff 131072 /Opt [(Water) (Oil 46)] /V (Oil 46)", "Oil 46"),
            ("/Ff 131072 /Opt [[(w) (Water)] [(o) (Oil 46)]] /V (o)", "Oil 46"),
            ("/Ff 2097152 /Opt [(A) (B) (C)] /V [(A) (C)]", "A, C"),
        ],
    )
    def test_a_choice_shows_what_is_selected(
        self, tmp_path: Path, entries: str, shown: str
    ) -> None:
        field = widget("Ch", "fluid", "110 756 200 772", entries)
        assert read(form(lines("Fluid:"), f=field), tmp_path) == f"Fluid: {shown}"

    def test_hidden_fields_are_left_out_and_counted(self, tmp_path: Path) -> None:
        hidden = widget("Tx", "h", "72 600 200 616", "/V (95 Nm)").replace("/F 4", "/F 2")
        secret = widget("Tx", "s", "72 500 200 516", "/Ff 8192 /V (hunter2)")
        empty = widget("Tx", "e", "72 400 200 416", "").replace("/F 4", "/F 32")
        pdf = form(lines("Sheet"), h=hidden, s=secret, e=empty)
        assert read(pdf, tmp_path) == "Sheet"
        assert reported(pdf, tmp_path) == [
            (Kind.LEFT_OUT, "page 1: 1 hidden form field or note left out")
        ]

    def test_a_form_of_another_technology_is_reported(self, tmp_path: Path) -> None:
        pdf = form(lines("Please wait"))
        pdf.catalog = "/AcroForm << /Fields [] /XFA @xfa@ >>"
        pdf.stream("xfa", b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
        ((kind, message),) = reported(pdf, tmp_path)
        assert kind is Kind.LEFT_OUT
        assert "XFA form" in message


class TestNotes:
    """What somebody wrote on the page."""

    @pytest.mark.parametrize(
        "annotation",
        [
            note("FreeText", "260 756 400 772", "NOT 95 Nm, use 72 Nm"),
            note("Text", "260 752 280 772", "NOT 95 Nm, use 72 Nm"),
            note("Highlight", "72 756 150 772", "NOT 95 Nm, use 72 Nm", quads(72, 757, 150, 770)),
            note("Line", "260 760 300 762", "NOT 95 Nm, use 72 Nm", "/L [260 761 300 761]"),
        ],
    )
    def test_a_note_is_behind_the_line_that_it_is_about(
        self, tmp_path: Path, annotation: str
    ) -> None:
        page = lines("Torque: 95 Nm", "Oil: 8 l")
        assert read(noted(page, n=annotation), tmp_path) == (
            "Torque: 95 Nm [Note on the page: NOT 95 Nm, use 72 Nm]\nOil: 8 l"
        )

    def test_a_note_far_from_any_line_is_a_line_of_its_own(self, tmp_path: Path) -> None:
        free = note("FreeText", "72 300 300 320", "Torques changed in 2026")
        page = read(noted(lines("Torque: 95 Nm"), n=free), tmp_path)
        assert page == "Torque: 95 Nm\n\nNote on the page: Torques changed in 2026"

    def test_a_page_of_notes_alone(self, tmp_path: Path) -> None:
        free = note("FreeText", "72 300 300 320", "Valve V-12 opens at 7 bar")
        assert read(noted("", n=free), tmp_path) == "Note on the page: Valve V-12 opens at 7 bar"

    @pytest.mark.parametrize(
        ("annotation", "said"),
        [
            (note("Stamp", "300 400 420 420", "", "/Name /NotApproved"), "Not Approved"),
            (note("Stamp", "300 400 420 420", "Void since 2025"), "Void since 2025"),
            (note("Caret", "300 400 310 410", "72 Nm"), "72 Nm"),
        ],
    )
    def test_stamps_and_insertions(self, tmp_path: Path, annotation: str, said: str) -> None:
        assert f"Note on the page: {said}" in read(noted(lines("Sheet"), n=annotation), tmp_path)

    def test_a_note_that_repeats_the_text_under_it_is_left(self, tmp_path: Path) -> None:
        same = note("Highlight", "72 756 150 772", "Torque: 95 Nm", quads(72, 757, 150, 770))
        assert read(noted(lines("Torque: 95 Nm"), n=same), tmp_path) == "Torque: 95 Nm"

    def test_what_is_struck_out_is_left_out(self, tmp_path: Path) -> None:
        struck = note("StrikeOut", "107 756 140 772", "", quads(107, 757, 140, 770))
        pdf = noted(lines("Torque: 95 Nm", "Oil: 8 l"), s=struck)
        assert read(pdf, tmp_path) == "Torque: [struck out]\nOil: 8 l"
        assert reported(pdf, tmp_path) == [
            (Kind.LEFT_OUT, "page 1: text that is struck out by a note is left out")
        ]

    def test_what_replaces_it_is_read(self, tmp_path: Path) -> None:
        struck = note("StrikeOut", "107 756 140 772", "72 Nm", quads(107, 757, 140, 770))
        page = read(noted(lines("Torque: 95 Nm"), s=struck), tmp_path)
        assert page == "Torque: [struck out] [Note on the page: 72 Nm]"

    def test_two_lines_that_are_struck_out(self, tmp_path: Path) -> None:
        place = quads(70, 757, 300, 770).replace("]", " 70 754 300 754 70 741 300 741]")
        struck = note("StrikeOut", "70 740 300 772", "", place)
        page = read(noted(lines("Torque: 95 Nm", "dry", "Oil: 8 l"), s=struck), tmp_path)
        assert page == "[struck out]\n[struck out]\nOil: 8 l"

    @pytest.mark.parametrize(
        ("annotation", "message"),
        [
            (note("Ink", "72 300 90 320", "", "/InkList [[72 300 90 320]]"), "drew on the page"),
            (note("FileAttachment", "72 300 90 320", ""), "an attached file is not read"),
            (note("Screen", "72 300 90 320", ""), "a film or a sound is not read"),
            (note("Redact", "72 300 90 320", ""), "redaction"),
            (note("FreeText", "72 300 90 320", "x").replace("/F 4", "/F 2"), "1 hidden"),
            (note("FreeText", "72 300 90 320", "x").replace("/F 4", "/F 32"), "1 hidden"),
        ],
    )
    def test_what_is_not_read_is_reported(
        self, tmp_path: Path, annotation: str, message: str
    ) -> None:
        pdf = noted(lines("Sheet"), n=annotation)
        assert read(pdf, tmp_path) == "Sheet"
        ((kind, said),) = reported(pdf, tmp_path)
        assert kind is Kind.LEFT_OUT
        assert said.startswith("page 1: ")
        assert message in said

    @pytest.mark.parametrize(
        "annotation",
        [
            note("Link", "72 756 150 772", "see there"),
            note("Popup", "72 756 150 772", "its note"),
            note("Highlight", "72 756 150 772", "", quads(72, 757, 150, 770)),
            note("Text", "72 300 90 320", "Accepted", "/StateModel (Review) /State (Accepted)"),
        ],
    )
    def test_what_has_nothing_to_read_is_silent(self, tmp_path: Path, annotation: str) -> None:
        pdf = noted(lines("Sheet"), n=annotation)
        assert read(pdf, tmp_path) == "Sheet"
        assert reported(pdf, tmp_path) == []

    def test_attached_files_are_named(self, tmp_path: Path) -> None:
        pdf = noted(lines("Sheet"))
        pdf.catalog = "/Names << /EmbeddedFiles << /Names [(torques.xlsx) @file@] >> >>"
        pdf.add("file", "<< /Type /Filespec /F (torques.xlsx) /EF << /F @data@ >> >>")
        pdf.stream("data", b"x", "/Type /EmbeddedFile")
        assert reported(pdf, tmp_path) == [
            (Kind.LEFT_OUT, "attached files are not read: torques.xlsx")
        ]

    def test_notes_on_a_page_that_is_turned(self, tmp_path: Path) -> None:
        free = note("FreeText", "260 756 400 772", "NOT 95 Nm")
        pdf = noted(lines("Torque: 95 Nm", "Oil: 8 l"), n=free)
        pdf.sheets = [Sheet(pdf.sheets[0].content, ("n",), entries="/Rotate 90")]
        assert "Torque: 95 Nm [Note on the page: NOT 95 Nm]" in read(pdf, tmp_path)

    def test_too_many_notes_are_reported(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("fieldkit.library.readers.pdf_fields._MARKS", 2)
        notes = {
            name: note("FreeText", f"72 {300 + 30 * i} 90 {320 + 30 * i}", f"Note {name}")
            for i, name in enumerate("abcde")
        }
        pdf = noted(lines("Sheet"), **notes)
        assert "Note c" in read(pdf, tmp_path)
        assert "Note d" not in read(pdf, tmp_path)
        assert reported(pdf, tmp_path) == [
            (Kind.LEFT_OUT, "page 1: what is behind the first 2 fields and notes is not read")
        ]
