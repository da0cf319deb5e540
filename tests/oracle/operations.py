"""One entry for each operation and layer: how it is written with Tensors, how with PyTorch, and on what."""
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from tinytorch.core import Tensor
from tinytorch.core.tensor import concatenate, maximum, stack, where
from tinytorch.nn.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.nn.conv import AvgPool2d, MaxPool2d, conv2d
from tinytorch.nn.embedding import look_up
from tinytorch.nn.layers import Dropout, Flatten, Linear
from tinytorch.nn.losses import BCELoss, CrossEntropyLoss, MSELoss, log_softmax
from tinytorch.nn.transformer import gelu


class Case(NamedTuple):
    name: str
    ours: object
    theirs: object
    arrays: list


def drawn(*shapes, low=None, seed=3):
    """Random arrays; from `low` on up if it is given."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) if low is None else low + rng.random(shape) for shape in shapes]


PAIRS = [((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 1, 4), (3, 1)), ((), (3,)), ((3, 0), (1, 0)), ((0, 4), (4,)),
         ((1, 1), (5, 1)), ((2, 3, 4), ())]
PRODUCTS = [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((1, 3, 4), (6, 4, 2)), ((4,), (4, 5)),
            ((3, 4), (4,)), ((4,), (4,)), ((0, 4), (4, 5)), ((3, 0), (0, 5)), ((2, 1, 3, 4), (5, 4, 2)),
            ((4,), (2, 4, 5)), ((2, 3, 4), (4,)), ((1, 1), (1, 1))]
AXES = [(None, False), (None, True), (0, False), (-1, True), ((0, 2), False), ((-1, 1), True), (1, False)]
TIES = np.array([[3.0, 5, 5], [-2, -2, -2], [0, 1, 0]])
CASES = []


def case(name, ours, theirs, *arrays):
    CASES.append(Case(name, ours, theirs, list(arrays)))


def linear(x, weight, bias=None):
    """`Linear` around the Tensors that are given."""
    layer = Linear(4, 5)
    layer.weight, layer.bias = weight, bias
    return layer(x)


for a, b in PAIRS:
    label = f"{a} {b}"
    case(f"add {label}", lambda x, y: x + y, lambda x, y: x + y, *drawn(a, b))
    case(f"subtract {label}", lambda x, y: x - y, lambda x, y: x - y, *drawn(a, b))
    case(f"multiply {label}", lambda x, y: x * y, lambda x, y: x * y, *drawn(a, b))
    case(f"divide {label}", lambda x, y: x / y, lambda x, y: x / y, *drawn(a, b, low=0.5))
    case(f"power {label}", lambda x, y: x ** y, lambda x, y: x ** y, *drawn(a, b, low=0.5))
    case(f"maximum {label}", maximum, torch.maximum, *drawn(a, b))
for a, b in PRODUCTS:
    case(f"matmul {a} {b}", lambda x, y: x @ y, lambda x, y: x @ y, *drawn(a, b))
for number in (2.5, -3, 0.5, 2):
    case(f"numbers {number}", lambda x, n=number: (n + x * n - 1) / n, lambda x, n=number: (n + x * n - 1) / n,
         *drawn((3, 4)))
    case(f"power of {number}", lambda x, n=number: x ** n, lambda x, n=number: x ** n, *drawn((3, 4), low=0.5))
    case(f"{number} over it", lambda x, n=number: n / x - n, lambda x, n=number: n / x - n, *drawn((3, 4), low=0.5))
for shape in [(3, 4), (), (0, 3), (1, 1), (2, 3, 4)]:
    case(f"negative {shape}", lambda x: -x, lambda x: -x, *drawn(shape))
    case(f"absolute {shape}", lambda x: x.abs(), torch.abs, *drawn(shape))
    case(f"exp {shape}", lambda x: x.exp(), torch.exp, *drawn(shape))
    case(f"log {shape}", lambda x: x.log(), torch.log, *drawn(shape, low=0.3))
    case(f"sqrt {shape}", lambda x: x.sqrt(), torch.sqrt, *drawn(shape, low=0.3))
    case(f"tanh {shape}", lambda x: x.tanh(), torch.tanh, *drawn(shape))
    case(f"relu {shape}", lambda x: ReLU()(x), torch.relu, *drawn(shape))
    case(f"sigmoid {shape}", lambda x: Sigmoid()(x), torch.sigmoid, *drawn(shape))
    case(f"Tanh {shape}", lambda x: Tanh()(x), torch.tanh, *drawn(shape))
    case(f"GELU {shape}", lambda x: GELU()(x), lambda x: F.gelu(x, approximate="tanh"), *drawn(shape))
    case(f"gelu {shape}", lambda x: Tensor._apply(gelu, x), lambda x: F.gelu(x, approximate="tanh"), *drawn(shape))
for axis, keep in AXES:
    dims = tuple(range(3)) if axis is None else axis
    label = f"axis {axis} keepdims {keep}"
    table = drawn((2, 3, 4))
    case(f"sum {label}", lambda x, a=axis, k=keep: x.sum(a, k), lambda x, a=dims, k=keep: x.sum(a, k), *table)
    case(f"mean {label}", lambda x, a=axis, k=keep: x.mean(a, k), lambda x, a=dims, k=keep: x.mean(a, k), *table)
    case(f"var {label}", lambda x, a=axis, k=keep: x.var(a, k),
         lambda x, a=dims, k=keep: x.var(a, correction=0, keepdim=k), *table)
    case(f"max {label}", lambda x, a=axis, k=keep: x.max(a, k), lambda x, a=dims, k=keep: x.amax(a, k), *table)
    case(f"min {label}", lambda x, a=axis, k=keep: x.min(a, k), lambda x, a=dims, k=keep: x.amin(a, k), *table)
case("sum of nothing", lambda x: x.sum(0), lambda x: x.sum(0), *drawn((0, 3)))
for shape, axis in [((3, 0), 0), ((2, 0, 3), (0, -1)), ((1, 1), (0, 1)), ((), ())]:
    label = f"{shape} over {axis}"
    case(f"sum {label}", lambda x, a=axis: x.sum(a), lambda x, a=axis: x.sum(a), *drawn(shape))
    case(f"mean {label}", lambda x, a=axis: x.mean(a), lambda x, a=axis: x.mean(a), *drawn(shape))
case("var of one", lambda x: x.var(0), lambda x: x.var(0, correction=0), *drawn((1, 3)))
case("max of a point", lambda x: x.max(), lambda x: x.amax(), *drawn(()))
case("max of few", lambda x: x.max((0, -1), True), lambda x: x.amax((0, -1), True), *drawn((1, 3, 1)))
case("max of ties over two", lambda x: x.max((0, 1)), lambda x: x.amax((0, 1)), np.stack([TIES, TIES]))
case("max of ties", lambda x: x.max(1), lambda x: x.amax(1), TIES)
case("min of ties", lambda x: x.min(-1, True), lambda x: x.amin(-1, True), TIES)
case("maximum of ties", maximum, torch.maximum, TIES, TIES.T.copy())
case("relu at 0", lambda x: ReLU()(x), torch.relu, TIES)
case("abs at 0", lambda x: x.abs(), torch.abs, TIES)
case("sqrt of squares", lambda x: (x * x).sqrt(), lambda x: (x * x).sqrt(), TIES[:2])
case("power at 0", lambda x: x ** 2, lambda x: x ** 2, TIES)
for number in (0, 1, 0.5, -1):
    case(f"power of {number} at 0", lambda x, n=number: x ** n, lambda x, n=number: x ** n, np.array([0.0, 2, 3]))
case("power of powers at 0", lambda x, y: x ** y, lambda x, y: x ** y, np.array([0.0, 0, 0, -2, -2]),
     np.array([0.0, 2, 0.5, 2, -3]))
case("divide at 0", lambda x, y: x / y, lambda x, y: x / y, np.array([0.0, 3, -3]), np.array([2.0, 0, 0]))
case("log at 0", lambda x: x.log(), torch.log, np.array([0.0, 2]))
case("sqrt at 0", lambda x: x.sqrt(), torch.sqrt, np.array([0.0, 4]))
for name, layer, function in [("sigmoid", Sigmoid(), torch.sigmoid), ("Tanh", Tanh(), torch.tanh),
                              ("GELU", GELU(), lambda x: F.gelu(x, approximate="tanh")),
                              ("gelu", lambda x: Tensor._apply(gelu, x), lambda x: F.gelu(x, approximate="tanh"))]:
    case(f"{name} far out", layer, function, np.array([-1000.0, -90, -20, 0, 20, 90, 1000]))
for shape, new in [((2, 6), (3, 4)), ((2, 6), (-1,)), ((0, 4), (2, 0)), ((), (1, 1))]:
    case(f"reshape {shape} {new}", lambda x, n=new: x.reshape(n), lambda x, n=new: x.reshape(n), *drawn(shape))
case("permute", lambda x: x.permute(2, 0, 1), lambda x: x.permute(2, 0, 1), *drawn((2, 3, 4)))
case("permute back", lambda x: x.permute(-1, 0, -2), lambda x: x.permute(-1, 0, -2), *drawn((2, 3, 4)))
case("transpose", lambda x: x.transpose(-1, 0), lambda x: x.transpose(-1, 0), *drawn((2, 3, 4)))
case("T", lambda x: x.T, lambda x: x.T, *drawn((2, 3)))
case("squeeze", lambda x: x.squeeze(1), lambda x: x.squeeze(1), *drawn((2, 1, 4)))
case("squeeze all", lambda x: x.squeeze(), lambda x: x.squeeze(), *drawn((1, 3, 1)))
case("unsqueeze", lambda x: x.unsqueeze(-1), lambda x: x.unsqueeze(-1), *drawn((2, 3)))
case("transpose nothing", lambda x: x.transpose(0, -1), lambda x: x.transpose(0, -1), *drawn((2, 0)))
case("T of a row", lambda x: x.T * 2, lambda x: x.t() * 2, *drawn((3,)))
case("squeeze what is longer", lambda x: x.squeeze(-1), lambda x: x.squeeze(-1), *drawn((2, 3)))
case("unsqueeze in front", lambda x: x.unsqueeze(-3), lambda x: x.unsqueeze(-3), *drawn((2, 3)))
case("flatten a point", lambda x: x.flatten(), lambda x: x.flatten(), *drawn(()))
case("flatten from the end", lambda x: x.flatten(-2), lambda x: x.flatten(-2), *drawn((2, 3, 4)))
case("flatten", lambda x: x.flatten(1), lambda x: x.flatten(1), *drawn((2, 3, 4)))
PICKS = {"row": 1, "last": -1, "slice": slice(1, None, 2), "two": (slice(None), 1), "new axis": (None, 2),
         "rest": (..., slice(None, 2)), "list": [2, 0, 2, 2], "pairs": ([0, 2, 0], [1, 3, 1]),
         "negative": ([-1, 0], slice(1, 3)), "none": slice(0, 0)}
for name, at in PICKS.items():
    case(f"index {name}", lambda x, i=at: x[i], lambda x, i=at: x[i], *drawn((3, 4)))
MASK = np.array([[True, False, True, False], [False] * 4, [True] * 4])
case("index mask", lambda x: x[MASK], lambda x: x[torch.tensor(MASK)], *drawn((3, 4)))
case("index apart", lambda x: x[[0, 1, 0], :, [0, 2, 0]], lambda x: x[[0, 1, 0], :, [0, 2, 0]], *drawn((2, 3, 4)))
case("index by Tensor", lambda x: x[Tensor([1, 1, 0], dtype=np.int64)], lambda x: x[torch.tensor([1, 1, 0])],
     *drawn((2, 3)))
case("where one is a number", lambda x: where(x.data > 0, x, 3), lambda x: torch.where(x > 0, x, 3), *drawn((3, 4)))
case("where both stretch", lambda x, y: x.where(MASK, y), lambda x, y: torch.where(torch.tensor(MASK), x, y),
     *drawn((3, 1), (1, 4)))
case("maximum of a number at 0", lambda x: x.maximum(0), lambda x: torch.maximum(x, torch.zeros_like(x)), TIES)
case("where", lambda x, y: where(MASK, x, y), lambda x, y: torch.where(torch.tensor(MASK), x, y), *drawn((3, 4), (4,)))
case("concatenate", lambda x, y: concatenate([x, y, x], axis=-1), lambda x, y: torch.cat([x, y, x], dim=-1),
     *drawn((2, 3), (2, 5)))
case("concatenate nothing", lambda x, y: concatenate([x, y]), lambda x, y: torch.cat([x, y]), *drawn((2, 3), (0, 3)))
case("stack", lambda x, y: stack([x, y], axis=1), lambda x, y: torch.stack([x, y], dim=1), *drawn((2, 3), (2, 3)))
for axis in (0, 1, -1):
    case(f"softmax {axis}", lambda x, a=axis: Softmax(a)(x), lambda x, a=axis: torch.softmax(x, a), *drawn((3, 4, 5)))
    case(f"log_softmax {axis}", lambda x, a=axis: log_softmax(x, a), lambda x, a=axis: torch.log_softmax(x, a),
         *drawn((3, 4, 5)))
case("softmax far out", lambda x: Softmax()(x), lambda x: torch.softmax(x, -1),
     np.array([[1000.0, 0, -1000], [88, 89, 90]]))
CLOSED = np.array([[0.0, -np.inf, 2], [-np.inf, 3, -np.inf]])
case("softmax of closed ways, far out", lambda x: Softmax()(x), lambda x: torch.softmax(x, -1), CLOSED)
case("log_softmax of closed ways, far out", log_softmax, lambda x: torch.log_softmax(x, -1), CLOSED)
case("softmax of no rows", lambda x: Softmax()(x), lambda x: torch.softmax(x, -1), *drawn((0, 3)))
case("log_softmax of one class", log_softmax, lambda x: torch.log_softmax(x, -1), *drawn((3, 1)))
IDS = np.array([2, 0, 3])
case("cross-entropy", lambda x: CrossEntropyLoss()(x, IDS), lambda x: F.cross_entropy(x, torch.tensor(IDS)),
     *drawn((3, 4)))
case("cross-entropy far out", lambda x: CrossEntropyLoss()(x, IDS[:1]),
     lambda x: F.cross_entropy(x, torch.tensor(IDS[:1])), np.array([[500.0, -500, 3, 0]]))
case("mean squared error", lambda x, y: MSELoss()(x, y), F.mse_loss, *drawn((3, 4), (3, 4)))
TARGETS = np.array([[1.0, 0.0, 1.0]])
case("binary cross-entropy", lambda x: BCELoss()(x, Tensor(TARGETS, dtype=x.dtype)),
     lambda x: F.binary_cross_entropy(x, torch.tensor(TARGETS, dtype=x.dtype)), np.array([[0.3, 0.8, 0.999]]))
case("binary cross-entropy between", lambda x, y: BCELoss()(x, y), F.binary_cross_entropy,
     *[0.2 + 0.6 * array for array in drawn((2, 3), (2, 3), low=0)])
case("binary cross-entropy far out", lambda x: BCELoss()(x, Tensor([1.0, 0, 0.5], dtype=x.dtype)),
     lambda x: F.binary_cross_entropy(x, torch.tensor([1, 0, 0.5], dtype=x.dtype)), np.array([1e-6, 1 - 1e-6, 0.5]))
for shape in [(4,), (3, 4), (2, 3, 4), (0, 4), (1, 4)]:
    case(f"Linear {shape}", lambda x, weight, bias: linear(x, weight, bias), F.linear, *drawn(shape, (5, 4), (5,)))
    case(f"Linear {shape} without bias", lambda x, weight: linear(x, weight), F.linear, *drawn(shape, (5, 4)))
case("Flatten", lambda x: Flatten()(x), lambda x: torch.nn.Flatten()(x), *drawn((2, 3, 4)))
case("Dropout of none", lambda x: Dropout(0.0)(x) * 2, lambda x: torch.nn.Dropout(0.0)(x) * 2, *drawn((3, 4)))
case("Dropout of all", lambda x: Dropout(1.0)(x), lambda x: torch.nn.Dropout(1.0)(x), *drawn((3, 4)))
case("Dropout in use", lambda x: Dropout(0.5).eval()(x) * 2, lambda x: torch.nn.Dropout(0.5).eval()(x) * 2,
     *drawn((3, 4)))
for shape in [(), (4,), (3, 5), (2, 1, 6), (0,), (3, 0)]:
    picked = np.random.default_rng(3).integers(0, 7, shape)
    case(f"look_up {shape}", lambda x, t=picked: look_up(x, t), lambda x, t=picked: F.embedding(torch.tensor(t), x),
         *drawn((7, 3)))
# images, weight, stride, padding
CONVOLUTIONS = [((2, 3, 5, 7), (4, 3, 3, 2), 1, 0), ((3, 2, 6, 5), (3, 2, 2, 4), (2, 1), (0, 1)),
                ((2, 4, 7, 8), (2, 4, 3, 3), (2, 3), (1, 2)), ((1, 1, 4, 6), (5, 1, 4, 6), 1, 0),
                ((2, 2, 3, 3), (3, 2, 1, 1), 2, 3), ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0),
                ((3, 2, 9, 9), (2, 2, 5, 5), 3, 2), ((0, 3, 5, 5), (2, 3, 3, 3), 1, 1)]
for shape, kernels, stride, padding in CONVOLUTIONS:
    settings, label = {"stride": stride, "padding": padding}, f"{shape} {kernels} stride {stride} padding {padding}"
    for bias in ([kernels[:1]], []):
        case(f"conv2d {label} with {len(bias)} bias", lambda *all, s=settings: Tensor._apply(conv2d, *all, **s),
             lambda *all, s=settings: F.conv2d(*all, **s), *drawn(shape, kernels, *bias))
for shape, size, stride in [((2, 3, 6, 8), 2, None), ((2, 3, 7, 5), 2, None), ((2, 3, 7, 8), (3, 2), (1, 2)),
                            ((1, 2, 6, 6), 3, 1), ((2, 1, 5, 6), 2, 3), ((2, 3, 4, 5), (4, 5), None)]:
    label = f"{shape} {size} stride {stride}"
    case(f"max_pool {label}", MaxPool2d(size, stride), lambda x, k=size, s=stride: F.max_pool2d(x, k, s), *drawn(shape))
    case(f"avg_pool {label}", AvgPool2d(size, stride), lambda x, k=size, s=stride: F.avg_pool2d(x, k, s), *drawn(shape))
for size, stride in [(2, None), ((3, 2), 1), (3, 2)]:
    case(f"max_pool of ties {size} stride {stride}", MaxPool2d(size, stride),
         lambda x, k=size, s=stride: F.max_pool2d(x, k, s),
         np.random.default_rng(3).integers(-3, 0, (3, 2, 7, 8)).astype(float))
case("a Tensor used three times", lambda x: x * x + x.tanh() / (x + 5), lambda x: x * x + x.tanh() / (x + 5),
     *drawn((3, 4)))

# What has no gradient is written alike in both.
CONSTANT = {"greater": lambda x: x > x.T, "greater_equal": lambda x: x >= 0, "less": lambda x: x < x.T,
            "less_equal": lambda x: x <= 0, "equal": lambda x: x == x.T, "not_equal": lambda x: x != 0,
            "argmax": lambda x: x.argmax(), "argmax 0": lambda x: x.argmax(0), "argmax -1": lambda x: x.argmax(-1)}
