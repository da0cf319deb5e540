"""Each gate fails on its own bad input, for ever, and lets the good one pass.

tests/gates/lint.toml holds bad lessons and courses as changes to tests/gates/good. Bad wheels are made in
test_wheels.py, bad submissions and workspaces in the tests of their packages.
"""
import re
import shutil
import sys
from pathlib import Path

import pytest
import tomllib

ROOT = Path(__file__).resolve().parents[1]
GATES = ROOT / "tests/gates"
LESSON = "02_scaling/lesson.py"
sys.path.insert(0, str(ROOT / "curriculum/workshop"))
import lint  # noqa: E402
import ta_guide  # noqa: E402

BAD = tomllib.loads((GATES / "lint.toml").read_text(encoding="utf-8"))["bad"]
HOMES = {rule.__name__: rule.__module__.rpartition(".")[2] for rule in [*lint.RULES, *lint.matrix.COURSE_RULES]}


def linted(root):
    """What the linter says of the course in `root`."""
    course = tomllib.loads((root / "course.toml").read_text(encoding="utf-8"))
    glossary = tomllib.loads((root / "glossary.toml").read_text(encoding="utf-8"))
    return lint.problems(root / "02_scaling", course, glossary) + lint.course_problems(course)


def changed(root, bad):
    """Make the one change of a bad input."""
    file, old = bad.get("file", LESSON), bad.get("old") or bad["before"]
    pairs = [(file, old, repeated(bad) + bad.get("before", "")), *((file, *pair) for pair in bad.get("also", []))]
    pairs += [(LESSON, *bad["lesson"])] if "lesson" in bad else []
    for name, old, new in pairs:
        text = (root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} of the good course holds {text.count(old)} times {old!r}, not once"
        (root / name).write_text(text.replace(old, new), encoding="utf-8")


def repeated(bad):
    return "".join(bad["new"].replace("{n}", str(n)) for n in range(bad.get("times", 1)))


@pytest.fixture
def good(tmp_path):
    return Path(shutil.copytree(GATES / "good", tmp_path / "good"))


def test_the_good_course_breaks_no_rule(good):
    assert linted(good) == []


@pytest.mark.parametrize("bad", BAD, ids=[f"{bad['rule']}-{i}" for i, bad in enumerate(BAD)])
def test_the_linter_fails_on(bad, good):
    changed(good, bad)
    found = linted(good)
    ours = [says for says in found if says.endswith(f"[{bad['rule']}]")]
    assert any(bad["says"] in says for says in ours), found
    homes = {HOMES[says.rpartition("[")[2][:-1]] for says in found if says not in ours}
    assert homes <= set(bad.get("with", [])), f"the change breaks more than the one rule: {found}"


def test_every_rule_of_the_linter_has_a_bad_input():
    assert set(HOMES) == {bad["rule"] for bad in BAD}


def test_a_lesson_that_course_toml_does_not_know_is_refused(good):
    (good / "02_scaling").rename(good / "02_scales")
    course = tomllib.loads((good / "course.toml").read_text(encoding="utf-8"))
    assert lint.problems(good / "02_scales", course) == [
        "02_scales: course.toml has no lesson of this name; add it, or rename the folder"]


def test_the_linter_exits_with_2_for_a_number_that_is_no_lesson(capsys):
    assert lint.main(["99"]) == 2
    assert "no lesson 99 is written" in capsys.readouterr().err


@pytest.mark.parametrize("file, old, new", [
    ("02_scaling/mistakes.py", "half is less", "half is more"),
    ("02_scaling/mistakes.py", "is 4 half of 2?", "is 2 half of 4?"),
    ("TA_GUIDE.md", "half is less", "half is more"),
    ("TA_GUIDE.md", ta_guide.NOTE, ""),
])
def test_a_stale_guide_for_tas_is_caught(good, file, old, new):
    page = good / "TA_GUIDE.md"
    assert ta_guide.problems(page, good), "there is no page"
    page.write_text(ta_guide.page(ta_guide.known(good)), encoding="utf-8")
    assert not ta_guide.problems(page, good)
    text = (good / file).read_text(encoding="utf-8")
    assert old in text
    (good / file).write_text(text.replace(old, new), encoding="utf-8")
    assert ta_guide.COMMAND in ta_guide.problems(page, good)[0]


def test_the_guide_keeps_words_from_turning_into_markup():
    text = "a * b and *args and __init__, `_apply` of x[0](1)"
    assert ta_guide.escaped(text) == r"a * b and \*args and \__init_\_, `_apply` of x[0\](1)"
    for length in range(15, 25):
        first, *others = ta_guide.folded("- " + "word " * length + "7 - 4 + 12. And so on").split("\n")
        assert first.startswith("- word") and not any(re.match(r" *([-+*]|\d+[.)]) ", line) for line in others)


def test_forty_competencies_have_exercises_of_the_right_kind_and_a_sentence_each():
    course = tomllib.loads((ROOT / "curriculum/course.toml").read_text(encoding="utf-8"))
    served = {}
    for lesson in course["lesson"]:
        page = lint.Page(lint.home(lesson), lesson, course, {})
        assert not [*lint.matrix.competency_is_proved(page), *lint.matrix.exercise_serves_few_cells(page)], page.entry
        for tag in lesson["competency"]:
            served.setdefault(tag["cell"], []).append(tag["evidence"].strip())
    assert len(served) == 40 and set(served) == set(lint.matrix.matrix_cells(course))
    assert all(len(sentence) > 40 and sentence.endswith(".") for evidence in served.values() for sentence in evidence)
