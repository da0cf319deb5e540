"""What a grader asks of DataLoader: orders judged by laws, samples and batches by value, threads by what they leave."""
import threading
import time

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

# order: whole and cut, mixed and not; the same again from a loader made anew; the default generator is not touched


SIZES = [[23, 5, False], [23, 5, True], [24, 6, True], [3, 7, False], [3, 7, True], [41, 1, False]]


def draw_order(rng):
    return {"sizes": SIZES, "seed": int(rng.integers(10, 1000)), "epoch": int(rng.integers(2, 9))}


def act_order(lesson, inputs):
    from tinytorch.core.tensor import default_rng, manual_seed

    def asked(size, shuffle, seed, epochs):
        count, batch_size, drop_last = size
        data = lesson.TensorDataset(np.zeros(count))
        loader = lesson.DataLoader(data, batch_size, shuffle=shuffle, drop_last=drop_last, seed=seed)
        return [[np.asarray(some) for some in loader.order(epoch)] for epoch in epochs]

    epoch, seed, answer = inputs["epoch"], inputs["seed"], []
    manual_seed(seed)
    for size in inputs["sizes"]:
        answer.append({"plain": asked(size, False, seed, [epoch]), "again": asked(size, True, seed, [epoch]),
                       "mixed": asked(size, True, seed, [epoch, epoch + 1, 0]),
                       "another": asked(size, True, seed + 1, [epoch]), "swapped": asked(size, True, epoch, [seed])})
    return {"found": answer, "next": float(default_rng().random())}


def judge_order(inputs, answer, reference):
    for (count, size, drop_last), found in zip(inputs["sizes"], answer["found"], strict=True):
        what = f"{count} samples in batches of {size}{', drop_last' if drop_last else ''}"
        lengths = [size] * (count // size) + [count % size] * (count % size > 0 and not drop_last)
        orders = [*found["plain"], *found["mixed"], *found["again"], *found["another"], *found["swapped"]]
        for order in orders:
            if [len(some) for some in order] != lengths:
                return f"{what}: expected batches of {lengths}, found {[len(some) for some in order]}"
        rows = [np.concatenate(order) if order else np.zeros(0, dtype=int) for order in orders]
        says = differs(rows[0], np.arange(sum(lengths)), f"{what}, not shuffled", rtol=0, atol=0) or mixed(
            rows[1:], count, drop_last, what)
        if says:
            return says
    return differs(answer["next"], reference["next"], "the next number of the default generator", rtol=0, atol=0)


def mixed(rows, count, drop_last, what):
    """What speaks against these orders: of an epoch, the next, epoch 0, the first once more, other seeds."""
    for row in rows:
        if len(set(row.tolist())) != len(row) or row.min(initial=0) < 0 or row.max(initial=0) >= count:
            return f"{what}: an epoch has each sample once at most"
    one, later, zeroth, again, *others = [row.tolist() for row in rows]
    if one != again:
        return f"{what}: the same seed and epoch should give the same order"
    if count > 20:
        neighbours = sum(b - a == 1 for a, b in zip(one, one[1:]))
        if neighbours > count // 3:
            return f"{what}: samples are to be mixed, and {neighbours} pairs of neighbours stayed together"
        if one in (later, zeroth, *others):
            return f"{what}: another epoch and another seed should give another order, also if one is the other"
        if drop_last and count % len(rows[0]) and len({tuple(sorted(row)) for row in (one, later, zeroth)}) == 1:
            return f"{what}: what is left out should differ from epoch to epoch"


# sample: what the transform is given, what stays, and what an error says


def draw_sample(rng):
    return {"x": rng.integers(1, 90, (30, 3)), "y": rng.permutation(30), "z": rng.permutation(30),
            "seed": int(rng.integers(10, 1000)), "asked": [[7, 3], [7, 4], [8, 3], [0, 0], [29, 3], [7, 3]]}


def act_sample(lesson, inputs):
    calls = []

    def drawn(x, rng):
        calls.append(1)
        return np.concatenate([x, rng.integers(0, 1000, 3)])

    data = lesson.TensorDataset(inputs["x"], inputs["y"], inputs["z"], transform=drawn)
    loader, other, third = (lesson.DataLoader(data, seed=seed) for seed in (inputs["seed"], inputs["seed"] + 1, 3))
    found = [list(loader.sample(index, epoch)) for index, epoch in inputs["asked"]]
    answer = {"found": found, "calls": len(calls), "other": [other.sample(7, 3)[0], third.sample(7, inputs["seed"])[0]]}
    data.transform = None
    answer["plain"] = list(loader.sample(7, 3))
    data.transform = lambda x, rng: {}["broken"]
    answer["errors"] = [said(loader, 23, 3), said(loader, 71, 3)]
    return answer


def said(loader, index, epoch):
    try:
        loader.sample(index, epoch)
    except Exception as error:
        return [type(error).__name__, str(error), type(error.__cause__).__name__]
    return ["nothing", "", ""]


def judge_sample(inputs, answer, reference):
    draws = []
    for (index, epoch), (x, *others) in zip(inputs["asked"], answer["found"], strict=True):
        what = f"sample {index} in epoch {epoch}"
        says = (differs(x[:3], inputs["x"][index], f"{what}, its first part before the transform", rtol=0, atol=0)
                or differs(np.array(others), np.array([inputs["y"][index], inputs["z"][index]]), f"{what}, the others",
                           rtol=0, atol=0))
        if says:
            return says
        draws.append(tuple(x[3:].tolist()))
    draws += [tuple(x[3:].tolist()) for x in answer["other"]]
    if draws[0] != draws[5]:
        return "the same sample in the same epoch should draw the same numbers"
    if len(set(draws)) != 7:
        return "another sample, another epoch and another seed should each draw other numbers"
    if answer["calls"] != 6:
        return f"six samples are six transforms, found {answer['calls']}"
    x, *others = answer["plain"]
    return (differs(x, inputs["x"][7], "a sample without a transform", rtol=0, atol=0)
            or differs(np.array(others), np.array([inputs["y"][7], inputs["z"][7]]), "its other parts", rtol=0, atol=0)
            or error(answer["errors"][0], "23", "KeyError", "a transform that fails")
            or error(answer["errors"][1], "71", "IndexError", "a sample that is not there"))


def error(found, number, cause, what):
    kind, message, found_cause = found
    if kind != "RuntimeError":
        return f"{what}: expected RuntimeError, found {kind}"
    if number not in message:
        return f"{what}: the message should name sample {number}, and says: {message[:80]}"
    return None if found_cause == cause else f"{what}: expected the cause {cause}, found {found_cause}"


# catch: the check meets the fault, other slow ones, wrong ones, and right ones


CATCHES = {"is the colleague's": "AssertionError", "begins anew again and again": "AssertionError",
           "leaves pixels undivided": "AssertionError",
           "mixes labels and images": "AssertionError", "repeats the first image": "AssertionError",
           "gives labels of zero": "AssertionError",
           "stacks": "passes", "fills places made before": "passes", "makes arrays of lists": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def stacks(samples):
        return lesson.as_batch([np.stack(part) for part in zip(*samples)])

    def anew(samples):
        for count in range(16, len(samples), 16):
            stacks(samples[:count])
        return stacks(samples)

    def fills(samples):
        x = np.empty((len(samples), *samples[0][0].shape), dtype=np.uint8)
        for at, (image, _) in enumerate(samples):
            x[at] = image
        return lesson.as_batch([x, np.array([label for _, label in samples])])

    def undivided(samples):
        x, y = stacks(samples)
        return lesson.Batch(x * 255.0, y)

    def lists(samples):
        return lesson.as_batch([np.array([image for image, _ in samples]), np.array([label for _, label in samples])])

    tried = {"is the colleague's": lesson.colleague_collate, "begins anew again and again": anew,
             "leaves pixels undivided": undivided,
             "mixes labels and images": lambda samples: lesson.Batch(stacks(samples).x, stacks(samples).y[::-1]),
             "repeats the first image": lambda samples: stacks([(samples[0][0], label) for _, label in samples]),
             "gives labels of zero": lambda samples: lesson.Batch(stacks(samples).x, 0 * stacks(samples).y),
             "stacks": stacks, "fills places made before": fills, "makes arrays of lists": lists}
    return [outcome(lambda name=name: lesson.check_collate(tried[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a collate that {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


# repair: pixels, floats, numbers, one part and three; and whether a sample costs more in a large batch


def draw_repair(rng):
    return [[rng.integers(0, 256, (count, 4, 3)).astype(np.uint8), rng.permutation(40)[:count]] for count in (7, 1, 3)
            ] + [[rng.normal(size=(5, 2)), rng.permutation(40)[:5], rng.integers(0, 256, 5).astype(np.uint8)],
                 [rng.normal(size=6)]]


def act_repair(lesson, asked):
    answer = []
    for columns in asked:
        batch = lesson.collate(list(zip(*columns)))
        answer.append([type(batch).__name__, [
            [type(part).__name__, part.data if isinstance(part, lesson.Tensor) else part] for part in batch]])
    small, large = (lesson.work_s(lambda count=count: lesson.collate(lesson.thousand[:count]))
                    for count in (32, 1024))
    return {"batches": answer, "even": large < 128 * small}


def judge_repair(asked, answer, reference):
    for columns, (kind, parts) in zip(asked, answer["batches"], strict=True):
        what = f"{len(columns[0])} samples of {len(columns)} parts"
        if kind != ("Batch" if len(columns) == 2 else "tuple"):
            return f"{what}: two parts make a Batch, others a tuple; found {kind}"
        for column, (form, found) in zip(columns, parts, strict=True):
            floats = column.dtype.kind == "f" or column.ndim > 1
            expected = column / (255 if column.dtype == np.uint8 and floats else 1)
            if form != ("Tensor" if floats else "ndarray"):
                return f"{what}: expected {'a Tensor' if floats else 'an integer array'}, found {form}"
            says = differs(found, expected if floats else column, f"{what}: a part of shape {column.shape}", rtol=1e-5,
                           atol=1e-6, dtype=np.float32 if floats else column.dtype)
            if says:
                return says
    if not answer["even"]:
        return "32 times as many samples take more than 128 times as long: what was there is copied again and again"


# ahead: order, how far ahead, side by side, few items and none, an error, an early end; no thread is left


def draw_ahead(rng):
    return {"items": rng.integers(1, 100, 14), "delays": rng.permutation(14), "depth": int(rng.integers(5, 9))}


def act_ahead(lesson, inputs):
    ours, depth = threading.active_count(), inputs["depth"]

    def slow(at):
        time.sleep(0.002 * (inputs["delays"][at] % 4))
        return 3 * inputs["items"][at]

    answer = {"values": [np.array(list(lesson.ahead(slow, range(14), workers, more)))
                         for workers, more in ((3, 6), (1, 1), (4, 2), (2, 20))],
              "few": [list(lesson.ahead(lambda item: item, range(count), 2, 4)) for count in (0, 1, 4, 5)]}
    answer["side_by_side"], left = side_by_side(lesson), [threading.active_count() > ours]
    answer["ahead"], answer["stops"] = under_way(lesson, depth), stops(lesson)
    answer["at_once"] = at_once(lesson)
    left.append(threading.active_count() > ours)
    answer["error"] = until_error(lesson)
    answer["left"] = [*left, threading.active_count() > ours]
    return answer


def side_by_side(lesson):
    """Whether three calls ever run at the same time."""
    meet = threading.Barrier(3, timeout=1)

    def wait_for_others(item):
        meet.wait()
        return item

    return outcome(lambda: list(lesson.ahead(wait_for_others, range(6), 3, 6)))


def under_way(lesson, depth):
    """How many items have begun while the caller has the third value."""
    begun = []
    values = lesson.ahead(begun.append, iter(range(60)), 2, depth)
    for _ in range(3):
        next(values)
    until = time.monotonic() + 1
    while len(begun) < depth + 3 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.03)
    found = len(begun)
    values.close()
    return found


def at_once(lesson):
    """How many calls are ever at work at the same time, of depth 3 and more workers than that."""
    begun, done, most = [], [], []

    def slow(item):
        begun.append(item)
        most.append(len(begun) - len(done))
        time.sleep(0.02)
        done.append(item)

    list(lesson.ahead(slow, range(9), 6, 3))
    return max(most)


def stops(lesson):
    """Whether next to nothing begins after the caller has left, and what runs is waited for."""
    begun, done = [], []

    def slow(item):
        begun.append(item)
        time.sleep(0.06)
        done.append(item)

    values = lesson.ahead(slow, range(40), 2, 12)
    next(values)
    before = len(begun)
    values.close()
    return [len(begun) - before < 4, len(done) == len(begun)]


def until_error(lesson):
    found = []
    try:
        for value in lesson.ahead(lambda item: [10 // (5 - item), item][1], range(12), 2, 4):
            found.append(value)
    except Exception as error:
        return [found, type(error).__name__]
    return [found, "nothing"]


def judge_ahead(inputs, answer, reference):
    for found in answer["values"]:
        says = differs(found, 3 * inputs["items"], "values, in the order of the items", rtol=0, atol=0)
        if says:
            return says
    if answer["few"] != [list(range(count)) for count in (0, 1, 4, 5)]:
        return f"0, 1, 4 and 5 items give as many values, found {answer['few']}"[:200]
    if answer["side_by_side"] != "passes":
        return "three workers should be able to run three calls at the same time"
    most = inputs["depth"] + 3
    if answer["ahead"] != most:
        return f"depth {most - 3} and three values given: {most} items have begun, found {answer['ahead']}"
    if answer["at_once"] > 3:
        return f"depth 3: at most 3 are under way, also while the caller waits; found {answer['at_once']}"
    if not answer["stops"][0]:
        return "after the caller has left, nothing more should begin"
    if not answer["stops"][1]:
        return "after the caller has left, what runs is waited for"
    if answer["error"] != [list(range(5)), "ZeroDivisionError"]:
        return f"item 5 raises ZeroDivisionError after five values; found {answer['error']}"[:200]
    if any(answer["left"]):
        return f"no thread is left behind; after the end, after an early end, after an error: {answer['left']}"


# cache: what is asked again, what fits, what is returned when nothing fits


def draw_cache(rng):
    return {"x": rng.integers(0, 99, (12, 5)), "y": rng.permutation(12) + 20,
            "asked": [*rng.permutation(12).tolist(), *rng.permutation(12).tolist()],
            "room": [0, 47, 48, 96, 190, 24 * 24, 10**6]}


def act_cache(lesson, inputs):
    answer = []
    for room in inputs["room"]:
        whole = lesson.TensorDataset(inputs["x"].astype(np.int64), inputs["y"].astype(np.int64))
        asked = Asking(whole)
        cached = lesson.CachedDataset(asked, room)
        samples = [cached[index] for index in inputs["asked"]]
        answer.append({"x": np.stack([x for x, _ in samples]), "y": np.array([y for _, y in samples]),
                       "asked": asked.numbers, "kept": sorted(cached.kept), "kept_bytes": int(cached.kept_bytes)})
    return {"rooms": answer, "locked": locked(lesson)}


def locked(lesson):
    """Whether the lock is held when the data set is asked, and whether it is when the count changes."""
    asking, counting = [], []

    class Watched(lesson.CachedDataset):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "kept_bytes" and value:
                counting.append(self._lock.locked())

    cached = Watched(Asking(lesson.TensorDataset(np.arange(4)), lambda: asking.append(cached._lock.locked())))
    for index in range(4):
        cached[index]
    return [any(asking), all(counting)]


class Asking:
    """A data set that notes what it is asked for."""

    def __init__(self, dataset, when_asked=lambda: None):
        self.dataset, self.transform, self.numbers, self.when_asked = dataset, dataset.transform, [], when_asked

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, index):
        self.numbers.append(int(index))
        self.when_asked()
        return self.dataset[index]


def judge_cache(inputs, answer, reference):
    for room, found in zip(inputs["room"], answer["rooms"], strict=True):
        what, numbers = f"samples of 48 bytes, and room for {room}", inputs["asked"]
        kept = numbers[:min(room // 48, 12)]
        questions = numbers[:12] + [number for number in numbers[12:] if number not in kept]
        says = (differs(found["x"], inputs["x"][numbers], f"{what}: first parts", rtol=0, atol=0)
                or differs(found["y"], inputs["y"][numbers], f"{what}: labels", rtol=0, atol=0))
        if says:
            return says
        if found["asked"] != questions:
            return f"{what}: the data set is asked {len(questions)} times, found {len(found['asked'])}"
        if found["kept"] != sorted(kept) or found["kept_bytes"] != 48 * len(kept):
            return (f"{what}: the first {len(kept)} are kept, {48 * len(kept)} bytes; found {len(found['kept'])} and "
                    f"{found['kept_bytes']}")
    if answer["locked"][0]:
        return "the data set is to be asked outside the lock, or all threads wait for one"
    if not answer["locked"][1]:
        return "the lock is to be held where the count changes"


# use: what a model sees in training and in validation


def draw_use(rng):
    return [{"count": count, "epochs": epochs, "seed": int(rng.integers(1, 1000))}
            for count, epochs in ((85, 3), (330, 2))]


def noting(lesson, seen):
    """A layer that notes in `seen` what it sees, and whether it is training."""
    class Noting(lesson.Linear):
        def forward(self, x):
            seen.append([self.training, x.data[:, 0].tolist()])
            return super().forward(x)

    return Noting(1, 3)


def act_use(lesson, asked):
    from tinytorch.core.tensor import manual_seed

    answer = []
    for inputs in [*asked, asked[0]]:  # the first one twice, wherever the default generator stands
        seen, count = [], inputs["count"]
        manual_seed(len(answer))
        model = noting(lesson, seen)
        data = lesson.TensorDataset(np.arange(float(count))[:, None], np.arange(count) % 3,
                                    transform=lambda x, rng: x + 1000 + rng.random() / 4)
        optimizer = lesson.SGD(model.parameters(), lr=1e-9)
        history = lesson.trained(model, optimizer, data, inputs["epochs"], inputs["seed"])
        answer.append({"epochs": len(history), "keys": sorted(history[-1]), "steps": optimizer.steps, "seen": seen})
    return answer


def judge_use(asked, answer, reference):
    *answer, again = answer
    if again["seen"] != answer[0]["seen"]:
        return "split, order and transform all depend on the seed that was given, and on nothing else"
    for inputs, found in zip(asked, answer, strict=True):
        count, epochs = inputs["count"], inputs["epochs"]
        many = count - count // 5
        if found["epochs"] != epochs or "accuracy" not in found["keys"]:
            return f"the history has {epochs} entries, each with an accuracy; found {found['epochs']}"
        learnt = [np.array(values) for training, values in found["seen"] if training]
        others = [np.array(values) for training, values in found["seen"] if not training]
        sizes = ([32] * (many // 32) + [many % 32] * (many % 32 > 0)) * epochs
        if [len(values) for values in learnt] != sizes or found["steps"] != len(sizes):
            return f"{count} samples, {epochs} epochs: expected batches of {sizes[:4]}..., {many} samples an epoch"
        if len(others) != epochs:
            return f"{count // 5} samples to validate are one batch of up to 256; found {len(others) / epochs:.0f}"
        rows, rest = np.concatenate(learnt).reshape(epochs, many) - 1000, np.concatenate(others).reshape(epochs, -1)
        if (rows < 0).any() or (rest >= 1000).any():
            return "the transform is for the part to learn from, and for that alone"
        numbers = np.floor(rows + 1e-3).astype(int)
        if len({tuple(np.sort(row).tolist()) for row in numbers}) > 1:
            return "the part to learn from is the same in all epochs"
        if len({tuple(row.tolist()) for row in numbers}) < epochs or (np.diff(numbers[0]) == 1).sum() > many // 3:
            return "the part to learn from is shuffled in each epoch"
        if sorted([*numbers[0].tolist(), *rest[0].astype(int).tolist()]) != list(range(count)):
            return "the two parts together have each sample once"


# the two numbers


def draw_batch_ms(rng):
    return []


draw_alive_bytes = draw_batch_ms


def act_batch_ms(lesson, inputs):
    return lesson.batch_ms


def act_alive_bytes(lesson, inputs):
    return lesson.alive_bytes


def judge_batch_ms(inputs, answer, reference):
    return differs(answer, reference, "ms from batch to batch", rtol=1e-6, atol=0)


def judge_alive_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of images", rtol=0, atol=0)
