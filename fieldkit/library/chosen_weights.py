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

# What each sign of a part of a passage weighs for a quote: fitted by `tests.quotes --choose`, then
# rounded; those of `code`, `keyed`, `forbids`, `length` and `further` were set by hand.
QUOTE: dict[str, float] = {
    "said": 1.4,
    "own": 0.85,
    "telling": 1.55,
    "code": 1.0,
    "key": 0.75,
    "keyed": 0.5,
    "value": 1.4,
    "valued": 1.25,
    "figure": 1.15,
    "unit": 0.7,
    "label": 2.1,
    "order": 0.6,
    "share": 0.7,
    "best": 0.75,
    "length": 0.3,
    "further": -0.5,
    "row": 0.8,
    "place": 0.9,
    "duty": 1.1,
    "forbids": -1.5,
}
# The same of its passage: the logarithm of its score by the best one's, whether it comes first, and
# whether it is a table of contents, an index or a list of changes. Rank and first were fitted as 1.75
# and 0.65; the ranking was chosen on the same questions, so it counts less here than they say.
QUOTE_PASSAGE: dict[str, float] = {"rank": 1.2, "first": 0.4, "aside": -0.4}
