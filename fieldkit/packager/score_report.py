"""What ``fieldkit evaluate`` prints: what was wrong and why, then the shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldkit.core.text import clean_line

_WHY = {
    "page": "the page was not found",
    "evidence": "the page was found, but held to be no evidence",
    "model": "the model had the page and said otherwise",
    "not refused": "no page answers it, but an answer was given without a mark",
}
_SHARES = (
    "score", "answered", "cited", "retrieved", "refused", "falsely_refused", "doubted",
    "falsely_doubted",
)  # fmt: skip


def lines(scores: Mapping[str, Any]) -> Iterator[str]:
    """The lines for ``scores`` as ``evaluate`` returns them."""
    for cause, why in _WHY.items():
        wrong = [entry for entry in scores["answers"] if entry["cause"] == cause]
        if wrong:
            yield f"{why} ({len(wrong)}):"
        for entry in wrong:
            yield f"  {entry['text']}\n    {clean_line(entry['answer'])}"
    yield ", ".join(f"{name.replace('_', ' ')} {scores[name]:.0%}" for name in _SHARES)
    yield f"search: {_search(scores['retrieval'])}"
    yield f"model: {_model(scores['answering'])}"
    unmarked = [entry for entry in scores["answers"] if entry["wrong_unmarked"]]
    if unmarked:
        yield f"wrong, and shown without a mark ({len(unmarked)}):"
    for entry in unmarked:
        yield f"  {entry['text']}\n    {clean_line(entry['answer'])}"
    yield f"shown: {_shown(scores['shown'], len(scores['answers']))}"


def in_words(scores: Mapping[str, Any]) -> dict[str, str]:
    """What the decision record says of ``scores``, by the name of the line."""
    return {
        "Question set": (
            f"{scores['score']:.0%} right; {scores['answered']:.0%} of the answerable questions "
            f"answered, {scores['cited']:.0%} with the right page cited, {scores['doubted']:.0%} "
            "of the unanswerable refused or marked as unsure"
        ),
        "Search alone": _search(scores["retrieval"]),
        "Model alone": _model(scores["answering"]),
        "What is shown": _shown(scores["shown"], len(scores["answers"])),
    }


def _search(found: Mapping[str, float]) -> str:
    return (
        f"the page among three for {found['found_in_three']:.0%}, first for "
        f"{found['found_first']:.0%}, mean reciprocal rank {found['mrr']:.2f}; refuses "
        f"{found['refused']:.0%} of the unanswerable, {found['falsely_refused']:.0%} of the "
        f"others; is sure of {found['falsely_sure']:.0%} and {found['sure']:.0%} of them"
    )


def _model(said: Mapping[str, float]) -> str:
    return (
        f"right for {said['right_with_the_page']:.0%} of {said['with_the_page']} questions with "
        f"the page before it; refuses {said['refused_when_misled']:.0%} of {said['misled']} with "
        "passages that do not answer them"
    )


def _shown(shown: Mapping[str, float], count: int) -> str:
    return (
        f"{shown['wrong_unmarked']:.0f} of {count} answers wrong without a mark; "
        f"{shown['flagged']:.0%} marked, {shown['replaced']:.0%} replaced by the quote; of the "
        f"right answers {shown['cited_when_right']:.0%} cite the right page and "
        f"{shown['flagged_when_right']:.0%} are marked; the quote holds "
        f"{shown['quote_right']:.0%} of the answers; {shown['stopped']:.0f} answers were stopped "
        f"because they repeated themselves, {shown['loops']:.0f} still do"
    )
