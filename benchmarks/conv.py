"""Convolutions: a forward without a graph, and training steps of two networks, each written once for both libraries."""
import numpy as np
import tinytorch.nn
import torch
from pairs import Workload
from tinytorch.core import Tensor
from tinytorch.core.autograd import no_grad
from tinytorch.optim import SGD

LR = 1e-3


def workloads():
    shapes = [("1 to 6, 5x5, batch 32", (32, 1, 28, 28), (6, 1, 5, 5), 400),
              ("16 to 32, 3x3, batch 64", (64, 16, 14, 14), (32, 16, 3, 3), 100),
              ("3 to 32, 5x5, batch 128", (128, 3, 32, 32), (32, 3, 5, 5), 40)]
    return [step("LeNet-like step, batch 32, SGD", lenet, (32, 1, 28, 28), 200, 1.3),
            step("CIFAR CNN step, batch 64, SGD", cifar, (64, 3, 32, 32), 20, 1),
            *[forward(f"conv forward, {name}", *sizes) for name, *sizes in shapes],
            *[backward(f"conv backward, {name}", *sizes) for name, *sizes in shapes]]


def lenet(nn):
    return nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 10))


def cifar(nn):
    return nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(4096, 64), nn.ReLU(), nn.Linear(64, 10))


def step(name, network, shape, repeats, accelerated):
    rng = np.random.default_rng(3)
    images, ids = rng.normal(size=shape).astype(np.float32), rng.integers(0, 10, shape[0])
    start = network(tinytorch.nn).state_dict()
    return Workload(name, ours(network, start, images, ids), None, theirs(network, start, images, ids), repeats, 2.0,
                    accelerated, atol=1e-3)  # two numbers of a window that are a rounding apart change its winner


def ours(network, start, images, ids):
    model, loss_of, x = network(tinytorch.nn), tinytorch.nn.CrossEntropyLoss(), Tensor(images)
    model.load_state_dict(start)
    optimizer = SGD(model.parameters(), lr=LR)

    def work():
        optimizer.zero_grad()
        loss = loss_of(model(x), ids)
        loss.backward()
        optimizer.step()
        return lambda: [loss.data, *[array for p in optimizer.params for array in (p.grad, p.data)]]
    return work


def theirs(network, start, images, ids):
    model, loss_of, x = network(torch.nn), torch.nn.CrossEntropyLoss(), torch.tensor(images)
    model.load_state_dict({name: torch.tensor(array) for name, array in start.items()})
    optimizer, targets = torch.optim.SGD(model.parameters(), lr=LR), torch.tensor(ids)

    def work():
        optimizer.zero_grad()
        loss = loss_of(model(x), targets)
        loss.backward()
        optimizer.step()
        return lambda: [loss.detach(), *[array for p in model.parameters() for array in (p.grad, p.detach())]]
    return work


def forward(name, shape, kernels, repeats):
    rng = np.random.default_rng(3)
    images, weight, bias = [rng.normal(size=size).astype(np.float32) for size in (shape, kernels, kernels[:1])]
    out_channels, in_channels, *kernel_size = kernels
    mine, other = [nn.Conv2d(in_channels, out_channels, tuple(kernel_size)) for nn in (tinytorch.nn, torch.nn)]
    mine.load_state_dict({"weight": weight, "bias": bias})
    other.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    x, y = Tensor(images), torch.tensor(images)

    def our_work():
        with no_grad():
            out = mine(x)
        return lambda: [out.data]

    def their_work():
        with torch.no_grad():
            out = other(y)
        return lambda: [out]

    def by_hand():
        out = columns_first(images, kernel_size, weight) + bias[:, None, None]
        return lambda: [out]
    return Workload(name, our_work, by_hand, their_work, repeats, 1.2, 1)


def backward(name, shape, kernels, repeats):
    """Gradients for images, kernels and bias; the forward before is not timed."""
    rng = np.random.default_rng(3)
    images, weight, bias = [rng.normal(size=size).astype(np.float32) for size in (shape, kernels, kernels[:1])]
    grad = rng.normal(size=(shape[0], kernels[0], *(1 + a - b for a, b in zip(shape[2:], kernels[2:]))))
    grad = grad.astype(np.float32)
    out_channels, in_channels, *kernel_size = kernels
    mine, other = [nn.Conv2d(in_channels, out_channels, tuple(kernel_size)) for nn in (tinytorch.nn, torch.nn)]
    mine.load_state_dict({"weight": weight, "bias": bias})
    other.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    leaf = torch.tensor(images, requires_grad=True)
    return Workload(name, Backward(mine, Tensor(images, requires_grad=True), Tensor(grad)), None,
                    Backward(other, leaf, torch.tensor(grad)), repeats, None, 1, atol=2e-2)  # sums of many thousands


class Backward:
    """The way back through a layer."""

    def __init__(self, layer, images, grad):
        self.layer, self.images, self.grad, self.out = layer, images, grad, None
        self.leaves = [images, layer.weight, layer.bias]

    def prepare(self):
        for leaf in self.leaves:
            leaf.grad = None
        self.out = self.layer(self.images)

    def __call__(self):
        self.out.backward(self.grad)
        return lambda: [leaf.grad for leaf in self.leaves]


def columns_first(images, kernel_size, weight):
    """The convolution by im2col as it is mostly written, with the batch as the first axis throughout."""
    (batch, channels, height, width), (kernel_h, kernel_w) = images.shape, kernel_size
    out_h, out_w = height - kernel_h + 1, width - kernel_w + 1
    columns = np.empty((batch, channels, kernel_h, kernel_w, out_h, out_w), images.dtype)
    for i in range(kernel_h):
        for j in range(kernel_w):
            columns[:, :, i, j] = images[:, :, i:i + out_h, j:j + out_w]
    product = weight.reshape(len(weight), -1) @ columns.reshape(batch, -1, out_h * out_w)
    return product.reshape(batch, len(weight), out_h, out_w)
