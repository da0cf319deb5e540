"""PyTorch is the oracle of this folder, and of nothing else; `nox -s oracle` installs it."""
import numpy as np
import pytest
import torch
from tinytorch.core import Tensor

torch.set_num_threads(1)


def ours(array, wanted=True):
    """A float array as a leaf of ours, of its own dtype."""
    return Tensor(array, requires_grad=wanted, dtype=array.dtype)


def theirs(array, wanted=True):
    return torch.tensor(array, requires_grad=wanted)


def agree(found, expected, what, dtype):
    close = {"rtol": 1e-9, "atol": 1e-11} if dtype == np.float64 else {"rtol": 2e-4, "atol": 2e-5}
    assert np.shape(found) == np.shape(expected), f"{what}: shape {np.shape(found)}, expected {np.shape(expected)}"
    np.testing.assert_allclose(found, expected, err_msg=what, **close)


def compared(function, torch_function, arrays, dtype):
    """Hold forward and the gradients of all inputs against PyTorch, under one random gradient from outside."""
    arrays = [np.asarray(array, dtype=dtype) for array in arrays]
    mine, other = [ours(array) for array in arrays], [theirs(array) for array in arrays]
    with np.errstate(all="ignore"):  # edges are asked for
        out, expected = function(*mine), torch_function(*other)
    assert out.dtype == dtype, f"dtype {out.dtype}, expected {np.dtype(dtype)}"
    agree(out.data, expected.detach().numpy(), "forward", dtype)
    grad_out = np.random.default_rng(9).normal(size=out.shape).astype(dtype)
    out.backward(grad_out)
    expected.backward(torch.tensor(grad_out))
    for at, (x, y) in enumerate(zip(mine, other)):
        grad = np.zeros(y.shape) if y.grad is None else y.grad.numpy()
        agree(np.zeros(x.shape) if x.grad is None else x.grad, grad, f"gradient of input {at}", dtype)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request):
    return request.param
