"""The table of rules: each agrees with nudging on every kind of shape, and who may write into it."""
import sys
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from tinytorch.core import Tensor, gradcheck
from tinytorch.core.autograd import RULES, constant, no_grad, numerical_gradient, rule, unbroadcast
from tinytorch.core.tensor import concatenate, maximum, stack, where
from tinytorch.nn import GELU, BCELoss, ReLU, Sigmoid, Softmax
from tinytorch.nn.losses import log_softmax

PAIRS = [((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 1, 4), (3, 1)), ((), (3,)), ((1, 1), (5, 1)), ((3, 0), (1, 0))]
SHAPES = [(3, 4), (), (1, 1), (0, 3), (2, 1, 3)]
PRODUCTS = [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((1, 3, 4), (6, 4, 2)), ((2, 1, 3, 4), (5, 4, 2)), ((4,), (4, 5)),
            ((3, 4), (4,)), ((4,), (4,)), ((4,), (2, 4, 5)), ((2, 3, 4), (4,)), ((0, 4), (4, 5)), ((3, 0), (0, 5)),
            ((2, 3, 4, 5), (5, 3)), ((0, 3, 4), (4, 5)), ((2, 3, 0), (0, 5)), ((2, 3, 4), (4, 0))]
AXES = [(None, False), (None, True), (0, False), (-1, True), ((0, 2), False), ((-1, 1), True)]
PICKS = [1, -1, slice(1, None, 2), (slice(None), 1), (None, 2), (..., slice(None, 2)), [2, 0, 2, 2], slice(0, 0),
         ([0, 2, 0], [1, 3, 1]), ([-1, 0], slice(1, 3)), np.arange(12).reshape(3, 4) % 5 == 0]
MASK = np.arange(12).reshape(3, 4) % 3 == 0
OF_TWO = {"add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b,
          "divide": lambda a, b: a / b, "power": lambda a, b: a**b, "maximum": maximum}
OF_ONE = {"negative": lambda a: -a, "absolute": Tensor.abs, "exp": Tensor.exp, "log": Tensor.log, "sqrt": Tensor.sqrt,
          "tanh": Tensor.tanh, "relu": ReLU(), "sigmoid": Sigmoid(), "gelu": GELU(), "square": lambda a: a**2,
          "numbers": lambda a: 2 / (3 - a * 7) + (a - 7) / 4, "exponent": lambda a: 1.5**a}
OVER_AXES = {"sum": Tensor.sum, "mean": Tensor.mean, "var": Tensor.var, "max": Tensor.max, "min": Tensor.min}
OF_ROWS = {"softmax": lambda a: Softmax(1)(a), "log_softmax": lambda a: log_softmax(a, -2), "T": lambda a: a.T,
           "permute": lambda a: a.unsqueeze(0).permute(-1, 0, -2), "flatten": lambda a: a.flatten(), "bce": lambda a:
           BCELoss()(Sigmoid()(a), Tensor(MASK, dtype=a.dtype)), "reshape": lambda a: a.reshape(2, -1)}
CASES = [
    *[(f"{name} {a} {b}", f, [a, b]) for name, f in OF_TWO.items() for a, b in PAIRS],
    *[(f"{name} {a}", f, [a]) for name, f in OF_ONE.items() for a in SHAPES],
    *[(f"matmul {a} {b}", lambda a, b: a @ b, [a, b]) for a, b in PRODUCTS],
    *[(f"{name} {axis} {keep}", lambda a, f=f, axis=axis, keep=keep: f(a, axis, keep), [(2, 3, 4)])
      for name, f in OVER_AXES.items() for axis, keep in AXES],
    *[(name, f, [(3, 4)]) for name, f in OF_ROWS.items()],
    *[(f"index {n}", lambda a, at=at: a[at], [(3, 4)]) for n, at in enumerate(PICKS)],
    ("sum of nothing", lambda a: a.sum(0), [(0, 3)]),
    ("where", lambda a, b: where(MASK, a, b), [(3, 4), (4,)]),
    ("concatenate", lambda a, b: concatenate([a, b, a], axis=-1), [(2, 3), (2, 0)]),
    ("stack", lambda a, b: stack([a, b], axis=1), [(2, 3), (2, 3)]),
]
of_all = pytest.mark.parametrize(("f", "shapes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])


def leaf(*shape, dtype=np.float64, seed=3):
    """Numbers above 0, no two of them near each other, and none near a bend."""
    rng = np.random.default_rng(seed)
    return Tensor(0.5 + rng.permutation(np.prod(shape, dtype=int)).reshape(shape) / 7 + seed / 30, True, dtype)


def drawn(shapes, dtype=np.float64):
    return [leaf(*shape, dtype=dtype, seed=seed) for seed, shape in enumerate(shapes, 3)]


class Witness:
    """A reading that locks what a rule is given and asks `law(its gradients)`."""

    def __init__(self, law):
        self.law, self.asked = law, set()

    def __call__(self, step):
        return step

    def pull(self, ask):
        def observed(node, grad_out):
            self.asked.add(node.rule.name)
            for array in (grad_out, *(x.data for x in node.inputs if isinstance(x, Tensor))):
                array.setflags(write=False)
            grads = ask(node, grad_out)
            self.law(grads)
            return grads
        return observed


def walked(f, inputs, law=lambda *_: None):
    """The names of the rules that backward asks."""
    witness = Witness(law)
    Tensor._read(witness)
    try:
        out = f(*inputs)
        out.backward(np.ones(out.shape))
    finally:
        Tensor._read(witness, on=False)
    return witness.asked


@of_all
def test_a_rule_agrees_with_nudging(f, shapes):
    gradcheck(f, *drawn(shapes))


@of_all
def test_a_rule_stays_in_float32_and_writes_into_nothing_it_is_given(f, shapes):
    def law(grads):
        assert {grad.dtype for grad in grads if grad is not None} == {np.dtype(np.float32)}

    walked(f, drawn(shapes, np.float32), law)


def test_every_rule_of_the_table_has_a_case():
    asked = set().union(*(walked(f, drawn(shapes)) for _, f, shapes in CASES))
    assert asked == {one.name for one in RULES.values() if one.vjp and one.home == "tinytorch.core.autograd"}


@settings(max_examples=40, deadline=None)
@given(mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3, max_dims=3))
def test_whatever_shapes_meet_each_gets_a_gradient_of_its_own_shape(drawing):
    gradcheck(lambda a, b: a * b - b, *drawn(drawing.input_shapes))


@settings(max_examples=40, deadline=None)
@given(mutually_broadcastable_shapes(num_shapes=1, base_shape=(2, 1, 3), min_side=0, max_dims=3))
def test_unbroadcast_is_what_stretching_adds_up_to(drawing):
    (small,), large = drawing.input_shapes, drawing.result_shape
    grad = np.random.default_rng(3).normal(size=large)
    expected = numerical_gradient(lambda a: float((grad * np.broadcast_to(a, large)).sum()), np.zeros(small))
    np.testing.assert_allclose(unbroadcast(grad, small), expected, atol=1e-6)


@pytest.mark.parametrize(("f", "at", "slope"), [
    (ReLU(), [-1, 0, 2], [0, 0, 1]), (Tensor.abs, [-3, 0, 3], [-1, 0, 1]), (lambda a: a**2, [-3, 0, 3], [-6, 0, 6]),
    (lambda a: a**0, [-3, 0, 3], [0, 0, 0]), (lambda a: a**3, [-2, 0], [12, 0]), (Tensor.max, [5, 3, 5], [0.5, 0, 0.5]),
    (Tensor.min, [3, 3, 3], [1 / 3, 1 / 3, 1 / 3]), (lambda a: a.maximum(5), [4, 5, 6], [0, 0.5, 1]),
    (Tensor.sqrt, [0, 4], [np.inf, 0.25]), (Softmax(), [1000, -1000], [0, 0]), (Sigmoid(), [1000, -1000], [0, 0])])
def test_ties_and_edges_are_as_in_pytorch_and_quiet(f, at, slope):
    x = Tensor(at, requires_grad=True)
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        f(x).sum().backward()
    np.testing.assert_allclose(x.grad, slope, rtol=1e-6)


def test_a_stack_that_meets_one_table_is_walked_back_as_one_long_table():
    a, b, grad_out = np.ones((7, 3, 4)), np.ones((4, 5)), np.ones((7, 3, 5))
    grads = RULES["matmul"].vjp(grad_out, a @ b, a, b, needs=(True, True))
    assert [grad.shape for grad in grads] == [(7, 3, 4), (4, 5)]  # not seven gradients for the table


@pytest.mark.parametrize("wants", [(True, False), (False, True)])
@pytest.mark.parametrize("name", ["matmul", "power", "divide"])
def test_a_rule_spares_itself_what_nobody_wants(name, wants):
    a = np.ones((2, 2))
    grads = RULES[name].vjp(a, a, a, a, needs=wants)
    assert grads[1] is None or wants[1]
    assert name != "matmul" or grads[0] is None or wants[0]


def cube(array):
    return array**3


def cube_rule(grad_out, out, a):
    return (grad_out * 3 * a * a,)


def module(name, monkeypatch):
    """A loaded module whose functions have its name."""
    made = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, made)
    exec("def vjp(grad_out, out, a):\n    return (grad_out,)", vars(made))
    return made


@pytest.mark.parametrize("named", [cube, "cube"])
def test_a_rule_is_registered_for_a_forward_or_its_name(named, own_rules):
    assert rule(named)(cube_rule) is cube_rule
    assert gradcheck(lambda x: Tensor._apply(cube, x), leaf(4)) < 1e-6


def test_a_wrong_rule_is_caught_by_gradcheck(own_rules):
    rule(cube)(lambda grad_out, out, a: (grad_out * 2 * a * a,))
    with pytest.raises(AssertionError, match="input 0 of shape \\(4,\\): nudging gives"):
        gradcheck(lambda x: Tensor._apply(cube, x), leaf(4))


def test_a_missing_rule_fails_by_name_and_only_where_a_gradient_is_wanted():
    assert Tensor._apply(cube, Tensor([2.0])).data.tolist() == [8]
    with no_grad():
        assert Tensor._apply(cube, leaf(1)).requires_grad is False
    with pytest.raises(NotImplementedError, match="'cube'.*@rule\\(cube\\).*constant\\(cube\\).*no_grad"):
        Tensor._apply(cube, leaf(1))


def test_a_constant_ends_the_graph(own_rules):
    constant(cube)
    for out in (Tensor._apply(cube, leaf(3)), leaf(3) > 0, leaf(3) == leaf(3), leaf(3).argmax()):
        assert out.requires_grad is False and out._node is None


def test_a_name_that_another_module_registered_is_refused(own_rules, monkeypatch):
    with pytest.raises(ValueError, match="tinytorch.core.autograd has registered 'add' already; give your forward"):
        rule(np.add)(cube_rule)
    rule(cube)(module("theirs", monkeypatch).vjp)
    with pytest.raises(ValueError, match="theirs has registered 'cube'"):
        rule(cube)(cube_rule)


@pytest.mark.parametrize("home", [__name__, "__main__"])
def test_a_cell_that_runs_again_replaces_its_own_rule(home, own_rules, monkeypatch):
    for _ in range(2):
        vjp = module(home, monkeypatch).vjp
        rule(cube)(vjp)
    assert RULES["cube"].vjp is vjp


def test_a_notebooks_rule_gives_way_to_the_exported_one_and_an_unloaded_modules_to_any(own_rules, monkeypatch):
    rule(cube)(module("__main__", monkeypatch).vjp)
    rule(cube)(module("exported", monkeypatch).vjp)
    monkeypatch.delitem(sys.modules, "exported")
    rule(cube)(cube_rule)
    assert RULES["cube"].vjp is cube_rule


def test_needs_tells_which_inputs_want_a_gradient(own_rules):
    seen = []

    def pair(a, b):
        return a + b

    @rule(pair, needs=True)
    def pair_rule(grad_out, out, a, b, needs):
        seen.append(list(needs))
        return grad_out if needs[0] else None, grad_out if needs[1] else None

    for a, b in [(leaf(3), Tensor(np.ones(3))), (2.0, leaf(3)), (leaf(3), leaf(3))]:
        Tensor._apply(pair, a, b).sum().backward()
    assert seen == [[True, False], [False, True], [True, True]]


def test_keeps_hands_what_the_forward_kept_to_the_rule_and_only_while_recording(own_rules):
    kept = []

    def square(a, keep=None):
        kept.append(keep)
        if keep is not None:
            keep["twice"] = 2 * a
        return a * a

    rule(square, keeps=True)(lambda grad_out, out, a, kept: (grad_out * kept["twice"],))
    x = leaf(3)
    Tensor._apply(square, x).sum().backward()
    np.testing.assert_allclose(x.grad, 2 * x.data)
    with no_grad():
        Tensor._apply(square, x)
    Tensor._apply(square, Tensor([3.0]))
    assert kept[1:] == [None, None]
