"""How far a batch is: a bar in a terminal, a line for each submission elsewhere."""
import contextlib
import os
import sys
import time

import click

from tinytorch_teach.verdicts import Graded

STOPPING = "Stopping. What is being graded ends first."


def is_plain():
    """Whether output goes where nothing may be painted over."""
    return not sys.stdout.isatty() or any(os.environ.get(name) for name in ("TINYTORCH_PLAIN", "NO_COLOR"))


@contextlib.contextmanager
def progress():
    """A function `show(what, done, of, one)` for the time of the `with`."""
    if is_plain():
        yield Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.fields[what]}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), \
        TextColumn("{task.description}")
    with Progress(*columns, transient=True) as bar:
        yield Bar(bar)


class Bar:
    """One bar for each thing that is done to all submissions."""

    def __init__(self, bar):
        self.bar, self.tasks = bar, {}

    def __call__(self, what, done, of, one):
        if what not in self.tasks:
            self.tasks[what] = self.bar.add_task("", what=what)
        said_last = said(one) if one else STOPPING
        self.bar.update(self.tasks[what], completed=done, total=of, description=said_last)


class Lines:
    """Plain lines, with the seconds that are left at the pace so far."""

    def __init__(self):
        self.begun = {}

    def __call__(self, what, done, of, one):
        if one is None:
            click.echo(STOPPING)
            return
        begun = self.begun.setdefault(what, time.monotonic())
        left_s = (time.monotonic() - begun) / (done - 1) * (of - done) if done > 1 else None
        click.echo(f"{what} {done} of {of}  {said(one)}" + ("" if left_s is None else f"  about {left_s:.0f} s left"))


def said(one):
    result = f"{one.points:g} of {one.of:g}" if isinstance(one, Graded) else "not graded"
    return f"{one.lesson}  {one.student}  {result}"
