"""Lazy names: they resolve when used, and what is not there says who builds it and what to type."""
import subprocess
import sys

import pytest
from tinytorch._kit import course, own, workspace


@pytest.fixture
def python(home):
    """Run code with the workspace; what it prints, or its last line on stderr if it fails."""
    def run(code, *flags):
        command = [sys.executable, *flags, "-c", code]
        done = subprocess.run(command, env=home.environment(), capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else done.stderr.strip().split("\n")[-1]
    return run


@pytest.fixture
def module(home):
    """Write a module of the learner's own."""
    def put(number, text):
        workspace.write(home.module(course.lesson(number)), text)
    return put


def test_importing_tinytorch_is_light_and_silent(python):
    code = "import sys, tinytorch; print([m for m in ('numpy', 'json', 'inspect', 'click') if m in sys.modules])"
    assert python(code, "-I") == "[]"


def test_a_name_resolves_when_it_is_used_and_to_the_same_object_by_every_path(python, module):
    module("03", "Linear = object()")
    assert python("import sys, tinytorch.nn\nassert 'tinytorch.nn.layers' not in sys.modules\n"
                  "from tinytorch.nn import Linear\nimport tinytorch.nn.layers as direct\n"
                  "print(Linear is direct.Linear is tinytorch.nn.Linear)") == "True"


def test_a_module_in_tinytorch_itself_needs_no_import(python, module):
    module("14", "Profiler = 3")
    assert python("import tinytorch; print(tinytorch.profiling.Profiler, tinytorch.nn.__name__)") == "3 tinytorch.nn"


@pytest.mark.parametrize("code", ["from tinytorch.nn import Linear", "import tinytorch.nn\ntinytorch.nn.Linear"])
def test_a_name_that_is_not_there_says_who_builds_it_and_what_to_type(python, code):
    said = python(code)
    assert said.startswith("ImportError: Linear is built in Module 03 Layers (Foundation tier), which is not here.")
    assert "`tinytorch start 03`" in said and "tinytorch-core" in said and "pip install" not in said


def test_a_module_that_is_not_there_says_the_same(python):
    said = python("import tinytorch.nn.layers")
    assert said.startswith("ModuleNotFoundError: tinytorch.nn.layers is built in Module 03 Layers")


def test_a_name_that_nobody_builds_is_pythons_own_error(python):
    assert python("import tinytorch.nn\ntinytorch.nn.Lineal") == (
        "AttributeError: module 'tinytorch.nn' has no attribute 'Lineal'")


def test_a_name_that_an_own_module_lacks_says_which_file(python, module, home):
    module("03", "Parameter = 1")
    said = python("from tinytorch.nn import Linear")
    assert said.startswith(f"ImportError: {home.module(course.lesson('03'))} does not define Linear yet.")


def test_an_error_in_an_own_module_is_not_mistaken_for_its_absence(python, module):
    module("03", "import nothing_of_this_name")
    assert python("from tinytorch.nn import Linear") == "ModuleNotFoundError: No module named 'nothing_of_this_name'"


@pytest.mark.parametrize("text, there", [
    ("Linear = 1", True), ("Parameter = 1", False), ("1 / 0", False), ("Linear = (", False), (None, False)])
def test_available_says_whether_a_name_can_be_imported(python, module, text, there):
    if text:
        module("03", text)
    assert python("import tinytorch; print(tinytorch.available('nn.Linear'))") == str(there)


def test_a_stub_is_not_available_and_not_among_the_names(python, module, home):
    own.put_stub(home, course.lesson("03"))
    module("02", "\n".join(f"{name} = 1" for name in course.lesson("02")["exports"]))
    assert python("import tinytorch.nn as nn, tinytorch\n"
                  "print(tinytorch.available('nn.layers'), 'Linear' in dir(nn), 'Sigmoid' in dir(nn))") == (
        "False False True")
    assert python("from tinytorch.nn import *\nprint(Sigmoid, 'Linear' in globals())") == "1 False"


@pytest.mark.parametrize("name", ["nn.Lineal", "", "nn", "nothing.here", "nn.layers.Linear"])
def test_what_is_no_name_of_the_course_is_not_available(python, name):
    assert python(f"import tinytorch; print(tinytorch.available({name!r}))") == "False"
