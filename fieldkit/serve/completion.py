"""From a request to an answer with its sources, on the engine's thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from fieldkit.core.citation import NOT_SURE, Citation, Passage, State
from fieldkit.core.cited import Undangled, with_right_marks
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import WHOLE, Done, Engine, Rewritten, Stats, Token
from fieldkit.core.refusal import InWords, in_words
from fieldkit.core.text import clean
from fieldkit.core.written import written
from fieldkit.errors import UsageProblem
from fieldkit.library.answering import Answer, Answering
from fieldkit.serve.asked import Asked, too_long
from fieldkit.serve.problem import unavailable

WITHDRAWN = "The model's answer differs from the manual, which says:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of an answer, whose whole ``text`` it has; no ``stats``: nothing was generated.

    ``replaced``: ``text`` quotes the manual, because the model's answer differs from it.
    """

    text: str
    answer: Answer
    passages: tuple[Passage, ...]
    finish: str
    stats: Stats | None
    replaced: bool = False

    @property
    def usage(self) -> dict[str, Any]:
        """Tokens as OpenAI counts them; ``cached_tokens`` had been read before."""
        stats = self.stats
        prompt = stats.prefill_tokens + stats.reused_tokens if stats else 0
        written = stats.completion_tokens if stats else 0
        return {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            "prompt_tokens_details": {"cached_tokens": stats.reused_tokens if stats else 0},
        }

    @property
    def evidence(self) -> dict[str, Any]:
        """What the assistant adds to OpenAI's fields; ``number`` is the mark in the text."""
        answer = self.answer
        quote, checked = answer.quote, answer.checked
        shown = answer.nearest if answer.refused else self.passages
        return {
            "quote": clean(quote.text) if quote else None,
            "quote_source": _told(quote.source(shown)) if quote else None,
            "claims": [claim.to_json() for claim in checked.claims] if checked else [],
            "replaced": self.replaced,
            "generated": clean(answer.text) if self.replaced else None,
            "citations": [
                {"number": self.passages.index(passage) + 1, **_told(passage)}
                for passage in answer.citations
            ],
            "state": str(answer.state),
            "refused": answer.refused,
            "nearest": [_told(passage) for passage in answer.nearest],
            "unsupported": [clean(figure) for figure in answer.unsupported],
            "missing": [clean(code) for code in answer.missing],
            "languages": list(answer.languages),
        }


Step = Token | Ended


def answer(asked: Asked, answering: Answering, engine: Engine) -> Iterator[Step]:
    """Answer ``asked``: Tokens, then exactly one Ended.

    The passages of earlier turns are found again as they were found then, so that what the engine
    still holds of the conversation fits. Raises ApiProblem for a question that does not fit, and
    EngineFailure when the engine died.
    """
    history: list[Turn] = []
    for turn in asked.history:
        passages = answering.find(turn.question, history).passages
        history.append(Turn(question=turn.question, passages=passages, answer=turn.answer))
    found = answering.find(asked.question, history)
    passages = found.passages
    if not answering.answerable(found):
        yield from _refusal(answering.refusal(asked.question, history))
        return
    try:
        request = answering.request([*history, Turn(question=asked.question, passages=passages)])
    except UsageProblem as error:
        raise too_long() from error
    words, marks = InWords(), Undangled()
    words.state, words.pages = found.state, len(passages)
    marks.passages = passages
    text = ""
    for event in written(engine, asked.sampling.apply(request)):
        if isinstance(event, Token):
            more = _more(event, text)
            text += more
            if shown := words.add(marks.add(more)):
                yield Token(shown)
        elif isinstance(event, Done):
            done = event
        text = _rewritten(event, text)
    if done.finish == "aborted":
        raise unavailable("The answer was stopped. Ask again.")
    said = answering.finish(text, passages, asked.question, complete=done.finish in WHOLE)
    replaced = said.checked is not None and said.checked.replaced and said.quote is not None
    below = _below(said, found.state)
    if rest := words.add(marks.rest()) + words.rest() + below:
        yield Token(rest)
    shown = in_words(with_right_marks(text, said.checked, passages), found.state, len(passages))
    yield Ended(
        text=below.strip() if replaced else shown.rstrip() + below,
        answer=replace(said, state=found.state, missing=found.missing, languages=found.languages),
        passages=passages,
        finish=done.finish,
        stats=done.stats,
        replaced=replaced,
    )


def _more(event: Token, text: str) -> str:
    """What ``event`` adds to ``text``: an answer begins with a word, whatever is before that."""
    return clean(event.text) if text else clean(event.text).lstrip()


def _rewritten(event: object, text: str) -> str:
    """What of ``text`` holds after ``event``; what was sent of it cannot be taken back."""
    return clean(event.text) if isinstance(event, Rewritten) else text


def _below(said: Answer, state: State) -> str:
    """What follows an answer that differs from the manual, or that what was found may not hold."""
    if said.checked is not None and said.checked.replaced and said.quote is not None:
        return f"\n\n{WITHDRAWN} {clean(said.quote.text)} [{said.quote.passage}]"
    unsure = state is State.PERHAPS and said.text.strip() and not said.refused
    return f"\n\n{NOT_SURE}" if unsure else ""


def _refusal(refusal: Answer) -> Iterator[Step]:
    text = in_words(refusal.text, refusal.state, len(refusal.nearest))
    yield Token(text)
    yield Ended(text=text, answer=refusal, passages=(), finish="stop", stats=None)


def _told(passage: Passage) -> dict[str, Any]:
    return {
        name: clean(value) if isinstance(value, str) else value
        for name, value in asdict(Citation.of(passage)).items()
    }
