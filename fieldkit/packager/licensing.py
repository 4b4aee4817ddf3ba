"""The licence gate: the profile's policy, and a person's acceptance of the exact text.

Nothing is built from a model whose licence nobody accepted. The acceptance is a file beside the
profile, ``licence-receipt.json``, so it is reviewed and kept like the profile itself. It records
what somebody said they read; it is no signature.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fieldkit.core.candidate import Candidate
from fieldkit.core.licence import (
    RECEIPT_FILE,
    AcceptedText,
    Receipt,
    differences,
    objections,
    parse_receipt,
)
from fieldkit.core.lock import Lock
from fieldkit.core.profile import Profile
from fieldkit.errors import LicenceProblem, UsageProblem
from fieldkit.packager import deployments, licence_texts, model_card, textfile
from fieldkit.packager.cache import Hashes
from fieldkit.packager.licence_texts import Source, Text

_RECEIPT_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a release carries: the texts, the model's licence first, and who accepted them.

    ``receipt`` is None for the model that fieldkit itself carries.
    """

    texts: tuple[Text, ...]
    receipt: Receipt | None

    def to_dict(self) -> dict[str, Any]:
        """Texts by hash, and the receipt: for records, and to tell one acceptance from another."""
        return {
            "texts": [text.entry.model_dump(mode="json") for text in self.texts],
            "receipt": self.receipt.model_dump(mode="json") if self.receipt else None,
        }

    def in_words(self) -> str:
        """Who accepted what, in a line."""
        first = self.texts[0].entry
        more = f" and {len(self.texts) - 1} more" if len(self.texts) > 1 else ""
        text = f"{first.path} (sha256 {first.sha256[:12]}){more}"
        if self.receipt is None:
            return f"{text}, fieldkit's own: no acceptance needed"
        receipt = self.receipt
        return (
            f"{text} accepted by {receipt.accepted_by} on {receipt.accepted_at}, "
            f"ticket {receipt.ticket}"
        )


def check_policy(profile: Profile, candidate: Candidate) -> None:
    """Raise LicenceProblem, with every objection, when ``profile`` may not use ``candidate``."""
    found = objections(candidate.licence, profile.licence, profile.gates.licences)
    if found:
        raise LicenceProblem(
            f"{candidate.name}: {'; '.join(found)}",
            hint="Choose another candidate (fieldkit candidates), or have the licence reviewed and "
            "allow it in the profile.",
        )


def read_receipt(folder: Path) -> Receipt | None:
    """The receipt beside the profile in ``folder``; None when there is none.

    Raises LicenceProblem when the file is there and is no receipt.
    """
    path = folder / RECEIPT_FILE
    try:
        return parse_receipt(textfile.read(path, most=_RECEIPT_BYTES).decode())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        what = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise LicenceProblem(
            f"{path}: is not a valid receipt: {what}",
            hint="Restore it from version control, or accept the licence again: "
            "fieldkit licence accept.",
        ) from error


def accepted_commit(folder: Path, repository: str) -> str | None:
    """The commit at which the licence of ``repository`` was accepted for the profile in ``folder``.

    A first pull pins this commit, so that what was read is what is used. None when the receipt
    names none.
    """
    receipt = read_receipt(folder)
    return receipt.commit_of(repository) if receipt is not None else None


def check_receipt(profile: Profile, folder: Path, candidate: Candidate, lock: Lock | None) -> None:
    """Raise LicenceProblem when it is already known that the licence is not accepted.

    Called before weights are fetched, which by some licences is to agree to them. With a lock,
    every hash is compared; without one, the receipt must be there and for this candidate.
    """
    expected: Iterable[AcceptedText] | None = None
    if lock is not None:
        sources = licence_texts.sources_of(lock, model=folder, adapter=folder)
        expected = licence_texts.entries(profile.licence, folder, sources)
    receipt = _receipt(folder, candidate)
    _compare(receipt, profile, folder, candidate, receipt.texts if expected is None else expected)


def texts_of(
    profile: Profile, folder: Path, candidate: Candidate, sources: tuple[Source, ...]
) -> tuple[Text, ...]:
    """Every text that has to be accepted for the weights of ``sources``, the licence first.

    Raises LicenceProblem when one is missing or unusable, which a fine-tune's base licence is when
    only the fine-tune's own text is there; IntegrityProblem when one is not the one of the lock.
    """
    texts = licence_texts.read(profile.licence, folder, sources)
    for source in sources:
        terms = [text for text in texts if text.terms and text.entry.of == source.of]
        if _is_fine_tune(source, candidate) and len(terms) < 2:
            raise LicenceProblem(
                f"{source.folder if source.repository is None else source.repository} is a "
                f"fine-tune of {candidate.name}, as its card says, and has one licence text: "
                f"{terms[0].entry.path}",
                hint="Both licences count. Put the base model's beside it as LICENSE-BASE, or name "
                'its text in the profile\'s section [licence]: text = "FILE".',
            )
    return texts


def _is_fine_tune(source: Source, candidate: Candidate) -> bool:
    """Whether a model from this machine says that it was made from the candidate itself."""
    base = candidate.origin.repository
    if source.of != "model" or source.commit is not None or base is None:
        return False
    return any(
        model_card.same_model(named, base) for named in model_card.base_models(source.folder)
    )


def require_acceptance(
    profile: Profile, folder: Path, candidate: Candidate, sources: tuple[Source, ...]
) -> Acceptance:
    """The acceptance of the licence texts of ``sources`` by the receipt in ``folder``.

    Raises LicenceProblem (exit 12) when there is no receipt, when it is for other weights, another
    commit or another text, and when there is no text to accept; IntegrityProblem when a text is
    not the one that was pulled.
    """
    texts = texts_of(profile, folder, candidate, sources)
    receipt = _receipt(folder, candidate)
    _compare(receipt, profile, folder, candidate, [text.entry for text in texts])
    return Acceptance(texts=texts, receipt=receipt)


def require_for_file(
    profile: Profile, folder: Path, candidate: Candidate, model: Path, hashes: Hashes
) -> Acceptance:
    """The acceptance for a model file on this machine, whose texts lie beside it.

    The model that fieldkit carries is under fieldkit's own licence, which nobody has to accept;
    another file that is given for its candidate is not exempt. Raises as ``require_acceptance``.
    """
    own = deployments.embedded_model(candidate)
    if own is not None and own.is_file() and hashes.sha256(own) == hashes.sha256(model):
        return Acceptance(texts=licence_texts.own_texts(), receipt=None)
    sources = (licence_texts.source_beside(model),)
    return require_acceptance(profile, folder, candidate, sources)


def accept(
    profile: Profile,
    folder: Path,
    candidate: Candidate,
    texts: tuple[Text, ...],
    *,
    name: str,
    ticket: str,
) -> Receipt:
    """Write the receipt of ``texts``, accepted now by ``name`` under ``ticket``.

    Raises LicenceProblem when the profile's policy does not allow the candidate, UsageProblem for
    a name or ticket that is no line of text, or when the folder cannot be written to.
    """
    check_policy(profile, candidate)
    try:
        receipt = Receipt(
            candidate=profile.model.candidate,
            licence=candidate.licence.identifier,
            texts=tuple(text.entry for text in texts),
            accepted_by=name,
            accepted_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            ticket=ticket,
        )
    except ValidationError as error:
        options = {"accepted_by": "--name", "ticket": "--ticket"}
        words = ", ".join(options[str(one["loc"][0])] for one in error.errors())
        raise UsageProblem(
            f"{words}: must be one line of text of at most 200 characters",
            hint="Name the person who accepts, and the ticket that records the decision.",
        ) from error
    try:
        textfile.write(folder / RECEIPT_FILE, receipt.to_json())
    except PermissionError as error:
        raise UsageProblem(
            f"{folder}: cannot be written to, and the receipt belongs beside the profile",
            hint="Copy the profile's folder to a place of your own and accept it there.",
        ) from error
    return receipt


def _receipt(folder: Path, candidate: Candidate) -> Receipt:
    receipt = read_receipt(folder)
    if receipt is None:
        raise LicenceProblem(
            f"the licence of {candidate.name} ({candidate.licence.name}) is not accepted for "
            f"{folder.name}",
            hint=_what_to_do(folder),
        )
    return receipt


def _compare(
    receipt: Receipt,
    profile: Profile,
    folder: Path,
    candidate: Candidate,
    expected: Iterable[AcceptedText],
) -> None:
    found = differences(
        receipt,
        candidate=profile.model.candidate,
        licence=candidate.licence.identifier,
        texts=expected,
    )
    if found:
        raise LicenceProblem(
            f"the licence of {candidate.name} is not the one that was accepted "
            f"({folder / RECEIPT_FILE}):\n" + "\n".join(f"  - {line}" for line in found),
            hint=_what_to_do(folder),
        )


def _what_to_do(folder: Path) -> str:
    profile = shlex.quote(str(folder))
    return (
        f"Read it: fieldkit licence show {profile}\n"
        "  Then have it accepted by whoever decides that: "
        f"fieldkit licence accept {profile} --name WHO --ticket REF"
    )
