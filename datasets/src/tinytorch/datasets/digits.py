"""TinyDigits: 5,000 handwritten digits, 4,000 to learn from and 1,000 to be tested on.

The images are a part of MNIST under CC BY-SA 3.0; see `LICENSE-tinydigits.txt` beside this file.
"""

import hashlib
import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

FILE = Path(__file__).with_name("tinydigits.npz")
SIZE = 838_547  # bytes
SHA256 = "bcd13b8ed0c7c17ba77b18d5f81b1e026f07009d2554ee0569cb6051453fba36"
REINSTALL = (
    "Install it again from the same wheels, with DIST for the folder that holds them:\n"
    "  python -m pip install --force-reinstall --no-deps --no-index --find-links DIST tinytorch-datasets"
)
OTHER_COPY = "Give the path of a whole copy, or leave `path` out to read the one that came with tinytorch-datasets."


class Digits(NamedTuple):
    """Images and their right answers; unpack the four, or name the one you want."""

    train_images: np.ndarray  # (n, 28, 28) uint8, 0 is background and 255 is ink; TinyDigits has 4,000
    train_labels: np.ndarray  # (n,) int64, 0 to 9
    test_images: np.ndarray  # (m, 28, 28) uint8; 1,000
    test_labels: np.ndarray  # (m,) int64


def tinydigits(path: str | os.PathLike[str] | None = None) -> Digits:
    """Handwritten digits as arrays: 400 of each class to learn from, 100 of each to be tested on.

    Both parts come in one mixed order, the same on every machine, so the first hundred images hold all ten classes.
    Every call reads the file again (3.9 MB of pixels) and the arrays are yours to change.

    Parameters
    ----------
    path : another copy of the file, if not the one that came with the package

    Raises
    ------
    FileNotFoundError
        If the file is not there.
    ValueError
        If it is not, byte for byte, the file that was published. Nothing in it is read then.
    """
    content = _verified(FILE if path is None else Path(path), REINSTALL if path is None else OTHER_COPY)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"].astype(np.int64)
        train, test = _mixed(arrays["train_idx"]), _mixed(arrays["test_idx"])
    return Digits(images[train], labels[train], images[test], labels[test])


def _verified(file: Path, remedy: str) -> bytes:
    """The bytes of `file`, once they are known to be the published ones."""
    expected = f"{SIZE} bytes with SHA-256 {SHA256}"
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(_complaint("is missing", file, expected, "no such file", remedy)) from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        found = f"{len(content)} bytes with SHA-256 {digest}"
        raise ValueError(_complaint("is damaged", file, expected, found, remedy))
    return content


def _complaint(state: str, file: Path, expected: str, found: str, remedy: str) -> str:
    return f"The file of TinyDigits {state}.\n  file      {file}\n  expected  {expected}\n  found     {found}\n{remedy}"


def _mixed(rows: np.ndarray) -> list[int]:
    """The rows in the order of a hash of their number: no random stream, which may change between NumPy versions."""
    return sorted(rows.tolist(), key=lambda row: hashlib.sha256(str(row).encode()).digest())
