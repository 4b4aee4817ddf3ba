"""Manuals of one name: revisions of one document, several documents, or copies of one file.

The same file name in two folders is an everyday thing: a manual in two languages, of two sites, in
two formats. Each gets a name of its own, which adds the folder or the format: ``PX-204 (es)``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from fieldkit.library.folder_language import language_of
from fieldkit.library.readers.model import Document, Kind, ReadingWarning
from fieldkit.library.revisions import issue_of, superseding

_SHOWN = 3  # files in one message
# What programs add to the name of a copy: "PX-204 (1)", "Copy of PX-204", "PX-204 - Kopie".
_COPY = re.compile(
    r"\((?:\d|copy|copia)\)|(?<![^\W_])(?:copy|kopie?|copie|copia)(?![^\W_])", re.IGNORECASE
)

_Key = Callable[[Document], Hashable]


def distinguished(documents: Sequence[Document]) -> tuple[list[Document], list[str]]:
    """Return ``documents`` so that no two have one name and revision, and what prevents that.

    Capital and small letters are one name.

    Files that are equal byte for byte become one document, whatever they are called. Files of one
    name in folders of different languages are different documents. All others of one name are
    revisions of one document; where some have the same revision, folder or format tells these
    apart. A warning of the kind DETAIL says how they are called. What prevents it, for IT: files of
    one folder and format that claim one name and revision.
    """
    named: list[Document] = []
    for same in _groups(_without_copies(documents), _name):
        for spoken in _by_language(_by_format(_one_family(same))):
            for revision in _groups(spoken, lambda document: document.revision):
                named += _apart(revision)
    before = {document.file: (place, document.document) for place, document in enumerate(documents)}
    named.sort(key=lambda document: before[document.file])
    named = [
        document if document.document == before[document.file][1] else _explained(document)
        for document in named
    ]
    return _questioned(named), _conflicts(named)


def _name(document: Document) -> str:
    return document.document.casefold()


def _one_family(documents: list[Document]) -> list[Document]:
    """Documents of one name, those that spell it otherwise as revisions of the first one."""
    name = documents[0].document
    return [d if d.document == name else replace(d, family=name) for d in documents]


def _by_format(documents: list[Document]) -> list[Document]:
    """Documents of one name; what has no revision is no older one of the same file as PDF.

    ``PX-204.docx`` beside ``PX-204.pdf``, which prints its revision, may be that or another.
    """
    issued = {_stem(document): document for document in documents if document.revision}
    return [
        document if document.revision else _beside(document, issued.get(_stem(document)))
        for document in documents
    ]


def _beside(document: Document, other: Document | None) -> Document:
    """``document``, without a revision, beside the ``other`` format that has one."""
    if other is None:
        return document
    return _with(
        _called(document, _format(document), family=True),
        f"no revision is found in it; whether it is rev {other.revision}, as {other.file} is, "
        "cannot be determined",
    )


def _stem(document: Document) -> str:
    return str(PurePosixPath(document.file).with_suffix("")).casefold()


def _format(document: Document) -> str:
    return PurePosixPath(document.file).suffix[1:].upper()


def _groups(documents: Sequence[Document], key: _Key) -> list[list[Document]]:
    groups: dict[Hashable, list[Document]] = defaultdict(list)
    for document in documents:
        groups[key(document)].append(document)
    return list(groups.values())


def _without_copies(documents: Sequence[Document]) -> list[Document]:
    """One of the files that are equal byte for byte; a warning of it names the others."""
    kept: list[Document] = []
    for same in _groups(documents, lambda document: document.sha256 or document.file):
        first = _original(same)
        if copies := [other.file for other in same if other is not first]:
            verb = "is" if len(copies) == 1 else "are"
            message = f"{_listed(copies)} {verb} the same, byte for byte, and not indexed again"
            first = _with(_also_called(first, same), message)
        kept.append(first)
    return kept


def _original(same: Sequence[Document]) -> Document:
    """Of equal files the newest revision by name, and of these the one of the plainest name."""
    newer = superseding([issue_of(document) for document in same])
    holding = [d for d, issue in zip(same, newer, strict=True) if issue is None]

    def plainness(document: Document) -> tuple[bool, int]:
        name = PurePosixPath(document.file).stem
        return bool(_COPY.search(name)), len(name)

    return min(holding or same, key=plainness)


def _also_called(document: Document, same: Sequence[Document]) -> Document:
    """``document`` with the names of its equals in its title, so that it is found by them.

    One manual may be filed under each machine that it is for.
    """
    names = {_name(document): document.document}
    for other in same:
        known = any(name in _name(other) for name in names)
        if not known and not _COPY.search(PurePosixPath(other.file).stem):
            names[_name(other)] = other.document
    others = [name for name in names.values() if name.casefold() not in document.title.casefold()]
    title = "; ".join(dict.fromkeys([document.title, *others[:_SHOWN]]))
    return replace(document, title=title) if len(names) > 1 else document


def _by_language(documents: list[Document]) -> list[list[Document]]:
    """Files of one name, apart by the languages of their folders where there are several."""
    groups = _groups(documents, lambda document: language_of(document.file)[0])
    if len(groups) == 1:
        return groups
    return [[_called(d, language_of(d.file)[1], family=True) for d in group] for group in groups]


def _apart(documents: list[Document]) -> list[Document]:
    """Documents of one name and revision under names that differ, as far as that is possible."""
    if len(documents) == 1:
        return documents
    folders = _distinguishing([PurePosixPath(d.file).parts[:-1] for d in documents])
    formats = [_format(document) for document in documents]
    places = Counter(folders)
    both = Counter(zip(folders, formats, strict=True))
    named = []
    for document, folder, form in zip(documents, folders, formats, strict=True):
        is_needed = places[folder] > 1 and both[folder, form] == 1
        parts = [folder, form if is_needed else ""]
        named.append(_called(document, ", ".join(part for part in parts if part)))
    return named


def _distinguishing(paths: list[tuple[str, ...]]) -> list[str]:
    """What is left of folders without what they begin with alike."""
    shared = 0
    while all(len(path) > shared for path in paths) and len({path[shared] for path in paths}) == 1:
        shared += 1
    return ["/".join(path[shared:]) for path in paths]


def _called(document: Document, qualifier: str, *, family: bool = False) -> Document:
    """``document`` with ``qualifier`` in its name; it stays a revision of its ``family``."""
    if not qualifier:
        return document
    name = f"{document.document} ({qualifier})"
    kin = document.family or document.document
    if family:
        kin = f"{kin} ({qualifier})"
    return replace(document, document=name, family=kin)


def _explained(document: Document) -> Document:
    """``document`` with a warning about the name that it was given."""
    return _with(
        document,
        f"it is called {document.document}, since other files have its name, too; to call it "
        "otherwise, rename the file or, in Markdown, put document: into its front matter",
    )


def _questioned(documents: list[Document]) -> list[Document]:
    """``documents``, with a warning where one supersedes another and only one has a revision."""
    issues = [issue_of(document) for document in documents]
    file_of = dict(zip(issues, (document.file for document in documents), strict=True))
    return [
        _with(
            document,
            f"{newer.name} ({file_of[newer]}) counts as newer, though only one of the two has a "
            "revision",
        )
        if newer is not None and bool(newer.revision) != bool(issue.revision)
        else document
        for document, issue, newer in zip(documents, issues, superseding(issues), strict=True)
    ]


def _with(document: Document, message: str) -> Document:
    warning = ReadingWarning(kind=Kind.DETAIL, message=message)
    return replace(document, warnings=(*document.warnings, warning))


def _listed(files: Sequence[str]) -> str:
    more = len(files) - _SHOWN
    return ", ".join(files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _conflicts(documents: Sequence[Document]) -> list[str]:
    """A line for each file that has the name and revision of another."""
    lines = []
    for first, *others in _groups(documents, lambda d: (d.document, d.revision)):
        lines += [
            f"{other.file}: document {other.document} is also {first.file}, of the same revision"
            for other in others
        ]
    return lines
