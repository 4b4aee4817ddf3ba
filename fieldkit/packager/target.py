"""Whether the profile's weakest laptop can carry a model, told before its weights are fetched."""

from __future__ import annotations

from dataclasses import replace

from fieldkit.core.candidate import Candidate
from fieldkit.core.fit import GIB, Resources, assess, footprint, gib, simulated_available
from fieldkit.core.gguf_types import Header, Shape
from fieldkit.core.profile import Profile
from fieldkit.core.quantization import weight_bytes
from fieldkit.errors import InvalidInput, Unfit
from fieldkit.packager.subjects import shape_of

UNQUANTIZED = frozenset({"F32", "F16", "BF16"})
_APP_BYTES = 150 << 20


def check_target(
    profile: Profile,
    candidate: Candidate,
    header: Header | None,
    *,
    embedder: int = 0,
    originals: int = 0,
) -> None:
    """Raise Unfit when the model, as the profile wants it, cannot run on its target.

    ``header`` is that of the candidate's GGUF, where it has one; else its shape tells the sizes.
    ``embedder`` is the bytes that one takes beside it, ``originals`` those of the manuals' files.
    What cannot be known for its family is not checked here: the build measures it.
    """
    shape = header.shape if header is not None else shape_of(candidate)
    weights = _weights(shape, profile.model.quantization, header)
    if weights is None:
        return
    need = footprint(shape, weights=weights, context=profile.model.context)
    need = replace(need, embedder=embedder)
    total = round(profile.target.ram_gib * GIB)
    has = Resources(
        memory_total=total,
        memory_available=simulated_available(total),
        disk_free=round(profile.target.disk_gib * GIB),
    )
    found = assess(need, has, download=weights + _APP_BYTES + originals)
    if found.verdict == "unfit":
        raise Unfit(
            f"{candidate.name} in {profile.model.quantization} does not fit the profile's target "
            f"({profile.target.ram_gib:g} GiB of memory, {profile.target.disk_gib:g} GiB of disk); "
            "nothing was fetched: " + "; ".join(found.reasons),
            hint="Choose a smaller candidate (fieldkit candidates), a shorter model.context, or "
            "another [target].",
        )


def check_disk(profile: Profile, size: int, originals: int) -> None:
    """Raise Unfit when a release of ``size`` bytes does not fit the target's free disk.

    ``originals`` of them are the manuals' own files.
    """
    free = round(profile.target.disk_gib * GIB)
    if size <= free:
        return
    hint = "Choose a smaller candidate, or another target.disk_gib."
    if size - originals <= free:
        hint = "Set library.originals = false, or another target.disk_gib."
    raise Unfit(
        f"the release takes {gib(size)} of disk, {gib(originals)} of that for the manuals' own "
        f"files; the profile's target has {profile.target.disk_gib:g} GiB free",
        hint=hint,
    )


def _weights(shape: Shape, quantization: str, header: Header | None) -> int | None:
    """Bytes of the model's tensors when it is quantized; None when that is not known."""
    if header is not None and header.quantization not in UNQUANTIZED:
        return header.tensor_bytes
    try:
        return weight_bytes(shape, quantization)
    except InvalidInput:
        return None
