"""The line mode and ``ask``: the same conversation over plain text streams."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from fieldkit.chat import ask, plain
from fieldkit.chat.context import ChatContext
from fieldkit.chat.store import Store
from fieldkit.console import Console
from fieldkit.core.citation import REFUSAL
from fieldkit.errors import EngineFailure, ExitCode, UsageProblem
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from tests.fakes import ASSISTANT, Script, ScriptedEngine, script

QUESTION = "What torque do the fluid end studs need?"
ANSWER = "The fluid end studs are tightened to 320 Nm [1]."
NOTHING = "Who won the football championship?"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    pump = Document(
        document="PX-204",
        title="PX-204 mud pump",
        revision="C",
        date="2026-03-01",
        markdown=True,
        pages=(
            Page(number=6, text="# Lubrication\nThe power end holds 38 liters of gear oil."),
            Page(number=7, text="# Torque table\nThe fluid end studs are tightened to 320 Nm."),
        ),
    )
    build(tmp_path / ASSISTANT.library, [pump])
    return tmp_path


def context(release: Path, engine: ScriptedEngine, out: io.StringIO | None = None) -> ChatContext:
    return ChatContext(
        assistant=ASSISTANT,
        release_dir=release,
        engine_factory=lambda: engine,
        data_dir=release / "data",
        console=Console(stdout=out),
    )


def converse(release: Path, engine: ScriptedEngine, *lines: str) -> tuple[int, str]:
    out = io.StringIO()
    text = "".join(f"{line}\n" for line in lines)
    code = plain.run(context(release, engine), io.StringIO(text), out)
    return code, out.getvalue()


def test_a_question_gets_its_answer_and_its_sources(release: Path) -> None:
    code, out = converse(release, ScriptedEngine(script(ANSWER)), QUESTION)
    assert code == ExitCode.OK
    assert f"You: {QUESTION}\n" in out
    assert f"Assistant: {ANSWER}\n" in out
    assert "Sources:\n[1] PX-204 rev C, p. 7, Torque table\n" in out


def test_the_conversation_is_kept(release: Path) -> None:
    engine = ScriptedEngine(script(ANSWER))
    converse(release, engine, QUESTION, QUESTION, "/new", QUESTION)
    store = Store(context(release, engine).history_path)
    assert [entry.turns for entry in store.conversations()] == [1, 2]
    store.close()
    assert len(engine.requests[1].messages) > len(engine.requests[2].messages)


def test_the_last_question_can_be_answered_again(release: Path) -> None:
    engine = ScriptedEngine(script(ANSWER), script("Another answer [1]."))
    _, out = converse(release, engine, "/again", QUESTION, "/again")
    assert "Nothing was asked yet." in out
    assert "Assistant: Another answer [1].\n" in out
    store = Store(context(release, engine).history_path)
    (conversation,) = store.conversations()
    assert [turn.answer for turn in store.load(conversation.id)] == ["Another answer [1]."]
    store.close()


def test_a_dead_engine_comes_back_by_itself(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=3), script(ANSWER))
    _, out = converse(release, engine, QUESTION, QUESTION)
    assert "(cut off: the engine failed)" in out
    assert f"Assistant: {ANSWER}\n" in out
    assert "It is being started again." in capsys.readouterr().err
    assert engine.started == 2


def test_commands(release: Path) -> None:
    engine = ScriptedEngine(script(ANSWER))
    _, out = converse(release, engine, "/help", QUESTION, "/sources", "/odd", "/quit", QUESTION)
    assert "Ctrl-C stops an answer" in out
    assert "The fluid end studs are tightened to 320 Nm.\n" in out
    assert "There is no command /odd" in out
    assert len(engine.requests) == 1, "/quit ends it"


def test_a_refusal_offers_the_nearest_pages(release: Path) -> None:
    engine = ScriptedEngine(script(ANSWER))
    _, out = converse(release, engine, NOTHING)
    assert f"Assistant: {REFUSAL}\n" in out
    assert engine.requests == []


def test_hostile_answers_reach_no_terminal(release: Path) -> None:
    hostile = "a\x1b]52;c;eA==\x07\x9b2J b\u202e\rc [1]"
    _, out = converse(release, ScriptedEngine(Script(pieces=tuple(hostile))), QUESTION)
    assert "Assistant: a]52;c;eA==2J bc [1]\n" in out
    assert not {"\x1b", "\x07", "\x9b", "\r", "\u202e"} & set(out)


def test_a_dead_engine_is_told_on_stderr_and_the_manuals_are_still_searched(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = ScriptedEngine(load_error=EngineFailure("it is damaged", hint="Install again."))
    code, out = converse(release, engine, QUESTION)
    assert code == ExitCode.DEFECT
    assert "It is damaged. Install again." in capsys.readouterr().err
    assert "Nearest pages:\n[1] PX-204 rev C, p. 7, Torque table\n" in out


def test_an_engine_that_dies_keeps_what_was_said_and_can_be_restarted(release: Path) -> None:
    engine = ScriptedEngine(script(ANSWER, die_after=3), script(ANSWER))
    _, out = converse(release, engine, QUESTION, "/restart", QUESTION)
    assert "Assistant: The fluid end \n" in out
    assert f"Assistant: {ANSWER}\n" in out


def test_ctrl_c_stops_the_answer_and_a_second_one_leaves(release: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from tests.fakes import ScriptedEngine, script
        from tests.unit.test_chat_lines import ANSWER, context
        from fieldkit.chat import plain

        engine = ScriptedEngine(script(ANSWER, hold_after=3))
        sys.exit(plain.run(context(Path(sys.argv[1]), engine), sys.stdin, sys.stdout))
        """
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(release)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{QUESTION}\n".encode())
        child.stdin.flush()
        seen = b""
        while b"The fluid end " not in seen:
            seen += os.read(child.stdout.fileno(), 1000)
        child.send_signal(signal.SIGINT)
        while b"(stopped)" not in seen:
            seen += os.read(child.stdout.fileno(), 1000)
        while not seen.endswith(b"\nYou: "):
            seen += os.read(child.stdout.fileno(), 1000)
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == ExitCode.INTERRUPTED


def test_ask_as_json_is_the_contract(release: Path) -> None:
    out = io.StringIO()
    engine = ScriptedEngine(script(ANSWER))
    assert ask.run(context(release, engine, out), QUESTION, True) == ExitCode.OK
    assert json.loads(out.getvalue()) == {
        "answer": ANSWER,
        "citations": [
            {
                "document": "PX-204",
                "revision": "C",
                "page": 7,
                "heading": "Torque table",
                "passage": "The fluid end studs are tightened to 320 Nm.",
                "superseded_by": "",
            }
        ],
        "refused": False,
        "unsupported": [],
        "stats": {
            "ttft_s": 0.42,
            "prefill_tokens": 300,
            "reused_tokens": 40,
            "prefill_tps": 710.0,
            "decode_tps": 38.5,
            "completion_tokens": 10,
        },
    }
    assert engine.closed
    assert not (release / "data").exists(), "a script leaves no history"


def test_a_figure_that_no_cited_page_holds_is_marked(release: Path) -> None:
    wrong = "The fluid end studs are tightened to 45 Nm [1]."
    line = "Not in the cited pages: 45 Nm\n"
    _, out = converse(release, ScriptedEngine(script(wrong)), QUESTION)
    assert f"{line}\nSources:\n" in out
    for as_json in (False, True):
        answered = io.StringIO()
        ask.run(context(release, ScriptedEngine(script(wrong)), answered), QUESTION, as_json)
        if as_json:
            assert json.loads(answered.getvalue())["unsupported"] == ["45 Nm"]
        else:
            assert f"\n{line}\nSources:\n" in answered.getvalue()


def test_an_answer_from_an_older_revision_says_so(release: Path) -> None:
    pages = (Page(number=7, text="# Torque table\nThe fluid end studs are tightened to 300 Nm."),)
    old, new = (
        Document(
            document="PX-204", title="", revision=r, date="", markdown=True, pages=pages[: r == "B"]
        )
        for r in "BC"
    )
    build(release / ASSISTANT.library, [old, new])
    _, out = converse(release, ScriptedEngine(script("300 Nm [1].")), QUESTION)
    assert "PX-204 rev B is superseded by rev C.\n\nSources:\n" in out


def test_ask_without_evidence_refuses(release: Path) -> None:
    out = io.StringIO()
    ask.run(context(release, ScriptedEngine(), out), NOTHING, True)
    answer = json.loads(out.getvalue())
    assert (answer["answer"], answer["refused"], answer["citations"]) == (REFUSAL, True, [])
    assert answer["stats"]["completion_tokens"] == 0


def test_ask_for_a_person(release: Path) -> None:
    out = io.StringIO()
    ask.run(context(release, ScriptedEngine(script(ANSWER)), out), QUESTION, False)
    assert out.getvalue() == f"{ANSWER}\n\nSources:\n[1] PX-204 rev C, p. 7, Torque table\n"


def test_ask_raises_what_went_wrong(release: Path) -> None:
    dead = ScriptedEngine(load_error=EngineFailure("it is damaged"))
    with pytest.raises(EngineFailure):
        ask.run(context(release, dead, io.StringIO()), QUESTION, True)
    assert dead.closed
    with pytest.raises(UsageProblem):
        ask.run(context(release, ScriptedEngine(), io.StringIO()), " \x1b ", True)
    dying = ScriptedEngine(script(ANSWER, die_after=2))
    with pytest.raises(EngineFailure):
        ask.run(context(release, dying, io.StringIO()), QUESTION, True)
