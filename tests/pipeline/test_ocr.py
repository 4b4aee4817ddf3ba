"""Scanned manuals, read by the Tesseract of this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fieldkit.errors import ExitCode
from fieldkit.library.search import Library
from tests.deployment import COMMAND
from tests.scans import write_scan


def languages() -> set[str]:
    program = shutil.which("tesseract")
    if program is None:
        return set()
    listed = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, check=False
    ).stdout
    return set(listed.split())


INSTALLED = languages()
MANUALS = {
    "en": (
        "eng",
        "# Relief valve\n\nThe relief valve of the PX-204 opens at 350 bar.",
        "when does the relief valve open",
    ),
    "de": (
        "deu",
        "# Sicherheitsventil\n\nDas Sicherheitsventil \u00f6ffnet bei 350 bar.",
        "wann \u00f6ffnet das Sicherheitsventil",
    ),
}


@pytest.mark.parametrize("language", sorted(MANUALS))
def test_a_scanned_manual_is_found_and_cited_as_such(language: str, tmp_path: Path) -> None:
    data, text, question = MANUALS[language]
    if data not in INSTALLED:
        pytest.skip(f"needs Tesseract with its data for {language} ({data})")
    folder = tmp_path / "manuals"
    folder.mkdir()
    write_scan(folder / "PX-204.pdf", ["# PX-204\n\nRev. C", text])
    library = tmp_path / "library.sqlite"
    command = [*COMMAND, "index", str(folder), "--output", str(library), "--language", language]
    result = subprocess.run(
        [*command, "--ocr", "required"], capture_output=True, text=True, check=False
    )
    assert result.returncode == ExitCode.OK, result.stderr
    assert result.stderr.count("read by OCR, which makes mistakes") >= 1
    with Library.open(library) as opened:
        (found, *_) = opened.search(question)
        assert "350 bar" in found.text
        assert (found.document, found.revision, found.page) == ("PX-204", "C", 2)
        assert found.label.endswith("read by OCR")
    refused = subprocess.run(
        [*command, "--ocr", "off"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == ExitCode.INVALID
    assert "holds no text" in refused.stderr
