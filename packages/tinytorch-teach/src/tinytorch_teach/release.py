"""Lessons become an nbgrader course: a source with solutions for you, a release for learners, rows in the gradebook."""
import json
from dataclasses import replace

from tinytorch._kit import cells, course, release

from tinytorch_teach.gradebook import Course
from tinytorch_teach.lessons import SOURCES, home
from tinytorch_teach.repair import contents


def source_cells(name):
    """The cells of a lesson as its authors wrote them."""
    return cells.read(home(SOURCES, name) / "lesson.py")


def is_written(entry):
    return (home(SOURCES, course.slug(entry)) / "lesson.py").exists()


def source_notebook(name):
    """The notebook for you: with solutions, and the rubric where the learner's written answer will stand."""
    return cells.write_notebook([with_rubric(cell) for cell in source_cells(name)], name.partition("_")[0], name)


def with_rubric(cell):
    if cell.role != "answer":
        return cell
    rubric = cell.meta.get("rubric", "")
    meta = {key: value for key, value in cell.meta.items() if key != "rubric"}
    return replace(cell, meta=meta, text=f"*For graders.* {rubric}\n\n{cell.text}".rstrip())


def release_notebook(name):
    """The notebook for learners, byte for byte the one that the kit carries."""
    return cells.write_notebook(release.release(source_cells(name)), name.partition("_")[0], name)


def make(folder, entries, course_id):
    """Write an nbgrader course with these lessons into `folder`, or add them to the one that is there.

    Returns
    -------
    list of Path
        The notebooks released, such as release/01_tensor/01_tensor.ipynb; those of optional lessons below optional/.

    Raises
    ------
    ValueError
        If there is nothing to release, or if nbgrader's own release of a lesson differs from ours.
    """
    there = [entry for entry in entries if is_written(entry)]
    if not there:
        unwritten = ", ".join(course.label(entry) for entry in entries) or "nothing"
        raise ValueError(f"Nothing to release: {unwritten} has no lesson in this version.")
    whole = Course(folder)
    whole.create(course_id)
    return [release_one(part_for(entry, whole), course.slug(entry)) for entry in there]


def part_for(entry, whole):
    """The course in whose gradebook a lesson's points stand."""
    if not course.is_optional(entry):
        return whole
    whole.optional.create(whole.id)
    return whole.optional


def release_one(place, name):
    """Write the source, let nbgrader make the release and the gradebook's rows, and hold it against the kit's.

    Returns the path of the release.
    """
    source, ours = place.folder / "source" / name / f"{name}.ipynb", release_notebook(name)
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(source_notebook(name), encoding="utf-8", newline="\n")
    place.run("GenerateAssignment", name)
    released = place.folder / "release" / name / f"{name}.ipynb"
    found = differences(json.loads(released.read_text(encoding="utf-8")), json.loads(ours))
    if found:
        raise ValueError(f"{name}: nbgrader releases other cells than the kit: {'; '.join(found[:3])}. If "
                         "nbgrader_config.py changes how lessons are released, take that out.")
    released.write_text(ours, encoding="utf-8", newline="\n")
    return released


def check_current(place, names):
    """Raise ValueError unless the course's lessons are those of this version, which the grader knows."""
    for name in names:
        there = json.loads((place.folder / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
        if contents(there) != contents(json.loads(source_notebook(name))):
            raise ValueError(f"source/{name} is not the lesson that this version of tinytorch-teach grades. "
                             f"Release it again: tinytorch-teach release {name.partition('_')[0]} {place.whole.folder}")


def differences(theirs, ours):
    """Where two notebooks differ in the text, kind, id or metadata of a cell."""
    found = [f"{len(theirs['cells'])} cells, not {len(ours['cells'])}"] * (len(theirs["cells"]) != len(ours["cells"]))
    for left, right in zip(theirs["cells"], ours["cells"]):
        left, right = plain(left), plain(right)
        found += [f"{key} of cell {right['id']}" for key in sorted(left.keys() | right.keys())
                  if left.get(key) != right.get(key)]
    return found


def plain(cell):
    return {**cell, "source": "".join(cell["source"])}
