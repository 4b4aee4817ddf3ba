"""The themes: dark for a control room, light for the sun, high contrast, and without colours."""

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
HIGH_CONTRAST = Theme(
    name="fieldkit-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff8080",
    success="#00ff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#003060",
    dark=True,
    variables={
        "border-blurred": "#c0c0c0",
        "block-cursor-blurred-background": "#404040",
        "input-selection-background": "#0050a0",
    },
)
MONOCHROME = Theme(
    name="fieldkit-mono",
    primary="#ffffff",
    secondary="#d0d0d0",
    accent="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    success="#d0d0d0",
    foreground="#e8e8e8",
    background="#000000",
    surface="#181818",
    panel="#383838",
    dark=True,
    variables={
        "border-blurred": "#808080",
        "block-cursor-blurred-background": "#404040",
        "input-selection-background": "#606060",
    },
)
THEMES = (DARK, LIGHT, HIGH_CONTRAST, MONOCHROME)
"""In the order in which one follows the other."""
