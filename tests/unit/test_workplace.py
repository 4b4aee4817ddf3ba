"""Folders to work in: gone afterwards, and those of ended processes gone with the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.packager.workplace import workplace


def test_it_is_gone_afterwards_whatever_happened(tmp_path: Path) -> None:
    with workplace(tmp_path / "new") as folder:
        (folder / "file").write_text("x")
    assert not list((tmp_path / "new").iterdir())

    def interrupted() -> None:
        with workplace(tmp_path) as folder:
            (folder / "file").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, pathlib\n"
        "from fieldkit.packager.workplace import workplace\n"
        "with workplace(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'weights').write_text('many')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert result.returncode == -9
    assert [path.name for path in tmp_path.glob(".working-*/*")] == ["weights"]
    with workplace(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_those_of_others_that_run_stay(tmp_path: Path) -> None:
    (tmp_path / ".working-on-something").mkdir()
    with workplace(tmp_path) as first, workplace(tmp_path) as second:
        assert first.is_dir()
        assert first != second
    assert [path.name for path in tmp_path.iterdir()] == [".working-on-something"]
