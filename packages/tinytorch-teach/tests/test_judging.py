"""Sentences about answers: they accept what is close, and whatever an answer is, they do not accept what is wrong."""
import numpy as np
import pytest
from tinytorch_teach.judging import differs, first, same

ROW = np.float32([1, 2, 3])


def test_first_asks_no_further_than_the_first_sentence():
    def sentences():
        yield None
        yield "wrong"
        raise AssertionError("asked too far")

    assert first(sentences()) == "wrong"
    assert first([None, "", None]) is None


@pytest.mark.parametrize("found", [ROW, ROW + 1e-5, [1, 2, 3], [1.0, 2.0, 3.0], np.int64([1, 2, 3])])
def test_differs_accepts_close_values_of_any_kind_of_number(found):
    assert differs(found, ROW, "row") is None


@pytest.mark.parametrize(("found", "says"), [
    (ROW[:2], "row: expected shape (3,), found (2,)"),
    (ROW[None], "row: expected shape (3,), found (1, 3)"),
    ([1, 2, 4], "row: expected [1, 2, 3], found [1, 2, 4]"),
    ([1, 2, float("nan")], "row: expected [1, 2, 3], found [1, 2, nan]"),
    ([1, 2, float("inf")], "row: expected [1, 2, 3], found [1, 2, inf]"),
    ("123", "row: expected [1, 2, 3], found '123'"),
    (None, "row: expected [1, 2, 3], found nothing"),
    ({"a": 1}, "row: expected [1, 2, 3], found a dict of 1"),
    ([1, 2, 10**400], "row: expected [1, 2, 3], found a list of 3"),
])
def test_differs_says_what_was_expected_and_what_was_found(found, says):
    assert differs(found, ROW, "row") == says


def test_a_sentence_names_the_first_wrong_place_of_a_large_array_and_counts_the_others():
    expected = np.arange(12.0).reshape(3, 4)
    found = expected.copy()
    found[1, 2], found[2, 0] = 7, -1
    assert differs(found, expected, "table") == "table: at [1, 2] expected 6, found 7; 2 of 12 values differ"


def test_a_sentence_has_as_many_digits_as_tell_two_numbers_apart():
    assert differs(3.14159, 3.1416, "pi", rtol=0, atol=1e-9) == "pi: expected 3.1416, found 3.14159"
    assert differs(737280001, 737280000, "bytes", rtol=0, atol=0) == "bytes: expected 737280000, found 737280001"


def test_whole_numbers_are_compared_with_all_their_digits():
    assert differs(2**60 + 1, 2**60, "count", rtol=0, atol=0)
    assert differs(np.int64(2**60), 2**60, "count", rtol=0, atol=0) is None
    assert differs(12.0, 12, "count", rtol=0, atol=0) is None


def test_a_dtype_is_asked_for_by_name_and_a_plain_number_has_none():
    assert differs(ROW, ROW, "row", dtype=np.float32) is None
    assert differs(ROW.astype(float), ROW, "row", dtype=np.float32) == "row: expected dtype float32, found float64"
    assert differs(1.0, np.float32(1), "x", dtype=np.float32) == "x: expected dtype float32, found a plain Python float"


def test_what_should_be_nan_or_infinite_must_be():
    expected = np.float32([np.nan, np.inf])
    assert differs(expected.copy(), expected, "row") is None
    assert differs(np.float32([0, np.inf]), expected, "row")


def test_ragged_lists_are_not_accepted():
    with pytest.raises(ValueError):
        differs([[1, 2], [3]], np.ones((2, 2)), "table")


RIGHT = {"kind": "Tensor", "values": ROW, "steps": [1, 2.5, None, True]}


def test_same_accepts_the_reference_and_what_is_close_to_it():
    assert same(None, RIGHT, RIGHT) is None
    assert same(None, {**RIGHT, "values": ROW + 1e-6}, RIGHT) is None


@pytest.mark.parametrize(("changed", "says"), [
    ({"values": ROW.astype(np.float64)}, "the answer['values']: expected dtype float32, found float64"),
    ({"values": [1, 2, 3]}, "the answer['values']: expected dtype float32, found a plain Python list"),
    ({"steps": [1, 2.5, None]}, "the answer['steps']: expected 4 entries, found 3"),
    ({"steps": [1, 2.5, None, 1]}, "the answer['steps'][3]: expected True, found 1"),
    ({"steps": [1, 2.6, None, True]}, "the answer['steps'][1]: expected 2.5, found 2.6"),
    ({"kind": "list"}, "the answer['kind']: expected 'Tensor', found 'list'"),
    ({"steps": None}, "the answer['steps']: expected a list of 4, found nothing"),
])
def test_same_names_the_part_that_differs(changed, says):
    assert same(None, {**RIGHT, **changed}, RIGHT) == says
