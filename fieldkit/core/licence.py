"""What a model's licence permits, what a profile asks of it, and the receipt of its acceptance."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field, ValidationError

from fieldkit.core.validation import Line, Section

RECEIPT_FILE = "licence-receipt.json"
FORMAT = 1

# File names that publishers give to what a licensee is bound by or has to pass on.
_TEXT_NAME = re.compile(
    r"(LICEN[SC]E|COPYING|TERMS|NOTICE|USE_POLICY)([-_.][A-Za-z0-9._-]{0,99})?", re.IGNORECASE
)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_TEXT_SUFFIX = re.compile(r"(\.(txt|md|rst|\d+))?", re.IGNORECASE)

# What each of these texts says of itself, with whitespace made single: a text without it is not
# the one that its name promises.
_MARKS = {
    "MIT": "Permission is hereby granted, free of charge",
    "Apache-2.0": "Apache License Version 2.0",
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
}


class Terms(Section):
    """The facts of a licence that decide whether a company may use a model.

    ``spdx`` is its SPDX identifier, None where SPDX lists none. ``user_threshold`` is the number of
    monthly users from which a separate licence is needed. ``output_limits`` says that what may be
    done with the model's answers is restricted. ``gated`` says that the publisher hands out the
    weights only to accounts that agreed to the terms. ``source`` is where this was read.
    """

    name: Line
    spdx: Line | None = None
    commercial_use: bool
    user_threshold: int | None = Field(default=None, gt=0)
    output_limits: bool = False
    gated: bool = False
    source: Line | None = None

    @property
    def identifier(self) -> str:
        """The SPDX identifier, or a LicenceRef made of the name, as ``gates.licences`` lists it."""
        if self.spdx is not None:
            return self.spdx
        return "LicenseRef-" + "-".join(self.name.split())


class Policy(Section):
    """What a profile allows beyond the list of licences: its section ``[licence]``."""

    user_threshold: bool = Field(
        default=False, description="Allow licences that end at a number of monthly users."
    )
    output_limits: bool = Field(
        default=False, description="Allow licences that limit what answers may be used for."
    )
    gated: bool = Field(
        default=True, description="Allow models whose publisher asks for an agreement first."
    )
    text: Line | None = Field(
        default=None,
        description="A file with the model's licence as it was reviewed, relative to the "
        "profile's folder; needed where the weights come without their licence's text.",
    )
    adapter_text: Line | None = Field(
        default=None,
        description="The same for the adapter: its licence, or a note of who owns it.",
    )


class AcceptedText(Section):
    """One text that belongs to the weights: which, from where, and the hash of its exact bytes.

    ``place`` is ``weights`` for a file that came with them and ``profile`` for one that the profile
    names. ``repository`` and ``commit`` say where the weights are from: None for a single file,
    ``commit`` None for a folder. ``path`` is relative to the repository or to the profile's folder.
    """

    of: Literal["model", "adapter"]
    place: Literal["weights", "profile"]
    repository: Line | None = None
    commit: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    path: Line
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Receipt(Section):
    """Who accepted which texts for which model: ``licence-receipt.json`` beside a profile.

    ``candidate`` is the name the profile uses, ``licence`` its identifier. ``accepted_at`` is UTC,
    ISO 8601 with seconds.
    """

    format: int = Field(default=FORMAT, ge=FORMAT, le=FORMAT)
    candidate: Line
    licence: Line
    texts: tuple[AcceptedText, ...] = Field(min_length=1, strict=False)
    accepted_by: Line
    accepted_at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
    ticket: Line

    def to_json(self) -> str:
        """As it stands on disk: indented, one trailing newline."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"

    def commit_of(self, repository: str) -> str | None:
        """The commit of ``repository`` at which a text was accepted, None when there is none."""
        found = (text.commit for text in self.texts if text.repository == repository)
        return next((commit for commit in found if commit is not None), None)


def parse_receipt(text: str) -> Receipt:
    """Read a receipt; ValueError says everything that is wrong with it."""
    try:
        return Receipt.model_validate_json(text)
    except ValidationError as error:
        found = [
            f"{'.'.join(str(part) for part in one['loc']) or 'file'}: {one['msg']}"
            for one in error.errors(include_url=False)
        ]
        raise ValueError("; ".join(found)) from error


def is_licence_text(path: str) -> bool:
    """Whether ``path`` in a repository or folder is a text a licensee is bound by or passes on.

    Files at the top by their usual names, with what publishers add to them (``LICENSE-MODEL``,
    ``NOTICE.txt``), and everything in a folder ``LICENSES`` (https://reuse.software/spec).
    """
    folder, _, name = path.rpartition("/")
    if not _TEXT_SUFFIX.fullmatch(PurePosixPath(name).suffix):
        return False
    if folder:
        return folder.upper() in {"LICENSES", "LICENCES"} and _PLAIN.fullmatch(name) is not None
    return _TEXT_NAME.fullmatch(path) is not None


def primary_text(paths: Iterable[str]) -> str | None:
    """The licence itself among ``paths``: what is called so, the shortest name; None without one.

    A notice or a use policy alone is no licence.
    """
    licences = (
        path
        for path in paths
        if is_licence_text(path) and not path.upper().startswith(("NOTICE", "USE_POLICY"))
    )
    return min(licences, key=lambda path: ("/" in path, len(path), path), default=None)


def objections(terms: Terms, policy: Policy, allowed: Collection[str]) -> tuple[str, ...]:
    """Why a profile may not use a model with these terms; empty when it may.

    ``allowed`` is ``gates.licences``. Each entry is a clause that names the key that decides.
    """
    found = []
    if not terms.commercial_use:
        found.append(f"{terms.name} does not permit commercial use, which no profile can allow")
    if terms.identifier not in allowed:
        found.append(
            f"it is under {terms.identifier}; the profile allows {', '.join(allowed)}"
            " (gates.licences)"
        )
    if terms.user_threshold is not None and not policy.user_threshold:
        found.append(
            f"its licence ends at {terms.user_threshold:,} monthly users"
            " (licence.user_threshold = true would allow that)"
        )
    if terms.output_limits and not policy.output_limits:
        found.append(
            "its licence limits what answers may be used for"
            " (licence.output_limits = true would allow that)"
        )
    if terms.gated and not policy.gated:
        found.append(
            "its publisher asks for an agreement before a download"
            " (licence.gated = true would allow that)"
        )
    return tuple(found)


def reads_like(identifier: str, text: str) -> bool | None:
    """Whether ``text`` is of the kind that ``identifier`` promises; None where that is not known.

    A hint for whoever reads it, no legal finding.
    """
    mark = _MARKS.get(identifier)
    return None if mark is None else mark.lower() in " ".join(text.split()).lower()


def differences(
    receipt: Receipt, *, candidate: str, licence: str, texts: Iterable[AcceptedText]
) -> list[str]:
    """Say where ``receipt`` does not cover exactly ``texts`` of ``candidate``; empty: it does.

    ``licence`` is the identifier that the candidate is said to be under.
    """
    if receipt.candidate != candidate:
        return [f"the receipt is for the candidate {receipt.candidate!r}, not {candidate!r}"]
    if receipt.licence != licence:
        return [f"the receipt is for {receipt.licence}; {candidate!r} is under {licence}"]
    found = []
    accepted = {(text.of, text.place, text.path): text for text in receipt.texts}
    for text in texts:
        before = accepted.pop((text.of, text.place, text.path), None)
        if before is None:
            found.append(f"{_named(text)} was not accepted")
        elif before.sha256 != text.sha256:
            found.append(
                f"{_named(text)} is another text than the one accepted: "
                f"sha256 {text.sha256}, accepted was {before.sha256}"
            )
        elif (before.repository, before.commit) != (text.repository, text.commit):
            found.append(
                f"the receipt is for {_whence(before)}; the {text.of} is from {_whence(text)}"
            )
    found += [f"{_named(text)} was accepted and is no longer there" for text in accepted.values()]
    return list(dict.fromkeys(found))


def _named(text: AcceptedText) -> str:
    whose = f"the {text.of}'s" if text.place == "weights" else "the profile's"
    return f"{whose} {text.path}"


def _whence(text: AcceptedText) -> str:
    if text.repository is None:
        return "a file on this machine"
    return text.repository + (f" at commit {text.commit}" if text.commit else " (a folder)")
