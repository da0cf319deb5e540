# %% [markdown]
# # 16 Compression
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 06 Optimizers, 07 Training
#     Teaches  how nine of ten weights can go, what has to follow so that the answers stay right, and what it saves
#     Opens    20 Capstone
#
# A trained network has more weights than its task asks for. Nine of ten can be set to 0, and after a little more
# training the answers are as good as before. The file shrinks. The time does not: nothing skips a zero. On this page
# you take weights away in three ways, and measure for each what it costs and what it really buys.
#
# Signatures in this tier name types, such as `Masks` below. Python ignores them; an editor reads them.

# %% given="start"
#| default_exp compression
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("16")

# %% given="imports"
#| export
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Linear, Module, Parameter, Sequential
from tinytorch.nn.losses import CrossEntropyLoss, log_softmax
from tinytorch.optim.optimizers import Optimizer
from tinytorch.training import Trainer

Masks = dict[str, NDArray[np.bool_]]  # for each weight by its name: True where a number is kept
Batches = Iterable[tuple[Tensor, Any]]

# %% given="tools"
import io
import time

from tinytorch.nn.activations import ReLU
from tinytorch.optim import SGD, Adam
from tinytorch.training import CosineAnnealingLR, minibatches

# %% [markdown]
# ## Try first
#
# Of the weight below nine in ten numbers are 0. So nine in ten of the multiplications in `x @ weight.T` are with 0,
# and need not be done. Ten minutes, ungraded: leave them out. Target: the same answers in at most half the time that
# the plain product takes. Do not expect to get there with NumPy alone; find out what the time goes to, and keep the
# attempt: you will meet it again.

# %% given="strewn"
rng = np.random.default_rng(16)
x = rng.normal(size=(64, 784)).astype(np.float32)
weight = rng.normal(size=(256, 784)).astype(np.float32)
weight[rng.random(weight.shape) < 0.9] = 0


def elapsed_s(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def times_as_long(work, other, pairs=25):
    """How many times as long as `other()` does `work()` take? The shortest run of each counts, of so many in turns."""
    work(), other()  # the first runs are slower
    first, second = [], []
    for _ in range(pairs):  # whatever else the machine does can only make a run longer
        first.append(elapsed_s(work))
        second += [elapsed_s(other), elapsed_s(other)]
        first.append(elapsed_s(work))
    return round(min(first) / min(second), 2)

# %% scratch="try_first"
def product(x, weight):
    return x @ weight.T  # your attempt


assert np.allclose(product(x, weight), x @ weight.T, atol=1e-3)
print(times_as_long(lambda: product(x, weight), lambda: x @ weight.T), "times as long as the plain product")

# %% [markdown]
# ## Build: which weights matter
#
# To *prune* a network is to take weights away, that is, to set them to 0. Its *sparsity* is the share of zeros among
# its weights. Biases are few and stay: `weights` lists what is counted, the parameters with two axes or more, by name.

# %% given="weights"
#| export
def weights(model: Module) -> dict[str, Parameter]:
    """The weights of a model by their names: its parameters with two axes or more."""
    found = {name: p for name, p in model.named_parameters() if p.ndim > 1}
    if not found:
        raise ValueError(f"a {type(model).__name__} without weights has nothing that could be pruned")
    return found

# %% exercise="sparsity"
#| export
def sparsity(model: Module) -> float:
    """The share of numbers that are exactly 0 among all weights of a model."""
    # How: over all weights, add up how many numbers are 0, and how many there are; divide once.
    # Example: 3 zeros among 4 numbers, and 1 among 16, are 4 of 20: 0.2.
    # Hint: `for p in weights(model).values()`; p.data is the array, p.data.size its count.
    ### BEGIN SOLUTION
    arrays = [p.data for p in weights(model).values()]
    zeros = sum(np.count_nonzero(array == 0) for array in arrays)
    return zeros / sum(array.size for array in arrays)
    ### END SOLUTION

# %% check="sparsity" points=4
got = Sequential(Linear(2, 2, init=lambda shape, rng: [[0, 0], [5, 0]]),
                 Linear(4, 4, init=lambda shape, rng: [[0, 3, 3, 3]] + [[-7, 1e-6, 3, 5]] * 3))
assert isinstance(sparsity(got), float), f"a share is a number; yours is {type(sparsity(got)).__name__}"
assert np.isclose(sparsity(got), 0.2), (
    f"3 of 4 and 1 of 16 are 4 of 20, 0.2; yours {sparsity(got):.4f}. 0.4062 is the mean of the two shares, 0.3846 "
    "counts biases, 0.8 counts what is left, 0.35 takes 0.000001 for 0.")

# %% [markdown]
# Which weights may go? The simplest answer is hard to beat: the smallest. A weight near 0 adds little to any sum.
# *Magnitude pruning* compares the sizes of all weights of the model, whatever their layer, and sets the smallest to 0.
#
# It also has to remember which ones. That is the *mask* of a weight: an array of its shape, True where a number is
# kept. `apply_masks` sets the others to 0, and `part` says how many are 0.9 of them.

# %% given="masks"
#| export
def part(amount: float, count: int) -> int:
    """How many of `count` things a share `amount` is, rounded."""
    if not 0 <= amount <= 1:
        raise ValueError(f"amount is a share, from 0 to 1, and found {amount}. Write 0.9 for 90 %.")
    return round(amount * count)


def apply_masks(model: Module, masks: Masks) -> None:
    """Set to 0, in place, every number that its mask does not keep."""
    for name, p in weights(model).items():
        if name in masks:
            p.data *= masks[name]

# %% exercise="magnitude_prune"
#| export
def magnitude_prune(model: Module, amount: float) -> Masks:
    """Set the smallest weights of the whole model to 0.

    Parameters
    ----------
    amount : float
        Which share of all weights goes, from 0 to 1: exactly `part(amount, count)` of them. Zeros go first.

    Returns
    -------
    dict
        A mask for each weight, by name.
    """
    # How: put the sizes of all weights behind one another in one long array; mark the places of the smallest as False
    # in an equally long mask; cut this into pieces of the weights' shapes; apply_masks.
    # Example: weights [[5, -4]] and [[1], [6], [-3]], amount 0.4: the 2 smallest of 5 go, 1 and -3.
    # Hint: np.argsort(sizes) are places, the smallest first. A threshold would take more if several sizes are equal.
    ### BEGIN SOLUTION
    found = weights(model)
    sizes = np.concatenate([np.abs(p.data).ravel() for p in found.values()])
    keep = np.ones(sizes.size, dtype=bool)
    keep[np.argsort(sizes)[:part(amount, sizes.size)]] = False
    masks: Masks = {}
    for name, p in found.items():
        masks[name], keep = np.reshape(keep[:p.data.size], p.shape), keep[p.data.size:]
    apply_masks(model, masks)
    return masks
    ### END SOLUTION

# %% check="magnitude_prune" points=12
def got(*tables):
    """A model with these weights, and no biases."""
    return Sequential(*[Linear(np.shape(table)[1], len(table), bias=False, init=lambda shape, rng, table=table: table)
                        for table in tables])


got = got([[5, -4]], [[1], [6], [-3]]), got([[3, 3, 3], [3, 3, 3]]), Linear(4, 5, rng=np.random.default_rng(3))
got = *got, magnitude_prune(got[0], 0.4), magnitude_prune(got[1], 0.5), magnitude_prune(got[2], 0.3)
assert got[3].keys() == {"0.weight", "1.weight"}, f"a mask for each weight, by name; yours: {', '.join(got[3])}"
assert got[0][0].weight.data.tolist() == [[5, -4]] and got[0][1].weight.data.tolist() == [[0], [6], [0]], (
    f"of 5, -4, 1, 6, -3 the two smallest in size go, 1 and -3; yours left {got[0][0].weight.data.tolist()} and "
    f"{got[0][1].weight.data.tolist()}. Are all layers compared together, and without their signs?")
assert got[3]["0.weight"].tolist() == [[True, True]], "in a mask, True says that a number is kept"
assert got[3]["1.weight"].shape == (3, 1) and got[3]["1.weight"].dtype == bool, "a bool array of the weight's shape"
assert got[3]["1.weight"].tolist() == [[False], [True], [False]], (
    f"of [[1], [6], [-3]] only 6 is kept; your mask says {got[3]['1.weight'].tolist()}")
assert (got[1][0].weight.data == 0).sum() == 3, (
    f"half of six equal weights are three, whichever; yours took {(got[1][0].weight.data == 0).sum()}")
assert np.isclose(sparsity(got[2]), 0.3), f"0.3 of 20 weights are 6; yours took {20 * sparsity(got[2]):g}"
got = Linear(4, 5, rng=np.random.default_rng(4))
got = got, [int((~magnitude_prune(got, amount)["weight"]).sum()) for amount in (0.27, 0.33)]
assert got[1] == [5, 7], f"0.27 of 20 are 5.4, and 0.33 are 6.6; `part` makes 5 and 7 of these, and yours took {got[1]}"

# %% [markdown]
# Now a real network: 784-128-10, trained for ten epochs on 4,000 digits, by `Trainer(model, optimizer)` of 07 and its
# `fit(batches, epochs)`. `copied` makes a second one with the same weights, and `right_percent` asks the 1,000 test
# digits. How many are right after you take away 90 %: of the weights of the first layer only; of each layer by itself;
# of all weights together?

# %% predict="cut"
predict("test digits right, all weights", None, unit="%")  # your guess in place of None
predict("right, 90 % of the first layer gone", None, unit="%")
predict("right, 90 % of each layer gone", None, unit="%")
predict("right, 90 % of all weights gone", None, unit="%")

# %% demo="cut"
from tinytorch.datasets import tinydigits

digits = tinydigits()
images, labels = digits.train_images.reshape(-1, 784) / np.float32(255), digits.train_labels
test_images, test_labels = Tensor(digits.test_images.reshape(-1, 784) / np.float32(255)), digits.test_labels


def mlp(hidden, seed=3):
    rng = np.random.default_rng(seed)
    return Sequential(Linear(784, hidden, rng=rng), ReLU(), Linear(hidden, 10, rng=rng))


def shuffled(seed):
    """A function that gives the batches of one epoch, in an order of its own each time."""
    rng = np.random.default_rng(seed)
    return lambda: minibatches(images, labels, 32, rng)


def copied(model):
    """A network of the same sizes and weights."""
    other = mlp(model[0].out_features)
    other.load_state_dict(model.state_dict())
    return other


def right_percent(model):
    return round(100 * float((model(test_images).data.argmax(axis=1) == test_labels).mean()), 1)


net = mlp(128)
Trainer(net, SGD(net.parameters(), lr=0.1)).fit(shuffled(5), 10)
first, each, whole = copied(net), copied(net), copied(net)
magnitude_prune(first[0], 0.9)
magnitude_prune(each[0], 0.9), magnitude_prune(each[2], 0.9)
masks = magnitude_prune(whole, 0.9)
measured("test digits right, all weights", right_percent(net), unit="%")
measured("right, 90 % of the first layer gone", right_percent(first), unit="%")
measured("right, 90 % of each layer gone", right_percent(each), unit="%")
measured("right, 90 % of all weights gone", right_percent(whole), unit="%")
print(f"of the 1,280 weights of the last layer {masks['2.weight'].sum():,} were kept in the last case")

# %% [markdown]
# Each layer by itself is the worst: the last one has few weights, and needs most of them. Compared with all others,
# its weights are large, and stay. But no cut is free so far; the repair comes later on this page.
#
# One digit of 1,000 is 0.1 %. Another seed for the first weights moves such a figure by some tenths, at times by a
# point. So a difference of some tenths does not say which of two ways is better; it may be chance.
#
# ## Build: what zeros buy
#
# Back to *Try first*. How long does the product take with 90 % zeros, if without any it takes 1? And how large is the
# file of the network, compressed as a zip file is, with all its weights and with a tenth of them?

# %% predict="zeros"
predict("time of the product with 90 % zeros", None, unit="times the dense one")  # your guess in place of None
predict("file, all weights", None, unit="kB")
predict("file, a tenth of the weights", None, unit="kB")

# %% demo="zeros"
dense = np.random.default_rng(5).normal(size=weight.shape).astype(np.float32)
strewn_times = times_as_long(lambda: x @ weight.T, lambda: x @ dense.T)


def packed_kb(**arrays):
    """The size of a compressed .npz file of these arrays in kB, 1,000 bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return len(file.getvalue()) / 1000


def file_kb(model):
    return packed_kb(**model.state_dict())


measured("time of the product with 90 % zeros", strewn_times, unit="times the dense one")
measured("file, all weights", round(file_kb(net)), unit="kB")
measured("file, a tenth of the weights", round(file_kb(whole)), unit="kB")
kept = np.concatenate([p.data[masks[name]] for name, p in weights(whole).items()])
bits = np.packbits(np.concatenate([mask.ravel() for mask in masks.values()]))  # eight places to a byte
print(f"files of the kept numbers alone {packed_kb(kept=kept):.0f} kB, of the masks {packed_kb(bits=bits):.0f} kB")

# %% [markdown]
# A tenth of the weights, and not a tenth of the file. The kept numbers alone are a tenth, but the file must say where
# they stand. A zip file writes how many zeros lie between them, which costs about as much again; a mask, one bit for
# each place, would say it in fewer bytes.
#
# In memory zeros take four bytes like any number, and a product multiplies by them like by any number. To skip them,
# one would have to look up where the others stand, and looking up costs more than multiplying: numbers that lie in one
# piece go through a processor many at a time, strewn ones one by one. With NumPy there is hardly a way to win *Try
# first*. So what is taken away has to have a shape.

# %% [markdown]
# ## Build: whole rows
#
# *Structured pruning* takes whole rows of a weight. Row j of it makes number j of the output. Without that row, and
# number j of the bias, the output is one shorter, and the layer behind loses column j: two smaller layers, dense as
# ever. The ReLU between them handles each number alone and does not mind. Which rows? Those of the smallest norm, the
# root of the sum of their squares. `linear` makes a layer of arrays.

# %% given="linear"
#| export
def linear(weight: NDArray[Any], bias: NDArray[Any] | None) -> Linear:
    """A Linear layer with copies of this weight and this bias."""
    layer = Linear(weight.shape[1], weight.shape[0], bias is not None, init=lambda shape, rng: weight)
    if layer.bias is not None and bias is not None:
        layer.bias.data = np.array(bias)
    return layer

# %% exercise="structured_prune"
#| export
def structured_prune(first: Linear, second: Linear, amount: float) -> tuple[Linear, Linear]:
    """Two smaller layers in place of `first` and, behind an activation, `second`; they themselves stay as they are.

    Of the numbers between the two the share `amount` goes: those whose rows in `first.weight` have the smallest norm.
    """
    # How: the norm of each row of first.weight; the places of the rows that stay, in their old order; first with these
    # rows and these numbers of its bias, second with these columns. The bias of second stays whole.
    # Example: 784-128 and 128-10 with amount 0.75 become 784-32 and 32-10.
    # Hint: sorted places: np.sort(np.argsort(norms)[...]). A bias may be None. linear(weight, bias) makes a layer.
    ### BEGIN SOLUTION
    norms = (first.weight.data**2).sum(axis=1)
    stay = np.sort(np.argsort(norms)[part(amount, norms.size):])
    first_bias = None if first.bias is None else first.bias.data[stay]
    second_bias = None if second.bias is None else second.bias.data
    return linear(first.weight.data[stay], first_bias), linear(second.weight.data[:, stay], second_bias)
    ### END SOLUTION

# %% check="structured_prune" points=10
got = linear(np.float32([[4, 5], [6, 1], [0, -7], [-4, 4]]), np.float32([10, 20, 30, 40])), linear(
    np.float32([[2, 3, 4, 5], [6, 7, 8, 9], [5, 3, 2, 8]]), np.float32([7, 8, 9]))
got = [*got, *structured_prune(*got, 0.5)]
assert got[2].weight.shape == (2, 2) and got[3].weight.shape == (3, 2), (
    f"half of 4 numbers go: weights (2, 2) and (3, 2); yours {got[2].weight.shape} and {got[3].weight.shape}. "
    "Is your axis right? A norm for each row is a sum along axis 1.")
assert got[2].weight.data.tolist() == [[4, 5], [0, -7]], (
    f"norms are 6.4, 6.1, 7 and 5.7, so [4, 5] and [0, -7] stay; yours kept {got[2].weight.data.tolist()}. "
    "[0, -7] and [4, 5] in this order would need `second` turned as well; keep the old order.")
assert got[2].bias.data.tolist() == [10, 30], f"their biases are 10 and 30; yours {got[2].bias.data.tolist()}"
assert got[3].weight.data.tolist() == [[2, 4], [6, 8], [5, 2]], (
    f"of `second` the first and third column stay; yours {got[3].weight.data.tolist()}")
assert got[3].bias.data.tolist() == [7, 8, 9], f"the bias of `second` stays; yours {got[3].bias.data.tolist()}"
assert got[0].weight.shape == (4, 2) and got[1].weight.shape == (3, 4), "the two old layers stay as they are"
got = structured_prune(Linear(5, 8, bias=False), Linear(8, 3, bias=False), 0.25)
assert got[0].bias is None and got[1].bias is None, "where there was no bias, there is none"
assert got[0].weight.data.size + got[1].weight.data.size < 5 * 8 + 8 * 3, "fewer numbers than before, please"
assert got[0].weight.shape == (6, 5), f"a quarter of 8 goes, 6 stay: (6, 5); yours {got[0].weight.shape}"
got = [structured_prune(Linear(5, 8), Linear(8, 3), amount)[0].weight.shape[0] for amount in (0.3, 0.7)]
assert got == [6, 2], f"0.3 of 8 are 2.4, and 0.7 are 5.6; `part` makes 2 and 6 of these, so 6 and 2 stay; yours {got}"

# %% [markdown]
# Take three in four of the 128 numbers between the layers. How many digits are right at once, how many after three more
# epochs, and what part of the time do the 1,000 answers take? Training on what is left is *fine-tuning*.

# %% predict="structured"
predict("right, 96 of 128 rows gone", None, unit="%")  # your guess in place of None
predict("right, after three more epochs", None, unit="%")
predict("time for the answers", None, unit="times that of 128")

# %% demo="structured"
start, end = structured_prune(net[0], net[2], 0.75)
small = Sequential(start, ReLU(), end)
measured("right, 96 of 128 rows gone", right_percent(small), unit="%")
Trainer(small, SGD(small.parameters(), lr=0.1)).fit(shuffled(7), 3)
measured("right, after three more epochs", right_percent(small), unit="%")
small_times = times_as_long(lambda: small(test_images), lambda: net(test_images))
measured("time for the answers", small_times, unit="times that of 128")
pixels = test_images.data
products = times_as_long(lambda: pixels @ start.weight.data.T, lambda: pixels @ net[0].weight.data.T)
print(f"the first product alone: {products} times that of 128")
grown = mlp(32)
Trainer(grown, SGD(grown.parameters(), lr=0.1)).fit(shuffled(5), 13)
print(f"a network of 32 from the start, for 13 epochs: {right_percent(grown)} % right")

# %% [markdown]
# That is the answer to *Try first*, and below its target: do not skip zeros, have none. A quarter of the rows takes
# more than a quarter of the time, for most of it is the first product, and that reads all of the images whether for 32
# rows or for 128. It costs more than to take single weights, because a row has good and bad ones. And a network that
# was small from the start is as good after as many epochs: cut rows where the large network is there already.
#
# There is a third shape, given here to be read. A weight with little to say is nearly the product of two thin tables,
# of *low rank*: 784 numbers become 16, and these 128. The singular value decomposition finds the best two. Biases are
# not counted below.

# %% given="low_rank"
#| export
def low_rank(layer: Linear, rank: int) -> Sequential:
    """Two thin layers in place of one: the closest product of rank `rank` to its weight. Eckart and Young (1936).

    The bias, if there is one, goes to the second of the two unchanged.
    """
    u, values, vt = np.linalg.svd(layer.weight.data, full_matrices=False)
    if not 1 <= rank <= values.size:
        raise ValueError(f"a weight of shape {layer.weight.shape} has ranks from 1 to {values.size}, and found {rank}")
    bias = None if layer.bias is None else layer.bias.data
    return Sequential(linear(vt[:rank], None), linear(u[:, :rank] * values[:rank], bias))

# %% predict="rank"
predict("weights in the first layer, rank 16", None)  # your guess in place of None
predict("right, first layer of rank 16", None, unit="%")

# %% demo="rank"
thin = low_rank(net[0], 16)
measured("weights in the first layer, rank 16", sum(p.data.size for p in weights(thin).values()))
thinned = Sequential(thin, net[1], net[2])
measured("right, first layer of rank 16", right_percent(thinned), unit="%")
print(f"before, the first layer had {net[0].weight.data.size:,} weights")

# %% [markdown]
# ## Build: a teacher
#
# Another way to a small model: do not cut the large one, let it teach. Labels say *this is a 7*. A trained model, the
# *teacher*, says more: a 7, and rather a 1 than a 0. A small *student* learns to give all its probabilities. This is
# *distillation*; Hinton, Vinyals and Dean (2015).
#
# A teacher is often too sure for its second thoughts to be seen. So the logits of both are divided by a *temperature*,
# which evens out probabilities: p those of the teacher, q those of the student. The gap is the sum over the classes of
# p * (log p - log q), the Kullback-Leibler divergence, which is 0 where they agree, and its mean over the batch.
#
#     soft = mean over the batch of (sum over classes of p * (log p - log q)) * temperature**2
#     loss = alpha * soft + (1 - alpha) * cross-entropy of the student's own logits and the labels
#
# Dividing by the temperature makes gradients smaller by its square; `temperature**2` takes that back.

# %% exercise="distillation_loss"
#| export
def distillation_loss(logits: Tensor, teacher_logits: Tensor, targets: NDArray[np.integer[Any]] | None = None,
                      temperature: float = 2.0, alpha: float = 0.9) -> Tensor:
    """How far a student is from its teacher and from the right answers. Hinton, Vinyals and Dean (2015), section 2.

    Parameters
    ----------
    logits, teacher_logits : Tensor (batch, classes)
        Whoever calls brings those of the teacher without a graph: made under `no_grad`, or from an array.
    targets : class numbers (batch,), or None where there are none
        Without them the teacher counts wholly: the loss is the soft part, whatever `alpha` is.
    temperature : float
        Divides all logits before the two are compared; 1 leaves them as they are.
    alpha : float
        The weight of the teacher; the right answers have 1 - alpha.

    Returns
    -------
    Tensor ()
    """
    # How: log p and log q by log_softmax of logits / temperature; the soft part; without targets that is all, else the
    # two lines above. The right answers are compared with logits that are not divided.
    # Example: equal logits and no targets give 0.
    # Hint: p is the exp() of log p. log_softmax(x) goes along the last axis, the classes.
    # CrossEntropyLoss()(logits, targets).
    ### BEGIN SOLUTION
    log_q = log_softmax(logits / temperature)
    log_p = log_softmax(teacher_logits / temperature)
    soft = (log_p.exp() * (log_p - log_q)).sum(axis=-1).mean() * temperature**2
    if targets is None:
        return soft
    return alpha * soft + (1 - alpha) * CrossEntropyLoss()(logits, targets)
    ### END SOLUTION

# %% check="distillation_loss" points=12
got = Tensor([[3.0, -4.0, 5.0], [6.0, 7.0, -3.0]])
assert abs(distillation_loss(got, got).item()) < 1e-5, "a student that agrees with its teacher has no loss"
got = [Tensor(4 * np.log(shares)) for shares in ([[8, 1, 1], [1, 1, 3]], [[5, 3, 2], [3, 4, 3]])]
got.append(distillation_loss(*got, temperature=4).item())
assert np.isclose(got[2], 3.3933, atol=1e-3), (
    "at temperature 4 the teacher says 0.5, 0.3, 0.2 and 0.3, 0.4, 0.3, the student 0.8, 0.1, 0.1 and 0.2, 0.2, 0.6: "
    f"16 times the mean of two gaps is 3.3933; yours {got[2]:.4f}. 0.2121 lacks the 16, 1.1311 is the mean over all "
    "six numbers, 3.1439 has teacher and student exchanged.")
got = Parameter(got[0].data), got[1], CrossEntropyLoss()(got[0], np.array([1, 2])).item()
got = *got, distillation_loss(*got[:2], np.array([1, 2]), 4, 0.6), 0.6 * 3.3933 + 0.4 * got[2]
assert np.isclose(got[3].item(), got[4], atol=1e-3), (
    f"0.6 times 3.3933 and 0.4 times {got[2]:.4f}, the cross-entropy of the logits as they are, make {got[4]:.4f}; "
    f"yours {got[3].item():.4f}")
got[3].backward()
assert got[0].grad is not None and np.allclose(got[0].grad, [[0.56, -0.44, -0.12], [-0.1176, -0.2376, 0.3552]],
                                               atol=1e-3), (
    f"both parts have a gradient for the logits, together [[0.56, -0.44, -0.12], [-0.1176, -0.2376, 0.3552]]; yours "
    f"{None if got[0].grad is None else got[0].grad.round(4).tolist()}")
got = got[0], got[1], np.array([0, 0])
got = distillation_loss(*got, 4, 0.6).item(), 0.6 * 3.3933 + 0.4 * CrossEntropyLoss()(got[0], got[2]).item()
assert np.isclose(*got, atol=1e-3), f"0 is a class like others: with targets 0 and 0 {got[1]:.4f}; yours {got[0]:.4f}"
got = Parameter([[3.0, -4.0, 5.0]]), Tensor([[2.0, 6.0, 3.0]])
got = got, SGD([got[0]], lr=0.5), [distillation_loss(*got).item()]
while len(got[2]) < 40:
    got[1].zero_grad()
    got[2].append(distillation_loss(*got[0]))
    got[2][-1].backward()
    got[1].step()
    got[2][-1] = got[2][-1].item()
assert got[2][-1] < 0.05 * got[2][0], f"forty steps should bring the student to its teacher; the loss is {got[2][-1]}"

# %% [markdown]
# The teacher has 256 numbers in the middle, the student 25: a tenth of the parameters. How many digits does a student
# get right that has labels for 300 digits, and nothing else? How many with no label at all, but the teacher's logits
# for 4,000? And with 4,000 labels, without a teacher and with one that counts half?
#
# Temperature and alpha are settings, so they are chosen on a part of the training digits: teacher and students learned
# from 3,200, and were asked the other 800. Of temperatures 1, 2 and 4 with alpha 0.5 and 0.9, three students each,
# temperature 1 and alpha 0.5 was best with 92.0 %; 2 and 0.9, which you get if you say nothing, had 91.4. So 1.0 and
# 0.5 stand below. With another teacher choose again, and never by the test digits.

# %% predict="student"
predict("student right, 300 labels", None, unit="%")  # your guess in place of None
predict("student right, no labels and a teacher", None, unit="%")
predict("student right, all labels and no teacher", None, unit="%")
predict("student right, all labels and a teacher", None, unit="%")

# %% demo="student"
def taught(loss, count, epochs, hidden=25):
    """A student after so many epochs over the first digits; `loss` is a function of its logits and their places."""
    student, rng = mlp(hidden), np.random.default_rng(7)
    optimizer = Adam(student.parameters(), lr=0.005)
    schedule = CosineAnnealingLR(optimizer, T_max=epochs * -(-count // 32))
    trainer = Trainer(student, optimizer, loss, schedule)
    trainer.fit(lambda: minibatches(images[:count], np.arange(count), 32, rng), epochs)
    return student


teacher = mlp(256)
Trainer(teacher, SGD(teacher.parameters(), lr=0.1)).fit(shuffled(5), 10)
answers = teacher(Tensor(images)).data  # (4000, 10), asked once
alone = taught(lambda logits, at: CrossEntropyLoss()(logits, labels[at]), 300, 40)
unlabelled = taught(lambda logits, at: distillation_loss(logits, Tensor(answers[at]), None, 1.0), 4000, 15)
labelled = taught(lambda logits, at: CrossEntropyLoss()(logits, labels[at]), 4000, 15)
student = taught(lambda logits, at: distillation_loss(logits, Tensor(answers[at]), labels[at], 1.0, 0.5), 4000, 15)
print(f"the teacher: {right_percent(teacher)} % right")
measured("student right, 300 labels", right_percent(alone), unit="%")
measured("student right, no labels and a teacher", right_percent(unlabelled), unit="%")
measured("student right, all labels and no teacher", right_percent(labelled), unit="%")
measured("student right, all labels and a teacher", right_percent(student), unit="%")

# %% [markdown]
# What the labels knew is in the teacher, and comes out again through its answers: without any label the student is
# within a point or so of its teacher. Where all labels are at hand this teacher adds nothing; the student that never
# met it is as good, or better by some tenths. It helps where labels are lost, secret or were never written.
#
# While it learns, teacher and student are in memory together, and the student has gradients and Adam's two arrays
# beside its numbers. Or the teacher is asked once, its logits are kept, and it can go. How many bytes are these?

# %% predict="memory"
predict("teacher and learning student together", None, unit="bytes")  # your guess in place of None
predict("logits of the teacher and learning student", None, unit="bytes")

# %% demo="memory"
def byte_count(model, copies=1):
    return copies * sum(p.memory_footprint() for p in model.parameters())


measured("teacher and learning student together", byte_count(teacher) + byte_count(student, copies=4), unit="bytes")
measured("logits of the teacher and learning student", answers.nbytes + byte_count(student, copies=4), unit="bytes")
print(f"the student has {byte_count(teacher) / byte_count(student):.1f} times fewer parameters than the teacher")

# %% [markdown]
# ## A fault to find: the digits are right
#
# Back to single weights. After a cut the rest can learn to do without, by fine-tuning. A colleague has written it:
# apply the masks, then train on with the Trainer of 07, which takes its steps in `fit(batches, epochs)`.

# %% fault="colleague_finetune"
def colleague_finetune(model, masks, optimizer, batches, epochs):
    """Train what is left of a pruned model; the history of the Trainer, an entry for each epoch."""
    apply_masks(model, masks)
    return Trainer(model, optimizer).fit(batches, epochs)


def practice(seed=3):
    """A pruned network of 12-16-5, its masks, an optimizer for it, and four batches of rows and labels."""
    rng = np.random.default_rng(seed)
    model = Sequential(Linear(12, 16, rng=rng), ReLU(), Linear(16, 5, rng=rng))
    table = rng.normal(size=(32, 12)).astype(np.float32)
    answers = (table @ rng.normal(size=(12, 5))).argmax(axis=1)
    batches = [(Tensor(table[at:at + 8]), answers[at:at + 8]) for at in range(0, 32, 8)]
    return model, magnitude_prune(model, 0.75), SGD(model.parameters(), lr=0.3, momentum=0.5), batches


class Watched(list):
    """Batches as in a list; `look()` is called after each, when its step is done and the next one is asked for."""

    def __init__(self, batches, look):
        super().__init__(batches)
        self.look = look

    def __iter__(self):
        for batch in super().__iter__():
            yield batch
            self.look()


losses = [entry["loss"] for entry in colleague_finetune(*practice(), 8)]
assert len(losses) == 8 and losses[-1] < losses[0]  # it learns

# %% [markdown]
# It learns. Nine of ten weights of the digit network were taken away. How sparse is it after one step, how sparse after
# three epochs, and how many digits are right then?

# %% predict="regrown"
predict("sparsity after one step", None)  # your guess in place of None
predict("sparsity after three epochs", None)
predict("right, after three epochs of the colleague", None, unit="%")

# %% demo="regrown"
regrown = copied(net)
masks = magnitude_prune(regrown, 0.9)
optimizer = SGD(regrown.parameters(), lr=0.1)
colleague_finetune(regrown, masks, optimizer, [(Tensor(images[:32]), labels[:32])], 1)
measured("sparsity after one step", round(sparsity(regrown), 2))
colleague_finetune(regrown, masks, optimizer, shuffled(7), 3)
measured("sparsity after three epochs", round(sparsity(regrown), 2))
measured("right, after three epochs of the colleague", right_percent(regrown), unit="%")
dark = images.max(axis=0) == 0
zeros = regrown[0].weight.data == 0
print(f"{dark.sum()} of 784 pixels are dark in all images; theirs are {zeros[:, dark].sum():,} of the {zeros.sum():,} "
      "zeros left in the first weight")

# %% [markdown]
# The loss falls, the digits are right, and the cut is gone. First the check that was missing. What must a fine-tuning
# never do, not even between two steps, and what must it do? `Watched` above lets you look after each step.

# %% exercise="catch"
def check_finetune(finetune):
    """Raise AssertionError unless `finetune` trains what the masks keep, and nothing else is ever there after a step.

    It is called as `finetune(model, masks, optimizer, batches, epochs)`.
    """
    # How: take what practice() gives, keep a copy of the numbers, fine-tune for three epochs. After each step, and in
    # the end: in each weight, what the mask does not keep is 0. In the end: of what it keeps something has moved.
    # Example: check_finetune(colleague_finetune) raises AssertionError.
    # Hint: Watched(batches, look) calls your function look() after each step. model.state_dict() is {name: copy of the
    # array}; array[mask] are the kept numbers, array[~mask] the others.
    ### BEGIN SOLUTION
    model, masks, optimizer, batches = practice()
    before = model.state_dict()

    def look():
        for name, mask in masks.items():
            assert (model.state_dict()[name][~mask] == 0).all(), f"{name} has grown again"

    finetune(model, masks, optimizer, Watched(batches, look), 3)
    look()
    for name, mask in masks.items():
        assert (model.state_dict()[name][mask] != before[name][mask]).any(), f"{name} has learnt nothing"
    ### END SOLUTION

# %% check="catch" points=6
def got(masked, steps=True, trained=("0.weight", "2.weight")):
    """A fine-tuning that applies the mask of a weight where `masked(name, epoch, step)` says so, and trains some."""
    def finetune(model, masks, optimizer, batches, epochs):
        for epoch in range(epochs if steps else 0):
            for step, (x, targets) in enumerate(batches):
                optimizer.zero_grad()
                CrossEntropyLoss()(model(x), targets).backward()
                for name, p in weights(model).items():
                    p.grad *= name in trained
                optimizer.step()
                apply_masks(model, {name: mask for name, mask in masks.items() if masked(name, epoch, step)})
    return finetune


assert rejects(check_finetune, colleague_finetune), "your check lets the colleague's pass. What is 0 afterwards?"
assert not rejects(check_finetune, got(lambda name, epoch, step: True)), "your check refuses a right fine-tuning"
assert rejects(check_finetune, got(lambda *at: True, steps=False)), "your check lets one pass that never takes a step"
assert rejects(check_finetune, got(lambda *at: False)), "your check lets one pass that never applies a mask"
assert rejects(check_finetune, got(lambda name, epoch, step: step == 3)), (
    "your check lets one pass that applies the masks after every fourth step, the last of an epoch. Between them the "
    "numbers grow again, and the others come to rely on them: look after each step.")
assert rejects(check_finetune, got(lambda name, epoch, step: epoch == 0)), (
    "your check lets one pass that applies the masks in the first epoch only")
assert all(rejects(check_finetune, got(lambda name, *at, one=one: name == one)) for one in ("0.weight", "2.weight")), (
    "your check lets one pass that applies one of the two masks only")
assert all(rejects(check_finetune, got(lambda *at: True, trained=some)) for some in ("0.weight", "2.weight", "")), (
    "your check lets one pass in which a weight stands still, while the biases move")

# %% [markdown]
# ## Use: nine of ten can go
#
# The gradient of a weight does not ask whether the weight is 0. It is a sum of products of what comes in and what comes
# back, so the next step moves a weight unless one of the two is 0 in each row of the batch: a pixel that is dark in all
# of them, or a number that the ReLU holds at 0. With other batches other pixels are lit. In the end most of the zeros
# left are those of pixels that no image lights.
#
# So the masks have to be applied again after each step. A Trainer calls its method `update` for every step: the
# optimizer's step is in it, and `zero_grad`.

# %% exercise="repair"
#| export
def finetune(model: Module, masks: Masks, optimizer: Optimizer,
             batches: Batches | Callable[[], Batches], epochs: int) -> list[dict[str, Any]]:
    """Train what the masks keep, for some epochs; what they do not keep is 0 all the time.

    Parameters
    ----------
    masks : as `magnitude_prune` returns them
    batches : a list of batches, or a function that gives those of an epoch

    Returns
    -------
    list of dict
        The history of the Trainer: the mean "loss" of each epoch, and more.
    """
    # How: apply the masks; then train with a Trainer that applies them once more after each update.
    # Example: a model of sparsity 0.9 has sparsity 0.9 after each step, not only at the end.
    # Hint: `class Masked(Trainer)` with `def update(self): super().update()` and one line more.
    ### BEGIN SOLUTION
    class Masked(Trainer):
        def update(self) -> None:
            super().update()
            apply_masks(model, masks)

    apply_masks(model, masks)
    return Masked(model, optimizer).fit(batches, epochs)
    ### END SOLUTION

# %% check="repair" points=8
if rejects(check_finetune, finetune):
    try:
        check_finetune(finetune)
    except AssertionError as error:
        raise AssertionError(f"your own check refuses your fine-tuning, and says: {error}") from error
got = *practice(seed=5), []
got[2].velocity = [np.full_like(velocity, 0.1) for velocity in got[2].velocity]  # as if from before the cut
got = *got, [entry["loss"] for entry in finetune(
    *got[:3], lambda: Watched(got[3], lambda: got[4].append(sparsity(got[0]))), 12)]
assert len(got[5]) == 12, f"an entry for each of 12 epochs; yours has {len(got[5])}"
assert set(got[4]) == {0.75}, (
    f"three in four weights are 0 after every step; your shares begin {np.round(got[4][:5], 2)}. An optimizer "
    "with momentum moves also what has no gradient.")
assert got[5][-1] < 0.8 * got[5][0], f"what is left should learn: the loss went from {got[5][0]} to {got[5][-1]}"
assert sparsity(got[0]) == 0.75, f"three in four weights were 0 and should be; yours is {sparsity(got[0])}"
assert got[2].steps == 48, f"four batches in twelve epochs are 48 steps; yours took {got[2].steps}"
got = practice()
got[0][0].weight.data = np.full((16, 12), 3.0, dtype=np.float32)
finetune(*got, 0)
assert (got[0][0].weight.data == 0).sum() == (~got[1]["0.weight"]).sum(), "apply the masks before the first step, too"

# %% [markdown]
# With nine of ten weights of the digit network gone, how many digits are right after three epochs of your fine-tuning?
# How many if the full network, none of it gone, gets the same three epochs? And in what part of its time are the
# answers there?

# %% predict="tuned"
predict("right, a tenth of the weights, fine-tuned", None, unit="%")  # your guess in place of None
predict("right, all weights, three more epochs", None, unit="%")
predict("time for its answers", None, unit="times that of all weights")

# %% demo="tuned"
tuned, longer = copied(net), copied(net)
finetune(tuned, magnitude_prune(tuned, 0.9), SGD(tuned.parameters(), lr=0.1), shuffled(7), 3)
Trainer(longer, SGD(longer.parameters(), lr=0.1)).fit(shuffled(7), 3)
measured("right, a tenth of the weights, fine-tuned", right_percent(tuned), unit="%")
measured("right, all weights, three more epochs", right_percent(longer), unit="%")
tuned_times = times_as_long(lambda: tuned(test_images), lambda: net(test_images))
measured("time for its answers", tuned_times, unit="times that of all weights")
print(f"sparsity then {sparsity(tuned):.4f}; after as many epochs of the colleague's {sparsity(regrown):.4f}")

# %% [markdown]
# After equally many epochs the network with a tenth of its weights, the colleague's that grew again, and the one that
# was never cut are some tenths apart. All in one table, times as a part of that of the network with all weights. Each
# way buys something else.

# %% demo="table"
print("                              right     file   time")
for name, model in [("all weights", net), ("all, three more epochs", longer), ("a tenth of the weights", whole),
                    ("the same, fine-tuned", tuned), ("a quarter of the rows, tuned", small),
                    ("first layer of rank 16", thinned), ("teacher", teacher), ("student", student)]:
    times = times_as_long(lambda: model(test_images), lambda: net(test_images), pairs=9)
    print(f"{name:<29}{right_percent(model):>4} %{file_kb(model):>6.0f} kB{times:>7.2f}")
    if model is net and abs(times - 1) > 0.1:
        print("all weights take 1.00 times their own time; this machine is busy, so run this cell once more")

# %% [markdown]
# ## Reflect
#
# Two questions with sizes of your own, all five in the cell below; answer them without running code. A layer has a
# weight of shape (`outputs`, `inputs`) in float32, and `kept` of its numbers are not 0. It is stored as a mask, with
# one bit for each number, eight to a byte, and then the kept numbers as they are. How many bytes is that? Set
# `packed_bytes`.
#
# And a teacher, another network, has `inputs`, then `hidden`, then `outputs` numbers, in two Linear layers with biases;
# its student has `few` in the middle. Of the teacher only the parameters are in memory, of the student also gradients
# and the two arrays of Adam, all in float32. How many bytes are these together? Set `together_bytes`. In both cells put
# your number in place of the 0 and delete the two lines below it.

# %% given="sizes"
inputs, hidden, outputs, few, kept = mine("layers", [
    (784, 512, 16, 48, 1_250), (1024, 384, 24, 36, 2_400), (640, 448, 40, 28, 3_100), (896, 320, 32, 30, 2_800)])
print(f"inputs {inputs}, hidden {hidden}, outputs {outputs}, few {few}, kept {kept:,}")

# %% exercise="packed_bytes"
packed_bytes = 0  # your number
### BEGIN SOLUTION
packed_bytes = outputs * inputs // 8 + 4 * kept
### END SOLUTION

# %% check="packed_bytes" points=4
got = packed_bytes
assert got > 4 * kept, f"the kept numbers alone take {4 * kept:,} bytes, and the mask has to be there too"
assert got > 4 * kept + outputs * inputs // 16, "the mask says of every number whether it is kept; yours is too short"
assert got < 4 * kept + outputs * inputs // 4, "more than the kept numbers and a mask of eight places to a byte"

# %% exercise="together_bytes"
together_bytes = 0  # your number
### BEGIN SOLUTION
teacher_count = (inputs + 1) * hidden + (hidden + 1) * outputs
student_count = (inputs + 1) * few + (few + 1) * outputs
together_bytes = 4 * (teacher_count + 4 * student_count)
### END SOLUTION

# %% check="together_bytes" points=4
got = together_bytes
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * inputs * hidden, f"the first weight of the teacher alone takes {4 * inputs * hidden:,} bytes"
assert got > 4 * inputs * (hidden + 4 * few), "the two first weights, with all that learning puts beside, take more"
assert got < 4 * (inputs + 1 + outputs) * (hidden + 5 * few), f"something is counted too often; yours is {got:,}"

# %% [markdown]
# A model has to answer on a phone. A colleague prunes 90 % of its weights, fine-tunes it, and writes: ten times
# smaller, ten times faster, as accurate as before. Which of the three may be true, and how would you measure each? What
# would you do if it has to be faster, and what does that cost? Use numbers from this page.

# %% [markdown] answer="phone" points=6 rubric="each claim: true or not, how measured; a way to speed and its price"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.utils.prune.l1_unstructured(layer, "weight", amount=0.9)` is magnitude pruning of one layer, and
#   `prune.global_unstructured` that of several together, as ours.
# - There the layer keeps `weight_orig` and `weight_mask`, and computes `weight` from the two before each forward, so
#   that no step can fill the gaps. `prune.remove` makes it a plain weight again; then the fault of this page is back.
# - `prune.ln_structured` fills whole rows with zeros by their norm. It does not make the layer smaller; that is left to
#   you, as here.
# - Soft targets are `F.kl_div(log_q, p, reduction="batchmean")`; its default, the mean over all numbers, is smaller by
#   the number of classes.
# - `torch.sparse` tensors and weights of which two in each four are 0 are made to skip zeros, on hardware that can.
