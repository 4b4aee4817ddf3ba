"""Which encoding the bytes of a text are in; no byte is ever dropped.

In this order: a byte order mark, UTF-16 without one, the declared label, UTF-8, and then a guess
that is reported. Labels mean what browsers take them for (https://encoding.spec.whatwg.org):
``iso-8859-1`` is windows-1252.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fieldkit.library.readers.model import Kind, ReadingWarning

_MARKS = (  # UTF-32 first: its mark begins as that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FALLBACK = "cp1252"
# The fallback first: it wins where another explains the text no better.
_LATIN = (_FALLBACK, "cp1250", "cp1254", "cp850", "mac_roman")
_OTHERS = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5",
           "cp949", "cp874"]  # fmt: skip
_PUBLIC = {"cp949": "euc-kr", "cp932": "shift_jis", "mac_roman": "macintosh", "cp850": "ibm850"}
_SAMPLE = 1 << 16  # bytes
_HIGH = re.compile(rb"[\x80-\xff]++")
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
# Signs that a word may hold.
_IN_WORDS = frozenset("\u2019\u2018\u00b7\u00ad-\u2013\u2014\u00b0/\u00ba\u00aa")
# Letters that hardly occur in the languages an encoding is for: they tell it from its neighbours.
_RARE = {
    "cp1252": frozenset("\u0160\u0161\u017d\u017e\u00f0\u00fe\u00d0\u00de\u00ff"),
    "cp1250": frozenset("\u0155\u0154\u013a\u0139\u0163\u0162\u0111\u0110"),
    "cp1254": frozenset("\u00e1\u00ed\u00f3\u00fa\u00e6\u00f8\u00e5\u0161\u017e"),
}


class Undecodable(ValueError):
    """Bytes are not text; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text and the name of its encoding.

    ``assumed``: neither the bytes nor a label say so. ``replaced`` counts the bytes that are no
    character of it, each U+FFFD in ``text``.
    """

    text: str
    encoding: str
    assumed: bool = False
    replaced: int = 0

    @property
    def warnings(self) -> tuple[ReadingWarning, ...]:
        """What IT should know of it."""
        found = []
        if self.assumed:
            message = f"the encoding is not declared; {self.encoding} was assumed"
            found.append(ReadingWarning(kind=Kind.DETAIL, message=message))
        if self.replaced:
            message = (
                f"{self.replaced} bytes are no character of {self.encoding} and are shown as \ufffd"
            )
            found.append(ReadingWarning(kind=Kind.DAMAGED, message=message))
        return tuple(found)


def decoded_text(data: bytes, declared: str = "") -> Decoded:
    """The text of ``data``; ``declared`` is a label such as ``latin1``, or "".

    The text has no byte order mark; newlines are as they were. Raises Undecodable.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], name)
    if wide := _wide(data):
        return Decoded(text=data.decode(wide), encoding=wide, assumed=True)
    if len(_CONTROLS.findall(data[:_SAMPLE])) * 20 > len(data[:_SAMPLE]):
        raise Undecodable("it is not text")
    label = _codec(declared)
    found = _by_label(data, label) if label and label != "utf-8" else None
    return found or _unlabelled(data, label)


def _unlabelled(data: bytes, label: str) -> Decoded:
    """UTF-8, also with a few broken bytes; else ``label`` with them, or a guess."""
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError:
        pass
    if _strays(data) * 4 <= len(_SEQUENCE.findall(data)):
        return _replacing(data, "utf-8")
    if label and label != "utf-8":
        return _replacing(data, label)
    return _guessed(data)


def _codec(label: str) -> str:
    """Python's name of what browsers take ``label`` for, or ""; UTF-16 would have been seen."""
    import webencodings

    found = webencodings.lookup(label) if label else None
    if found is None or found.name in ("utf-16le", "utf-16be", "x-user-defined"):
        return ""
    name = found.codec_info.name
    return "gb18030" if name in ("gbk", "gb2312") else name


def _by_label(data: bytes, label: str) -> Decoded | None:
    """``data`` as declared, unless it is not, or is UTF-8 under the label of one byte a letter."""
    try:
        text = data.decode(label)
    except UnicodeDecodeError:
        return None
    if len(text) == len(data) and not data.isascii():
        try:
            return Decoded(text=data.decode("utf-8"), encoding="utf-8", assumed=True)
        except UnicodeDecodeError:
            pass
    return Decoded(text=text, encoding=label)


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    before = data.count("\ufffd".encode(encoding, "ignore") or b"\xff\xff\xff")
    replaced = max(text.count("\ufffd") - before, 0)
    return Decoded(text=text, encoding=encoding, replaced=replaced)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, by the zero bytes that ASCII has in it; else ""."""
    sample = data[: _SAMPLE & ~1]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or max(even, odd) * 10 < len(sample) // 2 or not sample:
        return ""
    if min(even, odd) * 20 > max(even, odd):
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return ""
    return name


def _strays(data: bytes) -> int:
    """How many bytes above 127 are in no sequence of UTF-8."""
    return sum(map(len, _HIGH.findall(_SEQUENCE.sub(b"", data))))


def _guessed(data: bytes) -> Decoded:
    """Western where letters above ASCII are few and far between, else what a detector finds."""
    sample = data[:_SAMPLE]
    runs = _HIGH.findall(sample) or [b""]
    high = sum(map(len, runs))
    latin = high < 2 * len(runs) and high * 10 < 3 * len(sample)
    name = _latin(sample) if latin else _other(sample)
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        found = _replacing(data, _FALLBACK if latin else name)
        return Decoded(
            text=found.text, encoding=_public(found.encoding), assumed=True, replaced=found.replaced
        )
    return Decoded(text=text, encoding=_public(name), assumed=True)


def _public(name: str) -> str:
    return _PUBLIC.get(name, name.replace("cp12", "windows-12"))


def _other(sample: bytes) -> str:
    import charset_normalizer

    whole = sample[: sample.rfind(b"\n") + 1] or sample
    best = charset_normalizer.from_bytes(whole, cp_isolation=list(_OTHERS)).best()
    return best.encoding if best else _FALLBACK


def _latin(sample: bytes) -> str:
    """The encoding in which the fewest letters and signs are where nobody writes them."""
    scores = {}
    for name in _LATIN:
        text = sample.decode(name, "replace")
        scores[name] = sum(_strange(*place, name) for place in _places(text))
    return min(scores, key=scores.__getitem__)


def _places(text: str) -> Iterator[tuple[str, str, str]]:
    """Each character above ASCII, between its neighbours."""
    padded = f" {text} "
    for match in re.finditer(r"[^\x00-\x7f]", text):
        at = match.start() + 1
        yield padded[at - 1], padded[at], padded[at + 1]


def _strange(before: str, sign: str, after: str, encoding: str) -> float:
    """How unlikely ``sign`` is between its neighbours: 0, 0.5 or 1."""
    category = unicodedata.category(sign)
    if sign in "\ufffd\ufb01\ufb02" or category in ("Cc", "Co", "Lm", "Sk"):
        return 1
    if not sign.isalpha():
        inside = before.isalpha() and after.isalpha()
        power = sign in "\u00b2\u00b3\u00b9" and after.isalpha()
        odd = category == "So" and sign not in "\u00b0\u00a9\u00ae\u2122"
        return 1 if power or odd or (inside and sign not in _IN_WORDS) else 0
    if sign.isupper() and before.islower():
        return 1
    if sign.islower() and after.isupper() and not before.isalpha():
        return 1  # "25 \xf8C" is 25 degrees in an encoding of DOS
    if before.isdigit() or (after.isdigit() and before.isspace()):
        return 0.5 if sign not in "\u00b5\u03bc\u03a9\u00aa\u00ba" else 0
    return 0.5 if sign in _RARE.get(encoding, ()) else 0
