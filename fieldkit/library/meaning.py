"""What passages mean, as an embedder sees them: written beside the index, read with it.

The tables are there only where the profile names an embedder. ``vector`` holds a packed vector a
passage (``library/vectors.py``), ``meaning`` what belongs to all of them:

- ``embedder``: the SHA-256 of the GGUF file, ``dimensions``: of its vectors, ``question`` and
  ``passage``: what is put before a question and before a passage; text.
- ``centre``: the mean vector, C floats, little-endian; ``sketches``: of all passages, in order.
"""

from __future__ import annotations

import array
import functools
import json
import math
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from fieldkit.core.citation import Passage
from fieldkit.errors import FieldkitError
from fieldkit.library.vectors import Sketches, cosine, mean, pack, sketch

Rows = Callable[[str, Sequence[object]], list[Any]]


class Embed(Protocol):
    """What turns a question into a vector. ``problem`` says why it cannot any more, if so."""

    @property
    def problem(self) -> FieldkitError | None:
        """Why every call returns None."""
        ...

    def __call__(self, text: str, /) -> Sequence[float] | None:
        """The vector of ``text``; None where there is none, or not in time."""
        ...


# Passages whose sketches come nearest, which are then held against their vectors; of those the
# most alike may be found.
_SKETCHED = 96
_ALIKE = 30
# Passages, evenly spread over the library, that tell how alike to a question any passage is.
_SAMPLED = 64
_FEW = 30
_LEAST_DEVIATION = 1e-3  # of cosines; below it the sample is of equal passages
_VECTORS = "SELECT id, value FROM vector WHERE id IN (SELECT value FROM json_each(?))"
_TABLES = """
CREATE TABLE vector (id INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE meaning (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """How an index gets its vectors: ``vectors`` makes one of each passage's ``text_of``.

    ``embedder`` is the SHA-256 of the embedder's file, ``question`` what is put before a question
    and ``passage`` what is put before a passage.
    """

    embedder: str
    question: str = ""
    passage: str = ""
    vectors: Callable[[Sequence[str]], Iterable[Sequence[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What makes vectors comparable: the ``embedder``'s SHA-256, and what is put before texts."""

    embedder: str
    question: str
    passage: str


def text_of(passage: Passage) -> str:
    """What is embedded of ``passage``: whatever tells what it is about."""
    return "\n".join(part for part in (passage.title, passage.heading, passage.text) if part)


def write(database: sqlite3.Connection, meant: Meant, texts: Sequence[str]) -> None:
    """Write the vectors of passages 1, 2, 3, ..., whose ``text_of`` is ``texts``.

    Raises ValueError when an embedder gives vectors of different sizes or without direction.
    """
    # Arrays: those of a large library would take gigabytes as lists.
    made = meant.vectors([meant.passage + text for text in texts])
    vectors = [array.array("f", vector) for vector in made]
    if len(vectors) != len(texts) or len(set(map(len, vectors))) > 1:
        raise ValueError("the embedder gave vectors of different sizes")
    if not vectors:
        return
    centre = mean(vectors)
    for statement in filter(str.strip, _TABLES.split(";")):
        database.execute(statement)
    database.executemany(
        "INSERT INTO vector VALUES (?, ?)",
        [(key, pack(vector)) for key, vector in enumerate(vectors, 1)],
    )
    facts: dict[str, object] = {
        "embedder": meant.embedder,
        "dimensions": str(len(centre)),
        "question": meant.question,
        "passage": meant.passage,
        "centre": _little_endian(centre).tobytes(),
        "sketches": b"".join(sketch(vector, centre) for vector in vectors),
    }
    database.executemany("INSERT INTO meaning VALUES (?, ?)", sorted(facts.items()))


def kind_of(rows: Rows) -> Kind | None:
    """Which vectors an index holds; None where it was made without an embedder.

    Raises ValueError when the tables are damaged.
    """
    facts = _facts(rows)
    return None if facts is None else _kind(facts)


def _facts(rows: Rows) -> dict[str, Any] | None:
    if not rows("SELECT 1 FROM sqlite_master WHERE name = 'meaning'", ()):
        return None
    return dict(rows("SELECT name, value FROM meaning", ()))


def _kind(facts: Mapping[str, Any]) -> Kind:
    try:
        return Kind(
            embedder=str(facts["embedder"]),
            question=str(facts.get("question", "")),
            passage=str(facts.get("passage", "")),
        )
    except KeyError as error:
        raise ValueError(f"what belongs to the vectors is incomplete: {error}") from error


class Meaning:
    """The vectors of one index, and ``embed`` for the questions asked of it.

    Raises ValueError when the tables are damaged.
    """

    def __init__(self, rows: Rows, facts: Mapping[str, Any], embed: Embed) -> None:
        self._rows = rows
        self._embed = embed
        self.kind = _kind(facts)
        self.dimensions = dimensions = int(facts["dimensions"])
        centre = array.array("f")
        centre.frombytes(facts["centre"])
        self._centre = _little_endian(centre)
        if dimensions != len(centre):
            raise ValueError("the centre of the vectors has another size")
        self._sketches = Sketches(facts["sketches"], (dimensions + 7) // 8)

    @property
    def problem(self) -> FieldkitError | None:
        """Why questions have no meaning any more; None: they have."""
        return self._embed.problem

    @classmethod
    def of(cls, rows: Rows, embed: Embed) -> Self | None:
        """The meaning of an index; None where it was made without an embedder."""
        facts = _facts(rows)
        if facts is None:
            return None
        try:
            return cls(rows, facts, embed)
        except (KeyError, TypeError) as error:
            raise ValueError(f"what belongs to the vectors is incomplete: {error}") from error

    def alike(self, question: str) -> Alike | None:
        """What is alike to ``question``; None where the embedder gave no vector of this size."""
        vector = self._embed(self.kind.question + question)
        if vector is None or len(vector) != len(self._centre):
            return None
        background = Background.of(pack(vector), self._sample)
        return Alike(self._rows, vector, self._nearest(vector), background, len(self._sketches))

    def beside(self, other: Alike) -> Alike:
        """What is alike here to the question of ``other``, with standings like those there.

        ``other`` is of a library that this one is searched together with. Raises ValueError where
        the vectors are damaged or of another size.
        """
        passages = other.passages + len(self._sketches)
        nearest = self._nearest(other.vector)
        return Alike(self._rows, other.vector, nearest, other.background, passages)

    def _nearest(self, vector: Sequence[float]) -> list[int]:
        return self._sketches.nearest(sketch(vector, self._centre), _SKETCHED)

    @functools.cached_property
    def _sample(self) -> list[bytes]:
        """The packed vectors of at most ``_SAMPLED`` passages."""
        step = max(1, len(self._sketches) // _SAMPLED)
        keys = range(1, len(self._sketches) + 1, step)[:_SAMPLED]
        return [value for _, value in self._rows(_VECTORS, (json.dumps(list(keys)),))]


def outstanding(passages: int) -> float:
    """From which standing on the best of so many ``passages`` is hardly there by chance.

    The largest of n normal numbers is about sqrt(2 ln n) (Cramer 1946). What answers is often not
    alone, so one deviation less is asked. Too few passages have no background: infinity.
    """
    if passages < _FEW:
        return math.inf
    return math.sqrt(2 * math.log(passages)) - 1.0


@dataclass(frozen=True, slots=True)
class Background:
    """How alike to a question passages are that were not chosen: cosines' mean and deviation."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, asked: bytes, sample: Sequence[bytes]) -> Self:
        """The background of the packed vectors ``sample`` to the question ``asked``."""
        cosines = [cosine(asked, value) for value in sample]
        count = max(1, len(cosines))
        mean = sum(cosines) / count
        spread = sum((each - mean) ** 2 for each in cosines) / count
        return cls(mean, max(math.sqrt(spread), _LEAST_DEVIATION))


class Alike:
    """How alike passages are to one question: cosines, from -1 to 1, of the nearest ones.

    Cosines say nothing from one embedder to another, nor from one question to another: one of a
    single word is alike to everything. A *standing* is how many standard deviations a cosine is
    above those of passages that were not chosen for being alike, as scores are made comparable
    before those of several rankings are added (Montague and Aslam 2001). From ``outstanding`` on it
    may well be no chance.
    """

    def __init__(
        self,
        rows: Rows,
        vector: Sequence[float],
        nearest: Sequence[int],
        background: Background,
        passages: int,
    ) -> None:
        self._rows = rows
        self._asked = pack(vector)
        self.vector = vector
        self.background = background
        self.passages = passages
        self.outstanding = outstanding(passages)
        self._known = self._cosines(nearest)
        best = sorted(self._known, key=lambda key: (-self._known[key], key))[:_ALIKE]
        self.nearest = {key: self._known[key] for key in best}

    def to(self, keys: Sequence[int]) -> dict[int, float]:
        """The cosines of the passages ``keys``; raises ValueError where vectors are damaged."""
        self._known |= self._cosines([key for key in keys if key not in self._known])
        if not self._known.keys() >= set(keys):
            raise ValueError("a passage has no vector")
        return {key: self._known[key] for key in keys}

    def standings(self, keys: Sequence[int]) -> dict[int, float]:
        """The standings of the passages ``keys``; raises ValueError as ``to`` does."""
        mean, deviation = self.background.mean, self.background.deviation
        return {key: (alike - mean) / deviation for key, alike in self.to(keys).items()}

    def _cosines(self, keys: Sequence[int]) -> dict[int, float]:
        rows = self._rows(_VECTORS, (json.dumps(keys),))
        return {key: cosine(self._asked, value) for key, value in rows}


def _little_endian(values: array.array[float]) -> array.array[float]:
    if sys.byteorder == "big":
        values = array.array("f", values)
        values.byteswap()
    return values
