"""The naive attempt at Attention: one network over all numbers of a question, trained by the steps that it is given.

It would have to learn every letter in every row by itself, and gets some four in ten right.
"""
import numpy as np

TARGET = {"wrong": 5.0}


def attempt(lesson, rng):
    """A network of two layers over the 90 numbers of a question, after 400 steps."""
    net = lesson.Sequential(lesson.Flatten(), lesson.Linear(90, 32, rng=rng), lesson.ReLU(),
                            lesson.Linear(32, 10, rng=rng))
    lesson.trained(net, lesson.questions, 400, rng)
    return net


def result(lesson):
    """How many of a hundred new questions the attempt gets wrong, under the names of TARGET."""
    rng = np.random.default_rng(12)
    return {"wrong": 100 - lesson.percent_right(attempt(lesson, rng), rng)}
