"""The arithmetic from two slices to a whole model, on machines whose costs are known exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from fieldkit.core.fit import MIB, kv_cache_bytes
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import (
    BIAS,
    DECODE,
    DEEP,
    PROMPT,
    SINGLE,
    Measured,
    Read,
    extrapolate,
    heights,
    imitated,
    layer_bytes,
    predict,
    question_tokens,
)
from fieldkit.core.quantization import tensor_types, weight_bytes
from tests.shapes import MIXTRAL, PHI3_MINI, QWEN_1B

TINY = replace(
    QWEN_1B, embedding=256, heads=4, kv_heads=2, head_dim=64, feed_forward=512, vocabulary=4096
)
BANDWIDTH = 18e9  # bytes a second
SHARED_S = 0.006  # a token, for what the layers share
FIRST_S, GROWTH_S = 0.0009, 2e-7  # of reading a token: a layer, and a layer and token before


def decode_s(shape: Shape, layers: Sequence[int], depth: int) -> float:
    """Seconds a token on a machine that is bound by its memory."""
    cache = kv_cache_bytes(shape, depth) * len(layers) / shape.layers
    return SHARED_S + (layer_bytes(shape, "Q4_K_M", layers) + cache) / BANDWIDTH


def read_s(layers: Sequence[int], start: int, tokens: int) -> float:
    squares = ((start + tokens) ** 2 - start**2) / 2
    return len(layers) * (FIRST_S * tokens + GROWTH_S * squares)


def reads(layers: Sequence[int], *stretches: tuple[int, int]) -> tuple[Read, ...]:
    return tuple(
        Read(start=start, tokens=tokens, seconds=read_s(layers, start, tokens))
        for start, tokens in stretches
    )


def measured(
    shape: Shape,
    layers: Sequence[int],
    *,
    stretches: Sequence[tuple[int, int]] = ((0, 512), (512, 512)),
    rounds: int = 3,
) -> Measured:
    """What such a machine would show of a slice that imitates ``layers``."""
    return Measured(
        layers=tuple(layers),
        decode=(decode_s(shape, layers, 0),) * rounds,
        deep=(decode_s(shape, layers, DEEP),) * rounds,
        reads=reads(layers, *stretches),
    )


@pytest.mark.parametrize("shape", [PHI3_MINI, QWEN_1B], ids=["phi3", "qwen2"])
def test_a_machine_that_follows_the_model_is_predicted_exactly(shape: Shape) -> None:
    small, large = (
        measured(shape, imitated(shape, "Q4_K_M", count))
        for count in heights(shape, "Q4_K_M", cache_bytes=32 * MIB)
    )
    speed = predict(shape, "Q4_K_M", small, large, question=800)
    whole = range(shape.layers)
    flat, deep = decode_s(shape, whole, 0), decode_s(shape, whole, DEEP)
    middle = flat + (deep - flat) * (DECODE / 2) / DEEP
    assert speed.decode_tps.value == pytest.approx(1 / middle)
    assert speed.deep_decode_tps is not None
    assert speed.deep_decode_tps.value == pytest.approx(1 / deep)
    assert speed.prefill_tps.value == pytest.approx(PROMPT / read_s(whole, 0, PROMPT))
    assert speed.ttft_s.value == pytest.approx(read_s(whole, 0, 800))


def test_slices_with_another_mixture_of_types_are_corrected_by_their_bytes() -> None:
    """Both slices imitate only layers with more bits; decode is predicted all the same."""
    heavy = [0] * 2, [0] * 6
    assert layer_bytes(PHI3_MINI, "Q4_K_M", heavy[1]) > 1.05 * layer_bytes(
        PHI3_MINI, "Q4_K_M", imitated(PHI3_MINI, "Q4_K_M", 6)
    )
    small, large = (measured(PHI3_MINI, layers) for layers in heavy)
    speed = predict(PHI3_MINI, "Q4_K_M", small, large)
    assert speed.deep_decode_tps is not None
    expected = 1 / decode_s(PHI3_MINI, range(32), DEEP)
    assert speed.deep_decode_tps.value == pytest.approx(expected)


def test_of_a_mixture_the_experts_that_are_used_count() -> None:
    dense = replace(MIXTRAL, experts=0, experts_used=0)
    layers = range(MIXTRAL.layers)
    token = layer_bytes(MIXTRAL, "Q4_0", layers)
    everything = weight_bytes(MIXTRAL, "Q4_0")
    assert 1.5 < token / layer_bytes(dense, "Q4_0", layers) < 2.0
    assert 3.4 < everything / token < 4.0


def test_a_model_measured_whole_is_taken_as_it_is() -> None:
    whole = measured(TINY, range(28), stretches=((0, 512),))
    speed = predict(TINY, "Q4_K_M", whole, None)
    flat, deep = decode_s(TINY, range(28), 0), decode_s(TINY, range(28), DEEP)
    assert 1 / deep < speed.decode_tps.value < 1 / flat
    assert speed.prefill_tps.value == pytest.approx(PROMPT / read_s(range(28), 0, PROMPT), rel=0.01)


def test_without_a_read_at_depth_attention_still_makes_long_prompts_dearer() -> None:
    small, large = (
        replace(measured(PHI3_MINI, layers, stretches=((0, 192),)), deep=())
        for layers in ((0, 4), (0, 1, 4, 5, 8, 9))
    )
    speed = predict(PHI3_MINI, "Q4_K_M", small, large, question=1600)
    assert speed.deep_decode_tps is None
    assert speed.decode_tps.value < 1 / decode_s(PHI3_MINI, range(32), 0)
    assert 1600 / speed.ttft_s.value < speed.prefill_tps.value


def noisy(change: Callable[[float], float]) -> float:
    """The decode rate's error band when the rounds of the larger slice differ so."""
    small, large = (measured(PHI3_MINI, range(count)) for count in (2, 6))
    first, *rest = large.decode
    large = replace(large, decode=(change(first), *rest))
    return predict(PHI3_MINI, "Q4_K_M", small, large).decode_tps.band


def test_the_error_band_follows_the_formula_and_grows_with_the_noise() -> None:
    quiet = noisy(lambda seconds: seconds)
    small, large = (measured(PHI3_MINI, range(count)).decode for count in (2, 6))
    weights = [layer_bytes(PHI3_MINI, "Q4_K_M", range(count)) for count in (2, 6, 32)]
    ratio = (weights[2] - weights[0]) / (weights[1] - weights[0])
    one, other = (SINGLE * values[0] / math.sqrt(3) for values in (large, small))
    spread = math.hypot(ratio * one, (ratio - 1) * other)
    whole = (
        1
        / predict(
            PHI3_MINI, "Q4_K_M", measured(PHI3_MINI, range(2)), measured(PHI3_MINI, range(6))
        ).decode_tps.value
    )
    assert quiet == pytest.approx(math.hypot(BIAS, 2 * spread / whole), abs=0.001)
    assert noisy(lambda seconds: 1.3 * seconds) > 1.5 * quiet


def test_a_round_that_was_disturbed_widens_the_band_and_does_not_move_the_figure() -> None:
    small, large = (measured(PHI3_MINI, range(count)) for count in (2, 6))
    calm = predict(PHI3_MINI, "Q4_K_M", small, large)
    disturbed = replace(large, decode=(*large.decode[:-1], 2 * large.decode[-1]))
    told = predict(PHI3_MINI, "Q4_K_M", small, disturbed)
    assert told.decode_tps.value == pytest.approx(calm.decode_tps.value)
    assert told.decode_tps.band > 2 * calm.decode_tps.band
    assert told.ttft_s.band > 2 * calm.ttft_s.band  # read once, on an unsteady machine


def test_fewer_rounds_give_a_wider_band() -> None:
    bands = [
        predict(
            PHI3_MINI,
            "Q4_K_M",
            measured(PHI3_MINI, range(2), rounds=rounds),
            measured(PHI3_MINI, range(6), rounds=rounds),
        ).decode_tps.band
        for rounds in (1, 4)
    ]
    assert bands[0] > bands[1] > BIAS


def test_noise_that_turns_the_slices_around_is_admitted() -> None:
    seconds, error = extrapolate([0.03, 0.03], [0.02, 0.02], 7.5)
    assert seconds == pytest.approx(0.02)
    assert error >= seconds


def test_slices_that_were_not_measured_alike_are_refused() -> None:
    small, large = (measured(PHI3_MINI, range(count)) for count in (2, 6))
    with pytest.raises(ValueError, match="not measured"):
        predict(PHI3_MINI, "Q4_K_M", small, replace(large, decode=()))
    with pytest.raises(ValueError, match="no prompt was read"):
        predict(PHI3_MINI, "Q4_K_M", small, replace(large, reads=()))


@pytest.mark.parametrize(
    ("shape", "cache_bytes", "expected"),
    [
        (PHI3_MINI, 32 * MIB, (2, 6)),
        (QWEN_1B, 32 * MIB, (4, 12)),
        (PHI3_MINI, 128 * MIB, (4, 12)),  # the smaller slice must not fit the cache
        (TINY, 32 * MIB, (28,)),
    ],
)
def test_slices_are_high_enough_and_no_higher(
    shape: Shape, cache_bytes: int, expected: tuple[int, ...]
) -> None:
    assert heights(shape, "Q4_K_M", cache_bytes=cache_bytes) == expected


@pytest.mark.parametrize("shape", [PHI3_MINI, QWEN_1B], ids=["phi3", "qwen2"])
@pytest.mark.parametrize("count", [2, 4, 6, 12])
def test_slices_have_their_models_share_of_every_mixture(shape: Shape, count: int) -> None:
    kinds = {name: kind.name for name, _, kind in tensor_types(shape, "Q4_K_M")}
    down = [kinds[f"blk.{layer}.ffn_down.weight"] for layer in imitated(shape, "Q4_K_M", count)]
    assert down.count("Q6_K") == down.count("Q4_K") == count // 2
    assert imitated(shape, "Q4_K_M", count)[-1] == shape.layers - 1
    assert imitated(shape, "Q4_K_M", shape.layers) == tuple(range(shape.layers))


def test_a_slice_ends_as_its_model_does_even_when_that_layer_is_rare() -> None:
    """Q4_K_S gives a few first layers more bits: 32 layers have three kinds."""
    for count in (1, 2, 3, 8):
        layers = imitated(PHI3_MINI, "Q4_K_S", count)
        assert len(set(layers)) == count
        assert layers[-1] == 31


def test_a_question_is_the_system_prompt_and_its_passages() -> None:
    assert question_tokens(passages=700, system_prompt="x" * 400, context=4096) == 800
    assert question_tokens(passages=700, system_prompt="x" * 400, context=512) == 511
