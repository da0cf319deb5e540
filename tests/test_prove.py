"""Each claim about a lesson holds for a good one and fails for one that was broken in that way alone."""
import contextlib
import json
import shutil
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODEL = Path(__file__).with_name("model_lesson")
sys.path.insert(0, str(ROOT / "curriculum/workshop"))
import claims
import fingerprints
from tinytorch_teach import lessons
from trials import Bench
from walk import Folder, Walk


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
    def found(*asked, number="01", beside=()):
        lesson = lessons.load(number, course)
        with contextlib.ExitStack() as stack:
            there = folder if number == "01" else stack.enter_context(Folder(lesson))
            proof = stack.enter_context(claims.Proof(Bench.of(lesson, there), frozenset(beside)))
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
                                           "on top of 01_tensor with scaled as 'a loop', total as 'sums first'")


def test_what_a_run_proves_of_later_lessons_they_say_themselves(course, against):
    change(course, "02_activations/lesson.py", ("assert negated", "import inspect\nassert 'append' not in "
                                                "inspect.getsource(scaled), 'no loops'\nassert negated"))
    assert against("on top", beside=["01", "02"]) == {}
    (lines,) = against("on top", number="02", beside=["01", "02"]).values()
    assert lines == ["check_negated: AssertionError: no loops; on top of 01_tensor with scaled as 'a loop', "
                     "total as 'sums first'"]


@pytest.fixture
def third(course):
    """A lesson 03 that needs both others, of which each has alternatives; a function that adds lines to its check."""
    folder = shutil.copytree(course / "02_activations", course / "03_layers")
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8").replace("negated", "twice").replace('"02"', '"03"')
        text = text.replace("nn.activations", "nn.layers").replace("return scaled(values, -1)",
                                                                    "return negated(negated(scaled(values, 2)))")
        path.write_text(text.replace("import scaled", "import scaled\nfrom tinytorch.nn.activations import negated")
                        .replace("[-3, -5]", "[6, 10]").replace("-value", "2 * value"), encoding="utf-8")
    code = '{"negated": [{"name": "a list", "code": "return [-value for value in values]"}]}'
    (course / "02_activations/alternatives.py").write_text(f"ALTERNATIVES = {code}\n", encoding="utf-8")
    entry = 'number = "03"\nname = "layers"\ntitle = "Layers"\nmodule = "nn.layers"\nneeds = ["01", "02"]\n'
    with (course / "course.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[lesson]]\n{entry}")
    loop, listed = "'append' in inspect.getsource(scaled)", "'[-value' in inspect.getsource(negated)"
    return lambda line: change(course, "03_layers/lesson.py", (
        "assert twice", f"import inspect\nassert not ({line.format(loop=loop, listed=listed)})\nassert twice"))


def test_of_lessons_that_are_exchanged_together_the_guilty_one_is_told(third, against, complaint):
    assert against("on top", number="03") == {}
    third("{loop}")
    assert complaint("on top", number="03").endswith(
        "on top of 01_tensor with scaled as 'a loop', total as 'sums first'")


def test_what_fails_on_top_of_two_alternatives_together_and_of_neither_alone_is_noted(third, course):
    third("{loop} and {listed}")
    lesson = lessons.load("03", course)
    with Folder(lesson) as folder, claims.Proof(Bench.of(lesson, folder)) as proof:
        assert claims.claim_it_passes_on_top_of_every_alternative_of_what_it_needs(proof) == []
        assert [note.partition(":")[0] for note in proof.notes] == ["only together"]


def test_of_modules_that_are_taken_away_together_the_missing_arrow_is_told(third, course, against, complaint):
    assert against("arrow", number="03") == {}
    change(course, "course.toml", ('needs = ["01", "02"]', "needs = []"))
    (lines,) = against("arrow", number="03").values()
    assert [line.partition(" is not on the map")[0] for line in lines] == ["Module 01", "Module 02"]
    change(course, "03_layers/lesson.py", ("from tinytorch.nn.activations import negated", "negated = list"))
    (lines,) = against("arrow", number="03").values()
    assert [line.partition(" is not on the map")[0] for line in lines] == ["Module 01"]


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


# copies that try a variant

@pytest.fixture
def walk(course, folder):
    """A function that gives a Walk through the lesson as it is then, and its Bench."""
    def fresh():
        lesson = lessons.load("01", course)
        return stack.enter_context(Walk(lesson, folder.path)), Bench.of(lesson, folder)

    with contextlib.ExitStack() as stack:
        yield fresh


@pytest.mark.parametrize(("limit_s", "work_s", "body"), [
    (60, 0.2, "while True:\n        pass"), (0.2, 60, "import time\n    time.sleep(60)")])
def test_a_copy_is_stopped_when_it_works_or_waits_too_long(walk, limit_s, work_s, body):
    walk, bench = walk()
    walk.to("scaled")
    walk.limit_s, walk.work_s, begun = limit_s, work_s, time.monotonic()
    text = f"def scaled(values, factor):\n    {body}"
    assert walk.answers("scaled", text, bench.inputs("scaled")).says == "takes too long"
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(("act", "leans"), [("lesson.scaled(", False), ("lesson.total([3], 5), lesson.scaled(", True)])
def test_cells_below_are_left_out_only_where_answers_are_the_same_without_them(course, walk, act, leans):
    change(course, "01_tensor/probes.py", ("return lesson.scaled(", f"return {act}"))
    walk, bench = walk()
    walk.to("scaled")
    walk.solution("scaled", bench.inputs("scaled"))
    assert walk.leans_below == leans


def test_a_mutant_that_passes_the_first_question_is_asked_the_others(walk):
    walk, bench = walk()
    walk.to("scaled")
    text = "def scaled(values, factor):\n    return [value * factor for value in values if value]"
    for values, rejected in (([[4, 5], [6], [7, 0]], True), ([[0], [4], [5]], True), ([[4, 5], [6], [7]], False)):
        inputs = [{"values": one, "factor": 3} for one in values]
        assert bool(bench.rejected(walk, "scaled", text, inputs, walk.solution("scaled", inputs))) == rejected


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
