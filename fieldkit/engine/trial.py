"""One short run of a loaded model under given settings: what tuning compares.

Thread counts change between two runs at no cost; ``ubatch`` and flash attention need a new context;
how weights are loaded needs a new worker.
"""

from __future__ import annotations

import random
import time
from typing import Any

from fieldkit.core.settings import Settings
from fieldkit.engine.session import Session
from fieldkit.errors import EngineFailure


def run(
    session: Session, settings: Settings, *, prompt: int, decode: int
) -> tuple[Session, dict[str, Any]]:
    """Read a prompt of ``prompt`` random tokens cold, then decode ``decode`` tokens after it.

    Returns the session that ran, which is another one when ``settings`` needed a new context (the
    old one is then closed), and ``prefill_s`` and ``decode_s``, the seconds of each part. Raises
    EngineFailure when the model has to be loaded again for ``settings``.
    """
    session = apply(session, settings)
    generator = random.Random(1)  # noqa: S311 - any tokens will do
    ids = [generator.randrange(1, session.model.vocabulary) for _ in range(prompt + decode)]
    session.forget()
    began = time.perf_counter()
    session.read(ids[:prompt])
    read = time.perf_counter()
    for token in ids[prompt:]:
        session.read([token])
    ended = time.perf_counter()
    session.forget()
    return session, {"prefill_s": read - began, "decode_s": ended - read}


def apply(session: Session, settings: Settings) -> Session:
    """Make ``settings`` hold: the same session with other thread counts, or a new one."""
    old = session.settings
    if (settings.repack, settings.mapped) != (old.repack, old.mapped):
        raise EngineFailure("the model has to be loaded again for these settings")
    if (settings.ubatch, settings.flash_attention) != (old.ubatch, old.flash_attention):
        session.close()
        return Session(
            session.model, context=session.context, settings=settings, scratch=session.scratch
        )
    session.lib.llama_set_n_threads(
        session.handle, settings.decode_threads, settings.prefill_threads
    )
    session.settings = settings
    return session
