"""What the cells of every lesson use: predictions beside measurements, numbers of one's own, checks of checks."""
import json
import subprocess
import sys

import numpy as np
import pytest
from tinytorch import lesson
from tinytorch._kit import place, workspace


@pytest.fixture
def inside(home, monkeypatch):
    """As if this process had started in the workspace, in lesson 01."""
    monkeypatch.setattr(place, "ROOT", str(home.root))
    monkeypatch.setattr(lesson, "_guesses", {})
    monkeypatch.setattr(lesson, "_lesson", "01")
    for name in ("TINYTORCH_COURSE", "TINYTORCH_LEARNER"):
        monkeypatch.delenv(name, raising=False)
    return home


def logged(home):
    return [json.loads(line) for line in (home.log / "predictions.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_prediction_stands_beside_what_was_measured(inside, capsys):
    lesson.predict("bytes of A", 4_000_000, unit="bytes")
    lesson.measured("bytes of A", np.int64(12_000_000), unit="bytes")
    assert capsys.readouterr().out == "bytes of A\n  predicted  4,000,000 bytes\n  measured   12,000,000 bytes\n"
    guess, found = logged(inside)
    assert (guess["lesson"], guess["what"], guess["predicted"]) == ("01", "bytes of A", 4_000_000)
    assert (found["lesson"], found["what"], found["measured"]) == ("01", "bytes of A", 12_000_000)


def test_zero_is_a_prediction_like_any_other(inside, capsys):
    lesson.predict("bytes of a view", 0, unit="bytes")
    lesson.measured("bytes of a view", 0, unit="bytes")
    assert "predicted  0 bytes" in capsys.readouterr().out


def test_none_means_that_nothing_was_predicted(inside, capsys):
    lesson.predict("x", None)
    lesson.measured("x", 3)
    assert "predicted  nothing yet" in capsys.readouterr().out


def test_a_guess_is_a_number(inside):
    lesson.predict("x", np.float32(2.5))
    with pytest.raises(TypeError, match="a guess is one number, such as 1200; found 'many'"):
        lesson.predict("x", "many")
    assert [entry["predicted"] for entry in logged(inside)] == [2.5]


GUESSED = """{first}
from tinytorch.lesson import measured, predict
predict("bytes of A", {a})
predict("bytes of B", {b})
measured("bytes of A", 4)
"""


@pytest.mark.parametrize("first, a, b, says", [
    ("", 4, 8, "bytes of A\n  predicted  4\n  measured   4\n"),
    ("", 0, 0, "bytes of A\n  predicted  0\n  measured   4\n"),
    ("", None, 8, 'Your guess first: "bytes of A" in line 3 is still None. The run stops here.\n'),
    ("", 4, None, 'Your guess first: "bytes of B" in line 4 is still None. The run stops here.\n'),
    ("import sys; sys.ps1 = 'In : '  # as in Jupyter", None, None,
     "bytes of A\n  predicted  nothing yet\n  measured   4\n")])
def test_a_script_stops_before_it_tells_what_nobody_has_guessed(home, first, a, b, says):
    path = home.lessons / "guessed.py"
    path.write_text(GUESSED.format(first=first, a=a, b=b), encoding="utf-8")
    run = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    assert (run.stdout, run.stderr, run.returncode) == (says, "", 0)


def test_outside_of_a_workspace_nothing_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(place, "ROOT", None)
    monkeypatch.chdir(tmp_path)
    lesson.predict("x", 1)
    lesson.measured("x", 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value, unit, text", [
    (4_000_000, "bytes", "4,000,000 bytes"), (0.0021347, "s", "0.002135 s"), (12.0, "", "12"), (1e20, "", "1e+20"),
    (np.float32(1.5), "", "1.5"), (float("nan"), "", "nan"), (-3, "", "-3")])
def test_numbers_are_shown_for_people(value, unit, text):
    assert lesson.shown(value, unit) == text


def drawn(home, learner, what="table", course="c"):
    workspace.write(home.root / place.MARK, f'course = "{course}"\nlearner = "{learner}"\n')
    return lesson.mine(what, range(1000))


def test_what_is_mine_stays_mine_and_differs_from_my_neighbours(inside):
    draws = [drawn(inside, f"learner {n}") for n in range(40)]
    assert draws == [drawn(inside, f"learner {n}") for n in range(40)]
    assert len(set(draws)) > 30
    assert len({drawn(inside, "ada", what) for what in ("a", "b", "c")}) > 1
    assert len({drawn(inside, "ada", course=course) for course in ("a", "b", "c")}) > 1


def test_without_ids_everybody_gets_the_first(inside):
    assert drawn(inside, "", course="") == 0


def test_a_graders_ids_come_before_the_workspaces(inside, monkeypatch):
    mine = drawn(inside, "ada")
    monkeypatch.setenv("TINYTORCH_LEARNER", "bob")
    monkeypatch.setenv("TINYTORCH_COURSE", "c")
    bobs = drawn(inside, "ada")
    monkeypatch.delenv("TINYTORCH_LEARNER")
    monkeypatch.delenv("TINYTORCH_COURSE")
    assert bobs == drawn(inside, "bob") != mine


def test_a_check_rejects_what_it_asserts_against_and_nothing_else():
    def check(function):
        assert function(3) == 6, "twice 3 is 6"

    assert lesson.rejects(check, lambda x: x + 1)
    assert not lesson.rejects(check, lambda x: x + x)


def test_an_error_that_a_function_raises_in_a_check_is_to_be_caught():
    def check(function):
        assert function(3) == 6, "twice 3 is 6"

    def function(x):
        return np.dot([3, 4], [5, 6, 7])

    says = "ended with ValueError in its line `assert function.3. == 6, .*; if the function raised this, catch it"
    with pytest.raises(AssertionError, match=says):
        lesson.rejects(check, function)


def test_an_error_of_a_checks_own_is_to_be_repaired():
    def check(function):
        assert function(3)[0] == 6

    with pytest.raises(AssertionError, match="TypeError in its line `assert function.3..0. == 6`.*; repair the check"):
        lesson.rejects(check, abs)
    with pytest.raises(AssertionError, match="TypeError: .* missing .*; repair the check"):
        lesson.rejects(lambda function, x: function(x), abs)
    with pytest.raises(AssertionError, match="ended with StopIteration in its line `[^`]*`. Only"):  # has no message
        lesson.rejects(lambda function: next(function()), lambda: iter(()))


@pytest.mark.parametrize("false", [False, np.bool_(False)])
def test_a_check_that_returns_false_is_told_to_assert(false):
    with pytest.raises(AssertionError, match="returned False, .* says 'refused': write `assert"):
        lesson.rejects(lambda function: false, abs)
    assert not lesson.rejects(lambda function: not false, abs)


def test_something_unwritten_is_neither_refused_nor_accepted():
    def unwritten(x):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        lesson.rejects(lambda function: function(3), unwritten)
