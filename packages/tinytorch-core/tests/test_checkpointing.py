"""Activation checkpointing: the same gradients, bit for bit, and nothing kept inside."""
import tracemalloc

import numpy as np
import pytest
from networks import X, Y, equal, network
from tinytorch.core.autograd import no_grad
from tinytorch.core.tensor import Tensor, default_rng, manual_seed
from tinytorch.nn.activations import ReLU
from tinytorch.nn.layers import Dropout, Linear, Module, Sequential
from tinytorch.nn.losses import CrossEntropyLoss
from tinytorch.training import (
    checkpoint,
    generators,
)


class Shared(Module):
    """A module that uses a part twice, beside a parameter of its own that one path skips."""

    def __init__(self, part, wrap):
        self.part, self.wrap, self.last = part, wrap, Linear(6, 4, rng=np.random.default_rng(9))

    def forward(self, x):
        return self.last(self.wrap(self.part, self.wrap(self.part, x)) + x)


def plain(part, *inputs):
    return part(*inputs)


def gradients_of(run, x=None, own=True):
    """Gradients of input and parameters, and the next numbers drawn, after a walk through `run(part, x)`."""
    manual_seed(11)
    part, x = network(own=own), Tensor(X if x is None else x, requires_grad=True)
    out = run(part, x)
    default_rng().random(3)  # somebody draws between forward and backward
    CrossEntropyLoss()(out, Y).backward()
    return [out.data, x.grad, *[p.grad for p in part.parameters()], part[2].rng.random() if own else 0.0,
            default_rng().random()]


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("run", [
    checkpoint, lambda part, x: checkpoint(Sequential(Sequential(part)), x),
    lambda part, x: checkpoint(Sequential(part[3]), checkpoint(Sequential(part[0], part[1], part[2]), x)),
    lambda part, x: checkpoint(Nested(part), x)])
def test_a_checkpoint_gives_every_gradient_bit_for_bit(run, own):
    assert equal(gradients_of(plain, own=own), gradients_of(run, own=own))


class Nested(Module):
    """A checkpoint inside whatever is round it."""

    def __init__(self, part):
        self.part = part

    def forward(self, x):
        return checkpoint(self.part, x)


def test_gradients_that_stood_there_are_added_to():
    part = Linear(6, 4)
    for p in part.parameters():
        p.grad = np.full_like(p.data, 5)
    CrossEntropyLoss()(checkpoint(part, Tensor(X)), Y).backward()
    found = [p.grad.copy() for p in part.parameters()]
    for p in part.parameters():
        p.grad = np.full_like(p.data, 5)
    CrossEntropyLoss()(part(Tensor(X)), Y).backward()
    assert equal(found, [p.grad for p in part.parameters()])


def test_a_part_that_is_used_twice_gets_both_gradients():
    found = []
    for wrap in (plain, checkpoint):
        model = Shared(Linear(6, 6, rng=np.random.default_rng(2)), wrap)
        CrossEntropyLoss()(model(Tensor(X)), Y).backward()
        found.append([p.grad for p in model.parameters()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_frozen_parameters_and_inputs_get_none():
    part = Sequential(Linear(6, 6), Linear(6, 4))
    part[0].weight.requires_grad = part[0].bias.requires_grad = False
    x = Tensor(X)
    CrossEntropyLoss()(checkpoint(part, x), Y).backward()
    assert x.grad is None and part[0].weight.grad is None and part[0].bias.grad is None
    assert part[1].weight.grad.shape == (4, 6)


def test_several_inputs_and_numbers_that_have_no_slope():
    class Pick(Module):
        def __init__(self):
            self.layer = Linear(6, 4)

        def forward(self, x, scale, ids):
            return (self.layer(x) * scale)[ids.data]

    part, found = Pick(), []
    for run in (plain, checkpoint):
        inputs = Tensor(X, True), Tensor([3.0], True), Tensor([5, 2, 2], dtype=np.int64)
        run(part, *inputs).sum().backward()
        found.append([inputs[0].grad, inputs[1].grad, part.layer.weight.grad])
        part.layer.weight.grad = part.layer.bias.grad = None
        assert inputs[2].grad is None
    assert equal(*found)


def test_under_no_grad_a_checkpoint_is_the_part():
    part = network()
    part.eval()
    with no_grad():
        out = checkpoint(part, Tensor(X))
    assert out._node is None and np.array_equal(out.data, part(Tensor(X)).data)


def test_a_checkpoint_holds_no_inner_output():
    part, x = Sequential(*[Linear(64, 64) for _ in range(8)]), Tensor(np.ones((500, 64)))
    held = []
    for run in (plain, checkpoint):
        tracemalloc.start()
        out = run(part, x)
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert out.shape == (500, 64) and held[1] < 0.1 * held[0]


@pytest.mark.parametrize("part", [ReLU(), lambda x: x * 3])
def test_a_checkpoint_of_something_without_parameters_says_what_to_do(part):
    with pytest.raises(TypeError, match=r"needs a Module.*Sequential"):
        checkpoint(part, Tensor(X))


def test_generators_are_found_once_and_at_every_depth():
    own = np.random.default_rng(1)
    model = Sequential(Dropout(0.3, rng=own), Sequential(Dropout(0.5, rng=own), Dropout(0.2, rng=default_rng())))
    assert [id(one) for one in generators(model)] == [id(default_rng()), id(own)]
