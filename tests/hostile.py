"""A corpus of text that would command a terminal, and what a program writes taken to pieces."""

from __future__ import annotations

import base64
import re
from collections import Counter

MARK = "4242"  # in each sequence, so that one that came through is found by it
ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
_CLIP = base64.b64encode(f"rm -rf {MARK}".encode()).decode()
CORPUS = {
    "clipboard": f"{ESC}]52;c;{_CLIP}{BEL}{ESC}]52;c;{_CLIP}{ST}",
    "hyperlink": f"{ESC}]8;id={MARK};http://evil.example/{MARK}{ST}here{ESC}]8;;{ST}",
    "title": f"{ESC}]0;{MARK}{BEL}{ESC}]2;{MARK}{ST}",
    "erase": f"{ESC}[2J{ESC}[{MARK};1H{ESC}[3J{ESC}c",
    "colours": f"{ESC}[38;5;{MARK}m{ESC}]4;1;rgb:{MARK}/00/00{BEL}",
    "device control": f"{ESC}P{MARK}$q\"p{ST}{ESC}P+q{MARK}{ST}",
    "application": f"{ESC}_G{MARK}{ST}{ESC}^{MARK}{ST}{ESC}X{MARK}{ST}",
    "questions": f"{ESC}[>{MARK}q{ESC}[{MARK}c{ESC}[{MARK}n{ESC}Z{ESC}[?{MARK}$p",
    "keyboard": f"{ESC}[>{MARK}u{ESC}[?{MARK}h{ESC}[{MARK};1r{ESC}(0",
    "eight bit": f"\x9b{MARK};2J\x9d52;c;{_CLIP}\x9c\x90{MARK}q\x9c\x9f{MARK}\x9c\x98\x9e\x85",
    "eight bit raw": f"\udc9b{MARK}J\udc9d0;{MARK}\udc9c",
    "cut off": f"{ESC}[{MARK}{ESC}]{ESC}",
    "control": f"a\x00b\x08\x08\x0b\x0c\x0e\x0f\x05\x7f\r{MARK}",
    "bidi": "\u202egnorw\u202c \u2066x\u2069 \u200f\u200e\u061c",
}  # fmt: skip
ALL = " ".join(CORPUS.values())

_SEQUENCE = re.compile(
    "\x1b\\[(?P<parameters>[0-?]*)(?P<between>[ -/]*)(?P<csi>[@-~])"
    "|\x1b\\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\\\)"
    "|\x1b[PX^_](?P<string>[^\x1b]*)\x1b\\\\"
    "|\x1b(?P<other>[ -/]*[0-~])"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Told:
    """What a program wrote to a terminal.

    ``commands`` are the kinds of its control sequences; ``copied`` what it put on the clipboard;
    ``stray`` the control characters outside sequences and the bidirectional ones.
    """

    def __init__(self, received: bytes) -> None:
        text = received.decode("utf-8")  # strictly: a C1 byte of its own is no UTF-8
        self.commands: Counter[str] = Counter()
        self.copied: list[str] = []
        self.marked: list[str] = []
        for match in _SEQUENCE.finditer(text):
            self.commands[self._kind(match)] += 1
            if MARK in match[0] and not (match["osc"] or "").startswith("52;"):
                self.marked.append(match[0])
        rest = _SEQUENCE.sub("", text)
        self.stray = _CONTROL.findall(rest) + _BIDI.findall(rest)

    def _kind(self, match: re.Match[str]) -> str:
        if match["csi"]:
            parameters, final = match["parameters"], match["between"] + match["csi"]
            free = final in {"m", "H", "t"}  # colours, places, sizes: any number
            return f"CSI {'' if free else parameters}{final}"
        if match["osc"] is not None:
            number, _, value = match["osc"].partition(";")
            if number == "52":
                self.copied.append(base64.b64decode(value.partition(";")[2]).decode())
                return "OSC 52"
            return f"OSC {match['osc']}"
        return "string" if match["string"] is not None else f"ESC {match['other']}"
