"""Readings at the door and at `pull`: put on and taken off in every order, each sees what it should."""
import itertools

import numpy as np
import pytest
from tinytorch._kit.probing import disguised
from tinytorch.core import Tensor
from tinytorch.core.autograd import differentiate, disable_autograd, enable_autograd


class Observer:
    """Notes the names of forwards, and of the rules that backward asks."""

    def __init__(self):
        self.forwards, self.rules = [], []

    def __call__(self, step):
        def apply(forward, *inputs, **options):
            self.forwards.append(forward.__name__)
            return step(forward, *inputs, **options)
        return apply

    def pull(self, ask):
        def observed(node, grad_out):
            self.rules.append(node.rule.name)
            return ask(node, grad_out)
        return observed


def faster(step):
    """Replaces exp by a forward of the same name, as an acceleration would."""
    def exp(array):
        return np.exp2(array * (1 / np.log(2)))

    def apply(forward, *inputs, **options):
        return step(exp if forward is np.exp else forward, *inputs, **options)
    return apply


@pytest.fixture
def clean():
    yield
    for reading in Tensor._readings:
        Tensor._read(reading, on=False)
    enable_autograd()


def work():
    x = Tensor([0.5, 2.0], requires_grad=True, dtype=np.float64)
    y = (x * x).exp()
    if y.requires_grad:
        y.backward(np.ones(2))
    return y.data, x.grad


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("off", list(itertools.permutations(range(3))))
def test_any_order_on_and_any_order_off(order, off, clean):
    observer = Observer()
    readings = [differentiate, observer, faster]
    disable_autograd()
    for at in order:
        Tensor._read(readings[at])
    enable_autograd()  # puts `backward` on; the reading is there already
    value, grad = work()
    np.testing.assert_allclose(value, np.exp([0.25, 4]))
    np.testing.assert_allclose(grad, np.array([1.0, 4]) * np.exp([0.25, 4]))
    assert observer.forwards == ["multiply", "exp"] and observer.rules == ["exp", "multiply"]
    for at in off:
        Tensor._read(readings[at], on=False)
        seen = len(observer.forwards)
        value, _ = work()
        np.testing.assert_allclose(value, np.exp([0.25, 4]))
        assert (len(observer.forwards) > seen) == (observer in Tensor._readings)
    assert Tensor._readings == () and Tensor._apply is Tensor._evaluate


def test_a_reading_put_on_twice_is_there_once(clean):
    observer = Observer()
    Tensor._read(observer)
    Tensor._read(observer)
    work()
    assert observer.forwards == ["multiply", "exp"]
    Tensor._read(observer, on=False)
    work()
    assert len(observer.forwards) == 2


def test_a_reading_that_is_not_written_yet_leaves_the_door_as_it_was(clean):
    def unwritten(step):
        raise NotImplementedError

    before = Tensor._readings, Tensor._apply
    with pytest.raises(NotImplementedError):
        Tensor._read(unwritten)
    assert (Tensor._readings, Tensor._apply) == before
    Tensor._read(observer := Observer())
    work()
    assert observer.forwards == ["multiply", "exp"]


def test_enabling_twice_records_once(clean):
    enable_autograd()
    enable_autograd()
    assert Tensor._readings.count(differentiate) == 1
    disable_autograd()
    assert differentiate not in Tensor._readings


def test_a_disguise_is_taken_off_after_its_block():
    before = Tensor._readings
    with disguised(Tensor, 0.5) as mask:
        assert Tensor._readings == (*before, mask)
    assert Tensor._readings == before
