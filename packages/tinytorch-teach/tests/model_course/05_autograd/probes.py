"""What the model grader asks of Autograd; the default judge compares with the reference."""
import numpy as np


def draw_mul_rule(rng):
    return [rng.normal(size=3).astype(np.float32) for _ in range(3)]


draw_backward = draw_mul_rule


def act_mul_rule(lesson, arrays):
    return list(lesson.mul_rule(*arrays))


def act_backward(lesson, arrays):
    x = lesson.Tensor(arrays[0])
    lesson.Tensor._read(lesson.differentiate)
    try:
        lesson.backward(lesson.Tensor._apply(np.multiply, x, x))
    finally:
        lesson.Tensor._read(lesson.differentiate, on=False)
    return x.grad
