"""Any set of modules can be the learner's while the rest is prebuilt. Run where the kit and the core are installed."""
from importlib.metadata import PackageNotFoundError, version

import pytest
from learner import LESSONS, Learner
from tinytorch._kit import course

OF_TIER = {tier: [number for number in LESSONS if course.lesson(number)["tier"] == tier] for tier in course.TIERS}


@pytest.mark.parametrize("number", OF_TIER["core"])
def test_one_module_is_theirs_and_all_others_are_prebuilt(tmp_path, number):
    learner = Learner(tmp_path / "work", build=number)
    learner.build(number)
    learner.run("check", number)
    words = ("1",) if number < "05" else ("2", "--quick")
    assert learner.run("status").endswith(f"next  tinytorch milestone {words[0]}\n")  # the first that runs on it
    assert "MISSED" not in learner.run("milestone", *words)


def test_architecture_is_taught_on_a_prebuilt_core(tmp_path):
    a_tier_is_taught(tmp_path, "arch")


def test_optimization_is_taught_on_prebuilt_tiers(tmp_path):
    a_tier_is_taught(tmp_path, "opt")


def a_tier_is_taught(folder, tier):
    """Each of its lessons, with what is below it prebuilt and no solution of its own on this machine."""
    with pytest.raises(PackageNotFoundError):
        version(f"tinytorch-{tier}")
    learner = Learner(folder / "work", build=tier)
    for number in OF_TIER[tier]:
        learner.build(number)
        first = learner.run("check", number).split()
        assert first[2] == first[4] != "0", f"{number}: {' '.join(first[:8])}"
    assert f"{len(OF_TIER[tier])} modules" in learner.run("status")


def test_two_modules_apart(tmp_path):
    learner = Learner(tmp_path / "work", build="01,03")
    learner.build("01")
    learner.build("03", "ipynb")
    run = learner.python("import tinytorch.nn as nn, tinytorch.core as core\n"
                         "from tinytorch.nn import Linear, ReLU\n"
                         "print(ReLU()(Linear(3, 2)(core.Tensor([[1, 2, 3]]))).shape)")
    assert run.stdout.strip() == "(1, 2)", run.stderr


def test_a_lesson_hides_its_own_prebuilt_solution(tmp_path):
    learner = Learner(tmp_path / "work", build="03")
    run = learner.python("from tinytorch.lesson import begin; begin('03'); from tinytorch.nn import Linear")
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: Module 03 Layers is yours to build"), last
    run = learner.python("from tinytorch.lesson import begin; begin('03'); from tinytorch.nn import MSELoss")
    assert "you are working on lesson 03" in run.stderr


def test_no_cell_lifts_the_rule_that_a_runner_set(tmp_path):
    learner = Learner(tmp_path / "work", build="01")
    run = learner.python("import os; os.environ['TINYTORCH_LESSON'] = '02'\n"
                         "from tinytorch.lesson import begin; begin('20')\nfrom tinytorch.nn import ReLU")
    assert "you are working on lesson 02" in run.stderr
