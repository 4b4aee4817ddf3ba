"""``fieldkit feedback`` on the laptop, without the chat; and who of several people is meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import assistant, product_data
from fieldkit.chat.feedback_box import FeedbackBox
from fieldkit.chat.outfile import AlreadyThere
from fieldkit.chat.people import People
from fieldkit.cli import main_inner
from fieldkit.console import Console
from fieldkit.errors import ExitCode, UsageProblem
from tests.fakes import ASSISTANT
from tests.feedback import Desk, drafted


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FeedbackBox:
    """The box of a release that collects, in its account's data folder."""
    monkeypatch.setenv("FIELDKIT_RELEASE", str(tmp_path))
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "data"))
    desk = Desk(product_data.folder_of(ASSISTANT) / "feedback")
    settings = replace(ASSISTANT, feedback_recipients=(desk.recipient,))
    (tmp_path / "assistant.json").write_text(settings.to_json())
    return desk.box


def test_reports_are_counted_exported_and_deleted(
    box: FeedbackBox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_inner(["feedback"]) == ExitCode.OK
    assert capsys.readouterr().out == "0 reports wait for IT.\n"
    box.put(drafted(1).record("other"))
    box.put(drafted(2).record("other"))
    target = tmp_path / "stick" / "out.age"
    assert main_inner(["feedback", "export", str(target)]) == ExitCode.OK
    assert capsys.readouterr().out == f"{target}\n"
    assert target.read_text().count("BEGIN AGE") == 2
    with pytest.raises(UsageProblem, match="no report waits"):
        main_inner(["feedback", "export", str(target)])
    with pytest.raises(AlreadyThere):
        main_inner(["feedback", "export", "--again", str(target)])
    assert main_inner(["feedback", "export", "--again", "--replace", str(target)]) == ExitCode.OK
    capsys.readouterr()
    assert main_inner(["feedback", "delete"]) == ExitCode.OK
    assert capsys.readouterr().err == "2 reports deleted.\n"
    assert box.counts().handed == 0


def test_the_context_is_whose_name_is_given(box: FeedbackBox, tmp_path: Path) -> None:
    people = People(product_data.folder_of(ASSISTANT))
    people.rename(people.first, "Anna")
    ben = people.add("Ben")
    box.put(drafted().record("other"))
    context = assistant.context(tmp_path, Console(), person="BEN")
    assert context.data_dir == ben.home
    assert context.own_documents.parent == context.history_path.parent.parent == ben.home
    assert context.reports.counts().waiting == 1, "reports are the account's"
    assert not context.seated.ask
    assert assistant.context(tmp_path, Console()).data_dir == people.root
    with pytest.raises(UsageProblem, match="nobody called Carl"):
        main_inner(["ask", "--as", "Carl", "What torque?"])


def test_a_profile_may_leave_the_question_out(box: FeedbackBox, tmp_path: Path) -> None:
    people = People(product_data.folder_of(ASSISTANT))
    people.rename(people.first, "Anna")
    people.remember(people.add("Ben"))
    assert assistant.context(tmp_path, Console()).seated.ask
    quiet = replace(ASSISTANT, ask_who=False)
    (tmp_path / "assistant.json").write_text(quiet.to_json())
    seat = assistant.context(tmp_path, Console()).seated
    assert (seat.ask, seat.person.name) == (False, "Ben")
