"""The naive attempt at Layers: try one constant after another until width 256 comes out right.

0.09 does it there: fifty layers leave a spread near 1. At width 64 the same constant leaves 1e-15, since a layer
multiplies the spread by 0.09 * sqrt(n / 2), and that is 1.02 for one width and 0.51 for the other.
"""

TARGET = {"times_off": 10}


def attempt(shape, rng):
    """Numbers for a table of `shape`."""
    return 0.09 * rng.normal(size=shape)


def result(lesson):
    """How many times too small or too large the worse of the two spreads is, under the name of TARGET."""
    spreads = [lesson.spread_after_fifty(attempt, n) for n in (64, 256)]
    return {"times_off": max(max(spread, 1 / spread) for spread in spreads)}
