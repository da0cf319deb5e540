"""The three tasks of Milestone 6: their data, their networks, what may be done to these, and how they are rebuilt.

A task here has a `name`, a `goal`, a `query` that is timed, parts of its data, and these methods:

    network(rng), trained(rng)                     the baseline, before and after it has learned
    smaller(model, rng)                            what may stand in its place
    asked(model, techniques, inputs)               a call without arguments that answers
    right(model, techniques, part)                 the share of right answers
    sized(arrays, techniques)                      an untrained network of the sizes that some weights have
"""
import math
import sys
import time
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from tinytorch.capstone import TASKS, Scored, hashed
from tinytorch.compression import distillation_loss, structured_prune
from tinytorch.core import Tensor, no_grad
from tinytorch.datasets import tinydigits, tinytalks
from tinytorch.datasets.talks import as_text, words
from tinytorch.nn import Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential
from tinytorch.nn.transformer import IGNORED, Transformer, generate
from tinytorch.optim import AdamW
from tinytorch.quantization import quantize_model
from tinytorch.training import CosineAnnealingLR, Trainer

BATCH, LONGEST = 32, 32  # examples in a batch; tokens in a question and its answer


def optional(name):
    """A module that not everybody has built, or the sentence that says so."""
    try:
        return import_module(f"tinytorch.{name}")
    except ImportError as missing:
        return str(missing).split("\n")[0]


memoization, acceleration = optional("memoization"), optional("acceleration")
OPTIONAL = {"kv_cache": memoization, "batching": memoization, "acceleration": acceleration}


def lacking(technique):
    """Why a technique cannot be used here, or ""."""
    module = OPTIONAL.get(technique)
    return f"{technique} is left out. {module}" if isinstance(module, str) else ""


class Part(NamedTuple):
    """Examples, and what is right."""

    inputs: Any
    targets: Any


class Goal(NamedTuple):
    """What an optimized network must be beside its baseline."""

    points: float  # of accuracy lost at most
    faster: float  # times, at least
    smaller: float


def lenet(rng):
    return Sequential(
        Conv2d(1, 6, 5, padding=2, rng=rng), ReLU(), MaxPool2d(2),  # (6, 14, 14)
        Conv2d(6, 16, 5, rng=rng), ReLU(), MaxPool2d(2),  # (16, 5, 5)
        Flatten(), Linear(400, 120, rng=rng), ReLU(), Linear(120, 84, rng=rng), ReLU(), Linear(84, 10, rng=rng))


class Digits:
    """A task on TinyDigits, as pixels from 0 to 1; what is timed is the answer to 32 digits."""

    def __init__(self, quick):
        data = tinydigits()
        self.task, self.quick = TASKS[self.name], quick
        self.images, self.labels = data.train_images[:3200], data.train_labels[:3200]
        self.validation = self.part(data.train_images[3200:], data.train_labels[3200:])
        self.test = self.part(data.test_images, data.test_labels)
        self.scored = Scored("test", len(data.test_images), hashed(data.test_images, data.test_labels))
        self.query = self.test.inputs[:32]

    def part(self, images, labels):
        return Part(Tensor(images.reshape(-1, *self.shape) / np.float32(255)), labels)

    def batches(self, rng):
        """All images that are learned, in a new order, each moved by at most a pixel down or up and right or left."""
        wide, pixels = np.pad(self.images, ((0, 0), (1, 1), (1, 1))), np.arange(28)
        for some in rng.permutation(len(wide)).reshape(-1, BATCH, 1, 1):
            down, right = rng.integers(0, 3, (2, BATCH, 1, 1))
            yield self.part(wide[some, down + pixels[:, None], right + pixels], self.labels[some.ravel()])

    def learn(self, model, lr, epochs, rng, teacher=None):
        """Train a network on the labels and, if it has a teacher, on what that one says."""
        def taught():
            for images, labels in self.batches(rng):
                with no_grad():
                    says = teacher(images)
                yield images, (says, labels)

        optimizer = AdamW(model.parameters(), lr=lr)
        schedule = CosineAnnealingLR(optimizer, epochs * len(self.images) // BATCH)
        if teacher is None:
            return told(self.name, Trainer(model, optimizer, schedule=schedule), lambda: self.batches(rng), epochs)
        trainer = Trainer(model, optimizer, lambda scores, said: distillation_loss(scores, *said), schedule)
        return told(f"{self.name}, a student", trainer, taught, epochs)

    def asked(self, model, techniques, inputs):
        """A call without arguments that gives the scores of some images."""
        return put_on(techniques, lambda: model(inputs))

    def right(self, model, techniques, part):
        """The share of right answers."""
        with no_grad():
            scores = self.asked(model, techniques, part.inputs)()
        return float((scores.data.argmax(axis=1) == part.targets).mean())


class Mlp(Digits):
    """784-256-10. The units that matter least are taken out, and the others learn to do without them."""

    name, shape, goal, ways = "digits-mlp", (784,), Goal(2, 1.5, 8), ["no_grad"]

    def network(self, rng):
        return Sequential(Linear(784, 256, rng=rng), ReLU(), Linear(256, 10, rng=rng))

    def trained(self, rng):
        return self.learn(self.network(rng), 0.003, 4 if self.quick else 20, rng)

    def smaller(self, model, rng):
        """(technique, sizes, network) for all sizes that are tried, the smallest first."""
        for units in [64] if self.quick else [32, 48, 64]:
            first, last = structured_prune(model[0], model[2], 1 - units / 256)
            pruned = Sequential(first, ReLU(), last)
            yield "structured_prune", f"{units} units", self.learn(pruned, 0.002, 3 if self.quick else 10, rng)

    def sized(self, arrays, techniques):
        """An untrained network of the sizes that these arrays have."""
        return Sequential(linear_of(arrays, "0"), ReLU(), linear_of(arrays, "2"))


class Cnn(Digits):
    """LeNet. A student that takes strides in place of maxima learns what it says."""

    name, shape, goal, ways = "digits-cnn", (1, 28, 28), Goal(2, 1.5, 5), ["no_grad", "acceleration"]

    def network(self, rng):
        return lenet(rng)

    def student(self, first, second, units, rng=None):
        return Sequential(
            Conv2d(1, first, 5, stride=2, padding=2, rng=rng), ReLU(),  # (first, 14, 14)
            Conv2d(first, second, 5, stride=2, rng=rng), ReLU(),  # (second, 5, 5)
            Flatten(), Linear(25 * second, units, rng=rng), ReLU(), Linear(units, 10, rng=rng))

    def trained(self, rng):
        return self.learn(self.network(rng), 0.003, 4 if self.quick else 10, rng)

    def smaller(self, model, rng):
        for sizes in [(8, 16, 32)] if self.quick else [(4, 8, 32), (6, 12, 32), (8, 16, 32)]:
            student = self.learn(self.student(*sizes, rng), 0.005, 7 if self.quick else 10, rng, teacher=model)
            yield "distillation", "{}-{}-{}".format(*sizes), student

    def sized(self, arrays, techniques):
        if "distillation" not in techniques:
            return self.network(None)
        return self.student(*(len(arrays[name]) for name in ("0.bias", "2.bias", "5.bias")))


class Talks:
    """TinyTalks, and the Transformer of 2017; what is timed is the answer to 20 questions, one by one at first."""

    name, goal, ways = "tinytalks-transformer", Goal(2, 2, 2), ["kv_cache", "batching", "acceleration"]

    def __init__(self, quick):
        talks = tinytalks()
        self.task, self.quick, self.train = TASKS[self.name], quick, talks.train
        sentences = [sentence for pair in talks.train for sentence in (pair.question, pair.answer)]
        known = sorted({word for sentence in sentences for word in words(sentence)})
        self.number = {word: token for token, word in enumerate(["<pad>", "<sep>", "<end>", *known])}
        self.validation, self.test = self.part(talks.validation), self.part(talks.paraphrase)
        self.scored = Scored("test", len(talks.paraphrase), hashed(as_text(talks.paraphrase)))
        self.query = self.test.inputs[::10]

    def part(self, pairs):
        """Questions and answers, each a list of tokens."""
        def tokens(sentence, end):
            return [*(self.number[word] for word in words(sentence)), self.number[end]]

        return Part([tokens(pair.question, "<sep>") for pair in pairs],
                    [tokens(pair.answer, "<end>") for pair in pairs])

    def network(self, rng):
        return Transformer(len(self.number), 64, 4, 2, max_len=LONGEST, rng=rng)

    def batches(self, rng):
        """Tokens and targets of all pairs that are learned, in a new order; of the targets, only answers count."""
        questions, answers = self.part(self.train)
        for some in np.array_split(rng.permutation(len(questions)), math.ceil(len(questions) / BATCH)):
            tokens, targets = np.zeros((len(some), LONGEST), int), np.full((len(some), LONGEST), IGNORED)
            for row, at in enumerate(some):
                start, end = len(questions[at]) - 1, len(questions[at]) + len(answers[at]) - 1
                tokens[row, :end] = (questions[at] + answers[at])[:-1]
                targets[row, start:end] = answers[at]
            longest = np.flatnonzero((targets != IGNORED).any(axis=0))[-1] + 1
            yield (tokens[:, :longest], targets[:, :longest]), None

    def trained(self, rng):
        model, epochs = self.network(rng), 14 if self.quick else 25
        optimizer = AdamW(model.parameters(), lr=0.005, weight_decay=0.5)
        schedule = CosineAnnealingLR(optimizer, epochs * math.ceil(len(self.train) / BATCH))
        trainer = Trainer(Asked(model), optimizer, lambda loss, _: loss, schedule, clip=1.0)
        told(self.name, trainer, lambda: self.batches(rng), epochs)
        return model

    def smaller(self, model, rng):
        """Nothing is taken out of this network."""
        return iter(())

    def sized(self, arrays, techniques):
        return self.network(None)

    def asked(self, model, techniques, inputs):
        """A call without arguments that gives the answers to some questions, each a list of tokens."""
        end = self.number["<end>"]
        if "batching" in techniques:
            return put_on(techniques, lambda: together(model, inputs, end))
        write = memoization.generate if "kv_cache" in techniques else generate
        return put_on(techniques, lambda: [write(model, row, LONGEST - len(row), stop=end)[len(row):].tolist()
                                           for row in inputs])

    def right(self, model, techniques, part):
        """The share of answers that are right word for word, to their end."""
        answers = self.asked(model, techniques, part.inputs)()
        return sum(map(list.__eq__, answers, part.targets)) / len(answers)


class Asked(Module):
    """A Transformer that gives its loss, which is what a Trainer needs to know of it."""

    def __init__(self, model):
        self.model = model

    def forward(self, tokens_and_targets):
        return self.model(*tokens_and_targets)


def together(model, rows, stop):
    """What a Transformer answers to questions: those of one length in one batch, and each token is read once."""
    answers = {}
    for length in sorted({len(row) for row in rows}):
        some = [at for at, row in enumerate(rows) if len(row) == length]
        cache, new, said = memoization.KVCache.of(model, len(some)), np.array([rows[at] for at in some]), []
        ended = np.zeros((len(some), 1), dtype=bool)
        while len(said) < LONGEST - length and not ended.all():
            with no_grad():
                new = memoization.read(model, new, cache).data[:, -1:].argmax(axis=-1)
            said.append(new)
            ended |= new == stop
        for at, row in zip(some, np.concatenate(said, axis=1).tolist()):
            answers[at] = row[:row.index(stop) + 1] if stop in row else row
    return [answers[at] for at in range(len(rows))]


def put_on(techniques, work):
    """A work that runs without recording, or accelerated, where its techniques say so."""
    fast = "acceleration" in techniques

    def recorded():
        accelerate(fast)  # works of both kinds take turns, so that each pays for a switch as often as the other
        return work()

    def unrecorded():
        accelerate(fast)
        with no_grad():
            return work()

    return unrecorded if "no_grad" in techniques else recorded


def accelerate(on):
    """Turn acceleration on or off, where it is there; nothing if it is so already."""
    if not isinstance(acceleration, str):
        acceleration.enable_acceleration() if on else acceleration.disable_acceleration()


def told(name, trainer, batches, epochs):
    """Train the model of a trainer; what takes long says how far it is."""
    started = time.monotonic()
    accelerate(True)
    trainer.model.train()
    for epoch in range(1, epochs + 1):
        trainer.fit(batches, epochs=1)
        if time.monotonic() - started > 5:
            print(f"  {name}: {epoch} of {epochs} epochs", file=sys.stderr, flush=True)
            started = time.monotonic()
    return trainer.model.eval()


def weights(path):
    """The arrays of a .npz file; nothing that may be in it besides is run."""
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def loaded(model, arrays):
    model.load_state_dict(arrays)
    return model.eval()


def linear_of(arrays, name):
    """An untrained layer of the sizes that the arrays of this name have, or the two thin ones in its place."""
    weight = arrays.get(f"{name}.weight", arrays.get(f"{name}.codes"))
    if weight is None and "." not in name:
        return Sequential(linear_of(arrays, f"{name}.0"), linear_of(arrays, f"{name}.1"))
    if np.ndim(weight) != 2:
        raise ValueError(f"there is no weight of a layer {name!r}")
    return Linear(weight.shape[1], weight.shape[0], bias=f"{name}.bias" in arrays)


def rebuilt(contest, arrays, techniques):
    """A network from its weights and the names of what was done to it; ValueError if these do not fit."""
    for technique in filter(lacking, techniques):
        raise ValueError(lacking(technique))
    try:
        model = contest.sized(arrays, techniques) if techniques else contest.network(None)
    except (KeyError, TypeError) as error:
        raise ValueError(f"its weights are not those of such a network: {error}") from error
    return loaded(quantize_model(model) if "int8" in techniques else model, arrays)


CONTESTS = [Mlp, Cnn, Talks]
