# %% [markdown]
# # 19 Benchmarking
#
#     Needs    01 Tensor
#     Teaches  how to time code so that the number means something, and how to tell a difference from chance
#     Opens    20 Capstone, where a speed-up has to convince strangers
#
# You have made code faster, five modules long, and each time a clock said so. Now ask the clock about a function and
# that very same function: on a machine of ours it finds one of them more than 5 % faster one time in five with two
# cores at work, and one time in seventeen with one. How often on yours, you will measure in a minute. By the end of
# this page you can say of any speed-up how large it is, how sure you are, and how often you would have seen as much if
# there were nothing to see.

# %% given="start"
#| default_exp benchmarking
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("19")

# %% given="imports"
#| export
import importlib
import math
import os
import platform
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tinytorch.core.tensor import default_rng

Work = Callable[[], object]  # what is timed: a call without arguments
Clock = Callable[[], float]  # seconds, counted from anywhere
Seconds = NDArray[np.float64]

# %% given="tools"
import itertools

from tinytorch.core.tensor import Tensor

# %% [markdown]
# Since Module 14 exported code says its types. `Clock` is one of them: whatever gives seconds will do, and so a test
# can bring a clock of its own. We bring a whole machine. Of a real one nobody knows how long its work would take if
# nothing disturbed it; of this one you do. Most runs take a little longer than they should, some are interrupted, the
# first two are slow because nothing is warmed up. And with `heat`, the longer it works the slower it gets.

# %% given="machine"
class Machine:
    """A computer whose work takes as long as you say, disturbed as on real ones; `heat` slows it down by the second."""

    def __init__(self, seed, heat=0.0):
        self.rng, self.heat, self.now = np.random.default_rng(seed), heat, 0.0

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def disturbed(self, count):
        """By which factors so many runs take longer."""
        interrupted = (self.rng.random(count) < 0.02) * self.rng.exponential(size=count)
        return 1 + 0.032 * self.rng.exponential(size=count) + interrupted

    def work(self, ms, answer=None):
        """A function that takes so many thousandths of a second, and three times as long in its first two runs."""
        runs = itertools.count()

        def run():
            cold = 3 if next(runs) < 2 else 1
            self.now += ms / 1000 * cold * (1 + self.heat * self.now) * float(self.disturbed(1)[0])
            return answer

        return run

# %% [markdown]
# ## Try first
#
# You are the referee. `referee(a, b, clock)` may run both functions as often as it likes, a hundred times each, say,
# and look at the clock. It says which one is faster, "a" or "b", or "neither". Of the hundred pairs below, one is 5 %
# faster than the other in half of them; in the other half both are the same. Ten minutes, ungraded. Target: at most
# ten wrong verdicts. If you miss it, keep the attempt: you will meet it again.

# %% given="cases"
def cases(count=100):
    """(clock, a, b, which one is faster), each on a machine of its own that heats up."""
    for seed, truth in zip(range(count), itertools.cycle(["neither", "a", "neither", "b"])):
        machine = Machine(seed, heat=1.0)
        yield machine.clock, *(machine.work(0.95 if truth == name else 1.0) for name in "ab"), truth


def wrong_verdicts(referee):
    return sum(referee(a, b, clock) != truth for clock, a, b, truth in cases())

# %% scratch="try_first"
def referee(a, b, clock):
    times = []
    for work in (a, b):
        start = clock()
        work()  # your attempt
        times.append(clock() - start)
    if abs(times[0] - times[1]) < 0.025 * times[0]:
        return "neither"
    return "a" if times[0] < times[1] else "b"


print("wrong verdicts:", wrong_verdicts(referee))

# %% [markdown]
# ## Build: one run is a rumour
#
# Two things spoil a single run. It may be the first, in which memory is asked for, libraries wake up and caches are
# empty: that is what *warm-up* runs are for, which nobody counts. And it may be disturbed: so run many times, and keep
# every time by itself. Whoever keeps only the sum can never again see what disturbed it.

# %% exercise="timed"
#| export
def timed(work: Work, repeats: int, warmup: int = 3, clock: Clock = time.perf_counter) -> Seconds:
    """Seconds of each of `repeats` runs of `work`, in their order, after `warmup` runs that are not kept."""
    # How: run `warmup` times. Then, for each repeat: read the clock, run, read the clock again, keep the difference.
    # Example: with warmup 3 and repeats 5 the work runs 8 times, and the answer has 5 numbers.
    # Hint: make np.zeros(repeats) before, so that nothing stands between the two readings but work().
    ### BEGIN SOLUTION
    for _ in range(warmup):
        work()
    times = np.zeros(repeats)
    for at in range(repeats):
        start = clock()
        work()
        times[at] = clock() - start
    return times
    ### END SOLUTION

# %% check="timed" points=8
got = [70.0, 30.0, 5.0, 4.0, 9.0, 3.0, 6.0], [], []  # seconds that runs will take, that they took, readings so far
got = *got, timed(lambda: got[1].append(got[0].pop(0) if got[0] else 1.0), 5, 2,
                  lambda: got[2].append("read") or float(sum(got[1])))
assert isinstance(got[3], np.ndarray), f"an array of seconds; yours is of type {type(got[3]).__name__}"
assert got[3].shape == (5,), f"5 repeats give 5 numbers, warm-up none; yours have shape {got[3].shape}"
assert got[3].dtype == np.float64, f"seconds have digits, and `Seconds` says which: float64; yours {got[3].dtype}"
assert len(got[1]) == 7, f"2 runs to warm up and 5 that count are 7; yours ran {len(got[1])} times"
assert sorted(got[3]) == [3, 4, 5, 6, 9], (
    f"after 70 and 30, which warm up, the runs take 5, 4, 9, 3, 6 seconds by the clock that was given; yours say "
    f"{got[3]}. Between which two readings of it lies each of yours?")
assert np.allclose(got[3], [5, 4, 9, 3, 6]), f"5, 4, 9, 3, 6 seconds, in the order of the runs; yours say {got[3]}"
assert len(got[2]) >= 10, (
    f"a reading before and one after each of 5 runs are 10; yours {len(got[2])}. What else lies between two of yours?")
got = []
got = got, timed(lambda: got.append(3.0), 4, 0, lambda: sum(got))
assert len(got[0]) == 4, f"with warmup 0 only the 4 repeats run; yours ran {len(got[0])} times"

# %% [markdown]
# On your own machine, then: the product of two tables of 128 by 128. It takes all cores it can get, and its first run
# wakes them up, unless you set OMP_NUM_THREADS=1 before Python started. How many times longer than a usual run is the
# very first? And of 400 pairs of runs of this one function, in how many does one take more than 5 % longer than the
# other, and in how many more than 10 %?

# %% predict="once"
predict("first run against the median of twenty", None, unit="times as long")  # your guess in place of None
predict("pairs that differ by more than 5 %", None, unit="%")
predict("pairs that differ by more than 10 %", None, unit="%")

# %% demo="once"
x = Tensor(np.random.default_rng(3).normal(size=(128, 128)))


def product():
    return x @ x


def percent_apart(times_s, by):
    """How many percent of the pairs of neighbours differ by more than `by`."""
    pairs = times_s.reshape(-1, 2)
    return round(100 * float((pairs.max(axis=1) / pairs.min(axis=1) > 1 + by).mean()), 1)


cold = timed(product, 21, warmup=0)
measured("first run against the median of twenty", round(cold[0] / float(np.median(cold[1:])), 1), unit="times as long")
pairs = timed(product, 800)
measured("pairs that differ by more than 5 %", percent_apart(pairs, 0.05), unit="%")
measured("pairs that differ by more than 10 %", percent_apart(pairs, 0.10), unit="%")

# %% [markdown]
# Whoever runs old and new once each can expect to find a difference of that size where there is none.
#
# ## Build: the middle and the tail
#
# Which number stands for many times? Disturbances only add, now and then a lot: one long interruption moves the *mean*
# and leaves the *median* where it is. So the median says what is usual. But who waits for an answer does not wait for
# the median. For those, look at the far end: the *percentile* q is a time that q percent of the runs keep to. The one
# for q = 99 is p99 for short; p50 is the median, or next to it.

# %% [markdown]
# There are nine ways to compute one. Ours makes up no number between two that were measured, as is the custom where
# answers are served. It is the *nearest rank*: sort, and take the first value that, counted with all before it, makes
# up q percent. Of 40 times and q = 90 that is number 36. Where the count comes out between two, take the later one.

# %% exercise="percentile"
#| export
def percentile(values: ArrayLike, q: float) -> float:
    """The smallest of the values that at least `q` percent of them do not exceed, by nearest rank; 0 < q <= 100.

    Raises
    ------
    ValueError
        If there are no values, or if q is not a percentage.
    """
    if not 0 < q <= 100:
        raise ValueError(f"a percentile is above 0 and at most 100, such as 90 for p90; found {q}")
    ordered = np.sort(np.asarray(values, dtype=float))
    if not len(ordered):
        raise ValueError("a percentile needs values, and found none. Did the work run?")
    # How: the rank is q percent of how many values there are, rounded up; the answer is the value of that rank.
    # Example: of 7, 3, 9, 5 the percentile 50 is 5 (rank 2), 51 is 7 (rank 3), 100 is 9.
    # Hint: math.ceil(q * n / 100), multiplied first; rank 1 stands at index 0. Return a float.
    ### BEGIN SOLUTION
    rank = math.ceil(q * len(ordered) / 100)
    return float(ordered[rank - 1])
    ### END SOLUTION

# %% check="percentile" points=8
got = [percentile([7, 3, 9, 5], q) for q in (50, 51, 100)]
assert all(isinstance(one, float) for one in got), f"a float; yours: {[type(one).__name__ for one in got]}"
assert got == [5, 7, 9], f"sorted 3, 5, 7, 9: p50 has rank 2, p51 rank 3, p100 rank 4: 5, 7, 9; yours {got}"
got = percentile([30, 10, 40, 20, 60, 50, 80, 70, 100, 90], 90)
assert got == 90, f"of ten values p90 is number nine, 90; yours {got:g}. 91 lies between two that were measured."
got = percentile([8, 6, 4, 7, 5], 25), percentile([6.0], 3)
assert got == (5, 6), f"25 percent of 5 is 1.25, so rank 2: 5; and 3 percent of one value is that value: 6; yours {got}"
got = percentile(range(1, 101), 7)
assert got == 7, f"7 percent of 1 to 100 is rank 7; yours {got:g}. What does Python say of 7 / 100 * 100?"
got = percentile(range(1, 1002), 0.1)
assert got == 2, f"0.1 percent of 1,001 values is 1.001, so rank 2; yours {got:g}. Up means up, however little is over."

# %% [markdown]
# A thousand runs of a work of 1 ms on a `Machine`; its `disturbed` says what comes on top. By how many percent is the
# mean above 1 ms, the median, and p99?

# %% predict="tail"
predict("mean above the undisturbed time", None, unit="%")  # your guess in place of None
predict("median above the undisturbed time", None, unit="%")
predict("p99 above the undisturbed time", None, unit="%")

# %% demo="tail"
machine = Machine(3)
times = 1000 * timed(machine.work(1.0), 1000, clock=machine.clock)  # ms
measured("mean above the undisturbed time", round(100 * float(times.mean() - 1), 1), unit="%")
measured("median above the undisturbed time", round(100 * (percentile(times, 50) - 1), 1), unit="%")
measured("p99 above the undisturbed time", round(100 * (percentile(times, 99) - 1), 1), unit="%")

# %% [markdown]
# Who asks decides what is measured. With `timed` each question waits for the answer to the one before: a *single
# stream*. A service cannot tell its users to wait with their questions: they come when they like, and a latency begins
# when a question comes, not when its turn comes. `served` does that, for any arrivals. All of them at 0 is the
# *offline* case, a pile to be worked off, in which only the throughput counts. `arrivals` draws those of a *server*.

# %% given="served"
#| export
def arrivals(rate: float, count: int, rng: np.random.Generator) -> Seconds:
    """When `count` questions come that know nothing of each other, `rate` a second on average."""
    return np.cumsum(rng.exponential(1 / rate, count))


def served(answer: Work, arrivals_s: ArrayLike, clock: Clock = time.perf_counter,
           sleep: Callable[[float], object] = time.sleep) -> Seconds:
    """The latency of each question, from its arrival to its answer; one at a time, in their order.

    Parameters
    ----------
    answer : answers one question
    arrivals_s : when each question comes, in seconds from now, rising; zeros if all are there at once
    sleep : waits so many seconds
    """
    start, times = clock(), np.asarray(arrivals_s, dtype=float)
    latencies = np.zeros(len(times))
    for at, arrival_s in enumerate(times):
        sleep(max(0.0, start + float(arrival_s) - clock()))
        answer()
        latencies[at] = clock() - start - arrival_s
    return latencies

# %% [markdown]
# The answer takes 5 ms on a `Machine`, so a server could give 200 a second at most. If it took exactly 5 ms each time,
# a question would wait u / (2 - 2 * u) answers on average, where u is the share of time in which the server is busy:
# none at u = 0, without end at u = 1. What are p50 and p99 when 100 questions come in a second, and when 180 come?

# %% predict="load"
predict("p50 at 100 a second", None, unit="ms")  # your guess in place of None
predict("p99 at 100 a second", None, unit="ms")
predict("p50 at 180 a second", None, unit="ms")
predict("p99 at 180 a second", None, unit="ms")

# %% demo="load"
for rate in (100, 180):
    machine = Machine(5)
    coming = arrivals(rate, 2000, np.random.default_rng(3))
    waits = 1000 * served(machine.work(5.0), coming, machine.clock, machine.sleep)
    measured(f"p50 at {rate} a second", round(percentile(waits, 50), 1), unit="ms")
    measured(f"p99 at {rate} a second", round(percentile(waits, 99), 1), unit="ms")

# %% [markdown]
# The same code on the same machine: a latency without its load is half a number.
#
# ## Build: how sure is a median
#
# Run it all again, and the median is another one. How far might it move? You could repeat the whole experiment a
# thousand times. The *bootstrap* (Efron, 1979) asks the times that you have instead. They are the best picture you have
# of what might come, so draw from them: as many as there are, each time from all of them, so that some come twice and
# some not at all. Take the median of what was drawn, and do this a thousand times. The middle 95 percent of these
# medians are the *confidence interval*.

# %% exercise="interval"
#| export
def bootstrap_interval(values: ArrayLike, rng: np.random.Generator, level: float = 0.95,
                       draws: int = 1000) -> tuple[float, float]:
    """The middle `level` of the medians of `draws` samples, drawn from the values with replacement; (low, high)."""
    values = np.asarray(values, dtype=float)
    # How: draw a table with `draws` rows, each with as many values as you were given; the median of each row. Then the
    # two percentiles of these medians between which the level lies, with equal shares left out on both sides.
    # Example: for level 0.9 these are the percentiles 5 and 95.
    # Hint: rng.choice(values, (rows, columns)) draws with replacement; np.median(table, axis=1); percentile is yours.
    ### BEGIN SOLUTION
    medians = np.median(rng.choice(values, (draws, len(values))), axis=1)
    outside = 100 * (1 - level) / 2
    return percentile(medians, outside), percentile(medians, 100 - outside)
    ### END SOLUTION

# %% check="interval" points=10
got = bootstrap_interval([6.0] * 7, np.random.default_rng(3)), bootstrap_interval([4.0], np.random.default_rng(3))
assert got == ((6, 6), (4, 4)), f"seven equal times, and a single one, leave no doubt: (6, 6) and (4, 4); yours {got}"
got = np.array([*range(3, 15), 20.0]) ** 2
got = [bootstrap_interval(got, np.random.default_rng(3), level, 1000) for level in (0.92, 0.7)]
assert got[0][1] < 400, f"400 is in the middle of a sample once in many thousands; is your {got[0][1]:g} a median?"
assert got[0] == (36, 144), (
    f"of the squares of 3 to 14 and of 20, drawn anew, 92 percent of the medians lie from 36 to 144; yours from "
    f"{got[0][0]:g} to {got[0][1]:g}. Too narrow: is each sample as large as the values, and drawn with replacement? "
    "Too wide: which two percentiles do you ask for? One end wrong: must both be equally far from the median?")
assert got[1] == (49, 121), (
    f"70 percent lie from 49 to 121; yours from {got[1][0]:g} to {got[1][1]:g}. (64, 100) leaves out 30 on each side.")
got = [bootstrap_interval(range(3, 16), np.random.default_rng(seed), 0.5, draws)
       for draws in (1, 2, 2) for seed in range(9)]
assert all(low == high for low, high in got[:9]), f"one draw has one median, and both ends are it; yours {got[0]}"
assert len(set(got)) > 4 and got[9:18] == got[18:], (
    "another seed of `rng` gives other draws, and the same seed the same; not so with yours. Who draws them?")
assert all(low in range(3, 16) and high in range(3, 16) for low, high in got), (
    f"of two medians, low is one and high the other, none between them; yours {got[18:]}. Whose percentile is it?")

# %% [markdown]
# Is it true? Only a machine that we know can tell. A hundred times 25 runs, and a hundred intervals at 95 percent: how
# many hold the true median? And with 100 runs each, how many times narrower are they?

# %% predict="sure"
predict("of 100 intervals hold the true median", None)  # your guess in place of None
predict("narrower with four times as many runs", None, unit="times")

# %% demo="sure"
machine, rng = Machine(7), np.random.default_rng(7)
truth = float(np.median(machine.disturbed(200_000)))  # of a work of 1 ms, in ms
found = {runs: np.array([bootstrap_interval(1000 * timed(machine.work(1.0), runs, clock=machine.clock), rng)
                         for _ in range(100)]) for runs in (25, 100)}
low, high = found[25].T
measured("of 100 intervals hold the true median", int(((low <= truth) & (truth <= high)).sum()))
width = {runs: float(np.diff(ends).mean()) for runs, ends in found.items()}
measured("narrower with four times as many runs", round(width[25] / width[100], 1), unit="times")

# %% [markdown]
# Half as wide costs four times the runs. That is why nobody can prove a speed-up of a tenth of a percent by patience.
#
# Given: a `Benchmark` is a work and how to time it; what comes out is a `Timing`, which keeps every single time.

# %% given="benchmark"
#| export
@dataclass(frozen=True)
class Timing:
    """The times of one work, all of them."""

    times_s: Seconds
    interval_s: tuple[float, float]  # of the median, 95 percent

    @property
    def median_s(self) -> float:
        return float(np.median(self.times_s))

    def percentile_s(self, q: float) -> float:
        return percentile(self.times_s, q)

    def __str__(self) -> str:
        low, high = (1000 * end for end in self.interval_s)
        return (f"median {1000 * self.median_s:.4g} ms, 95 % interval {low:.4g} to {high:.4g}, "
                f"p90 {1000 * self.percentile_s(90):.4g}, {len(self.times_s)} runs")


@dataclass(frozen=True)
class Benchmark:
    """A work and how to time it: `warmup` runs that nobody counts, then `repeats` that are kept.

    `Benchmark(work).run()` is a Timing.
    """

    work: Work
    repeats: int = 30
    warmup: int = 3
    clock: Clock = time.perf_counter

    def run(self, rng: np.random.Generator | None = None) -> Timing:
        times_s = timed(self.work, self.repeats, self.warmup, self.clock)
        return Timing(times_s, bootstrap_interval(times_s, rng or default_rng()))

# %% demo="benchmark"
print(Benchmark(product).run())

# %% [markdown]
# ## Build: is it chance?
#
# Now two works. Time them in pairs, one run each, close together, so that what disturbs one most likely disturbs the
# other as well, and ask of each pair only who won. If there is no difference, each pair is the throw of a coin. Forty
# pairs, and b wins 29: is that a difference, or a coin? The *sign test* answers with one number: how often would a fair
# coin be at least as one-sided as this, in favour of either? That is the *p value*. A small one says: hardly a coin.

# %% [markdown]
# How often a coin shows k heads in n throws is counting: `math.comb(n, k)` of all `2**n` rows of throws. For 9 of 10
# the rows as one-sided as that have 9 or 10 heads, or 1 or 0 of them: 10 + 1 + 10 + 1 = 22 of 1,024, so p is 0.021.

# %% exercise="sign_test"
#| export
def sign_test(wins: int, pairs: int) -> float:
    """The p value of `wins` in `pairs`: how often a fair coin is at least as one-sided, to either side."""
    # How: take the wins of the side that has fewer. Count the rows of throws with that many heads or fewer, as a share
    # of all rows, and take it twice, for both sides. If wins are even, both share a row: the answer is at most 1.
    # Example: sign_test(9, 10) and sign_test(1, 10) are 22 / 1024; sign_test(5, 10) is 1.
    # Hint: min(wins, pairs - wins); a sum of math.comb(pairs, heads), whole up to one division; min(1.0, ...).
    ### BEGIN SOLUTION
    fewer = min(wins, pairs - wins)
    rows = sum(math.comb(pairs, heads) for heads in range(fewer + 1))
    return min(1.0, 2 * rows / 2**pairs)
    ### END SOLUTION

# %% check="sign_test" points=8
got = sign_test(9, 10), sign_test(1, 10)
assert np.allclose(got, 22 / 1024), (
    f"9 of 10 and 1 of 10: (1 + 10 + 10 + 1) / 1024 is 0.0215 for both; yours {got[0]:.4f} and {got[1]:.4f}. "
    "0.0107 counts one side, 0.0195 leaves out what is even more one-sided.")
got = sign_test(5, 10)
assert got == 1, f"5 of 10 is as even as can be: exactly 1; yours {got:.4f}"
got = sign_test(29, 40)
assert np.isclose(got, 0.0064, atol=5e-5), f"29 of 40: 0.0064; yours {got:.4f}"
try:
    got = sign_test(640, 1200)
except OverflowError as error:
    raise AssertionError(f"640 of 1,200: {error}. Python's whole numbers have no end; which of yours is a float?")
assert np.isclose(got, 0.0225, atol=5e-5), f"640 of 1,200: 0.0225; yours {got:.4f}"

# %% [markdown]
# ## A fault to find: the same function wins
#
# A colleague times all works one after the other.

# %% fault="colleague_times"
def colleague_times(works, repeats, clock):
    """Seconds of each run, (works, repeats)."""
    return np.array([timed(work, repeats, clock=clock) for work in works])


ran = []  # the seconds of all runs so far; their sum is a clock
times = colleague_times([lambda: ran.append(3.0), lambda: ran.append(5.0)], 4, lambda: sum(ran))
assert times.shape == (2, 4) and (times[0] == 3).all() and (times[1] == 5).all()

# %% [markdown]
# On a steady clock nothing is wrong with it. So let a function race against itself, forty runs each, on twenty
# machines, which heat up as machines do. In how many of the twenty races does the sign test see a difference, with p
# below 0.05? And in how many is it the first one that wins?

# %% given="races"
def wins_of_first(times_s):
    """In how many pairs the first work was faster, and how many pairs there are."""
    return int((times_s[0] < times_s[1]).sum()), times_s.shape[1]


def races(measure):
    """Wins of the first in twenty races of a work of 1 ms against itself, forty pairs each."""
    machines = [Machine(seed, heat=1.0) for seed in range(20)]
    return [wins_of_first(measure([machine.work(1.0)] * 2, 40, clock=machine.clock)) for machine in machines]

# %% predict="races"
predict("races with a difference, of 20", None)  # your guess in place of None
predict("races won by the first, of 20", None)

# %% demo="races"
found = races(colleague_times)
measured("races with a difference, of 20", sum(sign_test(*one) < 0.05 for one in found))
measured("races won by the first, of 20", sum(2 * wins > pairs for wins, pairs in found))

# %% [markdown]
# It is not chance, and more runs make it worse: what changes with time, such as heat, a neighbour's program, the speed
# that a chip is allowed, goes wholly to the account of one of them. Test with a steady clock and you never see it.
#
# Every *round* must hold each work once: *interleave*. First the check that was missing.

# %% exercise="catch"
def check_times(measure):
    """Raise AssertionError unless `measure(works, repeats, clock)` takes rounds and keeps each work's own times."""
    # How: two works that note in a list who runs, and that move a clock by 3 and by 5 seconds. Measure 6 times. Of the
    # notes, those of the warm-up stand first; take the last 2 * repeats of them, two by two: in each pair both ran.
    # Then look at the times: shape (2, repeats), a row of 3 and a row of 5.
    # Example: check_times(colleague_times) raises AssertionError.
    # Hint: the list is the clock as well: a clock may give sum(notes), if a work notes its seconds.
    ### BEGIN SOLUTION
    notes = []
    times = measure([lambda: notes.append(3.0), lambda: notes.append(5.0)], 6, clock=lambda: sum(notes))
    rounds = np.array(notes[-12:]).reshape(6, 2)
    assert (rounds[:, 0] != rounds[:, 1]).all(), f"a round without one of the works: {rounds.tolist()}"
    assert times.shape == (2, 6), f"shape {times.shape}"
    assert (times[0] == 3).all() and (times[1] == 5).all(), "times of one work stand in the row of another"
    ### END SOLUTION

# %% check="catch" points=6
def got(order, after=lambda times: times):
    """Measures in the order that `order(repeats)` gives; `after` is done to the times."""
    def measure(works, repeats, clock):
        times = [], []
        for work in works:
            timed(work, 0, 2, clock)
        for who in order(repeats):
            times[who].append(timed(works[who], 1, 0, clock)[0])
        return after(np.array(times))
    return measure


assert rejects(check_times, colleague_times), "your check lets the colleague pass. In which order did the works run?"
assert not rejects(check_times, got(lambda n: [0, 1] * n)), "your check refuses rounds in which both run"
assert not rejects(check_times, got(lambda n: ([1, 0, 1, 0, 0, 1] * n)[:2 * n])), (
    "your check refuses rounds in another order")
assert rejects(check_times, got(lambda n: [0] * n + [1] * n)), (
    "your check lets one work's runs come first and then the other's. Both have as many; when do they run?")
assert rejects(check_times, got(lambda n: [0, 1] + [0] * (n - 1) + [1] * (n - 1))), (
    "your check lets one round with both pass, and then all of one, all of the other. How many rounds does it look at?")
assert rejects(check_times, got(lambda n: [0] * (n - 1) + [1] * (n - 1) + [0, 1])), (
    "your check lets all of one, all of the other pass, and then one round with both. How many rounds does it look at?")
assert rejects(check_times, got(lambda n: [0, 1] * n, lambda times: times[::-1])), (
    "your check lets works change rows. Look at the times.")
assert rejects(check_times, got(lambda n: [0, 1] * n, lambda times: np.hstack([times, times]))), (
    "your check lets every time come back twice. What shape have right ones?")
assert rejects(check_times, got(lambda n: [0, 1] * n, lambda times: times * (np.arange(times.shape[1]) < 1))), (
    "your check lets times pass that are 0 but for the first of each row. Which of them does it look at?")

# %% [markdown]
# Now the repair, for any number of works. In what order, within a round? Whoever always comes second finds memory as
# the other left it. So draw the order anew for each round: then nobody always comes second.

# %% exercise="repair"
#| export
def interleaved(works: Sequence[Work], repeats: int, warmup: int = 3, clock: Clock = time.perf_counter,
                rng: np.random.Generator | None = None) -> Seconds:
    """Seconds of each run, (works, repeats): in each round every work runs once, in an order drawn anew."""
    rng = rng or default_rng()
    # How: warm up every work; then for each round draw an order, and in that order time one run of each work, without
    # further warm-up, into the row of the work and the column of the round.
    # Example: interleaved([a, b], 4) may run a b, b a, b a, a b, after three runs of a and three of b.
    # Hint: rng.permutation(len(works)) is an order. timed(work, 1, 0, clock)[0] are the seconds of one run.
    ### BEGIN SOLUTION
    for work in works:
        timed(work, 0, warmup, clock)
    times = np.zeros((len(works), repeats))
    for at in range(repeats):
        for who in map(int, rng.permutation(len(works))):
            times[who, at] = timed(works[who], 1, 0, clock)[0]
    return times
    ### END SOLUTION

# %% check="repair" points=6
got = []
got = got, interleaved([lambda: got.append(3.0), lambda: got.append(4.0), lambda: got.append(7.0)], 80, 2,
                       lambda: sum(got), np.random.default_rng(3))
assert got[1].shape == (3, 80), f"three works, eighty rounds: (3, 80); yours {got[1].shape}"
assert len(got[0]) == 246, f"2 runs of each to warm up, 80 of each that count: 246; yours {len(got[0])}"
assert np.allclose(got[1].T, [3, 4, 7]), (
    f"rows of 3, 4 and 7 seconds by the clock that was given; the first two rounds are {got[1][:, :2].T.tolist()}")
got = np.array(got[0][6:]).reshape(80, 3)
assert (np.sort(got, axis=1) == [3, 4, 7]).all(), "in each round every work runs once"
assert 7 < (got[:, 0] == 3).sum() < 55, (
    f"the first work begins {(got[:, 0] == 3).sum()} of 80 rounds; with an order drawn for each it is about 27")
got = len(np.unique(got, axis=0))
assert got == 6, f"three works have six orders; in 80 rounds yours takes {got} of them. Which are never drawn?"
got = []
while len(got) < 160:
    interleaved([lambda: got.append(3.0), lambda: got.append(4.0)], 40, 0, lambda: sum(got), np.random.default_rng(5))
assert got[:80] == got[80:160], "the same `rng` twice gives the same orders twice; yours differ. Who draws them?"
assert not rejects(check_times, lambda works, repeats, clock: interleaved(works, repeats, clock=clock)), (
    "your own check refuses your measuring")

# %% predict="repaired"
predict("races with a difference, interleaved, of 20", None)  # your guess in place of None

# %% demo="repaired"
found = races(lambda works, repeats, clock: interleaved(works, repeats, clock=clock, rng=np.random.default_rng(3)))
measured("races with a difference, interleaved, of 20", sum(sign_test(*one) < 0.05 for one in found))

# %% [markdown]
# One of twenty would be no fault: p below 0.05 is what a coin reaches up to once in twenty.
#
# ## Build: first against itself
#
# All parts are there. One idea is missing, and it is the cheapest of all: before you ask for the difference of a and b,
# ask for that of a and a, in the same way. This *A/A test* knows nothing of statistics and catches what no formula can:
# a clock too coarse, a machine too busy, a mistake in the measuring itself. Where a differs from itself, nothing that
# is said of a and b is worth hearing. `compare` does it first, every time, and pays double.

# %% given="compare"
#| export
ALPHA = 0.05  # a p value below it counts as a difference; so do up to one in twenty where there is none


@dataclass(frozen=True)
class Comparison:
    """Two works, timed in pairs."""

    times_s: Seconds                # (2, pairs): a and b
    ratio: float                    # time of b over time of a, the median of the pairs
    interval: tuple[float, float]   # of the ratio, 95 percent
    p_value: float                  # of the sign test
    control: "Comparison | None"    # a against a, measured before; None if this is it

    @property
    def seen(self) -> bool:
        """Whether there is a difference, on a machine on which a does not differ from itself."""
        fit = self.control is None or not self.control.seen
        return fit and self.p_value < ALPHA

    def __str__(self) -> str:
        low, high = self.interval
        said = f"{self.ratio:.3f} of the time, 95 % interval {low:.3f} to {high:.3f}, p {self.p_value:.2g}"
        if self.control is None:
            return f"a against a: {said}"
        verdict = "a difference" if self.seen else "no difference seen"
        if self.control.seen:
            verdict = "not to be trusted, a differs from itself; quiet the machine and measure again"
        return f"{self.control}\nb against a: {said}, {self.times_s.shape[1]} pairs: {verdict}"


def weighed(times_s: Seconds, rng: np.random.Generator, control: Comparison | None = None) -> Comparison:
    """The Comparison of pairs of times, (2, pairs). Pairs of equal times are no throw of a coin, and are left out."""
    if times_s.min() <= 0:
        raise ValueError("the clock did not move during a run, so the work is too short for it. "
                         "Time a work that does it a thousand times.")
    a, b = times_s
    p_value = sign_test(int((b < a).sum()), int((a != b).sum()))
    return Comparison(times_s, float(np.median(b / a)), bootstrap_interval(b / a, rng), p_value, control)


def compare(a: Work, b: Work, repeats: int = 40, warmup: int = 3, clock: Clock = time.perf_counter,
            rng: np.random.Generator | None = None) -> Comparison:
    """How long b takes, measured in a; first a against a, then a against b, both interleaved.

    Parameters
    ----------
    a, b : calls without arguments; a is what you have, b what might be faster
    repeats : pairs
    rng : for the orders and the bootstrap; the one that `manual_seed` seeds unless said otherwise
    """
    rng = rng or default_rng()
    control = weighed(interleaved([a, a], repeats, warmup, clock, rng), rng)
    return weighed(interleaved([a, b], repeats, warmup, clock, rng), rng, control)

# %% [markdown]
# Back to *Try first*: how many of the hundred verdicts are wrong now? There is an error that you chose, a coin's one in
# twenty at most, and it is made twice here: a difference where there is none, and a machine called unfit that is not.

# %% predict="referee"
predict("wrong verdicts of compare, of 100", None)  # your guess in place of None

# %% demo="referee"
rng = np.random.default_rng(19)


def compared(a, b, clock):
    found = compare(a, b, clock=clock, rng=rng)
    return ("a" if found.ratio > 1 else "b") if found.seen else "neither"


measured("wrong verdicts of compare, of 100", wrong_verdicts(compared))

# %% [markdown]
# The medians of forty rounds, with 2.5 % as the limit, are never wrong here: whoever sets that limit knows that the
# difference is 5 % or none. `compare` is told nothing of the kind; alpha is what it pays for that.
#
# A number also belongs to where it was measured. `environment` says what a time depends on and nothing of whose machine
# it is. The most treacherous entry is the threads: matrix products take all cores they can get, so that one of two
# works finds them busy with the other. `pinned` holds them to a number, if the package threadpoolctl is installed.
# Without it, a NumPy that is loaded cannot be told any more: set OMP_NUM_THREADS=1 before Python starts. Either way the
# sentence under "threads" says what is the case.

# %% given="environment"
#| export
LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def threads() -> str:
    """How many threads a matrix product may take, and who says so."""
    tool = _threadpoolctl()
    if tool is not None:
        counts = [pool["num_threads"] for pool in tool.threadpool_info() if pool["user_api"] == "blas"]
        return f"{max(counts, default=1)}, says threadpoolctl"
    said = [f"{name}={os.environ[name]}" for name in LIMITS if name in os.environ]
    return f"as before the start: {', '.join(said)}" if said else (
        "not limited; install threadpoolctl, or set OMP_NUM_THREADS=1 before Python starts")


@contextmanager
def pinned(count: int = 1) -> Generator[str, None, None]:
    """Hold matrix products to `count` threads inside `with`, where threadpoolctl is installed; gives `threads()`."""
    tool = _threadpoolctl()
    if tool is None:
        yield threads()
    else:
        with tool.threadpool_limits(count, user_api="blas"):
            yield threads()


def _threadpoolctl() -> Any:
    """The package, an optional extra; None where it is not installed."""
    try:
        return importlib.import_module("threadpoolctl")
    except ImportError:
        return None


def environment() -> dict[str, str | int]:
    """What a time depends on, for a report; no name of a person, a machine or a folder."""
    return {"cpu": _cpu(), "cores": os.cpu_count() or 1, "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(), "numpy": np.__version__, "blas": _blas(), "threads": threads()}


def _cpu() -> str:
    """The model, as the system calls it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:  # not Linux
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _blas() -> str:
    """The library behind `@` and its version, as far as this NumPy tells."""
    try:
        built: Any = np.show_config(mode="dicts")
        found = built["Build Dependencies"]["blas"]
        return f"{found['name']} {found['version']}"
    except (TypeError, KeyError):  # NumPy 1.24 only prints it
        return "not told by this NumPy"

# %% demo="environment"
with pinned(1):
    for name, value in environment().items():
        print(f"{name:<8}{value}")

# %% [markdown]
# ## Use: a speed-up that is one
#
# Which is the faster of two works means something only if both do the same. A wrong answer is easy to give quickly; a
# right one that broadcasts to the wrong shape as well. So look at the answers before you look at the clock.

# %% exercise="fair"
def fair(a, b, **settings):
    """compare(a, b, **settings), of two works whose answers, Tensors, are of one shape and close to each other.

    Raises
    ------
    ValueError
        If they are not; then nothing is timed.
    """
    # How: run both once. Raise ValueError if the shapes differ, or if values are not close; else compare.
    # Example: x @ x and x @ x + 0.1 are refused; (x @ y) @ z and x @ (y @ z) differ in the last digits and are not.
    # Hint: np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5) stretches shapes, so ask for the shapes first.
    ### BEGIN SOLUTION
    left, right = a(), b()
    if left.shape != right.shape:
        raise ValueError(f"answers of unlike shape: {left.shape} and {right.shape}")
    if not np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5):
        raise ValueError("the two works give unlike answers")
    return compare(a, b, **settings)
    ### END SOLUTION

# %% check="fair" points=6
got = Machine(3), [Tensor(np.random.default_rng(5).normal(size=shape) / 8) for shape in ((6, 90), (90, 70), (70, 50))]
got = [*got, (got[1][0] @ got[1][1]) @ got[1][2], got[1][0] @ (got[1][1] @ got[1][2])]
got[1] = [got[0].work(ms, answer) for ms, answer in zip([4.0, 3.0], got[2:])]
try:
    got.append(fair(*got[1], repeats=30, clock=got[0].clock, rng=np.random.default_rng(5)))
except ValueError as error:
    raise AssertionError(f"(x @ y) @ z and x @ (y @ z) differ in their last digits and no further; yours: {error}")
assert isinstance(got[4], Comparison), f"what compare gives; yours is of type {type(got[4]).__name__}"
assert got[4].times_s.shape == (2, 30), f"repeats=30 is for compare: times of (2, 30); yours {got[4].times_s.shape}"
assert 0.65 < got[4].ratio < 0.85, f"3 ms are 0.75 of 4 ms; yours {got[4].ratio:.3f}"
got = got[0], got[2], Tensor(np.full((6, 50), 3.0)), []
for got in [(*got, *pair) for pair in [
        ("0.1 is added everywhere", got[1], got[1] + 0.1), ("0.1 is taken off everywhere", got[1], got[1] - 0.1),
        ("the last two rows are exchanged", got[1], got[1][[0, 1, 2, 3, 5, 4]]),
        ("there is but one of six equal rows", got[2], got[2][:1]),
        ("there is but one of fifty equal columns", got[2], got[2][:, :1]),
        ("there is an axis more", got[1], got[1].reshape(1, 6, 50))]]:
    try:
        fair(got[0].work(4.0, got[5]), got[0].work(3.0, got[6]), repeats=30,
             clock=lambda: got[3].append("read") or got[0].clock())
    except ValueError:
        assert not got[3], "unlike answers are refused before anything is timed; yours looked at the clock"
    else:
        raise AssertionError(f"two answers; in the second {got[4]}: that is no fair comparison")

# %% [markdown]
# A batch of 32 rows of 784 numbers goes through two tables, (784, 784) and (784, 10), with nothing between them. From
# the left, `(x @ a) @ b`, or from the right, `x @ (a @ b)`? Count the multiply-adds of both. How many times fewer are
# those from the right, and how much of the time does it take?

# %% predict="order"
predict("multiply-adds from the left over those from the right", None)  # your guess in place of None
predict("time from the right over time from the left", None)

# %% demo="order"
rng = np.random.default_rng(3)
x, a, b = (Tensor(rng.normal(size=shape) / 28) for shape in ((32, 784), (784, 784), (784, 10)))
left, right = 32 * 784 * 784 + 32 * 784 * 10, 784 * 784 * 10 + 32 * 784 * 10
with pinned(1) as by:
    found = fair(lambda: (x @ a) @ b, lambda: x @ (a @ b), repeats=100)
measured("multiply-adds from the left over those from the right", round(left / right, 2))
measured("time from the right over time from the left", round(found.ratio, 3))
print(found)
print("threads:", by)

# %% [markdown]
# Counting says what must be done, the clock how well this machine does it: a narrow table gives it less to do at once.
#
# ## Reflect
#
# Two questions with numbers of your own; answer them without running anything. A team runs `tests` comparisons a week
# in which nothing was changed, and calls a difference what has a p value below `alpha`. Take it that a share `alpha` of
# them has one, as with very many pairs; a sign test of 40 pairs has p below 0.05 in 3.8 %. How many differences will it
# see in `weeks` weeks, on average? Set `alarms`.
#
# And for somebody who believes only p values below `strict`: what is the smallest number of pairs with which a sign
# test can convince them at all, if b wins every single one? Set `fewest`. In both cells put your number in place of the
# 0 and delete the two lines below it.

# %% given="sizes"
tests, alpha, weeks = mine("team", [(40, 0.05, 12), (60, 0.02, 10), (25, 0.04, 14), (80, 0.01, 15)])
strict = mine("strict", [0.01, 0.001, 0.005, 0.0005])
print(f"tests {tests}, alpha {alpha}, weeks {weeks}, strict {strict}")

# %% exercise="alarms"
alarms = 0  # your number
### BEGIN SOLUTION
alarms = tests * alpha * weeks
### END SOLUTION

# %% check="alarms" points=3
got = alarms
assert 0 < got < tests * weeks, f"some of {tests * weeks} comparisons, and not all; yours {got}"

# %% exercise="fewest"
fewest = 0  # your number
### BEGIN SOLUTION
fewest = next(pairs for pairs in range(1, 99) if 2 / 2**pairs < strict)
### END SOLUTION

# %% check="fewest" points=3
got = fewest
assert got == int(got) and 3 < got < 30, f"a whole number of pairs, more than 3 and fewer than 30; yours {got}"

# %% [markdown]
# A pull request says: '1.08 times faster. Best of three runs each, first all of the old code, then all of the new, on
# my laptop.' Name three things that could have made this number without the code being faster, and which way each
# of them pushes. Then say in numbers what you would measure instead, and what result would convince you.

# %% [markdown] answer="pull_request" points=5 rubric="three causes, which way; a design in numbers; what convinces"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.utils.benchmark.Timer` warms up, chooses how many calls make one measurement, and holds `num_threads` to 1
#   unless told otherwise; its `Measurement` keeps all times and gives median and spread (`iqr`).
# - It times one statement after the other. Interleaving, and A against A, are up to you there as well.
# - On a GPU a call returns before the work is done; that Timer waits for the device (`torch.cuda.synchronize`), and a
#   clock of your own has to.
# - Python's `timeit` turns the garbage collector off while it measures, which ours leaves on: the work of a real
#   program pays for it too.
# - The load generator of the industry's inference benchmark (`mlcommons-loadgen`) asks as a single stream, as a server
#   and offline, as this page does. On the same system its percentiles and ours agree; a test of ours says so.
