"""The shell installers: what they install, what they refuse, and how they fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.core.release import RELEASE_FILE
from fieldkit.install import lock, status, uninstall, verify
from fieldkit.install.install import install as python_install
from fieldkit.install.layout import Layout
from fieldkit.packager import media
from tests.installer.conftest import Install
from tests.installer.releases import TITLE, Built, build, is_whole, listing, says

VARYING = ("lib/fieldkit/install.log",)


@pytest.fixture(params=["run", "media"])
def script(request: pytest.FixtureRequest, first: Built) -> Path:
    return first.run if request.param == "run" else first.media / "install.sh"


def fails_cleanly(result: subprocess.CompletedProcess[str], code: int, prefix: Path) -> str:
    """The installation failed with this code and left nothing; what it said."""
    assert result.returncode == code, result.stderr
    assert not prefix.exists() or listing(prefix) == {}
    assert result.stderr.startswith("Error: ")
    return result.stderr


class TestInstall:
    def test_needs_only_sh_and_coreutils(
        self, script: Path, first: Built, install: Install, prefix: Path
    ) -> None:
        result = install(script, "--quiet", "--prefix", prefix)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        assert is_whole(prefix, first)
        assert says(prefix) == "assistant 1.0"
        assert verify.verify(Layout(prefix)) == []

    def test_runs_without_network_and_environment(self, script: Path, prefix: Path) -> None:
        probe = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
        if probe.returncode:
            pytest.skip("this user may not unshare the network")
        command = ["unshare", "-n", "env", "-i", "sh", script, "--quiet", "--prefix", prefix]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (0, "")
        assert says(prefix) == "assistant 1.0"

    def test_tells_what_it_does_and_that_it_is_not_signed(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        result = install(script, f"--prefix={prefix}")
        assert result.returncode == 0
        assert "not signed" in result.stderr
        assert f"Installed. Start it with: {prefix}/bin/fieldkit" in result.stderr
        assert result.stdout == ""

    def test_a_relative_prefix_is_below_the_working_folder(
        self, script: Path, install: Install, tmp_path: Path
    ) -> None:
        assert install(script, "--quiet", "--prefix", "./here/../there").returncode == 0
        assert says(tmp_path / "there") == "assistant 1.0"
        assert not (tmp_path / "here").exists()

    def test_the_default_prefix_is_in_the_home_folder(
        self, script: Path, install: Install, tmp_path: Path
    ) -> None:
        assert install(script, "--quiet", HOME=str(tmp_path / "home")).returncode == 0
        assert says(tmp_path / "home" / ".local") == "assistant 1.0"

    def test_without_a_home_it_asks_for_a_prefix(self, script: Path, install: Install) -> None:
        result = install(script)
        assert result.returncode == 2
        assert "--prefix" in result.stderr

    def test_writes_a_menu_entry_with_an_absolute_command(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        install(script, "--prefix", prefix)
        entry = Layout(prefix).menu_entry.read_text().splitlines()
        assert f'Exec="{prefix}/bin/fieldkit"' in entry
        assert f"Name={TITLE}" in entry
        assert "Terminal=true" in entry

    def test_script_and_program_install_the_same(
        self, first: Built, second: Built, install: Install, tmp_path: Path
    ) -> None:
        trees = []
        for name in ("run", "media", "python"):
            prefix = tmp_path / "p"
            for built in (first, second):
                if name == "run":
                    assert install(built.run, "--prefix", prefix).returncode == 0
                elif name == "media":
                    script = built.media / "install.sh"
                    assert install(script, "--prefix", prefix).returncode == 0
                else:
                    python_install(built.media, Layout(prefix))
            trees.append(listing(prefix, without=VARYING))
            shutil.rmtree(prefix)
        assert trees[0] == trees[1] == trees[2]

    @pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
    def test_runs_under_bash_too(self, script: Path, prefix: Path) -> None:
        command = ["bash", "--posix", script, "--quiet", "--prefix", prefix]
        result = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (0, "")
        assert says(prefix) == "assistant 1.0"


class TestLook:
    def test_check_reads_every_byte_and_writes_none(
        self, script: Path, install: Install, tmp_path: Path
    ) -> None:
        before = listing(tmp_path)
        result = install(script, "--check", HOME=str(tmp_path / "home"))
        assert result.returncode == 0
        assert "is as it was built" in result.stderr
        assert listing(tmp_path) == before

    def test_list_names_every_file(self, script: Path, first: Built, install: Install) -> None:
        result = install(script, "--list")
        assert result.returncode == 0
        rows = [line.split(maxsplit=3) for line in result.stdout.splitlines()]
        assert [(int(mode, 8), sha, int(size), path) for mode, sha, size, path in rows] == [
            (file.mode, file.sha256, file.size, file.path)
            for file in (first.release.model, *first.release.version_files)
        ]

    def test_help_tells_the_exit_codes(self, script: Path, install: Install) -> None:
        result = install(script, "--help")
        assert result.returncode == 0
        assert "--prefix DIR" in result.stdout
        assert "16 not enough disk" in result.stdout

    @pytest.mark.parametrize("arguments", [["--what"], ["extra"], ["--prefix"]])
    def test_an_odd_command_line_is_refused(
        self, script: Path, install: Install, arguments: list[str]
    ) -> None:
        assert install(script, *arguments).returncode == 2


SHELLCHECK = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which(
    "shellcheck"
)


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not here")
def test_shellcheck_has_nothing_to_say(first: Built) -> None:
    command = [str(SHELLCHECK), "-s", "sh", first.media / "install.sh"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stdout == ""


class TestDamage:
    @pytest.mark.parametrize("action", ["install", "check"])
    def test_any_flipped_byte_of_the_payload(
        self, first: Built, install: Install, prefix: Path, tmp_path: Path, action: str
    ) -> None:
        damaged = tmp_path / "damaged.run"
        content = first.run.read_bytes()
        payload = len(content) - len(first.release.to_json().encode())
        payload -= sum(blob.size for blob in first.release.blobs)
        for place in (payload, payload + 650_000, payload + 750_000, len(content) - 100):
            damaged.write_bytes(
                content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            )
            arguments = ["--check"] if action == "check" else []
            result = install(damaged, *arguments, "--prefix", prefix, "--quiet")
            assert "damaged" in fails_cleanly(result, 14, prefix)

    @pytest.mark.parametrize("missing", [1, 5_000, 900_000])
    def test_a_truncated_installer(
        self, first: Built, install: Install, prefix: Path, tmp_path: Path, missing: int
    ) -> None:
        damaged = tmp_path / "damaged.run"
        damaged.write_bytes(first.run.read_bytes()[:-missing])
        result = install(damaged, "--prefix", prefix, "--quiet")
        assert "bytes and should have" in fails_cleanly(result, 14, prefix)

    def test_every_damaged_blob_of_a_media_folder(
        self, first: Built, install: Install, prefix: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "media"
        shutil.copytree(first.media, folder)
        for blob in first.release.blobs:
            path = folder / "blobs" / blob.sha256
            content = path.read_bytes()
            path.write_bytes(content[:10] + bytes([content[10] ^ 1]) + content[11:])
            result = install(folder / "install.sh", "--prefix", prefix, "--quiet")
            assert "damaged" in fails_cleanly(result, 14, prefix)
            path.write_bytes(content)

    @pytest.mark.parametrize("what", ["missing", "extra", "hidden", "short", "link", "manifest"])
    def test_a_media_folder_that_is_not_as_written(
        self, first: Built, install: Install, prefix: Path, tmp_path: Path, what: str
    ) -> None:
        folder = tmp_path / "media"
        shutil.copytree(first.media, folder)
        blob = folder / "blobs" / first.release.blobs[0].sha256
        match what:
            case "missing":
                blob.unlink()
            case "extra":
                (folder / "blobs" / "more").touch()
            case "hidden":
                (folder / "blobs" / ".more").touch()
            case "short":
                blob.write_bytes(blob.read_bytes()[:-1])
            case "link":
                blob.rename(tmp_path / "elsewhere")
                blob.symlink_to(tmp_path / "elsewhere")
            case "manifest":
                text = (folder / RELEASE_FILE).read_text()
                (folder / RELEASE_FILE).write_text(text.replace("Acme", "Akme"))
        result = install(folder / "install.sh", "--prefix", prefix, "--quiet")
        fails_cleanly(result, 14, prefix)


class TestUnfit:
    @pytest.mark.parametrize(
        ("facts", "said"),
        [({"machine": "riscv64"}, "riscv64"), ({"memory_bytes": 1 << 50}, "MiB of memory")],
    )
    def test_another_machine_or_too_little_memory(
        self, install: Install, prefix: Path, tmp_path: Path, facts: dict[str, object], said: str
    ) -> None:
        built = build(tmp_path / "r", **facts)  # type: ignore[arg-type]
        for script in built.scripts:
            assert said in fails_cleanly(install(script, "--prefix", prefix), 15, prefix)

    @pytest.mark.parametrize(("floor", "code"), [("99.1", 15), ("2.17", 0)])
    def test_the_c_library(
        self,
        install: Install,
        prefix: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        floor: str,
        code: int,
    ) -> None:
        monkeypatch.setattr(media.glibc, "floor", lambda _folder: floor)
        built = build(tmp_path / "r")
        result = install(built.run, "--prefix", prefix)
        assert result.returncode == code, result.stderr
        assert code == 0 or f"needs {floor} or newer" in result.stderr

    def test_an_assistant_that_does_not_start(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        result = install(script, "--prefix", prefix, "--quiet", FAKE_OUTCOME="132")
        assert result.returncode == 15
        assert "self-test of 1.0" in result.stderr
        assert not prefix.exists()

    def test_damage_that_the_assistant_finds(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        assert install(script, "--prefix", prefix, FAKE_OUTCOME="14").returncode == 14
        assert not prefix.exists()


class TestDisk:
    def test_too_little_room_is_known_before_anything_is_written(
        self, script: Path, install: Install, tmp_path: Path
    ) -> None:
        mount = _mounted(tmp_path, "size=8m")
        result = install(script, "--prefix", tmp_path / "disk" / "p", "--quiet", wrapper=mount)
        assert result.returncode == 16, result.stderr
        assert "MiB are needed" in result.stderr

    def test_a_write_that_fails_on_the_way(self, script: Path, tools: Path, prefix: Path) -> None:
        for blocks in (100, 1000):  # of 512 bytes: in the middle of the model
            command = f'ulimit -f {blocks} && exec "$@"'
            result = subprocess.run(
                [tools / "sh", "-c", command, "sh", tools / "sh", script, "--prefix", prefix],
                env={"PATH": str(tools)},
                capture_output=True,
                text=True,
                check=False,
            )
            assert result.returncode == 16, result.stderr
            assert "disk is full or a limit was reached" in result.stderr
            assert not prefix.exists()

    def test_a_read_only_prefix(self, script: Path, install: Install, tmp_path: Path) -> None:
        mount = _mounted(tmp_path, "ro,size=64m")
        result = install(script, "--prefix", tmp_path / "disk" / "p", "--quiet", wrapper=mount)
        assert result.returncode == 2
        assert "not writable" in result.stderr

    def test_a_file_where_a_folder_should_be(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        prefix.mkdir(parents=True)
        (prefix / "lib").touch()
        before = listing(prefix)
        assert install(script, "--prefix", prefix).returncode == 2
        assert listing(prefix) == before


def _mounted(tmp_path: Path, options: str) -> tuple[str, ...]:
    """A command prefix that has a small file system at ``disk`` for itself alone."""
    (tmp_path / "disk").mkdir()
    shell = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"'
    wrapper = ("/usr/bin/unshare", "-m", "/bin/sh", "-c", f"PATH=/usr/bin:/bin:/sbin; {shell}")
    wrapper = (*wrapper, options, str(tmp_path / "disk"))
    probe = subprocess.run([*wrapper, "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("this user may not mount a file system")
    return wrapper


class TestNeighbours:
    def test_a_foreign_command_is_left_alone(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        (prefix / "bin").mkdir(parents=True)
        (prefix / "bin" / "fieldkit").write_text("somebody else's")
        before = listing(prefix)
        result = install(script, "--prefix", prefix)
        assert result.returncode == 2
        assert "is not from this installer" in result.stderr
        assert listing(prefix) == before

    def test_a_foreign_folder_is_left_alone(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        (prefix / "lib" / "fieldkit").mkdir(parents=True)
        (prefix / "lib" / "fieldkit" / "theirs").touch()
        before = listing(prefix)
        assert install(script, "--prefix", prefix).returncode == 2
        assert listing(prefix) == before

    def test_a_foreign_menu_entry_is_left_alone(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        entry = Layout(prefix).menu_entry
        entry.parent.mkdir(parents=True)
        entry.write_text("[Desktop Entry]\n")
        assert install(script, "--prefix", prefix).returncode == 0
        assert entry.read_text() == "[Desktop Entry]\n"

    @pytest.mark.parametrize("name", ['quo"te', "dol$lar", "per%cent", "new\nline", "back\\slash"])
    def test_a_prefix_that_a_menu_entry_could_not_name(
        self, script: Path, install: Install, tmp_path: Path, name: str
    ) -> None:
        assert install(script, "--prefix", tmp_path / name).returncode == 2
        assert not (tmp_path / name).exists()

    def test_another_language_in_the_prefix(
        self, script: Path, install: Install, tmp_path: Path
    ) -> None:
        prefix = tmp_path / "Überprüfung 泵's"
        assert install(script, "--prefix", prefix).returncode == 0
        assert says(prefix) == "assistant 1.0"


class TestUpgrade:
    def test_keeps_the_previous_release(
        self, first: Built, second: Built, install: Install, prefix: Path
    ) -> None:
        assert install(first.run, "--prefix", prefix).returncode == 0
        assert install(second.run, "--prefix", prefix).returncode == 0
        found = status.report(Layout(prefix))
        assert found["active"] == second.release.directory
        assert found["previous"] == first.release.directory
        assert [release["version"] for release in found["releases"]] == ["1.0", "1.1"]
        assert is_whole(prefix, first)
        assert is_whole(prefix, second)
        assert says(prefix) == "assistant 1.1"

    def test_a_model_that_is_there_is_not_copied_again(
        self, first: Built, install: Install, prefix: Path, tmp_path: Path
    ) -> None:
        assert install(first.run, "--prefix", prefix).returncode == 0
        model = Layout(prefix).model(first.release.model_sha256)
        inode = model.stat().st_ino
        newer = build(tmp_path / "newer", "2.0")
        result = install(newer.run, "--prefix", prefix)
        assert result.returncode == 0
        assert "Copying the model" not in result.stderr
        assert model.stat().st_ino == inode
        assert says(prefix) == "assistant 2.0"

    def test_a_failing_self_test_keeps_the_old_release(
        self, first: Built, second: Built, install: Install, prefix: Path
    ) -> None:
        install(first.run, "--prefix", prefix)
        before = listing(prefix, without=VARYING)
        assert install(second.run, "--prefix", prefix, FAKE_OUTCOME="1").returncode == 15
        assert listing(prefix, without=VARYING) == before

    def test_installing_again_changes_nothing(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        install(script, "--prefix", prefix)
        before = listing(prefix, without=VARYING)
        result = install(script, "--prefix", prefix)
        assert result.returncode == 0
        assert "Copying" not in result.stderr
        assert listing(prefix, without=VARYING) == before

    def test_installing_again_repairs(
        self, script: Path, first: Built, install: Install, prefix: Path
    ) -> None:
        install(script, "--prefix", prefix)
        whole = listing(prefix, without=VARYING)
        folder = Layout(prefix).version(first.release.directory)
        (folder / "library.sqlite").write_bytes(b"rot")
        (folder / "licences" / "MIT.txt").unlink()
        (folder / "app" / "_internal" / "libengine.so").unlink()
        Layout(prefix).model(first.release.model_sha256).write_bytes(b"rot")
        assert len(verify.verify(Layout(prefix))) == 4
        assert install(script, "--prefix", prefix).returncode == 0
        assert listing(prefix, without=VARYING) == whole

    def test_installing_the_active_release_again_remembers_the_previous(
        self, first: Built, second: Built, install: Install, prefix: Path
    ) -> None:
        for built in (first, second, second):
            assert install(built.run, "--prefix", prefix).returncode == 0
        assert status.report(Layout(prefix))["previous"] == first.release.directory


class TestBusy:
    def test_while_the_program_holds_the_lock(
        self, script: Path, install: Install, prefix: Path
    ) -> None:
        install(script, "--prefix", prefix)
        before = listing(prefix)
        with lock.hold(Layout(prefix).lock):
            result = install(script, "--prefix", prefix)
        assert result.returncode == 17
        assert f"process {os.getpid()}" in result.stderr
        assert listing(prefix) == before

    @pytest.mark.parametrize("owner", ["999999999 1", "1 123456789123", "", "nonsense"])
    def test_a_lock_whose_owner_is_gone_is_taken_over(
        self, script: Path, install: Install, prefix: Path, owner: str
    ) -> None:
        install(script, "--prefix", prefix)
        before = listing(prefix, without=VARYING)
        Layout(prefix).lock.mkdir()
        (Layout(prefix).lock / "owner").write_text(owner)
        assert install(script, "--prefix", prefix).returncode == 0
        assert listing(prefix, without=VARYING) == before


class TestUninstall:
    @pytest.mark.parametrize("prepared", [(), ("bin",), ("share", "share/applications", "lib")])
    def test_leaves_what_was_there_and_nothing_else(
        self, script: Path, install: Install, prefix: Path, tmp_path: Path, prepared: tuple[str]
    ) -> None:
        for name in prepared:
            (prefix / name).mkdir(parents=True)
        before = listing(tmp_path)
        assert install(script, "--prefix", prefix).returncode == 0
        uninstall.uninstall(Layout(prefix))
        assert listing(tmp_path) == before

    def test_somebody_elses_files_stay(self, script: Path, install: Install, prefix: Path) -> None:
        install(script, "--prefix", prefix)
        (prefix / "bin" / "other").write_text("theirs")
        (prefix / "share" / "doc").mkdir()
        uninstall.uninstall(Layout(prefix))
        assert set(listing(prefix)) == {"bin", "bin/other", "share", "share/doc"}
