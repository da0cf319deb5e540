"""CIFAR-10: 60,000 small colour photographs of ten kinds of things, in the archive of its authors.

The images state no licence and do not come with the package; `cifar10` fetches the archive once. See `CIFAR10.md`.
"""
import os
import tarfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tinytorch.datasets.download import Published, cache_folder, own_mirror, provide
from tinytorch.datasets.pickles import entries, text

ARCHIVE = Published("cifar-10-python.tar.gz", 170_498_071,
                    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce")
MIRRORS = ["https://www.cs.toronto.edu/~kriz/"]
FOLDER = "cifar-10-batches-py/"  # within the archive
TRAIN, TEST, NAMES = [f"data_batch_{n}" for n in range(1, 6)], ["test_batch"], "batches.meta"
COLOURS, HEIGHT, WIDTH = 3, 32, 32


class Pictures(NamedTuple):
    """Images, their right answers, and what these mean; unpack the five, or name the one you want."""

    train_images: np.ndarray  # (n, 3, 32, 32) uint8: red, green and blue of each pixel; the whole set has 50,000
    train_labels: np.ndarray  # (n,) int64, 0 to 9
    test_images: np.ndarray  # (m, 3, 32, 32) uint8; 10,000
    test_labels: np.ndarray  # (m,) int64
    class_names: list[str]  # what 0 to 9 stand for: airplane, automobile, bird, ...


def cifar10(root: str | os.PathLike[str] | None = None, download: bool = True, *, mirrors: list[str] | None = None,
            check: bool = True) -> Pictures:
    """Small colour photographs as arrays, as many as the archive holds: 50,000 to learn from, 10,000 to be tested on.

    The first call fetches one file, 170 MB. Whoever is offline puts it into the folder by hand. Every call unpacks it
    again, in memory (184 MB of pixels, for a moment twice that), and the arrays are yours to change.

    Parameters
    ----------
    root : folder of the archive; `tinytorch/cifar10` in the user's cache folder if left out
    download : whether to fetch the archive if it is missing or damaged
    mirrors : addresses of folders that hold it; if left out, TINYTORCH_CIFAR10_URL or else its authors' own
    check : whether only the published archive will do; without it, another in the same layout is read too

    Raises
    ------
    FileNotFoundError
        If the archive is not there and cannot be fetched.
    ValueError
        If it is not what was published, or not in its layout. What its pickles name is never run.
    """
    folder = cache_folder() / "cifar10" if root is None else Path(root)
    provide("CIFAR-10", folder, [ARCHIVE], mirrors or own_mirror("TINYTORCH_CIFAR10_URL") or MIRRORS, download, check)
    file = folder / ARCHIVE.name
    try:
        return _pictures(_unpacked(file))
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{file} should be a whole .tar.gz archive; unpacking it failed: {error}. "
                         "Get it anew.") from None
    except ValueError as error:
        raise ValueError(f"{file}\n  {error}\nIs it another archive? Get it anew.") from None


def _unpacked(file):
    """What the pickles of the archive hold: {name: dict}."""
    wanted, found = {FOLDER + name: name for name in [*TRAIN, *TEST, NAMES]}, {}
    with tarfile.open(file, "r:gz") as archive:
        for member in archive:
            if member.isfile() and member.name in wanted:
                found[wanted[member.name]] = _entries(member.name, archive.extractfile(member).read())
    if missing := [name for name in wanted if wanted[name] not in found]:
        raise ValueError(f"should hold {', '.join(wanted)}; missing are {', '.join(missing)}.")
    return found


def _entries(name, content):
    try:
        return entries(content)
    except ValueError as error:
        raise ValueError(f"{name} is {error}") from None


def _pictures(found):
    names = found[NAMES].get("label_names")
    if not isinstance(names, list) or not all(isinstance(name, (str, bytes)) for name in names):
        raise ValueError(f"{NAMES} should hold `label_names`, a list of words; found {type(names).__name__}.")
    train, test = [[_batch(name, found[name], len(names)) for name in part] for part in (TRAIN, TEST)]
    return Pictures(*map(np.concatenate, zip(*train)), *map(np.concatenate, zip(*test)), [text(name) for name in names])


def _batch(name, entry, n_classes):
    """Images (n, 3, 32, 32) and labels (n,): a row of `data` is all red, then all green, then all blue pixels."""
    rows, labels = entry.get("data"), entry.get("labels")
    n_pixels = COLOURS * HEIGHT * WIDTH
    if not isinstance(rows, np.ndarray) or rows.shape[1:] != (n_pixels,):
        raise ValueError(f"`data` of {name} should be an array of shape (n, {n_pixels}); found "
                         f"{getattr(rows, 'shape', type(rows).__name__)}.")
    if not isinstance(labels, list) or len(labels) != len(rows):
        raise ValueError(f"`labels` of {name} should be a list of {len(rows)} numbers, one for each image; found "
                         f"{len(labels) if isinstance(labels, list) else type(labels).__name__}.")
    if wrong := [label for label in labels if type(label) is not int or not 0 <= label < n_classes]:
        raise ValueError(f"`labels` of {name} should be 0 to {n_classes - 1}; found {wrong[0]!r}.")
    return rows.reshape(-1, COLOURS, HEIGHT, WIDTH), np.array(labels, np.int64)
