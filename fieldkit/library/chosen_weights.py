"""What each feature weighs in the ranking: fitted by `tests.tune_ranking`, then rounded."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "bm25": 1.0,
    "covered": 0.9,
    "statement": 1.2,
    "code": 0.5,
    "value": 0.9,
    "order": 0.7,
    "product": 1.3,
    "language": 0.65,
    "contents": -1.0,
    "history": -0.75,
    "length": -0.3,
    "short": -0.45,
}
