"""Turns flagged answers into the skeleton of a question set, for a person to complete.

What was flagged is known to be wrong, not what is right: the right answer has to be filled in, and
until then the quality gate counts the question as answered wrongly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.errors import UsageProblem
from fieldkit.packager.feedback_record import FeedbackRecord

TO_DO = "TO DO: words of the right answer"
_HEAD = """\
# Questions from flagged answers; see docs/feedback.md. Before the quality gate uses them: put words
# of the right answer into each answer, check document and page, and mark what the manuals do not
# answer with answerable = false.
"""


def write(path: Path, records: Iterable[FeedbackRecord]) -> int:
    """Write the question set; returns how many questions. Raises UsageProblem if it exists."""
    questions: dict[str, list[FeedbackRecord]] = {}
    for record in records:
        text = clean_line(record.question)
        if text:
            questions.setdefault(text, []).append(record)
    blocks = ["\n".join(_question(text, about)) for text, about in questions.items()]
    content = "\n\n".join([_HEAD.rstrip(), *blocks]) + "\n"
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError as error:
        raise UsageProblem(
            f"{path} exists already", hint="Name another file, or move that one away."
        ) from error
    return len(questions)


def _question(text: str, records: list[FeedbackRecord]) -> Iterator[str]:
    for record in records:
        said = f": {clean_line(record.comment)}" if record.comment.strip() else ""
        yield f"# {record.kind}, {record.created}, {clean_line(record.origin.model)}{said}"
    last = records[-1]
    yield f"# answered: {clean_line(last.answer)[:300]}"
    page = next(iter(last.pages), None)
    yield "[[question]]"
    yield f"text = {_string(text)}"
    yield f"document = {_string(page.document if page else '')}"
    yield f"page = {_page(page.page if page else 0)}"
    yield f"heading = {_string(page.heading if page else '')}"
    yield f"answer = [{_string(TO_DO)}]"


def _page(page: int | str) -> str:
    return _string(page) if isinstance(page, str) else str(page)


def _string(text: str) -> str:
    """A TOML basic string: a JSON string is one where no control character is left."""
    return json.dumps(clean_line(text), ensure_ascii=False)
