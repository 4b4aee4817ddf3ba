"""The code of a report and its explanation, from one end of the radio to the other."""

from __future__ import annotations

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from fieldkit import probing
from fieldkit.cli import main
from fieldkit.core.fit import GIB
from fieldkit.core.verdict_code import VARIANTS, decode, model_hash
from fieldkit.errors import ExitCode, IntegrityProblem
from fieldkit.machine.power import Power
from fieldkit.probe.explain import code_for, explain, format_explanation, format_spelling

MEASURED = (
    "energy_j_per_token", "energy_j_per_prompt_token", "energy_source", "answers_per_charge",
    "deep_decode_tps", "depth", "question_tokens", "settings", "peak_memory_bytes", "load_s",
)  # fmt: skip
KNOWN = [("Phi-3-mini", "Q4_K_M"), ("Phi-3-mini", "Q4_0"), ("Qwen", "Q4_K_M")]


def candidate(name: str = "Phi-3-mini", verdict: str = "fits", **predicted: Any) -> dict[str, Any]:
    figures = {"decode_tps": 21.4, "prefill_tps": 84.2, "ttft_s": 9.5, "memory_bytes": 4 * GIB}
    return {
        "name": name,
        "quantization": "Q4_K_M",
        "predicted": {**figures, **predicted},
        "verdict": verdict,
    }


def report(*candidates: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "machine": {
            "cpu": {"usable_cores": 8},
            "memory": {"total": 16 * GIB, "available": 10 * GIB, "simulated": False},
            "power": {
                "on_mains": False,
                "battery_percent": 80.0,
                "saver": None,
                "battery_capacity_j": None,
                "energy_counter": None,
            },
            "engine": {"variant": "haswell", "revision": None, "variants": []},
        },
        "candidates": list(candidates) or [candidate()],
        "measured": None,
        **changes,
    }


def test_what_was_predicted_is_explained() -> None:
    code = code_for(report())
    assert code is not None
    told = explain(code.lower().replace("-", " "), KNOWN)
    assert told["code"] == code
    assert told["models"] == [{"name": "Phi-3-mini", "quantization": "Q4_K_M"}]
    assert (told["verdict"], told["measured"]) == ("fits", False)
    for name, value in {"decode_tps": 21.4, "prefill_tps": 84.2, "ttft_s": 9.5}.items():
        assert told["figures"][name] == pytest.approx(value, rel=0.022)
    assert told["figures"]["memory_bytes"] == pytest.approx(4 * GIB, rel=0.0175)
    assert (told["usable_cores"], told["variant"], told["power"]) == (8, "haswell", "battery")
    assert json.loads(json.dumps(told)) == told


def test_what_was_measured_replaces_the_prediction() -> None:
    measured = {
        "decode_tps": 30.0,
        "prefill_tps": 120.0,
        "ttft_s": 6.0,
        "peak_memory_bytes": 3 * GIB,
    }
    told = explain(code_for(report(measured=measured)) or "", KNOWN)
    assert told["measured"] is True
    assert told["figures"]["decode_tps"] == pytest.approx(30.0, rel=0.022)
    assert told["figures"]["memory_bytes"] == pytest.approx(4 * GIB, rel=0.0175), "with the chat"


def test_of_several_candidates_the_largest_with_the_best_verdict_is_told() -> None:
    code = code_for(
        report(
            candidate("Small", memory_bytes=GIB),
            candidate("Large", memory_bytes=6 * GIB),
            candidate("Tight", "tight", memory_bytes=7 * GIB),
            candidate("Huge", "unfit", memory_bytes=20 * GIB),
            candidate("Unknown", "tight", memory_bytes=None),
        )
    )
    assert decode(code or "").model == model_hash("Large", "Q4_K_M")


def test_what_is_not_known_stays_unknown() -> None:
    unknown = dict.fromkeys(("decode_tps", "prefill_tps", "ttft_s", "memory_bytes"))
    data = report(candidate(verdict="tight", **unknown))
    data["machine"]["engine"] = None
    data["machine"]["cpu"]["usable_cores"] = None
    data["machine"]["memory"].update(total=None, available=None)
    data["machine"]["power"].update(on_mains=None)
    told = explain(code_for(data) or "", [])
    assert set(told["figures"].values()) == {None}
    assert (told["usable_cores"], told["variant"], told["power"]) == (None, None, "unknown")
    assert told["bounds"] == {}
    text = format_explanation(told)
    assert text.count("unknown") == 9
    assert f"not known here (hash {told['model_hash']})" in text


def test_a_simulated_machine_and_no_candidate_have_no_code() -> None:
    simulated = report()
    simulated["machine"]["memory"]["simulated"] = True
    assert code_for(simulated) is None
    nothing = copy.deepcopy(report())
    nothing["candidates"] = []
    assert code_for(nothing) is None


def test_a_figure_beyond_the_scale_is_a_bound() -> None:
    data = report(candidate(decode_tps=1e6, ttft_s=1e-6))
    data["machine"]["cpu"]["usable_cores"] = 256
    told = explain(code_for(data) or "", KNOWN)
    assert told["bounds"] == {"decode_tps": "at least", "ttft_s": "at most"}
    text = format_explanation(told)
    assert "at least 2120 token/s" in text
    assert "at most 0.02 s" in text
    assert "at least 63" in text


def test_models_that_share_a_hash_are_all_named() -> None:
    seen: dict[int, str] = {}
    number = 0
    while (value := model_hash(f"m{number}", "Q4_K_M")) not in seen:
        seen[value] = f"m{number}"
        number += 1
    pair = [(seen[value], "Q4_K_M"), (f"m{number}", "Q4_K_M")]
    told = explain(code_for(report(candidate(pair[0][0]))) or "", pair)
    assert [model["name"] for model in told["models"]] == [name for name, _ in pair]
    assert " or " in format_explanation(told)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_told(variant: str) -> None:
    data = report()
    data["machine"]["engine"]["variant"] = variant
    assert explain(code_for(data) or "", [])["variant"] == variant


def test_the_explanation_fits_a_terminal() -> None:
    text = format_explanation(explain(code_for(report()) or "", KNOWN))
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0] == "Verdict: fits"
    assert "Decode       21.6 token/s" in text
    assert "Power        on battery" in text


def test_the_command_explains_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    code = code_for(report(candidate("Phi-3-mini-4k-instruct"))) or ""
    assert main(["probe", "--explain", code.replace("0", "o"), "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert told["models"] == [{"name": "Phi-3-mini-4k-instruct", "quantization": "Q4_K_M"}]
    assert main(["probe", "--explain", code]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert all(line in shown for line in format_spelling(code))


def test_a_code_is_read_where_no_model_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def damaged(*_arguments: object) -> None:
        raise IntegrityProblem("assistant.json is not valid")

    monkeypatch.setattr(probing, "_installed", damaged)
    monkeypatch.setattr(probing, "_candidates", damaged)
    assert main(["probe", "--explain", code_for(report()) or ""]) == ExitCode.OK
    assert "not known here (hash " in capsys.readouterr().out


def test_the_command_says_what_is_wrong_with_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    code = code_for(report()) or ""
    wrong = ("1" if code[5] != "1" else "2").join((code[:5], code[6:]))
    assert main(["probe", "--explain", wrong]) == ExitCode.USAGE
    output = capsys.readouterr()
    assert output.out == ""
    assert f"group 2 is wrong, most likely in character 1, which would be {code[5]}" in output.err


def test_every_field_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "probe.md").read_text(encoding="utf-8")
    told = explain(code_for(report()) or "", KNOWN)
    fields = {field.name for field in dataclasses.fields(Power)} | set(MEASURED) | set(told)
    fields |= {name for name, value in told.items() if isinstance(value, dict) for name in value}
    assert {name for name in fields if f'"{name}"' not in text} == set()
    assert "4QEP-WRMW-MYF6-CA28-6QW5" in text, "the example is a code that can be read"
    decode("4QEP-WRMW-MYF6-CA28-6QW5")
