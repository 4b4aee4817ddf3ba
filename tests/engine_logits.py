"""What the engine makes of a GGUF file: tokens of a text, and the logits after them."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fieldkit.engine import backend


def logits_after(
    path: Path, tokens: list[int], *, adapter: Path | None = None
) -> npt.NDArray[np.float32]:
    """The logits that follow ``tokens``, one for each entry of the vocabulary.

    ``adapter`` is a LoRA adapter as GGUF that is applied to the model.
    """
    lib = backend.load()
    model = lib.llama_model_load_from_file(os.fsencode(path), lib.llama_model_default_params())
    assert model, path
    try:
        return _decoded(lib, model, tokens, adapter)
    finally:
        lib.llama_model_free(model)


def _decoded(
    lib: Any, model: Any, tokens: list[int], adapter: Path | None
) -> npt.NDArray[np.float32]:
    params = lib.llama_context_default_params()
    params.n_ctx, params.n_threads, params.n_threads_batch = 256, 2, 2
    context = lib.llama_init_from_model(model, params)
    assert context
    try:
        if adapter is not None:
            applied = lib.llama_adapter_lora_init(model, os.fsencode(adapter))
            assert applied
            one = (type(applied) * 1)(applied)
            assert lib.llama_set_adapters_lora(context, one, 1, (ctypes.c_float * 1)(1.0)) == 0
        numbers = (ctypes.c_int32 * len(tokens))(*tokens)  # the batch points to it
        assert lib.llama_decode(context, lib.llama_batch_get_one(numbers, len(tokens))) == 0
        size = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))
        found = lib.llama_get_logits_ith(context, -1)
        return np.ctypeslib.as_array(found, shape=(size,)).copy()
    finally:
        lib.llama_free(context)
