"""Verdicts become the output of the locked test cells, so that nbgrader's gradebook, formgrader and feedback agree.

nbgrader's own autograding runs, with one step exchanged: where it would execute the notebook, `Verdicts` writes.
"""
import os

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from tinytorch_teach import repair, verdicts

ENAME = "TinyTorch"
PREFIX = "check_"


class Verdicts(NbGraderPreprocessor):
    """Stands in for nbgrader's Execute. The folder of the course is the current one, as nbgrader sees to."""

    def preprocess(self, nb, resources):
        asked = resources["nbgrader"]
        graded = verdicts.load(os.getcwd(), asked["assignment"], asked["student"])
        if graded is None or graded.contents != verdicts.digest(repair.contents(nb)):
            what = "has no verdict yet" if graded is None else "changed after it was graded"
            raise RuntimeError(f"The submission of {asked['student']} for {asked['assignment']} {what}. "
                               "Run `tinytorch-teach grade`.")
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = outputs(cell, graded.exercises), None
        return nb, resources


def outputs(cell, exercises):
    """A test cell's output: none if its exercise passed, the points if it earned some, else an error that says why."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix(PREFIX)
    if not is_grade(cell) or is_solution(cell):
        return []
    verdict = exercises.get(name, {"points": 0, "of": 1, "status": "missing", "says": "no verdict was found"})
    says = f"{name}: {verdict['says'] or verdict['status']}"
    if verdict["points"] == verdict["of"]:
        return []
    if verdict["points"]:
        return [new_output("stream", name="stdout", text=says),
                new_output("execute_result", data={"text/plain": repr(float(verdict["points"]))})]
    return [new_output("error", ename=ENAME, evalue=says, traceback=[says])]


def record(course, graded):
    """Hand one submission's verdicts to nbgrader. Raises gradebook.Failed with nbgrader's words."""
    course.run("Autograde", graded.lesson, graded.student)
    graded.recorded = True
    verdicts.save(course.folder, graded)
