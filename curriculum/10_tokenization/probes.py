"""What a grader asks of Tokenization: for each exercise draw, act and judge.

`act` runs once with the learner's lesson and once with the reference; `draw` and `judge` run only on the trusted side,
where a few lines of plain Python are the oracle. An answer of the wrong form makes `judge` raise, and then it has not
accepted.
"""
from collections import Counter

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

FOREIGN = "\u00e4\u00e9\u03b1\u03b2\u4f60\u597d"


def row_of(rng, length, kinds=4):
    """Tokens of a few kinds only, so that pairs repeat; 0 may be one, and so may tokens above 255."""
    return rng.choice(rng.permutation([0, 5, 7, 9, 64, 220, 255, 300])[:kinds], length).tolist()


def exactly(found, expected, what):
    """A sentence unless `found` is the list `expected`, of plain lists and whole numbers."""
    if not isinstance(found, list):
        return f"{what}: expected a list, found {found!r}"[:200]
    return differs(found, expected, what, rtol=0, atol=0)


# char: texts of several alphabets, and a character that is not there


def draw_char(rng):
    strange, *letters = rng.permutation(list(FOREIGN)).tolist()
    text = "".join(rng.choice([*letters, *"abcdefgh \n"], 60))
    parts = ["".join(rng.permutation(list(text))[:20]), "", text[:1]]
    return {"text": text, "parts": parts, "strange": text[:3] + strange}


def act_char(lesson, inputs):
    tokenizer = lesson.CharTokenizer(inputs["text"])
    rows = [tokenizer.encode(part) for part in inputs["parts"]]
    try:
        said = ["passes", repr(tokenizer.encode(inputs["strange"]))]
    except Exception as error:
        said = [type(error).__name__, str(error)]
    return [rows, [tokenizer.decode(row) for row in rows], said]


def judge_char(inputs, answer, reference):
    rows, texts, (kind, message) = answer
    chars = sorted(set(inputs["text"]))
    for part, row, text in zip(inputs["parts"], rows, texts, strict=True):
        says = exactly(row, [chars.index(char) for char in part], f"tokens of {part!r}")
        if says or text != part:
            return says or f"{part!r} comes back as {text!r}"
    if kind != "ValueError":
        return f"a character without a token: expected ValueError, found {kind}"
    if inputs["strange"][-1] not in message.replace(repr(inputs["strange"])[1:-1], "").replace(inputs["strange"], ""):
        return f"the message should show {inputs['strange'][-1]!r} alone, and says: {message[:80]}"


# most_frequent_pair: rows with ties in the first and in the second number, runs that overlap, the shortest row


def draw_most_frequent_pair(rng):
    rows = [row_of(rng, int(rng.integers(2, 40)), kinds) for kinds in (2, 3, 4, 6) for _ in range(3)]
    a, b, c, d = rng.permutation([3, 8, 40, 300]).tolist()
    return [*rows, [a, a, a, *sorted([b, c, d])], [a, b, a, c, a, b, a, c], [a, b], [a, a]]


def act_most_frequent_pair(lesson, rows):
    found = [lesson.most_frequent_pair(row) for row in rows]
    return [[type(pair).__name__, list(pair)] for pair in found]


def judge_most_frequent_pair(rows, answer, reference):
    for row, (kind, pair) in zip(rows, answer, strict=True):
        what = f"the pair of {row if len(row) < 12 else f'{len(row)} tokens'}"
        says = f"{what} should be a tuple, and is a {kind}" if kind != "tuple" else exactly(pair, list(best(row)), what)
        if says:
            return says


def best(row):
    counts = Counter(zip(row, row[1:]))
    most = max(counts.values())
    return min(pair for pair in counts if counts[pair] == most)


# merge: runs, pairs of equals, rows without the pair, rows that end in half of it; the row stays, in its own list


def draw_merge(rng):
    asked = [[row_of(rng, int(rng.integers(2, 30)), kinds), int(rng.integers(256, 999))] for kinds in (1, 2, 2, 3, 4)]
    asked = [[row, list(best(row)), new] for row, new in asked]
    a, b, c = rng.permutation([3, 8, 300]).tolist()
    edges = [[a, b, a], [b, a, b], [a, a, b, b], [b, a], [a, c, b], [a], [], [a, b]]
    return asked + [[edge, [a, b], 400] for edge in edges] + [[[a] * int(rng.integers(4, 9)), [a, a], 400]]


def act_merge(lesson, asked):
    out = []
    for row, pair, new in asked:
        found = lesson.merge(row, tuple(pair), new)
        out.append([found, row, found is row])
    return out


def judge_merge(asked, answer, reference):
    return first(
        exactly(found, merged(row, pair, new), f"{row if len(row) < 9 else f'{len(row)} tokens'} with {pair} merged")
        or exactly(after, row, "the row that came in, afterwards")
        or (f"{row} without {pair}: expected a new list, found the one that came in" if same else None)
        for (row, pair, new), (found, after, same) in zip(asked, answer, strict=True))


def merged(row, pair, new):
    """By way of a stack: a pair is made when its right one comes and its left one lies on top."""
    stack = []
    for token in row:
        if stack and [stack[-1], token] == list(pair):
            stack[-1] = new
        else:
            stack.append(token)
    return stack


# learn: small texts, until nothing is left to merge, and none at all


def draw_learn(rng):
    sizes = [(4, 30, 12), (3, 50, 20), (8, 70, 9), (2, 9, 30), (5, 25, 0), (1, 13, 3), (5, 1, 4)]
    rows = [[rng.choice([5, 7, 9, 64, 65, 220, 3, 255][:kinds], length).tolist(), count]
            for kinds, length, count in sizes]
    return [*rows, [[], 3]]


def act_learn(lesson, asked):
    out = []
    for row, count in asked:
        pairs = lesson.learn_merges_loops(row, count)
        out.append([[list(pair) for pair in pairs], row])
    return out


def judge_learn(asked, answer, reference):
    return first(same_pairs(found, learnt(row, count), f"{count} merges of {len(row)} tokens")
                 or exactly(after, row, "the row that came in, afterwards")
                 for (row, count), (found, after) in zip(asked, answer, strict=True))


def same_pairs(found, expected, what):
    if len(found) != len(expected):
        return f"{what}: expected {len(expected)} pairs, found {len(found)}"
    return first(exactly(one, other, f"{what}: pair {n}") for n, (one, other) in enumerate(zip(found, expected)))


def learnt(row, count):
    pairs = []
    while len(row) > 1 and len(pairs) < count:
        pairs.append(list(best(row)))
        row = merged(row, pairs[-1], 255 + len(pairs))
    return pairs


# catch: the check meets the fault, right encoders, and others that lose no text either

CATCHES = {"takes the longest first": "AssertionError", "takes the newest first": "AssertionError",
           "merges nothing": "AssertionError", "leaves the last merge out": "AssertionError",
           "has as many tokens, but others": "AssertionError", "ends in another token": "AssertionError",
           "is right": "passes", "is right, one pair at a time": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def join(row, pair, new):
        row, at = list(row), 0
        while at < len(row) - 1:
            if (row[at], row[at + 1]) == tuple(pair):
                row[at:at + 2] = [new]
            at += 1
        return row

    def replay(row, merges):
        for number, pair in enumerate(merges):
            row = join(row, pair, 256 + number)
        return list(row)

    def chosen(choose):
        def encode(row, merges):
            number = {tuple(pair): 256 + n for n, pair in enumerate(merges)}
            while able := [number[pair] for pair in zip(row, row[1:]) if pair in number]:
                new = choose(able)
                row = join(row, merges[new - 256], new)
            return list(row)
        return encode

    encoders = {
        "takes the longest first": lesson.colleague_encode,
        "takes the newest first": chosen(max),
        "merges nothing": lambda row, merges: list(row),
        "leaves the last merge out": lambda row, merges: replay(row, merges[:-1]),
        "has as many tokens, but others": lambda row, merges: replay(row, merges)[::-1],
        "ends in another token": lambda row, merges: [*replay(row, merges)[:-1], -1],
        "is right": replay,
        "is right, one pair at a time": chosen(min),
    }
    return [outcome(lambda name=name: lesson.check_encode(encoders[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"an encode that {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# repair: merges learnt from one row, done to others


def draw_repair(rng):
    asked = []
    for kinds, count in ((2, 12), (3, 20), (4, 25)):
        letters = rng.permutation([5, 7, 9, 64, 220, 0])[:kinds]
        merges = learnt(rng.choice(letters, 80).tolist(), count)
        asked += [[rng.choice(letters, length).tolist(), merges] for length in (40, 7, 1)]
    missing = [[7, 9], [9, 9], [5, 256], [258, 7]]  # the second is nowhere, and the later ones are
    return [*asked, [[], merges], [[7, 5, 9], []], [[5, 7, 9, 7, 5, 7], [[7, 9], [5, 7]]], [[5, 7, 9, 7, 5], missing]]


def act_repair(lesson, asked):
    return [[lesson.encode_tokens(row, [tuple(pair) for pair in merges]), row] for row, merges in asked]


def judge_repair(asked, answer, reference):
    return first(exactly(found, replayed(row, merges), f"{len(row)} tokens after {len(merges)} merges")
                 or exactly(after, row, "the row that came in, afterwards")
                 for (row, merges), (found, after) in zip(asked, answer, strict=True))


def replayed(row, merges):
    for number, pair in enumerate(merges):
        row = merged(row, pair, 256 + number)
    return row


# padded: rows of unlike lengths, an empty one, all of one length; token 0, and numbers that need more than two bytes


def draw_padded(rng):
    lengths = [(4, 2, 7), (3, 3), (5,), (0, 4), (6, 1, 0, 2, 6)]
    asked = [[rng.choice([0, 5, 300, 50_256, 151_642], length).tolist() for length in some] for some in lengths]
    asked.append([[7, 0], [0, 9, 40_000], [0]])
    return [[rows, int(rng.integers(256, 999))] for rows in asked]


def act_padded(lesson, asked):
    out = [lesson.padded(rows, filler) for rows, filler in asked]
    return [[type(one).__name__, one.data, rows] for one, (rows, _) in zip(out, asked)]


def judge_padded(asked, answer, reference):
    for (rows, filler), (kind, found, after) in zip(asked, answer, strict=True):
        longest = max(len(row) for row in rows)
        expected = np.array([row + [filler] * (longest - len(row)) for row in rows], dtype=np.int64)
        if kind != "Tensor":
            return f"expected a Tensor, found {kind}"
        says = differs(found, expected, f"rows of lengths {[len(row) for row in rows]}", rtol=0, atol=0, dtype=np.int64)
        if says or after != rows:
            return says or "the rows that came in should stay as they are"


# saved, added: each learner's own numbers


def draw_saved(rng):
    return None


def act_saved(lesson, inputs):
    return lesson.saved


def judge_saved(inputs, answer, reference):
    return differs(answer, reference, "comparisons that the vocabulary saves", rtol=1e-6, atol=0)


def draw_added(rng):
    return None


def act_added(lesson, inputs):
    return lesson.added


def judge_added(inputs, answer, reference):
    return differs(answer, reference, "bytes that the table grows by", rtol=0, atol=0)
