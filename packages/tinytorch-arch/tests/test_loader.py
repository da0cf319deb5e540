"""Data sets and loaders: laws of orders, the same batches whatever the workers, errors, and threads that end."""
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.core.tensor import Tensor, manual_seed
from tinytorch.data.loader import (
    Batch,
    CachedDataset,
    DataLoader,
    Dataset,
    RandomCrop,
    RandomHorizontalFlip,
    Subset,
    TensorDataset,
    ahead,
    collate,
    random_split,
)
from tinytorch.nn.layers import Linear
from tinytorch.optim.optimizers import SGD
from tinytorch.training import Trainer

IMAGES = np.random.default_rng(3).integers(0, 256, (37, 3, 6, 5)).astype(np.uint8)
LABELS = np.arange(37) % 10


class OneByOne(TensorDataset):
    """The same samples, which cannot be taken by one index."""


class Failing(TensorDataset):
    def __getitem__(self, index):
        if index == 23:
            raise OSError("no such file")
        return super().__getitem__(index)


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def moved(image, rng):
    return RandomHorizontalFlip()(RandomCrop((6, 5), padding=2)(image, rng), rng)


def numbers(loader):
    """The labels of an epoch, batch by batch; with labels 0, 1, 2, ... they are the samples' numbers."""
    return [batch.y.tolist() for batch in loader]


def numbered(count):
    return TensorDataset(np.zeros((count, 2)), np.arange(count))


def same(one, other):
    pairs = list(zip(one, other, strict=True))
    return all(np.array_equal(a.x.data, b.x.data) and np.array_equal(a.y, b.y) for a, b in pairs)


# order


@given(st.integers(0, 40), st.integers(1, 12), st.booleans(), st.booleans())
@settings(deadline=None)
def test_an_epoch_has_each_sample_once_or_leaves_out_less_than_a_batch(count, size, shuffle, drop_last):
    loader = DataLoader(numbered(count), size, shuffle, drop_last, seed=5)
    batches = numbers(loader)
    flat = sum(batches, [])
    assert len(batches) == len(loader) and len(set(flat)) == len(flat)
    assert len(flat) == (count - count % size if drop_last else count)
    assert all(len(batch) == size for batch in batches[:-1])
    assert shuffle or flat == list(range(len(flat)))


def test_each_iteration_is_one_epoch_further_with_an_order_of_its_own():
    loader = DataLoader(numbered(50), 7, shuffle=True, seed=5)
    assert iter(loader) is not loader and loader.epoch == 0
    epochs = [sum(numbers(loader), []) for _ in range(4)]
    assert loader.epoch == 4 and len({tuple(epoch) for epoch in epochs}) == 4
    again = DataLoader(numbered(50), 7, shuffle=True, seed=5)
    again.epoch = 2
    assert sum(numbers(again), []) == epochs[2]


def test_without_a_seed_the_default_generator_decides():
    manual_seed(9)
    one = DataLoader(numbered(50), shuffle=True)
    manual_seed(9)
    other = DataLoader(numbered(50), shuffle=True)
    assert one.seed == other.seed != DataLoader(numbered(50), shuffle=True).seed
    assert numbers(one) == numbers(other)


def test_two_walks_at_the_same_time_do_not_disturb_each_other():
    loader = DataLoader(numbered(12), 3, shuffle=True, num_workers=2, seed=5)
    pairs = list(zip(loader, loader))
    for walk, epoch in ((0, 0), (1, 1)):
        assert [pair[walk].y.tolist() for pair in pairs] == [some.tolist() for some in loader.order(epoch)]


# batches


def test_pixels_become_floats_up_to_one_and_labels_stay_whole():
    batch = next(iter(DataLoader(TensorDataset(IMAGES, LABELS), 5)))
    assert isinstance(batch, Batch) and isinstance(batch.x, Tensor)
    assert batch.x.dtype == np.float32 and batch.y.dtype == LABELS.dtype
    np.testing.assert_array_equal(batch.x.data, IMAGES[:5] / np.float32(255))
    x, y = batch
    assert x is batch.x and y is batch.y


@pytest.mark.parametrize(("column", "kind", "dtype"), [
    (np.arange(4, dtype=np.uint8), np.ndarray, np.uint8), (np.arange(4.0), Tensor, np.float32),
    (np.ones((4, 2), np.float16), Tensor, np.float32), (np.ones((4, 2), np.int32), np.ndarray, np.int32),
    (np.array([True, False] * 2), np.ndarray, np.bool_), (np.full((4, 2), 255, np.uint8), Tensor, np.float32),
    (np.array(list("abcd")), np.ndarray, np.dtype("U1"))])
def test_a_column_is_made_ready_by_its_dtype_and_axes(column, kind, dtype):
    for dataset in (TensorDataset(column), OneByOne(column)):
        (found,) = next(iter(DataLoader(dataset, 4)))
        assert isinstance(found, kind) and found.dtype == dtype and len(found.data) == 4


def test_arrays_and_tensors_are_kept_as_they_are():
    tensor = Tensor(np.ones((37, 2)))
    dataset = TensorDataset(IMAGES, tensor, LABELS.tolist())
    assert dataset.arrays[0] is IMAGES and dataset.arrays[1] is tensor.data
    assert len(dataset) == 37 and dataset[4][2] == 4


def test_a_batch_is_no_view_of_the_data():
    floats = np.ones((6, 2), dtype=np.float32)
    for batch in DataLoader(TensorDataset(floats, LABELS[:6]), 3):
        batch.x.data -= 1
        batch.y[:] = 0
    assert floats.all() and LABELS[5] == 5


@pytest.mark.parametrize("transform", [None, moved])
def test_one_index_gives_what_one_by_one_gives(transform):
    loaders = [DataLoader(kind(IMAGES, LABELS, transform=transform), 8, shuffle=True, seed=5)
               for kind in (TensorDataset, OneByOne)]
    assert same(*loaders)


def test_a_collate_function_gets_the_samples_and_decides():
    rows = [list(range(n)) for n in (3, 1, 2)]

    class Rows(Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return rows[index]

    assert list(DataLoader(Rows(), 2, collate_fn=list)) == [rows[:2], rows[2:]]
    assert list(DataLoader(numbered(3), 2, collate_fn=len)) == [2, 1]


def test_collate_stacks_any_number_of_parts():
    three = collate([(1.5, 2, np.zeros((2, 2), np.uint8)), (2.5, 3, np.ones((2, 2), np.uint8))])
    assert type(three) is tuple and [part.shape for part in three] == [(2,), (2,), (2, 2, 2)]


# what is drawn


@pytest.mark.parametrize(("num_workers", "prefetch"), [(1, 1), (1, 3), (2, 2), (5, 1)])
def test_batches_do_not_depend_on_workers(num_workers, prefetch):
    def loader(**settings):
        return DataLoader(TensorDataset(IMAGES, LABELS, transform=moved), 4, shuffle=True, seed=5, **settings)

    alone, helped = loader(), loader(num_workers=num_workers, prefetch=prefetch)
    for _ in range(3):
        assert same(alone, helped)


def test_a_sample_draws_by_seed_epoch_and_index_alone():
    drawn = TensorDataset(np.zeros(9), np.arange(9), transform=lambda x, rng: rng.random())
    seen = {}
    for seed in (1, 2):
        for size in (1, 4):
            loader = DataLoader(drawn, size, shuffle=size == 4, seed=seed)
            for epoch in range(3):
                for x, y in loader:
                    for value, number in zip(x.data, y):
                        seen.setdefault((seed, epoch, int(number)), set()).add(float(value))
    assert all(len(values) == 1 for values in seen.values())
    assert len(set.union(*seen.values())) == 2 * 3 * 9


def test_flipping_twice_changes_nothing_and_chance_zero_never_flips():
    rng = np.random.default_rng(3)
    always, never = RandomHorizontalFlip(1), RandomHorizontalFlip(0)
    for image in (IMAGES[0], IMAGES[0, 0]):
        np.testing.assert_array_equal(always(image, rng)[..., 0], image[..., -1])
        np.testing.assert_array_equal(always(always(image, rng), rng), image)
        assert all(np.array_equal(never(image, rng), image) for _ in range(9))
    flips = sum(RandomHorizontalFlip()(np.arange(2), rng)[0] for _ in range(400))
    assert 150 < flips < 250


def test_a_crop_is_a_window_of_the_image_in_its_rim_and_all_windows_occur():
    rng, image = np.random.default_rng(3), IMAGES[0]
    wide = np.pad(image, ((0, 0), (2, 2), (2, 2)))
    windows = {wide[:, top:top + 4, left:left + 7].tobytes() for top in range(7) for left in range(3)}
    kept = image.copy()
    found = [RandomCrop((4, 7), padding=2)(image, rng) for _ in range(600)]
    assert {window.tobytes() for window in found} == windows
    assert all(window.shape == (3, 4, 7) and window.dtype == np.uint8 for window in found)
    np.testing.assert_array_equal(image, kept)
    np.testing.assert_array_equal(RandomCrop(5)(image[:, :5], rng), image[:, :5])


def test_a_crop_larger_than_the_image_is_refused_with_its_sizes():
    with pytest.raises(ValueError, match="at least 12 by 12 pixels, and found 6 by 5 with a rim of 2"):
        RandomCrop(12, padding=2)(IMAGES[0], np.random.default_rng(3))


# errors


@pytest.mark.parametrize("num_workers", [0, 1, 3])
def test_an_error_names_the_sample_keeps_its_cause_and_comes_in_its_place(num_workers):
    loader, seen = DataLoader(Failing(IMAGES, LABELS), 5, num_workers=num_workers), []
    with pytest.raises(RuntimeError, match=r"sample 23 of Failing: OSError\('no such file'\)") as caught:
        for batch in loader:
            seen.append(batch)
    assert len(seen) == 4 and isinstance(caught.value.__cause__, OSError)
    assert loader.epoch == 1 and loader.throughput > 0


def test_samples_that_do_not_fit_together_are_named():
    class Growing(Dataset):
        def __len__(self):
            return 20

        def __getitem__(self, index):
            return np.zeros(1 + index), index

    with pytest.raises(RuntimeError, match=r"samples \[0, 1, 2\] do not make a batch.*collate_fn") as caught:
        next(iter(DataLoader(Growing(), 3)))
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(RuntimeError, match=r"samples \[0, 1, 2, 3, 4, 5, 6, 7\] \.\.\. do not"):
        next(iter(DataLoader(Growing(), 9)))


@pytest.mark.parametrize("settings", [{"batch_size": 0}, {"prefetch": 0}, {"num_workers": -1}])
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ValueError, match="1 or more"):
        DataLoader(numbered(3), **settings)


def test_what_is_no_dataset_is_refused():
    with pytest.raises(TypeError, match=r"found list. For arrays there is TensorDataset"):
        DataLoader([(1, 2)])
    with pytest.raises(ValueError, match=r"lengths are equal; found \[37, 36\]"):
        TensorDataset(IMAGES, LABELS[:36])
    with pytest.raises(NotImplementedError, match="Dataset does not say how many"):
        len(Dataset())
    with pytest.raises(NotImplementedError, match="Dataset gives no sample 4"):
        Dataset()[4]


# threads


def test_leaving_early_ends_all_threads_at_once():
    before, asked = threading.active_count(), []

    class Noting(TensorDataset):
        def __getitem__(self, index):
            asked.append(index)
            return super().__getitem__(index)

    loader = DataLoader(Noting(IMAGES, LABELS), 2, num_workers=2, prefetch=2)
    for _ in loader:
        break
    assert threading.active_count() == before
    assert len(asked) <= 2 * (1 + 4 + 1)
    with pytest.raises(ZeroDivisionError):
        for batch in loader:
            1 / (int(batch.y[0]) - 4)
    assert threading.active_count() == before


def test_nothing_begins_before_the_first_batch_is_asked_for():
    loader = DataLoader(numbered(9), num_workers=2)
    walk, before = iter(loader), threading.active_count()
    assert loader.epoch == 0 and next(walk).y == 0 and loader.epoch == 1
    assert threading.active_count() > before
    walk.close()


def test_workers_are_prefetch_batches_ahead_each_and_no_further():
    asked = []
    values = ahead(lambda item: asked.append(item) or item, iter(range(100)), 2, 6)
    assert [next(values) for _ in range(3)] == [0, 1, 2]
    time.sleep(0.1)
    assert len(asked) == 9
    values.close()


def test_a_program_that_ends_in_the_middle_of_an_epoch_ends():
    code = ("import numpy as np\nfrom tinytorch.data.loader import DataLoader, TensorDataset\n"
            "walk = iter(DataLoader(TensorDataset(np.zeros(10**5)), num_workers=3))\nprint(len(next(walk)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "1", "")


# throughput and waiting


class Sleepy(TensorDataset):
    def __getitem__(self, index):
        time.sleep(0.004)
        return super().__getitem__(index)


def walked(num_workers, work_s):
    loader = DataLoader(Sleepy(np.zeros(40), np.arange(40)), 4, num_workers=num_workers)
    for _ in loader:
        time.sleep(work_s)
    return loader


def test_waiting_and_throughput_tell_who_is_slow():
    alone, helped, slow_caller = walked(0, 0), walked(4, 0), walked(4, 0.02)
    assert alone.waiting > 0.9 and 60 < alone.throughput < 250
    assert helped.throughput > 2 * alone.throughput
    assert slow_caller.waiting < 0.4


def test_numbers_are_there_after_an_epoch_and_not_before():
    loader = DataLoader(numbered(0))
    assert loader.throughput is None and loader.waiting is None
    assert list(loader) == [] and loader.throughput == 0


# parts of data sets


@given(st.integers(0, 60), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_parts_share_no_sample_and_leave_none(count, shares):
    lengths = [share / sum(shares) for share in shares]
    parts = random_split(numbered(count), lengths, seed=5)
    assert sorted(int(part[at][1]) for part in parts for at in range(len(part))) == list(range(count))
    assert all(abs(len(part) - count * length) <= 1 for part, length in zip(parts, lengths))
    assert [part.indices.tolist() for part in parts] == [
        part.indices.tolist() for part in random_split(numbered(count), [len(part) for part in parts], seed=5)]


@pytest.mark.parametrize("lengths", [[20, 16], [0.5, 0.4], [40, -3], [1.5, -0.5]])
def test_lengths_that_do_not_add_up_are_refused(lengths):
    with pytest.raises(ValueError, match="add up to the 37 samples"):
        random_split(TensorDataset(IMAGES, LABELS), lengths)


def test_a_subset_takes_samples_as_its_data_set_does():
    for kind in (TensorDataset, OneByOne):
        part = Subset(Subset(kind(IMAGES, LABELS), [30, 7, 20]), [2, 0])
        assert [int(part[at][1]) for at in range(len(part))] == [0, 0] and np.array_equal(part[0][0], IMAGES[20])
        assert numbers(DataLoader(part, 2)) == [[0, 0]] and part[-1][0].shape == (3, 6, 5)
    assert Subset(TensorDataset(IMAGES), []).at_once and not Subset(OneByOne(IMAGES), []).at_once


def test_each_part_may_have_a_transform_of_its_own():
    whole = TensorDataset(np.zeros(10), np.arange(10), transform=lambda x, rng: x + 1)
    learnt, kept_back = random_split(whole, [0.8, 0.2], seed=5)
    kept_back.transform = None
    assert [float(batch.x.data[0]) for part in (learnt, kept_back) for batch in DataLoader(part, 10)] == [1, 0]


# caching


class Counting(TensorDataset):
    def __init__(self, *arrays, **settings):
        super().__init__(*arrays, **settings)
        self.asked = []

    def __getitem__(self, index):
        self.asked.append(index)
        time.sleep(0.001)
        return super().__getitem__(index)


@pytest.mark.parametrize("num_workers", [0, 4])
def test_a_cache_asks_once_keeps_to_its_limit_and_transforms_anew(num_workers):
    size = IMAGES[0].nbytes + LABELS[0].nbytes
    for room, kept in ((np.inf, 37), (10 * size, 10), (10 * size - 1, 9), (0, 0)):
        slow = Counting(IMAGES, LABELS, transform=moved)
        cached = DataLoader(CachedDataset(slow, room), 3, shuffle=True, num_workers=num_workers, seed=5)
        plain = DataLoader(TensorDataset(IMAGES, LABELS, transform=moved), 3, shuffle=True, seed=5)
        for _ in range(3):
            assert same(cached, plain)
        assert len(cached.dataset.kept) == kept and cached.dataset.kept_bytes == kept * size
        assert len(slow.asked) == 3 * 37 - 2 * kept


# with the Trainer of 07


def test_a_trainer_walks_one_epoch_at_a_time_and_learns():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 2))
    loader = DataLoader(TensorDataset(x, (x[:, 0] > x[:, 1]).astype(int)), 16, shuffle=True, num_workers=1, seed=5)
    model = Linear(2, 2, rng=rng)
    trainer = Trainer(model, SGD(model.parameters(), lr=0.5))
    history = trainer.fit(loader, 5, validation=DataLoader(loader.dataset, 64))
    assert loader.epoch == 5 and trainer.optimizer.steps == 5 * len(loader)
    assert history[-1]["accuracy"] > 0.95 and history[-1]["loss"] < history[0]["loss"]
