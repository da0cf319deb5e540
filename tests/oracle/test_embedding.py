"""Embedding and its sparse gradient as in PyTorch; steps with few rows where both mean the same by them."""
import numpy as np
import pytest
import torch
from conftest import agree
from tinytorch.core import Tensor
from tinytorch.nn import CrossEntropyLoss, Embedding, LearnedPositionalEmbedding, Linear
from tinytorch.optim import SGD, Adam

ROWS, WIDTH = 11, 4
BATCHES = [np.random.default_rng(seed).integers(0, ROWS, (2, 3)) for seed in range(8)]
SETTINGS = [  # PyTorch's momentum and weight decay do not go with sparse gradients, or reach all rows
    (SGD, torch.optim.SGD, {"lr": 0.1}),
    (Adam, torch.optim.SparseAdam, {"lr": 0.05}),
    (Adam, torch.optim.SparseAdam, {"lr": 0.05, "betas": (0.7, 0.95), "eps": 1e-10}),  # eps is scaled there, not here
]


def pair(sparse, dtype=np.float32):
    """Our layer and theirs with one table."""
    mine, other = Embedding(ROWS, WIDTH, sparse, rng=np.random.default_rng(3)), torch.nn.Embedding(
        ROWS, WIDTH, sparse=sparse, dtype=torch.float64 if dtype == np.float64 else torch.float32)
    mine.weight.data = mine.weight.data.astype(dtype)
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    return mine, other


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 3, 4), (0,)])
def test_rows_and_their_gradients_are_those_of_pytorch(shape, sparse, dtype):
    (mine, other), tokens = pair(sparse, dtype), np.random.default_rng(5).integers(0, ROWS, shape)
    grad_out = np.random.default_rng(7).normal(size=(*shape, WIDTH)).astype(dtype)
    for _ in range(2):  # the second backward adds
        out, expected = mine(tokens), other(torch.tensor(tokens))
        agree(out.data, expected.detach().numpy(), "rows", dtype)
        out.backward(grad_out)
        expected.backward(torch.tensor(grad_out))
    if not sparse:
        return agree(mine.weight.grad, other.weight.grad.numpy(), "gradient", dtype)
    grad = other.weight.grad.coalesce()
    agree(mine.weight.grad.indices, grad.indices()[0].numpy(), "indices", np.float64)
    agree(mine.weight.grad.values, grad.values().numpy(), "values", dtype)
    agree(mine.weight.grad.dense(ROWS), grad.to_dense().numpy(), "gradient as an array", dtype)


@pytest.mark.parametrize(("kind", "their_kind", "settings"), SETTINGS)
def test_steps_with_few_rows_lead_where_pytorch_leads(kind, their_kind, settings, dtype):
    mine, other = pair(True, dtype)
    optimizer, their_optimizer = kind([mine.weight], **settings), their_kind(other.parameters(), **settings)
    for tokens in BATCHES:
        optimizer.zero_grad()
        their_optimizer.zero_grad()
        mine(tokens).tanh().sum().backward()
        other(torch.tensor(tokens)).tanh().sum().backward()
        optimizer.step()
        their_optimizer.step()
        close = {"rtol": 1e-5, "atol": 1e-6}
        np.testing.assert_allclose(mine.weight.data, other.weight.detach().numpy(), **close)


def test_a_state_dict_moves_to_pytorch_and_back():
    mine, other = pair(False)
    mine.load_state_dict({name: 2 * tensor.numpy() for name, tensor in other.state_dict().items()})
    agree(mine(BATCHES[0]).data, 2 * other(torch.tensor(BATCHES[0])).detach().numpy(), "rows", np.float32)


def test_both_tables_start_alike():
    mine, other = Embedding(500, 40).weight.data, torch.nn.Embedding(500, 40).weight.detach().numpy()
    assert abs(mine.std() - other.std()) < 0.03 and abs(mine.mean() - other.mean()) < 0.03


@pytest.mark.parametrize("sparse", [False, True])
def test_a_tied_weight_learns_as_in_pytorch(sparse):
    mine, other = pair(sparse)
    out, their_out = Linear(WIDTH, ROWS, bias=False), torch.nn.Linear(WIDTH, ROWS, bias=False)
    out.weight, their_out.weight = mine.weight, other.weight
    optimizer, their_optimizer = Adam([mine.weight], lr=0.05), torch.optim.Adam(other.parameters(), lr=0.05)
    for tokens in BATCHES:
        optimizer.zero_grad()
        their_optimizer.zero_grad()
        targets = tokens[:, ::-1].ravel().copy()
        CrossEntropyLoss()(out(mine(tokens)).reshape(-1, ROWS), targets).backward()
        scores = their_out(torch.nn.functional.embedding(torch.tensor(tokens), other.weight))
        torch.nn.functional.cross_entropy(scores.reshape(-1, ROWS), torch.tensor(targets)).backward()
        agree(mine.weight.grad, other.weight.grad.numpy(), "gradient of both ends", np.float32)
        optimizer.step()
        their_optimizer.step()
    np.testing.assert_allclose(mine.weight.data, other.weight.detach().numpy(), rtol=1e-3, atol=1e-4)


def test_learnt_positions_are_an_embedding_of_their_places():
    mine, other = LearnedPositionalEmbedding(ROWS, WIDTH), torch.nn.Embedding(ROWS, WIDTH)
    other.load_state_dict({name: torch.tensor(array) for name, array in mine.state_dict().items()})
    x = np.random.default_rng(3).normal(size=(3, 5, WIDTH)).astype(np.float32)
    found, expected = mine(Tensor(x)).tanh(), (torch.tensor(x) + other(torch.arange(5))).tanh()
    agree(found.data, expected.detach().numpy(), "with positions", np.float32)
    found.sum().backward()
    expected.sum().backward()
    agree(mine.weight.grad, other.weight.grad.numpy(), "gradient", np.float32)
