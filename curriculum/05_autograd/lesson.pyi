from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any, NamedTuple, TypeVar

from tinytorch.core.tensor import Tensor

_Vjp = TypeVar("_Vjp", bound=Callable[..., Any])

class Rule(NamedTuple):
    vjp: Callable[..., Any] | None
    needs: bool
    keeps: bool
    home: str

RULES: dict[str, Rule]

def rule(forward: Callable[..., Any] | str, *, needs: bool = False, keeps: bool = False) -> Callable[[_Vjp], _Vjp]: ...
def constant(*forwards: Callable[..., Any] | str) -> None: ...

class no_grad(ContextDecorator):
    def __init__(self) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *error: object) -> None: ...

def enable_autograd() -> None: ...
def disable_autograd() -> None: ...
def gradcheck(
    function: Callable[..., Tensor], *tensors: Tensor, eps: float = 1e-6, rtol: float = 1e-4, atol: float = 1e-6
) -> float: ...
