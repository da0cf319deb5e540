# %% [markdown]
# # 17 Memoization
#
#     Needs    01 Tensor, 03 Layers, 05 Autograd, 06 Optimizers, 12 Attention, 13 Transformers
#     Teaches  the KV cache: what cannot change is kept; then how a machine serves many people at once
#     Opens    18 Acceleration, and the transformer task of 20 Capstone
#
# Your model of 13 reads the whole text again for each token that it writes, and computes what it has computed before.
# Remember it, and a token deep in a text costs as much as one at its beginning. The price is memory, and you can say
# how much before you pay. By the end of this page your model also answers several people at once, and nobody gets an
# answer that was meant for somebody else.

# %% given="start"
#| default_exp memoization
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("17")

# %% given="imports"
#| export
# pyright: reportPrivateUsage=false
import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.autograd import no_grad
from tinytorch.core.tensor import Tensor
from tinytorch.nn.attention import causal_mask, scaled_dot_product_attention
from tinytorch.nn.layers import Module
from tinytorch.nn.transformer import MultiHeadAttention, Transformer, join_heads, pick, row_of, split_heads

Array = NDArray[np.float32]
AnyArray = NDArray[Any]

# %% given="tools"
import tempfile
import time
from functools import cache as remembered
from functools import partial

from tinytorch.nn.transformer import generate as generate_anew
from tinytorch.optim import Adam

# %% [markdown]
# ## Try first
#
# The model below has two blocks of width 64. It writes 48 tokens behind one, and as it does so `counted` counts the
# keys that its first block computes. Ten minutes, ungraded. Target: the same 49 tokens, and no more than 100 keys. If
# you miss it, keep the attempt: the first three exercises go the same way in steps.

# %% given="model"
def make_model(d_model=64, n_layers=2, max_len=64, vocab_size=50, seed=3):
    rng = np.random.default_rng(seed)
    model = Transformer(vocab_size, d_model, 4, n_layers, max_len=max_len, rng=rng).eval()
    model.head.weight.data *= 50  # so that it prefers one token to another
    return model


def overheard(action, model):
    """What `action()` gives, and the keys, a list of Tensors, that the first block computes meanwhile."""
    layer, keys = model.blocks[0].attention.key, []

    def listening(x):
        keys.append(type(layer).forward(layer, x))
        return keys[-1]

    layer.forward = listening
    try:
        return action(), keys
    finally:
        del layer.forward


def counted(action, model):
    """What `action()` gives, and how many keys the first block computes meanwhile."""
    result, keys = overheard(action, model)
    return result, sum(key.shape[-2] for key in keys)


def recorded(action, model):
    """Whether the keys that the first block computes in `action()` are recorded for backward."""
    return any(key.requires_grad for key in overheard(action, model)[1])


small = make_model()

# %% scratch="try_first"
def write_48(model):
    return generate_anew(model, [7], 48)  # your attempt


text, keys = counted(lambda: write_48(small), small)
print(len(text), "tokens,", keys, "keys")

# %% [markdown]
# ## Build: what cannot change
#
# A causal model never lets an earlier token hear a later one. So what a block computes for token 5 stays the same
# whatever comes behind it, and what later tokens want of token 5 are its *key* and its *value*, in each block. Keep
# these two, and nothing else of token 5 is needed again. This is a *KV cache*. In general, to keep an answer because
# the same question will come again is called *memoization*.
#
# Room for all of them is asked for once, at the beginning: an array that grew by a row each time would be copied each
# time. `length` says how many tokens are in it. All blocks `append` their keys and values behind the same `length`;
# when the last block is done, `length` moves on.

# %% given="cache"
#| export
class KVCache:
    """Keys and values of every block, for all tokens that were read so far.

    Parameters
    ----------
    n_layers, batch, n_heads, max_len, head_dim : int
        `keys` and `values` have this shape, float32. The first `length` places along max_len are in use.
    """

    def __init__(self, n_layers: int, batch: int, n_heads: int, max_len: int, head_dim: int) -> None:
        shape = (n_layers, batch, n_heads, max_len, head_dim)
        self.keys: Array = np.zeros(shape, dtype=np.float32)
        self.values: Array = np.zeros(shape, dtype=np.float32)
        self.length = 0

    @classmethod
    def of(cls, model: Transformer, batch: int = 1) -> "KVCache":
        """An empty cache for so many texts, as long as the model can read."""
        blocks = [block.attention for block in model.blocks]
        n_heads, d_model = blocks[0].n_heads, model.positions.weight.shape[1]
        return cls(len(blocks), batch, n_heads, model.max_len, d_model // n_heads)

    @property
    def nbytes(self) -> int:
        """Bytes of both arrays, whether in use or not."""
        return self.keys.nbytes + self.values.nbytes

    def append(self, layer: int, keys: Array, values: Array) -> tuple[Array, Array]:
        """Put keys and values of new tokens, (batch, n_heads, new, head_dim), behind a layer's own; `length` stays.

        Returns
        -------
        all keys and all values of this layer so far, the new ones included: views, no copies

        Raises
        ------
        ValueError
            If it is a cache for another number of texts, or there is no room.
        """
        start, stop, most = self.length, self.length + keys.shape[2], self.keys.shape[3]
        if len(keys) != len(self.keys[layer]):
            raise ValueError(f"the keys are of a batch of {len(keys)}, and the cache is for one of "
                             f"{len(self.keys[layer])}. Try KVCache.of(model, {len(keys)}).")
        if stop > most:
            raise ValueError(f"there are {start} tokens in the cache and {stop - start} more do not fit: it holds "
                             f"{most}")
        self.keys[layer, :, :, start:stop] = keys
        self.values[layer, :, :, start:stop] = values
        return self.keys[layer, :, :, :stop], self.values[layer, :, :, :stop]

# %% [markdown]
# Now attention with a cache. `x` are the new tokens alone: the whole text at first, later a single one. They ask with
# their own queries; keys and values are those of all tokens so far. Among themselves the new ones stay causal: of the
# mask of all places you want the last rows, one for each of them. A single new token hears all, and needs no mask. What
# you need of 12 and 13:
#
#     attention.query, .key, .value, .out    layers: (batch, new, d_model) to the same shape
#     split_heads(x, attention.n_heads)      (batch, n_heads, new, head_dim); join_heads takes it back
#     causal_mask(n)                         (n, n), whose row i is True up to place i
#     scaled_dot_product_attention(query, key, value, mask)
#
# `attention.causal` is not asked. Every block of 13 is causal, and of another kind nothing could be kept.

# %% exercise="attend"
#| export
def attend(attention: MultiHeadAttention, x: Tensor, cache: KVCache, layer: int) -> Tensor:
    """What a causal `attention` answers to new tokens `x`, (batch, new, d_model), behind those in the cache.

    Their keys and values are in the cache then; `cache.length` stays.
    """
    # How: query, key and value of x, split into heads; append; attention of the queries to all; join; attention.out.
    # Example: 5 tokens in the cache and 3 new ones: queries (batch, heads, 3, ...), keys and values (batch, heads, 8,
    # ...), a mask of shape (3, 8) whose last row is all True.
    # Hint: `.data` of key and value go into the cache. Tensor._wrap(keys) is a Tensor around the array that append
    # gave; Tensor(keys) is right as well, and copies all keys so far for each token.
    ### BEGIN SOLUTION
    query, key, value = (split_heads(part(x), attention.n_heads)
                         for part in (attention.query, attention.key, attention.value))
    keys, values = cache.append(layer, key.data, value.data)
    new = x.shape[-2]
    mask = causal_mask(keys.shape[2])[-new:] if new > 1 else None
    found = scaled_dot_product_attention(query, Tensor._wrap(keys), Tensor._wrap(values), mask)
    return attention.out(join_heads(found))
    ### END SOLUTION

# %% check="attend" points=14
got = {"layer": MultiHeadAttention(12, 3, rng=np.random.default_rng(3)), "cache": KVCache(2, 2, 3, 9, 4),
       "x": np.random.default_rng(4).normal(size=(2, 9, 12))}
got["layer"].out.bias.data = np.full(12, 3, "f")
got["whole"] = got["layer"](Tensor(got["x"])).data
for start, stop in ((0, 4), (4, 5), (5, 8), (8, 9)):
    got["new"] = attend(got["layer"], Tensor(got["x"][:, start:stop]), got["cache"], 1).data
    assert got["cache"].length == start, (
        f"attend leaves cache.length at {start}, for other blocks append behind the same tokens; yours moved it to "
        f"{got['cache'].length}")
    assert got["new"].shape == (2, stop - start, 12), f"{stop - start} new rows; yours have shape {got['new'].shape}"
    assert np.allclose(got["new"], got["whole"][:, start:stop], atol=1e-5), (
        f"tokens {start} to {stop - 1}, with those before them in the cache, should have the answers that they have in "
        "the whole text. " + ("Is each of several new ones causal? Do all keys come from this layer of the cache?"
                              if start else "Is each causal, are the heads joined, and does attention.out come last?"))
    attend(got["layer"], Tensor(-got["x"][:, start:stop]), got["cache"], 0)  # another layer, whose keys are its own
    got["cache"].length = stop
del start, stop

# %% [markdown]
# The model around it goes as in 13, with two differences. Each block has its layer of the cache. And the places of the
# new tokens do not begin at 0: a single token at place 40 needs the row of place 40. Dropout is left out, for nobody
# learns here. The parts of a model:
#
#     model.embedding(tokens)      a row for each token, (batch, new, d_model)
#     model.positions.weight       a row for each place, (max_len, d_model)
#     model.blocks                 one after the other, each with norm1, attention, norm2 and mlp
#     model.norm, model.head       the last norm; a score for each token of the vocabulary

# %% exercise="read"
#| export
def read(model: Transformer, tokens: NDArray[np.int64], cache: KVCache) -> Tensor:
    """Logits (batch, new, vocab_size) for new tokens (batch, new) behind those that the cache has; it has them then.

    Raises
    ------
    ValueError
        If the tokens have another form, or there is no room for them.
    """
    if tokens.ndim != 2:
        raise ValueError(f"tokens are a row for each text, (batch, new), such as [[5, 7]]; found shape {tokens.shape}")
    # How: rows of the tokens plus rows of their places; then, block by block, what a block of 13 does, with `attend`
    # for its attention; cache.length moves on; the last norm and the head.
    # Example: after read(model, np.array([[5, 7]]), cache), read(model, np.array([[9]]), cache) gives what
    # model([[5, 7, 9]]) gives for 9.
    # Hint: model.positions.weight[start:stop]; x + attend(block.attention, block.norm1(x), cache, layer), then the MLP.
    ### BEGIN SOLUTION
    start, stop = cache.length, cache.length + tokens.shape[1]
    x = model.embedding(tokens) + model.positions.weight[start:stop]
    for layer, block in enumerate(model.blocks):
        x = x + attend(block.attention, block.norm1(x), cache, layer)
        x = x + block.mlp(block.norm2(x))
    cache.length = stop
    return model.head(model.norm(x))
    ### END SOLUTION

# %% check="read" points=12
got = {"model": make_model(12, 3, max_len=11, vocab_size=9),
       "tokens": np.array([[3, 7, 5, 4, 8, 6, 3], [4, 4, 8, 3, 7, 5, 6]])}
got["cache"], got["whole"] = KVCache.of(got["model"], batch=2), got["model"](got["tokens"]).data
for start, stop in ((0, 3), (3, 4), (4, 6), (6, 7)):
    got["new"] = read(got["model"], got["tokens"][:, start:stop], got["cache"]).data
    assert got["cache"].length == stop, f"{stop} tokens were read; cache.length is {got['cache'].length}"
    got["empty"] = np.flatnonzero(~got["cache"].keys[:, :, :, start:stop].any(axis=(1, 2, 3, 4))).tolist()
    assert not got["empty"], f"each block has its layer of the cache, and no keys came into layer {got['empty'][0]}"
    assert got["new"].shape == (2, stop - start, 9), f"logits for {stop - start} new ones; yours {got['new'].shape}"
    assert np.allclose(got["new"], got["whole"][:, start:stop], rtol=1e-4, atol=1e-4), (
        f"the logits of tokens {start} to {stop - 1} should be those of the model. " + (
            f"Do their places begin at {start}?" if start else "Nothing was in the cache before, so look at the "
            "rest: a row for each place, norm1, norm2, both additions of each block, and the last norm?"))
del start, stop

# %% [markdown]
# A text is now written in two parts. First all tokens that are given are read at once: the *prefill*. Then each new
# token is read alone.

# %% exercise="generate"
#| export
def generate(model: Transformer, tokens: Sequence[int], max_new_tokens: int, temperature: float = 0.0,
             rng: np.random.Generator | None = None, stop: int | None = None) -> NDArray[np.int64]:
    """A text with up to `max_new_tokens` more behind it, as `generate` of 13 writes it, each token read once.

    Raises
    ------
    ValueError
        If the text and what is to come are longer than model.max_len.
    """
    row = row_of(tokens)
    if len(row) + max_new_tokens > model.max_len:
        raise ValueError(f"{len(row)} tokens and {max_new_tokens} more are longer than the model's {model.max_len}")
    cache, new = KVCache.of(model), row
    # How: so often: read a batch of one row, `new`; pick by the logits of its last place; that is the next `new`, and
    # goes behind the row; end after `stop`. Without recording.
    # Example: with row 5, 7 the first read has two tokens, and all later ones have one.
    # Hint: `row` and `new` are one list at first; do not let the first read's `new` grow with the row.
    ### BEGIN SOLUTION
    with no_grad():
        for _ in range(max_new_tokens):
            logits = read(model, np.array([new]), cache)
            new = [pick(logits.data[0, -1], temperature, rng)]
            row = row + new
            if new[0] == stop:
                break
    return np.array(row)
    ### END SOLUTION

# %% check="generate" points=10
got = {"model": make_model(12, 2, max_len=40, vocab_size=9).train()}
got["anew"] = generate_anew(got["model"], [3, 7, 5], 30).tolist()
got["text"], got["keys"] = counted(lambda: generate(got["model"], [3, 7, 5], 30), got["model"])
assert isinstance(got["text"], np.ndarray), f"the text is an array, np.array(row); yours is of {type(got['text'])}"
got["text"] = got["text"].tolist()
assert len(got["text"]) == 33, f"3 tokens and 30 more are 33; yours are {len(got['text'])}"
assert got["text"] == got["anew"], f"the text should be that of 13, {got['anew'][:9]} ...; yours {got['text'][:9]} ..."
assert got["keys"] in (32, 33), f"each token is read once: the first block has 32 keys to compute; yours {got['keys']}"
assert not recorded(lambda: generate(got["model"], [3, 7, 5], 3), got["model"]), (
    "nobody asks for gradients here, and what is recorded takes time and memory: read inside `with no_grad():`")
assert got["model"].training, "the model was learning before, and should be so afterwards"
got["stop"] = got["anew"][7]
assert generate(got["model"], [3, 7, 5], 30, stop=got["stop"]).tolist() == (
    got["anew"][:got["anew"].index(got["stop"], 3) + 1]), "the text ends with the first new token that is `stop`"
got = [write(got["model"], [3, 4], 9, 9.0, np.random.default_rng(5)).tolist() for write in (generate, generate_anew)]
assert got[0] == got[1], f"at temperature 9 with the same rng the text is that of 13, {got[1]}; yours {got[0]}"

# %% [markdown]
# That is the answer to *Try first*. Now a larger model, two blocks of width 128 that read up to 513 tokens, and the
# time of a single token. How many milliseconds does token 16, 64, 256, 500 take when the text is read anew, and with a
# cache? How many times faster is a whole text of 256 tokens? How many bytes has the cache?

# %% predict="speed"
predict("token 64, read anew", None, unit="ms")  # your guess in place of None
predict("token 500, read anew", None, unit="ms")
predict("token 64, with a cache", None, unit="ms")
predict("token 500, with a cache", None, unit="ms")
predict("a text of 256 tokens, cache against anew", None, unit="times faster")
predict("bytes of the cache", None, unit="bytes")

# %% demo="speed"
def median_ms(action, times=7):
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        took.append(1000 * (time.perf_counter() - begun))
    return round(float(np.median(took)), 2)


def token_ms(at):
    """Milliseconds for the token at place `at`: read anew, and with a cache."""
    text = np.random.default_rng(at).integers(0, 50, (1, at))
    cache = KVCache.of(large)
    read(large, text[:, :-1], cache)

    def with_cache():
        cache.length = at - 1
        read(large, text[:, -1:], cache)

    return median_ms(lambda: large(text)), median_ms(with_cache)


large = make_model(128, 2, max_len=513)
with no_grad():
    anew, cached = zip(*[token_ms(at) for at in (16, 64, 256, 500)])
print("token 16 and 256, read anew:", anew[0], anew[2], "ms; with a cache:", cached[0], cached[2], "ms")
measured("token 64, read anew", anew[1], unit="ms")
measured("token 500, read anew", anew[3], unit="ms")
measured("token 64, with a cache", cached[1], unit="ms")
measured("token 500, with a cache", cached[3], unit="ms")
whole = [median_ms(partial(write, large, [7], 256), times=3) for write in (generate_anew, generate)]
print("a text of 256 tokens, anew and with a cache, the middle one of three runs:", *whole, "ms")
measured("a text of 256 tokens, cache against anew", round(whole[0] / whole[1], 1), unit="times faster")
measured("bytes of the cache", KVCache.of(large).nbytes, unit="bytes")

# %% [markdown]
# Without a cache the n-th token computes n tokens, a text n * n / 2. With one, every token computes one, and hears the
# others by a product that grows, but is small beside the rest. For a text of 256 that would be 128 times less. Where
# this page was written, the clock said 7 times. Of every reading nearly half a millisecond goes to its calls, be it of
# one token or of many, and that is most of a short one: 64 tokens cost twice what 16 cost, and not four times. Of a
# long one the pairs of attention are a large part: 500 tokens cost four times what 256 cost, and not twice. So the gain
# grows with the text; for one of 512 tokens it was 20 times.

# %% [markdown]
# ## Resting place
#
# You have a model that reads each token once, held against the one that reads all of them. What is missing is a second
# person who wants an answer at the same time. To come back tomorrow, run the cells above once; they take some seconds.

# %% [markdown]
# ## A fault to find: Anna gets Ben's answer
#
# A person at a screen wants to see a token as soon as it is there. That is *streaming*: a generator that yields each
# token. A colleague wrote one. Memory for a cache is asked for once, for all who come, which saves 1 MB for each. It is
# tested, one text after the other.

# %% fault="colleague_stream"
@remembered  # the same cache whenever it is asked for the same model
def shared(model):
    return KVCache.of(model)


def colleague_stream(model, tokens, count):
    """Yield `count` greedy tokens that go on with a text."""
    cache, new = shared(model), row_of(tokens)
    cache.length = 0
    for _ in range(count):
        with no_grad():
            new = [pick(read(model, np.array([new]), cache).data[0, -1])]
        yield new[0]


assert list(colleague_stream(small, [7, 4, 9], 9)) == generate(small, [7, 4, 9], 9)[3:].tolist()
assert list(colleague_stream(small, [3, 3], 9)) == generate(small, [3, 3], 9)[2:].tolist()

# %% [markdown]
# A model has learnt to count round 10, in steps that it must see: 3 4 5 goes on with 6, and 1 4 7 with 0. Anna counts
# in steps of one, Ben in steps of three. They are served at the same time, a token for her, a token for him. Of eight
# tokens that each of them gets, how many are right?

# %% given="counting"
def counts(count, length, rng):
    """Texts that count round 10 from a digit, in steps of 1, 2 or 3: (count, length)."""
    start, step = rng.integers(0, 10, (count, 1)), rng.integers(1, 4, (count, 1))
    return (start + step * np.arange(length)) % 10


def counting_model():
    rng = np.random.default_rng(3)
    model = Transformer(10, 32, 4, 2, max_len=64, rng=rng)
    optimizer = Adam(model.parameters(), lr=0.003)
    for _ in range(250):
        texts = counts(32, 13, rng)
        optimizer.zero_grad()
        model(texts[:, :-1], texts[:, 1:]).backward()
        optimizer.step()
    return model.eval()


ANNA, BEN = [3, 4, 5], [1, 4, 7]


def served_in_turn(stream_of, model):
    """Eight tokens for each of the two, a token for Anna, a token for Ben, and again."""
    pairs = list(zip(stream_of(model, ANNA, 8), stream_of(model, BEN, 8)))
    return [list(tokens) for tokens in zip(*pairs)]

# %% predict="turns"
predict("right tokens for Anna, of 8", None)  # your guess in place of None
predict("right tokens for Ben, of 8", None)

# %% demo="turns"
counter = counting_model()
for who, tokens, first, step in zip(("Anna", "Ben"), served_in_turn(colleague_stream, counter), (6, 0), (1, 3)):
    right = [(first + step * at) % 10 for at in range(8)]
    print(f"{who:5} expects {right}, gets {tokens}")
    measured(f"right tokens for {who}, of 8", sum(a == b for a, b in zip(tokens, right)))

# %% [markdown]
# Nothing failed, and nobody was told. In a real service one would read what belongs to the other. First the check that
# was missing. `stream_with` makes streams that are right, or wrong in some way, for your check to be tried on.

# %% given="stream_with"
def stream_with(change):
    """Streams that yield change(begun). `begun` has the right tokens of every stream so far, those of this one last."""
    begun = []

    def stream_of(model, tokens, count):
        begun.append(generate(model, tokens, count)[len(tokens):].tolist())
        yield from change(begun)

    return stream_of

# %% exercise="catch"
def check_streams(stream_of):
    """Raise AssertionError unless streams of `small` that run at the same time give what each gives alone."""
    # How: what is right is `generate` without the text that was given. Begin two streams, take tokens from them in
    # turn, and compare all tokens of both with what is right. A stream that ends too early is wrong as well.
    # Example: check_streams(colleague_stream) raises AssertionError.
    # Hint: next(stream, None) takes one token, or None if there is none. Take two different texts.
    ### BEGIN SOLUTION
    texts = [3, 4, 5], [1, 4], [2]
    right = [generate(small, text, 6)[len(text):].tolist() for text in texts]
    streams = [stream_of(small, text, 6) for text in texts]
    found = zip(*[[next(stream, None) for stream in streams] for _ in range(6)])
    for tokens, expected in zip(found, right):
        assert list(tokens) == expected, "a stream gives something else beside others than alone"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_streams, colleague_stream), (
    "your check lets the colleague pass. Are two streams under way at the same time?")
assert not rejects(check_streams, stream_with(lambda begun: begun[-1])), "your check refuses right streams"
got = {"whose tokens are wrong from the start": lambda begun: [token + 1 for token in begun[-1]],
       "that end one token too early": lambda begun: begun[-1][:-1],
       "of which only the first is right": lambda begun: [token + len(begun) - 1 for token in begun[-1]],
       "of which only the second is right": lambda begun: [token + len(begun) - 2 for token in begun[-1]],
       "that give everybody what the first one asked for": lambda begun: begun[0]}
got = [kind for kind, change in got.items() if not rejects(check_streams, stream_with(change))]
assert not got, f"your check lets streams pass {got[0]}"

# %% exercise="repair"
#| export
def stream(model: Transformer, tokens: Sequence[int], max_new_tokens: int) -> Iterator[int]:
    """Yield greedy tokens that go on with a text, each as soon as it is there, whoever else is served.

    Nothing is recorded for backward; whoever takes the tokens may record meanwhile.
    """
    # How: as the colleague, and what belongs to one request is made for one request.
    # Example: two streams, taken in turn, give the tokens that each gives alone.
    # Hint: where must the cache be made, so that each call of `stream` has its own?
    ### BEGIN SOLUTION
    cache, new = KVCache.of(model), row_of(tokens)
    for _ in range(max_new_tokens):
        with no_grad():
            new = [pick(read(model, np.array([new]), cache).data[0, -1])]
        yield new[0]
    ### END SOLUTION

# %% check="repair" points=6
got = [stream(small, text, 5) for text in ([7, 4], [9])]
got = [list(tokens) for tokens in zip(*[[next(one, None) for one in got] for _ in range(5)])]
got = got, [generate(small, text, 5)[len(text):].tolist() for text in ([7, 4], [9])]
assert got[0] == got[1], f"taken in turn they should be {got[1]}; yours are {got[0]}"
assert not rejects(check_streams, stream), "your own check refuses your stream"
got = [counted(lambda: [token for _, token in zip(range(n), stream(small, [7, 4], 9))], small)[1] for n in (1, 9)]
assert got[0] == 2, f"a first token behind two has only these to read: 2 keys, and it is there; yours computed {got[0]}"
assert got[1] <= 11, f"2 tokens were given and 9 came, each read once at most: up to 11 keys; yours computed {got[1]}"
assert not recorded(lambda: list(stream(small, [9], 3)), small), "nobody asks for gradients: read under `no_grad()`"
got = stream(small, [9], 3)
got = got, next(got), small(np.array([[9]])).requires_grad
got = got[-1]  # nobody holds the stream any longer, so it ends
assert got, "whoever takes a token may record what they do with it: no `yield` inside of `with no_grad():`"

# %% [markdown]
# ## Build: many at once
#
# One token for one text leaves a processor half asleep: it fetches all weights for a single row. A batch of texts
# fetches them once. How many times longer does a step take for 8 texts than for one?

# %% predict="batch"
predict("a step for 8 texts against a step for one", None, unit="times as long")  # your guess in place of None

# %% demo="batch"
def step_ms(batch):
    """Milliseconds of one token for each of `batch` texts, 40 tokens deep."""
    cache = KVCache.of(large, batch)
    cache.length = 40
    token = np.full((batch, 1), 7)

    def step():
        cache.length = 40
        read(large, token, cache)

    return median_ms(step, times=15)


with no_grad():
    one_ms, eight_ms = step_ms(1), step_ms(8)
each_ms = (eight_ms - one_ms) / 7
print(f"one text: {one_ms} ms; eight: {eight_ms} ms; so 75 steps: {75 * (one_ms - each_ms):.0f} ms and "
      f"{75 * each_ms:.1f} ms for each text")
measured("a step for 8 texts against a step for one", round(eight_ms / one_ms, 1), unit="times as long")

# %% [markdown]
# So it pays to answer people together. *Dynamic batching*: requests come when they come. The machine takes those that
# wait, up to `limit`, as one batch. It begins as soon as it is free and either `limit` requests are there, or the
# oldest has waited for `patience` seconds. All requests of a batch are answered together.
#
# With a clock that is only a number you can see a day of service in no time: from the times at which requests arrive
# follow the times at which they are answered.

# %% exercise="serve"
#| export
def serve(arrivals: Sequence[float], seconds_of: Callable[[int], float], limit: int, patience: float) -> NDArray[
        np.float64]:
    """When each request is answered; `arrivals` rise, and a batch of n takes seconds_of(n)."""
    answered: list[float] = []
    free, at = 0.0, 0  # when the machine is free again; how many requests are done
    while at < len(arrivals):
        # How: when does the next batch begin? When it is full or the oldest has lost patience, whichever is first, but
        # not before the machine is free. Who has arrived by then, up to `limit`, is part of it.
        # Example: arrivals 0, 1, 5, limit 2, patience 3, 10 s a batch: 0 and 1 begin at 1 and are answered at 11; 5
        # has waited for 6 s by then, so it begins at 11 and is answered at 21.
        # Hint: the batch is full when arrivals[at + limit - 1] is there, if there is such a request at all.
        ### BEGIN SOLUTION
        begins = arrivals[at] + patience
        if at + limit - 1 < len(arrivals):
            begins = min(begins, arrivals[at + limit - 1])
        begins = max(begins, free)
        count = sum(arrival <= begins for arrival in arrivals[at:at + limit])
        ### END SOLUTION
        free, at = begins + seconds_of(count), at + count
        answered += [free] * count
    return np.array(answered)

# %% check="serve" points=12
try:
    got = serve([0, 1, 5], lambda count: 10.0, 2, 3).tolist()
except IndexError:
    raise AssertionError("5 is the last request and nobody comes to fill its batch: there is no arrivals[3]. Ask "
                         "whether at + limit - 1 is below len(arrivals)") from None
assert got == [11, 11, 21], f"0 and 1 together from 1 to 11, 5 alone from 11 to 21; yours {got}"
got = serve([0, 2, 4], lambda count: 10.0, 2, 1).tolist()
assert got == [11, 21, 21], (
    f"0 alone from 1 to 11. By then 2 and 4 are both there, whenever 2 lost patience, and go together: 21; yours {got}")
got = serve([3, 4, 9], lambda count: 2.0 * count, 5, 4).tolist()
assert got == [11, 11, 15], (
    f"nobody fills a batch of 5: 3 loses patience at 7, with 4: 7 + 2 * 2 = 11; 9 waits until 13: 15; yours {got}")
got = serve([0, 0, 0, 0, 0, 0, 0], lambda count: 5.0, 3, 9).tolist()
assert got == [5, 5, 5, 10, 10, 10, 15], (
    "seven at once in threes: 0 to 5, 5 to 10; the last one lost patience at 9, and the machine is free at 10: it is "
    f"answered at 15; yours {got}")
got = serve([0, 7, 8, 20], lambda count: 4.0 + count, 2, 5).tolist()
assert got == [10, 16, 16, 30], f"0 alone from 5 to 10, then 7 and 8 to 16, 20 alone from 25 to 30; yours {got}"

# %% [markdown]
# Who is served does not see the mean. Sort all times from request to answer: half of the people wait no longer than
# *p50*, the median, and one in a hundred waits longer than *p99*. That one is the *tail*.
#
# Requests come at random, 30 a second, each for 75 tokens. Where this page was written, 75 steps as you have just
# measured them took about 30 ms and 3 ms for each text of the batch, so let `seconds_of` be that. What are p50 and p99
# one by one? In batches of up to 8 without patience, that is, of those who wait when the machine is free? And with a
# patience of 20 ms?

# %% given="load"
def under_load(rate, limit, patience, count=4000):
    """Seconds from request to answer of each, when `rate` requests arrive in a second, at random; the mean batch."""
    arrivals = np.cumsum(np.random.default_rng(3).exponential(1 / rate, count)).tolist()
    answered = serve(arrivals, lambda size: 0.030 + 0.003 * size, limit, patience)
    return answered - arrivals, count / len(np.unique(answered))


def percentile_ms(times_s, percent):
    """The smallest time, in ms, that so many percent of the times do not exceed."""
    return round(1000 * float(np.percentile(times_s, percent, method="inverted_cdf")))

# %% predict="tail"
predict("p50, one by one", None, unit="ms")  # your guess in place of None
predict("p99, one by one", None, unit="ms")
predict("p50, batches of up to 8", None, unit="ms")
predict("p99, batches of up to 8", None, unit="ms")
predict("p50, batches of up to 8, patience 20 ms", None, unit="ms")
predict("p99, batches of up to 8, patience 20 ms", None, unit="ms")

# %% demo="tail"
ways = {"one by one": (1, 0.0), "batches of up to 8": (8, 0.0), "batches of up to 8, patience 20 ms": (8, 0.020)}
for name, how in ways.items():
    times_s, _ = under_load(30, *how)
    measured(f"p50, {name}", percentile_ms(times_s, 50), unit="ms")
    measured(f"p99, {name}", percentile_ms(times_s, 99), unit="ms")
print("p50 and p99 in ms, and the mean batch: one by one; batches of up to 8; the same with a patience of 20 ms")
for rate in (5, 15, 30, 120):
    found = [under_load(rate, *how) for how in ways.values()]
    told = [f"{percentile_ms(times_s, 50):,} and {percentile_ms(times_s, 99):,}, {mean:.1f}" for times_s, mean in found]
    print(f"{rate:4} a second: {'; '.join(told)}")

# %% [markdown]
# Near its limit a queue explodes: at 30 a second a machine that needs 33 ms for each is busy all the time, and whoever
# comes late waits for all before. With a *time-out* of a second, people give up and ask again, which makes it worse.
# Batches hold it, and they need not be large: at 30 a second 1.4 requests on average are enough, at 120 it is 5.7.
#
# They fill by themselves. Who comes while the machine works waits anyway, and waits with others. So patience buys
# next to nothing at any of the four rates: at 5 and 15 a second it moves p50 from 33 ms to 53, and nowhere does it move
# p99 by more than 2 ms.
#
# ## Use: two people, one model
#
# Last, batches and caches together. Texts of equal length are read as one batch, with one cache of that batch size.

# %% exercise="together"
def write_together(model, texts, count):
    """`count` greedy tokens behind each of several texts of equal length; int64 array (texts, count)."""
    # How: one cache for the batch; read all texts at once; the best token of each; read these as (texts, 1); again.
    # Example: texts (3, 5) and count 4 give (3, 4), row by row what `generate` gives for each text.
    # Hint: `pick` takes the scores of one text; logits.data[:, -1].argmax(axis=-1) are the best tokens of all, and
    # [:, None] makes a column of them. No recording.
    ### BEGIN SOLUTION
    cache, new, written = KVCache.of(model, len(texts)), np.asarray(texts), []
    with no_grad():
        for _ in range(count):
            new = read(model, new, cache).data[:, -1].argmax(axis=-1)[:, None]
            written.append(new)
    return np.concatenate(written, axis=1)
    ### END SOLUTION

# %% check="together" points=6
got = {"texts": [ANNA, BEN, [22, 14, 36], [5, 5, 5]]}
got["new"], got["keys"] = counted(lambda: write_together(small, np.array(got["texts"]), 7), small)
got["right"] = [generate(small, text, 7)[3:].tolist() for text in got["texts"]]
assert np.shape(got["new"]) == (4, 7), f"four texts, seven tokens each: (4, 7); yours {np.shape(got['new'])}"
assert got["new"].tolist() == got["right"], f"row by row as each alone, {got['right']}; yours {got['new'].tolist()}"
assert got["new"].dtype.kind == "i", f"tokens are whole numbers, int64; yours are {got['new'].dtype}"
assert got["keys"] <= 10, f"3 tokens as a batch, then one at a time: keys for 9 places; yours computed {got['keys']}"
assert not recorded(lambda: write_together(small, np.array(got["texts"]), 3), small), (
    "nobody asks for gradients here: read inside `with no_grad():`")

# %% [markdown]
# Who reads an answer as it appears cares for its first token, and who sends it on for its last. When 100 tokens behind
# 300 are streamed, how many times later is the whole answer there than its first token?

# %% predict="first_token"
predict("whole answer against first token", None, unit="times later")  # your guess in place of None

# %% demo="first_token"
begun, arrived, prompt = time.perf_counter(), [], [7, 3] * 150
for _ in stream(large, prompt, 100):
    arrived.append(time.perf_counter() - begun)
print(f"first token after {1000 * arrived[0]:.0f} ms, most of it prefill; the last after {1000 * arrived[-1]:.0f} ms")
measured("whole answer against first token", round(arrived[-1] / arrived[0], 1), unit="times later")

# %% [markdown]
# ## Read: take it elsewhere
#
# A model can be served where there is no TinyTorch. A *safetensors* file carries the arrays of a `state_dict`: a line
# of JSON with names, dtypes and shapes, then the bytes. An *ONNX* file carries the model itself, here the one that
# reads the whole text: its operations in their order, by names on which many runtimes agree, and its weights. To write
# one, nobody reads the code of the model. A reading at the door of Module 01 notes the operations of a run, and a table
# says what ONNX calls each.
#
# A run has one size of batch, and the file shall take any. So there are two runs, the second with one example more.
# Sizes that move from one to the other stay open. Numbers that move came from `.data` and not through the door; they
# are refused.

# %% given="noted"
#| export
class Noted(NamedTuple):
    """One operation of a run: its forward's name, its inputs and options, and what came out."""

    name: str
    inputs: list[AnyArray]
    options: dict[str, Any]
    out: AnyArray


def noted(model: Module, x: AnyArray) -> list[Noted]:
    """The operations of a model in use on `x`, in their order."""
    notes: list[Noted] = []

    def noting(step: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def apply(forward: Callable[..., AnyArray], *inputs: Any, **options: Any) -> Tensor:
            out = step(forward, *inputs, **options)
            dtype = next((t.dtype for t in inputs if isinstance(t, Tensor) and t.dtype.kind == "f"), None)
            arrays = [t.data if isinstance(t, Tensor) else np.array(t, dtype) for t in inputs]
            notes.append(Noted(forward.__name__, arrays, options, out.data))
            return out
        return apply

    training = model.training
    Tensor._read(noting)
    try:
        with no_grad():
            answer = model.eval()(Tensor._wrap(x)).data
    finally:
        Tensor._read(noting, on=False)
        model.train(training)
    if not notes or notes[-1].out is not answer:
        raise ValueError("the answer of the model is not what its last operation gave, so how it came about is unknown")
    return notes

# %% [markdown]
# Most operations change only their name. A row of the table is a function of what was noted and of the shape that came
# out, with -1 for a size that moves; it gives one node of the file. What has no row is refused by name.

# %% given="rows"
#| export
Node = tuple[str, list[AnyArray], dict[str, Any]]  # ONNX's name, inputs, attributes
Row = Callable[[Noted, list[int]], Node]


def alike(kind: str, **attributes: str) -> Row:
    """A row with the operation's own inputs; `attributes` says which option is which attribute."""
    return lambda op, shape: (kind, op.inputs, {name: op.options[option] for name, option in attributes.items()})


def reduced(kind: str) -> Row:
    """A row for what runs over an axis, several, or all."""
    def row(op: Noted, shape: list[int]) -> Node:
        axes = [] if op.options["axis"] is None else [np.array(op.options["axis"], np.int64).reshape(-1)]
        return kind, [*op.inputs, *axes], {"keepdims": int(op.options["keepdims"])}
    return row


def reshaped(op: Noted, shape: list[int]) -> Node:
    """A shape is an input in ONNX."""
    if shape.count(-1) > 1:
        raise NotImplementedError(f"{op.name}: {shape.count(-1)} sizes move with the batch, and ONNX leaves one open")
    return "Reshape", [*op.inputs, np.array(shape, np.int64)], {}


def cut(op: Noted, shape: list[int]) -> Node:
    """Of all that an index may be: slices that go forward, or one place on one axis."""
    at: list[Any] = list(op.options["at"])
    kinds: list[Any] = [type(part) for part in at]
    if set(kinds) == {slice} and min(part.step or 1 for part in at) > 0:
        slices = [(part.start or 0, 2**63 - 1 if part.stop is None else part.stop, axis, part.step or 1)
                  for axis, part in enumerate(at)]
        return "Slice", [*op.inputs, *np.array(slices, np.int64).T], {}
    if kinds[-1:] == [int] and at[:-1] == [slice(None)] * (len(at) - 1):
        return "Gather", [*op.inputs, np.array(at[-1])], {"axis": len(at) - 1}
    raise NotImplementedError(f"{op.name}: slices that go forward can be written, or one place on one axis, such as "
                              f"x[:, -1]; found {at}")


ROWS: dict[str, Row] = {**{name: alike(kind) for name, kind in {
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "matmul": "MatMul",
    "maximum": "Max", "negative": "Neg", "absolute": "Abs", "sqrt": "Sqrt", "exp": "Exp", "log": "Log", "tanh": "Tanh",
    "relu": "Relu", "sigmoid": "Sigmoid", "equal": "Equal", "greater": "Greater", "greater_equal": "GreaterOrEqual",
    "less": "Less", "less_equal": "LessOrEqual"}.items()},
    "softmax": alike("Softmax", axis="axis"), "log_softmax_values": alike("LogSoftmax", axis="axis"),
    "joined": alike("Concat", axis="axis"), "reshape": reshaped, "index": cut,
    "sum": reduced("ReduceSum"), "largest": reduced("ReduceMax"), "smallest": reduced("ReduceMin"),
    "max_pool": alike("MaxPool", kernel_shape="kernel_size", strides="stride"),
    "avg_pool": alike("AveragePool", kernel_shape="kernel_size", strides="stride"),
    "conv2d": lambda op, _: ("Conv", op.inputs, {"strides": op.options["stride"], "pads": op.options["padding"] * 2}),
    "gelu": lambda op, _: ("Gelu", op.inputs, {"approximate": "tanh"}),
    "argmax": lambda op, _: ("ArgMax", op.inputs, {"axis": op.options["axis"], "keepdims": 0}),
    "permute": lambda op, shape: ("Transpose", op.inputs, {  # a single number has no axes
        "perm": [axis % len(shape) for axis in op.options["axes"]] or None}),
    "taken_rows": lambda op, _: ("Gather", [*op.inputs, op.options["ids"]], {}),
    "select": lambda op, _: ("Where", [np.asarray(op.options["condition"]), *op.inputs], {}),
}

# %% [markdown]
# An array is known by which object it is: that of a weight, or what an operation made. One that is neither, such as a
# mask or the 0.5 of a formula, is a constant, and has to be equal in both runs.

# %% given="names"
#| export
class Names:
    """What arrays are called, each known by two objects, one of each run."""

    def __init__(self, model: Module, first: AnyArray, second: AnyArray) -> None:
        self.weights = {name: p.data for name, p in model.named_parameters()}
        self.known: dict[Any, str] = {(id(array), id(array)): name for name, array in self.weights.items()}
        self.known[id(first), id(second)] = "input"
        self.stored: dict[str, AnyArray] = {}  # what a file must hold: weights that are used, and constants

    def of(self, x: AnyArray, again: AnyArray, user: str) -> str:
        """The name of what an operation takes."""
        name = self.known.get((id(x), id(again)))
        if name is None:
            content, other = ((array.dtype.str, array.shape, array.tobytes()) for array in (x, again))
            if content != other:
                raise ValueError(f"{user} takes numbers that change with the batch and did not come through the door: "
                                 "from `.data`, or from how many examples there are. Make them of Tensor operations.")
            name = self.known.setdefault(content, f"constant_{len(self.stored)}")
        if name in self.weights or name.startswith("constant_"):
            self.stored[name] = x
        return name

    def node(self, op: Noted, again: Noted, label: str) -> tuple[str, list[str], dict[str, Any]]:
        """ONNX's name of an operation, the names of what it takes, and its attributes; what it gives is `label`."""
        if op.name not in ROWS:
            raise NotImplementedError(f"{op.name} has no row in the table, so it cannot be written. If acceleration "
                                      "brought it, disable that first; else add a row: ROWS[name].")
        shape = [m if m == n else -1 for m, n in zip(op.out.shape, again.out.shape)]
        (kind, xs, attributes), (_, others, _) = (ROWS[op.name](run, shape) for run in (op, again))
        inputs = [self.of(x, other, op.name) for x, other in zip(xs, others)]
        self.known[id(op.out), id(again.out)] = label
        return kind, inputs, attributes

# %% given="to_onnx"
#| export
OPSET = 20  # the first set of ONNX's operators that has GELU


def to_onnx(model: Module, example: Any, path: str | Path) -> None:
    """Write what a model does, operation by operation, and its weights to an ONNX file. Needs the package onnx.

    Parameters
    ----------
    model : Module; it is written as it is in use, without Dropout
    example : Tensor or array (batch, ...)
        What the model takes. The number of examples stays open; all other sizes, such as the length of a text, are
        fixed. A causal model also takes a shorter text, with anything behind it.

    Raises
    ------
    NotImplementedError
        If an operation cannot be written; it says which.
    ValueError
        If operations, or numbers that did not come through the door, change with the batch.
    """
    onnx = extra("onnx")
    if not isinstance(example, Tensor):
        example = Tensor(example, dtype=np.int64 if np.asarray(example).dtype.kind in "iu" else np.float32)
    first, second = example.data, np.concatenate([example.data, example.data[:1]])
    ops, again = noted(model, first), noted(model, second)
    if [op.name for op in ops] != [op.name for op in again]:
        raise ValueError(f"{len(second)} examples do not go through the same operations as {len(first)}")

    def described(name: str, x: AnyArray, other: AnyArray) -> Any:
        sizes = [m if m == n else "batch" if m == len(first) else None for m, n in zip(x.shape, other.shape)]
        return onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(x.dtype), sizes)

    names, nodes, arrays = Names(model, first, second), list[Any](), [described("input", first, second)]
    for at, (op, other) in enumerate(zip(ops, again), 1):
        label = f"{op.name}_{at}" if at < len(ops) else "output"
        kind, inputs, attributes = names.node(op, other, label)
        nodes.append(onnx.helper.make_node(kind, inputs, [label], **attributes))
        arrays.append(described(label, op.out, other.out))
    stored = [onnx.numpy_helper.from_array(array, name) for name, array in names.stored.items()]
    graph = onnx.helper.make_graph(nodes, type(model).__name__, arrays[:1], arrays[-1:], stored,
                                   value_info=arrays[1:-1])
    file = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=9,
                                  producer_name="tinytorch")
    onnx.checker.check_model(file, full_check=True)
    write_whole(path, file.SerializeToString())

# %% given="safetensors"
#| export
def save_safetensors(path: str | Path, state: Mapping[str, AnyArray]) -> None:
    """Write the arrays of a `state_dict` under their names, for PyTorch's tools and others to read."""
    save = extra("safetensors.numpy").save
    write_whole(path, save({name: np.asarray(array, order="C") for name, array in state.items()}))


def load_safetensors(path: str | Path) -> dict[str, AnyArray]:
    """{name: array} of a safetensors file, such as `load_state_dict` takes; nothing in it is run.

    Raises
    ------
    ValueError
        If the file is cut short, damaged, or of another kind.
    """
    content, package = Path(path).read_bytes(), extra("safetensors")
    try:
        return extra("safetensors.numpy").load(content)
    except package.SafetensorError as error:
        raise ValueError(f"{path} is cut short, damaged, or no safetensors file: {error}") from error


def extra(package: str) -> Any:
    """A package that TinyTorch can use and does not bring along."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        name = package.split(".")[0]
        raise ImportError(f"this needs {name}, which is not installed. Try: python -m pip install {name}") from error


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file; one that was there stays whole until the new one is."""
    beside = Path(f"{path}.part")
    beside.write_bytes(content)
    os.replace(beside, path)

# %% demo="elsewhere"
texts = np.array([ANNA, BEN])
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "small.onnx")
    try:
        to_onnx(small, texts[:1], path)
        there = extra("onnx.reference").ReferenceEvaluator(str(path)).run(None, {"input": texts})[0]
        apart = np.abs(there - small(texts).data).max()
        print(f"{path.stat().st_size:,} bytes, written with one text; logits of two are {apart:.1g} apart")
    except ImportError as missing:
        print(missing)

# %% [markdown]
# ## Reflect
#
# Two questions with sizes of your own; answer them without running a model. A model has `n_layers` blocks of width
# `d_model`, and serves `people` at once, each with a cache for `length` tokens, in float32. How many bytes are all
# caches together? Set `cache_bytes`.
#
# And without a cache the model writes `count` tokens behind a single one, reading the text anew for each. How many keys
# does its first block compute which it had computed before? Set `again`. In both cells put your number in place of the
# 0 and delete the two lines below it.

# %% given="sizes"
n_layers, d_model, people, length = mine("service", [(6, 256, 20, 1024), (12, 192, 16, 768), (8, 512, 12, 640),
                                                     (4, 384, 30, 1536)])
count = mine("text", [80, 120, 60, 150])
print(f"n_layers {n_layers}, d_model {d_model}, people {people}, length {length}; count {count}")

# %% exercise="cache_bytes"
cache_bytes = 0  # your number
### BEGIN SOLUTION
cache_bytes = 2 * 4 * n_layers * d_model * people * length
### END SOLUTION

# %% check="cache_bytes" points=4
got = cache_bytes
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * n_layers * d_model * length, f"one person's keys alone take as much; {got:,} are not enough"

# %% exercise="again"
again = 0  # your number
### BEGIN SOLUTION
again = count * (count + 1) // 2 - count
### END SOLUTION

# %% check="again" points=4
got = again
assert got > count, f"each reading computes all keys anew; {got:,} are not enough"
assert got < count * count, f"the readings are of 1, 2, 3, ... tokens, and not all of {count}; {got:,} are too many"

# %% [markdown]
# A service answers well in the morning. At noon people complain of time-outs, and at three the machine runs out of
# memory. You have, by the hour, the counts of requests, p50 and p99, the streams that are open, and the memory in use.
# What would you look at, in which order, and what do you expect to see if the cause is the queue, and what if it is the
# caches? Name a remedy for each and what it costs. Use numbers of this page.

# %% [markdown] answer="noon" points=7 rubric="queue against caches told apart by figures; remedies with their price"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - PyTorch has no cache for keys and values in its own layers; libraries above it do, and call it `past_key_values` or
#   `DynamicCache`.
# - Servers keep caches in small pages, as an operating system keeps memory, so that a short text does not hold room for
#   a long one; Kwon et al. (2023).
# - They batch token by token, not request by request: who is done leaves, and who comes joins at the next token; Yu et
#   al. (2022).
# - `torch.onnx.export` notes the operations of a run as well; PyTorch reads safetensors by a package of that name.
# - Texts of unequal length in one batch need a mask over what was filled up; ours are equal.
