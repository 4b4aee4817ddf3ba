"""The frozen assistant: what is in it, what is not, and that it runs where nothing is installed."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PyInstaller.archive.readers import CArchiveReader

import fieldkit
from fieldkit.errors import DiskFull, FieldkitError, InvalidInput, UsageProblem
from fieldkit.library import documents
from fieldkit.library.index import build
from fieldkit.library.own_catalog import entries, index_path
from fieldkit.library.search import Library
from fieldkit.machine.clipboard import SystemClipboard
from fieldkit.packager import freeze as freezing
from fieldkit.packager.engine import ensure_engine
from fieldkit.packager.freeze import freeze, recipe_path, size_of
from fieldkit.packager.freeze_native import engine_files
from fieldkit.packager.freeze_recipe import Recipe
from fieldkit.packager.freeze_spec import lexer_table
from tests.manual_files import write_docx, write_html, write_pdf, write_xlsx

NEVER = {
    "PyInstaller", "_hashlib", "_pytest", "_ssl", "_tkinter", "diskcache", "doctest", "ensurepip",
    "gguf", "huggingface_hub", "jinja2", "numpy", "pip", "pydantic", "pydantic_core", "pytest",
    "requests", "setuptools", "ssl", "tests", "tkinter", "torch", "unittest", "urllib3",
}  # fmt: skip


@pytest.fixture
def portable(tmp_path: Path) -> Path:
    """Make a folder that looks like a portable engine by its file names."""
    engine = tmp_path / "engine"
    engine.mkdir()
    for name in ("libllama.so", "libggml.so", "libggml-base.so"):
        (engine / name).touch()
    for variant in ("x64", "haswell"):
        (engine / f"libggml-cpu-{variant}.so").touch()
    return engine


def test_missing_tools_are_named_with_their_package_before_work_starts(
    portable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageProblem) as caught:
        freeze(portable, tmp_path / "out")
    assert "objdump" in caught.value.message
    assert "strip" in caught.value.message
    assert "binutils" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_missing_pyinstaller_is_named_with_the_extra_that_brings_it(
    portable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageProblem, match="PyInstaller") as caught:
        freeze(portable, tmp_path / "out")
    assert "fieldkit[packager]" in caught.value.hint


def test_a_python_without_its_shared_library_is_refused(
    portable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **_named: object) -> str:
        raise FieldkitError(f"{command[0]} exited with 1")

    monkeypatch.setattr(freezing, "call", fail)
    with pytest.raises(UsageProblem, match="libpython") as caught:
        freeze(portable, tmp_path / "out")
    assert "Install libpython" in caught.value.hint


def test_an_engine_for_one_cpu_is_refused(portable: Path, tmp_path: Path) -> None:
    for variant in portable.glob("libggml-cpu-*.so"):
        variant.unlink()
    with pytest.raises(InvalidInput) as caught:
        freeze(portable, tmp_path / "out")
    assert "fieldkit engine" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_an_engine_without_its_main_library_is_refused(portable: Path) -> None:
    (portable / "libllama.so").unlink()
    with pytest.raises(InvalidInput, match=r"libllama\.so"):
        engine_files(portable)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (FieldkitError("OSError: [Errno 28] No space left on device"), DiskFull),
        (OSError(28, "No space left on device"), DiskFull),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_failed_run_leaves_nothing_behind(
    failure: BaseException,
    expected: type[BaseException],
    portable: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(work: Path, _log: object) -> Path:
        (work / "half").touch()
        raise failure

    monkeypatch.setattr(freezing, "_collect", fail)
    with pytest.raises(expected):
        freeze(portable, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_broken_recipe_is_reported_with_its_path(tmp_path: Path) -> None:
    recipe = tmp_path / "app.toml"
    recipe.write_text("[limits]\nbytes = 'many'\n")
    with pytest.raises(InvalidInput, match=r"app\.toml"):
        Recipe.read(recipe)


def test_excluding_a_module_excludes_what_is_below_it_and_nothing_else() -> None:
    recipe = Recipe.read(recipe_path())
    assert recipe.excludes("fieldkit.packager")
    assert recipe.excludes("fieldkit.packager.tools.cmake")
    assert not recipe.excludes("fieldkit.packaging")
    assert not recipe.excludes("fieldkit")
    assert all(recipe.excludes(name) for name in NEVER)


HIGHLIGHT = """
import sys

kept = set(sys.argv[1].split(","))


class Trimmed:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("pygments.lexers.") and name != "pygments.lexers._mapping":
            if name not in kept:
                raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Trimmed())
import pygments.lexers._mapping as mapping

mapping.LEXERS.clear()
mapping.LEXERS.update(eval(sys.stdin.read().removeprefix("LEXERS =")))
from textual.highlight import highlight

for language in ("python", "yaml", "ini", "bash", "cobol", "no such language", "text", "", None):
    content = highlight("if x:\\n  y = 1", language=language)
    assert content.plain == "if x:\\n  y = 1", language
    assert language != "python" or len(content.spans) > 3
"""


def test_code_in_a_language_that_was_trimmed_is_shown_plain() -> None:
    from pygments.lexers._mapping import LEXERS

    recipe = Recipe.read(recipe_path())
    table = lexer_table(LEXERS, recipe.lexers)
    assert "PythonLexer" in table
    assert "CobolLexer" not in table
    subprocess.run(
        [sys.executable, "-c", HIGHLIGHT, ",".join(recipe.lexers)],
        input=table,
        text=True,
        check=True,
    )


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Freeze the assistant for real."""
    return freeze(ensure_engine(), tmp_path_factory.mktemp("frozen"))


@pytest.fixture(scope="session")
def modules(app: Path) -> frozenset[str]:
    """Every Python module in the frozen program, extension modules included."""
    program = CArchiveReader(str(app / "fieldkit"))
    names = set(program.toc) | set(program.open_embedded_archive("PYZ.pyz").toc)
    names |= {path.name.split(".")[0] for path in app.rglob("*.so")}
    return frozenset(names)


frozen = [
    pytest.mark.slow,
    pytest.mark.engine,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("frozen"),
]


class TestFrozen:
    """Every test here looks at one and the same frozen assistant."""

    pytestmark = frozen

    def test_nothing_of_the_build_machine_is_in_it(
        self, app: Path, modules: frozenset[str]
    ) -> None:
        recipe = Recipe.read(recipe_path())
        assert {name for name in modules if recipe.excludes(name)} == set()
        assert {name for name in modules if name.split(".")[0] in NEVER} == set()
        assert not [name for name in modules if name.startswith("fieldkit.packager")]
        files = [path.relative_to(app).as_posix() for path in app.rglob("*")]
        unwanted = ("ssl", "crypto", "numpy", "dist-info", "packager", "llama-common", "test")
        assert [path for path in files if any(word in path for word in unwanted)] == []

    def test_everything_that_is_imported_by_name_is_in_it(
        self, app: Path, modules: frozenset[str]
    ) -> None:
        package = Path(fieldkit.__file__).parent
        ours = {
            ".".join(path.relative_to(package.parent).with_suffix("").parts)
            for part in ("core", "engine", "library", "chat", "machine", "install", "probe")
            for path in (package / part).rglob("*.py")
            if path.name != "__init__.py"
        }
        assert ours <= modules
        widgets = importlib.util.find_spec("textual.widgets")
        assert widgets
        assert widgets.origin
        lazy = {
            f"textual.widgets.{path.stem}" for path in Path(widgets.origin).parent.glob("_*.py")
        }
        assert lazy - {"textual.widgets.__init__"} <= modules
        assert {"llama_cpp.llama_cpp", "llama_cpp._ctypes_extensions", "_sqlite3"} <= modules
        assert {
            "charset_normalizer",
            "lxml",
            "pypdfium2",
            "pypdfium2_raw.bindings",
            "webencodings",
        } <= modules
        assert "rich._unicode_data.unicode17-0-0" in modules
        beside = [path for suffix in ("*.tcss", "*.mo") for path in package.rglob(suffix)]
        assert {path.suffix for path in beside} == {".tcss", ".mo"}
        inside = app / "_internal"
        assert all((inside / path.relative_to(package.parent)).is_file() for path in beside)

    def test_it_is_small(self, app: Path) -> None:
        assert size_of(app) < 70_000_000

    def test_of_xml_only_the_parser_that_workbooks_need_is_in_it(
        self, modules: frozenset[str]
    ) -> None:
        found = {name for name in modules if name.split(".")[0] == "xml"}
        assert {".".join(name.split(".")[:2]) for name in found} == {
            "xml",
            "xml.etree",
            "xml.parsers",
        }

    def test_it_reads_documents_of_every_format(self, app: Path, tmp_path: Path) -> None:
        """Manuals are read when a release is built, a technician's documents here."""
        stick = tmp_path / "stick"
        stick.mkdir()
        page = ["# Yard gate\n\nThe code of the yard gate is 4711."]
        write_pdf(stick / "a.pdf", page)
        write_docx(stick / "b.docx", page)
        write_html(stick / "c.html", page)
        write_xlsx(stick / "d.xlsx", {"Gates": [["Gate", "Code", "Key"], ["Yard", 4711, "panel"]]})
        (stick / "e.md").write_text(page[0])
        library = tmp_path / "library.sqlite"
        build(library, [documents.read(stick / "e.md")])
        where = ("--folder", str(tmp_path / "own"), "--library", str(library))
        result = run(app, tmp_path, "documents", "add", *where, str(stick))
        assert result.returncode == 0, result.stderr
        assert result.stderr.count("Added ") == 5
        found = entries(tmp_path / "own")
        with Library.open(index_path(tmp_path / "own", found, "en")) as own:
            for manual in own.documents():
                assert "4711" in own.page(manual.document, manual.pages[0])

    def test_it_runs_with_nothing_but_the_c_library(self, app: Path, tmp_path: Path) -> None:
        result = run(app, tmp_path, "--version")
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == f"fieldkit {fieldkit.__version__}\n"

    def test_it_copies_by_a_program_of_the_system(
        self, app: Path, modules: frozenset[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With that program's own libraries, where the frozen start puts ours before them."""
        assert "pyperclip" in modules
        xclip, held = tmp_path / "xclip", tmp_path / "held"
        xclip.write_text(
            f'#!/bin/sh\necho "[$LD_LIBRARY_PATH]" > {held}.path\n'
            f'case "$*" in *-o*) cat {held} ;; *) cat > {held} ;; esac\n'
        )
        xclip.chmod(0o755)
        monkeypatch.setenv("DISPLAY", ":9")
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        for name in ("WAYLAND_DISPLAY", "LD_LIBRARY_PATH"):
            monkeypatch.delenv(name, raising=False)
        system = SystemClipboard([str(app / "fieldkit"), "clipboard"], timeout_s=30)
        assert system.copy("320 Nm")
        assert (held.read_text(), system.paste()) == ("320 Nm", "320 Nm")
        assert held.with_suffix(".path").read_text() == "[]\n"

    def test_it_says_which_commands_it_does_not_have(self, app: Path, tmp_path: Path) -> None:
        result = run(app, tmp_path, "build", "demo")
        assert result.returncode == UsageProblem.exit_code
        assert "fieldkit[packager]" in result.stderr

    def test_it_loads_nothing_from_the_current_folder_or_python_s_environment(
        self, app: Path, tmp_path: Path
    ) -> None:
        for name in ("os", "sitecustomize", "usercustomize", "fieldkit", "argparse"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('hijacked')\n")
        for name in ("libpython3.11.so.1.0", "libz.so.1", "libllama.so", "libggml-cpu-x64.so"):
            (tmp_path / name).write_text("not a library")
        here = str(tmp_path)
        hostile = {"PYTHONPATH": here, "PYTHONHOME": here, "PYTHONINSPECT": "1", "LC_ALL": "C"}
        result = run(app, tmp_path, "--version", **hostile)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == f"fieldkit {fieldkit.__version__}\n"

    def test_the_engine_finds_its_own_libraries_first(self, app: Path) -> None:
        engine = app / "_internal" / "engine"
        listing = subprocess.run(
            ["ldd", engine / "libllama.so"], capture_output=True, text=True, check=True, env={}
        ).stdout
        found = dict(line.split(" => ") for line in listing.split("\n\t") if " => " in line)
        found = {name.strip(): path.split(" (")[0].strip() for name, path in found.items()}
        bundled = {"libggml.so.0", "libggml-base.so.0", "libstdc++.so.6", "libgomp.so.1"}
        assert bundled <= found.keys()
        assert {Path(found[name]).parent for name in bundled} == {engine}

    def test_each_library_is_there_once(self, app: Path) -> None:
        assert [path for path in app.rglob("*") if path.is_symlink()] == []
        # One process loads the engine and another reads documents; both need libgcc.
        twice = app / "_internal" / "engine" / "libgcc_s.so.1"
        libraries = {path for path in app.rglob("*.so*") if path.is_file()} - {twice}
        contents = Counter(digest(path) for path in libraries)
        assert [count for count in contents.values() if count > 1] == []
        variants = list((app / "_internal" / "engine").glob("libggml-cpu-*.so"))
        assert len(variants) == len(list(ensure_engine().glob("libggml-cpu-*.so"))) > 1

    def test_no_path_of_the_build_is_in_it(self, app: Path) -> None:
        project = str(Path(fieldkit.__file__).parent.parent).encode()
        output = str(app.parent).encode()
        for path in app.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert project not in content, path
                assert output not in content, path

    def test_freezing_again_replaces_it_with_the_same_bytes(
        self, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "old").touch()
        monkeypatch.setenv("PYTHONHASHSEED", "7")
        again = freeze(ensure_engine(), tmp_path)
        assert list(tmp_path.iterdir()) == [again]
        assert tree(again) == tree(app)


def run(app: Path, cwd: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the frozen program in ``cwd`` with no environment but a path and ``env``."""
    return subprocess.run(
        [app / "fieldkit", *words],
        cwd=cwd,
        env={"PATH": "/bin", "HOME": str(cwd), **env},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Relative path -> mode, time stamp, SHA-256 of every file and folder."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mode,
            int(path.stat().st_mtime),
            digest(path) if path.is_file() else "",
        )
        for path in folder.rglob("*")
    }
