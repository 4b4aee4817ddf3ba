"""The people of one account: folders of their own, names that cannot lead elsewhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fieldkit.chat import i18n, preferences
from fieldkit.chat.feedback_box import FEEDBACK
from fieldkit.chat.paths import HISTORY
from fieldkit.chat.people import MOST, NAME_LENGTH, People, Person, valid_name
from fieldkit.chat.preferences import PREFERENCES, Preferences
from fieldkit.chat.seat import Change, label, seat_for
from fieldkit.chat.store import Store
from fieldkit.errors import Busy, UsageProblem

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path / "data")


def said(person: Person, text: str) -> None:
    store = Store(person.home / HISTORY)
    store.update(store.append(store.create(text), text), f"answer to {text}", finish="stop")
    store.close()


def titles(person: Person) -> list[str]:
    store = Store(person.home / HISTORY)
    found = [entry.title for entry in store.conversations()]
    store.close()
    return found


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_alone_there_is_one_person_without_a_name(people: People) -> None:
    (only,) = people.everybody()
    assert (only.key, only.name, only.home) == ("", "", people.root)
    assert people.last() == only
    people.remember(only)
    assert not people.root.exists(), "looking leaves nothing behind"


def test_the_history_there_was_is_the_first_person_s_until_named(people: People) -> None:
    said(people.first, "before")
    ben = people.add("Ben")
    assert [person.name for person in people.everybody()] == ["", "Ben"]
    named = people.rename(people.first, "Anna")
    assert titles(named) == ["before"]
    assert titles(ben) == []
    assert [person.name for person in people.everybody()] == ["Anna", "Ben"]


@pytest.mark.parametrize("language", ["en", "es", "nb"])
def test_who_has_no_name_is_found_by_what_lists_say(people: People, language: str) -> None:
    said(people.first, "pump?")
    people.add("Kari")
    i18n.use(language)
    for called in (label(people.first), "(No name)"):
        assert people.named(called) == people.first
        assert seat_for(people, called, ask=False).person == people.first
        with pytest.raises(UsageProblem):
            people.add(called)
    with pytest.raises(UsageProblem) as failure:
        seat_for(people, "Olav", ask=False)
    assert f" {label(people.first)}, Kari. " in failure.value.hint
    people.rename(people.first, "Olav")
    assert people.named("(no name)") is None


def test_each_has_a_history_and_preferences_of_their_own(people: People) -> None:
    anna, ben = people.add("Anna"), people.add("Ben")
    said(anna, "pump")
    preferences.save(anna.home / PREFERENCES, Preferences(theme="fieldkit-light"))
    assert titles(anna) == ["pump"]
    assert titles(ben) == []
    assert preferences.load(ben.home / PREFERENCES).theme == ""


@POSIX
def test_only_the_user_of_the_system_may_read_any_of_it(people: People) -> None:
    before = os.umask(0)
    try:
        ben = people.add("Ben")
        for person in (people.first, ben):
            said(person, "pump")
            preferences.save(person.home / PREFERENCES, Preferences(theme="fieldkit-light"))
        people.rename(people.first, "Anna")
        people.remember(ben)
    finally:
        os.umask(before)
    files = [path for path in people.root.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"person.json", "last.json", PREFERENCES}
    assert {mode(path) for path in files} == {0o600}
    folders = {path.parent for path in files} | {people.root / "people"}
    assert {mode(folder) for folder in folders - {people.root}} == {0o700}


@pytest.mark.parametrize(
    "name",
    ["../../etc", "a/b\\c", "CON", "~root", "Ørjan Åse", "李雷", "a" * NAME_LENGTH, "-x"],
)
def test_a_name_never_leads_anywhere(people: People, name: str) -> None:
    person = people.add(name)
    assert person.name == name
    assert person.home.parent == people.root / "people"
    assert person.home.name.isalnum()
    assert people.named(name.upper()) == person


def test_names_are_one_sanitized_line_and_told_apart(people: People) -> None:
    assert valid_name(" A\x1b[2Jn\u202ena \n B ") == "A[2Jnna B"
    for wrong in ("", "  ", "..", "\x1b", "a" * (NAME_LENGTH + 1), "\u200b"):
        with pytest.raises(UsageProblem):
            people.add(wrong)
    person = people.add("Jos\u00e9")
    for same in ("JOSE\u0301", "jos\u00e9", " Jos\u200b\u00e9 "):
        assert people.named(same) == person
        with pytest.raises(UsageProblem, match="is here already"):
            people.add(same)
    assert people.rename(person, "JOS\u00c9").name == "JOS\u00c9", "one's own name is free"


def test_there_is_an_end_to_it(people: People) -> None:
    for number in range(MOST):
        people.add(f"p{number}")
    with pytest.raises(UsageProblem, match="people already"):
        people.add("one more")


def test_what_is_not_ours_is_left_out(people: People, tmp_path: Path) -> None:
    ben = people.add("Ben")
    folder = people.root / "people"
    (folder / "not-a-key").mkdir()
    (folder / "0123456789ab").symlink_to(tmp_path)
    (folder / "aaaaaaaaaaaa").mkdir()
    (folder / "aaaaaaaaaaaa" / "person.json").write_text("[" * 100_000)
    (folder / "last.json").write_text('{"key": ["x"]}')
    assert [person.name for person in people.everybody()] == ["aaaaaaaaaaaa", "Ben"]
    assert people.last().name == "aaaaaaaaaaaa"
    (ben.home / "person.json").write_text(json.dumps({"name": "B\x1b]0;x\x07en"}))
    assert people.named("B]0;xen") is not None


def test_who_was_here_last_is_remembered(people: People) -> None:
    people.add("Anna")
    ben = people.add("Ben")
    people.remember(ben)
    assert People(people.root).last() == ben
    assert seat_for(people, None, ask=True).ask
    assert seat_for(people, None, ask=True).person == ben
    assert not seat_for(people, None, ask=False).ask
    assert seat_for(people, "anna", ask=True).person.name == "Anna"
    assert not seat_for(people, "anna", ask=True).ask
    with pytest.raises(UsageProblem, match="nobody called Bne") as raised:
        seat_for(people, "Bne", ask=True)
    assert "Ben" in raised.value.hint


def test_deleting_a_person_overwrites_and_leaves_the_others(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = people.add("Anna"), people.add("Ben")
    said(anna, "pump")
    said(ben, "radio")
    (ben.home / "documents").mkdir()
    note = ben.home / "documents" / "note.txt"
    note.write_text("secret words")
    seen: list[tuple[str, bytes]] = []
    unlink = os.unlink

    def watched(path: object, *arguments: object, **options: object) -> None:
        name = os.fspath(path)  # type: ignore[call-overload]  # a path, here
        folder = options.get("dir_fd")
        number = os.open(name, os.O_RDONLY, dir_fd=folder)  # type: ignore[arg-type]  # an int
        seen.append((Path(name).name, os.read(number, 1 << 20)))
        os.close(number)
        unlink(path, *arguments, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(os, "unlink", watched)
    people.remove(ben)
    gone = dict(seen)
    assert gone[Path(HISTORY).name].strip(b"\0") == b""
    assert gone["note.txt"] == bytes(len("secret words"))
    assert not ben.home.exists()
    assert [person.name for person in people.everybody()] == ["Anna"]
    assert titles(anna) == ["pump"]


def test_deleting_the_first_person_leaves_what_belongs_to_all(people: People) -> None:
    ben = people.add("Ben")
    said(people.first, "pump")
    people.rename(people.first, "Anna")
    (people.root / FEEDBACK).mkdir()
    (people.root / FEEDBACK / "x.age").write_text("sealed")
    people.remove(people.first)
    assert [person.name for person in people.everybody()] == ["Ben"]
    assert sorted(path.name for path in people.root.iterdir()) == [FEEDBACK, "people"]
    people.remove(ben)
    assert [person.name for person in people.everybody()] == [""]


def test_nobody_is_deleted_who_is_here_in_another_window(people: People) -> None:
    ben = people.add("Ben")
    said(ben, "radio")
    window = Store(ben.home / HISTORY)
    with pytest.raises(Busy, match="another window"):
        people.remove(ben)
    window.append(window.create("goes on"), "goes on")
    window.close()
    assert titles(ben) == ["goes on", "radio"]
    people.remove(ben)
    assert people.named("Ben") is None


def test_a_damaged_history_can_be_deleted(people: People) -> None:
    ben = people.add("Ben")
    (ben.home / HISTORY).parent.mkdir()
    (ben.home / HISTORY).write_bytes(b"no database" * 100)
    people.remove(ben)
    assert people.named("Ben") is None


def test_links_are_taken_away_and_not_followed(people: People, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("not ours")
    ben = people.add("Ben")
    (ben.home / "link").symlink_to(other)
    (ben.home / "folder").symlink_to(tmp_path, target_is_directory=True)
    people.remove(ben)
    assert other.read_text() == "not ours"


def test_a_deletion_that_was_killed_is_finished_later(people: People) -> None:
    ben = people.add("Ben")
    ben.home.rename(ben.home.with_name(f".leaving-{ben.key}"))
    assert people.named("Ben") is None
    people.add("Anna")
    assert not list((people.root / "people").glob(".leaving-*"))


def test_the_seat_goes_to_somebody_else(people: People) -> None:
    anna, ben = people.add("Anna"), people.add("Ben")
    seat = seat_for(people, "Anna", ask=True)
    assert seat.shown == "Anna"
    after = seat.after(Change(person=ben, forget=anna))
    assert after.note == "Anna is deleted, with everything of theirs."
    assert (after.person, after.shown) == (ben, "")
    assert people.last() == ben
    nobody = after.next_after(ben)
    assert (nobody.key, label(nobody)) == ("", "(no name)")
    window = Store(ben.home / HISTORY)
    assert "another window" in after.after(Change(person=nobody, forget=ben)).note
    window.close()
