# %% [markdown]
# # 01 Tensor
#
#     Needs    Python, and NumPy as a store of numbers
#     Teaches  the Tensor: bytes, shapes, how shapes meet, and the one door for all
#     Opens    02 Activations, and every lesson after it
#
# A table and its transpose hold the same numbers. How many bytes move when you ask for the other one? By the end of
# this page you can say it before you measure, for any shape.
#
# Locked cells are read and run; the others are yours. A check that prints nothing has passed.

# %% given="start"
#| default_exp core.tensor
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("01")

# %% given="imports"
#| export
import builtins
import itertools
import math
from operator import attrgetter

import numpy as np

# %% [markdown]
# ## Try first
#
# A table of 1,000 rows and 1,000 columns lies in one flat list, row after row: row i, column j is `flat[1000 * i + j]`.
# Give somebody the transposed table, so that `table(i, j)` is row j, column i of the first. Ten minutes, ungraded.
# Target: whatever you make for it adds at most 1,000 bytes to memory; `sys.getsizeof` tells the bytes of a list. If you
# miss it, keep the attempt: you will meet it again.

# %% given="flat"
flat = list(range(1_000_000))

# %% scratch="try_first"
def table(i, j):
    return ...  # your attempt

# %% [markdown]
# ## Build: numbers, a shape, and a count of bytes
#
# A Tensor holds one NumPy array, `data`. Unless you ask for another dtype its numbers are float32, four bytes each,
# also when you give it whole numbers. The class below is given. Read `_wrap` and `_evaluate` slowly: all that the next
# nineteen lessons build passes through them. `_read` becomes clear with its first use, a few cells below.
# `requires_grad`, `grad` and `backward` do nothing yet; they wait.

# %% given="tensor"
#| export
class Tensor:
    """Numbers in a grid of any number of axes.

    Parameters
    ----------
    data : number, nested list or array
    requires_grad : bool
        Sleeps until Module 05.
    dtype : NumPy dtype, float32 unless said otherwise
    """

    __array_ufunc__ = None  # `array + tensor` comes to us, and `np.exp(tensor)` is refused
    requires_grad, grad, _node, _version, _readings, _clock = False, None, None, 0, (), itertools.count(1)

    def __init__(self, data, requires_grad=False, dtype=np.float32):
        self._data = np.array(data._data if isinstance(data, Tensor) else data, dtype=dtype)
        if requires_grad and self._data.dtype.kind != "f":
            raise TypeError(f"requires_grad takes floats, such as dtype=np.float32; found {self._data.dtype}")
        self.requires_grad = requires_grad

    def _set_data(self, array):
        self._data = array
        self._version = next(Tensor._clock)  # `t.data = ...` and `t.data -= ...` leave the time

    data = property(attrgetter("_data"), _set_data, doc="The NumPy array.")
    shape = property(attrgetter("_data.shape"), doc="The length of each axis.")
    ndim = property(attrgetter("_data.ndim"), doc="How many axes.")
    dtype = property(attrgetter("_data.dtype"), doc="What kind of number.")

    @staticmethod
    def _wrap(array):
        """A Tensor around `array`, which is neither copied nor cast."""
        out = Tensor.__new__(Tensor)
        out._data = array if type(array) is np.ndarray else np.asarray(array)  # NumPy's single numbers
        return out

    @staticmethod
    def _evaluate(forward, *inputs, **options):
        """Take the arrays out, compute, wrap the answer."""
        arrays = [x._data if isinstance(x, Tensor) else _number(x, inputs, forward) for x in inputs]
        return Tensor._wrap(forward(*arrays, **options))

    _apply = _evaluate  # the door: every operation goes through `Tensor._apply(forward, *inputs, **options)`

    @classmethod
    def _read(cls, reading, on=True):
        """Put a reading on the door or take it off: a function from what `_apply` did so far to what it does now."""
        readings = tuple(r for r in cls._readings if r is not reading) + ((reading,) if on else ())
        step = cls._evaluate
        for wrap in readings:
            step = wrap(step)
        cls._readings, cls._apply = readings, staticmethod(step)

    def backward(self, gradient=None):
        """Sleeps until Module 05."""

    def __repr__(self):
        kind = "" if self.dtype == np.float32 else f", dtype={self.dtype}"
        return f"Tensor({np.array2string(self._data, separator=', ', prefix='Tensor(')}{kind})"

# %% [markdown]
# A number may stand beside a Tensor, and takes its dtype. Anything else is refused, with the reason.

# %% given="number"
#| export
def _number(x, beside, forward):
    """A plain number for `forward`, of the dtype of the Tensor beside it."""
    if type(x) not in (int, float, bool):
        x = _plain(x, forward)
    for t in beside:
        if isinstance(t, Tensor):
            return np.array(x, t._data.dtype) if t._data.dtype.kind == "f" else x
    return np.float32(x)


def _plain(x, forward):
    if isinstance(x, (np.number, np.bool_)):
        return x.item()
    found = "a Tensor from before the class cell ran again" if type(x).__name__ == "Tensor" else type(x).__name__
    hint = " Wrap it: Tensor(...)." if isinstance(x, (list, tuple, np.ndarray)) else ""
    raise TypeError(f"{forward.__name__} takes Tensors and numbers, and found {found}.{hint}")

# %% [markdown]
# A long class would need one long cell. So later cells add methods one at a time with the five lines below. They hand
# the name its old meaning back: after `@method(Tensor) def sum(...)`, a plain `sum` is still Python's.

# %% given="method"
#| export
def method(cls):
    """Decorator: make the function a method of `cls`; in the module its name keeps what it meant before."""
    def put(function):
        setattr(cls, function.__name__, function)
        return function.__globals__.get(function.__name__, getattr(builtins, function.__name__, None))
    return put

# %% [markdown]
# The first question to ask of any array: how many bytes? It is as many numbers as the shape has places, times the bytes
# of one number. A float32 takes 4 bytes, a float64 takes 8, an int8 takes 1.

# %% exercise="memory_footprint"
#| export
@method(Tensor)
def memory_footprint(self):
    """Bytes of the numbers that this Tensor shows."""
    # How: multiply the lengths of all axes; multiply by the bytes of one number.
    # Example: Tensor(np.ones((3, 5))).memory_footprint() is 60.
    # Hint: math.prod(()) is 1, and a dtype knows its `itemsize`.
    ### BEGIN SOLUTION
    return math.prod(self.shape) * self.dtype.itemsize
    ### END SOLUTION

# %% check="memory_footprint" points=6
got = Tensor(np.ones((3, 5))).memory_footprint()
assert got == 60, f"shape (3, 5) has 15 places of 4 bytes, which is 60; yours is {got}. (15 would count numbers.)"
got = Tensor(np.ones((3, 5)), dtype=np.float64).memory_footprint()
assert got == 120, f"a float64 takes 8 bytes: 15 * 8 is 120, yours is {got}"
got = Tensor._wrap(np.ones((6, 5), dtype=np.float32)[::2]).memory_footprint()
assert got == 60, f"every second row of (6, 5) shows 15 places: 60 bytes; yours is {got}"
got = Tensor(7.0).memory_footprint()
assert got == 4, f"a single number has shape () and 4 bytes; yours is {got}"
got = Tensor(np.ones((5, 0, 3))).memory_footprint()
assert got == 0, f"an axis of length 0 leaves no places; yours is {got}"

# %% [markdown]
# ## Build: one door for every operation
#
# An operation takes arrays out of its Tensors, calls a NumPy function, and wraps the answer. Written twenty times that
# would be twenty places to change one day. So it is written once, in `_evaluate`, and each operation says only which
# function it wants: `Tensor._apply(np.subtract, self, other)`. Python calls `__add__` for `t + 2`, and `__radd__` for
# `2 + t`. Subtraction and division stand below as examples. `@` checks first that the inner sizes agree.

# %% given="arithmetic"
#| export
@method(Tensor)
def __sub__(self, other):
    """Subtract element by element."""
    return Tensor._apply(np.subtract, self, other)


@method(Tensor)
def __rsub__(self, other):
    return Tensor._apply(np.subtract, other, self)


@method(Tensor)
def __truediv__(self, other):
    """Divide element by element."""
    return Tensor._apply(np.divide, self, other)


@method(Tensor)
def __rtruediv__(self, other):
    return Tensor._apply(np.divide, other, self)


@method(Tensor)
def __neg__(self):
    return Tensor._apply(np.negative, self)


@method(Tensor)
def __pow__(self, exponent):
    """Raise each element to a power."""
    return Tensor._apply(np.power, self, exponent)


@method(Tensor)
def __rpow__(self, base):
    return Tensor._apply(np.power, base, self)

# %% [markdown]
# A *reading* stands at the door and sees every operation, also those of code that was written before it. `watch` puts
# one on, `noting`, which writes down the name of each operation and then lets it go on; it runs something, and takes
# the reading off again. Nothing in `-` or `/` had to know.

# %% given="watch"
def watch(action):
    """The names of the operations that pass the door while `action()` runs."""
    names = []

    def noting(step):
        def apply(forward, *inputs, **options):
            names.append(forward.__name__)
            return step(forward, *inputs, **options)
        return apply

    Tensor._read(noting)
    try:
        action()
    finally:
        Tensor._read(noting, on=False)
    return names

# %% demo="watch"
print(watch(lambda: 1 / Tensor([4]) - 3))

# %% exercise="add"
#| export
@method(Tensor)
def __add__(self, other):
    """Add element by element."""
    # How: the same line as in `__sub__`, with NumPy's function for addition.
    # Example: (Tensor([1, 2]) + 0.5).data is [1.5, 2.5].
    # Hint: nothing here needs `.data`; what goes round the door is lost to later lessons.
    ### BEGIN SOLUTION
    return Tensor._apply(np.add, self, other)
    ### END SOLUTION


Tensor.__radd__ = Tensor.__add__  # 2 + t is t + 2

# %% check="add" points=6
got = Tensor([5, 7]) + Tensor([3, 11])
assert isinstance(got, Tensor), f"the sum of two Tensors is a Tensor; yours is {type(got).__name__}"
assert got.data.tolist() == [8, 18], f"[5, 7] + [3, 11] is [8, 18]; yours is {got.data.tolist()}"
got = 0.5 + Tensor([5, 7])
assert got.data.tolist() == [5.5, 7.5], f"0.5 + [5, 7] is [5.5, 7.5]; yours is {got.data.tolist()}"
got = watch(lambda: Tensor([5]) + Tensor([3]))
assert got == ["add"], f"a sum should pass the door once, as add; through yours passed {got}"

# %% exercise="mul"
#| export
@method(Tensor)
def __mul__(self, other):
    """Multiply element by element."""
    # How: one call of `Tensor._apply`.
    # Example: (Tensor([3, 4]) * Tensor([5, 6])).data is [15, 24].
    # Hint: `@` is another product and has another function.
    ### BEGIN SOLUTION
    return Tensor._apply(np.multiply, self, other)
    ### END SOLUTION


Tensor.__rmul__ = Tensor.__mul__

# %% check="mul" points=4
got = Tensor([[3, 4], [5, 6]]) * Tensor([[7, 8], [9, 10]])
assert isinstance(got, Tensor), f"the product of two Tensors is a Tensor; yours is {type(got).__name__}"
assert got.data.tolist() == [[21, 32], [45, 60]], (
    f"element by element it is [[21, 32], [45, 60]]; yours is {got.data.tolist()}. [[57, 64], [89, 100]] is `@`.")
got = 0.5 * Tensor([3, 5])
assert got.data.tolist() == [1.5, 2.5], f"0.5 * [3, 5] is [1.5, 2.5]; yours is {got.data.tolist()}"
got = watch(lambda: Tensor([5]) * Tensor([3]))
assert got == ["multiply"], f"a product should pass the door once, as multiply; through yours passed {got}"

# %% [markdown]
# The other operations are one-liners of the same kind. They are given, for later lessons to use: comparisons, functions
# of one number, the product `@`, and answers over one axis or all (`axis`, `keepdims`, as in NumPy). `mean` and `var`
# are built from `sum`; `var` divides by n.

# %% given="functions"
#| export
def _of_two(forward):
    """A method that hands two Tensors, or a Tensor and a number, to `forward`."""
    return lambda self, other: Tensor._apply(forward, self, other)


def _of_one(forward):
    """A method that hands each element to `forward`."""
    return lambda self: Tensor._apply(forward, self)


Tensor.__gt__, Tensor.__ge__ = _of_two(np.greater), _of_two(np.greater_equal)
Tensor.__lt__, Tensor.__le__ = _of_two(np.less), _of_two(np.less_equal)
Tensor.__eq__, Tensor.__ne__ = _of_two(np.equal), _of_two(np.not_equal)
Tensor.abs, Tensor.sqrt, Tensor.tanh = _of_one(np.absolute), _of_one(np.sqrt), _of_one(np.tanh)
Tensor.exp, Tensor.log = _of_one(np.exp), _of_one(np.log)
Tensor.maximum = _of_two(np.maximum)


@method(Tensor)
def __bool__(self):
    if self._data.size != 1:
        raise ValueError(f"shape {self.shape} has no single truth. To ask whether a Tensor is there: `is not None`; "
                         "whether two are one: `is`; about its numbers: .data.all() or .data.any().")
    return bool(self._data)

# %% given="matmul"
#| export
@method(Tensor)
def __matmul__(self, other):
    """Matrix product over the last two axes: (..., m, k) @ (..., k, n) is (..., m, n) and costs 2*m*k*n operations.

    Raises
    ------
    ValueError
        If the two inner sizes differ.
    """
    if isinstance(other, Tensor):
        _check_inner(self.shape, other.shape)
    return Tensor._apply(np.matmul, self, other)


def _check_inner(left, right):
    """Raise ValueError unless two shapes can meet at `@`."""
    if not left or not right:
        raise ValueError(f"`@` needs at least one axis on both sides, and found shapes {left} and {right}; "
                         "`*` multiplies by a single number.")
    inner = right[-2:][0]
    if left[-1] == inner:
        return
    place = "second-to-last" if len(right) > 1 else "only"
    says = [f"`@` needs the last size on the left to equal the {place} size on the right.",
            f"  left   {left}   last size {left[-1]}", f"  right  {right}   {place} size {inner}"]
    if len(right) == 2 and left[-1] == right[-1]:
        says.append(f"  Try `right.T`, which has shape {right[::-1]}.")
    raise ValueError("\n".join(says))

# %% given="reductions"
#| export
def largest(array, axis=None, keepdims=False):
    return np.max(array, axis=axis, keepdims=keepdims)


def smallest(array, axis=None, keepdims=False):
    return np.min(array, axis=axis, keepdims=keepdims)


@method(Tensor)
def sum(self, axis=None, keepdims=False):
    """Sum over `axis` (a number, several, or all)."""
    return Tensor._apply(np.sum, self, axis=axis, keepdims=keepdims)


@method(Tensor)
def max(self, axis=None, keepdims=False):
    """Largest value over `axis`."""
    return Tensor._apply(largest, self, axis=axis, keepdims=keepdims)


@method(Tensor)
def min(self, axis=None, keepdims=False):
    """Smallest value over `axis`."""
    return Tensor._apply(smallest, self, axis=axis, keepdims=keepdims)


@method(Tensor)
def argmax(self, axis=None):
    """Where the largest value stands; the first of equals."""
    return Tensor._apply(np.argmax, self, axis=axis)


@method(Tensor)
def mean(self, axis=None, keepdims=False):
    """Mean over `axis`."""
    total = self.sum(axis=axis, keepdims=keepdims)
    return total / (self._data.size // max(total._data.size, 1))


@method(Tensor)
def var(self, axis=None, keepdims=False):
    """Mean squared distance from the mean over `axis`."""
    distance = self - self.mean(axis=axis, keepdims=True)
    return (distance * distance).mean(axis=axis, keepdims=keepdims)

# %% [markdown]
# ## Build: shape is a way of reading bytes
#
# Memory is one long row. `strides` say how many bytes to walk for one step along each axis. A float32 table of shape
# (3, 5) has strides (20, 4): one row down is 20 bytes, one column right is 4. Its transpose has strides (4, 20) over
# the same bytes. An array that reads another's bytes is a *view* and costs nothing; a *copy* costs all its bytes.
# When the strides are those of a fresh array, the numbers lie *contiguous*: in the order in which they are read.

# %% given="shapes"
#| export
def reshape(array, shape):
    return np.reshape(array, shape)


def permute(array, axes):
    return np.transpose(array, axes)


def _spread(numbers):
    """(2, 3) from both f(2, 3) and f((2, 3))."""
    return tuple(numbers[0]) if len(numbers) == 1 and isinstance(numbers[0], (tuple, list)) else numbers


@method(Tensor)
def reshape(self, *shape):
    """The same numbers in reading order under another shape; -1 stands for what is left. A view where strides allow."""
    return Tensor._apply(reshape, self, shape=_spread(shape))


@method(Tensor)
def permute(self, *axes):
    """The axes in another order. A view."""
    return Tensor._apply(permute, self, axes=_spread(axes))

# %% given="axes"
#| export
def axis_of(axis, ndim):
    """`axis` counted from the front, among `ndim` axes; -1 is the last one. As in PyTorch, a number alone has one."""
    ndim = ndim or 1
    if not -ndim <= axis < ndim:
        raise IndexError(f"there is no axis {axis} here; axes go from {-ndim} to {ndim - 1}")
    return axis % ndim


@method(Tensor)
def transpose(self, first, second):
    """Swap two axes. A view."""
    axes = list(range(self.ndim))
    first, second = axis_of(first, self.ndim), axis_of(second, self.ndim)
    axes[first], axes[second] = axes[second], axes[first]
    return self.permute(*axes)


@method(Tensor)
def squeeze(self, axis=None):
    """Drop one axis of length 1, or all of them."""
    gone = range(self.ndim) if axis is None else [axis_of(axis, self.ndim)]
    return self.reshape(tuple(n for at, n in enumerate(self.shape) if n != 1 or at not in gone))


@method(Tensor)
def unsqueeze(self, axis):
    """Add an axis of length 1."""
    at = axis_of(axis, self.ndim + 1)
    return self.reshape(self.shape[:at] + (1,) + self.shape[at:])


@method(Tensor)
def flatten(self, start=0):
    """Make one axis of `start` and all that follow."""
    start = axis_of(start, self.ndim)
    return self.reshape(self.shape[:start] + (math.prod(self.shape[start:]),))


def _transposed(self):
    if self.ndim > 2:
        raise ValueError(f"`.T` turns a table of two axes, and this has {self.ndim}; say transpose(first, second)")
    return self.permute(*reversed(range(self.ndim)))


Tensor.T = property(_transposed, doc="The transposed table. A view.")

# %% given="picking"
#| export
def index(array, at):
    return array[at]


@method(Tensor)
def __getitem__(self, at):
    """What NumPy's indexing gives. A slice is a view; a list of positions or a mask is a copy."""
    plain = tuple(part._data if isinstance(part, Tensor) else part for part in (at if isinstance(at, tuple) else (at,)))
    return Tensor._apply(index, self, at=plain)


@method(Tensor)
def __len__(self):
    return len(self._data)


@method(Tensor)
def item(self):
    """The only number, as Python's."""
    return self._data.item()


@method(Tensor)
def numpy(self):
    """The array itself."""
    return self._data

# %% [markdown]
# A table of your own size. How many bytes does each of the three lines add to memory? Write your numbers before you
# run the cell after it.

# %% given="table"
rows, columns = mine("table", [(300, 500), (400, 700), (600, 250), (350, 900)])
A = Tensor(np.ones((rows, columns)))
print(f"A has shape {A.shape}, strides {A.data.strides} and {A.memory_footprint():,} bytes")

# %% predict="added"
predict("bytes added by A.T", None, unit="bytes")  # your guess in place of None
predict("bytes added by A[::2]", None, unit="bytes")
predict("bytes added by A + 1", None, unit="bytes")

# %% demo="added"
def added_bytes(new, old):
    return 0 if np.shares_memory(new.data, old.data) else new.memory_footprint()

measured("bytes added by A.T", added_bytes(A.T, A), unit="bytes")
measured("bytes added by A[::2]", added_bytes(A[::2], A), unit="bytes")
measured("bytes added by A + 1", added_bytes(A + 1, A), unit="bytes")
print("strides: A.T", A.T.data.strides, " A[::2]", A[::2].data.strides, " A + 1", (A + 1).data.strides)

# %% [markdown]
# That is the answer to *Try first*: keep the flat list, and change only the two steps by which it is read.
# The price comes later. Reading along short steps is what memory is fast at, and some operations must copy a view
# before they can work: `A.T.reshape(-1)` asks for an order that the bytes do not have.

# %% demo="reading_order"
flat_A, flat_AT = A.reshape(-1), A.T.reshape(-1)
print("A.reshape(-1)   adds", added_bytes(flat_A, A), "bytes; contiguous:", A.data.flags.c_contiguous)
print("A.T.reshape(-1) adds", added_bytes(flat_AT, A), "bytes; contiguous:", A.T.data.flags.c_contiguous)

# %% given="joining"
#| export
def joined(*arrays, axis):
    return np.concatenate(arrays, axis=axis)


def select(a, b, condition):
    return np.where(condition, a, b)


def concatenate(tensors, axis=0):
    """Tensors one after the other along an axis that they have. A copy."""
    return Tensor._apply(joined, *tensors, axis=axis)


def stack(tensors, axis=0):
    """Tensors of one shape side by side along a new axis. A copy."""
    return concatenate([t.unsqueeze(axis) for t in tensors], axis=axis)


def where(condition, a, b):
    """`a` where the condition holds, else `b`, element by element."""
    return Tensor._apply(select, a, b, condition=getattr(condition, "_data", condition))


@method(Tensor)
def where(self, condition, other):
    """Keep what is here where the condition holds, else take `other`."""
    return where(condition, self, other)


def maximum(a, b):
    """The larger of two, element by element."""
    return Tensor._apply(np.maximum, a, b)

# %% [markdown]
# Lessons will draw random numbers. They all draw from one generator, so that one seed repeats a whole run; whatever
# draws can also be given a generator of its own.

# %% given="random"
#| export
_generator = np.random.default_rng()


def manual_seed(seed):
    """Start the default generator anew; the same seed gives the same run."""
    global _generator
    _generator = np.random.default_rng(seed)


def default_rng():
    """The generator that draws when none is given."""
    return _generator

# %% [markdown]
# ## A fault to find: when two shapes meet
#
# Shapes need not be equal to meet in `+`. An axis of length 1 stretches to the length of the other, and where one shape
# has fewer axes, axes of length 1 are put in front. `(32, 784) + (784,)` adds the same 784 numbers to each of 32 rows.
# The stretch is called *broadcasting*. A colleague wrote the rule as a function on shapes. It passes three checks.

# %% fault="broadcast_from_left"
def broadcast_from_left(a, b):
    """The shape that results when shapes a and b meet."""
    length = max(len(a), len(b))
    pairs = list(zip(a + (1,) * (length - len(a)), b + (1,) * (length - len(b))))
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        raise ValueError(f"shapes {a} and {b} do not meet")
    return tuple(n if m == 1 else m for m, n in pairs)

assert broadcast_from_left((3, 3), (3,)) == (3, 3)
assert broadcast_from_left((4, 1), (1, 5)) == (4, 5)
assert broadcast_from_left((2, 3), ()) == (2, 3)

# %% demo="broadcast_from_left"
for a, b in [((3, 3), (3,)), ((3, 4), (3,)), ((4, 3), (3,))]:
    try:
        said = broadcast_from_left(a, b)
    except ValueError:
        said = "refused"
    try:
        real = (Tensor(np.ones(a)) + Tensor(np.ones(b))).shape
    except ValueError:
        real = "refused"
    print(f"{a} and {b}:  colleague {said},  NumPy {real}")

# %% [markdown]
# First the check that was missing. A right function has two duties: to give the shape, and to refuse shapes that do not
# meet. Your check tries both. `rejects(check, function)` says whether a check refuses a function: yours must refuse the
# colleague's, and let NumPy's own pass.

# %% exercise="catch"
def check_broadcast(shape_of):
    """Raise AssertionError unless `shape_of(a, b)` gives the shape in which a and b meet, or ValueError if none."""
    # How: ask it about two shapes of unlike length that meet, and assert the shape; ask about two that do not.
    # Example: check_broadcast(broadcast_from_left) raises AssertionError.
    # Hint: only an AssertionError says 'caught'. A ValueError from `shape_of` must be caught here, with try.
    ### BEGIN SOLUTION
    for a, b, expected in [((4, 3), (3,), (4, 3)), ((5, 1, 2), (7, 1), (5, 7, 2)), ((3, 4), (3,), None)]:
        try:
            found = shape_of(a, b)
        except ValueError:
            found = None
        assert found == expected, f"{a} and {b}: expected {expected}, found {found}"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_broadcast, broadcast_from_left), "your check lets the colleague's function pass"
assert not rejects(check_broadcast, np.broadcast_shapes), "your check refuses a right function: np.broadcast_shapes"
assert rejects(check_broadcast, lambda a, b: broadcast_from_left((3,), (4,))), (
    "your check lets a function pass that refuses all shapes")
assert rejects(check_broadcast, lambda a, b: (4, 3)), "your check lets a function pass that never refuses"

# %% exercise="broadcast_shape"
#| export
def broadcast_shape(a, b):
    """The shape in which shapes `a` and `b` meet, found without NumPy's help.

    Raises
    ------
    ValueError
        If they do not: two lengths differ and neither is 1. The message shows both shapes.
    """
    # How: put ones in front of the shorter shape; then, axis by axis, equal lengths stay and 1 gives way.
    # Example: broadcast_shape((5, 1, 2), (7, 1)) is (5, 7, 2).
    # Hint: (1,) * 3 is (1, 1, 1), and (1,) * -2 is (). A length of 0 does not give way; the 1 beside it does.
    ### BEGIN SOLUTION
    pairs = list(zip((1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b))
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        raise ValueError(f"shapes {a} and {b} do not meet: two lengths differ and neither is 1")
    return tuple(n if m == 1 else m for m, n in pairs)
    ### END SOLUTION

# %% check="broadcast_shape" points=12
got = broadcast_shape((4, 3), (3,))
assert got == (4, 3), f"(4, 3) and (3,) meet in (4, 3): the 3 stands under the last axis; yours is {got}"
got = broadcast_shape((7, 1), (5, 1, 6))
assert got == (5, 7, 6), f"(7, 1) and (5, 1, 6) meet in (5, 7, 6); yours is {got}"
got = broadcast_shape((), (4, 3))
assert got == (4, 3), f"() is a single number and meets all shapes: (4, 3); yours is {got}"
got = broadcast_shape((3, 1), (0,))
assert got == (3, 0), f"1 gives way to 0, as to any length: (3, 0); yours is {got}"
for a, b in [((3, 4), (3,)), ((5, 6), (5, 7))]:
    try:
        got = broadcast_shape(a, b)
    except ValueError as error:
        assert str(a) in str(error) and str(b) in str(error), f"the message should show {a} and {b}; it says: {error}"
    else:
        raise AssertionError(f"{a} and {b} do not meet: raise ValueError; yours is {got}")
del a, b

# %% [markdown]
# ## Build: a billion steps
#
# NumPy's `@` is fast, and it hides its cost. So write the product once as it is defined: row i, column j of the result
# is the sum over p of `a[i, p] * b[p, j]`. Three loops, m * n * k steps, a multiplication and an addition in each.

# %% exercise="matmul_loops"
#| export
def matmul_loops(a, b):
    """The product of arrays of shapes (m, k) and (k, n), step by step; the slow truth that `@` is held against."""
    # How: make an array of zeros, walk over i, j and p, and add one product at a time.
    # Example: matmul_loops(np.ones((2, 3)), np.ones((3, 4))) is a (2, 4) array of threes.
    # Hint: `np.zeros(shape, dtype=a.dtype)`. A grader hands in arrays that refuse `@`, np.dot and the like.
    ### BEGIN SOLUTION
    (m, k), (_, n) = a.shape, b.shape
    out = np.zeros((m, n), dtype=a.dtype)
    for i in range(m):
        for j in range(n):
            for p in range(k):
                out[i, j] += a[i, p] * b[p, j]
    return out
    ### END SOLUTION

# %% check="matmul_loops" points=10
left, right = np.float32([[3, 4, 5], [6, 7, 8]]), np.float32([[5, 3, 7, 9], [4, 8, 6, 3], [7, 5, 9, 4]])
got = matmul_loops(left, right)
assert got.shape == (2, 4), f"(2, 3) times (3, 4) is (2, 4); yours is {got.shape}"
assert got[0, 0] == 66, f"row 0 and column 0 give 3*5 + 4*4 + 5*7 = 66; yours is {got[0, 0]:g}"
assert np.allclose(got, left @ right), f"it should be what `@` says, {(left @ right).tolist()}; yours is {got.tolist()}"
assert got.dtype == np.float32, f"float32 in, float32 out; yours is {got.dtype}"
del left, right

# %% [markdown]
# Below, `matmul_loops` runs on tables of 64 by 64, and its time is scaled up to 1,000 by 1,000: how many times more
# steps is that? And how fast will `@` be, and how many bytes are the two tables and their product? Guess first.

# %% predict="loops"
predict("seconds of matmul_loops for 1,000 x 1,000, scaled up", None, unit="s")  # your guess in place of None
predict("seconds of @ for 1,000 x 1,000", None, unit="s")
predict("bytes of left, right and left @ right, 1,000 x 1,000 each", None, unit="bytes")

# %% demo="loops"
import time


def least_s(action, runs=3):
    """The shortest of several timings: the one that other work disturbed least."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)

small = np.ones((64, 64), dtype=np.float32)
left, right = Tensor(np.ones((1000, 1000))), Tensor(np.ones((1000, 1000)))
loops_s = least_s(lambda: matmul_loops(small, small)) * (1000 / 64) ** 3
at_s = least_s(lambda: left @ right)
measured("seconds of matmul_loops for 1,000 x 1,000, scaled up", loops_s, unit="s")
measured("seconds of @ for 1,000 x 1,000", at_s, unit="s")
total = left.memory_footprint() + right.memory_footprint() + (left @ right).memory_footprint()
measured("bytes of left, right and left @ right, 1,000 x 1,000 each", total, unit="bytes")
print(f"`@` is about {loops_s / at_s:,.0f} times faster, at the same 2,000,000,000 operations")

# %% [markdown]
# ## Something that sleeps
#
# One cell that runs and does nothing you can see. What might it be for? Keep the question; the cell comes back.

# %% demo="sleeping"
x = Tensor([3.0], requires_grad=True)
y = x * x
y.backward()
print(x.grad)

# %% [markdown]
# ## Use: handwritten digits, made even
#
# 4,000 digits of 28 by 28 pixels came from many pens; some wrote dark, some pale. To compare them, give every image
# mean 0 and spread 1: take its own mean away, then divide by its own standard deviation, the root of its variance.

# %% predict="digits"
predict("bytes of 4,000 digits as stored, one byte a pixel", None, unit="bytes")  # your guess in place of None
predict("bytes of the same digits as a float32 Tensor", None, unit="bytes")

# %% demo="digits"
from tinytorch.datasets import tinydigits

pixels = tinydigits().train_images
measured("bytes of 4,000 digits as stored, one byte a pixel", pixels.nbytes, unit="bytes")
measured("bytes of the same digits as a float32 Tensor", Tensor(pixels).memory_footprint(), unit="bytes")

# %% exercise="standardise"
#| export
def standardise(images, eps=1e-5):
    """`images`, shape (count, height, width), each moved to mean 0 and scaled to spread 1, as one Tensor."""
    # How: mean and variance over the last two axes; subtract, then divide by the root of (variance + eps).
    # Example: an image of one grey has variance 0 and becomes zeros; eps keeps its division finite.
    # Hint: keepdims=True leaves (count, 1, 1), which stretches over each image. A Tensor has .sqrt().
    ### BEGIN SOLUTION
    mean = images.mean(axis=(1, 2), keepdims=True)
    spread = (images.var(axis=(1, 2), keepdims=True) + eps).sqrt()
    return (images - mean) / spread
    ### END SOLUTION

# %% check="standardise" points=8
got = standardise(Tensor([[[3, 5, 4, 4], [7, 6, 5, 6]], [[30, 90, 60, 0], [90, 30, 60, 0]], [[9] * 4] * 2]))
assert isinstance(got, Tensor), f"expected a Tensor, found {type(got).__name__}; use Tensor operations throughout"
assert got.shape == (3, 2, 4), f"each image keeps its shape: expected (3, 2, 4), found {got.shape}"
assert np.isfinite(got.data).all(), "the grey image divides 0 by 0; add eps before the root"
got = got.data[0].mean(), got.data[1].mean(), got.data[0].std(), got.data[1].std()
assert np.allclose(got[:2], 0, atol=1e-5), f"each image needs mean 0 of its own; yours have {got[0]:g} and {got[1]:g}"
assert np.allclose(got[2:], 1, atol=1e-3), f"each image needs spread 1 of its own; yours have {got[2]:g} and {got[3]:g}"
got = standardise(Tensor([[[3, 5]]]), eps=3).data.ravel().tolist()
assert np.allclose(got, [-0.5, 0.5]), f"3, 5 with eps 3: root of (1 + 3) is 2, so [-0.5, 0.5]; yours is {got}"
got = watch(lambda: standardise(Tensor([[[3, 5]]])))
assert got, "nothing passed the door: use the Tensor's own operations, not its `.data`"

# %% [markdown]
# ## Reflect
#
# Two small programs that ran out of memory. The first kept one row of each picture, as a view, and dropped the rest:
#
#     kept = []
#     for picture in pictures:         # `count` float32 arrays of shape (height, width)
#         kept.append(picture[0])      # its first row, a view
#
# How many bytes of pictures are alive at its end, when nobody else holds them? Set `kept_bytes`. The second compared
# all pairs of `n` numbers with `a.reshape(n, 1) - a.reshape(1, n)`, where `a` is a float32 Tensor. How many bytes does
# the result ask for? Set `pair_bytes`. The sizes below are yours: `mine` draws other ones for your neighbour.
#
# In both cells put your number in place of the 0, and delete the two lines below it. The checks there see only what is
# impossible; the number itself is judged when you hand the lesson in.

# %% given="sizes"
count, height, width = mine("pictures", [(500, 480, 640), (300, 600, 800), (200, 720, 1280)])
n = mine("pairs", [40_000, 50_000, 60_000, 70_000])
print(f"count {count}, height {height}, width {width}, n {n:,}")

# %% exercise="kept_bytes"
kept_bytes = 0  # your number
### BEGIN SOLUTION
kept_bytes = count * height * width * 4
### END SOLUTION

# %% check="kept_bytes" points=4
got = kept_bytes
assert got >= height * width * 4, f"a single picture has {height * width * 4:,} bytes, and yours is {got:,}"
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number divides by 4; yours is {got:,}"

# %% exercise="pair_bytes"
pair_bytes = 0  # your number
### BEGIN SOLUTION
pair_bytes = n * n * 4
### END SOLUTION

# %% check="pair_bytes" points=4
got = pair_bytes
assert got > 2 * n * 4, f"(n, 1) and (1, n) meet in a larger shape than either; {got:,} bytes are not enough"
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number divides by 4; yours is {got:,}"

# %% [markdown]
# The first program is repaired by one word. Which word, what does it cost in bytes, and why is the view, which costs
# nothing, the more expensive of the two here? Use your numbers.

# %% [markdown] answer="leak" points=5 rubric="the word: copy; its bytes; a view keeps all that it reads alive"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.Tensor` is a storage, a shape and strides, as here: `c10/core/TensorImpl.h`. `t.T` has the `data_ptr()` of
#   `t`, and `t.untyped_storage().nbytes()` counts the bytes that a view keeps alive. PyTorch counts strides in numbers,
#   not in bytes: a (3, 5) float32 table has (5, 1) there and (20, 4) here.
# - The rule of two shapes is `infer_size` in `aten/src/ATen/ExpandUtils.cpp`; `torch.broadcast_shapes` shows it.
# - Our door is its *dispatcher*, `aten/src/ATen/core/dispatch/Dispatcher.h`: every operation is looked up there, and
#   features that must see all operations are added there.
# - `torch.tensor([1, 2])` keeps whole numbers as int64; ours makes float32. `torch.var` divides by n - 1, ours by n.
