"""Web pages: what is shown, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.passages import split
from fieldkit.library.readers import html
from tests.manual_files import write_html

PAGE = (
    "# PX-204 mud pump\n\nWear gloves & goggles.\n\n## Torque\n\n"
    "| Bolt | Torque |\n|---|---|\n| M8 | 25 Nm |\n| M12x1.75 | 85 Nm |\n\n"
    "## Start\n\n1. Open V-1.\n2. Start.\n\n- Wait."
)


def body(folder: Path, content: str) -> Path:
    path = folder / "page.html"
    path.write_text(f"<html><body>{content}</body></html>", encoding="utf-8")
    return path


def passages(path: Path) -> list[tuple[str, str]]:
    return [(found.heading, found.text) for found in split(read(path))]


def test_headings_lists_and_tables_are_read_and_scripts_are_not(tmp_path: Path) -> None:
    path = write_html(
        tmp_path / "px204.html",
        [PAGE],
        title="PX-204",
        meta="<meta name='date' content='2026-03-01'><meta name='revision' content='C'>",
    )
    document = read(path)
    assert (document.document, document.title) == ("px204", "PX-204")
    assert (document.revision, document.date) == ("C", "2026-03-01")
    assert passages(path) == [
        ("PX-204 mud pump", "Wear gloves & goggles."),
        ("Torque", "M8: Torque 25 Nm. M12x1.75: Torque 85 Nm."),
        ("Start", "1. Open V-1. 2. Start. Wait."),
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>80&deg;C &lt; 90&#8239;&deg;C</p>", "80°C < 90 °C"),
        ("<p>P-<b>204</b>: <i>hot</i></p>", "P-204: hot"),
        ("<p>One<br>two</p><div>three</div>", "One two three"),
        ("<p>Seen<span hidden>unseen</span><i style='display: none'>x</i></p>", "Seen"),
        ("<dl><dt>Oil</dt><dd>8 l</dd><dt>Water</dt><dd>11 l</dd></dl>", "Oil: 8 l Water: 11 l"),
        ("<ol start='3'><li>Open.</li><li>Close.</li></ol>", "3. Open. 4. Close."),
        ("<ul><li>Pump<ul><li>P-204</li></ul></li></ul>", "Pump P-204"),
        ("<p>A<p>B <p>C", "A B C"),
        ("<textarea>no</textarea><noscript>no</noscript>yes", "yes"),
        ("&#27;[31mred\x07", "[31mred"),
    ],
)
def test_what_a_page_shows_is_read(tmp_path: Path, content: str, text: str) -> None:
    assert passages(body(tmp_path, content)) == [("", text)]


def test_spans_rows_of_names_and_captions(tmp_path: Path) -> None:
    table = (
        "<table><caption>Table 2: torques</caption>"
        "<thead><tr><th rowspan=2>Bolt</th><th colspan=2>Torque</th></tr>"
        "<tr><th>dry</th><th>oiled</th></tr></thead>"
        "<tbody><tr><td>M8<td>25 Nm<td>21 Nm</tr></tbody></table>"
    )
    assert passages(body(tmp_path, table)) == [
        ("", "Table 2: torques M8: Torque dry 25 Nm, Torque oiled 21 Nm.")
    ]


def test_names_of_rows_are_not_names_of_columns(tmp_path: Path) -> None:
    table = "<table><tr><th>Oil</th><td>8 l</td></tr><tr><th>Water</th><td>11 l</td></tr></table>"
    assert passages(body(tmp_path, table)) == [("", "Oil: 8 l. Water: 11 l.")]


def test_a_table_that_places_things_is_no_table(tmp_path: Path) -> None:
    table = "<table><tr><td>menu</td><td><h2>Oil</h2><p>Use VG 220.</p></td></tr></table>"
    assert passages(body(tmp_path, table)) == [("", "menu"), ("Oil", "Use VG 220.")]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset='windows-1252'>", "cp1252"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-1'>", "latin-1"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
    ],
)
def test_encodings(tmp_path: Path, head: str, encoding: str) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes(f"<html><head>{head}</head><body>Öl</body></html>".encode(encoding))
    assert passages(path) == [("", "Öl")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<p>\xd6l</p>", "is not utf-8"),
        (b"<meta charset='klingon'><p>x</p>", "is not known"),
        (b"", "holds no text"),
        (b"<html><body><script>x</script></body></html>", "holds no text"),
    ],
)
def test_a_page_that_cannot_be_read(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.html"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason) as raised:
        read(path)
    assert str(path) in raised.value.message


def test_a_page_of_too_many_tags_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "MARKUP", 100)
    with pytest.raises(InvalidInput, match="more than 100 tags; split it"):
        read(body(tmp_path, "<p>" * 101))


def test_deep_nesting_ends(tmp_path: Path) -> None:
    path = body(tmp_path, "<div>" * 100_000 + "deep")
    with pytest.raises(InvalidInput, match="nested too deeply"):
        read(path)
