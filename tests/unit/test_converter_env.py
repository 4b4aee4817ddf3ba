"""The converter's environment: made once, whole or not at all, from hashed packages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldkit.errors import DiskFull, ExitCode, FetchFailed, UsageProblem
from fieldkit.packager import converter_env
from fieldkit.packager.converter_env import converter_key, definition, ensure_converter
from fieldkit.packager.process import ProgramFailed
from fieldkit.packager.quantize import check_space
from tests.checkpoints import FAMILIES
from tests.pinned import pinned_source


class Pip:
    """Stands in for every program that making the environment runs."""

    def __init__(self, output: Sequence[str] = (), status: int = 0) -> None:
        self.output = output
        self.status = status
        self.commands: list[list[str]] = []

    def __call__(self, command, *, action, log, hint="", **_named):  # type: ignore[no-untyped-def]
        words = [str(word) for word in command]
        self.commands.append(words)
        if "venv" in words:
            (Path(words[-1]) / "bin").mkdir(parents=True)
            (Path(words[-1]) / "bin" / "python").write_text("")
        if "install" in words:
            for line in self.output:
                log(line)
            if self.status:
                text = "\n".join(self.output)
                raise ProgramFailed(f"Unable to {action}\n{text}", hint=hint, status=self.status)
        return ""


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without a converter, and the real pinned source."""
    source = pinned_source()
    monkeypatch.setenv("FIELDKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(converter_env, "ensure_source", lambda **_named: source)
    return tmp_path / "cache"


def test_it_is_made_once(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip(["Collecting numpy==2.2.6 (from -r x)", "Collecting torch==2.13.0+cpu (from -r x)"])
    monkeypatch.setattr(converter_env, "call", pip)
    told: list[tuple[int, int]] = []
    first = ensure_converter(progress=lambda *now: told.append(now))
    assert first.python.is_file()
    assert first.python.is_relative_to(empty / "converter")
    assert first.script("model").is_file()
    assert first.script("adapter").is_file()
    assert [done for done, _ in told] == [1, 2]
    assert told[0][1] > 20
    commands = len(pip.commands)
    assert ensure_converter() == first
    assert len(pip.commands) == commands == 3


def test_packages_come_by_hash_as_wheels_and_nothing_else(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = Pip()
    monkeypatch.setattr(converter_env, "call", pip)
    ensure_converter()
    (install,) = (words for words in pip.commands if "install" in words)
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(install)
    assert install[-1].endswith("build/locks/converter.txt")
    imports = pip.commands[-1][-1]
    assert "import torch" in imports
    assert "torch.version.cuda is None" in imports


def test_what_pip_lacks_is_told_without_passwords_and_leaves_nothing(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = [
        "Looking in indexes: https://user:hunter2@mirror.example/simple",
        "WARNING: something else",
        "ERROR: No matching distribution found for torch==2.13.0+cpu (https://user:hunter2@m/)",
    ]
    monkeypatch.setattr(converter_env, "call", Pip(output, status=1))
    with pytest.raises(FetchFailed) as error:
        ensure_converter()
    assert error.value.exit_code == ExitCode.FETCH
    assert "No matching distribution found for torch==2.13.0+cpu" in error.value.message
    assert "hunter2" not in error.value.message + error.value.hint
    assert "extra-index-url" in error.value.hint
    assert not list((empty / "converter").iterdir())


def test_the_python_of_the_lock_is_asked_for(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {**definition()["environment"], "python": "9.99"}
    monkeypatch.setattr(converter_env, "definition", lambda: {"environment": environment})
    with pytest.raises(UsageProblem, match=r"needs Python 9\.99"):
        ensure_converter()
    assert not (empty / "converter").exists()


def test_too_little_room_is_said_first(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip()
    monkeypatch.setattr(converter_env, "call", pip)
    monkeypatch.setattr(
        converter_env, "check_space", lambda where, _need, what: check_space(where, 1 << 60, what)
    )
    with pytest.raises(DiskFull, match="the converter's environment"):
        ensure_converter()
    assert not pip.commands


def test_another_lock_or_source_is_another_key(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {converter_key()}
    monkeypatch.setattr(converter_env, "ensure_source", lambda **_named: tmp_path / "other")
    keys.add(converter_key())
    (tmp_path / "lock.txt").write_text("numpy==1 --hash=sha256:0")
    monkeypatch.setattr(converter_env, "_lock", lambda _environment: tmp_path / "lock.txt")
    keys.add(converter_key())
    assert len(keys) == 3


def test_the_families_are_those_of_the_tests() -> None:
    known = {family.architecture: family.gguf for family in FAMILIES.values()}
    assert definition()["families"] == known
