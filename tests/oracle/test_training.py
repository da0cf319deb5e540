"""Optimizers, schedules and clipping walk as PyTorch's do; a model's state moves there and back."""
import numpy as np
import pytest
import torch
from conftest import agree
from tinytorch.core import Tensor
from tinytorch.nn import CrossEntropyLoss, Dropout, Flatten, Linear, ReLU, Sequential, Softmax
from tinytorch.optim import SGD, Adam, AdamW
from tinytorch.training import CosineAnnealingLR, checkpoint, clip_grad_norm_

SHAPES = [(3, 4), (5,), (1,), (0, 2), ()]
SETTINGS = [
    (SGD, torch.optim.SGD, {"lr": 0.1}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.2}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.1}),
    (SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    (Adam, torch.optim.Adam, {}),
    (Adam, torch.optim.Adam, {"lr": 0.05, "betas": (0.7, 0.9), "eps": 1e-3, "weight_decay": 0.3}),
    (AdamW, torch.optim.AdamW, {}),
    (AdamW, torch.optim.AdamW, {"lr": 0.05, "betas": (0.7, 0.9), "eps": 1e-3, "weight_decay": 0.3}),
]


@pytest.mark.parametrize(("kind", "their_kind", "settings"), SETTINGS)
def test_twenty_steps_lead_where_pytorch_leads(kind, their_kind, settings, dtype):
    rng = np.random.default_rng(3)
    starts = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
    mine, other = [Tensor(start, dtype=dtype) for start in starts], [torch.tensor(start) for start in starts]
    optimizer, their_optimizer = kind(mine, **settings), their_kind(other, **settings)
    for step in range(20):
        for at, (p, q) in enumerate(zip(mine, other)):
            grad = (rng.normal(size=p.shape) * 10.0 ** rng.integers(-3, 3)).astype(dtype)
            missing = at == 1 and step < 3  # a parameter that gets its first gradient late
            p.grad, q.grad = (None, None) if missing else (np.array(grad), torch.tensor(grad))
        optimizer.step()
        their_optimizer.step()
        if kind is not SGD and step < 3:  # PyTorch counts steps for each parameter, ours are counted together
            continue
        for at, (p, q) in enumerate(zip(mine, other)):
            if not (kind is not SGD and at == 1):
                agree(p.data, q.numpy(), f"parameter {at} after step {step + 1}", dtype)


@pytest.mark.parametrize("T_max", [1, 10, 30])
def test_a_schedule_moves_the_rate_as_pytorch_does(T_max):
    other = torch.optim.SGD([torch.zeros(1)], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(other, T_max, eta_min=0.02)
    mine = CosineAnnealingLR(SGD([Tensor([0.0])], lr=0.3), T_max, eta_min=0.02)
    for _ in range(25):  # for two of the three that is beyond T_max, and the rate rises again
        mine.step()
        other.step()
        theirs.step()
        assert mine.optimizer.lr == pytest.approx(other.param_groups[0]["lr"], abs=1e-12)


@pytest.mark.parametrize(("kind", "their_kind", "settings"), SETTINGS)
def test_a_network_learns_as_in_pytorch(kind, their_kind, settings):
    mine, other, images = pair()
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    ids = np.array([4, 0, 1, 2, 3, 0])
    optimizer, their_optimizer = kind(mine.parameters(), **settings), their_kind(other.parameters(), **settings)
    schedule = CosineAnnealingLR(optimizer, 15)
    their_schedule = torch.optim.lr_scheduler.CosineAnnealingLR(their_optimizer, 15)
    for _ in range(20):
        optimizer.zero_grad()
        their_optimizer.zero_grad()
        loss = CrossEntropyLoss()(mine(Tensor(images)), ids)
        their_loss = torch.nn.functional.cross_entropy(other(torch.tensor(images)), torch.tensor(ids))
        agree(loss.data, their_loss.detach().numpy(), "loss", np.float32)
        loss.backward()
        their_loss.backward()
        clip_grad_norm_(mine.parameters(), 0.2)
        torch.nn.utils.clip_grad_norm_(other.parameters(), 0.2)
        for step in (optimizer, their_optimizer, schedule, their_schedule):
            step.step()
    for (name, p), q in zip(mine.named_parameters(), other.parameters()):
        np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-3, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("limit", [0.1, 3.0, 1e3])
def test_clipping_scales_as_pytorch_does(limit, dtype):
    rng = np.random.default_rng(5)
    zeros = [np.zeros(shape, dtype) for shape in [*SHAPES, (2,)]]
    mine, other = [Tensor(array, dtype=dtype) for array in zeros], [torch.tensor(array) for array in zeros]
    for p, q in zip(mine[:-1], other):  # the last one has no gradient
        p.grad = rng.normal(size=p.shape).astype(dtype)
        q.grad = torch.tensor(p.grad)
    assert clip_grad_norm_(mine, limit) == pytest.approx(float(torch.nn.utils.clip_grad_norm_(other, limit)), rel=1e-6)
    for p, q in zip(mine[:-1], other):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-5)  # PyTorch divides by the norm plus 1e-6
    assert mine[-1].grad is None


def pair():
    mine = Sequential(Flatten(), Linear(12, 8), ReLU(), Linear(8, 5), Softmax())
    other = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 8), torch.nn.ReLU(), torch.nn.Linear(8, 5),
                                torch.nn.Softmax(dim=-1))
    return mine, other, np.random.default_rng(7).normal(size=(6, 3, 4)).astype(np.float32)


def test_a_state_dict_moves_to_pytorch():
    mine, other, images = pair()
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    agree(mine(Tensor(images)).data, other(torch.tensor(images)).detach().numpy(), "outputs", np.float32)


def test_a_state_dict_moves_back():
    mine, other, images = pair()
    mine.load_state_dict({name: tensor.numpy() for name, tensor in other.state_dict().items()})
    agree(mine(Tensor(images)).data, other(torch.tensor(images)).detach().numpy(), "outputs", np.float32)


def test_dropout_keeps_what_pytorch_keeps_in_the_mean():
    x = np.ones((400, 400), dtype=np.float32)
    mine, other = Dropout(0.3, rng=np.random.default_rng(3))(Tensor(x)).data, torch.nn.Dropout(0.3)(torch.tensor(x))
    assert sorted(set(np.round(mine.ravel(), 4))) == sorted(set(np.round(other.numpy().ravel(), 4)))
    assert abs(mine.mean() - float(other.mean())) < 0.02


def test_a_checkpointed_block_has_pytorchs_gradients():
    mine, other, images = pair()
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    ids = np.array([4, 0, 1, 2, 3, 0])
    CrossEntropyLoss()(checkpoint(mine, Tensor(images)), ids).backward()
    torch.nn.functional.cross_entropy(other(torch.tensor(images)), torch.tensor(ids)).backward()
    for (name, p), q in zip(mine.named_parameters(), other.parameters()):
        agree(p.grad, q.grad.numpy(), name, np.float32)
