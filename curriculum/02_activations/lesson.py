# %% [markdown]
# # 02 Activations
#
#     Needs    01 Tensor
#     Teaches  why something must bend between two products; the edges of float32
#     Opens    03 Layers, 04 Losses, and every lesson that puts one product after another
#
# A product `x @ A` costs time and memory, and ten in a row cost ten times as much. What can ten do that one cannot?
# By the end of this page you can answer in one line, and tell handwritten digits apart, with probabilities.

# %% given="start"
#| default_exp nn.activations
from tinytorch.lesson import begin, measured, mine, predict, rejects, watch

begin("02")

# %% given="imports"
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor

# %% given="clock"
import time


def median_s(action, runs):
    """Seconds that `action()` takes: the middle one of several timings."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return sorted(times)[runs // 2]

# %% [markdown]
# ## Try first
#
# How far is a number from zero? For the rows -2, -1, 1 and 2 the answers are 2, 1, 1 and 2. Find tables and shifts, as
# many as you like, so that `rows @ A + a`, then `@ B + b`, and so on, comes near these answers: nothing but `@` and
# `+`. Ten minutes, ungraded. Target: no answer is off by more than 0.1. If you miss it, keep the attempt: you will
# meet it again.

# %% given="distance"
rows, wanted = Tensor([[-2], [-1], [1], [2]]), Tensor([[2], [1], [1], [2]])

# %% scratch="try_first"
answers = rows @ Tensor([[1]]) + Tensor([0])  # your attempt

# %% [markdown]
# ## Build: ten in a row
#
# Call a table and a shift together a *step*: `x @ table + shift`. The rows of `x` are many examples at once, stacked
# along axis 0. Such a stack is a *batch*. Every row of it is treated alike, so its length is free.
#
#     x          (batch, 3)
#     @ A + a    (3, 5) and (5,)
#     @ B + b    (5, 4) and (4,)
#     = y        (batch, 4)
#
# Two rules of the product: it spreads over a sum, `(u + v) @ B` is `u @ B + v @ B`, and brackets may move,
# `(x @ A) @ B` is `x @ (A @ B)`. Put `x @ A + a` into the second step, use both, and read off one table and one shift.

# %% exercise="fold"
def fold(steps):
    """One pair (table, shift) that does to any batch what the pairs in the list `steps` do, one after the other."""
    # How: start with the first step, and take in the others one at a time.
    # Example: for numbers, times 2 plus 5, then times 3 plus 4, is times 6 plus 19.
    # Hint: spread (x @ A + a) @ B + b on paper. What stands behind x, and what is left without an x?
    ### BEGIN SOLUTION
    table, shift = steps[0]
    for next_table, next_shift in steps[1:]:
        table, shift = table @ next_table, shift @ next_table + next_shift
    return table, shift
    ### END SOLUTION

# %% check="fold" points=7
got = fold([(Tensor([[2]]), Tensor([5])), (Tensor([[3]]), Tensor([4]))])
assert isinstance(got[0], Tensor) and isinstance(got[1], Tensor), "return a table and a shift, both Tensors"
got = [part.data.tolist() for part in got]
assert got == [[[6]], [19]], (
    f"times 2 plus 5, then times 3 plus 4: the table is [[6]], the shift 5 * 3 + 4 = 19; yours are {got}. "
    "9 means that the first shift missed the second table, 4 that it was lost.")
got = fold([(Tensor([[2, 3, 4]]), Tensor([5, 6, 7])), (Tensor([[3, 5], [4, 7], [6, 8]]), Tensor([9, 2])),
            (Tensor([[4, 3, 2, 5], [6, 8, 7, 9]]), Tensor([3, 8, 5, 6]))])
assert got[0].shape == (1, 4), f"(1, 3), (3, 2) and (2, 4) fold into (1, 4); yours is {got[0].shape}"
got = [(Tensor([[10]]) @ got[0] + got[1]).data.tolist()]
got.append((((Tensor([[10]]) @ Tensor([[2, 3, 4]]) + Tensor([5, 6, 7])) @ Tensor([[3, 5], [4, 7], [6, 8]])
             + Tensor([9, 2])) @ Tensor([[4, 3, 2, 5], [6, 8, 7, 9]]) + Tensor([3, 8, 5, 6])).data.tolist())
assert got[0] == got[1], f"10 through three steps is {got[1]}; through your one it is {got[0]}"
got = watch(lambda: fold([(Tensor([[2]]), Tensor([5])), (Tensor([[3]]), Tensor([4]))]))
assert "matmul" in got, f"the products should pass the door as matmul; through yours passed {got}"

# %% [markdown]
# Here are ten steps of 256 by 256 and a batch of 256 rows. How many times longer do the ten take than the one into
# which you fold them, and how far apart are the answers? Write the first number down.

# %% predict="steps"
predict("times longer that ten steps take than the folded one", None, unit="times")  # your guess in place of None

# %% demo="steps"
def walk(x, steps):
    for table, shift in steps:
        x = x @ table + shift
    return x


rng = np.random.default_rng(0)
x = Tensor(rng.normal(size=(256, 256)))
steps = [(Tensor(rng.normal(size=(256, 256)) / 16), Tensor(rng.normal(size=256))) for _ in range(10)]
one = [fold(steps)]
ratio = median_s(lambda: walk(x, steps), 11) / median_s(lambda: walk(x, one), 11)
measured("times longer that ten steps take than the folded one", ratio, unit="times")
apart, size = (walk(x, steps) - walk(x, one)).abs().max().item(), walk(x, one).abs().max().item()
print(f"medians of 11 runs; answers up to {size:.1f} in size differ by {apart:.1g} at most, which is rounding")

# %% [markdown]
# The same answers: nine of the ten products bought nothing. And one step is a straight line; the best that a line can
# say about -2, -1, 1, 2 is 1.5 for all four, off by 0.5. So *Try first* cannot be done with any number of steps.
#
# ## Build: the bend
#
# What stops the folding is something between two products that is no product. The simplest keeps what is above zero
# and puts 0 in place of the rest. It is called *ReLU*, rectified linear unit, and such functions are *activations*.
#
# An activation is a *forward*, a plain function on arrays, and one line that sends it through the door of 01. Tanh,
# which presses all numbers into -1 to 1, shows how: NumPy has its forward.

# %% given="activation"
#| export
class Activation:
    """Bends the numbers of a Tensor. Each kind says in `forward` how."""

    def __call__(self, x):
        if not isinstance(x, Tensor):
            kind = type(self).__name__
            raise TypeError(f"{kind} takes a Tensor, and found {type(x).__name__}. Wrap it: {kind}()(Tensor(...)).")
        return self.forward(x)


class Tanh(Activation):
    """Between -1 and 1; 0 stays 0."""

    def forward(self, x):
        return Tensor._apply(np.tanh, x)

# %% exercise="relu"
#| export
def relu(array):
    """0 in place of every number below 0, all others as they are, in a new array."""
    # How: one NumPy function keeps the larger of two, element by element.
    # Example: relu(np.float32([-3, 4])) is [0, 4].
    # Hint: `np.max` is another: it gives the largest element of one array.
    ### BEGIN SOLUTION
    return np.maximum(array, 0, dtype=array.dtype)  # dtype: NumPy 1 makes a single number float64
    ### END SOLUTION


class ReLU(Activation):
    """0 below 0, the number itself above."""

    def forward(self, x):
        return Tensor._apply(relu, x)

# %% check="relu" points=4
got = relu(np.float32([[-3, 4, -0.5], [0.25, -7, 6]]))
assert np.shape(got) == (2, 3), f"every number is bent by itself: expected shape (2, 3), found {np.shape(got)}"
assert got.tolist() == [[0, 4, 0], [0.25, 0, 6]], f"expected [[0, 4, 0], [0.25, 0, 6]]; yours is {got.tolist()}"
assert got.dtype == np.float32, f"float32 in, float32 out; yours is {got.dtype}"
got = np.float32([-3, 4])
assert relu(got) is not got and got[0] == -3, f"your relu changed the array that it was given to {got.tolist()}"

# %% [markdown]
# Now *Try first* again, with two products and ReLU between them: the first table makes x and -x of x, ReLU keeps
# whichever is above zero, the second table adds the two.

# %% demo="distance"
A, B = Tensor([[1, -1]]), Tensor([[1], [1]])
print("two products           ", (rows @ A @ B).data.ravel())
print("the same, with a bend  ", (ReLU()(rows @ A) @ B).data.ravel())
print("wanted                 ", wanted.data.ravel())

# %% [markdown]
# Without the bend the two tables cancel: A @ B is [[0]]. With it they answer a question that no number of products can.
# The reason fits into one line. Folding needs that a product spreads over a sum, and ReLU does not: it makes 0 of
# 3 + -3, but 3 and 0 of the two by themselves.
#
# ReLU looks at each number by itself, so a loop would do as well. How many times longer does a Python loop take than
# the one call, for 100,000 numbers?

# %% predict="loop"
predict("times longer that a loop over 100,000 numbers takes", None, unit="times")  # your guess in place of None

# %% demo="loop"
def relu_loop(array):
    out = np.zeros_like(array)
    for i in range(len(array)):
        if array[i] > 0:
            out[i] = array[i]
    return out


numbers = np.random.default_rng(0).normal(size=100_000).astype(np.float32)
assert (relu_loop(numbers) == relu(numbers)).all()
loop_s, call_s = median_s(lambda: relu_loop(numbers), 5), median_s(lambda: relu(numbers), 101)
measured("times longer that a loop over 100,000 numbers takes", loop_s / call_s, unit="times")
print(f"loop {1e3 * loop_s:.1f} ms, median of 5; call {1e3 * call_s:.3f} ms, median of 101")

# %% [markdown]
# Each turn of the loop makes Python objects of two numbers, asks for their types, and throws them away. The call asks
# once, and then runs over the bytes. This is called *vectorising*, and it is why forwards take whole arrays.
#
# ## Build: two edges of float32
#
# *Sigmoid* turns any number into one between 0 and 1: `1 / (1 + exp(-x))` makes 0.05 of -3, 0.5 of 0 and 0.95 of 3.
# It needs `exp`, which grows fast, and float32 has edges. Its largest number is near 3.4e38; above that it says inf.
# And it keeps seven digits, so beside a large number a small one is rounded away. How soon do you fall off either edge?

# %% predict="edges"
predict("largest x, in steps of 0.1, whose exp is finite in float32", None)  # your guess in place of None
predict("0.1 added ten million times, one after the other, in float32", None)

# %% demo="edges"
with np.errstate(all="ignore"):  # NumPy warns when it makes inf or nan
    tenths = np.arange(2000, dtype=np.float32) / 10
    measured("largest x, in steps of 0.1, whose exp is finite in float32", tenths[np.isfinite(np.exp(tenths))].max())
    total = np.full(10_000_000, 0.1, dtype=np.float32).cumsum()[-1]
    measured("0.1 added ten million times, one after the other, in float32", total)
    print(f"  near 1,000,000 neighbours lie {np.spacing(np.float32(1e6))} apart, so 0.1 is added as 0.125")
    far = np.float32([-100, 100])
    print("-100 and 100 by 1 / (1 + exp(-x))      ", 1 / (1 + np.exp(-far)))
    print("-100 and 100 by exp(x) / (1 + exp(x))  ", np.exp(far) / (1 + np.exp(far)))
    print("20 by the first, taken from 1          ", 1 - 1 / (1 + np.exp(np.float32(-20))))

# %% [markdown]
# The two formulas are equal on paper. The first overflows below -88.7 and says 0 by luck; the second overflows above
# 88.7, where inf / inf is nan. And what is left over from 1 has lost its digits: sigmoid(-20) is not 0 but 0.000000002.
#
# So let `exp` see no number above 0. Whatever x is, `exp(-abs(x))` lies between 0 and 1 and overflows never. Which of
# the two formulas can use it when x is positive, and which when x is negative?

# %% exercise="sigmoid"
#| export
def sigmoid(array):
    """1 / (1 + exp(-x)) of every x in the array, without overflow, and with its digits where it is small."""
    # How: compute exp(-abs(x)) once; take one formula where x is negative, the other elsewhere.
    # Example: sigmoid(np.float32([-20, 3])) is [2.06e-09, 0.9526].
    # Hint: np.where(condition, a, b) computes both a and b for every x, so neither may overflow.
    ### BEGIN SOLUTION
    small, one = np.exp(-np.abs(array)), array.dtype.type(1)  # NumPy 1 makes a single number plus 1 float64
    return np.where(array < 0, small, one) / (one + small)
    ### END SOLUTION


class Sigmoid(Activation):
    """Between 0 and 1; 0 becomes 0.5."""

    def forward(self, x):
        return Tensor._apply(sigmoid, x)

# %% check="sigmoid" points=9
try:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        got = sigmoid(np.float32([[-3, 3, 0.5], [-20, -100, 100]]))
except FloatingPointError as error:
    raise AssertionError(f"{error}, at -100 or 100: some exp saw a large number, perhaps on the other branch") from None
assert np.shape(got) == (2, 3), f"every number is bent by itself: expected shape (2, 3), found {np.shape(got)}"
assert got.dtype == np.float32, f"float32 in, float32 out; yours is {got.dtype}"
assert np.allclose(got[0, :2], [0.04743, 0.95257], atol=1e-4), (
    f"-3 and 3 become 0.0474 and 0.9526, which add up to 1; yours are {got[0, 0]:.4f} and {got[0, 1]:.4f}")
assert np.isclose(got[0, 2], 0.62246, atol=1e-4), f"0.5 becomes 1 / (1 + 0.6065) = 0.6225; yours is {got[0, 2]:.4f}"
assert np.isclose(got[1, 0], 2.0612e-9, rtol=1e-3, atol=0), (
    f"-20 becomes 2.06e-09; yours is {got[1, 0]:.3g}. 0 means that it is left over from 1: use small / (1 + small).")
assert got[1, 1] < 1e-37 and got[1, 2] == 1, f"-100 and 100 become nearly 0, and 1; yours are {got[1, 1:].tolist()}"

# %% [markdown]
# ## Build: a bend of old parts
#
# ReLU has a corner at 0. *GELU*, in wide use today, rounds it: x times a share that grows from 0 to 1 with x. In words:
# half of x, times one plus a tanh; inside the tanh, x plus 0.044715 times the cube of x, all times the root of 2 / pi.
# Every operation in that sentence exists, so there is no forward to write: `+`, `*` and `.tanh()` of the Tensor pass
# the door by themselves. Only whoever reaches for `.data` goes round it.

# %% exercise="gelu"
#| export
class GELU(Activation):
    """x times a share that grows from 0 to 1 with x; the tanh form of Hendrycks and Gimpel (2016)."""

    def forward(self, x):
        """0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))), made of Tensor operations."""
        # How: first what stands inside the tanh, then the rest.
        # Example: GELU()(Tensor([1, -1])) is [0.8412, -0.1588].
        # Hint: math.sqrt gives a plain number; x * x * x is quicker than a power.
        ### BEGIN SOLUTION
        inside = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1 + inside.tanh())
        ### END SOLUTION

# %% check="gelu" points=5
got = GELU()(Tensor([[3, -1, 0.5], [-3, 7, -9]]))
assert isinstance(got, Tensor), f"expected a Tensor, found {type(got).__name__}; use Tensor operations throughout"
assert got.dtype == np.float32, f"float32 in, float32 out; yours is {got.dtype}. Did np.sqrt make a float64?"
got = got.data.ravel().tolist()
assert np.allclose(got[:3], [2.9964, -0.1588, 0.3457], atol=2e-4), (
    f"3, -1 and 0.5 become 2.9964, -0.1588 and 0.3457; yours are {', '.join(f'{x:.4f}' for x in got[:3])}")
assert np.allclose(got[3:], [-0.0036, 7, 0], atol=2e-4), (
    f"-3, 7 and -9 become -0.0036, 7 and 0; yours are {', '.join(f'{x:.4f}' for x in got[3:])}")
got = watch(lambda: GELU()(Tensor([3])))
assert got, "nothing passed the door: use the Tensor's own operations, not its `.data`"

# %% [markdown]
# ## Build: from scores to probabilities
#
# The last bend takes a whole row. Ten scores say how well each of ten *classes*, such as the ten digits, fits an image;
# such scores are also called *logits*. *Softmax* makes probabilities of them, which are positive and sum to 1. Take e
# to the power of each score, and divide by the sum of these powers. So a score that is higher by 1 gets e times, or
# 2.718 times, the probability.
#
# Only differences between scores count: 5 more for all of a row multiplies every power and their sum alike. So subtract
# the largest score first. `exp` sees no number above 0, and the first edge is out of reach.
#
# ## A fault to find: right alone, wrong in company
#
# A colleague wrote it so, for one row of scores or a batch of them, and tested all that was said above.

# %% fault="colleague"
def colleague_softmax(scores):
    """Probabilities from scores, for one row of them or for a batch."""
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=0)

row = np.float32([3, 4, 6])
assert np.isclose(colleague_softmax(row).sum(), 1)
assert np.isclose(colleague_softmax(row)[1], math.e * colleague_softmax(row)[0])
assert np.allclose(colleague_softmax(row + 1000), colleague_softmax(row))

# %% predict="company"
predict("sum of the probabilities of [3, 4, 6], in a batch with [5, 3, 2]", None)  # your guess in place of None

# %% demo="company"
probs = colleague_softmax(np.float32([[3, 4, 6], [5, 3, 2]]))
measured("sum of the probabilities of [3, 4, 6], in a batch with [5, 3, 2]", probs[0].sum())
print("[3, 4, 6] as one row         ", colleague_softmax(row).round(3))
print("[3, 4, 6] beside [5, 3, 2]   ", probs[0].round(3))
print("[3, 4, 6] in a batch of one  ", colleague_softmax(row[None])[0].round(3))

# %% [markdown]
# Every test had a single axis, and along that one the sum is right. In a batch axis 0 counts examples: now the columns
# sum to 1, and what is said about an example depends on who else is in its batch.
#
# First the check that was missing. A right function takes an array of shape (batch, classes) and has two duties: each
# row sums to 1, and within a row a score that is higher by 1 has e times the probability.

# %% exercise="catch"
def check_softmax(softmax_of):
    """Raise AssertionError unless `softmax_of(scores)` gives every row of (batch, classes) its own probabilities."""
    # How: ask it about a batch of several rows whose probabilities you know, and assert them all.
    # Example: check_softmax(colleague_softmax) raises AssertionError.
    # Hint: e to the power of log(3) is 3, so the scores log(3) and log(5) have probabilities 3/8 and 5/8.
    ### BEGIN SOLUTION
    counts = np.arange(3, 9).reshape(2, 3)
    found = softmax_of(np.log(counts))
    assert np.allclose(found, counts / counts.sum(axis=1, keepdims=True)), f"of the logs of {counts}: {found}"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_softmax, colleague_softmax), "your check lets the colleague's function pass; give it several rows"
assert not rejects(check_softmax, lambda scores: np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)), (
    "your check refuses a right function; are the probabilities that you expect right to the last digit, or nearly?")
assert rejects(check_softmax, lambda scores: np.full(scores.shape, 1 / scores.shape[-1])), (
    "your check lets a function pass that gives all classes of a row the same; test the second duty")
assert rejects(check_softmax, lambda scores: np.exp(scores) / np.exp(scores).sum()), (
    "your check lets a function pass whose whole batch sums to 1; test each row")

# %% exercise="softmax"
#| export
def softmax(array, axis):
    """Probabilities from scores: positive, with sum 1 along `axis`, and without overflow."""
    # How: subtract the largest along the axis, take exp, divide by the sum along the same axis.
    # Example: softmax(np.log(np.float32([[3, 5], [1, 7]])), -1) is [[0.375, 0.625], [0.125, 0.875]].
    # Hint: with keepdims=True the axis stays, with length 1, and stretches back over what it came from.
    ### BEGIN SOLUTION
    powers = np.exp(array - array.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)
    ### END SOLUTION


class Softmax(Activation):
    """Probabilities along one axis, the last unless said otherwise."""

    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        return Tensor._apply(softmax, x, axis=self.axis)

# %% check="softmax" points=8
try:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        got = softmax(np.float32([[1000, 1002, 1001], [-1000, -1003, -1200]]), -1)
except FloatingPointError as error:
    raise AssertionError(f"{error}, in a row near 1000 or one near -1000: subtract each row's own largest") from None
assert np.shape(got) == (2, 3), f"expected shape (2, 3), found {np.shape(got)}"
assert np.allclose(got.sum(axis=1), 1), f"each row should sum to 1; yours sum to {got.sum(axis=1).tolist()}"
assert np.isclose(got[0, 1], 0.6652, atol=1e-3), (
    f"1002 beside 1000 and 1001 has 1 / (0.1353 + 1 + 0.3679) = 0.6652; yours is {got[0, 1]:.4f}")
assert got.dtype == np.float32, f"float32 in, float32 out; yours is {got.dtype}"
got = softmax(np.log(np.float32([[3, 5, 2], [4, 9, 6]])), 0)
assert np.allclose(got, [[3 / 7, 5 / 14, 1 / 4], [4 / 7, 9 / 14, 3 / 4]], atol=1e-3), (
    f"along axis 0, log 3 above log 4 becomes 3/7 = 0.429; yours is {got[0, 0]:.3f}. 0.3 means along axis 1.")
got = np.float32([[3, 4], [6, 5], [7, 2]])
assert softmax(got, -1) is not got and got[0, 0] == 3, "your softmax changed the scores that it was given"

# %% [markdown]
# ## Use: which digit is it?
#
# Let the mean of all images of one class be its *template*. To compare an image with a template, make both even with
# `standardise` from 01, multiply pixel by pixel, and take the mean of these products: 1 if they are alike, 0 if they
# have nothing in common, -1 for opposites. One image and ten templates give ten scores, Softmax gives probabilities.
# Scores between -1 and 1 lie close together, so multiply them by `sharpness` first.

# %% given="standardise"
from tinytorch.core.tensor import standardise

# %% exercise="template_probs"
def template_probs(images, templates, sharpness=20.0):
    """Probabilities (batch, classes) of images (batch, height, width) under templates (classes, height, width)."""
    # How: make both even and flat; one product of tables holds all sums over pixels; then mean, sharpness, Softmax.
    # Example: a (1000, 28, 28) Tensor and a (10, 28, 28) Tensor give (1000, 10).
    # Hint: flatten(1) keeps axis 0. Which side of `@` must be transposed for (batch, classes)?
    ### BEGIN SOLUTION
    images, templates = standardise(images).flatten(1), standardise(templates).flatten(1)
    scores = images @ templates.T / images.shape[1]
    return Softmax()(sharpness * scores)
    ### END SOLUTION

# %% check="template_probs" points=7
got = template_probs(
    Tensor([[[5, 5, 3], [3, 5, 3]], [[40, 10, 40], [10, 40, 10]], [[7, 8, 9], [7, 8, 9]], [[60, 60, 8], [8, 60, 8]]]),
    Tensor([[[9, 9, 1], [1, 9, 1]], [[4, 1, 4], [1, 4, 1]], [[1, 2, 3], [1, 2, 3]]]), sharpness=3)
assert isinstance(got, Tensor), f"expected a Tensor, found {type(got).__name__}; use Tensor operations throughout"
assert got.shape == (4, 3), f"four images under three templates give (4, 3); yours is {got.shape}"
assert np.allclose(got.data.sum(axis=1), 1, atol=1e-4), (
    f"the probabilities of an image sum to 1; those of the first sum to {got.data[0].sum():.3f}")
assert got.argmax(axis=1).data.tolist() == [0, 1, 2, 0], (
    f"the images are templates 0, 1, 2, 0 in paler or darker ink; yours say {got.argmax(axis=1).data.tolist()}")
assert np.allclose(got.data[0], got.data[3], atol=1e-3), (
    "the fourth image is the first in darker ink and has the same probabilities; "
    f"yours are {got.data[0].round(3).tolist()} and {got.data[3].round(3).tolist()}")
got = got.data[0].tolist()
assert np.allclose(got, [0.8696, 0.1177, 0.0127], atol=2e-3), (
    "the first image scores 1, 0.333 and -0.408, times 3, so its probabilities are 0.870, 0.118 and 0.013; "
    f"yours are {', '.join(f'{p:.3f}' for p in got)}. Is it the mean over pixels, made sharp before Softmax?")
got = watch(lambda: template_probs(Tensor([[[3, 5, 4]]]), Tensor([[[7, 5, 8]]])))
assert "softmax" in got, f"Softmax should pass the door as softmax; through yours passed {got}"

# %% [markdown]
# 1,000 digits that were not used for the templates. For how many is their own class the most probable? And for how
# many if the colleague's function makes the probabilities of the same scores?

# %% predict="digits"
predict("digits of 1,000 whose own class is the most probable", None)  # your guess in place of None
predict("the same with the colleague's function", None)

# %% demo="digits"
from tinytorch.datasets import tinydigits

digits = tinydigits()
templates = Tensor([digits.train_images[digits.train_labels == k].mean(axis=0) for k in range(10)])
probs = template_probs(Tensor(digits.test_images), templates).data
colleague = colleague_softmax(np.log(probs))  # the log of a probability is its score, up to one number for the row
measured("digits of 1,000 whose own class is the most probable", (probs.argmax(axis=1) == digits.test_labels).sum())
measured("the same with the colleague's function", (colleague.argmax(axis=1) == digits.test_labels).sum())
print(f"the highest of ten probabilities is {probs.max(axis=1).mean():.2f} on average")
print(f"a row sums to {probs.sum(axis=1).mean():.2f}, and to {colleague.sum(axis=1).mean():.2f} with the colleague's")

# %% [markdown]
# Counting right answers does not find the fault: the count hardly moves. The law that rows sum to 1 finds it at once.
# Test what must hold for every row, and not only what comes out at the end.
#
# ## Reflect
#
# Ten products in a row with tables of shape (n, n), for a batch of `batch` rows of n float32 numbers. The sizes below
# are yours. In both cells put your number in place of the 0, and delete the two lines below it; it is judged when you
# hand it in.
#
# With ReLU after each product, and every result kept, those of the products and those of ReLU: how many bytes are
# that? Set `kept_bytes`. Without ReLU they fold: nine products of n * n * n multiplications make one table, and that
# takes batch * n * n for the batch. From how many rows on is this fewer than ten products in a row? Set `worth_rows`.

# %% given="sizes"
n = mine("n", [256, 320, 512, 640])
batch = mine("batch", [1_000, 1_500, 2_000, 3_000])
print(f"n {n}, batch {batch:,}")

# %% exercise="kept_bytes"
kept_bytes = 0  # your number
### BEGIN SOLUTION
kept_bytes = 2 * 10 * batch * n * 4
### END SOLUTION

# %% check="kept_bytes" points=2
got = kept_bytes
assert got >= batch * n * 4, f"the last result alone has {batch * n * 4:,} bytes, and yours is {got:,}"
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number divides by 4; yours is {got:,}"

# %% exercise="worth_rows"
worth_rows = 0  # your number
### BEGIN SOLUTION
worth_rows = n + 1
### END SOLUTION

# %% check="worth_rows" points=2
got = worth_rows
assert got > 0, "for a batch of no rows ten products in a row cost nothing, and folding does"
assert got == int(got), f"rows are counted in whole numbers; yours is {got}"

# %% [markdown]
# Between ten products somebody puts `0.5 * x` where you put ReLU. Do the ten still fold? Do they with ReLU? Give the
# reason for each, and two numbers of your own that show it, with their sum.

# %% [markdown] answer="why_bend" points=5 rubric="0.5 * x folds, and why; ReLU does not, and why; numbers that show it"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.relu` is `clamp_min(self, 0)` in `aten/src/ATen/native/Activation.cpp`: our one call of `np.maximum`.
# - `torch.sigmoid` on a CPU is the first formula, 1 / (1 + exp(-a)): `sigmoid_kernel` in `UnaryOpsKernel.cpp` of
#   `aten/src/ATen/native/cpu`. Its exp overflows to inf without a word, and 1 / inf is the 0 that you saw.
# - `torch.nn.GELU()` computes the share exactly; ours is `torch.nn.GELU(approximate="tanh")`, with the same 0.044715 in
#   `cpu/Gelu.h`.
# - `torch.nn.Softmax(dim=-1)` is ours: `vec_softmax_lastdim` in `cpu/SoftMaxKernel.cpp` subtracts each row's largest.
#   Without `dim` PyTorch warns and chooses an axis: 1 for a table, but 0 where there are three axes. That is
#   `_get_softmax_dim` in `torch/nn/functional.py`, a fault of this page's kind, kept for old programs.
