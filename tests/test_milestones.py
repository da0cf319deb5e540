"""History re-run on the installed wheels: it succeeds on sound modules and fails on those that carry a mistake.

Here one mistake stands for each exercise that a milestone can see; `curriculum/workshop/history.py` tries them all.
"""
import subprocess
import sys
from pathlib import Path

import pytest
from tinytorch._kit import cells, course, own, place

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "curriculum/workshop"))
import history  # noqa: E402

CAUGHT_BY_1 = [
    "01 memory_footprint: counts numbers",
    "01 add: round the door",
    "01 mul: evaluates itself",
    "01 standardise: one mean for each pixel",
    "02 sigmoid: both branches of where",
    "02 softmax: nothing subtracted",
    "03 glorot_uniform: no root",
    "03 he_normal: half not given back",
    "03 linear: round the door",
    "03 named_parameters: bare names",
    "03 sequential: names from one",
    "04 log_softmax: no shift",
    "04 cross_entropy: softmax twice",
    "04 bce: yes for no",
    "04 chance_check: counts the rows",
]
MISTAKES = {str(mistake): mistake for mistake in history.mistakes(1)}


@pytest.mark.parametrize("seed", range(5))
def test_milestone_1_meets_its_targets_and_is_quiet(seed):
    run = history.run(1, {}, "--seed", str(seed))
    lines = run.stdout.splitlines()
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    assert "MISSED" not in run.stdout and lines[-1] == "11 of 11 targets met"
    assert len(lines) < 25 and max(map(len, lines)) <= 110


@pytest.mark.parametrize("name", CAUGHT_BY_1)
def test_milestone_1_fails_on(name):
    mistake = MISTAKES[name]
    run = history.run(1, {mistake.path: mistake.text})
    assert run.returncode == 1, run.stdout + run.stderr
    assert "MISSED" in run.stdout or "Error" in run.stderr


def test_a_module_without_a_mistake_passes_in_the_same_workspace():
    entry = course.lesson("04")
    book = cells.read(history.REPOSITORY / "curriculum/04_losses/lesson.py")
    module = {f"tinytorch/{entry['module'].replace('.', '/')}.py": history.module_text("04_losses", book)}
    assert history.run(1, module).returncode == 0


@pytest.mark.parametrize("number", course.milestone("1")["needs"])
def test_milestone_1_says_in_one_line_which_module_is_not_there(number):
    entry = course.lesson(number)
    label = course.label(entry)
    stub = own.STUB.format(mark=place.STUB, label=label, number=number)
    run = history.run(1, {f"tinytorch/{entry['module'].replace('.', '/')}.py": stub})
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1 and label in run.stderr and f"tinytorch start {number}" in run.stderr


def test_milestone_1_draws_a_picture(tmp_path):
    run = history.run(1, {}, "--plot", str(tmp_path / "perceptron.png"))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "perceptron.png").read_bytes().startswith(b"\x89PNG")


def test_milestone_1_refuses_a_folder_that_is_not_there_before_it_runs(tmp_path):
    run = history.run(1, {}, "--plot", str(tmp_path / "no/perceptron.png"))
    assert (run.returncode, run.stdout) == (2, "") and len(run.stderr.splitlines()) == 1


def test_milestone_1_says_what_to_type_where_matplotlib_is_missing(tmp_path):
    code = (f"import runpy, sys; sys.modules['matplotlib'] = None; sys.argv = ['1', '--plot', 'perceptron.png'];"
            f"runpy.run_path({str(history.script(1))!r}, run_name='__main__')")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1 and "pip install matplotlib" in run.stderr
