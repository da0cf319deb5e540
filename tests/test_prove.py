"""Each claim about a lesson holds for a good one and fails for one that was broken in that way alone."""
import contextlib
import json
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODEL = Path(__file__).with_name("model_lesson")
sys.path.insert(0, str(ROOT / "curriculum/workshop"))
import claims
import fingerprints
from tinytorch_teach import lessons
from trials import Bench
from walk import Folder


@pytest.fixture(scope="module")
def folder():
    """What lesson 01 imports: nothing of a course comes before it, so all tests share it."""
    with Folder(lessons.load("01", MODEL)) as folder:
        yield folder


@pytest.fixture
def course(tmp_path):
    """A copy of the model that a test may break."""
    return shutil.copytree(MODEL, tmp_path / "course")


def change(course, file, *pairs):
    path = course / file
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, f"{file} no longer holds {old!r}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def against(course, folder):
    """{claim: what speaks against it} of those claims whose text holds one of the words asked for, or of all."""
    def found(*asked, number="01"):
        lesson = lessons.load(number, course)
        with contextlib.ExitStack() as stack:
            there = folder if number == "01" else stack.enter_context(Folder(lesson))
            proof = stack.enter_context(claims.Proof(Bench.of(lesson, there)))
            heard = {text: claim(proof) for text, claim in claims.CLAIMS.items()
                     if not asked or any(word in text for word in asked)}
            return {text: lines for text, lines in heard.items() if lines}
    return found


@pytest.fixture
def complaint(against):
    """The first line against the one claim that fails."""
    def first(*asked, number="01"):
        (lines,) = against(*asked, number=number).values()
        return lines[0]
    return first


def test_every_claim_holds_for_a_good_lesson(course, against):
    assert against() == {}


def test_a_probe_that_accepts_everything_is_seen_by_every_claim_that_rests_on_it(course, against):
    change(course, "01_tensor/probes.py", ("draw_total =", "def judge_total(*asked):\n    pass\n\n\ndraw_total ="))
    found = against("mistake is rejected", "stub")
    assert len(found) == 2
    assert all(line.startswith("total: ") for lines in found.values() for line in lines)


def test_a_solution_that_fails_its_own_probe_is_told(course, against):
    judge = "def judge_total(*asked):\n    return 'no'\n\n\n"
    change(course, "01_tensor/probes.py", ("draw_total =", judge + "draw_total ="))
    with pytest.raises(ValueError, match="the reference fails its own questions. total: no"):
        against("solved")


def test_an_act_that_leans_on_what_stands_below_is_told(course, complaint):
    change(course, "01_tensor/probes.py", ("return lesson.scaled(inputs[\"values\"], inputs[\"factor\"])",
                                           "lesson.total([3], 5)\n    return lesson.scaled(**inputs)"))
    assert complaint("all below").startswith("scaled: raised NotImplementedError")


def test_an_exercise_that_needs_too_few_points_elsewhere_is_told(course, against):
    change(course, "01_tensor/lesson.py", ("return [value * factor for value in values]",
                                           "return [value * factor for value in values]\n    ### END SOLUTION\n\n\n"
                                           "def spare(values, factor):\n    ### BEGIN SOLUTION\n    return 1"))
    with pytest.raises(ValueError, match="one solution region"):
        against("stub")


@pytest.mark.parametrize(("file", "pair", "asked", "says"), [
    ("mistakes.py", ('return max(scaled(values, factor))', "return sum(scaled(values, factor))"),
     "mistake is rejected", "total: takes the largest: the probes let it pass"),
    ("mistakes.py", ('        mistake("counts", "return len(values) * factor"),\n', ""),
     "five mistakes", "total: expected 5 mistakes, found 4"),
    ("mistakes.py", ('"symptom": f"it {name}"', '"symptom": ""'), "five mistakes", "scaled: adds has no symptom"),
    ("mistakes.py", ('"total": [', '"totals": ['), "five mistakes", "total: expected 5 mistakes, found 0"),
    ("alternatives.py", ("return sum(values) * factor", "return sum(values)"), "every alternative passes",
     "total: sums first: the answer: expected"),
    ("alternatives.py", ('"total": [{', '"none": [{'), "every alternative passes", "expected 2 alternatives or more"),
    ("try_first.py", ('"kept": 10', '"kept": 1000'), "try first", "it meets its target"),
    ("try_first.py", ('"kept": 10', '"kept": ["at least", 7]'), "try first", "it meets its target"),
    ("try_first.py", ("lesson.flat", "lesson.flut"), "try first", "it raises AttributeError"),
    ("try_first.py", ('return {"kept"', 'return {"keeps"'), "try first", "TARGET has kept, and result() keeps"),
    ("lesson.py", ("got = total([3, 5], 7)", "import time\ntime.sleep(1.1)\ngot = total([3, 5], 7)"), "quick",
     "check_total takes 1.1 s; expected under 1 s"),
    ("lesson.py", ("assert got == 56", "assert got == 55"), "quick", "check_total: AssertionError"),
])
def test_what_is_broken_is_named(course, file, pair, asked, says, complaint):
    change(course, f"01_tensor/{file}", pair)
    assert complaint(asked).startswith(says)


def test_a_mistake_that_only_raises_is_no_plausible_one(course, complaint):
    change(course, "01_tensor/mistakes.py", ("return sum(values)", "raise TypeError"),
           ("return max(scaled(values, factor))", "return [values]"), ("return factor * factor", "return None"))
    assert complaint("form of a right answer").startswith("total: 2 of 5; not these: sums first and forgets;")


def test_a_survivor_needs_a_reason_and_a_reason_needs_a_survivor(course, against, complaint):
    change(course, "01_tensor/lesson.py", ("return sum(scaled(values, factor))",
                                           "return sum(scaled(values, factor)) if len(values) < 50 else 0"))
    lines = against("mutants")["mutants are rejected and survivors have a reason"]
    survivor = next(line for line in lines if "`50`" in line or "< 51" in line)
    name = survivor.removeprefix("total: ").partition(": survives")[0]
    reasons = [line.removeprefix("total: ").partition(": survives")[0] for line in lines if ": survives" in line]
    given = {"total": dict.fromkeys(reasons, "right: no list is that long")}
    with (course / "01_tensor/mistakes.py").open("a") as file:
        file.write(f"SURVIVORS = {json.dumps(given)}\n")
    assert name in reasons and against("mutants") == {}
    change(course, "01_tensor/mistakes.py", ('S = {"total": {', 'S = {"total": {"gone": "right: once", '))
    assert complaint("mutants") == "total: SURVIVORS names gone, which does not survive"


def test_a_later_lesson_that_leans_on_how_an_earlier_one_is_written_is_told(course, complaint):
    change(course, "02_activations/lesson.py", ("assert negated", "import inspect\nassert 'append' not in "
                                                "inspect.getsource(scaled), 'no loops'\nassert negated"))
    assert complaint("on top") == ("02_activations: check_negated: AssertionError: no loops; "
                                           "on top of scaled as 'a loop', total as 'sums first'")


def test_arrows_of_the_map_are_needed_and_named(course, against, complaint):
    asked = "arrow"
    assert against(asked, number="02") == {}
    change(course, "course.toml", ('needs = ["01"]', "needs = []"))
    assert complaint(asked, number="02").startswith("Module 01 is not on the map, and with it a stub this")
    change(course, "02_activations/lesson.py", ("from tinytorch.core.tensor import scaled",
                                                "def scaled(values, factor):\n    return [-x for x in values]"))
    assert against(asked, number="02") == {}
    module = 'module = "nn.activations"\nneeds = '
    change(course, "course.toml", (module + "[]", module + '["01"]'))
    assert complaint(asked, number="02") == "Module 01 is on the map, and with it a stub everything passes"


# what learners' machines get to know

def test_fingerprints_tell_mistakes_apart_and_hold_no_solution(course, tmp_path):
    lesson = lessons.load("01", course)
    assert fingerprints.write(lesson, tmp_path).startswith("knows 9 mistakes of 2 exercises")
    text = (tmp_path / "01_tensor.json").read_text(encoding="utf-8")
    made = json.loads(text)
    names = {one["name"] for known in made["known"].values() for one in known.values()}
    assert "repeats the list" not in names, "it raises, and its own message must do"
    assert "value * factor" not in text and "value + factor" not in text
    assert all(float(x).is_integer() for x in made["inputs"]["scaled"][0]["values"])
    assert fingerprints.write(lesson, tmp_path) == "is current"
    change(course, "01_tensor/mistakes.py", ("What is 3 * 7?", "What is 3 * 9?"))
    assert fingerprints.write(lesson, tmp_path).startswith("knows 9")


@pytest.mark.parametrize(("code", "says"), [
    ("return factor + 0 * len(values) + sum(values) - factor", "'counts' answers as 'sums first and forgets' does"),
    ("return sum(values) * factor", "'counts' answers as the right answer does"),
    ("return 1.2345", "'counts' stands on a rounding edge"),
])
def test_a_mistake_that_would_be_taken_for_something_else_is_refused(course, tmp_path, code, says):
    change(course, "01_tensor/mistakes.py", ("return len(values) * factor", code))
    with pytest.raises(fingerprints.Refused, match=says):
        fingerprints.write(lessons.load("01", course), tmp_path)
    assert not list(tmp_path.glob("*.json"))
