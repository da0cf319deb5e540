"""MNIST, whole: 60,000 handwritten digits to learn from and 10,000 to be tested on, in the IDX files of its authors.

The images are under CC BY-SA 3.0 and do not come with the package; `mnist` fetches them once. See `MNIST.md`.
"""
import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np
from tinytorch.datasets.digits import Digits
from tinytorch.datasets.download import Published, cache_folder, own_mirror, provide

FILES = [  # in the order of Digits
    Published("train-images-idx3-ubyte.gz", 9_912_422,
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    Published("train-labels-idx1-ubyte.gz", 28_881,
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    Published("t10k-images-idx3-ubyte.gz", 1_648_877,
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    Published("t10k-labels-idx1-ubyte.gz", 4_542,
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
]
MIRRORS = ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/",
           "https://yann.lecun.com/exdb/mnist/"]
UBYTE = 8  # the code of unsigned bytes in the header of an IDX file


def mnist(root: str | os.PathLike[str] | None = None, download: bool = True, *, mirrors: list[str] | None = None,
          check: bool = True) -> Digits:
    """Handwritten digits as arrays, as many as the files hold: 60,000 to learn from and 10,000 to be tested on.

    The first call fetches four files, 11.6 MB. Whoever is offline puts them into the folder by hand.

    Parameters
    ----------
    root : folder of the four files; `tinytorch/mnist` in the user's cache folder if left out
    download : whether to fetch what is missing or damaged
    mirrors : addresses of folders that hold the files; if left out, TINYTORCH_MNIST_URL or else three public ones
    check : whether only the published files will do; without it, digits of your own in the same layout are read too

    Raises
    ------
    FileNotFoundError
        If a file is not there and cannot be fetched.
    ValueError
        If a file is not what was published, or not in the IDX layout.
    """
    folder = cache_folder() / "mnist" if root is None else Path(root)
    provide("MNIST", folder, FILES, mirrors or own_mirror("TINYTORCH_MNIST_URL") or MIRRORS, download, check)
    train, test = [_pair(folder, images, labels) for images, labels in (FILES[:2], FILES[2:])]
    return Digits(*train, *test)


def _pair(folder, images, labels):
    """Images and their labels, as many of one as of the other."""
    digits, answers = _array(folder / images.name, n_axes=3), _array(folder / labels.name, n_axes=1)
    if len(digits) != len(answers):
        raise ValueError(f"{folder / labels.name} should hold one label for each of {len(digits)} images; found "
                         f"{len(answers)}. Put the two files there that belong together.")
    return digits, answers.astype(np.int64)


def _array(file, n_axes):
    """The numbers of an IDX file: 0 0, a code for the type, the number of axes; each size, big-endian; the data."""
    try:
        raw = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{file} should be a whole gzip file; unpacking it failed: {error}. Get it anew.") from None
    start = 4 + 4 * n_axes
    if raw[:4] != bytes([0, 0, UBYTE, n_axes]) or len(raw) < start:
        raise ValueError(f"{file} should start with 0 0 {UBYTE} {n_axes} and {n_axes} sizes, as unsigned bytes with "
                         f"{n_axes} axes do in the IDX layout; found {list(raw[:start])}. Is it another file?")
    shape = np.frombuffer(raw[4:start], ">i4").tolist()
    if len(raw) - start != math.prod(shape):
        raise ValueError(f"{file} should hold {math.prod(shape)} bytes for its shape {tuple(shape)}; found "
                         f"{len(raw) - start}. Get it anew.")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape).copy()
