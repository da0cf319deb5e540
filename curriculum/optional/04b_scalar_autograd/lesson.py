# %% [markdown]
# # 04b Scalar autograd (optional)
#
#     Needs    Python
#     Teaches  how a program finds the slopes of its own result, one number at a time
#     Opens    05 Autograd, which does the same for whole arrays
#
# Nobody has to take this page. It shows the idea of Lesson 05 in its smallest form, on plain numbers: no arrays, no
# shapes, some forty lines. If 05 feels steep, come here first.

# %% given="start"
#| default_exp value
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("04b")

# %% given="imports"
#| export
import math

# %% [markdown]
# ## Try first
#
# `height` needs three numbers. How fast does it rise with each of them, at (3, -2, 0.5)? Ten minutes, ungraded. Target:
# all three slopes with at most 2 calls of `height`, and without working out a formula by hand. If you need more calls,
# keep the attempt.

# %% given="height"
calls = 0


def height(a, b, c):
    global calls
    calls += 1
    return (a * b + c) * (a * b + c) + b * c

# %% scratch="try_first"
calls = 0
print("slopes", [0.0, 0.0, 0.0], "calls", calls)  # your attempt

# %% [markdown]
# ## Build: a number that remembers where it came from
#
# `3 * 4` is 12, and the 12 knows nothing of the 3 and the 4. A *Value* does. It holds its number, `data`; the Values
# that it was made from, `parents`; and for each of them one slope: how fast the result rises with that parent. The rule
# is known when the operation is done. In a sum each parent counts once. In a product, raise `a` by a little and `a * b`
# rises `b` times as much.

# %% given="value"
#| export
class Value:
    """A number that remembers its parents, and how fast it rises with each of them."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes = float(data), parents, slopes
        self.grad = 0.0  # the slope of the final result for this number; `backward` fills it

    def __repr__(self):
        return f"Value({self.data:g}, grad={self.grad:g})"

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_value(other)

    def __rsub__(self, other):
        return as_value(other) - self

    def __rmul__(self, other):
        return self * other

    __radd__ = __add__


def as_value(x):
    """A Value as it is; a plain number as one without parents."""
    return x if isinstance(x, Value) else Value(x)

# %% exercise="mul"
#| export
def mul(self, other):
    """The product as a Value that knows both slopes."""
    # How: as in `__add__`; only the number and the two slopes are others.
    # Example: Value(3) * Value(4) has data 12, and slopes (4, 3): raise the 3 by a little and 12 rises 4 times as much.
    # Hint: as_value(other) lets a plain number in.
    ### BEGIN SOLUTION
    other = as_value(other)
    return Value(self.data * other.data, (self, other), (other.data, self.data))
    ### END SOLUTION


Value.__mul__ = mul

# %% check="mul" points=8
got = Value(3) * Value(4)
assert got.data == 12, f"3 * 4 is 12; yours is {got.data}"
assert got.slopes == (4, 3), f"the slope for the 3 is 4, for the 4 it is 3; yours {got.slopes}"
assert [parent.data for parent in got.parents] == [3, 4], "the parents are the two Values that were multiplied"
got = 0.5 * Value(7)
assert got.data == 3.5 and 0.5 in got.slopes, f"a plain number may stand on either side; yours {got.data}, {got.slopes}"

# %% [markdown]
# One more, for functions with a bend: `tanh`. Its slope is 1 - tanh(x) ** 2, so the answer itself tells it.

# %% exercise="tanh"
#| export
def tanh(self):
    """The hyperbolic tangent as a Value with one parent."""
    # How: compute the answer t; its slope is 1 - t * t.
    # Example: Value(0).tanh() has data 0 and slopes (1,).
    # Hint: (slope,) is a tuple of one.
    ### BEGIN SOLUTION
    t = math.tanh(self.data)
    return Value(t, (self,), (1 - t * t,))
    ### END SOLUTION


Value.tanh = tanh

# %% check="tanh" points=6
got = Value(0.5).tanh()
assert math.isclose(got.data, 0.46211715726), f"tanh(0.5) is 0.462; yours is {got.data}"
assert len(got.slopes) == 1 and math.isclose(got.slopes[0], 0.78644773296), (
    f"1 - 0.462 * 0.462 is 0.786; yours {got.slopes}")

# %% [markdown]
# ## Build: the walk back
#
# Along a way from the result to a number, slopes multiply. If several ways lead there, they add up. So start at the
# result with a slope of 1 and hand each Value's slope on to its parents, times what the operation noted. A Value may be
# asked only when all that were made from it have been: `newest_first` puts them in such an order, by following parents
# and listing each Value after all of its own.

# %% given="newest_first"
#| export
def newest_first(result):
    """All Values that led to `result`, each once, parents after their children."""
    order, seen, todo = [], set(), [(result, False)]
    while todo:
        value, done = todo.pop()
        if done:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            todo.append((value, True))
            todo += [(parent, False) for parent in value.parents]
    return order[::-1]

# %% exercise="backward"
#| export
def backward(self):
    """Add to `.grad` of every Value that led here how fast this one rises with it."""
    # How: this Value's own grad is 1. Walk newest first; each hands its grad times the slope to each of its parents.
    # Example: x = Value(3), y = x * x: both parents are x, each gets 3, so x.grad is 6.
    # Hint: `+=`, for a Value that was used twice is handed two slopes. zip(value.parents, value.slopes).
    ### BEGIN SOLUTION
    self.grad = 1.0
    for value in newest_first(self):
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += value.grad * slope
    ### END SOLUTION


Value.backward = backward

# %% check="backward" points=12
got = Value(3)
(got * got).backward()
assert got.grad == 6, f"x * x at 3 has slope 6; yours {got.grad}. 3: `=` where `+=` is meant."
got = Value(2), Value(-5)
((got[0] * got[1] + 3) * got[0]).backward()
assert (got[0].grad, got[1].grad) == (-17, 4), (
    f"(a * b + 3) * a at 2 and -5 has slopes 2 * a * b + 3 = -17 and a * a = 4; yours {got[0].grad}, {got[1].grad}")
got = Value(1.5)
for _ in range(3):
    got = got + got
start = got
while start.parents:
    start = start.parents[0]
got.backward()
assert start.grad == 8, f"three doublings make 8; yours {start.grad}. Is each Value asked once, after all its children?"
del start, _

# %% [markdown]
# How many slopes does one walk back give, and how many calls did it take? The three of *Try first*, once more.

# %% predict="height"
predict("calls of height for all three slopes", None)  # your guess in place of None

# %% demo="height"
calls, (a, b, c) = 0, (Value(3), Value(-2), Value(0.5))
height(a, b, c).backward()
print("slopes", a.grad, b.grad, c.grad)
measured("calls of height for all three slopes", calls)

# %% [markdown]
# ## A fault to find: slopes that remember yesterday
#
# A colleague takes steps down a slope: compute, walk back, move `x` against its grad, again. It passes its test of one
# step. After ten steps it is far beyond the lowest point.

# %% fault="colleague_descend"
def colleague_descend(height_of, x, steps, lr):
    """Where `steps` steps downhill lead from `x`, a Value."""
    for _ in range(steps):
        height_of(x).backward()
        x.data -= lr * x.grad
    return x.data


assert colleague_descend(lambda x: x * x, Value(3), 1, 0.1) == 3 - 0.1 * 6

# %% predict="descend"
predict("x after 10 steps down x * x from 3", None)  # your guess in place of None

# %% demo="descend"
measured("x after 10 steps down x * x from 3", colleague_descend(lambda x: x * x, Value(3), 10, 0.1))
print("it should be", round(3 * 0.8**10, 3))

# %% exercise="catch"
def check_descend(descend):
    """Raise AssertionError unless `descend(height_of, x, steps, lr)` takes more than one step rightly."""
    # How: take two steps down x * x from 3 with lr 0.1 by hand, and compare.
    # Example: check_descend(colleague_descend) raises AssertionError.
    # Hint: each step makes x into x - 0.1 * 2 * x. Compare with abs(... - ...) < 1e-6.
    ### BEGIN SOLUTION
    found = descend(lambda x: x * x, Value(3), 2, 0.1)
    assert abs(found - 3 * 0.8 * 0.8) < 1e-6, f"two steps lead from 3 to 1.92, not to {found}"
    ### END SOLUTION

# %% check="catch" points=3
assert rejects(check_descend, colleague_descend), "your check lets the colleague pass. Did it take two steps?"
assert not rejects(check_descend, lambda height_of, x, steps, lr: 3 * 0.8**steps), "your check refuses what is right"

# %% [markdown]
# ## Use: down the slope

# %% exercise="descend"
def descend(height_of, x, steps, lr):
    """Where `steps` steps downhill lead from `x`, a Value."""
    # How: as the colleague did; what must a grad be before each walk back?
    # Example: descend(lambda x: x * x, Value(3), 2, 0.1) is 1.92.
    # Hint: `backward` adds to what is there.
    ### BEGIN SOLUTION
    for _ in range(steps):
        x.grad = 0.0
        height_of(x).backward()
        x.data -= lr * x.grad
    return x.data
    ### END SOLUTION

# %% check="descend" points=5
assert not rejects(check_descend, descend), "your own check refuses your descend"
got = descend(lambda x: (x - 4) * (x - 4) + 1, Value(10), 50, 0.1)
assert abs(got - 4) < 0.01, f"the lowest point of (x - 4) squared is at 4; fifty steps led to {got}"

# %% [markdown]
# ## Reflect
#
# How many Values are there, numbers included, when `z = x` and then `z = z * 2 + 1` was said as often as printed below?
# Count each plain number as the Value that it becomes. Set `value_count`; put your number in place of the 0 and delete
# the two lines below it.

# %% given="sizes"
times = mine("times", [30, 45, 60, 75])
print("z = z * 2 + 1,", times, "times")

# %% exercise="value_count"
value_count = 0  # your number
### BEGIN SOLUTION
value_count = 1 + 4 * times
### END SOLUTION

# %% check="value_count" points=6
got = value_count
assert got > 2 * times, f"each round makes more than two; {got} are not enough"

# %% [markdown]
# ## Where this lives in PyTorch
#
# A `Value` is a tensor of one number with `requires_grad=True`; its parents and slopes are `grad_fn` and what that
# saved. `loss.backward()` walks as yours does. Lesson 05 keeps the walk, with arrays in place of numbers.
