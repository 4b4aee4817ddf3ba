"""Finds for a claim, and for each of its values, the statement of the passages that it is from.

A statement is a sentence or a table row of a passage. Words count by their inverse document
frequency among the statements: those that all share tell little, those that distinguish a statement
from its siblings tell most. For a value the words beside it count most (the name of its column, the
part of the sentence it is in), then the claim's others, then the question's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fieldkit.core.citation import Passage
from fieldkit.library.claims.content import Term, Vocabulary, spoken_in, terms
from fieldkit.library.claims.values import Value, ValueKind, read_values
from fieldkit.library.language import Language, language
from fieldkit.library.normal import normal
from fieldkit.library.sentences import sentences

MOST_STATEMENTS = 400  # of all passages together
_LONGEST = 2_000  # characters of a statement
# How much a word counts, by where the claim has it and by where the statement has it.
_NEAR, _FAR, _OTHERS, _ASKED, _BEFORE = 1.0, 0.6, 0.25, 0.4, 0.2
_BESIDE, _SAME, _AROUND = 1.0, 0.8, 0.35
# What a word counts that the statement has and neither the claim nor the question.
_MISSING = 0.15
_WITH = frozenset({"with", "bei", "mit", "con", "avec", "med", "com"})
_ITEM = re.compile(r"\s*(?:\d{1,3}[.)]|[-*\u2022])\s+")
_KEY = re.compile(r"[^:;.!?]{1,160}[^:;.!?\s](?=[:;] \S)")
_ROW_BEHIND = re.compile(r"(?<=[.!?]) (?=[^\W\dA-Z][^.:;!?]{0,60}: \S)")
_BULLET = re.compile(r" ?[\u25cf\u2022\u25a0\u25aa\u25ba\u2023] ?")
_UNIT_COLUMN = re.compile(
    r"[:;,] (?:units?|unit\u00e9s?|einheit|unidade?|enhet|eenheid|unit\u00e0) "
    r"(\S{1,12}?)(?=[,;.] )",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"(?<=\S )\([^()]{1,150}\)")
_UNIT_IN_BRACKETS = re.compile(r"[(\[]([^\W\d_]{1,4}(?:/[^\W\d_]{1,4})?|\u00b0[CF]|%)[)\]] (?!:)")
_NEXT_CELL = re.compile(r"[,;] (?=[^\W\d])")
_CELL = re.compile(r"[:;,] ([^:;,]{1,60}) \Z")
_SUBJECT = 8  # words
_SHORT = 8  # words of what a remark repeats
# Articles at the beginning of what a value is of, and words before the value itself.
_ARTICLES = "the a an der die das den dem le la les l' el los las o os en et den det um uma un una"
_JOINTS = (
    "is are at to of by with every after below above up down about for in than be has have must"
    " ist sind betr\u00e4gt bei mit auf alle nach unter \u00fcber von bis hat wird werden"
    " est sont de \u00e0 toutes les tous par avec apr\u00e8s doit"
    " es son a cada con por tras debe er p\u00e5 til hver med etter \u00e9 s\u00e3o com"
)
_VERBS = frozenset(
    re.findall(
        r"\w+",
        "is are was were has have must ist sind wird werden hat haben muss est sont es son er blir"
        " \u00e9 s\u00e3o",
    )
)
_FIRST = frozenset(_ARTICLES.split())
_LAST = frozenset(_JOINTS.split())
_BREAK = re.compile(
    r"[;:()\n]|,(?!\d)|\s(?:and|but|or|then|while|whereas|with"
    r"|und|aber|oder|dann|w\u00e4hrend|bei|mit|y|e|o|pero|mientras|con|et|mais|ou|puis|tandis|avec"
    r"|og|men|eller|mens|med|mas|enquanto|com)\s",
    re.IGNORECASE,
)


# Numbers that name a place in a document, a figure, a step: no values.
_NO_VALUE = re.compile(
    r"(?<!\w)(?:pages?|pp?\.|fig(?:ure|\.)?|figures|tables?|sections?|sec\.|chapters?|steps?|items?"
    r"|pos\.|seiten?|s\.|abb(?:ildung|\.)|bild|tabellen?|abschnitt|kapitel|kap\.|schritte?"
    r"|p\u00e1gina|p\u00e1g\.|figura|tabla|secci\u00f3n|cap\u00edtulo|pasos?|figure|tableau"
    r"|chapitre|\u00e9tapes?|side|figur|tabell|kapittel|trinn|tabela|passos?)"
    r"[ \u00a0](?:no\.|nr\.|n\u00ba)?[ ]?\d{1,4}(?:[.-]\d{1,3})*"
    r"(?:(?:, | and | und | y | et | og | e )\d{1,4}(?![\w.,]\d| ?[A-Za-z%\u00b0]))*"
    r"|(?<![\w.,])\d{1,3}(?:st|nd|rd|th|er|e|\u00e8me|\u00ba|\u00aa)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A value with the words ``near`` it: of its cell with the column's name, or of its clause.

    ``own`` are the words of the value itself, ``others`` those near other values, and ``subject``
    those that say what it is of: in a row of a table not the other cells.
    """

    value: Value
    near: frozenset[str]
    own: frozenset[str]
    others: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A statement of the passage with the number ``passage``, from 1; the ``number``-th of it.

    ``words`` are the stems of its content, ``around`` those of its heading and the statement before
    it. ``key`` is what a table row is about, "" for a sentence; ``document`` is the passage's.
    """

    passage: int
    number: int
    text: str
    spoken: Language
    words: frozenset[str]
    around: frozenset[str]
    slots: tuple[Slot, ...]
    key: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a claim's words mean in the passages: each with how much it counts, by its stem."""

    spoken: Language
    terms: tuple[Term, ...]
    meant: tuple[frozenset[str], ...]
    slots: tuple[Slot, ...]
    words: frozenset[str]


@dataclass(slots=True)
class Evidence:
    """The statements of the ``passages``, read once; and the question, whose words count a little.

    ``language`` is that of most of the passages.
    """

    passages: Sequence[Passage]
    question: str = ""
    default: str = "en"
    given: list[Given] = field(default_factory=list)
    words: Vocabulary = field(init=False)
    language: Language = field(init=False)
    asked: frozenset[str] = field(init=False)
    asked_values: tuple[Value, ...] = field(init=False)
    _named: re.Pattern[str] | None = field(init=False)
    _verbatim: dict[str, Given] = field(init=False)

    def __post_init__(self) -> None:
        """Read the statements."""
        self.language = spoken_in(
            " ".join(passage.text[:600] for passage in self.passages), language(self.default)
        )
        for number, passage in enumerate(self.passages, 1):
            self.given += _statements(passage, number, self.language)
            del self.given[MOST_STATEMENTS:]
        names = {p.document for p in self.passages if len(p.document) > 2}
        pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        self._named = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if names else None
        self._verbatim = {_plain(one.text): one for one in reversed(self.given)}
        self.words = Vocabulary([one.words for one in self.given], self.language)
        spoken = spoken_in(self.question, self.language)
        self.asked = frozenset(
            stem
            for term in terms(self.question[:_LONGEST], spoken)
            for stem in self.words.same(term.stem, spoken)
        )
        self.asked_values = tuple(read_values(self.question[:_LONGEST], spoken.code))

    def said(self, text: str, spoken: Language) -> Said:
        """Read a claim. What names a page, a step or a document is left out."""
        skipped = [match.span() for match in _NO_VALUE.finditer(text)]
        skipped += [m.span() for m in self._named.finditer(text)] if self._named else []
        found = [t for t in terms(text, spoken) if not _is_in(t.start, skipped)]
        meant = tuple(self.words.same(term.stem, spoken) for term in found)
        values = [v for v in read_values(text, spoken.code) if not _is_in(v.start, skipped)]
        expanded = [
            term._replace(stem=stem)
            for term, stems in zip(found, meant, strict=True)
            for stem in stems
        ]
        words = frozenset(term.stem for term in expanded)
        return Said(spoken, tuple(found), meant, tuple(_slots(text, expanded, values)), words)

    def verbatim(self, text: str) -> Given | None:
        """The statement that a claim repeats word for word, if it does."""
        return self._verbatim.get(_plain(text))

    def likeness(self, said: Said, given: Given, before: frozenset[str]) -> float:
        """How much ``given`` says of what the claim says, as a whole."""
        tells = self.words.tells
        score = sum(tells(w) for w in given.words & said.words)
        score += _ASKED * sum(tells(w) for w in given.words & (self.asked - said.words))
        score += _AROUND * sum(tells(w) for w in (given.around - given.words) & said.words)
        score += _BEFORE * sum(tells(w) for w in given.words & (before - said.words - self.asked))
        return score - 0.02 * len(given.words)

    def fit(
        self,
        slot: Slot,
        said: Said,
        given: Given,
        place: Slot,
        before: frozenset[str],
        *,
        missing: float = _MISSING,
    ) -> float:
        """How much speaks for that ``slot`` of the claim is ``place`` of the statement ``given``.

        What the statement is about and neither the claim nor the question mentions speaks against
        it: ``missing`` of what it tells.
        """
        tells = self.words.tells
        score = 0.0
        for word in (given.words | given.around) - place.own:
            have = self._have(word, slot, said, before)
            if not have:
                if word in place.subject:
                    score -= missing * tells(word)
                continue
            if word in place.near:
                have *= _BESIDE
            else:
                have *= _SAME if word in given.words else _AROUND
            score += have * tells(word)
        return score

    def _have(self, word: str, slot: Slot, said: Said, before: frozenset[str]) -> float:
        """How much it counts that a statement has ``word``, for a ``slot`` of a claim."""
        if word in slot.near:
            return _NEAR
        if word in said.words and word not in slot.own:
            far = _OTHERS if word in slot.others else _FAR
            return max(far, _ASKED) if word in self.asked else far
        if word in self.asked:
            return _ASKED
        return _BEFORE if word in before else 0.0

    def nearer(self, slot: Slot, one: Slot, other: Slot) -> float:
        """How much more of the words near ``slot`` of a claim is near ``one`` than ``other``."""
        tells = self.words.tells
        mine, theirs = one.near | one.subject, other.near | other.subject
        score = sum(tells(word) for word in slot.near & (mine - theirs))
        return score - sum(tells(word) for word in slot.near & (theirs - mine))

    def beside(self, slot: Slot, one: Slot, other: Slot) -> float:
        """How much more speaks for the value ``one`` than for ``other`` of the same statement.

        The question counts where the claim's own words do not tell them apart.
        """
        own = self._near(slot, one, other, frozenset()), self._near(slot, other, one, frozenset())
        if any(own):
            return own[0] - own[1]
        asked = self.asked
        part = _ASKED if slot.near else 1.0
        return part * (self._near(slot, one, other, asked) - self._near(slot, other, one, asked))

    def _near(self, slot: Slot, one: Slot, other: Slot, asked: frozenset[str]) -> float:
        # Every row has the names of the columns; here they tell the cells apart.
        tells, most = self.words.tells, self.words.most
        return sum(
            (tells(word) + most) / 2 * (_NEAR if word in slot.near else _OTHERS)
            for word in one.near - other.near - other.own
            if word in slot.near or (word in asked and word not in slot.others)
        )


def subject_of(given: Given, place: Slot, other: Given) -> str:
    """What ``place`` of a statement is the value of, in a few of its words.

    A row's key, with the name of the column where ``other`` is the same row; of a sentence what is
    before the value, else behind it, without what is around it in every sentence.
    """
    text, value = given.text, place.value
    if given.key:
        cell = _CELL.search(text, len(given.key), max(value.start, len(given.key)))
        name = cell[1].strip() if cell and given is other else ""
        return shortened(", ".join(filter(None, (given.key, name))))
    before = _ITEM.sub("", text[: value.start])
    if given is other:  # two values of one sentence
        start, end = next(
            (p for p in parts(text, [value]) if p[0] <= value.start < p[1]), (0, len(text))
        )
        before = text[start : value.start].strip(" ,;:")
        if len(before.split()) < 2:
            before = text[value.end : end]
    if len(before.split()) < 2:
        before = text[value.end :]
    words = before.strip(" ,;:.").split()
    while len(words) > 2 and words[-1].lower() in _LAST:
        words = words[:-1]
    while len(words) > 2 and words[0].lower() in _FIRST:
        words = words[1:]
    verb = next((at for at, word in enumerate(words) if word.lower() in _VERBS), 0)
    words = words[:verb] if verb else words  # "valve cover bolts (are tightened to)"
    return " ".join(words[-_SUBJECT:]) or shortened(text)


def shortened(text: str) -> str:
    """``text`` in a few words."""
    words = text.rstrip(" .:;,").split()
    return " ".join(words) if len(words) <= _SHORT else f"{' '.join(words[:_SHORT])} …"


def _statements(passage: Passage, number: int, default: Language) -> Iterator[Given]:
    spoken = spoken_in(passage.text, default)
    heading = frozenset(
        term.stem for term in terms(f"{passage.heading} {passage.above}"[:_LONGEST], spoken)
    )
    before: frozenset[str] = frozenset()
    for count, text in enumerate(_texts(passage.text)):
        found = terms(text, spoken)
        words = frozenset(term.stem for term in found)
        values = _with_units(text, read_values(text, spoken.code), spoken)
        yield Given(
            passage=number,
            number=count,
            text=text,
            spoken=spoken,
            words=words,
            around=heading | before,
            slots=tuple(_slots(text, found, values)),
            key=key_of(text),
            document=passage.document,
        )
        before = words


def _texts(text: str) -> Iterator[str]:
    """The sentences and rows of a passage; the key of a row may begin in lower case."""
    for line in text.splitlines():
        for sentence in (s for part in _BULLET.split(line) for s in sentences(part)):
            for part in _ROW_BEHIND.split(sentence):
                if bare := part.strip()[:_LONGEST]:
                    yield bare


def _with_units(text: str, values: Sequence[Value], spoken: Language) -> Sequence[Value]:
    """The ``values`` of a row, those without a unit in that of its column of units."""
    column = _UNIT_COLUMN.search(text)
    cells = list(_UNIT_IN_BRACKETS.finditer(text)) if key_of(text) else []
    if column is None and not cells:
        return values
    found = []
    for value in values:
        sign = column[1] if column and value.start > column.end() else ""
        for cell in cells:
            if cell.end() <= value.start and not _NEXT_CELL.search(text, cell.end(), value.start):
                sign = cell[1]
        if value.kind is ValueKind.NUMBER and sign:
            sign = sign.capitalize() if sign.isupper() and len(sign) > 1 else sign
            sign = sign if sign != "Mm" else "mm"
            read = read_values(f"{value.text} {sign}", spoken.code)
            if len(read) == 1 and read[0].unit is not None:
                value = replace(value, unit=read[0].unit, kind=read[0].kind)  # noqa: PLW2901
        found.append(value)
    return found


def _plain(text: str) -> str:
    """``text`` in lower case, without its number in a list and the stop at its end."""
    return _ITEM.sub("", normal(text)).rstrip(" .:;!").lower()


def _is_in(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def key_of(text: str) -> str:
    """What a row of a table is about: ``Fluid end, Stud M24`` of its linearised text; or ""."""
    match = _KEY.match(text)
    return match[0] if match else ""


def _slots(text: str, found: Sequence[Term], values: Sequence[Value]) -> Iterator[Slot]:
    """The ``values`` of ``text``, each with the content of its part of the text."""
    inside = [
        (value, [t for t in found if t.start < value.end and t.end > value.start])
        for value in values
    ]
    # A unit is no subject.
    units = {id(t) for _, own in inside for t in own if not t.figure}
    key = len(key_of(text))
    rows_key = key if text.count(": ") == 1 else 0  # of more than one row all is not of the first
    near_by: list[tuple[Value, frozenset[str], frozenset[str]]] = []
    for start, end in parts(text, values):
        words = [t for t in found if start <= t.start < end and id(t) not in units]
        for value, own in inside:
            if start <= value.start < end:
                near = frozenset(
                    t.stem
                    for t in (*words, *(t for t in found if t.start < rows_key))
                    if t not in own
                )
                near_by.append((value, near, frozenset(t.stem for t in own)))
    aside = [match.span() for match in _IN_BRACKETS.finditer(text, 0, key)]
    of_key = frozenset(t.stem for t in found if t.start < key and not _is_in(t.start, aside))
    everything = frozenset(t.stem for t in found if id(t) not in units and not t.figure)
    for number, (value, near, own_stems) in enumerate(near_by):
        others = frozenset().union(*(n for k, (_, n, _) in enumerate(near_by) if k != number))
        in_key = value.end <= key  # then all cells say what it is of
        subject = (near | of_key) if key and not in_key else everything
        yield Slot(value, near, own_stems, others - near, subject - own_stems)


def parts(text: str, values: Sequence[Value], *, wide: bool = False) -> Iterator[tuple[int, int]]:
    """The parts of ``text`` between commas, conjunctions and the like; no value is cut.

    ``wide``: "with" and the like begin no part.
    """
    start = 0
    for match in _BREAK.finditer(text):
        if wide and match[0].strip().lower() in _WITH:
            continue
        at = match.start()
        if any(value.start < match.end() and at < value.end for value in values):
            continue
        if at > start:
            yield start, at
        start = match.end()
    yield start, len(text)
