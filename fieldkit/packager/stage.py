"""Lays out what a release installs: the frozen app, the index, the settings and the licences."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sysconfig
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from fieldkit.core.licence import RECEIPT_FILE
from fieldkit.core.release import Assistant, model_path
from fieldkit.core.sampling import GREEDY
from fieldkit.packager.embedders import Embedder
from fieldkit.packager.licensing import Acceptance
from fieldkit.packager.resolve import Resolved

# Distributions that are part of the frozen app; their licence texts travel with it.
_SHIPPED = (
    "charset-normalizer", "fieldkit", "h11", "langdetect", "linkify-it-py", "llama-cpp-python",
    "lxml", "markdown-it-py", "mdit-py-plugins", "mdurl", "pillow", "platformdirs", "psutil",
    "pygments", "pyinstaller", "pypdfium2", "pyperclip", "pyrage", "rich", "six",
    "snowballstemmer", "textual", "textual-image", "typing-extensions", "uc-micro-py",
    "webencodings",
)  # fmt: skip
_LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
# PDFium's build names each of the thirty works in it; more texts than these are joined into one.
_MOST_TEXTS = 4


EMBEDDER = "embedder.gguf"


def assistant_of(
    resolved: Resolved, model_sha256: str, embedder: Embedder | None = None
) -> Assistant:
    """The settings that travel in the release as ``assistant.json``."""
    profile = resolved.profile
    recommended = profile.model.sampling == "recommended"
    sampling = resolved.candidate.recommended if recommended else GREEDY
    return Assistant(
        name=profile.assistant.name,
        language=profile.assistant.language,
        system_prompt=profile.assistant.system_prompt,
        examples=profile.assistant.examples,
        model=f"../../{model_path(model_sha256)}",
        model_name=resolved.candidate.name,
        quantization=profile.model.quantization,
        template=resolved.template,
        context=profile.model.context,
        max_tokens=profile.model.max_tokens,
        library="library.sqlite",
        passages=profile.library.passages,
        passage_tokens=profile.library.passage_tokens,
        evidence_only=profile.library.evidence_only,
        when_unsure=profile.library.when_unsure,
        tune=profile.model.tune,
        embedder=EMBEDDER if embedder else "",
        interface=profile.assistant.interface,
        low_battery_percent=profile.assistant.low_battery_percent,
        feedback_recipients=profile.feedback.recipients,
        ask_who=profile.assistant.ask_who,
        keys=profile.assistant.keys,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=sampling.top_k,
        min_p=sampling.min_p,
        repeat_penalty=sampling.repeat_penalty,
        quotes_only=profile.model.answers == "quotes",
    )


def stage(
    tree: Path,
    *,
    app: Path,
    library: Path,
    assistant: Assistant,
    engine: Path,
    acceptance: Acceptance,
    embedder: Embedder | None = None,
) -> None:
    """Fill the new folder ``tree`` with a version: app/, library.sqlite, assistant.json, licences/.

    With an ``embedder``, its file and the text of its licence too.

    Files are linked where the file system can, and copied elsewhere.
    """
    tree.mkdir(parents=True)
    shutil.copytree(app, tree / "app", symlinks=True, copy_function=_link_or_copy)
    _link_or_copy(str(library), str(tree / "library.sqlite"))
    (tree / "assistant.json").write_text(assistant.to_json(), encoding="utf-8")
    _licences(tree / "licences", engine)
    _model_licence(tree / "licences", acceptance)
    if embedder is not None:
        _link_or_copy(str(embedder.file), str(tree / EMBEDDER))
        (tree / "licences" / "EMBEDDER-LICENCE.txt").write_bytes(embedder.text)


def stage_originals(tree: Path, originals: Mapping[str, Path]) -> None:
    """Add the manuals' own files, by their names in the release, to the version in ``tree``."""
    for name, path in originals.items():
        (tree / name).parent.mkdir(exist_ok=True)
        _link_or_copy(str(path), str(tree / name))


def _link_or_copy(source: str, target: str) -> object:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _licences(folder: Path, engine: Path) -> None:
    """Collect the licence text of everything that is frozen into the app."""
    folder.mkdir()
    texts: dict[str, Path | None] = {
        "python.txt": _python_licence(),
        "llama.cpp.txt": engine / "LICENSE",
    }
    for name in _SHIPPED:
        found = _distribution_licences(name)
        if len(found) > _MOST_TEXTS:
            (folder / f"{name}.txt").write_bytes(_joined(found))
            continue
        for number, text in enumerate(found):
            texts[f"{name}{f'-{number + 1}' if number else ''}.txt"] = text
    texts |= {bill.name: bill for name in _SHIPPED for bill in _bills(name)}
    for name, path in sorted(texts.items()):
        if path is not None and path.is_file():
            (folder / name).write_bytes(path.read_bytes())


def _joined(paths: Sequence[Path]) -> bytes:
    """The texts of ``paths``, each under its name."""
    return b"\n\n".join(f"==== {path.name} ====\n\n".encode() + path.read_bytes() for path in paths)


def _model_licence(folder: Path, acceptance: Acceptance) -> None:
    """The model's licence texts, byte for byte, and the receipt that names them by hash.

    The first is ``MODEL-LICENCE.txt``, further ones are numbered; an adapter's begin with ADAPTER.
    """
    numbers: Counter[str] = Counter()
    for text in acceptance.texts:
        of = text.entry.of
        numbers[of] += 1
        number = f"-{numbers[of]}" if numbers[of] > 1 else ""
        (folder / f"{of.upper()}-LICENCE{number}.txt").write_bytes(text.content)
    if acceptance.receipt is not None:
        (folder / RECEIPT_FILE).write_text(acceptance.receipt.to_json(), encoding="utf-8")


def _distribution_licences(name: str) -> list[Path]:
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return sorted(
        Path(str(file.locate()))
        for file in files
        if ".dist-info" in str(file)
        and (
            Path(file.name).stem.upper().startswith(_LICENCE_NAMES)
            or ".dist-info/licenses/" in file.as_posix()
        )
    )


def _bills(name: str) -> list[Path]:
    """What says of a distribution which libraries it was linked of: a CycloneDX file, if any."""
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in files if ".dist-info/sboms/" in file.as_posix()]


def _python_licence() -> Path | None:
    path = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    return path if path.is_file() else None
