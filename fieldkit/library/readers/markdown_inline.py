r"""The text of a line of Markdown, as a renderer shows it: no marks, links or entities.

By CommonMark and GitHub's extensions, with one rule of our own: what may be a value or name stays.
``M12*1.75*30``, ``P_204_x``, ``2**3`` and ``C:\_old\*.cfg`` keep every sign.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from fieldkit.library.readers.scripts import LEVEL, LOWERED, RAISED, lowered, raised
from fieldkit.library.readers.text import windows_signs

_TOKEN = re.compile(
    r"(?P<path>(?<![^\W_])[A-Za-z]:\\[^\s`|<>\"]{0,500}|(?<!\S)\\\\[\w$.-]{1,100}\\[^\s`|<>\"]{0,500})"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>`++)"
    r"|(?P<auto><(?:(?:https?|ftp|mailto):[^<>\s]{1,2000}|[\w.+-]{1,100}@[\w.-]{1,100})>)"
    r"|(?P<tag></?(?P<name>[A-Za-z][A-Za-z0-9:-]{0,30})(?P<attributes>(?:\s[^<>]{0,1000})?)/?>)"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<note>\[\^(?P<label>[^\]\s]{1,40})\])"
    r"|(?P<open>!?\[)|(?P<close>\])"
    r"|(?P<up>(?<=[^\s^])\^(?P<power>[\w+()\u2212\u2013-]{1,12})\^(?![\w^]))"
    r"|(?P<down>(?<=[\w)])(?<!~)~(?P<index>[\w+()-]{1,12})~(?!~))"
    r"|(?P<delimiter>\*++|_++|~++)"
    r"|(?P<shy>\u00ad)"
)
_DESTINATION = re.compile(
    r"\([ \t\n]{0,9}(?P<to><[^<>\n]{0,2000}>"
    r"|[^\s()<>]{0,2000}+(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500})?)"
    r"(?:[ \t\n]{1,9}(?:\"[^\"]{0,1000}\"|'[^']{0,1000}'))?[ \t\n]{0,9}\)"
    r"(?:\{[^{}\n]{0,200}\})?"
)
_REFERENCE = re.compile(r"\[([^\[\]]{0,200})\]")
_ADDRESS = re.compile(r"[/#:@<]|\.[A-Za-z]")
_LABEL = 200
_STRUCK_TAGS = frozenset({"del", "s", "strike"})
# Tags that a renderer obeys and does not show; any other word in angle brackets is text.
_TAGS = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "br", "center", "cite", "code", "del", "details", "dfn",
    "div", "em", "figcaption", "figure", "font", "hr", "i", "img", "ins", "kbd", "label", "mark",
    "p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "tt", "u",
    "var", "wbr",
})  # fmt: skip
_HIDING = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|(?:^|\s)hidden(?:\s|=|$)",
    re.IGNORECASE,
)
_STRIKING = re.compile(r"text-decoration[\w-]{0,9}\s{0,9}:[^;\"]{0,80}line-through", re.IGNORECASE)
_ALT = re.compile(r"\salt\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)


@dataclass(slots=True)
class _Delimiter:
    """A run of stars, underlines or tildes at ``place`` of the output; ``left`` are unpaired."""

    place: int
    sign: str
    left: int
    opens: bool
    closes: bool


@dataclass(slots=True)
class Inline:
    """Reads texts of one document; ``notes`` and ``references`` are the labels that it defines.

    ``used`` collects the labels of notes that were met, ``left_out`` what was crossed out or
    hidden.
    """

    notes: Collection[str] = ()
    references: Collection[str] = ()
    used: dict[str, None] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def __call__(self, text: str) -> str:
        """What is shown of ``text``, with raised and lowered marks for ``scripts.resolved``."""
        return _Reading(self, text).read()


class _Reading:
    def __init__(self, rules: Inline, text: str) -> None:
        self._rules = rules
        self._text = text
        self._out: list[str] = []
        self._brackets: list[tuple[int, int]] = []  # places in the output and in the text
        self._delimiters: list[_Delimiter] = []
        self._tags: dict[str, list[tuple[int, str]]] = {}
        self._gone: list[tuple[int, int]] = []
        self._ticks: dict[int, list[int]] | None = None
        self._raised = 0  # how many <sup> and <sub> are open

    def read(self) -> str:
        at = 0
        text = self._text
        while match := _TOKEN.search(text, at):
            self._out.append(text[at : match.start()])
            at = self._token(str(match.lastgroup), match)
        self._out.append(text[at:])
        self._pair()
        self._leave_out()
        return "".join(self._out)

    def _token(self, kind: str, match: re.Match[str]) -> int:
        """Read one token; returns where the text goes on."""
        read: Callable[[re.Match[str]], int] = getattr(self, f"_{kind}")
        return read(match)

    def _up(self, match: re.Match[str]) -> int:
        self._out.append(raised(match["power"]))
        return match.end()

    def _down(self, match: re.Match[str]) -> int:
        self._out.append(lowered(match["index"]))
        return match.end()

    def _path(self, match: re.Match[str]) -> int:
        path = match[0]
        # A star at the end of a path is a pattern's behind "\\" or ".", and else a mark.
        while path[-1] in ")],;" or (path[-1] in "*_" and path[-2] not in "\\."):
            path = path[:-1]
        self._out.append(path)
        return match.start() + len(path)

    def _escape(self, match: re.Match[str]) -> int:
        self._out.append(match[0][1])
        return match.end()

    def _code(self, match: re.Match[str]) -> int:
        """A span of code; a run of backticks without its like is text."""
        if self._ticks is None:
            self._ticks = {}
            for run in re.finditer(r"`++", self._text):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        runs = self._ticks.get(len(match[0]), [])
        index = bisect_left(runs, match.end())
        if index == len(runs):
            self._out.append(match[0])
            return match.end()
        inner = self._text[match.end() : runs[index]].replace("\n", " ")
        if inner.strip() and inner[0] == inner[-1] == " ":
            inner = inner[1:-1]
        self._out.append(inner)
        return runs[index] + len(match[0])

    def _auto(self, match: re.Match[str]) -> int:
        self._out.append(match[0][1:-1].removeprefix("mailto:"))
        return match.end()

    def _entity(self, match: re.Match[str]) -> int:
        self._out.append(windows_signs(html.unescape(match[0])).replace("\u00ad", ""))
        return match.end()

    def _shy(self, match: re.Match[str]) -> int:
        return match.end()

    def _note(self, match: re.Match[str]) -> int:
        label = match["label"]
        if label in self._rules.notes:
            self._rules.used[label] = None
            self._out.append(raised(label))
        else:
            self._out.append(match[0])
        return match.end()

    def _open(self, match: re.Match[str]) -> int:
        self._brackets.append((len(self._out), match.end()))
        self._out.append(match[0])
        return match.end()

    def _close(self, match: re.Match[str]) -> int:
        if not self._brackets:
            self._out.append("]")
            return match.end()
        place, begin = self._brackets.pop()
        end = self._link_end(match.end(), self._text[begin : min(match.start(), begin + _LABEL)])
        if end < 0:
            self._out.append("]")
            return match.end()
        self._out[place] = ""
        return end

    def _link_end(self, at: int, label: str) -> int:
        """Behind what makes a link of the brackets before ``at``; -1 where nothing does."""
        destination = _DESTINATION.match(self._text, at)
        if destination is not None:
            to = destination["to"]
            return destination.end() if not to or _ADDRESS.search(to) else -1
        reference = _REFERENCE.match(self._text, at)
        if reference is not None and normal(reference[1] or label) in self._rules.references:
            return reference.end()
        return at if normal(label) in self._rules.references else -1

    def _tag(self, match: re.Match[str]) -> int:
        name = match["name"].lower()
        if name not in _TAGS:
            self._out.append(match[0])
            return match.end()
        if match[0].startswith("</"):
            self._tag_end(name)
        elif name in ("br", "p", "div", "hr"):
            self._out.append("\n")
        elif name == "img":
            alt = _ALT.search(match["attributes"])
            self._out.append(html.unescape(next(filter(None, alt.groups()), "")) if alt else "")
        elif name != "wbr" and not match[0].endswith("/>"):
            self._raised += name in ("sup", "sub")
            self._tags.setdefault(name, []).append((len(self._out), match["attributes"]))
            self._out.append("")
        return match.end()

    def _tag_end(self, name: str) -> None:
        opened = self._tags.get(name)
        if not opened:
            return
        place, attributes = opened.pop()
        self._raised -= name in ("sup", "sub")
        if name in _STRUCK_TAGS or _HIDING.search(attributes) or _STRIKING.search(attributes):
            self._gone.append((place, len(self._out)))
        elif name in ("sup", "sub") and not self._raised:
            self._out[place] = RAISED if name == "sup" else LOWERED
            self._out.append(LEVEL)
        elif name in ("sup", "sub"):
            self._out[place] = "^" if name == "sup" else "_"

    def _delimiter(self, match: re.Match[str]) -> int:
        before = self._text[max(match.start() - 1, 0) : match.start()] or " "
        after = self._text[match.end() : match.end() + 1] or " "
        self._delimiters.append(
            _Delimiter(
                place=len(self._out),
                sign=match[0][0],
                left=len(match[0]),
                opens=not after.isspace() and not _word(before),
                closes=not before.isspace() and not _word(after),
            )
        )
        self._out.append(match[0])
        return match.end()

    def _pair(self) -> None:
        """Take away the delimiters that belong together; note what is struck through."""
        opened: dict[str, list[_Delimiter]] = {}
        for delimiter in self._delimiters:
            stack = opened.setdefault(delimiter.sign, [])
            while delimiter.closes and delimiter.left and stack:
                opener = stack[-1]
                if delimiter.sign == "~" and opener.left != delimiter.left:
                    break
                count = min(opener.left, delimiter.left)
                opener.left -= count
                delimiter.left -= count
                if delimiter.sign == "~" and count < 3:
                    self._gone.append((opener.place, delimiter.place))
                if not opener.left:
                    stack.pop()
                self._out[opener.place] = opener.sign * opener.left
            if delimiter.opens and delimiter.left:
                stack.append(delimiter)
            self._out[delimiter.place] = delimiter.sign * delimiter.left

    def _leave_out(self) -> None:
        end = 0
        for begin, behind in sorted(self._gone):
            places = range(max(begin, end), behind)
            text = " ".join("".join(self._out[place] for place in places).split())
            if text:
                self._rules.left_out.append(text)
            for place in places:
                self._out[place] = ""
            end = max(end, behind)


def normal(label: str) -> str:
    """The label of a reference, as references are compared."""
    return " ".join(label.split()).casefold()


def _word(character: str) -> bool:
    return character.isalnum() or character == "_"
