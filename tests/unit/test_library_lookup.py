"""``fieldkit search``: pages for a question without model and engine, for people and scripts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import cli
from fieldkit.console import Console
from fieldkit.errors import ExitCode
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.lookup import NEAREST, NOTHING
from tests.fakes import ASSISTANT


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release without a model."""
    pump = Document(
        document="PX-204",
        title="PX-204 mud pump",
        revision="C",
        date="2026-03-01",
        markdown=True,
        pages=(
            Page(number=6, text="# Lubrication\nThe power end holds 38 liters of gear oil."),
            Page(number=7, text="# Torque table\nThe fluid end studs are tightened to 320 Nm."),
        ),
    )
    assistant = replace(ASSISTANT, library="manuals.sqlite", model="gone.gguf")
    build(tmp_path / "manuals.sqlite", [pump])
    (tmp_path / "assistant.json").write_text(assistant.to_json(), encoding="utf-8")
    monkeypatch.setenv("FIELDKIT_RELEASE", str(tmp_path))
    return tmp_path


def test_a_person_is_shown_pages_with_their_text(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["search", "torque", "of", "the", "fluid", "end", "studs"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith(
        "[1] PX-204 rev C, p. 7, Torque table\nThe fluid end studs are tightened to 320 Nm.\n"
    )
    assert err == ""


def test_a_script_is_given_one_object(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", "--json", "how much gear oil?"]) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    assert report["question"] == "how much gear oil?"
    assert (report["state"], report["evidence"], report["missing"]) == ("answered", True, [])
    assert report["quote"] == "The power end holds 38 liters of gear oil."
    result = report["results"][0]
    assert result.pop("score") >= 0
    assert result == {
        "label": "PX-204 rev C, p. 6, Lubrication",
        "document": "PX-204",
        "title": "PX-204 mud pump",
        "revision": "C",
        "page": 6,
        "pdf_page": 6,
        "heading": "Lubrication",
        "passage": "The power end holds 38 liters of gear oil.",
        "quote": "The power end holds 38 liters of gear oil.",
        "superseded_by": "",
        "own": False,
        "recognised": False,
    }


def test_without_evidence_the_nearest_pages_are_said_to_be_no_answer(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "zebra mayor paraglides quicksilver unicorns marmalade trombones oil"
    assert cli.main(["search", question, "--limit", "1"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith("[1] PX-204 rev C, p. 6, Lubrication\n")
    assert "[2]" not in out
    assert err == f"{NEAREST}\n"
    assert cli.main(["search", "--json", question]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["evidence"] is False


def test_nothing_at_all_is_no_failure(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", "football"]) == ExitCode.OK
    assert capsys.readouterr() == ("", f"{NOTHING}\n")


@pytest.mark.parametrize("code", ["E 77", "0x1103"])
def test_a_code_that_no_manual_holds_is_said_so(
    release: Path, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["search", code]) == ExitCode.OK
    assert capsys.readouterr() == ("", f"No manual names {code}.\n")
    assert cli.main(["search", "--json", code]) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    assert (report["missing"], report["results"]) == ([code], [])
    assert cli.main(["search", f"gear oil {code}"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith("[1] PX-204 rev C, p. 6, Lubrication\n")
    assert err.startswith(f"No manual names {code}. ")


def test_on_a_terminal_lines_end_at_its_width_between_words(
    release: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    monkeypatch.setattr(Console, "writes_to_terminal", property(lambda _: True))
    assert cli.main(["search", "gear oil", "--limit", "1"]) == ExitCode.OK
    assert capsys.readouterr().out == (
        "[1] PX-204 rev C, p. 6,\nLubrication\nThe power end holds 38\nliters of gear oil.\n"
    )


def test_the_whole_passage_is_shown_where_it_is_asked_for(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"Bleed it. Grease the cardan shaft.{' Then conscientiously retighten everything.' * 30}"
    page = Page(number=1, text=text)
    pump = Document(document="C", title="C", revision="", date="", pages=(page,), markdown=True)
    build(release / "manuals.sqlite", [pump])
    assert cli.main(["search", "cardan shaft", "--limit", "1"]) == ExitCode.OK
    brief = capsys.readouterr().out
    assert brief.startswith("[1] C, p. 1\nGrease the cardan shaft.\nBleed it. [...] Then cons")
    assert brief.endswith(" ...\n")
    assert cli.main(["search", "cardan shaft", "--limit", "1", "--full"]) == ExitCode.OK
    whole = capsys.readouterr().out
    assert whole.startswith("[1] C, p. 1\nBleed it. Grease the cardan shaft. Then cons")
    assert len(whole) > len(brief)


def test_an_index_can_be_named(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (release / "assistant.json").unlink()
    words = ["search", "--library", str(release / "manuals.sqlite"), "gear oil"]
    assert cli.main(words) == ExitCode.OK
    assert capsys.readouterr().out.startswith("[1] PX-204")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["search", " \x1b "], ExitCode.USAGE),
        (["search", "oil", "--limit", "0"], ExitCode.USAGE),
        (["search", "oil", "--library", "gone.sqlite"], ExitCode.INTEGRITY),
    ],
)
def test_what_cannot_be_searched_is_told(
    release: Path, words: list[str], code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err


def test_searching_loads_neither_engine_nor_interface(release: Path) -> None:
    program = (
        "import sys\nfrom fieldkit.cli import main\n"
        "main(['search', 'gear oil'])\nprint(*sys.modules, file=sys.stderr)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stderr.split()
    assert "fieldkit.library.lookup" in loaded
    assert {"llama_cpp", "textual", "pypdf", "fieldkit.library.documents"}.isdisjoint(loaded)
