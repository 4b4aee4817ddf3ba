"""What is wanted -> the passages of an index that may be found, each with what it mentions.

BM25 over every passage that holds a common word would take most of the time and decide nothing, so
candidates are searched for by the rarest words alone; the others only count towards coverage. Where
all words are common, only passages are scored that hold the most of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

from fieldkit.library.blending import Candidate, Question
from fieldkit.library.expressions import any_of, texts_of
from fieldkit.library.holding import Word, holding
from fieldkit.library.meaning import Alike
from fieldkit.library.query import Rows, Wanted

# BM25 weights of title, heading, text and codes.
_WEIGHTS = "1.0, 3.0, 1.0, 4.0"
_CANDIDATES = 50
# Passages that the words which candidates are searched for by may match together.
_SOUGHT = 2000

_BEST = f"""
SELECT found.rowid, score, superseded_by != '' FROM (
    SELECT rowid, -bm25(search, {_WEIGHTS}) AS score FROM search WHERE search MATCH ?
    ORDER BY 2 DESC, 1 LIMIT ?
) AS found JOIN passage ON passage.id = found.rowid JOIN page ON page.id = page_id
JOIN document ON document.id = document_id
"""  # noqa: S608 - constants
# The plus sign keeps SQLite from looking for each key by itself: passing all is quicker by far.
_AMONG = "+rowid IN (SELECT value FROM json_each(?))"
_BEST_AMONG = _BEST.replace("MATCH ?", f"MATCH ? AND {_AMONG}")
# What BM25 did not find.
_MORE = """
SELECT passage.id, 0.0, superseded_by != '' FROM passage JOIN page ON page.id = page_id
JOIN document ON document.id = document_id WHERE passage.id IN (SELECT value FROM json_each(?))
"""
_HOLDING = f"SELECT rowid FROM search WHERE search MATCH ? AND {_AMONG}"  # noqa: S608 - constants

_Found = tuple[int, float, bool]  # key, BM25 score, whether it is superseded


@dataclass(frozen=True, slots=True)
class _Held:
    """Which passages hold one thing that is wanted.

    ``bits`` has a bit for each that holds a common word of it; ``rest`` is the expression for its
    other words, "" where there are none.
    """

    bits: int
    rest: str

    def among(self, rows: Rows, keys: Sequence[int]) -> list[bool]:
        """Whether each of ``keys`` holds it."""
        held = [False] * len(keys)
        if self.bits:
            data = self.bits.to_bytes(max(*keys, self.bits.bit_length(), 0) // 8 + 1, "little")
            held = [data[key >> 3] >> (key & 7) & 1 == 1 for key in keys]
        if self.rest and not all(held):
            others = {key for (key,) in rows(_HOLDING, (self.rest, json.dumps(keys)))}
            held = [has or key in others for has, key in zip(held, keys, strict=True)]
        return held


def candidates_for(rows: Rows, wanted: Sequence[Wanted], alike: Alike | None) -> list[Candidate]:
    """The best passages by words, and those that are most ``alike`` in meaning.

    ``rows`` runs a statement on the index and returns its rows. Raises ValueError where the index
    is damaged.
    """
    holders = _holders(rows, wanted)
    found = _by_words(rows, [pair for pair in zip(wanted, holders, strict=True) if pair[0].match])
    if alike is not None:
        more = alike.nearest.keys() - {key for key, _, _ in found}
        found += rows(_MORE, (json.dumps(sorted(more)),))
    keys = [key for key, _, _ in found]
    asked = Question(wanted)
    matches = [held.among(rows, keys) for held in holders]
    holds = zip(*matches, strict=True) if matches else repeat(())
    return [
        asked.candidate(key, score, bool(superseded), held)
        for (key, score, superseded), held in zip(found, holds, strict=False)
    ]


def _holders(rows: Rows, wanted: Sequence[Wanted]) -> list[_Held]:
    """What holds each of ``wanted``, by one question about all common words."""
    parts = [texts_of(term.match) for term in wanted]
    words: set[Word] = {(code, text) for code, texts in filter(None, parts) for text in texts}
    common = holding(rows, words) if words else {}
    found = []
    for term, part in zip(wanted, parts, strict=True):
        bits, rest = 0, term.match
        if part is not None:
            code, texts = part
            rare = [text for text in texts if (code, text) not in common]
            for text in texts:
                bits |= common.get((code, text), 0)
            rest = any_of(rare, code=code) if rare else ""
        found.append(_Held(bits, rest))
    return found


def _by_words(rows: Rows, known: Sequence[tuple[Wanted, _Held]]) -> list[_Found]:
    """The best passages by the rarest words of ``known``, which the library holds."""
    ordered = sorted(known, key=lambda pair: pair[0].passages)
    sought: list[str] = []
    matched = 0
    for term, _ in ordered:
        matched += term.passages
        if sought and matched > _SOUGHT:
            break
        sought.append(term.match)
    if not sought:
        return []
    if ordered[0][0].passages > _SOUGHT:
        return _by_common_words(rows, [(term.match, held.bits) for term, held in ordered])
    return rows(_BEST, (" OR ".join(sought), _CANDIDATES))


def _by_common_words(rows: Rows, words: Sequence[tuple[str, int]]) -> list[_Found]:
    """The best among the passages that hold the most of ``words``: expressions, their passages."""
    most = _holding_most([bits for _, bits in words])
    sought: list[str] = []
    among = 0
    for match, bits in words:
        sought.append(match)
        among |= bits & most
        if among.bit_count() >= _CANDIDATES:
            break
    expression = " OR ".join(sought)
    if among.bit_count() > _SOUGHT:
        in_headings = expression.replace("{title heading text} :", "{heading} :")
        if len(found := rows(_BEST, (in_headings, _CANDIDATES))) >= _CANDIDATES:
            return found
    return rows(_BEST_AMONG, (expression, json.dumps(_keys(among)), _CANDIDATES))


def _holding_most(words: Sequence[int]) -> int:
    """The passages with the most of ``words``: so many that there are enough candidates."""
    # The passages with at least one, two, three ... of the words so far.
    at_least: list[int] = []
    for bits in words:
        at_least.append(0)
        for count in range(len(at_least) - 1, 0, -1):
            at_least[count] |= at_least[count - 1] & bits
        at_least[0] |= bits
    return next(
        (bits for bits in reversed(at_least) if bits.bit_count() >= _CANDIDATES),
        at_least[0],
    )


def _keys(bits: int) -> list[int]:
    """The passages whose bits are set."""
    found = []
    for place, byte in enumerate(bits.to_bytes(bits.bit_length() // 8 + 1, "little")):
        if byte:
            found += [8 * place + bit for bit in range(8) if byte >> bit & 1]
    return found
