"""The verdict of a probe in 20 characters that can be said over a radio and typed in again.

17 characters carry 85 bits, three check them (``core/checkdigits.py``). From the highest bit:

    bits  field
    3     format version, 1
    5     8 x verdict (fits, tight, unfit) + 4 x measured + power (mains, battery, saver, unknown)
    18    model: the first bits of the SHA-256 of its name and quantization
    8     decode, 8 prefill, 8 TTFT: logarithmic, steps of 4 %
    8     memory needed, 8 available, 8 in all: logarithmic, steps of 3.5 %
    6     usable cores, 63 and more as 63
    5     CPU variant, from ``VARIANTS``

A figure that is not known is 0. A logarithmic figure i stands for ``lowest x step^(i - 1)``, so
what is read back is at most half a step off, except at the ends of the scale.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fieldkit.core import checkdigits
from fieldkit.core.fit import MIB
from fieldkit.errors import UsageProblem

VERSION = 1
LENGTH = 20
GROUP = 4
VERDICTS = ("fits", "tight", "unfit")
POWER_STATES = ("mains", "battery", "saver", "unknown")
# The variants llama.cpp builds; codes on paper hold an index, so names are only ever appended.
VARIANTS = (
    "x64", "sse42", "sandybridge", "ivybridge", "piledriver", "haswell", "skylakex", "cannonlake",
    "cascadelake", "icelake", "cooperlake", "zen4", "alderlake", "sapphirerapids",
    "apple_m1", "apple_m2_m3", "apple_m4",
    "armv8.0_1", "armv8.2_1", "armv8.2_2", "armv8.2_3", "armv8.6_1", "armv8.6_2", "armv9.2_1",
    "armv9.2_2",
)  # fmt: skip
MODEL_BITS = 18
MAX_CORES = 63
_HINT = "Ask for the code again, group by group: fieldkit probe --spell shows it in words."


@dataclass(frozen=True, slots=True)
class Scale:
    """255 values from ``lowest``, each ``step`` times the one before; 0 is unknown."""

    lowest: float
    step: float

    @property
    def highest(self) -> float:
        """The largest value of the scale."""
        return self.lowest * self.step**254

    def pack(self, value: float | None) -> int:
        """The nearest index; what lies outside goes to the end, what is no number is unknown."""
        if value is None or math.isnan(value):
            return 0
        inside = min(max(value, self.lowest), self.highest)
        return 1 + round(math.log(inside / self.lowest, self.step))

    def unpack(self, index: int) -> float | None:
        """The value at ``index``."""
        return self.lowest * self.step ** (index - 1) if index else None

    def bound(self, value: float) -> str:
        """Words to put before a value read back: at an end of the scale it is only a bound."""
        index = self.pack(value)
        return {1: "at most ", 255: "at least "}.get(index, "")


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "decode_tps": Scale(0.1, 1.04),  # to 2119 token/s
        "prefill_tps": Scale(1.0, 1.04),  # to 21193 token/s
        "ttft_s": Scale(0.02, 1.04),  # to 424 s
        "memory_bytes": Scale(64 * MIB, 1.035),  # to 390 GiB
        "memory_available": Scale(64 * MIB, 1.035),
        "memory_total": Scale(64 * MIB, 1.035),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a code tells. Rates are in token/s, times in seconds, sizes in bytes; None is unknown.

    ``model`` is ``model_hash`` of the model; the figures were ``measured`` or are predicted.
    """

    verdict: str
    measured: bool
    power: str
    model: int
    decode_tps: float | None = None
    prefill_tps: float | None = None
    ttft_s: float | None = None
    memory_bytes: float | None = None
    memory_available: float | None = None
    memory_total: float | None = None
    cores: int | None = None
    variant: str | None = None


def model_hash(name: str, quantization: str) -> int:
    """A short number for a model; case and spacing do not matter.

    Among a hundred models, two share a number with a probability of 2 %.
    """
    words = " ".join(f"{name} {quantization}".casefold().split())
    digest = hashlib.sha256(words.encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - MODEL_BITS)


def encode(summary: Summary) -> str:
    """The code of ``summary``: five groups of four characters with dashes between them."""
    status = VERDICTS.index(summary.verdict) * 8 + summary.measured * 4
    status += POWER_STATES.index(summary.power)
    fields = [(VERSION, 3), (status, 5), (summary.model, MODEL_BITS)]
    fields += [(scale.pack(getattr(summary, name)), 8) for name, scale in SCALES.items()]
    variant = VARIANTS.index(summary.variant) + 1 if summary.variant in VARIANTS else 0
    fields += [(min(max(summary.cores or 0, 0), MAX_CORES), 6), (variant, 5)]
    number = 0
    for value, bits in fields:
        number = number << bits | value
    count = LENGTH - checkdigits.CHECKS
    shifts = range((count - 1) * checkdigits.BITS, -1, -checkdigits.BITS)
    return _grouped(checkdigits.append_checks([number >> shift & 31 for shift in shifts]))


def decode(text: str) -> Summary:
    """What the code ``text`` tells; lower case, O for 0, I or L for 1, spaces for dashes will do.

    Raises UsageProblem, with the group that is wrong where that can be told.
    """
    code = _checked(text)
    number = 0
    for value in checkdigits.values(code):
        number = number << checkdigits.BITS | value

    def take(bits: int) -> int:
        nonlocal number
        number, value = number >> bits, number & (1 << bits) - 1
        return value

    variant, cores = take(5), take(6)
    figures = {name: scale.unpack(take(8)) for name, scale in reversed(list(SCALES.items()))}
    model, status, version = take(MODEL_BITS), take(5), take(3)
    if version != VERSION or status >= 8 * len(VERDICTS):
        raise UsageProblem(
            f"{_grouped(code)} is not a code of this version of fieldkit",
            hint="Explain it with the version of fieldkit that made it, or a newer one.",
        )
    return Summary(
        verdict=VERDICTS[status // 8],
        measured=bool(status & 4),
        power=POWER_STATES[status & 3],
        model=model,
        cores=cores or None,
        variant=VARIANTS[variant - 1] if 1 <= variant <= len(VARIANTS) else None,
        **figures,
    )


def spell(text: str) -> list[str]:
    """A line for each group of the code ``text``: its characters and the words to say them by."""
    code = _checked(text)
    groups = [code[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return [f"{group}  {checkdigits.spell(group)}" for group in groups]


def _checked(text: str) -> str:
    """The characters of a code that agrees with its check characters."""
    groups, strange = checkdigits.canonical(text)
    if strange:
        letters = ", ".join(dict.fromkeys(strange))
        raise UsageProblem(f"no code has these characters in it: {letters}", hint=_HINT)
    code = "".join(groups)
    if len(code) != LENGTH:
        raise UsageProblem(_length_problem(groups), hint=_HINT)
    if not checkdigits.is_valid(code):
        raise UsageProblem(_value_problem(code), hint=_HINT)
    return code


def _length_problem(groups: list[str]) -> str:
    length = sum(map(len, groups))
    problem = f"the code has {length} characters and not {LENGTH}"
    odd = [
        f"group {number} has {len(group)}"
        for number, group in enumerate(groups, 1)
        if len(group) != GROUP
    ]
    if len(groups) > 1 and odd:
        problem += f": {', '.join(odd)}"
    return problem


def _value_problem(code: str) -> str:
    wrong = checkdigits.misread(code)
    if wrong is None:
        return f"{_grouped(code)}: more than one character is wrong, or two have changed places"
    group, place = divmod(wrong.index, GROUP)
    return (
        f"{_grouped(code)}: group {group + 1} is wrong, most likely in character {place + 1}, "
        f"which would be {wrong.right}"
    )


def _grouped(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
