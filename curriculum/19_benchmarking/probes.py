"""What a grader asks of Benchmarking: scripted clocks in place of real ones, so that every answer is known beforehand.

A work notes how many seconds it takes, and the sum of the notes is the clock. Seconds are whole numbers, so sums are
exact.
"""
import math

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

EXACT = {"rtol": 0, "atol": 1e-9}


class Script:
    """Works that take the seconds they are given, in the order in which they are called, and the clock of all."""

    def __init__(self, seconds):
        self.left, self.now, self.ran, self.readings = [float(one) for one in seconds], 0.0, [], 0

    def clock(self):
        self.readings += 1
        return self.now

    def work(self, who=0):
        def run():
            self.ran.append(who)
            self.now += self.left.pop(0) if self.left else 1000.0
        return run


# timed: runs of unlike length, some of them to warm up


def draw_timed(rng):
    return [{"seconds": rng.permutation(np.arange(2, 40))[:warmup + repeats].astype(float), "warmup": warmup,
             "repeats": repeats} for warmup, repeats in [(4, 7), (0, 5), (2, 1), (3, 9)]]


def act_timed(lesson, inputs):
    answers = []
    for case in inputs:
        script = Script(case["seconds"])
        times = lesson.timed(script.work(), case["repeats"], case["warmup"], script.clock)
        answers.append([times, len(script.ran), script.readings])
    script = Script(range(5, 50))
    return [*answers, [lesson.timed(script.work(), 4, clock=script.clock), len(script.ran), script.readings]]


def judge_timed(inputs, answer, reference):
    cases = [*inputs, {"seconds": np.arange(5.0, 12.0), "warmup": 3, "repeats": 4}]
    for case, (times, ran, readings) in zip(cases, answer, strict=True):
        what = f"{case['warmup']} runs to warm up and {case['repeats']} repeats"
        expected = case["seconds"][case["warmup"]:]
        if ran != len(case["seconds"]):
            return f"{what} are {len(case['seconds'])} runs, found {ran}"
        if says := differs(times, expected, what, **EXACT):
            return says
        if times.dtype != np.float64:
            return f"{what}: expected seconds of type float64, found {times.dtype}"
        if readings < 2 * case["repeats"]:
            return f"{what}: one reading before and one after each are {2 * case['repeats']}, found {readings}"


# percentile: ranks that come out even and that do not


def draw_percentile(rng):
    count = int(rng.integers(11, 30))
    return [{"values": rng.permutation(np.arange(10.0, 10.0 + 3 * count, 3)), "q": [3, 25, 50, 77, 90, 99, 100]},
            {"values": rng.permutation(np.arange(4.0, 44.0)), "q": [25, 50, 90, 95, 98]},
            {"values": rng.permutation(np.arange(7.0, 107.0)), "q": [7, 31, 50, 56, 99]},
            {"values": rng.permutation(np.arange(3.0, 115.0)), "q": [0.9, 50, 75]},
            {"values": np.array([8.0]), "q": [5, 100]}]


def act_percentile(lesson, inputs):
    found = [np.array([lesson.percentile(case["values"], q) for q in case["q"]]) for case in inputs]
    return [found, isinstance(lesson.percentile(inputs[0]["values"].tolist(), 50), float)]


def judge_percentile(inputs, answer, reference):
    found, is_float = answer
    for case, values in zip(inputs, found, strict=True):
        ordered, count = sorted(case["values"]), len(case["values"])
        expected = [next(value for at, value in enumerate(ordered, 1) if 1000 * at >= round(10 * q) * count)
                    for q in case["q"]]
        for q, one, right in zip(case["q"], values, expected, strict=True):
            if says := differs(one, right, f"p{q:g} of {count} values", **EXACT):
                return says
    return None if is_float else "a percentile is a Python float"


# interval: what the median of a sample can be is known exactly; random draws may be one rank off where chances are near


def draw_interval(rng):
    return [{"values": rng.permutation(np.cumsum(rng.integers(3, 9, count))).astype(float), "level": level,
             "draws": draws, "seed": int(rng.integers(1, 1000))}
            for count, level, draws in [(13, 0.95, 400), (101, 0.1, 800), (101, 0.998, 1000)]]


def act_interval(lesson, inputs):
    found = [lesson.bootstrap_interval(case["values"], np.random.default_rng(case["seed"]), case["level"],
                                       case["draws"]) for case in inputs]
    alone = lesson.bootstrap_interval(inputs[0]["values"], np.random.default_rng(3), draws=400)
    two = [lesson.bootstrap_interval([3.0, 5.0, 9.0], np.random.default_rng(seed), 0.6, 2) for seed in [*range(9)] * 2]
    few = [lesson.bootstrap_interval([3.0, 5.0, 9.0], np.random.default_rng(seed), 0.2, 1)[0] for seed in range(60)]
    return [np.array(found), np.array(alone), np.array(two), len(set(few))]


def judge_interval(inputs, answer, reference):
    found, alone, two, kinds = answer
    cases = [*inputs, {**inputs[0], "level": 0.95}]
    for case, ends in zip(cases, [*found, alone], strict=True):
        values, level = case["values"], case["level"]
        for end, share, where in zip(ends, [(1 - level) / 2, (1 + level) / 2], ["lower", "upper"], strict=True):
            possible = ranks(len(values), share, case["draws"])
            expected = [float(np.sort(values)[rank - 1]) for rank in possible]
            if not np.isclose(expected, end, **EXACT).any():
                right = " or ".join(f"{one:g}" for one in expected)
                return f"the {where} end at level {level:g} of {len(values)} values: expected {right}, found {end:g}"
    if not np.isin(two, [3, 5, 9]).all():
        return f"of two medians low is the one and high the other, none between them; found {two.tolist()}"
    if not np.array_equal(two[:9], two[9:]):
        return "an `rng` of the same seed gives the same draws; these come from another generator"
    return None if kinds == 3 else f"one sample of 3 values has any of them for its median, found {kinds} in 60 samples"


def ranks(count, share, draws):
    """The ranks, from 1, at which the medians of samples of `count` values may reach `share`; five sigmas of doubt."""
    doubt = 5 * math.sqrt(share * (1 - share) / draws) + 1 / draws
    half = (count + 1) // 2
    reached = [sum(math.comb(count, n) * (rank / count) ** n * (1 - rank / count) ** (count - n)
                   for n in range(half, count + 1)) for rank in range(count + 1)]
    return [rank for rank in range(1, count + 1)
            if reached[rank] >= share - doubt and reached[rank - 1] <= share + doubt]


# sign_test


def draw_sign_test(rng):
    pairs = int(rng.integers(12, 40))
    return [[9, 10], [1, 10], [5, 10], [0, 9], [9, 9], [6, 11], [int(rng.integers(0, pairs + 1)), pairs],
            [int(rng.integers(60, 75)), 101], [51, 101], [pairs, pairs], [int(rng.integers(620, 680)), 1200]]


def act_sign_test(lesson, inputs):
    return np.array([lesson.sign_test(wins, pairs) for wins, pairs in inputs])


def judge_sign_test(inputs, answer, reference):
    for (wins, pairs), found in zip(inputs, answer, strict=True):
        far = abs(2 * wins - pairs)
        rows = sum(math.comb(pairs, heads) for heads in range(pairs + 1) if abs(2 * heads - pairs) >= far)
        if says := differs(found, rows / 2**pairs, f"the p value of {wins} wins in {pairs}", rtol=1e-6, atol=0):
            return says


# catch: measuring in rounds is right, whoever begins; blocks and rows that belong to somebody else are not


CATCHES = {"fault": "AssertionError", "blocks, the last first": "AssertionError", "in halves": "AssertionError",
           "rows changed": "AssertionError", "one time for both": "AssertionError",
           "the first twice": "AssertionError", "the second twice": "AssertionError",
           "one round missing": "AssertionError", "the first round only": "AssertionError",
           "the last round only": "AssertionError", "blocks of as many": "AssertionError",
           "every time twice": "AssertionError", "zeros after the first": "AssertionError",
           "in turn": "passes", "the last first": "passes", "to and fro": "passes", "drawn": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def measuring(orders_of, rows=(0, 1), warmup=3, after=lambda times: times):
        """Measure in the order of (work, round) that `orders_of(repeats)` gives."""
        def measure(works, repeats, clock):
            times = np.zeros((2, repeats))
            for work in works:
                lesson.timed(work, 0, warmup, clock)
            for who, at in orders_of(repeats):
                start = clock()
                works[who]()
                times[rows[who], at] = clock() - start
            return after(times)
        return measure

    def by_rounds(order_of):
        return lambda repeats: [(who, at) for at in range(repeats) for who in order_of(at)]

    def halves(repeats):
        return [(who, at) for part in (range(repeats // 2), range(repeats // 2, repeats))
                for who in (0, 1) for at in part]

    def blocks(repeats):
        return [(who, at) for who in (0, 1) for at in range(repeats)]

    def one_round(place):
        """Blocks, but for one round in which both run: the first, at 0, or the last, at -1."""
        return lambda repeats: sorted(blocks(repeats), key=lambda run: (run[1] == place % repeats) == (place == -1))

    def averaged(works, repeats, clock):
        times = measures["in turn"](works, repeats, clock)
        return np.broadcast_to(times.mean(axis=0), times.shape)

    def twice(row):
        return lambda works, repeats, clock: measures["in turn"](works, repeats, clock)[[row, row]]

    rng = np.random.default_rng(5)
    measures = {
        "fault": lesson.colleague_times, "blocks, the last first": measuring(
            lambda repeats: [(who, at) for who in (1, 0) for at in range(repeats)]),
        "in halves": measuring(halves), "blocks of as many": measuring(blocks),
        "the first round only": measuring(one_round(0)), "the last round only": measuring(one_round(-1)),
        "every time twice": measuring(by_rounds(lambda at: (0, 1)), after=lambda times: np.hstack([times, times])),
        "zeros after the first": measuring(by_rounds(lambda at: (0, 1)),
                                           after=lambda times: times * (np.arange(times.shape[1]) < 1)),
        "rows changed": measuring(by_rounds(lambda at: (0, 1)), rows=(1, 0)),
        "the first twice": twice(0), "the second twice": twice(1), "one time for both": averaged,
        "one round missing": lambda works, repeats, clock: measures["in turn"](works, repeats, clock)[:, :-1],
        "in turn": measuring(by_rounds(lambda at: (0, 1))), "the last first": measuring(by_rounds(lambda at: (1, 0))),
        "to and fro": measuring(by_rounds(lambda at: [(0, 1), (1, 0)][at % 2]), warmup=0),
        "drawn": measuring(by_rounds(lambda at: rng.permutation(2)), warmup=2)}
    return [outcome(lambda name=name: lesson.check_times(measures[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"measuring of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# repair: who ran when, and what the clock said; the order is drawn, so it is judged by laws


def draw_repair(rng):
    return [{"works": works, "repeats": repeats, "warmup": warmup, "seed": int(rng.integers(1, 1000)),
             "seconds": rng.integers(2, 60, works * (repeats + warmup)).astype(float)}
            for works, repeats, warmup in [(3, 90, 2), (2, 80, 0), (1, 5, 4)]]


def act_repair(lesson, inputs):
    answers = []
    for case in inputs:
        script, rng = Script(case["seconds"]), np.random.default_rng(case["seed"])
        works = [script.work(who) for who in range(case["works"])]
        times = lesson.interleaved(works, case["repeats"], case["warmup"], script.clock, rng)
        answers.append([times, np.array(script.ran)])
    script = Script([])
    lesson.interleaved([script.work(who) for who in range(2)], 5, clock=script.clock)
    twice = Script([])
    for _ in range(2):
        works = [twice.work(who) for who in range(2)]
        lesson.interleaved(works, 40, 0, twice.clock, np.random.default_rng(inputs[0]["seed"]))
    return [*answers, len(script.ran), twice.ran[:80] == twice.ran[80:]]


def judge_repair(inputs, answer, reference):
    *found, by_default, repeated = answer
    for case, (times, ran) in zip(inputs, found, strict=True):
        says = rounds_differ(case, times, ran)
        if says:
            return f"{case['works']} works, {case['repeats']} rounds, {case['warmup']} to warm up: {says}"
    if not repeated:
        return "an `rng` of the same seed gives the same orders; these come from another generator"
    return None if by_default == 16 else f"two works, 5 rounds, 3 runs each to warm up: 16 runs, found {by_default}"


def rounds_differ(case, times, ran):
    """What is wrong with these times and this order of runs, if anything."""
    works, repeats, first_run = case["works"], case["repeats"], case["works"] * case["warmup"]
    if len(ran) != len(case["seconds"]):
        return f"expected {len(case['seconds'])} runs, found {len(ran)}"
    if [int((ran[:first_run] == who).sum()) for who in range(works)] != [case["warmup"]] * works:
        return "before the first round every work runs as often as `warmup` says"
    rounds, seconds = ran[first_run:].reshape(repeats, works), case["seconds"][first_run:].reshape(repeats, works)
    if (np.sort(rounds, axis=1) != np.arange(works)).any():
        return "in some round a work runs twice, and another not at all"
    expected = np.take_along_axis(seconds, np.argsort(rounds, axis=1), axis=1).T
    if says := differs(times, expected, "the seconds", **EXACT):
        return says
    begun = [int((rounds[:, 0] == who).sum()) for who in range(works)]
    if works > 1 and not all(repeats / works / 3 < count < 2 * repeats / works for count in begun):
        return f"with an order drawn for each round, each begins about {repeats // works}; found {begun}"
    orders = len(np.unique(rounds, axis=0))
    if works == 3 and orders < 6:
        return f"three works have six orders; in {repeats} rounds only {orders} of them came"
    changes = int((rounds[1:, 0] != rounds[:-1, 0]).sum())
    if works == 2 and not repeats / 4 < changes < 3 * repeats / 4:
        return f"who begins changed {changes} times in {repeats} rounds; that is not drawn for each round"


# fair: answers first, then compare, with the settings that were given


def draw_fair(rng):
    x, y, z = (rng.normal(size=shape).astype(np.float32) for shape in ((5, 7), (7, 4), (4, 3)))
    return {"x": x, "y": y, "z": z, "ms": float(rng.integers(5, 9)), "seed": int(rng.integers(1, 1000))}


def act_fair(lesson, inputs):
    x, y, z = (lesson.Tensor(inputs[name]) for name in "xyz")
    machine, rng = lesson.Machine(inputs["seed"]), np.random.default_rng(inputs["seed"])
    left, right = machine.work(10.0, (x @ y) @ z), machine.work(inputs["ms"], x @ (y @ z))
    ran = []
    found = lesson.fair(lambda: ran.append(0) or left(), right, repeats=35, warmup=4, clock=machine.clock, rng=rng)
    others = {"larger": (x @ y) @ z * 1.1, "more": (x @ y) @ z + 0.1, "less": (x @ y) @ z - 0.1,
              "one number": shifted(lesson, (x @ y) @ z), "a row": ((x @ y) @ z)[:1],
              "more axes": ((x @ y) @ z).reshape(1, 5, 3), "not a number": (x @ y) @ z * math.nan}
    runs, ends = [], {}

    def wrong(answer):
        def run():
            runs.append(1)
            return answer
        return run

    for name, other in others.items():
        ends[name] = [outcome(lambda other=other: lesson.fair(left, wrong(other), repeats=5)), len(runs)]
        runs.clear()
    for name, shape in {"a row that stretches": (1, 3), "a column that stretches": (4, 1)}.items():
        both = [lesson.Tensor(np.full(size, 2.0)) for size in ((4, 3), shape)]
        ends[name] = [outcome(lambda both=both: lesson.fair(*map(wrong, both), repeats=5)), len(runs) - 1]
        runs.clear()
    small = lesson.Tensor(rng.uniform(0.02, 0.03, (4, 7)))  # what large terms leave has the last digits of those
    left, right = machine.work(10.0, small), machine.work(10.0, small + 1e-6)
    close = outcome(lambda: lesson.fair(left, right, repeats=5, clock=machine.clock))
    return [list(found.times_s.shape), found.ratio, len(ran), found.control is not None, ends, close]


def shifted(lesson, tensor):
    values = tensor.data.copy()
    values[1, 2] += 0.05
    return lesson.Tensor(values)


def judge_fair(inputs, answer, reference):
    shape, ratio, ran, controlled, ends, close = answer
    says = differs(ratio, inputs["ms"] / 10, f"{inputs['ms']:g} ms over 10 ms, the ratio", rtol=0.08, atol=0)
    if says or not controlled:
        return says or "the comparison has no control: return what compare gives"
    if shape != [2, 35] or not 0 < ran - 3 * (4 + 35) < 4:
        return (f"repeats=35 and warmup=4 are for compare: expected times of [2, 35], and 118 runs of a, one of them "
                f"for its answer; found {shape} and {ran}")
    if close != "passes":
        return f"answers that differ in their last digits: expected passes, found {close}"
    for name, (ended, runs) in ends.items():
        if ended != "ValueError":
            return f"an answer of the kind {name!r}: expected ValueError, found {ended}"
        if runs > 1:
            return f"an answer of the kind {name!r}: it is refused before anything is timed; it ran {runs} times"


# the two numbers


def draw_alarms(rng):
    return []


draw_fewest = draw_alarms


def act_alarms(lesson, inputs):
    return lesson.alarms


def act_fewest(lesson, inputs):
    return lesson.fewest


def judge_alarms(inputs, answer, reference):
    return differs(answer, reference, "differences seen on average", rtol=1e-3, atol=0)


def judge_fewest(inputs, answer, reference):
    return differs(answer, reference, "pairs", rtol=0, atol=0)
