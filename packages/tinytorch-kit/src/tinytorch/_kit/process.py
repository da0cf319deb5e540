"""A child process for learner's code, and the conversation that survives cells which hang it or end it.

`Child` is one process; `converse` opens as many as it takes, for `tinytorch check` and for the grader alike.

    replies = converse(Child, {"module": "tinytorch.nn.layers"}, [("linear", "def linear(x): ...")])
    replies.cells["linear"].status       "ok", "error", "timeout" or "crashed"
"""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from tinytorch._kit import wire
from tinytorch._kit.replies import Answer, Outcome, Replies

SCRIPT = str(Path(__file__).with_name("child.py"))
COMMAND = (sys.executable, "-B", "-W", "ignore", SCRIPT)  # NumPy's warnings are the lesson's to mention, not ours


class Gone(Exception):
    """The child did not answer: `status` is "timeout" or "crashed", the message says more."""

    def __init__(self, status, says):
        super().__init__(says)
        self.status = status


class Unready(Exception):
    """The child could not be set up, which is not the learner's doing."""


class Child:
    """One process with child.py, in a process group of its own.

    `command` starts it, `env` is its whole environment (None: ours), and `cwd` the folder it runs in (None: an empty
    one that vanishes afterwards).
    """

    def __init__(self, command=COMMAND, *, env=None, cwd=None):
        self.home = None if cwd else tempfile.TemporaryDirectory(prefix="tinytorch-", ignore_cleanup_errors=True)
        group = {"start_new_session": True} if os.name == "posix" else \
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen(command, env=env, cwd=cwd or self.home.name, bufsize=0, **pipes, **group)
        self.turn, self.talk, self.killed = 0, None, False

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def ask(self, limit_s, **order):
        """The answer to an order (see child.py), a dict.

        Raises
        ------
        Gone
            If there is none within `limit_s` seconds, or none to this order. The child has been ended then.
        """
        self.turn += 1
        frame, got = wire.encode({**order, "turn": self.turn}), []
        self.talk = threading.Thread(target=self._talk, args=(frame, got), daemon=True)
        self.talk.start()
        self.talk.join(limit_s)  # also the writing may last for ever, if the child does not listen
        if got and isinstance(got[0], dict) and got[0].get("turn") == self.turn:
            return got[0]
        late = not got and self.talk.is_alive()
        says = f"no answer within {limit_s:.3g} s" if late else self._end(*got)
        self.kill()
        raise Gone("timeout" if late else "crashed", says)

    def _talk(self, frame, got):
        """Write the order and read one frame; nothing is read that was not asked for, so nothing piles up here."""
        with contextlib.suppress(OSError):  # its end of the pipe is closed: then there is no answer
            try:
                wire.send(self.process.stdin, frame)
                reply = wire.read(self.process.stdout)
                got += [] if reply is None else [reply]
            except ValueError as error:  # a broken frame, or a forged one
                got.append(error)

    def _end(self, got=None):
        """Why there is no answer: what came instead of one, or how the process ended."""
        if got is not None:
            return str(got) if isinstance(got, ValueError) else "it answered out of turn"
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.5)  # its pipe closes a little earlier than it ends
        code = self.process.returncode
        if code is None:
            return "the process closed its pipe"
        how = signal.strsignal(-code) if code < 0 and os.name == "posix" else f"exit code {code}"
        self.kill()
        said = self.process.stderr.read().decode("utf-8", "replace").strip() if self.turn == 1 else ""
        return f"the process ended ({how})" + (": " + said.splitlines()[-1] if said else "")

    def kill(self):
        """End it, with everything it has started and that still belongs to its group."""
        if self.killed:  # its number may be another's by now
            return
        self.killed = True
        with contextlib.suppress(OSError):  # it has ended by itself
            if os.name == "posix":
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                subprocess.run(["taskkill", "/T", "/F", "/PID", str(self.process.pid)], capture_output=True)
            self.process.kill()

    def close(self):
        self.kill()
        self.process.wait()
        if self.talk:
            self.talk.join(1.0)  # it takes longer only if a process that left the group holds the pipe
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        if self.home:
            self.home.cleanup()


@dataclass(frozen=True)
class Limits:
    """Seconds for the start, each cell, each answer and all together; and how many cells may end the process."""

    start_s: float = 30.0
    cell_s: float = 5.0
    answer_s: float = 5.0
    total_s: float = 120.0
    culprits: int = 8


def converse(open_child, setup, cells, asks=(), limits=Limits(), watched=()):
    """Run all cells in order, then ask; what hangs or ends the process costs itself only.

    A cell that does is left out in the next fresh child; an ask that does is not repeated, and the others get a fresh
    child.

    Parameters
    ----------
    open_child : makes a context manager that gives a Child
    setup : {"module": ..., "path": [...], "acts": source}, see child.py
    cells : (id, source) pairs, each id once
    asks : {exercise: [inputs, ...]}, or a function that makes it from the outcomes of the cells
    limits : Limits
    watched : ids of cells that tell whose functions they called, if they fail after another one did

    Returns
    -------
    Replies
        With an outcome for every cell and every ask, whatever happened.

    Raises Unready if a child could not be set up.
    """
    return _Conversation(open_child, setup, list(cells), asks, limits, watched).replies()


class _Conversation:
    """The state of `converse`: what was told so far, and which cells to leave out."""

    def __init__(self, open_child, setup, cells, asks, limits, watched):
        self.open_child, self.setup, self.cells, self.asks, self.limits = open_child, setup, cells, asks, limits
        self.watched = frozenset(watched)
        self.until = time.monotonic() + limits.total_s
        self.told, self.skip = Replies(), set()
        self.at = None  # (outcomes, id) of what the child is busy with

    def replies(self):
        while not self.done():
            try:
                with self.open_child() as child:
                    self.start(child)
                    self.run_cells(child)
                    self.ask_all(child)
            except Gone as gone:
                self.blame(gone)
        return self.told

    def done(self):
        if callable(self.asks):
            return False
        return len(self.told.cells) == len(self.cells) and len(self.told.asks) == len(self.asks)

    def left_s(self):
        return self.until - time.monotonic()

    def ask(self, child, limit_s, **order):
        return child.ask(max(0.0, min(limit_s, self.left_s())), **order)

    def start(self, child):
        self.at = None
        outcome = Outcome.of(self.ask(child, self.limits.start_s, setup=self.setup))
        if outcome.status != "ok":
            raise Unready(f"{outcome.error}: {outcome.says}")

    def run_cells(self, child):
        for cell, text in self.cells:
            if cell not in self.skip:
                self.at = self.told.cells, cell
                watch = cell in self.watched and any(one.status != "ok" for one in self.told.cells.values())
                reply = self.ask(child, self.limits.cell_s, cell=cell, text=text, watch=watch)
                self.told.cells[cell] = Outcome.of(reply)

    def ask_all(self, child):
        for exercise, inputs in self.questions().items():
            if exercise not in self.told.asks:
                self.at = self.told.asks, exercise
                self.told.asks[exercise] = self.answers(child, exercise, inputs)

    def questions(self):
        """{exercise: inputs}, made once."""
        self.asks = dict(self.asks(self.told.cells) if callable(self.asks) else self.asks)
        return self.asks

    def answers(self, child, exercise, inputs):
        """The outcome of one exercise; each input has the child's ear, and the limit, for itself."""
        answers = []
        for one in inputs:
            reply = self.ask(child, self.limits.answer_s, ask=exercise, inputs=[one])
            if not isinstance(reply.get("answers"), list) or len(reply["answers"]) != 1:
                return replace(Outcome.of(reply), status="error")
            answers += map(Answer.of, reply["answers"])
        return Outcome(answers=tuple(answers))

    def blame(self, gone):
        """Note what the child was busy with when it went."""
        if self.left_s() <= 0:
            late = Outcome("timeout", says=f"all together took longer than {self.limits.total_s:g} s")
            self.give_up(late)
            self.told.asks = {**dict.fromkeys(self.questions(), late), **self.told.asks}
            return
        if self.at is None:
            raise Unready(str(gone))
        outcomes, name = self.at
        outcomes[name] = Outcome(gone.status, says=str(gone))
        if outcomes is self.told.cells:
            self.skip.add(name)
        if len(self.skip) == self.limits.culprits:
            says = f"not run, because {self.limits.culprits} cells before it had ended their process"
            self.give_up(Outcome(gone.status, says=says))

    def give_up(self, outcome):
        """Run none of the cells that were not reached."""
        for cell, _ in self.cells:
            if cell not in self.told.cells:
                self.told.cells[cell] = outcome
                self.skip.add(cell)
