"""What a release carries of its model's licence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fieldkit.core.licence import RECEIPT_FILE, AcceptedText, Receipt, parse_receipt
from fieldkit.core.release import Assistant, Release
from fieldkit.errors import IntegrityProblem
from fieldkit.library import originals
from fieldkit.packager.licence_texts import Text
from fieldkit.packager.licensing import Acceptance
from fieldkit.packager.media import write_media
from fieldkit.packager.stage import stage, stage_originals
from tests.installer.releases import FACTS, stage_tree

TEXTS = {
    "LICENSE": ("model", b"Permission is hereby granted\r\n\xff\x1b[2J"),
    "NOTICE": ("model", b"By somebody."),
    "ours.txt": ("adapter", b"Property of Ridge Drilling."),
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def acceptance() -> Acceptance:
    texts = tuple(
        Text(
            entry=AcceptedText.model_validate(
                {"of": of, "place": "weights", "path": path, "sha256": sha256(content)}
            ),
            content=content,
        )
        for path, (of, content) in TEXTS.items()
    )
    receipt = Receipt(
        candidate="tiny",
        licence="MIT",
        texts=tuple(text.entry for text in texts),
        accepted_by="R. Vance",
        accepted_at="2026-11-20T09:30:00Z",
        ticket="LEGAL-7",
    )
    return Acceptance(texts=texts, receipt=receipt)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" * 100)
    return path


@pytest.fixture
def tree(tmp_path: Path, model: Path, acceptance: Acceptance) -> Path:
    """A version staged from made-up parts."""
    made = stage_tree(tmp_path / "parts", "1.0.0", sha256(model.read_bytes()))
    engine = tmp_path / "engine"
    engine.mkdir()
    (engine / "LICENSE").write_text("MIT, of llama.cpp")
    stage(
        tmp_path / "tree",
        app=made / "app",
        library=made / "library.sqlite",
        assistant=Assistant.from_json((made / "assistant.json").read_text()),
        engine=engine,
        acceptance=acceptance,
    )
    return tmp_path / "tree"


def test_the_texts_travel_byte_for_byte_with_their_receipt(
    tree: Path, acceptance: Acceptance
) -> None:
    folder = tree / "licences"
    for name, path in {
        "MODEL-LICENCE.txt": "LICENSE",
        "MODEL-LICENCE-2.txt": "NOTICE",
        "ADAPTER-LICENCE.txt": "ours.txt",
    }.items():
        assert (folder / name).read_bytes() == TEXTS[path][1]
    receipt = parse_receipt((folder / RECEIPT_FILE).read_text())
    assert receipt == acceptance.receipt
    carried = {sha256(path.read_bytes()) for path in folder.glob("*-LICENCE*.txt")}
    assert carried == {text.sha256 for text in receipt.texts}
    assert (folder / "llama.cpp.txt").is_file()


def test_what_reads_documents_ships_with_its_licences(tree: Path) -> None:
    folder = tree / "licences"
    shipped = {"charset-normalizer.txt", "lxml.txt", "pillow.txt", "pypdfium2.txt"}
    assert shipped <= {path.name for path in folder.iterdir()}
    pdfium = (folder / "pypdfium2.txt").read_text(encoding="utf-8", errors="replace")
    for work in ("pdfium.txt", "freetype.txt", "libjpeg_turbo.ijg", "libopenjpeg.txt"):
        assert f"==== {work} ====" in pdfium


def test_what_seals_reports_ships_with_its_licence_and_what_it_is_linked_of(tree: Path) -> None:
    folder = tree / "licences"
    assert "Permission is hereby granted" in (folder / "pyrage.txt").read_text()
    bill = json.loads((folder / "pyrage.cyclonedx.json").read_text())
    licences = {part["name"]: part["licenses"] for part in bill["components"]}
    assert licences["age"]


def test_a_release_names_texts_and_receipt_by_hash(tree: Path, model: Path, tmp_path: Path) -> None:
    write_media(tree, model, FACTS, tmp_path / "media")
    release = Release.from_json((tmp_path / "media" / "release.json").read_text())
    named = {file.path: file.sha256 for file in release.files}
    assert named["licences/MODEL-LICENCE.txt"] == sha256(TEXTS["LICENSE"][1])
    receipt = (tree / "licences" / RECEIPT_FILE).read_bytes()
    assert named[f"licences/{RECEIPT_FILE}"] == sha256(receipt)


def test_another_acceptance_is_another_release(acceptance: Acceptance) -> None:
    assert acceptance.receipt is not None
    later = acceptance.receipt.model_copy(update={"accepted_at": "2026-11-21T09:30:00Z"})
    other = Acceptance(texts=acceptance.texts, receipt=later)
    assert other.to_dict() != acceptance.to_dict()
    assert "accepted by R. Vance on 2026-11-21T09:30:00Z, ticket LEGAL-7" in other.in_words()


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "PX-204.PDF"
    path.write_bytes(b"%PDF-1.4 the manual")
    path.chmod(0o777)  # as on a stick with FAT
    return path


def test_the_manuals_own_files_travel_under_their_hashes(
    tree: Path, model: Path, manual: Path, tmp_path: Path
) -> None:
    digest = sha256(manual.read_bytes())
    stage_originals(tree, {originals.name_of(digest, manual.name): manual})
    assert originals.original(tree, digest, "pumps/PX-204.PDF") == tree / f"manuals/{digest}.pdf"
    release = write_media(tree, model, FACTS, tmp_path / "media")
    (carried,) = (file for file in release.files if file.path.startswith("manuals/"))
    assert (carried.path, carried.sha256) == (f"manuals/{digest}.pdf", digest)
    assert (carried.size, carried.mode) == (len(manual.read_bytes()), 0o644)
    assert "manuals" in release.folders
    assert manual.stat().st_mode & 0o777 == 0o777


def test_a_manual_that_changed_after_it_was_indexed_stops_the_build(
    tree: Path, model: Path, manual: Path, tmp_path: Path
) -> None:
    stage_originals(tree, {originals.name_of("0" * 64, manual.name): manual})
    with pytest.raises(IntegrityProblem, match="changed while the release was built"):
        write_media(tree, model, FACTS, tmp_path / "media")
    assert not (tmp_path / "media").exists()
