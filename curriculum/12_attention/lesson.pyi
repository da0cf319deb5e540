from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Linear, Module

def allowed(mask: Tensor | ArrayLike) -> NDArray[np.bool_]: ...
@overload
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | ArrayLike | None = None,
    return_weights: Literal[False] = False,
) -> Tensor: ...
@overload
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | ArrayLike | None = None, *,
    return_weights: Literal[True],
) -> tuple[Tensor, Tensor]: ...
def causal_mask(length: int) -> NDArray[np.bool_]: ...

class Attention(Module):
    causal: bool
    query: Linear
    key: Linear
    value: Linear
    out: Linear
    def __init__(
        self, d_model: int, head_dim: int | None = None, causal: bool = True, *,
        rng: np.random.Generator | None = None,
    ) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...
