"""The learner's zip, unpacked and started as a learner would: with Python and nothing else."""
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKE = ROOT / "curriculum/workshop/bundle/make.py"


def made(*options):
    out = subprocess.run([sys.executable, str(MAKE), *options], check=True, capture_output=True, text=True).stdout
    return ROOT / out.strip()


def unpacked(archive, folder):
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    return folder / "tinytorch"


def start(folder, *options, **environment):
    env = {**os.environ, "TINYTORCH_PLAIN": "1", **environment}
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    return subprocess.run([str(base), str(folder / "start.py"), "--plain", *options], cwd=folder.parent, env=env,
                          capture_output=True, text=True)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """An unpacked bundle that carries its third-party wheels, in a folder with a space and a letter beyond ASCII."""
    return unpacked(made("--offline", "plain"), tmp_path_factory.mktemp("Übung eins"))


@pytest.fixture(scope="module")
def started(bundle):
    return start(bundle, "--learner", "ada", PIP_NO_INDEX="1")  # no network is asked


def test_start_makes_a_workspace_and_prints_the_next_command(bundle, started):
    assert started.returncode == 0, started.stdout + started.stderr
    assert (bundle / "work/tinytorch-workspace.toml").is_file()
    assert started.stdout.rstrip().endswith("tinytorch start 01 --as py")


def test_the_next_command_is_the_first_lesson_that_one_builds(bundle, started):
    other = start(bundle, str(bundle / "other"), "--build", "14-19", PIP_NO_INDEX="1")
    assert other.stdout.rstrip().endswith("tinytorch start 14 --as py"), other.stdout + other.stderr
    again = start(bundle, str(bundle / "other"), PIP_NO_INDEX="1")
    assert again.stdout.rstrip().endswith("tinytorch status")


def test_the_next_command_works(bundle, started):
    tinytorch = bundle / ("environment/Scripts/tinytorch.exe" if os.name == "nt" else "environment/bin/tinytorch")
    run = subprocess.run([tinytorch, "start", "01", "--as", "py"], cwd=bundle / "work", capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (bundle / "work/lessons/01_tensor.py").is_file()


def test_starting_again_changes_nothing_of_the_learner(bundle, started):
    lesson = bundle / "work/lessons/01_tensor.py"
    lesson.parent.mkdir(exist_ok=True)
    lesson.write_text("mine", encoding="utf-8")
    again = start(bundle, PIP_NO_INDEX="1")
    assert again.returncode == 0 and lesson.read_text(encoding="utf-8") == "mine"
    assert "installing" not in again.stdout
    lesson.unlink()


def test_a_damaged_wheel_is_refused_before_anything_is_installed(tmp_path):
    folder = unpacked(made("--prebuilt", "none"), tmp_path)
    wheel = next((folder / "wheels").glob("tinytorch_kit*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1])
    run = start(folder)
    assert run.returncode == 1 and "is damaged" in run.stderr
    assert not (folder / "environment").exists()


def test_no_prebuilt_means_that_no_solution_is_in_the_zip():
    with zipfile.ZipFile(made("--prebuilt", "none")) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".whl")]
    assert sorted(name.split("/")[-1].split("-")[0] for name in names) == ["tinytorch_datasets", "tinytorch_kit"]


def test_the_same_wheels_give_the_same_zip():
    first = made().read_bytes()
    assert made().read_bytes() == first
