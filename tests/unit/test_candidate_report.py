"""``fieldkit candidates``: what its options ask for, its JSON, its text and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from fieldkit import cli
from fieldkit.core.fit import GIB
from fieldkit.core.gate import Thresholds
from fieldkit.core.guide import CASES
from fieldkit.core.selection import Constraints
from fieldkit.errors import EngineFailure, ExitCode
from fieldkit.machine.energy import Meter
from fieldkit.packager import choice_speed, choose
from fieldkit.packager.choice_asked import Asked, asked
from fieldkit.packager.choice_report import report
from fieldkit.packager.choice_speed import predictor, unmeasured
from fieldkit.packager.choice_table import format_report
from fieldkit.probe.subject import Prediction, Subject
from fieldkit.probe.wattage import Wattage
from tests.choosing import chosen, machine, speeds

PROFILE = """
[assistant]
name = "Ridge Assistant"
language = "en-GB"
system_prompt = "Four score"

[model]
candidate = "phi-3-mini-4k"
quantization = "Q4_0"
context = 2048
max_tokens = 256

[library]
manuals = ["manuals"]
passage_tokens = 600

[target]
ram_gib = 8
disk_gib = 5

[gates]
min_decode_tps = 6
max_ttft_s = 20
max_memory_gib = 4.5
licences = ["MIT", "Apache-2.0"]
min_months_since_release = 12

[licence]
gated = false

[release]
version = "1.0.0"
publisher = "Northern Ridge Drilling"
"""


@pytest.fixture
def profile(tmp_path: Path) -> str:
    folder = tmp_path / "rig"
    (folder / "manuals").mkdir(parents=True)
    (folder / "profile.toml").write_text(PROFILE, encoding="utf-8")
    return str(folder)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Run ``fieldkit candidates`` on a laptop of 16 GiB; its exit code, stdout and stderr."""
    monkeypatch.setattr(choose, "this_machine", machine)
    monkeypatch.setattr(
        choice_speed, "predictor", lambda _facts, _say: speeds(gb_per_s=40, watts=25)
    )

    def call(*words: str) -> tuple[int, str, str]:
        status = cli.main(["candidates", *words])
        return status, *capsys.readouterr()

    return call


def wanted(*words: str) -> Asked:
    return asked(cli.build_parser().parse_args(["candidates", *words]))


# Options


def test_without_options_nothing_is_asked() -> None:
    assert wanted() == Asked(constraints=Constraints())


def test_options_become_constraints() -> None:
    found = wanted(
        "--ram", "8", "--min-tps", "5", "--max-ttft", "12.5", "--context", "8192",
        "--language", "en", "ja", "--licence", "MIT", "Apache-2.0", "--commercial",
        "--no-user-threshold", "--no-output-limits", "--no-gated", "--min-months", "6",
        "--task", "multilingual", "--prefer", "speed",
    )  # fmt: skip
    assert found.constraints == Constraints(
        ram_gib=8,
        limits=Thresholds(min_decode_tps=5, max_ttft_s=12.5),
        context=8192,
        languages=("en", "ja"),
        licences=("MIT", "Apache-2.0"),
        commercial=True,
        user_threshold=False,
        output_limits=False,
        gated=False,
        min_months=6,
        task="multilingual",
        prefer="speed",
    )


def test_a_profile_gives_its_target_its_gates_and_its_licence_policy(profile: str) -> None:
    found = wanted("--profile", profile)
    assert found.quantization == "Q4_0"
    assert found.question == 600 + len("Four score") // 4
    assert found.constraints == Constraints(
        context=2048,
        languages=("en",),
        licences=("MIT", "Apache-2.0"),
        commercial=True,
        user_threshold=False,
        output_limits=False,
        gated=False,
        min_months=12,
        ram_gib=8,
        disk_gib=5,
        limits=Thresholds(min_decode_tps=6, max_ttft_s=20, max_memory_gib=4.5),
    )


def test_an_option_beats_the_profile_it_is_added_to(profile: str) -> None:
    found = wanted("--profile", profile, "--ram", "16", "--min-tps", "9", "--language", "de")
    assert found.constraints.ram_gib == 16
    assert found.constraints.languages == ("de",)
    assert found.constraints.limits == Thresholds(
        min_decode_tps=9, max_ttft_s=20, max_memory_gib=4.5
    )


def test_a_case_is_its_constraints() -> None:
    assert wanted("--case", "edge").constraints == CASES["edge"].constraints
    more = wanted("--case", "edge", "--max-ttft", "9").constraints
    assert more.limits == Thresholds(min_decode_tps=10, max_ttft_s=9)


@pytest.mark.parametrize(
    "words",
    [
        ("--ram", "0"),
        ("--context", "-1"),
        ("--task", "poetry"),
        ("--profile", "x", "--case", "edge"),
        ("--language",),
    ],
)
def test_what_makes_no_sense_is_a_mistake_of_usage(
    words: tuple[str, ...], run: Callable[..., tuple[int, str, str]]
) -> None:
    assert run(*words)[0] == ExitCode.USAGE


# The JSON


def keys(data: Any) -> Any:
    return {key: keys(value) for key, value in data.items()} if isinstance(data, dict) else None


def test_the_json_has_the_fields_that_scripts_rely_on() -> None:
    choice = chosen(Constraints(commercial=True), predict=speeds(gb_per_s=40, watts=25))
    found = json.loads(json.dumps(report(choice, price_per_kwh=0.3)))
    facts = dict.fromkeys(
        (
            "name", "model", "publisher", "repository", "licence", "released", "context",
            "languages", "tasks", "good_for",
        )
    )  # fmt: skip
    figures = dict.fromkeys(
        ("decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s", "memory_bytes")
    )
    assert keys(found) == {
        "constraints": dict.fromkeys(
            (
                "context", "languages", "task", "licences", "commercial", "user_threshold",
                "output_limits", "gated", "min_months", "ram_gib", "disk_gib", "prefer",
                "min_decode_tps", "max_ttft_s", "max_memory_gib", "price_per_kwh",
            )
        ),
        "machine": dict.fromkeys(("cpu", "memory_total", "memory_available", "simulated")),
        "quantization": None,
        "order": {"by": None, "notes": None},
        "candidates": None,
        "rejected": None,
    }  # fmt: skip
    assert keys(found["candidates"][0]) == {
        **facts,
        "parameters": None,
        "predicted": {**figures, "error_band": figures},
        "answer": dict.fromkeys(("prompt_tokens", "answer_tokens", "seconds", "energy_j", "cost")),
        "figure": dict.fromkeys(("benchmark", "value", "source")),
        "verdict": None,
        "reasons": None,
        "doubts": None,
        "note": None,
    }
    gone = next(one for one in found["rejected"] if one["name"] == "qwen2.5-3b")
    assert keys(gone) == {**facts, "stage": None, "felled_by": None, "failures": None}
    assert (gone["stage"], gone["felled_by"]) == ("policy", "commercial")
    assert list(gone["failures"][0]) == ["constraint", "limit", "value", "reason"]
    names = [one["name"] for one in [*found["candidates"], *found["rejected"]]]
    assert sorted(names) == sorted(choose.catalog())


def test_an_answer_has_its_seconds_its_energy_and_its_price() -> None:
    choice = chosen(
        Constraints(), among=["phi-3-mini-4k"], predict=speeds(gb_per_s=40, tflops=0.5, watts=25)
    )
    (entry,) = report(choice, price_per_kwh=0.36)["candidates"]
    predicted, answer = entry["predicted"], entry["answer"]
    seconds = predicted["ttft_s"] + 150 / predicted["decode_tps"]
    assert answer["seconds"] == pytest.approx(seconds, rel=0.02)
    assert answer["energy_j"] == pytest.approx(25 * seconds, rel=0.02)
    assert answer["cost"] == pytest.approx(answer["energy_j"] * 1e-7, rel=0.02)


def test_what_is_not_known_is_null_and_never_zero() -> None:
    choice = chosen(Constraints(), among=["mixtral-8x7b"], predict=unmeasured, on=machine(64, 64))
    (entry,) = report(choice, price_per_kwh=0.36)["candidates"]
    assert entry["answer"] == {
        "prompt_tokens": 800,
        "answer_tokens": 150,
        "seconds": None,
        "energy_j": None,
        "cost": None,
    }
    assert entry["figure"] is None
    assert entry["predicted"]["decode_tps"] is None
    assert entry["predicted"]["memory_bytes"] > 26 * GIB
    assert entry["note"] == "speed was not measured"


def test_a_price_without_energy_is_no_cost() -> None:
    choice = chosen(Constraints(), among=["phi-3-mini-4k"], predict=speeds(gb_per_s=40))
    (entry,) = report(choice, price_per_kwh=0.36)["candidates"]
    assert entry["answer"]["seconds"] is not None
    assert entry["answer"]["energy_j"] is entry["answer"]["cost"] is None


# The text


def test_the_text_fits_a_terminal() -> None:
    limits = Thresholds(min_decode_tps=8, max_ttft_s=20)
    for asks in (Constraints(), Constraints(limits=limits), Constraints(prefer="capacity")):
        choice = chosen(asks, predict=speeds(gb_per_s=40, watts=25, band=0.1))
        for price in (None, 0.3):
            text = format_report(report(choice, price_per_kwh=price))
            assert max(map(len, text.splitlines())) <= 80
            assert text.splitlines()[0].startswith("Candidate")


def test_the_text_says_figures_reasons_and_who_fell() -> None:
    asks = Constraints(commercial=True, limits=Thresholds(min_decode_tps=8))
    choice = chosen(asks, predict=speeds(gb_per_s=40, watts=25, band=0.1))
    text = format_report(report(choice))
    lines = text.splitlines()
    row = next(line for line in lines if line.startswith("phi-3-mini-4k "))
    assert row.split()[:5] == ["phi-3-mini-4k", "70.9", "3.93", "GiB", "16.7"]
    assert row.split()[-1] == "fits"
    assert "Ordered by: MMLU (5-shot)." in lines
    assert "An answer: 800 tokens read and 150 written." in lines
    assert "  qwen2.5-3b - commercial: Qwen Research does not permit commercial use" in lines
    assert "phi-3-mini-4k" not in " ".join(line for line in lines if "too near" in line)
    doubt = next(number for number, line in enumerate(lines) if line.startswith("llama-3-8b, "))
    assert "too near the limit" in " ".join(lines[doubt : doubt + 3])


def test_a_doubt_that_all_share_is_told_once() -> None:
    limits = Thresholds(min_decode_tps=5)
    pair = ["llama-3-8b", "phi-3-mini-4k"]
    choice = chosen(Constraints(limits=limits), among=pair, predict=unmeasured)
    found = report(choice)
    assert [one["doubts"] for one in found["candidates"]] == [
        ["decode rate: not known, and at least 5 token/s is asked for"]
    ] * 2
    text = format_report(found)
    assert text.count("Decode rate: not known, and at least 5 token/s is asked for.") == 1


def test_a_remark_that_holds_for_some_names_them() -> None:
    def predict(subjects: Any) -> Any:
        return [*unmeasured(subjects[:1]), *speeds(gb_per_s=40)(subjects[1:])]

    pair = ["llama-3-8b", "phi-3-mini-4k"]
    text = format_report(report(chosen(Constraints(), among=pair, predict=predict)))
    assert "llama-3-8b: speed was not measured." in text.splitlines()
    both = format_report(report(chosen(Constraints(), among=pair, predict=unmeasured)))
    assert "Speed was not measured." in both.splitlines()


def test_a_price_takes_the_place_of_the_energy() -> None:
    choice = chosen(Constraints(), among=["phi-3-mini-4k"], predict=speeds(gb_per_s=40, watts=25))
    assert "Energy" in format_report(report(choice))
    priced = format_report(report(choice, price_per_kwh=0.3))
    assert "Energy" not in priced
    assert "Cost" in priced


def test_nobody_left_is_said_with_the_reasons() -> None:
    text = format_report(report(chosen(Constraints(licences=("BSD-3-Clause",)))))
    assert text.startswith("No candidate meets these constraints.\n\nRejected\n")


# The command


def test_the_command_prints_a_table_or_one_object(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    status, out, err = run("--commercial", "--no-measure")
    assert (status, err) == (ExitCode.OK, "")
    assert out.startswith("Candidate")
    assert run("--case", "edge")[2] == f"{CASES['edge'].question}\n"
    status, out, _ = run("--json", "--price-per-kwh", "0.3")
    assert status == ExitCode.OK
    assert json.loads(out)["candidates"][0]["answer"]["cost"] > 0


def test_the_exit_codes(run: Callable[..., tuple[int, str, str]], profile: str) -> None:
    assert run("--licence", "BSD-3-Clause")[0] == ExitCode.INVALID
    assert run("--ram", "0.5")[0] == ExitCode.UNFIT
    assert run("--min-tps", "5000")[0] == ExitCode.UNFIT
    assert run("--profile", profile)[0] == ExitCode.OK
    assert run("--profile", "none-such")[0] == ExitCode.INVALID


def test_without_an_engine_speed_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise EngineFailure("no engine")

    monkeypatch.setattr(choice_speed.backend, "load", missing)
    said: list[str] = []
    choice = chosen(
        Constraints(), among=["phi-3-mini-4k"], predict=predictor(machine(), said.append)
    )
    (ranked,) = choice.ranking.ranked
    assert ranked.option.speed is None
    assert "no engine" in ranked.option.note
    assert said == []


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[float, list[str]]]:
    """The real predictor with slices and counters made up; every call's budget and subjects.

    The machine is busy: each call leaves the last third of its subjects without a turn.
    """
    calls: list[tuple[float, list[str]]] = []

    def watts(_subjects: Sequence[Subject], _meter: Meter | None, **_named: Any) -> Wattage:
        return Wattage(decode=20.0, read=30.0, source="psys")

    def predict(
        subjects: Sequence[Subject], *, budget_s: float, **_named: Any
    ) -> Sequence[Prediction]:
        calls.append((budget_s, [subject.name for subject in subjects]))
        turns = len(subjects) - len(subjects) // 3
        known = speeds(gb_per_s=40)(subjects)
        return [*known[:turns], *[Prediction(note="no time")] * (len(subjects) - turns)]

    monkeypatch.setattr(choice_speed.backend, "load", lambda: None)
    monkeypatch.setattr(choice_speed.backend, "chosen_variant", lambda: "haswell")
    monkeypatch.setattr(choice_speed, "measure_wattage", watts)
    monkeypatch.setattr(choice_speed, "predict_speed", predict)
    monkeypatch.setattr(choice_speed, "data_dir", lambda: tmp_path)
    return calls


def test_measuring_is_told_and_gets_its_energy(measured: list[tuple[float, list[str]]]) -> None:
    said: list[str] = []
    choice = chosen(Constraints(), predict=predictor(machine(), said.append))
    assert said == ["Shapes to measure: 18. An idle machine takes 180 s."]
    by_name = {one.option.name: one.option for one in choice.ranking.ranked}
    phi = by_name["phi-3-mini-4k"]
    assert phi.speed is not None
    assert phi.energy.decode_j_per_token == pytest.approx(20 / phi.speed.decode_tps.value)
    assert phi.answer_j is not None


def test_what_had_no_turn_is_measured_again(measured: list[tuple[float, list[str]]]) -> None:
    choice = chosen(Constraints(), predict=predictor(machine(), lambda _line: None))
    assert [len(names) for _, names in measured] == [22, 7, 2]
    assert [budget for budget, _ in measured] == [180, 105, 48]
    assert all(one.option.speed is not None for one in choice.ranking.ranked)


def test_what_cannot_be_measured_is_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch, measured: list[tuple[float, list[str]]]
) -> None:
    tries: list[int] = []

    def predict(subjects: Sequence[Subject], **_named: Any) -> Sequence[Prediction]:
        tries.append(len(subjects))
        return [Prediction(note="no memory")] * len(subjects)

    monkeypatch.setattr(choice_speed, "predict_speed", predict)
    choice = chosen(Constraints(), predict=predictor(machine(), lambda _line: None))
    assert tries == [22]
    assert {one.option.note for one in choice.ranking.ranked} == {"no memory"}
