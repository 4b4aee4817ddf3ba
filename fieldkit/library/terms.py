"""What a search looks for: the content words and the codes of a text.

A *code* is what is printed on a part or a display: ``P-204``, ``E 17``, ``M12x1.75``. Manuals and
technicians write the same code differently, so both sides are reduced to letters and digits
(``p204``, ``e17``, ``m12x175``) and kept in a column of their own. So are long numbers, however
they are grouped (``numbers``), and figures and tables by their numbers (``captions``).

Questions are taken as they were typed; ``codes`` and ``found_codes`` take ``normal`` text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fieldkit.library import captions, numbers, unspaced
from fieldkit.library.language import WORD, Language, language
from fieldkit.library.normal import normal

# Up to so many terms a question may be too short to stand alone.
FEW = 2

ENGLISH = language("en")

_THREAD_GAP = re.compile(r"(?<=\d)\s*[x\u00d7]\s*(?=\d)")
_THREAD_COMMA = re.compile(r"(?<=\dx\d),(?=\d)")  # M12x1,75
# Letters and digits in one run, perhaps with separators inside: P-204, 15W-40, M12x1.75, H2S.
_SEPARATORS = re.compile(r"[-./]")
_COMPOUND = re.compile(r"[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
# A display's "E 17" or an oil's "VG 220": capitals, one space, digits.
_SPACED = re.compile(r"\b([A-Z]{1,3}) (\d{1,5})\b")
_LOOSELY_SPACED = re.compile(r"\b([A-Za-z]{1,3}) (\d{1,5})\b")
# A code in three parts: PN 7711 X.
_THREE_PARTS = re.compile(r"\b([A-Z]{1,4}) (\d{3,6})[ -]([B-HJ-Z]|[A-Z]{2})\b(?![-.]?\w)")
_PART = 4  # letters and digits of a part that may belong to the one beside it
_MOST_PARTS = 3
_WHOLE = 5  # letters and digits of a code that is one without what stands before or behind it
_PREFIXED = re.compile(r"[A-Za-z]{2,4}-(?=[A-Za-z0-9])")
_LETTERS_FIRST = re.compile(r"[A-Za-z]{1,4}[0-9]{1,4}[A-Za-z]?")
_WORD_LETTERS = 4  # of a word that a hyphen joins to a code
_NUMBERED = re.compile(r"[a-z]{1,4}(\d{5,20})")
# A code as it stands in a text, a thread with gaps too: M12 x 1.75.
_WRITTEN = re.compile(
    r"(?P<spaced>\b[A-Z]{1,3} \d{1,5}\b)"
    r"|[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+"
    r"|(?<=\d)\s*[x\u00d7]\s*(?=\d)[A-Za-z0-9]+(?:(?<=\D\d),(?=\d)[A-Za-z0-9]+)?)*"
)
_CODE_DIGITS = 5  # that may follow the letters of a spaced code
# What a thing is called begins with its letters; what begins with digits is a quantity (12V).
_IDENTITY = re.compile(r"[a-z]{1,4}\d|0x[0-9a-f]")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a word or, where ``code`` is true, a normalised code.

    ``also`` are words, or codes, that answer for it; ``identity`` marks the code of one part or
    fault, which nothing else can stand in for. Where the manuals lack a code, its other ``forms``
    are tried in their order, and then its ``groups``: digits as words, others as codes.
    ``pair``: two characters of a script without spaces; ``begins``: one, with which a pair begins.
    """

    text: str
    also: tuple[str, ...] = ()
    code: bool = False
    identity: bool = False
    forms: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    pair: bool = False
    begins: bool = False


def codes(text: str) -> tuple[str, ...]:
    """Return the codes of a manual's ``normal`` text, reduced, in order, each once."""
    joined = _threads(text)
    found = dict.fromkeys(f"{a}{b}".lower() for a, b in _SPACED.findall(joined))
    compounds = _COMPOUND.findall(joined)
    for code in _mixed(compounds):
        found[code] = None
        if thread := re.match(r"(m\d+)x\d", code):
            found[thread[1]] = None
        elif numbered := _NUMBERED.fullmatch(code):
            found[numbered[1]] = None
    found |= dict.fromkeys(_parts_of_compounds(compounds))
    found |= dict.fromkeys("".join(parts) for parts in _in_parts(joined))
    found |= dict.fromkeys(numbers.joined(text))
    found |= dict.fromkeys(code for caption in captions.named(text) for code in caption.codes)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Found:
    """A code where it stands: ``shown`` from ``start`` of a text; ``text`` is it normalised.

    ``identity`` as in ``Term``; ``spaced`` says that it may also be a word before a number.
    """

    start: int
    shown: str
    text: str
    identity: bool
    spaced: bool


def found_codes(text: str) -> Iterator[Found]:
    """Yield the codes of a ``normal`` text with their places, in reading order."""
    for match in _WRITTEN.finditer(text):
        if match[0].isalpha():  # as most are
            continue
        code = re.sub(r"[^a-z0-9]", "", match[0].lower().replace("\u00d7", "x"))
        if re.search(r"[a-z]", code) and re.search(r"\d", code):
            yield Found(
                start=match.start(),
                shown=match[0],
                text=code,
                identity=bool(_IDENTITY.match(code)),
                spaced=match["spaced"] is not None,
            )


def _threads(text: str) -> str:
    """``text`` with threads in one spelling: ``M12x1.75`` for ``M12 x 1,75``."""
    return _THREAD_COMMA.sub(".", _THREAD_GAP.sub("x", text))


def _compounds(text: str) -> Iterator[str]:
    return _mixed(_COMPOUND.findall(text))


def _mixed(compounds: Iterable[str]) -> Iterator[str]:
    """Yield the codes, reduced, among ``compounds``: what has both letters and digits."""
    for written in compounds:
        if written.isalpha():  # as most are
            continue
        code = _SEPARATORS.sub("", written).lower()
        if not (code.isalpha() or code.isdigit()):
            yield code


def _parts_of_compounds(compounds: Iterable[str]) -> Iterator[str]:
    """Yield the codes in others: ``A1024`` of ``A1024/A1025``, ``BD6A20S`` of ``JK-BD6A20S``.

    And each of several that are set apart by a hyphen: ``EB100`` and ``BE1`` of ``EB100-BE1``.
    """
    for written in compounds:
        if "/" not in written and "-" not in written:
            continue
        listed = written.split("/")
        for one in listed:
            code = _SEPARATORS.sub("", one).lower()
            if len(listed) > 1 and _is_whole(code):
                yield code
            if (prefixed := _PREFIXED.match(one)) is not None:
                rest = _SEPARATORS.sub("", one[prefixed.end() :]).lower()
                if _is_whole(rest):
                    yield rest
            joined = one.split("-")
            if len(joined) > 1 and all(map(_begins_with_letters, joined)):
                yield from (part.lower() for part in joined)


def _begins_with_letters(part: str) -> bool:
    return bool(_LETTERS_FIRST.fullmatch(part))


def _is_whole(code: str) -> bool:
    return len(code) >= _WHOLE and not (code.isalpha() or code.isdigit())


def _in_parts(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the parts of what may be one code with spaces in it: ``6ES7 214-1AG40``."""
    run: list[str] = []
    end = 0
    for match in _COMPOUND.finditer(text):
        written = match[0]
        if len(written) < _PART or written.isalpha() or written.isdigit():  # as most are
            continue
        part = _SEPARATORS.sub("", written).lower()
        if len(part) < _PART or part.isalpha() or part.isdigit():
            continue
        if run and text[end : match.start()] != " ":
            if 1 < len(run) <= _MOST_PARTS:
                yield tuple(run)
            run = []
        run.append(part)
        end = match.end()
    if 1 < len(run) <= _MOST_PARTS:
        yield tuple(run)
    for letters, digits, last in _THREE_PARTS.findall(text):
        yield f"{letters}{digits}".lower(), last.lower()


def parts_of(term: Term) -> Iterator[Term]:
    """Yield what to look for where the manuals lack the code ``term``: its groups."""
    for group in dict.fromkeys(term.groups):
        if group.isdigit():
            yield Term(group)
        elif len(group) > 1:
            yield Term(group, code=not group.isalpha(), identity=bool(_IDENTITY.match(group)))


def terms(question: str, spoken: Language = ENGLISH) -> tuple[Term, ...]:
    """Return what ``question`` asks for: its codes, then its words but stop words, each once.

    ``spoken`` is the language of the question.
    """
    joined = _threads(normal(question))
    found: dict[str, Term] = {}
    for term in (*_named_by_number(joined), *_codes_asked(joined)):
        found.setdefault(term.text, term)
    # What is part of a certain code is not looked for again as words of its own.
    rest = _COMPOUND.sub(_unless_code, _SPACED.sub(" ", _without_numbers(joined)))
    for letters, digits in _LOOSELY_SPACED.findall(rest):
        if letters.lower() not in spoken.stop_words:
            code = f"{letters}{digits}".lower()
            found.setdefault(code, Term(code, code=True))
    for term in _words_asked(rest.lower(), spoken):
        found.setdefault(term.text, term)
    return tuple(found.values())


def _named_by_number(text: str) -> Iterator[Term]:
    """The figures, tables and long numbers that ``text`` asks for."""
    for caption in captions.named(text):
        yield Term(caption.code, (caption.sought,), code=True, identity=True)
    for number in _long_numbers(text):
        digits = number.joined
        if number.letters:
            forms = (digits, f"{number.letters}{number.groups[0]}")
            yield Term(f"{number.letters}{digits}", code=True, identity=True, forms=forms)
        else:
            yield Term(digits, code=True, groups=number.groups)


def _codes_asked(text: str) -> Iterator[Term]:
    rest = _without_numbers(text)
    in_parts: set[str] = set()
    for parts in _in_parts(rest):
        joined = "".join(parts)
        yield Term(joined, code=True, identity=bool(_IDENTITY.match(joined)), groups=parts)
        in_parts.update(parts)
    for term in _whole_codes(rest):
        if term.text not in in_parts:
            yield term


def _whole_codes(rest: str) -> Iterator[Term]:
    for letters, digits in _SPACED.findall(rest):
        yield Term(f"{letters}{digits}".lower(), code=True, identity=True)
    for written in _COMPOUND.findall(rest):
        for code in _compounds(written):
            # A maker's letters may be left out on the other side.
            prefixed = _PREFIXED.match(written)
            short = _SEPARATORS.sub("", written[prefixed.end() :]).lower() if prefixed else ""
            forms = (short,) if _is_whole(short) else ()
            yield Term(
                code,
                code=True,
                identity=bool(_IDENTITY.match(code)),
                forms=forms,
                groups=_code_and_word(written),
            )


def _code_and_word(written: str) -> tuple[str, ...]:
    """The parts of a code and words with hyphens between them, ``O2-Gehalt``; () for all others."""
    parts = written.lower().split("-")
    words = [part for part in parts if part.isalpha() and len(part) >= _WORD_LETTERS]
    mixed = [part for part in parts if _LETTERS_FIRST.fullmatch(part)]
    return tuple(parts) if words and mixed and len(words) + len(mixed) == len(parts) else ()


def _words_asked(text: str, spoken: Language) -> Iterator[Term]:
    for piece, without_spaces in unspaced.pieces(text):
        if without_spaces:
            for pair, alone in unspaced.asked(piece):
                yield Term(pair, pair=not alone, begins=alone)
            continue
        for word in WORD.findall(piece):
            if word not in spoken.stop_words and (len(word) > 1 or word.isdigit()):
                yield Term(word, spoken.also.get(word, ()))


def _long_numbers(text: str) -> Iterator[numbers.Number]:
    """Numbers in groups or of many digits; ``VG 22000`` is a code like all others."""
    for number in numbers.numbers(text):
        if len(number.groups) > 1 or not number.letters or len(number.joined) > _CODE_DIGITS:
            yield number


def _without_numbers(text: str) -> str:
    """``text`` with blanks for what ``_named_by_number`` yields."""
    places = [(c.start, c.end) for c in captions.named(text)]
    places += [(n.start, n.end) for n in _long_numbers(text)]
    letters = list(text)
    for start, end in places:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _unless_code(match: re.Match[str]) -> str:
    return " " if any(_compounds(match[0])) else match[0]


def points_back(question: str, spoken: Language = ENGLISH) -> bool:
    """Whether ``question`` is worded as going on about what was asked before it."""
    words = WORD.findall(normal(question).lower())
    if any(tuple(words[: len(opening)]) == opening for opening in spoken.openings):
        return True
    return len(terms(question, spoken)) <= FEW + 1 and not spoken.pointing.isdisjoint(words)
