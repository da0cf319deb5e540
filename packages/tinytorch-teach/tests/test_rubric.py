"""A rubric shows every point of a lesson, the question, and a sample answer of each level."""
import pytest
from click.testing import CliRunner
from tinytorch_teach import lessons, rubric
from tinytorch_teach.cli import main

COURSE = [entry["number"] for entry in lessons.entries()]


@pytest.mark.parametrize("number", COURSE)
def test_all_points_the_question_and_all_levels_are_there(number):
    said, lesson = "\n".join(rubric.lines(number)), lessons.load(number)
    code, written = said.split("written answer `")
    assert all(f"  {name} " in code for name in lesson.points) and f": {lesson.total} points for code" in said
    (answer,) = (cell for cell in lesson.cells if cell.role == "answer")
    asked = lesson.cells[lesson.cells.index(answer) - 1]
    assert answer.meta["rubric"] in written and asked.kind == "markdown" and len(asked.text) > 100
    assert all(f"  | {line}\n" in written for line in asked.text.strip().split("\n") if line)
    levels = rubric.samples(number)[answer.name]
    assert levels[0]["points"] == answer.meta["points"] and len(levels) > 1
    assert all(" ".join(level["sample"].split()) in " ".join(written.split()) for level in levels)
    assert max(map(len, said.split("\n"))) <= 124


def test_an_optional_lesson_has_points_and_no_answer():
    said = "\n".join(rubric.lines("00"))
    assert said.startswith("Optional lesson 00 Ready: 20 points for code\n") and "written" not in said


def test_the_command_prints_several_and_refuses_what_is_not_there():
    result = CliRunner().invoke(main, ["rubric", "01,05"])
    assert result.exit_code == 0 and "Module 01 Tensor" in result.output and "Module 05 Autograd" in result.output
    result = CliRunner().invoke(main, ["rubric", "77"])
    assert result.exit_code == 2 and "There is no Module 77" in result.output
