"""TinyDigits gives what its data sheet says, and refuses any other file."""

import hashlib
import os
import shutil

import numpy as np
import pytest
from tinytorch.datasets import digits as module
from tinytorch.datasets import tinydigits

CONTENTS = {  # from the data sheet
    "images": "2913c6b6527114b7307e1086335a7665e3f94c74aba3d67525e6f116bf5ae20f",
    "labels": "41b7b0a9d94690a3a2f54a1d01a9f1cc1b9512e3954fb737ad5ed9f66972403d",
    "mnist_train_index": "15af63d6b8cd29ee7ea56fe67b111eac9c38efb9d27f9d22fce4d0d66374a282",
    "train_idx": "5b5bacf8099c4bef04d00b8aa2b57436e075845c713d21c625c4bf5736614119",
    "test_idx": "c10510e13f0faf349e4b12c4d1718811d79d1f65c48f30e8baea8dc6c77126e4",
}
TRAIN_STARTS = [2, 7, 1, 5, 0, 2, 5, 2, 7, 1, 5, 5]
TEST_STARTS = [7, 8, 8, 5, 0, 4, 7, 2, 4, 7, 2, 2]


@pytest.fixture
def copy(tmp_path):
    return shutil.copy(module.FILE, tmp_path / "copy.npz")


class Bomb:
    """Unpickling one makes a folder, so that a test can see that nobody did."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.fixture
def pickled(tmp_path):
    file = tmp_path / "pickled.npz"
    np.savez(file, images=np.array([Bomb(tmp_path / "unpickled")], dtype=object))
    return file


def rows(images):
    return {image.tobytes() for image in images}


def test_the_arrays_have_the_promised_names_shapes_and_types():
    digits = tinydigits()
    assert {name: (a.shape, a.dtype) for name, a in digits._asdict().items()} == {
        "train_images": ((4000, 28, 28), np.uint8),
        "train_labels": ((4000,), np.int64),
        "test_images": ((1000, 28, 28), np.uint8),
        "test_labels": ((1000,), np.int64),
    }


def test_each_class_has_400_images_in_train_and_100_in_test():
    digits = tinydigits()
    assert np.bincount(digits.train_labels).tolist() == [400] * 10
    assert np.bincount(digits.test_labels).tolist() == [100] * 10


def test_no_image_occurs_twice_in_train_and_test_together():
    digits = tinydigits()
    assert len(rows(digits.train_images) | rows(digits.test_images)) == 5000


def test_every_image_keeps_its_own_label():
    with np.load(module.FILE, allow_pickle=False) as arrays:
        label_of = dict(zip((image.tobytes() for image in arrays["images"]), arrays["labels"].tolist(), strict=True))
    digits = tinydigits()
    for images, labels in (digits[:2], digits[2:]):
        assert [label_of[image.tobytes()] for image in images] == labels.tolist()


def test_the_parts_are_those_of_the_data_sheet():
    with np.load(module.FILE, allow_pickle=False) as arrays:
        images, train, test = arrays["images"], arrays["train_idx"], arrays["test_idx"]
    digits = tinydigits()
    assert rows(digits.train_images) == rows(images[train])
    assert rows(digits.test_images) == rows(images[test])


def test_the_file_holds_the_arrays_whose_sums_the_data_sheet_gives():
    with np.load(module.FILE, allow_pickle=False) as arrays:
        assert {name: hashlib.sha256(arrays[name].tobytes()).hexdigest() for name in arrays.files} == CONTENTS


def test_the_split_can_be_made_again_from_its_description():
    with np.load(module.FILE, allow_pickle=False) as arrays:
        labels, test_idx = arrays["labels"], arrays["test_idx"]
    rng = np.random.RandomState(42)
    again = [rng.permutation(np.where(labels == c)[0])[:100] for c in range(10)]
    assert np.sort(np.concatenate(again)).tolist() == test_idx.tolist()


@pytest.mark.parametrize("start", [0, 100, 900])
def test_any_hundred_images_hold_all_ten_classes(start):
    digits = tinydigits()
    for labels in (digits.train_labels, digits.test_labels):
        assert set(labels[start : start + 100].tolist()) == set(range(10))


def test_the_order_is_the_same_on_every_machine():
    digits = tinydigits()
    assert digits.train_labels[:12].tolist() == TRAIN_STARTS
    assert digits.test_labels[:12].tolist() == TEST_STARTS


def test_each_call_gives_arrays_of_its_own_that_may_be_changed():
    first = tinydigits()
    for array in first:
        array[:] = 7
    second = tinydigits()
    assert np.bincount(second.test_labels).tolist() == [100] * 10
    assert not any(np.shares_memory(a, b) for a, b in zip(first, second, strict=True))


def test_a_whole_copy_elsewhere_is_read_as_text_path_or_path_object(copy):
    for path in (copy, str(copy)):
        assert np.array_equal(tinydigits(path).test_images, tinydigits().test_images)


@pytest.mark.parametrize("position", [0, 40, 400_000, -1])
def test_one_flipped_bit_is_refused_wherever_it_is(copy, position):
    content = bytearray(copy.read_bytes())
    content[position] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged") as refusal:
        tinydigits(copy)
    text = str(refusal.value)
    assert str(copy) in text and module.SHA256 in text and hashlib.sha256(content).hexdigest() in text


@pytest.mark.parametrize("kept", [0, 1, 838_546])
def test_a_truncated_file_is_refused_with_both_sizes(copy, kept):
    copy.write_bytes(copy.read_bytes()[:kept])
    with pytest.raises(ValueError, match="is damaged") as refusal:
        tinydigits(copy)
    assert f"{kept} bytes" in str(refusal.value) and "838547 bytes" in str(refusal.value)


def test_a_missing_file_is_named_and_the_remedy_too(tmp_path):
    with pytest.raises(FileNotFoundError, match="is missing") as refusal:
        tinydigits(tmp_path / "gone.npz")
    assert str(tmp_path / "gone.npz") in str(refusal.value) and "leave `path` out" in str(refusal.value)


def test_a_damaged_package_says_how_to_install_it_again(monkeypatch, copy):
    copy.write_bytes(b"")
    monkeypatch.setattr(module, "FILE", copy)
    with pytest.raises(ValueError, match="--force-reinstall .*tinytorch-datasets"):
        tinydigits()


def test_pickled_arrays_are_refused_and_never_unpickled(tmp_path, pickled):
    with pytest.raises(ValueError, match="is damaged"):
        tinydigits(pickled)
    assert not (tmp_path / "unpickled").exists()


def test_pickled_arrays_stay_pickled_even_if_the_sum_is_right(monkeypatch, tmp_path, pickled):
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(pickled.read_bytes()).hexdigest())
    with pytest.raises(ValueError, match="allow_pickle"):
        tinydigits(pickled)
    assert not (tmp_path / "unpickled").exists()
    with np.load(pickled, allow_pickle=True) as arrays:
        arrays["images"]
    assert (tmp_path / "unpickled").exists()  # the trap is set: it does close when someone unpickles
