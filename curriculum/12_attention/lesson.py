# %% [markdown]
# # 12 Attention
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers
#     Teaches  how rows of a sequence ask each other, and what it costs that all ask all
#     Opens    13 Transformers
#
# A layer so far treats each row alone, or mixes rows by their places, which are fixed. But what a word means depends on
# other words, and which ones, only the words themselves can say. Attention is a look-up in which the content decides
# who listens to whom. It fits on three lines, and it has a price that grows with the square of the length.

# %% given="start"
#| default_exp nn.attention
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("12")

# %% given="imports"
#| export
import math

import numpy as np
from tinytorch.core.tensor import Tensor, method, where
from tinytorch.nn.activations import Softmax
from tinytorch.nn.layers import Linear, Module

# %% given="tools"
import time
import tracemalloc

from tinytorch.core.autograd import no_grad
from tinytorch.nn import CrossEntropyLoss, Flatten, ReLU, Sequential
from tinytorch.optim import Adam

# %% [markdown]
# ## Try first
#
# A question is five rows. Four say which digit a letter has, `c is 3`, and the last has a letter and no digit: the
# answer is the digit that this letter had. Each row is 18 numbers: eight for the letter, one of which is 1, and ten
# for the digit. Ten minutes, ungraded: train a network of yours to answer. Target: at most 5 of 100 new questions are
# answered wrong, after 400 steps. Whoever names any of the four digits is wrong two times in three.

# %% given="questions"
def questions(count, rng):
    """So many questions, (count, 5, 18), and their answers, (count,)."""
    letters = rng.permuted(np.tile(np.arange(8), (count, 1)), axis=1)[:, :4]
    digits, asked = rng.integers(0, 10, (count, 4)), rng.integers(0, 4, count)
    rows, each = np.zeros((count, 5, 18), dtype=np.float32), np.arange(count)
    for at in range(4):
        rows[each, at, letters[:, at]] = 1
        rows[each, at, 8 + digits[:, at]] = 1
    rows[each, 4, letters[each, asked]] = 1
    return Tensor(rows), digits[each, asked]


def trained(model, draw, steps, rng, lr=0.01):
    """Train `model` on a fresh batch of 64 in each step; the mean loss of the last twenty."""
    optimizer, losses = Adam(model.parameters(), lr=lr), []
    for _ in range(steps):
        x, targets = draw(64, rng)
        optimizer.zero_grad()
        loss = CrossEntropyLoss()(model(x), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses[-20:]) / 20


def percent_right(model, rng):
    """Of a thousand new questions."""
    x, answers = questions(1000, rng)
    return 100 * float((model(x).argmax(axis=-1).data == answers).mean())

# %% scratch="try_first"
rng = np.random.default_rng(12)
net = Sequential(Flatten(), Linear(90, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))  # your attempt
trained(net, questions, 400, rng)
print("right:", percent_right(net, rng), "of 100")

# %% [markdown]
# ## Build: a soft look-up
#
# A dictionary compares what you ask, the *query*, with its *keys*, and gives the *value* of the one key that is equal.
# It is right or it fails, and no slope leads from a wrong key to the right one. So look up softly: compare the query
# with every key by their product, make shares of these *scores* with softmax, and answer with the mean of all values,
# weighted by the shares.
#
#     scores  = query @ key.T / sqrt(d)         one number for each pair of a query and a key
#     weights = softmax of each row of scores   shares, which sum to 1
#     answer  = weights @ value

# %% [markdown]
# Why divide by the square root of `d`, the length of a query? Take two rows of 64 numbers drawn with spread 1, and
# multiply them: 64 products are added up. How far do such sums spread? And if 16 scores spread that far, how much does
# softmax give to the largest of them, undivided and divided?

# %% predict="spread"
predict("spread of the product of two rows of 64", None)  # your guess in place of None
predict("largest of 16 shares, undivided", None)
predict("largest of 16 shares, divided", None)

# %% demo="spread"
rng = np.random.default_rng(3)
queries, keys = Tensor(rng.normal(size=(500, 64))), Tensor(rng.normal(size=(16, 64)))
products = queries @ keys.T
measured("spread of the product of two rows of 64", round(math.sqrt(products.var().item()), 2))
measured("largest of 16 shares, undivided", round(Softmax()(products).max(axis=1).mean().item(), 2))
measured("largest of 16 shares, divided", round(Softmax()(products / 8).max(axis=1).mean().item(), 2))

# %% [markdown]
# Undivided, a look-up that knows nothing yet is already sure of one key, and softmax is flat where it is sure: hardly
# any gradient comes through. Divided, it begins by listening to many.
#
# A *mask* says who may listen to whom: True where a query may use a key. Where it says False the score becomes minus
# infinity, whose share is exactly 0. A row that may use nothing has no shares at all; `allowed` refuses it. Given.

# %% given="allowed"
#| export
def allowed(mask):
    """`mask` as a bool array in which each row allows something.

    Raises
    ------
    TypeError, ValueError
        If it is not made of True and False, or if a row is all False.
    """
    mask = np.asarray(getattr(mask, "data", mask))
    if mask.dtype != bool:
        raise TypeError(f"a mask is made of True and False, and this one of {mask.dtype}. Compare first: mask > 0.")
    if not mask.any(axis=-1).all():
        raise ValueError("a row of the mask is all False: this query may listen to nobody. Let it hear itself.")
    return mask

# %% exercise="attention"
#| export
def scaled_dot_product_attention(query, key, value, mask=None, return_weights=False):
    """For each query the mean of all values, weighted by how well the query fits their keys. Vaswani et al. (2017).

    Parameters
    ----------
    query : Tensor (..., queries, d)
    key : Tensor (..., keys, d)
    value : Tensor (..., keys, width)
    mask : bool array that broadcasts to (..., queries, keys), True where a query may use a key; all, if None
    return_weights : bool
        Return (answer, weights).

    Returns
    -------
    Tensor (..., queries, width), and if asked the shares, (..., queries, keys)
    """
    # How: the three lines above; between the first and the second put -math.inf where allowed(mask) is False.
    # Example: three equal keys with values 5, 7, 12 give 8; with the last one hidden, 6.
    # Hint: key.transpose(-1, -2) turns only the last two axes; where(condition, scores, number); Softmax()(scores).
    ### BEGIN SOLUTION
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = where(allowed(mask), scores, -math.inf)
    weights = Softmax()(scores)
    answer = weights @ value
    return (answer, weights) if return_weights else answer
    ### END SOLUTION

# %% check="attention" points=14
got = scaled_dot_product_attention(Tensor([[3.0, 4.0]]), Tensor([[5.0, 6.0]] * 3), Tensor([[5.0], [7.0], [12.0]]))
assert got.shape == (1, 1) and np.isclose(got.item(), 8), f"three equal keys: the mean of 5, 7, 12 is 8; yours {got}"
got = Tensor([[4.0, 3.0, 5.0, 7.0]]), Tensor([[math.log(3) / 2, 0, 0, 0], [0, 0, 0, 0]]), Tensor([[8.0], [16.0]])
got = scaled_dot_product_attention(*got).item()
assert np.isclose(got, 10), (
    f"products 2 ln 3 and 0, divided by sqrt(4): shares 3/4 and 1/4 of 8 and 16, so 10; yours {got:.3f}. "
    "8.8 does not divide; 10.93 divides by 4.")
got = Tensor([[0.3, -0.2]]), Tensor([[5.0, 7.0]] * 3), Tensor([[5.0], [7.0], [12.0]]), np.array([[True, True, False]])
got = scaled_dot_product_attention(*got).item()
assert np.isclose(got, 6), f"12 is hidden: the mean of 5 and 7; yours {got:.3f}. 4 keeps its share, 8 hides nothing."
got = Tensor(np.arange(24.0).reshape(2, 3, 4)), Tensor(np.ones((2, 5, 4))), Tensor(np.ones((2, 5, 7)))
got = scaled_dot_product_attention(*got, return_weights=True)
assert [part.shape for part in got] == [(2, 3, 7), (2, 3, 5)], (
    f"3 queries, 5 keys, values of 7: (2, 3, 7) and weights (2, 3, 5); yours {[part.shape for part in got]}")
assert np.allclose(got[1].data, 0.2), f"five equal keys share alike: 0.2 each; yours {got[1].data[0, 0]}"
try:
    got = scaled_dot_product_attention(*[Tensor([[3.0, 5.0]] * 2)] * 3, np.array([[True, True], [False, False]]))
except ValueError:
    got = None
assert got is None, "a mask whose second row is all False is refused: where(allowed(mask), ...)"
got = Tensor([[0.5, -0.3]], requires_grad=True)
scaled_dot_product_attention(got, Tensor([[3.0, 5.0], [4.0, -3.0]]), Tensor([[6.0], [7.0]])).sum().backward()
assert got.grad is not None and np.abs(got.grad).min() > 0.01, "no slope reached the query; stay with Tensor operations"

# %% [markdown]
# ## Build: blind to order
#
# Sentences have an order. Four rows, each its own query, key and value. If the first two change places, how much does
# the answer of the last one change?

# %% predict="order"
predict("largest change in the last answer", None)  # your guess in place of None

# %% demo="order"
rows = Tensor(np.random.default_rng(5).normal(size=(4, 6)))
swapped = rows[[1, 0, 2, 3]]
before, after = (scaled_dot_product_attention(x, x, x)[-1] for x in (rows, swapped))
measured("largest change in the last answer", round((before - after).abs().max().item(), 5))

# %% [markdown]
# A sum does not know in which order it was added. To attention a sequence is a bag of rows; if order matters, each
# row must carry its place among its numbers (that is what the second half of 11 was for).
#
# ## Build: no listening ahead

# %% [markdown]
# A model that continues a text learns from whole texts at once: at each place it has to name what comes next. Then no
# place may listen to a later one, where the answer stands. A mask with this property is *causal*. Row `i` says whom
# place `i` may hear: the places before it, and itself.

# %% exercise="causal_mask"
#| export
def causal_mask(length):
    """Who may hear whom in a sequence: bool array (length, length), True where column <= row."""
    # How: a square of comparisons between the number of the row and the number of the column.
    # Example: causal_mask(3) is [[True, False, False], [True, True, False], [True, True, True]].
    # Hint: np.arange(length) as a column and as a row; np.tri(n, dtype=bool) knows the shape as well.
    ### BEGIN SOLUTION
    place = np.arange(length)
    return place[:, None] >= place
    ### END SOLUTION

# %% check="causal_mask" points=5
got = causal_mask(5)
assert got.shape == (5, 5) and got.dtype == bool, f"5 places: a (5, 5) bool array; yours {got.shape}, {got.dtype}"
assert got.diagonal().all(), "each place may hear itself"
assert got.sum() == 15, f"1 + 2 + 3 + 4 + 5 = 15 pairs are allowed; yours {got.sum()}. 19 hears one place ahead."
assert got[4, 0] and not got[0, 4], "the last hears the first, and the first does not hear the last"

# %% [markdown]
# ## Build: the layer
#
# Where do queries, keys and values come from? From the rows themselves, by three Linear layers: what a row asks, what
# it is found by, and what it says are three different things, and all three are learnt. A fourth one brings the
# answers back to the width of a row. The parts are given; `forward` is yours.

# %% given="layer"
#| export
class Attention(Module):
    """Each row of a sequence listens to the others.

    Parameters
    ----------
    d_model : int
        Length of a row, before and after.
    head_dim : int
        Length of queries, keys and values; d_model unless said otherwise.
    causal : bool
        Whether a row hears only itself and the rows before it.
    rng : NumPy generator; the one that `manual_seed` seeds unless said otherwise
    """

    def __init__(self, d_model, head_dim=None, causal=True, *, rng=None):
        head_dim = d_model if head_dim is None else head_dim
        self.causal = causal
        self.query, self.key, self.value = (Linear(d_model, head_dim, rng=rng) for _ in range(3))
        self.out = Linear(head_dim, d_model, rng=rng)

# %% exercise="layer_forward"
#| export
@method(Attention)
def forward(self, x):
    """`x` of shape (..., length, d_model) becomes the same shape."""
    # How: queries, keys and values of x; attention among them, with a causal mask if self.causal; then self.out.
    # Example: x (5, 7, 12) has 7 rows in each sequence, so the mask is (7, 7); the answer is (5, 7, 12).
    # Hint: the length of the sequences is x.shape[-2].
    ### BEGIN SOLUTION
    mask = causal_mask(x.shape[-2]) if self.causal else None
    return self.out(scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), mask))
    ### END SOLUTION

# %% check="layer_forward" points=10
got = Attention(12, 5, rng=np.random.default_rng(3)), np.random.default_rng(4).normal(size=(3, 7, 12)), []
got[2].append(got[0](Tensor(got[1])).data.copy())
assert got[2][0].shape == (3, 7, 12), f"rows of 12 stay rows of 12: (3, 7, 12); yours {got[2][0].shape}"
got[1][:, 6] += 5
got[2].append(got[0](Tensor(got[1])).data.copy())
assert np.allclose(got[2][0][:, :6], got[2][1][:, :6], atol=1e-5), "the last row changed, and an earlier answer with it"
assert not np.allclose(got[2][0][:, 6], got[2][1][:, 6], atol=1e-3), "the last row changed, its own answer did not"
got[1][:, 0] += 5
got[2].append(got[0](Tensor(got[1])).data.copy())
assert not np.allclose(got[2][1][:, 6], got[2][2][:, 6], atol=1e-3), "the last row does not hear the first"
got = Attention(4, causal=False, rng=np.random.default_rng(3)), np.random.default_rng(4).normal(size=(3, 4)), []
got[2].append(got[0](Tensor(got[1])).data.copy())
got[1][2] += 5
got[2].append(got[0](Tensor(got[1])).data)
assert not np.allclose(got[2][0][0], got[2][1][0], atol=1e-3), "where it is not causal, the first row hears the last"
got[0].query.weight.data, got[0].query.bias.data = np.zeros((4, 4)), np.full(4, 3.0)
got[2].extend([got[0](Tensor(got[1])).data, got[0].out(got[0].value(Tensor(got[1]))).mean(axis=0).data])
assert np.allclose(got[2][2], got[2][2][0], atol=1e-5), "all rows ask the same here, so all must hear the same"
assert not np.allclose(got[2][2][0], got[2][3], atol=1e-3), (
    "keys differ, so nobody hears the plain mean. Which layer makes queries, and which one keys?")
got[0].value.weight.data, got[0].out.bias.data = np.zeros((4, 4)), np.full(4, 7.0)
assert np.allclose(got[0](Tensor(got[1])).data, 7), "where all values are 0, the answer is what self.out makes of 0"

# %% [markdown]
# ## Build: the price of all asking all
#
# Every row asks every row: a table of scores with length times length numbers, for each sequence of a batch. Nothing
# that you built so far grew faster than the input. One sequence in float32: how many MB (10**6 bytes) are its scores at
# these lengths? How much longer does it take when the length doubles? A model as they are built has, say, 8 such tables
# side by side: how many MB at 4096?

# %% predict="scores"
predict("scores at length 512", None, unit="MB")  # your guess in place of None
predict("scores at length 1024", None, unit="MB")
predict("scores at length 2048", None, unit="MB")
predict("8 tables at length 4096", None, unit="MB")
predict("2048 against 1024", None, unit="times as long")

# %% demo="scores"
def rows_of(length, d=32):
    """Queries, keys and values of one sequence."""
    rng = np.random.default_rng(length)
    return [Tensor(rng.normal(size=(length, d))) for _ in range(3)]


def scores_mb(length):
    query, key, _ = rows_of(length)
    return round((query @ key.T).memory_footprint() / 1e6, 1)


def seconds(length):
    """The quickest of five."""
    took, parts = [], rows_of(length)
    for _ in range(5):
        start = time.perf_counter()
        scaled_dot_product_attention(*parts)
        took.append(time.perf_counter() - start)
    return min(took)


for length in (512, 1024, 2048):
    measured(f"scores at length {length}", scores_mb(length), unit="MB")
measured("8 tables at length 4096", 8 * scores_mb(4096), unit="MB")
measured("2048 against 1024", round(seconds(2048) / seconds(1024), 1), unit="times as long")

# %% [markdown]
# Need the whole table be there at once? Each query has its own row of scores and needs no other. So take some queries
# at a time, answer them, and forget their scores: the work is the same, and the table is `block` rows high. It pays
# where nothing must be kept for a backward, when a trained model only answers.

# %% exercise="blocks"
def attention_in_blocks(query, key, value, block):
    """The answers for all queries, `block` of them at a time; arrays in shape (rows, d), no mask."""
    # How: go through the queries in steps of `block`; answer each slice with all keys and values, and put its answers
    # in their place of an array of zeros, in query's dtype, that you made before.
    # Example: 100 queries with block 32 are slices of 32, 32, 32 and 4.
    # Hint: scaled_dot_product_attention wants Tensors; its answer's array is `.data`. Return an array.
    ### BEGIN SOLUTION
    answers = np.zeros((len(query), value.shape[-1]), dtype=query.dtype)
    for start in range(0, len(query), block):
        some = slice(start, start + block)
        answers[some] = scaled_dot_product_attention(Tensor(query[some]), Tensor(key), Tensor(value)).data
    return answers
    ### END SOLUTION

# %% check="blocks" points=9
def got(query, key, value, block):
    """The answers in blocks, and the shape of the largest Tensor that was made."""
    shapes = []

    def watch(step):
        def apply(forward, *inputs, **options):
            out = step(forward, *inputs, **options)
            shapes.append(out.shape)
            return out
        return apply

    Tensor._read(watch)
    try:
        return attention_in_blocks(query, key, value, block), max(shapes, key=math.prod)
    finally:
        Tensor._read(watch, on=False)


got = got, [np.random.default_rng(7).normal(size=shape).astype(np.float32) for shape in ((50, 4), (60, 4), (60, 3))]
got = got[0](*got[1], 50), got[0](*got[1], 16)
assert got[1][0].shape == (50, 3), f"50 queries, values of 3: (50, 3); yours {got[1][0].shape}"
assert np.allclose(got[0][0], got[1][0], atol=1e-5), "with block 16 the answers differ from those at one go"
assert math.prod(got[1][1]) < 0.4 * math.prod(got[0][1]), (
    f"50 queries at one go made {got[0][1]}, and 16 at a time need a table of (16, 60); yours made {got[1][1]}")
assert math.prod(got[1][1]) == 16 * 60, f"16 queries and 60 keys: scores of (16, 60); yours made {got[1][1]}"

# %% [markdown]
# 2,048 queries. The peak of memory while they are answered, at one go and 64 at a time?

# %% predict="peak"
predict("peak, at one go", None, unit="MB")  # your guess in place of None
predict("peak, 64 at a time", None, unit="MB")

# %% demo="peak"
def peak_mb(work):
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1e6, 1)


long = [part.data for part in rows_of(2048)]
measured("peak, at one go", peak_mb(lambda: attention_in_blocks(*long, 2048)), unit="MB")
measured("peak, 64 at a time", peak_mb(lambda: attention_in_blocks(*long, 64)), unit="MB")

# %% [markdown]
# At one go it is a few tables and not one: products, quotients and shares are arrays of their own. In blocks little
# more is left than queries, keys, values and answers, which are as long as the sequence.
#
# ## A fault to find: the best loss in the class

# %% [markdown]
# When a model writes, the new places are the queries, and all places so far are the keys: `queries` of them, the last
# ones of `keys` places. A colleague has a mask for that, for any two numbers.

# %% fault="colleague_mask"
def colleague_mask(queries, keys):
    """Whom the last `queries` of `keys` places may hear: bool array (queries, keys)."""
    return np.tri(queries, keys, k=keys - queries + 1, dtype=bool)


assert colleague_mask(4, 6).shape == (4, 6) and colleague_mask(4, 6).dtype == bool
assert colleague_mask(6, 6)[:, 0].all()  # everybody hears the first
assert not colleague_mask(6, 6)[0, 5] and colleague_mask(6, 6)[5].all()  # the last hears all, the first not the last

# %% [markdown]
# Now walks: a digit, then the one above or below it, each as often, then again, round the circle from 9 to 0. A model
# reads ten places and names at each what comes next. Nobody can know which of the two it will be: a loss below
# ln 2 = 0.693 is impossible for an honest model. What will the loss be with the colleague's mask? And if the model then
# writes by itself, how many of its steps are steps by one? Of steps made blindly 20 in 100 are.

# %% given="walks"
PLACES = 10


def walks(count, rng):
    """Ten digits of each walk, and the ten that follow them."""
    steps = rng.choice([-1, 1], size=(count, PLACES + 1))
    steps[:, 0] = rng.integers(0, 10, count)
    digits = steps.cumsum(axis=1) % 10
    return digits[:, :-1], digits[:, 1:].ravel()


class Walker(Module):
    """Scores for the digit after each place of a walk. A row: which digit (10 numbers), which place (10 numbers)."""

    def __init__(self, mask_of, rng):
        self.mask_of, self.attention, self.scores = mask_of, Attention(20, 16, rng=rng), Linear(20, 10, rng=rng)

    def forward(self, digits):
        length, layer = digits.shape[-1], self.attention
        place = np.broadcast_to(np.eye(PLACES)[:length], (*digits.shape, PLACES))
        x = Tensor(np.concatenate([np.eye(10)[digits], place], axis=-1))
        mask = self.mask_of(length, length)
        heard = scaled_dot_product_attention(layer.query(x), layer.key(x), layer.value(x), mask)
        return self.scores(layer.out(heard)).reshape(-1, 10)

# %% given="writing"
@no_grad()
def written(model, count, rng):
    """Walks that the model writes, digit by digit, each drawn by its shares."""
    digits = rng.integers(0, 10, (count, 1))
    while digits.shape[1] < PLACES:
        shares = Softmax()(model(digits)).data.reshape(count, -1, 10)[:, -1]
        drawn = (shares.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1, keepdims=True)
        digits = np.concatenate([digits, drawn.clip(max=9)], axis=1)
    return digits


def legal_percent(digits):
    steps = np.diff(digits, axis=1) % 10
    return round(100 * float(((steps == 1) | (steps == 9)).mean()), 1)


def walker_of(mask_of):
    """A trained Walker and its loss at the end."""
    rng = np.random.default_rng(12)
    model = Walker(mask_of, rng)
    return model, round(trained(model, walks, 400, rng), 3)

# %% predict="walks"
predict("loss with the colleague's mask", None)  # your guess in place of None
predict("steps by one when it writes", None, unit="%")

# %% demo="walks"
colleague, loss = walker_of(colleague_mask)
measured("loss with the colleague's mask", loss)
measured("steps by one when it writes", legal_percent(written(colleague, 200, np.random.default_rng(5))), unit="%")

# %% [markdown]
# A loss that cannot be: somewhere the model hears the answer. (Only the last of the ten places cannot, and ln 2 / 10 is
# what is left.) While it writes, the place that it has learnt to hear, the next one, is never there, and it says the
# same digit again and again. First the check that was missing.

# %% exercise="catch"
def check_mask(mask_of):
    """Raise AssertionError unless `mask_of(queries, keys)` lets each query hear itself and what came before."""
    # How: for some numbers of queries and keys compare the mask with the rule, place by place. Query i is place
    # keys - queries + i of all places, and may hear place j if j is not larger.
    # Example: check_mask(colleague_mask) raises AssertionError.
    # Hint: take queries == keys, fewer queries than keys, and a single query. Two loops are fine. Raise by `assert`: a
    # check that returns False has raised nothing.
    ### BEGIN SOLUTION
    for queries, keys in [(5, 5), (3, 7), (1, 6)]:
        mask = mask_of(queries, keys)
        assert mask.shape == (queries, keys), f"shape {mask.shape}, not {queries, keys}"
        for i in range(queries):
            place = keys - queries + i
            for j in range(keys):
                assert mask[i, j] == (j <= place), f"place {place} and place {j}"
    ### END SOLUTION

# %% check="catch" points=6
def got(by):
    return lambda queries, keys: np.tri(queries, keys, k=keys - queries + by, dtype=bool)


assert rejects(check_mask, colleague_mask), "your check lets the colleague's mask pass. Where does each row end?"
assert not rejects(check_mask, got(0)), "your check refuses a right mask"
assert rejects(check_mask, got(-1)), "your check lets a mask pass in which no place hears itself"
assert rejects(check_mask, lambda queries, keys: np.tri(queries, keys, dtype=bool)), (
    "your check lets a mask pass in which 3 queries of 7 places count as the first three. Take queries < keys too.")

# %% [markdown]
# Then the repair, for any two numbers.

# %% exercise="repair"
def late_mask(queries, keys):
    """Whom the last `queries` of `keys` places may hear: bool array (queries, keys)."""
    # How: the rows of causal_mask that belong to the last places.
    # Example: late_mask(2, 4) is [[True, True, True, False], [True, True, True, True]].
    # Hint: late_mask(4, 4) is causal_mask(4).
    ### BEGIN SOLUTION
    return causal_mask(keys)[keys - queries:]
    ### END SOLUTION

# %% check="repair" points=4
assert not rejects(check_mask, late_mask), "your own check refuses your mask"
got = late_mask(2, 5)
assert got.shape == (2, 5), f"two queries, five keys: (2, 5); yours {got.shape}"
assert got[0].sum() == 4 and got[1].all(), f"the last two of five hear 4 and 5 places; yours {got.sum(axis=1)}"

# %% predict="honest"
predict("loss with your mask", None)  # your guess in place of None
predict("steps by one, your mask", None, unit="%")

# %% demo="honest"
honest, loss = walker_of(late_mask)
measured("loss with your mask", loss)
measured("steps by one, your mask", legal_percent(written(honest, 200, np.random.default_rng(5))), unit="%")

# %% [markdown]
# The worse loss belongs to the better model. Whoever trains on sequences should know the least loss that is possible,
# as 04 knew ln 10 for a model that knows nothing, and be alarmed below it.
#
# ## Use: a look-up that is learnt
#
# Back to *Try first*, with one Attention. The last row of a question asks: only its answer counts, and a Linear layer
# makes ten scores of it. The loss is that of 04.

# %% exercise="recall"
def asked_scores(attention, scores, x):
    """Scores for the ten digits, (count, 10), from questions `x`, (count, 5, 18)."""
    # How: attention on x, the last row of each question, then the layer `scores`.
    # Example: of 64 questions, (64, 5, 18), the last rows are (64, 18), and their scores (64, 10).
    # Hint: x[:, -1] is the last row of each.
    ### BEGIN SOLUTION
    return scores(attention(x)[:, -1])
    ### END SOLUTION

# %% check="recall" points=4
got = Attention(18, 8, causal=False, rng=np.random.default_rng(3)), Linear(18, 10, rng=np.random.default_rng(5))
got = [*got, *questions(40, np.random.default_rng(7))]
assert asked_scores(*got[:3]).shape == (40, 10), f"40 questions: (40, 10); yours {asked_scores(*got[:3]).shape}"
got.append(asked_scores(*got[:3]).data.copy())
got[2] = got[2][:, [2, 0, 3, 1, 4]]
assert np.allclose(asked_scores(*got[:3]).data, got[4], atol=1e-4), "the order of the four rows must not matter"
got[2].data[7, :4, 8:] = np.random.default_rng(8).random((4, 10))
got[4] = np.abs(asked_scores(*got[:3]).data - got[4]).max(axis=1) > 1e-4
assert got[4][7], "other digits in the first four rows should change a question's scores: let attention hear all rows"
assert got[4].sum() == 1, "the digits of one question changed the scores of others: questions do not hear each other"
got[0].out.weight.data = np.zeros((18, 8))
assert np.allclose(asked_scores(*got[:3]).data, got[1].bias.data), "here attention answers 0: only the bias is left"
got[0] = Attention(18, 8, causal=False, rng=np.random.default_rng(3))
got[4] = Adam(got[0].parameters() + got[1].parameters(), lr=0.02), []
while len(got[4][1]) < 60:
    got[4][0].zero_grad()
    got[4][1].append(CrossEntropyLoss()(asked_scores(*got[:3]), got[3]))
    got[4][1][-1].backward()
    got[4][0].step()
assert got[4][1][-1].item() < 0.8 * got[4][1][0].item(), "sixty steps hardly lower the loss. Is it the last row?"

# %% [markdown]
# The same 400 steps as the network in *Try first*. How many questions does it answer? And of the attention that goes to
# the four rows, what share has, on average, the one row with the letter?

# %% predict="answers"
predict("questions answered right", None, unit="%")  # your guess in place of None
predict("share of the row that knows", None)

# %% demo="answers"
class Reader(Module):
    def __init__(self, rng):
        self.attention, self.scores = Attention(18, 16, causal=False, rng=rng), Linear(18, 10, rng=rng)

    def forward(self, x):
        return asked_scores(self.attention, self.scores, x)


rng = np.random.default_rng(12)
reader = Reader(rng)
trained(reader, questions, 400, rng)
measured("questions answered right", percent_right(reader, rng), unit="%")

x, _ = questions(200, rng)
layer = reader.attention
_, weights = scaled_dot_product_attention(layer.query(x), layer.key(x), layer.value(x), return_weights=True)
knows = (x.data[:, :4, :8] * x.data[:, 4:, :8]).sum(axis=-1) > 0  # the row with the letter that is asked
shares = weights.data[:, -1, :4] / weights.data[:, -1, :4].sum(axis=1, keepdims=True)
measured("share of the row that knows", round(float(shares[knows].mean()), 2))

# %% [markdown]
# Nobody told the layer what a letter is. Gradients made it ask with letters, be found by letters, and say digits. One
# question, and the shares of its last row, drawn from 0 to 1. What it gives to itself, which was not counted above,
# costs nothing: it says no digit.

# %% demo="shares"
for row, share in zip(x.data[3], weights.data[3, -1]):
    said = f"{'abcdefgh'[row[:8].argmax()]} is {row[8:].argmax() if row[8:].any() else '?'}"
    print(f"{said}   {share:.2f}  {'#' * round(40 * share)}")

# %% [markdown]
# ## Reflect
#
# Two questions with sizes of your own; answer them without running attention. A batch of `batch` sequences of `length`
# rows goes through `layers` Attention layers while gradients are recorded. Of each layer the shares stay in memory
# until backward, in float32. How many bytes are all shares together? Set `share_bytes`.
#
# And a machine gives `budget` bytes to the scores of one such batch in one layer, in float32. What is the longest
# sequence, in whole rows, whose scores still fit? Set `longest`. In both cells put your number in place of the 0 and
# delete the two lines below it.

# %% given="sizes"
batch, length, layers = mine("model", [(16, 256, 6), (8, 512, 4), (12, 384, 8), (24, 192, 12)])
budget = mine("budget", [300_000_000, 700_000_000, 500_000_000, 1_100_000_000])
print(f"batch {batch}, length {length}, layers {layers}, budget {budget:,} bytes")

# %% exercise="share_bytes"
share_bytes = 0  # your number
### BEGIN SOLUTION
share_bytes = 4 * batch * length * length * layers
### END SOLUTION

# %% check="share_bytes" points=4
got = share_bytes
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * batch * length * layers, "one number a row is not enough: each row has a share for every row"

# %% exercise="longest"
longest = 0  # your number
### BEGIN SOLUTION
longest = math.isqrt(budget // (4 * batch))
### END SOLUTION

# %% check="longest" points=4
got = longest
assert got == int(got), f"rows are whole; yours {got}"
assert 10 < got < budget / 4 / batch, f"one score for each pair of rows; a length of {got:,} cannot be"

# %% [markdown]
# A product answers questions about long reports; its model has attention over 4,096 rows and the reports have 20,000.
# What grows if it just takes them whole, and by how much? Name two ways out (who must hear whom?), and say for each
# what can no longer be heard. Use numbers.

# %% [markdown] answer="long_reports" points=6 rubric="what grows, squared; two ways; what each cannot hear"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask, is_causal=...)` is ours; a bool mask
#   means the same, True where a query may use a key.
# - It never builds the table where it can help it: its fast forms work in blocks, as yours did, also over the keys and
#   in backward; Dao et al. (2022).
# - `torch.nn.MultiheadAttention` has masks the other way round: there True means *may not*. Read before you pass one.
# - A row that may use nothing gives nan in some of its forms and zeros in others; ours refuses it.
# - There is no layer with a single query, key and value like our `Attention`; 13 builds the one with many.
