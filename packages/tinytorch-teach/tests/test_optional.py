"""Optional lessons are released, graded and returned like the others, and no other grade knows of them."""
import pytest
from click.testing import CliRunner
from tinytorch._kit import cells, course
from tinytorch_teach import grades, lessons, release
from tinytorch_teach.cli import main
from tinytorch_teach.gradebook import Course


def handed_in(slug, blank=()):
    """A lesson as ada sends it: solved but for some exercises."""
    lesson = lessons.load(slug.partition("_")[0])
    stubs = lesson.stubs()
    book = [cells.Cell(cell.kind, stubs[cell.id] if cell.id in blank else cell.text, cell.meta)
            for cell in lesson.cells]
    return cells.write_notebook(book, lesson.number, slug)


def graded(folder, numbers, sent):
    """A course that has released these lessons and graded what ada sent, {slug: notebook}."""
    release.make(folder, course.chosen(numbers), "spring")
    for slug, notebook in sent.items():
        target = folder / "incoming/ada" / f"{slug}.ipynb"
        target.parent.mkdir(exist_ok=True)
        target.write_text(notebook, encoding="utf-8")
    result = CliRunner().invoke(main, ["grade", str(folder), "--isolation", "none", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    return Course(folder)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """The same work on 01 in a course without optional lessons and in one with them."""
    tensor = {"01_tensor": handed_in("01_tensor", blank=("add", "kept_bytes"))}
    ready = {"00_ready": handed_in("00_ready")}
    return (graded(tmp_path_factory.mktemp("without"), "01", tensor),
            graded(tmp_path_factory.mktemp("with"), "01,00", {**tensor, **ready}))


def total(place):
    """What nbgrader adds up for ada: points, and the most there are."""
    with place.gradebook() as book:
        ada = book.find_student("ada")
        return ada.score, ada.max_score


def test_grades_with_and_without_optional_lessons_are_equal(places):
    without, both = places
    assert total(without) == total(both) and total(both)[0] > 0
    rows = [[row for row in grades.rows(place) if row["lesson"] == "01_tensor"] for place in places]
    assert rows[0] == rows[1] and len(rows[0]) == 1


def test_points_of_an_optional_lesson_stand_apart(places):
    row = next(row for row in grades.rows(places[1]) if row["lesson"] == "00_ready")
    most = lessons.load("00").total
    assert (row["optional_points"], row["max_optional_points"], row["status"]) == (most, most, "graded")
    assert row["points"] == row["max_points"] == ""
    assert total(places[1].optional) == (most, most)


def test_feedback_comes_for_optional_lessons_too(places):
    result = CliRunner().invoke(main, ["feedback", str(places[1].folder)])
    assert result.exit_code == 0, result.output
    assert (places[1].folder / "feedback/ada/01_tensor/01_tensor.html").exists()
    assert (places[1].folder / "optional/feedback/ada/00_ready/00_ready.html").exists()


def test_an_optional_lesson_that_was_not_released_is_left_alone(places):
    (places[0].folder / "incoming/ada/04b_scalar_autograd.ipynb").write_text(handed_in("04b_scalar_autograd"))
    result = CliRunner().invoke(main, ["grade", str(places[0].folder), "--isolation", "none"])
    assert result.exit_code == 0 and "has not released it: 04b_scalar_autograd" in result.output


def test_no_lesson_needs_an_optional_one():
    optional = {entry["number"] for entry in course.OPTIONAL}
    assert optional and not any(optional & set(entry["needs"]) for entry in (*course.LESSONS, *course.OPTIONAL))
    needed = {lessons.path_of("tinytorch." + entry["module"]) for entry in course.OPTIONAL}
    assert not any(needed & set(lessons.below(lessons.load(number))) for number in lessons.numbers())
