"""Lessons as cells: two equal forms, ids that stay, and errors that say what to do."""
import json

import pytest
from small_lesson import CURRICULUM, SMALL
from tinytorch._kit import cells
from tinytorch._kit.cells import Cell

LESSONS = sorted(path.parent.name for path in CURRICULUM.glob("[0-9]*/lesson.py"))
ODD = [
    Cell("markdown", "# Title\n\n    indented, and a # sign\n\nlast"),
    Cell("code", "x = '''\n# not a header\n  %% neither\n'''", {"given": "text"}),
    Cell("code", "y = 'ümläut  \x0c'  # form feed", {"exercise": "y", "points": 5}),
    Cell("code", "", {"scratch": 'with "quotes" and \\'}),
    Cell("raw", "raw text"),
    Cell("markdown", "Your answer.", {"answer": "why", "points": 2.5, "rubric": "a; b"}),
]


def parts(book):
    return [(cell.kind, cell.text, cell.meta) for cell in book]


@pytest.fixture(params=["odd", "small", *LESSONS])
def book(request):
    named = {"odd": lambda: ODD, "small": lambda: cells.read_percent(SMALL)}
    return named.get(request.param, lambda: cells.read(CURRICULUM / request.param / "lesson.py"))()


def test_a_percent_file_reads_back_as_it_was_written(book):
    assert parts(cells.read_percent(cells.write_percent(book))) == parts(book)


def test_a_notebook_reads_back_as_it_was_written(book):
    assert parts(cells.read_notebook(cells.write_notebook(book, "10", "10_x"))) == parts(book)


def test_a_notebook_is_the_same_in_every_build(book):
    assert cells.write_notebook(book, "10", "10_x") == cells.write_notebook(book, "10", "10_x")


def test_every_cell_of_a_notebook_has_an_id_of_its_own(book):
    ids = [cell["id"] for cell in json.loads(cells.write_notebook(book, "10", "10_x"))["cells"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", LESSONS)
def test_a_cell_knows_where_its_text_begins(name):
    path = CURRICULUM / name / "lesson.py"
    lines = path.read_text(encoding="utf-8").split("\n")
    for cell in cells.read(path):
        first = cell.text.split("\n")[0]
        assert lines[cell.line - 1] == (first if cell.kind == "code" else f"# {first}".rstrip())


def test_empty_lines_before_the_text_do_not_count():
    assert cells.read_percent("# %%\n\n\nx = 1\n")[0].line == 4


def test_an_id_is_made_from_the_header():
    said = [cell.id for cell in cells.read_percent(
        '# %% exercise="add"\n# %% check="add"\n# %%\n# %% [markdown] answer="why"\n# %% given="add"')]
    assert said == ["add", "check_add", None, "answer_why", "given_add"]


@pytest.mark.parametrize("meta, kind, expected", [
    ({"exercise": "a"}, "code", (False, True, False)), ({"check": "a", "points": 5}, "code", (True, False, True)),
    ({"check": "a"}, "code", (False, False, True)), ({"given": "a"}, "code", (False, False, True)),
    ({"answer": "a", "points": 5}, "markdown", (True, True, False))])
def test_nbgrader_is_told_what_is_graded_open_and_locked(meta, kind, expected):
    said = Cell(kind, "", meta).nbgrader()
    assert (said["grade"], said["solution"], said["locked"]) == expected
    assert said["schema_version"] == 3 and ("points" in said) == said["grade"]


@pytest.mark.parametrize("meta", [{}, {"predict": "a"}, {"scratch": "a"}])
def test_nbgrader_need_not_know_open_cells(meta):
    assert Cell("code", "", meta).nbgrader() is None


def test_a_header_comes_back_from_nbgraders_metadata_alone(book):
    raw = json.loads(cells.write_notebook(book, "10", "10_x"))
    for cell in raw["cells"]:
        cell["metadata"].pop("tinytorch", None)
    back = cells.read_notebook(json.dumps(raw))
    assert [cell.id for cell in back] == [cell.id if cell.nbgrader() else None for cell in book]


def test_locked_cells_can_be_neither_edited_nor_deleted():
    locked, open_ = json.loads(cells.write_notebook(
        [Cell("code", "", {"given": "a"}), Cell("code", "", {"exercise": "b"})], "10", "10_x"))["cells"]
    assert (locked["metadata"]["editable"], locked["metadata"]["deletable"]) == (False, False)
    assert "editable" not in open_["metadata"] and open_["metadata"]["deletable"] is False


@pytest.mark.parametrize("text, says", [
    ("", "expected JSON, and line 1 is not"), ('{"cells": [\n3', "line 2"), ("[]", "no proper list of cells"),
    ('{"cells": [{"source": []}]}', "no proper list"), ('{"cells": [3]}', "no proper list")])
def test_what_is_no_notebook_is_named_with_what_to_do(tmp_path, text, says):
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"a.ipynb is .*{says}.*tinytorch start NN --fresh"):
        cells.read(path)


def test_a_picture_is_no_lesson(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"\x89PNG\xff")
    with pytest.raises(ValueError, match="a.py is not a text file"):
        cells.read(path)


def test_line_ends_and_marks_of_windows_make_no_difference(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert parts(cells.read(path)) == parts(cells.read_percent(SMALL))
