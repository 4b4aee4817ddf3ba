"""What comes from outside means harm: names, sizes, links, texts, and files edited by hand."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fieldkit.cli import main
from fieldkit.core.licence import RECEIPT_FILE
from fieldkit.errors import (
    DiskFull,
    ExitCode,
    FetchFailed,
    FieldkitError,
    IntegrityProblem,
    InvalidInput,
    LicenceProblem,
)
from fieldkit.packager import licensing
from fieldkit.packager.cache import file_sha256
from fieldkit.packager.hub import Snapshot, snapshot
from fieldkit.packager.pull import Hook
from tests import network
from tests.deployment import files
from tests.gguf_files import small_phi3
from tests.loopback_hub import LoopbackHub
from tests.pulling import GGUF, LICENCE, REPOSITORY, Rig, make_rig, shape_of_file

Contents = dict[str, bytes | Path]

CONTROLS = {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160), 0x202E)}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        yield hub


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A whole GGUF of a tiny Phi-3."""
    path = tmp_path / "source.gguf"
    path.write_bytes(small_phi3().build())
    return path


@pytest.fixture
def rig(cache: Path, tmp_path: Path, model: Path) -> Rig:
    return make_rig(tmp_path / "rig-7", shape_of_file(model))


@pytest.fixture
def contents(model: Path) -> Contents:
    """What an honest repository of the model holds."""
    return {GGUF: model, "LICENSE": LICENCE, "README.md": b"# Tiny\n"}


@dataclass(frozen=True)
class Ended:
    """What a command ended with."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Ended]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a verb of fieldkit on a rig, in this process."""

    def run(rig: Rig, verb: str, *words: str) -> Ended:
        capsys.readouterr()
        code = main([*verb.split(), str(rig.folder), *words])
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def accept(command: Command) -> Callable[[Rig], None]:
    def run(rig: Rig) -> None:
        result = command(rig, "licence accept", "--name", "J. Doe, legal", "--ticket", "LEGAL-7")
        assert result.returncode == ExitCode.OK, result.stderr

    return run


def assert_nothing_came(rig: Rig, cache: Path) -> None:
    """Nothing was taken, pinned, or written beside the profile's folder."""
    assert files(cache / "models" / "blobs") | files(cache / "models" / "views") == set()
    assert not rig.lock_file.exists()
    assert not list(rig.folder.parent.rglob("*evil*"))


def weights(lock: dict[str, Any]) -> dict[str, Any]:
    """The weights' entry in a lock."""
    entry: dict[str, Any] = next(one for one in lock["model"]["files"] if one["path"] == GGUF)
    return entry


def resize(hub: LoopbackHub, path: str, size: object) -> None:
    """Let the listing say another size of a file."""
    (commit,) = hub.repositories[REPOSITORY].commits.values()
    commit[path] = dataclasses.replace(commit[path], size=size)  # type: ignore[arg-type]


def gate(rig: Rig) -> Hook:
    """What a build asks before weights are fetched."""
    profile, folder, candidate = rig.load()
    return lambda lock: licensing.check_receipt(profile, folder, candidate, lock)


@pytest.mark.parametrize(
    "name",
    ["../evil.json", "a/../../evil.json", "/etc/evil.json", "..\\evil.json", "e\x1b[J.json", "e\n"],
    ids=repr,
)  # fmt: skip
def test_a_repository_with_a_name_that_means_harm_is_refused(
    name: str, hub: LoopbackHub, rig: Rig, contents: Contents, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, {**contents, name: b"{}"})
    with pytest.raises(IntegrityProblem, match="lists a file named") as caught:
        rig.pull()
    assert not CONTROLS & set(caught.value.message)
    assert_nothing_came(rig, cache)


@pytest.mark.parametrize("name", ["C:evil.json", "con?.json", "tokenizer\u202e.json", "License"])
def test_a_name_that_some_file_system_would_not_keep_is_refused_if_it_is_taken(
    name: str, hub: LoopbackHub, cache: Path, tmp_path: Path, model: Path
) -> None:
    rig = make_rig(tmp_path / "rig-8", shape_of_file(model), file=None)
    weights = {"model.safetensors": b"\0" * 100, "config.json": b"{}", "LICENSE": LICENCE}
    hub.add_repository(REPOSITORY, {**weights, name: b"{}"})
    with pytest.raises(IntegrityProblem, match="lists a file named"):
        rig.pull()
    assert_nothing_came(rig, cache)


@pytest.mark.parametrize("name", ["evil.bin", "model.py", "a/b/evil.json", "C:evil.json", ".env"])
def test_what_is_not_wanted_is_not_asked_for(
    name: str, hub: LoopbackHub, rig: Rig, contents: Contents
) -> None:
    hub.add_repository(REPOSITORY, {**contents, name: b"import os"})
    assert files(rig.pull().model) == set(contents)
    assert hub.asked(name) == []


@pytest.mark.parametrize("size", [-1, True, "12", 1e9, None, 2**60, 2**70, 0, 10])
def test_weights_of_an_absurd_size_are_refused_before_they_are_fetched(
    size: object, hub: LoopbackHub, rig: Rig, contents: Contents, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, contents)
    resize(hub, GGUF, size)
    with pytest.raises((FetchFailed, DiskFull, InvalidInput)):
        rig.pull()
    assert hub.sent(GGUF) <= 10
    assert_nothing_came(rig, cache)


@pytest.mark.parametrize("lfs_over", [10_000, 1 << 30], ids=["lfs", "git"])
@pytest.mark.parametrize("path", ["LICENSE", "NOTICE", "README.md"])
def test_a_text_of_100_mb_is_not_fetched(
    path: str, lfs_over: int, hub: LoopbackHub, rig: Rig, contents: Contents, cache: Path
) -> None:
    hub.add_repository(REPOSITORY, contents)
    if lfs_over > 10_000:
        resize(hub, "LICENSE" if path == "LICENSE" else "README.md", 100 << 20)
    else:
        hub.add_repository(REPOSITORY, {**contents, path: b"x" * (100 << 20)})
    with pytest.raises(IntegrityProblem, match="no such file has more than"):
        rig.pull()
    assert hub.sent(path) == 0
    assert_nothing_came(rig, cache)


def test_a_text_of_escape_sequences_is_shown_harmless(
    hub: LoopbackHub, rig: Rig, contents: Contents, command: Command
) -> None:
    hostile = LICENCE + b"\x1b]0;owned\x07\x1b[2J\xc2\x9b31m\xe2\x80\xae\r\x00"
    hub.add_repository(REPOSITORY, {**contents, "LICENSE": hostile})
    shown = command(rig, "licence show")
    assert shown.returncode == ExitCode.OK, shown.stderr
    assert "]0;owned" in shown.stdout
    assert not CONTROLS & set(shown.stdout + shown.stderr)
    assert hashlib.sha256(hostile).hexdigest() in shown.stdout
    assert hub.sent(GGUF) == 0


def test_weights_wait_for_the_acceptance(
    hub: LoopbackHub, rig: Rig, contents: Contents, cache: Path, accept: Callable[[Rig], None]
) -> None:
    hub.add_repository(REPOSITORY, contents)
    with pytest.raises(LicenceProblem, match="is not accepted"):
        rig.pull(gate(rig))
    assert rig.lock.model.file(GGUF)
    assert not (cache / "models" / "blobs" / file_sha256(Path(contents[GGUF]))).exists()
    accept(rig)
    assert (rig.pull(gate(rig)).model / GGUF).is_file()


def test_what_was_accepted_is_what_a_first_pull_pins(
    hub: LoopbackHub, rig: Rig, contents: Contents, accept: Callable[[Rig], None]
) -> None:
    commit = hub.add_repository(REPOSITORY, contents)
    accept(rig)
    rig.lock_file.unlink()
    moved = hub.add_repository(REPOSITORY, {**contents, "LICENSE": LICENCE + b"But not to you."})
    assert rig.pull(gate(rig)).lock.model.commit == commit
    with pytest.raises(LicenceProblem, match="another text than the one accepted"):
        rig.pull(gate(rig), update=True)
    assert rig.lock.model.commit == moved


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda lock: lock["model"]["files"][0].update(path="../../evil"), InvalidInput),
        (lambda lock: lock["model"]["files"][0].update(path="/etc/passwd"), InvalidInput),
        (lambda lock: lock["model"]["files"][0].update(size=-1), InvalidInput),
        (lambda lock: lock["model"]["files"][0].update(sha256="../" * 21 + "x"), InvalidInput),
        (lambda lock: lock["model"].update(commit="main"), InvalidInput),
        (lambda lock: lock["model"].update(repository="evil/tiny"), InvalidInput),
        (lambda lock: lock["model"].update(files=[]), InvalidInput),
        (lambda lock: lock.update(candidate="other"), InvalidInput),
        (lambda lock: lock.update(format=99), InvalidInput),
        (lambda lock: lock.update(more=1), InvalidInput),
        (lambda lock: lock["model"].update(commit="f" * 40), FetchFailed),
        (lambda lock: weights(lock).update(sha256="f" * 64), IntegrityProblem),
        (lambda lock: weights(lock).update(size=2**60), DiskFull),
        (lambda lock: weights(lock).update(size=1000), InvalidInput),
    ],
)
def test_a_lock_that_was_edited_brings_nothing_else(
    edit: Callable[[dict[str, Any]], None],
    problem: type[FieldkitError],
    hub: LoopbackHub,
    rig: Rig,
    contents: Contents,
    cache: Path,
) -> None:
    hub.add_repository(REPOSITORY, contents)
    rig.pull()
    shutil.rmtree(cache / "models")
    lock = json.loads(rig.lock_file.read_text())
    edit(lock)
    rig.lock_file.write_text(json.dumps(lock))
    with pytest.raises(problem) as caught:
        rig.pull()
    assert caught.value.hint
    assert not (cache / "models" / "blobs" / file_sha256(Path(contents[GGUF]))).exists()
    assert json.loads(rig.lock_file.read_text()) == lock


@pytest.mark.parametrize("text", ["", "{", "[]", "\0", "[" * 100_000, '{"format": 1}'])
def test_a_lock_that_is_none_is_not_guessed_at(
    text: str, hub: LoopbackHub, rig: Rig, contents: Contents
) -> None:
    hub.add_repository(REPOSITORY, contents)
    rig.lock_file.write_text(text)
    with pytest.raises(InvalidInput, match="the lock is not valid"):
        rig.pull()
    assert hub.requests == []
    assert rig.lock_file.read_text() == text


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda receipt: receipt["texts"][0].update(sha256="f" * 64), "is another text than"),
        (lambda receipt: receipt["texts"][0].update(commit="f" * 40), f"at commit {'f' * 40}"),
        (lambda receipt: receipt["texts"][0].update(repository="evil/tiny"), "is for evil/tiny"),
        (lambda receipt: receipt["texts"][0].update(path="../LICENSE"), "LICENSE was not accepted"),
        (lambda receipt: receipt["texts"][0].update(of="adapter"), "LICENSE was not accepted"),
        (lambda receipt: receipt.update(candidate="demo"), "the receipt is for the candidate"),
        (lambda receipt: receipt.update(licence="Apache-2.0"), "the receipt is for Apache-2.0"),
        (lambda receipt: receipt.update(ticket=""), "is not a valid receipt"),
        (lambda receipt: receipt.update(accepted_by="\x1b[2J"), "is not a valid receipt"),
        (lambda receipt: receipt.update(texts=[]), "is not a valid receipt"),
        (lambda receipt: receipt.clear(), "is not a valid receipt"),
    ],
)
def test_a_receipt_that_was_edited_stops_the_build(
    edit: Callable[[dict[str, Any]], None],
    told: str,
    hub: LoopbackHub,
    rig: Rig,
    contents: Contents,
    command: Command,
    accept: Callable[[Rig], None],
) -> None:
    hub.add_repository(REPOSITORY, contents)
    accept(rig)
    receipt = rig.folder / RECEIPT_FILE
    data = json.loads(receipt.read_text())
    edit(data)
    receipt.write_text(json.dumps(data))
    result = command(rig, "build", "--until", "licence")
    assert result.returncode == ExitCode.LICENCE, result.stderr
    assert told in result.stderr
    assert "fieldkit licence accept" in result.stderr
    assert not CONTROLS & set(result.stderr)


def test_a_build_goes_on_when_the_licence_is_accepted(
    hub: LoopbackHub, rig: Rig, contents: Contents, command: Command, accept: Callable[[Rig], None]
) -> None:
    hub.add_repository(REPOSITORY, contents)
    result = command(rig, "build", "--until", "licence")
    assert result.returncode == ExitCode.LICENCE
    assert f"fieldkit licence accept {rig.folder}" in result.stderr
    accept(rig)
    result = command(rig, "build", "--until", "licence")
    assert result.returncode == ExitCode.OK, result.stderr
    assert "accepted by J. Doe, legal on 20" in result.stderr


@pytest.fixture
def stick(tmp_path: Path, model: Path) -> Path:
    """A folder with the model's files, as somebody else brought it."""
    folder = tmp_path / "stick"
    folder.mkdir()
    shutil.copy(model, folder / GGUF)
    (folder / "LICENSE").write_bytes(LICENCE)
    return folder


@pytest.fixture
def from_stick(cache: Path, tmp_path: Path, model: Path, stick: Path) -> Rig:
    rig = make_rig(tmp_path / "rig-9", shape_of_file(model), file=GGUF)
    rig.deployment.set(source='"folder"')
    rig.deployment.add("model", f"folder = {json.dumps(str(stick))}")
    return rig


@pytest.mark.parametrize("name", ["LICENSE", GGUF])
@pytest.mark.parametrize("relative", [True, False], ids=["relative", "absolute"])
def test_a_link_out_of_a_folder_is_not_followed(
    name: str, relative: bool, from_stick: Rig, stick: Path, model: Path, cache: Path
) -> None:
    secret = stick.parent / f"secret-{name}"
    shutil.copy(model if name == GGUF else stick / "LICENSE", secret)
    (stick / name).unlink()
    (stick / name).symlink_to(Path("..") / secret.name if relative else secret)
    with pytest.raises(IntegrityProblem, match=r"is a link to .*, outside of the folder") as caught:
        from_stick.pull()
    assert str(stick / name) in caught.value.message
    assert not (cache / "models" / "blobs" / file_sha256(secret)).exists()
    assert not from_stick.lock_file.exists()


def test_a_link_inside_a_folder_is_followed(from_stick: Rig, stick: Path) -> None:
    (stick / "LICENSE").rename(stick / "terms-of-use")
    (stick / "LICENSE").symlink_to("terms-of-use")
    pulled = from_stick.pull()
    assert (pulled.model / "LICENSE").read_bytes() == LICENCE
    assert not (pulled.model / "LICENSE").is_symlink()


def test_what_is_no_file_is_not_taken(from_stick: Rig, stick: Path) -> None:
    os.mkfifo(stick / "NOTICE")
    (stick / "COPYING").mkdir()
    (stick / "LICENSE-2").symlink_to("nowhere")
    (stick / "LICENSE-3").symlink_to("LICENSE-3")
    (stick / "LICENSES").symlink_to("..", target_is_directory=True)
    assert files(from_stick.pull().model) == {GGUF, "LICENSE"}


def test_odd_names_in_a_folder_are_left_alone_or_refused(from_stick: Rig, stick: Path) -> None:
    Path(os.fsdecode(os.fsencode(stick) + b"/caf\xe9.json")).write_text("{}")
    assert files(from_stick.pull().model) == {GGUF, "LICENSE"}
    from_stick.lock_file.unlink()
    (stick / "e\x1b[2J.json").write_text("{}")
    with pytest.raises(IntegrityProblem, match="lists a file named") as caught:
        from_stick.pull()
    assert not CONTROLS & set(caught.value.message)


def test_a_folder_without_a_licence_is_refused_by_the_gate(
    from_stick: Rig, stick: Path, command: Command, accept: Callable[[Rig], None]
) -> None:
    (stick / "LICENSE").unlink()
    (stick / "README.md").write_text("---\nlicense: mit\n---\n")
    result = command(from_stick, "build", "--until", "licence")
    assert result.returncode == ExitCode.LICENCE
    assert "carries no licence text" in result.stderr
    assert '[licence]: text = "FILE"' in result.stderr
    (from_stick.folder / "reviewed.txt").write_bytes(LICENCE)
    text = from_stick.deployment.profile.read_text()
    from_stick.deployment.profile.write_text(text + '\n[licence]\ntext = "reviewed.txt"\n')
    accept(from_stick)
    result = command(from_stick, "build", "--until", "licence")
    assert result.returncode == ExitCode.OK, result.stderr


def test_a_folder_whose_licence_changed_after_the_pull_needs_no_new_acceptance(
    from_stick: Rig, stick: Path, command: Command, accept: Callable[[Rig], None]
) -> None:
    """What was pinned is what is built; the folder is only asked again by an update."""
    accept(from_stick)
    (stick / "LICENSE").unlink()
    (stick / "LICENSE").write_bytes(b"Other terms.")
    assert command(from_stick, "build", "--until", "licence").returncode == ExitCode.OK
    assert command(from_stick, "pull", "--update").returncode == ExitCode.OK
    result = command(from_stick, "build", "--until", "licence")
    assert result.returncode == ExitCode.LICENCE
    assert "LICENSE is another text than the one accepted" in result.stderr


@pytest.mark.parametrize("kind", ["huge", "pipe", "folder", "loop", "latin"])
@pytest.mark.parametrize("place", ["profile", "stick"])
def test_a_lock_that_cannot_be_one_is_told(
    kind: str, place: str, hub: LoopbackHub, rig: Rig, contents: Contents, stick: Path
) -> None:
    hub.add_repository(REPOSITORY, contents)
    path = rig.lock_file if place == "profile" else stick / "lock.json"
    make_odd(path, kind)
    with pytest.raises(InvalidInput, match="cannot be read") as caught:
        rig.pull(stick=stick if place == "stick" else None)
    assert str(path) in caught.value.message
    assert hub.requests == []


@pytest.mark.parametrize("kind", ["huge", "pipe", "folder", "loop", "latin"])
def test_a_receipt_that_cannot_be_one_is_told(
    kind: str, hub: LoopbackHub, rig: Rig, contents: Contents, command: Command
) -> None:
    hub.add_repository(REPOSITORY, contents)
    make_odd(rig.folder / RECEIPT_FILE, kind)
    result = command(rig, "build", "--until", "licence")
    assert result.returncode == ExitCode.LICENCE
    assert f"{rig.folder / RECEIPT_FILE}: is not a valid receipt" in result.stderr


def make_odd(path: Path, kind: str) -> None:
    """Put something at ``path`` that is no text file of sensible size."""
    match kind:
        case "huge":
            with path.open("wb") as stream:
                stream.truncate(100 << 30)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path.name)
        case _:
            path.write_bytes(b'{"caf\xe9": 1}')


INFORMATION = {"id": REPOSITORY, "modelId": REPOSITORY, "sha": "a" * 40, "tags": ["license:mit"]}
ENTRY = {"type": "file", "oid": "b" * 40, "size": 5, "path": "LICENSE"}


class OddHub(ThreadingHTTPServer):
    """Answers every question for a repository, and for its listing, with the bytes it is given."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), OddHandler)
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        self.information = json.dumps(INFORMATION).encode()
        self.listing = json.dumps([ENTRY]).encode()
        self.next_page = ""
        self.asked = 0


class OddHandler(BaseHTTPRequestHandler):
    server: OddHub

    def do_GET(self) -> None:
        self.server.asked += 1
        is_page = "/tree/" in self.path
        body = self.server.listing if is_page else self.server.information
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if is_page and self.server.next_page:
            self.send_header("Link", f'<{self.server.next_page}>; rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def odd_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddHub]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with network.loopback(), OddHub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def believed(odd_hub: OddHub) -> Snapshot | None:
    """What is believed of the answers; None where they are refused in words."""
    with contextlib.suppress(FetchFailed, IntegrityProblem):
        return snapshot(REPOSITORY, "main", endpoint=odd_hub.endpoint)
    return None


@pytest.mark.parametrize(
    "answer",
    [
        {"sha": True}, {"sha": None}, {"sha": 5}, {"sha": "main"}, {"sha": ["a" * 40]},
        {"tags": True}, {"tags": [1]}, {"tags": {"a": 1}}, {"id": None}, {"gated": {"a": []}},
        b"", b"null", b"[]", b"<html>Please log in</html>", b"\xff", b"[" * 100_000,
    ],
    ids=lambda answer: repr(answer)[:30],
)  # fmt: skip
def test_what_a_hub_says_of_a_repository_is_believed_only_if_it_can_be(
    answer: bytes | dict[str, object], odd_hub: OddHub
) -> None:
    if isinstance(answer, bytes):
        odd_hub.information = answer
    else:
        odd_hub.information = json.dumps(INFORMATION | answer).encode()
    found = believed(odd_hub)
    assert found is None or found.commit == "a" * 40
    assert found is None or [file.path for file in found.files] == ["LICENSE"]


@pytest.mark.parametrize(
    "answer",
    [
        {"path": 5}, {"path": None}, {"size": "5"}, {"size": None}, {"size": True}, {"oid": "x"},
        {"oid": None}, {"lfs": True}, {"lfs": {}}, {"lfs": {"oid": "x", "size": 5}},
        b"", b"null", b"{}", b"[1]", b"[[]]", b"<html>Please log in</html>", b"[" * 100_000,
    ],
    ids=lambda answer: repr(answer)[:30],
)  # fmt: skip
def test_what_a_hub_lists_is_believed_only_if_it_can_be(
    answer: bytes | dict[str, object], odd_hub: OddHub
) -> None:
    odd_hub.listing = answer if isinstance(answer, bytes) else json.dumps([ENTRY | answer]).encode()
    found = believed(odd_hub)
    listed = found.files if found is not None else ()
    assert all(type(file.size) is int and isinstance(file.path, str) for file in listed)


@pytest.mark.parametrize("listing", [[], [ENTRY]], ids=["empty", "full"])
def test_a_listing_without_end_is_left(listing: list[object], odd_hub: OddHub) -> None:
    odd_hub.listing = json.dumps(listing).encode()
    odd_hub.next_page = f"{odd_hub.endpoint}/api/models/{REPOSITORY}/tree/again"
    with pytest.raises(FetchFailed, match="does not come to an end"):
        snapshot(REPOSITORY, "main", endpoint=odd_hub.endpoint)
    assert odd_hub.asked <= 101
