"""Installing from a media folder with the program itself."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.core.release import RELEASE_FILE, Release
from fieldkit.errors import (
    Busy,
    DiskFull,
    FieldkitError,
    IntegrityProblem,
    Unfit,
    UsageProblem,
)
from fieldkit.install import fitness, lock, status
from fieldkit.install.install import install
from fieldkit.install.layout import Layout
from fieldkit.install.locate import layout as find_layout
from fieldkit.install.locate import release_dir
from fieldkit.install.uninstall import uninstall
from fieldkit.install.verify import Kind, Problem, verify
from tests.installer.releases import Built, active, build, is_whole, listing, says

VARYING = ("lib/fieldkit/install.log",)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("first") / "r", "1.0")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("second") / "r", "1.1", model_seed=1)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "a prefix" / "local")


@pytest.fixture
def media(first: Built, tmp_path: Path) -> Path:
    """A copy of the first release's media that a test may damage."""
    shutil.copytree(first.media, tmp_path / "media")
    return tmp_path / "media"


def test_installs_and_tells_its_progress(first: Built, layout: Layout) -> None:
    told: list[tuple[int, int]] = []
    release = install(first.media, layout, progress=lambda done, total: told.append((done, total)))
    assert release == first.release
    assert is_whole(layout.prefix, first)
    assert says(layout.prefix) == "assistant 1.0"
    assert told[-1] == (release.installed_bytes, release.installed_bytes)


def test_the_assistant_is_tried_before_it_is_active(first: Built, layout: Layout) -> None:
    seen: list[tuple[str, bool]] = []

    def selftest(folder: Path) -> None:
        model = folder / "../../models" / f"{first.release.model_sha256}.gguf"
        seen.append((active(layout.prefix), model.is_file()))
        assert (folder / RELEASE_FILE).is_file()

    install(first.media, layout, selftest=selftest)
    assert seen == [("", True)]
    assert active(layout.prefix) == first.release.directory


@pytest.mark.parametrize("failure", [Unfit("no"), KeyboardInterrupt(), OSError(5, "I/O error")])
def test_a_failure_in_the_self_test_is_undone(
    first: Built, second: Built, layout: Layout, failure: BaseException
) -> None:
    def selftest(_folder: Path) -> None:
        raise failure

    with pytest.raises(type(failure)):
        install(first.media, layout, selftest=selftest)
    assert not layout.prefix.parent.exists()
    install(first.media, layout)
    before = listing(layout.prefix, without=VARYING)
    with pytest.raises(type(failure)):
        install(second.media, layout, selftest=selftest)
    assert listing(layout.prefix, without=VARYING) == before


@pytest.mark.parametrize(("outcome", "error"), [("14", IntegrityProblem), ("1", Unfit)])
def test_what_the_self_test_says_is_passed_on(
    first: Built,
    layout: Layout,
    monkeypatch: pytest.MonkeyPatch,
    outcome: str,
    error: type[FieldkitError],
) -> None:
    monkeypatch.setenv("FAKE_OUTCOME", outcome)
    with pytest.raises(error, match=r"self-test of 1\.0"):
        install(first.media, layout)
    assert not layout.prefix.exists()


class TestMedia:
    @pytest.mark.parametrize(
        "what", ["missing", "extra", "short", "link", "pipe", "manifest", "spaces", "flipped"]
    )
    def test_damage_is_refused(
        self, first: Built, media: Path, layout: Layout, tmp_path: Path, what: str
    ) -> None:
        blob = media / "blobs" / first.release.blobs[0].sha256
        manifest = media / RELEASE_FILE
        content = blob.read_bytes()
        match what:
            case "missing":
                blob.unlink()
            case "extra":
                (media / "blobs" / "\x1b[2J").touch()
            case "short":
                blob.write_bytes(content[:-1])
            case "link":
                blob.rename(tmp_path / "elsewhere")
                blob.symlink_to(tmp_path / "elsewhere")
            case "pipe":
                blob.unlink()
                os.mkfifo(blob)
            case "manifest":
                manifest.write_text(manifest.read_text().replace("Acme", "Akme", 1)[:-9])
            case "spaces":
                manifest.write_text(manifest.read_text() + " ")
            case "flipped":
                blob.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])
        with pytest.raises(IntegrityProblem) as caught:
            install(media, layout)
        assert caught.value.hint
        assert caught.value.message.isprintable()
        assert not layout.prefix.exists()

    def test_a_folder_that_is_no_media(self, tmp_path: Path, layout: Layout) -> None:
        with pytest.raises(UsageProblem):
            install(tmp_path, layout)

    def test_bytes_that_change_between_check_and_copy(
        self, first: Built, media: Path, layout: Layout
    ) -> None:
        blob = media / "blobs" / first.release.blobs[-1].sha256
        size = blob.stat().st_size

        def swap(_done: int, _total: int) -> None:
            blob.write_bytes(b"x" * size)

        with pytest.raises(IntegrityProblem):
            install(media, layout, progress=swap)
        assert not layout.prefix.exists()


class TestMachine:
    @pytest.mark.parametrize(
        ("facts", "said"),
        [({"machine": "riscv64"}, "riscv64"), ({"memory_bytes": 1 << 50}, "MiB of memory")],
    )
    def test_unfit(
        self, tmp_path: Path, layout: Layout, facts: dict[str, object], said: str
    ) -> None:
        built = build(tmp_path / "r", **facts)  # type: ignore[arg-type]
        with pytest.raises(Unfit, match=said):
            install(built.media, layout)
        assert not layout.prefix.exists()

    @pytest.mark.parametrize(
        ("have", "fits"),
        [("2.27", False), ("2.28", True), ("2.100", True), ("3.0", True), ("", True)],
    )
    def test_the_c_library(
        self, monkeypatch: pytest.MonkeyPatch, first: Built, have: str, fits: bool
    ) -> None:
        text = first.release.to_json().replace('"glibc": ""', '"glibc": "2.28"')
        release = Release.from_json(text)
        monkeypatch.setattr(fitness.os, "confstr", lambda _name: f"glibc {have}")
        if fits:
            fitness.check_machine(release)
        else:
            with pytest.raises(Unfit, match=r"needs 2\.28 or newer"):
                fitness.check_machine(release)

    def test_too_little_disk(
        self, first: Built, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = shutil.disk_usage("/")._replace(free=1_000_000)
        monkeypatch.setattr(fitness.shutil, "disk_usage", lambda _path: usage)
        with pytest.raises(DiskFull, match="MiB are needed, 0 MiB are free"):
            install(first.media, layout)
        assert not layout.prefix.exists()

    def test_a_write_that_fails_on_the_way(self, first: Built, layout: Layout) -> None:
        code = (
            "import resource, sys; from pathlib import Path\n"
            "from fieldkit.install.install import install\n"
            "from fieldkit.install.layout import Layout\n"
            "from fieldkit.errors import DiskFull\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))\n"
            "try: install(Path(sys.argv[1]), Layout(Path(sys.argv[2])))\n"
            "except DiskFull: sys.exit(16)\n"
        )
        command = [sys.executable, "-c", code, first.media, layout.prefix]
        result = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
        assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
        assert result.returncode == 16
        assert not layout.prefix.parent.exists()


class TestNeighbours:
    def test_a_foreign_command(self, first: Built, layout: Layout) -> None:
        layout.launcher.parent.mkdir(parents=True)
        layout.launcher.symlink_to("/usr/bin/env")
        before = listing(layout.prefix)
        with pytest.raises(UsageProblem, match="not from this installer"):
            install(first.media, layout)
        assert listing(layout.prefix) == before

    def test_a_file_where_a_folder_should_be(self, first: Built, layout: Layout) -> None:
        layout.prefix.mkdir(parents=True)
        (layout.prefix / "lib").touch()
        with pytest.raises(UsageProblem, match="lib"):
            install(first.media, layout)

    @pytest.mark.parametrize("name", ['quo"te', "dol$lar", "new\nline", "per%cent"])
    def test_a_prefix_that_a_menu_entry_could_not_name(
        self, first: Built, tmp_path: Path, name: str
    ) -> None:
        with pytest.raises(UsageProblem):
            install(first.media, Layout(tmp_path / name))


class TestLock:
    def test_one_at_a_time(self, first: Built, layout: Layout) -> None:
        install(first.media, layout)
        with lock.hold(layout.lock), pytest.raises(Busy, match=str(os.getpid())):
            install(first.media, layout)
        assert not layout.lock.exists()

    def test_is_free_again_after_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / ".lock"
        with pytest.raises(ValueError, match="x"), lock.hold(path):
            raise ValueError("x")
        with lock.hold(path):
            assert (path / "owner").read_text().startswith(f"{os.getpid()} ")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("owner", ["999999999 5", "1 123456789123", "", "a b"])
    def test_a_dead_owner_is_replaced(self, tmp_path: Path, owner: str) -> None:
        path = tmp_path / ".lock"
        path.mkdir()
        (path / "owner").write_text(owner)
        with lock.hold(path):
            assert (path / "owner").read_text().startswith(f"{os.getpid()} ")
        assert list(tmp_path.iterdir()) == []


class TestUpgrade:
    def test_keeps_the_previous(self, first: Built, second: Built, layout: Layout) -> None:
        install(first.media, layout)
        install(second.media, layout)
        assert is_whole(layout.prefix, first)
        assert is_whole(layout.prefix, second)
        report = status.report(layout)
        assert (report["active"], report["previous"]) == (
            second.release.directory,
            first.release.directory,
        )

    def test_a_run_that_ended_before_the_record_is_understood(
        self, first: Built, second: Built, layout: Layout
    ) -> None:
        install(first.media, layout)
        record = layout.state.read_text()
        install(second.media, layout)
        layout.state.write_text(record)
        report = status.report(layout)
        assert (report["active"], report["previous"]) == (
            second.release.directory,
            first.release.directory,
        )

    def test_installing_again_repairs(self, first: Built, layout: Layout) -> None:
        install(first.media, layout)
        whole = listing(layout.prefix, without=VARYING)
        folder = layout.version(first.release.directory)
        (folder / "library.sqlite").write_bytes(b"rot")
        (folder / "app" / "fieldkit").chmod(0o644)
        (folder / "app" / "_internal" / "libengine.so").unlink()
        install(first.media, layout)
        assert listing(layout.prefix, without=VARYING) == whole


class TestVerify:
    def test_a_whole_installation(self, first: Built, second: Built, layout: Layout) -> None:
        install(first.media, layout)
        install(second.media, layout)
        assert verify(layout) == []

    def test_names_every_difference(self, first: Built, layout: Layout) -> None:
        install(first.media, layout)
        folder = layout.version(first.release.directory)
        (folder / "library.sqlite").write_bytes(b"rot")
        (folder / "licences" / "MIT.txt").unlink()
        (folder / "app" / "more.py").touch()
        (folder / "app" / "fieldkit").chmod(0o644)
        (folder / "app" / "_internal" / "libengine.so").unlink()
        (folder / "app" / "_internal" / "libengine.so").symlink_to("/tmp/evil.so")
        model = layout.model(first.release.model_sha256)
        content = model.read_bytes()
        model.write_bytes(b"x" + content[1:])
        (layout.models / "other.gguf").touch()
        layout.launcher.unlink()
        version = f"lib/fieldkit/versions/{first.release.directory}"
        assert verify(layout) == [
            Problem("bin/fieldkit", Kind.MISSING),
            Problem(f"lib/fieldkit/models/{model.name}", Kind.CHANGED),
            Problem("lib/fieldkit/models/other.gguf", Kind.EXTRA),
            Problem(f"{version}/app/_internal/libengine.so", Kind.CHANGED),
            Problem(f"{version}/app/fieldkit", Kind.CHANGED),
            Problem(f"{version}/app/more.py", Kind.EXTRA),
            Problem(f"{version}/library.sqlite", Kind.CHANGED),
            Problem(f"{version}/licences/MIT.txt", Kind.MISSING),
        ]

    @pytest.mark.parametrize("damage", ["rewritten", "gone", "nonsense"])
    def test_a_release_json_that_was_touched(
        self, first: Built, layout: Layout, damage: str
    ) -> None:
        install(first.media, layout)
        path = layout.version(first.release.directory) / RELEASE_FILE
        match damage:
            case "rewritten":
                path.write_text(path.read_text().replace("Acme", "Akme"))
            case "gone":
                path.unlink()
            case "nonsense":
                path.write_bytes(b"\xff\x00")
        kinds = {problem.path.rpartition("/")[2]: problem.kind for problem in verify(layout)}
        assert kinds[RELEASE_FILE] == Kind.CHANGED

    def test_nothing_installed(self, layout: Layout) -> None:
        with pytest.raises(UsageProblem, match="nothing is installed"):
            verify(layout)


class TestStatus:
    def test_tells_what_scripts_rely_on(self, first: Built, layout: Layout) -> None:
        install(first.media, layout)
        assert status.report(layout) == {
            "active": first.release.directory,
            "previous": None,
            "releases": [
                {
                    "directory": first.release.directory,
                    "damaged": False,
                    "name": "rig",
                    "version": "1.0",
                    "publisher": "Acme Drilling",
                    "created": first.release.created,
                    "identity": first.release.identity,
                    "model_sha256": first.release.model_sha256,
                    "installed_bytes": first.release.installed_bytes,
                }
            ],
            "prefix": str(layout.prefix),
        }

    def test_nothing_installed(self, layout: Layout) -> None:
        assert status.report(layout) == {
            "active": None,
            "previous": None,
            "releases": [],
            "prefix": str(layout.prefix),
        }


class TestUninstall:
    @pytest.mark.parametrize("prepared", [(), ("",), ("bin", "lib"), ("share/applications",)])
    def test_leaves_what_was_there_and_nothing_else(
        self, first: Built, second: Built, layout: Layout, tmp_path: Path, prepared: tuple[str]
    ) -> None:
        for name in prepared:
            (layout.prefix / name).mkdir(parents=True)
        before = listing(tmp_path)
        install(first.media, layout)
        install(second.media, layout)
        removed = uninstall(layout)
        assert listing(tmp_path) == before
        assert layout.launcher in removed

    def test_somebody_elses_things_stay(self, first: Built, layout: Layout) -> None:
        install(first.media, layout)
        (layout.prefix / "bin" / "other").touch()
        (layout.root / "theirs").touch()
        layout.menu_entry.write_text("[Desktop Entry]\n")
        uninstall(layout)
        assert set(listing(layout.prefix)) == {
            "bin",
            "bin/other",
            "lib",
            "lib/fieldkit",
            "lib/fieldkit/theirs",
            "share",
            "share/applications",
            "share/applications/fieldkit.desktop",
        }

    def test_what_is_purged_goes_first(self, first: Built, layout: Layout) -> None:
        install(first.media, layout)
        there: list[bool] = []
        uninstall(layout, purge=lambda: there.append(layout.launcher.is_symlink()))
        assert there == [True], "the command can be given again if it is interrupted here"
        assert not layout.root.exists()

    def test_follows_no_link_out(self, first: Built, layout: Layout, tmp_path: Path) -> None:
        install(first.media, layout)
        (tmp_path / "dear").mkdir()
        (tmp_path / "dear" / "thesis").touch()
        (layout.versions / "link").symlink_to(tmp_path / "dear")
        uninstall(layout)
        assert (tmp_path / "dear" / "thesis").exists()

    def test_nothing_installed(self, layout: Layout) -> None:
        with pytest.raises(UsageProblem):
            uninstall(layout)


class TestLocate:
    def test_a_frozen_program_knows_its_release(
        self, first: Built, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(first.media, layout)
        monkeypatch.delenv("FIELDKIT_RELEASE", raising=False)
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        monkeypatch.setattr(sys, "executable", str(layout.launcher))
        assert release_dir() == layout.version(first.release.directory)
        assert find_layout() == layout

    def test_development_names_one(
        self, first: Built, layout: Layout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(first.media, layout)
        folder = layout.version(first.release.directory)
        monkeypatch.setenv("FIELDKIT_RELEASE", str(folder))
        assert release_dir() == folder

    def test_neither_is_an_error_with_a_hint(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("FIELDKIT_RELEASE", raising=False)
        with pytest.raises(UsageProblem) as caught:
            release_dir()
        assert "FIELDKIT_RELEASE" in caught.value.hint
        monkeypatch.setenv("FIELDKIT_RELEASE", str(tmp_path))
        with pytest.raises(UsageProblem, match=r"assistant\.json"):
            release_dir()

    def test_a_prefix_that_is_given_wins(self, tmp_path: Path) -> None:
        assert find_layout(tmp_path / "x" / ".." / "y") == Layout(tmp_path / "y")
