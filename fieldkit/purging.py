"""``uninstall --purge``: what an assistant keeps of its user, shown before it is removed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from fieldkit import assistant, product_data
from fieldkit.console import Console
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.install.layout import Layout


@dataclass(frozen=True, slots=True)
class Data:
    """What the ``assistant`` of that name keeps in ``folder``."""

    assistant: str
    folder: Path

    def remove(self) -> None:
        """Remove it for good."""
        if self.folder.is_dir():
            product_data.remove(self.folder)


def data_of(layout: Layout) -> Data | None:
    """The data of the assistant that is installed in ``layout``; None where it keeps none."""
    try:
        settings = assistant.read(layout.current)
    except FieldkitError:  # nothing is installed, or it is damaged
        return None
    folder = product_data.folder_of(settings)
    return Data(clean_line(settings.name), folder) if folder.is_dir() else None


def confirmed(data: Data, console: Console, yes: bool) -> bool:
    """Show what ``data`` is and ask for a typed "yes"; ``yes``: it was given already.

    Raises UsageProblem where nobody can answer.
    """
    if yes:
        return True
    for line in _shown(data):
        console.err(line)
    if not sys.stdin.isatty():
        raise UsageProblem(
            "--purge asks before it removes anything, and nobody can answer here",
            hint="Add --yes to remove all of this without being asked.",
        )
    console.err("Type yes to remove it: ", end="")
    return sys.stdin.readline().strip().lower() == "yes"


def _shown(data: Data) -> list[str]:
    lines = [f"This removes for good what {data.assistant} keeps of you in {data.folder}:"]
    for part in product_data.parts(data.folder):
        files = "1 file" if part.files == 1 else f"{part.files} files"
        lines.append(f"  {part.name}: {files}, {_size(part.size)}")
    if others := product_data.others(data.folder):
        lines.append(f"Other assistants keep theirs: {', '.join(map(clean_line, others))}")
    if shared := product_data.shared():
        lines.append(
            f"What earlier versions kept for all assistants stays in {shared[0].parent}. "
            "Remove it by hand when none of them is used any more."
        )
    return lines


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
