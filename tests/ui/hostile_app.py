"""The real assistant over an engine, manuals, people, files and a history that are out for harm.

    python -m tests.ui.hostile_app FOLDER hostile|harmless [--plain]

``harmless`` says the same words without a control character. What was on the screen is written to
FOLDER/seen when the assistant ends: every class of screens and widgets.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

from fpdf import FPDF
from pyrage import x25519
from textual.app import App

from fieldkit.chat import app as screen_mode
from fieldkit.chat import plain as line_mode
from fieldkit.chat.context import ChatContext
from fieldkit.chat.learning import Learning
from fieldkit.chat.opening import Opened
from fieldkit.chat.people import People
from fieldkit.chat.seat import Seat
from fieldkit.chat.shelving import Shelving
from fieldkit.chat.store import Store
from fieldkit.console import Console
from fieldkit.core.citation import Passage, State
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.generation import Event, Request
from fieldkit.core.quote import Quote
from fieldkit.core.text import clean
from fieldkit.engine.child import own_command
from fieldkit.errors import EngineFailure
from fieldkit.library.originals import name_of
from fieldkit.library.own_catalog import Entry
from fieldkit.library.pictures import Pictures
from fieldkit.library.search import Manual
from tests.fakes import ASSISTANT, FakeEvidence, Script, ScriptedEngine
from tests.hostile import ALL


class Harm:
    """``text`` with the corpus behind it, or with what is left of that when it is harmless."""

    def __init__(self, hostile: bool) -> None:
        self._all = ALL if hostile else clean(ALL)

    def __call__(self, text: str) -> str:
        return f"{text} {self._all}"


class HostileLibrary:
    """One manual that is hostile in everything it is called and says."""

    incomplete = False

    def __init__(self, harm: Harm, originals: Path) -> None:
        self._harm = harm
        self._cell = " ".join(harm("cell").replace("|", "").split())
        self._sha256 = original(originals)
        self.passage = Passage(
            document=harm("PX-204"),
            title=harm("Title"),
            revision=harm("C"),
            page=7,
            heading=harm("Heading"),
            page_label=harm("2-3"),
            text=f"{harm('Torque 320 Nm')}\n{self._cell}: x said.",
            superseded_by=harm("rev D"),
        )

    def documents(self) -> tuple[Manual, ...]:
        passage = self.passage
        return (
            Manual(
                document=passage.document,
                title=passage.title,
                revision=passage.revision,
                date=self._harm("2026"),
                pages=(7, 8),
                superseded_by=passage.superseded_by,
                file=f"{self._harm('pumps')}.pdf",
                sha256=self._sha256,
                labels={7: passage.page_label},
            ),
        )

    def left_out(self) -> tuple[tuple[str, str], ...]:
        return ((self._harm("locked.pdf"), self._harm("it is protected")),)

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        if number == 8:
            return self._harm("Page eight")
        return (
            f"# {self._harm('Page seven')}\n\n{self.passage.text}\n\n"
            f"| {self._cell} | x |\n|---|---|\n| {self._cell} | said |\n"
        )


def original(folder: Path) -> str:
    """Write a manual of eight pages as the release in ``folder`` keeps it; return its hash."""
    pdf = FPDF()
    for _ in range(8):
        pdf.add_page()
    content = bytes(pdf.output())
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / name_of(sha256, "a.pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return sha256


class HostileEngine(ScriptedEngine):
    """Answers one character after the other, and dies of the second question."""

    def __init__(self, harm: Harm) -> None:
        said = harm("Said")
        answer = (
            f"# {harm('Begun')}\n\n{said}\n\n- {said}\n\n> {said}\n\n| {said} | b |\n|---|---|\n"
            f"| `{said}` | c |\n\n```{said}\n{said}\n```\n\nThe end [1]."
        )
        super().__init__(Script(pieces=tuple(answer)))
        self._harm = harm

    def generate(self, request: Request) -> Iterator[Event]:
        if len(self.requests) == 1:
            self.requests.append(request)
            raise EngineFailure(self._harm("died"), hint=self._harm("hint"))
        yield from super().generate(request)


def quote(harm: Harm, passage: Passage) -> Quote:
    """A row of the hostile manual."""
    return Quote(
        text=passage.text,
        passage=1,
        marked=((0, 12), (20, 9999)),
        row=((harm("Part"), harm("Bolt")), (harm("Torque"), harm("320 Nm"))),
        converted=f"{harm('320 Nm = 236 lb-ft')}, converted",
    )


def judged(harm: Harm, text: str) -> Checked:
    """Every claim of the answer is said to be wrong, in hostile words."""
    remark = Remark(
        kind=Kind.BELONGS,
        start=2,
        end=6,
        said=harm("5 Nm"),
        manual=harm("320 Nm"),
        subject=harm("bolt"),
        owner=harm("stud"),
        passage=1,
    )
    whole = Remark(kind=Kind.NEGATION, manual=harm("Never"))
    claim = Claim(start=0, end=len(text), text=text, passage=1, remarks=(remark, whole))
    return Checked(text=text, claims=(claim,))


def context(folder: Path, harm: Harm) -> ChatContext:
    """Files, people and a history, all hostile."""
    release, data = folder / "release", folder / "data"
    (release / "licences").mkdir(parents=True)
    (release / "licences" / "MODEL-LICENCE.txt").write_bytes(
        harm("Licence").encode("utf-8", "surrogateescape")
    )
    people = People(data)
    (data / "people").mkdir(parents=True, mode=0o700)
    people.add("Eva")
    for card in data.rglob("*.json"):
        told = json.loads(card.read_text())
        if told.get("name") == "Eva":
            card.write_text(json.dumps({"name": harm("Eva")[:30]}))
    assistant = replace(
        ASSISTANT,
        name=harm("Assistant"),
        examples=(harm("Example"),),
        model_name=harm("Model"),
        quantization=harm("Q4"),
        feedback_recipients=(str(x25519.Identity.generate().to_public()),),
    )
    return ChatContext(
        assistant=assistant,
        release_dir=release,
        engine_factory=lambda: HostileEngine(harm),
        data_dir=data,
        documents_dir=folder / "documents",
        seat=Seat(people=people, person=people.first),
    )


def kept(path: Path, harm: Harm) -> Store:
    """A history that holds what no sanitizer saw."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = Store(path)
    turn = store.append(store.create("Old"), "Old")
    store.update(turn, "Old", finish="stop")
    plain = harm("Earlier").encode("utf-8", "ignore").decode()
    with store._writing() as database:
        database.execute("UPDATE conversations SET title = ?", (plain,))
        database.execute("UPDATE turns SET question = ?, answer = ?", (plain, plain))
    return store


class HostileShelving(Shelving):
    """Own documents with names that nobody would give."""

    harm: Harm

    def listed(self) -> tuple[Entry, ...]:
        harm = self.harm
        return (
            Entry(
                name=harm("Own"),
                source=harm("/stick"),
                sha256="0" * 64,
                size=1,
                added="2026-03-01T08:00:00+00:00",
                title=harm("Own title"),
                revision=harm("B"),
                pages=1,
            ),
        )


def main() -> int:
    """Run the assistant until it is left."""
    folder, hostile = Path(sys.argv[1]), sys.argv[2] == "hostile"
    harm = Harm(hostile)
    given = context(folder, harm)
    seen: set[str] = set()

    @contextmanager
    def opened(_context: ChatContext) -> Iterator[Opened]:
        engine, library = HostileEngine(harm), HostileLibrary(harm, folder / "none")
        shelving = HostileShelving(folder / "own", folder / "none", incomplete=lambda: False)
        shelving.harm = harm
        evidence = FakeEvidence(engine, (library.passage,))
        evidence.state = State.PERHAPS
        shown = quote(harm, library.passage)
        evidence.quote = lambda _found, _question: shown  # type: ignore[method-assign]
        evidence.judge = lambda text: judged(harm, text)
        evidence.languages = (harm("en"), harm("de"))
        yield Opened(
            engine=engine,
            library=library,  # type: ignore[arg-type]  # as far as the front ends look
            evidence=evidence,  # type: ignore[arg-type]
            store=kept(given.history_path, harm),
            problem=None,
            shelving=shelving,
            pictures=Pictures(folder / "none", folder / "own", own_command("reader")),
            learning=Learning(library, None),  # type: ignore[arg-type]
        )
        engine.close()

    register = App._register

    def noted(app: App[int], parent: object, *widgets: object, **options: object) -> object:
        seen.update(type(widget).__name__ for widget in widgets)
        return register(app, parent, *widgets, **options)  # type: ignore[arg-type]

    with (
        mock.patch.object(screen_mode, "opened", opened),
        mock.patch.object(line_mode, "opened", opened),
        mock.patch.object(App, "_register", noted),
    ):
        if "--plain" in sys.argv:
            code = line_mode.run(replace(given, console=Console()), sys.stdin, sys.stdout)
        else:
            code = screen_mode.run(given)
    (folder / "seen").write_text(json.dumps(sorted(seen)))
    return code


if __name__ == "__main__":
    sys.exit(main())
