"""The whole way: build the demo, install it with no network, use it, remove it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from fieldkit.core.release import Release
from fieldkit.errors import ExitCode
from fieldkit.packager import feedback_file, feedback_key
from tests.deployment import COMMAND, build_json, files
from tests.installer.demo_release import OFFLINE, DemoRelease, Installed, install_offline, works
from tests.installer.releases import listing
from tests.terminal import Terminal

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("release"),
]

QUESTION = "What torque do the fluid end studs need?"


class TestBuild:
    def test_a_profile_is_exported_for_ollama_as_it_was_built(
        self, built: DemoRelease, tmp_path: Path
    ) -> None:
        written = subprocess.run(
            [*COMMAND, "export", "ollama", str(built.deployment.folder), "--output", "site"],
            env={**os.environ, "FIELDKIT_CACHE_DIR": str(built.cache)},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert written.returncode == 0, written.stderr
        modelfile = tmp_path / written.stdout.strip()
        model = re.search(r"^FROM ./(.+)$", modelfile.read_text(encoding="utf-8"), re.MULTILINE)
        assert model is not None
        release = Release.from_json(
            (Path(built.result["media"]) / "release.json").read_text(encoding="utf-8")
        )
        digest = hashlib.sha256((modelfile.parent / model[1]).read_bytes()).hexdigest()
        assert digest == release.model.sha256

    def test_ctrl_c_while_freezing_leaves_nothing_half_done(self, built: DemoRelease) -> None:
        assert built.interrupted.status == ExitCode.INTERRUPTED, built.interrupted.said
        assert "Traceback" not in built.interrupted.said
        frozen = {name for name in built.interrupted.cache if name.startswith("freeze/")}
        assert frozen == set()
        assert built.interrupted.output == set()

    def test_a_kill_while_the_media_is_written_leaves_no_release(self, built: DemoRelease) -> None:
        assert built.killed.status == -signal.SIGKILL
        assert re.search(r"(?m)^measure +unchanged, reused", built.killed.said)
        final = {name for name in built.killed.output if "/." not in name}
        assert final == {"demo-1.0.0"}

    def test_the_next_build_reuses_what_was_done_and_completes(self, built: DemoRelease) -> None:
        assert built.result["reused"] == ["quantize", "measure", "index", "freeze"]
        folder = built.output / "demo-1.0.0"
        assert built.result["media"] == str(folder / "media")
        release = Release.from_json((folder / "media" / "release.json").read_text())
        assert built.result["release"] == release.identity
        assert built.result["installers"] == [
            str(folder / f"fieldkit-demo-1.0.0-linux-{release.platform.machine}.run")
        ]
        assert built.installer.is_file()
        assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
            "media", "decision.md", "decision.json", built.installer.name,
        }  # fmt: skip
        assert not [name for name in files(folder) if ".part" in name or ".tree" in name]

    def test_the_model_s_licence_travels(self, built: DemoRelease) -> None:
        media = built.output / "demo-1.0.0" / "media"
        release = Release.from_json((media / "release.json").read_text())
        named = {file.path: file.sha256 for file in release.files}
        own = Path(__file__).parents[2] / "LICENSE"
        digest = hashlib.sha256(own.read_bytes()).hexdigest()
        assert named["licences/MODEL-LICENCE.txt"] == digest
        assert "licences/licence-receipt.json" not in named
        decision = json.loads((media.parent / "decision.json").read_text())
        assert [text["sha256"] for text in decision["licence"]["texts"]] == [digest]

    def test_a_build_without_changes_reuses_everything(
        self, built: DemoRelease, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FIELDKIT_CACHE_DIR", str(built.cache))
        before = built.installer.stat()
        again = build_json(built.deployment, built.output)
        assert again["reused"] == [
            "quantize", "measure", "index", "freeze", "media", "installer",
        ]  # fmt: skip
        assert again["release"] == built.result["release"]
        assert built.installer.stat().st_mtime_ns == before.st_mtime_ns

    def test_the_decision_names_what_was_shipped_and_why(self, built: DemoRelease) -> None:
        folder = built.output / "demo-1.0.0"
        decision = json.loads((folder / "decision.json").read_text())
        assert decision["release"] == built.result["release"]
        assert decision["gates"] == built.result["gates"]
        text = (folder / "decision.md").read_text()
        for word in (built.result["release"], "Q4_K_M", "MIT", "min_decode_tps", "passed"):
            assert word in text


class TestAssistant:
    def test_it_answers_from_the_right_page(self, installed: Installed) -> None:
        answer = installed.json("ask", QUESTION)
        assert list(answer) == [
            "answer", "quote", "quote_source", "converted", "other_quotes", "state", "claims",
            "replaced", "generated", "citations", "refused", "finish", "unsupported", "missing",
            "languages", "stats",
        ]  # fmt: skip
        assert "320 Nm" in answer["quote"]
        assert (answer["quote_source"]["document"], answer["quote_source"]["page"]) == ("PX-204", 7)
        assert answer["claims"]
        for claim in answer["claims"]:
            assert list(claim) == ["text", "passage", "supported", "reason", "kind"]
            assert claim["supported"], claim
        assert (answer["replaced"], answer["generated"]) == (False, None)
        assert answer["finish"] == "stop"
        assert answer["answer"]
        assert answer["state"] == "answered"
        assert answer["refused"] is False
        pages = [(entry["document"], entry["page"]) for entry in answer["citations"]]
        assert ("PX-204", 7) in pages
        citation = answer["citations"][pages.index(("PX-204", 7))]
        assert list(citation) == [
            "document", "revision", "page", "pdf_page", "heading", "passage", "superseded_by",
            "own", "recognised",
        ]  # fmt: skip
        assert "320 Nm" in citation["passage"]
        assert list(answer["stats"]) == [
            "ttft_s", "prefill_tokens", "reused_tokens", "prefill_tps", "decode_tps",
            "completion_tokens", "low_battery",
        ]  # fmt: skip
        assert all(answer["stats"][name] > 0 for name in ("ttft_s", "prefill_tokens"))

    def test_it_refuses_what_no_manual_answers(self, installed: Installed) -> None:
        answer = installed.json("ask", "Zebra quicksilver paragliding?")
        assert (answer["refused"], answer["state"]) == (True, "none")
        assert answer["citations"] == []

    def test_for_a_person_answer_and_source_are_text(self, installed: Installed) -> None:
        result = installed.run("ask", *QUESTION.split())
        assert result.returncode == 0
        assert "PX-204" in result.stdout
        assert "\x1b" not in result.stdout

    def test_the_line_mode_converses_over_a_pipe(self, installed: Installed) -> None:
        result = installed.run("chat", "--plain", text=f"{QUESTION}\n/sources\n/quit\n")
        assert result.returncode == 0, result.stderr
        assert "PX-204" in result.stdout
        assert "Fluid end studs" in result.stdout
        assert "\x1b" not in result.stdout

    def test_a_flagged_answer_reaches_it_by_stick(
        self, built: DemoRelease, installed: Installed, tmp_path: Path
    ) -> None:
        lines = (QUESTION, "/wrong fact it is 320 Nm", "yes", "/who Ben", "yes", "/who", "/quit")
        result = installed.run("chat", "--plain", text="".join(f"{line}\n" for line in lines))
        assert result.returncode == 0, result.stderr
        assert "Kept, encrypted for IT. 1 report waits for IT." in result.stdout
        assert "Ben, here now" in result.stdout
        stick = tmp_path / "out.age"
        exported = installed.run("feedback", "export", str(stick))
        assert exported.stdout == f"{stick}\n", exported.stderr
        key = built.deployment.folder.parent / "feedback-key.txt"
        found = feedback_file.read([stick], feedback_key.read(key))
        (record,) = found.records
        assert (record.question, record.comment) == (QUESTION, "it is 320 Nm")
        assert record.origin.release == built.result["release"]
        assert record.origin.version == "1.0.0"
        refused = installed.run("feedback", "read", str(stick), "--key", str(key))
        assert refused.returncode == ExitCode.USAGE
        unknown = installed.run("ask", "--as", "Carl", QUESTION)
        assert unknown.returncode == ExitCode.USAGE
        assert "Ben" in unknown.stderr
        assert installed.run("feedback", "delete").returncode == 0
        shutil.rmtree(next(installed.home.rglob("people")))

    def test_in_a_terminal_it_paints_answers_and_quits(
        self, built: DemoRelease, installed: Installed, tmp_path: Path
    ) -> None:
        home = tmp_path / "home"
        home.mkdir()
        env = {**installed.env, "HOME": str(home)}
        with Terminal([*OFFLINE, installed.program], env=env) as terminal:
            terminal.wait_for("Ridge Assistant")
            terminal.wait_for("ready")
            terminal.type(QUESTION)
            terminal.wait_for(QUESTION)
            terminal.type("\r")
            shown = terminal.wait_for(lambda text: "tok/s" in text and "PX-204" in text)
            assert QUESTION in shown
            terminal.type("\x11")
            assert terminal.wait() == 0
        entered, left = (terminal.output.rfind(f"\x1b[?1049{way}") for way in "hl")
        assert 0 <= entered < left, "the terminal is given back as it was"
        (history,) = home.rglob("conversations.sqlite3")
        with sqlite3.connect(history) as database:
            dump = "\n".join(database.iterdump())
        database.close()
        assert QUESTION in dump

    def test_it_never_opens_a_network_socket(self, installed: Installed, tmp_path: Path) -> None:
        strace = ["strace", "-f", "-qq", "-e", "trace=socket,execve", "-o"]
        if not works([*strace, "/dev/null"]):
            pytest.skip("strace is not installed or may not trace here (apt-get install strace)")
        for number, words in enumerate((["ask", "--json", QUESTION], ["chat", "--plain"])):
            trace = tmp_path / f"trace-{number}"
            result = installed.run(*words, wrapper=[*strace, str(trace)], text=f"{QUESTION}\n")
            assert result.returncode == 0, result.stderr
            assert '"completion_tokens"' in result.stdout or "PX-204" in result.stdout
            calls = trace.read_text()
            assert calls.count("execve(") >= 2, "the engine's process is traced, too"
            assert re.findall(r"AF_INET6?|AF_NETLINK|AF_PACKET", calls) == []


class TestAdministration:
    def test_the_probe_assesses_the_installed_model(self, installed: Installed) -> None:
        result = installed.run("probe", "--json")
        assert result.returncode in {ExitCode.OK, ExitCode.UNFIT}
        report = json.loads(result.stdout)
        assert {"machine", "candidates", "measured", "verdict"} <= report.keys()
        (candidate,) = report["candidates"]
        assert {
            "name", "quantization", "predicted", "error_band", "verdict", "reasons",
        } <= candidate.keys()  # fmt: skip
        assert candidate["quantization"] == "Q4_K_M"
        assert candidate["predicted"]["memory_bytes"] > 0
        assert report["verdict"] in {"fits", "tight", "unfit"}
        assert report["measured"] is None

    def test_the_status_names_the_release(self, built: DemoRelease, installed: Installed) -> None:
        report = installed.json("status")
        assert {"active", "previous", "releases", "prefix"} <= report.keys()
        assert report["prefix"] == str(installed.prefix)
        (release,) = report["releases"]
        assert release["identity"] == built.result["release"]
        assert report["active"] == release["directory"]

    def test_it_verifies_itself(self, installed: Installed) -> None:
        result = installed.run("verify")
        assert (result.returncode, result.stderr) == (0, "")

    def test_it_contains_nothing_of_the_packager(self, installed: Installed) -> None:
        from PyInstaller.archive.readers import CArchiveReader

        app = installed.program.resolve().parent
        program = CArchiveReader(str(app / "fieldkit"))
        modules = set(program.toc) | set(program.open_embedded_archive("PYZ.pyz").toc)
        assert "fieldkit.chat.app" in modules
        unwanted = ("fieldkit.packager", "huggingface_hub", "pydantic", "ssl")
        assert [name for name in modules if name.startswith(unwanted)] == []
        result = installed.run("build", "demo")
        assert result.returncode == ExitCode.USAGE

    @pytest.mark.parametrize("name", ["app/fieldkit", "library.sqlite", "assistant.json", "model"])
    def test_a_changed_file_is_found(
        self, name: str, built: DemoRelease, installed: Installed, tmp_path: Path
    ) -> None:
        victim = install_offline(built.installer, tmp_path)
        version = victim.program.resolve().parent.parent
        (model,) = (version.parent.parent / "models").iterdir()
        path = model if name == "model" else version / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        # The damaged program may not run at all; the sound one checks the damaged installation.
        result = installed.run("verify", "--prefix", str(victim.prefix))
        assert result.returncode == ExitCode.INTEGRITY
        assert f"changed: {path.relative_to(victim.prefix)}" in result.stderr
        assert "Install the release again" in result.stderr

    def test_uninstalling_leaves_the_folder_as_it_was(
        self, built: DemoRelease, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "a prefix" / "of its own"
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / "other").write_text("somebody else's")
        before = listing(tmp_path / "a prefix")
        ours = install_offline(built.installer, tmp_path)
        assert ours.run("chat", "--plain", text=f"{QUESTION}\n").returncode == 0
        kept = listing(ours.home)
        assert any(name.endswith("conversations.sqlite3") for name in kept)
        result = ours.run("uninstall")
        assert result.returncode == 0, result.stderr
        assert "Your conversations stay in" in result.stderr
        assert listing(tmp_path / "a prefix") == before
        assert listing(ours.home) == kept

    def test_purging_removes_the_conversations_too(
        self, built: DemoRelease, tmp_path: Path
    ) -> None:
        ours = install_offline(built.installer, tmp_path)
        assert ours.run("chat", "--plain", text=f"{QUESTION}\n").returncode == 0
        assert ours.run("uninstall", "--purge").returncode == 0
        assert not ours.prefix.exists()
        left = [name for name, (kind, *_) in listing(ours.home).items() if kind != "folder"]
        assert left == []
