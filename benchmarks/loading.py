"""An epoch of batches from digits as bytes, mixed, as float32 from 0 to 1: 4,000 of 28 by 28, 32 to a batch."""
import numpy as np
import torch
from pairs import Workload
from tinytorch.data import DataLoader, TensorDataset

COUNT, SIZE, SEED = 4000, 32, 5


class OneByOne(TensorDataset):
    """The same samples, asked for one by one, as from files."""


def workloads():
    rng = np.random.default_rng(3)
    images, labels = rng.integers(0, 256, (COUNT, 28, 28)).astype(np.uint8), rng.integers(0, 10, COUNT)
    return [epoch("DataLoader, an epoch of digits", TensorDataset(images, labels), 40),
            epoch("DataLoader, an epoch one by one", OneByOne(images, labels), 20)]


def epoch(name, dataset, repeats):
    """All ways walk in the order of our first epoch."""
    order = DataLoader(dataset, SIZE, shuffle=True, seed=SEED).order(0)
    ways = ours(dataset), by_hand(*dataset.arrays, order), theirs(*dataset.arrays, order)
    return Workload(name, *ways, repeats, 0.8, 1)


def ours(dataset):
    loader = DataLoader(dataset, SIZE, shuffle=True, seed=SEED)

    def work():
        loader.epoch, total, last = 0, 0, None
        for last in loader:
            total += len(last.y)
        return lambda: [total, last.x.data, last.y]
    return work


def by_hand(images, labels, order):
    def work():
        total = 0
        for some in order:
            x, y = np.divide(images[some], 255, dtype=np.float32), labels[some]
            total += len(y)
        return lambda: [total, x, y]
    return work


def theirs(images, labels, order):
    dataset = torch.utils.data.TensorDataset(torch.tensor(images), torch.tensor(labels))
    loader = torch.utils.data.DataLoader(dataset, batch_sampler=[some.tolist() for some in order])

    def work():
        total = 0
        for pixels, y in loader:
            x = pixels / 255
            total += len(y)
        return lambda: [total, x, y]
    return work
