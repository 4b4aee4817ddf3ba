"""What an assistant runs on, and under which terms: the model's facts and the licence texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.generation import EngineInfo, Stats
from fieldkit.core.release import Assistant
from fieldkit.core.text import clean, clean_line

LICENCES = "licences"
_MOST_BYTES = 1 << 20  # of one text
_MODEL = ("MODEL", "ADAPTER")


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence text of the release; ``name`` says what it is for."""

    name: str
    path: Path

    def text(self) -> str:
        """The text, sanitized; a line that says so where it cannot be read."""
        try:
            with self.path.open("rb") as file:
                content = file.read(_MOST_BYTES)
        except OSError as error:
            return clean_line(f"This text cannot be read: {error.strerror or error}")
        return clean(content.decode("utf-8", "replace").replace("\r\n", "\n")).strip()


def licences(release_dir: Path | None) -> tuple[Licence, ...]:
    """The texts in the release's ``licences/`` folder, the model's first; none in a checkout."""
    if release_dir is None:
        return ()
    try:
        paths = [path for path in (release_dir / LICENCES).iterdir() if path.suffix == ".txt"]
    except OSError:
        return ()
    paths.sort(key=lambda path: (not path.stem.startswith(_MODEL), path.name.casefold()))
    return tuple(Licence(clean_line(path.stem), path) for path in paths)


def facts(
    assistant: Assistant, info: EngineInfo | None, stats: Stats | None
) -> Sequence[tuple[str, str]]:
    """Name and value of what is known of the model; ``info`` and ``stats`` once there are any."""
    rows = [
        ("Model", assistant.model_name),
        ("Quantization", assistant.quantization),
        ("Context", f"{info.context if info else assistant.context} tokens"),
        ("Answer", f"at most {assistant.max_tokens} tokens"),
        ("Chat template", assistant.template),
    ]
    if info is not None:
        threads = info.settings.decode_threads, info.settings.prefill_threads
        rows += [
            ("Architecture", f"{info.architecture}, {info.parameters / 1e6:,.0f} M parameters"),
            ("File", f"{info.model_bytes / 1e6:,.0f} MB, loaded in {info.load_s:.1f} s"),
            ("Processor code", info.variant or "the usual"),
            ("Threads", "{} for answers, {} for reading".format(*threads)),
        ]
    if stats is not None and stats.completion_tokens:
        rows += [
            ("Last answer", f"{stats.decode_tps:.1f} tok/s, {stats.completion_tokens} tokens"),
            ("Last question", f"first word after {stats.ttft_s:.1f} s, {_read(stats)}"),
        ]
    return [(name, clean_line(value)) for name, value in rows]


def _read(stats: Stats) -> str:
    return f"read at {stats.prefill_tps:.0f} tok/s, {stats.reused_tokens} tokens not read again"
