"""Milestone 4: the convolutional network of 1998, on digits or photographs and your own framework (Modules 01 to 09).

In November 1998 Yann LeCun, Leon Bottou, Yoshua Bengio and Patrick Haffner described in the Proceedings of the IEEE
(Gradient-based learning applied to document recognition, 86, 2278-2324) a network that read several million cheques a
day. Its first layer lays kernels of 5 by 5 numbers over every place of the image: what is learnt here is known there.
Beside it stands a multilayer perceptron, which has weights of its own for each pixel. Both learn from the same images
in the same way. Then the test images move by three pixels.

The data set is TinyDigits, 4,000 images to learn from and 1,000 for the test, or the photographs of CIFAR-10 (`--data
cifar10`). Settings are chosen without the test: each learning rate on offer learns from four fifths of the training
images and is scored on the last fifth. The best then learns from all of them, and the test is asked once. Photographs
take minutes, so for them the one rate was chosen beforehand, in the same way. In the end convolutions and batches are
made in other ways, of which we know where they lead: by seven loops, by nudging, on a moved image, in threads.
"""
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from stage import Table, canvas, options, parsed

try:
    from tinytorch.core import Tensor, gradcheck, no_grad, standardise
    from tinytorch.data import CachedDataset, DataLoader, RandomHorizontalFlip, TensorDataset
    from tinytorch.datasets import cifar10, tinydigits
    from tinytorch.datasets.cifar import Pictures
    from tinytorch.nn import Conv2d, Dropout, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential, conv2d_loops
    from tinytorch.optim import AdamW
    from tinytorch.training import CosineAnnealingLR, Trainer
except ImportError as missing:  # its text says what is not there and what to type
    print(missing, file=sys.stderr)
    raise SystemExit(2) from None

STEP = 3  # pixels
TABLE = Table("{:30}{:34}{:20}")
row = TABLE.row


class Task(NamedTuple):
    """Images, the two networks that learn them, and what is asked of these."""

    data: Pictures
    networks: dict  # {name: function of a random generator}, first the MLP, then the CNN
    rates: list  # learning rates on offer
    epochs: int
    batch: int
    floors: tuple  # percent of the test for each network, at least
    ahead: tuple  # points of the CNN beyond the MLP, at least: on the test, and on the moved one
    transform: Callable | None = None  # of an image that is learned from


class Even(Module):
    """Gives each image mean 0 and spread 1."""

    def forward(self, images):  # (B, C, H, W)
        B, C, H, W = images.shape
        return standardise(images.reshape(B, C * H, W)).reshape(B, C, H, W)


def mlp(n_pixels, rng):
    return Sequential(Even(), Flatten(), Linear(n_pixels, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng))


def lenet(rng):
    """LeNet-5, with ReLU and maxima where 1998 had tanh and means; its second layer sees all channels of the first."""
    return Sequential(
        Even(),
        Conv2d(1, 6, 5, padding=2, rng=rng), ReLU(), MaxPool2d(2),  # (6, 14, 14)
        Conv2d(6, 16, 5, rng=rng), ReLU(), MaxPool2d(2),  # (16, 5, 5)
        Flatten(), Linear(400, 120, rng=rng), ReLU(), Linear(120, 84, rng=rng), ReLU(), Linear(84, 10, rng=rng))


def wider(rng):
    """For photographs: more channels, of smaller kernels."""
    return Sequential(
        Even(),
        Conv2d(3, 32, 3, padding=1, rng=rng), ReLU(), MaxPool2d(2),  # (32, 16, 16)
        Conv2d(32, 64, 3, padding=1, rng=rng), ReLU(), MaxPool2d(2),  # (64, 8, 8)
        Flatten(), Dropout(0.5, rng=rng), Linear(4096, 64, rng=rng), ReLU(), Linear(64, 10, rng=rng))


def digits(quick):
    """TinyDigits, with an axis for their one colour."""
    found = tinydigits()
    data = Pictures(found.train_images[:, None], found.train_labels, found.test_images[:, None], found.test_labels,
                    list("0123456789"))
    networks = {"MLP": partial(mlp, 784), "CNN": lenet}
    if quick:
        return Task(data, networks, [0.003], 2, 32, floors=(90, 94), ahead=(1.5, 10))
    return Task(data, networks, [0.003, 0.005], 10, 32, floors=(91, 94.5), ahead=(1.5, 15))


def photographs(root, quick):
    """CIFAR-10, or the archive of its layout in `root`. A mirrored cat is a cat, so half of the images are mirrored."""
    data = cifar10(root, download=root is None, check=root is None)
    epochs, floor = (6, 65) if len(data.train_images) > 30_000 else (10, 62)
    networks = {"MLP": partial(mlp, 3072), "CNN": wider}
    if quick:
        return Task(data, networks, [0.002], 1, 64, (20, 25), (0, 0), RandomHorizontalFlip())
    return Task(data, networks, [0.002], epochs, 64, (40, floor), (8, 8), RandomHorizontalFlip())


class Told:
    """A loader that says every five seconds how far it is."""

    def __init__(self, loader, title, epochs):
        self.loader, self.title, self.epochs = loader, title, epochs
        self.done, self.said = 0, time.monotonic()

    def __iter__(self):
        for batch in self.loader:
            yield batch
            self.done += 1
            if time.monotonic() > self.said + 5:
                print(f"  {self.title}: {self.done / len(self.loader):.1f} of {self.epochs} epochs", file=sys.stderr,
                      flush=True)
                self.said = time.monotonic()


def learn(task, name, lr, n_images, seed):
    """A network that has learned from the first `n_images`."""
    model = task.networks[name](np.random.default_rng(seed))
    images, labels = task.data.train_images[:n_images], task.data.train_labels[:n_images]
    loader = DataLoader(TensorDataset(images, labels, transform=task.transform), task.batch, shuffle=True, seed=seed)
    optimizer = AdamW(model.parameters(), lr)
    trainer = Trainer(model, optimizer, schedule=CosineAnnealingLR(optimizer, task.epochs * len(loader)))
    trainer.fit(Told(loader, f"{name}, lr {lr:g}", task.epochs), task.epochs)
    return model.eval()


def answers(model, images):
    """The class with the highest score, for each image."""
    loader = DataLoader(TensorDataset(images, np.arange(len(images))), batch_size=200)
    with no_grad():
        return np.concatenate([model(x).argmax(axis=1).data for x, _ in loader])


def score(model, images, labels):
    """Percent of right answers."""
    return 100 * (answers(model, images) == labels).mean()


def choose(task, name, seed):
    """The learning rate that does best on the last fifth of the images, having learned from the others."""
    if len(task.rates) == 1:
        return task.rates[0]
    images, labels = task.data.train_images, task.data.train_labels
    cut = len(images) * 4 // 5
    found = {lr: score(learn(task, name, lr, cut, seed), images[cut:], labels[cut:]) for lr in task.rates}
    print(f"  {name}, of the last fifth of train:",
          ", ".join(f"lr {lr:g} {percent:.1f} %" for lr, percent in found.items()))
    return max(found, key=found.get)


def moved(images, down, right):
    """Images moved by some pixels; what comes in is like the edge."""
    (H, W), rim = images.shape[2:], max(abs(down), abs(right))
    wide = np.pad(images, ((0, 0), (0, 0), (rim, rim), (rim, rim)), mode="edge")
    return wide[:, :, rim - down:rim - down + H, rim - right:rim - right + W]


def beside(form, values):
    """What belongs to the MLP and to the CNN, in their columns."""
    return "{:14}{}".format(*map(form.format, values))


def compete(task, seed):
    """Each network chooses and learns: both, and the seconds that each took."""
    models, seconds = [], []
    for name in task.networks:
        started = time.monotonic()
        models.append(learn(task, name, choose(task, name, seed), len(task.data.train_images), seed))
        seconds.append(time.monotonic() - started)
    return models, seconds


def compare(task, models, seconds):
    """Ask both the test, once as it is and once moved, and print what they answer side by side."""
    images, labels = task.data.test_images, task.data.test_labels
    sizes = [sum(p.data.size for p in model.parameters()) for model in models]
    found = [score(model, images, labels) for model in models]
    ways = [(STEP, 0), (-STEP, 0), (0, STEP), (0, -STEP)]
    after = [np.mean([score(model, moved(images, *way), labels) for way in ways]) for model in models]
    (gain,), (still,) = np.diff(found), np.diff(after)
    print(f"{'':30}{beside('{}', task.networks):34}target")
    row("numbers to learn", beside("{:,}", sizes), "fewer", sizes[1] < sizes[0])
    row(f"right after {task.epochs} epochs", beside("{:.1f} %", found), "{:g} % and {:g} %".format(*task.floors),
        np.greater_equal(found, task.floors).all())
    row("what kernels add", f"{'':14}{gain:.1f} points", f"{task.ahead[0]:g} points", gain >= task.ahead[0])
    row(f"right, moved by {STEP} pixels", beside("{:.1f} %", after), f"{task.ahead[1]:g} points more",
        still >= task.ahead[1])
    print(f"{'time':30}{beside('{:.0f} s', seconds)}")


def convolves(learnt, images, seed):
    """What convolutions give, found in other ways; `learnt` is one that has learned from such images."""
    rng = np.random.default_rng(seed)
    layer, drawn = Conv2d(3, 4, 3, stride=(2, 1), padding=1, rng=rng), rng.normal(size=(2, 3, 7, 8)).astype(np.float32)
    layer.bias.data += np.arange(4)
    loops = conv2d_loops(drawn, layer.weight.data, layer.bias.data, stride=(2, 1), padding=1)
    with no_grad():
        apart = np.abs(layer(Tensor(drawn)).data - loops).max()
    row("a convolution by seven loops", f"{apart:.0e} apart", "below 1e-04", apart < 1e-4)
    apart = nudged(rng)
    row("slopes of two layers, nudged", f"{apart:.0e} apart", "below 1e-05", apart < 1e-5)
    apart = carried(Sequential(learnt, MaxPool2d(2)), images / 255)
    row("image moves 4, channels 2", f"{apart:.0e} apart", "below 1e-04", apart < 1e-4)


def nudged(rng):
    """How far the slopes of two convolutions and a maximum are from what nudging gives; without end if too far."""
    first, pool, second = Conv2d(1, 2, 3, padding=1, rng=rng), MaxPool2d(2), Conv2d(2, 3, 3, stride=2, rng=rng)

    def both(images, *parameters):
        first.weight, first.bias, second.weight, second.bias = parameters
        return second(pool(first(images)))

    images = Tensor(rng.normal(size=(2, 1, 10, 10)), requires_grad=True)
    try:
        return gradcheck(both, images, *first.parameters(), *second.parameters())
    except AssertionError:
        return np.inf


def carried(layers, images):
    """How far the channels of moved images are from the moved channels of the images."""
    wide = np.pad(images, ((0, 0), (0, 0), (8, 8), (8, 8))).astype(np.float32)
    with no_grad():
        here, there = [layers(Tensor(some)).data for some in (wide, moved(wide, 4, -4))]
    return np.abs(moved(here, 2, -2) - there).max()


def loads(data, seed):
    """What a loader gives in one epoch and in the next, and by other hands."""
    images, numbers = data.train_images[:500], np.arange(500)
    mirrored = TensorDataset(images, numbers, transform=RandomHorizontalFlip())
    cache = CachedDataset(mirrored, max_bytes=250 * (images[0].nbytes + numbers.itemsize))
    alone = DataLoader(mirrored, 32, shuffle=True, seed=seed)
    helped = DataLoader(cache, 32, shuffle=True, seed=seed, num_workers=2)
    (x, order), (later_x, later) = epochs = epoch(alone), epoch(alone)
    complete = np.array_equal(np.sort(order), numbers) and np.array_equal(np.sort(later), numbers)
    new = 100 * (order != later).mean()
    row("each image once, in new order", f"{len(np.unique(order))} of 500, {new:.0f} % new", "all, above 90 %",
        complete and new > 90 and (np.diff(order) == 1).mean() < 0.1)
    # for each image, by its number: whether it was mirrored in an epoch
    sides = [np.abs(some - images[where] / 255).max(axis=(1, 2, 3))[where.argsort()] > 0.01 for some, where in epochs]
    new = 100 * (sides[0] != sides[1]).mean()
    row("mirrored, anew in each epoch", f"{new:.0f} % change sides", "40 to 60 %", 40 < new < 60)
    same = all(map(np.array_equal, (x, order, later_x, later), (*epoch(helped), *epoch(helped))))
    row("by two threads, half cached", f"{'the same' if same else 'others'}, {len(cache.kept)} kept", "the same, 250",
        same and len(cache.kept) == 250)


def epoch(loader):
    """All images of an epoch and what goes with them, as two arrays."""
    images, others = zip(*loader)
    return np.concatenate([x.data for x in images]), np.concatenate(others)


def confused(found, right, names):
    """What a network takes for what, most frequent first."""
    pairs = Counter(zip(right[found != right].tolist(), found[found != right].tolist()))
    return ", ".join(f"{names[b]} for {names[a]} ({n} x)" for (a, b), n in pairs.most_common(4))


def draw(weight, found, right, names, file):
    """Save the kernels of the first layer, and how often each class is taken for which."""
    figure = canvas(12, 6)
    left, side = figure.subfigures(1, 2)
    left.suptitle(f"the {len(weight)} kernels of the first layer")
    columns = math.ceil(math.sqrt(len(weight)))
    places = left.subplots(math.ceil(len(weight) / columns), columns).ravel()
    for place in places:
        place.axis("off")
    for place, kernel in zip(places, weight):
        colours = (kernel - kernel.min()) / (kernel.max() - kernel.min())
        place.imshow(colours.transpose(1, 2, 0), cmap="gray")
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (right, found), 1)
    place = side.subplots()
    place.imshow(counts, cmap="Blues")
    place.set(xlabel="answer", ylabel="right", xticks=range(len(names)), yticks=range(len(names)), yticklabels=names)
    place.set_xticklabels(names, rotation=90 if len(names[0]) > 1 else 0)
    for (a, b), n in np.ndenumerate(counts):
        place.text(b, a, n or "", ha="center", va="center", color="white" if n > counts.max() / 2 else "black")
    figure.savefig(file, format="png")
    print(f"{file} shows the kernels of its first layer, and what it takes for what")


def main(argv=None):
    """Run the milestone: 0 if every target is met, 1 if one is missed, 2 if it could not run."""
    parser = options(__doc__, "draw kernels and confusions")
    parser.add_argument("--quick", action="store_true", help="fewer epochs, one learning rate, lower targets")
    parser.add_argument("--data", choices=("tinydigits", "cifar10"), default="tinydigits",
                        help="cifar10 is fetched once, 170 MB (default tinydigits)")
    parser.add_argument("--root", metavar="FOLDER", help="of an archive of your own in the layout of CIFAR-10")
    args = parsed(parser, argv)
    if args.root and args.data != "cifar10":
        parser.exit(2, "--root is of an archive of photographs. Add: --data cifar10\n")
    try:
        task = photographs(args.root, args.quick) if args.data == "cifar10" else digits(args.quick)
    except (OSError, ValueError) as missing:  # its text says what is not there, or damaged, and what to do
        parser.exit(2, f"{missing}\n")
    data = task.data
    print(f"1998: {len(data.train_images):,} images to learn from, {len(data.test_images):,} for the test.\n")
    models, seconds = compete(task, args.seed)
    compare(task, models, seconds)
    _, cnn = models
    print("\nThe same, found in other ways:")
    convolves(cnn[1], data.test_images[:20], args.seed)
    loads(data, args.seed)
    found = answers(cnn, data.test_images)
    print(f"\nWhat the CNN still answers: {confused(found, data.test_labels, data.class_names)}.")
    TABLE.close()
    if args.plot:
        draw(cnn[1].weight.data, found, data.test_labels, data.class_names, args.plot)
    return TABLE.status


if __name__ == "__main__":
    raise SystemExit(main())
