"""What a profile resolves to, and the files that are not what it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.console import Console
from fieldkit.errors import ExitCode, InvalidInput, UsageProblem
from fieldkit.packager import deployments
from fieldkit.packager.pipeline import Order, build
from fieldkit.packager.progress import Progress
from fieldkit.packager.resolve import check_model, choose, local_model
from fieldkit.packager.run import Run


def test_the_demo_resolves_to_the_model_fieldkit_carries(cache: Path, demo_model: Path) -> None:
    chosen = choose("demo")
    assert (chosen.name, local_model(chosen)) == ("demo", demo_model)
    assert check_model(chosen, demo_model).architecture == chosen.candidate.architecture
    assert not chosen.is_pulled


def test_a_file_of_another_model_is_not_taken_for_the_candidate(
    cache: Path, demo_model: Path
) -> None:
    with pytest.raises(InvalidInput, match="is not Phi-3-mini") as caught:
        check_model(choose("phi-3-mini", model=demo_model), demo_model)
    assert "layers: 7 in the file, 32 in the candidate" in caught.value.problems


def test_a_model_that_cannot_be_talked_to_is_not_built(
    cache: Path, tmp_path: Path, demo_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = deployments.load_candidate
    monkeypatch.setattr(
        deployments,
        "load_candidate",
        lambda name, beside=None: known(name, beside=beside).model_copy(update={"template": None}),
    )
    source = resources.folder("profiles") / "demo" / "profile.toml"
    profile = tmp_path / "rig" / "profile.toml"
    profile.parent.mkdir()
    text = source.read_text(encoding="utf-8").replace('"demo"', '"qwen2.5-1.5b"')
    text = text.replace('"embedded"', '"file"').replace('"questions.toml"', '"q.toml"')
    profile.write_text(text, encoding="utf-8")
    (profile.parent / "manuals").mkdir()
    (profile.parent / "q.toml").touch()
    with pytest.raises(InvalidInput, match="chat template of this model is not supp") as caught:
        choose(str(profile), model=demo_model)
    assert caught.value.exit_code == ExitCode.INVALID
    assert "fieldkit probe" in caught.value.hint


def test_an_output_that_cannot_be_made_is_told_before_work_starts(
    cache: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "file"
    taken.touch()
    with pytest.raises(UsageProblem, match="is not a folder"):
        build(Order(profile="demo", output=taken / "dist"), Run(progress=Progress(Console())))
    assert not (cache / "steps").exists()
