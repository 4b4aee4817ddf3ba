"""Which files of a repository or folder are taken: weights without code, texts, and nothing else.

Pickles can run code when they are read and Python files are code: neither is ever taken, whatever
a listing says. Names come from outside and are checked before anything is written under them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from fieldkit.core.licence import is_licence_text
from fieldkit.core.lock import LockedFile
from fieldkit.core.text import clean_line
from fieldkit.core.validation import nearest
from fieldkit.errors import FetchFailed, IntegrityProblem

_SHARD = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors")
_TOKENIZER = frozenset({"tokenizer.model", "merges.txt", "vocab.txt", "chat_template.jinja"})
_PICKLE = re.compile(r"\.(bin|pt|pth|pkl|ckpt|msgpack|h5)$", re.IGNORECASE)
# The longest licence among the candidates has 15 kB, the largest tokenizer.json 35 MB.
_MOST_TEXT, _MOST_OTHER = 4 << 20, 256 << 20
_ADAPTER_WEIGHTS = "adapter_model.safetensors"
_ADAPTER_CONFIG = "adapter_config.json"
# Where an embedder says how its tokens become one vector (sentence-transformers' layout).
POOLING_FILE = "1_Pooling/config.json"
_UNIGRAMS = "sentencepiece.bpe.model"


def is_weights(path: str) -> bool:
    """Whether a file that was taken holds weights, and so is large."""
    return path.endswith((".safetensors", ".gguf"))


def check_size(path: str, size: int, *, where: str) -> None:
    """Raise IntegrityProblem for a file beside the weights that is larger than any such file."""
    most = _MOST_TEXT if _is_text(path) else _MOST_OTHER
    if size > most and not is_weights(path):
        raise IntegrityProblem(
            f"{where}: {path} has {size} bytes; no such file has more than {most}",
            hint="Nothing was fetched. Use a source with the publisher's own files.",
        )


def model_files(paths: Collection[str], *, where: str, file: str | None) -> tuple[str, ...]:
    """What is taken of the model ``where``: the GGUF ``file``, or safetensors when it is None.

    With safetensors come their index, JSON files and the tokenizer; with both the licence's texts
    and the model card. Raises FetchFailed when there are no such weights, IntegrityProblem for
    names that would leave their folder.
    """
    _refuse_hostile(paths, where)
    if file is not None:
        if file not in paths:
            raise FetchFailed(
                f"{where}: there is no file {file}{nearest(file, paths)}",
                hint="The candidate's file in build/candidates names it as origin.file.",
            )
        return _checked((file, *_kept(paths, _is_text)), where)
    weights = _kept(paths, _is_shard) or _kept(paths, _is_other_safetensors)
    if not weights:
        raise _no_weights(paths, where, "safetensors files")
    return _checked((*weights, *_kept(paths, _is_beside)), where)


def embedder_files(paths: Collection[str], *, where: str, file: str | None) -> tuple[str, ...]:
    """What is taken of the embedder ``where``: as of a model, its vocabulary and its pooling."""
    found = model_files(paths, where=where, file=file)
    if file is not None:
        return found
    return _checked((*found, *_kept(paths, lambda path: path in {POOLING_FILE, _UNIGRAMS})), where)


def adapter_files(paths: Collection[str], *, where: str) -> tuple[str, ...]:
    """What is taken of a LoRA adapter: its configuration, its safetensors, JSON and texts."""
    _refuse_hostile(paths, where)
    if not {_ADAPTER_WEIGHTS, _ADAPTER_CONFIG} <= set(paths):
        raise _no_weights(paths, where, f"{_ADAPTER_CONFIG} and {_ADAPTER_WEIGHTS}")
    return _checked((_ADAPTER_WEIGHTS, *_kept(paths, _is_beside)), where)


def _kept(paths: Iterable[str], wanted: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(sorted(path for path in paths if wanted(path)))


def _is_shard(path: str) -> bool:
    return _SHARD.fullmatch(path) is not None


def _is_other_safetensors(path: str) -> bool:
    """Weights by another name; ``consolidated`` ones are the same weights once more."""
    return path.endswith(".safetensors") and "/" not in path and not path.startswith("consolidated")


def _is_beside(path: str) -> bool:
    return _is_text(path) or ("/" not in path and (path.endswith(".json") or path in _TOKENIZER))


def _is_text(path: str) -> bool:
    return path == "README.md" or is_licence_text(path)


def _no_weights(paths: Iterable[str], where: str, wanted: str) -> FetchFailed:
    pickled = next((path for path in paths if _PICKLE.search(path)), None)
    if pickled is None:
        hint = "Check the repository in the candidate's file, and model.revision in the profile."
    else:
        hint = (
            f"It holds {clean_line(pickled)}, a pickle, which can run code when it is read and is "
            "never taken. Choose a revision or a repository with safetensors."
        )
    return FetchFailed(f"{where}: there are no {wanted}", hint=hint)


def _refuse_hostile(paths: Iterable[str], where: str) -> None:
    """No repository holds such names, so whoever lists them means harm."""
    for path in paths:
        parts = path.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or any(ord(letter) < 32 for letter in path):
            raise _unsafe(path, where)


def _checked(paths: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The paths, if each can stand beside the others on any file system."""
    seen: set[str] = set()
    for path in paths:
        try:
            LockedFile(path=path, size=0, sha256="0" * 64)  # what a lock would refuse to name
        except ValueError:
            raise _unsafe(path, where) from None
        if path.casefold() in seen:
            raise _unsafe(path, where)
        seen.add(path.casefold())
    return paths


def _unsafe(path: str, where: str) -> IntegrityProblem:
    return IntegrityProblem(
        f"{where}: lists a file named {clean_line(path)[:100]!r}; nothing was fetched",
        hint="That name is unsafe or there twice. Do not use this source before its owner has "
        "explained it.",
    )
