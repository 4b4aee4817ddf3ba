"""What a person takes along: exports, the sheet for the next shift, and the files they go into."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from fieldkit.chat import export, outfile
from fieldkit.chat.outfile import AlreadyThere, NotWritten
from fieldkit.chat.paperwork import Paperwork
from fieldkit.chat.session import Session
from fieldkit.chat.store import Store, StoredTurn
from fieldkit.core.citation import LOOK_FIRST, NO_SURE_ANSWER, REFUSAL, Passage, State
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.quote import Quote
from fieldkit.errors import DiskFull, UsageProblem
from tests.fakes import ASSISTANT, CLAMPS, PASSAGES, TORQUE, FakeEvidence, ScriptedEngine, script

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
ANSWER = "The studs are tightened to **320 Nm** [1]."


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
        yield
        monkeypatch.undo()
        time.tzset()
    else:
        yield


def kept(
    question: str,
    answer: str,
    *,
    finish: str = "stop",
    passages: tuple[Passage, ...] = (TORQUE, CLAMPS),
    hours_ago: float = 1,
) -> StoredTurn:
    return StoredTurn(
        id=1,
        question=question,
        answer=answer,
        passages=passages,
        stats=None,
        finish=finish,
        created=NOW - timedelta(hours=hours_ago),
    )


def exported(*turns: StoredTurn) -> str:
    return export.conversation(
        turns, title="Studs", assistant="Ridge", model="Ridge-Phi Q4", now=NOW
    )


def test_a_conversation_as_markdown() -> None:
    assert exported(kept("What torque?", ANSWER)) == (
        "# Studs\n\n"
        f"Ridge, Ridge-Phi Q4. Written 2026-03-01 18:00.\n{export.CAUTION}\n\n"
        "## 1. What torque?\n\n"
        "Asked 2026-03-01 17:00.\n\n"
        "> The studs are tightened to **320 Nm** [1].\n\n"
        "Sources:\n\n- [1] PX-204 rev C, p. 7, Torque table\n"
    )


def test_how_an_answer_ended_is_exported() -> None:
    text = exported(
        kept("a", "The studs", finish="aborted"),
        kept("b", REFUSAL),
        kept("c", "", finish="search"),
        kept("d\ne", "No mark."),
    )
    assert "*Stopped before the answer was complete.*" in text
    assert f"> {NO_SURE_ANSWER} {LOOK_FIRST}\n\nNearest pages:\n\n- [1] PX-204" in text
    assert "## 3. c\n\nAsked 2026-03-01 17:00.\n\nNearest pages:" in text
    assert "## 4. d e\n\n> d  \n> e\n\n" in text
    assert "Answered from:" in text


def test_what_is_doubtful_is_said_in_the_export() -> None:
    text = exported(kept("What torque?", "It is 4711 Nm [1]."))
    assert "**Check the page.** The manual gives 18 Nm, not 4711 Nm." in text


def test_the_sheet_for_the_next_shift() -> None:
    sheet = export.handover(
        [
            kept("What torque?", ANSWER, hours_ago=2),
            kept("Who won?", REFUSAL, passages=(TORQUE,)),
            kept("And the clamps?", "18", finish="aborted", passages=()),
        ],
        assistant="Ridge",
        start=NOW - timedelta(hours=12),
        now=NOW,
    )
    assert sheet.startswith("# Shift handover, 2026-03-01\n\nRidge. From 2026-03-01 06:00 to")
    said, _, points = sheet.partition("## Open points\n\n")
    assert "### 16:00  What torque?\n\n> The studs" in said
    assert "- [1] PX-204 rev C, p. 7, Torque table" in said
    assert "Who won?" not in said
    assert points == (
        "- [ ] 17:00  Who won?  \n"
        "  I found no sure answer. Nearest pages: PX-204 rev C, p. 7, Torque table.\n"
        "- [ ] 17:00  And the clamps?  \n"
        "  Stopped before the answer was complete.\n"
    )


def _claim(text: str, kind: Kind) -> Claim:
    remark = Remark(kind=kind, said=text.rstrip("."), manual="320 Nm", passage=1)
    return Claim(start=0, end=len(text), text=text, passage=1, remarks=(remark,))


WITHDRAWN = Checked(text="320 lb-ft.", replaced=True, claims=(_claim("320 lb-ft.", Kind.UNIT),))


def test_an_answer_that_differs_from_the_manual_is_an_open_point() -> None:
    wrong = kept("What torque?", "It is 14 mm [1].")
    unsure = replace(kept("And the clamps?", "18 Nm [2]."), state=State.PERHAPS)
    withdrawn = replace(
        kept("The studs?", "320 lb-ft."),
        quote=Quote(text="Fluid end studs: 320 Nm.", passage=1, marked=((17, 23),)),
        checked=Checked(
            text="320 lb-ft.", replaced=True, claims=(_claim("320 lb-ft.", Kind.UNIT),)
        ),
    )
    sheet = export.handover([wrong, unsure, withdrawn], assistant="R", start=NOW, now=NOW)
    said, _, points = sheet.partition("## Open points\n\n")
    assert "### 17:00  What torque?" in said, "it was answered, too"
    pages = "PX-204 rev C, p. 7, Torque table; PX-204 rev C, p. 7, Hose clamps"
    assert points == (
        f"- [ ] 17:00  What torque?  \n  14 mm is not in the pages. Nearest pages: {pages}.\n"
        f"- [ ] 17:00  And the clamps?  \n  Not sure: check the page. Nearest pages: {pages}.\n"
        "- [ ] 17:00  The studs?  \n  The answer was withdrawn: it differs from the manual."
        f" The manual gives 320 Nm, not 320 lb-ft. Nearest pages: {pages}.\n"
    )


def test_an_export_quotes_the_manual_and_not_a_withdrawn_answer() -> None:
    turn = replace(
        kept("The studs?", "320 lb-ft."),
        quote=Quote(
            text="Fluid end studs | 320 Nm",
            passage=1,
            marked=((18, 24),),
            row=(("Part", "Fluid end studs"), ("Torque", "320 Nm")),
            converted="320 Nm = 236 lb-ft, converted",
        ),
        checked=Checked(
            text="320 lb-ft.", replaced=True, claims=(_claim("320 lb-ft.", Kind.UNIT),)
        ),
    )
    text = exported(turn)
    assert (
        "The manual says (PX-204 rev C, p. 7, Torque table):\n\n"
        "> Part: Fluid end studs  \n> Torque: *320 Nm*  \n> 320 Nm = 236 lb-ft, converted\n\n"
        "**Check the page.** The answer was withdrawn: it differs from the manual.\n\n"
        "**Check the page.** The manual gives 320 Nm, not 320 lb-ft.\n"
    ) in text
    assert "> 320 lb-ft" not in text


def test_a_correct_conversion_is_noted_and_no_open_point() -> None:
    turn = replace(
        kept("The studs?", "236 lb-ft."),
        checked=Checked(text="236 lb-ft.", claims=(_claim("236 lb-ft.", Kind.CONVERTED),)),
    )
    assert "\n\n320 Nm = 236 lb-ft, converted.\n\n" in exported(turn)
    sheet = export.handover([turn], assistant="R", start=NOW, now=NOW)
    assert sheet.endswith("## Open points\n\nNone.\n")


def test_a_shift_without_open_points() -> None:
    sheet = export.handover([kept("a", ANSWER)], assistant="R", start=NOW, now=NOW)
    assert sheet.endswith("## Open points\n\nNone.\n")


HOSTILE = (
    "<img src=http://evil.example/a.png>",
    "![x](http://evil.example/b.png) [x](http://evil.example)",
    "\\[x](http://evil.example) [x\\](http://evil.example) \\\\[x](http://evil.example)",
    "[1](http://evil.example) ![2](http://evil.example)",
    "[1]: http://evil.example\n\n[1]",
    "[x][y]\n\n[y]: http://evil.example",
    "<http://evil.example>",
    "``` a`b\n<img src=x>\n```",
    "```\nopen",
    "~~~\n```\n~~~\n<b>",
    "- ```\n```\n<img src=x>\n```",
    "    ```\n<img src=x>",
    "> ```\n<img src=x>",
    "`` ` ``<img src=x>`",
    "# heading\n\nsetext\n===",
    "&#x202e; &lt;b&gt;",
    "\\<img src=x>",
    "a\x1b[2J\x9b\u202eb",
)


@pytest.mark.parametrize("answer", HOSTILE)
def test_nothing_in_an_export_acts(answer: str) -> None:
    text = exported(kept(answer, answer, passages=(TORQUE,)), kept("last", "end"))
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    tokens = MarkdownIt("commonmark").parse(text)
    kinds = {child.type for token in tokens for child in (token.children or [])}
    kinds |= {token.type for token in tokens}
    assert not kinds & {"html_inline", "html_block", "image", "link_open"}, text
    outside = [t for t in tokens if t.type == "heading_open" and t.level == 0]
    assert [t.tag for t in outside] == ["h1", "h2", "h2"], "no heading of its own"


def test_numbers_and_comparisons_stay_as_they_are() -> None:
    turn = kept("q", "p < 320 & q <5 [1][2] a[3]", passages=PASSAGES)
    assert "> p < 320 & q <5 [1][2] a[3]" in exported(turn)


def test_a_code_block_is_exported_as_it_is() -> None:
    assert "> ```\n> if a<b: [x](y)\n> ```" in exported(kept("q", "```\nif a<b: [x](y)\n```"))


def test_a_named_file_goes_where_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    documents = tmp_path / "documents"
    for name, path in (
        ("notes", documents / "notes.md"),
        ("notes.txt", documents / "notes.txt"),
        (str(tmp_path / "x.md"), tmp_path / "x.md"),
        ("~/y.md", tmp_path / "home" / "y.md"),
        ("sub/z", Path.cwd() / "sub" / "z.md"),
        ("./z", Path.cwd() / "z.md"),
        (f"{tmp_path}", tmp_path / "Usual.md"),
        (f"{tmp_path}/new/", tmp_path / "new" / "Usual.md"),
        ("", documents / "Usual.md"),
        ("a\x1b\nb.md", documents / "a b.md"),
    ):
        assert outfile.chosen(name, documents, "Usual") == path
    with pytest.raises(UsageProblem):
        outfile.chosen("~nobody-of-this-name/x", documents, "Usual")


def test_a_usual_name_is_one_that_is_free_and_fit(tmp_path: Path) -> None:
    title = 'What: "torque" <a/b>? ' + "x" * 100
    first = outfile.chosen("", tmp_path, title)
    assert first.name.startswith("What torque a b x")
    assert len(first.stem) == 60
    first.touch()
    assert outfile.chosen("", tmp_path, title).name == f"{first.stem} (2).md"


def test_no_file_is_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.md"
    outfile.write(path, "one\n")
    with pytest.raises(AlreadyThere):
        outfile.write(path, "two\n")
    assert path.read_bytes() == b"one\n"
    outfile.write(path, "two\n", replace=True)
    assert path.read_bytes() == b"two\n"
    assert list(path.parent.iterdir()) == [path], "nothing is left beside it"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_appears_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    before = outfile._written_aside

    def slow(target: Path, text: str) -> Path:
        path.write_text("theirs")
        return before(target, text)

    monkeypatch.setattr(outfile, "_written_aside", slow)
    with pytest.raises(AlreadyThere):
        outfile.write(path, "ours")
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DiskFull):
        outfile.write(tmp_path / "a.md", "text")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritten, match="was not written"):
        outfile.write(tmp_path / "file" / "a.md", "text")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises((AlreadyThere, NotWritten)):
        outfile.write(tmp_path / "folder.md", "text")
    with pytest.raises(NotWritten):
        outfile.write(tmp_path / "folder.md", "text", replace=True)


def paperwork(tmp_path: Path, store: Store | None) -> tuple[Session, Paperwork]:
    engine = ScriptedEngine(script(ANSWER))
    session = Session(evidence=FakeEvidence(engine), engine=engine, store=store)
    return session, Paperwork(ASSISTANT, session, tmp_path / "documents")


def test_paperwork_without_anything_said(tmp_path: Path) -> None:
    _, papers = paperwork(tmp_path, None)
    with pytest.raises(UsageProblem, match="nothing was asked yet"):
        papers.export()
    with pytest.raises(UsageProblem, match="12 hours"):
        papers.handover()


@pytest.mark.parametrize("history", [True, False])
def test_paperwork_of_a_conversation(tmp_path: Path, history: bool) -> None:
    store = Store(tmp_path / "history" / "c.sqlite3") if history else None
    session, papers = paperwork(tmp_path, store)
    for _ in session.ask("What torque?"):
        pass
    if store is not None:
        session.new()
        for _ in session.ask("In another conversation?"):
            pass
    path = papers.export()
    assert path.parent == tmp_path / "documents"
    assert "> The studs are tightened" in path.read_text(encoding="utf-8")
    sheet = papers.handover("sheet").read_text(encoding="utf-8")
    assert "What torque?" in sheet, "of all conversations"
    assert ("In another conversation?" in sheet) == history
    with pytest.raises(AlreadyThere):
        papers.handover("sheet")
    papers.handover("sheet", replace=True)
    if store is not None:
        store.close()
