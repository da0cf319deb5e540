"""Activations: float64 as the oracle from edge to edge of float32, laws, and what passes the door."""

import math

import numpy as np
import pytest
from tinytorch.core.tensor import Tensor
from tinytorch.nn.activations import GELU, ReLU, Sigmoid, Softmax, Tanh, relu, sigmoid, softmax


def exact_gelu(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def exact_sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1) / (1 + small)


def exact_softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


EXACT = {ReLU: lambda x: x * (x > 0), Sigmoid: exact_sigmoid, Tanh: np.tanh, GELU: exact_gelu, Softmax: exact_softmax}
SHAPES = [(1,), (7,), (3, 4), (2, 1, 5), (0, 4), (2, 0, 3)]
EDGES = np.float32([-3e4, -1000, -104, -88.8, -88, -20, -1e-30, 0, 1e-30, 0.5, 20, 88, 88.8, 1000, 3e4])


@pytest.fixture(autouse=True)
def quiet():
    """A warning would reach stderr, for which nbgrader takes all points."""
    with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def passed(action):
    """What passes the door: names and options."""
    seen = []

    def noting(step):
        def apply(forward, *inputs, **options):
            seen.append((forward.__name__, options))
            return step(forward, *inputs, **options)

        return apply

    Tensor._read(noting)
    try:
        action()
    finally:
        Tensor._read(noting, on=False)
    return seen


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", EXACT)
def test_values_are_those_of_float64_in_every_shape(kind, shape, rng):
    for dtype, rtol in ((np.float32, 1e-5), (np.float64, 1e-12)):
        x = rng.normal(0, 3, shape).astype(dtype)
        out = kind()(Tensor(x, dtype=dtype))
        assert isinstance(out, Tensor) and out.dtype == dtype and type(out.data) is np.ndarray
        np.testing.assert_allclose(out.data, EXACT[kind](x.astype(np.float64)), rtol=rtol, atol=rtol / 10)


@pytest.mark.parametrize("kind", [ReLU, Sigmoid, Tanh, GELU])
def test_a_single_number_stays_float32_on_every_numpy(kind):
    out = kind()(Tensor(-1.5))
    assert (out.shape, out.dtype) == ((), np.float32)
    np.testing.assert_allclose(out.item(), EXACT[kind](np.float64(-1.5)), rtol=1e-5)


@pytest.mark.parametrize("kind", EXACT)
def test_the_edges_of_float32_are_quiet_and_right(kind):
    out = kind()(Tensor(EDGES)).data
    np.testing.assert_allclose(out, EXACT[kind](EDGES.astype(np.float64)), rtol=1e-5, atol=1e-44)


@pytest.mark.parametrize("kind", EXACT)
def test_the_input_is_left_alone_and_shares_nothing(kind):
    x = Tensor([[3, -4], [5, 6]])
    out = kind()(x)
    out.data[...] = 9
    assert x.data.tolist() == [[3, -4], [5, 6]] and x._version == 0


def test_nan_is_not_hidden_and_infinity_is_understood():
    with np.errstate(invalid="ignore"):
        assert all(np.isnan(kind()(Tensor([np.nan])).item()) for kind in (ReLU, Sigmoid, Tanh, GELU))
    far = Tensor([-np.inf, np.inf])
    assert ReLU()(far).data.tolist() == [0, np.inf]
    assert Sigmoid()(far).data.tolist() == [0, 1]
    assert Softmax()(Tensor([3, -np.inf, 3])).data.tolist() == [0.5, 0, 0.5]


# Laws


def test_relu_splits_a_number_into_what_is_above_and_below_zero(rng):
    x = rng.normal(size=(4, 5)).astype(np.float32)
    assert (relu(x) - relu(-x) == x).all() and (relu(relu(x)) == relu(x)).all() and (relu(x) >= 0).all()


def test_relu_keeps_whole_numbers_whole():
    assert ReLU()(Tensor([-3, 4], dtype=np.int64)).dtype == np.int64


def test_sigmoid_of_opposites_adds_up_to_one_and_never_falls(rng):
    x = np.sort(rng.uniform(-200, 200, 500)).astype(np.float32)
    np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1, rtol=1e-6)
    assert (np.diff(sigmoid(x)) >= 0).all()


def test_sigmoid_is_a_tanh_of_half(rng):
    x = rng.normal(0, 3, 20).astype(np.float32)
    np.testing.assert_allclose(sigmoid(x), 0.5 + 0.5 * np.tanh(x / 2), rtol=1e-5)


def test_gelu_of_opposites_differs_by_the_number(rng):
    x = rng.normal(0, 3, 20).astype(np.float32)
    np.testing.assert_allclose((GELU()(Tensor(x)) - GELU()(Tensor(-x))).data, x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(GELU()(Tensor([1.0])).item(), 0.841192, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_softmax_sums_to_one_along_its_axis_and_ignores_a_shift(axis, rng):
    x = rng.normal(0, 3, (3, 4, 5)).astype(np.float32)
    probs = Softmax(axis=axis)(Tensor(x)).data
    np.testing.assert_allclose(probs.sum(axis=axis), 1, rtol=1e-5)
    np.testing.assert_allclose(softmax(x + np.float32(1000), axis), probs, rtol=1e-3)
    np.testing.assert_allclose(np.moveaxis(probs, axis, -1), exact_softmax(np.moveaxis(x, axis, -1)), rtol=1e-5)


def test_softmax_gives_a_row_what_it_would_get_alone(rng):
    x = rng.normal(0, 3, (6, 4)).astype(np.float32) + np.float32([[1000], [-1000], [0], [90], [-90], [7]])
    probs = softmax(x, -1)
    for row, found in zip(x, probs, strict=True):
        np.testing.assert_allclose(softmax(row, -1), found, rtol=1e-6)
        np.testing.assert_allclose(softmax(row[None], -1)[0], found, rtol=1e-6)


def test_softmax_of_logs_of_counts_is_their_share():
    counts = np.float32([[3, 5, 2], [4, 9, 7]])
    np.testing.assert_allclose(softmax(np.log(counts), 1), counts / counts.sum(axis=1, keepdims=True), rtol=1e-6)


def test_softmax_of_no_rows_is_empty_and_of_no_scores_is_refused():
    assert Softmax()(Tensor(np.ones((0, 3)))).shape == (0, 3)
    with pytest.raises(ValueError):
        Softmax()(Tensor(np.ones((3, 0))))


# The door


@pytest.mark.parametrize("layer, expected", [
    (ReLU(), [("relu", {})]), (Sigmoid(), [("sigmoid", {})]), (Tanh(), [("tanh", {})]),
    (Softmax(), [("softmax", {"axis": -1})]), (Softmax(axis=0), [("softmax", {"axis": 0})]),
])  # fmt: skip
def test_an_activation_passes_the_door_once_under_its_own_name(layer, expected):
    assert passed(lambda: layer(Tensor([[3, 4]]))) == expected


def test_gelu_is_made_of_operations_that_have_rules_already():
    names = [name for name, _ in passed(lambda: GELU()(Tensor([3])))]
    assert names.count("tanh") == 1 and set(names) == {"multiply", "add", "tanh"}


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("x", [np.ones(3), 0.5, [3, 4], None], ids=lambda x: type(x).__name__)
def test_what_is_no_tensor_is_refused_by_name(kind, x):
    expected = rf"{kind.__name__} takes a Tensor, and found {type(x).__name__}\. Wrap it: {kind.__name__}\(\)\(Tensor"
    with pytest.raises(TypeError, match=expected):
        kind()(x)
