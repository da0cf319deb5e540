"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

TIMED = """
                for _ in range(warmup):
                    work()
                times = np.zeros(repeats)
                for at in range(repeats):
                    start = clock()
                    work()
                    times[at] = clock() - start
                return times
"""

PERCENTILE = """
                rank = math.ceil(q * len(ordered) / 100)
                return float(ordered[rank - 1])
"""

INTERVAL = """
                medians = np.median(rng.choice(values, (draws, len(values))), axis=1)
                outside = 100 * (1 - level) / 2
                return percentile(medians, outside), percentile(medians, 100 - outside)
"""

SIGN_TEST = """
                fewer = min(wins, pairs - wins)
                rows = sum(math.comb(pairs, heads) for heads in range(fewer + 1))
                return min(1.0, 2 * rows / 2**pairs)
"""

CATCH = """
                notes = []
                times = measure([lambda: notes.append(3.0), lambda: notes.append(5.0)], 6, clock=lambda: sum(notes))
                rounds = np.array(notes[-12:]).reshape(6, 2)
                assert (rounds[:, 0] != rounds[:, 1]).all()
                assert times.shape == (2, 6)
                assert (times[0] == 3).all() and (times[1] == 5).all()
"""

REPAIR = """
                for work in works:
                    timed(work, 0, warmup, clock)
                times = np.zeros((len(works), repeats))
                for at in range(repeats):
                    for who in map(int, rng.permutation(len(works))):
                        times[who, at] = timed(works[who], 1, 0, clock)[0]
                return times
"""

FAIR = """
                left, right = a(), b()
                if left.shape != right.shape:
                    raise ValueError("answers of unlike shape")
                if not np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5):
                    raise ValueError("unlike answers")
                return compare(a, b, **settings)
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "timed": [
        dict(
            name="never warm",
            code=changed(TIMED, "for _ in range(warmup):\n                    work()\n                ", ""),
            says="Run the work `warmup` times before the first reading of the clock.",
            ask="How often does the work run before you look at the clock?",
            symptom="the first times are far too long",
        ),
        dict(
            name="the clock read once",
            code=changed(changed(TIMED, "                    start = clock()\n", ""),
                         "times = np.zeros(repeats)", "times, start = np.zeros(repeats), clock()"),
            says="Each run has a start of its own: read the clock anew before each of them.",
            ask="From when on does the last of your times count?",
            symptom="times grow from run to run",
        ),
        dict(
            name="the mean of all",
            code="""
                for _ in range(warmup):
                    work()
                start = clock()
                for _ in range(repeats):
                    work()
                return np.full(repeats, (clock() - start) / repeats)
            """,
            says="Keep each time by itself; from the sum nobody can tell any more what disturbed it.",
            ask="Can you still see a single long run in your answer?",
            symptom="all times are equal",
        ),
        dict(
            name="sorted",
            code=changed(TIMED, "return times", "return np.sort(times)"),
            says="The order tells whether times grow with heat: leave them as they came.",
            ask="Which run was the longest, the first or the last?",
            symptom="the longest run is always the last",
        ),
        dict(
            name="warm-up before each",
            code="""
                times = np.zeros(repeats)
                for at in range(repeats):
                    for _ in range(warmup):
                        work()
                    start = clock()
                    work()
                    times[at] = clock() - start
                return times
            """,
            says="Warm up once, before the first run that counts, and not before each.",
            ask="How many times does the work run in all, with warmup 3 and repeats 5?",
            symptom="it takes four times as long as it should",
        ),
        dict(
            name="one of each is lost",
            code=changed(TIMED, "for at in range(repeats):", "for at in range(1, repeats):"),
            says="Indices begin at 0: range(repeats).",
            ask="What is your first time?",
            symptom="the first time is 0",
        ),
        dict(
            name="warm-up kept",
            code="""
                times = np.zeros(warmup + repeats)
                for at in range(warmup + repeats):
                    start = clock()
                    work()
                    times[at] = clock() - start
                return times
            """,
            says="Warm-up runs are not kept: `repeats` times come back.",
            ask="How many times come back, and how many were asked for?",
            symptom="too many times, the first of them too long",
        ),
        dict(
            name="one at least",
            code=changed(TIMED, "range(warmup)", "range(max(1, warmup))"),
            says="warmup may be 0: then nothing runs before the repeats.",
            ask="What does warmup 0 mean?",
            symptom="one run too many where no warm-up is wanted",
        ),
        dict(
            name="from stop to stop",
            code="""
                for _ in range(warmup):
                    work()
                times, start = np.zeros(repeats), clock()
                for at in range(repeats):
                    work()
                    stop = clock()
                    times[at], start = stop - start, stop
                return times
            """,
            says="Between two runs the loop goes on and a time is stored: read the clock anew right before each run.",
            ask="What happens between the end of one run and the start of the next, and whose time is it in?",
            symptom="very short works seem longer than they are",
        ),
        dict(
            name="whole seconds",
            code=changed(TIMED, "np.zeros(repeats)", "np.zeros(repeats, dtype=int)"),
            says="An array of integers cuts off what is behind the point. Leave np.zeros its float64.",
            ask="What is 0.7 when it is put into your array?",
            symptom="all times are 0 on a real clock",
        ),
        dict(
            name="seven digits",
            code=changed(TIMED, "np.zeros(repeats)", "np.zeros(repeats, dtype=np.float32)"),
            says="`Seconds` are float64, as clocks give them; nothing is saved by cutting digits off.",
            ask="Of which type are the numbers in `Seconds`?",
            symptom="times that another program reads have another type",
        ),
    ],
    "percentile": [
        dict(
            name="between two values",
            code="return float(np.percentile(ordered, q))",
            says="NumPy's usual percentile lies between two values. Take the one of the nearest rank.",
            ask="Is your answer among the values?",
            symptom="times that nobody measured",
        ),
        dict(
            name="one too far",
            code=changed(PERCENTILE, "ordered[rank - 1]", "ordered[min(rank, len(ordered) - 1)]"),
            says="Rank 1 stands at index 0.",
            ask="At which index stands the smallest value, of rank 1?",
            symptom="one value too high",
        ),
        dict(
            name="rounded down",
            code="return float(ordered[max(1, int(q * len(ordered) / 100)) - 1])",
            says="At least q percent: round the rank up.",
            ask="Of 5 values, how many percent are the first, and how many the first two?",
            symptom="one value too low, where the rank is not whole",
        ),
        dict(
            name="rounded to the nearest",
            code="return float(ordered[max(1, round(q * len(ordered) / 100)) - 1])",
            says="Nearest rank is its name, and it means the next one up: math.ceil.",
            ask="Does q percent of the values reach up to yours?",
            symptom="one value too low for some q",
        ),
        dict(
            name="from the top",
            code="return float(ordered[len(ordered) - math.ceil(q * len(ordered) / 100)])",
            says="Count from the smallest: p90 is near the largest.",
            ask="Is p99 of many times a short or a long one?",
            symptom="p90 is smaller than p50",
        ),
        dict(
            name="by places between",
            code="return float(ordered[math.ceil(q / 100 * (len(ordered) - 1))])",
            says="q percent of the count of values, not of the last index.",
            ask="Which rank has p50 of four values?",
            symptom="one value too high for some q",
        ),
        dict(
            name="divided first",
            code=changed(PERCENTILE, "q * len(ordered) / 100", "q / 100 * len(ordered)"),
            says="7 / 100 * 100 is a little more than 7, and rounds up to 8. Multiply first, then divide.",
            ask="What is 7 / 100 * 100 on your machine?",
            symptom="one value too high, for some q and some counts",
        ),
        dict(
            name="nearly up",
            code=changed(PERCENTILE, "math.ceil(q * len(ordered) / 100)", "int(q * len(ordered) / 100 + 0.99)"),
            says="Rounding up is math.ceil; adding 0.99 first misses what is over by less than a hundredth.",
            ask="What becomes of 1.001 in your answer?",
            symptom="one value too low, for a rank that is hardly more than whole",
        ),
    ],
    "interval": [
        dict(
            name="of the values",
            code="""
                outside = 100 * (1 - level) / 2
                return percentile(values, outside), percentile(values, 100 - outside)
            """,
            says="That is how far single runs spread. Draw samples, and look how far their medians do.",
            ask="Does your interval become narrower with more runs?",
            symptom="as wide with a thousand runs as with ten",
        ),
        dict(
            name="the mean",
            code=changed(INTERVAL, "np.median", "np.mean"),
            says="It is the median that is asked for, of each row.",
            ask="What does one long run do to your interval?",
            symptom="one disturbance moves the interval",
        ),
        dict(
            name="all on each side",
            code=changed(INTERVAL, " / 2\n", "\n"),
            says="What is left out is shared by both sides: half of it each.",
            ask="How many percent lie outside on the left, at level 0.95?",
            symptom="intervals too narrow",
        ),
        dict(
            name="without replacement",
            code=changed(INTERVAL, "np.median(rng.choice(values, (draws, len(values))), axis=1)",
                         "np.array([np.median(rng.permutation(values)) for _ in range(draws)])"),
            says="In a new order they are the same values. Draw each from all of them, with replacement.",
            ask="Can a value come twice in your samples?",
            symptom="an interval of width 0",
        ),
        dict(
            name="half as many",
            code=changed(INTERVAL, "(draws, len(values))", "(draws, (len(values) + 1) // 2)"),
            says="A sample is as large as what you have: len(values).",
            ask="How large is each of your samples?",
            symptom="intervals wider than they should be",
        ),
        dict(
            name="across the rows",
            code=changed(INTERVAL, "axis=1", "axis=0"),
            says="Each row is a sample, and has a median: axis=1.",
            ask="How many medians do you have?",
            symptom="an interval of nearly no width",
        ),
        dict(
            name="the level forgotten",
            code=changed(INTERVAL, "100 * (1 - level) / 2", "2.5"),
            says="2.5 belongs to level 0.95. Compute it from `level`.",
            ask="Where does `level` enter?",
            symptom="the same interval at every level",
        ),
        dict(
            name="a normal one",
            code="""
                middle, error = np.median(values), np.std(values) / math.sqrt(len(values))
                return float(middle - 1.96 * error), float(middle + 1.96 * error)
            """,
            says="That formula is for means of well-behaved numbers. Draw samples and look.",
            ask="Where in your answer are samples drawn?",
            symptom="one long run makes the interval wide on both sides",
        ),
        dict(
            name="as far to both sides",
            code="""
                middle = float(np.median(values))
                medians = np.median(rng.choice(values, (draws, len(values))), axis=1)
                far = percentile(medians, 100 - 100 * (1 - level) / 2) - middle
                return middle - far, middle + far
            """,
            says="Times spread further up than down. Take each end from the medians that were drawn.",
            ask="Must the low end be as far from the median as the high one?",
            symptom="a low end below what is ever drawn",
        ),
        dict(
            name="a thousand draws always",
            code=changed(INTERVAL, "(draws, len(values))", "(1000, len(values))"),
            says="As many samples as `draws` says.",
            ask="Where does `draws` enter?",
            symptom="draws=1 is a thousand as well",
        ),
        dict(
            name="one seed for ever",
            code=changed(INTERVAL, "rng.choice", "np.random.default_rng(3).choice"),
            says="Draw from the `rng` that was given; then whoever calls decides what is drawn.",
            ask="Where does `rng` enter?",
            symptom="the same draw each time, whatever the seed",
        ),
        dict(
            name="a generator of its own",
            code=changed(INTERVAL, "rng.choice", "np.random.default_rng().choice"),
            says="Draw from the `rng` that was given; then the same seed gives the same interval.",
            ask="What do two calls with the same seed give?",
            symptom="nobody can compute the same interval again",
        ),
        dict(
            name="between two medians",
            code=changed(INTERVAL, "return percentile(medians, outside), percentile(medians, 100 - outside)",
                         "return tuple(float(np.percentile(medians, q)) for q in (outside, 100 - outside))"),
            says="NumPy's usual percentile lies between two values; yours, of the nearest rank, is among them.",
            ask="Are the ends of your interval among the medians that were drawn?",
            symptom="ends that no sample had for its median",
        ),
        dict(
            name="shares for percents",
            code=changed(INTERVAL, "100 * (1 - level) / 2", "(1 - level) / 2"),
            says="percentile counts in percent: 100 * (1 - level) / 2.",
            ask="Which percentiles are asked for at level 0.9?",
            symptom="intervals that hold nearly everything that was drawn",
        ),
    ],
    "sign_test": [
        dict(
            name="one side",
            code=changed(SIGN_TEST, "2 * rows", "rows"),
            says="As one-sided in favour of either: count both sides.",
            ask="Would 1 of 10 have surprised you as much as 9 of 10?",
            symptom="half of what is right, and twice as many alarms",
        ),
        dict(
            name="this number only",
            code=changed(SIGN_TEST, "sum(math.comb(pairs, heads) for heads in range(fewer + 1))",
                         "math.comb(pairs, fewer)"),
            says="At least as one-sided: the rows that are even more one-sided count as well.",
            ask="Is 10 of 10 at least as one-sided as 9 of 10?",
            symptom="a little too small",
        ),
        dict(
            name="more one-sided",
            code=changed(SIGN_TEST, "range(fewer + 1)", "range(fewer)"),
            says="At least: the number itself belongs to it, range(fewer + 1).",
            ask="Is 9 of 10 among the rows that you count?",
            symptom="far too small, and 0 for a win in all pairs",
        ),
        dict(
            name="the losses only",
            code=changed(SIGN_TEST, "min(wins, pairs - wins)", "pairs - wins"),
            says="Take the smaller of wins and losses; with 1 of 10 it is the wins.",
            ask="What do you get for 1 win in 10?",
            symptom="right if b is faster, 1 if it is slower",
        ),
        dict(
            name="above one",
            code=changed(SIGN_TEST, "min(1.0, 2 * rows / 2**pairs)", "2 * rows / 2**pairs"),
            says="If wins and losses are equal, both sides share a row and the sum is above 1: min(1.0, ...).",
            ask="What do you get for 5 of 10?",
            symptom="a share of 1.25",
        ),
        dict(
            name="by its spread",
            code="return math.erfc(abs(wins - pairs / 2) / math.sqrt(pairs / 4) / math.sqrt(2))",
            says="That is the bell curve, good for hundreds of pairs. Count the rows.",
            ask="Is your answer for 9 of 10 a share of 1,024 rows?",
            symptom="about right for many pairs, half of it for few",
        ),
        dict(
            name="a float too large",
            code=changed(SIGN_TEST, "2**pairs", "2.0**pairs"),
            says="2.0**1100 is larger than any float. Keep whole numbers up to the division: 2**pairs.",
            ask="How many rows of throws have 1,200 pairs, and is that still a float?",
            symptom="OverflowError for a thousand pairs and more",
        ),
    ],
    "catch": [
        dict(
            name="times only",
            code=changed(CATCH, "assert (rounds[:, 0] != rounds[:, 1]).all()\n                ", ""),
            says="On a steady clock the colleague's times are right. Look at the order in which the works ran.",
            ask="Where do you look at who ran when?",
            symptom="the fault passes",
        ),
        dict(
            name="order only",
            code=changed(changed(CATCH, "assert (times[0] == 3).all() and (times[1] == 5).all()\n", ""),
                         "assert times.shape == (2, 6)\n", ""),
            says="Rounds are not enough: the times must stand in the row of the work that took them.",
            ask="Would you notice if the rows were exchanged?",
            symptom="measuring that mixes up the rows passes",
        ),
        dict(
            name="in turn only",
            code=changed(CATCH, "(rounds[:, 0] != rounds[:, 1]).all()",
                         "(rounds[:, 0] == 3).all() and (rounds[:, 1] == 5).all()"),
            says="In a round anybody may begin; both have to run.",
            ask="Is b a, a b, b a a good order?",
            symptom="rounds in a changing order are refused",
        ),
        dict(
            name="warm-up taken for rounds",
            code=changed(CATCH, "notes[-12:]", "notes[:12]"),
            says="The warm-up stands first in the notes; the rounds are the last 12 of them.",
            ask="What stands at the start of your notes?",
            symptom="right measuring is refused",
        ),
        dict(
            name="some round is enough",
            code=changed(CATCH, "(rounds[:, 0] != rounds[:, 1]).all()", "(rounds[:, 0] != rounds[:, 1]).any()"),
            says="In every round both run: ask it of all pairs, not of some.",
            ask="Do both works run in every pair of your notes?",
            symptom="a b that comes in the middle of all a is enough",
        ),
        dict(
            name="middles only",
            code=changed(CATCH, "(times[0] == 3).all() and (times[1] == 5).all()", "times.mean() == 4"),
            says="Look at each row: 3 seconds in the first, 5 in the second.",
            ask="What is the mean of all times, if the rows are exchanged?",
            symptom="measuring that mixes up the rows passes",
        ),
        dict(
            name="refuses everything",
            code="raise AssertionError('no measuring is good enough')",
            says="A check must accept what is right.",
            ask="What would right measuring have to do to pass?",
            symptom="right measuring is refused",
        ),
        dict(
            name="as many of each",
            code=changed(CATCH, "(rounds[:, 0] != rounds[:, 1]).all()", "(rounds == 3).sum() == (rounds == 5).sum()"),
            says="All of one, then all of the other are as many of each. Look at each pair of the notes.",
            ask="How many 3 and how many 5 are in the notes of a a a b b b?",
            symptom="blocks pass, if all are warmed up before",
        ),
        dict(
            name="the first round alone",
            code=changed(CATCH, "(rounds[:, 0] != rounds[:, 1]).all()", "rounds[0, 0] != rounds[0, 1]"),
            says="The other rounds have to hold both as well: ask all pairs.",
            ask="What may happen after the first round?",
            symptom="a b, and then blocks, passes",
        ),
        dict(
            name="the last round alone",
            code=changed(CATCH, "(rounds[:, 0] != rounds[:, 1]).all()", "rounds[-1, 0] != rounds[-1, 1]"),
            says="The rounds before have to hold both as well: ask all pairs.",
            ask="What may have happened before the last round?",
            symptom="blocks, and then a b, passes",
        ),
        dict(
            name="one round measured",
            code="""
                notes = []
                times = measure([lambda: notes.append(3.0), lambda: notes.append(5.0)], 1, clock=lambda: sum(notes))
                assert sorted(notes[-2:]) == [3, 5]
                assert times.tolist() == [[3.0], [5.0]]
            """,
            says="With one run each, blocks and rounds are the same. Measure several.",
            ask="How do blocks differ from rounds, if each work runs once?",
            symptom="blocks pass",
        ),
        dict(
            name="the first times only",
            code=changed(CATCH, "assert times.shape == (2, 6)\n                "
                                "assert (times[0] == 3).all() and (times[1] == 5).all()",
                         "assert times[0, 0] == 3 and times[1, 0] == 5"),
            says="Every time counts, and so does how many there are: the shape, and all of each row.",
            ask="What would you notice if the second column were wrong?",
            symptom="too many times pass, and wrong ones after the first",
        ),
        dict(
            name="any number of times",
            code=changed(CATCH, "assert times.shape == (2, 6)\n                ", ""),
            says="How many times come back belongs to it: shape (2, repeats).",
            ask="Would you notice it if one round were missing, or came twice?",
            symptom="a round too few or too many passes",
        ),
    ],
    "repair": [
        dict(
            name="one after the other",
            code="return np.array([timed(work, repeats, warmup, clock) for work in works])",
            says="That is the colleague's order: all of one, then all of the next. Loop over rounds outside.",
            ask="What runs between the first and the second run of a work?",
            symptom="the first wins on a machine that heats up",
        ),
        dict(
            name="always the same order",
            code=changed(REPAIR, "rng.permutation(len(works))", "range(len(works))"),
            says="Who comes second finds memory as the first left it: draw the order for each round.",
            ask="Who begins, in each of your rounds?",
            symptom="the first work begins every round",
        ),
        dict(
            name="one order for all rounds",
            code=changed(changed(REPAIR, "rng.permutation(len(works))", "order"),
                         "times = np.zeros((len(works), repeats))",
                         "times, order = np.zeros((len(works), repeats)), rng.permutation(len(works))"),
            says="Draw inside the loop over rounds, so that each round has an order of its own.",
            ask="How often do you draw?",
            symptom="the same work begins every round",
        ),
        dict(
            name="rows by their turn",
            code=changed(changed(REPAIR, "for who in map(int, rng.permutation(len(works))):",
                                 "for turn, who in enumerate(rng.permutation(len(works))):"),
                         "times[who, at]", "times[turn, at]"),
            says="A time belongs to the row of its work, times[who, at], whenever it ran.",
            ask="Whose times stand in your row 0?",
            symptom="all works look alike",
        ),
        dict(
            name="any work",
            code=changed(REPAIR, "rng.permutation(len(works))", "rng.integers(0, len(works), len(works))"),
            says="In each round every work runs once: an order, not a draw with replacement.",
            ask="Can a work run twice in one of your rounds?",
            symptom="some times are 0",
        ),
        dict(
            name="warm-up in every round",
            code=changed(REPAIR, "timed(works[who], 1, 0, clock)", "timed(works[who], 1, warmup, clock)"),
            says="Warm up once, before the first round.",
            ask="How many runs does one round have?",
            symptom="it takes four times as long",
        ),
        dict(
            name="never warm",
            code=changed(REPAIR, "timed(work, 0, warmup, clock)", "timed(work, 0, 0, clock)"),
            says="Every work is run `warmup` times before the first round.",
            ask="What is the first time of each row?",
            symptom="the first column is far too long",
        ),
        dict(
            name="all orders drawn from one work",
            code=changed(REPAIR, "rng.permutation(len(works))", "rng.permutation(len(works))[::1 if at else -1] * 0"),
            says="Index works by `who`, every one of them, not by 0.",
            ask="Which works run in a round?",
            symptom="one row of times, and zeros",
        ),
        dict(
            name="in turn",
            code=changed(REPAIR, "rng.permutation(len(works))", "[(at + k) % len(works) for k in range(len(works))]"),
            says="Each begins equally often, but the same one always follows: draw the order.",
            ask="Who runs right before the second work, in each of your rounds?",
            symptom="three works take three of their six orders",
        ),
        dict(
            name="to and fro",
            code=changed(REPAIR, "rng.permutation(len(works))", "list(range(len(works)))[:: 1 if at % 2 else -1]"),
            says="The one in the middle never begins. Draw an order of all of them.",
            ask="How often does the second of three works begin?",
            symptom="three works take two of their six orders",
        ),
        dict(
            name="who begins is drawn",
            code=changed(changed(REPAIR, "rng.permutation(len(works))",
                                 "[(begins + k) % len(works) for k in range(len(works))]"),
                         "for at in range(repeats):\n",
                         "for at in range(repeats):\n                    begins = int(rng.integers(len(works)))\n"),
            says="Not only who begins: who comes after whom has to be drawn as well.",
            ask="Can the third work run right after the first in your rounds?",
            symptom="three works take three of their six orders, at random",
        ),
        dict(
            name="a generator of its own",
            code=changed(REPAIR, "rng.permutation", "np.random.default_rng().permutation"),
            says="Draw from `rng`; then the same seed gives the same orders.",
            ask="Where does `rng` enter?",
            symptom="nobody can measure in the same orders again",
        ),
    ],
    "fair": [
        dict(
            name="answers never seen",
            code="return compare(a, b, **settings)",
            says="Run both once and look at what they answer, before you time them.",
            ask="What if b is fast and wrong?",
            symptom="a wrong answer wins",
        ),
        dict(
            name="shapes only",
            code=changed(FAIR, "if not np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5):\n"
                               '                    raise ValueError("unlike answers")\n                ', ""),
            says="Answers of one shape can still be wrong: compare the values as well.",
            ask="Are x and 1.1 * x the same answer?",
            symptom="wrong values pass",
        ),
        dict(
            name="values only",
            code=changed(FAIR, "if left.shape != right.shape:\n"
                               '                    raise ValueError("answers of unlike shape")\n                ', ""),
            says="np.allclose stretches (1, 3) to (4, 3): ask for the shapes first.",
            ask="Does np.allclose say that shapes differ?",
            symptom="an answer of another shape passes",
        ),
        dict(
            name="exactly equal",
            code=changed(FAIR, "not np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5)",
                         "(left.data != right.data).any()"),
            says="Another order of the same sums ends in other last digits. Close is enough.",
            ask="Is (x @ y) @ z equal to x @ (y @ z) in every digit?",
            symptom="right answers are refused for their last digit",
        ),
        dict(
            name="settings dropped",
            code=changed(FAIR, "compare(a, b, **settings)", "compare(a, b)"),
            says="Hand the settings on: compare(a, b, **settings).",
            ask="Which clock does compare use in your answer?",
            symptom="the clock and the repeats that were asked for are not used",
        ),
        dict(
            name="b first",
            code=changed(FAIR, "compare(a, b, **settings)", "compare(b, a, **settings)"),
            says="a is what you have, b what might be faster: compare(a, b, ...).",
            ask="Below or above 1, if b is faster?",
            symptom="the ratio turned over",
        ),
        dict(
            name="on average",
            code=changed(FAIR, "np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5)",
                         "np.allclose(left.data.mean(), right.data.mean(), rtol=0.05, atol=0.05)"),
            says="Means can agree where the numbers do not: compare number by number.",
            ask="Would you see it if one number were wrong?",
            symptom="an answer with a wrong number passes",
        ),
        dict(
            name="below only",
            code=changed(FAIR, "not np.allclose(left.data, right.data, rtol=1e-3, atol=1e-5)",
                         "(left.data - right.data).max() > 1e-3"),
            says="A difference may be below zero as well: look at its size, as np.allclose does.",
            ask="What is left - right, if right is larger everywhere?",
            symptom="answers that are too large pass",
        ),
        dict(
            name="half is close",
            code=changed(FAIR, "atol=1e-5", "atol=0.5"),
            says="Last digits differ by millionths, not by halves: rtol=1e-3, atol=1e-5.",
            ask="Is 0.1 more everywhere the same answer?",
            symptom="wrong answers pass, if they are small numbers",
        ),
        dict(
            name="closer than float32",
            code=changed(FAIR, ", rtol=1e-3, atol=1e-5", ""),
            says="NumPy's own limits are for float64; sums in float32 differ by more. Take those of the hint.",
            ask="By how much do sums of thousands of float32 differ in another order?",
            symptom="right answers of large products are refused",
        ),
        dict(
            name="timed before",
            code=changed("\n                found = compare(a, b, **settings)" + FAIR,
                         "return compare(a, b, **settings)", "return found"),
            says="Look at the answers first; unlike ones are not worth a clock.",
            ask="What is done first in your answer?",
            symptom="it takes long to say that answers differ",
        ),
        dict(
            name="the first row",
            code=changed(FAIR, "np.allclose(left.data, right.data,", "np.allclose(left.data[0], right.data[0],"),
            says="Every row counts: compare all of the data.",
            ask="Would you see it if the last row were wrong?",
            symptom="wrong rows pass, if they are not the first",
        ),
        dict(
            name="as many axes",
            code=changed(FAIR, "left.shape != right.shape", "len(left.shape) != len(right.shape)"),
            says="(1, 3) and (4, 3) have two axes both: compare the shapes themselves.",
            ask="Are (1, 3) and (4, 3) one shape?",
            symptom="one row passes for four equal ones",
        ),
        dict(
            name="as many rows",
            code=changed(FAIR, "left.shape != right.shape", "left.shape[0] != right.shape[0]"),
            says="(4, 1) and (4, 3) have four rows both: compare the whole shapes.",
            ask="Are (4, 1) and (4, 3) one shape?",
            symptom="one column passes for three equal ones",
        ),
    ],
    "alarms": [
        dict(name="one week", code="alarms = tests * alpha", says="That is one week of them.",
             ask="For how many weeks is it?", symptom="too small by the number of weeks"),
        dict(name="those that are quiet", code="alarms = tests * (1 - alpha) * weeks",
             says="alpha is the share that alarms where there is nothing; these are the others.",
             ask="Should most of the comparisons alarm?", symptom="nearly all comparisons"),
        dict(name="the chance of any", code="alarms = 1 - (1 - alpha) ** (tests * weeks)",
             says="That is the chance of one or more. How many is the count times the share.",
             ask="Is your number a chance or a count?", symptom="nearly 1"),
        dict(name="both sides", code="alarms = 2 * tests * alpha * weeks",
             says="alpha counts both sides already: p is two-sided.", ask="Is p one-sided or two-sided?",
             symptom="twice the truth"),
        dict(name="one side", code="alarms = tests * alpha * weeks / 2",
             says="A difference in favour of either is an alarm.", ask="Does an alarm in favour of a count?",
             symptom="half the truth"),
    ],
    "fewest": [
        dict(name="one side", code="fewest = next(pairs for pairs in range(1, 99) if 1 / 2**pairs < strict)",
             says="All wins for a would be as one-sided: p is 2 / 2**n.", ask="How many rows are that one-sided?",
             symptom="one too few"),
        dict(name="one more", code="fewest = next(pairs for pairs in range(1, 99) if 2 / 2**pairs < strict) + 1",
             says="The smallest number for which 2 / 2**n is below it.", ask="Is one pair fewer still enough?",
             symptom="one too many"),
        dict(name="one less", code="fewest = next(pairs for pairs in range(1, 99) if 2 / 2**pairs < strict) - 2",
             says="With so few, p is still above it.", ask="What is 2 / 2**n for your number?", symptom="two too few"),
        dict(name="as many as one in so many", code="fewest = round(1 / strict)",
             says="Each pair halves the chance: powers of 2.", ask="What does one more pair do to the chance?",
             symptom="a hundred pairs and more"),
        dict(name="another base", code="fewest = math.ceil(math.log(1 / strict))",
             says="A pair halves the chance: it is 2 / 2**n, not a power of e.", ask="What is p of 5 wins in 5?",
             symptom="too few"),
    ],
}

CLOSE = "np.allclose(left.data, right.data, rtol=0.001, atol=1e-05)"

SURVIVORS = {
    "timed": {
        "`np.zeros(repeats)` becomes `np.ones(repeats)`": "right: every time is written over",
    },
    "interval": {
        "`np.median(rng.choice(values, (draws, len(values))), axis=1)` becomes "
        "`np.median(rng.choice(values, (draws, len(values))), axis=-1)`": "right: a table has two axes",
        "`100 * (1 - level)` becomes `101 * (1 - level)`": "a hundredth of what is left out is less than draws tell",
        "`100 * (1 - level)` becomes `99 * (1 - level)`": "a hundredth of what is left out is less than draws tell",
    },
    "sign_test": {
        "`min(wins, pairs - wins)` becomes `min(pairs - wins, wins)`": "right: the smaller of two",
        "`min(1.0, 2 * rows / 2 ** pairs)` becomes `min(2 * rows / 2 ** pairs, 1.0)`": "right: the smaller of two",
    },
    "repair": {
        "`timed(work, 0, warmup, clock)` becomes `timed(work, warmup, 0, clock)`":
            "right: whether runs that nobody keeps are timed is all one",
        "`np.zeros((len(works), repeats))` becomes `np.ones((len(works), repeats))`":
            "right: every time is written over",
        "`timed(works[who], 1, 0, clock)[0]` becomes `timed(works[who], 1, 0, clock)[-1]`":
            "right: of one run the first time is the last",
        "`timed(works[who], 1, 0, clock)` becomes `timed(works[who], 1, -1, clock)`":
            "right: fewer than no runs to warm up are none",
    },
    "fair": {
        f"`{CLOSE}` becomes `{other}`": "right: how close is close leaves room"
        for other in ("np.allclose(left.data, right.data, atol=1e-05)",
                      "np.allclose(left.data, right.data, rtol=0.001)",
                      "np.allclose(right.data, left.data, rtol=0.001, atol=1e-05)",
                      "np.allclose(left.data, right.data, rtol=0.002, atol=1e-05)",
                      "np.allclose(left.data, right.data, rtol=0.001, atol=2e-05)",
                      "np.allclose(left.data, right.data, rtol=0.001, atol=-1e-05)")
    },
    "fewest": {
        "`2 / 2 ** pairs < strict` becomes `2 / 2 ** pairs <= strict`": "right: no choice is such a power",
        **{f"`range(1, 99)` becomes `{other}`": "right: any range that holds the answer"
           for other in ("range(2, 99)", "range(0, 99)", "range(1, 100)", "range(1, 98)")},
    },
}
