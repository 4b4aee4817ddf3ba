"""From a question to evidence, to a request for the engine, to an answer with its sources.

Chat, ``ask`` and the packager's evaluation share this, so what is measured is what is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from fieldkit.core.citation import REFUSAL, Finding, Passage, State, cited, refused
from fieldkit.core.claims import Checked
from fieldkit.core.conversation import Turn, asked, messages, question_content
from fieldkit.core.generation import Engine, Request
from fieldkit.core.message import Message
from fieldkit.core.quote import Quote
from fieldkit.core.release import Assistant
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.library import quote_mode
from fieldkit.library.finding import Finder
from fieldkit.library.quotes import quote_of
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

        The best passage is kept even when it alone exceeds ``passage_tokens``; others that mention
        much less than the best of them are left out: they take time to read and mislead. With
        ``State.NONE`` there are no passages. Raises EngineFailure when the engine cannot count
        tokens.
        """
        found = self._finder.find(question, history, limit=self._assistant.passages)
        if found.state is State.NONE:
            return replace(found, passages=(), evidence=())
        least = _WORTH_READING * max(found.evidence, default=0.0)
        passages = tuple(
            passage
            for number, (passage, evidence) in enumerate(
                zip(found.passages, found.evidence, strict=True)
            )
            if number == 0 or evidence >= least
        )
        while len(passages) > 1 and self._evidence_size(passages) > self._assistant.passage_tokens:
            passages = passages[:-1]
        return replace(found, passages=passages, evidence=())

    @property
    def words_only(self) -> FieldkitError | None:
        """Why pages are found by their words alone although their meanings are known."""
        return self._library.words_only

    def answerable(self, found: Finding) -> bool:
        """Whether to ask the model; if not, ``refusal`` is the answer."""
        return found.state is not State.NONE or not self._assistant.evidence_only

    def request(self, turns: Sequence[Turn]) -> Request:
        """Return the request that answers the last of ``turns``, within the model's context.

        Older turns are shortened first; if the last alone is too long it loses passages, last
        first. Raises UsageProblem when the bare question does not fit, and EngineFailure when the
        engine cannot count tokens.
        """
        if self._assistant.quotes_only:
            return quote_mode.request(self._assistant, turns[-1], self._size)
        *history, last = turns
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

    def finish(self, text: str, passages: Sequence[Passage], question: str = "") -> Answer:
        """Return the answer that the model gave as ``text`` to ``question`` with ``passages``."""
        if refused(text):
            return Answer(text=text, citations=(), refused=True, nearest=tuple(passages))
        from fieldkit.library.claims.check import check  # when there is an answer, not before

        checked = check(text, passages, question)
        return Answer(
            text=text,
            citations=cited(text, passages),
            refused=False,
            unsupported=tuple(f.said for claim in checked.claims for f in claim.faults if f.said),
            checked=checked,
            quote=quote_of(passages, question),
        )

    def refusal(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the answer to a question for which there is no evidence; nothing is generated."""
        found = self._finder.find(question, history, limit=NEAREST)
        text = f"{REFUSAL} {SHORTER}" if self._finder.is_long(question) else REFUSAL
        return Answer(
            text=text,
            citations=(),
            refused=True,
            nearest=found.passages,
            state=found.state,
            missing=found.missing,
            languages=found.languages,
        )

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
