"""What an engine writes, as an answer: without its thoughts, and stopped where it repeats itself.

Chat, ``ask``, ``serve`` and the packager's evaluation all read an engine through this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fieldkit.core.choosing import chosen
from fieldkit.core.citation import REFUSAL
from fieldkit.core.generation import REPEATED, Done, Engine, Event, Request, Rewritten, Token
from fieldkit.core.repetition import Repetition
from fieldkit.core.thoughts import Thoughts


def written(engine: Engine, request: Request) -> Iterator[Event | Rewritten]:
    """Run ``request``: as ``Engine.generate``, with the texts of an answer alone.

    What says the same as what is before it is held back until it says something else. An answer
    that repeats itself is stopped: then come Rewritten, where too much was said, and Done with the
    finish ``REPEATED``.
    """
    if request.choices:
        answer: _Answer = _Chosen(request.choices)
    else:
        answer = _Answer("\n".join(message.content for message in request.messages))
    events = engine.generate(request)
    try:
        for event in events:
            if isinstance(event, Token):
                if answer.repeated:
                    continue
                yield from answer.add(event.text)
                if answer.repeated:
                    engine.abort()
            elif isinstance(event, Done):
                finish = event.finish
                yield from answer.end(finish)
                yield Done(finish=answer.finish(finish), stats=event.stats)
            else:
                yield event
    finally:
        if close := getattr(events, "close", None):
            close()


class _Answer:
    """The answer so far: what was said of it, and what is held back."""

    def __init__(self, prompt: str) -> None:
        self.repeated = False
        self._prompt = prompt
        self._thoughts = Thoughts()
        self._repetition = Repetition(prompt)
        self._said = ""
        self._held = ""

    def add(self, text: str) -> Iterator[Token | Rewritten]:
        """The model wrote ``text``."""
        text = self._thoughts.feed(text)
        if self._thoughts.all_thought:
            yield from self._forget()
        if text:
            yield from self._take(text, self._repetition.feed(text))

    def end(self, finish: str) -> Iterator[Token | Rewritten]:
        """The model wrote all, and the engine says ``finish``."""
        if self.repeated:
            return
        rest = self._thoughts.flush()
        kept = self._repetition.feed(rest) or self._repetition.flush(cut=finish == "length")
        yield from self._take(rest, kept)
        if self._held and not self.repeated:
            yield self._say()

    def finish(self, finish: str) -> str:
        """How the answer ended, where the engine says ``finish``."""
        return REPEATED if self.repeated else finish

    def _forget(self) -> Iterator[Rewritten]:
        if self._said:
            yield Rewritten("")
        self._said = self._held = ""
        self._repetition = Repetition(self._prompt)

    def _take(self, text: str, kept: str | None) -> Iterator[Token | Rewritten]:
        self._held += text
        if kept is not None:
            self.repeated = True
            if kept.startswith(self._said):
                self._held = kept[len(self._said) :]
            else:
                self._held, self._said = "", kept
                yield Rewritten(kept)
        if self._held and (self.repeated or not self._repetition.suspicious):
            yield self._say()

    def _say(self) -> Token:
        said, self._held = self._held, ""
        self._said += said
        return Token(said)


class _Chosen(_Answer):
    """An answer of which the model writes only the numbers of the statements to show."""

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__("")
        self._choices = choices
        self._written = ""
        self._shown: set[int] = set()

    def add(self, text: str) -> Iterator[Token | Rewritten]:
        """The model wrote ``text``: a number is whole when a comma follows it."""
        self._written += text
        yield from self._show(self._written.rpartition(",")[0])

    def end(self, finish: str) -> Iterator[Token | Rewritten]:
        """As ``_Answer``; the last number is whole where the model ended by itself."""
        whole = finish == "stop"
        yield from self._show(self._written if whole else self._written.rpartition(",")[0])
        if whole and not self._shown:
            yield Token(REFUSAL)

    def finish(self, finish: str) -> str:
        """As ``_Answer``: what is shown is whole."""
        return "stop" if finish == "length" and self._shown else finish

    def _show(self, numbers: str) -> Iterator[Token]:
        for number in chosen(numbers, len(self._choices)):
            if number not in self._shown:
                yield Token("\n\n" * bool(self._shown) + self._choices[number - 1])
                self._shown.add(number)
