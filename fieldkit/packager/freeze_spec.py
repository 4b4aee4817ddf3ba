"""What PyInstaller collects: run inside PyInstaller's own process by the spec of ``freeze``."""

from __future__ import annotations

import importlib
import importlib.resources
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldkit.packager.freeze_recipe import Recipe

_MAPPING = "pygments.lexers._mapping"


def bundle(recipe: Recipe, *, root: Path, entry: Path) -> None:
    """Analyse, archive and collect the assistant into PyInstaller's output folder as ``app``.

    ``root`` is the folder that holds the ``fieldkit`` package, ``entry`` the script that runs
    first. Only callable while PyInstaller runs a spec.
    """
    from PyInstaller.building.api import COLLECT, EXE, PYZ
    from PyInstaller.building.build_main import Analysis

    analysis = Analysis(
        [str(entry)],
        pathex=[str(root)],
        datas=_data(recipe, root),
        hiddenimports=_hidden(recipe),
        excludes=list(recipe.excluded),
        noarchive=False,
    )
    _trim_highlighting(analysis.pure, recipe, entry.with_name("lexer_table.txt"))
    # Type information of packages and their metadata are for tools, not for the program.
    analysis.datas[:] = [entry for entry in analysis.datas if not _dead_weight(entry[0])]
    pyz = PYZ(analysis.pure)
    executable = EXE(
        pyz,
        analysis.scripts,
        # UTF-8 also where the environment names no locale.
        [("X utf8_mode=1", None, "OPTION")],
        exclude_binaries=True,
        name="fieldkit",
        contents_directory="_internal",
        console=True,
        strip=False,
        upx=False,
    )
    COLLECT(executable, analysis.binaries, analysis.datas, name="app", strip=False, upx=False)


def _hidden(recipe: Recipe) -> list[str]:
    from PyInstaller.utils.hooks import collect_submodules

    names = list(recipe.modules)
    for package in recipe.packages:
        names += collect_submodules(package, filter=lambda name: not recipe.excludes(name))
    return sorted(set(names))


def _data(recipe: Recipe, root: Path) -> list[tuple[str, str]]:
    package = root / "fieldkit"
    found: list[tuple[str, str]] = []
    for pattern in recipe.data:
        for path in sorted(package.glob(pattern)):
            folder = path.parent.relative_to(root)
            if not recipe.excludes(".".join(folder.parts)):
                found.append((str(path), folder.as_posix()))
    for name, files in recipe.package_data.items():
        base = Path(str(importlib.resources.files(name)))
        found += [(str(base / file), (Path(name) / file).parent.as_posix()) for file in files]
    return found


def _dead_weight(name: str) -> bool:
    path = Path(name)
    return path.name == "py.typed" or any(part.endswith(".dist-info") for part in path.parts)


def _trim_highlighting(pure: list[tuple[str, str, str]], recipe: Recipe, table: Path) -> None:
    """Keep the recipe's lexers and styles only, and a table of lexers that names no other.

    Pygments imports what its table names without expecting a failure, so trimming the modules
    alone would turn a code block in an unlisted language into a crash.
    """
    from PyInstaller.config import CONF

    lexers = importlib.import_module(_MAPPING).LEXERS
    table.write_text(lexer_table(lexers, recipe.lexers), encoding="utf-8")
    kept = {*recipe.lexers, *recipe.styles, "pygments.styles._mapping"}
    result = []
    for name, path, kind in pure:
        if name == _MAPPING:
            result.append((name, str(table), kind))
        elif name in kept or not name.startswith(
            ("pygments.lexers.", "pygments.styles.", "pygments.formatters.")
        ):
            result.append((name, path, kind))
    pure[:] = result
    CONF["code_cache"].get(id(pure), {}).pop(_MAPPING, None)


def lexer_table(table: Mapping[str, Sequence[Any]], modules: Sequence[str]) -> str:
    """Write the source of ``pygments.lexers._mapping`` with the lexers of ``modules`` only.

    ``table`` maps a class name to (module, name, aliases, file patterns, MIME types).
    """
    lines = [f"    {name!r}: {tuple(row)!r}," for name, row in table.items() if row[0] in modules]
    return "LEXERS = {\n" + "\n".join(lines) + "\n}\n"
