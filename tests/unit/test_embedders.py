"""The embedder that a profile names: which file may be one, and under which licence."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.console import Console
from fieldkit.core.candidate import Shape
from fieldkit.core.fit import Footprint
from fieldkit.core.profile import parse
from fieldkit.errors import ExitCode, InvalidInput, LicenceProblem, Unfit
from fieldkit.packager.cache import Hashes
from fieldkit.packager.embedders import Embedder, memory_of, obtain
from fieldkit.packager.progress import Progress
from fieldkit.packager.resolve import choose
from fieldkit.packager.run import Run
from fieldkit.packager.target import check_target
from tests.embedders import DEMO

MIT = (resources.folder("build").parent / "LICENSE").read_bytes()
DIGEST = hashlib.sha256(MIT).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's profile with an embedder in a folder of its own, and its licence beside it."""
    folder = tmp_path / "rig-7"
    shutil.copytree(resources.folder("profiles") / "demo", folder)
    (folder / "embedder").mkdir()
    shutil.copy(DEMO, folder / "embedder" / "small.gguf")
    (folder / "embedder" / "LICENSE").write_bytes(MIT)
    return folder


def obtained(folder: Path, **keys: str) -> Embedder | None:
    """What the profile in ``folder`` gets with these ``keys`` of [embedder]."""
    known = {"file": "embedder/small.gguf", "licence": "MIT", "licence_sha256": DIGEST, **keys}
    lines = [f'{key} = "{value}"' for key, value in known.items() if value]
    path = folder / "profile.toml"
    text = path.read_text(encoding="utf-8").split("[embedder]")[0]
    path.write_text("\n".join([text, "[embedder]", *lines, ""]), encoding="utf-8")
    return obtain(a_run(folder), choose(str(folder)))


def a_run(folder: Path) -> Run:
    return Run(progress=Progress(Console()), hashes=Hashes(folder / "hashes.json"))


def test_a_profile_without_an_embedder_has_none(folder: Path) -> None:
    assert obtain(a_run(folder), choose(str(folder))) is None
    assert memory_of(choose(str(folder)).profile, folder) == 0


def test_an_accepted_embedder_is_known_by_its_hash(folder: Path) -> None:
    found = obtained(folder, question="query: ")
    assert found is not None
    assert found.sha256 == hashlib.sha256(DEMO.read_bytes()).hexdigest()
    assert found.text == MIT
    assert found.question == "query: "
    assert found.memory_bytes == memory_of(choose(str(folder)).profile, folder) > 64 << 20
    assert DIGEST in found.in_words()


def test_a_licence_that_nobody_accepted_says_what_to_write(folder: Path) -> None:
    with pytest.raises(LicenceProblem, match="is not accepted for this profile") as refused:
        obtained(folder, licence_sha256="")
    assert refused.value.exit_code is ExitCode.LICENCE
    assert f'licence_sha256 = "{DIGEST}"' in refused.value.hint


def test_another_text_than_the_accepted_one_is_refused(folder: Path) -> None:
    (folder / "embedder" / "LICENSE").write_bytes(MIT + b"\nNot on ships.\n")
    with pytest.raises(LicenceProblem, match="is not the one that was accepted"):
        obtained(folder)


def test_a_licence_that_the_profile_does_not_allow_is_refused(folder: Path) -> None:
    with pytest.raises(LicenceProblem, match=r"under GPL-3.0-only; the profile allows MIT"):
        obtained(folder, licence="GPL-3.0-only")


def test_a_licence_that_the_file_contradicts_is_refused(folder: Path) -> None:
    with pytest.raises(LicenceProblem, match="says that it is under 'mit', the profile that it is"):
        obtained(folder, licence="Apache-2.0")


def test_a_text_that_is_another_licence_is_refused(folder: Path) -> None:
    (folder / "embedder" / "LICENSE").write_text("All rights reserved.", encoding="utf-8")
    with pytest.raises(LicenceProblem, match="does not read like MIT"):
        obtained(folder)


def test_an_embedder_without_a_licence_text_is_refused(folder: Path) -> None:
    (folder / "embedder" / "LICENSE").unlink()
    with pytest.raises(LicenceProblem, match="there is no licence text beside the embedder"):
        obtained(folder)


def test_a_file_that_is_no_embedder_is_refused(folder: Path) -> None:
    shutil.copy(
        resources.folder("build") / "demo-model" / "fieldkit-demo-f16.gguf",
        folder / "embedder" / "small.gguf",
    )
    with pytest.raises(InvalidInput, match="embedders are of the architectures bert, nomic-bert"):
        obtained(folder)
    with pytest.raises(InvalidInput, match="cannot be read"):
        obtained(folder, file="embedder/other.gguf")


def test_what_an_embedder_takes_counts_against_the_target(folder: Path) -> None:
    found = obtained(folder)
    assert found is not None
    chosen = choose(str(folder))
    shape = Shape(
        layers=2, embedding=64, heads=4, kv_heads=4, head_dim=16, feed_forward=128, vocabulary=256
    )
    candidate = chosen.candidate.model_copy(update={"shape": shape, "architecture": "llama"})
    check_target(chosen.profile, candidate, None, embedder=found.memory_bytes)
    with pytest.raises(Unfit, match=r"embedder 8\.00 GiB"):
        check_target(chosen.profile, candidate, None, embedder=8 << 30)


def test_an_embedder_is_part_of_what_an_assistant_takes() -> None:
    alone = Footprint(weights=1, kv_cache=2, compute=3, programs=4)
    both = Footprint(weights=1, kv_cache=2, compute=3, programs=4, embedder=5)
    assert both.total == alone.total + 5
    assert "embedder" in both.explanation
    assert "embedder" not in alone.explanation


def test_the_section_reports_every_mistake() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse({"embedder": {"fil": "a", "licence_sha256": "no", "question": "a\nb"}}, source="p")
    said = "\n".join(refused.value.problems)
    for problem in ("embedder.fil", "embedder.licence_sha256", "embedder.question"):
        assert problem in said


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ({}, "embedder: needs either name (of the catalog) or file (of your own)"),
        ({"name": "a", "file": "b"}, "embedder: needs either name"),
        ({"file": "a"}, "embedder.licence: is missing"),
        ({"file": "a", "licence": "MIT", "licence_text": "b"}, "embedder.licence_text: is only"),
        ({"name": "a", "question": "query: "}, "embedder.question: is only used with file"),
        ({"name": "a", "licence": "MIT"}, "embedder.licence: is only used with file"),
    ],
)
def test_a_name_and_a_file_are_told_apart(section: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse({"embedder": section}, source="p")
    assert problem in "\n".join(refused.value.problems)
