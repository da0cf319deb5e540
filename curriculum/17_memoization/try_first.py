"""The naive attempt at Memoization: the text is read anew for each token, and its first key is computed 48 times."""

TARGET = {"keys": 100}


def attempt(lesson):
    """The 49 tokens, by `generate` of 13."""
    return lesson.generate_anew(lesson.small, [7], 48)


def result(lesson):
    """How many keys the first block computes meanwhile, under the names of TARGET."""
    return {"keys": lesson.counted(lambda: attempt(lesson), lesson.small)[1]}
