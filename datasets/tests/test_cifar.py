"""CIFAR-10 is fetched once, read by the sizes that its archive gives, and nothing that its pickles name is run.

The archive is made here, with a few images in the layout of the published one.
"""
import copyreg
import hashlib
import io
import os
import pickle
import re
import struct
import tarfile

import numpy as np
import pytest
from tinytorch.datasets import cifar as module
from tinytorch.datasets import cifar10, download, pickles

NAME = module.ARCHIVE.name
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
SIZES = {"data_batch_1": 3, "data_batch_2": 2, "data_batch_3": 4, "data_batch_4": 1, "data_batch_5": 2, "test_batch": 5}
RNG = np.random.default_rng(7)
IMAGES = {name: RNG.integers(0, 256, (n, 3, 32, 32), dtype=np.uint8) for name, n in SIZES.items()}
LABELS = {name: RNG.integers(0, 10, n).tolist() for name, n in SIZES.items()}


class Python2(pickle._Pickler):
    """Writes text as Python 2 did, in which the published archive was made."""

    def save_string(self, value):
        content = value.encode() if isinstance(value, str) else value
        head = pickle.SHORT_BINSTRING + bytes([len(content)]) if len(content) < 256 else (
            pickle.BINSTRING + struct.pack("<i", len(content)))
        self.write(head + content)
        self.memoize(value)

    dispatch = {**pickle._Pickler.dispatch, str: save_string, bytes: save_string}


def python2(entry):
    out = io.BytesIO()
    Python2(out, 2).dump(entry)
    return out.getvalue().replace(b"cnumpy._core.", b"cnumpy.core.")


def python3(entry):
    return pickle.dumps(entry, 4)


def batch(name, **changes):
    rows = IMAGES[name].reshape(-1, 3072)
    return {"batch_label": f"a part, {name}", "labels": LABELS[name], "data": rows, "filenames": ["x.png"] * len(rows),
            **changes}


def members(pickled=python2, **changes):
    """The files of an archive: {name: bytes}; `changes` are bytes, or None for a file that is missing."""
    made = {name: pickled(batch(name)) for name in SIZES}
    made["batches.meta"] = pickled({"label_names": CLASSES, "num_vis": 3072})
    made = {**made, **{name.replace("meta", "batches.meta"): content for name, content in changes.items()}}
    return {f"cifar-10-batches-py/{name}": content for name, content in made.items() if content is not None}


def packed(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in {**files, "cifar-10-batches-py/readme.html": b"<a>"}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


ARCHIVE = packed(members())


@pytest.fixture
def published(monkeypatch):
    """The made archive as if it had been published."""
    sha256 = hashlib.sha256(ARCHIVE).hexdigest()
    monkeypatch.setattr(module, "ARCHIVE", download.Published(NAME, len(ARCHIVE), sha256))


def put(folder, content=ARCHIVE):
    folder.mkdir(exist_ok=True, parents=True)
    (folder / NAME).write_bytes(content)
    return folder


def read(folder, **changes):
    """What is read from an archive of one's own, whose files are `changes`."""
    return cifar10(put(folder, packed(members(**changes))), download=False, check=False)


def same(found):
    train = [name for name in SIZES if name.startswith("data")]
    return (np.array_equal(found.train_images, np.concatenate([IMAGES[name] for name in train]))
            and found.train_labels.tolist() == sum([LABELS[name] for name in train], [])
            and np.array_equal(found.test_images, IMAGES["test_batch"])
            and found.test_labels.tolist() == LABELS["test_batch"] and found.class_names == CLASSES)


@pytest.mark.parametrize("pickled", [python2, python3])
def test_the_arrays_have_the_sizes_of_the_archive(tmp_path, pickled):
    found = cifar10(put(tmp_path, packed(members(pickled))), download=False, check=False)
    assert same(found) and found.train_images.shape == (12, 3, 32, 32) and found.test_images.shape == (5, 3, 32, 32)
    assert [array.dtype for array in found[:4]] == [np.uint8, np.int64] * 2
    assert all(array.flags.writeable for array in found[:4])


def test_a_row_is_all_red_then_all_green_then_all_blue(tmp_path):
    row = np.zeros((3, 32, 32), np.uint8)
    row[1, 2, 5] = 200  # green, third line, sixth from the left
    entry = batch("test_batch", data=row.reshape(1, -1), labels=[4])
    assert entry["data"][0, 1024 + 2 * 32 + 5] == 200
    assert np.array_equal(read(tmp_path, test_batch=python2(entry)).test_images, row[None])


def test_it_is_fetched_once_and_says_what_comes(serve, published, tmp_path, capsys):
    mirror = serve({NAME: ARCHIVE})
    assert same(cifar10(tmp_path / "new", mirrors=[mirror.address]))
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("cifar-10-python.tar.gz  all of ")
    assert same(cifar10(tmp_path / "new", mirrors=["http://127.0.0.1:9/"])) and len(mirror.seen) == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == [NAME]


def test_after_a_break_it_goes_on_where_it_stopped(serve, published, tmp_path):
    mirror = serve({NAME: ARCHIVE}, breaks=1)
    assert same(cifar10(tmp_path, mirrors=[mirror.address]))
    (_, nothing), (_, rest) = mirror.seen
    assert nothing is None and int(re.findall(r"\d+", rest)[0]) >= len(ARCHIVE) / 2 - 1000


def test_offline_it_names_the_folder_the_file_and_what_was_tried(published, tmp_path):
    with pytest.raises(FileNotFoundError) as refusal:
        cifar10(tmp_path, mirrors=["http://127.0.0.1:9/"])
    text = str(refusal.value)
    assert str(tmp_path) in text and NAME in text and "into that folder by hand" in text
    assert "http://127.0.0.1:9/ cannot be reached" in text


def test_nothing_is_fetched_if_download_is_false(serve, published, tmp_path):
    mirror = serve({NAME: ARCHIVE})
    with pytest.raises(FileNotFoundError, match="missing"):
        cifar10(tmp_path, download=False, mirrors=[mirror.address])
    assert mirror.seen == []


def test_an_archive_of_your_own_is_refused_unless_told_otherwise(tmp_path):
    with pytest.raises(ValueError, match="expected 170498071 bytes"):
        cifar10(put(tmp_path), download=False)
    assert same(cifar10(tmp_path, download=False, check=False))


def test_a_flipped_bit_is_refused_and_mended_where_there_is_a_network(serve, published, tmp_path):
    damaged = bytearray(ARCHIVE)
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        cifar10(put(tmp_path, damaged), download=False)
    assert same(cifar10(tmp_path, mirrors=[serve({NAME: ARCHIVE}).address]))


def test_a_class_can_have_a_mirror_of_its_own(serve, published, tmp_path, monkeypatch):
    monkeypatch.setenv("TINYTORCH_CIFAR10_URL", serve({NAME: ARCHIVE}).address)
    assert same(cifar10(tmp_path))


def test_left_to_itself_it_keeps_the_archive_in_the_cache_folder_of_the_user(published, tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    put(download.cache_folder() / "cifar10")
    assert same(cifar10(download=False))


class Call:
    """Pickled as a call of `function`."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("name", ["data_batch_1", "test_batch", "batches.meta"])
@pytest.mark.parametrize("pickled", [python2, python3])
def test_a_pickle_that_runs_something_is_refused_by_name(tmp_path, name, pickled):
    hostile = pickled({"label_names": Call(os.mkdir, str(tmp_path / "run"))})
    with pytest.raises(ValueError, match=rf"{os.mkdir.__module__}\.mkdir") as refusal:
        read(tmp_path, **{name.replace("batches.meta", "meta"): hostile})
    assert f"cifar-10-batches-py/{name}" in str(refusal.value) and not (tmp_path / "run").exists()


@pytest.mark.parametrize("entry, name", [
    (eval, "eval"), (Call(eval, "1"), "eval"), (Call(getattr, {}, "pop"), "getattr"), (np.float64(3), "scalar"),
    (np.load, "load"), ({1, 2}, "set"), (bytearray(b"x"), "bytearray"),
], ids=["function", "call", "attribute", "scalar", "numpy", "set", "bytearray"])
def test_what_is_not_plain_data_is_refused_by_name(entry, name):
    with pytest.raises(ValueError, match=rf"asks for \S+\.{name}, "):
        pickles.entries(pickle.dumps({"data": entry}, 2))


@pytest.mark.parametrize("program", [
    b"\x80\x04\x8c\x05numpy\x8c\x11ndarray.__class__\x93.",  # a way through a name that is let in
    b"cnumpy\nndarray\n}Vx\nI1\nsb.",  # a stand-in itself is changed
    b"cnumpy\nndarray\n(N}Vvalues\nI1\nstb.",
    b"cnumpy\ndtype\n(N}Vtext\nI1\nstb.",
    b"cnumpy\nndarray\n)R(I1\n(I3\ntcnumpy\ndtype\n(VO8\ntRI0\nS'abc'\ntb.",  # an array of objects
    b"\x82\x01.", b"Pid\n.",  # from a register, or a store
    b"(lp0\ng0\na.",  # a list that holds itself
    b"", b"I1", b"I1\n.", b"no pickle",
], ids=["dotted", "changed", "slots", "kind", "objects", "register", "store", "endless", "empty", "open", "number",
        "text"])
def test_other_tricks_end_in_a_refusal(program):
    before = dict(vars(pickles.Array)), dict(vars(pickles.Kind))
    with pytest.raises(ValueError, match="not a pickle of plain data"):
        pickles.entries(program)
    assert before == (dict(vars(pickles.Array)), dict(vars(pickles.Kind)))


def test_a_register_of_python_opens_no_way(monkeypatch):
    monkeypatch.setitem(copyreg._inverted_registry, 1, ("os", "mkdir"))
    with pytest.raises(ValueError, match="os.mkdir"):
        pickles.entries(b"\x82\x01.")


def test_plain_data_comes_back_as_it_was():
    entry = {"words": ["a", "b"], "numbers": [1, -2, 3.5, 10**20], "more": {"x": (None, True)}}
    assert pickles.entries(python3(entry)) == entry
    columns_first = np.asfortranarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    assert np.array_equal(pickles.entries(python2({"data": columns_first}))["data"], columns_first)


@pytest.mark.parametrize("changes, says", [
    ({"data": IMAGES["test_batch"]}, r"\(5, 3, 32, 32\)"),
    ({"data": np.zeros((5, 3072), np.float32)}, "numbers are f4"),
    ({"data": [1, 2]}, "found list"),
    ({"labels": [1, 2]}, "list of 5 numbers.*found 2"),
    ({"labels": "abcde"}, "list of 5 numbers.*found bytes"),
    ({"labels": [0, 1, 2, 3, 10]}, "0 to 9; found 10"),
    ({"labels": [0, 1, 2, 3, -1]}, "found -1"),
    ({"labels": [0, 1, 2, 3, True]}, "found True"),
    ({"labels": [0, 1, 2, 3, [4]]}, r"found \[4\]"),
], ids=lambda value: value if isinstance(value, str) else next(iter(value)))
def test_a_batch_out_of_the_layout_is_refused_by_name(tmp_path, changes, says):
    with pytest.raises(ValueError, match=says) as refusal:
        read(tmp_path, test_batch=python2(batch("test_batch", **changes)))
    assert str(tmp_path) in str(refusal.value) and "test_batch" in str(refusal.value)


@pytest.mark.parametrize("content, says", [
    (b"no archive", "whole .tar.gz archive"),
    (b"", "whole .tar.gz archive"),
    (ARCHIVE[: len(ARCHIVE) // 2], "whole .tar.gz archive"),
    (packed(members(data_batch_4=None)), "missing are cifar-10-batches-py/data_batch_4"),
    (packed(members(meta=python2({}))), "`label_names`, a list of words; found NoneType"),
    (packed(members(meta=python2([CLASSES]))), "batches.meta is not a pickle of plain data"),
], ids=["no archive", "empty", "truncated", "a batch short", "no names", "a list"])
def test_what_is_not_in_the_layout_is_refused_by_name(tmp_path, content, says):
    with pytest.raises(ValueError, match=says) as refusal:
        cifar10(put(tmp_path, content), download=False, check=False)
    assert str(tmp_path) in str(refusal.value)


def test_a_link_in_the_archive_leads_nowhere(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        link = tarfile.TarInfo("cifar-10-batches-py/test_batch")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    with pytest.raises(ValueError, match="missing are .*test_batch"):
        cifar10(put(tmp_path, out.getvalue()), download=False, check=False)


def test_the_published_sum_has_the_length_of_a_sum():
    assert module.ARCHIVE.n_bytes == 170_498_071 and re.fullmatch("[0-9a-f]{64}", module.ARCHIVE.sha256)
