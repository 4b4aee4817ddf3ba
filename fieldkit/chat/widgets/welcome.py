"""What an empty conversation shows: what this is, what it knows, and how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fieldkit.chat.elsewhere import missing
from fieldkit.chat.i18n import _, ngettext
from fieldkit.core.text import clean_line
from fieldkit.library.search import Manual


class Welcome(Vertical):
    """Quick-start examples over the list of manuals."""

    class Example(Message):
        """The technician picked an example."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question

    def __init__(
        self,
        examples: Sequence[str],
        manuals: Sequence[Manual],
        left_out: Sequence[tuple[str, str]] = (),
    ) -> None:
        """``left_out`` are files of manuals that are not searched, each with the reason."""
        super().__init__(id="welcome")
        self._examples = [clean_line(example) for example in examples]
        self._manuals = manuals
        self._left_out = left_out

    def compose(self) -> ComposeResult:
        """Lay out promise, examples and manuals."""
        yield Static(Content(_promise(len(self._manuals))), classes="promise", markup=False)
        if self._examples:
            yield Static(_("Try one of these (Tab, then Enter)"), classes="label", markup=False)
            yield OptionList(
                *(Option(Content(example)) for example in self._examples),
                id="examples",
                markup=False,
                compact=True,
            )
        if self._manuals:
            yield Static(_("Manuals"), classes="label", markup=False)
            yield Static(Content(_listed(self._manuals)), classes="manuals", markup=False)
        if self._left_out:
            yield Static(_("Not searched"), classes="label", markup=False)
            lines = "\n".join(missing(self._left_out))
            yield Static(Content(lines), classes="manuals left-out", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask the example that was picked."""
        event.stop()
        self.post_message(self.Example(self._examples[event.option_index]))


def _promise(manuals: int) -> str:
    if not manuals:
        return _("Answers from the manuals on this laptop, with the page. No network is used.")
    return ngettext(
        "Answers from one manual on this laptop, with the page. No network is used.",
        "Answers from {count} manuals on this laptop, with the page. No network is used.",
        manuals,
    ).format(count=manuals)


def _listed(manuals: Sequence[Manual]) -> str:
    lines = []
    for manual in manuals:
        revision = f" {_('rev {revision}').format(revision=manual.revision)}"
        title = (
            manual.title
            if manual.document in manual.title
            else (f"{manual.document} {manual.title}")
        )
        lines.append(clean_line(f"{title}{revision if manual.revision else ''}"))
    return "\n".join(lines)
