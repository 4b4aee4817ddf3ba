"""What the parts below the interface say, in the reader's language.

They know no interface and speak English. What a technician can meet of it in a conversation is
listed here as it is put together there, so that it can be recognised; a test holds that it still
is. What is not listed is shown as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.chat import i18n
from fieldkit.chat.i18n import N_, _
from fieldkit.core.text import clean_line

TEXTS = (
    # the engine
    N_("the engine is not loaded"),
    N_("the engine is still busy with another request"),
    N_("the engine is not running"),
    N_("the engine was closed"),
    N_("the engine stopped answering"),
    N_("the engine was killed by the system, most likely for want of memory"),
    N_("the engine ended unexpectedly (status {status}): {detail}"),
    N_("the engine cannot be started: {program}: {error}"),
    N_("the engine cannot be loaded: {error}"),
    N_("no CPU variant in {folder} runs on this processor"),
    N_("{path}: the engine cannot load this model"),
    N_("the engine could not set up a context of {cells} tokens"),
    N_("the engine failed to decode {count} tokens (llama_decode returned {status})"),
    N_(
        "{name} with a context of {context} tokens needs {need} of memory; {available} are"
        " available"
    ),
    N_("the prompt has {count} tokens and the context {context}"),
    # the library
    N_("The question is too long: it has to fit into {count} tokens."),
    N_("{path}: the index of the manuals is damaged: {error}"),
    N_("no document that you added is called {name}"),
    N_("{path}: no space left for your own documents"),
    N_("{path}: your own documents cannot be changed: {error}"),
    N_("another window is changing your own documents"),
    N_("there is no original of {document} on this laptop"),
    N_("Its text is here; the printed manual has its figures."),
    N_("{document} is a {format} file, which has no printed pages"),
    N_("the original cannot be opened: {reason}"),
    N_("`fieldkit page DOCUMENT --original FILE` copies the original to a file."),
    # why a document is not added
    N_("there is no such file"),
    N_("it is not a file"),
    N_("it is empty"),
    N_(
        "it is protected by a password; open it with the password and save it without, or request"
        " an open copy from its publisher"
    ),
    N_("it is encrypted; save it without a password"),
    N_("it is not text"),
    N_("it holds no text (a scan needs text recognition first)"),
    N_("it holds no text"),
    N_("only {formats} can be read"),
    N_("it is larger than {size} MiB; split it"),
    N_("it has more than {count} pages; split it"),
    N_("it needs more memory than there is"),
    N_("the program that reads it crashed; it is damaged"),
    N_("reading it takes longer than {seconds} s"),
    N_("it is encrypted, or of a format before 2007"),
    N_("not a sound office file: {error}"),
    N_(
        "not a sound PDF: it is damaged, or it has no pages; open it in a PDF reader and print it"
        " to a new PDF"
    ),
    N_("it holds no document ({formats})"),
    # what to do
    N_("Start it again."),
    N_("Wait for it, or start it again."),
    N_("Start it again; if it happens again, send this message with the log."),
    N_("Start a new conversation; if it happens again, send the log."),
    N_("Close other programs, then start the engine again."),
    N_("Close other programs and try again, or install the release again."),
    N_("Close other programs, or lower model.context in the profile."),
    N_(
        "Close other programs, or set model.context in the profile to {tokens}, the largest that"
        " fits now."
    ),
    N_("Close other programs, or choose a smaller candidate; fieldkit probe shows which fit."),
    N_("Ask with fewer passages, or start a new conversation."),
    N_("Ask it in fewer words."),
    N_("`fieldkit documents list`, or /documents in the assistant, shows their names."),
    N_("Free some space and add them again; what was there before is kept."),
    N_("Check free space and permissions."),
    N_("Wait until it has ended and try again."),
    N_("Run fieldkit probe and send its output to whoever built this release."),
    # the search for faster settings
    N_("Tuning the engine for this machine while you are idle"),
    N_("Tuned: the usual settings are the best ones here"),
    N_("Tuned: answers come {percent} % sooner from the next start on"),
)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def said(text: str) -> str:
    """``text`` in the reader's language, if it is known; what was filled in stays as it is."""
    if i18n.current() == i18n.SOURCE:
        return text
    for known in TEXTS:
        parts = _PLACEHOLDER.split(known)
        pattern = "".join(
            f"(?P<{part}>.*)" if position % 2 else re.escape(part)
            for position, part in enumerate(parts)
        )
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return _(known).format(**match.groupdict())
    return text


def missing(left_out: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each file of the manuals that is not searched, with the reason."""
    return [clean_line(f"{file}: {said(reason)}") for file, reason in left_out]
