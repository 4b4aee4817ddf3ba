"""``fieldkit licence show`` and ``fieldkit licence accept``."""

from __future__ import annotations

import argparse
from pathlib import Path

from fieldkit.console import Console
from fieldkit.core.candidate import Candidate
from fieldkit.core.licence import RECEIPT_FILE
from fieldkit.core.profile import Profile
from fieldkit.errors import ExitCode, FieldkitError, InvalidInput, LicenceProblem, UsageProblem
from fieldkit.packager import deployments, licence_texts, licensing
from fieldkit.packager.licence_report import Report, accept_command, format_report
from fieldkit.packager.licence_texts import Source, Text
from fieldkit.packager.progress import Progress
from fieldkit.packager.run import Run


def show(options: argparse.Namespace, console: Console) -> int:
    """Print terms, verdict, texts and receipt; what could not be had is told and decides the code.

    Without a network the terms and the verdict are still told.
    """
    profile, folder = deployments.load_profile(options.profile, model_given=bool(options.model))
    candidate = deployments.load_candidate(profile.model.candidate, beside=folder)
    own = is_own_source(profile, candidate, options.model)
    texts: tuple[Text, ...] = ()
    problem: FieldkitError | None = None
    try:
        texts = _texts(profile, folder, candidate, options.model, console)
    except FieldkitError as error:
        problem = error
    receipt, receipt_problem = None, None
    try:
        receipt = licensing.read_receipt(folder)
    except LicenceProblem as error:
        receipt_problem = error.message
    report = Report(
        profile=profile,
        folder=folder,
        candidate=candidate,
        texts=texts,
        receipt=None if own else receipt,
        own=own,
        problem=problem.message if problem else None,
        receipt_problem=receipt_problem,
    )
    if options.json:
        console.out_json(report.to_dict())
    else:
        console.out(format_report(report))
    if problem is not None:
        raise problem
    if not options.json and not report.accepted and not report.objections:
        console.err(f"To accept it: {accept_command(options.profile, options.model, texts)}")
    return ExitCode.OK


def accept(options: argparse.Namespace, console: Console) -> int:
    """Write the receipt for the texts as they are now."""
    profile, folder = deployments.load_profile(options.profile, model_given=bool(options.model))
    candidate = deployments.load_candidate(profile.model.candidate, beside=folder)
    licensing.check_policy(profile, candidate)
    if is_own_source(profile, candidate, options.model):
        raise UsageProblem(
            f"{candidate.name} is fieldkit's own model: nobody has to accept its licence",
            hint="Build it; its licence travels in the release.",
        )
    texts = _texts(profile, folder, candidate, options.model, console)
    _check_read(options.sha256, texts, options.profile)
    receipt = licensing.accept(
        profile, folder, candidate, texts, name=options.name, ticket=options.ticket
    )
    path = folder / RECEIPT_FILE
    if options.json:
        console.out_json({"path": str(path), "receipt": receipt.model_dump(mode="json")})
        return ExitCode.OK
    for text in texts:
        console.err(f"accepted {text.entry.path}, sha256 {text.entry.sha256}")
    for text in Report(profile=profile, folder=folder, candidate=candidate, texts=texts).unlike:
        console.err(
            f"careful: {text.entry.path} does not read like {candidate.licence.identifier}; "
            "fieldkit licence show prints it"
        )
    console.err(f"by {receipt.accepted_by} at {receipt.accepted_at}, ticket {receipt.ticket}")
    console.out(str(path))
    return ExitCode.OK


def is_own_source(profile: Profile, candidate: Candidate, model: Path | None) -> bool:
    """Whether the profile takes the model that fieldkit carries, and no file in its place."""
    return (
        model is None
        and profile.model.source == "embedded"
        and deployments.embedded_model(candidate) is not None
    )


def _texts(
    profile: Profile, folder: Path, candidate: Candidate, model: Path | None, console: Console
) -> tuple[Text, ...]:
    """The texts at the pinned commit, pinned and fetched if they are not yet; no weights are."""
    if is_own_source(profile, candidate, model):
        return licence_texts.own_texts()
    if model is None and profile.model.source == "file":
        if profile.model.file is None:
            raise InvalidInput(
                f"{folder}: the profile does not say where its model's file is",
                hint='Add --model FILE, or file = "FILE" to [model] in the profile.',
            )
        model = folder / profile.model.file
    if model is not None:
        if not model.is_file():
            raise InvalidInput(f"{model}: there is no such file", hint="Check --model.")
        sources: tuple[Source, ...] = (licence_texts.source_beside(model),)
    else:
        from fieldkit.packager import pull

        run = Run(progress=Progress(console))
        sources = pull.licence_only(profile, folder, candidate, run=run)
    return licensing.texts_of(profile, folder, candidate, sources)


def _check_read(hashes: list[str] | None, texts: tuple[Text, ...], spec: str) -> None:
    """Raise LicenceProblem when the texts are not those that ``--sha256`` says were read."""
    if hashes is None:
        return
    given, found = {digest.lower() for digest in hashes}, {text.entry.sha256 for text in texts}
    if given != found:
        raise LicenceProblem(
            "the licence is not the text that was read: its sha256 is now "
            f"{', '.join(sorted(found))}",
            hint=f"Read it again: fieldkit licence show {spec}",
        )
