"""IT's side of feedback: the key, the files that come back, and what hostile ones cannot do."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from pyrage import encrypt, x25519

from fieldkit.cli import main, main_inner
from fieldkit.core.feedback import RECORD_BYTES
from fieldkit.errors import ExitCode, IntegrityProblem, InvalidInput, UsageProblem
from fieldkit.packager import feedback_file, feedback_key, feedback_questions, feedback_report
from fieldkit.packager.evaluate import read_questions
from tests.feedback import Desk, drafted


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "laptop" / "feedback")


@pytest.fixture
def key(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"# a comment\n{desk.identity}\n")
    return path


def exported(desk: Desk, path: Path, *numbers: int, again: bool = False) -> Path:
    for number in numbers:
        desk.box.put(drafted(number).record("wrong_page", f"comment {number}"))
    desk.box.export(path, again=again)
    return path


def sealed(desk: Desk, content: bytes | str | dict[str, object]) -> str:
    """What anybody can write who has a release."""
    if isinstance(content, dict):
        content = json.dumps(content)
    data = content if isinstance(content, bytes) else content.encode()
    return encrypt(data, [x25519.Recipient.from_str(desk.recipient)], armored=True).decode()


def record(**changes: object) -> dict[str, object]:
    data: dict[str, object] = json.loads(drafted().record("other").to_json())
    return {**data, **changes}


def test_a_key_is_made_once_and_for_its_user_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key.txt"
    assert main(["feedback", "keygen", "--output", str(path)]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith("age1")
    assert f'recipients = ["{out.strip()}"]' in err
    assert "AGE-SECRET-KEY" not in out + err
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    (identity,) = feedback_key.read(path)
    assert str(identity.to_public()) == out.strip()
    before = path.read_text()
    with pytest.raises(UsageProblem, match="exists already"):
        feedback_key.generate(path)
    assert path.read_text() == before


@pytest.mark.parametrize("text", ["", "age1qqq", "AGE-SECRET-KEY-1QQQ", "\x00" * 100])
def test_what_is_no_key_is_told_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.txt"
    path.write_text(text)
    with pytest.raises(InvalidInput) as raised:
        feedback_key.read(path)
    assert "QQQ" not in str(raised.value)
    with pytest.raises(InvalidInput):
        feedback_key.read(tmp_path / "none.txt")


def test_files_are_merged_and_each_record_counts_once(
    desk: Desk, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = exported(desk, tmp_path / "a.age", 1, 2)
    second = exported(desk, tmp_path / "b.age", 3, again=True)
    files = [str(first), str(second)]
    assert main_inner(["feedback", "read", *files, "--key", str(key), "--json"]) == ExitCode.OK
    report = json.loads(capsys.readouterr().out)
    assert [entry["question"] for entry in report["records"]] == [
        "Question 1?", "Question 2?", "Question 3?",
    ]  # fmt: skip
    assert (report["duplicates"], report["problems"]) == (2, [])
    assert report["counts"] == {
        "what is wrong": {"wrong_page": 3},
        "document and page": {"PX-204 rev C, p. 7": 3},
        "model and release": {"Ridge-Phi-5M Q4_K_M, 1.2.0 abababababab": 3},
    }
    assert main_inner(["feedback", "read", *files, "--key", str(key)]) == ExitCode.OK
    table = capsys.readouterr().out
    assert "3 records; 2 came again and are left out." in table
    assert "     3  PX-204 rev C, p. 7\n" in table
    assert "  Comment: comment 2\n  Question: Question 2?\n  Answer (stop): The studs" in table
    assert "  [1] PX-204 rev C, p. 7, Torque table, cited\n" in table


def test_another_key_a_damaged_and_a_cut_off_file(
    desk: Desk, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = exported(desk, tmp_path / "a.age", 1, 2, 3)
    other = tmp_path / "other.txt"
    feedback_key.generate(other)
    with pytest.raises(IntegrityProblem, match="encrypted to another key") as raised:
        main_inner(["feedback", "read", str(path), "--key", str(other)])
    assert "3 could not be read, 0 could" in str(raised.value)
    assert capsys.readouterr().out == ""
    text = path.read_text()
    blocks = [f"-----BEGIN{rest}" for rest in text.split("-----BEGIN")[1:]]
    lines = blocks[1].splitlines(keepends=True)
    lines[6] = f"{lines[6][1:-1]}A\n"  # moved by one character
    path.write_text(blocks[0] + "".join(lines) + blocks[2][:-100])
    with pytest.raises(IntegrityProblem) as raised:
        main_inner(["feedback", "read", str(path), "--key", str(key), "--json"])
    assert "2 could not be read, 1 could" in str(raised.value)
    assert f"{path}, record 2: it is damaged" in str(raised.value)
    assert f"{path}, record 3: it is cut off: the stick" in str(raised.value)
    (found,) = json.loads(capsys.readouterr().out)["records"]
    assert found["question"] == "Question 1?"


def test_a_mail_program_s_line_ends_and_text_around_it(
    desk: Desk, key: Path, tmp_path: Path
) -> None:
    path = exported(desk, tmp_path / "a.age", 1, 2)
    text = path.read_text().replace("\n", "\r\n")
    path.write_bytes(f"Hello,\r\nas you asked:\r\n\r\n{text}\r\n".encode())
    read = feedback_file.read([path], feedback_key.read(key))
    assert len(read.records) == 2
    assert read.problems == (f"{path}, record 1: there is something else before it",)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it holds no record"),
        (b"\xff\xfe", "it holds no record"),
        ("[" * 500_000, "it holds no record"),
        ('{"a":' * 100_000, "it holds no record"),
        ("[]", "it holds no record"),
        ('{"fieldkit_feedback": ' + "9" * 100_000 + "}", "it holds no record"),
        (b" " * (RECORD_BYTES + 1), "it is too large to be one"),
        (b" " * (2 * RECORD_BYTES), "it is too large to be one"),
        ({"fieldkit_feedback": 2}, "it has format '2', which this fieldkit does not know"),
        (record(id="../../x"), "not as a record should be: id"),
        (record(created="yesterday\x1b[2J"), "not as a record should be: created"),
        (record(kind="great"), "not as a record should be: kind"),
        (record(passages=[{"document": "x", "page": -1}]), "passages.0.page"),
        (record(passages=[{"document": "x"}] * 101), "not as a record should be: passages"),
        (record(answer=["a"]), "not as a record should be: answer"),
        (record(stats={"ttft_s": "x"}), "not as a record should be: stats"),
        (record(comment="c" * 5000), "not as a record should be: comment"),
    ],
)
def test_what_is_no_record_is_told_and_the_next_is_read(
    desk: Desk, key: Path, tmp_path: Path, content: bytes | str, problem: str
) -> None:
    path = tmp_path / "a.age"
    path.write_text(sealed(desk, content) + sealed(desk, record(question="good?")))
    read = feedback_file.read([path], feedback_key.read(key))
    assert [entry.question for entry in read.records] == ["good?"]
    (told,) = read.problems
    assert problem in told


def test_what_is_no_feedback_file(
    desk: Desk, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identities = feedback_key.read(key)
    noise, empty, sparse = tmp_path / "noise", tmp_path / "empty", tmp_path / "sparse"
    noise.write_bytes(os.urandom(100_000).replace(b"-----", b""))
    empty.touch()
    assert "holds no record" in feedback_file.read([empty], identities).problems[0]
    assert feedback_file.read([noise], identities).records == ()
    with sparse.open("wb") as file:
        file.truncate(feedback_file.MOST_BYTES + 1)
    with pytest.raises(InvalidInput, match="too large"):
        feedback_file.read([sparse], identities)
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InvalidInput, match="is no file"):
            feedback_file.read([path], identities)
    many = tmp_path / "many.age"
    many.write_text(sealed(desk, record()) * 5)
    monkeypatch.setattr(feedback_file, "MOST_RECORDS", 4)
    with pytest.raises(InvalidInput, match="more than can be read"):
        feedback_file.read([many], identities)


def test_nothing_that_came_back_obeys_in_the_terminal(
    desk: Desk, key: Path, tmp_path: Path
) -> None:
    hostile = "\x1b]52;c;aGk=\x07\x9b2J\u202e"
    origin = {"model": f"m{hostile}", "version": hostile, "release": hostile}
    passage = {"document": f"D{hostile}", "revision": hostile, "page": 3, "heading": hostile}
    path = tmp_path / "a.age"
    path.write_text(
        sealed(
            desk,
            record(
                question=f"q{hostile}",
                answer=f"a\n{hostile}",
                comment=hostile,
                finish=hostile,
                origin=origin,
                passages=[passage],
                conversation=[{"question": hostile, "answer": hostile}],
            ),
        )
    )
    read = feedback_file.read([path], feedback_key.read(key))
    text = feedback_report.format_report(read)
    assert not {char for char in text if char < " " and char != "\n"}
    assert not set("\x7f\x9b\u202e") & set(text)


def test_records_become_questions_for_the_quality_gate(
    desk: Desk, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.age"
    odd = 'What "is" C:\\new\tthis\x1b?\n[[question]]\ntext = 1'
    path.write_text(
        sealed(desk, record(question=odd, comment="line\nanother\n[[question]]"))
        + sealed(desk, record(id="1" * 32, question="Twice?"))
        + sealed(desk, record(id="2" * 32, question="Twice?", passages=[]))
        + sealed(desk, record(id="3" * 32, question=" \n"))
    )
    target = tmp_path / "questions.toml"
    arguments = ["feedback", "read", str(path), "--key", str(key), "--questions", str(target)]
    assert main_inner(arguments) == ExitCode.OK
    capsys.readouterr()
    questions = read_questions(target)
    assert [question.text for question in questions] == [
        'What "is" C:\\new this? [[question]] text = 1',
        "Twice?",
    ]
    assert (questions[0].document, questions[0].page) == ("PX-204", 7)
    assert questions[0].answer == (feedback_questions.TO_DO,)
    assert (questions[1].document, questions[1].page) == ("", 0)
    assert tomllib.loads(target.read_text())["question"][0]["heading"] == "Torque table"
    with pytest.raises(UsageProblem, match="exists already"):
        main_inner(arguments)
