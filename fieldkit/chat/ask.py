"""One question, one answer, for a person at a shell or for a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from fieldkit.chat import preferences
from fieldkit.chat.battery import Power, begun, low_now, mode_of
from fieldkit.chat.context import ChatContext
from fieldkit.chat.doubts import checked_of, doubts, missing_in, notes, unsupported_in
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.opening import opened
from fieldkit.chat.pages import Pages, Sources
from fieldkit.chat.quotation import quote_lines
from fieldkit.chat.session import Ended, Found, Step
from fieldkit.chat.store import SAVING, StoredTurn
from fieldkit.chat.tablerows import lines_of
from fieldkit.chat.wording import label, said_in, words_only
from fieldkit.console import Console
from fieldkit.core.citation import MAY_ANSWER, Citation, Passage, State
from fieldkit.core.cited import Undangled, with_right_marks
from fieldkit.core.generation import REPEATED, Engine, Token
from fieldkit.core.quote import Quote
from fieldkit.core.refusal import InWords, in_words
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import ExitCode, FieldkitError, UsageProblem

_BEGINS = 100  # characters of a page that are shown with its name
_ENDS = {
    "length": N_("Answer cut off at the length limit."),
    REPEATED: N_("The answer began to repeat itself and was stopped."),
}
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

    What the manual says comes first, before the model is loaded. Nothing is kept in the history.
    Raises UsageProblem for an empty question, EngineFailure when the model cannot answer (what was
    found is written before), and IntegrityProblem when the manuals cannot be read.
    """
    question = clean(question).strip()
    if not question:
        raise UsageProblem(_("the question is empty"), hint=_('Ask like this: fieldkit ask "…"'))
    console = context.console
    power = _power(context)
    with opened(context, history=False) as assistant:
        session = assistant.session()
        if power.low:
            console.err(begun(power))
            session.shorter = True
        spoken = context.assistant.language

        def printed(found: Found) -> Quote | None:
            sources = Sources.of(found.passages, (), question, spoken)
            return sources.printed(assistant.library, found.quote)

        writer = _Writer(None if as_json else console, printed)
        load = partial(_load, assistant.engine, spare=power.low)
        ended, failure = writer.write(session.ask(question, ready=load))
        missing = assistant.evidence.words_only
        lines = source_lines(ended, assistant.library, spoken)
    if missing is not None:
        console.err(words_only(missing))
    if as_json:
        console.out_json(to_json(ended, low_battery=power.low))
    else:
        writer.end(ended, lines)
    if failure is not None:
        raise failure
    if ended.kept.finish == SAVING:
        console.err(_("The answer was kept short to save the battery. Plugged in, it is whole."))
    return ExitCode.OK


def _load(engine: Engine, *, spare: bool) -> None:
    """Load the model; ``spare`` the battery."""
    for _loading in engine.start():
        pass
    if spare:
        engine.apply(engine.info.settings.spared)


class _Writer:
    """Writes an answer for a person while it comes; for ``console`` None it only keeps the end.

    Into a pipe the model's words are written at the end, where they are known to agree with the
    manual as far as that was checked; a terminal shows them as they come.
    """

    def __init__(self, console: Console | None, printed: Callable[[Found], Quote | None]) -> None:
        """``printed`` gives what is quoted of what was found, as its page has it."""
        self._console = console
        self._printed = printed
        self._streams = console is not None and console.writes_to_terminal
        self._words = InWords(_)
        self._marks = Undangled()
        self._said = False

    def write(self, steps: Iterable[Step]) -> tuple[Ended, FieldkitError | None]:
        """Write what comes; returns the end, and what went wrong after something was found."""
        ended: Ended | None = None
        try:
            for step in steps:
                self._show(step)
                ended = step if isinstance(step, Ended) else ended
        except FieldkitError as error:
            if ended is None:
                raise
            return ended, error
        assert ended is not None
        return ended, None

    def end(self, ended: Ended, lines: Sequence[str]) -> None:
        """Write the rest of the words and the ``lines`` that come after them."""
        if self._console is None:
            return
        if self._streams:
            self._say(self._words.add(self._marks.rest()) + self._words.rest())
        if not self._said:
            self._say(clean(said_in(ended.kept)).strip())
        if self._said:
            self._console.out()
        for line in lines:
            self._console.out(line)

    def _show(self, step: Step) -> None:
        match step:
            case Found() as found:
                self._words.state, self._words.pages = found.state, len(found.passages)
                self._marks.passages = found.passages
                self._quote(found)
            case Token(text) if self._streams:
                self._say(self._words.add(self._marks.add(clean(text))))
            case _:
                pass

    def _quote(self, found: Found) -> None:
        if self._console is None:
            return
        lines = quote_lines(self._printed(found), found.passages, found.state)
        for line in lines:
            self._console.out(line)
        if lines:
            self._console.out()

    def _say(self, text: str) -> None:
        assert self._console is not None
        text = text if self._said else text.lstrip()
        if text:
            self._console.out(text, end="")
            self._said = True


def _power(context: ChatContext) -> Power:
    """Whether the battery is to be saved now."""
    mode = mode_of(preferences.load(context.preferences_path).battery)
    return low_now(context.battery, context.assistant.low_battery_percent, mode)


def to_json(ended: Ended, *, low_battery: bool = False) -> dict[str, Any]:
    """Return the object that ``ask --json`` prints; a contract with scripts."""
    kept = ended.kept
    stats = kept.stats
    answer = with_right_marks(kept.answer, kept.checked, kept.passages)
    said = clean(in_words(answer, kept.state, len(kept.passages))).strip()
    quoted = clean(kept.quote.text) if kept.quote else None
    checked = checked_of(kept)
    return {
        "answer": quoted if kept.withdrawn else said,
        "quote": quoted,
        "quote_source": _cited(kept.quote.source(kept.passages)) if kept.quote else None,
        "converted": clean_line(kept.quote.converted) if kept.quote else "",
        "other_quotes": [
            {"quote": clean(each.text), "quote_source": _cited(each.source(kept.passages))}
            for each in (kept.quote.others if kept.quote else ())
        ],
        "state": str(kept.state or State.ANSWERED),
        "claims": [claim.to_json() for claim in checked.claims] if checked else [],
        "replaced": kept.withdrawn,
        "generated": clean(kept.answer).strip() if kept.withdrawn else None,
        "citations": [_cited(passage) for passage in ended.cited],
        "refused": ended.refused,
        "finish": kept.finish,
        "unsupported": list(unsupported_in(kept)),
        "missing": [clean_line(code) for code in missing_in(kept)],
        "languages": list(kept.languages),
        "stats": {
            **{name: getattr(stats, name) if stats else 0 for name in _STATS},
            "low_battery": low_battery,
        },
    }


def _cited(passage: Passage) -> dict[str, Any]:
    return asdict(Citation.of(passage))


def source_lines(ended: Ended, library: Pages, spoken: str) -> list[str]:
    """Return the lines under an answer: its doubts, then what it cites or what comes nearest.

    Below a cited passage are the rows of its table that answer; ``spoken`` is the manuals'
    language.
    """
    kept = ended.kept
    passages = kept.passages
    lines = [*doubts(kept), *notes(kept)]
    if kept.finish in _ENDS:
        lines.append(_(_ENDS[kept.finish]))
    if not passages:
        return [*lines, *_advice(kept)]
    if ended.cited and not _unsure(kept):
        lines += ["", _("Sources:")]
        sources = Sources.of(passages, ended.cited, kept.question, spoken, kept.valid_answer)
        for passage, line in zip(ended.cited, _numbered(ended.cited, passages), strict=True):
            lines += [line, *lines_of(sources.rows(library, passage))]
        return lines
    if title := _title(ended):
        lines += ["", title]
    return [*lines, *_begun(passages), *_advice(kept)]


def _unsure(kept: StoredTurn) -> bool:
    return kept.state is State.PERHAPS


def _title(ended: Ended) -> str:
    """What is written above all pages that were found; "" where the answer itself says so."""
    if _unsure(ended.kept):
        return "" if ended.refused else _(MAY_ANSWER)
    near = ended.refused or not ended.kept.answer
    return _("Nearest pages:") if near else _("Answered from:")


def _advice(kept: StoredTurn) -> list[str]:
    """What to try where nothing was found."""
    if kept.state is not State.NONE:
        return []
    return ["", _("Try the words of the manual, a fault code or a part number.")]


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
