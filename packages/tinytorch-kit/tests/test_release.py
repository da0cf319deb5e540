"""What a learner gets: the same cells, without solutions, hidden tests and rubrics."""
import pytest
from small_lesson import CURRICULUM, SMALL
from tinytorch._kit import cells, release
from tinytorch._kit.cells import Cell

LESSONS = sorted(path.parent.name for path in CURRICULUM.glob("[0-9]*/lesson.py"))


def exercise(text):
    return release.release([Cell("code", text, {"exercise": "x"})])[0].text


@pytest.mark.parametrize("name", LESSONS)
def test_no_line_of_a_solution_is_left(name):
    source = cells.read(CURRICULUM / name / "lesson.py")
    for cell, blank in zip(source, release.release(source), strict=True):
        assert (blank.kind, blank.id) == (cell.kind, cell.id)
        assert "rubric" not in blank.meta and "BEGIN" not in blank.text
        if cell.role == "exercise":
            inside = cell.text.split("### BEGIN SOLUTION\n")[1].split("### END SOLUTION")[0]
            kept = {line.strip() for line in blank.text.split("\n")}
            assert not [line for line in inside.split("\n") if len(line.strip()) > 12 and line.strip() in kept]
            compile(blank.text, name, "exec")
        elif cell.role != "answer":
            assert blank.text == cell.text


def test_the_stub_stands_where_the_solution_stood():
    assert exercise("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf.x = 1") == (
        "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\nf.x = 1")


def test_an_exercise_without_a_region_is_emptied_whole():
    assert exercise("return 42") == release.CODE_STUB
    assert release.release([Cell("markdown", "the answer", {"answer": "x"})])[0].text == release.TEXT_STUB


def test_hidden_tests_and_mark_schemes_go():
    text = "assert 1\n### BEGIN HIDDEN TESTS\nassert 2\n### END HIDDEN TESTS\nassert 3"
    assert release.release([Cell("code", text, {"check": "x"})])[0].text == "assert 1\nassert 3"


@pytest.mark.parametrize("text", ["### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN SOLUTION\n### BEGIN SOLUTION"])
def test_marks_that_do_not_pair_are_refused(text):
    with pytest.raises(ValueError, match="SOLUTION"):
        exercise(text)


def test_a_solution_in_a_given_cell_is_refused():
    with pytest.raises(ValueError, match="outside an exercise"):
        release.release([Cell("code", "### BEGIN SOLUTION\n### END SOLUTION", {"given": "x"})])


def test_code_put_in_place_of_a_solution_is_indented_like_it():
    text = next(cell.text for cell in cells.read_percent(SMALL) if cell.id == "double")
    filled = release.fill(text, "\n        y = x\n        return y + x\n    ")
    assert filled.endswith('"""Twice x."""\n    y = x\n    return y + x')
