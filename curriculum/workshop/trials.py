"""What probes and visible checks say of right and wrong answers to the exercises of a lesson."""
import runpy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import mutants
import numpy as np
from tinytorch_teach import lessons
from tinytorch_teach.grader import DRAWS
from walk import Walk

WORKERS = 2  # walks through one lesson
AT_ONCE = 3  # lessons that are proved side by side; some wait more than they work


@dataclass(frozen=True)
class Trial:
    """One answer to one exercise. `probes` and `checks` say why it is rejected; None: it passes."""

    exercise: str
    kind: str  # "mistake", "mutant", "alternative", "solution", "blank", "hollow" or "alone"
    name: str
    probes: str | None
    checks: str | None
    blind: int = 0  # how many of the questions, each alone, let it pass
    plausible: bool = False  # its answers have the form of right ones

    def __str__(self):
        return f"{self.exercise}: {self.name}"


@dataclass
class Bench:
    """A lesson with what its authors think of wrong and right answers to it.

    `mistakes` and `alternatives` are {exercise: [dict]}, `survivors` {exercise: {mutant: reason}}.
    """

    lesson: lessons.Lesson
    folder: object
    seed: int = 0
    mistakes: dict = field(default_factory=dict)
    alternatives: dict = field(default_factory=dict)
    survivors: dict = field(default_factory=dict)

    @classmethod
    def of(cls, lesson, folder, seed=0):
        said = runpy.run_path(str(lesson.folder / "mistakes.py"))
        return cls(lesson, folder, seed, said["MISTAKES"], alternatives(lesson), said.get("SURVIVORS", {}))

    def inputs(self, exercise):
        """The questions about an exercise, the same for everything that is tried."""
        rng = np.random.default_rng([self.seed, list(self.lesson.points).index(exercise)])
        return self.lesson.questions(exercise, rng, DRAWS)

    def trials(self):
        """Every Trial of every exercise that carries points."""
        names = list(self.lesson.points)
        with ThreadPoolExecutor(WORKERS) as pool:
            parts = pool.map(self.walk, [names[n::WORKERS] for n in range(WORKERS)])
            return sorted((trial for part in parts for trial in part), key=lambda one: names.index(one.exercise))

    def walk(self, names):
        with Walk(self.lesson, self.folder.path) as walk:
            return [trial for name in names for trial in self.tried(walk, name)]

    def tried(self, walk, exercise):
        """The trials of one exercise, at which a walk arrives."""
        walk.to(exercise)
        cell = next(cell for cell in self.lesson.graded if cell.id == exercise)
        inputs, stubs = self.inputs(exercise), self.lesson.stubs()
        right = walk.solution(exercise, inputs)
        for kind, name, text in self.texts(cell, stubs[exercise]):
            if kind == "mutant":
                probes, checks = self.rejected(walk, exercise, text, inputs, right), walk.check(exercise, text)
                yield Trial(exercise, kind, name, probes, checks)
                continue
            reply = walk.answers(exercise, text, inputs, below=stubs if kind == "alone" else None)
            says = verdicts(self.lesson, exercise, inputs, reply, right)
            probes, checks = next(filter(None, says), None), walk.check(exercise, text)
            yield Trial(exercise, kind, name, probes, checks, len(says) - sum(map(bool, says)), alike(reply, right))

    def rejected(self, walk, exercise, text, inputs, right):
        """Why the probes reject a mutant; of thousands, nearly all fall at the first question, so it comes alone."""
        for some in [slice(1), slice(1, None)][:len(inputs)]:
            reply = walk.answers(exercise, text, inputs[some], rest=walk.leans_below)
            true = right if right.answers is None else replace(right, answers=right.answers[some])
            says = verdicts(self.lesson, exercise, inputs[some], reply, true)
            if any(says):
                return next(filter(None, says))
        return None

    def texts(self, cell, stub):
        """(kind, name, text of the exercise's cell) of all that is tried."""
        def filled(code):
            return lessons.filled_cell(cell, code).text

        yield "solution", "the solution", cell.text
        yield "alone", "the solution, all below blank", cell.text
        yield "blank", "as learners get it", stub
        yield "hollow", "nothing in its place", filled("pass")
        for kind, given in (("mistake", self.mistakes), ("alternative", self.alternatives)):
            for one in given.get(cell.id, ()):
                yield kind, one["name"], filled(one["code"])
        for name, code in mutants.mutants(mutants.solution(cell.text)):
            yield "mutant", name, filled(code)


def alternatives(lesson):
    """{exercise: [{"name", "code"}, ...]} of right answers written differently."""
    return runpy.run_path(str(lesson.folder / "alternatives.py"))["ALTERNATIVES"]


def verdicts(lesson, exercise, inputs, reply, right):
    """For each question None or a sentence."""
    if reply.answers is None or right.answers is None:
        return [reply.says or right.says] * len(inputs)
    return [f"raised {answer['error']}: {answer.get('says', '')}" if "error" in answer else
            f"the reference raised {true['error']}" if "error" in true else
            lesson.judge(exercise, one, answer["value"], true["value"])
            for one, answer, true in zip(inputs, reply.answers, right.answers, strict=True)]


def alike(reply, right):
    """Whether answers have the form of right ones: no errors, arrays of the same shape and dtype, finite values."""
    if reply.answers is None or right.answers is None:
        return False
    return all("value" in a and "value" in b and _alike(a["value"], b["value"])
               for a, b in zip(reply.answers, right.answers, strict=True))


def _alike(found, right):
    if isinstance(right, np.ndarray):
        same = isinstance(found, np.ndarray) and (found.shape, found.dtype) == (right.shape, right.dtype)
        return same and bool(np.isfinite(found[np.isfinite(right)]).all())
    if isinstance(right, list) and isinstance(found, list) and any(isinstance(x, (np.ndarray, list)) for x in right):
        return len(found) == len(right) and all(map(_alike, found, right))
    if isinstance(right, dict):
        same = isinstance(found, dict) and found.keys() == right.keys()
        return same and all(_alike(found[key], right[key]) for key in right)
    if isinstance(right, (int, float)) and not isinstance(right, bool):
        return isinstance(found, (int, float)) and bool(np.isfinite(found))
    return (found is None) == (right is None)
