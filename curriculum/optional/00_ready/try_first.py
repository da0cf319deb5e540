"""The naive attempt at Ready: a loop of Python's over all numbers. Right, and slow."""

TARGET = {"loops": 0}


def attempt(numbers):
    """The sum of squares, and how many loops it took."""
    total = 0
    for x in numbers:
        total += int(x) * int(x)
    return total, 1


def result(lesson):
    """How many loops `attempt` takes, under the names of TARGET."""
    total, loops = attempt(lesson.numbers[:1000])
    assert total == 28_500
    return {"loops": loops}
