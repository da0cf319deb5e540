"""What a grader asks of Losses: for each exercise draw, act and judge.

`act` runs once with the learner's lesson and once with the reference; `draw` and `judge` run only on the trusted side,
where NumPy in float64 is the oracle. An answer of the wrong form makes `judge` raise, and then it has not accepted.
"""
import re

import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first

# log_softmax: scores near and far, each axis, and two that exp cannot hold


def draw_log_softmax(rng):
    shapes = [((3, 4), 1), ((3, 4), 0), ((5,), -1), ((2, 3, 4), 1), ((2, 3, 4), -1)]
    asked = [[rng.normal(0, 3, shape).astype(np.float32), axis] for shape, axis in shapes]
    far = rng.permutation(np.float32([1000, 700, 3, -1000]))
    return {"asked": [*asked, [np.stack([far, far - 2000, far * 0 - 900]), 1]], "wave": float(rng.uniform(2, 9))}


def act_log_softmax(lesson, inputs):
    answer = []
    for scores, axis in inputs["asked"]:
        logits = lesson.Tensor(scores)
        out = lesson.log_softmax(logits, axis=axis)
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            hidden = mask.show(lesson.log_softmax(mask.hide(lesson.Tensor(scores)), axis=axis))
        answer.append([type(out).__name__, out.data, logits.data, hidden])
    return answer


def judge_log_softmax(inputs, answer, reference):
    for (scores, axis), (kind, out, after, hidden) in zip(inputs["asked"], answer, strict=True):
        expected, what = log_probs_of(scores, axis), f"log_softmax of shape {scores.shape} along axis {axis}"
        says = f"expected a Tensor, found {kind}" if kind != "Tensor" else first([
            differs(out, expected, what, dtype=np.float32), differs(after, scores, "the logits afterwards"),
            differs(hidden, expected, "work that does not pass `Tensor._apply`", atol=0.01)])
        if says:
            return says


def log_probs_of(scores, axis):
    """The truth in float64, by another way: logarithms are added two at a time."""
    scores = scores.astype(np.float64)
    return scores - np.logaddexp.reduce(scores, axis=axis, keepdims=True)


# cross_entropy: batches of several sizes, targets as arrays and as Tensors; certain and wrong by 1000; through the door


def draw_cross_entropy(rng):
    sizes = [(1, 3), (5, 4), (3, 7), (6, 2)]
    batches = [[rng.normal(0, 2, size).astype(np.float32), rng.integers(0, size[1], size[0])] for size in sizes]
    certain = np.float32([[1000, 0, -1000, 3], [-1000, 3, 1000, 0], [3, 0, 1000, -1000]])
    return {"batches": [*batches, [certain, rng.integers(0, 4, 3)]], "wave": float(rng.uniform(2, 9))}


def act_cross_entropy(lesson, inputs):
    answer = []
    for scores, ids in inputs["batches"]:
        out = lesson.CrossEntropyLoss()(lesson.Tensor(scores), ids)
        again = lesson.CrossEntropyLoss().forward(lesson.Tensor(scores), lesson.Tensor(ids, dtype=np.int64))
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            hidden = mask.show(lesson.CrossEntropyLoss()(mask.hide(lesson.Tensor(scores)), ids))
        answer.append([type(out).__name__, out.data, again.data, hidden])
    return answer


def judge_cross_entropy(inputs, answer, reference):
    for (scores, ids), (kind, out, again, hidden) in zip(inputs["batches"], answer, strict=True):
        expected = cross_entropy_of(scores, ids)
        says = f"expected a Tensor, found {kind}" if kind != "Tensor" else first([
            differs(out, expected, f"loss of {len(ids)} rows and {scores.shape[1]} classes", dtype=np.float32),
            differs(again, expected, "loss with targets in a Tensor"),
            differs(hidden, expected, "work that does not pass `Tensor._apply`", atol=0.01)])
        if says:
            return says


def cross_entropy_of(scores, ids):
    return -log_probs_of(scores, 1)[np.arange(len(ids)), ids].mean()


# bce: yes, no and between; certain answers; through the door. The wave is small, or it would leave 0 to 1.


def draw_bce(rng):
    shapes = (1,), (5, 1), (2, 3)  # the first, of one element, is asked under a disguise as well
    pairs = [[rng.uniform(0.2, 0.8, shape), rng.integers(0, 2, shape)] for shape in shapes]
    between = [rng.uniform(0.2, 0.8, (6,)), rng.uniform(0.1, 0.9, (6,))]
    certain = rng.permutation([[0, 0], [1, 1], [0, 1], [1, 0], [1e-20, 1], [0.5, 0.25]]).T
    pairs = [[array.astype(np.float32) for array in pair] for pair in [*pairs, between, certain]]
    return {"pairs": pairs, "wave": float(rng.uniform(0.1, 0.15))}


def act_bce(lesson, inputs):
    answer = []
    for probs, targets in inputs["pairs"]:
        out = lesson.BCELoss()(lesson.Tensor(probs), lesson.Tensor(targets))
        answer.append([type(out).__name__, out.data])
    probs, targets = inputs["pairs"][0]
    with disguised(lesson.Tensor, inputs["wave"]) as mask:
        hidden = mask.show(lesson.BCELoss()(mask.hide(lesson.Tensor(probs)), lesson.Tensor(targets)))
    return [answer, hidden]


def judge_bce(inputs, answer, reference):
    losses, hidden = answer
    for (probs, targets), (kind, out) in zip(inputs["pairs"], losses, strict=True):
        says = f"expected a Tensor, found {kind}" if kind != "Tensor" else differs(
            out, bce_of(probs, targets), f"loss of probabilities of shape {probs.shape}", dtype=np.float32)
        if says:
            return says
    return differs(hidden, bce_of(*inputs["pairs"][0]), "work that does not pass `Tensor._apply`")


def bce_of(probs, targets):
    probs, targets = probs.astype(np.float64), targets.astype(np.float64)
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.maximum(np.log(probs), -100), np.maximum(np.log(1 - probs), -100)
    return -(targets * log_yes + (1 - targets) * log_no).mean()


# slope: polynomials, whose slope over a whole way is known to the last digit; x stays; a tiny nudge in float64


def draw_slope(rng):
    return {"x": rng.uniform(2, 5, (2, 3)), "weight": rng.uniform(2, 4, (2, 3)),
            "at": [int(rng.integers(2)), int(rng.integers(3))], "nudge": float(rng.uniform(0.3, 0.7))}


def act_slope(lesson, inputs):
    x, at = lesson.Tensor(inputs["x"], dtype=np.float64), tuple(inputs["at"])
    weight = lesson.Tensor(inputs["weight"], dtype=np.float64)
    square, cube = (lambda x: (weight * x * x).sum()), (lambda x: (weight * x * x * x).sum())
    found = [lesson.slope(square, x, at, nudge=inputs["nudge"]), lesson.slope(cube, x, at, nudge=inputs["nudge"])]
    found += [lesson.slope(square, x, at), lesson.slope(square, x, at, nudge=1e-5)]
    flat = lesson.Tensor(inputs["x"][0])
    return [[float(one) for one in found], lesson.slope(lambda x: (x * x).sum(), flat, at[1]), x.data, flat.data]


def judge_slope(inputs, answer, reference):
    found, flat, x_after, flat_after = answer
    at, nudge = tuple(inputs["at"]), inputs["nudge"]
    x, weight, row = inputs["x"][at], inputs["weight"][at], inputs["x"][0]
    expected = [2 * weight * x, weight * (3 * x * x + nudge * nudge), 2 * weight * x, 2 * weight * x]
    return first([differs(found, expected, "slopes of a square, a cube, and a square with a small nudge", rtol=1e-4),
                  differs(flat, 2 * row[at[1]], "slope of a float32 square at one position", rtol=1e-2),
                  differs(x_after, inputs["x"], "x afterwards", rtol=0, atol=0),
                  differs(flat_after, np.float32(row), "a float32 x afterwards", rtol=0, atol=0)])


# catch: the check meets the fault, right reports, and reports that forget one of the two duties

CATCHES = {"has two softmaxes": "AssertionError", "always says 0": "AssertionError",
           "always says ln(classes)": "AssertionError", "takes the sum": "AssertionError",
           "counts in bits": "AssertionError",
           "is right": "passes", "is right, in NumPy": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def in_numpy(logits, targets):
        scores = logits.data.astype(np.float64)
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        targets = np.array(getattr(targets, "data", targets))
        right = scores.argmax(axis=1) == targets
        return float(right.mean()), float(-log_probs[np.arange(len(scores)), targets].mean())

    def with_loss(loss_of):
        return lambda logits, targets: (in_numpy(logits, targets)[0], float(loss_of(logits, targets)))

    reports = {
        "has two softmaxes": lesson.colleague_report,
        "always says 0": with_loss(lambda logits, targets: 0),
        "always says ln(classes)": with_loss(lambda logits, targets: np.log(logits.shape[1])),
        "takes the sum": with_loss(lambda logits, targets: len(logits) * in_numpy(logits, targets)[1]),
        "counts in bits": with_loss(lambda logits, targets: in_numpy(logits, targets)[1] / np.log(2)),
        "is right": with_loss(lambda logits, targets: lesson.CrossEntropyLoss()(logits, targets).item()),
        "is right, in NumPy": in_numpy,
    }
    return [outcome(lambda name=name: lesson.check_report(reports[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a report that {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# repair: shares and losses of batches, one of them certain and right, one certain and wrong


def draw_repair(rng):
    sizes = (7, 4), (5, 6)
    batches = [[rng.normal(0, 2, size).astype(np.float32), rng.integers(0, size[1], size[0])] for size in sizes]
    ids = rng.integers(0, 5, 4)
    return [*batches, [np.float32(60 * np.eye(5)[ids]), ids], [np.float32(1000 * np.eye(5)[ids - 1]), ids]]


def act_repair(lesson, batches):
    return [[float(number) for number in lesson.report(lesson.Tensor(scores), ids)] for scores, ids in batches]


def judge_repair(batches, answer, reference):
    for (scores, ids), (right, loss) in zip(batches, answer, strict=True):
        says = first([differs(right, (scores.argmax(axis=1) == ids).mean(), "share of right answers"),
                      differs(loss, cross_entropy_of(scores, ids), "loss in the report")])
        if says:
            return says


# chance_check: networks from lesson 03 with drawn weights: nearly equal scores, large ones, a Softmax at the end, ...
# Of five classes the last is never right.


def draw_chance_check(rng):
    weights = {"0.weight": rng.normal(0, 0.3, (6, 4)), "0.bias": rng.normal(0, 0.1, 6),
               "2.weight": rng.normal(0, 0.1, (5, 6)), "2.bias": rng.normal(0, 0.1, 5)}
    return {"weights": {name: array.astype(np.float32) for name, array in weights.items()},
            "images": rng.uniform(0, 1, (8, 4)).astype(np.float32), "ids": rng.integers(0, 4, 8)}


def act_chance_check(lesson, inputs):
    images, ids = lesson.Tensor(inputs["images"]), inputs["ids"]
    network = lesson.Sequential(lesson.Linear(4, 6), lesson.ReLU(), lesson.Linear(6, 5))
    network.load_state_dict(inputs["weights"])
    right = np.eye(5, dtype=np.float32)[ids]
    models = [("network", network, {}), ("tight", network, {"slack": 1e-7}),
              ("in doubt", lambda x: lesson.Tensor(2 * right), {"slack": 1.5}),
              ("softmax", lesson.Sequential(network, lesson.Softmax()), {}),
              ("knows", lambda x: lesson.Tensor(30 * right), {}),
              ("wrong", lambda x: lesson.Tensor(-30 * right), {}),
              ("leaning", lambda x: lesson.Tensor(0.9 * right), {}),
              ("leaning less", lambda x: lesson.Tensor(0.6 * right), {}),
              ("nan", lambda x: lesson.Tensor(np.nan * right), {}),
              ("positive", lambda x: lesson.Tensor(0 * right + 3), {}),
              ("sum to 1", lambda x: lesson.Tensor(0 * right + SUM_TO_1), {}),
              ("first row", lambda x: lesson.Tensor(0 * right + 0.3 - 0.1 * FIRST_ROW), {}),
              ("on average", lambda x: lesson.Tensor(0 * right + ON_AVERAGE), {}),
              ("certain", lambda x: lesson.Tensor(np.roll(right, 1, axis=1)), {})]
    return [said(lambda model=model, options=options: lesson.chance_check(model, images, ids, **options))
            for _, model, options in models]


SUM_TO_1 = np.float32([0.5, -0.1, 0.2, 0.3, 0.1])  # and yet no probabilities
FIRST_ROW = np.float32(np.arange(8)[:, None] == 0)
ON_AVERAGE = np.float32(0.1 + 0.2 * (np.arange(8)[:, None] % 2))  # rows of five sum to 0.5 and 1.5


def said(action):
    """The number that comes back, or the message of a ValueError."""
    try:
        return float(action())
    except ValueError as error:
        return str(error)


def judge_chance_check(inputs, answer, reference):
    ids, right = inputs["ids"], np.eye(5)[inputs["ids"]]
    network, tight, doubt, softmax, knows, wrong, leaning, less, nan, *rest = answer
    positive, sums, first_row, average, certain = rest
    scores = network_of(inputs)
    for what, model, found in [("nearly equal scores", scores, network), ("slack 1.5", 2 * right, doubt),
                               ("equal scores of 3", 0 * right + 3, positive),
                               ("scores that sum to 1, one below 0", 0 * right + SUM_TO_1, sums),
                               ("one row that sums to 1", 0 * right + 0.3 - 0.1 * FIRST_ROW, first_row),
                               ("rows that sum to 1 on average", 0 * right + ON_AVERAGE, average)]:
        if isinstance(found, str):
            return f"a model with {what} should pass, and was refused: {found[:80]}"
        says = differs(found, cross_entropy_of(model, ids), f"the loss of a model with {what}")
        if says:
            return says
    refused = {"with slack 0.0000001": (tight, scores), "that knows the answers": (knows, 30 * right),
               "that is certain and wrong": (wrong, -30 * right), "that leans to the answers": (leaning, 0.9 * right),
               "that leans to them a little": (less, 0.6 * right)}
    for what, (found, model) in refused.items():
        if not isinstance(found, str):
            return f"a model {what} should be refused with ValueError, and {found:g} came back"
        for number in (cross_entropy_of(model, ids), np.log(5)):
            if not any(abs(float(shown) - number) < 0.006 for shown in re.findall(r"\d+\.\d+(?:e-\d+)?", found)):
                return f"the message about a model {what} should show {number:.2f}; it says: {found[:80]}"
    for what, found in [("a network that ends in Softmax", softmax), ("a model of probabilities 0 and 1", certain),
                        ("a model that returns nan", nan)]:
        if not isinstance(found, str):
            return f"{what} should be refused with ValueError, and {found:g} came back"


def network_of(inputs):
    weights = {name: array.astype(np.float64) for name, array in inputs["weights"].items()}
    hidden = np.maximum(inputs["images"] @ weights["0.weight"].T + weights["0.bias"], 0)
    return hidden @ weights["2.weight"].T + weights["2.bias"]


# the two numbers: the reference runs under the learner's id, so that `mine` draws the same sizes


def draw_narrowed(rng):
    return []


draw_twice = draw_narrowed


def act_narrowed(lesson, inputs):
    return lesson.narrowed


def act_twice(lesson, inputs):
    return lesson.twice


def judge_narrowed(inputs, answer, reference):
    return differs(answer, reference, "loss after ruling out", rtol=5e-4, atol=0)


def judge_twice(inputs, answer, reference):
    return differs(answer, reference, "least loss with softmax twice", rtol=5e-4, atol=0)
