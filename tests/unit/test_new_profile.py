"""``fieldkit new``: what it reads, proposes and writes, and what it rejects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldkit import cli
from fieldkit.errors import ExitCode
from fieldkit.packager import deployments, new_profile
from fieldkit.packager.evaluate import read_questions

PUMP = """# Torque

The fluid end studs are tightened to 320 Nm, crosswise in two rounds. Check the oil level every day
before the pump is started, and fill up what is missing. Nobody stands in front of the outlet while
the line holds pressure. When the filter is blocked, the lamp on the panel comes on and the pump
stops after ten minutes.
"""
PUMPE = """# Drehmoment

Die Schrauben werden mit 320 Nm über Kreuz angezogen. Der Ölstand ist jeden Tag vor dem Start zu
prüfen, und was fehlt, wird nachgefüllt. Niemand steht vor dem Auslass, solange die Leitung unter
Druck ist. Wenn der Filter verstopft ist, leuchtet die Lampe und die Pumpe hält nach zehn Minuten.
"""


@pytest.fixture
def manuals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three manuals of two languages, one that cannot be read and one of another format."""
    folder = tmp_path / "the manuals"
    folder.mkdir()
    (folder / "px-204.md").write_text(PUMP)
    (folder / "gx-30.md").write_text(PUMP.replace("Torque", "Oil"))
    (folder / "pumpe.md").write_text(PUMPE)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 garbage")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


def test_it_writes_a_profile_that_builds_as_it_is(
    manuals: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["new", "yard", "--manuals", str(manuals), "--candidate", "demo"]) == 0
    out, err = capsys.readouterr()
    assert out == "fieldkit build yard\n"
    assert "3 documents" in err
    assert "en 2, de 1" in err
    assert "broken.pdf: left out: not a sound PDF" in err
    assert "photo.jpg" in err
    profile, folder = deployments.load_profile("yard")
    assert (folder / profile.library.manuals[0]).resolve() == manuals
    assert (profile.model.candidate, profile.model.source) == ("demo", "embedded")
    assert profile.model.context == 1024, "no more than the candidate has"
    assert profile.assistant.language == "en"
    assert sorted(path.name for path in folder.iterdir()) == ["profile.toml", "questions.toml"]
    assert list(Path.cwd().iterdir()) == [folder], "nothing half-written is left"


def test_candidates_are_proposed_for_this_machine_and_these_languages(
    manuals: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["new", "yard", "--manuals", str(manuals), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["next"] == "fieldkit build yard"
    assert report["chosen"] == report["candidates"][0]["name"]
    assert 1 <= len(report["candidates"]) <= 3
    for each in report["candidates"]:
        assert each["licence"] in new_profile.LICENCES
        assert each["memory_bytes"] < 20 << 30
        assert each["reason"]
    assert report["manuals"]["languages"] == {"en": 2, "de": 1}
    assert deployments.load_profile("yard")[0].model.source == "hub"


def test_the_skeleton_of_questions_can_be_filled_in(manuals: Path) -> None:
    assert cli.main(["new", "yard", "--manuals", str(manuals), "--candidate", "demo"]) == 0
    path = Path("yard", "questions.toml")
    text = path.read_text()
    filled = text.replace("# [[question]]", "[[question]]").replace('# text = ""', 'text = "Why?"')
    for key in ("document", "page", "answer", "answerable"):
        filled = filled.replace(f"# {key} =", f"{key} =")
    path.write_text(filled)
    questions = read_questions(path)
    assert len(questions) == 4
    assert {q.document for q in questions} == {"px-204", "gx-30", "pumpe", ""}
    profile = Path("yard", "profile.toml")
    profile.write_text(profile.read_text().replace("# questions =", "questions ="))
    assert deployments.load_profile("yard")[0].library.questions == "questions.toml"


@pytest.mark.parametrize(
    ("name", "words", "says"),
    [
        ("a b", [], "cannot be the name of a profile"),
        ("there", [], "exists already"),
        ("no/where", [], "is not a folder"),
        ("yard", ["--candidate", "demmo"], "did you mean 'demo'"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_written(
    manuals: Path, capsys: pytest.CaptureFixture[str], name: str, words: list[str], says: str
) -> None:
    Path("there").mkdir()
    code = cli.main(["new", name, "--manuals", str(manuals), *words])
    assert code in {ExitCode.USAGE, ExitCode.INVALID}
    assert says in capsys.readouterr().err
    assert [path.name for path in Path.cwd().iterdir()] == ["there"]


def test_a_folder_without_manuals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    name = str(tmp_path / "yard")
    assert cli.main(["new", name, "--manuals", str(tmp_path / "empty")]) == ExitCode.INVALID
    assert "no manual in" in capsys.readouterr().err
    assert cli.main(["new", name, "--manuals", str(tmp_path / "gone")]) == ExitCode.USAGE
    assert "is not a folder" in capsys.readouterr().err
    assert not Path(name).exists()
