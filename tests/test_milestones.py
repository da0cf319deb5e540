"""History re-run on the installed wheels: it succeeds on sound modules and fails on those that carry a mistake.

Here one mistake stands for each exercise that a milestone can see; `curriculum/workshop/history.py` tries them all.
"""
import gzip
import hashlib
import io
import os
import pickle
import subprocess
import sys
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from tinytorch._kit import cells, course, own, place
from tinytorch.datasets import cifar, idx, tinydigits

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "curriculum/workshop"))
import history  # noqa: E402

CAUGHT = {1: [
    "01 memory_footprint: counts numbers",
    "01 add: round the door",
    "01 mul: evaluates itself",
    "01 standardise: one mean for each pixel",
    "02 sigmoid: both branches of where",
    "02 softmax: nothing subtracted",
    "03 glorot_uniform: no root",
    "03 he_normal: half not given back",
    "03 linear: round the door",
    "03 named_parameters: bare names",
    "03 sequential: names from one",
    "04 log_softmax: no shift",
    "04 cross_entropy: softmax twice",
    "04 bce: yes for no",
    "04 chance_check: counts the rows",
], 2: [
    "03 linear: round the door",
    "05 numerical_gradient: the sign turned",
    "05 product_rules: factors at the wrong side",
    "05 other_rules: the share of a mean",
    "06 sgd: uphill",
    "06 adam: the root left out",
    "07 train_epoch: always cross-entropy",
], 3: [
    "02 relu: a step",
    "04 cross_entropy: softmax twice",
    "05 unbroadcast: mean in place of sum",
    "05 backward: `=` for `+=` in a leaf",
    "06 sgd: no velocity kept",
    "06 adam: no correction",
    "06 state_memory: numbers, not bytes",
    "07 train_epoch: not divided",
    "07 clip: no root",
    "07 cosine: not halved",
    "07 rerun_rule: inputs only",
], 4: [
    "08 order: batches mixed, not samples",
    "08 sample: drawn once for all epochs",
    "08 repair: mixed apart",
    "08 ahead: the last ones lost",
    "08 cache: no limit",
    "09 conv2d_loops: strides exchanged",
    "09 im2col: stride 1 throughout",
    "09 col2im: written over",
    "09 conv2d_rule: the bias over the batch only",
    "09 max_pool: winners only of the last round",
], 5: [
    "10 merge: one on instead of two",
    "10 padded: filled in front",
    "11 lend: the past forgotten",
    "11 sinusoids: pairs half as slow",
    "12 layer_forward: keys for queries",
    "12 attention: the mask turned round",
    "12 causal_mask: one ahead",
    "13 layer_norm: divided by n - 1",
    "13 multi_head: cut across the text",
    "13 block: handed on",
    "13 stream: no places",
    "13 generate: all of the text",
    "13 generate: stop not kept",
]}
MISTAKES = {number: {str(mistake): mistake for mistake in history.mistakes(number)} for number in CAUGHT}
LAST_LINES = {1: "11 of 11 targets met", 2: "6 of 6 targets met", 3: "10 of 10 targets met", 4: "10 of 10 targets met",
              5: "17 of 17 targets met"}
each = pytest.mark.parametrize("number", CAUGHT)
HERE = f"sys.path.insert(0, {str(history.REPOSITORY / 'milestones')!r})"  # where Python looks if a script is started
every = pytest.mark.parametrize("number", [*CAUGHT, 6])  # more of Milestone 6 in test_mlperf.py


@pytest.mark.parametrize("number, seed", [*((1, seed) for seed in range(5)), (2, 0), (2, 50), (3, 0), (3, 7),
                                          (4, 0), (4, 7), (5, 0), (5, 7)])
def test_a_milestone_meets_its_targets_and_is_quiet_also_when_it_draws_a_picture(number, seed, tmp_path):
    picture = tmp_path / "picture.png"
    plot = ["--plot", str(picture)] if seed == 0 else []
    run = history.run(number, {}, *history.quick(number), "--seed", str(seed), *plot)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    if plot:
        assert lines.pop().startswith(str(picture)) and picture.read_bytes().startswith(b"\x89PNG")
    assert all("epochs" in line for line in run.stderr.splitlines())  # how far it is, where it takes long
    assert "MISSED" not in run.stdout and lines[-1] == LAST_LINES[number]
    assert len(lines) < 35 and max(map(len, lines)) <= 120


@pytest.mark.parametrize("number, name", [(number, name) for number, names in CAUGHT.items() for name in names])
def test_a_milestone_fails_on(number, name):
    mistake = MISTAKES[number][name]
    run = history.run(number, {mistake.path: mistake.text}, *history.quick(number))
    assert run.returncode == 1, run.stdout + run.stderr
    assert "MISSED" in run.stdout or "Error" in run.stderr


def module_of(entry, text):
    return {f"tinytorch/{entry['module'].replace('.', '/')}.py": text}


@pytest.mark.parametrize("number, lesson", [(1, "04"), (2, "07"), (3, "07"), (4, "09")])
def test_a_module_without_a_mistake_passes_in_the_same_workspace(number, lesson):
    entry = course.lesson(lesson)
    slug = course.slug(entry)
    book = cells.read(history.REPOSITORY / f"curriculum/{slug}/lesson.py")
    run = history.run(number, module_of(entry, history.module_text(slug, book)), *history.quick(number))
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("number, lesson",
                         [(n, lesson) for n in [*CAUGHT, 6] for lesson in course.milestone(n)["needs"]])
def test_a_milestone_says_in_one_line_which_module_is_not_there(number, lesson):
    entry = course.lesson(lesson)
    label = course.label(entry)
    stub = own.STUB.format(mark=place.STUB, label=label, number=lesson)
    run = history.run(number, module_of(entry, stub))
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1 and label in run.stderr and f"tinytorch start {lesson}" in run.stderr


@every
def test_a_milestone_refuses_a_folder_that_is_not_there_before_it_runs(number, tmp_path):
    run = history.run(number, {}, "--plot", str(tmp_path / "no/picture.png"))
    assert (run.returncode, run.stdout) == (2, "") and len(run.stderr.splitlines()) == 1


@every
def test_a_milestone_says_what_to_type_where_matplotlib_is_missing(number, tmp_path):
    code = (f"import runpy, sys; sys.modules['matplotlib'] = None; sys.argv = ['it', '--plot', 'picture.png'];"
            f"{HERE};"
            f"runpy.run_path({str(history.script(number))!r}, run_name='__main__')")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1 and "pip install matplotlib" in run.stderr


@every
def test_a_milestone_tells_its_story_and_its_options(number):
    run = history.run(number, {}, "--help")
    year = str(course.milestone(number)["year"])
    assert run.returncode == 0 and year in run.stdout and "--plot" in run.stdout and "--seed" in run.stdout


def on_mnist(folder, address, before=""):
    """Milestone 3 on what lies at `address`, kept in `folder`; `before` is code that runs first."""
    code = (f"import runpy, sys; sys.argv = ['it', '--quick', '--data', 'mnist']\n{before}\n{HERE}\n"
            f"runpy.run_path({str(history.script(3))!r}, run_name='__main__')")
    kept = {"XDG_CACHE_HOME": str(folder), "LOCALAPPDATA": str(folder), "HOME": str(folder)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, **kept, "TINYTORCH_MNIST_URL": address})


def test_milestone_3_says_offline_where_to_put_mnist(tmp_path):
    run = on_mnist(tmp_path, "http://127.0.0.1:9/")
    assert (run.returncode, run.stdout) == (2, "")
    assert str(tmp_path) in run.stderr and idx.FILES[0].name in run.stderr and "Traceback" not in run.stderr


def test_milestone_3_runs_on_files_in_the_layout_of_mnist(tmp_path):
    """TinyDigits packed as MNIST is. It is a fifteenth of MNIST, so the target of MNIST is out of reach."""
    sums = []
    (tmp_path / "mirror").mkdir()
    for file, array in zip(idx.FILES, tinydigits()):
        array = array.astype(np.uint8)
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
        content = gzip.compress(header + array.tobytes())
        (tmp_path / "mirror" / file.name).write_bytes(content)
        sums.append((file.name, len(content), hashlib.sha256(content).hexdigest()))
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(tmp_path / "mirror"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        published = f"from tinytorch.datasets import idx; idx.FILES[:] = map(idx.Published._make, {sums!r})"
        run = on_mnist(tmp_path, f"http://127.0.0.1:{server.server_address[1]}/", published)
        server.shutdown()
    assert run.returncode == 1 and "1986: 4,000 digits to learn from, 1,000 for the test." in run.stdout, run.stderr
    assert [line.split(",")[0] for line in run.stdout.splitlines() if line.endswith("MISSED")] == ["MLP"]


def photographs(folder):
    """A small archive in the layout of CIFAR-10: each class has two colours, in squares that lie anywhere."""
    rng = np.random.default_rng(1)
    colours = rng.integers(0, 256, (2, 10, 3))
    with tarfile.open(folder / cifar.ARCHIVE.name, "w:gz") as archive:
        for name in [*cifar.TRAIN, *cifar.TEST, cifar.NAMES]:
            labels, first = np.arange(200) % 10, rng.random((200, 1, 4, 4)) < 0.5
            squares = np.where(first, *colours[:, labels, :, None, None])
            images = squares.repeat(8, 2).repeat(8, 3).astype(np.uint8)
            entry = {"data": images.reshape(200, -1), "labels": labels.tolist(), "label_names": list("abcdefghij")}
            content = pickle.dumps(entry, 4)
            member = tarfile.TarInfo(cifar.FOLDER + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_milestone_4_runs_on_an_archive_in_the_layout_of_cifar10(tmp_path):
    photographs(tmp_path)
    run = history.run(4, {}, "--quick", "--data", "cifar10", "--root", str(tmp_path), "--plot", str(tmp_path / "4.png"))
    found = dict(line.split("  ", 1) for line in run.stdout.splitlines() if "  " in line)
    assert run.returncode == 0 and "1998: 1,000 images to learn from, 200 for the test." in run.stdout, run.stderr
    assert found["numbers to learn"].split()[:2] == ["394,634", "282,250"]
    assert (tmp_path / "4.png").read_bytes().startswith(b"\x89PNG")


def test_milestone_4_says_where_it_looked_for_photographs(tmp_path):
    run = history.run(4, {}, "--data", "cifar10", "--root", str(tmp_path))
    assert (run.returncode, run.stdout) == (2, "")
    assert str(tmp_path) in run.stderr and cifar.ARCHIVE.name in run.stderr and "Traceback" not in run.stderr
