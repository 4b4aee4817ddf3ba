"""``fieldkit page``: a page of a manual, as text or as it is printed; no model, no engine."""

from __future__ import annotations

import difflib
import io
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fieldkit.chat import outfile
from fieldkit.chat.pagetext import page_text
from fieldkit.console import Console
from fieldkit.core.text import clean_line
from fieldkit.errors import ExitCode, UsageProblem
from fieldkit.library.pictures import Filed, NoPicture, Picture, Pictures

_MOST_NAMED = 5


class Paged(Protocol):
    """The part of a library that is read here."""

    def documents(self) -> Sequence[Filed]:
        """The manuals."""
        ...

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        """The text of a page; raises KeyError when there is none."""
        ...

    def number_of(self, document: str, page: str, revision: str | None = None) -> int:
        """The number of the page that is printed as ``page``; raises KeyError for none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for; ``in_file``: ``page`` counts the pages of the file.

    ``image`` is where a picture goes, ``original`` where a copy goes; files there are replaced only
    where that is wanted.
    """

    document: str
    page: str
    revision: str | None
    in_file: bool
    image: Path | None
    original: Path | None
    replace: bool


def run(library: Paged, pictures: Pictures, console: Console, wanted: Wanted) -> int:
    """Print a page, write its picture, or copy its manual.

    Raises UsageProblem for an unknown document or page, with the nearest names, and for a file that
    exists; and NoPicture and InvalidInput as ``Pictures.draw``.
    """
    manual = named(library.documents(), wanted.document, wanted.revision)
    if wanted.original is not None:
        _write(wanted.original, pictures.original(manual), replace=wanted.replace)
        console.err(f"{clean_line(manual.file)} is copied to {wanted.original}.")
        if not wanted.page and wanted.image is None:
            return ExitCode.OK
    number = number_in(library, manual, wanted.page, in_file=wanted.in_file)
    console.err(place(manual, number))
    if wanted.image is not None:
        _write(wanted.image, _png(drawn(pictures, manual, number)), replace=wanted.replace)
        console.err(f"The page as it is printed is in {wanted.image}.")
    else:
        text = library.page(manual.document, number, manual.revision)
        console.out(page_text(text, "").text)
    return ExitCode.OK


def named(manuals: Sequence[Filed], name: str, revision: str | None) -> Filed:
    """The manual that a person means: of several revisions the newest, if none is named."""
    wanted = clean_line(name).casefold()
    found = [manual for manual in manuals if manual.document == name]
    found = found or [manual for manual in manuals if manual.document.casefold() == wanted]
    if not found:
        raise UsageProblem(
            f"there is no document {clean_line(name)!r}", hint=_nearest(wanted, manuals)
        )
    if revision is not None:
        fitting = [m for m in found if m.revision.casefold() == revision.casefold()]
        if not fitting:
            held = ", ".join(manual.revision or "none" for manual in found)
            raise UsageProblem(
                f"there is no revision {clean_line(revision)} of {found[0].document}",
                hint=f"Its revisions are: {held}.",
            )
        return fitting[0]
    return next((manual for manual in found if not manual.superseded_by), found[0])


def _nearest(wanted: str, manuals: Sequence[Filed]) -> str:
    names = {manual.document.casefold(): manual.document for manual in manuals}
    titles = {manual.title.casefold(): manual.document for manual in manuals}
    near = [document for key, document in (names | titles).items() if wanted and wanted in key]
    near += [names[key] for key in difflib.get_close_matches(wanted, names, _MOST_NAMED, 0.5)]
    listed = list(dict.fromkeys(near or names.values()))
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    shown = ", ".join(map(clean_line, listed[:_MOST_NAMED])) + more
    return f"The nearest are: {shown}." if near else f"There are: {shown or 'none'}."


def number_in(library: Paged, manual: Filed, page: str, *, in_file: bool) -> int:
    """The number in the file of the page that a person means by ``page``, "" for an only one."""
    wanted = clean_line(page).removeprefix("p.").strip()
    if not wanted and len(manual.pages) == 1:
        return manual.pages[0]
    if not wanted:
        raise UsageProblem("no page is named", hint=_held(manual, in_file=in_file))
    if in_file:
        if wanted.isascii() and wanted.isdecimal() and int(wanted) in manual.pages:
            return int(wanted)
    else:
        try:
            return library.number_of(manual.document, wanted, manual.revision)
        except KeyError:
            pass
    counted = "PDF page" if in_file else "page"
    raise UsageProblem(
        f"{manual.document} has no {counted} {wanted}",
        hint=_held(manual, in_file=in_file, wanted=wanted),
    )


def _held(manual: Filed, *, in_file: bool, wanted: str = "") -> str:
    """Which pages there are, and those whose numbers are most like ``wanted``."""
    if manual.pages == (0,):
        return "It has no pages; leave the number out."
    shown = [str(n) if in_file else manual.labels.get(n, str(n)) for n in manual.pages]
    extent = f"Its pages go from {shown[0]} to {shown[-1]}."
    near = difflib.get_close_matches(wanted, shown, 3, 0.5)
    return f"{extent} The nearest are: {', '.join(map(clean_line, near))}." if near else extent


def place(manual: Filed, number: int) -> str:
    """``PX-204 rev C, p. 2 (PDF 5)``."""
    issue = f"{manual.document} rev {manual.revision}" if manual.revision else manual.document
    label = manual.labels.get(number, "")
    shown = f"{label} (PDF {number})" if label else str(number)
    return clean_line(f"{issue}, p. {shown}" if number else issue)


def drawn(pictures: Pictures, manual: Filed, number: int) -> Picture:
    """A page as it is printed; where that cannot be, the error says how to get the original."""
    try:
        return pictures.draw(manual, number)
    except NoPicture as error:
        if error.hint:
            raise
        name = shlex.quote(clean_line(manual.document))
        raise NoPicture(
            error.message,
            hint=f"`fieldkit page {name} --original FILE` copies the original out.",
        ) from error


def _write(path: Path, content: bytes | Path, *, replace: bool) -> None:
    try:
        outfile.write(path, content, replace=replace)
    except outfile.AlreadyThere as error:
        hint = "Give another name, or --force replaces it."
        raise UsageProblem(error.message, hint=hint) from error


def _png(picture: Picture) -> bytes:
    """``picture`` as the content of a PNG file."""
    from PIL import Image, PngImagePlugin  # noqa: F401 - the plugin is what can write it

    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    target = io.BytesIO()
    image.save(target, format="PNG")
    return target.getvalue()
