"""How two ways of doing the same work are timed against each other: in turn, in one run, on one thread.

The speed of a machine drifts by more than the differences that we ask about. So the ways take turns, each turn gives
one ratio, and what is reported is the median of the ratios with the span of their middle 80 %. The clock is the
process's own, which stands still while the machine does other work; on one thread, nothing is lost by that.
"""
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

WARM_UP = 0.1  # of the repeats, unmeasured


class Workload(NamedTuple):
    """The same work three ways. Each returns a function that gives its values, which are compared before all timing."""

    name: str
    ours: Callable[[], Callable]
    numpy: Callable[[], Callable] | None
    torch: Callable[[], Callable]
    repeats: int
    target: float | None = None  # of ours / torch, as the lessons before 18 leave it
    accelerated: float | None = None  # of ours / torch, with acceleration on
    rtol: float = 1e-3
    atol: float = 1e-5


class Ratio(NamedTuple):
    median: float
    low: float  # the tenth percentile
    high: float  # the ninetieth
    repeats: int

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def seconds(work):
    """The time of one call; what has a `prepare` is prepared first, untimed."""
    getattr(work, "prepare", int)()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def values(work):
    getattr(work, "prepare", int)()
    return work()()


def ratio(work, other, repeats):
    """Time of `work` in units of `other`, and the median seconds of `work`."""
    for _ in range(max(1, int(WARM_UP * repeats))):
        seconds(work)
        seconds(other)
    times = []
    for turn in range(repeats):
        if turn % 2:  # who goes first changes, for the second finds the caches used
            second, first = seconds(other), seconds(work)
        else:
            first, second = seconds(work), seconds(other)
        times.append((first, second))
    ratios = sorted(first / second for first, second in times)
    tenth = len(ratios) // 10
    return (Ratio(statistics.median(ratios), ratios[tenth], ratios[-1 - tenth], repeats),
            statistics.median(first for first, _ in times))


def agree(workload):
    """Raise AssertionError unless all ways give the same values, at their first call and at their third."""
    for _ in range(3):
        found = {way: values(work) for way, work in (("ours", workload.ours), ("NumPy", workload.numpy),
                                                     ("PyTorch", workload.torch)) if work is not None}
        for way, given in found.items():
            for ours, theirs in zip(found["ours"], given, strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=workload.rtol, atol=workload.atol,
                                           err_msg=f"{workload.name}: ours and {way}")
