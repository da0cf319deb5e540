"""MNIST is fetched once, whole or not at all, and read by the sizes that its files give.

The mirrors hold a few made digits in the layout of the published files.
"""
import gzip
import hashlib
import re
import subprocess
import sys

import numpy as np
import pytest
from tinytorch.datasets import download, mnist
from tinytorch.datasets import idx as module

NAMES = [one.name for one in module.FILES]
DIGITS = [np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)
          for shape in [(50, 28, 28), (50,), (7, 28, 28), (7,)]]


def packed(array):
    """An array as an IDX file in gzip."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + array.tobytes(), mtime=0)


@pytest.fixture
def files(monkeypatch):
    """Made digits as if they had been published: {name: bytes}."""
    made = {name: packed(array) for name, array in zip(NAMES, DIGITS)}
    monkeypatch.setattr(module, "FILES", [module.Published(name, len(content), hashlib.sha256(content).hexdigest())
                                          for name, content in made.items()])
    return made


def put(folder, files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def same(found):
    return all(np.array_equal(a, b) for a, b in zip(found, DIGITS, strict=True))


def test_the_arrays_have_the_sizes_of_the_files(serve, files, tmp_path):
    found = mnist(tmp_path, mirrors=[serve(files).address])
    assert same(found) and [a.dtype for a in found] == [np.uint8, np.int64] * 2
    assert all(array.flags.writeable for array in found)


def test_it_is_fetched_once_and_says_what_comes(serve, files, tmp_path, capsys):
    mirror = serve(files)
    mnist(tmp_path / "a new folder", mirrors=[mirror.address + "/"])
    assert mirror.seen == [(name, None) for name in NAMES]
    out, err = capsys.readouterr()
    assert out == "" and [line.split()[0] for line in err.splitlines()] == NAMES
    assert same(mnist(tmp_path / "a new folder", mirrors=["http://127.0.0.1:9/"])) and len(mirror.seen) == 4
    assert sorted(path.name for path in (tmp_path / "a new folder").iterdir()) == sorted(NAMES)


def test_only_what_is_missing_is_fetched(serve, files, tmp_path):
    put(tmp_path, {name: files[name] for name in NAMES[:3]})
    mirror = serve(files)
    assert same(mnist(tmp_path, mirrors=[mirror.address])) and mirror.seen == [(NAMES[3], None)]


def test_a_long_download_tells_each_megabyte(serve, files, tmp_path, capsys):
    noise = np.random.default_rng(1).integers(0, 256, 2_500_000, dtype=np.uint8).tobytes()
    mirror = serve({"noise": noise})
    assert download.fetch(tmp_path / "noise", hashlib.sha256(noise).hexdigest(), [mirror.address]) == []
    assert capsys.readouterr().err.splitlines() == [
        "noise  1 of 2.5 MB", "noise  2 of 2.5 MB", "noise  all of 2.5 MB"]


def test_after_a_break_it_goes_on_where_it_stopped(serve, files, tmp_path):
    mirror = serve(files, breaks=1)
    assert same(mnist(tmp_path, mirrors=[mirror.address]))
    (first, nothing), (again, rest) = mirror.seen[:2]
    size = len(files[NAMES[0]])
    assert (first, nothing, again) == (NAMES[0], None, NAMES[0])
    assert size / 2 - 1000 <= int(re.findall(r"\d+", rest)[0]) <= size / 2


def test_a_later_run_goes_on_too_and_on_another_mirror(serve, files, tmp_path):
    with pytest.raises(FileNotFoundError, match="the connection broke"):
        mnist(tmp_path, mirrors=[serve(files, breaks=2).address])
    part = tmp_path / f"{NAMES[0]}.part"
    size = part.stat().st_size
    assert size > 0 and not (tmp_path / NAMES[0]).exists()
    mirror = serve(files)
    assert same(mnist(tmp_path, mirrors=[mirror.address])) and mirror.seen[0] == (NAMES[0], f"bytes={size}-")
    assert not part.exists()


def test_a_server_that_cannot_resume_sends_all_of_it(serve, files, tmp_path):
    put(tmp_path, {f"{NAMES[0]}.part": b"half"})
    assert same(mnist(tmp_path, mirrors=[serve(files, ranges=False).address]))


@pytest.mark.parametrize("surplus", [b"", b"more"], ids=["whole", "too long"])
def test_a_part_that_was_whole_or_too_long_does_no_harm(serve, files, tmp_path, surplus):
    put(tmp_path, {f"{NAMES[0]}.part": files[NAMES[0]] + surplus})
    assert same(mnist(tmp_path, mirrors=[serve(files).address]))


def test_a_part_of_something_else_is_thrown_away(serve, files, tmp_path):
    put(tmp_path, {f"{NAMES[0]}.part": b"<html>please log in</html>"})
    assert same(mnist(tmp_path, mirrors=[serve(files).address]))


def test_a_mirror_that_sends_other_bytes_is_left_for_the_next(serve, files, tmp_path):
    wrong, right = serve({**files, NAMES[0]: packed(DIGITS[2])}), serve(files)
    assert same(mnist(tmp_path, mirrors=[wrong.address, right.address]))
    assert [name for name, _ in right.seen] == [NAMES[0]]


def test_wrong_bytes_everywhere_leave_nothing_behind(serve, files, tmp_path):
    wrong = serve(dict.fromkeys(NAMES, b"something else"))
    with pytest.raises(FileNotFoundError) as refusal:
        mnist(tmp_path, mirrors=[wrong.address])
    assert f"{wrong.address}/ sends other bytes than were published" in str(refusal.value)
    assert not list(tmp_path.iterdir())


def test_offline_it_names_the_folder_the_files_and_what_was_tried(serve, files, tmp_path):
    with pytest.raises(FileNotFoundError) as refusal:
        mnist(tmp_path, mirrors=["http://127.0.0.1:9/", serve({}).address])
    text = str(refusal.value)
    assert str(tmp_path) in text and all(name in text for name in NAMES) and "into that folder by hand" in text
    assert "http://127.0.0.1:9/ cannot be reached" in text and "answers 404" in text


def test_without_pooch_it_says_what_to_type(files, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(FileNotFoundError, match="pip install pooch"):
        mnist(tmp_path)
    put(tmp_path, files)
    assert same(mnist(tmp_path))


def test_pooch_is_loaded_only_to_fetch():
    code = "import sys, tinytorch.datasets; print([name for name in ('pooch', 'requests') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_nothing_is_fetched_if_download_is_false(serve, files, tmp_path):
    mirror = serve(files)
    with pytest.raises(FileNotFoundError, match="missing"):
        mnist(tmp_path, download=False, mirrors=[mirror.address])
    assert mirror.seen == []


@pytest.mark.parametrize("position", [0, 5000, -1])
def test_a_flipped_bit_is_refused_and_mended_where_there_is_a_network(serve, files, tmp_path, position):
    damaged = bytearray(files[NAMES[0]])
    damaged[position] ^= 1
    put(tmp_path, {**files, NAMES[0]: damaged})
    with pytest.raises(ValueError, match="damaged") as refusal:
        mnist(tmp_path, download=False)
    assert hashlib.sha256(damaged).hexdigest() in str(refusal.value)
    assert same(mnist(tmp_path, mirrors=[serve(files).address]))


def test_digits_of_your_own_are_refused_unless_told_otherwise(tmp_path):
    put(tmp_path, {name: packed(array) for name, array in zip(NAMES, DIGITS)})
    with pytest.raises(ValueError, match="damaged"):
        mnist(tmp_path, download=False)
    assert same(mnist(tmp_path, download=False, check=False))


@pytest.mark.parametrize("content, says", [
    (packed(DIGITS[0])[:-20], "whole gzip file"),
    (b"no gzip", "whole gzip file"),
    (packed(DIGITS[1]), "with 0 0 8 3"),
    (gzip.compress(b""), r"found \[\]"),
    (gzip.compress(gzip.decompress(packed(DIGITS[0]))[:-1]), "39200 bytes for its shape"),
    (packed(DIGITS[0][:-1]), "one label for each of 49 images"),
], ids=["truncated", "not packed", "labels", "empty", "a pixel short", "an image short"])
def test_what_is_not_in_the_layout_is_refused_by_name(files, tmp_path, content, says):
    put(tmp_path, {**files, NAMES[0]: content})
    with pytest.raises(ValueError, match=says) as refusal:
        mnist(tmp_path, download=False, check=False)
    assert str(tmp_path) in str(refusal.value)


def test_a_class_can_have_a_mirror_of_its_own(serve, files, tmp_path, monkeypatch):
    monkeypatch.setenv("TINYTORCH_MNIST_URL", serve(files).address)
    assert same(mnist(tmp_path))


def test_left_to_itself_it_keeps_them_in_the_cache_folder_of_the_user(files, tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    assert tmp_path in download.cache_folder().parents
    put(tmp_path / "x", {})
    (download.cache_folder() / "mnist").mkdir(parents=True)
    put(download.cache_folder() / "mnist", files)
    assert same(mnist(download=False))


def test_the_published_sums_are_those_of_the_data_sheet():
    assert [one.n_bytes for one in module.FILES] == [9_912_422, 28_881, 1_648_877, 4_542]
    assert sum(one.n_bytes for one in module.FILES) == 11_594_722
    assert all(re.fullmatch("[0-9a-f]{64}", one.sha256) for one in module.FILES)
