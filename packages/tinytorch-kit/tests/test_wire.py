"""What crosses between us and a learner's process, and what does not."""
import io
import json
import math

import numpy as np
import pytest
from tinytorch._kit import wire
from tinytorch._kit.wire import LENGTH, decode, encode


def crossed(value):
    return decode(encode(value)[LENGTH.size:])


def body(text, blobs=b""):
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    return LENGTH.pack(len(text)) + text + blobs


@pytest.mark.parametrize("value", [
    None, True, 3, -2**70, 0.1, "naïve 火", [], {}, [1, [2.5, {"a": None}]], {"$array": 1, "$": 2, "$$x": [3]},
    {"$array": ["<f4", [1]]},
])
def test_json_comes_back_equal(value):
    found = crossed(value)
    assert found == value and type(found) is type(value)


def test_not_a_number_and_infinity_come_back():
    nan, inf = crossed([math.nan, -math.inf])
    assert math.isnan(nan) and inf == -math.inf


def test_a_tuple_comes_back_as_a_list():
    assert crossed(((1, 2), [3])) == [[1, 2], [3]]


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", "i4", "u8", "f2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2, 1, 3)])
def test_arrays_keep_dtype_shape_and_values(dtype, shape):
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    found = crossed({"a": [array, 1, array]})["a"]
    for one in (found[0], found[2]):
        assert one.dtype == array.dtype and one.shape == array.shape
        np.testing.assert_array_equal(one, array)


def test_views_and_foreign_byte_order_cross_by_value():
    array = np.arange(6, dtype=">f4").reshape(2, 3).T
    found = crossed(array)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.float32


def test_an_array_that_came_back_may_be_written():
    found = crossed(np.zeros(3))
    found += 1
    assert found.tolist() == [1, 1, 1]


def test_numpy_scalars_keep_their_dtype_as_arrays_without_axes():
    found = crossed(np.float32(1.5))
    assert isinstance(found, np.ndarray) and found.shape == () and found.dtype == np.float32


@pytest.mark.parametrize("value", [
    object(), 1j, b"bytes", {1, 2}, {1: "a"}, {None: 1}, np.array([1j]), np.array(["a"]), np.array([object()]),
    np.zeros(2, dtype="datetime64[s]"), np.zeros(2, dtype=[("a", "f4")]), np.str_("a"),
])
def test_other_kinds_are_refused_with_a_type_error(value):
    with pytest.raises(TypeError, match="cannot send"):
        encode([value])


def test_what_is_too_large_or_too_deep_is_refused():
    deep = []
    for _ in range(40):
        deep = [deep]
    endless = []
    endless.append(endless)
    wide = np.broadcast_to(np.float32(0), (10**6, 10**6))  # 4 bytes that claim to be 4 TB
    for value in (deep, endless, wide, "a" * (wire.MOST_TEXT + 1), [np.zeros(2**23)] * 2, "\ud800", 10**5000):
        with pytest.raises(ValueError):
            encode(value)


def array(dtype, shape, blobs=b"0" * 16):
    return body({"$array": [dtype, shape]}, blobs)


@pytest.mark.parametrize("frame", [
    b"", b"\1", LENGTH.pack(5) + b"null", LENGTH.pack(2**32 - 1) + b"null",
    body(b"nul"), body(b"\xff"), body(b"[" * 100_000), body(b'"\\ud800"'), body(b"1" * 10_000), body("a", b"left over"),
    array("<f4", [5]), array("<f4", [3]), array("<f4", [-1]), array("<f4", [-2, -2]), array("<f4", [2**62, 4]),
    array("<f4", [0, 2**62], b""), array("<f4", [0, 10**5, 10**5], b""), array("<f4", [1] * 40, b"1234"),
    array("<f4", [4.0]), array("<f4", [True, 4]), array("<f4", "4"), array("<f4", None), array(["<f4"], [4]),
    array("|O", [2]), array("<c8", [2]), array("<U4", [1]), array("nonsense", [4]),
    body({"$array": ["<f4"]}), body({"$array": None}), body({"$array": 1, "b": 2}), body({"$b": 2}),
])
def test_forged_frames_are_a_value_error(frame):
    with pytest.raises(ValueError):
        decode(frame)


class Dribble(io.RawIOBase):
    """A pipe that gives and takes three bytes at a time."""

    def __init__(self, data=b""):
        self.data = bytearray(data)

    def read(self, size=-1):
        taken = bytes(self.data[:min(size, 3)])
        del self.data[:len(taken)]
        return taken

    def write(self, data):
        self.data += data[:3]
        return min(len(data), 3)


def test_frames_survive_a_pipe_that_moves_a_few_bytes_at_a_time():
    pipe = Dribble()
    for value in ("first", {"second": np.arange(10)}):
        wire.write(pipe, value)
    assert wire.read(pipe) == "first"
    np.testing.assert_array_equal(wire.read(pipe)["second"], np.arange(10))
    assert wire.read(pipe) is None


@pytest.mark.parametrize("stream", [b"\1\0", LENGTH.pack(9) + b"short", LENGTH.pack(wire.MOST_BYTES + 1), b"\xff" * 8])
def test_a_stream_that_ends_inside_a_frame_or_announces_too_much_is_a_value_error(stream):
    with pytest.raises(ValueError):
        wire.read(io.BytesIO(stream))
