"""``fieldkit build`` up to the gates: what it answers, reuses and refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldkit.errors import ExitCode
from tests.deployment import Deployment, build, build_json, copy_demo, files, make_cache

pytestmark = [
    pytest.mark.engine,
    pytest.mark.xdist_group("build"),
    pytest.mark.usefixtures("engine", "first"),
]

STEPS = ["resolve", "licence", "engine", "quantize", "measure", "index", "gate"]
CACHED = ["quantize", "measure", "index"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for all builds of this module."""
    folder = make_cache(tmp_path_factory.mktemp("shared") / "cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDKIT_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return copy_demo(tmp_path_factory.mktemp("profile") / "rig-7")


@pytest.fixture(scope="module")
def first(
    shared: Path, engine: Path, original: Deployment, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The answer of the first build, which fills the cache."""
    return build_json(original, tmp_path_factory.mktemp("first") / "dist", "--until", "gate")


@pytest.fixture
def rig(original: Deployment, tmp_path: Path) -> Deployment:
    """A copy to change."""
    return Deployment(Path(shutil.copytree(original.folder, tmp_path / "rig-7")))


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "dist"


def test_the_answer_has_the_fields_that_scripts_rely_on(first: dict[str, Any]) -> None:
    assert {
        "release", "version", "media", "installers", "measurement", "gates", "seconds_by_step",
    } <= first.keys()  # fmt: skip
    assert first["version"] == "1.0.0"
    assert (first["release"], first["media"], first["installers"]) == (None, None, [])
    assert list(first["seconds_by_step"]) == STEPS
    assert first["reused"] == []


def test_the_measurement_has_every_figure(first: dict[str, Any]) -> None:
    figures = first["measurement"]
    assert list(figures)[:6] == [
        "decode_tps", "prefill_tps", "ttft_s", "load_s", "peak_memory_bytes", "energy_j_per_token",
    ]  # fmt: skip
    assert figures["deep_decode_tps"] > 0
    assert figures["settings"]["decode_threads"] >= 1
    assert all(figures[name] > 0 for name in list(figures)[:5])


def test_each_gate_tells_limit_value_and_verdict(first: dict[str, Any]) -> None:
    assert [set(gate) for gate in first["gates"]] == [{"name", "limit", "value", "passed"}] * 3
    by_name = {gate["name"]: gate for gate in first["gates"]}
    assert by_name.keys() == {"min_decode_tps", "max_ttft_s", "max_memory_gib"}
    assert all(gate["passed"] for gate in first["gates"])
    decode = by_name["min_decode_tps"]
    assert decode["limit"] == 0.01
    assert decode["value"] == pytest.approx(first["measurement"]["decode_tps"], abs=0.01)


def test_the_answer_lists_every_manual_with_what_was_read_of_it(
    first: dict[str, Any], original: Deployment
) -> None:
    found = first["manuals"]
    assert list(found) == [
        "library", "documents", "left_out", "ignored", "pages", "passages", "size", "originals",
    ]  # fmt: skip
    manuals = sorted(path.name for path in original.manuals.glob("*.md"))
    assert [document["file"] for document in found["documents"]] == manuals
    assert all(document["revision"] and document["date"] for document in found["documents"])
    sizes = [(original.manuals / name).stat().st_size for name in manuals]
    assert found["originals"] == {"files": len(manuals), "size": sum(sizes)}
    assert (found["library"], found["left_out"], found["ignored"]) == ("library.sqlite", [], [])


def unreadable_manual(rig: Deployment) -> None:
    (rig.manuals / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    rig.add("library", 'unreadable = "skip"')


def test_a_manual_that_is_left_out_is_listed_by_every_build(rig: Deployment, output: Path) -> None:
    unreadable_manual(rig)
    for reused in (["quantize", "measure"], CACHED):
        result = build(rig, output, "--until", "gate", "--json")
        assert result.returncode == 0, result.stderr
        answer = json.loads(result.stdout)
        assert answer["reused"] == reused
        assert [each["file"] for each in answer["manuals"]["left_out"]] == ["broken.pdf"]
        said = [line.strip() for line in result.stderr.splitlines()]
        assert any(line.startswith("broken.pdf: left out: not a sound PDF") for line in said)
        assert any(line.endswith("passages, 1 left out") for line in said)


def test_what_was_left_out_is_not_left_out_of_a_build_that_must_stop(
    rig: Deployment, output: Path
) -> None:
    unreadable_manual(rig)
    assert build(rig, output, "--until", "gate").returncode == 0
    rig.set(unreadable='"stop"')
    result = build(rig, output, "--until", "gate")
    assert result.returncode == ExitCode.INVALID
    assert "broken.pdf: not a sound PDF" in result.stderr


def test_unread_pages_are_a_gate_that_is_checked_before_long_work(
    rig: Deployment, output: Path
) -> None:
    unreadable_manual(rig)
    rig.add("gates", "max_unread_pages = 0")
    result = build(rig, output, "--json")
    assert result.returncode == ExitCode.GATE
    assert result.stdout == ""
    (row,) = (line for line in result.stderr.splitlines() if "max_unread_pages" in line)
    assert row.split() == ["max_unread_pages", "0", "1", "FAILED"]
    assert "broken.pdf: left out: not a sound PDF" in result.stderr
    assert "1 of 1 gates failed; nothing was bundled" in result.stderr
    assert not [line for line in result.stderr.splitlines() if line.startswith("quantize")]
    rig.set(max_unread_pages="1")
    gates = build_json(rig, output, "--until", "gate")["gates"]
    assert gates[-1] == {"name": "max_unread_pages", "limit": 1, "value": 1, "passed": True}


def test_nothing_is_written_to_the_output_before_the_gates(
    original: Deployment, output: Path
) -> None:
    build_json(original, output, "--until", "gate")
    assert not output.exists()


def test_a_second_build_reuses_every_step(
    first: dict[str, Any], original: Deployment, output: Path
) -> None:
    again = build_json(original, output, "--until", "gate")
    assert again["reused"] == CACHED
    assert again["measurement"] == first["measurement"]
    assert all(again["seconds_by_step"][step] == 0 for step in CACHED)


def test_a_copy_of_the_profile_elsewhere_reuses_every_step(rig: Deployment, output: Path) -> None:
    assert build_json(rig, output, "--until", "gate")["reused"] == CACHED


def test_a_changed_manual_redoes_the_index_only(rig: Deployment, output: Path) -> None:
    manual = rig.manuals / "px-204-mud-pump.md"
    manual.write_text(manual.read_text() + "\nThe last line is new.\n")
    assert build_json(rig, output, "--until", "gate")["reused"] == ["quantize", "measure"]


def test_a_changed_manual_redoes_the_evaluation_too(rig: Deployment, output: Path) -> None:
    rig.add("gates", "min_score = 0")
    once = build_json(rig, output, "--until", "gate")
    assert once["reused"] == CACHED
    assert once["gates"][-1]["name"] == "min_score"
    assert 0 <= once["gates"][-1]["value"] <= 1
    assert build_json(rig, output, "--until", "gate")["reused"] == [*CACHED, "evaluate"]
    (rig.manuals / "px-204-mud-pump.md").write_text("# PX-204 mud pump\n\nEmptied.\n")
    assert build_json(rig, output, "--until", "gate")["reused"] == ["quantize", "measure"]


def test_another_quantization_redoes_model_and_measurement(rig: Deployment, output: Path) -> None:
    rig.set(quantization='"Q4_0"')
    assert build_json(rig, output, "--until", "gate")["reused"] == ["index"]


def test_another_threshold_redoes_nothing(rig: Deployment, output: Path) -> None:
    rig.set(max_ttft_s="999")
    assert build_json(rig, output, "--until", "gate")["reused"] == CACHED


def test_a_failed_gate_shows_the_table_and_bundles_nothing(rig: Deployment, output: Path) -> None:
    rig.set(min_decode_tps="1e9")
    result = build(rig, output, "--json")
    assert result.returncode == ExitCode.GATE
    assert result.stdout == ""
    table = [line.split() for line in result.stderr.splitlines() if "min_decode_tps" in line]
    assert table[0][1] == "1e+09"
    assert table[0][-1] == "FAILED"
    assert result.stderr.count("passed") == 2
    assert "1 of 3 gates failed; nothing was bundled" in result.stderr
    assert "decode rate" in result.stderr
    assert "[gates]" in result.stderr
    assert not output.exists()


def test_a_licence_that_is_not_allowed_is_told_before_any_work(
    rig: Deployment, output: Path, cache: Path
) -> None:
    rig.set(licences='["Apache-2.0"]')
    result = build(rig, output)
    assert result.returncode == ExitCode.LICENCE
    assert "is under MIT; the profile allows Apache-2.0" in result.stderr
    assert "gates.licences" in result.stderr
    assert not (cache / "steps").exists()
    assert not output.exists()


def test_a_file_that_is_not_named_is_told_with_what_to_do(
    rig: Deployment, output: Path, cache: Path
) -> None:
    rig.set(candidate='"phi-3-mini-4k"', source='"file"')
    result = build(rig, output)
    assert result.returncode == ExitCode.FETCH
    assert "the profile does not say where its model's file is" in result.stderr
    assert "Phi-3-mini-4k-instruct-fp16.gguf of microsoft/Phi-3-mini-4k-instruct-gguf" in (
        result.stderr
    )
    assert not (cache / "steps").exists()


def test_a_hub_that_is_not_to_be_asked_is_told_with_what_to_do(
    rig: Deployment, output: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rig.set(candidate='"phi-3-mini-4k"', source='"hub"')
    result = build(rig, output)
    assert result.returncode == ExitCode.FETCH
    assert "huggingface.co was not asked: HF_HUB_OFFLINE is set" in result.stderr
    assert "fieldkit pull PROFILE --from DIR" in result.stderr
    assert not (rig.folder / "lock.json").exists()
    assert not (cache / "steps").exists()


def test_a_candidate_that_is_too_young_fails_its_gate(rig: Deployment, output: Path) -> None:
    rig.add("gates", "min_months_since_release = 1200")
    result = build(rig, output)
    assert result.returncode == ExitCode.GATE
    assert "the profile asks for 1200" in result.stderr


def test_a_file_of_another_architecture_is_refused(
    rig: Deployment, output: Path, tmp_path: Path
) -> None:
    from tests.gguf_files import small_phi3

    spec = small_phi3()
    metadata = {key.replace("phi3", "llama"): value for key, value in spec.metadata.items()}
    spec.metadata = metadata | {"general.architecture": "llama"}
    (tmp_path / "other.gguf").write_bytes(spec.build())
    result = build(rig, output, "--model", str(tmp_path / "other.gguf"))
    assert result.returncode == ExitCode.INVALID
    assert "is a llama model" in result.stderr


def test_stopping_at_a_step_does_the_ones_before_it_and_says_so(
    rig: Deployment, output: Path
) -> None:
    result = build(rig, output, "--until", "quantize", "--json")
    assert result.returncode == 0
    assert list(json.loads(result.stdout)["seconds_by_step"]) == STEPS[:4]
    assert "stopped after quantize, as asked" in result.stderr


def test_every_entry_of_the_cache_is_whole(shared: Path) -> None:
    found = files(shared / "steps")
    assert not [name for name in found if ".making" in name or name.endswith(".part")]
    assert {name.split("/")[0] for name in found} >= {"quantize", "measure", "index"}
