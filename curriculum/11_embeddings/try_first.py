"""The naive attempt at Embeddings: 01's index and 05's backward, with a gradient for every row of the table.

The gradient has the table's shape, and so has what is taken from the table: some megabytes for 512 rows.
"""
TARGET = {"peak_mb": 1.0}


def attempt(lesson):
    """A step of plain gradient descent, as in the lesson's cell."""
    lesson.loss_of(lesson.table[lesson.some]).backward()
    lesson.table.data -= 0.1 * lesson.table.grad
    lesson.table.grad = None


def result(lesson):
    """What `attempt` reaches, under the names of TARGET."""
    return {"peak_mb": lesson.peak_mb(lambda: attempt(lesson))}
