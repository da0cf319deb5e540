"""A whole class graded: submissions repaired, asked in parallel, and recorded one after the other.

The parallel part knows no database, and its verdicts are kept as they come: a batch that was stopped goes on where it
was, and what did not change is not graded again. Only then one process writes nbgrader's gradebook.
"""
import importlib.metadata
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from tinytorch._kit.replies import shown

from tinytorch_teach import lessons, repair, verdicts
from tinytorch_teach.collect import Unread
from tinytorch_teach.gradebook import Failed
from tinytorch_teach.grader import PREBUILT, Grader

OWN = "own"
TIERS = {"auto": None, "container": "container", "user": "another user", "none": "none"}


@dataclass(frozen=True)
class Manner:
    """How a class is graded: on which earlier modules, with how many at once, behind which wall; `again` forgets."""

    earlier: str = PREBUILT
    jobs: int = 1
    isolation: str = "auto"
    again: bool = False


@dataclass
class Batch:
    """Submissions on their way to verdicts.

    Attributes
    ----------
    fresh : list of Graded, of this run
    same : list of Graded that were graded before, under the same conditions
    unread : list of Unread; what could not be graded joins it
    reports : paths of the reports on it, once they are written
    """

    course: object  # gradebook.Course
    manner: Manner
    fresh: list = field(default_factory=list)
    same: list = field(default_factory=list)
    unread: list = field(default_factory=list)
    reports: list = field(default_factory=list)

    def run(self, sent, show):
        """Grade and record. `show` is told of each step: what was done, how many are, of how many, and the last."""
        todo = [work for work in map(self.prepared, sent) if work is not None]
        with Graders(self.course.id, self.manner) as graders:
            graders.open_for(todo)  # what cannot be set up should stop the batch before it begins
            with ThreadPoolExecutor(self.manner.jobs) as pool:
                self.ask(pool, graders, todo, show)
        stored = self.stored()
        waiting = [one for one in (*self.fresh, *self.same)
                   if not one.recorded or (one.student, one.lesson) not in stored]
        for done, one in enumerate(waiting, 1):
            self.record(one)
            show("recorded", done, len(waiting), one)

    def prepared(self, sent):
        """Repair a submission and put it where nbgrader looks; None if its verdicts are known."""
        source = lesson(sent.lesson).cells
        whole = repair.repaired(sent.cells, source)
        text = repair.notebook(whole.cells, source, sent.lesson)
        work = Work(sent, whole, verdicts.digest(repair.contents(json.loads(text))), self.manner)
        self.submit(sent, text)
        known = verdicts.load(self.course.folder, sent.lesson, sent.student)
        if known is None or known.key != work.key or self.manner.again:
            return work
        self.same.append(known)
        return None

    def submit(self, sent, text):
        folder = self.course.folder / "submitted" / sent.student / sent.lesson
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{sent.lesson}.ipynb").write_text(text, encoding="utf-8", newline="\n")
        moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(sent.time))
        (folder / "timestamp.txt").write_text(moment, encoding="utf-8")

    def ask(self, pool, graders, todo, show):
        waiting = {pool.submit(graders.grade, work): work for work in todo}
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                show("graded", done, len(todo), self.settled(future, waiting[future].sent))
        except BaseException:  # stopped by hand, most likely: what is being asked ends, the others never begin
            pool.shutdown(wait=False, cancel_futures=True)
            show("stopping", 0, len(todo), None)
            raise

    def settled(self, future, sent):
        try:
            graded = future.result()
        except Exception as error:  # a fault of the grader or of this machine; it must not stop the others
            self.unread.append(Unread(sent.student, sent.lesson, sent.origin, f"not graded: {error}"))
            return self.unread[-1]
        verdicts.save(self.course.folder, graded)
        self.fresh.append(graded)
        return graded

    def stored(self):
        """(student, lesson) of what nbgrader has, in its gradebook and as a file; not asked if nothing was there."""
        if not self.same:
            return set()
        with self.course.gradebook() as book:
            known = [(one.student.id, name) for name in self.course.lessons
                     for one in book.assignment_submissions(name)]
        return {(student, name) for student, name in known
                if (self.course.folder / "autograded" / student / name / f"{name}.ipynb").exists()}

    def record(self, graded):
        from tinytorch_teach.record import record  # imports nbgrader

        try:
            record(self.course, graded)
        except Failed as error:
            says = f"graded, but nbgrader could not record it: {error}"
            self.unread.append(Unread(graded.student, graded.lesson, graded.origin, says))


class Work:
    """One submission to grade."""

    def __init__(self, sent, whole, contents, manner):
        self.sent, self.cells, self.notes, self.contents = sent, whole.cells, sent.notes + whole.notes, contents
        self.learner, self.course = (shown(str(sent.manifest.get(name) or "")) for name in ("learner", "course"))
        own = json.dumps(sent.modules, sort_keys=True) if manner.earlier == OWN else ""
        self.key = verdicts.digest(contents, self.learner, self.course, manner.earlier, manner.isolation, own,
                                   fingerprint(sent.lesson))


class Graders:
    """A Grader for each lesson and course id; with the learners' own earlier modules, one for each submission."""

    def __init__(self, course, manner):
        self.course, self.manner, self.open = course, manner, {}

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for grader in self.open.values():
            grader.close()

    def open_for(self, todo):
        for name, ids in {(work.sent.lesson, work.course) for work in todo if not self.is_own(work)}:
            self.open[name, ids] = Grader(lesson(name), course=ids, tier=TIERS[self.manner.isolation])

    def is_own(self, work):
        return self.manner.earlier == OWN and bool(work.sent.modules)

    def grade(self, work):
        """The Graded of a submission."""
        if not self.is_own(work):
            return self.graded(work, self.open[work.sent.lesson, work.course])
        with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
            for path in lessons.below(lesson(work.sent.lesson)).keys() & work.sent.modules.keys():
                file = Path(folder, *path.split("/")[1:])
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(work.sent.modules[path], encoding="utf-8")
            with Grader(lesson(work.sent.lesson), folder, course=work.course, tier=TIERS[self.manner.isolation]) as own:
                return self.graded(work, own)

    def graded(self, work, grader):
        report, sent = grader.grade(work.cells, learner=work.learner), work.sent
        notes = work.notes + list(self.notes(work))
        exercises = {name: asdict(verdict) for name, verdict in report.verdicts.items()}
        return verdicts.Graded(sent.student, sent.lesson, work.key, work.contents, exercises, sent.origin, sent.time,
                               notes, report.about, round(report.elapsed_s, 2))

    def notes(self, work):
        if self.manner.earlier == OWN and not work.sent.modules and lessons.below(lesson(work.sent.lesson)):
            yield "none of the learner's own earlier modules came along; the prebuilt ones served"
        if not work.learner and any("mine(" in cell.text for cell in work.cells):
            yield "no learner id came along (a manifest.json has it): asked for the numbers that all get without one"
        if work.course and self.course and work.course != self.course:
            yield f"it was worked on in the course {work.course!r}, and this is {self.course!r}"


@cache
def lesson(name):
    return lessons.load(name.partition("_")[0])


@cache
def fingerprint(name):
    """Changes when a lesson, its probes, an earlier module or this program does."""
    one = lesson(name)
    versions = [importlib.metadata.version(part) for part in ("tinytorch-teach", "tinytorch-kit", "numpy")]
    texts = [(one.folder / file).read_text(encoding="utf-8") for file in ("lesson.py", "probes.py")]
    return verdicts.digest(*versions, *texts, *lessons.below(one).values())
