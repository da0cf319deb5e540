"""Each name that this tier promises is there, or says which lesson builds it."""
import importlib
from importlib.metadata import requires, version

import pytest
import tinytorch
from tinytorch._kit import course
from tinytorch._versions.arch import __version__

NAMES = [(entry, name) for entry in course.LESSONS if entry["tier"] == "arch" for name in entry["exports"]]


@pytest.mark.parametrize(("entry", "name"), NAMES, ids=[name for _, name in NAMES])
def test_a_name_resolves_or_says_what_builds_it(entry, name):
    target = f"tinytorch.{entry['module']}"
    if tinytorch.available(entry["module"]):
        assert hasattr(importlib.import_module(target), name)
    else:
        with pytest.raises(ImportError, match=f"is built in Module {entry['number']} {entry['title']}"):
            importlib.import_module(target)


def test_the_installed_version_is_the_one_in_the_file():
    assert version("tinytorch-arch") == __version__


def test_each_tier_below_is_declared_with_a_range():
    ours = [line for line in requires("tinytorch-arch") if line.startswith("tinytorch-")]
    assert ours and all(">=" in line and "<" in line for line in ours)
