# %% [markdown]
# # 05 Autograd
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses
#     Teaches  how a framework finds the slope of a loss for every parameter at once, and what it must keep for that
#     Opens    06 Optimizers, and every network that learns
#
# In 04 you nudged one number and watched the loss. A network of 784-128-10 has 101,770 numbers to nudge. Today you get
# all their slopes for the price of a few forward runs, and not one line of lessons 01 to 04 changes. What makes that
# possible is what you did in 01, when every operation had to pass one door.
#
# There are two sittings. The first ends at the resting place in the middle; there your work is saved and whole.

# %% given="start"
#| default_exp core.autograd
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("05")

# %% given="imports"
#| export
import contextlib
import functools
import itertools
import math
import sys
import threading
from collections import namedtuple
from operator import attrgetter

import numpy as np
from tinytorch.core.tensor import Tensor

# %% given="forwards"
from tinytorch.core import tensor as forwards  # reshape, index and the others that 01 put through the door

# %% [markdown]
# The cell that slept in 01 sleeps still. Run it once more; the next time it says something else.

# %% demo="sleeping"
x = Tensor([3.0], requires_grad=True)
y = x * x
y.backward()
print(x.grad)

# %% [markdown]
# ## Try first
#
# `height` makes one number of 500. Find the slope for each of the 500, at `point`: how fast the height rises with that
# number. Write `all_slopes`, which returns an array of 500. Ten minutes, ungraded. Target: at most 3 calls of `height`,
# and no formula worked out by hand for this very function, for tomorrow's will be longer. If you need more calls, keep
# the attempt: you will meet it again.

# %% given="height"
class Height:
    """One number of 500, and a count of how often it was asked for."""

    calls = 0

    def __call__(self, w):
        self.calls += 1
        return ((w[:-1] * w[1:]).tanh() - w[1:] * 0.3).sum()


height, point = Height(), np.linspace(-1, 1, 500)

# %% scratch="try_first"
def all_slopes(height, point):
    return np.zeros(500)  # your attempt; height(Tensor(point, dtype=np.float64)).item() is a number


height.calls = 0
print(all_slopes(height, point)[:3], "calls:", height.calls)

# %% [markdown]
# ## Build: slopes by nudging
#
# Nudge a number up by eps, nudge it down by eps, see how far the answer moved, and divide by 2 * eps. That was `slope`
# in 04, for one number. From now on we use the field's words: the array of all slopes is the *gradient*, and this way
# to find it is called *central differences*. It is slow and needs no theory. So it becomes our oracle: each rule below
# is held against it.

# %% exercise="numerical_gradient"
#| export
def numerical_gradient(function, array, eps=1e-6):
    """The slope of `function(array)`, a number, for each element of a float64 `array`."""
    # How: for each place ask twice, with that element raised and lowered by eps; then put the element back.
    # Example: numerical_gradient(lambda a: (a * a).sum(), np.array([3.0, -5.0])) is about [6, -10].
    # Hint: `for at in np.ndindex(array.shape)` walks over the places. Work on a copy of `array`.
    ### BEGIN SOLUTION
    nudged, slopes = array.copy(), np.zeros_like(array)
    for at in np.ndindex(array.shape):
        nudged[at] = array[at] + eps
        up = function(nudged)
        nudged[at] = array[at] - eps
        slopes[at] = (up - function(nudged)) / (2 * eps)
        nudged[at] = array[at]
    return slopes
    ### END SOLUTION

# %% check="numerical_gradient" points=12
got = np.array([[3.0, -5.0, 7.0], [0.5, 4.0, 6.0]])
got = numerical_gradient(lambda a: float((a**3).sum()), got), got
assert np.shape(got[0]) == (2, 3), f"one slope for each element: expected shape (2, 3), found {np.shape(got[0])}"
assert np.allclose(got[0], 3 * got[1] ** 2, rtol=1e-4), (
    f"the slope of a**3 is 3 * a**2: {3 * got[1][0] ** 2}; yours {got[0][0]}. Twice or half of it: is it 2 * eps?")
assert got[1].tolist() == [[3, -5, 7], [0.5, 4, 6]], "the caller's array was changed; nudge a copy"
got = numerical_gradient(lambda a: float(a[0] * a[1] ** 2), np.array([3.0, 4.0]))
assert np.allclose(got, [16, 24], rtol=1e-7), (
    f"a[0] * a[1]**2 at 3 and 4 has slopes 16 and 24; yours {got}. A little off: was the first element put back?")
got = np.array([3.0, 4.0])
got = numerical_gradient(lambda a, still=got: float((a * still).sum()), got)
assert np.allclose(got, [3, 4]), f"a * still has slopes 3 and 4; yours {got}. 6 and 8: you nudged the caller's array"
got = numerical_gradient(lambda a: float(a[()] ** 2), np.array(5.0), eps=0.5)
assert np.allclose(got, 10), f"a single number has shape (); the slope of a square at 5 is 10, yours {got}. Use eps."

# %% [markdown]
# How many forward runs would that take for the network of 784-128-10, and its 101,770 numbers? And how many, do you
# think, does what you build today take?

# %% predict="runs"
predict("forward runs to nudge all 101,770 numbers", None)  # your guess in place of None

# %% demo="runs"
calls = 0


def counted(array):
    global calls
    calls += 1
    return float(array.sum())


numerical_gradient(counted, np.zeros(1000))
measured("forward runs to nudge all 101,770 numbers", calls * 101_770 // 1000)

# %% [markdown]
# ## Build: one rule for each operation
#
# A long computation is a chain of short ones, and along a chain slopes multiply: if y moves 3 times as fast as x, and
# the loss 5 times as fast as y, then the loss moves 15 times as fast as x. That is the *chain rule*. So each operation
# needs only one rule of its own: *given the gradient for my output, what is the gradient for each of my inputs?*
#
# The gradient for the output comes in as `grad_out` and has the output's shape. The table `RULES` holds one rule for
# each forward, under its name. Addition is the worked example: raise an element of `a` by a little and `a + b` rises by
# as much, so `grad_out` goes to both. (The field calls such a rule a *vector-Jacobian product*, vjp.)

# %% given="rules"
#| export
RULES = {}
Rule = namedtuple("Rule", "name vjp needs keeps home")
MISSING = Rule("", "no rule", False, False, "")


def rule(forward, *, needs=False, keeps=False):
    """Decorator: register `vjp(grad_out, out, *arrays, **options)`, which gives one gradient for each input.

    Parameters
    ----------
    forward : function, or its name
    needs : bool
        The rule is also told `needs`, which inputs want a gradient, and gives None for the others.
    keeps : bool
        While recording, the forward is given `keep={}` to fill, and the rule gets it as `kept`.

    Raises
    ------
    ValueError
        If another module has registered this name.
    """
    def put(vjp):
        _register(Rule(_name(forward), vjp, needs, keeps, vjp.__module__))
        return vjp
    return put


def constant(*forwards):
    """Say of forwards that a small nudge of their inputs does not move their answer."""
    for forward in forwards:
        _register(Rule(_name(forward), None, False, False, sys._getframe(1).f_globals["__name__"]))


def _name(forward):
    return getattr(forward, "__name__", forward)


def _register(new):
    home = RULES[new.name].home if new.name in RULES else new.home
    if home not in (new.home, "__main__") and home in sys.modules:
        raise ValueError(f"{home} has registered {new.name!r} already; give your forward another name")
    RULES[new.name] = new


constant(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.argmax)


@rule(np.add)
def add_rule(grad_out, out, a, b):
    return grad_out, grad_out


@rule(np.subtract)
def subtract_rule(grad_out, out, a, b):
    return grad_out, -grad_out

# %% [markdown]
# `off_by` holds a rule against your oracle. It draws a `grad_out`, asks the rule, and compares with the slopes of
# `sum(grad_out * forward(...))`: how far is the rule off at most? Near 0, up to rounding, means right.

# %% given="off_by"
def off_by(forward, *arrays, **options):
    """How far the rule of `forward` is from central differences at most, for float64 arrays of one shape."""
    out, found = forward(*arrays, **options), RULES[forward.__name__]
    grad_out = np.random.default_rng(3).normal(size=np.shape(out))
    extra = {"needs": (True,) * len(arrays)} if found.needs else {}
    worst = 0.0
    for at, grad in enumerate(found.vjp(grad_out, out, *arrays, **options, **extra)):
        def total(array, at=at):
            return float((grad_out * forward(*arrays[:at], array, *arrays[at + 1:], **options)).sum())
        worst = max(worst, float(np.abs(grad - numerical_gradient(total, arrays[at])).max(initial=0)))
    return worst

# %% demo="off_by"
table = np.random.default_rng(5).normal(size=(3, 4))
print(f"add is off by {off_by(np.add, table, table):.1e}, subtract by {off_by(np.subtract, table, table):.1e}")

# %% [markdown]
# Two products. Element by element: raise `a` by a little and `a * b` rises `b` times as much. For `@`, let the shapes
# lead you: `grad_out` is (m, n), `a` is (m, k), `b` is (k, n), and the gradient for `a` must be (m, k). There is one
# way to multiply `grad_out` with a turned `b` into that, and it is right. Stacks of tables work alike if you turn the
# last two axes only. `of_tables` is given: it hands single rows, columns and stacks to your rule as tables.

# %% given="of_tables"
#| export
def of_tables(vjp):
    """Decorator: a rule for `@` of tables, made to work where a side is a single row or column of shape (k,).

    A stack of tables that meets one table is handed over as one long table, which is quicker.
    """
    @functools.wraps(vjp)
    def of_others_too(grad_out, out, a, b, needs):
        if a.ndim > 2 and b.ndim == 2:
            grad_a, grad_b = vjp(one_table(grad_out), one_table(out), one_table(a), b, needs)
            return grad_a.reshape(a.shape) if needs[0] else None, grad_b
        row, column = a.ndim == 1, b.ndim == 1
        if not row and not column:
            return vjp(grad_out, out, a, b, needs)
        grad_out = np.asarray(grad_out)[..., None] if column else grad_out
        grad_out = grad_out[..., None, :] if row else grad_out
        grad_a, grad_b = vjp(grad_out, out, a[None, :] if row else a, b[:, None] if column else b, needs)
        return grad_a, grad_b[..., 0] if column and needs[1] else grad_b
    return of_others_too


def one_table(stack):
    """The tables of a stack, one below the other."""
    return stack.reshape(math.prod(stack.shape[:-1]), stack.shape[-1])

# %% exercise="product_rules"
#| export
# Write the rules of np.multiply and np.matmul: the lines with @ as they stand here, and a function under each.
#     @rule(np.multiply)
#     def multiply_rule(grad_out, out, a, b):
#
#     @rule(np.matmul, needs=True)
#     @of_tables
#     def matmul_rule(grad_out, out, a, b, needs):
# How: return two gradients in a tuple. In matmul, None stands for one that `needs` does not ask for.
# Example: with grad_out 10, a 3 and b 4, multiply gives (40, 30).
# Hint: b.swapaxes(-1, -2) turns the last two axes; needs[0] is about a, needs[1] about b.
### BEGIN SOLUTION
@rule(np.multiply)
def multiply_rule(grad_out, out, a, b):
    return grad_out * b, grad_out * a


@rule(np.matmul, needs=True)
@of_tables
def matmul_rule(grad_out, out, a, b, needs):
    grad_a = grad_out @ b.swapaxes(-1, -2) if needs[0] else None
    grad_b = a.swapaxes(-1, -2) @ grad_out if needs[1] else None
    return grad_a, grad_b
### END SOLUTION

# %% check="product_rules" points=16
assert {"multiply", "matmul"} <= set(RULES), f"expected rules named multiply and matmul; there are {', '.join(RULES)}"
got = RULES["multiply"].vjp(np.array([10.0, 2]), None, np.array([3.0, 5]), np.array([4.0, 7]))
assert [np.asarray(grad).tolist() for grad in got] == [[40, 14], [30, 10]], (
    f"a rises: 10 * 4 and 2 * 7; b rises: 10 * 3 and 2 * 5; expected [40, 14] and [30, 10], yours {got}")
got = np.arange(6.0).reshape(2, 3) + 3, np.arange(12.0).reshape(3, 4) + 5, np.arange(8.0).reshape(2, 4) - 4
got = RULES["matmul"].vjp(got[2], None, got[0], got[1], needs=(True, True))
assert [np.shape(grad) for grad in got] == [(2, 3), (3, 4)], (
    f"a gradient has its input's shape, (2, 3) and (3, 4); yours have {[np.shape(grad) for grad in got]}")
assert np.allclose(got[0], [[-60, -100, -140], [44, 68, 92]]), (
    f"for a: -4*5 - 3*6 - 2*7 - 1*8 = -60 comes first; expected [[-60, -100, -140], [44, 68, 92]], yours {got[0]}")
assert np.allclose(got[1][0], [-12, -3, 6, 15]), f"for b, row 0: -4*3 + 0*6 = -12 first, then -3, 6, 15; yours {got[1]}"
got = RULES["matmul"].vjp(np.ones((7, 2, 4)), None, np.ones((7, 2, 3)), np.ones((7, 3, 4)), needs=(False, True))
assert got[0] is None, f"nobody asked for the gradient of a: expected None, found an array of shape {np.shape(got[0])}"
assert RULES["matmul"].needs, "the line @rule(np.matmul, needs=True) belongs above the function, as it stands"
assert got[1].shape == (7, 3, 4), f"a stack of 7 tables keeps its 7: expected (7, 3, 4), found {got[1].shape}"

# %% demo="product_rules"
print(f"multiply is off by {off_by(np.multiply, table, table + 1):.1e}, "
      f"matmul by {off_by(np.matmul, table, table.T.copy()):.1e}")

# %% [markdown]
# Three more. `sum` makes one number of many; each of the many moves that one as fast as itself, so each gets its
# `grad_out`: stretched back to the shape of `a`. `reshape` only reads in another shape, so the gradient is read back.
# And `exp` is its own slope: its rule finds it in `out`, already computed.

# %% exercise="other_rules"
#| export
# Write the rules of sum, reshape and exp in the same way; reshape is 01's own forward, so its name will do.
#     @rule(np.sum)
#     def sum_rule(grad_out, out, a, axis=None, keepdims=False):
#
#     @rule("reshape")
#     def reshape_rule(grad_out, out, a, shape):
#
#     @rule(np.exp)
#     def exp_rule(grad_out, out, a):
# How: each returns a tuple of one gradient, which has the shape of `a`. For one gradient g that is `return (g,)`.
# Example: a of shape (3, 4), axis=1, grad_out of shape (3,): row i of the gradient is grad_out[i], four times.
# Hint: np.expand_dims(array, axis) puts a summed axis back with length 1, also several; np.full(shape, values) repeats.
### BEGIN SOLUTION
@rule(np.sum)
def sum_rule(grad_out, out, a, axis=None, keepdims=False):
    if axis is not None and not keepdims:
        grad_out = np.expand_dims(grad_out, axis)
    return (np.full(a.shape, grad_out),)


@rule("reshape")
def reshape_rule(grad_out, out, a, shape):
    return (grad_out.reshape(a.shape),)


@rule(np.exp)
def exp_rule(grad_out, out, a):
    return (grad_out * out,)
### END SOLUTION

# %% check="other_rules" points=14
assert {"sum", "reshape", "exp"} <= set(RULES), f"expected rules named sum, reshape, exp; there are {', '.join(RULES)}"
got = RULES["sum"].vjp(np.array([5.0, 7, 9]), None, np.ones((3, 4)), axis=1, keepdims=False)
assert isinstance(got, tuple) and len(got) == 1, f"a tuple of one gradient: `return (gradient,)`; yours is {got}"
assert np.shape(got[0]) == (3, 4), f"the gradient has the shape of a, (3, 4); yours {np.shape(got[0])}"
assert got[0].tolist() == [[5] * 4, [7] * 4, [9] * 4], f"row 0 is four times 5, then 7, then 9; yours {got[0].tolist()}"
got = RULES["sum"].vjp(np.array([[5.0], [7]]), None, np.ones((2, 3)), axis=1, keepdims=True)[0]
assert got.tolist() == [[5] * 3, [7] * 3], f"with keepdims the axis is still there; threes of 5 and 7, yours {got}"
got = RULES["sum"].vjp(np.array(4.0), None, np.ones((2, 3)), axis=None, keepdims=False)[0]
assert got.tolist() == [[4] * 3] * 2, f"without an axis all six made one number, and each gets its 4; yours {got}"
got = RULES["sum"].vjp(np.array([5.0, 7, 9]), None, np.ones((4, 3, 6)), axis=(0, -1), keepdims=False)[0]
assert got.shape == (4, 3, 6) and (got[:, 1] == 7).all(), "two axes at once: np.expand_dims takes both"
got = RULES["reshape"].vjp(np.arange(12.0).reshape(6, 2), None, np.ones((3, 4)), shape=(6, 2))[0]
assert got.tolist() == np.arange(12.0).reshape(3, 4).tolist(), f"0 to 11 in the shape of a, (3, 4); yours {got}"
got = RULES["exp"].vjp(np.array([10.0, 3]), np.array([7.0, 0.5]), np.log([7, 0.5]))[0]
assert np.allclose(got, [70, 1.5]), f"grad_out times out: 10 * 7 and 3 * 0.5; yours {got}"

# %% [markdown]
# A rule need not think of broadcasting: that is undone once, in one place. When (3, 1) met (3, 4), each of its three
# numbers was used four times, so its slope is the sum of four. Where an axis was put in front, the numbers were used
# once for each place along it.

# %% exercise="unbroadcast"
#| export
def unbroadcast(grad, shape):
    """The gradient for an array of `shape` that was stretched to the shape of `grad`."""
    # How: collect the axes to sum over, those that were put in front and those whose length was 1; sum; reshape.
    # Example: ones of shape (2, 3, 4), for shape (3, 1), become a (3, 1) array of eights.
    # Hint: `sum` takes a tuple of axes. The first grad.ndim - len(shape) axes of `grad` were put in front.
    ### BEGIN SOLUTION
    if grad.shape == shape:
        return grad
    front = grad.ndim - len(shape)
    stretched = [at + front for at, length in enumerate(shape) if length == 1]
    return grad.sum(axis=(*range(front), *stretched)).reshape(shape)
    ### END SOLUTION

# %% check="unbroadcast" points=12
got = unbroadcast(np.ones((2, 3, 4)), (3, 1))
assert got.shape == (3, 1), f"the gradient has the array's own shape: expected (3, 1), found {got.shape}"
assert (got == 8).all(), f"each of 3 numbers was used 2 * 4 times: expected eights, found {got.ravel()}"
got = unbroadcast(np.arange(12.0).reshape(3, 4), (4,))
assert got.shape == (4,), f"expected shape (4,), found {got.shape}"
assert got.tolist() == [12, 15, 18, 21], f"the columns of 0 to 11 in (3, 4) sum to 12, 15, 18, 21; yours {got}"
got = unbroadcast(np.ones((5, 7)), ())
assert np.shape(got) == () and got == 35, f"a single number was used 35 times; yours is {got}"
got = unbroadcast(np.ones((3, 0)), (3, 1))
assert got.shape == (3, 1) and (got == 0).all(), f"used 0 times, so the slope is 0: (3, 1) zeros, found {got}"
got = unbroadcast(np.arange(12.0).reshape(3, 4), (3, 4))
assert got.tolist() == np.arange(12.0).reshape(3, 4).tolist(), f"what was not stretched stays; yours {got}"

# %% [markdown]
# The other rules are given. Read three of them. `divide` finds a part of its answer in `out`. `maximum` shares a tie
# evenly. `index` adds up, for a list of positions may pick one element several times; a slice cannot, and assigns. The
# last five belong to forwards of 02 and 04, and say their names only.

# %% given="plain_rules"
#| export
@rule(np.divide, needs=True)
def divide_rule(grad_out, out, a, b, needs):
    grad_a = grad_out / b
    return grad_a, -grad_a * out if needs[1] else None


@rule(np.negative)
def negative_rule(grad_out, out, a):
    return (-grad_out,)


@rule(np.power, needs=True)
def power_rule(grad_out, out, a, b, needs):
    grad_a = grad_out * np.where(b == 0, np.zeros_like(out), b * a ** (b - b.dtype.type(1))) if needs[0] else None
    grad_b = grad_out * np.where((a == 0) & (b >= 0), np.zeros_like(out), out * np.log(a)) if needs[1] else None
    return grad_a, grad_b


@rule(np.absolute)
def absolute_rule(grad_out, out, a):
    return (grad_out * np.sign(a),)


@rule(np.log)
def log_rule(grad_out, out, a):
    return (grad_out / a,)


@rule(np.sqrt)
def sqrt_rule(grad_out, out, a):
    return (grad_out / (out + out),)


@rule(np.tanh)
def tanh_rule(grad_out, out, a):
    return (grad_out - grad_out * out * out,)

# %% given="shape_rules"
#| export
@rule(np.maximum)
def maximum_rule(grad_out, out, a, b):
    tie = grad_out * (a == b) / grad_out.dtype.type(2)
    return grad_out * (a > b) + tie, grad_out * (a < b) + tie


def _extreme_rule(grad_out, out, a, axis=None, keepdims=False):
    if axis is not None and not keepdims:
        grad_out, out = np.expand_dims(grad_out, axis), np.expand_dims(out, axis)
    ties = a == out
    return (grad_out * ties / ties.sum(axis=axis, keepdims=True).astype(a.dtype),)


rule("largest")(_extreme_rule)
rule("smallest")(_extreme_rule)


@rule("permute")
def permute_rule(grad_out, out, a, axes):
    back = [0] * len(axes)
    for place, axis in enumerate(axes):
        back[axis] = place
    return (grad_out.transpose(back),)


@rule("joined")
def joined_rule(grad_out, out, *arrays, axis):
    ends = list(itertools.accumulate(array.shape[axis] for array in arrays))
    return tuple(np.split(grad_out, ends[:-1], axis=axis))


@rule("select")
def select_rule(grad_out, out, a, b, condition):
    zero = np.zeros_like(grad_out)
    return np.where(condition, grad_out, zero), np.where(condition, zero, grad_out)

# %% given="index_rule"
#| export
@rule("index")
def index_rule(grad_out, out, a, at):
    grad = np.zeros(a.shape, dtype=grad_out.dtype)
    if all(isinstance(part, (int, slice, type(None), type(Ellipsis))) for part in at):
        grad[at] = grad_out
    else:
        np.add.at(grad, at, grad_out)
    return (grad,)

# %% given="layer_rules"
#| export
@rule("relu")
def relu_rule(grad_out, out, a):
    return (grad_out * np.sign(out),)  # 1 where the number passed, 0 where 0 took its place


@rule("sigmoid")
def sigmoid_rule(grad_out, out, a):
    return (grad_out * (out - out * out),)


@rule("softmax")
def softmax_rule(grad_out, out, a, axis):
    share = grad_out * out
    return (share - out * share.sum(axis=axis, keepdims=True),)


@rule("log_softmax_values")
def log_softmax_rule(grad_out, out, a, axis):
    return (grad_out - np.exp(out) * grad_out.sum(axis=axis, keepdims=True),)


@rule("bounded_log_values")
def bounded_log_rule(grad_out, out, a):
    return (grad_out / np.maximum(a, a.dtype.type(1e-12)),)  # as PyTorch bounds the slope of its BCELoss

# %% demo="given_rules"
positive, other = np.abs(table) + 0.5, table[::-1].copy()
for forward in (np.negative, np.absolute, np.tanh, forwards.largest, forwards.smallest):
    print(f"{forward.__name__:<10} is off by {off_by(forward, table):.1e}")
for forward in (np.log, np.sqrt):
    print(f"{forward.__name__:<10} is off by {off_by(forward, positive):.1e}")
for forward in (np.divide, np.power, np.maximum):
    print(f"{forward.__name__:<10} is off by {off_by(forward, positive, other):.1e}")
print(f"permute    is off by {off_by(forwards.permute, table, axes=(1, 0)):.1e}")
picks = (np.array([2, 0, 2]), np.array([1, 3, 1]))
print(f"index      is off by {off_by(forwards.index, table, at=picks):.1e}")

# %% [markdown]
# ## Resting place
#
# You have an oracle, a table of rules that agree with it, and `unbroadcast`. Each rule looks at one operation only.
# What is missing is the walk: who calls them, in which order, and with which arrays. That is the second sitting. To
# come back tomorrow, run the cells above once; they take a few seconds.

# %% [markdown]
# ## Build: a graph, written down by the door
#
# To walk back, somebody must have written down the way. Every operation passes the door of 01, so one reading there
# sees them all: `differentiate`. It lets the operation go on, and if an input wants a gradient it hangs a *node* on the
# result: which rule, which inputs, which options, and the output. The inputs have nodes of their own, and theirs too:
# this is a *graph*. A Tensor that nobody computed, such as a parameter, has no node. It is a *leaf*, and leaves are
# where gradients are wanted in the end. Read `differentiate` slowly, beside `noting` in 01.

# %% given="graph"
#| export
class _Mode(threading.local):
    quiet = 0  # how many `no_grad` this thread is inside


_mode = _Mode()


class no_grad(contextlib.ContextDecorator):
    """`with no_grad():` nothing is recorded, in this thread."""

    def __enter__(self):
        _mode.quiet += 1

    def __exit__(self, *error):
        _mode.quiet -= 1


class Node:
    """One operation that was recorded: what its rule will need."""

    __slots__ = ("number", "rule", "inputs", "wants", "out", "told")

    def __init__(self, rule, inputs, wants, out, told):
        self.number = next(Tensor._clock)
        self.rule, self.inputs, self.wants, self.out, self.told = rule, inputs, wants, out, told

    def free(self):
        """Let go of all arrays; this node cannot be walked again."""
        self.inputs = self.out = self.told = None

    def __repr__(self):
        return f"<node {self.number} {self.rule.name!r}>"

    def __reduce_ex__(self, protocol):
        raise TypeError("only a leaf can be copied or pickled; make one of the result: Tensor(t.data)")

# %% given="differentiate"
#| export
def differentiate(step):
    """A reading: let the operation go on, and record it if an input wants a gradient."""
    def apply(forward, *inputs, **options):
        wants = [isinstance(x, Tensor) and x.requires_grad for x in inputs]
        if True not in wants or _mode.quiet:
            return step(forward, *inputs, **options)
        rule, told = RULES.get(forward.__name__, MISSING), dict(options)  # told: to the rule, beside the arrays
        if rule.needs:
            told["needs"] = wants
        if rule.keeps:
            told["kept"] = options["keep"] = {}
        out = step(forward, *inputs, **options)
        if rule.vjp is None or out._data.dtype.kind != "f":
            return out  # no nudge moves it
        if rule is MISSING:
            raise NotImplementedError(_no_rule(forward.__name__))
        out._node, out.requires_grad = Node(rule, inputs, wants, out._data, told), True
        return out
    return apply


def _no_rule(name):
    return (f"a gradient is wanted through {name!r}, and there is no rule of this name. Register one with "
            f"`@rule({name})`, or say `constant({name})` if nudges do not move it, or run it inside `with no_grad():`.")

# %% given="recorded"
for reading in Tensor._readings:  # from an earlier run of the cell above
    Tensor._read(reading, on=False)
Tensor._read(differentiate)

# %% [markdown]
# From here on this notebook records. `backward` still sleeps. First look at a graph: `(a * b + a).tanh()` passes the
# door three times. `names_of` follows the nodes back. How many nodes will one loss of a network have: Linear, ReLU,
# Linear, then CrossEntropyLoss? A bias is added; `weight.T` passes the door, and so does each part of a mean.

# %% given="earlier"
from tinytorch.nn.activations import ReLU
from tinytorch.nn.layers import Linear, Module, Sequential
from tinytorch.nn.losses import CrossEntropyLoss


def nodes_of(tensor):
    """The nodes that led to a Tensor, the newest first."""
    found, todo = {}, [tensor]
    while todo:
        node = todo.pop()._node
        if node is not None and node.number not in found:
            found[node.number] = node
            todo += [x for x in node.inputs if isinstance(x, Tensor)]
    return [found[number] for number in sorted(found, reverse=True)]


def names_of(tensor):
    return [node.rule.name for node in nodes_of(tensor)]

# %% predict="nodes"
predict("nodes of one loss: Linear, ReLU, Linear, cross-entropy", None)  # your guess in place of None

# %% demo="nodes"
a, b = Tensor([3.0], requires_grad=True), Tensor([4.0])
print("(a * b + a).tanh():", names_of((a * b + a).tanh()))
net = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
pixels, ids = Tensor(np.random.default_rng(7).random((32, 784))), np.arange(32) % 10
names = names_of(CrossEntropyLoss()(net(pixels), ids))
print("one loss:", names)
measured("nodes of one loss: Linear, ReLU, Linear, cross-entropy", len(names))

# %% [markdown]
# ## Build: the walk back
#
# Start at the loss with a gradient of 1 and go back node by node. `pull` asks a node's rule for the gradients of its
# inputs. A Tensor that was used twice gets two gradients, and its slope is their sum. That decides the order: a node
# may be asked only when all who used its result have been. The newest first is such an order, for nobody can use a
# result before it is there. `reachable` gives it, without recursion, so that a chain of 5,000 operations is no problem.
# On its way it refuses two things: a graph that was walked already, and one in which an array has been exchanged.

# %% given="pull"
#| export
def pull(node, grad_out):
    """The gradients for a node's inputs, from its rule. Readings with a `.pull` see each call, as they see `_apply`."""
    arrays = [x._data if isinstance(x, Tensor) else np.array(x, node.out.dtype) for x in node.inputs]
    return node.rule.vjp(grad_out, node.out, *arrays, **node.told)


def observed_pull():
    """`pull`, wrapped by the readings that are on."""
    ask = pull
    for reading in Tensor._readings:
        wrap = getattr(reading, "pull", None)
        ask = wrap(ask) if wrap else ask
    return ask


def seed(tensor, gradient):
    """The gradient to start with: 1 for a single number, else the one that is given."""
    gradient = getattr(gradient, "_data", gradient)
    if gradient is None and tensor._data.size != 1:
        raise RuntimeError(f"backward starts at a single number, and this Tensor has shape {tensor.shape}. Take its "
                           "sum() or mean() first, or hand in a `gradient` of that shape.")
    gradient = np.ones_like(tensor._data) if gradient is None else np.asarray(gradient, dtype=tensor.dtype)
    if gradient.shape != tensor.shape:
        raise ValueError(f"the gradient has the Tensor's shape, {tensor.shape}; found {gradient.shape}")
    return gradient

# %% given="reachable"
#| export
def reachable(tensor):
    """The nodes that led to `tensor`, each once, the newest first.

    Raises
    ------
    RuntimeError
        If nothing was recorded, if a node was walked before, or if an array has been exchanged since.
    """
    if tensor._node is None:
        raise RuntimeError("nothing was recorded that leads to this Tensor: it is a leaf, no input had "
                           "requires_grad=True, or it was computed inside `with no_grad():`, by NumPy, or while "
                           "gradients slept")
    _unchanged(tensor, tensor._node)
    seen, todo = {tensor._node}, [tensor._node]
    while todo:
        node = todo.pop()
        if node.inputs is None:
            raise RuntimeError(f"this graph was walked already, and {node.rule.name!r} has let go of its arrays. "
                               "Compute the result again; for one walk over two losses, add the losses.")
        for x, wanted in zip(node.inputs, node.wants):
            if isinstance(x, Tensor):
                if x._version:
                    _unchanged(x, node)
                if wanted and x._node is not None and x._node not in seen:
                    seen.add(x._node)
                    todo.append(x._node)
    return sorted(seen, key=attrgetter("number"), reverse=True)


def _unchanged(x, node):
    if x._version > node.number or x._node is not None and x._version:
        raise RuntimeError(f"the .data of a Tensor of shape {x.shape}, which {node.rule.name!r} used or made, was "
                           "exchanged before backward. The rules would mix old and new numbers; change .data after "
                           "backward.")

# %% [markdown]
# Now the walk. `grads` holds, for each node that is still to be asked, the gradient for its result; at first there is
# one. A leaf keeps what it gets in `.grad`, an array of its own with its own dtype. What is there from an earlier walk
# stays, and the new is added to it: two losses, one after the other, make one sum. In the end nodes let go.

# %% given="quietly"
#| export
def quietly(walk):
    """Decorator: at an edge a slope may be inf or nan, and nothing is said of it."""
    @functools.wraps(walk)
    def quiet(self, gradient=None):
        with np.errstate(divide="ignore", invalid="ignore"):
            walk(self, gradient)
    return quiet

# %% exercise="backward"
#| export
@quietly
def backward(self, gradient=None):
    """Add to `.grad` of each leaf that led here the slope of this number. The graph can be walked once.

    Parameters
    ----------
    gradient : array of this Tensor's shape; needed unless it is a single number
    """
    nodes, ask = reachable(self), observed_pull()
    grads = {self._node: seed(self, gradient)}
    # How: for each node, `ask(node, its gradient)` gives one gradient for each of node.inputs. node.wants says which
    # are wanted: pass over the others, `unbroadcast` these. Has the input a node? Then add to grads[that node], else to
    # its .grad. When all inputs of a node are done: node.free().
    # Example: x = 3 and y = x * x: the node has x twice among its inputs, gets 3 for each, and x.grad is 6.
    # Hint: take a gradient out with grads.pop(node). In `grads`, add with `a + b`, which makes a new array: with +=
    # you would write into an array that another node has, too. A leaf's first gradient:
    # np.array(grad, dtype=x.dtype, order="C"), rows in one piece like its own; across rows memory is slow.
    ### BEGIN SOLUTION
    for node in nodes:
        for x, wanted, grad in zip(node.inputs, node.wants, ask(node, grads.pop(node))):
            if not wanted:
                continue
            grad = unbroadcast(grad, x.shape)
            if x._node is not None:
                grads[x._node] = grads[x._node] + grad if x._node in grads else grad
            elif x.grad is None:
                x.grad = np.array(grad, dtype=x.dtype, order="C")
            else:
                x.grad += grad
        node.free()
    ### END SOLUTION

# %% check="backward" points=24
a, b = Tensor([6.0, 8.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
backward(0.0 - (5.0 - a / b), np.array([10.0, 20.0]))
assert a.grad is not None, "the leaf a got no gradient: an input without a node keeps it in .grad"
assert np.allclose(a.grad, [10 / 3, 5]), f"a / b rises by 1 / b: 10 / 3 and 20 / 4; yours {a.grad}"
assert np.allclose(b.grad, [-20 / 3, -10]), f"for b it is -a / b**2: -10 * 6 / 9 and -20 * 8 / 16; yours {b.grad}"
a, got = Tensor([3.0], requires_grad=True), np.float32([5.0])
b = -a
backward(b - (-b) - a, got)
assert a.grad.tolist() == [-15], f"2 * -a - a is -3 a: 5 * -3 is -15; yours {a.grad}. -10, -5: `=` where `+` is meant."
b = Tensor([1.0], requires_grad=True)
backward(b - a, got)
backward(b - a, got)
assert got.tolist() == [5], "the gradient that was handed in was changed: add with `a + b`, and give each leaf a copy"
a, b = Tensor([5.0], requires_grad=True), Tensor([4.0], requires_grad=True)
got = (a - b).tanh() - 0.5
backward((got - b) / (got - 3.0) - (-got))
assert np.isclose(b.grad[0], -0.1108, atol=1e-3), (
    f"(t - b) / (t - 3) + t with t = tanh(a - b) - 0.5 has slope -0.111 for b; yours {b.grad[0]:.4f}. Is a node asked "
    "once, when all who used it have been?")
got = b.grad.copy()
backward(b - a)
assert np.isclose(b.grad[0], got[0] + 1), f"a second walk adds to it: {got[0] + 1:.4f}; yours {b.grad[0]:.4f}"
a, b = Tensor(np.ones((3, 1)), requires_grad=True), Tensor(np.ones((3, 4)), requires_grad=True)
got = a - b
backward(got, np.full((3, 4), 5.0))
assert a.grad.shape == (3, 1) and (a.grad == 20).all(), f"(3, 1) met (3, 4): 4 * 5 each; yours {a.grad.ravel()}"
b.grad += 1
assert (a.grad == 20).all() and b.grad.dtype == np.float32, "each leaf has an array of its own, of its own dtype"
b = Tensor([4.0], requires_grad=True)
got, a = -b, -b
backward(got - a)
for got in (got, a):
    try:
        backward(got)
    except RuntimeError:
        continue
    raise AssertionError("this graph was walked twice: when a node is done, call its free(), in the loop")
del a, b

# %% given="enable_autograd"
#| export
_asleep = globals().get("_asleep", Tensor.backward)


def enable_autograd():
    """Wake gradients for every Tensor of this process: operations are recorded, and `backward` walks back."""
    if differentiate not in Tensor._readings:
        Tensor._read(differentiate)
    Tensor.backward = backward


def disable_autograd():
    """Put gradients back to sleep."""
    Tensor._read(differentiate, on=False)
    Tensor.backward = _asleep

# %% [markdown]
# Run the next cell, and then the one below, which you know. If you change your `backward` later, run both again.

# %% given="awake"
enable_autograd()

# %% demo="awake"
x = Tensor([3.0], requires_grad=True)
y = x * x
y.backward()
print(x.grad)

# %% [markdown]
# Nothing in 01 knows of gradients, and its `*` now has them. So has every layer and loss of yours; and after
# `tinytorch export 05`, every program that imports a Tensor of yours. `gradcheck` is your oracle once more, for whole
# functions: it compares `backward` with nudging, in float64. In the demo it also answers *Try first*.

# %% given="gradcheck"
#| export
def gradcheck(function, *tensors, eps=1e-6, rtol=1e-4, atol=1e-6):
    """Hold `backward` against central differences, in float64, for all inputs that want a gradient.

    Returns
    -------
    float
        How far they are apart at most.

    Raises
    ------
    AssertionError
        If they differ: for which input, and what both say.
    """
    inputs = [Tensor(x._data, x.requires_grad, np.float64) if x.dtype.kind == "f" else x for x in tensors]
    out = function(*inputs)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, out.shape)
    out.backward(weights)
    worst = 0.0
    for at, x in enumerate(inputs):
        def total(array, at=at):
            with no_grad():
                return float((weights * function(*inputs[:at], Tensor._wrap(array), *inputs[at + 1:])._data).sum())
        if x.requires_grad:
            expected = numerical_gradient(total, x._data, eps)
            found = np.zeros(x.shape) if x.grad is None else x.grad
            assert np.allclose(found, expected, rtol, atol), (
                f"input {at} of shape {x.shape}: nudging gives {expected.ravel()[:4]}, backward {found.ravel()[:4]}")
            worst = max(worst, float(np.abs(found - expected).max(initial=0)))
    return worst

# %% demo="gradcheck"
small = Sequential(Linear(5, 4), ReLU(), Linear(4, 3))
rows = Tensor(np.random.default_rng(3).normal(size=(6, 5)), requires_grad=True)
apart = gradcheck(lambda x: CrossEntropyLoss()(small(x), np.array([0, 2, 1, 1, 0, 2])), rows)
print(f"loss of a network: backward and nudging are {apart:.0e} apart")
height.calls, w = 0, Tensor(point, requires_grad=True)
height(w).backward()
print("Try first:", w.grad.shape, "slopes, calls:", height.calls)

# %% [markdown]
# What does it cost? A backward for all 101,770 slopes of the network, beside the forward run that it belongs to: how
# many times as long does it take? And what does the graph of one loss keep alive until it is walked, the parameters
# not counted? Once for 32 images and once for 512.

# %% predict="cost"
predict("time of one backward, in forward runs", None)  # your guess in place of None
predict("bytes that the graph keeps, 32 images", None, unit="bytes")
predict("bytes that the graph keeps, 512 images", None, unit="bytes")

# %% demo="cost"
import statistics
import time


def kept_bytes(tensor, model):
    """Bytes of all arrays that the nodes hold, each once, without those of the model's parameters."""
    arrays = [x._data for node in nodes_of(tensor) for x in node.inputs if isinstance(x, Tensor)]
    arrays += [node.out for node in nodes_of(tensor)]
    whole = {id(one): one for one in [array if array.base is None else array.base for array in arrays]}
    own = {id(p.data) for p in model.parameters()}
    return sum(array.nbytes for key, array in whole.items() if key not in own)


def seconds_of(action):
    begun = time.perf_counter()
    result = action()
    return time.perf_counter() - begun, result


forward_s, backward_s = [], []
for _ in range(30):
    elapsed_s, loss = seconds_of(lambda: CrossEntropyLoss()(net(pixels), ids))
    forward_s.append(elapsed_s)
    backward_s.append(seconds_of(loss.backward)[0])
forward_s, backward_s = statistics.median(forward_s), statistics.median(backward_s)
print(f"forward {1000 * forward_s:.2f} ms, backward {1000 * backward_s:.2f} ms, medians of 30 runs;")
print(f"nudging all {sum(p.data.size for p in net.parameters()):,} numbers would take {203_540 * forward_s:,.0f} s")
measured("time of one backward, in forward runs", backward_s / forward_s)
for count in (32, 512):
    images, right = Tensor(np.ones((count, 784))), np.arange(count) % 10
    kept = kept_bytes(CrossEntropyLoss()(net(images), right), net)
    measured(f"bytes that the graph keeps, {count} images", kept, unit="bytes")

# %% [markdown]
# A graph lives until it is walked, or until nobody holds its result. Who only wants answers can do without: under
# `no_grad` nothing is recorded, and each intermediate array is freed as soon as the next one is there. Twenty layers of
# 256, a batch of 1,000: how many MB do they hold, while the result is alive, with recording and without?

# %% predict="no_grad"
predict("MB held by twenty layers, recorded", None, unit="MB")  # your guess in place of None
predict("MB held by twenty layers, under no_grad", None, unit="MB")

# %% demo="no_grad"
import tracemalloc

deep, batch = Sequential(*[Linear(256, 256) for _ in range(20)]), Tensor(np.ones((1000, 256)))


def held_mb():
    tracemalloc.start()
    answer = deep(batch)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return answer, held / 1e6


answer, recorded_mb = held_mb()
with no_grad():
    answer, plain_mb = held_mb()
measured("MB held by twenty layers, recorded", recorded_mb, unit="MB")
measured("MB held by twenty layers, under no_grad", plain_mb, unit="MB")

# %% [markdown]
# Three ways to be stopped, each of which would otherwise be a wrong number: a graph walked twice, `.data` exchanged
# between forward and backward, and an operation without a rule. The fourth, a *wrong* rule, nobody stops: for that
# there is your oracle. Below all four happen; a colleague's rule for `*` on single numbers says `=` where you say `+`.

# %% demo="stopped"
def said(action):
    try:
        return action()
    except (RuntimeError, NotImplementedError) as error:
        return f"{type(error).__name__}: {error}"


def floor(array):
    return np.floor(array)


x = Tensor([3.0], requires_grad=True)
y = x * x
y.backward()
print("twice:    ", said(y.backward))
y = x * x
x.data = x.data + 1
print("exchanged:", said(y.backward))
print("no rule:  ", said(lambda: Tensor._apply(floor, x)))
x, slopes = Tensor([3.0]), {}
for name, slope in (("x", x.item()), ("x", x.item())):  # x * x gives x two slopes of 3
    slopes[name] = slope
print("`=` for `+=`: x * x at 3 has slope", slopes["x"], "there, and no error")

# %% [markdown]
# ## A fault to find: the layer that went round the door
#
# A colleague's first layer takes images as they are stored, pixels 0 to 255, and says it in one expression of NumPy,
# which is shorter and a little faster. It gives the numbers that it should, to the last digit. A network with it is
# trained by hand: the loss of 32 digits, its gradient, and each parameter a little way down its slope, again and again.

# %% fault="pixel_layer"
class PixelLayer(Linear):
    """A first layer that takes images as stored, shape (count, height, width), pixels from 0 to 255."""

    def forward(self, images):
        rows = images.data.reshape(len(images), -1) / 255
        return Tensor(rows @ self.weight.data.T + self.bias.data)


def make_colleague(hidden):
    return Sequential(PixelLayer(6, hidden), ReLU(), Linear(hidden, 4))


layer, images = PixelLayer(6, 5), Tensor(np.arange(24.0).reshape(4, 2, 3))
assert layer(images).shape == (4, 5)
assert np.allclose(layer(images).data, Linear.forward(layer, images.reshape(4, 6) / 255).data)
assert CrossEntropyLoss()(layer(images), np.array([3, 1, 4, 1])).item() > 0

# %% predict="learned"
predict("digits right after ten rounds, colleague's first layer", None, unit="%")  # your guess in place of None

# %% demo="learned"
from tinytorch.datasets import tinydigits

digits = tinydigits()


def learned(first, rounds=10, step=0.1, size=32):
    """Percent of the test digits that a network gets right after so many rounds through the others."""
    model, rng = Sequential(first, ReLU(), Linear(128, 10, rng=np.random.default_rng(5))), np.random.default_rng(7)
    for _ in range(rounds):
        for some in np.split(rng.permutation(len(digits.train_labels)), len(digits.train_labels) // size):
            CrossEntropyLoss()(model(Tensor(digits.train_images[some])), digits.train_labels[some]).backward()
            for p in model.parameters():
                if p.grad is not None:  # a parameter without a gradient stays where it is
                    p.data, p.grad = p.data - step * p.grad, None
    with no_grad():
        return 100 * (model(Tensor(digits.test_images)).argmax(axis=1).data == digits.test_labels).mean()


measured("digits right after ten rounds, colleague's first layer",
         learned(PixelLayer(784, 128, rng=np.random.default_rng(3))), unit="%")

# %% [markdown]
# About eight of ten are right, no error, a loss that falls. Nobody would look twice, and yet most of the network never
# moved. First the check that was missing. It is given a function, such as the colleague's `make_colleague`, that makes
# a model from images of (2, 3) pixels, by way of `hidden` numbers, to scores of 4 classes. `make_patient` is right.

# %% given="make_patient"
class Rows(Module):
    """Images of 0 to 255 as rows of 0 to 1, through the door."""

    def forward(self, images):
        return images.flatten(1) / 255


def make_patient(hidden):
    return Sequential(Rows(), Linear(6, hidden), ReLU(), Linear(hidden, 4))

# %% exercise="catch"
def check_reached(make):
    """Raise AssertionError that names each parameter of the model `make(hidden)` which gets no gradient."""
    # How: make a model and a few images, compute a number, walk back, and collect the names whose .grad is still None.
    # Example: for make_colleague the message has the names 0.weight and 0.bias, and no others.
    # Hint: model.named_parameters() gives pairs of name and Parameter; Tensor(np.ones((5, 2, 3))) are five images.
    ### BEGIN SOLUTION
    model = make(7)
    model(Tensor(np.ones((5, 2, 3)))).sum().backward()
    missed = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert not missed, f"no gradient reaches {', '.join(missed)}"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_reached, make_colleague), "your check lets the colleague's network pass. Which .grad are None?"
assert not rejects(check_reached, make_patient), "your check refuses a network all of whose parameters are reached"
try:
    check_reached(make_colleague)
except AssertionError as error:
    got = str(error)
assert "0.weight" in got and "0.bias" in got, f"the message should name 0.weight and 0.bias; it says: {got}"
assert "2.weight" not in got and "2.bias" not in got, f"2.weight and 2.bias got theirs; the message says: {got}"

# %% [markdown]
# ## Use: digits, with a first layer that learns
#
# Now the repair. The same layer, the same numbers, through the door: the layer of 03 and the operations of 01 will do,
# and nothing of 05 needs to be said.

# %% exercise="repair"
class OpenPixelLayer(Linear):
    """PixelLayer, with gradients for weight and bias: (count, height, width), pixels 0 to 255, to (count, out)."""

    def forward(self, images):
        # How: make rows of the images, scale them to 0 to 1, and let Linear do the rest.
        # Example: a (5, 2, 3) batch for OpenPixelLayer(6, 7) becomes (5, 7), and its weight gets a gradient.
        # Hint: images.flatten(1) is a Tensor; super().forward is Linear's.
        ### BEGIN SOLUTION
        return super().forward(images.flatten(1) / 255)
        ### END SOLUTION

# %% check="repair" points=6
got = OpenPixelLayer(6, 7), Tensor(np.arange(30.0).reshape(5, 2, 3))
assert got[0](got[1]).shape == (5, 7), f"five images become five rows of 7; yours have shape {got[0](got[1]).shape}"
assert np.allclose(got[0](got[1]).data, PixelLayer.forward(*got).data, atol=1e-5), (
    "the numbers were right and should stay: rows of pixels, divided by 255, times weight.T, plus bias")
CrossEntropyLoss()(got[0](got[1]), np.array([3, 1, 0, 2, 6])).backward()
got = [name for name, parameter in got[0].named_parameters() if parameter.grad is None]
assert not got, f"no gradient reaches {', '.join(got)}; nothing here needs `.data`"

# %% predict="repaired"
predict("digits right after ten rounds, repaired first layer", None, unit="%")  # your guess in place of None

# %% demo="repaired"
measured("digits right after ten rounds, repaired first layer",
         learned(OpenPixelLayer(784, 128, rng=np.random.default_rng(3))), unit="%")

# %% [markdown]
# About ten digits of a hundred, for one expression that left the door. It was easy to write, right in every number, and
# no test of a forward run could have seen it. When learning is dull, ask first who got a gradient.
#
# ## Reflect
#
# Two questions with sizes of your own, to be answered without running the network. A network takes rows of `n` numbers
# by way of `hidden` numbers to `classes` scores: two Linear layers with bias, ReLU between. Nudging, as in
# `numerical_gradient`, asks for the loss twice for each parameter. How many forward runs is that in all? Set
# `forward_runs`.
#
# The other network has `depth` Linear layers with bias, and ReLU between each two of them. Linear records permute,
# matmul and add, ReLU itself, and CrossEntropyLoss five: log_softmax_values, index, sum, divide, negative. How many
# nodes does one loss have? Set `node_count`. In both cells put your number in place of the 0 and delete the two lines
# below it.

# %% given="sizes"
n, hidden, classes = mine("network", [(64, 32, 10), (100, 50, 8), (48, 24, 6), (81, 30, 12)])
depth = mine("depth", [12, 15, 18, 23])
print(f"n {n}, hidden {hidden}, classes {classes}, depth {depth}")

# %% exercise="forward_runs"
forward_runs = 0  # your number
### BEGIN SOLUTION
forward_runs = 2 * (n * hidden + hidden + hidden * classes + classes)
### END SOLUTION

# %% check="forward_runs" points=5
got = forward_runs
assert got % 2 == 0, f"each parameter takes two runs, up and down, so the number is even; yours is {got:,}"
assert got > 2 * n, f"the first weight alone has more numbers than one row of n; {got:,} runs are not enough"

# %% exercise="node_count"
node_count = 0  # your number
### BEGIN SOLUTION
node_count = 3 * depth + (depth - 1) + 5
### END SOLUTION

# %% check="node_count" points=5
got = node_count
assert got > depth, f"each of {depth} layers records several operations; {got} nodes are not enough"
assert got < 10 * depth, f"no layer records ten operations; {got} nodes are too many"

# %% [markdown]
# `enable_autograd` exchanged a method of a class and put a reading on a door that all share: it changed Tensors that
# were made before, and code of yours that was finished. Programmers call this *monkey-patching* and warn of it. What
# does it change, for whom, and what could go wrong because of it? What did it buy here? Would you do it in a library
# for strangers? Speak of your own modules 01 to 04.

# %% [markdown] answer="monkey_patch" points=8 rubric="for whom what changes; a way to go wrong; the gain; a verdict"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - A node is `torch::autograd::Node` (`torch/csrc/autograd/function.h`), and `loss.grad_fn` shows it; its
#   `next_functions` are the edges. The walk is `Engine::execute` in `torch/csrc/autograd/engine.cpp`, which takes the
#   newest first as well: by `sequence_nr`.
# - The rules are a table there, too: `tools/autograd/derivatives.yaml`, one line for each input. `mul.Tensor` has
#   `mul_tensor_backward(grad, other, self.scalar_type())`.
# - Recording is a key of its dispatcher, the Autograd key, beside the one that computes: our reading. It is always
#   there, so nothing is patched.
# - A changed array is noticed by a version counter; `t._version` shows it. It counts writes into the array, and ours
#   counts `t.data = ...` only. A second walk says "Trying to backward through the graph a second time"; there
#   `retain_graph=True` keeps the arrays.
# - `torch.autograd.gradcheck` is ours in all but speed. `torch.no_grad` is per thread as well.
