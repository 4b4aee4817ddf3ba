"""``fieldkit licence``: what is shown, who may accept, and what no longer is what was accepted."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.cli import main
from fieldkit.core.licence import RECEIPT_FILE, parse_receipt
from fieldkit.core.lock import Lock, LockedFile, Pinned
from fieldkit.errors import ExitCode, IntegrityProblem, LicenceProblem
from fieldkit.packager import deployments, licensing
from fieldkit.packager.cache import Hashes
from fieldkit.packager.licence_texts import Source
from tests.deployment import Deployment, copy_demo

MIT = "MIT License\n\nPermission is hereby granted, free of charge, to any person.\n"
COMMIT = "a" * 40
ACCEPT = ("--name", "R. Vance", "--ticket", "LEGAL-7")


@pytest.fixture
def rig(tmp_path: Path) -> Deployment:
    """A profile whose model is a file with its licence beside it."""
    rig = copy_demo(tmp_path / "rig-7").set(candidate='"phi-3-mini-4k"', source='"file"')
    rig.add("model", 'file = "weights/phi.gguf"')
    weights = rig.folder / "weights"
    weights.mkdir()
    (weights / "phi.gguf").write_bytes(b"GGUF")
    (weights / "LICENSE").write_text(MIT)
    return rig


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.fixture
def licence(
    rig: Deployment, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    return lambda verb, *words: run(capsys, "licence", verb, rig.folder, *words)


def require(rig: Deployment, *sources: Source) -> licensing.Acceptance:
    profile, folder = deployments.load_profile(str(rig.folder))
    candidate = deployments.load_candidate(profile.model.candidate)
    if sources:
        return licensing.require_acceptance(profile, folder, candidate, sources)
    return licensing.require_for_file(
        profile, folder, candidate, folder / "weights" / "phi.gguf", Hashes()
    )


def accept(rig: Deployment, *sources: Source) -> None:
    profile, folder = deployments.load_profile(str(rig.folder))
    candidate = deployments.load_candidate(profile.model.candidate)
    texts = licensing.texts_of(profile, folder, candidate, sources)
    licensing.accept(profile, folder, candidate, texts, name="R. Vance", ticket="LEGAL-7")


def source(folder: Path, commit: str | None = COMMIT, **texts: str) -> Source:
    """A repository's licence texts in a folder; ``LICENSE`` is MIT unless given."""
    folder.mkdir(exist_ok=True)
    files = []
    for name, text in texts.items():
        (folder / name).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        files.append(LockedFile(path=name, size=len(text), sha256=digest))
    return Source(
        of="model", repository="acme/pump", commit=commit, files=tuple(files), folder=folder
    )


def test_show_tells_terms_verdict_text_and_how_to_accept(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = licence("show")
    assert code == ExitCode.OK
    facts = {line[:16].strip(): line[17:] for line in out.splitlines() if line[:16].strip()}
    assert facts["candidate"] == "Phi-3-mini-4k-instruct of Microsoft"
    assert facts["licence"] == "MIT License (MIT)"
    assert (facts["commercial use"], facts["user threshold"]) == ("yes", "no")
    assert (facts["output limits"], facts["gated"]) == ("no", "no")
    assert facts["policy"] == "allowed"
    assert facts["accepted"] == "no"
    assert MIT.strip() in out
    digest = hashlib.sha256(MIT.encode()).hexdigest()
    assert digest in out
    command = f"fieldkit licence accept {rig.folder} --name WHO --ticket REF --sha256 {digest}"
    assert command in err


def test_an_acceptance_records_who_when_why_and_which_text(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = licence("accept", *ACCEPT)
    assert (code, out) == (ExitCode.OK, f"{rig.folder / RECEIPT_FILE}\n")
    assert "accepted LICENSE" in err
    receipt = parse_receipt((rig.folder / RECEIPT_FILE).read_text())
    assert (receipt.accepted_by, receipt.ticket) == ("R. Vance", "LEGAL-7")
    assert (receipt.candidate, receipt.licence) == ("phi-3-mini-4k", "MIT")
    (text,) = receipt.texts
    assert text.sha256 == hashlib.sha256(MIT.encode()).hexdigest()
    assert (text.place, text.repository, text.commit) == ("weights", None, None)
    assert require(rig).receipt == receipt
    shown = json.loads(licence("show", "--json")[1])
    assert shown["accepted"]
    assert shown["receipt"] == json.loads(receipt.to_json())


def test_without_acceptance_nothing_is_built(rig: Deployment) -> None:
    with pytest.raises(
        LicenceProblem, match=r"\(MIT License\) is not accepted for rig-7"
    ) as caught:
        require(rig)
    assert caught.value.exit_code == 12
    assert f"fieldkit licence accept {rig.folder} --name WHO --ticket REF" in caught.value.hint


def test_a_profile_s_folder_may_have_a_name_that_a_shell_would_split(
    rig: Deployment, tmp_path: Path
) -> None:
    profile, _ = deployments.load_profile(str(rig.folder))
    candidate = deployments.load_candidate("phi-3-mini-4k")
    with pytest.raises(LicenceProblem) as caught:
        licensing.check_receipt(profile, tmp_path / "a $HOME rig", candidate, None)
    assert f"licence show '{tmp_path / 'a $HOME rig'}'" in caught.value.hint


def test_a_text_that_changed_voids_the_acceptance(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    licence("accept", *ACCEPT)
    (rig.folder / "weights" / "LICENSE").write_text(MIT + "Except on Sundays.\n")
    with pytest.raises(LicenceProblem, match="LICENSE is another text than the one accepted"):
        require(rig)
    code, out, err = licence("show")
    assert code == ExitCode.OK
    assert "no longer: it was by R. Vance" in out
    assert "To accept it:" in err


def test_a_text_that_came_later_voids_the_acceptance(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    licence("accept", *ACCEPT)
    (rig.folder / "weights" / "USE_POLICY.md").write_text("Not for drilling.")
    with pytest.raises(LicenceProblem, match=r"USE_POLICY.md was not accepted"):
        require(rig)


def test_an_acceptance_is_for_one_commit(rig: Deployment, tmp_path: Path) -> None:
    accept(rig, source(tmp_path / "view", LICENSE=MIT))
    assert require(rig, source(tmp_path / "view", LICENSE=MIT)).receipt is not None
    moved = source(tmp_path / "view", "b" * 40, LICENSE=MIT)
    with pytest.raises(LicenceProblem, match="acme/pump at commit aaaaaaa") as caught:
        require(rig, moved)
    assert "b" * 40 in caught.value.message


def test_an_acceptance_is_for_one_candidate(rig: Deployment, tmp_path: Path) -> None:
    view = source(tmp_path / "view", LICENSE=MIT)
    accept(rig, view)
    rig.set(candidate='"phi-3.5-mini"')
    with pytest.raises(LicenceProblem, match=r"for the candidate 'phi-3-mini-4k', not 'phi-3\.5"):
        require(rig, view)


def test_what_the_lock_knows_is_refused_before_anything_is_fetched(
    rig: Deployment, tmp_path: Path
) -> None:
    view = source(tmp_path / "view", LICENSE=MIT)
    profile, folder = deployments.load_profile(str(rig.folder))
    candidate = deployments.load_candidate(profile.model.candidate)

    def check(lock: Lock | None) -> None:
        licensing.check_receipt(profile, folder, candidate, lock)

    def lock(commit: str, files: tuple[LockedFile, ...]) -> Lock:
        model = Pinned(repository="acme/pump", commit=commit, files=files)
        return Lock(candidate="phi-3-mini-4k", model=model, licence="LICENSE")

    with pytest.raises(LicenceProblem, match="is not accepted"):
        check(None)
    accept(rig, view)
    check(None)
    check(lock(COMMIT, view.files))
    assert licensing.accepted_commit(folder, "acme/pump") == COMMIT
    assert licensing.accepted_commit(folder, "acme/other") is None
    with pytest.raises(LicenceProblem, match="at commit bbbb"):
        check(lock("b" * 40, view.files))
    other = (view.files[0].model_copy(update={"sha256": "0" * 64}),)
    with pytest.raises(LicenceProblem, match="another text"):
        check(lock(COMMIT, other))


def test_a_model_and_its_adapter_are_accepted_together(rig: Deployment, tmp_path: Path) -> None:
    base = source(tmp_path / "base", LICENSE=MIT, NOTICE="Phi, by Microsoft")
    made = source(tmp_path / "lora", None, LICENSE="Property of Ridge Drilling.")
    lora = Source(
        of="adapter", repository="lora", commit=None, files=made.files, folder=made.folder
    )
    accept(rig, base, lora)
    acceptance = require(rig, base, lora)
    assert [text.content.decode()[:8] for text in acceptance.texts] == [
        "MIT Lice", "Phi, by ", "Property",
    ]  # fmt: skip
    with pytest.raises(LicenceProblem, match="the adapter's LICENSE was accepted and is no longer"):
        require(rig, base)


def test_an_adapter_without_a_licence_is_not_shipped(rig: Deployment, tmp_path: Path) -> None:
    base = source(tmp_path / "base", LICENSE=MIT)
    bare = Source(of="adapter", repository="lora", commit=None, files=(), folder=tmp_path)
    with pytest.raises(LicenceProblem, match="lora carries no licence text") as caught:
        accept(rig, base, bare)
    assert 'adapter_text = "FILE"' in caught.value.hint


@pytest.mark.parametrize(
    "card",
    [
        "base_model: microsoft/Phi-3-mini-4k-instruct",
        "base_model:\n- other/model\n  - Microsoft/phi-3-mini-4k-instruct-GGUF\ntags: []",
        "base_model: ['microsoft/Phi-3-mini-4k-instruct']",
    ],
)
def test_a_fine_tune_needs_the_licence_of_its_base_as_well(
    card: str, rig: Deployment, tmp_path: Path
) -> None:
    tuned = source(tmp_path / "tuned", None, LICENSE="Property of Ridge Drilling.", NOTICE="By us.")
    (tuned.folder / "README.md").write_text(f"---\n{card}\n---\n# Pump 7B\n")
    with pytest.raises(LicenceProblem, match="is a fine-tune of Phi-3-mini-4k-instruct") as caught:
        accept(rig, tuned)
    assert "LICENSE-BASE" in caught.value.hint
    files = {"LICENSE": "Property of Ridge Drilling.", "LICENSE-BASE": MIT}
    both = source(tmp_path / "tuned", None, **files)
    accept(rig, both)
    paths = [text.entry.path for text in require(rig, both).texts]
    assert paths == ["LICENSE", "LICENSE-BASE"]
    (rig.folder / "base.txt").write_text(MIT)
    rig.profile.write_text(rig.profile.read_text() + '\n[licence]\ntext = "base.txt"\n')
    accept(rig, tuned)


@pytest.mark.parametrize(
    "card",
    [
        "", "# Phi\nbase_model: microsoft/Phi-3-mini-4k-instruct",
        "---\nbase_model: microsoft/Phi-3\n---\n", "---\nbase_model:\n---\n- microsoft/x",
        "---\n" + "base_model: [" * 100_000, "\x00\xff",
    ],
)  # fmt: skip
def test_a_copy_of_the_candidate_needs_its_own_licence_only(
    card: str, rig: Deployment, tmp_path: Path
) -> None:
    copy = source(tmp_path / "copy", None, LICENSE=MIT)
    (copy.folder / "README.md").write_text(card)
    accept(rig, copy)
    assert len(require(rig, copy).texts) == 1


def test_weights_without_a_text_need_the_reviewed_one(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    (rig.folder / "weights" / "LICENSE").unlink()
    code, out, err = licence("show")
    assert code == ExitCode.LICENCE
    assert "MIT License (MIT)" in out
    assert "carries no licence text, so there is nothing to accept" in err
    assert '[licence]: text = "FILE"' in err
    assert licence("accept", *ACCEPT)[0] == ExitCode.LICENCE
    assert not (rig.folder / RECEIPT_FILE).exists()
    (rig.folder / "reviewed.txt").write_text(MIT)
    rig.profile.write_text(rig.profile.read_text() + '\n[licence]\ntext = "reviewed.txt"\n')
    assert licence("accept", *ACCEPT)[0] == ExitCode.OK
    (text,) = require(rig).texts
    assert (text.entry.place, text.entry.path) == ("profile", "reviewed.txt")
    (rig.folder / "reviewed.txt").write_text("other")
    with pytest.raises(LicenceProblem, match=r"the profile's reviewed.txt is another text"):
        require(rig)


def test_a_reviewed_text_that_is_missing_is_a_mistake_of_the_profile(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    rig.profile.write_text(rig.profile.read_text() + '\n[licence]\ntext = "gone.txt"\n')
    code, _, err = licence("show")
    assert code == ExitCode.INVALID
    assert f"licence.text: there is no file {rig.folder / 'gone.txt'}" in err


def test_only_the_text_that_was_read_is_accepted(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    code, _, err = licence("accept", *ACCEPT, "--sha256", "0" * 64)
    assert code == ExitCode.LICENCE
    assert "not the text that was read" in err
    assert not (rig.folder / RECEIPT_FILE).exists()
    digest = hashlib.sha256(MIT.encode()).hexdigest().upper()
    assert licence("accept", *ACCEPT, "--sha256", digest)[0] == ExitCode.OK


@pytest.mark.parametrize(
    "words",
    [("--name", "R. Vance"), ("--ticket", "LEGAL-7"), ("--name", "R.", "--ticket")],
)
def test_who_and_ticket_are_both_asked_for(
    words: tuple[str, ...], rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    assert licence("accept", *words)[0] == ExitCode.USAGE
    assert not (rig.folder / RECEIPT_FILE).exists()


@pytest.mark.parametrize(
    ("name", "ticket", "told"),
    [
        ("", "LEGAL-7", "--name"),
        ("R. Vance", " ", "--ticket"),
        ("R.\x1b[2J", "LEGAL-7", "--name"),
        ("R" * 201, "a\nb", "--name, --ticket"),
    ],
)
def test_names_and_tickets_are_lines_of_text(
    name: str, ticket: str, told: str, licence: Callable[..., tuple[int, str, str]]
) -> None:
    code, _, err = licence("accept", "--name", name, "--ticket", ticket)
    assert code == ExitCode.USAGE
    assert f"{told}: must be one line of text" in err


def test_what_the_policy_refuses_cannot_be_accepted(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    rig.set(licences='["Apache-2.0"]')
    code, out, _ = licence("show")
    assert code == ExitCode.OK
    assert "refused: it is under MIT; the profile allows Apache-2.0 (gates.licences)" in out
    code, _, err = licence("accept", *ACCEPT)
    assert code == ExitCode.LICENCE
    assert "the profile allows Apache-2.0" in err
    assert not (rig.folder / RECEIPT_FILE).exists()


def test_a_text_that_does_not_read_like_its_name_is_pointed_out(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    (rig.folder / "weights" / "LICENSE").write_text("You may look at this model.")
    assert "does not read like MIT" in licence("show")[1]
    assert "does not read like MIT" in licence("accept", *ACCEPT)[2]
    (text,) = json.loads(licence("show", "--json")[1])["texts"]
    assert text["reads_like_its_name"] is False
    (rig.folder / "weights" / "NOTICE").write_text("By Microsoft.")
    (rig.folder / "weights" / "LICENSE-BASE").write_text(MIT)
    texts = json.loads(licence("show", "--json")[1])["texts"]
    assert [text["path"] for text in texts] == ["LICENSE", "LICENSE-BASE", "NOTICE"]
    assert [text["reads_like_its_name"] for text in texts] == [False, True, None]
    assert "does not read like MIT" not in licence("show")[1]


def test_a_text_cannot_act_on_the_terminal_that_shows_it(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    hostile = f"{MIT}\x1b]0;owned\x07\x1b[2J\x9b31m\r\u202egnihton\x00\x08\u2066"
    (rig.folder / "weights" / "LICENSE").write_bytes(hostile.encode())
    for words in (("show",), ("show", "--json")):
        _, out, err = licence(*words)
        shown = out + err
        assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in shown)
        assert not set(shown) & set("\u202e\u2066")
        assert "]0;owned" in shown


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_text_in_another_encoding_can_be_read(
    encoding: str, rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    content = MIT.replace("\n", "\r\n").encode(encoding)
    (rig.folder / "weights" / "LICENSE").write_bytes(content)
    out = licence("show")[1]
    assert "Permission is hereby granted" in out
    assert "\r" not in out
    assert hashlib.sha256(content).hexdigest() in out


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\x00\x00"])
def test_an_empty_text_is_no_licence(
    content: bytes, rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    (rig.folder / "weights" / "LICENSE").write_bytes(content)
    code, _, err = licence("accept", *ACCEPT)
    assert code == ExitCode.LICENCE
    assert "its licence text is empty (LICENSE)" in err


def test_a_text_of_100_mb_is_not_read(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    path = rig.folder / "weights" / "LICENSE"
    with path.open("wb") as stream:
        stream.truncate(100 << 20)
    code, out, err = licence("show")
    assert code == ExitCode.LICENCE
    assert f"{path}: has more than 1 MiB; that is no licence text" in err
    assert len(out) < 5000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_waited_for(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    (rig.folder / "weights" / "LICENSE").unlink()
    os.mkfifo(rig.folder / "weights" / "LICENSE")
    os.mkfifo(rig.folder / RECEIPT_FILE)
    code, _, err = licence("show")
    assert code == ExitCode.LICENCE
    assert "carries no licence text" in err


def test_a_text_that_was_changed_after_the_pull_is_told(rig: Deployment, tmp_path: Path) -> None:
    view = source(tmp_path / "view", LICENSE=MIT)
    accept(rig, view)
    (view.folder / "LICENSE").write_text("other")
    with pytest.raises(IntegrityProblem, match=r"LICENSE: sha256 is .*, expected"):
        require(rig, view)
    (view.folder / "LICENSE").unlink()
    with pytest.raises(LicenceProblem, match="cannot be read"):
        require(rig, view)


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "\x00", "{" * 100_000, '{"format": 1}', "x" * (1 << 19)],
    ids=["empty", "object", "list", "nul", "nested", "half", "large"],
)
def test_a_receipt_that_is_none_stops_the_build(
    content: str, rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    (rig.folder / RECEIPT_FILE).write_text(content)
    with pytest.raises(LicenceProblem, match="is not a valid receipt") as caught:
        require(rig)
    assert "fieldkit licence accept" in caught.value.hint
    code, out, _ = licence("show")
    assert code == ExitCode.OK
    assert "is not a valid receipt" in out
    assert licence("accept", *ACCEPT)[0] == ExitCode.OK
    require(rig)


def test_a_receipt_that_cannot_be_written_says_where_to_go(
    rig: Deployment, monkeypatch: pytest.MonkeyPatch, licence: Callable[..., tuple[int, str, str]]
) -> None:
    def refuse(path: Path, text: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(licensing.textfile, "write", refuse)
    code, _, err = licence("accept", *ACCEPT)
    assert code == ExitCode.USAGE
    assert "Copy the profile's folder to a place of your own" in err


def test_a_receipt_is_replaced_whole_or_not_at_all(
    rig: Deployment, monkeypatch: pytest.MonkeyPatch, licence: Callable[..., tuple[int, str, str]]
) -> None:
    licence("accept", *ACCEPT)
    before = (rig.folder / RECEIPT_FILE).read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    assert licence("accept", "--name", "B", "--ticket", "T")[0] == ExitCode.DISK_FULL
    assert (rig.folder / RECEIPT_FILE).read_bytes() == before
    assert not list(rig.folder.glob(f".{RECEIPT_FILE}*"))


def test_the_model_that_fieldkit_carries_is_under_its_own_licence(
    demo_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = copy_demo(tmp_path / "demo")
    profile, folder = deployments.load_profile(str(demo.folder))
    candidate = deployments.load_candidate("demo")
    acceptance = licensing.require_for_file(profile, folder, candidate, demo_model, Hashes())
    assert acceptance.receipt is None
    own = (Path(__file__).parents[2] / "LICENSE").read_bytes()
    assert [text.content for text in acceptance.texts] == [own]
    code, out, _ = run(capsys, "licence", "show", demo.folder)
    assert code == ExitCode.OK
    assert "not needed: this model is fieldkit's own" in out
    code, _, err = run(capsys, "licence", "accept", demo.folder, *ACCEPT)
    assert code == ExitCode.USAGE
    assert "nobody has to accept" in err


def test_another_file_for_the_carried_model_is_not_exempt(demo_model: Path, tmp_path: Path) -> None:
    profile, folder = deployments.load_profile("demo")
    candidate = deployments.load_candidate("demo")
    other = tmp_path / "other.gguf"
    other.write_bytes(demo_model.read_bytes() + b"\0")
    (tmp_path / "LICENSE").write_text(MIT)
    with pytest.raises(LicenceProblem, match="is not accepted"):
        licensing.require_for_file(profile, folder, candidate, other, Hashes())


def test_what_a_candidate_calls_embedded_must_be_carried(
    rig: Deployment, licence: Callable[..., tuple[int, str, str]]
) -> None:
    model = rig.folder / "weights" / "phi.gguf"
    own = resources.folder("build") / "candidates" / "demo.toml"
    text = own.read_text().replace("demo-model/fieldkit-demo-f16.gguf", str(model))
    (rig.folder / "candidates").mkdir()
    (rig.folder / "candidates" / "mine.toml").write_text(text)
    rig.set(candidate='"mine"', context="1024")
    profile, folder = deployments.load_profile(str(rig.folder))
    candidate = deployments.load_candidate("mine", beside=folder)
    assert candidate.origin.embedded == str(model)
    assert deployments.embedded_model(candidate) is None
    with pytest.raises(LicenceProblem, match="is not accepted"):
        licensing.require_for_file(profile, folder, candidate, model, Hashes())
    assert licence("accept", *ACCEPT)[0] == ExitCode.OK


def test_no_carried_profile_accepts_a_licence_for_whoever_uses_it() -> None:
    assert not list(resources.folder("profiles").rglob(RECEIPT_FILE))
