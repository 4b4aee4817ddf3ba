"""The assistant of a release: damage is told as damage, with what a technician can do."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import assistant, tuning
from fieldkit.console import Console
from fieldkit.core.battery import Battery
from fieldkit.core.settings import Settings
from fieldkit.errors import ExitCode, IntegrityProblem, InvalidInput
from fieldkit.machine.power import Power
from tests.fakes import ASSISTANT


def test_a_model_that_is_not_valid_in_a_release_is_damage() -> None:
    with pytest.raises(IntegrityProblem, match="truncated") as caught, assistant.damage_told():
        raise InvalidInput("model.gguf: truncated", hint="Fetch it again.")
    assert caught.value.exit_code == ExitCode.INTEGRITY
    assert "fieldkit verify" in caught.value.hint


def test_it_tunes_while_idle_unless_the_profile_says_no(tmp_path: Path) -> None:
    def tuner(tune: bool) -> object:
        text = replace(ASSISTANT, tune=tune).to_json()
        (tmp_path / assistant.ASSISTANT).write_text(text, encoding="utf-8")
        return assistant.context(tmp_path, Console()).tuner

    assert tuner(tune=True) is not None
    assert tuner(tune=False) is None


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIELDKIT_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / assistant.ASSISTANT).write_text(ASSISTANT.to_json())
    return tmp_path


def powered(**facts: object) -> Power:
    usual = {"on_mains": False, "battery_percent": 63.0, "saver": False, "energy_counter": None}
    return Power(**{**usual, **facts})  # type: ignore[arg-type]  # test convenience


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        (powered(on_mains=True), True),
        (powered(), True),
        (powered(on_mains=None, battery_percent=None), True),
        (powered(saver=True), False),
    ],
)
def test_reading_ahead_is_off_while_the_battery_is_saved(
    release: Path, monkeypatch: pytest.MonkeyPatch, facts: Power, may: bool
) -> None:
    monkeypatch.setattr(assistant, "_power", lambda: facts)
    context = assistant.context(release, Console())
    assert context.read_ahead() is may
    assert context.background.read_ahead() is may


def test_the_battery_is_read_once_in_a_while_whoever_asks(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Power] = []
    facts = powered(battery_percent=18.0, saver=True)
    monkeypatch.setattr(assistant, "_power", lambda: read.append(facts) or facts)
    context = assistant.context(release, Console())
    assert context.battery is not None
    assert context.battery() == Battery(percent=18.0, on_mains=False, saver=True)
    assert not context.read_ahead()
    assert len(read) == 1
    monkeypatch.setattr(assistant, "_power", lambda: powered(battery_percent=None, on_mains=None))
    other = assistant.context(release, Console())
    assert other.battery is not None
    assert other.battery() is None, "a machine without a battery"


def test_what_the_chat_keeps_is_below_the_user_s_data(release: Path) -> None:
    context = assistant.context(release, Console())
    data = release / "data"
    assert context.history_path.is_relative_to(data)
    assert context.background.preferences is not None
    assert context.background.preferences.is_relative_to(data)
    assert not data.exists(), "nothing is written before there is something to keep"


@pytest.mark.parametrize(("off", "started"), [("0", 1), ("1", 0)])
def test_it_tunes_while_idle_unless_the_environment_says_no(
    release: Path, monkeypatch: pytest.MonkeyPatch, off: str, started: int
) -> None:
    found: list[int] = []
    monkeypatch.setattr(tuning, "_pending", lambda _model, context, _kept: found.append(context))
    monkeypatch.setenv("FIELDKIT_NO_TUNE", off)
    tuner = assistant.context(release, Console()).tuner
    assert tuner is not None
    tuner.stop()
    for _ in range(2):
        tuner.start(lambda _text: None)
        for thread in threading.enumerate():
            if thread.name == "tuner":
                thread.join(30)
        tuner.stop()
    assert found == [ASSISTANT.context] * started


def test_the_engine_runs_with_what_was_tuned(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(decode_threads=3, prefill_threads=5)
    monkeypatch.setattr(tuning, "settings_for", lambda _model, context, kept: settings)
    kept = release / "data"
    assert assistant._tuned(release / "m.gguf", 512, kept) is None, "nothing was ever tuned"
    (release / "data").mkdir()
    (release / "data" / tuning.STORE).write_text("{}")
    assert assistant._tuned(release / "m.gguf", 512, kept) is settings


def test_opening_the_assistant_does_not_import_what_tunes(release: Path) -> None:
    show = (
        "import sys; from pathlib import Path; from fieldkit import assistant;"
        "from fieldkit.console import Console;"
        "assistant.context(Path(sys.argv[1]), Console()).engine_factory();"
        "print([n for n in sys.modules if n.startswith(('fieldkit.probe', 'fieldkit.tuning'))])"
    )
    command = [sys.executable, "-c", show, str(release)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
