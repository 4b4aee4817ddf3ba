"""Asks a model the profile's questions, through the same path the assistant answers by.

What search did and what the model did are scored apart: who mends the manuals and the synonyms is
not who chooses another model.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.citation import REFUSAL, Passage, State, shown_page
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import REPEATED, WHOLE, Done, Engine, Request, Rewritten, Token
from fieldkit.core.quote import Quote
from fieldkit.core.release import Assistant
from fieldkit.core.written import written
from fieldkit.errors import InvalidInput
from fieldkit.library.answering import NEAREST, Answer, Answering
from fieldkit.library.search import Library

# Why an answer is wrong: the right page was not found; it was found and held to be no evidence; the
# model had it and said otherwise; something was said, without a mark, where nothing should have
# been.
CAUSES = ("page", "evidence", "model", "not refused")

_LOOP_WORDS = 12

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the set; ``answer`` lists strings of which a right answer holds one.

    ``page`` is the printed page or that of the file: people write down either. Without ``answer``
    nothing in the manuals answers it, and refusing is right.
    """

    text: str
    document: str = ""
    page: int | str = 0
    answer: tuple[str, ...] = ()


def read_questions(path: Path) -> tuple[Question, ...]:
    """The question set of a profile; raises InvalidInput when it is not one."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        return tuple(_question(number, entry) for number, entry in enumerate(entries, 1))
    except KeyError as error:
        problem = f"{error} is missing"
    except (OSError, ValueError, TypeError, AttributeError) as error:
        problem = str(error)
    raise InvalidInput(
        f"{path}: is not a question set: {problem}",
        hint="profiles/demo/questions.toml is an example.",
    )


def _question(number: int, entry: dict[str, Any]) -> Question:
    if not entry.get("answerable", True):
        return Question(text=entry["text"])
    question = Question(
        text=entry["text"],
        document=entry["document"],
        page=entry["page"],
        answer=tuple(entry["answer"]) if isinstance(entry["answer"], list) else (),
    )
    if not question.answer or not all(isinstance(text, str) for text in question.answer):
        raise ValueError(f"question {number}: answer must be a list of strings")
    if not isinstance(question.page, int | str) or not isinstance(question.document, str):
        raise ValueError(f"question {number}: page must be a number or text, document a string")
    return question


def evaluate(
    questions: tuple[Question, ...],
    *,
    assistant: Assistant,
    library: Library,
    engine: Engine,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Ask every question of a started ``engine`` and score the answers.

    Returns ``score`` (share of all questions answered rightly or rightly refused), its parts, what
    search did and what the model did with it, what of that a technician is ``shown``, and each
    answer: ``{text, answer, right, state, refused, retrieved, cited, certainty, rank, cause,
    unsupported, pages, finish, flagged, replaced, quote, quote_right, cited_right, wrong_unmarked,
    loops}``. ``pages`` are what the model was given: ``{document, page, pdf_page}``, as in a
    citation. Of a question that no page answers it is right to refuse, or to mark the answer as
    unsure. An answer that is ``replaced`` by the quote is as right as that is; ``wrong_unmarked``
    are wrong answers that are shown without any mark.
    """
    answering = Answering(assistant, library, engine)
    results = []
    for number, question in enumerate(questions, 1):
        results.append(_ask(question, answering, library, engine))
        if progress is not None:
            progress(number, len(questions))
    return {
        "score": _share(results, "right"),
        **_parts(questions, results),
        "retrieval": {**asdict(library.limits), **_retrieval(questions, results)},
        "answering": _answering(questions, results),
        "shown": _shown(questions, results),
        "causes": {cause: sum(r["cause"] == cause for r in results) for cause in CAUSES},
        "answers": results,
    }


def _ask(
    question: Question, answering: Answering, library: Library, engine: Engine
) -> dict[str, Any]:
    found = answering.find(question.text)
    passages = found.passages
    text, finish = REFUSAL, "stop"
    if answering.answerable(found):
        request = answering.request([Turn(question=question.text, passages=passages)])
        text, finish = _generated(engine, request)
    answer = answering.finish(text, passages, question.text, complete=finish in WHOLE)
    doubted = answer.refused or found.state is not State.ANSWERED
    right = contains(_read(answer), question.answer) if question.answer else doubted
    replaced = answer.checked is not None and answer.checked.replaced
    flagged = answer.checked is not None and answer.checked.flagged
    unmarked = not (doubted or flagged or replaced or not text.strip())
    rank = _rank(question, library.search(question.text, NEAREST, floor=0.0))
    retrieved = _rank(question, passages) > 0
    cause = ""
    if not right:
        cause = _cause(question, given=bool(passages), retrieved=retrieved, near=rank > 0)
    return {
        "text": question.text,
        "answer": text,
        "right": right,
        "state": str(found.state),
        "refused": answer.refused,
        "retrieved": retrieved,
        "cited": _rank(question, answer.citations) > 0,
        "certainty": round(library.certainty(question.text).value, 4),
        "rank": rank,
        "doubted": doubted,
        "given": len(passages),
        "cause": cause,
        "unsupported": list(answer.unsupported),
        "pages": [_page(passage) for passage in passages],
        "finish": finish,
        "flagged": flagged,
        "replaced": replaced,
        "quote": answer.quote.text if answer.quote else "",
        "quote_right": contains(_quoted(answer.quote), question.answer),
        "cited_right": _cited_right(question, answer, passages),
        "wrong_unmarked": unmarked and not right,
        "loops": loops(text),
    }


def _generated(engine: Engine, request: Request) -> tuple[str, str]:
    """What the model answers, and how it ended."""
    text = finish = ""
    for event in written(engine, request):
        match event:
            case Token(more):
                text += more
            case Rewritten(rest):
                text = rest
            case Done(finish=finish):
                pass
    return text, finish


def _read(answer: Answer) -> str:
    """What a technician reads as the answer: the quote where it replaces the model's words."""
    if answer.checked is not None and answer.checked.replaced:
        return _quoted(answer.quote)
    return answer.text


def _quoted(quote: Quote | None) -> str:
    """The words of ``quote``, with the names of a row's columns."""
    if quote is None:
        return ""
    return "\n".join([quote.text, *(f"{cell} {name}" for name, cell in quote.row)])


def _cited_right(question: Question, answer: Answer, passages: Sequence[Passage]) -> bool:
    """Whether the claim that holds the expected text rests on the right page.

    Where no claim is aligned with a passage, the marks that the model wrote count.
    """
    claims = answer.checked.claims if answer.checked is not None else ()
    aligned = [
        passages[claim.passage - 1]
        for claim in claims
        if claim.passage and contains(claim.text, question.answer)
    ]
    return _rank(question, aligned or answer.citations) > 0


def loops(text: str) -> bool:
    """Whether ``text`` says a sentence or ``_LOOP_WORDS`` words in a row three times."""
    words = re.findall(r"\w+", text.casefold())
    parts = Counter(" ".join(words[at : at + _LOOP_WORDS]) for at in range(len(words)))
    said = Counter(" ".join(s.casefold().split()) for s in re.split(r"[.!?]\s|\n", text))
    phrase = any(count > 2 and part.count(" ") >= _LOOP_WORDS - 1 for part, count in parts.items())
    return phrase or any(count > 2 and part.count(" ") > 2 for part, count in said.items())


def is_at(passage: Passage, document: str, page: int | str) -> bool:
    """Whether ``passage`` is of the ``page`` of ``document``, as printed or as the file counts."""
    printed = shown_page(passage.page, passage.page_label)
    pages = {str(passage.page), str(printed), passage.page_label or str(passage.page)}
    return passage.document == document and str(page).strip() in pages


def _rank(question: Question, passages: Sequence[Passage]) -> int:
    """The place of the right page among ``passages``, from 1; 0 where it is not there."""
    found = (is_at(passage, question.document, question.page) for passage in passages)
    return next((rank for rank, right in enumerate(found, 1) if right), 0)


def _page(passage: Passage) -> dict[str, Any]:
    return {
        "document": passage.document,
        "page": shown_page(passage.page, passage.page_label),
        "pdf_page": passage.page or None,
    }


def _cause(question: Question, *, given: bool, retrieved: bool, near: bool) -> str:
    """Why ``question`` was answered wrongly, one of ``CAUSES``.

    ``given`` tells whether the model got passages, ``retrieved`` whether the right page was among
    them, ``near`` whether it is among the nearest ones.
    """
    if not question.answer:
        return "not refused"
    if retrieved:
        return "model"
    return "evidence" if near and not given else "page"


def contains(answer: str, expected: tuple[str, ...]) -> bool:
    """Whether ``answer`` holds one of the ``expected`` strings, not as part of a longer number."""
    return any(
        re.search(rf"(?<![\w.]){re.escape(text)}(?!\w|\.\d)", answer, re.IGNORECASE)
        for text in expected
    )


def _parts(questions: tuple[Question, ...], results: list[dict[str, Any]]) -> dict[str, float]:
    pairs = list(zip(questions, results, strict=True))
    answerable = [result for question, result in pairs if question.answer]
    unanswerable = [result for question, result in pairs if not question.answer]
    return {
        "answered": _share(answerable, "right"),
        "retrieved": _share(answerable, "retrieved"),
        "cited": _share(answerable, "cited"),
        "refused": _share(unanswerable, "refused"),
        "falsely_refused": _share(answerable, "refused"),
        "doubted": _share(unanswerable, "doubted"),
        "falsely_doubted": _share(answerable, "doubted"),
    }


def _retrieval(questions: tuple[Question, ...], results: list[dict[str, Any]]) -> dict[str, float]:
    """What search did alone: the place of the right page among three, and what it refused."""
    pairs = list(zip(questions, results, strict=True))
    ranks = [result["rank"] for question, result in pairs if question.answer]
    count = len(ranks) or 1
    states = {
        kind: [
            {"none": r["state"] == State.NONE, "sure": r["state"] == State.ANSWERED}
            for q, r in pairs
            if bool(q.answer) is kind
        ]
        for kind in (True, False)
    }
    return {
        "found_in_three": round(sum(rank > 0 for rank in ranks) / count, 4),
        "found_first": round(ranks.count(1) / count, 4),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / count, 4),
        "refused": _share(states[False], "none"),
        "falsely_refused": _share(states[True], "none"),
        "sure": _share(states[True], "sure"),
        "falsely_sure": _share(states[False], "sure"),
    }


def _answering(questions: tuple[Question, ...], results: list[dict[str, Any]]) -> dict[str, float]:
    """What the model did: with the right page before it, and with passages that answer nothing."""
    pairs = list(zip(questions, results, strict=True))
    had_page = [result for question, result in pairs if question.answer and result["retrieved"]]
    misled = [result for question, result in pairs if not question.answer and result["given"]]
    return {
        "with_the_page": len(had_page),
        "right_with_the_page": _share(had_page, "right"),
        "misled": len(misled),
        "refused_when_misled": _share(misled, "refused"),
    }


def _shown(questions: tuple[Question, ...], results: list[dict[str, Any]]) -> dict[str, float]:
    """What reaches the technician, in shares; ``wrong_unmarked``, ``stopped`` and ``loops`` count.

    ``cited_when_right`` and ``flagged_when_right`` are shares of the right answers to questions
    that the manuals answer, ``quote_right`` of all of these questions.
    """
    pairs = list(zip(questions, results, strict=True))
    answerable = [result for question, result in pairs if question.answer]
    right = [result for result in answerable if result["right"] and not result["replaced"]]
    return {
        "wrong_unmarked": sum(result["wrong_unmarked"] for result in results),
        "flagged": _share(results, "flagged"),
        "replaced": _share(results, "replaced"),
        "quote_right": _share(answerable, "quote_right"),
        "cited_when_right": _share(right, "cited_right"),
        "flagged_when_right": _share(right, "flagged"),
        "stopped": sum(result["finish"] == REPEATED for result in results),
        "loops": sum(result["loops"] for result in results),
    }


def _share(results: list[dict[str, Any]], key: str) -> float:
    return round(sum(result[key] for result in results) / len(results), 4) if results else 0.0
