"""Milestone 6 where nothing is trained yet: with another seed, and in the workspace of somebody who built 14 to 19."""
import sys
from pathlib import Path

from learner import LESSONS, Learner

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "curriculum/workshop"))
import history  # noqa: E402


def test_it_meets_its_targets_with_another_seed():
    run = history.run(6, {}, "--quick", "--seed", "7")
    assert run.returncode == 0, run.stdout + run.stderr


def test_after_19_it_runs_on_a_prebuilt_20(tmp_path):
    """The third configuration of a course: Optimization on prebuilt tiers."""
    theirs = [number for number in LESSONS if "14" <= number <= "19"]
    learner = Learner(tmp_path / "work", build=",".join(theirs))
    for number in theirs:
        learner.build(number)
    out = learner.run("milestone", "6", "--quick")
    assert "38 of 38 targets met" in out, out
    assert f"{len(theirs)} modules" in learner.run("status")
    run = learner.python("import tinytorch.capstone as twenty, tinytorch.profiling as own; print(twenty.__file__);"
                         "print(own.__file__)")
    prebuilt, mine = run.stdout.splitlines()
    assert mine.startswith(str(learner.folder)) and not prebuilt.startswith(str(learner.folder))
