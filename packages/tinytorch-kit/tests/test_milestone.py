"""A milestone runs on the learner's modules, with its own options, and names what it still needs."""
import subprocess
import sys

import pytest
from small_lesson import RIGHT, rewrite
from tinytorch._kit import course, milestone, own, sheet

SCRIPT = """\
import os, sys
if "--fail" in sys.argv:
    print("target missed")
    raise SystemExit(1)
from tinytorch.text import tokenization
print(sys.argv[1:], tokenization.double(4), os.environ.get("TINYTORCH_LESSON"))
"""


@pytest.fixture
def first(small, monkeypatch):
    """A Milestone 1 that needs the small lesson only."""
    entry = {"number": 1, "name": "perceptron", "title": "Perceptron", "year": 1958, "needs": ["10"]}
    monkeypatch.setattr(course, "MILESTONES", [entry])
    (milestone.SCRIPTS / "01_perceptron_1958.py").write_text(SCRIPT)
    return entry


@pytest.fixture
def built(home, begun, small):
    rewrite(begun, RIGHT)
    own.build(home, sheet.read(home, small))


def run(entry, home, *words):
    """The milestone in a process whose output can be read."""
    code = ("import pathlib, sys\nfrom tinytorch._kit import course, milestone, workspace\n"
            f"milestone.SCRIPTS = pathlib.Path({str(milestone.SCRIPTS)!r})\n"
            f"sys.exit(milestone.run(workspace.find(), {entry!r}, {list(words)!r}))")
    return subprocess.run([sys.executable, "-c", code], cwd=home.root, capture_output=True, text=True)


def test_it_runs_on_the_learners_module_with_its_own_options(home, first, built):
    done = run(first, home, "--seed", "3")
    assert (done.returncode, done.stdout) == (0, "['--seed', '3'] 8 None\n"), done.stderr


def test_a_missed_target_is_its_exit_status(home, first, built):
    assert run(first, home, "--fail").returncode == 1


def test_the_workspace_remembers_whether_its_targets_were_met(home, first, built):
    assert not milestone.is_met(home, first)
    run(first, home)
    assert milestone.is_met(home, first)
    (milestone.SCRIPTS / "01_perceptron_1958.py").write_text("raise SystemExit(1)")
    run(first, home)
    assert not milestone.is_met(home, first)


def test_what_it_needs_is_named_with_what_to_type(home, first, command):
    status, out, err = command("milestone", "1")
    assert (status, out) == (2, "")
    assert "10 Tokenization   not installed  tinytorch start 10" in err and "tinytorch milestone 1" in err
    own.put_stub(home, course.lesson("10"))
    assert "10 Tokenization   not built yet  tinytorch export 10" in command("milestone", "1")[2]


def test_help_before_the_number_is_ours_and_behind_it_the_scripts(home, first, built, command):
    status, out, _ = command("milestone", "--help")
    assert status == 0 and out.startswith("Usage: tinytorch milestone")
    assert run(first, home, "--help").stdout.startswith("['--help']")


def test_one_that_is_not_released_or_not_there_is_refused(home, small, command):
    assert "Milestone 6 MLPerf 2018 is not in this release" in command("milestone", "6")[2]
    status, _, err = command("milestone", "7")
    assert status == 2 and "1 Perceptron 1958, 2 XOR 1969" in err


def test_options_go_to_the_milestone_and_not_to_us(home, first, command, monkeypatch):
    monkeypatch.setattr(milestone, "run", lambda home, entry, words: print(words) or 0)
    assert command("milestone", "1", "--help", "--plot", "a b.png")[1] == "('--help', '--plot', 'a b.png')\n"


def test_outside_of_a_workspace_it_runs_on_prebuilt_modules(tmp_path, first, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = command("milestone", "1")
    assert status == 2 and err.startswith("No workspace here, so it runs on the prebuilt modules.")


def test_needs_are_complete():
    for entry in course.MILESTONES:
        needs = course.milestone(entry["number"])["needs"]
        assert set(entry["needs"]) <= set(needs)
        assert all(set(course.BY_NUMBER[number]["needs"]) <= set(needs) for number in needs)
    assert course.milestone(1)["needs"] == ["01", "02", "03", "04"]


def test_a_milestone_has_its_number_with_or_without_the_zero():
    assert course.milestone("02") == course.milestone(2) == course.milestone("2")
