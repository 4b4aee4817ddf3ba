"""llama.cpp's context: decodes tokens into the KV cache, knows what it holds, stops at once.

The cache is kept from one request to the next. ``tokens`` says what it holds, whatever happened: an
abort, a failed decode, a state file that could not be read.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fieldkit.core.settings import Settings
from fieldkit.engine import state_file
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.model import Model, libc_strlen
from fieldkit.engine.prefix import common_prefix
from fieldkit.errors import DiskFull, EngineFailure, InvalidInput, Unfit

# Positions whose logits one decode can give: the token that is certain and the drafted ones after
# it. The engine reserves memory for that many rows of the vocabulary instead of ``ubatch`` of them.
MAX_OUTPUTS = 16
_CONVERSATION = 0  # the cache's sequences: the second only names cells while they are saved
_COPY = 1
_SAVE_RESERVE = 64 << 20  # bytes that saving leaves free on the disk
# Cells a cache begins with. A question with its passages and a few turns fit; llama.cpp touches all
# cells when it makes them, so a longer cache costs its whole memory from the start.
FIRST_CELLS = 2048


class Aborted(Exception):
    """The abort callback stopped a decode."""


class Decoder:
    """A context of ``context`` tokens for ``model``.

    Its cache begins with ``FIRST_CELLS`` cells and grows to all of them when they are needed; what
    it holds goes through a file in ``scratch`` (the system's folder for temporary files when None),
    so that old and new cache are never in memory together, and is read again where that fails.
    ``abort`` may be called from another thread: it sets a byte that llama.cpp reads between graph
    nodes through a C function, so it needs no interpreter lock. Raises InvalidInput when the model
    was trained for less than ``context`` and Unfit when there is no memory for it.
    """

    def __init__(
        self,
        model: Model,
        *,
        context: int,
        settings: Settings | None = None,
        scratch: Path | None = None,
    ) -> None:
        if context > model.context:
            raise InvalidInput(
                f"a context of {context} tokens is more than the {model.context} "
                f"that {model.path.name} was trained for",
                hint="Lower model.context in the profile.",
            )
        self.model = model
        self.lib = model.lib
        self.context = context
        self.settings = settings = settings or default_settings()
        self.tokens: list[int] = []
        self._flag = ctypes.create_string_buffer(2)
        self._chunk = min(settings.ubatch, context)
        self._abort = ctypes.cast(libc_strlen(), self.lib.ggml_abort_callback)
        self.scratch = scratch
        self._set_up(context if model.stretched else min(context, FIRST_CELLS))
        self._batch = self._new_batch(self._chunk)
        self._single = self._new_batch(1)
        self._single.n_tokens = 1
        self._single.logits[0] = 1

    def _set_up(self, cells: int) -> None:
        """Make llama.cpp's context, with an empty cache of ``cells`` cells; raises Unfit."""
        self.cells = cells
        self.handle = self.lib.llama_init_from_model(self.model.handle, self._params())
        if not self.handle:
            raise Unfit(
                f"the engine could not set up a context of {cells} tokens",
                hint="Close other programs, or lower model.context in the profile.",
            )
        self.memory = self.lib.llama_get_memory(self.handle)

    def _params(self) -> Any:
        params = self.lib.llama_context_default_params()
        params.n_ctx = self.cells
        params.n_batch = params.n_ubatch = self._chunk
        params.n_outputs_max = MAX_OUTPUTS
        params.n_seq_max = 2
        params.kv_unified = True  # both sequences may use every cell
        params.n_threads = self.settings.decode_threads
        params.n_threads_batch = self.settings.prefill_threads
        params.flash_attn_type = int(self.settings.flash_attention)
        params.no_perf = True
        params.abort_callback = self._abort
        params.abort_callback_data = ctypes.cast(self._flag, ctypes.c_void_p)
        return params

    def _new_batch(self, size: int) -> Any:
        """A batch whose fields that never change are filled in once."""
        batch = self.lib.llama_batch_init(size, 0, 1)
        for index in range(size):
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = _CONVERSATION
        return batch

    def arm(self) -> None:
        """Forget earlier aborts; call this before a generation."""
        self._flag[0] = b"\x00"

    def abort(self) -> None:
        """Stop the running generation between two graph nodes; any thread may call this."""
        self._flag[0] = b"\x01"

    @property
    def aborted(self) -> bool:
        """Whether ``abort`` was called since ``arm``."""
        return bool(self._flag[0] != b"\x00")

    def reserve(self, count: int) -> None:
        """Make room for ``count`` tokens, at most the context's; what the cache holds is kept.

        Raises Unfit, with the cache as it was, when there is no memory for a longer one.
        """
        if min(count, self.context) <= self.cells:
            return
        held = list(self.tokens)
        scratch = self.scratch if self.scratch is not None and self.scratch.is_dir() else None
        with tempfile.TemporaryDirectory(dir=scratch, prefix="context-") as folder:
            path = Path(folder, "state")
            with contextlib.suppress(DiskFull, EngineFailure, OSError):
                if held:
                    self._write_state(path, _CONVERSATION, held)
            before = self.cells
            self._release()
            try:
                self._set_up(self.context)
            except Unfit:
                self._set_up(before)
                raise
            finally:
                if self.handle and not (path.is_file() and self._read_state(path, held)):
                    self.read(held)

    def _release(self) -> None:
        """Free llama.cpp's context and with it the cache."""
        self.lib.llama_free(self.handle)
        self.handle = None
        self.tokens.clear()

    def reuse(self, prompt: Sequence[int]) -> int:
        """Drop from the KV cache what is not a prefix of ``prompt``; the length of what stays.

        At least the prompt's last token is decoded again, since its logits are needed.
        """
        return self.truncate(common_prefix(self.tokens, prompt[:-1]))

    def truncate(self, keep: int) -> int:
        """Keep only the first ``keep`` tokens of the cache; returns how many could be kept."""
        if keep < len(self.tokens):
            if not self.lib.llama_memory_seq_rm(self.memory, _CONVERSATION, keep, -1):
                self.lib.llama_memory_clear(self.memory, False)
                keep = 0
            del self.tokens[keep:]
        return keep

    def prefill(self, prompt: Sequence[int], start: int) -> Iterator[int]:
        """Decode ``prompt[start:]`` in chunks, yielding how many of ``prompt`` are in the cache.

        The logits of the last token are then ready. Raises Aborted.
        """
        for begin in range(start, len(prompt), self._chunk):
            chunk = prompt[begin : begin + self._chunk]
            self.decode(chunk, outputs=int(begin + len(chunk) == len(prompt)))
            yield begin + len(chunk)

    def read(self, tokens: Sequence[int]) -> None:
        """Decode ``tokens`` after what the cache holds, in chunks; their last logits are ready."""
        for _ in self.prefill(tokens, 0):
            pass
        self.lib.llama_synchronize(self.handle)

    def decode(self, tokens: Sequence[int], *, outputs: int) -> None:
        """Decode ``tokens`` after what the cache holds, with logits for the last ``outputs``.

        At most ``settings.ubatch`` tokens and ``MAX_OUTPUTS`` outputs. Raises Aborted, or
        EngineFailure; ``self.tokens`` is right in any case.
        """
        count, held = len(tokens), len(self.tokens)
        self.reserve(held + count)
        batch = self._batch
        batch.n_tokens = count
        ids = array.array("i", tokens)
        ctypes.memmove(batch.token, ids.buffer_info()[0], count * ids.itemsize)
        positions = array.array("i", range(held, held + count))
        ctypes.memmove(batch.pos, positions.buffer_info()[0], count * positions.itemsize)
        ctypes.memset(batch.logits, 0, count)
        ctypes.memset(ctypes.addressof(batch.logits.contents) + count - outputs, 1, outputs)
        self._run(batch, tokens)

    def decode_one(self, token: int) -> None:
        """Decode ``token`` after what the cache holds; its logits are ready. As ``decode``."""
        self.reserve(len(self.tokens) + 1)
        batch = self._single
        batch.token[0] = token
        batch.pos[0] = len(self.tokens)
        self._run(batch, (token,))

    def _run(self, batch: Any, tokens: Sequence[int]) -> None:
        status = self.lib.llama_decode(self.handle, batch)
        if status == 0 and self._flag[0] == b"\x00":
            self.tokens.extend(tokens)
            return
        self._resync(tokens)
        if self.aborted:
            raise Aborted
        raise EngineFailure(
            f"the engine failed to decode {len(tokens)} tokens (llama_decode returned {status})",
            hint="Start a new conversation; if it happens again, send the log.",
        )

    def _resync(self, attempted: Sequence[int]) -> None:
        """Make ``tokens`` say what the cache holds after an incomplete decode."""
        held = int(self.lib.llama_memory_seq_pos_max(self.memory, _CONVERSATION)) + 1
        self.tokens.extend(attempted)
        del self.tokens[held:]

    def save(self, path: Path, count: int) -> None:
        """Write the state of the cache's first ``count`` tokens to ``path``, for ``restore``.

        The cache itself is not changed. The file is written aside (``path`` + ``.partial``),
        flushed and renamed; only this user can read it. Raises ValueError when the cache holds
        fewer tokens, DiskFull, OSError, or EngineFailure.
        """
        if not 0 < count <= len(self.tokens):
            raise ValueError(f"{count} of {len(self.tokens)} tokens cannot be saved")
        partial = path.with_name(path.name + ".partial")
        self.lib.llama_memory_seq_cp(self.memory, _CONVERSATION, _COPY, 0, count)
        try:
            self._write_state(partial, _COPY, self.tokens[:count])
            state_file.seal(partial, self._identity())
            partial.replace(path)
        finally:
            self.lib.llama_memory_seq_rm(self.memory, _COPY, -1, -1)
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def _write_state(self, path: Path, sequence: int, tokens: Sequence[int]) -> None:
        size = int(self.lib.llama_state_seq_get_size(self.handle, sequence))
        free = shutil.disk_usage(path.parent).free
        if free < size + _SAVE_RESERVE:
            raise DiskFull(
                f"{path.parent}: {free} bytes free, {size + _SAVE_RESERVE} needed to keep a prompt",
                hint="Free some space on that disk.",
            )
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        ids = (ctypes.c_int32 * len(tokens))(*tokens)
        written = self.lib.llama_state_seq_save_file(
            self.handle, os.fsencode(path), sequence, ids, len(tokens)
        )
        if not written:
            raise EngineFailure(
                f"{path}: the engine could not write its state",
                hint="Check that the disk is not full and the folder can be written to.",
            )

    def restore(self, path: Path, tokens: Sequence[int]) -> bool:
        """Replace the cache by the state in ``path`` if it is one of exactly ``tokens``.

        Returns False, with an empty cache, when there is no such file, or it is damaged, of another
        model or other settings, or holds other tokens. The next prompt has to be longer than
        ``tokens`` for all of them to be reused: logits are not part of a state.
        """
        self.forget()
        if not 0 < len(tokens) < self.context:
            return False
        if not state_file.is_sound(path, self._identity(), tokens):
            return False
        self.reserve(len(tokens))
        return self._read_state(path, tokens)

    def _read_state(self, path: Path, tokens: Sequence[int]) -> bool:
        """Fill the empty cache with the state in ``path``, which is one of ``tokens``."""
        ids = (ctypes.c_int32 * len(tokens))()
        count = ctypes.c_size_t()
        read = self.lib.llama_state_seq_load_file(
            self.handle, os.fsencode(path), _CONVERSATION, ids, len(tokens), ctypes.byref(count)
        )
        first = self.lib.llama_memory_seq_pos_min(self.memory, _CONVERSATION)
        last = self.lib.llama_memory_seq_pos_max(self.memory, _CONVERSATION)
        if not read or (first, last) != (0, len(tokens) - 1):
            self.forget()
            return False
        self.tokens = list(tokens)
        return True

    def _identity(self) -> bytes:
        """Who can read a state of this context: the same weights with the same kind of cache."""
        return state_file.identity(self.model.fingerprint, self.settings.flash_attention)

    def forget(self) -> None:
        """Empty the KV cache."""
        self.lib.llama_memory_clear(self.memory, False)
        self.tokens.clear()

    def close(self) -> None:
        """Free the context; safe to call twice."""
        if self.handle:
            self.lib.llama_batch_free(self._batch)
            self.lib.llama_batch_free(self._single)
            self._release()
