"""``fieldkit check``: what it prints for answers in a file, and what it says of broken lines."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldkit import check_command, cli, commands
from fieldkit.errors import ExitCode, UsageProblem

TEXT = "The torque of the piston nut is 1150 Nm. Wear gloves."
GIVEN: dict[str, Any] = {
    "id": "a1",
    "question": "How tight is the piston nut?",
    "passages": [{"document": "PX-204", "page": 7, "heading": "Piston", "text": TEXT}],
    "answer": "Tighten the piston nut to 1150 Nm [1].",
}
WRONG = {**GIVEN, "id": "a2", "answer": "Tighten the piston nut to 1250 Nm [1]."}

Check = Callable[..., tuple[int, list[dict[str, Any]], str]]


def line(**changes: object) -> bytes:
    return json.dumps({**GIVEN, **changes}).encode() + b"\n"


def without(key: str) -> bytes:
    return json.dumps({name: each for name, each in GIVEN.items() if name != key}).encode()


def passage(**changes: object) -> list[dict[str, object]]:
    return [{**GIVEN["passages"][0], **changes}]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Check a file of these lines; the exit code, what each printed line holds, and stderr."""

    def call(*lines: bytes) -> tuple[int, list[dict[str, Any]], str]:
        path = tmp_path / "answers.jsonl"
        path.write_bytes(b"".join(lines))
        code = cli.main(["check", str(path)])
        out, err = capsys.readouterr()
        return code, [json.loads(each) for each in out.splitlines()], err

    return call


def test_each_answer_is_one_line_with_its_id_in_order(check: Check) -> None:
    code, printed, err = check(line(), line(**WRONG))
    assert code == ExitCode.OK
    assert [(each["id"], each["flagged"]) for each in printed] == [("a1", False), ("a2", True)]
    assert list(printed[0]) == ["id", "flagged", "claims"]
    assert err == "2 answers checked, 1 flagged.\n"


def test_a_claim_is_reported_as_ask_reports_it(check: Check) -> None:
    _, printed, _ = check(line(**WRONG))
    (claim,) = printed[0]["claims"]
    assert set(claim) >= {"text", "passage", "supported", "reason"}
    assert not claim["supported"]
    assert "1250" in claim["reason"]


def test_one_answer_is_not_counted_as_several(check: Check) -> None:
    assert check(line())[2] == "1 answer checked, 0 flagged.\n"


def test_stdin_is_read_for_a_hyphen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line() + b"[]")))
    assert cli.main(["check", "-"]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert json.loads(out)["id"] == "a1"
    assert "stdin, line 2: it is JSON, but no object" in err


def test_no_release_is_needed(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    def none() -> Path:
        raise UsageProblem("no release")

    monkeypatch.setattr(commands, "_release_dir", none)
    assert check(line())[0] == ExitCode.OK


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"{", "it is not JSON"),
        (b"\xff\xfe\n", "it is not UTF-8 text"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"id": ' + b"9" * 5000 + b"}", "a number that is too long"),
        (b"7", "it is JSON, but no object"),
        (without("id"), "id must be a text or a whole number"),
        (line(id=True), "id must be a text or a whole number"),
        (without("answer"), "answer must be a text"),
        (line(question=None), "question must be a text"),
        (line(passages={}), "passages must be a list"),
        (line(passages=[GIVEN["passages"][0], "x"]), "passage 2 must be an object"),
        (line(passages=passage(text=1)), "text of passage 1 must be a text"),
        (line(passages=passage(document=None)), "document of passage 1 must be a text"),
        (line(passages=passage(page=-1)), "page of passage 1 must be a number from 0"),
        (line(passages=passage(page=1.5)), "page of passage 1 must be a number from 0"),
    ],
)
def test_a_broken_line_is_named_and_the_lines_before_it_are_printed(
    broken: bytes, said: str, check: Check
) -> None:
    code, printed, err = check(line(), b"\n", broken, b"\n", line())
    assert code == ExitCode.USAGE
    assert [each["id"] for each in printed] == ["a1"]
    assert "answers.jsonl, line 3: " in err
    assert said in err
    assert "id, question, passages and answer" in err


def test_a_line_that_is_too_long_is_not_read_whole(
    monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    monkeypatch.setattr(check_command, "LINE_BYTES", 1024 * 1024)
    code, printed, err = check(line(), line(answer="x" * 2_000_000))
    assert (code, len(printed)) == (ExitCode.USAGE, 1)
    assert "line 2: it is longer than 1 MiB" in err


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_has_no_answers(content: bytes, check: Check) -> None:
    assert check(content) == (ExitCode.OK, [], "0 answers checked, 0 flagged.\n")


def test_a_file_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        assert cli.main(["check", str(path)]) == ExitCode.USAGE
        out, err = capsys.readouterr()
        assert out == ""
        assert f"{path}: cannot be read: " in err


@pytest.mark.parametrize(
    "given",
    [
        line(note="ignored", label="true"),
        line(passages=passage(page="2-3")),
        line(passages=passage(page=None)),
        line(passages=[{"document": "PX-204", "text": TEXT}]),
        line(passages=[]),
        line(answer=""),
        line(question=""),
        b"\xef\xbb\xbf" + line(),
        line().replace(b"\n", b"\r\n"),
        line().rstrip(),
    ],
)
def test_what_other_programs_write_is_accepted(given: bytes, check: Check) -> None:
    code, printed, _ = check(given)
    assert (code, len(printed)) == (ExitCode.OK, 1)


def test_odd_text_is_printed_as_one_line_of_json(check: Check) -> None:
    odd = "a\u2028b\x1b[31m \ud800 \u202e"
    code, printed, _ = check(line(id=odd, answer=f"Tighten it to 1250 Nm {odd}."))
    assert code == ExitCode.OK
    assert printed[0]["id"] == odd
    assert printed[0]["flagged"]
