"""The wheels in dist/, as `nox -s wheels` builds them, keep their rules; wheels made up to break one are caught."""
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import wheels

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("arch", "core", "datasets", "kit", "opt", "teach")
sys.path.insert(0, str(ROOT / "curriculum/workshop"))
import generate  # noqa: E402


def built(pattern):
    """The one file of dist/ that fits a pattern."""
    found = sorted((ROOT / "dist").glob(pattern))
    assert len(found) == 1, f"expected one {pattern} in dist/, found {len(found)}; run `nox -s wheels`"
    return found[0]


def wheel_of(part):
    return built(f"tinytorch_{part}-*.whl")


@pytest.fixture
def make(tmp_path):
    """Make a wheel from {path: text}."""
    def made(name, files, folder="."):
        path = tmp_path / folder / f"tinytorch_{name}-0.1.0-py3-none-any.whl"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for inside, text in files.items():
                archive.writestr(inside, text)
        return path
    return made


def solutions():
    """{slug: texts of all solution regions}, from the sources."""
    found = {}
    for folder in sorted(path.parent for path in (ROOT / "curriculum").rglob("lesson.py")):
        exercises = [cell.text for cell in generate.cells.read(folder / "lesson.py") if cell.role == "exercise"]
        found[folder.name] = [re.search("### BEGIN SOLUTION(.*)### END", text, re.S)[1] for text in exercises]
    return found


def test_no_path_is_in_two_wheels():
    assert list(wheels.shared_paths(map(wheel_of, PARTS))) == []


def test_only_the_kit_holds_the_init_of_a_shared_package():
    assert list(wheels.foreign_inits(map(wheel_of, PARTS))) == []
    held = wheels.contents(wheel_of("kit"))
    assert {f"{package}/__init__.py" for package in wheels.SHARED} <= set(held)


@pytest.mark.parametrize("part", wheels.MADE)
def test_a_wheel_holds_what_the_curriculum_makes_and_nothing_older(part):
    assert list(wheels.stale(wheel_of(part), set(generate.files(part)))) == []


@pytest.mark.parametrize("part", PARTS)
def test_a_wheel_from_the_sdist_is_the_wheel_from_the_checkout(part, tmp_path):
    source = wheels.unpacked(built(f"tinytorch_{part}-*.tar.gz"), tmp_path / "source")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    again = next(tmp_path.glob("*.whl"))
    assert list(wheels.differing(wheel_of(part), again)) == []


def test_what_learners_install_holds_no_solution():
    assert any(solutions().values())
    assert list(wheels.told_solutions(wheel_of("kit"), solutions())) == []


@pytest.mark.parametrize("part", PARTS)
def test_a_wheel_carries_its_licence(part):
    assert list(wheels.unlicensed(wheel_of(part))) == []


# Made-up wheels, one for each rule


def test_a_path_in_two_wheels_is_caught(make):
    one, two = make("core", {"tinytorch/core/tensor.py": "a"}), make("arch", {"tinytorch/core/tensor.py": "b"})
    assert list(wheels.shared_paths([one, two])) == [
        "tinytorch/core/tensor.py is in tinytorch_core-0.1.0-py3-none-any.whl and in "
        "tinytorch_arch-0.1.0-py3-none-any.whl; one of them must give it up"]


@pytest.mark.parametrize("package", ["", "nn/", "_versions/"])
def test_an_init_of_a_shared_package_outside_the_kit_is_caught(make, package):
    path = f"tinytorch/{package}__init__.py"
    kit = make("kit", {path: ""})
    assert list(wheels.foreign_inits([kit])) == []
    assert "belongs to tinytorch_kit alone" in next(wheels.foreign_inits([kit, make("core", {path: ""})]))


def test_a_module_that_a_rename_left_behind_is_caught(make):
    tier = make("core", dict.fromkeys(["tinytorch/core/tensor.py", "tinytorch/core/tenser.py"], ""))
    assert "tinytorch/core/tenser.py is in" in next(wheels.stale(tier, {"tinytorch/core/tensor.py"}))
    kit = make("kit", {"tinytorch/_kit/lessons/01_tenser.py": "", "tinytorch/_kit/cells.py": ""})
    assert "01_tenser.py is in" in next(wheels.stale(kit, set()))


def test_a_module_that_was_not_packed_is_caught(make):
    tier = make("core", {"tinytorch/_versions/core.py": ""})
    assert "does not hold it" in next(wheels.stale(tier, {"tinytorch/core/tensor.py"}))


def test_a_wheel_from_the_sdist_with_other_bytes_or_a_missing_file_is_caught(make):
    one = make("core", {"a.py": "1", "b.py": "1"})
    other = make("core", {"a.py": "2"}, folder="again")
    first, second = wheels.differing(one, other)
    assert first.startswith("a.py differs") and second.startswith("b.py is not in")


def test_a_solution_in_the_kit_is_caught_in_both_forms(make):
    solution = "\n    half = x / 2\n    return \"half\", half\n    "
    cell = generate.cells.Cell("code", "def f(x):" + solution)
    forms = {"py": generate.cells.write_percent([cell]), "ipynb": generate.cells.write_notebook([cell], "01", "x")}
    for form, text in forms.items():
        kit = make("kit", {f"tinytorch/_kit/lessons/01_tensor.{form}": text})
        assert "tells a solution: 'half = x / 2" in next(wheels.told_solutions(kit, {"01_tensor": [solution]}))


@pytest.mark.parametrize("mark", ["### BEGIN SOLUTION", 'rubric="the word"'])
def test_a_mark_of_the_source_in_a_released_lesson_is_caught(make, mark):
    kit = make("kit", {"tinytorch/_kit/lessons/01_tensor.py": mark})
    assert "which the release step takes out" in next(wheels.told_solutions(kit, {}))


def test_a_wheel_without_its_licence_is_caught(make):
    assert "carries no LICENSE;" in next(wheels.unlicensed(make("core", {"a.py": ""})))
    short = {"x.dist-info/licenses/LICENSE": "MIT" * 200, "x.dist-info/licenses/LICENSE-lessons": "cc"}
    assert "carries no LICENSE-lessons" in next(wheels.unlicensed(make("kit", short)))
