"""Training steps of a multilayer perceptron: forward, loss, backward, and a step of the optimizer."""
import numpy as np
import torch
from pairs import Workload
from tinytorch.core import Tensor
from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential
from tinytorch.optim import SGD, Adam

LR = 1e-3


def workloads():
    return [step("MLP 64-32-10, batch 32, SGD", (64, 32, 10), 32, "SGD", 2000, 0.7, 0.6),
            step("MLP 64-32-10, batch 32, Adam", (64, 32, 10), 32, "Adam", 2000, 0.6, 0.6),
            step("MLP 784-128-10, batch 64, SGD", (784, 128, 10), 64, "SGD", 400, None, 1),
            step("MLP 784-128-10, batch 64, Adam", (784, 128, 10), 64, "Adam", 400, 0.9, 1)]


def step(name, sizes, batch, optimizer, repeats, target, accelerated):
    rng = np.random.default_rng(3)
    shapes = [(sizes[1], sizes[0]), (sizes[1],), (sizes[2], sizes[1]), (sizes[2],)]
    start = [(rng.normal(size=shape) / np.sqrt(shape[-1])).astype(np.float32) for shape in shapes]
    x, ids = rng.normal(size=(batch, sizes[0])).astype(np.float32), rng.integers(0, sizes[2], batch)
    ways = [way(sizes, start, x, ids, optimizer) for way in (ours, by_hand, theirs)]
    return Workload(name, *ways, repeats, target, accelerated)


def ours(sizes, start, x, ids, kind):
    model, loss_of, images = Sequential(Linear(*sizes[:2]), ReLU(), Linear(*sizes[1:])), CrossEntropyLoss(), Tensor(x)
    model.load_state_dict(dict(zip(("0.weight", "0.bias", "2.weight", "2.bias"), start)))
    optimizer = {"SGD": SGD, "Adam": Adam}[kind](model.parameters(), lr=LR)

    def work():
        optimizer.zero_grad()
        loss = loss_of(model(images), ids)
        loss.backward()
        optimizer.step()
        return lambda: [loss.data, *[array for p in optimizer.params for array in (p.grad, p.data)]]
    return work


def theirs(sizes, start, x, ids, kind):
    model = torch.nn.Sequential(torch.nn.Linear(*sizes[:2]), torch.nn.ReLU(), torch.nn.Linear(*sizes[1:]))
    with torch.no_grad():
        for p, array in zip(model.parameters(), start):
            p.copy_(torch.tensor(array))
    loss_of, images, targets = torch.nn.CrossEntropyLoss(), torch.tensor(x), torch.tensor(ids)
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=LR)

    def work():
        optimizer.zero_grad()
        loss = loss_of(model(images), targets)
        loss.backward()
        optimizer.step()
        return lambda: [loss.detach(), *[array for p in model.parameters() for array in (p.grad, p.detach())]]
    return work


def by_hand(sizes, start, x, ids, kind):
    params, rows = [array.copy() for array in start], np.arange(len(x))
    m, v, steps = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params], 0

    def work():
        nonlocal steps
        weight, bias, last_weight, last_bias = params
        hidden = np.maximum(x @ weight.T + bias, 0)
        scores = hidden @ last_weight.T + last_bias
        exps = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs = exps / exps.sum(axis=1, keepdims=True)
        loss = -np.log(probs[rows, ids]).mean()
        probs[rows, ids] -= 1
        grad = probs / len(x)
        of_hidden = grad @ last_weight * (hidden > 0)
        grads = [of_hidden.T @ x, of_hidden.sum(axis=0), grad.T @ hidden, grad.sum(axis=0)]
        steps += 1
        for p, g, a, b in zip(params, grads, m, v):
            if kind == "SGD":
                p -= LR * g
                continue
            a += 0.1 * (g - a)
            b += 0.001 * (g * g - b)
            p -= LR / (1 - 0.9**steps) * a / (np.sqrt(b / (1 - 0.999**steps)) + 1e-8)
        return lambda: [loss, *[array for pair in zip(grads, params) for array in pair]]
    return work
