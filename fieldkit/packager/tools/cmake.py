"""CMake and Ninja: found on this machine or as the packages of the ``packager`` extra."""

from __future__ import annotations

import re
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from fieldkit.errors import UsageProblem
from fieldkit.packager.process import Log, call, ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class CMake:
    """A usable CMake with its generator and compiler."""

    cmake: Path
    ninja: Path

    @classmethod
    def verify(cls, *, minimum: str) -> CMake:
        """Find the tools before work starts; raises UsageProblem naming the missing package."""
        compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
        if compiler is None:
            raise UsageProblem(
                "Unable to build the engine: no C++ compiler is on the PATH",
                hint="Install one (Debian: apt-get install g++), then run this again.",
            )
        cmake, ninja = _find("cmake"), _find("ninja")
        version = re.search(
            r"\d+(\.\d+)+", call([cmake, "--version"], action="ask CMake's version")
        )
        if version is None or _numbers(version[0]) < _numbers(minimum):
            raise UsageProblem(
                f"Unable to build the engine: CMake {minimum} or newer is needed, "
                f"{cmake} is {version[0] if version else 'unknown'}",
                hint="pip install 'fieldkit[packager]' brings a newer one.",
            )
        return cls(cmake=cmake, ninja=ninja)

    def build(
        self, source: Path, work: Path, *, flags: list[str], targets: list[str], log: Log = ignore
    ) -> None:
        """Configure ``source`` into ``work`` and build ``targets`` on all cores."""
        configure: list[str | Path] = [self.cmake, "-S", source, "-B", work, "-G", "Ninja"]
        configure.append(f"-DCMAKE_MAKE_PROGRAM={self.ninja}")
        call([*configure, *flags], action="configure the engine", log=log)
        call(
            [self.cmake, "--build", work, "--target", *targets],
            action="compile the engine",
            log=log,
            hint="The log above ends with the compiler's message.",
        )


def _find(name: str) -> Path:
    scripts = Path(sysconfig.get_path("scripts"))
    found = shutil.which(name, path=str(scripts)) or shutil.which(name)
    if found is None:
        raise UsageProblem(
            f"Unable to build the engine: {name} was not found",
            hint="pip install 'fieldkit[packager]' brings it.",
        )
    return Path(found)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
