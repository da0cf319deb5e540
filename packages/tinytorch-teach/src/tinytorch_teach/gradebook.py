"""A course folder as nbgrader knows it: its settings, its steps, its gradebook.

Importing nbgrader costs seconds, so this module does it only when something is asked of it.
"""
import contextlib
import logging
import os
import re
import sysconfig
import warnings
from functools import cached_property
from pathlib import Path

CONFIG = "nbgrader_config.py"
OPTIONAL = "optional"
VERDICTS = "tinytorch_teach.record.Verdicts"
NOT_IN_A_PATH = set("[]*?{}")  # nbgrader reads the path of a course as a pattern
SETTINGS = '''\
"""nbgrader's settings for this course. `tinytorch-teach release` wrote them once; they are yours to change."""
import os

c = get_config()  # noqa: F821
here = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.root = here
c.CourseDirectory.course_id = {course!r}
c.Exchange.root = os.path.join(here, "exchange")  # unused, but nbgrader wants one

# A verdict is found by `tinytorch-teach grade`; where nbgrader would run the notebook, the verdict is written in.
c.Autograde.autograde_preprocessors = [
    "tinytorch_teach.record.Verdicts",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What learners wrote is shown in formgrader and in feedback without scripts.
c.HTMLExporter.filters = {{"markdown2html": "tinytorch_teach.prose.html"}}
'''


class Failed(Exception):
    """A step of nbgrader failed; the message says what nbgrader said."""


class Course:
    """A folder with `source/`, `release/`, `submitted/`, `autograded/`, `feedback/` and `gradebook.db`."""

    def __init__(self, folder, whole=None):
        self.folder, self.whole = Path(folder).resolve(), whole or self

    def create(self, course):
        """Make the folder and its settings, if they are not there.

        Raises
        ------
        ValueError
            If nbgrader could not work in this folder.
        """
        if NOT_IN_A_PATH & set(str(self.folder)):
            raise ValueError(f"{self.folder} has one of {' '.join(sorted(NOT_IN_A_PATH))} in its path, and nbgrader "
                             "would take that for a pattern. Choose a folder without them.")
        (self.folder / "exchange").mkdir(parents=True, exist_ok=True)
        (self.folder / "incoming").mkdir(exist_ok=True)
        if not (self.folder / CONFIG).exists():
            (self.folder / CONFIG).write_text(SETTINGS.format(course=course), encoding="utf-8")

    @property
    def optional(self):
        """The Course of optional lessons in this one, with a gradebook of its own: no total of this one counts them."""
        return Course(self.folder / OPTIONAL, whole=self)

    @property
    def parts(self):
        """This course and, if it has released optional lessons, theirs."""
        return [self, self.optional] if (self.optional.folder / CONFIG).exists() else [self]

    def takes(self, lesson):
        """Whether this part has to do with a lesson; the whole has with all that its optional part has not."""
        return (lesson in self.whole.optional.lessons) == (self.whole is not self)

    @property
    def lessons(self):
        """Names of the lessons that this course has released: ["01_tensor", ...]."""
        return sorted(path.stem for path in self.folder.glob("source/*/*.ipynb") if path.stem == path.parent.name)

    @cached_property
    def settings(self):
        from traitlets.config.loader import PyFileConfigLoader

        return PyFileConfigLoader(CONFIG, path=str(self.folder)).load_config()

    @property
    def id(self):
        return str(self.settings.CourseDirectory.get("course_id", "") or "")

    @property
    def database(self):
        return self.settings.CourseDirectory.get("db_url") or f"sqlite:///{self.folder / 'gradebook.db'}"

    @contextlib.contextmanager
    def gradebook(self):
        """nbgrader's Gradebook, for as long as the `with` lasts."""
        with prepared():
            from nbgrader.api import Gradebook

            with Gradebook(self.database, self.id or "default_course") as book:
                yield book

    def run(self, step, lesson, student=None):
        """Run `GenerateAssignment`, `Autograde` or `GenerateFeedback` of nbgrader, as its own commands do.

        Returns
        -------
        str
            What nbgrader logged.

        Raises
        ------
        Failed
            With nbgrader's last words.
        """
        with prepared():
            import nbgrader.converters
            from nbgrader.coursedir import CourseDirectory
            from nbgrader.utils import capture_log

            place = CourseDirectory(config=self.settings, root=str(self.folder))
            place.assignment_id = lesson
            if student is not None:
                place.student_id = student
            converter = getattr(nbgrader.converters, step)(coursedir=place, config=self.settings)
            if step == "Autograde" and VERDICTS not in converter.autograde_preprocessors:
                execute, *rest = converter.autograde_preprocessors  # settings of your own: only this one is exchanged
                converter.autograde_preprocessors = [VERDICTS, *rest]
            converter.force = True
            result = capture_log(converter)
        if not result["success"]:
            raise Failed(last_words(result))
        return result.get("log", "")


def last_words(result):
    """The line of a log or a traceback that says what went wrong."""
    said = re.findall(r"^\s*((?:\w+\.)*\w*(?:Error|Entry|Exception): .+)$", result.get("log", ""), flags=re.M)
    return (said or result["error"].strip().splitlines())[-1]


@contextlib.contextmanager
def prepared():
    """What nbgrader needs: the program `alembic` on PATH, also where the environment is not activated, and silence."""
    before, level = os.environ.get("PATH", ""), logging.getLogger("traitlets").level
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ["PATH"] = before
        logging.getLogger("traitlets").setLevel(level)
