"""Mistakes that an editor must see: each line must be an error."""
from tinytorch.compression import low_rank, structured_prune
from tinytorch.core import Tensor, gradcheck, no_grad, rule
from tinytorch.core.tensor import broadcast_shape
from tinytorch.nn import Linear
from tinytorch.optim import SGD
from tinytorch.quantization import QuantizedLinear, quantize

Tensor([1.0]).summ()
broadcast_shape(3, 4)
Linear("784", 10)
Tensor([1.0]) @ 2
Tensor([1.0]).backwards()
Tensor([1.0]).grad.sum()
gradcheck(Tensor([1.0]))
no_grad(True)
rule(3)
SGD(Linear(3, 2))
QuantizedLinear(784, 10)
quantize(Tensor([1.0]), 0.5)
structured_prune(Linear(784, 128), 0.5)
low_rank(Linear(784, 128).weight, 16)
