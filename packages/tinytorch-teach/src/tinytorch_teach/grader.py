"""Points from probes: draw here, act in a learner's process, judge here.

    with Grader(lessons.load("03")) as grader:
        report = grader.grade(cells.read("03_layers.ipynb"), learner="ada")
        report.points, report.verdicts["linear"].says

All written exercises are asked in one process that runs the learner's own lesson. One that fails there is asked once
more in a fresh process, among the reference's cells, and the better result counts: so a mistake, or a blank, loses its
own points and no others. What is blank is not asked.
"""
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from tinytorch._kit.process import Limits, Unready, converse
from tinytorch._kit.replies import shown

from tinytorch_teach import lessons
from tinytorch_teach.sandbox import Sandbox
from tinytorch_teach.submission import arranged

DRAWS = 3  # questions about each exercise, if they differ
REDRAWS = 3  # before a reference that fails its own question stops the grading
WORKERS = 2
PREBUILT = "prebuilt"
LIMITS = Limits()
PATIENT = Limits(start_s=120.0, cell_s=60.0, answer_s=60.0, total_s=600.0)  # for the reference, which no load may fail


@dataclass(frozen=True)
class Verdict:
    """What one exercise earned, and why.

    `status` is "passed", "failed" (wrong or blank), "error" (it raised), "timeout", "crashed" (it ended its process)
    or "missing" (its cell is not in the submission).
    """

    points: float
    of: float
    status: str
    says: str = ""


@dataclass(frozen=True)
class Report:
    """Verdicts by exercise; `seed` repeats the questions, `about` says which wall the code ran behind."""

    lesson: str
    learner: str
    seed: int
    verdicts: dict
    elapsed_s: float
    about: str

    @property
    def points(self):
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def of(self):
        return sum(verdict.of for verdict in self.verdicts.values())


class Grader:
    """Grades submissions of one lesson.

    Parameters
    ----------
    lesson : Lesson
    earlier : "prebuilt", or a folder with the learner's own modules (`core/tensor.py`, ...) to build on instead
    learner, course : ids for `mine`; `grade` may name another learner
    limits : Limits of the kit; `total_s` is for a whole submission
    memory_bytes, tier : see Sandbox
    """

    def __init__(self, lesson, earlier=PREBUILT, learner="", course="", limits=LIMITS, **walls):
        self.lesson, self.learner, self.course, self.limits = lesson, learner, course, limits
        modules = lessons.below(lesson)
        self.box = Sandbox(modules, lesson.number, **walls)
        self.own = earlier != PREBUILT
        self.learners_box = Sandbox(own(modules, earlier), lesson.number, **walls) if self.own else self.box

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.box.close()
        self.learners_box.close()

    def grade(self, book, learner=None, seed=None):
        """The Report on a submission, a list of cells.

        Raises ValueError if the reference fails its own questions, Unready if no child can be set up.
        """
        begun, handed_in = time.monotonic(), arranged(book, self.lesson)
        seed = int.from_bytes(os.urandom(6), "little") if seed is None else seed
        learner = self.learner if learner is None else learner
        asked = [name for name in self.lesson.points if name in handed_in.written]
        verdicts = self._unasked(handed_in)
        if asked:
            verdicts |= _Asking(self, handed_in, asked, seed, learner).verdicts()
        verdicts = {name: verdicts[name] for name in self.lesson.points}
        return Report(self.lesson.slug, learner, seed, verdicts, time.monotonic() - begun, self.learners_box.says)

    def _unasked(self, handed_in):
        blank, missing = "not written: the cell is as you got it", "the cell of this exercise is not in the submission"
        of = self.lesson.points
        return {**{name: Verdict(0, of[name], "failed", blank) for name in handed_in.blank if name in of},
                **{name: Verdict(0, of[name], "missing", missing) for name in handed_in.missing if name in of}}

    def run(self, cells, questions, learner="", limits=None, box=None):
        """The Replies of a child behind the wall to `cells`, a list of (id, text), and {exercise: [inputs, ...]}."""
        open_child = partial((box or self.box).open, learner=learner, course=self.course)
        setup = {"module": self.lesson.module, "acts": self.lesson.acts}
        return converse(open_child, setup, cells, questions, limits or self.limits)

    def reference(self, questions, learner=""):
        """{exercise: answers} of the reference; ValueError if it fails a question of its own."""
        replies = self.run([(cell.id, cell.text) for cell in self.lesson.graded], questions, learner, PATIENT)
        broken = [f"cell {name}: {outcome.error} {outcome.says}" for name, outcome in replies.cells.items()
                  if outcome.status != "ok"]
        answers = {name: [answer.value for answer in outcome.answers] for name, outcome in replies.asks.items()}
        for name, outcome in replies.asks.items():
            status, says = judged(self.lesson, name, questions[name], outcome, answers[name])
            broken += [f"{name}: {says}"] if status != "passed" else []
        if broken:
            raise ValueError(f"{self.lesson.slug}: the reference fails its own questions. {'; '.join(broken)}")
        return answers

    def questions(self, names, seed, turn=0):
        """Inputs for each exercise, whichever others are asked: {exercise: [inputs, ...]}."""
        drawn = {name: np.random.default_rng([seed, turn, n]) for n, name in enumerate(self.lesson.points)}
        return {name: self.lesson.questions(name, drawn[name], DRAWS) for name in names}


class _Asking:
    """One submission while it is asked."""

    def __init__(self, grader, handed_in, asked, seed, learner):
        self.grader, self.handed_in, self.asked, self.seed, self.learner = grader, handed_in, asked, seed, learner
        self.lesson, self.until = grader.lesson, time.monotonic() + grader.limits.total_s

    def verdicts(self):
        with ThreadPoolExecutor(WORKERS) as pool:
            first = self.ask_all(pool)
            failed = [name for name in self.asked if first[name][0] != "passed"]
            again = dict(zip(failed, pool.map(partial(self.ask_alone, first), failed)))
        return {name: self.verdict(name, *{**first, **again}[name]) for name in self.asked}

    def ask_all(self, pool):
        """{exercise: (status, sentence)} from the learner's own lesson; the reference runs beside it."""
        for turn in range(REDRAWS):
            self.inputs = self.grader.questions(self.asked, self.seed, turn)
            reference = pool.submit(self.grader.reference, self.inputs, self.learner)
            replies = pool.submit(self.replies, self.handed_in.order, self.inputs)
            try:
                self.answers = reference.result()
                return self.results(replies.result(), self.asked)
            except ValueError:
                if turn == REDRAWS - 1:
                    raise

    def ask_alone(self, first, name):
        """(status, sentence) of an exercise among the reference's cells, or from `first` if no time is left."""
        if time.monotonic() >= self.until:
            return first[name]
        cells = self.handed_in.among(self.lesson, name)
        return self.results(self.replies(cells, {name: self.inputs[name]}), [name])[name]

    def replies(self, cells, inputs):
        """Replies, or the reason for which the learner's own earlier modules let no process start."""
        limits = replace(self.grader.limits, total_s=max(0.0, self.until - time.monotonic()))
        try:
            return self.grader.run(cells, inputs, self.learner, limits, self.grader.learners_box)
        except Unready as error:
            if not self.grader.own:
                raise
            return f"your own earlier modules do not let it start: {error}"

    def results(self, replies, names):
        if isinstance(replies, str):
            return dict.fromkeys(names, ("crashed", replies))
        return {name: self.result(name, replies) for name in names}

    def result(self, name, replies):
        status, says = judged(self.lesson, name, self.inputs[name], replies.asks[name], self.answers[name])
        cell = replies.cells.get(name)
        if status == "passed" or cell is None or cell.status == "ok":
            return status, says
        where = f" in `{cell.text}`" if cell.text else ""
        return cell.status, f"the cell itself fails{where}: {', '.join(filter(None, (cell.error, cell.says)))}"

    def verdict(self, name, status, says):
        of = self.lesson.points[name]
        return Verdict(of if status == "passed" else 0, of, status, shown(says or "")[:500])


def judged(lesson, name, questions, outcome, reference):
    """(status, sentence) of one exercise's outcome."""
    if outcome.status != "ok":
        return outcome.status, f"no answer: {outcome.error} {outcome.says}".replace("  ", " ").strip()
    if not len(questions) == len(outcome.answers) == len(reference):
        return "failed", "not every question was answered"
    for inputs, answer, right in zip(questions, outcome.answers, reference):
        if answer.error:
            return "error", f"raised {answer.error}: {answer.says}"
        says = lesson.judge(name, inputs, answer.value, right)
        if says:
            return "failed", says
    return "passed", None


def own(prebuilt, folder):
    """Modules of which those that `folder` has are the learner's."""
    found = {path: Path(folder, *path.split("/")[1:]) for path in prebuilt}
    return {path: found[path].read_text(encoding="utf-8", errors="replace") if found[path].exists() else text
            for path, text in prebuilt.items()}
