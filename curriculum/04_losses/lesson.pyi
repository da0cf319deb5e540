from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Module

_Targets = NDArray[np.integer[Any]] | Sequence[int] | Tensor  # class numbers, (batch,)

def log_softmax(logits: Tensor, axis: int = -1) -> Tensor: ...  # the shape of logits
def bounded_log(x: Tensor) -> Tensor: ...  # the shape of x

class CrossEntropyLoss(Module):
    def forward(self, logits: Tensor, targets: _Targets) -> Tensor: ...  # (batch, classes), (batch,) -> ()
    def __call__(self, logits: Tensor, targets: _Targets) -> Tensor: ...

class MSELoss(Module):
    def forward(self, prediction: Tensor, target: Tensor) -> Tensor: ...  # one shape -> ()
    def __call__(self, prediction: Tensor, target: Tensor) -> Tensor: ...

class BCELoss(Module):
    def forward(self, probs: Tensor, targets: Tensor) -> Tensor: ...  # one shape -> ()
    def __call__(self, probs: Tensor, targets: Tensor) -> Tensor: ...

def chance_check(model: Callable[[Tensor], Tensor], images: Tensor, targets: _Targets, slack: float = 0.3) -> float: ...
def class_ids(logits: Tensor, targets: _Targets) -> NDArray[np.integer[Any]]: ...
def same_shape(prediction: Tensor, target: Tensor) -> None: ...
def from_0_to_1(probs: Tensor) -> None: ...
def log_softmax_values(array: NDArray[Any], axis: int) -> NDArray[Any]: ...
def bounded_log_values(array: NDArray[Any]) -> NDArray[Any]: ...
