"""Release: a course that nbgrader knows, with the kit's own notebooks, and no solution or rubric for learners."""
import json
import os
import subprocess
import sys
from importlib.resources import files

import pytest
from tinytorch._kit import course
from tinytorch_teach import release
from tinytorch_teach.gradebook import CONFIG, Course, Failed

NAME = "01_tensor"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A course in a folder with a space and letters that are not ASCII."""
    place = Course(tmp_path_factory.mktemp("Kurs für alle"))
    release.make(place.folder, course.chosen("01"), "spring")
    return place


def notebook(place, kind):
    return (place.folder / kind / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")


def test_release_is_byte_for_byte_what_the_kit_carries(place):
    kit = files("tinytorch._kit") / "lessons" / f"{NAME}.ipynb"
    assert notebook(place, "release") == kit.read_text(encoding="utf-8")


def test_stock_nbgrader_makes_the_same_cells_with_the_same_checksums(place):
    place.run("GenerateAssignment", NAME)
    stock = json.loads(notebook(place, "release"))
    assert release.differences(stock, json.loads(release.release_notebook(NAME))) == []
    assert sum("checksum" in cell["metadata"].get("nbgrader", {}) for cell in stock["cells"]) > 20


@pytest.mark.parametrize("key", ["source", "id", "metadata", "cell_type"])
def test_differences_sees_a_change_of_any_part_of_a_cell(key):
    ours = json.loads(release.release_notebook(NAME))
    other = json.loads(release.release_notebook(NAME))
    cell = other["cells"][at("check_add", other)]
    cell[key] = {"nbgrader": {}} if key == "metadata" else "x"
    assert release.differences(other, ours) == [f"{key} of cell check_add"]
    assert release.differences({"cells": ours["cells"][1:]}, ours)


def at(id, notebook):
    return next(n for n, cell in enumerate(notebook["cells"]) if cell["id"] == id)


def test_a_release_that_differs_from_stock_is_refused(place, monkeypatch):
    other = json.loads(release.release_notebook(NAME))
    other["cells"][at("check_add", other)]["metadata"]["nbgrader"]["checksum"] = "0" * 32
    monkeypatch.setattr(release, "release_notebook", lambda name: json.dumps(other))
    with pytest.raises(ValueError, match="other cells than the kit: metadata of cell check_add"):
        release.release_one(place, NAME)


def test_solutions_and_rubrics_are_for_the_instructor_only(place):
    source, learners = notebook(place, "source"), notebook(place, "release")
    rubric = next(cell.meta["rubric"] for cell in release.source_cells(NAME) if "rubric" in cell.meta)
    assert "BEGIN SOLUTION" in source and rubric in source
    assert "SOLUTION" not in learners and rubric not in learners and "rubric" not in learners


def test_the_gradebook_knows_every_point(place):
    with place.gradebook() as book:
        cells = book.find_notebook(NAME, NAME).grade_cells
        points = {cell.name: cell.max_score for cell in cells}
    assert sum(points.values()) == course.lesson("01")["points"] + points["answer_leak"]


def test_releasing_again_leaves_settings_as_you_changed_them(place):
    settings = place.folder / CONFIG
    settings.write_text(settings.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    release.make(place.folder, course.chosen("01"), "other")
    assert settings.read_text(encoding="utf-8").endswith("# mine\n") and Course(place.folder).id == "spring"


def test_a_folder_that_nbgrader_would_read_as_a_pattern_is_refused(tmp_path):
    with pytest.raises(ValueError, match="would take that for a pattern"):
        release.make(tmp_path / "course[1]", course.chosen("01"), "")


def test_a_failed_step_says_what_nbgrader_said(place):
    with pytest.raises(Failed, match="No notebooks were matched"):
        place.run("Autograde", "02_activations")


def test_release_works_where_the_environment_is_not_activated(tmp_path):
    """nbgrader looks for the program alembic on PATH, and there is only ours beside the interpreter."""
    bare = {name: text for name, text in os.environ.items() if name in ("SYSTEMROOT", "HOME", "USERPROFILE", "TEMP")}
    run = "from tinytorch_teach.cli import main; main()"
    command = [sys.executable, "-c", run, "release", "01", str(tmp_path / "c")]
    done = subprocess.run(command, env={**bare, "PATH": ""}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c/gradebook.db").exists()
