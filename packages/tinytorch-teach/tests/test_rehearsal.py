"""The made-up three: what they send is read as theirs, and gets the points that it is made for."""
import pytest
from click.testing import CliRunner
from tinytorch_teach import lessons, rehearsal, rubric
from tinytorch_teach.cli import main
from tinytorch_teach.collect import collect
from tinytorch_teach.gradebook import Course
from tinytorch_teach.grader import Grader

COURSE = [entry["number"] for entry in lessons.entries()]


def test_they_are_collected_under_their_names_with_the_id_of_the_course(tmp_path):
    Course(tmp_path / "course").create("spring")
    result = CliRunner().invoke(main, ["rehearse", "01,02", str(tmp_path / "course")])
    assert result.exit_code == 0 and len(result.output.splitlines()) == 6, result.output
    sent, unread = collect([tmp_path / "course/incoming"])
    assert not unread and {(one.student, one.lesson) for one in sent} == {
        (who, name) for who in ("solved", "mistaken", "blank") for name in ("01_tensor", "02_activations")}
    assert {one.manifest["course"] for one in sent} == {"spring"}


@pytest.mark.parametrize("number", ["01", "05", "00"])
def test_the_first_exercise_is_lost_by_a_mistake_and_the_last_by_a_blank(number):
    lesson = lessons.load(number)
    first, *_, last = lesson.points
    lost = {rehearsal.SOLVED: set(), rehearsal.MISTAKEN: {first, last}, rehearsal.BLANK: set(lesson.points)}
    with Grader(lesson, course="spring", tier="none") as grader:
        for who, book in rehearsal.books(lesson).items():
            told = grader.grade(book, learner=who).verdicts
            assert {name for name, verdict in told.items() if verdict.status != "passed"} == lost[who], who
            assert who != rehearsal.MISTAKEN or "not written" not in told[first].says


@pytest.mark.parametrize("number", COURSE)
def test_written_answers_are_those_of_the_best_and_the_middle_level(number):
    lesson = lessons.load(number)
    books = rehearsal.books(lesson)
    said = {who: {cell.name: cell.text for cell in book if cell.role == "answer"} for who, book in books.items()}
    levels = rubric.samples(number)
    assert said[rehearsal.SOLVED] == {name: one[0]["sample"] for name, one in levels.items()}
    assert said[rehearsal.MISTAKEN] == {name: one[1]["sample"] for name, one in levels.items()}
    assert set(said[rehearsal.BLANK].values()) == {"YOUR ANSWER HERE"}
    assert not any("SOLUTION" in cell.text for book in books.values() for cell in book)
