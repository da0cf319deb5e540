"""Mistakes that an editor must see: each line must be an error."""
from tinytorch.core import Tensor
from tinytorch.core.tensor import broadcast_shape
from tinytorch.nn import Linear

Tensor([1.0]).summ()
broadcast_shape(3, 4)
Linear("784", 10)
Tensor([1.0]) @ 2
