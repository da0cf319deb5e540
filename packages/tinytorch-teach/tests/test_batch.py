"""A batch: one failure stops nobody else, nothing is graded twice, and what was done before a stop is kept."""
from dataclasses import replace

import pytest
from tinytorch._kit import cells
from tinytorch_teach import batch, lessons, verdicts
from tinytorch_teach.collect import Sent
from tinytorch_teach.gradebook import Course, Failed
from tinytorch_teach.grader import Report, Verdict

NAME = "01_tensor"


class FakeGrader:
    """Gives five points, or raises what the module's `trouble` holds for a learner."""

    made, trouble = [], {}

    def __init__(self, lesson, earlier="prebuilt", course="", tier=None):
        FakeGrader.made.append((earlier, course, tier))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        pass

    def grade(self, book, learner):
        if learner in self.trouble:
            raise self.trouble[learner]
        return Report(NAME, learner, 1, {"add": Verdict(5, 6, "passed")}, 0.1, "nowhere")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A course whose grader is fake and whose nbgrader only notes what it was asked."""
    FakeGrader.made, FakeGrader.trouble = [], {}
    monkeypatch.setattr(batch, "Grader", FakeGrader)
    course = Course(tmp_path)
    course.create("spring")
    course.steps = []
    monkeypatch.setattr(course, "run", lambda step, lesson, student: course.steps.append(student))
    monkeypatch.setattr(batch.Batch, "stored", lambda self: {(one.student, one.lesson) for one in self.same})
    return course


def sent(student, text="x = 1", **more):
    book = [cells.Cell("code", text, {"exercise": "add"})]
    return Sent(student, NAME, book, 0.0, f"{student}.zip", manifest={"learner": student, "course": "spring"}, **more)


def run(place, *work, **manner):
    done = batch.Batch(place, batch.Manner(**manner))
    done.run(list(work), lambda *told: None)
    return done


def test_what_did_not_change_is_neither_graded_nor_recorded_again(place):
    run(place, sent("ada"), sent("bob"))
    again = run(place, sent("ada"), sent("bob", "x = 2"))
    assert [one.student for one in again.same] == ["ada"] and [one.student for one in again.fresh] == ["bob"]
    assert sorted(place.steps[:2]) == ["ada", "bob"] and place.steps[2:] == ["bob"]


@pytest.mark.parametrize("change", [{"isolation": "none"}, {"earlier": "own"}, {"again": True}])
def test_another_manner_grades_anew(place, change):
    run(place, sent("ada"))
    assert len(run(place, sent("ada"), **change).fresh) == 1


def test_another_id_grades_anew(place):
    run(place, sent("ada"))
    other = replace(sent("ada"), manifest={"learner": "someone else", "course": "spring"})
    assert len(run(place, other).fresh) == 1


def test_a_lesson_that_changed_grades_anew(place, monkeypatch):
    run(place, sent("ada"))
    monkeypatch.setattr(batch, "fingerprint", lambda name: "changed")
    assert len(run(place, sent("ada")).fresh) == 1


def test_a_fault_of_the_grader_is_no_zero_and_stops_nobody_else(place):
    FakeGrader.trouble = {"bob": RuntimeError("no memory")}
    done = run(place, sent("ada"), sent("bob"), sent("cleo"))
    assert sorted(one.student for one in done.fresh) == ["ada", "cleo"]
    assert [(one.student, one.says) for one in done.unread] == [("bob", "not graded: no memory")]
    assert verdicts.load(place.folder, NAME, "bob") is None and "bob" not in place.steps


def test_what_nbgrader_cannot_record_is_told_and_tried_again(place, monkeypatch):
    def refuse(*words):
        raise Failed("the database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(place, "run", refuse)
        assert "the database is locked" in run(place, sent("ada")).unread[0].says
    assert run(place, sent("ada")).unread == [] and place.steps == ["ada"]


def test_a_stopped_batch_goes_on_where_it_was(place):
    FakeGrader.trouble = {"bob": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        run(place, sent("ada"), sent("bob"))
    assert place.steps == []
    FakeGrader.trouble = {}
    done = run(place, sent("ada"), sent("bob"))
    assert [one.student for one in done.same] == ["ada"] and sorted(place.steps) == ["ada", "bob"]


def test_own_earlier_modules_are_written_where_the_grader_looks(place, monkeypatch):
    monkeypatch.setattr(lessons, "below", lambda lesson: {"tinytorch/core/tensor.py": "prebuilt"})
    seen = {}
    monkeypatch.setattr(FakeGrader, "close", lambda self: seen.update(
        {folder: (folder / "core/tensor.py").read_text() for folder, _, _ in map(as_paths, self.made)}))
    monkeypatch.setattr(FakeGrader, "__exit__", lambda self, *exc: self.close())
    own = {"tinytorch/core/tensor.py": "mine", "tinytorch/../../evil.py": "x"}
    run(place, sent("ada", modules=own), earlier="own")
    assert list(seen.values()) == ["mine"]


def as_paths(made):
    from pathlib import Path

    return Path(made[0]), *made[1:]


def test_a_missing_id_or_another_course_is_noted(place):
    bare = replace(sent("ada", "n = mine('n', [1])"), manifest={})
    other = replace(sent("bob"), manifest={"learner": "bob", "course": "autumn"})
    notes = {one.student: one.notes for one in run(place, bare, other).fresh}
    assert any("no learner id came along" in note for note in notes["ada"])
    assert any("'autumn', and this is 'spring'" in note for note in notes["bob"])
    assert ("prebuilt", "autumn", None) in FakeGrader.made
