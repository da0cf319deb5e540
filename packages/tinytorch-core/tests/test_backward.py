"""What the walk back promises: each node once, leaves alone keep gradients, and whatever would be wrong is refused."""
import numpy as np
import pytest
from tinytorch.core import Tensor
from tinytorch.core.autograd import rule


def leaf(*shape, dtype=np.float64):
    return Tensor(np.random.default_rng(3).normal(size=shape), requires_grad=True, dtype=dtype)


@pytest.fixture
def asked():
    """The names of the rules that backward asks, in order."""
    names = []

    def watching(step):
        return step

    def pull(ask):
        def observed(node, grad_out):
            names.append(node.rule.name)
            return ask(node, grad_out)
        return observed

    watching.pull = pull
    Tensor._read(watching)
    yield names
    Tensor._read(watching, on=False)


def test_twenty_doublings_ask_twenty_rules(asked):
    x = y = Tensor([3.0], requires_grad=True)
    for _ in range(20):
        y = y + y
    y.backward()
    assert x.grad.tolist() == [2.0**20] and asked == ["add"] * 20


def test_a_node_is_asked_when_all_who_used_its_result_have_been(asked):
    x = leaf(3)
    shared = x.exp()
    (shared * shared.tanh() + shared).sum().backward()
    e, t = np.exp(x.data), np.tanh(np.exp(x.data))
    np.testing.assert_allclose(x.grad, e * (t + e * (1 - t * t) + 1))
    assert asked == ["sum", "add", "multiply", "tanh", "exp"]


def test_what_did_not_lead_to_the_result_is_not_asked(asked):
    x, other = leaf(3), leaf(3)
    y = x * 2
    other.exp(), y.tanh()
    y.sum().backward()
    assert asked == ["sum", "multiply"] and other.grad is None


def test_a_result_that_wants_no_gradient_ends_the_walk(asked):
    x, w = leaf(3), leaf(3)
    y = x * 2
    y.requires_grad = False
    (y * w).sum().backward()
    assert x.grad is None and np.array_equal(w.grad, y.data) and asked == ["sum", "multiply"]


def test_a_chain_of_5000_operations_needs_no_recursion():
    x = y = Tensor([1.0], requires_grad=True)
    for _ in range(5000):
        y = -y
    y.backward()
    assert x.grad.tolist() == [1]


def test_a_long_chain_can_be_dropped_unwalked():
    y = leaf(1)
    for _ in range(100_000):
        y = -y
    del y


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
    for _ in range(2):
        (narrow * wide).sum().backward()
        assert narrow.grad.dtype == np.float32 and wide.grad.dtype == np.float64


@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (2, 1, 3)])
def test_a_gradient_is_an_array_of_the_leafs_shape_also_the_second_time(shape):
    x = leaf(*shape)
    for times in (1, 2):
        ((x * x + x) * 3).sum().backward()
        assert type(x.grad) is np.ndarray and x.grad.shape == shape
        np.testing.assert_allclose(x.grad, times * (6 * x.data + 3))


def test_a_second_forward_and_backward_adds_to_what_is_there():
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


def test_a_shared_part_that_was_walked_is_refused_before_any_leaf_is_touched():
    x, fresh = leaf(3), leaf(3)
    shared = x.exp()
    shared.sum().backward()
    with pytest.raises(RuntimeError, match="'exp' has let go"):
        (shared * fresh).sum().backward()
    assert fresh.grad is None


def in_place(x):
    x.data -= 1


def exchanged(x):
    x.data = x.data + 1


@pytest.mark.parametrize("change", [in_place, exchanged])
def test_an_input_that_moved_is_refused(change):
    x, plain = leaf(3), Tensor(np.ones(3))
    for moved in (x, plain):
        y = (x * x * plain).sum()
        change(moved)
        with pytest.raises(RuntimeError, match="shape \\(3,\\).*exchanged before backward"):
            y.backward()


@pytest.mark.parametrize("change", [in_place, exchanged])
def test_a_recorded_result_that_was_exchanged_is_refused(change):
    x = leaf(3)
    for use in (lambda y: y.sum(), lambda y: (y * y).sum(), lambda y: (y + x).sum()):
        y = x * 2
        change(y)
        with pytest.raises(RuntimeError, match="exchanged"):
            use(y).backward()
    y = (x * 2).sum()
    change(y)
    with pytest.raises(RuntimeError, match="exchanged"):
        y.backward()


def test_data_may_change_after_backward_and_before_forward():
    x = leaf(3)
    x.data = np.ones(3)
    (x * x).sum().backward()
    x.data -= 0.1 * x.grad
    x.grad = None
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad, 1.6)


def test_backward_starts_at_one_number_or_takes_a_gradient_of_the_right_shape():
    with pytest.raises(RuntimeError, match="shape \\(3,\\).*sum\\(\\) or mean\\(\\)"):
        (leaf(3) * 2).backward()
    for wrong in (np.ones(2), 1.0, np.ones((1, 3))):
        with pytest.raises(ValueError, match="\\(3,\\); found"):
            (leaf(3) * 2).backward(wrong)


@pytest.mark.parametrize("gradient", [[1, 2, 3], np.array([1, 2, 3]), Tensor([1, 2, 3]), np.float64([1, 2, 3])])
def test_a_gradient_to_start_with_may_be_a_list_an_array_or_a_tensor(gradient):
    x = leaf(3, dtype=np.float32)
    (x * 2).backward(gradient)
    assert x.grad.tolist() == [2, 4, 6] and x.grad.dtype == np.float32


def test_a_number_is_the_gradient_of_a_single_number():
    x = leaf()
    (x * 2).backward(5)
    assert x.grad == 10


def test_backward_is_re_entrant(own_rules):
    def again(a):
        return a * a

    @rule(again)
    def again_rule(grad_out, out, a):
        inner = Tensor(a, requires_grad=True, dtype=a.dtype)
        (inner * inner).backward(grad_out)
        return (inner.grad,)

    x, before = leaf(3), np.geterr()
    (Tensor._apply(again, x * 3) + x).sum().backward()
    np.testing.assert_allclose(x.grad, 18 * x.data + 1)
    assert np.geterr() == before
