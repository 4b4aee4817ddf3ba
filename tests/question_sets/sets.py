"""Every set of questions of this repository: manuals, and what is asked of them.

``CHOSEN_ON`` are those that the default floor of evidence is chosen on. ``HELD_OUT`` were written
before there was anything to choose, and nothing was ever chosen on them: they tell what to expect
of manuals that nobody here has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path

from fieldkit import resources
from fieldkit.core.citation import Passage
from fieldkit.library.documents import Document, read_folders
from fieldkit.packager.evaluate import Question, read_questions
from tests.library_set import Manual, Yard, markdown, sheets
from tests.manual_files import write_docx, write_html, write_pdf

_HERE = Path(__file__).parent
# Pages are taken away in so many parts, to see what is said when none answers any more.
_PARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """Some manuals, and what is asked of them; ``headings`` of the answers where they are known."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    language: str = "en"
    headings: Mapping[Question, str] = field(default_factory=dict)

    def is_at(self, passage: Passage, question: Question) -> bool:
        """Whether ``passage`` stands where the answer does; a web page has headings, no pages."""
        here = (passage.document, passage.page or question.page)
        heading = self.headings.get(question, passage.heading)
        known = bool(passage.page) or passage.heading == heading
        return here == (question.document, question.page) and known

    def without_answers(self) -> Iterator[QuestionSet]:
        """The set without part of its pages, asked what only they answered; every page in turn."""
        for part in range(_PARTS):
            asked = tuple(
                Question(text=q.text)
                for q in self.questions
                if q.answer and self._part(q.document, q.page) == part
            )
            if asked:
                documents = tuple(self._left(document, part) for document in self.documents)
                left = tuple(document for document in documents if document.pages)
                yield replace(self, documents=left, questions=asked)

    def _part(self, document: str, page: int) -> int:
        names = [d.document for d in self.documents]
        return (names.index(document) + page) % _PARTS

    def _left(self, document: Document, part: int) -> Document:
        pages = (p for p in document.pages if self._part(document.document, p.number) != part)
        return replace(document, pages=tuple(pages))


def demo() -> QuestionSet:
    """The demonstration profile's."""
    folder = resources.folder("profiles") / "demo"
    return _of_folder("demo", folder)


def yard(folder: Path, formats: str = "markdown") -> QuestionSet:
    """The machines of ``tests/library_set.py``, written into ``folder`` to be read.

    ``formats`` is a key of ``FORMATS``.
    """
    made = Yard()
    for manual, write in zip(made.manuals, cycle(FORMATS[formats]), strict=False):
        write(manual, folder)
    documents = read_folders([folder]).documents
    questions = {
        Question(text=a.text, document=a.document, page=a.page, answer=(a.answer,)): a.heading
        for a in made.asked
    }
    none = [Question(text=asked.text) for asked in made.unanswerable]
    return QuestionSet(
        name="yard" if formats == "markdown" else f"yard, {formats}",
        documents=documents,
        questions=(*questions, *none),
        headings=questions,
    )


def _as_markdown(manual: Manual, folder: Path) -> None:
    (folder / f"{manual.document}.md").write_text(markdown(manual), encoding="utf-8")


def _as_pdf(manual: Manual, folder: Path) -> None:
    write_pdf(folder / f"{manual.document}.pdf", sheets(manual), title=manual.title)


def _as_docx(manual: Manual, folder: Path) -> None:
    write_docx(folder / f"{manual.document}.docx", sheets(manual), title=manual.title)


def _as_html(manual: Manual, folder: Path) -> None:
    write_html(folder / f"{manual.document}.html", sheets(manual), title=manual.title)


FORMATS: dict[str, Sequence[Callable[[Manual, Path], None]]] = {
    "markdown": (_as_markdown,),
    "PDF, DOCX and HTML": (_as_pdf, _as_docx, _as_html),
}


def chosen_on(folder: Path) -> Sequence[QuestionSet]:
    """The sets that the default is chosen on."""
    return demo(), yard(folder), _of_folder("field", _HERE / "field")


def held_out() -> Sequence[QuestionSet]:
    """The sets that nothing was chosen on."""
    german = _of_folder("held out, German: nor on this", _HERE / "held_out_de", language="de")
    return _of_folder("held out: nothing was chosen on it", _HERE / "held_out"), german


def _of_folder(name: str, folder: Path, *, language: str = "en") -> QuestionSet:
    return QuestionSet(
        name=name,
        documents=read_folders([folder / "manuals"]).documents,
        questions=read_questions(folder / "questions.toml"),
        language=language,
    )
