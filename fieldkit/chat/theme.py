"""The two colour themes: dark for a control room, light for a laptop in the sun."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="fieldkit-dark",
    primary="#e8a33d",
    secondary="#5fb3b3",
    accent="#e8a33d",
    warning="#e8c547",
    error="#e5665c",
    success="#7fbf7f",
    foreground="#e4e6e8",
    background="#14181c",
    surface="#1b2127",
    panel="#262e36",
    dark=True,
    variables={
        "border-blurred": "#3a444e",
        "block-cursor-blurred-background": "#2d363f",
        "input-selection-background": "#e8a33d 35%",
    },
)
LIGHT = Theme(
    name="fieldkit-light",
    primary="#9a5b00",
    secondary="#0f6b6b",
    accent="#9a5b00",
    warning="#8a6d00",
    error="#b3261e",
    success="#2e6b2e",
    foreground="#14181c",
    background="#ffffff",
    surface="#f3f4f5",
    panel="#e3e6e9",
    dark=False,
    variables={
        "border-blurred": "#a9b1b8",
        "block-cursor-blurred-background": "#d5dade",
        "input-selection-background": "#9a5b00 30%",
    },
)
