"""A profile's manuals: read by its choices, what an index depends on, and the files that travel."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any, cast

import pytest

from fieldkit.console import Console
from fieldkit.core.profile import parse
from fieldkit.errors import GateFailed, InvalidInput
from fieldkit.library.documents import read_folders
from fieldkit.packager import gate_step, library_file, manuals, manuals_report, steps
from fieldkit.packager.cache import Cache, Hashes
from fieldkit.packager.progress import Progress
from fieldkit.packager.resolve import Chosen, Resolved
from fieldkit.packager.run import Run
from tests.scans import write_scan
from tests.unit.test_profile import changed

SCANNED = ["# Relief valve\n\nIt opens at 350 bar."]


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def run(tmp_path: Path, shown: io.StringIO) -> Run:
    return Run(
        progress=Progress(Console(stdout=io.StringIO(), stderr=shown)),
        cache=Cache(tmp_path / "cache"),
        hashes=Hashes(tmp_path / "hashes.json"),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "manuals").mkdir()
    (tmp_path / "manuals" / "a.md").write_text("# A\nTorque 85 Nm.")
    return tmp_path / "manuals"


def chosen(folder: Path, **values: Any) -> Resolved:
    """The profile of ``values`` with its manuals; of its model nothing is needed."""
    profile = parse(changed(library__ocr="off", **values), source="p")
    nothing = cast("Any", None)
    return Resolved(
        name="rig", profile=profile, folder=folder.parent, candidate=nothing, given=None,
        manuals=(folder,), original=nothing, lock=None,
    )  # fmt: skip


def test_a_scan_is_left_out_or_stops_and_a_page_of_one_is_a_warning(run: Run, folder: Path) -> None:
    write_scan(folder / "scan.pdf", SCANNED)
    write_scan(folder / "part.pdf", SCANNED, typed=["Torque of the studs: 320 Nm."])
    with pytest.raises(InvalidInput) as raised:
        manuals.read(run, chosen(folder))
    assert [problem.partition(": ")[0] for problem in raised.value.problems] == [
        f"{folder}/scan.pdf"
    ]
    found, _ = manuals.read(run, chosen(folder, library__unreadable="skip"))
    assert [each.file for each in found.left_out] == ["scan.pdf"]
    assert "it holds no text" in found.left_out[0].reason
    part = next(document for document in found.documents if document.file == "part.pdf")
    assert part.unread == (2,)
    assert "320 Nm" in part.pages[0].text
    report = manuals_report.documents(found)
    assert manuals_report.unread_count(report) == 2


def test_the_gate_names_documents_and_pages(run: Run, folder: Path, shown: io.StringIO) -> None:
    write_scan(folder / "part.pdf", SCANNED * 3, typed=["Torque of the studs: 320 Nm."])
    gate_step.check_unread(run, chosen(folder))
    gate_step.check_unread(run, chosen(folder, gates__max_unread_pages=3))
    with pytest.raises(GateFailed, match="pages of manuals that could not be read: 3, at most 2"):
        gate_step.check_unread(run, chosen(folder, gates__max_unread_pages=2))
    assert "part.pdf: pages 2-4" in shown.getvalue()
    assert "max_unread_pages      2      3  FAILED" in shown.getvalue()


@pytest.mark.parametrize("change", ["content", "new", "gone", "other", "choice"])
def test_an_index_depends_on_all_that_changes_it(run: Run, folder: Path, change: str) -> None:
    (folder / "b.md").write_text("Text.")
    before = manuals.inputs(run, chosen(folder))
    assert manuals.inputs(run, chosen(folder)) == before
    json.dumps(before)
    values: dict[str, Any] = {}
    if change == "content":
        (folder / "a.md").write_text("# A\nTorque 95 Nm, and more.")
    elif change == "new":
        (folder / "c.md").write_text("Text.")
    elif change == "gone":
        (folder / "b.md").unlink()
    elif change == "other":
        (folder / "photo.jpg").write_text("x")
    else:
        values = {"library__unreadable": "skip"}
    assert manuals.inputs(run, chosen(folder, **values)) != before


def test_what_may_not_be_read_is_part_of_it_too(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = manuals.inputs(run, chosen(folder))

    def denied(_path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(run.hashes, "sha256", denied)
        shut = manuals.inputs(run, chosen(folder))
    assert shut["files"] == {"a.md": "this account may not read it"}
    assert shut != before


def test_an_index_that_is_reused_shows_the_same_of_the_manuals(
    run: Run, folder: Path, shown: io.StringIO
) -> None:
    (folder / "a.md").write_text("---\nrevison: C\n---\n# A\nTorque 85 Nm.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    profile = chosen(folder, library__unreadable="skip")
    printed = []
    for reused in ([], ["index"]):
        path = steps.index(run, profile)
        assert run.reused == reused
        lines = [line.strip() for line in shown.getvalue().splitlines()]
        printed.append([line for line in lines if line.startswith(("a.md", "broken.pdf", "1 doc"))])
        shown.truncate(0)
        shown.seek(0)
    assert printed[0] == printed[1]
    assert printed[0][1] == "a.md: front matter 'revison' is not used"
    assert [line.partition(":")[0] for line in printed[0]] == [
        "broken.pdf", "a.md", "1 document, 1 page, 1 passage, 1 left out",
    ]  # fmt: skip
    report = steps.report_of(path)
    assert report["library"] == "library.sqlite"
    assert [each["file"] for each in report["left_out"]] == ["broken.pdf"]


def test_a_manual_that_changes_before_it_is_read_is_indexed_as_it_is_then(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = manuals.read
    changes = ["# A\nTorque 95 Nm, and more."]

    def late(run: Run, profile: Chosen) -> Any:
        if changes:
            (folder / "a.md").write_text(changes.pop())
        return read(run, profile)

    monkeypatch.setattr(manuals, "read", late)
    report = steps.report_of(steps.index(run, chosen(folder)))
    content = (folder / "a.md").read_bytes()
    assert report["documents"][0]["sha256"] == hashlib.sha256(content).hexdigest()
    (folder / "a.md").write_text("# A\nTorque 85 Nm.")
    steps.index(run, chosen(folder))
    assert run.reused == []  # nothing was kept under the hash of what was not read


def test_manuals_that_change_again_and_again_stop_the_build(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = manuals.read

    def late(run: Run, profile: Chosen) -> Any:
        path = folder / "a.md"
        path.write_text(path.read_text() + " More.")
        return read(run, profile)

    monkeypatch.setattr(manuals, "read", late)
    with pytest.raises(InvalidInput, match="Manuals changed") as raised:
        steps.index(run, chosen(folder))
    assert raised.value.problems == ("a.md",)


def test_the_files_of_all_documents_travel_once(run: Run, folder: Path) -> None:
    (folder / "en").mkdir()
    (folder / "en" / "b.md").write_bytes((folder / "a.md").read_bytes())
    (folder / "photo.jpg").write_text("x")
    profile = chosen(folder)
    report = steps.report_of(steps.index(run, profile))
    (kept,) = report["documents"]
    assert "en/b.md is the same" in kept["warnings"][0]["message"]
    digest = hashlib.sha256((folder / "a.md").read_bytes()).hexdigest()
    (name,) = manuals.files_of(run, profile, report["documents"])
    assert name == f"manuals/{digest}.md"
    assert manuals.files_of(run, chosen(folder, library__originals=False), []) == {}


def test_a_file_that_changed_since_the_index_does_not_travel(run: Run, folder: Path) -> None:
    profile = chosen(folder)
    report = steps.report_of(steps.index(run, profile))
    (folder / "a.md").write_text("# A\nTorque 95 Nm, and more.")
    with pytest.raises(InvalidInput, match="Manuals changed") as raised:
        manuals.files_of(run, profile, report["documents"])
    assert raised.value.problems == ("a.md",)


def test_their_size_is_known_before_anything_is_fetched(folder: Path) -> None:
    (folder / "photo.jpg").write_bytes(b"x" * 1000)
    profile = chosen(folder).profile
    assert manuals.size(profile, folder.parent) == (folder / "a.md").stat().st_size
    assert manuals.size(chosen(folder, library__originals=False).profile, folder.parent) == 0


def test_what_was_left_out_is_given_to_an_index_that_keeps_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def build(_path: Path, documents: Any, *, left_out: Any = ()) -> None:
        given.append(([document.file for document in documents], left_out))

    (folder / "old.doc").write_bytes(b"\xd0\xcf")
    monkeypatch.setattr(library_file.index, "build", build)
    library_file.build(folder / "library.sqlite", read_folders([folder]))
    assert given == [(["a.md"], [("old.doc", ".doc files are not read; save it as .docx")])]
