"""What is recorded, in which thread, and how long it lives."""
import copy
import gc
import pickle
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tinytorch.core import Tensor, no_grad
from tinytorch.core.autograd import Node, disable_autograd, enable_autograd
from tinytorch.nn import BCELoss, CrossEntropyLoss, Dropout, Linear, ReLU, Sequential, Sigmoid, Softmax


def leaf(*shape, dtype=np.float64):
    return Tensor(np.random.default_rng(3).normal(size=shape), requires_grad=True, dtype=dtype)


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


def test_a_decorated_function_leaves_each_thread_as_it_was():
    @no_grad()
    def visit(enters, leaves):
        enters.set()
        leaves.wait(5)

    def quiet():
        with no_grad():
            visit(second, end)  # enters while the other is inside, and stays

    first, second, end = threading.Event(), threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        recording = pool.submit(lambda: (visit(first, second), leaf(3) * 2)[1].requires_grad)
        first.wait(5)
        pool.submit(quiet)
        assert recording.result()
        end.set()


def test_a_recorded_graph_can_be_walked_under_no_grad():
    x = leaf(3)
    y = (x * x).sum()
    with no_grad():
        y.backward()
    np.testing.assert_allclose(x.grad, 2 * x.data)


def test_no_grad_is_of_one_thread():
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: (leaf(3) * 2).requires_grad).result()


def test_each_thread_walks_its_own_graph_and_another_may_walk_it():
    def work(seed):
        start.wait()
        x = Tensor(np.random.default_rng(seed).normal(size=7), requires_grad=True, dtype=np.float64)
        y = x
        for _ in range(50):
            y = y * x / x + 1 - 1
        return x, y.sum()

    start = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(work, range(4)))
        list(pool.map(lambda pair: pair[1].backward(), made))
    for x, _ in made:
        np.testing.assert_allclose(x.grad, 1)


def test_whole_numbers_want_no_gradient():
    ids, x = Tensor([2, 0], dtype=np.int64), leaf(3, 4)
    x[ids].sum().backward()
    assert x.grad.sum(axis=1).tolist() == [4, 0, 4] and ids.grad is None
    with pytest.raises(TypeError, match="requires_grad takes floats.*found int64"):
        Tensor([2, 0], requires_grad=True, dtype=np.int64)


def again_from_bytes(x):
    return pickle.loads(pickle.dumps(x))


@pytest.mark.parametrize("twin_of", [copy.copy, copy.deepcopy, again_from_bytes])
def test_leaves_can_be_copied_and_pickled(twin_of):
    x = leaf(3)
    (x * x).sum().backward()
    twin = twin_of(x)
    assert twin.requires_grad and np.array_equal(twin.data, x.data) and np.array_equal(twin.grad, x.grad)
    (twin * twin).sum().backward()


@pytest.mark.parametrize("twin_of", [copy.deepcopy, again_from_bytes])
def test_a_models_copy_learns_apart_and_results_cannot_be_copied(twin_of):
    model = Sequential(Linear(4, 3), ReLU())
    twin, x = twin_of(model), Tensor(np.ones((2, 4)))
    twin(x).sum().backward()
    assert [p.grad is None for p in model.parameters()] == [True, True]
    assert [p.grad is None for p in twin.parameters()] == [False, False]
    with pytest.raises(TypeError, match="only a leaf can be copied or pickled.*Tensor\\(t.data\\)"):
        twin_of(model(x))


@pytest.fixture
def no_collector():
    """Only counting references frees memory; what it left is counted at the end."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def loss_of_all_layers():
    model = Sequential(Linear(4, 3), ReLU(), Dropout(0.5), Linear(3, 2), Softmax())
    probs = model(Tensor(np.ones((5, 4))))
    return CrossEntropyLoss()(probs, np.array([0, 1, 1, 0, 1])) + BCELoss()(Sigmoid()(probs), Tensor(np.ones((5, 2))))


@pytest.mark.parametrize("walk", [Tensor.backward, lambda loss: None])
def test_a_graph_is_gone_with_its_result_without_the_collector(walk, no_collector):
    loss = loss_of_all_layers()
    array = weakref.ref(loss._node.inputs[0]._node.inputs[0].data)
    assert array() is not None
    walk(loss)
    del loss
    assert array() is None and gc.collect() == 0


def test_arrays_are_freed_by_the_walk_while_the_result_lives(no_collector):
    x = leaf(3)
    y = x.exp().tanh()
    inner = weakref.ref(y._node.inputs[0].data)
    y.sum().backward()
    assert inner() is None and y._node.inputs is None and y._node.out is None


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
