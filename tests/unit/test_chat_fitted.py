"""Tables of names and values in the help: what does not fit goes on below its value."""

from __future__ import annotations

from rich.cells import cell_len

from fieldkit.chat.widgets.fitted import table

ROWS = (("Tab", "Go to the sources; Enter opens a page"), ("/feedback [export FILE]", "Reports"))


def lines(room: int) -> list[str]:
    return table("Reading", ROWS, room).plain.split("\n")


def test_a_name_and_its_value_stand_in_one_line_where_there_is_room() -> None:
    assert lines(80) == [
        "Reading",
        "  Tab            Go to the sources; Enter opens a page",
        "  /feedback [export FILE] Reports",
    ]


def test_a_value_goes_on_below_itself() -> None:
    assert lines(36) == [
        "Reading",
        "  Tab            Go to the sources;",
        "                 Enter opens a page",
        "  /feedback [export FILE] Reports",
    ]


def test_a_value_after_a_long_name_goes_on_below_the_others() -> None:
    (_, head, rest) = table(
        "", (("/feedback [export FILE]", "How many wait here"),), 40
    ).plain.split("\n")
    assert head == "  /feedback [export FILE] How many wait"
    assert rest == "                 here"


def test_nothing_is_wider_than_there_is_room() -> None:
    path = (("History", "/home/a-person-with-a-long-name/.local/share/fieldkit/c.sqlite3"),)
    for room in range(30, 90):
        told = table("About", path, room).plain.split("\n")
        assert all(cell_len(line) <= room for line in told)
        assert "".join(line[17:] for line in told[1:]) == path[0][1]


def test_a_row_may_have_no_value() -> None:
    assert table("Texts", (("1", ""),), 40).plain.split("\n")[1].strip() == "1"
