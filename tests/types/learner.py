"""What a learner's editor sees: every line here must be clean, and each `reveal_type` as its comment says."""
# ruff: noqa: F821
import numpy as np
from tinytorch.core import Tensor
from tinytorch.core.tensor import broadcast_shape, matmul_loops
from tinytorch.nn import Linear, ReLU, Sequential, Sigmoid

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
