"""What a profile's policy lets through, which files are licence texts, what a receipt covers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.core.licence import (
    AcceptedText,
    Policy,
    Receipt,
    Terms,
    differences,
    is_licence_text,
    objections,
    parse_receipt,
    primary_text,
    reads_like,
)
from fieldkit.core.lock import LockedFile
from fieldkit.packager import deployments

ALLOWED = ("MIT", "Apache-2.0")
MIT = Terms(name="MIT License", spdx="MIT", commercial_use=True)
META = Terms(
    name="Llama 3.2 Community",
    commercial_use=True,
    user_threshold=700_000_000,
    output_limits=True,
    gated=True,
)
COMMIT, OTHER_COMMIT = "a" * 40, "b" * 40


def text(**changes: str | None) -> AcceptedText:
    fields = {
        "of": "model",
        "place": "weights",
        "repository": "acme/pump-7b",
        "commit": COMMIT,
        "path": "LICENSE",
        "sha256": "0" * 64,
    }
    return AcceptedText.model_validate(fields | changes)


def receipt(*texts: AcceptedText, candidate: str = "pump-7b") -> Receipt:
    return Receipt(
        candidate=candidate,
        licence="MIT",
        texts=texts or (text(),),
        accepted_by="R. Vance",
        accepted_at="2026-11-20T09:30:00Z",
        ticket="LEGAL-7",
    )


def test_an_allowed_licence_meets_no_objection() -> None:
    assert objections(MIT, Policy(), ALLOWED) == ()


def test_every_objection_is_told_at_once_with_its_key() -> None:
    found = objections(META, Policy(gated=False), ALLOWED)
    for words in (
        "it is under LicenseRef-Llama-3.2-Community; the profile allows MIT, Apache-2.0",
        "700,000,000 monthly users (licence.user_threshold = true",
        "(licence.output_limits = true",
        "(licence.gated = true",
    ):
        assert any(words in objection for objection in found)
    assert len(found) == 4


@pytest.mark.parametrize("key", ["user_threshold", "output_limits"])
def test_each_term_is_allowed_by_its_own_key(key: str) -> None:
    (left,) = objections(META, Policy.model_validate({key: True}), (META.identifier,))
    assert key not in left


def test_everything_allowed_lets_a_community_licence_pass() -> None:
    policy = Policy(user_threshold=True, output_limits=True, gated=True)
    assert objections(META, policy, (META.identifier,)) == ()


def test_no_profile_can_allow_what_is_not_for_commercial_use() -> None:
    terms = Terms(name="CC BY-NC 4.0", spdx="CC-BY-NC-4.0", commercial_use=False)
    policy = Policy(user_threshold=True, output_limits=True)
    (only,) = objections(terms, policy, (terms.identifier,))
    assert "does not permit commercial use, which no profile can allow" in only


def test_the_policy_judges_every_candidate_that_fieldkit_knows() -> None:
    strict, open_ = Policy(), Policy(user_threshold=True, output_limits=True)
    for name in deployments.candidate_names():
        terms = deployments.load_candidate(name).licence
        easy = terms.spdx in {"MIT", "Apache-2.0"} and terms.commercial_use
        assert (objections(terms, strict, ALLOWED) == ()) == easy, name
        if terms.commercial_use:
            assert objections(terms, open_, (terms.identifier,)) == (), name


@pytest.mark.parametrize(
    "path",
    [
        "LICENSE", "LICENCE", "license.txt", "LICENSE.md", "LICENSE-MODEL", "LICENSE-2.0",
        "COPYING", "NOTICE", "Notice.txt", "USE_POLICY.md", "TERMS.md", "LICENSES/Apache-2.0.txt",
    ],
)  # fmt: skip
def test_texts_that_bind_are_recognised_by_their_usual_names(path: str) -> None:
    assert is_licence_text(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "licensed.py", "LICENSE.py", "LICENSE.bin", "LICENSE.safetensors",
        "license.json", "docs/LICENSE", "a/b/LICENSE", "LICENSES/evil.py",
        "LICENSES/..", "./LICENSE", "/LICENSE", "../LICENSE", "LICENSE\n", "", "NOTICED.txt",
    ],
)  # fmt: skip
def test_other_files_are_not(path: str) -> None:
    assert not is_licence_text(path)


@given(
    st.text(alphabet="LICENSE/licenses.\\\0:\n é-2", max_size=20)
    | st.builds("LICENSES/{}".format, st.text(max_size=12))
    | st.builds("LICENSE{}".format, st.text(max_size=12))
)
def test_a_licence_text_always_has_a_name_that_a_lock_can_hold(path: str) -> None:
    if is_licence_text(path):
        assert LockedFile(path=path, size=0, sha256="0" * 64).path == path


def test_the_licence_itself_is_told_from_notices_and_variants() -> None:
    assert primary_text(["NOTICE", "LICENSE-MODEL", "LICENSE", "USE_POLICY.md"]) == "LICENSE"
    assert primary_text(["LICENSES/MIT.txt", "COPYING.txt"]) == "COPYING.txt"
    assert primary_text(["LICENSES/MIT.txt"]) == "LICENSES/MIT.txt"
    assert primary_text(["NOTICE", "USE_POLICY.md", "README.md"]) is None


def test_a_text_is_compared_with_what_its_name_promises() -> None:
    assert reads_like("MIT", "…\nPermission is hereby\n  granted, free of charge, to any person")
    assert reads_like("MIT", "You may not use this model commercially.") is False
    assert reads_like("Apache-2.0", "Apache License\n     Version 2.0, January 2004")
    assert reads_like("LicenseRef-Acme", "whatever") is None


def test_a_receipt_covers_exactly_the_texts_it_names() -> None:
    both = (text(), text(path="NOTICE", sha256="1" * 64))
    assert differences(receipt(*both), candidate="pump-7b", licence="MIT", texts=both) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (text(sha256="1" * 64), "the model's LICENSE is another text than the one accepted"),
        (text(commit=OTHER_COMMIT), f"acme/pump-7b at commit {OTHER_COMMIT}"),
        (text(commit=None), "the model is from acme/pump-7b (a folder)"),
        (text(repository=None, commit=None), "the model is from a file on this machine"),
        (text(repository="acme/other"), "the model is from acme/other at commit"),
        (text(path="LICENSE.txt"), "the model's LICENSE.txt was not accepted"),
        (text(of="adapter"), "the adapter's LICENSE was not accepted"),
    ],
)
def test_any_other_text_is_named(now: AcceptedText, told: str) -> None:
    found = differences(receipt(), candidate="pump-7b", licence="MIT", texts=[now])
    assert any(told in line for line in found)


def test_a_text_that_came_or_went_is_named() -> None:
    notice = text(path="NOTICE")
    accepted = receipt(text(), notice)
    found = differences(accepted, candidate="pump-7b", licence="MIT", texts=[text()])
    assert found == ["the model's NOTICE was accepted and is no longer there"]
    found = differences(receipt(), candidate="pump-7b", licence="MIT", texts=[text(), notice])
    assert found == ["the model's NOTICE was not accepted"]


def test_a_receipt_of_another_candidate_or_licence_covers_nothing() -> None:
    (line,) = differences(receipt(candidate="x"), candidate="y", licence="MIT", texts=[text()])
    assert line == "the receipt is for the candidate 'x', not 'y'"
    (line,) = differences(receipt(), candidate="pump-7b", licence="Apache-2.0", texts=[text()])
    assert "is for MIT" in line


def test_a_receipt_is_read_back_as_it_was_written() -> None:
    written = receipt(text(), text(of="adapter", repository="lora", commit=None))
    assert parse_receipt(written.to_json()) == written


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"ticket"', '"tickets"', "ticket"),
        ('"LEGAL-7"', '""', "ticket"),
        ('"R. Vance"', '"R.\\u001b[2JVance"', "accepted_by"),
        ('"2026-11-20T09:30:00Z"', '"yesterday"', "accepted_at"),
        ('"0000', '"000', "texts.0.sha256"),
        ('"aaaa', '"HEAD', "texts.0.commit"),
        ('"format": 1', '"format": 2', "format"),
        ('"texts": [', '"texts": 1, "x": [', "texts"),
        ("{", "", "file"),
    ],
)
def test_a_receipt_that_is_none_says_what_is_wrong(old: str, new: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_receipt(receipt().to_json().replace(old, new, 1))
