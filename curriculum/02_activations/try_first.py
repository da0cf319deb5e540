"""The naive attempt at Activations: the best that tables and shifts can do, found by least squares.

Any number of steps is one step, a straight line, and the best line through 2, 1, 1, 2 is flat: 1.5, off by 0.5.
"""
import numpy as np

TARGET = {"largest_error": 0.1}


def attempt(rows, wanted):
    """The table and the shift of the one step that comes nearest."""
    ones = np.ones_like(rows)
    solution = np.linalg.lstsq(np.hstack([rows, ones]), wanted, rcond=None)[0]
    return solution[:1], solution[1:]


def result(lesson):
    """What `attempt` reaches on the lesson's own rows, under the names of TARGET."""
    table, shift = attempt(lesson.rows.data, lesson.wanted.data)
    found = lesson.rows @ lesson.Tensor(table) + lesson.Tensor(shift)
    return {"largest_error": (found - lesson.wanted).abs().max().item()}
