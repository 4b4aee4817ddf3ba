"""Whether a release fits the disk that the profile's weakest laptop has free."""

from __future__ import annotations

import pytest

from fieldkit.core.profile import parse
from fieldkit.errors import Unfit
from fieldkit.packager.deployments import load_candidate
from fieldkit.packager.target import check_disk, check_target
from tests.unit.test_profile import changed

GIB = 1 << 30
PROFILE = parse(changed(target__disk_gib=2), source="p")


def test_what_fits_is_no_error() -> None:
    check_disk(PROFILE, 2 * GIB, 1 * GIB)


@pytest.mark.parametrize(
    ("size", "originals", "hint"),
    [
        (3 * GIB, 2 * GIB, "Set library.originals = false"),
        (3 * GIB, 0, "Choose a smaller candidate"),
        (5 * GIB, 2 * GIB, "Choose a smaller candidate"),
    ],
)
def test_what_does_not_fit_names_the_share_of_the_originals(
    size: int, originals: int, hint: str
) -> None:
    with pytest.raises(Unfit, match=r"has 2 GiB free") as raised:
        check_disk(PROFILE, size, originals)
    assert "for the manuals' own files" in raised.value.message
    assert raised.value.hint.startswith(hint)


def test_what_is_not_fetched_yet_counts_the_originals_too() -> None:
    candidate = load_candidate("phi-3-mini-4k")
    profile = parse(changed(target__disk_gib=3, target__ram_gib=16), source="p")
    check_target(profile, candidate, None)
    with pytest.raises(Unfit, match="of disk are free"):
        check_target(profile, candidate, None, originals=2 * GIB)
