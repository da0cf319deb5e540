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
import math
import sys
import time
from pathlib import Path

import numpy as np
from numpy.random import default_rng
from stage import Table, canvas, options, parsed

try:
    from mlperf_instruments import instruments
    from mlperf_tasks import CONTESTS, OPTIONAL, lacking, loaded, rebuilt, weights
    from tinytorch.benchmarking import interleaved, pinned
    from tinytorch.capstone import Candidate, Submission, improvement, raced, report, submit, validate
    from tinytorch.profiling import Profiler, amdahl, ranking
    from tinytorch.quantization import quantize_model
except ImportError as missing:  # its text says what is not there and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

ROOM = 0.005  # of accuracy on the validation part that a smaller network may lose
APART = 1.5  # by which factor a gain may differ when it is measured again
MOST = 100  # pairs that are run again, whatever a file says
TABLE = Table("{:32}{:34}{:30}")
row = TABLE.row


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
    instruments(row, rng)
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
