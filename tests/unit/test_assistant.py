"""The assistant of a release: damage is told as damage, with what a technician can do."""

from __future__ import annotations

import pytest

from fieldkit import assistant
from fieldkit.errors import ExitCode, IntegrityProblem, InvalidInput


def test_a_model_that_is_not_valid_in_a_release_is_damage() -> None:
    with pytest.raises(IntegrityProblem, match="truncated") as caught, assistant.damage_told():
        raise InvalidInput("model.gguf: truncated", hint="Fetch it again.")
    assert caught.value.exit_code == ExitCode.INTEGRITY
    assert "fieldkit verify" in caught.value.hint
