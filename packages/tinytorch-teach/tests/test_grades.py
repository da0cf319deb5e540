"""The table of grades: every learner and lesson, proper quoting, and nothing that a spreadsheet would run."""
import csv
import io
from datetime import datetime

import pytest
from tinytorch_teach import grades
from tinytorch_teach.gradebook import Course

NAMES = ["Noël", 'Quote "Q", Comma', "=HYPERLINK(1)", "+1", "-1", "@x", "李小龍"]


def back(rows):
    return list(csv.DictReader(io.StringIO(grades.text(rows), newline="")))


def test_quotes_commas_and_letters_survive():
    rows = [{**dict.fromkeys(grades.COLUMNS, ""), "student": name, "points": -1.5} for name in NAMES]
    read = back(rows)
    assert [row["student"] for row in read if row["student"][0] != "'"] == ["Noël", 'Quote "Q", Comma', "李小龍"]
    assert all(row["points"] == "-1.5" for row in read)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_field_begins_like_a_formula(text):
    assert grades.safe(text) == f"'{text}" and grades.safe("a=1") == "a=1"


@pytest.fixture
def place(tmp_path):
    """A course with one lesson of a test and a written answer, and three learners."""
    place = Course(tmp_path)
    place.create("spring")
    source = tmp_path / "source/01_tensor/01_tensor.ipynb"
    source.parent.mkdir(parents=True)
    source.touch()
    with place.gradebook() as book:
        book.add_assignment("01_tensor", duedate=datetime(2026, 1, 2))
        book.add_notebook("01_tensor", "01_tensor")
        book.add_grade_cell("check_add", "01_tensor", "01_tensor", max_score=5, cell_type="code")
        book.add_grade_cell("answer_why", "01_tensor", "01_tensor", max_score=3, cell_type="markdown")
        for student in ("ada", "bob", "cleo"):
            book.add_student(student, last_name="Lovelace, Lady")
    return place


def send(place, student, day, points, written=None):
    with place.gradebook() as book:
        book.add_submission("01_tensor", student, timestamp=datetime(2026, 1, day))
        for cell, auto, manual in (("check_add", points, None), ("answer_why", None, written)):
            grade = book.find_grade(cell, "01_tensor", "01_tensor", student)
            grade.auto_score, grade.manual_score = auto, manual
            grade.needs_manual_grade = auto is None and manual is None
        book.db.commit()


def test_zero_points_and_no_submission_are_told_apart(place):
    send(place, "ada", 1, 4.5, written=2)
    send(place, "bob", 3, 0)
    ada, bob, cleo = back(grades.rows(place))
    keys = ("student", "points", "max_points", "manual_points", "max_manual_points", "status", "late_s")
    assert [ada[key] for key in keys] == ["ada", "4.5", "5", "2", "3", "graded", "0"]
    assert [bob[key] for key in keys] == ["bob", "0", "5", "", "3", "needs manual grading", "86400"]
    assert [cleo[key] for key in keys] == ["cleo", "", "", "", "", "no submission", ""]
    assert ada["last_name"] == "Lovelace, Lady"
