"""What a model's licence permits, what a profile asks of it, and the receipt of its acceptance."""

from __future__ import annotations

from pydantic import Field

from fieldkit.core.validation import Line, Section


class Terms(Section):
    """The facts of a licence that decide whether a company may use a model.

    ``spdx`` is its SPDX identifier, None where SPDX lists none. ``user_threshold`` is the number of
    monthly users from which a separate licence is needed. ``output_limits`` says that what may be
    done with the model's answers is restricted. ``gated`` says that the publisher hands out the
    weights only to accounts that agreed to the terms. ``source`` is where this was read.
    """

    name: Line
    spdx: Line | None = None
    commercial_use: bool
    user_threshold: int | None = Field(default=None, gt=0)
    output_limits: bool = False
    gated: bool = False
    source: Line | None = None

    @property
    def identifier(self) -> str:
        """The SPDX identifier, or a LicenceRef made of the name, as ``gates.licences`` lists it."""
        if self.spdx is not None:
            return self.spdx
        return "LicenseRef-" + "-".join(self.name.split())


class Policy(Section):
    """What a profile allows beyond the list of licences: its section ``[licence]``."""

    user_threshold: bool = Field(
        default=False, description="Allow licences that end at a number of monthly users."
    )
    output_limits: bool = Field(
        default=False, description="Allow licences that limit what answers may be used for."
    )
    gated: bool = Field(
        default=True, description="Allow models whose publisher asks for an agreement first."
    )


class Receipt(Section):
    """Who accepted which text for which model: ``licence-receipt.json`` beside a profile.

    ``text_sha256`` is over the exact bytes of the licence file at ``commit``; ``commit`` is None
    for weights that came from a folder. ``accepted_at`` is UTC, ISO 8601 with seconds.
    """

    candidate: Line
    licence: Line
    repository: Line | None = None
    commit: Line | None = None
    text_path: Line
    text_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    accepted_by: Line
    accepted_at: Line
    ticket: Line
