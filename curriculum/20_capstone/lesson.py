# %% [markdown]
# # 20 Capstone
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd, 06 Optimizers, 14 Profiling,
#              15 Quantization, 16 Compression, 19 Benchmarking
#     Teaches  what gains make together, and what a result needs so that strangers can check it
#     Opens    Milestone 6, and work of your own
#
# You have a network, an instrument that sees where its time goes, several ways to need less of it, and a way to tell a
# gain from chance. Put them together, and see what they are together. Then make a result of it, for a speed-up is one
# only when somebody else can find it again. On the second half of this page that somebody is you: three people send
# in their results, and one of them is honest.

# %% given="start"
#| default_exp capstone
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("20")

# %% given="imports"
#| export
import dataclasses
import hashlib
import importlib
import json
import math
import os
import platform
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tinytorch.benchmarking import bootstrap_interval, environment, interleaved, percentile, pinned, sign_test
from tinytorch.nn.layers import Module

Work = Callable[[], object]  # what is timed: a call without arguments
Clock = Callable[[], float]  # seconds, counted from anywhere

# %% given="tools"
from dataclasses import replace

from tinytorch.compression import low_rank, structured_prune
from tinytorch.core.autograd import no_grad
from tinytorch.core.tensor import Tensor
from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential
from tinytorch.optim import SGD
from tinytorch.profiling import Profiler, amdahl, ranking, typical
from tinytorch.quantization import quantize_model

# %% [markdown]
# ## Try first
#
# The baseline: an MLP 784-256-10, trained on 3,200 of the 4,000 train digits. The other 800 are kept aside, to choose
# by; the test digits wait for the end. What is timed is one answer to 32 digits, with recording. Ten minutes, ungraded:
# make another network of it which needs at most a third of the time and gets at most 72 of the 800 wrong. All that you
# built may help. Hit or missed, keep the attempt: at the end of the page you send one in.

# %% given="network"
def mlp(hidden=256, seed=3):
    rng = np.random.default_rng(seed)
    return Sequential(Linear(784, hidden, rng=rng), ReLU(), Linear(hidden, 10, rng=rng))


def answering(model, rows, recording=True):
    """A call without arguments that answers these rows."""
    return (lambda: model(rows)) if recording else no_grad()(lambda: model(rows))


def faster(work, baseline, pairs=60):
    """How many times faster than the baseline a work is: the median of the pairs."""
    times = interleaved([baseline, work], pairs)
    return round(float(np.median(times[0] / times[1])), 2)

# %% demo="digits"
from tinytorch.datasets import tinydigits

digits = tinydigits()
images, labels = digits.train_images.reshape(-1, 784) / np.float32(255), digits.train_labels
aside, aside_labels = Tensor(images[3200:]), labels[3200:]


def trained(model, epochs, seed):
    """The model, after so many more epochs over the first 3,200 train digits."""
    rng, optimizer = np.random.default_rng(seed), SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        for at in rng.permutation(3200).reshape(-1, 32):
            optimizer.zero_grad()
            CrossEntropyLoss()(model(Tensor(images[at])), labels[at]).backward()
            optimizer.step()
    return model


def right(model, rows=aside, targets=aside_labels):
    """How many digits a model knows, of the 800 that were kept aside or of others."""
    return int((model(rows).data.argmax(axis=1) == targets).sum())


net, some = trained(mlp(), 15, seed=5), aside[:32]
base = answering(net, some)

# %% scratch="try_first"
attempt = quantize_model(net)  # your attempt
print(faster(answering(attempt, some), base), "times as fast,", 800 - right(attempt), "of 800 wrong")

# %% [markdown]
# ## Three gains
#
# First the instrument, then the tools. Which operation is the slowest of an answer, and what share of the time has it?
# By Amdahl's law, how many times faster can the answer become if nothing but this one is improved?

# %% predict="profile"
predict("share of the slowest operation", None, unit="%")  # your guess in place of None
predict("its ceiling", None, unit="times")

# %% demo="profile"
base()
runs = []
for _ in range(20):
    with Profiler() as seen:
        base()
    runs.append(seen.operations)
seconds = [own for _, own in ranking(typical(runs))]  # of each kind of operation, as is usual in 20 runs
total, own = sum(seconds), seconds[0]
measured("share of the slowest operation", round(100 * own / total, 1), unit="%")
measured("its ceiling", round(amdahl(own / total, math.inf), 1), unit="times")

# %% [markdown]
# It is `matmul`, and the first layer has nearly all of its FLOPs. There is something to gain, in three ways that you
# built: no recording (05); three in four of the 256 rows taken out, with six epochs to recover (16); the first layer
# as a product of rank 24 (16). How many times faster is each of them alone? Multiply your three numbers. Then: how many
# times faster are all three together?

# %% predict="gains"
predict("faster without recording", None, unit="times")  # your guess in place of None
predict("faster with a quarter of the rows", None, unit="times")
predict("faster with a first layer of rank 24", None, unit="times")
predict("the product of the three", None, unit="times")
predict("the three together", None, unit="times")

# %% demo="gains"
first, last = structured_prune(net[0], net[2], 0.75)
fewer_rows = trained(Sequential(first, ReLU(), last), 6, seed=7)
thin = Sequential(low_rank(net[0], 24), ReLU(), net[2])
together = Sequential(low_rank(fewer_rows[0], 24), ReLU(), fewer_rows[2])
gains = [faster(answering(net, some, recording=False), base), faster(answering(fewer_rows, some), base),
         faster(answering(thin, some), base)]
measured("faster without recording", gains[0], unit="times")
measured("faster with a quarter of the rows", gains[1], unit="times")
measured("faster with a first layer of rank 24", gains[2], unit="times")
measured("the product of the three", round(math.prod(gains), 2), unit="times")
measured("the three together", faster(answering(together, some, recording=False), base), unit="times")
for name, model in [("baseline", net), ("a quarter of the rows", fewer_rows), ("rank 24", thin), ("all", together)]:
    print(f"{name:24}{right(model)} of 800 right")

# %% [markdown]
# Two of them gain the same seconds, which can be gained once. And none of them touches the calls: the same operations
# take time on layers of one number, too. What share of the time is that, before and after?
#
# Then another way, with one tool in place of two: nine in ten rows taken out, eight epochs, no recording. Is it faster
# than the three together, and what does it know?

# %% predict="calls"
predict("share of the calls, baseline", None, unit="%")  # your guess in place of None
predict("share of the calls, three together", None, unit="%")
predict("faster with a tenth of the rows, without recording", None, unit="times")
predict("right of 800, a tenth of the rows", None)

# %% demo="calls"
number, one = Tensor(np.zeros((1, 1))), Linear(1, 1)
calls = [answering(Sequential(one, ReLU(), one), number),
         answering(Sequential(low_rank(one, 1), ReLU(), one), number, recording=False)]
measured("share of the calls, baseline", round(100 / faster(calls[0], base)), unit="%")
share = 1 / faster(calls[1], answering(together, some, recording=False))
measured("share of the calls, three together", round(100 * share), unit="%")
first, last = structured_prune(net[0], net[2], 0.9)
few_rows = trained(Sequential(first, ReLU(), last), 8, seed=7)
gain = faster(answering(few_rows, some, recording=False), base)
measured("faster with a tenth of the rows, without recording", gain, unit="times")
measured("right of 800, a tenth of the rows", right(few_rows))

# %% [markdown]
# After each gain Amdahl's law begins anew, with other shares: of the three together, half and more is calls, which no
# smaller product shortens. Who multiplies speed-ups from three papers promises what nobody will measure. And a tool
# can be one too many: low rank makes two calls of one. Fewer rows alone are faster, and know about as many digits.
#
# Bytes are another matter. A quarter of the rows are a quarter of the numbers, and INT8 (15) keeps each number in a
# quarter of the bytes. Is that a sixteenth? And is it faster than a quarter of the rows alone?

# %% predict="bytes"
predict("times smaller, a quarter of the rows", None, unit="times")  # your guess in place of None
predict("times smaller, both", None, unit="times")
predict("faster, both", None, unit="times")

# %% demo="bytes"
def bytes_of(model):
    return sum(array.nbytes for array in model.state_dict().values())


both = quantize_model(fewer_rows)
measured("times smaller, a quarter of the rows", round(bytes_of(net) / bytes_of(fewer_rows), 2), unit="times")
measured("times smaller, both", round(bytes_of(net) / bytes_of(both), 2), unit="times")
measured("faster, both", faster(answering(both, some), base), unit="times")

# %% [markdown]
# It is nearly a sixteenth, for scales and biases stay in float32. And it is slower than a quarter of the rows alone:
# `QuantizedLinear` makes float32 of its codes at each call and multiplies as before. INT8 saves bytes where they lie,
# and time only where the machine multiplies the codes themselves.
#
# ## Build: what strangers need
#
# '4.6 times faster, nearly as accurate.' Than what? On which machine? Accurate on which data? A *submission* is a file
# that answers before anybody asks. It holds what was measured, not what follows from it: every single time, not their
# mean, and no speed-up at all, for whoever reads it can compute that. What all submissions share stands here and in no
# file: three tasks, what they are scored on, and a floor, for any network is fast that need not be right. The data of a
# task is told by its *hash*: 64 hex digits, computed from all of its bytes, and others as soon as one byte is another.

# %% given="tasks"
#| export
class Task(NamedTuple):
    """What all submissions to it share; none of it is taken from a file."""

    name: str
    metric: str
    floor: float      # of the accuracy; below it, a submission does not count
    floor_says: str   # why this floor
    examples: int     # in the part that is scored
    data_sha256: str  # of that part, as `hashed` gives it


def hashed(*parts: NDArray[Any] | str) -> str:
    """SHA-256 of arrays, with their dtypes and shapes, and of texts, in hex."""
    total = hashlib.sha256()
    for one in parts:
        if isinstance(one, str):
            total.update(one.encode())
        else:
            total.update(f"{one.dtype.str}{one.shape}".encode() + np.ascontiguousarray(one).tobytes())
    return total.hexdigest()


_DIGITS = "29aa1bb11457bc887b72943d91eaac3d9e98a6825ff999fecfeacdbb2222fcfc"  # test images and labels of TinyDigits
_TALKS = "8a971531bf16244194fff55d901b37b9c7d6c30b26cfbce1f9785dbbb0ffddf2"  # `as_text` of TinyTalks' paraphrases

TASKS = {task.name: task for task in (
    Task("digits-mlp", "accuracy", 0.91, "one linear layer stays below it", 1000, _DIGITS),
    Task("digits-cnn", "accuracy", 0.95, "an MLP on the digits as they are stays below it", 1000, _DIGITS),
    Task("tinytalks-transformer", "accuracy", 0.80, "what is left without attention stays below it", 200, _TALKS))}

# What may be done to a model, and how many times smaller its weights can become by it; inf: as small as you like.
TECHNIQUES = {
    "no_grad": 1.0, "kv_cache": 1.0, "batching": 1.0, "acceleration": 1.0, "magnitude_prune": 1.0, "float16": 2.0,
    "int8": 4.0, "structured_prune": math.inf, "low_rank": math.inf, "distillation": math.inf}

# %% [markdown]
# A file that travels can be changed on its way, by a hand that slips or one that does not. So it will carry a
# *digest*: the hash of all that it says. For two programs to agree on it, they must write the record down in exactly
# the same way, its *canonical form*: the keys in the order of the alphabet, at every depth; no blanks; letters beyond
# ASCII as escapes. The digest itself is left out, for it cannot be hashed before it is known. It finds a slip, not a
# forger: whoever edits a file can compute a digest as well.

# %% exercise="digest"
#| export
def digest(record: dict[str, Any]) -> str:
    """SHA-256, in hex, of a record's canonical JSON without the field "digest", if there is one; the record stays.

    Raises
    ------
    ValueError
        If there is a nan or an infinity in it: JSON has none.
    """
    # How: write the record down in the canonical form, and hash that text.
    # Example: {"b": 3, "a": [4, 5], "digest": "?"} is written {"a":[4,5],"b":3}; its hash begins 7169.
    # Hint: help(json.dumps) lists a parameter for keys, one for blanks and one against nan. ASCII is its default.
    ### BEGIN SOLUTION
    rest = {key: value for key, value in record.items() if key != "digest"}
    return hashed(json.dumps(rest, sort_keys=True, separators=(",", ":"), allow_nan=False))
    ### END SOLUTION

# %% check="digest" points=8
got = {"b": 3, "a": [4, 5], "digest": "?"}
got = got, digest(got), hashed('{"a":[4,5],"b":3}'), hashed('{"b":3,"a":[4,5]}'), hashed('{"a": [4, 5], "b": 3}')
assert isinstance(got[1], str) and len(got[1]) == 64, f"64 letters; yours is {got[1]!r}"
assert got[1] != got[3], "the keys stand in the order of the alphabet: sort_keys=True"
assert got[1] != got[4], "no blanks behind commas and colons: separators=(',', ':')"
assert got[1] == got[2], f"expected {got[2][:8]}..., the hash of what the example shows; yours {got[1][:8]}..."
assert got[0]["digest"] == "?", "the record that was given lost its digest; leave it as it is"
got = digest({"n": {"z": 3, "y": 4}}), digest({"n": {"y": 4, "z": 3}, "digest": "x"})
assert got[0] == got[1], "the same record in another order has the same digest, at every depth"
assert digest({"name": "Zoé"}) == hashed('{"name":"Zo\\u00e9"}'), "é is written as an escape, \\u00e9"
try:
    got = digest({"accuracy": math.nan})
except ValueError:
    got = None
assert got is None, "nan is no JSON, although Python writes it: allow_nan=False makes it a ValueError"

# %% [markdown]
# The system block uses the field names of MLPerf, the industry's benchmark, so that whoever knows one can read the
# other. `division` is MLPerf's as well: "closed" if the optimized model was made of the baseline, "open" for any other.
# The techniques are written down by hand: from weights nobody can tell what was done, only that it was too much.

# %% given="submission_parts"
#| export
@dataclass(frozen=True)
class System:
    """Where it was measured, under MLPerf's names; no name of a person, a machine or a folder."""

    system_name: str
    host_processor_model_name: str
    host_processor_core_count: int
    host_memory_capacity: str
    framework: str
    operating_system: str
    other_software_stack: str
    division: str = "closed"
    status: str = "available"


@dataclass(frozen=True)
class Entry:
    """One of the two models of a submission, and what was measured of it."""

    accuracy: float            # 0 to 1, of the scored part
    latencies_ms: list[float]  # of every run that counts, in their order; run i of both entries is pair i
    size_bytes: int            # of all arrays in `weights`
    peak_bytes: int            # most that one run asks for, by tracemalloc, untimed; weights lie there before it
    techniques: list[str]      # names of TECHNIQUES; empty for the baseline
    weights: str               # the name of a .npz file beside the submission
    weights_sha256: str        # of that file


@dataclass(frozen=True)
class Scored:
    """The data that the accuracies speak of."""

    part: str
    examples: int
    sha256: str


# %% given="submission"
#| export
@dataclass(frozen=True)
class Submission:
    """A baseline and an optimized model, measured side by side; the fields are those of the file."""

    schema_version: str
    task: str
    submitter: str
    created: str     # as in 2026-11-30T19:31:38Z
    seed: int
    system: System
    baseline: Entry
    optimized: Entry
    order: list[str]  # who ran first in each pair, "b" or "o", as it was drawn
    data: Scored
    elapsed_s: float  # of the whole measurement
    digest: str = ""

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "Submission":
        """The Submission with these fields; ValueError names what is missing or unknown."""
        try:
            parts: dict[str, Any] = {"system": System(**record["system"]), "data": Scored(**record["data"]),
                                     "baseline": Entry(**record["baseline"]), "optimized": Entry(**record["optimized"])}
            return cls(**{**record, **parts})
        except (KeyError, TypeError) as error:
            raise ValueError(f"these are not the fields of a submission: {error}") from error

    def sealed(self) -> "Submission":
        """The same with the digest that belongs to it."""
        return dataclasses.replace(self, digest=digest(self.to_dict()))

    def save(self, path: str | Path) -> None:
        """Write the file, whole or not at all."""
        path = Path(path)
        beside = path.with_name(path.name + ".part")
        beside.write_text(json.dumps(self.to_dict(), indent=1) + "\n", encoding="utf-8")
        os.replace(beside, path)

    @classmethod
    def load(cls, path: str | Path) -> "Submission":
        """The Submission in a file; ValueError says where its form is not SCHEMA's, ImportError what to install."""
        try:
            record = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=int)  # int refuses NaN
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{Path(path).name} is not JSON: {error}") from error
        if wrong := _schema_errors(record):
            raise ValueError(f"{Path(path).name} has another form than SCHEMA says: {'; '.join(wrong[:3])}")
        return cls.from_dict(record)

# %% [markdown]
# For what follows you need a submission whose truth you know. `example` makes one up: the baseline takes 6 ms and the
# optimized model 2 ms, a little disturbed, in thirty pairs. `changed` gives one with other fields, sealed again.

# %% given="example"
def disturbed(ms, count, rng):
    """Times of so many runs that would take `ms` if nothing disturbed them."""
    return [round(ms * (1 + 0.03 * float(rng.exponential())), 4) for _ in range(count)]


def changed(submission, baseline=None, optimized=None, **fields):
    """The submission with other fields, and with other fields of its two entries, sealed again."""
    entries = {"baseline": replace(submission.baseline, **(baseline or {})),
               "optimized": replace(submission.optimized, **(optimized or {}))}
    return replace(submission, **entries, **fields).sealed()


def example(seed=3, pairs=30):
    """An honest submission, made up; not sealed yet."""
    rng, task = np.random.default_rng(seed), TASKS["digits-mlp"]
    system = System("Example 1", "a processor", 4, "8 GB", "TinyTorch", "an operating system", "Python")
    entries = [Entry(accuracy, disturbed(ms, pairs, rng), size, peak, techniques, f"{name}.npz", hashed(name))
               for name, accuracy, ms, size, peak, techniques in [
                   ("baseline", 0.937, 6.0, 814_120, 106_900, []),
                   ("optimized", 0.921, 2.0, 203_560, 26_800, ["structured_prune", "no_grad"])]]
    order = ["bo"[int(rng.integers(2))] for _ in range(pairs)]
    data = Scored("test", task.examples, task.data_sha256)
    return Submission("1.0", task.name, "example", "2026-11-30T12:00:00Z", seed, system, *entries, order, data, 0.4)

# %% [markdown]
# ## Build: the gain, from raw times
#
# No speed-up stands in the file; you compute it, always in the same way. The median over the pairs of the ratio
# baseline to optimized, so that 3 means three times faster. Its interval at 95 percent by `bootstrap_interval` of 19,
# which takes the medians of its draws itself; they begin at the seed 0 whoever draws, for two readers of one file
# should find one result. Beside it, how many times smaller, and the accuracies' difference, below 0 for a loss.

# %% exercise="improvement"
#| export
class Improvement(NamedTuple):
    """What a submission gained."""

    faster: float                  # times: the median over the pairs of baseline to optimized
    interval: tuple[float, float]  # of that, 95 percent
    smaller: float                 # times: bytes of the baseline's weights over those of the optimized ones
    accuracy: float                # that of the optimized model less that of the baseline


def improvement(submission: Submission) -> Improvement:
    """The Improvement, computed from the raw times of a submission."""
    # How: the ratio of each pair; their median and its interval; then sizes and accuracies.
    # Example: times 6, 8, 9 and 3, 2, 3 have the ratios 2, 4, 3: 3 times faster.
    # Hint: np.array(entry.latencies_ms); bootstrap_interval(ratios, np.random.default_rng(0)); float(np.median(...)).
    ### BEGIN SOLUTION
    baseline, optimized = submission.baseline, submission.optimized
    ratios = np.array(baseline.latencies_ms) / np.array(optimized.latencies_ms)
    interval = bootstrap_interval(ratios, np.random.default_rng(0))
    smaller, gained = baseline.size_bytes / optimized.size_bytes, optimized.accuracy - baseline.accuracy
    return Improvement(float(np.median(ratios)), interval, smaller, gained)
    ### END SOLUTION

# %% check="improvement" points=10
got = {"latencies_ms": [6, 8, 9, 40, 7], "size_bytes": 900}, {"latencies_ms": [3, 2, 3, 4, 2], "size_bytes": 300}
got = improvement(changed(example(), *got))
assert isinstance(got, Improvement), f"an Improvement; yours is of type {type(got).__name__}"
assert np.isclose(got.faster, 3.5), (
    f"the ratios are 2, 4, 3, 10 and 3.5: their median is 3.5; yours {got.faster:.3g}. 2.667 is the ratio of the "
    "medians, 4.5 the mean of the ratios, 0.286 has them turned over.")
assert got.interval == (2, 10), f"of five ratios, drawn from the seed 0, the interval is (2, 10); yours {got.interval}"
assert np.isclose(got.smaller, 3), f"900 bytes over 300 are 3 times smaller; yours {got.smaller:.3g}"
assert np.isclose(got.accuracy, -0.016), f"0.921 less 0.937 is -0.016; yours {got.accuracy:.4f}"
got = [np.divide(example(7).baseline.latencies_ms, example(7).optimized.latencies_ms), improvement(example(7)).interval]
got[0] = bootstrap_interval(got[0], np.random.default_rng(0))
assert np.allclose(*got), f"by draws from the seed 0 it is {got[0]}; yours {got[1]}"

# %% [markdown]
# ## Resting place
#
# You have the form of a submission, a digest that notices every changed letter, and a gain that is computed and not
# believed. What is missing is a referee. To come back tomorrow, run the cells above once; they take some seconds.

# %% [markdown]
# ## Build: what does not add up
#
# A *referee* cannot look into the machine where it was measured. But numbers that were not measured seldom fit each
# other, and each rule below is a way in which they would not. A rule takes a submission and gives a list of sentences,
# one for each thing that is wrong, and no sentence if nothing is. Six of them to be read:

# %% given="rules"
#| export
FEWEST = 20  # pairs; fewer say too little


def entries_of(submission: Submission) -> dict[str, Entry]:
    return {"baseline": submission.baseline, "optimized": submission.optimized}


def numbers_are_numbers(submission: Submission) -> list[str]:
    says: list[str] = []
    if submission.task not in TASKS or submission.schema_version != "1.0":
        says.append(f"task {submission.task!r} in version {submission.schema_version!r} is unknown; tasks are "
                    f"{', '.join(TASKS)}, and the version is '1.0'")
    for name, entry in entries_of(submission).items():
        if not 0 <= entry.accuracy <= 1:
            says.append(f"{name}: an accuracy is from 0 to 1; found {entry.accuracy}")
        if not all(map(math.isfinite, [*entry.latencies_ms, submission.elapsed_s])):
            says.append(f"{name}: not every time is a number")
        if entry.size_bytes <= 0 or entry.peak_bytes <= 0:
            says.append(f"{name}: a model takes bytes, as weights and while it runs; found 0 or fewer")
    return says


def seal_fits(submission: Submission) -> list[str]:
    found = digest(submission.to_dict())
    return [] if found == submission.digest else [
        f"the digest is {submission.digest[:8]!r}... and that of the record {found[:8]!r}...: something was changed"]


def techniques_fit(submission: Submission) -> list[str]:
    """Known techniques, none in the baseline, and weights no smaller than these techniques can make them."""
    says: list[str] = []
    names = submission.optimized.techniques
    unknown = [name for name in names if name not in TECHNIQUES]
    if unknown or len(set(names)) < len(names):
        says.append(f"techniques are named once, and known: {', '.join(unknown) or 'one is named twice'}")
    if submission.baseline.techniques or not names:
        says.append("the baseline has no techniques, and the optimized model at least one")
    before, after = submission.baseline, submission.optimized
    most = math.prod(TECHNIQUES.get(name, 1.0) for name in names)
    if after.size_bytes * most < before.size_bytes:
        says.append(f"{before.size_bytes:,} bytes became {after.size_bytes:,}, and by {', '.join(names)} a model "
                    f"becomes {most:g} times smaller at most")
    if before.weights_sha256 == after.weights_sha256 and before.size_bytes != after.size_bytes:
        says.append("both entries have the same file of weights, and not the same size")
    if before.weights == after.weights and before.weights_sha256 != after.weights_sha256:
        says.append("two files of weights have the same name")
    return says


def floor_is_reached(submission: Submission) -> list[str]:
    task = TASKS[submission.task]
    return [f"{name}: accuracy {entry.accuracy:.4f} is below the floor {task.floor}: {task.floor_says}"
            for name, entry in entries_of(submission).items() if entry.accuracy < task.floor]

# %% given="rules_of_pairs"
#| export
def order_is_drawn(submission: Submission) -> list[str]:
    """Who ran first, once for each pair; a coin is as one-sided as this once in a thousand times or more."""
    order, pairs = submission.order, len(submission.baseline.latencies_ms)
    first = order.count("b")
    if len(order) != pairs or first + order.count("o") != pairs:
        return [f"for each of {pairs} pairs the order says b or o; found {len(order)} entries"]
    return [] if sign_test(first, pairs) >= 0.001 else [
        f"the baseline ran first in {first} of {pairs} pairs; an order that is drawn is not so one-sided"]


def times_are_not_copied(submission: Submission) -> list[str]:
    """No list is its own first half again, and no list is the other one times a number."""
    says = [f"{name}: the second half of the times is the first half again"
            for name, entry in entries_of(submission).items() if (half := len(entry.latencies_ms) // 2)
            and entry.latencies_ms[:half] == entry.latencies_ms[half:2 * half]]
    pairs = zip(submission.baseline.latencies_ms, submission.optimized.latencies_ms)
    ratios = [before / after for before, after in pairs if after > 0]
    if ratios and max(ratios) < 1.0001 * min(ratios):
        says.append(f"the ratio of every pair is {ratios[0]:.4g}; two clocks are never disturbed so alike")
    return says

# %% [markdown]
# The seventh is yours: the times. What can be wrong with a list of times so that it cannot be what a clock said?

# %% exercise="times"
#| export
def times_add_up(submission: Submission) -> list[str]:
    """A sentence for each reason why the times of the two entries cannot be, or are not enough."""
    # How: of each entry: too few (FEWEST are enough); a time that no run can take; all equal, for no clock says the
    # same twenty times. Of both together: what is no pairs; and runs of more time, in all, than was measured.
    # Example: 30 pairs of about 6 and 2 ms are 0.25 s: elapsed_s 0.4 can be, 0.2 cannot.
    # Hint: entries_of(submission).items() are two pairs of name and entry. Mind the units.
    ### BEGIN SOLUTION
    says: list[str] = []
    for name, entry in entries_of(submission).items():
        times = entry.latencies_ms
        if len(times) < FEWEST:
            says.append(f"{name}: {len(times)} repeats; at least {FEWEST} are needed")
        if any(one <= 0 for one in times):
            says.append(f"{name}: a run that took no time")
        if len(set(times)) == 1:
            says.append(f"{name}: {len(times)} runs took exactly the same time")
    before, after = submission.baseline.latencies_ms, submission.optimized.latencies_ms
    if len(before) != len(after):
        says.append(f"{len(before)} runs of one and {len(after)} of the other are no pairs")
    if sum(before) + sum(after) > 1000 * submission.elapsed_s:
        says.append(f"all runs together took longer than {submission.elapsed_s} s, the whole measurement")
    return says
    ### END SOLUTION

# %% check="times" points=12
got = [example().sealed(), example(5, pairs=20).sealed(), changed(example(), elapsed_s=0.249)]
got = [times_add_up(one) for one in got]
assert got == [[], [], []], (
    f"nothing is wrong with 30 honest pairs, with 20, nor with 30 that fill all but 1 % of elapsed_s; yours says {got}")
got = example(), example().baseline.latencies_ms, example().optimized.latencies_ms
got = {
    "19 pairs": changed(example(pairs=19)),
    "29 times beside 30": changed(got[0], optimized={"latencies_ms": got[2][1:]}),
    "30 times beside 28": changed(got[0], {"latencies_ms": got[1][2:]}),
    "one time of 0": changed(got[0], {"latencies_ms": [0.0, *got[1][1:]]}),
    "one time below 0": changed(got[0], optimized={"latencies_ms": [*got[2][1:], -2.0]}),
    "a baseline of thirty times 6.0": changed(got[0], {"latencies_ms": [6.0] * 30}),
    "an optimized model of thirty times 2.0": changed(got[0], optimized={"latencies_ms": [2.0] * 30}),
    "runs of a hundredth more than the whole": changed(got[0], elapsed_s=sum(got[1] + got[2]) / 1010)}
got = {what: times_add_up(one) for what, one in got.items()}
assert all(isinstance(says, list) and all(isinstance(one, str) for one in says) for says in got.values()), (
    "the answer is a list of sentences, each of them a str")
assert all(got.values()), f"this passes: {', '.join(what for what, says in got.items() if not says)}"

# %% given="report"
#| export
def report(submission: Submission) -> str:
    """Baseline beside optimized, computed from raw numbers; the task has to be known, and the times to be pairs."""
    before, after, task = submission.baseline, submission.optimized, TASKS[submission.task]
    gain, data = improvement(submission), submission.data

    def row(name: str, show: Callable[[Entry], str], says: str = "") -> str:
        return f"{name:<16}{show(before):>20}{show(after):>20}  {says}".rstrip()

    def spread(entry: Entry) -> str:
        return f"{percentile(entry.latencies_ms, 10):.4g} to {percentile(entry.latencies_ms, 90):.4g}"

    low, high = gain.interval
    lines = [
        f"{submission.task}, sent by {submission.submitter}, {submission.created}, seed {submission.seed}",
        f"scored on {data.examples:,} examples of {data.part}, sha256 {data.sha256[:12]}..., floor {task.floor}", "",
        row("", lambda entry: "baseline" if entry is before else "optimized"),
        row("accuracy", lambda entry: f"{entry.accuracy:.5g}", f"{100 * gain.accuracy:+.2f} points"),
        row("median latency", lambda entry: f"{float(np.median(entry.latencies_ms)):.4g} ms",
            f"{gain.faster:.2f} times faster, 95 % interval {low:.2f} to {high:.2f}"),
        row("p10 to p90", spread, "ms"),
        row("repeats", lambda entry: f"{len(entry.latencies_ms)}", "in pairs"),
        row("weights", lambda entry: f"{entry.size_bytes:,}", f"bytes, {gain.smaller:.2f} times smaller"),
        row("peak", lambda entry: f"{entry.peak_bytes:,}", "bytes"), "",
        f"techniques: {', '.join(after.techniques)}",
        *(f"{name}: {value}" for name, value in dataclasses.asdict(submission.system).items())]
    return "\n".join(lines)

# %% [markdown]
# ## A fault to find: each number for itself
#
# Three submissions have come, from Ada, Ben and Cem. One was measured as it should be. One timed a baseline that was
# cold for a while: for the first runs its weights were read anew each time. One was scored on the digits that its
# networks were trained on. Each of them looks fine to whoever sent it. (All three are made up, like `example`.)
#
# You are the referee. Look at what they sent, as long and from as many sides as you like: reports, single times,
# anything that `received["Ada"]` holds. Then say who is honest, before anything else is run.

# %% given="received"
def sent(name, ms, counts, examples=1000, slow=0):
    """What somebody sends whose models take 6 and `ms` ms, the baseline 2.2 times that in the first `slow` pairs."""
    rng = np.random.default_rng(ord(name[0]))
    before, after = disturbed(6.0, 30, rng), disturbed(ms, 30, rng)
    before = [round(2.2 * one, 4) for one in before[:slow]] + before[slow:]
    data = example().data if examples == 1000 else Scored("test", examples, OTHER)
    return changed(example(), {"latencies_ms": before, "accuracy": counts[0] / examples},
                   {"latencies_ms": after, "accuracy": counts[1] / examples}, submitter=name, elapsed_s=2.0, data=data)


OTHER = "265ee16a79dc0648c7b71ccad573729feae921d22dcefe920e6d312b32044b73"
KINDS = [((937, 921), 1000, 18), ((937, 921),), ((3953, 3857), 4000)]
post = sorted(KINDS, key=lambda kind: hashed(f"{kind}14"))  # in an order that this cell does not tell
PEOPLE = {"Ada": 2.7, "Ben": 1.9, "Cem": 1.15}  # ms of their optimized models
received = {name: sent(name, ms, *kind) for (name, ms), kind in zip(PEOPLE.items(), post)}

# %% scratch="review"
for one in received.values():
    print(report(one), end="\n\n")

# %% predict="honest"
predict("the honest one: 1 Ada, 2 Ben, 3 Cem", None)  # your verdict in place of None

# %% [markdown]
# A colleague takes the seven rules above for a referee. It notices when a number is edited, or cannot be.

# %% fault="colleague_validate"
def colleague_validate(submission):
    """Sentences about what does not add up; none if nothing is wrong."""
    says = numbers_are_numbers(submission)
    for rule in (seal_fits, techniques_fit, floor_is_reached, order_is_drawn, times_are_not_copied, times_add_up):
        says = says or rule(submission)
    return says


assert not any(map(colleague_validate, [example().sealed(), *received.values()]))
assert colleague_validate(example())  # not sealed
assert colleague_validate(changed(example(), optimized={"accuracy": 0.85}))  # below the floor

# %% [markdown]
# It lets all three pass. So all of them are measured again, warm and on the test digits; this is made up as well, from
# the times in `PEOPLE`. What is found of each, and how many points of accuracy does one of them lose?

# %% predict="again"
predict("faster, measured again: Ada", None, unit="times")  # your guess in place of None
predict("faster, measured again: Ben", None, unit="times")
predict("faster, measured again: Cem", None, unit="times")
predict("points of accuracy that one of them loses", None, unit="points")

# %% demo="again"
again = {name: sent(name.lower(), ms, (937, 921)) for name, ms in PEOPLE.items()}
lost = {name: 100 * (one.optimized.accuracy - again[name].optimized.accuracy) for name, one in received.items()}
found = {name: improvement(one).faster for name, one in again.items()}
for name, one in received.items():
    print(f"{name} claims {improvement(one).faster:.2f} times and {one.optimized.accuracy:.1%}")
    measured(f"faster, measured again: {name}", round(found[name], 2), unit="times")
measured("points of accuracy that one of them loses", round(max(lost.values()), 1), unit="points")
honest = [lost[name] < 1 and improvement(one).faster < 1.1 * found[name] for name, one in received.items()]
measured("the honest one: 1 Ada, 2 Ben, 3 Cem", honest.index(True) + 1)

# %% [markdown]
# Ada's baseline was cold, Ben scored on train, and Cem is honest. Nobody can measure everybody again. But both faults
# can be seen in the files, if numbers are held against each other and not each against itself. First the check that
# was missing. A referee must refuse Ada, and Ben whatever he writes into the data block. It must let Cem pass, and also
# Cem on a machine that was busy at first: then both of his models are slow in the same pairs, their ratio stays, and
# nobody gains by it.

# %% exercise="catch"
def check_validate(validate):
    """Raise AssertionError unless `validate(submission)` has sentences for what is unfair, and none for what is not."""
    # How: five submissions. Refused are Ada's and Ben's, and Ben's with the data block of Cem. Accepted are Cem's, and
    # Cem's with the first eight times of both entries three times as long.
    # Example: check_validate(colleague_validate) raises AssertionError.
    # Hint: changed(received["Ben"], data=received["Cem"].data); changed(one, {"latencies_ms": [...]}, {...}).
    ### BEGIN SOLUTION
    ada, ben, cem = received.values()
    before, after = ([3 * one for one in entry.latencies_ms[:8]] + entry.latencies_ms[8:]
                     for entry in (cem.baseline, cem.optimized))
    assert validate(ada), "a baseline that was cold passes"
    assert validate(ben), "what was scored on train passes"
    assert validate(changed(ben, data=cem.data)), "an accuracy that 1,000 examples cannot give passes"
    assert not validate(cem), "what is honest is refused"
    assert not validate(changed(cem, {"latencies_ms": before}, {"latencies_ms": after})), "a busy machine is refused"
    ### END SOLUTION

# %% check="catch" points=7
def got(cold=True, block=True, grain=True, busy=False):
    def validate(one):  # looks at what it is told to look at
        first, last = (np.median(np.divide(one.baseline.latencies_ms[part], 1 if busy else one.optimized.latencies_ms[
            part])) for part in (slice(8), slice(-8, None)))
        says = ["cold"] if cold and first > 1.5 * last else []
        says += ["other data"] if block and one.data != example().data else []
        counts = [1000 * entry.accuracy for entry in entries_of(one).values()]
        return says + (["no whole number is right"] if grain and not np.allclose(counts, np.rint(counts)) else [])
    return validate


assert rejects(check_validate, colleague_validate), "your check lets the colleague's referee pass"
try:
    check_validate(got())
except AssertionError as error:
    raise AssertionError("your check refuses a referee that sees all of it, at "
                         f"{str(error) or 'an assert without a sentence'}") from error
assert not rejects(check_validate, got()), "your check refuses a referee that sees all of it"
assert rejects(check_validate, got(cold=False)), "your check lets a referee pass that never sees a cold baseline"
assert rejects(check_validate, got(grain=False)), (
    "your check lets a referee pass that believes the data block, whatever Ben writes into it")
assert rejects(check_validate, got(busy=True)), (
    "your check lets a referee pass that refuses Cem when his machine was busy at first, for both of his models")
assert rejects(check_validate, lambda one: ["no"]), "your check lets a referee pass that refuses everybody"

# %% [markdown]
# Now the rule. *The data*: the block must be the one of the task, part "test". *The grain*: 1,000 examples can give the
# accuracies 0.914 and 0.915 and nothing between them; times 1,000 it is a whole number, up to rounding. *Warmth*:
# compare the ratios of the first quarter of the pairs with those of the last quarter; if one median is more than 1.5
# times the other, one of the two models was not measured as the other was. This needs the warm part to reach the last
# quarter: who is cold to the end is found only by measuring again.

# %% exercise="repair"
#| export
def compared_fairly(submission: Submission) -> list[str]:
    """A sentence for each reason why baseline and optimized were not measured alike, on the data of the task."""
    # How: the three rules above. The grain counts for both entries, and in examples of the task.
    # Example: 0.98825 of 1,000 is 988.25 digits, which cannot be right; of 4,000 it is 3,953.
    # Hint: two Scored are equal if their fields are. Let floats round: 1e-6 is no part of a digit. Of 30 pairs a
    # quarter is 7. A model that gets slower than the other is as odd as one that gets faster.
    ### BEGIN SOLUTION
    says: list[str] = []
    task = TASKS[submission.task]
    if submission.data != Scored("test", task.examples, task.data_sha256):
        says.append(f"scored on {submission.data.examples:,} examples of other data than the test part of {task.name}")
    for name, entry in entries_of(submission).items():
        count = entry.accuracy * task.examples
        if abs(count - round(count)) > 1e-6:
            says.append(f"{name}: {entry.accuracy} of {task.examples:,} examples is {count:.2f}, no whole number")
    ratios = np.array(submission.baseline.latencies_ms) / np.array(submission.optimized.latencies_ms)
    quarter = len(ratios) // 4
    start, end = float(np.median(ratios[:quarter])), float(np.median(ratios[-quarter:]))
    if max(start / end, end / start) > 1.5:
        says.append(f"{start:.2f} times faster at the start and {end:.2f} at the end: one of the two was not warm")
    return says
    ### END SOLUTION

# %% check="repair" points=10
got = received["Cem"], received["Cem"].data, received["Cem"].optimized.latencies_ms
got = {
    "Ada, whose baseline was cold": received["Ada"], "Ben, who scored on train": received["Ben"],
    "Ben, with the data block of Cem": changed(received["Ben"], data=got[1]),
    "a data block that says train": changed(got[0], data=replace(got[1], part="train")),
    "a data block with 4,000 examples": changed(got[0], data=replace(got[1], examples=4000)),
    "a baseline right in 937.01 of 1,000": changed(got[0], {"accuracy": 0.93701}),
    "an optimized model right in 920.5 of 1,000": changed(got[0], optimized={"accuracy": 0.9205}),
    "an optimized model that was cold": changed(
        got[0], optimized={"latencies_ms": [2 * one for one in got[2][:9]] + got[2][9:]})}
got = [what for what, one in got.items() if not compared_fairly(one)]
assert not got, f"this passes: {', '.join(got)}"
got = received["Cem"].baseline.latencies_ms, Scored("test", 200, TASKS["tinytalks-transformer"].data_sha256)
got = {
    "Cem": received["Cem"],
    "Cem with one run disturbed": changed(received["Cem"], {"latencies_ms": [30.0, *got[0][1:]]}),
    "ratios 1.3 times as large at first": changed(
        received["Cem"], {"latencies_ms": [1.3 * one for one in got[0][:9]] + got[0][9:]}),
    "59 wrong of 1,000, as 1 - 0.059": changed(received["Cem"], {"accuracy": 1 - 59 / 1000}),
    "181 and 173 of 200 answers": changed(received["Cem"], {"accuracy": 0.905}, {"accuracy": 0.865}, data=got[1],
                                          task="tinytalks-transformer")}
got["181.6 of 200"] = changed(got["181 and 173 of 200 answers"], {"accuracy": 0.908})
got = {what: compared_fairly(one) for what, one in got.items()}
assert got.pop("181.6 of 200"), "181.6 of 200 answers pass; count in examples of the task"
assert not any(got.values()), f"this is honest and refused: {'; '.join(what for what, says in got.items() if says)}"
assert check_validate(compared_fairly) is None, "your own check refuses your rule"

# %% given="validate"
#| export
# All rules; those that lean on others come later: an unknown task has no floor, and unequal lists no pairs.
RULES: tuple[tuple[Callable[[Submission], list[str]], ...], ...] = (
    (numbers_are_numbers,),
    (seal_fits, techniques_fit, floor_is_reached, order_is_drawn, times_are_not_copied, times_add_up),
    (compared_fairly,))


def validate(submission: Submission, folder: str | Path | None = None) -> list[str]:
    """Sentences about what does not add up; none if nothing is wrong. With a folder its files of weights count, too."""
    for rules in RULES:
        says = [sentence for rule in rules for sentence in rule(submission)]
        if says:
            return says
    return [] if folder is None else weights_fit(submission, folder)


def weights_fit(submission: Submission, folder: str | Path) -> list[str]:
    """Whether the files of weights in `folder` are those of the submission, and as large as it says."""
    says: list[str] = []
    for name, entry in entries_of(submission).items():
        path = Path(folder, Path(entry.weights).name)  # beside the submission, and nowhere else
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != entry.weights_sha256:
            says.append(f"{name}: {path.name} is not there, or another file than the one that was measured")
            continue
        try:
            _weigh(path, entry.size_bytes)
        except Exception as error:  # a stranger's file may fail in any way
            says.append(f"{name}: {path.name} is no plain file of arrays of this size: {error}")
    return says


def _weigh(path: Path, size: int) -> None:
    """ValueError unless the arrays in a .npz file have so many bytes; nothing huge is unpacked, whatever `size` is."""
    with zipfile.ZipFile(path) as file:
        if sum(part.file_size for part in file.infolist()) > (most := min(size, 2**30) + 1_000_000):
            raise ValueError(f"it unpacks to more than {most:,} bytes")
    with np.load(path, allow_pickle=False) as arrays:
        if (found := sum(arrays[name].nbytes for name in arrays.files)) != size:
            raise ValueError(f"the arrays have {found:,} bytes, and not {size:,} as it says")

# %% demo="validate"
for name, one in received.items():
    print(f"{name}: {'; '.join(validate(one)) or 'nothing against it'}")

# %% [markdown]
# The rules take fields for granted, and a stranger's file may hold anything. So `load` first asks for its form, written
# in a language that any program can check, JSON Schema (edition 2020-12): which fields, of which types, and no others.

# %% given="schema"
#| export
def _object(**properties: Any) -> dict[str, Any]:
    """An object with these fields, all of them, and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_TEXT = {"type": "string", "maxLength": 300, "pattern": "^[^\\u0000-\\u001f\\u007f]+$"}
_TIME = {"type": "number", "maximum": 1e9}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53}
_HEX = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ENTRY = _object(
    accuracy={"type": "number", "minimum": 0, "maximum": 1}, size_bytes=_COUNT, peak_bytes=_COUNT,
    latencies_ms={"type": "array", "items": _TIME, "maxItems": 2000},
    techniques={"type": "array", "items": {"enum": list(TECHNIQUES)}, "maxItems": len(TECHNIQUES)},
    weights={"type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\\.npz$"}, weights_sha256=_HEX)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:tinytorch:submission:1",
    "title": "TinyTorch submission", **_object(
        schema_version={"const": "1.0"}, task={"enum": list(TASKS)}, submitter=_TEXT,
        created={"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$"}, seed=_COUNT,
        system=_object(
            system_name=_TEXT, host_processor_model_name=_TEXT, host_processor_core_count=_COUNT,
            host_memory_capacity=_TEXT, framework=_TEXT, operating_system=_TEXT, other_software_stack=_TEXT,
            division={"enum": ["closed", "open"]}, status=_TEXT),
        baseline=_ENTRY, optimized=_ENTRY, order={"type": "array", "items": {"enum": ["b", "o"]}, "maxItems": 2000},
        data=_object(part=_TEXT, examples=_COUNT, sha256=_HEX), elapsed_s=_TIME, digest=_HEX)}


def _schema_errors(record: Any) -> list[str]:
    """Where a record has another form than SCHEMA says."""
    try:
        jsonschema: Any = importlib.import_module("jsonschema")
    except ImportError as error:
        raise ImportError("to read a submission, install the package that checks its form: "
                          "python -m pip install jsonschema") from error
    return [f"{'.'.join(map(str, error.absolute_path)) or 'the record'}: {error.message[:200]}"
            for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(record)]

# %% [markdown]
# ## Build: who is best
#
# Faster, smaller, more accurate: one submission may be best in one and worst in another, and no sum of the three would
# be fair to everybody. But one thing can be said without opinion. If another is at least as good in everything and
# better in something, nobody has a reason to take this one. Those of which that is not true are the *Pareto front*.

# %% exercise="pareto"
#| export
def pareto(costs: ArrayLike) -> NDArray[np.bool_]:
    """Which rows of a table of costs, (rows, kinds of cost), are on the Pareto front; less is better in each column."""
    # How: a row is off the front if some row is at least as low in all columns and lower in one or more.
    # Example: [[3, 5], [4, 4], [4, 5]]: the third is off, for the second is as low and lower. Two equal rows are no
    # reason against each other.
    # Hint: np.asarray(costs) first, for lists come as well. Of one row, (table <= row).all(axis=1) are as low.
    ### BEGIN SOLUTION
    table = np.asarray(costs, dtype=float)
    beaten = [bool(((table <= row).all(axis=1) & (table < row).any(axis=1)).any()) for row in table]
    return ~np.array(beaten, dtype=bool)
    ### END SOLUTION

# %% check="pareto" points=8
got = pareto([[3, 5], [4, 4], [4, 5]])
assert isinstance(got, np.ndarray) and got.dtype == bool, f"an array of bool; yours {type(got).__name__}"
assert got.tolist() == [True, True, False], f"only the third is beaten, by both; yours {got.tolist()}"
got = pareto([[3, 7, 5], [4, 6, 5], [5, 9, 3], [5, 9, 4], [3, 8, 6]]).tolist()
assert got == [True, True, True, False, False], (
    f"of three costs: the fourth is beaten by the third, the last by the first; yours {got}")
got = pareto([[6, 6], [6, 6], [7, 7]]).tolist()
assert got == [True, True, False], f"equal rows do not beat each other; yours {got}"
got = pareto([[5, 3]]).tolist()
assert got == [True], f"who is alone is on the front; yours {got}"

# %% [markdown]
# The leaderboard, given. Times of different machines cannot be compared, and baselines differ too, by their seeds and
# training. So a row is judged against its own baseline, which must reach the floor. Who is refused is on it with the
# reasons. No referee sees numbers made up so well that they fit: for that the weights lie beside, to measure again.

# %% given="leaderboard"
#| export
class Row(NamedTuple):
    """A line of the leaderboard."""

    submission: Submission
    place: int                # in its task, from 1; 0 if refused
    pareto: bool              # whether no other of its task is as good in all of accuracy, time and size, and better
    gain: Improvement | None  # None if refused
    reasons: list[str]        # why it is refused


def leaderboard(submissions: Sequence[Submission]) -> list[Row]:
    """The valid ones by task, the fastest against its own baseline first; then those that are refused."""
    rows: list[Row] = []
    verdicts = [(one, validate(one)) for one in submissions]
    for task in TASKS:
        gains = [(improvement(one), one) for one, says in verdicts if not says and one.task == task]
        gains.sort(key=lambda pair: pair[0].faster, reverse=True)
        costs = [[1 - one.optimized.accuracy, 1 / gain.faster, one.optimized.size_bytes] for gain, one in gains]
        front = pareto(costs) if costs else ()
        rows += [Row(one, place, bool(best), gain, [])
                 for place, ((gain, one), best) in enumerate(zip(gains, front), start=1)]
    return rows + [Row(one, 0, False, None, says) for one, says in verdicts if says]

# %% [markdown]
# ## Use: your submission
#
# Everything is there but the measuring. `interleaved` of 19 times two works in pairs and draws who runs first, but it
# does not tell. Let the works tell: if each notes a letter when it runs, they leave a trail of who ran when.

# %% exercise="race"
#| export
class Race(NamedTuple):
    """What was measured of two works."""

    times_s: NDArray[np.float64]  # (2, pairs): baseline and optimized
    order: list[str]              # who ran first in each pair, "b" or "o"
    elapsed_s: float              # of all of it, runs to warm up included


def raced(baseline: Work, optimized: Work, pairs: int = 40, warmup: int = 3, clock: Clock = time.perf_counter,
          rng: np.random.Generator | None = None) -> Race:
    """The Race of two works, in so many pairs, with the order of each pair drawn by `rng`."""
    # How: works that note "b" or "o"; the clock before and after `interleaved`; notes of the warm-up stand first.
    # Example: notes b b b o o o, then o b, b o, o b: the order is o, b, o.
    # Hint: interleaved([one, other], pairs, warmup, clock, rng); notes[start::2] takes every second from start on.
    ### BEGIN SOLUTION
    notes: list[str] = []

    def noting(letter: str, work: Work) -> Work:
        def run() -> object:
            notes.append(letter)
            return work()
        return run

    start = clock()
    times_s = interleaved([noting("b", baseline), noting("o", optimized)], pairs, warmup, clock, rng)
    return Race(times_s, notes[2 * warmup::2], clock() - start)
    ### END SOLUTION

# %% check="race" points=9
got = []
got = got, raced(lambda: got.append(3.0), lambda: got.append(5.0), 30, 4, lambda: 7 + sum(got),
                 np.random.default_rng(3))
assert isinstance(got[1], Race), f"a Race; yours is of type {type(got[1]).__name__}"
assert got[1].times_s.shape == (2, 30) and np.allclose(got[1].times_s.T, [3, 5]), (
    "times of 3 s in the row of the baseline and of 5 s in that of the other")
assert len(got[0]) == 68, f"4 runs of each to warm up, 30 of each that count: 68; yours {len(got[0])}"
assert len(got[1].order) == 30, f"one letter for each of 30 pairs; yours has {len(got[1].order)}"
assert got[1].order == ["b" if first == 3 else "o" for first in got[0][8::2]], (
    f"who ran first in each pair; yours says {''.join(got[1].order[:9])}...")
assert np.isclose(got[1].elapsed_s, 272), f"34 runs of 3 s and 34 of 5 s are 272 s; yours {got[1].elapsed_s:g}"
got = [raced(int, int).order for _ in range(2)]
assert got[0] != got[1], "without `rng` two races of 40 pairs had one order: is it drawn anew for each race?"

# %% given="submit"
#| export
# From two candidates to a submission. Peaks are taken in runs of their own, for tracemalloc makes everything slower.
@dataclass(frozen=True)
class Candidate:
    """A model, how it answers, and how often it was right."""

    model: Module
    answer: Work          # what is timed
    accuracy: float       # of the scored part
    techniques: Sequence[str] = ()


def system_of(division: str = "closed") -> System:
    """The system this runs on, as far as it tells."""
    found = environment()
    stack = f"Python {found['python']}, BLAS {found['blas']}, threads {found['threads']}"
    return System(str(found["system"]), str(found["cpu"]), int(found["cores"]), _memory(),
                  f"TinyTorch on NumPy {found['numpy']}", platform.system(), stack, division)


def _memory() -> str:
    """How much memory the machine has, where the system tells."""
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (AttributeError, ValueError, OSError):  # not on Windows
        return "not told"


def peak_of(work: Work) -> int:
    """The bytes that one run asks for at its highest."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak

# %% given="submit_whole"
#| export
def submit(task: str, baseline: Candidate, optimized: Candidate, data: Scored, folder: str | Path, submitter: str,
           seed: int, pairs: int = 40, division: str = "closed") -> Submission:
    """Measure two candidates side by side, on one thread; `submission-<task>.json` and weights are in `folder` then."""
    with pinned(1):
        system = system_of(division)
        race = raced(baseline.answer, optimized.answer, pairs, rng=np.random.default_rng(seed))
    times_ms: list[list[float]] = (1000 * race.times_s).tolist()

    def entry(name: str, candidate: Candidate, latencies_ms: list[float]) -> Entry:
        path = Path(folder, f"{task}-{name}.npz")
        arrays: dict[str, Any] = candidate.model.state_dict()
        with path.open("wb") as file:
            np.savez(file, **arrays)
        size, peak = sum(array.nbytes for array in arrays.values()), peak_of(candidate.answer)
        return Entry(candidate.accuracy, latencies_ms, size, peak, list(candidate.techniques), path.name,
                     hashlib.sha256(path.read_bytes()).hexdigest())

    entries = entry("baseline", baseline, times_ms[0]), entry("optimized", optimized, times_ms[1])
    created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    submission = Submission("1.0", task, submitter, created, seed, system, *entries, race.order, data,
                            race.elapsed_s).sealed()
    submission.save(Path(folder, f"submission-{task}.json"))
    return submission

# %% [markdown]
# The three gains of the beginning become a submission. How many times faster are they by its raw times? What your
# referee has to say about it stands below the report.

# %% predict="submission"
predict("the three together, submitted", None, unit="times")  # your guess in place of None

# %% demo="submission"
folder = Path(globals().get("__file__", "lesson")).resolve().parent / "submission"  # a notebook runs beside itself


def submitted(model, techniques, submitter, recording=False):
    """A submission of a network against the baseline, in `folder`, where it takes the place of the one before."""
    folder.mkdir(exist_ok=True)
    data = Scored("test", 1000, hashed(digits.test_images, digits.test_labels))
    rows = Tensor(digits.test_images.reshape(-1, 784) / np.float32(255))
    before, after = (right(one, rows, digits.test_labels) / 1000 for one in (net, model))
    optimized = Candidate(model, answering(model, some, recording), after, techniques)
    return submit("digits-mlp", Candidate(net, base, before), optimized, data, folder, submitter, 20)


ours = submitted(together, ["structured_prune", "low_rank", "no_grad"], "this page")
measured("the three together, submitted", round(improvement(ours).faster, 2), unit="times")
print(report(ours), *validate(ours), sep="\n")

# %% [markdown]
# And now yours; perhaps `attempt` is a good beginning. What you make is up to you: another share of rows, other ranks,
# INT8, a student (16), fewer calls. Profile first. Choose by `right(model)`, on the 800 aside: whoever looks at the
# test digits before the end has chosen by them. Then send it in, once, above the floor of 910 right test digits. It
# lies in the folder `submission` beside this lesson. With Milestone 6 come two commands: `tinytorch leaderboard build
# submission` makes a page of all in a folder, `tinytorch leaderboard verify FILE` measures again what that made.

# %% scratch="yours"
yours = submitted(both, ["structured_prune", "int8", "no_grad"], "me")  # your network and what was done to it

# %% demo="board"
try:
    back = Submission.load(folder / "submission-digits-mlp.json")  # the one that was sent last
    print("read back:", "; ".join(validate(back, folder)) or "nothing against it")
except ImportError as error:
    print(error)
for row in leaderboard([*received.values(), ours, yours]):
    name = row.submission.submitter
    if row.gain is None:
        print(f"refused   {name:10} {row.reasons[0]}")
    else:
        print(f"place {row.place}   {name:10} {row.gain.faster:.2f} times faster, {row.gain.smaller:.2f} smaller, "
              f"{row.submission.optimized.accuracy:.3f} right{', on the front' if row.pareto else ''}")

# %% [markdown]
# ## Reflect
#
# Two questions with numbers of your own; answer them without running anything. Of the time of an answer `products`
# percent are products and `norms` percent are layer norms. One person makes the products `a` times as fast, another the
# norms `b` times. How many times faster is the answer with both? Set `together_times`. And a submission claims an
# accuracy of exactly `claimed`. What is the smallest number of examples that can give it? Set `fewest_examples`. In
# both cells put your number in place of the 0 and delete the two lines below it.

# %% given="sizes"
products, norms, a, b = mine("shares", [(60, 30, 4, 3), (50, 40, 5, 4), (70, 20, 7, 5), (64, 24, 8, 6)])
claimed = mine("claimed", [0.944, 0.9475, 0.985, 0.9625])
print(f"products {products} %, {a} times; norms {norms} %, {b} times; claimed {claimed}")

# %% exercise="together_times"
together_times = 0  # your number
### BEGIN SOLUTION
together_times = 100 / (products / a + norms / b + 100 - products - norms)
### END SOLUTION

# %% check="together_times" points=4
got = together_times
assert got > 1, f"faster than before is more than 1; yours {got}"
assert got < 100 / (100 - products - norms), f"{100 - products - norms} % stay, however fast the rest; yours {got}"

# %% exercise="fewest_examples"
fewest_examples = 0  # your number
### BEGIN SOLUTION
fewest_examples = next(count for count in range(1, 10_000) if abs(claimed * count - round(claimed * count)) < 1e-6)
### END SOLUTION

# %% check="fewest_examples" points=4
got = fewest_examples
assert got == int(got) and 1 < got <= 10_000, f"a whole number of examples, at most 10,000; yours {got}"
assert abs(got * claimed - round(got * claimed)) < 1e-6, f"{claimed} of {got} is {got * claimed:.4g}, no whole number"
got = [got / part * claimed for part in (2, 5) if got % part == 0]
assert all(abs(one - round(one)) > 1e-6 for one in got), "a half or a fifth of these examples can give it as well"

# %% [markdown]
# You review a paper: 'Pruning makes our model 3 times faster and INT8 4 times, hence it is 12 times faster, at 98.4 %
# accuracy on our 500 examples.' Write the review. Which of these numbers do you not believe, and why? What must the
# authors send so that you can find out, and what would you do with it? Use numbers that you measured here.

# %% [markdown] answer="review" points=7 rubric="what cannot be, with measured numbers; what to send; what is then done"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - Not in PyTorch: the industry sends its results to MLPerf, by MLCommons, in a closed and an open division, with a
#   target of accuracy below which nothing counts, raw logs, and compliance tests that measure again.
# - Its divisions and system fields have the names of this page; its submission checker refuses files, as `validate`.
# - That so many examples cannot give such a mean has found errors in published studies: the GRIM test, Brown and
#   Heathers (2017). Your rule of the grain is the same for accuracies.
