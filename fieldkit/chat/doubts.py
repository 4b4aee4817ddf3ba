"""What a technician is warned of under an answer, as plain lines."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from fieldkit.chat.i18n import N_, _
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.wording import issue
from fieldkit.core.citation import NOT_SURE, NOTHING_FOUND, Passage, State, refused
from fieldkit.core.claims import Checked, Claim, Kind
from fieldkit.core.generation import WHOLE
from fieldkit.core.languages import NAMES, manuals_are_in
from fieldkit.core.text import clean_line

_CLAIM_LENGTH = 80  # characters of a claim that is named in a warning
WITHDRAWN = N_("The answer was withdrawn: it differs from the manual.")


def checked_of(kept: StoredTurn) -> Checked | None:
    """Return the check of a kept answer; None where there is nothing to check.

    It was kept with the answer. One that an older release kept has none, and is checked now.
    """
    if kept.checked is not None or not kept.answer.strip() or refused(kept.answer):
        return kept.checked
    return _checked(kept.answer, kept.passages, kept.question, kept.finish in WHOLE)


@functools.lru_cache(maxsize=64)
def _checked(answer: str, passages: tuple[Passage, ...], question: str, complete: bool) -> Checked:
    """Check an answer of an older release, which is shown again and again."""
    from fieldkit.library.claims.check import check  # when there is an answer, not before

    return check(answer, passages, question, complete=complete)


def unsupported_in(kept: StoredTurn) -> tuple[str, ...]:
    """Return the words of a kept answer that differ from the manuals: numbers, codes, a "not"."""
    checked = checked_of(kept)
    claims = checked.claims if checked else ()
    return tuple(
        dict.fromkeys(
            clean_line(fault.said) for claim in claims for fault in claim.faults if fault.said
        )
    )


def missing_in(kept: StoredTurn) -> tuple[str, ...]:
    """Return the codes that were asked for and that none of the pages holds, as they were typed."""
    from fieldkit.library.judging import missing_codes  # not before there is an answer

    return tuple(missing_codes(kept.question, kept.passages).values())


def doubts(kept: StoredTurn, *, marked: bool = False) -> list[str]:
    """Return one line for each reason to look at the page before relying on the answer.

    ``marked``: less what is marked in the text of the answer, or said in its place.
    """
    checked = checked_of(kept)
    lines = [_(WITHDRAWN)] if kept.withdrawn and not marked else []
    if kept.quote is not None and kept.quote.others:
        lines.append(_("The manuals contradict each other: check the pages."))
    lines += [*_unsure(kept), *_other_codes(kept, checked)]
    if languages := manuals_are_in(kept.languages, _):
        lines.append(clean_line(languages))
    lines += _in_another_language(kept)
    if checked is not None and not marked:
        lines += _faults(checked)
    issues = {
        issue(passage): passage.superseded_by for passage in kept.cited if passage.superseded_by
    }
    told = _("{old} is superseded by {new}.")
    lines += [clean_line(told.format(old=old, new=new)) for old, new in issues.items()]
    return lines


def notes(kept: StoredTurn) -> list[str]:
    """Return one line for each thing to know about an answer that is no reason for doubt."""
    checked = checked_of(kept)
    if checked is None:
        return []
    remarks = [remark for claim in checked.claims for remark in claim.remarks]
    told = (remark.sentence(_) for remark in remarks if not remark.kind.is_fault)
    return list(dict.fromkeys(told))


def reason(claim: Claim) -> str:
    """Return why a claim is not supported, in the language of the interface."""
    return " ".join(dict.fromkeys(fault.sentence(_) for fault in claim.faults))


def _faults(checked: Checked) -> list[str]:
    """What is said of each claim that is not supported; of a single claim only the reason."""
    alone = len(checked.claims) == 1
    told = _("“{claim}”: {reason}")
    return list(
        dict.fromkeys(
            reason(claim) if alone else told.format(claim=_begun(claim), reason=reason(claim))
            for claim in checked.claims
            if claim.faults
        )
    )


def _begun(claim: Claim) -> str:
    text = clean_line(claim.text)
    return text if len(text) <= _CLAIM_LENGTH else text[: _CLAIM_LENGTH - 1].rstrip() + "…"


def _in_another_language(kept: StoredTurn) -> list[str]:
    if not kept.answer.strip() or refused(kept.answer):
        return []
    from fieldkit.library.answer_language import other_language

    code = other_language(kept.question, kept.answer)
    if not code:
        return []
    told = _("The answer is in {language}, not in the language of the question.")
    return [told.format(language=_(NAMES.get(code, code)))]


def _unsure(kept: StoredTurn) -> list[str]:
    """What is said of an answer that what was found may not hold."""
    if not kept.answer.strip() or refused(kept.answer):
        return []
    said = {State.PERHAPS: NOT_SURE, State.NONE: NOTHING_FOUND}.get(kept.state or State.ANSWERED)
    return [_(said)] if said else []


def _other_codes(kept: StoredTurn, checked: Checked | None) -> list[str]:
    """What is said where a code was asked for, and the pages or the answer speak of others."""
    from fieldkit.library.judging import asked_codes

    asked = asked_codes(kept.question)
    if not asked or not kept.passages:
        return []
    if checked is not None and any(
        fault.kind is Kind.OTHER_CODE for claim in checked.claims for fault in claim.faults
    ):
        return []  # its claim says so
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
