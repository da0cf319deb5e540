"""A calendar from the hours of course.toml: what a class works on in each week, and what is due at its end."""
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, inf

from tinytorch._kit import course

PIECE = 1  # hours; the end of a week may cut a lesson after each of them
CUT = 4  # what a cut costs, in squared hours: as much as one week that is two hours off; one that leaves an hour, twice
HEADERS = ("week", "from", "hours", "work", "due")


@dataclass(frozen=True)
class Work:
    """A lesson or a milestone, its estimated hours, and the number under which a lesson is due ("" for a milestone)."""

    title: str
    hours: float
    due: str = ""


@dataclass
class Week:
    """What is worked on in one week: [(Work, its first hour, its last)], counted from 0."""

    parts: list

    @property
    def hours(self):
        return sum(last - first for _, first, last in self.parts)

    @property
    def work(self):
        return ", ".join(work.title if (first, last) == (0, work.hours) else
                         f"{work.title} ({last - first:g} of {work.hours:g} h)" for work, first, last in self.parts)

    @property
    def due(self):
        return ", ".join(work.due for work, _, last in self.parts if work.due and last == work.hours)


def taken(lessons, numbers=None):
    """Entries of the milestones that a class with these lessons takes, with all that each needs.

    Without `numbers` these are the milestones that need one of the lessons, and none after the last of them.
    """
    own = {entry["number"] for entry in lessons}
    everyone = [course.milestone(one["number"]) for one in course.MILESTONES]
    if numbers is None:
        return [one for one in everyone if own & set(one["needs"]) and max(one["needs"]) <= max(own)]
    found = [course.milestone(number) for number in numbers]
    for one in found:
        if not own & set(one["needs"]):
            raise ValueError(f"Milestone {one['number']} needs none of these lessons. It needs "
                             f"{', '.join(one['needs'])}.")
    return found


def works(lessons, milestones):
    """The Work of a class in its order: lessons by number, a milestone behind the last of them that it needs."""
    lessons, behind = sorted(lessons, key=lambda entry: entry["number"]), defaultdict(list)
    for one in milestones:
        last = max(entry["number"] for entry in lessons if entry["number"] in one["needs"])
        behind[last].append(Work(f"Milestone {one['number']}", one["hours"]))
    return [work for entry in lessons for work in
            (Work(f"{entry['number']} {entry['title']}", entry["hours"], entry["number"]), *behind[entry["number"]])]


def prebuilt(lessons, milestones):
    """{title of a milestone: the numbers of what it needs and the class does not build}."""
    own = {entry["number"] for entry in lessons}
    missing = {f"Milestone {one['number']}": [need for need in one["needs"] if need not in own] for one in milestones}
    return {title: needs for title, needs in missing.items() if needs}


def spread(todo, weeks=None, most=inf):
    """Put work into weeks, as even as can be with few lessons cut.

    Parameters
    ----------
    todo : list of Work, in order
    weeks : how many; None for as few as do
    most : hours of one week

    Returns
    -------
    list of Week
        Empty ones, if there are more weeks than work, stand at the end.

    Raises
    ------
    ValueError
        If it does not go in; the message says with how many weeks or hours it would.
    """
    total = sum(work.hours for work in todo)
    least, longest = ceil(total / most) or 1, len(pieces(todo)) + 1  # with a week for each piece anything goes in
    if weeks is None:
        return next(filter(None, (plan(todo, count, most) for count in range(least, longest))))
    fits = plan(todo, weeks, most)
    if fits is None:
        more = next(count for count in range(weeks + 1, longest) if plan(todo, count, most))
        hours = next(hours for hours in range(ceil(most), ceil(total) + 1) if plan(todo, weeks, hours))
        raise ValueError(f"{total:g} hours do not go into {weeks} weeks of {most:g}. Take weeks of {hours} hours, or "
                         f"{more} weeks, or fewer lessons.")
    return fits


def pieces(todo):
    """[(Work, first hour, last hour)] of at most an hour each."""
    out = []
    for work in todo:
        edges = [hour * PIECE for hour in range(ceil(work.hours / PIECE))] + [work.hours]
        out += [(work, first, last) for first, last in zip(edges, edges[1:])]
    return out


def plan(todo, weeks, most):
    """The weeks with the least sum of squared hours and costs of cuts; None if none of them holds it all."""
    steps = pieces(todo)
    so_far, costs = [0], [0.0]  # hours before each step; what the end of a week there costs
    for work, first, last in steps:
        so_far.append(so_far[-1] + last - first)
        costs.append(0 if last == work.hours else 2 * CUT / min(2, last, work.hours - last))
    best, came = [[0.0] + [inf] * len(steps)], []  # best[w][n]: cost of the first n steps in w weeks
    for _ in range(weeks):
        row, back = [], []
        for n in range(len(steps) + 1):
            cost, begin = min(((best[-1][m] + (so_far[n] - so_far[m]) ** 2 + costs[n] * (m < n), -m)
                               for m in range(n + 1) if so_far[n] - so_far[m] <= most), default=(inf, 0))
            row.append(cost)
            back.append(-begin)
        best.append(row)
        came.append(back)
    if best[-1][-1] == inf:
        return None
    ends = [len(steps)]
    for back in reversed(came):
        ends.append(back[ends[-1]])
    ends.reverse()
    return [Week(joined(steps[begin:end])) for begin, end in zip(ends, ends[1:])]


def joined(steps):
    """Pieces of the same work as one part."""
    out = []
    for work, first, last in steps:
        if out and out[-1][0] == work:
            first = out.pop()[1]
        out.append((work, first, last))
    return out


def table(weeks, start=None, off=()):
    """Rows of a calendar. `off` are weeks of the term without work, `start` is the date of its first day."""
    left, week = list(weeks), 0
    while left:
        week += 1
        date = f"{start + timedelta(weeks=week - 1):%d %b %Y}" if start else ""
        one = Week([]) if week in off else left.pop(0)
        work = "no work" if week in off else one.work or "open"
        yield str(week), date, f"{one.hours:g}", work, one.due
