# %% [markdown]
# # 11 Embeddings
#
#     Needs    01 Tensor, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers
#     Teaches  a row of numbers for each token, found without multiplying; gradients of few rows; where a token stands
#     Opens    12 Attention and 13 Transformers, whose first layer this is
#
# A token is a number without size: word 5,000 is not ten times word 500. So each gets a row of numbers of its own, and
# the rows are learnt. On paper this is a product with a matrix of zeros and ones. By the end of this page you compute
# that product by not computing it, and its gradient has only the rows that were used.

# %% given="start"
#| default_exp nn.embedding
from tinytorch.lesson import begin, measured, mine, predict, rejects, watch

begin("11")

# %% given="imports"
#| export
import functools

import numpy as np
from tinytorch.core.autograd import no_grad, rule
from tinytorch.core.tensor import Tensor, default_rng
from tinytorch.nn.layers import Module, Parameter
from tinytorch.optim.optimizers import SGD, Adam, AdamW

# %% given="tools"
import math
import statistics
import time
import tracemalloc
from pydoc_data.topics import topics  # the help pages of Python, part of every installation

from tinytorch.core.autograd import gradcheck
from tinytorch.nn import CrossEntropyLoss, Linear

# %% [markdown]
# ## Try first
#
# A book has some nine thousand different words, and a table has 64 numbers for each. A loss looks at the rows of 512
# words. Take one step of plain gradient descent with it. Ten minutes, ungraded. Target: the table ends where the
# attempt below leaves it, and at no time is more than 1 MB alive beside it. If you miss it, keep the attempt: you will
# meet it again.

# %% given="words"
book = "\n".join(topics[name] for name in sorted(topics))
vocabulary, word_ids = np.unique(book.split(), return_inverse=True)  # the book as numbers, one for each word
some = word_ids[5000:5512]
table = Tensor(np.random.default_rng(3).normal(size=(len(vocabulary), 64)), requires_grad=True)


def loss_of(rows):
    return (rows * rows).sum()


def peak_mb(action):
    """The most memory in MB that is alive at once while `action()` runs, beyond what was alive before."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()

# %% scratch="try_first"
def take_step(table, some):
    loss_of(table[some]).backward()  # your attempt
    table.data -= 0.1 * table.grad
    table.grad = None


print(f"{len(vocabulary):,} words; peak {peak_mb(lambda: take_step(table, some)):.1f} MB")

# %% [markdown]
# ## Build: a row for each token
#
# A token can be written as a *one-hot* row: as many numbers as the vocabulary has tokens, all 0 but a 1 at the token's
# place. Through a Linear layer without bias, that is a product with a table, in which every row of the table is
# multiplied by 0 except one. The answer is that row. So do not multiply: look it up. The table, with its rows learnt
# like all weights, is called an *embedding*.
#
# Looking up is stricter than NumPy: `array[-1]` is the last row, but there is no token -1, and 2.0 may have been a
# score. Both are mistakes of somebody, and refused.

# %% given="taken_rows"
#| export
def taken_rows(table, ids):
    return table[ids]


def ids_of(tokens):
    """Tokens as an array, from a Tensor, an array or a list."""
    return tokens.data if isinstance(tokens, Tensor) else np.asarray(tokens)

# %% exercise="look_up"
#| export
def look_up(table, tokens):
    """The rows of a table, a Tensor (num_embeddings, embedding_dim), for tokens (...): (..., embedding_dim).

    Raises
    ------
    TypeError
        If tokens are no whole numbers; it says their dtype.
    IndexError
        If a token has no row; it says the token and how many rows there are.
    """
    ids, count = ids_of(tokens), len(table)
    # How: refuse a dtype that is not of whole numbers; refuse ids below 0 and from `count` on; then through the door.
    # Example: a table of shape (7, 3) and tokens of shape (4, 5) give a Tensor of shape (4, 5, 3).
    # Hint: ids.dtype.kind is "i" or "u" for whole numbers. An array may be empty, and then has no min().
    # The door of 01 is Tensor._apply(forward, *inputs, **options): here `taken_rows`, the table, and ids=ids.
    ### BEGIN SOLUTION
    if ids.dtype.kind not in "iu":
        raise TypeError(f"tokens are whole numbers, and found {ids.dtype}. Was it Tensor(tokens, dtype=np.int64)?")
    strange = ids[(ids < 0) | (ids >= count)]
    if strange.size:
        raise IndexError(f"the table has {count} rows, the first for token 0, and found token {strange[0]}")
    return Tensor._apply(taken_rows, table, ids=ids)
    ### END SOLUTION

# %% check="look_up" points=6
got = Tensor([[3, 4, 5], [6, 7, 8], [9, 3, 6], [5, 8, 4]])
got = got, look_up(got, np.array([[3, 1, 3, 2], [0, 2, 1, 1]]))
assert got[1].shape == (2, 4, 3), f"tokens (2, 4), rows of 3: expected shape (2, 4, 3), found {got[1].shape}"
assert got[1].data[0].tolist() == [[5, 8, 4], [6, 7, 8], [5, 8, 4], [9, 3, 6]], (
    f"tokens 3, 1, 3, 2 take rows 3, 1, 3, 2 of the table; yours are {got[1].data[0].tolist()}")
assert look_up(got[0], Tensor(3, dtype=np.int64)).data.tolist() == [5, 8, 4], "a single token, in a Tensor, has a row"
assert look_up(got[0], np.zeros((5, 0), dtype=np.int64)).shape == (5, 0, 3), "where no token is, no row is: (5, 0, 3)"
assert look_up(got[0], np.uint8([3])).shape == (1, 3), "uint8 holds whole numbers, too"
for wrong, kind, told in ((Tensor([3.0]), TypeError, ["float32"]), ([True, False, True, True], TypeError, ["bool"]),
                          ([3, 9, 1], IndexError, ["9", "4"]), ([3, -1, 1], IndexError, ["-1", "4"])):
    try:
        got = look_up(got[0], wrong)
    except kind as error:
        assert all(word in str(error) for word in told), (
            f"the message should say {' and '.join(told)}; yours says: {error}")
    else:
        raise AssertionError(f"a table of 4 rows and tokens {wrong} should raise {kind.__name__}")
got = watch(lambda: look_up(Tensor(np.ones((4, 3))), [3, 1]))
assert got == ["taken_rows"], f"a look-up passes the door once, as taken_rows; through yours passed {got}"
del wrong, kind, told

# %% [markdown]
# The layer owns the table. It starts with normal numbers of spread 1, whatever its size: nothing is added up in a
# look-up, so there is no sum to keep at bay. `sparse` becomes clear below.

# %% given="embedding"
#| export
class Embedding(Module):
    """A table with a row of numbers for each token, to be learnt.

    Parameters
    ----------
    num_embeddings, embedding_dim : int
        `weight` has this shape and starts with normal numbers of spread 1.
    sparse : bool
        Backward leaves `Rows` in weight.grad in place of an array. Optimizers then move those rows alone, with their
        state and decay, and leave all others as they are. Clipping and checkpoints of 07 want arrays: sparse=False.
    rng : NumPy generator; the one that `manual_seed` seeds unless said otherwise
    """

    def __init__(self, num_embeddings, embedding_dim, sparse=False, *, rng=None):
        rng = default_rng() if rng is None else rng
        self.num_embeddings, self.embedding_dim, self.sparse = num_embeddings, embedding_dim, sparse
        self.weight = Parameter(rng.normal(size=(num_embeddings, embedding_dim)))

    def forward(self, tokens):
        """Tokens of shape (...) become rows, (..., embedding_dim)."""
        return (pick if self.sparse else look_up)(self.weight, tokens)

# %% [markdown]
# The 512 words once more, with the vocabulary of the book and rows of 64. How many MB are their one-hot rows in
# float32? And how many look-ups could you do in the time of that one product?

# %% predict="one_hot"
predict("one-hot rows of 512 words", None, unit="MB")  # your guess in place of None
predict("look-ups in the time of one product", None)

# %% demo="one_hot"
def seconds_of(action, times=15):
    """The median of so many runs."""
    elapsed_s = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        elapsed_s.append(time.perf_counter() - begun)
    return statistics.median(elapsed_s)


one_hot = np.zeros((512, len(vocabulary)))
one_hot[np.arange(512), some] = 1
one_hot, words = Tensor(one_hot), Embedding(len(vocabulary), 64)
with no_grad():
    assert np.allclose((one_hot @ words.weight).data, words(some).data)
    product_s, look_up_s = seconds_of(lambda: one_hot @ words.weight), seconds_of(lambda: words(some))
measured("one-hot rows of 512 words", one_hot.memory_footprint() / 1e6, unit="MB")
measured("look-ups in the time of one product", product_s / look_up_s)

# %% [markdown]
# A loop of Python over 512 tokens takes longer than all the rest of a look-up. If your `look_up` has one, let NumPy
# compare all tokens at once, and see how many look-ups it is then.
#
# ## A fault to find: the word that was counted once
#
# Now the way back. A row that was taken moves the loss; a row that nobody took does not, so its gradient is 0. What
# comes in for a token belongs to its row. A colleague writes the gradient of the table in two lines of NumPy.

# %% fault="colleague_gradient"
def colleague_gradient(table, ids, grad_out):
    """The gradient of a table of which rows `ids` were taken, when `grad_out`, (..., width), comes in for them."""
    grad = np.zeros_like(table)
    grad[ids] += grad_out
    return grad


found = colleague_gradient(np.zeros((6, 3)), np.array([4, 1, 3]), np.array([[3.0, 5, 4], [7, 6, 3], [5, 4, 9]]))
assert found.shape == (6, 3)
assert found[4].tolist() == [3, 5, 4] and found[1].tolist() == [7, 6, 3]
assert not found[[0, 2, 5]].any()

# %% [markdown]
# Send a 1 back for each of the 512 words. Then the gradient of a row is how often its word was counted. How many of the
# 512 does the colleague count, all in all?

# %% predict="counted"
predict("words counted, of 512", None, unit="words")  # your guess in place of None

# %% demo="counted"
counts = colleague_gradient(np.zeros((len(vocabulary), 1)), some, np.ones((512, 1)))
measured("words counted, of 512", int(counts.sum()), unit="words")
often = np.bincount(some).argmax()
print(f"{str(vocabulary[often])!r} is there {(some == often).sum()} times, and counted {int(counts[often, 0])} time")

# %% [markdown]
# `grad[ids] += grad_out` reads all rows, adds, and writes all rows back. A row that is named three times is read three
# times as it was, and of the three sums the last one stays. Words that are there once are right, and most words of a
# language are rare. The loss falls, too: what is lost is the weight of the frequent ones.

# %% exercise="catch"
def check_gradient(gradient_of):
    """Raise AssertionError unless `gradient_of(table, ids, grad_out)` adds up all that comes in for each row."""
    # How: a table, ids of which one occurs three times, a grad_out whose rows all differ. Add up in a loop; compare.
    # Example: check_gradient(colleague_gradient) raises AssertionError.
    # Hint: expected[row] += grad is right for one row at a time. Compare with np.allclose.
    ### BEGIN SOLUTION
    table, ids = np.zeros((6, 3)), np.array([4, 1, 4, 3, 4])
    grad_out, expected = np.random.default_rng(3).normal(size=(5, 3)), np.zeros((6, 3))
    for row, grad in zip(ids, grad_out):
        expected[row] += grad
    assert np.allclose(gradient_of(table, ids, grad_out), expected), "what comes in for a row is not added up"
    ### END SOLUTION

# %% check="catch" points=4
assert rejects(check_gradient, colleague_gradient), "your check lets the colleague pass. Does a token occur twice?"
def got(table, ids, grad_out):
    return np.stack([grad_out[ids == row].sum(axis=0) for row in range(len(table))])
assert not rejects(check_gradient, got), "your check refuses a gradient that adds up row by row"
wrong = {
    "is all zeros": lambda table, ids, grad_out: np.zeros_like(table),
    "adds up right, and puts it into the next row": lambda *given: np.roll(got(*given), 1, axis=0),
    "is right for the most frequent token alone": lambda table, ids, grad_out: got(
        table, ids, grad_out * (ids == np.bincount(ids).argmax())[:, None]),
    "takes a token's first row each time": lambda table, ids, grad_out: got(
        table, ids, grad_out[[list(ids).index(one) for one in ids]]),
}
for name, gradient in wrong.items():
    assert rejects(check_gradient, gradient), f"your check lets a gradient pass that {name}"
del wrong, name, gradient

# %% [markdown]
# ## Build: add up what belongs together
#
# `np.add.at(grad, ids, grad_out)` is right, as in 05's rule for an index, and slow: it goes to the table place by
# place. There is a better way. Sort the tokens, and their rows along with them. Equal tokens now stand side by side,
# in runs, and each run is added up in one piece: `np.add.reduceat(rows, [0, 3, 4], axis=0)` adds rows 0 to 2, row 3,
# and all from row 4 on. The table itself is not touched, and a table of a million rows costs no more than one of ten.

# %% exercise="repair"
#| export
def summed(ids, values):
    """The different ones of `ids`, (n,), rising, and for each the sum of its rows in `values`, (n, width).

    Returns
    -------
    ids (distinct,) and sums (distinct, width), in the dtypes of `ids` and `values`
    """
    # How: the order that sorts ids; where each run begins; the sums of the runs.
    # Example: ids 4, 1, 4 with rows [3, 5], [7, 6], [9, 8] give 1, 4 and [7, 6], [12, 13].
    # Hint: np.argsort(ids, kind="stable") is the order, and np.unique(sorted_ids, return_index=True) gives each id
    # once, and where its run begins.
    ### BEGIN SOLUTION
    order = np.argsort(ids, kind="stable")
    distinct, starts = np.unique(ids[order], return_index=True)
    return distinct, np.add.reduceat(values[order], starts, axis=0)
    ### END SOLUTION

# %% check="repair" points=8
ids = np.int32([6, 3, 6, 9, 3, 6])
values = np.float32([[3, 5], [7, 4], [30, 50], [8, 9], [70, 40], [300, 500]])
given = ids.copy(), values.copy()
got = summed(*given)
assert np.shape(got[0]) == (3,), f"6, 3 and 9, each once: expected 3 ids, found {got[0]}"
assert np.asarray(got[0]).tolist() == [3, 6, 9], f"the ids rise: 3, 6, 9; yours are {got[0]}"
assert np.asarray(got[1]).tolist() == [[77, 44], [333, 555], [8, 9]], (
    f"token 3 came twice, 6 three times, 9 once: [77, 44], [333, 555], [8, 9]; yours are {got[1].tolist()}. "
    "[10, 9] first takes rows that were not sorted along with their ids.")
assert got[1].dtype == np.float32, f"float32 in, float32 out; yours is {got[1].dtype}"
assert np.asarray(got[0]).dtype == np.int32, f"ids of int32 in, ids of int32 out; yours are {np.asarray(got[0]).dtype}"
assert (given[0] == ids).all(), f"the ids belong to the caller and stay {ids}; afterwards they are {given[0]}"
assert (given[1] == values).all(), f"the values belong to the caller and stay; afterwards they are {given[1].tolist()}"
got = summed(np.array([5, 3, 5]), np.array([[7.0], [4], [-7]]))[0]
assert np.asarray(got).tolist() == [3, 5], f"token 5 came twice, if only to a sum of 0: expected 3, 5, found {got}"
got = summed(np.zeros(0, dtype=np.int64), np.zeros((0, 5)))
assert (np.shape(got[0]), np.shape(got[1])) == ((0,), (0, 5)), (
    f"where no token is, no sum is: shapes (0,) and (0, 5); yours are {np.shape(got[0])} and {np.shape(got[1])}")
got = np.asarray(got[0]).dtype
assert got == np.int64, f"ids of int64 in, ids of int64 out, even if there are none; yours are {got}"
def got(table, ids, grad_out):
    grad, (distinct, sums) = np.zeros_like(table), summed(ids, grad_out)
    grad[distinct] += sums
    return grad
assert not rejects(check_gradient, got), "your own check refuses the colleague's `+=` behind your sums"
del ids, values, given

# %% [markdown]
# Look at the last function: behind your sums no token is named twice, and the colleague's line is right. So a gradient
# of a table is two small arrays, `Rows`: which rows, and what is added to each. `dense` makes the whole array of it,
# and that is the rule.

# %% given="rows"
#| export
class Rows:
    """A gradient of a table, of which few rows were used: row indices[i] has values[i], all other rows have 0.

    Parameters
    ----------
    indices : (n,) whole numbers; what occurs several times is added up, and then occurs once, rising
    values : (n, embedding_dim) floats
    """

    __array_ufunc__ = None  # `array + rows` comes to us

    def __init__(self, indices, values):
        self.indices, self.values = summed(np.asarray(indices, dtype=np.int64), np.asarray(values))

    nbytes = property(lambda self: self.indices.nbytes + self.values.nbytes, doc="Bytes of both arrays.")

    def dense(self, count):
        """The whole gradient of a table of `count` rows, an array."""
        whole = np.zeros((count, self.values.shape[1]), dtype=self.values.dtype)
        whole[self.indices] = self.values
        return whole

    def __add__(self, other):
        """Rows and Rows are Rows; Rows and an array are an array. Neither of the two is changed."""
        if isinstance(other, Rows):
            return Rows(*map(np.concatenate, ((self.indices, other.indices), (self.values, other.values))))
        return other + self.dense(len(other))

    __radd__ = __add__

    def __repr__(self):
        return f"Rows({self.indices}, values of shape {self.values.shape})"


@rule(taken_rows)
def taken_rows_rule(grad_out, out, table, ids):
    return (Rows(ids.ravel(), grad_out.reshape(ids.size, table.shape[1])).dense(len(table)),)

# %% demo="rows"
apart = gradcheck(lambda weight: look_up(weight, [[4, 1, 4], [3, 4, 1]]).tanh(), Tensor(np.ones((6, 3)), True))
print(f"backward and nudging are {apart:.0e} apart")


def backward_s(rows_of):
    """Seconds of a forward and a backward for all words of ten such pages."""
    return seconds_of(lambda: rows_of(table, word_ids[:5120]).sum().backward(), times=5)


index_s, sorted_s = backward_s(lambda table, ids: table[ids]), backward_s(look_up)
table.grad = None
print(f"5,120 words: {1000 * index_s:.1f} ms by 05's index and np.add.at, {1000 * sorted_s:.1f} ms by sorting")

# %% [markdown]
# ## Build: a gradient of few rows
#
# Why make the whole array at all? Here are three counts to guess: a vocabulary of 50,000 tokens with rows of 64, and a
# batch of 1,024 tokens of which some occur often. How many MB are the table, its gradient as an array, and its gradient
# as Rows?

# %% predict="bytes"
predict("table of 50,000 rows of 64", None, unit="MB")  # your guess in place of None
predict("its gradient as an array", None, unit="MB")
predict("its gradient as Rows, for 1,024 tokens", None, unit="MB")

# %% [markdown]
# Your backward of 05 makes an array of whatever comes to a leaf. So let the rows be the leaf, and not the table.
# `PickedRows` are taken from the table without being recorded. What a walk leaves in their `.grad` is an array like any
# other, as small as they are. They keep nothing of it, and hand it on to the table, as Rows.

# %% given="picked_rows"
#| export
class PickedRows(Tensor):
    """Rows of a table, (n, embedding_dim), as a leaf of their own. Their gradient goes on to the table, as Rows."""

    def __init__(self, table, ids):
        with no_grad():
            self._data = look_up(table, ids).data
        self.requires_grad, self.table, self.ids = True, table, ids

    def _hand_on(self, grad):
        rows = Rows(self.ids, grad)
        self.table.grad = rows if self.table.grad is None else self.table.grad + rows

    grad = property(lambda self: None, _hand_on, doc="None: what is put here goes on to the table.")


def pick(table, tokens):
    """What `look_up` gives, from a table whose gradient will be Rows."""
    if table._node is not None or not table.requires_grad:
        return look_up(table, tokens)  # no leaf, or frozen: nobody waits for Rows
    ids = ids_of(tokens)
    return PickedRows(table, ids.ravel()).reshape(*ids.shape, table.shape[1])

# %% demo="bytes"
rng = np.random.default_rng(5)
dense, sparse = Embedding(50_000, 64), Embedding(50_000, 64, sparse=True)
sparse.load_state_dict(dense.state_dict())
batch = (50_000 * rng.random((32, 32)) ** 3).astype(np.int64)  # low ids are frequent
for layer in (dense, sparse):
    layer(batch).tanh().sum().backward()
measured("table of 50,000 rows of 64", dense.weight.memory_footprint() / 1e6, unit="MB")
measured("its gradient as an array", dense.weight.grad.nbytes / 1e6, unit="MB")
measured("its gradient as Rows, for 1,024 tokens", sparse.weight.grad.nbytes / 1e6, unit="MB")
print(sparse.weight.grad.values.shape, "of", batch.size, "tokens are different ones")

# %% [markdown]
# What will your Adam of 06 do with Rows? It was finished long ago and adds arrays of one shape. But look at what it
# does with each number: it reads that number, its gradient and its state, and never its neighbours. So an optimizer
# cannot tell a table from a part of it. *Lend* it the rows that have a gradient, with their rows of `m` and `v`, as if
# they were a parameter of their own. It takes its step, and a function that is given afterwards writes the rows back.
# Whatever optimizer you wrote, it has then learnt to take Rows.
#
# `optimizer.params` is the list of parameters. `optimizer.state` is a dict of lists, {"m": [...], "v": [...]}, with an
# array beside each parameter, or an empty dict.

# %% exercise="lend"
#| export
def lend(optimizer, at):
    """Put in the place of parameter `at`, whose gradient is Rows, only the rows that have one; so in each state.

    The parameter itself, its gradient, and the arrays of the state stay as they are.
    """
    # How: a Tensor of those rows of the parameter, in its dtype, with the values of the Rows as its .grad, into
    # optimizer.params[at]; for each list of the state, those rows of the array at `at` into its place.
    # Example: Rows of 3 indices for a parameter of shape (50, 64): afterwards optimizer.params[at] has shape (3, 64).
    # Hint: array[indices] are the rows, as a copy. Change the lists themselves, for Adam's self.m is the same list.
    ### BEGIN SOLUTION
    p, rows = optimizer.params[at], optimizer.params[at].grad
    optimizer.params[at] = Tensor(p.data[rows.indices], dtype=p.dtype)
    optimizer.params[at].grad = rows.values
    for arrays in optimizer.state.values():
        arrays[at] = arrays[at][rows.indices]
    ### END SOLUTION

# %% check="lend" points=8
p, weight = Tensor([3.0, 4.0]), Tensor(np.arange(20.0).reshape(5, 4), dtype=np.float64)
weight.grad = Rows([3, 1, 3], np.arange(12.0).reshape(3, 4))
adam = Adam([p, weight])
adam.m[1] += weight.data + 50
adam.v[1] += weight.data + 100
v, whole = adam.v, adam.v[1]
lend(adam, 1)
got = adam.params[1]
assert adam.params[0] is p, "the other parameters stay in the list"
assert got.shape == (2, 4), f"rows 1 and 3 of (5, 4) have shape (2, 4); yours {got.shape}"
assert got.data.tolist() == [[4, 5, 6, 7], [12, 13, 14, 15]], f"rows 1 and 3 are 4 to 7 and 12 to 15; yours {got.data}"
assert got.dtype == np.float64, f"the table is float64; what you lent is {got.dtype}"
assert isinstance(got.grad, np.ndarray), f"the gradient of what is lent is an array; yours is {got.grad}"
assert got.grad.tolist() == [[4, 5, 6, 7], [8, 10, 12, 14]], f"row 3 came twice: 0 to 3 and 8 to 11; yours {got.grad}"
assert adam.v is v and adam.state["v"] is v, "change the lists of the state, and make no new ones"
assert v[1].tolist() == [[104, 105, 106, 107], [112, 113, 114, 115]], (
    f"rows 1 and 3 of v are 104 to 107 and 112 to 115; yours {v[1].tolist()}")
assert adam.m[1].tolist() == [[54, 55, 56, 57], [62, 63, 64, 65]], (
    f"every list of the state: rows 1 and 3 of m are 54 to 57 and 62 to 65; yours {adam.m[1].tolist()}")
assert weight.shape == whole.shape == (5, 4), "the parameter and its whole v stay as they are"
assert isinstance(weight.grad, Rows), "the parameter keeps its Rows"
got = SGD([weight])  # its state is empty
lend(got, 0)
assert got.params[0].shape == (2, 4), f"from plain SGD as well: expected shape (2, 4), found {got.params[0].shape}"
del p, weight, adam, v, whole

# %% [markdown]
# `give_back` writes back. `of_rows_too` makes of a `step` one that lends before and gives back after, also if it was
# stopped in between. `teach` puts that around the steps of 06, as 05 put `backward` into a class of 01: from then on
# `optimizer.step()` takes Rows, whoever calls it.

# %% given="of_rows_too"
#| export
def give_back(optimizer, at, p, arrays):
    """Write what was lent back into `p` and `arrays`, {name of the state: array}, and put them in their places."""
    indices, data = p.grad.indices, p.data
    data[indices] = optimizer.params[at].data
    p.data, optimizer.params[at] = data, p
    for name, array in arrays.items():
        array[indices] = optimizer.state[name][at]
        optimizer.state[name][at] = array


def of_rows_too(step):
    """Decorator for an optimizer's `step`: of a parameter whose gradient is Rows, those rows alone are moved."""
    @functools.wraps(step)
    def stepped(self):
        sparse = [at for at, p in enumerate(self.params) if isinstance(p.grad, Rows)]
        if not sparse:
            return step(self)
        whole = [(at, self.params[at], {name: arrays[at] for name, arrays in self.state.items()}) for at in sparse]
        for at in sparse:
            lend(self, at)
        try:
            step(self)
        finally:
            for at, p, arrays in whole:
                give_back(self, at, p, arrays)
    return stepped


def teach(*kinds):
    """Make the steps of these optimizer classes take Rows; twice is as good as once."""
    for kind in kinds:
        kind.step = of_rows_too(getattr(kind.step, "__wrapped__", kind.step))


teach(SGD, Adam, AdamW)

# %% [markdown]
# The first step of Adam, with the array and with Rows, leads to the same table. Later ones need not: with an array, a
# row that was used yesterday still moves today, on what `m` remembers; with Rows it rests until it is used again. And
# the time? How many steps with Rows fit into one with the array, for the 50,000 rows and 1,024 tokens above?

# %% predict="steps"
predict("steps of Adam with Rows in the time of one with the array", None)  # your guess in place of None

# %% demo="steps"
steppers = [Adam(layer.parameters()) for layer in (dense, sparse)]
for stepper in steppers:
    stepper.step()
print("the tables are equal after a step:", np.allclose(dense.weight.data, sparse.weight.data, atol=1e-6))
dense_s, sparse_s = [seconds_of(stepper.step, times=7) for stepper in steppers]
measured("steps of Adam with Rows in the time of one with the array", dense_s / sparse_s)
for layer, stepper in zip((dense, sparse), steppers):
    stepper.zero_grad()
    layer(batch // 2).tanh().sum().backward()  # other tokens
    stepper.step()
print("and after one with other tokens:", np.allclose(dense.weight.data, sparse.weight.data, atol=1e-6))


def sparse_step(table, some):
    loss_of(pick(table, some)).backward()
    SGD([table], lr=0.1).step()
    table.grad = None


print(f"Try first: peak {peak_mb(lambda: sparse_step(table, some)):.1f} MB")

# %% [markdown]
# ## Build: where a token stands
#
# A look-up gives a token the same row wherever it stands. What comes later and looks at rows alone could not tell
# *dog bites man* from *man bites dog*. So something is added to the rows, for each place something else. The number of
# places to add for is `seq_len`, the width of the rows `d_model`.
#
# It can be learnt: a second table, with a row for each place. Or it can be computed, by waves. Column 0 is a sine of
# the place, column 1 its cosine; columns 2 and 3 are a slower wave, and so on. The wider the rows, the nearer the
# slowest comes to 10,000 times slower. It is a clock with many hands, and its readings differ at every place. Vaswani
# et al. (2017), section 3.5:
#
#     PE(place, 2i)     = sin(place / 10000 ** (2i / d_model))
#     PE(place, 2i + 1) = cos(place / 10000 ** (2i / d_model))

# %% exercise="sinusoids"
#| export
def sinusoids(max_len, d_model):
    """The waves for places 0 to max_len - 1: a float32 array of shape (max_len, d_model)."""
    # How: for each column its 2i, from that its angle at each place; sine in even columns, cosine in odd ones.
    # Example: place 3 of d_model 4 is sin(3), cos(3), sin(0.03), cos(0.03).
    # Hint: column // 2 * 2 is 2i. A column of places, (max_len, 1), meets a row of columns, (d_model,).
    ### BEGIN SOLUTION
    place, column = np.arange(max_len)[:, None], np.arange(d_model)
    angle = place / 10000 ** (column // 2 * 2 / d_model)
    return np.where(column % 2, np.cos(angle), np.sin(angle)).astype(np.float32)
    ### END SOLUTION

# %% check="sinusoids" points=5
got = sinusoids(7, 4)
assert got.shape == (7, 4), f"a row for each of 7 places, 4 columns: expected (7, 4), found {got.shape}"
assert np.allclose(got[0], [0, 1, 0, 1]), f"at place 0 all sines are 0 and all cosines 1; yours {got[0]}"
assert np.allclose(got[3], [0.1411, -0.98999, 0.0300, 0.99955], atol=1e-4), (
    f"sin(3), cos(3), sin(0.03), cos(0.03) are 0.141, -0.990, 0.030, 1.000; yours {got[3]}. 0.955 in column 1 "
    "takes the column for 2i; 0.295 in column 2 takes i for 2i, and 0.0003 takes 4i.")
got = sinusoids(5, 3)
assert got.shape == (5, 3) and np.isclose(got[4, 2], math.sin(4 / 10000 ** (2 / 3)), atol=1e-5), (
    f"an odd width ends with a sine: sin(4 / 10000 ** (2 / 3)) is 0.0086; yours {got[4]}")
assert got.dtype == np.float32, f"a table of float32, please; yours is {got.dtype}"

# %% given="positions"
#| export
def first_rows(table, x):
    """The rows of `table`, (max_len, d_model), for the places of `x`, (..., seq_len, d_model)."""
    max_len, d_model = table.shape
    if x.ndim < 2 or x.shape[-1] != d_model:
        raise ValueError(f"positions are added to shape (..., seq_len, {d_model}), and found {x.shape}")
    if x.shape[-2] > max_len:
        raise ValueError(f"there are positions for {max_len} places, and x of shape {x.shape} has {x.shape[-2]}. Cut "
                         "it, or make the table longer: max_len.")
    return table[:x.shape[-2]]


class SinusoidalPositionalEncoding(Module):
    """Adds to rows of shape (..., seq_len, d_model) what tells their places apart: waves, nothing to be learnt."""

    def __init__(self, d_model, max_len=1024):
        self.table = Tensor(sinusoids(max_len, d_model))

    def forward(self, x):
        return x + first_rows(self.table, x)


class LearnedPositionalEmbedding(Module):
    """Adds to rows of shape (..., seq_len, d_model) a row for each place, to be learnt; `weight` (max_len, d_model)."""

    def __init__(self, max_len, d_model, *, rng=None):
        rng = default_rng() if rng is None else rng
        self.weight = Parameter(rng.normal(size=(max_len, d_model)))

    def forward(self, x):
        return x + first_rows(self.weight, x)

# %% [markdown]
# How alike are two places? Multiply their rows number by number and add up. A row of 64 by itself gives 32, as each
# pair has sin * sin + cos * cos = 1. What about places 5 and 12? And 905 and 912, as far apart, much further on?

# %% predict="alike"
predict("places 5 and 12 alike", None)  # your guess in place of None
predict("places 905 and 912 alike", None)

# %% demo="alike"
waves = sinusoids(1024, 64)
measured("places 5 and 12 alike", float(waves[5] @ waves[12]))
measured("places 905 and 912 alike", float(waves[905] @ waves[912]))
print("and 5 with 6, 8, 20, 100:", ", ".join(f"{waves[5] @ waves[place]:.1f}" for place in (6, 8, 20, 100)))

# %% [markdown]
# How alike two places are depends on the way between them only. A learnt table has to find that out, and knows nothing
# of places past its end; waves can be computed for as many places as one likes, and cost no parameters.
#
# ## Use: the next letter
#
# The smallest model of language: from some letters of the book, the scores of the next one. Each letter gets a row; the
# rows of a context, one after the other, go through a Linear layer. Each place has its own columns of the weight, so
# order is known without positions. Bengio et al. (2003) did it with words.

# %% exercise="next_letter"
class NextLetter(Module):
    """Scores for the letter that follows `context` letters."""

    def __init__(self, vocab_size, context, width, rng=None):
        self.embedding = Embedding(vocab_size, width, rng=rng)
        self.out = Linear(context * width, vocab_size, rng=rng)

    def forward(self, letters):
        """Token ids (batch, context) become logits (batch, vocab_size)."""
        # How: the rows of the letters; the rows of a context in one; the layer.
        # Example: ids (32, 4) with rows of 16 are (32, 4, 16), then (32, 64), then (32, 256).
        # Hint: `flatten(1)` of a Tensor keeps axis 0.
        ### BEGIN SOLUTION
        return self.out(self.embedding(letters).flatten(1))
        ### END SOLUTION

# %% check="next_letter" points=5
got, ids = NextLetter(9, 3, 5, rng=np.random.default_rng(3)), np.array([[7, 5, 3], [4, 8, 6]])
got.out.bias.data = np.arange(9, dtype=np.float32)
assert got(ids).shape == (2, 9), f"two contexts, nine scores each: expected (2, 9), found {got(ids).shape}"
expected = got.embedding.weight.data[ids].reshape(2, 15) @ got.out.weight.data.T + got.out.bias.data
assert np.allclose(got(ids).data, expected, atol=1e-4), (
    f"rows 7, 5, 3 one after the other, then Linear, give {expected[0, :3]}, ...; yours {got(ids).data[0, :3]}")
assert got(ids[:1]).shape == (1, 9), f"a batch may be of any size: for one context (1, 9), not {got(ids[:1]).shape}"
CrossEntropyLoss()(got(ids), np.array([8, 5])).backward()
got = [name for name, p in got.named_parameters() if p.grad is None]
assert not got, f"no gradient reaches {', '.join(got)}; nothing here needs `.data`"
del ids, expected

# %% [markdown]
# Before it has learnt anything, the loss is near ln 256 = 5.5. Where does it end after 400 steps of plain SGD, with one
# letter of context and with four? And with four, and the colleague's gradient in the place of yours?

# %% predict="letters"
predict("loss with one letter of context", None)  # your guess in place of None
predict("loss with four letters", None)
predict("loss with four letters, colleague's gradient", None)

# %% demo="letters"
letters = np.frombuffer(book.encode("utf-8"), dtype=np.uint8).astype(np.int64)
kept_back = len(letters) * 9 // 10


def examples(at, context):
    """Contexts (batch, context) that begin at `at`, and the letter after each."""
    return letters[at[:, None] + np.arange(context)], letters[at + context]


def trained(context, steps=400, kind=SGD, lr=0.3):
    """A NextLetter after so many steps, and its loss on a part of the book that it has not seen."""
    rng = np.random.default_rng(3)
    model = NextLetter(256, context, 16, rng=rng)
    optimizer = kind(model.parameters(), lr=lr)
    for _ in range(steps):
        x, targets = examples(rng.integers(0, kept_back - context, 128), context)
        optimizer.zero_grad()
        CrossEntropyLoss()(model(x), targets).backward()
        optimizer.step()
    with no_grad():
        x, targets = examples(np.arange(kept_back, kept_back + 4000), context)
        return model, CrossEntropyLoss()(model(x), targets).item()


measured("loss with one letter of context", trained(1)[1])
measured("loss with four letters", trained(4)[1])
rule(taken_rows)(lambda grad_out, out, table, ids: (colleague_gradient(table, ids, grad_out),))
measured("loss with four letters, colleague's gradient", trained(4)[1])
rule(taken_rows)(taken_rows_rule)  # yours again

# %% [markdown]
# The colleague's model learns as well, only less, and no error says so. Now look into the table of a model with one
# letter of context. It was never told what a letter is. These are the letters whose rows point most nearly the same
# way: those that are followed by the same ones.

# %% demo="company"
weight = trained(1, 1500, Adam, lr=0.01)[0].embedding.weight.data
rows = weight / np.linalg.norm(weight, axis=1, keepdims=True)
common = np.bincount(letters, minlength=256) > 1000
common[:33] = False  # blanks and line ends
for letter in "aetT":
    likeness = np.where(common, rows @ rows[ord(letter)], -1)
    print(letter, "is near", "  ".join(chr(other) for other in likeness.argsort()[::-1][1:6]))

# %% [markdown]
# ## Reflect
#
# Two questions with sizes of your own; answer them without running anything. A vocabulary has `vocab_size` tokens with
# rows of `width` float32 numbers. A batch holds `tokens` tokens, and `distinct` different ones among them. With
# sparse=False and Adam: how many bytes are the table, its gradient and its state together? Set `dense_bytes`. With
# sparse=True: how many bytes is the gradient alone? An index is an int64. Set `rows_bytes`. In both cells put your
# number in place of the 0 and delete the two lines below it.

# %% given="sizes"
vocab_size, width, tokens, distinct = mine("sizes", [
    (50_000, 64, 4096, 900), (32_000, 128, 2048, 700), (20_000, 96, 8192, 1500), (64_000, 48, 1024, 600)])
print(f"vocab_size {vocab_size}, width {width}, tokens {tokens}, distinct {distinct}")

# %% exercise="dense_bytes"
dense_bytes = 0  # your number
### BEGIN SOLUTION
dense_bytes = 4 * 4 * vocab_size * width
### END SOLUTION

# %% check="dense_bytes" points=2
got = dense_bytes
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * vocab_size * width, f"the table alone takes as much; {got:,} bytes are not enough"

# %% exercise="rows_bytes"
rows_bytes = 0  # your number
### BEGIN SOLUTION
rows_bytes = distinct * (8 + 4 * width)
### END SOLUTION

# %% check="rows_bytes" points=2
got = rows_bytes
assert 0 < got < 4 * vocab_size * width, f"it is there, and smaller than the table; yours is {got:,} bytes"

# %% [markdown]
# A model has an Embedding at its entrance, and at its exit a Linear layer from `width` numbers to `vocab_size` scores.
# The weights of both have the same shape, (vocab_size, width). *Weight tying* makes them one Parameter. What does that
# save, in bytes, with Adam? Who sends gradients to the row of a word then, and how does that change for a word that the
# batch does not have? What would sparse=True still save? Use the sizes above.

# %% [markdown] answer="tying" points=4 rubric="bytes with state; two uses; every row gets one; Rows save nothing"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.Embedding(num_embeddings, embedding_dim, sparse=False)` starts normal with spread 1 as well, and its
#   `weight` has your shape. A token outside of the table is an IndexError there, too.
# - Its backward on the CPU, `embedding_dense_backward_cpu` in `aten/src/ATen/native/Embedding.cpp`, walks over the
#   tokens and adds row by row.
# - With `sparse=True` the gradient is a sparse tensor of `indices` and `values`. Equal indices stand in it side by side
#   until somebody calls `coalesce()`, which is your `summed`.
# - There each optimizer must know sparse gradients by itself. `SGD`, `Adagrad` and `SparseAdam` do, `Adam` refuses
#   them. `SparseAdam` lets rows rest that have no gradient, as yours does.
# - `torch.nn.utils.clip_grad_norm_` works with arrays only, there as here.
# - PyTorch has no layer for positions; models bring their own. A learnt one is an Embedding of `arange(seq_len)`.
