"""The history: what was said is there again, for this user only, whatever happens in between."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit.chat import history_file
from fieldkit.chat import store as store_module
from fieldkit.chat.paths import HISTORY, data_dir
from fieldkit.chat.store import HistoryUnusable, Store, short_title
from fieldkit.core.citation import REFUSAL, Passage
from fieldkit.core.generation import Stats
from fieldkit.errors import InvalidInput

PASSAGE = Passage(
    document="PX-204",
    title="PX-204 mud pump",
    revision="C",
    page=7,
    heading="Torque table",
    text="Fluid end studs: 320 Nm.",
    score=2.5,
)
STATS = Stats(
    ttft_s=0.5,
    prefill_tokens=300,
    reused_tokens=20,
    prefill_tps=600.0,
    decode_tps=30.0,
    completion_tokens=12,
    context_used=312,
)


class Clock:
    """A clock that moves on by a minute whenever it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / HISTORY


_OPENED: list[Store] = []


def opened(path: Path) -> Store:
    """A store that is closed after the test."""
    _OPENED.append(Store(path))
    return _OPENED[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(path, clock=Clock())
    yield store
    store.close()


def test_a_conversation_comes_back_as_it_was_said(store: Store, path: Path) -> None:
    conversation = store.create("What torque?")
    turn = store.append(conversation, "What torque?", [PASSAGE])
    store.update(turn, "320 Nm [1].", finish="stop", stats=STATS)
    store.close()

    (kept,) = opened(path).load(conversation)
    assert (kept.question, kept.answer, kept.finish) == ("What torque?", "320 Nm [1].", "stop")
    assert kept.passages == (PASSAGE,)
    assert kept.stats == STATS
    assert kept.turn.passages == (PASSAGE,)


def test_pages_that_were_only_near_are_not_sent_to_the_model_again(store: Store) -> None:
    conversation = store.create("q")
    turn = store.append(conversation, "q", [PASSAGE])
    store.update(turn, REFUSAL, finish="stop")
    (kept,) = store.load(conversation)
    assert kept.passages == (PASSAGE,)
    assert kept.turn.passages == ()


def test_the_last_used_conversation_comes_first(store: Store) -> None:
    first = store.create("first")
    second = store.create("second")
    store.append(first, "again")
    listed = store.conversations()
    assert [entry.id for entry in listed] == [first, second]
    assert [entry.turns for entry in listed] == [1, 0]
    assert listed[0].updated > listed[0].created


def test_rename_and_delete(store: Store) -> None:
    conversation = store.create("old")
    store.append(conversation, "q")
    store.rename(conversation, "new\x1b]0;name\x07\nline")
    assert store.conversations()[0].title == "new]0;name line"
    store.delete(conversation)
    assert store.conversations() == ()
    with pytest.raises(KeyError):
        store.load(conversation)
    with store._reading() as db:
        assert db.execute("SELECT count(*) FROM turns").fetchone() == (0,)


@pytest.mark.parametrize("call", ["rename", "delete", "append", "update", "load"])
def test_an_unknown_id_is_a_key_error(store: Store, call: str) -> None:
    arguments = {"rename": ("x",), "append": ("q",), "update": ("a",)}.get(call, ())
    with pytest.raises(KeyError):
        getattr(store, call)(4711, *arguments)


def test_titles_are_short_clean_lines() -> None:
    assert short_title("  a\n b\x1b[31m ") == "a b[31m"
    assert short_title("\x07") == "Untitled"
    assert len(short_title("word " * 50)) <= store_module.TITLE_LENGTH


def test_text_a_terminal_could_not_decode_is_kept_readable(store: Store) -> None:
    conversation = store.create("caf\udce9")
    store.append(conversation, "caf\udce9?")
    assert store.load(conversation)[0].question == "caf??"


@pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")
def test_only_the_user_can_read_it(store: Store, path: Path) -> None:
    store.create("private")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


@pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")
def test_a_folder_that_was_open_to_others_is_closed(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o755)
    path.touch(mode=0o644)
    Store(path).close()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_told_without_a_number(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(HistoryUnusable, match=r"cannot be used: (File exists|Not a directory)$"):
        Store(tmp_path / "data" / "conversations.sqlite3")


def test_a_newer_history_is_left_alone(store: Store, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(InvalidInput, match="newer fieldkit"):
        opened(path)


def test_an_older_history_is_migrated_and_keeps_its_content(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path)._writing() as db:
        db.execute("INSERT INTO conversations VALUES (1, 'kept', '2026-01-01', '2026-01-01')")
    more = (*history_file.MIGRATIONS, "ALTER TABLE conversations ADD COLUMN note TEXT")
    monkeypatch.setattr(history_file, "MIGRATIONS", more)
    store = opened(path)
    assert store.conversations()[0].title == "kept"
    with store._reading() as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_failed_migration_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(path).close()
    broken = (*history_file.MIGRATIONS, "CREATE TABLE extra (a); CREATE TABLE turns (b)")
    monkeypatch.setattr(history_file, "MIGRATIONS", broken)
    with pytest.raises(HistoryUnusable):
        opened(path)
    monkeypatch.undo()
    with opened(path)._reading() as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT 1 FROM sqlite_master WHERE name = 'extra'").fetchone() is None


def test_a_file_that_is_no_database_is_told_with_a_next_step(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("not a database, " * 100)
    with pytest.raises(HistoryUnusable) as caught:
        opened(path)
    assert str(path) in caught.value.message
    assert "move the file away" in caught.value.hint


def test_passages_of_another_version_are_left_out(store: Store) -> None:
    conversation = store.create("q")
    store.append(conversation, "q", [PASSAGE])
    with store._writing() as db:
        db.execute("UPDATE turns SET passages = '[{\"odd\": 1}]', stats = '{\"odd\": 1}'")
    (kept,) = store.load(conversation)
    assert (kept.passages, kept.stats) == ((), None)


def _write_many(path: Path, name: str, count: int) -> None:
    store = Store(path)
    conversation = store.create(name)
    for number in range(count):
        turn = store.append(conversation, f"{name} {number}")
        store.update(turn, "answer", finish="stop")
    store.close()


def test_two_processes_share_one_history(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    names = ("one", "two", "three")
    writers = [spawn.Process(target=_write_many, args=(path, name, 40)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    store = opened(path)
    assert sorted(entry.title for entry in store.conversations()) == sorted(names)
    assert [entry.turns for entry in store.conversations()] == [40, 40, 40]
    with store._reading() as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_killed_process_loses_only_what_it_had_not_written(path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from fieldkit.chat.store import Store
        store = Store(Path(sys.argv[1]))
        conversation = store.create("killed")
        turn = store.append(conversation, "question")
        for number in range(1000000):
            store.update(turn, "word " * (number % 1000 + 1))
            sys.stdout.write("saved\\n")
            sys.stdout.flush()
        """
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as child:
        assert child.stdout is not None
        for _ in range(5):
            assert child.stdout.readline() == "saved\n"
        child.kill()
    store = opened(path)
    (conversation,) = store.conversations()
    (kept,) = store.load(conversation.id)
    assert kept.question == "question"
    assert kept.answer.startswith("word word")
    assert kept.finish == ""


def test_the_folder_can_be_chosen_by_the_environment(tmp_path: Path) -> None:
    assert data_dir({"FIELDKIT_DATA_DIR": str(tmp_path)}) == tmp_path
    assert data_dir({}).name == "fieldkit"


def test_a_turn_can_be_taken_out(path: Path) -> None:
    store = opened(path)
    conversation = store.create("one")
    first, second = (store.append(conversation, text) for text in ("a", "b"))
    store.remove(first)
    assert [turn.id for turn in store.load(conversation)] == [second]
    with pytest.raises(KeyError):
        store.remove(first)


def test_a_branch_is_a_copy_up_to_a_turn(path: Path) -> None:
    store = opened(path)
    store.append(store.create("other"), "elsewhere")
    conversation = store.create("one")
    first, second, _ = (store.append(conversation, text) for text in ("a", "b", "c"))
    store.update(first, "answer", finish="stop")
    branch = store.branch(second)
    copied = store.load(branch)
    assert [(turn.question, turn.answer, turn.finish) for turn in copied] == [
        ("a", "answer", "stop"),
        ("b", "", ""),
    ]
    assert {turn.id for turn in copied}.isdisjoint({first, second})
    assert [entry.title for entry in store.conversations()] == ["one", "one", "other"]
    store.delete(conversation)
    assert len(store.load(branch)) == 2
    with pytest.raises(KeyError):
        store.branch(first)


def said(store: Store, *turns: tuple[str, str], title: str = "") -> int:
    conversation = store.create(title or turns[0][0])
    for question, answer in turns:
        store.update(store.append(conversation, question), answer, finish="stop")
    return conversation


def found(store: Store, text: str) -> list[int]:
    return [hit.conversation.id for hit in store.search(text)]


def test_what_was_said_is_found_in_all_conversations(store: Store) -> None:
    pump = said(
        store, ("How do I start?", "Open valve V-12 first."), ("And then?", "Bleed the air")
    )
    radio = said(store, ("Which channel?", "Channel 16 is for the Möhlenkamp rig."))
    assert found(store, "valve") == [pump]
    assert found(store, "channel") == [radio]
    assert found(store, "MOHLENKAMP") == [radio], "without accents and case"
    assert found(store, "open val") == [pump], "the last word may be unfinished"
    assert found(store, "V-12") == [pump]
    assert found(store, "V-13") == []
    assert found(store, "valve channel") == [], "all words in one turn"
    (hit,) = store.search("bleed")
    assert "Bleed the air" in hit.excerpt
    assert (hit.conversation.turns, hit.conversation.title) == (2, "How do I start?")


def test_titles_are_found_too(store: Store) -> None:
    conversation = said(store, ("q", "a"))
    store.rename(conversation, "Night shift at the derrick")
    assert found(store, "night derr") == [conversation]
    assert store.search("night")[0].excerpt == ""


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '"a" OR "b',
        "a AND",
        "NEAR(a b)",
        "question:a",
        "*",
        "^a",
        "a -b",
        "(",
        "';--",
        "\0x",
        "-",
    ],
)
def test_what_is_looked_for_is_never_search_syntax(store: Store, text: str) -> None:
    conversation = said(store, (f"how {text} works", "so"))
    said(store, ("b", "b"))
    assert found(store, text) in ([conversation], [])
    assert found(store, "how") == [conversation]


def test_nothing_is_found_for_nothing(store: Store) -> None:
    said(store, ("q", "a"))
    assert store.search("  ?! ") == ()


def test_an_answer_that_streams_is_found_when_it_is_complete(path: Path) -> None:
    store = opened(path)
    conversation = store.create("q")
    turn = store.append(conversation, "q")
    store.update(turn, "half of the zebra")
    assert found(store, "zebra") == []
    store.update(turn, "the zebra is whole", finish="stop")
    assert found(store, "zebra whole") == [conversation]
    store.update(turn, "another animal", finish="stop")
    assert found(store, "zebra") == []
    store.remove(turn)
    assert found(store, "animal") == []


def test_what_a_killed_process_left_is_found_after_the_next_start(path: Path) -> None:
    store = opened(path)
    conversation = store.create("q")
    store.update(store.append(conversation, "q"), "half of the zebra")
    store.close()
    assert found(opened(path), "zebra") == [conversation]


def test_a_branch_is_found_as_well(store: Store) -> None:
    conversation = said(store, ("q", "the zebra"))
    branch = store.branch(store.load(conversation)[0].id)
    assert sorted(found(store, "zebra")) == [conversation, branch]


def test_a_history_from_before_the_search_is_searched(path: Path) -> None:
    store = opened(path)
    conversation = said(store, ("q", "the zebra"))
    with store._writing() as db:
        for name in ("turns_said", "turns_answered", "turns_unsaid"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DROP TABLE said")
        db.execute("DROP INDEX turns_unfinished")
    store.close()
    assert found(opened(path), "zebra") == [conversation]


def test_an_older_release_can_still_use_the_history(store: Store, path: Path) -> None:
    """It checks the version, and writes to the two tables that it knows."""
    said(store, ("q", "a"))
    store.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        db.execute("INSERT INTO conversations VALUES (77, 'old', '2026-01-01', '2026-01-01')")
        db.execute(
            "INSERT INTO turns (conversation, question, answer, finish, created)"
            " VALUES (77, 'older', 'the zebra', 'stop', '2026-01-01')"
        )
        db.commit()
    assert found(opened(path), "zebra") == [77]


def test_deleted_words_stand_nowhere_in_the_files(path: Path) -> None:
    store = opened(path)
    conversation = said(store, ("secretquestion", "secretanswer"))
    said(store, ("other", "kept"))
    store.delete(conversation)
    assert found(store, "secretanswer") == []
    store.close()
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"kept" in content
    assert b"secret" not in content


def test_what_was_asked_since(store: Store) -> None:
    said(store, ("first", "a"))
    middle = datetime(2026, 3, 1, 8, 4, tzinfo=UTC)
    said(store, ("second", "b"), ("third", "c"))
    assert [turn.question for turn in store.since(middle)] == ["second", "third"]
    assert len(store.since(datetime(2026, 1, 1, tzinfo=UTC))) == 3


def test_earlier_questions_come_once_newest_first(store: Store) -> None:
    said(store, ("one", "a"), ("two", "b"))
    said(store, ("one", "c"))
    assert store.questions() == ("one", "two")


def test_a_mark_that_does_not_hold_is_not_kept(store: Store) -> None:
    """A release from before the marks drops a passage that has them."""
    marked = replace(PASSAGE, own=True, recognised=True)
    conversation = store.create("q")
    store.append(conversation, "q", [PASSAGE, marked])
    (kept,) = store.load(conversation)
    assert kept.passages == (PASSAGE, marked)
    with store._writing() as db:
        plain, its = json.loads(db.execute("SELECT passages FROM turns").fetchone()[0])
    assert not {"own", "recognised"} & plain.keys()
    assert its.keys() - plain.keys() == {"own", "recognised"}
