"""What crosses between us and a learner's process: one JSON text and the raw bytes of its arrays. Never a pickle.

    frame    4 bytes, the length of the body; then the body
    body     4 bytes, the length of the text; then the text; then the bytes of each array, in order

An array stands in the text as {"$array": [dtype, shape]}; a sender's own key that begins with $ gets a second one.
Neither end trusts the other: what is too large, too deep or of another kind is refused.

What comes back has the form that JSON gives it: a tuple is a list. An array keeps shape and dtype (in little-endian
order), and a NumPy scalar is an array of shape (), because Python's own numbers would forget its dtype.
"""
import json
import math
import struct

import numpy as np

MOST_BYTES = 64 * 2**20  # of a frame
MOST_TEXT = 4 * 2**20    # of its JSON, which Python's objects make twenty times larger: long lists belong in an array
MOST_DEEP = 32           # lists within lists
MOST_AXES = 32           # NumPy 1's own limit
DTYPES = {np.dtype(code).str: np.dtype(code) for code in "?bBhHiIqQlLefd"}
LENGTH = struct.Struct("<I")


def encode(value):
    """The frame of a value: None, bool, int, float, str, lists, tuples, dicts with text as keys, arrays of numbers.

    Raises
    ------
    TypeError
        If something else is among it: objects, complex numbers, text arrays.
    ValueError
        If it is larger than MOST_BYTES, MOST_TEXT or MOST_DEEP allow.
    """
    blobs = []
    try:
        text = json.dumps(_plain(value, blobs, MOST_DEEP), ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("cannot send text with half a character in it (a lone surrogate)") from None
    if len(text) > MOST_TEXT:
        raise ValueError(f"cannot send {len(text)} bytes of text and lists, at most {MOST_TEXT}. Arrays may be longer")
    body = b"".join([LENGTH.pack(len(text)), text, *blobs])
    if len(body) > MOST_BYTES:
        raise ValueError(f"cannot send {len(body)} bytes, at most {MOST_BYTES}")
    return LENGTH.pack(len(body)) + body


def _plain(x, blobs, depth):
    """`x` as JSON has it; the bytes of its arrays go to `blobs`."""
    if depth == 0:
        raise ValueError(f"cannot send more than {MOST_DEEP} levels of lists and dicts")
    if isinstance(x, (np.ndarray, np.generic)):
        return {"$array": _array(np.asarray(x), blobs)}
    if isinstance(x, dict):
        return {_escaped(key): _plain(item, blobs, depth - 1) for key, item in x.items()}
    if isinstance(x, (list, tuple)):
        if 2 * len(x) > MOST_TEXT:  # an item and a comma each; do not walk through it to find out
            raise ValueError(f"cannot send a list of {len(x)} items; an array may be longer")
        return [_plain(item, blobs, depth - 1) for item in x]
    if x is None or type(x) in (bool, int, float, str):
        return x
    raise TypeError(f"cannot send {type(x).__name__}: only numbers, text, lists, dicts and NumPy arrays cross")


def _array(x, blobs):
    dtype = x.dtype.newbyteorder("<")
    if dtype.str not in DTYPES:
        raise TypeError(f"cannot send an array of dtype {x.dtype}: only bool, integers and floats cross")
    if x.nbytes > MOST_BYTES or x.ndim > MOST_AXES:
        raise ValueError(f"cannot send an array of {x.nbytes} bytes and {x.ndim} axes")
    blobs.append(x.astype(dtype, copy=False).tobytes())
    return [dtype.str, list(x.shape)]


def _escaped(key):
    if type(key) is not str:
        raise TypeError(f"cannot send a dict with the key {key!r:.40}: keys must be text")
    return "$" + key if key.startswith("$") else key


def decode(body):
    """The value in the body of a frame; ValueError for everything that `encode` would not have written."""
    try:
        start = LENGTH.size + LENGTH.unpack_from(body)[0]
        if start > min(len(body), LENGTH.size + MOST_TEXT):
            raise ValueError("its text is too long")
        blobs = _Blobs(body, start)
        value = _full(json.loads(body[LENGTH.size:start].decode("utf-8")), blobs, MOST_DEEP)
        if blobs.at != len(body):
            raise ValueError("bytes are left over")
        return value
    except (ValueError, TypeError, RecursionError, struct.error) as error:
        raise ValueError(f"a frame that cannot be read: {error}") from None


def _full(x, blobs, depth):
    """`_plain` undone."""
    if depth == 0:
        raise ValueError("too many levels")
    if isinstance(x, list):
        return [_full(item, blobs, depth - 1) for item in x]
    if isinstance(x, dict):
        if set(x) == {"$array"}:
            return blobs.take(*x["$array"])
        return {_unescaped(key): _full(item, blobs, depth - 1) for key, item in x.items()}
    if isinstance(x, str):
        x.encode("utf-8")  # JSON can spell half a character, which no file and no terminal takes
    return x


def _unescaped(key):
    key.encode("utf-8")
    if key.startswith("$") and not key.startswith("$$"):
        raise ValueError("a key that is none")
    return key[1:] if key.startswith("$") else key


class _Blobs:
    """The bytes behind the text, taken from the front, array by array."""

    def __init__(self, body, at):
        self.body, self.at = body, at

    def take(self, dtype, shape):
        dtype = DTYPES[dtype] if isinstance(dtype, str) and dtype in DTYPES else None
        if dtype is None or not isinstance(shape, list) or len(shape) > MOST_AXES:
            raise ValueError("an array of another kind")
        if any(type(n) is not int or not 0 <= n <= MOST_BYTES for n in shape):
            raise ValueError("an array with an impossible shape")
        if math.prod(max(n, 1) for n in shape) > MOST_BYTES:  # also where another axis has length 0
            raise ValueError("an array that is too large")
        count = math.prod(shape)
        start, self.at = self.at, self.at + count * dtype.itemsize
        if self.at > len(self.body):
            raise ValueError("an array that is cut short")
        return np.frombuffer(self.body, dtype, count, start).reshape(shape).copy()


def write(stream, value):
    """Send one frame."""
    send(stream, encode(value))


def send(stream, frame):
    """Send a frame that is encoded already; an unbuffered stream may take it in pieces."""
    rest = memoryview(frame)
    while rest:
        rest = rest[stream.write(rest):]
    stream.flush()


def read(stream):
    """The value of the next frame, or None where the stream ends before one; ValueError if it cannot be read."""
    head = _exactly(stream, LENGTH.size)
    if not head:
        return None
    size = LENGTH.unpack(head.ljust(LENGTH.size, b"\xff"))[0]
    if size > MOST_BYTES:
        raise ValueError(f"a frame that cannot be read: {size} bytes are announced, at most {MOST_BYTES} are taken")
    return decode(_exactly(stream, size))


def _exactly(stream, size):
    """`size` bytes, fewer only at the end of the stream; memory is taken as they come, not as they are announced."""
    parts = []
    while size > 0 and (part := stream.read(min(size, 2**20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
