"""One question, one answer, for a person at a shell or for a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fieldkit.chat import preferences
from fieldkit.chat.battery import Power, begun, low_now, mode_of
from fieldkit.chat.context import ChatContext
from fieldkit.chat.doubts import doubts, missing_in, unsupported_in
from fieldkit.chat.i18n import _
from fieldkit.chat.opening import opened
from fieldkit.chat.pages import Pages, Sources
from fieldkit.chat.session import Ended, Found, Session
from fieldkit.chat.store import SAVING
from fieldkit.chat.tablerows import lines_of
from fieldkit.chat.wording import label, said_in, words_only
from fieldkit.console import Console
from fieldkit.core.citation import Citation, Passage, State
from fieldkit.core.generation import Token
from fieldkit.core.refusal import InWords, in_words
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import ExitCode, UsageProblem

_BEGINS = 100  # characters of a page that are shown with its name
_STATS = (
    "ttft_s",
    "prefill_tokens",
    "reused_tokens",
    "prefill_tps",
    "decode_tps",
    "completion_tokens",
)


def run(context: ChatContext, question: str, as_json: bool) -> int:
    """Answer ``question`` on stdout and return the exit code; a refusal is an answer, too.

    Nothing is kept in the history. Raises UsageProblem for an empty question, EngineFailure when
    the model cannot answer, and IntegrityProblem when the manuals cannot be read.
    """
    question = clean(question).strip()
    if not question:
        raise UsageProblem(_("the question is empty"), hint=_('Ask like this: fieldkit ask "…"'))
    console = context.console
    power = _power(context)
    with opened(context, history=False) as assistant:
        for _loading in assistant.engine.start():
            pass
        words = InWords(_)
        session = assistant.session()
        if power.low:
            console.err(begun(power))
            session.shorter = True
            assistant.engine.apply(assistant.engine.info.settings.spared)
        ended = _written(session, question, words, None if as_json else console)
        missing = assistant.evidence.words_only
        lines = source_lines(ended, assistant.library, context.assistant.language)
    if missing is not None:
        console.err(words_only(missing))
    if as_json:
        console.out_json(to_json(ended, low_battery=power.low))
    else:
        console.out(words.rest(), end="")
        _show_end(console, ended, lines)
    if ended.kept.finish == SAVING:
        console.err(_("The answer was kept short to save the battery. Plugged in, it is whole."))
    return ExitCode.OK


def _written(session: Session, question: str, words: InWords, console: Console | None) -> Ended:
    """The end of the answer; ``console`` is shown its words while they come."""
    for step in session.ask(question):
        if isinstance(step, Found):
            words.state, words.pages = step.state, len(step.passages)
        elif isinstance(step, Token) and console is not None:
            console.out(words.add(clean(step.text)), end="")
        elif isinstance(step, Ended):
            ended = step
    return ended


def _power(context: ChatContext) -> Power:
    """Whether the battery is to be saved now."""
    mode = mode_of(preferences.load(context.preferences_path).battery)
    return low_now(context.battery, context.assistant.low_battery_percent, mode)


def _show_end(console: Console, ended: Ended, lines: Sequence[str]) -> None:
    """Write what comes after an answer's words, and these too where none were generated."""
    if ended.kept.stats is None:
        console.out(clean(said_in(ended.kept)), end="")
    console.out()
    for line in lines:
        console.out(line)


def to_json(ended: Ended, *, low_battery: bool = False) -> dict[str, Any]:
    """Return the object that ``ask --json`` prints; a contract with scripts."""
    kept = ended.kept
    stats = kept.stats
    return {
        "answer": clean(in_words(kept.answer, kept.state, len(kept.passages))).strip(),
        "state": str(kept.state or State.ANSWERED),
        "citations": [asdict(Citation.of(passage)) for passage in ended.cited],
        "refused": ended.refused,
        "unsupported": list(unsupported_in(ended.kept)),
        "missing": [clean_line(code) for code in missing_in(kept)],
        "languages": list(kept.languages),
        "stats": {
            **{name: getattr(stats, name) if stats else 0 for name in _STATS},
            "low_battery": low_battery,
        },
    }


def source_lines(ended: Ended, library: Pages, spoken: str) -> list[str]:
    """Return the lines under an answer: its doubts, then what it cites or what comes nearest.

    Below a cited passage are the rows of its table that answer; ``spoken`` is the manuals'
    language.
    """
    passages = ended.kept.passages
    warnings = doubts(ended.kept)
    if not passages:
        return warnings
    if ended.cited:
        lines = [*warnings, "", _("Sources:")]
        sources = Sources.of(passages, ended.cited, ended.kept.question, spoken, ended.kept.answer)
        for passage, line in zip(ended.cited, _numbered(ended.cited, passages), strict=True):
            lines += [line, *lines_of(sources.rows(library, passage))]
        return lines
    title = _("Nearest pages:") if ended.refused or not ended.kept.answer else _("Answered from:")
    return [*warnings, "", title, *_begun(passages)]


def _begun(passages: Sequence[Passage]) -> list[str]:
    """Each page of ``passages`` with the first words of what it says, or with what answers best.

    Of several that would be called the same only the first is listed: the best one.
    """
    lines: dict[str, str] = {}
    for number, passage in enumerate(passages, 1):
        place = clean_line(label(passage))
        lines.setdefault(place, f"[{number}] {place}: {_begins(passage)}")
    return list(lines.values())


def _begins(passage: Passage) -> str:
    text = clean_line(passage.quote or passage.text)
    if len(text) <= _BEGINS:
        return text
    cut = text[:_BEGINS]
    return f"{cut.rpartition(' ')[0] or cut} …"  # some scripts have no spaces


def _numbered(shown: Sequence[Passage], passages: Sequence[Passage]) -> list[str]:
    order = list(passages)
    return [f"[{order.index(passage) + 1}] {clean_line(label(passage))}" for passage in shown]
