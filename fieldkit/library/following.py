"""A question that goes on about what was asked before it: the subject stays, what it names changes.

"Oil capacity of the mud pump?", "and for the generator?" asks for the oil capacity of the
generator; "in winter?" after it still speaks of the generator. Words are distinguished by what they
name: the product of a document, a quantity, a code, or anything else; of each kind the last one
holds. What is left of the earlier question is put before the new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from fieldkit.library.asking import STOPS, without_asking
from fieldkit.library.language import WORD, Language, fold, language
from fieldkit.library.normal import normal
from fieldkit.library.quantities import named
from fieldkit.library.stopwords import OPENINGS, STOP_WORDS
from fieldkit.library.terms import codes, found_codes
from fieldkit.library.units import asked_in

# Words of an earlier question that are kept at most; it is only a subject.
_KEPT = 20
_IMPLIED = 3  # words of a product that neither question names
_FRAGMENT = 3  # content words of a question without a verb, at most
_PREFIX = 5  # letters that two forms of one word share
_ENDING = 3  # and how many may follow
# Before a thing that takes the place of another; before a circumstance that is added.
_FOR_TEXT = """
    for of fur von vom para pour por til voor van per pel till
"""
_FOR = frozenset(_FOR_TEXT.split())
_WHEN_TEXT = """
    in at on when if below above after before during with without while under over once until im
    am bei beim unter uber nach vor mit ohne wenn ab wahrend en con sin cuando si bajo sobre
    despues antes durante dans avec sans quand sous sur apres avant pendant ved nar hvis med uten
    etter for om pa em no na com sem quando se sob apos senza sotto dopo prima met zonder wanneer
    als bij onder utan efter vid
"""
_WHEN = frozenset(_WHEN_TEXT.split())
# They join two nouns into the name of one thing: bomba de lodo.
_JOINING_TEXT = """
    de d di of von af av van
"""
_JOINING = frozenset(_JOINING_TEXT.split())
_HOW_TEXT = """
    how wie hvor hur hoe que quao combien
"""
_HOW = frozenset(_HOW_TEXT.split())
# What documents are called, and no product.
_KINDS_TEXT = """
    manual manuals handbook guide user users operator operators operating operation owner owners
    instruction instructions specification specifications technical data sheet datasheet reference
    installation installing service servicing maintenance quick start starting catalog catalogue
    version firmware edition revision document protocol field safety general
    manuel notice utilisateur technique entretien mode emploi
    handbuch anleitung bedienungsanleitung betriebsanleitung montageanleitung benutzerhandbuch
    wartung technische daten datenblatt
    usuario tecnico tecnica guia instrucciones mantenimiento instalacion
    utilizador instrucoes manutencao instalacao
    brukerveiledning bruksanvisning handbok vedlikehold brugsanvisning bruksanvisningen
    handleiding gebruiksaanwijzing manuale istruzioni uso
"""
_KINDS = frozenset(_KINDS_TEXT.split())
_OPENINGS = tuple(
    sorted(
        {tuple(map(fold, opening)) for openings in OPENINGS.values() for opening in openings}
        | {("och",), ("en", "voor"), ("en", "de"), ("en", "het"), ("vad", "om")},
        key=lambda opening: (-len(opening), opening),
    )
)


class _Kind(Enum):
    PRODUCT = "product"
    QUANTITY = "quantity"
    CODE = "code"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question that says something, from ``start`` to ``end``.

    ``run`` counts the names of things: words that stand together have the same. ``documents``: the
    places of those whose title holds it; ``quantities``: what it may name, like ``torque``.
    """

    start: int
    end: int
    kind: _Kind
    run: int
    documents: frozenset[int] = frozenset()
    quantities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subjects:
    """The products that a library is about, by the words of its documents' titles."""

    words: Mapping[str, frozenset[int]] = field(default_factory=dict)
    codes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    documents: tuple[str, ...] = ()

    @classmethod
    def of(cls, documents: Iterable[tuple[str, str]]) -> Subjects:
        """Those of documents, each with its identity and title.

        A word in the titles of more than half of them names no product (manual, guide).
        """
        words: dict[str, set[int]] = {}
        names: dict[str, set[int]] = {}
        identities: list[str] = []
        for place, (document, title) in enumerate(documents):
            identities.append(document)
            for word in map(fold, WORD.findall(normal(f"{title} {document}"))):
                if word.isalpha() and len(word) > 2 and word not in STOPS | _KINDS:
                    words.setdefault(word, set()).add(place)
            for code in codes(normal(f"{document} {title}")):
                names.setdefault(code, set()).add(place)
        most = len(identities) // 2
        return cls(
            {word: frozenset(held) for word, held in words.items() if len(held) <= most},
            {code: frozenset(held) for code, held in names.items() if len(held) <= most},
            tuple(identities),
        )

    def product(self, document: str) -> str:
        """The words of its title that tell the product of ``document``, a few; "": none do."""
        found = [
            word
            for word, held in self.words.items()
            if any(self.documents[place] == document for place in held)
        ]
        return " ".join(found[:_IMPLIED])

    def named_by(self, word: str) -> frozenset[int]:
        """The documents whose titles hold the folded ``word``, perhaps with another ending."""
        found = self.words.get(word)
        if found is not None or len(word) < _PREFIX:
            return found or frozenset()
        alike = (held for title, held in self.words.items() if _forms(word, title))
        return frozenset[int]().union(*alike)


def is_fragment(question: str) -> bool:
    """Whether ``question`` is a circumstance alone: "in winter?", "for the generator?"."""
    words = [fold(word) for word in WORD.findall(normal(question))]
    if not words or words[0] not in _FOR | _WHEN:
        return False
    content = [word for word in words if word not in STOPS]
    asks = any(word in _HOW for word in words[1:])
    return len(content) <= _FRAGMENT and not asks and words[0] not in {"when", "wenn", "quand"}


def followed(
    subject: str,
    question: str,
    subjects: Subjects,
    spoken: Language,
    answered_by: Callable[[], str] = str,
) -> str:
    """Return the question that ``question`` means after ``subject``, the question before it.

    ``answered_by`` returns the document that answers ``subject``: where neither question names a
    product and the thing that was asked about is replaced, its product is meant.
    """
    opening = _opening(question)
    likely = _likely(f"{subject} {question}") or (spoken.spoken,)
    new = _words(question, subjects, spoken, likely)
    old = _words(subject, subjects, spoken, likely)
    dropped = _dropped(old, new, question, replaces=goes_on(question))
    kept = [word for word in old if word not in dropped][:_KEPT]
    earlier = " ".join(subject[word.start : word.end] for word in kept)
    implied = ""
    if dropped and not any(word.kind is _Kind.PRODUCT for word in (*old, *new)):
        implied = subjects.product(answered_by())
    return " ".join(filter(None, (earlier, question[opening or 0 :].strip(), implied)))


def _dropped(
    old: Sequence[_Word], new: Sequence[_Word], question: str, *, replaces: bool
) -> set[_Word]:
    """The words of the earlier question that ``new`` ones take the place of."""
    kinds = {word.kind for word in new}
    dropped: set[_Word] = set()
    measured = asked_in(f"x {question}").quantities
    if _Kind.QUANTITY in kinds or measured:
        dropped |= {
            word
            for word in old
            if word.kind is _Kind.QUANTITY and word.quantities.isdisjoint(measured)
        }
    if _Kind.CODE in kinds:
        dropped |= {word for word in old if word.kind is _Kind.CODE}
    other_product = False
    if _Kind.PRODUCT in kinds:
        ours, theirs = _documents(new), _documents(old)
        other_product = ours.isdisjoint(theirs)
        if other_product:
            dropped |= {word for word in old if word.kind is _Kind.PRODUCT}
    others = [word for word in old if word.kind is _Kind.OTHER]
    if not replaces:
        return dropped
    if _Kind.OTHER in kinds and _Kind.QUANTITY in kinds:
        dropped |= set(others)
    elif (_Kind.OTHER in kinds and not _circumstance(question)) or (
        other_product and not _documents(old) and len({word.run for word in old}) > 1
    ):
        last = max((word.run for word in others), default=-1)
        dropped |= {word for word in others if word.run == last}
    return dropped


def _documents(words: Sequence[_Word]) -> frozenset[int]:
    """The documents that most of ``words`` name."""
    counts: dict[int, int] = {}
    for word in words:
        for document in word.documents:
            counts[document] = counts.get(document, 0) + 1
    most = max(counts.values(), default=0)
    return frozenset(document for document, count in counts.items() if count == most)


def _opening(question: str) -> int | None:
    """Where ``question`` goes on after words like "and", "what about"; None: it has none."""
    words = [(match.end(), fold(match[0])) for match in WORD.finditer(question)]
    for opening in _OPENINGS:
        if tuple(word for _, word in words[: len(opening)]) == opening:
            following = words[len(opening) : len(opening) + 1]
            if opening != ("e",) or not (following and following[0][1].isdigit()):  # no "E 17"
                return words[len(opening) - 1][0]
    return None


def goes_on(question: str) -> bool:
    """Whether ``question`` is worded as going on, in whatever language: "and ...", "in winter?"."""
    return _opening(question) is not None or is_fragment(question)


def _circumstance(question: str) -> bool:
    """Whether ``question`` adds a circumstance: "and in winter?"."""
    words = [fold(word) for word in WORD.findall(question[_opening(question) or 0 :])]
    return bool(words) and words[0] in _WHEN - _FOR


def _likely(text: str) -> tuple[str, ...]:
    """The languages that ``text`` is most likely in, by its stop words."""
    words = WORD.findall(normal(text).lower())
    counts = {code: sum(word in stops for word in words) for code, stops in STOP_WORDS.items()}
    most = max(counts.values())
    return tuple(code for code, count in counts.items() if count == most and most)


def _words(
    question: str, subjects: Subjects, spoken: Language, likely: Sequence[str]
) -> list[_Word]:
    """The words of ``question``, which is in one of the ``likely`` languages, that say something.

    They are in order.
    """
    text = without_asking(question)
    stops = frozenset[str]().union(*(language(code).stop_words for code in likely))
    found: list[_Word] = []
    end = run = 0
    for match in _tokens(text):
        word = fold(match[1])
        if word in stops or (len(word) == 1 and not word.isdigit()):
            continue
        between = [fold(each) for each in WORD.findall(text[end : match[0]])]
        if found and not (_JOINING.issuperset(between) or not between):
            run += 1
        before = between[-1] if between else ""
        start, end = match[0], match[0] + len(match[1])
        adjective = word in spoken.also and before not in _HOW
        quantities = frozenset[str]().union(*(named(word, code) for code in likely))
        if adjective:
            quantities = frozenset()
        found.append(_named(_Word(start, end, _Kind.OTHER, run), word, quantities, subjects))
    return found


def _tokens(text: str) -> list[tuple[int, str]]:
    """Codes and words with their places, in order."""
    found = [(code.start, code.shown) for code in found_codes(text) if code.identity]
    taken = [(start, start + len(shown)) for start, shown in found]
    found += [
        (match.start(), match[0])
        for match in WORD.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    return sorted(found)


def _named(place: _Word, word: str, quantities: frozenset[str], subjects: Subjects) -> _Word:
    """What ``word`` at ``place`` names; ``quantities`` are those that it may."""
    code = re.sub(r"[^a-z0-9]", "", word)
    if any(letter.isdigit() for letter in word) and not word.isdigit():
        documents = subjects.codes.get(code, frozenset())
        kind = _Kind.PRODUCT if documents else _Kind.CODE
        return replace(place, kind=kind, documents=documents)
    if documents := subjects.named_by(word):
        return replace(place, kind=_Kind.PRODUCT, documents=documents)
    if quantities:
        return replace(place, kind=_Kind.QUANTITY, quantities=quantities)
    return place


def _forms(one: str, other: str) -> bool:
    """Whether two words may be forms of one: generator, generatoren."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _PREFIX and long.startswith(short) and len(long) - len(short) <= _ENDING
