"""The harness for strange files: what counts as arrived, and how files are damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.corpus import __main__ as corpus
from tests.corpus import independent
from tests.corpus.arrival import arrival
from tests.corpus.mutations import mutated, samples, try_files
from tests.manual_files import write_pdf


def test_every_digit_that_is_not_there_is_counted() -> None:
    found = arrival("Tighten to 85 Nm, then 210 Nm. Part P-204.", "Tighten to 85 Nm. Part P204.")
    assert (found.digits, found.digits_arrived) == (8, 5)
    assert (found.codes, found.codes_arrived) == (1, 1)
    assert found.lost == ("210",)


def test_each_occurrence_must_arrive() -> None:
    assert arrival("5 5 5", "5 5").digits_arrived == 2


def test_a_note_that_another_program_joins_to_a_number_is_no_loss() -> None:
    assert arrival("torque 851 Nm", "torque 85 Nm \u00b9").lost == ()
    assert arrival("10-3 mbar", "10\u207b\u00b3 mbar").lost == ()


def test_a_code_arrives_whatever_its_separators_are() -> None:
    assert arrival("P\u2011204 and M12x1.75", "P-204 and M12 x 1.75").codes_arrived == 2
    assert arrival("P-204", "P-205").lost == ("204", "p204")


def test_running_headers_are_no_loss(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    words = ("alpha", "beta", "gamma", "delta")
    pages = [f"# Part {word}\n\nTorque {word} 5 Nm." for word in words]
    path = write_pdf(tmp_path / "a.pdf", pages, head="PX-204 rev 3")
    assert [" ".join(text.split()) for text in independent.pages(path)] == [
        f"Part {word} Torque {word} 5 Nm." for word in words
    ]


def test_a_folder_is_reported_file_by_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.md").write_text("# A\nTorque 85 Nm.\n")
    (tmp_path / "bad.docx").write_bytes(b"PK no")
    assert corpus.main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "bad.docx: NOT READ: not a sound office file" in out
    assert "good.md: 1 pages; warnings -; digits 2 of 2 (100.00 %)" in out
    assert "2 files, 1 read" in out


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".xlsx", ".html", ".md", ".txt", ".csv"])
def test_damaged_files_are_read_or_rejected(suffix: str, tmp_path: Path) -> None:
    data = samples(tmp_path)[suffix]
    files = [(seed, mutated(data, suffix, seed)) for seed in range(40)]
    found = try_files(suffix, files, seconds=30.0, folder=tmp_path)
    assert found.failures == []
    assert found.read + sum(found.rejected.values()) == len(files)
