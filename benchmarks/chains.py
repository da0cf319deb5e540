"""Long graphs of small operations, where nothing but the way from one to the next costs time."""
import numpy as np
import torch
from pairs import Workload
from tinytorch.core import Tensor

START = np.linspace(0.5, 1.5, 10, dtype=np.float32)


def workloads():
    three, two = (tensor, array, torch_tensor), (tensor, None, torch_tensor)
    return [Workload("chain of 200 operations", *(chain(kind, 200) for kind in three), 400, 0.7),
            Workload("backward of 5,000 operations", *(backward(kind, 5000) for kind in two), 15, 0.6),
            Workload("20 doublings of one node", *(doublings(kind) for kind in two), 400)]


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


def doublings(make):
    def work():
        x = z = make()
        for _ in range(20):
            z = z + z
        z.sum().backward()
        return lambda: [z.data, x.grad]
    return None if make is None else work
