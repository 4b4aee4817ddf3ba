"""Keys of a person's own: what they may be, what is told, and where they are shown."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from fieldkit.chat.actions import ACTIONS
from fieldkit.chat.keyfile import load, template, write_template
from fieldkit.chat.keymap import DEFAULTS, NO_KEY, Keymap, Wish, resolve, shown
from fieldkit.chat.screen_actions import SCREEN_ACTIONS, SCREENS
from fieldkit.core.keys import ACTION_IDS, NAMED, key_name, problems_of, split
from fieldkit.core.profile import AssistantSection
from fieldkit.core.text import clean_line


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ctrl+J", "ctrl+j"),
        ("F5", "f5"),
        ("Esc", "escape"),
        ("PgUp", "pageup"),
        ("?", "question_mark"),
        ("ctrl + alt + del", "alt+ctrl+delete"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("R", "r"),
        ("shift+r", "R"),
        ("shift+tab", "shift+tab"),
    ],
)
def test_keys_are_named_as_people_write_them(written: str, name: str) -> None:
    assert key_name(written) == name


@pytest.mark.parametrize(
    "written", ["", "ctrl", "ctrl+", "f25", "hyper+x", "é", "ctrl+ctrl+x", "ab"]
)
def test_what_is_no_key(written: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its message is what was written
        key_name(written)
    assert str(caught.value) == written


def test_signs_are_called_as_textual_calls_them() -> None:
    for character in string.punctuation:
        assert key_name(character) == _character_to_key(character)
        assert shown(key_name(character)) == character
    for key in NAMED:
        assert key_name(shown(key)) == key


def test_the_ids_are_those_the_packager_knows() -> None:
    """A renamed id would silently undo what somebody wrote into his file."""
    assert set(DEFAULTS) == set(ACTION_IDS)
    assert len(ACTION_IDS) == len(set(ACTION_IDS)) == len(ACTIONS) + len(SCREEN_ACTIONS)
    assert {entry.screen for entry in SCREEN_ACTIONS} == set(SCREENS)
    tables = {key_id.partition(".")[0] for key_id in DEFAULTS if "." in key_id}
    assert not tables & set(DEFAULTS), "a TOML key cannot be a table, too"


def wishes(**keys: str) -> list[Wish]:
    return [
        Wish(key_id.replace("__", "."), value, f"keys.toml line {line}")
        for line, (key_id, value) in enumerate(keys.items(), 1)
    ]


def test_a_wish_gives_keys_and_takes_them_from_who_had_them() -> None:
    keymap = resolve(wishes(export="f5, Ctrl+E"))
    assert keymap.problems == ()
    assert keymap.keys("export") == ("f5", "ctrl+e")
    assert keymap.keys("regenerate") == ("ctrl+g",), "F5 means one thing"
    assert keymap.shown("export") == "F5, Ctrl+E"
    assert keymap.for_textual() == {"export": "f5,ctrl+e", "regenerate": "ctrl+g"}


def test_no_keys_are_a_wish_too() -> None:
    keymap = resolve(wishes(export="", regenerate=""))
    assert keymap.keys("export") == ()
    assert keymap.for_textual()["export"] == NO_KEY
    assert keymap.first("regenerate") == "/again", "a hint names what is left"
    assert resolve(wishes(scroll_up="")).first("scroll_up") == "Ctrl+P"


def test_the_technician_s_keys_win_over_the_release_s() -> None:
    release = wishes(export="f10", handover="f11, f6")
    keymap = resolve(release, wishes(branch="f10", handover="f7"))
    assert keymap.problems == ()
    assert keymap.keys("branch") == ("f10",)
    assert keymap.keys("export") == ()
    assert keymap.keys("handover") == ("f7",)
    assert keymap.keys("toggle_read_ahead") == ("f6",), "nobody wants it any more"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"exprt": "f5"}, "there is no action exprt. Did you mean export?"),
        ({"again": "f5"}, "there is no action again. Did you mean regenerate?"),
        ({"quit": "f5"}, "there is no action quit. Did you mean leave?"),
        ({"export": "f55"}, "there is no key f55."),
        ({"export": "x"}, "X is needed for typing; take it with Ctrl or Alt."),
        ({"export": "space"}, "Space is needed for typing; take it with Ctrl or Alt."),
        ({"export": "shift+a"}, "Shift+A is needed for typing; take it with Ctrl or Alt."),
        ({"export": "?"}, "? is needed for typing; take it with Ctrl or Alt."),
        ({"export": "enter"}, "Enter belongs to the input."),
        ({"export": "ctrl+c"}, "Ctrl+C belongs to the input."),
        ({"export": "ctrl+i"}, "terminals send Ctrl+I for Tab."),
        ({"export": "alt+3"}, "Alt+3 opens a source."),
        ({"send": ""}, "send needs a key."),
        ({"page_screen__close": ""}, "page_screen.close needs a key."),
    ],
)
def test_what_cannot_be_is_told_with_its_line_and_the_rest_holds(
    keys: dict[str, str], told: str
) -> None:
    keymap = resolve(wishes(branch="f10", **keys, new="f11"))
    assert keymap.problems == (f"keys.toml line 2: {told}",)
    assert keymap.for_textual() == {"branch": "f10", "new": "f11"}


def test_a_key_that_is_given_twice_is_told() -> None:
    keymap = resolve(wishes(export="f10", branch="f10, f11", page_screen__next="f10"))
    assert keymap.problems == ("keys.toml line 2: F10 is given to export already.",)
    assert keymap.keys("branch") == ("f11",), "the rest of the line holds"
    assert keymap.keys("page_screen.next") == ("f10",), "another screen"


def test_letters_are_keys_where_nothing_is_typed() -> None:
    keymap = resolve(wishes(conversations_screen__rename="t", page_screen__down="space"))
    assert keymap.problems == ()
    assert keymap.keys("page_screen.close") == ("escape", "q", "enter")


def test_enter_can_break_the_line_and_another_key_send() -> None:
    keymap = resolve(wishes(send="ctrl+j", newline="enter"))
    assert keymap.problems == ()
    assert (keymap.keys("send"), keymap.keys("newline")) == (("ctrl+j",), ("enter",))
    assert keymap.fill("{send} sends, {newline}: new line") == "Ctrl+J sends, Enter: new line"


def test_nobody_is_locked_up() -> None:
    keymap = resolve(wishes(conversations_screen__rename="escape, t"))
    assert keymap.keys("conversations_screen.close") == ("escape",)
    assert keymap.keys("conversations_screen.rename") == ("t",)
    assert keymap.problems == ("Esc stays with conversations_screen.close, which has no other.",)
    assert resolve(wishes(newline="enter")).keys("send") == ("enter",)


_KEYS = st.lists(st.sampled_from(["f1", "f5", "enter", "x", "esc", "up", "ctrl+i", "f99", ""]))


@given(st.dictionaries(st.sampled_from([*ACTION_IDS, "odd"]), _KEYS, max_size=12))
def test_whatever_is_wished_no_key_means_two_things(wanted: dict[str, list[str]]) -> None:
    keymap = resolve([Wish(key_id, ",".join(keys), "here") for key_id, keys in wanted.items()])
    for place in {key_id.partition(".")[0] if "." in key_id else "" for key_id in DEFAULTS}:
        inside = [k for k in DEFAULTS if (k.partition(".")[0] if "." in k else "") == place]
        keys = [key for key_id in inside for key in keymap.keys(key_id)]
        assert len(keys) == len(set(keys)), place
    assert keymap.keys("send")
    assert all(keymap.keys(entry.id) for entry in SCREEN_ACTIONS if entry.id.endswith(".close"))


def test_a_file_is_read_with_tables_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(
        '# mine\nexport = "f10"\nexprt = "f5"\n"new" = ["f11", "x"]\nbranch = 7\n\n'
        '[page_screen]\nnext = "l"\nodd.deep = "q"\n',
        encoding="utf-8",
    )
    keymap = load(path, {"handover": "f10", "model": "f6"})
    assert keymap.problems[:3] == (
        'keys.toml line 5: write keys in quotation marks, like "f5".',
        "keys.toml line 3: there is no action exprt. Did you mean export?",
        "keys.toml line 4: X is needed for typing; take it with Ctrl or Alt.",
    )
    (last,) = keymap.problems[3:]
    assert last.startswith("keys.toml line 9: there is no action page_screen.odd.deep.")
    assert keymap.keys("export") == ("f10",)
    assert keymap.keys("handover") == ()
    assert keymap.keys("model") == ("f6",)
    assert keymap.keys("new") == ("f11",)
    assert keymap.keys("page_screen.next") == ("l",)


@pytest.mark.parametrize("content", [b'export = "f5', b"\xff\xfe", b"[" * 5000, b"#" * 70_000])
def test_a_file_that_is_none_changes_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.toml"
    path.write_bytes(content)
    keymap = load(path, {})
    (problem,) = keymap.problems
    assert problem.startswith("keys.toml: ")
    assert clean_line(problem) == problem
    assert keymap.for_textual() == {}


def test_a_file_that_is_not_there_wishes_for_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "keys.toml", {}).problems == ()
    assert load(None, {"export": "x"}).problems[0].startswith("the release's keys: X is needed")


def test_the_template_changes_nothing_until_a_line_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys.toml"
    assert write_template(path)
    assert path.stat().st_mode & 0o077 == 0
    assert load(path, {}).for_textual() == {}
    path.write_text("mine = 1\n")
    assert not write_template(path)
    assert path.read_text() == "mine = 1\n"
    lines = [line[2:] if ' = "' in line else line for line in template().splitlines()]
    (tmp_path / "all.toml").write_text("\n".join(lines))
    assert len(tomllib.loads("\n".join(lines))) > len(SCREENS)
    assert load(tmp_path / "all.toml", {}).for_textual() == {}, "every line is its default"
    assert load(tmp_path / "all.toml", {}).problems == ()


def test_a_profile_gives_keys_and_all_that_is_wrong_is_told() -> None:
    section = AssistantSection.model_validate(
        {"name": "N", "keys": {"export": "F10", "page_screen": {"next": "l"}}}
    )
    assert section.keys == {"export": "F10", "page_screen.next": "l"}
    assert problems_of({"exprt": "f5", "new": "f99, f2"}) == [
        "there is no action 'exprt'; did you mean 'export'?",
        "new: there is no key 'f99'",
    ]
    with pytest.raises(ValueError, match=r"did you mean 'export'\?; new: there is no key 'f99'"):
        AssistantSection.model_validate({"name": "N", "keys": {"exprt": "f5", "new": "f99"}})


def test_lists_of_keys() -> None:
    assert split("f5, ctrl+g ,") == ["f5", "ctrl+g"]
    assert (split(""), split(",")) == ([], [","])
    assert Keymap().shown("edit") == "F4, Ctrl+T"
