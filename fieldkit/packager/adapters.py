"""LoRA adapters in PEFT's format: what one is, and what of it can be used.

The format is that of the peft library: ``adapter_config.json`` and ``adapter_model.safetensors``
with a pair ``lora_A`` (rank, columns) and ``lora_B`` (rows, rank) for each layer. What is more than
that (DoRA, trained biases, replaced layers) is refused: only peft itself can apply it.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.errors import InvalidInput
from fieldkit.packager.checkpoint import read_json, refuse_code
from fieldkit.packager.safetensors import Entry, read_file

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_NAME = re.compile(
    r"^(?:base_model\.model\.)?(?P<module>.+)\.lora_(?P<part>[AB])(?:\.default)?\.weight$"
)
_MERGE = "Merge it with peft itself (merge_and_unload, save_pretrained), and give the result."
# Initializations that change the base model too, so that the published one is not what it fits.
_CHANGES_BASE = ("pissa", "olora", "corda", "loftq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two matrices of one layer and the factor of their product."""

    a: Entry
    b: Entry
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A checked adapter: module name in the base model -> its pair."""

    folder: Path
    config: Mapping[str, Any]
    pairs: Mapping[str, Pair]


def read_adapter(folder: Path) -> Adapter:
    """Check the adapter in ``folder``; InvalidInput for one that is no plain LoRA."""
    if not folder.is_dir():
        raise InvalidInput(
            f"{folder}: is not a folder", hint=f"Give the folder with {CONFIG} and {WEIGHTS}."
        )
    refuse_code(folder)
    config = read_json(folder / CONFIG)
    problems = _unsupported(config)
    if problems:
        raise InvalidInput(f"{folder / CONFIG}: cannot be merged", problems=problems, hint=_MERGE)
    path = folder / WEIGHTS
    if not path.is_file():
        raise InvalidInput(f"{path}: is missing", hint="Give the adapter's whole folder.")
    return Adapter(folder=folder, config=config, pairs=_pairs(path, config))


def _unsupported(config: Mapping[str, Any]) -> list[str]:
    """What ``config`` asks for that is more than W + scale * B @ A."""
    problems = []
    if (kind := config.get("peft_type")) != "LORA":
        problems.append(f"peft_type: {kind!r}, only LORA is known")
    if (bias := config.get("bias", "none")) != "none":
        problems.append(f"bias: {bias!r} trains biases of the model")
    unknown = (
        "fan_in_fan_out", "layer_replication", "lora_bias", "modules_to_save", "target_parameters",
        "trainable_token_indices", "use_dora", "use_qalora", "alora_invocation_tokens",
    )  # fmt: skip
    problems += [
        f"{key}: {clean_line(repr(config[key]))[:80]} is not supported"
        for key in unknown
        if config.get(key)
    ]
    start = str(config.get("init_lora_weights", "")).lower()
    if start.startswith(_CHANGES_BASE):
        problems.append(f"init_lora_weights: {start!r} changed the base model as well")
    for key in ("r", "lora_alpha"):
        value = config.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            problems.append(f"{key}: {value!r} is no positive number")
    return problems


def _pairs(path: Path, config: Mapping[str, Any]) -> dict[str, Pair]:
    found: dict[str, dict[str, Entry]] = {}
    problems = []
    for name, entry in read_file(path).items():
        if (match := _NAME.match(name)) is None or len(entry.shape) != 2:
            problems.append(f"{name}: is no lora_A or lora_B of a linear layer")
        elif entry.kind not in {"F32", "F16", "BF16"}:
            problems.append(f"{name}: is in {entry.kind}")
        else:
            found.setdefault(match["module"], {})[match["part"]] = entry
    pairs = {}
    for module, parts in found.items():
        if set(parts) != {"A", "B"}:
            problems.append(f"{module}: only lora_{''.join(parts)} is there")
        elif parts["A"].shape[0] != parts["B"].shape[1]:
            problems.append(f"{module}: {parts['B'].shape} @ {parts['A'].shape} is no product")
        else:
            scale = _scale(module, parts["A"].shape[0], config)
            pairs[module] = Pair(a=parts["A"], b=parts["B"], scale=scale)
    if problems or not pairs:
        raise InvalidInput(
            f"{path}: cannot be merged", problems=problems or ["it holds no layer"], hint=_MERGE
        )
    return pairs


def _scale(module: str, rank: int, config: Mapping[str, Any]) -> float:
    """``alpha / rank`` of a layer, by its own alpha where the configuration gives one."""
    alpha = float(_by_pattern(config.get("alpha_pattern"), module, config["lora_alpha"]))
    return alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _by_pattern(patterns: object, module: str, default: Any) -> Any:
    """The value of the first pattern that is the end of ``module``, as peft looks it up."""
    if isinstance(patterns, dict):
        for pattern, value in patterns.items():
            with contextlib.suppress(re.error):
                if re.match(rf"(.*\.)?({pattern})$", module):
                    return value
    return default


def stage_adapter(adapter: Adapter, folder: Path) -> None:
    """Link what the converter may see of an adapter into the new ``folder``."""
    folder.mkdir()
    (folder / WEIGHTS).symlink_to((adapter.folder / WEIGHTS).resolve())
    (folder / CONFIG).write_text(json.dumps(dict(adapter.config)), encoding="utf-8")
