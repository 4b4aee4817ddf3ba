"""Flagged answers on the laptop: what is kept, how it is sealed, handed over and forgotten."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from pyrage import decrypt, x25519

from fieldkit.chat import feedback_box, outfile
from fieldkit.chat.feedback_box import CollectsNone, Counts, FeedbackBox, NotKept
from fieldkit.chat.flagging import origin_of, read_what, shown, told, usual_kind
from fieldkit.chat.outfile import AlreadyThere
from fieldkit.chat.reports import Reports, read_order
from fieldkit.core.citation import REFUSAL
from fieldkit.core.feedback import COMMENT_LENGTH, KINDS
from fieldkit.errors import DiskFull, UsageProblem
from tests.fakes import ASSISTANT, CLAMPS, TORQUE
from tests.feedback import NOW, ORIGIN, Desk, drafted, turn


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "data" / "feedback")


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def opened(desk: Desk, path: Path) -> list[dict[str, object]]:
    """The records in a file, as the documentation tells a script to read it."""
    blocks = re.findall(r"-----BEGIN.*?-----END[^\n]*\n", path.read_text(), re.DOTALL)
    return [json.loads(decrypt(block.encode(), [desk.identity])) for block in blocks]


def test_the_record_is_the_contract() -> None:
    data = json.loads(drafted().record("wrong_fact", " it is 320 ").to_json())
    assert data.pop("id") != drafted().id
    assert data == {
        "fieldkit_feedback": 1,
        "created": "2026-03-01T08:30:15Z",
        "kind": "wrong_fact",
        "comment": "it is 320",
        "question": "Question 1?",
        "answer": "The studs need 330 Nm [1].",
        "refused": False,
        "finish": "stop",
        "passages": [
            {
                "document": "PX-204",
                "title": "PX-204 mud pump, field manual",
                "revision": "C",
                "page": 7,
                "pdf_page": 7,
                "heading": passage.heading,
                "text": passage.text,
                "sha256": hashlib.sha256(passage.text.encode()).hexdigest(),
                "cited": passage is TORQUE,
                "own": False,
                "recognised": False,
            }
            for passage in (TORQUE, CLAMPS)
        ],
        "stats": {
            "ttft_s": 0.42,
            "prefill_tokens": 300,
            "reused_tokens": 40,
            "prefill_tps": 710.0,
            "decode_tps": 38.5,
            "completion_tokens": 10,
            "context_used": 310,
            "drafted_tokens": 0,
            "accepted_tokens": 0,
        },
        "origin": {
            "assistant": "Northern Ridge field assistant",
            "model": "Ridge-Phi-5M",
            "quantization": "Q4_K_M",
            "fieldkit": "0.1",
            "release": "ab" * 32,
            "version": "1.2.0",
        },
        "conversation": [],
    }


def test_the_rest_of_the_conversation_only_if_told() -> None:
    record = drafted().record("other")
    assert "Question 99?" not in record.to_json()
    with_it = drafted().record("other", conversation=True)
    assert [exchange.question for exchange in with_it.conversation] == ["Question 99?"]


def test_all_that_is_kept_is_shown_and_nothing_obeys(desk: Desk) -> None:
    hostile = "\x1b]52;c;aGk=\x07\x9b2J\u202e"
    draft = drafted(question=f"Why {hostile}?", answer=f"Because {hostile} [1].")
    record = draft.record("dangerous", f"look {hostile}", conversation=True)
    text = shown(record)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    for leaf in leaves(json.loads(record.to_json())):
        if leaf in ("dangerous", True, False, 1):
            continue  # in words, and the number of the format
        plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u202e]", "", str(leaf))
        assert plain in text, leaf


def test_no_name_of_a_person_or_machine_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME", "COMPUTERNAME"):
        monkeypatch.setenv(name, "zzsomebodyzz")
    assert "zzsomebodyzz" not in drafted().record("other", conversation=True).to_json()
    assert os.uname().nodename not in drafted().record("other").to_json()


def test_what_is_typed_after_the_command() -> None:
    assert read_what("page it is on 12") == ("wrong_page", "it is on 12")
    assert read_what("FACT: 320 Nm") == ("wrong_fact", "320 Nm")
    assert read_what("dangerous") == ("dangerous", "")
    assert read_what("unanswered") == ("should_have_answered", "")
    assert read_what("the page is old") == ("", "the page is old")
    assert read_what("") == ("", "")
    assert usual_kind(turn()) == "wrong_page"
    assert usual_kind(turn(answer=REFUSAL)) == "should_have_answered"
    assert usual_kind(turn(answer="", finish="search")) == "should_have_answered"


def test_the_origin_names_the_release(tmp_path: Path) -> None:
    outside = origin_of(ASSISTANT, None)
    assert (outside.release, outside.version) == ("", "")
    assert origin_of(ASSISTANT, tmp_path).release == ""
    (tmp_path / "release.json").write_text('{"version": "2.0.1"}')
    inside = origin_of(ASSISTANT, tmp_path)
    assert inside.version == "2.0.1"
    assert len(inside.release) == 64
    (tmp_path / "release.json").write_text("[" * 100_000)
    assert origin_of(ASSISTANT, tmp_path) == outside


def test_a_report_waits_sealed_for_its_user_only(desk: Desk, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        desk.box.put(drafted().record("other", "secret comment"))
    finally:
        os.umask(before)
    folder = tmp_path / "data" / "feedback"
    (path,) = folder.iterdir()
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
        assert path.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in path.read_bytes()
    assert desk.box.counts() == Counts(waiting=1, handed=0)
    (record,) = opened(desk, path)
    assert record["comment"] == "secret comment"


def test_a_release_without_recipients_collects_none(tmp_path: Path) -> None:
    box = FeedbackBox(tmp_path / "feedback")
    reports = Reports(box, lambda: ORIGIN, tmp_path)
    assert not box.collects
    with pytest.raises(CollectsNone):
        box.put(drafted().record("other"))
    with pytest.raises(CollectsNone):
        reports.draft(turn(), [turn()])
    with pytest.raises(CollectsNone, match="collects no feedback"):
        reports.waiting()
    with pytest.raises(CollectsNone):  # no advice to flag an answer first
        reports.export("")
    assert not (tmp_path / "feedback").exists()


def test_a_recipient_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="cannot be encrypted"):
        FeedbackBox(tmp_path / "feedback", ["age1nobody"]).put(drafted().record("other"))


def test_too_much_for_one_report(desk: Desk) -> None:
    with pytest.raises(UsageProblem, match="too much"):
        desk.box.put(drafted(answer="a" * (1 << 20)).record("other"))
    assert len(drafted().record("other", "c" * 5000).comment) == COMMENT_LENGTH


def test_lone_surrogates_from_an_odd_terminal_are_kept(desk: Desk, tmp_path: Path) -> None:
    desk.box.put(drafted(question="a\udc80b", passages=()).record("other"))
    assert desk.box.export(tmp_path / "out.age") == 1
    assert opened(desk, tmp_path / "out.age")[0]["question"] == "a?b"


def test_one_file_for_the_stick_and_then_they_are_handed_over(desk: Desk, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        desk.box.put(drafted(number).record("other"))
    stick = tmp_path / "stick" / "out.age"
    assert desk.box.export(stick) == 3
    assert desk.box.counts() == Counts(waiting=0, handed=3)
    assert [record["question"] for record in opened(desk, stick)] == [
        "Question 1?", "Question 2?", "Question 3?",
    ]  # fmt: skip
    with pytest.raises(UsageProblem, match="no report waits"):
        desk.box.export(tmp_path / "second.age")
    desk.box.put(drafted(4).record("other"))
    assert desk.box.export(tmp_path / "second.age") == 1
    with pytest.raises(AlreadyThere):
        desk.box.export(stick, again=True)
    assert desk.box.export(stick, again=True, replace=True) == 4
    assert len(opened(desk, stick)) == 4
    assert desk.box.forget_handed() == 4
    assert desk.box.counts() == Counts(waiting=0, handed=0)
    assert desk.box.forget_handed() == 0


def test_a_full_stick_leaves_them_waiting(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.box.put(drafted().record("other"))

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outfile.os, "fsync", full)
    with pytest.raises(DiskFull):
        desk.box.export(tmp_path / "out.age")
    with pytest.raises(DiskFull, match="the report was not kept: the disk is full"):
        desk.box.put(drafted(2).record("other"))
    monkeypatch.undo()
    assert desk.box.counts() == Counts(waiting=1, handed=0)
    assert not (tmp_path / "out.age").exists()
    assert [path.name[0] for path in (tmp_path / "data" / "feedback").iterdir()] != ["."]


def test_a_process_that_is_killed_on_the_way_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    """Between the file for the stick and the marks: they go out once more."""
    for number in (1, 2):
        desk.box.put(drafted(number).record("other"))
    desk.box.export(tmp_path / "out.age")
    first, second = sorted((tmp_path / "data" / "feedback").iterdir())
    first.rename(first.with_name(first.name.replace(".handed", "")))
    assert desk.box.counts() == Counts(waiting=1, handed=1)
    assert desk.box.export(tmp_path / "again.age") == 1
    ids = {
        record["id"]
        for name in ("out.age", "again.age")
        for record in opened(desk, tmp_path / name)
    }
    assert len(ids) == 2
    assert second.exists()


def test_what_a_killed_process_left_is_swept_and_never_exported(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "feedback"
    folder.mkdir(parents=True)
    old, new = folder / ".part-old", folder / ".part-new"
    for path in (old, new):
        path.write_text("half")
    os.utime(old, (0, 0))
    (folder / f"{'a' * 32}.age").write_text("-----BEGIN AGE ENCRYPTED FILE-----\nhalf")
    (folder / f"{'b' * 32}.age").write_bytes(b"\xff" * 100)
    (folder / "notes.txt").write_text("not ours")
    desk.box.put(drafted().record("other"))
    assert not old.exists()
    assert new.exists(), "another window may be writing it"
    assert desk.box.export(tmp_path / "out.age") == 1
    assert len(opened(desk, tmp_path / "out.age")) == 1


def test_two_windows_at_once(desk: Desk, tmp_path: Path) -> None:
    boxes = [FeedbackBox(tmp_path / "data" / "feedback", [desk.recipient]) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda b=box: [b.put(drafted(n).record("other")) for n in range(5)])
        for box in boxes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.box.export(tmp_path / "out.age") == 20
    assert len({record["id"] for record in opened(desk, tmp_path / "out.age")}) == 20


def test_several_recipients_can_each_read_it(tmp_path: Path) -> None:
    keys = [x25519.Identity.generate() for _ in range(2)]
    box = FeedbackBox(tmp_path / "f", [str(key.to_public()) for key in keys])
    box.put(drafted().record("other"))
    (path,) = (tmp_path / "f").iterdir()
    for key in keys:
        assert b"Question 1?" in decrypt(path.read_bytes(), [key])


@pytest.mark.skipif(shutil.which("age") is None, reason="needs the age program")
def test_stock_age_reads_a_record(desk: Desk, tmp_path: Path) -> None:
    desk.box.put(drafted().record("other"))
    desk.box.export(tmp_path / "one.age")
    (tmp_path / "key.txt").write_text(f"{desk.identity}\n")
    found = subprocess.run(
        ["age", "--decrypt", "--identity", tmp_path / "key.txt", tmp_path / "one.age"],
        capture_output=True,
        check=True,
    )
    assert json.loads(found.stdout)["question"] == "Question 1?"


def test_what_is_told_and_typed(desk: Desk, tmp_path: Path) -> None:
    reports = Reports(desk.box, lambda: ORIGIN, tmp_path, clock=lambda: NOW)
    assert reports.waiting() == "0 reports wait for IT."
    record = reports.draft(turn(), [turn()]).record(KINDS[0])
    assert reports.keep(record) == "Kept, encrypted for IT. 1 report waits for IT."
    assert reports.waiting().endswith("/feedback export writes one file for the stick.")
    path = reports.export()
    assert path.parent == tmp_path
    assert re.fullmatch(r"Feedback 2026-03-01 \d{4}\.age", path.name)
    assert told(reports.counts()) == "0 reports wait for IT. 1 was handed over and is kept."
    assert reports.forget_handed() == "1 report deleted."
    assert read_order("") == ("", "")
    assert read_order(" EXPORT  my file ") == ("export", "my file")
    assert read_order("again") == ("again", "")
    for wrong in ("exprot", "delete everything"):
        with pytest.raises(UsageProblem, match="no such thing"):
            read_order(wrong)


def test_nothing_that_ships_reads_a_report() -> None:
    """The laptop seals; only the packager opens."""
    package = Path(feedback_box.__file__).parents[1]
    importing = {
        path.relative_to(package).as_posix(): re.findall(
            r"from pyrage import ([^\n]+)|(import pyrage)", path.read_text(encoding="utf-8")
        )
        for path in package.rglob("*.py")
        if "pyrage" in path.read_text(encoding="utf-8")
    }
    ships = {name: found for name, found in importing.items() if not name.startswith("packager/")}
    assert set(ships) == {"chat/feedback_box.py", "core/profile.py"}
    assert not [found for found in ships.values() if "decrypt" in str(found).lower()]
