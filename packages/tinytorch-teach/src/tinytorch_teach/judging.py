"""What probes judge answers with. A judge returns None or a sentence; one that raises has not accepted.

Answers come from a learner's process by way of `tinytorch._kit.wire`: numbers, text, lists, dicts and arrays, and
nothing that brings methods of its own.
"""
import numpy as np

SHOWN = 5  # values of an array that a sentence lists; of a larger one it names the first that differs


def first(sentences):
    """The first sentence among them, or None. Later ones are not computed if they come from a generator."""
    return next((sentence for sentence in sentences if sentence), None)


def differs(found, expected, what, rtol=1e-3, atol=1e-3, dtype=None):
    """A sentence if `found` is not close to `expected`, else None.

    Parameters
    ----------
    found : what the learner's code answered
    expected : number or array of numbers
    what : names the thing at the start of the sentence
    rtol, atol : as in `np.allclose`; with 0 and 0 the values must be equal
    dtype : if given, the dtype that `found` must have
    """
    numbers, expected = np.asarray(found), np.asarray(expected)
    if found is None or numbers.dtype.kind not in "biuf":
        return f"{what}: expected {brief(expected)}, found {brief(found)}"
    if numbers.shape != expected.shape:
        return f"{what}: expected shape {expected.shape}, found {numbers.shape}"
    if dtype is not None and (numbers.dtype != dtype or not isinstance(found, np.ndarray)):
        return f"{what}: expected dtype {np.dtype(dtype)}, found {kind(found)}"
    right = close(numbers, expected, rtol, atol)
    return None if right.all() else f"{what}: {compared(numbers, expected, right)}"


def close(found, expected, rtol, atol):
    """Where two arrays of one shape agree; NaN agrees with NaN, and with tolerance 0 whole numbers keep all digits."""
    if rtol == atol == 0 and expected.dtype.kind in "biu" and found.dtype.kind in "biu":
        return np.asarray(found == expected)
    with np.errstate(all="ignore"):
        return np.asarray(np.isclose(found.astype(np.float64), expected.astype(np.float64), rtol, atol, equal_nan=True))


def compared(found, expected, right):
    """`expected 3, found 4`; of an array that is long, the first place where it is wrong."""
    if found.ndim == 0 or (found.ndim == 1 and found.size <= SHOWN):
        return f"expected {apart(expected, found)}, found {apart(found, expected)}"
    place = tuple(int(axis[0]) for axis in np.nonzero(~right))
    wrong, here = int((~right).sum()), ", ".join(map(str, place))
    a, b = expected[place], found[place]
    return f"at [{here}] expected {apart(a, b)}, found {apart(b, a)}; {wrong} of {right.size} values differ"


def apart(value, other):
    """`value` with as few digits as tell it from `other`."""
    digits = next((n for n in (4, 7, 12) if brief(value, n) != brief(other, n)), 17)
    return brief(value, digits)


def brief(value, digits=4):
    """A value for a sentence: short, and never more than a line."""
    if isinstance(value, (np.ndarray, np.generic, bool, int, float)):
        array = np.asarray(value)
        if array.dtype.kind in "biuf" and array.ndim == 0:
            return number(array.item(), digits)
        if array.dtype.kind in "biuf" and array.ndim == 1 and array.size <= SHOWN:
            return "[" + ", ".join(number(x, digits) for x in array.tolist()) + "]"
        return f"an array of shape {array.shape}" if array.dtype.kind in "biuf" else str(value)[:40]
    if isinstance(value, (list, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    return "nothing" if value is None else repr(value)[:60]


def number(x, digits):
    if isinstance(x, float):
        return f"{x:.{digits}g}"
    return str(x) if isinstance(x, bool) or abs(x) < 10**20 else f"{str(x)[:6]}..."


def kind(value):
    """What a sentence calls the type of `value`: its dtype, or Python's word for it."""
    return str(value.dtype) if isinstance(value, np.ndarray) else f"a plain Python {type(value).__name__}"


def same(inputs, answer, reference, what="the answer"):
    """The judge of an exercise that has none: same structure, shapes and dtypes as the reference, close values."""
    if isinstance(reference, np.ndarray):
        return differs(answer, reference, what, rtol=1e-4, atol=1e-5, dtype=reference.dtype)
    if type(answer) is not type(reference):
        return f"{what}: expected {brief(reference)}, found {brief(answer)}"
    if isinstance(reference, (list, dict)) and len(answer) != len(reference):
        return f"{what}: expected {len(reference)} entries, found {len(answer)}"
    if isinstance(reference, list):
        pairs = enumerate(zip(answer, reference, strict=True))
        return first(same(inputs, a, b, f"{what}[{n}]") for n, (a, b) in pairs)
    if isinstance(reference, dict):
        return first(same(inputs, answer[key], reference[key], f"{what}[{key!r}]") for key in reference)
    if isinstance(reference, float):
        return differs(answer, reference, what, rtol=1e-4, atol=1e-5)
    return None if answer == reference else f"{what}: expected {brief(reference)}, found {brief(answer)}"
