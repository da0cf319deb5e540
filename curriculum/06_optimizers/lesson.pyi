from collections.abc import Iterable, Mapping
from typing import Any

from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor

class Optimizer:
    params: list[Tensor]
    lr: float
    steps: int
    state: dict[str, list[NDArray[Any]]]
    def __init__(self, params: Iterable[Tensor], lr: float) -> None: ...
    def zero_grad(self) -> None: ...
    def step(self) -> None: ...
    def state_memory(self) -> int: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: Mapping[str, Any]) -> None: ...

def not_negative(**settings: float) -> None: ...

class SGD(Optimizer):
    momentum: float
    weight_decay: float
    nesterov: bool
    velocity: list[NDArray[Any]] | list[None]
    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None: ...

class Adam(Optimizer):
    beta1: float
    beta2: float
    eps: float
    weight_decay: float
    m: list[NDArray[Any]]
    v: list[NDArray[Any]]
    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None: ...

class AdamW(Adam):
    shrink: float
    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None: ...
