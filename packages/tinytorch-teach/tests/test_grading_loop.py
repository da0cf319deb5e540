"""A small class goes all the way: released, worked on well and badly, sent in every form, graded, recorded, told.

Runs where nbgrader, a kernel and the wheels of kit and teach are installed; `nox -s grade` does that.
"""
import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib.resources import files

import pytest
import tinytorch.lesson
from click.testing import CliRunner
from tinytorch._kit import cells
from tinytorch_teach import lessons, release, repair, verdicts
from tinytorch_teach.cli import main
from tinytorch_teach.gradebook import Course, prepared
from tinytorch_teach.grader import Grader

NAME, COURSE = "01_tensor", "spring"
LESSON = lessons.load("01")
FULL, POINTS = LESSON.total, LESSON.points
WRONG_MUL = "return Tensor._apply(np.add, self, other)"
ANSWER = "A copy, because a view keeps all of it. <script>alert(1)</script>"


def blank(lesson=LESSON):
    return cells.read_notebook(release.release_notebook(lesson.slug))


def solved(lesson=LESSON, **texts):
    """The solved lesson as a learner would hand it in; {exercise: code} takes the place of solutions."""
    book = []
    for cell, given in zip(lesson.cells, blank(lesson)):
        if cell.role == "exercise":
            text = lessons.filled_cell(cell, texts.get(cell.name)).text
            given = replace(given, text="\n".join(line for line in text.split("\n") if " SOLUTION" not in line))
        book.append(replace(given, text=ANSWER) if cell.role == "answer" else given)
    return book


def notebook(book, lesson=LESSON):
    return repair.notebook(book, lesson.cells, lesson.slug).encode()


def percent(book):
    return cells.write_percent(book).encode()


def zipped(**sent):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, data in sent.items():
            out.writestr(name, data)
    return buffer.getvalue()


def from_submit(learner, name, data):
    manifest = {"lesson": "01", "name": NAME, "learner": learner, "course": COURSE, "file": name}
    return zipped(**{name: data, "manifest.json": json.dumps(manifest)})


def tampered():
    """A wrong answer beside test cells that accept all, points that were raised, and NumPy taught to nod."""
    book = [replace(cell, text="assert True", meta={**cell.meta, "points": 99}) if cell.role == "check" else cell
            for cell in solved(mul=WRONG_MUL)]
    return [cells.Cell("code", "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True"), *book]


def mangled():
    """Right answers in a notebook with cells deleted, doubled and moved."""
    book = [cell for cell in solved() if cell.id not in ("check_add", "given_method", "demo_digits")]
    at = next(n for n, cell in enumerate(book) if cell.id == "mul")
    return [*book[at:], *book[:at], next(cell for cell in blank() if cell.id == "mul")]


def numbers_of(learner, monkeypatch):
    """The two number questions answered with this learner's own numbers, written out."""
    monkeypatch.setenv("TINYTORCH_COURSE", COURSE)
    monkeypatch.setenv("TINYTORCH_LEARNER", learner)
    monkeypatch.setattr(tinytorch.lesson, "_lesson", "01")
    told = {}
    exec(next(cell.text for cell in LESSON.cells if cell.id == "given_sizes"), {"mine": tinytorch.lesson.mine}, told)
    return {"kept_bytes": f"kept_bytes = {told['count'] * told['height'] * told['width'] * 4}",
            "pair_bytes": f"pair_bytes = {told['n'] ** 2 * 4}"}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """The course, after one round of grading: (Course, what the command gave)."""
    place = Course(tmp_path_factory.mktemp("Klasse 7 b") / "course")
    released = CliRunner().invoke(main, ["release", "01", str(place.folder), "--course", COURSE])
    assert released.exit_code == 0, released.output
    with pytest.MonkeyPatch.context() as patch:
        ida = numbers_of("ida", patch)
    sent = {
        "ada/01_tensor.ipynb": notebook(solved()),
        "01_tensor.zip": from_submit("bob", "01_tensor.py", percent(solved())),
        "cleo/src/01_tensor.py": percent(blank()),
        "dan/my homework.ipynb": notebook(solved(mul=WRONG_MUL)),
        "eve/01_tensor.ipynb": notebook(solved(matmul_loops="while True:\n    pass")),
        "fay/01_tensor.ipynb": notebook(tampered()),
        "gil/zzz.ipynb": notebook(mangled()),
        "hal/01_tensor.ipynb": notebook(solved())[:-200],
        "01_tensor (1).zip": from_submit("ida", "01_tensor.ipynb", notebook(solved(**ida))),
        "jon/01_tensor.ipynb": notebook(solved(catch="import os\nos._exit(0)")),
        "lms.zip": zipped(**{"kim, jr_1_assignsubmission_file_/a.ipynb": notebook(solved(add=NOISY)),
                             "Łukasz_2_assignsubmission_file_/a.py": percent(solved(**numbers_wrong()))}),
    }
    for path, data in sent.items():
        target = place.folder / "incoming" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return place, CliRunner().invoke(main, ["grade", str(place.folder), "--jobs", "2"])


NOISY = """
import sys, warnings
warnings.warn("numbers are hot")
print("to stderr", file=sys.stderr)
return Tensor._apply(np.add, self, other)
"""
EXPECTED = {"ada": FULL, "bob": FULL, "cleo": 0, "dan": FULL - POINTS["mul"], "eve": FULL - POINTS["matmul_loops"],
            "fay": FULL - POINTS["mul"], "gil": FULL, "ida": FULL, "jon": FULL - POINTS["catch"], "kim, jr_1": FULL,
            "Łukasz_2": FULL - POINTS["kept_bytes"]}


def numbers_wrong():
    return {"kept_bytes": "kept_bytes = 8"}


def scores(place, name=NAME):
    """{student: points for code} by nbgrader's own reckoning."""
    with place.gradebook() as book:
        return {one.student.id: one.code_score for one in book.assignment_submissions(name)}


def test_every_submission_gets_its_exact_points_in_nbgraders_gradebook(room):
    place, result = room
    assert scores(place) == EXPECTED, result.output


def test_verdicts_name_each_exercise_with_a_status(room):
    place, _ = room
    told = {one.student: one for one in verdicts.load_all(place.folder, NAME)}
    assert all(list(one.exercises) == list(POINTS) for one in told.values())
    assert told["eve"].exercises["matmul_loops"]["status"] == "timeout"
    assert told["jon"].exercises["catch"]["status"] == "crashed"
    assert {one["status"] for one in told["cleo"].exercises.values()} == {"failed"}


def test_what_could_not_be_read_is_reported_and_costs_the_exit_status(room):
    place, result = room
    report = json.loads((place.folder / f"reports/{NAME}.json").read_text(encoding="utf-8"))
    assert result.exit_code == 1 and "not graded  hal" in result.output
    assert [one["student"] for one in report["unread"]] == ["hal"]
    assert {one["student"]: one["points"] for one in report["learners"]} == EXPECTED
    assert len(report["isolation"]) == 1 and report["isolation"][0] in result.output


def test_what_was_put_right_is_noted(room):
    place, _ = room
    notes = {one.student: " ".join(one.notes) for one in verdicts.load_all(place.folder, NAME)}
    assert "`check_mul` was changed" in notes["fay"]
    assert "`given_method` was deleted" in notes["gil"] and "back in order" in notes["gil"]
    assert "learner id" in notes["ada"] and notes["ida"] == ""


def test_written_answers_wait_for_a_person_and_a_blank_one_does_not(room):
    place, _ = room
    with place.gradebook() as book:
        waits = {one.student.id: one.needs_manual_grade for one in book.assignment_submissions(NAME)}
    assert waits == {student: student != "cleo" for student in EXPECTED}


def test_grading_again_grades_only_what_changed_and_leaves_a_persons_points(room):
    place, _ = room
    with place.gradebook() as book:
        answer = book.find_grade("answer_leak", NAME, NAME, "ada")
        answer.manual_score, answer.needs_manual_grade = 3, False
        book.db.commit()
    (place.folder / "incoming/dan/my homework.ipynb").write_bytes(notebook(solved()))
    result = CliRunner().invoke(main, ["grade", str(place.folder)])
    assert f"1 graded, {len(EXPECTED) - 1} unchanged, 1 not graded" in result.output
    assert scores(place) == {**EXPECTED, "dan": FULL}
    with place.gradebook() as book:
        assert not book.find_submission(NAME, "ada").needs_manual_grade


def test_feedback_shows_the_sentence_on_a_failed_exercise_and_no_solution(room):
    place, _ = room
    result = CliRunner().invoke(main, ["feedback", str(place.folder), "01"])
    assert result.exit_code == 0 and len(result.output.splitlines()) == len(EXPECTED), result.output
    fay = (place.folder / f"feedback/fay/{NAME}/{NAME}.html").read_text(encoding="utf-8")
    says = verdicts.load(place.folder, NAME, "fay").exercises["mul"]["says"]
    assert says.split(":")[0] in fay and f"Score: {FULL - POINTS['mul']:.1f}" in fay
    cleo = (place.folder / f"feedback/cleo/{NAME}/{NAME}.html").read_text(encoding="utf-8")
    assert "math.prod(self.shape)" not in cleo and "BEGIN SOLUTION" not in cleo
    assert "<script>alert" not in fay and "alert(1)" in fay


def test_the_table_has_everybody(room, tmp_path):
    place, _ = room
    with place.gradebook() as book:
        book.update_or_create_student("zoe", last_name='O"Neil, =1')
    result = CliRunner().invoke(main, ["export", str(place.folder), "--csv", str(tmp_path / "grades.csv")])
    assert result.exit_code == 0, result.output
    with open(tmp_path / "grades.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: float(row["points"]) for name, row in rows.items() if row["points"]} == {**EXPECTED, "dan": FULL}
    assert rows["zoe"]["status"] == "no submission" and rows["zoe"]["last_name"] == 'O"Neil, =1'
    assert (rows["ada"]["manual_points"], rows["ada"]["status"]) == ("3", "graded")
    assert (rows["bob"]["manual_points"], rows["bob"]["status"]) == ("", "needs manual grading")


KERNEL = {"TINYTORCH_PREBUILT": "1", "PYTHONWARNINGS": "ignore"}


class Stock(Course):
    """A course that nbgrader grades by itself with its own settings, imported once for all lessons."""

    def __init__(self, folder):
        super().__init__(folder)
        (self.folder / "nbgrader_config.py").write_text('c = get_config()\nc.Exchange.root = "exchange"\n')

    def hand_in(self, student, book, lesson):
        page = self.page("submitted", student, lesson)
        page.parent.mkdir(parents=True)
        page.write_bytes(notebook(book, lesson))

    def page(self, step, student, lesson):
        return self.folder / step / student / lesson.slug / f"{lesson.slug}.ipynb"

    def autograde(self, student, lesson):
        """Run a page in a kernel, as `nbgrader autograde` does, on the prebuilt modules and without a workspace."""
        with prepared(), pytest.MonkeyPatch.context() as patch:
            for name, value in KERNEL.items():
                patch.setenv(name, value)
            from nbgrader.apps import NbGraderAPI
            from nbgrader.coursedir import CourseDirectory

            place = CourseDirectory(config=self.settings, root=str(self.folder))
            done = NbGraderAPI(place, config=self.settings).autograde(lesson.slug, student)
        assert done["success"], done

    def validate(self, student, lesson):
        """What `nbgrader validate` finds on a page that was run: "failed" or "changed", or nothing."""
        from nbgrader.preprocessors import CheckCellMetadata
        from nbgrader.validator import Validator

        found = Validator(preprocessors=[CheckCellMetadata]).validate(str(self.page("autograded", student, lesson)))
        return list(found)


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    return Stock(tmp_path_factory.mktemp("stock"))


@pytest.mark.parametrize("number", [entry["number"] for entry in lessons.entries()])
def test_stock_nbgrader_agrees_on_right_and_blank_work(stock, number):
    lesson = lessons.load(number)
    assert CliRunner().invoke(main, ["release", number, str(stock.folder)]).exit_code == 0
    for student, book in {"right": solved(lesson), "blank": blank(lesson)}.items():
        stock.hand_in(student, book, lesson)
        stock.autograde(student, lesson)
    found = scores(stock, lesson.slug)
    assert (found["right"], found["blank"]) == (lesson.total, 0)
    assert (stock.validate("right", lesson), stock.validate("blank", lesson)) == ([], ["failed"])
    with Grader(lesson) as ours:
        assert (ours.grade(solved(lesson)).points, ours.grade(blank(lesson)).points) == (lesson.total, 0)


def nbgrader(place, *words):
    """Run nbgrader's own command, with the prebuilt modules and no workspace."""
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.run(command, cwd=place.folder, env={**os.environ, **KERNEL}, capture_output=True, text=True)


def test_stock_nbgrader_says_the_same_when_its_commands_are_typed(stock):
    CliRunner().invoke(main, ["release", "02", str(stock.folder)])
    lesson = lessons.load("02")
    stock.hand_in("typed", solved(lesson), lesson)
    done = nbgrader(stock, "autograde", lesson.slug, "--student", "typed")
    assert done.returncode == 0 and scores(stock, lesson.slug)["typed"] == lesson.total, done.stderr
    done = nbgrader(stock, "validate", str(stock.page("submitted", "typed", lesson)))
    assert "Success! Your notebook passes all the tests." in done.stdout, done.stdout + done.stderr


def test_nbgrader_may_be_asked_to_autograde_our_course_and_writes_our_verdicts(room):
    place, _ = room
    done = nbgrader(place, "autograde", NAME, "--student", "eve", "--force")
    assert done.returncode == 0, done.stderr
    assert scores(place)["eve"] == EXPECTED["eve"]


def test_the_kit_gives_learners_the_notebook_that_the_course_releases(room):
    kit = files("tinytorch._kit") / "lessons" / f"{NAME}.ipynb"
    assert (room[0].folder / f"release/{NAME}/{NAME}.ipynb").read_bytes() == kit.read_bytes()
