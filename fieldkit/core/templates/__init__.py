"""Chat templates: how each family of models is talked to.

Each renders what its publisher's own template renders, piece by piece, so that only what the
template writes becomes a control token. Where a publisher's template does more than an offline
assistant needs (tools, today's date), what is left out is said beside the family. Tests hold each
family against the template published with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fieldkit.core.templates.families import FAMILIES
from fieldkit.core.templates.template import Template

__all__ = ["MARKERS", "TEMPLATES", "Template"]

TEMPLATES: Mapping[str, Template] = MappingProxyType(FAMILIES)
"""Every family by the name that a candidate gives as its ``template``."""

MARKERS = frozenset(
    name for family in FAMILIES.values() for name in (*family.markers, *family.closing)
)
"""The control tokens of all families. No text of a person or a manual may become one."""
