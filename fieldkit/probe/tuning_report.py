"""What ``fieldkit probe --tune`` found, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldkit.core.settings import Settings
from fieldkit.core.trial import ANSWER_TOKENS, PROMPT_TOKENS, Run, Trial
from fieldkit.core.tuning import Outcome
from fieldkit.probe.workbench import FAILED

_NAMES = {
    "flash_attention": ("flash attention", "no flash attention"),
    "repack": ("weights repacked", "weights not repacked"),
    "mapped": ("file mapped", "file read, not mapped"),
}


def report(outcome: Outcome, *, name: str, power: str) -> dict[str, Any]:
    """The field ``tuned`` of ``probe --json``; figures are estimates for the whole model."""
    final = outcome.final
    return {
        "name": name,
        "power": power,
        "settings": outcome.settings.to_dict(),
        "defaults": outcome.defaults.to_dict(),
        "gain": round(outcome.gain, 4),
        "prompt_tokens": PROMPT_TOKENS,
        "answer_tokens": ANSWER_TOKENS,
        "exhausted": outcome.exhausted,
        "seconds": round(outcome.seconds, 1),
        "trials": [_trial(trial, trial.challenger) for trial in outcome.trials],
        "final": None if final is None else _trial(final, outcome.settings),
    }


def _trial(trial: Trial, kept: Settings) -> dict[str, Any]:
    return {
        "changed": trial.changed,
        "champion": _figures(trial.champion_runs),
        "challenger": _figures(trial.challenger_runs),
        "gain": round(max(trial.gain(), -9.99), 4),
        "better": trial.wins() and trial.challenger == kept,
        "runs": trial.runs,
    }


def _figures(runs: Sequence[Run]) -> dict[str, float] | None:
    """Means over ``runs``; None where the engine refused the settings."""
    if not runs or FAILED in runs:
        return None
    prefill = sum(run.prefill_s for run in runs) / len(runs)
    decode = sum(run.decode_s for run in runs) / len(runs)
    return {
        "prefill_tps": round(PROMPT_TOKENS / prefill, 2),
        "decode_tps": round(ANSWER_TOKENS / decode, 2),
        "wait_s": round(prefill + decode, 2),
    }


def format_report(tuned: Mapping[str, Any]) -> str:
    """Return ``tuned`` for a person: plain text, no line longer than 80 columns."""
    return "\n".join(_lines(tuned))


def _lines(tuned: Mapping[str, Any]) -> Iterator[str]:
    yield f"Tuned {tuned['name'][:40]} in {tuned['seconds']:.0f} s (power: {tuned['power']})"
    yield ""
    yield f"  {'compared with the best so far':<36}" + _columns("prefill", "decode", "wait", "gain")
    yield f"  {'':<36}" + _columns("tok/s", "tok/s", "s", "%")
    for trial in tuned["trials"]:
        yield from _rows(describe(trial["changed"]), trial)
    if (final := tuned["final"]) is not None:
        yield from _rows("the winner, against the defaults", final)
    yield ""
    if tuned["gain"] > 0:
        changed = {
            name: value
            for name, value in tuned["settings"].items()
            if value != tuned["defaults"][name]
        }
        yield f"Kept: {describe(changed)}"
        yield f"A question of {tuned['prompt_tokens']} tokens and an answer of"
        yield f"{tuned['answer_tokens']} take {tuned['gain'] * 100:.0f} % less time than before."
    elif tuned["trials"]:
        yield "Kept: the defaults; nothing tried was clearly better."
    else:
        yield "Kept: the defaults; there was no time to try anything."
    if tuned["exhausted"]:
        yield "The time ran out before everything was tried (--tune-seconds)."


def _columns(*texts: str) -> str:
    return "".join(f"{text:>9}" for text in texts)


def _rows(label: str, trial: Mapping[str, Any]) -> Iterator[str]:
    """One line, after lines for the part of a long label that does not fit."""
    *before, last = _folded(label, 36)
    for part in before:
        yield f"  {part}"
    new = trial["challenger"]
    if new is None:
        yield f"  {last:<36}  the engine cannot run with it"
        return
    figures = [f"{new[name]:.1f}" for name in ("prefill_tps", "decode_tps", "wait_s")]
    yield f"  {last:<36}" + _columns(*figures, f"{trial['gain'] * 100:+.0f}")


def _folded(label: str, width: int) -> list[str]:
    lines = [""]
    for part in label.split(", "):
        joined = f"{lines[-1]}, {part}" if lines[-1] else part
        if len(joined) < width:
            lines[-1] = joined
        else:
            lines.append(part)
    return [line for line in lines if line] or [""]


def describe(changed: Mapping[str, Any]) -> str:
    """``changed`` settings in words."""
    parts = []
    decode, prefill = changed.get("decode_threads"), changed.get("prefill_threads")
    if decode is not None and decode == prefill:
        parts.append(f"{decode} threads")
    else:
        parts += [f"decode with {decode} threads"] if decode is not None else []
        parts += [f"prefill with {prefill} threads"] if prefill is not None else []
    if "ubatch" in changed:
        parts.append(f"batches of {changed['ubatch']}")
    parts += [
        names[0] if changed[key] else names[1] for key, names in _NAMES.items() if key in changed
    ]
    return ", ".join(parts) or "nothing"
