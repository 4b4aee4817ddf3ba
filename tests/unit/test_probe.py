"""The probe's report: its JSON contract, its verdicts, and the text for people."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from fieldkit.core.fit import GIB
from fieldkit.core.gate import Thresholds
from fieldkit.core.measurement import Measurement, Memory
from fieldkit.core.prediction import Figure, Speed
from fieldkit.core.settings import Settings
from fieldkit.errors import InvalidInput
from fieldkit.machine.cpu import Cpu
from fieldkit.machine.disk import Disk
from fieldkit.machine.facts import Machine
from fieldkit.machine.memory import Ram
from fieldkit.machine.power import Power
from fieldkit.machine.system import System
from fieldkit.machine.terminal import Terminal
from fieldkit.probe.report import EngineFacts, probe
from fieldkit.probe.subject import Prediction, Subject, from_header, from_shape
from fieldkit.probe.table import format_report
from tests.gguf_files import Gguf, parse, small_phi3
from tests.shapes import PHI3_MINI

PHI3 = from_shape(PHI3_MINI, name="Phi-3-mini-4k-instruct", quantization="Q4_K_M")
SMALL = from_header(parse(small_phi3().build()), name="Demo")
ENGINE = EngineFacts(revision="0.3.36", variant="haswell", variants=("haswell", "sse42", "zen4"))


def laptop(*, total: int = 16, available: int | None = 10, disk: int | None = 50) -> Machine:
    return Machine(
        system=System(
            os="linux", distribution="Some Linux 12", kernel="6.1", glibc="2.36", python="3.11.7"
        ),
        cpu=Cpu(
            name="Some Processor with quite a long name @ 2.50GHz",
            architecture="x86_64",
            physical_cores=4,
            logical_cores=8,
            usable_cores=6,
            features=("sse4_2", "avx", "f16c", "fma", "bmi2", "avx2", "avx512f", "avx512_vnni"),
        ),
        memory=Ram(
            total=total * GIB,
            available=None if available is None else available * GIB,
            swap_total=0,
            container_limit=None,
        ),
        disk=Disk(
            path="/",
            total=None if disk is None else 2 * disk * GIB,
            free=None if disk is None else disk * GIB,
        ),
        power=Power(on_mains=False, battery_percent=80.5, energy_counter=None),
        terminal=Terminal(interactive=True, columns=80, lines=24, colours=256, unicode=True),
    )


def measurement() -> Measurement:
    return Measurement(
        decode_tps=21.4,
        prefill_tps=84.2,
        ttft_s=1.23,
        load_s=0.8,
        memory=Memory(high_water=5 * GIB),
        repetitions=3,
        prompt_tokens=512,
        decode_tokens=64,
        question_tokens=256,
        depth=0,
        context=4096,
        settings=Settings(decode_threads=4, prefill_threads=4),
        variant="haswell",
        engine="0.3.36",
        model_sha256="0" * 64,
        model_bytes=100,
        machine={},
    )


def keys(data: Any) -> Any:
    return {key: keys(value) for key, value in data.items()} if isinstance(data, dict) else None


def test_the_json_has_the_fields_that_scripts_rely_on() -> None:
    report = json.loads(json.dumps(probe([PHI3], machine=laptop(), engine=ENGINE)))
    assert list(report) == ["machine", "candidates", "measured", "verdict"]
    (entry,) = report["candidates"]
    figures = dict.fromkeys(
        (
            "decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s", "memory_bytes",
            "energy_j_per_token", "answers_per_charge",
        )
    )  # fmt: skip
    assert keys(entry) == {
        "name": None,
        "quantization": None,
        "context": None,
        "question_tokens": None,
        "predicted": figures,
        "error_band": figures,
        "verdict": None,
        "reasons": None,
    }
    assert entry["predicted"]["decode_tps"] is None
    assert entry["predicted"]["memory_bytes"] == pytest.approx(3.93 * GIB, rel=0.01)
    assert report["measured"] is None
    assert report["verdict"] == "fits"
    assert report["machine"]["engine"]["variant"] == "haswell"
    assert report["machine"]["memory"]["simulated"] is False


def test_a_measurement_is_reported_as_the_contract_says() -> None:
    report = probe([SMALL], machine=laptop(), engine=ENGINE, measure=measurement)
    assert report["measured"] == {
        "decode_tps": 21.4,
        "prefill_tps": 84.2,
        "ttft_s": 1.23,
        "load_s": 0.8,
        "peak_memory_bytes": 5 * GIB,
        "energy_j_per_token": None,
        "energy_j_per_prompt_token": None,
        "energy_source": None,
        "answers_per_charge": None,
        "deep_decode_tps": None,
        "depth": 0,
        "question_tokens": 256,
        "settings": Settings(decode_threads=4, prefill_threads=4).to_dict(),
    }


SPEED = Speed(
    decode_tps=Figure(value=10.0, band=0.1),
    deep_decode_tps=None,
    prefill_tps=Figure(value=40.0, band=0.12),
    ttft_s=Figure(value=20.04, band=0.12),
)


def predicting(*expected: Subject) -> Callable[[Sequence[Subject]], list[Prediction]]:
    def predict(subjects: Sequence[Subject]) -> list[Prediction]:
        assert list(subjects) == list(expected)
        return [Prediction(speed=SPEED) for _ in subjects]

    return predict


def test_predicted_speed_is_reported_with_its_error_bands() -> None:
    report = probe([PHI3], machine=laptop(), predict=predicting(PHI3))
    (entry,) = report["candidates"]
    predicted, band = dict(entry["predicted"]), dict(entry["error_band"])
    del predicted["memory_bytes"], band["memory_bytes"]
    assert predicted == {
        "decode_tps": 10.0,
        "deep_decode_tps": None,
        "prefill_tps": 40.0,
        "ttft_s": 20.0,
        "energy_j_per_token": None,
        "answers_per_charge": None,
    }
    assert band == {
        "decode_tps": 0.1,
        "deep_decode_tps": None,
        "prefill_tps": 0.12,
        "ttft_s": 0.12,
        "energy_j_per_token": None,
        "answers_per_charge": None,
    }
    assert entry["question_tokens"] == 800
    assert any("first token of a question of 800 tokens" in why for why in entry["reasons"])
    lines = format_report(report).splitlines()
    row = "Phi-3-mini-4k-instruct    Q4_K_M   3.93 GiB    10.0     40.0    20.0 fits"
    assert row in lines


def test_what_has_no_room_is_not_predicted_either() -> None:
    report = probe([PHI3, SMALL], machine=laptop(available=2), predict=predicting(SMALL))
    large, small = report["candidates"]
    assert large["predicted"]["decode_tps"] is None
    assert large["reasons"][-1].startswith("speed is not predicted")
    assert small["predicted"]["decode_tps"] == 10.0


@pytest.mark.parametrize(
    ("limits", "verdict", "said"),
    [
        (Thresholds(min_decode_tps=8), "fits", "decode rate: 10 token/s, at least 8 token/s"),
        (Thresholds(min_decode_tps=10.5), "tight", "too near the limit to be promised"),
        (Thresholds(min_decode_tps=12), "unfit", "it will not be met"),
        (Thresholds(max_ttft_s=25), "fits", "time to first token: 20.04 s, at most 25 s"),
        (Thresholds(max_ttft_s=19), "tight", "(predicted within 12%)"),
        (Thresholds(max_ttft_s=15), "unfit", "it will not be met"),
        (Thresholds(max_memory_gib=4.5), "fits", "peak memory"),
        (Thresholds(max_memory_gib=3.5), "unfit", "peak memory"),
        (Thresholds(max_ttft_s=25, min_decode_tps=12), "unfit", "at least 12 token/s"),
        (Thresholds(max_kl_divergence=0.1, min_score=0.9), "fits", "stay free"),
    ],
)
def test_a_deployments_limits_decide_too(limits: Thresholds, verdict: str, said: str) -> None:
    subject = replace(PHI3, limits=limits)
    report = probe([subject], machine=laptop(), predict=predicting(subject))
    (entry,) = report["candidates"]
    assert entry["verdict"] == report["verdict"] == verdict
    assert any(said in reason for reason in entry["reasons"])


def test_a_limit_on_speed_cannot_be_promised_without_a_prediction() -> None:
    subject = replace(PHI3, limits=Thresholds(min_decode_tps=5))
    report = probe(
        [subject], machine=laptop(), predict=lambda _: [Prediction(note="there is no engine")]
    )
    (entry,) = report["candidates"]
    assert entry["verdict"] == "tight"
    assert entry["reasons"][-1] == "there is no engine"


def test_what_does_not_fit_is_not_measured() -> None:
    def never() -> Measurement:
        raise AssertionError("measuring would drive the machine into swap")

    report = probe([PHI3], machine=laptop(available=2), measure=never)
    assert report["verdict"] == "unfit"
    assert report["measured"] is None


@pytest.mark.parametrize(
    ("machine", "verdict"),
    [
        (laptop(), "fits"),
        (laptop(total=8, available=4), "tight"),
        (laptop(total=8, available=3), "unfit"),
        (laptop(disk=2), "unfit"),
        (laptop(available=None), "tight"),
        (laptop(disk=None), "tight"),
    ],
)
def test_the_verdict_follows_the_machine(machine: Machine, verdict: str) -> None:
    assert probe([PHI3], machine=machine)["verdict"] == verdict


def test_of_several_candidates_the_best_decides() -> None:
    report = probe([PHI3, SMALL], machine=laptop(total=4, available=2))
    assert [entry["verdict"] for entry in report["candidates"]] == ["unfit", "fits"]
    assert report["verdict"] == "fits"


def test_no_model_is_unfit() -> None:
    report = probe([], machine=laptop())
    assert report["verdict"] == "unfit"
    assert "--candidate NAME or --model FILE" in format_report(report)


@pytest.mark.parametrize(
    ("gib", "available", "verdict"), [(2, 1, "unfit"), (6, 4, "tight"), (8, 6, "fits")]
)
def test_simulated_memory_is_that_of_an_idle_machine(
    gib: float, available: float, verdict: str
) -> None:
    report = probe([PHI3], machine=laptop(total=16, available=1), simulate_ram_gib=gib)
    ram = report["machine"]["memory"]
    assert (ram["total"], ram["available"]) == (gib * GIB, available * GIB)
    assert ram["simulated"] is True
    assert report["verdict"] == verdict
    assert "available (simulated, idle)" in format_report(report)


def test_an_engine_that_tells_nothing_is_unknown() -> None:
    engine = EngineFacts(revision="", variant="", variants=("sse42",))
    report = probe([SMALL], machine=laptop(), engine=engine)
    assert report["machine"]["engine"] == {
        "revision": None,
        "variant": None,
        "variants": ["sse42"],
    }
    assert "  Engine     unknown, one of 1 variants" in format_report(report)
    assert "none found" in format_report(probe([SMALL], machine=laptop()))


def test_a_model_file_is_assessed_by_its_header() -> None:
    header = parse(small_phi3().build())
    assert (
        Subject(
            name="Demo",
            quantization="F16",
            shape=header.shape,
            weights=header.tensor_bytes,
            context=4096,
            download=0,
        )
        == SMALL
    )
    assert from_header(header, name="Demo", context=512).context == 512


def test_a_header_without_hyper_parameters_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"general\.architecture is missing"):
        from_header(parse(Gguf().build()), name="x")


def test_an_unknown_family_is_not_guessed() -> None:
    subject = from_shape(replace(PHI3_MINI, architecture="mamba"), name="M", quantization="Q4_K_M")
    (entry,) = probe([subject], machine=laptop())["candidates"]
    assert entry["predicted"]["memory_bytes"] is None
    assert entry["error_band"]["memory_bytes"] is None
    assert entry["verdict"] == "tight"
    assert "architecture 'mamba'" in entry["reasons"][0]


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("machine", [laptop(), laptop(available=None, disk=None)])
def test_the_text_fits_80_columns(machine: Machine, measured: bool) -> None:
    long = replace(SMALL, name="A-model-with-a-name-" + "of-many-words-" * 10)
    report = probe(
        [long], machine=machine, engine=ENGINE, measure=measurement if measured else None
    )
    text = format_report(report)
    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii()
    assert text.endswith(f"Verdict: {report['verdict']}")


def test_the_text_tells_the_machine_the_need_and_the_figures() -> None:
    text = format_report(probe([SMALL], machine=laptop(), engine=ENGINE, measure=measurement))
    lines = text.splitlines()
    assert lines[:3] == [
        "This machine",
        "  Processor  Some Processor with quite a long name @ 2.50GHz, 4 cores, 6 of 8",
        "             threads usable",
    ]
    assert "  Memory     16.00 GiB, 10.00 GiB available" in lines
    assert "  Power      battery, battery at 80.5 %" in lines
    assert "Demo F16: fits" in lines
    assert "  decode     21.4 token/s" in lines
    assert "  peak memory of the engine 5.00 GiB" in lines


def test_what_holds_for_all_models_is_said_once() -> None:
    def predict(subjects: Sequence[Subject]) -> list[Prediction]:
        return [Prediction(note="the machine is busy") for _ in subjects]

    text = format_report(probe([PHI3, SMALL], machine=laptop(), predict=predict))
    assert text.count("the machine is busy") == 1
    alone = format_report(probe([SMALL], machine=laptop(), predict=predict))
    assert "  - the machine is busy" in alone


def test_names_from_files_cannot_reach_the_terminal_raw() -> None:
    report = probe([replace(SMALL, name="a\x1b[2Jb")], machine=laptop())
    assert "\x1b" not in format_report(report)
    assert "\x1b" not in json.dumps(report)
