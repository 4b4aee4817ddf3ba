"""How a picture gets onto a terminal: which part of it, by which means, and without a question."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fieldkit import resources
from fieldkit.chat.widgets.drawn import Kind, image, kind_of
from fieldkit.chat.zooming import MOST, View

PAGE, ROOM, CELL = (1600, 2400), (80, 20), (10, 20)


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"TERM": "xterm-256color"}, "blocks"),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230804"}, "sixel"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "210804"}, "blocks"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, "blocks"),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/x", "TERM_PROGRAM": "WezTerm"}, "blocks"),
        ({"TERM": "linux"}, "blocks"),
        ({}, "blocks"),
    ],
)
def test_what_a_terminal_can_do_is_known_by_its_name(
    environment: dict[str, str], kind: Kind
) -> None:
    assert kind_of(environment) == kind
    assert kind_of(environment, colours=False) == "signs"


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_the_terminal_is_asked_nothing_and_no_key_is_taken() -> None:
    code = (
        "import sys; from fieldkit.chat.widgets import drawn\n"
        "for kind in ('kitty', 'sixel', 'blocks', 'signs'):\n"
        "    drawn.widget(kind, lambda text: None)\n"
        "print('made', sys.stdin.readline().strip())"
    )
    master, slave = os.openpty()
    os.write(master, b"typed\n")
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm-kitty"},
    )
    os.close(slave)
    _, complaints = child.communicate(timeout=60)
    assert child.returncode == 0, complaints.decode()
    told = os.read(master, 10_000).decode()
    os.close(master)
    assert told == "typed\r\nmade typed\r\n", "the echo, and what was printed"


def test_the_whole_width_comes_first() -> None:
    window = View().window(PAGE, ROOM, CELL)
    assert window.box == (0, 0, 1600, 800)
    assert (window.columns, window.rows) == ROOM


def test_a_low_page_takes_fewer_rows() -> None:
    window = View().window((1600, 400), ROOM, CELL)
    assert (window.box, window.rows) == ((0, 0, 1600, 400), 10)


def test_closer_keeps_the_middle_and_moving_stops_at_the_edges() -> None:
    view = View().zoomed(2, PAGE, ROOM, CELL)
    assert view.window(PAGE, ROOM, CELL).box == (400, 200, 1200, 600)
    for _ in range(15):
        view = view.moved(1, 1, PAGE, ROOM, CELL)
    assert view.window(PAGE, ROOM, CELL).box == (800, 2000, 1600, 2400)
    for _ in range(30):
        view = view.moved(-1, -1, PAGE, ROOM, CELL)
    assert view.window(PAGE, ROOM, CELL).box == (0, 0, 800, 400)
    assert view.zoomed(0, PAGE, ROOM, CELL).zoom == 1
    assert view.zoomed(1000, PAGE, ROOM, CELL).zoom == MOST


@pytest.mark.parametrize("room", [(1, 1), (0, 0), (300, 2)])
@pytest.mark.parametrize("page", [(1, 1), (7, 3000), (4000, 9)])
def test_odd_sizes_show_something(page: tuple[int, int], room: tuple[int, int]) -> None:
    window = View(zoom=MOST).window(page, room, CELL)
    left, top, right, bottom = window.box
    assert 0 <= left < right
    assert 0 <= top < bottom
    assert window.columns >= 1
    assert window.rows >= 1


def test_pixels_are_red_green_blue_from_the_top() -> None:
    made = image(2, 1, bytes([255, 0, 0, 0, 0, 255]))
    assert [made.getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]


def test_pictures_need_nothing_that_is_left_out_of_the_frozen_assistant() -> None:
    recipe = resources.folder("build") / "freeze" / "app.toml"
    code = f"""
import io, sys
from pathlib import Path
from fieldkit.packager.freeze_recipe import Recipe
recipe = Recipe.read(Path({str(recipe)!r}))
class LeftOut:
    def find_spec(self, name, path=None, target=None):
        if recipe.excludes(name):
            raise ImportError(name)
for name in [name for name in sys.modules if recipe.excludes(name)]:
    del sys.modules[name]
sys.meta_path.insert(0, LeftOut())
from fieldkit.chat.widgets import drawn
from fieldkit.library.pictures import Picture
from fieldkit.page_command import _png
picture = drawn.image(4, 4, bytes(range(48)))
for kind in ("kitty", "sixel", "blocks", "signs"):
    drawn.widget(kind, lambda text: None).image = picture
from rich.console import Console
from textual_image._sixel import image_to_sixels
from textual_image.renderable import HalfcellImage, UnicodeImage
from textual_image.renderable.tgp import Image as Kitty
sent = []
drawn.widget("kitty", sent.append)
for made in (HalfcellImage, UnicodeImage, Kitty):
    Console(file=io.StringIO(), width=20).print(made(picture, 2, 2))
assert sent and all("q=2" in text for text in sent), sent
assert image_to_sixels(picture)
assert _png(Picture(4, 4, bytes(48))).startswith(b"\\x89PNG")
print("done")
"""
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert told.stdout.strip().endswith("done"), told.stderr
