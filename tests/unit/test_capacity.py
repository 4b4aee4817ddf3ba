"""A model that does not fit into the memory that is free is refused before it is read."""

from __future__ import annotations

import dataclasses
import re

import psutil
import pytest

from fieldkit.core.fit import GIB, INTERFACE_BYTES, footprint
from fieldkit.core.gguf_types import Header
from fieldkit.engine import capacity
from fieldkit.errors import ExitCode, Unfit
from tests.gguf_files import PHI3_METADATA, Gguf, parse, small_phi3

LONG = 1 << 20


@pytest.fixture
def header() -> Header:
    spec = small_phi3()
    spec.metadata = {**spec.metadata, "phi3.context_length": LONG}
    return dataclasses.replace(parse(spec.build()), name="models/small.gguf")


def need(header: Header, context: int) -> int:
    whole = footprint(header.shape, weights=header.tensor_bytes, context=context)
    return whole.total - INTERFACE_BYTES


@pytest.mark.parametrize("context", [512, 4096, LONG])
def test_a_model_may_need_all_that_is_available_and_no_byte_more(
    context: int, header: Header
) -> None:
    exactly = need(header, context)
    capacity.check(header, context=context, available=exactly)
    with pytest.raises(Unfit) as caught:
        capacity.check(header, context=context, available=exactly - 1)
    assert caught.value.exit_code == ExitCode.UNFIT
    assert f"small.gguf with a context of {context} tokens needs" in caught.value.message
    assert "are available" in caught.value.message


def test_without_a_context_the_model_s_counts(header: Header) -> None:
    capacity.check(header, context=0, available=need(header, LONG))
    with pytest.raises(Unfit, match=f"context of {LONG} tokens"):
        capacity.check(header, context=0, available=need(header, LONG) - 1)


def test_the_largest_context_that_fits_is_named_and_fits(header: Header) -> None:
    available = need(header, LONG) // 2
    with pytest.raises(Unfit) as caught:
        capacity.check(header, context=LONG, available=available)
    found = re.search(r"model\.context in the profile to (\d+)", caught.value.hint)
    assert found
    largest = int(found[1])
    capacity.check(header, context=largest, available=available)
    with pytest.raises(Unfit):
        capacity.check(header, context=largest + 256, available=available)


def test_where_no_context_fits_a_smaller_candidate_is_advised(header: Header) -> None:
    with pytest.raises(Unfit) as caught:
        capacity.check(header, context=4096, available=1 << 20)
    assert "smaller candidate" in caught.value.hint
    assert "1 MiB are available" in caught.value.message


def test_unknown_memory_refuses_nothing(header: Header) -> None:
    capacity.check(header, context=LONG, available=None)


def test_a_model_of_unknown_shape_is_left_to_the_engine() -> None:
    metadata = {**PHI3_METADATA, "general.architecture": "never-heard-of"}
    capacity.check(parse(Gguf(metadata=metadata).build()), context=0, available=1)


def test_a_context_beyond_the_model_s_is_refused_for_that_and_not_for_memory(
    header: Header,
) -> None:
    capacity.check(header, context=2 * LONG, available=need(header, LONG))


def test_available_memory_is_that_of_the_system_or_less() -> None:
    available = capacity.available_memory()
    assert available is not None
    assert 0 <= available <= psutil.virtual_memory().total


def test_memory_that_cannot_be_read_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no /proc here")

    monkeypatch.setattr(psutil, "virtual_memory", fail)
    assert capacity.available_memory() is None


def test_a_container_s_limit_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "proc/self/cgroup": "0::/app\n",
        "sys/fs/cgroup/app/memory.max": f"{GIB}",
        "sys/fs/cgroup/app/memory.current": f"{GIB - 1000}",
        "sys/fs/cgroup/app/memory.stat": "anon 5\nactive_file 200\ninactive_file 30\n",
    }
    monkeypatch.setattr(capacity, "_read", files.get)
    monkeypatch.setattr(capacity.sys, "platform", "linux")
    assert capacity.available_memory() == 1230
