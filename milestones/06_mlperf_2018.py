"""Milestone 6: MLPerf, 2018, on three of your own networks and your own framework (Modules 01 to 20).

In May 2018 people from some thirty companies and universities, Peter Mattson and David Patterson among them, agreed on
how machine learning is to be timed: the same tasks for all, an accuracy that must be reached, every run on record,
and all that others need to repeat it (Mattson et al., 2020, MLPerf Training Benchmark, MLSys). The first results came
in December; until then every machine had been the fastest. Here the tasks are an MLP and a convolutional network for
digits, and a Transformer that answers questions. Each is trained, looked into, made smaller and faster with what you
built, measured beside what it was, and sent in with what a stranger needs to measure it again.

The data sets are TinyDigits and TinyTalks. What is done to a network is chosen on parts that are neither learned nor
tested: the last 800 of the 4,000 training digits, and the validation questions. The test is asked in the end, once.
"""
import hashlib
import json
import math
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
from numpy.random import default_rng
from stage import Table, canvas, options, parsed

try:
    from mlperf_tasks import CONTESTS, OPTIONAL, lacking, lenet, loaded, rebuilt, weights
    from tinytorch.benchmarking import bootstrap_interval, interleaved, percentile, pinned, sign_test
    from tinytorch.capstone import (
        TASKS,
        Candidate,
        Entry,
        Scored,
        Submission,
        hashed,
        improvement,
        leaderboard,
        raced,
        report,
        submit,
        system_of,
        validate,
    )
    from tinytorch.core import Tensor
    from tinytorch.nn import CrossEntropyLoss
    from tinytorch.profiling import Profiler, amdahl, flops, ranking
    from tinytorch.quantization import quantize_model
except ImportError as missing:  # its text says what is not there and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

ROOM = 0.005  # of accuracy on the validation part that a smaller network may lose
APART = 1.5  # by which factor a gain may differ when it is measured again
MOST = 100  # pairs that are run again, whatever a file says
TABLE = Table("{:32}{:34}{:30}")
row = TABLE.row


def instruments(rng):
    """What is known without measuring, measured: nobody should believe a clock before."""
    pools, (first, second), full = 28 * 28 * 6 + 10 * 10 * 16, (28 * 28 * 6, 10 * 10 * 16), 400 * 120 + 120 * 84 + 840
    convolutions = 2 * (2 * 25 * first + first) + 3 * 2 * 150 * second + 2 * second  # the first has nobody below it
    by_hand = 2 * (convolutions + 3 * 2 * full + 2 * pools)  # two images, there and back
    found, ticks, operations = step_of_lenet(rng)
    row("FLOPs of a step of LeNet", f"{found:,}", f"{by_hand:,}", found == by_hand)
    some = [flops("matmul", [(2, 3, 4, 5), (5, 6)], (2, 3, 4, 6)), flops("softmax", [(3, 4)], (3, 4)),
            flops("gelu", [(3, 4)], (3, 4)), flops("largest", [(3, 4)], (3, 1)), flops("index", [(3, 4)], (4,))]
    row("of five other operations", ", ".join(map(str, some)), "1440, 60, 108, 12, 0", some == [1440, 60, 108, 12, 0])
    row("its operations, a tick each", f"{ticks:g} ticks", f"{operations}", ticks == operations)
    whole = amdahl(0.8, 5)
    row("0.8 of it 5 times as fast", f"{whole:.3f} times", f"{100 / 36:.3f}", math.isclose(whole, 100 / 36))

    race, ran = on_a_warming_machine(rng)
    longest, ratio = 1000 * race.times_s.max(), float(np.median(race.times_s[0] / race.times_s[1]))
    row("4 ms and 3 ms, getting warm", f"{ratio:.3f} times, {longest:.0f} ms at most", "1.333, below 20 ms",
        abs(ratio - 4 / 3) < 0.02 and longest < 20)
    row("who began, in 200 pairs", f"{sum(map(str.__eq__, race.order, ran[6::2]))} right", "200",
        race.order == ran[6::2] and race.elapsed_s > race.times_s.sum())
    runs = rng.permutation(40) + 1.0
    row("p90 and p1 of 1 to 40", f"{percentile(runs, 90):g} and {percentile(runs, 1):g}", "36 and 1",
        (percentile(runs, 90), percentile(runs, 1)) == (36, 1))
    intervals = np.array([bootstrap_interval(rng.exponential(size=30), rng) for _ in range(200)])
    held = float(((intervals[:, 0] <= math.log(2)) & (math.log(2) <= intervals[:, 1])).mean())
    row("intervals that hold the median", f"{held:.1%} of 200", "86 to 99 %", 0.86 <= held <= 0.99)
    chances = [sign_test(wins, 12) for wins in (3, 9, 6)]
    row("3, 9 and 6 wins of 12 by chance", "{:.3f}, {:.3f}, {:.0f}".format(*chances), "0.146, 0.146, 1",
        np.allclose(chances, [0.146, 0.146, 1], atol=5e-4))
    refereed(received(race))


def received(race):
    """A submission with the times of a race, and all else made up."""
    task, baseline_ms, optimized_ms = TASKS["digits-mlp"], *(1000 * race.times_s).tolist()
    baseline = Entry(0.95, baseline_ms, 814_120, 106_680, [], "b.npz", hashed("b"))
    optimized = Entry(0.94, optimized_ms, 51_408, 227_816, ["structured_prune", "int8"], "o.npz", hashed("o"))
    return Submission("1.0", task.name, "R\u00f3zsa", "2018-05-02T12:00:00Z", 6, system_of(), baseline, optimized,
                      race.order, Scored("test", task.examples, task.data_sha256), race.elapsed_s).sealed()


def refereed(one):
    """Send edited copies of a submission to the referee, and lay out the board."""
    before, after, pairs = one.baseline.latencies_ms, one.optimized.latencies_ms, len(one.order)
    cold = [6.0] * (pairs // 3) + [1.0] * (pairs - pairs // 3)
    cold_before, cold_after = ({"latencies_ms": np.multiply(times, cold).tolist()} for times in (before, after))

    def edited(baseline=None, optimized=None, **fields):
        entries = {"baseline": replace(one.baseline, **(baseline or {})),
                   "optimized": replace(one.optimized, **(optimized or {}))}
        return replace(one, **{"elapsed_s": 100.0, **entries, **fields}).sealed()

    def slower(times, **entry):
        return edited(optimized={"latencies_ms": np.multiply(after, times).tolist(), **entry})

    wrong = [{"latencies_ms": times} for times in (before[:19], [0.0, *before[1:]], [before[0]] * pairs)]
    wrong += [{"accuracy": share} for share in (0.5, 0.9503)]
    copies = [replace(edited(optimized={"accuracy": 0.96}), digest=one.digest),
              *(edited(baseline=entry) for entry in wrong), *(edited(optimized=entry) for entry in wrong),
              edited(cold_before), edited(None, cold_after), edited(optimized={"techniques": ["more cores"]}),
              edited(optimized={"size_bytes": 1, "techniques": ["int8"]}), edited(elapsed_s=sum(before) / 1000),
              edited(order=["b"] * pairs), edited(data=replace(one.data, examples=4000)),
              edited(data=replace(one.data, sha256="0" * 64))]
    refused = sum(bool(validate(copy)) for copy in copies)
    row("edited copies, refused", f"{refused} of {len(copies)}", "all", refused == len(copies))
    honest = [one, edited(cold_before, cold_after), slower([after[1] / after[0]] + [1] * (pairs - 1)),
              edited({"latencies_ms": before[:20]}, {"latencies_ms": after[:20]}, order=one.order[:20])]
    passed = [not validate(copy) for copy in honest]  # also on a busy machine, with a coarse clock, of twenty pairs
    row("honest ones, let pass", f"{sum(passed)} of {len(passed)}", "all", all(passed))
    ratios, gain = np.divide(before, after), improvement(one)
    faster, smaller, interval = float(np.median(ratios)), 814_120 / 51_408, bootstrap_interval(ratios, default_rng(0))
    row("its gain", f"{gain.faster:.3f} times, {gain.smaller:.2f} smaller", f"{faster:.3f}, {smaller:.2f}",
        gain == (faster, interval, smaller, 0.94 - 0.95))
    record = {key: value for key, value in one.to_dict().items() if key != "digest"}
    by_hand = hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    row("its digest", one.digest[:16], by_hand[:16], one.digest == by_hand)
    board = leaderboard([copies[0], slower(1.2), slower(1.1, size_bytes=51_000), one, slower(1.3, accuracy=0.96)])
    places = [f"{line.place}{'' if line.pareto else ' beaten'}" if line.place else "refused" for line in board]
    row("the board", ", ".join(places), "1, 2, 3 beaten, 4, refused", places == ["1", "2", "3 beaten", "4", "refused"])


def step_of_lenet(rng):
    """Of a training step on two images: FLOPs of what is counted by hand, the ticks of a clock, and the operations."""
    model, images, looks = lenet(rng), Tensor(rng.random((2, 1, 28, 28))), count(7)
    with Profiler(clock=lambda: float(next(looks))) as seen:
        CrossEntropyLoss()(model(images * 0.5), np.array([3, 7])).backward()
    total = sum(op.flops for op in seen.operations if op.name in ("conv2d", "matmul", "max_pool", "reshape"))
    slowest = dict(ranking(seen.operations))
    there_and_back = [f"conv2d {direction}" for direction in ("forward", "backward")]
    known = all(slowest.get(label) == 2 for label in there_and_back) and (
        list(slowest.values()) == sorted(slowest.values(), reverse=True)) and (
        [op.start_s for op in seen.operations] == list(range(7, 7 + 2 * len(seen.operations), 2))) and (
        seen.operations[0].shapes == (images.shape, ()))  # two looks for each, and a number has a shape as well
    return total, sum(slowest.values()) if known else math.nan, len(seen.operations)


def on_a_warming_machine(rng):
    """A race of works of 4 and 3 ms, each ten times slower at first and then ever slower, and who ran in it when."""
    now, ran = [0.0], []  # seconds, letters

    def work(letter, ms):
        slow = iter([10, 10, 10])

        def run():
            ran.append(letter)
            now[0] += ms / 1000 * next(slow, 1) * (1 + 0.5 * now[0]) * (1 + 0.02 * rng.exponential())
        return run

    return raced(work("b", 4), work("o", 3), 200, warmup=3, clock=lambda: now[0], rng=rng), ran


def baseline(contest, seed, folder):
    """The trained network of a task: that of an earlier run into the same folder, if there is one."""
    path = folder / f"trained-{contest.name}-{'quick' if contest.quick else 'full'}-{seed}.npz"
    if path.exists():
        print(f"  {contest.name}: trained in an earlier run, {path}", file=sys.stderr)
        return loaded(contest.network(None), weights(path))
    model, part = contest.trained(default_rng(seed)), path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **model.state_dict())
    part.replace(path)  # whole, or not at all
    return model


def profiled(contest, model):
    """Say where the time of an answer goes, and what that leaves to be gained there."""
    work = contest.asked(model, (), contest.query)
    work()
    with Profiler() as seen:
        work()
    slowest = ranking(seen.operations)
    whole = sum(own for _, own in slowest)
    for label, own in slowest[:2]:
        most = amdahl(own / whole, math.inf)
        print(f"  {label:28}{own / whole:4.0%} of the time; without it {most:.1f} times as fast")


def optimized(contest, model, rng):
    """[(technique, network, all techniques up to it)], the baseline first; what is tried is chosen on validation."""
    steps = [("baseline", model, ())]

    def add(technique, network):
        steps.append((technique, network, (*steps[-1][2], technique)))

    least = contest.right(model, (), contest.validation) - ROOM
    tried = [(*one, contest.right(one[2], (), contest.validation)) for one in contest.smaller(model, rng)]
    if tried:
        print("  of validation:", ", ".join(f"{sizes} {share:.1%}" for _, sizes, _, share in tried))
        enough = [one for one in tried if one[3] >= least]
        technique, _, network, _ = enough[0] if enough else max(tried, key=lambda one: one[3])
        add(technique, network)
    for way in contest.ways:
        if not lacking(way):
            add(way, steps[-1][1])
    add("int8", quantize_model(steps[-1][1]))
    return steps


def size_of(model):
    return sum(array.nbytes for array in model.state_dict().values())


def in_steps(contest, steps, pairs, rng):
    """Print what each step gained, and what is right of validation: [(technique, right, faster, smaller)]."""
    works = [contest.asked(model, techniques, contest.query) for _, model, techniques in steps]

    def measured():
        times = interleaved([works[0], *works], pairs, rng=rng)  # the baseline twice: by itself it gains nothing
        return np.median(times[0] / times[1:], axis=1).tolist()

    with pinned(1):
        gains = undisturbed(measured, lambda gains: "" if 0.8 < gains[0] < 1.25 else "the baseline differs from itself")
    found = []
    for (technique, model, techniques), faster in zip(steps, gains):
        share, smaller = contest.right(model, techniques, contest.validation), size_of(steps[0][1]) / size_of(model)
        print(f"  {technique:28}{share:6.1%}{faster:8.2f} times as fast{smaller:8.2f} times smaller")
        found.append((technique, share, faster, smaller))
    row("the baseline against itself", f"{gains[0]:.2f} times as fast", "0.80 to 1.25", 0.8 < gains[0] < 1.25)
    return found


def undisturbed(measured, wrong):
    """What a measurement finds. While `wrong` says that the machine was disturbed it is repeated, for ten seconds."""
    started = time.monotonic()
    while True:
        found = measured()
        if not wrong(found) or time.monotonic() - started > 10:
            return found
        print(f"  measured again: {wrong(found)}", file=sys.stderr, flush=True)
        time.sleep(0.3)


def sent(contest, steps, arguments, pairs):
    """The submission of a task."""
    candidates = []
    for _, model, techniques in (steps[0], steps[-1]):
        share = contest.right(model, techniques, contest.test)
        candidates.append(Candidate(model, contest.asked(model, techniques, contest.query), share, techniques))
    return undisturbed(lambda: submit(contest.name, *candidates, contest.scored, arguments.out, arguments.submitter,
                                      arguments.seed, pairs), unsure)


def unsure(submission):
    """Why a submission says little, or ""."""
    low, high = improvement(submission).interval
    wide = f"{low:.2f} to {high:.2f} times as fast is too wide" if high > APART * low else ""
    return " ".join(validate(submission)) or wide


def judged(contest, submission, folder):
    """Print what the submission of a task says, and whether that is enough."""
    goal, gain, says = contest.goal, improvement(submission), validate(submission, folder)
    before, after, points = submission.baseline, submission.optimized, goal.points * (1.5 if contest.quick else 1)
    print("", *report(submission).split("\n\n")[:2], "", sep="\n")  # the rest is in the file
    row("right, of the test", f"{before.accuracy:.1%}, then {after.accuracy:.1%}",
        f"{contest.task.floor:.0%}, at most {points:g} points less",
        after.accuracy >= contest.task.floor and -100 * gain.accuracy <= points)
    row("times as fast", f"{gain.faster:.2f}, {gain.interval[0]:.2f} to {gain.interval[1]:.2f}", f"{goal.faster:g}",
        gain.interval[0] >= goal.faster)
    row("times smaller", f"{gain.smaller:.2f}", f"{goal.smaller:g}", gain.smaller >= goal.smaller)
    row("what the referee says", says[0][:32] if says else "nothing", "nothing", not says)


def again(contest, submission, folder, pairs):
    """(what, found, target, met) for all that is found again from the files of a submission.

    Raises
    ------
    ValueError
        If its weights are not those of such a network.
    """
    works, found = [], []
    for name, entry in (("baseline", submission.baseline), ("optimized", submission.optimized)):
        arrays = weights(Path(folder, entry.weights))
        model = rebuilt(contest, arrays, entry.techniques)
        size = sum(array.nbytes for array in arrays.values())
        share = contest.right(model, entry.techniques, contest.test)
        found += [(f"{name}, right", f"{share:.2%}", f"{entry.accuracy:.2%}", share == entry.accuracy),
                  (f"{name}, bytes", f"{size:,}", f"{entry.size_bytes:,}", size == entry.size_bytes)]
        works.append(contest.asked(model, entry.techniques, contest.query))
    claimed = improvement(submission).faster

    def gain():
        times_s = raced(*works, pairs).times_s
        return float(np.median(times_s[0] / times_s[1]))

    with pinned(1):
        faster = undisturbed(gain, lambda faster: "" if 1 / APART <= faster / claimed <= APART else (
            f"{faster:.2f} times as fast, and {claimed:.2f} is claimed"))
    found.append(("times as fast", f"{faster:.2f}", f"{claimed:.2f}, within {APART:g} times",
                  1 / APART <= faster / claimed <= APART))
    return found


def verify(file):
    """Measure a submission again; the exit status."""
    try:
        submission, folder = Submission.load(file), Path(file).absolute().parent
        says = validate(submission, folder)
        if says:
            print("The referee refuses it:", *says, sep="\n  ", file=sys.stderr)
            return 1
        print(report(submission), "\n")
        contest = next(one for one in CONTESTS if one.name == submission.task)(quick=False)
        print(f"{'measured again':32}{'found':34}says the file")
        for line in again(contest, submission, folder, min(len(submission.order), MOST)):
            row(*line)
    except (ArithmeticError, ImportError, OSError, ValueError) as error:
        print(f"It cannot be measured again: {error}", file=sys.stderr)
        return 2
    return TABLE.status


def draw(gains, file):
    """Save how fast a network was after each step, how much it then knew, and how small it was; a field for each."""
    figure = canvas(9, 2.4 * len(gains))
    for place, (name, found) in zip(figure.subplots(len(gains), 1, squeeze=False)[:, 0], gains.items()):
        names, shares, faster, smaller = zip(*found)
        bars = place.barh(names, faster, color="silver")
        says = [f"{share:.1%} right, {times:.1f} times smaller" for share, times in zip(shares, smaller)]
        place.bar_label(bars, says, padding=4)
        place.invert_yaxis()
        place.set(title=name, xlabel="times as fast as the baseline", xlim=(0, 1.7 * max(faster)))
    figure.savefig(file, format="png")
    print(f"{file} shows what each step gained and what it cost")


def main(argv=None):
    """Run the milestone: 0 if every target is met, 1 if one is missed, 2 if it could not run."""
    parser = options(__doc__, "draw what each step gained")
    parser.add_argument("--quick", action="store_true", help="fewer epochs, one size of each network, fewer pairs")
    parser.add_argument("--out", type=Path, default=Path("mlperf"), metavar="FOLDER",
                        help="for submissions and weights (default mlperf); what was trained is found there again")
    parser.add_argument("--submitter", default="anonymous", metavar="NAME", help="who sends it in")
    parser.add_argument("--verify", metavar="FILE.json", help="measure a submission again, from the weights beside it")
    args = parsed(parser, argv)
    if args.verify:
        return verify(args.verify)
    args.out.mkdir(parents=True, exist_ok=True)
    pairs, rng, gains = 24 if args.quick else 40, default_rng(args.seed), {}
    print("2018: three tasks, each before and after all that you know.\n")
    print(f"{'the instruments first':32}{'found':34}target")
    instruments(rng)
    if TABLE.status:
        print("\nWhat these instruments say is not worth hearing, so nothing is measured with them.")
        return 1
    print(*(f"{lacking(one)}\n" for one in OPTIONAL if lacking(one)), sep="", end="", file=sys.stderr)
    for contest in (one(args.quick) for one in CONTESTS):
        if lacking(contest.ways[0]):  # the one that it is all about
            print(f"{contest.name} is left out, for want of {contest.ways[0]}", file=sys.stderr)
            continue
        model = baseline(contest, args.seed, args.out)
        print(f"\n{contest.name}, in steps:")
        profiled(contest, model)
        steps = optimized(contest, model, rng)
        gains[contest.name] = in_steps(contest, steps, pairs // 3, rng)
        submission = sent(contest, steps, args, pairs)
        judged(contest, submission, args.out)
        (args.out / f"report-{contest.name}.txt").write_text(report(submission) + "\n", encoding="utf-8")
        met = [line[-1] for line in again(contest, submission, args.out, pairs)]
        row("found again, from the files", f"{sum(met)} of {len(met)} numbers", f"{len(met)}", all(met))
    print(f"\nIn {args.out} are the submissions and their weights. For a page of them, type:\n"
          f"tinytorch leaderboard build {args.out}")
    TABLE.close()
    if args.plot:
        draw(gains, args.plot)
    return TABLE.status


if __name__ == "__main__":
    raise SystemExit(main())
