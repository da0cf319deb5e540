"""What the model grader asks of Tensor."""
import numpy as np
from tinytorch._kit.probing import disguised
from tinytorch_teach.judging import differs, first

SECRET = 7  # `act` does not need it, so it stays here


def draw_add(rng):
    return {"pair": [rng.normal(size=3).astype(np.float32) for _ in range(2)], "wave": float(rng.uniform(2, 9))}


draw_mul = draw_weighted = draw_add


def act_add(lesson, inputs):
    return hidden(lesson, inputs, lesson.add)


def act_mul(lesson, inputs):
    return hidden(lesson, inputs, lesson.mul)


def act_weighted(lesson, inputs):
    return hidden(lesson, inputs, lesson.weighted)


def hidden(lesson, inputs, operation):
    """The result, and the result under a disguise."""
    plain = operation(*[lesson.Tensor(array) for array in inputs["pair"]])
    with disguised(lesson.Tensor, inputs["wave"]) as mask:
        out = mask.show(operation(*[mask.hide(lesson.Tensor(array)) for array in inputs["pair"]]))
    return [type(plain).__name__, plain.data, out]


def judge_add(inputs, answer, reference):
    return judged(answer, np.add(*inputs["pair"]))


def judge_mul(inputs, answer, reference):
    return judged(answer, np.multiply(*inputs["pair"]))


def judge_weighted(inputs, answer, reference):
    a, b = inputs["pair"]
    return judged(answer, a * b + a)


def judged(answer, expected):
    kind, plain, out = answer
    if kind != "Tensor":
        return f"expected a Tensor, found {kind}"
    return first([differs(plain, expected, "the result", dtype=np.float32),
                  differs(out, expected, "work that does not pass `Tensor._apply`")])


def draw_sizes(rng):
    return SECRET


def act_sizes(lesson, inputs):
    return lesson.size_bytes
