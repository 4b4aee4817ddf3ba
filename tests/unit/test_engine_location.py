"""Where the engine is looked for, and that only a portable one is bundled."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fieldkit.engine import location
from fieldkit.errors import InvalidInput
from fieldkit.packager.engine import require_portable


@pytest.fixture(autouse=True)
def _one_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")


def make(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("libllama.so", "libggml.so", *names):
        (folder / name).touch()
    return folder


PORTABLE = ("libggml-cpu-x64.so", "libggml-cpu-haswell.so", "libggml-cpu-zen4.so")


def test_the_variants_of_a_portable_engine_are_named(tmp_path: Path) -> None:
    engine = make(tmp_path / "engine", *PORTABLE)
    assert location.variants(engine) == ("haswell", "x64", "zen4")
    require_portable(engine)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("libggml-cpu.so",), "no CPU variants"),
        ((), "no CPU variants"),
        (("libggml-cpu-x64.so",), "CPU variants x64"),
        (("libggml-cpu-haswell.so", "libggml-cpu-zen4.so"), "CPU variants haswell, zen4"),
    ],
)
def test_a_native_engine_is_refused_with_the_command_that_mends_it(
    names: tuple[str, ...], found: str, tmp_path: Path
) -> None:
    engine = make(tmp_path / "native", *names)
    with pytest.raises(InvalidInput, match=f"no portable engine: {found}") as caught:
        require_portable(engine)
    assert "illegal instruction" in caught.value.hint
    assert caught.value.hint.endswith("fieldkit engine")


def test_an_engine_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no portable engine"):
        require_portable(tmp_path / "none")


def test_a_checkout_s_engine_is_in_the_cache(cache: Path) -> None:
    (cache / "engine").unlink()
    with pytest.raises(InvalidInput, match="no portable engine") as caught:
        location.find_engine()
    assert caught.value.hint.endswith("fieldkit engine")
    assert location.revision() == ""
    engine = make(cache / "engine" / location.engine_key(), *PORTABLE)
    assert location.find_engine() == engine
    (engine / "ENGINE.txt").write_text("llama-cpp-python 9.9\nsha256 1\n")
    assert location.revision() == "llama-cpp-python 9.9"


def test_a_variable_names_another_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make(tmp_path / "native", "libggml-cpu-native.so")
    monkeypatch.setenv("FIELDKIT_ENGINE", str(engine))
    assert location.find_engine() == engine


def test_a_release_takes_no_engine_but_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make(tmp_path / "other", *PORTABLE)
    own = make(tmp_path / "bundle" / "engine", *PORTABLE)
    monkeypatch.setenv("FIELDKIT_ENGINE", str(other))
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert location.find_engine() == own


def test_a_platform_without_a_recipe_says_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(InvalidInput, match="linux-riscv64") as caught:
        location.engine_key()
    assert "linux-riscv64.toml" in caught.value.hint


def test_a_changed_recipe_is_another_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = location.engine_key()
    (tmp_path / "engine").mkdir()
    text = location.recipe().read_text(encoding="utf-8")
    (tmp_path / "engine" / "linux-x86_64.toml").write_text(text + "# changed\n", encoding="utf-8")
    monkeypatch.setattr("fieldkit.resources.folder", lambda _name: tmp_path)
    assert location.engine_key() != before
