import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

_Item = TypeVar("_Item")
_Value = TypeVar("_Value")
_Transform = Callable[[Any, np.random.Generator], Any]
_Collate = Callable[[list[Any]], Any]

class Batch(NamedTuple):
    x: Any
    y: Any

class Dataset:
    transform: _Transform | None
    @property
    def at_once(self) -> bool: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: Any) -> Any: ...

class TensorDataset(Dataset):
    arrays: list[NDArray[Any]]
    def __init__(self, *arrays: Any, transform: _Transform | None = None) -> None: ...
    def __getitem__(self, index: Any) -> tuple[Any, ...]: ...

class Subset(Dataset):
    dataset: Dataset
    indices: NDArray[np.int64]
    def __init__(self, dataset: Dataset, indices: Sequence[int] | NDArray[Any]) -> None: ...

class CachedDataset(Dataset):
    dataset: Dataset
    max_bytes: float
    kept: dict[int, Any]
    kept_bytes: int
    _lock: threading.Lock
    def __init__(self, dataset: Dataset, max_bytes: float = ...) -> None: ...

def random_split(dataset: Dataset, lengths: Sequence[float], seed: int | None = None) -> list[Subset]: ...
def rng_of(seed: int, epoch: int, index: int | None = None) -> np.random.Generator: ...
def as_batch(columns: Iterable[NDArray[Any]]) -> Any: ...
def collate(samples: Sequence[Any]) -> Any: ...
def ahead(
    function: Callable[[_Item], _Value], items: Iterable[_Item], workers: int, depth: int
) -> Generator[_Value, None, None]: ...

class RandomHorizontalFlip:
    p: float
    def __init__(self, p: float = 0.5) -> None: ...
    def __call__(self, image: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]: ...

class RandomCrop:
    size: tuple[int, ...]
    padding: int
    def __init__(self, size: int | Sequence[int], padding: int = 0) -> None: ...
    def __call__(self, image: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]: ...

class DataLoader:
    dataset: Dataset
    batch_size: int
    shuffle: bool
    drop_last: bool
    collate_fn: _Collate | None
    num_workers: int
    prefetch: int
    seed: int
    epoch: int
    throughput: float | None
    waiting: float | None
    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        collate_fn: _Collate | None = None,
        num_workers: int = 0,
        prefetch: int = 2,
        seed: int | None = None,
    ) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def order(self, epoch: int) -> list[NDArray[np.int64]]: ...
    def sample(self, index: int, epoch: int) -> Any: ...
    def fetch(self, numbers: NDArray[Any], epoch: int) -> Any: ...
