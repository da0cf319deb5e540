"""Whole lessons run from top to bottom, on top of modules that may have been exchanged."""
import time
from dataclasses import dataclass

import trials
from tinytorch._kit import course, own, place
from tinytorch_teach import lessons
from walk import Walk

PAGE = (*lessons.RUN, "check", "demo", "predict", "scratch")


@dataclass(frozen=True)
class Ran:
    """What became of one cell; `error` is "" if it ran."""

    id: str
    role: str
    elapsed_s: float
    error: str


def ran(walk, roles=PAGE, limit_s=120):
    """A Ran for each cell of these roles in the solved lesson, as they run in the process of a fresh walk."""
    for n, cell in enumerate(walk.lesson.cells):
        if cell.kind == "code" and cell.role in roles:
            begun = time.perf_counter()
            reply = walk.child.ask(limit_s, cell=cell.id or f"cell_{n}", text=cell.text)
            error = f"{reply['error']}: {reply['says']}" if "error" in reply else ""
            yield Ran(cell.id, cell.role, time.perf_counter() - begun, error)


def whole(lesson, folder):
    """A Ran for every code cell of the solved lesson."""
    with Walk(lesson, folder.path) as walk:
        return list(ran(walk))


def complaints(lesson, folder, changed, right=None, until=None):
    """What fails in a solved lesson when modules are exchanged, {path: text}: cells, visible checks, and, where the
    right answers are given, probes. Nothing more runs after a cell that says `until`."""
    with folder.exchanged(changed) as path, Walk(lesson, path) as walk:
        found = []
        for cell in ran(walk, (*lessons.RUN, "check")):
            found += [f"{cell.id}: {cell.error}"] if cell.error else []
            if until and until in cell.error:
                break
        for name, (inputs, answers) in (right or {}).items():
            says = trials.verdicts(lesson, name, inputs, walk.asked(name, inputs), answers)
            found += [f"{name}: {one}" for one in says if one][:1]
    return found


def answered(lesson, folder, seed=0):
    """{exercise: (inputs, right Reply)} of a lesson."""
    with Walk(lesson, folder.path) as walk:
        walk.run()
        questions = trials.Bench(lesson, folder, seed).inputs
        return {name: (inputs := questions(name), walk.asked(name, inputs)) for name in lesson.points}


def stubbed(entry):
    """{path: text} that makes a module one that its learner has not built yet."""
    text = own.STUB.format(mark=place.STUB, label=course.label(entry), number=entry["number"])
    return {lessons.path_of("tinytorch." + entry["module"]): text}


def needed(curriculum, numbers):
    """These lessons and all that they need, step by step."""
    needs = {entry["number"]: entry["needs"] for entry in lessons.entries(curriculum)}
    found, todo = set(), list(numbers)
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo += needs.get(number, ())
    return found


def unwritten(curriculum, entry):
    """Lessons that this one needs and that have no source yet, so that it cannot run."""
    return sorted(needed(curriculum, entry["needs"]) - {one["number"] for one in lessons.entries(curriculum)})
