"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "timed": [
        dict(
            name="warm-up times cut off",
            code="""
                times = []
                for _ in range(warmup + repeats):
                    start = clock()
                    work()
                    times.append(clock() - start)
                return np.array(times[warmup:])
            """,
        ),
        dict(
            name="a function for one run",
            code="""
                def one():
                    start = clock()
                    work()
                    return clock() - start

                for _ in range(warmup):
                    one()
                return np.array([one() for _ in range(repeats)])
            """,
        ),
    ],
    "percentile": [
        dict(
            name="the first that has enough",
            code="""
                for count, value in enumerate(ordered, 1):
                    if 100 * count >= q * len(ordered):
                        return float(value)
                raise AssertionError("the last value has all")
            """,
        ),
        dict(name="a floor from the other side",
             code="return float(ordered[-(-q * len(ordered) // 100).__int__() - 1])"),
    ],
    "interval": [
        dict(
            name="one sample at a time",
            code="""
                from statistics import median

                medians = [median(rng.choice(values, len(values)).tolist()) for _ in range(draws)]
                return percentile(medians, 50 - 50 * level), percentile(medians, 50 + 50 * level)
            """,
        ),
        dict(
            name="by index",
            code="""
                drawn = values[rng.integers(0, len(values), (draws, len(values)))]
                medians = np.sort(np.median(drawn, axis=1))
                left_out = 100 * (1 - level) / 2
                return percentile(medians, left_out), percentile(medians, 100 - left_out)
            """,
        ),
    ],
    "sign_test": [
        dict(
            name="every row that is as far from the middle",
            code="""
                far = abs(2 * wins - pairs)
                rows = sum(math.comb(pairs, heads) for heads in range(pairs + 1) if abs(2 * heads - pairs) >= far)
                return rows / 2**pairs
            """,
        ),
        dict(
            name="from the other end",
            code="""
                more = max(wins, pairs - wins)
                share = sum(math.comb(pairs, heads) for heads in range(more, pairs + 1)) / 2**pairs
                return 1.0 if 2 * wins == pairs else 2 * share
            """,
        ),
    ],
    "catch": [
        dict(
            name="names in a list, a clock beside it",
            code="""
                ran, now = [], [0.0]

                def work(name, seconds):
                    def run():
                        ran.append(name)
                        now[0] += seconds
                    return run

                times = measure([work("a", 3.0), work("b", 5.0)], 8, clock=lambda: now[0])
                counted = ran[-16:]
                for at in range(0, 16, 2):
                    assert sorted(counted[at:at + 2]) == ["a", "b"], f"round {at // 2} is {counted[at:at + 2]}"
                assert np.array_equal(times, [[3.0] * 8, [5.0] * 8])
            """,
        ),
        dict(
            name="three rounds compared with sets",
            code="""
                notes = []
                times = measure([lambda: notes.append(3.0), lambda: notes.append(5.0)], 4, clock=lambda: sum(notes))
                for at in range(len(notes) - 8, len(notes), 2):
                    if {notes[at], notes[at + 1]} != {3.0, 5.0}:
                        raise AssertionError("not every round has both")
                if times.tolist() != [[3.0] * 4, [5.0] * 4]:
                    raise AssertionError("other times than were taken")
            """,
        ),
    ],
    "repair": [
        dict(
            name="without timed",
            code="""
                for _ in range(warmup):
                    for work in works:
                        work()
                times = np.zeros((len(works), repeats))
                for at in range(repeats):
                    for who in rng.permutation(len(works)):
                        start = clock()
                        works[who]()
                        times[who, at] = clock() - start
                return times
            """,
        ),
        dict(
            name="a list that is shuffled",
            code="""
                for work in works:
                    for _ in range(warmup):
                        work()
                rounds, order = [], list(range(len(works)))
                for _ in range(repeats):
                    rng.shuffle(order)
                    took = {who: timed(works[who], 1, 0, clock)[0] for who in order}
                    rounds.append([took[who] for who in range(len(works))])
                return np.array(rounds).T
            """,
        ),
    ],
    "fair": [
        dict(
            name="one condition",
            code="""
                first, second = a().data, b().data
                if first.shape == second.shape and np.allclose(first, second, rtol=1e-3, atol=1e-5):
                    return compare(a, b, **settings)
                raise ValueError(f"not the same answer: shapes {first.shape} and {second.shape}")
            """,
        ),
        dict(
            name="by NumPy's own test",
            code="""
                left, right = a(), b()
                try:
                    np.testing.assert_allclose(left.data, right.data, rtol=1e-3, atol=1e-5)
                    assert left.shape == right.shape
                except AssertionError as error:
                    raise ValueError("the two do not answer alike") from error
                return compare(a, b, **settings)
            """,
        ),
    ],
    "alarms": [
        dict(name="week by week", code="alarms = sum(tests * alpha for _ in range(weeks))"),
        dict(name="all of them first", code="alarms = (tests * weeks) * alpha"),
    ],
    "fewest": [
        dict(name="by the logarithm", code="fewest = math.ceil(1 - math.log2(strict))"),
        dict(name="by its own test", code="fewest = next(n for n in range(1, 99) if sign_test(n, n) < strict)"),
    ],
}
