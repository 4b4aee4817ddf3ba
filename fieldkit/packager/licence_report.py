"""What ``fieldkit licence show`` tells: the terms, the policy's verdict, the texts, the receipt."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.candidate import Candidate
from fieldkit.core.licence import Receipt, differences, objections, reads_like
from fieldkit.core.profile import Profile
from fieldkit.packager.licence_texts import Text
from fieldkit.packager.progress import size


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of a profile's licence.

    ``texts`` is empty when none could be had; ``problem`` then says why, and ``receipt_problem``
    why there is no readable receipt. ``own`` is true for the model that fieldkit carries, whose
    licence nobody has to accept.
    """

    profile: Profile
    folder: Path
    candidate: Candidate
    texts: tuple[Text, ...] = ()
    receipt: Receipt | None = None
    own: bool = False
    problem: str | None = None
    receipt_problem: str | None = None

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the profile's policy refuses the candidate; empty when it does not."""
        profile = self.profile
        return objections(self.candidate.licence, profile.licence, profile.gates.licences)

    @property
    def differences(self) -> list[str]:
        """Where the receipt does not cover the texts; empty when either is missing."""
        if self.receipt is None or not self.texts:
            return []
        return differences(
            self.receipt,
            candidate=self.profile.model.candidate,
            licence=self.candidate.licence.identifier,
            texts=[text.entry for text in self.texts],
        )

    @property
    def accepted(self) -> bool:
        """Whether a build would pass the gate."""
        covered = self.receipt is not None and bool(self.texts) and not self.differences
        return not self.objections and (self.own or covered)

    @property
    def unlike(self) -> tuple[Text, ...]:
        """The model's terms, if none of them read like what the candidate is said to be under."""
        verdicts = [self._reads_like(text) for text in self.texts]
        if True in verdicts:
            return ()
        pairs = zip(self.texts, verdicts, strict=True)
        return tuple(text for text, verdict in pairs if verdict is False)

    def _reads_like(self, text: Text) -> bool | None:
        if not text.terms or text.entry.of != "model":
            return None
        return reads_like(self.candidate.licence.identifier, text.readable)

    def to_dict(self) -> dict[str, Any]:
        """The object of ``licence show --json``; texts are as a terminal may show them."""
        terms = self.candidate.licence
        return {
            "profile": str(self.folder),
            "candidate": self.profile.model.candidate,
            "name": self.candidate.name,
            "licence": {"identifier": terms.identifier, **terms.model_dump(mode="json")},
            "policy": {"allowed": not self.objections, "objections": list(self.objections)},
            "texts": [
                {
                    **text.entry.model_dump(mode="json"),
                    "size": len(text.content),
                    "reads_like_its_name": self._reads_like(text),
                    "text": text.readable,
                }
                for text in self.texts
            ],
            "receipt": self.receipt.model_dump(mode="json") if self.receipt else None,
            "differences": self.differences,
            "accepted": self.accepted,
            "problem": self.problem or self.receipt_problem,
        }


def format_report(report: Report) -> str:
    """The report for people: facts, verdict, the whole texts, and what to do next."""
    lines = [f"{name:<16} {text}" for name, text in _facts(report)]
    for text in report.texts:
        lines += ["", _heading(text), "", text.readable]
    return "\n".join(lines)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    candidate, terms = report.candidate, report.candidate.licence
    threshold = f"ends at {terms.user_threshold:,} monthly users" if terms.user_threshold else "no"
    yield "candidate", f"{candidate.name} of {candidate.publisher}"
    yield "licence", f"{terms.name} ({terms.identifier})"
    yield "commercial use", _yes(terms.commercial_use)
    yield "user threshold", threshold
    yield "output limits", _yes(terms.output_limits)
    yield "gated", "yes, the publisher asks for an agreement first" if terms.gated else "no"
    if terms.source:
        yield "read from", terms.source
    yield "policy", "refused: " + report.objections[0] if report.objections else "allowed"
    for more in report.objections[1:]:
        yield "", f"refused: {more}"
    for text in report.texts:
        entry = text.entry
        yield "text", f"{entry.path}, {size(len(text.content))}, of {_whence(report, text)}"
        yield "", f"sha256 {entry.sha256}"
    for text in report.unlike:
        yield "careful", f"{text.entry.path} does not read like {terms.identifier}: read it closely"
    if report.problem:
        yield "text", f"none: {report.problem}"
    yield from _acceptance(report)


def _acceptance(report: Report) -> Iterator[tuple[str, str]]:
    receipt = report.receipt
    if report.own:
        yield "accepted", "not needed: this model is fieldkit's own"
    elif report.receipt_problem:
        yield "accepted", f"no: {report.receipt_problem}"
    elif receipt is None:
        yield "accepted", "no"
    else:
        whom = f"by {receipt.accepted_by} on {receipt.accepted_at}, ticket {receipt.ticket}"
        no_longer = "no longer: it was " if report.differences else ""
        yield "accepted", no_longer + whom
        for line in report.differences:
            yield "", line


def accept_command(spec: str, model: Path | None, texts: Sequence[Text]) -> str:
    """The command that accepts exactly these texts."""
    words = ["fieldkit", "licence", "accept", spec, *(("--model", str(model)) if model else ())]
    hashes = [text.entry.sha256 for text in texts]
    return f"{shlex.join(words)} --name WHO --ticket REF --sha256 {' '.join(hashes)}"


def _heading(text: Text) -> str:
    return f"--- {text.entry.path} " + "-" * max(3, 74 - len(text.entry.path))


def _whence(report: Report, text: Text) -> str:
    entry = text.entry
    if report.own:
        return "fieldkit"
    if entry.place == "profile":
        return f"the profile, for the {entry.of}"
    if entry.repository is None:
        return "the folder of the model's file"
    return entry.repository + (f" at commit {entry.commit}" if entry.commit else " (a folder)")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
