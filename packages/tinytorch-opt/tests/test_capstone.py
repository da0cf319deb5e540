"""The Capstone: what is honest passes, and each way to cheat that leaves a trace in the file is refused."""
import copy
import dataclasses
import hashlib
import json
import math
import os
import sys
import zipfile

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinytorch.capstone import (
    FEWEST,
    SCHEMA,
    TASKS,
    TECHNIQUES,
    Candidate,
    Entry,
    Scored,
    Submission,
    System,
    digest,
    hashed,
    improvement,
    leaderboard,
    pareto,
    raced,
    report,
    submit,
    validate,
    weights_fit,
)
from tinytorch.core.tensor import Tensor
from tinytorch.nn import Linear, ReLU, Sequential

TASK = TASKS["digits-mlp"]
SYSTEM = System("s", "p", 4, "8 GB", "f", "o", "t")


def about(ms, pairs, rng):
    return [float(one) for one in ms * (1 + 0.05 * rng.random(pairs))]


def made(seed=3, pairs=30, after_ms=2.0, accuracy=0.92, size=200_000, submitter="somebody", task="digits-mlp"):
    """An honest submission, sealed."""
    rng = np.random.default_rng(seed)
    entries = [Entry(right, about(ms, pairs, rng), bytes_, 3 * bytes_, techniques, f"{name}.npz", hashed(name))
               for name, right, ms, bytes_, techniques in [("b", 0.94, 6.0, 800_000, []),
                                                           ("o", accuracy, after_ms, size, ["low_rank"])]]
    order = ["bo"[int(first)] for first in rng.integers(2, size=pairs)]
    data = Scored("test", TASKS[task].examples, TASKS[task].data_sha256)
    return Submission("1.0", task, submitter, "2026-11-30T12:00:00Z", seed, SYSTEM, *entries, order, data, 1.0).sealed()


def edited(submission, seal=True, **fields):
    """With other fields, such as optimized__accuracy=0.9; sealed again unless told otherwise."""
    record = copy.deepcopy(submission.to_dict())
    for path, value in fields.items():
        *outer, last = path.split("__")
        place = record
        for name in outer:
            place = place[name]
        place[last] = value
    found = Submission.from_dict(record)
    return found.sealed() if seal else found


def times(submission, entry="baseline"):
    return list(getattr(submission, entry).latencies_ms)


HONEST = made()
BEFORE, AFTER = times(HONEST), times(HONEST, "optimized")

CHEATS = {  # what somebody does, and a word of the sentence that refuses it
    "edits a latency": (dict(seal=False, baseline__latencies_ms=[9.0, *BEFORE[1:]]), "digest"),
    "edits an accuracy": (dict(seal=False, optimized__accuracy=0.99), "digest"),
    "edits a size": (dict(seal=False, optimized__size_bytes=150_000), "digest"),
    "edits the system": (dict(seal=False, system__host_processor_core_count=1), "digest"),
    "keeps a stale digest": (dict(seal=False, submitter="somebody else"), "digest"),
    "makes up a digest": (dict(seal=False, digest="0" * 64), "digest"),
    "has too few repeats": (dict(baseline__latencies_ms=BEFORE[:19], optimized__latencies_ms=AFTER[:19],
                                 order=HONEST.order[:19]), "at least 20"),
    "has no repeats": (dict(baseline__latencies_ms=[], optimized__latencies_ms=[], order=[]), "at least 20"),
    "drops slow runs of one": (dict(optimized__latencies_ms=sorted(AFTER)[:25]), "no pairs"),
    "has a run of no time": (dict(optimized__latencies_ms=[0.0, *AFTER[1:]]), "no time"),
    "has a run of less than no time": (dict(optimized__latencies_ms=[-1.0, *AFTER[1:]]), "no time"),
    "has times that are no numbers": (dict(seal=False, optimized__latencies_ms=[math.nan, *AFTER[1:]]), "number"),
    "has infinite times": (dict(seal=False, baseline__latencies_ms=[math.inf, *BEFORE[1:]]), "number"),
    "repeats one time": (dict(optimized__latencies_ms=[2.0] * 30), "same time"),
    "copies half of the times": (dict(baseline__latencies_ms=BEFORE[:15] * 2), "first half again"),
    "divides the baseline by four": (dict(optimized__latencies_ms=[one / 4 for one in BEFORE]), "ratio of every pair"),
    "takes longer than it took": (dict(elapsed_s=0.2), "whole measurement"),
    "takes no time at all": (dict(elapsed_s=0.0), "whole measurement"),
    "is below the floor": (dict(optimized__accuracy=0.909), "floor"),
    "has a baseline below the floor": (dict(baseline__accuracy=0.5), "floor"),
    "is more than right": (dict(optimized__accuracy=1.5), "from 0 to 1"),
    "is right by no number": (dict(seal=False, optimized__accuracy=math.nan), "from 0 to 1"),
    "gets half a digit right": (dict(optimized__accuracy=0.9205), "no whole number"),
    "rounds the accuracy up": (dict(optimized__accuracy=0.9299999), "no whole number"),
    "scores on train": (dict(data=dict(part="train", examples=4000, sha256="1" * 64)), "other data"),
    "scores on train and calls it test": (dict(data__sha256="1" * 64), "other data"),
    "scores on the easy half": (dict(data__examples=500), "other data"),
    "names a technique of its own": (dict(optimized__techniques=["magic"]), "known"),
    "names a technique twice": (dict(optimized__techniques=["int8", "int8"]), "twice"),
    "has techniques in the baseline": (dict(baseline__techniques=["int8"]), "no techniques"),
    "has no technique": (dict(optimized__techniques=[]), "at least one"),
    "becomes smaller than it can": (dict(optimized__techniques=["int8"], optimized__size_bytes=150_000), "4 times"),
    "becomes smaller by no_grad": (dict(optimized__techniques=["no_grad"]), "1 times"),
    "has one file in two sizes": (dict(optimized__weights_sha256=HONEST.baseline.weights_sha256), "same size"),
    "has two files of one name": (dict(optimized__weights="b.npz"), "same name"),
    "weighs nothing": (dict(optimized__size_bytes=0), "takes bytes"),
    "runs in no memory": (dict(optimized__peak_bytes=0), "takes bytes"),
    "times a cold baseline": (dict(baseline__latencies_ms=[2 * one for one in BEFORE[:12]] + BEFORE[12:]), "not warm"),
    "times a baseline that is cold for long": (
        dict(baseline__latencies_ms=[2 * one for one in BEFORE[:22]] + BEFORE[22:]), "not warm"),
    "disturbs the baseline at the end": (
        dict(baseline__latencies_ms=BEFORE[:20] + [2 * one for one in BEFORE[20:]]), "not warm"),
    "lets the baseline always begin": (dict(order=["b"] * 30), "one-sided"),
    "lets the other always begin": (dict(order=["o"] * 30), "one-sided"),
    "leaves the order out": (dict(order=[]), "order"),
    "has other letters in the order": (dict(order=["x"] * 30), "order"),
    "invents a task": (dict(task="digits-easy"), "unknown"),
    "has another version": (dict(schema_version="2.0"), "unknown"),
}


@pytest.mark.parametrize(("fields", "says"), CHEATS.values(), ids=CHEATS)
def test_whoever_cheats_is_refused_with_the_reason(fields, says):
    found = validate(edited(HONEST, **fields))
    assert found and any(says in sentence for sentence in found), found


@pytest.mark.parametrize("seed", range(40))
def test_whoever_is_honest_is_not(seed):
    assert validate(made(seed, pairs=FEWEST + seed)) == []


@pytest.mark.parametrize("right", range(910, 1001))
def test_every_count_of_right_digits_from_the_floor_on_can_be(right):
    assert validate(edited(HONEST, optimized__accuracy=right / 1000)) == []
    assert validate(edited(HONEST, optimized__accuracy=float(np.mean(np.arange(1000) < right)))) == []


def test_a_busy_machine_is_nobodys_fault():
    slow = [[3 * one for one in some[:10]] + some[10:] for some in (BEFORE, AFTER)]
    assert validate(edited(HONEST, baseline__latencies_ms=slow[0], optimized__latencies_ms=slow[1])) == []


def test_several_reasons_are_all_told():
    found = validate(edited(HONEST, optimized__accuracy=0.5, order=["b"] * 30, elapsed_s=0.1))
    assert len(found) == 3


def test_what_does_not_change_a_model_does_not_change_its_size():
    same = dict(optimized__techniques=["no_grad", "batching"], optimized__size_bytes=800_000)
    assert validate(edited(HONEST, **same)) == []


def test_an_improvement_is_computed_from_raw_times():
    found = improvement(HONEST)
    assert found.faster == pytest.approx(float(np.median(np.divide(BEFORE, AFTER))))
    assert found.interval[0] <= found.faster <= found.interval[1]
    assert (found.smaller, found.accuracy) == (4.0, pytest.approx(-0.02))
    assert improvement(edited(HONEST, seed=99)) == found  # the seed of the sender does not matter
    exchanged = improvement(edited(HONEST, baseline__latencies_ms=AFTER, optimized__latencies_ms=BEFORE))
    assert exchanged.faster == pytest.approx(1 / found.faster, rel=1e-3)


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(), st.floats(allow_nan=False,
                                                                                          allow_infinity=False))))
def test_a_digest_is_that_of_the_content_and_not_of_its_order(record):
    turned = dict(reversed(list(record.items())))
    assert digest(record) == digest(turned) == digest({**record, "digest": "x"})
    assert digest(record) == digest(json.loads(json.dumps(record)))
    assert digest({**record, "other": 1}) != digest({**record, "other": 2})


def test_hashes_tell_dtypes_and_shapes_apart():
    row = np.arange(6, dtype=np.int32)
    found = {hashed(row), hashed(row.reshape(2, 3)), hashed(row.astype(np.int64)), hashed("a", row), hashed(row, "a")}
    assert len(found) == 5
    assert hashed(row.reshape(2, 3).T) == hashed(np.ascontiguousarray(row.reshape(2, 3).T))


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=12))
@settings(deadline=None)
def test_who_is_off_the_front_is_beaten_by_somebody_on_it(rows):
    front = pareto(np.array(rows, dtype=float).reshape(-1, 3))
    assert front.shape == (len(rows),) and (front.any() or not rows)
    best = [row for row, on in zip(rows, front) if on]
    for row, on in zip(rows, front):
        beaten = any(all(a <= b for a, b in zip(other, row)) and other != row for other in best)
        assert on != beaten


def test_the_fastest_is_first_in_its_task_and_the_refused_are_last():
    fast, slow = made(5, after_ms=1.0, accuracy=0.91, submitter="fast"), made(7, after_ms=3.0, submitter="slow")
    worse = made(9, after_ms=4.0, accuracy=0.91, size=300_000, submitter="worse")
    talks = made(11, accuracy=0.9, submitter="talks", task="tinytalks-transformer")
    refused = edited(HONEST, submitter="refused", elapsed_s=0.1)
    rows = leaderboard([refused, worse, talks, slow, fast])
    assert [row.submission.submitter for row in rows] == ["fast", "slow", "worse", "talks", "refused"]
    assert [row.place for row in rows] == [1, 2, 3, 1, 0]
    assert [row.pareto for row in rows] == [True, True, False, True, False]
    assert rows[-1].gain is None and rows[-1].reasons and not any(row.reasons for row in rows[:-1])
    assert rows[0].gain == improvement(fast) and leaderboard([]) == []


def test_the_schema_is_one_and_names_every_field():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:tinytorch:submission:1" and SCHEMA["additionalProperties"] is False
    assert set(SCHEMA["properties"]) == {field.name for field in dataclasses.fields(Submission)}
    for name, kind in [("baseline", Entry), ("optimized", Entry), ("system", System), ("data", Scored)]:
        part = SCHEMA["properties"][name]
        assert set(part["required"]) == set(part["properties"]) == {field.name for field in dataclasses.fields(kind)}


def test_a_file_gives_back_what_was_saved(tmp_path):
    HONEST.save(tmp_path / "one.json")
    assert Submission.load(tmp_path / "one.json") == HONEST
    assert os.listdir(tmp_path) == ["one.json"]
    assert validate(Submission.load(tmp_path / "one.json")) == []


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    HONEST.save(tmp_path / "one.json")

    def refused(*paths):
        raise OSError("no room")
    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OSError, match="no room"):
        made(5).save(tmp_path / "one.json")
    assert Submission.load(tmp_path / "one.json") == HONEST


FORMS = {
    "a field more": lambda record: record.update(speedup=9.0),
    "a field less": lambda record: record.pop("order"),
    "a field more inside": lambda record: record["baseline"].update(note="fast"),
    "text for a number": lambda record: record["optimized"].update(accuracy="0.9"),
    "a path for a file": lambda record: record["optimized"].update(weights="../../secrets.npz"),
    "a drive for a file": lambda record: record["optimized"].update(weights="C:\\secrets.npz"),
    "a pickle": lambda record: record["optimized"].update(weights="model.pkl"),
    "an accuracy above 1": lambda record: record["baseline"].update(accuracy=1.01),
    "a technique nobody knows": lambda record: record["optimized"].update(techniques=["magic"]),
    "a task nobody knows": lambda record: record.update(task="digits-easy"),
    "no date": lambda record: record.update(created="yesterday"),
    "half a hash": lambda record: record.update(digest="abc"),
    "bytes in pieces": lambda record: record["baseline"].update(size_bytes=3.5),
    "a number past all floats": lambda record: record["baseline"].update(latencies_ms=[10**400]),
    "true for a number": lambda record: record["baseline"].update(latencies_ms=[True]),
    "a list": lambda record: record.update(system=[]),
    "a terminal's bell": lambda record: record.update(submitter="me\a"),
    "nobody": lambda record: record.update(submitter=""),
    "times without end": lambda record: record["baseline"].update(latencies_ms=[1.0] * 2001),
}


@pytest.mark.parametrize("change", FORMS.values(), ids=FORMS)
def test_a_file_of_another_form_is_refused(tmp_path, change):
    record = copy.deepcopy(HONEST.to_dict())
    change(record)
    path = tmp_path / "one.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ValueError, match="one.json has another form"):
        Submission.load(path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"seed": NaN}', '{"seed": -Infinity}', "\udcff"])
def test_a_file_that_is_no_json_is_refused(tmp_path, text):
    (tmp_path / "one.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match="one.json is not JSON"):
        Submission.load(tmp_path / "one.json")


def test_without_jsonschema_it_says_what_to_install(tmp_path, monkeypatch):
    HONEST.save(tmp_path / "one.json")
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(ImportError, match="pip install jsonschema"):
        Submission.load(tmp_path / "one.json")
    assert validate(HONEST) == []  # nothing else needs it


def test_fields_that_are_missing_are_named():
    record = HONEST.to_dict()
    del record["order"]
    with pytest.raises(ValueError, match="order"):
        Submission.from_dict(record)


def test_a_report_says_what_was_measured():
    text = report(HONEST)
    gain = improvement(HONEST)
    for part in ("digits-mlp", "somebody", "0.94", "0.92", f"{gain.faster:.2f} times faster", "4.00 times smaller",
                 "-2.00 points", "low_rank", "30", TASK.data_sha256[:12], "host_processor_core_count: 4"):
        assert part in text, part
    assert text.isascii() and max(map(len, text.split("\n"))) <= 120


class Clockwork:
    """Works that move a clock and note who ran."""

    def __init__(self):
        self.now, self.ran = 7.0, []

    def clock(self):
        return self.now

    def work(self, letter, seconds):
        def run():
            self.ran.append(letter)
            self.now += seconds
        return run


@given(st.integers(1, 30), st.integers(0, 4), st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_a_race_tells_who_ran_first(pairs, warmup, seed):
    machine = Clockwork()
    found = raced(machine.work("b", 3.0), machine.work("o", 2.0), pairs, warmup, machine.clock,
                  np.random.default_rng(seed))
    np.testing.assert_array_equal(found.times_s, [[3.0] * pairs, [2.0] * pairs])
    assert found.order == machine.ran[2 * warmup::2] and found.elapsed_s == 5.0 * (pairs + warmup)


def candidates():
    rng = np.random.default_rng(3)
    rows = Tensor(rng.normal(size=(32, 64)))
    models = [Sequential(Linear(64, hidden, rng=rng), ReLU(), Linear(hidden, 10, rng=rng)) for hidden in (512, 16)]
    return [Candidate(model, lambda model=model: model(rows), accuracy, techniques)
            for model, accuracy, techniques in zip(models, (0.95, 0.93), ([], ["structured_prune"]))]


@pytest.fixture
def sent(tmp_path):
    """A submission that was measured, with its files in a folder."""
    data = Scored("test", TASK.examples, TASK.data_sha256)
    return submit("digits-mlp", *candidates(), data, tmp_path, "somebody", seed=5, pairs=40)


def test_what_was_measured_here_passes(sent, tmp_path):
    assert [says for says in validate(sent, tmp_path) if "not warm" not in says] == []  # another program may disturb
    assert Submission.load(tmp_path / "submission-digits-mlp.json") == sent
    assert sorted(os.listdir(tmp_path)) == ["digits-mlp-baseline.npz", "digits-mlp-optimized.npz",
                                            "submission-digits-mlp.json"]
    assert improvement(sent).faster > 1.2 and improvement(sent).smaller > 20
    assert sent.baseline.size_bytes == 4 * (64 * 512 + 512 + 512 * 10 + 10)
    assert sent.baseline.peak_bytes > 4 * 32 * 512 > sent.optimized.peak_bytes
    assert len(sent.order) == 40 and sent.elapsed_s > sum(times(sent) + times(sent, "optimized")) / 1000


def test_the_weights_are_those_of_the_model(sent, tmp_path):
    model = candidates()[0].model
    with np.load(tmp_path / sent.baseline.weights, allow_pickle=False) as arrays:
        for name, array in model.state_dict().items():
            np.testing.assert_array_equal(arrays[name], array)


def test_the_system_block_says_where_and_not_who(sent):
    told = " ".join(map(str, dataclasses.asdict(sent.system).values()))
    for secret in (os.path.expanduser("~"), os.getcwd(), os.uname().nodename if hasattr(os, "uname") else ""):
        assert not secret or secret not in told
    assert np.__version__ in sent.system.framework and sent.system.host_processor_core_count >= 1


def resized(sent, path):
    np.savez(path, weight=np.zeros(5, dtype=np.float32))


def pickled(sent, path):
    np.savez(path, weight=np.array([{"code": "run me"}], dtype=object))


def bomb(sent, path):
    np.savez_compressed(path, weight=np.zeros(5_000_000, dtype=np.float32))


def no_zip(sent, path):
    path.write_bytes(b"weights")


def test_nothing_huge_is_unpacked_though_the_submission_says_that_it_is_huge(sent, tmp_path):
    path, size = tmp_path / sent.optimized.weights, 2**40
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("weight.npy", b"short")
        file.infolist()[0].file_size = size  # as the table of contents says
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (found,) = weights_fit(edited(sent, optimized__weights_sha256=digest, optimized__size_bytes=size), tmp_path)
    assert "unpacks to more than 1,074,741,824 bytes" in found


@pytest.mark.parametrize(("replace", "says"), [(resized, "20 bytes"), (pickled, "no plain file"), (bomb, "unpacks"),
                                               (no_zip, "no plain file")])
def test_a_file_of_weights_that_is_something_else_is_refused(sent, tmp_path, replace, says):
    path = tmp_path / sent.optimized.weights
    replace(sent, path)
    assert "another file" in weights_fit(sent, tmp_path)[0]
    forged = edited(sent, optimized__weights_sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    (found,) = weights_fit(forged, tmp_path)
    assert found.startswith("optimized: ") and says in found


def test_weights_are_looked_for_beside_the_submission_only(sent, tmp_path):
    (tmp_path / "inner").mkdir()
    forged = edited(sent, baseline__weights="../digits-mlp-baseline.npz")
    assert any("digits-mlp-baseline.npz is not there" in says for says in weights_fit(forged, tmp_path / "inner"))


def test_tasks_have_floors_that_something_simpler_misses():
    assert set(TASKS) == {"digits-mlp", "digits-cnn", "tinytalks-transformer"}
    assert all(0.5 < task.floor < 1 and task.floor_says and task.metric == "accuracy" for task in TASKS.values())
    assert all(most >= 1 for most in TECHNIQUES.values())
