"""The command line: verbs, exit codes, and how failures are told."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from fieldkit import __version__, cli, commands, errors
from fieldkit.errors import ExitCode, FieldkitError, InvalidInput

VERBS = {
    "ask", "build", "candidates", "chat", "check", "convert", "documents", "engine", "evaluate",
    "export", "feedback", "index", "install", "licence", "measure", "new", "page", "probe",
    "pull", "quantize", "search", "serve", "status", "uninstall", "verify",
}  # fmt: skip

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; its exit code, stdout and stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        status = cli.main([str(word) for word in words])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[BaseException], None]:
    """Make ``fieldkit chat`` fail, and keep its log in a folder of the test's own."""
    monkeypatch.setattr(
        platformdirs, "user_log_path", lambda *_words, **_named: tmp_path, raising=True
    )

    def fail_with(error: BaseException) -> None:
        def handler(_options: argparse.Namespace) -> int:
            raise error

        monkeypatch.setattr(commands, "chat", handler)

    return fail_with


def parsers() -> dict[str, argparse.ArgumentParser]:
    (verbs,) = (
        action
        for action in cli.build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(verbs.choices)


def test_the_verbs_are_those_of_the_documentation() -> None:
    hidden = {name for name, parser in parsers().items() if not parser.description}
    assert hidden == {"clipboard", "reader", "selftest", "worker"}
    assert parsers().keys() - hidden == VERBS


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help_and_says_it_in_one_sentence(verb: str, run: Run) -> None:
    status, out, err = run(verb, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: fieldkit {verb}")
    description = parsers()[verb].description
    assert description
    assert description.endswith(".")
    assert all(
        a.help is not argparse.SUPPRESS or a.dest == "debug" for a in parsers()[verb]._actions
    )


def test_the_overview_lists_each_verb_and_hides_the_internal_ones(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    listed = {line.split()[0] for line in out.splitlines() if line.startswith("    ")}
    assert listed >= VERBS
    assert not {"worker", "selftest"} & listed


def test_the_version_is_data(run: Run) -> None:
    assert run("--version") == (0, f"fieldkit {__version__}\n", "")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["build"], ["ask"], ["probe", "--model", "x", "--candidate", "y"]]
)
def test_wrong_usage_exits_with_2_and_nothing_on_stdout(words: list[str], run: Run) -> None:
    status, out, err = run(*words)
    assert (status, out) == (ExitCode.USAGE, "")
    assert "usage: fieldkit" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["search", "x", "--limit", "-1"], "--limit: '-1' is not a whole number above 0"),
        (["search", "x", "--limit", "many"], "--limit: 'many' is not a whole number above 0"),
        (["serve", "--port", "99999"], "--port: '99999' is not a port, a number from 0 to 65535"),
        (["candidates", "--ram", "0"], "--ram: '0' is not a number above 0"),
    ],
)
def test_a_wrong_number_is_told_in_words(words: list[str], said: str, run: Run) -> None:
    status, out, err = run(*words)
    assert (status, out) == (ExitCode.USAGE, "")
    assert f"argument {said}\n" in err


def test_an_unknown_profile_is_answered_with_the_nearest_name(cache: Path, run: Run) -> None:
    status, out, err = run("build", "demmo", "--until", "resolve")
    assert status == ExitCode.INVALID
    assert out == ""
    assert "no profile 'demmo'; did you mean 'demo'?" in err
    assert "phi-3-mini" in err


def test_an_unknown_step_is_answered_with_the_steps(cache: Path, run: Run) -> None:
    status, _, err = run("build", "demo", "--until", "gates")
    assert status == ExitCode.USAGE
    assert "'gates'" in err
    assert "evaluate, divergence, gate" in err


def test_outside_a_release_the_assistant_says_what_to_do(run: Run) -> None:
    status, out, err = run("ask", "Why?")
    assert (status, out) == (ExitCode.USAGE, "")
    assert "Install a release" in err


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(errors).values() if isinstance(kind, type)
     and issubclass(kind, FieldkitError)],
    ids=lambda kind: kind.__name__,
)  # fmt: skip
def test_every_failure_of_the_tree_is_told_with_its_next_step(
    kind: type[FieldkitError], run: Run, failing: Callable[[BaseException], None], tmp_path: Path
) -> None:
    failing(kind("the pump is dry", hint="Fill it."))
    status, out, err = run("chat")
    assert (status, out) == (kind.exit_code, "")
    assert err == "fieldkit: the pump is dry\n  Fill it.\n"
    assert list(tmp_path.iterdir()) == []


def test_all_problems_of_an_input_are_listed(
    run: Run, failing: Callable[[BaseException], None]
) -> None:
    failing(InvalidInput("rig.toml: two", problems=["a: is missing", "b: is not c"], hint="Look."))
    status, _, err = run()
    assert status == ExitCode.INVALID
    assert err.splitlines() == [
        "fieldkit: rig.toml: two", "  - a: is missing", "  - b: is not c", "  Look.",
    ]  # fmt: skip


def test_a_defect_leaves_a_log_to_send_and_no_traceback(
    run: Run, failing: Callable[[BaseException], None], tmp_path: Path
) -> None:
    failing(ZeroDivisionError("by zero"))
    status, out, err = run("chat")
    assert (status, out) == (ExitCode.DEFECT, "")
    assert "an error of ours: ZeroDivisionError: by zero" in err
    assert str(tmp_path / "crash.log") in err
    assert "Traceback" not in err
    log = (tmp_path / "crash.log").read_text()
    assert log.startswith(f"fieldkit {__version__}")
    assert "ZeroDivisionError: by zero" in log
    assert "Traceback" in log


def test_a_defect_is_told_even_when_its_log_cannot_be_written(
    run: Run, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_named: object) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    failing(ZeroDivisionError("by zero"))
    monkeypatch.setattr(platformdirs, "user_log_path", refuse)
    status, _, err = run("chat")
    assert status == ExitCode.DEFECT
    assert "Use --debug" in err


@pytest.mark.parametrize("words", [["--debug", "chat"], ["chat", "--debug"]])
def test_debug_shows_the_traceback(
    words: list[str], run: Run, failing: Callable[[BaseException], None]
) -> None:
    failing(InvalidInput("bad"))
    status, _, err = run(*words)
    assert status == ExitCode.INVALID
    assert err.startswith("Traceback")
    assert err.endswith("fieldkit: bad\n")


def test_ctrl_c_exits_with_130(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    status, out, err = run("chat")
    assert (status, out) == (ExitCode.INTERRUPTED, "")
    assert "run the same command to go on" in err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_defect(
    number: int, run: Run, failing: Callable[[BaseException], None], tmp_path: Path
) -> None:
    failing(OSError(number, "full", "/data/x"))
    status, _, err = run("chat")
    assert status == ExitCode.DISK_FULL
    assert "/data/x" in err
    assert list(tmp_path.iterdir()) == []


def test_the_build_tool_that_is_not_installed_is_a_usage_problem(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(commands.importlib, "import_module", missing)
    status, _, err = run("engine")
    assert status == ExitCode.USAGE
    assert "fieldkit[packager]" in err
