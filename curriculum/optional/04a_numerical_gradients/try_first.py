"""The naive attempt at Numerical gradients: one side, and the smallest nudge that comes to mind. Rounding eats it."""

TARGET = {"off_by": 1e-9}


def attempt(function, x):
    """The slope at x, with ever smaller nudges on one side; the last one counts."""
    for n in range(1, 15):
        eps = 10.0**-n
        found = (function(x + eps) - function(x)) / eps
    return found


def result(lesson):
    """How far `attempt` is from 12, under the names of TARGET."""
    return {"off_by": abs(attempt(lesson.cube, 2.0) - 12)}
