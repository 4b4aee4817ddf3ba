"""A profile: one deployment, as IT writes it in ``profile.toml``.

Needs pydantic, so only the packager's side imports it: a release carries ``assistant.json``, which
was resolved from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from fieldkit.core import keys
from fieldkit.core.battery import LOW_PERCENT
from fieldkit.core.candidate import TemplateName
from fieldkit.core.licence import Policy
from fieldkit.core.validation import Block, Line, Section, unknown_key, validate
from fieldkit.errors import InvalidInput

Quantization = Literal["Q4_K_M", "Q4_K_S", "Q4_0", "Q4_1", "IQ4_NL", "IQ4_XS"]
OperatingSystem = Literal["linux", "windows", "macos"]

# What a turn needs besides passages and answer: template, system prompt, question.
_PROMPT_TOKENS = 128


def _matching(pattern: str, what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


Language = Annotated[str, _matching(r"[a-z]{2,3}(-[A-Z]{2})?", "a language code like 'en'")]
Prefix = Annotated[
    str, Field(max_length=200), _matching(r"[^\x00-\x1f\x7f-\x9f]*", "a text of one line")
]
Version = Annotated[
    str,
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}",
        "a version: letters, digits and . _ + - (at most 64), like '1.0.0'",
    ),
]


def _recipient(value: str) -> str:
    if value.upper().startswith("AGE-SECRET-KEY-"):
        raise ValueError(
            "is a private key: every laptop could read the feedback with it. Make a new key, keep"
            " it to yourself, and put its public key (age1...) here"
        )
    from pyrage import RecipientError, x25519

    try:
        x25519.Recipient.from_str(value)
    except RecipientError as error:
        raise ValueError(
            f"{value!r} is not a public key like 'age1...' ({error}); fieldkit feedback keygen"
            " makes one"
        ) from error
    return value


Recipient = Annotated[str, AfterValidator(_recipient)]
Keys = Annotated[dict[str, str], BeforeValidator(keys.flat), AfterValidator(keys.known)]


class AssistantSection(Section):
    """Who the assistant is."""

    name: Line = Field(description="What the technician sees as the assistant's name.")
    language: Language = Field(
        default="en", description="Language of the manuals, an ISO 639 code."
    )
    interface: Literal["", "en", "es", "nb"] = Field(
        default="",
        description="Language of the assistant's own texts; '': the manuals', or where that is"
        " English or one it does not speak, the laptop's.",
    )
    system_prompt: Block = Field(
        default="You are a field assistant. Answer from the passages and cite them.",
        description="What the model is told before every conversation.",
    )
    examples: tuple[Line, ...] = Field(
        default=(), max_length=8, strict=False, description="Questions offered on an empty screen."
    )
    low_battery_percent: int = Field(
        default=LOW_PERCENT,
        ge=0,
        le=100,
        description="Charge at which the assistant begins to save the battery; 0: only when the"
        " system does.",
    )
    ask_who: bool = Field(
        default=True,
        description="Whether it asks who is there at the start, where several people share an "
        "account; else whoever was there last goes on.",
    )
    keys: Keys = Field(
        default={},
        description="Other keys for actions, by their ids, which /keys shows (docs/assistant.md).",
    )


class ModelSection(Section):
    """Which model, and how it is run."""

    candidate: Line = Field(description="Name of a file in build/candidates, without .toml.")
    quantization: Quantization = Field(default="Q4_K_M", description="INT4 type of llama.cpp.")
    context: int = Field(default=4096, ge=256, le=131072, description="Context length in tokens.")
    source: Literal["hub", "folder", "file", "embedded"] = Field(
        default="hub",
        description="Where the weights come from: the Hub, a local folder, a file, or fieldkit.",
    )
    revision: Line | None = Field(
        default=None,
        description="For source 'hub': the branch, tag or commit that the first pull pins; "
        "default: main.",
    )
    folder: Line | None = Field(
        default=None,
        description="For source 'folder': the model as safetensors, or with the candidate's GGUF; "
        "relative to the profile's folder.",
    )
    file: Line | None = Field(
        default=None,
        description="For source 'file': an F16 GGUF, relative to the profile's folder.",
    )
    adapter: Line | None = Field(
        default=None,
        description="A LoRA adapter that is merged into the model: a folder, relative to the "
        "profile's, or a repository of the Hub, NAME/NAME or NAME/NAME@REVISION.",
    )
    template: TemplateName | None = Field(
        default=None,
        description="The chat template of a fine-tune that was trained with another one than its "
        "candidate's (docs/chat-templates.md).",
    )
    max_tokens: int = Field(default=512, ge=16, le=8192, description="Most tokens of one answer.")
    sampling: Literal["greedy", "recommended"] = Field(
        default="greedy",
        description="How answers are drawn: 'greedy' writes the likeliest word, so that the same "
        "question gets the same answer; 'recommended' samples as the candidate's publisher says.",
    )
    answers: Literal["written", "quotes"] = Field(
        default="written",
        description="Whether the model writes the answers, or only chooses which sentences and "
        "rows of the manuals are shown: for very small models.",
    )
    tune: bool = Field(
        default=True,
        description="Whether the assistant looks for its laptop's fastest settings while idle.",
    )


class LibrarySection(Section):
    """Which manuals, and how answers use them."""

    manuals: tuple[Line, ...] = Field(
        min_length=1, strict=False, description="Folders of manuals, relative to the profile's."
    )
    passages: int = Field(default=3, ge=1, le=9, description="Most passages in one prompt.")
    passage_tokens: int = Field(default=700, ge=100, description="Their total budget in tokens.")
    evidence_only: bool = Field(
        default=True,
        description="Refuse when no passage supports an answer, without asking the model.",
    )
    when_unsure: Literal["ask", "show"] = Field(
        default="ask",
        description="Where the manuals may answer, but not surely: ask the model and mark its "
        "answer as unsure, or show the pages and what they say without asking it.",
    )
    questions: Line | None = Field(
        default=None,
        description="Question set (TOML) for the quality gate, relative to the profile's.",
    )
    synonyms: Line | None = Field(
        default=None,
        description="Words that mean the same in these manuals (text: one group a line, separated "
        "by commas), relative to the profile's.",
    )
    ocr: Literal["auto", "off", "required"] = Field(
        default="auto",
        description="Whether scanned pages are read by Tesseract: where it is installed on the "
        "machine that builds, never, or the build stops without it.",
    )
    unreadable: Literal["stop", "skip"] = Field(
        default="stop",
        description="What to do about manuals that cannot be read: stop the build with a list of "
        "them, or leave them out and list them in the record and in the assistant.",
    )
    originals: bool = Field(
        default=True,
        description="Whether the manuals' own files travel in the release, so that a technician "
        "can open the page that is cited.",
    )


class EmbedderSection(Section):
    """A small model that tells what texts mean, so that pages are found in other words, too."""

    name: Line | None = Field(
        default=None,
        description="Name of a file in build/embedders, without .toml; it is fetched and converted "
        "by the first build. Or file, for one of your own.",
    )
    file: Line | None = Field(
        default=None,
        description="A GGUF file (architecture bert or nomic-bert), relative to the profile's "
        "folder; the text of its licence lies beside it.",
    )
    licence: Line | None = Field(
        default=None,
        description="With file: SPDX identifier of its licence, one of gates.licences.",
    )
    licence_sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the licence's text that was read and accepted for this profile.",
    )
    licence_text: Line | None = Field(
        default=None,
        description="With name: a file with its licence as it was reviewed, relative to the "
        "profile's folder, where its repository holds none.",
    )
    question: Prefix = Field(
        default="",
        description="With file: what its publisher puts before a question, like 'search_query: '.",
    )
    passage: Prefix = Field(
        default="",
        description="With file: what its publisher puts before a passage, like "
        "'search_document: '.",
    )


class TargetSection(Section):
    """The weakest laptop that must be served."""

    ram_gib: float = Field(gt=0, le=4096, description="Installed memory in GiB.")
    disk_gib: float = Field(gt=0, description="Free disk space in GiB.")
    os: OperatingSystem = Field(default="linux", description="Its operating system.")
    on_battery: bool = Field(
        default=False, description="Whether it must serve without mains power."
    )


class GatesSection(Section):
    """Thresholds a build has to meet; what is left out is not checked."""

    min_decode_tps: float | None = Field(
        default=None, gt=0, description="Least decode rate in token/s."
    )
    max_ttft_s: float | None = Field(
        default=None, gt=0, description="Longest time to first token in s."
    )
    max_memory_gib: float | None = Field(
        default=None, gt=0, description="Most memory in use, in GiB."
    )
    max_kl_divergence: float | None = Field(
        default=None,
        gt=0,
        description="Most mean KL divergence of INT4 from the original, in nats.",
    )
    min_score: float | None = Field(
        default=None, ge=0, le=1, description="Least share of the question set answered rightly."
    )
    max_unread_pages: int | None = Field(
        default=None,
        ge=0,
        description="Most pages of manuals that could not be read; a manual that was left out "
        "counts as one.",
    )
    licences: tuple[Line, ...] = Field(
        default=("MIT", "Apache-2.0"),
        min_length=1,
        strict=False,
        description="SPDX identifiers of the model licences that are allowed.",
    )
    min_months_since_release: int | None = Field(
        default=None, ge=0, description="Months the model must have been public."
    )


class FeedbackSection(Section):
    """What becomes of answers that technicians flag as wrong."""

    recipients: tuple[Recipient, ...] = Field(
        default=(),
        max_length=8,
        strict=False,
        description="Public keys (age1...) that flagged answers are encrypted to, as `fieldkit "
        "feedback keygen` prints them; without one none are collected.",
    )


class ReleaseSection(Section):
    """What is handed out."""

    version: Version = Field(description="Version of this deployment, like '1.0.0'.")
    publisher: Line = Field(description="The company that publishes the release.")
    installers: tuple[OperatingSystem, ...] = Field(
        default=("linux",), min_length=1, strict=False, description="Installers to write."
    )


class Profile(Section):
    """One deployment; paths are relative to the folder of its file."""

    assistant: AssistantSection
    model: ModelSection
    library: LibrarySection
    embedder: EmbedderSection | None = None
    target: TargetSection
    gates: GatesSection = GatesSection()
    licence: Policy = Policy()
    feedback: FeedbackSection = FeedbackSection()
    release: ReleaseSection


_SECTIONS: dict[str, type[Section]] = {
    "assistant": AssistantSection,
    "model": ModelSection,
    "library": LibrarySection,
    "embedder": EmbedderSection,
    "target": TargetSection,
    "gates": GatesSection,
    "licence": Policy,
    "feedback": FeedbackSection,
    "release": ReleaseSection,
}


def parse(data: Mapping[str, Any], *, source: str) -> Profile:
    """Validate the content of a profile's TOML file; ``source`` names it in messages.

    Raises InvalidInput with every problem at once, each as ``section.key: what is wrong``.
    """
    sections: dict[str, Any] = {}
    problems = [f"{name}: {unknown_key(name, _SECTIONS)}" for name in data if name not in _SECTIONS]
    for name, model in _SECTIONS.items():
        if name in data:
            section, found = validate(model, data[name], at=name)
            problems += found
            if section is not None:
                sections[name] = section
        elif Profile.model_fields[name].is_required():
            problems.append(f"{name}: the section [{name}] is missing")
    problems += _contradictions(sections)
    if problems:
        raise invalid(source, problems)
    return Profile(**sections)


def invalid(source: str, problems: list[str]) -> InvalidInput:
    """Return the error for a profile with ``problems``."""
    count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
    return InvalidInput(
        f"{source}: the profile has {count}",
        problems=problems,
        hint="docs/profile.schema.json describes every key; profiles/demo is an example.",
    )


def _contradictions(sections: Mapping[str, Any]) -> list[str]:
    """Say what is wrong between keys, for the sections that are valid by themselves."""
    problems = []
    model: ModelSection | None = sections.get("model")
    library: LibrarySection | None = sections.get("library")
    target: TargetSection | None = sections.get("target")
    gates: GatesSection | None = sections.get("gates")
    if model and model.max_tokens + _PROMPT_TOKENS > model.context:
        problems.append(
            f"model.max_tokens: {model.max_tokens} leaves no room for a question in a context"
            f" of {model.context}"
        )
    elif model and library:
        room = model.context - model.max_tokens - _PROMPT_TOKENS
        if library.passage_tokens > room:
            problems.append(
                f"library.passage_tokens: {library.passage_tokens} do not fit beside the answer and"
                f" the question in a context of {model.context}; at most {room} do"
            )
    if model:
        problems += _source_contradictions(model)
        licence: Policy | None = sections.get("licence")
        if licence and licence.adapter_text is not None and model.adapter is None:
            problems.append("licence.adapter_text: there is no adapter (model.adapter)")
    embedder: EmbedderSection | None = sections.get("embedder")
    if embedder:
        problems += _embedder_contradictions(embedder)
    if target and gates and gates.max_memory_gib and gates.max_memory_gib > target.ram_gib:
        problems.append(
            f"gates.max_memory_gib: {gates.max_memory_gib:g} is more than the target has"
            f" (target.ram_gib = {target.ram_gib:g})"
        )
    if library and gates and gates.min_score is not None and library.questions is None:
        problems.append("gates.min_score: needs a question set (library.questions)")
    return problems


def _embedder_contradictions(embedder: EmbedderSection) -> list[str]:
    """Say which keys belong to the other way to name an embedder, and what is missing."""
    if (embedder.name is None) == (embedder.file is None):
        return ["embedder: needs either name (of the catalog) or file (of your own)"]
    if embedder.name is not None:
        return [
            f"embedder.{key}: is only used with file; the catalog knows it of {embedder.name}"
            for key in ("licence", "question", "passage")
            if getattr(embedder, key)
        ]
    problems = []
    if embedder.licence is None:
        problems.append("embedder.licence: is missing")
    if embedder.licence_text is not None:
        problems.append("embedder.licence_text: is only used with name; put it beside the file")
    return problems


def _source_contradictions(model: ModelSection) -> list[str]:
    """Say which keys belong to another ``source`` than the one named, and what is missing."""
    sources = {"file": "file", "folder": "folder", "revision": "hub"}
    problems = [
        f"model.{key}: is only used with source = {source!r}, not {model.source!r}"
        for key, source in sources.items()
        if getattr(model, key) is not None and model.source != source
    ]
    if model.adapter is not None and model.source not in {"hub", "folder"}:
        problems.append(
            f"model.adapter: is only used with source = 'hub' or 'folder', not {model.source!r}"
        )
    if model.source == "folder" and model.folder is None:
        problems.append("model.folder: is missing (where the weights are)")
    return problems


def schema_json() -> str:
    """Return the JSON Schema of ``profile.toml``, as kept in ``docs/profile.schema.json``."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Profile.model_json_schema(),
        "title": "fieldkit profile",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
