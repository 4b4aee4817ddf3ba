"""Whether the text of a PDF's page is what the page shows.

A font may lack a map from its glyphs to characters, or have a wrong one: the page looks right and
reads "&RQVLGHUDFLRQHV". No word list is needed to notice it: in all languages that are written in
Latin letters the same pairs of letters are common, and a wrong map breaks them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from fieldkit.library.readers.pdf_calls import calls

# How common the second letter (a to z, left to right) is after the first one, from 0 (never) to 9:
# the binary logarithm of the pair's frequency in word lists of Catalan, Danish, Dutch, English,
# French, German, Italian, Norwegian, Polish, Portuguese, Spanish and Swedish; the highest counts.
_PAIRS = (
    "87884676967888664998786355"  # a
    "77228242632613610654512073"  # b
    "80727009856511803646612368"  # c
    "84358443734535840675644156"  # d
    "76787676877889574998766548"  # e
    "62046642642522720546522043"  # f
    "83149265653626720676632032"  # g
    "73118232643655610666535043"  # h
    "85879673477779855787665607"  # i
    "71557431405445720253531004"  # j
    "83327223766626830667654042"  # k
    "85468456755755742376653374"  # l
    "76347333833474860454632162"  # m
    "85789586946437844489554475"  # n
    "56677564656779764886769357"  # o
    "73327535632623860755531042"  # p
    "00000000000000000000700000"  # q
    "96579565836568853787754368"  # r
    "75848556878665765598654057"  # s
    "84439446865535740777644466"  # t
    "66667655776668452776545424"  # u
    "82037232713424610453440010"  # v
    "82427014704315630362501073"  # w
    "50305001500200440003330420"  # x
    "46744351455575350675336105"  # y
    "84557142635456741444704076"  # z
)
_FIRST = ord("a")
_SAMPLES = 64  # characters of a page that are looked at
# Pages of manuals have a mean above 6.6; with a wrong map below 5.1.
_READABLE = 5.8
_READABLE_NAMES = 5.2
_READABLE_WITHOUT_MAP = 6.2
_ENOUGH = 30  # pairs
_ENOUGH_WITHOUT_MAP = 8
_FEW_WORDS = 4
_NAMES = 60  # in capitals; more of them are prose
_LONG = 6  # letters: a word that can be judged alone
_ODD = 4.8  # a word's mean, where a page without bad fonts has hardly any
_ODD_SHARE = 0.1
_LOST = 0.02
_WORD = re.compile(r"[^\W\d_]{4,40}")
_LETTERS = re.compile(r"[a-z]+")
_LIKE = str.maketrans({"\u00f8": "o", "\u00df": "s", "\u00e6": "a", "\u0153": "o", "\u0142": "l",
                       "\u0111": "d", "\u00f0": "d", "\u00fe": "t", "\u0131": "i"})  # fmt: skip
# Letters beside signs as in "&RQVLGHUDU" and "SUHVV\\": codes 29 too low make capitals of small
# letters and signs of capitals.
_SIGNS = re.compile(r"[A-Z]{2}[\\\[\]^]|[!#-&*+=<>@][A-Z]{2}")
_SIGNED = 0.04  # of the words
_CAPITALS = 0.8  # of the words
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]{2,}")
_BROKEN = re.compile(r"[\x01\x03-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
# Signs of cp1252 that a manual seldom prints; codes above 127 that have no map read as these.
_SELDOM = re.compile(
    r"[\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2020\u2021\u2030\u2039\u203a"
    r"\u2122\u00a1-\u00a8\u00aa\u00ac\u00ae\u00af\u00b4-\u00b6\u00b8\u00b9\u00de\u00fe]"
)
_ASCII_SIGNS = re.compile(r"[!-'*+:-@\[-^`{-~]")
_ACCENTED = re.compile(r"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
# Bytes of UTF-8 read as Latin-1: the word "f\u00c3\u00bcr".
_TWICE = re.compile(r"[\u00c2\u00c3][\u0080-\u00bf\u20ac\u2122\u0152-\u0192]")
_SHARE = 0.15
_MOST = 0.6
_SIGN_SHARE = 0.45


def suspicious(words: Sequence[str], *, mapped: bool) -> bool:
    """Whether the fonts of a page with these ``words`` deserve a closer look.

    ``mapped``: as of ``usable``, where that was looked at.
    """
    text = " ".join(words)
    found = _WORD.findall(text)
    if not mapped or not _usable(text, found, mapped=True):
        return True
    long = [word for word in _latin(found) if len(word) >= _LONG]
    odd = sum(_points(word) < _ODD * (len(word) - 1) for word in long)
    if odd >= _FEW_WORDS and odd > _ODD_SHARE * len(long):
        return True
    if text.isprintable() and "\ufffd" not in text:
        return False
    return bool(_PRIVATE.search(text)) or len(_BROKEN.findall(text)) > _LOST * len(text)


def usable(text: str, *, mapped: bool = True) -> bool:
    """Whether ``text`` can be what a page shows.

    ``mapped``: its font says which characters its glyphs are. Without that it must read well to be
    believed; with it, it must read badly to be rejected.
    """
    return _usable(text, _WORD.findall(text), mapped=mapped)


def _usable(text: str, words: Sequence[str], *, mapped: bool) -> bool:
    if _damaged(text, sum(map(len, words))):
        return False
    alike = [word for word in words if word.islower() or word.isupper() or word.istitle()]
    named = 2 * len(alike) < len(words)  # SysCtrlReg
    known = _latin(words if named else alike)
    count = sum(map(len, known)) - len(known)
    mean = sum(map(_points, known)) / count if count else 0.0
    if not mapped:
        return count >= _ENOUGH_WITHOUT_MAP and mean >= _READABLE_WITHOUT_MAP
    if count < _ENOUGH or len(known) < _FEW_WORDS:
        return True
    return mean >= (_READABLE_NAMES if named else _READABLE) or _names_in_capitals(words, text)


def map_errors(textpage: int, count: int) -> bool:
    """Whether some of the page's ``count`` characters are of glyphs without a character.

    ``textpage``: its address.
    """
    error = calls().FPDFText_HasUnicodeMapError
    step = max(count // _SAMPLES, 1)
    return any(error(textpage, index) == 1 for index in range(0, count, step))


def _latin(words: Iterable[str]) -> set[str]:
    """Those of ``words`` that are in Latin letters, without accents."""
    plain = set(map(_plain, words))
    plain.discard("")
    return plain


@functools.lru_cache(maxsize=20_000)
def _points(word: str) -> int:
    """How common the pairs of letters in ``word`` are: 0 to 9 for each."""
    codes = [code - _FIRST for code in word.encode("ascii")]
    return sum(int(_PAIRS[26 * first + second]) for first, second in pairwise(codes))


@functools.lru_cache(maxsize=20_000)
def _plain(word: str) -> str:
    """``word`` in small Latin letters without accents; empty where it has others."""
    plain = word.lower()
    if not word.isascii():
        parts = unicodedata.normalize("NFD", plain)
        plain = "".join(part for part in parts if not unicodedata.combining(part)).translate(_LIKE)
    return plain if _LETTERS.fullmatch(plain) else ""


def _names_in_capitals(words: Sequence[str], text: str) -> bool:
    """Whether most ``words`` of ``text`` are in capitals, as names of signals: GPIO, VBUS."""
    capitals = sum(word.isupper() for word in words)
    signed = len(_SIGNS.findall(text))
    few = len(set(words)) < _NAMES
    return few and capitals >= _CAPITALS * len(words) and signed < _SIGNED * len(words)


def _damaged(text: str, letters: int) -> bool:
    """Whether too many characters of ``text`` are none that a page would show.

    ``letters``: how many there are at least.
    """
    length = len(text) - sum(map(text.count, " \t\r\n"))
    if not text.isascii() or not text.isprintable():
        lost = len(_BROKEN.findall(text)) + len(_SELDOM.findall(text))
        lost += sum(map(len, _PRIVATE.findall(text))) + 2 * len(_TWICE.findall(text))
        if lost > _SHARE * length:
            return True
        accented = len(_ACCENTED.findall(text))
        if accented > _ENOUGH / 2 and accented > _MOST * sum(map(str.isalpha, text)):
            return True
    if letters >= length / 2:
        return False
    signs = len(_ASCII_SIGNS.findall(text))
    return signs > _SIGN_SHARE * length and sum(map(str.isalpha, text)) < length / 2
