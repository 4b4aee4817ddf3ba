"""The sanitizer: nothing a terminal obeys survives, and a stream may be cut anywhere."""

import random
import unicodedata

import pytest

from fieldkit.core.text import clean, clean_line

ATTACKS = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1bP+q544e\x1b\\",
    "\x9b2J\x9d0;t\x9c",
    "over\rwritten\x08\x08\x7f",
    "user\u202egpj.exe\u2066\u2069",
    "\ufeffmark\u2028line\u2029paragraph",
    "a\x00b\ud800c",
]
KEPT = "tab\tnewline\n50 °C, Ø 12 µm, 中文, é é, 🧰, <|end|> [bold]x[/bold]"


def noise(seed: int, length: int = 200) -> str:
    """Make text rich in controls, escapes and whole planes of Unicode."""
    rng = random.Random(seed)
    pools = [range(0x100), range(0x2000, 0x2070), range(0xD7F0, 0xE010), range(0x1F600, 0x1F650)]
    return "".join(chr(rng.choice(rng.choice(pools))) for _ in range(length))


def dangerous(text: str) -> list[str]:
    return [
        char
        for char in text
        if char not in "\t\n"
        and (
            unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}
            or unicodedata.bidirectional(char) in
            {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        )
    ]  # fmt: skip


@pytest.mark.parametrize("text", [*ATTACKS, *map(noise, range(20))])
def test_no_control_survives(text: str) -> None:
    assert dangerous(clean(text)) == []
    clean(text).encode()  # writable as UTF-8


@pytest.mark.parametrize("text", [*ATTACKS, *map(noise, range(10))])
def test_every_split_of_a_stream_gives_the_same(text: str) -> None:
    whole = clean(text)
    assert all(clean(text[:cut]) + clean(text[cut:]) == whole for cut in range(len(text) + 1))


@pytest.mark.parametrize("text", [*ATTACKS, *map(noise, range(10))])
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_what_people_write_stays() -> None:
    assert clean(KEPT) == KEPT


def test_an_escape_sequence_is_shown_not_hidden() -> None:
    assert clean("\x1b[2Jgone?") == "[2Jgone?"


def test_line_separators_become_newlines() -> None:
    assert clean("a\u2028b\u2029c") == "a\nb\nc"


@pytest.mark.parametrize(
    ("text", "line"),
    [("  a \t b\n\nc ", "a b c"), ("", ""), ("\x1b\x00", ""), ("a\u00a0b", "a b")],
)
def test_one_line(text: str, line: str) -> None:
    assert clean_line(text) == line
