"""What other programs read from a document: the text that a reader's result is compared with."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

_SECONDS = 20
_MIN_PAGES = 3
_REPEATED = 0.6  # of the pages: a running header or footer
_EDGE = 8  # lines at the top and at the bottom of a page


class Missing(Exception):
    """The program that would read this format is not installed."""


def pages(path: Path) -> list[str]:
    """The text of ``path`` by an independent program, one string a page (one in all but PDFs).

    PDFs are read by poppler's pdftotext, Word documents and web pages by pandoc, workbooks from
    their XML: the text cells and the stored numbers that Excel shows as they are stored. Running
    headers and footers of PDFs are left out, as the product does.

    Raises Missing, and ValueError where the program cannot read the file either.
    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        text = _run("pdftotext", "-layout", "-enc", "UTF-8", str(path), "-")
        return _without_running_lines(text.removesuffix("\f").split("\f"))
    if suffix == ".docx":
        return [_run("pandoc", "--from=docx", "--to=plain", "--wrap=none", str(path))]
    if suffix in {".html", ".htm"}:
        return [_run("pandoc", "--from=html", "--to=plain", "--wrap=none", str(path))]
    if suffix == ".xlsx":
        return [_workbook(path)]
    return [_text(path.read_bytes())]


def _run(*command: str) -> str:
    if shutil.which(command[0]) is None:
        raise Missing(f"{command[0]} is not installed")
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{command[0]} took longer than {_SECONDS} s") from None
    if done.returncode:
        raise ValueError(f"{command[0]}: {done.stderr.decode('utf-8', 'replace').strip()[:200]}")
    return done.stdout.decode("utf-8", "replace")


def _without_running_lines(found: list[str]) -> list[str]:
    """``found`` without the lines at the edges of pages that most pages repeat, counted or not."""
    shapes: Counter[str] = Counter()
    for page in found:
        shapes.update({_shape(line) for line in _edges(page)})
    needed = max(_MIN_PAGES, _REPEATED * len(found))
    running = {shape for shape, count in shapes.items() if count >= needed}
    kept = []
    for page in found:
        edges = {id(line) for line in _edges(page) if _shape(line) in running}
        kept.append("\n".join(line for line in page.splitlines() if _shape(line) not in running)
                    if edges else page)  # fmt: skip
    return kept


def _edges(page: str) -> list[str]:
    lines = [line for line in page.splitlines() if line.strip()]
    return lines if len(lines) <= 2 * _EDGE else lines[:_EDGE] + lines[-_EDGE:]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _workbook(path: Path) -> str:
    """Every shared or inline string of a workbook: what its formats cannot change."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    found: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.fullmatch(r"xl/(sharedStrings|worksheets/sheet\d+)\.xml", name):
                    root = etree.fromstring(archive.read(name), parser)
                    found += [
                        "".join(text.text or "" for text in item.iter("{*}t"))
                        for item in root.iter("{*}si", "{*}is")
                    ]
    except (zipfile.BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise ValueError(str(error)) from error
    return "\n".join(found)


def _text(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            break
    return data.decode("cp1252", "replace")
