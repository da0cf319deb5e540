# %% [markdown]
# # 08 DataLoader
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 06 Optimizers, 07 Training
#     Teaches  batches from a data set: in which order, put together at which cost, and who waits for whom
#     Opens    Milestone 4, and every model whose data are more than one array
#
# The same 4,000 digits, the same network, the same number of steps: of 100 test digits more than 80 are right, or 10.
# Only the order of the samples differs. Order is part of the data. By the end of this page you hand batches to a model
# in an order that you chose, as fast as it can take them, and you can say which of the two waits for the other.

# %% given="start"
#| default_exp data.loader
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("08")

# %% given="imports"
#| export
import math
import threading
import time
from collections import deque, namedtuple
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
from tinytorch.core.tensor import Tensor, default_rng, method

# %% given="network"
from tinytorch.nn import Flatten, Linear, ReLU, Sequential
from tinytorch.optim import SGD, Adam
from tinytorch.training import Trainer, minibatches

# %% [markdown]
# ## Try first
#
# A disk answers 20 ms after it was asked, and the answer is a batch. The step that learns from it takes another 20 ms.
# Ten batches, one after the other: 400 ms, and half of the time the model stands still. Ten minutes, ungraded. Target:
# the same ten batches, in their order, in less than 300 ms. If you miss it, keep the attempt: you will meet it again.
#
# A *thread* runs a function beside your program, with the same memory. `pool = ThreadPoolExecutor(1)` has one;
# `receipt = pool.submit(ask_disk, 3)` returns at once, and `receipt.result()` waits for the batch.

# %% given="disk"
def ask_disk(number):
    """Batch `number`, 20 ms after it was asked for."""
    time.sleep(0.02)
    return number


def learn_from(batch):
    """A step of 20 ms."""
    time.sleep(0.02)

# %% scratch="try_first"
began = time.perf_counter()
for number in range(10):
    learn_from(ask_disk(number))  # your attempt
print(f"{1000 * (time.perf_counter() - began):.0f} ms")

# %% [markdown]
# ## Build: samples, and an order for each epoch
#
# In 07 `minibatches` cut batches out of two arrays. But data may lie in files, may not fit into memory, or may have to
# be changed a little each time. So ask for less: a *data set* is anything that knows how many samples it has, and gives
# the one with a number. A *sample* is a tuple, mostly of an image and its label.
#
# Arrays in memory are the simplest data set, and can do more: one index of many numbers, `array[[3, 7, 5]]`, gives many
# samples at once. They are kept as they are: a pixel stays one byte until a batch needs it as a float32.

# %% given="dataset"
#| export
class Dataset:
    """Samples with numbers: a subclass says how many there are, `__len__`, and which has a number, `__getitem__`.

    A sample is a tuple such as (image, label). `transform(image, rng)`, if it is not None, is what a loader does to the
    first part of a sample, anew in each epoch; what it draws, it draws from `rng`.
    """

    transform = None
    at_once = False  # whether an array of numbers as index gives many samples, each part in one array; see `fetch`

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} does not say how many samples it has; write __len__")

    def __getitem__(self, index):
        raise NotImplementedError(f"{type(self).__name__} gives no sample {index}; write __getitem__")


class TensorDataset(Dataset):
    """Arrays or Tensors of equal length, kept as they are; sample `n` is the tuple of their rows `n`."""

    def __init__(self, *arrays, transform=None):
        self.arrays = [array.data if isinstance(array, Tensor) else np.asarray(array) for array in arrays]
        self.transform = transform
        lengths = [len(array) for array in self.arrays]
        if len(set(lengths)) != 1:
            raise ValueError(f"each sample has a row in every array, so their lengths are equal; found {lengths}")

    @property
    def at_once(self):
        return type(self) is TensorDataset  # a subclass may do something else to single samples

    def __len__(self):
        return len(self.arrays[0])

    def __getitem__(self, index):
        return tuple(array[index] for array in self.arrays)

# %% [markdown]
# The loader begins as a list of settings; methods follow. What it draws must not depend on who else draws, nor on who
# is first. So it has a `seed`, and makes a generator of its own for each thing to be drawn: the order of an epoch, and
# each sample in each epoch. With the same seed and epoch comes the same order, today and in a year.

# %% given="loader"
#| export
Batch = namedtuple("Batch", ["x", "y"])


def rng_of(seed, epoch, index=None):
    """The generator of one sample in one epoch or, without an index, of the order of that epoch."""
    return np.random.default_rng([seed, epoch, 0 if index is None else 1 + index])


class DataLoader:
    """The batches of a data set. Each `for x, y in loader` is one epoch, and the next one is the epoch after it.

    Parameters
    ----------
    dataset : Dataset; with workers, one that several threads may ask at the same time
    shuffle : bool, whether each epoch has an order of its own
    drop_last : bool, whether a last batch that is not full is left out
    collate_fn : function from a list of samples to a batch; `collate` unless said otherwise
    num_workers : int, how many threads prepare batches while the caller works; without any, the caller waits
    prefetch : int, how many batches each worker may be ahead
    seed : int that all that is drawn depends on, beside epoch and sample; from the default generator if there is none

    Attributes
    ----------
    epoch : the number of the next epoch, from 0; set it to go on where another run stopped
    throughput, waiting : of the last epoch, samples per second and the part of its time in which the caller waited
    """

    def __init__(self, dataset, batch_size=1, shuffle=False, drop_last=False, collate_fn=None, num_workers=0,
                 prefetch=2, seed=None):
        if not isinstance(dataset, Dataset):
            raise TypeError(f"a loader takes a Dataset, and found {type(dataset).__name__}. For arrays there is "
                            "TensorDataset(x, y); your own class begins with `class Mine(Dataset):`.")
        if batch_size < 1 or num_workers < 0 or prefetch < 1:
            raise ValueError("expected batch_size and prefetch of 1 or more, num_workers of 0 or more; found "
                             f"{batch_size}, {prefetch} and {num_workers}")
        self.dataset, self.batch_size, self.shuffle, self.drop_last = dataset, batch_size, shuffle, drop_last
        self.collate_fn, self.num_workers, self.prefetch = collate_fn, num_workers, prefetch
        self.seed = int(default_rng().integers(2**32)) if seed is None else seed
        self.epoch, self.throughput, self.waiting = 0, None, None

    def __len__(self):
        """How many batches an epoch has."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + (rest > 0 and not self.drop_last)

# %% exercise="order"
#| export
@method(DataLoader)
def order(self, epoch):
    """The numbers of all samples in the order of an epoch, cut into batches: a list of integer arrays."""
    # How: 0, 1, 2, ... or, if self.shuffle, a permutation of them drawn by the generator of this epoch; then cut. With
    # self.drop_last a rest that does not fill a batch is left out.
    # Example: 7 samples, batch_size 3, not shuffled: [0 1 2], [3 4 5], [6].
    # Hint: rng_of(self.seed, epoch).permutation(n) is an array; order[at:at + size] may be shorter at the end.
    ### BEGIN SOLUTION
    count, size = len(self.dataset), self.batch_size
    numbers = rng_of(self.seed, epoch).permutation(count) if self.shuffle else np.arange(count)
    return [numbers[at * size:(at + 1) * size] for at in range(len(self))]
    ### END SOLUTION

# %% check="order" points=10
got = DataLoader(TensorDataset(np.zeros(23)), batch_size=5)
assert [some.tolist() for some in got.order(3)][3:] == [[15, 16, 17, 18, 19], [20, 21, 22]], (
    f"not shuffled, the last two of 23 in fives are 15 to 19 and 20 to 22; yours: {got.order(3)[3:]}")
got.drop_last = True
assert [len(some) for some in got.order(3)] == [5, 5, 5, 5], (
    f"with drop_last the rest of 3 is left out; your batches have {[len(some) for some in got.order(3)]}")
got.dataset = TensorDataset(np.zeros(20))
assert [len(some) for some in got.order(3)] == [5, 5, 5, 5], (
    f"20 in fives leave no rest, and all four stay; your batches have {[len(some) for some in got.order(3)]}")
got = DataLoader(TensorDataset(np.zeros(23)), batch_size=5, shuffle=True, seed=7)
got = [np.concatenate(got.order(epoch)).tolist() for epoch in (3, 4, 3)]
assert sorted(got[0]) == list(range(23)), f"an epoch has each sample once; yours, sorted: {sorted(got[0])}"
assert got[0] != sorted(got[0]), "with shuffle the samples are mixed; yours come in their own order"
assert sum(b - a == 1 for a, b in zip(got[0], got[0][1:])) < 8, f"mix the samples, not only the batches; {got[0]}"
assert got[0] != got[1], "the next epoch has an order of its own: ask rng_of(self.seed, epoch)"
assert got[0] == got[2], "the same epoch again has the same order: draw from rng_of alone"

# %% [markdown]
# Now try it with digits that lie in the data set by class: first all zeros, at the end all nines. One epoch with
# batches of 32 in that order, one in an order of its own. How many of the test digits does each network know?

# %% predict="sorted"
predict("test digits right after an epoch, sorted by class", None, unit="%")  # your guess in place of None
predict("test digits right after an epoch, shuffled", None, unit="%")

# %% demo="sorted"
from tinytorch.datasets import tinydigits

digits = tinydigits()
by_class = np.argsort(digits.train_labels, kind="stable")
images, labels = digits.train_images[by_class], digits.train_labels[by_class]
test = [(Tensor(digits.test_images / np.float32(255)), digits.test_labels)]


def make_trainer(optimizer_of=lambda params: SGD(params, lr=0.1)):
    rng = np.random.default_rng(3)
    net = Sequential(Flatten(), Linear(784, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng))
    return Trainer(net, optimizer_of(net.parameters()))


def right_after(epochs, shuffle):
    loader, trainer = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=shuffle, seed=3), make_trainer()
    for epoch in range(epochs):
        trainer.train_epoch((Tensor(images[some] / np.float32(255)), labels[some]) for some in loader.order(epoch))
    answers = trainer.model(test[0][0]).data.argmax(axis=1)
    print(f"epochs {epochs:2}, shuffle {shuffle!s:5}: it says 0, 1, ..., 9 so often: "
          f"{np.bincount(answers, minlength=10)}")
    return 100 * trainer.evaluate(test)[1]


measured("test digits right after an epoch, sorted by class", right_after(1, shuffle=False), unit="%")
measured("test digits right after an epoch, shuffled", right_after(1, shuffle=True), unit="%")
print(f"sorted, after 5 and 10 epochs: {right_after(5, False):.1f} % and {right_after(10, False):.1f} %")

# %% [markdown]
# The last 400 digits that it saw were nines, so it says nine. A step goes downhill for its own batch, and a batch of
# one class teaches that this class is always right. More epochs help a little: something of all classes stays. But each
# epoch ends the same way, and after ten of them it still says eight or nine to most digits. Data come sorted more often
# than one thinks: by folder, by date, by hospital.
#
# ## Build: the same picture, a little different
#
# A network that sees each digit ten times learns this picture by heart. Move it by a pixel, and it is another picture
# of the same digit: that is *data augmentation*. Two changes are given. Each takes an image and the generator to draw
# from, and leaves the image itself alone. This page uses the second only: mirrored digits are no digits. Mirrored cats
# are cats; Milestone 4 mirrors its pictures.

# %% given="transforms"
#| export
class RandomHorizontalFlip:
    """Mirror an image, left to right, with probability `p`."""

    def __init__(self, p=0.5):
        self.p = p

    def __call__(self, image, rng):
        """An image of the same shape (..., height, width)."""
        return image[..., ::-1] if rng.random() < self.p else image


class RandomCrop:
    """Put a rim of `padding` zeros around an image, and cut `size` by `size` pixels out, at a place drawn."""

    def __init__(self, size, padding=0):
        self.size, self.padding = (size, size) if isinstance(size, int) else tuple(size), padding

    def __call__(self, image, rng):
        """An image of shape (..., *size), from one of shape (..., height, width)."""
        *channels, H, W = image.shape
        h, w = self.size
        rim = self.padding
        if h > H + 2 * rim or w > W + 2 * rim:
            raise ValueError(f"expected an image of at least {h} by {w} pixels, and found {H} by {W} with a rim of "
                             f"{rim}. Take a larger padding or a smaller size.")
        wide = np.zeros((*channels, H + 2 * rim, W + 2 * rim), dtype=image.dtype)
        wide[..., rim:rim + H, rim:rim + W] = image
        top, left = rng.integers(H + 2 * rim - h + 1), rng.integers(W + 2 * rim - w + 1)
        return wide[..., top:top + h, left:left + w]

# %% [markdown]
# What is drawn for a sample shall depend on seed, epoch and sample, and on nothing else: then batches are the same
# whoever prepares them, and a fault that shows up in epoch 17 shows up again tomorrow. And where data come from many
# files, one of them is broken. The error must say which sample it was, and keep its cause.

# %% exercise="sample"
#| export
@method(DataLoader)
def sample(self, index, epoch):
    """Sample `index` of the data set as this epoch sees it; RuntimeError names the sample if that fails."""
    # How: ask self.dataset; if it has a transform, put transform(first part, rng) in place of the first part. Whatever
    # is raised on the way becomes a RuntimeError whose message has the index, and whose cause is the first error.
    # Example: in epoch 3, transform gets rng_of(self.seed, 3, index).
    # Hint: `first, *others = sample` and `(first, *others)`; `except Exception as error: raise ... from error`.
    ### BEGIN SOLUTION
    try:
        found, transform = self.dataset[index], self.dataset.transform
        if transform is None:
            return found
        first, *others = found
        return (transform(first, rng_of(self.seed, epoch, index)), *others)
    except Exception as error:
        raise RuntimeError(f"sample {index} of {type(self.dataset).__name__}: {error!r}") from error
    ### END SOLUTION

# %% check="sample" points=8
got = TensorDataset(np.arange(50.0, 80), np.arange(30, 0, -1), np.arange(30) % 4)
got = DataLoader(got, seed=3)
got.dataset.transform = lambda x, rng: x + rng.random()
assert got.sample(7, 5)[1:] == (23, 3), f"what follows the first part stays: 23 and 3; yours {got.sample(7, 5)[1:]}"
assert 57 < got.sample(7, 5)[0] < 58, f"the transform makes 57 plus a part of 1 of it; yours {got.sample(7, 5)[0]}"
assert got.sample(7, 5) == got.sample(7, 5), "the same sample in the same epoch draws the same"
assert got.sample(7, 5) != got.sample(7, 6), "in the next epoch a sample draws anew: the epoch is part of rng_of"
assert got.sample(7, 5)[0] % 1 != got.sample(8, 5)[0] % 1, "two samples draw differently: the index is part of rng_of"
got.dataset.transform = None
assert got.sample(7, 5) == (57, 23, 3), f"without a transform the sample stays (57, 23, 3); yours {got.sample(7, 5)}"
got.dataset.transform = lambda x, rng: [x][int(x > 70)]
try:
    got = got.sample(27, 5)
except RuntimeError as error:
    got = str(error), error.__cause__
    assert "27" in got[0], f"the message should name the index, 27, and not only the values; yours says: {got[0]}"
    assert isinstance(got[1], IndexError), f"raise it `from` the first error, an IndexError; the cause is {got[1]!r}"
except IndexError:
    raise AssertionError("sample 27 fails in its transform, too; put that inside `try`") from None
else:
    raise AssertionError(f"sample 27 fails, and RuntimeError should say so; yours gave {got}")

# %% [markdown]
# A rim of 2 and a cut of 28 by 28: how many different pictures can one digit become, if its ink stays inside?

# %% predict="pictures"
predict("different pictures of one digit in 400 epochs", None)  # your guess in place of None

# %% demo="pictures"
moved = DataLoader(TensorDataset(images, labels, transform=RandomCrop(28, padding=2)), seed=3)
seen = {moved.sample(41, epoch)[0].tobytes() for epoch in range(400)}
measured("different pictures of one digit in 400 epochs", len(seen))

# %% [markdown]
# ## A fault to find: a model that waits
#
# Now a list of samples must become one batch: to *collate* is to put images into one array, labels into another.
# `as_batch` then makes them ready. Our choice: floats become float32 Tensors; bytes with more than one axis are pixels,
# and become float32 Tensors between 0 and 1; whole numbers stay integer arrays. PyTorch leaves pixels as bytes, and
# everybody divides somewhere else.

# %% given="as_batch"
#| export
def as_batch(columns):
    """Two arrays as a Batch, another number of them as a tuple, each made ready for a model.

    Floats become float32 Tensors; uint8 with more than one axis float32 Tensors from 0 to 1; others stay arrays.
    """
    ready = [_ready(column) for column in columns]
    return Batch(*ready) if len(ready) == 2 else tuple(ready)


def _ready(column):
    if column.dtype == np.uint8 and column.ndim > 1:
        return Tensor._wrap(np.divide(column, 255, dtype=np.float32))
    return Tensor._wrap(column.astype(np.float32, copy=False)) if column.dtype.kind == "f" else column

# %% [markdown]
# A colleague wrote the step before it. It is tested, and right.

# %% fault="colleague_collate"
def colleague_collate(samples):
    """The Batch of a list of samples (image, label)."""
    images, labels = np.zeros((0, *samples[0][0].shape)), []
    for image, label in samples:
        images = np.concatenate([images, image[None] / 255])
        labels.append(label)
    return as_batch([images, np.array(labels)])


two = [(np.full((3, 4), 51, dtype=np.uint8), 7), (np.full((3, 4), 255, dtype=np.uint8), 5)]
assert colleague_collate(two).x.shape == (2, 3, 4) and colleague_collate(two).y.tolist() == [7, 5]
assert np.allclose(colleague_collate(two).x.data[:, 0, 0], [0.2, 1.0])

# %% [markdown]
# Then it is put to work: an epoch in batches of 100, with a network of one layer. For which part of the time does the
# network wait for its batches?

# %% predict="stalled"
predict("part of an epoch spent waiting, colleague", None, unit="%")  # your guess in place of None

# %% demo="stalled"
def waiting_share(collate, batch_size=100):
    """Percent of an epoch that goes by before batches are there; prints how long that is for each."""
    loader = DataLoader(TensorDataset(images, labels), batch_size, shuffle=True, seed=3)
    net = Sequential(Flatten(), Linear(784, 10))
    trainer, waited, begun = Trainer(net, SGD(net.parameters(), lr=0.1)), 0.0, time.perf_counter()
    for some in loader.order(0):
        asked = time.perf_counter()
        batch = collate([loader.sample(index, 0) for index in some])
        waited += time.perf_counter() - asked
        trainer.train_epoch([batch])
    elapsed_s = time.perf_counter() - begun
    print(f"{1000 * elapsed_s / len(loader):.2f} ms for a batch, {1000 * waited / len(loader):.2f} ms of it waiting")
    return 100 * waited / elapsed_s


measured("part of an epoch spent waiting, colleague", waiting_share(colleague_collate), unit="%")

# %% [markdown]
# The values are right, so no test of values can see it. What is wrong is how the cost grows. Write the check that was
# missing: it looks at the values, and at the time for a sample in a small batch and in a large one. The time is that
# which the processor worked for you; what other programs take meanwhile does not count.

# %% given="timing"
def work_s(action):
    """Seconds of processor time that a run takes, in the mean of as many runs as fill 0.05 s."""
    begun, runs = time.process_time(), 0
    while time.process_time() < begun + 0.05:
        action()
        runs += 1
    return (time.process_time() - begun) / runs


pixels = np.random.default_rng(3).integers(0, 256, (1024, 20, 20)).astype(np.uint8)
thousand = [(image, number % 10) for number, image in enumerate(pixels)]

# %% exercise="catch"
def check_collate(collate):
    """Raise AssertionError unless `collate(samples)` is right, and a sample costs about the same in a large batch."""
    # How: assert x and y for a few of `thousand`. Then the seconds for all of them, and for the first 32 of them: the
    # batch is 32 times as large, and may take, say, 128 times as long.
    # Example: check_collate(colleague_collate) raises AssertionError.
    # Hint: work_s(lambda: collate(thousand)); batch.x.data are pixels / 255, batch.y the labels.
    ### BEGIN SOLUTION
    batch = collate(thousand[:20])
    assert np.allclose(batch.x.data, pixels[:20] / 255), "the images are others"
    assert np.array_equal(batch.y, np.arange(20) % 10), "the labels are others"
    small, large = work_s(lambda: collate(thousand[:32])), work_s(lambda: collate(thousand))
    assert large < 128 * small, "a sample costs far more in a large batch"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_collate, colleague_collate), "your check lets the colleague pass. Does it look at the time?"
assert not rejects(check_collate, lambda samples: as_batch([np.stack(part) for part in zip(*samples)])), (
    "your check refuses a right and quick collate")
assert rejects(check_collate, lambda samples: as_batch([np.zeros((len(samples), 20, 20)), np.zeros(len(samples))])), (
    "your check lets zeros pass")
assert rejects(check_collate, lambda samples: as_batch([np.stack([image for image, _ in samples]),
                                                        np.array([label for _, label in samples[::-1]])])), (
    "your check lets right images with the labels of others pass")

# %% [markdown]
# Each `concatenate` makes a new array and copies all that was there: 1 image, then 2, then 3. For n images these are
# about n * n / 2 copies of an image, in place of n: a batch 32 times as large takes some 1,000 times as long. It can be
# more, since an array of float64 has eight bytes for a pixel, and what outgrows the processor's own small memory is
# copied more slowly. Now the repair.

# %% exercise="repair"
#| export
def collate(samples):
    """The batch of a list of samples: each part of them stacked once, along a new first axis, and made ready."""
    # How: all first parts become one array, all second parts another, and so on; then as_batch.
    # Example: 32 samples (image of shape (28, 28), label) give x of shape (32, 28, 28) and y of shape (32,).
    # Hint: zip(*samples) gives all first parts, then all second ones; np.stack copies each image once.
    ### BEGIN SOLUTION
    return as_batch([np.stack(part) for part in zip(*samples)])
    ### END SOLUTION

# %% check="repair" points=6
assert not rejects(check_collate, collate), "your own check refuses your collate"
got = collate([(np.full((3, 4), 51, dtype=np.uint8), 7), (np.full((3, 4), 255, dtype=np.uint8), 5)])
assert isinstance(got, Batch), f"two parts make a Batch; yours is a {type(got).__name__}. as_batch makes it."
assert got.x.shape == (2, 3, 4), f"two images of (3, 4) make (2, 3, 4); yours {got.x.shape}"
assert np.allclose(got.x.data[:, 0, 0], [0.2, 1.0]), f"51 and 255 of 255 are 0.2 and 1; yours {got.x.data[:, 0, 0]}"
got = collate([(np.array([1.5, 2.5]), 7, 3), (np.array([3.5, 4.5]), 5, 9), (np.array([5.5, 6.5]), 4, 8)])
assert len(got) == 3 and got[2].tolist() == [3, 9, 8], f"three parts make three columns; yours has {len(got)}"
assert got[0].dtype == np.float32 and got[0].data[2].tolist() == [5.5, 6.5], f"floats make float32; yours {got[0]}"

# %% [markdown]
# The same epoch in batches of 100. For which part of it does the network wait now?

# %% predict="repaired"
predict("part of an epoch spent waiting, repaired", None, unit="%")  # your guess in place of None

# %% demo="repaired"
measured("part of an epoch spent waiting, repaired", waiting_share(collate), unit="%")

# %% [markdown]
# ## Resting place
#
# You have orders and samples that can be repeated, and a batch that copies each image once. What is left is the waiting
# itself. To come back tomorrow, run the cells above once; they take a few seconds.

# %% [markdown]
# ## Build: ahead of time
#
# Still the model stands while a batch is made, and then nothing is made while the model works. Let somebody else
# prepare the next batch: a thread, as in *Try first*. `pool.submit(function, item)` hands a call over, and returns at
# once with a *future*, a receipt. Later `receipt.result()` gives the value, waits for it if need be, and raises here
# what the function raised there.
#
# To *prefetch* is to hold a few receipts: as many as `depth`, in the order in which they are wanted. Take the oldest,
# hand over one more, and pass the value on. If the caller leaves early, Python ends your generator at its `yield`, and
# `finally` runs: there the pool shuts down. No thread may be left behind, and nothing that waits may still begin.

# %% exercise="ahead"
#| export
def ahead(function, items, workers, depth):
    """Yield function(item) for each item, in their order; `workers` threads are up to `depth` items ahead."""
    if not workers:
        yield from map(function, items)
        return
    items, pool = iter(items), ThreadPoolExecutor(workers)
    # How: in `try`, submit `depth` items. As long as there are receipts: take the oldest and wait for its value; then
    # submit the next item, if there is one; and only then yield the value. In `finally`, shut the pool down.
    # Example: depth 3 submits items 0, 1, 2. When the caller has value 0, item 3 is submitted: 1, 2 and 3 are ahead.
    # Hint: `for item in islice(items, 3):` takes 3 items or as many as are left; a deque has append and popleft;
    # pool.shutdown(cancel_futures=True) waits for what runs, and cancels what has not begun.
    ### BEGIN SOLUTION
    try:
        receipts = deque(pool.submit(function, item) for item in islice(items, depth))
        while receipts:
            value = receipts.popleft().result()
            receipts.extend(pool.submit(function, item) for item in islice(items, 1))
            yield value
    finally:
        pool.shutdown(cancel_futures=True)
    ### END SOLUTION

# %% check="ahead" points=12
def got(number):
    started.append(number)
    at_work.append(len(started) - len(done))
    time.sleep(0.03 if number % 4 == 0 else 0.01)
    done.append(number)
    return [3 * number][int(number > 90)]
started, done, at_work, threads = [], [], [], threading.active_count()
found = list(ahead(got, range(16), 4, 6))
assert found == [3 * number for number in range(16)], f"one value for each item, in their order; yours: {found}"
assert max(at_work) > 1, "four threads should be at work at the same time; yours are so one after the other"
del at_work[:]
found = list(ahead(got, range(8), 4, 2))
assert max(at_work) <= 2, f"with depth 2 at most 2 are under way, also while you wait; yours {max(at_work)}: wait first"
started, done, found = [], [], ahead(got, range(20, 90), 2, 6)
first = next(found)
while len(started) < 7 and len(at_work) < 200:
    at_work.append(time.sleep(0.01))
time.sleep(0.05)
assert len(started) == 7, f"depth 6, and the caller has a value: 6 more have begun, 7 in all; begun are {len(started)}"
found.close()
assert threading.active_count() == threads, "a thread is left behind: in `finally`, shut down and wait for what runs"
started, done, found = [], [], ahead(got, range(20, 90), 2, 40)
first = next(found), len(started)
found.close()
assert len(started) < first[1] + 8, f"the caller left: cancel what has not begun; {len(started)} of 41 were begun"
try:
    found = list(ahead(got, range(88, 95), 2, 4))
except IndexError:
    assert threading.active_count() == threads, "after an error, too, no thread is left behind"
else:
    raise AssertionError(f"items above 90 raise IndexError, and so should ahead; yours gave {found}")
del started, done, at_work, threads, found, first

# %% [markdown]
# That is the answer to *Try first*: while the model takes its 20 ms, the disk answers the next question.
#
# The rest of the loader is given. `fetch` makes one batch; where a data set can give many samples at once and nothing
# is to be done to each, it takes them by one index. `__iter__` sends the batches of an epoch through `ahead`, and keeps
# two numbers: the *throughput*, how many samples come in a second, and for which part of its time the caller waited.

# %% given="iterate"
#| export
@method(DataLoader)
def fetch(self, numbers, epoch):
    """The batch of these samples."""
    if self.dataset.at_once and self.dataset.transform is None and self.collate_fn is None:
        return as_batch(self.dataset[numbers])
    samples = [self.sample(index, epoch) for index in numbers.tolist()]
    try:
        return (self.collate_fn or collate)(samples)
    except Exception as error:
        raise RuntimeError(f"samples {numbers[:8].tolist()}{' ...' if len(numbers) > 8 else ''} do not make a batch: "
                           f"{error!r}. Where their shapes differ, pass a collate_fn that makes them equal.") from error


@method(DataLoader)
def __iter__(self):
    epoch, self.epoch = self.epoch, self.epoch + 1
    order, waited, seen = self.order(epoch), 0.0, 0
    batches = ahead(lambda numbers: self.fetch(numbers, epoch), order, self.num_workers,
                    self.num_workers * self.prefetch)
    begun = asked = time.perf_counter()
    try:
        for numbers, batch in zip(order, batches):
            waited, seen = waited + time.perf_counter() - asked, seen + len(numbers)
            yield batch
            asked = time.perf_counter()
    finally:
        batches.close()
        elapsed_s = max(time.perf_counter() - begun, 1e-9)
        self.throughput, self.waiting = seen / elapsed_s, waited / elapsed_s

# %% [markdown]
# The loader gives what `minibatches` of 07 gave, batch by batch. But `minibatches` cuts from an array that a model can
# take, so all of it is float32; the data set keeps bytes, and makes float32 of one batch. How much is kept for 4,000
# digits, there and here?

# %% predict="kept"
predict("MB of 4,000 digits for minibatches", None, unit="MB")  # your guess in place of None
predict("MB of 4,000 digits in the data set", None, unit="MB")

# %% demo="kept"
loader, as_floats = DataLoader(TensorDataset(images, labels), 32, shuffle=True, seed=3), images / np.float32(255)
for (x, y), (their_x, their_y) in zip(loader, minibatches(as_floats, labels, 32), strict=True):
    assert (x.shape, x.dtype, y.shape, y.dtype) == (their_x.shape, their_x.dtype, their_y.shape, their_y.dtype)
measured("MB of 4,000 digits for minibatches", as_floats.nbytes / 1e6, unit="MB")
measured("MB of 4,000 digits in the data set", loader.dataset.arrays[0].nbytes / 1e6, unit="MB")

# %% [markdown]
# Do four threads make loading four times as fast? Two data sets: one waits 1 ms for each sample, as for a disk; the
# other computes 1 ms or so in Python. How many samples a second, with four workers, of those without any? And which
# part of one processor core do these four use? Python runs the Python code of one thread at a time.

# %% given="slow"
class Distant(Dataset):
    """Samples of another data set that arrive 1 ms after they were asked for; `asked` counts."""

    def __init__(self, dataset):
        self.dataset, self.asked = dataset, 0

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, index):
        self.asked += 1
        time.sleep(0.001)
        return self.dataset[index]


class Laborious(Distant):
    """Samples that cost some 10,000 steps of Python each."""

    def __getitem__(self, index):
        sum(number * number for number in range(10_000))
        return self.dataset[index]

# %% predict="workers"
predict("throughput with 4 workers, waiting data set", None, unit="times")  # your guess in place of None
predict("throughput with 4 workers, computing data set", None, unit="times")
predict("part of a core in use, 4 workers, waiting data set", None, unit="%")
predict("part of a core in use, 4 workers, computing data set", None, unit="%")

# %% demo="workers"
def loaded(kind, num_workers):
    """Throughput, and percent of a core in use, of the quickest of three epochs of 400 samples; prints them."""
    loader = DataLoader(kind(TensorDataset(images[::10], labels[::10])), 20, num_workers=num_workers)
    trainer, epochs = make_trainer(), []
    for _ in range(3):
        used, begun = time.process_time(), time.perf_counter()
        trainer.train_epoch(loader)
        share = 100 * (time.process_time() - used) / (time.perf_counter() - begun)
        epochs.append((loader.throughput, share, 100 * loader.waiting))
    throughput, share, waiting = max(epochs)
    print(f"{kind.__name__:9}  {num_workers} workers  {throughput:6,.0f} samples/s  waiting {waiting:3.0f} %  "
          f"core in use {share:3.0f} %")
    return throughput, share


for name, kind in (("waiting", Distant), ("computing", Laborious)):
    (alone, _), (together, share) = loaded(kind, 0), loaded(kind, 4)
    measured(f"throughput with 4 workers, {name} data set", together / alone, unit="times")
    measured(f"part of a core in use, 4 workers, {name} data set", share, unit="%")

# %% [markdown]
# Four workers that wait are nearly four times as fast, and still the model waits most of the time: a batch takes them
# a quarter of 20 ms, and a step takes about one. More workers would go on helping.
#
# So look at the processor before you add any. If the model waits and less than half of a core is in use, somebody waits
# for a disk, and threads can wait side by side. If the model waits and nine tenths of a core or more are in use, there
# is too much to compute: threads share the one core that Python uses, and gain little more than the steps, in which
# NumPy lets Python go on. You need less work for each sample, or *processes*, which share no memory. Nor be misled by
# less waiting with the same throughput: the steps then take longer, as they wait for their turn beside the threads.
#
# ## Build: ask once
#
# The quickest way to load a sample is to have it already. A *cache* keeps what was asked for, up to a limit in bytes.
# What is full stays as it is: in mixed orders every sample comes once in an epoch, and to throw one out for another
# gains nothing. Keep a sample as it comes from the data set, before its transform, or it is drawn once for all epochs.

# %% exercise="cache"
#| export
class CachedDataset(Dataset):
    """A data set that asks another one for each sample once, as long as those kept fit into `max_bytes` bytes."""

    def __init__(self, dataset, max_bytes=math.inf):
        self.dataset, self.max_bytes, self.transform = dataset, max_bytes, dataset.transform
        self.kept, self.kept_bytes, self._lock = {}, 0, threading.Lock()

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, index):
        # How: what is in self.kept is returned. Else ask self.dataset; if self.kept_bytes and the bytes of all parts of
        # the sample are at most max_bytes, keep it and count its bytes. Return the sample either way.
        # Example: samples of 792 bytes and max_bytes 2,000: the first two are kept, all later ones asked for again.
        # Hint: np.asarray(part).nbytes, also for a plain number. Threads come here at the same time: test and change
        # the count inside `with self._lock:`, but ask the data set outside, or all of them wait for one.
        ### BEGIN SOLUTION
        if index in self.kept:
            return self.kept[index]
        sample = self.dataset[index]
        size = sum(np.asarray(part).nbytes for part in sample)
        with self._lock:
            if self.kept_bytes + size <= self.max_bytes:
                self.kept[index] = sample
                self.kept_bytes += size
        return sample
        ### END SOLUTION

# %% check="cache" points=6
got = CachedDataset(Distant(TensorDataset(np.arange(30).reshape(5, 6), np.arange(5) + 70)), max_bytes=170)
before = [got[index] for index in (3, 4, 1, 3, 4, 1)], got.dataset.asked
assert [int(sample[1]) for sample in before[0]] == [73, 74, 71] * 2, f"labels 73, 74, 71, twice; yours: {before[0]}"
assert before[0][3][0].tolist() == [18, 19, 20, 21, 22, 23], f"sample 3 begins with 18 to 23; yours {before[0][3][0]}"
assert before[1] < 6, "asked for the same samples again, the data set should be asked less often than before"
assert sorted(got.kept) == [1, 3, 4], f"three samples of 56 bytes fit into 170; kept {sorted(got.kept)}"
assert before[1] == 3, f"three samples are three questions; yours asked {before[1]}"
assert got.kept_bytes == 168, f"6 numbers and a label of 8 bytes, three times, are 168; yours {got.kept_bytes}"
before = [got[index] for index in (2, 2, 3)], got.dataset.asked
assert got.kept_bytes <= 170, f"{got.kept_bytes} bytes are kept, of 170: add the size of the sample, and then compare"
assert int(before[0][1][1]) == 72 and before[1] == 5, (
    f"a fourth does not fit, and is asked for each time: 5 questions in all; yours {before[1]}")
assert sorted(got.kept) == [1, 3, 4], f"what is kept stays: 1, 3 and 4; yours are {sorted(got.kept)}"
class asked(TensorDataset):
    def __getitem__(self, index):
        before.append(got._lock.locked())
        return super().__getitem__(index)
class got(CachedDataset):
    """Notes whether its lock is held: first when the data set is asked, and then when the count changes."""
    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name == "kept_bytes" and value:
            before.append(self._lock.locked())
before, got = [], got(asked(np.arange(5)))
assert got[3] == (3,) and not before[0], "ask the data set outside `with self._lock:`, or all threads wait for one"
assert before[1], "hold the lock, `with self._lock:`, where the count changes: two threads may come at the same time"
del before, asked

# %% [markdown]
# How much faster is the second epoch over the waiting data set, through a cache? And if only half of the 400 digits
# fit into it, at 792 bytes each, image and label?

# %% predict="cache"
predict("throughput of the second epoch, of the first", None, unit="times")  # your guess in place of None
predict("throughput of the second epoch, half of it cached", None, unit="times")

# %% demo="cache"
def second_of_first(max_bytes):
    """Throughput of the second epoch, in that of the first."""
    distant = Distant(TensorDataset(images[::10], labels[::10]))
    loader, throughputs = DataLoader(CachedDataset(distant, max_bytes), 20, shuffle=True, seed=3), []
    for _ in range(2):
        for x, y in loader:
            pass
        throughputs.append(loader.throughput)
    return throughputs[1] / throughputs[0]


measured("throughput of the second epoch, of the first", second_of_first(math.inf), unit="times")
measured("throughput of the second epoch, half of it cached", second_of_first(200 * 792), unit="times")

# %% [markdown]
# ## Use: a run with a validation part
#
# `random_split` cuts a data set into parts that share no sample; who lands where depends on its seed. Each part is a
# data set; it begins with the transform of the whole, and may be given another.

# %% given="split"
#| export
class Subset(Dataset):
    """The samples of a data set that have these numbers; the first of them is sample 0 of the subset."""

    def __init__(self, dataset, indices):
        self.dataset, self.indices, self.transform = dataset, np.asarray(indices, dtype=np.int64), dataset.transform

    @property
    def at_once(self):
        return self.dataset.at_once and type(self) is Subset

    def __len__(self):
        return len(self.indices)

    def __getitem__(self, index):
        found = self.indices[index]
        return self.dataset[found if isinstance(found, np.ndarray) else int(found)]


def random_split(dataset, lengths, seed=None):
    """Subsets that share no sample, of so many samples each or, where `lengths` has floats, of such parts of all.

    Parts are rounded down; what is left over goes to the first ones, one sample each.
    """
    count, parts = len(dataset), any(isinstance(length, float) for length in lengths)
    counts = [math.floor(count * length) if parts else length for length in lengths]
    if min(lengths) < 0 or not (math.isclose(sum(lengths), 1) if parts else sum(lengths) == count):
        raise ValueError(f"expected lengths that add up to the {count} samples, or floats that add up to 1; found "
                         f"{list(lengths)}")
    for at in range(count - sum(counts)):
        counts[at % len(counts)] += 1
    order = (default_rng() if seed is None else np.random.default_rng(seed)).permutation(count)
    return [Subset(dataset, some) for some in np.split(order, np.cumsum(counts)[:-1])]

# %% [markdown]
# With it, training is four lines. `fit` of 07 walks over its batches once in each epoch: over a list again, and over a
# loader as well, which begins its next epoch then. The model learns from mixed samples that are changed a little; it is
# validated on others, as they are.

# %% exercise="use"
def trained(model, optimizer, dataset, epochs, seed):
    """Train on four fifths of a data set, validate on the rest, and return the history of the Trainer."""
    # How: split into 0.8 and 0.2; the second part has no transform. A loader for each: the first shuffled, in batches
    # of 32; the second as it is, in batches of 256, which takes less time. Then Trainer(...).fit(...).
    # Example: of 4,000 digits the model learns from 3,200, in 100 batches an epoch.
    # Hint: random_split, shuffling and drawing all take `seed`; fit(train, epochs, validation).
    ### BEGIN SOLUTION
    learnt, kept_back = random_split(dataset, [0.8, 0.2], seed)
    kept_back.transform = None
    train = DataLoader(learnt, batch_size=32, shuffle=True, seed=seed)
    return Trainer(model, optimizer).fit(train, epochs, DataLoader(kept_back, batch_size=256))
    ### END SOLUTION

# %% check="use" points=6
class got(Linear):
    """A layer that notes what it sees."""
    def forward(self, x):
        seen.append((self.training, x.data[:, 0].tolist()))
        return super().forward(x)
seen = []
data = TensorDataset(np.arange(50.0)[:, None], np.arange(50) % 3, transform=lambda x, rng: x + 100)
for net in got(1, 3), got(1, 3):
    history = trained(net, SGD(net.parameters(), lr=1e-6), data, 3, seed=5)
assert isinstance(history, list) and len(history) == 3 and "accuracy" in history[-1], (
    f"return the history of fit, three entries with an accuracy each; yours is {history}")
assert seen[:len(seen) // 2] == seen[len(seen) // 2:], (
    "twice with one seed: the same parts in the same orders. Pass `seed` to random_split and to DataLoader")
del seen[len(seen) // 2:]
learnt = [[value - 100 for training, values in seen if training == mode for value in values] for mode in (True, False)]
assert len(learnt[0]) == 120, f"40 of 50 samples in three epochs are 120; yours learnt from {len(learnt[0])}"
assert min(learnt[0]) >= 0, "the samples to learn from are changed by the transform; yours came as they are"
assert max(learnt[1]) < 0, "validation sees samples as they are: set the transform of that part to None"
assert not set(learnt[0]) & {value + 100 for value in learnt[1]}, "the two parts share samples"
assert learnt[0][:40] != learnt[0][40:80], "shuffle: each epoch has an order of its own"
assert max(len(values) for training, values in seen if training) == 32, "learn in batches of 32"
assert len(seen) == 9, f"3 epochs validate a batch of 10 each, and not {len(seen) - 6} batches in all: batch_size=256"
del seen, net, data, history, learnt

# %% [markdown]
# Now 3,200 digits as they are, and then the same digits, of which in each epoch each lies somewhere else, by up to one
# pixel. How many of those kept back are right?

# %% predict="digits"
predict("validation digits right after 15 epochs, as they are", None, unit="%")  # your guess in place of None
predict("validation digits right after 15 epochs, moved", None, unit="%")

# %% demo="digits"
for name, transform in (("as they are", None), ("moved", RandomCrop(28, padding=1))):
    trainer = make_trainer(lambda params: Adam(params, lr=0.002))
    history = trained(trainer.model, trainer.optimizer, TensorDataset(images, labels, transform=transform), 15, seed=3)
    measured(f"validation digits right after 15 epochs, {name}", 100 * history[-1]["accuracy"], unit="%")
    print(f"{name}: loss on what it learns from {history[-1]['loss']:.3f}, on others "
          f"{history[-1]['validation_loss']:.3f}")

# %% [markdown]
# Each digit has nine places, so in 15 epochs a picture comes once or twice, and not 15 times. That is harder to learn
# by heart: moved, the loss on what the network learns from is higher, and the loss on the others is lower.
#
# ## Reflect
#
# Two questions with sizes of your own. A disk takes `load_ms` for each sample, `batch` samples make a batch, `workers`
# threads load a batch each at the same time, and a step takes `step_ms`, while loading goes on. There is prefetch
# enough. In the long run, how many ms go by from batch to batch? Set `batch_ms`.
#
# And `count` images of `side` by `side` pixels are kept as bytes, one for each pixel. Each of the `workers` threads is
# `prefetch` batches ahead, and the caller has one batch in hand; a batch has `batch` images, in float32. How many bytes
# of images are in memory? Set `alive_bytes`. In both cells put your number in place of the 0, and delete the two lines
# below it.

# %% given="sizes"
load_ms, batch, workers, step_ms = mine("disk", [(3, 32, 4, 15), (2, 40, 5, 23), (4, 24, 3, 14), (3, 40, 8, 26)])
count, side, prefetch = mine("images", [(5000, 28, 3), (6000, 32, 4), (3000, 48, 3), (7000, 24, 4)])
print(f"load_ms {load_ms}, batch {batch}, workers {workers}, step_ms {step_ms}")
print(f"count {count}, side {side}, prefetch {prefetch}")

# %% exercise="batch_ms"
batch_ms = 0  # your number
### BEGIN SOLUTION
batch_ms = max(load_ms * batch / workers, step_ms)
### END SOLUTION

# %% check="batch_ms" points=3
got = batch_ms
assert got >= step_ms, f"each batch has a step, so batches are not faster than steps of {step_ms} ms; yours {got} ms"
assert got * workers >= load_ms * batch, f"{workers} threads, {load_ms * batch} ms a batch: not so quick; yours {got}"
assert got <= max(load_ms * batch, step_ms), f"one worker alone, beside the steps, would be as quick; yours {got} ms"

# %% exercise="alive_bytes"
alive_bytes = 0  # your number
### BEGIN SOLUTION
alive_bytes = count * side * side + 4 * batch * side * side * (workers * prefetch + 1)
### END SOLUTION

# %% check="alive_bytes" points=3
got = alive_bytes
assert got % (side * side) == 0, f"whole images of {side * side} pixels; {got:,} bytes are no multiple of that"
assert got > (count + 4 * batch) * side * side, f"the images, and one batch in hand, take as much; {got:,} bytes do not"
assert got < 4 * count * side * side, f"all images as float32 would not take more; {got:,} bytes are too many"

# %% [markdown]
# A model waits for its batches in 70 % of the time. On one machine the processor is then idle, on another one of its
# cores is busy throughout. For each: what is the likely cause, and which of workers, a cache, or less work for each
# sample would you try first? What does that cost, in bytes or otherwise? When does none of the three help?

# %% [markdown] answer="stalled" points=6 rubric="cause and remedy for both, what it costs, when nothing helps"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.utils.data` has Dataset, TensorDataset, Subset, random_split and DataLoader under these names.
# - Its workers are processes, so Python code in them runs side by side; samples travel to them and back, and a Dataset
#   from a notebook cell cannot go to a process that starts anew, as it does on Windows and macOS. Ours are threads.
# - There, too, `prefetch_factor=2` is meant for each worker, and an error in a worker is raised at the caller.
# - Its shuffling draws from `generator`, or the default one; each worker has a seed of its own, so what a transform
#   draws depends on `num_workers`. The sample's own seed is our choice.
# - `default_collate` leaves uint8 as uint8; flips and crops live in torchvision, and draw from the default generator.
