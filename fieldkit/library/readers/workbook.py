"""Excel workbooks: each sheet under its name, values as Excel shows them.

Formulas are read by the values that were saved with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.archive import Archive, DamagedPart
from fieldkit.library.readers.cell_styles import cell_styles, first, named
from fieldkit.library.readers.cell_text import Book, Value
from fieldkit.library.readers.grid import TooLarge, is_figure
from fieldkit.library.readers.merged import Line, lines
from fieldkit.library.readers.meter import Meter
from fieldkit.library.readers.model import Document, Kind, Page, ReadingWarning, unreadable
from fieldkit.library.readers.package import Relation, of_kind, relations
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.properties import Properties, parse, properties
from fieldkit.library.readers.references import Place, as_index, column_name
from fieldkit.library.readers.rich_text import Run, shared_strings
from fieldkit.library.readers.sheet import lay_out
from fieldkit.library.readers.sheet_extras import Extras, sheet_extras
from fieldkit.library.readers.worksheet import Worksheet, worksheet

_MAIN = "xl/workbook.xml"
_NAMED = 5  # cells in a message
_PRINT_TITLES = re.compile(r"\$?(\d{1,7}):\$?(\d{1,7})\Z")
_OTHERS = (  # what else a ZIP archive may be, by one of its parts
    ("xl/workbook.bin", "it is a binary workbook (.xlsb); save it as .xlsx"),
    ("word/document.xml", "it is a Word document; name it .docx"),
    ("ppt/presentation.xml", "it is a PowerPoint presentation"),
    ("content.xml", "it is an OpenDocument file (.ods); save it as .xlsx"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    name: str
    part: str
    kind: str
    hidden: bool
    titles: int = 0  # the last of the rows that are printed on each page


def read_xlsx(path: Path) -> Document:
    """Read every visible sheet of a workbook; raises InvalidInput."""
    with Archive(path) as archive:
        reader = _Workbook(path, archive)
        try:
            pages = reader.pages()
        except TooLarge as error:
            raise unreadable(path, str(error)) from error
    damage = next((note.message for note in reader.notes if note.kind is Kind.DAMAGED), "")
    if damage and not reader.has_cells:
        raise unreadable(path, f"not a sound workbook: {damage}")
    head = "\n".join(pages[0].text.splitlines()[:10])
    facts = reader.facts
    return Document(
        document=clean_line(path.stem),
        title=facts.title or clean_line(path.stem),
        revision=facts.version or printed.revision(head),
        date=facts.date,
        pages=pages,
        markdown=True,
        warnings=(*reader.notes, *printed.doubts(head, path, facts.version)),
    )


class _Workbook:
    """Reads the parts of one workbook and notes what could not be read."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._path, self._archive = path, archive
        self._meter = Meter()
        self.notes: list[ReadingWarning] = []
        self.has_cells = False
        self.facts = Properties()

    def pages(self) -> tuple[Page, ...]:
        """All visible sheets as pages. Raises InvalidInput and TooLarge."""
        try:
            self.facts = properties(self._path, self._archive)
        except DamagedPart as error:
            self._note(Kind.DETAIL, error.reason)
        part = self._main()
        data = self._archive.read(part)
        root = parse(self._path, part, data or b"")
        related = relations(self._path, self._archive, part)
        book = self._book(root, related)
        pages = Pages()
        for sheet in self._sheets(root, related):
            self._add(pages, sheet, book)
        return pages.finish()

    def _main(self) -> str:
        """The part that names the sheets, by its relationship; raises InvalidInput."""
        found = of_kind(relations(self._path, self._archive), "officeDocument")
        for part in [*found, _MAIN]:
            if self._archive.has(part):
                for other, reason in _OTHERS:
                    if part.lower() == other:
                        raise unreadable(self._path, reason)
                return part
        for other, reason in _OTHERS:
            if self._archive.has(other):
                raise unreadable(self._path, reason)
        raise unreadable(self._path, "not a sound workbook: it names no sheets")

    def _book(self, root: Any, related: dict[str, Relation]) -> Book:
        settings = first(root, "workbookPr")
        strings: Sequence[tuple[Run, ...]] = ()
        styles: Sequence[Any] = ()
        for part in of_kind(related, "sharedStrings")[:1]:
            if (data := self._tolerant(part)) is not None:
                strings, whole = shared_strings(data)
                if not whole:
                    self._note(Kind.DAMAGED, f"{part} is damaged: texts of cells may be missing")
        for part in of_kind(related, "styles")[:1]:
            try:
                data = self._archive.read(part)
                styles = cell_styles(parse(self._path, part, data)) if data is not None else ()
            except DamagedPart as error:
                message = f"{error.reason}; numbers are read without their formats"
                self._note(Kind.DAMAGED, message)
        return Book(
            strings=strings,
            styles=styles,
            from_1904=settings is not None and settings.get("date1904", "0") in ("1", "true"),
        )

    def _tolerant(self, part: str) -> bytes | None:
        """A part's XML; None where it is missing or damaged, which is noted."""
        try:
            data = self._archive.read(part)
        except DamagedPart as error:
            self._note(Kind.DAMAGED, error.reason)
            return None
        if data is None:
            self._note(Kind.DAMAGED, f"{part} is missing")
        return data

    def _sheets(self, root: Any, related: dict[str, Relation]) -> list[_Sheet]:
        titles = _print_titles(root)
        found = []
        for group in named(root, "sheets"):
            for index, element in enumerate(named(group, "sheet")):
                target = related.get(_id(element), Relation(kind="", part=""))
                found.append(
                    _Sheet(
                        name=clean_line(element.get("name", "")),
                        part=target.part,
                        kind=target.kind,
                        hidden=element.get("state", "visible") != "visible",
                        titles=titles.get(index, 0),
                    )
                )
        return found

    def _add(self, pages: Pages, sheet: _Sheet, book: Book) -> None:
        if sheet.hidden:
            self._note(Kind.LEFT_OUT, f"sheet {sheet.name!r} is hidden and was not read")
            return
        if sheet.kind not in ("worksheet", ""):
            self._note(Kind.LEFT_OUT, f"sheet {sheet.name!r} is a {sheet.kind} and was not read")
            return
        try:
            data = self._archive.read(sheet.part)
        except DamagedPart as error:
            self._note(Kind.DAMAGED, f"sheet {sheet.name!r} was not read: {error.reason}")
            return
        if data is None:
            self._note(Kind.DAMAGED, f"sheet {sheet.name!r} is missing from the file")
            return
        pages.heading(sheet.name, 1)
        found = worksheet(data, book, self._meter)
        extras = self._extras(sheet)
        _attach(found, extras)
        visible, rows, columns = lines(found)
        self.has_cells = self.has_cells or bool(visible)
        names_at = found.names_at | extras.names_at
        until = max(found.names_until, sheet.titles)
        lay_out(pages, visible, lambda line: _says_names(line, names_at, until))
        for text in extras.paragraphs:
            pages.paragraph(text)
        self._report(sheet.name, found, extras, rows, columns)

    def _extras(self, sheet: _Sheet) -> Extras:
        try:
            related = relations(self._path, self._archive, sheet.part)
        except DamagedPart as error:
            return Extras(damage=[error.reason])
        return sheet_extras(self._path, self._archive, related)

    def _report(
        self, name: str, sheet: Worksheet, extras: Extras, rows: list[int], columns: list[int]
    ) -> None:
        """Note what of a sheet was not read."""
        found = sheet.findings
        left_out = [
            (rows, f"what is hidden in rows {_ranges(rows, str)} was not read"),
            (columns, f"what is hidden in columns {_ranges(columns, column_name)} was not read"),
            (found.struck, f"crossed-out text in {_cells(found.struck)} was left out"),
            (found.unseen, f"text in {_cells(found.unseen)} is not shown and was left out"),
            (extras.left_out, f"not read: {', '.join(extras.left_out)}"),
        ]
        for places, message in left_out:
            if places:
                self._note(Kind.LEFT_OUT, f"sheet {name!r}: {message}")
        if found.signed:
            message = f"the minus of {_cells(found.signed)} was added, which the format leaves out"
            self._note(Kind.DETAIL, f"sheet {name!r}: {message}")
        if found.uncalculated:
            self._note(
                Kind.DAMAGED,
                f"sheet {name!r}: {found.uncalculated} formulas have no value; "
                "open and save it in a spreadsheet program",
            )
        for reason in [found.damage, *extras.damage]:
            if reason:
                self._note(
                    Kind.DAMAGED, f"sheet {name!r} is damaged and was read in part: {reason}"
                )

    def _note(self, kind: Kind, message: str) -> None:
        self.notes.append(ReadingWarning(kind=kind, message=clean_line(message)))


def _says_names(line: Line, names_at: set[int], until: int) -> bool:
    """Whether the file says that ``line`` is names: of a table, or the last that stays in sight."""
    first = next(iter(line.spots.values()))
    return line.number in names_at or (line.number == until and not is_figure(first.text))


def _id(element: Any) -> str:
    """The id of a relationship, in the namespace of either version."""
    return next(
        (str(value) for name, value in element.attrib.items() if str(name).endswith("}id")), ""
    )


def _print_titles(root: Any) -> dict[int, int]:
    """By the number of a sheet, the last of the rows that are printed on each page."""
    found = {}
    for group in named(root, "definedNames"):
        for element in named(group, "definedName"):
            index = as_index(element.get("localSheetId"))
            match = _PRINT_TITLES.search(element.text or "")
            if element.get("name") == "_xlnm.Print_Titles" and index >= 0 and match:
                found[index] = int(match[2])
    return found


def _attach(sheet: Worksheet, extras: Extras) -> None:
    """Put notes to their cells."""
    for (row, column), note in extras.notes.items():
        cells = sheet.cells.setdefault(row, {})
        cells[column] = replace(cells.get(column, Value("")), note=note)


def _cells(places: Sequence[Place]) -> str:
    names = [f"{column_name(column)}{row}" for row, column in dict.fromkeys(places)]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _ranges(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    """``4-6, 9`` of sorted numbers."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number, number])
    texts = [name(a) if a == b else f"{name(a)}-{name(b)}" for a, b in found]
    more = len(texts) - _NAMED
    return ", ".join(texts[:_NAMED]) + (f" and {more} more" if more > 0 else "")
