"""Broken and hostile files: sound manuals of each format, damaged at random, read one by one.

``python -m tests.corpus.mutations --each 2000`` prints a line a format: how many were read, how
many were rejected with a reason, the slowest file and the reader's largest memory. It returns 1
where the reader crashed, took longer than ``--seconds`` for a file, or raised anything but its own
error.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from fieldkit.console import Console
from fieldkit.engine.child import own_command
from fieldkit.errors import FieldkitError
from fieldkit.library import index
from fieldkit.library.reader_process import ReaderProcess
from tests.manual_files import write_docx, write_html, write_pdf, write_xlsx

PAGES = (
    (
        "# Safety\n\nStop the pump before you open it. See note 1.\n\n1. Close valve V-17.\n"
        "2. Wait 10 min.\n3. Open the drain.\n\n- 40 C is too cold.\n- 85 C is too hot."
    ),
    (
        "# Torques\n\n| Bolt | Dry | Oiled |\n|---|---|---|\n| M12x1.75 | 85 Nm | 72 Nm |\n"
        "| M16 | 210 Nm | 180 Nm |\n\nTighten crosswise."
    ),
)
# What parsers treat apart: marks, nesting, numbers at their limits, control characters.
_TOKENS = (
    b"<", b">", b"</", b"&#0;", b"&#x110000;", b"]]>", b"<!--", b"-->", b"\0", b"\xff\xfe", b"[",
    b"](", b"|", b"**", b"```", b"-1", b"99999999999999999999", b"2147483648", b"1e309", b"%",
    b"\r", b"\x0c", b"\xe2\x80\xae", b"\xed\xa0\x80", b"obj", b"endobj", b"stream", b"endstream",
    b"/Kids", b"/Parent", b"/Length 0", b"/MediaBox [0 0 0 0]", b"colspan='99999'", b"w:val='-1'",
)  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What became of the files of one format; ``failures`` are defects, each with its seed."""

    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    memory: int = 0
    failures: list[str] = field(default_factory=list)


def samples(folder: Path) -> dict[str, bytes]:
    """A sound manual of each format, as bytes, by its extension."""
    text = "\n".join(f"<!-- page {n} -->\n{page}" for n, page in enumerate(PAGES, 1)).encode()
    rows = [["Bolt", "Torque"], ["M12", 85], ["M16", 210.5]]
    made = {
        ".pdf": write_pdf(folder / "a.pdf", PAGES, title="PX-204", head="PX-204 rev C"),
        ".docx": write_docx(folder / "a.docx", PAGES),
        ".xlsx": write_xlsx(folder / "a.xlsx", {"Torques": rows, "More": rows}),
        ".html": write_html(folder / "a.html", PAGES),
    }
    found = {suffix: path.read_bytes() for suffix, path in made.items()}
    csv = b'Bolt;Torque\r\n"M12; fine";85\r\nM16;210,5\r\n'
    return found | {".md": text, ".txt": text, ".csv": csv}


def mutated(data: bytes, suffix: str, seed: int) -> bytes:
    """``data`` damaged in a way that depends on ``seed`` alone; parts of archives inside them."""
    chance = random.Random(f"{suffix} {seed}")
    if suffix in {".docx", ".xlsx"} and chance.random() < 0.8:
        return _inside(data, chance)
    return _damaged(data, chance)


def _inside(data: bytes, chance: random.Random) -> bytes:
    """An archive with one or two of its parts damaged."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = source.namelist()
        chosen = set(chance.sample(names, min(len(names), chance.choice((1, 1, 2)))))
        for name in names:
            part = source.read(name)
            if name in chosen and chance.random() < 0.1:
                continue
            target.writestr(name, _damaged(part, chance) if name in chosen else part)
    return out.getvalue()


def _damaged(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 4, 32, 512)))
        kind = chance.randrange(6)
        if kind == 0 and at < len(changed):
            changed[at] = chance.randrange(256)
        elif kind == 1:
            changed[at:at] = chance.choice(_TOKENS) * chance.choice((1, 1, 2, 500))
        elif kind == 2:
            del changed[at:end]
        elif kind == 3:
            changed[at:at] = changed[at:end] * chance.choice((1, 2, 100))
        elif kind == 4 and chance.random() < 0.3:
            del changed[at:]
        elif at < len(changed):
            changed[at:end] = chance.randbytes(end - at)
    return bytes(changed)


def try_files(
    suffix: str, files: Sequence[tuple[int, bytes]], *, seconds: float, folder: Path
) -> Outcome:
    """Read ``files`` (seed and content) in one reader process, and index what was read."""
    outcome = Outcome()
    path = folder / f"manual{suffix}"
    with ReaderProcess(own_command("reader"), seconds=seconds) as reader:
        for seed, content in files:
            path.write_bytes(content)
            begun = time.monotonic()
            try:
                document = reader.load(path)
                index.build(folder / "index.sqlite3", [document])
                outcome.read += 1
            except FieldkitError as error:
                reason = getattr(error, "reason", error.message)
                outcome.rejected[reason] += 1
                if "crashed" in reason or "longer than" in reason:
                    outcome.failures.append(f"seed {seed}: {reason}")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                outcome.failures.append(f"seed {seed}: {type(error).__name__}: {error}")
            outcome.slowest = max(outcome.slowest, time.monotonic() - begun)
            outcome.memory = max(outcome.memory, _memory())
    return outcome


def _memory() -> int:
    """Resident bytes of the largest child process, as it is now."""
    children = psutil.Process().children(recursive=True)
    found = [0]
    for child in children:
        try:
            found.append(child.memory_info().rss)
        except psutil.Error:
            continue
    return max(found)


def main(arguments: list[str] | None = None) -> int:
    """Print what became of each format's files."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.mutations")
    parser.add_argument("--each", type=int, default=200, help="files of each format")
    parser.add_argument("--seconds", type=float, default=30.0, help="at most, for one file")
    parser.add_argument("--only", help="one extension, such as .pdf")
    options = parser.parse_args(arguments)
    console: Console = Console()
    out: Callable[[str], None] = console.out
    failed = False
    with tempfile.TemporaryDirectory(prefix="fieldkit-mutations-") as name:
        folder = Path(name)
        for suffix, data in samples(folder).items():
            if options.only and suffix != options.only:
                continue
            files = [(seed, mutated(data, suffix, seed)) for seed in range(options.each)]
            found = try_files(suffix, files, seconds=options.seconds, folder=folder)
            rejected = sum(found.rejected.values())
            out(
                f"{suffix}: {options.each} files, {found.read} read, {rejected} rejected, "
                f"slowest {found.slowest:.2f} s, reader's memory {found.memory / 2**20:.0f} MiB, "
                f"{len(found.failures)} failures"
            )
            for line in found.failures[:10]:
                out(f"    {line}")
            failed = failed or bool(found.failures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
