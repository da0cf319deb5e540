"""What a grader asks of Profiling: counts by hand, and what a scripted clock must show for operations that are known.

No question depends on how long anything takes.
"""
import math
import tracemalloc

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first, same


def ticking(steps):
    """A clock that goes on by the next of `steps` each time that it is asked."""
    steps, now = iter(steps), 0.0

    def clock():
        nonlocal now
        now += next(steps)
        return now
    return clock


def told(operations):
    """Operations as lists, with labels in place of objects."""
    return [[op.name, op.direction, [list(shape) for shape in op.shapes], list(op.out_shape), op.dtype,
             int(op.flops), int(op.moved_bytes), float(op.start_s), float(op.elapsed_s)] for op in operations]


def timed(rows, steps):
    """The expected rows, with what the clock showed: asked twice for each row."""
    ends = np.cumsum(steps)
    return [[*row, float(ends[2 * n]), float(ends[2 * n + 1] - ends[2 * n])] for n, row in enumerate(rows)]


# flops: sizes drawn, every kind


def draw_flops(rng):
    a, b, c, d, k = (int(n) for n in rng.permutation(np.arange(3, 12))[:5])
    return [["matmul", [[a, b], [b, c]], [a, c], 2 * a * b * c],
            ["matmul", [[d, a, b], [b, c]], [d, a, c], 2 * d * a * b * c],
            ["matmul", [[b], [b]], [], 2 * b],
            ["conv2d", [[a, b, 20, 21], [c, b, 4, k]], [a, c, 17, 22 - k], 2 * a * c * 17 * (22 - k) * b * 4 * k],
            ["conv2d", [[a, b, 20, 21], [c, b, 4, k], [c]], [a, c, 17, 22 - k],
             a * c * 17 * (22 - k) * (2 * b * 4 * k + 1)],
            *[[name, [[a, b, 6, 8]], [a, b, 3, 4], a * b * 48]
              for name in ("sum", "max_pool", "avg_pool", "largest", "smallest", "argmax")],
            *[[name, [[a, b]], [b, a], 0] for name in ("permute", "reshape", "select", "taken_rows", "rerun")],
            ["index", [[a, b]], [b], 0], ["joined", [[a, b], [c, b]], [a + c, b], 0],
            *[[name, [[a, b]], [a, b], each * a * b]
              for name, each in (("softmax", 5), ("log_softmax_values", 5), ("sigmoid", 4), ("gelu", 9))],
            ["add", [[a, 1], [b]], [a, b], a * b], ["never_heard_of", [[a, b], []], [a, b], a * b]]


def act_flops(lesson, inputs):
    return [lesson.flops(name, tuple(map(tuple, shapes)), tuple(out)) for name, shapes, out, _ in inputs]


def judge_flops(inputs, answer, reference):
    return first(differs(found, count, f"{name} of {', '.join(map(str, shapes))}", rtol=0, atol=0)
                 for (name, shapes, _, count), found in zip(inputs, answer, strict=True))


def watched(lesson, array, **options):
    """A Tensor of a kind that notes each look at its data or its shape, and a clock that goes on with each look."""
    looks = []

    class Watched(lesson.Tensor):
        data = property(lambda self: looks.append("data") or self._data)
        shape = property(lambda self: looks.append("shape") or self._data.shape)

    return Watched(array, **options), lambda: float(len(looks))


# observer: a product, views, a number, a sum, a move that copies, an option; a reading below it; who looks, and when


def draw_observer(rng):
    rows, inner, columns = (int(n) for n in rng.permutation(np.arange(3, 9))[:3])
    return {"x": rng.normal(size=(rows, inner)).astype(np.float32),
            "w": rng.normal(size=(columns, inner)).astype(np.float32), "steps": rng.integers(2, 90, 20).tolist()}


def act_observer(lesson, inputs):
    names = []

    def noting(step):
        def apply(forward, *inputs, **options):
            names.append(forward.__name__)
            return step(forward, *inputs, **options)
        return apply

    x, w = lesson.Tensor(inputs["x"]), lesson.Tensor(inputs["w"])
    seen = lesson.Observer(ticking(inputs["steps"]))
    lesson.Tensor._read(noting)
    try:
        with seen:
            out = ((x @ w.T) * 2.5).sum(axis=1, keepdims=True)
            best = out.argmax()
            w.T.reshape(w.data.size)
        out + 1
    finally:
        lesson.Tensor._read(noting, on=False)
    x, clock = watched(lesson, inputs["x"])
    with lesson.Observer(clock) as looked:
        x.exp()
    return {"told": told(seen.operations), "out": out.data, "best": int(best.data), "names": names,
            "looks": [op.elapsed_s for op in looked.operations]}


def judge_observer(inputs, answer, reference):
    (rows, inner), columns = inputs["x"].shape, len(inputs["w"])
    out = (2.5 * inputs["x"].astype(np.float64) @ inputs["w"].T).sum(axis=1, keepdims=True)
    made = rows * columns
    expected = timed([
        ["permute", "forward", [[columns, inner]], [inner, columns], "float32", 0, 0],
        ["matmul", "forward", [[rows, inner], [inner, columns]], [rows, columns], "float32", 2 * made * inner,
         4 * (rows * inner + inner * columns + made)],
        ["multiply", "forward", [[rows, columns], []], [rows, columns], "float32", made, 4 * (2 * made + 1)],
        ["sum", "forward", [[rows, columns]], [rows, 1], "float32", made, 4 * (made + rows)],
        ["argmax", "forward", [[rows, 1]], [], "int64", rows, 4 * rows + 8],
        ["permute", "forward", [[columns, inner]], [inner, columns], "float32", 0, 0],
        ["reshape", "forward", [[inner, columns]], [inner * columns], "float32", 0, 8 * inner * columns]],
        inputs["steps"])
    return first([differs(answer["out"], out, "what the operations gave", rtol=1e-3, atol=1e-4),
                  same(None, answer["best"], int(out.argmax()), "argmax"),
                  same(None, answer["names"], [*(row[0] for row in expected), "add"], "what a reading below saw"),
                  same(None, answer["told"], expected, "the operations"),
                  same(None, answer["looks"], [0.0], "looks at the input between the two looks at the clock")])


# profiler: forward and backward of a product and a number; who wants a gradient is drawn; a float64 gradient handed on


def draw_profiler(rng):
    rows, inner, columns = (int(n) for n in rng.permutation(np.arange(3, 9))[:3])
    return [{"x": rng.normal(size=(rows, inner)).astype(np.float32),
             "w": rng.normal(size=(inner, columns)).astype(np.float32), "wants": wants,
             "steps": rng.integers(2, 90, 20).tolist()} for wants in ([True, True], [False, True], [True, False])]


def act_profiler(lesson, inputs):
    answers = []
    for case in inputs:
        x, w = (lesson.Tensor(case[name], requires_grad=wanted)
                for name, wanted in zip(("x", "w"), case["wants"], strict=True))
        with lesson.Profiler(ticking(case["steps"])) as seen:
            ((x @ w) * 2.5).sum().backward()
        (x @ w).sum().backward()
        y, clock = watched(lesson, case["x"], requires_grad=True, dtype=np.float64)
        with lesson.Profiler(clock) as looked:
            (lesson.Tensor(np.ones(x.shape[1])) + y).sum().backward()
        back = [op for op in looked.operations if op.direction == "backward"]
        answers.append({"told": told(seen.operations), "grads": [t.grad for t in (x, w) if t.grad is not None],
                        "handed on": [[op.name, op.dtype, float(op.elapsed_s)] for op in back],
                        "moved": [int(op.moved_bytes) for op in back if op.name == "add"]})
    return answers


def judge_profiler(inputs, answer, reference):
    return first(pulled(case, found) for case, found in zip(inputs, answer, strict=True))


def pulled(case, found):
    """A sentence unless the recorded operations and the gradients of a case are right."""
    x, w, wants = case["x"].astype(np.float64), case["w"].astype(np.float64), case["wants"]
    (rows, inner), columns = x.shape, w.shape[1]
    made, both, product = rows * columns, x.size + w.size, [[rows, inner], [inner, columns]]
    gained = x.size * wants[0] + w.size * wants[1]
    expected = timed([
        ["matmul", "forward", product, [rows, columns], "float32", 2 * made * inner, 4 * (both + made)],
        ["multiply", "forward", [[rows, columns], []], [rows, columns], "float32", made, 4 * (2 * made + 1)],
        ["sum", "forward", [[rows, columns]], [], "float32", made, 4 * (made + 1)],
        ["sum", "backward", [[rows, columns]], [], "float32", made, None],
        ["multiply", "backward", [[rows, columns], []], [rows, columns], "float32", made, None],
        ["matmul", "backward", product, [rows, columns], "float32", 2 * made * inner * sum(wants),
         4 * (made + both + gained) if all(wants) else None]], case["steps"])
    if len(found["told"]) != len(expected):
        return f"expected {len(expected)} operations, found {len(found['told'])}"
    for row, seen in zip(expected, found["told"], strict=True):
        if row[6] is None:  # what a rule hands back beside what is asked is its own affair
            row[6] = seen[6]
    ones = np.full((rows, columns), 3.5)
    grads = [grad for grad, wanted in zip((ones @ w.T, x.T @ ones), wants, strict=True) if wanted]
    return first([same(None, found["told"], expected, "the operations"),
                  same(None, found["handed on"], [["sum", "float64", 0.0], ["add", "float64", 0.0]],
                       "name, dtype and, between the looks at the clock, looks at an input, float32 and float64 added"),
                  same(None, found["moved"], [0], "bytes that the rule of an addition moves"),
                  *(differs(a, b, "a gradient", rtol=1e-3, atol=1e-3)
                    for a, b in zip(found["grads"], grads, strict=True))])


# ranking: labels that come again, and operations inside another


def draw_ranking(rng):
    took = rng.permutation(np.arange(2, 40))[:6].astype(float).tolist()
    rows, now = [], 1.0
    for name, direction, seconds in zip(["add", "exp", "add", "exp", "log"],
                                        ["forward", "forward", "forward", "backward", "forward"], took, strict=False):
        rows.append([name, direction, now, seconds])
        now += seconds + 1
    rows.append(["rerun", "forward", rows[2][2] - 0.5, now - rows[2][2] + took[5]])  # around all but the first two
    return rows


def act_ranking(lesson, rows):
    seen = [lesson.Operation(name, direction, (), (), "float32", 3, 5, start, took)
            for name, direction, start, took in rows]
    return [[[str(label), float(seconds)] for label, seconds in lesson.ranking(seen[:count])] for count in (6, 4, 0)]


def judge_ranking(rows, answer, reference):
    return first(same(None, found, ranked(rows[:count]), f"the ranking of {count} operations")
                 for count, found in zip((6, 4, 0), answer, strict=True))


def ranked(rows):
    """[label, seconds] by hand: all but the first two of six lie inside the last."""
    own = [row[3] for row in rows]
    if len(rows) == 6:
        own[5] -= sum(own[2:5])
    seconds = {}
    for (name, direction, *_), took in zip(rows, own, strict=True):
        seconds[f"{name} {direction}"] = seconds.get(f"{name} {direction}", 0) + took
    return sorted(([label, took] for label, took in seconds.items()), key=lambda pair: -pair[1])


# amdahl


def draw_amdahl(rng):
    return {"shares": rng.uniform(0.05, 0.95, 5).tolist(), "times": [*rng.uniform(1.2, 60, 3).tolist(), 0.25],
            "refused": [[-0.1, 3.0], [1.1, 3.0], [0.5, 0.0], [0.5, -2.0]]}


def act_amdahl(lesson, inputs):
    return {"table": [[float(lesson.amdahl(share, times)) for times in [*inputs["times"], math.inf]]
                      for share in [*inputs["shares"], 0.0]],
            "all": [float(lesson.amdahl(1, times)) for times in [*inputs["times"], math.inf]],
            "refused": [outcome(lambda pair=pair: lesson.amdahl(*pair))
                        for pair in [*inputs["refused"], (math.nan, 3.0), (0.5, math.nan)]]}


def judge_amdahl(inputs, answer, reference):
    shares, times = np.array([*inputs["shares"], 0.0])[:, None], np.array([*inputs["times"], math.inf])
    return first([differs(answer["table"], 1 / (1 - shares + shares / times), "times faster", rtol=1e-6, atol=0),
                  differs(answer["all"], times, "times faster if the part is all", rtol=1e-6, atol=0),
                  same(None, answer["refused"], ["ValueError"] * 6, "what makes no sense")])


# catch: functions that are right, that cast, that are wrong, that go round the door


CATCHES = {"fault": "AssertionError", "cast back at the end": "AssertionError", "a detour by float64": "AssertionError",
           "variance": "AssertionError", "mean variance": "AssertionError", "round the door": "AssertionError",
           "right": "passes", "right, in two operations": "passes", "right, a forward of its own": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    Tensor, fault = lesson.Tensor, lesson.through_door(lesson.colleague_standardized)

    def probe_scaled(array, variances):
        return array * (1 / np.sqrt(np.array(variances))).astype(array.dtype)

    standardize = {
        "fault": fault,
        "cast back at the end": lambda x, variances: Tensor(fault(x, variances)),
        "a detour by float64": lambda x, variances: Tensor(Tensor(x, dtype=np.float64) / Tensor(
            np.sqrt(variances), dtype=np.float64)) * 1.0,
        "variance": lambda x, variances: x / Tensor(variances),
        "mean variance": lambda x, variances: x / float(np.sqrt(np.mean(variances))),
        "round the door": lambda x, variances: Tensor(x.data / np.sqrt(variances)),
        "right": lambda x, variances: x / Tensor(np.sqrt(variances)),
        "right, in two operations": lambda x, variances: x / Tensor(variances).sqrt(),
        "right, a forward of its own": lesson.through_door(probe_scaled)}
    return [outcome(lambda name=name: lesson.check_standardize(standardize[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a standardize of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# standardized: values, dtypes, what becomes of the caller's array, and the bytes that it takes on the way


def draw_standardized(rng):
    return {"array": rng.normal(size=(6, 4)).astype(np.float32), "variances": rng.uniform(0.3, 9, 4).tolist()}


def act_standardized(lesson, inputs):
    answers = [lesson.standardized(inputs["array"].astype(dtype), inputs["variances"])
               for dtype in (np.float32, np.float64)]
    array = inputs["array"].copy()
    lesson.standardized(array, inputs["variances"])
    large = np.ones((40000, 4), dtype=np.float32)
    tracemalloc.start()
    try:
        lesson.standardized(large, inputs["variances"])
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return {"answers": answers, "dtypes": [str(answer.dtype) for answer in answers],
            "kept": bool((array == inputs["array"]).all()), "small": most < 2.5 * large.nbytes}


def judge_standardized(inputs, answer, reference):
    expected = inputs["array"].astype(np.float64) / np.sqrt(inputs["variances"])
    kinds = [(np.float32, 1e-5), (np.float64, 1e-12)]
    return first([*(differs(found, expected, f"{np.dtype(dtype)} in", rtol=tolerance, atol=1e-9, dtype=dtype)
                    for found, (dtype, tolerance) in zip(answer["answers"], kinds, strict=True)),
                  None if answer["kept"] else "the caller's array was changed",
                  None if answer["small"] else "on the way it takes the bytes of float64 for a float32 array"])


# the two numbers


def draw_conv_flops(rng):
    return []


draw_part_times = draw_conv_flops


def act_conv_flops(lesson, inputs):
    return lesson.conv_flops


def act_part_times(lesson, inputs):
    return float(lesson.part_times)


def judge_conv_flops(inputs, answer, reference):
    return differs(answer, reference, "FLOPs of the convolution", rtol=0, atol=0)


def judge_part_times(inputs, answer, reference):
    return differs(answer, reference, "times faster that the part must become", rtol=1e-3, atol=0)
