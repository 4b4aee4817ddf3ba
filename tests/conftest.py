"""What holds for every test: its own home, data and cache, and no network."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from fieldkit import resources
from fieldkit.chat import i18n
from fieldkit.packager.engine import ensure_engine
from tests import network
from tests.deployment import make_cache

_OURS = (
    "FIELDKIT_CACHE_DIR", "FIELDKIT_DATA_DIR", "FIELDKIT_ENGINE", "FIELDKIT_ENGINE_LOG",
    "FIELDKIT_LANGUAGE", "FIELDKIT_RELEASE",
)  # fmt: skip
_HOMES = (
    "HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "XDG_DATA_HOME", "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME", "XDG_STATE_HOME",
)  # fmt: skip

# A loaded machine is slow; what failed once is not remembered from run to run.
hypothesis.settings.register_profile("fieldkit", deadline=None, database=None)
hypothesis.settings.load_profile("fieldkit")

network.install()

# Started in the background of a script, the tests inherit that Ctrl-C is ignored, and so would
# every program that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest in one piece, so that nobody waits for it alone at the end."""
    items.sort(key=lambda item: "test_wall.py" not in item.nodeid)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    network.forget()
    yield
    assert not network.touched(), "the test opened a network socket"


@pytest.fixture(autouse=True, scope="session")
def _away_from_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in _OURS:
            patch.delenv(name, raising=False)
        for name in _HOMES:
            patch.setenv(name, str(home))
        patch.setenv("FIELDKIT_CACHE_DIR", str(make_cache(home / "cache")))
        patch.setenv("FIELDKIT_LANGUAGE", "en")
        patch.setenv("FIELDKIT_NO_TUNE", "1")
        patch.setenv("PIP_NO_INDEX", "1")
        yield


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    yield
    i18n.use(i18n.SOURCE)


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of the portable engine, built on first use (which needs pip's index)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PIP_NO_INDEX")
        return ensure_engine()


@pytest.fixture(scope="session")
def demo_model() -> Path:
    """The F16 model that fieldkit carries."""
    return resources.folder("build") / "demo-model" / "fieldkit-demo-f16.gguf"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    folder = make_cache(tmp_path / "cache")
    monkeypatch.setenv("FIELDKIT_CACHE_DIR", str(folder))
    return folder
