"""Reports and people in the line mode, and how a conversation goes on as somebody else."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pyrage import decrypt, x25519

from fieldkit.chat import plain
from fieldkit.chat.context import ChatContext
from fieldkit.chat.people import People
from fieldkit.chat.seat import seat_for
from fieldkit.chat.store import Store
from fieldkit.console import Console
from fieldkit.errors import ExitCode
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from tests.fakes import ASSISTANT, ScriptedEngine, script

QUESTION = "What torque do the fluid end studs need?"
ANSWER = "The fluid end studs are tightened to 330 Nm [1]."


class Typist(io.StringIO):
    """A person at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def key() -> x25519.Identity:
    return x25519.Identity.generate()


@pytest.fixture
def context(tmp_path: Path, key: x25519.Identity) -> ChatContext:
    page = Page(number=7, text="# Torque table\nThe fluid end studs are tightened to 320 Nm.")
    pump = Document(
        document="PX-204", title="PX-204 mud pump", revision="C", date="2026-03-01",
        markdown=True, pages=(page,),
    )  # fmt: skip
    build(tmp_path / ASSISTANT.library, [pump])
    return ChatContext(
        assistant=replace(ASSISTANT, feedback_recipients=(str(key.to_public()),)),
        release_dir=tmp_path,
        engine_factory=lambda: ScriptedEngine(script(ANSWER)),
        data_dir=tmp_path / "data",
        documents_dir=tmp_path / "documents",
        console=Console(),
    )


def converse(context: ChatContext, *lines: str, terminal: bool = False) -> str:
    out = io.StringIO()
    text = "".join(f"{line}\n" for line in lines)
    stdin = Typist(text) if terminal else io.StringIO(text)
    assert plain.run(context, stdin, out) == ExitCode.OK
    return out.getvalue()


def records(path: Path, key: x25519.Identity) -> list[dict[str, object]]:
    blocks = re.findall(r"-----BEGIN.*?-----END[^\n]*\n", path.read_text(), re.DOTALL)
    return [json.loads(decrypt(block.encode(), [key])) for block in blocks]


def titles(folder: Path) -> list[str]:
    store = Store(folder / "history" / "conversations.sqlite3")
    found = [entry.title for entry in store.conversations()]
    store.close()
    return found


def test_an_answer_is_flagged_and_handed_over(
    context: ChatContext, key: x25519.Identity, tmp_path: Path
) -> None:
    out = converse(
        context, "/wrong", QUESTION, "/wrong", "2", "it is 320", "yes", "/feedback",
        "/feedback export out", "/feedback", "/feedback export", "/feedback delete", "yes",
    )  # fmt: skip
    assert "There is no answer to flag." in out
    assert "2. Wrong fact\n" in out
    assert "This is kept, encrypted for IT:\nWhat is wrong: Wrong fact\nComment: it is 320\n" in out
    assert "Kept, encrypted for IT. 1 report waits for IT." in out
    assert f"Written: {tmp_path / 'documents' / 'out.age'}" in out
    assert "0 reports wait for IT. 1 was handed over and is kept." in out
    assert "No report waits to be handed over." in out
    assert "1 report deleted." in out
    (record,) = records(tmp_path / "documents" / "out.age", key)
    assert (record["kind"], record["comment"]) == ("wrong_fact", "it is 320")
    assert record["answer"] == ANSWER


def test_nothing_is_kept_without_a_yes(context: ChatContext, tmp_path: Path) -> None:
    converse(context, QUESTION, "/wrong page it is on 12", "no")
    converse(context, QUESTION, "/wrong", "9")
    converse(context, QUESTION, "/wrong fact")
    assert not (tmp_path / "data" / "feedback").exists()


def test_what_is_said_at_once_and_the_rest_of_the_conversation(
    context: ChatContext, key: x25519.Identity, tmp_path: Path
) -> None:
    out = converse(
        context, QUESTION, "And the clamps?", "/wrong dangerous they will burst", "yes", "yes",
        "/feedback export out.age",
    )  # fmt: skip
    assert "Also asked: What torque" in out
    (record,) = records(tmp_path / "documents" / "out.age", key)
    assert record["kind"] == "dangerous"
    assert record["conversation"] == [{"question": QUESTION, "answer": ANSWER}]


def test_an_assistant_that_collects_none_says_so(context: ChatContext) -> None:
    context = replace(context, assistant=ASSISTANT)
    out = converse(context, QUESTION, "/wrong", "/feedback", "/feedback export")
    assert out.count("This assistant collects no feedback.") == 3


def test_one_after_the_other_each_with_a_history(context: ChatContext, tmp_path: Path) -> None:
    out = converse(
        context, "Before?", "/who", "/who Ben", "yes", "Of Ben?", "/conversations", "/who",
        "/who ben", "/name Benny", "/who Nobody", "no", "/feedback",
    )  # fmt: skip
    assert "(no name), here now\n" in out
    assert "There is nobody called Ben. Add Ben? yes or no: yes\n" in out
    assert "You are Ben.\n" in out
    listed = out.split("/conversations\n")[1]
    assert "1. Of Ben? (" in listed
    assert "Before?" not in listed
    assert "Ben, here now\n" in listed
    assert "It is you: Ben." in listed
    assert "You are Benny now." in listed
    assert "Nobody was added." in listed
    people = People(tmp_path / "data")
    assert [person.name for person in people.everybody()] == ["", "Benny"]
    assert titles(people.root) == ["Before?"]
    assert titles(people.everybody()[1].home) == ["Of Ben?"]


def test_reports_are_the_account_s(context: ChatContext, tmp_path: Path) -> None:
    lines = ("/wrong fact x", "yes")
    out = converse(context, QUESTION, *lines, "/who Ben", "yes", QUESTION, *lines, "/feedback")
    assert "2 reports wait for IT." in out
    assert len(list((tmp_path / "data" / "feedback").iterdir())) == 2


def test_deleting_whoever_is_here_goes_on_as_somebody_else(
    context: ChatContext, tmp_path: Path
) -> None:
    out = converse(
        context, "Before?", "/who Ben", "yes", "Of Ben?", "/forget", "no", "/forget", "yes",
        "/conversations", "/forget Nobody", "/forget", "yes", "/conversations",
    )  # fmt: skip
    assert "Delete Ben with all conversations and preferences for good? yes or no: no\n" in out
    assert "Ben is deleted, with everything of theirs." in out
    assert "1. Before? (" in out.split("is deleted")[1]
    assert "There is nobody called Nobody." in out
    assert "(no name) is deleted, with everything of theirs." in out
    assert "Nothing found." in out.split("(no name) is deleted")[1]
    assert People(tmp_path / "data").everybody()[0].name == ""


def test_somebody_else_can_be_deleted(context: ChatContext, tmp_path: Path) -> None:
    people = People(tmp_path / "data")
    people.rename(people.first, "Anna")
    people.add("Ben")
    out = converse(context, "/forget Ben", "yes", "/who")
    assert "Ben is deleted" in out
    assert [person.name for person in people.everybody()] == ["Anna"]


def test_who_it_is_is_asked_at_a_terminal_and_not_in_a_pipe(
    context: ChatContext, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = People(tmp_path / "data")
    people.rename(people.first, "Anna")
    people.remember(people.add("Ben"))
    context = replace(context, seat=seat_for(people, None, ask=True))
    out = converse(context, "7", "1", "Of Anna?", terminal=True)
    assert "1. Anna\n2. Ben\nWho is working? A number, or nothing for 2: " in out
    assert "You are Anna." in out
    assert people.last().name == "Anna"
    people.remember(people.everybody()[1])
    assert "You are Ben." in converse(context, "", terminal=True)
    out = converse(context, "Of Ben?")
    assert "Who is working?" not in out
    assert "Going on as Ben; --as NAME chooses somebody else." in capsys.readouterr().err
    assert titles(people.root) == ["Of Anna?"]
    assert titles(people.everybody()[1].home) == ["Of Ben?"]


def test_two_people_at_once(context: ChatContext, tmp_path: Path) -> None:
    people = People(tmp_path / "data")
    anna, ben = people.add("Anna"), people.add("Ben")
    window = Store(anna.home / "history" / "conversations.sqlite3")
    as_ben = replace(context, seat=seat_for(people, "ben", ask=True), data_dir=ben.home)
    window.append(window.create("Of Anna?"), "Of Anna?")
    out = converse(as_ben, "Of Ben?", "/forget Anna", "yes")
    assert "The history is open in another window." in out
    window.close()
    assert titles(anna.home) == ["Of Anna?"]
    assert titles(ben.home) == ["Of Ben?"]


def test_a_line_that_the_terminal_cut_is_not_asked(
    context: ChatContext, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = f"alarm log {'x' * 4085}"
    said = converse(context, cut, QUESTION, terminal=True)
    assert "cut this line after 4095 bytes" in capsys.readouterr().err
    assert said.count("Assistant:") == 1
    assert "320 Nm" in said or "330 Nm" in said
    assert converse(context, f"{QUESTION} {'x' * 4085}").count("Assistant:") == 1, "a file has none"
