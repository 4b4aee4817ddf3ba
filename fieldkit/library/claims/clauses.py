"""The clauses of a sentence: what each says, under what condition, and how strictly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fieldkit.library.claims.words import CHECKED, Token, Words, table, tokens

CONDITIONS = frozenset(
    ("IF", "WHEN", "WHILE", "AFTER", "BEFORE", "UNTIL", "UNLESS", "EVEN", "BECAUSE")
)
_JOINING = frozenset(("AND", "BUT", "THEN", "FIRST"))
_BOUNDS = frozenset(("MAX", "MIN", "ABOUT", "EVERY"))
_FAR = 4  # tokens between a bound and its number


@dataclass(slots=True)
class Clause:
    """One clause: ``kind`` is "MAIN" or the tag of the word that begins a condition.

    ``stems`` are its words of content, with codes and numbers; ``pairs`` the opposites in it by
    name, with their sign; ``bounds`` its numbers with "MAX" or "MIN" where one is said.
    """

    kind: str
    tokens: list[Token] = field(default_factory=list)
    stems: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    pairs: dict[str, set[str]] = field(default_factory=dict)
    bounds: dict[str, str] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    negators: int = 0
    first: bool = False  # begins a sentence or follows a joining word

    @property
    def negated(self) -> bool:
        """Whether an odd number of negators is in it."""
        return self.negators % 2 == 1

    @property
    def start(self) -> int:
        """Where its first token starts."""
        return self.tokens[0].start if self.tokens else 0

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return self.tokens[-1].end if self.tokens else 0

    @property
    def names(self) -> set[str]:
        """What it can be found by: words of content and pairs of opposites, of either sign."""
        return self.stems | {f"~{name}" for name in self.pairs}


def spoken(text: str, hint: str) -> Words | None:
    """The table of the language that ``text`` is in; ``hint`` where the text does not tell."""
    hinted = table(hint)
    said = text.lower().split()[:200]
    best, most = hinted, sum(word in hinted.marks for word in said) if hinted else 0
    for code in CHECKED:
        other = table(code)
        if other is None or other is hinted:
            continue
        count = sum(word.strip(".,;:!?()") in other.marks for word in said)
        if count > most + 1:
            best, most = other, count
    return best


def clauses(text: str, words: Words) -> list[Clause]:
    """The clauses of ``text`` in reading order."""
    found: list[Clause] = []
    current = Clause("MAIN", first=True)
    found.append(current)
    pending = ""
    for token in _in_time(tokens(text, words)):
        tag = token.tag
        if tag == "STOP" or tag == "BUT":
            current = _next(found, "MAIN", first=True)
        elif tag in CONDITIONS:
            current = _next(found, tag, first=False)
            current.tokens.append(token)
            current.tags.add(tag)
        elif tag == "COMMA" or tag in _JOINING:
            if current.kind == "MAIN" or tag in ("COMMA", "THEN"):
                current = _next(found, "MAIN", first=True)
            if tag in ("THEN", "FIRST"):
                current.tags.add(tag)
        else:
            current.tokens.append(token)
    del pending
    kept = [clause for clause in found if clause.tokens]
    for clause in kept:
        _read(clause, words)
    return _inherited(kept)


def _in_time(found: Sequence[Token]) -> Iterator[Token]:
    """``found``, where a condition's word right before a number is a bound: until 30 degrees."""
    yield from found


def _next(found: list[Clause], kind: str, *, first: bool) -> Clause:
    if found[-1].tokens:
        found.append(Clause(kind, first=first))
    else:
        found[-1].kind = kind
    return found[-1]


def _read(clause: Clause, words: Words) -> None:
    bound, bound_at = "", -_FAR
    without_until = -1
    for at, token in enumerate(clause.tokens):
        tag = token.tag
        if tag == "NUMBER":
            clause.numbers.append(token.text)
            clause.stems.add(token.text)
            if bound and at - bound_at <= _FAR + 4:
                clause.bounds[token.text] = bound
        elif tag in _BOUNDS:
            if tag in ("MAX", "MIN") and clause.numbers and at and _ends_number(token.text):
                clause.bounds[clause.numbers[-1]] = tag
            else:
                bound, bound_at = tag, at
            clause.tags.add(tag)
        elif tag == "NOT":
            clause.negators += 1
            clause.tags.add(tag)
        elif tag == "WITHOUT":
            without_until = at + 3
            clause.tags.add(tag)
        elif tag[:1] in ("+", "-"):
            clause.pairs.setdefault(tag[1:], set()).add(tag[0])
        elif tag and tag != "OTHER":
            clause.tags.add(tag)
        elif not tag:
            stem = words.spoken.stem(token.text)
            clause.stems.add(stem)
            if at <= without_until:
                clause.without.add(stem)


def _ends_number(text: str) -> bool:
    return text.startswith(("or ", "oder ", "o ", "ou ", "eller "))


def _inherited(found: list[Clause]) -> list[Clause]:
    """A short clause after "and" or a comma goes on with the one before: same negation, same must.

    "Never use alcohol or silicone spray": the second part has no word of its own that says so.
    """
    before: Clause | None = None
    for clause in found:
        if clause.kind != "MAIN":
            continue
        own = clause.tags & {"NOT", "MUST", "SHOULD", "MAY", "CAN", "NEEDNOT", "ONLY", "HEDGE"}
        short = len(clause.stems) <= 3 and not clause.pairs
        if before is not None and short and not own:
            clause.negators = before.negators
            clause.tags |= before.tags & {"MUST", "SHOULD", "HEDGE", "MAY", "CAN", "NEEDNOT"}
        before = clause
    return found
