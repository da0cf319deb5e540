"""What `tinytorch-teach` says, and its exit status, when it is asked for what cannot be done."""
import pytest
from click.testing import CliRunner
from tinytorch_teach import release
from tinytorch_teach.cli import main
from tinytorch_teach.gradebook import Course

WRONG = {
    "no such lesson": (["release", "77", "new"], "There is no Module 77"),
    "no such word": (["release", "tensors", "new"], "There is no Module tensors"),
    "backwards": (["release", "04-01", "new"], "runs backwards"),
    "no course": (["grade", "nowhere"], "nowhere is not a course"),
    "nothing sent": (["grade", "course"], "No submission in"),
    "no such source": (["grade", "course", "--from", "nowhere"], "does not exist"),
    "no jobs": (["grade", "course", "--jobs", "0"], "0 is not in the range"),
    "no such wall": (["grade", "course", "--isolation", "hope"], "'hope' is not one of"),
    "nothing graded": (["feedback", "course"], "has no graded submission"),
    "no file": (["export", "course"], "Missing option '--csv'"),
    "no folder to export to": (["export", "course", "--csv", "nowhere/grades.csv"], "nowhere"),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in a folder with an empty course."""
    monkeypatch.chdir(tmp_path)
    Course(tmp_path / "course").create("spring")
    return lambda *words: CliRunner().invoke(main, words)


@pytest.mark.parametrize("words, says", WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_said_with_exit_status_2(run, words, says):
    result = run(*words)
    assert result.exit_code == 2 and says in result.output, result.output
    assert "Traceback" not in result.output


def test_a_lesson_that_is_not_written_is_nothing_to_release(run, monkeypatch):
    monkeypatch.setattr(release, "is_written", lambda entry: False)
    result = run("release", "20", "new")
    assert result.exit_code == 2 and "Nothing to release: Module 20 Capstone" in result.output, result.output


def test_only_unreadable_work_is_reported_with_exit_status_1(run, tmp_path):
    (tmp_path / "course/incoming/ada.zip").write_bytes(b"PK no zip")
    result = run("grade", "course")
    assert result.exit_code == 1 and "not graded  ada" in result.output
    assert "cannot be read" in (tmp_path / "course/reports/unknown.json").read_text(encoding="utf-8")


def test_help_tells_the_rule_by_which_owners_are_found(run):
    said = " ".join(run("grade", "--help").output.split())
    assert "learner id in the manifest.json" in said and "the newest counts" in said
