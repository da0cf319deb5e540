"""The naive attempt at Scalar autograd: nudge one number after the other. Three slopes take four calls."""

TARGET = {"calls": 2}


def attempt(height, point, step=1e-6):
    """The slope of `height` for each number of `point`."""
    here, slopes = height(*point), []
    for at in range(len(point)):
        moved = [x + step * (n == at) for n, x in enumerate(point)]
        slopes.append((height(*moved) - here) / step)
    return slopes


def result(lesson):
    """How many calls `attempt` takes, under the names of TARGET."""
    calls = []

    def counted(*numbers):
        calls.append(numbers)
        return lesson.height(*numbers)

    slopes = attempt(counted, (3, -2, 0.5))
    assert abs(slopes[0] - 22) < 0.01
    return {"calls": len(calls)}
