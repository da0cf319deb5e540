from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.embedding import Embedding, LearnedPositionalEmbedding
from tinytorch.nn.layers import Dropout, Linear, Module, Parameter, Sequential

STEEP: float
CUBE: float
IGNORED: int

class LayerNorm(Module):
    eps: float
    weight: Parameter
    bias: Parameter
    def __init__(self, d: int, eps: float = 1e-5) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

def gelu(array: NDArray[Any], keep: dict[str, Any] | None = None) -> NDArray[Any]: ...

class MLP(Module):
    up: Linear
    down: Linear
    def __init__(
        self, d_model: int, d_hidden: int | None = None, *, rng: np.random.Generator | None = None
    ) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

def split_heads(x: Tensor, n_heads: int) -> Tensor: ...
def join_heads(x: Tensor) -> Tensor: ...

class MultiHeadAttention(Module):
    n_heads: int
    causal: bool
    query: Linear
    key: Linear
    value: Linear
    out: Linear
    def __init__(
        self, d_model: int, n_heads: int, causal: bool = True, *, rng: np.random.Generator | None = None
    ) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

class TransformerBlock(Module):
    norm1: LayerNorm
    attention: MultiHeadAttention
    norm2: LayerNorm
    mlp: MLP
    dropout: Dropout
    def __init__(
        self, d_model: int, n_heads: int, dropout: float = 0.0, *, rng: np.random.Generator | None = None
    ) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...

def small_normal(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]: ...

class Transformer(Module):
    max_len: int
    embedding: Embedding
    positions: LearnedPositionalEmbedding
    dropout: Dropout
    blocks: Sequential
    norm: LayerNorm
    head: Linear
    def __init__(
        self,
        vocab_size: int,
        d_model: int,
        n_heads: int,
        n_layers: int,
        max_len: int = 256,
        dropout: float = 0.0,
        *,
        rng: np.random.Generator | None = None,
    ) -> None: ...
    def forward(
        self, tokens: Tensor | NDArray[np.integer[Any]], targets: Tensor | NDArray[np.integer[Any]] | None = None
    ) -> Tensor: ...
    def stream(self, tokens: Tensor | NDArray[np.integer[Any]]) -> Tensor: ...
    def loss(self, stream: Tensor, targets: Tensor | NDArray[np.integer[Any]]) -> Tensor: ...

def pick(scores: NDArray[Any], temperature: float = 0.0, rng: np.random.Generator | None = None) -> int: ...
def row_of(tokens: Tensor | Iterable[Any]) -> list[int]: ...
def generate(
    model: Module | Callable[..., Tensor],
    tokens: Tensor | Iterable[Any],
    max_new_tokens: int,
    temperature: float = 0.0,
    rng: np.random.Generator | None = None,
    stop: int | None = None,
) -> NDArray[np.int64]: ...
