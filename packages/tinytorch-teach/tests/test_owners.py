"""What names tell: a lesson, a learner, or nothing."""
import pytest
from tinytorch_teach.owners import Owners, beside_lesson, clean, lesson_in


@pytest.mark.parametrize("name, lesson, who", [
    ("01_tensor.ipynb", "01_tensor", ""),
    ("01_tensor (2).ipynb", "01_tensor", ""),
    ("01-tensor copy.py", "01_tensor", ""),
    ("Tensor.ipynb", "01_tensor", ""),
    ("ada_01_tensor.ipynb", "01_tensor", "ada"),
    ("01_Tensor_Ada Lovelace.ipynb", "01_tensor", "Ada Lovelace"),
    ("lovelace_12_34567_01_tensor.ipynb", "01_tensor", "lovelace_12"),
    ("lovelace_LATE_12_34567_whatever.zip", None, "lovelace_12"),
    ("homework.ipynb", None, "homework"),
    ("101_tensor.ipynb", None, "101_tensor"),
])
def test_a_file_name_tells_lesson_and_learner(name, lesson, who):
    assert (lesson_in(name), beside_lesson(name)) == (lesson, who)


def test_what_canvas_and_moodle_add_is_taken_off():
    assert clean("Ada Lovelace_4711_assignsubmission_file_") == "Ada Lovelace_4711"
    assert clean("lovelaceada_LATE_4711_123456_work.zip") == "lovelaceada_4711"


@pytest.mark.parametrize("paths, owners", [
    (["ada/a.ipynb", "bob/b.ipynb"], ["ada", "bob"]),
    (["week 1/ada/a.ipynb", "week 1/bob/b.ipynb"], ["ada", "bob"]),
    (["ada/old/a.ipynb", "ada/new/a.ipynb"], ["ada", "ada"]),
    (["ada/lessons/a.ipynb"], ["ada"]),
    (["lessons/01_tensor.ipynb"], ["source"]),
    (["a.ipynb", "b.ipynb"], ["a", "b"]),
    (["class.zip/ada.zip/a.ipynb", "class.zip/bob.zip/a.ipynb", "eve.zip/x/a.ipynb"], ["ada", "bob", "eve"]),
    (["ada/01_tensor.zip/a.ipynb"], ["ada"]),
])
def test_the_outermost_name_that_is_one_learners_counts(paths, owners):
    split = [tuple(path.split("/")) for path in paths]
    told = Owners("source", [(path, "01_tensor") for path in split])
    assert [told.of(path) for path in split] == owners
