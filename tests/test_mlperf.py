"""Milestone 6 on the installed wheels: what it measures is found again by strangers, and what was made up is not."""
import hashlib
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from learner import Learner
from tinytorch._kit import cells, course, own, place
from tinytorch.capstone import TASKS, Submission, improvement, leaderboard, validate

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "curriculum/workshop"))
import history  # noqa: E402

CAUGHT = [
    "15 quantize_model: not a single Linear",
    "15 quantize: digits cut off",
    "15 calibrate: 256 steps",
    "16 magnitude_prune: each layer by itself",
    "16 distillation_loss: shares exchanged",
    "16 repair: masks once an epoch",
    "16 structured_prune: zeros in place of less",
    "14 flops: the bias forgotten",
    "14 observer: the end in place of the time between",
    "14 profiler: all want a gradient",
    "14 ranking: by name",
    "14 amdahl: the rest forgotten",
    "19 timed: never warm",
    "19 percentile: between two values",
    "19 interval: the mean",
    "19 sign_test: one side",
    "19 repair: one after the other",
    "20 digest: keys as they come",
    "20 improvement: ratio of the medians",
    "20 times: seconds and milliseconds",
    "20 repair: the baseline alone",
    "20 pareto: by their sum",
    "20 race: who ran second",
]
MISTAKES = {str(mistake): mistake for mistake in history.mistakes(6)}
each = pytest.mark.parametrize("task", TASKS)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first quick run, as a finished process, and the folder that it left."""
    folder = tmp_path_factory.mktemp("mlperf")
    return history.run(6, {}, "--quick", "--out", str(folder)), folder


@pytest.fixture
def sent(first, tmp_path):
    """A copy of what the first run sent in, to be changed."""
    shutil.copytree(first[1], tmp_path / "sent")
    return tmp_path / "sent"


def verify(path):
    return history.run(6, {}, "--verify", str(path))


def rewrite(path, **fields):
    """Change fields of a submission and seal it again, as a forger would."""
    changed = replace(Submission.load(path), **fields).sealed()
    changed.save(path)
    return changed


def lacks(lesson):
    """A workspace in which a module is still to be built, {path: text}."""
    entry = course.lesson(lesson)
    stub = own.STUB.format(mark=place.STUB, label=course.label(entry), number=lesson)
    return {f"tinytorch/{entry['module'].replace('.', '/')}.py": stub}


def quiet(run):
    """Whether it says on stderr only how far it is, what is left out, and what it measured again."""
    return all(any(known in line for known in ("epochs", "left out", "measured again", "trained in an earlier run"))
               for line in run.stderr.splitlines())


def test_it_meets_its_targets_and_is_quiet(first):
    run, folder = first
    lines = run.stdout.replace(str(folder), "mlperf").splitlines()
    assert run.returncode == 0, run.stdout + run.stderr
    assert quiet(run) and "MISSED" not in run.stdout and lines[-1] == "38 of 38 targets met"
    assert len(lines) < 110 and max(map(len, lines)) <= 120


def test_each_task_has_a_submission_that_adds_up(first):
    _, folder = first
    received = [Submission.load(folder / f"submission-{task}.json") for task in TASKS]
    assert [validate(one, folder) for one in received] == [[], [], []]
    assert [row.place for row in leaderboard(received)] == [1, 1, 1]
    assert all(improvement(one).smaller > 2 and one.data.part == "test" for one in received)


@each
def test_its_report_is_beside_it(first, task):
    text = (first[1] / f"report-{task}.txt").read_text(encoding="utf-8")
    assert text.startswith(task) and "host_processor_model_name" in text


@pytest.mark.parametrize("name", CAUGHT)
def test_it_fails_on(first, name):
    mistake = MISTAKES[name]
    run = history.run(6, {mistake.path: mistake.text}, "--quick", trained=first[1])
    assert run.returncode == 1, run.stdout + run.stderr
    assert "MISSED" in run.stdout or "Error" in run.stderr


def test_on_an_own_20_it_finds_what_was_trained_and_draws(first, tmp_path):
    book = cells.read(history.REPOSITORY / "curriculum/20_capstone/lesson.py")
    modules = {"tinytorch/capstone.py": history.module_text("20_capstone", book)}
    run = history.run(6, modules, "--quick", "--plot", str(tmp_path / "6.png"), trained=first[1])
    assert run.returncode == 0 and run.stderr.count("trained in an earlier run") == 3, run.stdout + run.stderr
    assert (tmp_path / "6.png").read_bytes().startswith(b"\x89PNG")


def test_without_module_17_the_other_two_tasks_are_left(first):
    run = history.run(6, lacks("17"), "--quick", trained=first[1])
    assert run.returncode == 0 and "tinytalks-transformer" not in run.stdout, run.stdout + run.stderr
    assert "kv_cache is left out. Module 17 Memoization is yours to build" in run.stderr


@each
def test_strangers_find_the_same(first, task):
    run = verify(first[1] / f"submission-{task}.json")
    assert run.returncode == 0 and run.stdout.count(" met") == 5, run.stdout + run.stderr


def test_an_edited_number_is_refused(sent):
    path = sent / "submission-digits-mlp.json"
    record = json.loads(path.read_text())
    record["optimized"]["accuracy"] = 0.99
    path.write_text(json.dumps(record))
    run = verify(path)
    assert (run.returncode, run.stdout) == (1, "") and "something was changed" in run.stderr


def test_numbers_that_are_made_up_well_are_not_found_again(sent):
    path = sent / "submission-digits-mlp.json"
    one = Submission.load(path).optimized
    rewrite(path, optimized=replace(one, accuracy=round(one.accuracy + 0.01, 3),
                                    latencies_ms=[ms / 3 for ms in one.latencies_ms]))
    run = verify(path)
    assert run.returncode == 1 and run.stdout.count("MISSED") == 2, run.stdout + run.stderr


def test_techniques_that_were_not_used_do_not_fit_the_weights(sent):
    path = sent / "submission-digits-cnn.json"
    rewrite(path, optimized=replace(Submission.load(path).optimized, techniques=["low_rank", "no_grad"]))
    run = verify(path)
    assert (run.returncode, run.stdout.count("met")) == (2, 0) and "cannot be measured again" in run.stderr


def test_a_baseline_is_that_of_the_task(sent):
    """Whoever takes a slower one gains more, and is found out."""
    path = sent / "submission-digits-mlp.json"
    arrays = {name: array.repeat(2, 0) for name, array in np.load(sent / "digits-mlp-baseline.npz").items()}
    arrays["2.weight"], arrays["2.bias"] = arrays["2.weight"][::2].repeat(2, 1) / 2, arrays["2.bias"][::2]
    reseal(path, "baseline", arrays)
    run = verify(path)
    assert run.returncode == 2 and "expected shape (256, 784), found (512, 784)" in run.stderr


def reseal(path, which, arrays):
    """Other weights in place of those of an entry, and a record that speaks of these."""
    entry = getattr(Submission.load(path), which)
    target = path.parent / entry.weights
    with target.open("wb") as file:
        np.savez(file, **arrays)
    size, found = sum(array.nbytes for array in arrays.values()), hashlib.sha256(target.read_bytes()).hexdigest()
    rewrite(path, **{which: replace(entry, size_bytes=size, weights_sha256=found)})


class Trap:
    """Leaves a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "sprung")


def test_no_code_of_others_is_run(sent, tmp_path):
    path, sprung = sent / "submission-digits-mlp.json", tmp_path / "sprung"
    arrays = dict(np.load(sent / "digits-mlp-optimized.npz"))
    reseal(path, "optimized", arrays | {"0.bias": np.array([Trap(sprung)], dtype=object)})
    (sent / "json.py").write_text(f"open({str(sprung)!r}, 'w')")
    (sent / "tinytorch").mkdir()
    (sent / "tinytorch/__init__.py").write_text(f"open({str(sprung)!r}, 'w')")
    run = verify(path)
    assert run.returncode == 1 and "no plain file of arrays" in run.stderr
    learner = Learner(tmp_path / "work", build="none")
    assert "no plain file of arrays" in learner.run("leaderboard", "build", str(sent))
    assert not sprung.exists()


def test_a_board_is_made_of_what_lies_in_a_folder(sent, tmp_path):
    rewrite(sent / "submission-digits-mlp.json", submitter="Ada <script>", seed=3)
    rewrite(sent / "submission-digits-cnn.json", elapsed_s=0.001)
    (sent / "more").mkdir()
    (sent / "more/notes.json").write_text("{}")
    (sent / "more/words.json").write_text("no JSON")
    learner = Learner(tmp_path / "work", build="none")
    lines = learner.run("leaderboard", "build", str(sent)).splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        ["digits-mlp", "1"], ["digits-cnn", "none"], ["tinytalks-transformer", "1"]]
    made = json.loads((tmp_path / "work/leaderboard/leaderboard.json").read_text(encoding="utf-8"))
    assert [one["file"] for one in made["refused"]] == [
        "more/notes.json", "more/words.json", "submission-digits-cnn.json"]
    found, entry = Submission.load(sent / "submission-digits-mlp.json"), made["tasks"][0]["entries"][0]
    assert entry["faster"]["ratio"] == improvement(found).faster and entry["submitter"] == "Ada <script>"
    text = (tmp_path / "work/leaderboard/index.html").read_text(encoding="utf-8")
    assert "Ada &lt;script&gt;" in text and text.count("<script>") == 1 and "more/words.json" in text
