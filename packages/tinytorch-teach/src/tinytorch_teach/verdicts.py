"""Verdicts as files, `verdicts/01_tensor/ada.json` in the course: the cache, and what the record is made from."""
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = "verdicts"


@dataclass
class Graded:
    """What grading one submission gave.

    Attributes
    ----------
    key : changes when anything changes that the verdicts hang on
    contents : changes when the submitted notebook does
    exercises : {name: {"points", "of", "status", "says"}}
    notes : sentences about the submission, for the instructor
    about : what kept the code apart while it ran
    recorded : whether nbgrader's gradebook has these verdicts
    """

    student: str
    lesson: str
    key: str
    contents: str
    exercises: dict
    origin: str
    time: float  # when the file was last changed, in seconds since 1970
    notes: list = field(default_factory=list)
    about: str = ""
    elapsed_s: float = 0.0
    recorded: bool = False

    @property
    def points(self):
        return sum(one["points"] for one in self.exercises.values())

    @property
    def of(self):
        return sum(one["of"] for one in self.exercises.values())


def path(folder, lesson, student):
    return Path(folder) / FOLDER / lesson / f"{student}.json"


def load(folder, lesson, student):
    """The Graded of a student's lesson; None if there is none, or none that can be read."""
    try:
        return Graded(**json.loads(path(folder, lesson, student).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def load_all(folder, lesson):
    """Every Graded of a lesson, by student."""
    names = sorted(file.stem for file in path(folder, lesson, "x").parent.glob("*.json"))
    return [one for one in (load(folder, lesson, name) for name in names) if one is not None]


def save(folder, graded):
    """Write beside, then rename, so that an interrupted batch leaves whole files."""
    target = path(folder, graded.lesson, graded.student)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".part")
    beside.write_text(json.dumps(asdict(graded), indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(beside, target)


def digest(*parts):
    """A short fingerprint of texts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
