"""All wheels together in one environment, and each tier taken away from it."""
import shutil
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import numpy as np
import pytest
import tinytorch
from tinytorch._kit import course, place

SITE = Path(tinytorch.__file__).parents[1]


def python(code, site=None):
    """Run code in a fresh process; if `site` is named, against the copy of our packages in it and no other."""
    only = ["import sys, numpy", f"sys.path[:] = [{str(site)!r}, *(p for p in sys.path if 'site-packages' not in p)]"]
    code = "\n".join([*(only if site else []), code])
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)


STANDS_ON = {"tinytorch-core": ["tinytorch-arch", "tinytorch-opt"], "tinytorch-arch": ["tinytorch-opt"]}


@pytest.fixture
def without(tmp_path):
    """A function that copies the installed `tinytorch` and leaves out one distribution, and those that stand on it."""
    def copy(distribution):
        shutil.copytree(SITE / "tinytorch", tmp_path / "tinytorch", ignore=shutil.ignore_patterns("__pycache__"))
        for gone in (distribution, *STANDS_ON.get(distribution, [])):
            for path in files(gone):
                if path.parts[0] == "tinytorch" and "__pycache__" not in path.parts:
                    (tmp_path / path).unlink()
        return tmp_path
    return copy


def test_importing_prints_nothing_and_loads_no_lesson():
    run = python("import sys, tinytorch; print([n for n in sys.modules if n.startswith('tinytorch.core')])")
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


def test_the_names_of_the_paper_resolve_lazily():
    run = python("from tinytorch.core import Tensor\nfrom tinytorch.nn import Linear, Sigmoid\n"
                 "print(Sigmoid()(Linear(3, 5)(Tensor([[0, 0, 0]]))).shape)")
    assert run.stdout.strip() == "(1, 5)", run.stderr


def test_lazy_names_and_direct_paths_give_the_same_object():
    for package, names in course.PACKAGES.items():
        for name, target in names.items():
            if tinytorch.available(target.removeprefix("tinytorch.")):
                parent = __import__(package, fromlist=["x"])
                assert getattr(parent, name) is getattr(__import__(target, fromlist=["x"]), name)


def test_every_name_that_the_course_promises_is_there_once_its_module_is():
    here = [entry for entry in course.LESSONS if tinytorch.available(entry["module"])]
    assert here, "no lesson is installed"
    for entry in here:
        module = __import__("tinytorch." + entry["module"], fromlist=["x"])
        assert [name for name in entry["exports"] if not hasattr(module, name)] == []


def test_a_name_whose_tier_is_absent_says_what_to_type(without):
    run = python("from tinytorch.nn import Linear", without("tinytorch-core"))
    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: Linear is built in Module 03 Layers") and "tinytorch start 03" in last


@pytest.mark.parametrize("tier", ["tinytorch-core", "tinytorch-arch", "tinytorch-opt", "tinytorch-datasets"])
def test_without_one_part_the_rest_lives(without, tier):
    run = python("import tinytorch, tinytorch.nn\nprint(tinytorch.available('core.Tensor'))\n"
                 "from tinytorch.nn import *", without(tier))
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(tier != "tinytorch-core")


def test_no_part_of_the_kit_depends_on_a_tier():
    kit = Path(place.__file__).parent
    tiers = [entry["module"] for entry in course.LESSONS]
    for path in kit.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        depends = [module for module in tiers if f"from tinytorch.{module} import" in text]
        assert depends == (["capstone"] if path.name == "referee.py" else []), path.name
        assert "import referee" not in text  # a script that runs Module 20, in a process of its own, where there is one


def test_an_empty_folder_named_tinytorch_is_not_mistaken_for_ours(tmp_path):
    (tmp_path / "tinytorch").mkdir()
    run = python(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import tinytorch; print(len(tinytorch.__path__))")
    assert run.stdout.strip() == "1", run.stderr


def test_int8_costs_the_digits_less_than_a_point_and_takes_a_quarter_of_the_bytes():
    from tinytorch.core import Tensor
    from tinytorch.datasets import tinydigits
    from tinytorch.nn import Linear, ReLU, Sequential
    from tinytorch.optim import SGD
    from tinytorch.quantization import quantize_model
    from tinytorch.training import Trainer, minibatches

    digits, rng = tinydigits(), np.random.default_rng(3)
    images, test_images = (some.reshape(-1, 784) / 255 for some in (digits.train_images, digits.test_images))
    big = Sequential(Linear(784, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng))
    Trainer(big, SGD(big.parameters(), lr=0.1)).fit(lambda: minibatches(images, digits.train_labels, 32, rng), epochs=5)

    def percent(model):
        return 100 * float((model(Tensor(test_images)).argmax(axis=1).data == digits.test_labels).mean())

    def size(model):
        return sum(p.memory_footprint() for p in model.parameters())

    for per_channel in (True, False):
        small = quantize_model(big, per_channel)
        assert percent(big) - percent(small) < 1
        assert size(small) < 0.26 * size(big)


def test_tasks_of_the_capstone_are_scored_on_the_published_data():
    from tinytorch.capstone import TASKS, hashed
    from tinytorch.datasets import tinydigits, tinytalks
    from tinytorch.datasets.talks import as_text

    digits, talks = tinydigits(), tinytalks()
    found = {name: (hashed(digits.test_images, digits.test_labels), len(digits.test_labels))
             for name in ("digits-mlp", "digits-cnn")}
    found["tinytalks-transformer"] = hashed(as_text(talks.paraphrase)), len(talks.paraphrase)
    assert {name: (task.data_sha256, task.examples) for name, task in TASKS.items()} == found
