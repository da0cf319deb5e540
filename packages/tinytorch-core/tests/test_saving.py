"""Runs that are saved and resumed end bit for bit like those that went through; bad files are refused whole."""
import json
import os
import random

import numpy as np
import pytest
from networks import X, Y, equal, numbers
from tinytorch.core.tensor import Tensor, manual_seed
from tinytorch.nn.activations import ReLU
from tinytorch.nn.layers import Dropout, Linear, Sequential
from tinytorch.optim.optimizers import SGD, Adam, AdamW
from tinytorch.training import (
    CosineAnnealingLR,
    Trainer,
    generators,
    load_checkpoint,
    save_checkpoint,
)


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
