from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Module, Parameter
from tinytorch.optim.optimizers import Optimizer

_Array = NDArray[Any]
_Ids = NDArray[np.integer[Any]]
_Tokens = int | Sequence[Any] | _Ids | Tensor

def taken_rows(table: _Array, ids: _Ids) -> _Array: ...
def ids_of(tokens: _Tokens) -> _Ids: ...
def look_up(table: Tensor, tokens: _Tokens) -> Tensor: ...  # (...) to (..., embedding_dim)
def pick(table: Tensor, tokens: _Tokens) -> Tensor: ...
def summed(ids: _Ids, values: _Array) -> tuple[_Ids, _Array]: ...  # (n,), (n, width) to (distinct,), (distinct, width)

class Embedding(Module):
    num_embeddings: int
    embedding_dim: int
    sparse: bool
    weight: Parameter  # (num_embeddings, embedding_dim)
    def __init__(
        self, num_embeddings: int, embedding_dim: int, sparse: bool = False, *, rng: np.random.Generator | None = None
    ) -> None: ...
    def forward(self, tokens: _Tokens) -> Tensor: ...

class Rows:
    __array_ufunc__: None
    indices: NDArray[np.int64]  # (n,), rising, each once
    values: _Array  # (n, embedding_dim)
    def __init__(self, indices: Sequence[int] | _Ids, values: Sequence[Any] | _Array) -> None: ...
    @property
    def nbytes(self) -> int: ...
    def dense(self, count: int) -> _Array: ...  # (count, embedding_dim)
    def __add__(self, other: Any) -> Any: ...  # Rows and Rows are Rows, Rows and an array are an array
    def __radd__(self, other: Any) -> Any: ...

def taken_rows_rule(grad_out: _Array, out: _Array, table: _Array, ids: _Ids) -> tuple[_Array]: ...

class PickedRows(Tensor):
    table: Tensor
    ids: _Ids
    def __init__(self, table: Tensor, ids: _Ids) -> None: ...

def lend(optimizer: Optimizer, at: int) -> None: ...
def give_back(optimizer: Optimizer, at: int, p: Tensor, arrays: dict[str, _Array]) -> None: ...
def of_rows_too(step: Callable[[Any], None]) -> Callable[[Any], None]: ...
def teach(*kinds: type[Optimizer]) -> None: ...
def sinusoids(max_len: int, d_model: int) -> NDArray[np.float32]: ...  # (max_len, d_model)
def first_rows(table: Tensor, x: Tensor) -> Tensor: ...

class SinusoidalPositionalEncoding(Module):
    table: Tensor  # (max_len, d_model)
    def __init__(self, d_model: int, max_len: int = 1024) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...  # (..., seq_len, d_model)

class LearnedPositionalEmbedding(Module):
    weight: Parameter  # (max_len, d_model)
    def __init__(self, max_len: int, d_model: int, *, rng: np.random.Generator | None = None) -> None: ...
    def forward(self, x: Tensor) -> Tensor: ...  # (..., seq_len, d_model)
