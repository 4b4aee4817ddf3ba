"""The cases that published guides for choosing an open model list, as constraints.

A decision tree, asked from the top: the first question answered with yes gives the constraints.
No case names a model. What is chosen follows from the facts of the catalog and from the machine, so
it changes when either does. ``docs/candidates.md`` says which guides these cases are from, and
where following facts leads elsewhere than they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fieldkit.core.gate import Thresholds
from fieldkit.core.selection import Constraints

# People read 4 to 5 words a second; what is written more slowly than 5 tokens a second is waited
# for. An edge device should leave room above that, since it throttles.
_READING_TPS = 5.0
_BRISK_TPS = 10.0
_DOCUMENT = 32768  # tokens: some eighty pages of a manual


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One branch: the question that leads to it, and what a yes asks of a candidate."""

    question: str
    constraints: Constraints


CASES: Mapping[str, Case] = {
    "code": Case(
        question="Is it mostly about writing or reading program code?",
        constraints=Constraints(task="code"),
    ),
    "asian-languages": Case(
        question="Must it serve Chinese, Japanese and Korean?",
        constraints=Constraints(languages=("zh", "ja", "ko"), task="multilingual"),
    ),
    "long-documents": Case(
        question="Are whole documents of fifty pages and more put before it at once?",
        constraints=Constraints(task="long-documents", context=_DOCUMENT),
    ),
    "edge": Case(
        question="Does it run on a laptop of 8 GiB, or on a smaller device?",
        constraints=Constraints(
            ram_gib=8, commercial=True, limits=Thresholds(min_decode_tps=_BRISK_TPS)
        ),
    ),
    "permissive": Case(
        question="Does legal accept nothing but permissive licences?",
        constraints=Constraints(
            licences=("Apache-2.0", "MIT"),
            commercial=True,
            user_threshold=False,
            output_limits=False,
        ),
    ),
    "latency": Case(
        question="Does somebody wait for every answer, and do short ones do?",
        constraints=Constraints(prefer="speed", task="general"),
    ),
    "server": Case(
        question="Does it run on a server, and is what it knows more important than its speed?",
        constraints=Constraints(
            prefer="capacity", commercial=True, limits=Thresholds(min_decode_tps=_READING_TPS)
        ),
    ),
    "general": Case(
        question="Otherwise: general work on this machine.",
        constraints=Constraints(task="general", limits=Thresholds(min_decode_tps=_READING_TPS)),
    ),
}
