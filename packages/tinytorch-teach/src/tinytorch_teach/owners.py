"""Whose a file is, told from the folders, zips and file names on its way."""
import re
import unicodedata
from collections import defaultdict

from tinytorch._kit import course

RULE = """\
Whose a file is: the learner id in the manifest.json that `tinytorch submit` puts beside it; else the name of the
outermost folder or zip that holds one learner's files, where one with the same lesson of several learners is a whole
class and is looked into; else, for a loose file, what its name says beside the lesson (ada_01_tensor.ipynb). What
Canvas and Moodle add to names is understood. `--names place` leaves manifests aside.

Which lesson it is: the notebook's own metadata; else its line begin("NN") or `#| default_exp`; else the file's name.
A renamed file is fine. Of two files by one learner for one lesson the newest counts, and the report says so.
"""
NOBODY = {"lessons", "notebooks", "submission", "submissions", "submitted", "incoming", "workspace", "work", "src",
          "old", "new", "copy", "final", "tinytorch"}  # folders with such names are nobody's
CANVAS = re.compile(r"^(?P<who>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d{4,}_(?P<file>.+)$")
MOODLE = re.compile(r"_assignsubmission_\w+$")
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)  # what Windows keeps for itself


class Owners:
    """Tells whose each file is.

    Parameters
    ----------
    source : name of the folder or zip in which all files were found
    found : (path, lesson or None) of each file
    """

    def __init__(self, source, found):
        self.source, self.lessons, self.loose = source, defaultdict(lambda: defaultdict(set)), defaultdict(set)
        for path, lesson in found:
            for depth in range(len(path) - 1):
                self.lessons[path[:depth]][path[depth]].add(lesson)
            self.loose[path[:-1]].add(path[-1])

    def of(self, path):
        """The student id of a file, "" if nothing tells. The folder or zip that was given tells if no other does."""
        depth = 0
        while depth < len(path) - 1 and (self.is_class(path[:depth + 1]) or is_nobodys(path[depth])):
            depth += 1
        if depth == len(path) - 1 and (said := beside_lesson(path[-1])):
            return said
        named = [part for part in (self.source, *path[:-1]) if not is_nobodys(part)]
        return clean(path[depth] if depth < len(path) - 1 else named[-1] if named else "")

    def is_class(self, folder):
        """Whether a folder or zip holds several learners: it came from Canvas or Moodle, or the same lesson is in
        several of its folders."""
        if any(CANVAS.match(name) or MOODLE.search(name) for name in {*self.loose[folder], *self.lessons[folder]}):
            return True
        inside = [lessons for name, lessons in self.lessons[folder].items() if not is_nobodys(name)]
        counted = [lesson for lessons in inside for lesson in lessons]
        return any(lesson and counted.count(lesson) > 1 for lesson in counted)


def is_nobodys(name):
    return name.lower() in NOBODY or lesson_in(name) is not None and not beside_lesson(name)


def lesson_in(name):
    """The lesson that a name tells, as in `ada-01_tensor (2).ipynb` or `tensor.py`; None if it tells none."""
    words = in_words(name)
    for entry in course.LESSONS + course.OPTIONAL:
        if words == entry["name"] or re.search(rf"(^|_){course.slug(entry)}(_|$)", words):
            return course.slug(entry)
    return None


def in_words(name):
    return re.sub(r"[\W_]+", "_", re.sub(r"\.(ipynb|py|zip)$", "", name, flags=re.I).lower()).strip("_")


def beside_lesson(name):
    """Whom a name tells beside the lesson: ada for `ada_01_tensor (2).ipynb`; "" if it tells nobody."""
    canvas = CANVAS.match(name)
    if canvas:
        return clean(name)
    lesson, bare = lesson_in(name), re.sub(r"\.(ipynb|py|zip)$", "", name, flags=re.I)
    bare = re.sub(r"([-_ ]*\(\d+\)|-\d+|[-_ ]copy|[-_ ]v?\d)$", "", bare, flags=re.I)
    if lesson is None:
        return clean(bare)
    number, _, word = lesson.partition("_")
    left = re.sub(rf"(?<![^\W_]){number}[\W_]+{word}(?![^\W_])", "", bare, flags=re.I)
    return clean(left.strip("-_. ")) if left != bare else ""


def clean(text):
    """A student id that can be the name of a folder on every system, or "" if nothing is left.

    Letters of all alphabets stay, and so do spaces, commas and apostrophes.
    """
    text = unicodedata.normalize("NFC", re.sub(r"\.zip$", "", text, flags=re.I))
    canvas = CANVAS.match(text)
    text = f"{canvas['who']}_{canvas['id']}" if canvas else MOODLE.sub("", text)
    text = "".join("_" if char in '<>:"/\\|?*[]{}' or unicodedata.category(char)[0] == "C" else char for char in text)
    text = re.sub(r"\s+", " ", text).strip(" .").encode("utf-8", "replace")[:100].decode("utf-8", "ignore")
    return f"{text}_" if DEVICES.match(text) else text
