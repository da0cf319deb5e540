"""What a learner's editor sees: every line here must be clean, and each `reveal_type` as its comment says."""
# ruff: noqa: F821
import numpy as np
from tinytorch.compression import distillation_loss, low_rank, magnitude_prune, sparsity, structured_prune
from tinytorch.core import Tensor, enable_autograd, gradcheck, no_grad, rule
from tinytorch.core.tensor import broadcast_shape, matmul_loops
from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential, Sigmoid
from tinytorch.optim import SGD, Adam
from tinytorch.quantization import QuantizedLinear, calibrate, dequantize, quantize, quantize_model
from tinytorch.training import clip_grad_norm_

x = Tensor(np.ones((32, 784)))
model = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
reveal_type(x @ x.T)  # Tensor
reveal_type(2 * x - 1)  # Tensor
reveal_type(x.sum(axis=0, keepdims=True))  # Tensor
reveal_type(model(x))  # Tensor
reveal_type(Sigmoid()(x))  # Tensor
reveal_type(x.memory_footprint())  # int
reveal_type(broadcast_shape((3, 1), (4,)))  # tuple[int, ...]
reveal_type(x.shape)  # tuple[int, ...]
matmul_loops(x.data, x.data)

enable_autograd()
adam, targets = Adam(model.parameters(), lr=1e-3), np.arange(32) % 10
loss = CrossEntropyLoss()(model(x), targets)
reveal_type(loss.backward())  # None
reveal_type(loss.item())  # float
reveal_type(gradcheck(lambda a: a.exp(), x))  # float
reveal_type(clip_grad_norm_(model.parameters(), 1.0))  # float
reveal_type(adam.state_memory())  # int
adam.step()
SGD(model.parameters(), lr=0.1, momentum=0.9).zero_grad()


@no_grad()
def accuracy(right: int) -> float:
    with no_grad():
        return right / len(targets)


reveal_type(accuracy(3))  # float


def cube(array):
    return array**3


@rule(cube, needs=True)
def cube_rule(grad_out, out, a, needs):
    return (3 * grad_out * a * a,)


reveal_type(Tensor._apply(cube, x))  # Tensor

codes = quantize(x.data, *calibrate(x.data, axis=0))
reveal_type(codes.dtype)  # dtype[signedinteger[_8Bit]]
reveal_type(dequantize(codes, 0.5).dtype)  # dtype[floating[_32Bit]]
reveal_type(QuantizedLinear(Linear(784, 10), per_channel=False)(x))  # Tensor
reveal_type(quantize_model(model))  # Module

reveal_type(sorted(magnitude_prune(model, 0.9)))  # list[str]
reveal_type(structured_prune(Linear(784, 128), Linear(128, 10), 0.5))  # tuple[Linear, Linear]
reveal_type(distillation_loss(model(x), model(x), np.arange(32) % 10))  # Tensor
reveal_type(low_rank(Linear(784, 128), 16))  # Sequential
reveal_type(sparsity(model))  # float
