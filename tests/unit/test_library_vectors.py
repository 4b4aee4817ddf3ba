"""Vectors in few bytes: what they keep, and how the nearest of many are found."""

from __future__ import annotations

import numpy as np
import pytest

from fieldkit.library.vectors import Sketches, cosine, mean, pack, sketch


def drawn(count: int, size: int = 384) -> list[list[float]]:
    """Vectors of length one around a common direction, as embedders give them."""
    draw = np.random.default_rng(count)
    vectors = draw.standard_normal((count, size)) + draw.standard_normal(size)
    unit: list[list[float]] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).tolist()
    return unit


def test_a_packed_vector_takes_a_byte_a_component_and_keeps_its_direction() -> None:
    one, other = drawn(2)
    assert len(pack(one)) == 384 + 4
    assert cosine(pack(one), pack(other)) == pytest.approx(np.dot(one, other), abs=0.005)
    assert cosine(pack(one), pack(one)) == pytest.approx(1.0)
    assert cosine(pack(one), pack([-value for value in one])) == pytest.approx(-1.0)


@pytest.mark.parametrize("broken", [b"", b"\1\2", pack([1.0, 0.5]), bytes(388)])
def test_what_is_no_vector_of_this_size_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="vector"):
        cosine(pack(drawn(1)[0]), broken)


@pytest.mark.parametrize("vector", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_a_vector_without_direction_is_not_packed(vector: list[float]) -> None:
    with pytest.raises(ValueError, match="direction"):
        pack(vector)


def test_sketches_find_what_comes_nearest() -> None:
    vectors = drawn(500)
    centre = mean(vectors)
    assert np.array(centre) == pytest.approx(np.mean(vectors, axis=0), abs=1e-6)
    sketches = Sketches(b"".join(sketch(vector, centre) for vector in vectors), 48)
    question = np.array(vectors[123]) + 0.5 * np.array(vectors[7])
    exact = sorted(range(1, 501), key=lambda n: -np.dot(question, vectors[n - 1]))
    found = sketches.nearest(sketch((question / 1.5).tolist(), centre), 64)
    assert found[0] == 124
    assert len(found) == 64
    assert len(set(exact[:10]) & set(found)) >= 8


def test_sketches_of_odd_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="odd"):
        Sketches(b"abc", 2)
    assert Sketches(b"", 8).nearest(bytes(8), 3) == []
