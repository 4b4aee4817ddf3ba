"""Runs one script of the converter where it can do no harm: no network, no pickles, no programs.

This file is run by path, with the interpreter of the converter's environment and ``-I``.
Arguments: the script, then the script's own arguments. What is forbidden is seen by Python's audit
events (``sys.addaudithook``), which Python code cannot take back.
"""

from __future__ import annotations

import contextlib
import importlib
import runpy
import sys
from pathlib import Path

_REFUSED = {
    "socket.connect": "open a connection",
    "socket.bind": "listen on a port",
    "socket.getaddrinfo": "look up a host",
    "pickle.find_class": "load a pickle",
    "os.system": "start a program",
    "os.exec": "start a program",
    "os.posix_spawn": "start a program",
    "subprocess.Popen": "start a program",
}


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if event in _REFUSED:
        raise PermissionError(f"the converter must not {_REFUSED[event]}")


def _mend_sentencepiece() -> None:
    """Give sentencepiece a description of its files that the locked protobuf can read.

    Its own was generated for a newer one; transformers carries the same for older ones. Where
    neither is there, only conversions that need it fail.
    """
    try:
        importlib.import_module("sentencepiece.sentencepiece_model_pb2")
    except ImportError:
        with contextlib.suppress(ImportError):
            carried = importlib.import_module("transformers.utils.sentencepiece_model_pb2_new")
            sys.modules["sentencepiece.sentencepiece_model_pb2"] = carried


def main() -> None:
    """Run the script that the first argument names."""
    script = Path(sys.argv[1]).resolve()
    sys.argv = [str(script), *sys.argv[2:]]
    sys.path.insert(0, str(script.parent))
    _mend_sentencepiece()
    sys.addaudithook(_refuse)
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
