"""Layers: float64 as the oracle, laws of what is drawn, and what a model finds, saves, loads and refuses."""
import copy
import math
import pickle

import numpy as np
import pytest
from tinytorch.core.tensor import Tensor, manual_seed
from tinytorch.nn.activations import ReLU, Softmax
from tinytorch.nn.layers import (
    Dropout,
    Flatten,
    Linear,
    Module,
    Parameter,
    Sequential,
    fans,
    glorot_uniform,
    he_normal,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def model(rng):
    made = Sequential(Flatten(), Linear(6, 5, init=he_normal, rng=rng), ReLU(), Linear(5, 4, rng=rng))
    made[1].bias.data = rng.normal(size=5).astype(np.float32)
    return made


def spread_after(depth, n, init, rng):
    x = Tensor(rng.normal(size=(100, n)))
    for _ in range(depth):
        x = ReLU()(Linear(n, n, init=init, rng=rng)(x))
    return x.data.std()


# first numbers


@pytest.mark.parametrize("shape, expected", [((3, 5), (5, 3)), ((8, 4, 3, 3), (36, 72)), ((2, 7, 5), (35, 10))])
def test_fans_count_what_meets_and_what_is_reached(shape, expected):
    assert fans(shape) == expected


@pytest.mark.parametrize("shape", [(60, 200), (200, 60), (16, 8, 5, 5)])
def test_glorot_fills_its_bound_evenly(shape, rng):
    drawn = glorot_uniform(shape, rng) / math.sqrt(6 / sum(fans(shape)))  # from -1 to 1
    assert drawn.shape == shape and 0.99 < np.abs(drawn).max() <= 1
    np.testing.assert_allclose(np.quantile(drawn, [0.1, 0.25, 0.5, 0.75, 0.9]), [-0.8, -0.5, 0, 0.5, 0.8], atol=0.06)


@pytest.mark.parametrize("shape", [(60, 200), (200, 60), (16, 8, 5, 5)])
def test_he_is_normal(shape, rng):
    drawn = he_normal(shape, rng) * math.sqrt(fans(shape)[0] / 2)  # spread 1
    quantiles = np.quantile(drawn, [0.0228, 0.1587, 0.5, 0.8413, 0.9772])
    assert drawn.shape == shape
    np.testing.assert_allclose(quantiles, [-2, -1, 0, 1, 2], atol=0.15)


def test_he_lets_signal_through_fifty_layers_where_glorot_loses_it(rng):
    assert 0.02 < spread_after(50, 128, he_normal, rng) < 20
    assert spread_after(50, 128, glorot_uniform, rng) < 1e-5


def test_without_relu_glorot_keeps_the_spread(rng):
    x = Tensor(rng.normal(size=(500, 200)))
    assert Linear(200, 200, rng=rng)(x).data.std() == pytest.approx(1, abs=0.05)


def test_manual_seed_repeats_what_is_drawn_without_a_generator():
    weights = []
    for _ in range(2):
        manual_seed(5)
        weights.append(Linear(3, 4).weight.data)
    np.testing.assert_array_equal(*weights)
    assert not np.array_equal(weights[0], Linear(3, 4).weight.data)


# Linear, Sequential, Flatten, Dropout


@pytest.mark.parametrize("shape", [(6,), (3, 6), (2, 3, 6), (2, 1, 4, 6), (0, 6), (2, 0, 6)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_agrees_with_float64(shape, bias, rng):
    layer, x = Linear(6, 4, bias=bias, rng=rng), rng.normal(size=shape).astype(np.float32)
    shift = rng.normal(size=4).astype(np.float32) if bias else 0
    if bias:
        layer.bias.data = shift
    out = layer(Tensor(x))
    assert out.dtype == np.float32 and type(out) is Tensor
    np.testing.assert_allclose(out.data, x.astype(np.float64) @ layer.weight.data.T + shift, rtol=1e-5, atol=1e-5)


def test_linear_is_linear(rng):
    layer = Linear(6, 4, bias=False, rng=rng)
    x, y = Tensor(rng.normal(size=(3, 6))), Tensor(rng.normal(size=(3, 6)))
    np.testing.assert_allclose(layer(3 * x - y).data, (3 * layer(x) - layer(y)).data, atol=1e-5)


def test_parameters_are_float32_leaves_and_results_are_not_parameters(rng):
    layer = Linear(6, 4, rng=rng)
    assert {p.dtype for p in layer.parameters()} == {np.dtype(np.float32)}
    assert all(p.requires_grad and p.grad is None for p in layer.parameters())
    assert not isinstance(layer.weight.T, Parameter) and not isinstance(layer.weight + layer.bias[:1], Parameter)


def test_a_float64_model_stays_float64(model):
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(np.float64)
    assert model(Tensor(np.ones((3, 2, 3)), dtype=np.float64)).dtype == np.float64


def test_wrong_sizes_are_shown():
    with pytest.raises(ValueError, match=r"left +\(3, 5\).*\n.*right +\(6, 4\)"):
        Linear(6, 4)(Tensor(np.ones((3, 5))))


def test_sequential_hands_on_and_can_be_walked(model, rng):
    x = Tensor(rng.normal(size=(3, 2, 3)))
    by_hand = x
    for layer in model:
        by_hand = layer(by_hand)
    np.testing.assert_array_equal(model(x).data, by_hand.data)
    assert len(model) == 4 and model[-1] is model[3] and isinstance(model[2], ReLU)
    with pytest.raises(IndexError):
        model[4]


def test_more_than_ten_layers_keep_their_order():
    long = Sequential(*[lambda x, place=place: concatenated(x, place) for place in range(12)])
    assert long([]) == list(range(12)) and len(long) == 12


def concatenated(x, place):
    return [*x, place]


def test_no_layers_change_nothing():
    x = Tensor([3])
    assert Sequential()(x) is x and Sequential().parameters() == []


def test_flatten_is_a_view(rng):
    x = Tensor(rng.normal(size=(3, 4, 5)))
    out = Flatten()(x)
    assert out.shape == (3, 20) and np.shares_memory(out.data, x.data)
    assert Flatten()(Tensor(np.ones((0, 4, 5)))).shape == (0, 20)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_dropout_keeps_the_mean_and_drops_the_share_p(p, rng):
    out = Dropout(p, rng=rng)(Tensor(np.ones(100_000))).data
    np.testing.assert_allclose(np.unique(out), [0, 1 / (1 - p)], rtol=1e-6)
    assert (out == 0).mean() == pytest.approx(p, abs=0.01) and out.mean() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_draws_anew_and_keeps_the_dtype(dtype, rng):
    layer, x = Dropout(0.5, rng=rng), Tensor(np.ones(50), dtype=dtype)
    assert layer(x).dtype == dtype and not np.array_equal(layer(x).data, layer(x).data)


def test_dropout_of_everything_and_of_nothing(recwarn):
    x = Tensor([3, 5, 7])
    assert Dropout(1)(x).data.tolist() == [0, 0, 0] and Dropout(0)(x) is x
    assert Dropout(0.5).eval()(x) is x
    assert not recwarn.list


@pytest.mark.parametrize("p", [-0.1, 1.5, math.nan])
def test_dropout_refuses_what_is_no_probability(p):
    with pytest.raises(ValueError, match=r"from 0 to 1, and found .*Try Dropout\(0.5\)"):
        Dropout(p)


# what a model finds


def test_names_are_those_of_pytorch(model):
    assert list(model.state_dict()) == ["1.weight", "1.bias", "3.weight", "3.bias"]
    assert [p.shape for p in model.parameters()] == [(5, 6), (5,), (4, 5), (4,)]


def test_a_list_is_passed_over(model):
    holder = Module()
    holder.layers, holder.spare = list(model), {"one": model}
    assert holder.parameters() == []


def test_a_shared_parameter_is_told_once_under_its_first_name():
    model = Sequential(Linear(3, 3), Linear(3, 3))
    model[1].weight = model[0].weight
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.bias"]
    twice = Sequential(model, model)
    assert [name for name, _ in twice.named_parameters()] == ["0.0.weight", "0.0.bias", "0.1.bias"]


def test_train_and_eval_reach_all_and_return_the_model():
    drop = Dropout()
    model = Sequential(Linear(3, 3), Sequential(ReLU(), drop))
    assert model.eval() is model and not drop.training and not model.training
    assert model.train() is model and drop.training


def test_a_module_without_forward_says_what_to_write():
    class Silent(Module):
        pass

    with pytest.raises(NotImplementedError, match="Silent .*def forward"):
        Silent()(Tensor([1]))


def test_forward_gets_options():
    class Scaled(Module):
        def forward(self, x, by=3):
            return x * by

    assert Scaled()(Tensor([5]), by=7).item() == 35


# what a model saves and loads


def test_a_state_makes_another_model_answer_alike(model, rng):
    other = Sequential(Flatten(), Linear(6, 5), ReLU(), Linear(5, 4))
    other.load_state_dict(model.state_dict())
    x = Tensor(rng.normal(size=(3, 2, 3)))
    np.testing.assert_array_equal(Softmax()(model(x)).data, Softmax()(other(x)).data)


def test_a_state_is_a_copy_both_ways(model):
    state = model.state_dict()
    model[1].weight.data = model[1].weight.data + 1
    assert not np.array_equal(state["1.weight"], model[1].weight.data)
    model.load_state_dict(state)
    state["1.weight"][...] = 7
    assert not (model[1].weight.data == 7).any()


def test_loading_keeps_the_parameters_and_their_dtype(model):
    before = model.parameters()
    model.load_state_dict({name: array.astype(np.float64) for name, array in model.state_dict().items()})
    assert all(a is b and a.dtype == np.float32 for a, b in zip(before, model.parameters(), strict=True))


def test_a_state_that_does_not_fit_is_refused_whole_and_listed(model):
    before = model.state_dict()
    state = {name: array + 1 for name, array in before.items()}
    state["1.weight"], state["5.weight"] = np.ones((6, 5)), np.ones(3)
    del state["3.bias"]
    with pytest.raises(ValueError) as refused:
        model.load_state_dict(state)
    for part in ("nothing was loaded", "3.bias  expected and missing", "5.weight  found, and this model has no such",
                 "1.weight  expected shape (5, 6), found (6, 5)"):
        assert part in str(refused.value)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_what_is_no_number_changes_nothing(model):
    before = model.state_dict()
    state = {**{name: array + 1 for name, array in before.items()}, "3.bias": np.array(["a"] * 4)}
    with pytest.raises(ValueError):
        model.load_state_dict(state)
    np.testing.assert_array_equal(model.state_dict()["1.weight"], before["1.weight"])


def test_loading_moves_the_version(model):
    version = model[1].weight._version
    model.load_state_dict(model.state_dict())
    assert model[1].weight._version > version


def test_a_model_can_be_copied_and_pickled(model, rng):
    x = Tensor(rng.normal(size=(3, 2, 3)))
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other(x).data, model(x).data)
        assert other[1].weight is not model[1].weight
