"""Benchmarking on scripted clocks: what was timed when, what ranks and rows of coins say, and what chance may do."""
import builtins
import itertools
import math
import os
import re
import sys
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch import benchmarking, manual_seed
from tinytorch.benchmarking import (
    Benchmark,
    Comparison,
    arrivals,
    bootstrap_interval,
    compare,
    environment,
    interleaved,
    percentile,
    pinned,
    served,
    sign_test,
    timed,
)

times = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=50)


class Clockwork:
    """A clock that only work and sleep move, and a list of who ran."""

    def __init__(self):
        self.now, self.ran = 100.0, []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def work(self, name, *seconds):
        """Work that takes these seconds in turn, over and over."""
        turn = itertools.cycle(seconds)

        def run():
            self.ran.append(name)
            self.now += next(turn)
        return run


def noisy(seed=3):
    """A clock and a maker of works whose runs are longer by chance."""
    rng, machine = np.random.default_rng(seed), Clockwork()

    def work(seconds):
        def run():
            machine.now += seconds * (1 + 0.05 * float(rng.exponential()))
        return run
    return machine.clock, work


def test_each_run_has_its_own_time_and_warm_up_has_none():
    machine = Clockwork()
    found = timed(machine.work("a", 9.0, 8.0, 2.0, 5.0, 3.0), 3, warmup=2, clock=machine.clock)
    assert found.tolist() == [2, 5, 3] and found.dtype == np.float64 and len(machine.ran) == 5


def test_no_repeats_still_warm_up():
    machine = Clockwork()
    assert timed(machine.work("a", 1.0), 0, 4, machine.clock).shape == (0,) and len(machine.ran) == 4


def test_the_real_clock_is_the_default():
    assert (timed(lambda: sum(range(1000)), 5) > 0).all()


@given(times, st.integers(1, 100))
def test_a_percentile_is_the_first_value_that_has_enough_below_it(values, q):
    found = percentile(values, q)
    assert found in values
    assert 100 * sum(one <= found for one in values) >= q * len(values)
    assert 100 * sum(one < found for one in values) < q * len(values)


@pytest.mark.parametrize(("values", "q", "says"), [([], 50, "needs values"), ([1.0], 0, "above 0"),
                                                   ([1.0], 100.1, "at most 100")])
def test_a_percentile_that_cannot_be_is_refused(values, q, says):
    with pytest.raises(ValueError, match=says):
        percentile(values, q)


def test_thousands_of_values_do_not_round_a_rank_up():
    values = np.arange(1, 10_001)
    assert [percentile(values, q) for q in range(1, 101)] == list(range(100, 10_001, 100))


@given(times, st.integers(0, 100), st.sampled_from([0.5, 0.8, 0.95]))
@settings(deadline=None, max_examples=50)
def test_an_interval_is_in_order_and_among_the_values(values, seed, level):
    low, high = bootstrap_interval(values, np.random.default_rng(seed), level, 200)
    assert min(values) <= low <= high <= max(values)


def test_intervals_widen_with_the_level_and_scale_with_the_unit():
    values = np.random.default_rng(3).exponential(size=40)

    def ends(level, scale=1.0):
        return np.array(bootstrap_interval(values * scale, np.random.default_rng(5), level))

    widths = [float(np.diff(ends(level))[0]) for level in (0.5, 0.8, 0.95, 0.99)]
    assert widths == sorted(widths) and widths[0] < widths[-1]
    np.testing.assert_allclose(ends(0.95, 1000), 1000 * ends(0.95))


def test_ninety_percent_intervals_hold_the_median_nine_times_in_ten():
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        low, high = bootstrap_interval(rng.exponential(size=31), rng, 0.9, 300)
        held += low <= math.log(2) <= high
    assert 340 <= held <= 385  # 360, three sigmas and a little for the steps between ranks


@pytest.mark.parametrize("pairs", [0, 1, 2, 7, 12])
def test_the_sign_test_counts_the_rows_of_coins(pairs):
    rows = [sum(row) for row in itertools.product((0, 1), repeat=pairs)]
    for wins in range(pairs + 1):
        as_far = sum(abs(2 * heads - pairs) >= abs(2 * wins - pairs) for heads in rows)
        assert sign_test(wins, pairs) == pytest.approx(as_far / len(rows))


def test_the_sign_test_raises_an_alarm_at_most_as_often_as_it_says():
    for pairs in (10, 40, 101):
        alarms = sum(math.comb(pairs, wins) for wins in range(pairs + 1) if sign_test(wins, pairs) < 0.05) / 2**pairs
        assert 0.02 < alarms < 0.05


def test_thousands_of_pairs_are_no_overflow():
    assert 0 < sign_test(900, 2000) < 1e-4 and sign_test(1000, 2000) == 1


@given(st.integers(1, 5), st.integers(0, 12), st.integers(0, 3), st.integers(0, 1000))
def test_every_round_has_every_work_and_rows_keep_their_own(works, repeats, warmup, seed):
    machine = Clockwork()
    found = interleaved([machine.work(who, who + 2.0) for who in range(works)], repeats, warmup, machine.clock,
                        np.random.default_rng(seed))
    np.testing.assert_array_equal(found, np.full((repeats, works), np.arange(2.0, works + 2)).T)
    assert sorted(machine.ran[:works * warmup]) == sorted(list(range(works)) * warmup)
    for at in range(works * warmup, len(machine.ran), works):
        assert sorted(machine.ran[at:at + works]) == list(range(works))


def test_orders_are_those_of_the_seed():
    def order(**given):
        machine = Clockwork()
        interleaved([machine.work(name, 1.0) for name in "abc"], 20, 0, machine.clock, **given)
        return machine.ran

    manual_seed(3)
    first = order()
    manual_seed(3)
    assert order() == first
    assert order(rng=np.random.default_rng(5)) == order(rng=np.random.default_rng(5)) != first


def test_what_grows_with_time_is_nobodys_fault():
    """A clock on which every run is longer than the one before: in blocks the second loses, in rounds nobody does."""
    machine = Clockwork()

    def work():
        machine.now += 1 + (machine.now - 100) / 500
    blocks = np.array([timed(work, 40, 0, machine.clock) for _ in range(2)])
    machine.now = 100.0
    rounds = interleaved([work, work], 40, 0, machine.clock, np.random.default_rng(3))
    assert np.median(blocks[1] / blocks[0]) > 1.05
    assert abs(np.median(rounds[1] / rounds[0]) - 1) < 0.005


def test_a_comparison_finds_the_ratio_and_measures_a_against_itself_first():
    clock, work = noisy()
    found = compare(work(1.0), work(0.9), repeats=60, clock=clock, rng=np.random.default_rng(3))
    assert found.seen and found.p_value < 1e-4 and 0.87 < found.ratio < 0.93
    assert found.interval[0] < 0.9 < found.interval[1] < 1
    assert found.control is not None and found.control.control is None and not found.control.seen
    assert found.times_s.shape == found.control.times_s.shape == (2, 60)
    first, second = str(found).split("\n")
    assert first.startswith(f"a against a: {found.control.ratio:.3f} of the time")
    assert second.startswith(f"b against a: {found.ratio:.3f} of the time")
    assert second.endswith("60 pairs: a difference")


def test_turned_over_the_ratio_is_turned_over():
    ratios = []
    for first, second in [(1.0, 1.25), (1.25, 1.0)]:
        clock, work = noisy()
        ratios.append(compare(work(first), work(second), clock=clock, rng=np.random.default_rng(3)).ratio)
    assert ratios[0] * ratios[1] == pytest.approx(1, rel=0.03)


def test_the_same_function_is_seldom_different_from_itself():
    seen = 0
    for seed in range(100):
        clock, work = noisy(seed)
        seen += compare(work(1.0), work(1.0), clock=clock, rng=np.random.default_rng(seed)).seen
    assert seen <= 10  # at most five are to be expected


def test_equal_times_are_no_throw_of_a_coin():
    machine = Clockwork()
    found = compare(machine.work("a", 2.0), machine.work("b", 2.0), clock=machine.clock)
    assert found.p_value == 1 and found.ratio == 1 and not found.seen


def test_work_too_short_for_the_clock_is_refused():
    with pytest.raises(ValueError, match="too short"):
        compare(lambda: None, lambda: None, clock=lambda: 7.0)


def test_where_a_differs_from_itself_nothing_is_seen():
    base = np.full((2, 30), 1.0)
    control = Comparison(base, 1.1, (1.05, 1.15), 0.001, None)
    found = Comparison(base, 0.8, (0.75, 0.85), 1e-6, control)
    assert control.seen and not found.seen
    assert "not to be trusted" in str(found)
    assert Comparison(base, 0.8, (0.75, 0.85), 1e-6, None).seen
    assert "no difference seen" in str(Comparison(base, 1.0, (0.9, 1.1), 0.6, Comparison(base, 1, (1, 1), 1.0, None)))


def test_a_benchmark_keeps_all_times():
    machine = Clockwork()
    found = Benchmark(machine.work("a", 0.002, 0.004, 0.003), repeats=9, warmup=0, clock=machine.clock).run()
    assert len(found.times_s) == 9
    assert found.median_s == pytest.approx(0.003) and found.percentile_s(90) == pytest.approx(0.004)
    assert found.interval_s[0] <= found.median_s <= found.interval_s[1]
    assert str(found).startswith("median 3 ms, 95 % interval ") and str(found).endswith("p90 4, 9 runs")


def test_all_at_once_is_a_pile_and_each_waits_for_those_before():
    machine = Clockwork()
    found = served(machine.work("a", 2.0, 3.0), np.zeros(4), machine.clock, machine.sleep)
    np.testing.assert_allclose(found, [2, 5, 7, 10])


def test_a_latency_begins_when_the_question_comes():
    machine = Clockwork()
    found = served(machine.work("a", 4.0), [1.0, 2.0, 20.0], machine.clock, machine.sleep)
    np.testing.assert_allclose(found, [4, 7, 4])  # at 5, at 9 after three seconds in line, and at 24
    assert machine.now == 124


def test_arrivals_rise_at_the_rate_and_are_no_clockwork():
    found = arrivals(50, 20_000, np.random.default_rng(3))
    gaps = np.diff(found)
    assert (gaps >= 0).all() and gaps.mean() == pytest.approx(1 / 50, rel=0.03)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.03)  # as of exponential ones


def test_a_queue_of_constant_work_waits_as_theory_says():
    """Pollaczek and Khinchine: at a load of r, constant work s waits r * s / (2 * (1 - r)) on average."""
    machine = Clockwork()
    coming = arrivals(7, 50_000, np.random.default_rng(11))
    waits = served(machine.work("a", 0.1), coming, machine.clock, machine.sleep) - 0.1
    assert waits.mean() == pytest.approx(0.7 * 0.1 / (2 * 0.3), rel=0.05)


def test_the_environment_says_what_matters_and_not_who():
    found = environment()
    assert set(found) == {"cpu", "cores", "system", "python", "numpy", "blas", "threads"}
    assert found["numpy"] == np.__version__ and found["cores"] >= 1 and all(found.values())
    told = " ".join(map(str, found.values()))
    for secret in (os.path.expanduser("~"), os.getcwd(), os.uname().nodename if hasattr(os, "uname") else ""):
        assert not secret or secret not in told


def without_threadpoolctl(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)  # an import of it fails


def test_without_the_extra_the_environment_variables_are_told(monkeypatch):
    without_threadpoolctl(monkeypatch)
    for name in benchmarking.LIMITS:
        monkeypatch.delenv(name, raising=False)
    assert "not limited" in environment()["threads"] and "OMP_NUM_THREADS=1" in environment()["threads"]
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    with pinned(1) as said:
        assert said == "as before the start: OMP_NUM_THREADS=3"  # it cannot be changed, and nothing else is claimed


def test_with_the_extra_the_limit_holds_inside_and_ends_with_an_error(monkeypatch):
    limits, counts = [], [8]

    class Limited:
        def __init__(self, count, user_api):
            limits.append((count, user_api))

        def __enter__(self):
            counts.append(limits[-1][0])

        def __exit__(self, *error):
            counts.pop()

    fake = types.SimpleNamespace(
        threadpool_limits=Limited, threadpool_info=lambda: [{"user_api": "blas", "num_threads": counts[-1]},
                                                            {"user_api": "openmp", "num_threads": 64}])
    monkeypatch.setitem(sys.modules, "threadpoolctl", fake)
    with pytest.raises(KeyError), pinned(2) as said:
        assert said == "2, says threadpoolctl" == environment()["threads"]
        raise KeyError
    assert environment()["threads"] == "8, says threadpoolctl" and limits == [(2, "blas")]


def test_the_cpu_has_a_name_also_where_linux_does_not_tell(monkeypatch):
    def refused(*args, **kwargs):
        raise OSError
    monkeypatch.setattr(builtins, "open", refused)
    assert re.fullmatch(r"\S.*", environment()["cpu"])


def test_a_numpy_that_only_prints_its_build_is_no_error(monkeypatch):
    monkeypatch.setattr(np, "show_config", lambda: None)
    assert environment()["blas"] == "not told by this NumPy"
