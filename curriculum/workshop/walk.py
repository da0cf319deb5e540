"""A walk through a solved lesson, from which copies leave the path to try something else.

    with Walk(lesson, folder.path) as walk:
        walk.to("linear")                            the solved cells above the exercise have run
        walk.answers("linear", text, inputs)         what another text of the exercise answers
        walk.check("linear", text)                   what the visible check says of it
"""
import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tinytorch._kit import wire
from tinytorch._kit.process import Child
from tinytorch_teach import lessons
from tinytorch_teach.environment import environment

SCRIPT = str(Path(__file__).with_name("forking.py"))
COMMAND = [os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable), "-I", "-S", "-B", "-W", "ignore"]
DATASETS = Path(__file__).parents[2] / "datasets/src/tinytorch/datasets"
START_S, CELL_S = 60, 60
LIMIT_S, WORK_S, TIMES = 4, 2, 5  # a copy may take so long, work so long, or so many times as long as the solution does


class Folder:
    """What a lesson's processes import: NumPy, the kit, the modules below it and the datasets."""

    def __init__(self, lesson):
        self.home = tempfile.TemporaryDirectory(prefix="tinytorch-", ignore_cleanup_errors=True)
        self.path = Path(self.home.name, "as it is")
        environment(self.path, lessons.below(lesson))
        shutil.copytree(DATASETS, self.path / "tinytorch/datasets")  # demos show real data

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.home.cleanup()

    @contextlib.contextmanager
    def exchanged(self, modules):
        """The path of a folder like this one, with other text for some modules: {path: text}."""
        with tempfile.TemporaryDirectory(dir=self.home.name) as home:
            path = Path(home, "exchanged")
            shutil.copytree(self.path, path, copy_function=os.link)  # links: a thousand files in no time
            for name, text in modules.items():
                target = path / name
                for old in (target, Path(importlib.util.cache_from_source(str(target)))):
                    old.unlink(missing_ok=True)  # writing would go through the link
                target.write_text(text, encoding="utf-8")
            yield path


@dataclass(frozen=True)
class Reply:
    """What became of a try: `answers` as child.py gives them, or `says`, why there are none."""

    answers: list | None = None
    says: str = ""


class Walk:
    """One process and its copies. It goes forward only."""

    def __init__(self, lesson, folder, learner="", acts=None):
        """`folder` is the path of a Folder."""
        self.lesson, self.at = lesson, 0
        self.limit_s = self.work_s = CELL_S  # for a copy; a mutant may loop for ever
        env = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
               "TINYTORCH_PREBUILT": "1", "TINYTORCH_LESSON": lesson.number}
        env |= {"TINYTORCH_LEARNER": learner, "TINYTORCH_COURSE": "proof"} if learner else {}
        self.child = Child([*COMMAND, SCRIPT, str(folder)], env=env)
        self.say(START_S, setup={"module": lesson.module, "acts": lesson.acts if acts is None else acts})

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.child.close()

    def say(self, limit_s, **order):
        """A reply to an order that must not fail."""
        reply = self.child.ask(limit_s, **order)
        if "error" in reply:
            raise ValueError(f"{self.lesson.slug}: {order.get('cell', 'setup')}: {reply['error']}: {reply['says']}")
        return reply

    def to(self, exercise):
        """Run the solved cells above an exercise."""
        ids = [cell.id for cell in self.lesson.graded]
        self.run(ids.index(exercise))

    def run(self, end=None):
        """Run the solved cells up to one, or all."""
        for cell in self.lesson.graded[self.at:end]:
            self.say(CELL_S, cell=cell.id, text=cell.text)
        self.at = len(self.lesson.graded) if end is None else end

    def solution(self, exercise, inputs):
        """The Reply of the solution; from then on a copy may take a few times as long.

        Afterwards `leans_below` says whether the answers are others, or none, if the cells below do not run.
        """
        text = next(cell.text for cell in self.lesson.graded if cell.id == exercise)
        self.limit_s, self.work_s, self.leans_below, begun = CELL_S, CELL_S, True, time.monotonic()
        reply = self.answers(exercise, text, inputs)
        elapsed_s, worked_s = time.monotonic() - begun, self.worked_s
        alone = self.answers(exercise, text, inputs, rest=False)
        self.leans_below = wire.encode(alone.answers) != wire.encode(reply.answers)
        self.limit_s, self.work_s = max(LIMIT_S, TIMES * elapsed_s), max(WORK_S, TIMES * worked_s)
        return reply

    def asked(self, exercise, inputs):
        """The Reply of this very process, which has run all that the exercise needs."""
        asked = [self.child.ask(CELL_S, ask=exercise, inputs=[one]) for one in inputs]
        return Reply(answers=[reply["answers"][0] if "answers" in reply else reply for reply in asked])

    def answers(self, exercise, text, inputs, below=None, rest=True):
        """The Reply of a copy with `text` for the exercise; {exercise: text} stands for others further down.

        Without `rest` the cells below do not run.
        """
        below, others = below or {}, self.lesson.graded[self.at + 1:] if rest else []
        others = [{"cell": cell.id, "text": below.get(cell.id, cell.text)} for cell in others]
        asks = [{"ask": exercise, "inputs": [one]} for one in inputs]
        orders = [{"cell": exercise, "text": text}, *others, *asks]
        replies, late = self.copy(orders)
        if len(replies) < len(orders):
            return Reply(says="takes too long" if late else "ends its process")
        answers = [reply["answers"][0] if "answers" in reply else reply for reply in replies[-len(asks):]]
        return Reply(answers=answers)

    def check(self, exercise, text):
        """What the visible check says when `text` stands in the exercise's cell; None if it passes."""
        cells = self.lesson.cells[self._place(exercise):self._place("check_" + exercise) + 1]
        orders = [{"cell": cell.id, "text": text if cell.id == exercise else cell.text} for cell in cells
                  if cell.role in lessons.RUN or cell.id == "check_" + exercise]
        replies, late = self.copy(orders)
        if len(replies) < len(orders):
            return "takes too long" if late else "ends its process"
        last = replies[-1]
        return f"{last['error']}: {last['says']}" if "error" in last else None

    def copy(self, orders):
        """The replies of a copy, and whether it was stopped."""
        reply = self.say(self.limit_s + START_S, copy=orders, copy_s=self.limit_s, work_s=self.work_s)
        self.worked_s = reply["work_s"]
        return reply["replies"], reply["late"]

    def _place(self, name):
        return next(n for n, cell in enumerate(self.lesson.cells) if cell.id == name)
