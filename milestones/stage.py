"""What all milestones share: their options, the table of what was aimed at and what was found, and the exit status."""
import argparse
from importlib.util import find_spec
from pathlib import Path

import numpy as np


class Table:
    """Lines of a table, each with its verdict.

    `form` is the format of a line without the verdict, such as "{:22}{:>6}  {:30}".
    """

    def __init__(self, form):
        self.form, self.verdicts = form, []

    def row(self, *entries_and_met):
        """Print one line, and keep whether its target is met: that is the last argument."""
        *entries, met = entries_and_met
        print(self.form.format(*entries) + ("met" if met else "MISSED"), flush=True)
        self.verdicts.append(bool(met))

    @property
    def status(self):
        """0 if every target so far is met, else 1."""
        return 0 if all(self.verdicts) else 1

    def close(self):
        """Print how many targets are met."""
        print(f"{sum(self.verdicts)} of {len(self.verdicts)} targets met")


def options(about, plot, seed="for what is drawn (default 0)"):
    """A parser that tells the title and the story of `about`, and takes --seed and --plot.

    `plot` and `seed` say what these do; a script adds options of its own.
    """
    story = "\n\n".join(about.split("\n\n")[:2])
    parser = argparse.ArgumentParser(description=story, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, metavar="N", help=seed)
    parser.add_argument("--plot", metavar="FILE.png", help=f"{plot} (needs matplotlib)")
    return parser


def parsed(parser, argv):
    """The arguments; the process ends with status 2 where they cannot be followed.

    From here on, a number that float32 cannot hold is an error.
    """
    args = parser.parse_args(argv)
    if args.plot and not find_spec("matplotlib"):
        parser.exit(2, "--plot needs matplotlib, which is not installed. Type: python -m pip install matplotlib\n")
    if args.plot and not Path(args.plot).absolute().parent.is_dir():
        parser.exit(2, f"--plot {args.plot} names a folder that does not exist. Give a file in one that does.\n")
    np.seterr(over="raise", invalid="raise")
    return args


def canvas(width, height):
    """An empty figure of so many inches."""
    from matplotlib.figure import Figure  # without pyplot: Agg draws it, no screen is asked for

    return Figure(figsize=(width, height), layout="constrained")
