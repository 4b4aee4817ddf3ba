"""What an office file says of itself: title, version and date (ECMA-376-2, core properties)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.archive import Archive, damaged

_CORE = "docProps/core.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Empty where the file does not say. Word's ``revision`` counts savings, so it is not one."""

    title: str = ""
    version: str = ""
    date: str = ""


def properties(path: Path, archive: Archive, name: str = "") -> Properties:
    """The core properties of an office file; raises InvalidInput where they are damaged.

    ``name`` is that of their part, "" where it has the usual one.
    """
    name = name or _CORE
    data = archive.read(name)
    if data is None:
        return Properties()
    values: dict[str, str] = {}
    for element in parse(path, name, data):
        field = str(element.tag).rpartition("}")[2]
        values.setdefault(field, clean_line(element.text or ""))
    return Properties(
        title=values.get("title", ""),
        version=values.get("version", ""),
        date=printed.stamp(values.get("modified") or values.get("created") or ""),
    )


def parse(path: Path, name: str, data: bytes) -> Any:
    """The root element of one part, as ``Archive.read`` checked it; raises InvalidInput."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise damaged(path, f"{name} is damaged: {error}") from error
