"""What an assistant runs on, and under which terms: the model's facts and the licence texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.chat.i18n import _, figure
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
            return clean_line(
                _("This text cannot be read: {error}").format(error=error.strerror or error)
            )
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
        (_("Model"), assistant.model_name),
        (_("Quantization"), assistant.quantization),
        (
            _("Context"),
            _("{count} tokens").format(count=info.context if info else assistant.context),
        ),
        (_("Answer"), _("at most {count} tokens").format(count=assistant.max_tokens)),
        (_("Chat template"), assistant.template),
    ]
    if info is not None:
        rows += _loaded(info)
    if stats is not None and stats.completion_tokens:
        rows += [
            (
                _("Last answer"),
                _("{rate} tok/s, {count} tokens").format(
                    rate=figure(stats.decode_tps, 1), count=figure(stats.completion_tokens)
                ),
            ),
            (
                _("Last question"),
                _(
                    "first word after {seconds} s, read at {rate} tok/s,"
                    " {reused} tokens not read again"
                ).format(
                    seconds=figure(stats.ttft_s, 1),
                    rate=figure(stats.prefill_tps),
                    reused=figure(stats.reused_tokens),
                ),
            ),
        ]
    return [(name, clean_line(value)) for name, value in rows]


def _loaded(info: EngineInfo) -> list[tuple[str, str]]:
    """What is known once the engine runs."""
    return [
        (
            _("Architecture"),
            _("{name}, {count} M parameters").format(
                name=info.architecture, count=figure(info.parameters / 1e6)
            ),
        ),
        (
            _("File"),
            _("{size} MB, loaded in {seconds} s").format(
                size=figure(info.model_bytes / 1e6), seconds=figure(info.load_s, 1)
            ),
        ),
        (_("Processor code"), info.variant or _("the usual")),
        (
            _("Threads"),
            _("{decode} for answers, {prefill} for reading").format(
                decode=info.settings.decode_threads, prefill=info.settings.prefill_threads
            ),
        ),
    ]
