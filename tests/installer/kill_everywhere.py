"""Installs in children that are killed at each change of the disk in turn; run as a program.

It is a process of its own because forking is safe only without threads.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from pathlib import Path

from fieldkit.install.install import install
from fieldkit.install.layout import Layout

EVENTS = {"os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir", "os.chmod"}


def changes_the_disk(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an audit event (Python's table of audit events) is about to change a file."""
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return event in EVENTS


def install_killed_at(number: int, media: Path, prefix: Path) -> bool:
    """Install in a child that is killed before its Nth change; False when it ended before that."""
    child = os.fork()
    if child == 0:
        left = itertools.count(1)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if changes_the_disk(event, arguments) and next(left) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        install(media, Layout(prefix), selftest=lambda _folder: None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert status == 0, f"the installation failed at {number}"
    return False


def main(media: Path, folder: Path, before: Path | None) -> None:
    """Leave one prefix for each moment in ``folder``, and print how many there are."""
    for number in itertools.count(1):
        prefix = folder / str(number)
        if before is not None:
            install(before, Layout(prefix), selftest=lambda _folder: None)
        if not install_killed_at(number, media, prefix):
            sys.stdout.write(json.dumps(number - 1))
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None)
