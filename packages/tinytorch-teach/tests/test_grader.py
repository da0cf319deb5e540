"""Points: right work gets all, blank work none, a wrong answer loses its own, and no code changes a verdict."""
from dataclasses import replace
from pathlib import Path

import pytest
from tinytorch._kit import cells, release
from tinytorch._kit.process import Limits
from tinytorch_teach import lessons
from tinytorch_teach.grader import Grader

MODEL = Path(__file__).with_name("model_course")
FULL = {"add": 5, "mul": 4, "weighted": 3, "sizes": 2, "mul_rule": 5, "backward": 10}
SHORT = Limits(cell_s=1.0, answer_s=1.0)
HANG = "while True:\n    pass"


@pytest.fixture(scope="module")
def grader():
    with Grader(lessons.load("01", MODEL), course="spring", limits=SHORT, tier="none") as grader:
        yield grader


def solved(lesson="01", **texts):
    """The solved cells of a lesson, with other text for some of its exercises: code for the solution region."""
    book = [replace(cell) for cell in lessons.load(lesson, MODEL).cells]
    return [lessons.filled_cell(cell, texts.get(cell.id)) for cell in book]


def blank(*names, lesson="01"):
    """The solved cells with the stub in place of some exercises."""
    stubs = lessons.load(lesson, MODEL).stubs()
    book = solved(lesson)
    for cell in book:
        cell.text = stubs[cell.id] if cell.id in names else cell.text
    return book


def hollow(book):
    """Blank cells that look written, so that they are asked."""
    texts = [cell.text.replace("raise NotImplementedError()", "pass") if cell.role == "exercise" else cell.text
             for cell in book]
    return [replace(cell, text=text) for cell, text in zip(book, texts)]


def own_cell(text):
    return cells.Cell("code", text)


def lost(report):
    """{exercise: status} of those that did not earn their points."""
    return {name: verdict.status for name, verdict in report.verdicts.items() if verdict.points < FULL[name]}


# what a point is

def test_right_work_gets_every_point(grader):
    report = grader.grade(solved(), learner="ada")
    assert (report.points, report.of, lost(report)) == (14, 14, {})
    assert {name: verdict.of for name, verdict in report.verdicts.items()} == grader.lesson.points


def test_a_release_as_it_is_gets_no_point(grader):
    report = grader.grade(release.release(solved()))
    assert report.points == 0
    assert {verdict.says for verdict in report.verdicts.values()} == {"not written: the cell is as you got it"}


@pytest.mark.parametrize("name", ["add", "mul", "weighted", "sizes"])
def test_one_blank_exercise_loses_exactly_its_points(grader, name):
    assert lost(grader.grade(blank(name))) == {name: "failed"}


def test_a_wrong_answer_loses_its_own_points_and_is_told_why(grader):
    report = grader.grade(solved(mul="return Tensor._apply(np.add, a, b)"))
    assert lost(report) == {"mul": "failed"}
    assert "expected" in report.verdicts["mul"].says and "found" in report.verdicts["mul"].says


def test_an_answer_that_raises_says_with_what(grader):
    report = grader.grade(solved(mul="return a.nothing"))
    assert lost(report) == {"mul": "error"}
    assert report.verdicts["mul"].says == "raised AttributeError: 'Tensor' object has no attribute 'nothing'"


def test_a_cell_that_is_no_python_says_where(grader):
    report = grader.grade(solved(mul="return a +"))
    assert lost(report) == {"mul": "error"}
    assert "`return a +`" in report.verdicts["mul"].says and "SyntaxError" in report.verdicts["mul"].says


def test_what_goes_round_the_door_is_wrong_in_value(grader):
    report = grader.grade(solved(add="return Tensor(a.data + b.data)"))
    assert lost(report) == {"add": "failed"}
    assert report.verdicts["add"].says.startswith("work that does not pass `Tensor._apply`")


def test_numbers_are_each_learners_own(grader):
    """The reference runs under the learner's id, so a neighbour's number is wrong for most."""
    right = {name: grader.reference({"sizes": [7] * 3}, name)["sizes"][0] for name in ("ada", "ben", "cyd")}
    assert len(set(right.values())) > 1
    for name, number in right.items():
        report = grader.grade(solved(sizes=f"size_bytes = {right['ada']}"), learner=name)
        assert report.verdicts["sizes"].status == ("passed" if number == right["ada"] else "failed")


def test_the_same_seed_asks_the_same_questions_and_fresh_ones_are_the_rule(grader):
    wrong = solved(mul="return Tensor._apply(np.add, a, b)")
    says = [grader.grade(wrong, seed=seed).verdicts["mul"].says for seed in (5, 5, None)]
    assert says[0] == says[1] != says[2]


# code that hangs, ends its process or lies

def test_an_endless_loop_in_an_answer_or_in_a_cell_loses_its_own_points(grader):
    book = solved(mul=HANG)
    for cell in book:
        cell.text = HANG if cell.id == "sizes" else cell.text
    assert lost(grader.grade(book)) == {"mul": "timeout", "sizes": "timeout"}


def test_code_that_ends_its_process_loses_its_own_points(grader):
    report = grader.grade(solved(mul="import os; os._exit(0)", add="raise SystemExit"))
    assert lost(report) == {"mul": "crashed", "add": "error"}


def test_a_patched_numpy_cannot_make_a_wrong_answer_right(grader):
    patch = ("import builtins\nimport numpy\n"
             "numpy.allclose = numpy.isclose = numpy.array_equal = lambda *a, **k: True\n"
             "numpy.testing.assert_allclose = print\nbuiltins.all = lambda *a: True")
    for at in (0, len(solved())):
        book = solved(mul="return Tensor._apply(np.add, a, b)")
        book.insert(at, own_cell(patch))
        assert lost(grader.grade(book)) == {"mul": "failed"}


def test_a_checker_that_strips_assertions_from_later_code_changes_nothing(grader):
    strip = ("import ast, builtins\nplain = builtins.compile\n"
             "def compile(source, *rest, **more):\n"
             "    tree = plain(source, '', 'exec', ast.PyCF_ONLY_AST)\n"
             "    for node in ast.walk(tree):\n"
             "        if isinstance(getattr(node, 'body', None), list):\n"
             "            node.body = [n for n in node.body if not isinstance(n, ast.Assert)] or [ast.Pass()]\n"
             "    return plain(tree, *rest, **more)\n"
             "builtins.compile = compile")
    book = [own_cell(strip), *solved(mul="return Tensor._apply(np.add, a, b)")]
    assert lost(grader.grade(book)) == {"mul": "failed"}


def test_an_object_that_equals_everything_is_no_answer(grader):
    equal = ("class Equal:\n    shape, dtype, data = (3,), np.dtype('f4'), property(lambda self: self)\n"
             "    __eq__ = __lt__ = __le__ = lambda self, other: True\n    __array__ = lambda self, *a, **k: 1 / 0\n"
             "return Equal()")
    assert lost(grader.grade(solved(mul=equal))) == {"mul": "error"}


def test_an_answer_sent_round_the_acts_is_judged_like_any_other(grader):
    """A cell takes over the room that answers for it; what it sends must still be right."""
    forge = ("import gc\n"
             "for room in gc.get_objects():\n"
             "    if type(room).__name__ == 'Room':\n"
             "        room.obey = lambda order: {'answers': [{'value': ['Tensor', [1, 2, 3], [1, 2, 3]]}] * 3}\n")
    assert grader.grade(hollow([*release.release(solved()), own_cell(forge)])).points == 0


def test_flooding_the_answer_or_its_message_costs_its_own_points(grader):
    assert lost(grader.grade(solved(mul="return Tensor(np.ones(2 * 10**7))"))) == {"mul": "error"}
    report = grader.grade(solved(mul="raise ValueError('\\x1b[2J' + 'x' * 10**7)"))
    assert lost(report) == {"mul": "error"}
    assert len(report.verdicts["mul"].says) <= 500 and "\x1b" not in report.verdicts["mul"].says


def test_a_whole_submission_has_a_limit_of_its_own():
    limits = Limits(cell_s=1.0, answer_s=1.0, total_s=2.5)
    with Grader(lessons.load("01", MODEL), limits=limits, tier="none") as grader:
        report = grader.grade([*solved(), *[own_cell(HANG) for _ in range(6)]])
        assert report.points == 0 and set(lost(report).values()) == {"timeout"}
        assert report.elapsed_s < 6


# what a learner may have done to the page

def test_cells_may_be_moved_dropped_and_changed_where_they_are_not_the_learners(grader):
    book = solved()
    at = {cell.id: n for n, cell in enumerate(book)}
    book.insert(0, book.pop(at["weighted"]))  # an exercise on top of the page, before the class that it uses
    book = [cell for cell in book if cell.id not in ("given_sizes", "mul")]
    for cell in book:
        if cell.id == "given_tensor":
            cell.text = "import numpy as np\nclass Tensor: pass"
        if cell.role in ("check", "demo", "scratch", "predict"):
            cell.text = "import os; os._exit(1)"
    assert lost(grader.grade(book)) == {"mul": "missing"}


def test_own_cells_run_in_their_place_and_lines_for_jupyter_are_passed_over(grader):
    book = solved(weighted="return helper(a, b)")
    at = next(n for n, cell in enumerate(book) if cell.id == "weighted")
    book.insert(at, own_cell("%timeit 1 + 1\ndef helper(a, b):\n    return add(mul(a, b), a)\n!ls"))
    book.insert(0, own_cell("%%bash\nrm -rf everything"))
    book.insert(0, own_cell("this is no Python"))
    assert lost(grader.grade(book)) == {}


def test_headers_that_lie_about_a_cell_change_nothing(grader):
    forged = [cells.Cell("code", "mul = add", {"exercise": "given_tensor"}),
              cells.Cell("code", "raise SystemExit", {"exercise": ["mul"]}),
              cells.Cell("code", "1 / 0", {"given": "unheard_of"}),
              cells.Cell("code", "\ud800 half a character", {}),
              cells.Cell("code", "x = 1\n" * 10**6, {})]
    assert lost(grader.grade([*forged, *solved()])) == {}


# the lesson rule, and the learner's own earlier modules

def test_a_blank_05_scores_nothing_though_the_prebuilt_core_is_installed():
    with Grader(lessons.load("05", MODEL), limits=SHORT, tier="none") as grader:
        prebuilt = Path(grader.box.home.name, "tinytorch/core/autograd.py")
        prebuilt.write_text(grader.lesson.module_text(), encoding="utf-8")  # as the wheel of the tier would
        take = own_cell("from tinytorch.core.autograd import backward, mul_rule\nRULES['multiply'] = mul_rule\n"
                        "import tinytorch.core.autograd as theirs\nglobals().update(vars(theirs))")
        for extra in ([], [take]):
            book = [*release.release(solved("05")), *extra]
            assert grader.grade(book).points == 0
            assert grader.grade(hollow(book)).points == 0
        assert grader.grade(solved("05")).points == 15
        assert lost(grader.grade(blank("backward", lesson="05"))).get("backward") == "failed"


def test_the_learners_own_earlier_modules_are_built_on_by_choice(tmp_path):
    own = tmp_path / "core/tensor.py"
    own.parent.mkdir()
    wrong = lessons.load("01", MODEL).module_text().replace("= np.array(data", "= -np.array(data")
    for text, status in [(wrong, "failed"), ("this is no Python", "error")]:
        own.write_text(text)
        with Grader(lessons.load("05", MODEL), earlier=tmp_path, limits=SHORT, tier="none") as grader:
            assert lost(grader.grade(solved("05"))) == {"backward": status}, text
