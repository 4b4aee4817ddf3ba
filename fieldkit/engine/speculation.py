"""Guesses how a text goes on from what it already holds, and whether checking a guess pays.

An answer from manuals quotes them. Where the last tokens stand elsewhere in the prompt or in the
answer, what followed there is the draft; one batch then verifies all of it at once. Decoding waits
for memory, so a batch costs less than its tokens one by one; how much less depends on processor,
model and depth. Nothing here assumes it: everything is measured while answers are written.

Only wall times and hits are counted. Whether a draft would have been right is known for every token
written, drafted or not, so a text in which guesses fail costs nothing until they hit again.
"""

from __future__ import annotations

from collections.abc import Sequence

_SIZES = (4, 2)  # n-grams that are looked up, the most telling first
_CLASSES = 6
_MEMORY = 0.97  # how much of what was counted stays with every further trial
_BELIEF = 4.0  # what earlier answers taught weighs as much as so many trials in this one
_SMOOTHING = 0.3  # weight of the newest wall time
_MARGIN = 1.1  # a draft has to promise this much
_FADE = 0.9995  # how a remembered time shrinks with every step it was passed over in
_JUMP = 1.25  # one hiccup counts at most this much of what was known


class NgramIndex:
    """A growing text that knows where its last tokens stood before; ``append`` is O(1)."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._next: dict[tuple[int, ...], int] = {}
        self._source = -1  # where the guess is read from, -1: nowhere
        self.matched = 0  # how many tokens before the guess are the same as the text's last

    def guess(self) -> int:
        """The token that should come next, -1 when nothing is known."""
        return self._tokens[self._source] if self.matched else -1

    def draft(self, length: int) -> list[int]:
        """The ``length`` tokens that should come next; a text that repeats itself goes round."""
        if not self.matched:
            return []
        tail = self._tokens[self._source : self._source + length]
        while len(tail) < length:
            tail += tail[: length - len(tail)]
        return tail

    def append(self, token: int) -> None:
        """The text goes on with ``token``."""
        if self.matched and self._tokens[self._source] == token:
            self._source += 1
            self.matched += 1
        else:
            self.matched = 0
        tokens = self._tokens
        tokens.append(token)
        for size in _SIZES:
            if len(tokens) < size:
                continue
            gram = tuple(tokens[-size:])
            before = self._next.get(gram, -1)
            self._next[gram] = len(tokens)
            if before >= 0 and size > self.matched:
                self._source, self.matched = before, size


class Economy:
    """What a step of so many tokens takes, and how often a guess is right, on this machine."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}  # tokens in a batch -> wall time of its step
        self._hits = [0.0] * _CLASSES
        self._trials = [0.0] * _CLASSES

    def begin(self) -> None:
        """Another answer: it may quote where the last one did not, or the other way round."""
        for kind, trials in enumerate(self._trials):
            share = min(1.0, _BELIEF / trials) if trials else 1.0
            self._hits[kind] *= share
            self._trials[kind] *= share

    def judge(self, matched: int, hit: bool) -> None:
        """A guess after ``matched`` tokens was right or wrong, whether or not it was drafted."""
        kind = _kind(matched)
        self._hits[kind] = self._hits[kind] * _MEMORY + hit
        self._trials[kind] = self._trials[kind] * _MEMORY + 1

    def stepped(self, tokens: int, seconds: float) -> None:
        """A step that decoded ``tokens`` in one batch took ``seconds``."""
        known = self._seconds.get(tokens, seconds)
        self._seconds[tokens] = known + (min(seconds, known * _JUMP) - known) * _SMOOTHING
        if tokens > 1:
            self._seconds[1] *= _FADE

    def declined(self) -> None:
        """A draft was possible and not worth it; by now its price may have fallen."""
        for tokens in self._seconds:
            if tokens > 1:
                self._seconds[tokens] *= _FADE

    def length(self, matched: int, limit: int) -> int:
        """How many tokens to draft after ``matched`` equal ones, at most ``limit``; 0 for none.

        The length that promises the most tokens a second; none if that is not clearly more than a
        step without a draft brings.
        """
        if not self._seconds:
            return 0
        limit = min(limit, 2 * max(self._seconds) - 1)  # a size never tried is approached
        best, best_rate = 0, _MARGIN / self._seconds[1]
        expected = certain = 1.0
        for drafted in range(1, limit + 1):
            certain *= self._chance(matched + drafted - 1)
            expected += certain
            rate = expected / self._price(drafted + 1)
            if rate > best_rate:
                best, best_rate = drafted, rate
        return best

    def _chance(self, matched: int) -> float:
        kind = _kind(matched)
        return (self._hits[kind] + 1) / (self._trials[kind] + 2)

    def _price(self, tokens: int) -> float:
        """The seconds a batch takes; one never tried lies on the line between its neighbours.

        Beyond the largest it takes as much as that one: hope lets it be tried, and measured.
        """
        seconds = self._seconds
        if tokens in seconds:
            return seconds[tokens]
        below = max(size for size in seconds if size < tokens)
        above = min((size for size in seconds if size > tokens), default=below)
        if above == below:
            return seconds[below]
        share = (tokens - below) / (above - below)
        return seconds[below] + (seconds[above] - seconds[below]) * share


class Speculator:
    """Drafts for one answer, from the text so far; ``economy`` outlives the answer."""

    def __init__(self, economy: Economy) -> None:
        self._index = NgramIndex()
        self._economy = economy
        economy.begin()
        self.drafted = 0
        self.accepted = 0

    def read(self, text: Sequence[int]) -> None:
        """The text so far: what guesses are taken from."""
        for token in text:
            self._index.append(token)

    def draft(self, limit: int) -> list[int]:
        """At most ``limit`` tokens worth verifying now, often none."""
        if not self._index.matched or limit < 1:
            return []
        length = self._economy.length(self._index.matched, limit)
        if not length:
            self._economy.declined()
        return self._index.draft(length)

    def verified(self, drawn: Sequence[int], drafted: int, seconds: float) -> None:
        """A step of ``seconds`` verified ``drafted`` tokens; the text goes on with ``drawn``.

        All of ``drawn`` but the last token were drafted.
        """
        self._economy.stepped(drafted + 1, seconds)
        self.drafted += drafted
        self.accepted += len(drawn) - 1
        for token in drawn:
            if (guess := self._index.guess()) >= 0:
                self._economy.judge(self._index.matched, guess == token)
            self._index.append(token)


def _kind(matched: int) -> int:
    """Guesses after matches of about the same length count together."""
    return min(matched.bit_length(), _CLASSES - 1)
