"""The clauses of a text: what each says, under what condition, and how strictly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fieldkit.library.claims.words import CHECKED, Token, Words, table, tokens

CONDITIONS = frozenset(
    ("IF", "WHEN", "WHILE", "AFTER", "BEFORE", "UNTIL", "UNLESS", "EVEN", "BECAUSE", "PURPOSE")
)
STRENGTHS = frozenset(("NOT", "MUST", "SHOULD", "HEDGE", "MAY", "CAN", "NEEDNOT", "ONLY"))
_JOINING = frozenset(("AND", "OR", "THEN", "PRIOR"))
_ONCE = frozenset(("es", "fr", "it", "pt"))  # two negators in a clause are one: "no ... nunca"
_STOPS = frozenset(("STOP", "COMMA"))
_VERB_SECOND = frozenset(("de", "nl"))
_BEFORE_NOUNS = ("nach", "vor ", "na", "voor ")  # prepositions: no clause of their own
_DANISH = frozenset(
    [
        "af",
        "efter",
        "bliver",
        "blev",
        "nogen",
        "noget",
        "mellem",
        "uden",
        "hvad",
        "højst",
        "mindst",
        "aldrig",
        "også",
        "ej",
        "meget",
    ]
)
_FAR = 8  # tokens between a bound and its number
_LIMITED = 4  # words after "without" that it is about
_BEHIND = ("or ", "oder ", "o ", "ou ", "eller ", "of ")  # "12 bar or less"
_TWO = 2
_RANGES = frozenset(("from", "ab", "past"))  # a bound only right before a number
_PARTICLES = frozenset(
    [
        "ein",
        "an",
        "ab",
        "aus",
        "auf",
        "zu",
        "vor",
        "nach",
        "her",
        "hin",
        "los",
        "fest",
        "um",
        "mit",
        "hinein",
        "heraus",
    ]
)
_VERB = re.compile(
    r"(setz|dreh|schalt|zieh|nehm|bau|lass|fuell|full|schliess|klemm|steck|stell|druck|pump|saug"
    r"|leg|leer|halt|fahr|lauf|schraub|bring|trag|warm|kuhl|spul|rust|weis|geb)(?:e|en|t|et|st)?"
)
_BARE = frozenset(("MUST", "MAY", "CAN", "SHOULD", "NEEDNOT"))
_AUXILIARIES = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "will",
        "has",
        "have",
        "ist",
        "sind",
        "wird",
        "werden",
        "hat",
        "haben",
        "es",
        "son",
        "est",
        "sont",
        "er",
        "blir",
        "sono",
    ]
)
_PARTICIPLE = re.compile(
    r"(?P<before>aus|ab|an|ein|auf|nach|vor|fest|los|heraus|her|um|uit|af|op|in)?"
    r"(?:ge|(?<=[a-z])zu)(?P<verb>[a-z]{3,30}(?:t|en|n))"
)
_MOST = 60  # clauses of a text that are compared
_CUT = 7  # letters of a stem there
_SUBJECTS = frozenset(("you", "we"))  # with which a main clause begins without a comma
_SHORT = {"AND": 3, "OR": 6, "COMMA": 3}  # words of a part that goes on with the one before


@dataclass(slots=True)
class Clause:
    """One clause: ``kind`` is "MAIN" or the tag of the word that begins a condition.

    ``stems`` are its words of content, with codes and numbers; ``pairs`` the opposites in it by
    name, with their sign; ``bounds`` its numbers with "MAX" or "MIN" where one is said.
    ``joined`` is what comes before it: "STOP", "COMMA", "AND", "OR", "THEN" or "". ``around`` are
    the names of the other clauses of its sentence.
    """

    kind: str
    sentence: int
    joined: str = ""
    tokens: list[Token] = field(default_factory=list)
    stems: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    pairs: dict[str, set[str]] = field(default_factory=dict)
    bounds: dict[str, str] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    around: set[str] = field(default_factory=set)
    negated: bool = False

    @property
    def start(self) -> int:
        """Where its first token starts."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return self.tokens[-1].end

    @property
    def names(self) -> set[str]:
        """What it can be found by: words of content and pairs of opposites, of either sign."""
        return self.stems | {f"~{name}" for name in self.pairs}

    @property
    def codes(self) -> set[str]:
        """Its codes: words of letters and digits."""
        return {stem for stem in self.stems if is_code(stem)}


def is_code(stem: str) -> bool:
    """Whether a word names one part: it has letters and digits."""
    return any(map(str.isdigit, stem)) and any(map(str.isalpha, stem))


def spoken(text: str, hint: str, beside: str = "") -> Words | None:
    """The table of the language that ``text`` is in; ``hint`` where the text does not show it.

    ``beside`` is the language of the text that it is compared with: a sign of it is enough.
    """
    hinted = table(hint)
    said = [word.strip(".,;:!?()¿¡") for word in text.lower().split()[:200]]
    if hinted and hinted.code == "da" and beside != "da" and not _DANISH & set(said):
        hinted = table("no")  # often taken for Danish
    best, most = hinted, sum(word in hinted.marks for word in said) if hinted else 0
    other = table(beside) if beside else None
    if other is not None:
        count = sum(word in other.marks for word in said)
        if count > most:
            best, most = other, count
    for code in CHECKED:
        other = table(code)
        if other is None or other is hinted:
            continue
        count = sum(word in other.marks for word in said)
        if count > most + 1 and count > 1.5 * most:
            best, most = other, count
    return best


def clauses(text: str, words: Words) -> list[Clause]:
    """The clauses of ``text`` in reading order."""
    found = [Clause("MAIN", 0)]
    read = tokens(text, words)
    for at, token in enumerate(read):
        following = read[at + 1].tag if at + 1 < len(read) else "STOP"
        if token.tag == "NOT" and at and read[at - 1].tag == "OR" and following in _STOPS:
            continue  # "whether it is on or not"
        if token.tag == "UNTIL" and following == "NUMBER":
            token = Token(token.start, token.end, token.text, "MAX")  # noqa: PLW2901
        ends = following in ("STOP", "COMMA") or (following == "EVERY" and token.text == "once")
        if ends and token.tag in CONDITIONS - {"EVEN"}:  # nothing follows: "use it only once"
            _take(found, Token(token.start, token.end, token.text, "OTHER"), words.code)
        elif ends and token.tag in ("THEN", "PRIOR") and found[-1].tokens:
            found[-1].tags.add(token.tag)  # "wipe it dry afterwards"
        else:
            _take(found, token, words.code)
    kept = _kept(found, words)[:_MOST]
    _go_on(kept)
    _note_around(kept)
    return kept


def _kept(found: Sequence[Clause], words: Words) -> list[Clause]:
    """The clauses that say something: not the "No" of "No, never"."""
    kept: list[Clause] = []
    for clause in found:
        if clause.tokens:
            _read(clause, words)
            first = not kept or kept[-1].sentence != clause.sentence
            if not first or clause.names or any(t.tag != "NOT" for t in clause.tokens):
                kept.append(clause)
    return kept


def _note_around(kept: Sequence[Clause]) -> None:
    """Note for each clause what the others of its sentence name."""
    by_sentence: dict[int, list[Clause]] = {}
    for clause in kept:
        by_sentence.setdefault(clause.sentence, []).append(clause)
    for clause in kept:
        for other in by_sentence[clause.sentence]:
            if other is not clause:
                clause.around |= other.names


def _take(found: list[Clause], token: Token, code: str) -> None:
    current = _current(found, token, code)
    tag = token.tag
    if current is None:
        return
    if tag in ("STOP", "BUT"):
        _next(found, "MAIN", "STOP", current.sentence + (tag == "STOP"))
    elif tag in CONDITIONS:
        clause = _next(found, tag, current.joined if not current.tokens else "", current.sentence)
        clause.tokens.append(token)
    elif tag in ("AND", "OR") and _open_range(current):
        current.tokens.append(Token(token.start, token.end, token.text, "OTHER"))
    elif tag in ("THEN", "PRIOR") and _only_verb(current):
        current.tags.add(tag)  # "remove then the two parts"
    elif tag == "WITHOUT" and any(t.tag == "NOT" for t in current.tokens) and _has_content(current):
        clause = _next(found, "UNLESS", "", current.sentence)  # "not ... without"
        clause.tokens.append(token)
    elif tag == "COMMA" or tag in _JOINING:
        if current.kind == "MAIN" or tag in ("COMMA", "THEN", "PRIOR"):
            clause = _next(found, "MAIN", tag, current.sentence)
            if tag in ("THEN", "PRIOR"):
                clause.tags.add(tag)
    else:
        current.tokens.append(token)


def _current(found: list[Clause], token: Token, code: str) -> Clause | None:
    """The clause that ``token`` goes on; None where it was taken up by the clause before."""
    current = found[-1]
    if token.tag in STRENGTHS and code in _VERB_SECOND and _is_phrase(current):
        # "nach dem Einbau darf ...", "... darf nach dem Einbau nicht"
        before = found[-2] if len(found) > 1 else None
        if before and before.kind == "MAIN" and before.sentence == current.sentence:
            before.tokens.append(token)
            return None
        current = _next(found, "MAIN", "COMMA", current.sentence)
    if token.text in _SUBJECTS and current.kind in CONDITIONS and _has_content(current):
        current = _next(found, "MAIN", "COMMA", current.sentence)  # "if it freezes you may"
    return current


def _only_verb(clause: Clause) -> bool:
    """Whether a clause has one word of content yet, surely its verb."""
    return clause.kind == "MAIN" and sum(not t.tag or t.tag[0] in "+-" for t in clause.tokens) == 1


def _is_phrase(clause: Clause) -> bool:
    """Whether a condition is a preposition with its noun, no clause: "nach dem Einbau"."""
    return (
        clause.kind in ("AFTER", "BEFORE")
        and clause.tokens[0].text.startswith(_BEFORE_NOUNS)
        and not clause.tokens[0].text.startswith(("nachdem", "nadat"))
        and _has_content(clause)
    )


def _has_content(clause: Clause) -> bool:
    return any(token.tag == "" for token in clause.tokens)


def _open_range(clause: Clause) -> bool:
    """Whether "between 5" waits for its second number."""
    tags = [token.tag for token in clause.tokens[-_FAR:]]
    return "RANGE" in tags and tags[tags.index("RANGE") :].count("NUMBER") == 1


def _next(found: list[Clause], kind: str, joined: str, sentence: int) -> Clause:
    last = found[-1]
    if last.tokens:
        found.append(Clause(kind, sentence, joined))
    else:
        last.kind, last.sentence = kind, sentence
        if joined not in ("", "COMMA") or last.joined == "":
            last.joined = joined
    return found[-1]


def _read(clause: Clause, words: Words) -> None:
    if words.code in _VERB_SECOND:
        _join_verb(clause, words)
    negators, limited = 0, -1
    last = len(clause.tokens) - 1
    for at, token in enumerate(clause.tokens):
        tag = token.tag
        if tag == "NUMBER":
            clause.numbers.append(token.text)
            clause.stems.add(token.text)
        elif not tag:
            stem = _stem(token.text, words)
            clause.stems.add(stem)
            if at <= limited:
                clause.without.add(stem)
        elif tag.startswith("END"):
            if at == last:
                _tagged(clause, tag[3:])
        elif tag != "FIRST" or at == 0 or clause.tokens[at - 1].tag != "OTHER":
            tag = _too(clause, token) if tag == "TOO" else tag
            _tagged(clause, tag)
            negators += tag == "NOT"
            limited = at + _LIMITED if tag == "WITHOUT" else limited
    _bound(clause)
    clause.negated = negators > 0 if words.code in _ONCE else negators % 2 == 1
    clause.negated ^= clause.kind == "UNLESS"
    _settle(clause)


def _too(clause: Clause, token: Token) -> str:
    """What "too" says: "more than 10 drops is too high" denies; else it is as "high voltage"."""
    if any(other.tag == "NUMBER" for other in clause.tokens):
        return "NOT"
    if token.text.endswith(("high", "low")):
        return "+high" if token.text.endswith("high") else "-high"
    return token.tag


def _settle(clause: Clause) -> None:
    """Give a clause the tags that follow from others."""
    if "ONEONLY" in clause.tags:
        clause.tags.add("ONLY")
    if "NEED" in clause.tags:
        clause.tags.add("MUST")
        if clause.negated and clause.kind != "UNLESS":  # "no driver is needed"
            clause.tags -= {"MUST", "NOT"}
            clause.tags.add("NEEDNOT")
            clause.negated = False


def _join_verb(clause: Clause, words: Words) -> None:
    """Make one word of a separable verb: "setzen Sie den Sensor ein" of "einsetzen"."""
    last = clause.tokens[-1]
    if last.text not in _PARTICLES or len(clause.tokens) < _TWO:
        return
    for at, token in enumerate(clause.tokens[:-1]):
        match = _VERB.fullmatch(token.text)
        if match:
            read = tokens(f"{last.text}{match[1]}en", words)
            clause.tokens[at] = Token(token.start, token.end, read[0].text, read[0].tag)
            del clause.tokens[-1]
            return


def _stem(word: str, words: Words) -> str:
    """The stem of a word; of a German or Dutch participle, that of its verb, cut short."""
    if words.code not in ("de", "nl") or is_code(word):
        return words.spoken.stem(word)
    match = _PARTICIPLE.fullmatch(word)
    if match:
        word = f"{match['before'] or ''}{match['verb'].removesuffix('t')}"
    return words.spoken.stem(word)[:_CUT]


def _bound(clause: Clause) -> None:
    """Give each "at most" its number: the next one, or where none follows the one before."""
    numbers = [(at, token.text) for at, token in enumerate(clause.tokens) if token.tag == "NUMBER"]
    for at, token in enumerate(clause.tokens):
        if token.tag not in ("MAX", "MIN", "RANGE"):
            continue
        after = [text for place, text in numbers if at < place <= at + _FAR]
        before = [text for place, text in numbers if at - _FAR <= place < at]
        if token.tag == "RANGE":
            if len(after) > 1:
                clause.bounds[after[0]], clause.bounds[after[1]] = "MIN", "MAX"
            continue
        if token.text in _RANGES and not any(
            place <= at + _TWO for place, _ in numbers if place > at
        ):
            continue  # "at 4 MPa from the gas side"
        behind = not after or token.text.startswith(_BEHIND)
        if behind and before:
            clause.bounds.setdefault(before[-1], token.tag)
        elif after:
            clause.bounds[after[0]] = token.tag
        elif not numbers and (" " in token.text or token.text.startswith(("max", "min"))):
            clause.pairs.setdefault("limit", set()).add(token.tag)  # "more than two", "maximum"


def _tagged(clause: Clause, tag: str) -> None:
    if tag[0] in "+-":
        clause.pairs.setdefault(tag[1:], set()).add(tag[0])
    elif tag.startswith("=x"):
        clause.pairs.setdefault("times", set()).add(tag[2:])
    elif tag[0] == "=":
        clause.pairs.setdefault("colour", set()).add(tag[1:])
    elif tag not in ("OTHER", "MAX", "MIN", "RANGE"):
        clause.tags.add(tag)


def _has_verb(clause: Clause) -> bool:
    """Whether a clause surely has its own verb: an auxiliary or "use"."""
    return "USE" in clause.tags or any(token.text in _AUXILIARIES for token in clause.tokens)


def _begins_with_content(clause: Clause) -> bool:
    """Whether a thing is named before any word of strictness: "a rod must", unlike "must not"."""
    tags = [token.tag for token in clause.tokens if token.tag != "OTHER"]
    return bool(tags) and tags[0] == ""


def _go_on(found: list[Clause]) -> None:
    """A short part after "and", "or" or a comma goes on with the one before: the same negation.

    "Never use alcohol or silicone spray"; and backwards "Alcohol and spray must not be used".
    """
    mains = [clause for clause in found if clause.kind == "MAIN"]
    subject: set[str] = set()
    for before, clause in pairwise(mains):
        if before.joined != "COMMA" or before.sentence != clause.sentence:
            subject = set()
        subject |= before.stems
        if clause.joined == "COMMA" and clause.tokens[0].tag in _BARE:
            clause.stems |= subject  # "the spring, part P-213, must be": it goes on
        if clause.sentence != before.sentence or clause.joined not in _SHORT:
            continue
        own = clause.tags & STRENGTHS
        if not before.names and not own:  # "es ist verboten, ... zu"
            clause.negated = before.negated
            clause.tags |= before.tags & STRENGTHS
            continue
        if len(clause.stems) <= _SHORT[clause.joined] and not own and not clause.pairs:
            clause.negated = before.negated
            clause.tags |= before.tags & STRENGTHS
            if not clause.numbers and "save" in before.pairs:
                clause.pairs["save"] = set(before.pairs["save"])  # "deletes names and codes"
        elif (
            own
            and not before.tags & STRENGTHS
            and not before.pairs
            and not _has_verb(before)
            and _begins_with_content(clause)
            and len(before.stems) <= _SHORT[clause.joined]
        ):
            before.negated = clause.negated
            before.tags |= own
