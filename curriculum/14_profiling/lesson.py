# %% [markdown]
# # 14 Profiling
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 07 Training, 09 Convolutions,
#              12 Attention
#     Teaches  where the time and the bytes of a model go, and what the most is that a faster part can give
#     Opens    18 Acceleration, 19 Benchmarking, 20 Capstone
#
# Which line of your CNN is the slow one? You have a guess, and it is probably wrong; most are. By the end of this page
# you have an instrument that sees every operation of any model you built, there and back, without touching the model.
# It stands at a door that they all pass. And you can say of each operation which limit of the machine lies over it,
# that of arithmetic or that of memory, and how far below it stays.

# %% given="start"
#| default_exp profiling
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("14")

# %% given="imports"
#| export
# pyright: reportPrivateUsage=false
# A reading stands at the door, and the door's names begin with an underscore.
import math
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.autograd import Node, reachable
from tinytorch.core.tensor import Tensor

Shape = tuple[int, ...]
Array = NDArray[Any]
Clock = Callable[[], float]  # seconds, counted from anywhere
Step = Callable[..., Tensor]  # what `_apply` does
Ask = Callable[[Node, Array], Sequence[Any]]  # what `pull` does

# %% given="tools"
import itertools
import json

from tinytorch.core.autograd import no_grad
from tinytorch.nn.activations import ReLU
from tinytorch.nn.attention import Attention
from tinytorch.nn.conv import Conv2d, MaxPool2d
from tinytorch.nn.layers import Flatten, Linear, Sequential
from tinytorch.nn.losses import CrossEntropyLoss
from tinytorch.training import checkpoint

# %% [markdown]
# From this tier on signatures name the types of what goes in and comes out: `tuple[int, ...]` is a tuple of whole
# numbers, `int | None` is one of two. An editor can hold you to them; Python itself ignores them.
#
# ## Try first
#
# One addition or multiplication of two floats is a *FLOP*, a floating-point operation. How many does a model need for
# a batch? Write `guess_flops` from the parameters of a model and the shapes of what goes in and of what comes out, for
# both models below, to within 5 % of a count by hand. Ten minutes, ungraded.

# %% given="models"
def guess_error(guess):
    """Of a Linear and a convolution the larger error of a guess, in percent of the count by hand."""
    rng = np.random.default_rng(14)
    models = [(Linear(784, 128, rng=rng), (32, 784), (32, 128), 32 * 128 * (2 * 784 + 1)),
              (Conv2d(3, 8, 5, rng=rng), (16, 3, 28, 28), (16, 8, 24, 24), 16 * 8 * 24 * 24 * (2 * 3 * 5 * 5 + 1))]
    return max(100 * abs(guess(model, *shapes) - right) / right for model, *shapes, right in models)

# %% scratch="try_first"
def guess_flops(model, in_shape, out_shape):
    return 2 * in_shape[0] * sum(p.data.size for p in model.parameters())  # your attempt


print(f"error {guess_error(guess_flops):.3g} %")

# %% [markdown]
# ## Build: counting FLOPs
#
# How often a parameter is used is not written on it. A weight of a Linear meets each row once; a number of a kernel
# meets each window. So count from the shapes that pass the door instead. Four kinds of operation are enough:
#
#     matmul (m, k) @ (k, n)    m * n sums of k products: 2 * m * n * k
#     conv2d                    each number of the result is a sum over its window: 2 * channels * kernel_h * kernel_w
#                               and 1 more for the bias, if there is one
#     a sum, a largest, a pool  1 for each number that goes in
#     one by one                1 for each number that comes out, a few for softmax and its like
#
# What only moves numbers, such as reshape, has none. That exp counts as 1 is a convention, like all of this. A forward
# that fits none of the kinds brings a count of its own and puts it into `COUNTS`; so far there is none.

# %% given="kinds"
#| export
MOVES = {"reshape", "permute", "index", "joined", "select", "taken_rows", "rerun"}  # no arithmetic of their own
REDUCTIONS = {"sum", "largest", "smallest", "argmax", "max_pool", "avg_pool"}  # each input number once
PER_NUMBER = {"softmax": 5, "log_softmax_values": 5, "sigmoid": 4, "gelu": 9}  # of the result; others 1
COUNTS: dict[str, Callable[..., int]] = {}  # by label, "name forward": (shapes, out_shape); "name backward": and wants

# %% exercise="flops"
#| export
def flops(name: str, shapes: Sequence[Shape], out_shape: Shape) -> int:
    """How many FLOPs a forward takes, from the shapes of its inputs and of its result."""
    if f"{name} forward" in COUNTS:
        return COUNTS[f"{name} forward"](shapes, out_shape)
    # How: numbers = the size of the result; then the kinds above, each with its own line.
    # Example: matmul of (4, 7) and (7, 3) is 2 * 12 * 7 = 168. sum of (5, 6) to () is 30.
    # Hint: math.prod(shape). conv2d has images, weight (out_channels, in_channels, kernel_h, kernel_w) and perhaps a
    # bias among its inputs. `name in MOVES`, `PER_NUMBER.get(name, 1)`.
    ### BEGIN SOLUTION
    numbers = math.prod(out_shape)
    if name in MOVES:
        return 0
    if name in REDUCTIONS:
        return math.prod(shapes[0])
    if name == "matmul":
        return 2 * numbers * shapes[0][-1]
    if name == "conv2d":
        return 2 * numbers * math.prod(shapes[1][1:]) + (numbers if len(shapes) == 3 else 0)
    return PER_NUMBER.get(name, 1) * numbers
    ### END SOLUTION

# %% check="flops" points=10
got = flops("matmul", [(4, 7), (7, 3)], (4, 3))
assert got == 168, f"12 sums of 7 products, an addition for each product: 2 * 12 * 7 = 168; yours {got}"
got = flops("matmul", [(5, 4, 7), (5, 7, 3)], (5, 4, 3))
assert got == 840, f"five such products: 840; yours {got}. The length of a sum is the last size of the first input."
got = flops("conv2d", [(6, 3, 9, 9), (4, 3, 5, 5)], (6, 4, 5, 5))
assert got == 90000, f"600 numbers, each a sum over 3 * 5 * 5 products: 2 * 600 * 75 = 90,000; yours {got}"
got = flops("conv2d", [(6, 3, 9, 9), (4, 3, 5, 5), (4,)], (6, 4, 5, 5))
assert got == 90600, f"with a bias 600 more: 90,600; yours {got}"
got = flops("sum", [(5, 6)], ()), flops("max_pool", [(3, 4, 8, 8)], (3, 4, 4, 4))
assert got == (30, 768), f"each number that goes in counts once: 30 and 768; yours {got}"
got = flops("add", [(5, 6), (6,)], (5, 6)), flops("softmax", [(5, 6)], (5, 6)), flops("permute", [(5, 6)], (6, 5))
assert got == (30, 150, 0), f"add 30, softmax 5 for each number, a permute moves only: 30, 150, 0; yours {got}"
got = {name: flops(name, [(5, 6)], (5, 6)) / 30 for name in sorted(PER_NUMBER)}
assert got == PER_NUMBER, f"for each number of the result as many as PER_NUMBER says; yours {got}"
got = ([name for name in sorted(REDUCTIONS) if flops(name, [(5, 6)], (5,)) != 30]
       + [name for name in sorted(MOVES) if flops(name, [(5, 6)], (6, 5)) != 0])
assert not got, f"each name of REDUCTIONS counts what goes in, each of MOVES nothing; not so with you: {got}"

# %% [markdown]
# ## Build: a reading that measures
#
# Every operation on Tensors passes one door, `Tensor._apply(forward, *inputs, **options)`: `forward` is a function on
# arrays, the inputs are Tensors and numbers, and what comes out is a Tensor. A *reading* takes what the door did so
# far, `step`, and gives what it does now; `Tensor._read` puts it on or takes it off. `noting` is one, and writes names.

# %% given="noting"
names = []


def noting(step):
    """A reading: write down the name of each operation, and let it go on."""
    def apply(forward, *inputs, **options):
        names.append(forward.__name__)
        return step(forward, *inputs, **options)
    return apply

# %% demo="noting"
Tensor._read(noting)
ReLU()(Tensor([[3.0, -4.0]]).T * 2.0).sum()
Tensor._read(noting, on=False)
print(names)

# %% [markdown]
# Now write down everything: an `Operation` is what is known about one passage. Its *moved bytes* are those of the
# arrays that it must read and write at least, and 0 for a view, which moves nothing.

# %% given="operation"
#| export
@dataclass(frozen=True)
class Operation:
    """One passage through the door, or one rule asked on the way back.

    `shapes` are those of the inputs, () for a number. On the way back `out_shape` and `dtype` are those of the gradient
    that came in. `start_s` and `elapsed_s` are seconds of the clock.
    """

    name: str
    direction: str  # "forward" or "backward"
    shapes: tuple[Shape, ...]
    out_shape: Shape
    dtype: str
    flops: int
    moved_bytes: int
    start_s: float
    elapsed_s: float

    @property
    def label(self) -> str:
        """Name and direction, such as "matmul backward"."""
        return f"{self.name} {self.direction}"


def arrays_of(inputs: Iterable[Any]) -> list[Array]:
    """The arrays of Tensors; a plain number becomes a float32 array of shape ()."""
    return [x.data if isinstance(x, Tensor) else np.asarray(x, dtype=np.float32) for x in inputs]


def moved_bytes(inputs: Sequence[Array], outputs: Iterable[Any]) -> int:
    """Bytes of all these arrays, each read or written once; 0 if an output is a view of an input."""
    made: list[Array] = [out for out in outputs if type(out) is np.ndarray]
    if any(np.may_share_memory(array, out) for array in inputs for out in made):
        return 0
    return sum(array.nbytes for array in [*inputs, *made])

# %% [markdown]
# A `Recording` is a reading that is on inside a `with`, and keeps a list. Its clock is whatever gives seconds, so a
# test can bring one that is known. It refuses to run while `tracemalloc` does: that one looks at every allocation, and
# you would time the looking.

# %% given="recording"
#| export
class Recording:
    """A reading of the door that is on inside `with`, and the operations that it saw, in the order of their ends.

    Parameters
    ----------
    clock : what gives seconds; asked once before and once after each operation
    """

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self.clock = clock
        self.operations: list[Operation] = []

    def __call__(self, step: Step) -> Step:
        """The reading: what the door did so far becomes what it does now."""
        raise NotImplementedError

    def __enter__(self) -> "Recording":
        if tracemalloc.is_tracing():
            raise RuntimeError("tracemalloc is on, and it slows each allocation. Measure bytes and time in two runs.")
        Tensor._read(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        Tensor._read(self, on=False)

# %% given="ticking"
def ticking(steps):
    """A clock that goes on by the next of `steps` each time that it is asked."""
    return itertools.accumulate(steps).__next__


class Watched(Tensor):
    """A Tensor that notes in `looks` each time that somebody asks for its data or its shape."""

    looks = []
    data = property(lambda self: self.looks.append("data") or self._data)
    shape = property(lambda self: self.looks.append("shape") or self._data.shape)


def looking():
    """A clock that stands still unless somebody looks at a Watched."""
    return len(Watched.looks)

# %% exercise="observer"
#| export
class Observer(Recording):
    """Sees every operation that passes the door."""

    def __call__(self, step: Step) -> Step:
        """Let each operation go on as it is, and append an Operation for it."""
        # How: as in `noting`, an inner `apply`: ask the clock, let `step` compute, ask the clock again, and nothing
        # else between. Then append Operation(...) to self.operations and return what `step` gave.
        # Example: Tensor (4, 7) @ Tensor (7, 3) appends Operation("matmul", "forward", ((4, 7), (7, 3)), (4, 3),
        # "float32", 168, 244, start, elapsed): 61 numbers of 4 bytes were moved.
        # Hint: arrays_of(inputs), tuple(array.shape for array in arrays), str(out.dtype), forward.__name__.
        ### BEGIN SOLUTION
        def apply(forward: Callable[..., Array], *inputs: Any, **options: Any) -> Tensor:
            start = self.clock()
            out = step(forward, *inputs, **options)
            elapsed = self.clock() - start
            arrays, name = arrays_of(inputs), forward.__name__
            shapes = tuple(array.shape for array in arrays)
            self.operations.append(Operation(
                name, "forward", shapes, out.shape, str(out.dtype), flops(name, shapes, out.shape),
                moved_bytes(arrays, [out.data]), start, elapsed))
            return out
        return apply
        ### END SOLUTION

# %% check="observer" points=13
with Observer():
    got = Tensor._apply(lambda array, by=0: array * by, Tensor([5.0, 7]), by=3)
assert isinstance(got, Tensor), f"return what step gave, a Tensor; yours {type(got).__name__}"
assert got.data.tolist() == [15, 21], f"[5, 7] by=3 is [15, 21]; yours {got.data}. Options go on: step(..., **options)"
got = [Observer(ticking([10, 3, 40, 5, 70, 11, 20, 6, 90, 7, 30, 4]))]
with got[0]:
    got.append(Tensor(np.ones((4, 7))) @ Tensor(np.ones((7, 3))))
    got.append(got[1].reshape(3, 4))
    got.append(got[2] * 0.5)
    got[3].argmax()
    got[3].T.reshape(12)
assert isinstance(got[3], Tensor) and (got[3].data == 3.5).all(), "what is observed must compute as before"
got = got[0].operations
assert len(got) == 6, f"six operations passed the door; yours saw {len(got)}"
assert all(isinstance(seen, Operation) for seen in got), "append an Operation for each"
assert [seen.name for seen in got] == ["matmul", "reshape", "multiply", "argmax", "permute", "reshape"], (
    f"matmul, reshape, multiply, argmax, permute, reshape passed; yours {[seen.name for seen in got]}")
assert got[0].shapes == ((4, 7), (7, 3)) and got[0].out_shape == (4, 3), (
    f"((4, 7), (7, 3)) gave (4, 3); yours says {got[0].shapes} gave {got[0].out_shape}")
assert got[2].shapes == ((3, 4), ()), f"a number has shape (): ((3, 4), ()); yours {got[2].shapes}"
assert {seen.direction for seen in got} == {"forward"}, f"all of them forward; yours {got[0].direction!r}"
assert [seen.dtype for seen in got][2:4] == ["float32", "int64"], (
    f"dtypes of the results, as text, and argmax gives int64; yours {[seen.dtype for seen in got]}")
assert [seen.flops for seen in got][:3] == [168, 0, 12], f"168, 0, 12 FLOPs; yours {[seen.flops for seen in got]}"
got = got, [seen.moved_bytes for seen in got]
assert got[1][:3] == [244, 0, 100], f"(28 + 21 + 12) * 4 = 244, a view 0, (12 + 1 + 12) * 4 = 100; yours {got[1][:3]}"
assert got[1][4:] == [0, 96], f".T is a view, 0; to reshape it takes a copy, (12 + 12) * 4 = 96; yours {got[1][4:]}"
got = [(seen.start_s, seen.elapsed_s) for seen in got[0]][:3]
assert got == [(10, 3), (53, 5), (128, 11)], (
    f"the clock showed 10, 13; 53, 58; 128, 139: starts 10, 53, 128 and 3, 5, 11 between; yours {got}")
got = Observer(looking)
with got:
    Watched([3.0, 4.0]).exp()
assert got.operations[0].elapsed_s == 0, "only step comes between the two looks at the clock; shapes and bytes after it"

# %% [markdown]
# Now attention from 12, as it is: 48 rows of width 32. By hand there are six products: one in each of four Linear
# layers, 2 * 48 * 32 * 32 FLOPs, and two with a table of 48 by 48, 2 * 48 * 48 * 32 each. How many FLOPs have the six
# together? And which share of all FLOPs is that? The rest are the biases, a scaling and the softmax.

# %% predict="attention"
predict("FLOPs of the six products, by hand", None)  # your guess in place of None
predict("FLOPs of the six products, of all FLOPs", None, unit="%")

# %% demo="attention"
layer, rows = Attention(32, rng=np.random.default_rng(3)), Tensor(np.random.default_rng(4).normal(size=(48, 32)))
with Observer() as seen, no_grad():
    layer(rows)
products = sum(op.flops for op in seen.operations if op.name == "matmul")
assert products == 4 * 2 * 48 * 32 * 32 + 2 * 2 * 48 * 48 * 32
measured("FLOPs of the six products, by hand", products)
measured("FLOPs of the six products, of all FLOPs", round(100 * products / sum(op.flops for op in seen.operations), 1),
         unit="%")

# %% [markdown]
# ## Build: the way back
#
# On the way back nothing passes the door: `backward` goes from node to node, a node for each forward that was recorded,
# and asks its rule for arrays. But it asks all of them through one function, `pull(node, grad_out)`, which gives a
# gradient for each input; and a reading that has a method `pull` wraps it as it wraps the door. A product has two
# gradients, and each of them is a product as large as itself: a step back costs twice the way there, or once if the
# first input wants no gradient. `backward_flops` counts that; given.

# %% given="backward_flops"
#| export
def backward_flops(name: str, shapes: Sequence[Shape], out_shape: Shape, wants: Sequence[bool]) -> int:
    """How many FLOPs a rule takes: what the forward took, for each input that wants a gradient."""
    if f"{name} backward" in COUNTS:
        return COUNTS[f"{name} backward"](shapes, out_shape, wants)
    once = flops(name, shapes[:2] if name == "conv2d" else shapes, out_shape)
    bias = math.prod(out_shape) if name == "conv2d" and any(wants[2:]) else 0  # a sum over its gradient
    return once * sum(wants[:2] if name == "conv2d" else wants) + bias

# %% exercise="profiler"
#| export
class Profiler(Observer):
    """Sees every operation, forward and backward, of any model, inside `with Profiler() as seen:`."""

    def __enter__(self) -> "Profiler":
        super().__enter__()
        return self

    def pull(self, ask: Ask) -> Ask:
        """Let each rule answer as it is, and append an Operation in direction "backward" for it."""
        # How: as in Observer, an inner function of (node, grad_out) that calls ask(node, grad_out). Inputs of the
        # node are node.inputs, who wants a gradient says node.wants, and the forward's name is node.rule.name.
        # Example: y = x @ w with (4, 7) and (7, 3), both wanted: Operation("matmul", "backward", ((4, 7), (7, 3)),
        # (4, 3), "float32", 336, 440, start, elapsed). grad_out and inputs are read, two gradients are written.
        # Hint: moved_bytes([grad_out, *arrays], grads); it passes over a gradient that is None.
        ### BEGIN SOLUTION
        def observed(node: Node, grad_out: Array) -> Sequence[Any]:
            start = self.clock()
            grads = ask(node, grad_out)
            elapsed = self.clock() - start
            arrays, name = arrays_of(node.inputs), node.rule.name
            shapes = tuple(array.shape for array in arrays)
            self.operations.append(Operation(
                name, "backward", shapes, grad_out.shape, str(grad_out.dtype),
                backward_flops(name, shapes, grad_out.shape, node.wants),
                moved_bytes([grad_out, *arrays], grads), start, elapsed))
            return grads
        return observed
        ### END SOLUTION

# %% check="profiler" points=11
got = [Profiler(ticking(range(1, 100))), Tensor(np.ones((4, 7)), requires_grad=True), Tensor(np.ones((7, 3)))]
with got[0]:
    (got[1] @ got[2]).sum().backward()
assert got[1].grad is not None and (got[1].grad == 3).all(), "the gradients must be what they were"
got = got[0].operations
assert [seen.label for seen in got] == ["matmul forward", "sum forward", "sum backward", "matmul backward"], (
    f"two forward, then the rules in the order in which they are asked; yours {[seen.label for seen in got]}")
got = got[3]
assert got.shapes == ((4, 7), (7, 3)) and got.out_shape == (4, 3), (
    f"inputs ((4, 7), (7, 3)), and a gradient (4, 3) came in; yours says {got.shapes} and {got.out_shape}")
assert got.dtype == "float32", f"the dtype of grad_out, as text; yours {got.dtype!r}"
assert got.flops == 168, f"x alone wants a gradient, as node.wants says: one product, 168 FLOPs; yours {got.flops}"
assert (got.start_s, got.elapsed_s) == (28, 8), (
    "the clock was asked at 1, 3; 6, 10; 15, 21; 28, 36: the fourth operation starts at 28 and takes 8; yours starts "
    f"at {got.start_s} and takes {got.elapsed_s}")
got = [Profiler(), Tensor(np.ones((4, 7)), requires_grad=True), Tensor(np.ones((7, 3)), requires_grad=True)]
with got[0]:
    (got[1] @ got[2]).backward(np.ones((4, 3)))
got = got[0].operations[-1]
assert got.flops == 336 and got.moved_bytes == 440, (
    f"both want one: 336 FLOPs, and (12 + 28 + 21 + 28 + 21) * 4 = 440 bytes; yours {got.flops}, {got.moved_bytes}")
got = [Profiler(looking), Watched(np.ones((4, 7)), requires_grad=True, dtype=np.float64), Tensor(np.ones(7))]
with got[0]:
    (got[2] + got[1]).sum().backward()
got = got[0].operations[-1]
assert got.dtype == "float64", f"a float64 gradient came in: dtype is that of grad_out; yours {got.dtype!r}"
assert got.moved_bytes == 0, f"the rule of + hands on grad_out itself, which moves nothing; yours {got.moved_bytes}"
assert got.elapsed_s == 0, "only ask comes between the two looks at the clock; shapes and bytes after it"

# %% [markdown]
# ## Use: your CNN
#
# A list of thirty operations, as one step of your CNN makes it, says little. Add up what has the same label and put the
# largest first. One thing is in the way: an operation may run others inside, as a checkpoint of 07 runs a whole part of
# a model, and their time would count twice. `own_s` takes it out: what began later and ended earlier lay inside. Given.

# %% given="own_s"
#| export
def own_s(operations: Iterable[Operation]) -> list[float]:
    """The seconds of each operation without those of operations inside it; in the order of their ends, as recorded."""
    own: list[float] = []
    outside: list[Operation] = []  # of those that ended so far, the ones that lie in no other
    for op in operations:
        inside = 0.0
        while outside and outside[-1].start_s >= op.start_s:
            inside += outside.pop().elapsed_s
        outside.append(op)
        own.append(op.elapsed_s - inside)
    return own

# %% [markdown]
# Two layers inside a checkpoint, there and back: how many times the time that it took is the sum of all `elapsed_s`?
# On the way there its operations lie inside `rerun forward`; on the way back they run again, and then their rules, all
# inside `rerun backward`.

# %% predict="inside"
predict("sum of all elapsed_s, in times of the sum of own_s", None)  # your guess in place of None

# %% demo="inside"
rng = np.random.default_rng(5)
part, x = Sequential(Linear(256, 512, rng=rng), ReLU(), Linear(512, 256, rng=rng)), rng.normal(size=(256, 256))
with Profiler() as seen:
    checkpoint(part, Tensor(x, requires_grad=True)).sum().backward()
for op, own in zip(seen.operations, own_s(seen.operations)):
    if op.name in ("rerun", "matmul"):
        print(f"{op.label:16}{1e3 * op.elapsed_s:8.2f} ms, of its own{1e3 * own:8.2f} ms")
measured("sum of all elapsed_s, in times of the sum of own_s",
         round(sum(op.elapsed_s for op in seen.operations) / sum(own_s(seen.operations)), 2))

# %% exercise="ranking"
#| export
def ranking(operations: Sequence[Operation]) -> list[tuple[str, float]]:
    """Pairs (label, own seconds of all operations with this label), the slowest first."""
    # How: a dict from label to seconds; add what own_s gives for each operation; sort its items by seconds.
    # Example: add forward 2 s, exp forward 9 s, add forward 4 s: [("exp forward", 9.0), ("add forward", 6.0)].
    # Hint: zip(operations, own_s(operations)); op.label; sorted(..., key=lambda pair: pair[1], reverse=True).
    ### BEGIN SOLUTION
    seconds: dict[str, float] = {}
    for op, own in zip(operations, own_s(operations)):
        seconds[op.label] = seconds.get(op.label, 0.0) + own
    return sorted(seconds.items(), key=lambda pair: pair[1], reverse=True)
    ### END SOLUTION

# %% check="ranking" points=8
got = [Profiler(ticking(range(1, 1000))), np.random.default_rng(3)]
got += [Sequential(Conv2d(1, 4, 3, rng=got[1]), ReLU(), Flatten(), Linear(64, 5, rng=got[1]))]
got += [Tensor(got[1].normal(size=(3, 1, 6, 6)))]
with got[0]:
    CrossEntropyLoss()(got[2](got[3]), np.array([4, 3, 1])).backward()
got = got[0].operations, ranking(got[0].operations)
assert isinstance(got[1], list) and len(got[1]) == len({seen.label for seen in got[0]}), (
    "a list of pairs, one for each label: conv2d there and conv2d back are two")
assert abs(sum(pair[1] for pair in got[1]) - sum(seen.elapsed_s for seen in got[0])) < 1e-6, (
    "nothing lay inside another here, so all seconds must be there, each once")
assert all(a[1] >= b[1] for a, b in zip(got[1], got[1][1:])), f"the slowest comes first; yours {got[1][:3]}"
assert dict(got[1])["conv2d forward"] == 2, f"the first had 2 s; yours {dict(got[1])['conv2d forward']}"
got = ranking([Operation("exp", "forward", (), (), "float32", 0, 0, *times) for times in [(13, 2), (16, 3)]]
              + [Operation("rerun", "forward", (), (), "float32", 0, 0, 11, 9)])
assert got == [("exp forward", 5), ("rerun forward", 4)], (
    f"rerun took 9 s, and exp inside it 2 s and 3 s, which own_s takes out of rerun: 5 and 4; yours {got}")

# %% [markdown]
# Your CNN of 09 and a batch of 64 digits: one step, there and back. Which five labels take most of the time? The names
# are those of the forwards: conv2d, relu, max_pool, reshape, permute, matmul, add, log_softmax_values and a few more.
# Then four numbers: the share of the two convolutions on their way there, and on their way back; that of the pools,
# both ways; and how much longer an addition of ten numbers takes with a Profiler on.
#
# One run is noisy: another program needs the processor for a moment, and some operation looks slow. So the step runs
# nine times, and `typical` gives each of its operations the median of its nine times.

# %% given="typical"
#| export
def typical(runs: Sequence[Sequence[Operation]]) -> list[Operation]:
    """The operations of the first of several runs of one step, each with the median of the seconds it took in all.

    Raises
    ------
    ValueError
        If the runs differ in their labels.
    """
    if len({tuple(op.label for op in run) for run in runs}) != 1:
        raise ValueError("a median needs runs of one and the same step, with the same labels in the same order")
    return [replace(alike[0], elapsed_s=float(np.median([op.elapsed_s for op in alike]))) for alike in zip(*runs)]

# %% predict="cnn"
guessed = ["", "", "", "", ""]  # your five labels, such as "relu forward", the slowest first
predict("share of conv2d forward", None, unit="%")  # your guess in place of None
predict("share of conv2d backward", None, unit="%")
predict("share of max_pool, both ways", None, unit="%")
predict("an addition of ten numbers with a Profiler on, in times of one without", None)

# %% demo="cnn"
from tinytorch.datasets import tinydigits

digits, rng = tinydigits(), np.random.default_rng(14)
cnn = Sequential(Conv2d(1, 8, 5, rng=rng), ReLU(), MaxPool2d(2), Conv2d(8, 16, 5, rng=rng), ReLU(), MaxPool2d(2),
                 Flatten(), Linear(256, 10, rng=rng))
images, targets = Tensor(digits.train_images[:64].reshape(-1, 1, 28, 28) / 255), digits.train_labels[:64]


def step():
    """One step of the CNN, there and back."""
    for p in cnn.parameters():
        p.grad = None
    CrossEntropyLoss()(cnn(images), targets).backward()


def profiled(work):
    with Profiler() as seen:
        work()
    return seen.operations


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


step()  # the first one is slower than all others
took, runs = zip(*[(seconds(step), profiled(step)) for _ in range(9)])
operations = typical(runs)
total, work = sum(op.elapsed_s for op in operations), sum(op.flops for op in operations)
shares = {label: 100 * own / total for label, own in ranking(operations)}
print(f"{len(operations)} operations; the five slowest labels\n{'':22}of the time  of the FLOPs  you guessed")
for guess, (label, share) in zip(guessed, shares.items()):
    flops_share = 100 * sum(op.flops for op in operations if op.label == label) / work
    print(f"{label:22}{share:9.1f} %{flops_share:12.2f} %  {guess or 'nothing yet'}")
measured("share of conv2d forward", round(shares["conv2d forward"], 1), unit="%")
measured("share of conv2d backward", round(shares["conv2d backward"], 1), unit="%")
measured("share of max_pool, both ways", round(shares["max_pool forward"] + shares["max_pool backward"], 1), unit="%")

# %% demo="cost"
def additions():
    for _ in range(1000):
        ten + ten


ten = Tensor(np.arange(10))
plain, watched = np.median([(seconds(additions), seconds(lambda: profiled(additions))) for _ in range(9)], axis=0)
inside = np.median([sum(op.elapsed_s for op in run) for run in runs])
print(f"the step takes {1e3 * np.median(took):.1f} ms, its operations together {1e3 * inside:.1f} ms")
print(f"an addition takes {1e3 * plain:.1f} us, with a Profiler on {1e3 * watched:.1f} us")
measured("an addition of ten numbers with a Profiler on, in times of one without", round(watched / plain, 1))

# %% [markdown]
# Whoever guesses thinks of arithmetic. Compare the two columns: `max_pool backward` has next to no FLOPs, moves arrays
# about, and stands among the first all the same. What a measurement costs is the same for each operation: nothing
# beside a convolution, and several times as much as the addition of ten numbers itself. So do not believe the time of a
# step that is made of tiny operations, while a Profiler is on. What happens between the operations, in Python, has no
# line in the list: it is what the step takes beyond the sum of its operations.

# %% [markdown]
# ## Resting place
#
# You have the instrument, and you know where the time of a step goes. What is left is what to make of it: how much a
# faster part can give, a fault that it finds, and what the machine allows. To come back tomorrow, run the cells above
# once.

# %% [markdown]
# ## Build: what a faster part can give

# %% [markdown]
# A part takes `share` of the time, a number from 0 to 1. Somebody makes it `times` as fast. The rest takes as long as
# before, so the whole takes `(1 - share) + share / times` of what it took. How many times faster is the whole? This is
# *Amdahl's law* (1967). With `times` infinite it gives the ceiling: no cleverness in this part ever gives more.

# %% exercise="amdahl"
#| export
def amdahl(share: float, times: float) -> float:
    """How many times faster the whole is if `share` of its time becomes `times` as fast; math.inf is allowed.

    Raises
    ------
    ValueError
        If share is not from 0 to 1, or times is not above 0. NaN, which is no number, is neither.
    """
    # How: refuse what makes no sense; then 1 by what is left of the time.
    # Example: half of the time, 3 times as fast: 1 / (1/2 + 1/6) = 1.5. Half of it, infinitely fast: 2.
    # Hint: 0.5 / math.inf is 0.0. If nothing at all is left, the answer is math.inf. Each comparison with NaN is False:
    # ask whether share and times are as they should be, and refuse if `not`.
    ### BEGIN SOLUTION
    if not (0 <= share <= 1 and times > 0):
        raise ValueError(f"a share is from 0 to 1 and times above 0; found share {share} and times {times}")
    left = (1 - share) + share / times
    return 1 / left if left > 0 else math.inf
    ### END SOLUTION

# %% check="amdahl" points=5
got = amdahl(0.5, 3)
assert np.isclose(got, 1.5), f"1/2 stays and 1/2 becomes 1/6: 1 / (2/3) = 1.5; yours {got}"
got = amdahl(0.8, math.inf), amdahl(0.8, 0.5), amdahl(1, 3), amdahl(1, math.inf), amdahl(0, 3)
assert np.isclose(got[0], 5), f"a fifth stays: at most 5 times; yours {got[0]}"
assert np.isclose(got[1], 1 / 1.8), f"a part that takes twice as long makes the whole slower: 0.556; yours {got[1]}"
assert np.isclose(got[2], 3), f"all of the time, 3 times as fast: 3; yours {got[2]}"
assert got[3] == math.inf, f"nothing is left of the time: math.inf; yours {got[3]}"
assert got[4] == 1, f"a part that takes no time changes nothing: 1; yours {got[4]}"
for got in [(1.5, 3), (-0.5, 3), (0.5, 0), (0.5, -3), (math.nan, 3), (0.5, math.nan)]:
    try:
        got = *got, amdahl(*got)
    except ValueError:
        continue
    except ZeroDivisionError:
        got = *got, "a ZeroDivisionError"
    raise AssertionError(f"share {got[0]} and times {got[1]} make no sense: raise ValueError; yours gave {got[2]}")

# %% [markdown]
# Of your CNN's step, say you make the label at the top of the list ten times as fast. How many times faster is the
# step? And how many at most, whatever you do to that label? And if you make the products four times as fast, the
# operations `matmul`, both ways?

# %% predict="ceiling"
predict("the slowest label 10 times as fast: the step", None, unit="times")  # your guess in place of None
predict("its ceiling", None, unit="times")
predict("matmul, both ways, 4 times as fast: the step", None, unit="times")

# %% demo="ceiling"
top, products = max(shares.values()) / 100, (shares["matmul forward"] + shares["matmul backward"]) / 100
measured("the slowest label 10 times as fast: the step", round(amdahl(top, 10), 2), unit="times")
measured("its ceiling", round(amdahl(top, math.inf), 2), unit="times")
print(f"share of matmul, both ways: {100 * products:.1f} %")
measured("matmul, both ways, 4 times as fast: the step", round(amdahl(products, 4), 3), unit="times")

# %% [markdown]
# ## A fault to find: the spread of a column

# %% [markdown]
# A colleague divides each column of the data by its spread before the first layer, and has a list of variances for
# that. It is an operation of its own, and it is tested: values, shape, and it passes the door.

# %% fault="colleague_standardized"
def colleague_standardized(array, variances):
    """Each column of `array` divided by the square root of its variance; `variances` is a list of floats."""
    return array / np.sqrt(variances)


def through_door(forward):
    """The function on Tensors that takes `forward` through the door."""
    return lambda x, variances: Tensor._apply(forward, x, variances=variances)


table = np.random.default_rng(14).normal(0, [2, 3, 0.5], (100, 3)).astype(np.float32)
answer = through_door(colleague_standardized)(Tensor(table), [4.0, 9.0, 0.25])
assert answer.shape == (100, 3) and np.allclose(answer.data, table / [2, 3, 0.5], atol=1e-5)

# %% [markdown]
# Behind it stands an MLP, and nobody changed that. How many times as long does the MLP's forward take, and how many
# times as many bytes are moved in it, against the same MLP on the plain data? The division itself is done before, and
# is not counted.

# %% predict="twice"
predict("bytes moved, in times of before", None)  # your guess in place of None
predict("time of the forward, in times of before", None)

# %% demo="twice"
mlp, x = Sequential(Linear(784, 512, rng=rng), ReLU(), Linear(512, 512, rng=rng)), Tensor(rng.normal(size=(256, 784)))


def forward_of(x):
    """Bytes moved and seconds in the forward of the MLP."""
    with no_grad():
        seen = profiled(lambda: mlp(x))
    return sum(op.moved_bytes for op in seen), sum(op.elapsed_s for op in seen)


def behind(standardize):
    """The same behind a standardize, in times of those on the plain data; medians of nine."""
    ready = standardize(x, [1.0] * 784)
    plain, after = np.median([[forward_of(x), forward_of(ready)] for _ in range(9)], axis=0)
    return after / plain


moved, took = behind(through_door(colleague_standardized))
measured("bytes moved, in times of before", round(moved, 2))
measured("time of the forward, in times of before", round(took, 1))

# %% [markdown]
# No error, and the values are right, even better than right. Each number between the layers has twice the bytes. Only
# the weights are still float32, and each product makes float64 of them first. Now the check that was missing.
# `standardize` is a function of (x, variances) on Tensors. Its values must be right, it must pass the door, and
# whatever passes there must stay float32: looking at the end alone is not enough, for a colleague may cast back there.

# %% exercise="catch"
def check_standardize(standardize):
    """Raise AssertionError unless standardize(x, variances) is right, and each operation in it gives float32."""
    # How: run it on a small float32 Tensor inside `with Profiler() as seen:`; compare the values with NumPy's; then
    # look at the operations: there is one at least, and the dtype of each is "float32".
    # Example: check_standardize(through_door(colleague_standardized)) raises AssertionError.
    # Hint: variances that differ from column to column, such as [4.0, 0.25, 9.0]; np.allclose; all(...).
    ### BEGIN SOLUTION
    x, variances = np.arange(-6, 6, dtype=np.float32).reshape(4, 3), [4.0, 0.25, 9.0]
    with Profiler() as seen:
        out = standardize(Tensor(x), variances)
    assert np.allclose(out.data, x / np.sqrt(variances), atol=1e-4), "wrong values"
    assert seen.operations, "nothing passed the door"
    for op in seen.operations:
        assert op.dtype == "float32", f"{op.name} gave {op.dtype}"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_standardize, through_door(colleague_standardized)), "your check lets the colleague's float64 pass"
def got(x, variances):
    return x / Tensor(variances).sqrt()
assert not rejects(check_standardize, got), "your check refuses one that is right: x / Tensor(variances).sqrt()"
assert rejects(check_standardize, lambda x, variances: Tensor(through_door(colleague_standardized)(x, variances))), (
    "your check lets one pass that computes in float64 and casts back at the end: look at the operations")
assert rejects(check_standardize, lambda x, variances: Tensor(
    through_door(colleague_standardized)(x, variances)) * 1.0), (
    "your check lets one pass in which float64 comes first and float32 last: look at each operation")
assert rejects(check_standardize, lambda x, variances: x / float(np.sqrt(np.mean(variances)))), (
    "your check lets one pass that divides all columns by the same: let its variances differ")
assert rejects(check_standardize, lambda x, variances: x / Tensor(variances)), (
    "your check lets wrong values pass: divided by the variance, without the root")
assert rejects(check_standardize, lambda x, variances: Tensor(x.data / np.sqrt(variances))), (
    "your check lets one pass that goes round the door: it saw no operation")

# %% [markdown]
# An array made of a list of floats is float64, and float32 meets float64 in float64: from there on everything is. A
# plain Python number does no harm. `np.sqrt(64)` looks like one and is a NumPy number: harmless beside an array in
# NumPy 1, float64 in NumPy 2. `math.sqrt(64)` is safe in both. Now the repaired forward: the dtype that comes in goes
# out, so that a gradcheck in float64 stays in float64.

# %% exercise="standardized"
def standardized(array, variances):
    """Each column of `array` divided by the square root of its variance, in the dtype of `array`."""
    # How: as the colleague, but the spreads get the dtype of the array before they meet it. The array stays as it is.
    # Example: float32 [[6, 6]] with variances [4.0, 9.0] gives float32 [[3, 2]]; float64 gives float64.
    # Hint: np.asarray(variances, dtype=array.dtype).
    ### BEGIN SOLUTION
    return array / np.sqrt(np.asarray(variances, dtype=array.dtype))
    ### END SOLUTION

# %% check="standardized" points=4
got = standardized(np.float32([[6, 6, 6]]), [4.0, 9.0, 0.25])
assert got.dtype == np.float32, f"float32 goes in, float32 comes out; yours {got.dtype}"
assert np.allclose(got, [[3, 2, 12]]), f"6 by 2, 3 and 0.5: 3, 2, 12; yours {got}"
got = standardized(np.array([[6.0, 6, 6]]), [4.0, 9.0, 0.25]).dtype
assert got == np.float64, f"float64 goes in, float64 comes out; yours {got}"
got = np.float32([[6, 6, 6]])
standardized(got, [4.0, 9.0, 0.25])
assert (got == 6).all(), f"the array belongs to the caller and stays 6, 6, 6; yours made it {got}. Make a new one."
got = np.ones((40000, 3), dtype=np.float32)
tracemalloc.start()
standardized(got, [4.0, 9.0, 0.25])
got = tracemalloc.get_traced_memory()[1] / got.nbytes
tracemalloc.stop()
assert got < 2.5, f"on its way yours held {got:.1f} times the bytes of the array: float64, cast back at the end?"

# %% [markdown]
# Does your own check let yours pass, and is the MLP behind it as quick as before?

# %% demo="repaired"
print("your check", "refuses" if rejects(check_standardize, through_door(standardized)) else "accepts", "yours")
moved, took = behind(through_door(standardized))
print(f"bytes moved {moved:.2f} times and time {took:.1f} times those of before")

# %% [markdown]
# ## Build: the roof
#
# A machine computes so many FLOPs a second, and no more; and it moves so many bytes a second. An operation with few
# FLOPs for each byte waits for memory, one with many for arithmetic. FLOPs by bytes is its *arithmetic intensity*, and
# the most that an operation can reach is the lower of two lines:
#
#     FLOP/s at most = the smaller of    the machine's FLOP/s    and    its bytes/s * intensity
#
# Drawn over the intensity it looks like a roof, hence *roofline*. Left of where the lines meet the roof is memory's,
# right of it that of arithmetic. `measured_machine` measures yours: a large product, and a large copy. Given; read it.

# %% given="roofline"
#| export
@dataclass(frozen=True)
class Machine:
    """What a machine can do at most."""

    name: str
    flops_per_s: float
    bytes_per_s: float

    def ceiling(self, intensity: float) -> float:
        """FLOP/s that an operation of this many FLOPs for each byte can reach."""
        return min(self.flops_per_s, self.bytes_per_s * intensity)


A100 = Machine("NVIDIA A100 40 GB, data sheet, FP32 without tensor cores", 19.5e12, 1555e9)


@dataclass(frozen=True)
class Placed:
    """All operations of one label under the roof."""

    label: str
    intensity: float  # FLOPs for each byte moved
    reached: float  # FLOP/s
    ceiling: float  # FLOP/s
    bound: str  # whose roof lies over it: "memory" or "compute"


def measured_machine(size: int = 768, copy_bytes: int = 32_000_000, clock: Clock = time.perf_counter) -> Machine:
    """This machine as NumPy finds it: a product of two float32 (size, size) and a copy; the best of five."""
    def best_s(work: Callable[[], object]) -> float:
        times: list[float] = []
        for _ in range(5):
            start = clock()
            work()
            times.append(clock() - start)
        return min(times)

    square, source = np.ones((size, size), dtype=np.float32), np.ones(copy_bytes, dtype=np.uint8)
    product, target = np.empty_like(square), np.empty_like(source)
    product_s = best_s(lambda: np.matmul(square, square, out=product))
    copy_s = best_s(lambda: np.copyto(target, source))
    return Machine("this machine", 2 * size**3 / product_s, 2 * copy_bytes / copy_s)


def roofline(operations: Sequence[Operation], machine: Machine) -> list[Placed]:
    """Where each label with arithmetic and bytes stands under the roof of `machine`, the slowest first."""
    placed: list[Placed] = []
    for label, own in ranking(operations):
        alike = [op for op in operations if op.label == label]
        work, moved = sum(op.flops for op in alike), sum(op.moved_bytes for op in alike)
        if work and moved and own > 0:
            ceiling = machine.ceiling(work / moved)
            bound = "compute" if ceiling == machine.flops_per_s else "memory"
            placed.append(Placed(label, work / moved, work / own, ceiling, bound))
    return placed

# %% [markdown]
# At which intensity do the lines of your machine meet? A float32 addition of two arrays has 1 FLOP for 12 bytes: which
# part of the FLOP/s of your machine can it reach at most? To guess from: on one core of today NumPy's product makes 50
# to 200 GFLOP/s, and a copy moves 8 to 30 GB/s, read and written. Where other programs run beside it, both can be half
# of that or twice in the next minute, and so can the place where they meet. The GPU's are in its data sheet: `A100`.

# %% predict="roof"
predict("your machine's lines meet at", None, unit="FLOP/byte")  # your guess in place of None
predict("the GPU's lines meet at", None, unit="FLOP/byte")
predict("an addition, of all FLOP/s of your machine at most", None, unit="%")

# %% demo="roof"
here = measured_machine()
for machine, whose in ((here, "your machine's"), (A100, "the GPU's")):
    measured(f"{whose} lines meet at", round(machine.flops_per_s / machine.bytes_per_s, 1), unit="FLOP/byte")
measured("an addition, of all FLOP/s of your machine at most", round(100 * here.ceiling(1 / 12) / here.flops_per_s, 2),
         unit="%")
print(f"{here.name}: {here.flops_per_s / 1e9:.1f} GFLOP/s, {here.bytes_per_s / 1e9:.1f} GB/s; "
      f"{A100.name}: {A100.flops_per_s / 1e9:,.0f} GFLOP/s, {A100.bytes_per_s / 1e9:,.0f} GB/s")
print(f"{'label':27}{'FLOP/byte':>9}{'GFLOP/s':>9}{'at most':>9}{'reached':>9}{'GPU':>8}  roof over it")
for place in roofline(operations, here)[:8]:
    rates = f"{place.reached / 1e9:9.2f}{place.ceiling / 1e9:9.2f}{100 * place.reached / place.ceiling:7.0f} %"
    print(f"{place.label:27}{place.intensity:9.2f}{rates}{A100.ceiling(place.intensity) / 1e9:8,.0f}  {place.bound}")

# %% [markdown]
# The last column says whose roof lies over an operation; how far up it comes says `reached`. Near 100 % the roof is
# what holds it up, and only fewer FLOPs, or fewer bytes, can help. Somewhat above 100 % is noise, or an operation that
# found its arrays still in the processor's own small memory. Far below, at a tenth or a twentieth, neither arithmetic
# nor memory holds it up: it makes arrays on its way, copies and rearranges them, or hands many small pieces to NumPy.
# Moved bytes are the least that must move, so all this is not in them. There is most to win.
#
# ## Use: pictures of a step
#
# From here to Reflect all is given: run it and look. `trace` gives the list in the form that Chrome's trace viewer and
# Perfetto (ui.perfetto.dev) open: an event for each operation, times in microseconds. `graph_svg` draws the computation
# graph of a loss. `Memory` is a second reading, with `tracemalloc` in place of a clock, which is why it has a run of
# its own; `memory_svg` draws what it saw.

# %% given="trace"
#| export
def trace(operations: Sequence[Operation]) -> dict[str, Any]:
    """The operations as Chrome trace events, to be written with `json.dump`; forward and backward are two rows."""
    begin_s = min((op.start_s for op in operations), default=0.0)
    events: list[dict[str, Any]] = [
        {"ph": "M", "name": "thread_name", "pid": 1, "tid": row, "args": {"name": direction}}
        for row, direction in enumerate(("forward", "backward"), 1)]
    events += [
        {"ph": "X", "name": op.name, "cat": op.direction, "pid": 1, "tid": 1 if op.direction == "forward" else 2,
         "ts": 1e6 * (op.start_s - begin_s), "dur": 1e6 * op.elapsed_s,
         "args": {"shapes": [list(shape) for shape in op.shapes], "out_shape": list(op.out_shape), "dtype": op.dtype,
                  "flops": op.flops, "moved_bytes": op.moved_bytes}}
        for op in operations]
    return {"traceEvents": events, "displayTimeUnit": "ms"}

# %% given="memory"
#| export
@dataclass(frozen=True)
class Moment:
    """Bytes that Python and NumPy held after an operation, and at the highest moment since the operation before."""

    label: str
    alive_bytes: int
    peak_bytes: int


class Memory:
    """A reading that writes down the bytes alive after each operation. It slows all down: do not time beside it.

    It counts from `with` on: weights, images and whatever else was made before are not in its numbers.
    """

    def __init__(self) -> None:
        self.moments: list[Moment] = []

    def __call__(self, step: Step) -> Step:
        def apply(forward: Callable[..., Array], *inputs: Any, **options: Any) -> Tensor:
            out = step(forward, *inputs, **options)
            self._note(f"{forward.__name__} forward")
            return out
        return apply

    def pull(self, ask: Ask) -> Ask:
        """The same on the way back."""
        def observed(node: Node, grad_out: Array) -> Sequence[Any]:
            grads = ask(node, grad_out)
            self._note(f"{node.rule.name} backward")
            return grads
        return observed

    def _note(self, label: str) -> None:
        self.moments.append(Moment(label, *tracemalloc.get_traced_memory()))
        tracemalloc.reset_peak()

    def __enter__(self) -> "Memory":
        if tracemalloc.is_tracing():
            raise RuntimeError("tracemalloc is on already; a Memory starts it, and stops it at its end")
        tracemalloc.start()
        Tensor._read(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        Tensor._read(self, on=False)
        tracemalloc.stop()

# %% given="drawings"
#| export
def _svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """An SVG picture with a title that is read aloud."""
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" role="img" '
            f'font-family="sans-serif" font-size="12">\n<title>{escape(title)}</title>\n'
            f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n')


def graph_svg(result: Tensor) -> str:
    """The computation graph that led to `result`, before its backward: a row for each operation, the first on top."""
    nodes = list(reversed(reachable(result)))
    row = {node.number: n for n, node in enumerate(nodes)}
    parts: list[str] = []
    for n, node in enumerate(nodes):
        y = 30 + 40 * n
        text = f"{node.rule.name} {'x'.join(map(str, node.out.shape)) or '1'}"
        parts.append(f'<text x="20" y="{y}">{escape(text)}</text>')
        for x in node.inputs:
            earlier = getattr(x, "_node", None)
            if earlier is not None:
                above = 34 + 40 * row[earlier.number]
                if row[earlier.number] == n - 1:
                    parts.append(f'<path d="M30 {above} V{y - 12}" stroke="black" fill="none"/>')
                else:  # past the rows between, in a bow to the right
                    parts.append(f'<path d="M200 {above - 8} C260 {above}, 260 {y}, 200 {y - 4}" stroke="gray" '
                                 'fill="none"/>')
    return _svg(280, 40 * len(nodes) + 20, f"Computation graph of {len(nodes)} operations", parts)


def memory_svg(moments: Sequence[Moment]) -> str:
    """Bytes alive after each operation as a line, and the peaks as a second one."""
    if not moments:
        raise ValueError("there is nothing to draw: no operation passed while the Memory was on")
    highest = max(moment.peak_bytes for moment in moments)
    wide = 600 / len(moments)

    def line(values: Iterable[int], colour: str) -> str:
        points = " ".join(f"{40 + wide * n:.1f},{240 - 200 * value / max(highest, 1):.1f}"
                          for n, value in enumerate(values))
        return f'<polyline points="{points}" stroke="{colour}" fill="none"/>'

    parts = [line((moment.peak_bytes for moment in moments), "gray"),
             line((moment.alive_bytes for moment in moments), "black"),
             '<path d="M40 30 V240 H640" stroke="black" fill="none"/>',
             f'<text x="40" y="20">{highest / 1e6:.2f} MB at the highest</text>',
             '<text x="40" y="260">operations, first to last; black: alive after each, gray: highest during it</text>']
    return _svg(680, 280, f"Memory over {len(moments)} operations, {highest / 1e6:.2f} MB at the highest", parts)

# %% [markdown]
# The step of your CNN: after which operation is most memory alive? Say it as a share of all operations of the step, 0
# for the first and 100 for the last. And how high is the peak? To guess from, the arrays of the way there, in MB;
# weights and images were made before and do not count:
#
#     conv2d    64 * 8 * 24 * 24 numbers    1.2    and, for the way back, 64 * 24 * 24 windows of 25 numbers    3.7
#     relu      as many                     1.2
#     max_pool  64 * 8 * 12 * 12            0.3
#     conv2d    64 * 16 * 8 * 8             0.3    and, for the way back, 64 * 8 * 8 windows of 200 numbers     3.3
#     relu      as many                     0.3
#     max_pool  and all that follow         0.1

# %% predict="memory"
predict("most is alive after this share of the operations", None, unit="%")  # your guess in place of None
predict("peak of the step", None, unit="MB")

# %% demo="memory"
with Memory() as seen:
    step()
alive = [moment.alive_bytes for moment in seen.moments]
measured("most is alive after this share of the operations", round(100 * alive.index(max(alive)) / (len(alive) - 1)),
         unit="%")
measured("peak of the step", round(max(moment.peak_bytes for moment in seen.moments) / 1e6, 1), unit="MB")
pictures = {"trace.json": json.dumps(trace(operations)), "memory.svg": memory_svg(seen.moments),
            "graph.svg": graph_svg(CrossEntropyLoss()(cnn(images), targets))}
folder = Path(globals().get("__file__", "lesson")).resolve().parent / "pictures"  # a notebook runs beside itself
folder.mkdir(exist_ok=True)
for name, picture in pictures.items():
    (folder / name).write_text(picture, encoding="utf-8")
print("written to", folder, *pictures, sep="\n  ")

# %% [markdown]
# Memory climbs on the way there, for everything is kept for the way back. There the nodes let go of it one by one, but
# gradients come on top, so the highest place can lie well on the way back. Look at the pictures beside your lesson: a
# browser opens the SVGs, and Perfetto the trace.
#
# And energy? Many Intel and AMD processors count their own joules (RAPL, *running average power limit*), and Linux
# shows the counter as a file. Where it is not, or may not be read, there is no honest number, and `joules` gives None.
# The counter is that of the whole processor, other programs included.

# %% given="joules"
#| export
RAPL = Path("/sys/class/powercap/intel-rapl:0")


def joules(work: Callable[[], object], source: Path = RAPL) -> float | None:
    """Energy of the processor package while `work()` runs, by its own counter (RAPL).

    None means that it is not measurable here; then `work()` is not run either.
    """
    def microjoules(name: str) -> int:
        return int((source / name).read_text())

    try:
        wraps, before = microjoules("max_energy_range_uj") + 1, microjoules("energy_uj")
    except OSError:
        return None
    work()
    return (microjoules("energy_uj") - before) % wraps / 1e6

# %% demo="joules"
def answer_once():
    with no_grad():
        cnn(images[:1])


def epoch():
    for _ in range(len(digits.train_images) // 64):
        step()


for what, work, repeats in (("inference", answer_once, 100), ("epoch of steps", epoch, 1)):
    spent = joules(lambda work=work, repeats=repeats: [work() for _ in range(repeats)])
    found = "not measurable here" if spent is None else f"{spent / repeats:.4g} J, by RAPL of the whole processor"
    print(f"one {what}: {found}")

# %% [markdown]
# ## Reflect
#
# Two questions with numbers of your own; answer them without running anything. A Conv2d takes `batch` images of
# `channels` channels to `out_channels` with kernels of 3 by 3 and a bias, and gives `side` by `side` places. How many
# FLOPs is its forward? Set `conv_flops`.
#
# And a part takes `percent` percent of the time of a program. The whole shall become `wanted` times as fast, by nothing
# but this part. How many times as fast must the part become? Set `part_times`. In both cells put your number in place
# of the 0 and delete the two lines below it.

# %% given="sizes"
batch, channels, out_channels, side = mine("conv", [(20, 6, 12, 14), (50, 3, 10, 11), (24, 8, 5, 13), (40, 5, 7, 9)])
percent, wanted = mine("part", [(75, 2.5), (60, 2.0), (80, 2.5), (90, 2.5)])
print(f"batch {batch}, {channels} channels to {out_channels}, {side} by {side}; {percent} %, {wanted} times")

# %% exercise="conv_flops"
conv_flops = 0  # your number
### BEGIN SOLUTION
conv_flops = batch * out_channels * side**2 * (2 * channels * 9 + 1)
### END SOLUTION

# %% check="conv_flops" points=4
got = conv_flops
assert got > batch * out_channels * side**2, f"each number of the result needs more than one FLOP; {got:,} is too few"
assert got == int(got), f"FLOPs are counted in whole numbers; yours {got}"

# %% exercise="part_times"
part_times = 0  # your number
### BEGIN SOLUTION
part_times = percent / 100 / (1 / wanted - (1 - percent / 100))
### END SOLUTION

# %% check="part_times" points=4
got = part_times
assert got > wanted, f"a part alone must gain more than the whole, {wanted} times; {got} is not enough"

# %% [markdown]
# A colleague spent two weeks on making the products of a network, its matmul operations, four times as fast. The
# training step is now 1.07 times as fast. Explain how that can be, say what you would have measured before the two
# weeks, and what you would do next. Use numbers that you measured here: the shares and ceilings of your CNN, what its
# matmul takes, and how near each label comes to its roof.

# %% [markdown] answer="two_weeks" points=6 rubric="Amdahl's law gives the share; a profile first; a measured next step"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.profiler.profile(record_shapes=True, with_flops=True)` is your Profiler; `key_averages().table()` your
#   ranking, with times that leave out what lies inside as `self`, and `export_chrome_trace` your `trace`.
# - `torch.utils.flop_counter.FlopCounterMode` counts FLOPs by the shapes of products, convolutions and attention; it is
#   a `TorchDispatchMode`, a reading at PyTorch's own door.
# - On a GPU an operation is only put in line when Python goes on; whoever takes the time must wait for the GPU first,
#   `torch.cuda.synchronize()`. The profiler asks the GPU itself.
# - `torch.cuda.max_memory_allocated()` is the peak, kept by PyTorch's own memory manager, without `tracemalloc`.
# - A number such as `np.sqrt(64)` does no harm there: a number beside a float32 tensor takes its dtype.
