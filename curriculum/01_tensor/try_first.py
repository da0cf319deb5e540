"""The naive attempt at Tensor: write the transposed table out, row by row.

It is right, it is one line, and it misses the target by a factor of 8,000: a million places of a list take 8 MB.
"""
import sys

TARGET = {"added_bytes": 1_000}


def attempt(flat, size=1000):
    """A flat list of the transposed table."""
    return [flat[size * j + i] for i in range(size) for j in range(size)]


def result(lesson):
    """What `attempt` reaches on the lesson's own table, under the names of TARGET."""
    transposed = attempt(lesson.flat)
    assert transposed[1] == lesson.flat[1000]
    return {"added_bytes": sys.getsizeof(transposed)}
