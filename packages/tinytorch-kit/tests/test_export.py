"""Cells to modules: line n of a wheel's module is line n of its lesson; a learner's says where each cell is from."""
import pytest
from small_lesson import CURRICULUM, SMALL
from tinytorch._kit import cells, export

LESSONS = sorted(path.parent.name for path in CURRICULUM.glob("[0-9]*/lesson.py"))


@pytest.mark.parametrize("name", LESSONS)
def test_every_line_of_a_wheels_module_stands_where_its_lesson_has_it(name):
    path = CURRICULUM / name / "lesson.py"
    source = path.read_text(encoding="utf-8").split("\n")
    text = export.aligned(name, export.exported(cells.read(path))[1])
    compile(text, name, "exec")
    assert text.startswith(export.GENERATED)
    for number, line in enumerate(text.split("\n")[1:], 1):
        assert not line or line == source[number].rstrip()


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_for_learners_is_in_a_wheels_module(name):
    text = export.aligned(name, export.exported(cells.read(CURRICULUM / name / "lesson.py"))[1])
    for word in ("#|", "BEGIN SOLUTION", "END SOLUTION", "# Hint:", "# How:"):
        assert word not in text


def test_only_marked_cells_are_exported():
    module, kept = export.exported(cells.read_percent(SMALL))
    assert module == "text.tokenization" and [cell.id for cell in kept] == ["given_imports", "double", "area"]


def test_a_lesson_without_a_module_is_refused():
    with pytest.raises(ValueError, match="default_exp"):
        export.exported(cells.read_percent("# %%\nx = 1"))


def test_a_learners_module_names_each_cell_and_runs():
    _, kept = export.exported(cells.read_percent(SMALL))
    text, names = export.marked("my.ipynb", kept), {}
    exec(text, names)
    assert names["double"](4) == 8
    assert [line for line in text.split("\n") if line.startswith("# %%")] == [
        "# %% my.ipynb [given_imports]", "# %% my.ipynb [double]", "# %% my.ipynb [area]"]


@pytest.mark.parametrize("text, plain", [
    ("x = 1\n%timeit x\ny = 2", "x = 1\npass\ny = 2"),
    ("for i in x:\n    !ls {i}\nelse:\n\t%time i", "for i in x:\n    pass\nelse:\n\tpass"),
    ("!pip list", "pass"), ("%%time\nx = 1", "pass\nx = 1"), ("\n%%bash\nls | wc", "pass"),
    ("x = (7\n% 4)\ny = '''\n%timeit\n!ls\n'''", "x = (7\n% 4)\ny = '''\n%timeit\n!ls\n'''"),
    ("x = 7 \\\n  % 4", "x = 7 \\\n  % 4"), ("", ""), ("x = (", "x = ("), ("def f(:\n%time", "def f(:\n%time")])
def test_lines_for_jupyter_become_pass_and_python_stays(text, plain):
    assert export.plain(text) == plain


@pytest.mark.parametrize("name", LESSONS)
def test_python_stays_as_it_is(name):
    for cell in cells.read(CURRICULUM / name / "lesson.py"):
        if cell.kind == "code":
            assert export.plain(cell.text) == cell.text
