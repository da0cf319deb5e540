"""What a grader asks of Ready; NumPy itself is the oracle."""
import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first


def draw_scaled(rng):
    return [rng.normal(3, 2, shape) for shape in [(5,), (3, 4), (2, 3, 4)]]


def act_scaled(lesson, arrays):
    return [[lesson.scaled(array), array] for array in arrays]


def judge_scaled(arrays, answer, reference):
    for array, (found, after) in zip(arrays, answer, strict=True):
        expected = (array - array.min()) / np.ptp(array)
        says = (differs(found, expected, f"shape {array.shape}", 1e-9, 1e-9)
                or differs(after, array, "the caller's array afterwards", 0, 0))
        if says:
            return says


def draw_row_means(rng):
    return [rng.normal(size=shape) for shape in [(3, 4), (4, 4), (1, 5), (6, 1)]]


def act_row_means(lesson, tables):
    return [lesson.row_means(table) for table in tables]


def judge_row_means(tables, answer, reference):
    return first(differs(found, table.mean(axis=1), f"means of the rows of {table.shape}", 1e-9, 1e-9)
                 for table, found in zip(tables, answer, strict=True))


CATCHES = {"fault": "AssertionError", "changes nothing": "AssertionError", "all zero": "AssertionError",
           "drops the first": "AssertionError", "right": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def right(array):
        changed = array.copy()
        changed[:1] = 0
        return changed

    ways = {"fault": lesson.colleague_first_zero, "changes nothing": lambda array: array.copy(), "right": right,
            "all zero": lambda array: 0 * array, "drops the first": lambda array: array[1:].copy()}
    return [outcome(lambda name=name: lesson.check_first_zero(ways[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a function that is {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_first_zero(rng):
    return [rng.integers(1, 9, n) for n in (1, 3, 6)]


def act_first_zero(lesson, arrays):
    return [[lesson.first_zero(array), array] for array in arrays]


def judge_first_zero(arrays, answer, reference):
    for array, (found, after) in zip(arrays, answer, strict=True):
        expected = np.concatenate([[0], array[1:]])
        says = differs(found, expected, "the result", 0, 0) or differs(after, array, "the caller's array", 0, 0)
        if says:
            return says


def draw_array_bytes(rng):
    return []


def act_array_bytes(lesson, inputs):
    return lesson.array_bytes


def judge_array_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes", 0, 0)
