"""Finds out while an answer is written that it only repeats itself, and what of it to keep.

A loop is one of these:

- the same words three times in a row: a sentence, a line, a row of a table, at least three words;
- the same few words (``Alarm 3: Alarm 3:``) more often, a line of them;
- one sentence, or twelve words in a row, for the third time, whatever is between;
- ten items in a row that differ only in numbers that go up evenly (``[2] [3] ... [42]``), or six
  that differ in one number alone (``It is due every 4 days. It is due every 10 days.``).

No loop is what the prompt says so often itself: tables and lists of manuals are quoted whole. The
cells of one row of a table are never compared with each other.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_WINDOW = 256  # words after which a repetition is not noticed any more
_LOOKED_AT = 4  # distances at which a repetition is looked for at once, the shortest first
_COPIES = 3
_SHORT_COPIES, _SHORT_BYTES = 5, 36
_BARE_COPIES = 24  # of numbers without a word, as in a list of values
_EVEN_COPIES, _ONE_NUMBER_COPIES = 10, 6
_PHRASE = 12  # words of a sentence that are said again in others
_LEAST_WORDS, _LEAST_BYTES = 3, 12
_SENTENCE_WORDS = 5
_LONGEST_WORD = 32
_LONGEST_ROW = 2000

# Scripts without spaces: a character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PIECE = re.compile(
    r"(?P<mark>[\[\u3010]\d{1,3}[\]\u3011])"
    r"|(?P<number>\d{1,20}(?:[.,]\d{1,20})?)"
    rf"|(?P<word>[{_UNSPACED}]|[^\W\d_{_UNSPACED}]{{1,{_LONGEST_WORD}}})"
    r"|(?P<line>\n)"
    r"|(?P<stop>[.!?\u3002\uff01\uff1f\u0964])"
    r"|(?P<blank>[^\S\n]{1,64})"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_NUMBER = re.compile(r"\d{1,20}(?:[.,]\d{1,20})?")
_ITEM = re.compile(r"[^\S\n]{0,32}(?:\d{1,3}[.)]|[-*+\u2022]|#{1,6})[^\S\n]")
_INNER_ITEM = re.compile(r"\d{1,3}[.)][^\S\n]")
_KNOWN_ITEM = re.compile(r"(?m)^[^\S\n]{0,32}\d{1,3}[.)](?=[^\S\n])|(?<=[.!?][^\S\n])\d{1,3}[.)]")
_ROW = re.compile(rf"[^\S\n]{{0,32}}\|[^\n]{{0,{_LONGEST_ROW}}}\n")
_STOP = re.compile(r"[.!?\n\u3002\uff01\uff1f\u0964]")
_DANGLING = re.compile(
    r"(?:(?:\s*\n[^\S\n]*|(?<=[.!?])\s+)(?:\d{1,3}[.)]|[-*+\u2022]|#{1,6}))?[\s(\[]*\Z"
)
_LEADS_IN = re.compile(r"(?<=[.!?])\s+[^.!?:]{1,80}:\s*\Z")  # to what was left out
_ITEM_AHEAD = 40  # characters that tell the number of an item from a value
_MARK_AHEAD = 6


@dataclass(frozen=True, slots=True)
class _Word:
    """``said`` is ``text[start:end]`` in normal form; ``form`` is the same without its numbers."""

    said: str
    form: str
    start: int
    end: int


class _Runs:
    """Where a growing list repeats what was before, up to ``_WINDOW`` words back."""

    def __init__(self) -> None:
        self.words: list[_Word] = []
        self.live: dict[int, int] = {}  # distance -> how many words in a row equal those before
        self._places: dict[str, deque[int]] = {}

    def add(self, key: str, word: _Word) -> None:
        """The list goes on with ``word``, which is compared by ``key``."""
        now = len(self.words)
        places = self._places.setdefault(key, deque())
        while places and now - places[0] > _WINDOW:
            places.popleft()
        self.live = {now - at: self.live.get(now - at, 0) + 1 for at in reversed(places)}
        places.append(now)
        self.words.append(word)

    def whole(self, copies: int) -> Sequence[tuple[int, int]]:
        """Distance and run of what was said ``copies`` times; the shortest distances first."""
        found = ((far, run) for far, run in self.live.items() if run >= (copies - 1) * far)
        return sorted(found)[:_LOOKED_AT]


class Repetition:
    """Watches one answer; ``known`` is its prompt, which may say things more than once.

    Each word takes a bounded time, whatever is written.
    """

    def __init__(self, known: str = "") -> None:
        self._known_text = known
        self._known: str | None = None
        self._text = ""
        self._place = 0
        self._line_begins = True
        self._sentence_begins = True
        self._exact = _Runs()
        self._even = _Runs()
        self._first = 0  # the number of the sentence's first word
        self._sentences: list[tuple[str, int, int]] = []  # words, and place in the text
        self._seen: Counter[str] = Counter()
        self._phrases: dict[tuple[str, ...], list[int]] = {}  # the numbers of their last words

    def feed(self, text: str) -> str | None:
        """Take the next piece; once there is a loop, return what to keep of the whole answer."""
        self._text += text
        return self._read(final=False)

    def flush(self, *, cut: bool = False) -> str | None:
        """Nothing follows: as ``feed``. ``cut``: at the limit, where a second copy is enough."""
        kept = self._read(final=True) or self._sentence_ended()
        if kept is not None or not cut:
            return kept
        for distance, run in self._exact.whole(2):
            if _tells(self._exact.words[-distance:]) and not self._is_quoted(distance, run):
                return self._kept(self._exact.words, distance, run)
        return None

    @property
    def suspicious(self) -> bool:
        """Whether what was written last says the same as what is before it, word by word."""
        words = self._exact.words
        return any(_tells(words[-distance:]) for distance, _ in self._exact.whole(2))

    def _read(self, *, final: bool) -> str | None:
        while self._place < len(self._text):
            before = self._place
            kept = self._line_begin(final) or self._piece(final)
            if kept is not None:
                return kept
            if self._place == before:
                break
        return None

    def _line_begin(self, final: bool) -> str | None:
        """Take a row of a table whole, and skip the number of an item."""
        text, at = self._text, self._place
        left = len(text) - at
        if not self._line_begins:
            item = _INNER_ITEM.match(text, at) if self._sentence_begins else None
            self._place = item.end() if item else at
            return None
        if (row := _ROW.match(text, at)) is not None:
            self._place = row.end()
            said = " ".join(_words_of(row.group()))
            return self._add(_Word(said, _NUMBER.sub("#", said), at, row.end())) if said else None
        if item := _ITEM.match(text, at):
            self._place, self._line_begins = item.end(), False
        elif final or left >= _LONGEST_ROW or not _may_be_special(text[at:]):
            self._line_begins = False
        return None

    def _piece(self, final: bool) -> str | None:
        """Take the next piece, unless it may still grow."""
        if self._line_begins:
            return None
        text, at = self._text, self._place
        piece = _PIECE.match(text, at)
        if piece is None:
            return None
        kind, end = piece.lastgroup, piece.end()
        if not final and _may_grow(kind, piece.group(), len(text) - end, self._sentence_begins):
            return None
        self._place = end
        if kind in ("word", "number", "mark"):
            self._sentence_begins = False
            said = piece.group().casefold()
            form = {"number": "#", "mark": "[#]"}.get(kind, said)
            return self._add(_Word(said, form, at, end), counted=kind != "mark")
        if kind in ("line", "stop"):
            self._line_begins, self._sentence_begins = kind == "line", True
            return self._sentence_ended()
        return None

    def _add(self, word: _Word, *, counted: bool = True) -> str | None:
        self._even.add(word.form, word)
        if not counted:
            return self._evenly()
        self._exact.add(word.said, word)
        for distance, run in self._exact.whole(_COPIES):
            if self._is_loop(distance, run) and not self._is_quoted(distance, run):
                return self._kept(self._exact.words, distance, run)
        return self._phrased() or self._evenly()

    def _phrased(self) -> str | None:
        """What to keep where the last words are said for the third time, in other sentences."""
        words = self._exact.words
        phrase = tuple(word.said for word in words[-_PHRASE:])
        places = self._phrases.setdefault(phrase, [])
        if len(phrase) < _PHRASE or (places and len(words) - places[-1] < _PHRASE):
            return None
        places.append(len(words))
        if len(places) < _COPIES or not _has_letters(words[-_PHRASE:]):
            return None
        if self._times_known(" ".join(phrase)) >= _COPIES:
            return None
        return self._before(words[places[1] - _PHRASE].start)

    def _before(self, place: int) -> str:
        """The sentences that end before ``place``, or else the first one."""
        ends = [end for _, _, end in self._sentences]
        end = max((end for end in ends if end <= place), default=ends[0] if ends else place)
        return _ended(self._text[:end])

    def _is_loop(self, distance: int, run: int) -> bool:
        words = self._exact.words[-distance:]
        if not _has_letters(words):
            return run >= (_BARE_COPIES - 1) * distance
        if _tells(words):
            return True
        length = _bytes(self._exact.words[-run - distance :])
        return run >= (_SHORT_COPIES - 1) * distance and length >= _SHORT_BYTES

    def _evenly(self) -> str | None:
        """What to keep where the last items differ only in numbers that go up evenly."""
        words = self._even.words
        for distance, run in self._even.whole(_ONE_NUMBER_COPIES):
            last = words[-distance:]
            said = [word.said for word in last if word.form != "[#]"]
            if run % distance or (said and self._knows(said)):
                continue
            sentence = len(said) >= _SENTENCE_WORDS and _has_letters(last)
            if sentence and _one_number(words[-_ONE_NUMBER_COPIES * distance :], distance):
                return self._kept(words, distance, (_ONE_NUMBER_COPIES - 1) * distance)
            copies = _BARE_COPIES if said and not _has_letters(last) else _EVEN_COPIES
            if run < (copies - 1) * distance:
                continue
            if _even(words[-copies * distance :], distance):
                return self._kept(words, distance, (copies - 1) * distance)
        return None

    def _sentence_ended(self) -> str | None:
        """Count the sentence that ends here; what to keep where it is said for the third time."""
        words = self._exact.words[self._first :]
        begin = self._sentences[-1][2] if self._sentences else 0
        self._first = len(self._exact.words)
        said = " ".join(word.said for word in words)
        self._sentences.append((said, begin, self._place))
        if len(words) < _SENTENCE_WORDS or not _has_letters(words):
            return None
        self._seen[said] += 1
        if self._seen[said] < _COPIES or self._times_known(said) >= _COPIES:
            return None
        return self._once()

    def _times_known(self, said: str) -> int:
        """How often the prompt says ``said``."""
        apart = self._known_words.replace(" ", "  ")  # copies behind each other share no space
        return apart.count(f" {said.replace(' ', '  ')} ")

    def _once(self) -> str:
        """The text with every sentence kept where it is said first."""
        seen: set[str] = set()
        parts = []
        for said, begin, end in self._sentences:
            if not said or said not in seen:
                parts.append(self._text[begin:end])
            seen.add(said)
        return _ended("".join(parts))

    def _kept(self, words: Sequence[_Word], distance: int, run: int) -> str:
        """The text up to the end of the first copy, or of the sentence in which that ends."""
        first = len(words) - run - 1
        end = words[first].end
        for number in range(first, min(first + distance, len(words) - 1)):
            begin = words[number + 1].start
            if _STOP.search(self._text, words[number].end, begin):
                end = begin
                break
        return _ended(self._text[:end])

    def _is_quoted(self, distance: int, run: int) -> bool:
        """Whether the prompt says all copies, too."""
        if run > _WINDOW:
            return False
        return self._knows([word.said for word in self._exact.words[-run - distance :]])

    def _knows(self, words: Sequence[str]) -> bool:
        return f" {' '.join(words)} " in self._known_words

    @property
    def _known_words(self) -> str:
        if self._known is None:
            words = _words_of(_KNOWN_ITEM.sub(" ", self._known_text))
            self._known = f" {' '.join(words)} "
        return self._known


def _ended(text: str) -> str:
    """``text`` without what only begins or announces what was left out after it."""
    return _DANGLING.sub("", _LEADS_IN.sub("", _DANGLING.sub("", text)))


def _words_of(text: str) -> list[str]:
    found = _PIECE.finditer(text)
    return [p.group().casefold() for p in found if p.lastgroup in ("word", "number")]


def _may_be_special(line: str) -> bool:
    """Whether the beginning of a line may become a row of a table or an item."""
    if "\n" in line:
        return False
    if line.lstrip()[:1] in ("", "|"):
        return True
    return len(line) < _ITEM_AHEAD and not line.strip().isalpha()


def _may_grow(kind: str | None, piece: str, left: int, begins: bool) -> bool:
    """Whether what follows may belong to ``piece``, after which ``left`` characters are known."""
    if kind == "number":  # 10 may become 10.5, and at a sentence's beginning 1 an item's number
        return left < (3 if begins else 2)
    if kind == "sign":
        return piece in "[\u3010" and left < _MARK_AHEAD
    return kind in ("word", "mark") and not left and len(piece) < _LONGEST_WORD


def _has_letters(words: Sequence[_Word]) -> bool:
    return any(letter.isalpha() for word in words for letter in word.said)


def _bytes(words: Sequence[_Word]) -> int:
    return sum(len(word.said.encode("utf-8", "replace")) for word in words)


def _tells(words: Sequence[_Word]) -> bool:
    """Whether ``words`` are so many that nobody says them twice in a row."""
    count = sum(1 + word.said.count(" ") for word in words)
    return count >= _LEAST_WORDS and _bytes(words) >= _LEAST_BYTES and _has_letters(words)


def _even(words: Sequence[_Word], distance: int) -> bool:
    """Whether in the copies of ``distance`` words each number goes up by the same, or stays."""
    rising = False
    for place in range(distance):
        column = [_values(word.said) for word in words[place::distance]]
        if len({len(values) for values in column}) > 1:
            return False
        for values in zip(*column, strict=True):
            steps = {round(after - before, 6) for before, after in pairwise(values)}
            if len(steps) > 1:
                return False
            rising = rising or steps != {0.0}
    return rising


def _one_number(words: Sequence[_Word], distance: int) -> bool:
    """Whether the copies of ``distance`` words are the same but for one number of each."""
    columns = (words[place::distance] for place in range(distance))
    return sum(len({word.said for word in column}) > 1 for column in columns) == 1


def _values(said: str) -> list[float]:
    return [float(found.replace(",", ".")) for found in _NUMBER.findall(said)]
