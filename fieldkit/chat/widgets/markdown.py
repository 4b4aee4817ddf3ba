"""Answers as Markdown that can do nothing and hides no character (``answer_markdown``).

Imported only when the first answer comes, because the parser takes a while to import.
"""

from __future__ import annotations

from typing import ClassVar

from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from fieldkit.chat.answer_markdown import parser
from fieldkit.chat.marking import Marking
from fieldkit.chat.widgets.typeset import BLANK, Row, Typeset


class AnswerMarkdown(Widget):
    """The text of one answer; give it sanitized text only.

    One widget that draws only the lines that are on the screen, however long the answer is.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "answer--heading",
        "answer--strong",
        "answer--em",
        "answer--code",
        "answer--code-block",
        "answer--bullet",
        "answer--rule",
        "answer--table-head",
        "answer--wrong",
        "answer--unsure",
        "answer--label",
        "answer--cited",
        "answer--note",
        "answer--fault",
    }

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._typeset = Typeset(parser())
        self._typeset.update(text)

    @property
    def source(self) -> str:
        """The Markdown."""
        return self._typeset.source

    def update(self, text: str) -> None:
        """Show another text."""
        self._typeset.update(text)
        self.refresh(layout=True)

    def append(self, text: str) -> None:
        """Add whole lines."""
        self._typeset.append(text)
        self.refresh(layout=True)

    def mark(self, marking: Marking) -> None:
        """Show what the check says of the text."""
        self._typeset.mark(marking)
        self.refresh(layout=True)

    @property
    def lines(self) -> list[str]:
        """What is shown, line by line."""
        return [row.content.plain for row in self._rows]

    @property
    def _rows(self) -> list[Row]:
        return self._typeset.rows(self.content_size.width)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """All there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as the text takes at that width."""
        return len(self._typeset.rows(width)) if width else 0

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        rows = self._rows
        content = (rows[y] if y < len(rows) else BLANK).content
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(y)) is not None:
            start, end = span
            marked = self.screen.get_visual_style("screen--selection")
            content = content.stylize(marked, start, len(content) if end == -1 else end)
        width, style = self.content_size.width, self.visual_style
        if not content:
            return Strip.blank(width, style.rich_style)
        (strip,) = Visual.to_strips(self, content, width, 1, style, apply_selection=False)
        return strip.apply_offsets(0, y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The marked text, without what it is set with and without the breaks that made it fit."""
        text = ""
        for number, row in enumerate(self._rows):
            span = selection.get_span(number)
            if span is None:
                continue
            start, end = span
            plain = row.content.plain[: None if end == -1 else end]
            joint = "" if not text else " " if row.continues else "\n"
            text += joint + plain[max(start, row.margin) :].rstrip()
        return text, "\n"
