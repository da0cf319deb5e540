# %% [markdown]
# # 18 Acceleration
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers, 09 Convolutions,
#              11 Embeddings, 12 Attention, 13 Transformers, 14 Profiling
#     Teaches  the same sums in less time: memory order, fewer passes, buffers used again; on and off at will
#     Opens    20 Capstone
#
# A convolution as seven loops takes minutes, and the same one can take a hundredth of a second. Not one multiplication
# is saved on the way. What is saved are calls, passes through memory, and memory that is asked for anew. By the end of
# this page your networks and Transformers learn faster, under the same names and with the same answers, and one call
# puts everything back.

# %% given="start"
#| default_exp acceleration
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("18")

# %% given="imports"
#| export
import math
import sys
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray
from tinytorch.core.autograd import RULES, one_table, rule
from tinytorch.core.tensor import Tensor
from tinytorch.nn.attention import causal_mask
from tinytorch.nn.conv import places, taps
from tinytorch.nn.embedding import of_rows_too
from tinytorch.nn.layers import Linear
from tinytorch.nn.losses import CrossEntropyLoss, class_ids
from tinytorch.nn.transformer import CUBE, STEEP, LayerNorm, MultiHeadAttention, join_heads, split_heads
from tinytorch.optim.optimizers import Adam, AdamW
from tinytorch.profiling import COUNTS, PER_NUMBER

Array = NDArray[Any]
Options = dict[str, Any]

# %% given="tools"
import copy
import time
import tracemalloc
import weakref
from importlib.util import find_spec

from tinytorch.core.autograd import gradcheck
from tinytorch.nn.activations import ReLU
from tinytorch.nn.conv import Conv2d, MaxPool2d, conv2d_loops, im2col
from tinytorch.nn.conv import conv2d as conv2d_of_09
from tinytorch.nn.layers import Flatten, Sequential
from tinytorch.nn.transformer import MLP, Transformer
from tinytorch.profiling import Profiler, ranking

# %% [markdown]
# ## Try first
#
# The paper's convolution: 128 colour images of 32 by 32, 32 kernels of 5 by 5. Its answer takes 12.8 MB. On the way
# there, `conv2d` of 09 writes 25 copies of nearly every pixel, another 30 MB. Write `convolved(images, weight)` so that
# its arrays never take more than 25 MB at any moment, answer included. Ten minutes, ungraded. If you miss it, keep the
# attempt: you will meet it again.

# %% given="paper"
def make_paper(seed=3):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(np.float32) for shape in ((128, 3, 32, 32), (32, 3, 5, 5))]


def peak_bytes(action):
    """The most bytes alive at any moment of `action()` that were not before."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


paper_images, paper_weight = make_paper()

# %% scratch="try_first"
def convolved(images, weight):
    return conv2d_of_09(images, weight, stride=(1, 1), padding=(0, 0))  # your attempt


print(f"{peak_bytes(lambda: convolved(paper_images, paper_weight)) / 1e6:.1f} MB at the peak")

# %% [markdown]
# ## Build: memory has an order
#
# Memory hands over numbers in pieces of 64 bytes, a *cache line*: sixteen float32 that lie side by side. Near the
# processor is a *cache*, small and quick, which keeps the lines that were used last. Who reads along a row uses all
# sixteen; who reads down a column of a wide table fetches a line for each number, and when it comes back for the next
# column the line has been thrown out. That what is used together lies together is called *locality*.
#
# A copy of a table of 4,096 by 4,096, and a copy of it turned round: the same 67 MB are read and written. How many
# times as long does the second take? And if it is turned in squares of 64 by 64, each of which fits into the cache?

# %% given="turned"
def turned(table, block):
    """`table.T` as an array of its own, written square by square."""
    rows, columns = table.shape
    out = np.empty((columns, rows), table.dtype)
    for row in range(0, rows, block):
        for column in range(0, columns, block):
            out[column:column + block, row:row + block] = table[row:row + block, column:column + block].T
    return out


def median_ms(action, times=5):
    """The middle one of several times, after one that does not count."""
    clock = [(action(), time.perf_counter())[1] for _ in range(times + 1)]
    return 1000 * float(np.median(np.diff(clock)))

# %% predict="order"
predict("turned at once, against copied", None, unit="times as long")  # your guess in place of None
predict("turned in squares of 64, against copied", None, unit="times as long")

# %% demo="order"
table = np.ones((4096, 4096), dtype=np.float32)
copied_ms = median_ms(lambda: table.copy(), times=3)
for name, action in (("at once", table.T.copy), ("in squares of 64", lambda: turned(table, 64))):
    measured(f"turned {name}, against copied", round(median_ms(action, 3) / copied_ms, 1), unit="times as long")

# %% [markdown]
# All lines that a square touches stay near until it is done. A matrix product goes in squares as well: one of the
# answer is a sum of products of squares, and each number serves a whole row or column of it while it is near. `@` does
# this inside, with squares that fit its caches. In Python each square costs three calls, some millionths of a second,
# and in one millionth `@` does tens of thousands of multiplications. A square of 16 by 16 has 4,096.
#
# Two tables of 1,024 by 1,024, always the same 1.07 thousand million multiplications. How many times as long as `@` do
# squares of 16 take, and squares of 256?

# %% given="blocked_matmul"
#| export
def blocked_matmul(a: Array, b: Array, block: int) -> Array:
    """The product of tables (m, k) and (k, n), as sums of products of squares of `block` by `block`."""
    (m, inner), (_, n) = a.shape, b.shape
    out = np.zeros((m, n), np.result_type(a, b))
    for row in range(0, m, block):
        for column in range(0, n, block):
            for k in range(0, inner, block):
                left, right = a[row:row + block, k:k + block], b[k:k + block, column:column + block]
                out[row:row + block, column:column + block] += left @ right
    return out

# %% predict="blocks"
predict("squares of 16, against @", None, unit="times as long")  # your guess in place of None
predict("squares of 256, against @", None, unit="times as long")

# %% demo="blocks"
rng = np.random.default_rng(3)
left, right = [rng.normal(size=(1024, 1024)).astype(np.float32) for _ in range(2)]
whole_ms = median_ms(lambda: left @ right, times=3)
squares = {block: median_ms(lambda: blocked_matmul(left, right, block), times=1) for block in (16, 64, 256)}
print(f"@ takes {whole_ms:.0f} ms; squares of 64 {squares[64]:.0f} ms")
for block in (16, 256):
    measured(f"squares of {block}, against @", round(squares[block] / whole_ms, 1), unit="times as long")

# %% [markdown]
# Small squares pay for calls; large ones leave the rest to `@`. The third order is that of the processor: it multiplies
# 8 or 16 float32 at once, if they lie side by side, but only half as many float64: *SIMD*, one instruction on many
# numbers. Two arrays that fit into the cache, and two that do not, multiplied number by number. How many times as long
# does float64 take in each case?

# %% predict="simd"
predict("float64 against float32, 8,192 numbers", None, unit="times as long")  # your guess in place of None
predict("float64 against float32, 4 million numbers", None, unit="times as long")

# %% demo="simd"
def multiply_ms(count, dtype):
    a, b = np.ones(count, dtype), np.ones(count, dtype)
    out, calls = np.empty_like(a), 2**22 // count
    return median_ms(lambda: [np.multiply(a, b, out=out) for _ in range(calls)])


for count, name in ((8192, "8,192"), (2**22, "4 million")):
    single, double = [multiply_ms(count, dtype) for dtype in (np.float32, np.float64)]
    print(f"2**22 products, {name} at a time: float32 {single:.1f} ms, float64 {double:.1f} ms")
    measured(f"float64 against float32, {name} numbers", round(double / single, 1), unit="times as long")

# %% [markdown]
# About twice in both cases, for two reasons: half as many numbers in an instruction, and half as many in a line. And
# the same products take several times as long when their numbers come from memory: there the arithmetic waits.
#
# ## Build: one pass in place of five
#
# CrossEntropyLoss of 04 is five operations: log-softmax, the look-up of the right classes, a sum, a division, a sign.
# Each is recorded, each writes an array that the next one reads, and on the way back each does it again. Yet the whole
# has one small derivative: the slope at a logit is its probability, less 1 at the right class, divided by the number of
# rows. Several operations as one forward with one rule are called *fused*.
#
# With the shift by the row's largest, in words: take it away; note what is left at the right class; take exp, in the
# same array; sum the row. The surprise is log(sum) less what you noted. For the way back keep the probabilities.

# %% exercise="cross_entropy"
#| export
def cross_entropy(logits: Array, ids: Array, keep: Options | None = None) -> Array:
    """The mean surprise at classes `ids` (batch,), from logits (batch, classes), in one go.

    `keep`, if it is a dict, gets the probabilities, (batch, classes), as keep["probs"].
    """
    # How: the shifted scores; of them the right ones, [np.arange(len(ids)), ids]; np.exp into the same array; the sums
    # of the rows; keep the probabilities if somebody wants them; the mean of log(sum) - right.
    # Example: logits [[0, 0, 0, 0]] and class 3 give ln 4 = 1.386.
    # Hint: np.exp(shifted, out=shifted) makes no new array. `shifted /= sums` needs sums of shape (batch, 1), and the
    # mean needs (batch,): sums[:, 0]. An empty dict is False: ask `is not None`.
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    right = shifted[np.arange(len(ids)), ids]
    powers = np.exp(shifted, out=shifted)
    sums = powers.sum(axis=1, keepdims=True)
    if keep is not None:
        powers /= sums
        keep["probs"] = powers
    return (np.log(sums[:, 0]) - right).mean()
    ### END SOLUTION

# %% check="cross_entropy" points=12
got = np.float32([[0.5, -0.75, 2.25], [3, 1, -4]]), np.array([2, 1]), {}
got = *got, cross_entropy(*got[:2]), cross_entropy(*got)
assert np.isclose(got[3], (0.2029 + 2.1278) / 2, atol=1e-3), (
    f"the surprises are 0.203 and 2.128, their mean is 1.165; yours is {float(got[3]):.3f}")
assert np.isclose(got[4], got[3]), "the answer is the same whether somebody keeps the probabilities or not"
assert np.allclose(got[2]["probs"], [[0.1417, 0.0406, 0.8176], [0.8800, 0.1191, 0.0008]], atol=1e-3), (
    f"keep['probs'] are probabilities, the first row 0.142 0.041 0.818; yours {got[2]['probs'][0]}")
assert got[0][0, 2] == 2.25, "the logits belong to somebody else: leave them as they are"
got = cross_entropy(np.float32([[900, 880, 700]]), np.array([1]))
assert np.isclose(got, 20), f"logits of 900 are no trouble after the shift: expected 20, yours is {got}"

# %% [markdown]
# And its rule. `keeps=True` of 05: while recording, the forward is given `keep={}`, and the rule gets it as `kept`. The
# slope of what comes behind the loss is `grad_out`, a single number. `out` and `logits` are not needed.

# %% exercise="cross_entropy_rule"
#| export
@rule(cross_entropy, keeps=True)
def cross_entropy_rule(grad_out: Array, out: Array, logits: Array, ids: Array, kept: Options) -> tuple[Array]:
    """The gradient for the logits, (batch, classes), as the only one of a tuple; kept["probs"] stays as it is."""
    # How: a share for each row is grad_out / batch. The probabilities times the share; at the right classes take the
    # share away.
    # Example: with grad_out 1 and one row of four equal logits, right class 3: 0.25 0.25 0.25 -0.75.
    # Hint: grad[np.arange(len(ids)), ids] -= share changes one number of each row.
    ### BEGIN SOLUTION
    share = grad_out / len(ids)
    grad = kept["probs"] * share
    grad[np.arange(len(ids)), ids] -= share
    return (grad,)
    ### END SOLUTION

# %% check="cross_entropy_rule" points=12
got = {"probs": np.float32([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]])}
got["grad"] = cross_entropy_rule(np.float32(3), np.float32(0), got["probs"], np.array([2, 0]), kept=got)[0]
assert np.allclose(got["grad"], [[0.3, 0.75, -1.05], [-0.45, 0.15, 0.3]], atol=1e-5), (
    f"two rows and grad_out 3: the share is 1.5, so 0.2 becomes 0.3 and, at the right class, 0.3 becomes -1.05; yours "
    f"{got['grad'].tolist()}")
assert got["probs"][0, 2] == np.float32(0.3), "kept['probs'] is not yours to change: multiply into a new array"
assert got["grad"].dtype == np.float32, f"float32 stays float32; yours is {got['grad'].dtype}"

# %% [markdown]
# Nudging will tell whether it is right. And how much was in it? The loss of 32 rows of 10, forward and backward: how
# many times faster is the fused one?

# %% given="fused_loss"
#| export
def _fused_loss(self: CrossEntropyLoss, logits: Tensor, targets: Any) -> Tensor:
    """One number, as a Tensor, from logits (batch, classes) and class numbers (batch,)."""
    return Tensor._apply(cross_entropy, logits, ids=class_ids(logits, targets))

# %% predict="fused"
predict("fused loss against that of 04, 32 rows of 10", None, unit="times faster")  # your guess in place of None

# %% demo="fused"
some = Tensor(np.random.default_rng(3).normal(size=(32, 10)), requires_grad=True)
ids = np.arange(32) % 10
print(f"backward and nudging are {gradcheck(lambda t: _fused_loss(CrossEntropyLoss(), t, ids), some):.0e} apart")
of_04 = median_ms(lambda: [CrossEntropyLoss()(some, ids).backward() for _ in range(300)])
fused = median_ms(lambda: [_fused_loss(CrossEntropyLoss(), some, ids).backward() for _ in range(300)])
print(f"a call of 04 takes {of_04 / 0.3:.0f} millionths of a second")
measured("fused loss against that of 04, 32 rows of 10", round(of_04 / fused, 1), unit="times faster")

# %% [markdown]
# What was saved are calls: of NumPy, of the door, of rules.
#
# ## A fault to find: a buffer that somebody is reading
#
# A large array is asked of the operating system, which hands it over page by page, and fills each with zeros before.
# When the array dies the pages go back, and for the next one all begins again. A *buffer pool* keeps them and hands
# them out again. A colleague wrote one. Operations read one array and write another, so two buffers for each size do,
# and they take turns. Alone each operation is right, and so is a row of five.

# %% fault="colleague"
class ColleaguePool:
    def __init__(self):
        self.buffers, self.turn = {}, {}

    def take(self, shape, dtype=np.float32):
        key = tuple(shape), np.dtype(dtype)
        pair = self.buffers.setdefault(key, [np.empty(shape, dtype), np.empty(shape, dtype)])
        self.turn[key] = 1 - self.turn.get(key, 0)
        return pair[self.turn[key]]


def doubled(x, pool):
    return np.multiply(x, 2, out=pool.take(x.shape, x.dtype))


def raised(x, pool):
    return np.add(x, 1, out=pool.take(x.shape, x.dtype))


def five_in_a_row(x, pool):
    return raised(doubled(raised(doubled(raised(x, pool), pool), pool), pool), pool)


assert doubled(np.float32([3, 4]), ColleaguePool()).tolist() == [6, 8]
assert five_in_a_row(np.float32([3, 4]), ColleaguePool()).tolist() == [19, 23]

# %% [markdown]
# Now blocks as in 13: what comes in is kept, goes through some operations, and is added to what they found. `stream`
# begins with 3. Each block raises the stream by 1, then adds to it what one, two or three doublings of it are. By
# pencil: with one doubling each block makes 3 times (x + 1), so 3 becomes 12, and 12 becomes 39. What does the
# colleague's pool give after two blocks with one doubling? And with two, where it should be 3, 20, 105?

# %% given="blocks"
def two_blocks(x, pool, doublings):
    for _ in range(2):
        x = raised(x, pool)
        inside = x
        for _ in range(doublings):
            inside = doubled(inside, pool)
        x = np.add(x, inside, out=pool.take(x.shape, x.dtype))
    return x

# %% predict="blocks_pooled"
predict("two blocks with one doubling, should be 39", None)  # your guess in place of None
predict("two blocks with two doublings, should be 105", None)

# %% demo="blocks_pooled"
for doublings, name, right in ((1, "one doubling", 39), (2, "two doublings", 105)):
    found = two_blocks(np.float32([3]), ColleaguePool(), doublings)[0]
    measured(f"two blocks with {name}, should be {right}", float(found))

# %% [markdown]
# Right with one, wrong with two, and nothing failed. The stream is still wanted while its buffer gets new numbers.
# Write the check that was missing: it takes a class of pools, makes one, and asks what a pool must keep to. What
# somebody holds is not handed out again; and a part of it, such as one row, holds the whole.

# %% exercise="catch"
def check_pool(pool_of):
    """Raise AssertionError unless pools of this class hand out only what nobody holds, whole or in part."""
    # How: take three arrays of one shape and hold them; take one more and keep a row of it alone; take another one.
    # Assert that no two of the five share memory.
    # Example: check_pool(ColleaguePool) raises AssertionError.
    # Hint: np.shares_memory(a, b). Take a large shape, such as (100, 1000): small ones are not worth a pool.
    ### BEGIN SOLUTION
    pool = pool_of()
    held = [pool.take((100, 1000)) for _ in range(3)]
    held.append(pool.take((100, 1000))[3])
    held.append(pool.take((100, 1000)))
    for at, one in enumerate(held):
        for other in held[:at]:
            assert not np.shares_memory(one, other), "what somebody holds was handed out again"
    ### END SOLUTION

# %% check="catch" points=6
class got:
    def take(self, shape, dtype=np.float32):
        return np.empty(shape, dtype)  # never again the same: slow, and right
class Few:
    def __init__(self):
        self.buffers, self.turn = {}, -1
    def take(self, shape, dtype=np.float32):
        self.turn = (self.turn + 1) % 4
        return self.buffers.setdefault((self.turn, tuple(shape), np.dtype(dtype)), np.empty(shape, dtype))
class Small(ColleaguePool):
    def take(self, shape, dtype=np.float32):
        return super().take(shape, dtype) if np.prod(shape) > 1000 else np.empty(shape, dtype)
class Whole:
    def __init__(self):
        self.lent = []
    def take(self, shape, dtype=np.float32):
        for at, (buffer, seen) in enumerate(self.lent):
            if seen() is None and buffer.shape == tuple(shape):
                break
        else:
            at, buffer = len(self.lent), np.empty(shape, dtype)
            self.lent.append(None)
        view = buffer[...]
        self.lent[at] = buffer, weakref.ref(view)
        return view
assert rejects(check_pool, ColleaguePool), "your check lets the colleague's pool pass. Are three held at once?"
assert not rejects(check_pool, got), "your check refuses a pool that makes a new array each time, which is always right"
assert rejects(check_pool, Whole), (
    "your check lets a pool pass that hands out an array again while a row of it is held. Keep the row alone.")
assert rejects(check_pool, Few), "four buffers that take turns are too few for the five that your check holds"
assert rejects(check_pool, Small), "a pool makes small arrays anew and is wrong with large ones: ask for (100, 1000)"
del Few, Small, Whole

# %% [markdown]
# So who holds a buffer? Python knows: each object counts its *references*, the names, lists and views that hold it. A
# view of NumPy holds the array whose memory it shows. So the pool keeps plain buffers of bytes and hands out views; a
# buffer that nobody else refers to is free. Small arrays are made anew: asking costs more than they do.
#
# `held(buffers, at)` is given, and says whether anybody but the list refers to buffers[at]. Write `take`.

# %% given="pool_class"
#| export
class Pool:
    """What a pool of buffers has besides `take`.

    Parameters
    ----------
    least : int
        Arrays of fewer bytes are made anew each time.

    Attributes: `buffers`, {bytes of a buffer: list of buffers}, and `made`, how many were asked of the system so far.
    """
    def __init__(self, least: int = 2**17) -> None:
        self.least, self.made, self._lock = least, 0, threading.Lock()
        self.buffers: dict[int, list[Array]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers, held or not."""
        return sum(size * len(buffers) for size, buffers in self.buffers.items())

    def clear(self) -> None:
        """Let go of all buffers; those that somebody holds live on."""
        self.buffers.clear()


_PROBE = [object()]
_ALONE = sys.getrefcount(_PROBE[0])  # what the count says of an object that only a list holds


def held(buffers: list[Array], at: int) -> bool:
    """Whether anybody but the list holds buffers[at], or a view of it."""
    return sys.getrefcount(buffers[at]) > _ALONE

# %% exercise="repair"
#| export
class BufferPool(Pool):
    """Arrays whose memory is used again as soon as nobody holds them, nor a part of them."""

    def take(self, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> Array:
        """An array of this shape with whatever numbers are in it."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size < self.least:
            return np.empty(shape, dtype)
        with self._lock:  # two threads never get the same one
            buffers = self.buffers.setdefault(size, [])
            # How: let `at` be the place of a buffer that nobody holds. If there is none, append a new one of `size`
            # bytes, count it in `made`, and let `at` be its place.
            # Example: three arrays of one size that are all held are three buffers; when one dies, the next take gets
            # its buffer, and `made` stays 3.
            # Hint: np.empty(size, np.uint8) is a buffer of bytes. Look at places, not at buffers: a name holds, too.
            ### BEGIN SOLUTION
            for at in range(len(buffers)):
                if not held(buffers, at):
                    break
            else:
                at = len(buffers)
                buffers.append(np.empty(size, np.uint8))
                self.made += 1
            ### END SOLUTION
            return np.ndarray(shape, dtype, buffers[at])

# %% check="repair" points=12
assert not rejects(check_pool, BufferPool), "your own check refuses your pool"
got = {"pool": BufferPool()}
got["arrays"] = [got["pool"].take((200, 300)) for _ in range(3)]
assert got["pool"].made == 3, f"three arrays are held, so there are three buffers; `made` is {got['pool'].made}"
got["before"], got["arrays"] = got["pool"].made, got["arrays"][1:]
got["arrays"].append(got["pool"].take((150, 200), np.float64))
assert got["pool"].made <= got["before"], (
    f"one of the three died, and the new array needs as many bytes, 240,000; `made` should stay 3, and is "
    f"{got['pool'].made}. Does something in `take` still hold the free buffer?")
assert got["arrays"][-1].shape == (150, 200) and got["arrays"][-1].dtype == np.float64, "as asked: (150, 200), float64"
got["arrays"].append(got["pool"].take((150, 401)))
assert got["pool"].made == 4, f"240,600 bytes are another size, and another buffer; `made` is {got['pool'].made}"
got = [float(two_blocks(np.full(40_000, 3, "f"), got["pool"], doublings)[7]) for doublings in (1, 2, 3)]
assert got == [39, 105, 333], f"the two blocks should give 39, 105 and 333 with your pool; they give {got}"

# %% [markdown]
# From here on one pool serves all that is accelerated. `like` takes an array whose numbers lie in the order of another
# one's: a picture with the batch last in memory stays so.

# %% given="pool"
#| export
POOL = BufferPool()


def like(array: Array) -> Array:
    """An array from the pool with shape, dtype and memory order of `array`."""
    if array.flags.c_contiguous or array.nbytes < POOL.least:
        return np.empty_like(array) if array.nbytes < POOL.least else POOL.take(array.shape, array.dtype)
    order = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
    taken = POOL.take(tuple(array.shape[axis] for axis in order), array.dtype)
    return taken.transpose(np.argsort(order).tolist())


def laid_out(array: Array, other: Array) -> Array:
    """`array`, or a copy of it, with its numbers in the memory order of `other`, which has its shape."""
    if array.strides == other.strides:
        return array
    copy = like(other)
    copy[...] = array
    return copy

# %% [markdown]
# ## Resting place
#
# The second half is a convolution that is thousands of times as fast as its loops, and then all the rest. What it takes
# is there: locality, fusion, and a pool.

# %% [markdown]
# ## Build: a convolution in rows
#
# im2col writes each pixel once for every window that it is in: 25 times. Windows side by side differ by a shift to the
# right, and these 5 copies are made here as well. But windows one below the other see rows that are there already: row
# 0 of the answer needs rows 0 to 4, row 1 needs rows 1 to 5. If rows come first in memory, rows 1 to 5 with all their
# channels and shifts are one piece of it, a view; Cho and Brand (2017).
#
#     images                 (batch, channels, height, width)
#     picture of them        (height + 2 * pad_h, channels, width + 2 * pad_w, batch)
#     lowered                (height + 2 * pad_h, channels, kernel_w, out_w, batch)
#     what row r needs       lowered[stride_h * r:stride_h * r + kernel_h]
#     weight, flat           (out_channels, kernel_h * channels * kernel_w)
#     row r of the answer    (out_channels, out_w * batch)

# %% given="picture"
#| export
def picture_of(images: Array, padding: tuple[int, int]) -> Array:
    """(height + 2 * pad_h, channels, width + 2 * pad_w, batch): rows first and the batch last, zeros at the edges."""
    (pad_h, pad_w), inside = padding, images.transpose(2, 1, 3, 0)
    height, channels, width, batch = inside.shape
    if inside.flags.c_contiguous and not (pad_h or pad_w):
        return inside
    picture = POOL.take((height + 2 * pad_h, channels, width + 2 * pad_w, batch), images.dtype)
    picture[:pad_h] = picture[pad_h + height:] = 0
    picture[:, :, :pad_w] = picture[:, :, pad_w + width:] = 0
    picture[pad_h:pad_h + height, :, pad_w:pad_w + width] = inside
    return picture

# %% exercise="lowered"
#| export
def lowered(images: Array, kernel_w: int, out_w: int, stride_w: int, padding: tuple[int, int]) -> Array:
    """The picture once for each column of the kernel: (rows, channels, kernel_w, out_w, batch)."""
    picture = picture_of(images, padding)
    rows, channels, _, batch = picture.shape
    # How: room from POOL, in the images' dtype; copy number j holds, for each of the out_w windows, the pixel that the
    # kernel's column j meets: pixels j, j + stride_w, j + 2 * stride_w, ...
    # Example: a row of pixels 4 5 6 7 8, kernel_w 3, stride_w 1: 4 5 6, then 5 6 7, then 6 7 8.
    # Hint: a slice from j in steps of stride_w has out_w numbers if it ends at j + stride_w * out_w.
    ### BEGIN SOLUTION
    out = POOL.take((rows, channels, kernel_w, out_w, batch), images.dtype)
    for j in range(kernel_w):
        out[:, :, j] = picture[:, :, j:j + stride_w * out_w:stride_w]
    return out
    ### END SOLUTION

# %% check="lowered" points=12
got = lowered(np.float32([[[[4, 5, 6, 7, 8], [14, 15, 16, 17, 18]]]]), 3, 3, 1, (0, 0))
assert got.shape == (2, 1, 3, 3, 1), f"2 rows, 1 channel, 3 kernel columns, 3 windows, 1 image; yours {got.shape}"
assert got[:, 0, :, :, 0].tolist() == [[[4, 5, 6], [5, 6, 7], [6, 7, 8]], [[14, 15, 16], [15, 16, 17], [16, 17, 18]]], (
    f"the first row should give 4 5 6, 5 6 7, 6 7 8; yours gives {got[0, 0, :, :, 0].tolist()}")
got = lowered(np.float32([[[[4, 5, 6, 7, 8]]]]), 3, 3, 2, (1, 1))
assert got[:, 0, :, :, 0].tolist() == [[[0] * 3] * 3, [[0, 5, 7], [4, 6, 8], [5, 7, 0]], [[0] * 3] * 3], (
    f"padding 1 and steps of 2: 0 5 7, then 4 6 8, then 5 7 0, between two rows of zeros; yours {got[1, 0, :, :, 0]}")
got = np.arange(168, dtype="f").reshape(4, 3, 2, 7)
got = got, lowered(got, 2, 6, 1, (0, 0))
assert np.array_equal(got[1][1, 2, 1, :, 3], got[0][3, 2, 1, 1:]), "image 3, channel 2, row 1, shifted by 1, is missing"
got = lowered(got[0].astype(np.float64), 2, 6, 1, (0, 0)).dtype
assert got == np.float64, f"images of float64 stay so: take(..., images.dtype); yours is {got}"

# %% [markdown]
# Now the products, row by row: what a row needs is still in the cache from the row before, and so is the row of the
# answer when its bias is added. A loop in Python over 28 rows costs nothing beside a product of 32 by 75 by 3,584.

# %% exercise="conv2d"
#| export
def conv2d(images: Array, weight: Array, bias: Array | None = None, *, stride: tuple[int, int],
           padding: tuple[int, int], keep: Options | None = None) -> Array:
    """The forward of Conv2d: what `conv2d_loops` gives, as one product for each row of the answer."""
    (batch, out_channels), (kernel_h, kernel_w) = (images.shape[0], weight.shape[0]), weight.shape[2:]
    out_h, out_w = places(images.shape, (kernel_h, kernel_w), stride, padding)
    rows = lowered(images, kernel_w, out_w, stride[1], padding)
    if keep is not None:
        keep["rows"] = rows
    flat = weight.transpose(0, 2, 1, 3).reshape(out_channels, -1)  # kernel_h, channels, kernel_w: the order of rows
    out = POOL.take((out_h, out_channels, out_w * batch), np.result_type(images, weight))
    # How: for each row of the answer take the rows of the picture that it needs, as a table of flat.shape[1] rows; the
    # product of flat and that table goes into out[row]; then the bias, if there is one, is added to it.
    # Example: with stride_h 2 and kernel_h 3, row 4 of the answer needs rows 8, 9 and 10.
    # Hint: np.matmul(flat, table, out=out[row]); reshape(flat.shape[1], -1) copies nothing; bias[:, None] is a column.
    ### BEGIN SOLUTION
    for row in range(out_h):
        needed = rows[stride[0] * row:stride[0] * row + kernel_h].reshape(flat.shape[1], -1)
        np.matmul(flat, needed, out=out[row])
        if bias is not None:
            out[row] += bias[:, None]
    ### END SOLUTION
    return out.reshape(out_h, out_channels, out_w, batch).transpose(3, 1, 0, 2)

# %% check="conv2d" points=14
got = np.random.default_rng(3)
got = [got.normal(size=shape).astype("f") for shape in ((2, 3, 7, 8), (4, 3, 3, 2), (4,))]
for stride, padding in (((1, 1), (0, 0)), ((2, 1), (1, 0)), ((1, 3), (0, 1))):
    found = conv2d(*got, stride=stride, padding=padding), conv2d_loops(*got, stride, padding)
    assert found[0].shape == found[1].shape, f"expected {found[1].shape}, found {found[0].shape}"
    assert np.allclose(*found, atol=1e-4), (
        f"stride {stride}, padding {padding}: row 1 of the answer begins {found[1][0, 0, 1, :3]}; yours "
        f"{found[0][0, 0, 1, :3]}. Which rows of the picture does it need?")
assert np.allclose(conv2d(*got[:2], stride=(1, 1), padding=(0, 0)), conv2d_loops(*got[:2]), atol=1e-4), "without a bias"
got = im2col(got[0], (3, 2)).nbytes, {}, got
conv2d(*got[2], stride=(1, 1), padding=(0, 0), keep=got[1])
got_before, got_after = got[0], got[1]["rows"].nbytes
assert got_after <= 0.5 * got_before, f"before, 09 kept {got_before:,} bytes; now there are {got_after:,}"
del stride, padding, found, got_before, got_after

# %% [markdown]
# Its rule walks the same rows. The gradient of the weight is a sum over rows of the answer; that of the picture is
# added to the rows that each one needed, and at last the shifts are taken back.

# %% given="conv2d_rule"
#| export
def conv2d_rule(grad_out: Array, out: Array, images: Array, weight: Array, bias: Array | None = None, *,
                stride: tuple[int, int], padding: tuple[int, int], needs: list[bool], kept: Options) -> tuple[Any, ...]:
    """Gradients for images, weight and bias; None for images or weight if `needs` does not ask for them."""
    (batch, channels, height, width), (out_channels, _, kernel_h, kernel_w) = images.shape, weight.shape
    out_h = out.shape[2]
    grad = laid_out(grad_out, out).transpose(2, 1, 3, 0).reshape(out_h, out_channels, -1)
    rows: Array = kept["rows"]
    flat = np.ascontiguousarray(weight.transpose(2, 1, 3, 0).reshape(-1, out_channels))
    of_weight, of_rows = np.zeros_like(flat), POOL.take(rows.shape, rows.dtype) if needs[0] else rows
    of_needed = POOL.take((len(flat), grad.shape[2]), grad.dtype)
    if needs[0]:
        of_rows.fill(0)
    for row in range(out_h):
        at = slice(stride[0] * row, stride[0] * row + kernel_h)
        if needs[1]:
            of_weight += rows[at].reshape(len(flat), -1) @ grad[row].T
        if needs[0]:
            of_rows[at] += np.matmul(flat, grad[row], out=of_needed).reshape(kernel_h, *rows.shape[1:])
    ones = np.ones(grad.shape[2], grad.dtype)
    return (_shifted_back(of_rows, (batch, channels, height, width), stride[1], padding) if needs[0] else None,
            of_weight.reshape(kernel_h, channels, kernel_w, out_channels).transpose(3, 1, 0, 2) if needs[1] else None,
            (grad @ ones).sum(axis=0))


def _shifted_back(of_rows: Array, shape: tuple[int, ...], stride_w: int, padding: tuple[int, int]) -> Array:
    """Images of `shape` in which each number of `of_rows` is added to the pixel that it was copied from."""
    (batch, channels, height, width), (pad_h, pad_w) = shape, padding
    kernel_w, out_w = of_rows.shape[2:4]
    picture = POOL.take((height, channels, width + 2 * pad_w, batch), of_rows.dtype)
    picture.fill(0)
    for j in range(kernel_w):
        picture[:, :, j:j + stride_w * out_w:stride_w] += of_rows[pad_h:pad_h + height, :, j]
    return picture[:, :, pad_w:pad_w + width].transpose(3, 1, 0, 2)

# %% [markdown]
# Now the ladder, for the paper's convolution: seven loops, timed on a corner of one image and multiplied; im2col of 09;
# your rows. How many times faster is each rung than the one below it, and rows than loops? Beside them stands what you
# wrote for Try first.

# %% given="ladder"
PLAIN, corner = {"stride": (1, 1), "padding": (0, 0)}, paper_images[:1, :, :8, :8]
LADDER = {"seven loops": (lambda: conv2d_loops(corner, paper_weight), 128 * 28 * 28 / (4 * 4)),
          "im2col": (lambda: conv2d_of_09(paper_images, paper_weight, **PLAIN), 1),
          "rows": (lambda: conv2d(paper_images, paper_weight, **PLAIN), 1),
          "your Try first": (lambda: convolved(paper_images, paper_weight), 1)}

# %% predict="ladder"
predict("im2col against seven loops", None, unit="times faster")  # your guess in place of None
predict("rows against im2col", None, unit="times faster")
predict("rows against seven loops", None, unit="times faster")

# %% demo="ladder"
rung_ms = {name: median_ms(action, times=1 if part > 1 else 5) * part for name, (action, part) in LADDER.items()}
for name, ms in rung_ms.items():
    print(f"{name:12} {ms:12,.1f} ms")
for (below, slow), (name, quick) in zip(rung_ms.items(), [*rung_ms.items()][1:3]):
    measured(f"{name} against {below}", round(slow / quick, 1), unit="times faster")
measured("rows against seven loops", round(rung_ms["seven loops"] / rung_ms["rows"]), unit="times faster")
POOL.clear()
for name in ("im2col", "rows", "your Try first"):
    print(f"peak of {name}: {peak_bytes(LADDER[name][0]) / 1e6:.1f} MB")

# %% demo="plot"
# the four rungs, on a scale in which each step is ten times as much
if find_spec("matplotlib"):
    from matplotlib.figure import Figure
    axes = Figure(figsize=(6, 3)).subplots()
    axes.barh([*rung_ms][::-1], [*rung_ms.values()][::-1])
    axes.set(xscale="log", xlabel="ms for the paper's convolution")
    axes.figure.savefig("ladder.png", bbox_inches="tight")
print("drawn in ladder.png" if find_spec("matplotlib") else "matplotlib is not installed; the times above say the same")

# %% [markdown]
# All rungs do the same 241 million multiplications. The first step left Python, and it buys nearly all. A few images at
# a time through im2col need little memory, too: who has less in hand at once has it nearer. Rows do so whatever the
# batch, and the way back needs nothing but them.
#
# ## Read: the others
#
# The same ideas, applied to what else takes time. Element-wise chains write into one array, in pieces of 65,536 numbers
# which stay in the cache from the first operation to the last. A product with ones sums rows, which `@` does faster
# than `sum`. Softmax shifts each row so that exp does not overflow; if no score is beyond 60 that cannot happen, and
# one look at the whole array, which is fast, spares the shift. A mask is multiplied in afterwards then; else what is
# masked becomes minus infinity first, for it must not be the largest of its row.

# %% given="elementwise"
#| export
PIECE = 2**16  # numbers; three float32 pieces fit into the cache next to the processor


def pieces(*arrays: Array) -> list[tuple[Array, ...]]:
    """The same stretches of several arrays of one shape, one after the other."""
    flat = [array.reshape(-1) for array in arrays]
    return [tuple(array[at:at + PIECE] for array in flat) for at in range(0, flat[0].size, PIECE)]


def gelu(array: Array, keep: Options | None = None) -> Array:
    """What gelu of 13 gives."""
    array = np.ascontiguousarray(array)
    bend, out = like(array), like(array)
    for x, t, y in pieces(array, bend, out):
        np.multiply(x, x * (STEEP * CUBE), out=t)
        t += STEEP
        t *= x
        np.tanh(t, out=t)
        np.add(t, 1, out=y)
        y *= x
        y *= 0.5
    if keep is not None:
        keep["bend"] = bend
    return out


def gelu_rule(grad_out: Array, out: Array, array: Array, kept: Options) -> tuple[Array]:
    array, grad_out = np.ascontiguousarray(array), np.ascontiguousarray(grad_out)
    grad, work = like(array), np.empty(min(PIECE, array.size), array.dtype)
    for x, t, g, y in pieces(array, kept["bend"], grad_out, grad):
        w = work[:x.size]
        np.multiply(x, x * (3 * STEEP * CUBE), out=y)
        y += STEEP
        y *= x
        y *= np.subtract(1, np.multiply(t, t, out=w), out=w)
        y += t
        y += 1
        y *= 0.5
        y *= g
    return (grad,)


def relu(array: Array) -> Array:
    """What relu of 02 gives."""
    return np.maximum(array, 0, out=like(array), dtype=array.dtype)


def relu_rule(grad_out: Array, out: Array, array: Array) -> tuple[Array]:
    grad = np.greater(out, 0, out=like(out), casting="unsafe")
    grad *= laid_out(grad_out, out)
    return (grad,)

# %% given="pooling"
#| export
def max_pool(images: Array, kernel_size: tuple[int, int], stride: tuple[int, int]) -> Array:
    """What max_pool of 09 gives; who won is found on the way back."""
    views = [images[:, :, rows, columns] for rows, columns in
             taps(kernel_size, places(images.shape, kernel_size, stride), stride)]
    largest = like(views[0])
    largest[...] = views[0]
    for view in views[1:]:
        np.maximum(largest, view, out=largest)
    return largest


def max_pool_rule(grad_out: Array, out: Array, images: Array, kernel_size: tuple[int, int],
                  stride: tuple[int, int]) -> tuple[Array]:
    grad, grad_out = like(images), laid_out(grad_out, out)
    if stride != kernel_size or images.shape[2] % stride[0] or images.shape[3] % stride[1]:
        grad.fill(0)  # some pixels are in no window, or in several
    for row in range(out.shape[2]):
        at, below = slice(row, row + 1), slice(stride[0] * row, None)
        free, seen, of_seen = np.ones_like(out[:, :, at], dtype=bool), images[:, :, below], grad[:, :, below]
        for i, j in taps(kernel_size, (1, out.shape[3]), stride):
            won = seen[:, :, i, j] == out[:, :, at]
            won &= free  # the first of the largest gets it all
            free ^= won
            if stride == kernel_size:
                np.multiply(grad_out[:, :, at], won, out=of_seen[:, :, i, j])
            else:
                of_seen[:, :, i, j] += grad_out[:, :, at] * won
    return (grad,)

# %% given="attention"
#| export
MODERATE = 60  # exp(60), times as many terms as fit into memory, is far from float32's largest


def attention(query: Array, key: Array, value: Array, mask: Array | None = None, keep: Options | None = None) -> Array:
    """scaled_dot_product_attention of 12, for heads (..., seq_len, head_dim); each row may hear one or more."""
    weights = np.matmul(query, key.swapaxes(-1, -2), out=POOL.take((*query.shape[:-1], key.shape[-2]), query.dtype))
    weights *= 1 / math.sqrt(query.shape[-1])
    moderate = weights.max(initial=0) < MODERATE and weights.min(initial=0) > -MODERATE
    if not moderate:
        if mask is not None:
            np.copyto(weights, -np.inf, where=~mask)
        weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    if mask is not None:
        weights *= mask
    rows = one_table(weights)
    rows /= (rows @ np.ones(rows.shape[1], rows.dtype))[:, None]
    if keep is not None:
        keep["weights"] = weights
    return weights @ value


@rule(attention, keeps=True)
def attention_rule(grad_out: Array, out: Array, query: Array, key: Array, value: Array, mask: Array | None,
                   kept: Options) -> tuple[Array, ...]:
    weights = kept["weights"]
    of_scores = np.matmul(grad_out, value.swapaxes(-1, -2), out=POOL.take(weights.shape, weights.dtype))
    of_scores -= np.einsum("...i,...i->...", of_scores, weights)[..., None]
    of_scores *= weights
    of_scores *= 1 / math.sqrt(query.shape[-1])
    return of_scores @ key, of_scores.swapaxes(-1, -2) @ query, weights.swapaxes(-1, -2) @ grad_out


def _fused_attention(self: MultiHeadAttention, x: Tensor) -> Tensor:
    query, key, value = (split_heads(part(x), self.n_heads) for part in (self.query, self.key, self.value))
    mask = causal_mask(x.shape[-2]) if self.causal else None
    return self.out(join_heads(Tensor._apply(attention, query, key, value, mask=mask)))

# %% [markdown]
# Linear and LayerNorm become single operations: a table of rows at a time. The slope of a normed row is known: of the
# gradient that reaches it, take away its mean, and its share along the row itself.

# %% given="linear"
#| export
def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """x @ weight.T + bias."""
    out = one_table(x) @ weight.T
    if bias is not None:
        out += bias
    return out.reshape(*x.shape[:-1], len(weight))


@rule(linear, needs=True)
def linear_rule(grad_out: Array, out: Array, x: Array, weight: Array, bias: Array | None = None, *,
                needs: list[bool]) -> tuple[Any, ...]:
    grad, rows = one_table(grad_out), one_table(x)
    ones = np.ones(len(grad), grad.dtype)
    return ((grad @ weight).reshape(x.shape) if needs[0] else None, grad.T @ rows if needs[1] else None, ones @ grad)


def _fused_linear(self: Linear, x: Tensor) -> Tensor:
    if not x.ndim or x.shape[-1] != self.weight.shape[1]:
        return _SLOW[Linear, "forward"](self, x)  # which says what is wrong
    return Tensor._apply(linear, x, *([self.weight] if self.bias is None else [self.weight, self.bias]))

# %% given="layer_norm"
#| export
def layer_norm(x: Array, weight: Array, bias: Array, eps: float, keep: Options | None = None) -> Array:
    """What LayerNorm of 13 gives."""
    rows, d = one_table(x), x.shape[-1]
    normed = np.subtract(rows, (rows @ np.full(d, 1 / d, x.dtype))[:, None], out=like(rows))
    steep = 1 / np.sqrt(np.einsum("ij,ij->i", normed, normed) / d + eps)  # one number a row
    normed *= steep[:, None]
    if keep is not None:
        keep["normed"], keep["steep"] = normed, steep
    out = np.multiply(normed, weight, out=like(normed))
    out += bias
    return out.reshape(x.shape)


@rule(layer_norm, keeps=True)
def layer_norm_rule(grad_out: Array, out: Array, x: Array, weight: Array, bias: Array, eps: float,
                    kept: Options) -> tuple[Array, ...]:
    normed, steep, share = kept["normed"], kept["steep"], weight / len(weight)
    rows, ones = one_table(grad_out), np.ones(len(steep), grad_out.dtype)
    along = np.multiply(rows, normed, out=like(normed))
    of_weight, shares = ones @ along, along @ share
    grad = np.multiply(rows, weight, out=like(normed))
    grad -= (rows @ share)[:, None]
    grad -= np.multiply(normed, shares[:, None], out=along)
    grad *= steep[:, None]
    return grad.reshape(x.shape), of_weight, ones @ rows


def _fused_layer_norm(self: LayerNorm, x: Tensor) -> Tensor:
    return Tensor._apply(layer_norm, x, self.weight, self.bias, eps=self.eps)

# %% [markdown]
# Adam needs a dozen passes and as many new arrays for each parameter; here they share one. `of_rows_too` of 11 makes
# the steps take the sparse gradients of an Embedding.

# %% given="optimizers"
#| export
@of_rows_too
def _adam_step(self: Adam) -> None:
    self.steps += 1
    rise, spread = 1 - self.beta1**self.steps, math.sqrt(1 - self.beta2**self.steps)
    for p, m, v in zip(self.params, self.m, self.v):
        if p.grad is None:
            continue
        grad = p.grad + self.weight_decay * p.data if self.weight_decay else p.grad
        work = like(p.data)
        m *= self.beta1
        m += np.multiply(grad, 1 - self.beta1, out=work)
        v *= self.beta2
        v += np.multiply(np.multiply(grad, grad, out=work), 1 - self.beta2, out=work)
        np.sqrt(v, out=work)
        work *= 1 / spread
        work += self.eps
        np.divide(m, work, out=work)
        p.data -= np.multiply(work, self.lr / rise, out=work)


@of_rows_too
def _adamw_step(self: AdamW) -> None:
    for p in self.params:
        if p.grad is not None:
            p.data *= 1 - self.lr * self.shrink
    _adam_step(self)

# %% [markdown]
# ## Use: on and off at will
#
# Tables say what replaces what. Forwards stand under the name that they replace, with the rule that belongs to them; of
# a layer, the method changes. New names tell the Profiler of 14 how many FLOPs they are.

# %% given="tables"
#| export
class Fast(NamedTuple):
    """A forward in the place of the one of its name, its rule, and whether the rule needs what the forward kept."""
    forward: Callable[..., Array]
    vjp: Callable[..., tuple[Any, ...]]
    keeps: bool


FAST = {"conv2d": Fast(conv2d, conv2d_rule, True), "max_pool": Fast(max_pool, max_pool_rule, False),
        "gelu": Fast(gelu, gelu_rule, True), "relu": Fast(relu, relu_rule, False)}
METHODS: dict[tuple[type, str], Callable[..., Any]] = {
    (Linear, "forward"): _fused_linear, (LayerNorm, "forward"): _fused_layer_norm,
    (MultiHeadAttention, "forward"): _fused_attention, (CrossEntropyLoss, "forward"): _fused_loss,
    (Adam, "step"): _adam_step, (AdamW, "step"): _adamw_step}
_SLOW: dict[Any, Any] = {}  # what stood there before, while acceleration is on


def _linear_flops(shapes: list[tuple[int, ...]], out: tuple[int, ...], wants: list[bool] | None = None) -> int:
    products, bias = (1, len(shapes) - 2) if wants is None else (sum(wants[:2]), sum(wants[2:]))
    return math.prod(out) * (2 * shapes[1][1] * products + bias)


def _attention_flops(shapes: list[tuple[int, ...]], out: tuple[int, ...], wants: list[bool] | None = None) -> int:
    products, scores = (2 if wants is None else 4), math.prod(shapes[0][:-1]) * shapes[1][-2]
    return scores * (2 * products * shapes[0][-1] + 6)  # scale, mask, and softmax or its slope


PER_NUMBER["layer_norm"] = 8
for _name, _count in (("linear", _linear_flops), ("attention", _attention_flops)):
    COUNTS[f"{_name} forward"] = COUNTS[f"{_name} backward"] = _count

# %% [markdown]
# The forwards are exchanged at the door: a reading, as gradients were one in 05 and measuring in 14. It gets `step`,
# which is what the door did so far, and returns a function that does it with the fast forward, if there is one.

# %% exercise="accelerate"
#| export
def accelerate(step: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A reading: the forward of FAST in place of the one that came, if FAST has its name; all else goes on as it is."""
    # How: define `apply(forward, *inputs, **options)` and return it. It calls step, and gives back what step gives.
    # Example: for np.add, which is not in FAST, step is called with np.add.
    # Hint: FAST[name].forward; the name of a forward is forward.__name__.
    ### BEGIN SOLUTION
    def apply(forward: Callable[..., Any], *inputs: Any, **options: Any) -> Tensor:
        if forward.__name__ in FAST:
            forward = FAST[forward.__name__].forward
        return step(forward, *inputs, **options)
    return apply
    ### END SOLUTION

# %% check="accelerate" points=8
got = []
got.append(accelerate(lambda forward, *inputs, **options: got.append((forward, inputs, options)) or "given back"))
assert callable(got[0]), "a reading returns a function"
got.append(got[0](conv2d_of_09, paper_images[:1], paper_weight, **PLAIN))
assert len(got) == 3, "step was not called: it takes arrays out of Tensors and records, so leave the call to it"
assert got[1][0] is conv2d, "conv2d of 09 comes, and your conv2d should go on"
assert got[1][1][1] is paper_weight and got[1][2] == PLAIN, "inputs and options go on as they came"
assert got[2] == "given back", f"what step gives is given back; yours gave {got[2]!r}"
got[0](np.add, 3, 5)
assert got[3][:2] == (np.add, (3, 5)), "np.add is not in FAST, and goes on itself"

# %% given="on_and_off"
#| export
def enable_acceleration() -> None:
    """Put the fast forwards, rules, layers and steps in place of those of 02 to 13; twice is as good as once."""
    if accelerate in Tensor._readings:
        return
    Tensor._read(accelerate)
    for name, fast in FAST.items():
        _SLOW[name] = RULES[name]
        RULES[name] = RULES[name]._replace(vjp=fast.vjp, keeps=fast.keeps)
    for (cls, name), method in METHODS.items():
        _SLOW[cls, name] = getattr(cls, name)
        setattr(cls, name, method)


def disable_acceleration() -> None:
    """Put back what stood there before, and let go of the pool's buffers."""
    if accelerate not in Tensor._readings:
        return
    Tensor._read(accelerate, on=False)
    RULES.update({name: _SLOW[name] for name in FAST})
    for cls, name in METHODS:
        setattr(cls, name, _SLOW[cls, name])
    _SLOW.clear()
    POOL.clear()

# %% [markdown]
# Each against what it replaces: the answer, and the gradients of its input and parameters. Where these agree, the new
# rules agree with those that were nudged.

# %% given="agree"
def numbers(*shape):
    return Tensor(np.random.default_rng(3).normal(size=shape), requires_grad=True)


def both_ways(action):
    """What `action()` gives, without acceleration and with it."""
    slow = action()
    enable_acceleration()
    try:
        return slow, action()
    finally:
        disable_acceleration()


def answer_and_gradients(layer, shape):
    """All of these numbers in one row."""
    x, layer = numbers(*shape), copy.deepcopy(layer)
    out = layer(x)
    out.backward(np.cos(out.data))
    parameters = layer.parameters() if hasattr(layer, "parameters") else []
    return np.concatenate([array.ravel() for array in (out.data, x.grad, *[p.grad for p in parameters])])


PARTS = {"conv2d": (Conv2d(2, 3, 3, padding=1), (2, 2, 5, 4)), "max_pool": (MaxPool2d(2), (2, 2, 4, 6)),
         "relu": (ReLU(), (3, 5)), "gelu": (MLP(6), (3, 6)), "linear": (Linear(5, 4), (2, 3, 5)),
         "layer_norm": (LayerNorm(6), (2, 3, 6)), "attention": (MultiHeadAttention(6, 2), (2, 4, 6))}

# %% demo="agree"
for name, part in PARTS.items():
    slow, fast = both_ways(lambda: answer_and_gradients(*part))
    print(f"{name:12} {np.abs(fast - slow).max():.0e} apart at most, of numbers up to {np.abs(slow).max():.1f}")

# %% [markdown]
# Last, whole steps of learning: a network of convolutions as in 09, and a Transformer of 13. How many times faster are
# they, each forward, backward, and a step of Adam?

# %% given="steps"
def conv_step():
    rng = np.random.default_rng(3)
    model = Sequential(Conv2d(1, 6, 5), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2), Flatten(),
                       Linear(256, 64), ReLU(), Linear(64, 10))
    images, targets, loss_of = Tensor(rng.normal(size=(32, 1, 28, 28))), np.arange(32) % 10, CrossEntropyLoss()
    return stepping(model, lambda: loss_of(model(images), targets))


def text_step():
    rng = np.random.default_rng(3)
    model, tokens = Transformer(480, 64, 4, 2, max_len=32, rng=rng), rng.integers(0, 480, (32, 33))
    return stepping(model, lambda: model(tokens[:, :-1], tokens[:, 1:]))


def stepping(model, loss_of):
    """A function that takes one step of Adam and returns the loss before it."""
    optimizer = Adam(model.parameters())

    def step():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


def paired_ms(step, times):
    """Median milliseconds of `step` without and with acceleration, taken in turn."""
    both = [both_ways(lambda: median_ms(step, times=1)) for _ in range(times)]
    return np.median(both, axis=0).tolist()

# %% predict="steps"
predict("step of the convolutional network", None, unit="times faster")  # your guess in place of None
predict("step of the Transformer", None, unit="times faster")

# %% demo="steps"
for name, step, times in (("convolutional network", conv_step(), 15), ("Transformer", text_step(), 7)):
    slow_ms, fast_ms = paired_ms(step, times)
    print(f"{name}: {slow_ms:.1f} ms, accelerated {fast_ms:.1f} ms")
    measured(f"step of the {name}", round(slow_ms / fast_ms, 2), unit="times faster")

# %% demo="shares"
enable_acceleration()
step = text_step()
with Profiler() as seen:
    [step() for _ in range(5)]
times_s = dict(ranking(seen.operations))
linear_s = times_s["linear forward"] + times_s["linear backward"]
print(f"Transformer: {100 * linear_s / sum(times_s.values()):.0f} % of the time of its operations is in linear")
step, ms, least, made = conv_step(), {True: [], False: []}, POOL.least, []
for pooled in [True, False] * 15:
    POOL.least = least if pooled else 2**60
    ms[pooled].append(median_ms(step, times=1))
    made.append(POOL.made)
POOL.least = least
print(f"convolutional network: {np.median(ms[True]):.1f} ms a step, or {np.median(ms[False]):.1f} ms without the pool, "
      f"which has {POOL.nbytes / 1e6:.1f} MB and made {made[-1] - made[0]} buffers since the first step")
disable_acceleration()

# %% [markdown]
# Whoever makes one part faster meets the others, as Amdahl said in 14. What is largest in the Transformer's step now,
# linear, is products of matrices, and these were fast before.
#
# ## Reflect
#
# Two questions with sizes of your own; answer them without running code. Images (batch, channels, height, width) meet a
# kernel of `kernel_h` by `kernel_w`, stride 1, no padding, float32. How many bytes has `lowered`? Set `lowered_bytes`.
#
# A chain of `steps` element-wise operations goes over `count` float32 numbers, far more than the cache holds. Each
# operation reads one array and writes one. One after the other over the whole array, or all of them piece by piece in
# the cache: how many bytes fewer pass between memory and processor the second way, where only the first is read and the
# last written? Set `saved_bytes`.
#
# In both cells put your number in place of the 0 and delete the two lines below it.

# %% given="sizes"
batch, channels, height, width = mine("images", [(16, 8, 30, 40), (24, 6, 28, 36), (12, 16, 20, 24), (10, 12, 26, 32)])
kernel_h, kernel_w = mine("kernel", [(3, 5), (5, 3), (4, 7), (7, 3)])
steps, count = mine("chain", [(5, 3_000_000), (7, 2_000_000), (6, 5_000_000), (9, 4_000_000)])
print(f"batch {batch}, channels {channels}, height {height}, width {width}; kernel_h {kernel_h}, kernel_w {kernel_w};",
      f"steps {steps}, count {count:,}")

# %% exercise="lowered_bytes"
lowered_bytes = 0  # your number
### BEGIN SOLUTION
lowered_bytes = 4 * height * channels * kernel_w * (width - kernel_w + 1) * batch
### END SOLUTION

# %% check="lowered_bytes" points=4
got = lowered_bytes
assert got % (4 * batch * channels) == 0, f"float32 of {batch} images and {channels} channels; {got:,} does not divide"
assert got > 4 * batch * channels * height * width, f"each pixel is there more than once; {got:,} are too few"
assert got < 4 * batch * channels * kernel_h * kernel_w * (height - kernel_h + 1) * (width - kernel_w + 1), (
    f"im2col of 09 takes no more than {got:,} bytes, and rows save most of its copies")

# %% exercise="saved_bytes"
saved_bytes = 0  # your number
### BEGIN SOLUTION
saved_bytes = 2 * 4 * count * (steps - 1)
### END SOLUTION

# %% check="saved_bytes" points=4
got = saved_bytes
assert got % (4 * count) == 0, f"whole arrays are saved, of {4 * count:,} bytes each; {got:,} is no multiple"
assert 0 < got < 8 * count * steps, f"all together the chain moves {8 * count * steps:,} bytes; {got:,} are not saved"

# %% [markdown]
# Your team has a model whose step takes 40 ms. Somebody offers to fuse its loss, somebody else to write its
# convolutions in rows, a third wants a pool for all arrays. There is time for one of the three before the release. What
# do you measure first, which figures would make you choose each of them, and what does each cost, in memory or in code
# that has to be read? Use numbers of this page.

# %% [markdown] answer="one_of_three" points=8 rubric="measures the share first; a figure for each; what each costs"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - Eager PyTorch, like NumPy, makes a pass for each operation, and has fused ones for what is frequent: cross_entropy,
#   layer_norm, scaled_dot_product_attention, whose FlashAttention never writes the scores down; Dao et al. (2022).
#   `torch.compile` writes and compiles a loop for a chain of element-wise operations.
# - On a GPU, PyTorch keeps freed memory in a caching allocator, a pool; `torch.cuda.empty_cache()` is its `clear`.
# - `torch.optim.Adam(..., fused=True)` is one loop in place of your dozen passes.
