"""What backward promises: each node once, leaves alone keep gradients, and whatever would be wrong is refused."""
import copy
import gc
import pickle
import threading
import weakref

import numpy as np
import pytest
from tinytorch.core import Tensor, gradcheck, no_grad
from tinytorch.core.autograd import (
    RULES,
    Node,
    constant,
    disable_autograd,
    enable_autograd,
    numerical_gradient,
    rule,
    unbroadcast,
)
from tinytorch.core.tensor import concatenate
from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential


def leaf(*shape, dtype=np.float64, seed=3):
    return Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True, dtype=dtype)


def cube(array):
    return array**3


def steps(array):
    return np.floor(array)


@pytest.fixture
def own_rules():
    """Rules that a test registers are gone after it."""
    before = dict(RULES)
    yield
    RULES.clear()
    RULES.update(before)


def test_gradients_are_awake_by_either_path():
    x = Tensor([3.0], requires_grad=True)
    (x * x).backward()
    assert x.grad.tolist() == [6] and x.grad.dtype == np.float32


def test_twenty_doublings_visit_each_node_once():
    x = y = Tensor([3.0], requires_grad=True)
    for _ in range(20):
        y = y + y
    y.backward()
    assert x.grad.tolist() == [2.0**20]


def test_a_chain_of_5000_operations_needs_no_recursion():
    x = y = Tensor([1.0], requires_grad=True)
    for _ in range(5000):
        y = -y
    y.backward()
    assert x.grad.tolist() == [1]


def test_only_leaves_keep_a_gradient():
    x = leaf(3)
    y = x * 2
    y.sum().backward()
    assert y.grad is None and y.requires_grad and x._node is None


def test_a_leafs_gradient_is_an_array_of_its_own_and_writable():
    a, b, given = leaf(3), leaf(3), np.ones(3)
    (a + b).backward(given)
    a.grad += 5
    assert b.grad.tolist() == [1, 1, 1] and given.tolist() == [1, 1, 1] and a.grad.flags.writeable


def test_a_leaf_keeps_its_dtype_beside_a_wider_one():
    narrow, wide = leaf(3, dtype=np.float32), leaf(3)
    (narrow * wide).sum().backward()
    (narrow * wide).sum().backward()
    assert narrow.grad.dtype == np.float32 and wide.grad.dtype == np.float64


def test_a_second_forward_and_backward_adds_up():
    x = leaf(3)
    for _ in range(2):
        (x * x).sum().backward()
    np.testing.assert_allclose(x.grad, 4 * x.data)


def test_a_graph_is_walked_once():
    x = leaf(3)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="walked already.*Compute the result again"):
        y.backward()


def test_a_shared_part_that_was_walked_is_refused():
    x = leaf(3)
    shared = x.exp()
    shared.sum().backward()
    with pytest.raises(RuntimeError, match="'exp' has let go"):
        (shared * 2).sum().backward()


@pytest.mark.parametrize("change", [lambda x: setattr(x, "data", x.data + 1), lambda x: exec("x.data -= 1", {"x": x})])
def test_an_input_that_moved_is_refused(change):
    x = leaf(3)
    y = (x * x).sum()
    change(x)
    with pytest.raises(RuntimeError, match="shape \\(3,\\).*exchanged before backward"):
        y.backward()


def test_a_recorded_result_that_was_exchanged_is_refused():
    x = leaf(3)
    y = x * 2
    y.data = y.data + 1
    for result in (y.sum(), (y * y).sum()):
        with pytest.raises(RuntimeError, match="exchanged"):
            result.backward()


def test_data_may_change_after_backward_and_before_forward():
    x = leaf(3)
    x.data = np.ones(3)
    (x * x).sum().backward()
    x.data -= 0.1 * x.grad
    x.grad = None
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad, 1.6)


def test_a_missing_rule_fails_by_name_and_only_where_a_gradient_is_wanted():
    assert Tensor._apply(cube, Tensor([2.0])).data.tolist() == [8]
    with no_grad():
        assert Tensor._apply(cube, leaf(1)).requires_grad is False
    with pytest.raises(NotImplementedError, match="'cube'.*@rule\\(cube\\).*constant\\(cube\\).*no_grad"):
        Tensor._apply(cube, leaf(1))


def test_a_constant_ends_the_graph(own_rules):
    constant(steps)
    out = Tensor._apply(steps, leaf(3))
    assert out.requires_grad is False and out._node is None
    assert (leaf(3) > 0).requires_grad is False and leaf(3).argmax().requires_grad is False


def test_a_rule_may_be_registered_for_a_forward_or_its_name(own_rules):
    @rule("cube")
    def cube_rule(grad_out, out, a):
        return (grad_out * 3 * a * a,)

    assert gradcheck(lambda x: Tensor._apply(cube, x), leaf(4)) < 1e-6


def test_a_rule_of_another_module_is_refused(own_rules):
    with pytest.raises(ValueError, match="tinytorch.core.autograd has registered 'add' already"):
        rule(np.add)(lambda grad_out, out, a, b: (grad_out, grad_out))


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
    def square(a, keep=None):
        if keep is not None:
            keep["twice"] = 2 * a
        return a * a

    @rule(square, keeps=True)
    def square_rule(grad_out, out, a, kept):
        return (grad_out * kept["twice"],)

    x = leaf(3)
    Tensor._apply(square, x).sum().backward()
    np.testing.assert_allclose(x.grad, 2 * x.data)
    assert Tensor._apply(square, Tensor([3.0])).item() == 9


def test_a_wrong_rule_is_caught_by_gradcheck(own_rules):
    @rule("cube")
    def cube_rule(grad_out, out, a):
        return (grad_out * 2 * a * a,)

    with pytest.raises(AssertionError, match="input 0 of shape \\(4,\\): nudging gives"):
        gradcheck(lambda x: Tensor._apply(cube, x), leaf(4))


def test_backward_starts_at_one_number_or_takes_a_gradient_of_the_right_shape():
    x = leaf(3)
    with pytest.raises(RuntimeError, match="shape \\(3,\\).*sum\\(\\) or mean\\(\\)"):
        (x * 2).backward()
    with pytest.raises(ValueError, match="\\(3,\\); found \\(2,\\)"):
        (x * 2).backward(np.ones(2))
    (x * 2).backward(Tensor(np.ones(3)))
    assert x.grad.tolist() == [2, 2, 2]


@pytest.mark.parametrize("make", [lambda: Tensor([1.0]).sum(), lambda: Tensor([1.0], requires_grad=True)])
def test_where_nothing_was_recorded_backward_says_so(make):
    with pytest.raises(RuntimeError, match="nothing was recorded"):
        make().backward()


def test_no_grad_records_nothing_nests_and_decorates():
    x = leaf(3)

    @no_grad()
    def plain():
        with no_grad():
            inner = x * 2
        return inner, x * 2

    assert [y.requires_grad for y in plain()] == [False, False] and (x * 2).requires_grad


def test_no_grad_ends_where_an_error_leaves_it():
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (leaf(3) * 2).requires_grad


def test_no_grad_is_of_one_thread():
    seen = []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append((leaf(3) * 2).requires_grad))
        thread.start()
        thread.join()
    assert seen == [True]


def test_backward_is_re_entrant(own_rules):
    def again(a):
        return a * a

    @rule(again)
    def again_rule(grad_out, out, a):
        inner = Tensor(a, requires_grad=True, dtype=a.dtype)
        (inner * inner).backward(grad_out)
        return (inner.grad,)

    x = leaf(3)
    (Tensor._apply(again, x * 3) + x).sum().backward()
    np.testing.assert_allclose(x.grad, 18 * x.data + 1)


def test_whole_numbers_want_no_gradient():
    ids = Tensor([2, 0], dtype=np.int64)
    x = leaf(3, 4)
    x[ids].sum().backward()
    assert x.grad.sum(axis=1).tolist() == [4, 0, 4] and ids.grad is None


def test_leaves_can_be_copied_and_pickled_and_results_cannot():
    x = leaf(3)
    for twin in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert twin.requires_grad and np.array_equal(twin.data, x.data)
    for make in (copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="only a leaf can be copied or pickled"):
            make(x * 2)


def test_a_graph_is_gone_with_its_result_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        model, x = Sequential(Linear(4, 3), ReLU(), Linear(3, 2)), Tensor(np.ones((5, 4)))
        loss = CrossEntropyLoss()(model(x), np.array([0, 1, 1, 0, 1]))
        array = weakref.ref(loss._node.inputs[0]._node.inputs[0].data)
        assert array() is not None
        del loss
        assert array() is None
    finally:
        gc.enable()


def test_arrays_are_freed_by_the_walk():
    x = leaf(3)
    y = (x * x).sum()
    node = y._node
    y.backward()
    assert node.inputs is None and node.out is None


@pytest.mark.parametrize(("large", "small"), [((2, 3, 4), (3, 1)), ((3, 4), (4,)), ((5,), ()), ((3, 0), (3, 1)),
                                              ((3, 4), (3, 4)), ((4, 1, 2), (1, 2))])
def test_unbroadcast_is_what_stretching_adds_up_to(large, small):
    grad = np.random.default_rng(3).normal(size=large)
    expected = numerical_gradient(lambda a: float((grad * np.broadcast_to(a, large)).sum()), np.zeros(small))
    np.testing.assert_allclose(unbroadcast(grad, small), expected, atol=1e-6)


def test_edges_are_quiet():
    x = Tensor([0.0, 4.0], requires_grad=True)
    with np.errstate(all="raise"):
        x.sqrt().sum().backward()
    assert x.grad.tolist() == [np.inf, 0.25]


def test_it_sleeps_and_wakes_again():
    disable_autograd()
    try:
        x = Tensor([3.0], requires_grad=True)
        y = x * x
        assert y.backward() is None and x.grad is None and not isinstance(y._node, Node)
    finally:
        enable_autograd()
    (x * x).backward()
    assert x.grad.tolist() == [6]


def test_concatenating_gives_each_its_part():
    a, b = leaf(2, 3), leaf(4, 3)
    assert gradcheck(lambda a, b: concatenate([a, b, a]), a, b) < 1e-6
