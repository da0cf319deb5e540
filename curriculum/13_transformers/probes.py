"""What a grader asks of Transformers: drawn weights against float64 loops, and wiring with stand-ins that are known."""
import math

import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first

# layer_norm: rows of several shapes, one of them nearly even, another eps, weights and biases that are drawn


def draw_layer_norm(rng):
    rows = [rng.normal(rng.uniform(-2, 2), rng.uniform(0.5, 3), shape) for shape in [(4, 6), (6,), (2, 3, 6)]]
    rows.append(3 + 1e-3 * rng.normal(size=(2, 6)))
    return {"rows": [one.astype(np.float32) for one in rows], "eps": [1e-5, float(rng.uniform(0.5, 2))],
            "weight": rng.normal(1, 0.5, 6).astype(np.float32), "bias": rng.normal(size=6).astype(np.float32),
            "height": float(rng.uniform(0.5, 2))}


def act_layer_norm(lesson, inputs):
    answer = []
    for eps in inputs["eps"]:
        norm = lesson.LayerNorm(6, eps)
        norm.weight.data, norm.bias.data = np.array(inputs["weight"]), np.array(inputs["bias"])
        answer.append([norm(lesson.Tensor(rows)).data for rows in inputs["rows"]])
        with disguised(lesson.Tensor, inputs["height"]) as wave:
            answer[-1].append(wave.show(norm(wave.hide(lesson.Tensor(inputs["rows"][0])))))
    norm(lesson.Tensor(inputs["rows"][0])).backward(inputs["rows"][0])
    return [answer, norm.weight.grad, norm.bias.grad]


def judge_layer_norm(inputs, answer, reference):
    answers, *grads = answer
    asked = [*inputs["rows"], inputs["rows"][0]]
    says = first(
        differs(found, normed(rows, inputs, eps), f"rows of shape {rows.shape} with eps {eps:.3g}", dtype=np.float32)
        for eps, some in zip(inputs["eps"], answers, strict=True) for rows, found in zip(asked, some, strict=True))
    rows = inputs["rows"][0].astype(np.float64)  # they are their own grad_out
    shares = normed(rows, {"weight": 1, "bias": 0}, inputs["eps"][-1])
    return says or differs(grads[0], (rows * shares).sum(axis=0), "the gradient of weight") or differs(
        grads[1], rows.sum(axis=0), "the gradient of bias")


def normed(rows, inputs, eps):
    rows = rows.astype(np.float64)
    centred = rows - rows.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps) * inputs["weight"] + inputs["bias"]


# catch: layers that are right, and layers that are wrong in one way each


CATCHES = {"the colleague's": "AssertionError", "open": "AssertionError", "open by one token": "AssertionError",
           "open at the end only": "AssertionError", "open at the start only": "AssertionError",
           "deaf": "AssertionError", "mute": "AssertionError", "heard by all but the last": "AssertionError",
           "the last eight tokens": "AssertionError", "all but the first token": "AssertionError",
           "right": "passes", "right, faint": "passes"}


def draw_catch(rng):
    return {"kinds": list(CATCHES), "seed": int(rng.integers(1000))}


def act_catch(lesson, inputs):
    def attending(mask_of, strength=1.0):
        """A maker of layers of one head whose rows see what `mask_of(t, s)` says, for arrays of places."""
        def layer_of(d_model, n_heads):
            rng = np.random.default_rng(inputs["seed"])
            query, key, value = (lesson.Linear(d_model, d_model, rng=rng) for _ in range(3))

            def layer(x):
                at = np.arange(x.shape[-2])
                mask = np.broadcast_to(mask_of(at[:, None], at[None, :]), (len(at), len(at)))
                return strength * lesson.scaled_dot_product_attention(query(x), key(x), value(x), mask)
            return layer
        return layer_of

    kinds = {"the colleague's": lesson.ColleagueAttention, "open": attending(lambda t, s: s >= 0),
             "open by one token": attending(lambda t, s: s <= t + 1),
             "open at the end only": attending(lambda t, s: (s <= t) | ((t == 14) & (s == 15))),
             "open at the start only": attending(lambda t, s: (s <= t) | ((t == 0) & (s == 1))),
             "deaf": attending(lambda t, s: s == t), "mute": attending(lambda t, s: s <= t, 0.0),
             "heard by all but the last": attending(lambda t, s: (s <= t) & ((s > 0) | (t < 15))),
             "the last eight tokens": attending(lambda t, s: (s <= t) & (s > t - 8)),
             "all but the first token": attending(lambda t, s: (s <= t) & ((s > 0) | (t == 0))),
             "right": attending(lambda t, s: s <= t), "right, faint": attending(lambda t, s: s <= t, 0.01)}
    return [outcome(lambda kind=kind: lesson.check_heads(kinds[kind])) for kind in inputs["kinds"]]


def judge_catch(inputs, answer, reference):
    return first(f"a layer, {kind}: expected {CATCHES[kind]}, found {found}"
                 for kind, found in zip(inputs["kinds"], answer, strict=True) if found != CATCHES[kind])


# multi_head: drawn weights, several counts of heads, with and without a mask, several leading axes


HEADS = [[1, True], [3, True], [4, True], [3, False], [12, True]]
PARTS = ["query", "key", "value", "out"]


def draw_multi_head(rng):
    return {"state": {f"{part}.{kind}": (rng.normal(size=shape) / math.sqrt(shape[-1])).astype(np.float32)
                      for part in PARTS for kind, shape in (("weight", (12, 12)), ("bias", (12,)))},
            "rows": [rng.normal(size=shape).astype(np.float32) for shape in [(2, 5, 12), (7, 12), (2, 3, 4, 12)]],
            "heads": HEADS, "height": float(rng.uniform(0.5, 2))}


def act_multi_head(lesson, inputs):
    answer = []
    for n_heads, causal in inputs["heads"]:
        layer = lesson.MultiHeadAttention(12, n_heads, causal)
        layer.load_state_dict(inputs["state"])
        answer.append([layer(lesson.Tensor(rows)).data for rows in inputs["rows"]])
        with disguised(lesson.Tensor, inputs["height"]) as wave:
            answer[-1].append(wave.show(layer(wave.hide(lesson.Tensor(inputs["rows"][0])))))
    split = lesson.split_heads(lesson.Tensor(inputs["rows"][0]), 3)
    return [answer, split.data, lesson.join_heads(split).data]


def judge_multi_head(inputs, answer, reference):
    answers, split, joined = answer
    rows = inputs["rows"][0]
    shares = np.stack([rows[..., 4 * head:4 * head + 4] for head in range(3)], axis=1)
    says = differs(split, shares, "split_heads with 3 heads", 0, 0) or differs(joined, rows, "join_heads", 0, 0)
    asked = [*inputs["rows"], inputs["rows"][0]]
    return says or first(
        differs(found, by_loops(rows, inputs["state"], n_heads, causal), dtype=np.float32,
                what=f"{n_heads} heads, {'' if causal else 'not '}causal, rows of shape {rows.shape}")
        for (n_heads, causal), some in zip(inputs["heads"], answers, strict=True)
        for rows, found in zip(asked, some, strict=True))


def by_loops(rows, state, n_heads, causal):
    """Multi-head attention token by token and head by head, in float64."""
    def layer(part, x):
        return x @ state[f"{part}.weight"].astype(np.float64).T + state[f"{part}.bias"]

    found, size = np.zeros(rows.shape), rows.shape[-1] // n_heads
    for text in np.ndindex(rows.shape[:-2]):
        query, key, value = (layer(part, rows[text].astype(np.float64)) for part in PARTS[:3])
        for at in range(rows.shape[-2]):
            seen = at + 1 if causal else rows.shape[-2]
            for head in range(n_heads):
                mine = slice(head * size, head * size + size)
                powers = np.exp(key[:seen, mine] @ query[at, mine] / math.sqrt(size))
                found[(*text, at, mine)] = powers @ value[:seen, mine] / powers.sum()
    return layer("out", found)


# block: parts that are drawn lines and squares, so that every wrong way between them ends elsewhere


def draw_block(rng):
    return {"x": rng.normal(size=(2, 4, 6)).astype(np.float32), "numbers": rng.uniform(0.5, 2, 5).tolist(),
            "height": float(rng.uniform(0.5, 2)), "seed": int(rng.integers(1000))}


def act_block(lesson, inputs):
    a, b, c, d, e = inputs["numbers"]
    block, x = lesson.TransformerBlock(6, 2, rng=np.random.default_rng(inputs["seed"])), lesson.Tensor(inputs["x"])
    plain = block(x).data
    block.norm1, block.attention, block.dropout = (lambda x: x + a), (lambda x: x * x * b), (lambda x: x * c)
    block.norm2, block.mlp = (lambda x: x - d), (lambda x: x * x * e)
    with disguised(lesson.Tensor, inputs["height"]) as wave:
        hidden = wave.show(block(wave.hide(lesson.Tensor(inputs["x"]))))
    return [plain, block(x).data, hidden]


def judge_block(inputs, answer, reference):
    a, b, c, d, e = inputs["numbers"]
    x = inputs["x"].astype(np.float64)
    x = x + c * b * (x + a) ** 2
    x = x + c * e * (x - d) ** 2
    plain, wired, hidden = answer
    return first([
        differs(wired, x, "a block of parts that are known", dtype=np.float32),
        differs(hidden, x, "the same, as seen by the door"),
        differs(plain, reference[0], "a block with its own parts", dtype=np.float32)])


# stream: again parts that are known, and a whole model with the same first numbers


def draw_stream(rng):
    return {"tokens": rng.integers(0, 9, (3, 5)), "targets": np.where(rng.random((3, 5)) < 0.4, -100, 4),
            "numbers": rng.uniform(0.5, 2, 6).tolist(), "seed": int(rng.integers(1000))}


def act_stream(lesson, inputs):
    a, b, c, d, e, f = inputs["numbers"]
    model = lesson.Transformer(9, 6, 2, 3, max_len=7, rng=np.random.default_rng(inputs["seed"]))
    tokens, targets = inputs["tokens"], inputs["targets"]
    answer = [model.stream(tokens).data, model(tokens).data, model(tokens, targets).data]
    model.stream(tokens).sum().backward()  # the last norm makes it 0 nearly everywhere, but not None
    reached = [name for name, p in model.named_parameters() if p.grad is not None]
    model.embedding = lambda ids: lesson.Tensor(np.asarray(getattr(ids, "_data", ids)) * a)
    model.positions, model.dropout, model.norm = (lambda x: x + b), (lambda x: x * c), (lambda x: x * x + f)
    model.blocks = lesson.Sequential(lambda x: x * x, lambda x: x - d, lambda x: x * e)
    return [*answer, reached, model.stream(tokens).data]


def judge_stream(inputs, answer, reference):
    a, b, c, d, e, f = inputs["numbers"]
    expected = (((inputs["tokens"] * a + b) * c) ** 2 - d) * e
    *plain, reached, wired = answer
    if missing := [name for name in reference[3] if name not in reached]:
        return f"backward from the stream does not reach {len(missing)} parameters, {missing[0]} first"
    says = differs(wired, expected**2 + f, "the stream of parts that are known", rtol=1e-4, dtype=np.float32)
    return says or first(
        differs(found, right, what, dtype=np.float32)
        for found, right, what in zip(plain, reference, ("the stream", "the logits", "the loss"), strict=False))


# generate: a scripted model whose scores depend on all that it sees; how it was called, and how it was left


def draw_generate(rng):
    inputs = {"text": rng.integers(0, 9, 3).tolist(), "table": rng.normal(size=(9, 9)).astype(np.float32),
              "seed": int(rng.integers(1000)), "new": 8, "max_len": 6}
    while 0 not in greedily(inputs, None)[3:-1]:
        inputs["table"] = rng.normal(size=(9, 9)).astype(np.float32)
    end = greedily(inputs, None)[5]
    asked = [{}, {"stop": 0}, {"stop": end}, {"stop": inputs["text"][0]}, {"temperature": 1.5},
             {"temperature": 0.4, "stop": end}]
    return {**inputs, "asked": [[options, training] for options in asked for training in (True, False)]}


def act_generate(lesson, inputs):
    return [one_text(lesson, inputs, options, training) for options, training in inputs["asked"]]


def one_text(lesson, inputs, options, training):
    calls, table = [], inputs["table"]

    class Scripted(lesson.Module):
        max_len = inputs["max_len"]

        def __init__(self):
            self.one = lesson.Parameter([1.0])

        def forward(self, tokens):
            ids = np.asarray(getattr(tokens, "_data", tokens))
            out = lesson.Tensor(np.cumsum(table[ids], axis=-2)) * self.one
            calls.append([list(ids.shape), self.training, bool(out.requires_grad)])
            return out

    model = Scripted()
    model.train(training)
    rng = np.random.default_rng(inputs["seed"])
    row = lesson.generate(model, list(inputs["text"]), inputs["new"], rng=rng, **options)
    none = lesson.generate(model, np.array(inputs["text"]), 0)
    dtypes = [str(getattr(one, "dtype", type(one).__name__)) for one in (row, none)]
    return {"row": row, "none": none, "dtypes": dtypes, "calls": calls, "training": model.training}


def judge_generate(inputs, answer, reference):
    for (options, training), found, right in zip(inputs["asked"], answer, reference, strict=True):
        what = ", ".join(f"{key} {value}" for key, value in options.items()) or "greedy"
        expected = right["row"] if "temperature" in options else greedily(inputs, options.get("stop"))
        says = differs(found["row"], np.array(expected), f"a text, {what}", rtol=0, atol=0)
        says = says or differs(found["none"], np.array(inputs["text"]), "a text with nothing new", rtol=0, atol=0)
        if not says and found["dtypes"] != ["int64", "int64"]:
            says = f"{what}: expected int64 arrays, found {' and '.join(found['dtypes'])}"
        if says:
            return says
        sizes = [min(length, inputs["max_len"]) for length in range(len(inputs["text"]), len(expected))]
        if [shape for shape, _, _ in found["calls"]] != [[1, size] for size in sizes]:
            return f"{what}: each reading is a batch of one with at most the last {inputs['max_len']} tokens"
        if any(learning for _, learning, _ in found["calls"]):
            return f"{what}: model.eval() before it reads"
        if any(recorded for _, _, recorded in found["calls"]):
            return f"{what}: nothing needs to be recorded: with no_grad()"
        if found["training"] is not training:
            return f"{what}: the model should be left as it was, training {training}"


def greedily(inputs, stop):
    row = list(inputs["text"])
    for _ in range(inputs["new"]):
        row.append(int(inputs["table"][row[-inputs["max_len"]:]].sum(axis=0).argmax()))
        if row[-1] == stop:
            break
    return row


# the two numbers


def draw_weight_count(rng):
    return []


draw_cache_bytes = draw_weight_count


def act_weight_count(lesson, inputs):
    return lesson.weight_count


def act_cache_bytes(lesson, inputs):
    return lesson.cache_bytes


def judge_weight_count(inputs, answer, reference):
    return differs(answer, reference, "numbers in weights and tables", rtol=0, atol=0)


def judge_cache_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of keys and values", rtol=0, atol=0)
