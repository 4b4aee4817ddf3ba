"""A profile with an embedder: its vectors in the index, its file in the version, both tried."""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldkit import assistant, resources
from fieldkit.chat import ask
from fieldkit.console import Console
from fieldkit.core.release import Assistant
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.errors import ExitCode, IntegrityProblem
from fieldkit.packager import embedders, steps, weights
from fieldkit.packager.progress import Progress
from fieldkit.packager.resolve import choose
from fieldkit.packager.run import Run
from fieldkit.packager.stage import EMBEDDER, assistant_of
from tests.deployment import Deployment, copy_demo, make_cache
from tests.embedders import DEMO, random_embedder

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("build"),
    pytest.mark.usefixtures("engine"),
]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("FIELDKIT_CACHE_DIR", str(make_cache(tmp_path / "cache")))
    rig = copy_demo(tmp_path / "rig-7")
    (rig.folder / "embedder").mkdir()
    shutil.copy(DEMO, rig.folder / "embedder" / "small.gguf")
    licence = (resources.folder("build").parent / "LICENSE").read_bytes()
    (rig.folder / "embedder" / "LICENSE").write_bytes(licence)
    section = (
        f'\n[embedder]\nfile = "embedder/small.gguf"\nlicence = "MIT"\n'
        f'licence_sha256 = "{hashlib.sha256(licence).hexdigest()}"\n'
    )
    rig.profile.write_text(rig.profile.read_text(encoding="utf-8") + section, encoding="utf-8")
    return rig


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that an embedder is given."""
    texts: list[str] = []
    embed = EmbedderClient.embed

    def noted(client: EmbedderClient, given: Sequence[str]) -> Any:
        texts.extend(given)
        return embed(client, given)

    monkeypatch.setattr(EmbedderClient, "embed", noted)
    return texts


def made(rig: Deployment) -> tuple[Path, Assistant]:
    """The index of ``rig`` and its assistant, as a build makes them."""
    run = Run(progress=Progress(Console(stdout=io.StringIO(), stderr=io.StringIO())))
    chosen = choose(str(rig.folder))
    embedder = embedders.obtain(run, chosen)
    resolved = weights.obtain(run, chosen).resolved
    library = steps.index(run, resolved, embedder)
    return library, assistant_of(resolved, "0" * 64, embedder)


def installed(rig: Deployment, folder: Path) -> Path:
    """A version folder without an app, whose model is the one that fieldkit carries."""
    library, settings = made(rig)
    folder.mkdir()
    shutil.copy(library, folder / "library.sqlite")
    shutil.copy(DEMO, folder / settings.embedder)
    model = resources.folder("build") / "demo-model" / "fieldkit-demo-f16.gguf"
    settings = replace(settings, model=str(model))
    (folder / assistant.ASSISTANT).write_text(settings.to_json(), encoding="utf-8")
    return folder


def test_passages_are_embedded_once_and_only_changed_ones_again(
    rig: Deployment, embedded: list[str]
) -> None:
    library, settings = made(rig)
    assert settings.embedder == EMBEDDER
    with closing(sqlite3.connect(library)) as database:
        facts = dict(database.execute("SELECT name, value FROM meaning"))
        vectors = database.execute("SELECT count(*) FROM vector").fetchone()[0]
        passages = database.execute("SELECT count(*) FROM passage").fetchone()[0]
    assert facts["embedder"] == hashlib.sha256(DEMO.read_bytes()).hexdigest()
    assert vectors == passages == len(embedded)
    embedded.clear()
    manual = next(rig.manuals.glob("sh-1*"))
    text = manual.read_text(encoding="utf-8").replace("every Tuesday", "every Thursday")
    manual.write_text(text, encoding="utf-8")
    made(rig)
    assert len(embedded) == 1
    assert "every Thursday" in embedded[0]


def test_another_embedder_is_another_index(rig: Deployment, embedded: list[str]) -> None:
    first, _ = made(rig)
    embedded.clear()
    text = rig.profile.read_text(encoding="utf-8")
    rig.profile.write_text(f'{text}passage = "passage: "\n', encoding="utf-8")
    second, _ = made(rig)
    assert second != first
    assert all(text.startswith("passage: ") for text in embedded)


def test_the_installed_assistant_tries_its_embedder_and_finds_by_meaning(
    rig: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "data"))
    release = installed(rig, tmp_path / "version")
    assert assistant.selftest(release).startswith("self-test passed")
    out, err = io.StringIO(), io.StringIO()
    context = assistant.context(release, Console(stdout=out, stderr=err), waits_s=60.0)
    question = "Where do we gather or assemble?"
    assert ask.run(context, question, False) == ExitCode.OK
    assert "SH-1 rev F, p. 2, Evacuation" in out.getvalue()
    assert err.getvalue() == ""


def test_without_its_embedder_it_answers_by_words_and_says_so_once(
    rig: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "data"))
    release = installed(rig, tmp_path / "version")
    (release / EMBEDDER).write_bytes(DEMO.read_bytes()[:-100])
    with pytest.raises(IntegrityProblem, match="truncated"), assistant.damage_told():
        assistant.selftest(release)
    out, err = io.StringIO(), io.StringIO()
    context = assistant.context(release, Console(stdout=out, stderr=err), waits_s=60.0)
    assert ask.run(context, "What torque do the fluid end studs need?", False) == ExitCode.OK
    assert "PX-204 rev C, p. 7" in out.getvalue()
    assert err.getvalue().count("Pages are found by their words alone") == 1


def test_an_index_of_another_embedder_fails_the_self_test(rig: Deployment, tmp_path: Path) -> None:
    release = installed(rig, tmp_path / "version")
    random_embedder().write(release / EMBEDDER)
    with pytest.raises(IntegrityProblem, match="was not made with the release's embedder"):
        assistant.selftest(release)
