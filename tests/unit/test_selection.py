"""Constraints, what fells a candidate, the order of what is left, and the guides' cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from fieldkit import cli
from fieldkit.core.candidate import Candidate, Quality
from fieldkit.core.fit import GIB
from fieldkit.core.gate import Thresholds
from fieldkit.core.guide import CASES
from fieldkit.core.licence import Policy, objections
from fieldkit.core.ranking import BENCHMARKS
from fieldkit.core.selection import Constraints, Failure, months_since, policy_failures
from fieldkit.errors import ExitCode
from fieldkit.packager import choose
from fieldkit.packager.choice_speed import unmeasured
from fieldkit.packager.choose import Choice
from fieldkit.probe.subject import Prediction, Subject
from tests.choosing import TODAY, chosen, machine, names, speeds

CATALOG = choose.catalog()


def felled(choice: Choice, name: str) -> Failure:
    """What felled ``name`` first."""
    return next(one.failures[0] for one in choice.rejected if one.name == name)


def with_quality(*given: tuple[str, str, float, str]) -> dict[str, Candidate]:
    """Candidates with these figures alone: name, benchmark, value, source."""
    wanted: dict[str, list[Quality]] = {name: [] for name, *_ in given}
    for name, benchmark, value, source in given:
        if benchmark:
            wanted[name].append(Quality(benchmark=benchmark, value=value, source=source))
    return {
        name: CATALOG[name].model_copy(update={"quality": tuple(figures)})
        for name, figures in wanted.items()
    }


# Constraints


@pytest.mark.parametrize(
    ("asked", "name", "failure"),
    [
        (
            Constraints(commercial=True),
            "qwen2.5-3b",
            Failure(
                constraint="commercial",
                limit=True,
                value=False,
                reason="Qwen Research does not permit commercial use",
            ),
        ),
        (
            Constraints(licences=("MIT", "Apache-2.0")),
            "llama-3.1-8b",
            Failure(
                constraint="licence",
                limit=["MIT", "Apache-2.0"],
                value="LicenseRef-Llama-3.1-Community",
                reason="is under LicenseRef-Llama-3.1-Community; allowed: MIT, Apache-2.0",
            ),
        ),
        (
            Constraints(user_threshold=False),
            "codellama-13b",
            Failure(
                constraint="user_threshold",
                limit=None,
                value=700_000_000,
                reason="its licence ends at 700,000,000 monthly users",
            ),
        ),
        (
            Constraints(output_limits=False),
            "gemma-2-9b",
            Failure(
                constraint="output_limits",
                limit=False,
                value=True,
                reason="its licence limits what answers may be used for",
            ),
        ),
        (
            Constraints(gated=False),
            "mistral-7b",
            Failure(
                constraint="gated",
                limit=False,
                value=True,
                reason="its publisher asks for an agreement before a download",
            ),
        ),
        (
            Constraints(languages=("en", "ja", "ko")),
            "mixtral-8x7b",
            Failure(
                constraint="language",
                limit=["en", "ja", "ko"],
                value=["en", "fr", "it", "de", "es"],
                reason="is not published for ja, ko but for en, fr, it, de, es",
            ),
        ),
        (
            Constraints(context=16384),
            "llama-3-8b",
            Failure(
                constraint="context",
                limit=16384,
                value=8192,
                reason="is made for 8192 tokens, 16384 are asked for",
            ),
        ),
        (
            Constraints(task="code"),
            "phi-3-mini-4k",
            Failure(
                constraint="task",
                limit="code",
                value=["general"],
                reason="is for general; code is asked for",
            ),
        ),
        (
            Constraints(min_months=24),
            "phi-4-mini",
            Failure(
                constraint="min_months",
                limit=24,
                value=21,
                reason="has been public for 21 months, 24 are asked for",
            ),
        ),
    ],
)
def test_what_a_file_says_fells_a_candidate_with_its_figures(
    asked: Constraints, name: str, failure: Failure
) -> None:
    assert policy_failures(CATALOG[name], asked, today=TODAY) == (failure,)
    assert policy_failures(CATALOG[name], Constraints(), today=TODAY) == ()


def test_every_constraint_a_file_does_not_meet_is_told() -> None:
    asked = Constraints(licences=("MIT",), user_threshold=False, task="code", min_months=60)
    found = policy_failures(CATALOG["llama-3.2-1b"], asked, today=TODAY)
    assert [one.constraint for one in found] == [
        "licence",
        "user_threshold",
        "task",
        "min_months",
    ]


@pytest.mark.parametrize("name", CATALOG)
@pytest.mark.parametrize("allowed", [("MIT",), ("MIT", "Apache-2.0")])
@pytest.mark.parametrize("users", [True, False])
@pytest.mark.parametrize("answers", [True, False])
def test_it_agrees_with_the_gate_of_a_build(
    name: str, allowed: tuple[str, ...], users: bool, answers: bool
) -> None:
    policy = Policy(user_threshold=users, output_limits=answers, gated=True)
    asked = Constraints(
        commercial=True, licences=allowed, user_threshold=users, output_limits=answers
    )
    found = policy_failures(CATALOG[name], asked, today=TODAY)
    assert len(found) == len(objections(CATALOG[name].licence, policy, allowed))


def test_months_are_counted_as_a_build_counts_them() -> None:
    assert months_since(TODAY.replace(year=2025, month=2, day=26), TODAY) == 21


# The machine


def test_memory_fells_with_what_is_needed_and_what_there_is() -> None:
    choice = chosen(Constraints(), on=machine(available_gib=3), predict=unmeasured)
    failure = felled(choice, "llama-3.1-8b")
    assert failure.constraint == "memory"
    assert failure.limit == 3 * GIB
    assert failure.reason == "needs 5.28 GiB of memory, 3.00 GiB are available"
    assert "qwen2.5-1.5b" in names(choice)


def test_a_longer_context_needs_more_memory() -> None:
    on = machine(available_gib=8)
    short = chosen(Constraints(context=8192), on=on, predict=unmeasured)
    long = chosen(Constraints(context=32768), on=on, predict=unmeasured)
    assert "phi-3-mini-128k" in names(short)
    assert felled(long, "phi-3-mini-128k").constraint == "memory"


def test_a_simulated_machine_keeps_memory_for_its_system() -> None:
    choice = chosen(Constraints(ram_gib=8), on=machine(64, 64), predict=unmeasured)
    assert choice.has.memory_available == 6 * GIB
    assert felled(choice, "qwen2.5-14b").limit == 6 * GIB


def test_memory_that_is_not_known_is_no_reason_to_fall_but_none_to_promise() -> None:
    choice = chosen(Constraints(), on=machine(None), predict=unmeasured)
    assert not choice.rejected
    assert {one.sure.verdict for one in choice.ranking.ranked} == {"tight"}


def test_a_disk_that_is_too_small() -> None:
    asked = Constraints(disk_gib=4)
    choice = chosen(asked, predict=unmeasured)
    assert felled(choice, "llama-3-8b").constraint == "disk"
    assert felled(choice, "llama-3-8b").reason == "needs 4.58 GiB of disk, 4.00 GiB are free"
    narrow = chosen(Constraints(disk_gib=2.5), among=["phi-3-mini-4k"], predict=unmeasured)
    (ranked,) = narrow.ranking.ranked
    assert ranked.sure.verdict == "tight"
    assert "leave less than 1.00 GiB of disk free" in ranked.sure.reasons[-1]


def test_too_slow_by_the_whole_error_band_fells() -> None:
    asked = Constraints(limits=Thresholds(min_decode_tps=10))
    choice = chosen(asked, predict=speeds(gb_per_s=40))
    failure = felled(choice, "llama-3.1-8b")
    assert (failure.constraint, failure.limit) == ("min_decode_tps", 10)
    assert failure.value == pytest.approx(8.14, abs=0.01)
    assert failure.reason.startswith("decode rate: 8.142 token/s, at least 10 token/s is asked")
    assert "phi-3-mini-4k" in names(choice)


def test_a_band_that_reaches_over_the_limit_is_tight_and_stands_behind() -> None:
    limits = Thresholds(min_decode_tps=8)
    pair = ["llama-3.1-8b", "phi-3-mini-4k"]
    choice = chosen(Constraints(limits=limits), among=pair, predict=speeds(gb_per_s=40, band=0.1))
    assert [(one.option.name, one.sure.verdict) for one in choice.ranking.ranked] == [
        ("phi-3-mini-4k", "fits"),
        ("llama-3.1-8b", "tight"),
    ]


def test_the_first_token_and_the_memory_of_a_profile_are_limits_too() -> None:
    limits = Thresholds(max_ttft_s=15, max_memory_gib=5)
    choice = chosen(Constraints(limits=limits), predict=speeds(gb_per_s=100, tflops=0.5))
    assert felled(choice, "llama-3-8b").constraint == "max_memory_gib"
    assert felled(choice, "qwen2.5-7b").constraint == "max_ttft_s"
    assert "phi-3-mini-4k" in names(choice)


def test_only_what_everything_else_left_standing_is_measured() -> None:
    measured: list[str] = []

    def predict(subjects: Sequence[Subject]) -> Sequence[Prediction]:
        measured.extend(subject.name for subject in subjects)
        return speeds(gb_per_s=40)(subjects)

    chosen(Constraints(licences=("MIT",)), predict=predict)
    assert measured == [
        "Phi-3-mini-128k-instruct",
        "Phi-3-mini-4k-instruct",
        "Phi-3.5-mini-instruct",
        "Phi-4-mini-instruct",
    ]


# The order


def test_the_benchmark_that_most_have_orders_them() -> None:
    candidates = with_quality(
        ("phi-3-mini-4k", "MMLU (5-shot)", 60.0, "a"),
        ("phi-3-mini-4k", "MMLU-redux", 90.0, "b"),
        ("qwen2.5-7b", "MMLU-redux", 70.0, "b"),
        ("llama-3-8b", "MMLU-redux", 80.0, "b"),
    )
    ranking = chosen(Constraints(), candidates=candidates).ranking
    assert ranking.by == "MMLU-redux"
    assert [(one.option.name, one.figure and one.figure.value) for one in ranking.ranked] == [
        ("phi-3-mini-4k", 90.0),
        ("llama-3-8b", 80.0),
        ("qwen2.5-7b", 70.0),
    ]
    assert ranking.notes == ()


def test_who_has_no_figure_stands_behind_and_is_named() -> None:
    candidates = with_quality(
        ("qwen2.5-14b", "", 0, ""),
        ("llama-3-8b", "MMLU (5-shot)", 60.0, "a"),
        ("phi-3-mini-4k", "MMLU (5-shot)", 70.0, "a"),
        ("qwen2.5-0.5b", "HumanEval (pass@1)", 99.0, "a"),
    )
    choice = chosen(Constraints(), candidates=candidates)
    assert names(choice) == ["phi-3-mini-4k", "llama-3-8b", "qwen2.5-14b", "qwen2.5-0.5b"]
    (note,) = choice.ranking.notes
    assert note.startswith("No figure of MMLU (5-shot) is known for qwen2.5-14b, qwen2.5-0.5b")


def test_figures_of_several_publications_are_compared_with_a_word_of_warning() -> None:
    candidates = with_quality(
        ("llama-3-8b", "MMLU (5-shot)", 60.0, "a"),
        ("phi-3-mini-4k", "MMLU (5-shot)", 70.0, "b"),
    )
    assert "2 publications" in chosen(Constraints(), candidates=candidates).ranking.notes[0]


def test_of_several_figures_that_of_the_most_common_publication_counts() -> None:
    candidates = with_quality(
        ("llama-3-8b", "MMLU (5-shot)", 99.0, "its own"),
        ("llama-3-8b", "MMLU (5-shot)", 60.0, "table"),
        ("phi-3-mini-4k", "MMLU (5-shot)", 70.0, "table"),
    )
    ranking = chosen(Constraints(), candidates=candidates).ranking
    assert [one.figure and one.figure.value for one in ranking.ranked] == [70.0, 60.0]
    assert ranking.notes == ()


def test_benchmarks_are_never_mixed() -> None:
    candidates = with_quality(
        ("llama-3-8b", "MMLU (5-shot)", 60.0, "a"),
        ("qwen2.5-1.5b", "MMLU-redux", 99.0, "b"),
    )
    choice = chosen(Constraints(), candidates=candidates)
    assert names(choice) == ["llama-3-8b", "qwen2.5-1.5b"]
    assert choice.ranking.by == "number of parameters"
    assert choice.ranking.notes == (
        "No benchmark is known for two of these, so the larger one stands first.",
    )
    assert all(one.figure is None for one in choice.ranking.ranked)


def test_a_task_without_figures_is_ordered_by_general_ones_and_says_so() -> None:
    candidates = with_quality(
        ("llama-3.1-8b", "MMLU (5-shot)", 60.0, "a"),
        ("phi-3-mini-128k", "MMLU (5-shot)", 70.0, "a"),
    )
    ranking = chosen(Constraints(task="long-documents"), candidates=candidates).ranking
    assert ranking.by == "MMLU (5-shot)"
    assert "No benchmark of long-documents" in ranking.notes[0]


def test_one_survivor_keeps_its_figure_and_needs_no_note() -> None:
    ranking = chosen(Constraints(), among=["phi-3-mini-4k"]).ranking
    assert ranking.by == "MMLU (5-shot)"
    assert ranking.notes == ()


def test_other_languages_than_english_ask_for_a_multilingual_benchmark() -> None:
    ranking = chosen(Constraints(languages=("en", "de"))).ranking
    assert ranking.by == "Multilingual MMLU (5-shot)"
    assert chosen(Constraints(languages=("en",))).ranking.by == "MMLU (5-shot)"


def test_unknown_speeds_stand_last_where_speed_counts() -> None:
    def predict(subjects: Sequence[Subject]) -> Sequence[Prediction]:
        known = speeds(gb_per_s=40)(subjects)
        return [Prediction(note="?"), *known[1:]]

    asked = Constraints(prefer="speed")
    trio = ["llama-3-8b", "phi-3-mini-4k", "qwen2.5-0.5b"]
    choice = chosen(asked, among=trio, predict=predict)
    assert names(choice) == ["qwen2.5-0.5b", "phi-3-mini-4k", "llama-3-8b"]
    assert choice.ranking.notes == (
        "The speed of llama-3-8b is not known: last, the smaller one first.",
    )


def test_every_benchmark_that_orders_is_in_the_catalog() -> None:
    published = {figure.benchmark for one in CATALOG.values() for figure in one.quality}
    assert {name for task in BENCHMARKS.values() for name in task} <= published


# The exit code


def test_the_exit_code_says_whether_policy_or_machine_left_none() -> None:
    assert chosen(Constraints()).exit_code == ExitCode.OK
    policy = chosen(Constraints(licences=("BSD-3-Clause",)))
    assert policy.exit_code == ExitCode.INVALID
    small = chosen(Constraints(licences=("MIT",)), on=machine(available_gib=1))
    assert small.exit_code == ExitCode.UNFIT
    slow = chosen(Constraints(limits=Thresholds(min_decode_tps=50)), predict=speeds(gb_per_s=1))
    assert slow.exit_code == ExitCode.UNFIT


# The cases that published guides list. A guide compares the models on its own shelf; what it says
# must follow from the constraints of its case, without a word about models.

LAPTOP = speeds(gb_per_s=40)  # one with two channels of DDR4
SERVER = speeds(gb_per_s=150, tflops=4)
BIG = machine(available_gib=120, total_gib=128)

# "Which open model should a product use?", the table of situations.
PRODUCTS = (
    "llama-3.1-8b", "llama-3.1-70b", "mistral-7b", "mixtral-8x7b", "phi-3-mini-4k",
    "qwen2.5-7b", "qwen2.5-14b", "qwen2.5-coder-7b", "gemma-7b",
)  # fmt: skip
# A host's decision tree over what it serves.
HOST = (
    "mistral-7b", "llama-3-8b", "llama-3-70b", "llama-3.1-8b", "mixtral-8x7b", "codellama-13b",
)  # fmt: skip
# A comparison of three families for companies.
FAMILIES = (
    "llama-3.1-8b", "llama-3.2-3b", "mistral-7b", "phi-3-mini-4k", "phi-3.5-mini", "phi-4-mini",
)  # fmt: skip


def first(case: str, *, among: Sequence[str] | None = None, server: bool = False) -> str:
    """What a case comes to, on a laptop of 16 GiB or on a server of 128."""
    choice = chosen(
        CASES[case].constraints,
        among=among,
        predict=SERVER if server else LAPTOP,
        on=BIG if server else machine(),
    )
    return names(choice)[0]


@pytest.mark.parametrize(
    ("case", "server", "expected"),
    [
        ("edge", False, "phi-3-mini-4k"),
        ("asian-languages", False, "qwen2.5-7b"),
        ("code", False, "qwen2.5-coder-7b"),
        ("long-documents", False, "llama-3.1-8b"),
        ("long-documents", True, "llama-3.1-8b"),
        ("server", True, "mixtral-8x7b"),
    ],
)
def test_the_advice_of_the_guides_follows_over_the_whole_catalog(
    case: str, server: bool, expected: str
) -> None:
    assert first(case, server=server) == expected


@pytest.mark.parametrize(
    ("case", "among", "server", "expected"),
    [
        # Edge or on-device: Phi-3 mini.
        ("edge", PRODUCTS, False, "phi-3-mini-4k"),
        ("edge", FAMILIES, False, "phi-3-mini-4k"),
        # Several languages, Asian ones above all: Qwen 2.5, in the size that there is room for.
        ("asian-languages", PRODUCTS, False, "qwen2.5-14b"),
        # Code: Qwen 2.5 Coder, or Code Llama where only that is served.
        ("code", PRODUCTS, False, "qwen2.5-coder-7b"),
        ("code", HOST, False, "codellama-13b"),
        # Latency counts above all: Phi-3 mini; of seven billion and more, Mistral 7B.
        ("latency", PRODUCTS, False, "phi-3-mini-4k"),
        ("latency", HOST, False, "mistral-7b"),
        # Long documents: Llama 3.1 8B.
        ("long-documents", PRODUCTS, False, "llama-3.1-8b"),
        ("long-documents", HOST, False, "llama-3.1-8b"),
        # Nothing but permissive licences: Phi (MIT), Mistral (Apache) among its kind.
        ("permissive", FAMILIES, False, "phi-3-mini-4k"),
        ("permissive", HOST, False, "mistral-7b"),
        # The quality of a large model at the price of a small one, on a server: Mixtral.
        ("server", PRODUCTS, True, "mixtral-8x7b"),
    ],
)
def test_the_advice_of_a_guide_follows_among_its_own_models(
    case: str, among: Sequence[str], server: bool, expected: str
) -> None:
    assert first(case, among=among, server=server) == expected


def test_general_english_on_a_small_and_on_a_large_budget() -> None:
    # Budget low: Llama 3 8B; flexible: Llama 3 70B. Of Meta's and Mistral's models of spring 2024.
    spring = ("mistral-7b", "llama-3-8b", "llama-3-70b", "mixtral-8x7b")
    assert first("general", among=spring) == "llama-3-8b"
    patient = replace(CASES["general"].constraints, limits=Thresholds(min_decode_tps=3))
    assert names(chosen(patient, among=spring, predict=SERVER, on=BIG))[0] == "llama-3-70b"


def test_an_edge_device_without_english_alone_gets_another_answer() -> None:
    asked = replace(CASES["edge"].constraints, languages=("en", "ja"))
    assert names(chosen(asked))[0] == "phi-3.5-mini"


def test_no_case_names_a_model_and_the_last_one_is_always_left() -> None:
    assert all(case.question[-1] in "?." for case in CASES.values())
    assert list(CASES)[-1] == "general"
    assert first("general") in CATALOG


def test_the_command_line_offers_what_there_is() -> None:
    parser = cli.build_parser()
    assert tuple(CASES) == cli._CASES
    for case in CASES:
        assert parser.parse_args(["candidates", "--case", case]).case == case
    for task in BENCHMARKS:
        assert parser.parse_args(["candidates", "--task", task]).task == task
    with pytest.raises(SystemExit):
        parser.parse_args(["candidates", "--case", "phi"])
