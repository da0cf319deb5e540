"""Prove of lessons what the design asks of them: python curriculum/workshop/prove.py [NN ...] [--seed N]

Each claim is one line; what speaks against it stands below. The exit status is 1 if a claim fails.

A mutant that the probes let pass is listed in mistakes.py: SURVIVORS = {exercise: {"`a` becomes `b`": reason}}. A
reason that begins with `right:` says that it is another right answer, and it is not counted. In try_first.py a plain
number of TARGET is the most that is allowed, ["at least", x] the least.
"""
import argparse
import contextlib
import io
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pages
from claims import CLAIMS, RIGHT, Proof
from tinytorch._kit.process import Gone, Unready
from tinytorch_teach import lessons
from trials import AT_ONCE, Bench
from walk import Folder

CURRICULUM = Path(__file__).resolve().parents[1]
COLUMNS = "lesson", "mistakes", "by probes", "by checks", "mutants", "by probes", "by checks", "right ones"
MOST = 12  # lines below a claim


def main(arguments=None):
    """Prove the lessons named, or all; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("numbers", nargs="*", help="lessons such as 03; all that are written if none is named")
    parser.add_argument("--seed", type=int, default=0, help="of the questions that probes draw")
    parser.add_argument("--curriculum", type=Path, default=CURRICULUM, help="the folder with course.toml")
    asked = parser.parse_args(arguments)
    numbers, begun = asked.numbers or lessons.numbers(asked.curriculum), time.monotonic()
    if len(numbers) == 1:
        stood = [stand(numbers[0], asked.seed, asked.curriculum, numbers)]
    else:
        stood = list(side_by_side(numbers, asked.seed, asked.curriculum))
    failed = sum(against for against, _ in stood)
    print(table([row for _, row in stood if row]))
    print(f"{failed or 'no'} claims fail   {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


def side_by_side(numbers, seed, curriculum):
    """Some lessons at a time, each in a process of its own; what one has to say is printed when it is through."""
    with ProcessPoolExecutor(AT_ONCE) as pool:
        for out, stood in pool.map(partial(aside, seed=seed, curriculum=curriculum, beside=numbers), numbers):
            print(out, end="", flush=True)
            yield stood


def aside(number, **run):
    """What `stand` prints, and what it returns."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        stood = stand(number, **run)
    return out.getvalue(), stood


def stand(number, seed, curriculum, beside):
    """One lesson, beside which others are proved: how many claims fail, and its row of the table, if it came so far."""
    lesson = lessons.load(number, curriculum)
    if missing := pages.unwritten(curriculum, {"needs": lesson.needs}):
        print(f"{lesson.number} {lesson.title}\n  FAILS  it needs {', '.join(missing)}, not written yet\n")
        return 1, None
    with Folder(lesson) as folder, Proof(Bench.of(lesson, folder, seed), frozenset(beside)) as proof:
        return prove(proof), row(proof)


def prove(proof):
    """Print a line for each claim; how many failed."""
    print(f"{proof.lesson.number} {proof.lesson.title}")
    failed = 0
    for text, claim in CLAIMS.items():
        begun = time.monotonic()
        against = heard(claim, proof)
        if against is None:
            continue
        print(f"  {'FAILS' if against else 'holds'}  {text:<92}{time.monotonic() - begun:5.1f} s", flush=True)
        for line in against[:MOST]:
            print(f"           {' '.join(line.split())[:300]}")
        if len(against) > MOST:
            print(f"           and {len(against) - MOST} more")
        failed += bool(against)
    for note in proof.notes:
        print(f"  note   {note}")
    print(flush=True)
    return failed


def heard(claim, proof):
    """What speaks against a claim; that it could not be tried does, too. None if other lessons prove it."""
    try:
        return claim(proof)
    except (ValueError, OSError, Gone, Unready) as error:
        return [f"it could not be tried: {error}"]


def row(proof):
    """Numbers of a lesson for the table."""
    mistakes, mutants = proof.of("mistake"), proof.of("mutant")
    right = sum(reason.startswith(RIGHT) for given in proof.bench.survivors.values() for reason in given.values())
    rejected = [sum(bool(trial.probes) for trial in some) for some in (mistakes, mutants)]
    checked = [sum(bool(trial.checks) for trial in some) for some in (mistakes, mutants)]
    return (proof.lesson.slug, len(mistakes), rejected[0], checked[0], len(mutants), rejected[1], checked[1], right)


def table(rows):
    """Columns that align: names to the left, numbers to the right."""
    texts = [[str(entry) for entry in line] for line in [COLUMNS, *rows]]
    widths = [max(len(line[n]) for line in texts) for n in range(len(COLUMNS))]
    return "\n".join("  ".join([line[0].ljust(widths[0]), *(entry.rjust(width) for entry, width in
                                                          zip(line[1:], widths[1:]))]) for line in texts)


if __name__ == "__main__":
    sys.exit(main())
