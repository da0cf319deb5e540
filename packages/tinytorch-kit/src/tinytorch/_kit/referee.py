"""Reads submissions and prints what Module 20 says of them, as JSON: a process of its own, because it runs that module.

    python referee.py FOLDER        the names of the files in it come in on stdin, a JSON list

Of the submissions nothing is run: they are JSON and arrays.
"""
import json
import os
import sys
from pathlib import Path

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [folder for folder in sys.path if folder != here]  # Python puts the script's folder there
sys.path.append(os.path.dirname(os.path.dirname(here)))  # the one that holds this very `tinytorch`

import numpy as np  # noqa: E402

from tinytorch.capstone import TASKS, Submission, leaderboard, validate  # noqa: E402


def received(path):
    """The submission of a file, or None, and reasons to refuse it."""
    try:
        submission = Submission.load(path)
    except (OSError, ValueError) as error:
        return None, [str(error)]
    return submission, validate(submission, path.parent)


def line(row, name):
    """An entry of the board."""
    one, gain = row.submission, row.gain

    def both(value):
        return {"baseline": value(one.baseline), "optimized": value(one.optimized)}

    return {"file": name, "submitter": one.submitter, "created": one.created, "seed": one.seed,
            "unbeaten": row.pareto, "accuracy": both(lambda entry: entry.accuracy),
            "latency_ms": both(lambda entry: float(np.median(entry.latencies_ms))), "pairs": len(one.order),
            "faster": {"ratio": gain.faster, "low": gain.interval[0], "high": gain.interval[1]},
            "size_bytes": both(lambda entry: entry.size_bytes), "smaller": gain.smaller,
            "peak_bytes": both(lambda entry: entry.peak_bytes), "techniques": one.optimized.techniques,
            "system": one.to_dict()["system"]}


def board(folder, names):
    """Everything that the page says (see leaderboard.py)."""
    judged = [(name, *received(folder / name)) for name in names]
    refused = [(name, one, reasons) for name, one, reasons in judged if reasons]
    whole = {id(one): (name, one) for name, one, reasons in judged if not reasons}
    rows = leaderboard([one for _, one in whole.values()])
    refused += [(*whole[id(row.submission)], row.reasons) for row in rows if row.gain is None]
    tasks = [{"name": task.name, "metric": task.metric, "floor": task.floor, "floor_says": task.floor_says,
              "entries": [line(row, whole[id(row.submission)][0]) for row in rows
                          if row.gain is not None and row.submission.task == task.name]} for task in TASKS.values()]
    return {"tasks": tasks, "refused": [
        {"file": name, "task": one.task if one else "", "submitter": one.submitter if one else "", "reasons": reasons}
        for name, one, reasons in sorted(refused, key=lambda some: some[0])]}


if __name__ == "__main__":
    json.dump(board(Path(sys.argv[1]), json.load(sys.stdin)), sys.stdout)
