"""The one door to stdout and stderr."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.console import Console

ROOT = Path(__file__).resolve().parents[2]


def test_data_and_narration_go_separate_ways() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(stdout=out, stderr=err)
    console.out("data")
    console.err("narration")
    console.out_json({"name": "Größe", "b": 1})
    assert out.getvalue().startswith("data\n")
    assert json.loads(out.getvalue().removeprefix("data\n")) == {"name": "Größe", "b": 1}
    assert "Größe" in out.getvalue()
    assert err.getvalue() == "narration\n"
    assert not console.is_terminal


def test_what_the_encoding_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    console = Console(stdout=io.TextIOWrapper(raw, encoding="ascii"))
    console.out("320 Nm \u2192 ok")
    assert raw.getvalue() == f"320 Nm ? ok{os.linesep}".encode()


def test_follows_the_streams_of_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.out("data")
    console.err("narration")
    assert capsys.readouterr() == ("data\n", "narration\n")


@pytest.mark.skipif(os.name != "posix", reason="POSIX pipes")
def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    program = (
        "from fieldkit.console import console, out, shutdown\n"
        "while not console().broken:\n"
        "    out('line ' * 1000)\n"
        "shutdown()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(30) == 0
