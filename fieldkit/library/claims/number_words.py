"""Numbers in words, from zero to 9,999, in ten languages: ``twenty-five``, ``fünfundzwanzig``.

A language names the numbers up to a hundred in its own order; hundreds and thousands are put
together from these. Words are folded, and those of a number are a tuple.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from fieldkit.library.language import fold

Words = tuple[str, ...]

# Per language: 0 to 19 (several spellings divided by "/"), then the tens from 20 to 90, then the
# words for a hundred and for a thousand.
_SMALL: Mapping[str, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    "de": "null eins/ein/eine/einen/einem/einer zwei drei vier fünf sechs sieben acht neun zehn "
    "elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
    "quinze seize dix-sept dix-huit dix-neuf",
    "es": "cero uno/un/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece "
    "catorce quince dieciséis diecisiete dieciocho diecinueve",
    "no": "null én/en/ett/et to tre fire fem seks sju/syv åtte ni ti elleve tolv tretten fjorten "
    "femten seksten sytten atten nitten",
    "pt": "zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze "
    "catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove",
    "it": "zero uno/un/una/un' due tre quattro cinque sei sette otto nove dieci undici dodici "
    "tredici quattordici quindici sedici diciassette diciotto diciannove",
    "nl": "nul een/één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien "
    "vijftien zestien zeventien achttien negentien",
    "sv": "noll en/ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton "
    "sexton sjutton arton nitton",
    "da": "nul en/et/én to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten "
    "seksten sytten atten nitten",
}
_TENS: Mapping[str, str] = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "no": "tjue/tyve tretti/tredve førti femti seksti sytti åtti nitti",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "sv": "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio",
    "da": "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems",
}
_HUNDRED: Mapping[str, str] = {
    "en": "hundred thousand", "de": "hundert tausend", "fr": "cent/cents mille",
    "es": "cien/ciento/cientos mil", "no": "hundre tusen", "pt": "cem/cento mil",
    "it": "cento mille/mila", "nl": "honderd duizend", "sv": "hundra tusen",
    "da": "hundrede tusind",
}  # fmt: skip
_MORE: Mapping[str, Mapping[str, int]] = {
    "en": {"dozen": 12, "a dozen": 12, "one dozen": 12, "two dozen": 24, "a hundred": 100,
           "a thousand": 1000},
    "de": {"dutzend": 12, "ein dutzend": 12, "zwo": 2},
    "fr": {"douzaine": 12, "une douzaine": 12, "septante": 70, "nonante": 90, "cent": 100},
    "es": {"docena": 12, "una docena": 12, "quinientos": 500, "quinientas": 500,
           "setecientos": 700, "novecientos": 900},
    "no": {"dusin": 12, "et dusin": 12},
    "pt": {"dúzia": 12, "uma dúzia": 12, "meia dúzia": 6, "duzentos": 200, "duzentas": 200,
           "trezentos": 300, "quinhentos": 500},
}  # fmt: skip
# "and a half" behind a number, and one and a half in one word.
HALVES: Mapping[str, tuple[Words, ...]] = {
    "en": (("and", "a", "half"),),
    "de": (),
    "fr": (("et", "demi"), ("et", "demie")),
    "es": (("y", "medio"), ("y", "media")),
    "no": (("og", "en", "halv"), ("og", "et", "halvt")),
    "pt": (("e", "meio"), ("e", "meia")),
}
# Words that are more often others where the language of a text is not known.
_UNSURE_TEXT = (
    "to en on ti fire due sei set once mil cent et een um un una uno une ein eine einen einem einer"
    " six sex tres firs tre ni cinco elf e"
)
_UNSURE = frozenset(_UNSURE_TEXT.split())
LANGUAGES = tuple(_SMALL)
# Where a comma divides the decimals, and a full stop the thousands.
COMMA_LANGUAGES = frozenset(LANGUAGES) - {"en"}
_AND = frozenset({"and", "und", "et", "y", "e", "og", "och", "en"})
_ONE_WORD = ("hundert", "hundre", "hundra", "honderd", "cento")
_MOST_WORDS = 7  # of a number
_SPOKEN = {"nb": "no", "nn": "no"}


def spoken(code: str) -> str:
    """The language of a ``code`` as the tables call it: ``no`` of ``nb``, ``pt`` of ``pt-BR``."""
    code = code.lower().replace("_", "-").partition("-")[0]
    return _SPOKEN.get(code, code)


@functools.cache
def number_words(language: str) -> Mapping[Words, int]:
    """The numbers that folded words of a ``language`` name; "": of all, but unsure words."""
    if language in _SMALL:
        return dict(_numbers(language))
    found: dict[Words, int] = {}
    for one in reversed(LANGUAGES):  # English last: it is the likeliest
        found |= {
            words: number
            for words, number in _numbers(one)
            if one == "en" or not (len(words) == 1 and words[0] in _UNSURE)
        }
    return found


def longest(tokens: Sequence[str], language: str) -> tuple[int, int]:
    """The number that the most of the folded ``tokens`` name, and how many; (0, 0): none do.

    What follows a hundred or a thousand is added: "two hundred and fifty", "deux cent cinquante".
    """
    known = number_words(language)
    number, size = _known(tokens, known)
    while size and number >= 100 and number % 100 == 0:
        rest = tokens[size:]
        joint = int(bool(rest) and rest[0] in _AND)
        more, length = _known(rest[joint:], known)
        if not length or not 0 < more < (1000 if number % 1000 == 0 else 100):
            break
        number, size = number + more, size + joint + length
    return number, size


def _known(tokens: Sequence[str], known: Mapping[Words, int]) -> tuple[int, int]:
    for size in range(min(len(tokens), _MOST_WORDS), 0, -1):
        words = tuple(tokens[:size])
        if words in known:
            return known[words], size
        if size == 1 and (number := _compound(words[0], known)):
            return number, 1
    return 0, 0


def _compound(word: str, known: Mapping[Words, int]) -> int:
    """A number above a hundred in one word: "zweihundertfunfzig"; 0: it is none."""
    for hundred in _ONE_WORD:
        before, found, behind = word.partition(hundred)
        if found and behind:
            most = known.get((before + hundred,), 0)
            more = known.get((behind.removeprefix("und").removeprefix("og"),), 0)
            return most + more if most and 0 < more < 100 else 0
    return 0


@functools.cache
def beginnings(language: str) -> frozenset[str]:
    """The words that numbers in words begin with."""
    return frozenset(words[0] for words in number_words(language))


def may_begin(word: str, language: str) -> bool:
    """Whether a number in words may begin with the folded ``word``."""
    return word in beginnings(language) or any(hundred in word for hundred in _ONE_WORD)


def _split(text: str) -> Words:
    return tuple(fold(text).replace("-", " ").split())


def _spelled(words: str) -> list[tuple[Words, ...]]:
    return [tuple(_split(one) for one in spelled.split("/")) for spelled in words.split()]


def _numbers(language: str) -> Iterator[tuple[Words, int]]:
    below = dict(_below_hundred(language))
    hundreds, thousands = _spelled(_HUNDRED[language])
    yield from below.items()
    if language == "en":
        yield from _english_hundreds(below)
    small = [(words, number) for words, number in below.items() if 0 < number < 10]
    for unit, value in ((hundreds, 100), (thousands, 1000)):
        for (name,) in unit:
            yield (name,), value
            for words, number in small:
                yield (*words, name), number * value
                if len(words) == 1:
                    yield (words[0] + name,), number * value
    yield from ((_split(words), number) for words, number in _MORE.get(language, {}).items())


def _below_hundred(language: str) -> Iterator[tuple[Words, int]]:
    small = _spelled(_SMALL[language])
    for number, spellings in enumerate(small):
        yield from ((words, number) for words in spellings)
    for place, spellings in enumerate(_spelled(_TENS[language]), 2):
        for ten in spellings:
            yield ten, place * 10
            for number in range(1, 10):
                for one in small[number]:
                    for words in _joined(language, ten, one):
                        yield words, place * 10 + number
    if language == "fr":
        yield from _french(small)


def _english_hundreds(below: Mapping[Words, int]) -> Iterator[tuple[Words, int]]:
    """Hundreds above ten: "fifteen hundred"."""
    for words, number in below.items():
        if 10 < number < 100 and number % 10:
            yield (*words, "hundred"), number * 100


def _joined(language: str, ten: Words, one: Words) -> Iterator[Words]:
    """The spellings of a ten and a one together: ``twenty five``, ``fünfundzwanzig``."""
    (a,), (b,) = ten, one
    match language:
        case "de":
            yield (f"{b}und{a}",)
        case "nl":
            yield (f"{b}en{a}",)
        case "da":
            yield (f"{b}og{a}",)
        case "no":
            yield (f"{a}{b}",)
            yield (b, "og", a)
        case "es" | "pt":
            joint = "y" if language == "es" else "e"
            yield (a, joint, b)
            if language == "es" and a == "veinte":
                yield (f"veinti{b}",)
        case "it":
            yield (f"{a[:-1]}{b}",) if b[0] in "uo" else (f"{a}{b}",)
        case "sv":
            yield (f"{a}{b}",)
        case _:
            yield (a, b)
            if b in ("un", "une"):
                yield (a, "et", b)


def _french(small: list[tuple[Words, ...]]) -> Iterator[tuple[Words, int]]:
    for number in range(10, 20):
        for words in small[number]:
            yield ("soixante", *words), 60 + number
            yield ("quatre", "vingt", *words), 80 + number
    yield ("soixante", "et", "onze"), 71
    yield ("quatre", "vingts"), 80
    yield ("quatre", "vingt"), 80
    for number in range(1, 10):
        for words in small[number]:
            yield ("quatre", "vingt", *words), 80 + number
