"""A small network and what tests of training ask of it."""

import numpy as np
from tinytorch.nn.activations import ReLU
from tinytorch.nn.layers import Dropout, Linear, Sequential

X = np.random.default_rng(0).normal(size=(64, 6)).astype(np.float32)
Y = np.arange(64) % 4


def network(seed=3, dropout=0.4, own=True):
    rng = np.random.default_rng(seed)
    return Sequential(Linear(6, 8, rng=rng), ReLU(), Dropout(dropout, rng=rng if own else None), Linear(8, 4, rng=rng))


def numbers(model):
    return [p.data for p in model.parameters()]


def equal(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))
