"""The wall: what importing each module brings along, in a process that imports nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import fieldkit
from fieldkit.resources import folder

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="looks at modules in forked children"),
    pytest.mark.xdist_group("wall"),
]

PACKAGE = Path(fieldkit.__file__).parent
BASE = {"core", "errors"}
# part -> the other parts of fieldkit that it may import
MAY_IMPORT = {
    "__main__": {"cli", "commands", "console", "errors", "feedback_verbs"},
    "assistant": BASE
    | {"chat", "console", "engine", "install", "library", "machine", "probe", "product_data",
       "resources", "tuning"},
    "chat": BASE | {"console", "engine", "library", "resources"},
    "check_command": BASE | {"console", "library"},
    "cli": {"commands", "console", "errors", "feedback_verbs"},
    "commands": {"console", "errors"},
    "console": set(),
    "core": {"errors"},
    "documents": BASE | {"console", "engine", "library", "resources"},
    "engine": BASE | {"resources"},
    "errors": set(),
    "feedback_verbs": {"commands", "console", "errors"},
    "install": BASE | {"machine"},
    "library": BASE,
    "machine": BASE,
    "page_command": BASE | {"chat", "console", "library"},
    "packager": BASE
    | {"console", "engine", "install", "library", "machine", "probe", "product_data", "resources",
       "tuning"},
    "probe": BASE | {"engine", "machine", "resources"},
    "probing": BASE
    | {"assistant", "chat", "console", "engine", "install", "library", "machine", "probe",
       "product_data", "resources", "tuning"},
    "product_data": BASE | {"install", "machine", "resources"},
    "purging": BASE
    | {"assistant", "chat", "console", "engine", "install", "library", "machine", "probe",
       "product_data", "resources", "tuning"},
    "resources": {"errors"},
    "serve": BASE | {"console", "engine", "library", "resources"},
    "tuning": BASE | {"engine", "install", "machine", "probe", "product_data", "resources"},
}  # fmt: skip
# Modules of the chat that work without a screen: `ask`, the line mode and what they stand on.
HEADLESS = {
    f"fieldkit.chat.{name}"
    for name in (
        "ask",
        "context",
        "driver",
        "feedback_box",
        "flagging",
        "idle",
        "line_shelf",
        "opening",
        "paths",
        "people",
        "plain",
        "preferences",
        "recovery",
        "reports",
        "seat",
        "session",
        "shelving",
        "store",
    )
}
# Modules of the core that check what IT writes; they stay behind, with pydantic.
CHECKS = {
    f"fieldkit.core.{name}"
    for name in ("candidate", "embedder_entry", "licence", "lock", "profile", "validation")
}

IMPORTED = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)

# A fork of a process that imported nothing is as clean as a new one and thirty times as fast.
IMPORT_EACH = """
import importlib, json, os, sys
found, names, running = {}, sys.argv[1:], {}
while names or running:
    while names and len(running) < (os.cpu_count() or 1):
        name, (reader, writer) = names.pop(), os.pipe()
        if os.fork() == 0:
            importlib.import_module(name)
            with os.fdopen(writer, "w") as stream:
                json.dump(sorted(sys.modules), stream)
            os._exit(0)
        os.close(writer)
        running[name] = reader
    name, reader = next(iter(running.items()))
    with os.fdopen(reader) as stream:
        found[name] = json.loads(stream.read() or "null")
    del running[name]
    os.wait()
print(json.dumps(found))
"""


def modules() -> list[str]:
    """Every module of fieldkit by name."""
    paths = [path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py")]
    names = {".".join(path.parts).removesuffix(".__init__") for path in paths}
    return sorted(name for name in names if not name.startswith("fieldkit.data"))


def part(name: str) -> str:
    """``fieldkit.chat.screens.help`` -> ``chat``; nothing for ``fieldkit`` itself."""
    return [*name.split("."), ""][1]


def needs_development_only(name: str) -> bool:
    """Whether a module needs what neither a release nor the packager has: the demo's training."""
    return name.startswith("fieldkit.packager.demo_model")


@pytest.fixture(scope="module")
def imported() -> dict[str, set[str]]:
    """Module -> everything in ``sys.modules`` after importing it and nothing else."""
    names = [name for name in modules() if not needs_development_only(name)]
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, *names], capture_output=True, text=True, check=True
    )
    found: dict[str, list[str] | None] = json.loads(result.stdout)
    broken = [name for name, loaded in found.items() if loaded is None]
    assert not broken, f"cannot be imported: {broken}\n{result.stderr}"
    return {name: set(loaded or ()) for name, loaded in found.items()}


def who_loads(imported: dict[str, set[str]], *packages: str) -> set[str]:
    """The modules whose import brings one of ``packages`` or anything below."""
    return {
        name
        for name, loaded in imported.items()
        if any(other.split(".")[0] in packages or other in packages for other in loaded)
    }


def shipped(imported: dict[str, set[str]]) -> set[str]:
    return {name for name in imported if part(name) != "packager"} - CHECKS


def test_each_part_imports_only_what_it_may(imported: dict[str, set[str]]) -> None:
    wrong = {}
    for name, loaded in imported.items():
        mine = part(name)
        allowed = MAY_IMPORT.get(mine, set()) | {"", mine}
        ours = {part(other) for other in loaded if other.split(".")[0] == "fieldkit"}
        if ours - allowed:
            wrong[name] = sorted(ours - allowed)
    assert wrong == {}


def test_every_part_has_its_rule(imported: dict[str, set[str]]) -> None:
    assert {part(name) for name in imported} - {""} == MAY_IMPORT.keys()


def test_importing_fieldkit_imports_nothing_else(imported: dict[str, set[str]]) -> None:
    assert {n for n in imported["fieldkit"] if n.startswith("fieldkit")} == {"fieldkit"}


def test_only_the_screen_needs_textual(imported: dict[str, set[str]]) -> None:
    users = who_loads(imported, "textual", "rich")
    on_screen = {name for name in users if part(name) == "chat"}
    assert "fieldkit.chat.app" in on_screen
    assert users == on_screen
    assert not users & HEADLESS
    assert imported.keys() >= HEADLESS


def test_no_import_loads_the_engine_s_libraries(imported: dict[str, set[str]]) -> None:
    assert who_loads(imported, "llama_cpp", "diskcache") == set()
    assert who_loads(imported, "numpy", "jinja2") & shipped(imported) == set()


def test_nothing_that_ships_can_reach_the_network(imported: dict[str, set[str]]) -> None:
    clients = ("requests", "urllib3", "httpx", "httpx2", "http", "ftplib", "smtplib")
    assert who_loads(imported, *clients) & shipped(imported) == set()
    # asyncio, which Textual runs on, imports TLS where there is any; nothing else of ours does.
    others = who_loads(imported, "ssl") - who_loads(imported, "asyncio")
    assert others & shipped(imported) == set()


def test_what_reads_documents_is_loaded_only_to_read_one(imported: dict[str, set[str]]) -> None:
    """They would double the time until a chat is there."""
    assert who_loads(imported, "charset_normalizer", "lxml", "pypdfium2", "pypdfium2_raw") == set()
    screens = [name for name in imported if part(name) == "chat"]
    assert not {n for n in screens if "fieldkit.library.documents" in imported[n]}


def test_the_hub_s_library_is_loaded_only_to_ask_a_hub(imported: dict[str, set[str]]) -> None:
    assert who_loads(imported, "huggingface_hub", "hf_xet") == set()
    importing = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "huggingface_hub" in IMPORTED.findall(path.read_text(encoding="utf-8"))
    ]
    assert importing == ["packager/hub.py"]


def test_what_ships_needs_nothing_that_stays_behind(imported: dict[str, set[str]]) -> None:
    recipe = tomllib.loads((folder("build") / "freeze" / "app.toml").read_text(encoding="utf-8"))
    optional = {"_hashlib", "_ssl", "ssl"}  # the standard library does without them
    left_out = set(recipe["exclude"]["modules"]) - {"pypdf"} - optional
    users = {
        name: sorted(imported[name] & left_out)
        for name in shipped(imported)
        if imported[name] & left_out
    }
    assert users == {}


def test_the_help_imports_no_command() -> None:
    show = (
        "import sys; from fieldkit.cli import main; status = main(['--help']);"
        "loaded = sorted(n for n in sys.modules if n.startswith('fieldkit'));"
        "print(status, *loaded, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    )
    assert "commands" in result.stdout
    status, *loaded = result.stderr.split()
    assert status == "0"
    assert set(loaded) == {
        "fieldkit",
        "fieldkit.cli",
        "fieldkit.commands",
        "fieldkit.console",
        "fieldkit.errors",
        "fieldkit.feedback_verbs",
    }


@pytest.mark.engine
def test_loading_the_engine_loads_the_low_level_binding_only(engine: Path) -> None:
    show = (
        "import sys; from fieldkit.engine import backend; backend.load();"
        "print(*sorted(n for n in sys.modules if n.split('.')[0] in"
        " ('llama_cpp', 'numpy', 'jinja2', 'diskcache')))"
    )
    result = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    )
    assert "llama_cpp.llama_cpp" in result.stdout.split()
    assert {name.split(".")[0] for name in result.stdout.split()} == {"llama_cpp"}
    assert "llama_cpp.llama" not in result.stdout.split()
