"""Attention: who hears whom, what hiding means, and blindness to order; laws, and gradients by nudging."""
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.core import Tensor, gradcheck, no_grad
from tinytorch.nn.attention import Attention, causal_mask, scaled_dot_product_attention

RNG = np.random.default_rng(3)


def parts(queries, keys, d, width, front=()):
    return [Tensor(RNG.normal(size=shape)) for shape in
            ((*front, queries, d), (*front, keys, d), (*front, keys, width))]


def by_loops(query, key, value, mask):
    """One query at a time, one key at a time, in float64."""
    answers = np.zeros((len(query), value.shape[-1]))
    for i, q in enumerate(query.astype(np.float64)):
        shares = {j: math.exp(q @ k / math.sqrt(len(q))) for j, k in enumerate(key) if mask[i, j]}
        answers[i] = sum(share * value[j] for j, share in shares.items()) / sum(shares.values())
    return answers


sizes = st.integers(1, 6)


@given(sizes, sizes, sizes, sizes, st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_answers_are_those_of_the_loops(queries, keys, d, width, seed):
    rng = np.random.default_rng(seed)
    query, key, value = (Tensor(rng.normal(size=shape)) for shape in ((queries, d), (keys, d), (keys, width)))
    mask = rng.random((queries, keys)) < 0.5
    mask[:, rng.integers(keys)] = True
    found = scaled_dot_product_attention(query, key, value, mask)
    np.testing.assert_allclose(found.data, by_loops(query.data, key.data, value.data, mask), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("front", [(), (2,), (2, 3)])
def test_further_axes_are_sequences_of_their_own(front):
    query, key, value = parts(3, 5, 4, 6, front)
    answer, weights = scaled_dot_product_attention(query, key, value, causal_mask(5)[2:], return_weights=True)
    assert answer.shape == (*front, 3, 6) and weights.shape == (*front, 3, 5)
    for at in np.ndindex(front):
        alone = by_loops(query.data[at], key.data[at], value.data[at], causal_mask(5)[2:])
        np.testing.assert_allclose(answer.data[at], alone, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(weights.data.sum(axis=-1), 1, rtol=1e-5)


def test_what_is_hidden_has_no_share_and_no_gradient():
    query, key, value = parts(2, 3, 4, 4)
    key.requires_grad = value.requires_grad = True
    answer, weights = scaled_dot_product_attention(query, key, value, [[True, False, True]] * 2, return_weights=True)
    answer.sum().backward()
    assert (weights.data[:, 1] == 0).all()
    assert (key.grad[1] == 0).all() and (value.grad[1] == 0).all() and np.isfinite(key.grad).all()


def test_the_order_of_keys_does_not_matter():
    query, key, value = parts(3, 5, 4, 4)
    order = RNG.permutation(5)
    found = scaled_dot_product_attention(query, key[order], value[order])
    np.testing.assert_allclose(found.data, scaled_dot_product_attention(query, key, value).data, rtol=1e-4, atol=1e-6)


def test_scores_far_out_stay_finite():
    query, key, value = parts(2, 3, 4, 4)
    answer = scaled_dot_product_attention(query * 1e4, key, value, causal_mask(3)[1:])
    assert np.isfinite(answer.data).all()


@pytest.mark.parametrize("masked", [False, True])
def test_gradients_of_query_key_and_value_are_those_of_nudging(masked):
    tensors = [Tensor(part.data, requires_grad=True) for part in parts(4, 4, 3, 5, (2,))]
    mask = causal_mask(4) if masked else None
    assert gradcheck(lambda *some: scaled_dot_product_attention(*some, mask), *tensors) < 1e-6


def test_a_mask_may_be_a_tensor():
    query, key, value = parts(3, 3, 4, 4)
    found = scaled_dot_product_attention(query, key, value, Tensor(causal_mask(3), dtype=bool))
    np.testing.assert_array_equal(found.data, scaled_dot_product_attention(query, key, value, causal_mask(3)).data)


@pytest.mark.parametrize(("mask", "kind", "says"), [
    (np.zeros((2, 3), dtype=bool), ValueError, "a row of the mask is all False"),
    (np.ones((2, 3)), TypeError, "made of True and False, and this one of float64"),
])
def test_a_mask_that_cannot_be_meant_is_refused(mask, kind, says):
    with pytest.raises(kind, match=says):
        scaled_dot_product_attention(*parts(2, 3, 4, 4), mask)


@pytest.mark.parametrize("length", [0, 1, 2, 7])
def test_a_causal_mask_is_the_lower_half(length):
    mask = causal_mask(length)
    assert mask.dtype == bool and mask.shape == (length, length)
    np.testing.assert_array_equal(mask, np.tril(np.ones((length, length), dtype=bool)))


def test_a_later_row_never_changes_an_earlier_answer():
    layer, x = Attention(6, 4, rng=RNG), RNG.normal(size=(2, 8, 6))
    for at in range(1, 8):
        moved = x.copy()
        moved[:, at] += 3
        with no_grad():
            before, after = layer(Tensor(x)).data, layer(Tensor(moved)).data
        np.testing.assert_allclose(after[:, :at], before[:, :at], atol=1e-6)
        assert (np.abs(after[:, at:] - before[:, at:]).max(axis=(0, 2)) > 1e-4).all()  # it and all later ones hear it


def test_a_layer_that_is_not_causal_turns_with_its_rows():
    layer, x, order = Attention(6, causal=False, rng=RNG), RNG.normal(size=(5, 6)), RNG.permutation(5)
    np.testing.assert_allclose(layer(Tensor(x[order])).data, layer(Tensor(x)).data[order], atol=1e-5)


@pytest.mark.parametrize("causal", [True, False])
def test_gradients_of_all_parameters_are_those_of_nudging(causal):
    layer, x = Attention(5, 3, causal=causal, rng=RNG), Tensor(RNG.normal(size=(2, 4, 5)), requires_grad=True)
    names = [name for name, _ in layer.named_parameters()]

    def run(x, *numbers):
        for name, number in zip(names, numbers):
            part, kind = name.split(".")
            setattr(getattr(layer, part), kind, number)
        return layer(x)

    assert gradcheck(run, x, *layer.parameters()) < 1e-6


def test_parameters_have_the_names_and_sizes_of_their_layers():
    shapes = {name: p.shape for name, p in Attention(6, 4).named_parameters()}
    assert shapes == {
        "query.weight": (4, 6), "query.bias": (4,), "key.weight": (4, 6), "key.bias": (4,),
        "value.weight": (4, 6), "value.bias": (4,), "out.weight": (6, 4), "out.bias": (6,)}
    assert Attention(6).query.weight.shape == (6, 6)
