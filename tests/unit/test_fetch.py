"""Fetching a file from a hub that does as it should."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from fieldkit.errors import Busy, DiskFull, FetchFailed, IntegrityProblem, UsageProblem
from fieldkit.packager import fetch as fetching
from fieldkit.packager.fetch import Wanted
from fieldkit.packager.http import Opener
from fieldkit.packager.journal import Identity, Partial
from fieldkit.packager.ranged import read_range
from tests.fetching import FILE, MIB, NAME, beside, content, get, sha256, wanted
from tests.hub_faults import cut, hold, ignore_ranges, redirect, status
from tests.loopback_hub import LoopbackHub

DATA = content(18 * MIB + 12_345)
MEAGRE = content(1000)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "there" / FILE


def serve(hub: LoopbackHub, data: bytes = DATA) -> None:
    hub.add_repository(NAME, {FILE: data})


def test_a_large_file_comes_in_pieces_over_several_connections(target: Path) -> None:
    told: list[tuple[int, int]] = []
    with LoopbackHub() as hub:
        serve(hub)
        digest = get(wanted(hub, target, DATA), progress=lambda *step: told.append(step))
        requests = hub.asked(FILE)
    assert digest == sha256(DATA)
    assert target.read_bytes() == DATA
    assert beside(target) == [FILE]
    assert [request.status for request in requests] == [206] * 5
    assert sum(request.sent for request in requests) == len(DATA)
    validator = f'"{sha256(DATA)}"'
    assert [request.if_range for request in requests] == [None, *[validator] * 4]
    assert told == sorted(told)
    assert {total for _, total in told} == {len(DATA)}


@pytest.mark.parametrize("size", [0, 1, 1000, 4 * MIB, 4 * MIB + 1])
def test_every_size(target: Path, size: int) -> None:
    data = content(size)
    with LoopbackHub() as hub:
        serve(hub, data)
        assert get(wanted(hub, target, data)) == sha256(data)
    assert target.read_bytes() == data
    assert beside(target) == [FILE]


def test_what_stands_already_is_not_fetched(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(MEAGRE)
    with LoopbackHub() as hub:
        serve(hub, MEAGRE)
        assert get(wanted(hub, target, MEAGRE)) == sha256(MEAGRE)
        assert hub.requests == []


def test_what_stands_and_is_another_file_is_replaced_when_the_right_one_is_whole(
    target: Path,
) -> None:
    target.parent.mkdir()
    target.write_bytes(b"x" * len(MEAGRE))
    with LoopbackHub() as hub:
        serve(hub, MEAGRE)
        hub.faults.append(status(FILE, 404))
        with pytest.raises(FetchFailed):
            get(wanted(hub, target, MEAGRE))
        assert target.read_bytes() == b"x" * len(MEAGRE)
        get(wanted(hub, target, MEAGRE))
    assert target.read_bytes() == MEAGRE


def test_a_small_file_is_checked_by_its_git_object(target: Path) -> None:
    with LoopbackHub() as hub:
        serve(hub, MEAGRE)
        oid = hub.file(NAME, FILE).oid
        known = wanted(hub, target, MEAGRE, sha256=None, git_oid=oid)
        assert get(known) == sha256(MEAGRE)
        target.unlink()
        other = wanted(hub, target, MEAGRE, sha256=None, git_oid="0" * 40)
        with pytest.raises(IntegrityProblem, match=rf"git object {'0' * 40} expected, {oid} found"):
            get(other)
    assert beside(target) == []


def test_a_file_of_unknown_content_gets_the_hash_of_what_came(target: Path) -> None:
    with LoopbackHub() as hub:
        serve(hub)
        assert get(wanted(hub, target, DATA, sha256=None)) == sha256(DATA)
    assert target.read_bytes() == DATA


def interrupted(hub: LoopbackHub, target: Path, **changes: object) -> int:
    """Let a fetch fail behind 8 MiB; how many bytes the hub sent for that."""
    hub.faults.append(
        cut(FILE, after=1000, times=None, when=lambda _one: hub.sent(FILE) >= 8 * MIB)
    )
    with pytest.raises(FetchFailed, match="3 times in a row"):
        get(wanted(hub, target, DATA, **changes), connections=1)
    hub.faults.clear()
    return hub.sent(FILE)


def test_the_next_run_fetches_only_what_is_missing(target: Path) -> None:
    told: list[str] = []
    with LoopbackHub() as hub:
        serve(hub)
        before = interrupted(hub, target)
        assert beside(target) == [f".{FILE}.journal", f".{FILE}.part"]
        assert get(wanted(hub, target, DATA), tell=told.append) == sha256(DATA)
        assert hub.sent(FILE) == len(DATA)
    assert before == 8 * MIB + 3000
    assert target.read_bytes() == DATA
    assert beside(target) == [FILE]
    assert any("are there already" in line for line in told)


def test_another_mirror_goes_on_with_what_the_first_one_brought(target: Path) -> None:
    with LoopbackHub() as hub, LoopbackHub() as mirror:
        serve(hub)
        serve(mirror)
        before = interrupted(hub, target)
        get(wanted(mirror, target, DATA))
        assert before + mirror.sent(FILE) == len(DATA)
        assert mirror.asked(FILE)[0].if_range is None
    assert target.read_bytes() == DATA


def test_without_a_hash_another_source_begins_anew(target: Path) -> None:
    with LoopbackHub() as hub, LoopbackHub() as mirror:
        serve(hub)
        serve(mirror)
        interrupted(hub, target, sha256=None)
        get(wanted(mirror, target, DATA, sha256=None))
        assert mirror.sent(FILE) == len(DATA)
    assert target.read_bytes() == DATA


def test_what_an_earlier_run_left_damaged_is_fetched_again(target: Path) -> None:
    with LoopbackHub() as hub:
        serve(hub)
        interrupted(hub, target)
        with target.with_name(f".{FILE}.part").open("rb+") as stream:
            stream.write(b"damaged")
        assert get(wanted(hub, target, DATA)) == sha256(DATA)
    assert target.read_bytes() == DATA


def test_one_file_is_fetched_by_one_process_at_a_time(target: Path) -> None:
    with LoopbackHub() as hub:
        serve(hub)
        holding = hold(FILE, after=MIB)
        hub.faults.append(holding)
        digests: list[str] = []
        thread = threading.Thread(target=lambda: digests.append(get(wanted(hub, target, DATA))))
        thread.start()
        assert holding.held.wait(60)
        with pytest.raises(Busy):
            get(wanted(hub, target, DATA))
        holding.release.set()
        thread.join()
    assert digests == [sha256(DATA)]


def test_space_is_looked_at_before_the_first_byte(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        fetching.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 2_000_000})
    )
    with LoopbackHub() as hub:
        serve(hub)
        with pytest.raises(DiskFull, match=r"model\.safetensors: 18.9 MB needed, 2.0 MB free"):
            get(wanted(hub, target, DATA))
        assert hub.requests == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    with LoopbackHub() as hub:
        serve(hub)
        with pytest.raises(FetchFailed, match=r"model\.safetensors cannot be written in"):
            get(wanted(hub, tmp_path / "there" / FILE, DATA))


def test_an_address_with_a_password_is_refused_without_showing_it(target: Path) -> None:
    with pytest.raises(UsageProblem) as caught:
        get(Wanted("https://it:secret@hub.example/m", target, 1, None))
    assert "secret" not in str(caught.value) + caught.value.hint


class TestRedirects:
    def test_the_place_of_a_file_is_asked_for_once(self, target: Path) -> None:
        with LoopbackHub() as cdn, LoopbackHub(elsewhere=cdn.endpoint) as hub:
            serve(hub)
            serve(cdn)
            assert get(wanted(hub, target, DATA)) == sha256(DATA)
            assert [request.status for request in hub.asked(FILE)] == [302]
            assert cdn.sent(FILE) == len(DATA)

    def test_a_place_that_was_told_for_a_while_only_is_asked_for_again(self, target: Path) -> None:
        with LoopbackHub() as cdn, LoopbackHub(elsewhere=cdn.endpoint) as hub:
            serve(hub)
            serve(cdn)
            cdn.faults.append(status(FILE, 403, when=lambda _one: cdn.sent(FILE) > 6 * MIB))
            assert get(wanted(hub, target, DATA), connections=1) == sha256(DATA)
            assert [request.status for request in hub.asked(FILE)] == [302, 302]

    def test_a_token_is_sent_to_its_host_and_to_no_other(self, target: Path) -> None:
        with LoopbackHub() as cdn, LoopbackHub(elsewhere=cdn.endpoint) as hub:
            serve(hub)
            serve(cdn)
            opener = Opener(token="hf_loopback", token_host=hub.host)
            get(wanted(hub, target, DATA), opener=opener)
            assert {request.authorization for request in hub.requests} == {True}
            assert {request.authorization for request in cdn.requests} == {False}

    def test_a_token_without_a_host_is_sent_to_nobody(self, target: Path) -> None:
        with LoopbackHub() as hub:
            serve(hub, MEAGRE)
            get(wanted(hub, target, MEAGRE), opener=Opener(token="hf_loopback"))
            assert {request.authorization for request in hub.requests} == {False}

    def test_a_loop_ends(self, target: Path) -> None:
        with LoopbackHub() as hub:
            serve(hub)
            hub.faults.append(redirect(FILE, to=hub.endpoint + "*"))
            with pytest.raises(FetchFailed, match="redirects more than 5 times"):
                get(wanted(hub, target, DATA))

    @pytest.mark.parametrize("to", ["ftp://cdn.example/m", "http://it:secret@127.0.0.1:1/m"])
    def test_only_plain_http_addresses_are_followed(self, target: Path, to: str) -> None:
        with LoopbackHub() as hub:
            serve(hub)
            hub.faults.append(redirect(FILE, to=to))
            with pytest.raises(FetchFailed, match="no http or https URL") as caught:
                get(wanted(hub, target, DATA))
        assert "secret" not in str(caught.value) + caught.value.hint


class TestReadRange:
    def test_a_part_is_read_and_nothing_else_is_sent(self) -> None:
        with LoopbackHub() as hub:
            serve(hub)
            assert read_range(hub.url(NAME, FILE), 1000, 24, Opener()) == DATA[1000:1024]
            assert hub.sent(FILE) == 24

    def test_it_ends_where_the_file_ends(self) -> None:
        with LoopbackHub() as hub:
            serve(hub, MEAGRE)
            assert read_range(hub.url(NAME, FILE), 990, 50, Opener()) == MEAGRE[990:]
            assert read_range(hub.url(NAME, FILE), 5000, 50, Opener()) == b""

    def test_a_source_without_ranges_is_read_from_its_beginning(self) -> None:
        with LoopbackHub() as hub:
            serve(hub)
            hub.faults.append(ignore_ranges(FILE))
            assert read_range(hub.url(NAME, FILE), 1000, 24, Opener()) == DATA[1000:1024]

    def test_a_cut_is_mended(self) -> None:
        with LoopbackHub() as hub:
            serve(hub)
            hub.faults.append(cut(FILE, after=MIB, times=2))
            data = read_range(hub.url(NAME, FILE), 5, 3 * MIB, Opener())
            assert data == DATA[5 : 5 + 3 * MIB]
            assert hub.sent(FILE) == 3 * MIB


def test_a_partial_is_of_one_file_only(tmp_path: Path) -> None:
    target = tmp_path / FILE
    first = Identity(size=10, sha256="a" * 64, git_oid=None, source="s")
    with Partial(target) as partial:
        partial.keep_for(first)
        partial.record(0, 10)
    with Partial(target) as partial:
        partial.keep_for(Identity(size=12, sha256="b" * 64, git_oid=None, source="s"))
        assert partial.total == 0
        assert partial.part.stat().st_size == 12
    assert hashlib.sha256(target.with_name(f".{FILE}.part").read_bytes()).hexdigest() == sha256(
        bytes(12)
    )


def test_a_partial_that_is_whole_needs_no_request(target: Path) -> None:
    with LoopbackHub() as hub:
        serve(hub)
        one = wanted(hub, target, DATA)
        target.parent.mkdir()
        with Partial(target) as partial:
            partial.keep_for(
                Identity(size=one.size, sha256=one.sha256, git_oid=None, source="earlier")
            )
            partial.part.write_bytes(DATA)
            partial.record(0, len(DATA))
        assert get(one) == sha256(DATA)
        assert hub.requests == []
    assert target.read_bytes() == DATA
