"""Optional lessons: they have all that a lesson has, and nothing else changes by them."""
import re
import subprocess
import sys

import pytest
from tinytorch._kit import cells, course, sheet, status, submit, workspace

OPTIONAL = [entry["number"] for entry in course.OPTIONAL]


def test_the_course_has_twenty_lessons_whatever_is_optional():
    assert [entry["number"] for entry in course.LESSONS] == [f"{n:02d}" for n in range(1, 21)]
    assert course.chosen("all") == course.LESSONS
    assert not {entry["module"].split(".")[0] for entry in course.OPTIONAL} & course.PARTS


@pytest.mark.parametrize("number", OPTIONAL)
def test_an_optional_lesson_is_started_checked_and_handed_in(home, command, number):
    out = command("start", number)[1]
    assert out.endswith(f"next  tinytorch check {number}\n")
    code, out, err = command("check", number)
    stubs = sheet.read(home, course.lesson(number)).stubs
    assert (code, err) == (1, "") and f"0 of {len(stubs)} checks pass" in out
    assert out.count("not written") == len(stubs)
    assert "is ready to hand in" in command("submit", number)[1]


def test_status_shows_optional_lessons_apart_and_never_asks_for_one(home, command):
    before = command("status")[1]
    assert all(re.search(rf"^{number} .* not started$", before, flags=re.M) for number in OPTIONAL)
    command("start", "00")
    after = command("status")[1]
    assert re.search(r"^00 .* started$", after, flags=re.M)
    assert status.following(home) == "tinytorch start 01"
    assert [line for line in before.split("\n") if line.startswith("yours")] == [
        line for line in after.split("\n") if line.startswith("yours")]


def test_there_is_no_prebuilt_optional_module(home, command):
    code, _, err = command("use", "00", "prebuilt")
    assert code == 2 and "no tier carries it" in err


@pytest.mark.parametrize("number, said", [("00", "01"), ("04a", "05"), ("04b", "05")])
def test_the_lesson_rule_hides_what_comes_after_an_optional_lesson(home, number, said):
    entry = course.lesson(said)
    for one in (entry, course.lesson("03")):
        text = "\n".join(f"{name} = 1" for name in one["exports"])
        folder = home.root / "prebuilt/tinytorch" / "/".join(one["module"].split(".")[:-1])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / (one["module"].split(".")[-1] + ".py")).write_text(text)
    (home.root / "prebuilt/tinytorch/_versions").mkdir()
    code = f"from tinytorch.lesson import begin; begin({number!r}); import tinytorch.{entry['module']}"
    run = subprocess.run([sys.executable, "-c", code], cwd=home.root, capture_output=True, text=True,
                         env=home.environment(PYTHONPATH=str(home.root / "prebuilt")))
    assert f"you are working on lesson {number}" in run.stderr
    earlier = code.replace(entry["module"], "nn.layers") if number != "00" else "pass"
    assert subprocess.run([sys.executable, "-c", earlier], cwd=home.root, capture_output=True,
                          env=home.environment(PYTHONPATH=str(home.root / "prebuilt"))).returncode == 0


def test_what_an_optional_lesson_exports_is_no_part_of_the_framework_that_is_handed_in(home):
    for number in ("02", "04b"):
        workspace.write(home.module(course.lesson(number)), "x = 1\n")
    assert submit.own_modules(home) == [home.module(course.lesson("02"))]


def test_a_released_optional_lesson_holds_no_solution():
    for entry in course.OPTIONAL:
        text = cells.write_percent(sheet.released(entry))
        assert "SOLUTION" not in text and "raise NotImplementedError()" in text
