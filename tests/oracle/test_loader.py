"""An epoch cut into batches, parts of a data set, and what is left out are PyTorch's, sample by sample."""
import numpy as np
import pytest
import torch
from tinytorch.data import DataLoader, TensorDataset, random_split
from torch.utils import data as theirs

X, Y = np.random.default_rng(3).normal(size=(23, 3, 2)).astype(np.float32), np.arange(23)


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("batch_size", [1, 5, 23, 40])
@pytest.mark.parametrize("num_workers", [0, 2])
def test_batches_in_order_are_theirs(batch_size, drop_last, num_workers):
    ours = DataLoader(TensorDataset(X, Y), batch_size, drop_last=drop_last, num_workers=num_workers)
    other = theirs.DataLoader(theirs.TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size, drop_last=drop_last)
    assert len(ours) == len(other)
    for (x, y), (their_x, their_y) in zip(ours, other, strict=True):
        np.testing.assert_array_equal(x.data, their_x.numpy())
        np.testing.assert_array_equal(y, their_y.numpy())
        assert y.dtype == their_y.numpy().dtype


@pytest.mark.parametrize("lengths", [[20, 3], [0.5, 0.3, 0.2], [0.7, 0.3], [1 / 3, 1 / 3, 1 / 3], [1.0]])
def test_parts_are_as_long_as_theirs(lengths):
    ours = random_split(TensorDataset(X, Y), lengths)
    assert [len(part) for part in ours] == [len(part) for part in theirs.random_split(range(23), lengths)]
