"""The learner's process: runs cells one by one in a module under its package name, and acts on the inputs it is given.

    python [flags] child.py        orders come in on stdin, answers leave on stdout, both as frames (see wire.py)

    {"setup": {"module", "path", "acts"}}      once, first          {} or an error
    {"cell": id, "text": source}               one cell             {"printed"} and, if it fails, an error
    {"ask": exercise, "inputs": [...]}         act_<exercise>       {"answers": [{"value"} or an error, ...]}

An error is {"error": its type, "says": its message}; that of a cell also has {"line", "text"}, where it left this cell,
and {"trace": [[cell, line, text], ...]} for the cells on its way. If its order says {"watch": true} and it fails, it
runs once more, and {"through": [cell, ...]} tells whose functions it calls. Every answer repeats its order's "turn".

Answers leave on a private copy of stdout, and what the code prints never reaches it. The code shares this process, so
it could write there too. That amounts to answering: answers are judged elsewhere, and nothing of ours is in here.
"""
import builtins
import contextlib
import io
import linecache
import os
import re
import sys
import time
import traceback
import types

MOST_SAID, MOST_PRINTED, MOST_TRACED = 2000, 4096, 6
WATCHED_S = 1.0  # what took longer is not run once more: watched, it is several times slower
MAGIC = re.compile(r"^([ \t]*)[%!].*$")
STILL_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")  # the rest of such a cell is Python; of `%%bash` it is not


def main():
    hear, talk = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silence(0, 1)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if folder != here]  # Python puts the script's folder there
    sys.path.append(os.path.dirname(os.path.dirname(here)))  # the one that holds this very `tinytorch`
    from tinytorch._kit import wire

    silence(2)  # until here stderr could say why the process does not start
    room = Room(wire.encode)
    while (order := wire.read(hear)) is not None:
        wire.send(talk, room.reply(order))


def silence(*streams):
    """Point these at nothing, for C code and for processes that are started from here."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nothing, stream)
    os.close(nothing)


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed and lets the rest go."""

    def __init__(self):
        self.kept, self.room = [], MOST_PRINTED

    def write(self, text):
        if self.room > 0:
            self.kept.append(text[: self.room])
            self.room -= len(self.kept[-1])
        return len(text)

    def writable(self):
        return True


class Room:
    """The module in which cells run, and beside it, out of its sight, the functions that ask it questions."""

    def __init__(self, encode):
        self.encode, self.lesson, self.acts, self.cells = encode, None, {}, {}

    def reply(self, order):
        """The frame that answers an order. Nothing that the code raises gets past here, not even SystemExit."""
        turn, sys.stdout = {"turn": order.get("turn")}, Printed()
        sys.stderr, began = sys.stdout, time.perf_counter()
        try:
            return self.encode({**turn, **self.obey(order)})
        except BaseException as error:
            said = {**turn, **told(error), **self.place(error, order.get("cell")), **printed()}
        if order.get("watch") and time.perf_counter() - began < WATCHED_S:
            said["through"] = self.through(order["cell"], order["text"])
        return self.encode(said)

    def obey(self, order):
        if "setup" in order:
            return self.furnish(**order["setup"])
        if "cell" in order:
            return self.run(order["cell"], order["text"])
        return {"answers": [self.answer("act_" + order["ask"], inputs) for inputs in order["inputs"]]}

    def furnish(self, module, path=(), acts=""):
        """Register an empty module under its package name, where the lesson's own imports will find it."""
        sys.path[:0] = path
        builtins.display = print  # as in a notebook
        self.lesson = types.ModuleType(module)
        self.lesson.__file__, self.lesson.__tinytorch_graded__ = f"<{module}>", True
        sys.modules[module] = self.lesson
        parent, _, last = module.rpartition(".")
        if parent:
            __import__(parent)
            setattr(sys.modules[parent], last, self.lesson)
        exec(compile(acts, "<acts>", "exec"), self.acts)
        return {}

    def run(self, cell, text):
        file = f"<{cell}>"
        lines = python_lines(text)
        self.cells[file] = cell
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
        exec(compiled(lines, file), self.lesson.__dict__)
        return printed()

    def answer(self, act, inputs):
        try:
            answer = {"value": self.acts[act](self.lesson, inputs)}
            self.encode(answer)  # what cannot be sent is this answer's error, not that of all
            return answer
        except BaseException as error:
            return told(error)

    def through(self, cell, text):
        """The other cells whose functions a cell calls, whatever comes of them this time."""
        files = set()
        sys.setprofile(lambda frame, event, _: files.add(frame.f_code.co_filename) if event == "call" else None)
        with contextlib.suppress(BaseException):
            self.run(cell, text)
        sys.setprofile(None)
        return [name for file, name in self.cells.items() if file in files and name != cell]

    def place(self, error, cell):
        """Where in the cells an error arose: as deep as it got in this cell, and the way through the others."""
        frames = traceback.walk_tb(error.__traceback__)
        steps = [(frame.f_code.co_filename, line) for frame, line in frames]
        if isinstance(error, SyntaxError):
            steps.append((error.filename, error.lineno))
        trace = [[self.cells[file], line, linecache.getline(file, line or 0).strip()]
                 for file, line in steps if file in self.cells][-MOST_TRACED:]
        _, line, text = next((step for step in reversed(trace) if step[0] == cell), (cell, None, ""))
        return {"line": line, "text": text, "trace": trace}


def told(error):
    """An error's type and message. Asking a learner's own exception for its message may fail as well."""
    try:
        says = str(error)
    except BaseException as second:
        says = f"(its message fails with {type(second).__name__})"
    return {"error": type(error).__name__, "says": sent(says[:MOST_SAID])}


def printed():
    text = "".join(sys.stdout.kept) if isinstance(sys.stdout, Printed) else ""
    return {"printed": sent(text)} if text else {}


def sent(text):
    """`text` without halves of characters, which cannot cross."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def python_lines(text):
    """The lines of a cell, without the cell magic that may stand first."""
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].startswith("%%"):
        return lines
    if lines[first].split()[0] not in STILL_PYTHON:
        return ["pass"]
    return [*lines[:first], "pass", *lines[first + 1:]]


def compiled(lines, file):
    """Code of a cell. A line for Jupyter (`%timeit`, `!ls`) becomes `pass`, but only where Python stumbles over it:
    inside a bracket or a string such a line may be honest Python."""
    lines = list(lines)
    while True:
        try:
            return compile("\n".join(lines), file, "exec", dont_inherit=True)
        except SyntaxError as error:
            n = (error.lineno or 0) - 1
            if not (0 <= n < len(lines) and MAGIC.match(lines[n])):
                raise
            lines[n] = MAGIC.sub(r"\1pass", lines[n])


if __name__ == "__main__":
    main()
