"""What a grader asks of Acceleration: the same answers as the slow way, and buffers that nobody else holds.

Pictures and kernels are whole numbers, so that every way of adding gives the same.
"""
import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

EXACT = {"rtol": 0, "atol": 0}


def whole(rng, *shape):
    return rng.integers(-9, 10, shape).astype(np.float32)


# cross_entropy and its rule


def draw_cross_entropy(rng):
    return {"logits": rng.normal(0, 2, (4, 3)).astype(np.float32), "ids": rng.permutation([0, 1, 2, 2]),
            "high": np.float32([[700, 690, 600], [-500, -520, -510]])}


def act_cross_entropy(lesson, inputs):
    kept, logits = {}, inputs["logits"].copy()
    loss = lesson.cross_entropy(logits, inputs["ids"], keep=kept)
    return {"loss": float(loss), "alone": float(lesson.cross_entropy(inputs["logits"], inputs["ids"])),
            "probs": np.array(kept["probs"]), "changed": bool((logits != inputs["logits"]).any()),
            "high": float(lesson.cross_entropy(inputs["high"], np.array([2, 0]))), "kind": str(np.asarray(loss).dtype)}


def judge_cross_entropy(inputs, answer, reference):
    logits, ids = inputs["logits"].astype(np.float64), inputs["ids"]
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(4), ids]).mean()
    if answer["changed"]:
        return "the caller's logits were changed"
    if answer["kind"] != "float32":
        return f"the loss of float32 logits: expected float32, found {answer['kind']}"
    return (differs(answer["loss"], loss, "the loss", rtol=1e-4, atol=1e-5)
            or differs(answer["alone"], loss, "the loss when nothing is kept", rtol=1e-4, atol=1e-5)
            or differs(answer["probs"], probs, "keep['probs']", rtol=1e-3, atol=1e-5, dtype=np.float32)
            or differs(answer["high"], 50.0000454, "the loss of logits of some hundreds", rtol=1e-3, atol=1e-3))


def draw_cross_entropy_rule(rng):
    probs = rng.uniform(0.2, 1, (4, 2)).astype(np.float32)
    return {"probs": probs / probs.sum(axis=1, keepdims=True), "ids": rng.permutation([0, 1, 1, 0]),
            "grad_out": np.float32(rng.uniform(2, 5))}


def act_cross_entropy_rule(lesson, inputs):
    probs = inputs["probs"].copy()
    grads = lesson.cross_entropy_rule(np.asarray(inputs["grad_out"]), np.float32(0.7), probs, inputs["ids"],
                                      kept={"probs": probs})
    return {"grad": np.array(grads[0]), "count": len(grads), "changed": bool((probs != inputs["probs"]).any())}


def judge_cross_entropy_rule(inputs, answer, reference):
    expected = inputs["probs"] - np.eye(2)[inputs["ids"]]
    expected = expected * float(inputs["grad_out"]) / len(inputs["ids"])
    if answer["changed"]:
        return "kept['probs'] was changed"
    if answer["count"] != 1:
        return f"one input, one gradient: expected a tuple of 1, found {answer['count']}"
    return differs(answer["grad"], expected, "the gradient for the logits", rtol=1e-3, atol=1e-5, dtype=np.float32)


# catch and repair


CATCHES = {"fault": "AssertionError", "small ones new": "AssertionError", "two in turn": "AssertionError",
           "four in turn": "AssertionError", "forgets parts": "AssertionError", "the last again": "AssertionError",
           "always new": "passes", "rows of one block": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def pools(lesson):
    def in_turn(count):
        class InTurn:
            def __init__(self):
                self.made, self.turn = {}, -1

            def take(self, shape, dtype=np.float32):
                self.turn = (self.turn + 1) % count
                return self.made.setdefault((self.turn, tuple(shape), np.dtype(dtype)), np.empty(shape, dtype))
        return InTurn

    class Forgets:
        def __init__(self):
            self.lent = []

        def take(self, shape, dtype=np.float32):
            place = next((at for at, (_, seen) in enumerate(self.lent) if seen() is None), len(self.lent))
            buffer = self.lent[place][0] if place < len(self.lent) else np.empty(shape, dtype)
            view = buffer[...]
            self.lent[place:place + 1] = [(buffer, lesson.weakref.ref(view))]
            return view

    class New:
        def take(self, shape, dtype=np.float32):
            return np.empty(shape, dtype)

    class Block:  # room for eight, side by side
        def __init__(self):
            self.block, self.given = None, 0

        def take(self, shape, dtype=np.float32):
            if self.block is None or self.given == len(self.block):
                self.block, self.given = np.empty((8, *shape), dtype), 0
            self.given += 1
            return self.block[self.given - 1]

    class Small(lesson.ColleaguePool):
        def take(self, shape, dtype=np.float32):
            return super().take(shape, dtype) if np.prod(shape) > 1000 else np.empty(shape, dtype)

    return {"fault": lesson.ColleaguePool, "small ones new": Small, "two in turn": in_turn(2),
            "four in turn": in_turn(4), "forgets parts": Forgets, "the last again": in_turn(1), "always new": New,
            "rows of one block": Block}


def act_catch(lesson, names):
    kinds = pools(lesson)
    return [outcome(lambda name=name: lesson.check_pool(kinds[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a pool of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    return {"shape": [int(rng.integers(90, 120)), 500], "fill": rng.integers(3, 99, 6).tolist()}


def act_repair(lesson, inputs):
    """Six arrays of one size are filled with a number each, one dies, a row of another stays; then two more."""
    pool, shape = lesson.BufferPool(), tuple(inputs["shape"])
    arrays = [pool.take(shape) for _ in inputs["fill"]]
    for array, number in zip(arrays, inputs["fill"]):
        array[...] = number
    made, row = [pool.made], arrays.pop(1)[5]
    del array
    arrays.pop(3)
    later = pool.take(shape)
    later[...] = -1
    made.append(pool.made)
    other = pool.take((shape[1], shape[0]), np.float32)
    other[...] = -2
    made.append(pool.made)
    wide = pool.take(shape, np.float64)
    small = [pool.take((3, 5)) for _ in range(2)]
    small[0][...], small[1][...] = 3, 5
    made.append(pool.made)
    values = np.array([row[7], *[array[9, 9] for array in arrays]])
    del arrays[0]
    again = pool.take(shape)
    again[...] = -3
    made.append(pool.made)
    return {"values": values, "made": made,
            "later": [float(later[3, 3]), float(other[3, 3]), float(small[0][1, 1]),
                      float(again[7, 7])],
            "shapes": [list(later.shape), list(other.shape), list(wide.shape), str(wide.dtype), str(other.dtype)],
            "nbytes": pool.nbytes}


def judge_repair(inputs, answer, reference):
    fill, rows = inputs["fill"], inputs["shape"][0]
    says = differs(answer["values"], np.float32([fill[1], fill[0], fill[2], fill[3], fill[5]]),
                   "numbers in arrays that are held, or of which a row is", **EXACT)
    if says:
        return says
    if list(answer["made"]) != [6, 6, 7, 8, 8]:
        return ("buffers made after 6 arrays, after one died, for one more, for twice the bytes, after another died: "
                f"expected 6, 6, 7, 8, 8, found {answer['made']}")
    if list(answer["later"]) != [-1, -2, 3, -3]:
        return f"new arrays should keep what is written into them, -1, -2, 3 and -3; found {answer['later']}"
    shapes = [[rows, 500], [500, rows], [rows, 500], "float64", "float32"]
    if answer["shapes"] != shapes:
        return f"shapes and dtypes as asked for: expected {shapes}, found {answer['shapes']}"
    return differs(answer["nbytes"], 4 * rows * 500 * 9, "pool.nbytes", **EXACT)


# lowered and conv2d


def draw_lowered(rng):
    return {"images": whole(rng, 3, 2, 4, 9), "cases": [[3, 1, 0, 0], [4, 2, 1, 2], [2, 3, 0, 1]]}


def act_lowered(lesson, inputs):
    found = []
    for kernel_w, stride_w, pad_h, pad_w in inputs["cases"]:
        out_w = (inputs["images"].shape[3] + 2 * pad_w - kernel_w) // stride_w + 1
        found.append(np.array(lesson.lowered(inputs["images"], kernel_w, out_w, stride_w, (pad_h, pad_w))))
    double = lesson.lowered(inputs["images"].astype(np.float64), kernel_w, out_w, stride_w, (pad_h, pad_w))
    return {"found": found, "kind": str(double.dtype)}


def judge_lowered(inputs, answer, reference):
    if answer["kind"] != "float64":
        return f"images of float64: expected float64, found {answer['kind']}"
    return first(differs(found, lowered(inputs["images"], *case),
                         f"lowered with kernel_w {case[0]}, stride_w {case[1]}", **EXACT, dtype=np.float32)
                 for case, found in zip(inputs["cases"], answer["found"], strict=True))


def lowered(images, kernel_w, stride_w, pad_h, pad_w):
    padded = np.pad(images, ((0, 0), (0, 0), (pad_h, pad_h), (pad_w, pad_w)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel_w, axis=3)[:, :, :, ::stride_w]
    return windows.transpose(2, 1, 4, 3, 0)


def draw_conv2d(rng):
    return {"images": whole(rng, 2, 3, 7, 8), "weight": whole(rng, 4, 3, 3, 2), "bias": whole(rng, 4),
            "cases": [[[1, 1], [0, 0]], [[2, 1], [1, 0]], [[1, 3], [0, 1]], [[3, 2], [2, 1]]]}


def act_conv2d(lesson, inputs):
    images, weight, bias = inputs["images"], inputs["weight"], inputs["bias"]
    found = [np.array(lesson.conv2d(images, weight, bias, stride=tuple(stride), padding=tuple(padding)))
             for stride, padding in inputs["cases"]]
    small = [array.astype(np.float64) + 2.0**-40 for array in (images, weight)]
    double = lesson.conv2d(*small, stride=(1, 1), padding=(0, 0)) - np.round(found[0] - bias[:, None, None])
    return {"found": found, "fine": bool((double != 0).any()),
            "bare": np.array(lesson.conv2d(images, weight, stride=(1, 1), padding=(0, 0))),
            "bias": np.array(bias)}


def judge_conv2d(inputs, answer, reference):
    images, weight, bias = inputs["images"], inputs["weight"], inputs["bias"]
    return (first(differs(found, convolved(images, weight, *case) + bias[:, None, None],
                          f"stride {tuple(case[0])}, padding {tuple(case[1])}", **EXACT, dtype=np.float32)
                  for case, found in zip(inputs["cases"], answer["found"], strict=True))
            or differs(answer["bare"], convolved(images, weight, (1, 1), (0, 0)), "without a bias", **EXACT)
            or differs(answer["bias"], bias, "the caller's bias", **EXACT)
            or (None if answer["fine"] else "float64 numbers are summed with fewer digits than they have"))


def convolved(images, weight, stride, padding):
    padded = np.pad(images, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    return np.einsum("bchwij,ocij->bohw", windows[:, :, ::stride[0], ::stride[1]], weight)


# accelerate


def draw_accelerate(rng):
    return {"number": int(rng.integers(3, 50)), "plain": ["add", "matmul", "tanh"]}


def act_accelerate(lesson, inputs):
    """What goes on through the reading: which forward, with what, and whether its answer comes back."""
    gone = []

    def step(forward, *inputs, **options):
        gone.append([forward.__name__, forward is lesson.FAST.get(forward.__name__, [None])[0],
                     [*inputs], sorted(options.items())])
        return ["answer", len(gone)]

    def pretends(forward):
        def other():
            return None
        other.__name__ = forward
        return other

    apply = lesson.accelerate(step)
    back = [apply(pretends(name), inputs["number"], 7, axis=5) for name in ("conv2d", "gelu", "relu")]
    back += [apply(getattr(np, name), inputs["number"]) for name in inputs["plain"]]
    return {"gone": [[name, fast, given, [list(pair) for pair in options]] for name, fast, given, options in gone],
            "back": back}


def judge_accelerate(inputs, answer, reference):
    number = inputs["number"]
    expected = [[name, True, [number, 7], [["axis", 5]]] for name in ("conv2d", "gelu", "relu")]
    expected += [[name, False, [number], []] for name in inputs["plain"]]
    says = first(f"{want[0]} should go on with forward of FAST {want[1]}, inputs {want[2]} and options {want[3]}; it "
                 f"was {got}"
                 for got, want in zip(answer["gone"], expected, strict=True) if got != want)
    if says:
        return says
    back = [["answer", count] for count in range(1, len(expected) + 1)]
    return None if answer["back"] == back else "what step gives should be given back"


# the two numbers


def draw_lowered_bytes(rng):
    return []


draw_saved_bytes = draw_lowered_bytes


def act_lowered_bytes(lesson, inputs):
    return lesson.lowered_bytes


def act_saved_bytes(lesson, inputs):
    return lesson.saved_bytes


def judge_lowered_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of lowered", **EXACT)


def judge_saved_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes that are saved", **EXACT)
