from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Module
from tinytorch.optim.optimizers import Optimizer

_Batches = Iterable[tuple[Any, Any]]

FORMAT: str

def minibatches(
    x: NDArray[Any], y: NDArray[Any], size: int, rng: np.random.Generator | None = None
) -> Iterator[tuple[Tensor, NDArray[Any]]]: ...
def fresh(batches: _Batches | Callable[[], _Batches]) -> _Batches: ...
def clip_grad_norm_(parameters: Iterable[Tensor], max_norm: float) -> float: ...

class Trainer:
    model: Module
    optimizer: Optimizer
    schedule: Any
    loss: Callable[[Tensor, Any], Tensor]
    accumulate: int
    clip: float | None
    history: list[dict[str, Any]]
    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        loss: Callable[[Tensor, Any], Tensor] | None = None,
        schedule: Any = None,
        accumulate: int = 1,
        clip: float | None = None,
    ) -> None: ...
    def update(self) -> None: ...
    def fit(
        self,
        train: _Batches | Callable[[], _Batches],
        epochs: int,
        validation: _Batches | Callable[[], _Batches] | None = None,
    ) -> list[dict[str, Any]]: ...
    def train_epoch(self, batches: _Batches) -> float: ...
    def evaluate(self, batches: _Batches) -> tuple[float, float | None]: ...

class CosineAnnealingLR:
    optimizer: Optimizer
    T_max: int
    eta_min: float
    start: float
    t: int
    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None: ...
    def step(self) -> None: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: Mapping[str, Any]) -> None: ...

def generators(model: Module) -> list[np.random.Generator]: ...
def drawn_again(draws: list[tuple[np.random.Generator, Any]]) -> AbstractContextManager[None]: ...
def checkpoint(part: Module, *inputs: Tensor) -> Tensor: ...
def rerun(
    *arrays: NDArray[Any], part: Module, count: int, draws: list[tuple[np.random.Generator, Any]]
) -> NDArray[Any]: ...
class Draws:
    generators: list[np.random.Generator]
    def __init__(self, generators: list[np.random.Generator]) -> None: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: Mapping[str, Any]) -> None: ...

def save_checkpoint(
    path: str | PathLike[str],
    model: Module,
    optimizer: Optimizer,
    schedule: Any = None,
    step: int = 0,
    rngs: Iterable[np.random.Generator] = (),
) -> None: ...
def load_checkpoint(
    path: str | PathLike[str],
    model: Module,
    optimizer: Optimizer | None = None,
    schedule: Any = None,
    rngs: Iterable[np.random.Generator] = (),
) -> int: ...
