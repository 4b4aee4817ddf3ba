"""What a technician is warned of under an answer, as plain lines."""

from __future__ import annotations

from collections.abc import Iterable

from fieldkit.chat.i18n import N_, _
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.wording import issue
from fieldkit.core.citation import NOT_SURE, NOTHING_FOUND, State, cited, refused
from fieldkit.core.languages import manuals_are_in
from fieldkit.core.text import clean_line


def unsupported_in(kept: StoredTurn) -> tuple[str, ...]:
    """Return the numbers and codes of a kept answer that its cited pages do not hold.

    The last word of an answer that was cut off may be half a number, so it is not judged.
    """
    from fieldkit.library.claims.check import check  # when there is an answer, not before

    complete = kept.finish == "stop"
    claims = check(kept.answer, kept.passages, kept.question, complete=complete).claims
    return tuple(dict.fromkeys(f.said for c in claims for f in c.faults if f.said))


def missing_in(kept: StoredTurn) -> tuple[str, ...]:
    """Return the codes that were asked for and that none of the pages holds, as they were typed."""
    from fieldkit.library.judging import missing_codes  # not before there is an answer

    return tuple(missing_codes(kept.question, kept.passages).values())


def doubts(kept: StoredTurn) -> list[str]:
    """Return one line for each reason to look at the page before relying on the answer."""
    lines = [*_unsure(kept), *_other_codes(kept)]
    if languages := manuals_are_in(kept.languages, _):
        lines.append(clean_line(languages))
    if figures := unsupported_in(kept):
        told = (
            _("Not in the cited pages: {figures}")
            if cited(kept.answer, kept.passages)
            else _("Not in the pages it was given: {figures}")
        )
        lines.append(told.format(figures=", ".join(map(clean_line, figures))))
    issues = {
        issue(passage): passage.superseded_by
        for passage in cited(kept.answer, kept.passages)
        if passage.superseded_by
    }
    told = _("{old} is superseded by {new}.")
    lines += [clean_line(told.format(old=old, new=new)) for old, new in issues.items()]
    return lines


def _unsure(kept: StoredTurn) -> list[str]:
    """What is said of an answer that what was found may not hold."""
    if not kept.answer.strip() or refused(kept.answer):
        return []
    said = {State.PERHAPS: NOT_SURE, State.NONE: NOTHING_FOUND}.get(kept.state or State.ANSWERED)
    return [_(said)] if said else []


def _other_codes(kept: StoredTurn) -> list[str]:
    """What is said where a code was asked for, and the pages or the answer speak of others."""
    from fieldkit.library.judging import asked_codes

    asked = asked_codes(kept.question)
    if not asked or not kept.passages:
        return []
    answer = "" if refused(kept.answer) else kept.answer
    said = asked_codes(answer)
    for code, shown in asked.items():
        others = [
            other
            for each, other in said.items()
            if each not in asked and _kind(each) == _kind(code)
        ]
        if others and code not in said:
            return [_told(_OTHER, [shown], others)]
    missing = missing_in(kept)
    return [_told(_NOT_NAMED, missing)] if missing else []


def _kind(code: str) -> str:
    return code.rstrip("0123456789")


_OTHER = N_("Asked about {codes}; the answer speaks of {others}.")
_NOT_NAMED = N_("None of these pages names {codes}.")


def _told(sentence: str, codes: Iterable[str], others: Iterable[str] = ()) -> str:
    shown = {"codes": ", ".join(codes), "others": ", ".join(others)}
    return clean_line(_(sentence).format(**shown))
