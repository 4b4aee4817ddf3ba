"""Written by `python -m tests.calibrate`; not to be edited.

``CURVE``: floor, share of unanswerable questions refused, share of answerable ones,
each the mean over the sets that the default is chosen on.
"""

from __future__ import annotations

from fieldkit.library.evidence import Shares
from fieldkit.library.judging import Limits, Model

SHARES = Shares(everyday=0.2, unit=0.6)
MODEL = Model(-9.0, {"evidence": 14.0})
LIMITS = Limits(perhaps=0.13, answered=0.5)
CURVE: tuple[tuple[float, float, float, float, float], ...] = (
    (0.1, 0.5, 0.0, 0.5, 0.0),
    (0.5, 0.9, 0.1, 0.9, 0.1),
)
