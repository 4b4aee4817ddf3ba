"""From a question to evidence, to a request for the engine, to an answer with its sources.

Chat, ``ask`` and the packager's evaluation share this, so what is measured is what is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from fieldkit.core.citation import REFUSAL, Finding, Passage, State, refused
from fieldkit.core.cited import cited_in
from fieldkit.core.claims import Checked
from fieldkit.core.conversation import Turn, asked, messages, question_content
from fieldkit.core.generation import Engine, Request
from fieldkit.core.message import Message
from fieldkit.core.quote import Quote
from fieldkit.core.release import SHOW, Assistant
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.library import quote_mode
from fieldkit.library.answer_language import instruction
from fieldkit.library.finding import Finder
from fieldkit.library.quotes import quotes_of
from fieldkit.library.searchable import Searchable
from fieldkit.library.sizes import Sizes

NEAREST = 3
SHORTER = "The question is long: ask it again in one sentence, with the words of the manual."
# Tokens kept free for the words of a question, so that earlier turns are cut the same way whatever
# is asked; a longer question may cost a turn.
_QUESTION_ROOM = 200
# A passage is read by the model when it mentions at least this part of what the best mentions.
_WORTH_READING = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown: ``citations`` in order of mention, or on a refusal the ``nearest`` pages.

    ``unsupported`` are the numbers and codes of ``text`` that stand in none of the cited passages;
    ``state``, ``missing`` and ``languages`` are those of what was found (``Finding``). ``checked``
    is the check of ``text``, None on a refusal; ``quote`` is what of the passages is shown first.
    """

    text: str
    citations: tuple[Passage, ...]
    refused: bool
    nearest: tuple[Passage, ...] = ()
    unsupported: tuple[str, ...] = ()
    state: State = State.ANSWERED
    missing: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    checked: Checked | None = None
    quote: Quote | None = None


class Checks(Protocol):
    """Checks one answer again and again while it is written."""

    def check(self, text: str, *, complete: bool = True) -> Checked:
        """Check what is written; as ``library.claims.check.check``."""
        ...


class Answering:
    """The flow of one assistant over one library; holds no conversation of its own.

    What the engine counted is remembered: it reads ahead while a question is typed, and asking it
    to count would interrupt that.
    """

    def __init__(self, assistant: Assistant, library: Searchable, engine: Engine) -> None:
        self._assistant = assistant
        self._library = library
        self._finder = Finder(library)
        self._engine = engine
        self._size = Sizes(engine.count)

    def find(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        """Return the evidence for ``question``, best first, within the assistant's budgets.

        As ``look``, but ``State.NONE`` has no passages, and there are only as many as ``fitting``
        allows. Raises EngineFailure when the engine cannot count tokens.
        """
        found = self.look(question, history)
        if found.state is State.NONE:
            return replace(found, passages=())
        return replace(found, passages=found.passages[: self.fitting(found.passages)])

    def look(self, question: str, history: Sequence[Turn] = ()) -> Finding:
        """Return the evidence for ``question``, best first; needs no engine.

        Passages that mention much less than the best of them are left out: they take time to read
        and mislead. With ``State.NONE`` the passages are the nearest ones.
        """
        found = self._finder.find(question, history, limit=self._assistant.passages)
        if found.state is State.NONE:
            if self._assistant.passages < NEAREST:
                found = self._finder.find(question, history, limit=NEAREST)
            return replace(found, passages=found.passages[:NEAREST], evidence=())
        least = _WORTH_READING * max(found.evidence, default=0.0)
        passages = tuple(
            passage
            for number, (passage, evidence) in enumerate(
                zip(found.passages, found.evidence, strict=True)
            )
            if number == 0 or evidence >= least
        )
        return replace(found, passages=passages, evidence=())

    def fitting(self, passages: Sequence[Passage]) -> int:
        """Return how many of ``passages``, from the first, the model is given.

        The first is given even when it alone exceeds ``passage_tokens``. Raises EngineFailure when
        the engine cannot count tokens.
        """
        count = len(passages)
        most = self._assistant.passage_tokens
        while count > 1 and self._evidence_size(passages[:count]) > most:
            count -= 1
        return count

    def quote(self, found: Finding, question: str) -> Quote | None:
        """Return what of ``found`` to show before the model writes; needs no engine.

        Pages that are only near are not quoted as an answer.
        """
        return None if found.state is State.NONE else _quoted(found.passages, question)

    @property
    def words_only(self) -> FieldkitError | None:
        """Why pages are found by their words alone although their meanings are known."""
        return self._library.words_only

    def answerable(self, found: Finding) -> bool:
        """Whether to ask the model; if not, ``refusal`` is the answer."""
        if found.state is State.PERHAPS:
            return self._assistant.when_unsure != SHOW
        return found.state is not State.NONE or not self._assistant.evidence_only

    def request(self, turns: Sequence[Turn]) -> Request:
        """Return the request that answers the last of ``turns``, within the model's context.

        Older turns are shortened first; if the last alone is too long it loses passages, last
        first. Raises UsageProblem when the bare question does not fit, and EngineFailure when the
        engine cannot count tokens.
        """
        if self._assistant.quotes_only:
            return quote_mode.request(self._assistant, turns[-1], self._size)
        *history, last = map(self._in_its_language, turns)
        while True:
            prompt = messages(
                self._assistant.system_prompt,
                [*history, last],
                budget=self._budget,
                size=self._size,
                room=self._room,
            )
            if self._fits(prompt, last):
                return Request(
                    messages=prompt,
                    max_tokens=self._assistant.max_tokens,
                    **asdict(self._assistant.sampling),
                )
            if not last.passages:
                raise UsageProblem(
                    f"The question is too long: it has to fit into {self._budget} tokens.",
                    hint="Ask it in fewer words.",
                )
            last = replace(last, passages=last.passages[:-1])

    def checks(self, passages: Sequence[Passage], question: str) -> Checks:
        """Return what checks the answer to ``question`` while it is written."""
        from fieldkit.library.claims.check import Checker  # when there is an answer, not before

        return Checker(passages, question, language=self._library.language.code)

    def finish(
        self,
        text: str,
        passages: Sequence[Passage],
        question: str = "",
        *,
        complete: bool = True,
        checks: Checks | None = None,
    ) -> Answer:
        """Return the answer that the model gave as ``text`` to ``question`` with ``passages``.

        ``complete`` is False where it was cut off; ``checks`` are those that checked it so far.
        """
        if refused(text):
            return Answer(
                text=text,
                citations=(),
                refused=True,
                nearest=tuple(passages),
                quote=_quoted(passages, question),
            )
        checks = checks or self.checks(passages, question)
        checked = checks.check(text, complete=complete)
        return Answer(
            text=text,
            citations=cited_in(text, checked, passages),
            refused=False,
            unsupported=tuple(f.said for claim in checked.claims for f in claim.faults if f.said),
            checked=checked,
            quote=_quoted(passages, question),
        )

    def refusal(
        self, question: str, history: Sequence[Turn] = (), found: Finding | None = None
    ) -> Answer:
        """Return the answer to a question about which the model is not asked.

        ``found`` is what ``look`` returned, where that is known.
        """
        found = found or self.look(question, history)
        text = f"{REFUSAL} {SHORTER}" if self._finder.is_long(question) else REFUSAL
        return Answer(
            text=text,
            citations=(),
            refused=True,
            nearest=found.passages,
            state=found.state,
            missing=found.missing,
            languages=found.languages,
            quote=self.quote(found, question),
        )

    def _in_its_language(self, turn: Turn) -> Turn:
        """``turn`` with the wish for an answer in the language of its question, where needed."""
        question = turn.question
        wish = instruction(question, self._library.spoken(question), self._library.language)
        return replace(turn, question=f"{question.strip()}\n{wish}") if wish else turn

    @property
    def _budget(self) -> int:
        return self._assistant.context - self._assistant.max_tokens

    @property
    def _question_room(self) -> int:
        return min(_QUESTION_ROOM, self._budget // 8)

    def _evidence_size(self, passages: Sequence[Passage]) -> int:
        """Tokens of ``passages``, each counted alone: a little more than together."""
        return sum(
            self._size(Message(role="user", content=question_content("", [passage])))
            for passage in passages
        )

    def _question_size(self, turn: Turn) -> int:
        """At least the tokens of the question of ``turn``, without asking the engine for most.

        No tokenizer makes more tokens of a text than it has bytes.
        """
        usual = self._evidence_size(turn.passages) + self._question_room
        if len(turn.question.encode("utf-8", "replace")) <= self._question_room:
            return usual
        return max(usual, self._size(asked(turn)))

    def _room(self, turn: Turn) -> int:
        """Tokens to keep free for ``turn``: the same for every usual question."""
        usual = min(self._assistant.passage_tokens + self._question_room, self._budget // 2)
        return max(usual, self._question_size(turn))

    def _fits(self, prompt: Sequence[Message], last: Turn) -> bool:
        most = sum(map(self._size, prompt[:-1])) + self._question_size(last)
        return most <= self._budget or self._engine.count(prompt) <= self._budget


def _quoted(passages: Sequence[Passage], question: str) -> Quote | None:
    """The best quote, with those of other manuals that say otherwise."""
    best, *others = quotes_of(passages, question) or (None,)
    return replace(best, others=tuple(others)) if best and others else best
