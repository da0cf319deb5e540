"""What a grader asks of Autograd: rules by themselves against formulas in float64, and whole graphs by their slopes.

Graphs are made of operations whose rules are given, so that an answer to `backward` stands on its own.
"""
import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

# numerical_gradient: a function with all its slopes known, shapes with no axis and with no numbers, eps, and the caller


def draw_numerical_gradient(rng):
    shapes = [(4,), (2, 3), (), (3, 0)]
    return {"arrays": [rng.normal(size=shape) for shape in shapes], "eps": float(rng.uniform(0.2, 0.6)),
            "slant": float(rng.uniform(2, 5))}


def act_numerical_gradient(lesson, inputs):
    def slopes(array, **eps):
        def height(nudged):  # the caller's own array is a part of it, and must stand still while another is nudged
            bent = inputs["slant"] * nudged**3 + nudged + nudged * array
            return float(bent.sum() + (nudged.sum() - nudged.size) ** 2)

        return np.asarray(lesson.numerical_gradient(height, array, **eps))

    return {"found": [[slopes(array), array] for array in inputs["arrays"]],
            "wide": slopes(inputs["arrays"][1], eps=inputs["eps"])}


def judge_numerical_gradient(inputs, answer, reference):
    def slopes(array, eps=0):  # eps**2 is what central differences add to the slope of a cube
        return inputs["slant"] * (3 * array**2 + eps**2) + 1 + array + 2 * (array.sum() - array.size)

    for array, (found, after) in zip(inputs["arrays"], answer["found"], strict=True):
        expected = slopes(array)
        says = (differs(found, expected, f"slopes for shape {array.shape}", rtol=1e-5, atol=1e-6)
                or differs(after, array, "the caller's array afterwards", rtol=0, atol=0))
        if says:
            return says
    wide = slopes(inputs["arrays"][1], inputs["eps"])
    return differs(answer["wide"], wide, f"slopes with eps {inputs['eps']:.3f}", rtol=1e-6, atol=1e-6)


# product_rules: multiply and matmul on tables, stacks, rows and columns; None for what is not asked


SIDES = [[(2, 3), (3, 4)], [(5, 2, 3), (3, 4)], [(5, 2, 3), (5, 3, 4)], [(3,), (3, 4)], [(2, 3), (3,)], [(3,), (3,)]]


def draw_product_rules(rng):
    pairs = [[rng.normal(size=shape) for shape in pair] for pair in SIDES]
    return {"a": rng.normal(size=(3, 4)), "b": rng.normal(size=(3, 4)), "grad": rng.normal(size=(3, 4)),
            "pairs": [[a, b, rng.normal(size=np.shape(a @ b))] for a, b in pairs]}


def act_product_rules(lesson, inputs):
    multiply, matmul = lesson.RULES["multiply"], lesson.RULES["matmul"]
    products = [matmul.vjp(np.asarray(grad), a @ b, a, b, needs=[True, True]) for a, b, grad in inputs["pairs"]]
    a, b, grad = inputs["pairs"][0]
    half = [[one is None for one in matmul.vjp(grad, a @ b, a, b, needs=needs)]
            for needs in ([True, False], [False, True])]
    return {"needs": [multiply.needs, matmul.needs], "none": half, "after": [inputs["grad"], inputs["a"]],
            "multiply": list(multiply.vjp(inputs["grad"], inputs["a"] * inputs["b"], inputs["a"], inputs["b"])),
            "matmul": [[np.asarray(one) for one in pair] for pair in products]}


def judge_product_rules(inputs, answer, reference):
    grad, a, b = inputs["grad"], inputs["a"], inputs["b"]
    if answer["needs"] != [False, True]:
        return "the rule of matmul is registered with needs=True, that of multiply without"
    if answer["none"] != [[False, True], [True, False]]:
        return "the rule of matmul gives None exactly for what `needs` does not ask for"
    says = [differs(added_up(found, (a, b)[side].shape), added_up(of_matmul(a, b, grad, side), (a, b)[side].shape),
                    f"matmul of {a.shape} and {b.shape}: gradient of {'ab'[side]}", rtol=1e-6, atol=1e-8)
            for (a, b, grad), pair in zip(inputs["pairs"], answer["matmul"], strict=True)
            for side, found in zip((0, 1), pair, strict=True)]
    for found, one, side in zip(answer["multiply"], (grad * b, grad * a), "ab", strict=True):
        says.append(differs(found, one, f"multiply: gradient of {side}", rtol=1e-6, atol=1e-8))
    return first(says) or first(differs(after, one, "an array handed to a rule", rtol=0, atol=0)
                                for after, one in zip(answer["after"], (grad, a), strict=True))


def added_up(grad, shape):
    """A gradient without axes in front of those of `shape`: they were stretched, and may have been added up already."""
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


def of_matmul(a, b, grad, side):
    """The gradient for one side, with the axes that were stretched still there, by loops over its numbers."""
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = np.broadcast_to(a, stack + a.shape[-2:]) if a.ndim > 1 else a
    b = np.broadcast_to(b, stack + b.shape[-2:]) if b.ndim > 1 else b
    left, right = (a if a.ndim > 1 else a[None, :]), (b if b.ndim > 1 else b[:, None])
    grad = np.asarray(grad).reshape(stack + (left.shape[-2], right.shape[-1]))
    if side == 0:
        return np.einsum("...ij,...kj->...ik", grad, right).reshape(left.shape)
    return np.einsum("...ki,...kj->...ij", left, grad).reshape(b.shape)


# other_rules: sum over every choice of axes, reshape, exp


AXES = [None, 0, 1, -1, [0, 2], [-1, 0], [0, 1, 2]]


def draw_other_rules(rng):
    a = rng.normal(size=(2, 3, 4))
    sums = [[axis, keep, rng.normal(size=np.shape(a.sum(axis=of(axis), keepdims=keep)))]
            for axis in AXES for keep in (False, True)]
    return {"a": a, "sums": sums, "grad": rng.normal(size=(6, 4))}


def of(axis):
    return tuple(axis) if isinstance(axis, list) else axis


def act_other_rules(lesson, inputs):
    a, rules = inputs["a"], lesson.RULES
    sums = [rules["sum"].vjp(np.asarray(grad), a.sum(axis=of(axis), keepdims=keep), a, axis=of(axis), keepdims=keep)
            for axis, keep, grad in inputs["sums"]]
    plain = [rules["sum"].vjp(a[:, 0], a.sum(axis=1), a, axis=1), rules["sum"].vjp(np.asarray(3.0), a.sum(), a)]
    back = rules["reshape"].vjp(inputs["grad"], a.reshape(6, 4), a, shape=(6, -1))
    return {"sums": [[np.asarray(one) for one in gradients] for gradients in [*sums, *plain]],
            "reshape": [np.asarray(one) for one in back],
            "exp": [np.asarray(one) for one in rules["exp"].vjp(inputs["grad"] + 2, np.exp(inputs["grad"]),
                                                                inputs["grad"])]}


def judge_other_rules(inputs, answer, reference):
    a, grad, says = inputs["a"], inputs["grad"], []
    asked = [*inputs["sums"], [1, False, a[:, 0]], [None, False, np.asarray(3.0)]]
    for (axis, keep, grad_out), (found,) in zip(asked, answer["sums"], strict=True):
        axes = tuple(range(3)) if axis is None else of(axis)
        whole = np.asarray(grad_out) if keep else np.expand_dims(grad_out, axes)
        says.append(differs(found, whole + np.zeros(a.shape), f"sum over axis {axis}, keepdims={keep}", 1e-9, 1e-9))
    (back,), (steep,) = answer["reshape"], answer["exp"]
    return first([*says, differs(back, grad.reshape(a.shape), "reshape", rtol=0, atol=0),
                  differs(steep, (grad + 2) * np.exp(grad), "exp", rtol=1e-9, atol=1e-9)])


# unbroadcast: shapes that were stretched in every way, by loops over the large array


STRETCHED = [[(2, 3, 4), (3, 1)], [(2, 3, 4), (4,)], [(2, 3, 4), (1, 1, 4)], [(2, 3, 4), ()], [(2, 3, 4), (2, 3, 4)],
             [(5, 6), (1, 1)], [(3, 0), (3, 1)], [(2, 3), (1, 3)], [(3, 1), (3, 1)], [(4, 1, 2), (1, 2)]]


def draw_unbroadcast(rng):
    return [[rng.normal(size=large), list(small)] for large, small in STRETCHED]


def act_unbroadcast(lesson, inputs):
    return [[np.asarray(lesson.unbroadcast(grad, tuple(shape))), grad] for grad, shape in inputs]


def judge_unbroadcast(inputs, answer, reference):
    for (grad, shape), (found, after) in zip(inputs, answer, strict=True):
        expected = np.zeros(shape)
        places = np.broadcast_to(np.arange(expected.size).reshape(shape), grad.shape)
        np.add.at(expected.reshape(-1), places.reshape(-1), grad.reshape(-1))
        says = (differs(found, expected, f"{grad.shape} for an array of {tuple(shape)}", rtol=1e-9, atol=1e-9)
                or differs(after, grad, "the gradient that was handed in", rtol=0, atol=0))
        if says:
            return says


# backward: a diamond, stretched shapes, two walks, depth, lifetime, arrays of their own, readings that watch the walk


def draw_backward(rng):
    draw = {name: rng.uniform(1, 2, shape) for name, shape in
            {"a": (3, 4), "b": (4,), "c": (3, 1), "grad": (3, 4)}.items()}
    return {**draw, "depth": 5000, "doublings": 20, "kind": ["float32", "float64"][int(rng.integers(2))]}


def act_backward(lesson, inputs):
    def leaf(name, dtype=np.float64):
        return lesson.Tensor(inputs[name], requires_grad=True, dtype=dtype)

    def walk(tensor, gradient=None):
        lesson.backward(tensor, gradient)

    a, b, c = leaf("a"), leaf("b"), leaf("c")
    middle = (a - b).tanh() / c
    out = middle - middle / (a - 3.0)
    walk(out, inputs["grad"])
    diamond = [a.grad.copy(), b.grad.copy(), c.grad.copy()]
    walk(a - b, inputs["grad"])
    again = [a.grad.copy(), b.grad.copy()]
    inner = [middle.grad is None, out.grad is None]

    x = leaf("b", np.dtype(inputs["kind"]))
    y = x
    for _ in range(inputs["doublings"]):
        y = y - (-y)
    walk(y, np.ones(4))
    long = z = leaf("b")
    for _ in range(inputs["depth"]):
        z = -z
    walk(z, np.ones(4))

    one, two, given = leaf("a"), leaf("a"), np.array(inputs["grad"])
    both = one - two
    walk(both, given)
    one.grad += 1
    plain = lesson.Tensor(inputs["a"], dtype=np.float64)
    quiet = leaf("b", np.float32)
    walk(plain / quiet - quiet, inputs["grad"])
    return {"diamond": diamond, "again": again, "inner": inner, "doubled": x.grad, "long": long.grad,
            "own": [one.grad, two.grad, given], "plain": plain.grad is None, "beside": quiet.grad,
            "freed": [outcome(lambda: walk(both, given)), *of_branches(lesson)], "number": of_a_number(lesson),
            "asked": asked(lesson)}


def of_branches(lesson):
    """What becomes of a second walk from each of two branches, of which neither leads to the other."""
    early, late = (-lesson.Tensor([4.0], requires_grad=True) for _ in range(2))
    lesson.backward(early - late)
    return [outcome(lambda: lesson.backward(early)), outcome(lambda: lesson.backward(late))]


def asked(lesson):
    """The rules that a reading with a `.pull` sees on the way back along a chain."""
    names = []

    def watching(step):
        return step

    def watched(ask):
        return lambda node, grad_out: (names.append(node.rule.name), ask(node, grad_out))[1]

    watching.pull = watched
    lesson.Tensor._read(watching)
    try:
        lesson.backward(-(lesson.Tensor([3.0], requires_grad=True).tanh() / 4.0))
    finally:
        lesson.Tensor._read(watching, on=False)
    return names


def of_a_number(lesson):
    x = lesson.Tensor([3.0], requires_grad=True)
    lesson.backward(x / 4.0 - x.tanh())
    return x.grad


def judge_backward(inputs, answer, reference):
    a, b, c, grad = (inputs[name] for name in ("a", "b", "c", "grad"))
    bend, share = np.tanh(a - b), 1 - 1 / (a - 3)
    of_middle, of_tanh = grad * share, grad * share / c * (1 - bend**2)
    diamond = [of_tanh + grad * bend / c / (a - 3) ** 2, -of_tanh.sum(axis=0),
               (-of_middle * bend / c**2).sum(axis=1, keepdims=True)]
    again = [diamond[0] + grad, diamond[1] - grad.sum(axis=0)]
    close = {"rtol": 1e-6, "atol": 1e-8}
    says = first([
        *[differs(found, one, f"slopes of {name}, which reaches the result by several ways", **close)
          for found, one, name in zip(answer["diamond"], diamond, "abc", strict=True)],
        *[differs(found, one, f"slopes of {name} after a second walk", **close)
          for found, one, name in zip(answer["again"], again, "ab", strict=True)],
        differs(answer["doubled"], np.full(4, 2.0 ** inputs["doublings"]), "twenty doublings", rtol=0, atol=0,
                dtype=np.dtype(inputs["kind"])),
        differs(answer["long"], np.full(4, (-1.0) ** inputs["depth"]), "a chain of 5,000 operations", rtol=0, atol=0),
        differs(answer["own"][0], grad + 1, "one leaf, after `+= 1` on its own .grad", **close),
        differs(answer["own"][1], -grad, "another leaf, after `+= 1` on the first one's .grad", **close),
        differs(answer["own"][2], grad, "the gradient that was handed in", rtol=0, atol=0),
        differs(answer["beside"], -(grad * a / b**2 + grad).sum(axis=0), "a float32 leaf, used twice beside float64",
                rtol=1e-4, atol=1e-5, dtype=np.float32),
        differs(answer["number"], np.float32([1 / 4 - 1 + np.tanh(3) ** 2]), "x / 4 - tanh(x) at 3", rtol=1e-3,
                dtype=np.float32),
    ])
    if says:
        return says
    if answer["inner"] != [True, True]:
        return "only leaves keep a .grad; a result in the middle has none"
    if not answer["plain"]:
        return "a Tensor without requires_grad got a .grad"
    if set(answer["freed"]) != {"RuntimeError"}:
        return f"walks over what was walked: expected RuntimeError each time, found {answer['freed']}; free each node"
    if answer["asked"] != ["negative", "divide", "tanh"]:
        return f"a reading of the walk should see negative, divide, tanh; it saw {answer['asked']}. Use `ask`"


# catch and repair: models that lose gradients in several places, and the layer that went round the door


CATCHES = {"fault": ["AssertionError", ["0.bias", "0.weight"]],
           "the last layer": ["AssertionError", ["2.bias", "2.weight"]],
           "the last bias": ["AssertionError", ["2.bias"]], "through the door": ["passes", []],
           "without bias": ["passes", []]}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    class Blind(lesson.Linear):
        def forward(self, x):
            return lesson.Tensor(x.data @ self.weight.data.T + self.bias.data) + x.sum() * 0

    class NoBias(lesson.Linear):
        def forward(self, x):
            return x @ self.weight.T + lesson.Tensor(self.bias.data)

    def patient(last, bias=True):
        return lambda hidden: lesson.Sequential(Rows(bias, hidden), lesson.ReLU(), last(hidden))

    class Rows(lesson.Linear):
        def __init__(self, bias, hidden):
            super().__init__(6, hidden, bias=bias)

        def forward(self, images):
            return super().forward(images.flatten(1) / 255)

    makes = {"fault": lesson.make_colleague, "the last layer": patient(lambda hidden: Blind(hidden, 4)),
             "the last bias": patient(lambda hidden: NoBias(hidden, 4)),
             "through the door": patient(lambda hidden: lesson.Linear(hidden, 4)),
             "without bias": patient(lambda hidden: lesson.Linear(hidden, 4, bias=False), bias=False)}
    lesson.enable_autograd()
    try:
        return [found(lesson.check_reached, makes[name]) for name in names]
    finally:
        lesson.disable_autograd()


def found(check, make):
    try:
        check(make)
    except AssertionError as error:
        said = str(error)
        return ["AssertionError", [name for name in ("0.bias", "0.weight", "2.bias", "2.weight") if name in said]]
    except Exception as error:
        return [type(error).__name__, []]
    return ["passes", []]


def judge_catch(names, answer, reference):
    for name, (raised, said) in zip(names, answer, strict=True):
        expected = CATCHES[name]
        if [raised, said] != expected:
            return (f"a model that loses {name}: expected {expected[0]} naming {', '.join(expected[1]) or 'nothing'}, "
                    f"found {raised} naming {', '.join(said) or 'nothing'}")


def draw_repair(rng):
    count = int(rng.integers(6, 9))
    return {"images": rng.integers(0, 200, (count, 2, 3)).astype(np.float32),  # dark: none is at 255
            "weight": rng.normal(size=(7, 6)).astype(np.float32), "bias": rng.normal(size=7).astype(np.float32),
            "grad": rng.normal(size=(count, 7)).astype(np.float32)}


def act_repair(lesson, inputs):
    layer = lesson.OpenPixelLayer(6, 7)
    layer.weight.data, layer.bias.data = np.array(inputs["weight"]), np.array(inputs["bias"])
    images = lesson.Tensor(inputs["images"])
    lesson.enable_autograd()
    try:
        out = layer(images)
        out.backward(inputs["grad"])
    finally:
        lesson.disable_autograd()
    return [out.data, layer.weight.grad, layer.bias.grad, images.data]


def judge_repair(inputs, answer, reference):
    rows, (out, of_weight, of_bias, after) = inputs["images"].reshape(-1, 6) / 255, answer
    if of_weight is None or of_bias is None:
        return f"no gradient reaches the {'weight' if of_weight is None else 'bias'}"
    return first([differs(out, rows @ inputs["weight"].T + inputs["bias"], "the scores", rtol=1e-4, atol=1e-4),
                  differs(of_weight, inputs["grad"].T @ rows, "slopes of the weight", rtol=1e-3, atol=1e-4),
                  differs(of_bias, inputs["grad"].sum(axis=0), "slopes of the bias", rtol=1e-3, atol=1e-4),
                  differs(after, inputs["images"], "the images afterwards", rtol=0, atol=0)])


# the two numbers


def draw_forward_runs(rng):
    return []


draw_node_count = draw_forward_runs


def act_forward_runs(lesson, inputs):
    return lesson.forward_runs


def act_node_count(lesson, inputs):
    return lesson.node_count


def judge_forward_runs(inputs, answer, reference):
    return differs(answer, reference, "forward runs", rtol=0, atol=0)


def judge_node_count(inputs, answer, reference):
    return differs(answer, reference, "nodes", rtol=0, atol=0)
