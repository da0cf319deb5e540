"""What came of a batch: `reports/01_tensor.json` for programs, and lines for people."""
import json
import time
from collections import defaultdict
from dataclasses import asdict

from tinytorch_teach import verdicts

FOLDER = "reports"
MANY = 4  # names in front of one note
UNKNOWN = "unknown"  # the report on files of which nobody can say which lesson they are


def write(course, unread, names):
    """Write a report for each lesson in `names`, and one on files of unknown lesson. Returns their paths."""
    by_lesson = defaultdict(list)
    for one in unread:
        by_lesson[one.lesson or UNKNOWN].append(asdict(one))
    return [write_one(course, name, by_lesson[name]) for name in sorted({*names, *by_lesson})]


def write_one(course, name, unread):
    graded = verdicts.load_all(course.folder, name)
    report = {"lesson": name, "course": course.id, "written": time.strftime("%Y-%m-%d %H:%M:%S"),
              "isolation": sorted({one.about for one in graded}),
              "learners": [{**asdict(one), "points": one.points, "of": one.of} for one in graded], "unread": unread}
    target = course.folder / FOLDER / f"{name}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return target


def lines(course, name):
    """A lesson's results, a line for each learner: points, and the exercises that did not pass with their status."""
    graded = verdicts.load_all(course.folder, name)
    wide = max([len(one.student) for one in graded], default=0)
    most = max([len(f"{one.of:g}") for one in graded], default=0)
    yield f"{name}  {len(graded)} graded"
    for one in graded:
        lost = ", ".join(f"{exercise} {verdict['status']}" for exercise, verdict in one.exercises.items()
                         if verdict["status"] != "passed")
        yield f"  {one.student:<{wide}}  {one.points:>{most}g} of {one.of:g}  {lost or 'all passed'}"
    whose = defaultdict(list)
    for one in graded:
        for note in one.notes:
            whose[note].append(one.student)
    for note, students in whose.items():
        yield f"  {', '.join(students) if len(students) < MANY else f'{len(students)} learners'}: {note}"
    yield from (f"  {about}" for about in sorted({one.about for one in graded}))
