"""Fingerprints: the same for the same answer, however it is stored, and another for another."""
import json

import numpy as np
import pytest
from tinytorch._kit import marks

VALUES = [np.float32([[1.5, -2], [0, np.inf]]), np.int64([3, 4]), np.array(2.5), np.zeros((0, 3)), np.array([True]), 3,
          0.1, "text", None, [], [1, [2.0, "x"]], {"a": np.ones(2), "b": {"c": [None]}}]


def of(value, factor=1.0):
    return marks.fingerprint([{"value": value}], factor)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_frozen_thaws_to_the_same(value):
    back = marks.thaw(json.loads(json.dumps(marks.freeze(value))))
    np.testing.assert_equal(back, value)
    assert getattr(back, "dtype", None) == getattr(value, "dtype", None)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_fingerprint_is_sixteen_hex_digits_and_repeats(value):
    assert of(value) == of(value) and len(of(value)) == 16 and int(of(value), 16) >= 0


def test_dtype_and_the_sign_of_zero_do_not_count():
    assert of(np.float32([1, 0])) == of(np.float64([1, -0.0])) == of(np.int8([1, 0]))
    assert of(3) == of(3.0) == of(np.float32(3)) == of(np.array(3))
    assert of([1, 2]) == of((1, 2))


def test_four_digits_count_and_rounding_beside_a_large_value_does_not():
    assert of([1.23412]) == of([1.23408]) != of([1.236])
    assert of(np.float64([1.0, 1e-9])) == of(np.float64([1.0, -3e-8])) != of(np.float64([1.0, 1e-3]))


def test_shape_value_error_and_order_count():
    ways = [[{"value": np.ones((2, 3))}], [{"value": np.ones((3, 2))}], [{"value": np.ones(6)}], [{"value": [1.0] * 6}],
            [{"error": "ValueError"}], [{"error": "TypeError"}], [{"value": "ValueError"}], [],
            [{"value": 1}, {"value": 2}], [{"value": 2}, {"value": 1}], [{"value": np.nan}], [{"value": None}]]
    assert len({marks.fingerprint(way) for way in ways}) == len(ways)


def test_the_message_of_an_error_does_not_count():
    assert marks.fingerprint([{"error": "ValueError", "says": "a"}]) == marks.fingerprint([{"error": "ValueError"}])


def test_a_factor_shows_a_value_on_a_rounding_edge():
    on_edge, off_edge = np.float64([1.2345]), np.float64([1.2340])
    assert len({of(on_edge, factor) for factor in (1 - 1e-6, 1 + 1e-6)}) == 2
    assert len({of(off_edge, factor) for factor in (1 - 1e-6, 1, 1 + 1e-6)}) == 1


def test_a_lesson_without_marks_has_none():
    assert marks.load("99_nothing") is None


def test_marks_are_loaded_with_their_inputs_as_arrays(tmp_path, monkeypatch):
    monkeypatch.setattr(marks, "RELEASES", tmp_path)
    said = {"acts": "", "inputs": {"a": marks.freeze([np.ones(2)])}, "known": {}}
    (tmp_path / "01_x.json").write_text(json.dumps(said))
    np.testing.assert_array_equal(marks.load("01_x")["inputs"]["a"][0], [1, 1])
