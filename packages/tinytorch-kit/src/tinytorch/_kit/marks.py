"""Recognised mistakes: fingerprints of what wrong answers give, each with a question and a sentence.

No code of a mistake is here. What the learner's code answers to fixed inputs is hashed and looked up.
"""
import hashlib
import json
from pathlib import Path

import numpy as np

RELEASES = Path(__file__).with_name("lessons")
NOISE = 1e-6  # of the largest value in an array: less than that is rounding, which differs between machines


def load(slug):
    """What is known about a lesson such as `01_tensor`: {"acts", "inputs", "known"}, or None if nothing is."""
    path = RELEASES / f"{slug}.json"
    if not path.is_file():
        return None
    marks = json.loads(path.read_text(encoding="utf-8"))
    inputs = {exercise: [thaw(one) for one in frozen] for exercise, frozen in marks["inputs"].items()}
    return {**marks, "inputs": inputs}


def fingerprint(answers, factor=1.0):
    """Sixteen hex digits of a list of answers, each {"value": ...} or {"error": name}.

    Counted are shapes, values to four significant digits, text, and the names of errors; not the dtype. With a
    `factor` near 1 it stays the same unless a value stands on a rounding edge.
    """
    told = [["error", one["error"]] if "error" in one else ["value", _rounded(one["value"], factor)] for one in answers]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _rounded(x, factor):
    if isinstance(x, (list, tuple)):
        return [_rounded(item, factor) for item in x]
    if isinstance(x, dict):
        return {key: _rounded(item, factor) for key, item in x.items()}
    if x is None or isinstance(x, str):
        return x
    numbers = np.asarray(x, dtype=np.float64) * factor
    largest = np.max(np.abs(numbers), initial=0, where=np.isfinite(numbers))
    numbers = np.where(np.abs(numbers) < NOISE * largest, 0, numbers) + 0.0  # -0.0 becomes 0.0
    return {"shape": list(numbers.shape), "values": [f"{number:.3e}" for number in numbers.ravel().tolist()]}


def freeze(value):
    """Inputs as JSON has them, arrays with their dtype."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = np.asarray(value)
        return {"array": str(value.dtype), "shape": list(value.shape), "values": value.ravel().tolist()}
    if isinstance(value, dict):
        return {key: freeze(item) for key, item in value.items()}
    return [freeze(item) for item in value] if isinstance(value, (list, tuple)) else value


def thaw(value):
    """`freeze` undone; a tuple has become a list, a NumPy scalar an array of shape ()."""
    if isinstance(value, dict) and value.keys() == {"array", "shape", "values"}:
        return np.array(value["values"], dtype=value["array"]).reshape(value["shape"])
    if isinstance(value, dict):
        return {key: thaw(item) for key, item in value.items()}
    return [thaw(item) for item in value] if isinstance(value, list) else value
