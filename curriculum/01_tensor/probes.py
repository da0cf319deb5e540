"""What a grader asks of Tensor: for each exercise draw, act and judge.

`act` runs once with the learner's lesson and once with the reference; `draw` and `judge` run only on the trusted side,
where NumPy itself is the oracle. An answer of the wrong form makes `judge` raise, and then it has not accepted.
"""
import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first

# memory_footprint: several dtypes, a single number, no numbers, and views, which show fewer places than they keep alive


def draw_memory_footprint(rng):
    shapes = [tuple(int(n) for n in rng.integers(2, 9, size)) for size in (1, 2, 4)] + [(), (5, 0)]
    return [[np.zeros(shape), dtype] for shape in shapes for dtype in ("float32", "float64", "int8")]


def act_memory_footprint(lesson, arrays):
    tensors = [lesson.Tensor(array, dtype=dtype) for array, dtype in arrays]
    views = [lesson.Tensor._wrap(tensor.data[::2]) for tensor in tensors if tensor.data.ndim]
    return [tensor.memory_footprint() for tensor in tensors + views]


def judge_memory_footprint(arrays, answer, reference):
    arrays = [array.astype(dtype) for array, dtype in arrays]
    views = [array[::2] for array in arrays if array.ndim]
    return first(differs(found, array.nbytes, f"bytes of shape {array.shape}, {array.dtype}", rtol=0, atol=0)
                 for array, found in zip(arrays + views, answer, strict=True))


# add, mul: Tensors, numbers on either side, stretched shapes; through the door; nothing changed on the way


def draw_add(rng):
    shapes = [(3, 4), (3, 4)], [(2, 3, 4), (4,)], [(3, 1), (1, 5)], [(), (3,)]
    pairs = [[rng.normal(size=shape).astype(np.float32) for shape in pair] for pair in shapes]
    return {"pairs": pairs, "number": float(rng.uniform(2, 9)), "wave": float(rng.uniform(2, 9))}


draw_mul = draw_add


def act_add(lesson, inputs):
    return of_two(lesson, inputs, lambda a, b: a + b)


def act_mul(lesson, inputs):
    return of_two(lesson, inputs, lambda a, b: a * b)


def of_two(lesson, inputs, operation):
    """How often `_evaluate` is called by itself; for each pair the result, the operands afterwards, the results with a
    number on each side, and the result under a disguise."""
    answer = [unasked(lesson.Tensor, lambda: operation(lesson.Tensor([3, 5]), lesson.Tensor([7, 4])))]
    for a, b in inputs["pairs"]:
        left, right = lesson.Tensor(a), lesson.Tensor(b)
        out = operation(left, right)
        numbers = [operation(left, inputs["number"]).data, operation(inputs["number"], left).data]
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            hidden = mask.show(operation(mask.hide(lesson.Tensor(a)), mask.hide(lesson.Tensor(b))))
        answer.append([type(out).__name__, out.data, left.data, right.data, *numbers, hidden])
    return answer


def unasked(Tensor, action):
    """How often `action()` calls `_evaluate` past the door."""
    calls, evaluate = [], Tensor._evaluate
    Tensor._evaluate = staticmethod(lambda *inputs, **options: calls.append(1) or evaluate(*inputs, **options))
    try:
        action()
    finally:
        Tensor._evaluate = staticmethod(evaluate)
    return len(calls)


def judge_add(inputs, answer, reference):
    return judge_of_two(inputs, answer, np.add, "+")


def judge_mul(inputs, answer, reference):
    return judge_of_two(inputs, answer, np.multiply, "*")


def judge_of_two(inputs, answer, ufunc, sign):
    number, (past_the_door, *results) = np.float32(inputs["number"]), answer
    if past_the_door:
        return "`_evaluate` stands behind the door; call `Tensor._apply`, where readings stand"
    for (a, b), (kind, out, left, right, forth, back, hidden) in zip(inputs["pairs"], results, strict=True):
        if kind != "Tensor":
            return f"expected a Tensor, found {kind}"
        says = first([
            differs(out, ufunc(a, b), f"{a.shape} {sign} {b.shape}", dtype=np.float32),
            differs(left, a, f"the left Tensor after {sign}") or differs(right, b, f"the right Tensor after {sign}"),
            differs(forth, ufunc(a, number), f"{a.shape} {sign} a number", dtype=np.float32),
            differs(back, ufunc(number, a), f"a number {sign} {a.shape}", dtype=np.float32),
            differs(hidden, ufunc(a, b), "work that does not pass `Tensor._apply`"),
        ])
        if says:
            return says


# catch: the check meets the fault, two right functions, and two that forget one of the two duties

CATCHES = {"fault": "AssertionError", "never refuses": "AssertionError", "always refuses": "AssertionError",
           "NumPy": "passes", "from the right": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def aligned(a, b):
        length = max(len(a), len(b))
        return list(zip((1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)))

    def never_refuses(a, b):
        return tuple(n if m == 1 else m for m, n in aligned(a, b))

    def always_refuses(a, b):
        raise ValueError(f"{a} and {b}")

    def from_the_right(a, b):
        if any(m != n and m != 1 and n != 1 for m, n in aligned(a, b)):
            raise ValueError(f"{a} and {b}")
        return never_refuses(a, b)

    functions = {"fault": lesson.broadcast_from_left, "never refuses": never_refuses,
                 "always refuses": always_refuses, "NumPy": np.broadcast_shapes, "from the right": from_the_right}
    return [outcome(lambda name=name: lesson.check_broadcast(functions[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a function that {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# broadcast_shape: NumPy knows; shapes that meet, with 1, 0 and unlike lengths, and shapes that do not


def draw_broadcast_shape(rng):
    meeting = [drawn_pair(rng) for _ in range(12)]
    refused = [[a, (*b[:-1], a[-1] + 1)] for a, b in meeting if len(a) and len(b) and a[-1] > 1]
    fixed = [[(3, 1), (0,)], [(0,), (1,)], [(), ()], [(), (4, 3)], [(3, 4), (3,)], [(4, 3), (3,)], [(0, 2), (3, 2)]]
    return [[list(a), list(b)] for a, b in meeting + refused + fixed]


def drawn_pair(rng):
    """Two shapes that meet: one shape, with axes turned to 1 and front axes dropped in two copies."""
    whole = [int(n) for n in rng.integers(2, 8, rng.integers(1, 5))]
    copies = [[1 if rng.random() < 0.3 else n for n in whole][rng.integers(0, len(whole)):] for _ in range(2)]
    return tuple(copies[0]), tuple(copies[1])


def act_broadcast_shape(lesson, pairs):
    def nothing(*shapes):
        raise TypeError("find the shape without NumPy's help")

    helpers = ("broadcast_shapes", "broadcast", "broadcast_arrays", "broadcast_to")
    kept, answer = {name: getattr(np, name) for name in helpers}, []
    vars(np).update(dict.fromkeys(helpers, nothing))
    try:
        for a, b in pairs:
            answer.append(met(lesson.broadcast_shape, tuple(a), tuple(b)))
    finally:
        vars(np).update(kept)
    return answer


def met(shape_of, a, b):
    try:
        return list(shape_of(a, b))
    except ValueError as error:
        return "refused" if str(a) in str(error) and str(b) in str(error) else "refused, shapes not shown"


def judge_broadcast_shape(pairs, answer, reference):
    for (a, b), found in zip(pairs, answer, strict=True):
        try:
            expected = list(np.broadcast_shapes(tuple(a), tuple(b)))
        except ValueError:
            expected = "refused"
        if found != expected:
            return f"{tuple(a)} and {tuple(b)}: expected {expected}, found {str(found)[:60]}"


# matmul_loops: unequal sizes, two dtypes; and NumPy's own products are out of reach


def draw_matmul_loops(rng):
    sizes = [(3, 5, 2), (2, 4, 6), (1, 7, 3), (5, 1, 4)]
    pairs = [[rng.normal(size=(m, k)), rng.normal(size=(k, n))] for m, k, n in sizes]
    return [[array.astype(dtype) for array in pair] for pair in pairs for dtype in (np.float32, np.float64)]


def act_matmul_loops(lesson, pairs):
    class Loose(np.ndarray):
        """An array that refuses to be multiplied as a whole."""

        def __array_ufunc__(self, ufunc, method, *inputs, **options):
            if ufunc is np.matmul:
                raise TypeError("write the loops")
            if "out" in options:
                options["out"] = tuple(np.asarray(x) for x in options["out"])
            return getattr(ufunc, method)(*[np.asarray(x) for x in inputs], **options)

        def __array_function__(self, function, types, args, options):
            if function in (np.dot, np.einsum, np.inner, np.tensordot, np.vdot):
                raise TypeError("write the loops")
            return super().__array_function__(function, types, args, options)

        def dot(self, other):
            raise TypeError("write the loops")

    return [[np.asarray(lesson.matmul_loops(a.view(Loose), b.view(Loose))), a, b] for a, b in pairs]


def judge_matmul_loops(pairs, answer, reference):
    return first(
        differs(found, a @ b, f"{a.shape} times {b.shape}", dtype=a.dtype)
        or differs(left, a, "the left array afterwards") or differs(right, b, "the right array afterwards")
        for (a, b), (found, left, right) in zip(pairs, answer, strict=True))


# standardise: dark, pale and grey images, one of them nearly grey, where the place of eps shows


def draw_standardise(rng):
    images = rng.normal(5, 2, (5, 6, 7)) * np.reshape([1, 30, 0, 0.002, 5], (5, 1, 1)) + rng.normal(0, 4, (5, 1, 1))
    return {"images": images.astype(np.float32), "square": rng.normal(3, 2, (4, 4, 4)).astype(np.float32),
            "eps": float(rng.uniform(0.5, 2)), "wave": float(rng.uniform(2, 4))}


def act_standardise(lesson, inputs):
    images, square = lesson.Tensor(inputs["images"]), lesson.Tensor(inputs["square"])
    out = lesson.standardise(images)
    with disguised(lesson.Tensor, inputs["wave"]) as mask:
        hidden = mask.show(lesson.standardise(mask.hide(lesson.Tensor(inputs["square"])), inputs["eps"]))
    return [type(out).__name__, out.data, lesson.standardise(square, eps=inputs["eps"]).data, hidden]


def judge_standardise(inputs, answer, reference):
    kind, out, square, hidden = answer
    if kind != "Tensor":
        return f"expected a Tensor, found {kind}"
    expected = made_even(inputs["square"], inputs["eps"])
    return first([differs(out, made_even(inputs["images"], 1e-5), "standardised images", rtol=1e-2, atol=1e-2),
                  differs(square, expected, "images standardised with another eps", rtol=1e-3, atol=1e-3),
                  differs(hidden, expected, "work that does not pass `Tensor._apply`", rtol=1e-2, atol=1e-2)])


def made_even(images, eps):
    images = images.astype(np.float64)
    distance = images - images.mean(axis=(1, 2), keepdims=True)
    return distance / np.sqrt((distance**2).mean(axis=(1, 2), keepdims=True) + eps)


# the two numbers: the reference runs under the learner's id, so that `mine` draws the same sizes


def draw_kept_bytes(rng):
    return []


draw_pair_bytes = draw_kept_bytes


def act_kept_bytes(lesson, inputs):
    return lesson.kept_bytes


def act_pair_bytes(lesson, inputs):
    return lesson.pair_bytes


def judge_kept_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes kept alive", rtol=0, atol=0)


def judge_pair_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of all pairs", rtol=0, atol=0)
