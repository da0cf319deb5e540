"""Submissions found in folders and zip files of any naming: whose they are, and which lesson.

owners.RULE says how that is told, and `tinytorch-teach grade --help` prints it.
"""
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tinytorch._kit import cells, course, export, place
from tinytorch._kit.replies import shown

from tinytorch_teach import archive
from tinytorch_teach.owners import Owners, clean, lesson_in

NOBODY = "?"


@dataclass
class Sent:
    """One learner's file for one lesson."""

    student: str
    lesson: str  # 01_tensor
    cells: list
    time: float
    origin: str  # where it was found, for people
    place: str = ""  # whose it is by folders and names alone
    manifest: dict = field(default_factory=dict)
    modules: dict = field(default_factory=dict)  # the learner's own earlier modules, {path: text}
    notes: list = field(default_factory=list)


@dataclass
class Unread:
    """What was sent and cannot be graded, and why."""

    student: str
    lesson: str | None
    origin: str
    says: str


def collect(sources, by="manifest"):
    """Everything that learners sent.

    Parameters
    ----------
    sources : folders and zip files
    by : "manifest" or "place", which one tells whose a file is where both do

    Returns
    -------
    list of Sent
        At most one for each learner and lesson.
    list of Unread
    """
    found, unread = [], []
    for source in sources:
        good, bad = in_source(Path(source), by)
        found += good
        unread += bad
    return newest(found), unread


def in_source(source, by):
    """What one folder or zip holds."""
    files = list(archive.files(source))
    lessons = [seen(file) for file in files if file.name != "manifest.json" and not is_module(file)]
    owners = Owners(source.stem, [(one.path, one.lesson) for one in lessons])
    modules = [(module_path(file), owners.of(file.path), file.data.decode("utf-8", "replace"))
               for file in files if is_module(file)]
    manifests = {file.path[:-1]: told(file) for file in files if file.name == "manifest.json"}
    found, unread, idle = [], [], defaultdict(list)
    for one in lessons:
        manifest, place_says = nearest(manifests, one.path), owners.of(one.path)
        named = clean(str(manifest.get("learner") or "")) if by == "manifest" else ""
        student, origin = named or place_says or NOBODY, printable("/".join(filter(None, (source.name, *one.path))))
        if one.cells and student == NOBODY:
            unread.append(Unread(student, one.lesson, origin, "nothing tells whose it is; put it into their folder"))
        elif one.cells:
            own = {path: text for path, owner, text in modules if owner == place_says}
            found.append(Sent(student, one.lesson, one.cells, one.time, origin, place_says, manifest, own))
        elif one.says:
            unread.append(Unread(student, one.lesson, origin, printable(one.says)))
        else:
            idle[student].append(origin)
    some = {one.student for one in found + unread}
    unread += [Unread(student, None, origins[0], "no lesson is among this learner's files")
               for student, origins in idle.items() if student not in some]
    return found, unread


def newest(found):
    """One submission for each learner and lesson, with a note where there were more."""
    groups = defaultdict(list)
    for one in found:
        groups[one.student, one.lesson].append(one)
    for group in groups.values():
        group.sort(key=lambda one: one.time)
        last = group[-1]
        last.notes += [f"{last.origin} counts, being newer than {one.origin}" for one in group[:-1]]
        places = sorted({one.place for one in group})
        if len(places) > 1:
            last.notes.append(f"these came from several places ({', '.join(places)}), and their manifests all say "
                              f"{last.student}; `--names place` goes by the places")
    return [group[-1] for _, group in sorted(groups.items())]


@dataclass
class Seen:
    """A file after a look: a lesson and its cells, or what is wrong, or neither (a file of no concern)."""

    path: tuple
    time: float
    lesson: str | None = None
    cells: list = field(default_factory=list)
    says: str = ""


def seen(file):
    named = lesson_in(file.name)
    if file.trouble:
        return Seen(file.path, file.time, named, says=file.trouble)
    try:
        book, number = parsed(file)
        lesson = lesson_of(book, number)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        return Seen(file.path, file.time, named, says=str(error))
    if lesson or named and any(cell.role == "exercise" for cell in book):
        return Seen(file.path, file.time, lesson or named, book)
    if named:
        return Seen(file.path, file.time, named, says=f"it is named after {named} and holds none of its exercises")
    says = "it holds no lesson: nothing in it says which one" if file.name.lower().endswith(".ipynb") else ""
    return Seen(file.path, file.time, says=says)


def parsed(file):
    """The cells of a notebook or percent file, and the number in a notebook's metadata."""
    if not file.data.strip():
        raise ValueError("it is empty")
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not a text file: expected a notebook or a percent file in UTF-8") from None
    if not file.name.lower().endswith(".ipynb"):
        return cells.read_percent(text), None
    book, metadata = cells.read_notebook(text, "it"), json.loads(text).get("metadata")
    ours = metadata.get("tinytorch") if isinstance(metadata, dict) else None
    return book, ours.get("lesson") if isinstance(ours, dict) else None


def lesson_of(book, number):
    """Which lesson cells belong to, by the notebook's number or by what they say; None if nothing does."""
    text = "\n".join(cell.text for cell in book if cell.kind == "code")
    begun = re.search(r"""^\s*begin\(\s*["']?(\w+)["']?\s*\)""", text, flags=re.M)
    exports = re.search(r"^#\s*\|\s*default_exp\s+([\w.]+)", text, flags=re.M)
    number = number or (begun and begun[1])
    if number:
        return course.slug(course.lesson(number))
    entry = course.BY_MODULE.get("tinytorch." + exports[1]) if exports else None
    if exports and not entry:
        raise LookupError(f"it says `default_exp {exports[1]}`, and no lesson builds that")
    return course.slug(entry) if entry else None


def is_module(file):
    """Whether a file is a module of the learner's own `tinytorch` package, and not a lesson."""
    return "tinytorch" in file.path[:-1] and file.data.startswith((export.GENERATED.encode(), place.STUB.encode()))


def module_path(file):
    """tinytorch/core/tensor.py"""
    return "/".join(file.path[len(file.path) - 1 - file.path[::-1].index("tinytorch"):])


def printable(text):
    """Text for a terminal and a report, whatever bytes a file name had."""
    return shown(text.encode("utf-8", "replace").decode("utf-8"))


def told(file):
    """What a manifest says; {} if that is nothing sensible."""
    try:
        said = json.loads(file.data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def nearest(manifests, path):
    """The manifest in the folder or zip of a file, or in one around it."""
    around = (path[:length] for length in range(len(path) - 1, -1, -1))
    return next((manifests[folder] for folder in around if folder in manifests), {})
