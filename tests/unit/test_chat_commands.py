"""What is typed after a slash, earlier questions, code blocks and licence texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.chat import licences, preferences
from fieldkit.chat.actions import ACTIONS, LINE_ACTIONS
from fieldkit.chat.blocks import last_block
from fieldkit.chat.commands import COMMANDS, Typed, Unknown, completion, number, parse
from fieldkit.chat.line_commands import KNOWN, LineCommands
from fieldkit.chat.preferences import Preferences
from fieldkit.chat.recall import Recall
from fieldkit.chat.screens.chat import ChatScreen
from tests.fakes import ASSISTANT, ScriptedEngine


def test_every_command_is_one_action_and_can_be_obeyed() -> None:
    words = [action.command for action in (*COMMANDS, *LINE_ACTIONS)]
    assert len(words) == len(set(words))
    for action in COMMANDS:
        assert hasattr(ChatScreen, f"action_{action.name}"), action.command
    for action in KNOWN:
        if action.command != "/quit":  # ends the loop
            assert hasattr(LineCommands, f"_{action.command[1:]}"), action.command
    assert all(action.shown or action.command for action in ACTIONS)


@pytest.mark.parametrize(
    "text", ["What torque?", "", "/", "//", "/dev/ttyUSB0 is gone?", "/1 of the pumps", "a /help"]
)
def test_questions_are_no_commands(text: str) -> None:
    assert parse(text) is None


def test_a_command_and_what_follows_it() -> None:
    typed = parse(" /RENAME  Night  shift\n")
    assert isinstance(typed, Typed)
    assert (typed.action.name, typed.argument, typed.problem) == ("rename", "Night  shift", "")
    missing, optional, surplus = parse("/find"), parse("/export"), parse("/delete 3")
    assert isinstance(missing, Typed)
    assert missing.problem == "Type it like this: /find WORDS"
    assert isinstance(optional, Typed)
    assert optional.problem == ""
    assert isinstance(surplus, Typed)
    assert surplus.problem == "/delete takes nothing after it."


def test_an_unknown_command_is_told_with_the_nearest() -> None:
    assert parse("/exprt x") == Unknown(
        "There is no command /exprt. Did you mean /export? /help lists them."
    )
    assert parse("/xyz") == Unknown("There is no command /xyz. /help lists them.")


def test_completion() -> None:
    assert completion("/exp") == "ort "
    assert completion("/ag") == "ain"
    assert completion("/again") == ""
    assert completion("/s") == "", "stop, search or sources"
    assert completion("/zzz") == ""
    assert completion("exp") == ""
    assert completion("/export x") == ""


def test_numbers() -> None:
    assert [number(text, 3) for text in ("1", "3", "0", "4", "", "x", "-1", "²", "9" * 50)] == [
        1,
        3,
        *[None] * 7,
    ]


def test_earlier_questions_one_by_one() -> None:
    recall = Recall()
    assert recall.step(1) is None
    recall.begin(["c", "b", "c", "a"])
    assert [recall.step(1) for _ in range(4)] == ["c", "b", "a", None]
    assert [recall.step(-1) for _ in range(4)] == ["b", "c", "", ""]
    assert recall.step(1) == "c"


def test_the_last_code_block_or_table() -> None:
    assert last_block("text") == ""
    assert last_block("```\none\n```\ntext\n~~~ sh\ntwo\n\n  three\n~~~\n") == "two\n\n  three"
    assert last_block("```\ncut off") == "cut off"
    assert (
        last_block("a\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\nb") == "| A | B |\n|---|---|\n| 1 | 2 |"
    )
    assert last_block("````\n```\n| x |\n````") == "```\n| x |"
    assert last_block("```\na\x1b]52;c;eA==\x07\n```") == "a]52;c;eA=="


def test_licence_texts_begin_with_the_models(tmp_path: Path) -> None:
    folder = tmp_path / licences.LICENCES
    assert licences.licences(tmp_path) == ()
    assert licences.licences(None) == ()
    folder.mkdir()
    for name in ("textual.txt", "MODEL-LICENCE.txt", "ADAPTER-LICENCE.txt", "receipt.json"):
        (folder / name).write_bytes(b"MIT \x1b[31m\r\n\xffpermits")
    texts = licences.licences(tmp_path)
    assert [text.name for text in texts] == ["ADAPTER-LICENCE", "MODEL-LICENCE", "textual"]
    assert texts[0].text() == "MIT [31m\n\ufffdpermits"
    (folder / "textual.txt").unlink()
    assert texts[2].text().startswith("This text cannot be read")


def test_facts_of_a_model_that_is_not_loaded_yet() -> None:
    rows = dict(licences.facts(ASSISTANT, None, None))
    assert rows["Model"] == ASSISTANT.model_name
    assert rows["Context"] == "2048 tokens"
    assert "Threads" not in rows
    assert dict(licences.facts(ASSISTANT, ScriptedEngine().info, None))["Threads"] == (
        "4 for answers, 4 for reading"
    )


def test_preferences_keep_the_theme(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    preferences.save(path, Preferences(read_ahead=False, theme="fieldkit-mono"))
    assert preferences.load(path) == Preferences(read_ahead=False, theme="fieldkit-mono")
    path.write_text('{"read_ahead": "no", "theme": 7}')
    assert preferences.load(path) == Preferences()
    path.write_text('{"theme": "x"}')
    assert preferences.load(path) == Preferences(theme="x")


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/exit", "/quit"),
        ("/bye", "/quit"),
        ("exit", "/quit"),
        (" Quit ", "/quit"),
        ("/?", "/help"),
        ("/sheet", "/handover"),
    ],
)
def test_what_other_programs_call_it(typed: str, command: str) -> None:
    found = parse(typed)
    assert isinstance(found, Typed)
    assert found.action.command == command


@pytest.mark.parametrize("typed", ["exit code 3?", "quit smoking", "what?", "/?x", "?"])
def test_what_only_looks_like_it_is_a_question(typed: str) -> None:
    assert parse(typed) is None
