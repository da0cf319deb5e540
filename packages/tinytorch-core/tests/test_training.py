"""Training: accumulation, schedules, checkpoints in memory and on disk, held against runs that went without them."""
import json
import math
import os
import random
import tracemalloc

import numpy as np
import pytest
from tinytorch.core.autograd import no_grad
from tinytorch.core.tensor import Tensor, default_rng, manual_seed
from tinytorch.nn.activations import ReLU
from tinytorch.nn.layers import Dropout, Linear, Module, Sequential
from tinytorch.nn.losses import CrossEntropyLoss, MSELoss
from tinytorch.optim.optimizers import SGD, Adam, AdamW
from tinytorch.training import (
    CosineAnnealingLR,
    Trainer,
    checkpoint,
    clip_grad_norm_,
    generators,
    load_checkpoint,
    minibatches,
    save_checkpoint,
)

X = np.random.default_rng(0).normal(size=(64, 6)).astype(np.float32)
Y = np.arange(64) % 4


def network(seed=3, dropout=0.4, own=True):
    rng = np.random.default_rng(seed)
    return Sequential(Linear(6, 8, rng=rng), ReLU(), Dropout(dropout, rng=rng if own else None), Linear(8, 4, rng=rng))


def numbers(model):
    return [p.data for p in model.parameters()]


def equal(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


# the loop


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


# activation checkpointing


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


# files


class Run:
    """A small run whose batches, Dropouts and default generator all draw."""

    def __init__(self, seed, optimizer=Adam, kind=np.random.PCG64):
        self.rng, other = np.random.Generator(kind(seed)), np.random.Generator(kind(seed + 1))
        self.model = Sequential(Linear(6, 8, rng=self.rng), Dropout(0.3, rng=other), ReLU(), Dropout(0.2),
                                Linear(8, 4, rng=self.rng))
        self.optimizer, self.step = optimizer(self.model.parameters(), lr=0.02), 0
        self.schedule = CosineAnnealingLR(self.optimizer, T_max=40)

    def go(self, steps):
        trainer = Trainer(self.model, self.optimizer, schedule=self.schedule, clip=1.0)
        for _ in range(steps):
            some = self.rng.integers(0, 64, 8)
            trainer.train_epoch([(Tensor(X[some]), Y[some])])
        self.step += steps
        return self

    def save(self, path):
        save_checkpoint(path, self.model, self.optimizer, self.schedule, self.step, rngs=[self.rng])

    def load(self, path):
        self.step = load_checkpoint(path, self.model, self.optimizer, self.schedule, rngs=[self.rng])
        return self

    def everything(self):
        """All that a run is: arrays, numbers, and the next draw of each generator."""
        states = [one.bit_generator.state for one in [*generators(self.model), self.rng]]
        told = json.dumps([self.schedule.state_dict(), self.optimizer.lr, self.optimizer.steps, self.step, states],
                          default=np.ndarray.tolist)
        return [*numbers(self.model), *self.optimizer.state_dict().values(), told]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run ü.npz"


def sgd(params, lr):
    return SGD(params, lr=lr, momentum=0.9, nesterov=True)


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
@pytest.mark.parametrize("optimizer", [sgd, Adam, AdamW])
def test_a_resumed_run_ends_bit_for_bit_like_one_that_went_through(path, optimizer, kind):
    manual_seed(5)
    whole = Run(3, optimizer, kind).go(11).everything()
    manual_seed(5)
    Run(3, optimizer, kind).go(4).save(path)
    manual_seed(99)
    resumed = Run(8, optimizer, kind).load(path)
    assert resumed.step == 4 and equal(whole, resumed.go(7).everything())


def test_saving_and_loading_change_nothing_that_goes_on(path):
    manual_seed(5)
    whole = Run(3).go(9).everything()
    manual_seed(5)
    run = Run(3).go(4)
    run.save(path)
    run.go(5)
    assert equal(whole, run.everything())
    assert equal(whole, run.load(path).go(5).everything())


def test_a_model_alone_can_be_loaded_and_nothing_else_moves(path):
    Run(3).go(4).save(path)
    model = Run(8).model
    manual_seed(99)
    before = [one.bit_generator.state for one in generators(model)]
    assert load_checkpoint(path, model) == 4
    assert before == [one.bit_generator.state for one in generators(model)]
    assert equal(numbers(model), numbers(Run(8).load(path).model))


def refused(run, path, message):
    """Loading raises ValueError with the file's name in it, and moves nothing."""
    before = run.everything()
    with pytest.raises(ValueError, match=message) as error:
        run.load(path)
    assert str(path) in str(error.value) and "othing was loaded" in str(error.value)
    assert equal(before, run.everything())


def test_a_file_that_is_cut_short_is_refused_at_every_length(path):
    Run(3).go(2).save(path)
    whole, run = path.read_bytes(), Run(8)
    for length in [*range(0, len(whole), 101), len(whole) - 1]:
        path.write_bytes(whole[:length])
        refused(run, path, "cut short, damaged")


def test_a_file_with_one_bit_turned_is_refused_or_right(path):
    saved = Run(3).go(2)
    saved.save(path)
    whole, rng, found = path.read_bytes(), random.Random(4), []
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        run = Run(8)
        try:
            found.append(equal(run.load(path).everything(), saved.everything()))
        except ValueError as error:
            assert "othing was loaded" in str(error)
    assert all(found) and len(found) < 150  # what reads through holds the right numbers: zip has bytes of no meaning


def test_foreign_files_are_refused(path):
    run = Run(8)
    for content in (b"", b"no numbers at all", b"\x80\x04N."):
        path.write_bytes(content)
        refused(run, path, "cut short, damaged, or no")
    with open(path, "wb") as file:
        np.save(file, np.ones(3))
    refused(run, path, "cut short, damaged, or no")
    np.savez(path, **run.model.state_dict())
    refused(run, path, "cut short, damaged, or no")
    np.savez(path, format="tinytorch checkpoint 1", step=3, generators=np.array([run], dtype=object))
    refused(run, path, "cut short, damaged, or no")
    with pytest.raises(FileNotFoundError):
        load_checkpoint(path.with_name("nowhere.npz"), run.model)


def test_files_of_other_runs_are_refused_whole(path):
    Run(3, sgd).go(2).save(path)
    refused(Run(8, Adam), path, "saved for another run.*10 entries in its state, and found 6")
    other = Run(3)
    other.model = Sequential(Linear(6, 9))
    other.save(path)
    refused(Run(8), path, "(?s)saved for another run.*does not fit")
    other = Run(3)
    save_checkpoint(path, other.model, other.optimizer, other.schedule)
    refused(Run(8), path, "has 2 generators, and here are 3")
    save_checkpoint(path, other.model, other.optimizer, None, rngs=[other.rng])
    refused(Run(8), path, "It holds no schedule")
    Run(3, kind=np.random.Philox).go(2).save(path)
    refused(Run(8), path, "saved for another run.*PCG64")


def test_a_crash_while_saving_leaves_the_old_file(path, monkeypatch):
    run = Run(3).go(2)
    run.save(path)
    old = path.read_bytes()

    def crash(*args, **options):
        raise OSError("no space left")

    for place, name in ((np, "savez"), (os, "fsync"), (os, "replace")):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="no space left"):
            patch.setattr(place, name, crash)
            run.go(1).save(path)
        assert path.read_bytes() == old
    run.save(path)
    assert sorted(os.listdir(path.parent)) == [path.name] and Run(8).load(path).step == run.step


def test_a_path_may_be_text_and_have_any_ending(tmp_path):
    save_checkpoint(f"{tmp_path}/run.saved", Linear(3, 4), SGD([Tensor([3.0])]), step=7)
    assert os.listdir(tmp_path) == ["run.saved"] and load_checkpoint(f"{tmp_path}/run.saved", Linear(3, 4)) == 7
