"""Checks a claim against the cells of tables: whether its words are of the row and column it names.

A row is named by the words that tell its key from those of the rows beside it, and a column by
those that tell its name from the others'. Where the claim names neither, the question does. What
a claim says is wrong where it is a whole cell of another row, or of another column, and the row
and the column that are named have nothing of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fieldkit.core.claims import Kind, Remark
from fieldkit.library.claims.align import Evidence, Given, Said, shortened
from fieldkit.library.claims.content import terms

_BRACKETS = re.compile(r"\([^()]{1,200}\)")
_ROWS = 2  # of a table, at least
_AHEAD = 0.4  # of what a word tells that is in one statement alone
_NAME = 6  # words of a column's name
_SHARED, _SAME_NAME = 0.5, 0.8  # parts of the rows


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell ``text`` with its content ``words``; ``name`` has the words of its column's name."""

    column: str
    name: frozenset[str]
    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row: its statement, the words of its key, those that only its key has, and its cells."""

    given: Given
    key: frozenset[str]
    own: frozenset[str]
    cells: tuple[Cell, ...]
    figures: bool


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of a passage, what all their keys share, and the words that name one column only."""

    rows: tuple[Row, ...]
    shared: frozenset[str]
    columns: dict[str, frozenset[str]]


class Cells:
    """The tables of the ``evidence``."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        by_document: dict[str, list[Given]] = {}
        for given in evidence.given:
            if given.key:
                by_document.setdefault(given.document, []).append(given)
        self._headings = _headings(evidence)
        self._tables = [_table(part) for part in by_document.values() if len(part) >= _ROWS]

    def remarks(self, text: str, said: Said, before: frozenset[str]) -> Iterator[Remark]:
        """What the claim ``text`` says of a row or a column that is another's."""
        for table in self._tables:
            remark = self._of_table(text, said, before, table)
            if remark is not None:
                yield remark
                return

    def named(self, said: Said, before: frozenset[str]) -> frozenset[Given]:
        """The rows that the claim names; else those of the question, or of the claim before."""
        for words in (said.words, self._evidence.asked, before):
            found = frozenset(
                row.given
                for table in self._tables
                for row in table.rows
                if _named(row, words) and _is_told(row, said, self._evidence.asked)
            )
            if found:
                return found
            if words is said.words and said.spoken.spoken == self._evidence.language.spoken:
                found = self._nearly(words)
                if found:
                    return found
        return frozenset()

    def _nearly(self, words: frozenset[str]) -> frozenset[Given]:
        """The rows of one key, most words of which are ``words``, and more than of all others."""
        tells = self._evidence.words.tells
        best: list[Row] = []
        most, second = 0.0, 0.0
        for row in (row for table in self._tables for row in table.rows):
            shared = row.key & words
            if not shared or row.figures or len(shared) * 2 < len(row.key):
                continue
            score = sum(map(tells, shared))
            if best and row.key == best[0].key:
                best.append(row)
            elif score > most:
                best, most, second = [row], score, most
            else:
                second = max(second, score)
        if not best or most - second < _AHEAD * self._evidence.words.most:
            return frozenset()
        return frozenset(row.given for row in best)

    def other_section(self, text: str, said: Said, given: Given) -> Remark | None:
        """The remark on a claim from ``given`` that names the heading of another passage.

        The other passage must say less of the claim than ``given`` by far.
        """
        evidence = self._evidence
        here = self._headings.get(given.passage)
        if here is None or said.spoken.spoken != given.spoken.spoken or here[0] & said.words:
            return None
        for passage, (own, heading) in self._headings.items():
            if passage == given.passage or not own or not own <= said.words:
                continue
            if own & given.words or not here[0]:
                continue
            theirs = frozenset().union(*(g.words for g in evidence.given if g.passage == passage))
            only = sum(map(evidence.words.tells, (said.words & given.words) - theirs))
            other = sum(map(evidence.words.tells, (said.words & theirs) - given.words - own))
            if only - other < evidence.words.most:
                continue
            start, end = _place(said, text, own)
            return Remark(
                kind=Kind.BELONGS,
                start=start,
                end=end,
                said=text[start:end],
                subject=shortened(heading),
                owner=shortened(evidence.passages[given.passage - 1].heading),
                passage=given.passage,
            )
        return None

    def asked(self, answer: Said, text: str, said: Said) -> Remark | None:
        """The remark where the question names a row, and the answer only another; or None."""
        evidence = self._evidence
        for table in self._tables:
            asked = [row for row in table.rows if _named(row, evidence.asked)]
            if not asked or any(row.own & answer.words for row in asked):
                continue
            found = [row for row in table.rows if _named(row, said.words)]
            others = [row for row in found if row not in asked and _is_told(row, said)]
            if others:
                of_answer = others[0].own
                place = next(
                    (t for t, m in zip(said.terms, said.meant, strict=True) if m & of_answer), None
                )
                start, end = (place.start, place.end) if place else (0, len(text.rstrip(" .")))
                return Remark(
                    kind=Kind.OTHER_CODE,
                    start=start,
                    end=end,
                    said=shortened(others[0].given.key),
                    manual=shortened(asked[0].given.key),
                    passage=asked[0].given.passage,
                )
        return None

    def _of_table(
        self, text: str, said: Said, before: frozenset[str], table: Table
    ) -> Remark | None:
        if said.spoken.spoken != table.rows[0].given.spoken.spoken:
            return None
        named = self.named(said, before)
        rows = [row for row in table.rows if row.given in named]
        if not rows:
            return None
        # What the rows that are named, and sentences of the passages, have is no other row's.
        known = frozenset().union(*(row.given.words for row in rows))
        keys = frozenset().union(*(row.key for row in rows))
        names = frozenset().union(*(c.name for row in rows for c in row.cells))
        told = said.words - keys
        free = told - known - names
        if free:
            remark = self._other_row(text, said, table, rows, told, free)
            if remark is not None:
                return remark
        return self._other_column(text, said, table, rows, told)

    def _other_row(
        self,
        text: str,
        said: Said,
        table: Table,
        rows: Sequence[Row],
        told: frozenset[str],
        free: frozenset[str],
    ) -> Remark | None:
        evidence = self._evidence
        others = frozenset().union(
            *(g.words for g in evidence.given if not g.key and g.passage == rows[0].given.passage)
        )
        named = {row.given.key for row in rows}
        least = 1 if all(row.own and row.own <= said.words | evidence.asked for row in rows) else 2
        for row in table.rows:
            for cell in row.cells if row.given.key not in named else ():
                bad = cell.words & free - others
                if len(cell.words) < least or not bad or not cell.words <= told | evidence.asked:
                    continue
                if any(
                    _covers(c.words, told) for r in rows for c in r.cells if c.name == cell.name
                ):
                    continue
                own = next((c for c in rows[0].cells if c.name == cell.name), None)
                start, end = _place(said, text, cell.words & told)
                return Remark(
                    kind=Kind.BELONGS,
                    start=start,
                    end=end,
                    said=text[start:end],
                    manual=shortened(own.text) if own else "",
                    subject=shortened(rows[0].given.key),
                    owner=shortened(row.given.key),
                    passage=rows[0].given.passage,
                )
        return None

    def _other_column(
        self, text: str, said: Said, table: Table, rows: Sequence[Row], told: frozenset[str]
    ) -> Remark | None:
        evidence = self._evidence
        if len(rows) != 1 or len(table.columns) < _ROWS:
            return None
        row = rows[0]
        values = frozenset().union(*(cell.words for cell in row.cells))
        columns: list[str] = []
        for words in (said.words, evidence.asked):
            columns = [
                name
                for name, own in table.columns.items()
                if own and own <= words and not own & (values | row.key)
            ]
            if columns:
                break
        mine = [cell for cell in row.cells if cell.column in columns]
        if not mine or any(cell.words & told or not cell.words for cell in mine):
            return None
        for cell in row.cells:
            rest = cell.words - cell.name
            if cell.column in columns or not rest or not rest <= told - evidence.asked:
                continue
            start, end = _place(said, text, rest)
            return Remark(
                kind=Kind.BELONGS,
                start=start,
                end=end,
                said=text[start:end],
                manual=shortened(mine[0].text),
                subject=shortened(", ".join(filter(None, (row.given.key, mine[0].column)))),
                owner=shortened(cell.column or row.given.key),
                passage=row.given.passage,
            )
        return None


def _headings(evidence: Evidence) -> dict[int, tuple[frozenset[str], str]]:
    """For each passage the words of its heading that no other heading has, and the heading."""
    found: dict[int, tuple[frozenset[str], str]] = {}
    words: dict[int, frozenset[str]] = {}
    for number, passage in enumerate(evidence.passages, 1):
        stems = terms(passage.heading[:200], evidence.language)
        words[number] = frozenset(t.stem for t in stems if not t.figure)
    for number, own in words.items():
        others = frozenset().union(*(w for n, w in words.items() if n != number and w != own))
        found[number] = own - others, evidence.passages[number - 1].heading
    return found


def _covers(cell: frozenset[str], told: frozenset[str]) -> bool:
    return bool(cell) and len(cell & told) * 2 >= len(cell)


def _named(row: Row, words: frozenset[str]) -> bool:
    """Whether ``words`` have what tells the row from all others."""
    if not row.own or not row.own <= words:
        return False
    return not row.figures or row.key <= words


def _is_told(row: Row, said: Said, asked: frozenset[str] = frozenset()) -> bool:
    """Whether a claim is about the row: a number alone may be a value, except where it begins."""
    if not row.figures or len(row.key) > len(row.own) or row.own <= asked:
        return True
    return len(said.terms) > 1 and bool(said.meant[0] & row.own)


def _place(said: Said, text: str, words: frozenset[str]) -> tuple[int, int]:
    """Where in a claim ``words`` are."""
    found = [t for t, m in zip(said.terms, said.meant, strict=True) if m & words]
    if not found:
        return 0, len(text.rstrip(" ."))
    return found[0].start, found[-1].end


def _table(rows: Sequence[Given]) -> Table:
    split = [_split(given) for given in rows]
    by_passage: dict[int, Counter[tuple[str, ...]]] = {}
    sizes = Counter(given.passage for given in rows)
    for given, cells in zip(rows, split, strict=True):
        by_passage.setdefault(given.passage, Counter()).update(
            {tuple(c.split()[:n]) for c in cells for n in range(1, min(len(c.split()), _NAME + 1))}
        )
    keys = [_key_words(given) for given in rows]
    times = Counter(word for key in keys for word in key)
    shared = frozenset(word for word, count in times.items() if count == len(rows))
    found = []
    for given, key, cells in zip(rows, keys, split, strict=True):
        own = key - shared
        others = [other for other in keys if other != key]
        if any(own <= other for other in others):
            own = frozenset()
        found.append(
            Row(
                given,
                key,
                own,
                tuple(_cells(given, cells, by_passage[given.passage], sizes[given.passage])),
                _figures(own),
            )
        )
    names = {cell.column: cell.name for row in found for cell in row.cells if cell.column}
    columns = {
        name: words - frozenset().union(*(w for n, w in names.items() if n != name))
        for name, words in names.items()
    }
    return Table(tuple(found), shared, columns)


def _key_words(given: Given) -> frozenset[str]:
    """The content of a key, without what it has in brackets beside other words."""
    bare = _BRACKETS.sub(" ", given.key)
    found = frozenset(t.stem for t in terms(bare, given.spoken))
    return found or frozenset(t.stem for t in terms(given.key, given.spoken))


def _figures(words: frozenset[str]) -> bool:
    return all(word[:1].isdigit() for word in words)


def _split(given: Given) -> list[str]:
    rest = given.text[len(given.key) :].lstrip(" :;").rstrip(" .")
    return [part for part in rest.replace("; ", ", ").split(", ") if part.strip()]


def _cells(
    given: Given, parts: Sequence[str], counts: Counter[tuple[str, ...]], rows: int
) -> Iterator[Cell]:
    found: list[tuple[str, str]] = []
    for part in parts:
        words = part.split()
        size = 0
        least = max(_ROWS, _SHARED * rows)
        for n in range(1, min(len(words), _NAME + 1)):
            count = counts[tuple(words[:n])]
            if count < least or words[n - 1][:1].isdigit():
                break
            size, least = n, max(least, _SAME_NAME * count)
        if size or not found:
            found.append((" ".join(words[:size]), " ".join(words[size:])))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}, {part}")
    for column, value in found:
        yield Cell(
            column,
            frozenset(t.stem for t in terms(column, given.spoken)),
            value,
            frozenset(t.stem for t in terms(value, given.spoken)),
        )
