"""What the command says: results on stdout, complaints on stderr, a little colour where a terminal is.

Plain output (TINYTORCH_PLAIN=1, NO_COLOR, or a pipe) has the same lines without colour and without a spinner.
"""
import contextlib
import os
import shlex
import subprocess
import sys

COLOURS = {"passes": "green", "fails": "red", "too long": "red", "crashed": "red", "missing": "red",
           "waits": "yellow", "not written": "dim", "yours": "green"}


class Refused(Exception):
    """What was asked for cannot be done. The message says why and what to type next; the exit status is 2."""


def prepare():
    """Let text that a terminal or pipe cannot show come out escaped instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def plain(stream):
    return os.environ.get("TINYTORCH_PLAIN") == "1" or bool(os.environ.get("NO_COLOR")) or not stream.isatty()


def say(text="", word=None):
    """Print a line; in a terminal the first `word` in it gets its colour."""
    colour = COLOURS.get(word)
    if colour is None or plain(sys.stdout):
        print(text)
        return
    from rich.console import Console
    from rich.text import Text

    before, word, after = text.partition(word)
    line = Text.assemble(before, (word, colour), after)
    Console(highlight=False, soft_wrap=True).print(line)


def complain(*texts):
    for text in texts:
        print(text, file=sys.stderr)


@contextlib.contextmanager
def busy(text):
    """A spinner while something takes its time; nothing where output is plain."""
    if plain(sys.stderr):
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def table(rows, right=()):
    """Print rows of texts as aligned columns; those in `right` stand at the right of their column."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [text.rjust(width) if n in right else text.ljust(width)
                 for n, (text, width) in enumerate(zip(row, widths))]
        say("  ".join(cells).rstrip(), word=next((text for text in row if text in COLOURS), None))


def indented(text, by):
    """Text whose lines begin `by` columns from the left."""
    return "\n".join(" " * by + line if line else "" for line in text.rstrip().split("\n"))


def quoted(path):
    """A path as one can type it here."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))


def near(path):
    """A path as seen from the current folder."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
