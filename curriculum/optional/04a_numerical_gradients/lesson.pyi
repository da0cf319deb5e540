from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

def slope_at(function: Callable[[float], float], x: float, eps: float = 1e-5) -> float: ...
def slopes(function: Callable[[NDArray[Any]], float], array: NDArray[Any], eps: float = 1e-5) -> NDArray[Any]: ...
