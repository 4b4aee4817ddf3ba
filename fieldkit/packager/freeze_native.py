"""The native half of the frozen assistant: engine libraries, stripping, completeness (ELF)."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fieldkit.engine.location import MEND
from fieldkit.errors import FieldkitError, InvalidInput
from fieldkit.packager.process import Log, call

_LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)"


@dataclass(frozen=True, slots=True)
class Dynamic:
    """The dynamic section of an ELF file: its own name (empty if none) and what it needs."""

    soname: str
    needed: tuple[str, ...]


def is_elf(path: Path) -> bool:
    """Whether ``path`` is a regular file in ELF format."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def dynamic(path: Path) -> Dynamic:
    """Read the dynamic section of the ELF file ``path`` with objdump."""
    listing = _output("objdump", "-p", path)
    soname, needed = "", []
    for line in listing.splitlines():
        match line.split():
            case ["NEEDED", name]:
                needed.append(name)
            case ["SONAME", name]:
                soname = name
            case _:
                pass
    return Dynamic(soname, tuple(needed))


def engine_files(engine: Path) -> dict[str, Path]:
    """Pick what an assistant needs of the portable build ``engine``: name -> real file.

    The name is the one under which the loader looks for the library, so that each file is placed
    once: llama_cpp opens ``libllama.so``, the others are found by their SONAME, and the variants
    by their file name. Raises InvalidInput when a library is missing.
    """
    files = {path.name: path for path in engine.glob("libggml-cpu-*.so")}
    for stem in ("libllama", "libggml", "libggml-base"):
        path = min(engine.glob(f"{stem}.so*"), default=None)
        if path is None:
            raise InvalidInput(f"The engine in {engine} has no {stem}.so.", hint=MEND)
        files["libllama.so" if stem == "libllama" else dynamic(path).soname or path.name] = path
    return {name: path.resolve() for name, path in files.items()}


def place_engine(engine: Path, target: Path, system: frozenset[str]) -> None:
    """Copy the engine's libraries and the compiler runtimes that they need into ``target``.

    The runtimes (C++, OpenMP) lie beside the engine, where its run path ``$ORIGIN`` finds them
    before any other. ``system`` are the libraries that the target machine provides.
    """
    files = engine_files(engine)
    target.mkdir(parents=True)
    for name, source in sorted(files.items()):
        shutil.copyfile(source, target / name)
    for name, source in sorted(_runtimes(files.values(), files.keys() | system).items()):
        shutil.copyfile(source, target / name)


def _runtimes(libraries: Iterable[Path], known: Iterable[str]) -> dict[str, Path]:
    """Find the libraries outside ``known`` that ``libraries`` need, directly or not, by SONAME."""
    skipped, found = set(known), {}
    for library in libraries:
        for line in _output("ldd", library).splitlines():
            match line.split():
                case [name, "=>", path, *_] if name not in skipped:
                    if not Path(path).is_file():
                        raise FieldkitError(
                            f"{library.name} needs {name}, which is not on this machine.",
                            hint="Install the compiler's runtime packages: libstdc++6, libgomp1.",
                        )
                    found[name] = Path(path).resolve()
                case _:
                    pass
    return found


def strip(app: Path, search: Iterable[Path], log: Log) -> None:
    """Strip every library below ``app`` that still loads afterwards; say which ones do not.

    ``search`` are the folders in which the libraries find each other. The executable is left
    alone: it carries its archive as a section.
    """
    environment = {"LD_LIBRARY_PATH": os.pathsep.join(map(str, search))}

    def one(library: Path) -> str:
        stripped = library.with_name(f".{library.name}.stripped")
        try:
            _output("strip", "--strip-unneeded", "-o", stripped, library)
            call(
                [sys.executable, "-I", "-S", "-c", _LOAD, stripped],
                action=f"load {library.name} stripped",
                env=environment,
            )
            stripped.replace(library)
        except FieldkitError as error:
            return f"{library.relative_to(app)} stays unstripped. {error.message.splitlines()[-1]}"
        finally:
            stripped.unlink(missing_ok=True)
        return ""

    libraries = sorted(path for path in app.rglob("*.so*") if is_elf(path))
    with ThreadPoolExecutor() as pool:
        for complaint in filter(None, pool.map(one, libraries)):
            log(complaint)


def missing_libraries(program: Path, libraries: frozenset[str]) -> tuple[str, ...]:
    """List what ``program`` needs that is not among ``libraries``, the system's."""
    return tuple(name for name in dynamic(program).needed if name not in libraries)


def unresolved_libraries(folder: Path, system: frozenset[str]) -> tuple[str, ...]:
    """List what the libraries below ``folder`` need that is neither there nor in ``system``."""
    sections = {path: dynamic(path) for path in sorted(folder.rglob("*")) if is_elf(path)}
    present = {path.name for path in sections} | {part.soname for part in sections.values()}
    return tuple(
        f"{path.relative_to(folder)} needs {name}"
        for path, section in sections.items()
        for name in section.needed
        if name not in present | system
    )


def _output(tool: str, *arguments: str | Path) -> str:
    return call(
        [tool, *arguments],
        action=f"read or change a library with {tool}",
        env={"LC_ALL": "C"},
        hint="Check that the engine was built for this machine.",
    )
