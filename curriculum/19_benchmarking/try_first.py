"""The naive attempt at Benchmarking: each function once, and the faster one wins if it is faster by a little.

It times a first run, in which nothing is warm, and takes every disturbance for a difference.
"""
TARGET = {"wrong": 10}


def attempt(a, b, clock):
    """Who is faster, "a", "b" or "neither", by one run of each."""
    times = []
    for work in (a, b):
        start = clock()
        work()
        times.append(clock() - start)
    if abs(times[0] - times[1]) < 0.025 * times[0]:
        return "neither"
    return "a" if times[0] < times[1] else "b"


def result(lesson):
    """How many of a hundred verdicts are wrong, under the names of TARGET."""
    return {"wrong": lesson.wrong_verdicts(attempt)}
