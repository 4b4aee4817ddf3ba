"""A model in the safetensors format, as its publisher's folder has it, checked before it is used.

What is looked at is data only. A folder that brings code (Python files, pickles) is refused; a
``config.json`` that names code is accepted only where the code is not needed, because the
architecture is one the converter knows by itself (Phi-3's own repository does this).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core import tensors
from fieldkit.core.gguf_types import Rope, Shape
from fieldkit.core.text import clean_line
from fieldkit.core.validation import nearest
from fieldkit.errors import InvalidInput
from fieldkit.packager.converter_env import definition
from fieldkit.packager.safetensors import Entry, read_weights

# Everything that torch, joblib or pickle read as a pickle.
_PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill"})
_KINDS = ("BF16", "F16", "F32")
# What the converter reads besides the weights.
_FILES = (
    "added_tokens.json", "chat_template.jinja", "chat_template.json", "generation_config.json",
    "merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer.model", "vocab.json",
)  # fmt: skip
_CLEANED = ("config.json", "tokenizer_config.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checked folder. ``family`` is the architecture's name in GGUF, ``kind`` of the matrices."""

    folder: Path
    config: Mapping[str, Any]
    family: str
    kind: str
    entries: Mapping[str, Entry]

    @property
    def architecture(self) -> str:
        """``architectures[0]`` of the configuration, like ``Phi3ForCausalLM``."""
        return str(self.config["architectures"][0])

    @property
    def name(self) -> str:
        """``phi3`` for ``Phi3ForCausalLM``: what the model is called in its metadata.

        Not the folder's name, which would make other files of the same weights. llama.cpp takes
        white space after Phi-3's control tokens away for models whose name says phi3.
        """
        return self.architecture.removesuffix("ForCausalLM").lower()

    @property
    def elements(self) -> int:
        """Elements of all tensors."""
        return sum(entry.elements for entry in self.entries.values())

    @property
    def size(self) -> int:
        """Bytes of all tensors."""
        return sum(entry.size for entry in self.entries.values())

    def shape(self) -> Shape:
        """The sizes that the configuration gives; InvalidInput when one is missing."""
        return shape_of(self.config, self.family, tied="lm_head.weight" not in self.entries)


def read_checkpoint(folder: Path) -> Checkpoint:
    """Check the model in ``folder`` without running anything of it.

    Raises InvalidInput, with what to do, for code, pickles, weights that are quantized or not
    complete, and architectures other than those of ``build/convert/converter.toml``.
    """
    if not folder.is_dir():
        raise InvalidInput(
            f"{folder}: is not a folder",
            hint="Give the folder with config.json and the .safetensors files.",
        )
    refuse_code(folder)
    config = read_json(folder / "config.json")
    family = _family(folder, config)
    if (quantized := config.get("quantization_config")) is not None:
        method = quantized.get("quant_method") if isinstance(quantized, dict) else None
        raise InvalidInput(
            f"{folder}: the weights are quantized already ({method or 'quantization_config'})",
            hint="Quantizing twice loses quality: give the model as it was before that.",
        )
    _check_tokens(folder, config)
    entries = read_weights(folder)
    odd = sorted({entry.kind for entry in entries.values()} - set(_KINDS))
    if odd:
        raise InvalidInput(
            f"{folder}: weights in {', '.join(odd)}; {', '.join(_KINDS)} can be converted",
            hint="Give the model in BF16 or F16.",
        )
    kinds = [entry.kind for entry in entries.values() if len(entry.shape) > 1]
    return Checkpoint(
        folder=folder,
        config=config,
        family=family,
        kind=max(set(kinds), key=kinds.count, default="F16"),
        entries=entries,
    )


def _check_tokens(folder: Path, config: Mapping[str, Any]) -> None:
    """Raise InvalidInput for tokens that have no row in the model; the converter drops some.

    Only padding may be one, as in many fine-tunes of Llama 2: nothing is padded here.
    """
    size = config.get("vocab_size")
    path = folder / "added_tokens.json"
    added = read_json(path) if path.is_file() else {}
    settings = folder / "tokenizer_config.json"
    padding = read_json(settings).get("pad_token") if added and settings.is_file() else None
    name = padding.get("content") if isinstance(padding, dict) else padding
    beyond = [
        f"{clean_line(text)[:80]} is token {number}"
        for text, number in added.items()
        if text != name
        and (not isinstance(number, int) or not isinstance(size, int) or number >= size)
    ]
    if beyond:
        raise InvalidInput(
            f"{path}: holds tokens that the model has no place for (vocab_size is {size})",
            problems=beyond[:5],
            hint="The tokenizer is not this model's: give the one that was saved with it.",
        )


def refuse_code(folder: Path) -> None:
    """Raise InvalidInput when ``folder`` holds Python files or pickles, which run when loaded."""
    names = sorted(path.name for path in folder.iterdir())
    pickles = [name for name in names if Path(name).suffix.lower() in _PICKLES]
    scripts = [name for name in names if Path(name).suffix.lower() in {".py", ".pyc", ".so"}]
    if not (pickles or scripts):
        return
    problems = [f"{name}: is a pickle, which runs code when it is loaded" for name in pickles]
    problems += [f"{name}: is code" for name in scripts]
    raise InvalidInput(
        f"{folder}: holds code, and a model is data only",
        problems=problems,
        hint="None of these is needed beside .safetensors files: take them out of the folder, or "
        "let fieldkit pull fetch the model, which leaves them behind.",
    )


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; InvalidInput when it is missing, is cut off or holds no object."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidInput(
            f"{path}: is missing", hint="Give the whole folder, as its publisher has it."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: cannot be read as JSON: {error}", hint=_AGAIN) from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{path}: holds no JSON object", hint=_AGAIN)
    return data


_AGAIN = "Fetch the file again, or give the model's own folder."


def _family(folder: Path, config: Mapping[str, Any]) -> str:
    """The architecture's name in GGUF."""
    families: Mapping[str, str] = definition()["families"]
    named = config.get("architectures")
    name = str(named[0]) if isinstance(named, list) and named else ""
    wants = config.get("auto_map")
    code = str(wants.get("AutoModelForCausalLM", "")) if isinstance(wants, dict) else ""
    own = name not in families and bool(wants)
    if own or (code and code.rpartition(".")[2] != name):
        raise InvalidInput(
            f"{folder}: config.json asks for code that the model brings along "
            f"({code or 'auto_map'}), which is never run",
            hint=f"Give a model of an architecture that needs none: {', '.join(families)}.",
        )
    if name not in families:
        raise InvalidInput(
            f"{folder}: the architecture {name!r} cannot be converted{nearest(name, families)}"
            if name
            else f"{folder / 'config.json'}: names no architecture",
            hint=f"These can: {', '.join(families)}.",
        )
    return families[name]


def shape_of(config: Mapping[str, Any], family: str, *, tied: bool) -> Shape:
    """The sizes of a transformer from its ``config.json``; InvalidInput names what is missing."""
    numbers = _Numbers(config)
    embedding, heads = numbers["hidden_size"], numbers["num_attention_heads"]
    head_dim = numbers.get("head_dim", embedding // max(1, heads))
    share = config.get("partial_rotary_factor", 1)
    turned = family == "phi3" and isinstance(share, int | float)
    rotary = int(share * head_dim) if turned else head_dim
    experts = numbers.get("num_local_experts", 0)
    shape = Shape(
        architecture=family,
        layers=numbers["num_hidden_layers"],
        embedding=embedding,
        heads=heads,
        kv_heads=numbers.get("num_key_value_heads", heads),
        head_dim=head_dim,
        feed_forward=numbers["intermediate_size"],
        vocabulary=numbers["vocab_size"],
        context=numbers["max_position_embeddings"],
        tied=tied or family in {"gemma", "gemma2"},
        experts=experts,
        experts_used=numbers.get("num_experts_per_tok", 0) if experts else 0,
        rotary=0 if rotary == head_dim else rotary,
        rope=_rope(config),
    )
    if numbers.problems:
        raise InvalidInput("config.json: is not complete", problems=numbers.problems, hint=_AGAIN)
    return shape


class _Numbers:
    """Positive whole numbers of a configuration; what is wrong is collected."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self.problems: list[str] = []

    def __getitem__(self, key: str) -> int:
        return self.get(key, None)

    def get(self, key: str, default: int | None) -> int:
        value = self._config.get(key)
        if value is None and default is not None:
            return default
        if type(value) is int and value > 0:
            return value
        self.problems.append(
            f"{key}: is missing" if value is None else f"{key}: {value!r} is no positive number"
        )
        return 1


def _rope(config: Mapping[str, Any]) -> Rope:
    """Which tables of factors the converter writes for this configuration."""
    scaling = config.get("rope_scaling") or config.get("rope_parameters") or {}
    if not isinstance(scaling, dict):
        return "plain"
    kind = scaling.get("rope_type", scaling.get("type"))
    if scaling.get("long_factor"):
        return "longrope"
    return "scaled" if kind == "llama3" else "plain"


def expected_tensors(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Name -> elements (row length first) of the tensors that a conversion must write."""
    return dict(tensors.tensors(shape))


def stage(checkpoint: Checkpoint, folder: Path) -> None:
    """Link what the converter may see into the new ``folder``; nothing else is there.

    Configurations are copied without the names of code in them.
    """
    folder.mkdir()
    source = checkpoint.folder
    weights = {entry.path for entry in checkpoint.entries.values()}
    if (index := source / "model.safetensors.index.json").is_file():
        weights.add(index)
    for path in sorted(weights | {source / name for name in _FILES}):
        if path.is_file():
            (folder / path.name).symlink_to(path.resolve())
    for name in _CLEANED:
        if (source / name).is_file():
            data = read_json(source / name)
            data.pop("auto_map", None)
            (folder / name).write_text(json.dumps(data), encoding="utf-8")
