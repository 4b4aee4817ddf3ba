"""``fieldkit new NAME --manuals DIR``: a profile that builds as it is, from a folder of manuals.

It reads the manuals, so that IT sees what an assistant will know before anything is built, and
proposes candidates that this machine carries.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.console import Console
from fieldkit.core.candidate import Candidate
from fieldkit.core.fit import GIB, gib
from fieldkit.core.ranking import Ranked
from fieldkit.core.selection import Constraints
from fieldkit.core.text import clean_line
from fieldkit.core.validation import nearest
from fieldkit.engine.child import own_command
from fieldkit.errors import ExitCode, InvalidInput, UsageProblem
from fieldkit.library import documents, manual_files
from fieldkit.library.detection import language_of_document
from fieldkit.library.documents import Manuals
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.machine.facts import Machine
from fieldkit.packager import choice_speed, choose, deployments, manuals_report, ocr
from fieldkit.packager.choice_asked import Asked
from fieldkit.packager.progress import Progress, size
from fieldkit.packager.reading_progress import ReadingProgress

LICENCES = ("MIT", "Apache-2.0")
_QUESTIONS = "questions.toml"
_MOST_PROPOSED = 3
_MOST_SKELETON = 5
_MOST_PARAMETERS = 4.5e9
_CONTEXT = 4096  # tokens
# A model with little context gets shorter passages and answers.
_SHORT_CONTEXT = 2048
_USUAL_RAM_GIB = 16
_DISK_GIB = 2.0  # beside the model: the application, the index, the manuals


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A candidate by the name of its file, why it is proposed, and what a laptop needs for it.

    ``memory`` and ``download`` are in bytes, 0 where they are not known.
    """

    name: str
    candidate: Candidate
    reason: str
    memory: int = 0
    download: int = 0


def new(options: argparse.Namespace, console: Console) -> int:
    """``fieldkit new NAME --manuals DIR [--candidate X]``.

    Raises UsageProblem for a name or a folder that will not do, and InvalidInput for an unknown
    candidate, and where no manual can be read. Nothing is written then.
    """
    folder = _new_folder(options.name)
    given = [Path(name).expanduser().absolute() for name in options.manuals]
    for path in given:
        if not path.is_dir():
            raise UsageProblem(
                f"--manuals {path}: it is not a folder",
                hint="Name the folder that holds the manuals.",
            )
    if options.candidate is not None:
        _check_candidate(options.candidate)
    progress = Progress(console)
    manuals = _read(given, progress)
    languages = _languages(manuals)
    facts = choose.this_machine()
    proposals = _proposals(facts, next(iter(languages), "en"))
    chosen = _chosen(options.candidate, proposals)
    _write(folder, _profile(folder.name, given, folder, languages, chosen, facts), manuals)
    deployments.load_profile(str(folder))  # it builds as it is, or this is a defect
    following = f"fieldkit build {_argument(folder)}"
    found = {**manuals_report.documents(manuals), "languages": dict(languages)}
    if options.json:
        report = {
            "profile": str(folder / deployments.PROFILE_FILE),
            "questions": str(folder / _QUESTIONS),
            "manuals": found,
            "candidates": [_shown(each) for each in proposals],
            "chosen": chosen.name,
            "next": following,
        }
        console.out_json(report)
        return ExitCode.OK
    for line in (*_manual_lines(manuals, languages, found), *_candidate_lines(proposals, chosen)):
        console.err(line)
    console.err(f"Written: {folder / deployments.PROFILE_FILE}, {folder / _QUESTIONS}")
    console.err("Next:")
    console.out(following)
    return ExitCode.OK


def _new_folder(name: str) -> Path:
    folder = Path(name).expanduser().absolute()
    if not deployments.is_name(folder.name):
        raise UsageProblem(
            f"{folder.name!r} cannot be the name of a profile",
            hint="Take letters, digits and . _ - for it: it becomes a part of file names.",
        )
    if folder.exists():
        raise UsageProblem(
            f"{folder} exists already", hint="Take another name, or remove the folder."
        )
    if not folder.parent.is_dir():
        raise UsageProblem(f"{folder.parent} is not a folder", hint="Make it, or go to another.")
    return folder


def _check_candidate(name: str) -> None:
    known = deployments.candidate_names()
    if name not in known:
        raise InvalidInput(
            f"no candidate {name!r}{nearest(name, known)}",
            hint="fieldkit candidates lists them with what each of them needs.",
        )


def _read(folders: Sequence[Path], progress: Progress) -> Manuals:
    total = len(manual_files.find(folders, documents.READERS).files)
    with (
        progress.step("read", manuals_report.number(total, "manual")),
        ReaderProcess(own_command("reader")) as process,
    ):
        read = ReadingProgress(progress, total).of(process.load)
        return documents.read_folders(folders, read=read, skip=True)


def _languages(manuals: Manuals) -> Mapping[str, int]:
    """How many documents there are in each language, the most frequent first."""
    found = Counter(
        language_of_document([page.text for page in document.pages], "")
        for document in manuals.documents
    )
    del found[""]
    return dict(found.most_common())


def _proposals(facts: Machine, language: str) -> list[Proposal]:
    """The best candidates that this machine has room for, with licences that need no lawyer."""
    catalog = choose.catalog()
    for spoken in ((language.partition("-")[0],), ()):
        choice = choose.choose(
            catalog,
            Asked(
                constraints=Constraints(
                    context=_CONTEXT,
                    languages=spoken,
                    task="general",
                    licences=LICENCES,
                    commercial=True,
                    gated=False,
                )
            ),
            facts=facts,
            today=dt.datetime.now(dt.UTC).date(),
            predict=choice_speed.unmeasured,
        )
        if choice.ranking.ranked:
            quick = sorted(choice.ranking.ranked, key=_may_be_slow)[:_MOST_PROPOSED]
            return [_proposal(one, spoken) for one in quick]
    return []


def _may_be_slow(one: Ranked) -> bool:
    """Whether it has so many parameters that a usual laptop writes fewer than ten tokens a second.

    ``fieldkit candidates`` measures instead, which takes minutes.
    """
    return (one.option.parameters or 0) > _MOST_PARAMETERS


def _proposal(one: Ranked, spoken: Sequence[str]) -> Proposal:
    option = one.option
    reasons = [(option.candidate.good_for or "").rstrip(".")]
    if one.figure is not None:
        reasons.append(f"{one.figure.benchmark} {one.figure.value:g}")
    if _may_be_slow(one):
        reasons.append("may be slow: see fieldkit candidates")
    if not spoken:
        reasons.append("its publisher does not list the language of these manuals")
    return Proposal(
        name=option.name,
        candidate=option.candidate,
        reason="; ".join(filter(None, reasons)),
        memory=option.need.total if option.need else 0,
        download=option.download,
    )


def _chosen(name: str | None, proposals: Sequence[Proposal]) -> Proposal:
    if name is not None:
        listed = next((each for each in proposals if each.name == name), None)
        return listed or Proposal(
            name=name, candidate=deployments.load_candidate(name), reason="as you named it"
        )
    if not proposals:
        raise InvalidInput(
            f"no candidate with the licences {', '.join(LICENCES)} fits the memory of this machine",
            hint="See fieldkit candidates, and name one: --candidate NAME",
        )
    return proposals[0]


def _profile(
    name: str,
    manuals: Sequence[Path],
    folder: Path,
    languages: Mapping[str, int],
    chosen: Proposal,
    facts: Machine,
) -> str:
    """The text of the profile: every key that IT is likely to change, with a comment."""
    candidate = chosen.candidate
    context = min(_CONTEXT, candidate.context)
    short = context < _SHORT_CONTEXT
    embedded = candidate.origin.embedded is not None
    ram = max(1, int((facts.memory.total or _USUAL_RAM_GIB * GIB) / GIB))
    need = chosen.download or chosen.memory
    values = {
        "title": _text(name.replace("-", " ").replace("_", " ").title()),
        "language": _text(next(iter(languages), "en")),
        "candidate": _text(chosen.name),
        "source": _text("embedded" if embedded else "hub"),
        "context": context,
        "max_tokens": 128 if short else 512,
        "manuals": ", ".join(_text(_relative(path, folder)) for path in manuals),
        "passages": 2 if short else 3,
        "passage_tokens": 600 if short else 1200,
        "questions": _text(_QUESTIONS),
        "ram": ram,
        "disk": f"{_DISK_GIB + need / GIB:.0f}",
        "licences": ", ".join(_text(each) for each in _licences(candidate)),
    }
    return _TEMPLATE.format(**values)


def _licences(candidate: Candidate) -> tuple[str, ...]:
    own = candidate.licence.identifier
    return LICENCES if own in LICENCES else (*LICENCES, own)


_TEMPLATE = """\
# A deployment of the field assistant. fieldkit build reads this file; docs/profile.schema.json has
# every key. Paths are relative to this folder, whose name is the name of the release.

[assistant]
name = {title}
# The language of most manuals. Others are recognised by themselves.
language = {language}
# Questions that are offered on an empty screen.
examples = []

[model]
# fieldkit candidates shows what else fits, and why.
candidate = {candidate}
source = {source}
quantization = "Q4_K_M"
# Tokens that the model reads at once, and that one answer may have.
context = {context}
max_tokens = {max_tokens}

[library]
manuals = [{manuals}]
# What the model reads for an answer: at most so many passages, and tokens of them.
passages = {passages}
passage_tokens = {passage_tokens}
# Manuals that cannot be read are listed and left out; "stop" ends the build instead.
unreadable = "skip"
# Questions with their answers: the build then measures how many are answered rightly. Write some
# into the file first.
# questions = {questions}

# Finds pages by what they mean, too, where it is not in the manual's words. The build fetches it.
# [embedder]
# name = "multilingual-e5-small"

[target]
# The weakest laptop that is served: this machine, until you change it.
ram_gib = {ram}
disk_gib = {disk}
os = "linux"

[gates]
# The build stops where one is not met. Without a limit a figure is reported only.
# min_decode_tps = 5
# max_ttft_s = 10
# min_score = 0.7
licences = [{licences}]

[release]
version = "1.0.0"
publisher = "Your company"
"""


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return path.as_posix()


def _text(value: str) -> str:
    """``value`` as a string of TOML; JSON's strings are a part of them."""
    return json.dumps(value, ensure_ascii=False)


def _write(folder: Path, profile: str, manuals: Manuals) -> None:
    """Write the folder whole or not at all."""
    coming = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        (coming / deployments.PROFILE_FILE).write_text(profile, encoding="utf-8")
        (coming / _QUESTIONS).write_text(_skeleton(manuals), encoding="utf-8")
        coming.chmod(0o755)
        coming.rename(folder)
    finally:
        shutil.rmtree(coming, ignore_errors=True)


def _skeleton(manuals: Manuals) -> str:
    lines = [
        "# Questions as a technician asks them, with what a right answer holds. Take the # away",
        "# from an entry and fill it in; then name this file in profile.toml: questions = ...",
        "# Twenty say little, fifty say something. Some should have no answer in the manuals.",
        "",
    ]
    for document, page in _pages(manuals):
        lines += [
            "# [[question]]",
            '# text = ""',
            f"# document = {_text(document)}",
            f"# page = {page}",
            '# answer = [""]',
            "",
        ]
    lines += ["# [[question]]", '# text = ""', "# answerable = false", ""]
    return "\n".join(lines)


def _pages(manuals: Manuals) -> list[tuple[str, int]]:
    """A page in the middle of some documents, as places to begin with."""
    return [
        (document.document, document.pages[len(document.pages) // 2].number)
        for document in manuals.documents[:_MOST_SKELETON]
        if document.pages
    ]


def _manual_lines(
    manuals: Manuals, languages: Mapping[str, int], found: Mapping[str, Any]
) -> list[str]:
    pages = sum(len(document.pages) for document in manuals.documents)
    counts = [
        manuals_report.number(len(manuals.documents), "document"),
        manuals_report.number(pages, "page"),
    ]
    spoken = ", ".join(f"{code} {count}" for code, count in languages.items())
    lines = [f"Manuals: {', '.join(counts)}. Languages: {spoken or 'not recognised'}."]
    old = [d for d in found["documents"] if d["superseded_by"]]
    if old:
        names = ", ".join(f"{d['file']} (by {d['superseded_by']})" for d in old[:5])
        lines.append(f"Superseded by a newer revision in the folder: {clean_line(names)}")
    if any(document.unread for document in manuals.documents):
        lines.append(ocr.found("auto", next(iter(languages), "en"))[1] or "The build reads scans.")
    return [*lines, *manuals_report.lines(found)]


def _candidate_lines(proposals: Sequence[Proposal], chosen: Proposal) -> list[str]:
    lines = ["Candidates for this machine, by published quality (speed: fieldkit candidates):"]
    if not proposals:
        lines = ["No candidate of the catalog fits this machine with the licences named above."]
    for each in proposals:
        facts = [each.candidate.licence.identifier]
        if each.memory:
            facts.append(f"{gib(each.memory)} of memory")
        if each.download:
            facts.append(f"{size(each.download)} to fetch")
        lines.append(f"  {each.name}: {', '.join(facts)}. {each.reason}.")
    return [*lines, f"The profile takes {chosen.name}."]


def _shown(each: Proposal) -> dict[str, Any]:
    return {
        "name": each.name,
        "model": each.candidate.name,
        "licence": each.candidate.licence.identifier,
        "memory_bytes": each.memory or None,
        "download_bytes": each.download or None,
        "reason": each.reason,
    }


def _argument(folder: Path) -> str:
    """The folder as it is typed in a shell, relative where it is below the working directory."""
    cwd = Path.cwd()
    short = folder.relative_to(cwd) if folder.is_relative_to(cwd) else folder
    return shlex.quote(str(short))
