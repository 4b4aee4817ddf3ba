"""Converts an embedder of the catalog from safetensors to GGUF with llama.cpp's own converter.

As for a model (``packager/convert.py``): nothing of the repository is run, the converter sees only
the files it reads, and what it wrote is compared with the catalog before it gets its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fieldkit.core.embedder import check_embedder
from fieldkit.core.embedder_entry import POOLINGS, EmbedderEntry, tensors
from fieldkit.core.gguf_types import Header
from fieldkit.engine.header import read_header
from fieldkit.errors import IntegrityProblem, InvalidInput
from fieldkit.packager.allowlist import POOLING_FILE
from fieldkit.packager.cache import sync
from fieldkit.packager.checkpoint import read_json, refuse_code
from fieldkit.packager.convert import run_converter
from fieldkit.packager.converter_env import ensure_converter
from fieldkit.packager.engine import ensure_engine
from fieldkit.packager.process import Log, ignore
from fieldkit.packager.quantize import check_space, quantize
from fieldkit.packager.safetensors import read_weights
from fieldkit.packager.workplace import workplace

# Laid out anew for the processor it is the quickest type; the vocabulary keeps eight bits.
KIND = "Q4_0"
_MOST = 0.6  # of F16: the vocabulary is most of a multilingual embedder
_ARCHITECTURE = "BertModel"
_FILES = (
    "added_tokens.json", "modules.json", "sentencepiece.bpe.model", "special_tokens_map.json",
    "tokenizer.json", "vocab.txt",
)  # fmt: skip
_SIZES = {
    "layers": "num_hidden_layers",
    "dimensions": "hidden_size",
    "heads": "num_attention_heads",
    "feed_forward": "intermediate_size",
    "vocabulary": "vocab_size",
    "context": "max_position_embeddings",
}
_MARGIN = 64 << 20
_HINT = "Use the publisher's own repository, or another embedder of build/embedders."


def convert_embedder(
    source: Path,
    target: Path,
    entry: EmbedderEntry,
    *,
    progress: Callable[[int, int], None] | None = None,
    log: Log = ignore,
) -> Header:
    """Write the embedder in the folder ``source`` as ``target``, matrices in Q4_0; its header.

    ``target`` appears only when it is whole and checked. Raises InvalidInput for a repository that
    is not the one that ``entry`` describes or cannot be converted, DiskFull, IntegrityProblem when
    the converter's file is not what it should be, and what ``ensure_converter`` raises.
    """
    refuse_code(source)
    config = read_json(source / "config.json")
    _check_config(source, config, entry)
    weights = {each.path for each in read_weights(source).values()}
    need = sum(path.stat().st_size for path in weights) + _MARGIN
    check_space(target.parent, need, "the embedder")
    with workplace(target.parent) as work:
        converter = ensure_converter(log=log)
        ensure_engine(log=log)
        staged, original, written = work / "bert", work / "f16.gguf", work / "embedder.gguf"
        _stage(source, staged, config, weights, entry)
        arguments: list[str | Path] = [staged, "--outfile", original, "--outtype", "f16"]
        run_converter(
            converter, "model", arguments, original, told=source, progress=progress, log=log
        )
        quantize(original, written, kind=KIND, most=_MOST)
        header = check_written(written, entry)
        sync(written)
        written.replace(target)
    sync(target.parent)
    return header


def _check_config(source: Path, config: Mapping[str, Any], entry: EmbedderEntry) -> None:
    named = config.get("architectures")
    problems = []
    if named != [_ARCHITECTURE]:
        problems.append(f"architectures: is {named!r}, not ['{_ARCHITECTURE}']")
    if config.get("auto_map"):
        problems.append("auto_map: asks for code that the repository brings along")
    problems += [
        f"{key}: is {config.get(key)!r}, {getattr(entry.shape, name)} in the catalog"
        for name, key in _SIZES.items()
        if config.get(key) != getattr(entry.shape, name)
    ]
    if problems:
        raise InvalidInput(
            f"{source / 'config.json'}: is not of {entry.name}", problems=problems, hint=_HINT
        )


def _stage(
    source: Path,
    staged: Path,
    config: Mapping[str, Any],
    weights: set[Path],
    entry: EmbedderEntry,
) -> None:
    """Link what the converter may see into the new folder ``staged``."""
    staged.mkdir()
    (staged / POOLING_FILE).parent.mkdir()
    for name in (*_FILES, POOLING_FILE):
        if (source / name).is_file():
            (staged / name).symlink_to((source / name).resolve())
    for path in weights:
        (staged / path.name).symlink_to(path.resolve())
    config = dict(config)
    if entry.tokenizer == "unigram":
        # The converter reads XLM-RoBERTa's vocabulary only for that architecture, whose tensors are
        # BERT's; without padding's id it keeps every position, as a BERT has them.
        config["architectures"] = ["XLMRobertaModel"]
        config["pad_token_id"] = None
    (staged / "config.json").write_text(json.dumps(config), encoding="utf-8")
    if (source / "tokenizer_config.json").is_file():
        tokenizer = read_json(source / "tokenizer_config.json")
        tokenizer.pop("auto_map", None)
        (staged / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")


def check_written(path: Path, entry: EmbedderEntry) -> Header:
    """The header of the GGUF ``path``; IntegrityProblem unless it is the embedder of ``entry``."""
    try:
        header = read_header(path)
        check_embedder(header)
    except InvalidInput as error:
        raise IntegrityProblem(
            f"{entry.name}: its GGUF cannot be used: {error.message}", hint=_HINT
        ) from error
    arch = header.architecture
    problems = []
    if header.metadata.get(f"{arch}.pooling_type") != POOLINGS[entry.pooling]:
        problems.append(f"pooling: is not {entry.pooling}")
    have = {tensor.name: tensor.shape for tensor in header.tensors}
    want = dict(tensors(entry.shape))
    problems += [f"{name}: is missing" for name in sorted(want.keys() - have)[:5]]
    problems += [f"{name}: is not known" for name in sorted(have.keys() - want)[:5]]
    problems += [
        f"{name}: {have[name]} in the file, {size} by the catalog"
        for name, size in want.items()
        if have.get(name, size) != size
    ][:5]
    if problems:
        raise IntegrityProblem(
            f"{entry.name}: its GGUF is not what the catalog describes: " + "; ".join(problems),
            hint=_HINT,
        )
    return header
