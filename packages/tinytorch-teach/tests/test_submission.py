"""Which cells of a submission run, and with whose text."""
from dataclasses import replace
from pathlib import Path

import pytest
from tinytorch._kit.cells import Cell
from tinytorch_teach import lessons
from tinytorch_teach.submission import arranged, is_blank

LESSON = lessons.load("01", Path(__file__).with_name("model_course"))
GRADED = [(cell.id, cell.text) for cell in LESSON.graded]
STUB = LESSON.stubs()["mul"]


def page(**texts):
    """The cells of the solved lesson, with other text for some, by id."""
    return [replace(cell, text=texts.get(cell.id, cell.text)) for cell in LESSON.cells]


def without(*names):
    return [cell for cell in page() if cell.id not in names]


def mul(text):
    return Cell("code", text, {"exercise": "mul"})


def test_the_solved_lesson_runs_as_the_reference_does_without_checks_demos_predictions_and_scratch():
    sent = arranged(page(), LESSON)
    assert sent.order == GRADED
    assert (list(sent.written), sent.blank, sent.missing) == (["add", "mul", "weighted", "sizes"], [], [])


def test_given_cells_run_with_our_text_whatever_a_submission_says():
    assert arranged(page(given_tensor="class Tensor: pass"), LESSON).order == GRADED


@pytest.mark.parametrize("gone", [["given_start"], ["given_tensor", "given_sizes"], ["given_start", "given_tensor"]])
def test_given_cells_that_are_missing_come_back_in_their_place(gone):
    assert arranged(without(*gone), LESSON).order == GRADED


def test_given_cells_that_are_there_twice_run_once():
    again = [cell for cell in page() if cell.id == "given_tensor"]
    assert arranged([*page(), *again], LESSON).order == GRADED


def test_a_missing_exercise_stays_missing():
    sent = arranged(without("mul"), LESSON)
    assert sent.missing == ["mul"] and "mul" not in dict(sent.order)


@pytest.mark.parametrize(("texts", "runs"), [
    (["one", "two"], "two"), (["one", STUB], "one"), ([STUB, "two", STUB], "two"), ([STUB, STUB], STUB),
])
def test_of_an_exercise_that_is_there_twice_the_last_written_one_counts(texts, runs):
    sent = arranged([*without("mul"), *map(mul, texts)], LESSON)
    assert [text for name, text in sent.order if name == "mul"] == [runs]
    assert sent.blank == (["mul"] if runs == STUB else [])


@pytest.mark.parametrize("text", [
    STUB, "", "# no idea", STUB.replace("# YOUR CODE HERE", "# what?\n\n"), STUB.replace("    # Hint", "# Hint"),
])
def test_comments_and_spaces_do_not_make_a_stub_written(text):
    assert is_blank(text, STUB)


@pytest.mark.parametrize("text", [
    STUB.replace("raise NotImplementedError()", "pass"), "return a * b", "def mul(a, b):\n    return", "\0",
])
def test_whatever_else_stands_there_is_written(text):
    assert not is_blank(text, STUB)


def test_own_cells_keep_their_place_also_among_the_references_cells():
    book = page(mul="their mul")
    at = next(n for n, cell in enumerate(book) if cell.id == "check_mul")
    sent = arranged([Cell("code", "on top"), *book[:at], Cell("code", "helper"), *book[at:]], LESSON)
    for cells in (sent.order, sent.among(LESSON, "mul")):
        texts = [text for _, text in cells]
        assert texts[0] == "on top"
        assert texts[texts.index("their mul") + 1] == "helper"
        assert len({name for name, _ in cells}) == len(cells) == len(GRADED) + 2


def test_among_the_references_cells_only_one_exercise_is_theirs():
    sent = arranged(page(mul="their mul", add="their add"), LESSON)
    assert sent.among(LESSON, "mul") == [(name, "their mul" if name == "mul" else text) for name, text in GRADED]


@pytest.mark.parametrize("meta", [
    {"exercise": "given_tensor"}, {"exercise": ["mul"]}, {"exercise": "unheard_of"}, {"given": "unheard_of"},
    {"fault": None},
])
def test_headers_that_lie_make_an_own_cell(meta):
    sent = arranged([*page(), Cell("code", "x = 1", meta)], LESSON)
    assert sent.order[:-1] == GRADED and sent.order[-1][1] == "x = 1"


def test_text_that_could_not_be_sent_is_made_sendable():
    sent = arranged([Cell("code", "\ud800"), Cell("code", "x" * 10**6)], LESSON)
    texts = dict(sent.order)
    assert texts["yours_1"] == "?" and texts["yours_2"].startswith("raise ValueError('this cell has 1000000")
