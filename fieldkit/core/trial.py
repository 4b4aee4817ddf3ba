"""Two settings of the engine compared in turns: the runs, what is gained, and who wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from fieldkit.core.settings import Settings
from fieldkit.errors import InvalidInput

# What a technician waits for: a manual-backed question is read, then a paragraph is answered.
PROMPT_TOKENS, ANSWER_TOKENS = 800, 150
TURNS = "ABBA"  # A is the champion, B the challenger
CLEARLY = 0.03  # a challenger must save this share of the time
_HOPELESS = 0.25  # one that loses this share in its first turn gets no second one

Part = Literal["prefill_s", "decode_s", "wait_s"]


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run: seconds to read PROMPT_TOKENS, and to decode ANSWER_TOKENS after them."""

    prefill_s: float
    decode_s: float

    @property
    def wait_s(self) -> float:
        """Until the answer stands there."""
        return self.prefill_s + self.decode_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A comparison of two settings; ``seconds`` is what it took."""

    champion: Settings
    challenger: Settings
    champion_runs: tuple[Run, ...] = ()
    challenger_runs: tuple[Run, ...] = ()
    seconds: float = 0.0

    def plus(self, run: Run, *, challenger: bool, seconds: float) -> Trial:
        """The trial with one more run, which took ``seconds`` with all that it needed."""
        seconds += self.seconds
        if challenger:
            return replace(self, challenger_runs=(*self.challenger_runs, run), seconds=seconds)
        return replace(self, champion_runs=(*self.champion_runs, run), seconds=seconds)

    def gain(self, part: Part = "wait_s") -> float:
        """The share of the champion's time that the challenger saves, negative when it is slower.

        With four runs or more the slowest of each side is left out: disturbances only slow down.
        """
        before = self._times(self.champion_runs, part)
        after = self._times(self.challenger_runs, part)
        if not before or not after:
            return 0.0
        mean = sum(before) / len(before)
        return 1 - sum(after) / len(after) / mean if mean > 0 else 0.0

    def wins(self, part: Part = "wait_s") -> bool:
        """Whether the challenger is clearly better: by more than 3 %, and by more than the noise.

        Beyond the noise means that its slowest run was faster than the champion's fastest.
        """
        if len(self.challenger_runs) < 2 or self.gain(part) <= CLEARLY:
            return False
        after = self._times(self.challenger_runs, part)
        return max(after) < min(self._times(self.champion_runs, part))

    @property
    def hopeless(self) -> bool:
        """Whether the challenger lost its first turn by so much that it needs no second one."""
        if (len(self.champion_runs), len(self.challenger_runs)) != (1, 1):
            return False
        return all(self.gain(part) < -_HOPELESS for part in self._parts)

    @property
    def undecided(self) -> bool:
        """Whether the challenger may yet win: its best run says so, the others not clearly."""
        return len(self.challenger_runs) > 1 and any(
            self._best_gain(part) > CLEARLY and not self.wins(part) for part in self._parts
        )

    def _best_gain(self, part: Part) -> float:
        before = self._times(self.champion_runs, part)[0]
        return 1 - self._times(self.challenger_runs, part)[0] / before

    @property
    def _parts(self) -> tuple[Part, ...]:
        return ("prefill_s", "decode_s") if self.threads_only else ("wait_s",)

    @property
    def runs(self) -> int:
        """How many runs were made."""
        return len(self.champion_runs) + len(self.challenger_runs)

    @property
    def threads_only(self) -> bool:
        """Whether only numbers of threads differ, which act on each kind of work by itself."""
        return self.changed.keys() <= {"decode_threads", "prefill_threads"}

    @property
    def changed(self) -> dict[str, Any]:
        """The settings in which the challenger differs."""
        old, new = self.champion.to_dict(), self.challenger.to_dict()
        return {name: value for name, value in new.items() if value != old[name]}

    @staticmethod
    def _times(runs: Sequence[Run], part: Part) -> list[float]:
        times = sorted(getattr(run, part) for run in runs)
        return times[:-1] if len(times) >= len(TURNS) else times

    def to_dict(self) -> dict[str, Any]:
        """The trial as plain data for JSON."""
        return {
            "champion": self.champion.to_dict(),
            "challenger": self.challenger.to_dict(),
            "champion_runs": [[run.prefill_s, run.decode_s] for run in self.champion_runs],
            "challenger_runs": [[run.prefill_s, run.decode_s] for run in self.challenger_runs],
            "seconds": self.seconds,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Trial:
        """The inverse of ``to_dict``; raises InvalidInput for anything else."""
        try:
            return cls(
                champion=Settings.from_dict(data["champion"]),
                challenger=Settings.from_dict(data["challenger"]),
                champion_runs=_runs(data["champion_runs"]),
                challenger_runs=_runs(data["challenger_runs"]),
                seconds=float(data["seconds"]),
            )
        except (TypeError, KeyError, ValueError) as error:
            raise InvalidInput(f"not a trial of settings: {error}") from error


def _runs(data: Sequence[Sequence[float]]) -> tuple[Run, ...]:
    runs = tuple(Run(float(prefill), float(decode)) for prefill, decode in data)
    if not runs or any(not (run.prefill_s > 0 and run.decode_s > 0) for run in runs):
        raise ValueError("times are positive numbers")
    return runs
