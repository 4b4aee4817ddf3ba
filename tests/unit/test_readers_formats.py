"""The demo's manuals as PDF, DOCX and HTML: what is found in Markdown is found in each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.library import documents, index
from fieldkit.library.search import Library
from fieldkit.packager.evaluate import Question, read_questions
from tests.manual_files import write_docx, write_html, write_pdf

DEMO = resources.folder("profiles") / "demo"


@pytest.fixture(scope="module")
def manuals() -> documents.Manuals:
    return documents.read_folders([DEMO / "manuals"])


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [question for question in read_questions(DEMO / "questions.toml") if question.page]


def found(folder: Path, target: Path, questions: list[Question], *, pages: bool) -> int:
    """How many questions have their page among the first three passages."""
    index.build(target, documents.read_folders([folder]).documents)
    with Library.open(target) as library:
        return sum(
            any(
                (passage.document, passage.page if pages else question.page)
                == (question.document, question.page)
                for passage in library.search(question.text, 3)
            )
            for question in questions
        )


@pytest.mark.parametrize(
    ("suffix", "write", "pages"),
    [(".pdf", write_pdf, True), (".docx", write_docx, True), (".html", write_html, False)],
    ids=["pdf", "docx", "html"],
)
def test_each_format_finds_the_pages_that_markdown_finds(
    tmp_path: Path,
    manuals: documents.Manuals,
    questions: list[Question],
    suffix: str,
    write: Callable[[Path, list[str]], Path],
    pages: bool,
) -> None:
    folder = tmp_path / "manuals"
    folder.mkdir()
    for manual in manuals.documents:
        write(folder / f"{manual.document}{suffix}", [page.text for page in manual.pages])
    expected = found(DEMO / "manuals", tmp_path / "md.sqlite", questions, pages=pages)
    got = found(folder, tmp_path / "other.sqlite", questions, pages=pages)
    assert got >= expected - 1
    read = documents.read_folders([folder]).documents
    if pages:
        assert [len(document.pages) for document in read] == [
            len(manual.pages) for manual in manuals.documents
        ]
