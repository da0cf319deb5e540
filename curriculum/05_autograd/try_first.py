"""The naive attempt at Autograd: nudge one number after the other, as in Lesson 04.

It finds all 500 slopes, and needs 501 calls for them: one at the point, one for each nudge.
"""
import numpy as np

TARGET = {"calls": 3}


def attempt(lesson, height, point, step=1e-6):
    """The slope of `height` for each number of `point`."""
    def at(array):
        return height(lesson.Tensor(array, dtype=np.float64)).item()

    here, slopes = at(point), np.zeros_like(point)
    for n in range(len(point)):
        nudged = point.copy()
        nudged[n] += step
        slopes[n] = (at(nudged) - here) / step
    return slopes


def result(lesson):
    """How many calls `attempt` takes, under the names of TARGET."""
    height = lesson.Height()
    slopes = attempt(lesson, height, lesson.point)
    assert np.isfinite(slopes).all() and np.ptp(slopes) > 0.1
    return {"calls": height.calls}
