"""Gradients sleep until Module 05 is there, and up to and in its lesson; then all that came before it has them."""
import subprocess
import sys
from pathlib import Path

import pytest
from tinytorch._kit import cells, course, export, own, place

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "curriculum/workshop"))
import history  # noqa: E402

AUTOGRAD = "tinytorch/core/autograd.py"
PAGE = """
import sys, types, pathlib
from tinytorch._kit import cells, export
book = cells.read(pathlib.Path({lesson!r}))
module = types.ModuleType("tinytorch." + export.exported(book)[0])
module.__tinytorch_graded__ = True
sys.modules[module.__name__] = module
parent, _, name = module.__name__.rpartition(".")
__import__(parent)
setattr(sys.modules[parent], name, module)
for cell in book:
    if cell.kind == "code" and cell.role not in ("demo", "predict", "scratch"):
        exec(compile(cell.text, cell.id, "exec"), vars(module))
print("all checks pass")
"""
CELL = "from tinytorch.core.tensor import Tensor\n"
SLOPES = """
import numpy as np
from tinytorch import nn
from tinytorch.core import Tensor, gradcheck, standardise
from tinytorch.nn.losses import log_softmax

def leaf(*shape):
    return Tensor(np.random.default_rng(shape).normal(size=shape), requires_grad=True, dtype=np.float64)

def linear(x, weight, bias):
    layer.weight, layer.bias = weight, bias
    return layer(x)

layer, rows, ids = nn.Linear(3, 5), leaf(4, 3), np.array([2, 0, 1, 1])
network = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Dropout(0.5), nn.Linear(5, 3)).eval()
ones_and_zeros = Tensor(rows.data > 0, dtype=np.float64)
gradcheck(linear, rows, leaf(5, 3), leaf(5))
gradcheck(lambda a, b: (2 + a) * b + a * 3 + b, rows, leaf(3))
gradcheck(nn.MSELoss(), rows, leaf(4, 3))
gradcheck(standardise, leaf(2, 4, 3))
for function in (nn.ReLU(), nn.Sigmoid(), nn.Tanh(), nn.GELU(), nn.Softmax(), log_softmax, network):
    gradcheck(function, rows)
gradcheck(lambda x: nn.CrossEntropyLoss()(network(x), ids), rows)
gradcheck(lambda x: nn.BCELoss()(nn.Sigmoid()(x), ones_and_zeros), rows)
print("unreached:", [name for name, p in network.named_parameters() if p.grad is None])
"""


def book(number):
    entry = course.lesson(number)
    return cells.read(REPOSITORY / f"curriculum/{entry['number']}_{entry['name']}/lesson.py")


def cell(number, name):
    return next(cell.text for cell in book(number) if cell.role == "demo" and cell.name == name)


def python(code, tmp_path, modules=None, **variables):
    """Run `code` in a workspace that holds `modules`."""
    (tmp_path / place.MARK).write_text("", encoding="utf-8")
    for path, text in (modules or {}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    kept = {name: value for name, value in history.os.environ.items() if not name.startswith("TINYTORCH_")}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path,
                          env={**kept, "TINYTORCH_WORKSPACE": str(tmp_path), **variables})


def said(code, tmp_path, modules=None, **variables):
    run = python(code, tmp_path, modules, **variables)
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    return run.stdout.strip()


def states():
    """Module 05 as not built yet, as prebuilt, and as the learner's own."""
    label = course.label(course.lesson("05"))
    stub = own.STUB.format(mark=place.STUB, label=label, number="05")
    return {"not built": {AUTOGRAD: stub}, "prebuilt": {},
            "mine": {AUTOGRAD: export.aligned("05_autograd/lesson.py", export.exported(book("05"))[1])}}


def test_the_cell_that_slept_in_01_opens_05_and_wakes_there_unchanged():
    assert cell("01", "sleeping") == cell("05", "sleeping") == cell("05", "awake")


@pytest.mark.parametrize(("lesson", "expected"), [("05", "None"), ("06", "[6.]"), ("", "[6.]")])
def test_the_cell_says_none_while_it_sleeps_and_6_when_it_is_awake(lesson, expected, tmp_path):
    assert said(CELL + cell("01", "sleeping"), tmp_path, TINYTORCH_LESSON=lesson) == expected


@pytest.mark.parametrize("way", ["from tinytorch.core import Tensor", "from tinytorch.core.tensor import Tensor",
                                 "import tinytorch.nn\nfrom tinytorch.core.tensor import Tensor",
                                 "import tinytorch\nTensor = tinytorch.core.Tensor"])
@pytest.mark.parametrize("state", ["prebuilt", "mine"])
def test_gradients_wake_by_every_path(way, state, tmp_path):
    assert said(way + "\n" + cell("01", "sleeping"), tmp_path, states()[state]) == "[6.]"


def test_a_tensor_has_the_same_names_asleep_and_awake(tmp_path):
    code = "from tinytorch.core.tensor import Tensor; print(sorted(dir(Tensor)))"
    assert said(code, tmp_path, TINYTORCH_LESSON="05") == said(code, tmp_path)


def test_where_05_is_not_built_backward_says_so(tmp_path):
    run = python(CELL + cell("01", "sleeping"), tmp_path, states()["not built"])
    assert run.returncode == 1 and "05 Autograd" in run.stderr.splitlines()[-1]


def test_an_own_05_that_fails_lets_imports_go_on_and_backward_say_why(tmp_path):
    run = python(CELL + cell("01", "sleeping"), tmp_path, {AUTOGRAD: "raise KeyError('oops')"})
    assert run.returncode == 1 and "Module 05 fails: KeyError: 'oops'" in run.stderr.splitlines()[-1]


@pytest.mark.parametrize("number", ["01", "02", "03", "04"])
@pytest.mark.parametrize("state", ["not built", "prebuilt", "mine"])
def test_lessons_before_05_pass_whatever_its_state(number, state, tmp_path):
    entry = course.lesson(number)
    lesson = str(REPOSITORY / f"curriculum/{entry['number']}_{entry['name']}/lesson.py")
    run = python(PAGE.format(lesson=lesson), tmp_path, states()[state], TINYTORCH_LESSON=number)
    assert run.stdout.splitlines()[-1:] == ["all checks pass"], run.stderr


@pytest.mark.parametrize("answer", history.mistakes(3, ["01", "02", "03", "04"], "alternatives"), ids=str)
def test_every_right_answer_to_01_to_04_has_right_gradients(answer, tmp_path):
    assert said(SLOPES, tmp_path, {answer.path: answer.text}) == "unreached: []"
