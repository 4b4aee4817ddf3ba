"""The settings the engine uses before anything was tuned."""

from __future__ import annotations

import os

import psutil

from fieldkit.core.settings import Settings


def default_threads() -> int:
    """Physical cores this process may run on; SMT siblings slow decoding down.

    Decoding waits for memory, and the second thread of a core only competes for it.
    """
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    affinity = getattr(os, "sched_getaffinity", None)
    allowed = len(affinity(0)) if affinity else physical
    return max(1, min(physical, allowed))


def default_settings() -> Settings:
    """What an untuned machine runs with."""
    threads = default_threads()
    return Settings(decode_threads=threads, prefill_threads=threads)
