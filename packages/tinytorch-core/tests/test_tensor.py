"""Tensor against NumPy, over shapes that stretch, that hold one number and that hold none; and the door."""

import copy
import itertools
import math
import operator
import pickle

import numpy as np
import pytest
from tinytorch.core import tensor as module
from tinytorch.core.tensor import (
    Tensor,
    broadcast_shape,
    concatenate,
    default_rng,
    manual_seed,
    matmul_loops,
    maximum,
    method,
    stack,
    standardise,
    where,
)

SHAPES = [(), (1,), (5,), (3, 4), (1, 4), (2, 1, 3), (0,), (0, 3), (2, 0, 3)]
MEETING = [
    ((), ()), ((), (3,)), ((3, 4), (4,)), ((3, 1), (1, 5)), ((2, 3, 4), (3, 1)), ((5, 1, 2), (7, 1)),
    ((1,), (0,)), ((0, 3), (3,)), ((4, 0), (1, 1)), ((2, 3), (2, 3)),
]  # fmt: skip
NOT_MEETING = [((3, 4), (3,)), ((2,), (3,)), ((4, 1, 3), (5, 3, 2)), ((0,), (3,)), ((0, 2), (3, 2))]
ARITHMETIC = {
    operator.add: np.add, operator.sub: np.subtract, operator.mul: np.multiply, operator.truediv: np.divide,
    maximum: np.maximum, Tensor.maximum: np.maximum,
}  # fmt: skip
COMPARISONS = {
    operator.gt: np.greater, operator.ge: np.greater_equal, operator.lt: np.less, operator.le: np.less_equal,
    operator.eq: np.equal, operator.ne: np.not_equal,
}  # fmt: skip
NUMBERS = [2, 0.5, True, np.float64(0.1), np.float32(0.1), np.int64(3), np.bool_(True)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def drawn(rng, shape, low=0.5, high=3.0, dtype=np.float32):
    return rng.uniform(low, high, shape).astype(dtype)


def same(found, expected, rtol=1e-6):
    """The Tensor holds `expected`: values, shape and dtype, in an array that is no NumPy scalar."""
    assert isinstance(found, Tensor) and type(found.data) is np.ndarray
    expected = np.asarray(expected)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(found.data, expected, rtol=rtol, atol=1e-7)


# Birth: what data becomes


@pytest.mark.parametrize("data", [[1, 2], [[True, False]], 7, 2.5, np.arange(3), np.ones((2, 0)), np.float64(0.1), []])
def test_data_becomes_float32_unless_told_otherwise(data):
    same(Tensor(data), np.array(data, dtype=np.float32))


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int64, np.int8, bool])
def test_a_tensor_keeps_the_dtype_that_it_was_told(dtype):
    same(Tensor([1, 0], dtype=dtype), np.array([1, 0], dtype=dtype))


def test_a_tensor_owns_its_numbers():
    array = np.ones(3, dtype=np.float32)
    first = Tensor(array)
    second = Tensor(first)
    array[0], first.data[1] = 5, 6
    assert first.data.tolist() == [1, 6, 1] and second.data.tolist() == [1, 1, 1]


@pytest.mark.parametrize("array", [np.ones(3, dtype=np.float64), np.arange(4)[::2], np.ones((2, 3), np.int8).T])
def test_wrap_neither_copies_nor_casts(array):
    assert Tensor._wrap(array).data is array


def test_wrap_makes_arrays_of_single_numbers():
    same(Tensor._wrap(np.float32(3)), np.array(3, dtype=np.float32))


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_ndim_length_and_bytes_are_numpy_s(shape):
    for dtype in (np.float32, np.float64, np.int8):
        array = np.zeros(shape, dtype)
        tensor = Tensor(array, dtype=dtype)
        assert (tensor.shape, tensor.ndim, tensor.memory_footprint()) == (array.shape, array.ndim, array.nbytes)
        assert not shape or len(tensor) == shape[0]


def test_a_view_counts_the_bytes_that_it_shows():
    assert Tensor(np.ones((6, 5)))[::2].memory_footprint() == 3 * 5 * 4


# Arithmetic and comparisons: NumPy is the oracle


@pytest.mark.parametrize("a, b", MEETING + [(b, a) for a, b in MEETING], ids=str)
def test_two_tensors_meet_as_in_numpy(a, b, rng):
    a, b = drawn(rng, a), drawn(rng, b)
    for ours, theirs in {**ARITHMETIC, **COMPARISONS, operator.pow: np.power}.items():
        same(ours(Tensor(a), Tensor(b)), theirs(a, b), rtol=1e-5)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda x: f"{type(x).__name__}-{x}")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_number_takes_the_dtype_of_the_tensor_beside_it(shape, dtype, number, rng):
    array = drawn(rng, shape, dtype=dtype)
    tensor, number_as_array = Tensor(array, dtype=dtype), np.array(number, dtype=dtype)
    for ours, theirs in ARITHMETIC.items():
        same(ours(tensor, number), theirs(array, number_as_array))
    for sign in (operator.add, operator.sub, operator.mul, operator.truediv):
        same(sign(number, tensor), sign(number_as_array, array).astype(dtype))
    for ours, theirs in COMPARISONS.items():
        same(ours(tensor, number), theirs(array, number_as_array))
    same(tensor**2, (array**2).astype(dtype))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_functions_of_one_number_are_numpy_s(shape, dtype, rng):
    array = drawn(rng, shape, dtype=dtype)
    tensor = Tensor(array, dtype=dtype)
    for name, forward in dict(abs=np.abs, exp=np.exp, log=np.log, sqrt=np.sqrt, tanh=np.tanh).items():
        same(getattr(tensor, name)(), forward(array))
    same(-tensor, -array)


def test_arithmetic_leaves_its_operands_alone(rng):
    a, b = drawn(rng, (2, 3)), drawn(rng, (2, 3))
    left, right = Tensor(a), Tensor(b)
    for sign in ARITHMETIC:
        out = sign(left, right)
        out.data[...] = 9
    same(left, a)
    same(right, b)


@pytest.mark.parametrize("a, b", NOT_MEETING, ids=str)
def test_shapes_that_do_not_meet_are_refused(a, b):
    with pytest.raises(ValueError):
        Tensor(np.ones(a)) + Tensor(np.ones(b))
    with pytest.raises(ValueError, match="do not meet") as error:
        broadcast_shape(a, b)
    assert str(a) in str(error.value) and str(b) in str(error.value)


@pytest.mark.parametrize("a, b", MEETING, ids=str)
def test_broadcast_shape_says_what_addition_does(a, b):
    assert broadcast_shape(a, b) == broadcast_shape(b, a) == (Tensor(np.ones(a)) + Tensor(np.ones(b))).shape


@pytest.mark.parametrize("other", [[1, 2], (1, 2), None, "2", 2j, np.ones(2)], ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("sign", [operator.add, operator.mul, operator.matmul, operator.gt])
def test_what_is_no_tensor_and_no_number_is_refused_by_name(sign, other):
    with pytest.raises(TypeError, match=rf"takes Tensors and numbers, and found {type(other).__name__}\.") as caught:
        sign(Tensor([3, 4]), other)
    assert ("Wrap it" in str(caught.value)) == isinstance(other, (list, tuple, np.ndarray))


def test_an_array_on_the_left_is_refused_too():
    for sign in (operator.add, operator.sub, operator.mul, operator.truediv):
        with pytest.raises(TypeError, match="found ndarray"):
            sign(np.ones(2), Tensor([3, 4]))
    with pytest.raises(TypeError):
        np.exp(Tensor([3, 4]))


def test_a_tensor_of_an_older_class_is_told_apart():
    older = type("Tensor", (), {})()
    with pytest.raises(TypeError, match="from before the class cell ran again"):
        Tensor([3]) + older


def test_truth_belongs_to_a_single_number():
    assert Tensor(3) > 2 and not Tensor([[3]]) > 4
    with pytest.raises(ValueError, match=r"shape \(2,\) has no single truth"):
        bool(Tensor([3, 4]) > 2)


def test_whole_numbers_stay_whole():
    ids = Tensor([3, 4], dtype=np.int64)
    same(ids + 1, np.array([4, 5]))
    same(ids * ids, np.array([9, 16]))
    same(ids[1], np.array(4))


# Products


@pytest.mark.parametrize("a, b", [
    ((3, 5), (5, 2)), ((5,), (5, 2)), ((3, 5), (5,)), ((5,), (5,)), ((4, 3, 5), (5, 2)), ((4, 1, 3, 5), (7, 5, 2)),
    ((0, 5), (5, 2)), ((3, 0), (0, 2)), ((1, 1), (1, 1)),
], ids=str)  # fmt: skip
def test_matmul_is_numpy_s(a, b, rng):
    a, b = drawn(rng, a), drawn(rng, b)
    same(Tensor(a) @ Tensor(b), a @ b, rtol=1e-5)


@pytest.mark.parametrize("m, k, n", [(3, 5, 2), (1, 4, 3), (2, 1, 2), (0, 3, 2), (2, 0, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_loops_and_the_product_agree(m, k, n, dtype, rng):
    a, b = drawn(rng, (m, k), dtype=dtype), drawn(rng, (k, n), dtype=dtype)
    same(Tensor._wrap(matmul_loops(a, b)), a @ b, rtol=1e-5)


def test_unlike_inner_sizes_are_shown_with_a_way_out():
    with pytest.raises(ValueError) as error:
        Tensor(np.ones((32, 784))) @ Tensor(np.ones((10, 784)))
    assert str(error.value).splitlines() == [
        "`@` needs the last size on the left to equal the second-to-last size on the right.",
        "  left   (32, 784)   last size 784",
        "  right  (10, 784)   second-to-last size 10",
        "  Try `right.T`, which has shape (784, 10).",
    ]


def test_no_way_out_is_shown_where_it_would_not_help():
    with pytest.raises(ValueError, match="only size on the right") as error:
        Tensor(np.ones((3, 4))) @ Tensor(np.ones(5))
    assert "Try" not in str(error.value)


def test_a_single_number_has_no_matrix_product():
    with pytest.raises(ValueError, match="at least one axis on both sides"):
        Tensor(np.ones((3, 4))) @ Tensor(2)


# Answers over axes


def axes_of(shape):
    every = range(len(shape))
    several = list(itertools.combinations(every, 2))
    return [None, *every, *(axis - len(shape) for axis in every), *several, *[(-1, 0)] * (len(shape) > 1)]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_extremes_and_means_are_numpy_s(shape, keepdims, rng):
    array, reductions = drawn(rng, shape), ["sum"] if 0 in shape else ["sum", "mean", "max", "min", "var"]
    for axis, name in itertools.product(axes_of(shape), reductions):
        found = getattr(Tensor(array), name)(axis=axis, keepdims=keepdims)
        same(found, getattr(np, name)(array, axis=axis, keepdims=keepdims), rtol=1e-5)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if 0 not in shape])
def test_argmax_is_numpy_s(shape, rng):
    array = drawn(rng, shape)
    for axis in [axis for axis in axes_of(shape) if not isinstance(axis, tuple)]:
        same(Tensor(array).argmax(axis=axis), np.asarray(array.argmax(axis=axis)))
    assert Tensor([3, 7, 7]).argmax().item() == 1  # the first of equals


@pytest.mark.parametrize("name", ["max", "min", "argmax"])
def test_no_numbers_have_no_largest(name):
    with pytest.raises(ValueError):
        getattr(Tensor(np.ones((0, 3))), name)(axis=0)


def test_a_mean_over_a_full_axis_of_no_rows_is_empty():
    same(Tensor(np.ones((0, 3))).mean(axis=1), np.ones(0, dtype=np.float32))


def test_the_variance_divides_by_n_and_does_not_move_with_the_numbers(rng):
    assert Tensor([3, 5]).var().item() == 1
    array = drawn(rng, (4, 5))
    np.testing.assert_allclose(Tensor(array + 100).var(axis=1).data, array.var(axis=1), rtol=1e-3)


def test_standardise_gives_every_image_mean_0_and_spread_1(rng):
    out = standardise(Tensor(drawn(rng, (3, 4, 5)) * [[[1]], [[50]], [[0]]])).data
    np.testing.assert_allclose(out.mean(axis=(1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(out.std(axis=(1, 2)), [1, 1, 0], atol=1e-3)


# Shape is a way of reading bytes


@pytest.mark.parametrize("change, oracle, is_view", [
    (lambda t: t.reshape(2, 12), lambda a: a.reshape(2, 12), True),
    (lambda t: t.reshape((4, -1)), lambda a: a.reshape(4, -1), True),
    (lambda t: t.reshape(-1), lambda a: a.reshape(-1), True),
    (lambda t: t.permute(2, 0, 1), lambda a: a.transpose(2, 0, 1), True),
    (lambda t: t.permute([-1, 0, 1]), lambda a: a.transpose(2, 0, 1), True),
    (lambda t: t.transpose(0, -1), lambda a: a.swapaxes(0, -1), True),
    (lambda t: t.unsqueeze(0), lambda a: a[None], True),
    (lambda t: t.unsqueeze(-1), lambda a: a[..., None], True),
    (lambda t: t.unsqueeze(-2).squeeze(-2), lambda a: a, True),
    (lambda t: t.unsqueeze(0).unsqueeze(-1).squeeze(), lambda a: a, True),
    (lambda t: t.squeeze(1), lambda a: a, True),
    (lambda t: t.flatten(), lambda a: a.reshape(24), True),
    (lambda t: t.flatten(1), lambda a: a.reshape(2, 12), True),
    (lambda t: t[1], lambda a: a[1], True),
    (lambda t: t[..., ::2], lambda a: a[..., ::2], True),
    (lambda t: t[:, None, -1], lambda a: a[:, None, -1], True),
    (lambda t: t[0].T, lambda a: a[0].T, True),
    (lambda t: t.permute(2, 1, 0).reshape(-1), lambda a: a.transpose(2, 1, 0).reshape(-1), False),
    (lambda t: t[[0, 1, 0]], lambda a: a[[0, 1, 0]], False),
    (lambda t: t[t > 12], lambda a: a[a > 12], False),
    (lambda t: t[Tensor([1, 0], dtype=np.int64), 2], lambda a: a[[1, 0], 2], False),
])  # fmt: skip
def test_shapes_and_picks_are_numpy_s_and_copy_only_where_they_must(change, oracle, is_view):
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    tensor = Tensor(array)
    out = change(tensor)
    same(out, oracle(array))
    assert np.shares_memory(out.data, tensor.data) is is_view


@pytest.mark.parametrize("shape", [(0, 3), (1, 0, 1)])
def test_shapes_of_no_numbers_change_as_well(shape):
    tensor, numbers = Tensor(np.ones(shape)), math.prod(shape)
    assert tensor.flatten().shape == tensor.reshape(-1, 1).squeeze(1).shape == (numbers,)
    assert tensor.squeeze().shape == np.ones(shape).squeeze().shape


def test_T_is_for_tables():
    same(Tensor([3, 4]).T, np.float32([3, 4]))
    with pytest.raises(ValueError, match=r"`.T` turns a table of two axes, and this has 3"):
        Tensor(np.ones((2, 3, 4))).T  # noqa: B018


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_joining_is_numpy_s_and_copies(axis, rng):
    arrays = [drawn(rng, (2, 3)) for _ in range(3)]
    tensors = [Tensor(array) for array in arrays]
    same(concatenate(tensors, axis=axis), np.concatenate(arrays, axis=axis))
    same(stack(tensors, axis=axis), np.stack(arrays, axis=axis))
    assert not np.shares_memory(concatenate(tensors[:1]).data, tensors[0].data)


def test_choosing_is_numpy_s(rng):
    a, b = drawn(rng, (3, 4)), drawn(rng, (4,))
    for condition in (a > 1.5, Tensor(a) > 1.5):
        same(where(condition, Tensor(a), Tensor(b)), np.where(a > 1.5, a, b))
        same(Tensor(a).where(condition, 0.25), np.where(a > 1.5, a, np.float32(0.25)))
        same(where(condition, 2, Tensor(b)), np.where(a > 1.5, np.float32(2), b))


def test_numbers_leave_as_python_s_and_arrays_as_they_are():
    tensor = Tensor([[2.5]])
    assert type(tensor.item()) is float and tensor.item() == 2.5
    assert tensor.numpy() is tensor.data
    with pytest.raises(ValueError):
        Tensor([3, 4]).item()


@pytest.mark.parametrize("data, dtype, text", [
    ([1, 2.5], np.float32, "Tensor([1. , 2.5])"),
    (3, np.float32, "Tensor(3.)"),
    ([3], np.int64, "Tensor([3], dtype=int64)"),
])  # fmt: skip
def test_repr_names_every_dtype_but_float32(data, dtype, text):
    assert repr(Tensor(data, dtype=dtype)) == text


# The door


def noting(log, mark=""):
    """A reading that writes down what passes."""

    def reading(step):
        def apply(forward, *inputs, **options):
            log.append(mark or forward.__name__)
            return step(forward, *inputs, **options)

        return apply

    return reading


@pytest.fixture
def reading_chain():
    before = Tensor._readings
    yield before
    for reading in [r for r in Tensor._readings if r not in before]:
        Tensor._read(reading, on=False)


OPERATIONS = {
    "add": lambda t: t + 1, "subtract": lambda t: 1 - t, "multiply": lambda t: 2 * t, "divide": lambda t: 1 / t,
    "negative": lambda t: -t, "power": lambda t: t**2, "matmul": lambda t: t @ t,
    "greater": lambda t: t > 1, "maximum": lambda t: t.maximum(1), "exp": Tensor.exp, "absolute": Tensor.abs,
    "sum": Tensor.sum, "largest": Tensor.max, "smallest": Tensor.min, "argmax": Tensor.argmax,
    "reshape": lambda t: t.reshape(-1), "permute": lambda t: t.T, "index": lambda t: t[0],
    "joined": lambda t: concatenate([t, t]), "select": lambda t: where(t > 1, t, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_passes_the_door_under_its_own_name(name, reading_chain):
    tensor, log = Tensor([[2, 3], [4, 5]]), []
    Tensor._read(noting(log))
    OPERATIONS[name](tensor)
    assert log[-1] == name


@pytest.mark.parametrize(("ask", "says"), [
    (lambda t: t.unsqueeze(9), "no axis 9 here; axes go from -4 to 3"), (lambda t: t.squeeze(3), "no axis 3 here"),
    (lambda t: t.unsqueeze(-5), "no axis -5 here"), (lambda t: t.flatten(3), "no axis 3 here"),
    (lambda t: t.transpose(0, 3), "no axis 3 here; axes go from -3 to 2"),
])
def test_an_axis_that_is_not_there_is_named(ask, says):
    with pytest.raises(IndexError, match=says):
        ask(Tensor(np.ones((2, 3, 4))))


def test_a_number_alone_counts_as_one_axis():
    number = Tensor(3.0)
    assert number.squeeze(0).shape == number.squeeze(-1).shape == () and number.flatten(0).shape == (1,)


@pytest.mark.parametrize("name", ["mean", "var", "squeeze", "unsqueeze", "flatten", "transpose"])
def test_what_is_built_of_operations_passes_through_them(name, reading_chain):
    tensor, log = Tensor([[2, 3], [4, 5]]), []
    Tensor._read(noting(log))
    getattr(tensor, name)(*{"unsqueeze": (0,), "transpose": (0, 1)}.get(name, ()))
    assert log and set(log) <= {"sum", "divide", "subtract", "multiply", "reshape", "permute"}


@pytest.mark.parametrize("off", list(itertools.permutations("abc")))
@pytest.mark.parametrize("on", list(itertools.permutations("abc")))
def test_readings_go_on_and_off_in_any_order(on, off, reading_chain):
    log = []
    readings = {mark: noting(log, mark) for mark in "abc"}
    active = []
    for mark, state in [(mark, True) for mark in on] + [(mark, False) for mark in off]:
        Tensor._read(readings[mark], on=state)
        active = [*active, mark] if state else [other for other in active if other != mark]
        log.clear()
        assert (Tensor([3]) + 4).data.tolist() == [7]
        assert log == active[::-1]  # the last one put on stands outermost
    assert Tensor._readings == reading_chain


def test_a_reading_is_on_once_and_moves_outermost_when_put_on_again(reading_chain):
    log = []
    first, second = noting(log, "first"), noting(log, "second")
    for reading in (first, second, first):
        Tensor._read(reading)
    Tensor([3]) * 2
    assert log == ["first", "second"]


def test_taking_off_what_is_not_on_changes_nothing(reading_chain):
    Tensor._read(noting([]), on=False)
    assert Tensor._readings == reading_chain


def test_a_reading_may_replace_a_forward(reading_chain):
    def swapping(step):
        def apply(forward, *inputs, **options):
            return step(np.subtract if forward is np.add else forward, *inputs, **options)

        return apply

    Tensor._read(swapping)
    assert (Tensor([9]) + 4).data.tolist() == [5]
    Tensor._read(swapping, on=False)
    assert (Tensor([9]) + 4).data.tolist() == [13]


def test_a_reading_that_raises_can_be_taken_off(reading_chain):
    def refusing(step):
        def apply(forward, *inputs, **options):
            raise RuntimeError("closed")

        return apply

    Tensor._read(refusing)
    with pytest.raises(RuntimeError, match="closed"):
        Tensor([3]) + 4
    Tensor._read(refusing, on=False)
    assert (Tensor([3]) + 4).item() == 7


def test_forwards_are_named_functions_of_a_module():
    """Rules, counters and accelerators find a forward by its name."""
    names = ["largest", "smallest", "reshape", "permute", "index", "joined", "select"]
    assert [getattr(module, name).__name__ for name in names] == names


# Versions: who replaces the numbers is counted


def test_every_replacement_of_data_moves_the_version():
    tensor, other = Tensor([3.0, 4.0]), Tensor([5.0])
    versions = [tensor._version]
    tensor.data = np.float32([5, 6])
    versions.append(tensor._version)
    other.data = np.float32([7])
    versions.append(other._version)
    tensor.data -= 1
    versions.append(tensor._version)
    tensor.data *= 2
    versions.append(tensor._version)
    assert versions[0] == 0 and versions == sorted(set(versions))  # one clock for all, and it never stands still
    assert tensor.data.tolist() == [8, 10]
    assert (Tensor([3])._version, Tensor._version, (tensor + 1)._version) == (0, 0, 0)


def test_reading_and_writing_into_the_array_count_nothing():
    tensor = Tensor([3.0, 4.0])
    _ = tensor + 1, tensor[0], tensor.sum(), tensor.data
    tensor.data[0] = 7
    assert tensor._version == 0


# Copies, generators, and `method`


def test_a_copy_shares_nothing_and_a_pickle_comes_back():
    tensor = Tensor([3, 4], requires_grad=True)
    for other in (copy.deepcopy(tensor), pickle.loads(pickle.dumps(tensor))):
        same(other, tensor.data)
        assert other.requires_grad and not np.shares_memory(other.data, tensor.data)


def test_one_seed_gives_one_run():
    manual_seed(7)
    first = default_rng().normal(size=3)
    manual_seed(7)
    assert (default_rng().normal(size=3) == first).all()
    assert (default_rng().normal(size=3) != first).all()


def test_method_gives_the_name_back_what_it_meant():
    scope = {"method": method}
    exec("class A: pass\n@method(A)\ndef sum(self): return 'ours'\n@method(A)\ndef largest(self): return 1", scope)
    assert scope["A"]().sum() == "ours" and scope["sum"] is sum and scope["largest"] is None
    assert module.reshape.__code__.co_varnames[0] == "array"  # the forward kept its name beside Tensor.reshape
