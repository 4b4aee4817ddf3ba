"""The parts of a fetch: spans, journal, patience, and what a server's words mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.errors import FetchFailed, UsageProblem
from fieldkit.packager import answer
from fieldkit.packager.dial import Origin, plain
from fieldkit.packager.http import Broken
from fieldkit.packager.journal import Identity, Partial
from fieldkit.packager.patience import Pace, Patience, Stopped, Tries
from fieldkit.packager.refusal import check, retry_after
from fieldkit.packager.spans import Spans

SIZE = 100
FILE = Identity(size=SIZE, sha256="a" * 64, git_oid=None, source="one", etag='"v1"')

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12)


@given(spans)
def test_spans_are_the_set_of_their_bytes(given_spans: list[tuple[int, int]]) -> None:
    bytes_in = {byte for start, end in given_spans for byte in range(start, end)}
    made = Spans(given_spans)
    assert {byte for start, end in made for byte in range(start, end)} == bytes_in
    assert made.total == len(bytes_in)
    assert made.frontier == next(n for n in range(42) if n not in bytes_in)
    gaps = {byte for start, end in made.missing(30) for byte in range(start, end)}
    assert gaps == set(range(30)) - bytes_in
    ends = [end for _, end in made]
    assert all(end < start for end, (start, _) in zip(ends, list(made)[1:], strict=False))


def kept(target: Path, identity: Identity = FILE) -> list[tuple[int, int]]:
    """What another run finds of ``target``."""
    with Partial(target) as partial:
        partial.keep_for(identity)
        return list(partial.written)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file of which two parts came, the first of them flushed."""
    target = tmp_path / "m.gguf"
    with Partial(target) as partial:
        partial.keep_for(FILE)
        partial.record(0, 10)
        partial.flush()
        partial.record(50, 60)
    return target


def journal(target: Path) -> Path:
    return target.with_name(".m.gguf.journal")


def test_the_next_run_finds_what_was_noted(target: Path) -> None:
    assert kept(target) == [(0, 10), (50, 60)]


def test_a_line_torn_by_a_crash_is_not_believed(target: Path) -> None:
    with journal(target).open("ab") as stream:
        stream.write(b"70 9")  # of "70 95\n"
    assert kept(target) == [(0, 10), (50, 60)]


def test_after_a_power_cut_only_what_was_flushed_counts(target: Path) -> None:
    header, rest = journal(target).read_text().split("\n", 1)
    journal(target).write_text(json.dumps(json.loads(header) | {"boot": "before"}) + "\n" + rest)
    assert kept(target) == [(0, 10)]
    assert kept(target) == [(0, 10)]


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "[1]\n0 10\n", '{"format": 2}\n0 10\n'])
def test_a_journal_that_is_none_begins_anew(target: Path, text: str) -> None:
    journal(target).write_text(text)
    assert kept(target) == []


def test_a_journal_without_its_partial_begins_anew(target: Path) -> None:
    target.with_name(".m.gguf.part").unlink()
    assert kept(target) == []


def with_(**changes: Any) -> Identity:
    return replace(FILE, **changes)


@pytest.mark.parametrize(
    ("earlier", "now", "goes_on"),
    [
        ({}, {"etag": None}, True),
        ({}, {"sha256": "b" * 64, "etag": None}, False),
        ({}, {"size": 101, "etag": None}, False),
        ({}, {"source": "mirror", "etag": None}, True),
        # Without a hash nothing would prove that parts of two sources belong together.
        ({"sha256": None}, {"sha256": None, "etag": None}, True),
        ({"sha256": None, "etag": None}, {"sha256": None, "etag": None}, False),
        ({"sha256": None}, {"sha256": None, "source": "mirror", "etag": None}, False),
    ],
)
def test_parts_of_two_files_are_never_mixed(
    earlier: dict[str, object], now: dict[str, object], goes_on: bool
) -> None:
    assert (with_(**now).continues(with_(**earlier)) is not None) == goes_on


def test_another_source_of_the_same_file_has_another_validator() -> None:
    assert with_(source="mirror", etag=None).continues(FILE) == with_(source="mirror", etag=None)
    assert with_(etag=None).continues(FILE) == FILE


def test_waits_double_to_a_bound_and_vary_by_half() -> None:
    patience = Patience(first_wait_s=1, longest_wait_s=10)
    assert [patience.wait_s(n, 0) for n in range(1, 7)] == [1, 2, 4, 8, 10, 10]
    assert patience.wait_s(3, 0.999) == pytest.approx(2, rel=0.01)


def test_too_many_failures_in_a_row_are_too_many() -> None:
    told: list[str] = []
    tries = Tries(patience=Patience(attempts=3, first_wait_s=0), tell=told.append)
    for _ in range(2):
        tries.failed(Broken("h: the connection was lost"))
    tries.progressed(1 << 20)
    for _ in range(2):
        tries.failed(Broken("h: the connection was lost"))
    with pytest.raises(FetchFailed, match=r"lost \(3 times in a row\)"):
        tries.failed(Broken("h: the connection was lost"))
    assert len(told) == 4


def test_a_wait_that_is_too_long_is_told_and_not_waited() -> None:
    tries = Tries(patience=Patience(longest_retry_after_s=60))
    with pytest.raises(FetchFailed, match="asks to wait 3,600 s"):
        tries.failed(Broken("h answered 429 for m", retry_after_s=3600))


def test_a_wait_ends_when_the_work_is_ended() -> None:
    tries = Tries(patience=Patience(first_wait_s=3600, longest_wait_s=3600))
    tries.stop.set()
    with pytest.raises(Stopped):
        tries.failed(Broken("h: nothing came for too long"))


def test_a_trickle_is_given_up_and_its_rate_told() -> None:
    pace = Pace(Patience(window_s=0, min_rate=float("inf")))
    with pytest.raises(Broken, match="bytes a second came"):
        pace.read(lambda _most: b"x", 10)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Sat, 01 Jan 2028 00:01:00 GMT", 60),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2028, 1, 1, tzinfo=UTC)) == seconds


def test_an_origin_is_scheme_host_and_port() -> None:
    assert Origin.of("https://Hub.Example/a").name == "hub.example"
    assert Origin.of("https://hub.example:443/a") == Origin.of("https://hub.example/b?c")
    assert Origin.of("http://hub.example:8080").name == "hub.example:8080"
    assert Origin.of("http://[::1]:80/").name == "[::1]"


@pytest.mark.parametrize(
    "url", ["ftp://hub/x", "hub/x", "https:///x", "https://it:secret@hub/x", "https://hub:port/"]
)
def test_an_address_that_cannot_be_used_is_told_without_its_secrets(url: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        Origin.of(url)
    assert "secret" not in caught.value.message + caught.value.hint


def test_urls_are_shown_without_what_may_be_secret() -> None:
    assert plain("https://it:pw@cdn.example/m?Signature=abc#x") == "https://cdn.example/m"


class Head:
    """What is looked at of a response before its body is read."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status = status
        self.url = "https://hub.example/org/m/resolve/main/m.gguf"
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (Head(206), "does not say which part"),
        (Head(206, content_range="bytes 10-19"), "does not say which part"),
        (Head(206, content_range="bytes 11-19/100"), "sends another part"),
        (Head(206, content_range="bytes 10-20/100"), "sends another part"),
        (Head(206, content_range="bytes 10-9/100"), "sends another part"),
        (Head(206, content_range="bytes 10-19/101"), "100 bytes expected, hub.example has 101"),
        (Head(206, content_range="bytes 10-19/100", content_length="11"), "says two lengths"),
        (Head(200, content_length="99"), "100 bytes expected, hub.example has 99"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_told(head: Any, words: str) -> None:
    with pytest.raises(Broken, match=words):
        answer.body(head, "m.gguf", 100, (10, 20))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (Head(206, content_range="bytes 10-19/100"), answer.Body(10, 20, whole=False)),
        (Head(206, content_range="bytes 10-14/*"), answer.Body(10, 15, whole=False)),
        (Head(200, content_length="100"), answer.Body(0, 100, whole=True)),
        (Head(200), answer.Body(0, 100, whole=True)),
    ],
)
def test_an_answer_is_a_part_or_the_whole(head: Any, expected: answer.Body) -> None:
    assert answer.body(head, "m.gguf", 100, (10, 20)) == expected


def test_a_web_page_in_place_of_a_file_is_called_one() -> None:
    head: Any = Head(200, content_length="4096", content_type="text/html; charset=utf-8")
    with pytest.raises(Broken) as caught:
        answer.body(head, "m.gguf", 100, (0, 100))
    assert "a login or a proxy between" in caught.value.hint


@pytest.mark.parametrize(
    ("value", "validator"),
    [('"a"', '"a"'), ('W/"a"', None), ("a", None), ("", None), ('"a" , "b"', None)],
)
def test_only_a_strong_validator_is_one(value: str, validator: str | None) -> None:
    head: Any = Head(200, etag=value)
    assert answer.etag(head) == validator


def test_what_comes_compressed_is_refused() -> None:
    head: Any = Head(200, content_encoding="gzip")
    with pytest.raises(FetchFailed, match=r"sends m\.gguf compressed"):
        check(head, "m.gguf", has_token=False)
