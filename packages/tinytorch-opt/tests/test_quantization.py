"""Quantization: what comes back from codes, what a ruler reaches, and layers and models that keep codes."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from tinytorch.core import Tensor, gradcheck, no_grad
from tinytorch.nn import Linear, Module, Parameter, ReLU, Sequential
from tinytorch.nn.attention import Attention
from tinytorch.quantization import SMALLEST, QuantizedLinear, calibrate, dequantize, quantize, quantize_model

RNG = np.random.default_rng(3)
CODES = np.arange(-128, 128).astype(np.int8)
HALF = 0.501  # of a step; float32 rounds twice on the way

floats = st.floats(-2.0**100, 2.0**100, width=32)
filled = arrays(np.float32, array_shapes(min_dims=1, max_dims=3, max_side=6), elements=floats)
centres = st.floats(-100, 100, width=32)


def there_and_back(array, ruler):
    return dequantize(quantize(array, *ruler), *ruler)


def steps_off(array, ruler):
    """The largest error, in steps of the ruler."""
    return float((np.abs(there_and_back(array, ruler).astype(np.float64) - array) / ruler[0]).max())


# quantize and dequantize


@pytest.mark.parametrize("zero_point", [-128, -3, 0, 127])
@pytest.mark.parametrize("scale", [1e-3, 0.25, 7.0])
def test_each_code_is_the_code_of_its_number(scale, zero_point):
    numbers = dequantize(CODES, scale, zero_point)
    assert numbers.dtype == np.float32
    np.testing.assert_array_equal(quantize(numbers, scale, zero_point), CODES)
    assert dequantize(quantize(np.float32([0]), scale, zero_point), scale, zero_point)[0] == 0


def test_a_ruler_of_its_own_for_each_place_is_a_ruler_alone():
    array, scales = RNG.normal(size=(3, 5)).astype(np.float32), np.float32([[0.1], [0.5], [2]])
    zero_points = np.int8([[-128], [5], [127]])
    for row in range(3):
        alone = quantize(array[row], scales[row, 0], zero_points[row, 0])
        np.testing.assert_array_equal(quantize(array, scales, zero_points)[row], alone)
        np.testing.assert_array_equal(dequantize(quantize(array, scales, zero_points), scales, zero_points)[row],
                                      dequantize(alone, scales[row, 0], zero_points[row, 0]))


def test_what_lies_beyond_gets_the_last_code():
    far = np.float32([-np.inf, -1e30, -64.6, 64.0, 1e30, np.inf])
    assert quantize(far, 0.5).tolist() == [-128, -128, -128, 127, 127, 127]


def test_codes_keep_the_order_of_numbers():
    ordered = np.sort(RNG.normal(size=1000)).astype(np.float32)
    assert (np.diff(quantize(ordered, *calibrate(ordered)).astype(int)) >= 0).all()


# calibrate


@given(filled, st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_number_comes_back_within_half_a_step(array, symmetric):
    ruler = calibrate(array, symmetric)
    assert steps_off(array, ruler) <= HALF
    for axis in range(-1, array.ndim):
        assert steps_off(array, calibrate(array, symmetric, axis)) <= HALF


@given(centres, st.floats(0, 100, width=32), st.booleans())
@settings(max_examples=150, deadline=None)
def test_anything_between_the_edges_comes_back_within_half_a_step(centre, reach, symmetric):
    edges = np.float32([centre - reach, centre + reach])
    ruler = calibrate(edges, symmetric)
    assert steps_off(np.linspace(*edges, 501, dtype=np.float32), ruler) <= HALF
    assert there_and_back(np.zeros(1, dtype=np.float32), ruler)[0] == 0


@pytest.mark.parametrize("numbers", [[7, 7, 7], [-3, -3], [0, 0], [5, 5.5, 6], [-0.1], [1e-45, 0], [3e38, -3e38]],
                         ids=str)
@pytest.mark.parametrize("symmetric", [False, True])
def test_constants_and_numbers_of_one_side_come_back(numbers, symmetric):
    array = np.float32(numbers)
    ruler = calibrate(array, symmetric)
    assert ruler[0] >= SMALLEST and np.isfinite(ruler[0])
    assert steps_off(array, ruler) <= HALF


@given(filled)
@settings(max_examples=60, deadline=None)
def test_a_step_is_no_larger_than_need_be(array):
    low, high = min(array.min(), 0), max(array.max(), 0)
    assert calibrate(array)[0] <= max(1.0001 * (float(high) - float(low)) / 255, SMALLEST)
    assert calibrate(array, symmetric=True)[0] <= max(1.0001 * float(max(high, -low)) / 127, SMALLEST)


@pytest.mark.parametrize(("axis", "shape"), [(None, ()), (0, (4, 1, 1)), (1, (1, 5, 1)), (-1, (1, 1, 6))])
def test_rulers_stand_along_their_axis(axis, shape):
    scale, zero_point = calibrate(RNG.normal(size=(4, 5, 6)).astype(np.float32), axis=axis)
    assert (scale.shape, zero_point.shape) == (shape, shape)
    assert (scale.dtype, zero_point.dtype) == (np.float32, np.int8)


def test_a_symmetric_ruler_has_its_zero_in_the_middle_and_spares_one_code():
    array = np.float32([-9, 4, 2])
    scale, zero_point = calibrate(array, symmetric=True)
    assert zero_point == 0 and quantize(array, scale).tolist() == [-127, 56, 28]


def test_a_percentile_keeps_an_outlier_from_stretching_the_ruler():
    array = RNG.normal(size=10_000).astype(np.float32)
    plain = calibrate(array, percentile=99.9)[0]
    array[17] = 1e6
    assert np.isclose(calibrate(array, percentile=99.9)[0], plain, rtol=0.1)
    assert calibrate(array)[0] > 1000 * plain


@pytest.mark.parametrize(("array", "percentile", "says"), [
    (np.zeros((0, 3)), 100, "found none"), (np.float32([1, np.nan]), 100, "nan or infinity"),
    (np.float32([1, np.inf]), 100, "nan or infinity"), (np.float32([1, 2]), 50, "above 50"),
    (np.float32([1, 2]), 100.1, "at most 100"),
])
def test_no_ruler_is_made_from_what_cannot_be_meant(array, percentile, says):
    with pytest.raises(ValueError, match=says):
        calibrate(array, percentile=percentile)


# QuantizedLinear


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_answers_as_a_linear_with_the_weight_that_comes_back(per_channel, bias):
    linear, x = Linear(7, 5, bias=bias, rng=RNG), Tensor(RNG.normal(size=(2, 3, 7)))
    layer = QuantizedLinear(linear, per_channel)
    answer = layer(x)
    linear.weight.data = dequantize(layer.codes.data, layer.scale.data)
    np.testing.assert_allclose(answer.data, linear(x).data, rtol=1e-4, atol=1e-5)
    assert answer.dtype == np.float32


def test_a_layer_keeps_a_byte_for_each_weight():
    layer = QuantizedLinear(Linear(100, 30))
    assert {name: (p.dtype, p.memory_footprint()) for name, p in layer.named_parameters()} == {
        "codes": (np.int8, 3000), "scale": (np.float32, 120), "bias": (np.float32, 120)}
    assert QuantizedLinear(Linear(100, 30), per_channel=False).scale.memory_footprint() == 4


def test_a_layer_lets_gradients_through_and_wants_none():
    layer = QuantizedLinear(Linear(4, 3, rng=RNG))
    assert gradcheck(layer, Tensor(RNG.normal(size=(5, 4)), requires_grad=True)) < 1e-6
    assert not any(p.requires_grad for p in layer.parameters())


def test_a_layer_stays_as_it_is_when_the_linear_learns_on():
    linear, x = Linear(4, 3, rng=RNG), Tensor(RNG.normal(size=(5, 4)))
    layer = QuantizedLinear(linear)
    before = layer(x).data
    for p in linear.parameters():
        p.data = p.data + 1
    np.testing.assert_array_equal(layer(x).data, before)


def test_rows_of_zeros_stay_zeros():
    linear = Linear(4, 3, bias=False)
    linear.weight.data = np.float32([[0, 0, 0, 0], [1, 2, 3, 4], [0, 0, 0, 0]])
    assert QuantizedLinear(linear)(Tensor([[1, 1, 1, 1]])).data[0, [0, 2]].tolist() == [0, 0]


# quantize_model


class Scaled(Module):
    def __init__(self, inner):
        self.inner, self.gain = inner, Parameter([3.0])

    def forward(self, x):
        return self.inner(x) * self.gain


def model():
    return Sequential(Linear(6, 8, rng=RNG), ReLU(), Scaled(Sequential(Linear(8, 4, rng=RNG), ReLU())))


def test_each_linear_is_replaced_at_any_depth_and_the_rest_stays():
    small = quantize_model(model())
    assert [name for name, _ in small.named_parameters()] == [
        "0.codes", "0.scale", "0.bias", "2.inner.0.codes", "2.inner.0.scale", "2.inner.0.bias", "2.gain"]
    assert isinstance(small[2], Scaled) and isinstance(small[1], ReLU)
    assert isinstance(quantize_model(Linear(3, 2)), QuantizedLinear)


def test_the_model_that_was_given_stays_and_shares_nothing():
    big, x = model(), Tensor(RNG.normal(size=(5, 6)))
    before, small = big(x).data, quantize_model(big)
    answer = small(x).data
    np.testing.assert_array_equal(big(x).data, before)
    for p in big.parameters():
        p.data = p.data * 0
    np.testing.assert_array_equal(small(x).data, answer)


def test_answers_of_a_model_stay_close():
    big, x = model(), Tensor(RNG.normal(size=(50, 6)))
    right, found = big(x).data, quantize_model(big)(x).data
    assert np.linalg.norm(found - right) < 0.02 * np.linalg.norm(right)


def test_attention_is_quantized_by_its_four_layers():
    big, x = Attention(16, rng=RNG), Tensor(RNG.normal(size=(2, 5, 16)))
    small = quantize_model(big)
    assert all(isinstance(part, QuantizedLinear) for part in (small.query, small.key, small.value, small.out))
    with no_grad():
        right, found = big(x).data, small(x).data
    assert np.linalg.norm(found - right) < 0.05 * np.linalg.norm(right)


def test_a_state_of_codes_moves_to_another_model():
    x, first, second = Tensor(RNG.normal(size=(5, 6))), quantize_model(model()), quantize_model(model())
    second.load_state_dict(first.state_dict())
    assert second[0].codes.dtype == np.int8
    np.testing.assert_array_equal(second(x).data, first(x).data)


def test_options_reach_every_layer():
    small, cut = quantize_model(model(), per_channel=False), quantize_model(model(), percentile=75.0)
    assert small[0].scale.shape == small[2].inner[0].scale.shape == ()
    assert (np.abs(cut[2].inner[0].codes.data) == 127).mean() > 0.2  # a quarter lies beyond the ends
