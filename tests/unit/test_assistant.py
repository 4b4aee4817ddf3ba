"""The assistant of a release: damage is told as damage, with what a technician can do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import assistant
from fieldkit.console import Console
from fieldkit.errors import ExitCode, IntegrityProblem, InvalidInput
from tests.fakes import ASSISTANT
from tests.fakes import ASSISTANT


def test_a_model_that_is_not_valid_in_a_release_is_damage() -> None:
    with pytest.raises(IntegrityProblem, match="truncated") as caught, assistant.damage_told():
        raise InvalidInput("model.gguf: truncated", hint="Fetch it again.")
    assert caught.value.exit_code == ExitCode.INTEGRITY
    assert "fieldkit verify" in caught.value.hint


def test_it_tunes_while_idle_unless_the_profile_or_the_environment_say_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tuner(tune: bool) -> object:
        text = replace(ASSISTANT, tune=tune).to_json()
        (tmp_path / assistant.ASSISTANT).write_text(text, encoding="utf-8")
        return assistant.context(tmp_path, Console()).tuner

    assert tuner(tune=True) is None  # FIELDKIT_NO_TUNE is set in tests
    monkeypatch.delenv("FIELDKIT_NO_TUNE")
    assert tuner(tune=True) is not None
    assert tuner(tune=False) is None


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / assistant.ASSISTANT).write_text(ASSISTANT.to_json())
    return tmp_path


@pytest.mark.parametrize(
    ("state", "may"), [("mains", True), ("battery", True), ("unknown", True), ("saver", False)]
)
def test_reading_ahead_is_off_while_the_battery_is_saved(
    release: Path, monkeypatch: pytest.MonkeyPatch, state: str, may: bool
) -> None:
    context = assistant.context(release, Console())
    monkeypatch.setattr(assistant, "power_state", lambda: state)
    assert context.read_ahead() is may
    assert context.background.read_ahead() is may


def test_what_the_chat_keeps_is_below_the_user_s_data(release: Path) -> None:
    context = assistant.context(release, Console())
    data = release / "data"
    assert context.history_path.is_relative_to(data)
    assert context.background.preferences is not None
    assert context.background.preferences.is_relative_to(data)
    assert not data.exists(), "nothing is written before there is something to keep"


def test_the_background_tunes_unless_it_is_turned_off(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert assistant.context(release, Console()).tuner is not None
    monkeypatch.setenv("FIELDKIT_NO_TUNE", "1")
    assert assistant.context(release, Console()).tuner is None
