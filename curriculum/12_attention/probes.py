"""What a grader asks of Attention: values and gradients against float64 NumPy, one pair of query and key at a time.

A gradient comes out right only if every step went by Tensors, so each answer brings its gradients along.
"""
import math

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

CLOSE = {"rtol": 1e-3, "atol": 1e-4}


def attended(query, key, value, mask):
    """Answers and shares by float64 loops over queries; arrays (queries, d), (keys, d), (keys, width)."""
    shares = np.zeros((len(query), len(key)))
    for i, q in enumerate(query.astype(np.float64)):
        heard = [j for j in range(len(key)) if mask[i, j]]
        scores = np.array([q @ key[j].astype(np.float64) / math.sqrt(len(q)) for j in heard])
        powers = np.exp(scores - scores.max())
        shares[i, heard] = powers / powers.sum()
    return shares @ value, shares


def slopes(query, key, value, mask, grad_out):
    """The gradients for query, key and value, by hand."""
    _, shares = attended(query, key, value, mask)
    grad_shares = grad_out @ value.T
    grad_scores = shares * (grad_shares - (grad_shares * shares).sum(axis=1, keepdims=True)) / math.sqrt(query.shape[1])
    return grad_scores @ key, grad_scores.T @ query, shares.T @ grad_out


# attention: no mask, a mask for each sequence, one for all; with further axes in front


CASES = [((), 3, 5, 4, 6, None), ((2,), 4, 4, 5, 3, "all"), ((2, 2), 3, 4, 7, 5, "each")]


def draw_attention(rng):
    def numbers(*shape):
        return rng.normal(size=shape).astype(np.float32)

    drawn = []
    for front, queries, keys, d, width, kind in CASES:
        mask = rng.random((*(front if kind == "each" else ()), queries, keys)) < 0.6
        mask[..., 1] = True
        drawn.append({"query": numbers(*front, queries, d), "key": numbers(*front, keys, d),
                      "value": numbers(*front, keys, width), "mask": mask if kind else None,
                      "grad": numbers(*front, queries, width)})
    return drawn


def act_attention(lesson, inputs):
    answers = []
    for case in inputs:
        parts = [lesson.Tensor(case[name], requires_grad=True) for name in ("query", "key", "value")]
        out = lesson.scaled_dot_product_attention(*parts, case["mask"])
        out.backward(case["grad"])
        both = lesson.scaled_dot_product_attention(*parts, mask=case["mask"], return_weights=True)
        answers.append({"out": out.data, "equal": bool(np.array_equal(both[0].data, out.data)),
                        "weights": both[1].data, "grads": np.concatenate([part.grad.ravel() for part in parts])})
    empty = np.array([[True, False], [False, False]])
    some = [lesson.Tensor(np.ones((2, 3))) for _ in range(3)]
    return [answers, outcome(lambda: lesson.scaled_dot_product_attention(*some, empty))]


def judge_attention(inputs, answer, reference):
    answers, empty = answer
    for case, found in zip(inputs, answers, strict=True):
        front, (queries, keys) = case["query"].shape[:-2], (case["query"].shape[-2], case["key"].shape[-2])
        mask = np.broadcast_to(True if case["mask"] is None else case["mask"], (*front, queries, keys))
        expected = [[], [], [], [], []]
        for at in np.ndindex(front):
            parts = [case[name][at] for name in ("query", "key", "value")]
            right = *attended(*parts, mask[at]), *slopes(*parts, mask[at], case["grad"][at])
            for known, part in zip(expected, right, strict=True):
                known.append(part)
        what = f"{queries} queries, {keys} keys, {'no mask' if case['mask'] is None else 'a mask'}"
        out, shares, *grads = (np.reshape(part, (*front, *part[0].shape)) for part in expected)
        says = first([differs(found["out"], out, f"answers, {what}", **CLOSE, dtype=np.float32),
                      differs(found["weights"], shares, f"shares, {what}", **CLOSE, dtype=np.float32),
                      differs(found["grads"], np.concatenate([grad.ravel() for grad in grads]),
                              f"gradients of query, key and value, one after the other, {what}", **CLOSE)])
        if says or not found["equal"]:
            return says or f"answers with return_weights differ from those without, {what}"
    if empty != "ValueError":
        return f"a mask with a row of False: expected ValueError, found {empty}"


# causal_mask


def draw_causal_mask(rng):
    return [1, int(rng.integers(3, 7)), int(rng.integers(8, 12))]


def act_causal_mask(lesson, lengths):
    return [lesson.causal_mask(length) for length in lengths]


def judge_causal_mask(lengths, answer, reference):
    return first(differs(found, [[j <= i for j in range(length)] for i in range(length)],
                         f"the mask of {length} places", rtol=0, atol=0, dtype=bool)
                 for length, found in zip(lengths, answer, strict=True))


# layer_forward: causal and not, one sequence and several, values and the gradient of the rows


def draw_layer_forward(rng):
    weights = {name: rng.normal(size=shape).astype(np.float32) / 2 for name, shape in [
        ("query.weight", (4, 6)), ("query.bias", 4), ("key.weight", (4, 6)), ("key.bias", 4), ("value.weight", (4, 6)),
        ("value.bias", 4), ("out.weight", (6, 4)), ("out.bias", 6)]}
    return {"weights": weights, "x": [rng.normal(size=shape).astype(np.float32) for shape in [(5, 6), (3, 4, 6)]]}


def act_layer_forward(lesson, inputs):
    answers = []
    for causal in (True, False):
        layer = lesson.Attention(6, 4, causal=causal)
        layer.load_state_dict(inputs["weights"])
        for array in inputs["x"]:
            x = lesson.Tensor(array, requires_grad=True)
            out = layer(x)
            (out * out).sum().backward()
            answers.append([out.data, x.grad])
    return answers


def judge_layer_forward(inputs, answer, reference):
    w, cases = inputs["weights"], [(causal, x) for causal in (True, False) for x in inputs["x"]]
    for (causal, x), (found, grad), (_, slope) in zip(cases, answer, reference, strict=True):
        expected = []
        for rows in x.reshape(-1, *x.shape[-2:]).astype(np.float64):
            q, k, v = (rows @ w[f"{name}.weight"].T + w[f"{name}.bias"] for name in ("query", "key", "value"))
            mask = np.tri(len(rows), dtype=bool) if causal else np.ones((len(rows), len(rows)), dtype=bool)
            expected.append(attended(q, k, v, mask)[0] @ w["out.weight"].T + w["out.bias"])
        what = "causal" if causal else "not causal"
        says = (differs(found, np.reshape(expected, x.shape), f"answers, {what}", **CLOSE, dtype=np.float32)
                or differs(grad, slope, f"gradient of the rows, {what}", **CLOSE))
        if says:
            return says


# blocks: sizes that divide and that do not, and the largest Tensor on the way


def draw_blocks(rng):
    return {"parts": [rng.normal(size=shape).astype(np.float32) for shape in ((50, 4), (60, 4), (60, 3))],
            "blocks": [50, 25, int(rng.integers(12, 24)), 7, 200]}


def act_blocks(lesson, inputs):
    answers = []
    for block in inputs["blocks"]:
        sizes = []

        def watch(step, sizes=sizes):
            def apply(forward, *tensors, **options):
                out = step(forward, *tensors, **options)
                sizes.append(out.data.size)
                return out
            return apply

        lesson.Tensor._read(watch)
        try:
            answers.append([lesson.attention_in_blocks(*inputs["parts"], block), max(sizes)])
        finally:
            lesson.Tensor._read(watch, on=False)
    return answers


def judge_blocks(inputs, answer, reference):
    expected, _ = attended(*inputs["parts"], np.ones((50, 60), dtype=bool))
    for block, (found, largest) in zip(inputs["blocks"], answer, strict=True):
        says = differs(found, expected, f"answers in blocks of {block}", **CLOSE)
        if not says and largest > max(min(block, 50) * 60, 60 * 4):
            says = f"blocks of {block} need scores for {min(block, 50) * 60} pairs, found a Tensor of {largest} numbers"
        if says:
            return says


# catch and repair: masks that are right, off by one in both directions, or anchored at the wrong end


CATCHES = {"fault": "AssertionError", "not itself": "AssertionError", "from the first": "AssertionError",
           "one more key": "AssertionError", "everybody": "AssertionError", "two back": "AssertionError",
           "right": "passes", "right by comparison": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def shifted(by):
        return lambda queries, keys: np.tri(queries, keys, k=keys - queries + by, dtype=bool)

    def window(queries, keys):
        return shifted(0)(queries, keys) & ~shifted(-3)(queries, keys)

    masks = {"fault": lesson.colleague_mask, "not itself": shifted(-1), "two back": window,
             "from the first": lambda queries, keys: np.tri(queries, keys, dtype=bool),
             "one more key": lambda queries, keys: np.tri(queries, keys + 1, k=keys - queries, dtype=bool),
             "everybody": lambda queries, keys: np.ones((queries, keys), dtype=bool), "right": shifted(0),
             "right by comparison": lambda queries, keys: np.arange(keys) <= np.arange(keys - queries, keys)[:, None]}
    return [outcome(lambda name=name: lesson.check_mask(masks[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a mask of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    keys = int(rng.integers(6, 10))
    return [[keys, keys], [3, keys], [1, keys], [keys - 1, keys]]


def act_repair(lesson, sizes):
    return [lesson.late_mask(queries, keys) for queries, keys in sizes]


def judge_repair(sizes, answer, reference):
    return first(differs(found, [[j <= keys - queries + i for j in range(keys)] for i in range(queries)],
                         f"the mask of {queries} queries and {keys} keys", rtol=0, atol=0, dtype=bool)
                 for (queries, keys), found in zip(sizes, answer, strict=True))


# recall


def draw_recall(rng):
    return {"x": rng.normal(size=(6, 5, 18)).astype(np.float32), "seed": int(rng.integers(1, 1000)),
            "weight": rng.normal(size=(10, 18)).astype(np.float32), "bias": rng.normal(size=10).astype(np.float32)}


def act_recall(lesson, inputs):
    attention = lesson.Attention(18, 8, causal=False, rng=np.random.default_rng(inputs["seed"]))
    scores, x = lesson.Linear(18, 10), lesson.Tensor(inputs["x"], requires_grad=True)
    scores.weight.data, scores.bias.data = np.array(inputs["weight"]), np.array(inputs["bias"])
    out = lesson.asked_scores(attention, scores, x)
    out.sum().backward()
    return [out.data, attention(x).data, x.grad]


def judge_recall(inputs, answer, reference):
    found, heard, grad = answer
    expected = reference[1][:, -1].astype(np.float64) @ inputs["weight"].T + inputs["bias"]
    return first([differs(heard, reference[1], "what attention gives for the rows", **CLOSE),
                  differs(found, expected, "the scores of the last rows", **CLOSE, dtype=np.float32),
                  differs(grad, reference[2], "the gradient of the questions", **CLOSE)])


# the two numbers


def draw_share_bytes(rng):
    return []


draw_longest = draw_share_bytes


def act_share_bytes(lesson, inputs):
    return lesson.share_bytes


def act_longest(lesson, inputs):
    return lesson.longest


def judge_share_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of all shares", rtol=0, atol=0)


def judge_longest(inputs, answer, reference):
    return differs(answer, reference, "rows of the longest sequence", rtol=0, atol=0)
