"""A learner's way from `init` to a milestone. Run where the kit is installed and no tier: every module is theirs."""
import pytest
from learner import LESSONS, Learner

FORMS = {"01": "ipynb", "02": "py", "03": "ipynb", "04": "py"}


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """Somebody who has built every lesson that there is, in a folder with a space and letters beyond ASCII."""
    learner = Learner(tmp_path_factory.mktemp("Kurs für Ада") / "meine Werkstatt")
    for number in LESSONS:
        learner.build(number, FORMS.get(number, "py"))
    return learner


@pytest.mark.parametrize("number", LESSONS)
def test_every_check_passes_on_solved_work(learner, number):
    out = learner.run("check", number)
    first = out.splitlines()[0].split()
    assert first[2] == first[4] != "0", out  # 9 of 9 checks pass


def test_the_framework_is_theirs(learner):
    run = learner.python("import tinytorch.nn.layers as layers, tinytorch.core.tensor as tensor\n"
                         "print(layers.__file__); print(layers.Tensor is tensor.Tensor)")
    path, same = run.stdout.splitlines()
    assert path.startswith(str(learner.folder)) and same == "True"


def test_status_counts_their_lines_and_modules(learner):
    out = learner.run("status")
    assert f"in {len(LESSONS)} modules" in out


@pytest.mark.parametrize("number", "654321")  # the longest first, for two at a time
def test_milestones_run_on_their_modules(learner, number):
    out = learner.run("milestone", number, *(["--quick"] if number != "1" else []))
    assert "MISSED" not in out and "met" in out


def test_milestone_1_draws_a_picture(learner):
    learner.run("milestone", "1", "--plot", "perceptron.png")
    assert (learner.folder / "perceptron.png").read_bytes().startswith(b"\x89PNG")


def test_a_stub_says_what_to_type(tmp_path):
    learner = Learner(tmp_path / "work")
    run = learner.python("from tinytorch.nn import Linear")
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: Module 03 Layers is yours to build") and "tinytorch export 03" in last


def test_status_names_next_what_was_chosen(tmp_path):
    learner = Learner(tmp_path / "work", build="01,12")
    assert learner.run("status").rstrip().endswith("next  tinytorch start 01")
    learner.build("01")
    assert learner.run("status").rstrip().endswith("next  tinytorch start 12")


def test_what_is_handed_in_holds_the_lesson_and_who_it_is_from(tmp_path):
    learner = Learner(tmp_path / "work")
    learner.take("02", "py")
    out = learner.run("submit", "02")
    assert "submissions/02_activations.zip" in out.replace("\\", "/")
