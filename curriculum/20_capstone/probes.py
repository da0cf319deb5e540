"""What a grader asks of the Capstone: records whose truth is known, since the grader made them up.

A record is a plain dict with the fields of a submission; `act` makes a Submission of it with the lesson's given class.
"""
import hashlib
import json
import math

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

EXACT = {"rtol": 0, "atol": 1e-9}
DIGITS = "29aa1bb11457bc887b72943d91eaac3d9e98a6825ff999fecfeacdbb2222fcfc"
TALKS = "8a971531bf16244194fff55d901b37b9c7d6c30b26cfbce1f9785dbbb0ffddf2"


def about(ms, count, rng, noise=0.02):
    """Times of about `ms`, no two of them alike."""
    return [round(float(one), 6) for one in ms * (1 + noise * rng.random(count))]


def record(rng, pairs=30, **fields):
    """A submission in which nothing is wrong; `fields` such as baseline_accuracy=0.93 or elapsed_s=3.0 go over it."""
    def entry(name, ms, size, techniques):
        return {"accuracy": int(rng.integers(920, 960)) / 1000, "latencies_ms": about(ms, pairs, rng),
                "size_bytes": size, "peak_bytes": 2 * size, "techniques": techniques, "weights": f"{name}.npz",
                "weights_sha256": hashlib.sha256(name.encode()).hexdigest()}

    system = {"system_name": "s", "host_processor_model_name": "p", "host_processor_core_count": 3,
              "host_memory_capacity": "m", "framework": "f", "operating_system": "o", "other_software_stack": "t",
              "division": "closed", "status": "available"}
    made = {"schema_version": "1.0", "task": "digits-mlp", "submitter": "somebody", "created": "2026-11-30T12:00:00Z",
            "seed": 3, "system": system, "baseline": entry("baseline", 7.0, 900_000, []),
            "optimized": entry("optimized", 3.0, 300_000, ["low_rank"]),
            "order": ["bo"[int(n)] for n in rng.integers(2, size=pairs)],
            "data": {"part": "test", "examples": 1000, "sha256": DIGITS}, "elapsed_s": 3.0}
    for key, value in fields.items():
        part, _, name = key.partition("_") if key not in made else (key, "", "")
        if name:
            made[part][name] = value
        else:
            made[part] = value
    return made


# digest: the hash of what was written down in one way only; pairs keep their order on the way, dicts need not


def draw_digest(rng):
    def pairs(*names):
        return [[name, round(float(rng.normal()), 6)] for name in map(str, rng.permutation(names))]

    return [[*pairs("task", "seed", "accuracy"), ["digest", "0" * 64]],
            [["system", {"pairs": pairs("z", "core", "Name", "a", "M", "b")}], ["digest", "x"], *pairs("b", "a")],
            [["submitter", "Søren, 李"], *pairs("y", "x", "Z"), ["order", ["o", "b"]], ["none", None]],
            [["order", []], ["latencies_ms", about(5.0, 4, rng)], ["seed", int(rng.integers(3, 99))]]]


def of_pairs(pairs):
    """A dict in the order of its pairs, at every depth."""
    return {name: of_pairs(value["pairs"]) if isinstance(value, dict) else value for name, value in pairs}


def act_digest(lesson, inputs):
    records = [of_pairs(pairs) for pairs in inputs]
    found = [lesson.digest(one) for one in records]
    kept = [list(one) for one in records] == [[name for name, _ in pairs] for pairs in inputs]
    return [found, kept, [outcome(lambda bad=bad: lesson.digest({"a": [3, bad]})) for bad in (math.nan, math.inf)]]


def judge_digest(inputs, answer, reference):
    found, kept, ends = answer
    for pairs, one in zip(inputs, found, strict=True):
        rest = {name: value for name, value in of_pairs(pairs).items() if name != "digest"}
        text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        if one != hashlib.sha256(text.encode()).hexdigest():
            return f"the canonical form of one record is {text[:80]}; its SHA-256 was expected, found {str(one)[:9]}..."
    if not kept:
        return "the record that was given has other fields afterwards; leave it as it is"
    return None if ends == ["ValueError"] * 2 else f"nan and infinity: expected ValueError twice, found {ends}"


# improvement


def draw_improvement(rng):
    return [record(rng, pairs, baseline_latencies_ms=about(9.0, pairs, rng, 1.0), baseline_size_bytes=size,
                   optimized_latencies_ms=about(ms, pairs, rng, 1.0), seed=int(rng.integers(1, 99)),
                   optimized_size_bytes=200 * int(rng.integers(3, 9)),
                   optimized_accuracy=int(rng.integers(850, 990)) / 1000)
            for pairs, ms, size in [(21, 2.0, 5000), (30, 4.0, 3000), (40, 12.0, 900), (56, 3.0, 4000)]]


def act_improvement(lesson, inputs):
    found = [lesson.improvement(lesson.Submission.from_dict(one)) for one in inputs]
    return [np.array([one.faster, *one.interval, one.smaller, one.accuracy]) for one in found]


def judge_improvement(inputs, answer, reference):
    names = "faster", "the lower end of the interval", "the upper end of it", "smaller", "accuracy"
    for one, found in zip(inputs, answer, strict=True):
        before, after = one["baseline"], one["optimized"]
        ratios = np.divide(before["latencies_ms"], after["latencies_ms"])
        medians = np.sort(np.median(np.random.default_rng(0).choice(ratios, (1000, len(ratios))), axis=1))
        ends = [max(medians[at - 1], min(medians[at + 1], end))  # 2.5 % of 1,000 is a rank more or less in floats
                for end, at in ((found[1], 24), (found[2], 974))]
        expected = [np.median(ratios), *ends, before["size_bytes"] / after["size_bytes"],
                    after["accuracy"] - before["accuracy"]]
        says = first(differs(value, wanted, name, rtol=1e-6, atol=1e-9)
                     for name, value, wanted in zip(names, found, expected, strict=True))
        if says:
            return f"{len(before['latencies_ms'])} pairs: {says}"


# times: what is wrong with them, and whether it is seen; the sentences themselves are free


def draw_times(rng):
    before, after = about(7.0, 30, rng), about(3.0, 30, rng)
    total_s = (sum(before) + sum(after)) / 1000

    def case(what, wrong, pairs=30, **fields):
        fields = {"baseline_latencies_ms": before[:pairs], "optimized_latencies_ms": after[:pairs], **fields}
        return [what, wrong, record(rng, pairs, **fields)]

    at = int(rng.integers(3, 27))
    return [
        case("30 pairs", False), case("20 pairs", False, pairs=20), case("19 pairs", True, pairs=19),
        case("19 times of the baseline beside 30", True, baseline_latencies_ms=before[:19]),
        case("19 times of the optimized model beside 30", True, optimized_latencies_ms=after[:19]),
        case("27 times beside 30", True, optimized_latencies_ms=after[:27]),
        case("30 times beside 26", True, baseline_latencies_ms=before[:26]),
        case("a baseline with a time of 0", True, baseline_latencies_ms=[*before[:at], 0.0, *before[at + 1:]]),
        case("an optimized model with a time of 0", True, optimized_latencies_ms=[0.0, *after[1:]]),
        case("an optimized model with a time below 0", True,
             optimized_latencies_ms=[*after[:at], -3.0, *after[at + 1:]]),
        case("a baseline of 30 equal times", True, baseline_latencies_ms=[7.0] * 30),
        case("an optimized model of 30 equal times", True, optimized_latencies_ms=[3.25] * 30),
        case("29 equal times and another one", False, optimized_latencies_ms=[*[3.25] * 29, 3.5]),
        case("a long time among the others", False, baseline_latencies_ms=[*before[:at], 90.0, *before[at + 1:]]),
        case("runs of a twentieth of a millisecond", False, baseline_latencies_ms=about(0.09, 30, rng),
             optimized_latencies_ms=about(0.05, 30, rng)),
        case("runs of all but the whole measurement", False, elapsed_s=1.0005 * total_s),
        case("runs of more than the whole measurement", True, elapsed_s=0.9995 * total_s),
        case("runs of which one half would have had time", True, elapsed_s=0.8 * total_s)]


def act_times(lesson, inputs):
    return [told(lesson.times_add_up(lesson.Submission.from_dict(one))) for _, _, one in inputs]


def told(says):
    """1 if there are sentences, 0 if there are none; another kind of answer by its type."""
    fits = isinstance(says, list) and all(isinstance(one, str) for one in says)
    return int(bool(says)) if fits else f"{type(says).__name__} in place of a list of sentences"


def judge_times(inputs, answer, reference):
    for (what, wrong, _), found in zip(inputs, answer, strict=True):
        if found != int(wrong):
            return f"{what}: expected {'sentences' if wrong else 'none'}, found {meant(found)}"


def meant(found):
    return {0: "none", 1: "sentences"}.get(found, found)


# catch: referees that see it all are accepted, however they look; those that miss something are not


CATCHES = {"fault": "AssertionError", "never sees a cold baseline": "AssertionError",
           "believes the data block": "AssertionError", "refuses who was busy in both": "AssertionError",
           "refuses everybody": "AssertionError", "refuses nobody": "AssertionError",
           "refuses who is fastest": "AssertionError", "refuses who is first": "AssertionError",
           "looks at the spread of the baseline": "AssertionError",
           "sees it all": "passes", "sees it all, by halves": "passes", "sees it all, and its six rules": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def referee(cold=True, block=True, grain=True, both=True, part=8):
        """A referee that looks at what it is told to look at."""
        def validate(one):
            times = np.array(one.baseline.latencies_ms)
            ratios = times / np.array(one.optimized.latencies_ms) if both else times
            ends = [np.median(ratios[:part]), np.median(ratios[-part:])]
            says = ["not warm"] if cold and max(ends) > 1.5 * min(ends) else []
            if block and (one.data.part, one.data.examples, one.data.sha256) != ("test", 1000, DIGITS):
                says.append("other data")
            counts = [1000 * entry.accuracy for entry in (one.baseline, one.optimized)]
            return says + (["not whole"] if grain and not np.allclose(counts, np.rint(counts), atol=1e-6) else [])
        return validate

    def gain(one):
        return np.median(np.divide(one.baseline.latencies_ms, one.optimized.latencies_ms))

    right = referee()
    referees = {
        "fault": lesson.colleague_validate, "never sees a cold baseline": referee(cold=False),
        "believes the data block": referee(grain=False), "refuses who was busy in both": referee(both=False),
        "refuses everybody": lambda one: ["no"], "refuses nobody": lambda one: [],
        "refuses who is fastest": lambda one: ["too fast"] if gain(one) > 5 else [],
        "refuses who is first": lambda one: ["first"] if one.submitter == "Ada" else [],
        "looks at the spread of the baseline": lambda one: referee(cold=False)(one) + (
            ["spread"] if np.max(one.baseline.latencies_ms) > 2 * np.min(one.baseline.latencies_ms) else []),
        "sees it all": right, "sees it all, by halves": referee(part=12),
        "sees it all, and its six rules": lambda one: lesson.colleague_validate(one) + right(one)}
    return [outcome(lambda name=name: lesson.check_validate(referees[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a referee that {name if name != 'fault' else 'is the colleague'}: expected {CATCHES[name]}, found "
                 f"{found}" for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# repair


def draw_repair(rng):
    def slow(times, times_as, stop=None, start=0):
        return [round(one * times_as, 6) if start <= at < (stop or len(times)) else one for at, one in enumerate(times)]

    def case(what, wrong, pairs=30, **fields):
        return [what, wrong, record(rng, pairs, **{
            "baseline_latencies_ms": before[:pairs], "optimized_latencies_ms": after[:pairs], **fields})]

    before, after = about(7.0, 40, rng, 0.01), about(3.0, 40, rng, 0.01)
    talks = {"task": "tinytalks-transformer", "data": {"part": "test", "examples": 200, "sha256": TALKS}}
    return [
        case("30 honest pairs", False), case("22 honest pairs", False, pairs=22),
        case("a baseline cold in 10 of 30 pairs", True, baseline_latencies_ms=slow(before[:30], 2.5, 10)),
        case("a baseline cold in 20 of 30 pairs", True, baseline_latencies_ms=slow(before[:30], 2.0, 20)),
        case("a baseline cold in 5 of 20 pairs", True, 20, baseline_latencies_ms=slow(before[:20], 2.0, 5)),
        case("an optimized model cold in 9 of 30 pairs", True, optimized_latencies_ms=slow(after[:30], 2.0, 9)),
        case("a baseline disturbed in its last 9 pairs", True, baseline_latencies_ms=slow(before[:30], 2.0, start=21)),
        case("one cold run of 30", False, baseline_latencies_ms=slow(before[:30], 9.0, 1)),
        case("ratios 1.4 times as large at first", False, baseline_latencies_ms=slow(before[:30], 1.4, 10)),
        case("ratios 1.6 times as large at first", True, baseline_latencies_ms=slow(before[:30], 1.6, 10)),
        case("a machine that was busy at first", False, baseline_latencies_ms=slow(before[:30], 3.0, 10),
             optimized_latencies_ms=slow(after[:30], 3.0, 10)),
        case("a data block with part train", True, data_part="train"),
        case("a data block with 4,000 examples", True, data_examples=4000),
        case("a data block with another hash", True, data_sha256=DIGITS[::-1]),
        case("a baseline right in 938.5 of 1,000", True, baseline_accuracy=0.9385),
        case("an optimized model right in 921.25 of 1,000", True, optimized_accuracy=0.92125),
        case("an optimized model right in 930.001 of 1,000", True, optimized_accuracy=0.930001),
        case("all right", False, optimized_accuracy=1.0),
        case("59 wrong of 1,000, as 1 - 59 / 1000", False, baseline_accuracy=1 - 59 / 1000),
        case("181 of 200 answers", False, baseline_accuracy=0.905, optimized_accuracy=0.81, **talks),
        case("181.6 of 200 answers", True, baseline_accuracy=0.908, optimized_accuracy=0.81, **talks)]


def act_repair(lesson, inputs):
    return [told(lesson.compared_fairly(lesson.Submission.from_dict(one))) for _, _, one in inputs]


judge_repair = judge_times


# pareto: small whole numbers, so that there are ties


def draw_pareto(rng):
    made = [rng.integers(3, 8, shape).astype(float) for shape in ((8, 2), (7, 3), (1, 4))]
    return [*made, np.array([[5.0, 5.0], [5.0, 5.0], [4.0, 9.0], [5.0, 6.0]]), np.array([[3.0], [7.0], [3.0]])]


def act_pareto(lesson, inputs):
    return [np.array(lesson.pareto(costs)) for costs in inputs] + [np.array(lesson.pareto(inputs[0].tolist()))]


def judge_pareto(inputs, answer, reference):
    for costs, found in zip([*inputs, inputs[0]], answer, strict=True):
        expected = [not any(all(a <= b for a, b in zip(other, row)) and tuple(other) != tuple(row) for other in costs)
                    for row in costs]
        if found.dtype != bool or found.tolist() != expected:
            return f"costs {costs.astype(int).tolist()}: expected {expected}, found {found.tolist()}"


# race: seconds are whole numbers, so sums are exact; who ran is noted beside the learner's notes


class Script:
    """Works that take the seconds they are given, in the order in which they are called, and the clock of both."""

    def __init__(self, seconds):
        self.left, self.now, self.ran = [float(one) for one in seconds], 500.0, []

    def clock(self):
        return self.now

    def work(self, who):
        def run():
            self.ran.append(who)
            self.now += self.left.pop(0) if self.left else 1000.0
        return run


def draw_race(rng):
    return [{"pairs": pairs, "warmup": warmup, "seed": int(rng.integers(1, 1000)),
             "seconds": rng.integers(2, 60, 2 * (pairs + warmup)).astype(float)}
            for pairs, warmup in [(25, 2), (40, 0), (3, 5)]]


def act_race(lesson, inputs):
    answers = []
    for case in inputs:
        script, rng = Script(case["seconds"]), np.random.default_rng(case["seed"])
        race = lesson.raced(script.work("b"), script.work("o"), case["pairs"], case["warmup"], script.clock, rng)
        answers.append([np.array(race.times_s), "".join(race.order), race.elapsed_s, "".join(script.ran)])
    script = Script([])
    lesson.raced(script.work("b"), script.work("o"), 5, clock=script.clock)
    orders = {"".join(lesson.raced(int, int, 60).order) for _ in range(2)}
    return [*answers, len(script.ran), len(orders)]


def judge_race(inputs, answer, reference):
    *found, by_default, orders = answer
    for case, (times, order, elapsed_s, ran) in zip(inputs, found, strict=True):
        what, start = f"{case['pairs']} pairs, {case['warmup']} to warm up", 2 * case["warmup"]
        if len(ran) != len(case["seconds"]) or {ran[at:at + 2] for at in range(start, len(ran), 2)} - {"bo", "ob"}:
            return f"{what}: each pair has a run of each, {len(case['seconds'])} runs in all; found {ran}"
        if order != ran[start::2]:
            return f"{what}: who ran first in each pair was {ran[start::2]}, the order says {order}"
        rows = [[second for who, second in zip(ran[start:], case["seconds"][start:]) if who == name] for name in "bo"]
        says = (differs(times, np.array(rows), "the times", **EXACT)
                or differs(elapsed_s, case["seconds"].sum(), "seconds of all of it, with those to warm up", **EXACT))
        if says:
            return f"{what}: {says}"
    if len({order for _, order, _, _ in found[:2]} & {"b" * 25, "o" * 25, "b" * 40, "o" * 40}):
        return "the order is drawn for each pair"
    if by_default != 16:
        return f"5 pairs, 3 runs of each to warm up: 16 runs, found {by_default}"
    return None if orders == 2 else "without `rng` two races of 60 pairs had one and the same order"


# the two numbers


def draw_together_times(rng):
    return []


draw_fewest_examples = draw_together_times


def act_together_times(lesson, inputs):
    return lesson.together_times


def act_fewest_examples(lesson, inputs):
    return lesson.fewest_examples


def judge_together_times(inputs, answer, reference):
    return differs(answer, reference, "times faster with both", rtol=5e-3, atol=0)


def judge_fewest_examples(inputs, answer, reference):
    return differs(answer, reference, "examples", rtol=0, atol=0)
