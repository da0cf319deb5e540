"""What a grader asks of Activations: for each exercise draw, act and judge.

`act` runs once with the learner's lesson and once with the reference; `draw` and `judge` run only on the trusted side,
where NumPy in float64 is the oracle. An answer of the wrong form makes `judge` raise, and then it has not accepted.
"""
import math

import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first

OFF_THE_DOOR = "work that does not pass `Tensor._apply`"

# fold: unlike sizes, square ones where a wrong order has the right shape, one step alone; nothing changed on the way

CHAINS = (3, 5, 4, 2), (2, 6, 3), (4, 4, 4, 4, 4), (5, 3)


def draw_fold(rng):
    chains = [[[rng.normal(size=(m, k)), rng.normal(size=k)] for m, k in zip(sizes, sizes[1:])] for sizes in CHAINS]
    chains = [[[array.astype(np.float32) for array in step] for step in chain] for chain in chains]
    return {"chains": chains, "wave": float(rng.uniform(2, 9))}


def act_fold(lesson, inputs):
    answer = []
    for chain in inputs["chains"]:
        steps = [tuple(lesson.Tensor(array) for array in step) for step in chain]
        table, shift = lesson.fold(steps)
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            folded = lesson.fold([tuple(mask.hide(lesson.Tensor(array)) for array in step) for step in chain])
            hidden = [mask.show(part) for part in folded]
        after = [[part.data for part in step] for step in steps]
        answer.append([[type(table).__name__, type(shift).__name__], [table.data, shift.data], hidden, after])
    return answer


def judge_fold(inputs, answer, reference):
    for chain, (kinds, found, hidden, after) in zip(inputs["chains"], answer, strict=True):
        if kinds != ["Tensor", "Tensor"]:
            return f"expected a table and a shift, both Tensors, found {' and '.join(kinds)}"
        table, shift = by_walking(chain)
        what = f"of {len(chain)} steps"
        says = first([
            differs(found[0], table, f"the table {what}", dtype=np.float32),
            differs(found[1], shift, f"the shift {what}", dtype=np.float32),
            differs(hidden[0], table, OFF_THE_DOOR) or differs(hidden[1], shift, OFF_THE_DOOR),
            *(differs(b, a, "a step afterwards") for old, new in zip(chain, after, strict=True)
              for a, b in zip(old, new, strict=True)),
        ])
        if says:
            return says


def by_walking(chain):
    """The shift is what becomes of 0, and row i of the table what becomes of the i-th unit row, less the shift."""
    x = np.vstack([np.zeros(len(chain[0][0])), np.eye(len(chain[0][0]))])
    for table, shift in chain:
        x = x @ table.astype(np.float64) + shift
    return x[1:] - x[0], x[0]


# relu: element by element in any shape, and no other number changes


def draw_relu(rng):
    shapes = (6,), (3, 4), (2, 3, 5), (0, 3)
    return [(rng.normal(size=shape) * 10 ** rng.uniform(-3, 3, shape)).astype(np.float32) for shape in shapes]


def act_relu(lesson, arrays):
    return [[lesson.relu(array), lesson.ReLU()(lesson.Tensor(array)).data, array] for array in arrays]


def judge_relu(arrays, answer, reference):
    return first(
        differs(found, np.where(array > 0, array, 0), f"relu of shape {array.shape}", 0, 0, dtype=np.float32)
        or differs(classed, np.where(array > 0, array, 0), "ReLU of the same", 0, 0, dtype=np.float32)
        or differs(after, array, "the array afterwards", 0, 0)
        for array, (found, classed, after) in zip(arrays, answer, strict=True))


# sigmoid: quiet at both edges, and right in ratio where it is small


def draw_sigmoid(rng):
    near = [rng.uniform(-3, 3, (4, 3)), rng.uniform(-85, -5, (2, 7)), rng.uniform(5, 85, 6)]
    far = rng.uniform(90, 3e4, 5) * [1, -1, 1, -1, -1]
    return [array.astype(np.float32) for array in [*near, far, np.zeros((2, 0))]]


def act_sigmoid(lesson, arrays):
    answer = []
    for array in arrays:
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                found = lesson.sigmoid(array)
        except FloatingPointError as error:
            found = str(error)
        answer.append([found, array])
    return answer


def judge_sigmoid(arrays, answer, reference):
    for array, (found, after) in zip(arrays, answer, strict=True):
        if isinstance(found, str):
            return f"for x from {array.min():g} to {array.max():g}: {found}"
        x = array.astype(np.float64)
        small = np.exp(-np.abs(x))
        expected = np.where(x < 0, small, 1) / (1 + small)
        says = (differs(found, expected, "sigmoid", 1e-4, 1e-36, dtype=np.float32)
                or differs(after, array, "x afterwards"))
        if says:
            return says


# gelu: the tanh form, in any shape, through the door


def draw_gelu(rng):
    arrays = [rng.normal(0, 2, shape).astype(np.float32) for shape in [(7,), (3, 4), (2, 1, 5)]]
    return {"arrays": arrays, "wave": float(rng.uniform(2, 9))}


def act_gelu(lesson, inputs):
    answer = []
    for array in inputs["arrays"]:
        x = lesson.Tensor(array)
        out = lesson.GELU()(x)
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            hidden = mask.show(lesson.GELU()(mask.hide(lesson.Tensor(array))))
        answer.append([type(out).__name__, out.data, hidden, x.data])
    return answer


def judge_gelu(inputs, answer, reference):
    for array, (kind, out, hidden, after) in zip(inputs["arrays"], answer, strict=True):
        if kind != "Tensor":
            return f"expected a Tensor, found {kind}"
        x = array.astype(np.float64)
        expected = 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        says = first([differs(out, expected, "GELU", 1e-4, 1e-4, dtype=np.float32),
                      differs(hidden, expected, OFF_THE_DOOR), differs(after, array, "x afterwards")])
        if says:
            return says


# catch: the check meets the fault, right functions, and wrong ones that keep one of the two duties

WRONG, RIGHT = "AssertionError", "passes"
CATCHES = {"is the colleague's": WRONG, "is even": WRONG, "sums the whole batch": WRONG, "takes powers of 2": WRONG,
           "is plain": RIGHT, "is shifted": RIGHT, "is float64": RIGHT}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def over(powers, axis):
        return powers / powers.sum(axis=axis, keepdims=True)

    functions = {
        "is the colleague's": lesson.colleague_softmax,
        "is even": lambda scores: over(np.ones_like(scores), -1),
        "sums the whole batch": lambda scores: over(np.exp(scores), None),
        "takes powers of 2": lambda scores: over(2**scores, -1),
        "is plain": lambda scores: over(np.exp(scores), -1),
        "is shifted": lambda scores: over(np.exp(scores - scores.max(axis=-1, keepdims=True)), -1),
        "is float64": lambda scores: over(np.exp(scores.astype(np.float64)), -1),
    }
    return [outcome(lambda name=name: lesson.check_softmax(functions[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a function that {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# softmax: every axis, rows far apart and far from zero, quiet; nothing changed on the way


def draw_softmax(rng):
    asked = [((5,), -1), ((3, 4), -1), ((3, 4), 0), ((2, 3, 4), 1), ((2, 3, 4), -1), ((0, 3), -1)]
    far = rng.normal(0, 2, (4, 3)) + [[1000], [-1000], [200], [-90]]
    wide = rng.normal(0, 2, (3, 5)) + [[0, 120, -300, 90, 119]]
    arrays = [[rng.normal(0, 2, shape), axis] for shape, axis in asked] + [[far, -1], [far.T, 0], [wide, 1]]
    return [[array.astype(np.float32), axis] for array, axis in arrays]


def act_softmax(lesson, asked):
    answer = []
    for array, axis in asked:
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                found = lesson.softmax(array, axis)
        except FloatingPointError as error:
            found = str(error)
        answer.append([found, array])
    return answer


def judge_softmax(asked, answer, reference):
    for (array, axis), (found, after) in zip(asked, answer, strict=True):
        what = f"softmax of shape {array.shape} along axis {axis}"
        if isinstance(found, str):
            return f"{what}, scores from {array.min():.0f} to {array.max():.0f}: {found}"
        says = (differs(found, probs_of(array, axis), what, 1e-3, 1e-5, dtype=np.float32)
                or differs(after, array, "the scores afterwards"))
        if says:
            return says


def probs_of(scores, axis):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True), dtype=np.float64)
    return powers / powers.sum(axis=axis, keepdims=True)


# template_probs: pale and dark images, unlike sizes, two sharpnesses, through the door


def draw_template_probs(rng):
    templates = rng.normal(9, 3, (3, 4, 5))
    ink, paper = rng.uniform(1, 20, (7, 1, 1)), rng.uniform(-30, 30, (7, 1, 1))
    images = (templates[rng.integers(0, 3, 7)] + rng.normal(0, 3, (7, 4, 5))) * ink + paper
    return {"images": images.astype(np.float32), "templates": templates.astype(np.float32),
            "sharpness": float(rng.uniform(2, 5)), "wave": float(rng.uniform(2, 4))}


def act_template_probs(lesson, inputs):
    images, templates = lesson.Tensor(inputs["images"]), lesson.Tensor(inputs["templates"])
    out = lesson.template_probs(images, templates, inputs["sharpness"])
    with disguised(lesson.Tensor, inputs["wave"]) as mask:
        hidden = [mask.hide(lesson.Tensor(inputs[name])) for name in ("images", "templates")]
        hidden = mask.show(lesson.template_probs(*hidden, sharpness=inputs["sharpness"]))
    return [type(out).__name__, out.data, lesson.template_probs(images, templates).data, hidden]


def judge_template_probs(inputs, answer, reference):
    kind, out, default, hidden = answer
    if kind != "Tensor":
        return f"expected a Tensor, found {kind}"
    images, templates = made_even(inputs["images"]), made_even(inputs["templates"])
    scores = images @ templates.T / images.shape[1]
    expected = probs_of(inputs["sharpness"] * scores, -1)
    return first([differs(out, expected, "probabilities", 2e-3, 2e-3, dtype=np.float32),
                  differs(default, probs_of(20 * scores, -1), "probabilities with sharpness 20", 1e-2, 1e-2),
                  differs(hidden, expected, OFF_THE_DOOR, 1e-2, 1e-2)])


def made_even(images):
    rows = images.reshape(len(images), -1).astype(np.float64)
    distance = rows - rows.mean(axis=1, keepdims=True)
    return distance / np.sqrt((distance**2).mean(axis=1, keepdims=True) + 1e-5)


# the two numbers: the reference runs under the learner's id, so that `mine` draws the same sizes


def draw_kept_bytes(rng):
    return []


draw_worth_rows = draw_kept_bytes


def act_kept_bytes(lesson, inputs):
    return lesson.kept_bytes


def act_worth_rows(lesson, inputs):
    return lesson.worth_rows


def judge_kept_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of the kept results", rtol=0, atol=0)


def judge_worth_rows(inputs, answer, reference):
    return differs(answer, reference, "rows from which folding takes fewer multiplications", rtol=0, atol=0)
