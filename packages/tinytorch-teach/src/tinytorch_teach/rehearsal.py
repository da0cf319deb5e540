"""Three made-up learners, so that a teacher sees a class graded before there is one."""
import json
import runpy
import zipfile
from dataclasses import replace

from tinytorch._kit import cells, release

from tinytorch_teach import lessons, rubric

SOLVED, MISTAKEN, BLANK = "solved", "mistaken", "blank"


def write(folder, number, course_id):
    """Put the three's submissions for a lesson into `folder`, as `tinytorch submit` packs them. Returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    lesson = lessons.load(number)
    return [packed(folder, lesson, who, book, course_id) for who, book in books(lesson).items()]


def books(lesson):
    """{learner: cells}: the solution; the solution with one known mistake and its last exercise blank; nothing."""
    blank = release.release(lesson.cells)
    names = list(lesson.points)
    wrong = {names[0]: runpy.run_path(str(lesson.folder / "mistakes.py"))["MISTAKES"][names[0]][0]["code"]}
    answers = {name: [level["sample"] for level in levels] for name, levels in rubric.samples(lesson.number).items()}
    best, middle = ({name: texts[n] for name, texts in answers.items()} for n in (0, 1))
    solved = [filled(source, given, {}, best) for source, given in zip(lesson.cells, blank)]
    mistaken = [given if given.role == "exercise" and given.name == names[-1] else filled(source, given, wrong, middle)
                for source, given in zip(lesson.cells, blank)]
    return {SOLVED: solved, MISTAKEN: mistaken, BLANK: blank}


def filled(source, given, wrong, answers):
    """A released cell with what a learner would have written into it."""
    if given.role == "answer":
        return replace(given, text=answers[given.name])
    if given.role != "exercise":
        return given
    text = lessons.filled_cell(source, wrong.get(source.name)).text
    return replace(given, text="\n".join(line for line in text.split("\n") if " SOLUTION" not in line))


def packed(folder, lesson, who, book, course_id):
    path, file = folder / f"{who}_{lesson.slug}.zip", f"{lesson.slug}.ipynb"
    manifest = {"lesson": lesson.number, "name": lesson.slug, "learner": who, "course": course_id, "file": file}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(file, cells.write_notebook(book, lesson.number, lesson.slug))
        out.writestr("manifest.json", json.dumps(manifest))
    return path
