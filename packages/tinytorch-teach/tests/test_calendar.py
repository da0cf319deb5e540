"""A calendar loses no hour, keeps the order, cuts few lessons, and says so if a term is too short."""
import itertools
from datetime import datetime

import pytest
from click.testing import CliRunner
from tinytorch._kit import course
from tinytorch_teach import calendar
from tinytorch_teach.calendar import Work, spread
from tinytorch_teach.cli import main


def works(*hours):
    return [Work(f"{n:02d}", hour, f"{n:02d}") for n, hour in enumerate(hours, 1)]


def loads(weeks):
    return [week.hours for week in weeks]


def run(*words):
    return CliRunner().invoke(main, ["calendar", *words])


@pytest.mark.parametrize("words", ["01-09", "all", "14-19", "05,12", "00,04a,04b,03"])
@pytest.mark.parametrize("weeks, most", [(12, 10), (None, 6), (30, 5)])
def test_every_hour_of_every_lesson_is_there_once_and_in_order(words, weeks, most):
    lessons = course.chosen(words)
    todo = calendar.works(lessons, calendar.taken(lessons))
    plan = spread(todo, weeks, most)
    parts = [part for week in plan for part in week.parts]
    assert max(loads(plan)) <= most
    for work in todo:
        own = [(first, last) for one, first, last in parts if one == work]
        assert own[0][0] == 0 and own[-1][1] == work.hours and all(a[1] == b[0] for a, b in zip(own, own[1:]))
    assert [work for work, _ in itertools.groupby(parts, key=lambda part: part[0])] == todo
    assert [number for week in plan for number in week.due.split(", ") if number] == \
        sorted(entry["number"] for entry in lessons)


def test_weeks_come_out_even_and_a_lesson_is_cut_only_where_they_would_not():
    assert loads(spread(works(3, 3, 3, 3), 2)) == [6, 6]
    assert loads(spread(works(4, 5), 2)) == [4, 5], "an hour more is no reason to cut"
    assert loads(spread(works(2, 10), 2)) == [6, 6], "eight hours more are"


def test_it_is_the_best_of_all_calendars():
    """Against all ways to cut nine hours into three weeks."""
    todo = works(2, 4, 3)
    ends, whole = range(10), {0, 2, 6, 9}

    def cost(first, second):
        cut = {1: 8, 3: 8, 4: 4, 5: 8, 7: 8, 8: 8}
        return first**2 + (second - first)**2 + (9 - second)**2 + sum(cut.get(end, 0) for end in (first, second))

    best = min(cost(a, b) for a in ends for b in ends if a <= b)
    found = loads(spread(todo, 3))
    assert cost(found[0], found[0] + found[1]) == best and {found[0], found[0] + found[1]} <= whole


def test_as_few_weeks_as_do_and_free_ones_at_the_end():
    assert loads(spread(works(4, 4, 4), None, 8)) == [6, 6]
    assert loads(spread(works(1, 1), 4)) == [1, 1, 0, 0]


def test_a_term_that_is_too_short_is_refused_with_what_would_do():
    with pytest.raises(ValueError, match="50 hours do not go into 5 weeks of 8. Take weeks of 10 hours, or 7 weeks"):
        spread(works(*[5] * 10), 5, 8)
    assert loads(spread(works(*[5] * 10), 5, 10)) == [10] * 5 and max(loads(spread(works(*[5] * 10), 7, 8))) <= 8


def test_milestones_stand_behind_the_last_lesson_that_they_need():
    lessons = course.chosen("01-09")
    titles = [work.title for work in calendar.works(lessons, calendar.taken(lessons))]
    assert [n for n in titles if n.startswith("Mile")] == [f"Milestone {n}" for n in (1, 2, 3, 4)]
    assert titles.index("Milestone 1") == titles.index("04 Losses") + 1
    assert titles[-2:] == ["09 Convolutions", "Milestone 4"]


@pytest.mark.parametrize("words, numbers", [("01-07", [1, 2, 3]), ("01-13", [1, 2, 3, 4, 5]), ("14-19", []),
                                            ("all", [1, 2, 3, 4, 5, 6]), ("14-20", [6]), ("10", [])])
def test_a_class_takes_the_milestones_that_need_its_lessons_and_no_later_one(words, numbers):
    assert [one["number"] for one in calendar.taken(course.chosen(words))] == numbers


def test_a_milestone_beyond_the_last_lesson_is_taken_by_name_and_says_what_it_needs():
    result = run("14-19", "--weeks", "7", "--milestones", "6")
    assert result.exit_code == 0 and ", Milestone 6  " in result.output, result.output
    assert result.output.splitlines()[-1].startswith("Milestone 6 also needs 01, ")
    assert result.output.endswith("20, prebuilt.\n")


def test_dates_and_weeks_off():
    plan = spread(works(2, 2), 2)
    rows = list(calendar.table(plan, datetime(2027, 2, 22), off=(2,)))
    assert rows == [("1", "22 Feb 2027", "2", "01", "01"), ("2", "01 Mar 2027", "0", "no work", ""),
                    ("3", "08 Mar 2027", "2", "02", "02")]
    said = run("01,02", "--weeks", "3", "--off", "2", "--milestones", "none").output.splitlines()
    assert [line.split() for line in said[1:]] == [["week", "hours", "work", "due"], ["1", "5", "01", "Tensor", "01"],
                                                   ["2", "0", "no", "work"], ["3", "3", "02", "Activations", "02"]]


WRONG = {
    "neither weeks nor hours": (["01"], "Say how many --weeks"),
    "a milestone of others": (["10", "--weeks", "2", "--milestones", "1"], "Milestone 1 needs none of these lessons"),
    "no such milestone": (["10", "--weeks", "2", "--milestones", "9"], "There is no Milestone 9"),
    "too short": (["all", "--weeks", "10", "--hours", "8"], "or 14 weeks, or fewer lessons"),
    "a date of another kind": (["01", "--weeks", "2", "--start", "11.1.2027"], "does not match the format"),
    "nothing left": (["01", "--weeks", "1", "--off", "1"], "no week is left"),
}


@pytest.mark.parametrize("words, says", WRONG.values(), ids=WRONG)
def test_what_cannot_be_planned_is_said_with_exit_status_2(words, says):
    result = run(*words)
    assert result.exit_code == 2 and says in " ".join(result.output.split()), result.output


def test_the_twenty_go_into_fourteen_weeks_of_eight_hours():
    """As the course's four credits promise."""
    assert run("all", "--weeks", "14", "--hours", "8").exit_code == 0
