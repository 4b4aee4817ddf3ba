"""Errors, places and refusals in words for the conversation."""

from __future__ import annotations

from fieldkit.chat.elsewhere import said
from fieldkit.chat.i18n import N_, _, ngettext
from fieldkit.chat.store import StoredTurn
from fieldkit.core import refusal
from fieldkit.core.citation import OWN, RECOGNISED, Passage, State, printed_page
from fieldkit.core.cited import with_right_marks
from fieldkit.core.generation import Prefill
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError

# What core.citation says, for the translators.
N_("I found nothing about this in the manuals.")
N_("I found no sure answer.")
N_("Look first at [1].")
N_("Not sure: check the page.")
N_("The manuals may answer this on these pages.")
# And core.claims.
N_("The manual gives {manual}, not {said}.")
N_("The manual gives {manual} for {subject}; {said} belongs to {owner}.")
N_("The manual names {manual}, not {said}.")
N_("Asked about {manual}; the answer speaks of {said}.")
N_("The manual says the opposite: {manual}")
N_("The manual is stricter or less strict: {manual}")
N_("The manual sets another condition: {manual}")
N_("The manual gives these steps in another order: {manual}")
N_("Not from the manuals.")
N_("{manual} = {said}, converted.")
N_("{said} is in [{passage}], not in the page that the answer cites.")
N_("{said} is not in the pages.")
N_("{said} belongs to {owner}.")
N_("The manual says the opposite.")
N_("The manual is stricter or less strict.")
N_("The manual sets another condition.")
N_("The manual gives these steps in another order.")
# And core.languages.
N_("The manuals are in {languages}.")
N_("{some} and {last}")
N_("Arabic"), N_("Chinese"), N_("Danish"), N_("Dutch"), N_("English"), N_("Finnish"), N_("French")
N_("German"), N_("Italian"), N_("Japanese"), N_("Korean"), N_("Norwegian"), N_("Polish")
N_("Portuguese"), N_("Romanian"), N_("Russian"), N_("Spanish"), N_("Swedish"), N_("Thai")
N_("Turkish")
N_("added by you")
N_("read by OCR")


def problem(error: FieldkitError) -> str:
    """Return what happened and what to do, each as a sentence, on one sanitized line."""
    return " ".join(_sentence(part) for part in (error.message, error.hint) if part.strip())


def happened(error: FieldkitError) -> str:
    """Return what happened as a sentence, without what to do."""
    return _sentence(error.message)


def words_only(error: FieldkitError) -> str:
    """Return that pages are found by their words alone, why, and what to do."""
    said = _("Pages are found by their words alone, not by their meaning.")
    return f"{said} {problem(error)}"


def left_out(turns: int) -> str:
    """Return that the first ``turns`` questions of a conversation are not read any more."""
    return ngettext(
        "This conversation is long: its first question is no longer read.",
        "This conversation is long: its first {count} questions are no longer read.",
        turns,
    ).format(count=turns)


def in_words(answer: str, state: State | None = None, pages: int = 1) -> str:
    """An answer as it is shown: its sentence for "not in the manuals" in the reader's words.

    The model was trained to say that sentence in English, and it is kept as the model said it.
    ``state`` is that of what was found, and ``pages`` is how many are shown.
    """
    return refusal.in_words(answer, state, pages, _)


def said_in(kept: StoredTurn) -> str:
    """The answer of ``kept`` as it is shown; "" where it was withdrawn for the quote."""
    if kept.withdrawn:
        return ""
    answer = with_right_marks(kept.answer, kept.checked, kept.passages)
    return in_words(answer, kept.state, len(kept.passages))


def issue(passage: Passage) -> str:
    """``PX-204 rev C``: a document and, where it has one, its revision."""
    if not passage.revision:
        return passage.document
    return _("{document} rev {revision}").format(
        document=passage.document, revision=passage.revision
    )


def label(passage: Passage) -> str:
    """``PX-204 rev C, p. 2 (PDF 5), Torque table``: ``Passage.label`` in this language."""
    parts = [issue(passage)]
    if passage.page:
        parts.append(_("p. {page}").format(page=printed_page(passage)))
    if passage.heading:
        parts.append(passage.heading)
    if passage.own:
        parts.append(_(OWN))
    if passage.recognised:
        parts.append(_(RECOGNISED))
    return ", ".join(parts)


def reading(progress: Prefill, left_s: float | None) -> str:
    """Return how much of the prompt is read, and how long the rest takes if that is known."""
    done, total = progress.done, progress.total
    if left_s is None or left_s < 1:
        return _("Reading the manuals, {done} of {total} tokens").format(done=done, total=total)
    return _("Reading the manuals, {done} of {total} tokens, about {seconds} s left").format(
        done=done, total=total, seconds=round(left_s)
    )


def _sentence(text: str) -> str:
    line = clean_line(said(text))
    first, _, rest = line.partition(" ")
    if first.isalpha() and first.islower():  # a word, not a file's name
        line = f"{first.capitalize()} {rest}".rstrip()
    return line if line[-1:] in {".", "!", "?"} else f"{line}."
