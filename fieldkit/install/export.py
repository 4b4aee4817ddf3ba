"""Writes a release's model for Ollama: the GGUF file, a Modelfile and the licence texts."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from fieldkit.core.ollama import modelfile
from fieldkit.core.release import RELEASE_FILE, Assistant
from fieldkit.errors import IntegrityProblem, UsageProblem
from fieldkit.install.files import explained, sync
from fieldkit.install.media import Media

ASSISTANT = "assistant.json"
MODELFILE = "Modelfile"
_LICENCES = "licences"
_LICENCE = re.compile(r"(MODEL|ADAPTER)-LICENCE(-\d+)?\.txt")


def is_version(folder: Path) -> bool:
    """Whether ``folder`` is a version of an installation."""
    return (folder / ASSISTANT).is_file()


def is_media(folder: Path) -> bool:
    """Whether ``folder`` is a media folder, which carries a release to be installed."""
    return (folder / RELEASE_FILE).is_file() and not is_version(folder)


def create_command(modelfile: Path) -> str:
    """What to type where Ollama is."""
    return f"ollama create {modelfile.parent.name.lower()} -f {modelfile}"


def from_version(folder: Path, output: Path) -> Path:
    """Write the new folder ``output`` from a version folder; returns its Modelfile.

    The model is linked where the file system can, else copied. Raises UsageProblem when ``output``
    is in use, IntegrityProblem when the release is not whole.
    """
    assistant = _assistant(folder / ASSISTANT)
    model = folder / assistant.model
    if not model.is_file():
        raise IntegrityProblem(
            f"{model}: the model is missing", hint="Install the release again from its media."
        )
    texts = [path for path in (folder / _LICENCES).glob("*.txt") if _LICENCE.fullmatch(path.name)]

    def fill(target: Path, name: str) -> None:
        _link_or_copy(model, target / name)
        for path in texts:
            shutil.copyfile(path, target / path.name)

    return _write(assistant, output, fill)


def from_media(folder: Path, output: Path) -> Path:
    """Write the new folder ``output`` from a media folder; returns its Modelfile.

    Every byte is held against the hash that the release names. Raises as ``from_version``.
    """
    media = Media.open(folder)
    by_path = {file.path: file for file in media.release.version_files}
    if ASSISTANT not in by_path:
        raise IntegrityProblem(f"{folder} holds no {ASSISTANT}", hint="Copy the media again.")
    with tempfile.TemporaryDirectory(prefix="fieldkit-export-") as work:
        media.copy(by_path[ASSISTANT], Path(work) / ASSISTANT, _silently)
        assistant = _assistant(Path(work) / ASSISTANT)

    def fill(target: Path, name: str) -> None:
        media.copy(media.release.model, target / name, _silently)
        for path, file in by_path.items():
            parent, _, base = path.rpartition("/")
            if parent == _LICENCES and _LICENCE.fullmatch(base):
                media.copy(file, target / base, _silently)

    return _write(assistant, output, fill)


def _write(assistant: Assistant, output: Path, fill: Callable[[Path, str], None]) -> Path:
    """Make ``output`` aside and give it its name when it is whole."""
    if output.is_symlink() or (output.exists() and not _is_empty(output)):
        raise UsageProblem(f"{output} is in use", hint="Name a folder that does not exist yet.")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", assistant.model_name).strip(".-") or "model"
    with explained(output):
        output.absolute().parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.absolute().parent))
        try:
            fill(aside, f"{name}.gguf")
            (aside / MODELFILE).write_text(_modelfile(assistant, aside, name), encoding="utf-8")
            sync(aside / MODELFILE)
            sync(aside)
            aside.chmod(0o755)
            if output.exists():
                output.rmdir()
            aside.rename(output)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        sync(output.absolute().parent)
    return output / MODELFILE


def _modelfile(assistant: Assistant, folder: Path, name: str) -> str:
    paths = sorted(path for path in folder.iterdir() if _LICENCE.fullmatch(path.name))
    licences = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    try:
        return modelfile(assistant, f"{name}.gguf", licences)
    except KeyError as error:
        raise IntegrityProblem(
            f"the release names the chat template {assistant.template!r}, which is not known",
            hint="Use the fieldkit that the release was built with.",
        ) from error


def _assistant(path: Path) -> Assistant:
    try:
        return Assistant.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrityProblem(
            f"{path}: cannot be read: {error}", hint="Install the release again from its media."
        ) from error


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)
        sync(target)


def _silently(_bytes: int) -> None:
    """No progress is shown."""
