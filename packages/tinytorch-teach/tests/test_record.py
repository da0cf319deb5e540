"""Verdicts reach nbgrader whole: its own rules give exactly our points, and a learner's prose brings no script."""
import os

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade
from tinytorch_teach import repair, verdicts
from tinytorch_teach.prose import html
from tinytorch_teach.record import Verdicts, outputs


def check(name="add", points=5):
    told = {"grade": True, "grade_id": f"check_{name}", "locked": True, "points": points, "schema_version": 3,
            "solution": False, "task": False}
    return new_code_cell("assert add(1, 2) == 3", metadata={"nbgrader": told})


def verdict(points, status="failed", says="expected 3, found 4"):
    return {"add": {"points": points, "of": 5, "status": status, "says": says}}


@pytest.mark.parametrize("points", [0, 0.5, 2, 4.75, 5])
def test_nbgrader_gives_exactly_the_points_of_the_verdict(points):
    cell = check()
    cell.outputs = outputs(cell, verdict(points))
    assert determine_grade(cell) == (points, 5)


@pytest.mark.parametrize("status", ["failed", "error", "timeout", "crashed", "missing"])
def test_a_lost_exercise_shows_its_sentence_or_its_status(status):
    shown, = outputs(check(), verdict(0, status))
    assert shown.ename == "TinyTorch" and shown.evalue == "add: expected 3, found 4"
    shown, = outputs(check(), verdict(0, status, says=""))
    assert shown.evalue == f"add: {status}"


def test_a_test_cell_without_a_verdict_gets_nothing():
    cell = check("other")
    cell.outputs = outputs(cell, verdict(5))
    assert determine_grade(cell) == (0, 5)


def graded(notebook):
    contents = verdicts.digest(repair.contents(notebook))
    return verdicts.Graded("ada", "01_tensor", "key", contents, verdict(5, "passed", ""), "ada.zip", 0.0)


ASKED = {"nbgrader": {"student": "ada", "assignment": "01_tensor"}}


def test_only_the_notebook_that_was_graded_gets_the_verdict(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = new_notebook(cells=[new_code_cell("x = 1"), check()])
    with pytest.raises(RuntimeError, match="has no verdict yet"):
        Verdicts().preprocess(notebook, ASKED)
    verdicts.save(os.getcwd(), graded(notebook))
    Verdicts().preprocess(notebook, ASKED)
    notebook.cells[0].source = "x = 2"
    with pytest.raises(RuntimeError, match="changed after it was graded"):
        Verdicts().preprocess(notebook, ASKED)


def test_a_verdict_survives_the_way_to_the_disk(tmp_path):
    one = graded(new_notebook(cells=[check()]))
    verdicts.save(tmp_path, one)
    assert verdicts.load(tmp_path, "01_tensor", "ada") == one and verdicts.load_all(tmp_path, "01_tensor") == [one]
    verdicts.path(tmp_path, "01_tensor", "ada").write_text("{cut off", encoding="utf-8")
    assert verdicts.load(tmp_path, "01_tensor", "ada") is None


@pytest.mark.parametrize("evil", [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "```mermaid\n<img src=x onerror=alert(1)>\n```",
    '<a href="javascript:alert(1)">a</a>',
    "$<img src=x onerror=alert(1)>$",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
])
def test_prose_brings_no_script(evil):
    import re

    made = html(evil)
    tags = " ".join(re.findall(r"<[^>]*>", made))
    assert "script" not in tags and "onerror" not in tags and "iframe" not in tags and "javascript" not in tags, made


def test_prose_keeps_its_form():
    made = html("# Title\n\nSome *emphasis*, `code < 3`, $a < b$.\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n")
    assert all(f"<{tag}" in made for tag in ("h1", "em", "code", "ul", "li", "table", "td")) and "&amp;lt;" not in made
