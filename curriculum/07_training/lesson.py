# %% [markdown]
# # 07 Training
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers
#     Teaches  a loop that trains any model, what fills memory in it, and how to buy that back with time
#     Opens    08 DataLoader, 09 Convolutions, and Milestones 2 and 3
#
# Somebody's model runs out of memory, and they make it smaller. It was the wrong thing to cut: weights are the small
# part. By the end of this page you know what the large part is, and you can train with a seventh of it, to the same
# numbers.

# %% given="start"
#| default_exp training
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("07")

# %% given="imports"
#| export
import contextlib
import io
import json
import math
import os
from pathlib import Path

import numpy as np
from tinytorch.core.autograd import no_grad, rule
from tinytorch.core.tensor import Tensor, default_rng, method
from tinytorch.nn.layers import Module
from tinytorch.nn.losses import CrossEntropyLoss

# %% given="network"
import tempfile
import tracemalloc

from tinytorch.nn import Dropout, Linear, ReLU, Sequential
from tinytorch.optim import SGD, Adam

# %% [markdown]
# ## Try first
#
# A deep network and 512 rows. You want the gradient of the mean loss over all 512, in every `.grad`. Done at one go, a
# peak of about 10 MB is alive, and the parameters are less than 1 MB of it. Ten minutes, ungraded. Target: the same
# gradient with a peak below 4 MB. If you miss it, keep the attempt: you will meet it again.

# %% given="deep"
def make_deep(depth=12, width=128, classes=10, seed=3):
    rng = np.random.default_rng(seed)
    layers = [layer for _ in range(depth) for layer in (Linear(width, width, rng=rng), ReLU())]
    return Sequential(*layers, Linear(width, classes, rng=rng))


def peak_mb(action):
    """The most memory in MB that is alive at once while `action()` runs, beyond what was alive before."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


deep = make_deep()
rows, labels = Tensor(np.random.default_rng(5).normal(size=(512, 128))), np.arange(512) % 10

# %% scratch="try_first"
def whole_gradient(model, rows, labels):
    CrossEntropyLoss()(model(rows), labels).backward()  # your attempt


print(f"peak {peak_mb(lambda: whole_gradient(deep, rows, labels)):.1f} MB")

# %% [markdown]
# ## Build: an epoch
#
# One way through all examples is an *epoch*. It goes in batches, mixed anew each time; `minibatches` cuts them by hand.
# For each batch: loss, backward, a step. Since 06 you know the three lines, and the fourth, `zero_grad`.
#
# A graph lives from the forward run to the backward, and with it every output of every layer, for every row of the
# batch. So memory grows with the batch. But a leaf adds up what comes in. Four batches of 8, each loss divided by 4,
# leave the same gradient as one batch of 32: that is *gradient accumulation*. You step after the fourth.

# %% given="minibatches"
#| export
def minibatches(x, y, size, rng=None):
    """Batches of `size` pairs (Tensor of rows of x, rows of y), in an order drawn by `rng`; the last may be smaller."""
    rng = default_rng() if rng is None else rng
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        some = order[start:start + size]
        yield Tensor(x[some]), y[some]

# %% [markdown]
# The Trainer holds what belongs together. `update` ends a group of batches: gradients that are too long are shortened
# (clipped), the optimizer steps, the schedule gives it the next lr, gradients are forgotten. You build clipping and a
# schedule further down. `fit` runs epochs and keeps a history; `validation` are examples that nothing is learnt from.
# Read both, then write the middle: one epoch.

# %% given="trainer"
#| export
class Trainer:
    """A model, its optimizer and its loss, and the loop that brings them together.

    Parameters
    ----------
    loss : function of (scores, targets), CrossEntropyLoss() unless said otherwise
    schedule : an object with `step()`, called after each step of the optimizer
    accumulate : int
        Batches to a step. Their losses are divided by it; if they are of one size, the step is that of all their rows.
    clip : float or None
        The largest norm (length as one vector) of all gradients together that a step may see.
    """

    def __init__(self, model, optimizer, loss=None, schedule=None, accumulate=1, clip=None):
        if accumulate < 1:
            raise ValueError(f"accumulate counts the batches to a step, 1 or more; found {accumulate}")
        self.model, self.optimizer, self.schedule = model, optimizer, schedule
        self.loss = CrossEntropyLoss() if loss is None else loss
        self.accumulate, self.clip, self.history = accumulate, clip, []

    def update(self):
        """One step with the gradients at hand, which are forgotten then."""
        if self.clip is not None:
            clip_grad_norm_(self.optimizer.params, self.clip)
        self.optimizer.step()
        if self.schedule is not None:
            self.schedule.step()
        self.optimizer.zero_grad()

    def fit(self, train, epochs, validation=None):
        """Train for some epochs; `train` and `validation` are lists of batches, or functions that give fresh ones."""
        for _ in range(epochs):
            entry = {"epoch": len(self.history) + 1, "loss": self.train_epoch(fresh(train))}
            if validation is not None:
                entry["validation_loss"], entry["accuracy"] = self.evaluate(fresh(validation))
            self.history.append({**entry, "lr": self.optimizer.lr})
        return self.history


def fresh(batches):
    """The batches of one epoch, from what gives them in every epoch."""
    if callable(batches):
        return batches()
    if iter(batches) is batches:
        raise TypeError(f"each epoch walks over the batches anew, and a {type(batches).__name__} gives them once. Pass "
                        "a list, or a function such as `lambda: minibatches(x, y, 32)`.")
    return batches

# %% exercise="train_epoch"
#| export
@method(Trainer)
def train_epoch(self, batches):
    """Go through the batches once, with an `update` after every `self.accumulate` of them; the mean of their losses.

    A last group of fewer batches is stepped as well, with losses divided by the same number: its gradient is smaller.
    """
    # How: model.train(), zero_grad; for each batch the loss, divided by self.accumulate, backward; every so often
    # self.update(). Add up the losses as numbers, before they were divided, and count.
    # Example: 5 batches with accumulate=2 make 3 updates: after the second, the fourth and the fifth.
    # Hint: enumerate(batches, 1) counts from 1; .item() is the number of a loss, without its graph.
    ### BEGIN SOLUTION
    self.model.train()
    self.optimizer.zero_grad()
    total, count = 0.0, 0
    for count, (x, targets) in enumerate(batches, 1):
        loss = self.loss(self.model(x), targets)
        (loss / self.accumulate).backward()
        total += loss.item()
        if count % self.accumulate == 0:
            self.update()
    if count % self.accumulate:
        self.update()
    return total / max(count, 1)
    ### END SOLUTION

# %% check="train_epoch" points=16
got = make_deep(depth=3), make_deep(depth=3)
got = [Trainer(model, SGD(model.parameters(), lr=0.5), accumulate=many) for many, model in zip((4, 1), got)]
got[0].model[0].weight.grad = np.full((128, 128), 3, dtype=np.float32)
got = got + [got[0].train_epoch([(rows[at:at + 8], labels[at:at + 8]) for at in (0, 8, 16, 24)]),
             got[1].train_epoch([(rows[:32], labels[:32])])]
assert isinstance(got[2], float), f"the mean loss is a number; yours is {type(got[2]).__name__}"
assert got[0].optimizer.steps == got[1].optimizer.steps == 1, (
    f"four batches with accumulate=4 are one step, one batch is one; yours took {got[0].optimizer.steps} and "
    f"{got[1].optimizer.steps}")
assert np.isclose(got[2], got[3], atol=1e-5), (
    f"four losses of 8 rows have the mean of the one of 32 rows, {got[3]:.4f}; yours is {got[2]:.4f}. Should it depend "
    "on accumulate?")
assert np.allclose(got[0].model[0].weight.data, got[1].model[0].weight.data, atol=1e-5), (
    "four batches of 8 should lead where one of 32 leads: divide each loss by self.accumulate before its backward, and "
    "forget gradients from before the epoch")
got, modes = Linear(128, 10), []
got.eval()
got = Trainer(got, SGD(got.parameters(), lr=0.4), lambda scores, _: modes.append(got.model.training) or scores.mean(),
              schedule=SGD([Tensor([3.0])]), accumulate=2)  # a stand-in: it has a step(), and counts
got.train_epoch((rows[:8], labels[:8]) for _ in range(5))
assert got.optimizer.steps == 3, f"five batches in twos are three steps; yours took {got.optimizer.steps}"
assert len(modes) == 5, f"this trainer was given a loss, to be asked for each of 5 batches; found {len(modes)} times"
assert got.model.training and all(modes), "in training mode from the first batch on: Dropout has to know"
assert got.schedule.steps == 3, f"three groups move the schedule by 3; found {got.schedule.steps}. What ends a group?"
assert np.allclose(got.model.bias.data, -0.1, atol=1e-5), (
    "with this loss a batch gives each bias a gradient of 0.1. lr is 0.4: two full groups lead to -0.08, half of one "
    f"to -0.1; yours {got.model.bias.data[0]:.4f}")
del modes

# %% [markdown]
# *Validation* asks examples that were kept back: does what was learnt hold for others, too? It is the same walk without
# steps. Under `no_grad` nothing is recorded, and in `eval()` Dropout is quiet.

# %% given="evaluate"
#| export
@method(Trainer)
def evaluate(self, batches):
    """The mean loss over the batches, and the share of rows whose largest score is at the target.

    The share is None where targets are not class numbers.
    """
    self.model.eval()
    losses, right, seen = [], 0, 0
    with no_grad():
        for x, targets in batches:
            scores = self.model(x)
            losses.append(self.loss(scores, targets).item())
            ids = targets.data if isinstance(targets, Tensor) else np.asarray(targets)
            if ids.dtype.kind in "iu" and ids.shape == scores.shape[:-1]:
                right, seen = right + int((scores.data.argmax(axis=-1) == ids).sum()), seen + ids.size
    self.model.train()
    return sum(losses) / max(len(losses), 1), right / seen if seen else None

# %% [markdown]
# A network learns from 400 digits only, for 20 epochs; another 800 are kept back. Its own loss falls to nearly nothing.
# Does the validation loss fall with it? Then once more with Dropout behind the ReLU, which in each step puts 0 in place
# of half of the 128 numbers, so that nothing may rely on any one of them.

# %% predict="overfitting"
predict("loss on its own 400 digits after 20 epochs", None)  # your guess in place of None
predict("validation loss after 20 epochs", None)
predict("validation loss after 20 epochs, with Dropout", None)

# %% demo="overfitting"
from tinytorch.datasets import tinydigits

digits = tinydigits()
images, right = digits.train_images.reshape(-1, 784) / np.float32(255), digits.train_labels
kept_back = [(Tensor(images[3200:]), right[3200:])]


def history_of(dropout, count=400, epochs=20):
    rng = np.random.default_rng(3)
    net = Sequential(Linear(784, 128, rng=rng), ReLU(), Dropout(dropout, rng=rng), Linear(128, 10, rng=rng))
    trainer = Trainer(net, Adam(net.parameters(), lr=0.003))
    return trainer.fit(lambda: minibatches(images[:count], right[:count], 32, rng), epochs, kept_back)


plain, dropped = history_of(0.0), history_of(0.5)
measured("loss on its own 400 digits after 20 epochs", plain[-1]["loss"])
measured("validation loss after 20 epochs", plain[-1]["validation_loss"])
measured("validation loss after 20 epochs, with Dropout", dropped[-1]["validation_loss"])
for name, found in (("plain", plain), ("with Dropout", dropped)):
    best = min(found, key=lambda entry: entry["validation_loss"])
    print(f"{name}: the validation loss was least after epoch {best['epoch']}, {best['validation_loss']:.3f}")

# %% [markdown]
# From some epoch on the network learns what is true of its 400 digits and of no others: it *overfits*, and its own loss
# cannot tell. More examples help most. Dropout helps a little, as here; and to stop at the best epoch costs nothing.
#
# Now to memory. How large is the peak of one step, with the deep network above: for a batch of 32, for one of 512, and
# for 512 as sixteen batches of 32? The parameters are 0.85 MB.

# %% predict="batches"
predict("peak of a step, batch 32", None, unit="MB")  # your guess in place of None
predict("peak of a step, batch 512", None, unit="MB")
predict("peak of a step, 16 times 32 accumulated", None, unit="MB")

# %% demo="batches"
def one_step(size, accumulate):
    trainer = Trainer(deep, SGD(deep.parameters(), lr=0.01), accumulate=accumulate)
    starts = range(0, size * accumulate, size)
    trainer.train_epoch((rows[at:at + size], labels[at:at + size]) for at in starts)


measured("peak of a step, batch 32", peak_mb(lambda: one_step(32, 1)), unit="MB")
measured("peak of a step, batch 512", peak_mb(lambda: one_step(512, 1)), unit="MB")
measured("peak of a step, 16 times 32 accumulated", peak_mb(lambda: one_step(32, 16)), unit="MB")

# %% [markdown]
# That is the answer to *Try first*: the gradients, as large as the parameters, wait from batch to batch, and only one
# graph of 32 rows is alive at a time. It costs no accuracy and hardly any time.
#
# ## Build: steps of the right length
#
# Now and then a batch has a huge gradient, and one step throws the model far away. *Clipping* looks at all gradients
# as one long vector. If its length, the *norm*, is above a limit, all of them are made shorter by the same factor:
# the direction stays.

# %% exercise="clip"
#| export
def clip_grad_norm_(parameters, max_norm):
    """Scale all gradients in place so that their common norm is at most `max_norm`; the norm as it was, a float."""
    # How: the norm is the root of the sum of all squares, over all gradients; if it is too large, multiply each
    # gradient in place by max_norm / norm.
    # Example: gradients [3] and [4] have norm 5; with max_norm 1 they become [0.6] and [0.8], and 5.0 is returned.
    # Hint: parameters may be a generator: make a list first. Pass over those whose grad is None. The norm may be 0.
    ### BEGIN SOLUTION
    grads = [p.grad for p in parameters if p.grad is not None]
    norm = math.sqrt(sum(float((grad * grad).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad *= max_norm / norm
    return norm
    ### END SOLUTION

# %% check="clip" points=10
got = [Tensor(np.zeros(2)), Tensor([0.0]), Tensor([7.0])]
got[0].grad, got[1].grad = np.float32([3, 6]), np.float32([-2])
home, before = got[0].grad, clip_grad_norm_((p for p in got), 3.5)
assert isinstance(before, float) and np.isclose(before, 7), f"9 + 36 + 4 is 49, its root 7; yours is {before}"
after = math.sqrt(float((got[0].grad**2).sum() + (got[1].grad**2).sum()))
assert after < before, "a norm of 7 is above the limit of 3.5, so the gradients must become shorter, in place"
assert np.isclose(after, 3.5), f"the new norm is the limit, 3.5; yours is {after}. Is the factor the same for all?"
assert np.allclose(got[0].grad, [1.5, 3]), f"[3, 6] halved is [1.5, 3]; yours {got[0].grad}. The direction stays."
assert got[0].grad is home and home.dtype == np.float32, (
    "in place: p.grad stays the array that it was, of float32; yours is "
    f"{'the same' if got[0].grad is home else 'another'}, of {got[0].grad.dtype}")
assert np.isclose(clip_grad_norm_(got, 20), 3.5), "the norm is 3.5 by now, and is returned also below the limit"
assert np.allclose(got[0].grad, [1.5, 3]), f"below the limit nothing changes; yours became {got[0].grad}"
assert got[2].grad is None, "who has no gradient gets none"
got[1].grad[:] = 0
assert clip_grad_norm_(got[1:], 3.5) == 0 == got[1].grad[0], f"gradients of 0 stay 0; yours became {got[1].grad}"
del home, before, after

# %% [markdown]
# The *learning rate schedule* is the other half: long steps while the way is long, short ones near the end. Cosine
# annealing, Loshchilov and Hutter (2017), eq. 5, follows half a wave from `lr` down to `eta_min` in `T_max` steps:
#
#     lr(t) = eta_min + (lr(0) - eta_min) * (1 + cos(pi * t / T_max)) / 2

# %% exercise="cosine"
#| export
class CosineAnnealingLR:
    """Moves the learning rate of an optimizer from where it stands to `eta_min`, in `T_max` steps along a cosine."""

    def __init__(self, optimizer, T_max, eta_min=0.0):
        self.optimizer, self.T_max, self.eta_min = optimizer, T_max, eta_min
        self.start, self.t = optimizer.lr, 0

    def step(self):
        """One step further: t counts up, and the optimizer gets the lr of the formula."""
        # How: count first, so that after the first step t is 1; then the formula, into self.optimizer.lr.
        # Example: from 0.8 to 0.2 in 4 steps: 0.7121, 0.5, 0.2879, 0.2.
        # Hint: self.start is lr(0); math.cos and math.pi.
        ### BEGIN SOLUTION
        self.t += 1
        wave = (1 + math.cos(math.pi * self.t / self.T_max)) / 2
        self.optimizer.lr = self.eta_min + (self.start - self.eta_min) * wave
        ### END SOLUTION

    def state_dict(self):
        return {"t": self.t, "start": self.start}

    def load_state_dict(self, state):
        self.t, self.start = int(state["t"]), float(state["start"])

# %% check="cosine" points=8
got, rates = CosineAnnealingLR(SGD([Tensor([3.0])], lr=0.8), T_max=4, eta_min=0.2), []
while len(rates) < 4:
    got.step()
    rates.append(round(got.optimizer.lr, 4))
assert rates[0] < 0.8, f"t = 0 gives 0.8, and the first step is for t = 1: a lower rate; yours is {rates[0]}"
assert rates[3] == 0.2, f"after T_max steps the rate is eta_min, 0.2; yours is {rates[3]}. What is the cosine of pi?"
assert rates[1] == 0.5, (
    f"half way in time is half way from 0.8 to 0.2, at 0.5; yours is {rates[1]}. Which rate does each step start from?")
assert rates == [0.7121, 0.5, 0.2879, 0.2], (
    f"along a cosine: 0.7121, 0.5, 0.2879, 0.2; yours {rates}. 0.65, 0.5, 0.35, 0.2 is a straight line.")
del rates

# %% [markdown]
# ## Resting place
#
# You can train: epochs, accumulation, clipping, a schedule. What is left is memory once more, from another side, and
# what happens when the machine stops in the middle. To come back tomorrow, run the cells above once.

# %% [markdown]
# ## Build: memory for time
#
# Accumulation makes the batch smaller. Where one row alone is too much, a batch of one does not help. So do not keep
# what a part of the network computes inside: keep its input only, and when backward arrives there, run that part
# again, this time recorded, and walk back through it. This is *activation checkpointing*. It pays with a second
# forward run.
#
# For the graph outside, the part is one operation, `rerun`. Its inputs are the input and the parameters of the part, so
# that backward asks for their gradients. Its rule is the second run. One trap: Dropout draws. The second run must draw
# the same numbers, so the states of all generators are noted at the first run, and `drawn_again` goes back to them.

# %% given="generators"
#| export
def generators(model):
    """The default generator and those that a model's modules hold, each once, in one order."""
    found, todo = [default_rng()], [model]
    while todo:
        for part in vars(todo.pop(0)).values():
            if isinstance(part, np.random.Generator) and not any(part is known for known in found):
                found.append(part)
            elif isinstance(part, Module):
                todo.append(part)
    return found


@contextlib.contextmanager
def drawn_again(draws):
    """Let generators draw as they did at the time of `draws`, a list of (generator, state); then put them back."""
    now = [(generator, generator.bit_generator.state) for generator, _ in draws]
    try:
        for generator, state in draws:
            generator.bit_generator.state = state
        yield
    finally:
        for generator, state in now:
            generator.bit_generator.state = state

# %% given="checkpoint"
#| export
def rerun(*arrays, part, count, draws):
    """The forward of a part that is not recorded: `part` of the first `count` arrays; the others are its parameters."""
    with no_grad():
        return part(*[Tensor._wrap(array) for array in arrays[:count]])._data


def checkpoint(part, *inputs):
    """`part(*inputs)`, of which only the inputs are kept; backward runs the part a second time.

    Parameters
    ----------
    part : Module whose forward gives one Tensor; its parameters get their gradients
    inputs : Tensors
    """
    if not isinstance(part, Module):
        raise TypeError(f"a checkpoint needs a Module, which knows its parameters, and found {type(part).__name__}. "
                        "Put it into one, such as Sequential(...).")
    draws = [(generator, generator.bit_generator.state) for generator in generators(part)]
    return Tensor._apply(rerun, *inputs, *part.parameters(), part=part, count=len(inputs), draws=draws)

# %% given="blocks"
class InBlocks(Module):
    """The layers of a Sequential in blocks of `size`, each of them checkpointed."""

    def __init__(self, model, size):
        layers = [model[at] for at in range(len(model))]
        self.blocks = Sequential(*[Sequential(*layers[at:at + size]) for at in range(0, len(layers), size)])

    def forward(self, x):
        for at in range(len(self.blocks)):
            x = checkpoint(self.blocks[at], x)
        return x

# %% [markdown]
# Its rule runs the part again. The parameters are the real ones, and the backward inside writes into their `.grad`,
# where something may stand already. So: take what stands there away, walk, take the new gradients out, and put the old
# ones back. The backward outside adds the new ones, as it does for every leaf. `out`, the result of the first run,
# is handed to every rule; this one has no use for it.

# %% exercise="rerun_rule"
#| export
@rule(rerun)
def rerun_rule(grad_out, out, *arrays, part, count, draws):
    """One gradient for each of `arrays`: first those of the inputs, then those of part.parameters()."""
    inputs, params = [Tensor._wrap(array) for array in arrays[:count]], part.parameters()
    for x in inputs:
        x.requires_grad = x.dtype.kind == "f"
    before = [p.grad for p in params]
    # How: set each p.grad to None. Inside `with drawn_again(draws):` run part(*inputs), recorded, and walk back from
    # its result with grad_out. Collect the gradients of inputs and params; put `before` back; return the collected.
    # Example: for part = Linear(3, 4) and one input you return three arrays: for x, weight and bias.
    # Hint: `result.backward(grad_out)`. Who was not reached has grad None: give zeros, np.zeros_like(x.data).
    ### BEGIN SOLUTION
    for p in params:
        p.grad = None
    with drawn_again(draws):
        part(*inputs).backward(grad_out)
    found = [np.zeros_like(x.data) if x.grad is None else x.grad for x in (*inputs, *params)]
    for p, grad in zip(params, before):
        p.grad = grad
    return tuple(found)
    ### END SOLUTION

# %% check="rerun_rule" points=16
got = Sequential(Linear(128, 6), ReLU(), Dropout(0.4, rng=np.random.default_rng(7)), Linear(6, 10))
got.spare = Linear(3, 5)  # which nothing reaches
x, params = Tensor(rows.data[:5], requires_grad=True), got.parameters()
draws = [(got[2].rng, got[2].rng.bit_generator.state)]
out, down = got(x), np.linspace(-1, 1, 50, dtype=np.float32).reshape(5, 10)
out.backward(down)
plain = [np.zeros_like(one.data) if one.grad is None else one.grad.copy() for one in (x, *params)]
for p in params:
    p.grad = np.full_like(p.data, 3) if p.ndim == 2 else None
stands = got[2].rng.bit_generator.state
again = rerun_rule(down, out.data, x.data, *[p.data for p in params], part=got, count=1, draws=draws)
assert again is not None and [np.shape(grad) for grad in again] == [grad.shape for grad in plain], (
    f"one gradient for each of arrays, in their order: shapes {[grad.shape for grad in plain]}; yours "
    f"{again and [None if grad is None else np.shape(grad) for grad in again]}")
assert np.array_equal(again[0], plain[0]), (
    f"the gradient of the input, as without checkpoint to the last bit: {plain[0][0, :3]}; found {again[0][0, :3]}. "
    "What does your walk begin with, and which numbers does Dropout draw in it?")
for due, found in zip(plain, again):
    assert np.array_equal(due, found), (
        f"the gradient of a parameter, as without checkpoint to the last bit: {np.ravel(due)[:3]}; found "
        f"{np.ravel(found)[:3]}. What stood in p.grad when your walk began, and what after it?")
assert all(np.all(p.grad == (3 if p.ndim == 2 else None)) for p in params), (
    "afterwards each p.grad should be as it was, here 3 for a weight and None for a bias. Which did you put back?")
assert got[2].rng.bit_generator.state == stands, "afterwards Dropout should draw as if there had been no second run"
got[2].rng.bit_generator.state = draws[0][1]
checkpoint(got, x).backward(down)
assert np.array_equal(x.grad, 2 * plain[0]), "a backward through checkpoint should add the same to x.grad once more"
before, after = peak_mb(lambda: deep(rows).sum()), peak_mb(lambda: InBlocks(deep, 4)(rows).sum())
assert after < 0.6 * before, f"kept inputs of blocks alone should need less; {before:.1f} MB before, {after:.1f} after"
del before, after, x, params, draws, out, down, plain, p, stands, again, due, found

# %% [markdown]
# The deep network in blocks of four layers and a batch of 512. What is the peak of a step now, without accumulation?
# And how much longer does it take?

# %% predict="blocks"
predict("peak of a step, batch 512, in blocks", None, unit="MB")  # your guess in place of None
predict("time of a step in blocks, in plain steps", None)

# %% demo="blocks"
import statistics
import time

blocks = InBlocks(deep, 4)


def step_of(model):
    CrossEntropyLoss()(model(rows), labels).backward()


def elapsed_s(action):
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


measured("peak of a step, batch 512, in blocks", peak_mb(lambda: step_of(blocks)), unit="MB")
ratios = [elapsed_s(lambda: step_of(blocks)) / elapsed_s(lambda: step_of(deep)) for _ in range(15)]
measured("time of a step in blocks, in plain steps", statistics.median(ratios))
print(f"median of {len(ratios)} pairs, from {min(ratios):.2f} to {max(ratios):.2f}")

# %% [markdown]
# A backward costs about two forwards, so one more forward should add a third. We measured anything from
# 1.0 to 1.7 on one machine: time goes into memory, too. Where the system hands out the 10 MB anew for every plain step,
# the blocks, which need less, win some of their time back.

# %% [markdown]
# ## Build: stop, and go on
#
# A run that was stopped should go on as if it had not been: to the last bit. What does that take? The weights, the
# optimizer's state, where the schedule stands, the step, and the states of all generators, for the next batch and the
# next Dropout must be drawn as they would have been. The file is NumPy's .npz, without pickle (Python's own form, which
# can hold code): what is loaded is numbers, and never runs. It is written beside its place and then moved
# there at one go, so that a crash in the middle leaves the old one whole.

# %% given="saving"
#| export
FORMAT = "tinytorch checkpoint 1"


class Draws:
    """Where generators stand, as a part of a run that has a state like the others."""

    def __init__(self, generators):
        self.generators = generators

    def state_dict(self):
        states = [generator.bit_generator.state for generator in self.generators]
        return {str(at): json.dumps(state, default=np.ndarray.tolist) for at, state in enumerate(states)}

    def load_state_dict(self, state):
        if len(state) != len(self.generators):
            raise ValueError(f"It has {len(state)} generators, and here are {len(self.generators)}. Are rngs the same?")
        for at, generator in enumerate(self.generators):
            generator.bit_generator.state = json.loads(str(state[str(at)]))


def save_checkpoint(path, model, optimizer, schedule=None, step=0, rngs=()):
    """Write all that a run needs to go on to one .npz file; a file that was there stays whole until the new one is.

    Parameters
    ----------
    rngs : generators that the run uses beside the default one and those in the model, such as that of the batches
    """
    path, content = Path(path), {"format": FORMAT, "step": step}
    for name, part in _parts(model, optimizer, schedule, rngs).items():
        content.update({f"{name}/{key}": value for key, value in part.state_dict().items()})
    beside = path.with_name(path.name + ".part")
    with open(beside, "wb") as file:
        np.savez(file, **content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _parts(model, optimizer, schedule, rngs):
    """{name: part} of a run: all that has a state."""
    named = {"model": model, "optimizer": optimizer, "schedule": schedule}
    return {**{name: part for name, part in named.items() if part is not None},
            "generators": Draws([*generators(model), *rngs])}

# %% given="loading"
#| export
def _content(path):
    """(step, {name: array}) of a checkpoint file, read to its end."""
    raw = io.BytesIO(Path(path).read_bytes())
    try:
        content = dict(np.load(raw, allow_pickle=False))
        if str(content.pop("format")) == FORMAT:
            return int(content.pop("step")), content
        raise ValueError("another format")
    except Exception as error:  # damage looks like anything
        raise ValueError(f"{path} is cut short, damaged, or no {FORMAT!r}. Nothing was loaded. Take an older file, or "
                         "start the run anew.") from error


def load_checkpoint(path, model, optimizer=None, schedule=None, rngs=()):
    """Bring model, optimizer, schedule and generators to where `save_checkpoint` met them; the step.

    Without an optimizer the run will not go on, and only the model is loaded.

    Raises
    ------
    ValueError
        If the file is damaged, foreign, or was saved for other parts. Then nothing has been loaded.
    """
    step, content = _content(path)
    parts = {"model": model} if optimizer is None else _parts(model, optimizer, schedule, rngs)
    before = {name: part.state_dict() for name, part in parts.items()}
    try:
        for name, part in parts.items():
            state = {key[len(name) + 1:]: value for key, value in content.items() if key.startswith(name + "/")}
            if before[name] and not state:
                raise ValueError(f"It holds no {name}, and one is given here.")
            part.load_state_dict(state)
    except (KeyError, TypeError, ValueError) as error:
        for name, part in parts.items():
            part.load_state_dict(before[name])
        raise ValueError(f"{path} was saved for another run; nothing was loaded. {error}") from error
    return step

# %% [markdown]
# Do not take it on trust. Write the test: one run goes through; another, made alike, stops half way, is saved, and
# goes on in a new model. Are their parameters the same, bit for bit?

# %% given="runs"
class Run:
    """A small run whose batches and Dropout draw from generators of its own; `go` takes steps."""

    def __init__(self, seed=3):
        self.rng = np.random.default_rng(seed)
        self.model = Sequential(Linear(128, 16, rng=self.rng), ReLU(), Dropout(0.3, rng=self.rng),
                                Linear(16, 10, rng=self.rng))
        self.optimizer, self.step = Adam(self.model.parameters(), lr=0.01), 0
        self.schedule = CosineAnnealingLR(self.optimizer, T_max=40)

    def go(self, steps):
        for _ in range(steps):
            some = self.rng.integers(0, 512, 16)
            self.optimizer.zero_grad()
            CrossEntropyLoss()(self.model(rows[some]), labels[some]).backward()
            self.optimizer.step()
            self.schedule.step()
            self.step += 1

# %% exercise="resume"
def same_after_resume(save, load, path):
    """Whether a run of 20 steps and one that is saved after 8 and resumed in a new Run end with equal parameters."""
    # How: one Run goes 20 steps. Another goes 8, and is saved. A third, Run(seed=5), is loaded from the file and goes
    # as many steps as are left. Compare all parameters of the first and the third.
    # Example: same_after_resume(save_checkpoint, load_checkpoint, "a.npz") is True.
    # Hint: save(path, run.model, run.optimizer, run.schedule, run.step); load(path, run.model, run.optimizer,
    # run.schedule) returns the step. np.array_equal asks for every bit, np.allclose would not.
    ### BEGIN SOLUTION
    whole, first, second = Run(), Run(), Run(seed=5)
    whole.go(20)
    first.go(8)
    save(path, first.model, first.optimizer, first.schedule, first.step)
    second.step = load(path, second.model, second.optimizer, second.schedule)
    second.go(20 - second.step)
    pairs = zip(whole.model.parameters(), second.model.parameters())
    return all(np.array_equal(p.data, q.data) for p, q in pairs)
    ### END SOLUTION

# %% check="resume" points=8
got = tempfile.TemporaryDirectory()
path = Path(got.name) / "run.npz"
assert same_after_resume(save_checkpoint, load_checkpoint, path), "a resumed run should end with equal bits"
def forgets(path, model, optimizer, schedule, step):
    save_checkpoint(path, model, Adam(model.parameters(), lr=optimizer.lr), schedule, step)
assert not same_after_resume(forgets, load_checkpoint, path), "a run that lost Adam's state is not the same"
def mixes(path, model, optimizer, schedule):
    step = load_checkpoint(path, model, optimizer, schedule)
    model[2].rng.random()
    return step
assert not same_after_resume(save_checkpoint, mixes, path), "a run whose generator moved on is not the same"
assert not same_after_resume(save_checkpoint, lambda *all, **named: load_checkpoint(*all, **named) - 1, path), (
    "a run that is told a step too low takes one too many. How many are left, by the file?")
def disturbs(path, model, *others, **named):
    model[2].rng.random()
    save_checkpoint(path, model, *others, **named)
assert not same_after_resume(disturbs, load_checkpoint, path), (
    "a save that draws a number changes the run that was saved. Which run was never touched?")
def arrives(path, model, optimizer, schedule):
    run = Run()
    run.model, run.optimizer, run.schedule, run.rng = model, optimizer, schedule, model[2].rng
    run.go(20 - load_checkpoint(path, model, optimizer, schedule))
    where = model.parameters()[at]
    where.data = np.nextafter(where.data, np.float32(9))
    return 20
for at in range(4):
    assert not same_after_resume(save_checkpoint, arrives, path), (
        f"here the last bits of one parameter differ at the end, number {at} of 4, and yours says that all are equal")
got.cleanup()
del path, forgets, mixes, disturbs, arrives, at

# %% [markdown]
# ## A fault to find: memory that only grows
#
# A colleague draws the curve of the validation loss: after each epoch, the loss of each validation batch goes into a
# list. The values are right. Twelve epochs are soon done, but on the machine where the real run goes, memory fills up
# in a straight line, hour after hour, until it is killed.

# %% fault="colleague_curve"
def colleague_curve(model, batches, epochs):
    """The validation losses, batch after batch, of so many epochs."""
    val_losses = []
    for _ in range(epochs):
        for x, targets in batches:
            val_losses.append(CrossEntropyLoss()(model(x), targets))
    return val_losses


few = [(rows[:8], labels[:8]), (rows[8:16], labels[8:16])]
assert len(colleague_curve(deep, few, 3)) == 6
assert np.isclose(colleague_curve(deep, few, 1)[0].item(), CrossEntropyLoss()(deep(rows[:8]), labels[:8]).item())

# %% predict="leak"
predict("MB held by the list after 4 epochs", None, unit="MB")  # your guess in place of None
predict("MB held by the list after 12 epochs", None, unit="MB")

# %% demo="leak"
def held_mb(curve_of, epochs):
    tracemalloc.start()
    kept = curve_of(deep, [(rows[:256], labels[:256]), (rows[256:], labels[256:])], epochs)
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return held if kept else 0.0


measured("MB held by the list after 4 epochs", held_mb(colleague_curve, 4), unit="MB")
measured("MB held by the list after 12 epochs", held_mb(colleague_curve, 12), unit="MB")

# %% [markdown]
# A list of a few dozen numbers. First the check that was missing. A right curve has two duties: its values are the
# losses, and nothing in it holds a graph.

# %% exercise="catch"
def check_curve(curve_of):
    """Raise AssertionError unless `curve_of(model, batches, epochs)` gives the losses, and none holds a graph."""
    # How: ask for the curve of `deep` over `few`, two epochs. Assert its length, its values, and that no entry
    # has a node.
    # Example: check_curve(colleague_curve) raises AssertionError.
    # Hint: an entry may be a number or a Tensor: float(getattr(entry, "data", entry)) is its value, and
    # getattr(entry, "_node", None) its node.
    ### BEGIN SOLUTION
    curve = curve_of(deep, few, 2)
    expected = [CrossEntropyLoss()(deep(x), targets).item() for x, targets in few] * 2
    found = [float(getattr(entry, "data", entry)) for entry in curve]
    assert np.shape(found) == np.shape(expected) and np.allclose(found, expected), "the losses are others"
    assert all(getattr(entry, "_node", None) is None for entry in curve), "an entry holds its graph"
    ### END SOLUTION

# %% check="catch" points=6
def curve(model, batches, epochs):
    return [CrossEntropyLoss()(model(x), targets).item() for _ in range(epochs) for x, targets in batches]
assert rejects(check_curve, colleague_curve), "your check lets the colleague's curve pass. Who holds a graph?"
assert not rejects(check_curve, curve), "your check refuses a right curve"
assert not rejects(check_curve, lambda *all: [Tensor(loss) for loss in curve(*all)]), (
    "your check refuses a right curve of Tensors that hold no graph")
for got in (("0 for every loss", lambda *all: [0.0 for _ in curve(*all)]),
            ("its first loss for every loss", lambda *all: curve(*all)[:1] * len(curve(*all))),
            ("every loss too high", lambda *all: [loss + 0.5 for loss in curve(*all)]),
            ("one epoch only", lambda model, batches, epochs: curve(model, batches, 1)),
            ("a graph in its last entry", lambda *all: curve(*all)[:-1] + colleague_curve(*all)[-1:])):
    assert rejects(check_curve, got[1]), f"your check lets a curve pass that has {got[0]}"
del curve

# %% [markdown]
# ## Use: a curve that costs nothing
#
# The repair, with what 05 gave you against needless graphs, and with Dropout quiet.

# %% exercise="repair"
def val_curve(model, batches, epochs):
    """The validation losses as numbers, batch after batch, of so many epochs; the model is left in training mode."""
    # How: model.eval(), then the losses without recording, as numbers; model.train() at the end.
    # Example: two batches and three epochs give a list of six floats.
    # Hint: `with no_grad():` and `.item()`.
    ### BEGIN SOLUTION
    model.eval()
    with no_grad():
        losses = [CrossEntropyLoss()(model(x), targets).item() for _ in range(epochs) for x, targets in batches]
    model.train()
    return losses
    ### END SOLUTION

# %% check="repair" points=8
assert not rejects(check_curve, val_curve), "your own check refuses your curve"
got = Sequential(Linear(128, 10), Dropout(0.5, rng=np.random.default_rng(5)))
assert all(isinstance(loss, float) for loss in val_curve(got, few, 3)), "numbers, please: .item()"
assert len(set(val_curve(got, few[:1], 3))) == 1, "three epochs without a step give three equal losses; is it eval()?"
assert got.training, "leave the model in training mode"
got = peak_mb(lambda: val_curve(deep, [(rows, labels)], 1))
assert got < 4, f"a curve needs no graph, not for a moment; its peak is {got:.1f} MB for 512 rows, and 1 is enough"

# %% [markdown]
# Now everything at once on real digits: 3,200 to learn from, 800 for validation, Dropout, a cosine, clipping.

# %% predict="digits"
predict("validation digits right after 10 epochs", None, unit="%")  # your guess in place of None

# %% demo="digits"
rng = np.random.default_rng(3)
net = Sequential(Linear(784, 128, rng=rng), ReLU(), Dropout(0.2, rng=rng), Linear(128, 10, rng=rng))
optimizer = Adam(net.parameters(), lr=0.003)
trainer = Trainer(net, optimizer, schedule=CosineAnnealingLR(optimizer, T_max=1000), clip=5.0)
history = trainer.fit(lambda: minibatches(images[:3200], right[:3200], 32, rng), 10, kept_back)
for entry in history[::3]:
    print("epoch {epoch:2}  loss {loss:.3f}  validation {validation_loss:.3f}  lr {lr:.5f}".format(**entry))
measured("validation digits right after 10 epochs", 100 * history[-1]["accuracy"], unit="%")

# %% [markdown]
# With eight times as many digits as before the validation loss falls to the end. In the last epochs lr is near 0, and
# little moves.
#
# ## Reflect
#
# Two questions with sizes of your own; answer them without running a network. A network has `depth` times Linear and
# ReLU, all of `width` numbers, and reads a batch of `batch` rows in float32. For each of the `depth` pairs three
# outputs of shape (batch, width) stay alive until backward: of matmul, of add, of ReLU. How many bytes are these? Set
# `output_bytes`.
#
# And a run goes through `examples` examples for `epochs` epochs, in batches of `small`, and steps after every `many`
# batches; all divide evenly. How many steps does the optimizer take? Set `step_count`. In both cells put your number in
# place of the 0 and delete the two lines below it.

# %% given="sizes"
depth, width, batch = mine("network", [(12, 128, 512), (20, 64, 256), (16, 256, 128), (24, 96, 384)])
examples, epochs, small, many = mine("run", [(4800, 10, 16, 4), (6400, 6, 32, 5), (7200, 8, 24, 3), (9600, 5, 20, 8)])
print(f"depth {depth}, width {width}, batch {batch}")
print(f"examples {examples}, epochs {epochs}, batches of {small}, a step after {many}")

# %% exercise="output_bytes"
output_bytes = 0  # your number
### BEGIN SOLUTION
output_bytes = 3 * 4 * batch * width * depth
### END SOLUTION

# %% check="output_bytes" points=4
got = output_bytes
assert isinstance(got, (int, float)), f"a number, without quotes; yours is {got!r}"
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * batch * width, f"one output alone takes as much; {got:,} bytes are not enough"

# %% exercise="step_count"
step_count = 0  # your number
### BEGIN SOLUTION
step_count = epochs * examples // (small * many)
### END SOLUTION

# %% check="step_count" points=4
got = step_count
assert isinstance(got, (int, float)), f"a number, without quotes; yours is {got!r}"
assert got > epochs, f"each epoch has several steps; {got} are not enough"
assert got < epochs * examples // small, f"that many batches there are, and a step comes after {many} of them"

# %% [markdown]
# A model trains on one machine with a batch of 256 and does not fit on a smaller one. You may use accumulation,
# checkpointing, or both. For each of the two: what does it keep in memory, what does it cost in time, and what does it
# change in the numbers that come out? When would accumulation alone not help?

# %% [markdown] answer="which_one" points=8 rubric="for both: what is kept, time, numbers; when accumulation fails"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - There is no Trainer; you write the loop, or take one from a library above it. `model.train()`, `model.eval()` and
#   `torch.no_grad()` are as here.
# - `torch.nn.utils.clip_grad_norm_` returns the norm as a tensor and divides by it plus 1e-6.
# - `torch.optim.lr_scheduler.CosineAnnealingLR` computes each lr from the one before, which gives the same numbers.
# - `torch.utils.checkpoint.checkpoint` keeps and restores the random state as well (`preserve_rng_state=True`).
# - `torch.save` writes pickles, which can run code when they are read; since 2.6 `torch.load` refuses that by default
#   (`weights_only=True`).
