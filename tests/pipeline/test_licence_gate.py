"""The licence gate on the way from a source to a build, with adapters and gated repositories."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.cli import main
from fieldkit.core.licence import RECEIPT_FILE, parse_receipt
from fieldkit.errors import ExitCode
from tests.gguf_files import small_phi3
from tests.hub_faults import gated
from tests.loopback_hub import LoopbackHub
from tests.pulling import GGUF, LICENCE, REPOSITORY, Rig, make_rig, shape_of_file

ADAPTER = {"adapter_config.json": b"{}", "adapter_model.safetensors": b"\0" * 64}
OURS = b"Property of Ridge Drilling.\n"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        yield hub


@pytest.fixture
def rig(cache: Path, hub: LoopbackHub, tmp_path: Path) -> Rig:
    """A profile whose model is on the hub, with its licence."""
    model = tmp_path / "source.gguf"
    model.write_bytes(small_phi3().build())
    hub.add_repository(REPOSITORY, {GGUF: model, "LICENSE": LICENCE})
    return make_rig(tmp_path / "rig-7", shape_of_file(model))


@pytest.fixture
def merging(cache: Path, hub: LoopbackHub, tmp_path: Path) -> Rig:
    """A profile whose model comes as safetensors, into which an adapter can be merged."""
    model = tmp_path / "source.gguf"
    model.write_bytes(small_phi3().build())
    files = {"model.safetensors": b"weights", "config.json": b"{}", "LICENSE": LICENCE}
    hub.add_repository(REPOSITORY, files)
    return make_rig(tmp_path / "rig-8", shape_of_file(model), file=None)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


class Said:
    """Commands on a rig, and what they said last."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def run(self, rig: Rig, verb: str, *words: str) -> int:
        code = main([*verb.split(), str(rig.folder), *words])
        self.out, self.err = self._capsys.readouterr()
        return code

    def accept(self, rig: Rig) -> int:
        return self.run(rig, "licence accept", "--name", "R. Vance", "--ticket", "LEGAL-7")

    def gate(self, rig: Rig) -> int:
        return self.run(rig, "build", "--until", "licence")


def adapter(folder: Path, *, licence: bytes | None = OURS) -> Path:
    folder.mkdir()
    for name, content in ADAPTER.items():
        (folder / name).write_bytes(content)
    if licence is not None:
        (folder / "LICENSE").write_bytes(licence)
    return folder


def test_an_adapter_in_a_folder_is_accepted_with_its_base(merging: Rig, said: Said) -> None:
    adapter(merging.folder / "lora")
    merging.deployment.add("model", 'adapter = "lora"')
    assert said.accept(merging) == ExitCode.OK
    receipt = parse_receipt((merging.folder / RECEIPT_FILE).read_text())
    model, ours = receipt.texts
    assert (model.of, model.repository, model.commit) == (
        "model", REPOSITORY, merging.lock.model.commit,
    )  # fmt: skip
    assert (ours.of, ours.repository, ours.commit) == ("adapter", "lora", None)
    assert said.gate(merging) == ExitCode.OK
    (merging.folder / "lora" / "LICENSE").unlink()
    (merging.folder / "lora" / "LICENSE").write_text("Property of somebody else.")
    assert said.run(merging, "pull", "--update") == ExitCode.OK
    assert said.gate(merging) == ExitCode.LICENCE
    assert "the adapter's LICENSE is another text than the one accepted" in said.err


def test_an_adapter_that_says_not_whose_it_is_stops_the_build(merging: Rig, said: Said) -> None:
    adapter(merging.folder / "lora", licence=None)
    merging.deployment.add("model", 'adapter = "lora"')
    assert said.accept(merging) == ExitCode.LICENCE
    assert "lora carries no licence text" in said.err
    assert 'adapter_text = "FILE"' in said.err
    (merging.folder / "ours.txt").write_bytes(OURS)
    text = merging.deployment.profile.read_text()
    merging.deployment.profile.write_text(text + '\n[licence]\nadapter_text = "ours.txt"\n')
    assert said.accept(merging) == ExitCode.OK
    assert said.gate(merging) == ExitCode.OK


def test_an_adapter_that_comes_later_needs_an_acceptance(merging: Rig, said: Said) -> None:
    assert said.accept(merging) == ExitCode.OK
    adapter(merging.folder / "lora")
    merging.deployment.add("model", 'adapter = "lora"')
    assert said.run(merging, "pull", "--update") == ExitCode.OK
    assert said.gate(merging) == ExitCode.LICENCE
    assert "the adapter's LICENSE was not accepted" in said.err


def test_an_adapter_on_the_hub_is_accepted_at_its_commit(
    merging: Rig, said: Said, hub: LoopbackHub
) -> None:
    first = hub.add_repository("ridge/lora", {**ADAPTER, "LICENSE": OURS})
    merging.deployment.add("model", 'adapter = "ridge/lora"')
    assert said.accept(merging) == ExitCode.OK
    assert parse_receipt((merging.folder / RECEIPT_FILE).read_text()).texts[1].commit == first
    moved = hub.add_repository(
        "ridge/lora", {**ADAPTER, "LICENSE": OURS, "adapter_config.json": b'{"r": 8}'}
    )
    assert said.run(merging, "pull", "--update") == ExitCode.OK
    assert said.gate(merging) == ExitCode.LICENCE
    assert moved in said.err


def test_a_gated_model_names_the_page_to_agree_on(
    rig: Rig, said: Said, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_ours")
    hub.faults.append(gated("*"))
    for verb, *words in (
        ("licence show",),
        ("licence accept", "--name", "A", "--ticket", "B"),
        ("build", "--until", "licence"),
    ):
        assert said.run(rig, verb, *words) == ExitCode.LICENCE
        assert f"{hub.endpoint}/{REPOSITORY}" in said.err
        assert "hf_secret_of_ours" not in said.out + said.err
    assert not (rig.folder / RECEIPT_FILE).exists()


def test_the_terms_are_told_without_a_hub(rig: Rig, said: Said, hub: LoopbackHub) -> None:
    hub.faults.append(gated("*"))
    assert said.run(rig, "licence show", "--json") == ExitCode.LICENCE
    shown = json.loads(said.out)
    assert shown["licence"]["identifier"] == "MIT"
    assert shown["policy"] == {"allowed": True, "objections": []}
    assert (shown["texts"], shown["receipt"], shown["accepted"]) == ([], None, False)
    assert shown["problem"]


def test_what_was_shown_is_kept_and_needs_no_hub_again(
    rig: Rig, said: Said, hub: LoopbackHub
) -> None:
    assert said.run(rig, "licence show") == ExitCode.OK
    assert rig.lock.model.commit in said.out
    asked = len(hub.requests)
    hub.add_repository(REPOSITORY, {GGUF: b"GGUF", "LICENSE": b"Other terms."})
    assert said.run(rig, "licence show") == ExitCode.OK
    assert LICENCE.decode().strip() in said.out
    assert said.accept(rig) == ExitCode.OK
    assert len(hub.requests) == asked


def test_a_policy_that_changed_is_asked_again(rig: Rig, said: Said) -> None:
    assert said.accept(rig) == ExitCode.OK
    rig.deployment.set(licences='["Apache-2.0"]')
    assert said.gate(rig) == ExitCode.LICENCE
    assert "the profile allows Apache-2.0" in said.err


def test_a_model_given_as_a_file_does_not_pass_as_the_one_that_was_accepted(
    rig: Rig, said: Said, tmp_path: Path
) -> None:
    assert said.accept(rig) == ExitCode.OK
    given = tmp_path / "given"
    given.mkdir()
    shutil.copy(tmp_path / "source.gguf", given / GGUF)
    words = ("--until", "licence", "--model", str(given / GGUF))
    assert said.run(rig, "build", *words) == ExitCode.LICENCE
    assert "carries no licence text" in said.err
    (given / "LICENSE").write_bytes(LICENCE)
    assert said.run(rig, "build", *words) == ExitCode.LICENCE
    assert "the model is from a file on this machine" in said.err


def test_an_adapter_is_not_left_out_silently(merging: Rig, said: Said, tmp_path: Path) -> None:
    adapter(merging.folder / "lora")
    merging.deployment.add("model", 'adapter = "lora"')
    words = ("--until", "licence", "--model", str(tmp_path / "source.gguf"))
    assert said.run(merging, "build", *words) == ExitCode.USAGE
    assert "the profile's adapter can be merged into safetensors only" in said.err
