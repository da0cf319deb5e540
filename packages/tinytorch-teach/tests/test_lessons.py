"""A lesson read from its sources: points from its cells, and of its probes no more than learners' processes need."""
from pathlib import Path

import numpy as np
import pytest
from tinytorch_teach import lessons

MODEL = Path(__file__).with_name("model_course")


@pytest.fixture
def lesson():
    return lessons.load("01", MODEL)


def test_points_stand_with_their_exercises_in_the_order_of_the_page(lesson):
    assert list(lesson.points.items()) == [("add", 5), ("mul", 4), ("weighted", 3), ("sizes", 2)]
    assert (lesson.total, lesson.number, lesson.slug, lesson.module) == (14, "01", "01_tensor", "tinytorch.core.tensor")


def test_graders_run_given_cells_faults_and_exercises_only(lesson):
    assert {cell.role for cell in lesson.graded} == {"given", "exercise"}
    assert [cell.id for cell in lesson.graded][:3] == ["given_start", "given_tensor", "add"]


def test_acts_reach_what_they_need_and_neither_draws_nor_judges_nor_constants_of_those(lesson):
    space = {}
    exec(lesson.acts, space)
    assert {"act_add", "act_sizes", "hidden", "disguised"} <= space.keys()
    assert not [name for name in space if name.startswith(("draw_", "judge_")) or name in ("SECRET", "judged", "np")]


@pytest.mark.parametrize("needed", ["judge_add(inputs, None, None)", "draw_add(inputs)", "differs(1, 2, '')"])
def test_an_act_that_leans_on_the_trusted_side_is_refused(needed):
    text = ("from tinytorch_teach.judging import differs\ndef judge_add(*a): ...\ndef draw_add(rng): ...\n"
            f"def act_add(lesson, inputs):\n    return {needed}\n")
    with pytest.raises(ValueError, match="learners' processes do not have"):
        lessons.reachable(text)


def test_a_judge_that_raises_has_not_accepted(lesson):
    inputs = lesson.draw("add", np.random.default_rng(0))
    for hostile in (None, [], ["Tensor"], {"a": 1}, 3, ["Tensor", [[1, 2], [3]], 0]):
        assert "another form" in lesson.judge("add", inputs, hostile, None)


def test_an_exercise_without_a_judge_is_compared_with_the_reference(lesson):
    assert lesson.judge("sizes", 7, 44, 44) is None
    assert lesson.judge("sizes", 7, 45, 44) == "the answer: expected 44, found 45"


def test_what_is_drawn_twice_is_asked_once(lesson):
    given = iter([[3, np.float32([5])], [3, np.float32([5])], [3, np.float64([5])]])
    lesson.probes["draw_add"] = lambda rng: next(given)
    asked = lesson.questions("add", np.random.default_rng(0), 3)
    assert [array.dtype for _, array in asked] == [np.float32, np.float64]
    assert len(lesson.questions("mul", np.random.default_rng(0), 3)) == 3


def test_modules_below_a_lesson_are_those_of_the_wheels_and_nothing_later():
    below = lessons.below(lessons.load(5, MODEL))
    assert list(below) == ["tinytorch/core/tensor.py"]
    line = next(n for n, text in enumerate(below["tinytorch/core/tensor.py"].split("\n"), 1) if "def add(" in text)
    source = (MODEL / "01_tensor/lesson.py").read_text().split("\n")
    assert "def add(" in source[line - 1], "line numbers of the module and of the lesson should match"
    assert "Hint" not in below["tinytorch/core/tensor.py"]


def test_a_solution_can_be_exchanged_in_the_module(lesson):
    assert "a.data + b.data" in lesson.module_text({"add": "return Tensor(a.data + b.data)"})


def test_a_lesson_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(LookupError, match="no lesson 3. It has: 01, 05"):
        lessons.load(3, MODEL)


def test_points_without_an_exercise_and_exercises_without_a_probe_are_refused(tmp_path):
    (tmp_path / "course.toml").write_text((MODEL / "course.toml").read_text())
    folder = tmp_path / "01_tensor"
    folder.mkdir()
    (folder / "probes.py").write_text("")
    (folder / "lesson.py").write_text('# %% given="a"\n#| default_exp core.other\n\n# %% check="add" points=5\npass\n')
    with pytest.raises(ValueError) as refused:
        lessons.load(1, tmp_path)
    for part in ("points for add and no exercise", "no draw_add", "no act_add", "exports core.other"):
        assert part in str(refused.value)
