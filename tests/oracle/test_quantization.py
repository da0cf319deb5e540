"""Codes are PyTorch's wherever a number does not lie halfway between two marks, and rulers are its observers'."""
import numpy as np
import pytest
import torch
from tinytorch.core import Tensor
from tinytorch.nn import Linear
from tinytorch.quantization import QuantizedLinear, calibrate, dequantize, quantize
from torch.ao.quantization.observer import MinMaxObserver, PerChannelMinMaxObserver

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated")  # PyTorch moves quantization to torchao

ARRAYS = {
    "both sides": np.random.default_rng(3).normal(size=(6, 50)),
    "above 0": np.random.default_rng(5).uniform(5, 6, (6, 50)),
    "below 0": np.random.default_rng(7).uniform(-9, -2, (6, 50)),
    "small and large": np.random.default_rng(8).normal(size=(6, 50)) * 10.0 ** np.arange(-3, 3)[:, None],
}


@pytest.fixture(params=ARRAYS.values(), ids=ARRAYS)
def array(request):
    return request.param.astype(np.float32)


def ties(array, scale, zero_point):
    """Where a number lies halfway between two marks, as far as float32 can tell."""
    marks = array.astype(np.float64) / scale + zero_point
    return np.abs(marks - np.floor(marks) - 0.5) < 1e-3


def agree(array, scale, zero_point, theirs):
    codes = quantize(array, scale, zero_point)
    apart = codes != theirs.int_repr().numpy()
    assert not (apart & ~ties(array, scale, zero_point)).any()
    back = dequantize(theirs.int_repr().numpy(), scale, zero_point)
    np.testing.assert_allclose(back, theirs.dequantize().numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("scale", "zero_point"), [(0.02, 0), (0.5, -128), (0.0371, 127), (3.0, 17)])
def test_codes_per_tensor(array, scale, zero_point):
    agree(array, scale, zero_point, torch.quantize_per_tensor(torch.tensor(array), scale, zero_point, torch.qint8))


def test_codes_per_channel(array):
    scale, zero_point = calibrate(array, axis=0)
    rulers = torch.tensor(scale.ravel()), torch.tensor(zero_point.ravel())
    agree(array, scale, zero_point, torch.quantize_per_channel(torch.tensor(array), *rulers, 0, torch.qint8))


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("axis", [None, 0])
def test_rulers_are_those_of_the_observers(array, axis, symmetric):
    kind = f"per_{'tensor' if axis is None else 'channel'}_{'symmetric' if symmetric else 'affine'}"
    observer = {None: MinMaxObserver, 0: PerChannelMinMaxObserver}[axis](
        dtype=torch.qint8, qscheme=getattr(torch, kind), quant_min=-127 if symmetric else -128, quant_max=127)
    observer(torch.tensor(array))
    expected, zero_points = observer.calculate_qparams()
    scale, zero_point = calibrate(array, symmetric, axis)
    np.testing.assert_allclose(scale.ravel(), expected.numpy().ravel(), rtol=1e-5)
    np.testing.assert_array_equal(zero_point.ravel(), zero_points.numpy().ravel())


def test_a_layer_answers_as_one_with_the_weight_that_pytorch_gives_back():
    linear, x = Linear(50, 6, rng=np.random.default_rng(3)), ARRAYS["both sides"].astype(np.float32)
    weight = torch.tensor(linear.weight.data)
    scales = weight.abs().amax(dim=1) / 127
    kept = torch.quantize_per_channel(weight, scales, torch.zeros(6), 0, torch.qint8).dequantize()
    expected = torch.nn.functional.linear(torch.tensor(x), kept, torch.tensor(linear.bias.data))
    np.testing.assert_allclose(QuantizedLinear(linear)(Tensor(x)).data, expected.numpy(), rtol=1e-4, atol=1e-5)
