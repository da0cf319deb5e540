"""The training loop, clipping and the schedule, held against runs that went without them."""
import math

import numpy as np
import pytest
from networks import X, Y, equal, network, numbers
from tinytorch.core.tensor import Tensor, manual_seed
from tinytorch.nn.layers import Linear
from tinytorch.nn.losses import CrossEntropyLoss, MSELoss
from tinytorch.optim.optimizers import SGD, Adam
from tinytorch.training import (
    CosineAnnealingLR,
    Trainer,
    clip_grad_norm_,
    minibatches,
)


@pytest.mark.parametrize("size", [1, 5, 16, 64, 100])
def test_minibatches_give_each_pair_once_and_together(size):
    x = np.arange(64)[:, None] * np.ones(3)
    batches = list(minibatches(x, np.arange(64), size, np.random.default_rng(5)))
    ids = np.concatenate([y for _, y in batches])
    assert sorted(ids) == list(range(64)) and (size == 64 or size == 100 or list(ids) != list(range(64)))
    assert all((rows.data[:, 0] == y).all() and rows.dtype == np.float32 for rows, y in batches)
    assert [len(y) for _, y in batches] == [size] * (64 // size) + [64 % size] * (64 % size > 0)


def test_the_default_generator_mixes_the_batches():
    orders = []
    for seed in (7, 7, 8):
        manual_seed(seed)
        orders.append(np.concatenate([y for _, y in minibatches(X, np.arange(64), 10)]).tolist())
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize("make", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p, lr=0.01)])
@pytest.mark.parametrize("many", [2, 4, 8])
def test_accumulated_batches_lead_where_the_big_batch_leads(many, make):
    big, small = network(dropout=0), network(dropout=0)
    whole, parts = Trainer(big, make(big.parameters())), Trainer(small, make(small.parameters()), accumulate=many)
    size = 32 // many
    for _ in range(3):
        one = whole.train_epoch([(Tensor(X[at:at + 32]), Y[at:at + 32]) for at in (0, 32)])
        other = parts.train_epoch([(Tensor(X[at:at + size]), Y[at:at + size]) for at in range(0, 64, size)])
        assert one == pytest.approx(other, rel=1e-4)
    assert whole.optimizer.steps == parts.optimizer.steps == 6
    for a, b in zip(numbers(big), numbers(small), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_a_step_moves_the_arrays_that_are_there():
    model = network()
    trainer, homes = Trainer(model, Adam(model.parameters()), clip=1.0), numbers(model)
    trainer.train_epoch(minibatches(X, Y, 16))
    assert all(a is b for a, b in zip(homes, numbers(model), strict=True))
    assert all(p.grad is None for p in model.parameters())


def test_history_has_an_entry_for_each_epoch_of_all_calls():
    model = network()
    optimizer = SGD(model.parameters(), lr=0.2)
    trainer = Trainer(model, optimizer, schedule=CosineAnnealingLR(optimizer, T_max=12))
    trainer.fit(lambda: minibatches(X, Y, 16), 2)
    history = trainer.fit([(Tensor(X), Y)], 1, validation=[(Tensor(X[:9]), Y[:9])])
    assert [entry["epoch"] for entry in history] == [1, 2, 3] and history is trainer.history
    assert history[0].keys() == {"epoch", "loss", "lr"}
    assert history[2].keys() == {"epoch", "loss", "validation_loss", "accuracy", "lr"}
    assert [entry["lr"] for entry in history] == pytest.approx([0.15, 0.05, 0.1 * (1 + math.cos(math.pi * 9 / 12))])


@pytest.mark.parametrize("once", [lambda: minibatches(X, Y, 16), lambda: iter([(Tensor(X), Y)])])
def test_what_gives_its_batches_once_is_refused_before_an_epoch_without_any(once):
    trainer = Trainer(network(), SGD(network().parameters()))
    with pytest.raises(TypeError, match="gives them once.*lambda: minibatches"):
        trainer.fit(once(), 2)
    with pytest.raises(TypeError, match="gives them once"):
        trainer.fit([(Tensor(X), Y)], 1, validation=once())


def test_evaluate_records_nothing_draws_nothing_and_changes_nothing():
    model = network()
    trainer, before = Trainer(model, SGD(model.parameters())), [array.copy() for array in numbers(model)]
    state = model[2].rng.bit_generator.state
    loss, accuracy = trainer.evaluate([(Tensor(X), Y)])
    assert model[2].rng.bit_generator.state == state and model.training and model[2].training
    assert equal(before, numbers(model)) and all(p.grad is None for p in model.parameters())
    model.eval()
    scores = model(Tensor(X))
    assert loss == CrossEntropyLoss()(scores, Y).item()
    assert accuracy == (scores.data.argmax(axis=1) == Y).mean()


def test_accuracy_is_none_where_targets_are_no_classes():
    model = Linear(6, 4)
    trainer = Trainer(model, SGD(model.parameters()), loss=MSELoss())
    loss, accuracy = trainer.evaluate([(Tensor(X), Tensor(np.ones((64, 4))))])
    assert loss > 0 and accuracy is None


@pytest.mark.parametrize("accumulate", [0, -3])
def test_accumulate_counts_batches(accumulate):
    with pytest.raises(ValueError, match=f"1 or more; found {accumulate}"):
        Trainer(network(), SGD(network().parameters()), accumulate=accumulate)


# clipping and the schedule


@pytest.mark.parametrize("max_norm", [0.1, 3.0, 1e9])
def test_clipping_keeps_direction_and_bounds_the_norm(max_norm):
    params = [Tensor(np.ones(shape)) for shape in [(3, 4), (5,), (), (0, 2)]]
    drawn = [np.random.default_rng(1).normal(size=p.shape).astype(np.float32) for p in params]
    for p, grad in zip(params, drawn, strict=True):
        p.grad = np.array(grad)
    norm = clip_grad_norm_(iter(params), max_norm)
    assert norm == pytest.approx(math.sqrt(sum(float((grad.astype(np.float64) ** 2).sum()) for grad in drawn)))
    for p, grad in zip(params, drawn, strict=True):
        assert p.grad.dtype == np.float32 and p.grad.shape == grad.shape
        np.testing.assert_allclose(p.grad, grad * min(1, max_norm / norm), rtol=1e-5)


def test_clipping_nothing_is_a_norm_of_0():
    assert clip_grad_norm_([Tensor([3.0])], 1.0) == 0.0


def test_clip_bounds_what_a_step_sees():
    model = Linear(6, 4)
    before = [array.copy() for array in numbers(model)]
    Trainer(model, SGD(model.parameters(), lr=1.0), clip=0.01).train_epoch([(Tensor(100 * X), Y)])
    moved = math.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(before, numbers(model), strict=True)))
    assert moved == pytest.approx(0.01, rel=1e-2)


@pytest.mark.parametrize("eta_min", [0.0, 0.05])
def test_cosine_follows_the_recursion_that_pytorch_uses(eta_min):
    optimizer = SGD([Tensor([3.0])], lr=0.8)
    schedule, lr, T = CosineAnnealingLR(optimizer, 10, eta_min), 0.8, 10
    for t in range(1, 10):
        lr = (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T)) * (lr - eta_min) + eta_min
        schedule.step()
        assert optimizer.lr == pytest.approx(lr)
    schedule.step()
    assert optimizer.lr == pytest.approx(eta_min)
