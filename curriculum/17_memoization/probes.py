"""What a grader asks of Memoization: what a model says with a cache is what it says without one, step by step."""
import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

CLOSE = {"rtol": 1e-3, "atol": 1e-4}


def numbers(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


# attend and read: in steps of unequal sizes, two texts at once


STEPS = [(0, 3), (3, 4), (4, 6), (6, 9)]


def draw_attend(rng):
    return {"x": numbers(rng, 2, 9, 12), "seed": int(rng.integers(1, 1000)), "layer": int(rng.integers(0, 2)),
            "other": numbers(rng, 2, 9, 12)}


def act_attend(lesson, inputs):
    attention = lesson.MultiHeadAttention(12, 3, rng=np.random.default_rng(inputs["seed"]))
    attention.out.bias.data = np.arange(12, dtype=np.float32)
    cache, found, lengths = lesson.KVCache(2, 2, 3, 9, 4), [], []
    for start, stop in STEPS:
        found.append(lesson.attend(attention, lesson.Tensor(inputs["x"][:, start:stop]), cache, inputs["layer"]).data)
        lengths.append(cache.length)
        cache.length = start
        lesson.attend(attention, lesson.Tensor(inputs["other"][:, start:stop]), cache, 1 - inputs["layer"])
        cache.length = stop
    return {"steps": found, "whole": attention(lesson.Tensor(inputs["x"])).data, "lengths": lengths}


def judge_attend(inputs, answer, reference):
    starts = [start for start, _ in STEPS]
    if list(answer["lengths"]) != starts:
        return f"attend leaves cache.length alone: expected {starts}, found {answer['lengths']}"
    return judged_steps(answer, reference, "answers")


def judged_steps(answer, reference, what):
    whole = reference["whole"]
    return differs(answer["whole"], whole, f"{what} without a cache", **CLOSE) or first(
        differs(found, whole[:, start:stop], f"{what} to tokens {start} to {stop - 1}", **CLOSE, dtype=np.float32)
        for found, (start, stop) in zip(answer["steps"], STEPS, strict=True))


def draw_read(rng):
    return {"tokens": rng.integers(0, 9, (2, 9)), "seed": int(rng.integers(1, 1000))}


def act_read(lesson, inputs):
    model = lesson.make_model(12, 3, max_len=11, vocab_size=9, seed=inputs["seed"])
    cache, found, lengths = lesson.KVCache.of(model, batch=2), [], []
    for start, stop in STEPS:
        found.append(lesson.read(model, inputs["tokens"][:, start:stop], cache).data)
        lengths.append(cache.length)
    return {"steps": found, "whole": model(inputs["tokens"]).data, "lengths": lengths}


def judge_read(inputs, answer, reference):
    if list(answer["lengths"]) != [stop for _, stop in STEPS]:
        return f"cache.length after each reading: expected {[stop for _, stop in STEPS]}, found {answer['lengths']}"
    return judged_steps(answer, reference, "logits")


# generate: the texts of 13, greedy, drawn, stopped; keys counted; the mode put back


def draw_generate(rng):
    return {"text": rng.integers(0, 9, 4).tolist(), "seed": int(rng.integers(1, 1000)), "count": 20}


def act_generate(lesson, inputs):
    model, text, count = lesson.make_model(12, 2, 40, 9, inputs["seed"]), inputs["text"], inputs["count"]
    greedy, keys = lesson.counted(lambda: lesson.generate(model, text, count), model)
    drawn = [np.array(write(model, text, count, 1.0, np.random.default_rng(5)))
             for write in (lesson.generate, lesson.generate_anew)]
    anew = np.array(lesson.generate_anew(model, text, count))
    stopped = [np.array(write(model, text, count, stop=int(anew[7]))) for write in
               (lesson.generate, lesson.generate_anew)]
    model.train()
    lesson.generate(model, text, 1)
    modes = [model.training]
    model.eval()
    lesson.generate(model, text, 1)
    long = outcome(lambda: lesson.generate(model, text, 37))
    recorded = lesson.recorded(lambda: lesson.generate(model, text, 3), model)
    return {"array": isinstance(greedy, np.ndarray), "recorded": recorded, "greedy": [np.array(greedy), anew],
            "drawn": drawn, "stopped": stopped, "keys": keys, "long": long,
            "modes": [*modes, model.training], "text": text}


def judge_generate(inputs, answer, reference):
    for what in ("greedy", "drawn", "stopped"):
        found, _ = answer[what]
        says = differs(found, reference[what][1], f"the {what} text", rtol=0, atol=0)
        if says:
            return says
    if not answer["array"]:
        return "the text is an array"
    if answer["recorded"]:
        return "what is read is recorded for backward; expected reading under no_grad"
    tokens = len(inputs["text"]) + inputs["count"]
    if not tokens - 1 <= answer["keys"] <= tokens:
        return f"each token is read once: expected {tokens - 1} keys, found {answer['keys']}"
    if list(answer["modes"]) != [True, False]:
        return f"model.training should be as before, True and False, found {answer['modes']}"
    if list(answer["text"]) != list(reference["text"]):
        return f"the caller's text {reference['text']} became {answer['text']}"
    return None if answer["long"] == "ValueError" else f"too long a text: expected ValueError, found {answer['long']}"


# catch and repair: streams that share, that are wrong from the start, and right ones


WRONG = ("fault", "one too high", "the first repeated", "shared by two", "one token short", "right for the first",
         "right for the second", "the first answer for all")
CATCHES = {**dict.fromkeys(WRONG, "AssertionError"), "all at once": "passes", "one by one": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def right(model, tokens, count):
        return lesson.generate_anew(model, tokens, count)[len(tokens):].tolist()

    def stepwise(model, tokens, count):
        row = list(tokens)
        for _ in range(count):
            row = lesson.generate_anew(model, row, 1).tolist()
            yield row[-1]

    last = []

    def shared_by_two(model, tokens, count):  # each goes on with what was read last, whoever asks
        last[:] = tokens
        for _ in range(count):
            last[:] = lesson.generate_anew(model, last, 1).tolist()
            yield last[-1]

    def begun(change):  # what is yielded, from the right tokens of all that were begun, this one's last
        before = []

        def stream_of(*asked):
            before.append(right(*asked))
            yield from change(before)

        return stream_of

    kinds = {"fault": lesson.colleague_stream, "shared by two": shared_by_two, "one by one": stepwise,
             "one token short": begun(lambda all: all[-1][:-1]), "the first answer for all": begun(lambda all: all[0]),
             "right for the first": begun(lambda all: [(token + len(all) - 1) % 50 for token in all[-1]]),
             "right for the second": begun(lambda all: [(token + len(all) - 2) % 50 for token in all[-1]]),
             "all at once": lambda *asked: iter(right(*asked)),
             "one too high": lambda *asked: iter([token + 1 for token in right(*asked)]),
             "the first repeated": lambda *asked: iter(right(*asked)[:1] * asked[2])}
    return [outcome(lambda name=name: lesson.check_streams(kinds[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"streams of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    return {"texts": [rng.integers(0, 50, size).tolist() for size in (3, 1, 4)], "order": rng.permutation(3).tolist()}


def act_repair(lesson, inputs):
    streams = [lesson.stream(lesson.small, text, 8) for text in inputs["texts"]]
    found = [[] for _ in streams]
    for _ in range(6):
        for at in inputs["order"]:
            found[at].append(next(streams[at]))
    rest = [list(stream) for stream in streams]
    right = [lesson.generate_anew(lesson.small, text, 8)[len(text):] for text in inputs["texts"]]
    text = inputs["texts"][0]
    keys = [lesson.counted(lambda n=n: [token for _, token in zip(range(n), lesson.stream(lesson.small, text, 8))],
                           lesson.small)[1] for n in (1, 8)]
    recorded = lesson.recorded(lambda: list(lesson.stream(lesson.small, text, 2)), lesson.small)
    stream = lesson.stream(lesson.small, text, 2)
    next(stream)
    gradients = lesson.small(np.array([text])).requires_grad
    del stream
    return {"found": [np.array(some + others) for some, others in zip(found, rest)], "right": right, "keys": keys,
            "recorded": recorded, "gradients": gradients}


def judge_repair(inputs, answer, reference):
    given, (soon, in_all) = len(inputs["texts"][0]), answer["keys"]
    if soon != given or in_all > given + 8:
        return (f"{given} keys for the first token, and one more at most for each of 8: expected {given} and up to "
                f"{given + 8}, found {soon} and {in_all}")
    if answer["recorded"] or not answer["gradients"]:
        return "a stream records nothing, and whoever takes its tokens may: no_grad around the reading, not the yield"
    return first(differs(found, right, f"the tokens behind {text}, three streams in turn", rtol=0, atol=0)
                 for text, found, right in zip(inputs["texts"], answer["found"], reference["right"], strict=True))


# serve


def draw_serve(rng):
    arrivals = np.cumsum(rng.integers(0, 7, 40)).astype(float).tolist()
    return {"arrivals": arrivals, "cases": [[1, 0.0], [4, 0.0], [4, 6.0], [3, 25.0], [60, 3.0]]}


def act_serve(lesson, inputs):
    return [np.array(lesson.serve(inputs["arrivals"], lambda count: 2.0 + 1.5 * count, limit, patience))
            for limit, patience in inputs["cases"]]


def judge_serve(inputs, answer, reference):
    return first(differs(found, served(inputs["arrivals"], limit, patience),
                         f"answers with limit {limit} and patience {patience}", rtol=1e-6, atol=1e-6)
                 for (limit, patience), found in zip(inputs["cases"], answer, strict=True))


def served(arrivals, limit, patience):
    """The same by looking at the queue whenever something may have changed."""
    waiting, answered, free = list(arrivals), [], 0.0
    moments = sorted({*arrivals, *(arrival + patience for arrival in arrivals)})
    while waiting:
        now = next(moment for moment in sorted({*moments, free}) if moment >= free and (
            len([one for one in waiting if one <= moment]) >= limit or moment >= waiting[0] + patience))
        batch = [one for one in waiting if one <= now][:limit]
        waiting, free = waiting[len(batch):], now + 2.0 + 1.5 * len(batch)
        answered += [free] * len(batch)
    return answered


# together


def draw_together(rng):
    return {"texts": rng.integers(0, 50, (3, 4)), "count": 9}


def act_together(lesson, inputs):
    found, keys = lesson.counted(
        lambda: lesson.write_together(lesson.small, inputs["texts"], inputs["count"]), lesson.small)
    right = [lesson.generate_anew(lesson.small, text, inputs["count"])[4:] for text in inputs["texts"]]
    recorded = lesson.recorded(lambda: lesson.write_together(lesson.small, inputs["texts"], 3), lesson.small)
    return {"found": np.array(found), "right": np.array(right), "keys": keys, "recorded": recorded,
            "kind": np.asarray(found).dtype.kind}


def judge_together(inputs, answer, reference):
    if answer["keys"] > len(inputs["texts"][0]) + inputs["count"]:
        return f"all texts are read as one batch, each token once: found {answer['keys']} keys"
    if answer["recorded"]:
        return "what is read is recorded for backward; expected reading under no_grad"
    if answer["kind"] != "i":
        return f"tokens are whole numbers: expected kind i, found {answer['kind']}"
    return differs(answer["found"], reference["right"], "the tokens of the batch", rtol=0, atol=0)


# the two numbers


def draw_cache_bytes(rng):
    return []


draw_again = draw_cache_bytes


def act_cache_bytes(lesson, inputs):
    return lesson.cache_bytes


def act_again(lesson, inputs):
    return lesson.again


def judge_cache_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of all caches", rtol=0, atol=0)


def judge_again(inputs, answer, reference):
    return differs(answer, reference, "keys that were computed before", rtol=0, atol=0)
