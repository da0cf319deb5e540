# %% [markdown]
# # 03 Layers
#
#     Needs    01 Tensor, 02 Activations
#     Teaches  the layer: how large its first numbers must be, and what they cost
#     Opens    04 Losses and, with 05, a network that learns
#
# Fifty layers stand in a row. Whether anything comes out at the far end is decided before the first number goes in.
# By what? By the end of this page you can say it from one count, for layers of any width.
#
# Nothing here learns yet; that is built in 04 to 07, and this page runs without them. A network that has learned
# nothing can be run, counted, saved and measured, and most of what goes wrong in one can be found in that state.

# %% given="start"
#| default_exp nn.layers
from tinytorch.lesson import begin, measured, mine, predict, rejects, watch

begin("03")

# %% given="imports"
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor, default_rng, method

# %% given="activations"
from tinytorch.nn.activations import ReLU, Softmax

# %% [markdown]
# ## Try first
#
# Rows of n numbers go through fifty tables of shape (n, n), with ReLU behind each. The tables are drawn at random, and
# you choose one thing: how large the drawn numbers are. The rows have *spread* 1, which means standard deviation, as
# in 01. Write `draw`. Ten minutes, ungraded. Target: the spread of what comes out lies between 0.1 and 10, for n = 64
# and for n = 256, by one rule for both. If you reach it for one n only, keep the attempt: you will meet it again.

# %% given="fifty"
def spread_after_fifty(draw, n):
    """The spread of 100 rows of n numbers after fifty tables `draw((n, n), rng)`, with ReLU behind each."""
    rng = np.random.default_rng(3)
    x = Tensor(rng.normal(size=(100, n)))
    with np.errstate(over="ignore", invalid="ignore"):  # far too large is an answer here: inf or nan
        for _ in range(50):
            x = ReLU()(x @ Tensor(draw((n, n), rng)))
        return float(x.data.std(dtype=np.float64))  # which squares without running out of digits

# %% scratch="try_first"
def draw(shape, rng):
    return 1.0 * rng.normal(size=shape)  # your attempt


print(spread_after_fifty(draw, 64), spread_after_fifty(draw, 256))

# %% [markdown]
# ## Build: the first numbers
#
# A product with a table, `x @ table`, and a shift added to it, are together a *layer*. The table is its *weight*, the
# shift its *bias*, and their numbers are its *parameters*: what learning will change one day. A layer takes `fan_in`
# numbers of a row and makes `fan_out` new ones.
#
# Nobody knows good weights in advance, so they are drawn. Each new number is then a sum of fan_in products of random
# sign. How large is such a sum? Take 400 random numbers of spread 1 and add them up. Do that 2,000 times. What is the
# spread of the 2,000 sums?

# %% predict="sums"
predict("spread of a sum of 400 random numbers of spread 1", None)  # your guess in place of None

# %% demo="sums"
numbers = Tensor(np.random.default_rng().normal(size=(2000, 400)))
measured("spread of a sum of 400 random numbers of spread 1", numbers.sum(axis=1).var().sqrt().item())

# %% [markdown]
# Not 400: plus and minus cancel, and what is left is the root, 20. The variances add up, 400 times 1, and the spread
# is the root of the variance. So if rows of variance 1 go in, weights of variance 1 / fan_in let variance 1 out.
#
# Other numbers will one day walk through the same weight from its outputs to its inputs, and there fan_out products
# are added up. Glorot and Bengio took the middle of the two counts: variance 2 / (fan_in + fan_out). They drew the
# numbers evenly between -a and a, and numbers drawn this way have variance a * a / 3. Which a is it?
#
# A weight has the shape (fan_out, fan_in): one row for each number that comes out. `fans` reads the counts off a shape.

# %% given="fans"
#| export
def fans(shape):
    """(fan_in, fan_out) of a weight of shape (fan_out, fan_in); further axes multiply both."""
    inner = math.prod(shape[2:])
    return shape[1] * inner, shape[0] * inner

# %% exercise="glorot_uniform"
#| export
def glorot_uniform(shape, rng):
    """An array of numbers for a weight, drawn evenly from -a to a, with variance 2 / (fan_in + fan_out).

    Glorot and Bengio (2010), eq. 16.
    """
    # How: read both counts off the shape, find a from a * a / 3 = variance, and let `rng` draw.
    # Example: for shape (3, 5) the variance is 2 / 8, so a * a is 6 / 8, and a is 0.866.
    # Hint: `rng.uniform(low, high, shape)` draws evenly; math.sqrt.
    ### BEGIN SOLUTION
    fan_in, fan_out = fans(shape)
    a = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-a, a, shape)
    ### END SOLUTION

# %% check="glorot_uniform" points=8
got = glorot_uniform((300, 500), np.random.default_rng(5))
assert np.shape(got) == (300, 500), f"expected an array of the shape asked for, (300, 500); found {np.shape(got)}"
assert 0.0857 < np.abs(got).max() < 0.0867, (
    f"300 + 500 is 800, and the root of 6 / 800 is 0.0866; your largest number is {np.abs(got).max():.4f}. "
    "0.05 is the root of the variance, 0.0075 lacks the root, 0.1095 counts fan_in only.")
assert got.min() < -0.0857, f"the numbers should reach down to -0.0866; your smallest is {got.min():.4f}"
got = (np.abs(got) < 0.0433).mean()
assert 0.49 < got < 0.51, f"drawn evenly, half of the numbers lie in the inner half; of yours {got:.0%}"
got = [glorot_uniform((3, 5), np.random.default_rng(seed)).tolist() for seed in (7, 7, 8)]
assert got[0] == got[1] != got[2], "all numbers come from `rng`: one seed, the same numbers; another seed, others"

# %% [markdown]
# Now fifty layers of width 256, which is `spread_after_fifty` again. Three ways to draw: normal numbers times 0.01,
# normal numbers as they are, and your Glorot. What is the spread after fifty layers? A power of ten is a good guess.

# %% predict="fifty"
predict("spread after 50 layers, weights 0.01 * normal", None)  # your guess in place of None
predict("spread after 50 layers, weights 1 * normal", None)
predict("spread after 50 layers, Glorot", None)

# %% demo="fifty"
tiny = spread_after_fifty(lambda shape, rng: 0.01 * rng.normal(size=shape), 256)
plain = spread_after_fifty(lambda shape, rng: rng.normal(size=shape), 256)
measured("spread after 50 layers, weights 0.01 * normal", tiny)
measured("spread after 50 layers, weights 1 * normal", plain)
measured("spread after 50 layers, Glorot", spread_after_fifty(glorot_uniform, 256))

# %% [markdown]
# The first two follow from the root: a layer multiplies the spread by about 0.01 * 16 or 1 * 16, less something that
# the third will show, fifty times over. float32 ends near 1e-45 on one side, where it says 0, and near 3e38 on the
# other: inf, and then inf - inf, which is nan.
#
# The third is the surprise. Glorot keeps the spread of a sum, and yet nearly all of it is lost. The sum did not know
# about ReLU, which stands behind each layer and puts 0 in place of half of the numbers. Of the fan_in products in the
# next sum half are 0, so its variance is half of what was meant. That is a factor of root 2 in the spread, at every
# layer: fifty of them are 2 ** 25, or 33 million.
#
# He and others gave the half back: normal numbers of variance 2 / fan_in.

# %% exercise="he_normal"
#| export
def he_normal(shape, rng):
    """An array of normal numbers around 0 for a weight with ReLU behind it: variance 2 / fan_in. He et al. (2015)."""
    # How: `fans` again; the spread is the root of the variance.
    # Example: for shape (3, 8) the variance is 2 / 8 and the spread 0.5.
    # Hint: `rng.normal(mean, spread, shape)` takes the spread, not the variance.
    ### BEGIN SOLUTION
    fan_in, _ = fans(shape)
    return rng.normal(0, math.sqrt(2 / fan_in), shape)
    ### END SOLUTION

# %% check="he_normal" points=7
got = he_normal((300, 500), np.random.default_rng(5))
assert np.shape(got) == (300, 500), f"expected an array of the shape asked for, (300, 500); found {np.shape(got)}"
assert 0.0624 < got.std() < 0.0641, (
    f"fan_in is 500, and the root of 2 / 500 is 0.0632; your spread is {got.std():.4f}. "
    "0.004 is the variance, 0.0816 counts fan_out, 0.0447 lacks the 2, 0.05 is Glorot.")
assert abs(got.mean()) < 0.001, f"the numbers should lie around 0; yours lie around {got.mean():.4f}"
got = (np.abs(got) < got.std()).mean()
assert 0.67 < got < 0.695, f"of normal numbers 68 % lie within one spread; of yours {got:.0%}. 58 % means drawn evenly."
got = [he_normal((3, 5), np.random.default_rng(seed)).tolist() for seed in (7, 7, 8)]
assert got[0] == got[1] != got[2], "all numbers come from `rng`: one seed, the same numbers; another seed, others"

# %% predict="he"
predict("spread after 50 layers of 256, He", None)  # your guess in place of None
predict("spread after 50 layers of 64, He", None)

# %% demo="he"
measured("spread after 50 layers of 256, He", spread_after_fifty(he_normal, 256))
measured("spread after 50 layers of 64, He", spread_after_fifty(he_normal, 64))

# %% [markdown]
# That is the answer to *Try first*: no constant, but a rule that reads the scale off one count, fan_in. Another seed
# would move the last numbers by a factor of three or so either way, and no seed would bring Glorot's back. Glorot
# stays the default below, because not every layer has ReLU behind it; for one that has, you say `init=he_normal`.
#
# ## Build: a layer
#
# A *module* is anything with a `forward`: a layer, or a model made of layers. Calling it calls `forward`. A *Parameter*
# is a Tensor that a module owns; its `requires_grad` sleeps like that of 01. A *Linear* layer owns a weight and a bias.

# %% given="module"
#| export
class Parameter(Tensor):
    """A Tensor that a module owns and finds again."""

    def __init__(self, data, requires_grad=True, dtype=np.float32):
        super().__init__(data, requires_grad, dtype)


class Module:
    """A layer, or a model made of layers. Its parts are its attributes: Parameters and other Modules.

    A subclass sets them in `__init__` and says in `forward` what it does with an input.
    """

    training = True  # see `train` and `eval`

    def __call__(self, *inputs, **options):
        return self.forward(*inputs, **options)

    def forward(self, *inputs, **options):
        kind = type(self).__name__
        raise NotImplementedError(f"{kind} does not say what it does. Give it a method `def forward(self, x): ...`.")

# %% given="linear"
#| export
class Linear(Module):
    """y = x @ weight.T + bias.

    Parameters
    ----------
    in_features, out_features : int
        The weight has shape (out_features, in_features), the bias (out_features,) and starts at 0.
    bias : bool
        Without one, `bias` is None.
    init : function of (shape, rng) that draws the weight
    rng : NumPy generator; the one that `manual_seed` seeds unless said otherwise
    """

    def __init__(self, in_features, out_features, bias=True, *, init=glorot_uniform, rng=None):
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(init((out_features, in_features), default_rng() if rng is None else rng))
        self.bias = Parameter(np.zeros(out_features)) if bias else None

# %% [markdown]
# The weight mixes the numbers of each row, the bias shifts the result. All rows of a batch are handled alike.
#
#     x             (32, 784)
#     @ weight.T    (784, 128)
#     + bias        (128,)
#     = y           (32, 128)
#
# Row j of the weight makes number j of y. In `@` it is a column of the right side that does so; hence `.T`, a view that
# moves no byte. This layout is PyTorch's, so a file of weights moves there and back unchanged. And `weight[j]` lies in
# one piece: for images of 28 by 28 it is itself an image, of what number j looks for.

# %% exercise="linear"
#| export
@method(Linear)
def forward(self, x):
    """`x` of shape (..., in_features) becomes (..., out_features); nothing is added where there is no bias."""
    # How: one product, then one sum, both of Tensors.
    # Example: weight [[2, 3, 4]], bias [10] and x [[5, 6, 7]] make 2*5 + 3*6 + 4*7 + 10 = 66.
    # Hint: `self.bias` is a Parameter or None. Nothing here needs `.data`.
    ### BEGIN SOLUTION
    y = x @ self.weight.T
    return y if self.bias is None else y + self.bias
    ### END SOLUTION

# %% check="linear" points=11
got = Linear(3, 4, init=lambda shape, rng: [[2, 3, 4], [5, 6, 7], [3, 8, 5], [9, 4, 6]])
got.bias.data = np.float32([10, 20, 30, 40])
got = got(Tensor([[5, 6, 7], [3, 8, 4]]))
assert isinstance(got, Tensor), f"expected a Tensor, found {type(got).__name__}; use Tensor operations throughout"
assert got.shape == (2, 4), f"two rows of 3 numbers become two rows of 4: expected (2, 4), found {got.shape}"
assert got.data[0, 0] == 66, (
    f"2*5 + 3*6 + 4*7 + 10 = 66; yours is {got.data[0, 0]:g}. 56 lacks the bias.")
assert got.data.tolist() == [[66, 130, 128, 151], [56, 111, 123, 123]], (
    f"expected [[66, 130, 128, 151], [56, 111, 123, 123]]; yours is {got.data.tolist()}")
got = Linear(3, 4, bias=False, init=lambda shape, rng: np.full(shape, 3.0))(Tensor(np.full((5, 7, 3), 2.0)))
assert got.shape == (5, 7, 4), f"leading axes stay: (5, 7, 3) becomes (5, 7, 4); yours is {got.shape}"
assert (got.data == 18).all(), f"without a bias, 3*2 + 3*2 + 3*2 = 18; yours is {got.data.ravel()[0]:g}"
got = watch(lambda: Linear(3, 4, init=lambda shape, rng: np.ones(shape))(Tensor([[5, 6, 7]])))
assert {"permute", "matmul", "add"} <= set(got), (
    "`.T`, `@` and `+` of Tensors pass the door as permute, matmul and add; "
    f"through yours passed {', '.join(got) or 'nothing'}")

# %% [markdown]
# ## Build: finding all numbers
#
# To count a model's numbers, to save them, and one day to change them, somebody must find them all. The rule is plain:
# look through the attributes one by one. A Parameter is found under the name of its attribute. A Module is asked for
# its own, and before each of their names come the attribute's name and a dot: `first.weight`. All else is passed over,
# whatever it holds. A Parameter that is met a second time is the same Parameter, and is listed once, under the name met
# first.

# %% exercise="named_parameters"
#| export
@method(Module)
def named_parameters(self):
    """All Parameters in this module and in those inside it, as a list of (dotted name, Parameter); each once."""
    # How: walk over vars(self).items() in its order; keep the pairs whose Parameter you have not met.
    # Example: with first = Linear(5, 3) the names are "first.weight" and "first.bias".
    # Hint: a Module answers the same question about itself. `==` and `in` compare numbers; `a is b` asks whether they
    # are one, and so does id(a) == id(b).
    ### BEGIN SOLUTION
    found = {}
    for name, value in vars(self).items():
        if isinstance(value, Parameter):
            found.setdefault(id(value), (name, value))
        elif isinstance(value, Module):
            for inner, parameter in value.named_parameters():
                found.setdefault(id(parameter), (f"{name}.{inner}", parameter))
    return list(found.values())
    ### END SOLUTION

# %% check="named_parameters" points=14
got = Module()
got.scale, got.shift, got.size, got.notes = Parameter([3]), Parameter([3]), 5, {"spare": Parameter([7])}
got.first, got.last = Module(), Module()
got.first.weight, got.first.mean, got.first.inner = Parameter([[4, 6, 5]]), Tensor([6]), Module()
got.first.inner.bias, got.last.weight = Parameter([3]), got.first.weight
got = [got.named_parameters(), got.scale]
assert isinstance(got[0], list), f"expected a list of pairs, found {type(got[0]).__name__}"
assert got[0] and len(got[0][0]) == 2, "each entry is a pair, (name, Parameter)"
assert got[0][0][1] is got[1], "a pair holds the Parameter itself, not a copy and not its array: it will be changed"
got = [name for name, _ in got[0]]
assert "size" not in got and "notes" not in got and "first.mean" not in got, (
    f"only a Parameter and a Module count; a number, a dict or a plain Tensor is passed over. Yours: {', '.join(got)}")
assert "first.inner.bias" in got, (
    "first.inner.bias, a Parameter in a module in a module, is missing. Did you look as deep as that, or take it for "
    f"scale, because their numbers are equal? Yours: {', '.join(got)}")
assert "last.weight" not in got, "last.weight is first.weight, one and the same: listed once, under the first name"
assert "shift" in got, "scale and shift hold equal numbers and are two Parameters: `is`, and neither `==` nor `in`"
assert got == ["scale", "shift", "first.weight", "first.inner.bias"], (
    f"expected scale, shift, first.weight, first.inner.bias in this order; yours are {', '.join(got)}")

# %% [markdown]
# With the names at hand, the rest is short and given. `state_dict` copies all arrays out under their names, and
# `load_state_dict` takes such arrays in. It looks first and loads after: if one name or shape is wrong, nothing has
# changed. `train` and `eval` say whether a model is learning or in use, which one layer below wants to know.

# %% given="states"
#| export
@method(Module)
def parameters(self):
    """All Parameters in this module and in those inside it, each once."""
    return [parameter for _, parameter in self.named_parameters()]


@method(Module)
def state_dict(self):
    """A copy of each Parameter's array under its dotted name."""
    return {name: parameter.data.copy() for name, parameter in self.named_parameters()}


@method(Module)
def load_state_dict(self, state):
    """Take over the arrays of `state`, a dict such as `state_dict` gives.

    Raises
    ------
    ValueError
        If a name is missing or unknown, or a shape differs: the message lists all of them, and nothing was loaded.
    """
    own = dict(self.named_parameters())
    wrong = [f"  {name}  expected and missing" for name in own if name not in state]
    wrong += [f"  {name}  found, and this model has no such name" for name in state if name not in own]
    wrong += [f"  {name}  expected shape {own[name].shape}, found {np.shape(state[name])}"
              for name in own if name in state and np.shape(state[name]) != own[name].shape]
    if wrong:
        raise ValueError("\n".join([f"This state does not fit this {type(self).__name__}; nothing was loaded.", *wrong,
                                    "  Build the model with the sizes that it had when its state was saved."]))
    arrays = {name: np.array(state[name], dtype=parameter.dtype) for name, parameter in own.items()}
    for name, parameter in own.items():
        parameter.data = arrays[name]


@method(Module)
def train(self, mode=True):
    """Say to this module, and to those inside it, that it is learning, or with False that it is not."""
    self.training = mode
    for value in vars(self).values():
        if isinstance(value, Module):
            value.train(mode)
    return self


@method(Module)
def eval(self):
    """Say to this module, and to those inside it, that it is in use and not learning."""
    return self.train(False)

# %% [markdown]
# ## A fault to find: the numbers that nobody counts
#
# A colleague wants models to which layers can be added freely, and keeps them in a list. This one makes 10 numbers of
# 784, by way of 128. It runs, ReLU bends, and it takes back the state that it gives. How many numbers should its
# parameters hold? Work it out from the shapes of two weights and two biases, and write it down.

# %% fault="list_net"
class ListNet(Module):
    """Two Linear layers with ReLU between them. What comes before the last layer may grow, so it is a list."""

    def __init__(self, in_features, hidden, out_features):
        self.before = [Linear(in_features, hidden, init=he_normal), ReLU()]
        self.last = Linear(hidden, out_features)

    def forward(self, x):
        for layer in self.before:
            x = layer(x)
        return self.last(x)


net, x = ListNet(6, 5, 4), Tensor(np.arange(18).reshape(3, 6))
assert net(x).shape == (3, 4)
assert not np.allclose(net(-x).data, -net(x).data)
net.load_state_dict(net.state_dict())

# %% predict="list_net"
predict("numbers in the parameters of ListNet(784, 128, 10)", None)  # your guess in place of None

# %% demo="list_net"
net, copy, x = ListNet(784, 128, 10), ListNet(784, 128, 10), Tensor(np.ones((3, 784)))
measured("numbers in the parameters of ListNet(784, 128, 10)", sum(p.data.size for p in net.parameters()))
copy.load_state_dict(net.state_dict())
apart = (net(x) - copy(x)).abs().max().item()
print(f"a second ListNet that took over the state of the first answers differently, by up to {apart:.2f}")

# %% [markdown]
# Nothing fails, and most of the model is missing: from the count, from every file it is saved to, and, once models
# learn, from the learning. First the check that was missing. It is given a function that makes a model for sizes of
# your choice; ListNet is such a function. PlainNet below is a right one, and SpareNet is wrong in the other direction:
# it lists a layer that it does not use.

# %% given="right_models"
class PlainNet(Module):
    """What ListNet should be for two layers: each is an attribute."""

    def __init__(self, in_features, hidden, out_features):
        self.first, self.last = Linear(in_features, hidden, init=he_normal), Linear(hidden, out_features)

    def forward(self, x):
        return self.last(ReLU()(self.first(x)))


class SpareNet(PlainNet):
    """A PlainNet that still has a layer which it no longer uses."""

    def __init__(self, in_features, hidden, out_features):
        super().__init__(in_features, hidden, out_features)
        self.spare = Linear(hidden, hidden)

# %% exercise="catch"
def check_all_found(make):
    """Raise AssertionError unless make(n, h, m) lists the parameters of Linear(n, h) and Linear(h, m), no others."""
    # How: make a small model, add up the sizes of its parameters, and compare with the sum that you expect.
    # Example: check_all_found(ListNet) raises AssertionError.
    # Hint: `p.data.size` is how many numbers p holds. A bias has as many as its layer has outputs. Raise, or assert;
    # what the check returns is not looked at.
    ### BEGIN SOLUTION
    found = sum(p.data.size for p in make(6, 5, 4).parameters())
    assert found == 6 * 5 + 5 + 5 * 4 + 4, f"expected 59 numbers, found {found}"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_all_found, ListNet), "your check lets the colleague's model pass"
assert not rejects(check_all_found, PlainNet), "your check refuses PlainNet, which lists what it should"
assert rejects(check_all_found, SpareNet), "your check lets SpareNet pass, which lists a layer too many"

# %% [markdown]
# Now the repair. A list was the right idea; it only has to be a Module itself, with the layers as its attributes. They
# have no names of their own, so their places are their names: "0", "1", "2". Python takes such names from `setattr`.

# %% exercise="sequential"
#| export
class Sequential(Module):
    """Layers one after another: what one returns, the next takes. An activation may stand among them.

    The attribute "0" is the first layer, "1" the second, and so on, so that all are found.
    """

    def __iter__(self):
        return iter([layer for name, layer in vars(self).items() if name.isdigit()])

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, at):
        return list(self)[at]

    # Write `__init__(self, *layers)` and `forward(self, x)`.
    # How: set each layer under its place; in forward, hand x from layer to layer.
    # Example: Sequential(Linear(5, 3), ReLU()) has the names "0.weight" and "0.bias".
    # Hint: setattr(self, "7", layer) sets the attribute "7"; `for layer in self` walks over them, see `__iter__`.
    ### BEGIN SOLUTION
    def __init__(self, *layers):
        for place, layer in enumerate(layers):
            setattr(self, str(place), layer)

    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x
    ### END SOLUTION

# %% check="sequential" points=8
got = Sequential(lambda x: x + 3, lambda x: x * 5, lambda x: x - 4)
assert len(got) == 3, f"three layers went in, and {len(got)} are found; each is an attribute named by its place"
got = got(Tensor([7])).data.tolist()
assert got == [46], f"(7 + 3) * 5 - 4 = 46; yours is {got}. 18 means the last layer first, 50 none after the second."
got = Sequential(*[lambda x, place=place: Tensor([place]) for place in range(12)])(Tensor([7])).data.tolist()
assert got == [11], f"of twelve layers 11 is the last; in yours it is {got}. 9 means names that were sorted as text."
got = Sequential(Linear(3, 5, init=lambda shape, rng: np.ones(shape)), ReLU(),
                 Linear(5, 4, init=lambda shape, rng: np.ones(shape)))
got = [name for name, _ in got.named_parameters()]
assert got == ["0.weight", "0.bias", "2.weight", "2.bias"], (
    f"expected the names 0.weight, 0.bias, 2.weight, 2.bias; yours are {', '.join(got) or 'none'}")
assert not rejects(check_all_found, lambda n, h, m: Sequential(Linear(n, h), ReLU(), Linear(h, m))), (
    "your own check refuses your repair")

# %% [markdown]
# Two layers without parameters are given. `Flatten` makes one row of each example, 784 numbers of 28 by 28, which as a
# view costs nothing. `Dropout` puts 0 in place of each number with probability p while a model learns; 07 will show
# what that is good for. See what it does with those that stay: divided by 1 - p, they keep the mean where it was. The
# scale again. In use, after `eval`, Dropout does nothing.

# %% given="flatten_dropout"
#| export
class Flatten(Module):
    """One row of numbers for each example: axis 0 stays, the others become one."""

    def forward(self, x):
        return x.flatten(1)


class Dropout(Module):
    """While learning, 0 in place of each number with probability p, and the others divided by 1 - p; else nothing."""

    def __init__(self, p=0.5, rng=None):
        if not 0 <= p <= 1:
            raise ValueError(f"p is the probability of a 0, from 0 to 1, and found {p}. Try Dropout(0.5).")
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        rng = default_rng() if self.rng is None else self.rng
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        return x * Tensor(scale * (rng.random(x.shape) >= self.p), dtype=x.dtype)

# %% [markdown]
# ## Use: ten probabilities for a digit
#
# All of it at once, in a model of your own: a Module with a Sequential inside. Pixels come as numbers from 0 to 255,
# and by now you know better than to let those in: divided by 255 they lie between 0 and 1. Flatten, a layer with ReLU
# behind it, and a layer that gives one score for each class. Softmax of 02 makes probabilities of the scores. Keep the
# two apart, `forward` for scores and `probs` for probabilities: 04 will ask for the scores.

# %% exercise="digit_net"
class DigitNet(Module):
    """Images of shape (batch, height, width), pixels from 0 to 255, to `classes` scores for each image.

    `net` is a Sequential of Flatten, Linear(pixels, hidden), ReLU and Linear(hidden, classes), where `pixels` is
    height * width. The layer with ReLU behind it starts as He says, the last one as Glorot says; both draw from `rng`.
    """

    # Write `__init__(self, pixels, hidden, classes, rng=None)`, `forward(self, images)` and `probs(self, images)`.
    # How: `__init__` sets self.net; forward scales the pixels and calls it; probs calls the model itself, then Softmax.
    # Example: DigitNet(784, 128, 10).probs(images) has shape (32, 10) for 32 digits, and each row sums to 1.
    # Hint: Linear takes init= and rng=. `self(images)` calls forward.
    ### BEGIN SOLUTION
    def __init__(self, pixels, hidden, classes, rng=None):
        self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU(),
                              Linear(hidden, classes, rng=rng))

    def forward(self, images):
        return self.net(images / 255)

    def probs(self, images):
        return Softmax()(self(images))
    ### END SOLUTION

# %% check="digit_net" points=7
got = DigitNet(6, 5, 4)
assert not rejects(check_all_found, DigitNet), "6 * 5 + 5 + 5 * 4 + 4 = 59 numbers are expected in DigitNet(6, 5, 4)"
got.load_state_dict({"net.1.weight": np.eye(5, 6), "net.1.bias": np.float32([0, 0, 0, 0, -1]),
                     "net.3.weight": np.arange(20).reshape(4, 5), "net.3.bias": np.float32([3, 0, 0, 0])})
got = got(Tensor([[[255, 51, 0], [102, 51, 204]]])), got.probs(Tensor([[[255, 51, 0], [102, 51, 204]]]))
assert got[0].shape == (1, 4), f"one image and four classes: scores of shape (1, 4); yours are {got[0].shape}"
got = [out.data.ravel().tolist() for out in got]
assert np.allclose(got[0], [4.4, 9.4, 17.4, 25.4], atol=1e-3), (
    f"with the weights of this check the scores are 4.4, 9.4, 17.4, 25.4; yours are {[round(s, 3) for s in got[0]]}. "
    "Larger by far means pixels up to 255; numbers that sum to 1 mean Softmax in forward.")
assert np.isclose(sum(got[1]), 1, atol=1e-4), f"the probabilities of an image sum to 1; yours to {sum(got[1]):.3f}"
assert np.allclose(got[1], np.exp(np.subtract(got[0], 25.4)), atol=2e-3), (
    f"they are the Softmax of those scores, 0.9997 for the last; yours is {got[1][3]:.4f}. Pixels divided twice?")
got = DigitNet(400, 100, 10, rng=np.random.default_rng(5)), DigitNet(400, 100, 10, rng=np.random.default_rng(5))
got = [p.data for model in got for p in model.parameters()]
assert 0.0693 < got[0].std() < 0.0721, (
    f"for 400 pixels and ReLU the root of 2 / 400 is 0.0707; yours is {got[0].std():.4f}. Glorot's is 0.0632.")
assert np.abs(got[2]).max() < 0.2336, "the last layer has no ReLU behind it: Glorot's numbers end at 0.2335"
assert np.array_equal(got[0], got[4]) and np.array_equal(got[2], got[6]), "both layers draw from the `rng` given"

# %% [markdown]
# Real digits. What has to be in memory: the numbers of the parameters, and what the three layers Linear, ReLU and
# Linear return for each digit. Engineers call the latter *activations* too. All numbers are float32. And what
# probability will a network that has learned nothing give to the right digit?

# %% predict="digits"
predict("bytes of the parameters of DigitNet(784, 128, 10)", None, unit="bytes")  # your guess in place of None
predict("bytes of its activations for 32 digits", None, unit="bytes")
predict("bytes of its activations for 4,000 digits", None, unit="bytes")
predict("probability of the right digit, mean over 1,000 digits", None)

# %% demo="digits"
from tinytorch.datasets import tinydigits


def activation_bytes(layers, x):
    """Bytes of what the layers return; a view adds none."""
    total = 0
    for layer in layers:
        y = layer(x)
        total += 0 if np.shares_memory(x.data, y.data) else y.memory_footprint()
        x = y
    return total


digits, net = tinydigits(), DigitNet(784, 128, 10)
images = Tensor(digits.train_images) / 255
probs = net.probs(Tensor(digits.test_images)).data
parameter_total = sum(p.memory_footprint() for p in net.parameters())
measured("bytes of the parameters of DigitNet(784, 128, 10)", parameter_total, unit="bytes")
measured("bytes of its activations for 32 digits", activation_bytes(net.net, images[:32]), unit="bytes")
measured("bytes of its activations for 4,000 digits", activation_bytes(net.net, images), unit="bytes")
measured("probability of the right digit, mean over 1,000 digits", probs[np.arange(1000), digits.test_labels].mean())
print("the first digit:", " ".join(f"{p:.2f}" for p in probs[0]), f" of all, {probs.min():.2f} to {probs.max():.2f}")

# %% [markdown]
# The right class gets a tenth on average, and of no digit is the network sure: it knows nothing, and says so.
# Parameters are paid for once. Activations are paid for each row of the batch, and somewhere between 32 and 4,000
# digits they become the larger bill. Keep that in mind for the day when all of them must be kept.
#
# ## Reflect
#
# A network like that one, with your sizes: Linear(inputs, hidden), ReLU, Linear(hidden, outputs), with biases, all in
# float32. How many bytes are its parameters? Set `parameter_bytes`. What the three return is kept for every row of a
# batch. From how many rows on is that more bytes than the parameters? Set `crossing`, the smallest such batch. In both
# cells put your number in place of the 0, and delete the two lines below it; it is judged when you hand it in.

# %% given="sizes"
inputs, hidden, outputs = mine("sizes", [(784, 288, 20), (1024, 272, 20), (2048, 256, 100), (3072, 336, 100)])
depth, width = mine("deep", [(30, 128), (40, 288), (60, 512)])
print(f"inputs {inputs:,}, hidden {hidden}, outputs {outputs}; further down: depth {depth}, width {width}")

# %% exercise="parameter_bytes"
parameter_bytes = 0  # your number
### BEGIN SOLUTION
parameter_bytes = 4 * (inputs * hidden + hidden + hidden * outputs + outputs)
### END SOLUTION

# %% check="parameter_bytes" points=4
got = parameter_bytes
assert got > 4 * inputs * hidden, f"the first weight alone takes {4 * inputs * hidden:,} bytes, and yours is {got:,}"
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number divides by 4; yours is {got:,}"

# %% exercise="crossing"
crossing = 0  # your number
### BEGIN SOLUTION
crossing = (inputs * hidden + hidden + hidden * outputs + outputs) // (hidden + hidden + outputs) + 1
### END SOLUTION

# %% check="crossing" points=5
got = crossing
assert got == int(got), f"a batch has a whole number of rows; yours is {got}"
assert got > 1, "one row keeps three short rows of numbers, and the parameters hold two tables"

# %% [markdown]
# A colleague's network has `depth` layers of `width` numbers, ReLU behind each, and its weights start as
# `0.05 * rng.normal(size=shape)`. It gives nearly the same answer to every digit. Rows of spread 1 go in: about what
# spread comes out at the far end, by what does each layer multiply it, and what should stand in place of 0.05? Use your
# numbers; a power of ten is exact enough.

# %% [markdown] answer="dim" points=6 rubric="the factor, 0.05 * root of width / 2; its power depth; root of 2 / width"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.nn.Linear`, in `torch/nn/modules/linear.py`, keeps its weight as (out_features, in_features). A
#   `torch.nn.Sequential` of Flatten, Linear, ReLU, Linear has the names of your `net`, "1.weight" to "3.bias", and its
#   `load_state_dict` takes your arrays unchanged, once `torch.from_numpy` has made tensors of them.
# - Yours are `torch.nn.init.xavier_uniform_` and `kaiming_normal_(weight, nonlinearity="relu")`. A PyTorch layer takes
#   neither unless told: it draws weight and bias evenly within 1 / sqrt(fan_in), so fifty of width 256 with ReLU leave
#   100 rows of spread 1 within about 1e-9 of each other. What you then see at the far end is made by the biases.
# - A plain list is passed over there too, and ListNet counts 1,290; `torch.nn.ModuleList` is a list that is a Module.
#   Parts are noted when the attribute is set, in `__setattr__` of `torch/nn/modules/module.py`, and therefore
#   `super().__init__()` has to come first; ours looks when it is asked.
# - Its `state_dict` lists a shared Parameter under every name, ours under the first. Its `load_state_dict`, when it
#   raises, has already taken over what fitted; ours has taken over nothing.
