"""Rows of a text table, and numbers as short as its cells are."""

from __future__ import annotations

from collections.abc import Sequence


def row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """``cells`` in columns of ``widths`` characters, a negative one flush left."""
    return " ".join(
        f"{cell:<{-width}}" if width < 0 else f"{cell:>{width}}"
        for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def short(value: float | None) -> str:
    """``value`` with a decimal below 100; a dash for what is not known."""
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"
