"""Steps of an embedding: rows for a batch of tokens, their gradient, and a step of plain SGD."""
import numpy as np
import torch
from pairs import Workload
from tinytorch.core import Tensor
from tinytorch.nn import Embedding
from tinytorch.optim import SGD

LR = 1e-3


def workloads():
    return [step("embedding step, 256 rows of 64, 512 tokens", 256, 64, 512, False, 1000),
            step("embedding step, 10,000 rows of 64, 1,024 tokens", 10_000, 64, 1024, False, 200),
            step("sparse embedding step, 50,000 rows of 64, 1,024 tokens", 50_000, 64, 1024, True, 300)]


def step(name, count, width, tokens, sparse, repeats):
    rng = np.random.default_rng(3)
    start, grad_out = [rng.normal(size=shape).astype(np.float32) for shape in ((count, width), (tokens, width))]
    ids = (count * rng.random(tokens) ** 3).astype(np.int64)  # low ids are frequent, as words are
    ways = [way(start, ids, grad_out, sparse) for way in (ours, by_hand, theirs)]
    return Workload(name, *ways, repeats, 3, 1.5)


def ours(start, ids, grad_out, sparse):
    layer, grad = Embedding(*start.shape, sparse), Tensor(grad_out)
    layer.load_state_dict({"weight": start})
    optimizer = SGD(layer.parameters(), lr=LR)

    def work():
        optimizer.zero_grad()
        rows = layer(ids)
        rows.backward(grad)
        optimizer.step()
        return lambda: [rows.data, layer.weight.data]
    return work


def theirs(start, ids, grad_out, sparse):
    layer, grad, tokens = torch.nn.Embedding(*start.shape, sparse=sparse), torch.tensor(grad_out), torch.tensor(ids)
    layer.load_state_dict({"weight": torch.tensor(start)})
    optimizer = torch.optim.SGD(layer.parameters(), lr=LR)

    def work():
        optimizer.zero_grad()
        rows = layer(tokens)
        rows.backward(grad)
        optimizer.step()
        return lambda: [rows.detach(), layer.weight.detach()]
    return work


def by_hand(start, ids, grad_out, sparse):
    weight = start.copy()

    def work():
        rows = weight[ids]
        if sparse:
            np.subtract.at(weight, ids, np.float32(LR) * grad_out)
        else:
            grad = np.zeros_like(weight)
            np.add.at(grad, ids, grad_out)
            np.subtract(weight, LR * grad, out=weight)
        return lambda: [rows, weight]
    return work
