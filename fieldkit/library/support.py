"""Numbers and codes of an answer that stand in none of the passages it rests on.

A small model may put a wrong torque into a sentence that reads well. Its figures can be held
against the manual without understanding it: each number, part number or fault code of an answer has
to stand in a passage or in the question. However it is written: ``1,200`` is ``1200``, ``0,5`` is
``.5``, ``2`` is ``two``, ``e17`` is ``E 17``. Units are shown and not compared. Both sides are read
as search reads them (library/normal.py), without the raised marks of notes, which are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fieldkit.core.citation import Passage, cited, refused
from fieldkit.library.normal import placed
from fieldkit.library.numbers import joined, numbers
from fieldkit.library.terms import Found, codes, found_codes

_MARK = re.compile(r"\[\d{1,2}\]")
_STEP = re.compile(r"^[ \t]*(?:[*_#>-]+[ \t]*)?\d{1,3}[.)](?=[ \t])", re.MULTILINE)
# Digits, perhaps in groups of three, perhaps with a fraction; a full stop may end the sentence.
_NUMBER = re.compile(
    r"[0-9]{1,3}(?:[ \u00a0\u202f'\u2019][0-9]{3})+(?:[.,][0-9]+)?(?![0-9])"
    r"|[0-9]+(?:[.,][0-9]+)*|(?<![0-9A-Za-z])[.,][0-9]+"
)
_GROUP = re.compile(r"[ \u00a0\u202f'\u2019]")
_UNIT = re.compile(
    r"[ \u00a0\u202f-]?(%|\u00b0 ?[CF]?"
    r"|(?:Nm|N\u00b7m|bar|psi|[kM]?Pa|m?V|m?A|kVA|k?W|k?Hz|[cmk\u00b5]?m|m?m[23\u00b2\u00b3]"
    r"|k?g|m?[lL]|lit(?:er|re)s?|rpm|min|minutes?|h|hours?|s|seconds?|days?|weeks?|months?|years?"
    r"|ppm|dB|K|t)(?![\w-]))"
)
_WORDS = {
    word: Decimal(number)
    for number, words in enumerate(
        (
            "zero null cero zéro",
            "one once single ein eine einen einer eins einmal un uno una une en ett um uma",
            "two twice both zwei zweimal dos deux to dois duas",
            "three drei tres trois tre três",
            "four vier cuatro quatre fire quatro",
            "five fünf cinco cinq fem",
            "six sechs seis seks",
            "seven sieben siete sept sju syv sete",
            "eight acht ocho huit åtte oito",
            "nine neun nueve neuf ni nove",
            "ten zehn diez dix ti dez",
            "eleven elf once onze elleve",
            "twelve zwölf doce douze tolv doze",
        )
    )
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of an answer as it stands there, and what it may mean.

    ``joined`` is the long number that it is a part of, without the signs that group it.
    """

    start: int
    shown: str
    code: str = ""
    numbers: tuple[frozenset[Decimal], ...] = ()
    measured: bool = False
    joined: str = ""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What may support a figure; ``measured`` are the numbers that are part of no name.

    ``joined`` are long numbers without the signs that group them.
    """

    codes: frozenset[str]
    numbers: frozenset[Decimal]
    measured: frozenset[Decimal]
    joined: frozenset[str]

    @classmethod
    def of(cls, passages: Sequence[Passage], question: str) -> _Evidence:
        said = _plain(
            "\n".join([*(f"{p.title}\n{p.heading}\n{p.text}" for p in passages), question])
        )
        places = _plain("\n".join(passage.place for passage in passages))
        return cls(
            codes=frozenset(codes(f"{said}\n{places}")),
            numbers=_numbers(f"{said}\n{places}"),
            measured=_numbers(_without(said, [code for code in _names(said) if _names_one(code)])),
            joined=frozenset(joined(said)),
        )

    def supports(self, figure: _Figure) -> bool:
        """Whether ``figure`` stands in here: as a code, or with each of its numbers."""
        if figure.code in self.codes or (figure.joined in self.joined and not figure.measured):
            return True
        numbers = self.measured if figure.measured else self.numbers
        return bool(figure.numbers) and all(meant & numbers for meant in figure.numbers)


def unsupported(text: str, passages: Sequence[Passage], question: str = "") -> tuple[str, ...]:
    """Return the figures of the answer ``text`` that nothing supports, as they stand, in order.

    They are held against the passages it cites, or where it cites none against all ``passages``,
    and against ``question``. A number with a unit is not supported by the digits of a code or of a
    page number. A refusal claims nothing.
    """
    if refused(text):
        return ()
    evidence = _Evidence.of(cited(text, passages) or tuple(passages), question)
    claimed = _STEP.sub(" ", _MARK.sub(" ; ", text))
    plain, places = placed(claimed, notes=False)
    return tuple(
        dict.fromkeys(
            claimed[places[figure.start] : places[figure.start + len(figure.shown)]].strip()
            for figure in _figures(plain)
            if not evidence.supports(figure)
        )
    )


def _plain(text: str) -> str:
    return placed(text, notes=False)[0]


def _figures(text: str) -> list[_Figure]:
    """The codes of ``text`` and the numbers that are part of no code, in reading order."""
    names = _names(text)
    long = [number for number in numbers(text) if not number.letters]
    found = [_of_code(code) for code in names]
    for match in _NUMBER.finditer(_without(text, names)):
        unit = _UNIT.match(text, match.end())
        shown = match[0] + (unit[0] if unit else "")
        meant = (_meanings(match[0]),)
        whole = next((n.joined for n in long if n.start <= match.start() < n.end), "")
        measured = unit is not None
        found.append(_Figure(match.start(), shown, "", meant, measured, joined=whole))
    return sorted(found, key=lambda figure: figure.start)


def _of_code(code: Found) -> _Figure:
    """What names a thing has to stand as it is; ``45Nm`` is a number with its unit."""
    if code.identity:
        return _Figure(code.start, code.shown, code.text)
    numbers = tuple(_meanings(match[0]) for match in _NUMBER.finditer(code.shown))
    return _Figure(code.start, code.shown, code.text, numbers, measured=True)


def _names(text: str) -> list[Found]:
    """The codes of ``text``; the ``A 45`` of "A 45 Nm bolt" is none."""
    return [
        code
        for code in found_codes(text)
        if not (code.spaced and _UNIT.match(text, code.start + len(code.shown)))
    ]


def _names_one(code: Found) -> bool:
    """Whether the digits of ``code`` measure nothing; those of a thread do."""
    return code.identity and not re.match(r"m\d+(?:x|$)", code.text)


def _without(text: str, names: Sequence[Found]) -> str:
    """``text`` with blanks where ``names`` stand, so that all else keeps its place."""
    for code in names:
        end = code.start + len(code.shown)
        text = f"{text[: code.start]}{' ' * len(code.shown)}{text[end:]}"
    return text


def _numbers(text: str) -> frozenset[Decimal]:
    found = {_WORDS[word] for word in _WORD.findall(text.lower()) if word in _WORDS}
    for match in _NUMBER.finditer(text):
        found |= _meanings(match[0])
        if _GROUP.search(match[0]):  # two numbers side by side look the same
            for part in _GROUP.split(match[0]):
                found |= _meanings(part)
    return frozenset(found)


def _meanings(written: str) -> frozenset[Decimal]:
    """What a number may mean: ``1.200`` is 1.2 to one and 1200 to another."""
    text = _GROUP.sub("", written)
    if len(re.findall(r"[.,]", text)) <= 1:
        meant = {Decimal(text.replace(",", "."))}
    else:  # 1.234,5 or 1,234.5; a date or a version also reads so
        whole, _, fraction = text.replace(",", ".").rpartition(".")
        meant = {Decimal(f"{whole.replace('.', '')}.{fraction}")}
    if re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{3})+", text):
        meant.add(Decimal(re.sub(r"[.,]", "", text)))
    return frozenset(meant)
