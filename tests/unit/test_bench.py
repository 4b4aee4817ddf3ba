"""The pure parts of the benchmark: orders, ratios, spreads, results that merge, page and chart."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import gguf
import pytest

from fieldkit.core.citation import Passage
from fieldkit.errors import InvalidInput
from fieldkit.packager import peers
from fieldkit.packager.evaluate import Question
from tests.bench import chart, report, results
from tests.bench.figures import Figure, compared
from tests.bench.peers import llama_bench
from tests.bench.rows import predicted, typed
from tests.bench.rows.speculation import quoting
from tests.bench.stats import Spread, alternate, column, flat, order, percentile, ratios
from tests.fakes import PASSAGES
from tests.many_pages import many_pages
from tests.question_sets.sets import QuestionSet

SVG = "{http://www.w3.org/2000/svg}"


def figure(**changes: object) -> Figure:
    values: dict[str, object] = {
        "name": "decode tg128",
        "against": "llama-bench",
        "unit": "x",
        "value": 1.01,
        "values": (0.99, 1.01, 1.02),
        "limit": 0.98,
        "at_least": True,
        "ours": (10.0, 10.4),
        "peer": (10.0, 10.0),
        "sample_unit": "tok/s",
    }
    return Figure(**{**values, **changes})  # type: ignore[arg-type]  # test convenience


def facts(**changes: object) -> dict[str, object]:
    return {
        "taken": "2026-11-21T03:00:00+00:00",
        "load_average_before": 0.1,
        "model": "phi3.gguf",
        "engine": "llama-cpp-python 0.3.36",
        "settings": {"decode_threads": 4},
        "rounds": 5,
        "half": False,
        "quick": False,
        "machine": {
            "cpu": {"name": "A Processor", "usable_cores": 4},
            "memory": {"total": 16 << 30},
            "system": {"os": "linux", "kernel": "6.1"},
        },
        **changes,
    }


# Orders


def test_a_round_is_a_b_b_a() -> None:
    assert order(["A", "B"], 0) == [("A", 1), ("B", 2), ("A", 1)]
    assert order(["A", "B", "N"], 3) == [("A", 1), ("B", 1), ("N", 2), ("B", 1), ("A", 1)]


def test_half_rounds_mirror_each_other() -> None:
    assert order(["A", "B"], 0, half=True) == [("A", 1), ("B", 1)]
    assert order(["A", "B"], 1, half=True) == [("B", 1), ("A", 1)]


def test_every_sample_is_kept_by_side_and_round() -> None:
    asked: list[tuple[str, int]] = []

    def side(name: str, value: float):  # type: ignore[no-untyped-def]  # a small factory
        def run(count: int) -> list[dict[str, float]]:
            asked.append((name, count))
            return [{"tps": value + len(asked)}] * count

        return run

    told: list[str] = []
    rounds = alternate({"A": side("A", 10), "B": side("B", 20)}, 2, say=told.append)
    assert asked == [("A", 1), ("B", 2), ("A", 1)] * 2
    assert column(rounds["A"], "tps") == [[11, 13], [14, 16]]
    assert column(rounds["B"], "tps") == [[22, 22], [25, 25]]
    assert len(told) == 8
    assert told[0].startswith("  round 1/2  A: tps 11")


def test_a_side_that_takes_too_few_samples_is_found_out() -> None:
    with pytest.raises(AssertionError, match="took 0 samples, not 1"):
        alternate({"A": lambda _count: [], "B": lambda _count: []}, 1)


# Figures


def test_ratios_are_taken_round_by_round() -> None:
    ours, theirs = [[10.0, 12.0], [5.0, 6.0]], [[10.0, 10.0], [5.0, 5.0]]
    assert ratios(ours, theirs) == pytest.approx([1.1, 1.1])


def test_the_median_round_is_held_to_the_target() -> None:
    ours = [[1.0], [2.0], [30.0]]
    made = compared("x", against="y", ours=ours, peer=[[2.0]] * 3, unit="s", at_most=1.0)
    assert made.value == 1.0
    assert made.values == (0.5, 1.0, 15.0)
    assert made.met
    assert made.target == "<= 1x"
    assert made.ours == tuple(flat(ours))


def test_a_target_is_met_or_missed_in_its_own_direction() -> None:
    assert figure(value=0.98).met
    assert not figure(value=0.979).met
    assert figure(value=50.0, limit=50.0, at_least=False, unit="ms").met
    assert not figure(value=50.1, limit=50.0, at_least=False).met
    assert figure(limit=50.0, at_least=False, unit="ms").target == "<= 50 ms"


def test_spread_and_percentile() -> None:
    assert Spread.of([3, 1, 2]) == Spread(2, 1, 3)
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([5.0], 0.99) == 5.0
    assert percentile([1, 2, 3, 4], 0.5) == 2


# Results


def test_a_row_measured_again_replaces_itself_alone(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "results.json"
    data = results.merge(results.read(file), "decode", [figure()], facts())
    data = results.merge(data, "stop", [figure(name="abort", unit="ms")], facts())
    results.write(file, data)
    data = results.merge(results.read(file), "decode", [figure(value=2.0)], facts(rounds=7))
    results.write(file, data)
    data = results.read(file)
    assert [made.value for _, made in results.figures(data, ["decode", "stop"])] == [2.0, 1.01]
    assert data["rows"]["decode"]["rounds"] == 7
    assert data["rows"]["stop"]["rounds"] == 5
    assert [path.name for path in file.parent.iterdir()] == ["results.json"]


def test_a_figure_survives_json() -> None:
    made = figure(facts={"threads": 4})
    assert Figure.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def test_results_of_another_schema_are_left(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text('{"schema": 0, "rows": {"decode": {}}}')
    assert results.read(file)["rows"] == {}


# Page and chart


def test_the_page_shows_every_figure_with_its_target() -> None:
    data = results.merge(results.read(Path("none")), "decode", [figure()], facts())
    missed = figure(name="prefill", value=0.9, limit=1.05, remark="tuned")
    data = results.merge(data, "prefill", [missed], facts(quick=True, rounds=1))
    page = report.page(data, ["decode", "prefill", "chat"], "## Notes\n\nTried.\n")
    assert (
        "| decode tg128 | llama-bench | 10.2 tok/s | 10.0 tok/s | **1.01x** | 0.990 .. 1.02 "
        "| >= 0.98x | met |"
    ) in page
    assert "| prefill (tuned) |" in page
    assert "**missed**" in page
    assert "A Processor, 4 cores, 16 GiB, linux 6.1" in page
    assert "| prefill | 2026-11-21T03:00:00+00:00 | 1 x A B B A, shortened | 0.10 |" in page
    assert page.endswith("Tried.\n")
    assert "chat" not in page.split("## Where and when")[1].split("## Notes")[0]


def test_bytes_are_shown_as_gibibytes() -> None:
    line = report.line(figure(ours=(3 << 30,), peer=(6 << 30,), sample_unit="B"))
    assert "| 3.00 GiB | 6.00 GiB |" in line


def test_a_page_without_figures_says_so() -> None:
    page = report.page(results.read(Path("none")), ["decode"], "")
    assert "Nothing was measured yet" in page


def test_page_and_chart_are_written_where_they_find_each_other(tmp_path: Path) -> None:
    data = results.merge(results.read(Path("none")), "decode", [figure()], facts())
    page = report.write(data, ["decode"], docs=tmp_path)
    assert (tmp_path / report.CHART).is_file()
    assert f"]({report.CHART})" in page.read_text()


def test_numbers_keep_three_digits() -> None:
    assert [report.number(value) for value in (123.4, 12.34, 1.234, 0.1234)] == [
        "123", "12.3", "1.23", "0.123",
    ]  # fmt: skip


def test_the_chart_is_sound_and_stays_inside_itself() -> None:
    made = [figure(name="a < b & c"), figure(value=0.001), figure(value=900.0, values=(0, 900.0))]
    made.append(figure(value=0.0, values=(0.0,), at_least=False))
    root = ET.fromstring(chart.svg(made))
    bars = root.findall(f"{SVG}rect")[1:]
    assert len(bars) == len(made)
    for bar in bars:
        left, width = float(bar.get("x", "")), float(bar.get("width", ""))
        assert left >= 0
        assert left + width <= chart.WIDTH
    assert any("a < b & c" in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_a_bar_reaches_right_when_a_target_is_met_in_either_direction() -> None:
    assert chart.attainment(figure(), 0.98) == 1
    assert chart.attainment(figure(limit=50.0, at_least=False), 25.0) == 2
    assert chart.attainment(figure(limit=50.0, at_least=False), 100.0) == 0.5


def test_predictions_are_shown_beside_what_was_measured() -> None:
    entry = {
        "name": "qwen2.5-1.5b",
        "quantization": "Q4_K_M",
        "predicted": [{"decode_tps": 19.0}, {"decode_tps": None}, {"decode_tps": 21.0}],
        "measured": {"decode_tps": 25.0},
        "ratio": {"decode_tps": 0.8},
    }
    made = predicted.figure("decode_tps", [entry, {**entry, "ratio": {"decode_tps": 1.1}}])
    assert made.value == pytest.approx(20)
    assert not made.met
    assert made.name == "predicted decode, worst of 2 models"
    data = results.merge(results.read(Path("none")), "prediction", [made], facts())
    page = report.page(data, ["prediction"], "")
    assert "| qwen2.5-1.5b Q4_K_M | decode_tps | 20.0 tok/s | 25.0 tok/s | 0.800 |" in page


# Peers


def test_the_rates_of_llama_bench_are_found_among_its_messages() -> None:
    output = 'load_backend: [cpu]\n[\n {"n_gen": 128, "samples_ts": [7.5, 7.7]}\n]\nbye'
    assert llama_bench.parse(output) == [7.5, 7.7]


def test_an_unknown_peer_is_refused() -> None:
    with pytest.raises(InvalidInput, match="defines no group 'other'"):
        peers.ensure_peer("other")


def test_a_quoting_answer_quotes_and_cites() -> None:
    text = quoting(PASSAGES)
    assert " ".join(PASSAGES[0].text.split()[:5]) in text
    assert "[1]." in text


def test_typed_questions_are_compared_each_with_itself() -> None:
    def samples(*pairs: tuple[int, float]) -> list[list[dict[str, float]]]:
        return [[{"question": number, "ttft_s": seconds}] for number, seconds in pairs]

    rounds = {"ours": samples((0, 1), (1, 2), (0, 3)), "theirs": samples((1, 4), (0, 4))}
    assert typed.by_question(rounds) == [0.5, 0.5]


def test_unspoken_tokens_are_those_that_are_no_text(tmp_path: Path) -> None:
    from tests.bench.make_gguf import unspoken

    writer = gguf.GGUFWriter(tmp_path / "v.gguf", "phi3")
    writer.add_token_list(["<unk>", "<s>", "<0x00>", "pump"])
    writer.add_token_types([2, 3, 6, 1])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    assert list(unspoken(tmp_path / "v.gguf")) == [0, 1, 2]


# Retrieval


def test_a_web_page_is_known_by_its_heading() -> None:
    question = Question(text="Why?", document="X", page=2, answer=("so",))
    asked = QuestionSet(name="x", documents=(), questions=(question,), headings={question: "Here"})
    here = Passage(document="X", title="X", revision="", page=2, heading="There", text="so")
    assert asked.is_at(here, question)
    assert not asked.is_at(replace(here, page=3), question)
    assert not asked.is_at(replace(here, page=0), question)
    assert asked.is_at(replace(here, page=0, heading="Here"), question)


def test_pages_drawn_from_one_seed_are_the_same_and_as_many_as_asked_for() -> None:
    one, other = many_pages(200, 5), many_pages(200, 5)
    assert one == other
    assert sum(len(document.pages) for document in one.documents) == 200
    assert len(one.questions) == 5
    assert one.text_bytes > 200 * 1000
