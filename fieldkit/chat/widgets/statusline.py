"""The status line: what the assistant is doing, and what it runs on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.content import Content
from textual.widget import Widget

from fieldkit.chat.battery import charge
from fieldkit.chat.i18n import _, figure
from fieldkit.core.battery import Battery
from fieldkit.core.text import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the line says. ``tps`` and ``used`` are 0 until something was generated.

    ``note`` is what goes on in the background; ``saving`` tells that the battery is saved.
    """

    state: str = "starting"
    note: str = ""
    battery: Battery | None = None
    saving: bool = False
    tone: str = "busy"
    model: str = ""
    tps: float = 0.0
    used: int = 0
    total: int = 0


class StatusLine(Widget):
    """One line that keeps what matters most when the terminal is narrow."""

    def __init__(self, status: Status, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.status = status

    def change(self, **changes: object) -> None:
        """Change some of what is shown."""
        before = self.status
        self.status = replace(before, **changes)  # type: ignore[arg-type]  # checked by Status
        if self.status == before:
            return
        for tone in ("busy", "ready", "failed"):
            self.set_class(self.status.tone == tone, f"-{tone}")
        self.refresh()

    def render(self) -> Content:
        """Lay the line out for the present width."""
        return layout(self.status, self.content_size.width, self._tone_style())

    def _tone_style(self) -> str:
        return {"busy": "$warning", "failed": "bold $error"}.get(self.status.tone, "$success")


def layout(status: Status, width: int, tone: str = "") -> Content:
    """Fit ``status`` into ``width`` cells: the least important fact goes first."""
    state = f"● {clean_line(status.state)}"
    for note in _notes(status):
        for facts in _variants(status):
            right = " · ".join(facts)
            gap = width - len(state) - len(note) - len(right)
            if gap >= 2 and (facts or not note):
                return Content.assemble((state, tone), (note, "dim"), " " * gap, (right, "dim"))
    return Content.styled(state[:width], tone)


def _notes(status: Status) -> list[str]:
    note = clean_line(status.note)
    return [f" · {note}", ""] if note else [""]


def _variants(status: Status) -> list[list[str]]:
    """The facts at the right, from all of them to the one that is never left out."""
    model = clean_line(status.model)
    tps = [_("{rate} tok/s").format(rate=figure(status.tps, 1))] if status.tps else []
    figures = f"{status.used}/{status.total}"
    meter = [_("context {figures}").format(figures=figures)] if status.total else []
    drawn = f"{_bar(status.used, status.total)} {figures}"
    bar = [_("context {figures}").format(figures=drawn)]
    offline = [_("offline")]
    named = [model] if model else []
    whole, power = _battery(status, whole=True), _battery(status, whole=False)
    return [
        [*named, *tps, *(bar if meter else []), *whole, *offline],
        [*named, *tps, *meter, *whole, *offline],
        [*tps, *meter, *whole, *offline],
        [*tps, *meter, *power, *offline],
        [*meter, *power, *offline],
        # What is saved explains slow and short answers: it stays longer than the meter.
        [*(power if status.saving else meter), *offline],
        offline,
        [],
    ]


def _battery(status: Status, *, whole: bool) -> list[str]:
    """The charge, if there is a battery; ``whole``: also whether it is plugged in."""
    percent = charge(status.battery) if status.battery is not None else ""
    if status.saving:
        return [_("saving battery {percent}").format(percent=percent).strip()]
    if status.battery is None:
        return []
    if whole and status.battery.on_mains:
        return [_("battery {percent}, plugged in").format(percent=percent)]
    return [_("battery {percent}").format(percent=percent)]


def _bar(used: int, total: int, width: int = 8) -> str:
    full = min(width, round(width * used / total)) if total else 0
    return "━" * full + "─" * (width - full)
