"""Scripts that put no spaces between words: their text is searched by pairs of characters.

Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces to cut at, and Korean adds particles
to its words. Overlapping pairs find a word wherever it stands, without a dictionary (bigram
indexing, as Lucene's CJKAnalyzer does it). A *character* is a letter with the marks on it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import pairwise

_HAN = "\u2f00-\u2fd5\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN += "\U00020000-\U0003ffff"
_HIRAGANA = "\u3041-\u3096\u3099\u309a\u309d-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3\uffa0-\uffdc"
_SOUTH_EAST = (
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai
    "\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf"  # Lao
    "\u1780-\u17d3\u17dc\u17dd"  # Khmer
    "\u1000-\u103f\u1050-\u108f\u109a-\u109d"  # Burmese
)
CHARACTERS = _HAN + _HIRAGANA + _KATAKANA + "\u3105-\u312f" + _HANGUL + _SOUTH_EAST
"""The letters and marks of these scripts, as the inside of a regular expression's class."""
WITHOUT_ANY_SPACES = _HAN + _HIRAGANA + _KATAKANA
"""Those of Chinese and Japanese: a space or the end of a line between them divides no words."""

# Signs that are written on, below or behind the letter before them.
_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u17b4-\u17d3\u17dd"
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d"
    "\u108f\u109a-\u109d\u3099\u309a"
)
_ANY = re.compile(f"[{CHARACTERS}]")
_RUN = re.compile(f"([{CHARACTERS}]+)")
_CHARACTER = re.compile(f".[{_MARKS}]*", re.DOTALL)
_KANA_ONLY = re.compile(f"[{_HIRAGANA}]")
# Words of grammar: a question's other words are what it is about. Chinese, Japanese, Korean, Thai.
_GRAMMAR = """
    为什么 什么样 什么 怎么样 怎么办 怎么 怎样 如何 多少 多久 多长时间 多长 多大 多高
    哪里 哪个 哪些 哪种 有多少 意思 方法 是否 可以 需要 应该 请问 必须
    的 了 吗 呢 吧 是 和 与 或 把 被 我 你 您
    為什麼 什麼 怎麼 嗎 與 應該 請問
    ください でしょうか ですか ますか でした ました ません です ます する した して
    どのくらい どのように どの どう どこ いつ なに いくら いくつ ごと こと とき ため から まで
    には では とは の は が を に で と も か へ や 何
    무엇입니까 무엇 어떻게 얼마나 얼마 언제 어디 있습니까 입니까 인가요 합니까 됩니까 주세요 방법 몇
    อย่างไร ยังไง เท่าไหร่ เท่าไร เมื่อไหร่ เมื่อไร ทำไม อะไร หรือ และ ของ ครับ ค่ะ คะ
    คือ เป็น ที่ ใน ไหม กี่ ต้อง ควร
"""
_STOP = re.compile(
    "|".join(sorted(unicodedata.normalize("NFKC", _GRAMMAR).split(), key=len, reverse=True))
)
# What Korean adds to a word, where two syllables of the word stay.
_PARTICLE = re.compile(
    r"(?<=[\uac00-\ud7a3]{2})(?:하십시오|하나요|합니다|됩니다|하려면|해야|하는|하기|되는|하면|에서"
    r"|에게|으로|까지|부터|은|는|이|가|을|를|의|에|로|와|과|도|만)$"
)


def holds(text: str) -> bool:
    """Whether ``text`` has a character of these scripts."""
    return not text.isascii() and bool(_ANY.search(text))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of ``text``, and of each whether it is written in one of these scripts."""
    for number, part in enumerate(_RUN.split(text)):
        if part:
            yield part, number % 2 == 1


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of ``run``; a single character is one of its own.

    >>> pairs("更换机油")
    ['更换', '换机', '机油']
    """
    characters = _CHARACTER.findall(run)
    if len(characters) < 2:
        return characters
    return [one + other for one, other in pairwise(characters)]


def indexed(run: str) -> list[str]:
    """Return ``pairs(run)`` and its last character, so that each character begins a term."""
    characters = _CHARACTER.findall(run)
    return [*pairs(run), characters[-1]] if len(characters) > 1 else characters


def asked(run: str) -> Iterator[tuple[str, bool]]:
    """Yield what a question's ``run`` asks for: pairs, and characters that stand alone (true).

    Words of grammar divide it. What stands alone is looked for at the beginning of a pair.
    """
    for piece in (_PARTICLE.sub("", part) for part in _STOP.split(run)):
        found = pairs(piece)
        alone = len(_CHARACTER.findall(piece)) == 1
        yield from ((pair, alone) for pair in found)


def junctions(held: Collection[str], strange: Collection[str]) -> frozenset[str]:
    """Return those of the ``strange`` pairs that only join two words of a question.

    ``held`` are its pairs that the manuals have. What is strange is asked for by the pairs that no
    known word reaches into, where there are any: of 机油周期, 周期 without 油周.
    """
    known = {char for pair in held for char in _CHARACTER.findall(pair)}
    parts = {pair: set(_CHARACTER.findall(pair)) for pair in strange}
    alone = {char for part in parts.values() if part.isdisjoint(known) for char in part}
    return frozenset(pair for pair, part in parts.items() if part & known and part <= known | alone)


def inflected(pair: str) -> bool:
    """Whether ``pair`` is written in hiragana in part, as endings of Japanese words are."""
    return bool(_KANA_ONLY.search(pair))
