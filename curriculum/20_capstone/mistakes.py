"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

DIGEST = """
                rest = {key: value for key, value in record.items() if key != "digest"}
                return hashed(json.dumps(rest, sort_keys=True, separators=(",", ":"), allow_nan=False))
"""

IMPROVEMENT = """
                baseline, optimized = submission.baseline, submission.optimized
                ratios = np.array(baseline.latencies_ms) / np.array(optimized.latencies_ms)
                interval = bootstrap_interval(ratios, np.random.default_rng(0))
                smaller, gained = baseline.size_bytes / optimized.size_bytes, optimized.accuracy - baseline.accuracy
                return Improvement(float(np.median(ratios)), interval, smaller, gained)
"""

TIMES = """
                says = []
                for name, entry in entries_of(submission).items():
                    times = entry.latencies_ms
                    if len(times) < FEWEST:
                        says.append(f"{name}: too few")
                    if any(one <= 0 for one in times):
                        says.append(f"{name}: no time")
                    if len(set(times)) == 1:
                        says.append(f"{name}: all equal")
                before, after = submission.baseline.latencies_ms, submission.optimized.latencies_ms
                if len(before) != len(after):
                    says.append("no pairs")
                if sum(before) + sum(after) > 1000 * submission.elapsed_s:
                    says.append("longer than the whole")
                return says
"""

CATCH = """
                ada, ben, cem = received.values()
                before, after = ([3 * one for one in entry.latencies_ms[:8]] + entry.latencies_ms[8:]
                                 for entry in (cem.baseline, cem.optimized))
                assert validate(ada)
                assert validate(ben)
                assert validate(changed(ben, data=cem.data))
                assert not validate(cem)
                assert not validate(changed(cem, {"latencies_ms": before}, {"latencies_ms": after}))
"""

REPAIR = """
                says = []
                task = TASKS[submission.task]
                if submission.data != Scored("test", task.examples, task.data_sha256):
                    says.append("other data")
                for name, entry in entries_of(submission).items():
                    count = entry.accuracy * task.examples
                    if abs(count - round(count)) > 1e-6:
                        says.append(f"{name}: no whole number")
                ratios = np.array(submission.baseline.latencies_ms) / np.array(submission.optimized.latencies_ms)
                quarter = len(ratios) // 4
                start, end = float(np.median(ratios[:quarter])), float(np.median(ratios[-quarter:]))
                if max(start / end, end / start) > 1.5:
                    says.append("not warm")
                return says
"""

PARETO = """
                table = np.asarray(costs, dtype=float)
                beaten = [bool(((table <= row).all(axis=1) & (table < row).any(axis=1)).any()) for row in table]
                return ~np.array(beaten, dtype=bool)
"""

RACE = """
                notes = []

                def noting(letter, work):
                    def run():
                        notes.append(letter)
                        return work()
                    return run

                start = clock()
                times_s = interleaved([noting("b", baseline), noting("o", optimized)], pairs, warmup, clock, rng)
                return Race(times_s, notes[2 * warmup::2], clock() - start)
"""


def changed(code, *pairs):
    """A solution with some places of it changed: old, new, old, new, ..."""
    for old, new in zip(pairs[::2], pairs[1::2]):
        assert code.count(old) == 1, old
        code = code.replace(old, new)
    return code


MISTAKES = {
    "digest": [
        dict(
            name="the digest counted in",
            code=changed(DIGEST, ' if key != "digest"', ""),
            says="Leave the field \"digest\" out: it cannot be part of what it is computed from.",
            ask="Does the digest of a record change when its digest does?",
            symptom="a sealed submission never fits its own seal",
        ),
        dict(
            name="keys as they come",
            code=changed(DIGEST, "sort_keys=True, ", ""),
            says="Two programs may keep the fields in another order: sort_keys=True.",
            ask="In which order do the keys stand in your text?",
            symptom="the same record has two digests",
        ),
        dict(
            name="sorted on top only",
            code=changed(DIGEST, "for key, value in record.items() if", "for key, value in sorted(record.items()) if",
                         "sort_keys=True, ", ""),
            says="The parts inside have keys as well; sort_keys=True sorts at every depth.",
            ask="And the keys of the system block, are they in order?",
            symptom="the same record has two digests, if its blocks were written in another order",
        ),
        dict(
            name="with blanks",
            code=changed(DIGEST, 'separators=(",", ":"), ', ""),
            says="json.dumps puts a blank behind each comma and colon unless separators say otherwise.",
            ask="Are there blanks in your text?",
            symptom="every digest differs from everybody else's",
        ),
        dict(
            name="letters as they are",
            code=changed(DIGEST, "allow_nan=False", "allow_nan=False, ensure_ascii=False"),
            says="Letters beyond ASCII are written as escapes, which json.dumps does if it is not told otherwise.",
            ask="How is an é written in your text?",
            symptom="right for plain names, wrong for others",
        ),
        dict(
            name="nan let in",
            code=changed(DIGEST, ", allow_nan=False", ""),
            says="NaN is no JSON; with allow_nan=False it is a ValueError.",
            ask="What does json.dumps write for nan?",
            symptom="a record that no other program can read is sealed",
        ),
        dict(
            name="taken out of the record",
            code="""
                record.pop("digest", None)
                return hashed(json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False))
            """,
            says="That takes the digest out of the record of whoever asked. Make another dict without it.",
            ask="What is left in the record after the call?",
            symptom="the record has lost its digest",
        ),
    ],
    "improvement": [
        dict(
            name="ratio of the medians",
            code=changed(IMPROVEMENT, "float(np.median(ratios))",
                         "float(np.median(baseline.latencies_ms) / np.median(optimized.latencies_ms))"),
            says="The two runs of a pair were disturbed alike: take the ratio of each pair first, then the median.",
            ask="What happens to your number if a busy minute hits half of the pairs?",
            symptom="another number than that in the middle of the interval",
        ),
        dict(
            name="mean of the ratios",
            code=changed(IMPROVEMENT, "float(np.median(ratios))", "float(np.mean(ratios))"),
            says="One disturbed run moves the mean. The median is asked for.",
            ask="What does a single ratio of 50 do to your number?",
            symptom="one long run makes a speed-up",
        ),
        dict(
            name="turned over",
            code=changed(IMPROVEMENT, "np.array(baseline.latencies_ms) / np.array(optimized.latencies_ms)",
                         "np.array(optimized.latencies_ms) / np.array(baseline.latencies_ms)"),
            says="3 means three times faster: the time of the baseline over that of the optimized model.",
            ask="Is your number above 1 if the optimized model is faster?",
            symptom="a number below 1 for a gain",
        ),
        dict(
            name="best of both",
            code=changed(IMPROVEMENT, "float(np.median(ratios))", "float(ratios.max())"),
            says="The best pair is luck. The median says what is usual.",
            ask="How many of the pairs are as fast as your number says?",
            symptom="above the upper end of the interval",
        ),
        dict(
            name="interval of something else",
            code=changed(IMPROVEMENT, "bootstrap_interval(ratios,", "bootstrap_interval(baseline.latencies_ms,"),
            says="The interval is that of the ratios, as the median is.",
            ask="Does your interval hold your median?",
            symptom="an interval in milliseconds",
        ),
        dict(
            name="another seed",
            code=changed(IMPROVEMENT, "default_rng(0)", "default_rng(submission.seed)"),
            says="Whoever sends a file could look for a seed that flatters. Draws begin at the seed 0.",
            ask="Who chooses the seed of your draws?",
            symptom="an interval that is a little other than everybody's",
        ),
        dict(
            name="how much larger",
            code=changed(IMPROVEMENT, "baseline.size_bytes / optimized.size_bytes",
                         "optimized.size_bytes / baseline.size_bytes"),
            says="4 means four times smaller: bytes of the baseline over those of the optimized model.",
            ask="Is your number above 1 if bytes were saved?",
            symptom="a quarter where a four is due",
        ),
        dict(
            name="accuracy lost",
            code=changed(IMPROVEMENT, "optimized.accuracy - baseline.accuracy",
                         "baseline.accuracy - optimized.accuracy"),
            says="The difference is below 0 where some was lost: optimized less baseline.",
            ask="Which sign has your difference if the optimized model is worse?",
            symptom="a loss looks like a gain",
        ),
    ],
    "times": [
        dict(
            name="the baseline only",
            code=changed(TIMES, "for name, entry in entries_of(submission).items():",
                         'for name, entry in [("baseline", submission.baseline)]:'),
            says="Both entries have times, and each can be wrong: loop over both.",
            ask="What do you say of an optimized model that took 0 ms?",
            symptom="made-up times of the optimized model pass",
        ),
        dict(
            name="the optimized model only",
            code=changed(TIMES, "for name, entry in entries_of(submission).items():",
                         'for name, entry in [("optimized", submission.optimized)]:'),
            says="Both entries have times, and each can be wrong: loop over both.",
            ask="What do you say of a baseline whose times are all equal?",
            symptom="made-up times of the baseline pass",
        ),
        dict(
            name="more than twenty",
            code=changed(TIMES, "len(times) < FEWEST", "len(times) <= FEWEST"),
            says="Twenty are enough: fewer than FEWEST is what is refused.",
            ask="What do you say of exactly 20 pairs?",
            symptom="20 pairs are refused",
        ),
        dict(
            name="only below 0",
            code=changed(TIMES, "one <= 0", "one < 0"),
            says="No run takes 0 ms either: 0 or below.",
            ask="Can a run take no time?",
            symptom="a time of 0 passes",
        ),
        dict(
            name="the mean is above 0",
            code=changed(TIMES, "any(one <= 0 for one in times)", "sum(times) <= 0"),
            says="Each time has to be above 0, not their sum.",
            ask="What do you say of one time of 0 among thirty?",
            symptom="a single time of 0 passes",
        ),
        dict(
            name="two equal are too many",
            code=changed(TIMES, "len(set(times)) == 1", "len(set(times)) < len(times)"),
            says="A coarse clock may say the same twice. All of them equal is what cannot be.",
            ask="May two of thirty runs take the same time?",
            symptom="honest times are refused",
        ),
        dict(
            name="seconds and milliseconds",
            code=changed(TIMES, "1000 * submission.elapsed_s", "submission.elapsed_s"),
            says="Times are in ms and elapsed_s in seconds: times 1000.",
            ask="Which unit have the two sides of your comparison?",
            symptom="everything takes longer than the whole measurement",
        ),
        dict(
            name="each by itself",
            code=changed(TIMES, "sum(before) + sum(after) >", "max(sum(before), sum(after)) >"),
            says="The runs of both took place within the same measurement: add them up.",
            ask="Did both models run at the same time?",
            symptom="runs pass that take longer, together, than the measurement",
        ),
        dict(
            name="pairs not asked for",
            code=changed(TIMES, 'if len(before) != len(after):\n                    says.append("no pairs")\n'
                                "                ", ""),
            says="Run i of both is pair i, so the lists are of one length.",
            ask="What is the last pair of 30 times and 27?",
            symptom="lists of unlike length pass",
        ),
        dict(
            name="only fewer of one",
            code=changed(TIMES, "len(before) != len(after)", "len(after) < len(before)"),
            says="Either list may be the shorter one: the lengths differ.",
            ask="What do you say of 28 times of the baseline beside 30?",
            symptom="lists of unlike length pass, one way round",
        ),
        dict(
            name="True for a sentence",
            code=changed(TIMES, 'says.append(f"{name}: too few")', "says.append(True)",
                         'says.append(f"{name}: no time")', "says.append(True)",
                         'says.append(f"{name}: all equal")', "says.append(True)"),
            says="Somebody reads it: each thing in the list is a sentence, a str.",
            ask="What is in your list, for whoever was refused?",
            symptom="a list of True, which says nothing",
        ),
    ],
    "catch": [
        dict(
            name="train only",
            code=changed(CATCH, "assert validate(ada)\n                ", ""),
            says="Ada's baseline was cold: a referee must refuse her.",
            ask="Which two of the three have to be refused?",
            symptom="a referee passes that never looks at the order of times",
        ),
        dict(
            name="cold only",
            code=changed(CATCH, "assert validate(ben)\n                ", "",
                         "assert validate(changed(ben, data=cem.data))\n                ", ""),
            says="Ben scored on what his networks were trained on: a referee must refuse him, whatever his block says.",
            ask="Where does your check ask about Ben?",
            symptom="a referee passes that never looks at the data",
        ),
        dict(
            name="the data block believed",
            code=changed(CATCH, "assert validate(changed(ben, data=cem.data))\n                ", ""),
            says="Send Ben's once more, with the data block of Cem: 988.25 digits of 1,000 cannot be right.",
            ask="What if Ben writes into the data block what is expected there?",
            symptom="a referee passes that believes the data block",
        ),
        dict(
            name="nobody is honest",
            code=changed(CATCH, "assert not validate(cem)\n                ", "",
                         'assert not validate(changed(cem, {"latencies_ms": before}, {"latencies_ms": after}))\n', ""),
            says="A referee that refuses everybody is no use: Cem has to pass.",
            ask="Would a referee pass that refuses everybody?",
            symptom="a referee passes that refuses everybody",
        ),
        dict(
            name="busy machines forgotten",
            code=CATCH.rpartition("assert not validate(changed")[0],
            says="Cem on a machine that was busy at first, for both of his models, has to pass as well.",
            ask="Is it anybody's fault if both models were slow in the same pairs?",
            symptom="a referee passes that refuses honest people with busy machines",
        ),
        dict(
            name="busy for one of them",
            code=changed(CATCH, '{"latencies_ms": before}, {"latencies_ms": after}', '{"latencies_ms": before}'),
            says="If only the baseline is slow at first, that is Ada's fault again. Slow down both.",
            ask="In your busy Cem, which of the two models is slow?",
            symptom="right referees are refused",
        ),
        dict(
            name="one refusal is enough",
            code=changed(CATCH, "validate(ada)\n                assert ", "validate(ada) or ",
                         "validate(ben)\n                assert ", "validate(ben) or "),
            says="Each of the three has to be refused, not one of them: an assert for each.",
            ask="Would a referee pass that sees Ada's fault and not Ben's?",
            symptom="half a referee passes",
        ),
    ],
    "repair": [
        dict(
            name="the data block believed",
            code=changed(REPAIR, "abs(count - round(count)) > 1e-6", "not 0 <= count <= task.examples"),
            says="An accuracy of 1,000 examples, times 1,000, is a whole number.",
            ask="How many digits of 1,000 are 0.98825 of them?",
            symptom="988.25 right digits pass",
        ),
        dict(
            name="only the part by its name",
            code=changed(REPAIR, 'submission.data != Scored("test", task.examples, task.data_sha256)',
                         'submission.data.part != "test"'),
            says="Anybody can write test there. The count and the hash have to be the task's as well.",
            ask="What do you say of 4,000 examples of test?",
            symptom="other data pass under the name test",
        ),
        dict(
            name="examples of the file",
            code=changed(REPAIR, "entry.accuracy * task.examples", "entry.accuracy * 1000"),
            says="Tasks have unlike numbers of examples: take that of the task.",
            ask="What if a task is scored on 200 examples?",
            symptom="right for the digits, wrong for TinyTalks",
        ),
        dict(
            name="rounded to tenths",
            code=changed(REPAIR, "abs(count - round(count)) > 1e-6", "abs(count - round(count)) > 0.05"),
            says="Only what floats round may be left over, 1e-6: 930.001 is no whole number.",
            ask="How far from a whole number do you let a count be?",
            symptom="accuracies pass that nearly fit",
        ),
        dict(
            name="the optimized one only",
            code=changed(REPAIR, "for name, entry in entries_of(submission).items():",
                         'for name, entry in [("optimized", submission.optimized)]:'),
            says="Both accuracies are counts of examples: look at both entries.",
            ask="What do you say of a baseline with 938.5 right digits?",
            symptom="half a digit right passes, for the baseline",
        ),
        dict(
            name="the baseline alone",
            code=changed(REPAIR, " / np.array(submission.optimized.latencies_ms)", ""),
            says="On a busy machine both are slow at first. It is the ratio that must not change.",
            ask="What do you say of a machine that was busy at first, for both models?",
            symptom="busy machines are refused, and cold optimized models are not",
        ),
        dict(
            name="one way only",
            code=changed(REPAIR, "max(start / end, end / start) > 1.5", "start / end > 1.5"),
            says="The ratio may fall as well as rise: look at both start / end and end / start.",
            ask="What if it is the optimized model that was cold?",
            symptom="a cold optimized model passes, and a baseline that is disturbed at the end",
        ),
        dict(
            name="the first pair",
            code=changed(REPAIR, "float(np.median(ratios[:quarter])), float(np.median(ratios[-quarter:]))",
                         "float(ratios[0]), float(ratios[-1])"),
            says="One pair may be disturbed. Take the medians of the first and the last quarter.",
            ask="What does a single long run do to your answer?",
            symptom="one disturbed pair is enough to be refused",
        ),
        dict(
            name="against all",
            code=changed(REPAIR, "float(np.median(ratios[-quarter:]))", "float(np.median(ratios))"),
            says="If more than half of the pairs were cold, so is the median of all: take the last quarter.",
            ask="What is the median of all if 20 of 30 pairs are cold?",
            symptom="whoever is cold for long enough passes",
        ),
        dict(
            name="exactly whole",
            code=changed(REPAIR, "abs(count - round(count)) > 1e-6", "count != round(count)"),
            says="Floats round: 1 - 0.059 times 1,000 is not exactly 941. Leave 1e-6 of room.",
            ask="What is (1 - 0.059) * 1000 in floats?",
            symptom="honest accuracies are refused, some of them",
        ),
        dict(
            name="any change at all",
            code=changed(REPAIR, "end / start) > 1.5", "end / start) > 1.04"),
            says="Ratios drift a little on every machine: more than 1.5 times is what is refused.",
            ask="From which change on does your rule refuse?",
            symptom="honest people with restless machines are refused",
        ),
        dict(
            name="the grain of the baseline only",
            code=changed(REPAIR, "for name, entry in entries_of(submission).items():",
                         'for name, entry in [("baseline", submission.baseline)]:'),
            says="Both accuracies are counts of examples: look at both entries.",
            ask="What do you say of an optimized model with 920.5 right digits?",
            symptom="half a digit right passes, for the optimized model",
        ),
    ],
    "pareto": [
        dict(
            name="best in something",
            code="""
                table = np.asarray(costs, dtype=float)
                return (table == table.min(axis=0)).any(axis=1)
            """,
            says="A row may be best in nothing and still beaten by nobody: ask whether another is as good in all.",
            ask="Which row beats one that is second in everything?",
            symptom="good compromises are left out",
        ),
        dict(
            name="lower in all",
            code=changed(PARETO, "(table <= row).all(axis=1) & (table < row).any(axis=1)", "(table < row).all(axis=1)"),
            says="As low in all and lower in one is enough to beat a row.",
            ask="Is [4, 5] any use beside [4, 4]?",
            symptom="rows that tie in one cost stay on the front",
        ),
        dict(
            name="equal rows beat each other",
            code=changed(PARETO, " & (table < row).any(axis=1)", ""),
            says="A row is as low as itself: only if another is lower in something is it beaten.",
            ask="Is your row beaten by itself?",
            symptom="nobody is on the front",
        ),
        dict(
            name="lower in any",
            code=changed(PARETO, "(table <= row).all(axis=1) & ", ""),
            says="Lower in one cost and higher in another beats nobody: as low in all, please.",
            ask="Does [3, 9] beat [9, 3]?",
            symptom="only a row that is best in everything is left",
        ),
        dict(
            name="those that are off",
            code=changed(PARETO, "return ~np.array", "return np.array"),
            says="True says that a row is on the front.",
            ask="Does True stand for those that are beaten?",
            symptom="exactly the others",
        ),
        dict(
            name="more is better",
            code=changed(PARETO, "table <= row", "table >= row", "table < row", "table > row"),
            says="Costs: less is better.",
            ask="Is a high cost good?",
            symptom="the worst ones are on the front",
        ),
        dict(
            name="by their sum",
            code="""
                table = np.asarray(costs, dtype=float)
                return table.sum(axis=1) == table.sum(axis=1).min()
            """,
            says="Seconds and bytes have no sum. A row is off only if another is as good in every column.",
            ask="What is 3 ms and 5 bytes?",
            symptom="one row is left where several are due",
        ),
    ],
    "race": [
        dict(
            name="warm-up counted",
            code=changed(RACE, "notes[2 * warmup::2]", "notes[:2 * pairs:2]"),
            says="The first 2 * warmup notes are those of the warm-up; the pairs begin behind them.",
            ask="Which letters stand first in your notes?",
            symptom="the order begins with a row of b, and the last pairs are missing",
        ),
        dict(
            name="who ran second",
            code=changed(RACE, "notes[2 * warmup::2]", "notes[2 * warmup + 1::2]"),
            says="Of each pair the first letter: start at 2 * warmup.",
            ask="Which of the two letters of a pair did you take?",
            symptom="b and o exchanged",
        ),
        dict(
            name="the plan in place of the trail",
            code=changed(RACE, "notes[2 * warmup::2]", '["bo"[at % 2] for at in range(pairs)]'),
            says="That is a plan. Say who did run first: it is in the notes.",
            ask="Did they really run in that order?",
            symptom="an order in turn, which never was",
        ),
        dict(
            name="warmed up by half",
            code=changed(RACE, "notes[2 * warmup::2]", "notes[warmup::2][:pairs]"),
            says="Two works warm up, `warmup` times each: 2 * warmup notes.",
            ask="How many notes come from the warm-up?",
            symptom="the order is that of other runs",
        ),
        dict(
            name="only what counted",
            code=changed(RACE, "clock() - start)", "float(times_s.sum()))"),
            says="elapsed_s is of all of it, with the runs to warm up: the clock before and after.",
            ask="Is the time of the warm-up in your number?",
            symptom="the whole is no longer than its runs",
        ),
        dict(
            name="rows exchanged",
            code=changed(RACE, '[noting("b", baseline), noting("o", optimized)]',
                         '[noting("o", optimized), noting("b", baseline)]'),
            says="The first row of the times is that of the baseline, so it is the first work.",
            ask="Whose times stand in row 0?",
            symptom="the slower one looks faster",
        ),
        dict(
            name="never warm",
            code=changed(RACE, "pairs, warmup, clock, rng)", "pairs, 0, clock, rng)", "2 * warmup::2", "::2"),
            says="Hand `warmup` on to interleaved.",
            ask="How often did each of the two run before the first pair?",
            symptom="the first pairs are cold",
        ),
        dict(
            name="one order for all",
            code=changed(RACE, "clock, rng)", "clock, rng or np.random.default_rng(0))"),
            says="Without `rng` each race draws an order of its own: hand `rng` on, None as well.",
            ask="In which order do two races run, one after the other?",
            symptom="every race runs in the same order",
        ),
    ],
    "together_times": [
        dict(name="the product", code="together_times = a * b",
             says="Each gain touches a part of the time only. Add up what is left of each part.",
             ask="What is left of the time that neither touches?", symptom="twelve times where three are right"),
        dict(name="one after the other",
             code="together_times = 1 / (1 - products / 100 * (1 - 1 / a)) * 1 / (1 - norms / 100 * (1 - 1 / b))",
             says="Two results of Amdahl's law do not multiply either: after the first the shares are others.",
             ask="What share have the norms after the products have become faster?", symptom="somewhat too small"),
        dict(name="the rest forgotten", code="together_times = (products + norms) / (products / a + norms / b)",
             says="What neither touches takes as long as before: it belongs to the time.",
             ask="How much of the time is neither products nor norms?", symptom="too fast"),
        dict(name="what is left", code="together_times = 1 + (products / a + norms / b) / 100",
             says="Times faster is the whole time before by the whole time after.",
             ask="How long does the answer take afterwards, if it took 100 before?", symptom="hardly above 1"),
        dict(name="a mean of the two",
             code="together_times = (products * a + norms * b + 100 - products - norms) / 100",
             says="Times add up, speeds do not: products / a is the time that the products take then.",
             ask="How long do the products take, if they took 60 of 100 before?", symptom="somewhat too fast"),
    ],
    "fewest_examples": [
        dict(name="by its digits", code="fewest_examples = 10_000",
             says="10,000 can give it, and fewer can: look for the smallest count that makes it whole.",
             ask="Is there a smaller one?", symptom="far too many"),
        dict(name="a thousand times", code="fewest_examples = round(1000 * claimed)",
             says="That is how many are right of 1,000. How many examples must there be at least?",
             ask="Is your number a count of examples, or of right ones?", symptom="no whole number is right"),
        dict(name="twice as many", code="""
                count = next(n for n in range(1, 10_000) if abs(claimed * n - round(claimed * n)) < 1e-6)
                fewest_examples = 2 * count
             """,
             says="Half as many can give it, too.", ask="Is half of it whole as well?", symptom="twice the truth"),
        dict(name="those that are wrong", code="fewest_examples = round(1 / (1 - claimed))",
             says="One wrong example of so many is close, but not exactly this accuracy.",
             ask="What exactly is your count times the accuracy?", symptom="a small count that does not fit"),
        dict(name="nearly whole",
             code="fewest_examples = next(n for n in range(2, 10_000) if abs(claimed * n - round(claimed * n)) < 0.06)",
             says="Exactly: no remainder but that of rounding in floats.",
             ask="What exactly is your count times the accuracy?", symptom="a small count that nearly fits"),
    ],
}

WHOLE = "abs(claimed * count - round(claimed * count)) < 1e-06"
GRAIN = "abs(count - round(count)) > 1e-06"

SURVIVORS = {
    "times": {
        "`sum(before) + sum(after) > 1000 * submission.elapsed_s` becomes "
        "`sum(before) + sum(after) >= 1000 * submission.elapsed_s`": "right: a clock never says exactly as much",
    },
    "catch": {
        "`changed(cem, {'latencies_ms': before}, {'latencies_ms': after})` becomes "
        "`changed(cem, {'latencies_ms': after}, {'latencies_ms': before})`":
            "right: then both are slow at first as well, and nobody was favoured",
        **{f"`[3 * one for one in entry.latencies_ms[:8]]` becomes `[{n} * one for one in entry.latencies_ms[:8]]`":
           "right: how busy the machine was is all one" for n in (2, 4)},
    },
    "repair": {
        **{f"`len(ratios) // 4` becomes `{other}`": "right: how many pairs are a start leaves room"
           for other in ("4", "len(ratios) // 5", "len(ratios) // 3")},
        "`max(start / end, end / start) > 1.5` becomes `max(start / end, end / start) >= 1.5`":
            "right: no ratio is exactly 1.5",
        "`max(start / end, end / start)` becomes `max(end / start, start / end)`": "right: the larger of two",
        f"`{GRAIN}` becomes `abs(count - round(count)) >= 1e-06`": "right: any room for rounding",
        f"`{GRAIN}` becomes `abs(count - round(count)) > 2e-06`": "right: any room for rounding",
    },
    "pareto": {
        "`np.asarray(costs, dtype=float)` becomes `np.asarray(costs)`": "right: numbers are compared as they are",
        "`np.array(beaten, dtype=bool)` becomes `np.array(beaten)`": "right: what is in it is bool",
        "`(table <= row).all(axis=1)` becomes `(table <= row).all(axis=-1)`": "right: a table has two axes",
        "`(table < row).any(axis=1)` becomes `(table < row).any(axis=-1)`": "right: a table has two axes",
    },
    "fewest_examples": {
        f"`{WHOLE}` becomes `abs(claimed * count - round(claimed * count)) <= 1e-06`": "right: any room for rounding",
        f"`{WHOLE}` becomes `abs(claimed * count - round(claimed * count)) < 2e-06`": "right: any room for rounding",
        **{f"`range(1, 10000)` becomes `{other}`": "right: any range that holds the answer"
           for other in ("range(2, 10000)", "range(1, 10001)", "range(1, 9999)")},
    },
}
