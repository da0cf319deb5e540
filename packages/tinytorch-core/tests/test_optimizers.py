"""Optimizers by laws and by the papers in float64: steps, memory, what is in place, what is refused."""
import numpy as np
import pytest
from tinytorch.core import Tensor
from tinytorch.nn import Linear
from tinytorch.optim import SGD, Adam, AdamW
from tinytorch.optim.optimizers import Optimizer

KINDS = [lambda params: SGD(params, lr=0.1), lambda params: SGD(params, lr=0.1, momentum=0.9, nesterov=True),
         lambda params: Adam(params, lr=0.1), lambda params: AdamW(params, lr=0.1)]


def parameter(values, grad=None, dtype=np.float32):
    p = Tensor(values, dtype=dtype)
    p.grad = None if grad is None else np.array(grad, dtype=dtype)
    return p


def sgd_path(p, grads, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
    """Where gradient descent leads, line by line as Polyak and Nesterov have it."""
    velocity = np.zeros_like(p)
    for grad in grads:
        grad = grad + weight_decay * p
        velocity = momentum * velocity + grad
        p = p - lr * (grad + momentum * velocity if nesterov else velocity)
        yield p


def adam_path(p, grads, lr, betas, eps, mixed=0.0, apart=0.0):
    """Where Algorithm 1 leads, with running means written as weighted sums; decay mixed in or kept apart."""
    seen = []
    for grad in grads:
        p = p - lr * apart * p
        seen.append(grad + mixed * p)
        shares = [[(1 - beta) * beta**age / (1 - beta ** len(seen)) for age in reversed(range(len(seen)))]
                  for beta in betas]
        m_hat = sum(share * one for share, one in zip(shares[0], seen, strict=True))
        v_hat = sum(share * one**2 for share, one in zip(shares[1], seen, strict=True))
        p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
        yield p


ADAM = {"lr": 0.07, "betas": (0.8, 0.95), "eps": 0.03}


@pytest.mark.parametrize(("kind", "settings", "path_of"), [
    *[(SGD, settings, lambda p, grads, settings=settings: sgd_path(p, grads, **settings)) for settings in (
        {"lr": 0.1}, {"lr": 0.1, "momentum": 0.7}, {"lr": 0.2, "weight_decay": 0.3},
        {"lr": 0.1, "momentum": 0.7, "weight_decay": 0.3},
        {"lr": 0.1, "momentum": 0.7, "weight_decay": 0.3, "nesterov": True})],
    (Adam, ADAM, lambda p, grads: adam_path(p, grads, **ADAM)),
    (Adam, {**ADAM, "weight_decay": 0.4}, lambda p, grads: adam_path(p, grads, **ADAM, mixed=0.4)),
    (AdamW, {**ADAM, "weight_decay": 0.4}, lambda p, grads: adam_path(p, grads, **ADAM, apart=0.4)),
])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-4), (np.float64, 1e-12)])
def test_ten_steps_lead_where_the_papers_say(kind, settings, path_of, dtype, rtol):
    rng = np.random.default_rng(7)
    start, grads = rng.uniform(3, 5, (4, 3)).astype(dtype), rng.normal(size=(10, 4, 3)).astype(dtype)
    p = parameter(start, dtype=dtype)
    optimizer = kind([p], **settings)
    for grad, expected in zip(grads, path_of(start.astype(np.float64), grads.astype(np.float64)), strict=True):
        p.grad = grad
        optimizer.step()
        np.testing.assert_allclose(p.data, expected, rtol=rtol)


def test_a_learning_rate_may_change_between_two_steps():
    p = parameter([3.0], [1.0])
    optimizer = SGD([p], lr=0.5)
    optimizer.step()
    optimizer.lr = 0.25
    optimizer.step()
    assert p.data.tolist() == [2.25]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adams_first_step_has_size_lr_whatever_the_scale_of_the_gradient(scale):
    p = parameter([0.0, 0.0], scale * np.array([1.0, -2.0]))
    Adam([p], lr=0.1).step()
    np.testing.assert_allclose(p.data, [-0.1, 0.1], rtol=1e-4)


@pytest.mark.parametrize("make", KINDS)
def test_every_kind_goes_down_a_bowl(make):
    w = Tensor([3.0, -2.0], requires_grad=True)
    optimizer = make([w])
    for _ in range(300):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
    assert np.abs(w.data).max() < 0.1


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_is_in_place_and_keeps_the_dtype(make, dtype):
    p, q = parameter([3.0, 4.0], [1, 2], dtype), parameter([5.0], None, dtype)
    array, grad = p.data, p.grad.copy()
    optimizer = make([p, q])
    states = [id(a) for arrays in optimizer.state.values() for a in arrays]
    optimizer.step()
    assert p.data is array and p.data.dtype == dtype and np.array_equal(p.grad, grad)
    assert states == [id(a) for arrays in optimizer.state.values() for a in arrays]
    assert p._version > 0 and q._version == 0 and q.data.tolist() == [5]


def test_state_memory_is_none_once_and_twice_the_parameters():
    model = Linear(30, 20)
    weights = sum(p.memory_footprint() for p in model.parameters())
    found = [kind.state_memory() / weights for kind in (
        SGD(model.parameters()), SGD(model.parameters(), momentum=0.9), Adam(model.parameters()),
        AdamW(model.parameters()))]
    assert found == [0, 1, 2, 2]


def test_zero_grad_forgets():
    p = parameter([3.0], [1.0])
    SGD([p]).zero_grad()
    assert p.grad is None


@pytest.mark.parametrize("make", KINDS)
def test_a_run_goes_on_from_its_state_to_the_last_bit(make):
    rng = np.random.default_rng(3)
    grads = rng.normal(size=(8, 5)).astype(np.float32)
    whole, half, rest = parameter(np.ones(5)), parameter(np.ones(5)), parameter(np.ones(5))

    def walk(p, optimizer, some):
        for grad in some:
            p.grad = grad.copy()
            optimizer.step()
        return optimizer

    walk(whole, make([whole]), grads)
    saved = walk(half, make([half]), grads[:3]).state_dict()
    rest.data, resumed = half.data.copy(), make([rest])
    resumed.load_state_dict(saved)
    walk(rest, resumed, grads[3:])
    assert np.array_equal(whole.data, rest.data) and resumed.steps == 8


def test_a_state_is_a_copy():
    p = parameter([3.0], [1.0])
    optimizer = Adam([p])
    saved = optimizer.state_dict()
    optimizer.step()
    assert saved["m.0"].tolist() == [0] and saved["steps"] == 0


@pytest.mark.parametrize(("other", "says"), [
    (lambda: SGD([parameter(np.ones(5))]), "Only in one of the two"),
    (lambda: Adam([parameter(np.ones(4))]), "m.0 has shape \\(5,\\) here, and \\(4,\\)"),
    (lambda: Adam([parameter(np.ones(5)), parameter(np.ones(5))]), "Only in one of the two"),
])
def test_a_foreign_state_is_refused_and_nothing_of_it_taken(other, says):
    optimizer = Adam([parameter(np.ones(5))], lr=0.3)
    with pytest.raises(ValueError, match=says):
        optimizer.load_state_dict(other().state_dict())
    assert optimizer.lr == 0.3 and optimizer.steps == 0


@pytest.mark.parametrize(("params", "error", "says"), [
    ([], ValueError, "found none"),
    ([np.ones(3)], TypeError, "found ndarray.*model.parameters"),
    ([Tensor([3.0], requires_grad=True) * 2], ValueError, "leaves.*'multiply'"),
])
def test_what_is_no_parameter_is_refused(params, error, says):
    with pytest.raises(error, match=says):
        SGD(params)


def test_parameters_may_come_from_a_generator():
    assert len(SGD(p for p in Linear(3, 4).parameters()).params) == 2


@pytest.mark.parametrize(("kind", "settings", "says"), [
    (SGD, {"lr": -0.1}, "lr is 0 or more, and found -0.1"), (SGD, {"momentum": -1}, "momentum is 0 or more"),
    (SGD, {"weight_decay": -1}, "weight_decay is 0 or more"), (Adam, {"lr": float("nan")}, "lr is 0 or more"),
    (Adam, {"eps": -1e-8}, "eps is 0 or more"), (Adam, {"betas": (0.9, 1.0)}, "less than 1, and found"),
    (Adam, {"betas": (-0.1, 0.9)}, "each of the betas"), (AdamW, {"weight_decay": -1}, "weight_decay is 0 or more"),
])
def test_settings_that_cannot_be_are_refused(kind, settings, says):
    with pytest.raises(ValueError, match=says):
        kind([Tensor([3.0])], **settings)


def test_nesterov_without_momentum_is_refused():
    with pytest.raises(ValueError, match="momentum is 0"):
        SGD([parameter([3.0])], nesterov=True)


def test_an_optimizer_of_no_kind_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer does not say how to step"):
        Optimizer([parameter([3.0])], lr=0.1).step()
