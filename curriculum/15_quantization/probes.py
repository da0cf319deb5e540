"""What a grader asks of Quantization: codes, rulers and layers against float64 NumPy.

A code may be either neighbour where a number lies halfway between two marks, except where all ways to round agree.
"""
import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

HALF = 0.502  # of a step, and a little for float32
CLOSE = {"rtol": 1e-4, "atol": 1e-6}
NEAR = {"rtol": 1e-3, "atol": 1e-4}  # after products


def coded(codes, numbers, scale, zero_point, what):
    """A sentence unless `codes` are int8 and each is the nearest one to its number, as far as there are codes."""
    if not isinstance(codes, np.ndarray) or codes.dtype != np.int8:
        return f"{what}: expected codes of dtype int8, found {getattr(codes, 'dtype', type(codes).__name__)}"
    exact = np.clip(numbers.astype(np.float64) / scale + zero_point, -128, 127)
    if codes.shape != exact.shape:
        return f"{what}: expected shape {exact.shape}, found {codes.shape}"
    off = np.abs(codes - exact) > HALF
    return f"{what}: {int(off.sum())} of {off.size} codes are not the nearest ones" if off.any() else None


# quantize and dequantize: one ruler and one for each row; numbers on it and beyond its ends


def draw_quantize(rng):
    drawn = []
    for scale, zero_point in [(np.float32(rng.uniform(0.02, 0.3)), np.int8(rng.integers(5, 100))),
                              (rng.uniform(3, 9, (4, 1)).astype(np.float32), rng.integers(-128, -5, (4, 1), np.int8)),
                              (rng.uniform(0.01, 0.05, (4, 1)).astype(np.float32), np.zeros((4, 1), np.int8))]:
        marks = rng.integers(-300, 301, (4, 30)) + rng.uniform(-0.45, 0.45, (4, 30))  # in steps, away from ties
        drawn.append({"numbers": (marks * scale).astype(np.float32), "scale": np.asarray(scale),
                      "zero_point": np.asarray(zero_point)})
    return drawn


def act_quantize(lesson, inputs):
    answers = [lesson.quantize(case["numbers"], case["scale"], case["zero_point"]) for case in inputs]
    halves = np.float32([0.75, 1.75, 2.75])  # 1.5, 3.5 and 5.5 steps, which all go up
    return [*answers, lesson.quantize(inputs[2]["numbers"], inputs[2]["scale"]), lesson.quantize(halves, 0.5, 3)]


def judge_quantize(inputs, answer, reference):
    cases = [*inputs, inputs[2]]
    names = ["one ruler", "a ruler for each row", "zero point 0", "no zero point given"]
    says = first(coded(found, case["numbers"], case["scale"], case["zero_point"], name)
                 for name, case, found in zip(names, cases, answer[:-1], strict=True))
    return says or differs(answer[-1], [5, 7, 9], "rounded before the zero point 3 is added", rtol=0, atol=0)


def draw_dequantize(rng):
    codes = rng.integers(-128, 128, (4, 30)).astype(np.int8)
    codes[:, :2] = -128, 127
    return {"codes": codes, "scales": [np.float32(rng.uniform(0.02, 0.3)).reshape(()),
                                       rng.uniform(3, 9, (4, 1)).astype(np.float32)],
            "zero_points": [np.asarray(-128, np.int8), rng.integers(60, 128, (4, 1)).astype(np.int8)]}


def act_dequantize(lesson, inputs):
    pairs = zip(inputs["scales"], inputs["zero_points"], strict=True)
    answers = [lesson.dequantize(inputs["codes"], scale, zero_point) for scale, zero_point in pairs]
    return [*answers, lesson.dequantize(inputs["codes"], 0.25)]


def judge_dequantize(inputs, answer, reference):
    scales, zero_points = [*inputs["scales"], 0.25], [*inputs["zero_points"], 0]
    return first(differs(found, (inputs["codes"].astype(np.float64) - zero_point) * scale, name, **CLOSE,
                         dtype=np.float32)
                 for name, scale, zero_point, found in zip(["one ruler", "a ruler for each row", "no zero point given"],
                                                           scales, zero_points, answer, strict=True))


# catch: rulers that are right, that lose numbers, and one that is coarse


CATCHES = {"fault": "AssertionError", "wrong above 0": "AssertionError", "wrong below 0": "AssertionError",
           "wrong on both sides": "AssertionError",
           "coarse": "AssertionError", "coarse by half": "AssertionError", "too short": "AssertionError",
           "zero point off by one": "AssertionError",
           "symmetric, for numbers on one side": "AssertionError", "right": "passes", "right, as arrays": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def right(array, times=1.0, off=0):
        low, high = min(float(array.min()), 0.0), max(float(array.max()), 0.0)
        scale = max(high - low, 1e-9) / 255 * times
        return scale, int(np.clip(np.rint(-128 - low / scale) + off, -128, 127))

    def arrays(array):
        scale, zero_point = right(array)
        return np.asarray(scale, np.float32), np.asarray(zero_point, np.int8)

    def where(sided, other):
        return lambda array: other(array) if sided(array) else right(array)

    def above(array):
        return array.min() >= 0

    def below(array):
        return array.max() <= 0

    def both(array):
        return array.min() < 0 < array.max()

    def symmetric(array):
        return float(np.abs(array).max()) / 127, 0

    rulers = {"fault": lesson.colleague_calibrate, "wrong above 0": where(above, lesson.colleague_calibrate),
              "wrong below 0": where(below, lesson.colleague_calibrate),
              "wrong on both sides": where(both, lambda array: right(array, times=0.5)),
              "coarse": lambda array: (50.0, 0), "coarse by half": lambda array: right(array, times=1.5),
              "too short": lambda array: right(array, times=0.9),
              "zero point off by one": lambda array: right(array, off=1),
              "symmetric, for numbers on one side": where(lambda array: not both(array), symmetric),
              "right": right, "right, as arrays": arrays}
    return [outcome(lambda name=name: lesson.check_calibrate(rulers[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a ruler of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# calibrate: both kinds, all sides, along axes, with and without percentile


def draw_calibrate(rng):
    def numbers(low, high, *shape):
        return rng.uniform(low, high, shape).astype(np.float32)

    kinds = {"both sides": numbers(-3, 7, 40), "mostly below": numbers(-9, 2, 5, 8), "all above": numbers(5, 6, 30),
             "all below": numbers(-4, -3, 30), "equal": np.full(6, numbers(2, 9, 1)[0]),
             "zeros": np.zeros((3, 5), np.float32), "tiny": numbers(-1e-42, 1e-42, 9)}
    asked = [{"name": name, "array": array, "options": {"symmetric": symmetric}}
             for name, array in kinds.items() for symmetric in (False, True)]
    blocks = numbers(-2, 3, 4, 5, 6) * rng.uniform(0.1, 9, (4, 5, 1)).astype(np.float32)
    asked += [{"name": f"axis {axis}", "array": blocks, "options": {"symmetric": symmetric, "axis": axis}}
              for axis in (0, 1, -1) for symmetric in (False, True)]
    odd = rng.normal(size=2000).astype(np.float32)
    odd[:2] = 300, -100
    return asked + [{"name": f"percentile {percentile}", "array": array,
                     "options": {"symmetric": symmetric, "percentile": percentile, **along}}
                    for percentile in (99.8, 95.0) for symmetric in (False, True)
                    for array, along in ((odd, {}), (odd.reshape(4, 500), {"axis": 0}))]


def act_calibrate(lesson, inputs):
    return [list(lesson.calibrate(case["array"], **case["options"])) for case in inputs]


def judge_calibrate(inputs, answer, reference):
    return first(ruled(case, *found) for case, found in zip(inputs, answer, strict=True))


def ruled(case, scale, zero_point):
    """A sentence unless this is the ruler of a case."""
    array, axis = case["array"].astype(np.float64), case["options"].get("axis")
    symmetric, percentile = case["options"]["symmetric"], case["options"].get("percentile", 100)
    others = None if axis is None else tuple(at for at in range(array.ndim) if at != axis % array.ndim)
    low, high = (np.percentile(array, share, axis=others, keepdims=axis is not None)
                 for share in (100 - percentile, percentile))
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    step = np.maximum(high, -low) / 127 if symmetric else (high - low) / 255
    step = np.maximum(step, np.finfo(np.float32).tiny)
    what = f"{case['name']}, {'symmetric' if symmetric else 'affine'}"
    says = differs(scale, step, f"scale, {what}", rtol=1e-4, atol=0, dtype=np.float32)
    if says:
        return says
    exact = np.zeros(np.shape(step)) if symmetric else -128 - low / step
    if zero_point.dtype != np.int8 or zero_point.shape != exact.shape:
        return f"zero point, {what}: expected int8 of shape {exact.shape}, found {zero_point.dtype}, {zero_point.shape}"
    return (f"zero point, {what}: it is not the code nearest to 0"
            if (np.abs(zero_point - exact) > HALF).any() else None)


# quantized_linear: what it keeps, its answers, and the gradient that it hands on


def draw_quantized_linear(rng):
    def numbers(*shape):
        return rng.normal(size=shape).astype(np.float32)

    return [{"weight": numbers(5, 30) * rng.uniform(0.2, 5, (5, 1)).astype(np.float32),
             "bias": numbers(5) if bias else None, "options": options, "x": numbers(*front, 30),
             "later": numbers(5), "grad": numbers(*front, 5)}
            for bias, front, options in [(True, (3,), {}), (True, (2, 3), {"per_channel": False}),
                                         (False, (4,), {"percentile": 90.0}),
                                         (True, (3,), {"per_channel": False, "percentile": 95.0})]]


def act_quantized_linear(lesson, inputs):
    answers = []
    for case in inputs:
        linear = lesson.Linear(30, 5, bias=case["bias"] is not None, init=lambda shape, rng, w=case["weight"]: w)
        if case["bias"] is not None:
            linear.bias.data = np.array(case["bias"])
        layer, x = lesson.QuantizedLinear(linear, **case["options"]), lesson.Tensor(case["x"], requires_grad=True)
        out = layer(x)
        out.backward(case["grad"])
        kept = [np.array(p.data) for p in linear.parameters()]
        learns = [name for name, p in layer.named_parameters() if p.requires_grad]
        held = {name: np.asarray(one.data if isinstance(one, lesson.Tensor) else one) for name, one in
                vars(layer).items()}
        floats = [name for name, one in held.items() if one.dtype.kind == "f" and one.size >= case["weight"].size]
        names = sorted(name for name, _ in layer.named_parameters())
        if layer.bias is not None:
            layer.bias.data = np.array(case["later"])
        intact = all(np.array_equal(a, p.data) for a, p in zip(kept, linear.parameters(), strict=True))
        answers.append({"codes": layer.codes.data, "scale": layer.scale.data, "out": out.data, "grad": x.grad,
                        "names": names, "learns": learns, "floats": floats, "intact": intact, "later": layer(x).data})
    return answers


def judge_quantized_linear(inputs, answer, reference):
    return first(layered(case, found) for case, found in zip(inputs, answer, strict=True))


def layered(case, found):
    options, weight = case["options"], case["weight"]
    rows, percentile = options.get("per_channel", True), options.get("percentile", 100)
    low, high = (np.percentile(weight.astype(np.float64), share, axis=1 if rows else None, keepdims=rows)
                 for share in (100 - percentile, percentile))
    what = f"{'per channel' if rows else 'per tensor'}, percentile {percentile:g}"
    kept = np.clip(found["codes"].astype(np.float64), -128, 127) * found["scale"]
    bias, later = (0, 0) if case["bias"] is None else (case["bias"], case["later"])
    says = first([
        differs(found["scale"], np.maximum(high, -low) / 127, f"scale, {what}", **CLOSE, dtype=np.float32),
        coded(found["codes"], weight, found["scale"], 0, f"codes, {what}")])
    says = says or first([
        differs(found["out"], case["x"] @ kept.T + bias, f"answers, {what}", **NEAR, dtype=np.float32),
        differs(found["grad"], case["grad"] @ kept, f"gradient of x, {what}", **NEAR),
        differs(found["later"], case["x"] @ kept.T + later, f"answers with another bias, {what}", **NEAR)])
    names = ["codes", "scale"] if case["bias"] is None else ["bias", "codes", "scale"]
    if not says and found["names"] != names:
        says = f"it keeps the Parameters {', '.join(found['names'])}; expected {', '.join(names)}"
    if not says and found["learns"]:
        says = f"{', '.join(found['learns'])} would learn; expected requires_grad=False"
    if not says and found["floats"]:
        says = f"{', '.join(found['floats'])} holds as many floats as the weight has; expected codes alone"
    return says or (None if found["intact"] else "the Linear that was given has changed")


# integer_linear


def draw_integer_linear(rng):
    return {"x_codes": rng.integers(-128, 128, (7, 50)).astype(np.int8), "x_scale": float(rng.uniform(0.1, 0.5)),
            "x_zeros": [-128, int(rng.integers(60, 127))], "codes": rng.integers(-127, 128, (7, 50)).astype(np.int8),
            "scale": rng.uniform(0.1, 2, (7, 1)).astype(np.float32)}


def act_integer_linear(lesson, inputs):
    answers = [lesson.integer_linear(inputs["x_codes"], np.asarray(inputs["x_scale"], np.float32),
                                     np.asarray(x_zero, np.int8), inputs["codes"], inputs["scale"])
               for x_zero in inputs["x_zeros"]]
    x_codes, codes = lesson.balanced(60_000, np.random.default_rng(5))
    zero = lesson.integer_linear(x_codes, np.float32(0.1), np.int8(-128), codes, np.float32([[0.3]]))
    return [answers, bool((zero == 0).all()), str(zero.dtype)]


def judge_integer_linear(inputs, answer, reference):
    weight = inputs["codes"] * inputs["scale"].astype(np.float64)
    says = first(differs(found, inputs["x_scale"] * (inputs["x_codes"].astype(np.float64) - x_zero) @ weight.T,
                         f"the product with zero point {x_zero}", rtol=1e-3, atol=0.05)
                 for x_zero, found in zip(inputs["x_zeros"], answer[0], strict=True))
    if not says and answer[2] != "float32":
        says = f"expected an answer of dtype float32, found {answer[2]}"
    return says or (None if answer[1] else "a long sum that is 0 in whole numbers is not 0; are floats added up?")


# quantize_model: layers at any depth, Parameters of a model itself, and what must stay as it was


def draw_quantize_model(rng):
    return {"weights": [rng.normal(size=shape).astype(np.float32) for shape in ((6, 4), (5, 6), (3, 5))],
            "gain": rng.normal(size=6).astype(np.float32), "x": rng.normal(size=(8, 4)).astype(np.float32),
            "options": [[], [False], [True, 85.0], [False, 85.0]]}


def act_quantize_model(lesson, inputs):
    class Net(lesson.Module):
        def __init__(self):
            front, inner, last = (lesson.Linear(*w.shape[::-1], init=lambda shape, rng, w=w: w)
                                  for w in inputs["weights"])
            self.first, self.size, self.gain = front, 6, lesson.Parameter(inputs["gain"])
            self.rest = lesson.Sequential(lesson.ReLU(), lesson.Sequential(inner, lesson.ReLU()), last)

        def forward(self, x):
            return self.rest(self.first(x) * self.gain)

    def kinds(model):
        return [type(part).__name__ for part in (model, model.first, model.rest, model.rest[0], model.rest[1],
                                                 model.rest[1][0], model.rest[2])]

    answers = []
    for options in inputs["options"]:
        model, x = Net(), lesson.Tensor(inputs["x"])
        before, was = model(x).data, kinds(model)
        twin = lesson.quantize_model(model, *options)
        out, made = twin(x).data, kinds(twin)
        layers = (twin.first, twin.rest[1][0], twin.rest[2])
        shapes = [str(layer.scale.shape) for layer in layers]
        intact = kinds(model) == was and np.array_equal(model(x).data, before)
        for p in model.parameters():
            p.data = p.data * 0
        answers.append({"out": out, "made": made, "shapes": shapes, "intact": intact, "size": twin.size,
                        "own": bool(np.array_equal(twin(x).data, out))})
    alone = lesson.quantize_model(lesson.Linear(4, 3))
    return [answers, type(alone).__name__]


def judge_quantize_model(inputs, answer, reference):
    for options, found, right in zip(inputs["options"], answer[0], reference[0], strict=True):
        what = f"options {options}"
        if found["made"] != right["made"]:
            return f"{what}: expected {', '.join(right['made'])}; found {', '.join(found['made'])}"
        says = first([differs(found["out"], right["out"], f"answers, {what}", **NEAR),
                      None if found["shapes"] == right["shapes"] else f"{what}: scales of shapes {found['shapes']}",
                      None if found["intact"] else f"{what}: the model that was given has changed",
                      None if found["own"] else f"{what}: the new model changed with the one that was given",
                      None if found["size"] == 6 else f"{what}: an attribute that is no Module changed"])
        if says:
            return says
    if answer[1] != "QuantizedLinear":
        return f"a single Linear: expected a QuantizedLinear, found a {answer[1]}"


# the two numbers


def draw_code_bytes(rng):
    return []


draw_codes_left = draw_code_bytes


def act_code_bytes(lesson, inputs):
    return lesson.code_bytes


def act_codes_left(lesson, inputs):
    return lesson.codes_left


def judge_code_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of the quantized network", rtol=0, atol=0)


def judge_codes_left(inputs, answer, reference):
    return differs(answer, reference, "codes that are left", rtol=0, atol=0)
