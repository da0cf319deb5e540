"""The naive attempt at twelve attentions: one hands its answer to the next, and all rows become one."""

TARGET = {"apart": ["at least", 0.05]}


def attempt(lesson):
    """The rows after all layers."""
    rows, layers = lesson.make_twelve()
    for layer in layers:
        rows = layer(rows)
    return rows


def result(lesson):
    """How far the rows still differ, under the name of TARGET."""
    return {"apart": lesson.apart(attempt(lesson))}
