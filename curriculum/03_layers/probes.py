"""What a grader asks of the layers: for each exercise draw, act and judge.

What is drawn at random (first weights) crosses as whole numbers of 1/5000 and is judged by laws; all else by NumPy.
"""
import math

import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first

STEP = 1 / 5000

# glorot_uniform, he_normal: unequal counts, a weight with further axes, and the generator that they are given


def draw_glorot_uniform(rng):
    return {"shapes": [[60, 200], [200, 60], [16, 6, 5, 5]], "seeds": rng.integers(1, 1000, 3).tolist()}


draw_he_normal = draw_glorot_uniform


def act_glorot_uniform(lesson, inputs):
    return drawn_weights(lesson.glorot_uniform, inputs)


def act_he_normal(lesson, inputs):
    return drawn_weights(lesson.he_normal, inputs)


def drawn_weights(init, inputs):
    """For each shape three weights, the first two with one seed; at the end two in a row from one generator."""
    a, b, c = inputs["seeds"]
    seeds = a, a, 1000 + b
    answer = [[steps(init(tuple(shape), np.random.default_rng(seed))) for seed in seeds] for shape in inputs["shapes"]]
    rng = np.random.default_rng(2000 + c)
    return [*answer, [steps(init((5, 7), rng)), steps(init((5, 7), rng))]]


def steps(weight):
    """Numbers in whole steps of 1/5000, which cross and compare without rounding."""
    return np.rint(np.asarray(weight, dtype=np.float64) * 5000).astype(np.int64)


def judge_glorot_uniform(inputs, answer, reference):
    return judge_weights(inputs, answer, lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)), even=True)


def judge_he_normal(inputs, answer, reference):
    return judge_weights(inputs, answer, lambda fan_in, fan_out: math.sqrt(2 / fan_in), even=False)


def judge_weights(inputs, answer, spread, even):
    *answer, (one, two) = answer
    for shape, (first_time, again, other) in zip(inputs["shapes"], answer, strict=True):
        inner = math.prod(shape[2:])
        says = first(is_drawn(weight * STEP, tuple(shape), spread(shape[1] * inner, shape[0] * inner), even)
                     for weight in (first_time, other))
        if says:
            return says
        if not np.array_equal(first_time, again):
            return "one seed drew two different weights: all numbers must come from the generator that is given"
        if np.array_equal(first_time, other):
            return "two seeds drew the same weight: all numbers must come from the generator that is given"
    if np.array_equal(one, two):
        return "two weights in a row from one generator were the same: it must not be started anew"


def is_drawn(weight, shape, spread, even):
    """A sentence unless the numbers are drawn one by one around 0 with that spread, evenly or normally."""
    if weight.shape != shape:
        return f"expected a weight of shape {shape}, found {weight.shape}"
    n, kind = weight.size, f"weights of shape {shape}"
    if abs(weight.mean()) > 5 * spread / math.sqrt(n):
        return f"{kind} should lie around 0, and yours lie around {weight.mean():.3g}"
    if abs(weight.std() / spread - 1) > (0.45 if even else 0.71) * 5 / math.sqrt(n) + 1e-3:
        return f"{kind}: expected a spread of {spread:.4f}, found {weight.std():.4f}"
    inside = np.mean(np.abs(weight) < spread)
    expected = 0.5774 if even else 0.6827  # within one spread of 0
    if abs(inside - expected) > 2.5 / math.sqrt(n) + 2e-3:
        return f"{kind}: expected {expected:.0%} within one spread of 0, found {inside:.0%}"
    if even and not 0.97 < np.abs(weight).max() / (spread * math.sqrt(3)) < 1.01:
        return f"{kind} should fill -{spread * math.sqrt(3):.4f} to {spread * math.sqrt(3):.4f}, and no more"
    rows = weight.reshape(shape[0], -1)
    if len(np.unique(rows, axis=0)) < shape[0] or len(np.unique(rows, axis=1)[0]) < rows.shape[1]:
        return f"{kind}: rows or columns repeat, and each number should be drawn by itself"


# linear: rows, a batch of batches, a single row; with and without bias; through the door; nothing changed on the way


def draw_linear(rng):
    shapes = [(5, 4), (2, 3, 4), (4,)]
    return {"x": [rng.normal(size=shape).astype(np.float32) for shape in shapes], "wave": float(rng.uniform(2, 5)),
            "weight": rng.normal(size=(3, 4)).astype(np.float32), "bias": rng.normal(size=3).astype(np.float32)}


def act_linear(lesson, inputs):
    def layer(bias):
        made = lesson.Linear(4, 3, bias=bias, init=lambda shape, rng: inputs["weight"])
        if bias:
            made.bias.data = np.array(inputs["bias"])
        return made

    answer = []
    for array in inputs["x"]:
        x, full, bare = lesson.Tensor(array), layer(True), layer(False)
        out, plain = full(x), bare(x)
        after = [x.data, full.weight.data, full.bias.data]
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            full, x = layer(True), mask.hide(lesson.Tensor(array))
            mask.hide(full.weight), mask.hide(full.bias)
            hidden = mask.show(full(x))
        answer.append([type(out).__name__, out.data, plain.data, hidden, after])
    return answer


def judge_linear(inputs, answer, reference):
    weight, bias = inputs["weight"], inputs["bias"]
    for x, (kind, out, plain, hidden, after) in zip(inputs["x"], answer, strict=True):
        if kind != "Tensor":
            return f"expected a Tensor, found {kind}"
        expected = x.astype(np.float64) @ weight.T.astype(np.float64)
        says = first([
            differs(out, expected + bias, f"x of shape {x.shape}", rtol=1e-4, atol=1e-4, dtype=np.float32),
            differs(plain, expected, f"x of shape {x.shape}, no bias", rtol=1e-4, atol=1e-4, dtype=np.float32),
            differs(hidden, expected + bias, "work that does not pass `Tensor._apply`"),
            *[differs(found, before, f"{what} after the call", rtol=0, atol=0)
              for what, found, before in zip(("x", "the weight", "the bias"), after, (x, weight, bias), strict=True)]])
        if says:
            return says


# named_parameters: deep and flat, shared Parameters and shared modules, equal numbers, and things to pass over


def draw_named_parameters(rng):
    return rng.permutation(np.arange(3, 9)).tolist()


def act_named_parameters(lesson, numbers):
    a, b, c, d, e, f = [lesson.Parameter([number]) for number in numbers]
    c.data = np.concatenate([c.data, [1, 0]]).astype(np.float32)
    deep, inner, twin, root = lesson.Module(), lesson.Module(), lesson.Module(), lesson.Module()
    deep.weight, deep.bias = c, None
    inner.zeta, inner.alpha, inner.like, inner.deep = a, b, lesson.Parameter(e.data), deep
    twin.weight, twin.own = c, d
    root.scale, root.equal, root.number, root.plain = e, lesson.Parameter(e.data), 3.5, lesson.Tensor([7])
    root.inner, root.again, root.twin, root.empty = inner, inner, twin, lesson.Module()
    root.listed, root.told, root.kept = [f, deep], {"spare": f}, (inner,)
    inner.training = False
    pairs = root.named_parameters()
    same = [found is wanted for (_, found), wanted in zip(pairs, [e, root.equal, a, b, inner.like, c, d])]
    return [*map(told, (root, root, deep, root.empty)), type(pairs).__name__, same]


def told(model):
    """The names that a model tells, and the sums of the numbers behind them."""
    pairs = model.named_parameters()
    return [[name for name, _ in pairs], [float(np.sum(parameter.data)) for _, parameter in pairs]]


def judge_named_parameters(numbers, answer, reference):
    a, b, c, d, e, _ = numbers
    whole = [["scale", e], ["equal", e], ["inner.zeta", a], ["inner.alpha", b], ["inner.like", e],
             ["inner.deep.weight", c + 1], ["twin.own", d]]
    *found, kind, same = answer
    if kind != "list":
        return f"expected a list, found {kind}"
    for (names, numbers), expected in zip(found, [whole, whole, [["weight", c + 1]], []], strict=True):
        wanted, right = [name for name, _ in expected], [number for _, number in expected]
        if names != wanted:
            return f"expected the names {', '.join(wanted) or 'none'}; found {', '.join(map(str, names)) or 'none'}"
        says = differs(numbers, right, f"the numbers of {', '.join(wanted)}", rtol=0, atol=0)
        if says:
            return says
    if same != [True] * len(whole):
        return "the pairs should hold the Parameters themselves, and some hold something else"


# catch: the check meets the fault, right models, and models that tell too little or too much

CATCHES = {"fault": "AssertionError", "first layer hidden": "AssertionError", "no bias told": "AssertionError",
           "weights alone": "AssertionError", "nothing told": "AssertionError", "a spare layer": "AssertionError",
           "attributes": "passes", "a module inside": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def init(shape, rng):
        return np.full(shape, 0.5)

    def model(first_layer=True, last=True, bias=True, first_bias=True, spare=False, inside=False):
        def make(n, h, m):
            out, place = lesson.Module(), lesson.Module()
            place = place if inside else out
            one, two = lesson.Linear(n, h, bias=first_bias, init=init), lesson.Linear(h, m, bias=bias, init=init)
            out.forward = lambda x: two(one(x))
            out.place = place if inside else None
            if first_layer:
                place.one = one
            if last:
                place.two = two
            if spare:
                place.spare = lesson.Linear(h, h, init=init)
            return out
        return make

    made = {"fault": lesson.ListNet, "first layer hidden": model(first_layer=False), "no bias told": model(bias=False),
            "weights alone": model(bias=False, first_bias=False), "nothing told": model(first_layer=False, last=False),
            "a spare layer": model(spare=True), "attributes": model(), "a module inside": model(inside=True)}
    return [outcome(lambda name=name: lesson.check_all_found(made[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a model with {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# sequential: more than ten layers, nested ones, none; names, order, and the door


def draw_sequential(rng):
    return {"x": rng.normal(size=(3, 4)).astype(np.float32), "wave": float(rng.uniform(2, 5)),
            "weights": [(rng.normal(size=(4, 4)) / 1.5).astype(np.float32) for _ in range(12)]}


def act_sequential(lesson, inputs):
    def layer(weight):
        return lesson.Linear(4, 4, init=lambda shape, rng: weight)

    layers = [layer(weight) for weight in inputs["weights"]]
    long, nested = lesson.Sequential(*layers), lesson.Sequential(layers[0], lesson.ReLU(), lesson.Sequential(layers[1]))
    x = lesson.Tensor(inputs["x"])
    with disguised(lesson.Tensor, inputs["wave"]) as mask:
        hidden = mask.show(nested(mask.hide(lesson.Tensor(inputs["x"]))))
    return {"long": long(x).data, "nested": nested(x).data, "hidden": hidden, "none": lesson.Sequential()(x).data,
            "names": [[name for name, _ in model.named_parameters()] for model in (long, nested)],
            "found": [len(long), len(nested), long[3] is layers[3]], "after": x.data}


def judge_sequential(inputs, answer, reference):
    x, weights = inputs["x"].astype(np.float64), [weight.astype(np.float64) for weight in inputs["weights"]]
    long, nested = x, np.maximum(x @ weights[0].T, 0) @ weights[1].T
    for weight in weights:
        long = long @ weight.T
    names = [[f"{place}.{part}" for place in range(12) for part in ("weight", "bias")],
             ["0.weight", "0.bias", "2.0.weight", "2.0.bias"]]
    for expected, found in zip(names, answer["names"], strict=True):
        if found != expected:
            return f"expected the names {', '.join(expected[:6])}; found {', '.join(map(str, found[:6])) or 'none'}"
    if answer["found"] != [12, 3, True]:
        return "expected to find 12 and 3 layers by len(), and the fourth by [3]"
    return first([differs(answer["long"], long, "twelve layers", rtol=1e-3, atol=1e-3, dtype=np.float32),
                  differs(answer["nested"], nested, "a Sequential inside a Sequential", rtol=1e-4, atol=1e-4),
                  differs(answer["hidden"], nested, "work that does not pass `Tensor._apply`"),
                  differs(answer["none"], inputs["x"], "a Sequential of no layers", rtol=0, atol=0),
                  differs(answer["after"], inputs["x"], "x after the call", rtol=0, atol=0)])


# digit_net: scores and probabilities by the model's own parameters, its first numbers, and the door


def draw_digit_net(rng):
    shapes = {"weight": (5, 6), "bias": (5,), "last_weight": (4, 5), "last_bias": (4,)}
    drawn = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    drawn["bias"][0] -= 9  # far enough down for ReLU to bend
    return {"images": rng.integers(0, 256, (3, 2, 3)).astype(np.float32), "wave": float(rng.uniform(2, 5)),
            "seed": int(rng.integers(1, 1000)), **drawn}


def act_digit_net(lesson, inputs):
    def net():
        model = lesson.DigitNet(6, 5, 4)
        for parameter in model.parameters():
            name = {(5, 6): "weight", (5,): "bias", (4, 5): "last_weight", (4,): "last_bias"}.get(parameter.data.shape)
            parameter.data = np.array(inputs.get(name, parameter.data))
        return model

    images, model = lesson.Tensor(inputs["images"]), net()
    with disguised(lesson.Tensor, inputs["wave"]) as mask:
        hidden = mask.show(net().probs(mask.hide(lesson.Tensor(inputs["images"]))))
    drawn = [lesson.DigitNet(200, 60, 40, rng=np.random.default_rng(inputs["seed"])) for _ in range(2)]
    drawn = [[steps(parameter.data) for parameter in one.parameters()] for one in drawn]
    shapes = [list(parameter.data.shape) for parameter in model.parameters()]
    return {"scores": model(images).data, "probs": model.probs(images).data, "hidden": hidden, "drawn": drawn,
            "shapes": shapes, "after": images.data}


def judge_digit_net(inputs, answer, reference):
    x = inputs["images"].astype(np.float64).reshape(3, 6) / 255
    hidden = np.maximum(x @ inputs["weight"].T + inputs["bias"], 0)
    scores = hidden @ inputs["last_weight"].T + inputs["last_bias"]
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    if sorted(answer["shapes"]) != [[4], [4, 5], [5], [5, 6]]:
        return f"DigitNet(6, 5, 4) has Parameters of shapes (5, 6), (5,), (4, 5), (4,); found {answer['shapes']}"
    says = first([differs(answer["scores"], scores, "scores", rtol=1e-3, atol=1e-3, dtype=np.float32),
                  differs(answer["probs"], probs, "probabilities", rtol=1e-3, atol=1e-4, dtype=np.float32),
                  differs(answer["hidden"], probs, "work that does not pass `Tensor._apply`", rtol=1e-2, atol=1e-3),
                  differs(answer["after"], inputs["images"], "the images after the call", rtol=0, atol=0)])
    if says:
        return says
    one, two = ({array.shape: array * STEP for array in arrays} for arrays in answer["drawn"])
    if not all(np.array_equal(one[shape], two[shape]) for shape in one):
        return "the same `rng` drew two different models: hand it to both layers"
    return (is_drawn(one[60, 200], (60, 200), math.sqrt(2 / 200), even=False)
            or is_drawn(one[40, 60], (40, 60), math.sqrt(2 / 100), even=True)
            or differs(one[(60,)], np.zeros(60), "the first bias", rtol=0, atol=0))


# the two numbers: the reference runs under the learner's id, so that `mine` draws the same sizes


def draw_parameter_bytes(rng):
    return []


draw_crossing = draw_parameter_bytes


def act_parameter_bytes(lesson, inputs):
    return lesson.parameter_bytes


def act_crossing(lesson, inputs):
    return lesson.crossing


def judge_parameter_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of the parameters", rtol=0, atol=0)


def judge_crossing(inputs, answer, reference):
    return differs(answer, reference, "rows of the batch", rtol=0, atol=0)
