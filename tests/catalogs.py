"""The catalogs of the interface: ``python -m tests.catalogs`` extracts, merges and compiles them.

``fieldkit.pot`` is what the code says, ``<language>/LC_MESSAGES/fieldkit.po`` what a translator
wrote beside it, and the ``.mo`` file there what the assistant reads. All three are committed, so
that a checkout works as it is. They are sorted and tell neither day nor place, so they change only
when a text does.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import fieldkit
from fieldkit.chat import i18n

CHAT = Path(fieldkit.__file__).parent / "chat"
LOCALE = CHAT / "locale"
POT = LOCALE / "fieldkit.pot"
LANGUAGES = tuple(code for code in i18n.LANGUAGES if code != i18n.SOURCE)
_HEADER = "# The texts of fieldkit's assistant. Written by: python -m tests.catalogs"
# What Babel would say of the day, of itself and of nobody in particular.
_LEFT_OUT = (
    "Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date",
    "Last-Translator", "Language-Team", "Generated-By",
)  # fmt: skip


def texts(source: str) -> Iterator[str | tuple[str, ...]]:
    """The texts that a module marks; one with a plural is a pair.

    From the syntax tree: Babel's own reader goes by tokens, so it overlooks a call inside an
    f-string and takes any string between the parentheses for a text.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            strings = tuple(
                argument.value
                for argument in node.args[:2]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )
            if node.func.id in {"_", "N_"} and strings:
                yield strings[0]
            elif node.func.id == "ngettext":
                yield strings


def extracted() -> Catalog:
    """Every text of ``fieldkit/chat``."""
    catalog = Catalog(project="fieldkit", charset="utf-8", header_comment=_HEADER, fuzzy=False)
    for path in sorted(CHAT.rglob("*.py")):
        for text in texts(path.read_text(encoding="utf-8")):
            catalog.add(text)
    return catalog


def po_path(language: str) -> Path:
    """Where the translations into ``language`` lie; the compiled file lies beside it."""
    return LOCALE / language / "LC_MESSAGES" / "fieldkit.po"


def read(language: str) -> Catalog:
    """The translations into ``language``, none if there is no file yet."""
    path = po_path(language)
    text = path.read_bytes() if path.exists() else b""
    return read_po(io.BytesIO(text), locale=language, domain="fieldkit")


def merged(language: str) -> Catalog:
    """The translations as they fit the code now: new texts are empty, those that are gone go."""
    catalog = read(language)
    catalog.update(extracted(), no_fuzzy_matching=True, update_header_comment=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    return catalog


def messages(catalog: Catalog) -> Iterator[Message]:
    """The texts of a catalog, without its header."""
    return (message for message in catalog if message.id)


def as_po(catalog: Catalog) -> bytes:
    """A catalog as it is written: sorted, without dates and places."""
    out = io.BytesIO()
    write_po(out, catalog, width=96, sort_output=True, no_location=True)
    dropped = tuple(f'"{name}:' for name in _LEFT_OUT)
    lines = out.getvalue().decode().split("\n")
    return "\n".join(line for line in lines if not line.startswith(dropped)).encode()


class Bare(Catalog):
    """A catalog whose header says nothing but what a reader of it needs."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in super().mime_headers if name not in _LEFT_OUT]


def as_mo(catalog: Catalog) -> bytes:
    """A catalog compiled; untranslated texts are left out, so they appear in English."""
    bare = Bare(locale=catalog.locale, charset="utf-8", fuzzy=False)
    for message in messages(catalog):
        bare.add(message.id, message.string)
    out = io.BytesIO()
    write_mo(out, bare)
    return out.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """The texts that have no translation, or only a guess."""
    return [str(m.id) for m in messages(catalog) if m.fuzzy or not _translated(m)]


def _translated(message: Message) -> bool:
    parts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return all(parts)


def main() -> int:
    """Bring all files up to date; 1 when something is left to translate, which is listed."""
    POT.parent.mkdir(exist_ok=True)
    POT.write_bytes(as_po(extracted()))
    left = 0
    for language in LANGUAGES:
        catalog = merged(language)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        for text in missing(catalog):
            left += 1
            sys.stderr.write(f"{path}: to be translated: {text}\n")
    return min(left, 1)


if __name__ == "__main__":
    sys.exit(main())
