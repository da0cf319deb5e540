"""Each exercise gets its own verdict, whatever the learner's file looks like."""
import json
import os

import numpy as np
import pytest
from small_lesson import CURRICULUM, RIGHT, SMALL, at, book_of, own_cell, rewrite, save
from tinytorch._kit import cells, course, marks, release, sheet
from tinytorch._kit.check import check, remember, remembered
from tinytorch._kit.export import BEGIN, END
from tinytorch._kit.process import Limits


def report(home, entry, **options):
    return check(home, sheet.read(home, entry), **options)


def states(found):
    return {one.exercise: one.state for one in found.verdicts}


def test_a_lesson_as_it_was_given_out_is_not_written(home, begun, small):
    found = report(home, small)
    assert states(found) == {"double": "not written", "area": "not written"}
    assert not found.all_pass and found.notes == []


def test_right_answers_pass(home, begun, small):
    rewrite(begun, RIGHT)
    found = report(home, small)
    assert found.all_pass and found.passed == 2


def test_the_real_first_lesson_passes_with_its_solutions_and_not_without(home):
    entry = course.lesson("01")
    path, _ = sheet.start(home, entry, ".ipynb")
    assert set(states(report(home, entry)).values()) == {"not written"}
    source = [cell for cell in cells.read(CURRICULUM / "01_tensor/lesson.py") if cell.role == "exercise"]
    rewrite(path, {cell.id: cell.text.replace(BEGIN, "").replace(END, "") for cell in source})
    found = report(home, entry)
    assert [(one.exercise, one.says) for one in found.verdicts if one.state != "passes"] == []
    assert found.notes == []


def test_a_wrong_answer_says_what_was_expected_and_where(home, begun, small):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    return x + 1"})
    double, area = report(home, small).verdicts
    assert (double.state, double.says) == ("fails", "twice 7 is 14; yours is 8")
    assert (double.where, area.state) == ("in check_double, line 2", "passes")


def test_a_check_without_a_message_shows_its_line(home, begun, small):
    rewrite(begun, {**RIGHT, "area": "#| export\ndef area(r):\n    return r"})
    assert report(home, small).verdicts[1].says == "this does not hold: assert abs(area(3) - 9 * math.pi) < 1e-6"


def test_an_error_is_shown_where_it_arose_in_the_learners_code(home, begun, small):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    y = x\n    return y.twice()"})
    one = report(home, small).verdicts[0]
    assert one.says == "AttributeError: 'int' object has no attribute 'twice'"
    assert one.where == "in double, line 4: return y.twice()"


def test_in_the_plain_form_a_place_has_its_line_in_the_file(home, small):
    path, _ = sheet.start(home, small, ".py")
    text = path.read_text(encoding="utf-8").replace("raise NotImplementedError()", "return x.twice()", 1)
    path.write_text(text, encoding="utf-8")
    line = text.split("\n").index("    return x.twice()") + 1
    assert f"(line {line} of the file)" in report(home, small).verdicts[0].where


@pytest.mark.parametrize("code", ["#| export\ndef double(x)\n    return 2 * x", "double = x +"])
def test_code_that_does_not_compile_costs_its_own_exercise(home, begun, small, code):
    rewrite(begun, {**RIGHT, "double": code})
    double, area = report(home, small).verdicts
    assert double.state == "fails" and double.says.startswith("SyntaxError") and "in double, line" in double.where
    assert area.state == "passes"


def test_an_exercise_that_leans_on_an_unwritten_one_waits(home, begun, small):
    rewrite(begun, {"area": "#| export\ndef area(r):\n    return math.pi * double(r) ** 2 / 4"})
    double, area = report(home, small).verdicts
    assert (double.state, area.state, area.says) == ("not written", "waits", "for double")


def test_an_exercise_that_leans_on_a_failing_one_waits(home, begun, small):
    rewrite(begun, {"double": "#| export\ndef double(x):\n    return x.twice()",
                    "area": "#| export\ndef area(r):\n    return math.pi * double(r) ** 2 / 4"})
    double, area = report(home, small).verdicts
    assert (double.state, area.state, area.says) == ("fails", "waits", "for double")


LEANS = "#| export\ndef area(r):\n    return math.pi * double(r) ** 2 / {}"
ADDS_ONE = "#| export\ndef double(x):\n    return x + 1"


def test_an_exercise_that_leans_on_one_with_a_wrong_value_waits(home, begun, small):
    rewrite(begun, {"double": ADDS_ONE, "area": LEANS.format(4)})
    double, area = report(home, small).verdicts
    assert (double.state, area.state, area.says) == ("fails", "waits", "for double")


def test_an_exercise_that_leans_on_nothing_wrong_fails_by_itself(home, begun, small):
    rewrite(begun, {"double": ADDS_ONE, "area": "#| export\ndef area(r):\n    return r"})
    assert [one.state for one in report(home, small).verdicts] == ["fails", "fails"]
    rewrite(begun, {"double": RIGHT["double"], "area": LEANS.format(5)})
    assert [one.state for one in report(home, small).verdicts] == ["passes", "fails"]


CAUGHT = '''
# %% fault="colleague_triple"
def colleague_triple(x):
    return x + x * x

# %% exercise="catch"
def check_triple(function):
    """Raise AssertionError unless `function` gives three times a number."""
    ### BEGIN SOLUTION
    assert function(5) == 15
    ### END SOLUTION

# %% check="catch" points=5
assert rejects(check_triple, colleague_triple), "your check lets the colleague pass"
assert not rejects(check_triple, lambda x: 3 * x), "your check refuses a right function"

# %% exercise="repair"
def triple(x):
    """Three times x."""
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION

# %% check="repair" points=5
assert triple(7) == 21, "three times 7 is 21"
assert not rejects(check_triple, triple), "your own check refuses your repair"
'''


@pytest.mark.parametrize("catch, repair, verdicts", [
    ("assert function(5) == 15", "return x + x + x", [("passes", ""), ("passes", "")]),
    ("assert function(5) == 14", "return x + x + x",
     [("fails", "your check refuses a right function"), ("waits", "for catch")]),
    ("assert function(5) == 14", "return x + x",
     [("fails", "your check refuses a right function"), ("fails", "three times 7 is 21")]),
    ("assert function(5) == 15", "return 3 * x if x == 7 else x",
     [("passes", ""), ("fails", "your own check refuses your repair")]),
])
def test_a_repair_waits_for_the_check_of_the_learner_that_refuses_it(home, small, catch, repair, verdicts):
    blank = release.release(cells.read_percent(SMALL.replace("import begin", "import begin, rejects") + CAUGHT))
    (sheet.RELEASES / "10_tokenization.py").write_text(cells.write_percent(blank), encoding="utf-8")
    path, _ = sheet.start(home, small, ".py")
    text = path.read_text(encoding="utf-8")
    for name, code in (("check_triple", catch), ("triple", repair)):
        before, head, after = text.partition(f"def {name}(")
        text = before + head + after.replace("raise NotImplementedError()", code, 1)
    path.write_text(text, encoding="utf-8")
    assert [(one.state, one.says) for one in report(home, small).verdicts[2:]] == verdicts


@pytest.mark.parametrize("code", ["raise NotImplementedError()", "return x.twice()", "  wrong indent"])
def test_what_a_verdict_says_is_not_said_again_of_a_given_cell(home, begun, small, code):
    path = sheet.RELEASES / "10_tokenization.py"
    path.write_text(path.read_text(encoding="utf-8") + '\n# %% given="after"\nprint(double(2))\n', encoding="utf-8")
    rewrite(begun, {**RIGHT, "double": f"#| export\ndef double(x):\n    {code}"})
    found = report(home, small)
    assert found.notes == [] and states(found)["double"] in ("not written", "fails")


def test_a_given_part_that_lacks_what_a_failing_exercise_puts_in_makes_the_next_wait(home, begun, small):
    lacks = 'raise NotImplementedError("double is not there; give it a definition")'
    area = f"#| export\ndef area(r):\n    if 'double' not in globals():\n        {lacks}\n    return math.pi * r * r"
    rewrite(begun, {"double": "#| export\ndef double(x)\n    return 2 * x", "area": area})
    double, area = report(home, small).verdicts
    assert (double.state, area.state, area.says) == ("fails", "waits", "for double")


def test_a_notimplementederror_with_a_message_is_a_failure_like_another(home, begun, small):
    rewrite(begun, {**RIGHT, "double": '#| export\ndef double(x):\n    raise NotImplementedError("not for 7")'})
    double, _ = report(home, small).verdicts
    assert (double.state, double.says) == ("fails", "NotImplementedError: not for 7")


def test_a_bare_line_in_a_text_cell_of_the_plain_form_is_noted(home, small):
    path, _ = sheet.start(home, small, ".py")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# YOUR ANSWER HERE", "Because r * r."), encoding="utf-8")
    line = path.read_text(encoding="utf-8").split("\n").index("Because r * r.") + 1
    page = sheet.read(home, small)
    assert page.unanswered == [] and any(note.startswith(f"Line {line} of ") for note in page.notes)
    path.write_text(text, encoding="utf-8")
    assert sheet.read(home, small).notes == []


def test_an_endless_loop_costs_its_own_exercise(home, begun, small):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    while True:\n        pass"})
    found = report(home, small, limits=Limits(cell_s=2.0))
    assert states(found) == {"double": "too long", "area": "passes"}


def test_a_crash_costs_its_own_exercise(home, begun, small):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    import os\n    os._exit(3)"})
    assert states(report(home, small)) == {"double": "crashed", "area": "passes"}


def test_lines_for_jupyter_are_passed_over(home, begun, small):
    book = book_of(begun)
    text = "%timeit double(3)\n!ls\nkept = (7\n  % 4)\nassert kept == 3"
    book["cells"].insert(at(book, "check_area") + 1, own_cell(text))
    save(begun, book)
    rewrite(begun, RIGHT)
    found = report(home, small)
    assert found.all_pass and found.notes == []


def test_an_own_cell_runs_in_its_place(home, begun, small):
    book = book_of(begun)
    book["cells"].insert(at(book, "double"), own_cell("def helper(x):\n    return x + x"))
    save(begun, book)
    rewrite(begun, {**RIGHT, "double": "#| export\ndouble = helper"})
    assert report(home, small).all_pass


def test_an_own_cell_that_fails_is_named_and_costs_nothing(home, begun, small):
    book = book_of(begun)
    book["cells"].append(own_cell("1 / 0"))
    save(begun, book)
    rewrite(begun, RIGHT)
    found = report(home, small)
    assert found.all_pass
    assert found.notes == [f"cell {len(book['cells'])} (yours) fails: ZeroDivisionError: division by zero\n"
                           f"  in cell {len(book['cells'])}, line 1: 1 / 0"]


def test_locked_cells_run_with_the_lessons_text(home, begun, small):
    rewrite(begun, {"double": "#| export\ndef double(x):\n    return 0", "check_double": "assert True"})
    book = book_of(begun)
    del book["cells"][at(book, "given_imports")]
    save(begun, book)
    page = sheet.read(home, small)
    assert check(home, page).verdicts[0].says == "twice 7 is 14; yours is 0"
    assert page.notes == ["Locked cells that are gone: given_imports. The lesson's own text was used.",
                          "Locked cells that have another text than the lesson's: check_double. "
                          "The lesson's own text was used."]


def test_a_deleted_exercise_is_missing_and_costs_itself(home, begun, small):
    rewrite(begun, RIGHT)
    book = book_of(begun)
    del book["cells"][at(book, "double")]
    save(begun, book)
    double, area = report(home, small).verdicts
    assert double.state == "missing" and "tinytorch start 10 --fresh" in double.says
    assert area.state == "passes"


def test_of_a_doubled_exercise_the_last_written_one_counts(home, begun, small):
    rewrite(begun, RIGHT)
    book = book_of(begun)
    right = book["cells"][at(book, "double")]
    wrong, blank = "#| export\ndef double(x):\n    return -x", "# nothing yet"
    book["cells"] += [{**right, "source": [wrong]}, {**right, "source": [blank]}]
    save(begun, book)
    page = sheet.read(home, small)
    assert check(home, page).verdicts[0].says == "twice 7 is 14; yours is -7"
    assert "The exercise double is there 3 times; the last one that is written counts." in page.notes


def test_moved_cells_run_in_the_lessons_order(home, begun, small):
    rewrite(begun, RIGHT)
    book = book_of(begun)
    book["cells"].reverse()
    save(begun, book)
    page = sheet.read(home, small)
    assert check(home, page).all_pass
    assert page.notes == ["Cells stand in another order than in the lesson; the lesson's order was used."]


def test_a_given_cell_that_fails_is_the_reason_for_what_follows(home, begun, small, monkeypatch):
    text = (sheet.RELEASES / "10_tokenization.py").read_text(encoding="utf-8")
    broken = text.replace("import math", "import tinytorch.nn.layers\nimport math")
    (sheet.RELEASES / "10_tokenization.py").write_text(broken, encoding="utf-8")
    rewrite(begun, {"double": RIGHT["double"], "area": "#| export\ndef area(r):\n    return math.pi * r * r"})
    found = report(home, small)
    assert [(one.state, one.says) for one in found.verdicts] == [("passes", ""), ("waits", "for given_imports")]
    assert len(found.notes) == 1 and "Module 03 Layers" in found.notes[0]


def test_the_lesson_rule_holds_in_the_process(home, begun, small):
    rewrite(begun, {**RIGHT, "double": "import os\ndouble = {'10': lambda x: x + x}[os.environ['TINYTORCH_LESSON']]"})
    assert report(home, small).all_pass and "TINYTORCH_LESSON" not in os.environ


# the same failure again: a question, then an explanation, for mistakes that are recognised

@pytest.fixture
def known(small):
    """Fingerprints of one mistake."""
    inputs = [np.float32([3, 5]), 4]
    wrong = [{"value": np.float32([4, 6])}, {"value": 5}]
    mistake = {"name": "adds one", "ask": "What is twice 5?", "says": "Twice is x + x."}
    said = {"acts": "def act_double(lesson, x):\n    return lesson.double(x)",
            "inputs": {"double": marks.freeze(inputs)},
            "known": {"double": {marks.fingerprint(wrong): mistake}}}
    (sheet.RELEASES / "10_tokenization.json").write_text(json.dumps(said), encoding="utf-8")


def helps(home, entry, times, **options):
    """The help with `double` at each of several checks in a row."""
    told = []
    for _ in range(times):
        found = report(home, entry, **options)
        remember(home, entry, found.seen)
        told.append(found.verdicts[0].help)
    return told


def test_a_recognised_mistake_gets_a_question_then_an_explanation(home, begun, small, known):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    return x + 1"})
    assert helps(home, small, 3) == ["", "What is twice 5?", "Twice is x + x."]


def test_on_request_the_explanation_comes_at_once(home, begun, small, known):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    return x + 1"})
    assert helps(home, small, 1, hint=True) == ["Twice is x + x."]


def test_another_failure_starts_anew(home, begun, small, known):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    return x + 1"})
    helps(home, small, 2)
    rewrite(begun, {"double": "#| export\ndef double(x):\n    return x + 2"})
    assert helps(home, small, 2) == ["", ""]
    assert remembered(home, small)["double"] == {"failure": "twice 7 is 14; yours is 9", "times": 2}


def test_an_unknown_mistake_gets_no_help(home, begun, small, known):
    rewrite(begun, {**RIGHT, "double": "#| export\ndef double(x):\n    return 8 if x == 7 else 0"})
    assert helps(home, small, 2) == ["", ""]


@pytest.mark.parametrize("log", ["", "[]", '{"10": 3}', '{"10": {"double": {"times": "x"}, "area": 5}}'])
def test_a_log_that_makes_no_sense_counts_as_empty(home, small, log):
    (home.log / "checks.json").write_text(log)
    assert remembered(home, small) == {}
