"""Long graphs of small operations, where nothing but the way from one to the next costs time."""
import numpy as np
import torch
from pairs import Workload
from tinytorch.core import Tensor
from tinytorch.nn import Softmax

START = np.linspace(0.5, 1.5, 10, dtype=np.float32)


def workloads():
    three, two = (tensor, array, torch_tensor), (tensor, None, torch_tensor)
    return [Workload("chain of 200 operations", *(chain(kind, 200) for kind in three), 400, 0.7),
            Workload("backward of 5,000 operations", *(backward(kind, 5000) for kind in two), 15, 0.6),
            Workload("20 doublings of one node", *(doublings(kind) for kind in two), 400),
            Workload("softmax of 10,000", *(softmax(kind) for kind in three), 1000, None, 2)]


def tensor():
    return Tensor(START, requires_grad=True)


def torch_tensor():
    return torch.tensor(START, requires_grad=True)


def array():
    return START


def chain(make, n):
    def work():
        x = z = make()
        for _ in range(n):
            z = z * 0.999
        if make is array:  # by hand: the same products on the way back
            grad = np.ones_like(z)
            for _ in range(n):
                grad = grad * np.float32(0.999)
            return lambda: [z, grad]
        z.sum().backward()
        return lambda: [z.data, x.grad]
    return work


class Backward:
    """The graph is built outside of what is timed."""

    def __init__(self, make, n):
        self.make, self.n, self.built = make, n, None

    def prepare(self):
        x = z = self.make()
        for _ in range(self.n):
            z = z * 0.9999
        self.built = x, z, z.sum()

    def __call__(self):
        x, z, total = self.built
        total.backward()
        return lambda: [z.data, x.grad]


def backward(make, n):
    return None if make is None else Backward(make, n)


def softmax(make):
    scores = np.random.default_rng(3).normal(size=10_000).astype(np.float32)
    if make is array:
        def work():
            powers = np.exp(scores - scores.max())
            powers /= powers.sum()
            return lambda: [powers]
        return work
    x, take = (Tensor(scores), Softmax()) if make is tensor else (torch.tensor(scores), torch.nn.Softmax(dim=-1))

    def work():
        out = take(x)
        return lambda: [getattr(out, "data", out)]
    return work


def doublings(make):
    def work():
        x = z = make()
        for _ in range(20):
            z = z + z
        z.sum().backward()
        return lambda: [z.data, x.grad]
    return None if make is None else work
