from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tinytorch.core.tensor import Tensor
from tinytorch.nn.layers import Module, Parameter

_Size = int | Sequence[int]  # one number, or (height, width)
_Pair = tuple[int, int]
_Array = NDArray[Any]
_Init = Callable[[tuple[int, ...], np.random.Generator], ArrayLike]

def pair(size: _Size, least: int = 1) -> _Pair: ...
def output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int: ...
def places(shape: Sequence[int], kernel_size: _Size, stride: _Size = 1, padding: _Size = 0) -> _Pair: ...
def conv2d_loops(
    images: _Array,  # (batch, in_channels, height, width)
    weight: _Array,  # (out_channels, in_channels, kernel_h, kernel_w)
    bias: _Array | None = None,  # (out_channels,)
    stride: _Size = 1,
    padding: _Size = 0,
) -> _Array: ...  # (batch, out_channels, out_h, out_w)
def taps(kernel_size: _Size, places: _Pair, stride: _Size) -> Iterator[tuple[slice, slice]]: ...
def batch_last(images: _Array, padding: _Size = 0) -> _Array: ...  # (channels, height, width, batch)
def im2col(
    images: _Array, kernel_size: _Size, stride: _Size = 1, padding: _Size = 0
) -> _Array: ...  # (channels * kernel_h * kernel_w, out_h * out_w * batch)
def col2im(
    columns: _Array, shape: Sequence[int], kernel_size: _Size, stride: _Size = 1, padding: _Size = 0
) -> _Array: ...  # of `shape`
def conv2d(
    images: _Array,
    weight: _Array,
    bias: _Array | None = None,
    *,
    stride: _Size,
    padding: _Size,
    keep: dict[str, _Array] | None = None,
) -> _Array: ...
def max_pool(
    images: _Array, kernel_size: _Size, stride: _Size, keep: dict[str, _Array] | None = None
) -> _Array: ...  # (batch, channels, out_h, out_w)
def avg_pool(images: _Array, kernel_size: _Size, stride: _Size) -> _Array: ...  # (batch, channels, out_h, out_w)
def receptive_field(layers: Sequence[tuple[int, int]]) -> int: ...

class Conv2d(Module):
    in_channels: int
    out_channels: int
    kernel_size: _Pair
    stride: _Pair
    padding: _Pair
    weight: Parameter  # (out_channels, in_channels, kernel_h, kernel_w)
    bias: Parameter | None  # (out_channels,)
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: _Size,
        stride: _Size = 1,
        padding: _Size = 0,
        bias: bool = True,
        *,
        init: _Init = ...,
        rng: np.random.Generator | None = None,
    ) -> None: ...
    def forward(self, images: Tensor) -> Tensor: ...  # (batch, out_channels, out_h, out_w)

class Pool2d(Module):
    kernel_size: _Pair
    stride: _Pair
    def __init__(self, kernel_size: _Size, stride: _Size | None = None) -> None: ...

class MaxPool2d(Pool2d):
    def forward(self, images: Tensor) -> Tensor: ...  # (batch, channels, out_h, out_w)

class AvgPool2d(Pool2d):
    def forward(self, images: Tensor) -> Tensor: ...  # (batch, channels, out_h, out_w)
