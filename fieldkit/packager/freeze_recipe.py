"""The recipe of the frozen assistant: ``build/freeze/app.toml``, parsed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldkit.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is frozen and what is not. All names are dotted module names.

    ``packages`` are collected whole, ``modules`` one by one, ``excluded`` never with all below
    them. ``data`` are glob patterns below the ``fieldkit`` package, ``package_data`` files of other
    packages, by package, relative to it. ``system`` are the libraries
    that the target provides, ``program`` those that it provides to the program besides. ``limit``
    is the size of the app folder in bytes.
    """

    limit: int
    packages: tuple[str, ...]
    modules: tuple[str, ...]
    data: tuple[str, ...]
    package_data: Mapping[str, tuple[str, ...]]
    excluded: tuple[str, ...]
    lexers: tuple[str, ...]
    styles: tuple[str, ...]
    system: frozenset[str]
    program: frozenset[str]

    def excludes(self, module: str) -> bool:
        """Whether ``module`` is, or lies below, an excluded one."""
        return any(module == name or module.startswith(f"{name}.") for name in self.excluded)

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read the recipe at ``path``; raises InvalidInput when it cannot be read."""
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls(
                limit=int(data["limits"]["bytes"]),
                packages=tuple(data["include"]["packages"]),
                modules=tuple(data["include"]["modules"]),
                data=tuple(data["include"]["data"]),
                package_data={
                    package: tuple(files)
                    for package, files in data["include"]["package_data"].items()
                },
                excluded=tuple(data["exclude"]["modules"]),
                lexers=tuple(data["highlight"]["lexer_modules"]),
                styles=tuple(data["highlight"]["style_modules"]),
                system=frozenset(data["system"]["libraries"]),
                program=frozenset(data["system"]["program"]),
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidInput(
                f"{path} is not a valid freeze recipe: {error}",
                hint="Restore the file from the project, or install fieldkit again.",
            ) from error
