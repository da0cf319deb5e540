"""A mangled submission becomes whole: our cells with our text, the learner's answers with theirs."""
import json
import random
from dataclasses import replace

import pytest
from tinytorch._kit import cells, release
from tinytorch_teach import repair

SOURCE = cells.read_percent('''# %% [markdown]
# Prose.

# %% given="start"
begin("01")

# %% exercise="add"
def add(a, b):
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION

# %% check="add" points=5
assert add(3, 5) == 8

# %% predict="bytes"
predict("bytes", 0)

# %% demo="bytes"
print(add(1, 2))

# %% exercise="mul"
def mul(a, b):
    ### BEGIN SOLUTION
    return a * b
    ### END SOLUTION

# %% check="mul" points=4
assert mul(3, 5) == 15

# %% [markdown] answer="why" points=5 rubric="because"
# Your answer.
''')
WORK = {"add": "def add(a, b):\n    return sum((a, b))", "mul": "def mul(a, b):\n    return a * b", "answer_why": "So."}


@pytest.fixture
def book():
    """The release form with answers."""
    return [replace(cell, text=WORK.get(cell.id, cell.text)) for cell in release.release(SOURCE)]


def whole(book):
    return repair.repaired(book, SOURCE)


def at(book, id):
    return next(n for n, cell in enumerate(book) if cell.id == id)


def test_a_proper_submission_stays_as_it_is(book):
    assert whole(book).cells == book and whole(book).notes == []


def test_both_forms_give_the_same(book):
    percent = cells.read_percent(cells.write_percent(book))
    notebook = cells.read_notebook(cells.write_notebook(book, "01", "01_tensor"))
    texts = [repair.notebook(whole(form).cells, SOURCE, "01_tensor") for form in (percent, notebook, book)]
    assert texts[0] == texts[1] == texts[2]


@pytest.mark.parametrize("seed", range(5))
def test_any_order_is_put_right(book, seed):
    moved = random.Random(seed).sample(book, len(book))
    assert whole(moved).cells == book
    assert whole(moved).notes == ["cells were moved and are back in order"]


@pytest.mark.parametrize("id", ["given_start", "check_add", "demo_bytes", "predict_bytes"])
def test_a_deleted_cell_is_back(book, id):
    assert whole([cell for cell in book if cell.id != id]).cells == book


def test_a_deleted_exercise_is_back_blank(book):
    result = whole([cell for cell in book if cell.id != "mul"])
    assert "NotImplementedError" in result.cells[at(book, "mul")].text
    assert result.notes == ["cell `mul` was deleted and is back as learners get it"]


def test_an_edited_test_has_our_text_again(book):
    edited = [replace(cell, text="assert True") if cell.id == "check_add" else cell for cell in book]
    assert whole(edited).cells == book
    assert whole(edited).notes == ["locked cell `check_add` was changed and has its own text again"]


def test_of_a_doubled_exercise_the_last_with_work_counts_and_the_other_stays_as_an_own_cell(book):
    first = replace(book[at(book, "add")], text="helper = 1")
    stub = release.release(SOURCE)[at(book, "add")]
    result = whole([first, *book, stub])
    assert [cell.text for cell in result.cells if cell.id == "add"] == [WORK["add"]]
    assert [cell.text for cell in result.cells if cell.id is None and cell.kind == "code"] == ["helper = 1"]
    assert result.notes == ["cell `add` was there more than once; the last one with work in it counts"]


def test_own_cells_stay_behind_the_cell_they_followed(book):
    mine = cells.Cell("code", "def half(x):\n    return x / 2")
    spot = at(book, "add") + 1
    assert whole([*book[:spot], mine, *book[spot:]]).cells == [*book[:spot], mine, *book[spot:]]
    assert whole([mine, *book]).cells == [mine, *book]


def test_a_cell_of_another_lesson_or_a_made_up_one_loses_its_claims(book):
    forged = cells.Cell("code", "x = 1", {"check": "free", "points": 99})
    odd = cells.Cell("code", "y = 2", {"exercise": ["a", "list"]})
    result = whole([*book, forged, odd])
    assert [cell.meta for cell in result.cells[-2:]] == [{}, {}]


def test_points_are_ours_whatever_the_submission_says(book):
    raised = [replace(cell, meta={**cell.meta, "points": 99}) if "points" in cell.meta else cell for cell in book]
    assert whole(raised).cells == book


def test_text_that_no_file_can_hold_is_replaced(book):
    odd = [replace(cell, text="x = '\ud800'\r\ny = 1") if cell.id == "add" else cell for cell in book]
    text = repair.notebook(whole(odd).cells, SOURCE, "01_tensor")
    assert text.encode() and "x = '?'" in text


def test_checksums_stay_those_of_the_release(book):
    raw = json.loads(repair.notebook(whole(book).cells, SOURCE, "01_tensor"))
    released = json.loads(cells.write_notebook(release.release(SOURCE), "01", "01_tensor"))
    found, ours = ([cell["metadata"].get("nbgrader", {}).get("checksum") for cell in form["cells"]]
                   for form in (raw, released))
    assert found == ours and sum(map(bool, ours)) == 7


def test_an_exercise_turned_into_prose_is_code_again(book):
    turned = [replace(cell, kind="markdown") if cell.id == "add" else cell for cell in book]
    assert whole(turned).cells == book


def test_a_picture_in_an_answer_is_pointed_out(book):
    shown = [replace(cell, text="![a](attachment:a.png)") if cell.id == "answer_why" else cell for cell in book]
    assert whole(shown).notes == ["answer `answer_why` shows a picture, which only the file that was sent holds"]
