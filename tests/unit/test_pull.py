"""Pulling: what the first one pins, what later ones hold to, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.core.lock import Lock
from fieldkit.errors import (
    Busy,
    DiskFull,
    ExitCode,
    FetchFailed,
    IntegrityProblem,
    InvalidInput,
    LicenceProblem,
    Unfit,
    UsageProblem,
)
from fieldkit.install import lock as runs
from fieldkit.packager import hub as hub_module
from tests.deployment import COMMAND
from tests.hub_faults import corrupt, status, too_many
from tests.loopback_hub import LoopbackHub
from tests.pulling import GGUF, LICENCE, REPOSITORY, Rig, make_rig, shape_of_file

pytestmark = pytest.mark.slow  # a hub in each test: half a minute together

TOKEN = "hf_loopback"


@pytest.fixture
def model(tmp_path: Path, demo_model: Path) -> Path:
    return Path(shutil.copy(demo_model, tmp_path / GGUF))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(hub_module, "_WAITS_S", (0.01, 0.01))
    with LoopbackHub(page=3) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running


@pytest.fixture
def rig(cache: Path, tmp_path: Path, model: Path) -> Rig:
    return make_rig(tmp_path / "rig-7", shape_of_file(model))


def files(model: Path, **more: bytes) -> dict[str, bytes | Path]:
    return {
        GGUF: model,
        "LICENSE": LICENCE,
        "README.md": b"# Tiny\n",
        "config.json": b"{}",
        "weights.bin": b"a pickle" * 10,
        "modeling_tiny.py": b"import os\n",
        "onnx/model.onnx": b"onnx",
        **more,
    }


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blobs(cache: Path) -> dict[str, Path]:
    return {path.name: path for path in (cache / "models" / "blobs").iterdir()}


def test_the_first_pull_pins_the_commit_and_every_hash(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    commit = hub.add_repository(REPOSITORY, files(model))
    pulled = rig.pull()
    lock = rig.lock
    assert lock == pulled.lock
    assert (lock.candidate, lock.licence) == ("tiny", "LICENSE")
    assert (lock.model.repository, lock.model.commit) == (REPOSITORY, commit)
    assert {file.path: (file.size, file.sha256) for file in lock.model.files} == {
        GGUF: (model.stat().st_size, sha256(model.read_bytes())),
        "LICENSE": (len(LICENCE), sha256(LICENCE)),
        "README.md": (7, sha256(b"# Tiny\n")),
    }
    assert (pulled.model / GGUF).read_bytes() == model.read_bytes()
    assert (pulled.model / "LICENSE").read_bytes() == LICENCE
    assert pulled.fetched == sum(file.size for file in lock.model.files)


def test_no_pickle_no_code_and_no_other_format_is_asked_for(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    assert {request.file for request in hub.requests if request.file} == {
        GGUF, "LICENSE", "README.md",
    }  # fmt: skip


def test_a_second_pull_asks_nobody(hub: LoopbackHub, rig: Rig, model: Path) -> None:
    hub.add_repository(REPOSITORY, files(model))
    first = rig.pull()
    hub.requests.clear()
    again = rig.pull()
    assert hub.requests == []
    assert (again.lock, again.model, again.fetched) == (first.lock, first.model, 0)


def test_a_moved_main_changes_nothing(hub: LoopbackHub, rig: Rig, model: Path, cache: Path) -> None:
    commit = hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    hub.add_repository(REPOSITORY, files(model, LICENSE=b"Another licence.\n"))
    shutil.rmtree(cache / "models")
    hub.requests.clear()
    assert rig.pull().lock.model.commit == commit
    assert (rig.pull().model / "LICENSE").read_bytes() == LICENCE
    assert all("/api/" not in request.path for request in hub.requests)
    assert all(commit in request.path for request in hub.requests)


def test_no_hub_is_asked_where_that_is_said(
    hub: LoopbackHub, rig: Rig, model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FetchFailed, match="HF_HUB_OFFLINE is set"):
        rig.pull()
    monkeypatch.delenv("HF_HUB_OFFLINE")
    rig.pull()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rig.pull()
    shutil.rmtree(cache / "models")
    hub.requests.clear()
    with pytest.raises(FetchFailed, match="HF_HUB_OFFLINE is set"):
        rig.pull()
    assert hub.requests == []


def test_update_pins_anew_and_says_what_changed(
    hub: LoopbackHub, rig: Rig, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    second = hub.add_repository(
        REPOSITORY, files(model, LICENSE=b"Another licence.\n", NOTICE=b"By us.\n")
    )
    changes = rig.pull(update=True).changes
    assert changes == (
        f"model: {REPOSITORY} at {first[:12]} -> {REPOSITORY} at {second[:12]}",
        "model: LICENSE changed",
        "model: NOTICE is new",
        "the licence's text is another one: the acceptance of the old one is void",
    )
    assert rig.lock.model.commit == second
    assert all(line in capsys.readouterr().err for line in changes[:1])
    assert rig.pull(update=True).changes == ()


def test_an_ended_pull_goes_on_with_the_commit_it_began_with(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    commit = hub.add_repository(REPOSITORY, files(model))
    with pytest.raises(KeyboardInterrupt):
        rig.pull(before_weights=_interrupt)
    assert not hub.asked(GGUF) or all(request.range for request in hub.asked(GGUF))
    hub.add_repository(REPOSITORY, files(model, LICENSE=b"Another licence.\n"))
    assert rig.pull().lock.model.commit == commit


def _interrupt(_lock: Lock) -> None:
    raise KeyboardInterrupt


def test_bytes_that_are_not_the_locks_are_refused(
    hub: LoopbackHub, rig: Rig, model: Path, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    hub.faults.append(corrupt(GGUF, at=5_000_000, times=None))
    with pytest.raises(IntegrityProblem, match=GGUF):
        rig.pull()
    assert sha256(model.read_bytes()) not in blobs(cache)
    hub.faults.clear()
    assert rig.pull().fetched == model.stat().st_size


def test_a_small_file_is_held_to_its_git_object(hub: LoopbackHub, rig: Rig, model: Path) -> None:
    hub.add_repository(REPOSITORY, files(model))
    hub.faults.append(corrupt("LICENSE", at=3, times=None))
    with pytest.raises(IntegrityProblem, match="LICENSE"):
        rig.pull()
    assert not rig.lock_file.exists()


def test_a_damaged_file_in_the_cache_is_fetched_again(
    hub: LoopbackHub, rig: Rig, model: Path, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    blob = blobs(cache)[sha256(LICENCE)]
    blob.chmod(0o644)
    blob.write_bytes(b"X" * len(LICENCE))
    pulled = rig.pull()
    assert pulled.fetched == len(LICENCE)
    assert (pulled.model / "LICENSE").read_bytes() == LICENCE


def test_two_profiles_share_one_copy(
    hub: LoopbackHub, rig: Rig, model: Path, tmp_path: Path, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    one = rig.pull()
    hub.add_repository("ridge/fork", files(model, NOTICE=b"A fork.\n"))
    other = make_rig(tmp_path / "rig-8", shape_of_file(model), repository="ridge/fork")
    two = other.pull()
    assert two.fetched < 100  # texts, whose hashes only their bytes tell
    assert one.model != two.model
    assert (one.model / GGUF).samefile(two.model / GGUF)
    assert (one.model / GGUF).samefile(blobs(cache)[sha256(model.read_bytes())])


def test_what_is_refused_before_weights_costs_no_weights(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    def refuse(lock: Lock) -> None:
        raise LicenceProblem(f"not accepted: {lock.licence}")

    hub.add_repository(REPOSITORY, files(model))
    with pytest.raises(LicenceProblem, match="not accepted: LICENSE"):
        rig.pull(before_weights=refuse)
    assert hub.sent(GGUF) <= 2 << 20  # the header
    assert rig.lock_file.exists()


def test_a_model_too_large_for_the_target_is_told_from_its_header(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    rig.deployment.set(ram_gib="0.25", max_memory_gib="0.2")
    hub.add_repository(REPOSITORY, files(model))
    with pytest.raises(Unfit, match="nothing was fetched") as caught:
        rig.pull()
    assert "0.25 GiB" in caught.value.message
    assert hub.sent(GGUF) <= 2 << 20
    assert not rig.lock_file.exists()


def test_a_model_too_large_for_this_disk_is_told_before_the_first_byte(
    hub: LoopbackHub, rig: Rig, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    free = shutil.disk_usage("/")._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: free)
    with pytest.raises(DiskFull, match="Not enough space"):
        rig.pull()
    assert {request.file for request in hub.requests} == {None}


def test_another_model_under_the_candidates_name_is_told_from_its_header(
    hub: LoopbackHub, cache: Path, tmp_path: Path, model: Path
) -> None:
    rig = make_rig(tmp_path / "rig-7", shape_of_file(model) | {"layers": 9})
    hub.add_repository(REPOSITORY, files(model))
    with pytest.raises(InvalidInput, match="is not Tiny") as caught:
        rig.pull()
    assert caught.value.problems == ("layers: 7 in the file, 9 in the candidate",)
    assert hub.sent(GGUF) <= 2 << 20


@pytest.mark.parametrize(
    "name", ["../LICENSE", "/etc/LICENSE", "a/../../LICENSE", "..\\LICENSE", "LICENSE\n.txt"]
)
def test_a_hostile_name_is_refused(hub: LoopbackHub, rig: Rig, model: Path, name: str) -> None:
    hub.add_repository(REPOSITORY, {**files(model), name: b"harm"})
    with pytest.raises(IntegrityProblem, match="nothing was fetched"):
        rig.pull()
    assert {request.file for request in hub.requests} == {None}
    assert not rig.lock_file.exists()


def test_names_that_differ_in_case_alone_are_refused(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model, License=b"Another.\n"))
    with pytest.raises(IntegrityProblem, match="'License'; nothing was fetched") as caught:
        rig.pull()
    assert "there twice" in caught.value.hint


def test_a_file_that_is_not_there_is_told_with_the_nearest_name(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    hub.add_repository(REPOSITORY, {"tiny-f32.gguf": model, "LICENSE": LICENCE})
    with pytest.raises(FetchFailed, match=f"there is no file {GGUF}; did you mean 'tiny-f32.gguf'"):
        rig.pull()


def test_a_repository_of_pickles_is_told_so(
    hub: LoopbackHub, cache: Path, tmp_path: Path, model: Path
) -> None:
    rig = make_rig(tmp_path / "rig-7", shape_of_file(model), file=None)
    hub.add_repository(REPOSITORY, {"pytorch_model.bin": b"pickle", "config.json": b"{}"})
    with pytest.raises(FetchFailed, match="there are no safetensors files") as caught:
        rig.pull()
    assert "pytorch_model.bin, a pickle" in caught.value.hint


def test_a_gated_repository_names_the_page_to_accept_on(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model), gated=True)
    with pytest.raises(LicenceProblem) as caught:
        rig.pull()
    assert f"{hub.endpoint}/{REPOSITORY}" in caught.value.hint
    assert "HF_TOKEN" in caught.value.hint


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_repository_that_may_not_be_seen_is_told(
    code: int, hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    hub.faults.append(status("/api/*", code, headers={"X-Error-Code": "RepoNotFound"}))
    with pytest.raises(FetchFailed, match="or no token was sent") as caught:
        rig.pull()
    assert f"{hub.endpoint}/{REPOSITORY}" in caught.value.hint


def test_a_hub_that_is_busy_is_asked_again(hub: LoopbackHub, rig: Rig, model: Path) -> None:
    hub.add_repository(REPOSITORY, files(model))
    hub.faults.append(too_many("/api/*", retry_after="0"))
    hub.faults.append(status("/api/*", 503))
    assert rig.pull().lock.model.repository == REPOSITORY


def test_what_is_no_hub_is_told(rig: Rig, hub: LoopbackHub) -> None:
    hub.faults.append(status("/api/*", 200, times=None))
    with pytest.raises(FetchFailed, match="cannot be read") as caught:
        rig.pull()
    assert "login page" in caught.value.hint


def test_a_token_opens_it_and_is_shown_nowhere(
    hub: LoopbackHub, rig: Rig, model: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.add_repository(REPOSITORY, files(model), gated=True)
    rig.pull()
    assert all(request.authorization for request in hub.requests)
    told = capfd.readouterr()
    assert TOKEN not in told.out + told.err + rig.lock_file.read_text()


def test_the_token_goes_to_no_other_host(
    hub: LoopbackHub, rig: Rig, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with LoopbackHub() as elsewhere:
        hub.elsewhere = elsewhere.endpoint
        for place in (hub, elsewhere):
            place.add_repository(REPOSITORY, files(model))
        rig.pull()
        assert elsewhere.asked(GGUF)
        assert not any(request.authorization for request in elsewhere.requests)


def test_a_page_of_the_listing_elsewhere_is_not_given_the_token(
    hub: LoopbackHub, rig: Rig, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with LoopbackHub() as elsewhere:
        for place in (hub, elsewhere):
            place.add_repository(REPOSITORY, files(model))
        there = elsewhere.endpoint
        monkeypatch.setattr(LoopbackHub, "endpoint", there)  # in the Link header of a page
        rig.pull()
        assert elsewhere.requests
        assert not any(request.authorization for request in elsewhere.requests)
        assert all(request.authorization for request in hub.requests)


def test_a_hub_that_does_not_answer_is_told_with_what_to_do(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_WAITS_S", (0.01,))
    with LoopbackHub() as gone:
        endpoint = gone.endpoint
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        gone.faults.append(status("*", 503, times=None))
        with pytest.raises(FetchFailed, match="answered 503") as caught:
            rig.pull()
    assert "run this again later" in caught.value.hint
    assert not rig.lock_file.exists()


def test_a_lock_of_another_candidate_is_not_used(hub: LoopbackHub, rig: Rig, model: Path) -> None:
    hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    data = json.loads(rig.lock_file.read_text())
    rig.lock_file.write_text(json.dumps(data | {"candidate": "other"}))
    with pytest.raises(InvalidInput, match="not the lock of this profile any more") as caught:
        rig.pull()
    assert caught.value.problems == ("candidate: other in the lock, tiny in the profile",)
    assert "--update" in caught.value.hint


@pytest.mark.parametrize("name", ["modeling_tiny.py", "weights.bin", "onnx/model.onnx"])
def test_a_lock_that_was_edited_brings_nothing_that_is_never_taken(
    hub: LoopbackHub, rig: Rig, model: Path, name: str
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    data = json.loads(rig.lock_file.read_text())
    data["model"]["files"].append({"path": name, "size": 1, "sha256": "0" * 64})
    rig.lock_file.write_text(json.dumps(data))
    hub.requests.clear()
    with pytest.raises(InvalidInput, match="any more") as caught:
        rig.pull()
    assert caught.value.problems == (f"model: {name} is never taken",)
    assert hub.requests == []


def test_a_lock_that_names_a_file_twice_is_refused(hub: LoopbackHub, rig: Rig, model: Path) -> None:
    hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    data = json.loads(rig.lock_file.read_text())
    data["model"]["files"].append({"path": "license", "size": 1, "sha256": "0" * 64})
    rig.lock_file.write_text(json.dumps(data))
    with pytest.raises(IntegrityProblem, match="a file named 'license'"):
        rig.pull()


def test_a_revision_of_the_profile_is_what_is_pinned(
    hub: LoopbackHub, cache: Path, tmp_path: Path, model: Path
) -> None:
    first = hub.add_repository(REPOSITORY, files(model))
    second = hub.add_repository(REPOSITORY, files(model, NOTICE=b"By us.\n"), revision="v2")
    rig = make_rig(tmp_path / "rig-7", shape_of_file(model))
    rig.deployment.add("model", 'revision = "v2"')
    assert rig.pull().lock.model.commit == second
    rig.deployment.set(revision=f'"{first}"')
    with pytest.raises(InvalidInput, match="any more"):
        rig.pull()
    assert rig.pull(update=True).lock.model.commit == first


def test_a_hub_that_answers_for_another_commit_is_not_believed(
    hub: LoopbackHub, rig: Rig, model: Path
) -> None:
    first = hub.add_repository(REPOSITORY, files(model))
    second = hub.add_repository(REPOSITORY, files(model, NOTICE=b"By us.\n"))
    rig.deployment.add("model", f'revision = "{first}"')
    repository = hub.repositories[REPOSITORY]
    repository.commits[first] = repository.commits.pop(second)
    hub.repositories[REPOSITORY] = repository
    repository.revisions[first] = "0" * 40
    repository.commits["0" * 40] = repository.commits.pop(first)
    with pytest.raises(IntegrityProblem, match="answered for commit 0000"):
        rig.pull()


def test_a_profile_of_the_installed_package_cannot_be_pulled_into(
    hub: LoopbackHub, rig: Rig, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fieldkit.packager import pinning

    monkeypatch.setattr(pinning, "_CARRIED", rig.folder.resolve().parent)
    hub.add_repository(REPOSITORY, files(model))
    with pytest.raises(UsageProblem, match="part of the installed fieldkit") as caught:
        rig.pull()
    assert "cp -r" in caught.value.hint
    assert hub.requests == []


def test_only_one_pull_runs_at_a_time(hub: LoopbackHub, rig: Rig, model: Path, cache: Path) -> None:
    hub.add_repository(REPOSITORY, files(model))
    (cache / "models").mkdir()
    with runs.hold(cache / "models" / "pull.lock"), pytest.raises(Busy):
        rig.pull()


def test_what_a_stick_brings_is_what_the_lock_pins(
    hub: LoopbackHub, rig: Rig, model: Path, tmp_path: Path, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    with_network = make_rig(tmp_path / "there" / "rig-7", shape_of_file(model))
    result = with_network.command("pull", "--to", str(tmp_path / "stick"), HF_ENDPOINT=hub.endpoint)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in (tmp_path / "stick" / "model").iterdir()} == {
        GGUF, "LICENSE", "README.md",
    }  # fmt: skip
    shutil.rmtree(cache / "models")
    hub.requests.clear()
    pulled = rig.pull(stick=tmp_path / "stick")
    assert hub.requests == []
    assert pulled.lock == with_network.lock == rig.lock
    assert (pulled.model / GGUF).read_bytes() == model.read_bytes()


def test_a_stick_with_another_file_is_refused(
    hub: LoopbackHub, rig: Rig, model: Path, tmp_path: Path, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, files(model))
    rig.pull()
    shutil.rmtree(cache / "models")
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "LICENSE").write_bytes(LICENCE)
    (stick / "README.md").write_bytes(b"# Tiny\n")
    damaged = bytearray(model.read_bytes())
    damaged[-1] ^= 0xFF
    (stick / GGUF).write_bytes(damaged)
    with pytest.raises(IntegrityProblem, match="is not the file that the lock pins"):
        rig.pull(stick=stick)
    assert sha256(bytes(damaged)) not in blobs(cache)
    (stick / GGUF).write_bytes(model.read_bytes())
    assert (rig.pull(stick=stick).model / GGUF).read_bytes() == model.read_bytes()


def test_a_stick_without_a_lock_cannot_pin(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    with pytest.raises(FetchFailed, match="there is no lock"):
        rig.pull(stick=tmp_path / "stick")


def test_a_folder_is_a_source_and_is_held_to_what_it_was(
    rig: Rig, model: Path, tmp_path: Path
) -> None:
    folder = rig.folder / "weights"
    folder.mkdir()
    (folder / GGUF).write_bytes(model.read_bytes())
    (folder / "LICENSE").write_bytes(LICENCE)
    (folder / "train.py").write_text("import os\n")
    rig.deployment.set(source='"folder"').add("model", 'folder = "weights"')
    lock = rig.pull().lock
    assert (lock.model.repository, lock.model.commit) == ("weights", None)
    assert {file.path for file in lock.model.files} == {GGUF, "LICENSE"}
    (folder / GGUF).unlink()
    assert (rig.pull().model / GGUF).read_bytes() == model.read_bytes()
    (folder / "LICENSE").write_bytes(b"Something else.\n")
    assert (rig.pull().model / "LICENSE").exists()


def test_a_folder_that_changed_is_told_and_what_is_pinned_is_used(
    rig: Rig, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rig.folder / "weights"
    folder.mkdir()
    (folder / GGUF).write_bytes(model.read_bytes())
    (folder / "LICENSE").write_bytes(LICENCE)
    rig.deployment.set(source='"folder"').add("model", 'folder = "weights"')
    rig.pull()
    (folder / GGUF).unlink()  # as a training writes it: a new file
    (folder / GGUF).write_bytes(model.read_bytes()[:-1] + b"X")
    capsys.readouterr()
    assert (rig.pull().model / GGUF).read_bytes() == model.read_bytes()
    told = capsys.readouterr().err
    assert f"{folder / GGUF} is not the file that is pinned and used" in told
    assert rig.pull(update=True).changes == (f"model: {GGUF} changed",)
    (rig.folder / "weights").rename(rig.folder / "other")
    rig.deployment.set(folder='"other"')
    with pytest.raises(InvalidInput, match="any more") as caught:
        rig.pull()
    assert caught.value.problems == ("model: weights in the lock, not other",)


SAFETENSORS = {
    "config.json": b"{}",
    "model-00001-of-00002.safetensors": b"one" * 9000,
    "model-00002-of-00002.safetensors": b"two" * 9000,
    "model.safetensors.index.json": b"{}",
    "consolidated.safetensors": b"all of it again" * 9000,
    "tokenizer.model": b"sentencepiece",
    "chat_template.jinja": b"{{ messages }}",
    "LICENSE": LICENCE,
    "pytorch_model.bin": b"pickle",
    "original/params.json": b"{}",
}
ADAPTER = {
    "adapter_config.json": b"{}",
    "adapter_model.safetensors": b"small" * 9000,
    "training_args.bin": b"pickle",
    "LICENSE": b"Ours.\n",
}


@pytest.fixture
def tuned(cache: Path, tmp_path: Path, model: Path) -> Rig:
    return make_rig(tmp_path / "rig-9", shape_of_file(model), file=None)


def test_safetensors_come_once_with_what_belongs_to_them(hub: LoopbackHub, tuned: Rig) -> None:
    hub.add_repository(REPOSITORY, SAFETENSORS)
    assert [file.path for file in tuned.pull().lock.model.files] == [
        "LICENSE", "chat_template.jinja", "config.json", "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.model",
    ]  # fmt: skip


def test_an_adapter_of_a_hub_is_pinned_too(hub: LoopbackHub, tuned: Rig) -> None:
    hub.add_repository(REPOSITORY, SAFETENSORS)
    commit = hub.add_repository("ridge/pumps", ADAPTER, revision="v2")
    tuned.deployment.add("model", 'adapter = "ridge/pumps@v2"')
    pulled = tuned.pull()
    assert pulled.adapter is not None
    assert {path.name for path in pulled.adapter.iterdir()} == {
        "LICENSE", "adapter_config.json", "adapter_model.safetensors",
    }  # fmt: skip
    adapter = tuned.lock.adapter
    assert adapter is not None
    assert (adapter.repository, adapter.commit) == ("ridge/pumps", commit)
    hub.requests.clear()
    assert tuned.pull().adapter == pulled.adapter
    assert hub.requests == []
    tuned.deployment.set(adapter='"ridge/drills"')
    with pytest.raises(InvalidInput, match="any more") as caught:
        tuned.pull()
    assert caught.value.problems == ("adapter: ridge/pumps in the lock, not ridge/drills",)


def test_an_adapter_in_a_folder_is_pinned_too_and_travels(
    hub: LoopbackHub, tuned: Rig, tmp_path: Path, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, SAFETENSORS)
    folder = tuned.folder / "adapter"
    folder.mkdir()
    for name, content in ADAPTER.items():
        (folder / name).write_bytes(content)
    tuned.deployment.add("model", 'adapter = "adapter"')
    tuned.pull()
    result = tuned.command("pull", "--to", str(tmp_path / "stick"))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "stick" / "adapter" / "adapter_config.json").read_bytes() == b"{}"
    shutil.rmtree(cache / "models")
    shutil.rmtree(folder)
    hub.requests.clear()
    pulled = tuned.pull(stick=tmp_path / "stick")
    assert hub.requests == []
    assert pulled.adapter is not None
    weights = pulled.adapter / "adapter_model.safetensors"
    assert weights.read_bytes() == ADAPTER[weights.name]


def test_an_adapter_that_is_nowhere_is_told(hub: LoopbackHub, tuned: Rig) -> None:
    hub.add_repository(REPOSITORY, SAFETENSORS)
    tuned.deployment.add("model", 'adapter = "adaptor"')
    with pytest.raises(InvalidInput, match="neither a folder beside the profile nor"):
        tuned.pull()


def test_an_adapter_without_safetensors_is_told(hub: LoopbackHub, tuned: Rig) -> None:
    hub.add_repository(REPOSITORY, SAFETENSORS)
    hub.add_repository("ridge/pumps", {"adapter_config.json": b"{}", "adapter_model.bin": b"p"})
    tuned.deployment.add("model", 'adapter = "ridge/pumps"')
    with pytest.raises(FetchFailed, match=r"adapter_model\.safetensors") as caught:
        tuned.pull()
    assert "a pickle" in caught.value.hint


def test_only_models_of_a_source_are_pulled(cache: Path) -> None:
    demo = subprocess.run([*COMMAND, "pull", "demo"], capture_output=True, text=True, check=False)
    assert demo.returncode == ExitCode.USAGE
    assert "is not pulled (model.source = 'embedded')" in demo.stderr


def test_a_link_out_of_a_folder_is_not_followed(rig: Rig, model: Path, tmp_path: Path) -> None:
    folder = rig.folder / "weights"
    folder.mkdir()
    (folder / GGUF).write_bytes(model.read_bytes())
    (tmp_path / "secret").write_text("secret")
    (folder / "LICENSE").symlink_to(tmp_path / "secret")
    rig.deployment.set(source='"folder"').add("model", 'folder = "weights"')
    with pytest.raises(IntegrityProblem, match="outside of the folder"):
        rig.pull()


def test_a_snapshot_in_the_cache_of_the_hubs_tools_is_a_folder(
    rig: Rig, model: Path, tmp_path: Path
) -> None:
    home = tmp_path / "models--ridge--tiny"
    snapshot = home / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (home / "blobs").mkdir()
    for name, content in ((GGUF, model.read_bytes()), ("LICENSE", LICENCE)):
        (home / "blobs" / name).write_bytes(content)
        (snapshot / name).symlink_to(Path("../../blobs") / name)
    rig.deployment.set(source='"folder"').add("model", f'folder = "{snapshot}"')
    assert (rig.pull().model / GGUF).read_bytes() == model.read_bytes()


def test_the_verb_tells_what_is_pinned(hub: LoopbackHub, rig: Rig, model: Path) -> None:
    commit = hub.add_repository(REPOSITORY, files(model))
    told = rig.command("pull", "--json", "--endpoint", hub.endpoint)
    assert told.returncode == 0, told.stderr
    data = json.loads(told.stdout)
    assert (data["repository"], data["commit"]) == (REPOSITORY, commit)
    assert [file["path"] for file in data["files"]] == ["LICENSE", "README.md", GGUF]
    assert Path(data["folder"], GGUF).read_bytes() == model.read_bytes()
    assert data["changes"] == []
    again = rig.command("pull", "--endpoint", hub.endpoint)
    assert again.stdout.strip() == data["folder"]
    assert "unchanged, reused" in again.stderr
