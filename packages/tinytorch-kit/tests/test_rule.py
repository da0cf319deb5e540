"""The lesson rule: while a lesson is worked on, it and later ones exist only as the learner's own, and gradients sleep
up to lesson 05."""
import os
import subprocess
import sys

import pytest
from tinytorch._kit import course, workspace

TENSOR = """
class Tensor:
    def backward(self):
        return "asleep"
"""
AUTOGRAD = """
from tinytorch.core.tensor import Tensor
dormant = Tensor.backward
def enable_autograd():
    Tensor.backward = lambda self: "awake"
def disable_autograd():
    Tensor.backward = dormant
"""
BACKWARD = "from tinytorch.core import Tensor; print(Tensor().backward())"


@pytest.fixture
def site(tmp_path):
    """A folder with prebuilt Modules 01, 02, 03, 05 and 06, each of which says so."""
    folder = tmp_path / "site/tinytorch"
    (folder / "_versions").mkdir(parents=True)
    texts = {"01": TENSOR, "05": AUTOGRAD, **dict.fromkeys(("02", "03", "06"), "prebuilt = True")}
    for number, text in texts.items():
        path = folder.joinpath(*course.lesson(number)["module"].split(".")).with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "".join(f"\n{name} = 0" for name in course.lesson(number)["exports"]
                                       if number in ("02", "03", "06")))
    return folder.parent


@pytest.fixture
def python(home, site):
    """Run code on the prebuilt modules and the workspace; what it prints, or the last line of its error."""
    def run(code, **variables):
        environment = {**home.environment(**variables), "PYTHONPATH": str(site)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else done.stderr.strip().split("\n")[-1]
    return run


@pytest.fixture
def own(home):
    """Write a module of the learner's own."""
    return lambda number, text: workspace.write(home.module(course.lesson(number)), text)


def in_lesson(number, code):
    return f"from tinytorch.lesson import begin; begin({number!r})\n{code}"


def test_without_a_lesson_everything_installed_is_there(python):
    assert python("from tinytorch.nn import ReLU, Linear; from tinytorch.optim import SGD; print(Linear)") == "0"


@pytest.mark.parametrize("code", ["from tinytorch.nn import Linear", "import tinytorch.nn.layers",
                                  "import tinytorch.nn; tinytorch.nn.Linear", "import tinytorch.nn.layers as layers"])
def test_this_lesson_and_later_ones_are_hidden_by_every_path(python, code):
    said = "built in Module 03 Layers, and you are working on lesson 03."
    assert said in python(in_lesson("03", code)) and said in python(code, TINYTORCH_LESSON="03")


def test_earlier_lessons_stay(python):
    assert python(in_lesson("03", "from tinytorch.nn import ReLU; print(ReLU)")) == "0"


def test_what_was_imported_before_is_forgotten(python):
    code = ("from tinytorch.nn import Linear, ReLU\nimport tinytorch.nn\nfrom tinytorch.lesson import begin\nbegin(3)\n"
            "print(hasattr(tinytorch.nn, 'layers'), tinytorch.nn.ReLU)\ntinytorch.nn.Linear")
    assert "you are working on lesson 03" in python(code)
    assert python(code.replace("\ntinytorch.nn.Linear", "")) == "False 0"


def test_own_modules_of_later_lessons_are_there(python, own):
    own("06", "SGD = 'mine'")
    assert python(in_lesson("03", "from tinytorch.optim import SGD; print(SGD)")) == "mine"
    later = in_lesson("03", "import tinytorch.optim as o; print(o.SGD)")
    assert python("from tinytorch.optim import SGD\n" + later) == "mine"


@pytest.mark.parametrize("begun, runner, at", [("03", "02", "02"), ("02", "03", "02"), (3, "", "03")])
def test_where_notebook_and_runner_both_speak_the_earlier_wins(python, begun, runner, at):
    said = python(in_lesson(begun, "import tinytorch.optim.optimizers"), TINYTORCH_LESSON=runner)
    assert f"you are working on lesson {at}" in said


def test_the_module_under_grading_is_exempt(python):
    code = ("import sys, types, tinytorch.nn\nm = types.ModuleType('tinytorch.nn.layers')\n"
            "m.__tinytorch_graded__ = True\nm.Linear = 'theirs'\nsys.modules[m.__name__] = tinytorch.nn.layers = m\n"
            + in_lesson("03", "from tinytorch.nn import Linear; print(Linear)"))
    assert python(code) == "theirs"


def test_nothing_hidden_is_available(python):
    code = "import tinytorch as t; print(t.available('nn.ReLU'), t.available('nn.Linear'))"
    assert python(in_lesson("03", code)) == "True False"


def test_a_runner_that_names_no_number_is_told_so(python):
    assert "TINYTORCH_LESSON is 'three'; expected the number of a lesson" in python(
        "import tinytorch.nn.layers", TINYTORCH_LESSON="three")


# gradients

def test_without_a_lesson_gradients_are_awake(python):
    assert python(BACKWARD) == "awake"
    assert python("from tinytorch.core.tensor import Tensor; print(Tensor().backward())") == "awake"


@pytest.mark.parametrize("number, state", [("01", "asleep"), ("03", "asleep"), ("05", "asleep"), ("06", "awake")])
def test_gradients_sleep_up_to_lesson_05(python, own, number, state):
    own("01", TENSOR)  # from lesson 01 on it is there
    assert python(in_lesson(number, BACKWARD)) == state
    assert python(BACKWARD, TINYTORCH_LESSON=number) == state
    assert python(f"{BACKWARD[:BACKWARD.index(';')]}\n" + in_lesson(number, BACKWARD)) == state


def test_an_own_module_05_does_not_wake_them_in_lesson_05(python, own):
    own("05", AUTOGRAD)
    assert python(in_lesson("05", BACKWARD)) == "asleep"
    assert python(BACKWARD) == "awake"


@pytest.mark.parametrize("text, reason", [
    ("1 / 0", "ZeroDivisionError: division by zero"), ("x = (", "SyntaxError: '(' was never closed"),
    ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    ("# empty", "AttributeError: module 'tinytorch.core.autograd' has no attribute 'enable_autograd'")])
def test_an_own_module_05_that_fails_makes_backward_say_why(python, own, text, reason):
    own("05", text)
    assert python("from tinytorch.core import Tensor; print(Tensor.__name__)") == "Tensor"
    assert python(BACKWARD).startswith(f"RuntimeError: Gradients sleep, because Module 05 fails: {reason}")


def test_without_module_05_they_sleep(python, site):
    os.unlink(site / "tinytorch/core/autograd.py")
    assert python(BACKWARD) == "asleep"
