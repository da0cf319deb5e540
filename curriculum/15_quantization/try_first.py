"""The naive attempt at Quantization: one fixed number to multiply with.

It is too coarse for a weight of small numbers, and one of large numbers does not fit into int8.
"""
import numpy as np

TARGET = {"error_percent": 0.5}


def attempt():
    """Hundredths, as int8, and the way back."""
    return lambda weight: (np.clip(np.rint(100 * weight), -128, 127).astype(np.int8), 100), lambda codes, by: codes / by


def result(lesson):
    """The attempt's error under the names of TARGET."""
    return {"error_percent": lesson.error_percent(*attempt())}
