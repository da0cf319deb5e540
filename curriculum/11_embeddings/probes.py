"""What a grader asks of Embeddings: for each exercise draw, act and judge.

Sums are held against loops in float64; looking up is exact. `look_up` and the forward of NextLetter are asked with a
reading at the door under which work that goes round it is wrong in value.
"""
import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first

CLOSE = {"rtol": 1e-4, "atol": 1e-4}


def repeating(rng, count, size):
    """Ids below `count`, drawn from a few of them, so that most repeat and some rows are never named."""
    return rng.choice(rng.permutation(count)[:max(1, count // 2)], size)


# look_up: ids of every shape and kind, a Tensor, ids that have no row


def draw_look_up(rng):
    count, width = int(rng.integers(5, 9)), int(rng.integers(3, 5))
    ids = [rng.integers(0, count, shape) for shape in [(4,), (3, 5), (2, 3, 4), (), (0, 3)]]
    ids += [np.array([count - 1, 0, count - 1], dtype=kind) for kind in (np.int32, np.uint8)]
    return {"table": rng.normal(size=(count, width)).astype(np.float32), "ids": ids, "far": int(rng.integers(20, 90)),
            "height": float(rng.uniform(1, 5))}


def act_look_up(lesson, inputs):
    table, Tensor, count = lesson.Tensor(inputs["table"]), lesson.Tensor, len(inputs["table"])
    found = [lesson.look_up(table, ids).data for ids in inputs["ids"]]
    found.append(lesson.look_up(table, Tensor(inputs["ids"][1], dtype=np.int64)).data)
    found.append(lesson.look_up(table, inputs["ids"][0].tolist()).data)
    with disguised(Tensor, inputs["height"]) as on:
        found.append(on.show(lesson.look_up(on.hide(Tensor(inputs["table"])), inputs["ids"][1])))
    asked = {"floats": np.array([3.0, 4.0]), "float32 in a Tensor": Tensor([3.0]), "truths": np.array([True, False]),
             "one too many": np.array([[0, count]]), "far away": np.array([3, inputs["far"]]), "below": [3, -1, 4],
             "far below": np.array([-inputs["far"]])}
    said = []
    for tokens in asked.values():
        try:
            said.append(["passes", repr(lesson.look_up(table, tokens))])
        except Exception as error:
            said.append([type(error).__name__, str(error)])
    return {"found": found, "names": list(asked), "said": said}


def judge_look_up(inputs, answer, reference):
    table, ids, count = inputs["table"], inputs["ids"], len(inputs["table"])
    asked = [*ids, ids[1], ids[0], ids[1]]
    for tokens, found in zip(asked, answer["found"], strict=True):
        expected = np.array([table[int(token)] for token in tokens.ravel()], dtype=np.float32)
        expected = expected.reshape(*tokens.shape, table.shape[1])
        if says := differs(found, expected, f"rows of tokens of shape {tokens.shape}", rtol=0, atol=1e-5):
            return says
    told = {"floats": "float64", "float32 in a Tensor": "float32", "truths": "bool", "one too many": str(count),
            "far away": str(inputs["far"]), "below": "-1", "far below": str(-inputs["far"])}
    for (name, word), (kind, message) in zip(told.items(), answer["said"], strict=True):
        wanted = "TypeError" if word in ("float64", "float32", "bool") else "IndexError"
        if kind != wanted:
            return f"tokens {name}: expected {wanted}, found {kind}"
        if word not in message or wanted == "IndexError" and str(count) not in message:
            return f"tokens {name}: the message says neither {word} nor the number of rows: {message[:80]}"


# catch: gradients of a table that count wrongly in several ways, and right ones


CATCHES = {"is the colleague's": "AssertionError", "keeps the first of each": "AssertionError",
           "takes the mean": "AssertionError", "is all zeros": "AssertionError", "adds up neighbours only":
           "AssertionError", "counts at most twice": "AssertionError", "adds all to every row": "AssertionError",
           "sends all to the next row": "AssertionError",
           "adds the first of each again and again": "AssertionError",
           "is right for the most frequent token alone": "AssertionError",
           "adds one by one": "passes", "multiplies by one-hot": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def by_row(reduce):
        def gradient(table, ids, grad_out):
            return np.stack([reduce(grad_out[ids == row]) if (ids == row).any() else np.zeros(table.shape[1])
                             for row in range(len(table))])
        return gradient

    def neighbours(table, ids, grad_out):
        grad, runs = np.zeros_like(table), np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
        grad[ids[runs]] = np.add.reduceat(grad_out, runs, axis=0)
        return grad

    def frequent(ids):
        return ids == np.bincount(ids).argmax()

    def one_by_one(table, ids, grad_out):
        grad = np.zeros_like(table)
        np.add.at(grad, ids, grad_out)
        return grad

    gradients = {
        "is the colleague's": lesson.colleague_gradient,
        "keeps the first of each": by_row(lambda rows: rows[0]),
        "takes the mean": by_row(lambda rows: rows.mean(axis=0)),
        "is all zeros": lambda table, ids, grad_out: np.zeros_like(table),
        "adds up neighbours only": neighbours,
        "counts at most twice": by_row(lambda rows: rows[:2].sum(axis=0)),
        "adds all to every row": lambda table, ids, grad_out: np.zeros_like(table) + grad_out.sum(axis=0),
        "sends all to the next row": lambda table, ids, grad_out: np.roll(one_by_one(table, ids, grad_out), 1, axis=0),
        "adds the first of each again and again": by_row(lambda rows: rows[0] * len(rows)),
        "is right for the most frequent token alone": lambda table, ids, grad_out: one_by_one(
            table, ids[frequent(ids)], grad_out[frequent(ids)]),
        "adds one by one": one_by_one,
        "multiplies by one-hot": lambda table, ids, grad_out: np.eye(len(table))[ids].T @ grad_out,
    }
    return [outcome(lambda name=name: lesson.check_gradient(gradients[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a gradient that {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# repair: runs, single ids, all alike, none at all, sums of 0; what came in stays, and so do dtypes


def draw_repair(rng):
    asked = []
    for count, size, width, kind in [(9, 30, 4, "float32"), (40, 25, 3, "float64"), (1, 12, 5, "float32"),
                                     (300, 6, 1, "float64"), (5, 1, 3, "float32"), (5, 0, 4, "float32")]:
        asked.append([repeating(rng, count, size), rng.normal(size=(size, width)).astype(kind)])
    (ids, values), whole = asked[0], rng.integers(3, 9, (4, 2)).astype("float32")  # whole numbers add up to 0 exactly
    return [*asked, [ids.astype(np.int32), values], [np.tile(ids[:4], 2), np.concatenate([whole, -whole])]]


def act_repair(lesson, asked):
    out = []
    for ids, values in asked:
        given = ids.copy(), values.copy()
        distinct, sums = lesson.summed(*given)
        out.append([np.asarray(distinct), np.asarray(sums), *given])
    return out


def judge_repair(asked, answer, reference):
    for (ids, values), (distinct, sums, ids_after, values_after) in zip(asked, answer, strict=True):
        there = sorted(set(ids.tolist()))
        expected = np.array([values[ids == one].astype(np.float64).sum(axis=0) for one in there])
        expected = expected.reshape(len(there), values.shape[1])
        what = f"{len(ids)} ids, {len(there)} different ones"
        says = (differs(distinct, np.array(there, dtype=ids.dtype), f"{what}: the ids", rtol=0, atol=0, dtype=ids.dtype)
                or differs(sums, expected, f"{what}: the sums", **CLOSE, dtype=values.dtype)
                or differs(ids_after, ids, "the ids that came in, afterwards", rtol=0, atol=0)
                or differs(values_after, values, "the values that came in, afterwards", rtol=0, atol=0))
        if says:
            return says


# lend: optimizers with two states, one and none; a table between other parameters


def draw_lend(rng):
    return {"table": rng.normal(size=(8, 3)), "state": rng.normal(size=(2, 8, 3)), "indices": repeating(rng, 8, 9),
            "values": rng.normal(size=(9, 3)), "dtypes": ["float32", "float64", "float32"]}


def act_lend(lesson, inputs):
    makes = [lambda params: lesson.Adam(params, lr=0.1), lambda params: lesson.SGD(params, lr=0.1, momentum=0.5),
             lambda params: lesson.SGD(params, lr=0.1)]
    return [lent(lesson, inputs, make, dtype) for make, dtype in zip(makes, inputs["dtypes"])]


def lent(lesson, inputs, make, dtype):
    table = lesson.Tensor(inputs["table"], dtype=dtype)
    others = lesson.Tensor(np.ones((5, 4))), lesson.Tensor(np.ones(7))
    optimizer = make([others[0], table, others[1]])
    lists, wholes = list(optimizer.state.values()), []
    for arrays, state in zip(lists, inputs["state"]):
        arrays[1][...] = state
        wholes.append(arrays[1])
    table.grad = rows = lesson.Rows(inputs["indices"], inputs["values"].astype(dtype))
    lesson.lend(optimizer, 1)
    small = optimizer.params[1]
    kept = {"the other parameters stay in their places":
            optimizer.params[0] is others[0] and optimizer.params[2] is others[1] and len(optimizer.params) == 3,
            "the lists of the state stay the same lists":
            all(a is b for a, b in zip(lists, optimizer.state.values())) and len(lists) == len(optimizer.state),
            "the parameter keeps its Rows": table.grad is rows,
            "the states of the others stay": all(arrays[0].shape == (5, 4) and arrays[2].shape == (7,)
                                                 for arrays in lists)}
    return {"data": small.data, "dtype": str(small.dtype), "grad": small.grad, "state": [arrays[1] for arrays in lists],
            "table": table.data, "wholes": wholes, "kept": [[name, bool(held)] for name, held in kept.items()]}


def judge_lend(inputs, answer, reference):
    there = np.array(sorted(set(inputs["indices"].tolist())))
    grad = np.stack([inputs["values"][inputs["indices"] == one].sum(axis=0) for one in there])
    for found, dtype, states in zip(answer, inputs["dtypes"], (2, 1, 0), strict=True):
        if len(found["state"]) != states:
            return f"the state has {len(found['state'])} lists, expected {states}"
        says = (differs(found["data"], inputs["table"][there], "what is lent", **CLOSE, dtype=dtype)
                or differs(found["grad"], grad, "the gradient of what is lent", **CLOSE, dtype=dtype)
                or differs(found["table"], inputs["table"], "the table itself", **CLOSE, dtype=dtype)
                or first(differs(part, whole[there], "what is lent of a state", **CLOSE, dtype=dtype)
                         for part, whole in zip(found["state"], inputs["state"]))
                or first(differs(part, whole, "a whole array of the state", **CLOSE)
                         for part, whole in zip(found["wholes"], inputs["state"]))
                or first(f"{name}: it is not so" for name, held in found["kept"] if held is not True))
        if says:
            return says


# sinusoids: even and odd widths, one place, one column


def draw_sinusoids(rng):
    return [[int(rng.integers(20, 60)), 2 * int(rng.integers(4, 20))], [int(rng.integers(5, 30)), 7], [1, 6], [9, 1],
            [300, 4]]


def act_sinusoids(lesson, asked):
    return [lesson.sinusoids(*one) for one in asked]


def judge_sinusoids(asked, answer, reference):
    return first(differs(found, waves(*one), f"{one[0]} places of width {one[1]}", rtol=0, atol=1e-4, dtype=np.float32)
                 for one, found in zip(asked, answer, strict=True))


def waves(max_len, d_model):
    """By complex numbers: pair i turns by 10000 ** (-2i / d_model) with each place."""
    pairs = (d_model + 1) // 2
    turns = np.exp(1j * np.outer(np.arange(max_len), 10000.0 ** (-2 * np.arange(pairs) / d_model)))
    return np.stack([turns.imag, turns.real], axis=-1).reshape(max_len, 2 * pairs)[:, :d_model]


# next_letter: scores and gradients for weights that are given


def draw_next_letter(rng):
    shapes = {"embedding.weight": (7, 4), "out.weight": (7, 12), "out.bias": (7,)}
    return {"weights": {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()},
            "ids": rng.integers(0, 7, (5, 3)), "height": float(rng.uniform(1, 5))}


def act_next_letter(lesson, inputs):
    model = lesson.NextLetter(7, 3, 4)
    model.load_state_dict(inputs["weights"])
    scores = model(inputs["ids"])
    scores.sum().backward()
    grads = {name: None if p.grad is None else p.grad for name, p in model.named_parameters()}
    with disguised(lesson.Tensor, inputs["height"]) as on:
        on.hide(model.embedding.weight)
        hidden = on.show(model(inputs["ids"]))
    return {"scores": scores.data, "hidden": hidden, "grads": grads}


def judge_next_letter(inputs, answer, reference):
    weights, ids = inputs["weights"], inputs["ids"]
    rows = weights["embedding.weight"][ids].reshape(5, 12).astype(np.float64)
    scores = rows @ weights["out.weight"].T + weights["out.bias"]
    grad = np.zeros((7, 4))
    for place in range(3):
        for one in ids[:, place]:
            grad[one] += weights["out.weight"].sum(axis=0)[4 * place:4 * place + 4]
    return (differs(answer["scores"], scores, "scores", **CLOSE)
            or differs(answer["hidden"], scores, "scores, with the work at the door watched", **CLOSE)
            or differs(answer["grads"]["embedding.weight"], grad, "the gradient of the table", rtol=1e-3, atol=1e-3)
            or differs(answer["grads"]["out.bias"], np.full(7, 5.0), "the gradient of the bias", **CLOSE))


# the two numbers


def draw_dense_bytes(rng):
    return []


draw_rows_bytes = draw_dense_bytes


def act_dense_bytes(lesson, inputs):
    return lesson.dense_bytes


def act_rows_bytes(lesson, inputs):
    return lesson.rows_bytes


def judge_dense_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of table, gradient and state", rtol=0, atol=0)


def judge_rows_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of Rows", rtol=0, atol=0)
