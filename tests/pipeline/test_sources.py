"""From a hub to a model that answers: pull, licence, convert, quantize, measure, probe, ask."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldkit.core.candidate import Shape
from fieldkit.core.generation import Done, Request, Token
from fieldkit.core.prompt import Message
from fieldkit.engine.client import EngineClient
from fieldkit.errors import ExitCode
from fieldkit.packager.checkpoint import read_checkpoint
from tests.checkpoints import make_checkpoint
from tests.deployment import COMMAND, build, build_json
from tests.families import FAMILIES
from tests.loopback_hub import LoopbackHub
from tests.published import PLACES
from tests.pulling import GGUF, LICENCE, REPOSITORY, Rig, make_rig, shape_of_file

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine", "cache")]

TEMPLATE = {
    "phi3": "phi3.5", "llama": "llama3.1", "mistral": "mistral", "mixtral": "mixtral",
    "qwen2": "qwen2", "gemma": "gemma", "gemma2": "gemma",
}  # fmt: skip
QUICK = {"phi3", "mistral"}
# The two whose own template the pinned source does not carry as a file.
PUBLISHED = {"mistral": "Mistral v3", "mixtral": "Mistral v1"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with LoopbackHub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running


def serve(hub: LoopbackHub, folder: Path) -> str:
    found = (path for path in folder.rglob("*") if path.is_file())
    return hub.add_repository(
        REPOSITORY, {path.relative_to(folder).as_posix(): path for path in found}
    )


def json_of(*words: str) -> dict[str, Any]:
    result = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def answer(model: Path, template: str) -> tuple[str, Done]:
    """What the model writes, greedily, to a question."""
    messages = (
        Message(role="system", content="Answer briefly."),
        Message(role="user", content="What torque?"),
    )
    engine = EngineClient(model, template=template, context=512)
    try:
        for _ in engine.start():
            pass
        events = list(engine.generate(Request(messages=messages, max_tokens=8)))
    finally:
        engine.close()
    text = "".join(event.text for event in events if isinstance(event, Token))
    done = events[-1]
    assert isinstance(done, Done)
    return text, done


def quantized(cache: Path) -> Path:
    (path,) = (cache / "steps" / "quantize").glob("*/model.gguf")
    return path


@pytest.mark.xdist_group("build")
def test_a_gguf_of_a_hub_becomes_a_model_that_answers(
    hub: LoopbackHub, tmp_path: Path, cache: Path, demo_model: Path
) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    shutil.copy(demo_model, folder / GGUF)
    (folder / "LICENSE").write_bytes(LICENCE)
    commit = serve(hub, folder)
    rig = make_rig(tmp_path / "rig-7", shape_of_file(demo_model))
    output = tmp_path / "dist"

    refused = build(rig.deployment, output)
    assert refused.returncode == ExitCode.LICENCE
    assert "fieldkit licence accept" in refused.stderr
    assert hub.sent(GGUF) <= 2 << 20  # its header: nothing is agreed to by a download

    rig.accept()
    first = build_json(rig.deployment, output, "--until", "quantize")
    assert list(first["seconds_by_step"]) == [
        "resolve", "pull", "licence", "engine", "quantize",
    ]  # fmt: skip
    assert rig.lock.model.commit == commit
    text, done = answer(quantized(cache), "phi3")
    assert text
    assert done.stats.completion_tokens > 0

    hub.requests.clear()
    hub.add_repository(REPOSITORY, {"LICENSE": b"Other terms.\n", GGUF: b"GGUF other"})
    again = build_json(rig.deployment, output, "--until", "quantize")
    assert again["reused"] == ["pull", "quantize"]
    assert hub.requests == []


def test_a_changed_licence_stops_the_next_build(
    hub: LoopbackHub, tmp_path: Path, demo_model: Path
) -> None:
    hub.add_repository(REPOSITORY, {GGUF: demo_model, "LICENSE": LICENCE})
    rig = make_rig(tmp_path / "rig-7", shape_of_file(demo_model))
    rig.accept()
    output = tmp_path / "dist"
    build_json(rig.deployment, output, "--until", "licence")
    hub.add_repository(REPOSITORY, {GGUF: demo_model, "LICENSE": b"Other terms.\n"})
    build_json(rig.deployment, output, "--until", "licence")
    updated = rig.command("pull", "--update")
    assert "the acceptance of the old one is void" in updated.stderr
    refused = build(rig.deployment, output, "--until", "licence")
    assert refused.returncode == ExitCode.LICENCE
    assert "not the one that was accepted" in refused.stderr


@pytest.fixture
def converter_cache(cache: Path) -> Path:
    """A cache with the converter's environment, made on first use."""
    from fieldkit.packager.converter_env import ensure_converter

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PIP_NO_INDEX", raising=False)
        ensure_converter()
    return cache


def make_family(tmp_path: Path, family: str) -> tuple[Path, Rig]:
    """A checkpoint as its publisher would have it, and a profile that deploys it."""
    template = PLACES[PUBLISHED[family]].read().text if family in PUBLISHED else None
    folder = make_checkpoint(tmp_path / "published", family, template=template)
    shape = read_checkpoint(folder).shape()
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "modeling.py").write_text("raise SystemExit\n")
    rig = make_rig(
        tmp_path / "rig-7",
        {name: getattr(shape, name) for name in Shape.model_fields},
        architecture=FAMILIES[family].gguf,
        template=TEMPLATE[family],
        file=None,
    )
    return folder, rig


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "family",
    [
        pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow])
        for name in sorted(FAMILIES)
    ],
)
def test_a_family_goes_from_a_hub_to_an_answer(
    family: str, hub: LoopbackHub, tmp_path: Path, converter_cache: Path
) -> None:
    folder, rig = make_family(tmp_path, family)
    serve(hub, folder)
    rig.accept()
    result = build_json(rig.deployment, tmp_path / "dist", "--until", "quantize")
    assert [step for step in result["seconds_by_step"] if step in {"pull", "convert"}] == [
        "pull", "convert",
    ]  # fmt: skip
    assert not hub.asked("pytorch_model.bin")
    assert not hub.asked("modeling.py")
    model = quantized(converter_cache)
    report = json_of("probe", "--model", str(model), "--json")
    assert report["verdict"] in {"fits", "tight"}
    assert report["measured"]["decode_tps"] > 0
    _, done = answer(model, TEMPLATE[family])
    assert done.stats.completion_tokens > 0
    assert not list((converter_cache / "steps" / "convert").glob("*/model.gguf"))

    hub.requests.clear()
    again = build_json(rig.deployment, tmp_path / "dist", "--until", "quantize")
    assert again["reused"] == ["pull", "convert", "quantize"]
    assert hub.requests == []
