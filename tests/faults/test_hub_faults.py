"""What a hub and the line to it can do wrong: the right file or its error, never a wrong file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldkit.errors import (
    DiskFull,
    FetchFailed,
    FieldkitError,
    IntegrityProblem,
    LicenceProblem,
)
from fieldkit.packager.http import Opener
from fieldkit.packager.journal import Partial
from fieldkit.packager.patience import Patience
from tests.fetching import FILE, MIB, NAME, beside, content, get, sha256, wanted
from tests.hub_faults import (
    Fault,
    corrupt,
    cut,
    gated,
    ignore_ranges,
    redirect,
    reset,
    slow,
    status,
    too_many,
    unsized,
    wrong_length,
    wrong_range,
)
from tests.loopback_hub import LoopbackHub

DATA = content(13 * MIB + 777, seed=2)
OTHER = content(len(DATA), seed=3)


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        hub.add_repository(NAME, {FILE: DATA})
        yield hub


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "there" / FILE


PASSING: dict[str, Callable[[], list[Fault]]] = {
    "cut at once": lambda: [cut(FILE, after=0)],
    "cut in the middle": lambda: [cut(FILE, after=MIB + 5, times=3)],
    "reset at once": lambda: [reset(FILE, after=0)],
    "reset in the middle": lambda: [reset(FILE, after=3 * MIB, times=2)],
    "416 once": lambda: [status(FILE, 416)],
    "ignores ranges": lambda: [ignore_ranges(FILE)],
    "ignores ranges after a while": lambda: [
        ignore_ranges(FILE, when=lambda one: bool(one.range) and "=0-" not in (one.range or ""))
    ],
    "ignores ranges and is cut": lambda: [
        ignore_ranges(FILE, cut_after=9 * MIB, times=1),
        ignore_ranges(FILE),
    ],
    "says no length": lambda: [unsized(FILE)],
    "says no length and ends early": lambda: [unsized(FILE, by=-1, times=1), unsized(FILE)],
    "another range": lambda: [wrong_range(FILE, by=4096)],
    "says it is longer": lambda: [wrong_length(FILE, by=100)],
    "says it is shorter": lambda: [wrong_length(FILE, by=-100)],
    "429 with a number": lambda: [too_many(FILE, retry_after="0", times=2)],
    "429 with a date": lambda: [too_many(FILE, retry_after="Sat, 01 Jan 2000 00:00:00 GMT")],
    "500": lambda: [status(FILE, 500, times=2)],
    "503 with Retry-After": lambda: [status(FILE, 503, headers={"Retry-After": "0"})],
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_overcome(name: str, hub: LoopbackHub, target: Path) -> None:
    hub.faults += PASSING[name]()
    told: list[str] = []
    assert get(wanted(hub, target, DATA), tell=told.append) == sha256(DATA)
    assert all(fault.used for fault in hub.faults)
    assert target.read_bytes() == DATA
    assert beside(target) == [FILE]
    assert told or name in {"ignores ranges", "says no length"}


LASTING: dict[str, tuple[Callable[[], Fault], type[FieldkitError], str]] = {
    "cut": (lambda: cut(FILE, after=10, times=None), FetchFailed, "bytes early .3 times in a row"),
    "reset": (lambda: reset(FILE, after=10, times=None), FetchFailed, "the connection was lost"),
    "another range": (lambda: wrong_range(FILE, times=None), FetchFailed, "sends another part"),
    "longer": (
        lambda: wrong_length(FILE, by=1, times=None),
        IntegrityProblem,
        r"model.safetensors: 13,632,265 bytes expected, 127.0.0.1:\d+ has 13,632,266",
    ),
    "more comes than was promised": (
        lambda: unsized(FILE, by=1),
        IntegrityProblem,
        r"13,632,265 bytes expected, 127\.0\.0\.1:\d+ sends more .3 times in a row",
    ),
    "401": (
        lambda: status(FILE, 401, times=None),
        FetchFailed,
        "answered 401 .* access is refused",
    ),
    "403": (
        lambda: status(FILE, 403, times=None),
        FetchFailed,
        "answered 403 .* access is refused",
    ),
    "401 gated": (lambda: gated(FILE, code=401), LicenceProblem, "agreed to the publisher's terms"),
    "403 gated": (lambda: gated(FILE, code=403), LicenceProblem, "agreed to the publisher's terms"),
    "404": (
        lambda: status(FILE, 404, times=None),
        FetchFailed,
        "answered 404 for model.safetensors",
    ),
    "429": (lambda: too_many(FILE, retry_after="0", times=None), FetchFailed, "answered 429"),
    "429 for long": (
        lambda: too_many(FILE, retry_after="3600"),
        FetchFailed,
        "asks to wait 3,600 s",
    ),
    "500": (
        lambda: status(FILE, 500, times=None),
        FetchFailed,
        r"answered 500 .*\(3 times in a row",
    ),
    "451": (lambda: status(FILE, 451, times=None), FetchFailed, "answered 451"),
}


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_told(name: str, hub: LoopbackHub, target: Path) -> None:
    fault, kind, message = LASTING[name]
    hub.faults.append(fault())
    with pytest.raises(kind, match=message) as caught:
        get(wanted(hub, target, DATA))
    assert caught.value.hint
    assert not target.exists()
    hub.faults.clear()
    get(wanted(hub, target, DATA))
    assert target.read_bytes() == DATA


def test_a_gated_file_names_the_page_to_agree_on(hub: LoopbackHub, target: Path) -> None:
    hub.faults.append(gated(FILE))
    with pytest.raises(LicenceProblem) as caught:
        get(wanted(hub, target, DATA))
    assert f"Agree on {hub.endpoint}/{NAME} and give a token in HF_TOKEN" in caught.value.hint
    opener = Opener(token="hf_secret", token_host=hub.host)
    with pytest.raises(LicenceProblem) as caught:
        get(wanted(hub, target, DATA), opener=opener)
    assert "HF_TOKEN" not in caught.value.hint
    assert "hf_secret" not in f"{caught.value!r}{caught.value.hint}{vars(opener)['_dialer']!r}"


def test_a_file_of_the_same_size_and_other_content_is_removed(
    hub: LoopbackHub, target: Path
) -> None:
    hub.faults.append(corrupt(FILE, at=5 * MIB))
    with pytest.raises(IntegrityProblem) as caught:
        get(wanted(hub, target, DATA))
    found = bytearray(DATA)
    found[5 * MIB] ^= 0xFF
    assert caught.value.message == (
        f"{FILE} is not what was promised: "
        f"sha256 {sha256(DATA)} expected, {sha256(bytes(found))} found"
    )
    assert beside(target) == []
    assert hub.sent(FILE) == len(DATA)
    hub.faults.clear()
    assert get(wanted(hub, target, DATA)) == sha256(DATA)


def test_damage_of_an_earlier_run_is_told_apart_from_a_wrong_source(
    hub: LoopbackHub, target: Path
) -> None:
    """A source that stays wrong is asked twice at most, and nothing of it is kept."""
    hub.faults.append(status(FILE, 404, when=lambda _one: hub.sent(FILE) >= 4 * MIB))
    with pytest.raises(FetchFailed):
        get(wanted(hub, target, DATA), connections=1)
    hub.faults.append(corrupt(FILE, at=len(DATA) - 1))
    with pytest.raises(IntegrityProblem):
        get(wanted(hub, target, DATA))
    assert beside(target) == []
    assert hub.sent(FILE) == 2 * len(DATA)


def test_a_file_that_changes_under_way_is_never_mixed(hub: LoopbackHub, target: Path) -> None:
    moved: list[str] = []

    def move(_request: object) -> bool:
        if not moved and hub.sent(FILE) >= 4 * MIB:
            moved.append(hub.add_repository(NAME, {FILE: OTHER}))
        return False

    hub.faults.append(status(FILE, 500, when=move))
    url = f"{hub.endpoint}/{NAME}/resolve/main/{FILE}"
    told: list[str] = []
    digest = get(wanted(hub, target, DATA, url=url, sha256=None), connections=2, tell=told.append)
    assert moved
    assert digest == sha256(OTHER)
    assert target.read_bytes() == OTHER
    assert any("changed at its source" in line for line in told)


def test_a_pinned_file_that_moved_is_refused_before_it_is_fetched(
    hub: LoopbackHub, target: Path
) -> None:
    hub.add_repository(NAME, {FILE: OTHER})
    url = f"{hub.endpoint}/{NAME}/resolve/main/{FILE}"
    with pytest.raises(IntegrityProblem, match=f"{sha256(OTHER)}, expected {sha256(DATA)}"):
        get(wanted(hub, target, DATA, url=url))
    assert hub.sent(FILE) < len(DATA)
    assert not target.exists()


def test_a_file_that_moved_between_two_runs_is_fetched_anew(hub: LoopbackHub, target: Path) -> None:
    url = f"{hub.endpoint}/{NAME}/resolve/main/{FILE}"
    hub.faults.append(status(FILE, 404, when=lambda _one: hub.sent(FILE) >= 4 * MIB))
    with pytest.raises(FetchFailed):
        get(wanted(hub, target, DATA, url=url, sha256=None), connections=1)
    hub.add_repository(NAME, {FILE: OTHER})
    assert get(wanted(hub, target, DATA, url=url, sha256=None)) == sha256(OTHER)
    assert target.read_bytes() == OTHER


def test_a_source_that_takes_two_connections_only_is_used_with_two(
    hub: LoopbackHub, target: Path
) -> None:
    def crowded(_request: object) -> bool:
        return sum(not one.done for one in hub.requests) > 2

    hub.faults += [status(FILE, 429, times=None, when=crowded), slow(FILE, rate=20e6)]
    told: list[str] = []
    digest = get(wanted(hub, target, DATA), tell=told.append, connections=6)
    assert digest == sha256(DATA)
    assert any("answered 429" in line for line in told)


def test_a_source_that_is_too_slow_is_given_up_with_its_rate(
    hub: LoopbackHub, target: Path
) -> None:
    hub.faults.append(slow(FILE, rate=2_000))
    patience = Patience(attempts=2, first_wait_s=0.001, window_s=0.2, min_rate=50_000)
    with pytest.raises(FetchFailed, match=r"bytes a second came for 0 s \(2 times in a row"):
        get(wanted(hub, target, DATA), patience=patience)
    hub.faults.clear()
    get(wanted(hub, target, DATA))
    assert target.read_bytes() == DATA


def test_silence_is_given_up(hub: LoopbackHub, target: Path) -> None:
    hub.faults.append(slow(FILE, rate=0.01, after=1000))
    with pytest.raises(FetchFailed, match="nothing came for too long"):
        get(wanted(hub, target, DATA), opener=Opener(timeout_s=0.1))
    hub.faults.clear()
    get(wanted(hub, target, DATA))
    assert target.read_bytes() == DATA


def test_another_host_serves_the_right_file_or_none(hub: LoopbackHub, target: Path) -> None:
    with LoopbackHub() as stranger:
        stranger.add_repository(NAME, {FILE: OTHER})
        hub.faults.append(redirect(FILE, to=f"{stranger.endpoint}/{NAME}/resolve/main/{FILE}"))
        opener = Opener(token="hf_loopback", token_host=hub.host)
        with pytest.raises(IntegrityProblem):
            get(wanted(hub, target, DATA), opener=opener)
        assert not any(request.authorization for request in stranger.requests)
    assert not target.exists()


def test_a_hub_that_is_not_there_is_told(hub: LoopbackHub, target: Path) -> None:
    with LoopbackHub() as gone:
        gone.add_repository(NAME, {FILE: DATA})
        absent = wanted(gone, target, DATA)
    with pytest.raises(FetchFailed, match="it does not take connections"):
        get(absent)


class _Full:
    """A file on a disk that is full after ``room`` bytes."""

    def __init__(self, stream: object, room: list[int]) -> None:
        self._stream, self._room = stream, room

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, data: memoryview) -> int:
        self._room[0] -= len(data)
        if self._room[0] < 0:
            raise OSError(28, "No space left on device")
        return self._stream.write(data)  # type: ignore[attr-defined, no-any-return]


def test_a_disk_that_fills_up_keeps_what_came(
    hub: LoopbackHub, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, room = Partial.opened, [6 * MIB]

    @contextlib.contextmanager
    def opened(partial: Partial) -> Iterator[object]:
        with real(partial) as stream:
            yield _Full(stream, room)

    monkeypatch.setattr(Partial, "opened", opened)
    with pytest.raises(DiskFull, match=r"No space left in .* while model.safetensors was fetched"):
        get(wanted(hub, target, DATA))
    assert beside(target) == [f".{FILE}.journal", f".{FILE}.part"]
    monkeypatch.undo()
    before = len(hub.requests)
    get(wanted(hub, target, DATA))
    assert sum(request.sent for request in hub.requests[before:]) == len(DATA) - 6 * MIB
    assert target.read_bytes() == DATA
