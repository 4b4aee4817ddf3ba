"""Which part of a passage is quoted: a sentence, a table row, or a few statements in a row.

A part is scored by named signs (``Signs``), with weights that ``python -m tests.quotes --choose``
fits: how much of the question it says, what it says that other statements of the same pages do not,
whether it holds a value or a place where the question asks for one, and how long it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fieldkit.library.asked_values import AskedValue
from fieldkit.library.chosen_weights import QUOTE
from fieldkit.library.language import fold
from fieldkit.library.normal import normal
from fieldkit.library.quotable_words import ACTION, DUTY, FORBIDS, MAY, PLACE, WHERE
from fieldkit.library.ranking import PLACES, in_order
from fieldkit.library.statements import Statement

if TYPE_CHECKING:
    from fieldkit.library.query import Wanted

MOST_WORDS = 60
"""Words of a quote of several statements; a single one may be longer."""
_MOST = 4  # statements of one quote
_NAMED = 60  # characters from the beginning of a row to the colon behind its key
_SENTENCE = 4  # words before a colon from which on values behind it are those of steps
_NOTHING = 0.02
_USUAL = 16  # words of a statement
_MOST_READ = 200  # statements of a passage; no reader gives more

_FIGURE = re.compile(r"\d[\d.,]*")
_WITH_UNIT = re.compile(r"(\d[\d.,]*)[ \u00a0]?(?:[%\u00b0\u03a9]|[a-z\u00b5]{1,7}(?![^\W_]))")
# "100 Nm, 210 Nm", "20 % and 50 %": values without the names of columns.
_VALUES = re.compile(
    r" ?[<>\u2264\u2265]?\d[\d.,]*(?:[ \u00a0]?[^\W\d]{1,7}|[ \u00a0]?[%\u00b0\u03a9]\w?)?"
    r"(?:, |,? [^\W\d]{1,3} )[<>\u2264\u2265]?\d"
)
_LEADS_IN = re.compile(r"[:\uff1a](?: ?\d{1,2}[.)])?$")
_STEP = re.compile(r"(?:\d{1,2}[.)]|[a-h]\)|[-\u2022\u25aa]) ")
_FIRST = re.compile(r"[:\uff1a.] ?1[.)] ")
# A letter or a short number that tells one thing from its siblings: "point B", "step 3".
_LABEL = re.compile(r"(?<![\w.,'\u2019])(?:[B-HJ-Z]|\d{1,2})(?![.,'\u2019]?\w)")
# Numbers of sections, pictures and steps, which are no figures that answer.
_NUMBERING = re.compile(
    r"^\d{1,2}[.)] |(?<![\w.,])\d{1,2}(?:\.\d{1,2}){1,4}\.? (?=[^\W\d])"
    r"|(?<![^\W_])(?:fig(?:ure|ura)?|abb(?:ildung)?|table|tabelle?|tabela|tabla|step|schritt|page"
    r"|seite|chapter|section)\.? ?\d[\d.]*|[\u56fe\u8868] ?\d+"
)


class Signs(NamedTuple):
    """What speaks for quoting a part of a passage or against it.

    ``said`` is the logarithm of the share of the question that it says (what its headings say
    counts in part), ``own`` that of itself alone, ``telling`` with words weighed by how few
    statements of the pages hold them. ``code``: it holds the codes that were asked for; ``key``:
    how much of the key of its row the question mentions, ``keyed`` the same where the row holds the
    value that is asked for. ``value``: it holds a value of the kind that is asked for, ``valued``:
    and says much of the question; ``figure``, ``unit``: a value is asked for, and it holds a
    figure, one with a unit, that the question has not. ``label``: it holds the letters and short
    numbers of the question ("point B"). ``order``: it has words of the question in their order,
    ``share``: they are much of it. ``best``: it holds the statement that the ranking chose.
    ``length`` is the logarithm of its words by those of a usual statement, ``further`` how many
    statements follow the first. ``row``: it begins with a table row. ``place``, ``duty``: the
    question asks for a place, for what to do, and it may say so. ``forbids``: it only says what not
    to do, and the question does not ask what is allowed.
    """

    said: float
    own: float
    telling: float
    code: float
    key: float
    keyed: float
    value: float
    valued: float
    figure: float
    unit: float
    label: float
    order: float
    share: float
    best: float
    length: float
    further: float
    row: float
    place: float
    duty: float
    forbids: float

    @property
    def score(self) -> float:
        """How well such a part answers; only comparable for the same question."""
        return sum(QUOTE[name] * value for name, value in zip(self._fields, self, strict=True))


@dataclass(frozen=True, slots=True)
class Part:
    """The part ``text`` of a passage, verbatim."""

    text: str
    signs: Signs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPassage:
    """A passage as it was read for a question.

    ``held`` says of each thing that is wanted whether the passage mentions it, ``headed`` whether
    its headings do. ``best`` is the statement that the ranking chose.
    """

    text: str
    statements: Sequence[Statement]
    held: Sequence[bool]
    headed: Sequence[bool]
    best: str


class _Facts(NamedTuple):
    """What one statement says, whatever stands beside it."""

    row: bool
    key: float
    value: float
    figure: bool
    unit: bool
    label: float
    order: float
    mentions: int
    place: bool
    duty: bool
    forbids: bool


class Quotable:
    """What one question asks for, and which parts of passages answer it."""

    def __init__(self, wanted: Sequence[Wanted], question: str, value: AskedValue) -> None:
        plain = normal(question)
        folded = fold(plain)
        known = [n for n, term in enumerate(wanted) if term.match]
        self._weights = {
            n: wanted[n].weight * wanted[n].share * (PLACES.everyday if wanted[n].everyday else 1.0)
            for n in known
        }
        self._total = sum(self._weights.values()) or 1.0
        self._named = [n for n in known if wanted[n].code or wanted[n].number]
        self._codes = sum(self._weights[n] for n in self._named)
        self._wanted = len(wanted)
        self._value = value
        self._figures = set(_FIGURE.findall(folded))
        self._labels = set(_LABEL.findall(plain))
        self._where = bool(WHERE.search(folded))
        self._action = bool(ACTION.search(folded))
        self._may = bool(MAY.search(folded))

    def best(self, passages: Sequence[ReadPassage]) -> list[Part | None]:
        """The best part of each of ``passages``; None where one says nothing."""
        telling = self._telling(passages)
        return [self._best(passage, telling) for passage in passages]

    def _best(self, passage: ReadPassage, telling: Mapping[int, float]) -> Part | None:
        parts = self._parts(passage, telling)
        best = max(parts, key=lambda part: part.signs.score, default=None)
        if best is None:
            return None
        goes_on: Callable[[str, str], bool] | None = None
        if best.signs.row and best.signs.code:
            goes_on = _is_in_row  # the row of a fault is shown whole
        elif self._action or _LEADS_IN.search(best.text[-8:]):
            goes_on = _is_next_step
        if goes_on is None:
            return best
        return Part(_longer(best.text, passage, goes_on), best.signs)

    def parts(self, passages: Sequence[ReadPassage]) -> list[list[Part]]:
        """All parts of each of ``passages`` that might be quoted, to choose weights by."""
        telling = self._telling(passages)
        return [list(self._parts(passage, telling)) for passage in passages]

    def _telling(self, passages: Sequence[ReadPassage]) -> Mapping[int, float]:
        """What each thing that is wanted weighs by how few statements mention it."""
        counts: Counter[int] = Counter()
        statements = [each for passage in passages for each in passage.statements]
        for statement in statements:
            counts.update(n for n in statement.places if n in self._weights)
        total = len(statements)
        return {
            n: self._weights[n] * math.log((total + 1) / (count + 0.5)) / math.log(total + 2)
            for n, count in counts.items()
        }

    def _parts(self, passage: ReadPassage, telling: Mapping[int, float]) -> Iterator[Part]:
        context = {
            n: PLACES.heading if passage.headed[n] else PLACES.elsewhere if passage.held[n] else 0.0
            for n in self._weights
        }
        around = sum(weight * context[n] for n, weight in self._weights.items())
        most_telling = sum(telling.values()) or 1.0
        statements = passage.statements[:_MOST_READ]
        spans = _spans(passage.text, statements)
        facts = [self._facts(statement) for statement in statements]
        for at, to, mentioned in self._runs(statements, facts):
            inside = facts[at : to + 1]
            here = sum(self._weights[n] for n in mentioned)
            said = around + sum(self._weights[n] * (1 - context[n]) for n in mentioned)
            count = sum(statement.words for statement in statements[at : to + 1])
            value = max(each.value for each in inside)
            own = here / self._total
            yield Part(
                passage.text[spans[at][0] : spans[to][1]],
                Signs(
                    said=math.log(said / self._total + _NOTHING),
                    own=own,
                    telling=sum(telling[n] for n in mentioned) / most_telling,
                    code=sum(self._weights[n] for n in self._named if n in mentioned)
                    / (self._codes or 1.0),
                    key=facts[at].key,
                    keyed=facts[at].key * max(facts[at].value, float(facts[at].unit)),
                    value=value,
                    valued=value * min(1.0, 2 * own),
                    figure=any(each.figure for each in inside),
                    unit=any(each.unit for each in inside),
                    label=max(each.label for each in inside),
                    order=max(each.order for each in inside),
                    share=min(1.0, sum(each.mentions for each in inside) / max(count, 1)),
                    best=any(each.text == passage.best for each in statements[at : to + 1]),
                    length=math.log(max(count, _USUAL) / _USUAL),
                    further=to - at,
                    row=facts[at].row,
                    place=any(each.place for each in inside),
                    duty=any(each.duty for each in inside),
                    forbids=all(each.forbids for each in inside),
                ),
            )

    def _runs(
        self, statements: Sequence[Statement], facts: Sequence[_Facts]
    ) -> Iterator[tuple[int, int, set[int]]]:
        """Statements that may be quoted together: the first, the last, and what they mention.

        Two rows of a table are about two things, so no run has both.
        """
        for at in range(len(statements)):
            mentioned: set[int] = set()
            count = rows = 0
            for to in range(at, min(at + _MOST, len(statements))):
                count += statements[to].words
                rows += facts[to].row
                if to > at and (count > MOST_WORDS or rows > 1):
                    break
                new = {n for n in statements[to].places if n in self._weights} - mentioned
                mentioned |= new
                if to == at or new or self._adds(facts[at:to], facts[to]):
                    yield at, to, set(mentioned)

    def _adds(self, before: Sequence[_Facts], last: _Facts) -> bool:
        """Whether ``last`` says something that the statements ``before`` it do not."""
        if last.duty or (before[0].row and not last.row):
            return True
        if last.place and not any(each.place for each in before):
            return True
        if last.unit and not any(each.unit for each in before):
            return True
        return last.value > max(each.value for each in before)

    def _facts(self, statement: Statement) -> _Facts:
        text = statement.text
        plain = fold(normal(text))
        row = _is_row(text)
        key = len(text.partition(":")[0].split()) if row else 0
        at = {
            place for n, found in statement.places.items() if n in self._weights for place in found
        }
        asks = bool(self._value)
        cleared = _NUMBERING.sub(" ", plain) if asks else ""
        value = self._value.is_in(cleared)
        if self._value.quantities and value < 1.0:
            value = 0.0  # a figure of another kind
        elif _gives_steps(text):
            value /= 2
        figures = set(_FIGURE.findall(cleared))
        return _Facts(
            row=row,
            key=min(1.0, sum(place < key for place in at) / key) if key else 0.0,
            value=value,
            figure=bool(figures - self._figures),
            unit=self._value.any and bool(set(_WITH_UNIT.findall(plain)) - self._figures),
            label=len(self._labels & set(_LABEL.findall(text))) / (len(self._labels) or 1),
            order=in_order(statement, self._wanted),
            mentions=len(at),
            place=self._where and bool(PLACE.search(plain)),
            duty=self._action and bool(DUTY.search(plain)),
            forbids=not self._may and bool(FORBIDS.search(plain)),
        )


def _longer(text: str, passage: ReadPassage, goes_on: Callable[[str, str], bool]) -> str:
    """``text`` of ``passage`` with the statements behind it that go on with the one before."""
    start = passage.text.index(text)
    end = start + len(text)
    count = len(text.split())
    for statement in passage.statements:
        at = passage.text.find(statement.text, end)
        if at < 0 or passage.text[end:at].strip(" ;"):
            continue  # it stands before the end of ``text``
        count += statement.words
        if count > MOST_WORDS or not goes_on(passage.text[start:end], statement.text):
            break
        end = at + len(statement.text)
    return passage.text[start:end]


def _is_in_row(_: str, statement: str) -> bool:
    """Whether ``statement`` belongs to the row before it: a cell may be several sentences."""
    return not _is_row(statement)


def _is_next_step(before: str, statement: str) -> bool:
    """Whether ``statement`` is a step behind others in ``before``, or what that leads in to."""
    listed = _STEP.match(before) or _LEADS_IN.search(before) or _FIRST.search(before)
    return bool(_LEADS_IN.search(before) or (listed and _STEP.match(statement)))


def _is_row(text: str) -> bool:
    return 0 < text.find(":", 0, _NAMED) < len(text) - 1 and not _gives_steps(text)


def _gives_steps(text: str) -> bool:
    """Whether ``text`` has no one value, as "Tighten the studs in two steps: 50 Nm, 90 Nm"."""
    lead, colon, values = text.partition(":")
    return bool(colon and len(lead.split()) >= _SENTENCE and _VALUES.match(values))


def _spans(text: str, statements: Sequence[Statement]) -> list[tuple[int, int]]:
    """Where each statement begins and ends in ``text``, whose statements they are, in order."""
    spans: list[tuple[int, int]] = []
    cursor = 0
    for statement in statements:
        start = text.index(statement.text, cursor)
        cursor = start + len(statement.text)
        spans.append((start, cursor))
    return spans
