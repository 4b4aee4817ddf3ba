"""Who is there, in lines: asked at the start, told after a change of seats."""

from __future__ import annotations

from dataclasses import replace
from typing import TextIO

from fieldkit.chat.commands import number
from fieldkit.chat.i18n import _
from fieldkit.chat.seat import Seat, label
from fieldkit.console import Console
from fieldkit.core.text import clean, clean_line


def asked_seat(seat: Seat, console: Console, stdin: TextIO) -> Seat:
    """``seat``, or another person's, where it asks and somebody is there to answer.

    In a pipe nobody is: then whoever was here last goes on, and that is told on stderr.
    """
    if not seat.ask:
        return seat
    if not stdin.isatty():
        told = _("Going on as {name}; --as NAME chooses somebody else.")
        console.err(told.format(name=label(seat.person)))
        return replace(seat, ask=False)
    people = seat.people.everybody()
    usual = [person.key for person in people].index(seat.person.key) + 1
    for position, person in enumerate(people, 1):
        console.out(f"{position}. {label(person)}")
    prompt = _("Who is working? A number, or nothing for {usual}:").format(usual=usual)
    while typed := read_line(console, stdin, f"{prompt} "):
        if position := number(typed, len(people)) or 0:
            return replace(seat, person=people[position - 1], ask=False)
    return replace(seat, ask=False)


def greet(seat: Seat, console: Console) -> None:
    """Tell what became of a change of seats, and who is here where there are several."""
    if seat.note:
        console.out(clean_line(seat.note))
    if name := seat.shown:
        console.out(_("You are {name}.").format(name=name))


# So many bytes of a typed line a terminal keeps (N_TTY_BUF_SIZE of Linux); it drops the rest.
_TERMINAL_LINE = 4095


def read_line(console: Console, stdin: TextIO, prompt: str) -> str | None:
    """The next line after ``prompt``, sanitized; None at the end of the input.

    A line that the terminal cut is not taken: the end of a question matters most.
    """
    while True:
        console.out(prompt, end="")
        line = stdin.readline()
        if not line:
            console.out()
            return None
        if not (stdin.isatty() and len(line.encode("utf-8", "replace")) >= _TERMINAL_LINE):
            break
        told = _("The terminal cut this line after {bytes} bytes, so it was not sent.")
        hint = _("Send it in fewer words, or from a file: fieldkit chat --plain < FILE")
        console.err(f"{told.format(bytes=_TERMINAL_LINE)} {hint}")
    line = clean(line).strip()
    if not stdin.isatty():  # what was typed in a terminal stands there already
        console.out(line)
    return line
