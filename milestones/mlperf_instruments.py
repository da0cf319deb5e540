"""What Milestone 6 measures with, and what makes networks smaller, tried where the answer is known beforehand.

Each function prints lines of a table with `row(what, found, target, met)`.
"""
import hashlib
import json
import math
from dataclasses import replace
from itertools import count

import numpy as np
from mlperf_tasks import lenet
from numpy.random import default_rng
from tinytorch.benchmarking import bootstrap_interval, percentile, sign_test
from tinytorch.capstone import (
    TASKS,
    Entry,
    Scored,
    Submission,
    hashed,
    improvement,
    leaderboard,
    raced,
    system_of,
    validate,
)
from tinytorch.compression import distillation_loss, finetune, magnitude_prune, sparsity, structured_prune
from tinytorch.core import Tensor, no_grad
from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential
from tinytorch.optim import AdamW
from tinytorch.profiling import Profiler, amdahl, flops, ranking
from tinytorch.quantization import QuantizedLinear, calibrate, dequantize, quantize


def instruments(row, rng):
    """What is known without measuring, measured: nobody should believe a clock before."""
    pools, (first, second), full = 28 * 28 * 6 + 10 * 10 * 16, (28 * 28 * 6, 10 * 10 * 16), 400 * 120 + 120 * 84 + 840
    convolutions = 2 * (2 * 25 * first + first) + 3 * 2 * 150 * second + 2 * second  # the first has nobody below it
    by_hand = 2 * (convolutions + 3 * 2 * full + 2 * pools)  # two images, there and back
    found, ticks, operations = step_of_lenet(rng)
    row("FLOPs of a step of LeNet", f"{found:,}", f"{by_hand:,}", found == by_hand)
    some = [flops("matmul", [(2, 3, 4, 5), (5, 6)], (2, 3, 4, 6)), flops("softmax", [(3, 4)], (3, 4)),
            flops("gelu", [(3, 4)], (3, 4)), flops("largest", [(3, 4)], (3, 1)), flops("index", [(3, 4)], (4,))]
    row("of five other operations", ", ".join(map(str, some)), "1440, 60, 108, 12, 0", some == [1440, 60, 108, 12, 0])
    row("its operations, a tick each", f"{ticks:g} ticks", f"{operations}", ticks == operations)
    whole = amdahl(0.8, 5)
    row("0.8 of it 5 times as fast", f"{whole:.3f} times", f"{100 / 36:.3f}", math.isclose(whole, 100 / 36))

    race, ran = on_a_warming_machine(rng)
    longest, ratio = 1000 * race.times_s.max(), float(np.median(race.times_s[0] / race.times_s[1]))
    row("4 ms and 3 ms, getting warm", f"{ratio:.3f} times, {longest:.0f} ms at most", "1.333, below 20 ms",
        abs(ratio - 4 / 3) < 0.02 and longest < 20)
    row("who began, in 200 pairs", f"{sum(map(str.__eq__, race.order, ran[6::2]))} right", "200",
        race.order == ran[6::2] and race.elapsed_s > race.times_s.sum())
    runs = rng.permutation(40) + 1.0
    row("p90 and p1 of 1 to 40", f"{percentile(runs, 90):g} and {percentile(runs, 1):g}", "36 and 1",
        (percentile(runs, 90), percentile(runs, 1)) == (36, 1))
    intervals = np.array([bootstrap_interval(rng.exponential(size=30), rng) for _ in range(200)])
    held = float(((intervals[:, 0] <= math.log(2)) & (math.log(2) <= intervals[:, 1])).mean())
    row("intervals that hold the median", f"{held:.1%} of 200", "86 to 99 %", 0.86 <= held <= 0.99)
    chances = [sign_test(wins, 12) for wins in (3, 9, 6)]
    row("3, 9 and 6 wins of 12 by chance", "{:.3f}, {:.3f}, {:.0f}".format(*chances), "0.146, 0.146, 1",
        np.allclose(chances, [0.146, 0.146, 1], atol=5e-4))
    refereed(row, received(race))
    for instrument in (rulers, pruned, narrowed, student):
        instrument(row, rng)


def received(race):
    """A submission with the times of a race, and all else made up."""
    task, baseline_ms, optimized_ms = TASKS["digits-mlp"], *(1000 * race.times_s).tolist()
    baseline = Entry(0.95, baseline_ms, 814_120, 106_680, [], "b.npz", hashed("b"))
    optimized = Entry(0.94, optimized_ms, 51_408, 227_816, ["structured_prune", "int8"], "o.npz", hashed("o"))
    return Submission("1.0", task.name, "R\u00f3zsa", "2018-05-02T12:00:00Z", 6, system_of(), baseline, optimized,
                      race.order, Scored("test", task.examples, task.data_sha256), race.elapsed_s).sealed()


def refereed(row, one):
    """Send edited copies of a submission to the referee, and lay out the board."""
    before, after, pairs = one.baseline.latencies_ms, one.optimized.latencies_ms, len(one.order)
    cold = [6.0] * (pairs // 3) + [1.0] * (pairs - pairs // 3)
    cold_before, cold_after = ({"latencies_ms": np.multiply(times, cold).tolist()} for times in (before, after))

    def edited(baseline=None, optimized=None, **fields):
        entries = {"baseline": replace(one.baseline, **(baseline or {})),
                   "optimized": replace(one.optimized, **(optimized or {}))}
        return replace(one, **{"elapsed_s": 100.0, **entries, **fields}).sealed()

    def slower(times, **entry):
        return edited(optimized={"latencies_ms": np.multiply(after, times).tolist(), **entry})

    wrong = [{"latencies_ms": times} for times in (before[:19], [0.0, *before[1:]], [before[0]] * pairs)]
    wrong += [{"accuracy": share} for share in (0.5, 0.9503)]
    copies = [replace(edited(optimized={"accuracy": 0.96}), digest=one.digest),
              *(edited(baseline=entry) for entry in wrong), *(edited(optimized=entry) for entry in wrong),
              edited(cold_before), edited(None, cold_after), edited(optimized={"techniques": ["more cores"]}),
              edited(optimized={"size_bytes": 1, "techniques": ["int8"]}), edited(elapsed_s=sum(before) / 1000),
              edited(order=["b"] * pairs), edited(data=replace(one.data, examples=4000)),
              edited(data=replace(one.data, sha256="0" * 64))]
    refused = sum(bool(validate(copy)) for copy in copies)
    row("edited copies, refused", f"{refused} of {len(copies)}", "all", refused == len(copies))
    honest = [one, edited(cold_before, cold_after), slower([after[1] / after[0]] + [1] * (pairs - 1)),
              edited({"latencies_ms": before[:20]}, {"latencies_ms": after[:20]}, order=one.order[:20])]
    passed = [not validate(copy) for copy in honest]  # also on a busy machine, with a coarse clock, of twenty pairs
    row("honest ones, let pass", f"{sum(passed)} of {len(passed)}", "all", all(passed))
    ratios, gain = np.divide(before, after), improvement(one)
    faster, smaller, interval = float(np.median(ratios)), 814_120 / 51_408, bootstrap_interval(ratios, default_rng(0))
    row("its gain", f"{gain.faster:.3f} times, {gain.smaller:.2f} smaller", f"{faster:.3f}, {smaller:.2f}",
        gain == (faster, interval, smaller, 0.94 - 0.95))
    record = {key: value for key, value in one.to_dict().items() if key != "digest"}
    by_hand = hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    row("its digest", one.digest[:16], by_hand[:16], one.digest == by_hand)
    board = leaderboard([copies[0], slower(1.2), slower(1.1, size_bytes=51_000), one, slower(1.3, accuracy=0.96)])
    places = [f"{line.place}{'' if line.pareto else ' beaten'}" if line.place else "refused" for line in board]
    row("the board", ", ".join(places), "1, 2, 3 beaten, 4, refused", places == ["1", "2", "3 beaten", "4", "refused"])


def step_of_lenet(rng):
    """Of a training step on two images: FLOPs of what is counted by hand, the ticks of a clock, and the operations."""
    model, images, looks = lenet(rng), Tensor(rng.random((2, 1, 28, 28))), count(7)
    with Profiler(clock=lambda: float(next(looks))) as seen:
        CrossEntropyLoss()(model(images * 0.5), np.array([3, 7])).backward()
    total = sum(op.flops for op in seen.operations if op.name in ("conv2d", "matmul", "max_pool", "reshape"))
    slowest = dict(ranking(seen.operations))
    there_and_back = [f"conv2d {direction}" for direction in ("forward", "backward")]
    known = all(slowest.get(label) == 2 for label in there_and_back) and (
        list(slowest.values()) == sorted(slowest.values(), reverse=True)) and (
        [op.start_s for op in seen.operations] == list(range(7, 7 + 2 * len(seen.operations), 2))) and (
        seen.operations[0].shapes == (images.shape, ()))  # two looks for each, and a number has a shape as well
    return total, sum(slowest.values()) if known else math.nan, len(seen.operations)


def on_a_warming_machine(rng):
    """A race of works of 4 and 3 ms, each ten times slower at first and then ever slower, and who ran in it when."""
    now, ran = [0.0], []  # seconds, letters

    def work(letter, ms):
        slow = iter([10, 10, 10])

        def run():
            ran.append(letter)
            now[0] += ms / 1000 * next(slow, 1) * (1 + 0.5 * now[0]) * (1 + 0.02 * rng.exponential())
        return run

    return raced(work("b", 4), work("o", 3), 200, warmup=3, clock=lambda: now[0], rng=rng), ran


def rulers(row, rng):
    """INT8 by the textbook: for numbers on both sides of 0, on one side, all 0, and with a few far away."""
    groups = [(4, 3) * rng.normal(size=(30, 2)) + (1, 0), 4 + rng.random((30, 2)), -rng.random((30, 2)),
              np.zeros((30, 2)), np.append(rng.normal(size=(58,)), [40.0, -90.0]).reshape(30, 2)]
    same, whole = 0, 0
    for numbers in (group.astype(np.float32) for group in groups):
        for options in ({}, {"symmetric": True}, {"axis": 1}, {"symmetric": True, "axis": 1}, {"percentile": 95.0}):
            codes, back = by_the_textbook(numbers, **options)
            scale, zero_point = calibrate(numbers, **options)
            found = quantize(1.5 * numbers, scale, zero_point)  # some of them beyond the ruler
            whole += codes.size
            same += int(((found == codes) & np.isclose(dequantize(found, scale, zero_point), back, atol=1e-5)).sum())
    row("INT8 codes of numbers, and back", f"{same} of {whole}", "99 %, ties apart", same >= 0.99 * whole)
    layer, x = Linear(9, 5, rng=rng), rng.normal(size=(20, 9)).astype(np.float32)
    layer.bias.data += np.arange(5)
    scale = np.abs(layer.weight.data).max(axis=1, keepdims=True) / 127
    expected = x @ (np.rint(layer.weight.data / scale) * scale).T + layer.bias.data
    with no_grad():
        apart = np.abs(QuantizedLinear(layer)(Tensor(x)).data - expected).max()
    row("a layer of INT8, by NumPy", f"{apart:.0e} apart", "below 1e-04", apart < 1e-4)


def by_the_textbook(numbers, symmetric=False, axis=None, percentile=100.0):
    """Codes of 1.5 times the numbers, and what they stand for, on a ruler that is made for the numbers."""
    along = None if axis is None else 0
    low, high = (np.percentile(numbers.astype(float), q, axis=along) for q in (100 - percentile, percentile))
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    scale = np.maximum(high, -low) / 127 if symmetric else (high - low) / 255
    scale = np.where(scale > 0, scale, 1)
    zero_point = 0 if symmetric else np.rint(-128 - low / scale)
    codes = np.clip(np.rint(1.5 * numbers / scale) + zero_point, -128, 127)
    return codes, (codes - zero_point) * scale


def pruned(row, rng):
    """The smallest weights of a model taken out, and six steps of training that must not bring them back."""
    model = Sequential(Linear(7, 6, rng=rng), ReLU(), Linear(6, 4, rng=rng))
    layers = {"0.weight": model[0], "2.weight": model[2]}
    kept = np.sort(np.concatenate([np.abs(layer.weight.data).ravel() for layer in layers.values()]))[30]
    masks = magnitude_prune(model, 0.45)  # round(0.45 * 66) go
    gone = {name: np.abs(layer.weight.data) < kept for name, layer in layers.items()}
    right = all(np.array_equal(masks[name] != 0, ~less) for name, less in gone.items())
    row("the 30 smallest of 66 weights", f"{66 * sparsity(model):.0f} are 0", "30, in both layers",
        sum(map(np.sum, gone.values())) == round(66 * sparsity(model), 3) == 30 and right)
    for layer in layers.values():
        layer.weight.data += 1  # what was taken is there again
    seen, held = [], [(rng.normal(size=(8, 7)), rng.integers(0, 4, 8)) for _ in range(3)]

    def batches():
        for images, labels in held:
            seen.append(round(66 * sparsity(model)))
            yield Tensor(images), labels

    finetune(model, masks, AdamW(model.parameters(), lr=0.1), batches, 2)
    seen.append(round(66 * sparsity(model)))
    row("zeros before each of six steps", f"{min(seen)} to {max(seen)}, {len(seen) - 1} steps", "30, 6 steps",
        seen == [30] * 7)


def narrowed(row, rng):
    """Two layers without the units of which one can see that they matter least."""
    first, second = Linear(7, 6, rng=rng), Linear(6, 4, rng=rng)
    rows = np.array([[3, 0, 0, 0, 0, 0, 0], [1.4] * 7, [-2.0] * 7, [0, 0, 4, 0, 0, 0, 0], [1.3] * 7,
                     [2.5, 2.5, 0, 0, 0, 0, 0]], np.float32)  # by their norms, rows 0, 4 and 5 matter least
    first.weight.data, stay, x = rows, [1, 2, 3], rng.normal(size=(20, 7)).astype(np.float32)
    first.bias.data, second.bias.data = np.arange(6, dtype=np.float32), np.arange(4, dtype=np.float32)
    hidden = np.maximum(x @ rows[stay].T + first.bias.data[stay], 0)
    expected = hidden @ second.weight.data[:, stay].T + second.bias.data
    first, second = structured_prune(first, second, 0.45)
    with no_grad():
        apart = np.abs(second(ReLU()(first(Tensor(x)))).data - expected).max()
    row("without three of six units", f"{apart:.0e} apart", "below 1e-04", apart < 1e-4)


def student(row, rng):
    """What a student loses, with labels of two kinds."""
    scores, teacher, labels = *rng.normal(scale=3, size=(2, 5, 4)), np.array([2, 0, 1, 3, 0])
    found = [distillation_loss(*map(Tensor, (scores, teacher)), some, 3.0, 0.7).item() for some in (labels, 0 * labels)]
    apart = np.abs(np.subtract(found, [students_loss(scores, teacher, some) for some in (labels, 0 * labels)])).max()
    row("a student's loss, by NumPy", f"{apart:.0e} apart", "below 1e-05", apart < 1e-5)


def students_loss(scores, teacher, labels):
    """At temperature 3, with 0.7 for the teacher. Hinton, Vinyals and Dean (2015)."""
    def shares(some):
        powers = np.exp(some)
        return powers / powers.sum(axis=1, keepdims=True)

    soft = shares(teacher / 3) * np.log(shares(teacher / 3) / shares(scores / 3))
    hard = -np.log(shares(scores)[np.arange(len(labels)), labels])
    return 0.7 * 9 * soft.sum(axis=1).mean() + 0.3 * hard.mean()
