"""The course as data, and the words that choose among it."""
import pytest
from tinytorch._kit import course


@pytest.mark.parametrize("text, numbers", [
    ("none", []), ("03", ["03"]), ("3", ["03"]), ("05,12", ["05", "12"]), ("12, 05", ["05", "12"]),
    ("01-03", ["01", "02", "03"]), ("02-02,2", ["02"]), ("arch", [f"{n:02d}" for n in range(8, 14)]),
    ("0,4a,02", ["02", "00", "04a"]), ("04a-06", ["05", "06"]),
    ("all", [f"{n:02d}" for n in range(1, 21)]), ("core,opt,arch", [f"{n:02d}" for n in range(1, 21)])])
def test_what_is_chosen_comes_once_and_in_order(text, numbers):
    assert [entry["number"] for entry in course.chosen(text)] == numbers


@pytest.mark.parametrize("text", ["", "21", "5,", "4c", "5-", "-5", "9-3", "tensor", "1-2-3", "²", "1.0"])
def test_what_the_course_does_not_have_is_refused_with_a_reason(text):
    with pytest.raises(LookupError, match="There is no Module|runs backwards"):
        course.chosen(text)


def test_every_need_comes_earlier():
    for entry in course.LESSONS:
        assert all(need < entry["number"] for need in entry["needs"])


def test_every_lesson_is_found_by_its_number_and_module():
    for entry in course.LESSONS:
        assert course.lesson(int(entry["number"])) is course.lesson(entry["number"]) is entry
        assert course.BY_MODULE["tinytorch." + entry["module"]] is entry
