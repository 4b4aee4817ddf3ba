"""Freeze the assistant: Python, Textual and the portable engine as one folder that just runs.

PyInstaller runs in a process and a work folder of its own. Equal input gives equal bytes: hash
seed, time stamps, modes and the order of files do not depend on the machine or the moment.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

import fieldkit
from fieldkit import resources
from fieldkit.errors import DiskFull, FieldkitError, UsageProblem
from fieldkit.packager.cache import sync_tree
from fieldkit.packager.engine import require_portable
from fieldkit.packager.freeze_native import (
    missing_libraries,
    place_engine,
    strip,
    unresolved_libraries,
)
from fieldkit.packager.freeze_recipe import Recipe
from fieldkit.packager.process import Log, call, ignore

_EPOCH = 315_532_800  # 1980-01-01, the first moment a zip archive can hold
_ROOT = Path(fieldkit.__file__).resolve().parent.parent
_TOOLS = {"ldd": "libc-bin", "objcopy": "binutils", "objdump": "binutils", "strip": "binutils"}

# PyInstaller's loader points LD_LIBRARY_PATH at the bundle. That is right for this process, whose
# linker has read it, and wrong for every other program it may start, so it is put back. Our own
# child process then has to find the bundle anew, which is what the second variable asks for.
_ENTRY = """\
import os
import sys

before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if before is not None:
    os.environ["LD_LIBRARY_PATH"] = before
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

from fieldkit.cli import main

sys.exit(main())
"""

_SPEC = """\
import sys
from pathlib import Path

sys.path.insert(0, {root!r})

from fieldkit.packager.freeze_recipe import Recipe
from fieldkit.packager.freeze_spec import bundle

bundle(Recipe.read(Path({recipe!r})), root=Path({root!r}), entry=Path({entry!r}))
"""


def recipe_path() -> Path:
    """Where the recipe of the frozen assistant lies."""
    return resources.folder("build") / "freeze" / "app.toml"


def freeze(engine_dir: Path, output: Path, log: Log = ignore) -> Path:
    """Freeze the assistant with the engine in ``engine_dir`` and return the folder ``output/app``.

    ``app/fieldkit`` is the program, ``app/_internal/engine`` holds the engine's libraries. An
    earlier ``app`` is replaced once the new one is complete. ``log`` receives lines of narration.

    Raises UsageProblem when a tool is missing, InvalidInput when the engine is not portable,
    DiskFull, and FieldkitError when PyInstaller fails or the result would not run elsewhere.
    """
    verify_tools()
    require_portable(engine_dir)
    recipe = Recipe.read(recipe_path())
    output.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".freeze-", dir=output)).resolve()
    try:
        app = _collect(work, log)
        internal = app / "_internal"
        _remove_links(internal)
        place_engine(engine_dir, internal / "engine", recipe.system)
        strip(app, (internal, internal / "engine"), log)
        _check(app, recipe)
        _settle(app)
        return _publish(app, output / "app", aside=work / "replaced")
    except (OSError, FieldkitError) as error:
        if _disk_full(error):
            raise DiskFull(
                f"The disk is full: the assistant could not be frozen in {output}.",
                hint="Free 500 MB there, or build into another folder with --output.",
            ) from error
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def verify_tools() -> None:
    """Check that everything freezing needs is installed; raises UsageProblem naming all of it."""
    if not sys.platform.startswith("linux"):
        raise UsageProblem(
            f"Freezing is not available on {sys.platform} yet.",
            hint="Build the release for Linux on a Linux machine.",
        )
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    hints = []
    if importlib.util.find_spec("PyInstaller") is None:
        missing.insert(0, "PyInstaller")
        hints.append("Install the packager: pip install 'fieldkit[packager]'.")
    if packages := sorted({_TOOLS[tool] for tool in missing if tool in _TOOLS}):
        hints.append(f"Install with the system's package manager: {' '.join(packages)}.")
    if missing:
        raise UsageProblem(f"Unable to freeze without {', '.join(missing)}.", hint=" ".join(hints))
    _verify_python()


def _verify_python() -> None:
    """Check that this Python has a shared library; some distributions package it separately."""
    find = "from PyInstaller.depend.bindepend import get_python_library_path as f; f()"
    try:
        call([sys.executable, "-c", find], action="find the shared library of Python")
    except FieldkitError as error:
        name = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
        raise UsageProblem(
            f"Unable to freeze without the shared library of {sys.executable} ({name}.so).",
            hint=f"Install {name} with the system's package manager, or use a Python built with "
            "--enable-shared.",
        ) from error


def _collect(work: Path, log: Log) -> Path:
    """Run PyInstaller in ``work`` and return the folder it made."""
    entry = work / "entry" / "assistant.py"
    entry.parent.mkdir()
    entry.write_text(_ENTRY, encoding="utf-8")
    spec = work / "fieldkit.spec"
    spec.write_text(
        _SPEC.format(root=str(_ROOT), recipe=str(recipe_path()), entry=str(entry)),
        encoding="utf-8",
    )
    call(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
         "--distpath", work / "dist", "--workpath", work / "work", spec],
        action="freeze the assistant",
        log=log,
        cwd=entry.parent,
        env={
            "LC_ALL": "C.UTF-8",
            "PYINSTALLER_CONFIG_DIR": str(work / "config"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "PYTHONOPTIMIZE": "",
            "PYTHONPATH": "",
            "SOURCE_DATE_EPOCH": str(_EPOCH),
            "TMPDIR": str(work),
        },
        hint="Install the packager again: pip install --force-reinstall 'fieldkit[packager]'.",
    )  # fmt: skip
    return work / "dist" / "app"


def _check(app: Path, recipe: Recipe) -> None:
    program = missing_libraries(app / "fieldkit", recipe.system | recipe.program)
    missing = [f"fieldkit needs {name}" for name in program]
    missing += unresolved_libraries(app / "_internal", recipe.system)
    if missing:
        raise FieldkitError(
            "The frozen assistant would not start elsewhere:\n" + "\n".join(missing),
            hint="Add the library to the bundle, or exclude the module in build/freeze/app.toml.",
        )
    size = size_of(app)
    if size > recipe.limit:
        raise FieldkitError(
            f"The frozen assistant has {size:,} bytes; build/freeze/app.toml allows "
            f"{recipe.limit:,}.",
            hint="See what grew: du -ah on the folder; exclude it or raise the limit.",
        )


def _remove_links(folder: Path) -> None:
    """Remove PyInstaller's links to the libraries that a wheel keeps in a folder of its own.

    The wheel's own libraries find them there by their run path; a release carries files only.
    """
    for path in folder.iterdir():
        if path.is_symlink():
            path.unlink()


def size_of(folder: Path) -> int:
    """Bytes of all files below ``folder``."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _settle(app: Path) -> None:
    """Give every file one of two modes and the same time stamp, and flush it to the disk."""
    for path in [app, *app.rglob("*")]:
        if path.is_symlink():
            continue
        path.chmod(0o755 if path.is_dir() or path == app / "fieldkit" else 0o644)
        os.utime(path, (_EPOCH, _EPOCH))
    sync_tree(app)


def _publish(app: Path, target: Path, *, aside: Path) -> Path:
    if target.exists():
        target.rename(aside)
    return app.rename(target)


def _disk_full(error: OSError | FieldkitError) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return os.strerror(errno.ENOSPC) in error.message
