"""Compression: which numbers go, that they stay away, and what smaller layers and students answer; by laws."""
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.compression import (
    apply_masks,
    distillation_loss,
    finetune,
    low_rank,
    magnitude_prune,
    sparsity,
    structured_prune,
)
from tinytorch.core import Tensor, gradcheck
from tinytorch.nn import CrossEntropyLoss, Flatten, Linear, ReLU, Sequential
from tinytorch.optim import SGD, Adam


def net(*sizes, seed=3, bias=True):
    """Linear layers of these sizes with ReLUs between them; biases that are not 0."""
    rng, layers = np.random.default_rng(seed), []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [Linear(inputs, outputs, bias, rng=rng), ReLU()]
        if bias:
            layers[-2].bias.data = rng.normal(size=outputs).astype(np.float32)
    return Sequential(*layers[:-1])


def weights_of(model):
    return {name: p.data for name, p in model.named_parameters() if p.ndim > 1}


# what goes


@given(st.integers(0, 1000), st.floats(0, 1), st.booleans())
@settings(max_examples=80, deadline=None)
def test_exactly_the_share_goes_and_nothing_larger_than_what_stays(seed, amount, equal):
    model = net(4, 3, 5, seed=seed)
    if equal:
        for p in model.parameters():
            p.data = np.sign(p.data)
    before = np.concatenate([np.abs(array).ravel() for array in weights_of(model).values()])
    masks = magnitude_prune(model, amount)
    keep = np.concatenate([mask.ravel() for mask in masks.values()])
    after = np.concatenate([np.abs(array).ravel() for array in weights_of(model).values()])
    assert (~keep).sum() == round(amount * 27) and sparsity(model) >= (~keep).mean()
    np.testing.assert_array_equal(after, np.where(keep, before, 0))
    if keep.any() and not keep.all():
        assert before[~keep].max() <= before[keep].min()


def test_biases_stay_and_masks_have_the_names_of_weights():
    model = net(4, 3, 5)
    biases = [model[0].bias.data.copy(), model[2].bias.data.copy()]
    masks = magnitude_prune(model, 1.0)
    assert masks.keys() == {"0.weight", "2.weight"} and sparsity(model) == 1
    np.testing.assert_array_equal(model[0].bias.data, biases[0])
    np.testing.assert_array_equal(model[2].bias.data, biases[1])


def test_a_second_cut_takes_the_first_along():
    model = net(6, 5, 4)
    first, second = magnitude_prune(model, 0.4), magnitude_prune(model, 0.7)
    assert all((first[name] | ~second[name]).all() for name in first)
    assert sparsity(model) == pytest.approx(0.7)


def test_a_layer_by_itself_is_a_model():
    layer = Linear(5, 8, rng=np.random.default_rng(3))
    assert magnitude_prune(layer, 0.25)["weight"].sum() == 30 and sparsity(layer) == 0.25


def test_an_array_of_weights_that_many_layers_share_is_counted_once():
    layer = Linear(4, 4, rng=np.random.default_rng(3))
    assert magnitude_prune(Sequential(layer, ReLU(), layer), 0.5).keys() == {"0.weight"}
    assert sparsity(layer) == 0.5


def test_masks_of_other_models_are_left_alone():
    model = net(4, 3)
    before = weights_of(model)["0.weight"].copy()
    apply_masks(model, {"7.weight": np.zeros((3, 4), dtype=bool)})
    np.testing.assert_array_equal(weights_of(model)["0.weight"], before)


@pytest.mark.parametrize("amount", [-0.1, 1.01, 90, math.nan])
def test_an_amount_that_is_no_share_is_refused(amount):
    with pytest.raises(ValueError, match="Write 0.9 for 90 %"):
        magnitude_prune(net(4, 3), amount)
    with pytest.raises(ValueError, match="a share, from 0 to 1"):
        structured_prune(Linear(4, 3), Linear(3, 2), amount)


def test_a_model_without_weights_is_refused():
    with pytest.raises(ValueError, match="a Flatten without weights"):
        sparsity(Flatten())


# whole rows


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("amount", "left"), [(0.0, 8), (0.25, 6), (0.9, 1), (1.0, 0)])
def test_smaller_layers_answer_as_the_large_ones_with_silent_numbers_between(bias, amount, left):
    model, x = net(5, 8, 3, bias=bias), Tensor(np.random.default_rng(5).normal(size=(6, 5)))
    start, end = structured_prune(model[0], model[2], amount)
    stay = np.argsort(np.linalg.norm(model[0].weight.data, axis=1))[8 - left:]
    heard = np.zeros(8)
    heard[stay] = 1
    assert start.weight.shape == (left, 5) and end.weight.shape == (3, left) and (start.bias is None) == (not bias)
    expected = model[2](model[1](model[0](x)) * Tensor(heard)).data
    np.testing.assert_allclose(end(ReLU()(start(x))).data, expected, atol=1e-5)


def test_smaller_layers_have_arrays_of_their_own():
    model = net(5, 8, 3)
    before = model.state_dict()
    for layer in structured_prune(model[0], model[2], 0.5):
        for p in layer.parameters():
            p.data *= 0
    assert all(np.array_equal(array, before[name]) for name, array in model.state_dict().items())


# low rank


@pytest.mark.parametrize("bias", [True, False])
def test_the_full_rank_answers_as_the_layer(bias):
    layer, x = net(7, 4, bias=bias)[0], Tensor(np.random.default_rng(5).normal(size=(6, 7)))
    np.testing.assert_allclose(low_rank(layer, 4)(x).data, layer(x).data, atol=1e-5)


def test_no_product_of_its_rank_is_closer():
    layer = Linear(9, 6, rng=np.random.default_rng(3))
    values = np.linalg.svd(layer.weight.data, compute_uv=False)
    for rank in range(1, 7):
        thin = low_rank(layer, rank)
        product = thin[1].weight.data @ thin[0].weight.data
        assert thin[0].weight.shape == (rank, 9) and thin[0].bias is None
        assert np.linalg.norm(product - layer.weight.data) == pytest.approx(
            math.sqrt((values[rank:] ** 2).sum()), abs=1e-4)


@pytest.mark.parametrize("rank", [0, 5, -1])
def test_a_rank_that_a_weight_cannot_have_is_refused(rank):
    with pytest.raises(ValueError, match="has ranks from 1 to 4"):
        low_rank(Linear(7, 4), rank)


# a teacher


def pair(classes=5, batch=4, seed=3):
    rng = np.random.default_rng(seed)
    return [Tensor(3 * rng.normal(size=(batch, classes)), requires_grad=at == 0) for at in range(2)]


def test_the_loss_is_never_below_0_and_0_where_both_agree():
    for seed in range(20):
        logits, teacher = pair(seed=seed)
        assert distillation_loss(logits, teacher).item() > 0
        assert distillation_loss(teacher, teacher).item() == pytest.approx(0, abs=1e-5)


def test_numbers_added_to_all_logits_of_a_row_do_not_matter():
    logits, teacher = pair()
    moved = distillation_loss(logits + 7.0, teacher - 3.0).item()
    assert moved == pytest.approx(distillation_loss(logits, teacher).item(), rel=1e-3)


def test_without_a_share_for_the_teacher_it_is_cross_entropy():
    logits, teacher = pair()
    targets = np.array([3, 0, 4, 1])
    found = distillation_loss(logits, teacher, targets, temperature=3.0, alpha=0.0).item()
    assert found == pytest.approx(CrossEntropyLoss()(logits, targets).item(), rel=1e-5)


def test_at_high_temperatures_gradients_are_those_of_matching_logits():
    """Hinton, Vinyals and Dean (2015), equation 4: for logits of mean 0, (logits - teacher) / classes."""
    logits, teacher = (Tensor(x.data - x.data.mean(axis=1, keepdims=True), requires_grad=True, dtype=np.float64)
                       for x in pair())
    distillation_loss(logits, teacher, temperature=1000.0).backward()
    np.testing.assert_allclose(4 * logits.grad, (logits.data - teacher.data) / 5, atol=1e-2)


@pytest.mark.parametrize("labelled", [True, False])
def test_gradients_are_those_of_nudging(labelled):
    logits, teacher = pair()
    targets = np.array([3, 0, 4, 1]) if labelled else None
    assert gradcheck(lambda x: distillation_loss(x, teacher, targets, 2.5, 0.7), logits) < 1e-6


def test_logits_far_out_stay_finite():
    far = Tensor([[1e4, -1e4, 0.0]]), Tensor([[-1e4, 1e4, 0.0]])
    assert math.isfinite(distillation_loss(*far).item())


# fine-tuning


def batches(seed=3):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(32, 12)).astype(np.float32)
    targets = (rows @ rng.normal(size=(12, 5))).argmax(axis=1)
    return [(Tensor(rows[at:at + 8]), targets[at:at + 8]) for at in range(0, 32, 8)]


@pytest.mark.parametrize("make", [
    lambda p: SGD(p, lr=0.2), lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01), lambda p: Adam(p, lr=0.02)])
def test_zeros_stay_and_the_rest_learns_whatever_the_optimizer(make):
    model = net(12, 16, 5)
    optimizer = make(model.parameters())
    finetune(model, {}, optimizer, batches(), 2)  # its state now knows all numbers
    masks = magnitude_prune(model, 0.6)
    history = finetune(model, masks, optimizer, lambda: iter(batches()), 15)
    for name, array in weights_of(model).items():
        assert (array[~masks[name]] == 0).all()
    assert history[-1]["loss"] < 0.7 * history[0]["loss"] and len(history) == 15


def test_the_mask_is_on_after_every_single_step():
    model, seen = net(12, 16, 5), []
    masks = magnitude_prune(model, 0.75)

    def watched():
        for batch in batches():
            yield batch
            seen.append(sparsity(model))

    finetune(model, masks, SGD(model.parameters(), lr=0.2), watched, 2)
    assert seen == [0.75] * 8


def test_with_masks_that_keep_all_it_is_plain_training():
    one, other = net(12, 16, 5), net(12, 16, 5)
    finetune(one, magnitude_prune(one, 0.0), SGD(one.parameters(), lr=0.2), batches(), 2)
    finetune(other, {}, SGD(other.parameters(), lr=0.2), batches(), 2)
    assert all(np.array_equal(p.data, q.data) for p, q in zip(one.parameters(), other.parameters()))
