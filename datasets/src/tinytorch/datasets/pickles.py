"""Pickles that hold bytes, text, numbers, lists, dicts and arrays of bytes; nothing that they name is run.

A pickle is a small program: it may name any function that Python can import, and call it. Here the few names by which
NumPy's arrays are pickled lead to stand-ins of ours, and any other is refused.
"""
import io
import pickle

import numpy as np


class Kind:
    """Stands in for `numpy.dtype`."""

    def __init__(self, code, *_):
        self.code = text(code)

    def __setstate__(self, state):
        """The order of bytes in a number is nothing to a single byte."""


class Array:
    """Stands in for what makes a NumPy array: first nothing, then its shape and content."""

    def __init__(self, *_):
        self.values = None

    def __setstate__(self, state):
        _, shape, kind, columns_first, content = state
        if kind.code != "u1":
            raise pickle.UnpicklingError(f"its numbers are {kind.code}, and only bytes, u1, are read")
        self.values = np.frombuffer(content, np.uint8).reshape(shape, order="F" if columns_first else "C")


STANDINS = {"numpy.core.multiarray._reconstruct": Array, "numpy._core.multiarray._reconstruct": Array,
            "numpy.ndarray": Array, "numpy.dtype": Kind}


class Plain(pickle.Unpickler):
    """Reads data, and refuses by its name whatever else a pickle asks for."""

    def find_class(self, module, name):
        asked = f"{module}.{name}"
        if asked not in STANDINS:
            raise pickle.UnpicklingError(f"it asks for {asked}, which plain data has no use for")
        return STANDINS[asked]


def text(value: str | bytes) -> str:
    """A name as text; Python 2 wrote bytes."""
    return value.decode() if isinstance(value, bytes) else value


def entries(content: bytes) -> dict:
    """The dict that a pickle of Python 2 or 3 holds, by text; its arrays share the bytes and cannot be written to.

    Raises
    ------
    ValueError
        If the pickle is damaged, holds no dict, or asks for more than plain data.
    """
    try:
        found = Plain(io.BytesIO(content), encoding="bytes").load()
        return {text(key): value.values if isinstance(value, Array) else value for key, value in found.items()}
    except Exception as error:  # a broken pickle may raise anything
        raise ValueError(f"not a pickle of plain data: {error}") from None
