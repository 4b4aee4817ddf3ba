"""Asks a model the profile's questions, through the same path the assistant answers by."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.citation import REFUSAL
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Engine, Token
from fieldkit.core.release import Assistant
from fieldkit.errors import InvalidInput
from fieldkit.library.answering import Answering
from fieldkit.library.search import Library

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the set; ``answer`` lists strings of which a right answer holds one.

    Without ``answer`` nothing in the manuals answers it, and refusing is right.
    """

    text: str
    document: str = ""
    page: int = 0
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
    if not isinstance(question.page, int) or not isinstance(question.document, str):
        raise ValueError(f"question {number}: page must be a number, document a string")
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

    Returns ``score`` (share of all questions answered rightly or rightly refused), its parts, and
    each answer: ``{text, answer, right, refused, retrieved, cited}``.
    """
    answering = Answering(assistant, library, engine)
    results = []
    for number, question in enumerate(questions, 1):
        results.append(_ask(question, answering, engine))
        if progress is not None:
            progress(number, len(questions))
    return {"score": _share(results, "right"), **_parts(questions, results), "answers": results}


def _ask(question: Question, answering: Answering, engine: Engine) -> dict[str, Any]:
    passages = answering.passages(question.text)
    text = REFUSAL
    if answering.answerable(passages):
        request = answering.request([Turn(question=question.text, passages=passages)])
        text = "".join(e.text for e in engine.generate(request) if isinstance(e, Token))
    answer = answering.finish(text, passages)
    right = contains(text, question.answer) if question.answer else answer.refused
    where = (question.document, question.page)
    return {
        "text": question.text,
        "answer": text,
        "right": right,
        "refused": answer.refused,
        "retrieved": where in {(p.document, p.page) for p in passages},
        "cited": where in {(p.document, p.page) for p in answer.citations},
    }


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
    }


def _share(results: list[dict[str, Any]], key: str) -> float:
    return round(sum(result[key] for result in results) / len(results), 4) if results else 0.0
