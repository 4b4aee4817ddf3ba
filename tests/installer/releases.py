"""Small releases with a stand-in for the assistant, and what their tests look at."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.release import Assistant, Release
from fieldkit.install.layout import Layout
from fieldkit.install.verify import check_version, matches
from fieldkit.packager.installer import write_run
from fieldkit.packager.media import ReleaseFacts, write_media

TITLE = "Rig Assistant"
FACTS = ReleaseFacts(
    name="rig",
    version="1.0",
    publisher="Acme Drilling",
    fieldkit="0.1.0",
    engine="0.3.36",
    memory_bytes=50_000_000,
    licence="MIT",
)

# Answers the self-test as its environment says, so that a test can make it fail or wait.
ASSISTANT = """#!/bin/sh
if [ "$1" = selftest ]; then
    if [ -n "${FAKE_WAIT:-}" ]; then
        echo waiting >"$FAKE_WAIT.reached"
        while [ ! -e "$FAKE_WAIT" ]; do sleep 0.02; done
    fi
    here=${0%/*}
    for model in "$here"/../../../models/*.gguf; do [ -f "$model" ] || exit 14; done
    echo "self-test of VERSION"
    exit "${FAKE_OUTCOME:-0}"
fi
echo "assistant VERSION"
"""

# The commands of coreutils that a minimal system has; nothing else but sh is in the tests' PATH.
COREUTILS_NAMES = """
[ basename cat chgrp chmod chown cksum comm cp cut date dd df dirname du echo env expr false head id
install join link ln ls md5sum mkdir mkfifo mktemp mv nice nohup nproc od paste printenv printf pwd
readlink realpath rm rmdir seq sha256sum sleep sort split stat stty sum sync tail tee test timeout
touch tr true truncate tty uname uniq unlink wc who yes
"""


@dataclass(frozen=True)
class Built:
    """A release as IT has it: the media folder and the single-file installer."""

    media: Path
    run: Path
    release: Release

    @property
    def scripts(self) -> tuple[Path, Path]:
        return self.run, self.media / "install.sh"


def stage_tree(tree: Path, version: str, model_sha256: str) -> Path:
    """A version tree as freezing leaves it, with names and links that are easy to get wrong."""
    app = tree / "app"
    (app / "_internal" / "deep er" / "x").mkdir(parents=True)
    (tree / "licences").mkdir()
    (app / "fieldkit").write_text(ASSISTANT.replace("VERSION", version))
    (app / "fieldkit").chmod(0o755)
    dice = random.Random(version)
    library = app / "_internal" / "libengine.so.1"
    library.write_bytes(dice.randbytes(350_000))
    library.chmod(0o755)
    (app / "_internal" / "libengine.so").symlink_to("libengine.so.1")
    (app / "_internal" / "deep er" / "up.so").symlink_to("../libengine.so")
    (app / "_internal" / "deep er" / "x" / "it's $HOME `a` é.txt").write_text("quoted")
    (app / "_internal" / "-n").write_text("like an option")
    (app / "_internal" / "empty").touch()
    (tree / "licences" / "MIT.txt").write_text("MIT")
    (tree / "library.sqlite").write_bytes(dice.randbytes(20_000))
    assistant = Assistant(
        name=TITLE,
        language="en",
        system_prompt="Answer from the manuals.",
        examples=("What is the torque?",),
        model=f"../../models/{model_sha256}.gguf",
        model_name="tiny",
        quantization="Q4_K_M",
        template="phi3",
        context=1024,
        max_tokens=128,
        library="library.sqlite",
        passages=3,
        passage_tokens=400,
        evidence_only=True,
    )
    (tree / "assistant.json").write_text(assistant.to_json())
    return tree


def build(
    folder: Path,
    version: str = "1.0",
    *,
    model_seed: int = 0,
    model_bytes: int = 700_000,
    **facts: object,
) -> Built:
    """A release whose model is split over blobs and whose files share some."""
    folder.mkdir(parents=True)
    model = folder / "model.gguf"
    model.write_bytes(random.Random(model_seed).randbytes(model_bytes))
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest()
    tree = stage_tree(folder / "tree", version, sha256)
    release = write_media(
        tree,
        model,
        replace(FACTS, version=version, **facts),  # type: ignore[arg-type]
        folder / "media",
        blob_bytes=300_000,
        large_bytes=100_000,
    )
    return Built(folder / "media", write_run(folder / "media", release, TITLE, folder), release)


def listing(folder: Path, *, without: tuple[str, ...] = ()) -> dict[str, tuple[object, ...]]:
    """Everything below a folder: kind, mode, and content by hash."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in without:
            continue
        mode = path.lstat().st_mode
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", mode)
        else:
            found[name] = ("file", mode, hashlib.sha256(path.read_bytes()).hexdigest())
    return found


def active(prefix: Path) -> str:
    """The version folder that ``current`` points at, or nothing."""
    link = Layout(prefix).current
    return str(link.readlink()).removeprefix("versions/") if link.is_symlink() else ""


def is_whole(prefix: Path, built: Built) -> bool:
    """Whether this release and its model are there, byte by byte."""
    layout, release = Layout(prefix), built.release
    folder = layout.version(release.directory)
    return (
        folder.is_dir()
        and not list(check_version(folder, release))
        and matches(layout.model(release.model_sha256), release.model.size, release.model_sha256)
    )


def says(prefix: Path) -> str:
    """What the installed command prints."""
    command = [prefix / "bin" / "fieldkit"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def toolbox(folder: Path) -> Path:
    """A folder with dash as sh, coreutils and nothing else."""
    folder.mkdir()
    for name in COREUTILS_NAMES.split():
        for place in ("/usr/bin", "/bin"):
            if os.path.lexists(f"{place}/{name}"):
                (folder / name).symlink_to(f"{place}/{name}")
                break
    (folder / "sh").symlink_to("/bin/sh")
    return folder
