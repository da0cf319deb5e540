# %% [markdown]
# # 13 Transformers
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers, 11 Embeddings, 12 Attention
#     Teaches  the model that reads a text and goes on with it; what each of its layers keeps in memory
#     Opens    14 Profiling, 17 Memoization, and Milestone 5
#
# Put twelve attentions in a row, and nothing is left of what was said. A transformer is made of the same parts and of
# one idea, which you may find yourself in a moment. By the end of this page you have built a model that is told a thing
# once, is asked about it, and answers.

# %% given="start"
#| default_exp nn.transformer
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("13")

# %% given="imports"
#| export
import math
from operator import index

import numpy as np
from tinytorch.core.autograd import no_grad, rule
from tinytorch.core.tensor import Tensor, default_rng, method
from tinytorch.nn.activations import Softmax
from tinytorch.nn.attention import causal_mask, scaled_dot_product_attention
from tinytorch.nn.embedding import Embedding, LearnedPositionalEmbedding
from tinytorch.nn.layers import Dropout, Linear, Module, Parameter, Sequential
from tinytorch.nn.losses import CrossEntropyLoss

# %% given="tools"
import tracemalloc

from tinytorch.core.autograd import gradcheck
from tinytorch.nn.activations import GELU
from tinytorch.nn.attention import Attention
from tinytorch.optim import Adam

# %% [markdown]
# ## Try first
#
# Sixteen rows of 32 random numbers, one for each token of a text. `apart` says how much the rows differ: 1 if they have
# nothing in common, 0 if all are alike. Attention mixes rows, so let them go through twelve attentions, all untrained.
# Write `twelve(rows, layers)`. Ten minutes, ungraded. Target: every layer is used, and the sixteen rows still differ by
# 0.05 or more. If you miss it, keep the attempt: you will meet it again.

# %% given="twelve"
def apart(x):
    """How far the rows are from their mean, as a share of how long they are."""
    rows = x.data.astype(np.float64)
    return float(np.linalg.norm(rows - rows.mean(axis=0)) / np.linalg.norm(rows))


def make_twelve(seed=3):
    rng = np.random.default_rng(seed)
    layers = [Attention(32, causal=False, rng=rng) for _ in range(12)]
    return Tensor(rng.normal(size=(16, 32))), layers

# %% scratch="try_first"
def twelve(rows, layers):
    for layer in layers:
        rows = layer(rows)  # your attempt
    return rows


print(f"the rows differ by {apart(twelve(*make_twelve())):.2g}")

# %% [markdown]
# ## Build: one stream
#
# An attention answers each row with a mean over all rows. Means lie closer together than what they are taken of, and
# the next layer takes means of means. So do not hand the answers on. Keep the rows, and let each layer *add* what it
# found: `x = x + layer(x)`. This is a *residual connection*, He et al. (2015). What runs from the first layer to the
# last, and is only ever added to, is called the *residual stream*. Every layer reads the same wide stream and writes
# into it; what an early one has written stays there for a late one.
#
# How much do the rows differ after twelve layers that add? And how large have the numbers become? They began with
# spread 1. A guide: if what is added spreads as far as what is there and has nothing to do with it, the sum spreads
# 1.41 times as far. Most of these answers spread a little less.

# %% predict="stream"
predict("rows differ by, after twelve in a row", None)  # your guess in place of None
predict("rows differ by, after twelve that add", None)
predict("spread of the stream after twelve that add", None)

# %% demo="stream"
start, layers = make_twelve()
in_a_row = adding = start
for layer in layers:
    in_a_row, adding = layer(in_a_row), adding + layer(adding)
measured("rows differ by, after twelve in a row", apart(in_a_row))
measured("rows differ by, after twelve that add", apart(adding))
measured("spread of the stream after twelve that add", float(adding.data.std()))

# %% [markdown]
# That is the answer to *Try first*. In a row, float32 soon has no digit left in which two rows differ. Rows that add
# grow alike, too, since what is added to them is; but each still holds what it began with. It has a price: the stream
# grows with every layer that adds to it, and a late layer is handed larger numbers than an early one.
#
# ## Build: the same scale for every layer
#
# So before a layer reads the stream, each row is brought to mean 0 and spread 1. This is *layer normalization*, Ba et
# al. (2016). In words: take the mean of the row away; divide by the root of the mean square of what is left; then
# multiply by a weight and add a bias, one for each place of the row, which learn what scale is wanted. The weight
# starts at 1, the bias at 0. A row of equal numbers has spread 0, so a small `eps` stands under the root. `standardise`
# of 01 did this to images. Here the stream itself stays as it is: only what the layer reads has been normed.

# %% exercise="layer_norm"
#| export
class LayerNorm(Module):
    """Each row, along the last axis of `d` numbers, with mean 0 and spread 1, times `weight` plus `bias`."""

    def __init__(self, d, eps=1e-5):
        self.eps = eps
        self.weight, self.bias = Parameter(np.ones(d)), Parameter(np.zeros(d))

    def forward(self, x):
        """`x` of shape (..., d), normed row by row."""
        # How: subtract the mean; variance is the mean of the squares; divide by the root of variance + eps; then weight
        # and bias.
        # Example: with weight 1 and bias 0 the row [3, 5, 7, 9] becomes [-1.34, -0.447, 0.447, 1.34].
        # Hint: mean(axis=-1, keepdims=True) meets the row again; .sqrt() is a Tensor's. Nothing here needs `.data`.
        ### BEGIN SOLUTION
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        return centred / (variance + self.eps).sqrt() * self.weight + self.bias
        ### END SOLUTION

# %% check="layer_norm" points=14
got = LayerNorm(4)(Tensor([[3, 5, 7, 9], [40, 70, 60, 30]]))
assert got.shape == (2, 4), f"every number is normed in its place: expected (2, 4), found {got.shape}"
assert np.allclose(got.data.mean(axis=1), 0, atol=1e-5), (
    f"each row should have mean 0; yours {got.data.mean(axis=1)}. Is it axis=-1?")
assert np.allclose(got.data[0], [-1.3416, -0.4472, 0.4472, 1.3416], atol=1e-3), (
    f"the row 3 5 7 9 is 6 and -3 -1 1 3 around it; the mean square is 5, so -3 / 2.236 = -1.342 comes first; yours "
    f"{got.data[0]}. -0.6 lacks the root, -1.162 divides by n - 1.")
got = LayerNorm(4)
got.weight.data, got.bias.data = np.float32([3, 5, 7, 9]), np.float32([10, 20, 30, 40])
got = got(Tensor([[[3, 5, 7, 9]], [[9, 7, 5, 3]]])).data[:, 0]
assert np.allclose(got[0], [5.975, 17.764, 33.130, 52.075], atol=1e-2), (
    f"times 3 5 7 9, plus 10 20 30 40: 5.98, 17.76, 33.13, 52.07; yours {got[0]}")
got = LayerNorm(4)(Tensor([[5, 5, 5, 5]])).data
assert np.allclose(got, 0), f"a row of equal numbers becomes 0, thanks to eps; yours {got}"
got = LayerNorm(4, eps=4.0)(Tensor([[3, 5, 7, 9]])).data[0, 0]
assert np.isclose(got, -1), f"with eps 4 it is -3 / root of (5 + 4) = -1; yours {got:.4f}. self.eps, under the root?"
got = LayerNorm(4), Tensor([[3, 5, 7, 9]], requires_grad=True)
assert got[0](got[1]).requires_grad and not rejects(lambda norm: gradcheck(norm, got[1]), got[0]), (
    "the values are right, but backward and nudging disagree about the row: which step leaves the Tensors, by .data?")
assert all(p.grad is not None for p in got[0].parameters()), "backward should reach weight and bias; it misses one"

# %% [markdown]
# What is the gradient of that? Nobody has to derive it: you used operations that have rules. `gradcheck` holds it
# against nudging.

# %% demo="norm_gradient"
norm, some = LayerNorm(6), Tensor(np.random.default_rng(3).normal(size=(4, 6)), requires_grad=True)
print(f"LayerNorm: backward and nudging are {gradcheck(norm, some):.0e} apart")

# %% [markdown]
# ## Build: a layer for each token alone
#
# Attention moves things between tokens. What is to be *made* of them is decided at each token alone, by a network of
# two layers: up to four times the width, a bend, and down again. It is the larger part of a model: 8 * d * d weights to
# the 4 * d * d of an attention.
#
# The bend is GELU of 02. There it was one sentence of Tensor operations, with `c` the root of 2 / pi:
#
#     0.5 * x * (1 + (c * (x + 0.044715 * x * x * x)).tanh())
#
# Each operation leaves an array until backward comes, and here they would be four times as wide as the stream. So the
# sentence becomes one forward with one rule. Its slope, by the rule for products: half of 1 + t, plus half of x times
# the slope of t, where t is the tanh. How many arrays of its own size does each of the two keep alive, its result among
# them?

# %% given="gelu"
#| export
STEEP, CUBE = math.sqrt(2 / math.pi), 0.044715


def gelu(array, keep=None):
    """0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))), element by element."""
    inside = array * array
    inside *= STEEP * CUBE
    inside += STEEP
    inside *= array
    bend = np.tanh(inside)
    if keep is not None:
        keep["bend"] = bend
    out = bend + 1
    out *= array
    out *= 0.5
    return out


@rule(gelu, keeps=True)
def gelu_rule(grad_out, out, array, kept):
    bend = kept["bend"]
    slope = array * array
    slope *= 3 * STEEP * CUBE
    slope += STEEP
    slope *= array
    slope *= 1 - bend * bend  # now x times the slope of the tanh
    slope += bend
    slope += 1
    slope *= 0.5
    return (grad_out * slope,)

# %% given="mlp"
#| export
class MLP(Module):
    """Two layers for each token alone: up to `d_hidden` numbers, GELU, and back to `d_model`."""

    def __init__(self, d_model, d_hidden=None, *, rng=None):
        d_hidden = 4 * d_model if d_hidden is None else d_hidden
        self.up, self.down = Linear(d_model, d_hidden, rng=rng), Linear(d_hidden, d_model, rng=rng)

    def forward(self, x):
        return self.down(Tensor._apply(gelu, self.up(x)))

# %% given="held"
def held_bytes(action):
    """Bytes that are alive as long as the result of `action()` is, and were not before."""
    tracemalloc.start()
    try:
        result = action()
        return tracemalloc.get_traced_memory()[0] if result is not None else 0
    finally:
        tracemalloc.stop()

# %% predict="gelu"
predict("arrays kept by GELU of 02", None)  # your guess in place of None
predict("arrays kept by gelu", None)

# %% demo="gelu"
wide = Tensor(np.random.default_rng(3).normal(size=(1000, 256)), requires_grad=True)
size = wide.memory_footprint()
measured("arrays kept by GELU of 02", round(held_bytes(lambda: GELU()(wide)) / size))
measured("arrays kept by gelu", round(held_bytes(lambda: Tensor._apply(gelu, wide)) / size))
print("values agree:", np.allclose(GELU()(wide).data, gelu(wide.data), atol=1e-6))
apart_by = gradcheck(lambda x: Tensor._apply(gelu, x), some)
print(f"gelu: backward and nudging are {apart_by:.0e} apart")

# %% [markdown]
# ## A fault to find: heads that cannot hear the beginning
#
# One attention makes one mixture for each token. To listen to the verb and to the name at once, take several. A *head*
# is an attention of its own with a share of the width: with 4 heads and d_model 64, each gets 16 of the 64 numbers of
# every query, key and value. Their answers are put side by side, and `out` mixes them. That costs no weight more than
# one wide head.
#
#     x                     (..., seq_len, d_model)
#     query, key, value     (..., seq_len, d_model) each
#     split into heads      (..., n_heads, seq_len, head_dim)
#     attention             (..., n_heads, seq_len, head_dim)
#     joined                (..., seq_len, d_model), and then out

# %% given="multi_head_class"
#| export
class MultiHeadAttention(Module):
    """`n_heads` attentions side by side, each with its share of every token; Vaswani et al. (2017), section 3.2.2.

    Parameters
    ----------
    d_model : int
        The width of the stream; n_heads divides it.
    causal : bool
        Whether a token looks only at itself and at earlier ones.
    """

    def __init__(self, d_model, n_heads, causal=True, *, rng=None):
        if d_model % n_heads:
            raise ValueError(f"each head gets an equal share of the width, and {n_heads} heads cannot share {d_model}. "
                             f"Try d_model {d_model + n_heads - d_model % n_heads}.")
        self.n_heads, self.causal = n_heads, causal
        self.query, self.key, self.value, self.out = (Linear(d_model, d_model, rng=rng) for _ in range(4))

# %% [markdown]
# A colleague wrote it so, and tested shape and causality: no later token changes an earlier answer. It trains, too.

# %% fault="colleague"
class ColleagueAttention(MultiHeadAttention):
    def forward(self, x):
        def split(rows):
            return rows.reshape(*x.shape[:-2], self.n_heads, x.shape[-2], -1)

        mask = causal_mask(x.shape[-2]) if self.causal else None
        found = scaled_dot_product_attention(*map(split, (self.query(x), self.key(x), self.value(x))), mask)
        return self.out(found.reshape(x.shape))


def change_of(layer, at, seq_len=16):
    """How far the answer at each token moves when token `at` is another one."""
    before = np.random.default_rng(5).normal(size=(1, seq_len, 12))
    after = before.copy()
    after[0, at] = -before[0, at]
    return np.abs(layer(Tensor(after)).data - layer(Tensor(before)).data).max(axis=(0, 2))


colleague = ColleagueAttention(12, 2, rng=np.random.default_rng(3))
assert colleague(Tensor(np.ones((5, 16, 12)))).shape == (5, 16, 12)
assert all((change_of(colleague, at)[:at] < 1e-6).all() for at in range(16))

# %% [markdown]
# Sixteen tokens, and the first of them is exchanged. Which is the last token whose answer changes, with 2 heads? With
# 4? Tokens count from 0, and with a right layer it is 15.

# %% predict="reach"
predict("last token that the first one reaches, 2 heads", None)  # your guess in place of None
predict("last token that the first one reaches, 4 heads", None)

# %% demo="reach"
for n_heads in (2, 4):
    reached = np.flatnonzero(change_of(ColleagueAttention(12, n_heads, rng=np.random.default_rng(3)), 0) > 1e-6)
    measured(f"last token that the first one reaches, {n_heads} heads", int(reached[-1]))

# %% [markdown]
# Nothing comes from the future, so the test of causality is content: it asks who must not be heard, and never who must
# be. Write the check that asks both.

# %% exercise="catch"
def check_heads(layer_of):
    """Raise AssertionError unless `layer_of(d_model, n_heads)` makes a layer that is causal and hears the beginning."""
    # How: make a layer with two heads or more. `change_of(layer, at)` tells whose answer moves when token `at` does.
    # Assert that a token moves no answer before its own, and that the first token moves the last answer.
    # Example: check_heads(ColleagueAttention) raises AssertionError.
    # Hint: change_of works with d_model 12 and 16 tokens. Any answer that should move does so by far more than 1e-6.
    ### BEGIN SOLUTION
    layer = layer_of(12, 3)
    for at in range(1, 16):
        assert (change_of(layer, at)[:at] < 1e-6).all(), "a later token changes an earlier answer"
    assert change_of(layer, 0)[-1] > 1e-6, "the first token does not reach the last"
    ### END SOLUTION

# %% check="catch" points=8
got = {"ahead": lambda n: np.tri(n, k=1, dtype=bool),
       "one": lambda n: np.tri(n, dtype=bool) | (np.arange(n) == n // 2 + 1),
       "end": lambda n: np.tri(n, dtype=bool) & ~np.eye(n, k=1 - n, dtype=bool)}
got = {name: lambda layer, x, mask=mask: scaled_dot_product_attention(x, x, x, mask(x.shape[-2]))
       for name, mask in got.items()}
got |= {"right": lambda layer, x: Attention.forward(layer, x), "deaf": lambda layer, x: layer.out(layer.value(x))}
got = {name: type(name, (MultiHeadAttention,), {"forward": forward}) for name, forward in got.items()}
got["open"] = lambda d_model, n_heads: got["right"](d_model, n_heads, causal=False)
assert rejects(check_heads, ColleagueAttention), (
    "your check lets the colleague's layer pass. Its first token does not reach the last answer: did you ask that, "
    "with two heads or more?")
assert not rejects(check_heads, got["right"]), "your check refuses a right layer: causal, and the first token is heard"
assert rejects(check_heads, got["open"]), "your check lets a layer pass in which earlier tokens hear later ones"
assert rejects(check_heads, got["ahead"]), "your check lets a layer pass in which each token hears the next one"
assert rejects(check_heads, got["one"]), (
    "your check lets a layer pass in which one token of the sixteen is heard by all before it: ask about each of them")
assert rejects(check_heads, got["deaf"]), "your check lets a layer pass in which each token hears itself alone"
assert rejects(check_heads, got["end"]), "your check lets a layer pass whose last token hears all others but the first"

# %% [markdown]
# Where is the fault? In memory a row lies in one piece: token 0 with all its 12 numbers, then token 1. `reshape` to
# (n_heads, seq_len, head_dim) cuts this long row into n_heads pieces, and the first piece is the first half of the
# *text*. What you want is a part of every token. So first cut each token, (seq_len, n_heads, head_dim), and then swap
# the two axes. Back again: swap first, then put side by side.

# %% exercise="multi_head"
#| export
# Write split_heads(x, n_heads), join_heads(x), and with them `forward`, under the line with @ as it stands here.
#     @method(MultiHeadAttention)
#     def forward(self, x):
# How: split query, key and value of x; a causal_mask of seq_len if self.causal, else None; attention; join; self.out.
# Example: split_heads of shape (5, 16, 12) with 3 heads has shape (5, 3, 16, 4); join_heads takes it back.
# Hint: `*leading, seq_len, d_model = x.shape` takes any leading axes; transpose(-3, -2) swaps two axes.
### BEGIN SOLUTION
def split_heads(x, n_heads):
    """(..., seq_len, d_model) as (..., n_heads, seq_len, head_dim): each head has its share of every token."""
    *leading, seq_len, d_model = x.shape
    return x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose(-3, -2)


def join_heads(x):
    """(..., n_heads, seq_len, head_dim) back to (..., seq_len, d_model)."""
    *leading, n_heads, seq_len, head_dim = x.shape
    return x.transpose(-3, -2).reshape(*leading, seq_len, n_heads * head_dim)


@method(MultiHeadAttention)
def forward(self, x):
    query, key, value = (split_heads(layer(x), self.n_heads) for layer in (self.query, self.key, self.value))
    mask = causal_mask(x.shape[-2]) if self.causal else None
    return self.out(join_heads(scaled_dot_product_attention(query, key, value, mask)))
### END SOLUTION

# %% check="multi_head" points=16
got = Tensor(np.arange(5 * 7 * 12).reshape(5, 7, 12))
assert split_heads(got, 3).shape == (5, 3, 7, 4), f"expected (5, 3, 7, 4), found {split_heads(got, 3).shape}"
assert split_heads(got, 3).data[0, 1, 2].tolist() == [28, 29, 30, 31], (
    "head 1 has numbers 4 to 7 of every token; of token 2, which is 24 to 35, these are 28 to 31; yours are "
    f"{split_heads(got, 3).data[0, 1, 2].tolist()}")
assert np.array_equal(join_heads(split_heads(got, 3)).data, got.data), "join_heads should undo split_heads"
assert not rejects(check_heads, MultiHeadAttention), "your own check refuses your layer"
got = MultiHeadAttention(12, 1, rng=np.random.default_rng(3)), Attention(12, rng=np.random.default_rng(5))
got[1].load_state_dict(got[0].state_dict())
got = [layer(Tensor(np.random.default_rng(7).normal(size=(5, 7, 12)))).data for layer in got]
assert np.allclose(*got, atol=1e-5), (
    "one head is Attention of 12, with the same weights the same answers: who asks, who is asked, whose values are "
    f"mixed? Expected {got[1][0, 1, :2]}, yours {got[0][0, 1, :2]}")
got = MultiHeadAttention(12, 3, causal=False, rng=np.random.default_rng(3))
assert change_of(got, 15)[0] > 1e-6, "with causal=False the first token hears the last one, too: then the mask is None"
got = MultiHeadAttention(12, 3, rng=np.random.default_rng(3)), Tensor(np.random.default_rng(7).normal(size=(7, 12)))
got[0].out.weight.data, got[0].out.bias.data = 5 * np.eye(12, dtype="f"), np.full(12, 3.0, dtype="f")
got = [*got, *(layer(got[1])[:, 4:8] for layer in (got[0].query, got[0].key, got[0].value))]
got = got[0](got[1])[:, 4:8], scaled_dot_product_attention(*got[2:], causal_mask(7)) * 5 + 3
assert np.allclose(got[0].data, got[1].data, atol=1e-4), (
    "no batch, and out multiplies by 5 and adds 3: head 1 is attention on numbers 4 to 7 of query, key and value, and "
    f"then out; expected {got[1].data[0, :2]}, yours {got[0].data[0, :2]}")
got = np.random.default_rng(7).normal(size=(5, 4))
got = MultiHeadAttention(4, 2, rng=np.random.default_rng(3)), Tensor(got, requires_grad=True)
assert got[0](got[1]).requires_grad and not rejects(lambda layer: gradcheck(layer, got[1]), got[0]), (
    "the values are right, but backward and nudging disagree about x: which step leaves the Tensors, by .data?")

# %% [markdown]
# ## Build: a block
#
# Now the parts meet. A block reads the stream, normed, with its attention, and adds what it found. Then it reads the
# stream again, normed anew, with its MLP, and adds that. Nothing else ever touches the stream. Dropout of 03 stands
# before each addition; unless you ask for it, it is 0 and does nothing.
#
#     x = x + dropout(attention(norm1(x)))
#     x = x + dropout(mlp(norm2(x)))

# %% exercise="block"
#| export
class TransformerBlock(Module):
    """Attention, then an MLP: each reads the stream of width `d_model`, normed, and adds to it."""

    def __init__(self, d_model, n_heads, dropout=0.0, *, rng=None):
        self.norm1, self.attention = LayerNorm(d_model), MultiHeadAttention(d_model, n_heads, rng=rng)
        self.norm2, self.mlp = LayerNorm(d_model), MLP(d_model, rng=rng)
        self.dropout = Dropout(dropout, rng=rng)

    def forward(self, x):
        """The stream (..., seq_len, d_model) with what attention and MLP add to it."""
        # How: the two lines above, with the parts of self.
        # Example: if attention and mlp answer 0 to everything, the stream comes out as it went in.
        # Hint: the second line starts from the result of the first, in both places.
        ### BEGIN SOLUTION
        x = x + self.dropout(self.attention(self.norm1(x)))
        return x + self.dropout(self.mlp(self.norm2(x)))
        ### END SOLUTION

# %% check="block" points=14
got = TransformerBlock(12, 3, rng=np.random.default_rng(3))
got.attention.out.weight.data, got.mlp.down.weight.data = np.zeros((12, 12), "f"), np.zeros((12, 48), "f")
assert np.array_equal(got(Tensor(np.arange(84).reshape(7, 12))).data, np.arange(84).reshape(7, 12)), (
    "attention and MLP answer 0 here, so the stream should come out as it went in: add to x, not to norm(x)")
got.norm1, got.attention, got.dropout = (lambda x: x + 3), (lambda x: x * 5), (lambda x: x * 0.5)
got.norm2, got.mlp = (lambda x: x + 7), (lambda x: x * x)
got = got(Tensor([[4.0]])).item()
assert got == 427.625, (
    "with parts that can be done by hand: 4 + 0.5 * 5 * (4 + 3) = 21.5, then 21.5 + 0.5 * (21.5 + 7) ** 2 = 427.625; "
    f"yours is {got:g}. 2155 lacks both dropouts, 1097 the first, 833.75 the second.")
got = np.random.default_rng(7).normal(size=(5, 4))
got = TransformerBlock(4, 2, rng=np.random.default_rng(3)), Tensor(got, requires_grad=True)
assert got[0](got[1]).requires_grad and not rejects(lambda block: gradcheck(block, got[1]), got[0]), (
    "the values are right, but backward and nudging disagree about x: where does the stream leave the Tensors?")
got = TransformerBlock(12, 3, rng=np.random.default_rng(3))
assert not rejects(lambda one: check_heads(lambda d_model, n_heads: one), got), "a block is causal, as its parts are"

# %% [markdown]
# A block of width 64 has 12 * 64 * 64 weights, about 200 kB. What does it keep alive until backward, for 8 rows of 64
# tokens? And for 8 rows of 256? Count as for GELU: each operation leaves an array, and between `up` and `down` it is
# four times as wide as the stream. Four times the tokens need four times of everything that is kept for each token. But
# the scores are kept for each pair of tokens and for each head, and four times over: as products, divided, masked, and
# as shares.

# %% predict="layer_memory"
predict("MB kept by one block, 8 rows of 64 tokens", None, unit="MB")  # your guess in place of None
predict("MB kept by one block, 8 rows of 256 tokens", None, unit="MB")

# %% demo="layer_memory"
block = TransformerBlock(64, 4, rng=np.random.default_rng(3))
for seq_len in (64, 256):
    stream = Tensor(np.ones((8, seq_len, 64)), requires_grad=True)
    kept_mb = held_bytes(lambda stream=stream: block(stream)) / 1e6
    measured(f"MB kept by one block, 8 rows of {seq_len} tokens", kept_mb, unit="MB")
    scores_mb = 8 * 4 * seq_len**2 * 4 / 1e6
    stream_mb = stream.memory_footprint() / 1e6
    print(f"the stream itself is {stream_mb:.2f} MB, one array of scores {scores_mb:.2f} MB: beside 4 of scores "
          f"the block keeps {(kept_mb - 4 * scores_mb) / stream_mb:.0f} arrays like the stream")

# %% [markdown]
# ## Resting place
#
# You have a block, and a block is nearly all there is: the rest is a table in front, a table behind, and many blocks
# between. What is left is the model, how it learns, and how it writes. To come back tomorrow, run the cells above once.

# %% [markdown]
# ## Build: the whole model
#
# The stream begins as the row of a table, one for each token, plus the row of another, one for each place in the text;
# see 11. Then the blocks. At the end the stream is normed once more, and `head` makes a score for each token of the
# vocabulary: how well would it come *next*? So one text of n tokens asks n questions at once, and causality keeps each
# of them honest.
#
# The last weights start small, as `small_normal` draws them, so that at first all scores are nearly equal. Then an
# untrained model says the same of every token, and its loss is known before anything has run: see 04.

# %% given="small_normal"
#| export
def small_normal(shape, rng):
    """Normal numbers of spread 0.02, for the last weight."""
    return rng.normal(0, 0.02, shape)

# %% given="transformer_class"
#| export
IGNORED = -100  # a target that does not count


class Transformer(Module):
    """Scores for the token that comes next, at every place of a text; causal, with the norm before each layer.

    Parameters
    ----------
    vocab_size, d_model, n_heads, n_layers : int
        Tokens that there are, width of the stream, heads of each attention, blocks.
    max_len : int
        The longest text that has places in the table.
    """

    def __init__(self, vocab_size, d_model, n_heads, n_layers, max_len=256, dropout=0.0, *, rng=None):
        self.max_len = max_len
        self.embedding = Embedding(vocab_size, d_model, rng=rng)
        self.positions = LearnedPositionalEmbedding(max_len, d_model, rng=rng)
        self.dropout = Dropout(dropout, rng=rng)
        self.blocks = Sequential(*[TransformerBlock(d_model, n_heads, dropout, rng=rng) for _ in range(n_layers)])
        self.norm = LayerNorm(d_model)
        self.head = Linear(d_model, vocab_size, bias=False, init=small_normal, rng=rng)

    def forward(self, tokens, targets=None):
        """Logits (batch, seq_len, vocab_size) for tokens (batch, seq_len); with targets, one a token, the loss."""
        stream = self.stream(tokens)
        return self.head(stream) if targets is None else self.loss(stream, targets)

    def loss(self, stream, targets):
        """The mean surprise at those targets that are not IGNORED; no others are scored."""
        ids = targets.data if isinstance(targets, Tensor) else np.asarray(targets)
        if ids.shape != stream.shape[:-1]:
            raise ValueError(f"each token has one target: expected shape {stream.shape[:-1]}, found {ids.shape}")
        counted = np.flatnonzero(ids.reshape(-1) != IGNORED)
        if not len(counted):
            raise ValueError(f"all {ids.size} targets are {IGNORED}, which means that none of them counts")
        rows = stream.reshape(-1, stream.shape[-1])
        rows = rows if len(counted) == ids.size else rows[counted]
        return CrossEntropyLoss()(self.head(rows), ids.reshape(-1)[counted])

# %% exercise="stream"
#| export
@method(Transformer)
def stream(self, tokens):
    """The stream of shape (batch, seq_len, d_model) after all blocks, normed, for tokens (batch, seq_len)."""
    # How: a row of the table for each token, its place added, dropout; through all blocks; the last norm.
    # Example: model.head(model.stream(tokens)) is model(tokens).
    # Hint: self.embedding takes tokens; self.positions takes what that gives, and adds. self.blocks is a Sequential.
    ### BEGIN SOLUTION
    x = self.dropout(self.positions(self.embedding(tokens)))
    return self.norm(self.blocks(x))
    ### END SOLUTION

# %% check="stream" points=14
got = Transformer(11, 12, 3, 2, max_len=9, rng=np.random.default_rng(3))
got = got, got.stream(np.array([[3, 7, 5, 4], [3, 9, 5, 8]])).data
assert got[1].shape == (2, 4, 12), f"a row of 12 for each token: expected (2, 4, 12), found {got[1].shape}"
assert np.allclose(got[1].mean(axis=-1), 0, atol=1e-4), "after self.norm each row has mean 0; is it the last step?"
assert np.allclose(got[1][0, 0], got[1][1, 0], atol=1e-5), "both texts begin with 3, so their first rows are equal"
assert not np.allclose(got[1][0, 2], got[1][1, 2], atol=1e-3), "before 5 stands 7 or 9: its rows differ. The blocks?"
got = got[0].stream(np.array([[6, 6, 6]])).data[0]
assert not np.allclose(got[0], got[2], atol=1e-3), "three equal tokens at three places: their rows differ. The places?"
got = Transformer(11, 12, 3, 2, rng=np.random.default_rng(3))
got.embedding, got.positions, got.dropout, got.norm = (lambda t: Tensor(t)), (lambda x: x + 3), (lambda x: x * 5), (
    lambda x: x - 7)
got.blocks = Sequential(lambda x: x * x, lambda x: x + 9)
got = got.stream(np.array([[4.0]])).item()
assert got == 1227, f"with parts to be done by hand: (5 * (4 + 3)) ** 2 + 9 - 7 = 1227; yours is {got:g}"
got = Transformer(11, 12, 3, 2, max_len=9, rng=np.random.default_rng(3))
got(np.array([[3, 7, 5, 4]]), np.array([[7, 5, 4, 6]])).backward()
got = [name for name, p in got.named_parameters() if p.grad is None]
assert not got, f"backward should reach every parameter; it misses {len(got)}, {got[0]} first: who leaves the Tensors?"

# %% [markdown]
# Six blocks of width 64 and 1,000 tokens of vocabulary, texts of up to 256 tokens. An attention has 4 * d * d weights,
# an MLP 8 * d * d; then there are two tables of `vocab_size` rows, and one of `max_len`. How many parameters are these,
# by your pencil? And what is the loss before any training?

# %% predict="count"
predict("parameters of the model", None)  # your guess in place of None
predict("loss before training", None)

# %% demo="count"
model = Transformer(1000, 64, 4, 6, max_len=256, rng=np.random.default_rng(3))
tokens = np.random.default_rng(5).integers(0, 1000, (4, 33))
count = sum(p.data.size for p in model.parameters())
measured("parameters of the model", count)
measured("loss before training", model(tokens[:, :-1], tokens[:, 1:]).item())
print(f"12 * L * d * d and three tables: {12 * 6 * 64 * 64 + (2 * 1000 + 256) * 64:,}; biases and norms are the rest")

# %% [markdown]
# The pencil is right to about one in a hundred, and the loss is ln 1000, 6.908, and a little: the last weights are
# small, not 0. Note the targets: they are the tokens, moved by one. A target of -100 does not count, so you can ask for
# the loss of some tokens only, and fill short rows up.
#
# ## Build: what writing costs
#
# A model writes by reading: it scores what may come next, one token is picked and put behind the text, and all is read
# again. `pick` is given. At temperature 0 it takes the highest score, which is called *greedy*. Otherwise the scores
# are divided by the temperature, softmax makes probabilities, and one token is drawn: low temperatures sharpen the
# differences, high ones level them.

# %% given="pick"
#| export
def pick(scores, temperature=0.0, rng=None):
    """A token: the one with the highest score, or at a temperature drawn by softmax(scores / temperature)."""
    if temperature == 0:
        return int(scores.argmax())
    probs = Softmax()(Tensor(scores) / temperature).data.astype(np.float64)
    return int((default_rng() if rng is None else rng).choice(len(probs), p=probs / probs.sum()))


def row_of(tokens):
    """A text, one token or more, as a list of ints."""
    row = [index(token) for token in (tokens.data if isinstance(tokens, Tensor) else tokens)]  # refuses 3.0
    if not row:
        raise ValueError("a model goes on with a text, and found no token. Give it one to begin with.")
    return row

# %% [markdown]
# Written this way, 100 tokens are 100 readings, of 1 token, of 2, and so on. How often does the first block compute the
# key of a token in all of them? And how many bytes would all keys and values of all six blocks take, for a text of 256
# tokens, if somebody kept them? A causal model never changes them: they depend on what came before. Kept keys and
# values are called a *KV cache*; 17 builds one.

# %% predict="writing"
predict("keys computed in the first block for 100 readings", None)  # your guess in place of None
predict("bytes of all keys and values, 256 tokens", None, unit="bytes")

# %% demo="writing"
def keys_and_values(model, tokens):
    """All keys and values that the blocks of a model compute for a text."""
    found, x = [], model.positions(model.embedding(tokens))
    for block in model.blocks:
        found += [layer(block.norm1(x)) for layer in (block.attention.key, block.attention.value)]
        x = block(x)
    return found


with no_grad():
    computed = sum(keys_and_values(model, np.arange(length))[0].shape[0] for length in range(1, 101))
    kept = sum(t.memory_footprint() for t in keys_and_values(model, np.arange(256)))
measured("keys computed in the first block for 100 readings", computed)
measured("bytes of all keys and values, 256 tokens", kept, unit="bytes")

# %% [markdown]
# 100 keys would have done.
#
# ## Use: told once, asked, and answered
#
# Now let it write. Read the text, at most its last `max_len` tokens; score; pick; put it behind; until there are enough
# or `stop` was picked, a token that means the end.

# %% exercise="generate"
#| export
def generate(model, tokens, max_new_tokens, temperature=0.0, rng=None, stop=None):
    """A text with up to `max_new_tokens` more behind it, each picked by the model; an int64 array.

    Parameters
    ----------
    tokens : a row of one token or more
    temperature, rng : as for `pick`
    stop : the token that ends the text; it is the last one then
    """
    row, training = row_of(tokens), model.training
    # How: model.eval(). So often: the logits of a batch of one, the last max_len tokens of the row, without recording;
    # pick by the logits of the last place; put it behind the row; end after `stop`. Then model.train(training), and
    # the row as an int64 array.
    # Example: generate(model, [5, 7], 3) begins with 5, 7 and has 5 tokens.
    # Hint: `with no_grad():`; np.array([row[-model.max_len:]]) is a batch of one; logits.data[0, -1] are the scores.
    ### BEGIN SOLUTION
    model.eval()
    with no_grad():
        for _ in range(max_new_tokens):
            logits = model(np.array([row[-model.max_len:]]))
            row.append(pick(logits.data[0, -1], temperature, rng))
            if row[-1] == stop:
                break
    model.train(training)
    return np.array(row, dtype=np.int64)
    ### END SOLUTION

# %% check="generate" points=16
class Summing(Module):
    """Scores highest what all tokens that it sees add up to, counted round 10; notes how it was called."""
    max_len, calls, weight = 5, (), Parameter([3.0])
    def forward(self, tokens):
        ids = tokens.data if isinstance(tokens, Tensor) else np.asarray(tokens)
        out = Tensor(np.eye(10)[np.cumsum(ids, axis=-1) % 10]) * self.weight
        self.calls = (*self.calls, (ids.shape, self.training, out.requires_grad))
        return out
got = Summing()
got = got, generate(got, [3, 4], 5)
assert isinstance(got[1], np.ndarray) and got[1].dtype == np.int64, (
    f"an int64 array comes back; found {type(got[1]).__name__} of {getattr(got[1], 'dtype', 'Python numbers')}")
got = got[0], got[1].tolist()
assert got[1] == [3, 4, 7, 4, 8, 6, 9], (
    "3 + 4 is 7, and 3 + 4 + 7 ends in 4, then come 8 and 6; of the last five, 4 7 4 8 6, it is 9. Expected "
    f"3 4 7 4 8 6 9; yours is {got[1]}. A 2 at the end would read more than max_len tokens.")
assert [call[0] for call in got[0].calls] == [(1, 2), (1, 3), (1, 4), (1, 5), (1, 5)], (
    f"each reading is a batch of one, and one token longer up to max_len; yours {[call[0] for call in got[0].calls]}")
assert not any(call[1] for call in got[0].calls), "in use, Dropout is quiet: model.eval() before the first reading"
assert not any(call[2] for call in got[0].calls), "nobody asks for gradients here: read inside `with no_grad():`"
assert got[0].training, "the model was learning before, and should be so afterwards: model.train(training)"
got = Summing()
got = got, np.asarray(generate(got, [4, 6], 5, stop=0)).tolist()
assert got[1] == [4, 6, 0], f"4 + 6 ends in 0, and stop is 0, a token like any other; it ends the text; yours {got[1]}"
assert got[0].training, "a text that met `stop` leaves the model as it was, too: do you reach model.train(training)?"
got = Summing().eval()
got = got, np.asarray(generate(got, np.array([3, 4]), 5, stop=4)).tolist()
assert got[1] == [3, 4, 7, 4], f"the second new token is 4, and stop is 4, so the text ends with it; yours is {got[1]}"
assert not got[0].training, "this model was in use before, and should be so afterwards: model.train(training)"
got = [np.asarray(generate(Summing(), [3, 4], 9, 5.0, np.random.default_rng(seed))).tolist() for seed in (3, 3, 5)]
assert got[0] == got[1] != got[2], "above temperature 0 tokens are drawn by rng: hand temperature and rng on to `pick`"
got = np.asarray(generate(Summing(), [3, 4], 5, 0.05, np.random.default_rng(3))).tolist()
assert got == [3, 4, 7, 4, 8, 6, 9], (
    f"at temperature 0.05 what has the highest score is as good as always drawn: 3 4 7 4 8 6 9; yours is {got}. Which "
    "temperature reaches `pick`?")
del Summing

# %% [markdown]
# TinyTalks of `tinytorch.datasets` has questions about what was said a moment before. The model reads a question and
# <sep>, and is to write the answer and <end>. Its tokens are words. Only the tokens of the answer count for the loss;
# everywhere else the target is IGNORED.

# %% demo="talks"
from tinytorch.datasets import tinytalks
from tinytorch.datasets.talks import words

talks = tinytalks()
train, unseen = ([pair for pair in part if pair.level == 5] for part in (talks.train, talks.composition))
vocabulary = ["<pad>", "<sep>", "<end>", *sorted({word for p in train for word in words(f"{p.question} {p.answer}")})]
number = {word: token for token, word in enumerate(vocabulary)}


def question_of(pair):
    return [*(number[word] for word in words(pair.question)), number["<sep>"]]


def answer_of(pair):
    return [*(number[word] for word in words(pair.answer)), number["<end>"]]


longest = max(len(question_of(pair) + answer_of(pair)) for pair in train)
inputs = np.full((len(train), longest - 1), number["<pad>"])
targets = np.full(inputs.shape, IGNORED)
for at, pair in enumerate(train):
    question, answer = question_of(pair), answer_of(pair)
    inputs[at, :len(question + answer) - 1] = (question + answer)[:-1]
    targets[at, len(question) - 1:len(question + answer) - 1] = answer
print(f"{len(train)} questions, {len(vocabulary)} tokens; for instance:")
print(train[0].question, "->", train[0].answer)

# %% [markdown]
# It learns from 507 of them, ten times each. Then it is asked 54 others, about people and things that never went
# together in what it learnt from: no answer can be known by heart. How many of the 54 will it get right, word for word?

# %% predict="answers"
predict("loss before the first step", None)  # your guess in place of None
predict("unseen questions answered word for word", None, unit="of 54")

# %% demo="answers"
rng = np.random.default_rng(3)
model = Transformer(len(vocabulary), 64, 4, 2, max_len=32, rng=rng)
optimizer, losses = Adam(model.parameters(), lr=0.003), []
for _ in range(10):
    for some in np.array_split(rng.permutation(len(train)), 16):
        optimizer.zero_grad()
        loss = model(inputs[some], targets[some])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())


def answers(model, pair):
    question = question_of(pair)
    return generate(model, question, 12, stop=number["<end>"])[len(question):].tolist()


measured("loss before the first step", losses[0])
print(f"after {len(losses)} steps: {losses[-1]:.4f}")
right = sum(answers(model, pair) == answer_of(pair) for pair in unseen)
measured("unseen questions answered word for word", right, unit="of 54")
for pair in unseen[:3]:
    print(pair.question, "->", " ".join(vocabulary[token] for token in answers(model, pair)))

# %% [markdown]
# It did not learn who has what. It learnt to look up, in the text before it, who has what.
#
# One more look at the stream. Since everything is added to one stream, it can be read anywhere: `norm` and `head` make
# scores of it also after the first block, or before any. What share of the answers' tokens is right when you read it
# before the blocks, after the first, and after the second?

# %% predict="lens"
predict("right tokens with 0 of 2 blocks", None, unit="%")  # your guess in place of None
predict("right tokens with 1 of 2 blocks", None, unit="%")
predict("right tokens with 2 of 2 blocks", None, unit="%")

# %% demo="lens"
with no_grad():
    x, counts = model.positions(model.embedding(inputs)), targets != IGNORED
    for blocks in range(3):
        found = model.head(model.norm(x)).data.argmax(axis=-1)
        share = (found == targets)[counts].mean()
        measured(f"right tokens with {blocks} of 2 blocks", 100 * share, unit="%")
        x = model.blocks[blocks](x) if blocks < 2 else x

# %% [markdown]
# Before the blocks each token knows itself alone, and that does for what nearly always follows it. The first block adds
# much of the rest, the second what was missing. None of them had to hand on what the others knew.
#
# ## Reflect
#
# Two questions with sizes of your own; answer them without running a model. A Transformer has `n_layers` blocks of
# width `d_model`, a vocabulary of `vocab_size` and `max_len` places. How many numbers are in its weights and tables,
# without biases and norms? Set `weight_count`. And `users` people write with it at the same time, each with a text of
# `text_len` tokens. Somebody keeps all keys and values of all texts in float32. How many bytes are these? Set
# `cache_bytes`. In both cells put your number, or an expression, in place of the 0 and delete the two lines below it.

# %% given="sizes"
vocab_size, d_model, n_layers, max_len = mine("model", [
    (8000, 96, 8, 512), (5000, 160, 6, 768), (12000, 128, 10, 384), (9000, 192, 4, 1280)])
users, text_len = mine("users", [(30, 400), (50, 300), (20, 350), (70, 250)])
print(f"vocab_size {vocab_size}, d_model {d_model}, n_layers {n_layers}, max_len {max_len}")
print(f"users {users}, text_len {text_len}")

# %% exercise="weight_count"
weight_count = 0  # your number
### BEGIN SOLUTION
weight_count = 12 * n_layers * d_model**2 + (2 * vocab_size + max_len) * d_model
### END SOLUTION

# %% check="weight_count" points=4
got = weight_count
assert got % d_model == 0, f"each weight and table has rows of d_model, or d_model rows; {got:,} is no multiple of it"
assert got > 2 * vocab_size * d_model, f"the tables of the vocabulary alone have more numbers than {got:,}"

# %% exercise="cache_bytes"
cache_bytes = 0  # your number
### BEGIN SOLUTION
cache_bytes = users * text_len * n_layers * 2 * d_model * 4
### END SOLUTION

# %% check="cache_bytes" points=4
got = cache_bytes
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * users * text_len * d_model, f"the keys of one block alone take as much; {got:,} bytes are not enough"

# %% [markdown]
# Somebody takes the fifth block out of a trained Transformer of twelve, and it answers nearly as before. Somebody else
# takes the fifth layer out of a trained network of twelve in a row, as in 03, and it answers nonsense. Why this
# difference? Which part of the Transformer would you not dare to take out, and why? And how much memory and time does
# it save, when the model learns, to have one block less of the twelve?

# %% [markdown] answer="block_out" points=8 rubric="adding, not handing on; what nothing replaces; memory and time"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.LayerNorm(d)` has the same two parameters under the same names, so its state moves to yours and back.
# - `torch.nn.MultiheadAttention` keeps query, key and value in one weight, `in_proj_weight`, one above the other. It is
#   not causal unless you hand in a mask, in which True means what may *not* be looked at. In
#   `torch.nn.functional.scaled_dot_product_attention` True means what may be looked at, as in yours.
# - `torch.nn.TransformerEncoderLayer(d_model, n_heads, 4 * d_model, activation=..., norm_first=True, batch_first=True)`
#   with a causal mask is your block. By default its norm stands behind the addition, as in the paper of 2017, and its
#   bend is ReLU. A TransformerDecoderLayer looks at a second text as well; models that write use the encoder layer.
# - `torch.nn.functional.gelu(x, approximate="tanh")` is one operation, as your `gelu`.
# - `torch.nn.functional.cross_entropy` passes over targets of -100, its `ignore_index`.
# - `torch.utils.checkpoint` is mostly used on blocks: a block's input is kept, and nothing inside it. That is computed
#   once more for backward.
