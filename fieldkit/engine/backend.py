"""Loads llama.cpp once per process: its binding, its libraries, and the CPU variant that fits.

Only the low-level ctypes binding of llama-cpp-python is loaded. Its package ``__init__`` would also
import the high-level ``Llama`` class and with it numpy, jinja2 and diskcache, which nothing here
needs: they are 45 MB of a release and most of the worker's start. So ``llama_cpp`` enters
``sys.modules`` as a bare package and only ``llama_cpp.llama_cpp`` is imported below it.

The libraries are loaded by absolute path. ``llama_backend_init`` would look for CPU variants beside
the executable and in the current directory, where anybody could put one.
"""

from __future__ import annotations

import collections
import contextlib
import ctypes
import functools
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fieldkit.engine.location import MEND, find_engine
from fieldkit.engine.location import variants as variants_in
from fieldkit.errors import EngineFailure, InvalidInput

_SPINS = "GOMP_SPINCOUNT"
complaints: collections.deque[str] = collections.deque(maxlen=8)  # llama.cpp's last errors
# What llama.cpp says when a decode was aborted, which is no error: it was asked to.
_ABORTED = (b"failed with error 1\n", b"compute status: 1\n", b"failed to decode, ret = 2\n")
_LEVELS = {"error": 4, "warn": 3, "info": 2, "debug": 1}


@functools.cache
def load(folder: Path | None = None) -> Any:
    """Load the binding and the best CPU variant, and return the module ``llama_cpp.llama_cpp``.

    ``folder`` is the engine's folder, by default the one ``find_engine`` finds. Raises InvalidInput
    when there is no engine and EngineFailure when none of its variants runs on this CPU.
    """
    folder = folder or find_engine()
    os.environ["LLAMA_CPP_LIB_PATH"] = str(folder)
    os.environ.pop("GGML_BACKEND_PATH", None)  # would load a variant from wherever it points
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")  # a failed assertion would start a debugger
    with _short_spin():
        _load_ggml(folder)
        binding = _import_binding()
        _log_to_stderr(binding)
        binding._lib.ggml_backend_load_all_from_path(os.fsencode(folder))
    binding._lib.ggml_backend_dev_count.restype = ctypes.c_size_t
    if not binding._lib.ggml_backend_dev_count():
        raise EngineFailure(
            f"no CPU variant in {folder} runs on this processor",
            hint="Run fieldkit probe and send its output to whoever built this release.",
        )
    binding.llama_backend_init()
    return binding


@contextlib.contextmanager
def _short_spin() -> Iterator[None]:
    """GNU OpenMP reads this when it is loaded; the process's children keep their own setting.

    Its threads spin for milliseconds while they wait for each other. When anything else wants a
    core, the spinners take the time of the one they wait for: decoding was seen to fall from 421 to
    1.4 tok/s on a busy 4-core machine. A short spin and then sleep costs nothing that shows on an
    idle machine; sleeping at once (OMP_WAIT_POLICY=passive) cost a quarter of the decode rate.
    """
    if _SPINS in os.environ:
        yield
        return
    os.environ[_SPINS] = "10000"
    try:
        yield
    finally:
        del os.environ[_SPINS]


def _load_ggml(folder: Path) -> None:
    """Load the libraries that libllama needs by absolute path, lower layer first.

    The loader then finds them loaded, by SONAME; it would otherwise search ``LD_LIBRARY_PATH``
    before the folder libllama itself is in.
    """
    if os.name != "posix":
        return  # Windows looks beside the library first
    for name in ("libggml-base", "libggml"):
        for path in sorted(folder.glob(f"{name}.so*"))[:1] or sorted(folder.glob(f"{name}.dylib")):
            try:
                ctypes.CDLL(str(path))
            except OSError as error:
                raise EngineFailure(f"the engine cannot be loaded: {error}", hint=MEND) from error


def _import_binding() -> Any:
    if "llama_cpp" not in sys.modules:
        spec = importlib.util.find_spec("llama_cpp")
        if spec is None or not spec.submodule_search_locations:
            raise InvalidInput("llama-cpp-python is not installed", hint=MEND)
        package = types.ModuleType("llama_cpp")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["llama_cpp"] = package
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    except (RuntimeError, OSError) as error:
        raise EngineFailure(f"the engine cannot be loaded: {error}", hint=MEND) from error


_log_callback: Any = None


def _log_to_stderr(binding: Any) -> None:
    """Send llama.cpp's errors to stderr, and more if ``FIELDKIT_ENGINE_LOG`` names a level."""
    global _log_callback  # noqa: PLW0603 - ctypes needs the callback alive as long as the library
    threshold = _LEVELS.get(os.environ.get("FIELDKIT_ENGINE_LOG", "error"), 4)

    def write(level: int, text: bytes, _user: object) -> None:
        if text.endswith(_ABORTED):
            return
        if level == _LEVELS["error"]:
            complaints.append(text.decode("utf-8", "replace"))
        if threshold <= level <= _LEVELS["error"]:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(text.decode("utf-8", "replace"))
                sys.stderr.flush()

    _log_callback = binding.llama_log_callback(write)
    binding.llama_log_set(_log_callback, ctypes.c_void_p(0))


def variants() -> tuple[str, ...]:
    """The CPU variants of the engine found, whether or not this CPU can run them."""
    return variants_in(find_engine())


def chosen_variant() -> str:
    """The variant in use by this process after ``load``: ``cascadelake``; empty if unknown.

    ggml keeps only the best variant loaded, so it is the one mapped into this process.
    """
    for path in _mapped_libraries():
        stem = path.name.split(".")[0].removeprefix("lib")
        if stem.startswith("ggml-cpu-"):
            return stem.removeprefix("ggml-cpu-")
    return ""


def _mapped_libraries() -> list[Path]:
    import psutil

    try:
        return [Path(mapping.path) for mapping in psutil.Process().memory_maps(grouped=True)]
    except (psutil.Error, OSError, AttributeError):
        return []
