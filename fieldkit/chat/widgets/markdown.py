"""Answers as Markdown that can do nothing: no links, no images, no HTML, no character references.

Imported only when the first answer comes, because the parser takes a while to import.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from textual.content import Content
from textual.widgets import Markdown
from textual.widgets._markdown import MarkdownFence

# "[1]" is a citation and stays as it is written. Character references are not decoded, because
# "&#x202e;" would bring back what the sanitizer took out.
_NOT_FOR_ANSWERS = (
    "link",
    "image",
    "autolink",
    "reference",
    "html_inline",
    "html_block",
    "entity",
    "lheading",
)


def parser() -> MarkdownIt:
    """Make the parser of answers: CommonMark with tables, without anything that acts or hides."""
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": False})
        .enable(["table", "strikethrough"])
        .disable(list(_NOT_FOR_ANSWERS))
    )


class PlainFence(MarkdownFence):
    """A code block without syntax colours: an answer's idea of a language loads no lexer."""

    @classmethod
    def highlight(
        cls,
        code: str,
        language: str,  # noqa: ARG003 - Textual's signature
        ansi: bool = False,  # noqa: ARG003
        dark: bool = False,  # noqa: ARG003
    ) -> Content:
        """Return ``code`` as it is."""
        return Content(code)


class AnswerMarkdown(Markdown):
    """The text of one answer; give it sanitized text only."""

    BLOCKS = {  # noqa: RUF012 - Textual's type
        **Markdown.BLOCKS,
        "fence": PlainFence,
        "code_block": PlainFence,
    }

    def __init__(self, text: str = "") -> None:
        super().__init__(text, parser_factory=parser, open_links=False)
